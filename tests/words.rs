//! The fixed words of reports: every key that the source or a template says is in the files of words, and none is there for nobody.

use quarterday::wording::Words;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Keys that are put together from a group and a part.
const MADE_UP: [&str; 20] = [
    "months",
    "months_short",
    "weekdays",
    "weekdays_short",
    "weekdays_many",
    "quarters",
    "unit",
    "measure",
    "dimension",
    "column",
    "class",
    "outcome",
    "field",
    "lacks",
    "compared",
    "by",
    "trigger",
    "change_sentence",
    "made",
    "tell",
];

fn files(folder: &Path, ending: &str, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, ending, into);
        } else if path.to_string_lossy().ends_with(ending) {
            into.push(path);
        }
    }
}

/// Everything between quotes in the source and the templates.
fn quoted() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files(&root.join("src"), ".rs", &mut paths);
    files(&root.join("report-templates"), ".tera", &mut paths);
    let mut found = BTreeSet::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        found.extend(text.split('"').map(str::to_owned));
    }
    found
}

#[test]
fn every_key_that_is_said_is_known() {
    let words = Words::english();
    let groups: BTreeSet<&str> = words.keys().filter_map(|key| key.split_once('.')).map(|(group, _)| group).collect();
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || "._0123456789".contains(c));
    // Names of files and fields that happen to begin as a group does.
    let others = [
        "page.tera",
        "part.tera",
        "mail.attached",
        "events.csv",
        "mail.max_size",
        "mail.from",
        "mail.example.com",
        "made.titel",
        "cadence.csv",
        "cadence.html",
        "cadence.pdf",
        "findings.json",
        "reviews.csv",
        "mail.eml",
        "mail.txt",
        "state.json",
        "state.part",
    ];
    let unknown: Vec<String> = quoted()
        .into_iter()
        .filter(|text| text.split_once('.').is_some_and(|(group, rest)| groups.contains(group) && !rest.is_empty()))
        .filter(|text| plain(text) && !words.has(text) && !others.contains(&text.as_str()))
        .filter(|text| !text.ends_with('.'))
        .collect();
    assert!(unknown.is_empty(), "said, but in no file of words: {unknown:?}");
}

#[test]
fn no_key_is_there_for_nobody() {
    let said = quoted();
    let used = |key: &str| {
        let (group, part) = key.split_once('.').unwrap_or((key, ""));
        said.contains(key)
            || (MADE_UP.contains(&group) && (!["made", "tell"].contains(&group) || said.contains(part)))
            || (!part.is_empty() && said.contains(&format!("{group}.")) && said.contains(part))
            || said.contains(part) && said.iter().any(|text| text.starts_with(&format!("{group}.{{")))
    };
    let unused: Vec<&str> = Words::english().keys().filter(|key| !used(key)).collect();
    assert!(unused.is_empty(), "in the files of words, but said nowhere: {unused:?}");
}
