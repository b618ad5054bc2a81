//! What a set report must be, whatever is in it.

use super::mark::Mark;
use super::read_back::ReadBack;
use super::sample::{NAMES, cell, paragraph, picture, sample, torture};
use super::*;
use crate::document::{Block, Column, Inline, ParagraphStyle, Table};
use crate::typeface::flow;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::process::Command;
use unicode_normalization::UnicodeNormalization;

fn meta() -> PdfMeta<'static> {
    let edition = "weekly-activity/2025-W24 revision 0".into();
    PdfMeta {
        created: 1_750_000_000_000,
        edition,
        author: "Example Ltd".into(),
        standard: Standard::Accessible,
        attachments: &[],
    }
}

fn set(document: &Document) -> Pdf {
    pdf(document, &Theme::default(), &Fonts::shipped().unwrap(), &picture, &meta()).unwrap()
}

pub(super) fn pages(document: &Document) -> Vec<Page> {
    lay_out(document, &Theme::default(), &Fonts::shipped().unwrap(), &picture, Tree::new()).0
}

/// What a part of the layout is given, on A4.
pub(super) fn with_setting<T>(act: impl FnOnce(&Setting) -> T) -> T {
    let (fonts, theme, charts) = (Fonts::shipped().unwrap(), Theme::default(), BTreeMap::new());
    let missing = RefCell::new(BTreeMap::new());
    let tree = RefCell::new(Tree::new());
    act(&setting_of(&Document::default(), &theme, &fonts, &charts, &picture, &missing, &tree))
}

pub(super) fn of(blocks: Vec<Block>) -> Document {
    Document { title: "Test".into(), language: "en".into(), blocks, ..Document::default() }
}

/// Every text of a page, in the order of drawing.
pub(super) fn texts(page: &Page) -> Vec<String> {
    page.marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Text(line) => Some(line.words.iter().map(|word| &*word.shaped.text).collect()),
            _ => None,
        })
        .collect()
}

/// For looking at, and for veraPDF: `QUARTERDAY_PDF=/tmp/sample.pdf cargo test --lib write_the_sample -- --ignored`.
#[test]
#[ignore = "writes files to look at"]
fn write_the_sample() {
    let path = std::env::var("QUARTERDAY_PDF").unwrap();
    std::fs::write(&path, set(&sample()).bytes).unwrap();
    let paper = crate::document::theme::Paper::Letter;
    let theme = Theme { paper, ..Theme::default() };
    let strained = pdf(&torture(), &theme, &Fonts::shipped().unwrap(), &picture, &meta()).unwrap();
    std::fs::write(format!("{path}.torture.pdf"), strained.bytes).unwrap();
    let attachments = [
        Attachment {
            name: "rows.csv",
            media_type: "text/csv",
            words: "Rows",
            relation: Relation::Data,
            bytes: b"a,b\r\n1,2\r\n",
        },
        Attachment {
            name: "figures.json",
            media_type: "application/json",
            words: "Figures",
            relation: Relation::Source,
            bytes: b"{}",
        },
    ];
    let mut long = sample();
    for block in &mut long.blocks {
        if let Block::Table(table) = block {
            table.body = table.body.iter().cycle().take(6000).cloned().collect();
        }
    }
    let wide = Table {
        caption: vec![Inline::Text("30 columns".into())],
        head: vec![(0..30).map(|at| cell(&format!("Column {at}"))).collect()],
        body: (0..40).map(|row| (0..30).map(|at| cell(NAMES[(row + at) % NAMES.len()])).collect()).collect(),
        ..Table::default()
    };
    for (name, document, standard) in [
        ("long", &long, Standard::Accessible),
        ("untagged", &long, Standard::Archival),
        ("wide", &of(vec![Block::Table(wide)]), Standard::Accessible),
        ("empty", &Document::default(), Standard::Accessible),
    ] {
        let meta = PdfMeta { standard, attachments: &attachments, ..meta() };
        let set = pdf(document, &Theme::default(), &Fonts::shipped().unwrap(), &picture, &meta).unwrap();
        std::fs::write(format!("{path}.{name}.pdf"), set.bytes).unwrap();
    }
}

