//! Past: which earlier periods a period is compared with, asking for them, and learning from those that can be learnt from.

use super::limits::{Limits, limits};
use super::{Earlier, FEWEST, FEWEST_YEARS, LOOKED_AT, LeftOut, Like, Normal, Standing, YEARS, limited};
use crate::calendar::period::{Period, Unit};
use crate::calendar::{Millis, Span};
use crate::figures::Amount;
use crate::figures::context::{Context, DayCounts};
use crate::figures::measure::{Counted, Rated};
use crate::figures::plan::{Answers, Plan, Slots};
use crate::query::Dimension;
use chrono::{Datelike, Days, NaiveDate};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Earlier periods of one kind, oldest first.
struct Alike {
    like: Like,
    periods: Vec<Period>,
}

/// What a period is compared with: the closest kind first.
fn alike(context: &Context<'_>, period: &Period) -> Vec<Alike> {
    let like = match period.unit.map(Unit::kind) {
        Some(Unit::Day) => return days_alike(context, period.first),
        Some(Unit::Week) => Like::Week,
        Some(Unit::Month) => Like::Month,
        Some(Unit::Quarter) => Like::Quarter,
        Some(_) => Like::Year,
        None => Like::Span,
    };
    let before = std::iter::successors(Some(period.before()), |one| Some(one.before()));
    let mut periods: Vec<Period> = before.take(LOOKED_AT as usize).collect();
    periods.reverse();
    vec![Alike { like, periods }]
}

fn days_alike(context: &Context<'_>, day: NaiveDate) -> Vec<Alike> {
    let hours = &context.lens.hours;
    let one = |back: u64| Period::containing(Unit::Day, day - Days::new(back));
    let works = hours.is_working_day(day);
    let same_sort = |other: &Period| hours.is_working_day(other.first) == works;
    let of_sort = Alike {
        like: if works { Like::WorkingDay } else { Like::DayOff },
        periods: (1..=7 * LOOKED_AT).rev().map(one).filter(same_sort).collect(),
    };
    if hours.holidays.contains_key(&day) {
        return vec![of_sort];
    }
    let weekday = Like::Weekday(day.weekday().number_from_monday() as u8);
    vec![Alike { like: weekday, periods: (1..=LOOKED_AT).rev().map(|weeks| one(7 * weeks)).collect() }, of_sort]
}

/// The same month or quarter of the years before, oldest first; none of other periods.
fn seasons(period: &Period) -> Vec<Period> {
    if !matches!(period.unit.map(Unit::kind), Some(Unit::Month | Unit::Quarter)) {
        return Vec::new();
    }
    let years = std::iter::successors(Some(period.year_before()), |one| Some(one.year_before()));
    let mut list: Vec<Period> = years.take(YEARS).collect();
    list.reverse();
    list
}

/// A number with its period, to be judged by those before.
pub(in crate::figures) struct Point<'a> {
    pub(in crate::figures) context: &'a Context<'a>,
    pub(in crate::figures) counted: &'a Counted,
    /// Its period, whole.
    pub(in crate::figures) period: &'a Period,
    /// The days that the number covers: fewer than the period's where a report cuts it.
    pub(in crate::figures) days: DayCounts,
    /// The group; empty without.
    pub(in crate::figures) keys: &'a [&'a str],
    /// The numbers behind it.
    pub(in crate::figures) values: &'a [i64],
    /// Whether the group was first seen in the log during the periods before: those in which it does not count yet say
    /// nothing of it.
    pub(in crate::figures) joined: bool,
}

/// The earlier periods of one measure, asked for.
pub(in crate::figures) struct Past {
    asked: BTreeMap<Period, Asked>,
    looks: Looks,
}

/// Which kinds of earlier periods are looked at.
#[derive(Clone, Copy)]
enum Looks {
    /// The closest that has enough.
    ClosestFirst,
    /// The closest alone: what is counted needs a question for each period.
    Closest,
    /// The broadest alone: what a single group does on a day is too rare to be told by weekdays.
    Broadest,
}

impl Looks {
    fn at(self, mut kinds: Vec<Alike>) -> Vec<Alike> {
        match self {
            Looks::ClosestFirst => {}
            Looks::Closest => kinds.truncate(1),
            Looks::Broadest => drop(kinds.drain(..kinds.len().saturating_sub(1))),
        }
        kinds
    }
}

