//! Scales: round numbers for axes, numbers as labels, and which labels fit beside each other. No drawing.

use super::Look;

/// An axis of values: from, to, and the round numbers that it is labelled with.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Lowest value.
    pub low: f64,
    /// Highest value.
    pub high: f64,
    /// Labelled values, ascending.
    pub ticks: Vec<f64>,
    /// Digits after the point.
    pub decimals: usize,
}

/// An axis that holds zero and all values, with about `wanted` steps of 1, 2 or 5 times a power of ten. Whole values get whole steps.
pub fn axis(values: impl Iterator<Item = f64> + Clone, wanted: usize) -> Axis {
    let whole = values.clone().all(|v| v.fract() == 0.0);
    let (mut low, mut high) = values.fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
    // What is drawn must stay finite after it is rounded up.
    (low, high) = (low.max(-1e300), high.min(1e300));
    if high - low < 1e-300 {
        high = 1.0;
    }
    let rough = (high - low) / wanted.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let mut step =
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= rough * 0.999).unwrap_or(10.0 * power);
    if whole {
        step = step.max(1.0);
    }
    let (from, to) = ((low / step).floor() as i64, (high / step - 1e-9).ceil().max(1.0) as i64);
    let ticks: Vec<f64> = (from..=to).map(|i| i as f64 * step).collect();
    let decimals = if step >= 1.0 { 0 } else { (-step.log10().floor()).clamp(0.0, 12.0) as usize };
    Axis { low: from as f64 * step, high: to as f64 * step, ticks, decimals }
}

/// A number as a label: `1,234`, `2.5M`; `decimals` digits after the point where it is not shortened.
pub fn number(value: f64, decimals: usize, look: &Look) -> String {
    if value == 0.0 {
        return "0".to_string();
    }
    let size = value.abs();
    let (scaled, unit) = match size {
        s if s >= 1e15 => return format!("{value:.1e}"),
        s if s >= 1e12 => (value / 1e12, "T"),
        s if s >= 1e9 => (value / 1e9, "G"),
        s if s >= 1e6 => (value / 1e6, "M"),
        s if s > 0.0 && s < 1e-4 => return format!("{value:.0e}"),
        _ => (value, ""),
    };
    let text = if unit.is_empty() { format!("{scaled:.decimals$}") } else { short(scaled, 2) };
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("−", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.extend(look.thousands);
        }
        grouped.push(digit);
    }
    let sign = if scaled == 0.0 { "" } else { sign };
    if fraction.is_empty() {
        format!("{sign}{grouped}{unit}")
    } else {
        format!("{sign}{grouped}{}{fraction}{unit}", look.decimal)
    }
}

/// A value as a label beside what shows it: no more digits than say something.
pub fn value(value: f64, look: &Look) -> String {
    let decimals = match value.abs() {
        _ if value.fract() == 0.0 => 0,
        size if size >= 100.0 => 0,
        size if size >= 1.0 => 1,
        size => (1.0 - size.log10().floor()).clamp(1.0, 6.0) as usize,
    };
    let text = number(value, decimals, look);
    if decimals > 1 { text.trim_end_matches('0').to_string() } else { text }
}

fn short(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// Every how many-th label is shown so that none touches the next: the smallest step that people count in. `labels` are from
/// where to where each would stand.
pub fn thinned(labels: &[(f64, f64)], gap: f64) -> usize {
    const STEPS: [usize; 14] = [1, 2, 3, 4, 5, 6, 7, 10, 12, 14, 15, 20, 24, 30];
    let fits = |step: &usize| {
        let shown: Vec<(f64, f64)> = labels.iter().copied().step_by(*step).collect();
        shown.windows(2).all(|pair| matches!(pair, [(_, end), (start, _)] if end + gap <= *start))
    };
    let all = labels.len().max(1);
    STEPS.into_iter().chain((31..).step_by(7)).take_while(|step| *step < all).find(fits).unwrap_or(all)
}

/// A text cut with `…` to a width, if it is wider.
pub fn cut(text: &str, size: f64, bold: bool, width: f64, look: &Look) -> String {
    // A hair of tolerance: what was measured must fit into what was measured.
    if look.text.width(text, size, bold) <= width + 0.01 {
        return text.to_string();
    }
    let chars: Vec<char> = text.chars().collect();
    let cut = |length: usize| chars.iter().take(length).collect::<String>().trim_end().to_string() + "…";
    // The longest that fits, by halving: widths grow with length.
    let (mut fits, mut wide) = (0, chars.len());
    while fits + 1 < wide {
        let middle = (fits + wide) / 2;
        if look.text.width(&cut(middle), size, bold) <= width { fits = middle } else { wide = middle }
    }
    cut(fits)
}

/// A text in at most `lines` lines of a width, broken at spaces; the last is cut if need be.
pub fn wrapped(text: &str, size: f64, width: f64, lines: usize, look: &Look) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let full = out.len() >= lines;
        match out.last_mut() {
            Some(line) if full || look.text.width(&format!("{line} {word}"), size, false) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => out.push(word.to_string()),
        }
    }
    out.into_iter().map(|line| cut(&line, size, false, width, look)).collect()
}