#[test]
#[ignore = "what another process is asked for by the test below"]
fn say_the_digest() {
    println!("digest {}", digest(&set(&sample()).bytes));
}

/// `QUARTERDAY_ROWS=1000 cargo test --release --lib how_long -- --ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn how_long_it_takes() {
    let rows: usize = std::env::var("QUARTERDAY_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1000);
    let mut document = sample();
    for block in &mut document.blocks {
        if let Block::Table(table) = block {
            table.body = table.body.iter().take(100).cycle().take(rows).cloned().collect();
        }
    }
    let start = std::time::Instant::now();
    let fonts = Fonts::shipped().unwrap();
    let parsed = start.elapsed();
    let (laid, ..) = lay_out(&document, &Theme::default(), &fonts, &picture, Tree::new());
    let set_in = start.elapsed();
    let whole = pdf(&document, &Theme::default(), &fonts, &picture, &meta()).unwrap();
    let all = start.elapsed() - set_in;
    println!(
        "fonts {parsed:?}, layout {:?}, all of pdf() {all:?}: {} pages, {} bytes",
        set_in - parsed,
        laid.len(),
        whole.bytes.len()
    );
}

fn digest(bytes: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(bytes))
}

#[test]
fn the_same_document_gives_the_same_bytes_again_and_in_another_process() {
    let first = set(&sample());
    assert_eq!(first.bytes, set(&sample()).bytes);
    let other = Command::new(std::env::current_exe().unwrap())
        .args(["render::pdf::tests::say_the_digest", "--exact", "--ignored", "--nocapture"])
        .env("TZ", "Pacific/Auckland")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&other.stdout);
    assert!(said.contains(&format!("digest {}", digest(&first.bytes))), "{said}");
}

#[test]
fn characters_that_no_font_has_are_reported_with_their_text() {
    let set = set(&of(vec![paragraph(ParagraphStyle::Plain, "Ship 中 now"), paragraph(ParagraphStyle::Plain, "🔥")]));
    assert_eq!(set.missing_glyphs, [('中', "Ship 中 now".to_string()), ('🔥', "🔥".to_string())].into());
}

#[test]
fn pages_are_numbered_and_closing_pages_apart() {
    let mut document = sample();
    let (tag, german) = crate::wording::SHIPPED[1];
    document.words = crate::wording::Words::read(tag, "de.yaml", german).unwrap();
    let numbers: Vec<String> = pages(&document)
        .iter()
        .flat_map(|page| texts(page).into_iter().filter(|text| text.starts_with("Seite ")))
        .collect();
    let main = numbers.iter().filter(|text| !text.contains('A')).count();
    assert_eq!(numbers.first().unwrap(), &format!("Seite 1 von {main}"));
    assert_eq!(numbers.last().unwrap(), &format!("Seite A{0} von A{0}", numbers.len() - main));
    assert!(main >= 4 && numbers.len() - main >= 2);
}

#[test]
fn header_and_banner_stand_where_they_should() {
    for (at, page) in pages(&sample()).iter().enumerate() {
        let texts = texts(page);
        assert!(texts.iter().any(|text| text == "PREVIEW, NOT ISSUED"));
        assert_eq!(texts.iter().any(|text| text.starts_with("Example Ltd ·")), at > 0);
    }
}

#[test]
fn the_head_of_a_table_is_on_every_page_that_it_reaches() {
    let row = |at: usize| vec![cell(&format!("row {at}")), cell("17")];
    let columns = vec![Column::default(), Column { number: true, width: None }];
    let table = Table {
        head: vec![vec![cell("Name of it"), cell("Count")]],
        body: (0..120).map(row).collect(),
        columns,
        ..Table::default()
    };
    let pages = pages(&of(vec![Block::Table(table)]));
    assert!(pages.len() >= 3);
    for page in &pages {
        assert_eq!(texts(page).iter().filter(|text| *text == "Name of it").count(), 1);
        assert!(texts(page).iter().filter(|text| text.starts_with("row ")).count() >= 2);
    }
}

