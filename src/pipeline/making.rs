//! Making: from what is due to the outbox, whoever makes the editions: claims, files in their place, the record in the ledger.

use super::audiences::{Parts, is_parts};
use super::editions::place;
use super::facts::Asked;
use super::issue::by_hand;
use super::notices::{Trouble, mended, notice};
use super::publish::Made;
use super::reminders::{asking, requests};
use super::training::kept;
use super::{Failure, Installation, Written};
use crate::audit_log::Head;
use crate::calendar::Millis;
use crate::dispatch::File;
use crate::edition::{Due, EditionKey, Trigger};
use crate::ledger::happening::Unsent;
use crate::ledger::{Claim, ClaimError, ClaimRequest, EditionRecord, Ledger, NewDispatch};
use crate::schedule::Agenda;
use std::path::PathBuf;

/// How long a claim is left alone before another process may take it over: longer than any edition takes.
const LEASE: Millis = 15 * 60_000;

/// What makes editions: a press, or in simulations something quicker. Claims, files on the disk and the ledger are not its
/// business.
pub trait Maker {
    /// The installation that it makes editions of.
    fn installation(&self) -> &Installation;

    /// Makes everything of an edition, ready to be recorded. Writes nothing.
    ///
    /// # Errors
    /// What keeps it from being made: nobody gets half a report.
    fn ready(&self, ledger: &Ledger, written: &Written, asked: &Asked, for_whom: &For<'_>) -> Result<Ready, Failure>;

    /// Makes the parts of a divided report that are not made yet, or the one that is asked for, each like a whole one. Which parts
    /// there are is recorded before the first is made.
    ///
    /// # Errors
    /// Only what stops everything.
    fn each(
        &self,
        ledger: &mut Ledger,
        written: &Written,
        asked: &Asked,
        only: Option<&str>,
        run: &mut Run,
        progress: &mut dyn FnMut(&EditionKey, usize),
    ) -> Result<(), Failure>;
}

/// For whom an edition is made.
pub enum For<'p> {
    /// All of it.
    Whole,
    /// A part, by its place; with the others, because all are answered at once.
    Part(&'p Parts<'p>, usize),
}

/// An edition that is made, but neither on the disk nor in the ledger.
pub struct Ready {
    /// The manifest that is signed.
    pub manifest: String,
    /// Digest of the figures.
    pub digest: String,
    /// Head of the log that it was made from.
    pub head: Head,
    /// Its files.
    pub files: Vec<Made>,
    /// What belongs to it but is kept apart, because it tells more than the edition may.
    pub kept: Vec<Made>,
    /// Its messages.
    pub dispatches: Vec<NewDispatch>,
    /// Who is not sent it, and why.
    pub unsent: Vec<Unsent>,
    /// The first instant at which its review is overdue; `None`: none is asked.
    pub review_until: Option<Millis>,
    /// Pages of its PDF.
    pub pages: usize,
    /// What somebody should know of it.
    pub warnings: Vec<String>,
}

/// An edition that was issued.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Which.
    pub key: EditionKey,
    /// Where its files lie.
    pub folder: PathBuf,
    /// Its files.
    pub files: Vec<File>,
    /// How many messages went to the outbox.
    pub messages: usize,
    /// Pages of its PDF.
    pub pages: usize,
    /// What somebody should know of it: glyphs that no font has.
    pub warnings: Vec<String>,
    /// Who is not sent it, and why.
    pub unsent: Vec<Unsent>,
}

/// What one run of `issue` did.
#[derive(Debug, Default)]
pub struct Run {
    /// Editions issued.
    pub issued: Vec<Issued>,
    /// Editions that could not be made, with the reason. Their owners' notices are in the outbox.
    pub failed: Vec<(EditionKey, String)>,
    /// Editions that are too old to be made by themselves; recorded as missed.
    pub missed: Vec<Due>,
    /// Editions that wait for their closing delay or for a source.
    pub waiting: Vec<Due>,
    /// Editions that another process is making.
    pub elsewhere: Vec<EditionKey>,
}

/// How far a run goes that is one of many: a daemon's.
pub struct Reins<'r> {
    /// Editions that failed just now and are left alone for a while.
    pub resting: &'r dyn Fn(&EditionKey) -> bool,
    /// Whether to stop after the edition that is being made.
    pub stop: &'r dyn Fn() -> bool,
}

impl Default for Reins<'_> {
    fn default() -> Self {
        Reins { resting: &|_| false, stop: &|| false }
    }
}

