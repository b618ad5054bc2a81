//! Review as meant: who is asked to look at an edition, by when, how often they are reminded, and who is told when nobody did.

use crate::calendar::Millis;
use crate::calendar::workdays::Workdays;
use crate::calendar::zone::Zone;
use chrono::{Days, NaiveDate};

/// What `review:` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewAsked {
    /// Who is asked: addresses and `role:NAME`; the members of a group stand one by one.
    pub by: Vec<String>,
    /// How long they have.
    pub within: Within,
    /// Which days are worked on.
    pub workdays: Workdays,
    /// How often they are reminded.
    pub remind: Remind,
    /// Who is told when the time is over.
    pub escalate: Escalate,
}

/// How long a reviewer has, from the moment of issuing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// To the end of the so-manieth working day after the day of issuing.
    WorkingDays(u32),
    /// To the end of the so-manieth day after the day of issuing.
    Days(u32),
    /// So many milliseconds.
    Length(Millis),
}

/// How often a reviewer is reminded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Remind {
    Daily,
    Weekly,
    Never,
}

/// Who is told when nobody reviewed an edition in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Escalate {
    /// Nobody.
    Nobody,
    /// The manager of each who was asked, in the directory as at that time.
    Manager,
    /// These: addresses and `role:NAME`.
    To(Vec<String>),
}

/// More days than this are looked at for no deadline: a calendar without working days must end somewhere.
const REACH: u64 = 400;

impl Within {
    /// The first instant that is too late, for an edition that is issued at an instant. Days are counted as in Article 3 of
    /// Regulation (EEC, Euratom) No 1182/71: the day of the event is not counted, and the last day counts to its end.
    pub fn until(self, issued: Millis, zone: &Zone, workdays: &Workdays) -> Millis {
        let day = zone.civil(issued).date();
        let ends = |last: NaiveDate| zone.day_start(last.checked_add_days(Days::new(1)).unwrap_or(last));
        match self {
            Within::Length(length) => issued.saturating_add(length),
            Within::Days(count) => ends(day.checked_add_days(Days::new(u64::from(count))).unwrap_or(day)),
            Within::WorkingDays(count) => {
                let after = (1..=REACH + u64::from(count) * 7).filter_map(|n| day.checked_add_days(Days::new(n)));
                let nth = usize::try_from(count.saturating_sub(1)).unwrap_or(usize::MAX);
                let last = after.clone().filter(|day| workdays.holds(*day)).nth(nth);
                ends(last.or_else(|| after.last()).unwrap_or(day))
            }
        }
    }
}

impl std::fmt::Display for Within {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counted = |count: u32, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        match self {
            Within::WorkingDays(count) => out.write_str(&counted(*count, "working day")),
            Within::Days(count) => out.write_str(&counted(*count, "day")),
            Within::Length(length) => out.write_str(&super::words::length(*length)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::workdays::Holidays;
    use crate::calendar::zone::ZoneRules;
    use std::sync::Arc;

    #[test]
    fn a_deadline_counts_working_days_from_the_day_after_issuing() {
        let zone = ZoneRules::bundled().zone("Europe/Berlin").unwrap();
        let at = |text: &str| zone.instant(text.parse().unwrap());
        let days = [("2026-12-25".parse().unwrap(), "Christmas Day".to_owned())].into();
        let holidays = Holidays { name: "de".into(), days, spelled_until: None };
        let workdays = Workdays { holidays: Some(Arc::new(holidays)), ..Workdays::default() };
        let until = |within: Within, issued: &str| {
            zone.civil(within.until(at(issued), &zone, &workdays)).format("%Y-%m-%dT%H:%M").to_string()
        };
        let two = Within::WorkingDays(2);
        assert_eq!(until(two, "2026-11-30T07:00:00"), "2026-12-03T00:00", "Monday: to the end of Wednesday");
        assert_eq!(until(two, "2026-11-30T23:59:59"), "2026-12-03T00:00");
        assert_eq!(until(two, "2026-11-28T07:00:00"), "2026-12-02T00:00", "Saturday: Monday is the first");
        assert_eq!(until(two, "2026-12-24T07:00:00"), "2026-12-30T00:00", "over a holiday and a weekend");
        assert_eq!(until(Within::Days(2), "2026-11-27T07:00:00"), "2026-11-30T00:00");
        // In the night of 25 October 2026 the clocks went back: a day is a day, and 24 hours are 24 hours.
        assert_eq!(until(Within::Days(1), "2026-10-24T07:00:00"), "2026-10-26T00:00");
        assert_eq!(until(Within::Length(24 * 3_600_000), "2026-10-24T07:00:00"), "2026-10-25T06:00");
        let never = Workdays { weekend: [true; 7], holidays: None };
        assert!(two.until(at("2026-11-30T07:00:00"), &zone, &never) > at("2027-11-30T00:00:00"), "and it ends");
    }

    #[test]
    fn lengths_are_said_as_they_are_written() {
        let said = |within: Within| within.to_string();
        assert_eq!(said(Within::WorkingDays(1)), "1 working day");
        assert_eq!(said(Within::Days(3)), "3 days");
        assert_eq!(said(Within::Length(36 * 3_600_000)), super::super::words::length(36 * 3_600_000));
    }
}