#[test]
fn a_heading_is_never_the_last_thing_on_a_page() {
    for filler in 0..60 {
        let mut blocks: Vec<Block> = (0..filler).map(|_| paragraph(ParagraphStyle::Plain, "filler")).collect();
        blocks.push(Block::Heading { level: 2, id: String::new(), text: vec![Inline::Text("Heading".into())] });
        blocks.push(paragraph(ParagraphStyle::Plain, &"what follows ".repeat(40)));
        let pages = pages(&of(blocks));
        let page = pages.iter().map(texts).find(|texts| texts.iter().any(|text| text == "Heading")).unwrap();
        let after = page.iter().skip_while(|text| *text != "Heading").filter(|text| text.contains("follows")).count();
        assert!(after >= 2, "filler {filler}: {after} lines follow the heading");
    }
}

/// For each number of lines above it: the pages of a block, as the texts on each.
pub(super) fn shifted(block: &Block) -> impl Iterator<Item = Vec<Vec<String>>> {
    (0..60).map(move |filler| {
        let mut blocks: Vec<Block> = (0..filler).map(|_| paragraph(ParagraphStyle::Plain, "filler")).collect();
        blocks.push(block.clone());
        let pages = pages(&of(blocks));
        pages.iter().map(texts).collect()
    })
}

#[test]
fn no_line_of_a_paragraph_stands_alone_on_a_page() {
    for lines in 2..6 {
        let text = "line ".repeat(21 * lines - 8);
        for pages in shifted(&paragraph(ParagraphStyle::Plain, &text)) {
            for page in pages {
                let count = page.iter().filter(|text| text.contains("line line")).count();
                assert!(count != 1, "{lines} lines: {page:?}");
            }
        }
    }
}

#[test]
fn no_row_stands_alone_on_a_page_and_totals_never_without_a_row() {
    for rows in 2..7 {
        let row = |at: usize| vec![cell(&format!("row {at}")), cell("17")];
        let table = Table {
            caption: vec![Inline::Text("caption".into())],
            head: vec![vec![cell("Name"), cell("Count")]],
            body: (0..rows).map(row).collect(),
            foot: vec![vec![cell("total"), cell("34")]],
            columns: vec![Column::default(); 2],
        };
        for pages in shifted(&Block::Table(table)) {
            for page in pages {
                let rows = page.iter().filter(|text| text.starts_with("row ")).count();
                let has = |word: &str| page.iter().any(|text| text == word);
                assert!(rows >= 2 || rows == 0, "{page:?}");
                assert!(rows > 0 || !has("total") && !has("caption") && !has("Name"), "{page:?}");
                assert!(rows == 0 || has("Name"), "{page:?}");
            }
        }
    }
}

#[test]
fn numbers_of_a_column_are_aligned_on_their_point() {
    let texts = ["1.5", "12", "3.25 %", "not recorded", "−3", "n/a", "1,204.125"];
    let table = Table {
        columns: vec![Column::default(), Column { number: true, width: None }],
        body: texts.iter().map(|text| vec![cell("x"), cell(text)]).collect(),
        ..Table::default()
    };
    let pages = pages(&of(vec![Block::Table(table)]));
    let mut points = Vec::new();
    let mut ends = Vec::new();
    for mark in &pages[0].marks {
        let Mark::Text(line) = mark else { continue };
        let text: String = line.words.iter().map(|word| &*word.shaped.text).collect();
        if !texts.contains(&text.as_str()) {
            continue;
        }
        let fonts = Fonts::shipped().unwrap();
        let width = |text: &str| f64::from(fonts.shape(text, false, false).width) * line.words[0].size / 1000.0;
        ends.push(line.x + width(&text));
        if let Some(whole) = decimal::whole(&text).and_then(|whole| whole.dot) {
            points.push(line.x + width(&text[..whole]));
        }
    }
    assert_eq!(points.len(), 5);
    assert!(points.iter().all(|point| (point - points[0]).abs() < 0.2), "{points:?}");
    let right = ends.iter().copied().fold(0.0, f64::max);
    assert!((ends[3] - right).abs() < 0.2 && (ends[5] - right).abs() < 0.2, "{ends:?}");
}