/// Where the numbers of a period will be, and its label where one question has several.
struct Asked {
    slots: Slots,
    label: Option<String>,
}

impl Past {
    /// Asks for all that the periods `points` are compared with, broken down by `by`. What lies side by side is one
    /// question, which runs to the end of the points: a total's history is the same one.
    pub(in crate::figures) fn ask(
        plan: &mut Plan,
        context: &Context<'_>,
        counted: &Counted,
        points: &[Period],
        by: &[Dimension],
    ) -> Past {
        let each = counted.counts_first_seen();
        let looks = match (each, by.is_empty()) {
            (true, _) => Looks::Closest,
            (false, true) => Looks::ClosestFirst,
            (false, false) => Looks::Broadest,
        };
        let mut past = Past { asked: BTreeMap::new(), looks };
        let reached = |period: &Period| context.reaches(period, counted.first);
        let mut near: BTreeSet<Period> = BTreeSet::new();
        let mut far: BTreeSet<Period> = BTreeSet::new();
        for point in points {
            plan.look(point.span(context.zone));
            near.extend(looks.at(alike(context, point)).into_iter().flat_map(|kind| kind.periods).filter(reached));
            let years: Vec<Period> = seasons(point).into_iter().filter(reached).collect();
            if years.len() >= FEWEST_YEARS {
                far.extend(years);
            }
        }
        let unit = near.first().and_then(|period| period.unit).filter(|_| !each);
        if let (Some(unit), Some(first), Some(last)) = (unit, near.first(), points.last()) {
            let span = Period::days(first.first, last.end).span(context.zone);
            let dimensions: Vec<Dimension> = std::iter::once(unit.into()).chain(by.iter().copied()).collect();
            let slots = counted.among(&weekdays(&near, by)).ask(plan, span, &dimensions);
            plan.look(span);
            let one = |period: Period| (period.clone(), Asked { slots: slots.clone(), label: Some(period.label()) });
            past.asked.extend(near.into_iter().map(one));
        } else {
            far.extend(near);
        }
        for period in far {
            let span = period.span(context.zone);
            plan.look(span);
            past.asked.entry(period).or_insert_with(|| Asked { slots: counted.ask(plan, span, by), label: None });
        }
        past
    }

    /// From the first to the last of the periods asked for; without any, nothing.
    pub(in crate::figures) fn span(&self, context: &Context<'_>) -> Span {
        let spans = self.asked.keys().map(|period| period.span(context.zone));
        let from = context.covered.span.from;
        spans.reduce(|one, other| one.cover(&other)).unwrap_or(Span { from, to: from })
    }

    /// The numbers of one group in an earlier period; `None` where it was not asked for.
    fn values(&self, answers: &Answers, period: &Period, keys: &[&str]) -> Option<Vec<i64>> {
        let asked = self.asked.get(period)?;
        let keys: Vec<&str> = asked.label.as_deref().into_iter().chain(keys.iter().copied()).collect();
        Some(answers.at(&asked.slots, &keys))
    }

    /// What is normal for a number; `None` where there is no number.
    pub(in crate::figures) fn learn(&self, answers: &Answers, at: &Point<'_>) -> Option<Normal> {
        let amount = at.counted.amount(at.values, at.days);
        amount.ratio()?;
        let now = at.counted.rates(at.values, at.days, at.period.unit);
        let mut found = None;
        for kind in self.looks.at(alike(at.context, at.period)) {
            let (mut earlier, then) = self.earlier(answers, at, &kind.periods);
            let known = found_limits(&now, &then).filter(|_| then.len() >= FEWEST);
            let mut normal = Normal {
                standing: Standing::TooLittle,
                low: Amount::NotInLog,
                middle: Amount::NotInLog,
                high: Amount::NotInLog,
                like: kind.like,
                learnt_from: then.len() as u64,
                years: 0,
                needed: FEWEST as u64,
                earlier: Vec::new(),
            };
            if let (Some(mut known), Some(rated)) = (known, now.first()) {
                let (years, of_years) = self.earlier(answers, at, &seasons(at.period));
                if of_years.len() >= FEWEST_YEARS {
                    known = found_limits(&now, &of_years).map_or(known, |of_years| known.or(of_years));
                    normal.years = of_years.len() as u64;
                    earlier.extend(years);
                    earlier.sort_by_key(|(period, _)| period.first);
                    earlier.dedup();
                }
                (normal.low, normal.middle, normal.high) = limited(&amount, rated, known);
                normal.standing = standing(&amount, &normal, at, answers);
            }
            normal.earlier = earlier.into_iter().map(|(_, earlier)| earlier).collect();
            let done = normal.is_learnt();
            found = Some(normal);
            if done {
                break;
            }
        }
        found
    }

