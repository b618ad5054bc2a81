//! Reading `measures:`: named counts of a definition's own, beside the built-in ones; and finding measures by name.

use super::super::{Good, Measure, MeasureKind, Target, builtin};
use super::amounts::{self, Scale};
use super::common::{is_name, length, optional_line};
use super::{Context, filter};
use crate::query::{self, Count, Field, Filter};
use crate::written::{Fields, Node};
use std::collections::{BTreeMap, BTreeSet};

/// What each measure may say. The first eight say how it is counted.
const KEYS: [&str; 14] = [
    "count",
    "distinct",
    "first_seen",
    "burst",
    "percentile",
    "rate",
    "per_day",
    "per_working_day",
    "of",
    "title",
    "where",
    "unit",
    "good",
    "target",
];

/// How many of [`KEYS`] say how it is counted.
const KINDS: usize = 8;

/// The measures that can be named, and those that are.
pub(super) struct Measures {
    known: BTreeMap<String, Measure>,
    /// Names of its own that could not be read: naming one is not a second mistake.
    broken: BTreeSet<String>,
    own: BTreeSet<String>,
    used: BTreeSet<String>,
}

impl Measures {
    pub(super) fn read<'a>(context: &Context<'_, 'a>, node: Option<&'a Node>) -> Measures {
        let built: BTreeMap<String, Measure> =
            builtin::measures().into_iter().map(|measure| (measure.name.clone(), measure)).collect();
        let mut measures =
            Measures { known: built, broken: BTreeSet::new(), own: BTreeSet::new(), used: BTreeSet::new() };
        let entries = node.and_then(|node| context.reader.map(node)).unwrap_or_default();
        // Rates and means name other measures: those are read last.
        let derived = |node: &Node| ["rate", "per_day", "per_working_day"].iter().any(|key| node.get(key).is_some());
        let own: BTreeSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
        for last in [false, true] {
            for entry in entries.iter().filter(|entry| derived(&entry.value) == last) {
                let name = entry.key.as_str();
                let usable = if !is_name(name) {
                    let what = format!("`{name}` cannot be a measure's name");
                    let instead = "Use small letters, digits and `_`, beginning with a letter, as in `bulk_exports`";
                    context.reader.problem(entry.at, what, instead);
                    false
                } else if measures.known.contains_key(name) && !measures.own.contains(name) {
                    let what = format!("`{name}` is a built-in measure");
                    context.reader.problem(entry.at, what, "Choose another name");
                    continue;
                } else {
                    true
                };
                match measures.one(context, name, &entry.value, &own) {
                    Some(measure) if usable => {
                        measures.own.insert(name.to_owned());
                        measures.known.insert(name.to_owned(), measure);
                    }
                    _ => {
                        measures.broken.insert(name.to_owned());
                    }
                }
            }
        }
        measures
    }

    /// The measure that a node names; it is then part of the definition.
    pub(super) fn named(&mut self, context: &Context<'_, '_>, node: &Node) -> Option<Measure> {
        let Some(name) = node.as_text() else {
            context.reader.wrong(node, "the name of a measure");
            return None;
        };
        self.named_so(context, node, name)
    }

    /// As [`named`](Self::named), for a name inside a text.
    pub(super) fn named_so(&mut self, context: &Context<'_, '_>, node: &Node, name: &str) -> Option<Measure> {
        match self.known.get(name) {
            Some(measure) => {
                self.used.insert(name.to_owned());
                Some(measure.clone())
            }
            None if self.broken.contains(name) => None,
            None => {
                let known: Vec<&str> = self.known.keys().map(String::as_str).collect();
                let at = node.at;
                match crate::written::nearest(name, known.iter().copied()) {
                    Some(near) => {
                        context.reader.problem(
                            at,
                            format!("unknown measure `{name}`"),
                            format!("Did you mean `{near}`?"),
                        );
                    }
                    None => {
                        let instead =
                            format!("Declare it under `measures:`, or use a built-in one: {}", known.join(", "));
                        context.reader.problem(at, format!("unknown measure `{name}`"), instead);
                    }
                }
                None
            }
        }
    }

    /// All measures with targets, by name.
    pub(super) fn with_targets(&mut self) -> Vec<String> {
        let found: Vec<String> =
            self.own.iter().filter(|name| self.known.get(*name).is_some_and(|m| m.target.is_some())).cloned().collect();
        self.used.extend(found.iter().cloned());
        found
    }

    /// A measure that was named before.
    pub(super) fn known(&self, name: &str) -> Option<&Measure> {
        self.known.get(name)
    }

    /// Whether measures of its own could not be read.
    pub(super) fn has_broken(&self) -> bool {
        !self.broken.is_empty()
    }

    /// Those that are part of the definition: its own, and the built-in ones that it names.
    pub(super) fn finish(self) -> Option<BTreeMap<String, Measure>> {
        let wanted = |name: &String| self.used.contains(name) || self.own.contains(name);
        self.broken.is_empty().then(|| self.known.into_iter().filter(|(name, _)| wanted(name)).collect())
    }

    fn one<'a>(&self, context: &Context<'_, 'a>, name: &str, node: &'a Node, own: &BTreeSet<&str>) -> Option<Measure> {
        let reader = context.reader;
        let fields = reader.fields(node, &KEYS)?;
        let kind = self.kind(context, &fields, own);
        let title = optional_line(&fields, "title", 100);
        let unit = optional_line(&fields, "unit", 40);
        let good = match fields.get("good") {
            Some(node) => {
                reader.choice(node, "direction", &[("down", Good::Down), ("up", Good::Up), ("neither", Good::Neither)])
            }
            None => Some(Good::Neither),
        };
        let kind = kind?;
        let unit = unit.map(|unit| if unit.is_empty() { own_unit(&kind) } else { unit });
        let title = title.map(|title| if title.is_empty() { heading(name) } else { title });
        let mut measure =
            Measure { name: name.to_owned(), title: title?, unit: unit?, kind, good: good?, target: None };
        if let Some(node) = fields.get("target") {
            measure.target = Some(target(context, node, &measure)?);
        }
        Some(measure)
    }

    fn kind<'a>(
        &self,
        context: &Context<'_, 'a>,
        fields: &Fields<'_, 'a>,
        own: &BTreeSet<&str>,
    ) -> Option<MeasureKind> {
        let reader = context.reader;
        let said: Vec<&str> = KEYS.iter().take(KINDS).copied().filter(|key| fields.has(key)).collect();
        if let [first, second, ..] = said.as_slice() {
            let what = format!("`{first}` and `{second}` both say how it is counted");
            reader.problem(fields.node().at, what, "Keep one of the two");
            return None;
        }
        if fields.has("of") && !fields.has("percentile") {
            reader.problem(fields.node().at, "`of` belongs to `percentile`", "Write `percentile: 95, of: actor`");
            return None;
        }
        let filter = match fields.get("where") {
            Some(node) => filter::read(context, node),
            None => Some(Filter::All),
        };
        let with = |measure: query::Measure, filter: Filter| query::Measure {
            count: measure.count,
            filter: measure.filter.and(filter),
        };
        match said.first() {
            Some(&"rate") => {
                let items = reader.list(fields.get("rate")?)?;
                let [part, whole] = items else {
                    let what = format!("`rate` names {} here, and it takes two: the part and the whole", items.len());
                    reader.problem(fields.get("rate")?.at, what, "Write as in `rate: [failed_logins, logins]`");
                    return None;
                };
                let (part, whole) = (self.operand(context, part, own), self.operand(context, whole, own));
                let filter = filter?;
                Some(MeasureKind::Rate { part: with(part?, filter.clone()), whole: with(whole?, filter) })
            }
            Some(key @ (&"per_day" | &"per_working_day")) => {
                let of = self.operand(context, fields.get(key)?, own)?;
                Some(MeasureKind::PerDay { of: with(of, filter?), working: *key == "per_working_day" })
            }
            _ => {
                let count = count(context, fields)?;
                Some(MeasureKind::Count(query::Measure { count, filter: filter? }))
            }
        }
    }

    /// A part of a rate or mean: a count by name, or one written out.
    fn operand<'a>(&self, context: &Context<'_, 'a>, node: &'a Node, own: &BTreeSet<&str>) -> Option<query::Measure> {
        let reader = context.reader;
        let Some(name) = node.as_text() else {
            let fields =
                reader.fields(node, &["count", "distinct", "first_seen", "burst", "percentile", "of", "where"])?;
            return match self.kind(context, &fields, own)? {
                MeasureKind::Count(measure) => Some(measure),
                MeasureKind::Rate { .. } | MeasureKind::PerDay { .. } => None,
            };
        };
        match self.known.get(name).map(|measure| &measure.kind) {
            Some(MeasureKind::Count(measure)) => Some(measure.clone()),
            Some(MeasureKind::Rate { .. } | MeasureKind::PerDay { .. }) => {
                let what = format!("`{name}` is a share or a mean itself, and cannot be part of another");
                reader.problem(node.at, what, "Name a count");
                None
            }
            None if self.broken.contains(name) => None,
            None if own.contains(name) => {
                let what = format!("`{name}` is a share or a mean itself, and cannot be part of another");
                reader.problem(node.at, what, "Name a count");
                None
            }
            None => {
                let known: Vec<&str> = self.known.keys().map(String::as_str).collect();
                let near = crate::written::nearest(name, known).map(|near| format!("Did you mean `{near}`?"));
                let instead = near.unwrap_or_else(|| "Name a count, or write one out: `{ where: { … } }`".to_owned());
                reader.problem(node.at, format!("unknown measure `{name}`"), instead);
                None
            }
        }
    }
}