#[test]
fn a_long_report_begins_with_its_contents_and_their_pages_are_right() {
    let heading =
        |level: u8, text: &str| Block::Heading { level, id: String::new(), text: vec![Inline::Text(text.into())] };
    let filled = |sections: usize, always: bool| {
        let mut blocks = vec![heading(1, "Title"), Block::Contents { title: "Contents".into(), always }];
        for section in 0..sections {
            blocks.push(heading(if section % 3 == 0 { 1 } else { 2 }, &format!("Section {section}")));
            blocks.push(heading(3, "not listed"));
            blocks.extend((0..9).map(|_| paragraph(ParagraphStyle::Plain, &"words and words ".repeat(20))));
        }
        blocks.push(Block::PageBreak { appendix: true });
        blocks.push(heading(1, "Appendix"));
        pages(&of(blocks)).iter().map(texts).collect::<Vec<_>>()
    };
    assert!(!filled(3, false).concat().contains(&"Contents".to_string()));
    assert!(filled(3, true).concat().contains(&"Contents".to_string()));
    let pages = filled(40, false);
    assert!(pages.len() > 12 && pages[0].contains(&"Contents".to_string()));
    let listed: Vec<String> = pages.iter().take(2).flatten().cloned().collect();
    for name in (0..40).map(|section| format!("Section {section}")).chain(["Appendix".to_string()]) {
        let at = listed.iter().position(|text| *text == name).unwrap();
        let stands = pages.iter().rposition(|page| page.contains(&name)).unwrap();
        let number = if name == "Appendix" { "A1".to_string() } else { (stands + 1).to_string() };
        assert_eq!(listed[at + 1], number, "{name}");
    }
    assert!(!listed.contains(&"Title".to_string()) || listed.iter().filter(|text| *text == "Title").count() == 1);
}

/// Draws only inside the paper and, but for header and footer, inside the margins.
fn check_bounds(document: &Document, pages: &[Page]) -> Result<(), TestCaseError> {
    for page in pages {
        let (area, paper) = (page.sheet.area, page.sheet.size.1);
        for mark in &page.marks {
            let Some([left, top, right, bottom]) = mark.bounds() else { continue };
            prop_assert!(left >= area.left - 0.5 && right <= area.left + area.width + 0.5, "{mark:?}\n{document:?}");
            prop_assert!(top >= 0.0 && bottom <= paper, "{mark:?}\n{document:?}");
            let furniture = top > area.top + area.height || bottom < area.top;
            let inside = top >= area.top - 2.0 && bottom <= area.top + area.height + 2.0;
            prop_assert!(furniture || inside, "{mark:?}\n{document:?}");
        }
    }
    Ok(())
}

/// The letters of a text, however they are ordered and spaced.
fn letters(text: &str) -> BTreeMap<char, usize> {
    let mut letters = BTreeMap::new();
    for letter in flow::settable(text).chars().filter(|letter| !letter.is_whitespace()) {
        *letters.entry(letter).or_insert(0) += 1;
    }
    letters
}

fn drawn(pages: &[Page]) -> BTreeMap<char, usize> {
    let mut all = String::new();
    for (mark, area) in pages.iter().flat_map(|page| page.marks.iter().map(|mark| (mark, page.sheet.area))) {
        if let Mark::Text(line) = mark
            && line.y < area.top + area.height
        {
            // What is repeated for the eye is no element.
            all.extend(line.words.iter().filter(|word| word.tag != Tag::NONE).map(|word| &*word.shaped.text));
        }
    }
    letters(&all)
}

#[test]
fn the_sample_draws_inside_its_pages() {
    check_bounds(&sample(), &pages(&sample())).unwrap();
    check_bounds(&torture(), &pages(&torture())).unwrap();
}

pub(super) fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(&NAMES[..]).prop_map(str::to_string),
        3 => "[a-zA-Z0-9 ,./-]{0,60}",
        2 => "[א-ת0-9 ().,]{0,40}",
        2 => "[ا-ي0-9 ().,]{0,40}",
        1 => "[Α-ωЀ-я ]{0,40}",
        1 => "[\u{4e00}-\u{4e20}\u{1f300}-\u{1f320} ]{0,12}",
        1 => "[a-zא-ת]{200,400}",
        1 => "[\u{0}-\u{1f}\u{7f}-\u{9f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{200b}-\u{200f}a]{0,12}",
        1 => "[\u{300}-\u{310}Z]{0,30}",
        1 => prop::collection::vec(any::<char>(), 0..20).prop_map(|letters| letters.into_iter().collect()),
        1 => Just("\u{fdfd}".to_string()),
    ]
}

