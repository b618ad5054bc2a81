//! Daemon: `serve`. Round after round: take in what came, issue what is due, deliver what waits, rest until something can be.
//!
//! A round is safe to be killed in, because each of its steps is: claims and stages are committed before what they name.
//! Nothing is remembered in the process that another process could need. What a round rests on, when to stop and what time
//! it is are told it ([`World`], [`Clock`]), so that tests drive it without waiting.
//!
//! The wall clock is looked at again after `poll` at the latest, whatever is planned: a clock that was set, or a machine
//! that slept, is noticed then.

mod collecting;
mod definitions;
pub mod endpoint;
pub mod health;
mod issuing;
mod said;
#[cfg(test)]
mod simulation_tests;
mod stamp;
mod watching;
mod world;

pub use world::{Sign, World};

use crate::calendar::Millis;
use crate::clock::Clock;
use crate::edition::EditionKey;
use crate::ledger::claimer::Claimer;
use crate::ledger::{Lead, Leading, Ledger};
use crate::pipeline::activate::activate;
use crate::pipeline::outbox::{Way, deliver_within};
use crate::pipeline::reminders::remind;
use crate::pipeline::{Failure, Installation};
use crate::schedule::Looked;
use definitions::Definitions;
use stamp::{Stamp, folder_stamp, stamp};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long others leave the lead to a daemon that gives no sign of life.
const LEASE: Millis = 120_000;

/// One daemon.
pub struct Daemon<'w> {
    home: PathBuf,
    clock: Option<Clock>,
    world: &'w dyn World,
    claimer: Claimer,
    installation: Installation,
    ledger: Ledger,
    definitions: Definitions,
    /// Settings and what lies beside the definitions, as they were when they were read.
    around: Option<Stamp>,
    /// They were changed, and the definitions are to be read by them.
    reread: bool,
    /// Definitions came into force that the ledger has not taken note of yet.
    accepted: bool,
    lead: Option<Lead>,
    /// Another one leads, and that was logged.
    follows: bool,
    /// Nothing can become due before; `None`: it must be looked.
    quiet_until: Option<Millis>,
    /// When it was looked the last time.
    looked: Millis,
    /// From which firing on something can be open.
    asked: Looked,
    /// Editions that failed: how often, and until when they are left alone.
    resting: BTreeMap<EditionKey, (usize, Millis)>,
    /// Folders of arriving files, as they were when they were taken in.
    arrived: Option<Stamp>,
    /// When sources were collected the last time.
    collected: Option<Millis>,
    /// A source could not be collected then.
    troubled: bool,
    /// When rules were last held against the log.
    watched: Option<Millis>,
}

