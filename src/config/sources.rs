//! Reading of `sources`: what is known of each system, how long its events are kept, and how its exports come in.

use super::amount::{SECONDS, amount};
use super::read::{line, path};
use super::{After, Arrives, CollectorWritten, Keep, SecretFrom, SourceWritten, ZohoWritten};
use crate::source::Rhythm;
use crate::written::{Entry, Fields, Node, Reader};
use std::collections::BTreeMap;

const KEYS: [&str; 6] = ["title", "rhythm", "retention_days", "keep_days", "arrives", "collector"];

/// Names of collectors.
const ZOHO_CRM: &str = "zoho-crm";

/// A day, in seconds.
const DAY: u64 = 86_400;

/// Units of `every`.
const PAUSES: &[(&str, u64)] = &[("day", DAY), ("days", DAY), ("d", DAY)];

/// Zoho's data centres with the hosts of their accounts and of their API.
/// Source: <https://www.zoho.com/crm/developer/docs/api/v8/multi-dc.html>.
const CENTRES: [(&str, (&str, &str)); 8] = [
    ("com", ("https://accounts.zoho.com", "https://www.zohoapis.com")),
    ("eu", ("https://accounts.zoho.eu", "https://www.zohoapis.eu")),
    ("in", ("https://accounts.zoho.in", "https://www.zohoapis.in")),
    ("com.au", ("https://accounts.zoho.com.au", "https://www.zohoapis.com.au")),
    ("jp", ("https://accounts.zoho.jp", "https://www.zohoapis.jp")),
    ("ca", ("https://accounts.zohocloud.ca", "https://www.zohoapis.ca")),
    ("sa", ("https://accounts.zoho.sa", "https://www.zohoapis.sa")),
    ("com.cn", ("https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn")),
];

pub(super) fn sources(top: Fields<'_, '_>) -> BTreeMap<String, SourceWritten> {
    let reader = top.reader();
    let mut sources = BTreeMap::new();
    for entry in top.map("sources") {
        if !is_source_name(&entry.key) {
            let what = format!("`{}` is no name for a source", entry.key);
            reader.problem(entry.at, what, "Use at most 64 small letters, digits, `-`, `_` and `.`");
        }
        let Some(fields) = reader.fields(&entry.value, &KEYS) else { continue };
        let written = SourceWritten {
            title: fields.get("title").and_then(|node| line(reader, node)),
            rhythm: fields.get("rhythm").and_then(|node| rhythm(reader, node)),
            retention_days: fields.integer("retention_days", 1..=36_500).and_then(|days| u32::try_from(days).ok()),
            keep_days: fields.get("keep_days").and_then(|node| keep(reader, node)),
            arrives: fields.get("arrives").and_then(|node| arrives(reader, node, &entry.key)),
            collector: fields.get("collector").and_then(|node| collector(reader, node)),
        };
        sources.insert(entry.key.clone(), written);
    }
    sources
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

fn keep(reader: &Reader<'_>, node: &Node) -> Option<Keep> {
    if node.as_text() == Some("forever") {
        return Some(Keep::Forever);
    }
    let days = node.value().as_i64().filter(|days| (1..=36_500).contains(days));
    let keep = days.and_then(|days| u32::try_from(days).ok()).map(Keep::Days);
    if keep.is_none() {
        reader.wrong(node, "a whole number of days from 1 to 36500, or `forever`");
    }
    keep
}

fn arrives<'a>(reader: &Reader<'a>, node: &'a Node, source: &str) -> Option<Arrives> {
    let fields = reader.fields(node, &["folder", "pattern", "mapping", "after"])?;
    let folder = fields.need("folder").and_then(|node| path(reader, node));
    let pattern = match fields.get("pattern") {
        Some(node) => pattern(reader, node),
        None => Some("*".to_owned()),
    };
    let mapping = match fields.get("mapping") {
        Some(node) => line(reader, node),
        None => Some(source.to_owned()),
    };
    let after = match fields.get("after") {
        Some(node) => after(reader, node, folder.as_deref()),
        None => Some(After::Leave),
    };
    Some(Arrives { folder: folder?, pattern: pattern?, mapping: mapping?, after: after? })
}

/// A pattern over names of files; folders in it would reach beyond the one that is named.
fn pattern<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<String> {
    let text = reader.text(node)?;
    match glob::Pattern::new(text) {
        _ if text.is_empty() || text.contains(['/', '\\']) => {
            reader.wrong(node, "a pattern of names of files without a folder, as in `*.csv.gz`");
            None
        }
        Err(error) => {
            reader.problem(node.at, format!("`{text}` is no pattern: {}", error.msg), "Write it as in `*.csv.gz`");
            None
        }
        Ok(_) => Some(text.to_owned()),
    }
}

