//! Figuring out an edition: what is known beforehand, every question in one go, then pure computing to the end.

use super::context::Context;
use super::error::FigureError;
use super::mask::{Mask, MaskedLog};
use super::plan::{Answers, Later, Plan};
use super::reconcile::{Checked, reconcile};
use super::{
    ActionList, BatchUsed, Body, Crossed, EvidenceFile, Figures, FindingList, Section, SourceDeclared, Total, address,
    comparison, coverage, crosstab, events, heatmap, names, ranking, sequence, thresholds,
};
use crate::audit_log::{AuditLog, Lens};
use crate::calendar::Span;
use crate::calendar::period::Period;
use crate::definition::{self, Definition, SectionKind, words};
use crate::query::Filter;
use std::collections::BTreeMap;

/// Version of the layout of [`Figures`].
pub const FORMAT: u32 = 2;

/// Computes every number of an edition, with the full rows of its events sections. The log is asked once for all tables,
/// and once more for each section that shows events themselves. `declared`: what settings say of sources, by name, over what
/// their batches say. Errors: see [`FigureError`]; a section that cannot be computed makes the whole fail.
pub fn figure_out(
    definition: &Definition,
    period: &Period,
    log: &dyn AuditLog,
    lens: &Lens,
    declared: &BTreeMap<String, SourceDeclared>,
) -> Result<(Figures, Vec<EvidenceFile>), FigureError> {
    compute(definition, period, log, lens, declared, None)
}

/// The same behind a mask: nothing in the figures tells who and when. The definition is the true one.
pub fn figure_out_masked(
    definition: &Definition,
    period: &Period,
    log: &dyn AuditLog,
    lens: &Lens,
    declared: &BTreeMap<String, SourceDeclared>,
    mask: &Mask,
) -> Result<(Figures, Vec<EvidenceFile>), FigureError> {
    let asked = mask.definition(definition);
    let (masked_log, masked_lens) = (MaskedLog::new(log, lens, mask), mask.lens(lens));
    let (mut figures, files) = compute(&asked, period, &masked_log, &masked_lens, declared, Some(mask))?;
    mask.finish(&mut figures, &mask.told(&asked));
    Ok((figures, files))
}

fn compute(
    definition: &Definition,
    period: &Period,
    log: &dyn AuditLog,
    lens: &Lens,
    declared: &BTreeMap<String, SourceDeclared>,
    mask: Option<&Mask>,
) -> Result<(Figures, Vec<EvidenceFile>), FigureError> {
    let head = log.head()?;
    let batches = log.batches()?;
    let span = period.span(&definition.schedule.zone);
    let rhythms = coverage::rhythms(&batches, declared);
    let known = log.coverage(span, coverage::shortest_gap(rhythms.iter()))?;
    let context = Context::new(definition, period, lens, known, declared, mask)?;
    let by_batch = log.batch_counts(span)?;

    let mut plan = Plan::new(&definition.schedule.zone);
    let totals = totals(&mut plan, &context);
    let crossed = thresholds::thresholds(&mut plan, &context)?;
    let reconciled = reconcile(&mut plan, &context, &by_batch);
    let mut parts = Vec::with_capacity(definition.sections.len());
    for section in &definition.sections {
        parts.push((section, part(&mut plan, &context, section)?));
    }

    let answers = Answers::new(&plan, log.answer(plan.queries(), lens)?)?;
    let silent = coverage::silent(&context, log, &plan.looked(), &rhythms)?;
    let answers = answers.with_silences(silent);

    let (crossed, unjudged) = crossed(&answers)?;
    let mut reconciliation = reconciled(&answers)?;
    let mut files = Vec::new();
    let mut done = Vec::with_capacity(parts.len());
    for (section, part) in parts {
        let body = match part {
            Part::Ready(body) => *body,
            Part::Crossed { limit } => attention(&crossed, limit),
            Part::Asked(later) => {
                let (body, checked) = later(&answers)?;
                reconciliation.sections.extend(checked);
                body
            }
            Part::Events { columns, limit } => {
                let (body, file) = events::events(&context, log, section, columns, limit)?;
                files.push(file);
                body
            }
            Part::Sequence => sequence::sequence(&context, log, section)?,
        };
        done.push(Section {
            id: section.id.clone(),
            title: section.title.clone(),
            note: section.note.clone(),
            new_page: section.new_page,
            landscape: section.landscape,
            words: section.words,
            filter: (section.filter != Filter::All).then(|| words::filter(&section.filter, context.zone)),
            body,
        });
    }
    let coverage = coverage::coverage(&context);
    let used = batches_used(log, &context, batches, &by_batch)?;
    let mut figures = Figures {
        format: FORMAT,
        period: context.covered.clone(),
        compared: coverage::compared(&context, &answers),
        sections: done,
        totals: totals(&answers)?,
        crossed,
        thresholds: definition.thresholds.len() as u64,
        unjudged,
        coverage,
        reconciliation,
        batches: used,
        head,
        names: BTreeMap::new(),
        restated: None,
        register: None,
    };
    figures.names = names::names(&figures, &files, lens);
    address::check(&figures, definition)?;
    address::label(&mut figures);
    Ok((figures, files))
}

