//! Arrivals: files that something puts into a folder come into the log, each once, and are moved away if that is wished.
//!
//! A file is known by its SHA-256 among the source's batches. What is remembered beside the log ([`Memory`]) only saves
//! work and words: digests of files that did not change, and failures that were told already.

use super::collect::{Asker, Collected, Said};
use super::import::AUTO;
use super::{Failure, Installation};
use crate::audit_log::Batch;
use crate::calendar::Millis;
use crate::clock::Clock;
use crate::collect::write_whole;
use crate::config::{After, Arrives};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A file that changed less than so long ago may still be being written.
const SETTLED: Millis = 60_000;

/// Endings of names under which programs keep what they have not finished.
const UNFINISHED: [&str; 7] = [".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart"];

/// What is remembered of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// Files by name, as they were when they were looked at the last time.
    #[serde(default)]
    looked: BTreeMap<String, Looked>,
    /// Files that could not be imported, by SHA-256.
    #[serde(default)]
    refused: BTreeMap<String, Refused>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Looked {
    bytes: u64,
    changed: Millis,
    /// Of a file that was read.
    sha256: Option<String>,
}

/// A file that could not be imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Refused {
    /// Its name.
    pub(super) file: String,
    /// Why.
    pub(super) why: String,
    /// SHA-256 of the mapping through which it was read, or `auto`: through another one it is tried again.
    mapping: String,
}

/// A file of the folder.
struct Arrival {
    name: String,
    path: PathBuf,
    bytes: u64,
    changed: Millis,
}

impl Installation {
    pub(super) fn take_arrivals(
        &self,
        source: &str,
        arrives: &Arrives,
        asker: Asker,
        collected: &mut Collected,
    ) -> Result<(), Failure> {
        let folder = self.folders.home.join(&arrives.folder);
        let mapping = match arrives.mapping.as_str() {
            AUTO => AUTO.to_owned(),
            name => self.mapping(name)?.sha256,
        };
        let mut memory = self.arrivals_memory(source);
        let before = memory.clone();
        let arrivals = arrivals(&folder, arrives)?;
        memory.looked.retain(|name, _| arrivals.iter().any(|arrival| arrival.name == *name));
        let mut known = shas(&self.batches()?, source);
        let now = Clock::System.now();
        for arrival in arrivals {
            let left = |why: &str| Said { file: arrival.name.clone(), why: why.to_owned() };
            let as_before = memory
                .looked
                .get(&arrival.name)
                .filter(|looked| (looked.bytes, looked.changed) == (arrival.bytes, arrival.changed))
                .cloned();
            // Somebody who asks by hand knows that the file is there; two looks must do.
            let may_grow = asker == Asker::Issue && now - arrival.changed < SETTLED && as_before.is_none();
            let unfinished = UNFINISHED.iter().any(|ending| arrival.name.to_lowercase().ends_with(ending));
            let looked = |sha256| Looked { bytes: arrival.bytes, changed: arrival.changed, sha256 };
            if unfinished || may_grow || arrival.bytes == 0 {
                let why = if arrival.bytes == 0 { "it is empty" } else { "it may still be being written" };
                collected.left.push(left(why));
                memory.looked.insert(arrival.name.clone(), looked(None));
                continue;
            }
            let sha256 = match as_before.and_then(|looked| looked.sha256) {
                Some(sha256) => sha256,
                None => match digest(&arrival) {
                    Ok(Some(sha256)) => sha256,
                    Ok(None) => {
                        collected.left.push(left("it changed while it was read"));
                        continue;
                    }
                    Err(error) => {
                        collected.failed.push(left(&format!("it cannot be read: {error}")));
                        continue;
                    }
                },
            };
            memory.looked.insert(arrival.name.clone(), looked(Some(sha256.clone())));
            if !known.contains(&sha256) {
                let refused = memory.refused.get(&sha256);
                if asker == Asker::Issue && refused.is_some_and(|refused| refused.mapping == mapping) {
                    collected.known_failures += 1;
                    continue;
                }
                match self.take(source, &arrives.mapping, &arrival.path, None) {
                    Ok(brought) => {
                        collected.imported.extend(brought.imported);
                        let unknown = brought.unknown.iter();
                        collected.failed.extend(unknown.map(|name| left(&format!("{name} in it has no known format"))));
                    }
                    Err(error) => {
                        let why = error.to_string();
                        collected.failed.push(left(&why));
                        // What is wrong with the file stays wrong; what could not be done now is tried the next time.
                        if matches!(error, Failure::Problems(_)) || is_of_the_file(&why, &arrival) {
                            let refused = Refused { file: arrival.name.clone(), why, mapping: mapping.clone() };
                            memory.refused.insert(sha256, refused);
                        }
                        continue;
                    }
                }
                known.insert(sha256.clone());
            }
            memory.refused.remove(&sha256);
            if let After::MoveTo(target) = &arrives.after
                && let Err(error) = move_into(&arrival, &self.folders.home.join(target), &sha256)
            {
                collected.failed.push(left(&format!("it is in the log, but cannot be moved to {target}: {error}")));
            }
        }
        let there: BTreeSet<&String> = memory.looked.values().filter_map(|looked| looked.sha256.as_ref()).collect();
        memory.refused.retain(|sha256, _| there.contains(sha256));
        if memory != before {
            self.keep_memory(source, &memory)?;
        }
        Ok(())
    }