fn after<'a>(reader: &Reader<'a>, node: &'a Node, folder: Option<&str>) -> Option<After> {
    let text = reader.text(node)?.trim();
    let target = text.strip_prefix("move to ").map(str::trim).filter(|target| !target.is_empty());
    match target {
        _ if text == "leave" => Some(After::Leave),
        Some(target) if folder.is_some_and(|folder| same(folder, target)) => {
            let what = "the files would be moved to where they are".to_owned();
            reader.problem(node.at, what, "Name another folder, or write `leave`");
            None
        }
        Some(target) if !target.chars().any(char::is_control) => Some(After::MoveTo(target.to_owned())),
        _ => {
            reader.wrong(node, "`leave`, or `move to FOLDER`");
            None
        }
    }
}

fn same(one: &str, other: &str) -> bool {
    let plain = |path: &str| path.trim_start_matches("./").trim_end_matches('/').to_owned();
    plain(one) == plain(other)
}

fn collector<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<CollectorWritten> {
    let entries = reader.map(node)?;
    let [Entry { key, value, .. }] = entries else {
        let what = "`collector` holds one collector with its settings".to_owned();
        reader.problem(node.at, what, "Write it as in `collector: { zoho-crm: { dc: eu, client_id: … } }`");
        return None;
    };
    if key != ZOHO_CRM {
        let at = entries.first().map_or(node.at, |entry| entry.at);
        reader.unknown(at, "collector", key, [ZOHO_CRM]);
        return None;
    }
    zoho(reader, value).map(CollectorWritten::ZohoCrm)
}

fn zoho<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<ZohoWritten> {
    let keys =
        ["dc", "accounts_url", "api_url", "client_id", "refresh_token_env", "client_secret_env", "every", "mapping"];
    let fields = reader.fields(node, &keys)?;
    let centre = fields.choice("dc", "data centre", &CENTRES);
    let url = |key: &str, of_centre: fn(&(&str, &str)) -> String| match fields.get(key) {
        Some(node) => address(reader, node),
        None => centre.as_ref().map(of_centre),
    };
    let accounts_url = url("accounts_url", |(accounts, _)| (*accounts).to_owned());
    let api_url = url("api_url", |(_, api)| (*api).to_owned());
    let has_both = fields.has("accounts_url") && fields.has("api_url");
    if !fields.has("dc") && !has_both {
        let names: Vec<&str> = CENTRES.iter().map(|(name, _)| *name).collect();
        let instead = format!("Add `dc: eu` (one of {}), as in the address of your Zoho: zoho.eu", names.join(", "));
        reader.problem(fields.node().at, "`dc`, the data centre, is missing in `zoho-crm`", instead);
    }
    let client_id = fields.need("client_id").and_then(|node| line(reader, node));
    let secret = |key: &str| fields.need(key).and_then(|node| variable(reader, node)).map(SecretFrom::Env);
    let (refresh_token, client_secret) = (secret("refresh_token_env"), secret("client_secret_env"));
    let units: Vec<(&str, u64)> = SECONDS.iter().chain(PAUSES).copied().collect();
    let every = match fields.get("every") {
        Some(node) => {
            amount(reader, node, &units, 900..=30 * DAY, "a time from 15 minutes to 30 days, as in `6 hours`")
        }
        None => Some(6 * 3600),
    };
    let mapping = match fields.get("mapping") {
        Some(node) => line(reader, node),
        None => Some(ZOHO_CRM.to_owned()),
    };
    Some(ZohoWritten {
        accounts_url: accounts_url?,
        api_url: api_url?,
        client_id: client_id?,
        refresh_token: refresh_token?,
        client_secret: client_secret?,
        every: every?,
        mapping: mapping?,
    })
}

/// Where a server is: `https`, but for one on this machine. Secrets are sent there.
fn address<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<String> {
    let text = reader.text(node)?.trim_end_matches('/');
    let host = |rest: &str| rest.split([':', '/']).next().unwrap_or_default().to_owned();
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_graphic() && !"@?#\\".contains(c));
    let fits = match text.split_once("://") {
        Some(("https", rest)) => !host(rest).is_empty(),
        Some(("http", rest)) => ["127.0.0.1", "localhost"].contains(&host(rest).as_str()),
        _ => false,
    };
    if !fits || !plain(text) {
        reader.wrong(node, "an address that begins with https://, as in `https://www.zohoapis.eu`");
        return None;
    }
    Some(text.to_owned())
}

/// Name of a variable of the environment. A secret itself, written here by mistake, is not repeated.
fn variable<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<String> {
    let text = reader.text(node)?;
    let letters = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    if !letters || !text.starts_with(|c: char| c.is_ascii_uppercase() || c == '_') {
        let what = format!("`{}` must be the name of a variable of the environment", node.name);
        let instead =
            "Use capital letters, digits and `_`, as in ZOHO_REFRESH_TOKEN; the secret itself never stands here";
        reader.problem(node.at, what, instead);
        return None;
    }
    Some(text.to_owned())
}

#[cfg(test)]
#[path = "sources_tests.rs"]
mod tests;
