//! Evaluate: rules over stored events in order of time, and what they hit, gathered by rule, group and day.

use super::apply::{self, Asked, Compiled};
use super::pending::{MOST, Pending};
use super::row::Row;
use super::sources::Part;
use super::{Hit, Rules, SHOWN};
use crate::audit_log::{EARLIEST, StoredEvent};
use crate::calendar::Millis;
use crate::calendar::zone::Zone;
use chrono::NaiveDate;
use rsigma_eval::{
    CorrelationConfig, CorrelationEngine, CorrelationEventMode, Engine, EvaluationResult, GroupKey, TimestampFallback,
};
use std::collections::{BTreeMap, HashMap};

/// So many groups are counted at once, and so many hits are held.
const GROUPS: usize = 1_000_000;

/// After so many events groups that have no more events in their span are let go.
const SWEEP: u64 = 8_192;

/// A group: the names of the fields that its events have in common, with their values.
type Group = Vec<(String, String)>;

/// More at once than is held in memory: the rules want to be narrower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// Groups of correlations.
    #[error("the correlations count more than {GROUPS} groups at once: give them a shorter timespan, or group by less")]
    Groups,
    /// Hits.
    #[error("the rules hit more than {GROUPS} times: they ask for too little")]
    Hits,
}

/// A pass over the log.
pub struct Evaluation<'r> {
    rules: &'r Rules,
    zone: Zone,
    sources: Vec<Source<'r>>,
    engine: CorrelationEngine,
    pending: HashMap<(usize, Group), Pending>,
    hits: BTreeMap<(NaiveDate, usize, Group), Gathered>,
    seen: u64,
}

/// One source with its engines, one for each of its parts.
struct Source<'r> {
    asked: &'r Asked,
    engines: Vec<(&'r Part, Engine)>,
}

/// A hit that grows.
struct Gathered {
    hit: Hit,
    /// The place of the next event in what is pending.
    next: u64,
}

