//! Tests of the vocabulary, through the template engine: from a template to a document, and to problems at its lines.

use crate::chart::{Chart, Kind};
use crate::document::compose::{TemplateSet, compose};
use crate::document::{Block, Cell, Document, Inline, ParagraphStyle, Tone};
use crate::written::Problem;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

fn charts() -> BTreeMap<String, Chart> {
    let chart = Chart { kind: Kind::Spark, ..Chart::default() };
    BTreeMap::from([("days".to_string(), chart)])
}

fn document(template: &str, context: &Json) -> Result<Document, Vec<Problem>> {
    let set = TemplateSet::load(&[("report.tera", template)], &[])?;
    compose(&set, "report.tera", context, charts())
}

fn blocks(inner: &str) -> Vec<Block> {
    document(&format!("<report title=\"T\">{inner}</report>"), &json!({})).unwrap().blocks
}

/// `line:column what` of every problem.
fn refused(template: &str) -> Vec<String> {
    let problems = document(template, &json!({"x": 1})).unwrap_err();
    problems.iter().map(|p| format!("{}:{}:{} {}", p.file, p.line, p.column, p.what)).collect()
}

fn text(text: &str) -> Vec<Inline> {
    vec![Inline::Text(text.to_string())]
}

#[test]
fn a_template_becomes_a_document() {
    let template = r##"<report title="{{ title }}" language="en" header-left="Org">
  <section id="who"><h2>Who  got
     in</h2></section>
  <p class="lead">{{ n }} events, <b> of  them </b> <tone is="bad">bad</tone> <fig>F1</fig><br/> <a href="#who">see</a></p>
  <table><caption>All</caption><col/><col number="yes" width="20%"/>
    <thead><tr><th>Name</th><th>Events</th></tr></thead>
    <tbody>{% for row in rows %}<tr><td{% if row.bad %} tone="bad"{% endif %}>{{ row.name }}</td><td>{{ row.n }}</td></tr>{% endfor %}</tbody>
    <tfoot><tr><td span="2">end</td></tr></tfoot></table>
  <tiles><tile label="Deletions" value="214" figure="F3" tone="warn" spark="days"><line>up <b>7</b></line></tile></tiles>
  <facts><fact key="Period">June</fact><fact><key>By <fig>F2</fig></key><p>a</p><ul><li>b</li></ul></fact></facts>
  <columns><column width="2"><p>left</p></column><column><chart name="days" height="90">Days</chart></column></columns>
  <page-break appendix="yes"/><sign><line>Name, date</line></sign><rule/>
</report>"##;
    let context = json!({"title": "A & <B>", "n": 3, "rows": [{"name": "<b>x</b>", "n": 1, "bad": true}, {"name": "y", "n": 2, "bad": false}]});
    let document = document(template, &context).unwrap();
    assert_eq!(document.title, "A & <B>");
    let mut blocks = document.blocks.into_iter();
    assert_eq!(blocks.next(), Some(Block::Heading { level: 2, id: "who".into(), text: text("Who got in") }));
    let lead = vec![
        Inline::Text("3 events, ".into()),
        Inline::Strong(text("of them ")),
        Inline::Toned(Tone::Bad, text("bad")),
        Inline::Text(" ".into()),
        Inline::Figure("F1".into()),
        Inline::Break,
        Inline::Link("#who".into(), text("see")),
    ];
    assert_eq!(blocks.next(), Some(Block::Paragraph { style: ParagraphStyle::Lead, text: lead }));
    let Some(Block::Table(table)) = blocks.next() else { panic!("no table") };
    assert_eq!(
        table.columns.iter().map(|c| (c.number, c.width)).collect::<Vec<_>>(),
        [(false, None), (true, Some(0.2))]
    );
    assert_eq!(table.body[0][0], Cell { text: text("<b>x</b>"), tone: Tone::Bad, span: 1 });
    assert_eq!(table.foot[0][0].span, 2);
    let Some(Block::Tiles(tiles)) = blocks.next() else { panic!("no tiles") };
    assert_eq!((tiles[0].value.as_str(), tiles[0].spark.as_str(), tiles[0].lines.len()), ("214", "days", 1));
    let Some(Block::Facts(facts)) = blocks.next() else { panic!("no facts") };
    assert_eq!((facts[0].1.len(), facts[1].1.len(), facts[1].0.len()), (1, 2, 2));
    let Some(Block::Columns(columns)) = blocks.next() else { panic!("no columns") };
    assert_eq!(columns.iter().map(|(width, _)| *width).collect::<Vec<_>>(), [2.0, 1.0]);
    let end = [Block::PageBreak { appendix: true }, Block::SignLines(vec!["Name, date".into()]), Block::Rule];
    assert_eq!(blocks.collect::<Vec<_>>(), end);
}

