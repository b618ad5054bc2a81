//! Verify the log: recomputed whole, held against every copy of a head that can be had, and events proven one by one.

use super::checkpoint::origin;
use super::verify::Check;
use super::{Failure, Installation};
use crate::audit_log::Head;
use crate::audit_log::proof::EventProof;
use crate::audit_log::verdict::LogVerdict;
use crate::calendar::Millis;
use crate::seal::PublicKey;
use crate::seal::checkpoint::verifier_key;
use crate::wording::plain::{moment, number, plural};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What `verify log` found.
#[derive(Clone, Debug, serde::Serialize)]
pub struct LogReport {
    /// Everything recomputed; `None` where there is no log.
    pub verdict: Option<LogVerdict>,
    /// The log itself, then each head that it was held against.
    pub checks: Vec<Check>,
    /// Whether a copy of a head was there at all: without one, nobody can tell that the newest part was cut off.
    pub anchored: bool,
}

/// The proof of an event as it is written to a file. Its format is described in `src/audit_log/PROOF.md`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ProofFile {
    /// Version of the format: 1.
    pub quarterday_event_proof: u32,
    /// The way from the event to the head.
    #[serde(flatten)]
    pub proof: EventProof,
    /// The head as a signed note; `None` if the installation has no key yet.
    pub checkpoint: Option<String>,
    /// The key that the note is checked with.
    pub verifier_key: Option<String>,
}

/// A head that an edition's signed manifest holds.
#[derive(Debug)]
struct Kept {
    edition: String,
    issued_at: Millis,
    head: Head,
}

impl Installation {
    /// Recomputes the log and holds it against the heads in the signed manifests of all editions that lie in `var`, and
    /// against a checkpoint in a file, if one is given.
    ///
    /// # Errors
    /// A log or file that cannot be read at all.
    pub fn verify_log_whole(&self, checkpoint: Option<&Path>, key: Option<&str>) -> Result<LogReport, Failure> {
        if !self.folders.log.is_file() {
            let checks = self.verify_log()?;
            return Ok(LogReport { verdict: None, checks, anchored: false });
        }
        let verdict = self.log()?.verify()?;
        let mut checks = vec![of_verdict(&verdict)];
        let (kept, unsigned) = self.kept_heads();
        let anchored = !kept.is_empty() || checkpoint.is_some();
        checks.extend(unsigned);
        checks.extend(self.against_editions(kept)?);
        if let Some(path) = checkpoint {
            checks.push(self.check_checkpoint(path, key)?);
        }
        Ok(LogReport { verdict: Some(verdict), checks, anchored })
    }

    /// The proof that an event (`BATCH-INDEX`) is in the log, with its head signed where the installation has a key.
    ///
    /// # Errors
    /// No such event, one of a retired day, or one whose way to the head does not hold.
    pub fn event_proof(&self, event: &str) -> Result<ProofFile, Failure> {
        let log = self.log()?;
        let proof = log.proof(event).map_err(|error| match error {
            crate::audit_log::LogError::Refused(why) => Failure::Asked(why),
            other => other.into(),
        })?;
        let (mut checkpoint, mut public) = (None, None);
        if let Some(key) = crate::config::existing_key(&self.folders.key)? {
            let name = origin(&key.public());
            let failed = |error: crate::seal::SealError| Failure::Error(error.to_string());
            let of_head = log.checkpoint(&name)?;
            // Another process may have added to the log since.
            if of_head.size == proof.head.size {
                checkpoint = Some(of_head.sign(&name, &key).map_err(failed)?);
                public = Some(verifier_key(&name, &key.public()).map_err(failed)?);
            }
        }
        Ok(ProofFile { quarterday_event_proof: 1, proof, checkpoint, verifier_key: public })
    }

    /// Heads of the signed manifests in the editions' folders, and what is wrong with those that are not rightly signed.
    fn kept_heads(&self) -> (Vec<Kept>, Vec<Check>) {
        let own = crate::config::existing_key(&self.folders.key).ok().flatten().map(|key| key.public());
        let (mut kept, mut wrong) = (Vec::new(), Vec::new());
        for folder in self.edition_folders() {
            match read_head(&folder, own.as_ref()) {
                Ok(found) => kept.extend(found),
                Err(why) => {
                    let name = folder.strip_prefix(&self.folders.editions).unwrap_or(&folder).display().to_string();
                    wrong.push(Check::of(format!("head in the manifest of {name}"), false, why));
                }
            }
        }
        (kept, wrong)
    }

