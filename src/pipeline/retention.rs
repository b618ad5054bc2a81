//! Retention: old editions removed, as far as the settings' policy of each report allows it and no legal hold stands; and
//! the holds themselves.

use super::{Failure, Installation};
use crate::calendar::Millis;
use crate::config::{FILE, Kept};
use crate::edition::EditionKey;
use crate::ledger::history::{EditionRow, Filter, Status};
use crate::ledger::hold::{Covered, Hold};
use crate::ledger::{EditionRetired, Ledger, LedgerError};
use crate::wording::plain::moment;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::path::Path;

/// What a person asks for.
#[derive(Clone, Debug)]
pub struct RetiringEditions {
    /// Of this report; `None`: of every one.
    pub report: Option<String>,
    /// Those issued before this civil day, in the installation's zone; `None`: as many as the policies allow.
    pub before: Option<NaiveDate>,
    /// Why.
    pub reason: String,
}

/// An edition that is old enough.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct OldEdition {
    /// Which, as text.
    pub edition: String,
    /// When it was issued.
    pub issued_at: Millis,
    /// How long editions of its report are kept, in words.
    pub policy: String,
    /// Its files that are there, and its messages in the ledger.
    pub files: u64,
    /// How many messages the ledger has of it.
    pub messages: u64,
    /// The bytes of both.
    pub bytes: u64,
    /// Why it stays all the same; `None`: it goes.
    pub stays: Option<String>,
}

/// What was removed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct EditionsRetired {
    /// Edition by edition; those that stay say why.
    pub editions: Vec<OldEdition>,
    /// Editions that were retired before and whose files were still there: an earlier run ended half way.
    pub finished: Vec<String>,
    /// Size of the ledger's file before and after, in bytes.
    pub bytes: (u64, u64),
    /// Set where that file could not be written anew, and why.
    pub not_compacted: Option<String>,
}

impl Installation {
    /// Which editions would be removed, and which are old enough and stay.
    ///
    /// # Errors
    /// A report that is none or has no policy; a policy that does not allow what is asked: then nothing is told.
    pub fn would_retire_editions(&self, ledger: &Ledger, asked: &RetiringEditions) -> Result<Vec<OldEdition>, Failure> {
        let old = self.old_editions(ledger, asked)?;
        old.into_iter().map(|(_, old)| Ok(old)).collect()
    }

    /// Removes them: each is recorded, then its messages and files go. If the program dies meanwhile, the rest is done by
    /// asking again.
    ///
    /// # Errors
    /// As [`would_retire_editions`](Self::would_retire_editions); then nothing at all is removed. A file that cannot be.
    pub fn retire_editions(&self, ledger: &mut Ledger, asked: &RetiringEditions) -> Result<EditionsRetired, Failure> {
        let found = self.old_editions(ledger, asked)?;
        let size = || std::fs::metadata(&self.folders.ledger).map_or(0, |file| file.len());
        let before = size();
        let mut finished = Vec::new();
        for retired in ledger.retirements()? {
            if self.remove_files(&retired.key)? {
                finished.push(retired.key.to_string());
            }
        }
        let mut editions = Vec::new();
        for (key, mut old) in found {
            if old.stays.is_none() {
                match ledger.retire_edition(&key, &old.policy, &self.account, asked.reason.trim(), self.clock.now()) {
                    Ok(_) => drop(self.remove_files(&key)?),
                    // Since it was looked at, somebody began a hold, retried its mail or retired it.
                    Err(LedgerError::Refused(why)) => old.stays = Some(why),
                    Err(error) => return Err(error.into()),
                }
            }
            editions.push(old);
        }
        let not_compacted = ledger.compact().err().map(|error| error.to_string());
        Ok(EditionsRetired { editions, finished, bytes: (before, size()), not_compacted })
    }