    /// What is remembered of a source's folder. What cannot be read is forgotten: it only saves work and words.
    pub(super) fn arrivals_memory(&self, source: &str) -> Memory {
        let bytes = fs::read(self.memory_file(source)).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    fn keep_memory(&self, source: &str, memory: &Memory) -> Result<(), Failure> {
        let path = self.memory_file(source);
        let failed = |error: std::io::Error| Failure::Error(format!("{} cannot be written: {error}", path.display()));
        let bytes = serde_json::to_vec_pretty(memory).map_err(|error| failed(error.into()))?;
        write_whole(&path, &bytes).map_err(failed)
    }

    fn memory_file(&self, source: &str) -> PathBuf {
        self.collect_folder(source).join("arrivals.json")
    }
}

impl Memory {
    /// Files that could not be imported and still lie in the folder.
    pub(super) fn refused(&self) -> impl Iterator<Item = &Refused> {
        self.refused.values()
    }
}

/// The files that are meant, by name, then by age.
fn arrivals(folder: &Path, arrives: &Arrives) -> Result<Vec<Arrival>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::Error(format!("the folder {} of arriving exports cannot be read: {error}", folder.display()))
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // A file that goes while it is looked at was not for us.
        let Ok(about) = fs::metadata(entry.path()) else { continue };
        if about.is_file() && arrives.means(&name) {
            found.push(Arrival { name, path: entry.path(), bytes: about.len(), changed: changed(&about) });
        }
    }
    found.sort_by(|a, b| (&a.name, a.changed).cmp(&(&b.name, b.changed)));
    Ok(found)
}

fn changed(about: &fs::Metadata) -> Millis {
    let time = about.modified().unwrap_or(std::time::UNIX_EPOCH);
    chrono::DateTime::<chrono::Utc>::from(time).timestamp_millis()
}

/// SHA-256 of a file; `None` if it changed meanwhile.
fn digest(arrival: &Arrival) -> std::io::Result<Option<String>> {
    let mut file = std::io::BufReader::new(fs::File::open(&arrival.path)?);
    let (sha256, bytes) = crate::ingest::digest(&mut file)?;
    let after = fs::metadata(&arrival.path)?;
    let same = (after.len(), changed(&after)) == (arrival.bytes, arrival.changed) && bytes == arrival.bytes;
    Ok(same.then_some(sha256))
}

/// All files of a source that are in the log. Voided ones, too: a person took them out, and must not have them back
/// because the file still lies there.
fn shas(batches: &[Batch], source: &str) -> BTreeSet<String> {
    batches.iter().filter(|batch| batch.source.name == source).map(|batch| batch.about.sha256.clone()).collect()
}

/// Whether an error is about the file (it is damaged, or refused) and not about the log or the machine: such words begin
/// with its name.
fn is_of_the_file(why: &str, arrival: &Arrival) -> bool {
    why.starts_with(&arrival.name)
}

/// Moves a file; where another one has its name already, with a part of its digest in the name.
fn move_into(arrival: &Arrival, target: &Path, sha256: &str) -> std::io::Result<()> {
    fs::create_dir_all(target)?;
    let mut to = target.join(&arrival.name);
    if to.exists() {
        to = target.join(format!("{}-{}", sha256.get(..12).unwrap_or_default(), arrival.name));
    }
    match fs::rename(&arrival.path, &to) {
        // On another disk: whole there, before it is gone here.
        Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => {
            write_whole(&to, &fs::read(&arrival.path)?)?;
            fs::remove_file(&arrival.path)
        }
        done => done,
    }
}
