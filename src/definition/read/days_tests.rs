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
