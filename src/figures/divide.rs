//! Divide: the log as one part of a divided report sees it. All parts are answered in one pass: each question is asked once,
//! broken down by the field that the report is divided by, and each part gets its own rows of the answer.
//!
//! A part is computed by the same code as the whole report, over a log that holds nothing of the others. What counts and
//! what a source lacks is judged as for the whole (no condition on the field is added to any filter), so that numbers of
//! events and records of all parts sum up to those of the whole, to the last event: what has no value, or one that no part
//! has, is the rest. Numbers of different people or records do not sum up: who works for two parts counts in both.

use super::read::Reader;
use crate::audit_log::{AuditLog, Batch, Evidence, Head, Lens, LogError, QuarantinedRow, Retired, SourceCoverage};
use crate::calendar::zone::Zone;
use crate::calendar::{Millis, Span};
use crate::event::actor_key;
use crate::query::{Count, Dimension, EvidenceQuery, Field, Filter, Measure, Query, Row, Table};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// One part of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartOf {
    /// What has one of these values of the field.
    Values(Vec<String>),
    /// What has a value that no part has, or none.
    Rest,
}

/// What was asked so far, with the answer for all parts.
type Asked<Q, A> = RefCell<Vec<(Q, Rc<A>)>>;
/// Events by source.
type BySource = BTreeMap<String, u64>;

/// A log divided by a field.
pub struct Divided<'a> {
    log: &'a dyn AuditLog,
    lens: &'a Lens,
    zone: Zone,
    by: Field,
    parts: Vec<PartOf>,
    /// Values that belong to a part.
    taken: Vec<String>,
    /// The place among the parts of each of those values, in the form in which two are the same.
    places: BTreeMap<String, usize>,
    /// The place of what belongs to no part, if that is one.
    rest: Option<usize>,
    head: Head,
    batches: Vec<Batch>,
    /// The questions asked so far, with the answers of every part: the same for all of them.
    answered: Asked<Vec<Query>, Vec<PartsOfTable>>,
    evidence: Asked<EvidenceQuery, SplitEvidence>,
    sources: Asked<Span, Vec<BySource>>,
    coverage: Asked<(Span, Millis), Vec<SourceCoverage>>,
}

/// The answers to one question: by value of the field, and those that were asked for one part alone.
struct PartsOfTable {
    by_value: BTreeMap<String, Vec<Row>>,
    alone: BTreeMap<usize, Table>,
}

/// Events, and which of them belong to which part; `None`: too many to be held at once.
struct SplitEvidence(Option<(Evidence, BTreeMap<usize, Vec<usize>>)>);

