//! The planted stories: what was done that a reader of the reports must notice.

use super::dates::{clock, date, instant};
use super::habits::{Module, What};
use super::logins::{self, Login};
use super::names;
use super::people::{STAFF, place};
use super::random::Random;
use super::setup::{self, Change};
use super::year::{Plan, Task, Year};
use chrono::NaiveDate;

/// The account of the night of failed logins.
pub(super) const BROKEN_INTO: &str = "lena.hartwegen";
/// Who leaves on Friday 27 November and takes things along on the evening before.
pub(super) const LEAVER: &str = "torben.harmsdorf";
/// Who changes roles, profiles and sharing all through week 48, also the own.
pub(super) const POWERFUL: &str = "malte.brueckenau";
/// Who deletes deals by mistake and restores them.
pub(super) const MISTAKEN: &str = "nils.oberluender";

/// Attempts in the night, and where they came from.
pub(super) const FAILURES: i64 = 140;
const FOREIGN: [&str; 2] = ["203.0.113.45", "203.0.113.201"];

/// What the leaver exports and deletes: hour, minute, what, module, view, records.
const TAKEN: [(i64, i64, What, Module, &str, u64); 8] = [
    (22, 4, What::Exported, Module::Contacts, "All contacts A-E", 3180),
    (22, 11, What::Exported, Module::Contacts, "All contacts F-K", 2940),
    (22, 19, What::Exported, Module::Contacts, "All contacts L-R", 3415),
    (22, 26, What::Exported, Module::Contacts, "All contacts S-Z", 3060),
    (22, 41, What::Exported, Module::Accounts, "All accounts", 1640),
    (23, 2, What::MassDeleted, Module::Deals, "My open deals", 163),
    (23, 9, What::MassDeleted, Module::Deals, "Offers sent", 71),
    (23, 21, What::MassDeleted, Module::Deals, "Negotiations", 28),
];

/// Deals deleted by mistake.
pub(super) const MISTAKES: i64 = 31;

/// Days without any login history.
pub(super) fn silent_days() -> [NaiveDate; 2] {
    [date(2026, 11, 18), date(2026, 11, 19)]
}

/// Adds the stories to the ordinary year, and takes out what would contradict them.
pub(super) fn plant(year: &mut Year) {
    broken_into(year);
    leaver(year);
    power(year);
    fair(year);
    mistake(year);
    let silent = silent_days();
    year.logins.retain(|login| !silent.contains(&super::dates::day_of(login.at)));
}

fn bulk(at: i64, actor: usize, what: What, module: Module, view: &'static str, records: u64) -> Plan {
    Plan { at, actor, task: Task::Bulk { what, module, view, records }, source: "Web" }
}

/// Monday 30 November, from ten past two: 140 failures from two addresses, a success, two exports.
fn broken_into(year: &mut Year) {
    let (actor, day) = (place(BROKEN_INTO), date(2026, 11, 30));
    let mut random = Random::of("broken into", &[]);
    let attempt = |at: i64, ip: &str, success: bool| Login {
        at,
        actor,
        ip: ip.to_owned(),
        browser: "Firefox (Linux)",
        success,
        kind: "Web",
    };
    for nth in 0..FAILURES {
        let at = instant(day, clock(2, 10)) + nth * 17 + random.between(0, 9);
        let ip = if nth < 84 { FOREIGN[0] } else { FOREIGN[1] };
        year.logins.push(attempt(at, ip, false));
    }
    year.logins.push(attempt(instant(day, clock(2, 51) + 12), FOREIGN[1], true));
    year.plans.push(bulk(
        instant(day, clock(2, 56) + 40),
        actor,
        What::Exported,
        Module::Contacts,
        "Contacts of all customers",
        4870,
    ));
    year.plans.push(bulk(
        instant(day, clock(3, 8) + 5),
        actor,
        What::Exported,
        Module::Contacts,
        "Contacts of my customers",
        612,
    ));
}

/// Thursday 26 November, ten in the evening.
fn leaver(year: &mut Year) {
    let (actor, day) = (place(LEAVER), date(2026, 11, 26));
    let login = Login {
        at: instant(day, clock(21, 57) + 31),
        actor,
        ip: logins::home(actor),
        browser: logins::browser(actor),
        success: true,
        kind: "Web",
    };
    year.logins.push(login);
    for (hour, minute, what, module, view, records) in TAKEN {
        year.plans.push(bulk(instant(day, clock(hour, minute) + 7 * minute % 53), actor, what, module, view, records));
    }
}

