//! Secrets: the edge that reads a password, from the environment or from a file that only its owner can read.

use super::ConfigError;
use crate::deliver::email::Secret;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// The longest secret file that is read, in bytes.
const MOST: u64 = 4096;

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretFrom {
    /// In a variable of the environment.
    Env(String),
    /// In a file, as written: relative to the installation.
    File(String),
}

/// Reads a secret; one line break at its end is cut. `home`: the installation.
///
/// # Errors
/// It is not there, empty, longer than one line, or in a file to which others have access: never with its text.
pub fn secret(from: &SecretFrom, home: &Path) -> Result<Secret, ConfigError> {
    read(from, home, &|name| std::env::var_os(name))
}

fn read(from: &SecretFrom, home: &Path, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<Secret, ConfigError> {
    let (place, text) = match from {
        SecretFrom::Env(name) => {
            let place = format!("the environment variable {name}");
            let value = environment(name).ok_or_else(|| ConfigError::Secret(format!("{place} is not set")))?;
            let text = value.into_string().map_err(|_| ConfigError::Secret(format!("{place} is not UTF-8 text")))?;
            (place, text)
        }
        SecretFrom::File(path) => {
            let path = home.join(path);
            (path.display().to_string(), guarded(&path)?)
        }
    };
    let line = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    if line.is_empty() {
        return Err(ConfigError::Secret(format!("{place} is empty")));
    }
    if line.chars().any(char::is_control) {
        return Err(ConfigError::Secret(format!("{place} holds more than one line, or control characters")));
    }
    Ok(Secret(line.to_owned()))
}

/// The text of a file to which nobody but its owner has access.
pub(super) fn guarded(path: &Path) -> Result<String, ConfigError> {
    let wrong = |why: &str| ConfigError::file(path, why);
    // Asked before it is opened: opening a pipe would wait for ever.
    let before = fs::metadata(path).map_err(|error| wrong(&error.to_string()))?;
    if !before.is_file() {
        return Err(wrong("this is no file"));
    }
    let file = File::open(path).map_err(|error| wrong(&error.to_string()))?;
    // Of the open file, so that nobody can put another one there in between.
    let opened = file.metadata().map_err(|error| wrong(&error.to_string()))?;
    owner_only(path, &opened)?;
    let mut text = String::new();
    match file.take(MOST + 1).read_to_string(&mut text) {
        Ok(_) if text.len() as u64 > MOST => Err(wrong("this is too long for a secret")),
        Ok(_) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Err(wrong("this is not UTF-8 text")),
        Err(error) => Err(wrong(&error.to_string())),
    }
}

#[cfg(unix)]
pub(super) fn owner_only(path: &Path, metadata: &fs::Metadata) -> Result<(), ConfigError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o7777;
    // 0600 or stricter: nothing but reading and writing, and that for the owner.
    if mode & !0o600 != 0 {
        return Err(ConfigError::Exposed { path: path.to_owned(), mode });
    }
    Ok(())
}

/// Elsewhere permissions are lists that the standard library does not read; the installation's folder must be guarded.
#[cfg(not(unix))]
pub(super) fn owner_only(_path: &Path, _metadata: &fs::Metadata) -> Result<(), ConfigError> {
    Ok(())
}

#[cfg(test)]
#[path = "secret_tests.rs"]
mod tests;
