//! Apply: rules that were read, as the engine takes them. Its traps are wrapped away here:
//!
//! - It finds the correlations of a rule by the rule's id alone, and looks filters' targets up in other ways: every document
//!   gets a number of ours for its id, and what refers to it is written anew.
//! - It counts in seconds: it is given milliseconds for them.
//! - A `temporal` correlation without a condition would hit on any one of its rules: it is told to want all.
//! - In a filter `1 of …` would look at the names of the rule that is filtered: patterns are written out before the two are
//!   joined, in both.
//! - What a rule says under `rsigma.…` would change how other rules are run: it is left out (and is a Problem when read).

use super::read::{Document, Meaning};
use super::sources::{Map, Sources};
use crate::calendar::Millis;
use rsigma_eval::{CompiledCorrelation, CompiledRule};
use rsigma_parser::{
    ConditionExpr, ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType, Detections, FilterRule,
    Quantifier, SelectorPattern, SigmaRule,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Rules as the engine takes them.
#[derive(Clone, Debug, Default)]
pub(super) struct Compiled {
    /// The maps that are asked, with the parts of each and the rules that look at it.
    pub maps: Vec<Asked>,
    /// Correlations: by the number of their rule.
    pub correlations: BTreeMap<usize, Correlation>,
    /// Correlations that a rule (or correlation) is counted by.
    pub counted_by: BTreeMap<usize, Vec<usize>>,
    /// See [`super::Rules::reach`].
    pub reach: Millis,
}

/// A source, and what is asked of it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub map: Map,
    /// Places in the map's parts, and the rules of that part.
    pub parts: Vec<(usize, Vec<CompiledRule>)>,
}

/// A correlation as it was written for the engine, and as the engine understood it.
#[derive(Clone, Debug)]
pub(super) struct Correlation {
    pub rule: CorrelationRule,
    pub compiled: CompiledCorrelation,
    pub timespan: Millis,
}

/// The id under which a rule is known to the engine.
pub(super) fn key(rule: usize) -> String {
    format!("#{rule}")
}

/// The rule of such an id.
pub(super) fn rule_of(key: &str) -> Option<usize> {
    key.strip_prefix('#')?.parse().ok()
}

/// Compiles documents whose references are resolved. `kept`: the place of each among the rules that are run; what is not in
/// it is not run. Errors: what the engine says, with the document.
pub(super) fn compile(
    documents: &[Document],
    kept: &BTreeMap<usize, usize>,
    sources: &Sources,
) -> Result<Compiled, Vec<(usize, String)>> {
    let mut compiled = Compiled::default();
    let mut wrong = Vec::new();
    let mut by_part: BTreeMap<(usize, usize), Vec<CompiledRule>> = BTreeMap::new();
    for (at, document) in documents.iter().enumerate() {
        let Some(number) = kept.get(&at) else { continue };
        match &document.meaning {
            Meaning::Detection { rule, parts } => {
                let filters = documents.iter().enumerate().filter(|(other, _)| kept.contains_key(other));
                let filters = filters.filter_map(|(_, other)| other.meaning.filters(at));
                match detection(rule, &key(*number), filters) {
                    Ok(rule) => {
                        for part in parts {
                            by_part.entry(*part).or_default().push(rule.clone());
                        }
                    }
                    Err(error) => wrong.push((at, error)),
                }
            }
            Meaning::Correlation { rule, rules } => {
                let rules: Vec<(&str, usize)> =
                    rules.iter().filter_map(|(name, at)| Some((name.as_str(), *kept.get(at)?))).collect();
                for (_, counted) in &rules {
                    compiled.counted_by.entry(*counted).or_default().push(*number);
                }
                match correlation(rule, &key(*number), &rules) {
                    Ok(correlation) => {
                        compiled.correlations.insert(*number, correlation);
                    }
                    Err(error) => wrong.push((at, error)),
                }
            }
            Meaning::Filter { .. } | Meaning::Nothing => {}
        }
    }
    for by in compiled.counted_by.values_mut() {
        by.sort_unstable();
        by.dedup();
    }
    for ((map, part), rules) in by_part {
        match compiled.maps.last_mut().filter(|asked| sources.maps.get(map) == Some(&asked.map)) {
            Some(asked) => asked.parts.push((part, rules)),
            None => {
                if let Some(map) = sources.maps.get(map) {
                    compiled.maps.push(Asked { map: map.clone(), parts: vec![(part, rules)] });
                }
            }
        }
    }
    compiled.reach = reach(&compiled);
    if wrong.is_empty() { Ok(compiled) } else { Err(wrong) }
}

