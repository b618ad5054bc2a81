//! Watch: rules are held against the log, and what they find is told, one finding a rule, group and span.
//!
//! All rules are asked in one pass of the log, by questions that group and count; only where a group has crossed a line, or
//! may have, its events themselves are looked at. What a rule's sources do not record it cannot find: such a rule is said to
//! be blind, and never that there was nothing.
//!
//! The same log, rules and moment give the same findings. Days are those of the rule's zone; a span that the asked time
//! only touches is counted whole, so that a finding is the same whenever it is looked for.

mod absent;
mod budget;
mod count;
mod first_seen;
mod hit;
mod normal;
mod sequence;
mod sliding;
#[cfg(test)]
mod tests;
mod unreadable;

use crate::audit_log::{AuditLog, Lens, LogError, SourceCoverage};
use crate::calendar::period::{Period, Unit};
use crate::calendar::zone::Zone;
use crate::calendar::{Millis, Span};
use crate::definition::watch::{Per, Rule, Test};
use crate::figures::{Reach, reach, without};
use crate::finding::Raised;
use crate::query::{Count, Dimension, Field, Filter, Measure, Query, Row, Table};
use chrono::NaiveDate;
use hit::Hit;
use std::collections::BTreeMap;

/// So many events are named with a finding; it says how many there are.
pub const NAMED: usize = 50;

/// More events of one group and day are not looked at one by one.
const MOST: usize = 200_000;

/// What rules are held against.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// The log.
    pub log: &'a dyn AuditLog,
    /// What events are read through.
    pub lens: &'a Lens,
    /// Now: what is not over yet cannot have been silent.
    pub now: Millis,
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// In order of time, then by group.
    pub raised: Vec<Raised>,
    /// Sources that the rule is about and that do not record what it needs.
    pub not_recorded_by: Vec<String>,
    /// Whether no source at all records it: it can find nothing.
    pub blind: bool,
}

/// What a rule waits for: questions that were asked for it, and what is made of the answers.
struct Asked {
    queries: Vec<Query>,
    reach: Reach,
}

/// Holds rules against the events of a time. One answer a rule, in order.
///
/// # Errors
/// A log that cannot be read.
pub fn watch(rules: &[&Rule], span: Span, against: Against<'_>) -> Result<Vec<Found>, LogError> {
    let sources = against.log.coverage(span, Millis::MAX)?;
    let known: Vec<SourceCoverage> = sources.into_iter().filter(|source| source.imported_at.is_some()).collect();
    let asked: Vec<Asked> = rules.iter().map(|rule| ask(rule, span, &known)).collect();
    let queries: Vec<Query> = asked.iter().flat_map(|asked| asked.queries.iter().cloned()).collect();
    let mut answers = against.log.answer(&queries, against.lens)?.into_iter();
    rules
        .iter()
        .zip(asked)
        .map(|(rule, asked)| {
            let tables: Vec<Table> = answers.by_ref().take(asked.queries.len()).collect();
            let at = At { rule, span, against, known: &known, reach: &asked.reach };
            let hits = budget::keep(&at, at.hits(&tables)?);
            let raised = hits.into_iter().map(|hit| hit.raise(&at)).collect::<Result<_, _>>()?;
            Ok(Found {
                raised,
                not_recorded_by: asked.reach.not_recorded_by.clone(),
                blind: !known.is_empty() && !asked.reach.recorded,
            })
        })
        .collect()
}

/// A rule at its work.
#[derive(Clone, Copy)]
struct At<'a> {
    rule: &'a Rule,
    span: Span,
    against: Against<'a>,
    known: &'a [SourceCoverage],
    reach: &'a Reach,
}

