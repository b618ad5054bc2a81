//! Folder: a Maildir. A file's name follows from the Message-ID, so a message that comes again is recognised.

use super::{Channel, tame};
use crate::dispatch::{Outgoing, Receipt, Stage};
use crate::seal::sha256_hex;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Delivers into a Maildir (<https://cr.yp.to/proto/maildir.html>): mail programs can read it, and two programs can
/// use it at once.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A Maildir; made when the first message comes.
    pub fn new(root: &Path) -> Folder {
        Folder { root: root.to_owned() }
    }

    fn deliver(&self, message: &Outgoing) -> io::Result<&'static str> {
        for part in ["tmp", "new", "cur"] {
            private_folder(&self.root.join(part))?;
        }
        let name = file_name(&message.message_id);
        if self.has(&name)? {
            return Ok("already there");
        }
        let (tmp, new) = (self.root.join("tmp").join(&name), self.root.join("new").join(&name));
        write_all(&tmp, &message.message).inspect_err(|_| drop(fs::remove_file(&tmp)))?;
        fs::rename(&tmp, &new)?;
        // The name must survive a power cut too, not only the bytes.
        File::open(self.root.join("new"))?.sync_all()?;
        Ok("stored")
    }

    /// Whether the message lies in `new`, or in `cur` where a mail program moves it and adds flags to its name.
    fn has(&self, name: &str) -> io::Result<bool> {
        if self.root.join("new").join(name).try_exists()? {
            return Ok(true);
        }
        for entry in fs::read_dir(self.root.join("cur"))? {
            let there = entry?.file_name();
            if there
                .to_string_lossy()
                .strip_prefix(name)
                .is_some_and(|flags| flags.is_empty() || flags.starts_with(':'))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Channel for Folder {
    /// Delivering again is harmless, so no stage is ever unknown. Every failure is `Later`: a full disk or a folder
    /// without rights can be mended.
    fn send(&self, message: &Outgoing, _stage: &mut dyn FnMut(Stage) -> Result<(), String>) -> Receipt {
        match self.deliver(message) {
            Ok(done) => Receipt::Sent(done.to_owned()),
            Err(error) => Receipt::Later(tame(&format!("{}: {error}", self.root.display()))),
        }
    }

    fn name(&self) -> String {
        format!("folder {}", self.root.display())
    }
}

/// The part before the `@` stays readable where it is plain; the hash makes the name one of its own.
fn file_name(message_id: &str) -> String {
    let local = message_id.split('@').next().unwrap_or_default();
    let plain: String = local.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    let hash = sha256_hex(message_id.as_bytes());
    format!("{plain}.{}.quarterday", hash.get(..16).unwrap_or(&hash))
}

fn write_all(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    // A file that a killed process left half written is begun anew.
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str) -> Outgoing {
        let message = b"Subject: hello\r\n\r\nworld\r\n".to_vec();
        Outgoing { from: "a@b.example".into(), to: "c@d.example".into(), message_id: id.into(), message }
    }

    fn send(root: &Path, message: &Outgoing) -> Receipt {
        Folder::new(root).send(message, &mut |_| Err("a folder has no stage that could be unknown".into()))
    }

    fn files(root: &Path) -> Vec<PathBuf> {
        let mut all: Vec<_> =
            ["tmp", "new", "cur"].iter().flat_map(|part| fs::read_dir(root.join(part)).unwrap()).collect();
        all.drain(..).map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn a_message_lies_in_new_once_however_often_it_comes() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("mail");
        assert_eq!(send(&root, &message("1@x.example")), Receipt::Sent("stored".into()));
        assert_eq!(send(&root, &message("1@x.example")), Receipt::Sent("already there".into()));
        assert_eq!(files(&root).len(), 1);
        assert_eq!(fs::read(&files(&root)[0]).unwrap(), message("").message);
        send(&root, &message("2@x.example"));
        assert_eq!(files(&root).len(), 2);
    }

    #[test]
    fn a_message_that_was_read_is_recognised() {
        let dir = tempfile::tempdir().unwrap();
        send(dir.path(), &message("1@x.example"));
        let new = files(dir.path()).remove(0);
        let name = new.file_name().unwrap().to_string_lossy().into_owned();
        fs::rename(&new, dir.path().join("cur").join(format!("{name}:2,S"))).unwrap();
        assert_eq!(send(dir.path(), &message("1@x.example")), Receipt::Sent("already there".into()));
        assert_eq!(files(dir.path()).len(), 1);
    }

    #[test]
    fn a_half_written_file_of_a_killed_process_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("tmp")).unwrap();
        fs::write(dir.path().join("tmp").join(file_name("1@x.example")), "Subj").unwrap();
        assert_eq!(send(dir.path(), &message("1@x.example")), Receipt::Sent("stored".into()));
        assert_eq!(files(dir.path()).len(), 1);
        assert_eq!(fs::read(&files(dir.path())[0]).unwrap(), message("").message);
    }

    #[test]
    fn names_hold_no_paths() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("mail");
        assert_eq!(send(&root, &message("../../../x/y@\u{0}..")), Receipt::Sent("stored".into()));
        assert_eq!(files(&root).len(), 1);
        assert_ne!(file_name("a.b@x"), file_name("ab@x"));
    }

    #[test]
    fn what_cannot_be_written_comes_later_with_words() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("mail");
        fs::write(&root, "a file where the folder should be").unwrap();
        let Receipt::Later(words) = send(&root, &message("1@x.example")) else { panic!("not later") };
        assert!(words.contains("mail"), "{words}");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("mail");
        send(&root, &message("1@x.example"));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&root), 0o700);
        assert_eq!(mode(&root.join("new")), 0o700);
        assert_eq!(mode(&files(&root)[0]), 0o600);
    }
}
