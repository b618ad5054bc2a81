//! Reading `recipients:`: who gets a report, in which formats, on which condition; and which audiences it has.

use super::super::House;
use super::super::{
    Attach, Condition, Division, Format, PartRecipient, PartTo, ROLE, Recipient, SMALLEST_GROUP, Section, TRAINING,
    WEBHOOK,
};
use super::common::address;
use super::measures::Measures;
use super::sections::measures_shown;
use super::{Context, all, thresholds};
use crate::query::Field;
use crate::written::{Fields, Node, Reader};
use std::collections::{BTreeMap, BTreeSet};

const FORMATS: [(&str, Format); 5] = [
    ("pdf", Format::Pdf),
    ("html", Format::Html),
    ("csv", Format::Csv),
    ("xlsx", Format::Xlsx),
    ("json", Format::Json),
];

/// What a group's name stands behind.
pub(super) const GROUP: &str = "group:";

/// Who gets what.
pub(super) struct Recipients {
    /// The whole report.
    pub(super) whole: Vec<Recipient>,
    /// The parts.
    pub(super) division: Option<Division>,
    /// The version for training sessions.
    pub(super) training: Vec<Recipient>,
    /// Smaller groups are one in it.
    pub(super) smallest_group: u32,
}

/// What reading recipients needs to know beside the context.
pub(super) struct Around<'r, 's> {
    pub(super) domains: &'r [String],
    pub(super) groups: Option<&'r BTreeMap<String, Vec<String>>>,
    pub(super) house: Option<&'r House>,
    /// The report's name.
    pub(super) stem: Option<&'r str>,
    pub(super) owner: Option<&'r str>,
    pub(super) sections: Option<&'s [Section]>,
}

/// One item of the list.
enum Item {
    Whole(Recipient),
    /// With the smallest group, where it is written.
    Training(Recipient, Option<u32>),
    /// The division without recipients, and one recipient of each part.
    Part(Division, PartRecipient),
}

pub(super) fn read<'a>(
    context: &Context<'_, 'a>,
    top: &Fields<'_, 'a>,
    around: &Around<'_, '_>,
    measures: &mut Measures,
) -> Option<Recipients> {
    let reader = context.reader;
    let node = top.need("recipients")?;
    let mut read =
        Recipients { whole: Vec::new(), division: None, training: Vec::new(), smallest_group: SMALLEST_GROUP };
    if node.as_text() == Some("none") {
        return Some(read);
    }
    let items = reader.list(node)?;
    if items.is_empty() {
        let instead = "Write `- { to: name@example.com }`, or `recipients: none` to keep the report without mailing it";
        reader.problem(node.at, "the report has no recipients", instead);
        return None;
    }
    let mut seen: BTreeSet<(u8, String)> = BTreeSet::new();
    let found = items.iter().map(|item| {
        let one = one(context, item, around, measures)?;
        let (audience, to) = match &one {
            Item::Whole(recipient) => (0, recipient.to.to_ascii_lowercase()),
            Item::Training(recipient, _) => (1, recipient.to.to_ascii_lowercase()),
            Item::Part(_, PartRecipient { to: PartTo::Address(to), .. }) => (2, to.to_ascii_lowercase()),
            Item::Part(_, PartRecipient { to: PartTo::Manager, .. }) => (2, "manager".to_owned()),
            Item::Part(_, PartRecipient { to: PartTo::List, .. }) => (2, "list".to_owned()),
        };
        if !seen.insert((audience, to.clone())) {
            let what = format!("`{to}` is a recipient twice");
            reader.problem(item.at, what, "Put all formats into one line; a person gets one message of an edition");
        }
        Some((item, one))
    });
    let mut smallest_written = None;
    for (node, item) in all(found.collect())? {
        match item {
            Item::Whole(recipient) => add(reader, node, around, &mut read.whole, recipient),
            Item::Training(recipient, smallest) => {
                if let Some(smallest) = smallest {
                    if smallest_written.is_some_and(|known| known != smallest) {
                        let instead = "Give every line with `audience: training` the same `smallest_group`";
                        reader.problem(node.at, "the smallest group is said in two ways", instead);
                    }
                    smallest_written = Some(smallest);
                    read.smallest_group = smallest;
                }
                add(reader, node, around, &mut read.training, recipient);
            }
            Item::Part(division, recipient) => {
                let known = read.division.get_or_insert_with(|| division.clone());
                if (known.by, &known.list, known.send_empty) != (division.by, &division.list, division.send_empty) {
                    let instead =
                        "Give every line with `each` the same `each` and `empty`, or write a second definition";
                    reader.problem(node.at, "the report is divided in two ways", instead);
                }
                known.recipients.push(recipient);
            }
        }
    }
    Some(read)
}

