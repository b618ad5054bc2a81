//! First seen: values that a group never had before in the whole log. One finding a group and day, with all that is new.

use super::At;
use super::hit::Hit;
use crate::calendar::Millis;
use crate::calendar::period::{Period, Unit};
use crate::query::{Field, Filter, Table};
use chrono::NaiveDate;
use std::collections::BTreeMap;

pub(super) fn hits(at: &At<'_>, table: &Table, of: Field, learn: Millis, at_least: i64) -> Vec<Hit> {
    let mut firsts: BTreeMap<(&[String], &str), (NaiveDate, i64)> = BTreeMap::new();
    let mut groups: BTreeMap<&[String], NaiveDate> = BTreeMap::new();
    for row in &table.rows {
        let Some((group, [value, day])) = at.parts(row) else { continue };
        let Ok(day) = day.parse::<NaiveDate>() else { continue };
        let since = groups.entry(group).or_insert(day);
        *since = day.min(*since);
        if !value.is_empty() {
            let events = row.values.first().copied().unwrap_or(0);
            let first = firsts.entry((group, value.as_str())).or_insert((day, events));
            if day < first.0 {
                *first = (day, events);
            }
        }
    }
    let asked = super::whole(Unit::Day, at.span, at.zone());
    let mut new: BTreeMap<(&[String], NaiveDate), Vec<String>> = BTreeMap::new();
    for ((group, value), (day, _)) in firsts.into_iter().filter(|(_, (_, events))| *events >= at_least) {
        let begins = at.zone().day_start(day);
        let known = groups.get(group).map_or(begins, |since| at.zone().day_start(*since));
        if asked.contains(begins) && begins - known >= learn && begins > known {
            new.entry((group, day)).or_default().push(value.to_owned());
        }
    }
    let hit = |((group, day), values): ((&[String], NaiveDate), Vec<String>)| {
        let mut hit = Hit::of_period(at, group, &Period::containing(Unit::Day, day), values.len() as i64);
        hit.filter = at.of_group(group).and(Filter::OneOf(of, values.clone()));
        hit.what = values;
        hit
    };
    new.into_iter().map(hit).collect()
}
