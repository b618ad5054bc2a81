//! A section as a table: as the page shows it, but whole, and every cell by its kind.

use super::super::View;
use super::cells::{amount, evidence, evidence_time, key, time};
use super::{Evidence, figure, row};
use crate::calendar::zone::Zone;
use crate::document::workbook::{Cell, Sheet};
use crate::figures::{Body, Crossed, Heatmap, NamedTotal, Ranking, Section, Sequences, Series};
use crate::wording::first_upper;

impl View<'_> {
    /// The table of a section; `None` where it has no numbers of its own.
    pub(super) fn section_sheet(&self, section: &Section, all: &[Evidence]) -> Option<Sheet> {
        let sheet = match &section.body {
            Body::Verdict { .. } | Body::Text { .. } | Body::Sign { .. } => return None,
            Body::Summary { tiles } => self.totals_table(tiles, false),
            Body::Targets { rows } => self.totals_table(rows, true),
            Body::Attention { .. } => self.attention_table(),
            Body::Series(series) => self.series_table(series),
            Body::Ranking(ranking) => self.ranking_table(ranking),
            Body::Crosstab(crosstab) => {
                let (rows, columns) = &crosstab.by;
                let said = |key: &String| self.key_words(columns, key);
                let mut head = vec![self.words.dimension(rows)];
                head.extend(crosstab.columns.iter().map(said));
                head.push(self.words.word("table.all"));
                let one = |keyed: &crate::figures::KeyedRow| {
                    let mut cells = self.keys(std::slice::from_ref(rows), &keyed.keys);
                    cells.extend(row(&keyed.figures, self.words));
                    cells
                };
                let mut total = vec![Cell::text(self.words.word("table.all"))];
                total.extend(row(&crosstab.total, self.words));
                Sheet { head, rows: crosstab.rows.iter().map(one).collect(), totals: vec![total], ..Sheet::default() }
            }
            Body::Heatmap(heatmap) => self.heatmap_table(heatmap),
            Body::Events(events) => self.events_table(all.iter().find(|one| one.file == events.file)?),
            Body::Sequence(found) => self.sequence_table(found),
            Body::Findings(list) => self.findings_table(list),
            Body::Actions(list) => self.actions_table(list),
            Body::Coverage { .. } => self.coverage_sheet(),
        };
        let title = if section.title.is_empty() { first_upper(&section.id) } else { section.title.clone() };
        let elsewhere = match sheet.elsewhere.is_empty() {
            true => self.words.say("workbook.elsewhere", &[("file", "figures.json")]),
            false => sheet.elsewhere.clone(),
        };
        Some(Sheet { name: title, elsewhere, ..sheet })
    }

    pub(super) fn head(&self, keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| self.words.word(key)).collect()
    }

    fn keys(&self, by: &[String], keys: &[String]) -> Vec<Cell> {
        by.iter().zip(keys).map(|(by, one)| key(by, one, self.key_words(by, one))).collect()
    }

    fn totals_table(&self, tiles: &[NamedTotal], targets: bool) -> Sheet {
        let words = self.words;
        let mut head = self.head(&["workbook.measure", "workbook.value", "workbook.unit"]);
        if targets {
            head.extend(self.head(&["table.should", "table.met"]));
        }
        head.extend(self.figures.compared.iter().map(|compared| words.compared(compared)));
        head.push(words.word("workbook.not_recorded_by"));
        let one = |tile: &NamedTotal| {
            let total = &tile.total;
            let mut cells = vec![
                Cell::text(words.title(&total.title)),
                figure(&total.now, words),
                Cell::text(words.unit(&total.unit)),
            ];
            if targets {
                cells.extend(match &total.target {
                    Some(target) => [
                        Cell::text(words.limit(target.compare, target.value, &total.now.amount)),
                        Cell::text(words.word(if target.met { "target.met" } else { "target.not_met" })),
                    ],
                    None => [Cell::Empty, Cell::text(words.word("target.unsaid"))],
                });
            }
            let before = self.figures.compared.iter().enumerate().map(|(at, _)| total.before.get(at));
            cells.extend(before.map(|before| before.map_or(Cell::Empty, |before| amount(before, words))));
            cells.push(Cell::text(total.now.not_recorded_by.join(", ")));
            cells
        };
        Sheet { head, rows: tiles.iter().map(one).collect(), ..Sheet::default() }
    }

    /// Everything that crossed its line, also what the page has no room for.
    fn attention_table(&self) -> Sheet {
        let words = self.words;
        let mut head = self.head(&["crossed.severity", "workbook.measure", "workbook.group", "workbook.value"]);
        head.extend(self.head(&["workbook.line", "table.before", "crossed.what", "crossed.do"]));
        let severity = |severity: &str| Cell::text(words.severity(severity));
        let raised = crate::wording::raised(self.figures).into_iter().map(|(list, found)| {
            vec![
                severity(&list.severity),
                Cell::Empty,
                Cell::text(self.key_words(&list.by, &found.key)),
                figure(&found.count, words),
                Cell::Empty,
                Cell::Empty,
                Cell::text(words.raised_sentence(list, found, self.figures, self.zone)),
                Cell::text(&list.do_this),
            ]
        });
        let crossed = self.figures.crossed.iter().map(|crossed: &Crossed| {
            let who = if crossed.by.is_empty() { String::new() } else { self.key_words(&crossed.by, &crossed.key) };
            vec![
                severity(&crossed.severity),
                Cell::text(words.title(&crossed.measure.title)),
                Cell::text(who),
                figure(&crossed.figure, words),
                amount(&crossed.limit, words),
                amount(&crossed.before, words),
                Cell::text(words.crossed_sentence(crossed, self.figures)),
                Cell::text(&crossed.do_this),
            ]
        });
        Sheet { head, rows: raised.chain(crossed).collect(), ..Sheet::default() }
    }

    fn series_table(&self, series: &Series) -> Sheet {
        let words = self.words;
        let name = |key: &str| match key {
            "" => words.title(&series.title),
            key => self.key_words(&series.split, key),
        };
        let mut head = vec![words.dimension(&series.by)];
        head.extend(series.series.iter().map(|one| name(&one.key)));
        head.extend(series.total.iter().map(|_| words.word("table.all")));
        head.extend(series.compared.iter().map(|_| self.compared_words()));
        let all = || series.series.iter().chain(&series.total).chain(&series.compared);
        let one = |at: usize| {
            let mut cells = match series.categories.get(at) {
                Some(label) => self.keys(std::slice::from_ref(&series.by), std::slice::from_ref(label)),
                // The period compared with is longer.
                None => vec![Cell::Empty],
            };
            cells.extend(all().map(|one| one.figures.get(at).map_or(Cell::Empty, |one| figure(one, words))));
            cells
        };
        let places = all().map(|one| one.figures.len()).max().unwrap_or(0);
        Sheet { head, rows: (0..places).map(one).collect(), ..Sheet::default() }
    }

    fn ranking_table(&self, ranking: &Ranking) -> Sheet {
        let words = self.words;
        let mut head: Vec<String> = ranking.by.iter().map(|by| words.dimension(by)).collect();
        head.extend(ranking.columns.iter().map(|column| words.title(&column.title)));
        if !ranking.together.is_empty() {
            head.push(words.word("table.together"));
        }
        let together = |at: usize| ranking.together.get(at).map(|share| figure(share, words));
        let one = |(at, keyed): (usize, &crate::figures::KeyedRow)| {
            let mut cells = self.keys(&ranking.by, &keyed.keys);
            cells.extend(row(&keyed.figures, words));
            cells.extend(together(at));
            cells
        };
        let under = |what: String| {
            let mut cells = vec![Cell::text(what)];
            cells.resize(ranking.by.len().max(1), Cell::Empty);
            cells
        };
        let mut totals = Vec::new();
        if ranking.more > 0 {
            let mut cells = under(words.count("count.other_rows", ranking.more as i64));
            cells.extend(ranking.rest.iter().map(|rest| rest.as_ref().map_or(Cell::Empty, |rest| figure(rest, words))));
            cells.extend(together(ranking.rows.len()));
            totals.push(cells);
        }
        let mut cells = under(words.word("table.all"));
        cells.extend(row(&ranking.total, words));
        totals.push(cells);
        Sheet { head, rows: ranking.rows.iter().enumerate().map(one).collect(), totals, ..Sheet::default() }
    }

    fn heatmap_table(&self, heatmap: &Heatmap) -> Sheet {
        let words = self.words;
        let split = heatmap.panels.iter().any(|panel| !panel.key.is_empty());
        let group = |key: &str| {
            let named = if heatmap.split.is_empty() { key.to_owned() } else { self.key_words(&heatmap.split, key) };
            Cell::text(&named)
        };
        let mut head = if split { vec![words.word("workbook.group")] } else { Vec::new() };
        head.push(words.dimension(&heatmap.by.0));
        head.extend(heatmap.columns.iter().map(|column| self.key_words(&heatmap.by.1, column)));
        let mut rows = Vec::new();
        for panel in &heatmap.panels {
            for (label, counts) in heatmap.rows.iter().zip(&panel.cells) {
                let mut cells = if split { vec![group(&panel.key)] } else { Vec::new() };
                cells.extend(self.keys(std::slice::from_ref(&heatmap.by.0), std::slice::from_ref(label)));
                cells.extend(counts.iter().map(|count| Cell::Whole(*count)));
                rows.push(cells);
            }
        }
        Sheet { head, rows, ..Sheet::default() }
    }

    /// All rows of the evidence: the time in the report's zone and in UTC, numbers as numbers.
    fn events_table(&self, found: &Evidence) -> Sheet {
        let words = self.words;
        let mut head = Vec::new();
        for column in &found.header {
            head.push(words.event_column(column));
            if column == "time" {
                head.push(words.word("workbook.time_utc"));
            }
        }
        let one = |texts: &Vec<String>| {
            let mut cells = Vec::with_capacity(texts.len() + 1);
            for (column, text) in found.header.iter().zip(texts) {
                match evidence_time(text).filter(|_| column == "time") {
                    Some((civil, utc)) => cells.extend([Cell::Time(civil), Cell::Time(utc)]),
                    None if column == "time" => cells.extend([Cell::text(text), Cell::Empty]),
                    None => cells.push(evidence(column, text)),
                }
            }
            cells
        };
        let elsewhere = words.say("workbook.elsewhere", &[("file", &found.file)]);
        Sheet { head, rows: found.rows.iter().map(one).collect(), elsewhere, ..Sheet::default() }
    }

    fn sequence_table(&self, sequences: &Sequences) -> Sheet {
        let mut head = vec![self.words.dimension(&sequences.by)];
        head.extend(self.head(&["table.before_it", "table.from", "table.then_at"]));
        head.extend(self.head(&["workbook.then_utc", "table.origins", "table.event"]));
        let one = |found: &crate::figures::SequenceFound| {
            vec![
                Cell::text(self.key_words(&sequences.by, &found.key)),
                figure(&found.count, self.words),
                time(found.first_at, self.zone, self.words),
                time(found.then_at, self.zone, self.words),
                time(found.then_at, &Zone::utc(), self.words),
                Cell::text(found.origins.join(", ")),
                Cell::text(&found.event),
            ]
        };
        Sheet { head, rows: sequences.found.iter().map(one).collect(), ..Sheet::default() }
    }

    fn coverage_sheet(&self) -> Sheet {
        let words = self.words;
        let heads =
            ["source", "coverage", "events", "latest", "expected", "quarantined", "imported", "reaches_end", "why"];
        let head = heads.iter().map(|key| words.word(&format!("coverage_head.{key}"))).collect();
        let one = |source: &crate::figures::SourceVerdict| {
            let at = |at: Option<i64>| at.map_or(Cell::Empty, |at| time(at, self.zone, self.words));
            vec![
                Cell::text(&source.known.source.title),
                Cell::text(words.verdict(source.verdict)),
                figure(&source.events, words),
                at(source.known.last_in_span),
                Cell::text(words.rhythm(&source.known.source.rhythm)),
                Cell::Whole(source.rejected as i64),
                at(source.known.imported_at),
                Cell::text(words.word(if source.reaches_end { "coverage.reaches" } else { "coverage.reaches_not" })),
                Cell::text(words.source_reasons(source, self.zone)),
            ]
        };
        Sheet { head, rows: self.figures.coverage.sources.iter().map(one).collect(), ..Sheet::default() }
    }
}