/// Records what was missed, and makes what is due. `progress` is told each edition before it is made.
///
/// # Errors
/// Only what stops everything: a ledger that cannot be written. What concerns one edition is in the [`Run`].
pub fn work_off(
    maker: &dyn Maker,
    ledger: &mut Ledger,
    definitions: &[Written],
    agenda: Agenda,
    reins: &Reins<'_>,
    progress: &mut dyn FnMut(&EditionKey, usize),
) -> Result<Run, Failure> {
    let installation = maker.installation();
    let mut run = Run { waiting: agenda.waiting, ..Run::default() };
    for due in agenda.missed {
        let Some(written) = definitions.iter().find(|w| w.definition.stem == due.key.definition) else { continue };
        let reason = "its time was too long ago for its catch_up";
        let remedy = format!("if it is still wanted, `{}` makes it by hand.", by_hand(&due.key));
        let trouble = Trouble { what: "was missed", reason, remedy: &remedy };
        let now = installation.clock.now();
        let told = notice(installation, &written.definition, &due.key, trouble, now)?;
        if ledger.missed(&due.key, due.at, reason, Some(&told), now)? {
            run.missed.push(due);
        }
    }
    let count = agenda.due.len();
    for (done, due) in agenda.due.into_iter().enumerate() {
        let Some(written) = definitions.iter().find(|w| w.definition.stem == due.key.definition) else { continue };
        if (reins.resting)(&due.key) {
            continue;
        }
        if (reins.stop)() {
            break;
        }
        progress(&due.key, count - done);
        // Those before it may have taken long.
        let late = due.late || installation.clock.now() > due.on_time_until;
        let trigger = if late { Trigger::Late } else { Trigger::Schedule };
        let asked = Asked { key: due.key, period: due.period, due_at: Some(due.at), trigger, without: due.without };
        if is_parts(&asked.key.audience) {
            maker.each(ledger, written, &asked, None, &mut run, progress)?;
        } else {
            make_one(maker, ledger, written, asked, &For::Whole, &mut run)?;
        }
    }
    Ok(run)
}

/// Claims, makes and records one edition; what goes wrong with it is recorded and told to its owner.
pub(super) fn make_one(
    maker: &dyn Maker,
    ledger: &mut Ledger,
    written: &Written,
    asked: Asked,
    for_whom: &For<'_>,
    run: &mut Run,
) -> Result<(), Failure> {
    claimed(maker, ledger, written, asked.clone(), run, |ledger, claim| {
        let (key, installation) = (&asked.key, maker.installation());
        let Ready { manifest, digest, head, files, kept: apart, mut dispatches, unsent, review_until, pages, warnings } =
            maker.ready(ledger, written, &asked, for_whom)?;
        let folder = installation.edition_folder(key);
        // Whoever lost the claim while computing must not touch the files of who has it now.
        ledger.extend(claim, LEASE, installation.clock.now())?;
        place(&folder, &files)?;
        if !apart.is_empty() {
            place(&installation.kept_folder(key), &apart)?;
        }
        let messages = dispatches.len();
        // Who was told that it failed is told that it is mended.
        if ledger.edition_row(key)?.is_some_and(|row| row.failures > 0) {
            dispatches.push(mended(installation, &written.definition, key, installation.clock.now())?);
        }
        let asked = review_until.and_then(|until| asking(&written.definition, until));
        if let Some(asked) = &asked {
            let now = installation.clock.now();
            let requests = requests(installation, &written.definition, key, asked, &dispatches, now)?;
            dispatches.extend(requests);
        }
        let record = EditionRecord {
            manifest_json: manifest,
            figures_digest: digest,
            log_head: format!("{} {}", head.size, head.root),
            owner: written.definition.owner.clone(),
            files: recorded_files(&files, &apart),
            dispatches,
            unsent,
            asked,
        };
        ledger.record(claim, &record, installation.clock.now())?;
        Ok(Issued { key: key.clone(), folder, files: record.files, messages, pages, warnings, unsent: record.unsent })
    })
}

/// Claims an edition and does the work; what goes wrong is recorded and told to its owner.
pub(super) fn claimed(
    maker: &dyn Maker,
    ledger: &mut Ledger,
    written: &Written,
    asked: Asked,
    run: &mut Run,
    work: impl FnOnce(&mut Ledger, &Claim) -> Result<Issued, Failure>,
) -> Result<(), Failure> {
    let installation = maker.installation();
    let now = installation.clock.now();
    let key = asked.key.clone();
    let request = ClaimRequest {
        key: &key,
        due_at: asked.due_at.unwrap_or(now),
        trigger: &asked.trigger,
        by: &installation.account,
        claimer: &installation.claimer.name(),
        lease: LEASE,
        gone: &|other| installation.claimer.is_gone(other),
    };
    let claim = match ledger.claim(&request, now) {
        Ok(claim) => claim,
        Err(ClaimError::AlreadyIssued(_)) => return Ok(()),
        Err(ClaimError::ClaimedByOther { key, .. }) => {
            run.elsewhere.push(key);
            return Ok(());
        }
        Err(ClaimError::Ledger(error)) => return Err(error.into()),
        Err(other) => return Err(Failure::Error(other.to_string())),
    };
    let made = work(ledger, &claim);
    match made {
        Ok(issued) => run.issued.push(issued),
        Err(failure) => {
            let reason = failure.to_string();
            let now = installation.clock.now();
            let again = match &asked.trigger {
                Trigger::Schedule | Trigger::Late => "quarterday issue".to_owned(),
                Trigger::ByHand | Trigger::Backfilled | Trigger::Archived => by_hand(&key),
                Trigger::Revision(_) => format!("{} --revise --reason …", by_hand(&key)),
            };
            let remedy = format!("mend the reason, then run `{again}`;\nthe edition is then made and sent once.");
            let trouble = Trouble { what: "could not be issued", reason: &reason, remedy: &remedy };
            let told = notice(installation, &written.definition, &key, trouble, now)?;
            ledger.fail(&claim, &reason, Some(&told), now)?;
            run.failed.push((key, reason));
        }
    }
    Ok(())
}

/// Files as the ledger records them.
fn recorded_files(files: &[Made], apart: &[Made]) -> Vec<File> {
    let apart = apart.iter().map(|made| File { name: kept(&made.file.name), ..made.file.clone() });
    files.iter().map(|made| made.file.clone()).chain(apart).collect()
}
