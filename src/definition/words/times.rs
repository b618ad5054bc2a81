//! Words for times: schedules, cadences, lengths of time.

use super::super::{CatchUp, Schedule};
use crate::calendar::Millis;
use crate::calendar::cadence::{Cadence, Covers, Firing};
use crate::calendar::crontab::Crontab;
use crate::calendar::fiscal::FiscalStart;
use crate::calendar::period::Unit;
use crate::calendar::workdays::{MonthDay, Shift};
use crate::phrase::Phrase;
use chrono::{NaiveTime, Timelike, Weekday};

/// A schedule: `every Monday at 07:00 (Europe/Berlin) for the week before, closing 2 hours after`.
pub fn schedule(schedule: &Schedule) -> Phrase {
    let zone = Phrase::text(schedule.zone.name());
    let covers = covers(&schedule.cadence);
    let mut words =
        Phrase::say("asked.schedule", [("firing", firing(&schedule.cadence)), ("zone", zone), ("covers", covers)]);
    if let Some(holidays) = &schedule.cadence.workdays.holidays {
        words = Phrase::say("asked.holidays", [("schedule", words), ("holidays", Phrase::text(&holidays.name))]);
    }
    if schedule.after > 0 {
        words = Phrase::say("asked.closing", [("schedule", words), ("length", Phrase::Length(schedule.after))]);
    }
    if let Some((source, at_most)) = &schedule.wait_for {
        let (source, length) = (Phrase::text(source), Phrase::Length(*at_most));
        words = Phrase::say("asked.waiting", [("schedule", words), ("source", source), ("length", length)]);
    }
    words
}

/// What becomes of missed firings: `missed ones are issued late, up to 35 days back`.
pub fn catch_up(schedule: &Schedule) -> Phrase {
    let days = i64::from(schedule.catch_up_days);
    match schedule.catch_up {
        CatchUp::All => Phrase::Count("asked.catch_all".to_owned(), days),
        CatchUp::Latest => Phrase::Count("asked.catch_latest".to_owned(), days),
        CatchUp::None => Phrase::word("asked.catch_none"),
    }
}

/// What a firing covers: `the week before`.
fn covers(cadence: &Cadence) -> Phrase {
    let of_fiscal = |key: &str, start: FiscalStart| Phrase::say(key, [("month", month(start.month()))]);
    Phrase::word(match cadence.covers {
        Covers::Last(Unit::FiscalQuarter(start)) => return of_fiscal("asked.covers_fiscal_quarter", start),
        Covers::Last(Unit::FiscalYear(start)) => return of_fiscal("asked.covers_fiscal_year", start),
        Covers::Last(Unit::Day) => "asked.covers_day",
        Covers::Last(Unit::Week) => "asked.covers_week",
        Covers::Last(Unit::Month) => "asked.covers_month",
        Covers::Last(Unit::Quarter) => "asked.covers_quarter",
        Covers::Last(Unit::Year) => "asked.covers_year",
        Covers::SinceLastFiring => "asked.covers_since",
    })
}

/// When it is sent: `every Monday at 07:00`, and what becomes of days off.
pub fn firing(cadence: &Cadence) -> Phrase {
    let words = fires(&cadence.firing);
    match cadence.shift {
        Some(Shift::Before) => Phrase::say("asked.shift_before", [("firing", words)]),
        Some(Shift::After) => Phrase::say("asked.shift_after", [("firing", words)]),
        None => words,
    }
}

fn fires(firing: &Firing) -> Phrase {
    match firing {
        Firing::Daily { at } => Phrase::say("asked.daily", [("time", time(*at))]),
        Firing::Weekly { on, at } => Phrase::say("asked.weekly", [("weekday", weekday(*on)), ("time", time(*at))]),
        Firing::Monthly { every, first, day, at } => {
            let day = month_day(*day);
            let (day, time) = (("day", day), ("time", time(*at)));
            // In the order of the year, whichever month they are counted from.
            let months = (1..=12).filter(|month: &u32| month.abs_diff(*first).is_multiple_of((*every).max(1)));
            match (every, first) {
                (1, _) => Phrase::say("asked.monthly", [day, time]),
                (3, 1 | 4 | 7 | 10) => Phrase::say("asked.quarterly", [day, time]),
                (12, 1) => Phrase::say("asked.yearly", [day, time]),
                (3 | 12, _) => {
                    Phrase::say("asked.of_months", [day, time, ("months", Phrase::All(months.map(month).collect()))])
                }
                (months, _) => Phrase::say("asked.months", [day, time, ("n", Phrase::Number(i64::from(*months)))]),
            }
        }
        Firing::Cron(crontab) => cron(crontab),
    }
}