fn one<'a>(
    context: &Context<'_, 'a>,
    node: &'a Node,
    around: &Around<'_, '_>,
    measures: &mut Measures,
) -> Option<Item> {
    let reader = context.reader;
    let is_part = node.as_map().is_some_and(|entries| entries.iter().any(|entry| entry.key == "each"));
    if is_part {
        return part(context, node, around, measures);
    }
    let fields = reader.fields(node, &["to", "formats", "when", "attach", "audience", "smallest_group", "each"])?;
    let to = fields.need("to").and_then(|node| match node.as_text() {
        // A wrong owner is a Problem where it stands.
        Some("owner") => {
            may_get(reader, node, around, around.owner);
            around.owner.map(str::to_owned)
        }
        Some(place @ ("manager" | "list" | "team")) => {
            let what = format!("`{place}` is nobody's address: the whole report belongs to no team");
            reader.problem(node.at, what, "Write an address or `owner`, or `each: team` beside it");
            None
        }
        Some(text) if text.starts_with(GROUP) => group(reader, node, around),
        _ => one_reader(reader, node, around),
    });
    let formats = formats(context, &fields);
    let when = when(context, &fields, around, measures);
    let attach = attach(&fields);
    let training = match fields.get("audience") {
        Some(node) => reader.choice(node, "audience", &[(TRAINING, true)]),
        None => (!fields.has("audience")).then_some(false),
    };
    let recipient = Recipient { to: to?, formats: formats?, when: when?, attach: attach?, via: String::new() };
    let smallest = fields.integer("smallest_group", 2..=1000);
    if let (Some(false), Some(node)) = (training, fields.get("smallest_group")) {
        let what = "only the version for training merges small groups";
        reader.problem(node.at, what, "Add `audience: training`, or leave `smallest_group` out");
    }
    let smallest = smallest.and_then(|number| u32::try_from(number).ok());
    Some(if training? { Item::Training(recipient, smallest) } else { Item::Whole(recipient) })
}

/// An address, `role:NAME` or `webhook:NAME`, where there are such.
pub(super) fn one_reader(reader: &Reader<'_>, node: &Node, around: &Around<'_, '_>) -> Option<String> {
    let text = node.as_text().unwrap_or_default();
    let found = match (text.strip_prefix(WEBHOOK), text.strip_prefix(ROLE)) {
        (Some(name), _) => webhook(reader, node, around, name),
        (_, Some(name)) => role(reader, node, around, name),
        _ => address(reader, node, around.domains),
    };
    may_get(reader, node, around, found.as_deref());
    found
}

/// A Problem where somebody must not get this report.
fn may_get(reader: &Reader<'_>, node: &Node, around: &Around<'_, '_>, to: Option<&str>) {
    if let (Some(to), Some(house), Some(stem)) = (to, around.house, around.stem)
        && let Err(what) = house.may_get(stem, to)
    {
        reader.problem(node.at, what, "Name somebody who may, or change `may_get`");
    }
}

/// `role:NAME`, where the directory has such a role, and whoever has it now may be mailed to.
fn role(reader: &Reader<'_>, node: &Node, around: &Around<'_, '_>, name: &str) -> Option<String> {
    let house = match around.house {
        Some(house) => house,
        None => return Some(format!("{ROLE}{name}")),
    };
    let Some(holders) = house.roles.get(name) else {
        if house.roles.is_empty() {
            let instead = "Add people.csv with the columns actor, role and email, or write addresses";
            reader.problem(node.at, format!("no directory says who has the role `{name}`"), instead);
        } else {
            reader.unknown(node.at, "role", name, house.roles.keys().map(String::as_str));
        }
        return None;
    };
    let domains = around.domains;
    let allowed = |to: &str| {
        let domain = to.rsplit_once('@').map_or("", |(_, domain)| domain);
        domains.is_empty() || domains.iter().any(|allowed| allowed.eq_ignore_ascii_case(domain))
    };
    for holder in holders.iter().filter(|holder| !allowed(holder)) {
        let what =
            format!("`{holder}`, who has the role {name}, is outside the domains that this installation mails to");
        reader.problem(
            node.at,
            what,
            format!("Allowed are: {} (`allowed_domains` in quarterday.yaml)", domains.join(", ")),
        );
    }
    Some(format!("{ROLE}{name}"))
}

/// `webhook:NAME`, where there is such a webhook.
fn webhook(reader: &Reader<'_>, node: &Node, around: &Around<'_, '_>, name: &str) -> Option<String> {
    match around.house {
        Some(house) if house.webhooks.is_empty() => {
            let instead = format!("Add `webhooks: {{ {name}: {{ url: …, secret_file: … }} }}` to quarterday.yaml");
            reader.problem(node.at, format!("there is no webhook `{name}`"), instead);
            None
        }
        Some(house) if !house.webhooks.contains(name) => {
            reader.unknown(node.at, "webhook", name, house.webhooks.iter().map(String::as_str));
            None
        }
        _ => Some(format!("{WEBHOOK}{name}")),
    }
}

