//! Reading of `quarterday.yaml`: the keys at the top, and of sources; mail and working hours have files of their own.

use super::{Config, Keep, RulesFrom, SourceWritten, hours, mail};
use crate::calendar::zone::{Zone, ZoneRules};
use crate::source::Rhythm;
use crate::written::{Fields, Node, Problem, Reader, Tree, did_you_mean};
use std::collections::BTreeMap;

const KEYS: [&str; 9] = [
    "organisation",
    "timezone",
    "zone_rules",
    "clock",
    "people",
    "mail",
    "allowed_domains",
    "working_hours",
    "sources",
];

impl Config {
    /// Settings from their text; `file` is the name that Problems bear. An empty text gives [`Config::default`].
    /// Reads nothing but the machine's zone rules (`zone_rules: bundled`: nothing at all).
    ///
    /// # Errors
    /// Every Problem in it.
    pub fn read(text: &str, file: &str) -> Result<Config, Vec<Problem>> {
        if says_nothing(text) { Ok(Config::default()) } else { Config::from_tree(&Tree::parse(file, text)) }
    }

    pub(super) fn from_tree(tree: &Tree) -> Result<Config, Vec<Problem>> {
        let reader = Reader::new(tree);
        let config = reader.root_fields(&KEYS).map(config);
        reader.finish(config)
    }
}

/// Whether there is nothing but blank lines and comments: an example with everything commented out.
pub(super) fn says_nothing(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().map(str::trim).all(|line| line.is_empty() || line == "---" || line.starts_with('#'))
}

fn config(top: Fields<'_, '_>) -> Config {
    let reader = top.reader();
    let mut config = Config::default();
    let known = [("system", RulesFrom::System), ("bundled", RulesFrom::Bundled)];
    config.zone_rules = top.choice("zone_rules", "place of zone rules", &known).unwrap_or_default();
    let rules = config.zone_rules.load();
    if let Some(zone) = top.get("timezone").and_then(|node| zone(reader, node, &rules)) {
        config.timezone_name = zone.name().to_owned();
        config.timezone = zone;
    }
    if let Some(name) = top.get("organisation").and_then(|node| line(reader, node)) {
        config.organisation = name;
    }
    config.clock = top.get("clock").and_then(|node| instant(reader, node));
    config.people = top.get("people").and_then(|node| people(reader, node));
    if let Some(settings) = top.get("mail").and_then(|node| mail::read(reader, node)) {
        config.mail = settings;
    }
    config.allowed_domains = top.get("allowed_domains").map(|node| domains(reader, node)).unwrap_or_default();
    if let Some(node) = top.get("working_hours") {
        (config.hours, config.zones) = hours::read(reader, node, &rules);
    }
    config.sources = sources(top);
    config
}

/// A zone that the rules know.
pub(super) fn zone<'a>(reader: &Reader<'a>, node: &'a Node, rules: &ZoneRules) -> Option<Zone> {
    let name = reader.text(node)?;
    let zone = rules.zone(name);
    if zone.is_none() {
        let names = rules.names();
        let instead = did_you_mean(name, names.iter().map(String::as_str));
        let instead = if instead.starts_with("Did") { instead } else { "Write it as in `Europe/Berlin`".to_owned() };
        reader.problem(node.at, format!("unknown time zone `{name}` (zone rules {})", rules.version), instead);
    }
    zone
}

/// Text of one line that says something: it comes into headings and headers.
pub(super) fn line<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<String> {
    let text = reader.text(node)?.trim();
    if text.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        reader.wrong(node, "one line of text with at most 200 characters");
        return None;
    }
    Some(text.to_owned())
}

/// `yes` and `no`, which YAML 1.2 takes for text, beside `true` and `false`.
pub(super) fn yes_or_no<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<bool> {
    match node.as_text() {
        Some("yes" | "true") => Some(true),
        Some("no" | "false") => Some(false),
        _ => {
            reader.wrong(node, "`yes` or `no`");
            None
        }
    }
}

