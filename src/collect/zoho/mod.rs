//! Zoho CRM: asks for an export of the audit log, waits until it is made, and downloads it.
//!
//! Zoho makes one export at a time, of at most 180 days and a million entries. [`next`] says which span is to be asked
//! for, from the notes ([`note`]) that are sealed with the batches; [`Zoho::fetch`] brings it; when it is in the log,
//! [`Zoho::taken`] ends it. A process that dies in between goes on with the same export: it is looked up, not asked for
//! again.

mod api;
mod line;
#[cfg(test)]
mod server_test;
mod span;
#[cfg(test)]
mod zoho_test;

pub use api::SCOPES;
pub use line::Settings;
pub use span::{Export, LAG, MOST_ROWS, RETENTION_DAYS, next, note, reach, read_note};

use super::http::{Answer, Download};
use super::{CollectError, Pending, State, World};
use crate::calendar::{Millis, Span};
use api::{Job, PATH, Refusal};
use line::{LONGEST_PAUSE, Line, TRIES, error, host, lost};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the state's file in a collector's folder.
const STATE: &str = "state.json";

/// An export that is there as files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The vendor's name for it.
    pub job: String,
    /// The span of time that it covers.
    pub span: Span,
    /// Its files, in order. None: there is nothing in that span.
    pub files: Vec<PathBuf>,
}

/// The collector.
pub struct Zoho<'a> {
    line: Line<'a>,
    folder: PathBuf,
    state: State,
}