impl At<'_> {
    fn hits(&self, tables: &[Table]) -> Result<Vec<Hit>, LogError> {
        if !self.reach.recorded || self.known.is_empty() {
            return Ok(Vec::new());
        }
        if let Test::Unreadable { unit, at_least } = &self.rule.test {
            return unreadable::hits(self, *unit, *at_least);
        }
        let [table, rest @ ..] = tables else { return Ok(Vec::new()) };
        match &self.rule.test {
            Test::Count { count, per: Per::Sliding(length), at_least } => {
                sliding::hits(self, (table, rest.first()), count, *length, *at_least)
            }
            Test::Count { per, at_least, .. } => Ok(count::hits(self, table, *per, *at_least)),
            Test::Normal { unit, spreads, floor, .. } => Ok(normal::hits(self, table, *unit, *spreads, *floor)),
            Test::Sequence { at_least, then, within } => {
                let thens = rest.first().unwrap_or(table);
                sequence::hits(self, (table, thens), *at_least, then, *within)
            }
            Test::Absent { unit, working, after } => Ok(absent::hits(self, table, *unit, *working, *after)),
            Test::FirstSeen { field, learn, at_least } => Ok(first_seen::hits(self, table, *field, *learn, *at_least)),
            Test::Unreadable { .. } => Ok(Vec::new()),
        }
    }

    fn zone(&self) -> &Zone {
        &self.rule.zone
    }

    /// The rule's filter, without sources that lack what it needs.
    fn filter(&self) -> Filter {
        without(self.rule.filter.clone(), &self.reach.kept_out)
    }

    /// That, of one group.
    fn of_group(&self, keys: &[String]) -> Filter {
        let one = |filter: Filter, (field, key): (&Field, &String)| filter.and(Filter::is(*field, key));
        self.rule.by.iter().zip(keys).fold(self.filter(), one)
    }

    /// The keys of a row that say the group, and those behind them. `None`: it is no group, for something of it has no name.
    fn parts<'r>(&self, row: &'r Row) -> Option<(&'r [String], &'r [String])> {
        let (group, rest) = row.keys.split_at_checked(self.rule.by.len())?;
        group.iter().all(|key| !key.is_empty()).then_some((group, rest))
    }

    /// An answer by group and calendar span: the first number of each, under the span's first day.
    fn by_span<'t>(&self, table: &'t Table) -> BTreeMap<&'t [String], BTreeMap<NaiveDate, i64>> {
        let mut groups: BTreeMap<&[String], BTreeMap<NaiveDate, i64>> = BTreeMap::new();
        for row in &table.rows {
            if let (Some((group, [label])), Some(value)) = (self.parts(row), row.values.first())
                && let Some(period) = Period::parse(label)
            {
                groups.entry(group).or_default().insert(period.first, *value);
            }
        }
        groups
    }

    /// Whether a source is one that the rule is about, and that records what it needs.
    fn counts(&self, source: &str) -> bool {
        let only = self.rule.filter.clone().and(Filter::is(Field::Source, source));
        !reach(self.known, &[(only, None)]).counting.is_empty()
    }
}

/// Whole spans of a unit that a time touches.
fn whole(unit: Unit, span: Span, zone: &Zone) -> Span {
    let of = |at: Millis| Period::containing(unit, zone.civil(at).date()).span(zone);
    of(span.from).cover(&of((span.to - 1).max(span.from)))
}

