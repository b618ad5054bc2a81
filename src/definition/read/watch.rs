//! Reading watch rules: a file of `schedules/watch/` each, or a list under `watch:` in a definition.

use super::super::watch::{AT_MOST, Exception, PLACES, Per, Rule, Test};
use super::common::{duration, is_name, length, line_of_text, yes};
use super::measures::field;
use super::{Context, address, all, doubled, filter};
use crate::calendar::Millis;
use crate::calendar::period::Unit;
use crate::calendar::zone::{Zone, ZoneRules};
use crate::finding::Severity;
use crate::query::{Compare, Count, Field, Filter};
use crate::seal::sha256_hex;
use crate::written::{Fields, Node, Problem, Reader, Tree};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

const KEYS: [&str; 22] = [
    "name",
    "title",
    "timezone",
    "where",
    "by",
    "count",
    "distinct",
    "per",
    "more_than",
    "at_least",
    "against",
    "then",
    "absent",
    "first_seen",
    "unreadable",
    "outside_hours",
    "unless",
    "severity",
    "say",
    "do",
    "at_most",
    "alert",
];

const MINUTE: Millis = 60_000;
const DAY: Millis = 86_400_000;

/// Where alerts may go.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alerting<'a> {
    /// Only to these domains; none given: to all.
    pub domains: &'a [String],
    /// The groups that may be named; `None`: they are not known here.
    pub groups: Option<&'a BTreeMap<String, Vec<String>>>,
}

impl Rule {
    /// Reads a file of `schedules/watch/`. `stem` is its name without folder and ending, `file` what Problems call it,
    /// `zone` the installation's.
    ///
    /// # Errors
    /// Every Problem, in the order of the file.
    pub fn read(
        stem: &str,
        file: &str,
        text: &str,
        zone: &Zone,
        rules: &ZoneRules,
        alerting: Alerting<'_>,
    ) -> Result<Rule, Vec<Problem>> {
        let tree = Tree::parse(file, text);
        let reader = Reader::new(&tree);
        let rule = reader.root_fields(&KEYS).and_then(|fields| {
            let own = match fields.text("timezone") {
                Some(name) => zone_of(&fields, name, rules),
                None => (!fields.has("timezone")).then(|| zone.clone()),
            };
            if let Some(node) = fields.get("name") {
                reader.problem(node.at, "a rule in a file of its own is named as its file", "Leave `name` out");
            }
            if !is_name(stem) {
                let instead = "Use small letters, digits, `-` and `_`, as in `failed-logins.yaml`";
                reader.problem(fields.node().at, format!("the file's name `{stem}` cannot be a rule's name"), instead);
                return None;
            }
            let context = context(&reader, own.clone().unwrap_or_else(|| zone.clone()));
            one(&context, &fields, stem.to_owned(), sha256_hex(text.as_bytes()), None, alerting)
                .filter(|_| own.is_some())
        });
        reader.finish(rule)
    }
}

fn context<'r, 'a>(reader: &'r Reader<'a>, zone: Zone) -> Context<'r, 'a> {
    Context { reader, zone, units: BTreeSet::new(), fiscal: None, compared: false, normal: false }
}

fn zone_of(fields: &Fields<'_, '_>, name: &str, rules: &ZoneRules) -> Option<Zone> {
    let zone = rules.zone(name);
    if zone.is_none()
        && let Some(node) = fields.get("timezone")
    {
        fields.reader().problem(node.at, format!("there is no time zone `{name}`"), "Write one as in `Europe/Berlin`");
    }
    zone
}

