//! Texts: what people write: definitions and the other YAML files, templates, and the files of the directory. Each is either
//! meant or refused with Problems that stand in it; and what is meant does its work in bounded time.

use super::super::rooms::calendar::Millis;
use super::super::rooms::definition::{Definition, holidays};
use super::super::rooms::directory::load;
use super::super::rooms::document::compose::{TemplateSet, compose, html_fragment, text};
use super::super::rooms::document::theme::Theme;
use super::super::rooms::event::actor_key;
use super::super::rooms::ingest::Mapping;
use super::super::rooms::schedule::{next, plan};
use super::super::rooms::wording::Words;
use super::super::rooms::written::{Problem, Tree};
use super::rows::world;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// 2026-12-01T08:30:00Z.
const NOW: Millis = 1_796_113_800_000;

/// The most that a template may write, in bytes, as `document/compose/values.rs` has it.
const MOST: usize = 64 << 20;

/// What was read, if it is right; else every Problem says something, of a place that is there.
fn told<T>(text: &str, read: Result<T, Vec<Problem>>) -> Option<T> {
    let problems = match read {
        Ok(value) => return Some(value),
        Err(problems) => problems,
    };
    assert!(!problems.is_empty(), "refused without a reason");
    let lines = text.chars().filter(|c| matches!(c, '\n' | '\r')).count() + 1;
    for problem in problems {
        assert!(!problem.what.is_empty(), "{problem:?}");
        assert!(problem.line <= lines, "{problem:?} in {lines} lines");
    }
    None
}

/// Any bytes as every kind of YAML file that there is.
pub fn definitions(bytes: &[u8]) {
    let tree = Tree::parse_bytes("any.yaml", bytes);
    assert!(tree.root().is_some() || !tree.problems().is_empty(), "neither read nor refused");
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let rules = &world().rules;
    if let Some(definition) = told(text, Definition::read("any", "any.yaml", text, rules)) {
        let firings = next(&definition, NOW, 3);
        assert!(firings.windows(2).all(|pair| pair[0].fired <= pair[1].fired), "{firings:?}");
        drop(plan(&[definition], NOW, 40));
    }
    let _ = told(text, Theme::read("theme.yaml", text));
    let _ = told(text, Words::read("xx", "xx.yaml", text));
    let _ = told(text, Mapping::load(text, "any.yaml"));
    let _ = told(text, holidays("any", "any.yaml", text));
}

/// What the templates see: a value of every kind, some of them hostile.
fn context() -> &'static Value {
    static CONTEXT: OnceLock<Value> = OnceLock::new();
    CONTEXT.get_or_init(|| {
        json!({
            "title": "Weekly <activity> & more", "n": 3, "none": null, "yes": true, "share": 0.125,
            "text": "</p>{{ 7 * 191 }}\u{202e}\u{0}", "all": ["a", "b", "\"'><script>"],
            "rows": [{ "name": "Anna", "value": 12 }, { "name": "=1+1", "value": -4 }],
            "figure": { "label": 1, "value": 12, "text": "12" },
        })
    })
}

/// Any text as a template of each of the three kinds: it is refused, or writes what its kind may, within its budget.
pub fn templates(bytes: &[u8]) {
    let Ok(template) = std::str::from_utf8(bytes) else { return };
    let set = |name: &str| {
        let own = [(name.to_owned(), template.to_owned())];
        told(template, TemplateSet::load(&[], &own))
    };
    if let Some(set) = set("any.tera") {
        // The places of a document's Problems are those of the template, however often it wrote them.
        let _ = told(template, compose(&set, "any.tera", context(), BTreeMap::new()));
    }
    if let Some(set) = set("any.txt.tera")
        && let Some(written) = told(template, text(&set, "any.txt.tera", context()))
    {
        assert!(written.len() <= MOST);
    }
    if let Some(set) = set("any.html.tera")
        && let Some(written) = told(template, html_fragment(&set, "any.html.tera", context()))
    {
        assert!(written.len() <= MOST);
        // Values are text: only the template itself could have written these.
        assert!(template.contains("<script") || !written.contains("<script"), "{written}");
    }
}

/// Any text as a file of people or of holidays, in each of their forms.
pub fn directory(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let zone = world().rules.zone("Europe/Berlin").expect("it is known");
    for file in ["people.csv", "people.yaml"] {
        if let Some(people) = told(text, load(text, file, &zone)) {
            for person in people.rows() {
                assert!(!person.actor.is_empty(), "{person:?}");
                // Whoever is in it is found in it.
                assert!(!people.indices(&actor_key(&person.actor)).is_empty(), "{person:?}");
            }
        }
    }
    for file in ["days.ics", "days.yaml"] {
        let _ = told(text, holidays("days", file, text));
    }
}
