//! The signing key of an installation: 64 hexadecimal digits in `var/key`, made once from the system's randomness.

use super::ConfigError;
use super::secret::guarded;
use crate::seal::{Hash, SigningKey};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The key in a file, which is made if it is not there: with randomness of the operating system, for its owner only.
///
/// # Errors
/// The file cannot be read or made, others have access to it, or it holds no key. It is never overwritten.
pub fn signing_key(path: &Path) -> Result<SigningKey, ConfigError> {
    if let Some(key) = existing_key(path)? {
        return Ok(key);
    }
    let key = SigningKey::from_bytes(&random()?);
    if keep_key(path, &key)? {
        return Ok(key);
    }
    // Another process was first: its key is the installation's.
    existing_key(path)?.ok_or_else(|| ConfigError::file(path, "the key came and went while it was made"))
}

/// The key in a file; `None` if there is no file. For what must not make one, such as checking.
///
/// # Errors
/// As [`signing_key`].
pub fn existing_key(path: &Path) -> Result<Option<SigningKey>, ConfigError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ConfigError::file(path, error)),
        Ok(_) => {}
    }
    let text = guarded(path)?;
    let key = Hash::parse(text.trim_end()).map(|bytes| SigningKey::from_bytes(&bytes.0));
    let why =
        "this is no key (64 hexadecimal digits). Bring it back from a backup: what it signed needs its public key";
    key.map(Some).ok_or_else(|| ConfigError::file(path, why))
}

/// Keeps a key in a file that is not there yet; `false` if it is there (then nothing is changed).
///
/// # Errors
/// The file cannot be made.
pub fn keep_key(path: &Path, key: &SigningKey) -> Result<bool, ConfigError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| ConfigError::file(folder, error))?;
    // Written whole under another name and then linked: no crash leaves half a key, no second process sees one, and
    // unlike renaming, linking overwrites nothing.
    let draft = draft_name(path)?;
    let made = write(&draft, key).and_then(|()| match fs::hard_link(&draft, path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(ConfigError::file(path, error)),
    });
    let _ = fs::remove_file(&draft);
    if cfg!(unix) && made == Ok(true) {
        // The name must outlive a power cut as the content does: what is signed next needs it.
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| ConfigError::file(folder, error))?;
    }
    made
}

fn write(path: &Path, key: &SigningKey) -> Result<(), ConfigError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let done = options.open(path).and_then(|mut file| {
        file.write_all(Hash(key.to_bytes()).hex().as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    });
    done.map_err(|error| ConfigError::file(path, error))
}

fn draft_name(path: &Path) -> Result<PathBuf, ConfigError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let suffix = Hash(random()?).hex();
    Ok(path.with_file_name(format!(".{name}.{}", suffix.get(..16).unwrap_or_default())))
}

fn random() -> Result<[u8; 32], ConfigError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| ConfigError::Secret(format!("the operating system gives no randomness: {error}")))?;
    Ok(bytes)
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
