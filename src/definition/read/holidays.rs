//! Reading a file of holidays: days by date, by month and day, or by their distance from Easter, each with its name.

use super::ical;
use crate::calendar::workdays::{HOLIDAY_YEARS, Holidays, easter};
use crate::written::{Entry, Problem, Reader, Tree};
use chrono::{Datelike, NaiveDate, TimeDelta};

/// When a holiday is.
enum When {
    Once(NaiveDate),
    Yearly {
        month: u32,
        day: u32,
    },
    /// So many days after Easter Sunday.
    Easter(i64),
}

/// Reads a file of holidays: iCalendar if its name ends in `.ics`, else YAML. `name` is what schedules call it.
///
/// # Errors
/// Every Problem, in the order of the file.
pub fn holidays(name: &str, file: &str, text: &str) -> Result<Holidays, Vec<Problem>> {
    let mut holidays =
        if file.to_ascii_lowercase().ends_with(".ics") { ical::read(file, text)? } else { yaml(file, text)? };
    name.clone_into(&mut holidays.name);
    Ok(holidays)
}

fn yaml(file: &str, text: &str) -> Result<Holidays, Vec<Problem>> {
    let tree = Tree::parse(file, text);
    let reader = Reader::new(&tree);
    let mut holidays = Holidays::default();
    for entry in reader.root().and_then(|root| reader.map(root)).unwrap_or_default() {
        let named = reader.text(&entry.value).map(str::trim).filter(|name| !name.is_empty());
        if named.is_none() && entry.value.as_text().is_some() {
            reader.problem(entry.value.at, "a holiday without a name", "Write its name behind the date");
        }
        let (Some(when), Some(named)) = (when(&reader, entry), named) else { continue };
        let days: Vec<NaiveDate> = match when {
            When::Once(day) => {
                holidays.spelled_until = holidays.spelled_until.max(Some(day.year()));
                vec![day]
            }
            When::Yearly { month, day } => {
                HOLIDAY_YEARS.filter_map(|year| NaiveDate::from_ymd_opt(year, month, day)).collect()
            }
            When::Easter(later) => {
                HOLIDAY_YEARS.filter_map(|year| easter(year)?.checked_add_signed(TimeDelta::days(later))).collect()
            }
        };
        holidays.days.extend(days.into_iter().map(|day| (day, named.to_owned())));
    }
    if holidays.days.is_empty() && !reader.has_problems() {
        reader.problem(
            crate::written::Position { line: 1, column: 1 },
            "the file names no holiday",
            "Write `2026-12-25: Christmas Day`",
        );
    }
    reader.finish(Some(holidays))
}

/// `2026-12-25`, `12-25`, `easter`, `easter + 39`; a Problem if it is none of them.
fn when(reader: &Reader<'_>, entry: &Entry) -> Option<When> {
    let text = entry.key.trim();
    let found = if let Some(apart) = text.to_ascii_lowercase().strip_prefix("easter") {
        let apart: String = apart.chars().filter(|c| !c.is_whitespace()).collect();
        let days = if apart.is_empty() { Some(0) } else { apart.parse::<i64>().ok() };
        let signed = apart.is_empty() || apart.starts_with(['+', '-']);
        days.filter(|days| signed && (-100..=100).contains(days)).map(When::Easter)
    } else if text.len() == 5 {
        // The 29th of February is a day of leap years.
        let leap: Option<NaiveDate> = format!("2000-{text}").parse().ok();
        leap.map(|day| When::Yearly { month: day.month(), day: day.day() })
    } else {
        let day: Option<NaiveDate> = text.parse().ok().filter(|_| text.len() == 10);
        day.filter(|day| HOLIDAY_YEARS.contains(&day.year())).map(When::Once)
    };
    if found.is_none() {
        let instead = "Write `2026-12-25`, `12-25` for every year, or `easter - 2` to `easter + 60`";
        reader.problem(entry.at, format!("`{text}` is no day of a holiday"), instead);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Holidays, Vec<String>> {
        holidays("de", "schedules/holidays/de.yaml", text)
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn days_come_once_every_year_or_with_easter() {
        let read = read(
            "2026-12-24: Shut\n12-25: Christmas Day\neaster - 2: Good Friday\neaster+39: Ascension\n02-29: Leap\n",
        )
        .unwrap();
        let name = |day: &str| read.days.get(&day.parse::<NaiveDate>().unwrap()).map(String::as_str);
        assert_eq!(name("2026-12-24"), Some("Shut"));
        assert_eq!(name("2027-12-24"), None);
        assert_eq!((name("1970-12-25"), name("2199-12-25")), (Some("Christmas Day"), Some("Christmas Day")));
        assert_eq!((name("2026-04-03"), name("2027-03-26")), (Some("Good Friday"), Some("Good Friday")));
        assert_eq!(name("2026-05-14"), Some("Ascension"));
        assert_eq!((name("2028-02-29"), name("2027-03-01")), (Some("Leap"), None));
        assert_eq!((read.name.as_str(), read.spelled_until), ("de", Some(2026)));
    }

    #[test]
    fn what_is_no_day_is_said_all_at_once() {
        let said =
            read("2026-02-30: A\n13-01: B\neaster 2: C\neaster + 400: D\nwhitsun: E\n2026-12-25: ''\n1850-01-01: F\n")
                .unwrap_err();
        assert_eq!(said.len(), 7, "{said:#?}");
        assert_eq!(
            said[0],
            "schedules/holidays/de.yaml:1:1: `2026-02-30` is no day of a holiday. Write `2026-12-25`, `12-25` for every year, or `easter - 2` to `easter + 60`"
        );
        assert!(said[5].contains(":6:13: ") && said[5].contains("a holiday without a name"), "{}", said[5]);
        assert!(read("{}").unwrap_err()[0].contains("names no holiday"));
        assert!(read("- a\n").is_err());
    }
}
