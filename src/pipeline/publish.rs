//! Publish: from figures to files. Pure: the same figures, facts and kit give the same bytes.

use super::Failure;
use super::kit::Kit;
use crate::calendar::zone::ZoneRules;
use crate::chart::{Chart, Picture};
use crate::dispatch::File;
use crate::document::context::{Context, context};
use crate::document::{Block, Document, Inline, ParagraphStyle, compose};
use crate::edition::Facts;
use crate::figures::Figures;
use crate::render;
use crate::render::pdf::{Attachment, Relation, Standard};
use crate::seal::sha256_hex;
use crate::typeface::Fonts;
use crate::wording::Words;
use serde::{Deserialize, Serialize};

/// What `figures.json` holds: all that the files of an edition are made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hinge {
    /// How it was made.
    pub facts: Facts,
    /// Its numbers.
    pub figures: Figures,
}

impl Hinge {
    /// The bytes of `figures.json`.
    ///
    /// # Errors
    /// Only if a number cannot be written, which JSON's integers rule out.
    pub fn bytes(&self) -> Result<Vec<u8>, Failure> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|error| Failure::Error(error.to_string()))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// A file with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// What it is.
    pub file: File,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Made {
    /// A file from its bytes.
    pub fn new(name: &str, media_type: &str, bytes: Vec<u8>) -> Made {
        let file = File {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            sha256: sha256_hex(&bytes),
            bytes: bytes.len() as u64,
        };
        Made { file, bytes }
    }
}

/// The set pages of an edition.
pub struct Published {
    /// HTML, one self-contained file.
    pub html: Vec<u8>,
    /// PDF.
    pub pdf: Vec<u8>,
    /// Pages of the PDF.
    pub pages: usize,
    /// Characters that no font has, with a text in which each stands.
    pub missing_glyphs: Vec<(char, String)>,
    /// What templates saw: mails are composed from it too.
    pub context: Context,
    /// The report before any format: mails show its first charts.
    pub document: Document,
}

/// What templates see, and the document that they compose, before it is set.
///
/// # Errors
/// Problems in templates.
pub fn draft(hinge: &Hinge, template: &str, kit: &Kit, rules: &ZoneRules) -> Result<(Context, Document), Failure> {
    let zone = rules
        .zone(&hinge.figures.period.zone)
        .ok_or_else(|| Failure::Error(format!("the zone rules do not know {}", hinge.figures.period.zone)))?;
    let words = kit.words(&hinge.facts.language)?;
    let context = context(&hinge.facts, &hinge.figures, &zone, words);
    let document = compose::compose(
        &kit.templates.speaking(words, &hinge.figures),
        template,
        &context.value,
        context.charts.clone(),
    )
    .map_err(Failure::Problems)?;
    Ok((context, document))
}

/// Sets an edition in every format. `attached`: the files that the PDF carries, which are the evidence and `figures.json`.
///
/// # Errors
/// Problems in templates; a page that cannot be set.
pub fn publish(
    hinge: &Hinge,
    template: &str,
    kit: &Kit,
    rules: &ZoneRules,
    attached: &[Made],
) -> Result<Published, Failure> {
    let (context, mut document) = draft(hinge, template, kit, rules)?;
    let words = kit.words(&hinge.facts.language)?;
    let standard = render::pdf::standard(&document);
    if standard == Standard::Archival {
        // The report itself says what its file is not.
        let text = vec![Inline::Text(words.word("page.archival"))];
        document.blocks.push(Block::Paragraph { style: ParagraphStyle::Small, text });
    }
    let (html, pdf) = with_pictures(kit, words, |fonts, picture| {
        let html = render::html::html(&document, &kit.theme, picture);
        let [figures, rows] = ["page.figures_file", "page.rows_file"].map(|key| words.word(key));
        let attachments: Vec<Attachment> = attached.iter().map(|made| attachment(made, &figures, &rows)).collect();
        let meta = render::pdf::PdfMeta {
            created: hinge.facts.file_time(),
            edition: hinge.facts.edition.clone(),
            author: hinge.facts.organisation.clone(),
            standard,
            attachments: &attachments,
        };
        let pdf = render::pdf::pdf(&document, &kit.theme, fonts, picture, &meta)
            .map_err(|error| Failure::Error(format!("the PDF cannot be set: {error}")))?;
        Ok((html, pdf))
    })?;
    Ok(Published {
        html: html.into_bytes(),
        pages: pdf.pages,
        missing_glyphs: pdf.missing_glyphs.into_iter().collect(),
        pdf: pdf.bytes,
        context,
        document,
    })
}

/// What draws a chart at a width and height in points.
pub type Pictures<'a> = dyn Fn(&Chart, f64, f64) -> Picture + 'a;

/// Gives the shipped fonts, and what draws charts with them in the words and colours of a report.
///
/// # Errors
/// What it is given to fails; fonts that cannot be read.
pub fn with_pictures<T>(
    kit: &Kit,
    words: &Words,
    then: impl FnOnce(&Fonts, &Pictures) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let fonts = super::fonts::chain(&kit.fonts).map_err(|error| Failure::Error(error.to_string()))?;
    let magnitudes =
        ["chart.thousands", "chart.millions", "chart.billions", "chart.trillions"].map(|key| words.word(key));
    let numbers = words.numbers();
    let look = crate::chart::draw::Look {
        palette: &kit.theme.palette,
        text: &fonts,
        thousands: numbers.group,
        decimal: numbers.decimal,
        magnitudes: magnitudes.each_ref().map(String::as_str),
        percent: "\u{a0}%",
    };
    then(&fonts, &|chart, width, height| crate::chart::draw::draw(chart, width, height, &look))
}

/// A file as the PDF carries it.
fn attachment<'m>(made: &'m Made, figures: &'m str, rows: &'m str) -> Attachment<'m> {
    let is_figures = made.file.name == FIGURES;
    Attachment {
        name: &made.file.name,
        media_type: made.file.media_type.split(';').next().unwrap_or_default(),
        words: if is_figures { figures } else { rows },
        relation: if is_figures { Relation::Source } else { Relation::Data },
        bytes: &made.bytes,
    }
}

/// The name of the file that holds the figures.
pub const FIGURES: &str = "figures.json";
/// The media type of evidence.
pub const CSV: &str = "text/csv; charset=utf-8";
