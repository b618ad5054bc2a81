//! Crontab: a cron expression as everybody knows it, read into the civil days and times on which it fires.
//!
//! Ours from end to end: crates of this name count weekdays from Sunday = 1, want seconds, mean AND where crontab means OR,
//! swallow blanks inside items, or take `30 FEB` without a word. croner is the tests' oracle.

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use std::collections::BTreeSet;

/// A cron expression: five fields (minute, hour, day of month, month, weekday), or six with seconds in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crontab {
    expression: String,
    seconds: BTreeSet<u32>,
    minutes: BTreeSet<u32>,
    hours: BTreeSet<u32>,
    days: BTreeSet<u32>,
    months: BTreeSet<u32>,
    /// Monday = 1 to Sunday = 7.
    weekdays: BTreeSet<u32>,
    /// Both day fields are restricted: crontab then fires when either holds.
    either: bool,
}

/// Why an expression cannot be taken, and what to write instead (may be empty).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Refused {
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub instead: String,
}

/// The fields, in the order of a six-field expression, with the names and numbers that they take.
const FIELDS: [(&str, u32, u32); 6] = [
    ("second", 0, 59),
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("weekday", 0, 7),
];

const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A hundred years hold every combination of month, day and weekday that there is, the leap day left out in 2100 included.
const NEVER_AFTER_DAYS: usize = 36_600;

impl Crontab {
    /// Reads an expression; `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly` stand for what crontab says they do.
    ///
    /// # Errors
    /// Whatever is not crontab's language, with what to write instead; and an expression that never fires.
    pub fn parse(expression: &str) -> Result<Crontab, Refused> {
        let written = expression.trim();
        let expanded = match written.to_ascii_lowercase().as_str() {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            _ => written,
        };
        let mut fields: Vec<&str> = expanded.split_whitespace().collect();
        if fields.len() == 5 {
            fields.insert(0, "0");
        }
        let [second, minute, hour, day, month, weekday] = fields.as_slice() else {
            return Err(refused(
                format!("the cron expression `{written}` has {} fields", fields.len()),
                "Write five (minute, hour, day of the month, month, weekday), as in \"0 7 * * MON\", or six with seconds in front",
            ));
        };
        let restricted = |field: &str| !field.starts_with(['*', '?']);
        let crontab = Crontab {
            expression: written.to_owned(),
            seconds: values(0, second)?,
            minutes: values(1, minute)?,
            hours: values(2, hour)?,
            days: values(3, day)?,
            months: values(4, month)?,
            weekdays: values(5, weekday)?.into_iter().map(|day| if day == 0 { 7 } else { day }).collect(),
            either: restricted(day) && restricted(weekday),
        };
        // 2000 is far enough back that a hundred years hold all there is, and near enough that no rule is stretched.
        let start = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
        if start.iter_days().take(NEVER_AFTER_DAYS).any(|date| crontab.fires_on(date)) {
            Ok(crontab)
        } else {
            Err(refused(
                format!("the cron expression `{written}` never fires: no month that it names has such a day"),
                "For the last day of every month, write `every: month, day: last`",
            ))
        }
    }

    /// As it was written.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// Whether it fires on a civil day. Day of month OR weekday where both are restricted, as crontab does.
    pub fn fires_on(&self, day: NaiveDate) -> bool {
        let by_day = self.days.contains(&day.day());
        let by_weekday = self.weekdays.contains(&day.weekday().number_from_monday());
        self.months.contains(&day.month()) && if self.either { by_day || by_weekday } else { by_day && by_weekday }
    }

    /// The civil times of day at which it fires, in order.
    pub fn times(&self) -> impl Iterator<Item = NaiveTime> + '_ {
        self.hours.iter().flat_map(move |hour| {
            self.minutes.iter().flat_map(move |minute| {
                self.seconds.iter().filter_map(move |second| NaiveTime::from_hms_opt(*hour, *minute, *second))
            })
        })
    }

    /// How many times a day.
    pub fn times_a_day(&self) -> usize {
        self.hours.len() * self.minutes.len() * self.seconds.len()
    }

    /// The days of the month, if they are restricted.
    pub fn days_of_month(&self) -> Option<&BTreeSet<u32>> {
        (self.days.len() < 31).then_some(&self.days)
    }

    /// The months, January = 1, if they are restricted.
    pub fn months(&self) -> Option<&BTreeSet<u32>> {
        (self.months.len() < 12).then_some(&self.months)
    }

    /// The weekdays, if they are restricted.
    pub fn weekdays(&self) -> Option<Vec<Weekday>> {
        let weekday = |number: &u32| Weekday::try_from(u8::try_from(*number).ok()?.checked_sub(1)?).ok();
        (self.weekdays.len() < 7).then(|| self.weekdays.iter().filter_map(weekday).collect())
    }

    /// Whether a day needs to match only one of day of month and weekday.
    pub fn either_day(&self) -> bool {
        self.either
    }
}

