//! Reading holidays from an iCalendar file (RFC 5545): whole days, once or every year. What is not understood is a Problem.

use crate::calendar::workdays::{HOLIDAY_YEARS, Holidays};
use crate::written::Problem;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::BTreeSet;

/// Properties of an event that say nothing of its days.
const SILENT: [&str; 21] = [
    "UID",
    "DTSTAMP",
    "CREATED",
    "LAST-MODIFIED",
    "SEQUENCE",
    "CLASS",
    "TRANSP",
    "CATEGORIES",
    "DESCRIPTION",
    "LOCATION",
    "URL",
    "PRIORITY",
    "COMMENT",
    "CONTACT",
    "ORGANIZER",
    "ATTENDEE",
    "ATTACH",
    "GEO",
    "RESOURCES",
    "COLOR",
    "IMAGE",
];

/// So many days at most one event lasts.
const LONGEST: i64 = 366;

/// A line after unfolding: where it begins, its name in capitals, its parameters, its value.
struct Line<'a> {
    number: usize,
    name: String,
    parameters: &'a str,
    value: &'a str,
}

/// What was read of an event so far.
#[derive(Default)]
struct Event {
    line: usize,
    name: String,
    first: Option<NaiveDate>,
    end: Option<NaiveDate>,
    days: Option<i64>,
    rule: Option<(usize, Rule)>,
    except: BTreeSet<NaiveDate>,
    cancelled: bool,
    /// Something of it was wrong: said already.
    wrong: bool,
}

/// Once in so many years, on the day of the first one or on the so-manieth weekday of a month.
#[derive(Default)]
struct Rule {
    interval: u32,
    count: Option<usize>,
    until: Option<NaiveDate>,
    month: Option<u32>,
    day: Option<u32>,
    /// Negative: from the end of the month.
    weekday: Option<(i32, Weekday)>,
}

/// What is wrong, and what to write instead.
type Wrong = (String, &'static str);

pub(super) fn read(file: &str, text: &str) -> Result<Holidays, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut problem = |line: usize, (what, instead): Wrong| {
        problems.push(Problem { file: file.to_owned(), line, column: 1, what, instead: instead.to_owned() });
    };
    let mut holidays = Holidays::default();
    let mut within: Vec<String> = Vec::new();
    let mut event = Event::default();
    let unfolded = unfolded(text);
    if unfolded.first().is_none_or(|(_, line)| !line.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        problem(1, ("the file does not begin with `BEGIN:VCALENDAR`".to_owned(), "Export it as iCalendar (.ics)"));
        return Err(problems);
    }
    for (number, whole) in &unfolded {
        let Some(line) = line(*number, whole) else {
            problem(*number, ("this is no line of an iCalendar file".to_owned(), ""));
            continue;
        };
        let component = line.value.to_ascii_uppercase();
        match (line.name.as_str(), within.last().map(String::as_str)) {
            ("BEGIN", inside) => {
                match (inside, component.as_str()) {
                    (None, "VCALENDAR") | (Some("VCALENDAR"), "VTIMEZONE") | (Some("VEVENT"), "VALARM") => {}
                    (Some("VCALENDAR"), "VEVENT") => event = Event { line: *number, ..Event::default() },
                    (Some("VTIMEZONE"), "STANDARD" | "DAYLIGHT") => {}
                    _ => problem(*number, (format!("`{component}` is no holiday"), "Keep the events (VEVENT) alone")),
                }
                within.push(component);
            }
            ("END", inside) => {
                if inside != Some(component.as_str()) {
                    problem(*number, (format!("`{component}` ends here, but did not begin"), ""));
                    break;
                }
                within.pop();
                if component == "VEVENT" {
                    take(&mut holidays, &std::mem::take(&mut event), &mut problem);
                }
            }
            (_, Some("VEVENT")) => {
                if let Err(wrong) = property(&mut event, &line) {
                    event.wrong = true;
                    problem(*number, wrong);
                }
            }
            _ => {}
        }
    }
    if let Some(open) = within.last() {
        problem(unfolded.len(), (format!("the file ends within `{open}`"), "It was cut off: export it again"));
    } else if holidays.days.is_empty() {
        problem(1, ("the file names no holiday".to_owned(), ""));
    }
    if problems.is_empty() { Ok(holidays) } else { Err(problems) }
}

