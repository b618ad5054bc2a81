//! Backup: everything that an installation cannot make again, copied while it works, and verified; and brought back so that
//! nothing old is mailed again.

use super::{Failure, Installation, make_private};
use crate::calendar::Millis;
use crate::edition::Due;
use crate::seal::Hasher;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

/// The list of what is in a backup, beside it.
const LIST: &str = "backup.json";

/// What a backup is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// When it was made.
    pub made_at: Millis,
    /// The version that made it.
    pub engine: String,
    /// Its files.
    pub files: Vec<Copied>,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copied {
    /// Below the installation, with `/` between folders.
    pub path: String,
    /// SHA-256, hex.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
}

/// What a restore did beside copying.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The backup.
    pub backup: Backup,
    /// Dispatches that are held now.
    pub held: u32,
    /// Editions that were due and are recorded as missed: they may have been issued and mailed after the backup was made.
    pub missed: Vec<Due>,
}

impl Installation {
    /// Copies the installation into a new folder and verifies the copy. It may be at work meanwhile. Not copied: mail that
    /// was delivered into a folder, and what lies outside of the installation's own folders.
    ///
    /// # Errors
    /// The folder is there already; something cannot be read or written; the copy does not verify (it is left, under the
    /// name that the error tells).
    pub fn backup(&self, to: &Path) -> Result<Backup, Failure> {
        if to.exists() {
            return Err(Failure::Asked(format!("{} is there already: a backup is a new folder", to.display())));
        }
        let draft = beside(to, ".being-made")?;
        if draft.exists() {
            return Err(Failure::Asked(format!(
                "{} is there: what an earlier backup left, or another one that is being made; remove it, or name another folder",
                draft.display()
            )));
        }
        make_private(&draft)?;
        let home = draft.join("installation");
        make_private(&home)?;
        // The ledger first and the log last: whatever the ledger names is then in what is copied after it.
        let mut files = Vec::new();
        let made_at = self.clock.now();
        if self.folders.ledger.is_file() {
            make_private(&home.join("var"))?;
            self.ledger_to_read()?.copy_to(&home.join("var/ledger.sqlite"))?;
            files.push(listed(&home, "var/ledger.sqlite")?);
        }
        for path in self.kept_files(to)? {
            files.push(copied(&self.folders.home, &home, &path)?);
        }
        if self.folders.log.is_file() {
            make_private(&home.join("var"))?;
            self.log()?.copy_to(&home.join("var/log.sqlite"))?;
            files.push(listed(&home, "var/log.sqlite")?);
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let backup = Backup { made_at, engine: env!("CARGO_PKG_VERSION").to_owned(), files };
        let list = serde_json::to_vec_pretty(&backup).map_err(|error| Failure::Error(error.to_string()))?;
        write_new(&draft.join(LIST), &mut list.as_slice())?;
        let broken = Installation::open(&home, Some(made_at))?.broken()?;
        if !broken.is_empty() {
            return Err(Failure::Error(format!(
                "the copy does not verify: {}. It is left as {}",
                broken.join("; "),
                draft.display()
            )));
        }
        fs::rename(&draft, to).map_err(|error| cannot("be put in its place", &draft, &error))?;
        Ok(backup)
    }

    /// What of this installation does not verify, in words.
    fn broken(&self) -> Result<Vec<String>, Failure> {
        let mut checks = Vec::new();
        if self.folders.log.is_file() {
            checks.extend(self.verify_log()?);
        }
        if self.folders.ledger.is_file() {
            let (ledger, found) = self.ledger_to_verify()?;
            checks.extend(found);
            if let Some(ledger) = &ledger {
                for key in ledger.issued_editions()? {
                    checks.extend(self.verify_edition(ledger, &key)?);
                }
            }
        }
        Ok(checks
            .into_iter()
            .filter(|check| check.holds == Some(false))
            .map(|c| format!("{}: {}", c.what, c.words))
            .collect())
    }

    /// The files that are copied as they are, below the installation.
    fn kept_files(&self, to: &Path) -> Result<Vec<PathBuf>, Failure> {
        let folders = &self.folders;
        let mut found = Vec::new();
        for folder in [&folders.schedules, &folders.templates, &folders.mappings, &folders.var] {
            self.walk(folder, to, &mut found)?;
        }
        let fonts = self.config.fonts.iter().map(|font| folders.home.join(&font.file));
        found.extend([folders.settings.clone()].into_iter().chain(folders.people.clone()).chain(fonts));
        let mut below: Vec<PathBuf> = found
            .into_iter()
            .filter(|path| path.is_file())
            .filter_map(|path| path.strip_prefix(&folders.home).ok().map(Path::to_owned))
            .filter(|path| path.components().all(|part| matches!(part, Component::Normal(_))))
            .collect();
        below.sort();
        below.dedup();
        Ok(below)
    }

    fn walk(&self, folder: &Path, to: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
        if !folder.is_dir() || folder == to || self.folders.mail.as_deref() == Some(folder) {
            return Ok(());
        }
        for entry in fs::read_dir(folder).map_err(|error| cannot("be read", folder, &error))? {
            let path = entry.map_err(|error| cannot("be read", folder, &error))?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            // The databases and what SQLite puts beside them; what is being made is nothing yet.
            let database =
                folder == self.folders.var && (name.starts_with("log.sqlite") || name.starts_with("ledger.sqlite"));
            if database || name.ends_with(".being-made") {
                continue;
            }
            if path.is_dir() && !path.is_symlink() {
                self.walk(&path, to, found)?;
            } else {
                found.push(path);
            }
        }
        Ok(())
    }
}

/// Brings an installation back from a backup into a new folder: every file is held against the list, open dispatches are
/// held, and what was due until now is recorded as missed instead of being mailed a second time.
///
/// # Errors
/// The folder is there and not empty; a backup that is none, or was changed; something cannot be written.
pub fn restore(from: &Path, home: &Path, clock: Option<Millis>) -> Result<Restored, Failure> {
    if fs::read_dir(home).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::Asked(format!(
            "{} is not empty: a backup is restored into a new folder, and moved to its place when it was looked at",
            home.display()
        )));
    }
    let list = from.join(LIST);
    let text = fs::read(&list).map_err(|error| cannot("be read", &list, &error))?;
    let backup: Backup = serde_json::from_slice(&text)
        .map_err(|error| Failure::Error(format!("{} is no list of a backup: {error}", list.display())))?;
    let draft = beside(home, ".being-restored")?;
    if draft.exists() {
        fs::remove_dir_all(&draft).map_err(|error| cannot("be removed", &draft, &error))?;
    }
    make_private(&draft)?;
    for file in &backup.files {
        let path = Path::new(&file.path);
        if path.components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(Failure::Error(format!("{} names `{}`, which lies outside", list.display(), file.path)));
        }
        let now = copied(&from.join("installation"), &draft, path)?;
        if now != *file {
            return Err(Failure::Error(format!(
                "{} was changed since the backup was made: its SHA-256 differs",
                file.path
            )));
        }
    }
    let mut restored = settle(&draft, backup, clock)?;
    if home.exists() {
        fs::remove_dir(home).map_err(|error| cannot("be replaced", home, &error))?;
    }
    fs::rename(&draft, home).map_err(|error| cannot("be put in its place", &draft, &error))?;
    restored.missed.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
    Ok(restored)
}

