//! Tests of cron expressions: what crontab means by them, and each fault of the crate that is wrapped away.

use super::*;
use proptest::prelude::*;

fn days_of(expression: &str, month: &str) -> Vec<u32> {
    let crontab = Crontab::parse(expression).unwrap();
    let first: NaiveDate = format!("{month}-01").parse().unwrap();
    first
        .iter_days()
        .take_while(|d| d.month() == first.month())
        .filter(|d| crontab.fires_on(*d))
        .map(|d| d.day())
        .collect()
}

fn times_of(expression: &str) -> Vec<String> {
    Crontab::parse(expression).unwrap().times().map(|t| t.format("%H:%M:%S").to_string()).collect()
}

#[test]
fn weekdays_are_those_of_crontab() {
    // 2026-11-01 is a Sunday.
    assert_eq!(days_of("0 7 * * 1-5", "2026-11")[..6], [2, 3, 4, 5, 6, 9]);
    for sunday in ["0", "7", "SUN", "sun"] {
        assert_eq!(days_of(&format!("0 7 * * {sunday}"), "2026-11"), [1, 8, 15, 22, 29], "{sunday}");
    }
    assert_eq!(days_of("0 7 * * FRI-SUN", "2026-11")[..4], [1, 6, 7, 8]);
    assert_eq!(days_of("0 7 * * 5-7", "2026-11")[..4], [1, 6, 7, 8]);
    assert_eq!(days_of("0 7 * * SUN-TUE", "2026-11")[..4], [1, 2, 3, 8]);
    assert_eq!(days_of("0 7 * * */2", "2026-11")[..4], [1, 3, 5, 7]);
    assert_eq!(days_of("0 7 * * ?", "2026-11").len(), 30);
}

#[test]
fn ranges_go_over_the_end() {
    assert_eq!(days_of("0 7 * * FRI-MON", "2026-11")[..6], [1, 2, 6, 7, 8, 9]);
    assert_eq!(days_of("0 7 * * 6-1", "2026-11")[..6], [1, 2, 7, 8, 9, 14]);
    assert_eq!(days_of("0 7 * * 7-2", "2026-11")[..4], [1, 2, 3, 8]);
    assert_eq!(days_of("0 7 * * 0-7", "2026-11").len(), 30);
    assert_eq!(days_of("0 7 * * FRI-MON/2", "2026-11")[..4], [1, 6, 8, 13]);
    assert_eq!(days_of("0 7 30-2 * *", "2026-11"), [1, 2, 30]);
    assert_eq!(times_of("30 22-1 * * *"), ["00:30:00", "01:30:00", "22:30:00", "23:30:00"]);
    assert_eq!(times_of("55-5/5 9 * * *"), ["09:00:00", "09:05:00", "09:55:00"]);
    assert_eq!(days_of("0 7 1 NOV-FEB *", "2026-01"), [1]);
    assert_eq!(days_of("0 7 1 NOV-FEB *", "2026-03"), [] as [u32; 0]);
}

#[test]
fn day_of_month_or_weekday_when_both_are_restricted() {
    assert_eq!(days_of("0 7 13 * FRI", "2026-11"), [6, 13, 20, 27]);
    assert_eq!(days_of("0 7 15 * FRI", "2026-11"), [6, 13, 15, 20, 27]);
    // Vixie's rule: a field that begins with a star is not a restriction, and then both must hold.
    assert_eq!(days_of("0 7 */2 * FRI", "2026-11"), [13, 27]);
}

#[test]
fn five_fields_and_six() {
    assert_eq!(times_of("30 6,18 * * *"), ["06:30:00", "18:30:00"]);
    assert_eq!(times_of("15 30 6 * * MON"), ["06:30:15"]);
    assert_eq!(times_of("*/20 9-10 * * *"), ["09:00:00", "09:20:00", "09:40:00", "10:00:00", "10:20:00", "10:40:00"]);
    assert_eq!(times_of("@daily"), ["00:00:00"]);
    assert_eq!(days_of("@weekly", "2026-11"), [1, 8, 15, 22, 29]);
    assert_eq!(days_of("0 7 1 JAN-MAR *", "2026-02"), [1]);
}

