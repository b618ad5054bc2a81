//! Tests of composing: what values can do, what templates can do, and what neither can.

use super::values::hidden;
use super::*;
use crate::document::{Block, Inline};
use proptest::prelude::*;
use serde_json::json;

fn load(templates: &[(&str, &str)]) -> Result<TemplateSet, Vec<Problem>> {
    TemplateSet::load(templates, &[])
}

fn places(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|p| format!("{}:{}:{} {}", p.file, p.line, p.column, p.what)).collect()
}

fn paragraph(value: &str) -> String {
    let set = load(&[("r.tera", "<report title='t'><p>{{ v }}</p></report>")]).unwrap();
    let document = compose(&set, "r.tera", &json!({"v": value}), BTreeMap::new()).unwrap();
    match document.blocks.as_slice() {
        [Block::Paragraph { text, .. }] => match text.as_slice() {
            [Inline::Text(text)] => text.clone(),
            other => panic!("{other:?}"),
        },
        [] => String::new(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_value_is_text_whatever_it_holds() {
    assert_eq!(paragraph("</p><h1>&amp; \"x\" 'y' {{ v }}"), "</p><h1>&amp; \"x\" 'y' {{ v }}");
    assert_eq!(paragraph("a\u{0}b\u{1b}[31m\u{85}\u{202e}cod\u{feff}"), "a\\x00b\\x1b[31m\\x85\\u{202e}cod\\u{feff}");
    assert_eq!(paragraph("one\r\ntwo\tthree"), "one two three");
    assert_eq!(paragraph("مرحبا שלום Ελλάδα"), "مرحبا שלום Ελλάδα");
}

proptest! {
    #[test]
    fn no_text_becomes_markup_or_stops_a_report(value in "\\PC*|[\\x00-\\x7f]{0,40}") {
        let text = paragraph(&value);
        prop_assert!(!text.chars().any(char::is_control));
        let plain: String = value.chars().filter(|c| !hidden(*c) && !c.is_whitespace()).collect();
        let kept: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if !value.chars().any(hidden) { prop_assert_eq!(plain, kept); }
    }

    #[test]
    fn a_value_in_an_attribute_stays_in_it(value in "\\PC*") {
        let set = load(&[("r.tera", "<report title='t{{ v }}'><note tone=\"bad\"/></report>")]).unwrap();
        let read = compose(&set, "r.tera", &json!({"v": value}), BTreeMap::new());
        prop_assert!(read.is_ok());
    }

    #[test]
    fn no_template_text_makes_loading_panic(text in "([<>{}%#a-z\"'|~=/ \\n-]|for|set|\\{%|%\\}|\\{\\{|\\}\\}|<p>|<!--){0,30}") {
        let _ = load(&[("r.tera", &text), ("m.txt", &text)]);
    }
}

#[test]
fn templates_include_extend_and_word() {
    let set = load(&[
        ("base.tera", "<report title='{% block title %}none{% endblock %}'>{% block body %}{% endblock %}</report>"),
        ("part.tera", "<p>{{ n | plural(one=\"{n} row\", other=\"{n} rows\") }}{% set m = n + 1 %}, {{ m }}</p>"),
        ("r.tera", "{% extends \"base.tera\" %}\n{% block title %}own{% endblock %}{% block body -%} {% for n in all -%} {% include \"part.tera\" %}{% endfor %}{% endblock %}"),
        ("cell.tera", "{% component cell(v) %}<p>{{ v }}</p>{% endcomponent %}"),
        ("c.tera", "<report title='c'>{{<cell v={\"<i>\"} />}}</report>"),
    ])
    .unwrap();
    let document = compose(&set, "r.tera", &json!({"all": [1, 2]}), BTreeMap::new()).unwrap();
    assert_eq!((document.title.as_str(), document.blocks.len()), ("own", 2));
    let document = compose(&set, "c.tera", &json!({}), BTreeMap::new()).unwrap();
    assert_eq!(document.blocks.len(), 1);
}

#[test]
fn everything_wrong_in_all_templates_is_told_at_once() {
    let problems = load(&[
        ("a.tera", "<report title='a'>\n<p>{{ x | safe }}</p>\n<!-- {{ x }} -->{% set y %}{% endset %}</report>"),
        ("b.tera", "<report title='b'><p>{{ [i for i in x] }}</p><{{ x }}></report>"),
        ("m.html", "<p>{{ x | escape }}</p>"),
    ])
    .map(drop)
    .unwrap_err();
    let expected = [
        "a.tera:2:11 the filter `safe` is not one that templates may use",
        "a.tera:3:1 comments, CDATA and instructions of XML are not read",
        "a.tera:3:20 `set` around content is not read",
        "b.tera:1:28 a list made by an expression is not read",
        "b.tera:1:46 `<` begins no element here",
        "m.html:1:11 the filter `escape` is not one that templates may use",
    ];
    assert_eq!(places(&problems), expected);
    let problems = load(&[("a.tera", "<p>{% if %}</p>"), ("b.tera", "<p>\n<b>{{ x ! }}</b>")]).map(drop).unwrap_err();
    assert_eq!(problems.iter().map(|p| (p.file.as_str(), p.line)).collect::<Vec<_>>(), [("a.tera", 1), ("b.tera", 2)]);
    let problems = load(&[("a.tera", "<p><b>{{ range(end=2) }}{{ nothing(x=1) }}</b>{% include \"gone.tera\" %}</p>")])
        .map(drop)
        .unwrap_err();
    let expected = ["a.tera:1:28 Unknown function `nothing`", "a.tera:1:58 Unknown template `gone.tera`"];
    assert_eq!(places(&problems), expected);
}

#[test]
fn what_figures_lack_is_told_at_the_templates_line() {
    let set = load(&[
        ("r.tera", "<report title='t'>\n<p><b>x</b> {{ figures.delted }}</p></report>"),
        ("s.tera", "<report title='s'><p>{{ 'x' | plural }}</p></report>"),
    ])
    .unwrap();
    let problems = compose(&set, "r.tera", &json!({"figures": {"deleted": 1}}), BTreeMap::new()).unwrap_err();
    assert_eq!(places(&problems), ["r.tera:2:24 Field `delted` is not defined"]);
    assert_eq!(problems[0].instead, "Available fields: deleted");
    let problems = compose(&set, "s.tera", &json!({}), BTreeMap::new()).unwrap_err();
    assert!(problems[0].what.contains("`plural` is for whole numbers"), "{problems:?}");
    assert_eq!(
        compose(&set, "t.tera", &json!({}), BTreeMap::new()).unwrap_err()[0].instead,
        "There are: r.tera, s.tera"
    );
}

#[test]
fn a_template_cannot_run_away() {
    let stopped = |inner: &str| {
        let set = load(&[("r.tera", &format!("<report title='t'>{inner}</report>")), ("twice.tera", "<p>twelve</p>")])
            .unwrap();
        let problems = compose(&set, "r.tera", &json!({"s": "x".repeat(1000)}), BTreeMap::new()).unwrap_err();
        problems[0].what.clone()
    };
    let nested = "{% for a in range(end=100000) %}{% for b in range(end=100000) %}{% endfor %}{% endfor %}";
    assert!(stopped(nested).contains("more work"), "{}", stopped(nested));
    let doubled = "{% for a in range(end=60) %}{% set_global s = s ~ s %}{% endfor %}";
    assert!(stopped(doubled).contains("`set` makes a value of more than 10"), "{}", stopped(doubled));
    let arrays = "{% set l = [1, 2] %}{% for a in range(end=60) %}{% set_global l = [...l, ...l] %}{% endfor %}";
    assert!(stopped(arrays).contains("`set` makes a value of more than 10"), "{}", stopped(arrays));
    let endless = "<p>{% for a in range(end=1000000) %}{{ s }}{% endfor %}</p>";
    assert!(stopped(endless).contains("writes more than 64 MiB"), "{}", stopped(endless));
    let replaced =
        "{% set t = s %}{% for a in range(end=9) %}{% set_global t = t | replace(from='x', to=s) %}{% endfor %}";
    assert!(
        stopped(replaced).contains("`set` makes a value of more than 10") || stopped(replaced).contains("more work"),
        "{}",
        stopped(replaced)
    );
    let long = "{% for a in range(end=99999999999) %}{% endfor %}";
    assert!(stopped(long).contains("more work"), "{}", stopped(long));
}

#[test]
fn mails_are_plain_or_escaped_by_their_name() {
    let set = load(&[
        ("mail/subject.txt.tera", "Report: {{ v }} <{{ v }}>"),
        ("mail/body.html.tera", "<!doctype html><td style=\"x\">{{ v }}</td>"),
    ])
    .unwrap();
    let context = json!({"v": "<b>\r\nBcc: x\u{7}"});
    assert_eq!(text(&set, "mail/subject.txt.tera", &context).unwrap(), "Report: <b> Bcc: x\\x07 <<b> Bcc: x\\x07>");
    let body = "<!doctype html><td style=\"x\">&lt;b&gt; Bcc: x\\x07</td>";
    assert_eq!(html_fragment(&set, "mail/body.html.tera", &context).unwrap(), body);
}

#[test]
fn own_templates_go_before_shipped_ones_and_maps_keep_their_order() {
    let own = [("a.txt".to_string(), "{% for k, v in m %}{{ k }}={{ v }} {% endfor %}".to_string())];
    let set = TemplateSet::load(&[("a.txt", "shipped"), ("b.txt", "b")], &own).unwrap();
    assert_eq!(text(&set, "a.txt", &json!({"m": {"z": 1, "a": 2, "k": 3}})).unwrap(), "z=1 a=2 k=3 ");
    assert_eq!(set.names(), ["a.txt", "b.txt"]);
}

#[test]
fn the_example_of_the_readme_works() {
    let readme = include_str!("../../../report-templates/README.md");
    let example = readme.split("```xml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let set = load(&[("example.tera", example)]).unwrap();
    let context = json!({"title": "T", "rows": [{"who": "a", "records": 3, "many": true}]});
    assert_eq!(compose(&set, "example.tera", &context, BTreeMap::new()).unwrap().blocks.len(), 2);
    let filters = marks::FILTERS.iter().chain(&["join", "replace"]);
    assert!(filters.into_iter().all(|filter| readme.contains(&format!("`{filter}"))));
}

#[test]
fn a_long_report_is_no_runaway() {
    let rows: Vec<Json> =
        (0..20_000).map(|n| json!({"who": format!("person {n}"), "what": "delete", "n": n})).collect();
    let template = "<report title='t'>{% set rows = section.rows %}<table><col/><col/><col/>{% for row in rows %}{% set who = row.who %}<tr><td>{{ who }}</td><td tone='bad'>{{ row.what }}</td><td>{{ row.n }}</td></tr>\n{% endfor %}</table></report>";
    let set = load(&[("r.tera", template)]).unwrap();
    let document = compose(&set, "r.tera", &json!({"section": {"rows": rows}}), BTreeMap::new()).unwrap();
    match document.blocks.as_slice() {
        [Block::Table(table)] => assert_eq!(table.body.len(), 20_000),
        other => panic!("{} blocks", other.len()),
    }
}

#[test]
fn every_filter_of_the_readme_says_what_it_says_there() {
    let readme = include_str!("../../../report-templates/README.md");
    let table = readme.split("| a template says | the report says |\n|---|---|\n").nth(1).unwrap();
    let mut examples = 0;
    for line in table.lines().take_while(|line| line.starts_with('|')) {
        let (template, said) = line.trim_matches('|').rsplit_once(" | ").unwrap();
        let template = template.trim().trim_matches('`');
        let set = load(&[("example.txt", template)]).unwrap();
        assert_eq!(text(&set, "example.txt", &json!({})).unwrap(), said.trim(), "{template}");
        examples += 1;
    }
    assert_eq!(examples, 16);
    assert!(filters::FILTERS.iter().all(|(name, _)| readme.contains(&format!("| {name}"))));
}

#[test]
fn a_word_that_no_language_has_is_told_when_templates_are_loaded() {
    let problems = load(&[("a.txt", "x\n  {{ \"made.titel\" | word }}")]).map(drop).unwrap_err();
    assert_eq!(places(&problems), ["a.txt:2:6 there is no word `made.titel`"]);
    assert_eq!(problems[0].instead, "Did you mean `made.title`?");
}

#[test]
fn templates_speak_the_language_that_they_are_told() {
    let german = crate::wording::SHIPPED[1];
    let german = Words::read(german.0, "de.yaml", german.1).unwrap();
    let set =
        load(&[("a.txt", "{{ 1234.5 | number }} {{ \"page.contents\" | word }} {{ \"2025-03-03\" | date }}")]).unwrap();
    assert_eq!(text(&set, "a.txt", &json!({})).unwrap(), "1,234.5 Contents 3 March 2025");
    let mut speaking = set.clone();
    let speech = Speech { words: Arc::new(german), figures: None };
    speak(&mut speaking.text.engine, &speech);
    assert_eq!(text(&speaking, "a.txt", &json!({})).unwrap(), "1.234,5 Inhalt 3. März 2025");
}
