//! Inputs: what a person names to be imported (files, folders, patterns, standard input) to the files that are read.

use super::{Failure, Installation};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The files that are meant, each once, in the order in which they were named; those of a folder (and of the folders in
/// it) and of a pattern by name. What is hidden in a folder is left alone.
///
/// # Errors
/// Something that is not there, a pattern that is none or fits nothing, a folder that cannot be read.
pub fn inputs(named: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in named {
        let text = path.to_string_lossy();
        if path.is_dir() {
            let before = files.len();
            folder(path, &mut files)?;
            if files.len() == before {
                return Err(Failure::Asked(format!("there is no file in the folder {text}")));
            }
        } else if !path.exists() && text.contains(['*', '?', '[']) {
            let found = glob::glob(&text)
                .map_err(|error| Failure::Asked(format!("`{text}` is no pattern for files: {error}")))?;
            let mut found: Vec<PathBuf> = found.filter_map(Result::ok).filter(|path| path.is_file()).collect();
            if found.is_empty() {
                return Err(Failure::Asked(format!("no file fits the pattern `{text}`")));
            }
            found.sort();
            files.append(&mut found);
        } else {
            files.push(path.clone());
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    files.retain(|file| seen.insert(file.clone()));
    Ok(files)
}

fn folder(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| Failure::Error(format!("{} cannot be read: {error}", path.display()));
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        entries.push(entry.map_err(unreadable)?);
    }
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // A link to a folder is not followed: it may lead back.
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            folder(&entry.path(), files)?;
        } else if entry.path().is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// A copy of what came from standard input; gone with this value.
pub struct Spooled {
    path: PathBuf,
}

impl Spooled {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Installation {
    /// Writes what an input gives into a file that only the owner can read: an import reads its input more than once.
    ///
    /// # Errors
    /// The input cannot be read, or the file not be written.
    pub fn spool(&self, input: &mut dyn Read) -> Result<Spooled, Failure> {
        let failed = |error: std::io::Error| Failure::Error(format!("standard input cannot be kept: {error}"));
        let folder = &self.folders.var;
        std::fs::create_dir_all(folder).map_err(failed)?;
        let spooled = Spooled { path: folder.join(format!(".incoming-{}", std::process::id())) };
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&spooled.path).map_err(failed)?;
        std::io::copy(input, &mut file).map_err(failed)?;
        Ok(spooled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_patterns_give_their_files_by_name_and_each_once() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", ".hidden", "sub/c.json"] {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let names = |named: &[PathBuf]| -> Vec<String> {
            let relative = |path: PathBuf| path.strip_prefix(dir.path()).unwrap().to_string_lossy().into_owned();
            inputs(named).unwrap().into_iter().map(relative).collect()
        };
        assert_eq!(names(&[dir.path().to_owned()]), ["a.csv", "b.csv", "sub/c.json"]);
        assert_eq!(names(&[dir.path().join("*.csv"), dir.path().join("a.csv")]), ["a.csv", "b.csv"]);
        assert!(matches!(inputs(&[dir.path().join("*.xml")]), Err(Failure::Asked(_))));
        assert!(matches!(inputs(&[dir.path().join("[.csv")]), Err(Failure::Asked(_))));
    }
}