fn any_table() -> impl Strategy<Value = Table> {
    (1_usize..=30).prop_flat_map(|columns| {
        let cell = (any_text(), 0_u8..4, any::<bool>()).prop_map(|(text, span, code)| {
            let inline = if code { Inline::Code(text) } else { Inline::Text(text) };
            crate::document::Cell { text: vec![inline], span: if span == 3 { 2 } else { 0 }, ..Default::default() }
        });
        let row = prop::collection::vec(cell, 0..=columns).boxed();
        let column = (any::<bool>(), prop::option::weighted(0.2, 0.0..1.0_f64));
        (
            prop::collection::vec(column, columns),
            prop::collection::vec(row.clone(), 0..2),
            prop::collection::vec(row.clone(), 0..6),
            prop::collection::vec(row, 0..2),
        )
            .prop_map(|(columns, head, body, foot)| {
                let columns = columns.into_iter().map(|(number, width)| Column { number, width }).collect();
                Table { caption: Vec::new(), columns, head, body, foot }
            })
    })
}

/// The text of each cell, with those that complete a row.
fn put_in(table: &Table) -> Vec<String> {
    let span = |cell: &crate::document::Cell| usize::from(cell.span.max(1));
    let rows = || table.head.iter().chain(&table.body).chain(&table.foot);
    let count = rows().map(|row| row.iter().map(span).sum()).max().unwrap_or(0).max(table.columns.len());
    let mut texts = Vec::new();
    for row in rows() {
        for cell in row {
            texts.push(flow::settable(&blocks::plain(&cell.text)).nfc().collect());
        }
        if row.iter().map(span).sum::<usize>() < count {
            texts.push(String::new());
        }
    }
    texts
}

fn table_text(table: &Table) -> String {
    let cells = table.head.iter().chain(&table.body).chain(&table.foot).flatten();
    cells.map(|cell| blocks::plain(&cell.text)).collect()
}

/// A table of 30 columns, with a link in the first and a cell over several.
fn thirty() -> Table {
    let row = |at: usize| -> Vec<crate::document::Cell> {
        let mut cells: Vec<_> = (0..30).map(|column| cell(&format!("pipeline {column} row{at}"))).collect();
        cells[0].text = vec![Inline::Link("https://example.com".into(), vec![Inline::Text(format!("row-{at}"))])];
        cells
    };
    let mut body: Vec<_> = (0..9).map(row).collect();
    body.push(vec![crate::document::Cell { span: 30, ..cell("3 more rows stand in the attached file") }]);
    let head = vec![(0..30).map(|column| cell(&format!("Column{column}"))).collect()];
    Table { head, body, columns: vec![Column::default(); 30], ..Table::default() }
}

#[test]
fn a_very_wide_table_is_set_in_groups_that_repeat_the_first_column() {
    let document = of(vec![Block::Table(thirty())]);
    let drawn = pages(&document);
    check_bounds(&document, &drawn).unwrap();
    let all: Vec<String> = drawn.iter().flat_map(texts).collect();
    let times = |wanted: &str| all.iter().filter(|text| text.trim() == wanted).count();
    let groups = times("row-3");
    assert!(groups > 1 && times("Column0") == groups, "{groups}: {all:?}");
    // No word is cut, and none is smaller than can be read.
    assert!((1..30).all(|column| times(&format!("Column{column}")) == 1), "{all:?}");
    for mark in drawn.iter().flat_map(|page| &page.marks) {
        let Mark::Text(line) = mark else { continue };
        assert!(line.words.iter().all(|word| word.size >= 6.0), "{line:?}");
    }
    // To a screen reader it is one table, row by row, and each link is there once.
    let back = ReadBack::new(&set(&document).bytes);
    assert_eq!(back.texts_of(&["TH", "TD"]), put_in(&thirty()));
    assert_eq!(back.texts_of(&["Table"]).len(), 1);
    assert_eq!(back.texts_of(&["Link"]).len(), 9);
    assert_eq!(drawn.iter().flat_map(|page| &page.marks).filter(|mark| matches!(mark, Mark::Link { .. })).count(), 9);
}