impl Compiled {
    pub(super) fn sources(&self) -> Option<Vec<String>> {
        self.maps.iter().map(|asked| asked.map.source.clone()).collect()
    }
}

/// The longest chain of spans: a correlation's own, and before it that of what it counts.
fn reach(compiled: &Compiled) -> Millis {
    let mut reach: BTreeMap<usize, Millis> = BTreeMap::new();
    // References hold no circle: as many rounds as there are correlations settle the longest chain.
    for _ in 0..compiled.correlations.len() {
        let before = reach.clone();
        for (number, correlation) in &compiled.correlations {
            let counted = compiled.counted_by.iter().filter(|(_, by)| by.contains(number)).map(|(counted, _)| counted);
            let inner = counted.filter_map(|counted| before.get(counted)).max().copied().unwrap_or_default();
            reach.insert(*number, correlation.timespan.saturating_add(inner));
        }
        if reach == before {
            break;
        }
    }
    reach.into_values().max().unwrap_or_default()
}

/// Compiles one rule, without filters: for Problems.
pub(super) fn try_detection(rule: &SigmaRule) -> Result<(), String> {
    detection(rule, "#", std::iter::empty()).map(|_| ())
}

fn detection<'f>(
    rule: &SigmaRule,
    id: &str,
    filters: impl Iterator<Item = &'f FilterRule>,
) -> Result<CompiledRule, String> {
    let mut rule = rule.clone();
    rule.id = Some(id.to_owned());
    rule.name = None;
    rule.custom_attributes.clear();
    rule.detection.conditions = written_out(&rule.detection)?;
    for (count, filter) in filters.enumerate() {
        let own = |name: &str| format!("_filter{count}_{name}");
        let unless = any_of(written_out(&filter.detection)?);
        let unless = renamed(&unless, &own);
        for (name, detection) in &filter.detection.named {
            rule.detection.named.insert(own(name), detection.clone());
        }
        for condition in &mut rule.detection.conditions {
            *condition = ConditionExpr::And(vec![condition.clone(), unless.clone()]);
        }
    }
    rsigma_eval::compile_rule(&rule).map_err(|error| in_a_line(&error.to_string()))
}

/// What the engine says of an expression draws it over several lines; what is wrong stands in the last.
fn in_a_line(error: &str) -> String {
    match (error.lines().next(), error.lines().last()) {
        (Some(first), Some(last)) if first != last => {
            let what = first.split(": ").next().unwrap_or(first);
            format!("{what}: {}", last.strip_prefix("error: ").unwrap_or(last))
        }
        _ => error.to_owned(),
    }
}

/// The conditions with patterns as the names that they stand for.
fn written_out(detections: &Detections) -> Result<Vec<ConditionExpr>, String> {
    let mut names: Vec<&str> = detections.named.keys().map(String::as_str).collect();
    names.sort_unstable();
    let mut room = LONGEST;
    detections.conditions.iter().map(|condition| spread(condition, &names, &mut room)).collect()
}

/// So many names a condition may be written out to.
const LONGEST: usize = 20_000;

fn spread(condition: &ConditionExpr, names: &[&str], room: &mut usize) -> Result<ConditionExpr, String> {
    let all = |list: &[ConditionExpr], room: &mut usize| {
        list.iter().map(|one| spread(one, names, room)).collect::<Result<Vec<_>, _>>()
    };
    Ok(match condition {
        ConditionExpr::And(list) => ConditionExpr::And(all(list, room)?),
        ConditionExpr::Or(list) => ConditionExpr::Or(all(list, room)?),
        ConditionExpr::Not(inner) => ConditionExpr::Not(Box::new(spread(inner, names, room)?)),
        ConditionExpr::Identifier(_) => condition.clone(),
        ConditionExpr::Selector { quantifier, pattern } => {
            let meant = names.iter().filter(|name| pattern.matches_detection_name(name));
            let meant: Vec<ConditionExpr> = meant.map(|name| ConditionExpr::Identifier((*name).to_owned())).collect();
            *room = room.checked_sub(meant.len()).ok_or("the condition is too long")?;
            match (quantifier, meant.is_empty()) {
                (_, true) => return Err(format!("`{condition}` stands for no selection")),
                (Quantifier::All, _) => ConditionExpr::And(meant),
                (Quantifier::Any, _) => ConditionExpr::Or(meant),
                (Quantifier::Count(count), _) => at_least(*count, &meant)?,
            }
        }
    })
}

