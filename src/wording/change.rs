//! Changes against a comparison, and limits, in words.

use super::{amount, decimals, number, ratio};
use crate::calendar::period::Unit;
use crate::figures::{Amount, Compared, ComparedKind};
use crate::query::Compare;
use std::cmp::Ordering;

/// What a comparison is called.
pub fn compared(compared: &Compared) -> String {
    match compared.kind {
        ComparedKind::Previous => match compared.periods.first().and_then(|covered| covered.period.unit) {
            Some(Unit::Day) => "day before".to_owned(),
            Some(Unit::Week) => "week before".to_owned(),
            Some(Unit::Month) => "month before".to_owned(),
            Some(Unit::Quarter) => "quarter before".to_owned(),
            Some(Unit::Year) => "year before".to_owned(),
            None => "period before".to_owned(),
        },
        ComparedKind::YearBefore => "year before".to_owned(),
        ComparedKind::SameWeekdays => {
            let day = compared.periods.first().map(|covered| covered.period.first.format("%As").to_string());
            format!("mean of {} {}", compared.periods.len(), day.unwrap_or_else(|| "days".to_owned()))
        }
    }
}

/// Orders two amounts of any kind by their exact value; `None` if one has none.
fn order(left: &Amount, right: &Amount) -> Option<Ordering> {
    let (a, b) = fraction(left)?;
    let (c, d) = fraction(right)?;
    Some((i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b))))
}

/// Value as a fraction with a positive denominator.
fn fraction(amount: &Amount) -> Option<(i64, i64)> {
    match *amount {
        Amount::Whole(value) => Some((value, 1)),
        Amount::Share { part, whole } if whole > 0 => Some((part, whole)),
        Amount::Mean { sum, over } if over > 0 => Some((sum, over)),
        _ => None,
    }
}

/// A change in words: `+183 on the period before (31)`, `as in the year before (3)`, `none, as in the period before`.
pub fn against(now: &Amount, before: &Amount, with: &Compared) -> String {
    let name = compared(with);
    let (now_is, then) = match (fraction(now), before) {
        (None, _) => return String::new(),
        (_, Amount::NotInLog) => return format!("{name}: not in the log"),
        (_, Amount::NotRecorded) => return format!("{name}: not recorded"),
        (Some(now), before) => match fraction(before) {
            Some(then) => (now, then),
            None => return format!("{name}: nothing to compare"),
        },
    };
    let shown = amount(before);
    match order(now, before) {
        Some(Ordering::Equal) if now_is.0 == 0 => format!("none, as in the {name}"),
        Some(Ordering::Equal) => format!("as in the {name} ({shown})"),
        Some(side) => {
            let sign = if side == Ordering::Greater { "+" } else { "−" };
            format!("{sign}{} on the {name} ({shown})", difference(now, now_is, then))
        }
        None => String::new(),
    }
}

/// The same as short as a tile needs it: `month before 185 (+435)`, `year before 0 (as now)`.
pub fn beside(now: &Amount, before: &Amount, with: &Compared) -> String {
    let name = compared(with);
    match (fraction(now), fraction(before), order(now, before)) {
        (Some(_), Some(_), Some(Ordering::Equal)) => format!("{name} {} (the same)", amount(before)),
        (Some(now_is), Some(then), Some(side)) => {
            let sign = if side == Ordering::Greater { "+" } else { "−" };
            format!("{name} {} ({sign}{})", amount(before), difference(now, now_is, then))
        }
        _ => against(now, before, with),
    }
}

/// The size of a difference: counts and means in their unit, shares in percentage points.
fn difference(now: &Amount, (a, b): (i64, i64), (c, d): (i64, i64)) -> String {
    let top = (i128::from(a) * i128::from(d) - i128::from(c) * i128::from(b)).abs();
    let bottom = i128::from(b) * i128::from(d);
    let small = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
    match now {
        Amount::Share { .. } => format!("{} points", ratio(small(top * 100), small(bottom), 1)),
        _ => decimals(small(top), small(bottom)),
    }
}

/// A difference with its sign, `+183`, `−1.5 points`; `None` where one of the two is no number, or both are the same.
pub(super) fn difference_words(now: &Amount, before: &Amount) -> Option<String> {
    let sign = match order(now, before)? {
        Ordering::Equal => return None,
        Ordering::Greater => "+",
        Ordering::Less => "−",
    };
    Some(format!("{sign}{}", difference(now, fraction(now)?, fraction(before)?)))
}

