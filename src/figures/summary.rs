//! Summary and targets: totals under a section's filter.

use super::comparison::total;
use super::context::Context;
use super::error::FigureError;
use super::measure::named;
use super::plan::{Later, Plan};
use super::{Body, NamedTotal, address};
use crate::definition::Section;

/// Tiles of a summary.
pub(super) fn summary<'a>(
    plan: &mut Plan,
    context: &'a Context<'a>,
    section: &'a Section,
    measures: &'a [String],
) -> Result<Later<'a, Body>, FigureError> {
    let tiles = totals(plan, context, section, measures)?;
    Ok(Box::new(move |answers| Ok(Body::Summary { tiles: tiles(answers)? })))
}

/// Rows of targets. A measure without a target is the definition's mistake.
pub(super) fn targets<'a>(
    plan: &mut Plan,
    context: &'a Context<'a>,
    section: &'a Section,
    measures: &'a [String],
) -> Result<Later<'a, Body>, FigureError> {
    for name in measures {
        if named(context, &section.id, name)?.target.is_none() {
            return Err(FigureError::section(&section.id, format!("`{name}` has no target")));
        }
    }
    let rows = totals(plan, context, section, measures)?;
    Ok(Box::new(move |answers| Ok(Body::Targets { rows: rows(answers)? })))
}

fn totals<'a>(
    plan: &mut Plan,
    context: &'a Context<'a>,
    section: &'a Section,
    measures: &'a [String],
) -> Result<Later<'a, Vec<NamedTotal>>, FigureError> {
    let mut asked = Vec::with_capacity(measures.len());
    for name in measures {
        let measure = named(context, &section.id, name)?;
        let address = address::keyed(&section.id, std::slice::from_ref(name));
        asked.push((name.clone(), total(plan, context, measure, &section.filter, address, section.normal)));
    }
    Ok(Box::new(move |answers| {
        asked.into_iter().map(|(name, total)| Ok(NamedTotal { name, total: total(answers)? })).collect()
    }))
}
