//! The ordinary year: who is at work on which day, and everything that is done without any story.

use super::dates::{self, clock, instant};
use super::habits::{self, Module, OCCASIONS, What};
use super::people::{Role, STAFF, Staff};
use super::random::Random;
use super::{logins, setup};
use chrono::{Datelike, NaiveDate, Weekday};

/// The integration's place after the staff.
pub(super) const INTEGRATION: usize = STAFF.len();
/// The contractor's place after that.
pub(super) const CONTRACTOR: usize = STAFF.len() + 1;

/// Something that will be a row of the audit log.
pub(super) struct Plan {
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) actor: usize,
    pub(super) task: Task,
    pub(super) source: &'static str,
}

/// What a plan is about.
pub(super) enum Task {
    /// One record. `fair`: because of the trade fair.
    One { what: What, module: Module, fair: bool, note: Option<&'static str> },
    /// Many records of a list view.
    Bulk { what: What, module: Module, view: &'static str, records: u64 },
    /// Something in the set-up area.
    Setup { action: &'static str, module: &'static str, name: String, details: String },
    /// A campaign is begun.
    Campaign { name: &'static str },
}

/// All plans and logins, in no order.
#[derive(Default)]
pub(super) struct Year {
    pub(super) plans: Vec<Plan>,
    pub(super) logins: Vec<logins::Login>,
}

/// A person on a day.
#[derive(Clone, Copy)]
pub(super) struct Shift {
    pub(super) actor: usize,
    pub(super) day: NaiveDate,
    pub(super) number: u64,
    /// Seconds of the day.
    pub(super) start: i64,
    pub(super) end: i64,
    /// When work goes on in the evening, if it does.
    pub(super) evening: Option<i64>,
    /// Away from the desk: at customers or at the fair.
    pub(super) travelling: bool,
}

impl Year {
    /// Adds a day of everybody.
    pub(super) fn day(&mut self, number: u64) {
        let day = dates::nth_day(number);
        for (actor, staff) in STAFF.iter().enumerate() {
            if let Some(shift) = shift(actor, staff, day, number) {
                self.work(staff, &shift);
                self.occasions(staff, &shift);
                logins::of_shift(staff, &shift, &mut self.logins);
            }
        }
        setup::of_day(day, number, &mut self.plans);
        self.integration(day, number);
        self.contractor(day, number);
    }

    fn work(&mut self, staff: &Staff, shift: &Shift) {
        let (team, role) = staff.post(shift.day);
        let mut random = Random::of("work", &[shift.actor as u64, shift.number]);
        let personal = 800 + Random::of("zeal", &[shift.actor as u64]).below(401);
        let length = if staff.mornings { 550 } else { 1000 };
        let scale = |volume: u64| volume * personal / 1000 * length / 1000 * dates::season(shift.day) / 1000;
        let weekend = if dates::is_working_day(shift.day) { 1000 } else { 450 };
        let usual = random.about(scale(habits::volume(team, role, shift.day)) * weekend / 1000);
        let fair = random.about(scale(habits::fair_volume(role, shift.day)) * weekend / 1000);
        let times = moments(&mut random, shift, usual + fair);
        for (nth, at) in times.into_iter().enumerate() {
            // The fair's share is spread over the day like the rest.
            let for_fair = random.below(usual + fair) < fair && nth > 0;
            let mix = if for_fair { habits::fair_mix(role) } else { habits::mix(team, role) };
            let (module, what) = habits::choose(mix, random.below(habits::weight(mix)));
            let mobile = if shift.travelling { 700 } else { 40 };
            let source = if random.chance(mobile) { "Mobile" } else { "Web" };
            self.plans.push(Plan {
                at,
                actor: shift.actor,
                task: Task::One { what, module, fair: for_fair, note: None },
                source,
            });
            if what == What::Deleted && random.chance(220) {
                let task = Task::One { what: What::Restored, module, fair: false, note: None };
                self.plans.push(Plan { at: at + random.between(40, 1500), actor: shift.actor, task, source: "Web" });
            }
        }
    }

    fn occasions(&mut self, staff: &Staff, shift: &Shift) {
        if !dates::is_working_day(shift.day) {
            return;
        }
        let (team, role) = staff.post(shift.day);
        let closing = dates::is_month_end(shift.day);
        for (nth, occasion) in OCCASIONS.iter().enumerate().filter(|(_, occasion)| occasion.is_of(team, role)) {
            let mut random = Random::of("occasion", &[shift.actor as u64, shift.number, nth as u64]);
            if random.chance(if closing { occasion.closing } else { occasion.usual }) {
                let at = instant(shift.day, random.between(shift.start, shift.end));
                let records = random.between(occasion.records.0, occasion.records.1) as u64;
                let task = Task::Bulk { what: occasion.what, module: occasion.module, view: occasion.view, records };
                self.plans.push(Plan { at, actor: shift.actor, task, source: "Web" });
            }
        }
    }

    /// Round the clock: web forms become leads, the mailing system writes back, the ERP sends invoices at night.
    fn integration(&mut self, day: NaiveDate, number: u64) {
        let mut random = Random::of("integration", &[number]);
        let working = dates::is_working_day(day);
        let fair = if (day.year(), day.month()) == (2026, 11) { 1950 } else { 1000 };
        let midnight = instant(day, 0);
        let hours = (instant(day + chrono::Days::new(1), 0) - midnight) / 3600;
        for hour in 0..hours {
            let clock_hour = (midnight + hour * 3600 + dates::offset(midnight + hour * 3600)) / 3600 % 24;
            let forms = if (7..22).contains(&clock_hour) { 780 } else { 240 };
            let mailing = if working { 720 } else { 380 };
            let nightly = if clock_hour == 1 { if working { 13_000 } else { 5_000 } } else { 180 };
            let lists: [(u64, Module, What); 5] = [
                (forms * fair / 1000, Module::Leads, What::Added),
                (mailing * fair / 1000, Module::Leads, What::Updated),
                (mailing * 7 / 10, Module::Contacts, What::Updated),
                (nightly * 6 / 10, Module::Invoices, What::Added),
                (nightly * 4 / 10, Module::Invoices, What::Updated),
            ];
            for (volume, module, what) in lists {
                for _ in 0..random.about(volume) {
                    let at = midnight + hour * 3600 + random.between(0, if clock_hour == 1 { 1500 } else { 3599 });
                    let fair = module == Module::Leads && fair > 1000 && random.chance(600);
                    let task = Task::One { what, module, fair, note: None };
                    self.plans.push(Plan { at, actor: INTEGRATION, task, source: "API" });
                }
            }
            logins::of_integration(midnight + hour * 3600 + 17, &mut self.logins);
        }
        if random.chance(70) {
            let at = midnight + clock(3, 20) + random.between(0, 900);
            let records = random.between(40, 900) as u64;
            let task = Task::Bulk {
                what: What::MassUpdated,
                module: Module::Accounts,
                view: "Payment terms from ERP",
                records,
            };
            self.plans.push(Plan { at, actor: INTEGRATION, task, source: "API" });
        }
    }

    /// Somebody who cleans addresses from outside since November, three mornings a week.
    fn contractor(&mut self, day: NaiveDate, number: u64) {
        if day < dates::date(2026, 11, 3) || !matches!(day.weekday(), Weekday::Mon | Weekday::Tue | Weekday::Thu) {
            return;
        }
        let mut random = Random::of("contractor", &[number]);
        let start = instant(day, clock(9, 30) + random.between(0, 3000));
        logins::of_contractor(start, &mut self.logins);
        for nth in 0..random.between(1, 3) {
            let what = if nth == 2 { What::Deleted } else { What::Updated };
            let task = Task::One { what, module: Module::Contacts, fair: false, note: None };
            self.plans.push(Plan {
                at: start + 120 + nth * random.between(90, 900),
                actor: CONTRACTOR,
                task,
                source: "Web",
            });
        }
    }
}

/// Whether and when somebody works on a day.
fn shift(actor: usize, staff: &Staff, day: NaiveDate, number: u64) -> Option<Shift> {
    if !staff.is_here(day) {
        return None;
    }
    let mut random = Random::of("shift", &[actor as u64, number]);
    let working = dates::is_working_day(day);
    let weekday = day.weekday().num_days_from_monday() as usize;
    let chosen = working && staff.week.as_bytes().get(weekday) == Some(&b'x');
    // Those who work in the evening now and then look in on a weekend, too.
    let weekend = !working && random.chance(staff.evenings / 4 + 3);
    let at_work = chosen && !on_leave(actor, staff, day) && !random.chance(28);
    if !weekend && !at_work {
        return None;
    }
    let early = Random::of("start", &[actor as u64]).between(clock(8, 1), clock(9, 5));
    let start = if weekend { random.between(clock(10, 0), clock(16, 0)) } else { early + random.between(-180, 1500) };
    let length = match (weekend, staff.mornings) {
        (true, _) => 4000,
        (false, true) => clock(4, 15),
        (false, false) => clock(8, 20),
    };
    let (_, role) = staff.post(day);
    let sells = matches!(role, Role::Sales | Role::KeyAccount);
    let at_fair = sells && (2026, 11) == (day.year(), day.month()) && (10..=13).contains(&day.day());
    let travelling = at_fair && random.chance(750) || sells && random.chance(170);
    let late = !weekend && random.chance(staff.evenings);
    let evening = late.then(|| random.between(clock(19, 30), clock(21, 50)));
    Some(Shift { actor, day, number, start, end: start + length, evening, travelling })
}

/// Holidays taken: two or three weeks in summer, a week in autumn or spring, mostly Christmas; nobody in November 2026.
fn on_leave(actor: usize, staff: &Staff, day: NaiveDate) -> bool {
    let mut random = Random::of("leave", &[actor as u64]);
    let summer = dates::date(2026, 6, 29) + chrono::Duration::weeks(random.between(0, 6));
    let weeks = random.between(2, 3);
    let spring = dates::date(2026, 2, 2) + chrono::Duration::weeks(random.between(0, 14));
    let autumn = dates::date(2026, 9, 14) + chrono::Duration::weeks(random.between(0, 6));
    let christmas = random.chance(650) && staff.post(day).1 != Role::Accountant;
    let within = |from: NaiveDate, weeks: i64| from <= day && day < from + chrono::Duration::weeks(weeks);
    within(summer, weeks)
        || within(spring, 1)
        || within(autumn, 1)
        || christmas && dates::date(2025, 12, 22) <= day && day <= dates::date(2026, 1, 5)
}

/// So many instants in a shift, in bursts as people work, with a lunch break.
fn moments(random: &mut Random, shift: &Shift, count: u64) -> Vec<i64> {
    let mut times = Vec::with_capacity(count as usize);
    let evening = if shift.evening.is_some() { count / 3 + 1 } else { 0 };
    while (times.len() as u64) < count {
        let late = shift.evening.filter(|_| (times.len() as u64) < evening);
        let mut at = match late {
            Some(from) => from + random.between(0, 2400),
            None => random.between(shift.start, shift.end - 600),
        };
        if late.is_none() && (clock(12, 15)..clock(13, 0)).contains(&at) && !random.chance(250) {
            continue;
        }
        for _ in 0..random.between(1, 6) {
            if times.len() as u64 == count || late.is_none() && at > shift.end {
                break;
            }
            times.push(instant(shift.day, at));
            at += random.between(12, 260);
        }
    }
    times
}
