//! Counted: a measure of the definition under a filter, ready to be asked: its columns, what it needs, how numbers become amounts.

use super::context::{Context, DayCounts};
use super::error::FigureError;
use super::plan::{Plan, Slots};
use super::recorded::{Standing, standing};
use super::{Amount, Figure, MeasureHead};
use crate::audit_log::SourceCoverage;
use crate::calendar::period::Unit;
use crate::calendar::{Millis, Span};
use crate::definition::{Measure, MeasureKind};
use crate::query::{self, Count, Dimension, Field, Filter};

/// A measure ready to be asked under a filter.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    pub(super) head: MeasureHead,
    kind: Kind,
    /// What is asked of the log, one or two columns; events of sources that lack a field are kept out.
    columns: Vec<query::Measure>,
    filter: Filter,
    /// Whether the log knows any source in scope.
    any_source: bool,
    /// Whether a source in scope records what it needs.
    recorded: bool,
    not_recorded_by: Vec<String>,
    /// First event of the sources that count.
    pub(super) first: Option<Millis>,
    /// The sources that count, each with its first event.
    pub(super) sources: Vec<(String, Option<Millis>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Count,
    Rate,
    PerDay,
    PerWorkingDay,
}

/// What a filter and counts mean for the sources: which are kept out, and which lack what is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Whether a source in scope records what is needed, or none is in scope: a zero is true then.
    pub recorded: bool,
    /// Sources in scope that do not record it.
    pub not_recorded_by: Vec<String>,
    /// Those of them whose events must not be counted, because they lack a field.
    pub kept_out: Vec<String>,
    /// First event of the sources that count.
    pub first: Option<Millis>,
    /// The sources that count, each with its first event.
    pub counting: Vec<(String, Option<Millis>)>,
}

/// A number with what it is a number of: days, or the whole of a share. So it can be set beside one of more or fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rated {
    pub(super) value: i64,
    pub(super) over: i64,
}

impl Rated {
    /// This one as it would be at another's days or whole, in thousandths; `None` where it is a number of nothing.
    pub(super) fn beside(&self, other: &Rated) -> Option<i128> {
        let scaled = i128::from(self.value).saturating_mul(i128::from(other.over)).saturating_mul(1000);
        let over = i128::from(self.over);
        (over > 0).then(|| (scaled.saturating_add(over / 2)) / over)
    }
}

/// Judges every source for figures that need all of `questions` (filter and count).
pub fn reach(sources: &[SourceCoverage], questions: &[(Filter, Option<Count>)]) -> Reach {
    let mut reach = Reach::default();
    let mut in_scope = 0;
    for known in sources {
        let standings: Vec<Standing> =
            questions.iter().map(|(filter, count)| standing(&known.source, filter, count.as_ref())).collect();
        if standings.contains(&Standing::OutOfScope) {
            continue;
        }
        in_scope += 1;
        if standings.iter().all(|standing| *standing == Standing::Counts) {
            reach.recorded = true;
            reach.first = reach.first.into_iter().chain(known.first).min();
            reach.counting.push((known.source.name.clone(), known.first));
            continue;
        }
        reach.not_recorded_by.push(known.source.name.clone());
        if standings.contains(&Standing::LacksField) {
            reach.kept_out.push(known.source.name.clone());
        }
    }
    // A filter that no source can pass by its name has a true zero: nothing is lacking.
    reach.recorded |= in_scope == 0;
    reach
}

/// A filter without the events of some sources.
pub fn without(filter: Filter, kept_out: &[String]) -> Filter {
    if kept_out.is_empty() {
        return filter;
    }
    filter.and(Filter::Not(Box::new(Filter::OneOf(Field::Source, kept_out.to_vec()))))
}

/// What a measure asks the log.
fn asked(kind: &MeasureKind) -> (Kind, Vec<query::Measure>) {
    match kind {
        MeasureKind::Count(of) => (Kind::Count, vec![of.clone()]),
        MeasureKind::Rate { part, whole } => (Kind::Rate, vec![part.clone(), whole.clone()]),
        MeasureKind::PerDay { of, working: false } => (Kind::PerDay, vec![of.clone()]),
        MeasureKind::PerDay { of, working: true } => (Kind::PerWorkingDay, vec![of.clone()]),
    }
}