fn count<'a>(context: &Context<'_, 'a>, fields: &Fields<'_, 'a>) -> Option<Count> {
    let reader = context.reader;
    if fields.has("count") {
        return fields.choice("count", "count", &[("events", Count::Events), ("records_affected", Count::Affected)]);
    }
    if fields.has("distinct") {
        return field(context, fields.get("distinct")?).map(Count::Distinct);
    }
    if fields.has("first_seen") {
        return field(context, fields.get("first_seen")?).map(Count::FirstSeen);
    }
    if fields.has("burst") {
        return length(fields, "burst", 1000, 24 * 60 * 60 * 1000).map(Count::Burst);
    }
    if fields.has("percentile") {
        let percent = reader.integer(fields.get("percentile")?, 0..=100).and_then(|percent| u8::try_from(percent).ok());
        let of = fields.need("of").and_then(|node| field(context, node));
        return Some(Count::Percentile(of?, percent?));
    }
    Some(Count::Events)
}

/// A field whose values can be told apart and counted.
pub(super) fn field<'a>(context: &Context<'_, 'a>, node: &'a Node) -> Option<Field> {
    let text = context.reader.text(node)?;
    match filter::field_of(text) {
        Some(Field::Time | Field::Affected) => {
            let what = format!("`{text}` has no values to tell groups apart");
            context.reader.problem(node.at, what, "Use a field as in `actor`, `module`, `hour` or `weekday`");
            None
        }
        Some(field) => Some(field),
        None => {
            filter::unknown_field(context, node.at, text, false);
            None
        }
    }
}

