//! Sources: how each of them stands: what came in, what is silent or unread, and when the vendor forgets what did not.

use super::collect::Said;
use super::{Failure, Installation};
use crate::audit_log::{Batch, Lens, SourceCoverage};
use crate::calendar::period::Period;
use crate::calendar::zone::Zone;
use crate::calendar::{Millis, Span};
use crate::collect::zoho::Zoho;
use crate::config::SourceWritten;
use crate::figures::{shortest_gap, silences};
use crate::query::{Count, Dimension, Field, Filter, Measure, Query};
use crate::source::Rhythm;
use crate::wording::Words;
use crate::wording::plain::{list, moment, plural};
use chrono::{Days, NaiveDate};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

const DAY: Millis = 86_400_000;

/// So many days are looked back.
const WINDOW: u64 = 90;

/// The shorter look back, for the median.
const MONTH: u64 = 30;

/// Days left at the vendor below which a warning is due, where its memory is long.
const SOON: i64 = 14;

/// How many spans of silence are named.
const NAMED: usize = 3;

/// How a source stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// The mapping of its newest import; of its settings where there was none.
    pub mapping: Option<String>,
    /// How its exports come in: `by hand`, `arrives`, `collector`.
    pub comes: Vec<&'static str>,
    /// First event in the log.
    pub first: Option<Millis>,
    /// Last event in the log.
    pub last: Option<Millis>,
    /// Median of events per civil day over the last 30 days, as far as the log reaches; days without an event count.
    pub per_day_30: Option<f64>,
    /// The same over 90.
    pub per_day_90: Option<f64>,
    /// How often it is expected to speak.
    pub rhythm: Option<Rhythm>,
    /// Silence of the last 90 days that the rhythm does not allow.
    pub silent: Vec<Span>,
    /// Rows in quarantine, open.
    pub rejected: u64,
    /// Newest import.
    pub imported_at: Option<Millis>,
    /// Files that lie in its folder and could not be imported.
    pub refused: Vec<Said>,
    /// Days after which the vendor forgets.
    pub retention_days: Option<u32>,
    /// Up to when its log is in this one for certain: what was collected, else the last event.
    pub covered_to: Option<Millis>,
    /// Days until the oldest rows that may not be in the log vanish at the vendor; 0 or less: the first are gone.
    /// `None`: its retention is not declared.
    pub days_left: Option<i64>,
    /// Why its collector failed the last time.
    pub trouble: Option<String>,
    /// What somebody should do, the most urgent first.
    pub to_do: Vec<ToDo>,
}

/// Something to do about a source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ToDo {
    /// How urgent it is.
    pub urgency: Urgency,
    /// What is the matter, and what to do.
    pub words: String,
}

/// How urgent something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Rows are lost, or will be soon.
    Losing,
    /// Something is missing or wrong.
    Wrong,
    /// Something is not declared, so that it cannot be watched.
    Undeclared,
}

