//! State: what a collector has asked a vendor for, kept in a file that is never half-written. Holds no secret.

use super::CollectError;
use crate::calendar::{Millis, Span};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::time::Duration;

/// Version of the file's form.
const VERSION: u32 = 1;

/// The longest file that is read.
const MOST: u64 = 1 << 20;

/// What has to outlive the process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub(super) version: u32,
    /// The export that was asked for and is not in the log yet.
    pub pending: Option<Pending>,
    /// Spans in which the vendor said that there is nothing: there is no batch for them.
    #[serde(default)]
    pub nothing: Vec<Span>,
    /// How often in a row it has failed.
    #[serde(default)]
    pub failures: u32,
    /// The vendor is left alone until then, unless somebody asks by hand.
    #[serde(default)]
    pub not_before: Option<Millis>,
    /// Why it failed the last time; `None`: it did not.
    #[serde(default)]
    pub trouble: Option<String>,
}

/// An export that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The span of time that it covers.
    pub span: Span,
    /// When it was asked for.
    pub asked_at: Millis,
    /// The vendor's name for it; `None`: it is about to be asked for, or the answer never came.
    pub job: Option<String>,
}

impl Default for State {
    fn default() -> Self {
        State { version: VERSION, pending: None, nothing: Vec::new(), failures: 0, not_before: None, trouble: None }
    }
}

impl State {
    /// The state in a file; the first one where there is no file.
    ///
    /// # Errors
    /// A file that cannot be read, or holds something else.
    pub fn load(path: &Path) -> Result<State, CollectError> {
        let failed = |error: std::io::Error| CollectError::Never(format!("{} cannot be read: {error}", path.display()));
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(State::default()),
            Err(error) => return Err(failed(error)),
        };
        let mut bytes = Vec::new();
        file.take(MOST).read_to_end(&mut bytes).map_err(failed)?;
        match serde_json::from_slice::<State>(&bytes) {
            Ok(state) if state.version == VERSION => Ok(state),
            _ => Err(CollectError::Never(format!(
                "{} is damaged, or of another version of this program. Remove it: nothing is lost but that an export \
                 may be asked for a second time",
                path.display()
            ))),
        }
    }

    /// Notes that it did not work, and when it is tried again by itself: after pauses that double, from ten minutes to
    /// more than five hours, or as long as the vendor wants. What waits for a person is looked at every hour at most.
    pub fn failed(&mut self, error: &CollectError, now: Millis) {
        let least = match error {
            CollectError::Running(_) => return,
            CollectError::Later { pause, .. } => *pause,
            CollectError::Never(_) => Duration::from_secs(3600),
        };
        let pause = least.max(Duration::from_secs(600 << self.failures.min(5)));
        self.failures = self.failures.saturating_add(1);
        self.not_before = Some(now.saturating_add(Millis::try_from(pause.as_millis()).unwrap_or(Millis::MAX)));
        self.trouble = Some(error.to_string());
    }

    /// Keeps the state.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep(&self, path: &Path) -> Result<(), CollectError> {
        let failed = |error: std::io::Error| CollectError::later(format!("{}: {error}", path.display()), 10);
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        write_whole(path, &bytes).map_err(failed)
    }
}

/// Writes a file whole or not at all, also where the power fails: beside it, to the disk, and then to its name. For its
/// owner alone.
///
/// # Errors
/// What the file system says.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = path.with_extension("part");
    let mut file = create(&part)?;
    file.write_all(bytes)?;
    settle(&file, &part, path)
}

/// A new file for its owner alone, in the place of what was there.
pub(super) fn create(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Gives a file that is written its name, once its bytes are on the disk.
pub(super) fn settle(file: &File, part: &Path, path: &Path) -> std::io::Result<()> {
    file.sync_all()?;
    fs::rename(part, path)?;
    // The name must outlive a power cut as the content does.
    if cfg!(unix)
        && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
    {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_nothing_else_is_taken_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        assert_eq!(State::load(&path).unwrap(), State::default());
        let span = Span { from: 1, to: 2 };
        let state = State {
            pending: Some(Pending { span, asked_at: 3, job: Some("7".to_owned()) }),
            nothing: vec![span],
            failures: 2,
            not_before: Some(9),
            trouble: Some("why".to_owned()),
            ..State::default()
        };
        state.keep(&path).unwrap();
        assert_eq!(State::load(&path).unwrap(), state);
        assert!(!folder.path().join("state.part").exists());
        for wrong in ["", "{}", "{\"version\":2,\"pending\":null}", "[]", "\0"] {
            fs::write(&path, wrong).unwrap();
            let error = State::load(&path).unwrap_err().to_string();
            assert!(error.contains("state.json is damaged") && error.contains("Remove it"), "{wrong:?}: {error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn it_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        State::default().keep(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
