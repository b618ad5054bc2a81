//! The log as a masked report sees it: asked with the true filters and the true directory, it answers in pseudonyms.

use super::{Mask, OTHERS, SHARED};
use crate::audit_log::{AuditLog, Batch, Evidence, Head, Lens, LogError, QuarantinedRow, Retired, SourceCoverage};
use crate::calendar::{Millis, Span};
use crate::query::{Dimension, EvidenceQuery, Filter, Query, Row, Table};
use std::collections::BTreeMap;

/// A log behind a mask.
pub struct MaskedLog<'a> {
    log: &'a dyn AuditLog,
    /// The true directory and hours, whatever who asks looks through.
    lens: &'a Lens,
    mask: &'a Mask,
}

impl<'a> MaskedLog<'a> {
    /// This log behind that mask.
    pub fn new(log: &'a dyn AuditLog, lens: &'a Lens, mask: &'a Mask) -> MaskedLog<'a> {
        MaskedLog { log, lens, mask }
    }

    /// The questions that one question becomes: each group that is shown as itself, all others as one. What is counted once
    /// only (different people, say) is so counted once for them all. With each the places that are merged.
    fn variants(&self, query: &Query) -> Vec<(Query, Vec<usize>)> {
        let mut variants = vec![(query.clone(), Vec::new())];
        for (place, dimension) in query.by.iter().enumerate() {
            let Dimension::Field(field) = dimension else { continue };
            if !SHARED.contains(field) {
                continue;
            }
            let shown = self.mask.shown.get(field).cloned().unwrap_or_default();
            let of = Filter::OneOf(*field, shown.into_iter().collect());
            let mut both = Vec::with_capacity(variants.len() * 2);
            for (one, merged) in variants {
                let apart = Query { filter: one.filter.clone().and(of.clone()), ..one.clone() };
                let rest = Filter::Not(Box::new(of.clone()));
                let together = Query { filter: one.filter.clone().and(rest), ..one };
                let with = merged.iter().copied().chain([place]).collect();
                both.push((apart, merged));
                both.push((together, with));
            }
            variants = both;
        }
        for (variant, merged) in &mut variants {
            let mut place = 0;
            variant.by.retain(|_| {
                place += 1;
                !merged.contains(&(place - 1))
            });
        }
        variants
    }

    /// A row with pseudonyms, and `others` where groups were merged.
    fn row(&self, query: &Query, merged: &[usize], row: Row) -> Row {
        let mut given = row.keys.into_iter();
        let key = |(place, dimension): (usize, &Dimension)| {
            if merged.contains(&place) {
                return OTHERS.to_owned();
            }
            let text = given.next().unwrap_or_default();
            match dimension {
                Dimension::Field(field) => self.mask.value(*field, &text),
                _ => text,
            }
        };
        Row { keys: query.by.iter().enumerate().map(key).collect(), values: row.values }
    }
}

impl AuditLog for MaskedLog<'_> {
    fn answer(&self, queries: &[Query], _: &Lens) -> Result<Vec<Table>, LogError> {
        let variants: Vec<Vec<(Query, Vec<usize>)>> = queries.iter().map(|query| self.variants(query)).collect();
        let all: Vec<Query> = variants.iter().flatten().map(|(query, _)| query.clone()).collect();
        let mut tables = self.log.answer(&all, self.lens)?.into_iter();
        let mut answers = Vec::with_capacity(queries.len());
        for (query, variants) in queries.iter().zip(&variants) {
            let mut rows: BTreeMap<Vec<String>, Vec<i64>> = BTreeMap::new();
            for (_, merged) in variants {
                let table = tables.next().unwrap_or_default();
                // A question without groups has a row even where nothing happened; one whose groups are all merged has none.
                let empty = |row: &Row| row.values.iter().all(|value| *value == 0);
                for row in table.rows.into_iter().filter(|row| merged.is_empty() || !empty(row)) {
                    let Row { keys, values } = self.row(query, merged, row);
                    if rows.insert(keys.clone(), values).is_some() {
                        // Never added up: of what is counted once only, the sum would be another number.
                        return Err(LogError::Refused(format!("two names have the pseudonym `{}`", keys.join(", "))));
                    }
                }
            }
            answers.push(Table { rows: rows.into_iter().map(|(keys, values)| Row { keys, values }).collect() });
        }
        Ok(answers)
    }

    fn evidence(&self, query: &EvidenceQuery, _: &Lens) -> Result<Evidence, LogError> {
        let found = self.log.evidence(query, self.lens)?;
        Ok(Evidence {
            total: found.total,
            events: found.events.into_iter().map(|event| self.mask.event(event)).collect(),
        })
    }

    fn coverage(&self, span: Span, min_gap: Millis) -> Result<Vec<SourceCoverage>, LogError> {
        let mut known = self.log.coverage(span, min_gap)?;
        for retired in known.iter_mut().filter_map(|source| source.retired.as_mut()) {
            (retired.by, retired.reason) = (String::new(), String::new());
        }
        Ok(known)
    }

    fn batches(&self) -> Result<Vec<Batch>, LogError> {
        self.log.batches()
    }

    /// All events of the span, under the number of no batch: file names, importers and roots lead back.
    fn batch_counts(&self, span: Span) -> Result<BTreeMap<u64, u64>, LogError> {
        Ok([(0, self.log.batch_counts(span)?.values().sum())].into())
    }

    /// No head: it would lead back to the log.
    fn head(&self) -> Result<Head, LogError> {
        Ok(Head { size: 0, root: String::new() })
    }

    fn retirements(&self) -> Result<Vec<Retired>, LogError> {
        Ok(Vec::new())
    }

    fn quarantine(&self, _: bool) -> Result<Vec<QuarantinedRow>, LogError> {
        Ok(Vec::new())
    }
}
