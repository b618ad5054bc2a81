//! Verify: recomputes what can be recomputed and compares: the log, the ledger, an edition's files, manifest and signature.

use super::publish::Hinge;
use super::verify_log::of_verdict;
use super::{Failure, Installation};
use crate::audit_log::{AuditLog, Lens};
use crate::edition::EditionKey;
use crate::ledger::{EditionRetired, Ledger, Verdict};
use crate::seal::{PublicKey, sha256_hex};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// One thing that was checked.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Check {
    /// What.
    pub what: String,
    /// Whether it holds; `None`: it was not checked, and `words` say why.
    pub holds: Option<bool>,
    /// What was found.
    pub words: String,
}

impl Check {
    pub(super) fn of(what: impl Into<String>, holds: bool, words: impl Into<String>) -> Check {
        Check { what: what.into(), holds: Some(holds), words: words.into() }
    }
}

impl Installation {
    /// Facts and figures of an issued edition, and the SHA-256 of the file that holds them.
    ///
    /// # Errors
    /// A file that is gone, damaged, or not the one that was issued.
    pub fn stored_hinge(&self, ledger: &Ledger, key: &EditionKey) -> Result<(Hinge, String), Failure> {
        self.still_kept(ledger, key)?;
        let path = self.edition_folder(key).join("figures.json");
        let bytes = std::fs::read(&path)
            .map_err(|error| Failure::Error(format!("{} cannot be read: {error}", path.display())))?;
        let digest = sha256_hex(&bytes);
        let recorded = ledger.edition(key)?.map(|record| record.figures_digest);
        if recorded.as_ref().is_some_and(|recorded| *recorded != digest) {
            return Err(Failure::Error(format!(
                "{} is not the file that was issued: its SHA-256 differs",
                path.display()
            )));
        }
        let hinge = super::before::read(&bytes, &digest).map_err(|_| {
            Failure::Error(format!(
                "{} was written by a version with another layout: this one cannot read it",
                path.display()
            ))
        })?;
        Ok((*hinge, digest))
    }

    /// How many events arrived for the period of an issued edition after it was issued; of a part, events of that part.
    ///
    /// # Errors
    /// As [`Installation::stored_hinge`]; a log that cannot be read.
    pub fn late_rows(
        &self,
        ledger: &Ledger,
        log: &dyn AuditLog,
        lens: &Lens,
        key: &EditionKey,
    ) -> Result<u64, Failure> {
        let (hinge, _) = self.stored_hinge(ledger, key)?;
        self.late_of(&hinge, log, lens)
    }

    /// The same, of an edition whose figures are known.
    pub(super) fn late_of(&self, hinge: &Hinge, log: &dyn AuditLog, lens: &Lens) -> Result<u64, Failure> {
        let period = &hinge.figures.period;
        if hinge.facts.training.is_some() {
            // Its dates are moved; what arrived late is told by the edition of the whole.
            return Ok(0);
        }
        let now: u64 = match &hinge.facts.part {
            None => log.batch_counts(period.span)?.values().sum(),
            Some(part) => {
                let zone = self.rules.zone(&period.zone);
                let zone = zone.ok_or_else(|| Failure::Error(format!("the zone rules do not know {}", period.zone)))?;
                super::audiences::count(log, lens, part, period.span, &zone)?
            }
        };
        let then = u64::try_from(hinge.figures.reconciliation.log).unwrap_or(0);
        Ok(now.saturating_sub(then))
    }

    /// Checks the log, from its stored bytes to its head.
    ///
    /// # Errors
    /// A log that cannot be read at all.
    pub fn verify_log(&self) -> Result<Vec<Check>, Failure> {
        if !self.folders.log.is_file() {
            // Made anew it would hold, and nobody would miss the one that is gone.
            let words = format!("there is none: {} is not there", self.shown(&self.folders.log));
            return Ok(vec![self.absent("log", words)]);
        }
        Ok(vec![of_verdict(&self.log()?.verify()?)])
    }

    /// Checks the ledger's chain and its state.
    ///
    /// # Errors
    /// A ledger that cannot be read at all.
    pub fn verify_ledger(&self, ledger: &Ledger) -> Result<Check, Failure> {
        Ok(match ledger.verify()? {
            Verdict::Holds(head) => Check::of("ledger", true, format!("{} entries, head {}", head.n, head.hash)),
            Verdict::Broken { entry, why } => Check::of("ledger", false, format!("entry {entry}: {why}")),
        })
    }

    /// A ledger to be verified: only one that is there. `None`, and what to say of it, where there is none.
    ///
    /// # Errors
    /// A ledger that cannot be read; an installation that has neither log nor ledger, so that nothing can be verified.
    pub fn ledger_to_verify(&self) -> Result<(Option<Ledger>, Vec<Check>), Failure> {
        if self.folders.ledger.is_file() {
            let ledger = self.ledger_to_read()?;
            let mut checks = vec![self.verify_ledger(&ledger)?];
            checks.extend(self.unknown_editions(&ledger)?);
            return Ok((Some(ledger), checks));
        }
        self.something_to_verify()?;
        let words = format!("there is none: {} is not there", self.shown(&self.folders.ledger));
        Ok((None, vec![self.absent("ledger", words)]))
    }

    /// # Errors
    /// An installation that has neither log nor ledger nor editions: most likely it is none.
    pub fn something_to_verify(&self) -> Result<(), Failure> {
        if self.folders.log.is_file() || self.folders.ledger.is_file() || self.folders.editions.exists() {
            return Ok(());
        }
        let var = self.folders.var.display();
        Err(Failure::Error(format!(
            "there is nothing to verify: {var} has neither a log nor a ledger; is this the installation's folder?"
        )))
    }

