//! The part of a context that only mails see: what needs the reader, the key figures, charts, what is attached.

use super::Context;
use crate::calendar::zone::Zone;
use crate::edition::Facts;
use crate::figures::{Body, Figures};
use crate::wording::{Words, change_tone};
use serde_json::{Value, json};

/// A chart that a mail shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailChart {
    /// What the HTML calls it: `cid:` and this.
    pub cid: String,
    /// Heading above it.
    pub title: String,
    /// What it shows, in words.
    pub alt: String,
    /// Width that it is shown with, in CSS pixels.
    pub width: u32,
    /// Height, likewise.
    pub height: u32,
}

/// What one recipient's mail carries.
#[derive(Clone, Copy, Debug)]
pub struct Carries<'a> {
    /// Names of the attached files.
    pub files: &'a [String],
    /// Names of files that it should carry and does not, because it would be too large.
    pub left_out: &'a [String],
    /// Where these are kept.
    pub kept_in: &'a str,
    /// Charts in the body.
    pub charts: &'a [MailChart],
    /// SHA-256 of `figures.json`.
    pub digest: &'a str,
    /// The mail is a note that the edition is not sent, because nothing of this came; `None`: it is the edition.
    pub note: Option<&'a [String]>,
    /// The note says that nothing happened at all.
    pub empty: bool,
}

/// Adds `mail` to a context: for one recipient.
pub fn with_mail(
    context: &Context,
    facts: &Facts,
    figures: &Figures,
    zone: &Zone,
    words: &Words,
    carries: Carries,
) -> Value {
    let view = super::View { facts, figures, zone, words };
    let crossed = figures.crossed.iter().map(|crossed| view.crossed(crossed));
    let attention: Vec<Value> = view.raised().into_iter().chain(crossed).take(6).collect();
    let mut value = context.value.clone();
    let key = key_figures(figures, words);
    let charts: Vec<Value> = carries.charts.iter().map(chart).collect();
    let listed = |names: &[String]| -> Vec<Value> {
        names.iter().map(|name| json!({ "name": name, "what": what(name, words) })).collect()
    };
    let (files, left_out) = (listed(carries.files), listed(carries.left_out));
    if let Value::Object(fields) = &mut value {
        fields.remove("made");
        fields.insert(
            "mail".into(),
            json!({
                "attention": attention,
                "lines": words.nothing_crossed(figures),
                "figures": key,
                "rows": key.chunks(2).collect::<Vec<_>>(),
                "charts": charts,
                "files": files,
                "left_out": left_out,
                "kept_in": carries.kept_in,
                "figures_digest": carries.digest,
                "nothing": words.word(if carries.empty { "mail.nothing_happened" } else { "mail.nothing_came" }),
                "waited_for": carries.note.unwrap_or_default(),
            }),
        );
    }
    value
}

fn chart(chart: &MailChart) -> Value {
    let MailChart { cid, title, alt, width, height } = chart;
    json!({ "cid": cid, "title": title, "alt": alt, "width": width, "height": height })
}

/// Why a file is there.
fn what(name: &str, words: &Words) -> String {
    match name.rsplit('.').next() {
        Some("pdf") => words.word("mail.file_pdf"),
        Some("html") => words.word("mail.file_html"),
        Some("csv") => words.word("mail.file_csv"),
        Some("xlsx") => words.word("mail.file_xlsx"),
        Some("zip") => words.word("mail.file_zip"),
        Some("json") => words.word("mail.file_json"),
        _ => String::new(),
    }
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
            let (change, tone) = match (figures.compared.first(), total.before.first()) {
                (Some(compared), Some(before)) => (
                    words.against(&total.now.amount, before, compared),
                    change_tone(&total.good, &total.now.amount, before),
                ),
                _ => (String::new(), ""),
            };
            let outside = total.normal.as_ref().filter(|normal| normal.is_outside());
            let change: Vec<String> = [change]
                .into_iter()
                .chain(outside.map(|normal| words.beside_normal(normal)))
                .filter(|words| !words.is_empty())
                .collect();
            let change = change.join("; ");
            json!({ "label": words.title(&total.title), "value": words.figure(&total.now), "change": change, "tone": tone })
        })
        .collect()
}