/// What the ledger of a restored installation must know before anything is issued or sent.
fn settle(home: &Path, backup: Backup, clock: Option<Millis>) -> Result<Restored, Failure> {
    let installation = Installation::open(home, clock)?;
    let now = installation.clock.now();
    let mut restored = Restored { backup, held: 0, missed: Vec::new() };
    if !installation.folders.ledger.is_file() {
        return Ok(restored);
    }
    let mut ledger = installation.ledger()?;
    let why = "the installation was restored from a backup, and this may have been sent since that was made";
    restored.held = ledger.restored(restored.backup.made_at, &installation.account, why, now)?;
    let (definitions, problems) = installation.definitions_and_problems()?;
    if !problems.is_empty() {
        return Err(Failure::Problems(problems));
    }
    let agenda = installation.agenda(&ledger, &definitions)?;
    let why = "the installation was restored from a backup, and this may have been issued since that was made";
    for due in agenda.due.into_iter().chain(agenda.missed) {
        if ledger.missed(&due.key, due.at, why, None, now)? {
            restored.missed.push(due);
        }
    }
    Ok(restored)
}

/// A folder's draft, beside it.
fn beside(folder: &Path, suffix: &str) -> Result<PathBuf, Failure> {
    let name = folder.file_name().ok_or_else(|| Failure::Asked(format!("{} names no folder", folder.display())))?;
    let mut name = name.to_owned();
    name.push(suffix);
    Ok(folder.with_file_name(name))
}

/// Copies a file as it is, for its owner only.
fn copied(from: &Path, to: &Path, path: &Path) -> Result<Copied, Failure> {
    let target = to.join(path);
    if let Some(folder) = target.parent() {
        make_private(folder)?;
    }
    let source = from.join(path);
    let mut reading = File::open(&source).map_err(|error| cannot("be read", &source, &error))?;
    let (sha256, bytes) = write_new(&target, &mut reading)?;
    Ok(Copied { path: shown(path), sha256, bytes })
}

/// A file that is in its place already.
fn listed(home: &Path, path: &str) -> Result<Copied, Failure> {
    let source = home.join(path);
    let mut reading = File::open(&source).map_err(|error| cannot("be read", &source, &error))?;
    let (sha256, bytes) =
        pass(&mut reading, &mut std::io::sink()).map_err(|error| cannot("be read", &source, &error))?;
    Ok(Copied { path: path.to_owned(), sha256, bytes })
}

fn write_new(path: &Path, reading: &mut dyn Read) -> Result<(String, u64), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut write = || -> std::io::Result<(String, u64)> {
        let mut file = options.open(path)?;
        let found = pass(reading, &mut file)?;
        file.sync_all()?;
        Ok(found)
    };
    write().map_err(|error| cannot("be written", path, &error))
}

/// Passes everything on; its SHA-256 and size.
fn pass(reading: &mut dyn Read, writing: &mut dyn Write) -> std::io::Result<(String, u64)> {
    let (mut hasher, mut bytes) = (Hasher::default(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = reading.read(&mut buffer)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        hasher.update(part);
        writing.write_all(part)?;
        bytes += part.len() as u64;
    }
    Ok((hasher.finish().hex(), bytes))
}

/// With `/` between folders, whatever the machine writes.
fn shown(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Error(format!("{} cannot {what}: {error}", path.display()))
}
