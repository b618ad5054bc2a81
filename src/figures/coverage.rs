//! Coverage: what the log can vouch for in the period, source by source.
//!
//! A source is *partial* where something is known to be missing: no import reaches the period's end, its rhythm was broken,
//! rows are in quarantine, days of the period were retired; *unknown* where nothing is known to be missing but no rhythm is declared; else *complete*.
//! Over all sources the worst counts; without any source nothing is vouched for: unknown.

use super::context::Context;
use super::plan::Answers;
use super::recorded::named_sources;
use super::{Amount, Compared, Coverage, Figure, PartialThen, SourceVerdict, Verdict, address};
use crate::audit_log::{AuditLog, LogError, SourceCoverage};
use crate::calendar::hours::WorkingHours;
use crate::calendar::period::Period;
use crate::calendar::zone::Zone;
use crate::calendar::{Millis, Span};
use crate::source::{Records, Rhythm, Source};
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

const HOUR: Millis = 3_600_000;

/// What an installation's settings declare of a source, over what its batches say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceDeclared {
    /// How often it is expected to speak.
    pub rhythm: Option<Rhythm>,
    /// Up to when the vendor's log is in this one, where that is known better than from the time of the last import: an
    /// export takes minutes, and what it covers ends before it is imported.
    pub reaches: Option<Millis>,
}

/// The shortest stretch without events that any of these rhythms cares for. A civil day has 23 hours or more where
/// clocks change by one; 20 leaves room for the zones that skip more.
pub fn shortest_gap<'a>(rhythms: impl Iterator<Item = &'a Rhythm>) -> Millis {
    let hours = rhythms.map(|rhythm| match rhythm {
        Rhythm::EveryHours(hours) => Millis::from(*hours),
        Rhythm::EveryDay | Rhythm::EveryWorkingDay => 20,
    });
    hours.min().unwrap_or(20).clamp(1, 20) * HOUR
}

pub(super) fn coverage(context: &Context<'_>) -> Coverage {
    let known = context.sources.iter().chain(&context.retired);
    let mut sources: Vec<SourceVerdict> = known.map(|known| of_source(context, known.clone())).collect();
    for name in named_sources(&context.definition.filter) {
        if !sources.iter().any(|source| source.known.source.name == name) {
            sources.push(of_source(context, never_imported(&name)));
        }
    }
    sources.sort_by(|a, b| a.known.source.name.cmp(&b.known.source.name));
    let verdict = sources.iter().map(|source| source.verdict).max().unwrap_or(Verdict::Unknown);
    Coverage { verdict, sources }
}

/// A source that the definition names but the log does not know.
fn never_imported(name: &str) -> SourceCoverage {
    let records = Records { classes: Default::default(), fields: Default::default() };
    let (name, title) = (name.to_owned(), name.to_owned());
    SourceCoverage {
        source: Source { name, title, records, rhythm: None, retention_days: None },
        events: 0,
        first: None,
        last: None,
        last_in_span: None,
        gaps: Vec::new(),
        rejected: 0,
        imported_at: None,
        retired: None,
    }
}

fn of_source(context: &Context<'_>, mut known: SourceCoverage) -> SourceVerdict {
    let span = context.covered.span;
    let declared = context.declared.get(&known.source.name);
    known.source.rhythm = declared.and_then(|declared| declared.rhythm).or(known.source.rhythm);
    let looked_to = declared.and_then(|declared| declared.reaches).or(known.imported_at);
    let reaches_end = looked_to.is_some_and(|at| at >= span.to) || known.last.is_some_and(|last| last >= span.to);
    let silent = match known.source.rhythm {
        Some(rhythm) => silences(rhythm, &known, looked_to, context.period(), context.zone, &context.lens.hours),
        None => Vec::new(),
    };
    let verdict = match known.source.rhythm {
        _ if !reaches_end || !silent.is_empty() || known.rejected > 0 || known.retired.is_some() => Verdict::Partial,
        None => Verdict::Unknown,
        Some(_) => Verdict::Complete,
    };
    let amount = if known.imported_at.is_some() && !is_retired(&known, span) {
        Amount::Whole(i64::try_from(known.events).unwrap_or(i64::MAX))
    } else {
        Amount::NotInLog
    };
    let events = Figure {
        address: address::under(address::SOURCES, &address::part(&known.source.name)),
        label: 0,
        amount,
        not_recorded_by: Vec::new(),
    };
    // Gaps that the rhythm allows are of no further use, and make figures large.
    known.gaps = Vec::new();
    SourceVerdict { verdict, silent, reaches_end, rejected: known.rejected, events, known }
}

