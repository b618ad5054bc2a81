//! The part of a context that only mails see: what needs the reader, the key figures, what is attached.

use super::Context;
use crate::calendar::zone::Zone;
use crate::edition::Facts;
use crate::figures::{Body, Figures};
use crate::wording;
use serde_json::{Value, json};

/// Adds `mail` to a context: for one recipient, whose mail carries `attached` files.
pub fn with_mail(
    context: &Context,
    facts: &Facts,
    figures: &Figures,
    zone: &Zone,
    attached: &[String],
    digest: &str,
) -> Value {
    let view = super::View { facts, figures, zone };
    let crossed = figures.crossed.iter().map(|crossed| view.crossed(crossed));
    let attention: Vec<Value> = view.raised().into_iter().chain(crossed).take(6).collect();
    let mut value = context.value.clone();
    if let Value::Object(fields) = &mut value {
        fields.remove("made");
        fields.insert(
            "mail".into(),
            json!({
                "attention": attention,
                "lines": wording::nothing_crossed(figures),
                "figures": key_figures(figures),
                "attached": wording::list(attached),
                "figures_digest": digest,
            }),
        );
    }
    value
}

/// The tiles of the first summary; without one, all totals.
fn key_figures(figures: &Figures) -> Vec<Value> {
    let tiles = figures.sections.iter().find_map(|section| match &section.body {
        Body::Summary { tiles } => Some(tiles.iter().map(|tile| &tile.total).collect::<Vec<_>>()),
        _ => None,
    });
    tiles
        .unwrap_or_else(|| figures.totals.values().collect())
        .into_iter()
        .map(|total| {
            let change = match (figures.compared.first(), total.before.first()) {
                (Some(compared), Some(before)) => wording::against(&total.now.amount, before, compared),
                _ => String::new(),
            };
            let outside = total.normal.as_ref().filter(|normal| normal.is_outside()).map(wording::beside_normal);
            let change: Vec<String> = [change].into_iter().chain(outside).filter(|words| !words.is_empty()).collect();
            json!({ "label": total.title, "value": wording::figure(&total.now), "change": change.join("; ") })
        })
        .collect()
}
