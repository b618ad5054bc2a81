//! Numbers, amounts and lists in a language's way.

use super::{Words, first_upper};
use crate::figures::{Amount, Figure};

impl Words {
    /// `1,234`, `−12`.
    pub fn number(&self, value: i64) -> String {
        let digits = self.numbers.grouped(&value.unsigned_abs().to_string());
        if value < 0 { format!("−{digits}") } else { digits }
    }

    /// `sum / over` rounded half away from zero to `places` decimals, exactly (no floating point). `–` if `over` is 0.
    pub fn ratio(&self, sum: i64, over: i64, places: u32) -> String {
        self.wide_ratio(i128::from(sum), i128::from(over), places)
    }

    fn wide_ratio(&self, sum: i128, over: i128, places: u32) -> String {
        if over == 0 {
            return self.word("number.missing");
        }
        let scale = 10_i128.pow(places);
        let scaled = sum.saturating_mul(scale * 2);
        let rounded = (scaled.abs() + over.abs()) / (over.abs() * 2);
        let negative = rounded != 0 && ((sum < 0) != (over < 0));
        let whole = self.number(i64::try_from(rounded / scale).unwrap_or(i64::MAX));
        let sign = if negative { "−" } else { "" };
        if places == 0 {
            return format!("{sign}{whole}");
        }
        let width = places as usize;
        format!("{sign}{whole}{}{:0width$}", self.numbers.decimal, rounded % scale)
    }

    /// `sum / over` with as many decimals as make it exact, up to two; with one where none do. So what stands side by side
    /// adds up: 148 against a mean of 7.75 is 140.25 more.
    pub(super) fn decimals(&self, sum: i64, over: i64) -> String {
        let exact = |places: u32| over != 0 && (i128::from(sum) * 10_i128.pow(places)) % i128::from(over) == 0;
        let places = (0..=2).find(|places| exact(*places)).unwrap_or(1);
        self.ratio(sum, over, places)
    }

    /// Hundredths: `1.5` for 150.
    pub fn hundredths(&self, value: i64) -> String {
        if value % 100 == 0 { self.number(value / 100) } else { self.ratio(value, 100, 1) }
    }

    /// `part / whole` in percent, to one place: `12.5 %`.
    pub fn percent(&self, part: i64, whole: i64) -> String {
        let shown = self.wide_ratio(i128::from(part) * 100, i128::from(whole), 1);
        self.say("number.percent", &[("n", &shown)])
    }

    /// A number as text: `214`, `12.3 %`, `31.5`, `not recorded`, `not in the log`.
    pub fn amount(&self, amount: &Amount) -> String {
        match *amount {
            Amount::Whole(value) => self.number(value),
            Amount::Share { whole: 0, .. } => self.word("absent.no_whole"),
            Amount::Share { part, whole } => self.percent(part, whole),
            Amount::Mean { over: 0, .. } => self.word("number.missing"),
            Amount::Mean { sum, over } => self.decimals(sum, over),
            Amount::NotRecorded => self.word("absent.not_recorded"),
            Amount::NotInLog => self.word("absent.not_in_log"),
        }
    }

    /// A figure as text.
    pub fn figure(&self, figure: &Figure) -> String {
        self.amount(&figure.amount)
    }

    /// What has to be said beside a figure: who does not record it.
    pub fn figure_note(&self, figure: &Figure) -> String {
        if figure.not_recorded_by.is_empty() {
            return String::new();
        }
        let mut note = self.not_recorded_by(&figure.not_recorded_by);
        if figure.amount != Amount::NotRecorded {
            note = self.say("absent.others_only", &[("note", &note)]);
        }
        first_upper(&note) + "."
    }

    /// `not recorded by zoho-crm`.
    pub fn not_recorded_by(&self, sources: &[String]) -> String {
        if sources.is_empty() {
            return self.word("absent.not_recorded");
        }
        self.say("absent.not_recorded_by", &[("sources", &self.list(sources))])
    }

    /// `a, b and c`.
    pub fn list(&self, items: &[String]) -> String {
        self.joined(items, "list.and")
    }

    /// `a, b or c`.
    pub fn any_of(&self, items: &[String]) -> String {
        self.joined(items, "list.or")
    }

    fn joined(&self, items: &[String], last_key: &str) -> String {
        let Some((last, before)) = items.split_last() else { return String::new() };
        let comma = |all: String, next: &String| match all.as_str() {
            "" => next.clone(),
            all => self.say("list.comma", &[("before", all), ("next", next)]),
        };
        match before.iter().fold(String::new(), comma).as_str() {
            "" => last.clone(),
            before => self.say(last_key, &[("before", before), ("last", last)]),
        }
    }

    /// `“a”`.
    pub fn quoted(&self, text: &str) -> String {
        self.say("quoted", &[("text", text)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::{Dates, Numbers};

    #[test]
    fn numbers_are_grouped() {
        let words = Words::english();
        let shown: Vec<_> = [0, 7, 999, 1_000, 1_234_567, -12_345, i64::MIN].map(|n| words.number(n)).into();
        assert_eq!(shown, ["0", "7", "999", "1,000", "1,234,567", "−12,345", "−9,223,372,036,854,775,808"]);
        let spaced = Words::english().clone().styled(Numbers::read("1 234,5"), Dates::Words);
        assert_eq!(spaced.ratio(12_345, 10, 1), "1\u{a0}234,5");
    }

    #[test]
    fn ratios_are_exact_and_round_half_away_from_zero() {
        let ratio = |sum, over, places| Words::english().ratio(sum, over, places);
        assert_eq!(ratio(1, 3, 1), "0.3");
        assert_eq!(ratio(5, 100, 1), "0.1");
        assert_eq!(ratio(-1, 2, 0), "−1");
        assert_eq!(ratio(0, -5, 1), "0.0");
        assert_eq!(ratio(10_000, 1, 2), "10,000.00");
        assert_eq!(ratio(1, 0, 1), "–");
    }

    #[test]
    fn absent_is_never_zero() {
        let amount = |amount| Words::english().amount(&amount);
        assert_eq!(amount(Amount::NotRecorded), "not recorded");
        assert_eq!(amount(Amount::Share { part: 0, whole: 0 }), "none to take a share of");
        assert_eq!(amount(Amount::Share { part: 1, whole: 8 }), "12.5 %");
        assert_eq!(amount(Amount::Mean { sum: 9, over: 3 }), "3");
    }
}