impl<'a> Zoho<'a> {
    /// Opens the collector. `folder`: where its state and files lie; it must be there. `patience`: how long it may wait
    /// for exports. `say` is told what it waits for.
    ///
    /// # Errors
    /// Its state cannot be read.
    pub fn open(
        settings: Settings,
        folder: &Path,
        world: &'a dyn World,
        patience: Duration,
        say: &'a mut dyn FnMut(&str),
    ) -> Result<Zoho<'a>, CollectError> {
        let state = State::load(&folder.join(STATE))?;
        Ok(Zoho { line: Line::new(settings, world, patience, say), folder: folder.to_owned(), state })
    }

    /// What it has kept.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The state of the collector in a folder, to be looked at.
    ///
    /// # Errors
    /// As [`State::load`].
    pub fn look(folder: &Path) -> Result<State, CollectError> {
        State::load(&folder.join(STATE))
    }

    /// Brings the export of a span; the one that is under way already, where there is one.
    ///
    /// # Errors
    /// See [`CollectError`]. What was asked for is kept, and the next call goes on with it.
    pub fn fetch(&mut self, wanted: Span) -> Result<Fetched, CollectError> {
        let mut asked_anew = false;
        loop {
            let resumed = self.state.pending.is_some();
            if !resumed {
                // Kept before it is asked for: if the answer is lost, the export is looked for, and not asked for twice.
                self.state.pending = Some(Pending { span: wanted, asked_at: self.line.world.now(), job: None });
                self.keep()?;
            }
            let Some(pending) = self.state.pending.clone() else { continue };
            let job = match pending.job {
                Some(job) => job,
                None => self.ask(pending.span, resumed)?,
            };
            if let Some(files) = self.files_of(pending.span, &job)? {
                return Ok(Fetched { job, span: pending.span, files });
            }
            // It is gone at the vendor: what was asked for too long ago expires.
            self.state.pending = None;
            self.keep()?;
            if asked_anew {
                return Err(CollectError::later(
                    format!("export {job} was gone at Zoho before it could be fetched"),
                    60,
                ));
            }
            asked_anew = true;
        }
    }

    /// Ends the export that was fetched: it is in the log.
    ///
    /// # Errors
    /// The state cannot be kept.
    pub fn taken(&mut self, fetched: &Fetched) -> Result<(), CollectError> {
        if fetched.files.is_empty() {
            match self.state.nothing.last_mut().filter(|last| fetched.span.from <= last.to) {
                Some(last) => last.to = last.to.max(fetched.span.to),
                None => self.state.nothing.push(fetched.span),
            }
        }
        self.state.pending = None;
        self.state.failures = 0;
        self.state.not_before = None;
        self.state.trouble = None;
        self.keep()
    }

    /// Keeps that it did not work, and when it is tried again by itself: see [`State::failed`].
    ///
    /// # Errors
    /// The state cannot be kept.
    pub fn failed(&mut self, error: &CollectError) -> Result<(), CollectError> {
        self.state.failed(error, self.line.world.now());
        self.keep()
    }

    /// The same for a collector that could not even be opened.
    ///
    /// # Errors
    /// As [`Zoho::failed`].
    pub fn could_not_open(folder: &Path, error: &CollectError, now: Millis) -> Result<(), CollectError> {
        let mut state = Zoho::look(folder)?;
        state.failed(error, now);
        state.keep(&folder.join(STATE))
    }

    fn keep(&self) -> Result<(), CollectError> {
        self.state.keep(&self.folder.join(STATE))
    }

    /// Asks for an export and keeps its name. `look_first`: it may have been asked for already, by a process that died.
    fn ask(&mut self, span: Span, look_first: bool) -> Result<String, CollectError> {
        let url = format!("{}{PATH}", self.line.settings.api_url);
        let mut look = look_first;
        let mut pause = Duration::from_secs(10);
        let mut unanswered = 0;
        loop {
            if look {
                let jobs = self.line.call(|http, token| api::jobs(&http.get(&url, token).map_err(lost)?))?;
                let jobs = found(jobs, "the list of exports")?;
                let ours =
                    jobs.iter().find(|job| job.span == Some(span) && job.status != "failed" && !job.id.is_empty());
                if let Some(job) = ours {
                    return self.asked(job.id.clone());
                }
                let running = jobs.iter().find(|job| job.is_running());
                if let Some(other) = running
                    && !self.line.wait(pause, &format!("another export at Zoho{}", by(other)))
                {
                    let why =
                        format!("another export is being made at Zoho{}, and there can be one at a time", by(other));
                    return Err(CollectError::later(why, 10));
                }
                // Busy, and nothing to be seen of it.
                unanswered += u32::from(running.is_none());
                if unanswered == TRIES {
                    return Err(CollectError::later("Zoho says that another export is being made, but lists none", 10));
                }
                pause = longer(pause);
            }
            let body = api::request(span);
            // Not sent again where no answer came: the export may be under way.
            let sent = self.line.once(|http, token| api::asked(&http.post(&url, token, &body).map_err(lost)?))?;
            match sent {
                Ok(job) => return self.asked(job),
                Err(Refusal::Busy) => look = true,
                Err(Refusal::Again(why, wanted)) => {
                    let wanted = wanted.unwrap_or(pause);
                    unanswered += 1;
                    if unanswered == TRIES || wanted > LONGEST_PAUSE || !self.line.wait(wanted, &why) {
                        return Err(CollectError::Later { why, pause: wanted });
                    }
                    (look, pause) = (true, longer(pause));
                }
                Err(refusal) => {
                    // Nothing was begun that would have to be looked for.
                    self.state.pending = None;
                    self.keep()?;
                    return Err(error(refusal, "the address of exports"));
                }
            }
        }
    }

    fn asked(&mut self, job: String) -> Result<String, CollectError> {
        if let Some(pending) = &mut self.state.pending {
            pending.job = Some(job.clone());
        }
        self.keep()?;
        Ok(job)
    }

    /// Waits for an export and downloads its files; `None`: it is gone.
    fn files_of(&mut self, span: Span, job: &str) -> Result<Option<Vec<PathBuf>>, CollectError> {
        let url = format!("{}{PATH}/{job}", self.line.settings.api_url);
        let mut pause = Duration::from_secs(5);
        let made: Job = loop {
            let jobs = self.line.call(|http, token| api::jobs(&http.get(&url, token).map_err(lost)?))?;
            let Some(told) = jobs.and_then(|jobs| jobs.into_iter().find(|one| one.id.is_empty() || one.id == job))
            else {
                return Ok(None);
            };
            match told.status.as_str() {
                "finished" => break told,
                "failed" => {
                    self.state.pending = None;
                    self.keep()?;
                    return Err(CollectError::later(
                        format!("Zoho could not make export {job}; it will be asked for anew"),
                        30,
                    ));
                }
                status if ["scheduled", "progress", "in progress", "in_progress", "queued"].contains(&status) => {}
                other => {
                    let words: String = other.chars().filter(|c| !c.is_control()).take(40).collect();
                    return Err(CollectError::later(
                        format!("export {job} has a status that is not known: {words:?}"),
                        60,
                    ));
                }
            }
            if !self.line.wait(pause, &format!("export {job}")) {
                return Err(CollectError::Running(format!(
                    "Zoho is still making export {job}; it is fetched the next time"
                )));
            }
            pause = longer(pause);
        };
        let expired = made.expires.is_some_and(|at| at <= self.line.world.now());
        let mut files = Vec::new();
        for (index, link) in made.links.iter().enumerate() {
            let name = format!("{}_{}_{job}_{}", compact(span.from), compact(span.to), index + 1);
            match self.download(link, &self.folder.join(name), expired)? {
                Some(Download::File(path)) => files.push(path),
                Some(_) => {}
                None => return Ok(None),
            }
        }
        Ok(Some(files))
    }

    /// Downloads one file; `None`: it is gone.
    fn download(&mut self, link: &str, path: &Path, expired: bool) -> Result<Option<Download>, CollectError> {
        // Whole from an earlier run: a file has its name only then.
        for ending in ["csv", "zip"] {
            let there = path.with_extension(ending);
            if there.is_file() {
                return Ok(Some(Download::File(there)));
            }
        }
        if !self.line.is_trusted(link) {
            let host: String = host(link).unwrap_or("no address").chars().take(100).collect();
            return Err(CollectError::Never(format!(
                "Zoho names {host:?} as the place of the export, which is none of its own: the access token is not sent there"
            )));
        }
        self.line.call(|http, token| match http.download(link, token, path).map_err(lost)? {
            Download::Answer(answer) if expired && (400..500).contains(&answer.status) && answer.status != 401 => {
                Err(Refusal::Gone)
            }
            Download::Answer(answer) => Err(no_file(&answer)),
            done => Ok(done),
        })
    }
}

fn found<T>(value: Option<T>, what: &str) -> Result<T, CollectError> {
    value.ok_or_else(|| error(Refusal::Gone, what))
}

/// What an answer means that should have been a file.
fn no_file(answer: &Answer) -> Refusal {
    match api::meaning(answer) {
        Err(refusal) => refusal,
        Ok(_) => Refusal::Final(CollectError::later("Zoho sent an answer in words in the place of the export", 30)),
    }
}

/// `20261101T000000Z`: an instant in the name of a file.
fn compact(at: Millis) -> String {
    span::utc(at).replace(['-', ':'], "")
}

fn by(job: &Job) -> String {
    let name: String = job.created_by.chars().filter(|c| !c.is_control()).take(80).collect();
    if name.is_empty() { String::new() } else { format!(", asked for by {name}") }
}

fn longer(pause: Duration) -> Duration {
    (pause * 2).min(Duration::from_secs(60))
}