#[test]
fn what_is_not_crontab_is_refused_with_a_reason() {
    let refused = |expression: &str| {
        let refused = Crontab::parse(expression).unwrap_err();
        format!("{} | {}", refused.what, refused.instead)
    };
    assert!(refused("0 */ 5 9 * * *").starts_with("the cron expression `0 */ 5 9 * * *` has 7 fields"));
    assert!(refused("").contains("has 0 fields"));
    assert!(refused("0 7 30 FEB *").contains("never fires"));
    assert!(refused("0 7 31 2,4,6,9,11 *").contains("never fires"));
    assert!(refused("0 7 L * *").contains("day: last"));
    assert_eq!(refused("0 25 * * *"), "`25` is not an hour of a cron expression | The hour goes from 0 to 23");
    assert!(refused("0 7 * * MON,,TUE").contains("empty item"));
    assert!(refused("0 5/2 * * *").contains("`5-23/2`"));
    assert!(refused("*/0 7 * * *").contains("A step is 1 to 59"));
    assert!(refused("? 7 * * *").contains("is not a minute"));
    assert!(refused("0 7 * * MON#2").contains("is not a weekday"));
    assert!(refused("0 7 0 * *").contains("from 1 to 31"));
    assert!(refused("4294967296 7 * * *").contains("is not a minute"));
    // The 29th of February does come.
    assert!(Crontab::parse("0 7 29 FEB *").is_ok());
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[-0-9*/,?A-Za-z @#]{0,30}") {
        let _ = Crontab::parse(&text);
    }

    #[test]
    fn lists_of_numbers_mean_themselves(minutes in proptest::collection::btree_set(0u32..60, 1..6), hour in 0u32..24) {
        let list: Vec<String> = minutes.iter().map(u32::to_string).collect();
        let times = times_of(&format!("{} {hour} * * *", list.join(",")));
        let expected: Vec<String> = minutes.iter().map(|minute| format!("{hour:02}:{minute:02}:00")).collect();
        proptest::prop_assert_eq!(times, expected);
    }
}

/// What the crate says to an expression of its own dialect.
fn of_the_crate(expression: &str) -> Result<cron::Schedule, String> {
    cron::Schedule::from_str(expression).map_err(|error| error.to_string())
}

/// Its first firing in November 2026, as a day.
fn first_of_the_crate(expression: &str) -> u32 {
    let from = start_of("2026-11-01".parse().unwrap());
    of_the_crate(expression).unwrap().after(&before(from)).next().unwrap().day()
}

// Each of the next tests shows a fault of the crate first, so that it tells when the crate is mended, and then what becomes of
// it here.

#[test]
fn the_crate_refuses_five_fields() {
    assert!(of_the_crate("0 7 * * MON").is_err());
    assert_eq!(times_of("0 7 * * MON"), ["07:00:00"]);
}

#[test]
fn the_crate_counts_weekdays_from_sunday_as_one() {
    // 2026-11-01 is a Sunday.
    assert_eq!(first_of_the_crate("0 0 7 * * 1"), 1);
    assert!(of_the_crate("0 0 7 * * 0").is_err());
    assert_eq!(days_of("0 0 7 * * 1", "2026-11")[0], 2);
    for (number, first) in (0..=7).zip([1, 2, 3, 4, 5, 6, 7, 1]) {
        assert_eq!(days_of(&format!("0 7 * * {number}"), "2026-11")[0], first, "{number}");
    }
}

#[test]
fn the_crate_wants_both_day_fields_to_hold() {
    assert_eq!(first_of_the_crate("0 0 7 13 * FRI"), 13);
    assert_eq!(days_of("0 7 15 * FRI", "2026-11"), [6, 13, 15, 20, 27]);
    // One of them may never hold: the other one does.
    assert_eq!(days_of("0 7 30 FEB MON", "2026-02"), [2, 9, 16, 23]);
}