/// When each source in scope that has a rhythm was silent in some spans, which have whole civil days.
pub(super) fn silent(
    context: &Context<'_>,
    log: &dyn AuditLog,
    spans: &[Span],
    rhythms: &[Rhythm],
) -> Result<BTreeMap<String, Vec<Span>>, LogError> {
    let mut silent: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    if rhythms.is_empty() {
        return Ok(silent);
    }
    let day = |at: Millis| context.zone.civil(at).date();
    for span in spans {
        let period = Period::days(day(span.from), day(span.to));
        for known in log.coverage(*span, shortest_gap(rhythms.iter()))? {
            let declared = context.declared.get(&known.source.name);
            let Some(rhythm) = declared.and_then(|declared| declared.rhythm).or(known.source.rhythm) else { continue };
            let looked_to = declared.and_then(|declared| declared.reaches).or(known.imported_at);
            let found = silences(rhythm, &known, looked_to, &period, context.zone, &context.lens.hours);
            silent.entry(known.source.name).or_default().extend(found);
        }
    }
    Ok(silent)
}

/// The comparisons, with the sources in scope that do not speak for all of their periods.
pub(super) fn compared(context: &Context<'_>, answers: &Answers) -> Vec<Compared> {
    let with_partial = |compared: &Compared| {
        let mut compared = compared.clone();
        for known in context.sources.iter().filter(|_| compared.in_log) {
            let source = known.source.name.clone();
            let silent: Vec<Span> =
                compared.periods.iter().flat_map(|then| answers.silent_in(&source, then.span)).collect();
            let begun = compared.periods.iter().all(|then| context.reaches(&then.period, known.first));
            let begins = known.first.filter(|_| !begun);
            if begins.is_some() || !silent.is_empty() {
                compared.partial.push(PartialThen { source, silent, begins });
            }
        }
        compared
    };
    context.compared.iter().map(with_partial).collect()
}

/// Whether all of a span is retired: what a source has there is unknown, and never 0.
pub(super) fn is_retired(known: &SourceCoverage, span: Span) -> bool {
    known.retired.as_ref().is_some_and(|retired| span.to <= retired.before)
}

/// Silence inside a period that a rhythm does not allow, by the stretches without events that the log tells. What lies after `looked_to` (the last import, as a rule) is not silence: nobody looked; nor is what was
/// retired: something may have been there.
pub fn silences(
    rhythm: Rhythm,
    known: &SourceCoverage,
    looked_to: Option<Millis>,
    period: &Period,
    zone: &Zone,
    hours: &WorkingHours,
) -> Vec<Span> {
    let span = period.span(zone);
    let mut found = Vec::new();
    let begins = known.retired.as_ref().map_or(Millis::MIN, |retired| retired.before);
    for gap in &known.gaps {
        let looked = if gap.to == Millis::MAX { looked_to.unwrap_or(Millis::MIN) } else { gap.to };
        // One millisecond before: a day that begins where the retired ones end may be silent as a whole.
        let gap = Span { from: gap.from.max(begins.saturating_sub(1)), to: looked };
        match rhythm {
            Rhythm::EveryHours(hours) => {
                let inside = Span { from: gap.from.max(span.from), to: gap.to.min(span.to) };
                if gap.to.saturating_sub(gap.from) > Millis::from(hours) * HOUR && inside.from < inside.to {
                    found.push(inside);
                }
            }
            Rhythm::EveryDay => found.extend(silent_days(period, zone, gap, |_| true)),
            Rhythm::EveryWorkingDay => {
                found.extend(silent_days(period, zone, gap, |day| hours.is_working_day(day)));
            }
        }
    }
    found
}

/// Of one gap: from the first to the last expected civil day that lies in it wholly. A day that begins with an event at
/// its very first instant is not silent.
fn silent_days(period: &Period, zone: &Zone, gap: Span, expected: impl Fn(NaiveDate) -> bool) -> Option<Span> {
    let mut days = period.each_day().filter(|day| {
        let day_span = Period::days(*day, *day + Days::new(1)).span(zone);
        expected(*day) && (gap.from < day_span.from) && day_span.to <= gap.to
    });
    let first = days.next()?;
    let last = days.last().unwrap_or(first);
    Some(Period::days(first, last + Days::new(1)).span(zone))
}

/// Sources and their rhythms as the batches and the settings have them, for [`shortest_gap`].
pub(super) fn rhythms(batches: &[crate::audit_log::Batch], declared: &BTreeMap<String, SourceDeclared>) -> Vec<Rhythm> {
    let of_batches = batches.iter().filter_map(|batch| batch.source.rhythm);
    of_batches.chain(declared.values().filter_map(|declared| declared.rhythm)).collect()
}
