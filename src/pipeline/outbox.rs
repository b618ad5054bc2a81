//! Outbox: hands what waits to the channel, each dispatch alone, its stages committed before the steps they name.

use super::reminders::remind;
use super::roles::gone;
use super::{Failure, Installation, notices};
use crate::calendar::Millis;
use crate::config::{ChannelSettings, channel_settings};
use crate::definition::WEBHOOK;
use crate::deliver::Channel;
use crate::deliver::email::Email;
use crate::deliver::folder::Folder;
use crate::deliver::sendmail::Sendmail;
use crate::deliver::webhook::Webhook;
use crate::directory::Directory;
use crate::dispatch::{Dispatch, Receipt, Stage};
use crate::ledger::outbox::{Decision, Sender};
use crate::ledger::retry::RetryPolicy;
use crate::ledger::{Ledger, LedgerError};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::time::Duration;

/// Longer than the longest exchange, the wait for the answer to the dot included (RFC 5321, 4.5.3.2.6: ten minutes).
const LEASE: Millis = 20 * 60_000;

/// For a program to read a message, and again to end: both together are shorter than the lease.
const PROGRAM: Duration = Duration::from_secs(300);

/// Who decides where no person does.
const PROGRAM_ITSELF: &str = "quarterday";

/// The words of a mail that was in doubt until it was seen.
pub const FOUND: &str = "found in the journal mailbox";

/// What one round of delivering did.
#[derive(Debug, Default)]
pub struct Delivered {
    /// Accepted, or found to have been.
    pub sent: Vec<Dispatch>,
    /// Not now; tried again later.
    pub later: Vec<Dispatch>,
    /// Given up, or held for a person.
    pub stopped: Vec<Dispatch>,
    /// Not sent any more: who was addressed by a role has it no longer.
    pub withdrawn: Vec<Dispatch>,
    /// The channel's name.
    pub channel: String,
    /// Why the journal could not be looked into: what is in doubt waits until it can.
    pub journal: Option<String>,
}

impl Installation {
    /// The way out of the house that the settings name.
    ///
    /// # Errors
    /// A secret that cannot be read.
    pub fn channel(&self) -> Result<Box<dyn Channel>, Failure> {
        Ok(match &self.config.mail.channel {
            ChannelSettings::Folder(path) => Box::new(Folder::new(&self.folders.home.join(path))),
            ChannelSettings::Sendmail(program) => {
                // Where msmtp and its like look for their own settings.
                let told = ["HOME", "USER", "LOGNAME"];
                let told = told.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))).collect();
                Box::new(Sendmail::new(Path::new(program), PROGRAM, told))
            }
            ChannelSettings::Smtp(written) => {
                let settings = channel_settings(written, &self.folders.home)?;
                let email = Email::new(settings).map_err(|error| Failure::Error(format!("mail settings: {error}")))?;
                Box::new(email)
            }
        })
    }
}

/// How a message gets to its one recipient: a webhook that it names, else as mail goes.
///
/// # Errors
/// No such webhook any more; a secret that cannot be had.
fn webhook(installation: &Installation, name: &str) -> Result<Box<dyn Channel>, String> {
    let written = installation.config.webhooks.get(name);
    let written = written.ok_or_else(|| format!("quarterday.yaml names no webhook `{name}` any more"))?;
    let settings = written.settings(name, &installation.folders.home).map_err(|error| error.to_string())?;
    let clock = installation.clock.clone();
    Ok(Box::new(Webhook::new(settings, Box::new(move || clock.now()))))
}

/// Opens the way that mail goes out of the house.
pub type Open<'w> = dyn Fn(&Installation) -> Result<Box<dyn Channel>, Failure> + 'w;

/// How a round of delivering goes that is one of many: a daemon's.
pub struct Way<'w> {
    /// Opens the way out of the house; asked only when there is something to send.
    pub open: &'w Open<'w>,
    /// Whether to stop after the dispatch that is under way.
    pub stop: &'w dyn Fn() -> bool,
}

impl Default for Way<'_> {
    fn default() -> Self {
        Way { open: &Installation::channel, stop: &|| false }
    }
}