/// The lines, those put together that begin with a blank (RFC 5545 3.1), each with the number of its first.
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some((_, last))) => last.push_str(more),
            _ if line.trim().is_empty() => {}
            _ => lines.push((index + 1, line.to_owned())),
        }
    }
    lines
}

fn line(number: usize, whole: &str) -> Option<Line<'_>> {
    let mut quoted = false;
    let colon = whole.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == ':' && !quoted).then_some(at)
    })?;
    let (head, value) = (whole.get(..colon)?, whole.get(colon + 1..)?);
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plain.then(|| Line { number, name: name.to_ascii_uppercase(), parameters, value })
}

fn property(event: &mut Event, line: &Line<'_>) -> Result<(), Wrong> {
    match line.name.as_str() {
        "DTSTART" => event.first = Some(date(line)?),
        "DTEND" => event.end = Some(date(line)?),
        "DURATION" => {
            let days = line.value.strip_prefix('P').and_then(|text| match text.strip_suffix('W') {
                Some(weeks) => weeks.parse::<u16>().ok().map(|weeks| i64::from(weeks) * 7),
                None => text.strip_suffix('D')?.parse::<u16>().ok().map(i64::from),
            });
            let wrong = || (format!("`{}` is no length in whole days", line.value), "Write `P1D`");
            event.days = Some(days.filter(|days| (1..=LONGEST).contains(days)).ok_or_else(wrong)?);
        }
        "SUMMARY" => event.name = unescaped(line.value),
        "RRULE" if event.rule.is_some() => return Err(("a second `RRULE`".to_owned(), "Write two events")),
        "RRULE" => event.rule = Some((line.number, rule(line.value)?)),
        "EXDATE" => {
            for one in line.value.split(',') {
                event.except.insert(date(&Line { value: one, name: line.name.clone(), ..*line })?);
            }
        }
        "STATUS" => event.cancelled = line.value.eq_ignore_ascii_case("CANCELLED"),
        silent if silent.starts_with("X-") || SILENT.contains(&silent) => {}
        other => {
            return Err((
                format!("`{other}` of an event is not understood"),
                "Leave it out, or write the days one by one",
            ));
        }
    }
    Ok(())
}

/// A whole day.
fn date(line: &Line<'_>) -> Result<NaiveDate, Wrong> {
    let day = if line.value.len() == 8 { NaiveDate::parse_from_str(line.value, "%Y%m%d").ok() } else { None };
    let timed = line.value.contains('T') || line.parameters.to_ascii_uppercase().contains("VALUE=DATE-TIME");
    match day {
        Some(day) if !timed && HOLIDAY_YEARS.contains(&day.year()) => Ok(day),
        _ => Err((
            format!("`{}` of `{}` is no whole day from 1970 to 2200", line.value, line.name),
            "Write `DTSTART;VALUE=DATE:20261225`",
        )),
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n' | 'N')) => out.push(' '),
            ('\\', Some(other)) => out.push(other),
            _ => out.push(c),
        }
    }
    out.trim().to_owned()
}

fn rule(text: &str) -> Result<Rule, Wrong> {
    const YEARLY: &str = "Only rules that come every year are understood, as in `RRULE:FREQ=YEARLY`";
    let mut rule = Rule { interval: 1, ..Rule::default() };
    let mut yearly = false;
    for part in text.split(';') {
        let wrong = || (format!("`{part}` of the rule `{text}` is not understood"), YEARLY);
        let (key, value) = part.split_once('=').ok_or_else(wrong)?;
        let number = |most: u32| value.parse::<u32>().ok().filter(|number| (1..=most).contains(number));
        match key.to_ascii_uppercase().as_str() {
            "FREQ" => yearly = value.eq_ignore_ascii_case("YEARLY"),
            "INTERVAL" => rule.interval = number(100).ok_or_else(wrong)?,
            "COUNT" => rule.count = Some(number(1000).ok_or_else(wrong)? as usize),
            "UNTIL" => {
                let day = value.get(..8).and_then(|day| NaiveDate::parse_from_str(day, "%Y%m%d").ok());
                rule.until = Some(day.ok_or_else(wrong)?);
            }
            "BYMONTH" => rule.month = Some(number(12).ok_or_else(wrong)?),
            "BYMONTHDAY" => rule.day = Some(number(31).ok_or_else(wrong)?),
            "BYDAY" => rule.weekday = Some(nth_weekday(value).ok_or_else(wrong)?),
            // Where the week begins matters to rules by week alone.
            "WKST" => {}
            _ => return Err(wrong()),
        }
    }
    // Of a whole year the so-manieth Monday would be another day.
    let sound = yearly && (rule.weekday.is_none() || (rule.month.is_some() && rule.day.is_none()));
    if sound { Ok(rule) } else { Err((format!("the rule `{text}` is not understood"), YEARLY)) }
}

