//! Pipeline: the stages in order, over the folders of one installation. The only module that knows all the others.

pub mod activate;
pub mod again;
mod arrivals;
pub mod audiences;
pub mod backup;
mod before;
pub mod bundle;
mod bundle_out;
pub mod cadence_page;
pub mod check;
pub mod checkpoint;
pub mod collect;
pub mod decide;
pub mod editions;
pub mod explain;
pub mod export;
pub mod facts;
pub mod findings;
mod fitting;
mod fonts;
pub mod holidays;
pub mod import;
pub mod inputs;
pub mod issue;
pub mod kept;
pub mod kit;
pub mod making;
pub mod messages;
pub mod notices;
pub mod outbox;
pub mod packs;
pub mod page;
pub mod painted;
pub mod publish;
pub mod records;
mod rehearse;
pub mod reminders;
pub mod retention;
pub mod retire;
pub mod review;
pub mod review_record;
mod roles;
mod sample;
pub mod sending;
mod setting;
pub mod sigma;
pub mod sources;
pub mod spreadsheet;
pub mod starter;
pub mod told;
pub mod training;
pub mod verify;
pub mod verify_log;
pub mod watch;

use crate::audit_log::memory::MemoryLog;
use crate::audit_log::sealed::SealedLog;
use crate::audit_log::{AuditLog, Lens, LogError};
use crate::calendar::Millis;
use crate::calendar::zone::ZoneRules;
use crate::clock::Clock;
use crate::config::{Config, ConfigError, Folders, Opened};
use crate::definition::{Definition, Mailing, ROLE};
use crate::directory::Directory;
use crate::ledger::claimer::Claimer;
use crate::ledger::{Ledger, LedgerError};
use crate::seal::{SigningKey, sha256_hex};
use crate::written::Problem;
use kit::Kit;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Why something was not done: a person wrote something wrong, or it could not be done now.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// All of them; exit code 2.
    #[error("{}", said(.0))]
    Problems(Vec<Problem>),
    /// What was asked for cannot be meant: a report, mapping or period that is none; exit code 2.
    #[error("{0}")]
    Asked(String),
    /// Exit code 1.
    #[error("{0}")]
    Error(String),
}

