//! Demo: a deterministic, realistic CRM year of a made-up company.
//!
//! # The year
//!
//! *Halden & Voss GmbH* makes pumps. Some sixty people in five teams (Sales North, Sales South, Customer Success,
//! Marketing, Finance with the three administrators) work in Berlin time with Zoho CRM. [`generate`] makes thirteen
//! months of their audit log, 2025-11 to 2026-11, and the morning of 2026-12-01 until the export at 09:12; the fixed
//! clock ([`DemoFiles::now`]) shows 09:30 on that Tuesday. So the last closed day is Monday 2026-11-30, the last closed
//! week 2026-W48, the last closed month 2026-11.
//!
//! Nothing here is real: people, firms and records are made up, host names end in `.example`, addresses are from the
//! ranges reserved for documentation (RFC 5737, RFC 3849).
//!
//! # The files, as the vendor would export them
//!
//! * The audit log: one CSV, newest first, at most 100 000 rows, as Zoho splits exports; times with the offset that
//!   held; bulk actions as one row whose details say `1250 records`. No outcome and no address: Zoho records neither.
//! * The login history: who logged in from where, with what, and whether it worked.
//! * The directory: dated rows, `from` the first day on which one holds, `until` the first on which it no longer does.
//!   It does not know every account of the log.
//!
//! # What is ordinary
//!
//! Everybody has hours, weekdays, modules and leave of their own; some work in the evening or look in on a Saturday.
//! Weekends and federal holidays are nearly empty, August is slow, December ends early, deals and invoices crowd at
//! the end of a quarter, exports at the end of a month. An integration account works round the clock and makes a
//! fifth of all events. Every day some passwords are mistyped; every week something is deleted, something restored,
//! about three roles, profiles or sharing rules changed. People join, leave, are promoted; one team gets a new lead.
//!
//! # What is not
//!
//! Seven stories are planted in the last day, week or month. [`DemoFiles::stories`] tells them with the numbers that
//! a report must show; so do not read it if you want to find them yourself.

mod assemble;
mod dates;
mod export;
mod habits;
mod logins;
mod names;
mod people;
mod random;
mod records;
mod setup;
mod stories;
#[cfg(test)]
mod story_tests;
mod tellings;
#[cfg(test)]
mod tests;
mod year;

use crate::calendar::{Millis, Span};

/// Name of the zone in which Halden & Voss lives.
pub const ZONE: &str = "Europe/Berlin";

/// The year's files, and what is in them.
#[derive(Clone, Debug)]
pub struct DemoFiles {
    /// The audit log: `Audited Time,Done By,Action,Module,Record Id,Record Name,Details,Source`.
    pub crm_csv: Vec<u8>,
    /// The login history: `Login Time,User,IP Address,Browser,Status,Login Type`.
    pub logins_csv: Vec<u8>,
    /// The directory: `actor,name,kind,team,role,manager,email,from,until`.
    pub people_csv: Vec<u8>,
    /// What the demonstration's clock shows.
    pub now: Millis,
    /// What is planted.
    pub stories: Vec<Story>,
}

impl DemoFiles {
    /// The time that the files tell of: thirteen whole months, and the morning after.
    pub fn span(&self) -> Span {
        Span { from: dates::instant(dates::first_day(), 0) * 1000, to: self.now }
    }
}

/// Something planted that ordinary reports must bring out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// A few words.
    pub title: &'static str,
    /// When it happened.
    pub when: Span,
    /// The accounts that it is about, if it is about some.
    pub actors: Vec<String>,
    /// What a reader should notice.
    pub notice: String,
    /// The numbers that can be counted in the files, by name.
    pub numbers: Vec<(&'static str, u64)>,
}

impl Story {
    /// A number by its name.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.numbers.iter().find(|(other, _)| *other == name).map(|(_, number)| *number)
    }
}

/// Makes the year: the same bytes on every call, on every machine. `progress` is told how much of how much is done.
pub fn generate(progress: &mut dyn FnMut(u64, u64)) -> DemoFiles {
    // Days, then four larger steps.
    let total = dates::DAYS + 40;
    let mut year = year::Year::default();
    for number in 0..dates::DAYS {
        year.day(number);
        progress(number + 1, total);
    }
    stories::plant(&mut year);
    year.plans.retain(|plan| plan.at <= dates::EXPORTED);
    year.logins.retain(|login| login.at <= dates::EXPORTED);
    year.logins.sort_by_key(|login| login.at);
    let rows = assemble::rows(year.plans, people::accounts().len());
    progress(dates::DAYS + 10, total);
    let stories = tellings::tell(&rows, &year.logins);
    let crm_csv = export::crm(&rows);
    progress(dates::DAYS + 30, total);
    let logins_csv = export::logins(&year.logins);
    let people_csv = export::people(&people::directory());
    progress(total, total);
    DemoFiles { crm_csv, logins_csv, people_csv, now: dates::NOW, stories }
}
