//! Activation: since when a definition is due, and each kind of its periods.

use super::{Failure, Written};
use crate::calendar::Millis;
use crate::definition::Definition;
use crate::ledger::{Activation, Ledger};
use crate::schedule::of_kind;
use std::collections::{BTreeMap, BTreeSet};

/// What the ledger holds in the place of a digest of a kind of periods that a definition has, …
const HAS: &str = "has";

/// … and of one that it had.
const HAD: &str = "had";

/// Definitions that are seen for the first time become active now; changed ones are recorded. A kind of periods that a
/// definition did not have before becomes active by the change that brings it: what lies before was never asked for.
///
/// # Errors
/// A ledger that cannot be written.
pub fn activate(ledger: &mut Ledger, definitions: &[Written], now: Millis) -> Result<(), Failure> {
    for Written { definition, .. } in definitions {
        let since = definition.schedules().filter_map(|schedule| schedule.since).min();
        let since = since.map(|day| definition.schedule.zone.day_start(day));
        ledger.activate(&definition.stem, &definition.digest, since, now)?;
    }
    let known = ledger.activations()?;
    for Written { definition, .. } in definitions {
        kinds(ledger, definition, &known, now)?;
    }
    Ok(())
}

/// Records which kinds of periods a definition has.
fn kinds(
    ledger: &mut Ledger,
    definition: &Definition,
    known: &BTreeMap<String, Activation>,
    now: Millis,
) -> Result<(), Failure> {
    let Some(whole) = known.get(&definition.stem) else { return Ok(()) };
    let prefix = format!("{}/", definition.stem);
    let of_stem = || known.range(prefix.clone()..).take_while(|(name, _)| name.starts_with(&prefix));
    // Also for who crashed between the two, and for a ledger from before kinds were recorded.
    let begun = if of_stem().next().is_none() { whole.at } else { whole.changed_at.unwrap_or(whole.at) };
    let has: BTreeSet<String> = definition.schedules().map(|schedule| of_kind(&definition.stem, schedule)).collect();
    for name in &has {
        if known.get(name).is_none_or(|kind| kind.digest != HAS) {
            ledger.activate(name, HAS, Some(begun), now)?;
        }
    }
    for (name, kind) in of_stem().filter(|(name, kind)| kind.digest == HAS && !has.contains(*name)) {
        ledger.activate(name, HAD, kind.since, now)?;
    }
    Ok(())
}

/// Since when definitions and their kinds of periods are due, as [`crate::schedule::Known`] wants it.
pub(super) fn activations(ledger: &Ledger) -> Result<BTreeMap<String, Millis>, Failure> {
    let of = |(name, one): (String, Activation)| {
        let since = one.since.filter(|_| name.contains('/')).unwrap_or(one.at);
        (name, since)
    };
    Ok(ledger.activations()?.into_iter().map(of).collect())
}