#[test]
fn a_head_taller_than_half_a_page_is_read_once_in_every_group() {
    let long: String = "abcdefg אבגדה".chars().filter(|c| *c != ' ').cycle().take(800).collect();
    let head = (0..28).map(|at| cell(if at % 3 == 0 { &long } else { "short" })).collect();
    let body = vec![(0..28).map(|at| cell(&format!("x{at}"))).collect(); 3];
    let table = Table { head: vec![head], body, columns: vec![Column::default(); 28], ..Table::default() };
    let back = ReadBack::new(&set(&of(vec![Block::Table(table.clone())])).bytes);
    assert_eq!(back.texts_of(&["TH", "TD"]), put_in(&table));
}

#[test]
fn names_that_run_from_right_to_left_are_drawn_in_the_order_of_reading() {
    let names = ["שרה כהן", "علاء الدين", "ليلى حداد", "سلام، Acme GmbH 12", "מחק את העסקה", "لله", "יִצְחָק"];
    let head = vec![vec![cell("Actor")]];
    let rows: Vec<_> = names.iter().map(|name| vec![cell(name)]).collect();
    let table = Table { head, body: rows, columns: vec![Column::default()], ..Table::default() };
    let mut blocks = vec![Block::Table(table)];
    blocks.extend(names.iter().map(|name| paragraph(ParagraphStyle::Lead, &format!("{name} deleted 12 records"))));
    let content = ReadBack::new(&set(&of(blocks)).bytes).content();
    for name in names {
        assert_eq!(content.matches(name).count(), 2, "{name}: {content}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_stays_inside_and_loses_nothing(table in any_table()) {
        // The head may stand on several pages: its letters are counted in a table without it.
        let whole = of(vec![Block::Table(table.clone())]);
        check_bounds(&whole, &pages(&whole))?;
        let bare = Table { head: Vec::new(), ..table };
        prop_assert_eq!(drawn(&pages(&of(vec![Block::Table(bare.clone())]))), letters(&table_text(&bare)));
    }

    #[test]
    fn any_table_is_read_as_it_was_put_in(table in any_table()) {
        let set = set(&of(vec![Block::Table(table.clone())]));
        let back = ReadBack::new(&set.bytes);
        prop_assert_eq!(&back.stray, "");
        let read: Vec<String> = back.texts_of(&["TH", "TD"]).iter().map(|text| text.nfc().collect()).collect();
        prop_assert_eq!(read, put_in(&table));
        let fonts = Fonts::shipped().unwrap();
        let missing: BTreeSet<char> = flow::settable(&table_text(&table))
            .chars()
            .filter(|c| !fonts.covers(*c) && !('\u{202a}'..='\u{202e}').contains(c))
            .collect();
        prop_assert_eq!(set.missing_glyphs.into_keys().collect::<BTreeSet<char>>(), missing);
    }

    #[test]
    fn any_text_in_any_block_stays_inside_and_loses_nothing(texts in prop::collection::vec(any_text(), 1..8), kind in 0..6) {
        let inline = |text: &String| vec![Inline::Text(text.clone())];
        let paragraphs = || texts.iter().map(|text| paragraph(ParagraphStyle::Plain, text)).collect::<Vec<_>>();
        let block = match kind {
            0 => Block::Note { tone: crate::document::Tone::Bad, blocks: paragraphs() },
            1 => Block::Facts(texts.iter().map(|text| (inline(text), Vec::new())).collect()),
            2 => Block::Columns(texts.iter().map(|text| (1.0, vec![paragraph(ParagraphStyle::Lead, text)])).collect()),
            3 => Block::Tiles(texts.iter().map(|text| crate::document::Tile { label: text.clone(), ..Default::default() }).collect()),
            4 => Block::SignLines(texts.clone()),
            _ => Block::Keep(paragraphs()),
        };
        let document = of(vec![block]);
        let pages = pages(&document);
        check_bounds(&document, &pages)?;
        prop_assert_eq!(drawn(&pages), letters(&texts.concat()));
    }
}
