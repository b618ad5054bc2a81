//! Spans: which stretch of time is asked for next, from what the log's batches say was exported. Pure.

use crate::calendar::{Millis, Span};
use std::collections::BTreeMap;

const SECOND: Millis = 1_000;
const HOUR: Millis = 3_600 * SECOND;
const DAY: Millis = 24 * HOUR;

/// The longest span that one export may cover: 180 days, both ends included.
const LONGEST: Millis = 180 * DAY - SECOND;

/// How far an export reaches back into what the one before covered, so that rows which the vendor recorded late come in.
/// The log recognises those that it has.
const OVERLAP: Millis = HOUR;

/// An export of a shorter span that is full is taken as it is: it cannot be divided sensibly.
const SHORTEST: Millis = 120 * SECOND;

/// How close to now is asked for: what happens this moment may not be in the vendor's log yet.
pub const LAG: Millis = 5 * 60 * SECOND;

/// How far back Zoho CRM keeps its audit log ("last three years"), in days: where nothing else is declared.
pub const RETENTION_DAYS: u32 = 1_095;

/// The most entries that one export holds; one that is full has left entries out.
pub const MOST_ROWS: u64 = 1_000_000;

/// A file of an export that is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The vendor's name for the export.
    pub job: String,
    /// The span that it covers.
    pub span: Span,
    /// Which of its files, from 1.
    pub part: usize,
    /// How many files it has.
    pub parts: usize,
    /// Rows of this file.
    pub rows: u64,
    /// Whether it counts: its batch is not voided.
    pub live: bool,
}

/// The words that are kept with a batch (as the filters of the vendor's export), and sealed with it.
pub fn note(span: Span, job: &str, part: usize, parts: usize) -> String {
    format!("audited_time from {} to {}; export {job}, file {part} of {parts}", utc(span.from), utc(span.to))
}

/// Reads what [`note`] wrote: span, job, part, parts. `None`: it is something else.
pub fn read_note(text: &str) -> Option<(Span, String, usize, usize)> {
    let (times, rest) = text.strip_prefix("audited_time from ")?.split_once("; export ")?;
    let (from, to) = times.split_once(" to ")?;
    let (job, file) = rest.split_once(", file ")?;
    let (part, parts) = file.split_once(" of ")?;
    let span = Span { from: instant(from)?, to: instant(to)? };
    Some((span, job.to_owned(), part.parse().ok()?, parts.parse().ok()?))
}

/// The instant that RFC 3339 writes so.
pub(super) fn instant(text: &str) -> Option<Millis> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_millis())
}

