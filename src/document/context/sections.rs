//! Sections as templates see them: one arm for each kind.

use super::View;
use super::tables::{TableView, code, figure, label, quiet_figure, text, toned};
use crate::chart::Chart;
use crate::figures::{
    Amount, Body, Crossed, NamedTotal, Normal, Ranking, Section, SequenceFound, Sequences, SourceVerdict, Standing,
    Total, Verdict,
};
use crate::wording;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

type Charts = BTreeMap<String, Chart>;

impl View<'_> {
    pub(super) fn section(&self, section: &Section, charts: &mut Charts) -> Value {
        let mut value = match &section.body {
            Body::Verdict { measures } => json!({
                "kind": "verdict",
                "sentences": wording::verdict_sentences(self.figures, measures, self.zone),
            }),
            Body::Summary { tiles } => self.summary(section, tiles, charts),
            Body::Attention { shown, more } => self.attention(shown, *more),
            Body::Series(series) => {
                let chart = self.series_chart(series);
                let blank = chart.series.iter().flat_map(|line| &line.values).flatten().all(|value| *value == 0.0);
                charts.insert(section.id.clone(), chart);
                let mut words = vec![wording::series_words(series, self.figures)];
                if !series.table {
                    words.push(wording::numbers_are_in(&section.id));
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
                    "table": if series.table { self.series_table(series) } else { Value::Null },
                    "words": words.join(" "),
                })
            }
            Body::Ranking(ranking) => {
                let mut table = TableView::default();
                for by in &ranking.by {
                    table = table.text(wording::dimension(by));
                }
                for column in &ranking.columns {
                    table = table.number(&column.title);
                }
                let pareto = !ranking.together.is_empty();
                if pareto {
                    table = table.number("Together");
                }
                let together =
                    |place: usize| pareto.then(|| ranking.together.get(place).map_or_else(|| text(""), figure));
                let judged: Vec<&Normal> = ranking.rows.iter().filter_map(|row| row.normal.as_ref()).collect();
                let learnt = judged.iter().any(|normal| normal.is_learnt() || normal.standing == Standing::New);
                if learnt {
                    table = table.text("Normal");
                }
                for (place, row) in ranking.rows.iter().enumerate() {
                    let mut cells: Vec<Value> =
                        (ranking.by.iter().zip(&row.keys)).map(|(by, key)| text(self.key_words(by, key))).collect();
                    cells.extend(row.figures.iter().map(quiet_figure));
                    cells.extend(together(place));
                    if learnt {
                        cells.push(row.normal.as_ref().map_or_else(|| text(""), normal_cell));
                    }
                    table.row(cells);
                }
                if ranking.more > 0 {
                    let mut cells = vec![text(wording::plural(ranking.more as i64, "other row", "other rows"))];
                    cells.extend(ranking.by.iter().skip(1).map(|_| text("")));
                    cells.extend(ranking.rest.iter().map(|rest| rest.as_ref().map_or_else(|| text(""), quiet_figure)));
                    cells.extend(together(ranking.rows.len()));
                    cells.extend(learnt.then(|| text("")));
                    table.row(cells);
                }
                if ranking.rows.len() > 1 {
                    let mut cells = vec![text("All")];
                    cells.extend(ranking.by.iter().skip(1).map(|_| text("")));
                    cells.extend(ranking.total.iter().map(figure));
                    cells.extend(pareto.then(|| text("")));
                    cells.extend(learnt.then(|| text("")));
                    table.total(cells);
                }
                if !ranking.chart.is_empty() && !ranking.rows.is_empty() {
                    charts.insert(section.id.clone(), self.ranking_chart(ranking));
                }
                let recorded = ranking.total.iter().find(|figure| figure.amount == Amount::NotRecorded);
                json!({
                    "kind": "ranking",
                    "chart": if charts.contains_key(&section.id) { section.id.as_str() } else { "" },
                    "table": if ranking.rows.is_empty() { Value::Null } else { table.finish() },
                    "words": match recorded {
                        Some(figure) => wording::figure_note(figure),
                        None if ranking.rows.is_empty() => "Nothing in this period.".to_owned(),
                        None => ranking_normal(ranking, &judged),
                    },
                })
            }
            Body::Crosstab(crosstab) => {
                let mut table = TableView::default().text(wording::dimension(&crosstab.by.0));
                for column in &crosstab.columns {
                    table = table.number(&self.key_words(&crosstab.by.1, column));
                }
                table = table.number("All");
                for row in &crosstab.rows {
                    let mut cells: Vec<Value> =
                        row.keys.iter().map(|key| text(self.key_words(&crosstab.by.0, key))).collect();
                    cells.extend(row.figures.iter().map(quiet_figure));
                    table.row(cells);
                }
                let mut cells = vec![text("All")];
                cells.extend(crosstab.total.iter().map(quiet_figure));
                table.total(cells);
                let empty = crosstab.rows.is_empty();
                let recorded = crosstab.total.last().filter(|figure| figure.amount == Amount::NotRecorded);
                json!({
                    "kind": "crosstab",
                    "table": if empty { Value::Null } else { table.finish() },
                    "words": match recorded {
                        Some(figure) => wording::figure_note(figure),
                        None if empty => "Nothing in this period.".to_owned(),
                        None => format!("Counted: {}.", crosstab.measure.unit),
                    },
                })
            }
            Body::Heatmap(heatmap) => {
                let mut panels = Vec::new();
                for (index, panel) in heatmap.panels.iter().enumerate() {
                    let name = format!("{}-{}", section.id, index + 1);
                    charts.insert(name.clone(), self.heatmap_chart(heatmap, panel));
                    let caption = if panel.key.is_empty() {
                        format!("{}: {} in all", heatmap.measure.title, wording::figure(&panel.total))
                    } else {
                        format!("{}: {}", panel.key, wording::figure(&panel.total))
                    };
                    panels.push(json!({ "chart": name, "caption": caption, "figure": label(&panel.total) }));
                }
                let empty = heatmap.panels.is_empty();
                let words =
                    if empty { "Nothing in this period.".to_owned() } else { wording::numbers_are_in(&section.id) };
                json!({ "kind": "heatmap", "panels": panels, "words": words })
            }
            Body::Events(events) => {
                let mut table = TableView::default();
                for column in &events.columns {
                    table = table.text(wording::event_column(column));
                }
                for row in &events.shown {
                    table.row(row.iter().map(|cell| text(cell.as_str())).collect());
                }
                let shown = events.shown.len() as i64;
                let total = events.total.amount;
                let words = match total {
                    Amount::Whole(0) => "Nothing in this period.".to_owned(),
                    Amount::Whole(all) if all > shown => format!(
                        "Shown {} of {} ({}); the rest in {}, SHA-256",
                        wording::number(shown),
                        wording::number(all),
                        label(&events.total),
                        events.file
                    ),
                    Amount::Whole(all) => {
                        format!("All {} ({}); also in {}.", wording::number(all), label(&events.total), events.file)
                    }
                    _ => wording::figure_note(&events.total),
                };
                json!({
                    "kind": "events",
                    "table": if events.shown.is_empty() { Value::Null } else { table.finish() },
                    "words": words,
                    "sha256": match total {
                        Amount::Whole(all) if all > shown && shown > 0 => events.file_sha256.as_str(),
                        _ => "",
                    },
                })
            }
            Body::Sequence(sequences) => {
                let mut table = TableView::default()
                    .text(wording::dimension(&sequences.by))
                    .number("Before it")
                    .text("From")
                    .text("Then, at")
                    .text("Origins")
                    .text("Event");
                for found in &sequences.found {
                    table.row(vec![
                        toned(self.key_words(&sequences.by, &found.key), "bad"),
                        figure(&found.count),
                        text(wording::moment(found.first_at, self.zone)),
                        text(wording::moment(found.then_at, self.zone)),
                        text(found.origins.join(", ")),
                        code(found.event.as_str()),
                    ]);
                }
                let words = match sequences.total.amount {
                    Amount::NotRecorded => wording::figure_note(&sequences.total),
                    _ if sequences.found.is_empty() => format!(
                        "Nobody: no case of at least {} and then one more that went through, within {}.",
                        sequences.at_least,
                        wording::duration(sequences.within)
                    ),
                    _ => String::new(),
                };
                json!({
                    "kind": "sequence",
                    "table": if sequences.found.is_empty() { Value::Null } else { table.finish() },
                    "words": words,
                })
            }
            Body::Targets { rows } => {
                let mut table = TableView::default()
                    .wide("Target", "42%")
                    .number("Should be")
                    .number("Is")
                    .number("Before")
                    .text("Met");
                for row in rows {
                    table.row(self.target(&row.total));
                }
                json!({ "kind": "targets", "table": table.finish(), "words": "" })
            }
            Body::Text { text } => json!({ "kind": "text", "blocks": text_blocks(text) }),
            Body::Coverage { short } => self.coverage(*short),
            Body::Sign { lines } => json!({ "kind": "sign", "lines": lines }),
        };
        if let Value::Object(fields) = &mut value {
            common(section, fields);
        }
        value
    }

    fn summary(&self, section: &Section, tiles: &[NamedTotal], charts: &mut Charts) -> Value {
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
                    "label": total.title,
                    "value": wording::figure(&total.now),
                    "figure": label(&total.now),
                    "tone": "neutral",
                    "spark": spark.unwrap_or_default(),
                    "lines": self.changes(total),
                })
            })
            .collect();
        let normals = tiles.iter().filter_map(|tile| Some((tile.total.title.as_str(), tile.total.normal.as_ref()?)));
        let mut words = vec![wording::learnt_words(&normals.collect::<Vec<_>>())];
        // Where a verdict stands in the report, it says so.
        if !self.figures.sections.iter().any(|section| matches!(section.body, Body::Verdict { .. })) {
            words.extend(wording::partial_comparisons(self.figures, self.zone));
        }
        words.retain(|sentence| !sentence.is_empty());
        json!({ "kind": "summary", "tiles": shown, "words": words.join(" ") })
    }

    /// The lines of a tile: the change against each comparison, then the target.
    fn changes(&self, total: &Total) -> Vec<Value> {
        if total.now.amount == Amount::NotRecorded {
            return vec![json!({ "text": wording::not_recorded_by(&total.now.not_recorded_by), "tone": "quiet" })];
        }
        let mut lines: Vec<Value> = (self.figures.compared.iter().zip(&total.before).enumerate())
            .map(|(place, (compared, before))| {
                let words = wording::beside(&total.now.amount, before, compared);
                // Against a period for which not every source speaks, no change is good or bad.
                if total.partial.get(place).is_some_and(|sources| !sources.is_empty()) {
                    return json!({ "text": format!("{words}, partial"), "tone": "quiet" });
                }
                json!({ "text": words, "tone": wording::change_tone(&total.good, &total.now.amount, before) })
            })
            .collect();
        // The periods have unlike numbers of working days: the rates are what can be set side by side.
        if let Some((now, before)) = total.per_working_day.split_first() {
            let rates = wording::per_working_day(now, before);
            if !rates.is_empty() {
                lines.push(json!({ "text": rates, "tone": "quiet" }));
            }
        }
        if let Some(normal) = total.normal.as_ref().filter(|normal| normal.is_learnt()) {
            let tone = wording::normal_tone(&total.good, normal.standing);
            lines.push(json!({ "text": wording::beside_normal(normal), "tone": tone }));
        }
        if let Some(target) = &total.target {
            let words = format!(
                "target {}: {}",
                wording::limit(target.compare, target.value, &total.now.amount),
                if target.met { "met" } else { "not met" }
            );
            lines.push(json!({ "text": words, "tone": if target.met { "good" } else { "bad" } }));
        }
        lines
    }

    fn target(&self, total: &Total) -> Vec<Value> {
        let before = total.before.first().map_or_else(|| text(""), |before| text(wording::amount(before)));
        let mut cells = vec![text(total.title.as_str())];
        match &total.target {
            Some(target) => {
                let met = if target.met { toned("met", "good") } else { toned("not met", "bad") };
                cells.push(text(wording::limit(target.compare, target.value, &total.now.amount)));
                cells.extend([figure(&total.now), before, met]);
            }
            None => cells.extend([text(""), figure(&total.now), before, text("cannot be said")]),
        }
        cells
    }

    fn attention(&self, shown: &[usize], more: u64) -> Value {
        let crossed = shown.iter().filter_map(|at| self.figures.crossed.get(*at)).map(|crossed| self.crossed(crossed));
        let items: Vec<Value> = self.raised().into_iter().chain(crossed).collect();
        let mut words = wording::nothing_crossed(self.figures);
        if self.figures.thresholds == 0 {
            words = "This report draws no line.".to_owned();
        }
        if !items.is_empty() && more > 0 {
            words = format!("{} more in figures.json. {words}", wording::number(more as i64)).trim_end().to_owned();
        }
        json!({ "kind": "attention", "items": items, "words": words })
    }

    /// What sequences raise, before all that only crossed a line.
    pub(super) fn raised(&self) -> Vec<Value> {
        let one = |(list, found): (&Sequences, &SequenceFound)| {
            let (severity, tone) = severity_words(&list.severity);
            json!({
                "severity": severity,
                "tone": tone,
                "say": wording::raised_sentence(list, found, self.figures, self.zone),
                "do": list.do_this,
                "figure": label(&found.count),
            })
        };
        wording::raised(self.figures).into_iter().map(one).collect()
    }

    /// A crossed threshold: how bad, what is said, what to do.
    pub(super) fn crossed(&self, crossed: &Crossed) -> Value {
        let (severity, tone) = severity_words(&crossed.severity);
        json!({
            "severity": severity,
            "tone": tone,
            "say": wording::crossed_sentence(crossed, self.figures),
            "do": crossed.do_this,
            "figure": label(&crossed.figure),
        })
    }

    fn coverage(&self, short: bool) -> Value {
        let table = self.coverage_table(short);
        let mut lines = Vec::new();
        if self.figures.coverage.sources.is_empty() {
            lines.push(wording::coverage_sentence(self.figures, self.zone));
        } else if !short {
            for source in &self.figures.coverage.sources {
                lines.extend(self.silence(source));
            }
        }
        json!({ "kind": "coverage", "table": table, "lines": lines })
    }

    /// Every source with its verdict and the reasons for it.
    pub(super) fn coverage_table(&self, short: bool) -> Value {
        let mut table =
            TableView::default().text("Source").text("Coverage").number("Events").text("Latest in the period");
        if !short {
            table = table.text("Expected").number("Quarantined").text("Imported");
        }
        table = table.text(if short { "Why" } else { "Reaches the end" });
        for source in &self.figures.coverage.sources {
            let tone = super::tone_of(source.verdict);
            let known = &source.known;
            let mut cells = vec![
                text(known.source.title.as_str()),
                toned(wording::verdict(source.verdict), tone),
                figure(&source.events),
                text(known.last_in_span.map_or_else(|| "none".to_owned(), |at| wording::moment(at, self.zone))),
            ];
            if short {
                cells.push(text(wording::source_reasons(source, self.zone)));
            } else {
                cells.extend([
                    text(wording::rhythm(&known.source.rhythm)),
                    text(wording::number(source.rejected as i64)),
                    text(known.imported_at.map_or_else(|| "never".to_owned(), |at| wording::moment(at, self.zone))),
                    text(if source.reaches_end { "yes" } else { "no" }),
                ]);
            }
            table.row(cells);
        }
        table.finish()
    }

    /// What there is to say of a source that cannot vouch for the whole period.
    fn silence(&self, source: &SourceVerdict) -> Vec<String> {
        if source.verdict == Verdict::Complete {
            return Vec::new();
        }
        vec![format!("{}: {}", source.known.source.title, wording::source_reasons(source, self.zone))]
    }

    /// A key of a dimension as a reader says it.
    pub(super) fn key_words(&self, dimension: &str, key: &str) -> String {
        wording::key(dimension, key, &self.figures.names)
    }

    /// The same, as short as it has to be on an axis.
    pub(super) fn axis_words(&self, dimension: &str, key: &str) -> String {
        match dimension {
            "hour" => key.to_owned(),
            _ => self.key_words(dimension, key),
        }
    }

    /// What the first comparison is called.
    pub(super) fn compared_words(&self) -> String {
        self.figures.compared.first().map(wording::compared).unwrap_or_default()
    }
}

