//! Changes against a comparison, and limits, in words.

use super::Words;
use crate::calendar::period::Unit;
use crate::figures::{Amount, Compared, ComparedKind};
use crate::query::Compare;
use chrono::Datelike;
use std::cmp::Ordering;

/// How a comparison is named in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// `month before`.
    Name,
    /// `in the month before`.
    In,
    /// `on the month before`, as a change is told.
    On,
    /// `as in the month before`.
    As,
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

impl Words {
    /// What a comparison is called: `month before`, `mean of 4 Mondays`.
    pub fn compared(&self, compared: &Compared) -> String {
        self.compared_as(compared, Named::Name)
    }

    /// The same, as a sentence needs it.
    pub fn compared_as(&self, compared: &Compared, named: Named) -> String {
        let unit = match compared.kind {
            ComparedKind::Previous => {
                match compared.periods.first().and_then(|covered| covered.period.unit.map(Unit::kind)) {
                    Some(Unit::Day) => "day",
                    Some(Unit::Week) => "week",
                    Some(Unit::Month) => "month",
                    Some(Unit::Quarter) => "quarter",
                    Some(_) => "year",
                    None => "period",
                }
            }
            ComparedKind::YearBefore => "year",
            ComparedKind::SameWeekdays => "mean",
        };
        let form = match named {
            Named::Name => "name",
            Named::In => "in",
            Named::On => "on",
            Named::As => "as",
        };
        let weekday = compared.periods.first().map(|covered| covered.period.first.weekday().number_from_monday());
        let count = compared.periods.len();
        let days = match weekday {
            Some(day) if count == 1 => self.item("weekdays", day),
            Some(day) => self.item("weekdays_many", day),
            None => String::new(),
        };
        self.say(&format!("compared.{unit}.{form}"), &[("count", &count.to_string()), ("weekdays", &days)])
    }

    /// A change in words: `+183 on the period before (31)`, `as in the year before (3)`, `none, as in the period before`.
    pub fn against(&self, now: &Amount, before: &Amount, with: &Compared) -> String {
        let name = self.compared(with);
        let (now_is, then) = match (fraction(now), before) {
            (None, _) => return String::new(),
            (_, Amount::NotInLog) => return self.say("change.not_in_log", &[("name", &name)]),
            (_, Amount::NotRecorded) => return self.say("change.not_recorded", &[("name", &name)]),
            (Some(now), before) => match fraction(before) {
                Some(then) => (now, then),
                None => return self.say("change.nothing", &[("name", &name)]),
            },
        };
        let shown = self.amount(before);
        let same = self.compared_as(with, Named::As);
        match order(now, before) {
            Some(Ordering::Equal) if now_is.0 == 0 => self.say("change.none_as", &[("as", &same)]),
            Some(Ordering::Equal) => self.say("change.as", &[("as", &same), ("before", &shown)]),
            Some(side) => {
                let difference = self.signed(side, now, now_is, then);
                let on = self.compared_as(with, Named::On);
                self.say("change.by", &[("difference", &difference), ("on", &on), ("before", &shown)])
            }
            None => String::new(),
        }
    }

    /// The same as short as a tile needs it: `month before 185 (+435)`, `year before 0 (the same)`.
    pub fn beside(&self, now: &Amount, before: &Amount, with: &Compared) -> String {
        let (name, shown) = (self.compared(with), self.amount(before));
        match (fraction(now), fraction(before), order(now, before)) {
            (Some(_), Some(_), Some(Ordering::Equal)) => {
                self.say("change.beside_same", &[("name", &name), ("before", &shown)])
            }
            (Some(now_is), Some(then), Some(side)) => {
                let difference = self.signed(side, now, now_is, then);
                self.say("change.beside", &[("name", &name), ("before", &shown), ("difference", &difference)])
            }
            _ => self.against(now, before, with),
        }
    }

    /// A difference with its sign: `+183`, `−12.5 points`.
    fn signed(&self, side: Ordering, now: &Amount, now_is: (i64, i64), then: (i64, i64)) -> String {
        let sign = if side == Ordering::Greater { "+" } else { "−" };
        format!("{sign}{}", self.difference(now, now_is, then))
    }

