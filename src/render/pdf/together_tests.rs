//! What stays on one page: small tables, and what stands between a heading and its table.

use super::sample::{cell, paragraph};
use super::tests::{of, pages, shifted, texts};
use crate::document::{Block, Column, Inline, ParagraphStyle, Table};

fn table(rows: usize) -> Table {
    Table {
        head: vec![vec![cell("Name"), cell("Count")]],
        body: (0..rows).map(|at| vec![cell(&format!("row {at}")), cell("17")]).collect(),
        foot: vec![vec![cell("total"), cell("34")]],
        columns: vec![Column::default(), Column { number: true, width: None }],
        ..Table::default()
    }
}

#[test]
fn a_table_of_less_than_a_quarter_of_a_page_is_whole() {
    for found in shifted(&Block::Table(table(9))) {
        let on = found.iter().filter(|page| page.iter().any(|text| text.starts_with("row "))).count();
        assert_eq!(on, 1, "{found:?}");
    }
    let divided = shifted(&Block::Table(table(20)))
        .any(|found| found.iter().filter(|page| page.iter().any(|text| text.starts_with("row "))).count() > 1);
    assert!(divided, "a longer one fills the page that it begins on");
}

#[test]
fn heading_note_and_opening_words_stand_with_the_table() {
    for filler in 0..60 {
        let mut blocks: Vec<Block> = (0..filler).map(|_| paragraph(ParagraphStyle::Plain, "filler")).collect();
        blocks.push(Block::Heading { level: 2, id: String::new(), text: vec![Inline::Text("Heading".into())] });
        blocks.push(paragraph(ParagraphStyle::Small, "note"));
        blocks.push(paragraph(ParagraphStyle::Plain, &"opening words ".repeat(20)));
        blocks.push(Block::Table(table(40)));
        let pages = pages(&of(blocks));
        let page = pages.iter().map(texts).find(|texts| texts.iter().any(|text| text == "Heading")).unwrap();
        let has = |word: &str| page.iter().any(|text| text.contains(word));
        assert!(has("note") && has("opening words"), "filler {filler}: {page:?}");
        assert!(page.iter().filter(|text| text.starts_with("row ")).count() >= 2, "filler {filler}: {page:?}");
    }
}

#[test]
fn lines_to_sign_on_stand_below_something() {
    for filler in 1..70 {
        let mut blocks: Vec<Block> = (0..filler).map(|_| paragraph(ParagraphStyle::Plain, "filler")).collect();
        blocks.push(Block::Keep(vec![Block::SignLines(vec!["Reviewed by".into()])]));
        let pages = pages(&of(blocks));
        let page = pages.iter().map(texts).find(|texts| texts.iter().any(|text| text == "Reviewed by")).unwrap();
        assert!(page.iter().any(|text| text == "filler"), "filler {filler}: {page:?}");
    }
}
