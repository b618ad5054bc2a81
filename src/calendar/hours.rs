//! Working hours and holidays: which civil times are outside what a team has agreed to work.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use std::collections::{BTreeMap, BTreeSet};

/// When a group of people works, in the civil time of its zone.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Profile {
    /// For Monday to Sunday: minutes of the day `[from, to)`, or `None` for a day off.
    pub week: [Option<(u16, u16)>; 7],
    /// IANA name of the zone in which those minutes are read; `None`: the zone of the report.
    pub timezone: Option<String>,
}

impl Default for Profile {
    /// Monday to Friday, 08:00 to 18:00.
    fn default() -> Self {
        let day = Some((8 * 60, 18 * 60));
        Profile { week: [day, day, day, day, day, None, None], timezone: None }
    }
}

/// Profiles by team, with the holidays that all share. Days with a name are days on which nobody is expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WorkingHours {
    /// For everybody whose team has no profile of its own.
    pub default: Profile,
    /// By team name.
    pub teams: BTreeMap<String, Profile>,
    /// Holidays, by date.
    pub holidays: BTreeMap<NaiveDate, String>,
    /// Kinds of actor to whom working hours do not apply (integrations work at night by design).
    pub exempt_kinds: BTreeSet<String>,
}

impl WorkingHours {
    /// The profile of a team.
    pub fn profile(&self, team: Option<&str>) -> &Profile {
        team.and_then(|team| self.teams.get(team)).unwrap_or(&self.default)
    }

    /// Whether a civil time (in the profile's zone) is outside a profile's hours, or on a holiday.
    pub fn is_outside(&self, profile: &Profile, at: NaiveDateTime) -> bool {
        if self.holidays.contains_key(&at.date()) {
            return true;
        }
        let minute = (at.hour() * 60 + at.minute()) as u16;
        match profile.week[at.weekday().num_days_from_monday() as usize] {
            Some((from, to)) => minute < from || minute >= to,
            None => true,
        }
    }

    /// Whether a civil day is a working day of the default profile and no holiday.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !self.holidays.contains_key(&day) && self.default.week[day.weekday().num_days_from_monday() as usize].is_some()
    }

    /// Working days in `[first, end)`.
    pub fn working_days(&self, first: NaiveDate, end: NaiveDate) -> i64 {
        first.iter_days().take_while(|day| *day < end).filter(|day| self.is_working_day(*day)).count() as i64
    }
}