/// `group:NAME`, where there is such a group.
pub(super) fn group<'a>(reader: &Reader<'a>, node: &'a Node, around: &Around<'_, '_>) -> Option<String> {
    let text = node.as_text()?;
    let name = text.strip_prefix(GROUP)?;
    match around.groups {
        Some(groups) if groups.is_empty() => {
            let instead =
                format!("Add `groups: {{ {name}: [anna@example.com] }}` to quarterday.yaml, or write addresses");
            reader.problem(node.at, format!("there is no group `{name}`"), instead);
            None
        }
        Some(groups) if !groups.contains_key(name) => {
            reader.unknown(node.at, "group", name, groups.keys().map(String::as_str));
            None
        }
        _ => Some(text.to_owned()),
    }
}

/// Adds a recipient; of a group, each of its members as a recipient of their own.
fn add(reader: &Reader<'_>, node: &Node, around: &Around<'_, '_>, to: &mut Vec<Recipient>, recipient: Recipient) {
    let members = match recipient.to.strip_prefix(GROUP) {
        None => vec![recipient.to.clone()],
        Some(name) => around.groups.and_then(|groups| groups.get(name)).cloned().unwrap_or_default(),
    };
    for member in members {
        if to.iter().any(|known| known.to.eq_ignore_ascii_case(&member)) {
            let what = format!("`{member}` is a recipient twice: by a group, and by itself or another group");
            reader.problem(node.at, what, "Name each person once; a person gets one message of an edition");
        }
        if recipient.to.starts_with(GROUP) {
            may_get(reader, node.get("to").unwrap_or(node), around, Some(&member));
        }
        if recipient.attach == Attach::Encrypted {
            has_passphrase(reader, node.get("attach").unwrap_or(node), around, &member);
        }
        to.push(Recipient { to: member, ..recipient.clone() });
    }
}

/// `{ each: team, to: manager }`.
fn part<'a>(
    context: &Context<'_, 'a>,
    node: &'a Node,
    around: &Around<'_, '_>,
    measures: &mut Measures,
) -> Option<Item> {
    let reader = context.reader;
    let fields = reader.fields(node, &["each", "to", "formats", "when", "attach", "empty"])?;
    let each = fields.get("each").and_then(|node| each(context, node));
    let to = match fields.get("to") {
        Some(node) => part_to(context, node, around, each.as_ref()),
        None if fields.has("to") => None,
        None => match &each {
            Some((_, Some(_))) => Some(PartTo::List),
            Some((_, None)) => {
                let instead = "Add `to: manager`, `to: owner` or an address";
                reader.problem(node.at, "it is not said to whom each edition goes", instead);
                None
            }
            None => None,
        },
    };
    let formats = formats(context, &fields);
    let when = when(context, &fields, around, measures);
    let attach = attach(&fields);
    if let (Some(Attach::Encrypted), Some(PartTo::Address(address))) = (attach, &to) {
        has_passphrase(reader, fields.get("attach").unwrap_or(node), around, address);
    }
    let send_empty = match fields.get("empty") {
        Some(node) => reader.choice(node, "`empty`", &[("send", true), ("skip", false)]),
        None => (!fields.has("empty")).then_some(false),
    };
    let (by, list) = each?;
    let division = Division { by, list, send_empty: send_empty?, recipients: Vec::new() };
    Some(Item::Part(division, PartRecipient { to: to?, formats: formats?, when: when?, attach: attach? }))
}

/// By what: a field, or a list in a file by a field.
fn each<'a>(context: &Context<'_, 'a>, node: &'a Node) -> Option<(Field, Option<String>)> {
    let reader = context.reader;
    if node.as_map().is_some() {
        let fields = reader.fields(node, &["list", "by"])?;
        let by = fields.need("by").and_then(|node| field(context, node));
        let list = fields.need("list").and_then(|node| {
            let text = reader.text(node)?;
            let plain =
                text.split('/').all(|part| !part.is_empty() && !part.starts_with('.')) && text.ends_with(".csv");
            if !plain || text.chars().any(|c| c.is_control() || c == '\\') {
                let what = format!("`{text}` is no file of the installation");
                reader.problem(node.at, what, "Write a path below its folder, as in `lists/regions.csv`");
                return None;
            }
            Some(text.to_owned())
        });
        return Some((by?, Some(list?)));
    }
    Some((field(context, node)?, None))
}