fn target(context: &Context<'_, '_>, node: &Node, measure: &Measure) -> Option<Target> {
    let text = node.as_text().unwrap_or_default();
    let Some((compare, amount)) = amounts::comparison(text) else {
        context.reader.wrong(node, "a comparison as in \"< 50\" or \"at most 2 %\"");
        return None;
    };
    match Scale::of(measure).amount(amount) {
        Ok(value) => Some(Target { compare, value }),
        Err((what, instead)) => {
            context.reader.problem(node.at, what, instead);
            None
        }
    }
}

fn own_unit(kind: &MeasureKind) -> String {
    let of = |measure: &query::Measure| match measure.count {
        Count::Events | Count::Burst(_) | Count::Percentile(..) => "events".to_owned(),
        Count::Affected => "records".to_owned(),
        Count::Distinct(field) | Count::FirstSeen(field) => match field {
            Field::Actor => "actors",
            Field::Module => "modules",
            Field::Record | Field::RecordName => "records",
            Field::Ip => "addresses",
            Field::Source => "sources",
            Field::ActorRole => "roles",
            Field::ActorTeam => "teams",
            Field::Action
            | Field::ActionClass
            | Field::Outcome
            | Field::Agent
            | Field::Channel
            | Field::ActorKind
            | Field::ActorKnown
            | Field::Affected
            | Field::Time
            | Field::OutsideHours
            | Field::Hour
            | Field::Weekday => "values",
        }
        .to_owned(),
    };
    match kind {
        MeasureKind::Count(measure) => of(measure),
        MeasureKind::Rate { .. } => "%".to_owned(),
        MeasureKind::PerDay { of: measure, working: false } => format!("{} a day", of(measure)),
        MeasureKind::PerDay { of: measure, working: true } => format!("{} a working day", of(measure)),
    }
}

/// `bulk_exports` as a heading: `Bulk exports`.
fn heading(name: &str) -> String {
    let text = name.replace(['_', '-'], " ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
