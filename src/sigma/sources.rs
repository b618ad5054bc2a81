//! Sources: which log sources of Sigma are which sources here, and where the fields that their rules ask for stand.
//!
//! ```yaml
//! - source: aws-cloudtrail               # a source's name here
//!   logsource:                           # what rules call it
//!     - { product: aws, service: cloudtrail }
//!   fields:                              # a rule's name for a field, and where it stands: the first that has a value
//!     eventName: action
//!     userIdentity.arn: { of: actor, prefix: "arn:" }              # only if it begins so
//!     resource: { of: module, before: "/" }                        # only that much of it; also `after`
//!     eventType: { of: origin.channel, values: { api: AwsApiCall } }   # our word, and the vendor's
//!   below: [requestParameters]           # fields that are kept under the vendor's own names
//!   any_case: true                       # rules write the names in any case
//! ```
//!
//! A `logsource` may say `when: { module: [admin] }`: it is that part of the source.

use crate::audit_log::StoredEvent;
use crate::event::Event;
use crate::written::{Fields, Node, Problem, Reader, Tree, did_you_mean, nearest};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What ships.
const SHIPPED: &str = include_str!("sources.yaml");

/// The name of [`SHIPPED`] in Problems; nobody should ever read it.
const SHIPPED_NAME: &str = "sigma/sources.yaml";

/// All of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sources {
    pub(super) maps: Vec<Map>,
}

/// One source.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Map {
    /// Its name; `None`: every source.
    pub source: Option<String>,
    /// What rules call it.
    pub parts: Vec<Part>,
    /// By the name that rules use (in lower case where `any_case`).
    fields: BTreeMap<String, Vec<Place>>,
    below: Vec<String>,
    any_case: bool,
}

/// A log source of Sigma.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Part {
    pub product: String,
    pub service: String,
    pub category: String,
    /// Which events of the source it is: a place, and the values that it must have one of.
    pub when: Vec<(Of, Vec<String>)>,
}

/// Where a field stands.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    of: Of,
    /// It is the field only if its value begins so.
    prefix: String,
    /// Only what stands before this, or all where it is not there.
    before: String,
    /// Only what stands after this, if it is there.
    after: String,
    /// Our word, and the vendor's for it.
    values: BTreeMap<String, String>,
}

/// A field of an event.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Of {
    Source,
    Id,
    Time,
    Actor,
    Action,
    Class,
    Module,
    Record,
    RecordName,
    Outcome,
    Ip,
    Agent,
    Channel,
    Affected,
    ChangeField,
    ChangeOld,
    ChangeNew,
    /// A detail by its name.
    Detail(String),
}

/// Our own names, which every rule may use.
const OWN: [(&str, Of); 17] = [
    ("source", Of::Source),
    ("id", Of::Id),
    ("time", Of::Time),
    ("actor", Of::Actor),
    ("action", Of::Action),
    ("action_class", Of::Class),
    ("module", Of::Module),
    ("record", Of::Record),
    ("record_name", Of::RecordName),
    ("outcome", Of::Outcome),
    ("origin.ip", Of::Ip),
    ("origin.agent", Of::Agent),
    ("origin.channel", Of::Channel),
    ("affected", Of::Affected),
    ("changes.field", Of::ChangeField),
    ("changes.old", Of::ChangeOld),
    ("changes.new", Of::ChangeNew),
];

/// Before the name of a detail, in our own names.
const DETAILS: &str = "details.";

impl Of {
    fn parse(name: &str) -> Option<Of> {
        if let Some(detail) = name.strip_prefix(DETAILS).filter(|detail| !detail.is_empty()) {
            return Some(Of::Detail(detail.to_owned()));
        }
        OWN.iter().find(|(own, _)| *own == name).map(|(_, of)| of.clone())
    }

    /// Its values in an event: none, one, or one for each change.
    pub(super) fn values<'e>(&self, stored: &'e StoredEvent) -> Vec<Cow<'e, str>> {
        let event = &stored.event;
        let changes = |of: fn(&crate::event::Change) -> Option<&str>| {
            event.changes.iter().filter_map(of).map(Cow::Borrowed).collect::<Vec<_>>()
        };
        let one: Cow<'e, str> = match self {
            Of::Source => stored.source.as_str().into(),
            Of::Id => event.id.as_deref().unwrap_or_default().into(),
            Of::Time => event.time_written.as_str().into(),
            Of::Actor => event.actor.as_str().into(),
            Of::Action => event.action.as_str().into(),
            Of::Class => event.class.as_str().into(),
            Of::Module => event.module.as_str().into(),
            Of::Record => event.record.as_str().into(),
            Of::RecordName => event.record_name.as_str().into(),
            Of::Outcome => event.outcome.as_str().into(),
            Of::Ip => event.origin.ip.as_str().into(),
            Of::Agent => event.origin.agent.as_str().into(),
            Of::Channel => event.origin.channel.as_str().into(),
            Of::Affected => event.affected.map(|number| number.to_string()).unwrap_or_default().into(),
            Of::ChangeField => return changes(|change| Some(&change.field)),
            Of::ChangeOld => return changes(|change| change.old.as_deref()),
            Of::ChangeNew => return changes(|change| change.new.as_deref()),
            Of::Detail(name) => return detail(event, name).into_iter().collect(),
        };
        if one.is_empty() { Vec::new() } else { vec![one] }
    }
}

