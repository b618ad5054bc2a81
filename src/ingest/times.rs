//! Times as sources write them: several formats tried in order, zone abbreviations, a default zone for times without one.

use crate::calendar::Millis;
use crate::calendar::zone::{Zone, ZoneRules};
use chrono::format::{Item, Parsed, StrftimeItems};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// Times outside are taken for mistakes: a row of 1970 is an empty field, one of 9999 a marker for "never".
pub const FIRST_YEAR: i32 = 1990;
/// The last year that is believed.
pub const LAST_YEAR: i32 = 2199;

/// One way to write a time.
#[derive(Clone, Debug, PartialEq)]
pub enum TimeFormat {
    /// ISO 8601 / RFC 3339: `2026-11-22T14:03:22.5+01:00`, also with a space, without seconds, without an offset.
    Iso,
    /// A number since 1970 in units of which so many make a second: 1, 1 000 (ms), 1 000 000 (µs), 1 000 000 000 (ns).
    Epoch(i64),
    /// A strftime pattern, as chrono reads it. `zone`: it ended in `%Z`, an abbreviation that we read ourselves.
    Pattern {
        /// As written in the mapping.
        written: String,
        /// Parsed once, without the `%Z`.
        items: Vec<Item<'static>>,
        /// Whether an abbreviation follows.
        zone: bool,
    },
}

/// Zone abbreviations that are read, with hours east of UTC: those that mean one thing wherever they are written, and
/// those of the USA, which mean what US vendors mean by them. The others are ambiguous (IST, BST) and refused.
const ABBREVIATIONS: [(&str, i32); 25] = [
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
    ("AKST", -9),
    ("AKDT", -8),
    ("HST", -10),
    ("WET", 0),
    ("WEST", 1),
    ("CET", 1),
    ("CEST", 2),
    ("EET", 2),
    ("EEST", 3),
    ("JST", 9),
    ("AEST", 10),
    ("AEDT", 11),
    ("NZST", 12),
    ("NZDT", 13),
];

impl TimeFormat {
    /// Reads the name of a format as a mapping writes it: `iso`, `epoch s|ms|us|ns`, or a pattern with `%`.
    pub fn parse(written: &str) -> Result<TimeFormat, String> {
        match written {
            "iso" => return Ok(TimeFormat::Iso),
            "epoch s" => return Ok(TimeFormat::Epoch(1)),
            "epoch ms" => return Ok(TimeFormat::Epoch(1_000)),
            "epoch us" => return Ok(TimeFormat::Epoch(1_000_000)),
            "epoch ns" => return Ok(TimeFormat::Epoch(1_000_000_000)),
            _ => {}
        }
        let usage = "a time format is `iso`, `epoch s`, `epoch ms`, `epoch us`, `epoch ns` or a pattern such as `%d/%m/%Y %H:%M`";
        if !written.contains('%') {
            return Err(format!("unknown time format `{written}`; {usage}"));
        }
        let (pattern, zone) = match written.strip_suffix("%Z") {
            Some(before) => (before.trim_end(), true),
            None => (written, false),
        };
        if pattern.contains("%Z") {
            return Err(format!("`{written}`: `%Z` is only read at the end"));
        }
        let items = StrftimeItems::new(pattern)
            .parse_to_owned()
            .map_err(|_| format!("`{written}` has a field that is not known; {usage}"))?;
        let has_day = ["%d", "%e", "%j", "%D", "%F", "%x", "%s", "%c", "%v"].iter().any(|part| pattern.contains(part));
        if !has_day {
            return Err(format!("`{written}` names no day"));
        }
        Ok(TimeFormat::Pattern { written: written.to_owned(), items, zone })
    }

    /// As a mapping writes it.
    pub fn written(&self) -> &str {
        match self {
            TimeFormat::Iso => "iso",
            TimeFormat::Epoch(1) => "epoch s",
            TimeFormat::Epoch(1_000) => "epoch ms",
            TimeFormat::Epoch(1_000_000) => "epoch us",
            TimeFormat::Epoch(_) => "epoch ns",
            TimeFormat::Pattern { written, .. } => written,
        }
    }

