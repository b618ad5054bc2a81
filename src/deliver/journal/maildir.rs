//! A journal that is a Maildir.
//!
//! What lies in it was written by others: only regular files are opened, only their headers are read, and only so far.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Headers end within so many bytes, or they are not looked at any further.
const HEADERS: u64 = 64 * 1024;

/// So many messages are looked at, the newest ones: what is in doubt is hours old.
const MOST: usize = 100_000;

/// Which of these Message-IDs (without angle brackets) lie in the Maildir.
///
/// # Errors
/// It is no Maildir, or cannot be read.
pub(super) fn find(maildir: &Path, mut wanted: BTreeSet<String>) -> io::Result<BTreeSet<String>> {
    let mut messages: Vec<(SystemTime, PathBuf)> = Vec::new();
    for part in ["new", "cur"] {
        for entry in fs::read_dir(maildir.join(part))? {
            let entry = entry?;
            // A mail program may move a message between listing and looking: it is found where it is next time.
            let Ok(about) = entry.metadata() else { continue };
            // Links and pipes are no messages: a pipe would be waited for.
            if about.is_file() {
                messages.push((about.modified()?, entry.path()));
            }
        }
    }
    messages.sort_unstable();
    let mut found = BTreeSet::new();
    for (_, path) in messages.into_iter().rev().take(MOST) {
        if wanted.is_empty() {
            break;
        }
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let mut head = Vec::new();
        file.take(HEADERS).read_to_end(&mut head)?;
        if let Some(id) = message_id(&head)
            && let Some(id) = wanted.take(&id)
        {
            found.insert(id);
        }
    }
    Ok(found)
}

/// The first Message-ID of a message's headers, without angle brackets.
fn message_id(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let mut value: Option<String> = None;
    for line in text.lines() {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            // Servers may fold the line before a long value.
            if let Some(value) = &mut value {
                value.push_str(line);
            }
            continue;
        }
        if value.is_some() {
            break;
        }
        let (name, rest) = line.split_once(':').unwrap_or_default();
        if name.trim_end().eq_ignore_ascii_case("message-id") {
            value = Some(rest.to_owned());
        }
    }
    Some(value?.trim().strip_prefix('<')?.strip_suffix('>')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maildir(messages: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for part in ["new", "cur", "tmp"] {
            fs::create_dir(dir.path().join(part)).unwrap();
        }
        for (name, text) in messages {
            fs::write(dir.path().join(name), text).unwrap();
        }
        dir
    }

    fn ids(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn a_message_is_found_by_its_header_alone() {
        let dir = maildir(&[
            ("new/1", "Received: x\r\nMESSAGE-ID: <a@x.example>\r\n\r\nhello"),
            ("cur/2:2,S", "Subject: s\nMessage-ID:\n <b@x.example>\nFrom: y\n\nMessage-ID: <c@x.example>\n"),
            ("tmp/3", "Message-ID: <d@x.example>\n\n"),
            ("new/4", "\nMessage-ID: <e@x.example>\n"),
            ("new/5", "Subject: x\n Message-ID: <f@x.example>\n\n"),
            ("new/6", "Message-ID: <g@x.example>\nMessage-ID: <h@x.example>\n\n"),
            ("new/7", "References: <i@x.example>\nX-Message-ID: <i@x.example>\n\n"),
        ]);
        let all = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].map(|left| format!("{left}@x.example"));
        let found = find(dir.path(), all.into_iter().collect()).unwrap();
        assert_eq!(found, ids(&["a@x.example", "b@x.example", "g@x.example"]));
    }

    #[test]
    fn only_so_much_of_a_message_is_read_and_only_of_files() {
        let long = format!("X: {}\nMessage-ID: <a@x.example>\n\n", "x".repeat(70_000));
        let dir = maildir(&[("new/1", &long), ("new/2", "\u{0}\u{0}\n"), ("new/3", "")]);
        fs::create_dir(dir.path().join("new/folder")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("/dev/zero", dir.path().join("cur/endless")).unwrap();
        assert_eq!(find(dir.path(), ids(&["a@x.example"])).unwrap(), ids(&[]));
    }

    #[test]
    fn what_is_no_maildir_is_an_error_and_not_an_absence() {
        let dir = tempfile::tempdir().unwrap();
        assert!(find(dir.path(), ids(&["a@x.example"])).is_err());
    }
}