/// The tone of a change: good or bad where the measure has a direction, quiet otherwise.
pub fn change_tone(good: &str, now: &Amount, before: &Amount) -> &'static str {
    match (good, order(now, before)) {
        ("down", Some(Ordering::Less)) | ("up", Some(Ordering::Greater)) => "good",
        ("down", Some(Ordering::Greater)) | ("up", Some(Ordering::Less)) => "bad",
        _ => "quiet",
    }
}

/// `per working day 31.5, before 28.0 and 27.1`: now, then each comparison; empty where now is no number.
pub fn per_working_day(now: &Amount, before: &[Amount]) -> String {
    let rate = |amount: &Amount| match *amount {
        Amount::Mean { sum, over } if over > 0 => Some(ratio(sum, over, 1)),
        _ => None,
    };
    let then: Vec<String> = before.iter().map(|amount| rate(amount).unwrap_or_else(|| "–".to_owned())).collect();
    rate(now).map_or_else(String::new, |now| format!("per working day {now}, before {}", then.join(" and ")))
}

/// `at most 5 %`, `more than 20`: a limit, read in the kind of number that it is compared with.
pub fn limit(compare: Compare, value: i64, like: &Amount) -> String {
    let word = match compare {
        Compare::Less => "less than",
        Compare::AtMost => "at most",
        Compare::More => "more than",
        Compare::AtLeast => "at least",
    };
    let value = match like {
        Amount::Share { .. } if value % 100 == 0 => format!("{} %", number(value / 100)),
        Amount::Share { .. } => format!("{} %", ratio(value, 100, 2)),
        Amount::Mean { .. } if value % 100 == 0 => number(value / 100),
        Amount::Mean { .. } => ratio(value, 100, 2),
        _ => number(value),
    };
    format!("{word} {value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn previous() -> Compared {
        Compared { kind: ComparedKind::Previous, periods: Vec::new(), in_log: true, partial: Vec::new() }
    }

    #[test]
    fn changes_say_what_is_true() {
        let say = |now, before| against(&now, &before, &previous());
        assert_eq!(say(Amount::Whole(214), Amount::Whole(31)), "+183 on the period before (31)");
        assert_eq!(say(Amount::Whole(3), Amount::Whole(31)), "−28 on the period before (31)");
        assert_eq!(say(Amount::Whole(0), Amount::Whole(0)), "none, as in the period before");
        assert_eq!(say(Amount::Whole(4), Amount::Mean { sum: 10, over: 4 }), "+1.5 on the period before (2.5)");
        assert_eq!(say(Amount::Whole(4), Amount::NotInLog), "period before: not in the log");
        assert_eq!(
            say(Amount::Share { part: 1, whole: 4 }, Amount::Share { part: 1, whole: 8 }),
            "+12.5 points on the period before (12.5 %)"
        );
        assert_eq!(say(Amount::NotRecorded, Amount::Whole(1)), "");
        assert_eq!(beside(&Amount::Whole(620), &Amount::Whole(185), &previous()), "period before 185 (+435)");
        assert_eq!(beside(&Amount::Whole(3), &Amount::Whole(3), &previous()), "period before 3 (the same)");
        assert_eq!(beside(&Amount::Whole(3), &Amount::NotInLog, &previous()), "period before: not in the log");
    }

    #[test]
    fn a_direction_chooses_the_tone() {
        assert_eq!(change_tone("down", &Amount::Whole(1), &Amount::Whole(2)), "good");
        assert_eq!(change_tone("down", &Amount::Whole(3), &Amount::Whole(2)), "bad");
        assert_eq!(change_tone("neither", &Amount::Whole(3), &Amount::Whole(2)), "quiet");
        assert_eq!(change_tone("up", &Amount::Whole(3), &Amount::NotInLog), "quiet");
    }

    #[test]
    fn limits_are_read_like_their_figure() {
        assert_eq!(limit(Compare::AtMost, 500, &Amount::Share { part: 1, whole: 2 }), "at most 5 %");
        assert_eq!(limit(Compare::More, 150, &Amount::Whole(2)), "more than 150");
    }
}
