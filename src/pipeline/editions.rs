//! Editions: where the files of an edition lie, how they get there whole, and which edition a person means.

use super::publish::Made;
use super::{Failure, Installation};
use crate::audit_log::Batch;
use crate::edition::EditionKey;
use crate::figures::SourceDeclared;
use crate::ledger::Ledger;
use crate::ledger::history::{Filter, Status};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Writes the files of an edition: into a folder beside, each synced, then moved to its place in one step.
/// What an earlier try left there, which no ledger knows, is replaced.
pub(super) fn place(folder: &Path, files: &[Made]) -> Result<(), Failure> {
    let failed =
        |what: &Path, error: std::io::Error| Failure::Error(format!("{} cannot be written: {error}", what.display()));
    let mut name = folder.file_name().map(|name| name.to_os_string()).unwrap_or_default();
    name.push(".being-made");
    let beside = folder.with_file_name(name);
    if beside.exists() {
        std::fs::remove_dir_all(&beside).map_err(|error| failed(&beside, error))?;
    }
    super::make_private(&beside)?;
    for made in files {
        let path = beside.join(&made.file.name);
        let write = || -> std::io::Result<()> {
            let mut file = std::fs::File::create_new(&path)?;
            std::io::Write::write_all(&mut file, &made.bytes)?;
            file.sync_all()
        };
        write().map_err(|error| failed(&path, error))?;
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|error| failed(folder, error))?;
    }
    std::fs::rename(&beside, folder).map_err(|error| failed(folder, error))?;
    if let Some(parent) = folder.parent() {
        let sync = std::fs::File::open(parent).and_then(|parent| parent.sync_all());
        sync.map_err(|error| failed(folder, error))?;
    }
    Ok(())
}

impl Installation {
    /// Where the files of an edition lie.
    pub fn edition_folder(&self, key: &EditionKey) -> PathBuf {
        let mut folder = self.folders.editions.join(&key.definition);
        let mut name = key.period.clone();
        if !key.audience.is_empty() {
            name.push_str(&format!("@{}", key.audience.replace(['/', '\\'], "-")));
        }
        if key.revision > 0 {
            name.push_str(&format!("-r{}", key.revision));
        }
        folder.push(name);
        folder
    }

    /// What the settings declare of sources, before what their mappings do; and up to when the collected ones reach.
    pub fn declared(&self, batches: &[Batch]) -> BTreeMap<String, SourceDeclared> {
        let declared = self.config.sources.iter().map(|(name, written)| {
            let reaches = written.collector.as_ref().and_then(|_| self.vouched_to(name, batches));
            (name.clone(), SourceDeclared { rhythm: written.rhythm.flatten(), reaches })
        });
        declared.collect()
    }

    /// The newest issued edition of a definition and period, or the one that a text names.
    ///
    /// # Errors
    /// A text that names none; one that was never issued.
    pub fn edition_named(&self, ledger: &Ledger, text: &str) -> Result<EditionKey, Failure> {
        let issued = |definition: Option<&str>| -> Result<Vec<String>, Failure> {
            let definition = definition.map(str::to_owned);
            let filter = Filter { definition, status: Some(Status::Issued), ..Filter::default() };
            Ok(ledger.editions(&filter)?.into_iter().map(|row| row.key.to_string()).collect())
        };
        let Some(key) = EditionKey::parse(text) else {
            let mut known = issued(Some(text))?;
            if known.is_empty() {
                known = issued(None)?;
            }
            let example = known.pop().unwrap_or_else(|| "monthly-management-review/2026-11".to_owned());
            return Err(Failure::Error(format!(
                "`{text}` names no edition; write REPORT/PERIOD, such as {example}; `quarterday history` lists all"
            )));
        };
        match ledger.edition_row(&key)? {
            Some(row) if row.status == Status::Issued => Ok(key),
            _ => {
                let known = issued(Some(&key.definition))?;
                let hint = match known.as_slice() {
                    [] => {
                        let mut reports: Vec<String> = issued(None)?
                            .iter()
                            .filter_map(|edition| Some(edition.split_once('/')?.0.to_owned()))
                            .collect();
                        reports.sort();
                        reports.dedup();
                        match reports.len() {
                            0 => "nothing is issued yet".to_owned(),
                            _ => format!("nothing of that report is; there are editions of {}", reports.join(", ")),
                        }
                    }
                    [.., last] if known.len() > 12 => {
                        format!("{} others of it are, such as {last}; `quarterday history` lists them", known.len())
                    }
                    _ => format!("issued: {}", known.join(", ")),
                };
                Err(Failure::Error(format!("{key} is not issued; {hint}")))
            }
        }
    }
}
