//! Schedule: which editions are due, waiting, missed or planned, as pure functions of definitions, what is known, and the time.

use crate::calendar::Millis;
use crate::calendar::cadence::FiringAt;
use crate::definition::{CatchUp, Definition, Schedule};
use crate::edition::{Due, EditionKey};
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

/// So long after its time an edition still counts as issued on time: daemons and timers are not exact.
pub const ON_TIME: Millis = 60 * 60 * 1000;

const DAY: Millis = 24 * 60 * 60 * 1000;

/// What the outside knows, as the functions here need it.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// When each definition was first accepted, by file stem. One that is not here is not due, whatever it says. A kind of periods
    /// that it has had only since later stands here with that time, by [`of_kind`]: a monthly report that is added to a weekly one
    /// does not bring the months before.
    pub activations: &'a BTreeMap<String, Millis>,
    /// Whether an edition is settled already: claimed, issued, or recorded as missed. The audience
    /// [`crate::definition::PARTS`] is if all parts are.
    pub settled: &'a dyn Fn(&EditionKey) -> bool,
    /// Whether an import of this source reaches this instant.
    pub reaches: &'a dyn Fn(&str, Millis) -> bool,
}

/// Everything that schedules ask for at a moment; each list by time, then by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agenda {
    /// To be issued now.
    pub due: Vec<Due>,
    /// Fired, but waiting: for the closing delay, or for a source.
    pub waiting: Vec<Due>,
    /// Not to be issued any more by itself: to be recorded as missed, and the owner told.
    pub missed: Vec<Due>,
}

/// From which firing on something of a definition can be open, as far as somebody has looked who looks again and again: all
/// before is settled, which it remains, and need not be walked over for years.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// By file stem and place of the schedule in the definition: the definition's digest and the activation, for which alone it
    /// holds, and the instant of the firing.
    from: BTreeMap<(String, usize), (String, Millis, Millis)>,
}

impl Looked {
    /// Something settled of a definition is open again: a person had what was missed made, and it failed.
    pub fn forget(&mut self, stem: &str) {
        self.from.retain(|(one, _), _| one != stem);
    }

    /// Nobody has looked yet.
    pub fn is_empty(&self) -> bool {
        self.from.is_empty()
    }

    fn from(&self, definition: &Definition, place: usize, activated: Millis) -> Option<Millis> {
        let (digest, at, from) = self.from.get(&(definition.stem.clone(), place))?;
        (*digest == definition.digest && *at == activated).then_some(*from)
    }
}

/// What schedules ask for at `now`.
pub fn agenda<'d>(definitions: impl IntoIterator<Item = &'d Definition>, known: &Known<'_>, now: Millis) -> Agenda {
    agenda_again(definitions, known, &mut Looked::default(), now)
}

/// As [`agenda`], for somebody who has looked before.
pub fn agenda_again<'d>(
    definitions: impl IntoIterator<Item = &'d Definition>,
    known: &Known<'_>,
    looked: &mut Looked,
    now: Millis,
) -> Agenda {
    let mut agenda = Agenda::default();
    for definition in definitions {
        // One by one: each has firings, catching up and waits of its own.
        for (place, schedule) in definition.schedules().enumerate() {
            let Some(activated) = activated(definition, schedule, known.activations) else { continue };
            let before = looked.from(definition, place, activated);
            if let Some(from) = of_one((definition, schedule), known, activated, before, now, &mut agenda) {
                let place = (definition.stem.clone(), place);
                looked.from.insert(place, (definition.digest.clone(), activated, from));
            }
        }
    }
    for list in [&mut agenda.due, &mut agenda.waiting, &mut agenda.missed] {
        list.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
    }
    agenda
}

/// The editions to issue at `now`.
pub fn due(definitions: &[Definition], known: &Known<'_>, now: Millis) -> Vec<Due> {
    agenda(definitions, known, now).due
}

/// What will be issued from an instant on, in so many days, whatever is issued already: the plan. Closing delays are
/// counted in, sources to wait for are taken as punctual.
pub fn plan(definitions: &[Definition], from: Millis, days: u32) -> Vec<Due> {
    let until = from.saturating_add(i64::from(days).saturating_mul(DAY));
    let mut planned: Vec<Due> = Vec::new();
    for (definition, schedule) in each(definitions) {
        let start = civil_day(schedule, from.saturating_sub(schedule.after).saturating_sub(DAY));
        let firings = schedule.cadence.firings_from(start).map(|firing| asked(definition, schedule, firing));
        let soon = firings.take_while(|due| due.fired < until).flat_map(|due| audiences(definition, due));
        planned.extend(soon.filter(|due| (from..until).contains(&due.at) && begins(schedule, due)));
    }
    planned.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
    planned
}