impl<'r> Evaluation<'r> {
    /// Begins. Days are those of the zone.
    pub fn new(rules: &'r Rules, zone: &Zone) -> Evaluation<'r> {
        let config = CorrelationConfig {
            timestamp_fields: Vec::new(),
            timestamp_fallback: TimestampFallback::Skip,
            // The engine would forget the oldest groups in silence: they are counted here.
            max_state_entries: usize::MAX,
            max_group_entries: Some(MOST),
            correlation_event_mode: CorrelationEventMode::None,
            ..CorrelationConfig::default()
        };
        let mut engine = CorrelationEngine::new(config);
        for correlation in rules.compiled.correlations.values() {
            // What cannot be added was not compiled either, and is no rule.
            let _ = engine.add_correlation(&correlation.rule);
        }
        let sources = rules.compiled.maps.iter().map(Source::new).collect();
        Evaluation {
            rules,
            zone: zone.clone(),
            sources,
            engine,
            pending: HashMap::new(),
            hits: BTreeMap::new(),
            seen: 0,
        }
    }

    /// Looks at the next event. They come in order of time.
    ///
    /// # Errors
    /// More groups or hits than are held at once.
    pub fn see(&mut self, stored: &StoredEvent) -> Result<(), TooMuch> {
        for at in 0..self.sources.len() {
            let Some(source) = self.sources.get(at) else { continue };
            if !source.holds(stored) {
                continue;
            }
            let row = Row::new(stored, &source.asked.map);
            let found = source.find(&row, stored);
            if found.is_empty() {
                continue;
            }
            for rule in found.iter().filter_map(rule_of) {
                if self.rules.rules.get(rule).is_some_and(|rule| rule.raises) {
                    let actor = &stored.event.actor;
                    let group = if actor.is_empty() { Vec::new() } else { vec![("actor".to_owned(), actor.clone())] };
                    self.hit(rule, group, stored.event.time).take(stored.event.time, &stored.number);
                }
            }
            self.count(stored, &row, found);
        }
        self.seen += 1;
        if self.seen.is_multiple_of(SWEEP) {
            self.sweep(stored.event.time);
            if self.pending.len() > GROUPS {
                return Err(TooMuch::Groups);
            }
            if self.hits.len() > GROUPS {
                return Err(TooMuch::Hits);
            }
        }
        Ok(())
    }

    /// Everything that was hit: by day, then in the order of the rules, then by group.
    pub fn finish(self) -> Vec<Hit> {
        self.hits.into_values().map(|gathered| gathered.hit).collect()
    }

    /// Lets correlations count what rules found in an event.
    fn count(&mut self, stored: &StoredEvent, row: &Row<'_>, found: Vec<EvaluationResult>) {
        let compiled = &self.rules.compiled;
        if compiled.correlations.is_empty() {
            return;
        }
        let (time, number) = (stored.event.time, stored.number.as_str());
        for rule in found.iter().filter_map(rule_of) {
            for by in compiled.counted_by.get(&rule).into_iter().flatten() {
                let Some(correlation) = compiled.correlations.get(by) else { continue };
                let fields = &correlation.compiled.group_by;
                let group = GroupKey::extract(row, fields, &[apply::key(rule).as_str()]).to_pairs(fields);
                self.pending.entry((*by, group)).or_default().push(time, number, correlation.timespan);
            }
        }
        let fired = self.engine.process_with_detections(row, found, instant(time));
        for result in fired.iter().filter(|result| result.is_correlation()) {
            self.fired(compiled, result, stored);
        }
    }

    /// A correlation's condition is true: its events are a hit, and are counted by the correlations above it.
    fn fired(&mut self, compiled: &Compiled, result: &EvaluationResult, stored: &StoredEvent) {
        let (Some(rule), Some(body)) = (rule_of(result), result.as_correlation()) else { return };
        let group = body.group_key.clone();
        let key = (rule, group.clone());
        let untold = self.pending.get_mut(&key).map(Pending::untold).unwrap_or_default();
        for by in compiled.counted_by.get(&rule).into_iter().flatten() {
            let Some(correlation) = compiled.correlations.get(by) else { continue };
            let fields = &correlation.compiled.group_by;
            let above = GroupKey::from_pairs(&group, fields).to_pairs(fields);
            let pending = self.pending.entry((*by, above)).or_default();
            untold.iter().for_each(|event| pending.push(event.time, &event.number, correlation.timespan));
            pending.evict(stored.event.time.saturating_sub(correlation.timespan));
        }
        if !self.rules.rules.get(rule).is_some_and(|rule| rule.raises) {
            return;
        }
        let day = self.zone.civil(stored.event.time).date();
        let next = self.hits.get(&(day, rule, group.clone())).map_or(0, |gathered| gathered.next);
        let pending = self.pending.get(&key);
        let (events, next) = pending.map(|pending| (pending.since(next), pending.next())).unwrap_or_default();
        let gathered = self.hit(rule, group, stored.event.time);
        events.iter().for_each(|event| gathered.take(event.time, &event.number));
        gathered.next = next;
        let value = body.aggregated_value;
        gathered.hit.value = Some(gathered.hit.value.map_or(value, |before| before.max(value)));
    }

    fn hit(&mut self, rule: usize, group: Group, time: Millis) -> &mut Gathered {
        let day = self.zone.civil(time).date();
        let made = |group: Group| Gathered {
            hit: Hit { rule, day, group, first: time, last: time, events: 0, value: None, numbers: Vec::new() },
            next: 0,
        };
        self.hits.entry((day, rule, group.clone())).or_insert_with(|| made(group))
    }

    fn sweep(&mut self, now: Millis) {
        self.engine.evict_expired(instant(now));
        let correlations = &self.rules.compiled.correlations;
        self.pending.retain(|(rule, _), pending| {
            correlations.get(rule).is_some_and(|correlation| pending.evict(now.saturating_sub(correlation.timespan)))
        });
    }
}

impl<'r> Source<'r> {
    fn new(asked: &'r Asked) -> Source<'r> {
        let engine = |rules: &[rsigma_eval::CompiledRule]| {
            let mut engine = Engine::new();
            engine.extend_compiled_rules(rules.iter().cloned());
            engine
        };
        let parts = asked.parts.iter();
        let engines = parts.filter_map(|(part, rules)| Some((asked.map.parts.get(*part)?, engine(rules))));
        Source { asked, engines: engines.collect() }
    }

    fn holds(&self, stored: &StoredEvent) -> bool {
        self.asked.map.source.as_ref().is_none_or(|source| *source == stored.source)
    }

    /// What the rules find in an event, each rule once: one may look at several parts of a source.
    fn find(&self, row: &Row<'_>, stored: &StoredEvent) -> Vec<EvaluationResult> {
        let mut found: Vec<EvaluationResult> = Vec::new();
        for (part, engine) in &self.engines {
            if part.holds(stored) {
                for result in engine.evaluate(row) {
                    if !found.iter().any(|other| other.header.rule_id == result.header.rule_id) {
                        found.push(result);
                    }
                }
            }
        }
        found
    }
}

impl Gathered {
    fn take(&mut self, time: Millis, number: &str) {
        self.hit.first = self.hit.first.min(time);
        self.hit.last = self.hit.last.max(time);
        self.hit.events += 1;
        if self.hit.numbers.len() < SHOWN {
            self.hit.numbers.push(number.to_owned());
        }
    }
}

fn rule_of(result: &EvaluationResult) -> Option<usize> {
    result.header.rule_id.as_deref().and_then(apply::rule_of)
}

/// The engine knows no time before its zero.
fn instant(time: Millis) -> i64 {
    time.saturating_sub(EARLIEST)
}
