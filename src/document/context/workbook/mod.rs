//! An edition as a workbook: what it is, every figure with its address, and a table for each section that has numbers.

mod cells;
mod findings;
mod sections;

use super::View;
use crate::calendar::zone::Zone;
use crate::document::workbook::{Cell, Sheet, Workbook};
use crate::edition::Facts;
use crate::figures::{Amount, Body, Figures, NamedTotal};
use crate::wording::Words;
use cells::{amount, figure, time};
use std::collections::BTreeMap;

/// The rows of an events section, as its evidence file holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Name of the file.
    pub file: String,
    /// Names of its columns, as in definitions.
    pub header: Vec<String>,
    /// Oldest first.
    pub rows: Vec<Vec<String>>,
}

/// The workbook of an edition. `digest` is the SHA-256 of its `figures.json`.
pub fn workbook(
    facts: &Facts,
    figures: &Figures,
    zone: &Zone,
    words: &Words,
    evidence: &[Evidence],
    digest: &str,
) -> Workbook {
    let view = View { facts, figures, zone, words };
    let mut sheets = vec![view.about(digest), view.figures_sheet()];
    sheets.extend(figures.sections.iter().filter_map(|section| view.section_sheet(section, evidence)));
    Workbook {
        title: format!("{}, {}", facts.title, words.period(&figures.period.period)),
        author: facts.organisation.clone(),
        created: facts.file_time(),
        sheets,
    }
}

impl View<'_> {
    /// What edition this is, of which period, from which log, and what it can be checked against.
    fn about(&self, digest: &str) -> Sheet {
        let (facts, figures, words) = (self.facts, self.figures, self.words);
        let word = |key: &str| words.word(key);
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let mut say = |what: String, value: Cell| rows.push(vec![Cell::text(what), value]);
        say(word("workbook.report"), Cell::text(&facts.title));
        if !facts.organisation.is_empty() {
            say(word("workbook.organisation"), Cell::text(&facts.organisation));
        }
        if !facts.purpose.is_empty() {
            say(word("workbook.purpose"), Cell::text(&facts.purpose));
        }
        say(word("made.edition"), Cell::text(&facts.edition));
        if facts.preview {
            say(word("made.issued"), Cell::text(word("made.not_issued")));
        } else {
            say(word("made.issued"), time(facts.issued_at, self.zone, self.words));
            say(word("workbook.issued_utc"), time(facts.issued_at, &Zone::utc(), self.words));
        }
        if !facts.revision_reason.is_empty() {
            say(word("made.reason"), Cell::text(&facts.revision_reason));
        }
        say(word("made.owner"), Cell::text(&facts.owner));
        say(word("made.period"), Cell::text(words.period(&figures.period.period)));
        say(word("workbook.zone"), Cell::text(&figures.period.zone));
        say(word("workbook.from"), time(figures.period.span.from, self.zone, self.words));
        say(word("workbook.before"), time(figures.period.span.to, self.zone, self.words));
        for compared in &figures.compared {
            say(word("made.compared"), Cell::text(words.compared(compared)));
        }
        say(word("made.coverage"), Cell::text(words.verdict(figures.coverage.verdict)));
        say(word("workbook.coverage_why"), Cell::text(words.coverage_sentence(figures, self.zone)));
        say(word("made.head"), Cell::text(words.count("count.batch_records", figures.head.size as i64)));
        say(word("made.root"), Cell::text(&figures.head.root));
        say(word("workbook.digest"), Cell::text(digest));
        for (what, sha256) in &facts.digests {
            say(format!("SHA-256: {}", self.shaped(what)), Cell::text(sha256));
        }
        say(word("made.program"), Cell::text(format!("quarterday {}", facts.engine)));
        say(word("made.zone_rules"), Cell::text(&facts.zone_rules));
        let key = if facts.key.is_empty() { word("made.not_signed") } else { facts.key.clone() };
        say(word("made.key"), Cell::text(key));
        say(word("made.limits"), Cell::text(word("made.limit_verdict")));
        Sheet {
            name: word("workbook.about"),
            head: vec![word("workbook.what"), word("workbook.value")],
            rows,
            ..Sheet::default()
        }
    }

    /// Every figure: label, address, where it stands, value, what it is compared with, and who does not record it.
    pub(super) fn figures_sheet(&self) -> Sheet {
        let (figures, words) = (self.figures, self.words);
        let before = self.before_by_address();
        let titles: BTreeMap<&str, &str> =
            figures.sections.iter().map(|section| (section.id.as_str(), section.title.as_str())).collect();
        let mut head: Vec<String> = ["figure", "address", "section", "value"]
            .iter()
            .map(|key| words.word(&format!("workbook.{key}")))
            .collect();
        head.extend(figures.compared.iter().map(|compared| words.compared(compared)));
        head.push(words.word("workbook.not_recorded_by"));
        let mut rows = Vec::new();
        let mut last = "";
        for figure in figures.all() {
            // A total that a section shows stands there and among the totals, under one address.
            if figure.address == last {
                continue;
            }
            last = &figure.address;
            let section = figure.address.split('/').next().unwrap_or_default();
            let mut cells = vec![
                Cell::text(super::tables::label(figure)),
                Cell::text(&figure.address),
                Cell::text(titles.get(section).copied().unwrap_or_default()),
                cells::figure(figure, words),
            ];
            let then = before.get(figure.address.as_str());
            cells.extend((0..figures.compared.len()).map(|at| match then.and_then(|then| then.get(at)) {
                Some(before) => amount(before, words),
                None => Cell::Empty,
            }));
            cells.push(Cell::text(figure.not_recorded_by.join(", ")));
            rows.push(cells);
        }
        Sheet {
            name: words.word("workbook.figures"),
            head,
            rows,
            elsewhere: words.say("workbook.elsewhere", &[("file", "figures.json")]),
            ..Sheet::default()
        }
    }

    /// What figures were in the periods compared with, by address, where figures.json says so.
    fn before_by_address(&self) -> BTreeMap<&str, Vec<Amount>> {
        let mut all: BTreeMap<&str, Vec<Amount>> = BTreeMap::new();
        for crossed in &self.figures.crossed {
            all.insert(&crossed.figure.address, vec![crossed.before]);
        }
        for total in self.figures.totals.values() {
            all.insert(&total.now.address, total.before.clone());
        }
        for section in &self.figures.sections {
            if let Body::Summary { tiles } | Body::Targets { rows: tiles } = &section.body {
                for NamedTotal { total, .. } in tiles {
                    all.insert(&total.now.address, total.before.clone());
                }
            }
        }
        all
    }
}

/// The figures sheet alone, for a table of plain text.
pub fn figures_table(facts: &Facts, figures: &Figures, zone: &Zone, words: &Words) -> Sheet {
    View { facts, figures, zone, words }.figures_sheet()
}

/// A row of figures as cells.
fn row(figures: &[crate::figures::Figure], words: &Words) -> Vec<Cell> {
    figures.iter().map(|one| figure(one, words)).collect()
}