#[test]
fn white_space_collapses_as_in_html() {
    assert_eq!(blocks("<p>  a\n b <b> c </b> </p>"), blocks("<p>a b <b>c</b></p>"));
    assert_eq!(blocks("<p> \n </p>"), []);
    assert_eq!(blocks("<ul><li>a <p>b</p> </li></ul>"), blocks("<ul><li><p>a</p><p>b</p></li></ul>"));
    assert_eq!(
        blocks("<p>a&#160; b</p>"),
        [Block::Paragraph { style: ParagraphStyle::Plain, text: text("a\u{a0} b") }]
    );
}

#[test]
fn what_is_not_known_is_refused_at_the_templates_own_place() {
    let template = "<report title='t'>\n{% for i in range(end=3) %}\n  <p>ok</p> <paragraf>x</paragraf>\n{% endfor %}\n  <p clas=\"lead\">a</p>\n  stray\n  <table><tr><td>1</td></tr><tr><td>1</td><td tone=\"red\">2</td></tr></table>\n <ul><p>x</p></ul> <p>a <h2>b</h2> <a href=\"javascript:x\">c</a><a href='#no'>d</a></p>\n{% if x %}<chart name=\"nights\"/>{% endif %}<note><page-break/></note>\n</report>";
    let expected = [
        "report.tera:1:1 text cannot stand directly inside <report>",
        "report.tera:3:13 <paragraf> cannot stand directly inside <report>",
        "report.tera:5:3 <p> has no attribute `clas`",
        "report.tera:7:10 the row has 1 cells, the table 2 columns",
        "report.tera:7:43 tone=\"red\" is no tone",
        "report.tera:8:6 <p> cannot stand in <ul>",
        "report.tera:8:25 <h2> cannot stand in the text of <p>",
        "report.tera:8:36 href=\"javascript:x\" is no link",
        "report.tera:8:64 nothing has the id `no`",
        "report.tera:9:11 there is no chart `nights`",
        "report.tera:9:50 a page cannot begin inside <note>",
    ];
    assert_eq!(refused(template), expected);
}

#[test]
fn a_tag_that_is_not_closed_is_found_by_the_nearest_element() {
    let found = refused("<report title='t'>\n<p>fine</p>\n<p>a <b>b</p>\n</report>");
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with("report.tera:3:6 after this element the markup cannot be read: expected 'b' tag"),
        "{found:?}"
    );
}

#[test]
fn hostile_depth_is_refused_and_not_overflown() {
    let deep =
        |open: &str, close: &str| format!("<report title='t'>{}{}</report>", open.repeat(5_000), close.repeat(5_000));
    assert!(refused(&deep("<note>", "</note>"))[0].contains("more than 48 deep"));
    assert!(refused(&deep("<p><b>", "</b></p>")).iter().any(|p| p.contains("cannot stand")));
    let bold = format!("<report title='t'><p>{}x{}</p></report>", "<b>".repeat(5_000), "</b>".repeat(5_000));
    assert!(refused(&bold)[0].contains("more than 48 deep"));
}
