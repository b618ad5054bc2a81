//! Context: what every section's computing knows: definition, period, the periods compared with, the sources in scope.

use super::coverage::{SourceDeclared, is_retired};
use super::error::FigureError;
use super::mask::Mask;
use super::recorded::{Standing, standing};
use super::{Compared, ComparedKind, Covered};
use crate::audit_log::{Lens, SourceCoverage};
use crate::calendar::Millis;
use crate::calendar::period::{Period, Unit};
use crate::calendar::zone::Zone;
use crate::definition::{Comparison, Definition};
use crate::query::Filter;
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

/// So many periods of history are looked at, this one included.
pub(super) const HISTORY: usize = 13;

/// What is known before the log is asked.
pub(super) struct Context<'a> {
    pub(super) definition: &'a Definition,
    pub(super) zone: &'a Zone,
    pub(super) lens: &'a Lens,
    pub(super) covered: Covered,
    pub(super) compared: Vec<Compared>,
    /// Sources that the definition's filter lets through and that the log knows.
    pub(super) sources: Vec<SourceCoverage>,
    /// Those of which the whole period is retired: no figure can count them.
    pub(super) retired: Vec<SourceCoverage>,
    pub(super) declared: &'a BTreeMap<String, SourceDeclared>,
    /// For an edition that must not tell who and when.
    pub(super) mask: Option<&'a Mask>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        definition: &'a Definition,
        period: &Period,
        lens: &'a Lens,
        known: Vec<SourceCoverage>,
        declared: &'a BTreeMap<String, SourceDeclared>,
        mask: Option<&'a Mask>,
    ) -> Result<Context<'a>, FigureError> {
        let zone = &definition.schedule.zone;
        let in_scope = |known: &SourceCoverage| {
            standing(&known.source, &definition.filter, None) != Standing::OutOfScope && known.imported_at.is_some()
        };
        let covered = covered(period, zone, lens);
        let (retired, sources) = known.into_iter().filter(in_scope).partition(|known| is_retired(known, covered.span));
        let compared = Vec::new();
        let mut context = Context { definition, zone, lens, covered, compared, sources, retired, declared, mask };
        for comparison in &definition.compare {
            let compared = context.compare(*comparison)?;
            context.compared.push(compared);
        }
        Ok(context)
    }

    pub(super) fn period(&self) -> &Period {
        &self.covered.period
    }

    pub(super) fn cover(&self, period: &Period) -> Covered {
        covered(period, self.zone, self.lens)
    }

    /// The definition's filter and another one.
    pub(super) fn scope(&self, filter: &Filter) -> Filter {
        self.definition.filter.clone().and(filter.clone())
    }

    /// First event of all sources in scope.
    fn first(&self) -> Option<Millis> {
        self.sources.iter().filter_map(|known| known.first).min()
    }

    /// Whether a log that begins with an event at `first` can speak for a period. A day has to lie behind the first event
    /// wholly; of a longer period, no working day may end before it (a month may begin with a weekend), and its first day may be cut.
    pub(super) fn reaches(&self, period: &Period, first: Option<Millis>) -> bool {
        let Some(first) = first else { return false };
        if first <= self.zone.day_start(period.first) {
            return true;
        }
        let day = self.zone.civil(first).date();
        let few_missed = day == period.first || self.lens.hours.working_days(period.first, day) == 0;
        period.day_count() > 1 && day < period.end && few_missed
    }

    fn compare(&self, comparison: Comparison) -> Result<Compared, FigureError> {
        let this = self.period();
        let (kind, mut periods) = match comparison {
            Comparison::Previous => (ComparedKind::Previous, vec![this.before()]),
            Comparison::YearBefore => (ComparedKind::YearBefore, vec![this.year_before()]),
            Comparison::SameWeekdays(count) => {
                if this.day_count() != 1 {
                    let reason = format!("same weekdays before `{}`, which is not a day", this.label());
                    return Err(FigureError::Definition(reason));
                }
                let back = |weeks: u8| Period::containing(Unit::Day, this.first - Days::new(7 * u64::from(weeks)));
                (ComparedKind::SameWeekdays, (1..=count.max(1)).rev().map(back).collect())
            }
        };
        let first = self.first();
        let in_log = periods.iter().any(|period| self.reaches(period, first));
        if in_log {
            periods.retain(|period| self.reaches(period, first));
        }
        let periods = periods.iter().map(|period| self.cover(period)).collect();
        Ok(Compared { kind, periods, in_log, partial: Vec::new() })
    }

    /// The periods before this one, oldest first, this one last; as far as a log that begins at `first` goes.
    pub(super) fn history(&self, first: Option<Millis>) -> Vec<Period> {
        let mut periods = vec![self.period().clone()];
        while periods.len() < HISTORY {
            let Some(before) = periods.last().map(Period::before) else { break };
            if !self.reaches(&before, first) {
                break;
            }
            periods.push(before);
        }
        periods.reverse();
        periods
    }

    pub(super) fn days(&self, period: &Period) -> DayCounts {
        DayCounts { civil: period.day_count(), working: self.lens.hours.working_days(period.first, period.end) }
    }
}

/// Days to divide by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DayCounts {
    pub(super) civil: i64,
    pub(super) working: i64,
}

fn covered(period: &Period, zone: &Zone, lens: &Lens) -> Covered {
    let inside = lens.hours.holidays.range(period.first..period.end);
    Covered {
        period: period.clone(),
        label: period.label(),
        zone: zone.name().to_owned(),
        span: period.span(zone),
        days: period.day_count(),
        working_days: lens.hours.working_days(period.first, period.end),
        holidays: inside.map(|(day, name)| (*day, name.clone())).collect(),
    }
}

/// Every period of a unit that meets `[first, end)`, oldest first, cut to it.
pub(super) fn slices(unit: Unit, first: NaiveDate, end: NaiveDate) -> Vec<(String, Period)> {
    let mut list = Vec::new();
    let mut day = first;
    while day < end {
        let whole = Period::containing(unit, day);
        list.push((whole.label(), Period::days(whole.first.max(first), whole.end.min(end))));
        day = whole.end;
    }
    list
}
