//! Fuzz, in short: what the fuzz targets hold for any bytes is held for their corpus, which is what they once found and what
//! they begin with, and for every prefix of the small ones. `.ci/long fuzz` looks for more.

#[path = "fuzz/checks/mod.rs"]
mod checks;

/// The rooms, where the checks look for them.
mod rooms {
    pub use quarterday::{
        audit_log, calendar, definition, directory, document, event, ingest, mail, schedule, sigma, wording, written,
    };
}

use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn nothing_in_the_corpus_breaks_what_must_hold() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    let folders: Vec<String> =
        files(&corpus).iter().map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned()).collect();
    for (name, check) in checks::CHECKS {
        if !folders.iter().any(|folder| folder == name) {
            continue;
        }
        for path in files(&corpus.join(name)) {
            let bytes = std::fs::read(&path).unwrap();
            check(&bytes);
            // Cut where the power went.
            let step = bytes.len().div_ceil(64).max(1);
            (0..bytes.len()).step_by(step).for_each(|end| check(&bytes[..end]));
        }
    }
    let known = |folder: &String| checks::CHECKS.iter().any(|(name, _)| name == folder);
    assert!(folders.len() >= 5 && folders.iter().all(known), "{folders:?}");
}

/// The rooms that are fuzzed, as `reading.rs` takes them in.
fn fuzzed() -> Vec<String> {
    let lines = include_str!("fuzz/reading.rs").lines();
    lines.filter_map(|line| Some(line.strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned())).collect()
}

/// Nothing but `.ci/long` compiles the fuzz targets: what their manifest lacks would be seen months later.
#[test]
fn the_targets_have_the_crates_of_their_rooms_as_the_project_has_them() {
    let (own, project) = (include_str!("fuzz/Cargo.toml"), include_str!("../Cargo.toml"));
    let own = own.split("[dependencies]").nth(1).unwrap().split("[lib]").next().unwrap();
    let named =
        |line: &&str| line.contains(" = ") && !["lettre", "libfuzzer-sys"].iter().any(|name| line.starts_with(name));
    for line in own.lines().filter(named) {
        assert!(project.lines().any(|other| other == line), "tests/fuzz/Cargo.toml differs from Cargo.toml: {line}");
    }
    let rooms = fuzzed();
    let table = include_str!("../src/ARCHITECTURE.md").split("## Foreign crates").nth(1).unwrap();
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        // Names of crates are written with `_` in code, and with either in manifests.
        let mut cells = row.trim_matches('|').split('|').map(|cell| cell.replace('`', "").trim().replace('_', "-"));
        let (name, homes) = (cells.next().unwrap(), cells.next().unwrap());
        let room = |home: &str| home.trim().split('/').next().unwrap().replace('-', "_");
        if homes.split(',').any(|home| rooms.contains(&room(home))) {
            assert!(
                own.lines().any(|line| line.replace('_', "-").starts_with(&format!("{name} = "))),
                "tests/fuzz/Cargo.toml lacks {name}"
            );
        }
    }
    assert!(rooms.len() > 15, "{rooms:?}");
}

/// A room is compiled with those that it imports.
#[test]
fn the_targets_have_the_rooms_that_their_rooms_may_import() {
    let rooms = fuzzed();
    let table =
        include_str!("../src/ARCHITECTURE.md").split("| module |").nth(1).unwrap().split("\n\n").next().unwrap();
    let mut looked_at = 0;
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = row.trim_matches('|').split('|').map(|cell| cell.replace('`', "").trim().to_owned());
        let (room, imports) = (cells.next().unwrap(), cells.next().unwrap());
        if rooms.contains(&room) {
            looked_at += 1;
            for other in imports.split(", ").filter(|other| !other.is_empty()) {
                assert!(rooms.iter().any(|room| room == other), "tests/fuzz/reading.rs lacks {other}, for {room}");
            }
        }
    }
    assert!(looked_at > 15, "{looked_at}");
}