impl Installation {
    /// How every source stands that the settings or the log know, in order of name.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn sources(&self) -> Result<Vec<Standing>, Failure> {
        let log = self.log_or_empty()?;
        let zone = &self.config.timezone;
        let now = self.clock.now();
        let today = zone.civil(now).date();
        let window = Period::days(today - Days::new(WINDOW), today);
        let batches = log.batches()?;
        let mut rhythms: Vec<Rhythm> = batches.iter().filter_map(|batch| batch.source.rhythm).collect();
        rhythms.extend(self.config.sources.values().filter_map(|written| written.rhythm.flatten()));
        // Up to now, so that what came in today ends a silence.
        let span = Span { from: window.span(zone).from, to: now.max(window.span(zone).to) };
        let coverage = log.coverage(span, shortest_gap(rhythms.iter()))?;
        let query = Query {
            span: window.span(zone),
            zone: zone.clone(),
            filter: Filter::All,
            by: vec![Dimension::Field(Field::Source), Dimension::Day],
            measures: vec![Measure { count: Count::Events, filter: Filter::All }],
        };
        let lens = Lens::default();
        let mut counts: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
        for row in log.answer(&[query], &lens)?.into_iter().flat_map(|table| table.rows) {
            if let ([source, day], [count]) = (row.keys.as_slice(), row.values.as_slice()) {
                counts.entry(source.clone()).or_default().insert(day.clone(), *count);
            }
        }
        let mut rejected: BTreeMap<String, u64> = BTreeMap::new();
        for row in log.quarantine(true)? {
            *rejected.entry(row.source).or_default() += 1;
        }
        let names: BTreeSet<&String> =
            self.config.sources.keys().chain(coverage.iter().map(|known| &known.source.name)).collect();
        let nothing_written = SourceWritten::default();
        let mut all = Vec::new();
        for name in names {
            let written = self.config.sources.get(name).unwrap_or(&nothing_written);
            let known = coverage.iter().find(|known| known.source.name == *name);
            let mut standing = self.standing(name, written, known, &batches, &window, now);
            standing.rejected = rejected.get(name).copied().unwrap_or(0);
            let first_day = standing.first.map(|at| zone.civil(at).date());
            let looked_to = self.looked_to(name, written, known, &batches);
            let end = looked_to.map_or(window.first, |at| zone.civil(at).date()).min(today);
            let counts = counts.get(name).cloned().unwrap_or_default();
            let median = |days: u64| {
                let first = (today - Days::new(days)).max(first_day.unwrap_or(end));
                median(&counts, first, end)
            };
            (standing.per_day_30, standing.per_day_90) = (median(MONTH), median(WINDOW));
            standing.to_do = self.to_do(&standing, written, now);
            all.push(standing);
        }
        Ok(all)
    }

    fn looked_to(
        &self,
        name: &str,
        written: &SourceWritten,
        known: Option<&SourceCoverage>,
        batches: &[Batch],
    ) -> Option<Millis> {
        let collected = written.collector.as_ref().and_then(|_| self.vouched_to(name, batches));
        collected.or(known.and_then(|known| known.imported_at))
    }

    fn standing(
        &self,
        name: &str,
        written: &SourceWritten,
        known: Option<&SourceCoverage>,
        batches: &[Batch],
        window: &Period,
        now: Millis,
    ) -> Standing {
        let zone = &self.config.timezone;
        let newest = batches.iter().rev().find(|batch| batch.source.name == name && batch.voided.is_none());
        let mut comes = Vec::new();
        comes.extend(written.arrives.as_ref().map(|_| "arrives"));
        comes.extend(written.collector.as_ref().map(|_| "collector"));
        if comes.is_empty() {
            comes.push("by hand");
        }
        let rhythm = match written.rhythm {
            Some(rhythm) => rhythm,
            None => known.and_then(|known| known.source.rhythm),
        };
        let looked_to = self.looked_to(name, written, known, batches);
        let silent = match (rhythm, known) {
            (Some(rhythm), Some(known)) => {
                // Before its first event a source was not there yet.
                let begins = known.first.map_or(window.end, |at| zone.civil(at).date()).clamp(window.first, window.end);
                let period = Period::days(begins, window.end);
                silences(rhythm, known, looked_to, &period, zone, &self.config.hours)
            }
            _ => Vec::new(),
        };
        let collected_to = written.collector.as_ref().and_then(|_| self.collected_to(name, batches));
        // An import by hand shows only what its file held: rows after its last event may not have been in it.
        let covered_to = collected_to.max(known.and_then(|known| known.last));
        let retention_days = written.retention_days.or(known.and_then(|known| known.source.retention_days));
        let days_left = retention_days.map(|days| match covered_to {
            Some(to) => i64::from(days) - (now - to).div_euclid(DAY),
            None => 0,
        });
        let refused = self.arrivals_memory(name);
        let refused = refused.refused().map(|one| Said { file: one.file.clone(), why: one.why.clone() }).collect();
        let state = written.collector.as_ref().map(|_| Zoho::look(&self.collect_folder(name)));
        Standing {
            name: name.to_owned(),
            title: written
                .title
                .clone()
                .or(known.map(|known| known.source.title.clone()))
                .unwrap_or_else(|| name.to_owned()),
            mapping: newest.map(|batch| batch.about.mapping.clone()).or(mapping_written(written)),
            comes,
            first: known.and_then(|known| known.first),
            last: known.and_then(|known| known.last),
            per_day_30: None,
            per_day_90: None,
            rhythm,
            silent,
            rejected: 0,
            imported_at: known.and_then(|known| known.imported_at),
            refused,
            retention_days,
            covered_to,
            days_left,
            trouble: state.and_then(|state| state.map_or_else(|error| Some(error.to_string()), |state| state.trouble)),
            to_do: Vec::new(),
        }
    }

    fn to_do(&self, standing: &Standing, written: &SourceWritten, now: Millis) -> Vec<ToDo> {
        let zone = &self.config.timezone;
        let mut all = Vec::new();
        let mut add = |urgency, words: String| all.push(ToDo { urgency, words });
        if let (Some(left), Some(days)) = (standing.days_left, standing.retention_days) {
            let soon = SOON.min(i64::from(days.div_ceil(3)));
            let bring = match standing.comes.as_slice() {
                ["by hand"] => "export what is new at the vendor, and `quarterday import` it".to_owned(),
                _ => format!("see why nothing newer comes in: `quarterday collect {}`", standing.name),
            };
            match standing.covered_to {
                None => add(
                    Urgency::Losing,
                    format!(
                        "nothing of it is in the log, and the vendor forgets what is older than {}: every day a day is lost; {bring}",
                        plural(i64::from(days), "day", "days")
                    ),
                ),
                Some(to) if left <= 0 => add(
                    Urgency::Losing,
                    format!(
                        "the log ends at {}, and the vendor forgets after {}: what is older than {} and not in the log is gone, and every day more; {bring}",
                        moment(to, zone),
                        plural(i64::from(days), "day", "days"),
                        day(zone, now - i64::from(days) * DAY),
                    ),
                ),
                Some(to) if left <= soon => add(
                    Urgency::Losing,
                    format!(
                        "the log ends at {}, and the vendor forgets after {}: rows begin to vanish in {}, on {}; {bring}",
                        moment(to, zone),
                        plural(i64::from(days), "day", "days"),
                        plural(left, "day", "days"),
                        day(zone, to + i64::from(days) * DAY),
                    ),
                ),
                Some(_) => {}
            }
        } else if standing.imported_at.is_none() {
            add(Urgency::Wrong, "nothing of it was ever imported".to_owned());
        }
        if let Some(trouble) = &standing.trouble {
            add(Urgency::Wrong, format!("its log could not be fetched from the vendor: {trouble}"));
        }
        if let Some(first) = standing.refused.first() {
            let count = plural(
                standing.refused.len() as i64,
                "file that arrived was not imported",
                "files that arrived were not imported",
            );
            add(Urgency::Wrong, format!("{count}: {}", first.why.lines().next().unwrap_or_default()));
        }
        if !standing.silent.is_empty() {
            let rhythm = Words::english().rhythm(&standing.rhythm);
            let mut named: Vec<String> =
                standing.silent.iter().rev().take(NAMED).map(|span| stretch(zone, *span)).collect();
            if standing.silent.len() > NAMED {
                named.push(format!("{} more", standing.silent.len() - NAMED));
            }
            add(
                Urgency::Wrong,
                format!(
                    "it is expected to record something {rhythm}, but was silent in {} of the last {WINDOW} days: {}; find out whether exports are missing",
                    plural(standing.silent.len() as i64, "stretch", "stretches"),
                    list(&named)
                ),
            );
        }
        if standing.rejected > 0 {
            let rows = plural(standing.rejected as i64, "row", "rows");
            add(Urgency::Wrong, format!("{rows} could not be read; `quarterday quarantine list` shows why"));
        }
        if standing.rhythm.is_none() && written.rhythm.is_none() {
            add(Urgency::Undeclared, "its rhythm is not declared, so silence is not noticed and coverage stays unknown: `rhythm` in quarterday.yaml".to_owned());
        }
        if standing.retention_days.is_none() {
            add(Urgency::Undeclared, "how long the vendor keeps its rows is not declared, so nobody is warned before they vanish: `retention_days` in quarterday.yaml".to_owned());
        }
        all.sort_by_key(|one| one.urgency);
        all
    }
}