    /// The editions that are old enough, by the time of their issue. Every refusal is said at once.
    fn old_editions(
        &self,
        ledger: &Ledger,
        asked: &RetiringEditions,
    ) -> Result<Vec<(EditionKey, OldEdition)>, Failure> {
        if one_line(&asked.reason).is_none() {
            return Err(Failure::Asked(
                "say why, in one line, as in --reason \"kept as long as the policy says\"".to_owned(),
            ));
        }
        let today = self.config.timezone.civil(self.clock.now()).date();
        if asked.before.is_some_and(|before| before > today) {
            let before = asked.before.unwrap_or(today);
            return Err(Failure::Asked(format!("{before} has not come yet: nothing after today can be retired")));
        }
        if let Some(report) = &asked.report {
            self.known_report(ledger, report)?;
        }
        // Under a name that is none nothing would be kept, and what was meant to be kept would go.
        for report in self.config.keep_editions.reports.keys() {
            self.known_report(ledger, report).map_err(|failure| match failure {
                Failure::Asked(why) => Failure::Asked(format!("`keep` in {FILE}: {why}")),
                other => other,
            })?;
        }
        let filter = Filter { definition: asked.report.clone(), status: Some(Status::Issued), ..Filter::default() };
        let holds = ledger.holds()?;
        let (mut old, mut refused) = (Vec::new(), BTreeSet::new());
        let retired: BTreeSet<EditionKey> = ledger.retirements()?.into_iter().map(|retired| retired.key).collect();
        for row in ledger.editions(&filter)?.into_iter().filter(|row| !retired.contains(&row.key)) {
            let issued = self.config.timezone.civil(row.at).date();
            match self.policy(&row.key.definition, issued, today, asked.before) {
                Ok(Some(policy)) => old.push(self.old(ledger, row, policy, &holds)?),
                Ok(None) => {}
                Err(why) => drop(refused.insert(why)),
            }
        }
        if !refused.is_empty() {
            return Err(Failure::Asked(refused.into_iter().collect::<Vec<_>>().join("\n")));
        }
        if old.is_empty() && self.config.keep_editions == crate::config::KeepEditions::default() {
            return Err(Failure::Asked(format!(
                "there is no policy, so no edition may be retired: write how long they are kept in {FILE}, as in \
                 `keep: {{ editions: 7 years }}`"
            )));
        }
        Ok(old)
    }

    /// The policy under which an edition of that day goes; `None`: it is not asked for, or kept without being asked. The
    /// words say why what is asked for is not allowed.
    fn policy(
        &self,
        report: &str,
        issued: NaiveDate,
        today: NaiveDate,
        before: Option<NaiveDate>,
    ) -> Result<Option<Kept>, String> {
        let policy = self.config.keep_editions.of(report);
        let until = policy.map(|kept| kept.until(today));
        let Some(before) = before else {
            return Ok(policy.filter(|_| until.flatten().is_some_and(|until| issued < until)));
        };
        match (policy, until) {
            _ if issued >= before => Ok(None),
            (Some(kept), Some(Some(until))) if before <= until => Ok(Some(kept)),
            (Some(kept), Some(Some(until))) => Err(format!(
                "{report} keeps its editions {kept} (`keep` in {FILE}): those issued before {until} may be retired, and \
                 {before} is later. Write --before {until}, or change the policy"
            )),
            (Some(_), _) => Err(format!("{report} keeps its editions for ever (`keep` in {FILE})")),
            (None, _) => Err(format!(
                "{report} has no policy, so no edition of it may be retired: write how long they are kept in {FILE}, as in \
                 `keep: {{ editions: {{ {report}: 7 years }} }}`"
            )),
        }
    }

    fn old(
        &self,
        ledger: &Ledger,
        row: EditionRow,
        policy: Kept,
        holds: &[Hold],
    ) -> Result<(EditionKey, OldEdition), Failure> {
        let key = row.key;
        let messages = ledger.messages(&key)?;
        let hold = holds.iter().find(|hold| hold.released.is_none() && hold.covers.edition(&key));
        let stays = match hold {
            Some(hold) => Some(format!("legal hold {} ({}): {}", hold.number, hold.covers, hold.reason)),
            None if messages.open > 0 => Some(
                "mail of it is neither sent nor cancelled: `quarterday outbox list` has it, `outbox cancel` ends it"
                    .to_owned(),
            ),
            None => None,
        };
        let record = ledger.edition(&key)?;
        let files = record.map(|record| record.files).unwrap_or_default();
        let sizes = files.iter().filter_map(|file| std::fs::metadata(self.file_of(&key, &file.name)).ok());
        let sizes: Vec<u64> = sizes.map(|file| file.len()).collect();
        let old = OldEdition {
            edition: key.to_string(),
            issued_at: row.at,
            policy: policy.to_string(),
            files: sizes.len() as u64,
            messages: messages.count,
            bytes: sizes.iter().sum::<u64>().saturating_add(messages.bytes),
            stays,
        };
        Ok((key, old))
    }