impl Counted {
    /// A measure under the definition's filter and another one.
    pub(super) fn new(context: &Context<'_>, measure: &Measure, filter: &Filter) -> Counted {
        Counted::over(&context.sources, measure, context.scope(filter))
    }

    /// A measure under a whole filter, for these sources.
    pub(super) fn over(sources: &[SourceCoverage], measure: &Measure, filter: Filter) -> Counted {
        let (kind, columns) = asked(&measure.kind);
        let questions: Vec<_> =
            columns.iter().map(|m| (filter.clone().and(m.filter.clone()), Some(m.count.clone()))).collect();
        let reach = reach(sources, &questions);
        let keep = |m: query::Measure| query::Measure { count: m.count, filter: without(m.filter, &reach.kept_out) };
        Counted {
            head: MeasureHead { name: measure.name.clone(), title: measure.title.clone(), unit: measure.unit.clone() },
            kind,
            columns: columns.into_iter().map(keep).collect(),
            filter,
            any_source: !sources.is_empty(),
            recorded: reach.recorded,
            not_recorded_by: reach.not_recorded_by,
            first: reach.first,
            sources: reach.counting,
        }
    }

    /// The same, on some weekdays only (Monday = 1); on all, if none is named.
    pub(super) fn among(&self, weekdays: &[u8]) -> Counted {
        let mut counted = self.clone();
        if !weekdays.is_empty() {
            let mut days: Vec<String> = weekdays.iter().map(u8::to_string).collect();
            days.sort();
            days.dedup();
            counted.filter = counted.filter.and(Filter::OneOf(Field::Weekday, days));
        }
        counted
    }

    /// The same, to be broken down by these: where no source that counts records one of them, there is nothing to break
    /// down, and one group without a name would pass for a finding.
    pub(super) fn grouped(mut self, context: &Context<'_>, by: &[Dimension]) -> Counted {
        let fields = by.iter().filter_map(|dimension| match dimension {
            Dimension::Field(field) => Some(*field),
            _ => None,
        });
        for field in fields {
            let mut questions: Vec<_> = self
                .columns
                .iter()
                .map(|c| (self.filter.clone().and(c.filter.clone()), Some(c.count.clone())))
                .collect();
            questions.push((self.filter.clone(), Some(Count::Distinct(field))));
            let reach = reach(&context.sources, &questions);
            if self.recorded && !reach.recorded {
                self.recorded = false;
                self.not_recorded_by = reach.not_recorded_by;
            }
        }
        self
    }

    /// Why it cannot be had at all, if so: the log has no source of it, or none that records it.
    pub(super) fn lacking(&self) -> Option<(Amount, Vec<String>)> {
        Some((self.missing()?, self.not_recorded_by.clone()))
    }

    /// Notes the question.
    pub(super) fn ask(&self, plan: &mut Plan, span: Span, by: &[Dimension]) -> Slots {
        plan.ask(span, &self.filter, by, &self.columns)
    }

    /// The filters of its columns on top of the whole one.
    pub(super) fn filters(&self) -> impl Iterator<Item = Filter> {
        self.columns.iter().map(|column| self.filter.clone().and(column.filter.clone()))
    }

    /// Whether its numbers over groups of events sum up to the number over all of them.
    pub(super) fn adds_up(&self) -> bool {
        self.columns.iter().all(|column| matches!(column.count, Count::Events | Count::Affected))
    }

    /// Whether it is a plain number of events or records.
    pub(super) fn is_volume(&self) -> bool {
        self.kind == Kind::Count && self.adds_up()
    }

    /// Whether its numbers are whole.
    pub(super) fn is_count(&self) -> bool {
        self.kind == Kind::Count
    }

    /// Whether it counts what is new in the asked span as a whole, so that a question broken down by time would not do.
    pub(super) fn counts_first_seen(&self) -> bool {
        self.columns.iter().any(|column| matches!(column.count, Count::FirstSeen(_)))
    }

