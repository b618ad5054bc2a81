//! Sections as templates see them: one arm for each kind.

use super::View;
use super::tables::{TableView, code, figure, label, quiet_figure, text, toned};
use crate::chart::Chart;
use crate::figures::{
    Amount, Body, CUT, Crossed, NamedTotal, Normal, OTHERS, PAGE_TIME, Ranking, Section, SequenceFound, Sequences,
    SourceVerdict, Standing, Total, Verdict,
};
use crate::wording::{self, Words};
use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

type Charts = BTreeMap<String, Chart>;

impl View<'_> {
    pub(super) fn section(&self, section: &Section, charts: &mut Charts) -> Value {
        let mut value = match &section.body {
            Body::Verdict { measures } => json!({
                "kind": "verdict",
                "sentences": self.words.verdict_sentences(self.figures, measures, self.zone),
            }),
            Body::Summary { tiles } => self.summary(section, tiles, charts),
            Body::Attention { shown, more } => self.attention(shown, *more),
            Body::Series(series) => {
                let chart = self.series_chart(series);
                let blank = chart.series.iter().flat_map(|line| &line.values).flatten().all(|value| *value == 0.0);
                charts.insert(section.id.clone(), chart);
                let mut words = vec![self.words.series_words(series, self.figures)];
                if !series.table {
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
            Body::Ranking(ranking) => {
                let mut table = TableView::default();
                for by in &ranking.by {
                    table = table.text(self.words.dimension(by));
                }
                for column in &ranking.columns {
                    table = table.number(self.words.title(&column.title));
                }
                let pareto = !ranking.together.is_empty();
                if pareto {
                    table = table.number(self.words.word("table.together"));
                }
                let together = |place: usize| {
                    pareto.then(|| {
                        ranking.together.get(place).map_or_else(|| text(""), |share| figure(self.words, share))
                    })
                };
                let judged: Vec<&Normal> = ranking.rows.iter().filter_map(|row| row.normal.as_ref()).collect();
                let learnt = judged.iter().any(|normal| normal.is_learnt() || normal.standing == Standing::New);
                if learnt {
                    table = table.text(self.words.word("normal.head"));
                }
                for (place, row) in ranking.rows.iter().enumerate() {
                    let mut cells: Vec<Value> =
                        (ranking.by.iter().zip(&row.keys)).map(|(by, key)| text(self.key_words(by, key))).collect();
                    cells.extend(row.figures.iter().map(|shown| quiet_figure(self.words, shown)));
                    cells.extend(together(place));
                    if learnt {
                        let cell = |normal: &Normal| self.normal_cell(normal);
                        cells.push(row.normal.as_ref().map_or_else(|| text(""), cell));
                    }
                    table.row(cells);
                }
                if ranking.more > 0 {
                    let mut cells = vec![text(self.words.count("count.other_rows", ranking.more as i64))];
                    cells.extend(ranking.by.iter().skip(1).map(|_| text("")));
                    cells.extend(
                        ranking
                            .rest
                            .iter()
                            .map(|rest| rest.as_ref().map_or_else(|| text(""), |rest| quiet_figure(self.words, rest))),
                    );
                    cells.extend(together(ranking.rows.len()));
                    cells.extend(learnt.then(|| text("")));
                    table.row(cells);
                }
                if ranking.rows.len() > 1 {
                    let mut cells = vec![text(self.words.word("table.all"))];
                    cells.extend(ranking.by.iter().skip(1).map(|_| text("")));
                    cells.extend(ranking.total.iter().map(|total| figure(self.words, total)));
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
                        Some(figure) => self.words.figure_note(figure),
                        None if ranking.rows.is_empty() => self.words.word("absent.nothing"),
                        None => self.ranking_normal(ranking, &judged),
                    },
                })
            }
            Body::Crosstab(crosstab) => {
                let mut table = TableView::default().text(self.words.dimension(&crosstab.by.0));
                for column in &crosstab.columns {
                    table = table.number(self.key_words(&crosstab.by.1, column));
                }
                table = table.number(self.words.word("table.all"));
                for row in &crosstab.rows {
                    let mut cells: Vec<Value> =
                        row.keys.iter().map(|key| text(self.key_words(&crosstab.by.0, key))).collect();
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
            Body::Heatmap(heatmap) => {
                let mut panels = Vec::new();
                for (index, panel) in heatmap.panels.iter().enumerate() {
                    let name = format!("{}-{}", section.id, index + 1);
                    charts.insert(name.clone(), self.heatmap_chart(heatmap, panel));
                    let value = self.words.figure(&panel.total);
                    let (key, title) = if panel.key.is_empty() {
                        ("heatmap.in_all", self.words.title(&heatmap.measure.title))
                    } else {
                        ("heatmap.of", panel.key.clone())
                    };
                    let caption = self.words.say(key, &[("title", &title), ("value", &value)]);
                    panels.push(json!({ "chart": name, "caption": caption, "figure": label(&panel.total) }));
                }
                let empty = heatmap.panels.is_empty();
                let words =
                    if empty { self.words.word("absent.nothing") } else { self.words.numbers_are_in(&section.id) };
                json!({ "kind": "heatmap", "panels": panels, "words": words })
            }
            Body::Events(events) => {
                let mut table = TableView::default();
                for column in &events.columns {
                    table = table.text(self.words.event_column(column));
                }
                for row in &events.shown {
                    let cells =
                        events.columns.iter().zip(row).map(|(column, cell)| text(self.event_cell(column, cell)));
                    table.row(cells.collect());
                }
                let shown = events.shown.len() as i64;
                let total = events.total.amount;
                let words = match total {
                    Amount::Whole(0) => self.words.word("absent.nothing"),
                    Amount::Whole(all) => {
                        let key = if all > shown { "events.shown" } else { "events.all" };
                        let (shown, all) = (self.words.number(shown), self.words.number(all));
                        let label = label(&events.total);
                        let with =
                            [("shown", shown.as_str()), ("all", &all), ("figure", &label), ("file", &events.file)];
                        self.words.say(key, &with)
                    }
                    _ => self.words.figure_note(&events.total),
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
                    .text(self.words.dimension(&sequences.by))
                    .number(self.words.word("table.before_it"))
                    .text(self.words.word("table.from"))
                    .text(self.words.word("table.then_at"))
                    .text(self.words.word("table.origins"))
                    .text(self.words.word("table.event"));
                for found in &sequences.found {
                    table.row(vec![
                        toned(self.key_words(&sequences.by, &found.key), "bad"),
                        figure(self.words, &found.count),
                        text(self.words.moment(found.first_at, self.zone)),
                        text(self.words.moment(found.then_at, self.zone)),
                        text(found.origins.join(", ")),
                        code(found.event.as_str()),
                    ]);
                }
                let words = match sequences.total.amount {
                    Amount::NotRecorded => self.words.figure_note(&sequences.total),
                    _ if sequences.found.is_empty() => {
                        let least = self.words.number(i64::try_from(sequences.at_least).unwrap_or(i64::MAX));
                        let within = self.words.duration(sequences.within);
                        self.words.say("sequence.nobody", &[("n", &least), ("within", &within)])
                    }
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
            Body::Text { text } => json!({ "kind": "text", "blocks": super::text::blocks(text) }),
            Body::Coverage { short } => self.coverage(*short),
            Body::Sign { lines } => json!({ "kind": "sign", "lines": lines }),
        };
        if let Value::Object(fields) = &mut value {
            common(self.words, section, fields);
            let opening = self.words.opening(section, self.figures).into_iter().map(|told| {
                json!({ "text": told.text, "figure": told.figure.map(|label| format!("F{label}")).unwrap_or_default() })
            });
            fields.insert("opening".into(), opening.collect());
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

    fn attention(&self, shown: &[usize], more: u64) -> Value {
        let crossed = shown.iter().filter_map(|at| self.figures.crossed.get(*at)).map(|crossed| self.crossed(crossed));
        let items: Vec<Value> = self.raised().into_iter().chain(crossed).collect();
        let mut words = self.words.nothing_crossed(self.figures);
        if self.figures.thresholds == 0 {
            words = self.words.word("crossed.no_lines");
        }
        if !items.is_empty() && more > 0 {
            let more = self.words.say("crossed.more", &[("n", &self.words.number(more as i64))]);
            words = format!("{more} {words}").trim_end().to_owned();
        }
        json!({ "kind": "attention", "items": items, "words": words })
    }

    /// What sequences raise, before all that only crossed a line.
    pub(super) fn raised(&self) -> Vec<Value> {
        let one = |(list, found): (&Sequences, &SequenceFound)| {
            json!({
                "severity": self.words.severity(&list.severity),
                "tone": severity_tone(&list.severity),
                "say": self.words.raised_sentence(list, found, self.figures, self.zone),
                "do": list.do_this,
                "figure": label(&found.count),
            })
        };
        wording::raised(self.figures).into_iter().map(one).collect()
    }

    /// A crossed threshold: how bad, what is said, what to do.
    pub(super) fn crossed(&self, crossed: &Crossed) -> Value {
        json!({
            "severity": self.words.severity(&crossed.severity),
            "tone": severity_tone(&crossed.severity),
            "say": self.words.crossed_sentence(crossed, self.figures),
            "do": crossed.do_this,
            "figure": label(&crossed.figure),
        })
    }

    fn coverage(&self, short: bool) -> Value {
        let table = self.coverage_table(short);
        let mut lines = Vec::new();
        if self.figures.coverage.sources.is_empty() {
            lines.push(self.words.coverage_sentence(self.figures, self.zone));
        } else if !short {
            for source in &self.figures.coverage.sources {
                lines.extend(self.silence(source));
            }
        }
        json!({ "kind": "coverage", "table": table, "lines": lines })
    }

    /// Every source with its verdict and the reasons for it.
    pub(super) fn coverage_table(&self, short: bool) -> Value {
        let head = |key: &str| self.words.word(&format!("coverage_head.{key}"));
        let mut table = TableView::default()
            .text(head("source"))
            .text(head("coverage"))
            .number(head("events"))
            .text(head("latest"));
        if !short {
            table = table.text(head("expected")).number(head("quarantined")).text(head("imported"));
        }
        table = table.text(head(if short { "why" } else { "reaches_end" }));
        let moment =
            |at: Option<_>, none: &str| at.map_or_else(|| self.words.word(none), |at| self.words.moment(at, self.zone));
        for source in &self.figures.coverage.sources {
            let tone = super::tone_of(source.verdict);
            let known = &source.known;
            let mut cells = vec![
                text(known.source.title.as_str()),
                toned(self.words.verdict(source.verdict), tone),
                figure(self.words, &source.events),
                text(moment(known.last_in_span, "coverage.none")),
            ];
            if short {
                cells.push(text(self.words.source_reasons(source, self.zone)));
            } else {
                cells.extend([
                    text(self.words.rhythm(&known.source.rhythm)),
                    text(self.words.number(source.rejected as i64)),
                    text(moment(known.imported_at, "coverage.never")),
                    text(self.words.word(if source.reaches_end { "coverage.reaches" } else { "coverage.reaches_not" })),
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
        vec![self.words.source_sentence(source, self.zone)]
    }

    /// A cell of an events section as a reader says it: what the program itself gave as a value is in the report's language.
    fn event_cell(&self, column: &str, cell: &str) -> String {
        if let Some((shown, all)) = cell.rsplit_once(CUT) {
            let (long, all) = (shown.chars().count().saturating_sub(1) as i64, all.parse().unwrap_or_default());
            let places = [("shown", self.words.number(long)), ("all", self.words.number(all))];
            let places = places.each_ref().map(|(name, text)| (*name, text.as_str()));
            return format!("{shown} ({})", self.words.say("events.cut", &places));
        }
        match column {
            "time" => match NaiveDateTime::parse_from_str(cell, PAGE_TIME) {
                Ok(at) => self.words.event_time(at, self.figures.period.days),
                Err(_) => cell.to_owned(),
            },
            "action_class" | "outcome" | "outside_hours" | "actor.known" | "weekday" if !cell.is_empty() => {
                self.key_words(column, cell)
            }
            _ => cell.to_owned(),
        }
    }

    /// A group against its own history.
    fn normal_cell(&self, normal: &Normal) -> Value {
        let words = self.words.normal_cell(normal);
        match normal.standing {
            // That somebody did it for once is told, and no mark: what matters then is how much, and that lines are for.
            Standing::Above if normal.nothing_before() => text(words),
            Standing::Above | Standing::Below | Standing::New => toned(words, "warn"),
            _ => text(words),
        }
    }

    /// From what the column of a ranking that says what is normal was learnt.
    fn ranking_normal(&self, ranking: &Ranking, judged: &[&Normal]) -> String {
        let longest = judged.iter().max_by_key(|normal| normal.learnt_from);
        let (Some(head), Some(one)) = (ranking.columns.first(), longest) else { return String::new() };
        // That there is too little history is said once, with the tiles.
        let with_tiles = |section: &Section| match &section.body {
            Body::Summary { tiles } => tiles.iter().any(|tile| tile.total.normal.is_some()),
            _ => false,
        };
        if !one.is_learnt() && one.standing != Standing::New && self.figures.sections.iter().any(with_tiles) {
            return String::new();
        }
        self.words.ranking_learnt(&head.title, one)
    }

    /// A key of a dimension as a reader says it.
    pub(super) fn key_words(&self, dimension: &str, key: &str) -> String {
        if key == OTHERS {
            return self.words.others();
        }
        self.words.key(dimension, key, &self.figures.names)
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
        self.figures.compared.first().map(|with| self.words.compared(with)).unwrap_or_default()
    }
}

fn common(words: &Words, section: &Section, fields: &mut Map<String, Value>) {
    fields.insert("id".into(), json!(section.id));
    fields.insert("title".into(), json!(section.title));
    fields.insert("note".into(), json!(section.note));
    fields.insert("new_page".into(), json!(section.new_page));
    let filter = section.filter.as_ref().map(|filter| words.phrase(filter));
    fields.insert("filter".into(), json!(filter.unwrap_or_default()));
    fields.insert("orientation".into(), json!(if section.landscape { "landscape" } else { "" }));
}

/// The tone that a severity is shown in.
fn severity_tone(severity: &str) -> &'static str {
    match severity {
        "high" => "bad",
        "medium" => "warn",
        _ => "neutral",
    }
}