/// A group against its own history.
fn normal_cell(normal: &Normal) -> Value {
    let words = wording::normal_cell(normal);
    match normal.standing {
        Standing::Above | Standing::Below | Standing::New => toned(words, "warn"),
        _ => toned(words, "quiet"),
    }
}

/// From what the column of a ranking that says what is normal was learnt.
fn ranking_normal(ranking: &Ranking, judged: &[&Normal]) -> String {
    let (Some(head), Some(one)) = (ranking.columns.first(), judged.iter().max_by_key(|normal| normal.learnt_from))
    else {
        return String::new();
    };
    wording::ranking_learnt(&head.title, one)
}

fn common(section: &Section, fields: &mut Map<String, Value>) {
    fields.insert("id".into(), json!(section.id));
    fields.insert("title".into(), json!(section.title));
    fields.insert("note".into(), json!(section.note));
    fields.insert("new_page".into(), json!(section.new_page));
    fields.insert("orientation".into(), json!(if section.landscape { "landscape" } else { "" }));
    fields.insert("filter".into(), json!(section.filter_words));
}

/// A severity as a word, and the tone that it is shown in.
fn severity_words(severity: &str) -> (&'static str, &'static str) {
    match severity {
        "high" => ("High", "bad"),
        "medium" => ("Medium", "warn"),
        _ => ("Low", "neutral"),
    }
}

/// An author's text: paragraphs, and lists of lines that begin with `- `.
fn text_blocks(text: &str) -> Vec<Value> {
    let mut blocks = Vec::new();
    for part in text.split("\n\n") {
        let lines: Vec<&str> = part.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let (items, plain): (Vec<&str>, Vec<&str>) = lines.iter().partition(|line| line.starts_with("- "));
        if !plain.is_empty() {
            blocks.push(json!({ "text": plain.join(" ") }));
        }
        if !items.is_empty() {
            let items: Vec<&str> = items.iter().map(|item| item.trim_start_matches("- ")).collect();
            blocks.push(json!({ "items": items }));
        }
    }
    blocks
}