/// An instant with its distance from UTC.
fn instant(reader: &Reader<'_>, node: &Node) -> Option<i64> {
    let at = node.as_text().and_then(|text| chrono::DateTime::parse_from_rfc3339(text).ok());
    if at.is_none() {
        reader.wrong(node, "a moment with its distance from UTC, as in 2026-12-01T08:30:00Z");
    }
    at.map(|at| at.timestamp_millis())
}

fn people<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<String> {
    let path = line(reader, node)?;
    if ![".csv", ".yaml", ".yml"].iter().any(|ending| path.to_ascii_lowercase().ends_with(ending)) {
        reader.wrong(node, "a file that ends in .csv or .yaml");
        return None;
    }
    Some(path)
}

fn domains<'a>(reader: &Reader<'a>, node: &'a Node) -> Vec<String> {
    let nodes = reader.one_or_more(node);
    if nodes.is_empty() {
        let instead = "Leave the key out if mail may go everywhere";
        reader.problem(node.at, "`allowed_domains` names none: no report could go to anybody", instead);
    }
    let mut domains = Vec::new();
    for node in nodes {
        let Some(text) = reader.text(node) else { continue };
        match crate::mail::address(&format!("postmaster@{text}")) {
            Ok(address) => domains.push(address.domain()),
            Err(_) => {
                let plain = text.trim_start_matches(['@', '*', '.']);
                let known = crate::mail::address(&format!("postmaster@{plain}")).is_ok();
                let example = if known { plain } else { "example.com" };
                let instead = format!("Write it as in `{example}`; domains below it are named one by one");
                reader.problem(node.at, format!("`{text}` is no name of a domain"), instead);
            }
        }
    }
    domains
}

fn sources(top: Fields<'_, '_>) -> BTreeMap<String, SourceWritten> {
    let reader = top.reader();
    let mut sources = BTreeMap::new();
    for entry in top.map("sources") {
        if !is_source_name(&entry.key) {
            let what = format!("`{}` is no name for a source", entry.key);
            reader.problem(entry.at, what, "Use at most 64 small letters, digits, `-`, `_` and `.`");
        }
        let Some(fields) = reader.fields(&entry.value, &["title", "rhythm", "retention_days", "keep_days"]) else {
            continue;
        };
        let written = SourceWritten {
            title: fields.get("title").and_then(|node| line(reader, node)),
            rhythm: fields.get("rhythm").and_then(|node| rhythm(reader, node)),
            retention_days: fields.integer("retention_days", 1..=36_500).and_then(|days| u32::try_from(days).ok()),
            keep_days: fields.get("keep_days").and_then(|node| keep(reader, node)),
        };
        sources.insert(entry.key.clone(), written);
    }
    sources
}

/// `forever`, or a number of days.
fn keep<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<Keep> {
    let days = || node.as_text()?.parse().ok().filter(|days| (1..=36_500).contains(days)).map(Keep::Days);
    let keep = if node.as_text() == Some("forever") { Some(Keep::Forever) } else { days() };
    if keep.is_none() {
        reader.wrong(node, "a whole number of days from 1 to 36500, or `forever`");
    }
    keep
}

/// The same letters as in a mapping's `name`.
fn is_source_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'))
}

fn rhythm<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<Option<Rhythm>> {
    let text = reader.text(node)?;
    let hours = || text.strip_prefix("every ")?.strip_suffix(" hours")?.parse().ok().filter(|h| (1..=8784).contains(h));
    match text {
        "none" => Some(None),
        "every day" => Some(Some(Rhythm::EveryDay)),
        "every working day" => Some(Some(Rhythm::EveryWorkingDay)),
        "every hour" => Some(Some(Rhythm::EveryHours(1))),
        _ => {
            let rhythm = hours().map(|hours| Some(Rhythm::EveryHours(hours)));
            if rhythm.is_none() {
                reader.wrong(node, "`every day`, `every working day`, `every 6 hours` (1 to 8784) or `none`");
            }
            rhythm
        }
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
