//! The fields of a cron expression, read by crontab's own grammar into the numbers that they stand for.

use super::Refused;
use std::collections::BTreeSet;

/// The numbers that each field stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) seconds: BTreeSet<u32>,
    pub(super) minutes: BTreeSet<u32>,
    pub(super) hours: BTreeSet<u32>,
    pub(super) days: BTreeSet<u32>,
    pub(super) months: BTreeSet<u32>,
    /// Monday = 1 to Sunday = 7.
    pub(super) weekdays: BTreeSet<u32>,
    /// Both day fields are restricted: crontab then fires when either holds.
    pub(super) either: bool,
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

impl Fields {
    /// Reads an expression without blanks around it.
    pub(super) fn read(written: &str) -> Result<Fields, Refused> {
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
        Ok(Fields {
            seconds: values(0, second)?,
            minutes: values(1, minute)?,
            hours: values(2, hour)?,
            days: values(3, day)?,
            months: values(4, month)?,
            weekdays: values(5, weekday)?.into_iter().map(|day| if day == 0 { 7 } else { day }).collect(),
            either: restricted(day) && restricted(weekday),
        })
    }
}

pub(super) fn refused(what: String, instead: &str) -> Refused {
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