/// The rules of a definition: within its filter and zone, and `per: period` is the unit of its own periods.
pub(super) fn list<'a>(
    context: &Context<'_, 'a>,
    node: Option<&'a Node>,
    stem: &str,
    scope: &Filter,
    alerting: Alerting<'_>,
) -> Option<Vec<Rule>> {
    let Some(node) = node else { return Some(Vec::new()) };
    let reader = context.reader;
    let items = reader.list(node)?;
    let rules = items.iter().map(|item| {
        let fields = reader.fields(item, &KEYS)?;
        if let Some(node) = fields.get("timezone") {
            reader.problem(node.at, "a rule in a definition has the definition's time zone", "Leave `timezone` out");
        }
        let name = fields.need("name").and_then(|node| {
            let name = node.as_text().filter(|name| is_name(name));
            if name.is_none() {
                reader.wrong(node, "a short name as in `failed-logins`: small letters, digits, `-` and `_`");
            }
            name.map(str::to_owned)
        });
        let written = serde_json::to_string(&item.value()).unwrap_or_default();
        let period = match context.units.iter().collect::<Vec<_>>().as_slice() {
            [Some(unit)] => Some(*unit),
            _ => None,
        };
        let digest = sha256_hex(format!("{scope:?}\n{}\n{written}", context.zone.name()).as_bytes());
        let mut rule = one(context, &fields, format!("{stem}/{}", name?), digest, period, alerting)?;
        rule.filter = scope.clone().and(rule.filter);
        Some(rule)
    });
    let found = all(rules.collect());
    for name in doubled(items.iter().filter_map(|item| item.get("name")?.as_text())) {
        let nodes = items.iter().filter_map(|item| item.get("name")).filter(|node| node.as_text() == Some(name));
        for node in nodes.skip(1) {
            reader.problem(node.at, format!("two rules are named `{name}`"), "Give each its own name");
        }
    }
    found
}

fn one<'a>(
    context: &Context<'_, 'a>,
    fields: &Fields<'_, 'a>,
    name: String,
    digest: String,
    period: Option<Unit>,
    alerting: Alerting<'_>,
) -> Option<Rule> {
    let reader = context.reader;
    let title = fields.need("title").and_then(|node| line_of_text(reader, node, 200));
    let looked_at = match fields.get("where") {
        Some(node) => filter::read(context, node),
        None => (!fields.has("where")).then_some(Filter::All),
    };
    let outside = yes(fields, "outside_hours", false);
    let by = by(context, fields);
    let test = test(context, fields, period);
    let exceptions = exceptions(context, fields);
    let severity = fields.need("severity").and_then(|node| {
        let known = [("high", Severity::High), ("medium", Severity::Medium), ("low", Severity::Low)];
        reader.choice(node, "severity", &known)
    });
    let say = fields.need("say").and_then(|node| line_of_text(reader, node, 300));
    let do_this = fields.need("do").and_then(|node| line_of_text(reader, node, 300));
    let at_most = at_most(fields);
    let alert = alert(fields, alerting);
    let (test, by) = (test?, by?);
    if let Some(say) = &say {
        places(fields, &test, &by, say);
    }
    if matches!(test, Test::Sequence { .. }) && by.len() != 1 {
        let instead = "Write `by: actor`, or another field";
        reader.problem(fields.node().at, "what follows has to be by the same one", instead);
        return None;
    } else if matches!(test, Test::Absent { .. } | Test::Unreadable { .. })
        && !matches!(by.as_slice(), [] | [Field::Source])
    {
        let instead = "Leave `by` out, or write `by: source`: one finding for each source";
        reader.problem(fields.node().at, "what is not there has nobody who did it", instead);
        return None;
    }
    let mut filter = looked_at?;
    if outside? {
        filter = filter.and(Filter::is(Field::OutsideHours, "yes"));
    }
    let exceptions = exceptions?;
    for exception in &exceptions {
        let end = context.zone.day_start(exception.until);
        let good = exception.filter.clone().and(Filter::Number(Field::Time, Compare::Less, end));
        filter = filter.and(Filter::Not(Box::new(good)));
    }
    Some(Rule {
        name,
        digest,
        title: title?,
        zone: context.zone.clone(),
        filter,
        by,
        test,
        exceptions,
        severity: severity?,
        say: say?,
        do_this: do_this?,
        at_most: at_most?,
        alert: alert?,
    })
}