    fn read(&self, text: &str) -> Option<Written> {
        match self {
            TimeFormat::Iso => iso(text),
            TimeFormat::Epoch(per_second) => epoch(text, *per_second).map(Written::At),
            TimeFormat::Pattern { items, zone, .. } => pattern(text, items, *zone),
        }
    }
}

/// A time as it was written: an instant, or a civil time whose zone must be known from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Written {
    At(Millis),
    Civil(NaiveDateTime),
}

/// Reads times in the formats of a mapping.
#[derive(Clone, Debug)]
pub struct Times {
    formats: Vec<TimeFormat>,
    zone: Option<Zone>,
    first: Millis,
    end: Millis,
}

impl Times {
    /// `timezone`: where times without an offset are meant; `None`: such times are refused. Fails if the rules do not
    /// know the zone.
    pub fn new(formats: &[TimeFormat], timezone: Option<&str>, rules: &ZoneRules) -> Result<Times, String> {
        let zone = match timezone {
            Some(name) => Some(rules.zone(name).ok_or_else(|| format!("unknown time zone `{name}`"))?),
            None => None,
        };
        let year = |year| NaiveDate::from_ymd_opt(year, 1, 1).map(|day| Zone::utc().day_start(day)).unwrap_or_default();
        Ok(Times { formats: formats.to_vec(), zone, first: year(FIRST_YEAR), end: year(LAST_YEAR + 1) })
    }

    /// The instant that a text means, or why it means none, in words for the person who imports.
    pub fn read(&self, text: &str) -> Result<Millis, String> {
        let tidy = text.trim();
        // Newer ICU versions put a narrow no-break space before AM and PM.
        let spaced;
        let tidy = if tidy.contains(['\u{202f}', '\u{a0}']) {
            spaced = tidy.replace(['\u{202f}', '\u{a0}'], " ");
            &spaced
        } else {
            tidy
        };
        let Some(written) = self.formats.iter().find_map(|format| format.read(tidy)) else {
            let mut tried: Vec<&str> = self.formats.iter().map(TimeFormat::written).collect();
            let count = tried.len();
            tried.truncate(if count > 3 { 1 } else { 3 });
            let more = if count > 3 { format!(" and {} more", count - 1) } else { String::new() };
            let tried = tried.join(", ");
            return Err(format!("the time {} is in none of the mapping's formats ({tried}{more})", quoted(text)));
        };
        let at = match written {
            Written::At(at) => at,
            Written::Civil(civil) => {
                let Some(zone) = &self.zone else {
                    return Err(format!(
                        "the time {} has no offset, and the mapping names no `timezone`",
                        quoted(text)
                    ));
                };
                let at = zone.instant(civil);
                if zone.civil(at) != civil {
                    return Err(format!(
                        "the time {} did not exist in {}: clocks were put forward over it",
                        quoted(text),
                        zone.name()
                    ));
                }
                at
            }
        };
        if at < self.first || at >= self.end {
            return Err(format!("the time {} is not between {FIRST_YEAR} and {LAST_YEAR}", quoted(text)));
        }
        Ok(at)
    }
}

/// Text from a file in a reason: cut, controls visible.
pub(super) fn quoted(text: &str) -> String {
    let cut: String = text.chars().take(80).flat_map(char::escape_debug).collect();
    let more = if text.chars().nth(80).is_some() { "…" } else { "" };
    format!("`{cut}{more}`")
}

