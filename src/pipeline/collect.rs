//! Collect: what is new of each source comes into the log: files that arrived, and exports fetched from the vendor.
//!
//! One source at a time, each under a lock of its own, so that two processes take nothing twice. What goes wrong with one
//! file or source stops no other one.

use super::import::{Brought, Imported, Told};
use super::{Failure, Installation, make_private};
use crate::audit_log::Batch;
use crate::calendar::Millis;
use crate::collect::zoho::{self, Export, Fetched, Zoho};
use crate::collect::{CollectError, Machine, Timeouts, World};
use crate::config::{CollectorWritten, SourceWritten, ZohoWritten};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

const DAY: Millis = 86_400_000;

/// How long `issue` waits for a vendor's exports, per source: the reports must go out.
const PATIENCE_OF_ISSUE: Duration = Duration::from_secs(5 * 60);

/// How long is waited where somebody asked for it.
const PATIENCE_BY_HAND: Duration = Duration::from_secs(60 * 60);

/// Why it is collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Somebody wants it now: pauses are not kept, and files that could not be imported are tried again.
    ByHand,
    /// `issue`, before it issues.
    Issue,
}

/// A file, and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Said {
    /// Its name.
    pub file: String,
    /// Why it was not imported.
    pub why: String,
}

/// What collecting one source did.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// The source.
    pub source: String,
    /// What came in, in order.
    pub imported: Vec<Imported>,
    /// Files that are left for the next time: they are still being written.
    pub left: Vec<Said>,
    /// Files that could not be imported. Told once, and again when somebody asks by hand.
    pub failed: Vec<Said>,
    /// Files that could not be imported before, and are as they were.
    pub known_failures: usize,
    /// What is under way at the vendor.
    pub running: Option<String>,
    /// Why the vendor's log could not be fetched.
    pub trouble: Option<String>,
    /// The vendor is left alone until then, after an earlier failure.
    pub resting: Option<Millis>,
    /// Another process is at it.
    pub elsewhere: bool,
}

impl Collected {
    /// Whether something went wrong now.
    pub fn has_failed(&self) -> bool {
        !self.failed.is_empty() || self.trouble.is_some()
    }
}

/// One round of collecting.
struct Round<'a> {
    asker: Asker,
    world: &'a dyn World,
    say: &'a mut dyn FnMut(&str),
}

impl Installation {
    /// Takes in what is new of one source, or of all that say how their exports come. `say` is told what is waited for.
    ///
    /// # Errors
    /// A source that is not in the settings, or has nothing to collect. What goes wrong with one source or file is in its
    /// [`Collected`].
    pub fn collect(
        &self,
        only: Option<&str>,
        asker: Asker,
        say: &mut dyn FnMut(&str),
    ) -> Result<Vec<Collected>, Failure> {
        let comes = |written: &SourceWritten| written.arrives.is_some() || written.collector.is_some();
        if let Some(name) = only {
            let known: Vec<&str> = self
                .config
                .sources
                .iter()
                .filter(|(_, written)| comes(written))
                .map(|(name, _)| name.as_str())
                .collect();
            if !known.contains(&name) {
                let settings = self.shown(&self.folders.settings);
                let known = if known.is_empty() { "no source".to_owned() } else { known.join(", ") };
                return Err(Failure::Asked(format!(
                    "{settings} does not say how exports of `{name}` come in (`arrives` or `collector`); it does for {known}"
                )));
            }
        }
        let machine = Machine(self.clock.clone());
        let mut round = Round { asker, world: &machine, say };
        let mut all = Vec::new();
        for (name, written) in &self.config.sources {
            if comes(written) && only.is_none_or(|only| only == name) {
                // Nothing that is wrong with one source may keep others, or reports, from going on.
                all.push(self.collect_source(name, written, &mut round).unwrap_or_else(|error| Collected {
                    source: name.clone(),
                    trouble: Some(error.to_string()),
                    ..Collected::default()
                }));
            }
        }
        Ok(all)
    }