/// A detail's text by its exact name.
fn detail<'e>(event: &'e Event, name: &str) -> Option<Cow<'e, str>> {
    event.details.get(name).map(|text| Cow::Borrowed(text.as_str()))
}

impl Place {
    fn of(of: Of) -> Place {
        Place { of, prefix: String::new(), before: String::new(), after: String::new(), values: BTreeMap::new() }
    }

    fn value<'e>(&self, stored: &'e StoredEvent) -> Vec<Cow<'e, str>> {
        let mut found = self.of.values(stored);
        found.retain(|text| text.starts_with(&self.prefix) && text.contains(&self.after));
        for text in &mut found {
            let (start, rest) = match text.split_once(&self.after) {
                Some((start, rest)) if !self.after.is_empty() => (start, rest),
                _ => ("", text.as_ref()),
            };
            let end = if self.before.is_empty() { None } else { rest.find(&self.before) };
            if !start.is_empty() || end.is_some() {
                *text = Cow::Owned(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default().to_owned());
            }
            if let Some(theirs) = self.values.get(text.as_ref()) {
                *text = Cow::Owned(theirs.clone());
            }
        }
        found
    }
}

impl Part {
    /// Whether an event of its source is in it.
    pub(super) fn holds(&self, stored: &StoredEvent) -> bool {
        self.when.iter().all(|(of, wanted)| {
            of.values(stored).iter().any(|value| wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(value)))
        })
    }

    /// Whether a rule of this log source looks at it: what the rule names must be the same.
    fn is_meant(&self, asked: &Part) -> bool {
        let same = |asked: &str, own: &str| asked.is_empty() || asked.eq_ignore_ascii_case(own);
        same(&asked.product, &self.product)
            && same(&asked.service, &self.service)
            && same(&asked.category, &self.category)
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = [("product", &self.product), ("service", &self.service), ("category", &self.category)];
        let named: Vec<String> =
            named.iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("{name}: {text}")).collect();
        out.write_str(&named.join(", "))
    }
}

impl Map {
    fn key<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if self.any_case { Cow::Owned(name.to_lowercase()) } else { Cow::Borrowed(name) }
    }

    /// Whether rules may ask for a field of this name at all.
    pub(super) fn knows(&self, name: &str) -> bool {
        let name = plain(name);
        let key = self.key(&name);
        let below = |root: &String| {
            let root = self.key(root);
            key.strip_prefix(root.as_ref()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        Of::parse(&name).is_some() || self.fields.contains_key(key.as_ref()) || self.below.iter().any(below)
    }

    /// Names of fields that can be named in a Problem.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        let own = OWN.iter().map(|(name, _)| *name);
        self.fields.keys().map(String::as_str).chain(self.below.iter().map(String::as_str)).chain(own)
    }

    /// The texts of a field that the map places, or that has one of our own names. `None`: it says nothing of it, or there
    /// is no value; the event's details may have it under its own name.
    pub(super) fn placed<'e>(&self, name: &str, stored: &'e StoredEvent) -> Option<Vec<Cow<'e, str>>> {
        let places = self.fields.get(self.key(name).as_ref());
        let found = places.into_iter().flatten().map(|place| place.value(stored)).find(|found| !found.is_empty());
        found.or_else(|| {
            let of = if places.is_none() { Of::parse(name) } else { None };
            of.map(|of| of.values(stored)).filter(|found| !found.is_empty())
        })
    }

    /// Whether the details' names are looked at without regard to case.
    pub(super) fn any_case(&self) -> bool {
        self.any_case
    }
}

/// A field's name without the selectors that may stand in it (`items[0].name`, `items[any]`).
fn plain(name: &str) -> Cow<'_, str> {
    if !name.contains('[') {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len());
    let mut inside = false;
    for c in name.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    Cow::Owned(out)
}

