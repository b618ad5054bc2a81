//! Page: a page beside the reports, set like them from the same kit: the record of a review, the proof of cadence. Pure: the same
//! content and kit give the same bytes.

use super::Failure;
use super::kit::Kit;
use super::publish::with_pictures;
use crate::calendar::Millis;
use crate::document::compose;
use crate::render;
use crate::render::pdf::PdfMeta;
use crate::wording::Words;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The template of such pages.
const TEMPLATE: &str = "page.tera";

/// What a page says, all of it worded.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// What stands under it.
    pub subtitle: String,
    /// Left and right at the head of each page, and at its foot.
    pub furniture: [String; 3],
    /// Boxes at the top: tone and text.
    pub notes: Vec<(&'static str, String)>,
    /// Its parts: `title`, `words`, `facts`, `table`, `items`, as templates see them.
    pub groups: Vec<Value>,
}

/// A page in both forms.
pub struct Set {
    /// HTML, one self-contained file.
    pub html: Vec<u8>,
    /// PDF.
    pub pdf: Vec<u8>,
}

/// Sets a page. `made_at` is the time that the file bears; `author` whose it is.
///
/// # Errors
/// Problems in the template; a page that cannot be set.
pub fn set(page: &Page, kit: &Kit, words: &Words, made_at: Millis, author: &str) -> Result<Set, Failure> {
    let Page { title, subtitle, furniture: [left, right, foot], notes, groups } = page;
    let notes: Vec<Value> = notes.iter().map(|(tone, text)| json!({ "tone": tone, "text": text })).collect();
    let context = json!({
        "page": {
            "title": title,
            "subtitle": subtitle,
            "language": words.language(),
            "header_left": left,
            "header_right": right,
            "footer": foot,
            "notes": notes,
        },
        "groups": groups,
    });
    let document = compose::compose(&kit.templates.worded(words), TEMPLATE, &context, BTreeMap::new())
        .map_err(Failure::Problems)?;
    with_pictures(kit, words, |fonts, picture| {
        let html = render::html::html(&document, &kit.theme, picture).into_bytes();
        let meta = PdfMeta {
            created: made_at,
            edition: title.clone(),
            author: author.to_owned(),
            standard: render::pdf::standard(&document),
            attachments: &[],
        };
        let pdf = render::pdf::pdf(&document, &kit.theme, fonts, picture, &meta)
            .map_err(|error| Failure::Error(format!("the PDF cannot be set: {error}")))?;
        Ok(Set { html, pdf: pdf.bytes })
    })
}

/// A fact of a page.
pub fn fact(key: impl Into<String>, value: impl Into<String>) -> Value {
    json!({ "key": key.into(), "value": value.into() })
}

/// A fact with an id or a hash.
pub fn code(key: impl Into<String>, value: impl Into<String>) -> Value {
    json!({ "key": key.into(), "value": value.into(), "code": true })
}