/// `2026-11-01T00:00:00Z`.
pub(super) fn utc(at: Millis) -> String {
    let time = chrono::DateTime::from_timestamp_millis(at).unwrap_or_default();
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Exports by job: covered spans, and those of exports that were full.
struct Covered {
    whole: Vec<Span>,
    full: Vec<Span>,
}

fn covered(exports: &[Export], most_rows: u64, live_only: bool) -> Covered {
    let mut jobs: BTreeMap<&str, Vec<&Export>> = BTreeMap::new();
    for export in exports.iter().filter(|export| export.live || !live_only) {
        jobs.entry(&export.job).or_default().push(export);
    }
    let mut covered = Covered { whole: Vec::new(), full: Vec::new() };
    for files in jobs.values() {
        let Some(first) = files.first() else { continue };
        // One file may be there twice: a process that died between two files takes the first one again.
        let rows: BTreeMap<usize, u64> = files.iter().map(|file| (file.part, file.rows)).collect();
        if rows.len() < first.parts {
            continue;
        }
        let is_full = rows.values().sum::<u64>() >= most_rows;
        if is_full && first.span.to - first.span.from > SHORTEST {
            covered.full.push(first.span);
        } else {
            covered.whole.push(first.span);
        }
    }
    covered
}

/// What to ask for next: the oldest stretch from `horizon` on, up to `until`, that no export covers; `None`: there is
/// none. `nothing`: spans without any entry, for which there is no batch. What was voided was asked for, too: a person
/// took it out, and must not have it back unasked.
pub fn next(exports: &[Export], nothing: &[Span], horizon: Millis, until: Millis, most_rows: u64) -> Option<Span> {
    let Covered { mut whole, full } = covered(exports, most_rows, false);
    whole.extend_from_slice(nothing);
    whole.sort_by_key(|span| span.from);
    let mut from = horizon;
    let mut to = until;
    let mut after_something = false;
    for span in whole {
        if span.from > from {
            to = to.min(span.from);
            break;
        }
        if span.to > from {
            from = span.to;
            after_something = true;
        }
    }
    if to - from < SECOND {
        return None;
    }
    // Where an export was full, half of its span is asked for.
    let halves = full.iter().filter(|span| span.contains(from)).map(|span| (span.to - span.from) / 2);
    let longest = halves.min().unwrap_or(LONGEST - OVERLAP).max(SHORTEST / 2);
    // Small beside what is asked for: else the half that was not full, and comes again with it, would fill the next one.
    let overlap = if after_something { OVERLAP.min(longest / 4) } else { 0 };
    let whole_seconds = |at: Millis| at - at.rem_euclid(SECOND);
    Some(Span {
        from: whole_seconds(from - overlap),
        to: whole_seconds(to.min(from + longest)).max(whole_seconds(from) + SECOND),
    })
}

/// Up to when what is in the log covers the vendor's; `None`: no export is in the log.
pub fn reach(exports: &[Export], nothing: &[Span], most_rows: u64) -> Option<Millis> {
    let covered = covered(exports, most_rows, true);
    covered.whole.iter().chain(nothing).map(|span| span.to).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn export(from: Millis, to: Millis, rows: u64) -> Export {
        let span = Span { from, to };
        Export { job: format!("{from}-{to}"), span, part: 1, parts: 1, rows, live: true }
    }

    #[test]
    fn what_is_noted_with_a_batch_is_read_again() {
        let span = Span { from: 1_793_491_200_000, to: 1_793_577_600_000 };
        let words = note(span, "4150868000000", 2, 3);
        assert_eq!(
            words,
            "audited_time from 2026-11-01T00:00:00Z to 2026-11-02T00:00:00Z; export 4150868000000, file 2 of 3"
        );
        assert_eq!(read_note(&words), Some((span, "4150868000000".to_owned(), 2, 3)));
        for other in
            ["", "audited time from 2025-11-01 to 2026-12-01", "audited_time from x to y; export 1, file 1 of 1"]
        {
            assert_eq!(read_note(other), None, "{other}");
        }
    }

    #[test]
    fn three_years_are_asked_for_in_pieces_and_then_only_what_is_new() {
        let now = 2_000 * DAY;
        let horizon = now - 1_095 * DAY;
        let mut exports = Vec::new();
        while let Some(span) = next(&exports, &[], horizon, now, MOST_ROWS) {
            assert!(span.to - span.from <= LONGEST, "{span:?}");
            exports.push(export(span.from, span.to, 10));
        }
        assert_eq!(exports.len(), 7);
        assert_eq!((exports[0].span.from, reach(&exports, &[], MOST_ROWS)), (horizon, Some(now)));
        // A day later, the day, and an hour of the one before.
        let span = next(&exports, &[], horizon + DAY, now + DAY, MOST_ROWS);
        assert_eq!(span, Some(Span { from: now - HOUR, to: now + DAY }));
        assert_eq!(next(&exports, &[], horizon, now, MOST_ROWS), None);
    }

    #[test]
    fn an_export_that_was_full_is_asked_for_again_in_halves() {
        let mut exports = vec![export(0, 100 * DAY, MOST_ROWS)];
        assert_eq!(reach(&exports, &[], MOST_ROWS), None, "it left something out: nobody knows what");
        assert_eq!(next(&exports, &[], 0, 100 * DAY, MOST_ROWS), Some(Span { from: 0, to: 50 * DAY }));
        exports.push(export(0, 50 * DAY, MOST_ROWS));
        assert_eq!(next(&exports, &[], 0, 100 * DAY, MOST_ROWS), Some(Span { from: 0, to: 25 * DAY }));
        exports.push(export(0, 25 * DAY, 7));
        assert_eq!(next(&exports, &[], 0, 100 * DAY, MOST_ROWS), Some(Span { from: 25 * DAY - HOUR, to: 50 * DAY }));
        exports.push(export(25 * DAY - HOUR, 50 * DAY, 7));
        assert_eq!(next(&exports, &[], 0, 100 * DAY, MOST_ROWS), Some(Span { from: 50 * DAY - HOUR, to: 100 * DAY }));
    }

    #[test]
    fn an_export_counts_when_all_its_files_are_in_the_log() {
        let mut first = export(0, DAY, 3);
        first.parts = 2;
        let second = Export { part: 2, ..first.clone() };
        let again = first.clone();
        assert_eq!(reach(&[first.clone(), again.clone()], &[], MOST_ROWS), None);
        assert_eq!(next(&[first.clone()], &[], 0, DAY, MOST_ROWS), Some(Span { from: 0, to: DAY }));
        assert_eq!(reach(&[first, again, second], &[], MOST_ROWS), Some(DAY));
    }

    #[test]
    fn what_was_voided_is_not_covered_but_not_asked_for_again_either() {
        let voided = Export { live: false, ..export(0, DAY, 3) };
        assert_eq!(reach(std::slice::from_ref(&voided), &[], MOST_ROWS), None);
        assert_eq!(next(&[voided], &[], 0, DAY, MOST_ROWS), None);
    }

    #[test]
    fn spans_without_any_entry_count() {
        let nothing = [Span { from: 0, to: DAY }];
        assert_eq!(next(&[], &nothing, 0, DAY, MOST_ROWS), None);
        assert_eq!(reach(&[], &nothing, MOST_ROWS), Some(DAY));
    }

    proptest! {
        /// Whatever the vendor's log looks like, asking goes on to the end, and what is covered has no hole.
        #[test]
        fn asking_always_ends_and_leaves_no_hole(days in 1i64..1_200, busy in proptest::collection::vec(0i64..1_200, 0..4)) {
            let (until, most) = (days * DAY, 100);
            // Each busy day has 240 rows in its first hour, each other one 1.
            let rows = |span: Span| {
                let of_day = |day: i64| span.contains(day * DAY) as u64;
                let quiet: u64 = (0..days).map(of_day).sum::<u64>() / 20;
                let crowd: u64 = busy.iter().flat_map(|day| (0..240).map(move |at| day * DAY + at * 15 * SECOND))
                    .filter(|at| span.contains(*at)).count() as u64;
                (quiet + crowd).min(most)
            };
            let mut exports = Vec::new();
            while let Some(span) = next(&exports, &[], 0, until, most) {
                prop_assert!(span.to - span.from <= LONGEST);
                prop_assert!(exports.iter().all(|known: &Export| known.span != span), "the same again: {span:?}");
                exports.push(export(span.from, span.to, rows(span)));
                prop_assert!(exports.len() < 500);
            }
            let Covered { mut whole, .. } = covered(&exports, most, true);
            whole.sort_by_key(|span| span.from);
            let mut end = 0;
            for span in whole {
                prop_assert!(span.from <= end);
                end = end.max(span.to);
            }
            prop_assert_eq!(end, until);
        }
    }
}