impl Sources {
    /// Those that ship, and one for every other name of a source: its rules say `product: NAME` and use our own names of
    /// fields. `product: quarterday` is every source.
    ///
    /// # Errors
    /// Problems in `own`: texts of YAML files (with their names) that say more of sources, or other things; they go before
    /// what ships.
    pub fn load(own: &[(String, String)], names: &[String]) -> Result<Sources, Vec<Problem>> {
        let mut maps = Vec::new();
        let mut problems = Vec::new();
        let shipped = [(SHIPPED_NAME.to_owned(), SHIPPED.to_owned())];
        for (file, text) in own.iter().chain(&shipped) {
            let tree = Tree::parse(file, text);
            let reader = Reader::new(&tree);
            let list = reader.root().and_then(|root| reader.list(root)).unwrap_or_default();
            let read: Vec<Map> = list.iter().filter_map(|node| map(&reader, node)).collect();
            match reader.finish(Some(read)) {
                Ok(read) => read.into_iter().for_each(|map| add(&mut maps, map)),
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        for name in names {
            add(&mut maps, Map { source: Some(name.clone()), parts: vec![product(name)], ..Map::default() });
        }
        maps.push(Map { source: None, parts: vec![product("quarterday")], ..Map::default() });
        Ok(Sources { maps })
    }

    /// The maps and their parts that a rule of a log source looks at.
    pub(super) fn meant(&self, asked: &Part) -> Vec<(usize, usize)> {
        let parts = |(at, map): (usize, &Map)| {
            let meant = map.parts.iter().enumerate().filter(|(_, part)| part.is_meant(asked));
            meant.map(move |(part, _)| (at, part)).collect::<Vec<_>>()
        };
        self.maps.iter().enumerate().flat_map(parts).collect()
    }

    /// Log sources that may have been meant, in words: those of the same product, or of one with nearly that name.
    pub(super) fn near(&self, asked: &Part) -> Vec<String> {
        let parts = || self.maps.iter().flat_map(|map| &map.parts);
        let product = nearest(&asked.product, parts().map(|part| part.product.as_str()));
        parts().filter(|part| Some(part.product.as_str()) == product).map(Part::to_string).collect()
    }
}

fn product(name: &str) -> Part {
    Part { product: name.to_owned(), ..Part::default() }
}

/// What was read first goes before: a source that is said twice is one.
fn add(maps: &mut Vec<Map>, map: Map) {
    let Some(there) = maps.iter_mut().find(|there| there.source == map.source) else {
        maps.push(map);
        return;
    };
    for part in map.parts {
        if !there.parts.iter().any(|other| other.to_string() == part.to_string()) {
            there.parts.push(part);
        }
    }
    for (name, places) in map.fields {
        there.fields.entry(name).or_default().extend(places);
    }
    there.below.extend(map.below);
    there.any_case |= map.any_case;
}

fn map(reader: &Reader, node: &Node) -> Option<Map> {
    let fields = reader.fields(node, &["source", "logsource", "fields", "below", "any_case"])?;
    let source = fields.need_text("source")?.to_owned();
    let any_case = fields.boolean("any_case").unwrap_or_default();
    let mut parts: Vec<Part> = fields.list("logsource").iter().filter_map(|node| part(reader, node)).collect();
    parts.push(product(&source));
    let mut map = Map { source: Some(source), parts, any_case, ..Map::default() };
    for entry in fields.map("fields") {
        let places = reader.one_or_more(&entry.value).iter().filter_map(|node| place(reader, node)).collect();
        map.fields.insert(map.key(&entry.key).into_owned(), places);
    }
    map.below = fields.texts("below").into_iter().map(str::to_owned).collect();
    Some(map)
}

fn part(reader: &Reader, node: &Node) -> Option<Part> {
    let fields = reader.fields(node, &["product", "service", "category", "when"])?;
    let text = |key: &str| fields.text(key).unwrap_or_default().to_owned();
    let when = fields.map("when").iter().filter_map(|entry| {
        let of = of(reader, entry.at, &entry.key)?;
        Some((of, reader.texts(&entry.value).into_iter().map(str::to_owned).collect()))
    });
    Some(Part { product: text("product"), service: text("service"), category: text("category"), when: when.collect() })
}

fn place(reader: &Reader, node: &Node) -> Option<Place> {
    if node.as_map().is_none() {
        let of = of(reader, node.at, reader.text(node)?)?;
        return Some(Place::of(of));
    }
    let fields: Fields = reader.fields(node, &["of", "prefix", "before", "after", "values"])?;
    let of = of(reader, fields.need("of")?.at, fields.need_text("of")?)?;
    let values = fields.map("values").iter();
    let values = values.filter_map(|entry| Some((entry.key.clone(), reader.text(&entry.value)?.to_owned())));
    let text = |key: &str| fields.text(key).unwrap_or_default().to_owned();
    Some(Place {
        prefix: text("prefix"),
        before: text("before"),
        after: text("after"),
        values: values.collect(),
        ..Place::of(of)
    })
}

fn of(reader: &Reader, at: crate::written::Position, name: &str) -> Option<Of> {
    let of = Of::parse(name);
    if of.is_none() {
        let known = OWN.iter().map(|(name, _)| *name);
        let instead = match nearest(name, known.clone()) {
            Some(_) => did_you_mean(name, known),
            None => format!("What an import keeps under the vendor's own name is `details.{name}`"),
        };
        reader.problem(at, format!("unknown field `{name}`"), instead);
    }
    of
}
