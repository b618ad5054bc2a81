//! Tests of HTML, and a gallery of documents and charts to look at.

use super::*;
use crate::chart::draw::samples::{Estimate, NONE, chart, charts, series};
use crate::chart::draw::{Look, draw};
use crate::chart::{Kind, Palette, Role};
use crate::document::compose::{TemplateSet, compose};
use serde_json::json;
use std::collections::BTreeMap;

fn sparks() -> BTreeMap<String, Chart> {
    let spark =
        |role, values: &[f64]| chart(Kind::Spark, "", &vec!["x"; values.len()], vec![series("n", role, values)]);
    BTreeMap::from([
        ("up".into(), spark(Role::Marked, &[31., 28., 40., 35., 30., 22., 214.])),
        ("flat".into(), spark(Role::Plain, &[0.; 7])),
        ("gap".into(), spark(Role::Plain, &[3., 4., NONE, NONE, 6., 5., 7.])),
        ("one".into(), spark(Role::Plain, &[3.])),
    ])
}

const REPORT: &str = include_str!("sample.tera");

fn sample() -> Document {
    let mut named: BTreeMap<String, Chart> =
        charts().into_iter().map(|(name, chart)| (name.to_string(), chart)).collect();
    named.extend(sparks());
    let set = TemplateSet::load(&[("sample.tera", REPORT)], &[]).unwrap();
    let names = [
        "Amélie Dufour",
        "<b>Mallory</b> & \"Sons\"",
        "שרה כהן",
        "محمد عبد الله",
        "Παναγιώτης Παπαδόπουλος",
        "Дмитрий \u{1b}[31mred\u{0}",
    ];
    let rows: Vec<_> = (0..24).map(|i| json!({"at": format!("2026-06-{:02} 03:{:02}", 1 + i, (i * 7) % 60), "who": names[i % names.len()], "what": "delete", "record": if i == 5 { "x".repeat(1000) } else { format!("Deals/4402198000001{i:03}") }, "n": i * 37 % 400, "bad": i % 9 == 4})).collect();
    compose(&set, "sample.tera", &json!({"rows": rows}), named).unwrap()
}

fn rendered(document: &Document) -> String {
    let palette = Palette::default();
    html(document, &Theme::default(), &|chart, width, height| {
        draw(chart, width, height, &Look::english(&palette, &Estimate))
    })
}

#[test]
#[ignore = "writes files to look at, into the folder that QUARTERDAY_GALLERY names"]
fn gallery() {
    let folder = std::path::PathBuf::from(std::env::var("QUARTERDAY_GALLERY").unwrap());
    std::fs::write(folder.join("sample.html"), rendered(&sample())).unwrap();
    use crate::document::{Block, Inline};
    let title = Block::Heading { level: 1, id: "top".into(), text: vec![Inline::Text("Charts".into())] };
    let blocks = charts().into_iter().map(|(name, _)| Block::Chart {
        name: name.into(),
        caption: vec![Inline::Text(name.into())],
        height: None,
    });
    let named = charts().into_iter().map(|(name, chart)| (name.to_string(), chart)).collect();
    let document = Document {
        title: "Charts".into(),
        language: "en".into(),
        blocks: [title].into_iter().chain(blocks).collect(),
        charts: named,
        ..Document::default()
    };
    std::fs::write(folder.join("charts.html"), rendered(&document)).unwrap();
}

#[test]
fn the_same_document_gives_the_same_bytes_with_nothing_loaded_and_nothing_run() {
    let page = rendered(&sample());
    assert_eq!(page, rendered(&sample()));
    assert!(
        !page.contains("<script") && !page.contains("http://") && !page.contains("url(") && !page.contains("@import")
    );
    assert!(page.contains("&lt;b&gt;Mallory&lt;/b&gt; &amp; &quot;Sons&quot;") && page.contains("\\x1b[31mred\\x00"));
    assert!(page.contains("<html lang=\"en\">") && page.contains("aria-label=\"What it shows\""));
}

#[test]
fn every_number_has_its_heads_and_every_heading_its_place() {
    let page = rendered(&sample());
    assert!(page.contains("<th scope=\"col\">Module</th>") && page.contains("<th scope=\"row\">Deals</th>"));
    assert!(page.contains("<tfoot>\n<tr><th colspan=\"4\" scope=\"row\">All 214 rows</th>"));
    for place in ["days", "rows"] {
        assert!(page.contains(&format!("<a href=\"#{place}\">")) && page.contains(&format!(" id=\"{place}\"")));
    }
}