    /// Every folder of an edition, whatever the ledger says of it; those that are being made are none.
    pub(super) fn edition_folders(&self) -> Vec<PathBuf> {
        let list = |folder: &Path| -> Vec<PathBuf> {
            let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
            let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            folders.retain(|path| path.is_dir() && path.extension().is_none_or(|ending| ending != "being-made"));
            folders.sort();
            folders
        };
        list(&self.folders.editions).iter().flat_map(|definition| list(definition)).collect()
    }

    /// The newest head that holds, with how many older ones do; and each that does not.
    fn against_editions(&self, mut kept: Vec<Kept>) -> Result<Vec<Check>, Failure> {
        kept.sort_by(|a, b| (a.issued_at, &a.edition).cmp(&(b.issued_at, &b.edition)));
        let log = self.log()?;
        let mut roots: BTreeMap<u64, Option<Head>> = BTreeMap::new();
        let (mut checks, mut good) = (Vec::new(), Vec::new());
        for one in kept {
            let size = one.head.size;
            let now = match roots.get(&size) {
                Some(now) => now.clone(),
                None => roots.entry(size).or_insert(log.head_at(size)?).clone(),
            };
            let records = plural(size as i64, "record", "records");
            let what = format!("head in edition {} of {}", one.edition, moment(one.issued_at, &self.config.timezone));
            match now {
                Some(now) if now == one.head => good.push((what, records)),
                Some(_) => checks.push(Check::of(
                    what,
                    false,
                    format!("the first {records} of the log are not those that it was made from: the log was rebuilt"),
                )),
                None => checks.push(Check::of(
                    what,
                    false,
                    format!("it was made from {records}, and the log has fewer: its newest part was cut off"),
                )),
            }
        }
        if let Some((what, records)) = good.pop() {
            let older = match good.len() {
                0 => String::new(),
                older => format!(
                    "; so it does with the heads in {}",
                    plural(older as i64, "older edition", "older editions")
                ),
            };
            checks.push(Check::of(what, true, format!("the log still begins with these {records}{older}")));
        }
        Ok(checks)
    }
}

/// What recomputing came to, in words.
pub(super) fn of_verdict(verdict: &LogVerdict) -> Check {
    let count = |events: u64| number(i64::try_from(events).unwrap_or(i64::MAX));
    match &verdict.fault {
        None => {
            let retired = match verdict.retired {
                0 => String::new(),
                retired => format!(" ({} more were retired; the roots of their days hold)", count(retired)),
            };
            Check::of(
                "log",
                true,
                format!(
                    "{} events in {}{retired}, head {} {}",
                    verdict.events,
                    plural(verdict.batches as i64, "batch", "batches"),
                    verdict.head.size,
                    verdict.head.root
                ),
            )
        }
        Some(fault) => Check::of(
            "log",
            false,
            format!(
                "{fault}. That is the first thing that does not; before it {} with {} events hold. Nothing of this log can be \
                 relied on behind it: bring it back from a backup, and hold that against a head kept elsewhere",
                plural(verdict.batches as i64, "batch", "batches"),
                count(verdict.events)
            ),
        ),
    }
}

/// The head that a manifest holds; `None` where a folder has no manifest. Error: what is wrong with it.
fn read_head(folder: &Path, own: Option<&PublicKey>) -> Result<Option<Kept>, String> {
    let Ok(manifest) = std::fs::read(folder.join("manifest.json")) else { return Ok(None) };
    let signature = std::fs::read_to_string(folder.join("manifest.sig")).map_err(|_| "it is not signed".to_owned())?;
    let mut words = signature.split_whitespace();
    let (Some("ed25519"), Some(public), Some(signed)) = (words.next(), words.next(), words.next()) else {
        return Err("its signature cannot be read".to_owned());
    };
    let public = PublicKey::parse(public).map_err(|_| "its signature cannot be read".to_owned())?;
    let signed = hex::decode(signed).map_err(|_| "its signature cannot be read".to_owned())?;
    public.verify(&manifest, &signed).map_err(|_| "its signature does not fit".to_owned())?;
    if own.is_some_and(|own| *own != public) {
        return Err("it is signed by another key than this installation's".to_owned());
    }
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).map_err(|_| "it cannot be read".to_owned())?;
    let text = |name: &str| manifest.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let head = manifest.get("log_head").cloned().and_then(|head| serde_json::from_value::<Head>(head).ok());
    let issued_at = manifest.get("issued_at").and_then(serde_json::Value::as_i64);
    match (text("edition"), issued_at, head) {
        (Some(edition), Some(issued_at), Some(head)) => Ok(Some(Kept { edition, issued_at, head })),
        _ => Err("it names no edition, time and head".to_owned()),
    }
}