fn refused(what: String, instead: &str) -> Refused {
    Refused { what, instead: instead.to_owned() }
}

/// An item of a list: `*`, `5`, `1-5`, each with an optional step, as numbers; `to` may be less than `from`.
struct Item {
    from: u32,
    to: u32,
    step: u32,
}

/// Reads a field by crontab's grammar. The numbers of each item are checked here, so that Problems can name the field.
fn items(index: usize, field: &str) -> Result<Vec<Item>, Refused> {
    let (name, least, most) = FIELDS.get(index).copied().unwrap_or(("field", 0, 0));
    field
        .split(',')
        .map(|item| {
            let wrong = |instead: &str| refused(format!("`{item}` is not {} of a cron expression", a(name)), instead);
            if item.is_empty() {
                return Err(refused(
                    format!("the {name} field `{field}` of the cron expression has an empty item"),
                    "",
                ));
            }
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => (range, Some(step)),
                None => (item, None),
            };
            let value = |text: &str| number(index, text).filter(|value| (least..=most).contains(value));
            let any = range == "*" || (range == "?" && (index == 3 || index == 5));
            let (from, to) = if any {
                (least, if index == 5 { 6 } else { most })
            } else if let Some((from, to)) = range.split_once('-') {
                let (Some(from), Some(to)) = (value(from), value(to)) else {
                    return Err(wrong(&format!("The {name} goes from {least} to {most}{}", names_too(index))));
                };
                (from, to)
            } else {
                let Some(value) = value(range) else {
                    let hint = match (index, range.to_ascii_uppercase().as_str()) {
                        (3, "L") | (3, "LW") => {
                            "For the last day of every month, write `every: month, day: last`".to_owned()
                        }
                        _ => format!("The {name} goes from {least} to {most}{}", names_too(index)),
                    };
                    return Err(wrong(&hint));
                };
                if step.is_some() {
                    return Err(wrong(&format!("Say where it ends: `{range}-{most}/{}`", step.unwrap_or("1"))));
                }
                (value, value)
            };
            let step = match step {
                None => 1,
                Some(text) => number(0, text)
                    .filter(|step| (1..=most).contains(step))
                    .ok_or_else(|| wrong(&format!("A step is 1 to {most}")))?,
            };
            Ok(Item { from, to, step })
        })
        .collect()
}

fn a(name: &str) -> String {
    if name == "hour" { format!("an {name}") } else { format!("a {name}") }
}

fn names_too(index: usize) -> &'static str {
    match index {
        4 => ", or JAN to DEC",
        5 => " (0 and 7 are Sunday), or MON to SUN",
        _ => "",
    }
}

/// A number or, for months and weekdays, a name.
fn number(index: usize, text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let named = |names: &[&str], first: u32| {
        names.iter().position(|name| *name == lower).and_then(|at| u32::try_from(at).ok()).map(|at| at + first)
    };
    match index {
        4 => named(&MONTHS, 1),
        5 => named(&WEEKDAYS, 0),
        _ => None,
    }
    .or_else(|| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten())
}

/// The values of a field. A range that goes downwards goes over the end: `FRI-MON`, `22-2`, `NOV-FEB`.
fn values(index: usize, field: &str) -> Result<BTreeSet<u32>, Refused> {
    let (_, least, most) = FIELDS.get(index).copied().unwrap_or(("field", 0, 0));
    // Weekdays have two numbers for Sunday, but seven days.
    let most = if index == 5 { 6 } else { most };
    let round = most - least + 1;
    let items = items(index, field)?;
    let all = items.iter().flat_map(|item| {
        let to = if item.to < item.from { item.to + round } else { item.to };
        (item.from..=to).step_by(item.step.max(1) as usize)
    });
    Ok(all.map(|value| if value > most { value - round } else { value }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(
            times_of("*/20 9-10 * * *"),
            ["09:00:00", "09:20:00", "09:40:00", "10:00:00", "10:20:00", "10:40:00"]
        );
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
}
