//! Count: so much in an hour, a day, a week, a month.

use super::At;
use super::hit::Hit;
use crate::calendar::Span;
use crate::calendar::period::{Period, Unit};
use crate::definition::watch::Per;
use crate::query::Table;
use crate::wording::plain;
use chrono::{Duration, NaiveDate, NaiveTime};

pub(super) fn hits(at: &At<'_>, table: &Table, per: Per, at_least: i64) -> Vec<Hit> {
    let one = |row: &crate::query::Row| {
        let value = *row.values.first()?;
        if value < at_least {
            return None;
        }
        let (group, time) = at.parts(row)?;
        let mut hit = match (per, time) {
            (Per::Hour, [day, hour]) => of_hour(at, group, day.parse().ok()?, hour.parse().ok()?, value)?,
            (_, [label]) => Hit::of_period(at, group, &Period::parse(label)?, value),
            _ => return None,
        };
        hit.limit = Some(at_least);
        Some(hit)
    };
    table.rows.iter().filter_map(one).collect()
}

/// A civil hour; the one that comes twice in autumn is one of two hours.
fn of_hour(at: &At<'_>, group: &[String], day: NaiveDate, hour: u32, value: i64) -> Option<Hit> {
    let begins = day.and_time(NaiveTime::from_hms_opt(hour, 0, 0)?);
    let ends = begins + Duration::hours(1);
    let span = Span { from: at.zone().instant(begins), to: at.zone().instant(ends) };
    let when =
        format!("{}, {:02}:00 to {:02}:00", plain::period(&Period::containing(Unit::Day, day)), hour, (hour + 1) % 24);
    Some(Hit::new(at, group, span, when, value))
}