fn said(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Failure {
        Failure::Error(error.to_string())
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Failure {
        Failure::Error(error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        match error {
            ConfigError::Problems(problems) => Failure::Problems(problems),
            other => Failure::Error(other.to_string()),
        }
    }
}

/// One installation, as its settings say.
pub struct Installation {
    /// Its folders.
    pub folders: Folders,
    /// Its settings.
    pub config: Config,
    /// The zone rules it goes by.
    pub rules: ZoneRules,
    /// Its clock.
    pub clock: Clock,
    /// Who this process is to others on the same ledger.
    pub claimer: Claimer,
    /// The account that runs it.
    pub account: String,
    /// What of it others than its owner can reach.
    pub opened: Vec<Opened>,
    /// The mappings that a file can be recognised by, once they were read.
    recognisable: OnceLock<import::Recognisable>,
}

/// A definition with its text.
#[derive(Clone, Debug)]
pub struct Written {
    /// As meant.
    pub definition: Definition,
    /// The file's bytes, as text.
    pub text: String,
}

impl Installation {
    /// Opens the installation in a folder. `clock` goes before the settings' own.
    ///
    /// # Errors
    /// Problems in the settings; a folder that cannot be read; a key or secret that others can read.
    pub fn open(home: &Path, clock: Option<Millis>) -> Result<Installation, Failure> {
        let config = Config::load(home)?;
        let folders = Folders::of(home, &config);
        crate::config::secrets_are_closed(&folders, &config)?;
        let rules = config.zone_rules.load();
        let clock = clock.or(config.clock).map_or(Clock::System, Clock::Fixed);
        Ok(Installation {
            opened: crate::config::opened(&folders),
            folders,
            config,
            rules,
            clock,
            claimer: Claimer::ThisProcess,
            account: crate::config::account(),
            recognisable: OnceLock::new(),
        })
    }

    /// All definitions of `schedules/`, by file stem. Folders in it are inert.
    ///
    /// # Errors
    /// Every Problem of every definition; a folder that cannot be read.
    pub fn definitions(&self) -> Result<Vec<Written>, Failure> {
        let (good, problems) = self.definitions_and_problems()?;
        if problems.is_empty() { Ok(good) } else { Err(Failure::Problems(problems)) }
    }

    /// All definitions that can be read, and every Problem of the others.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn definitions_and_problems(&self) -> Result<(Vec<Written>, Vec<Problem>), Failure> {
        let files = self.definition_files()?;
        let (mut good, mut problems) = (Vec::new(), self.twice(&files));
        for path in files {
            match self.definition(&path) {
                // Of two that have one name neither is the one that was meant.
                Ok(written) if problems.iter().any(|problem| problem.file == self.shown(&path)) => drop(written),
                Ok(written) => good.push(written),
                Err(Failure::Problems(found)) => problems.extend(found),
                Err(error @ (Failure::Error(_) | Failure::Asked(_))) => problems.push(Problem {
                    file: self.shown(&path),
                    line: 1,
                    column: 1,
                    what: error.to_string(),
                    instead: String::new(),
                }),
            }
        }
        Ok((good, problems))
    }

    /// A Problem for each definition whose name another one has too: editions are known by it.
    pub(crate) fn twice(&self, files: &[PathBuf]) -> Vec<Problem> {
        let mut named: BTreeMap<_, Vec<&PathBuf>> = BTreeMap::new();
        for path in files {
            named.entry(path.file_stem()).or_default().push(path);
        }
        if named.len() == files.len() {
            return Vec::new();
        }
        let other = |path: &PathBuf| named.get(&path.file_stem())?.iter().find(|one| **one != path).copied();
        let told = |path: &PathBuf| {
            let other = other(path)?;
            Some(Problem {
                file: self.shown(path),
                line: 1,
                column: 1,
                what: format!("{} has the same name", self.shown(other)),
                instead: "Rename one of the two, or move it into a folder of its own.".to_owned(),
            })
        };
        files.iter().filter_map(told).collect()
    }

    /// The definition files of `schedules/`, in order of name.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn definition_files(&self) -> Result<Vec<PathBuf>, Failure> {
        files_in(&self.folders.schedules, &["yaml", "yml"])
    }

    /// Reads one definition file.
    ///
    /// # Errors
    /// Its Problems; a file that cannot be read.
    pub fn definition(&self, path: &Path) -> Result<Written, Failure> {
        let text = read_text(path)?;
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let shown = self.shown(path);
        let calendars = self.calendars()?;
        // The directory is only asked where somebody is named by a role, or held against one.
        let asked = text.contains(ROLE) || !self.config.may_get.is_empty();
        let house = match asked.then(|| self.lens()) {
            Some(Ok((lens, _))) => self.house_of(&lens.directory),
            Some(Err(error)) => return Err(error),
            None => self.house_of(&Directory::default()),
        };
        let mailing =
            Mailing { domains: &self.config.allowed_domains, groups: Some(&self.config.groups), house: Some(&house) };
        let definition = Definition::read_within(&stem, &shown, &text, &self.rules, mailing, Some(&calendars))
            .map_err(Failure::Problems)?;
        if let Some(language) = &definition.language
            && let Some(problem) = self.kit()?.unknown_language(language, &shown, &text)
        {
            return Err(Failure::Problems(vec![problem]));
        }
        Ok(Written { definition, text })
    }

    /// A path as the person knows it: below the installation's folder where it lies there.
    pub fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.folders.home).unwrap_or(path).display().to_string()
    }

    /// The publication kit.
    ///
    /// # Errors
    /// See [`Kit::load`].
    pub fn kit(&self) -> Result<Kit, Failure> {
        Kit::load(&self.folders.templates, self.fonts()?)
    }

    /// What events are read through, and the digests of what it is made from.
    ///
    /// # Errors
    /// Problems in the directory; a file that cannot be read.
    pub fn lens(&self) -> Result<(Lens, Vec<(String, String)>), Failure> {
        let mut digests = Vec::new();
        // Loading the settings has found the file, whether they name it or not.
        let directory = match &self.config.people {
            Some(name) => {
                let text = read_text(&self.folders.home.join(name))?;
                digests.push((format!("directory {name}"), sha256_hex(text.as_bytes())));
                crate::directory::load(&text, name, &self.config.timezone).map_err(Failure::Problems)?
            }
            None => Directory::default(),
        };
        digests.push(("working hours".to_owned(), self.config.hours_digest()));
        Ok((Lens { directory, hours: self.config.hours.clone(), zones: self.config.zones.clone() }, digests))
    }

    /// The log, to be asked.
    ///
    /// # Errors
    /// A log that cannot be read, or is not there yet.
    pub fn log(&self) -> Result<SealedLog, Failure> {
        if self.folders.log.is_file() {
            return Ok(SealedLog::open_read_only(&self.folders.log)?);
        }
        Err(Failure::Error(format!("{} has no log yet: `quarterday import` makes it", self.folders.home.display())))
    }

    /// The log, to be asked for a report: where nothing was ever imported, one without events.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn log_or_empty(&self) -> Result<Box<dyn AuditLog>, Failure> {
        if self.folders.log.is_file() { Ok(Box::new(self.log()?)) } else { Ok(Box::new(MemoryLog::new())) }
    }

    /// The log, to be added to; made where there is none.
    ///
    /// # Errors
    /// A log that cannot be written.
    pub fn log_to_add(&self) -> Result<SealedLog, Failure> {
        self.make_var()?;
        if self.folders.log.is_file() {
            Ok(SealedLog::open(&self.folders.log)?)
        } else {
            // Another process may have made it just now.
            match SealedLog::create(&self.folders.log) {
                Err(_) if self.folders.log.is_file() => Ok(SealedLog::open(&self.folders.log)?),
                made => Ok(made?),
            }
        }
    }

    /// The ledger.
    ///
    /// # Errors
    /// A ledger that cannot be written.
    pub fn ledger(&self) -> Result<Ledger, Failure> {
        self.make_var()?;
        Ok(Ledger::open(&self.folders.ledger)?)
    }

    /// The ledger, to be looked into: nothing is made where there is none.
    ///
    /// # Errors
    /// A ledger that cannot be read.
    pub fn ledger_to_read(&self) -> Result<Ledger, Failure> {
        if self.folders.ledger.is_file() {
            return Ok(Ledger::open_to_read(&self.folders.ledger)?);
        }
        Ok(Ledger::in_memory()?)
    }

    /// The key that signs; made on first use, but never in the place of one that has signed.
    ///
    /// # Errors
    /// A key that cannot be read, that others may read, or that is gone.
    pub fn key(&self) -> Result<SigningKey, Failure> {
        if let Some(key) = crate::config::existing_key(&self.folders.key)? {
            return Ok(key);
        }
        if std::fs::read_dir(&self.folders.editions).is_ok_and(|mut editions| editions.next().is_some()) {
            return Err(Failure::Error(format!(
                "{} is gone, and editions were signed with it: put it back from a backup; a new key would make them unprovable",
                self.folders.key.display()
            )));
        }
        self.make_var()?;
        Ok(crate::config::signing_key(&self.folders.key)?)
    }

    fn make_var(&self) -> Result<(), Failure> {
        make_private(&self.folders.var)
    }
}

