//! Plan: gathers every question of an edition, so that the log is asked once; Answers: its tables, looked up by question.

use super::error::FigureError;
use crate::audit_log::LogError;
use crate::calendar::Span;
use crate::calendar::zone::Zone;
use crate::query::{Dimension, Filter, Measure, Query, Row, Table};
use std::collections::BTreeMap;

/// What is done when the answers are there. Asking and answering of one section stand side by side this way.
pub(super) type Later<'a, T> = Box<dyn FnOnce(&Answers) -> Result<T, FigureError> + 'a>;

/// The questions so far.
pub(super) struct Plan {
    zone: Zone,
    queries: Vec<Query>,
    /// Spans of which it has to be known whether a source was silent.
    looked: Vec<Span>,
}

/// Where the answer to a question will be: some columns of one table.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    query: usize,
    columns: Vec<usize>,
}

impl Plan {
    pub(super) fn new(zone: &Zone) -> Plan {
        Plan { zone: zone.clone(), queries: Vec::new(), looked: Vec::new() }
    }

    /// Notes a question. Questions about the same events broken down the same way become columns of one query, and the
    /// same column is asked for once.
    pub(super) fn ask(&mut self, span: Span, filter: &Filter, by: &[Dimension], measures: &[Measure]) -> Slots {
        let known = self.queries.iter().position(|q| q.span == span && q.by == by && q.filter == *filter);
        let query = known.unwrap_or_else(|| {
            let (zone, filter, by) = (self.zone.clone(), filter.clone(), by.to_vec());
            self.queries.push(Query { span, zone, filter, by, measures: Vec::new() });
            self.queries.len() - 1
        });
        let mut columns = Vec::with_capacity(measures.len());
        if let Some(asked) = self.queries.get_mut(query) {
            for measure in measures {
                let column = asked.measures.iter().position(|m| m == measure).unwrap_or_else(|| {
                    asked.measures.push(measure.clone());
                    asked.measures.len() - 1
                });
                columns.push(column);
            }
        }
        Slots { query, columns }
    }

    pub(super) fn queries(&self) -> &[Query] {
        &self.queries
    }

    /// Notes a span of which it has to be known whether a source was silent in it.
    pub(super) fn look(&mut self, span: Span) {
        self.looked.push(span);
    }

    /// Those spans, in order, each instant once.
    pub(super) fn looked(&self) -> Vec<Span> {
        let mut spans = self.looked.clone();
        spans.sort_unstable();
        let mut joined: Vec<Span> = Vec::new();
        for span in spans {
            match joined.last_mut().filter(|last| span.from <= last.to) {
                Some(last) => last.to = last.to.max(span.to),
                None => joined.push(span),
            }
        }
        joined
    }
}

/// The log's tables, checked for shape; and when sources were silent.
pub(super) struct Answers {
    tables: Vec<Table>,
    silent: BTreeMap<String, Vec<Span>>,
}

impl Answers {
    /// Takes the tables only if they have the shape and order that an engine promises: a lookup in a table of
    /// another order would read zeros.
    pub(super) fn new(plan: &Plan, tables: Vec<Table>) -> Result<Answers, FigureError> {
        let damaged = |what: &str| FigureError::Log(LogError::Damaged(format!("its answers have {what}")));
        if tables.len() != plan.queries.len() {
            return Err(damaged("another number than the questions"));
        }
        for (query, table) in plan.queries.iter().zip(&tables) {
            let right = |row: &Row| row.keys.len() == query.by.len() && row.values.len() == query.measures.len();
            if !table.rows.iter().all(right) || (query.by.is_empty() && table.rows.len() != 1) {
                return Err(damaged("another shape than the questions"));
            }
            if !table.rows.is_sorted_by(|a, b| a.keys < b.keys) {
                return Err(damaged("rows out of order"));
            }
        }
        Ok(Answers { tables, silent: BTreeMap::new() })
    }

    /// With when sources were silent in the spans of [`Plan::looked`].
    pub(super) fn with_silences(self, silent: BTreeMap<String, Vec<Span>>) -> Answers {
        Answers { silent, ..self }
    }

    /// Whether a source was silent in part of a span.
    pub(super) fn is_silent(&self, source: &str, span: Span) -> bool {
        self.silent.get(source).is_some_and(|spans| spans.iter().any(|silent| silent.meets(&span)))
    }

    /// When a source was silent in a span.
    pub(super) fn silent_in(&self, source: &str, span: Span) -> Vec<Span> {
        let inside = |silent: &Span| Span { from: silent.from.max(span.from), to: silent.to.min(span.to) };
        let spans = self.silent.get(source).map_or(&[][..], Vec::as_slice);
        spans.iter().filter(|silent| silent.meets(&span)).map(inside).collect()
    }

    /// The numbers of one group; zeros where the group has no event.
    pub(super) fn at(&self, slots: &Slots, keys: &[&str]) -> Vec<i64> {
        let found = self.tables.get(slots.query).and_then(|table| {
            let order = |row: &Row| row.keys.iter().map(String::as_str).cmp(keys.iter().copied());
            table.rows.binary_search_by(order).ok().and_then(|index| table.rows.get(index))
        });
        found.map_or_else(|| vec![0; slots.columns.len()], |row| pick(row, slots))
    }

    /// All groups with their numbers, in order of keys.
    pub(super) fn rows(&self, slots: &Slots) -> impl Iterator<Item = (&[String], Vec<i64>)> {
        let rows = self.tables.get(slots.query).map_or(&[] as &[Row], |table| &table.rows);
        rows.iter().map(move |row| (row.keys.as_slice(), pick(row, slots)))
    }
}

fn pick(row: &Row, slots: &Slots) -> Vec<i64> {
    slots.columns.iter().map(|column| row.values.get(*column).copied().unwrap_or(0)).collect()
}