fn mapping_written(written: &SourceWritten) -> Option<String> {
    use crate::config::CollectorWritten::ZohoCrm;
    let collected = written.collector.as_ref().map(|ZohoCrm(zoho)| zoho.mapping.clone());
    collected.or(written.arrives.as_ref().map(|arrives| arrives.mapping.clone()))
}

/// The median of the counts of `first` up to, and without, `end`; `None` where there is no day.
fn median(counts: &BTreeMap<String, i64>, first: NaiveDate, end: NaiveDate) -> Option<f64> {
    let of_day = |day: NaiveDate| counts.get(&day.to_string()).copied().unwrap_or(0);
    let mut all: Vec<i64> = first.iter_days().take_while(|day| *day < end).map(of_day).collect();
    all.sort_unstable();
    let (low, high) = (all.get((all.len().checked_sub(1)?) / 2)?, all.get(all.len() / 2)?);
    Some((low + high) as f64 / 2.0)
}

fn day(zone: &Zone, at: Millis) -> String {
    zone.civil(at).format("%-d %b %Y").to_string()
}

/// A stretch of whole days, or of hours.
fn stretch(zone: &Zone, span: Span) -> String {
    let (from, last) = (zone.civil(span.from), zone.civil(span.to - 1));
    let whole = zone.day_start(from.date()) == span.from && zone.day_start(last.date() + Days::new(1)) == span.to;
    match whole {
        true if from.date() == last.date() => from.format("%a %-d %b %Y").to_string(),
        true => format!("{} to {}", from.format("%a %-d %b"), last.format("%a %-d %b %Y")),
        false => format!("{} to {}", moment(span.from, zone), moment(span.to, zone)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_counts_days_without_events() {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        let counts = BTreeMap::from([("2026-11-01".to_owned(), 10), ("2026-11-03".to_owned(), 5)]);
        assert_eq!(median(&counts, day("2026-11-01"), day("2026-11-04")), Some(5.0));
        assert_eq!(median(&counts, day("2026-11-01"), day("2026-11-05")), Some(2.5));
        assert_eq!(median(&counts, day("2026-11-01"), day("2026-11-02")), Some(10.0));
        assert_eq!(median(&counts, day("2026-11-01"), day("2026-11-01")), None);
    }

    #[test]
    fn stretches_of_days_and_of_hours() {
        let zone = Zone::utc();
        let at = |text: &str| {
            crate::calendar::Millis::from(chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
        };
        let said = |from: &str, to: &str| stretch(&zone, Span { from: at(from), to: at(to) });
        assert_eq!(said("2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"), "Sat 28 Nov 2026");
        assert_eq!(said("2026-11-28T00:00:00Z", "2026-11-30T00:00:00Z"), "Sat 28 Nov to Sun 29 Nov 2026");
        assert_eq!(said("2026-11-28T01:00:00Z", "2026-11-28T09:30:00Z"), "28 Nov 2026 01:00 to 28 Nov 2026 09:30");
    }
}