fn by<'a>(context: &Context<'_, 'a>, fields: &Fields<'_, 'a>) -> Option<Vec<Field>> {
    let Some(node) = fields.get("by") else { return (!fields.has("by")).then(Vec::new) };
    let items = context.reader.one_or_more(node);
    let found = all(items.iter().map(|node| field(context, node)).collect())?;
    let different: BTreeSet<Field> = found.iter().copied().collect();
    if different.len() < found.len() || found.len() > 3 || found.contains(&Field::Time) {
        context.reader.wrong(node, "one field as in `actor`, or up to three different ones, and not `time`");
        return None;
    }
    Some(found)
}

/// What is counted: events, records, different values.
fn count<'a>(context: &Context<'_, 'a>, fields: &Fields<'_, 'a>) -> Option<Count> {
    let reader = context.reader;
    if let (Some(node), true) = (fields.get("distinct"), fields.has("count")) {
        reader.problem(node.at, "`count` and `distinct` both say what is counted", "Keep one of the two");
        return None;
    }
    if let Some(node) = fields.get("distinct") {
        return field(context, node).map(Count::Distinct);
    }
    match fields.get("count") {
        Some(node) => reader.choice(node, "`count`", &[("events", Count::Events), ("records", Count::Affected)]),
        None => (!fields.has("count") && !fields.has("distinct")).then_some(Count::Events),
    }
}

/// Which of the five kinds of test it is, by its keys.
fn test<'a>(context: &Context<'_, 'a>, fields: &Fields<'_, 'a>, period: Option<Unit>) -> Option<Test> {
    let reader = context.reader;
    let kinds: Vec<&str> =
        ["against", "then", "absent", "first_seen", "unreadable"].into_iter().filter(|key| fields.has(key)).collect();
    let refuse = |keys: &[&str], kind: &str| {
        let mut good = true;
        for key in keys.iter().filter(|key| fields.has(key)) {
            let at = fields.get(key).map_or(fields.node().at, |node| node.at);
            reader.problem(at, format!("`{key}` says nothing beside `{kind}`"), "Leave it out");
            good = false;
        }
        good
    };
    match kinds.as_slice() {
        [] => {
            let per = fields.need("per").and_then(|node| per(reader, node, period));
            let (at_least, count) = (limit(fields), count(context, fields));
            let (per, count, at_least) = (per?, count?, at_least?);
            if matches!(per, Per::Sliding(_)) && count == Count::Affected {
                let node = fields.get("count")?;
                let instead = "Count events, or write `per: hour` or `per: day`";
                reader.problem(node.at, "records are not counted over any span, only over hours and longer", instead);
                return None;
            }
            Some(Test::Count { count, per, at_least })
        }
        ["against"] => {
            let good = refuse(&["more_than", "at_least"], "against");
            let (count, against) = (count(context, fields), against(fields, fields.get("against")?));
            let unit = fields.need("per").and_then(|node| match per(reader, node, period)? {
                Per::Unit(unit @ (Unit::Day | Unit::Week | Unit::Month)) => Some(unit),
                _ => {
                    reader.wrong(node, "`day`, `week` or `month`: what is normal is learnt from those before");
                    None
                }
            });
            let ((spreads, floor), unit) = (against?, unit?);
            good.then_some(Test::Normal { count: count?, unit, spreads, floor })
        }
        ["then"] => {
            let good = refuse(&["per", "count", "distinct", "more_than"], "then");
            let then = reader.fields(fields.get("then")?, &["where", "within"])?;
            let filter = then.need("where").and_then(|node| filter::read(context, node));
            let within = then.need("within").and_then(|_| length(&then, "within", MINUTE, 31 * DAY));
            let at_least = match fields.has("at_least") {
                true => u64::try_from(fields.integer("at_least", 1..=1_000_000)?).ok(),
                false => Some(1),
            };
            let (then, within, at_least) = (filter?, within?, at_least?);
            good.then_some(Test::Sequence { at_least, then, within })
        }
        ["absent"] => {
            let good = refuse(&["per", "count", "distinct", "more_than", "at_least"], "absent");
            let absent = reader.fields(fields.get("absent")?, &["per", "after"])?;
            let units = [
                ("day", (Unit::Day, false)),
                ("working day", (Unit::Day, true)),
                ("week", (Unit::Week, false)),
                ("month", (Unit::Month, false)),
            ];
            let unit = absent.need("per").and_then(|node| reader.choice(node, "`per`", &units));
            let after = match absent.has("after") {
                true => length(&absent, "after", 0, 31 * DAY),
                false => Some(0),
            };
            let ((unit, working), after) = (unit?, after?);
            good.then_some(Test::Absent { unit, working, after })
        }
        ["unreadable"] => {
            let good = refuse(&["per", "count", "distinct", "more_than", "at_least"], "unreadable");
            let unreadable = reader.fields(fields.get("unreadable")?, &["per", "at_least"])?;
            let units = [("day", Unit::Day), ("week", Unit::Week), ("month", Unit::Month)];
            let unit = unreadable.need("per").and_then(|node| reader.choice(node, "`per`", &units));
            let at_least = match unreadable.has("at_least") {
                true => unreadable.integer("at_least", 1..=1_000_000_000),
                false => Some(1),
            };
            let (unit, at_least) = (unit?, at_least?);
            good.then_some(Test::Unreadable { unit, at_least })
        }
        ["first_seen"] => {
            let good = refuse(&["per", "count", "distinct", "more_than"], "first_seen");
            let node = fields.get("first_seen")?;
            let (seen, learn) = match node.as_map() {
                None => (field(context, node), Some(30 * DAY)),
                Some(_) => {
                    let fields = reader.fields(node, &["field", "learn"])?;
                    let learn =
                        if fields.has("learn") { length(&fields, "learn", 0, 400 * DAY) } else { Some(30 * DAY) };
                    (fields.need("field").and_then(|node| field(context, node)), learn)
                }
            };
            let at_least = if fields.has("at_least") { fields.integer("at_least", 1..=1_000_000_000) } else { Some(1) };
            let (field, learn, at_least) = (seen?, learn?, at_least?);
            good.then_some(Test::FirstSeen { field, learn, at_least })
        }
        several => {
            let what = format!("`{}` are several kinds of rules", several.join("` and `"));
            reader.problem(fields.node().at, what, "Write two rules");
            None
        }
    }
}

