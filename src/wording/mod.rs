//! Wording: numbers, dates, shares, changes and sentences as text, the same in every format, chart and mail. English.

mod axis;
mod change;
mod charts;
mod names;
mod normal;
mod restated;
mod sentences;
mod time;

pub use axis::axis_ways;
pub use change::{against, beside, change_tone, compared, limit, per_working_day};
pub use charts::{counted, gap_words, no_data, numbers_are_in, pareto_words, points_words, ranking_words};
pub use names::{NOTABLE_CLASSES, dimension, event_column, key, recorded_field, rhythm, verdict};
pub use normal::{
    beside_normal, learnt, learnt_words, left_out, normal_cell, normal_tone, outside_sentences, partial_comparisons,
    ranking_learnt, series_normal,
};
pub use restated::{changed_cells, lost, place_words, restated_beside, restated_summary};
pub use sentences::{
    coverage_sentence, crossed_sentence, nothing_crossed, raised, raised_sentence, retired, series_words,
    source_reasons, verdict_sentences,
};
pub use time::{day, duration, moment, moment_both, period, period_label, short_period, span_local, span_utc};

use crate::figures::{Amount, Figure};

/// What is said where no source in scope records what a figure needs.
pub const NOT_RECORDED: &str = "not recorded";

/// `1,234`, `−12`.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        out.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `sum / over` rounded half away from zero to `places` decimals, exactly (no floating point). `–` if `over` is 0.
pub fn ratio(sum: i64, over: i64, places: u32) -> String {
    if over == 0 {
        return "–".to_owned();
    }
    let scale = 10_i128.pow(places);
    let scaled = i128::from(sum) * scale * 2;
    let over = i128::from(over);
    let rounded = (scaled.abs() + over.abs()) / (over.abs() * 2);
    let negative = rounded != 0 && ((sum < 0) != (over < 0));
    let whole = number(i64::try_from(rounded / scale).unwrap_or(i64::MAX));
    let sign = if negative { "−" } else { "" };
    if places == 0 {
        return format!("{sign}{whole}");
    }
    let width = places as usize;
    format!("{sign}{whole}.{:0width$}", rounded % scale)
}

/// `sum / over` with as many decimals as make it exact, up to two; with one where none do. So what stands side by side adds
/// up: 148 against a mean of 7.75 is 140.25 more.
pub(crate) fn decimals(sum: i64, over: i64) -> String {
    let exact = |places: u32| over != 0 && (i128::from(sum) * 10_i128.pow(places)) % i128::from(over) == 0;
    let places = (0..=2).find(|places| exact(*places)).unwrap_or(1);
    ratio(sum, over, places)
}

/// A number as text: `214`, `12.3 %`, `31.5`, `not recorded`, `not in the log`.
pub fn amount(amount: &Amount) -> String {
    match *amount {
        Amount::Whole(value) => number(value),
        Amount::Share { whole: 0, .. } => "none to take a share of".to_owned(),
        Amount::Share { part, whole } => format!("{} %", ratio(part.saturating_mul(100), whole, 1)),
        Amount::Mean { over: 0, .. } => "–".to_owned(),
        Amount::Mean { sum, over } if sum % over == 0 => number(sum / over),
        Amount::Mean { sum, over } => decimals(sum, over),
        Amount::NotRecorded => NOT_RECORDED.to_owned(),
        Amount::NotInLog => "not in the log".to_owned(),
    }
}

/// A figure as text.
pub fn figure(figure: &Figure) -> String {
    amount(&figure.amount)
}

/// What has to be said beside a figure: who does not record it.
pub fn figure_note(figure: &Figure) -> String {
    if figure.not_recorded_by.is_empty() {
        return String::new();
    }
    let mut note = not_recorded_by(&figure.not_recorded_by);
    if figure.amount != Amount::NotRecorded {
        note.push_str(", so it counts the other sources only");
    }
    first_upper(&note) + "."
}

/// `not recorded by zoho-crm`.
pub fn not_recorded_by(sources: &[String]) -> String {
    if sources.is_empty() {
        return NOT_RECORDED.to_owned();
    }
    format!("{NOT_RECORDED} by {}", list(sources))
}

/// `1 event`, `2 events`, `no events`.
pub fn plural(count: i64, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{} {many}", number(count)),
    }
}

/// `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// The same with its first letter large.
pub fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The same with its first letter small, unless the word is an abbreviation.
pub fn first_lower(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let shown: Vec<_> = [0, 7, 999, 1_000, 1_234_567, -12_345, i64::MIN].into_iter().map(number).collect();
        assert_eq!(shown, ["0", "7", "999", "1,000", "1,234,567", "−12,345", "−9,223,372,036,854,775,808"]);
    }

    #[test]
    fn ratios_are_exact_and_round_half_away_from_zero() {
        assert_eq!(ratio(1, 3, 1), "0.3");
        assert_eq!(ratio(5, 100, 1), "0.1");
        assert_eq!(ratio(-1, 2, 0), "−1");
        assert_eq!(ratio(0, -5, 1), "0.0");
        assert_eq!(ratio(10_000, 1, 2), "10,000.00");
        assert_eq!(ratio(1, 0, 1), "–");
    }

    #[test]
    fn absent_is_never_zero() {
        assert_eq!(amount(&Amount::NotRecorded), "not recorded");
        assert_eq!(amount(&Amount::Share { part: 0, whole: 0 }), "none to take a share of");
        assert_eq!(amount(&Amount::Share { part: 1, whole: 8 }), "12.5 %");
        assert_eq!(amount(&Amount::Mean { sum: 9, over: 3 }), "3");
    }

    #[test]
    fn lists_and_plurals() {
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(plural(1, "event", "events"), "1 event");
        assert_eq!(plural(0, "event", "events"), "no events");
    }
}