    /// Editions that lie in their folder and that the ledger knows nothing of: a ledger without its newest entries, or
    /// another one, verifies by itself. One that was being made when the program died is known as claimed or failed.
    fn unknown_editions(&self, ledger: &Ledger) -> Result<Vec<Check>, Failure> {
        let rows = ledger.editions(&crate::ledger::history::Filter::default())?;
        let known: BTreeSet<PathBuf> = rows.iter().map(|row| self.edition_folder(&row.key)).collect();
        let unknown = self.edition_folders().into_iter().filter(|folder| !known.contains(folder));
        let words = "it lies there, but the ledger knows nothing of it: the ledger is not the one that it was, or the folder \
                     was put there by hand";
        Ok(unknown.map(|folder| Check::of(format!("edition in {}", self.shown(&folder)), false, words)).collect())
    }

    /// What is not there does not hold, unless nothing was issued yet.
    fn absent(&self, what: &str, words: String) -> Check {
        let issued = self.folders.editions.exists();
        Check { what: what.to_owned(), holds: issued.then_some(false), words }
    }

    /// Checks an edition that is kept: each file against the ledger and the manifest, the manifest's signature, and, under the same
    /// version of the program, that setting it again gives the same bytes.
    ///
    /// # Errors
    /// An edition that the ledger does not know.
    pub fn verify_edition(&self, ledger: &Ledger, key: &EditionKey) -> Result<Vec<Check>, Failure> {
        let record = ledger.edition(key)?.ok_or_else(|| Failure::Error(format!("{key} is not issued")))?;
        if let Some(retired) = ledger.retired(key)? {
            return Ok(vec![self.gone(&retired), self.anchored(&record.log_head)?]);
        }
        let mut checks = Vec::new();
        let mut found: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for file in &record.files {
            let what = format!("file {}", file.name);
            match std::fs::read(self.file_of(key, &file.name)) {
                Ok(bytes) => {
                    let same = sha256_hex(&bytes) == file.sha256;
                    let words = if same { "as issued".to_owned() } else { "changed since it was issued".to_owned() };
                    checks.push(Check::of(what, same, words));
                    found.insert(super::training::plain(&file.name).to_owned(), bytes);
                }
                Err(error) => checks.push(Check::of(what, false, format!("cannot be read: {error}"))),
            }
        }
        let manifest = found.get("manifest.json").map(Vec::as_slice).unwrap_or_default();
        let same = manifest == record.manifest_json.as_bytes();
        checks.push(Check::of("manifest", same, if same { "as in the ledger" } else { "not the one in the ledger" }));
        checks.push(self.signature(manifest, found.get("manifest.sig").map(Vec::as_slice).unwrap_or_default()));
        checks.push(self.anchored(&record.log_head)?);
        checks.extend(self.set_again(&found)?);
        checks.extend(self.verify_records(ledger, key)?);
        Ok(checks)
    }

    /// The files of an edition that was removed by retention: there is nothing to be checked, and nothing may be left.
    fn gone(&self, retired: &EditionRetired) -> Check {
        let words = self.retired_words(retired);
        if self.edition_folder(&retired.key).exists() || self.kept_folder(&retired.key).exists() {
            let words = format!("{words}; but some still lie there: `quarterday retire` removes them");
            return Check::of("files", false, words);
        }
        Check { what: "files".to_owned(), holds: None, words }
    }

    /// Whether the log of today still begins with the one that the edition was made from.
    fn anchored(&self, recorded: &str) -> Result<Check, Failure> {
        let what = "head of the log";
        let Some((size, root)) =
            recorded.split_once(' ').and_then(|(size, root)| Some((size.parse::<u64>().ok()?, root)))
        else {
            return Ok(Check::of(what, false, format!("the ledger's `{recorded}` cannot be read")));
        };
        if !self.folders.log.is_file() {
            return Ok(Check::of(what, false, "there is no log that could have it"));
        }
        Ok(match self.log()?.head_at(size)? {
            Some(head) if head.root == root => Check::of(what, true, format!("the log still has it at {size} records")),
            Some(_) => Check::of(what, false, format!("the log has another root at {size} records: it was rebuilt")),
            None => Check::of(what, false, format!("the log has fewer than {size} records: its newest part is gone")),
        })
    }

    /// The manifest's signature, by this installation's key.
    fn signature(&self, manifest: &[u8], written: &[u8]) -> Check {
        self.signed("the manifest", manifest, written)
    }

    /// The signature of something, by this installation's key.
    pub(super) fn signed(&self, what: &str, text: &[u8], written: &[u8]) -> Check {
        let parts: Vec<String> = String::from_utf8_lossy(written).split_whitespace().map(str::to_owned).collect();
        let [kind, public, signature] = parts.as_slice() else {
            return Check::of("signature", false, format!("that of {what} cannot be read"));
        };
        let (Ok(public), Ok(bytes)) = (PublicKey::parse(public), hex::decode(signature)) else {
            return Check::of("signature", false, format!("that of {what} cannot be read"));
        };
        if kind != "ed25519" || public.verify(text, &bytes).is_err() {
            return Check::of("signature", false, format!("does not fit {what}"));
        }
        match crate::config::existing_key(&self.folders.key) {
            Ok(Some(own)) if own.public().hex() == public.hex() => {
                Check::of("signature", true, format!("Ed25519 by this installation's key {}", public.hex()))
            }
            Ok(Some(_)) => {
                Check::of("signature", false, format!("by another key than this installation's: {}", public.hex()))
            }
            Ok(None) | Err(_) => Check {
                what: "signature".to_owned(),
                holds: None,
                words: format!("fits the key {}, but this installation's key cannot be read", public.hex()),
            },
        }
    }
}
