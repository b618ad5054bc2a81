//! Tests of the logo: it stands beside the title or above it, over nothing, and the file is the same each time.

use super::mark::Mark;
use super::sample::{picture, sample};
use super::tests::of;
use super::*;
use crate::document::theme::{Logo, Raster};
use crate::document::{Block, Inline};

fn with_logo(height: f64) -> Theme {
    let raster = Raster { width: 4, height: 1, rgb: vec![90; 12], uri: String::new() };
    Theme { logo: Some(Logo { file: "logo.png".into(), height, raster: Some(raster) }), ..Theme::default() }
}

fn laid_out(document: &Document, theme: &Theme) -> Vec<Page> {
    lay_out(document, theme, &Fonts::shipped().unwrap(), &picture, Tree::new()).0
}

/// The first page's logo, which is the only one and touches nothing that is drawn.
fn logo(document: &Document, theme: &Theme) -> [f64; 4] {
    let pages = laid_out(document, theme);
    let is_logo = |mark: &&Mark| matches!(mark, Mark::Logo { .. });
    assert_eq!(pages.iter().flat_map(|page| &page.marks).filter(is_logo).count(), 1);
    let mut of_first = pages[0].marks.iter();
    let [left, top, right, bottom] = of_first.find(is_logo).unwrap().bounds().unwrap();
    for mark in pages[0].marks.iter().filter(|mark| !is_logo(mark)) {
        let Some([l, t, r, b]) = mark.bounds() else { continue };
        assert!(r <= left || l >= right || b <= top || t >= bottom, "{mark:?} under {:?}", [left, top, right, bottom]);
    }
    let area = pages[0].sheet.area;
    assert!(left >= area.left - 0.01 && right <= area.left + area.width + 0.01 && top >= area.top - 6.01);
    [left, top, right, bottom]
}

fn titled(title: &str, language: &str) -> Document {
    let title = Block::Heading { level: 1, id: "top".into(), text: vec![Inline::Text(title.into())] };
    let text = Block::Paragraph { style: Default::default(), text: vec![Inline::Text("Words below. ".repeat(40))] };
    Document { language: language.into(), ..of(vec![title, text]) }
}

#[test]
fn it_stands_beside_a_short_title_and_above_a_long_one() {
    let beside = logo(&titled("Deletions", "en"), &with_logo(26.0));
    assert!(beside[0] > 400.0, "{beside:?}");
    let high = logo(&titled("Deletions", "en"), &with_logo(80.0));
    assert!((high[3] - high[1] - 80.0).abs() < 0.01);
    let long = "Deletions by people who may never delete";
    let first_words = |theme: &Theme| {
        let pages = laid_out(&titled(long, "en"), theme);
        pages[0].marks.iter().find(|mark| matches!(mark, Mark::Text(_))).and_then(Mark::bounds).unwrap()[1]
    };
    let above = logo(&titled(long, "en"), &with_logo(26.0));
    assert!(above[3] < first_words(&with_logo(26.0)) && first_words(&Theme::default()) < above[3]);
    // Where text runs to the left, titles begin at the right.
    let left = logo(&titled("\u{5de}\u{5d7}\u{5d9}\u{5e7}\u{5d5}\u{5ea}", "he"), &with_logo(26.0));
    assert!(left[0] < 60.0, "{left:?}");
    // A report that begins otherwise, and one of nothing.
    logo(&of(vec![Block::Rule, Block::Rule]), &with_logo(26.0));
    logo(&of(Vec::new()), &with_logo(26.0));
    // As wide as the page at most.
    let mut wide = with_logo(80.0);
    if let Some(logo) = &mut wide.logo {
        logo.raster = Some(Raster { width: 3000, height: 1, rgb: vec![0; 9000], uri: String::new() });
    }
    logo(&titled("Deletions", "en"), &wide);
}

#[test]
fn the_file_has_it_once_and_is_the_same_each_time() {
    let meta = PdfMeta {
        created: 1_750_000_000_000,
        edition: "weekly/2025-W24".into(),
        author: "Example Ltd".into(),
        standard: Standard::Accessible,
        attachments: &[],
    };
    let set = |theme: &Theme| pdf(&sample(), theme, &Fonts::shipped().unwrap(), &picture, &meta).unwrap().bytes;
    let made = set(&with_logo(26.0));
    assert_eq!(made, set(&with_logo(26.0)));
    let images = |bytes: &[u8]| bytes.windows(14).filter(|part| part == b"/Subtype/Image").count();
    assert_eq!((images(&made), images(&set(&Theme::default()))), (1, 0));
}
