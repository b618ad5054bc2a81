//! Permissions: what of an installation others than its owner can reach, looked at whenever it is opened; and that nothing
//! which this program makes is theirs to read.
//!
//! Unix only: elsewhere permissions are lists that the standard library does not read, and the installation's folder must
//! be guarded as a whole.

use super::secret::owner_only;
use super::{Config, ConfigError, Folders, quoted};
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

/// What SQLite puts beside a database; it holds rows of it.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Something that a person opened up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Which file or folder.
    pub path: PathBuf,
    /// Its permissions.
    pub mode: u32,
    /// What others can do with it.
    pub why: OpenedTo,
}

/// What others can do with something of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenedTo {
    /// It holds personal data, and the group or everybody can get at it.
    Reading,
    /// It says what is read, reported and mailed to whom, and everybody can change it.
    Writing,
}

impl std::fmt::Display for Opened {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (words, change) = match self.why {
            OpenedTo::Reading => ("others than its owner have access to it", "go-rwx"),
            OpenedTo::Writing => ("everybody can change it", "o-w"),
        };
        let Opened { path, mode, .. } = self;
        write!(out, "{}: {words} (mode {mode:04o}). Run: chmod {change} {}", path.display(), quoted(path))
    }
}

/// From now on this process makes files and folders for their owner only, whatever the shell that started it says.
pub fn make_for_owner_only() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// What of an installation others can reach, though nobody but its owner should. What is not there is not opened up.
pub fn opened(folders: &Folders) -> Vec<Opened> {
    let databases = [&folders.log, &folders.ledger].into_iter().flat_map(|file| {
        let beside = BESIDE.into_iter().map(|suffix| {
            let mut path = file.clone().into_os_string();
            path.push(suffix);
            PathBuf::from(path)
        });
        std::iter::once(file.clone()).chain(beside)
    });
    let private = [folders.var.clone()].into_iter().chain(databases).chain([folders.editions.clone()]);
    let private = private.filter_map(|path| found(path, 0o077, OpenedTo::Reading));
    let steering = [&folders.home, &folders.settings, &folders.schedules, &folders.templates, &folders.mappings];
    let steering = steering.into_iter().chain(folders.people.as_ref()).cloned();
    private.chain(steering.filter_map(|path| found(path, 0o002, OpenedTo::Writing))).collect()
}

/// Whether the signing key and the files of secrets that the settings name are their owner's only, where they are there.
///
/// # Errors
/// [`ConfigError::Exposed`]: others have access to one of them.
pub fn secrets_are_closed(folders: &Folders, config: &Config) -> Result<(), ConfigError> {
    let secrets = config.secret_files().into_iter().map(|path| folders.home.join(path));
    for path in std::iter::once(folders.key.clone()).chain(secrets) {
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => owner_only(&path, &metadata)?,
            // What is wrong with it otherwise is said by whoever needs it.
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(ConfigError::file(&path, error)),
        }
    }
    Ok(())
}

#[cfg(unix)]
fn found(path: PathBuf, bits: u32, why: OpenedTo) -> Option<Opened> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(&path).ok()?.permissions().mode() & 0o7777;
    // Of a folder such as /tmp nobody can remove what is another's, and the files in it are looked at themselves.
    let sticky = why == OpenedTo::Writing && mode & 0o1000 != 0;
    (mode & bits != 0 && !sticky).then_some(Opened { path, mode, why })
}

#[cfg(not(unix))]
fn found(_path: PathBuf, _bits: u32, _why: OpenedTo) -> Option<Opened> {
    None
}

#[cfg(all(test, unix))]
#[path = "permissions_tests.rs"]
mod tests;
