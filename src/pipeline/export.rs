//! Export: the events of a span through a filter, in order of time and number, to a writer. Memory holds a step of them.

use super::{Failure, Installation};
use crate::audit_log::{AuditLog, EARLIEST, LATEST, Lens, StoredEvent};
use crate::calendar::Span;
use crate::export::{Export, Form};
use crate::query::{EvidenceQuery, Filter};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// Events that are held at once, at most, unless one instant has more.
const STEP: u64 = 32_768;

/// A UTC day: days are where segments are divided, so no segment is read twice when spans are divided there too.
const DAY: i64 = 86_400_000;

/// What is to be exported.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which events by time.
    pub span: Span,
    /// Which events otherwise.
    pub filter: Filter,
    /// As what.
    pub form: Form,
}

/// What came of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Events written.
    pub events: u64,
    /// Bytes written.
    pub bytes: u64,
}

/// Which events are gone through.
pub(super) struct Walk<'a> {
    /// Which by time.
    pub span: Span,
    /// Which otherwise.
    pub filter: &'a Filter,
    /// The last batch that counts: what is imported meanwhile is left out.
    pub newest: u64,
}

/// Why an export ended before its end.
#[derive(Debug)]
pub enum Broken {
    /// The log.
    Log(Failure),
    /// Where it was written to.
    Output(std::io::Error),
}

impl<E: Into<Failure>> From<E> for Broken {
    fn from(error: E) -> Broken {
        Broken::Log(error.into())
    }
}

impl Installation {
    /// Writes events. `progress` is told how many of all events of the span have been looked at.
    ///
    /// # Errors
    /// A log that cannot be read, or of which a batch was declared void meanwhile; a writer that takes no more.
    pub fn export(
        &self,
        log: &dyn AuditLog,
        asked: &Asked,
        out: &mut dyn Write,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Exported, Broken> {
        let (lens, _) = self.lens()?;
        let batches = log.batches()?;
        // What is imported while this runs is left out: an export is of the log as it stood.
        let newest = batches.len() as u64;
        let void = |log: &dyn AuditLog| -> Result<BTreeSet<u64>, Failure> {
            Ok(log.batches()?.iter().filter(|batch| batch.voided.is_some()).map(|batch| batch.number).collect())
        };
        let void_before = void(log)?;
        let titles: BTreeMap<String, String> =
            batches.iter().map(|batch| (batch.source.name.clone(), batch.source.title.clone())).collect();
        let export = Export::new(asked.form, titles);
        let mut done = Exported::default();
        let mut write = |text: &str| out.write_all(text.as_bytes()).map(|()| text.len() as u64).map_err(Broken::Output);
        done.bytes += write(&export.head())?;
        let mut text = String::new();
        let walk = Walk { span: asked.span, filter: &asked.filter, newest };
        self.each_event(log, &lens, &walk, progress, &mut |stored| {
            text.clear();
            export.event(stored, &mut text);
            done.bytes += write(&text)?;
            done.events += 1;
            Ok(())
        })?;
        if void(log)? != void_before {
            let words = "a batch was declared void while the log was exported: what was written holds some of its events and lacks others. Export again";
            return Err(Broken::Log(Failure::Error(words.to_owned())));
        }
        Ok(done)
    }

    /// Gives the events of a span through a filter, in order of time and number. `progress` is told how many of all events of
    /// the span have been looked at.
    ///
    /// # Errors
    /// A log that cannot be read; what `each` says.
    pub(super) fn each_event(
        &self,
        log: &dyn AuditLog,
        lens: &Lens,
        walk: &Walk<'_>,
        progress: &mut dyn FnMut(u64, u64),
        each: &mut dyn FnMut(&StoredEvent) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        let batches = log.batches()?;
        let live = batches.iter().filter(|batch| batch.voided.is_none());
        let filled = live.filter_map(|batch| batch.span).reduce(|one, other| one.cover(&other));
        let filled = filled.unwrap_or(Span { from: EARLIEST, to: EARLIEST });
        let whole = Span { from: walk.span.from.max(filled.from), to: walk.span.to.min(filled.to) };
        let count = |span: Span| -> Result<u64, Failure> { Ok(log.batch_counts(span)?.values().sum()) };
        let total = if whole.from < whole.to { count(whole)? } else { 0 };
        let mut looked_at = 0;
        // The next span to be looked at is the last one.
        let mut spans = vec![whole];
        while let Some(span) = spans.pop() {
            let events = if span.from < span.to { count(span)? } else { 0 };
            if events == 0 {
                continue;
            }
            if events > STEP
                && let Some(middle) = middle(span)
            {
                spans.push(Span { from: middle, to: span.to });
                spans.push(Span { from: span.from, to: middle });
                continue;
            }
            let zone = self.config.timezone.clone();
            let query = EvidenceQuery { span, zone, filter: walk.filter.clone(), limit: usize::MAX };
            for stored in log.evidence(&query, lens)?.events {
                let batch = stored.number.split_once('-').and_then(|(batch, _)| batch.parse::<u64>().ok());
                if batch.is_none_or(|batch| batch <= walk.newest) {
                    each(&stored)?;
                }
            }
            looked_at += events;
            progress(looked_at, total);
        }
        Ok(())
    }

    /// The span of civil days of the installation's zone, both included; open where none is given.
    pub fn days(&self, from: Option<chrono::NaiveDate>, to: Option<chrono::NaiveDate>) -> Span {
        let zone = &self.config.timezone;
        Span {
            from: from.map_or(EARLIEST, |day| zone.day_start(day)),
            to: to.and_then(|day| day.succ_opt()).map_or(LATEST, |day| zone.day_start(day)),
        }
    }
}

/// Where a span is divided: at the begin of a UTC day where it holds one. `None`: it is one instant.
fn middle(span: Span) -> Option<i64> {
    let middle = span.from + (span.to - span.from) / 2;
    let day = middle.div_euclid(DAY) * DAY;
    let later = day + DAY;
    [day, later, middle].into_iter().find(|at| span.from < *at && *at < span.to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_divided_at_days_until_one_instant_is_left() {
        let span = |from, to| Span { from, to };
        assert_eq!(middle(span(5, 10 * DAY)), Some(5 * DAY));
        assert_eq!(middle(span(DAY - 1, DAY + 1)), Some(DAY));
        assert_eq!(middle(span(DAY, 2 * DAY)), Some(DAY + DAY / 2));
        assert_eq!(middle(span(7, 9)), Some(8));
        assert_eq!(middle(span(7, 8)), None);
        let mut left = span(-3 * DAY, 400 * DAY);
        let mut steps = 0;
        while let Some(at) = middle(left) {
            assert!(left.from < at && at < left.to);
            left.to = at;
            steps += 1;
        }
        assert!(left.to - left.from == 1 && steps < 64);
    }
}
