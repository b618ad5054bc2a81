//! Reading a definition from YAML: one as meant, or every Problem at once.

mod amounts;
mod cadence;
mod charts;
mod common;
mod filter;
mod holidays;
mod ical;
mod kinds;
mod measures;
mod recipients;
mod review;
mod schedule;
mod sections;
mod send;
mod thresholds;
pub mod watch;

use super::{Comparison, Definition, House, OnUnknown, Section, Threshold};
use crate::calendar::fiscal::FiscalStart;
use crate::calendar::period::Unit;
use crate::calendar::workdays::Calendars;
use crate::calendar::zone::{Zone, ZoneRules};
use crate::query::Filter;
use crate::written::{Fields, Problem, Reader, Tree};
use common::line_of_text;
use measures::Measures;
use recipients::Around;
use std::collections::{BTreeMap, BTreeSet};

pub use common::{address, duration, is_address};
pub use holidays::holidays;

const KEYS: [&str; 18] = [
    "title",
    "purpose",
    "language",
    "owner",
    "fiscal_year_begins",
    "schedule",
    "compare",
    "where",
    "normal",
    "measures",
    "thresholds",
    "watch",
    "sections",
    "send",
    "recipients",
    "review",
    "on_unknown",
    "template",
];

/// What else is known when a part is read.
struct Context<'r, 'a> {
    reader: &'r Reader<'a>,
    /// The schedule's, or UTC where the schedule is wrong.
    zone: Zone,
    /// The units of periods, several where it has several schedules; `None` for spans of days. None where all are wrong.
    units: BTreeSet<Option<Unit>>,
    /// The month in which years and their quarters begin; `None`: as the calendar's.
    fiscal: Option<FiscalStart>,
    /// Whether figures are compared with earlier ones.
    compared: bool,
    /// Whether figures are set beside what is normal, where a section does not say otherwise.
    normal: bool,
}

/// Reads conditions as `where:` has them, written apart from a definition. `file` is what Problems call the text, `zone`
/// that of days in it.
///
/// # Errors
/// Every Problem, in the order of the text.
pub fn conditions(text: &str, file: &str, zone: &Zone) -> Result<Filter, Vec<Problem>> {
    let tree = Tree::parse(file, text);
    let reader = Reader::new(&tree);
    let context = Context {
        reader: &reader,
        zone: zone.clone(),
        units: BTreeSet::new(),
        fiscal: None,
        compared: false,
        normal: false,
    };
    let filter = reader.root().and_then(|node| filter::read(&context, node));
    reader.finish(filter)
}

/// To whom an installation mails.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mailing<'a> {
    /// Only to these domains; none given: to all.
    pub domains: &'a [String],
    /// The groups that recipients may name, with their members. `None`: they are not known here, where nothing is mailed;
    /// any name is taken, and has no members.
    pub groups: Option<&'a BTreeMap<String, Vec<String>>>,
    /// What else is known of those who get mail. `None`: nothing is known here, and nothing is held against it.
    pub house: Option<&'a House>,
}

impl Definition {
    /// Reads a file of `schedules/`. `stem` is its name without folder and ending, `file` what Problems call it.
    ///
    /// # Errors
    /// Every Problem, in the order of the file.
    pub fn read(stem: &str, file: &str, text: &str, rules: &ZoneRules) -> Result<Definition, Vec<Problem>> {
        Definition::read_within(stem, file, text, rules, Mailing::default(), None)
    }

    /// As [`read`](Self::read), for an installation that mails to some domains only (none given: to all), and knows these
    /// holidays. Without any it is read for its periods alone, which holidays do not move.
    ///
    /// # Errors
    /// Every Problem, in the order of the file.
    pub fn read_within(
        stem: &str,
        file: &str,
        text: &str,
        rules: &ZoneRules,
        mailing: Mailing<'_>,
        calendars: Option<&Calendars>,
    ) -> Result<Definition, Vec<Problem>> {
        let tree = Tree::parse(file, text);
        let reader = Reader::new(&tree);
        let definition = read(stem, text, rules, mailing, calendars, &reader);
        reader.finish(definition)
    }
}