/// Week 48: 45 changes of power, 38 of them by one administrator, four of those to the own account.
fn power(year: &mut Year) {
    let mut random = Random::of("power", &[]);
    let monday = date(2026, 11, 23);
    let own = STAFF[place(POWERFUL)].name;
    let mut changes: Vec<(usize, Change)> = Vec::new();
    for role in ["Team Lead", "Managing Director"] {
        for verb in ["added", "removed"] {
            changes.push((place(POWERFUL), setup::temporary_role(own, role, verb)));
        }
    }
    for nth in 0..41_usize {
        let actor = match nth {
            0..34 => place(POWERFUL),
            34..39 => place("svenja.paulsen"),
            _ => place("tarek.haddad"),
        };
        let change = match nth % 3 {
            0 => setup::profile_change(random.pick(&setup::PROFILES), random.pick(&setup::RIGHTS), nth % 4 != 3),
            1 => {
                let user = STAFF[1 + random.below(60) as usize];
                let user = if user.is_here(monday) && user.name != own { user } else { STAFF[2] };
                // Nobody is made the deputy of the own role.
                let role = random.pick(&setup::ROLES);
                let role = if role == user.post(monday).1.name() { setup::ROLES[5] } else { role };
                setup::temporary_role(user.name, role, "added")
            }
            _ => setup::sharing_change(random.pick(&setup::SHARING), random.pick(&["read", "read and write"])),
        };
        changes.push((actor, change));
    }
    for (nth, (actor, (action, module, name, details))) in changes.into_iter().enumerate() {
        // The own ones on Wednesday and Thursday, the others from Tuesday to Friday.
        let day = if nth < 4 { 2 + nth as u64 % 2 } else { 1 + nth as u64 % 4 };
        // What is added on Wednesday is removed a day later.
        let hours = if nth < 4 { 10 + 5 * (nth as i64 / 2) } else { random.between(9, 16) };
        let at = instant(monday + chrono::Days::new(day), clock(hours, 0) + random.between(0, 3500));
        year.plans.push(Plan { at, actor, task: Task::Setup { action, module, name, details }, source: "Web" });
    }
}

/// The trade fair's campaigns and its lists of visitors; the many single rows are in the habits.
fn fair(year: &mut Year) {
    let lead = place("friederike.loewe");
    let begun = names::campaigns()
        .into_iter()
        .map(|(name, from, _)| (name, from))
        .filter(|(_, from)| *from > super::dates::first_day());
    let fair = names::FAIR.iter().enumerate().map(|(nth, name)| (*name, date(2026, 10, 19 + 2 * nth as u32)));
    for (nth, (name, from)) in begun.chain(fair).enumerate() {
        let at = instant(from, clock(9, 20) + 97 * nth as i64);
        year.plans.push(Plan { at, actor: lead, task: Task::Campaign { name }, source: "Web" });
    }
    let marketing = ["jan.kaempfer", "sofia.lindgren", "oskar.novak", "chiara.moretti"];
    let lists = [
        (3, 310),
        (5, 480),
        (10, 640),
        (10, 225),
        (11, 1250),
        (11, 390),
        (12, 1105),
        (13, 870),
        (16, 540),
        (17, 260),
        (20, 415),
        (23, 180),
        (26, 205),
    ];
    for (nth, (day, records)) in lists.into_iter().enumerate() {
        let at = instant(date(2026, 11, day), clock(10 + nth as i64 % 6, 5) + 131 * nth as i64);
        let view = if day < 16 { "Hannover trade fair 2026, visitors" } else { "Year-end campaign 2026, addresses" };
        year.plans.push(bulk(at, place(marketing[nth % 4]), What::Imported, Module::Leads, view, records));
    }
}

/// Wednesday 25 November: 31 deals deleted from two past ten, restored from half past ten.
fn mistake(year: &mut Year) {
    let (actor, day) = (place(MISTAKEN), date(2026, 11, 25));
    let busy = instant(day, clock(9, 50))..instant(day, clock(10, 50));
    year.plans.retain(|plan| plan.actor != actor || !busy.contains(&plan.at));
    for nth in 0..MISTAKES {
        for (what, start, gap) in [(What::Deleted, clock(10, 2) + 11, 13), (What::Restored, clock(10, 34) + 3, 9)] {
            let note = Some("Pipeline: Service contracts South");
            let task = Task::One { what, module: Module::Deals, fair: false, note };
            year.plans.push(Plan { at: instant(day, start + nth * gap), actor, task, source: "Web" });
        }
    }
}
