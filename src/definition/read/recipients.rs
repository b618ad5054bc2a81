//! Reading `recipients:`: who gets a report, in which formats, on which condition.

use super::super::{Format, Recipient, Section};
use super::common::address;
use super::measures::Measures;
use super::sections::measures_shown;
use super::{Context, all, thresholds};
use crate::written::{Fields, Node};
use std::collections::BTreeSet;

const FORMATS: [(&str, Format); 5] = [
    ("pdf", Format::Pdf),
    ("html", Format::Html),
    ("csv", Format::Csv),
    ("xlsx", Format::Xlsx),
    ("json", Format::Json),
];

pub(super) fn read<'a>(
    context: &Context<'_, 'a>,
    top: &Fields<'_, 'a>,
    domains: &[String],
    owner: Option<&str>,
    sections: Option<&[Section]>,
    measures: &mut Measures,
) -> Option<Vec<Recipient>> {
    let reader = context.reader;
    let node = top.need("recipients")?;
    if node.as_text() == Some("none") {
        return Some(Vec::new());
    }
    let items = reader.list(node)?;
    if items.is_empty() {
        let instead = "Write `- { to: name@example.com }`, or `recipients: none` to keep the report without mailing it";
        reader.problem(node.at, "the report has no recipients", instead);
        return None;
    }
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let found = items.iter().map(|item| {
        let recipient = one(context, item, domains, owner, sections, measures)?;
        if !seen.insert(recipient.to.to_ascii_lowercase()) {
            let what = format!("`{}` is a recipient twice", recipient.to);
            reader.problem(item.at, what, "Put all formats into one line; a person gets one message of an edition");
        }
        Some(recipient)
    });
    all(found.collect())
}

fn one<'a>(
    context: &Context<'_, 'a>,
    node: &'a Node,
    domains: &[String],
    owner: Option<&str>,
    sections: Option<&[Section]>,
    measures: &mut Measures,
) -> Option<Recipient> {
    let reader = context.reader;
    if let Some(entry) = node.as_map().and_then(|entries| entries.iter().find(|entry| entry.key == "each")) {
        let what = "`each` (an edition for each team) is not supported yet";
        reader.problem(entry.at, what, "Name the recipients by their addresses: `- { to: name@example.com }`");
        return None;
    }
    let fields = reader.fields(node, &["to", "formats", "when"])?;
    let to = fields.need("to").and_then(|node| match node.as_text() {
        // A wrong owner is a Problem where it stands.
        Some("owner") => owner.map(str::to_owned),
        Some("manager" | "team") => {
            let what = "recipients by their place in the directory are not supported yet";
            reader.problem(node.at, what, "Write an address, or `owner`");
            None
        }
        _ => address(reader, node, domains),
    });
    let formats = formats(context, &fields);
    let when = match fields.get("when") {
        Some(node) => {
            let condition = thresholds::condition(context, node, measures);
            if let (Some((condition, _)), Some(sections)) = (&condition, sections)
                && !measures_shown(sections).contains(condition.measure.as_str())
            {
                let what = format!("`{}` is in no section of this report", condition.measure);
                let instead = "Add it to a summary, so that the reader sees why the report came";
                reader.problem(node.at, what, instead);
            }
            condition.map(|(condition, _)| Some(condition))
        }
        None => (!fields.has("when")).then_some(None),
    };
    Some(Recipient { to: to?, formats: formats?, when: when? })
}

fn formats<'a>(context: &Context<'_, 'a>, fields: &Fields<'_, 'a>) -> Option<Vec<Format>> {
    let reader = context.reader;
    let Some(node) = fields.get("formats") else {
        return (!fields.has("formats")).then(|| vec![Format::Pdf]);
    };
    let items = reader.one_or_more(node);
    if items.is_empty() {
        reader.problem(node.at, "there is no format to attach", "Write `formats: [pdf]`, or leave `formats` out");
        return None;
    }
    let mut formats: Vec<Format> = Vec::new();
    for format in all(items.iter().map(|item| reader.choice(item, "format", &FORMATS)).collect())? {
        if formats.contains(&format) {
            reader.problem(node.at, "a format is named twice", "Keep one of the two");
        }
        formats.push(format);
    }
    Some(formats)
}