impl<'w> Daemon<'w> {
    /// Opens an installation to serve it. `clock` goes before the settings' own.
    ///
    /// # Errors
    /// Problems in the settings; a folder or ledger that cannot be opened.
    pub fn open(home: &Path, clock: Option<Clock>, world: &'w dyn World) -> Result<Daemon<'w>, Failure> {
        let claimer = world.claimer();
        let installation = open(home, clock.as_ref(), &claimer)?;
        let ledger = installation.ledger()?;
        Ok(Daemon {
            home: home.to_owned(),
            looked: installation.clock.now(),
            clock,
            world,
            claimer,
            installation,
            ledger,
            definitions: Definitions::default(),
            around: None,
            reread: false,
            accepted: false,
            lead: None,
            follows: false,
            quiet_until: None,
            asked: Looked::default(),
            resting: BTreeMap::new(),
            arrived: None,
            collected: None,
            troubled: false,
            watched: None,
        })
    }

    /// Where the settings want `/health` and `/metrics` to be answered.
    pub fn listen(&self) -> Option<std::net::SocketAddr> {
        self.installation.config.serve.listen
    }

    /// Round after round, until it is told to stop. What goes wrong in a round is logged; the next one tries again.
    ///
    /// # Errors
    /// The lead could not be released.
    pub fn run(&mut self) -> Result<(), Failure> {
        tracing::info!(version = env!("CARGO_PKG_VERSION"), poll = self.installation.config.serve.poll, "started");
        for opened in &self.installation.opened {
            let path = opened.path.display().to_string();
            tracing::warn!(path, mode = format!("{:04o}", opened.mode), "others than its owner can reach it");
        }
        let mut sign = Sign::Ready;
        while !self.world.stop() {
            let pause = self.step();
            self.world.show(sign);
            sign = Sign::Alive;
            if self.world.stop() {
                break;
            }
            self.world.rest(pause);
        }
        self.world.show(Sign::Stopping);
        self.ledger.resign(&self.claimer.name(), self.installation.clock.now())?;
        tracing::info!("stopped");
        Ok(())
    }

    /// One round, whatever comes of it; tells how long to rest.
    fn step(&mut self) -> Duration {
        if let Err(failure) = self.round() {
            // Whatever it was may have changed what is due.
            self.quiet_until = None;
            tracing::error!(why = said::plain(&failure), "round failed; the next one tries again");
        }
        self.pause()
    }

    /// One round.
    ///
    /// # Errors
    /// What keeps the round from going on: a ledger or log that cannot be used now.
    pub fn round(&mut self) -> Result<(), Failure> {
        // What was changed stays so until a round has gone by it.
        self.reread |= self.reread()?;
        if !self.leads()? {
            return Ok(());
        }
        let changed = self.redefine(self.reread)?;
        self.reread = false;
        if changed {
            // Who mends something wants to see what comes of it.
            self.resting.clear();
        }
        let came = self.collect()?;
        self.watch(changed || came);
        self.issue(changed || came)?;
        self.deliver()
    }

    /// How long nothing can happen, or `poll` if that is shorter.
    fn pause(&self) -> Duration {
        let now = self.installation.clock.now();
        let mut most = Duration::from_secs(self.installation.config.serve.poll.max(1));
        if let Some(watched) = self.world.watched() {
            most = most.min(watched / 2);
        }
        let pending = self.ledger.next_pending().ok().flatten();
        let rested = self.resting.values().map(|(_, until)| *until).min();
        let next =
            if self.lead.is_some() { [self.quiet_until, pending, rested].into_iter().flatten().min() } else { None };
        match next {
            Some(next) => {
                // What is due already and was not done now is tried again, but not in a circle.
                let millis = u64::try_from(next.saturating_sub(now)).unwrap_or(0).max(1000);
                most.min(Duration::from_millis(millis))
            }
            None => most,
        }
    }

    /// Reads the settings again if they, or what lies beside the definitions, were changed; tells whether they were.
    fn reread(&mut self) -> Result<bool, Failure> {
        let folders = &self.installation.folders;
        let mut around = folder_stamp(&folders.templates);
        around.extend(folder_stamp(&folders.schedules.join(crate::pipeline::watch::FOLDER)));
        around.extend(stamp(&folders.settings));
        around.extend(folders.people.as_deref().and_then(stamp));
        if self.around.as_ref() == Some(&around) {
            return Ok(false);
        }
        let first = self.around.is_none();
        self.around = Some(around);
        if first {
            return Ok(true);
        }
        match open(&self.home, self.clock.as_ref(), &self.claimer) {
            Ok(installation) => {
                self.installation = installation;
                self.arrived = None;
                tracing::info!("settings, directory or templates were changed; they are read again");
                Ok(true)
            }
            Err(Failure::Problems(problems)) => {
                for problem in problems {
                    let (file, line) = (problem.file.as_str(), problem.line);
                    tracing::warn!(file, line, "settings are written wrong now; the last good ones stay in force");
                }
                Ok(false)
            }
            Err(failure) => {
                self.around = None;
                Err(failure)
            }
        }
    }

    /// Asks for the lead, or says that it still has it; tells whether it leads.
    fn leads(&mut self) -> Result<bool, Failure> {
        let now = self.installation.clock.now();
        // A sign of life costs a write to the disk: one in half a lease is enough.
        if let Some(lead) = &self.lead
            && (lead.renewed_at..lead.renewed_at.saturating_add(LEASE / 2)).contains(&now)
        {
            return Ok(true);
        }
        match self.ledger.lead(&self.claimer.name(), &|other| self.claimer.is_gone(other), LEASE, now)? {
            Leading::Mine(lead) => {
                if self.lead.as_ref().is_none_or(|before| before.fence != lead.fence) {
                    tracing::info!(fence = lead.fence, "leads");
                    (self.quiet_until, self.arrived, self.collected) = (None, None, None);
                    self.definitions.forget();
                }
                (self.lead, self.follows) = (Some(lead), false);
                Ok(true)
            }
            Leading::Other(lead) => {
                if !self.follows {
                    tracing::info!(fence = lead.fence, "another daemon leads; this one waits to take over");
                }
                (self.lead, self.follows) = (None, true);
                Ok(false)
            }
        }
    }

    /// Reads the definitions that changed, and tells owners of those that are written wrong.
    fn redefine(&mut self, all: bool) -> Result<bool, Failure> {
        let changes = self.definitions.refresh(&self.installation, all)?;
        for stem in &changes.accepted {
            tracing::info!(report = stem.as_str(), "definition is in force");
        }
        for stem in &changes.gone {
            tracing::info!(report = stem.as_str(), "definition is gone");
        }
        for (stem, problem) in &changes.wrong {
            let (line, column) = (problem.line, problem.column);
            let kept = self.definitions.good().iter().any(|written| written.definition.stem == *stem);
            tracing::warn!(report = stem.as_str(), line, column, last_good_stays = kept, "definition is written wrong");
        }
        if let Some(failure) = &changes.not_kept {
            tracing::warn!(why = said::plain(failure), "the last good definitions cannot be kept for a restart");
        }
        let good = self.definitions.good();
        // A ledger that cannot be written now is told by the next round.
        self.accepted |= !changes.accepted.is_empty();
        let accepted = self.accepted;
        if accepted {
            activate(&mut self.ledger, &good, self.installation.clock.now())?;
            self.accepted = false;
        }
        // Whoever cannot be told keeps no report from going out.
        if let Err(failure) = self.definitions.tell_owners(&self.installation, &mut self.ledger) {
            tracing::warn!(why = said::plain(&failure), "owners could not be told of their definitions");
        }
        Ok(accepted || all)
    }

    /// Delivers what waits.
    fn deliver(&mut self) -> Result<(), Failure> {
        // Whoever cannot be reminded keeps no report from going out.
        match remind(&self.installation, &mut self.ledger) {
            Ok(true) => tracing::info!("people are told of reviews that are asked of them"),
            Ok(false) => {}
            Err(failure) => tracing::warn!(why = said::plain(&failure), "nobody could be told of reviews"),
        }
        if !self.ledger.is_anything_to_send(self.installation.clock.now())? {
            return Ok(());
        }
        let world = self.world;
        let way = Way { open: &|installation| world.channel(installation), stop: &|| world.stop() };
        let delivered = deliver_within(&self.installation, &mut self.ledger, &way)?;
        for dispatch in &delivered.sent {
            tracing::info!(edition = dispatch.edition.to_string(), dispatch = dispatch.id, "delivered");
        }
        for dispatch in &delivered.later {
            let (edition, attempts) = (dispatch.edition.to_string(), dispatch.attempts);
            tracing::warn!(edition, dispatch = dispatch.id, attempts, "not delivered now; tried again");
        }
        for dispatch in &delivered.stopped {
            let edition = dispatch.edition.to_string();
            tracing::error!(edition, dispatch = dispatch.id, "given up or held: see `quarterday history`");
        }
        Ok(())
    }
}

fn open(home: &Path, clock: Option<&Clock>, claimer: &Claimer) -> Result<Installation, Failure> {
    let mut installation = Installation::open(home, None)?;
    installation.claimer = claimer.clone();
    if let Some(clock) = clock {
        installation.clock = clock.clone();
    }
    Ok(installation)
}
