//! Where a bundle is written: a new folder, or a new ZIP file, streamed. Whole or not at all; the same files give the same bytes.

use super::{Failure, make_private};
use crate::seal::Hasher;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// So many bytes are held of a file at once.
const PIECE: usize = 1 << 16;

/// A bundle that is being written.
pub(super) struct Out {
    to: PathBuf,
    draft: PathBuf,
    into: Into,
    /// SHA-256 and path of every file, in the order of writing.
    listed: Vec<(String, String)>,
}

enum Into {
    Folder,
    Zip(Box<ZipWriter<BufWriter<File>>>),
}

fn cannot(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::Error(format!("{} cannot be written: {error}", path.display()))
}

impl Out {
    /// Begins a bundle: a ZIP file if its name ends so, else a folder. Only its owner may read it.
    ///
    /// # Errors
    /// It is there already; it cannot be made.
    pub(super) fn new(to: &Path) -> Result<Out, Failure> {
        if to.exists() {
            return Err(Failure::Asked(format!("{} is there already: a bundle is a new folder or file", to.display())));
        }
        let name = to.file_name().ok_or_else(|| Failure::Asked(format!("{} names no folder or file", to.display())))?;
        let draft = to.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
        let zipped = to.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
        let into = if zipped {
            let mut options = File::options();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(&draft).map_err(|error| cannot(to, &error))?;
            Into::Zip(Box::new(ZipWriter::new(BufWriter::with_capacity(PIECE, file))))
        } else {
            make_private(&draft)?;
            Into::Folder
        };
        Ok(Out { to: to.to_owned(), draft, into, listed: Vec::new() })
    }

    /// Writes a file. Its path has `/` between folders.
    ///
    /// # Errors
    /// A path that leads out of the bundle; what cannot be read or written.
    pub(super) fn file(&mut self, path: &str, bytes: &mut dyn Read) -> Result<(), Failure> {
        if !is_safe(path) {
            return Err(Failure::Error(format!("`{path}` cannot be the name of a file in a bundle")));
        }
        let mut hasher = Hasher::new();
        match &mut self.into {
            Into::Folder => {
                let place = self.draft.join(path);
                place.parent().map(make_private).transpose()?;
                let mut file = File::create_new(&place).map_err(|error| cannot(&place, &error))?;
                pour(path, bytes, &mut hasher, &mut file)?;
                file.sync_all().map_err(|error| cannot(&place, &error))?;
            }
            Into::Zip(zip) => {
                // It bears no time, and files of any size.
                let options = SimpleFileOptions::default()
                    .compression_method(CompressionMethod::Deflated)
                    .last_modified_time(DateTime::default())
                    .large_file(true);
                zip.start_file(path, options).map_err(|error| cannot(&self.to, &error))?;
                pour(path, bytes, &mut hasher, zip)?;
            }
        }
        self.listed.push((hasher.finish().hex(), path.to_owned()));
        Ok(())
    }

    /// The list of all files so far, as `sha256sum -c` reads it, in order of their paths.
    pub(super) fn list(&self) -> String {
        let mut listed: Vec<&(String, String)> = self.listed.iter().collect();
        listed.sort_by(|one, other| one.1.cmp(&other.1));
        listed.iter().map(|(sha256, path)| format!("{sha256}  {path}\n")).collect()
    }

    /// Puts it in its place. Gives back how many files it has.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn finish(self) -> Result<usize, Failure> {
        if let Into::Zip(zip) = self.into {
            let file = zip.finish().map_err(|error| cannot(&self.to, &error))?;
            let file = file.into_inner().map_err(|error| cannot(&self.to, &error))?;
            file.sync_all().map_err(|error| cannot(&self.to, &error))?;
        }
        std::fs::rename(&self.draft, &self.to).map_err(|error| cannot(&self.to, &error))?;
        Ok(self.listed.len())
    }

    /// What is half is worth nothing.
    pub(super) fn give_up(self) {
        // If it cannot be removed, the failure before is still the one to tell.
        let _ = match self.into {
            Into::Folder => std::fs::remove_dir_all(&self.draft),
            Into::Zip(_) => std::fs::remove_file(&self.draft),
        };
    }
}

fn pour(path: &str, from: &mut dyn Read, hasher: &mut Hasher, to: &mut dyn Write) -> Result<(), Failure> {
    let mut piece = vec![0; PIECE];
    loop {
        let read = from.read(&mut piece).map_err(|error| Failure::Error(format!("{path} cannot be read: {error}")))?;
        if read == 0 {
            return Ok(());
        }
        let read = piece.get(..read).unwrap_or_default();
        hasher.update(read);
        to.write_all(read).map_err(|error| Failure::Error(format!("{path} cannot be written: {error}")))?;
    }
}

/// Whether a path stays in the bundle, on every system that unpacks it.
fn is_safe(path: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with(['.', ' '])
            && !part.chars().any(|c| c.is_control() || "\\:*?\"<>|".contains(c))
    };
    path.split('/').all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_bundle() {
        for good in ["README.txt", "editions/daily/2026-11-30@field-sales-r1/daily_2026-11-30.pdf"] {
            assert!(is_safe(good), "{good}");
        }
        for bad in ["", "/etc/passwd", "a/../b", "..", "a//b", "a\\b", "C:x", "a/.hidden", "a\n", "a/b.", "x\u{1b}y"] {
            assert!(!is_safe(bad), "{bad}");
        }
    }

    #[test]
    fn a_bundle_is_whole_or_not_there_and_always_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let to = folder.path().join(name);
            let mut out = Out::new(&to).unwrap();
            out.file("b/c.txt", &mut b"two".as_slice()).unwrap();
            out.file("a.txt", &mut vec![b'x'; 200_000].as_slice()).unwrap();
            assert!(matches!(out.file("../a", &mut b"".as_slice()), Err(Failure::Error(_))));
            let list = out.list();
            assert!(list.lines().nth(1).unwrap().ends_with("  b/c.txt") && list.len() == 2 * 66 + 5 + 7 + 2);
            assert!(!to.exists());
            assert_eq!(out.finish().unwrap(), 2);
            to
        };
        let (one, other) = (make("one.zip"), make("other.ZIP"));
        assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(other).unwrap());
        assert_eq!(std::fs::read(make("folder").join("b/c.txt")).unwrap(), b"two");
        assert!(matches!(Out::new(&one), Err(Failure::Asked(_))));
        let out = Out::new(&folder.path().join("half.zip")).unwrap();
        out.give_up();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