    /// A report that is neither written nor in the ledger is a slip of the hand. One whose definition is gone has a history.
    ///
    /// # Errors
    /// It is none; a ledger or folder that cannot be read.
    pub fn known_report(&self, ledger: &Ledger, report: &str) -> Result<(), Failure> {
        let names = self.report_names(ledger)?;
        if names.contains(report) {
            return Ok(());
        }
        let names: Vec<String> = names.into_iter().collect();
        let hint =
            if names.is_empty() { "there is none".to_owned() } else { format!("there are: {}", names.join(", ")) };
        Err(Failure::Asked(format!("there is no report `{report}`; {hint}")))
    }

    /// Every report that is written, or of which there is an edition.
    fn report_names(&self, ledger: &Ledger) -> Result<BTreeSet<String>, Failure> {
        let issued = ledger.editions(&Filter::default())?.into_iter().map(|row| row.key.definition);
        let files = self.definition_files()?;
        let written = files.iter().filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()));
        Ok(issued.chain(written).collect())
    }

    /// Removes what lies there of an edition; whether anything did.
    fn remove_files(&self, key: &EditionKey) -> Result<bool, Failure> {
        let mut found = false;
        for folder in [self.edition_folder(key), self.kept_folder(key)] {
            if !folder.is_dir() {
                continue;
            }
            found = true;
            let cannot = |error| Failure::Error(format!("{} cannot be removed: {error}", folder.display()));
            std::fs::remove_dir_all(&folder).map_err(cannot)?;
            folder.parent().map(sync).transpose().map_err(cannot)?;
        }
        Ok(found)
    }

    /// That an edition was removed by retention, as a sentence's end: `removed by retention on 1 Dec 2026 08:30 by ann …`.
    pub fn retired_words(&self, retired: &EditionRetired) -> String {
        let EditionRetired { policy, reason, by, at, .. } = retired;
        format!("removed by retention on {} by {by} (kept {policy}): {reason}", moment(*at, &self.config.timezone))
    }

    /// # Errors
    /// The edition was removed by retention: whoever needs its files is told so.
    pub(super) fn still_kept(&self, ledger: &Ledger, key: &EditionKey) -> Result<(), Failure> {
        match ledger.retired(key)? {
            None => Ok(()),
            Some(retired) => Err(Failure::Error(format!("{key} was {}", self.retired_words(&retired)))),
        }
    }

    /// Begins a legal hold.
    ///
    /// # Errors
    /// No reason; a report that is none; a span that ends before it begins.
    pub fn add_hold(&self, ledger: &mut Ledger, covers: &Covered, reason: &str) -> Result<Hold, Failure> {
        let reason = held_reason(reason)?;
        if let (Some(from), Some(to)) = (covers.from, covers.to)
            && from > to
        {
            return Err(Failure::Asked(format!("{from} is after {to}: write the earlier day with --from")));
        }
        if let Some(report) = &covers.report {
            self.known_report(ledger, report)?;
        }
        Ok(ledger.hold(covers, &self.account, reason, self.clock.now())?)
    }

    /// Ends a legal hold.
    ///
    /// # Errors
    /// No reason; a hold that is none, or was released before.
    pub fn release_hold(&self, ledger: &mut Ledger, number: i64, reason: &str) -> Result<Hold, Failure> {
        let reason = held_reason(reason)?;
        match ledger.release_hold(number, &self.account, reason, self.clock.now()) {
            Err(LedgerError::Absent(_)) => {
                Err(Failure::Asked(format!("there is no hold {number}; `quarterday hold list --all` has all")))
            }
            Err(LedgerError::Refused(why)) => Err(Failure::Asked(why)),
            done => Ok(done?),
        }
    }

    /// The hold that keeps events of days before one in the log, if there is one.
    pub(super) fn holds_events(&self, before: NaiveDate) -> Result<Option<Hold>, Failure> {
        let holds = self.ledger_to_read()?.holds()?;
        Ok(holds.into_iter().find(|hold| hold.released.is_none() && hold.covers.events_before(before)))
    }
}

fn held_reason(reason: &str) -> Result<&str, Failure> {
    one_line(reason).ok_or_else(|| {
        Failure::Asked(
            "a legal hold is recorded with its reason, one line of at most 500 characters: --reason \"…\"".to_owned(),
        )
    })
}

/// A reason as it is recorded: something, in one line that stays readable in a list.
pub(super) fn one_line(reason: &str) -> Option<&str> {
    let reason = reason.trim();
    let fits = !reason.is_empty() && !reason.chars().any(char::is_control) && reason.chars().count() <= 500;
    fits.then_some(reason)
}

/// Removals must outlive a power cut.
fn sync(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { std::fs::File::open(folder)?.sync_all() } else { Ok(()) }
}