/// What a definition has asked for since it is active, of periods that end in these days, whatever became of it: what of it is there,
/// and what is missing, the ledger tells. Nothing that fires after `now`.
pub fn owed(
    definition: &Definition,
    activations: &BTreeMap<String, Millis>,
    days: &std::ops::RangeInclusive<NaiveDate>,
    now: Millis,
) -> Vec<Due> {
    let mut all = Vec::new();
    for schedule in definition.schedules() {
        let Some(activated) = activated(definition, schedule, activations) else { continue };
        let firings = schedule.cadence.firings_from(*days.start()).map(|firing| asked(definition, schedule, firing));
        let fired = firings.take_while(|due| due.fired <= now && due.period.first <= *days.end());
        let ends = |due: &Due| due.period.end.pred_opt().is_some_and(|last| days.contains(&last));
        let wanted = |due: &Due| match schedule.since {
            Some(_) => begins(schedule, due),
            None => due.fired >= activated,
        };
        all.extend(fired.filter(|due| ends(due) && wanted(due)).flat_map(|due| audiences(definition, due)));
    }
    all
}

/// The first `count` editions of the whole report that fire after an instant, whatever is issued already; more where that
/// would leave out the first one of a schedule.
pub fn next(definition: &Definition, after: Millis, count: usize) -> Vec<Due> {
    let mut all: Vec<(usize, Due)> = Vec::new();
    for schedule in definition.schedules() {
        let firings = schedule.cadence.firings_from(civil_day(schedule, after.saturating_sub(DAY)));
        let asked = firings.map(|firing| asked(definition, schedule, firing));
        all.extend((0..).zip(asked.filter(|due| due.fired > after && begins(schedule, due)).take(count)));
    }
    all.sort_by(|(_, a), (_, b)| (a.fired, &a.key).cmp(&(b.fired, &b.key)));
    let shown = |(place, (of_its_own, due)): (usize, (usize, Due))| (place < count || of_its_own == 0).then_some(due);
    all.into_iter().enumerate().filter_map(shown).collect()
}

/// The next instant after `now` at which something can become due: when a daemon should look again at the latest.
pub fn next_moment<'d>(definitions: impl IntoIterator<Item = &'d Definition>, now: Millis) -> Option<Millis> {
    let next = |(definition, schedule): (&Definition, &Schedule)| {
        let reach = latest_wait(schedule).saturating_add(2 * DAY);
        let firings = schedule.cadence.firings_from(civil_day(schedule, now.saturating_sub(reach)));
        let moments = firings.map(|firing| asked(definition, schedule, firing)).filter(|due| begins(schedule, due));
        let moments = moments.flat_map(|due| [due.at, due.fired.saturating_add(latest_wait(schedule))]);
        // The first one after now may come before others of an earlier firing: a few are enough to hold the earliest.
        moments.filter(|at| *at > now).take(4).min()
    };
    each(definitions).filter_map(next).min()
}

/// The firing that covers a period by the schedule of its definition, as the edition of the whole report; `None` if no
/// firing has just this period.
pub fn for_period(definition: &Definition, period: &crate::calendar::period::Period) -> Option<Due> {
    let mut found = definition.schedules().filter_map(|one| Some((one, one.cadence.firing_for(period)?)));
    found.next().map(|(schedule, firing)| asked(definition, schedule, firing))
}

/// Every schedule with its definition.
fn each<'d>(
    definitions: impl IntoIterator<Item = &'d Definition>,
) -> impl Iterator<Item = (&'d Definition, &'d Schedule)> {
    let of_one = |definition: &'d Definition| definition.schedules().map(move |schedule| (definition, schedule));
    definitions.into_iter().flat_map(of_one)
}

