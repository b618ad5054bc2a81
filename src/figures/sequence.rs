//! Sequence: at least so many events of one kind, then one of another, by the same group within a time. An exact scan.
//!
//! Each `then` is judged with the firsts of its group that lie at most `within` before it and after the group's `then`
//! before (which has used up what came before it): so a night of failures and its success are one finding, however often
//! that person logs in afterwards.

use super::context::Context;
use super::error::FigureError;
use super::measure::{reach, without};
use super::read::Reader;
use super::{Amount, Body, Figure, SequenceFound, Sequences, address};
use crate::audit_log::{AuditLog, StoredEvent};
use crate::calendar::{Millis, Span};
use crate::definition::{Section, SectionKind};
use crate::event::actor_key;
use crate::query::{EvidenceQuery, Field, Filter};
use std::collections::{BTreeMap, VecDeque};

/// More events of one kind than this are refused, never cut.
const MOST: usize = 500_000;

pub(super) fn sequence(context: &Context<'_>, log: &dyn AuditLog, section: &Section) -> Result<Body, FigureError> {
    let SectionKind::Sequence { first, at_least, then, by, within, raise } = &section.kind else {
        return Err(FigureError::section(&section.id, "it is no sequence"));
    };
    let scope = context.scope(&section.filter);
    let (first, then) = (scope.clone().and(first.clone()), scope.and(then.clone()));
    let (of_first, of_then) =
        (reach(&context.sources, &[(first.clone(), None)]), reach(&context.sources, &[(then.clone(), None)]));
    let mut lacking = of_first.not_recorded_by.clone();
    lacking.extend(of_then.not_recorded_by.iter().cloned());
    lacking.sort();
    lacking.dedup();
    let figure = |address: String, amount| Figure { address, label: 0, amount, not_recorded_by: lacking.clone() };
    let id = address::keyed(&section.id, &[]);
    let period = context.covered.span;
    let span = Span { from: period.from.saturating_sub(*within), to: period.to };
    let reader = Reader { lens: context.lens, zone: context.zone, mask: context.mask };
    let recorded = of_first.recorded && of_then.recorded;
    let (mut firsts, mut thens) = (Vec::new(), Vec::new());
    if recorded && !context.sources.is_empty() {
        firsts = read(context, log, section, span, without(first, &of_first.kept_out))?;
        thens = read(context, log, section, span, without(then, &of_then.kept_out))?;
    }
    let group = |event: &StoredEvent| reader.field(*by, event);
    let mut found = in_sequence(&group, &firsts, &thens, (*by, *at_least, *within), period);
    found.sort_by(|a, b| b.firsts.len().cmp(&a.firsts.len()).then_with(|| order(a.then).cmp(&order(b.then))));
    let total = match (context.sources.is_empty(), recorded) {
        (true, _) => Amount::NotInLog,
        (false, false) => Amount::NotRecorded,
        (false, true) => Amount::Whole(found.len() as i64),
    };
    let found = found.iter().map(|hit| SequenceFound {
        key: hit.key.clone(),
        count: figure(
            address::under(&address::under(&id, &address::part(&hit.key)), &reader.number(hit.then)),
            Amount::Whole(hit.firsts.len() as i64),
        ),
        first_at: hit.firsts.first().map_or(hit.then.event.time, |event| event.event.time),
        last_at: hit.firsts.last().map_or(hit.then.event.time, |event| event.event.time),
        then_at: hit.then.event.time,
        origins: origins(hit),
        event: reader.number(hit.then),
    });
    Ok(Body::Sequence(Sequences {
        by: by.name().to_owned(),
        at_least: *at_least,
        within: *within,
        severity: raise.as_ref().map_or("", |raise| raise.severity.name()).to_owned(),
        say: raise.as_ref().map(|raise| raise.say.clone()).unwrap_or_default(),
        do_this: raise.as_ref().map(|raise| raise.do_this.clone()).unwrap_or_default(),
        found: found.collect(),
        total: figure(address::under(&id, address::TOTAL), total),
    }))
}

/// One finding: its group as first seen, the firsts in order, and what followed.
pub struct InSequence<'a> {
    /// The group.
    pub key: String,
    /// What came first.
    pub firsts: Vec<&'a StoredEvent>,
    /// What followed.
    pub then: &'a StoredEvent,
}

fn read(
    context: &Context<'_>,
    log: &dyn AuditLog,
    section: &Section,
    span: Span,
    filter: Filter,
) -> Result<Vec<StoredEvent>, FigureError> {
    let query = EvidenceQuery { span, zone: context.zone.clone(), filter, limit: MOST };
    let evidence = log.evidence(&query, context.lens)?;
    if evidence.total != evidence.events.len() as u64 {
        let reason = format!("it would have to look at {} events, and {MOST} are the limit", evidence.total);
        return Err(FigureError::section(&section.id, reason));
    }
    Ok(evidence.events)
}

/// Time, then place in the log.
fn order(event: &StoredEvent) -> (Millis, u64, u64) {
    let mut parts = event.number.split('-').map(|part| part.parse::<u64>().unwrap_or(0));
    (event.event.time, parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// Every `then` of the period with its firsts, by the rule above. `of` gives an event's group; `by` the field that it is, at least
/// how many, and within how long.
pub fn in_sequence<'a>(
    of: &dyn Fn(&StoredEvent) -> String,
    firsts: &'a [StoredEvent],
    thens: &'a [StoredEvent],
    (by, at_least, within): (Field, u64, Millis),
    period: Span,
) -> Vec<InSequence<'a>> {
    // An event of both kinds is first what follows, and only then a first for later ones.
    let mut all: Vec<(bool, &StoredEvent)> =
        thens.iter().map(|event| (false, event)).chain(firsts.iter().map(|event| (true, event))).collect();
    all.sort_by_key(|(is_first, event)| (order(event), *is_first));
    let mut open: BTreeMap<String, (String, VecDeque<&StoredEvent>)> = BTreeMap::new();
    let mut found = Vec::new();
    for (is_first, event) in all {
        let shown = of(event);
        let key = if by == Field::Actor { actor_key(&shown) } else { shown.clone() };
        if key.is_empty() {
            continue;
        }
        let (name, waiting) = open.entry(key).or_insert_with(|| (shown, VecDeque::new()));
        while waiting.front().is_some_and(|first| event.event.time.saturating_sub(first.event.time) > within) {
            waiting.pop_front();
        }
        if is_first {
            waiting.push_back(event);
            continue;
        }
        let firsts: Vec<&StoredEvent> = std::mem::take(waiting).into();
        if firsts.len() as u64 >= at_least && !firsts.is_empty() && period.contains(event.event.time) {
            found.push(InSequence { key: name.clone(), firsts, then: event });
        }
    }
    found
}

fn origins(hit: &InSequence<'_>) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for event in hit.firsts.iter().chain([&hit.then]) {
        let ip = &event.event.origin.ip;
        if !ip.is_empty() && !list.contains(ip) {
            list.push(ip.clone());
        }
    }
    list
}