fn read(
    stem: &str,
    text: &str,
    rules: &ZoneRules,
    mailing: Mailing<'_>,
    calendars: Option<&Calendars>,
    reader: &Reader<'_>,
) -> Option<Definition> {
    let top = reader.root_fields(&KEYS)?;
    let stem = usable_stem(&top, stem);
    let title = top.need("title").and_then(|node| line_of_text(reader, node, 200));
    let purpose = top.get("purpose").map(|node| line_of_text(reader, node, 1000));
    let language = top.text("language").map(str::to_owned);
    let owner = top.need("owner").and_then(|node| address(reader, node, mailing.domains));
    let fiscal = cadence::fiscal_start(&top);
    let (begins, schedule) = (fiscal.flatten(), top.need("schedule"));
    let schedule = schedule.and_then(|node| schedule::read(reader, node, rules, begins, calendars));
    let units = schedule.iter().flatten().map(|schedule| schedule.cadence.covers.unit());
    let units: BTreeSet<Option<Unit>> = units.collect();
    let compare = compare(&top, &units);
    let normal = common::yes(&top, "normal", true);
    let context = Context {
        reader,
        zone: schedule.iter().flatten().next().map_or_else(Zone::utc, |schedule| schedule.zone.clone()),
        units,
        fiscal: begins,
        compared: compare.as_ref().is_none_or(|compare| !compare.is_empty()),
        normal: normal.unwrap_or(true),
    };
    let filter = match top.get("where") {
        Some(node) => filter::read(&context, node),
        None => Some(Filter::All),
    };
    let mut measures = Measures::read(&context, top.get("measures"));
    let thresholds: Option<Vec<Threshold>> = thresholds::read(&context, top.get("thresholds"), &mut measures);
    let alerting = watch::Alerting { domains: mailing.domains, groups: mailing.groups };
    let scope = filter.clone().unwrap_or(Filter::All);
    let watch = watch::list(&context, top.get("watch"), stem.as_deref().unwrap_or("definition"), &scope, alerting);
    let sections: Option<Vec<Section>> =
        top.need("sections").and_then(|node| sections::read(&context, node, &mut measures));
    if let (Some(thresholds), Some(sections)) = (&thresholds, &sections) {
        thresholds::must_be_seen(&context, &top, thresholds, sections);
    }
    let send = send::read(&context, &top, thresholds.as_deref(), sections.as_deref(), &mut measures);
    let around = Around {
        domains: mailing.domains,
        groups: mailing.groups,
        house: mailing.house,
        stem: stem.as_deref(),
        owner: owner.as_deref(),
        sections: sections.as_deref(),
    };
    let recipients = recipients::read(&context, &top, &around, &mut measures);
    let workdays = schedule.iter().flatten().next().map(|schedule| schedule.cadence.workdays.clone());
    let review = review::read(&context, &top, &around, workdays.unwrap_or_default(), calendars);
    let on_unknown = match top.get("on_unknown") {
        Some(node) => reader.choice(node, "`on_unknown`", &[("resend", OnUnknown::Resend), ("hold", OnUnknown::Hold)]),
        None => Some(OnUnknown::Resend),
    };
    let template = template(&top);
    let recipients = recipients?;
    let mut schedules = schedule?.into_iter();
    fiscal?;
    Some(Definition {
        stem: stem?,
        digest: crate::seal::sha256_hex(text.as_bytes()),
        title: title?,
        purpose: purpose.unwrap_or_else(|| Some(String::new()))?,
        language,
        owner: owner?,
        schedule: schedules.next()?,
        also: schedules.collect(),
        compare: compare?,
        filter: filter?,
        normal: normal?,
        measures: measures.finish()?,
        thresholds: thresholds?,
        watch: watch?,
        sections: sections?,
        send: send?,
        recipients: recipients.whole,
        division: recipients.division,
        training: recipients.training,
        smallest_group: recipients.smallest_group,
        review: review?,
        on_unknown: on_unknown?,
        template: template?,
    })
}

/// A stem becomes part of editions' keys, file names and addresses of figures.
fn usable_stem(top: &Fields<'_, '_>, stem: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let usable = stem.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) && stem.chars().all(plain);
    if stem == "alerts" {
        let what = "`alerts` is the name under which mails at once about findings are kept";
        top.reader().problem(top.node().at, what, "Give the file another name");
        return None;
    }
    if !usable || stem.len() > 100 {
        let what = format!("the file's name `{stem}` cannot be a report's name");
        let instead = "Use small letters, digits, `-` and `_`, a hundred at most, as in `weekly-activity.yaml`";
        top.reader().problem(top.node().at, what, instead);
        return None;
    }
    Some(stem.to_owned())
}

/// `compare:`; `units` are those of periods, where schedules could be read.
fn compare(top: &Fields<'_, '_>, units: &BTreeSet<Option<Unit>>) -> Option<Vec<Comparison>> {
    let reader = top.reader();
    let Some(node) = top.get("compare") else { return (!top.has("compare")).then(Vec::new) };
    let mut found: Vec<Comparison> = Vec::new();
    let mut sound = true;
    let items = reader.one_or_more(node);
    for item in items {
        let Some(text) = reader.text(item) else {
            sound = false;
            continue;
        };
        let weekdays = text.strip_suffix(" same weekdays").and_then(|count| count.trim().parse::<u8>().ok());
        let comparison = match (text, weekdays) {
            ("previous period", _) => Comparison::Previous,
            ("year before", _) => Comparison::YearBefore,
            ("none", _) if items.len() == 1 => return Some(Vec::new()),
            (_, Some(count)) if (1..=52).contains(&count) => {
                if units.iter().any(|unit| *unit != Some(Unit::Day)) {
                    let what = format!("`{text}` compares single days, and this report's period is longer");
                    reader.problem(item.at, what, "Write `previous period` or `year before`");
                    sound = false;
                }
                Comparison::SameWeekdays(count)
            }
            _ => {
                reader.unknown(
                    item.at,
                    "comparison",
                    text,
                    ["previous period", "year before", "4 same weekdays", "none"],
                );
                sound = false;
                continue;
            }
        };
        if found.contains(&comparison) {
            reader.problem(item.at, format!("`{text}` is written twice"), "Keep one of the two");
            sound = false;
        }
        found.push(comparison);
    }
    sound.then_some(found)
}

fn template(top: &Fields<'_, '_>) -> Option<String> {
    let Some(node) = top.get("template") else { return Some("report.tera".to_owned()) };
    let text = top.reader().text(node)?;
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    if !plain || !text.ends_with(".tera") || text.split('/').any(|part| part.is_empty() || part.starts_with('.')) {
        let what = format!("`{text}` is not a template of `report-templates/`");
        top.reader().problem(node.at, what, "Write a file's name there, as in `report.tera`");
        return None;
    }
    Some(text.to_owned())
}

/// All of them, or nothing if one could not be read.
fn all<T>(items: Vec<Option<T>>) -> Option<Vec<T>> {
    items.into_iter().collect()
}

/// Names used twice, for lists whose items have names.
fn doubled<'n>(names: impl IntoIterator<Item = &'n str>) -> BTreeSet<&'n str> {
    let mut seen = BTreeSet::new();
    names.into_iter().filter(|name| !seen.insert(*name)).collect()
}

#[cfg(test)]
mod days_tests;
#[cfg(test)]
mod mistakes_tests;
#[cfg(test)]
mod tests;
