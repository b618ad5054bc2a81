//! Fuzz, in short: what the fuzz targets hold for any bytes is held for their corpus, which is what they once found and what
//! they begin with, and for every prefix of the small ones. `.ci/long fuzz` looks for more.

#[path = "fuzz/checks/mod.rs"]
mod checks;

/// The rooms, where the checks look for them.
mod rooms {
    pub use quarterday::{
        audit_log, calendar, definition, directory, document, event, ingest, mail, schedule, wording, written,
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