    /// Numbers of the log as an amount.
    pub(super) fn amount(&self, values: &[i64], days: DayCounts) -> Amount {
        if let Some(missing) = self.missing() {
            return missing;
        }
        let value = |index: usize| values.get(index).copied().unwrap_or(0);
        match self.kind {
            Kind::Count => Amount::Whole(value(0)),
            Kind::Rate => Amount::Share { part: value(0), whole: value(1) },
            Kind::PerDay => Amount::Mean { sum: value(0), over: days.civil },
            Kind::PerWorkingDay => Amount::Mean { sum: value(0), over: days.working },
        }
    }

    /// Numbers of the log as they are set beside those of another period: shares by their whole, means by their days; what
    /// is counted in events or records over more than a day both by working days and by all days, for nobody knows which
    /// of the two it follows. Empty where there is nothing to take a share of.
    pub(super) fn rates(&self, values: &[i64], days: DayCounts, unit: Option<Unit>) -> Vec<Rated> {
        let value = values.first().copied().unwrap_or(0);
        let rated = |over: i64| Rated { value, over };
        match self.kind {
            Kind::Rate => Vec::from_iter(values.get(1).filter(|whole| **whole > 0).map(|whole| rated(*whole))),
            Kind::PerDay => vec![rated(days.civil)],
            Kind::PerWorkingDay => Vec::from_iter((days.working > 0).then(|| rated(days.working))),
            Kind::Count if self.adds_up() && unit != Some(Unit::Day) => vec![rated(days.working), rated(days.civil)],
            Kind::Count => vec![rated(1)],
        }
    }

    /// The mean of several periods: their numbers summed up and divided (shares: over all of them).
    pub(super) fn mean(&self, values: &[i64], periods: i64, days: DayCounts) -> Amount {
        match self.amount(values, days) {
            Amount::Whole(sum) if periods != 1 => Amount::Mean { sum, over: periods },
            other => other,
        }
    }

    fn missing(&self) -> Option<Amount> {
        match (self.any_source, self.recorded) {
            (false, _) => Some(Amount::NotInLog),
            (true, false) => Some(Amount::NotRecorded),
            (true, true) => None,
        }
    }

    /// A figure of a group. Where the group is one of a source that does not record what would be counted, its zero is no
    /// number: absent is not zero.
    pub(super) fn of_group(
        &self,
        sources: &[SourceCoverage],
        group: &[(Dimension, &str)],
        address: String,
        amount: Amount,
    ) -> Figure {
        let by_source = group.iter().any(|(dimension, _)| *dimension == Dimension::Field(Field::Source));
        if !by_source || amount.ratio().is_some_and(|(part, _)| part != 0) || self.missing().is_some() {
            return self.figure(address, amount);
        }
        let within = group.iter().fold(self.filter.clone(), |filter, (dimension, key)| match dimension {
            Dimension::Field(field) => filter.and(Filter::is(*field, key)),
            _ => filter,
        });
        let questions: Vec<_> =
            self.columns.iter().map(|c| (within.clone().and(c.filter.clone()), Some(c.count.clone()))).collect();
        let reach = reach(sources, &questions);
        if reach.recorded {
            return self.figure(address, amount);
        }
        Figure { address, label: 0, amount: Amount::NotRecorded, not_recorded_by: reach.not_recorded_by }
    }

    /// A figure of this measure; labels are given when all figures are there.
    pub(super) fn figure(&self, address: String, amount: Amount) -> Figure {
        Figure { address, label: 0, amount, not_recorded_by: self.not_recorded_by.clone() }
    }
}

/// The measure of a name, as a section wants it.
pub(super) fn named<'a>(context: &Context<'a>, section: &str, name: &str) -> Result<&'a Measure, FigureError> {
    let unknown = || FigureError::section(section, format!("there is no measure `{name}`"));
    context.definition.measures.get(name).ok_or_else(unknown)
}

/// Adds numbers column by column.
pub(super) fn add(sum: &mut Vec<i64>, values: &[i64]) {
    if sum.len() < values.len() {
        sum.resize(values.len(), 0);
    }
    for (total, value) in sum.iter_mut().zip(values) {
        *total = total.saturating_add(*value);
    }
}
