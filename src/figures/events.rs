//! Events: the rows themselves as evidence, some on the page, all of them for the evidence file.

use super::context::Context;
use super::error::FigureError;
use super::measure::{reach, without};
use super::read::{Reader, column_name};
use super::{Amount, Body, Events, Figure, address};
use crate::audit_log::AuditLog;
use crate::definition::{EventColumn, Section};
use crate::query::EvidenceQuery;

/// More rows than this are refused: they would not fit into memory, and nobody reads them. Narrow the section's filter.
pub const MOST_ROWS: usize = 100_000;

/// A cell on the page has at most so many characters; the evidence file has them all. A field of a megabyte would else be
/// a report of two thousand pages.
const MOST_SHOWN: usize = 1_200;

/// All rows of an events section, for its evidence file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceFile {
    /// Section that they belong to.
    pub section: String,
    /// Name of the file, as [`Events::file`] says.
    pub name: String,
    /// Names of the columns: number in the log, time with its distance from UTC, then those of the section.
    pub header: Vec<String>,
    /// Oldest first.
    pub rows: Vec<Vec<String>>,
}

pub(super) fn events(
    context: &Context<'_>,
    log: &dyn AuditLog,
    section: &Section,
    columns: &[EventColumn],
    limit: usize,
) -> Result<(Body, EvidenceFile), FigureError> {
    let scope = context.scope(&section.filter);
    let reach = reach(&context.sources, &[(scope.clone(), None)]);
    let query = EvidenceQuery {
        span: context.covered.span,
        zone: context.zone.clone(),
        filter: without(scope, &reach.kept_out),
        limit: MOST_ROWS,
    };
    let evidence = log.evidence(&query, context.lens)?;
    if evidence.total > MOST_ROWS as u64 {
        let reason =
            format!("it has {} events, and at most {MOST_ROWS} are written out; narrow its filter", evidence.total);
        return Err(FigureError::section(&section.id, reason));
    }
    if evidence.total != evidence.events.len() as u64 {
        let reason = format!("the log counts {} events but gives {}", evidence.total, evidence.events.len());
        return Err(FigureError::section(&section.id, reason));
    }
    let reader = Reader { lens: context.lens, zone: context.zone, mask: context.mask };
    let names: Vec<String> = columns.iter().map(|column| column_name(*column).to_owned()).collect();
    let row = |event: &_| columns.iter().map(|column| reader.column(*column, event)).collect::<Vec<String>>();
    let on_page = |event: &_| columns.iter().map(|column| reader.on_page(*column, event)).collect::<Vec<String>>();
    // The file always says which event it is and when it was, also where the page does not.
    let extra = |column: EventColumn| !columns.contains(&column);
    let full = |event: &crate::audit_log::StoredEvent| {
        let mut cells = Vec::with_capacity(columns.len() + 2);
        if extra(EventColumn::Number) {
            cells.push(reader.number(event));
        }
        if extra(EventColumn::Time) {
            cells.push(reader.time(event.event.time));
        }
        cells.extend(row(event));
        cells
    };
    let added = [EventColumn::Number, EventColumn::Time].into_iter().filter(|column| extra(*column));
    let header = added.map(|column| column_name(column).to_owned()).chain(names.iter().cloned()).collect();
    let amount = match (context.sources.is_empty(), reach.recorded) {
        (true, _) => Amount::NotInLog,
        (false, false) => Amount::NotRecorded,
        (false, true) => Amount::Whole(i64::try_from(evidence.total).unwrap_or(i64::MAX)),
    };
    let total = Figure {
        address: address::under(&address::keyed(&section.id, &[]), address::TOTAL),
        label: 0,
        amount,
        not_recorded_by: reach.not_recorded_by,
    };
    // A masked report tells no period, in the names of its files neither.
    let period = if context.mask.is_some() { "training" } else { context.covered.label.as_str() };
    let file = EvidenceFile {
        section: section.id.clone(),
        name: file_name(&context.definition.stem, period, &section.id),
        header,
        rows: evidence.events.iter().map(full).collect(),
    };
    let body = Events {
        columns: names,
        shown: evidence.events.iter().take(limit).map(|event| on_page(event).into_iter().map(cut).collect()).collect(),
        total,
        file: file.name.clone(),
        file_sha256: String::new(),
    };
    Ok((Body::Events(body), file))
}

/// Stands between a cut text and the number of its characters. No cell holds it otherwise: control characters are no text.
pub const CUT: char = '\u{1f}';

/// A text of the page, and how long it is where it is cut.
fn cut(text: String) -> String {
    let text = text.replace(CUT, "\u{fffd}");
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => {
            let all = text.chars().count();
            format!("{}…{CUT}{all}", text.get(..end).unwrap_or_default())
        }
        None => text,
    }
}

fn file_name(stem: &str, label: &str, id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    format!("{stem}_{label}_{id}.csv").chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_a_megabyte_is_cut_on_the_page_and_says_so() {
        let thousand = "ש".repeat(MOST_SHOWN);
        assert_eq!(cut(thousand.clone()), thousand);
        let shown = cut("ש".repeat(1_000_000));
        assert_eq!(shown, format!("{thousand}…{CUT}1000000"));
        assert_eq!(cut(format!("a{CUT}9")), "a\u{fffd}9", "a text from the log cannot pass for a cut one");
    }
}
