//! What is drawn above all: series over time, heatmaps; and tables of two dimensions.

use super::super::View;
use super::super::tables::{TableView, label, quiet_figure, text};
use super::Charts;
use crate::figures::{Amount, Crosstab, Heatmap, Section, Series};
use serde_json::{Value, json};

impl View<'_> {
    pub(super) fn series(&self, section: &Section, series: &Series, charts: &mut Charts) -> Value {
        let chart = self.series_chart(series);
        let blank = chart.series.iter().flat_map(|line| &line.values).flatten().all(|value| *value == 0.0);
        charts.insert(section.id.clone(), chart);
        let mut words = vec![self.words.series_words(series, self.figures)];
        // Where there is nothing to count, or nothing was recorded, no file has more.
        if !series.table && !blank {
            words.push(self.words.numbers_are_in(&section.id));
        }
        words.retain(|sentence| !sentence.is_empty());
        json!({
            "kind": "series",
            "chart": section.id,
            "caption": "",
            "height": match series.form.as_str() {
                _ if blank => Value::Null,
                "small_multiples" => Value::Null,
                "lines" => json!(98),
                _ => json!(128),
            },
            "table": if series.table { self.series_numbers(series) } else { Value::Null },
            "words": words.join(" "),
        })
    }

    pub(super) fn crosstab(&self, crosstab: &Crosstab) -> Value {
        let mut table = TableView::default().text(self.words.dimension(&crosstab.by.0));
        for column in &crosstab.columns {
            table = table.number(self.key_words(&crosstab.by.1, column));
        }
        table = table.number(self.words.word("table.all"));
        for row in &crosstab.rows {
            let mut cells: Vec<Value> = row.keys.iter().map(|key| text(self.key_words(&crosstab.by.0, key))).collect();
            cells.extend(row.figures.iter().map(|shown| quiet_figure(self.words, shown)));
            table.row(cells);
        }
        let mut cells = vec![text(self.words.word("table.all"))];
        cells.extend(crosstab.total.iter().map(|total| quiet_figure(self.words, total)));
        table.total(cells);
        let empty = crosstab.rows.is_empty();
        let recorded = crosstab.total.last().filter(|figure| figure.amount == Amount::NotRecorded);
        json!({
            "kind": "crosstab",
            "table": if empty { Value::Null } else { table.finish() },
            "words": match recorded {
                Some(figure) => self.words.figure_note(figure),
                None if empty => self.words.word("absent.nothing"),
                None => self.words.say("table.counted", &[("unit", &self.words.unit(&crosstab.measure.unit))]),
            },
        })
    }

    pub(super) fn heatmap(&self, section: &Section, heatmap: &Heatmap, charts: &mut Charts) -> Value {
        let mut panels = Vec::new();
        for (index, panel) in heatmap.panels.iter().enumerate() {
            let name = format!("{}-{}", section.id, index + 1);
            charts.insert(name.clone(), self.heatmap_chart(heatmap, panel));
            let value = self.words.figure(&panel.total);
            let (key, title) = match (heatmap.split.as_str(), panel.key.as_str()) {
                ("", "") => ("heatmap.in_all", self.words.title(&heatmap.measure.title)),
                // An edition from before the split was kept.
                ("", key) => ("heatmap.of", key.to_owned()),
                (split, key) => ("heatmap.of", self.key_words(split, key)),
            };
            let caption = self.words.say(key, &[("title", &title), ("value", &value)]);
            panels.push(json!({ "chart": name, "caption": caption, "figure": label(&panel.total) }));
        }
        let told = heatmap.panels.iter().map(|panel| &panel.total);
        let counted = told.clone().any(|total| !matches!(total.amount, Amount::NotRecorded | Amount::Whole(0)));
        let words = match told.clone().find(|total| total.amount == Amount::NotRecorded) {
            _ if counted => self.words.numbers_are_in(&section.id),
            Some(total) => self.words.figure_note(total),
            None if heatmap.panels.is_empty() => self.words.word("absent.nothing"),
            None => String::new(),
        };
        json!({ "kind": "heatmap", "panels": panels, "words": words })
    }
}
