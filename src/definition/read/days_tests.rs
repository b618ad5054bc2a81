//! Tests of days in schedules: named by weekday or business day, moved away from weekends and holidays.

use super::tests::{WEEKLY, read, with};
use crate::calendar::cadence::Firing;
use crate::calendar::workdays::MonthDay;
use chrono::Weekday;

#[test]
fn days_off_that_cannot_be_kept_are_refused() {
    let one = |schedule: &str| {
        let found = with(&[("schedule", &format!("schedule: {{ timezone: UTC, {schedule} }}"))]);
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0].split_once(": ").unwrap().1.to_owned()
    };
    assert_eq!(
        one("every: month, shift: before"),
        "the report on 2024-05 would go out on 2024-05-31 07:00, before that is over. Write `shift: after`, or name a later day"
    );
    let idle = "has no say in this schedule. Add `shift: after` (or `before`), name a day as in `day: first business day`, or leave it out";
    assert_eq!(one("every: month, holidays: de"), format!("`holidays` {idle}"));
    assert_eq!(one("every: week, weekend: [friday]"), format!("`weekend` {idle}"));
    assert!(one("every: week, shift: after, weekend: [fryday]").contains("Did you mean `friday`?"));
    let all = "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]";
    assert!(one(&format!("every: week, shift: after, weekend: {all}")).starts_with("every day would be a day off"));
    assert!(
        one("every: month, day: first business day, period: since last firing").contains("whenever the holidays do")
    );
    assert!(one("every: week, shift: sideways").contains("unknown `shift` `sideways`"));
}

#[test]
fn several_schedules_each_with_periods_of_its_own() {
    let list = |items: &str| {
        WEEKLY.replace(
            "{ every: week, on: monday, at: \"07:00\", timezone: Europe/Berlin, after: 2h, catch_up: all }",
            items,
        )
    };
    assert_ne!(list(""), WEEKLY, "the line of the schedule is another one");
    let two =
        "\n  - { every: week, timezone: Europe/Berlin, after: 2h }\n  - { every: month, day: last, catch_up: none }";
    let definition = read(&list(two)).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!((definition.schedules().count(), definition.also.len()), (2, 1));
    assert_eq!(definition.also[0].zone, definition.schedule.zone);
    assert_eq!((definition.also[0].after, definition.also[0].catch_up), (0, crate::definition::CatchUp::None));
    // A list of one is as good as none.
    assert!(read(&list("[{ every: week, timezone: UTC }]")).unwrap().also.is_empty());
    let wrong = |items: &str| super::tests::problems(&list(items)).join("\n");
    assert_eq!(
        wrong("[{ every: week, timezone: UTC }, { every: week, on: friday, at: \"16:00\" }]"),
        "4:44: the firings of 2024-01-01 07:00 and 2024-01-05 16:00, of two schedules, would both cover 2023-W52. Give each schedule periods of its own, or leave one of the two out"
    );
    assert_eq!(
        wrong("[{ cron: 0 7 1 * *, timezone: UTC }, { cron: 0 9 1 * * }]"),
        "4:48: the firings of 2024-01-01 07:00 and 2024-01-01 09:00, of two schedules, would both cover 2023-12-01..2023-12-31. Give each schedule periods of its own, or leave one of the two out"
    );
    assert_eq!(
        wrong("[{ every: week, timezone: UTC }, { every: month, timezone: Europe/Berlin }]"),
        "4:70: a report has one time zone, and its first schedule names UTC. Leave it out here, or write a definition for each zone"
    );
    assert_eq!(
        wrong("[{ every: week }, { every: month, timezone: UTC }]"),
        "4:12: `timezone` is missing in `schedule`. Add `timezone: …` here"
    );
    assert!(wrong("[]").contains("4:11: the report has no schedule. Write as in"), "{}", wrong("[]"));
    assert!(wrong("[weekly]").contains("must be a map"), "{}", wrong("[weekly]"));
    // What only one unit can mean has to be said.
    let both = list("[{ every: week, timezone: UTC }, { every: month }]");
    let series = |more: &str| {
        both.replace(
            "sections:",
            &format!("sections:\n  - series: {{ title: Long, measure: events, periods: 6{more} }}"),
        )
    };
    assert!(read(&series(", by: week")).is_ok());
    assert!(super::tests::problems(&series("")).join("").contains("Add the unit of its points, as in `by: week`"));
    let days = list("[{ every: day, timezone: UTC }, { every: month }]").replace("previous period", "4 same weekdays");
    assert!(super::tests::problems(&days).join("").contains("compares single days"));
}

#[test]
fn fiscal_years_begin_in_a_month_and_name_quarters_and_years() {
    use crate::calendar::cadence::Covers;
    use crate::calendar::fiscal::FiscalStart;
    use crate::calendar::period::Unit;
    let (april, old) = (FiscalStart::new(4).unwrap(), "every: week, on: monday, at: \"07:00\"");
    let of = |begins: &str, schedule: &str| {
        let text =
            WEEKLY.replace(old, schedule).replace("schedule:", &format!("fiscal_year_begins: {begins}\nschedule:"));
        read(&text).unwrap_or_else(|problems| panic!("{problems:#?}"))
    };
    let covers = |begins: &str, schedule: &str| of(begins, schedule).schedule.cadence.covers;
    assert_eq!(covers("april", "every: quarter"), Covers::Last(Unit::FiscalQuarter(april)));
    assert_eq!(covers("april", "every: year, day: last"), Covers::Last(Unit::FiscalYear(april)));
    assert_eq!(covers("april", "cron: 0 7 5 APR *, period: year"), Covers::Last(Unit::FiscalYear(april)));
    assert_eq!(covers("april", "every: month"), Covers::Last(Unit::Month));
    assert_eq!(covers("january", "every: quarter"), Covers::Last(Unit::Quarter));
    // The year that closed on the last of March is reported on in April.
    let firing = of("april", "every: year, day: 10").schedule.cadence;
    let found = firing.firing_for(&crate::calendar::period::Period::parse("FY2025-04").unwrap()).unwrap();
    assert_eq!(found.civil.to_string(), "2026-04-10 07:00:00");
    let wrong = |text: &str| with(&[("fiscal_year_begins", &format!("fiscal_year_begins: {text}"))]).join("\n");
    assert!(wrong("aprl").contains("unknown month `aprl`. Did you mean `april`?"), "{}", wrong("aprl"));
    assert!(wrong("4").contains("unknown month `4`"), "{}", wrong("4"));
    assert!(wrong("").contains("`fiscal_year_begins` has no value"), "{}", wrong(""));
}

#[test]
fn days_of_the_month_by_name() {
    let day = |day: &str| {
        let schedule = format!("every: month, day: {day}, holidays: de, weekend: none, shift: after");
        let text = WEEKLY.replace("every: week, on: monday, at: \"07:00\"", &schedule);
        match read(&text).unwrap().schedule.cadence.firing {
            Firing::Monthly { day, .. } => day,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(day("last"), MonthDay::Last);
    assert_eq!(day("1st monday"), MonthDay::Weekday(1, Weekday::Mon));
    assert_eq!(day("Third Tuesday"), MonthDay::Weekday(3, Weekday::Tue));
    assert_eq!(day("last friday"), MonthDay::LastWeekday(Weekday::Fri));
    assert_eq!(day("first business day"), MonthDay::Workday(1));
    assert_eq!(day("3rd working day"), MonthDay::Workday(3));
    assert_eq!(day("last business day"), MonthDay::WorkdayFromEnd(1));
    assert_eq!(day("second last workday"), MonthDay::WorkdayFromEnd(2));
}
