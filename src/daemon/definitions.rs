//! Definitions in force: as they are written, or, where they are written wrong now, as they were when they were right.
//!
//! The last good text of each lies in `var/accepted`, so that a daemon that is started anew has it, too. Settings that allow
//! less than before bar it: nothing goes where they forbid it, and its owner is told.

use super::stamp::stamp;
use crate::ledger::Ledger;
use crate::pipeline::notices::of_the_file;
use crate::pipeline::{Failure, Installation, Written};
use crate::seal::sha256_hex;
use crate::written::Problem;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

/// The definitions, by file.
#[derive(Default)]
pub(super) struct Definitions {
    known: BTreeMap<PathBuf, Known>,
    /// Those in force.
    good: Rc<Vec<Written>>,
}

#[derive(Default)]
struct Known {
    /// Time and size when it was read; `None`: it must be read again.
    seen: Option<(Option<SystemTime>, u64)>,
    good: Option<Written>,
    /// The last good one is not in force: what the settings allow now, it does not keep to.
    barred: bool,
    /// Whether its text lies in `var/accepted`.
    kept: bool,
    /// What is wrong with it now: SHA-256 of the text, and the first Problem.
    wrong: Option<(String, Problem)>,
}

/// What changed since the last look, by file stem.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) accepted: Vec<String>,
    pub(super) wrong: Vec<(String, Problem)>,
    pub(super) gone: Vec<String>,
    /// Why some are in force, but would not be after a restart if they were written wrong then.
    pub(super) not_kept: Option<Failure>,
}

impl Known {
    fn in_force(&self) -> Option<&Written> {
        self.good.as_ref().filter(|_| !self.barred)
    }

    /// Keeps the text of the last good one, if it is not kept yet. A report goes out whether it can be or not.
    fn keep(&mut self, installation: &Installation, path: &Path) -> Result<(), Failure> {
        if let (false, Some(good)) = (self.kept, &self.good) {
            keep(installation, path, &good.text)?;
            self.kept = true;
        }
        Ok(())
    }
}

impl Definitions {
    /// Those in force.
    pub(super) fn good(&self) -> Rc<Vec<Written>> {
        Rc::clone(&self.good)
    }

    /// All is to be read again: another daemon led meanwhile.
    pub(super) fn forget(&mut self) {
        *self = Definitions::default();
    }

    /// Reads what was changed since the last time, or all.
    pub(super) fn refresh(&mut self, installation: &Installation, all: bool) -> Result<Changes, Failure> {
        let files = installation.definition_files()?;
        let twice = installation.twice(&files);
        let mut changes = Changes::default();
        let mut changed = false;
        self.known.retain(|path, _| {
            let there = files.contains(path);
            if !there {
                // Who takes a definition away does not want it back when a file of that name is written wrong.
                let _ = std::fs::remove_file(accepted(installation, path));
                changes.gone.push(stem(path));
                changed = true;
            }
            there
        });
        for path in &files {
            let seen = stamp(path).map(|(_, time, bytes)| (time, bytes));
            let known = self.known.entry(path.clone()).or_default();
            let doubled = twice.iter().find(|problem| problem.file == installation.shown(path));
            if !all && known.seen.is_some() && known.seen == seen && doubled.is_none() {
                changes.not_kept = known.keep(installation, path).err().or(changes.not_kept);
                continue;
            }
            (known.seen, changed) = (seen, true);
            let read = match doubled {
                Some(problem) => Err(Failure::Problems(vec![problem.clone()])),
                None => installation.definition(path),
            };
            match read {
                Ok(written) => {
                    known.wrong = None;
                    if known.good.as_ref().is_none_or(|good| good.text != written.text) {
                        changes.accepted.push(stem(path));
                        known.kept = false;
                    }
                    (known.good, known.barred) = (Some(written), false);
                    changes.not_kept = known.keep(installation, path).err().or(changes.not_kept);
                }
                Err(Failure::Problems(problems)) => {
                    let bytes = crate::pipeline::read_bounded(path).unwrap_or_default();
                    if doubled.is_none() && (all || known.good.is_none()) {
                        let last = accepted(installation, path);
                        let last = if last.is_file() { installation.definition(&last).ok() } else { None };
                        known.barred = last.is_none();
                        if let Some(last) = last {
                            (known.good, known.kept) = (Some(last), true);
                        }
                    }
                    let sha256 = sha256_hex(&bytes);
                    let told = known.wrong.as_ref().is_some_and(|(before, _)| *before == sha256);
                    if let Some(first) = problems.into_iter().next() {
                        if !told {
                            changes.wrong.push((stem(path), first.clone()));
                        }
                        known.wrong = Some((sha256, first));
                    }
                }
                // Not now: the next round reads it again.
                Err(Failure::Error(_) | Failure::Asked(_)) => known.seen = None,
            }
        }
        if changed {
            self.good = Rc::new(self.known.values().filter_map(Known::in_force).cloned().collect());
        }
        Ok(changes)
    }

    /// Tells each owner once that the file of a definition is written wrong, and once that it is right again. A notice
    /// belongs to an edition: before the first there is none, and only the log and `health` tell.
    pub(super) fn tell_owners(&self, installation: &Installation, ledger: &mut Ledger) -> Result<(), Failure> {
        let told = ledger.tellings()?;
        for known in self.known.values() {
            let Some(good) = &known.good else { continue };
            let stem = &good.definition.stem;
            let sha256 = known.wrong.as_ref().map(|(sha256, _)| sha256.as_str()).unwrap_or_default();
            if told.get(stem).map(String::as_str).unwrap_or_default() == sha256 {
                continue;
            }
            let Some(edition) = ledger.newest(stem)? else { continue };
            let now = installation.clock.now();
            let words = known.wrong.as_ref().map(|(_, problem)| problem.to_string());
            let wrong = words.as_deref().map(|words| (words, !known.barred));
            let notice = of_the_file(installation, &good.definition, &edition, wrong, now)?;
            if ledger.tell(&edition, sha256, &notice, now)? {
                tracing::info!(report = stem.as_str(), wrong = words.is_some(), "the owner is told of the definition");
            }
        }
        Ok(())
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn accepted(installation: &Installation, path: &Path) -> PathBuf {
    installation.folders.var.join("accepted").join(format!("{}.yaml", stem(path)))
}

/// Keeps the text of a definition that is right.
fn keep(installation: &Installation, path: &Path, text: &str) -> Result<(), Failure> {
    let to = accepted(installation, path);
    if std::fs::read_to_string(&to).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let failed = |error: std::io::Error| Failure::Error(format!("{} cannot be written: {error}", to.display()));
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    // Half a text must never pass for the last good one.
    let half = to.with_extension("part");
    std::fs::write(&half, text).and_then(|()| std::fs::rename(&half, &to)).map_err(failed)
}
