//! First seen: values that a group never had before in the whole log. One finding a group and day, with all that is new.

use super::At;
use super::hit::Hit;
use crate::calendar::period::{Period, Unit};
use crate::calendar::Millis;
use crate::definition::watch::Test;
use crate::query::{Filter, Table};
use chrono::NaiveDate;
use std::collections::BTreeMap;

pub(super) fn hits(at: &At<'_>, table: &Table, learn: Millis) -> Vec<Hit> {
    let Test::FirstSeen { field, .. } = &at.rule.test else { return Vec::new() };
    let mut firsts: BTreeMap<(&[String], &str), NaiveDate> = BTreeMap::new();
    let mut groups: BTreeMap<&[String], NaiveDate> = BTreeMap::new();
    for row in &table.rows {
        let Some((group, [value, day])) = at.parts(row) else { continue };
        let Ok(day) = day.parse::<NaiveDate>() else { continue };
        let since = groups.entry(group).or_insert(day);
        *since = day.min(*since);
        if !value.is_empty() {
            let first = firsts.entry((group, value.as_str())).or_insert(day);
            *first = day.min(*first);
        }
    }
    let asked = super::whole(Unit::Day, at.span, at.zone());
    let mut new: BTreeMap<(&[String], NaiveDate), Vec<String>> = BTreeMap::new();
    for ((group, value), day) in firsts {
        let begins = at.zone().day_start(day);
        let known = groups.get(group).map_or(begins, |since| at.zone().day_start(*since));
        if asked.contains(begins) && begins - known >= learn && begins > known {
            new.entry((group, day)).or_default().push(value.to_owned());
        }
    }
    let hit = |((group, day), values): ((&[String], NaiveDate), Vec<String>)| {
        let mut hit = Hit::of_period(at, group, &Period::containing(Unit::Day, day), values.len() as i64);
        hit.filter = at.of_group(group).and(Filter::OneOf(*field, values.clone()));
        hit.what = values;
        hit
    };
    new.into_iter().map(hit).collect()
}