impl<'a> Divided<'a> {
    /// A log divided into these parts.
    ///
    /// # Errors
    /// A log that cannot be read; two parts that claim one value.
    pub fn new(
        log: &'a dyn AuditLog,
        lens: &'a Lens,
        zone: &Zone,
        by: Field,
        parts: Vec<PartOf>,
    ) -> Result<Divided<'a>, LogError> {
        let mut taken: Vec<String> = Vec::new();
        let mut places = BTreeMap::new();
        for (at, part) in parts.iter().enumerate() {
            for value in part.values() {
                if places.insert(same(by, value), at).is_some() {
                    return Err(LogError::Refused(format!("two parts of the report claim `{value}`")));
                }
                taken.push(value.clone());
            }
        }
        let rest = parts.iter().position(|part| *part == PartOf::Rest);
        Ok(Divided {
            log,
            lens,
            zone: zone.clone(),
            by,
            parts,
            taken,
            places,
            rest,
            head: log.head()?,
            batches: log.batches()?,
            answered: RefCell::default(),
            evidence: RefCell::default(),
            sources: RefCell::default(),
            coverage: RefCell::default(),
        })
    }

    /// The log as a part sees it, by its place among the parts.
    pub fn part(&self, index: usize) -> Part<'_, 'a> {
        Part { of: self, index }
    }

    /// How many events of a span belong to each part.
    ///
    /// # Errors
    /// A log that cannot be read, or whose parts do not sum up to its batches.
    pub fn counts(&self, span: Span) -> Result<Vec<u64>, LogError> {
        Ok(self.by_source(span)?.iter().map(|sources| sources.values().sum()).collect())
    }

    /// Which events belong to a part.
    fn filter(&self, part: &PartOf) -> Filter {
        match part {
            PartOf::Values(values) => Filter::OneOf(self.by, values.clone()),
            PartOf::Rest => Filter::Not(Box::new(Filter::OneOf(self.by, self.taken.clone()))),
        }
    }

    /// The place of the part that a value of the field belongs to; `None`: what belongs to none has no part.
    fn place(&self, value: &str) -> Option<usize> {
        self.places.get(&same(self.by, value)).copied().or(self.rest)
    }

    /// Answers for all parts, asked at once.
    fn answers(&self, queries: &[Query]) -> Result<Rc<Vec<PartsOfTable>>, LogError> {
        if let Some((_, found)) = self.answered.borrow().iter().find(|(asked, _)| asked == queries) {
            return Ok(Rc::clone(found));
        }
        // A part of several values is no group of the field: what cannot be summed up has to be asked for it alone.
        let alone: Vec<usize> =
            self.parts.iter().enumerate().filter(|(_, part)| part.single().is_none()).map(|(at, _)| at).collect();
        let mut all: Vec<Query> = Vec::with_capacity(queries.len() * (alone.len() + 1));
        for query in queries {
            let by = std::iter::once(Dimension::Field(self.by)).chain(query.by.iter().copied()).collect();
            all.push(Query { by, ..query.clone() });
            for part in alone.iter().filter_map(|at| self.parts.get(*at)) {
                all.push(Query { filter: query.filter.clone().and(self.filter(part)), ..query.clone() });
            }
        }
        let mut tables = self.log.answer(&all, self.lens)?.into_iter();
        let mut found = Vec::with_capacity(queries.len());
        for _ in queries {
            let lacking = || LogError::Damaged("its answers have another number than the questions".to_owned());
            let mut by_value: BTreeMap<String, Vec<Row>> = BTreeMap::new();
            for row in tables.next().ok_or_else(lacking)?.rows {
                let mut keys = row.keys.into_iter();
                let value = keys.next().unwrap_or_default();
                by_value
                    .entry(same(self.by, &value))
                    .or_default()
                    .push(Row { keys: keys.collect(), values: row.values });
            }
            let mut asked = BTreeMap::new();
            for at in &alone {
                asked.insert(*at, tables.next().ok_or_else(lacking)?);
            }
            found.push(PartsOfTable { by_value, alone: asked });
        }
        let found = Rc::new(found);
        self.answered.borrow_mut().push((queries.to_vec(), Rc::clone(&found)));
        Ok(found)
    }

    /// Events by source of a span, for each part; checked against the batches.
    fn by_source(&self, span: Span) -> Result<Rc<Vec<BySource>>, LogError> {
        if let Some((_, known)) = self.sources.borrow().iter().find(|(asked, _)| *asked == span) {
            return Ok(Rc::clone(known));
        }
        let events = Measure { count: Count::Events, filter: Filter::All };
        let by = vec![Dimension::Field(self.by), Dimension::Field(Field::Source)];
        let query = Query { span, zone: self.zone.clone(), filter: Filter::All, by, measures: vec![events] };
        let table = self.log.answer(&[query], self.lens)?.into_iter().next().unwrap_or_default();
        let mut counts = vec![BTreeMap::new(); self.parts.len()];
        let mut sum = 0_u64;
        for row in &table.rows {
            let ([value, source], [count]) = (row.keys.as_slice(), row.values.as_slice()) else { continue };
            let count = u64::try_from(*count).unwrap_or(0);
            sum = sum.saturating_add(count);
            if let Some(sources) = self.place(value).and_then(|at| counts.get_mut(at)) {
                *sources.entry(source.clone()).or_insert(0) += count;
            }
        }
        let by_batches: u64 = self.log.batch_counts(span)?.values().sum();
        if sum != by_batches {
            let words = format!("the parts have {sum} events, but its batches have {by_batches} in the period");
            return Err(LogError::Damaged(words));
        }
        let counts = Rc::new(counts);
        self.sources.borrow_mut().push((span, Rc::clone(&counts)));
        Ok(counts)
    }

    fn covered(&self, span: Span, min_gap: Millis) -> Result<Rc<Vec<SourceCoverage>>, LogError> {
        if let Some((_, known)) = self.coverage.borrow().iter().find(|(asked, _)| *asked == (span, min_gap)) {
            return Ok(Rc::clone(known));
        }
        let found = Rc::new(self.log.coverage(span, min_gap)?);
        self.coverage.borrow_mut().push(((span, min_gap), Rc::clone(&found)));
        Ok(found)
    }

    fn split(&self, query: &EvidenceQuery) -> Result<Rc<SplitEvidence>, LogError> {
        if let Some((_, known)) = self.evidence.borrow().iter().find(|(asked, _)| asked == query) {
            return Ok(Rc::clone(known));
        }
        let evidence = self.log.evidence(query, self.lens)?;
        let split = if evidence.total == evidence.events.len() as u64 {
            let reader = Reader { lens: self.lens, zone: &self.zone, mask: None };
            let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for (number, event) in evidence.events.iter().enumerate() {
                if let Some(at) = self.place(&reader.field(self.by, event)) {
                    members.entry(at).or_default().push(number);
                }
            }
            Some((evidence, members))
        } else {
            None
        };
        let split = Rc::new(SplitEvidence(split));
        self.evidence.borrow_mut().push((query.clone(), Rc::clone(&split)));
        Ok(split)
    }
}

