//! Spreadsheet: an edition's figures and evidence as XLSX, and its figures as one CSV. Pure: from `figures.json`, the kit and
//! the evidence files alone.

use super::Failure;
use super::issue::{Edition, Press, file_stem};
use super::kit::Kit;
use super::publish::{Hinge, Made};
use crate::calendar::zone::{Zone, ZoneRules};
use crate::document::context::{Evidence, figures_table, workbook};
use crate::document::workbook::Cell;
use crate::edition::EditionKey;
use crate::figures::{Body, Figures};
use crate::render;
use crate::seal::sha256_hex;

/// Media type of XLSX.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Names of the evidence files that figures speak of.
pub(super) fn evidence_names<'f>(figures: &'f Figures) -> Vec<&'f str> {
    let file = |body: &'f Body| match body {
        Body::Events(events) => Some(events.file.as_str()).filter(|file| !file.is_empty()),
        _ => None,
    };
    figures.sections.iter().filter_map(|section| file(&section.body)).collect()
}

/// The workbook of an edition, `STEM.xlsx`. Its evidence is read from the CSV files among `files`, so that it can be made
/// again from what is stored, and says what they say.
///
/// # Errors
/// An evidence file that is not among them or cannot be read; what a spreadsheet cannot hold.
pub(super) fn spreadsheet(
    stem: &str,
    hinge: &Hinge,
    kit: &Kit,
    rules: &ZoneRules,
    files: &[Made],
) -> Result<Made, Failure> {
    let mut all = Vec::new();
    for name in evidence_names(&hinge.figures) {
        let made = files.iter().find(|made| made.file.name == name);
        let made = made.ok_or_else(|| Failure::Error(format!("the evidence file {name} is not there")))?;
        all.push(evidence(made)?);
    }
    let words = kit.words(&hinge.facts.language)?;
    let digest = sha256_hex(&hinge.bytes()?);
    let book = workbook(&hinge.facts, &hinge.figures, &zone(hinge, rules)?, words, &all, &digest);
    let bytes = render::xlsx::xlsx(&book)
        .map_err(|error| Failure::Error(format!("the spreadsheet cannot be written: {error}")))?;
    Ok(Made::new(&format!("{stem}.xlsx"), XLSX, bytes))
}

/// Every figure of an edition as a row of one table, `STEM_figures.csv`: numbers plain, as a program reads them.
///
/// # Errors
/// A language that the kit does not have.
pub(super) fn figures_csv(stem: &str, hinge: &Hinge, kit: &Kit, rules: &ZoneRules) -> Result<Made, Failure> {
    let words = kit.words(&hinge.facts.language)?;
    let sheet = figures_table(&hinge.facts, &hinge.figures, &zone(hinge, rules)?, words);
    let head: Vec<&str> = sheet.head.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> = sheet.rows.iter().map(|row| row.iter().map(plain).collect()).collect();
    let text = render::csv::csv(&head, rows.iter().map(Vec::as_slice));
    Ok(Made::new(&format!("{stem}_figures.csv"), "text/csv; charset=utf-8", text.into_bytes()))
}

impl Press<'_> {
    /// Adds the spreadsheet to an edition that nobody asked it of.
    ///
    /// # Errors
    /// What a spreadsheet cannot hold.
    pub fn with_spreadsheet(&self, edition: &mut Edition, key: &EditionKey) -> Result<(), Failure> {
        if edition.files.iter().all(|made| !made.file.name.ends_with(".xlsx")) {
            let stem = file_stem(key);
            let made = spreadsheet(&stem, &edition.hinge, self.kit(), &self.installation.rules, &edition.files)?;
            edition.files.push(made);
        }
        Ok(())
    }
}

/// A cell as a program reads it: shares and means as decimals to six places.
fn plain(cell: &Cell) -> String {
    let ratio = |part: i64, whole: i64| format!("{:.6}", part as f64 / whole as f64);
    match cell {
        Cell::Empty | Cell::Share { whole: 0, .. } | Cell::Mean { over: 0, .. } => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Whole(value) => value.to_string(),
        Cell::Share { part, whole } => ratio(*part, *whole),
        Cell::Mean { sum, over } => ratio(*sum, *over),
        Cell::Time(time) => time.format("%Y-%m-%dT%H:%M:%S").to_string(),
    }
}

fn zone(hinge: &Hinge, rules: &ZoneRules) -> Result<Zone, Failure> {
    let name = &hinge.figures.period.zone;
    rules.zone(name).ok_or_else(|| Failure::Error(format!("the zone rules do not know {name}")))
}

/// The rows of an evidence file.
fn evidence(made: &Made) -> Result<Evidence, Failure> {
    let failed = |error: csv::Error| Failure::Error(format!("{} cannot be read: {error}", made.file.name));
    let mut reader = csv::Reader::from_reader(made.bytes.as_slice());
    let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let header = cells(reader.headers().map_err(failed)?);
    let mut rows = Vec::new();
    for record in reader.records() {
        rows.push(cells(&record.map_err(failed)?));
    }
    Ok(Evidence { file: made.file.name.clone(), header, rows })
}