/// A section between question and answer.
enum Part<'a> {
    /// Nothing is asked for it.
    Ready(Box<Body>),
    /// Shows what crossed.
    Crossed { limit: usize },
    /// Waits for the answers.
    Asked(Later<'a, (Body, Checked)>),
    /// Reads the events themselves.
    Events { columns: &'a [definition::EventColumn], limit: usize },
    /// Reads the events themselves.
    Sequence,
}

fn part<'a>(
    plan: &mut Plan,
    context: &'a Context<'a>,
    section: &'a definition::Section,
) -> Result<Part<'a>, FigureError> {
    Ok(match &section.kind {
        SectionKind::Verdict { measures } => {
            for name in measures {
                super::measure::named(context, &section.id, name)?;
            }
            Part::Ready(Box::new(Body::Verdict { measures: measures.clone() }))
        }
        SectionKind::Attention { limit } => Part::Crossed { limit: *limit },
        SectionKind::Summary { measures } => unchecked(super::summary::summary(plan, context, section, measures)?),
        SectionKind::Targets { measures } => unchecked(super::summary::targets(plan, context, section, measures)?),
        SectionKind::Series { .. } => Part::Asked(super::series::series(plan, context, section)?),
        SectionKind::Ranking { by, measures, limit, chart } => {
            Part::Asked(ranking::ranking(plan, context, section, by, measures, *limit, *chart)?)
        }
        SectionKind::Crosstab { .. } => Part::Asked(crosstab::crosstab(plan, context, section)?),
        SectionKind::Heatmap { .. } => Part::Asked(heatmap::heatmap(plan, context, section)?),
        SectionKind::Events { columns, limit } => Part::Events { columns, limit: *limit },
        SectionKind::Sequence { .. } => Part::Sequence,
        // Filled in by whoever has the register.
        SectionKind::Findings { .. } => Part::Ready(Box::new(Body::Findings(FindingList::default()))),
        SectionKind::Actions { .. } => Part::Ready(Box::new(Body::Actions(ActionList::default()))),
        SectionKind::Text { text } => Part::Ready(Box::new(Body::Text { text: text.clone() })),
        SectionKind::Coverage { short } => Part::Ready(Box::new(Body::Coverage { short: *short })),
        SectionKind::Sign { lines } => Part::Ready(Box::new(Body::Sign { lines: lines.clone() })),
    })
}

fn unchecked<'a>(later: Later<'a, Body>) -> Part<'a> {
    Part::Asked(Box::new(move |answers| Ok((later(answers)?, None))))
}

fn totals<'a>(plan: &mut Plan, context: &'a Context<'a>) -> Later<'a, BTreeMap<String, Total>> {
    let asked: Vec<_> = context
        .definition
        .measures
        .iter()
        .map(|(name, measure)| {
            let address = address::under(address::TOTALS, &address::part(name));
            (name.clone(), comparison::total(plan, context, measure, &Filter::All, address, context.definition.normal))
        })
        .collect();
    Box::new(move |answers| asked.into_iter().map(|(name, total)| Ok((name, total(answers)?))).collect())
}

fn attention(crossed: &[Crossed], limit: usize) -> Body {
    let shown = crossed.len().min(limit);
    Body::Attention { shown: (0..shown).collect(), more: (crossed.len() - shown) as u64 }
}

/// Batches with events in the period or in one that it is compared with.
fn batches_used(
    log: &dyn AuditLog,
    context: &Context<'_>,
    batches: Vec<crate::audit_log::Batch>,
    by_batch: &BTreeMap<u64, u64>,
) -> Result<Vec<BatchUsed>, FigureError> {
    let mut used: BTreeMap<u64, u64> = by_batch.clone();
    let mut spans: Vec<Span> = context.compared.iter().flat_map(|c| &c.periods).map(|then| then.span).collect();
    spans.sort_unstable();
    spans.dedup();
    for span in spans {
        for batch in log.batch_counts(span)?.into_keys() {
            used.entry(batch).or_insert(0);
        }
    }
    let used_of =
        |batch: crate::audit_log::Batch| used.get(&batch.number).map(|count| BatchUsed { in_period: *count, batch });
    Ok(batches.into_iter().filter_map(used_of).collect())
}