    /// A difference with its sign; `None` where one of the two is no number, or both are the same.
    pub(super) fn difference_words(&self, now: &Amount, before: &Amount) -> Option<String> {
        let side = order(now, before).filter(|side| *side != Ordering::Equal)?;
        Some(self.signed(side, now, fraction(now)?, fraction(before)?))
    }

    /// The size of a difference: counts and means in their unit, shares in percentage points.
    fn difference(&self, now: &Amount, (a, b): (i64, i64), (c, d): (i64, i64)) -> String {
        let top = (i128::from(a) * i128::from(d) - i128::from(c) * i128::from(b)).abs();
        let bottom = i128::from(b) * i128::from(d);
        let small = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
        match now {
            Amount::Share { .. } => {
                let points = self.ratio(small(top.saturating_mul(100)), small(bottom), 1);
                self.say("number.points", &[("n", &points)])
            }
            _ => self.decimals(small(top), small(bottom)),
        }
    }

    /// `per working day 31.5, before 28.0 and 27.1`: now, then each comparison; empty where now is no number.
    pub fn per_working_day(&self, now: &Amount, before: &[Amount]) -> String {
        let rate = |amount: &Amount| match *amount {
            Amount::Mean { sum, over } if over > 0 => Some(self.ratio(sum, over, 1)),
            _ => None,
        };
        let missing = || self.word("number.missing");
        let then: Vec<String> = before.iter().map(|amount| rate(amount).unwrap_or_else(missing)).collect();
        let said = |now: String| self.say("change.per_working_day", &[("now", &now), ("before", &self.list(&then))]);
        rate(now).map_or_else(String::new, said)
    }

    /// `at most 5 %`, `more than 20`: a limit, read in the kind of number that it is compared with.
    pub fn limit(&self, compare: Compare, value: i64, like: &Amount) -> String {
        let key = match compare {
            Compare::Less => "limit.less",
            Compare::AtMost => "limit.at_most",
            Compare::More => "limit.more",
            Compare::AtLeast => "limit.at_least",
        };
        let hundredths = || match value % 100 {
            0 => self.number(value / 100),
            _ => self.ratio(value, 100, 2),
        };
        let value = match like {
            Amount::Share { .. } => self.say("number.percent", &[("n", &hundredths())]),
            Amount::Mean { .. } => hundredths(),
            _ => self.number(value),
        };
        self.say(key, &[("limit", &value)])
    }
}

/// The tone of a change: good or bad where the measure has a direction, quiet otherwise.
pub fn change_tone(good: &str, now: &Amount, before: &Amount) -> &'static str {
    match (good, order(now, before)) {
        ("down", Some(Ordering::Less)) | ("up", Some(Ordering::Greater)) => "good",
        ("down", Some(Ordering::Greater)) | ("up", Some(Ordering::Less)) => "bad",
        _ => "quiet",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn previous() -> Compared {
        Compared { kind: ComparedKind::Previous, periods: Vec::new(), in_log: true, partial: Vec::new() }
    }

    #[test]
    fn changes_say_what_is_true() {
        let say = |now, before| Words::english().against(&now, &before, &previous());
        let beside = |now, before| Words::english().beside(&now, &before, &previous());
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
        assert_eq!(beside(Amount::Whole(620), Amount::Whole(185)), "period before 185 (+435)");
        assert_eq!(beside(Amount::Whole(3), Amount::Whole(3)), "period before 3 (the same)");
        assert_eq!(beside(Amount::Whole(3), Amount::NotInLog), "period before: not in the log");
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
        let limit = |compare, value, like| Words::english().limit(compare, value, &like);
        assert_eq!(limit(Compare::AtMost, 500, Amount::Share { part: 1, whole: 2 }), "at most 5 %");
        assert_eq!(limit(Compare::More, 150, Amount::Whole(2)), "more than 150");
    }
}
