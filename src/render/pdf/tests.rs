//! What a set report must be, whatever is in it.

use super::sample::{picture, sample};
use super::*;

fn meta() -> PdfMeta {
    PdfMeta {
        created: 1_750_000_000_000,
        edition: "weekly-activity/2025-W24 revision 0".into(),
        author: "Example Ltd".into(),
    }
}

fn set(document: &Document) -> Pdf {
    pdf(document, &Theme::default(), &Fonts::shipped().unwrap(), &picture, &meta()).unwrap()
}

/// For looking at: `QUARTERDAY_PDF=/tmp/pdf/sample.pdf cargo test --lib render::pdf -- --ignored`.
#[test]
#[ignore = "writes a file to look at"]
fn write_the_sample() {
    let path = std::env::var("QUARTERDAY_PDF").unwrap();
    std::fs::write(path, set(&sample()).bytes).unwrap();
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let first = set(&sample());
    let second = set(&sample());
    assert_eq!(first.bytes, second.bytes);
    assert_eq!(first.missing_glyphs.keys().collect::<String>(), "前名🔥");
}