    fn collect_source(&self, name: &str, written: &SourceWritten, round: &mut Round<'_>) -> Result<Collected, Failure> {
        let mut collected = Collected { source: name.to_owned(), ..Collected::default() };
        let folder = self.collect_folder(name);
        make_private(&folder)?;
        let Some(_lock) = lock(&folder.join("lock"))? else {
            collected.elsewhere = true;
            return Ok(collected);
        };
        if let Some(arrives) = &written.arrives
            && let Err(error) = self.take_arrivals(name, arrives, round.asker, &mut collected)
        {
            collected.trouble = Some(error.to_string());
        }
        if let Some(CollectorWritten::ZohoCrm(zoho)) = &written.collector
            && let Err(error) = self.collect_zoho(name, written, zoho, round, &mut collected)
        {
            collected.trouble = Some(error.to_string());
        }
        Ok(collected)
    }

    /// Where what is kept about collecting a source lies.
    pub(super) fn collect_folder(&self, source: &str) -> PathBuf {
        self.folders.var.join("collected").join(source)
    }

    /// Imports a file of a source: the one place where collecting does.
    pub(super) fn take(
        &self,
        source: &str,
        mapping: &str,
        path: &Path,
        filters: Option<String>,
    ) -> Result<Brought, Failure> {
        let mut log = self.log_to_add()?;
        let told = Told { mapping: mapping.to_owned(), source: Some(source.to_owned()), filters, ..Told::default() };
        self.import(&mut log, path, &told, &mut |_, _| {})
    }

    fn collect_zoho(
        &self,
        name: &str,
        written: &SourceWritten,
        zoho: &ZohoWritten,
        round: &mut Round<'_>,
        collected: &mut Collected,
    ) -> Result<(), Failure> {
        let (asker, world) = (round.asker, round.world);
        let folder = self.collect_folder(name);
        let now = world.now();
        if asker == Asker::Issue {
            let state = Zoho::look(&folder).map_err(failure)?;
            if let Some(until) = state.not_before.filter(|until| now < *until) {
                collected.resting = Some(until);
                return Ok(());
            }
            let every = Millis::try_from(zoho.every.saturating_mul(1000)).unwrap_or(Millis::MAX);
            let reach = zoho::reach(&exports(&self.batches()?, name), &state.nothing, zoho::MOST_ROWS);
            if state.pending.is_none() && reach.is_some_and(|reach| now - reach < every) {
                return Ok(());
            }
        }
        let patience = if asker == Asker::Issue { PATIENCE_OF_ISSUE } else { PATIENCE_BY_HAND };
        let mut say_so = |words: &str| (round.say)(&format!("{name}: {words}"));
        let settings = self.zoho_settings(zoho);
        let mut collector = match settings {
            Ok(settings) => Zoho::open(settings, &folder, world, patience, &mut say_so).map_err(failure)?,
            Err(error) => {
                let error = CollectError::Never(error.to_string());
                Zoho::could_not_open(&folder, &error, now).map_err(failure)?;
                collected.trouble = Some(error.to_string());
                return Ok(());
            }
        };
        let days = written.retention_days.unwrap_or(zoho::RETENTION_DAYS);
        let (horizon, until) = (now - Millis::from(days) * DAY, now - zoho::LAG);
        loop {
            let known = exports(&self.batches()?, name);
            let next = zoho::next(&known, &collector.state().nothing, horizon, until, zoho::MOST_ROWS);
            // What is under way is fetched, whatever is wanted by now.
            let Some(span) = next.or(collector.state().pending.as_ref().map(|pending| pending.span)) else { break };
            let taken = collector.fetch(span).and_then(|fetched| {
                self.take_export(name, &zoho.mapping, &fetched, &known, collected)?;
                collector.taken(&fetched)
            });
            if let Err(error) = taken {
                collector.failed(&error).map_err(failure)?;
                match error {
                    CollectError::Running(words) => collected.running = Some(words),
                    other => collected.trouble = Some(other.to_string()),
                }
                break;
            }
        }
        Ok(())
    }