/// A field that events can be divided by: one with a text.
fn field<'a>(context: &Context<'_, 'a>, node: &'a Node) -> Option<Field> {
    let reader = context.reader;
    let text = reader.text(node)?;
    let field = match text {
        "team" => Some(Field::ActorTeam),
        "role" => Some(Field::ActorRole),
        name => Field::parse(name),
    };
    let known = || Field::ALL.iter().filter(|(field, _)| divides(*field)).map(|(_, name)| *name).chain(["team"]);
    match field {
        Some(field) if divides(field) => Some(field),
        Some(_) => {
            let what = format!("a report cannot be divided by `{text}`");
            reader.problem(node.at, what, "Divide it by a field of text, as in `each: team` or `each: module`");
            None
        }
        None => {
            reader.unknown(node.at, "field", text, known());
            None
        }
    }
}

fn divides(field: Field) -> bool {
    !field.is_number() && field != Field::OutsideHours
}

fn part_to<'a>(
    context: &Context<'_, 'a>,
    node: &'a Node,
    around: &Around<'_, '_>,
    each: Option<&(Field, Option<String>)>,
) -> Option<PartTo> {
    let reader = context.reader;
    match node.as_text() {
        Some("owner") => around.owner.map(|owner| PartTo::Address(owner.to_owned())),
        Some("manager") => {
            if let Some((by, list)) = each
                && (list.is_some() || !matches!(by, Field::ActorTeam | Field::Actor))
            {
                let what = "only a team or a person has a manager";
                reader.problem(node.at, what, "Write `each: team`, `to: owner`, an address, or a list with addresses");
                return None;
            }
            Some(PartTo::Manager)
        }
        Some("list") => {
            if each.is_some_and(|(_, list)| list.is_none()) {
                let instead = "Write `each: { list: lists/regions.csv, by: module }`, or `to: owner`";
                reader.problem(node.at, "there is no list that gives addresses", instead);
                return None;
            }
            Some(PartTo::List)
        }
        Some(text) if text.starts_with(ROLE) => {
            let what = "a part's edition goes to one place, and a role may be several people's".to_owned();
            reader.problem(node.at, what, "Write `to: manager`, `to: owner`, an address, or a list with addresses");
            None
        }
        _ => one_reader(reader, node, around).map(PartTo::Address),
    }
}

/// `attach:`, how files are attached.
fn attach(fields: &Fields<'_, '_>) -> Option<Attach> {
    let Some(node) = fields.get("attach") else { return (!fields.has("attach")).then_some(Attach::Plain) };
    fields.reader().choice(node, "`attach`", &[("plain", Attach::Plain), ("encrypted", Attach::Encrypted)])
}

/// A Problem where no passphrase is agreed with somebody whose files are to be encrypted.
fn has_passphrase(reader: &Reader<'_>, node: &Node, around: &Around<'_, '_>, to: &str) {
    if to.starts_with(WEBHOOK) {
        let instead = "Leave `attach` out: what is posted is protected by TLS; or let only the files' names be posted";
        reader.problem(node.at, format!("no passphrase can be agreed with `{to}`"), instead);
        return;
    }
    if let Some(name) = to.strip_prefix(ROLE) {
        let holders = around.house.and_then(|house| house.roles.get(name));
        holders.into_iter().flatten().for_each(|holder| has_passphrase(reader, node, around, holder));
        return;
    }
    if around.house.is_none_or(|house| house.passphrases.contains(&to.to_ascii_lowercase())) {
        return;
    }
    let what = format!("no passphrase is agreed with `{to}`, whose files are to be encrypted");
    let instead = format!("Add `passphrases: {{ {to}: {{ file: PATH }} }}` to `mail` in quarterday.yaml");
    reader.problem(node.at, what, instead);
}

/// `when:`; `Some(None)` where it is not written.
fn when<'a>(
    context: &Context<'_, 'a>,
    fields: &Fields<'_, 'a>,
    around: &Around<'_, '_>,
    measures: &mut Measures,
) -> Option<Option<Condition>> {
    let Some(node) = fields.get("when") else { return (!fields.has("when")).then_some(None) };
    let condition = thresholds::condition(context, node, measures);
    if let Some((condition, _)) = &condition {
        must_be_shown(context, node, condition, around.sections);
    }
    condition.map(|(condition, _)| Some(condition))
}

/// The figure of a condition must stand somewhere in the report.
pub(super) fn must_be_shown(
    context: &Context<'_, '_>,
    node: &Node,
    condition: &Condition,
    sections: Option<&[Section]>,
) {
    if sections.is_some_and(|sections| !measures_shown(sections).contains(condition.measure.as_str())) {
        let what = format!("`{}` is in no section of this report", condition.measure);
        let instead = "Add it to a summary, so that the reader sees why the report came";
        context.reader.problem(node.at, what, instead);
    }
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
