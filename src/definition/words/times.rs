//! Words for times: schedules, cadences, lengths of time.

use super::super::{CatchUp, Schedule};
use super::join;
use crate::calendar::Millis;
use crate::calendar::cadence::{Cadence, Covers, Firing};
use crate::calendar::crontab::Crontab;
use crate::calendar::period::Unit;
use chrono::{NaiveTime, Timelike, Weekday};

/// A schedule: `every Monday at 07:00 (Europe/Berlin) for the week before, closing 2 hours after`.
pub fn schedule(schedule: &Schedule) -> String {
    let mut words =
        format!("{} ({}) for {}", firing(&schedule.cadence.firing), schedule.zone.name(), covers(&schedule.cadence));
    if schedule.after > 0 {
        words += &format!(", closing {} after", length(schedule.after));
    }
    if let Some((source, at_most)) = &schedule.wait_for {
        words += &format!(", waiting for {source} for at most {}", length(*at_most));
    }
    words
}

/// What becomes of missed firings: `missed ones are made up for 35 days back`.
pub fn catch_up(schedule: &Schedule) -> String {
    let days = match schedule.catch_up_days {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    match schedule.catch_up {
        CatchUp::All => format!("missed ones are issued late, up to {days} back"),
        CatchUp::Latest => format!("of missed ones the latest is issued late, up to {days} back"),
        CatchUp::None => "missed ones are not issued".to_owned(),
    }
}

/// What a firing covers: `the week before`.
pub fn covers(cadence: &Cadence) -> String {
    match cadence.covers {
        Covers::Last(unit) => format!("the {} before", unit_name(unit)),
        Covers::SinceLastFiring => "the days since the one before".to_owned(),
    }
}

/// When it fires: `every Monday at 07:00`.
pub fn firing(firing: &Firing) -> String {
    match firing {
        Firing::Daily { at } => format!("every day at {}", time(*at)),
        Firing::Weekly { on, at } => format!("every {} at {}", weekday_name(*on), time(*at)),
        Firing::Monthly { every, day, at } => {
            let day = match day {
                29..=31 => format!("day {day} (or the last day)"),
                32.. => "the last day".to_owned(),
                _ => format!("day {day}"),
            };
            match every {
                1 => format!("on {day} of every month at {}", time(*at)),
                3 => format!("on {day} of January, April, July and October at {}", time(*at)),
                12 => format!("on {day} of January at {}", time(*at)),
                months => format!("on {day} of every {months} months from January on at {}", time(*at)),
            }
        }
        Firing::Cron(crontab) => cron(crontab),
    }
}

/// A cron expression in words, with the expression behind it.
fn cron(crontab: &Crontab) -> String {
    let times: Vec<String> = crontab.times().take(5).map(time).collect();
    let at = match crontab.times_a_day() {
        1..=4 => join(&times, "and"),
        many => format!("{many} times a day"),
    };
    let days = crontab.days_of_month().map(|days| {
        let days: Vec<String> = days.iter().map(u32::to_string).collect();
        format!("on day {} of the month", join(&days, "and"))
    });
    let weekdays = crontab.weekdays().map(|days| {
        let days: Vec<String> = days.into_iter().map(|day| weekday_name(day).to_owned()).collect();
        format!("on {}", join(&days, "and"))
    });
    let day = match (days, weekdays) {
        (None, None) => "every day".to_owned(),
        (Some(days), None) => days,
        (None, Some(weekdays)) => weekdays,
        (Some(days), Some(weekdays)) if crontab.either_day() => format!("{days} and {weekdays}"),
        (Some(days), Some(weekdays)) => format!("{days} if it is {}", weekdays.trim_start_matches("on ")),
    };
    let months = crontab.months().map_or_else(String::new, |months| {
        let months: Vec<String> = months.iter().map(|month| month_name(*month).to_owned()).collect();
        format!(" in {}", join(&months, "and"))
    });
    let at = if crontab.times_a_day() <= 4 { format!(" at {at}") } else { format!(", {at}") };
    format!("{day}{months}{at} (cron {})", crontab.expression())
}

fn time(at: NaiveTime) -> String {
    if at.second() == 0 { at.format("%H:%M").to_string() } else { at.format("%H:%M:%S").to_string() }
}

/// A weekday's name.
pub fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

fn month_name(month: u32) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let index = usize::try_from(month).unwrap_or(0).checked_sub(1);
    index.and_then(|index| NAMES.get(index)).copied().unwrap_or("")
}

/// A length of time: `2 hours`, `1 day 12 hours`.
pub fn length(millis: Millis) -> String {
    let mut rest = millis / 1000;
    let mut words = Vec::new();
    for (seconds, name) in [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")] {
        let count = rest / seconds;
        rest %= seconds;
        match count {
            0 => {}
            1 => words.push(format!("1 {name}")),
            _ => words.push(format!("{count} {name}s")),
        }
    }
    if words.is_empty() { "no time".to_owned() } else { words.join(" ") }
}

/// `day`, `week` …
pub fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Quarter => "quarter",
        Unit::Year => "year",
    }
}
