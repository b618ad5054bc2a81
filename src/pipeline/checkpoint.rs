//! Checkpoint: the head of the log as a signed note (C2SP tlog-checkpoint) to be kept elsewhere, and the log held against one.

use super::verify::Check;
use super::{Failure, Installation};
use crate::seal::checkpoint::{parse_verifier_key, verifier_key};
use crate::seal::{Checkpoint, PublicKey, SealError};
use std::path::Path;

/// A checkpoint that was signed now.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Signed {
    /// Name of the log: `quarterday.log/` and the first 16 digits of the key's fingerprint.
    pub origin: String,
    /// Records of the log.
    pub size: u64,
    /// RFC 6962 root over them, hex.
    pub root: String,
    /// The signed note: what is kept.
    pub note: String,
    /// The key that it is checked with, as signed notes write it: `NAME+ID+BASE64`.
    pub verifier_key: String,
}

/// The name of the log that a key signs. It is made of the key, so that no two installations share one.
pub fn origin(key: &PublicKey) -> String {
    format!("quarterday.log/{}", key.fingerprint().hex().chars().take(16).collect::<String>())
}

impl Installation {
    /// A checkpoint of the log as it stands now. Makes the installation's key where there is none yet.
    ///
    /// # Errors
    /// No log; a key that cannot be read or made.
    pub fn checkpoint(&self) -> Result<Signed, Failure> {
        let log = self.log()?;
        let key = self.key()?;
        let origin = origin(&key.public());
        let checkpoint = log.checkpoint(&origin)?;
        let failed = |error: SealError| Failure::Error(format!("the checkpoint cannot be signed: {error}"));
        Ok(Signed {
            size: checkpoint.size,
            root: checkpoint.root.hex(),
            note: checkpoint.sign(&origin, &key).map_err(failed)?,
            verifier_key: verifier_key(&origin, &key.public()).map_err(failed)?,
            origin,
        })
    }

    /// The key that this installation's checkpoints are checked with, as signed notes write it. Makes the key where there
    /// is none yet.
    ///
    /// # Errors
    /// A key that cannot be read or made.
    pub fn verifier_key(&self) -> Result<String, Failure> {
        let public = self.key()?.public();
        verifier_key(&origin(&public), &public).map_err(|error| Failure::Error(error.to_string()))
    }

    /// Holds the log against a checkpoint in a file: its signature, and that the log still begins with it. `key`: another
    /// verifier key than this installation's (from paper, or of a key that was replaced).
    ///
    /// # Errors
    /// A file that cannot be read; a verifier key that is none; no log, no key.
    pub fn check_checkpoint(&self, path: &Path, key: Option<&str>) -> Result<Check, Failure> {
        let what = format!("checkpoint {}", path.display());
        let bytes = std::fs::read(path)
            .map_err(|error| Failure::Error(format!("{} cannot be read: {error}", path.display())))?;
        let (name, public) = self.checking_key(key)?;
        let Ok(text) = String::from_utf8(bytes) else {
            return Ok(Check::of(what, false, "it is no checkpoint: not text in UTF-8"));
        };
        let checkpoint = match Checkpoint::open(&text, &name, &public) {
            Ok(checkpoint) => checkpoint,
            Err(error) => return Ok(Check::of(what, false, not_ours(&text, &name, &error))),
        };
        // The same key could sign for several logs: the name in the signed text says for which.
        if checkpoint.origin != name {
            let words = format!("it is of the log {}, and this one is {name}", checkpoint.origin);
            return Ok(Check::of(what, false, words));
        }
        let records = crate::wording::plain::plural(checkpoint.size as i64, "record", "records");
        Ok(match self.log()?.check_against(&checkpoint)? {
            None => Check::of(what, true, format!("the log still begins with the {records} that it vouches for")),
            Some(fault) => Check::of(what, false, fault.what),
        })
    }

    fn checking_key(&self, key: Option<&str>) -> Result<(String, PublicKey), Failure> {
        if let Some(text) = key {
            return parse_verifier_key(text)
                .map_err(|error| Failure::Asked(format!("`{text}` is no verifier key (NAME+ID+BASE64): {error}")));
        }
        match crate::config::existing_key(&self.folders.key)? {
            Some(key) => Ok((origin(&key.public()), key.public())),
            None => Err(Failure::Error(format!(
                "{} is not there, so nothing tells who signed: give the key that was printed with the checkpoint as --key",
                self.shown(&self.folders.key)
            ))),
        }
    }
}

/// Why a note is no checkpoint of this log, in words that tell a damaged one from another one's.
fn not_ours(text: &str, name: &str, error: &SealError) -> String {
    let first = text.lines().next().unwrap_or_default();
    match error {
        SealError::Malformed(why) => format!("it is damaged, or no checkpoint: {why}"),
        SealError::Broken(_) if !text.contains(&format!("\u{2014} {name} ")) => {
            format!("it is not signed by this log's key: it is a checkpoint of `{first}`, and this log is `{name}`")
        }
        SealError::Broken(why) => format!("{why}: it was changed after it was signed, or another key signed it"),
    }
}
