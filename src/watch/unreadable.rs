//! Unreadable: rows of a source that could not be read, by the spans in which they lie.

use super::At;
use super::hit::Hit;
use crate::audit_log::LogError;
use crate::calendar::Millis;
use crate::calendar::period::{Period, Unit};
use crate::query::Filter;

pub(super) fn hits(at: &At<'_>, unit: Unit, at_least: i64) -> Result<Vec<Hit>, LogError> {
    let mut found = Vec::new();
    let asked = super::whole(unit, at.span, at.zone());
    let mut period = Period::containing(unit, at.zone().civil(asked.from).date());
    while period.span(at.zone()).to <= asked.to {
        let known = at.against.log.coverage(period.span(at.zone()), Millis::MAX)?;
        let rejected: Vec<(String, i64)> = known
            .into_iter()
            .filter(|source| source.rejected > 0 && at.counts(&source.source.name))
            .map(|source| (source.source.name, i64::try_from(source.rejected).unwrap_or(i64::MAX)))
            .collect();
        let each: Vec<(Vec<String>, i64)> = if at.rule.by.is_empty() {
            vec![(Vec::new(), rejected.iter().map(|(_, count)| count).sum())]
        } else {
            rejected.into_iter().map(|(name, count)| (vec![name], count)).collect()
        };
        for (group, count) in each.into_iter().filter(|(_, count)| *count >= at_least) {
            let mut hit = Hit::of_period(at, &group, &period, count);
            hit.limit = Some(at_least);
            // No event stands behind a row that is none.
            hit.filter = Filter::Or(Vec::new());
            found.push(hit);
        }
        period = period.after();
    }
    Ok(found)
}
