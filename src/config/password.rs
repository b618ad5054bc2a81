//! Reading a password from where the settings say it is: the one place where it enters the program.

use super::Password;
use std::path::{Path, PathBuf};

/// Why there is no password. Never says anything of it.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The variable is not set, or not text.
    #[error("the variable {0} of the environment is not set")]
    NotSet(String),
    /// The file cannot be read.
    #[error("the password's file {} cannot be read: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        why: std::io::Error,
    },
    /// Others than its owner may read the file.
    #[error("others than its owner can open the password's file {} (mode {mode:04o}); `chmod 600` it", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// There is nothing in it, or too much to be a password.
    #[error("{0} does not hold one line with a password")]
    NoPassword(String),
}

/// Longer ones are not passwords but a wrong file.
const LONGEST: usize = 4096;

/// The password. Relative paths are meant from `home`.
///
/// # Errors
/// See [`PasswordError`].
pub fn password(at: &Password, home: &Path) -> Result<String, PasswordError> {
    let (text, place) = match at {
        Password::Environment(name) => {
            (std::env::var(name).map_err(|_| PasswordError::NotSet(name.clone()))?, format!("the variable {name}"))
        }
        Password::File(path) => {
            let path = home.join(path);
            (read(&path)?, path.display().to_string())
        }
    };
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(PasswordError::NoPassword(place));
    }
    Ok(text.to_owned())
}

fn read(path: &Path) -> Result<String, PasswordError> {
    use std::io::Read;
    let unreadable = |why| PasswordError::Unreadable { path: path.to_owned(), why };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    // The open file's own permissions: what was looked at is what is read.
    let metadata = file.metadata().map_err(unreadable)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = metadata.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(PasswordError::Open { path: path.to_owned(), mode });
        }
    }
    if !metadata.is_file() {
        return Err(PasswordError::NoPassword(path.display().to_string()));
    }
    let mut text = String::new();
    file.take(LONGEST as u64 + 3).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}