#[test]
fn the_crate_knows_no_range_over_the_end() {
    for expression in ["0 0 22-1 * * *", "0 0 7 * NOV-FEB *", "0 0 7 * * FRI-MON", "0 0 7 * * MON-SUN"] {
        assert!(of_the_crate(expression).is_err(), "{expression}");
        assert!(Crontab::parse(expression).is_ok(), "{expression}");
    }
    assert_eq!(days_of("0 7 * * MON-SUN", "2026-11").len(), 30);
}

#[test]
fn the_crate_takes_what_never_fires() {
    let never = of_the_crate("0 0 7 30 FEB *").unwrap();
    assert_eq!(never.after(&start_of("2026-01-01".parse().unwrap())).next(), None);
    assert!(Crontab::parse("0 7 30 FEB *").unwrap_err().what.contains("never fires"));
}

#[test]
fn the_crate_swallows_blanks_inside_items() {
    assert!(of_the_crate("0 */ 5 9 * * *").is_ok());
    assert!(Crontab::parse("0 */ 5 9 * * *").unwrap_err().what.contains("has 7 fields"));
}

#[test]
fn the_crate_takes_a_single_value_with_a_step_for_a_range_to_the_end() {
    assert!(of_the_crate("0 0 5/2 * * *").is_ok());
    assert!(Crontab::parse("0 5/2 * * *").unwrap_err().instead.contains("`5-23/2`"));
}

#[test]
fn the_crate_knows_the_years_from_1970_to_2100() {
    let schedule = of_the_crate("0 0 7 29 FEB *").unwrap();
    assert_eq!(schedule.after(&start_of("2100-01-01".parse().unwrap())).next(), None);
    assert_eq!(schedule.after(&start_of("1970-01-01".parse().unwrap())).next_back(), None);
    let crontab = Crontab::parse("0 7 29 FEB *").unwrap();
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    assert_eq!(crontab.day_from(day("2096-03-01")), Some(day("2104-02-29")));
    assert_eq!(crontab.day_before(day("2104-02-29")), Some(day("2096-02-29")));
    assert_eq!(crontab.day_before(day("1904-02-29")), Some(day("1896-02-29")));
}

/// What fires is what its fields say, read plainly; forwards, backwards, and day by day.
fn as_fields_say(crontab: &Crontab, day: NaiveDate) -> bool {
    let fields = &crontab.fields;
    let by_day = fields.days.contains(&day.day());
    let by_weekday = fields.weekdays.contains(&day.weekday().number_from_monday());
    fields.months.contains(&day.month()) && if fields.either { by_day || by_weekday } else { by_day && by_weekday }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_crate_enumerates_the_days_that_the_fields_name(
        day_of_month in "\\*|[1-9]|[12][0-9]|2[0-9]-3|\\*/[2-9]|1,31",
        month in "\\*|[1-9]|2|NOV-FEB|\\*/5",
        weekday in "\\*|[0-7]|[0-7]|FRI-MON|\\*/3|1,3",
        year in prop::sample::select(vec![1583, 1899, 1969, 1996, 2023, 2026, 2098, 2398, 9000]),
    ) {
        let Ok(crontab) = Crontab::parse(&format!("15 7 {day_of_month} {month} {weekday}")) else { return Ok(()) };
        let from = NaiveDate::from_ymd_opt(year, 3, 7).unwrap();
        let plain: Vec<NaiveDate> = from.iter_days().take(6 * 366).filter(|day| as_fields_say(&crontab, *day)).collect();
        let end = from + chrono::Days::new(6 * 366);
        let mut forwards = Vec::new();
        let mut next = crontab.day_from(from);
        while let Some(day) = next.filter(|day| *day < end) {
            forwards.push(day);
            next = crontab.day_from(day.succ_opt().unwrap());
        }
        prop_assert_eq!(&forwards, &plain);
        let mut backwards = Vec::new();
        let mut last = crontab.day_before(end);
        while let Some(day) = last.filter(|day| *day >= from) {
            backwards.push(day);
            last = crontab.day_before(day);
        }
        backwards.reverse();
        prop_assert_eq!(&backwards, &plain);
    }
}
