//! Budget: at most so many findings of a rule a day; the others are one that says how many they are. Nobody learns to ignore it.

use super::At;
use super::hit::{Hit, day_of, shortened};
use crate::calendar::Span;
use crate::query::Filter;
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::BTreeMap;

pub(super) fn keep(at: &At<'_>, hits: Vec<Hit>) -> Vec<Hit> {
    let mut days: BTreeMap<NaiveDate, Vec<Hit>> = BTreeMap::new();
    for hit in hits {
        days.entry(hit.day(at)).or_default().push(hit);
    }
    let most = usize::try_from(at.rule.at_most).unwrap_or(usize::MAX);
    let mut kept = Vec::new();
    for mut of_day in days.into_values() {
        if of_day.len() > most {
            // The farthest over the line stay; among equals the order is that of the groups, so that it is always the same.
            of_day.sort_by(|a, b| Reverse(a.value).cmp(&Reverse(b.value)).then_with(|| a.keys.cmp(&b.keys)));
            let rest = of_day.split_off(most);
            of_day.extend(folded(at, &rest));
        }
        of_day.sort_by(|a, b| (a.span.from, &a.keys).cmp(&(b.span.from, &b.keys)));
        kept.extend(of_day);
    }
    kept
}

/// The rest of a day as one.
fn folded(at: &At<'_>, rest: &[Hit]) -> Option<Hit> {
    let span = rest.iter().map(|hit| hit.span).reduce(|a, b| a.cover(&b))?;
    let day = day_of(at, rest.first()?.identity.from);
    let Span { from, to } = day.span(at.zone());
    let mut names: Vec<String> = rest.iter().map(Hit::group).filter(|name| !name.is_empty()).collect();
    names.dedup();
    let mut hit = Hit::of_period(at, &[], &day, rest.len() as i64);
    hit.span = span;
    // Its own identity: a day has one of them, beside a finding about everything together.
    hit.identity = Span { from, to: to + 1 };
    hit.filter = Filter::Or(rest.iter().map(|hit| hit.filter.clone()).collect());
    let whom = if names.is_empty() { String::new() } else { format!(": {}", shortened(&names)) };
    hit.instead = Some(format!(
        "{} more findings of this rule on {}, beyond the {} a day that it may raise{whom}. Draw its line higher, or name what is known to be good.",
        rest.len(),
        hit.when,
        at.rule.at_most
    ));
    Some(hit)
}