/// A day of a month: `on the first Monday`.
fn month_day(day: MonthDay) -> Phrase {
    let numbered = |key: &str, number: u8| Phrase::say(key, [("n", Phrase::Number(i64::from(number)))]);
    match day {
        MonthDay::Last => Phrase::word("asked.day_last"),
        MonthDay::Number(number @ 29..) => numbered("asked.day_or_last", number),
        MonthDay::Number(number) => numbered("asked.day_of_month", number),
        MonthDay::Weekday(nth, on) => {
            let key = match nth {
                ..=1 => "asked.first_weekday",
                2 => "asked.second_weekday",
                3 => "asked.third_weekday",
                4.. => "asked.fourth_weekday",
            };
            Phrase::say(key, [("weekday", weekday(on))])
        }
        MonthDay::LastWeekday(on) => Phrase::say("asked.last_weekday", [("weekday", weekday(on))]),
        MonthDay::Workday(..=1) => Phrase::word("asked.first_workday"),
        MonthDay::Workday(nth) => numbered("asked.workday", nth),
        MonthDay::WorkdayFromEnd(..=1) => Phrase::word("asked.last_workday"),
        MonthDay::WorkdayFromEnd(nth) => numbered("asked.workday_from_end", nth),
    }
}

/// A cron expression in words, with the expression behind it.
fn cron(crontab: &Crontab) -> Phrase {
    let days = crontab.days_of_month().map(|days| {
        let days = days.iter().map(|day| Phrase::Number(i64::from(*day))).collect();
        Phrase::say("asked.on_days", [("days", Phrase::All(days))])
    });
    let weekdays = crontab.weekdays().map(|days| Phrase::All(days.into_iter().map(weekday).collect()));
    let on_weekdays = |days: Phrase| Phrase::say("asked.on_weekdays", [("weekdays", days)]);
    let day = match (days, weekdays) {
        (None, None) => Phrase::word("asked.every_day"),
        (Some(days), None) => days,
        (None, Some(weekdays)) => on_weekdays(weekdays),
        (Some(days), Some(weekdays)) if crontab.either_day() => {
            Phrase::say("asked.and", [("left", days), ("right", on_weekdays(weekdays))])
        }
        (Some(days), Some(weekdays)) => Phrase::say("asked.if_weekday", [("days", days), ("weekdays", weekdays)]),
    };
    let day = match crontab.months() {
        Some(months) => {
            let months = months.iter().copied().map(month).collect();
            Phrase::say("asked.in_months", [("days", day), ("months", Phrase::All(months))])
        }
        None => day,
    };
    let expression = ("expression", Phrase::text(crontab.expression()));
    match crontab.times_a_day() {
        1..=4 => {
            let times = Phrase::All(crontab.times().take(5).map(time).collect());
            Phrase::say("asked.cron", [("days", day), ("times", times), expression])
        }
        many => {
            let count = Phrase::Number(i64::try_from(many).unwrap_or(i64::MAX));
            Phrase::say("asked.cron_often", [("days", day), ("n", count), expression])
        }
    }
}

fn time(at: NaiveTime) -> Phrase {
    Phrase::text(if at.second() == 0 { at.format("%H:%M").to_string() } else { at.format("%H:%M:%S").to_string() })
}

/// January = 1.
fn month(number: u32) -> Phrase {
    Phrase::word(&format!("months.{number}"))
}

fn weekday(day: Weekday) -> Phrase {
    Phrase::word(&format!("weekdays.{}", day.number_from_monday()))
}

/// A length of time in English, for what people are told about the files that they write: `2 hours`, `1 day 12 hours`.
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