/// Gives back the first firing of which something is open, or the newest one.
fn of_one(
    (definition, schedule): (&Definition, &Schedule),
    known: &Known<'_>,
    activated: Millis,
    from: Option<Millis>,
    now: Millis,
    agenda: &mut Agenda,
) -> Option<Millis> {
    let start = match (from, schedule.since) {
        (Some(from), _) => civil_day(schedule, from.saturating_sub(DAY)),
        // The firing of a period comes after its first day.
        (None, Some(since)) => since,
        (None, None) => civil_day(schedule, activated.saturating_sub(DAY)),
    };
    let fired: Vec<Due> = schedule
        .cadence
        .firings_from(start)
        .map(|firing| asked(definition, schedule, firing))
        .take_while(|due| due.fired <= now)
        .filter(|due| if schedule.since.is_some() { begins(schedule, due) } else { due.fired >= activated })
        .filter(|due| from.is_none_or(|from| due.fired >= from))
        .collect();
    let newest = fired.last().map(|due| due.fired);
    let mut open = None;
    let horizon = civil_day(schedule, now).checked_sub_days(Days::new(schedule.catch_up_days.into()));
    for mut due in fired.into_iter().flat_map(|due| audiences(definition, due)) {
        if (known.settled)(&due.key) {
            continue;
        }
        open = open.or(Some(due.fired));
        if due.at > now {
            agenda.waiting.push(due);
            continue;
        }
        if let Some((source, at_most)) = &schedule.wait_for
            && !(known.reaches)(source, due.period.span(&schedule.zone).to)
        {
            let give_up = due.at.max(due.fired.saturating_add(*at_most));
            if give_up > now {
                agenda.waiting.push(due);
                continue;
            }
            due.at = give_up;
            due.without = Some(source.clone());
        }
        due.late = now > due.on_time_until;
        let wanted = match schedule.catch_up {
            CatchUp::All => true,
            CatchUp::Latest => newest == Some(due.fired),
            CatchUp::None => false,
        };
        let recent = horizon.is_none_or(|horizon| due.civil.date() >= horizon);
        if !due.late || (wanted && recent) {
            agenda.due.push(due);
        } else {
            agenda.missed.push(due);
        }
    }
    // A clock that was set back sees less than it did, and what was settled remains so.
    open.or(newest).max(from.filter(|_| open.is_none()))
}

/// Under which name [`Known::activations`] holds since when a definition has had periods of a kind.
pub fn of_kind(stem: &str, schedule: &Schedule) -> String {
    format!("{stem}/{}", schedule.cadence.covers.name())
}

/// From when on firings of a schedule are due; `None`: not at all.
fn activated(definition: &Definition, schedule: &Schedule, known: &BTreeMap<String, Millis>) -> Option<Millis> {
    let whole = known.get(&definition.stem).copied()?;
    Some(known.get(&of_kind(&definition.stem, schedule)).copied().unwrap_or(whole))
}

/// What a firing asks for.
fn asked(definition: &Definition, schedule: &Schedule, firing: FiringAt) -> Due {
    let fired = schedule.zone.instant(firing.civil);
    Due {
        key: EditionKey {
            definition: definition.stem.clone(),
            audience: String::new(),
            period: firing.period.label(),
            revision: 0,
        },
        period: firing.period,
        civil: firing.civil,
        fired,
        at: fired.saturating_add(schedule.after),
        // An instant that the wait cannot outlast.
        on_time_until: fired.saturating_add(latest_wait(schedule)).saturating_add(ON_TIME),
        late: false,
        without: None,
    }
}

/// What a firing asks for, audience by audience: the parts of a divided report are one, because nobody knows them yet.
fn audiences(definition: &Definition, due: Due) -> impl Iterator<Item = Due> {
    let of = move |audience: &str| Due {
        key: EditionKey { audience: audience.to_owned(), ..due.key.clone() },
        ..due.clone()
    };
    definition.audiences().into_iter().map(of)
}

/// Whether a period does not begin before `since`.
fn begins(schedule: &Schedule, due: &Due) -> bool {
    schedule.since.is_none_or(|since| due.period.first >= since)
}

/// The longest that anything of a firing waits.
fn latest_wait(schedule: &Schedule) -> Millis {
    schedule.wait_for.as_ref().map_or(schedule.after, |(_, at_most)| schedule.after.max(*at_most))
}

fn civil_day(schedule: &Schedule, at: Millis) -> NaiveDate {
    schedule.zone.civil(at).date()
}

#[cfg(test)]
mod tests;
