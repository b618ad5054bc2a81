//! Tiles of key figures, and what they are compared with; targets.

use super::super::View;
use super::super::tables::{TableView, figure, label, text, toned};
use super::Charts;
use crate::figures::{Amount, Body, NamedTotal, Section, Total};
use crate::wording;
use serde_json::{Value, json};

impl View<'_> {
    pub(super) fn summary(&self, section: &Section, tiles: &[NamedTotal], charts: &mut Charts) -> Value {
        let shown: Vec<Value> = tiles
            .iter()
            .map(|tile| {
                let total = &tile.total;
                // With two comparisons a tile says enough; a line would only crowd it.
                let alone = self.figures.compared.len() < 2;
                let spark = self.spark(total).filter(|_| alone).map(|chart| {
                    let name = format!("{}-{}-spark", section.id, tile.name);
                    charts.insert(name.clone(), chart);
                    name
                });
                json!({
                    "label": self.words.title(&total.title),
                    "value": self.words.figure(&total.now),
                    "figure": label(&total.now),
                    "tone": "neutral",
                    "spark": spark.unwrap_or_default(),
                    "lines": self.changes(total),
                })
            })
            .collect();
        let normals = tiles.iter().filter_map(|tile| Some((tile.total.title.as_str(), tile.total.normal.as_ref()?)));
        let mut words = vec![self.words.learnt_words(&normals.collect::<Vec<_>>())];
        // Where a verdict stands in the report, it says so.
        if !self.figures.sections.iter().any(|section| matches!(section.body, Body::Verdict { .. })) {
            words.extend(self.words.partial_comparisons(self.figures, self.zone));
        }
        words.retain(|sentence| !sentence.is_empty());
        json!({ "kind": "summary", "tiles": shown, "words": words.join(" ") })
    }

    /// The lines of a tile: the change against each comparison, then the target.
    fn changes(&self, total: &Total) -> Vec<Value> {
        if total.now.amount == Amount::NotRecorded {
            return vec![json!({ "text": self.words.not_recorded_by(&total.now.not_recorded_by), "tone": "quiet" })];
        }
        let mut lines: Vec<Value> = (self.figures.compared.iter().zip(&total.before).enumerate())
            .map(|(place, (compared, before))| {
                let words = self.words.beside(&total.now.amount, before, compared);
                // Against a period for which not every source speaks, no change is good or bad.
                if total.partial.get(place).is_some_and(|sources| !sources.is_empty()) {
                    let words = self.words.say("normal.partial_tile", &[("change", &words)]);
                    return json!({ "text": words, "tone": "quiet" });
                }
                json!({ "text": words, "tone": wording::change_tone(&total.good, &total.now.amount, before) })
            })
            .collect();
        // The periods have unlike numbers of working days: the rates are what can be set side by side.
        if let Some((now, before)) = total.per_working_day.split_first() {
            let rates = self.words.per_working_day(now, before);
            if !rates.is_empty() {
                lines.push(json!({ "text": rates, "tone": "quiet" }));
            }
        }
        if let Some(normal) = total.normal.as_ref().filter(|normal| normal.is_learnt()) {
            let tone = wording::normal_tone(&total.good, normal.standing);
            lines.push(json!({ "text": self.words.beside_normal(normal), "tone": tone }));
        }
        if let Some(target) = &total.target {
            let limit = self.words.limit(target.compare, target.value, &total.now.amount);
            let met = self.met(target.met);
            let words = self.words.say("target.line", &[("limit", &limit), ("met", &met)]);
            lines.push(json!({ "text": words, "tone": if target.met { "good" } else { "bad" } }));
        }
        lines
    }

    pub(super) fn targets(&self, rows: &[NamedTotal]) -> Value {
        let mut table = TableView::default()
            .wide(self.words.word("table.target"), "42%")
            .number(self.words.word("table.should"))
            .number(self.words.word("table.is"))
            .number(self.words.word("table.before"))
            .text(self.words.word("table.met"));
        for row in rows {
            table.row(self.target(&row.total));
        }
        json!({ "kind": "targets", "table": table.finish(), "words": "" })
    }

    fn met(&self, met: bool) -> String {
        self.words.word(if met { "target.met" } else { "target.not_met" })
    }

    fn target(&self, total: &Total) -> Vec<Value> {
        let before = total.before.first().map_or_else(|| text(""), |before| text(self.words.amount(before)));
        let mut cells = vec![text(self.words.title(&total.title))];
        let now = figure(self.words, &total.now);
        match &total.target {
            Some(target) => {
                let met = toned(self.met(target.met), if target.met { "good" } else { "bad" });
                cells.push(text(self.words.limit(target.compare, target.value, &total.now.amount)));
                cells.extend([now, before, met]);
            }
            None => cells.extend([text(""), now, before, text(self.words.word("target.unsaid"))]),
        }
        cells
    }
}
