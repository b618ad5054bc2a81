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
    /// How all of them are written.
    pub form: Form,
}

/// How numbers that stand together are written: in one magnitude, with as many digits after the point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Form {
    /// 0: as they are; 1: thousands; 2: millions … More than there are words for: as powers of ten.
    pub magnitude: usize,
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
    let top = (high / step - 1e-9).ceil();
    let (from, to) = ((low / step).floor() as i64, if low < 0.0 { top.max(0.0) } else { top.max(1.0) } as i64);
    // Dividing by a whole number where a step is a fraction keeps 0.3 from becoming 0.30000000000000004.
    let at = |i: i64| if step < 1.0 { i as f64 / (1.0 / step).round() } else { i as f64 * step };
    let at = |i: i64| if step < 1e-15 { i as f64 * step } else { at(i) };
    let ticks: Vec<f64> = (from..=to).map(at).collect();
    let form = form(ticks.iter().fold(0.0, |most, tick| most.max(tick.abs())), step);
    Axis { low: at(from), high: at(to), ticks, form }
}

/// How numbers up to `most` are written that lie `step` apart.
fn form(most: f64, step: f64) -> Form {
    let magnitude = magnitude(most);
    let step = step / 1000f64.powi(magnitude as i32);
    let decimals = if step >= 1.0 { 0 } else { (-step.log10().floor()).clamp(0.0, 400.0) as usize };
    Form { magnitude, decimals }
}

/// The magnitude of numbers that are written as powers of ten; as are those with more digits after the point than are counted.
const POWERS: usize = 5;
/// See [`POWERS`].
const DIGITS: usize = 6;

/// Five digits are read at once; more are counted in thousands, millions …
fn magnitude(size: f64) -> usize {
    match size {
        _ if size < 1e5 => 0,
        _ if size >= 1e18 => POWERS,
        _ => ((size.log10() / 3.0).floor() as usize).clamp(1, 4),
    }
}

/// A number as a label: `1,234`, `2.5M`.
pub fn number(value: f64, form: Form, look: &Look) -> String {
    if value == 0.0 {
        return "0".to_string();
    }
    if form.magnitude >= POWERS || form.decimals > DIGITS {
        return power_of_ten(value, look);
    }
    let scaled = value / 1000f64.powi(form.magnitude as i32);
    let text = grouped(&format!("{scaled:.*}", form.decimals), look);
    let suffix = form.magnitude.checked_sub(1).and_then(|at| look.magnitudes.get(at)).copied().unwrap_or_default();
    text + suffix
}

/// A value as a label beside what shows it: no more digits than say something.
pub fn value(value: f64, look: &Look) -> String {
    let magnitude = magnitude(value.abs());
    let scaled = value.abs() / 1000f64.powi(magnitude as i32);
    let decimals = match scaled {
        _ if scaled.fract() == 0.0 => 0,
        _ if scaled >= 100.0 => 0,
        _ if magnitude == 0 && scaled >= 1.0 => 1,
        _ if scaled >= 10.0 => 1,
        _ if scaled >= 1.0 => 2,
        _ => (1.0 - scaled.log10().floor()).clamp(1.0, 400.0) as usize,
    };
    let text = number(value, Form { magnitude, decimals }, look);
    // 0.0120 says no more than 0.012.
    if magnitude == 0 && decimals > 1 && text.contains(look.decimal) {
        text.trim_end_matches('0').trim_end_matches(look.decimal).to_string()
    } else {
        text
    }
}

/// `-1234.5` as `−1,234.5`.
fn grouped(text: &str, look: &Look) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("−", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.extend(look.thousands);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(look.decimal);
        out.push_str(fraction);
    }
    let nothing = digits.chars().all(|c| c == '0' || c == '.');
    if nothing { out } else { format!("{sign}{out}") }
}

/// `2.5×10¹⁸`.
fn power_of_ten(value: f64, look: &Look) -> String {
    let text = format!("{value:.1e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let raised = exponent.chars().map(|c| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' | '4'..='9' => char::from_u32(0x2070 + u32::from(c) - u32::from('0')).unwrap_or(c),
        other => other,
    });
    let mantissa = grouped(mantissa.trim_end_matches(".0"), look);
    format!("{mantissa}×10{}", raised.collect::<String>())
}

/// Every how many-th label is shown so that none touches the next: the smallest step that people count in. `labels` are from
/// where to where each would stand.
pub fn thinned(labels: &[(f64, f64)], gap: f64) -> usize {
    const STEPS: [usize; 14] = [1, 2, 3, 4, 5, 6, 7, 10, 12, 14, 15, 20, 24, 30];
    let step_fits = |step: &usize| fits(&labels.iter().copied().step_by(*step).collect::<Vec<_>>(), gap);
    let all = labels.len().max(1);
    let rough = [50, 100, 150, 200, 250, 300, 400, 500, 1000].into_iter();
    STEPS.into_iter().chain(rough).take_while(|step| *step < all).find(step_fits).unwrap_or(all)
}

/// Whether labels (from where to where each stands, in order) keep apart.
pub fn fits(labels: &[(f64, f64)], gap: f64) -> bool {
    labels.windows(2).all(|pair| matches!(pair, [(_, end), (start, _)] if end + gap <= *start))
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

/// A text in at most `lines` lines of a width, broken at blanks and after hyphens; the last is cut if need be.
pub fn wrapped(text: &str, size: f64, width: f64, lines: usize, look: &Look) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    // A word ends with its blank or hyphen.
    for word in text.split_inclusive([' ', '-', '@', '/']).filter(|word| !word.trim().is_empty()) {
        let full = out.len() >= lines;
        match out.last_mut() {
            Some(line) if full || look.text.width(format!("{line}{word}").trim_end(), size, false) <= width => {
                line.push_str(word);
            }
            _ => out.push(word.to_string()),
        }
    }
    out.into_iter().map(|line| line.trim().to_string()).map(|line| cut(&line, size, false, width, look)).collect()
}