fn ask(rule: &Rule, span: Span, known: &[SourceCoverage]) -> Asked {
    let mut needs: Vec<(Filter, Option<Count>)> =
        rule.by.iter().map(|field| (rule.filter.clone(), Some(Count::Distinct(*field)))).collect();
    needs.push((rule.filter.clone(), counted(&rule.test)));
    if let Test::Sequence { then, .. } = &rule.test {
        needs.push((scope_of(rule).and(then.clone()), None));
    }
    // A rule of two kinds of events may have each from a source of its own.
    let reach = if matches!(rule.test, Test::Sequence { .. }) { both(known, &needs) } else { reach(known, &needs) };
    let zone = &rule.zone;
    let group = || rule.by.iter().map(|field| Dimension::Field(*field));
    let query = |span: Span, filter: Filter, by: Vec<Dimension>, counts: Vec<Count>| Query {
        span,
        zone: zone.clone(),
        filter: without(filter, &reach.kept_out),
        by,
        measures: counts.into_iter().map(|count| Measure { count, filter: Filter::All }).collect(),
    };
    let queries = match &rule.test {
        Test::Count { count, per, .. } => {
            let (time, unit): (Vec<Dimension>, Unit) = match per {
                Per::Hour => (vec![Dimension::Day, Dimension::Field(Field::Hour)], Unit::Day),
                Per::Unit(unit) => (vec![Dimension::from(*unit)], *unit),
                Per::Sliding(_) => (vec![Dimension::Day], Unit::Day),
            };
            let asked = whole(unit, span, zone);
            let by: Vec<Dimension> = group().chain(time).collect();
            match per {
                Per::Sliding(length) => sliding::questions(rule, asked, *length, count)
                    .into_iter()
                    .map(|(zone, asked, count)| Query {
                        zone,
                        ..query(asked, rule.filter.clone(), by.clone(), vec![count])
                    })
                    .collect(),
                _ => vec![query(asked, rule.filter.clone(), by, vec![count.clone()])],
            }
        }
        Test::Normal { count, unit, .. } => {
            let asked = normal::learnt_from(*unit, whole(*unit, span, zone), zone);
            vec![query(
                asked,
                rule.filter.clone(),
                group().chain([Dimension::from(*unit)]).collect(),
                vec![count.clone()],
            )]
        }
        Test::Sequence { then, within, .. } => {
            let day = whole(Unit::Day, span, zone);
            let asked = whole(Unit::Day, Span { from: day.from - within, to: day.to }, zone);
            let of = |filter| query(asked, filter, group().chain([Dimension::Day]).collect(), vec![Count::Events]);
            vec![of(rule.filter.clone()), of(scope_of(rule).and(then.clone()))]
        }
        Test::Absent { unit, .. } => {
            let asked = absent::looked_at(*unit, whole(*unit, span, zone), zone);
            vec![query(
                asked,
                rule.filter.clone(),
                group().chain([Dimension::from(*unit)]).collect(),
                vec![Count::Events],
            )]
        }
        // Quarantine is no part of the events.
        Test::Unreadable { .. } => Vec::new(),
        Test::FirstSeen { field, .. } => {
            let from = known.iter().filter_map(|source| source.first).min().unwrap_or(span.from).min(span.from);
            let asked = Span { from, to: whole(Unit::Day, span, zone).to };
            let by = group().chain([Dimension::Field(*field), Dimension::Day]).collect();
            vec![query(asked, rule.filter.clone(), by, vec![Count::Events])]
        }
    };
    Asked { queries, reach }
}

/// What is needed of the sources on top of the filter.
fn counted(test: &Test) -> Option<Count> {
    match test {
        Test::Count { count, .. } | Test::Normal { count, .. } => Some(count.clone()),
        Test::FirstSeen { field, .. } => Some(Count::Distinct(*field)),
        Test::Sequence { .. } | Test::Absent { .. } | Test::Unreadable { .. } => None,
    }
}

/// What follows in a sequence need not pass the filter of what comes first; a source that the filter names holds for both.
fn scope_of(rule: &Rule) -> Filter {
    fn sources(filter: &Filter) -> Filter {
        match filter {
            Filter::OneOf(Field::Source, _) => filter.clone(),
            Filter::And(list) => list.iter().map(sources).fold(Filter::All, Filter::and),
            _ => Filter::All,
        }
    }
    sources(&rule.filter)
}

/// What is needed may come from different sources: blind is only who has none for one of them.
fn both(known: &[SourceCoverage], needs: &[(Filter, Option<Count>)]) -> Reach {
    let each: Vec<Reach> = needs.iter().map(|need| reach(known, std::slice::from_ref(need))).collect();
    let mut all = Reach { recorded: each.iter().all(|one| one.recorded), ..Reach::default() };
    for one in each {
        all.not_recorded_by.extend(one.not_recorded_by);
        all.kept_out.extend(one.kept_out);
        all.first = all.first.into_iter().chain(one.first).min();
        all.counting.extend(one.counting);
    }
    for list in [&mut all.not_recorded_by, &mut all.kept_out] {
        list.sort();
        list.dedup();
    }
    all.counting.sort();
    all.counting.dedup();
    all
}