/// Up to nine digits of a fraction as milliseconds, cut and not rounded.
fn fraction(digits: &str) -> Option<i64> {
    let known = (1..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if !known {
        return None;
    }
    let mut thousandths: String = digits.chars().take(3).collect();
    while thousandths.len() < 3 {
        thousandths.push('0');
    }
    thousandths.parse().ok()
}

fn epoch(text: &str, per_second: i64) -> Option<Millis> {
    let (whole, rest) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    if whole.is_empty() || whole.len() > 19 || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let units: i64 = whole.parse().ok()?;
    let millis =
        if per_second <= 1_000 { units.checked_mul(1_000 / per_second)? } else { units / (per_second / 1_000) };
    match rest {
        Some(digits) if per_second == 1 => millis.checked_add(fraction(digits)?),
        Some(digits) => fraction(digits).map(|_| millis),
        None => Some(millis),
    }
}

fn number(text: &str, digits: usize) -> Option<u32> {
    if text.len() != digits || !text.bytes().all(|b| b.is_ascii_digit()) { None } else { text.parse().ok() }
}

/// Written out by hand because it is read once a row and chrono's reader takes neither a missing second nor a space.
fn iso(text: &str) -> Option<Written> {
    let day = NaiveDate::from_ymd_opt(
        i32::try_from(number(text.get(0..4)?, 4)?).ok()?,
        number(text.get(5..7)?, 2)?,
        number(text.get(8..10)?, 2)?,
    )?;
    if text.get(4..5)? != "-" || text.get(7..8)? != "-" || !matches!(text.get(10..11)?, "T" | "t" | " ") {
        return None;
    }
    let (hour, minute) = (number(text.get(11..13)?, 2)?, number(text.get(14..16)?, 2)?);
    if text.get(13..14)? != ":" {
        return None;
    }
    let mut rest = text.get(16..)?;
    let (mut second, mut millis) = (0, 0);
    if let Some(after) = rest.strip_prefix(':') {
        second = number(after.get(0..2)?, 2)?;
        rest = after.get(2..)?;
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            millis = fraction(after.get(..end)?)?;
            rest = after.get(end..)?;
        }
    }
    // A leap second is the first of the next minute, as POSIX has it.
    let (second, leap) = if second == 60 { (59, 1_000) } else { (second, 0) };
    let civil = day.and_time(NaiveTime::from_hms_opt(hour, minute, second)?);
    let civil = civil.checked_add_signed(chrono::TimeDelta::milliseconds(millis + leap))?;
    match rest.trim() {
        "" => Some(Written::Civil(civil)),
        zone => at_offset(civil, offset(zone)?),
    }
}

/// `Z`, `+01:00`, `+0100`, `+01`, or an abbreviation: seconds east of UTC.
fn offset(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => match text.strip_prefix(['-', '\u{2212}']) {
            Some(digits) => (-1, digits),
            None => return abbreviation(text),
        },
    };
    let (hours, minutes) = match digits.len() {
        2 => (number(digits, 2)?, 0),
        4 => (number(digits.get(..2)?, 2)?, number(digits.get(2..)?, 2)?),
        5 if digits.get(2..3) == Some(":") => (number(digits.get(..2)?, 2)?, number(digits.get(3..)?, 2)?),
        _ => return None,
    };
    if hours > 15 || minutes > 59 { None } else { Some(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?) }
}

fn abbreviation(text: &str) -> Option<i32> {
    ABBREVIATIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, hours)| hours * 3600)
}

fn at_offset(civil: NaiveDateTime, seconds_east: i32) -> Option<Written> {
    Some(Written::At(civil.and_utc().timestamp_millis() - i64::from(seconds_east) * 1000))
}

fn pattern(text: &str, items: &[Item<'static>], zone: bool) -> Option<Written> {
    let (text, east) = if zone {
        let (before, name) = text.rsplit_once(char::is_whitespace)?;
        (before.trim_end(), Some(abbreviation(name)?))
    } else {
        (text, None)
    };
    let mut parsed = Parsed::new();
    chrono::format::parse(&mut parsed, text, items.iter()).ok()?;
    if let (Some(_), None) = (parsed.offset(), east) {
        return Some(Written::At(parsed.to_datetime().ok()?.timestamp_millis()));
    }
    if let Some(seconds) = parsed.timestamp() {
        return Some(Written::At(seconds.checked_mul(1000)?));
    }
    let civil = match parsed.to_naive_datetime_with_offset(0) {
        Ok(civil) => civil,
        // A pattern may name a day alone.
        Err(_) if parsed.hour_mod_12().is_none() && parsed.minute().is_none() => {
            parsed.to_naive_date().ok()?.and_time(NaiveTime::MIN)
        }
        Err(_) => return None,
    };
    match east {
        Some(seconds) => at_offset(civil, seconds),
        None => Some(Written::Civil(civil)),
    }
}

#[cfg(test)]
#[path = "times_tests.rs"]
mod tests;
