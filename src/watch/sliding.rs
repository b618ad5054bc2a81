//! Sliding: so much in any span of a length, wherever it begins. Days that can hold such a span are found by counting, and only
//! the events of those are looked at.

use super::hit::{Hit, day_of};
use super::{At, MOST};
use crate::audit_log::{LogError, StoredEvent};
use crate::calendar::period::{Period, Unit};
use crate::calendar::{Millis, Span};
use crate::event::actor_key;
use crate::figures::field;
use crate::query::{Count, EvidenceQuery, Field, Table};
use crate::wording::plain;
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap, VecDeque};

pub(super) fn hits(
    at: &At<'_>,
    table: &Table,
    count: &Count,
    length: Millis,
    at_least: i64,
) -> Result<Vec<Hit>, LogError> {
    let mut groups: BTreeMap<&[String], BTreeMap<NaiveDate, i64>> = BTreeMap::new();
    for row in &table.rows {
        if let (Some((group, [day])), Some(value)) = (at.parts(row), row.values.first())
            && let Ok(day) = day.parse()
        {
            groups.entry(group).or_default().insert(day, *value);
        }
    }
    let mut found = Vec::new();
    for (group, days) in groups {
        for stretch in stretches(&days, at_least) {
            found.extend(of_stretch(at, group, &stretch, count, length, at_least)?);
        }
    }
    Ok(found)
}

/// Days on which such a span may lie: it lies in one day, or in the end of one and the beginning of the next, and then the two
/// days' most are not less together.
fn stretches(days: &BTreeMap<NaiveDate, i64>, at_least: i64) -> Vec<Vec<NaiveDate>> {
    let mut list: Vec<Vec<NaiveDate>> = Vec::new();
    for (day, value) in days {
        let before = day.pred_opt().filter(|before| days.get(before).is_some_and(|then| then + value >= at_least));
        match (before, list.last_mut()) {
            (Some(before), Some(last)) if last.last() == Some(&before) => last.push(*day),
            (Some(before), _) => list.push(vec![before, *day]),
            (None, _) if *value >= at_least => list.push(vec![*day]),
            (None, _) => {}
        }
    }
    list
}

fn of_stretch(
    at: &At<'_>,
    group: &[String],
    days: &[NaiveDate],
    count: &Count,
    length: Millis,
    at_least: i64,
) -> Result<Vec<Hit>, LogError> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(Vec::new()) };
    let span = Period::containing(Unit::Day, *first)
        .span(at.zone())
        .cover(&Period::containing(Unit::Day, *last).span(at.zone()));
    let query = EvidenceQuery { span, zone: at.zone().clone(), filter: at.of_group(group), limit: MOST };
    let evidence = at.against.log.evidence(&query, at.against.lens)?;
    if evidence.total > evidence.events.len() as u64 {
        // Too many to be looked at one by one: halves are looked at by themselves, down to single days.
        if days.len() > 1 {
            let (left, right) = days.split_at(days.len() / 2);
            let mut both = of_stretch(at, group, left, count, length, at_least)?;
            both.extend(of_stretch(at, group, right, count, length, at_least)?);
            return Ok(both);
        }
        let value = i64::try_from(evidence.total).unwrap_or(i64::MAX);
        let mut hit = Hit::of_period(at, group, &Period::containing(Unit::Day, *first), value);
        hit.limit = Some(at_least);
        return Ok(vec![hit]);
    }
    Ok(episodes(at, group, &evidence.events, count, length, at_least))
}

/// One hit for each day on which a stretch of spans over the line began: the span that has the most.
fn episodes(
    at: &At<'_>,
    group: &[String],
    events: &[StoredEvent],
    count: &Count,
    length: Millis,
    at_least: i64,
) -> Vec<Hit> {
    let mut window: VecDeque<(Millis, String)> = VecDeque::new();
    let mut values: HashMap<String, u64> = HashMap::new();
    let mut worst: BTreeMap<NaiveDate, (i64, Span)> = BTreeMap::new();
    let mut began: Option<NaiveDate> = None;
    for event in events {
        let time = event.event.time;
        while let Some((old, _)) = window.front()
            && time - old >= length
        {
            if let Some((_, value)) = window.pop_front()
                && let Some(times) = values.get_mut(&value)
            {
                *times -= 1;
                if *times == 0 {
                    values.remove(&value);
                }
            }
        }
        let value = match count {
            Count::Distinct(of) => {
                let text = field(*of, event, at.against.lens, at.zone());
                if *of == Field::Actor { actor_key(&text) } else { text }
            }
            _ => String::new(),
        };
        if value.is_empty() && matches!(count, Count::Distinct(_)) {
            continue;
        }
        *values.entry(value.clone()).or_default() += 1;
        window.push_back((time, value));
        let now = match count {
            Count::Distinct(_) => values.len() as i64,
            _ => window.len() as i64,
        };
        if now < at_least {
            began = None;
            continue;
        }
        let from = window.front().map_or(time, |(first, _)| *first);
        let day = *began.get_or_insert_with(|| at.zone().civil(time).date());
        let entry = worst.entry(day).or_insert((0, Span { from, to: time + 1 }));
        if now > entry.0 {
            *entry = (now, Span { from, to: time + 1 });
        }
    }
    let asked = super::whole(Unit::Day, at.span, at.zone());
    let hit = |(day, (value, span)): (NaiveDate, (i64, Span))| {
        let identity = Period::containing(Unit::Day, day).span(at.zone());
        let when = format!("{} to {}", plain::moment(span.from, at.zone()), until(at, span));
        let mut hit = Hit::new(at, group, span, when, value);
        (hit.identity, hit.limit) = (identity, Some(at_least));
        asked.contains(identity.from).then_some(hit)
    };
    worst.into_iter().filter_map(hit).collect()
}

/// The end of a span: its time of day where the day is the same.
fn until(at: &At<'_>, span: Span) -> String {
    let same = day_of(at, span.from) == day_of(at, span.to - 1);
    let civil = at.zone().civil(span.to - 1);
    if same { civil.format("%H:%M").to_string() } else { plain::moment(span.to - 1, at.zone()) }
}
