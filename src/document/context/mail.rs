//! The part of a context that only mails see: what needs the reader, the key figures, what is attached.

use super::Context;
use crate::calendar::zone::Zone;
use crate::edition::Facts;
use crate::figures::{Body, Figures};
use crate::wording::Words;
use serde_json::{Value, json};

/// Adds `mail` to a context: for one recipient, whose mail carries `attached` files.
pub fn with_mail(
    context: &Context,
    facts: &Facts,
    figures: &Figures,
    zone: &Zone,
    words: &Words,
    attached: &[String],
    digest: &str,
) -> Value {
    let view = super::View { facts, figures, zone, words };
    let crossed = figures.crossed.iter().map(|crossed| view.crossed(crossed));
    let attention: Vec<Value> = view.raised().into_iter().chain(crossed).take(6).collect();
    let mut value = context.value.clone();
    if let Value::Object(fields) = &mut value {
        fields.remove("made");
        fields.insert(
            "mail".into(),
            json!({
                "attention": attention,
                "lines": words.nothing_crossed(figures),
                "figures": key_figures(figures, words),
                "attached": words.list(attached),
                "figures_digest": digest,
            }),
        );
    }
    value
}

/// The tiles of the first summary; without one, all totals.
fn key_figures(figures: &Figures, words: &Words) -> Vec<Value> {
    let tiles = figures.sections.iter().find_map(|section| match &section.body {
        Body::Summary { tiles } => Some(tiles.iter().map(|tile| &tile.total).collect::<Vec<_>>()),
        _ => None,
    });
    tiles
        .unwrap_or_else(|| figures.totals.values().collect())
        .into_iter()
        .map(|total| {
            let change = match (figures.compared.first(), total.before.first()) {
                (Some(compared), Some(before)) => words.against(&total.now.amount, before, compared),
                _ => String::new(),
            };
            json!({ "label": words.title(&total.title), "value": words.figure(&total.now), "change": change })
        })
        .collect()
}