/// `4TH` is the fourth Thursday, `-1MO` the last Monday.
fn nth_weekday(text: &str) -> Option<(i32, Weekday)> {
    const NAMES: [(&str, Weekday); 7] = [
        ("MO", Weekday::Mon),
        ("TU", Weekday::Tue),
        ("WE", Weekday::Wed),
        ("TH", Weekday::Thu),
        ("FR", Weekday::Fri),
        ("SA", Weekday::Sat),
        ("SU", Weekday::Sun),
    ];
    let upper = text.to_ascii_uppercase();
    let (name, on) = NAMES.iter().find(|(name, _)| upper.ends_with(name))?;
    let nth: i32 = upper.strip_suffix(name)?.parse().ok()?;
    (nth != 0 && (-5..=5).contains(&nth)).then_some((nth, *on))
}

/// The day of a rule in a year, if it has one there.
fn in_year(rule: &Rule, first: NaiveDate, year: i32) -> Option<NaiveDate> {
    let month = rule.month.unwrap_or(first.month());
    match rule.weekday {
        None => NaiveDate::from_ymd_opt(year, month, rule.day.unwrap_or(first.day())),
        Some((nth, on)) => {
            let start = NaiveDate::from_ymd_opt(year, month, 1)?;
            let mut days: Vec<NaiveDate> = start
                .iter_days()
                .take(usize::from(start.num_days_in_month()))
                .filter(|day| day.weekday() == on)
                .collect();
            if nth < 0 {
                days.reverse();
            }
            days.get(usize::try_from(nth.unsigned_abs()).ok()?.checked_sub(1)?).copied()
        }
    }
}

/// Adds the days of an event.
fn take(holidays: &mut Holidays, event: &Event, problem: &mut impl FnMut(usize, Wrong)) {
    if event.wrong || event.cancelled {
        return;
    }
    let Some(first) = event.first else {
        return problem(event.line, ("an event without `DTSTART`".to_owned(), "Write `DTSTART;VALUE=DATE:20261225`"));
    };
    // An end is the first day after (RFC 5545 3.6.1); without one it is a single day.
    let length = event.end.map_or(event.days.unwrap_or(1), |end| (end - first).num_days());
    if !(1..=LONGEST).contains(&length) {
        return problem(
            event.line,
            ("an event that ends before it has begun, or lasts longer than a year".to_owned(), ""),
        );
    }
    let starts: Vec<NaiveDate> = match &event.rule {
        None => {
            holidays.spelled_until = holidays.spelled_until.max(Some(first.year()));
            vec![first]
        }
        Some((line, rule)) => {
            let years = (first.year()..=*HOLIDAY_YEARS.end()).step_by(rule.interval as usize);
            let days = years.filter_map(|year| in_year(rule, first, year)).filter(|day| *day >= first);
            let days = days.take_while(|day| rule.until.is_none_or(|until| *day <= until));
            let days: Vec<NaiveDate> = days.take(rule.count.unwrap_or(usize::MAX)).collect();
            if days.first() != Some(&first) {
                return problem(
                    *line,
                    (
                        "the rule does not fall on the event's own first day".to_owned(),
                        "Begin the event on the first day that the rule means",
                    ),
                );
            }
            if let (true, Some(last)) = (rule.count.is_some() || rule.until.is_some(), days.last()) {
                holidays.spelled_until = holidays.spelled_until.max(Some(last.year()));
            }
            days
        }
    };
    let name = if event.name.is_empty() { "Holiday" } else { &event.name };
    for start in starts.into_iter().filter(|day| !event.except.contains(day)) {
        for later in 0..length.unsigned_abs() {
            holidays.days.extend(start.checked_add_days(Days::new(later)).map(|day| (day, name.to_owned())));
        }
    }
}

#[cfg(test)]
#[path = "ical_tests.rs"]
mod tests;