    /// The earlier periods with their numbers, and the rates of those that can be learnt from.
    fn earlier(
        &self,
        answers: &Answers,
        at: &Point<'_>,
        periods: &[Period],
    ) -> (Vec<(Period, Earlier)>, Vec<Vec<Rated>>) {
        let (mut list, mut rates) = (Vec::new(), Vec::new());
        let mut seen = !at.joined;
        for period in periods {
            let values = self.values(answers, period, at.keys);
            seen |= values.as_ref().is_some_and(|values| values.iter().any(|value| *value != 0));
            let days = at.context.days(period);
            let (amount, rated) = match &values {
                Some(values) => (at.counted.amount(values, days), at.counted.rates(values, days, period.unit)),
                None => (Amount::NotInLog, Vec::new()),
            };
            let left_out = match why_not(answers, at, period, days) {
                None if values.is_none() => Some(LeftOut::BeforeLog),
                None if rated.is_empty() => Some(LeftOut::Nothing),
                None if !seen => Some(LeftOut::Unseen),
                why => why,
            };
            if left_out.is_none() {
                rates.push(rated);
            }
            list.push((period.clone(), Earlier { label: period.label(), amount, left_out }));
        }
        (list, rates)
    }
}

/// Days broken down by groups are asked of the weekdays that count alone: most rows would be of no use.
fn weekdays(periods: &BTreeSet<Period>, by: &[Dimension]) -> Vec<u8> {
    let days = periods.iter().filter(|period| !by.is_empty() && period.unit == Some(Unit::Day));
    days.map(|day| day.first.weekday().number_from_monday() as u8).collect()
}

/// Why an earlier period is not learnt from, as far as its log and its days say.
fn why_not(answers: &Answers, at: &Point<'_>, period: &Period, days: DayCounts) -> Option<LeftOut> {
    let Point { context, counted, .. } = at;
    let begun = |(_, first): &&(String, Option<Millis>)| context.reaches(period, *first);
    match counted.sources.iter().filter(begun).count() {
        0 => return Some(LeftOut::BeforeLog),
        some if some < counted.sources.len() => return Some(LeftOut::NotBegun),
        _ => {}
    }
    if counted.sources.iter().any(|(name, _)| answers.is_silent(name, period.span(context.zone))) {
        return Some(LeftOut::Silent);
    }
    let holidays = &context.lens.hours.holidays;
    let holiday = match (period.unit, at.period.unit) {
        (Some(Unit::Day), _) => holidays.contains_key(&period.first) && !holidays.contains_key(&at.period.first),
        _ if counted.is_volume() => {
            days.working == 0 || 2 * days.working * at.days.civil < at.days.working * days.civil
        }
        _ => false,
    };
    holiday.then_some(LeftOut::Holidays)
}

/// The limits by each way of setting the periods side by side: the outer ones count.
fn found_limits(now: &[Rated], then: &[Vec<Rated>]) -> Option<Limits> {
    let by_one = |(place, now): (usize, &Rated)| {
        let values = then.iter().filter_map(|rates| rates.get(place)?.beside(now)).collect();
        limits(values)
    };
    now.iter().enumerate().filter_map(by_one).reduce(Limits::or)
}

fn standing(amount: &Amount, normal: &Normal, at: &Point<'_>, answers: &Answers) -> Standing {
    let silent = || {
        let span = at.period.span(at.context.zone);
        at.counted.sources.iter().any(|(name, _)| answers.is_silent(name, span))
    };
    if amount.compare(&normal.high) == Some(Ordering::Greater) {
        Standing::Above
    } else if amount.compare(&normal.low) != Some(Ordering::Less) {
        Standing::Within
    } else if silent() {
        Standing::Silent
    } else {
        Standing::Below
    }
}