    /// The files of an export into the log, but for those that an earlier run has brought in.
    fn take_export(
        &self,
        source: &str,
        mapping: &str,
        fetched: &Fetched,
        known: &[Export],
        collected: &mut Collected,
    ) -> Result<(), CollectError> {
        let parts = fetched.files.len();
        for (index, path) in fetched.files.iter().enumerate() {
            let part = index + 1;
            if known.iter().any(|export| export.job == fetched.job && export.part == part && export.live) {
                continue;
            }
            let note = zoho::note(fetched.span, &fetched.job, part, parts);
            match self.take(source, mapping, path, Some(note)) {
                Ok(brought) => collected.imported.extend(brought.imported),
                // Every column may be called otherwise in a year: then a person mends the mapping, and the file is there.
                Err(Failure::Problems(problems)) => {
                    let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
                    return Err(CollectError::Never(format!(
                        "{} was fetched, but cannot be imported: {}",
                        self.shown(path),
                        words.join("; ")
                    )));
                }
                Err(error) => {
                    let why = format!("{} was fetched, but not imported: {error}", self.shown(path));
                    return Err(CollectError::Later { why, pause: Duration::from_secs(600) });
                }
            }
        }
        Ok(())
    }

    fn zoho_settings(&self, zoho: &ZohoWritten) -> Result<zoho::Settings, Failure> {
        let secret = |from| crate::config::secret(from, &self.folders.home).map(|secret| secret.0);
        Ok(zoho::Settings {
            accounts_url: zoho.accounts_url.clone(),
            api_url: zoho.api_url.clone(),
            client_id: zoho.client_id.clone(),
            client_secret: secret(&zoho.client_secret)?,
            refresh_token: secret(&zoho.refresh_token)?,
            timeouts: Timeouts::default(),
        })
    }

    pub(super) fn batches(&self) -> Result<Vec<Batch>, Failure> {
        Ok(self.log_or_empty()?.batches()?)
    }

    /// Up to when the exports of a source that were fetched are in the log. `None`: none is.
    pub(super) fn collected_to(&self, source: &str, batches: &[Batch]) -> Option<Millis> {
        // Spans in which nothing was stand in the state alone. If it cannot be read, less is vouched for.
        let nothing = Zoho::look(&self.collect_folder(source)).map(|state| state.nothing).unwrap_or_default();
        zoho::reach(&exports(batches, source), &nothing, zoho::MOST_ROWS)
    }

    /// Up to when a source that is collected is vouched for: what was fetched, and what people imported by hand beside it,
    /// which counts as ever: by its time.
    pub(super) fn vouched_to(&self, source: &str, batches: &[Batch]) -> Option<Millis> {
        let collected = self.collected_to(source, batches)?;
        let is_by_hand =
            |batch: &&Batch| batch.source.name == source && batch.voided.is_none() && export(batch).is_none();
        let by_hand = batches.iter().filter(is_by_hand).map(|batch| batch.imported_at).max();
        Some(by_hand.map_or(collected, |at| at.max(collected)))
    }
}

/// The export of which a batch is a file.
fn export(batch: &Batch) -> Option<Export> {
    let (span, job, part, parts) = zoho::read_note(batch.about.filters.as_deref()?)?;
    Some(Export { job, span, part, parts, rows: batch.rows.read, live: batch.voided.is_none() })
}

fn exports(batches: &[Batch], source: &str) -> Vec<Export> {
    batches.iter().filter(|batch| batch.source.name == source).filter_map(export).collect()
}

fn failure(error: CollectError) -> Failure {
    Failure::Error(error.to_string())
}

/// Locks a file until what is given back is dropped, or the process ends; `None`: another process has it.
fn lock(path: &Path) -> Result<Option<File>, Failure> {
    let failed = |error: std::io::Error| Failure::Error(format!("{} cannot be locked: {error}", path.display()));
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}