/// Looks for what is in doubt in the journal, where the settings name one. What is found there was sent. Gives back what
/// must not be sent yet because the journal cannot be read.
fn settle_by_journal(
    installation: &Installation,
    ledger: &mut Ledger,
    done: &mut Delivered,
) -> Result<Vec<i64>, Failure> {
    let Some(written) = &installation.config.mail.journal else { return Ok(Vec::new()) };
    let mut in_doubt = ledger.in_doubt()?;
    // What is posted to a webhook comes into no mailbox.
    in_doubt.retain(|one| !one.to.starts_with(WEBHOOK));
    if in_doubt.is_empty() {
        return Ok(Vec::new());
    }
    let ids = in_doubt.iter().map(|one| one.message_id.clone()).collect();
    let looked = match written.settings(&installation.folders.home) {
        Ok(journal) => journal.find(ids).map_err(|error| format!("{}: {error}", journal.name())),
        Err(error) => Err(error.to_string()),
    };
    let found = match looked {
        Ok(found) => found,
        Err(why) => {
            done.journal = Some(why);
            return Ok(in_doubt.into_iter().map(|one| one.id).collect());
        }
    };
    for one in in_doubt.iter().filter(|one| found.contains(&one.message_id)) {
        match ledger.found(one, FOUND, installation.clock.now()) {
            Ok(settled) => done.sent.push(settled),
            // Another process was faster.
            Err(LedgerError::Stale(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Vec::new())
}

/// Tells the owners of what stopped by itself, each stop once, also one of a run that was killed before it could tell.
/// Gives back whether anybody is to be told.
fn tell_owners(installation: &Installation, ledger: &mut Ledger) -> Result<bool, Failure> {
    let mut told = false;
    for one in ledger.stopped()? {
        let Some(record) = ledger.edition(&one.edition)? else { continue };
        let now = installation.clock.now();
        let notice = notices::stopped(installation, &record.owner, &one, now)?;
        told |= ledger.tell_owner(&one.edition, &notice, now)?;
    }
    Ok(told)
}

/// Delivers everything that may be sent now. What was under way in a process that died is put back first.
///
/// # Errors
/// A ledger that cannot be written. What a server says is in the [`Delivered`].
pub fn deliver(installation: &Installation, ledger: &mut Ledger) -> Result<Delivered, Failure> {
    deliver_within(installation, ledger, &Way::default())
}

/// As [`deliver`], by somebody who does it again and again.
///
/// # Errors
/// As [`deliver`].
pub fn deliver_within(installation: &Installation, ledger: &mut Ledger, way: &Way<'_>) -> Result<Delivered, Failure> {
    let policy = RetryPolicy::default();
    ledger.recover(&|other| installation.claimer.is_gone(other), &policy, installation.clock.now())?;
    let mut done = Delivered::default();
    let in_doubt = settle_by_journal(installation, ledger, &mut done)?;
    remind(installation, ledger)?;
    send(installation, ledger, way, &in_doubt, &mut done)?;
    if tell_owners(installation, ledger)? {
        send(installation, ledger, way, &in_doubt, &mut done)?;
    }
    Ok(done)
}

/// Sends everything that may be sent now, but for what is in doubt.
fn send(
    installation: &Installation,
    ledger: &mut Ledger,
    way: &Way<'_>,
    in_doubt: &[i64],
    done: &mut Delivered,
) -> Result<(), Failure> {
    let policy = RetryPolicy::default();
    let clock = &installation.clock;
    let mut pending = ledger.pending(clock.now())?;
    pending.retain(|waiting| !in_doubt.contains(&waiting.id));
    if pending.is_empty() {
        return Ok(());
    }
    // A webhook that cannot be had stops its own messages alone.
    let mut channels: BTreeMap<String, Result<Box<dyn Channel>, String>> = BTreeMap::new();
    let process = installation.claimer.name();
    let mut directory: Option<Directory> = None;
    let mut pending = VecDeque::from(pending);
    while let Some(waiting) = pending.pop_front() {
        if (way.stop)() {
            break;
        }
        if !waiting.via.is_empty() {
            let directory = match &directory {
                Some(known) => known,
                None => directory.insert(installation.lens()?.0.directory),
            };
            if let Some(why) = gone(directory, &waiting.to, &waiting.via, clock.now()) {
                match ledger.decide(waiting.id, Decision::Cancel, PROGRAM_ITSELF, &why, clock.now()) {
                    Ok(cancelled) => done.withdrawn.push(cancelled),
                    // Another process has it.
                    Err(LedgerError::Refused(_)) => {}
                    Err(error) => return Err(error.into()),
                }
                continue;
            }
        }
        let hook = waiting.to.strip_prefix(WEBHOOK);
        let channel = match channels.entry(hook.unwrap_or_default().to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(match hook {
                Some(name) => webhook(installation, name),
                None => Ok((way.open)(installation)?),
            }),
        };
        if let Ok(channel) = &channel {
            // Where some are posted and others mailed, mail is what is told.
            if done.channel.is_empty() || hook.is_none() {
                done.channel = channel.name();
            }
        }
        let sender = Sender { process: &process, lease: LEASE };
        let attempt = match ledger.begin(waiting.id, sender, clock.now()) {
            Ok(attempt) => attempt,
            // Another process has it.
            Err(LedgerError::Stale(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        let receipt = match channel {
            Err(words) => Receipt::Later(words.clone()),
            Ok(channel) => channel.send(&attempt.outgoing, &mut |stage| match stage {
                Stage::Dot => ledger.dot(&attempt, clock.now()).map_err(|error| error.to_string()),
                _ => Ok(()),
            }),
        };
        let settled = ledger.settle(&attempt, &receipt, &policy, clock.now())?;
        match (&receipt, settled.stage) {
            (Receipt::Sent(_), _) | (_, Stage::Sent) => done.sent.push(settled),
            // It was cut down to what the server may take: that is known at once.
            (Receipt::TooLarge { .. }, Stage::Queued) => pending.push_back(settled),
            (_, Stage::Queued) => done.later.push(settled),
            _ => done.stopped.push(settled),
        }
    }
    Ok(())
}
