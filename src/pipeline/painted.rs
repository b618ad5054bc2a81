//! Painted: the first charts of a report as pictures for mails, whose programs show no SVG. Pure.

use super::Failure;
use super::kit::Kit;
use super::publish::{Pictures, with_pictures};
use crate::chart::draw::suggested_height;
use crate::chart::{Chart, Kind};
use crate::document::direction::{self, Direction};
use crate::document::{Block, Document, Inline};
use crate::render::png::png;
use crate::typeface::Fonts;

/// How many charts a mail shows: it is a summary, the report is attached.
const MOST: usize = 2;

/// The width that a chart is shown with, in CSS pixels: that of the mail's column.
const SHOWN: u32 = 592;

/// Pixels painted for each that is shown: screens of phones and of newer computers have two.
const DENSITY: u32 = 2;

/// The width that a chart is drawn for, in points: half of its column, so that its letters can be read on a phone too.
const DRAWN: f64 = 320.0;

/// The height above which a chart is not shown, in points.
const HIGHEST: f64 = 2.0 * DRAWN;

/// A chart as a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Painted {
    /// Heading above it.
    pub title: String,
    /// What it shows, in words.
    pub alt: String,
    /// The picture, as PNG.
    pub bytes: Vec<u8>,
    /// Width that it is shown with, in CSS pixels.
    pub width: u32,
    /// Height, likewise.
    pub height: u32,
}

/// The first charts of a report, each under its caption or, without one, the heading that it stands under.
///
/// # Errors
/// A picture that cannot be painted.
pub fn painted(document: &Document, kit: &Kit, language: &str) -> Result<Vec<Painted>, Failure> {
    let mut found = Vec::new();
    charts(document, &document.blocks, &mut document.title.clone(), &mut found);
    // One that is far higher than wide (a thousand names) is for the report's pages, not for a mail.
    found.retain(|(_, chart)| suggested_height(chart, DRAWN) <= HIGHEST);
    found.truncate(MOST);
    if found.is_empty() {
        return Ok(Vec::new());
    }
    with_pictures(kit, kit.words(language)?, |fonts, picture| {
        let base = direction::of_language(&document.language);
        found.into_iter().map(|(title, chart)| paint(title, chart, fonts, base, picture)).collect()
    })
}

fn paint(title: String, chart: &Chart, fonts: &Fonts, base: Direction, picture: &Pictures) -> Result<Painted, Failure> {
    let drawn = picture(chart, DRAWN, suggested_height(chart, DRAWN));
    let bytes = png(&drawn, fonts, base, SHOWN * DENSITY)
        .map_err(|error| Failure::Error(format!("the chart {title:?} cannot be painted for mails: {error}")))?;
    let height = (drawn.height / drawn.width.max(1.0) * f64::from(SHOWN)).ceil() as u32;
    Ok(Painted { title, alt: chart.alt.clone(), bytes, width: SHOWN, height })
}

/// Charts in the order of the report with their titles; lines in tiles are none.
fn charts<'a>(document: &'a Document, blocks: &'a [Block], heading: &mut String, found: &mut Vec<(String, &'a Chart)>) {
    for block in blocks {
        match block {
            Block::Heading { text, .. } => *heading = plain(text),
            Block::Chart { name, caption, .. } => {
                let title = Some(plain(caption)).filter(|caption| !caption.is_empty());
                let title = title.unwrap_or_else(|| heading.clone());
                let chart = document.charts.get(name).filter(|chart| chart.kind != Kind::Spark);
                found.extend(chart.map(|chart| (title, chart)));
            }
            Block::Keep(inner) | Block::Turned { blocks: inner, .. } | Block::Note { blocks: inner, .. } => {
                charts(document, inner, heading, found);
            }
            Block::Columns(columns) => {
                columns.iter().for_each(|(_, inner)| charts(document, inner, heading, found));
            }
            _ => {}
        }
    }
}

fn plain(text: &[Inline]) -> String {
    let one = |one: &Inline| match one {
        Inline::Text(text) | Inline::Code(text) => text.clone(),
        Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Toned(_, inner) | Inline::Link(_, inner) => {
            plain(inner)
        }
        Inline::Figure(_) => String::new(),
        Inline::Break => " ".to_owned(),
    };
    text.iter().map(one).collect::<String>().trim().to_owned()
}
