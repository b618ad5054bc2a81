//! Reading of `quarterday.yaml`: the keys at the top; mail, working hours and sources have files of their own.

use super::{Config, RulesFrom, fonts, groups, hours, keep, mail, may_get, serve, sources, webhooks};
use crate::calendar::zone::{Zone, ZoneRules};
use crate::written::{Fields, Node, Problem, Reader, Tree, did_you_mean};

const KEYS: [&str; 15] = [
    "organisation",
    "timezone",
    "zone_rules",
    "clock",
    "people",
    "mail",
    "fonts",
    "allowed_domains",
    "groups",
    "webhooks",
    "may_get",
    "working_hours",
    "sources",
    "serve",
    "keep",
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
    config.fonts = fonts::fonts(top);
    config.allowed_domains = top.get("allowed_domains").map(|node| domains(reader, node)).unwrap_or_default();
    config.groups = groups::groups(top, &config.allowed_domains);
    config.webhooks = webhooks::webhooks(top);
    config.may_get = may_get::may_get(top, &config.webhooks);
    if let Some(settings) = top.get("mail").and_then(|node| mail::read(reader, node, &config.groups)) {
        config.mail = settings;
    }
    if let Some(node) = top.get("working_hours") {
        (config.hours, config.zones) = hours::read(reader, node, &rules);
    }
    config.sources = sources::sources(top);
    if let Some(node) = top.get("serve") {
        config.serve = serve::serve(reader, node);
    }
    if let Some(node) = top.get("keep") {
        config.keep_editions = keep::keep(reader, node);
    }
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

/// Names of domains, in small letters.
pub(super) fn domains<'a>(reader: &Reader<'a>, node: &'a Node) -> Vec<String> {
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

/// A path, as written.
pub(super) fn path<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<String> {
    let text = reader.text(node)?.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        reader.wrong(node, "a path; it begins at the installation's folder");
        return None;
    }
    Some(text.to_owned())
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