/// `2 of …`: any two of them, written out.
fn at_least(count: u64, of: &[ConditionExpr]) -> Result<ConditionExpr, String> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count == 0 || count > of.len() {
        return Err(format!("{count} of {} selections is never so", of.len()));
    }
    if of.len() > 12 {
        return Err("`N of` counts at most 12 selections".to_owned());
    }
    let sets = (0_u32..1 << of.len()).filter(|set| set.count_ones() as usize == count);
    let chosen = |set: u32| of.iter().enumerate().filter(move |(at, _)| set >> at & 1 == 1).map(|(_, one)| one.clone());
    Ok(ConditionExpr::Or(sets.map(|set| ConditionExpr::And(chosen(set).collect())).collect()))
}

fn any_of(mut conditions: Vec<ConditionExpr>) -> ConditionExpr {
    match conditions.pop() {
        Some(only) if conditions.is_empty() => only,
        Some(last) => {
            conditions.push(last);
            ConditionExpr::Or(conditions)
        }
        None => ConditionExpr::Or(conditions),
    }
}

fn renamed(condition: &ConditionExpr, name: &dyn Fn(&str) -> String) -> ConditionExpr {
    let all = |list: &[ConditionExpr]| list.iter().map(|one| renamed(one, name)).collect();
    match condition {
        ConditionExpr::And(list) => ConditionExpr::And(all(list)),
        ConditionExpr::Or(list) => ConditionExpr::Or(all(list)),
        ConditionExpr::Not(inner) => ConditionExpr::Not(Box::new(renamed(inner, name))),
        ConditionExpr::Identifier(own) => ConditionExpr::Identifier(name(own)),
        other @ ConditionExpr::Selector { .. } => other.clone(),
    }
}

/// Compiles one correlation over rules that are known by the names it gives them.
pub(super) fn correlation(written: &CorrelationRule, id: &str, rules: &[(&str, usize)]) -> Result<Correlation, String> {
    let mut rule = written.clone();
    let keys: HashMap<&str, String> = rules.iter().map(|(name, number)| (*name, key(*number))).collect();
    let known = |name: &str| keys.get(name).cloned().unwrap_or_else(|| name.to_owned());
    rule.id = Some(id.to_owned());
    rule.name = None;
    rule.custom_attributes.clear();
    rule.rules = rule.rules.iter().map(|name| known(name)).collect();
    for alias in &mut rule.aliases {
        alias.mapping = alias.mapping.iter().map(|(name, field)| (known(name), field.clone())).collect();
    }
    match &mut rule.condition {
        CorrelationCondition::Extended(expression) => *expression = renamed(expression, &known),
        CorrelationCondition::Threshold { predicates, .. } => {
            if rule.correlation_type == CorrelationType::Temporal && written.rules.len() > 1 && is_left_out(predicates)
            {
                let all: BTreeSet<&String> = rule.rules.iter().collect();
                *predicates = vec![(ConditionOperator::Gte, all.len() as u64)];
            }
        }
    }
    let thousand = |seconds: u64| seconds.checked_mul(1000).and_then(|millis| i64::try_from(millis).ok());
    let timespan = thousand(rule.timespan.seconds).ok_or("the timespan is too long")?;
    rule.timespan.seconds = timespan.unsigned_abs();
    if let Some(gap) = &mut rule.gap {
        gap.seconds = thousand(gap.seconds).ok_or("the gap is too long")?.unsigned_abs();
    }
    let compiled = rsigma_eval::correlation::compile_correlation(&rule).map_err(|error| error.to_string())?;
    Ok(Correlation { rule, compiled, timespan })
}

/// What the parser puts where a `temporal` correlation says no condition.
fn is_left_out(predicates: &[(ConditionOperator, u64)]) -> bool {
    predicates == [(ConditionOperator::Gte, 1)]
}

/// Whether a name is meant by a pattern of a condition.
pub(super) fn means(pattern: &SelectorPattern, name: &str) -> bool {
    pattern.matches_detection_name(name)
}
