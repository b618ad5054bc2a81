//! Holds the source to `src/ARCHITECTURE.md`: imports only as its table allows, foreign crates only in their homes,
//! no circle, and a first line in every file that says what it is for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn source_files(dir: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            source_files(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Rows of the table under a heading, as cells without backticks.
fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    page.split(heading)
        .nth(1)
        .unwrap_or_else(|| panic!("ARCHITECTURE.md has no '{heading}'"))
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.replace('`', "").trim().to_owned()).collect())
        .collect()
}

fn list(cell: &str) -> BTreeSet<String> {
    cell.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The code without comments and string contents, so that words in them are not taken for imports.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = &rest[rest.find("*/").map_or(rest.len(), |at| at + 2)..];
        } else if let Some(hashes) = raw_string(rest) {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = &rest[hashes + 2..];
            rest = &body[body.find(&close).map_or(body.len(), |at| at + close.len())..];
            out.push_str("\"\"");
        } else if first == '"' {
            let mut escaped = false;
            let end = rest[1..].char_indices().find(|(_, c)| {
                let closes = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                closes
            });
            rest = &rest[end.map_or(rest.len(), |(at, _)| at + 2)..];
            out.push_str("\"\"");
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            rest = &rest[if rest.starts_with("'\"'") { 3 } else { 4 }..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

fn raw_string(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('r')?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest[hashes..].starts_with('"').then_some(hashes)
}

/// Top-level names after each `ROOT::`, groups in braces included.
fn names_after(code: &str, root: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let marker = format!("{root}::");
    for (at, _) in code.match_indices(&marker) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = code[at + marker.len()..].trim_start();
        if let Some(group) = rest.strip_prefix('{') {
            let (mut depth, mut word, mut fresh) = (0, String::new(), true);
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        found.insert(std::mem::take(&mut word));
                        fresh = true;
                    }
                    c if depth == 0 && fresh && (c.is_alphanumeric() || c == '_') => word.push(c),
                    c if depth == 0 && !c.is_whitespace() => fresh = false,
                    _ => {}
                }
            }
            found.insert(word);
        } else {
            found.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    found.remove("");
    found
}

/// Files that are compiled for tests alone: they may use what stands above them, read the environment, and check with
/// crates of their own.
fn is_test(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "tests" || part == "contract" || part.ends_with("_tests") || part.ends_with("_test"))
}

struct Source {
    /// `render/pdf/table`.
    path: String,
    /// `render`.
    module: String,
    first_line: String,
    code: String,
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut files = Vec::new();
    source_files(&src, &mut files);
    assert!(files.len() > 20, "found only {} source files", files.len());
    files
        .iter()
        .map(|file| {
            let path = file.strip_prefix(&src).unwrap().with_extension("").to_string_lossy().replace('\\', "/");
            let path = path.strip_suffix("/mod").unwrap_or(&path).to_owned();
            let text = std::fs::read_to_string(file).unwrap();
            Source {
                module: path.split('/').next().unwrap().to_owned(),
                first_line: text.lines().next().unwrap_or_default().to_owned(),
                code: bare(&text),
                path,
            }
        })
        .collect()
}

fn page() -> String {
    std::fs::read_to_string(root().join("src/ARCHITECTURE.md")).unwrap()
}

#[test]
fn imports_are_those_that_the_table_allows() {
    let rows = table(&page(), "## The house");
    let allowed: BTreeMap<String, BTreeSet<String>> = rows.iter().map(|row| (row[0].clone(), list(&row[1]))).collect();
    let order: Vec<&String> = rows.iter().map(|row| &row[0]).collect();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !["lib", "main"].contains(&source.path.as_str())) {
        let Some(may) = allowed.get(&source.module) else {
            wrong.push(format!(
                "src/{}.rs: module `{}` is not in the table of ARCHITECTURE.md",
                source.path, source.module
            ));
            continue;
        };
        for name in names_after(&source.code, "crate") {
            let place = |module: &str| order.iter().position(|known| *known == module);
            let in_test = is_test(&source.path) && place(&name) < place(&source.module);
            if name != source.module && allowed.contains_key(&name) && !may.contains(&name) && !in_test {
                wrong.push(format!("src/{}.rs: `{}` must not import `{name}`", source.path, source.module));
            }
        }
        let depth = source.path.matches('/').count();
        if source.code.contains(&"super::".repeat(depth + 2)) {
            wrong.push(format!("src/{}.rs: climbs out of its module with super::super", source.path));
        }
    }
    assert!(wrong.is_empty(), "forbidden imports:\n{}", wrong.join("\n"));
}

#[test]
fn the_table_runs_one_way() {
    let mut above = BTreeSet::new();
    for row in table(&page(), "## The house") {
        for name in list(&row[1]) {
            assert!(above.contains(&name), "`{}` may import `{name}`, which does not stand above it: a circle", row[0]);
        }
        assert!(above.insert(row[0].clone()), "`{}` stands twice in the table", row[0]);
    }
    let library = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: BTreeSet<String> = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "))
        .map(|rest| rest.trim_end_matches(';').to_owned())
        .collect();
    assert_eq!(declared, above, "lib.rs and the table of ARCHITECTURE.md name different modules");
}

#[test]
fn foreign_crates_stay_at_home() {
    let mut wrong = Vec::new();
    for row in table(&page(), "## Foreign crates") {
        let homes = list(&row[1]);
        for source in sources().iter().filter(|source| !is_test(&source.path)) {
            let at_home = homes.iter().any(|home| source.path == *home || source.path.starts_with(&format!("{home}/")));
            if !at_home && !names_after(&source.code, &row[0]).is_empty() {
                wrong.push(format!("src/{}.rs uses `{}`, whose home is {}", source.path, row[0], row[1]));
            }
        }
    }
    assert!(wrong.is_empty(), "crates outside their homes:\n{}", wrong.join("\n"));
}

#[test]
fn only_the_clock_reads_time_and_only_the_edges_read_the_environment() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !is_test(&source.path)) {
        let clock = ["SystemTime::now", "Utc::now", "Local::now", "Timestamp::now"]
            .iter()
            .any(|word| source.code.contains(word));
        if clock && source.path != "clock" {
            wrong.push(format!("src/{}.rs reads the clock", source.path));
        }
        let edge = ["main", "cli", "config", "pipeline"].contains(&source.module.as_str());
        if !edge && (source.code.contains("std::env::") || source.code.contains("env::var")) {
            wrong.push(format!("src/{}.rs reads the environment", source.path));
        }
        // `typeface` keeps a cache by key that nothing walks through.
        let pure =
            ["figures", "wording", "chart", "document", "render", "mail", "definition", "schedule", "query", "event"];
        if pure.contains(&source.module.as_str()) && source.code.contains("HashMap") {
            wrong.push(format!("src/{}.rs: a HashMap's order differs from run to run; use a BTreeMap", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let wrong: Vec<_> = sources()
        .iter()
        .filter(|source| !(source.first_line.starts_with("//! ") && source.first_line.len() > 20))
        .map(|source| format!("src/{}.rs: its first line is {:?}", source.path, source.first_line))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_them() {
    let code = bare(
        "use crate::{a::{b, c}, d, e::f}; // crate::g\nlet x = \"crate::h\"; crate::i::j(); mycrate::k(); r#\"crate::l\"#",
    );
    let found: Vec<_> = names_after(&code, "crate").into_iter().collect();
    assert_eq!(found, ["a", "d", "e", "i"]);
}