#[test]
fn names_of_another_script_do_not_turn_a_sentence_around() {
    use crate::document::{Block, Inline, ParagraphStyle};
    let text = |text: &str| vec![Inline::Text(text.into())];
    let paragraph = |words| Block::Paragraph { style: ParagraphStyle::Plain, text: text(words) };
    let mut document = Document {
        language: "en".into(),
        blocks: vec![paragraph("שרה כהן, who is no administrator, deleted 12 records."), paragraph("מחק את הכל")],
        ..Document::default()
    };
    let page = rendered(&document);
    assert!(page.contains("<p><bdi>שרה כהן</bdi>, who is no administrator, deleted 12 records.</p>"), "{page}");
    assert!(page.contains("<p dir=\"rtl\">מחק את הכל</p>"));
    document.language = "he".into();
    let page = rendered(&document);
    assert!(page.contains("<html lang=\"he\" dir=\"rtl\">") && page.contains("<p>מחק את הכל</p>"));
}

#[test]
fn a_fact_that_is_said_again_has_one_key() {
    use crate::document::{Block, Inline};
    let fact = |key: &str, value: &str| {
        let text = |text: &str| vec![Inline::Text(text.into())];
        (text(key), vec![Block::Paragraph { style: Default::default(), text: text(value) }])
    };
    let facts = vec![fact("Compared with", "May"), fact("Compared with", "June 2025"), fact("Zone", "UTC")];
    let page = rendered(&Document { blocks: vec![Block::Facts(facts)], ..Document::default() });
    assert!(page.contains("<div><dt>Compared with</dt><dd>May</dd><dd>June 2025</dd></div>\n<div><dt>Zone"), "{page}");
}

#[test]
fn hostile_text_stays_text_wherever_it_stands() {
    use crate::document::{Block, Cell, Column, Inline, Table, Tile, Tone};
    let evil = "</style></title><script>alert(1)</script>\" onx='\\\"}*{}\u{0}";
    let text = || {
        vec![
            Inline::Text(evil.into()),
            Inline::Code(evil.into()),
            Inline::Figure(evil.into()),
            Inline::Link(evil.into(), vec![]),
        ]
    };
    let mut hostile = chart(
        Kind::Bars,
        evil,
        &[evil, "b"],
        vec![series(evil, Role::Plain, &[1., 2.]), series("b", Role::Plain, &[1., 2.])],
    );
    hostile.alt = evil.into();
    let cell = || Cell { text: text(), tone: Tone::Bad, span: 1 };
    let blocks = vec![
        Block::Heading { level: 2, id: evil.into(), text: text() },
        Block::Table(Table {
            caption: text(),
            columns: vec![Column::default()],
            head: vec![vec![cell()]],
            body: vec![vec![cell()]],
            foot: vec![],
        }),
        Block::Tiles(vec![Tile {
            label: evil.into(),
            value: evil.into(),
            figure: evil.into(),
            lines: vec![text()],
            ..Tile::default()
        }]),
        Block::Chart { name: "c".into(), caption: text(), height: None },
        Block::Chart { name: evil.into(), caption: vec![], height: None },
        Block::SignLines(vec![evil.into()]),
        Block::Facts(vec![(text(), vec![])]),
    ];
    let [a, b, c, d, e, f] = [(); 6].map(|()| evil.to_string());
    let document = Document {
        title: a,
        language: b,
        header_left: c,
        header_right: d,
        footer_left: e,
        banner: f,
        blocks,
        charts: BTreeMap::from([("c".into(), hostile)]),
        words: crate::wording::Words::default(),
    };
    let page = rendered(&document);
    assert!(!page.contains("<script") && !page.contains('\u{0}'));
    assert_eq!(page.matches("</style>").count(), 1);
    assert_eq!(page.matches("</title>").count(), 1);
    // Every quoted attribute value ends where it should: what is left outside of quotes in tags holds no `onx`.
    let mut outside = String::new();
    let (mut tag, mut quote) = (false, false);
    for c in page.split("</style>").nth(1).unwrap().chars() {
        match c {
            '"' if tag => quote = !quote,
            '<' if !quote => tag = true,
            '>' if !quote => tag = false,
            _ if tag && !quote => outside.push(c),
            _ => {}
        }
    }
    assert!(!quote && !outside.contains("onx"), "{outside}");
}

#[test]
fn a_logo_is_part_of_the_file_and_only_then_may_pictures_be_shown() {
    use crate::document::theme::{Logo, Raster};
    let raster = Raster { width: 4, height: 1, rgb: vec![0; 12], uri: "data:image/png;base64,AAAA".into() };
    let logo = Some(Logo { file: "logo.png".into(), height: 30.0, raster: Some(raster) });
    let page = html(&sample(), &Theme { logo, ..Theme::default() }, &|_, _, _| crate::chart::Picture::default());
    assert!(page.contains("img-src data:; style-src"), "{page}");
    assert!(
        page.contains("src=\"data:image/png;base64,AAAA\" alt=\"\" style=\"width:12.00rem;height:3.00rem\""),
        "{page}"
    );
    let plain = rendered(&sample());
    assert!(!plain.contains("<img") && !plain.contains("img-src") && plain.contains("default-src 'none'; style-src"));
}