fn per(reader: &Reader<'_>, node: &Node, period: Option<Unit>) -> Option<Per> {
    let text = node.as_text().unwrap_or_default().trim();
    let found = match text {
        "hour" => Some(Per::Hour),
        "day" => Some(Per::Unit(Unit::Day)),
        "week" => Some(Per::Unit(Unit::Week)),
        "month" => Some(Per::Unit(Unit::Month)),
        "quarter" => Some(Per::Unit(Unit::Quarter)),
        "period" => {
            let Some(unit) = period else {
                let what = "a rule has a period only in a report that has one kind of calendar periods";
                reader.problem(node.at, what, "Write `day`, `week` or `month`");
                return None;
            };
            Some(Per::Unit(unit))
        }
        _ => duration(text).filter(|length| (1000..=DAY).contains(length)).map(Per::Sliding),
    };
    if found.is_none() {
        reader.wrong(node, "`hour`, `day`, `week`, `month`, `quarter`, or any span up to a day as in `10m` or `2h`");
    }
    found
}

/// The least that is too much.
fn limit(fields: &Fields<'_, '_>) -> Option<i64> {
    const RANGE: std::ops::RangeInclusive<i64> = 0..=1_000_000_000_000;
    match (fields.has("more_than"), fields.has("at_least")) {
        (true, false) => Some(fields.integer("more_than", RANGE)? + 1),
        (false, true) => fields.integer("at_least", 1..=1_000_000_000_000),
        (true, true) => {
            let what = "`more_than` and `at_least` both say where the line is";
            fields.reader().problem(fields.node().at, what, "Keep one of the two");
            None
        }
        (false, false) => {
            let what = "the rule does not say where the line is";
            fields.reader().problem(fields.node().at, what, "Add `more_than: 10`, `at_least: 10` or `against: normal`");
            None
        }
    }
}