/// Makes a folder that only its owner may enter.
pub(crate) fn make_private(folder: &Path) -> Result<(), Failure> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| Failure::Error(format!("{} cannot be made: {error}", folder.display())))
}

/// The largest file of what people write that is read, in bytes: definitions, mappings, templates, people, lists, holidays.
/// What is YAML has the narrower bound of [`crate::written::MAX_BYTES`].
pub const LARGEST_TEXT: u64 = 64 << 20;

/// A file's bytes, one more than [`LARGEST_TEXT`] at most: nobody's memory is filled by one file.
pub(crate) fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST_TEXT + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A file's text.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes =
        read_bounded(path).map_err(|error| Failure::Error(format!("{} cannot be read: {error}", path.display())))?;
    if bytes.len() as u64 > LARGEST_TEXT {
        return Err(Failure::Problems(vec![Problem {
            file: path.display().to_string(),
            line: 0,
            column: 0,
            what: format!("the file has more than the {} MiB that are read", LARGEST_TEXT >> 20),
            instead: "Whatever it is, it is not what was meant to be here".to_owned(),
        }]));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        Failure::Problems(vec![Problem {
            file: path.display().to_string(),
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: 0,
            what: "this is not UTF-8".to_owned(),
            instead: "Save the file as UTF-8.".to_owned(),
        }])
    })
}

/// The files of a folder with one of some endings, in order of name; none where there is no such folder.
fn files_in(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error: std::io::Error| Failure::Error(format!("{} cannot be read: {error}", folder.display()));
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(_) if !folder.is_dir() => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let fits = path.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known));
        // A link to nowhere is a file that is gone, and must be missed. What a listing tells is not asked for again.
        let is_folder = || match entry.file_type() {
            Ok(kind) if !kind.is_symlink() => kind.is_dir(),
            _ => path.is_dir(),
        };
        if fits && !is_folder() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
