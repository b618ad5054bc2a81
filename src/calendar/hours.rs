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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hours() -> WorkingHours {
        let late = Profile { week: [Some((14 * 60, 24 * 60)); 7], timezone: None };
        WorkingHours {
            teams: BTreeMap::from([("Night".to_owned(), late)]),
            holidays: BTreeMap::from([("2026-12-25".parse().unwrap(), "Christmas Day".to_owned())]),
            ..WorkingHours::default()
        }
    }

    fn outside(team: Option<&str>, at: &str) -> bool {
        let hours = hours();
        hours.is_outside(hours.profile(team), at.parse().unwrap())
    }

    #[test]
    fn hours_are_half_open_and_holidays_are_off() {
        // 2026-11-23 is a Monday.
        assert!(outside(None, "2026-11-23T07:59:59"));
        assert!(!outside(None, "2026-11-23T08:00:00"));
        assert!(!outside(None, "2026-11-23T17:59:59"));
        assert!(outside(None, "2026-11-23T18:00:00"));
        assert!(outside(None, "2026-11-22T12:00:00"));
        assert!(outside(None, "2026-12-25T12:00:00"));
        assert!(!outside(Some("Night"), "2026-11-22T23:59:59"));
        assert!(outside(Some("Night"), "2026-11-22T13:59:59"));
        assert!(outside(Some("Night"), "2026-12-25T15:00:00"));
        // A team without a profile of its own has everybody's.
        assert!(!outside(Some("Sales"), "2026-11-23T12:00:00"));
    }

    #[test]
    fn working_days_leave_out_weekends_and_holidays() {
        let count = |first: &str, end: &str| hours().working_days(first.parse().unwrap(), end.parse().unwrap());
        assert_eq!(count("2026-11-23", "2026-11-30"), 5);
        assert_eq!(count("2026-12-21", "2026-12-28"), 4);
        assert_eq!(count("2026-11-28", "2026-11-30"), 0);
        assert_eq!(count("2026-11-30", "2026-11-30"), 0);
    }

    proptest! {
        #[test]
        fn working_days_add_up(start in 0i64..3000, a in 0i64..60, b in 0i64..60) {
            let day = |offset| NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + chrono::Duration::days(offset);
            let hours = hours();
            let (left, right) = (hours.working_days(day(start), day(start + a)), hours.working_days(day(start + a), day(start + a + b)));
            prop_assert_eq!(left + right, hours.working_days(day(start), day(start + a + b)));
            prop_assert!(left <= a);
        }
    }
}
