//! Retry: rejected rows read again, as they are kept, with a corrected mapping.

use super::csv_plan::Plan;
use super::csv_record::{Record, delimiter, header};
use super::feed::CUT;
use super::mapping::{Made, Mapping, Shape};
use super::times::Times;
use super::{ReadError, json_rows, rows, tree};
use crate::audit_log::Sink;
use crate::calendar::zone::ZoneRules;
use crate::event::{Event, Rejected};
use crate::written::{Position, Problem};

/// How many columns a row has that is kept without a header.
fn columns(raw: &str) -> usize {
    let mut record = Record::new(b',');
    record.begin();
    raw.as_bytes().split_inclusive(|byte| *byte == b'\n').any(|line| record.line(line));
    record.len()
}

/// What became of a row that was read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// It is an event now.
    Event(Box<Event>),
    /// It still cannot be read; the reason may be another one.
    Rejected(Rejected),
    /// By the corrected mapping it makes no event.
    NoEvent,
}

/// Reads rejected rows again.
pub struct Retry<'m> {
    mapping: &'m Mapping,
    times: Times,
}

impl<'m> Retry<'m> {
    /// Fails as [`super::read`] does if the zone rules do not know the mapping's zone.
    pub fn new(mapping: &'m Mapping, rules: &ZoneRules) -> Result<Retry<'m>, Problem> {
        let times = Times::new(mapping.times(), mapping.timezone.as_deref(), rules)
            .map_err(|what| Mapping::problem_in(&mapping.file, Position::default(), what, String::new()))?;
        Ok(Retry { mapping, times })
    }

    /// Reads one row again. A row that was cut or was not UTF-8 is not there as the source wrote it, and stays rejected:
    /// it can only be read from its file.
    pub fn row(&self, row: &Rejected) -> Row {
        let made = if row.raw.ends_with(CUT) {
            Made::Rejected("only a part of the row was kept: import its file again".to_owned(), None)
        } else if row.raw.contains('\u{fffd}') {
            Made::Rejected("the row was not UTF-8 text: repair its file and import that".to_owned(), None)
        } else {
            self.made(&row.raw, row.line)
        };
        match made {
            Made::Event(event) => Row::Event(event),
            Made::NoEvent => Row::NoEvent,
            Made::Rejected(reason, time) => {
                Row::Rejected(Rejected { reason, around: time.or(row.around), ..row.clone() })
            }
        }
    }

    fn made(&self, raw: &str, line: u64) -> Made {
        let one = |record| tree::one(record, self.mapping, &self.times, line);
        // One event of a record that held several is kept as JSON, whatever its file was.
        let folded = self.mapping.unfolds() && raw.starts_with('{');
        match self.mapping.shape.unwrap_or_else(|| rows::shape_of(raw.as_bytes())) {
            Shape::Csv if !folded => self.csv(raw, line),
            Shape::Text if !folded => match self.mapping.line.as_ref().map(|form| form.read_again(raw)) {
                Some(Ok(record)) => one(record),
                Some(Err(reason)) => Made::Rejected(reason, None),
                None => Made::Rejected("the mapping does not say how a line reads".to_owned(), None),
            },
            _ => match json_rows::value(raw.as_bytes()) {
                Ok(record) => one(record),
                Err(reason) => Made::Rejected(reason, None),
            },
        }
    }

    fn csv(&self, raw: &str, line: u64) -> Made {
        let mut lines = raw.as_bytes().split_inclusive(|byte| *byte == b'\n');
        let mut record = Record::new(delimiter(raw.lines().next().unwrap_or_default().as_bytes()));
        record.begin();
        let names = match &self.mapping.header {
            Some(names) => {
                record = Record::new(b',');
                names.clone()
            }
            None if lines.by_ref().any(|line| record.line(line)) => header(&record).unwrap_or_default(),
            None => return Made::Rejected("the row was kept without its header".to_owned(), None),
        };
        // An older version of a format has the first of its columns only.
        let names = match self.mapping.vary && self.mapping.header.is_some() {
            true => names.into_iter().take(columns(raw)).collect(),
            false => names,
        };
        let plan = match Plan::new(names, self.mapping, "the row's header", 1) {
            Ok(plan) => plan,
            Err(problems) => {
                let all: Vec<String> = problems.iter().map(|problem| problem.what.clone()).collect();
                return Made::Rejected(all.join("; "), None);
            }
        };
        record.begin();
        if !lines.by_ref().any(|line| record.line(line)) {
            return Made::Rejected("a quote is opened and not closed".to_owned(), None);
        }
        if lines.next().is_some() {
            return Made::Rejected("a quote is opened and closed in another row".to_owned(), None);
        }
        if !self.mapping.unfolds() {
            return plan.make(&record, self.mapping, &self.times, line);
        }
        match plan.tree(&record) {
            Ok(row) => tree::one(row, self.mapping, &self.times, line),
            Err(reason) => Made::Rejected(reason, None),
        }
    }

    /// Reads rows again and gives them to a sink. Those that still cannot be read are given as rejected.
    pub fn rows<'r>(
        &self,
        rows: impl IntoIterator<Item = &'r Rejected>,
        sink: &mut dyn Sink,
    ) -> Result<super::Summary, ReadError> {
        let mut summary = super::Summary::default();
        for row in rows {
            summary.rows += 1;
            match self.row(row) {
                Row::Event(event) => {
                    summary.events += 1;
                    sink.event(*event).map_err(ReadError::Log)?;
                }
                Row::Rejected(row) => {
                    summary.rejected += 1;
                    sink.rejected(row).map_err(ReadError::Log)?;
                }
                Row::NoEvent => {
                    summary.no_event += 1;
                    sink.no_event().map_err(ReadError::Log)?;
                }
            }
        }
        Ok(summary)
    }
}