/// `normal`, or a map with `spreads` and `floor`.
fn against<'a>(fields: &Fields<'_, 'a>, node: &'a Node) -> Option<(u8, i64)> {
    let reader = fields.reader();
    if node.as_text() == Some("normal") {
        return Some((5, 1));
    }
    if node.as_map().is_none() {
        reader.wrong(node, "`normal`, or `{ spreads: 5, floor: 20 }`");
        return None;
    }
    let fields = reader.fields(node, &["spreads", "floor"])?;
    let spreads = if fields.has("spreads") { fields.integer("spreads", 1..=100)? } else { 5 };
    let floor = if fields.has("floor") { fields.integer("floor", 1..=1_000_000_000_000)? } else { 1 };
    Some((u8::try_from(spreads).ok()?, floor))
}

fn exceptions<'a>(context: &Context<'_, 'a>, fields: &Fields<'_, 'a>) -> Option<Vec<Exception>> {
    let Some(node) = fields.get("unless") else { return (!fields.has("unless")).then(Vec::new) };
    let reader = context.reader;
    let one = |node: &'a Node| {
        let fields = reader.fields(node, &["where", "reason", "until"])?;
        let filter = fields.need("where").and_then(|node| filter::read(context, node));
        let reason = fields.need("reason").and_then(|node| line_of_text(reader, node, 300));
        let until: Option<NaiveDate> = fields.need("until").and_then(|node| reader.date(node));
        Some(Exception { filter: filter?, reason: reason?, until: until? })
    };
    all(reader.one_or_more(node).iter().map(one).collect())
}

/// `5 per day`, or the number alone.
fn at_most(fields: &Fields<'_, '_>) -> Option<u32> {
    let Some(node) = fields.get("at_most") else { return (!fields.has("at_most")).then_some(AT_MOST) };
    let text = node.as_text().unwrap_or_default().trim();
    let number = text.strip_suffix("per day").or_else(|| text.strip_suffix("a day")).unwrap_or(text).trim();
    let found = number.parse::<u32>().ok().filter(|number| (1..=10_000).contains(number));
    if found.is_none() {
        fields.reader().wrong(node, "a number of findings as in `5 per day`");
    }
    found
}

fn alert(fields: &Fields<'_, '_>, alerting: Alerting<'_>) -> Option<Vec<String>> {
    let Some(node) = fields.get("alert") else { return (!fields.has("alert")).then(Vec::new) };
    let reader = fields.reader();
    let mut to: Vec<String> = Vec::new();
    let mut sound = true;
    for node in reader.one_or_more(node) {
        let found = match node.as_text().and_then(|text| text.strip_prefix("group:")) {
            Some(name) => match alerting.groups {
                None => Some(Vec::new()),
                Some(groups) => {
                    let members = groups.get(name).cloned();
                    if members.is_none() {
                        reader.unknown(node.at, "group", name, groups.keys().map(String::as_str));
                    }
                    members
                }
            },
            None => address(reader, node, alerting.domains).map(|one| vec![one]),
        };
        sound &= found.is_some();
        to.extend(found.into_iter().flatten());
    }
    to.sort();
    to.dedup();
    sound.then_some(to)
}

fn places(fields: &Fields<'_, '_>, test: &Test, by: &[Field], say: &str) {
    let Some(node) = fields.get("say") else { return };
    for name in say.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
        if Rule::has_place(test, by, name) {
            continue;
        }
        let there: Vec<String> = PLACES
            .iter()
            .filter(|place| Rule::has_place(test, by, place))
            .map(|place| format!("`{{{place}}}`"))
            .collect();
        let instead = format!("This rule has {}", there.join(", "));
        fields.reader().problem(node.at, format!("nothing is filled in for `{{{name}}}`"), instead);
    }
}