impl PartOf {
    fn values(&self) -> &[String] {
        match self {
            PartOf::Values(values) => values,
            PartOf::Rest => &[],
        }
    }

    fn single(&self) -> Option<&String> {
        match self.values() {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// The form in which two values of a field are the same.
fn same(by: Field, value: &str) -> String {
    if by == Field::Actor { actor_key(value) } else { value.to_owned() }
}

/// The log as one part sees it.
pub struct Part<'d, 'a> {
    of: &'d Divided<'a>,
    index: usize,
}

impl Part<'_, '_> {
    fn me(&self) -> Result<&PartOf, LogError> {
        let none = || LogError::Refused("there is no such part".to_owned());
        self.of.parts.get(self.index).ok_or_else(none)
    }
}

impl AuditLog for Part<'_, '_> {
    fn answer(&self, queries: &[Query], _: &Lens) -> Result<Vec<Table>, LogError> {
        let answers = self.of.answers(queries)?;
        let single = self.me()?.single().map(|value| same(self.of.by, value));
        let table = |(query, found): (&Query, &PartsOfTable)| {
            let Some(value) = &single else { return found.alone.get(&self.index).cloned().unwrap_or_default() };
            let mut rows = found.by_value.get(value).cloned().unwrap_or_default();
            if rows.is_empty() && query.by.is_empty() {
                rows.push(Row { keys: Vec::new(), values: vec![0; query.measures.len()] });
            }
            Table { rows }
        };
        Ok(queries.iter().zip(answers.iter()).map(table).collect())
    }

    fn evidence(&self, query: &EvidenceQuery, lens: &Lens) -> Result<Evidence, LogError> {
        let split = self.of.split(query)?;
        let Some((all, members)) = &split.0 else {
            let own = self.of.filter(self.me()?);
            return self
                .of
                .log
                .evidence(&EvidenceQuery { filter: query.filter.clone().and(own), ..query.clone() }, lens);
        };
        let mine = members.get(&self.index).map_or(&[] as &[usize], Vec::as_slice);
        let events = mine.iter().take(query.limit).filter_map(|number| all.events.get(*number).cloned());
        Ok(Evidence { total: mine.len() as u64, events: events.collect() })
    }

    /// The sources as the whole log knows them, with the events of this part.
    fn coverage(&self, span: Span, min_gap: Millis) -> Result<Vec<SourceCoverage>, LogError> {
        let mine = self.of.by_source(span)?;
        let mut known = self.of.covered(span, min_gap)?.as_ref().clone();
        for source in &mut known {
            let events = mine.get(self.index).and_then(|sources| sources.get(&source.source.name));
            source.events = events.copied().unwrap_or(0);
        }
        Ok(known)
    }

    fn batches(&self) -> Result<Vec<Batch>, LogError> {
        Ok(self.of.batches.clone())
    }

    /// All events of this part, under the number of no batch: files belong to nobody, and what else is in them is not
    /// this part's.
    fn batch_counts(&self, span: Span) -> Result<BTreeMap<u64, u64>, LogError> {
        let count = self.of.counts(span)?.get(self.index).copied().unwrap_or(0);
        Ok([(0, count)].into())
    }

    fn head(&self) -> Result<Head, LogError> {
        Ok(self.of.head.clone())
    }

    fn retirements(&self) -> Result<Vec<Retired>, LogError> {
        self.of.log.retirements()
    }

    fn quarantine(&self, _: bool) -> Result<Vec<QuarantinedRow>, LogError> {
        Ok(Vec::new())
    }
}

/// Values of a field that events of a report's scope have in a span, with how many. Without a value: the empty text.
///
/// # Errors
/// A log that cannot be read.
pub fn values(
    log: &dyn AuditLog,
    lens: &Lens,
    zone: &Zone,
    span: Span,
    scope: &Filter,
    by: Field,
) -> Result<BTreeMap<String, i64>, LogError> {
    let events = Measure { count: Count::Events, filter: Filter::All };
    let query = Query {
        span,
        zone: zone.clone(),
        filter: scope.clone(),
        by: vec![Dimension::Field(by)],
        measures: vec![events],
    };
    let table = log.answer(&[query], lens)?.into_iter().next().unwrap_or_default();
    let pair = |row: Row| Some((row.keys.into_iter().next()?, row.values.first().copied()?));
    Ok(table.rows.into_iter().filter_map(pair).filter(|(_, count)| *count > 0).collect())
}
