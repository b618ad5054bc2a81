//! Journal: a mailbox with copies of what a mail server accepted. A message that is in it was accepted. It is only looked into.

pub mod imap;
#[cfg(test)]
mod imap_test;
mod maildir;

use imap::Imap;
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

/// Where the mailbox is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Journal {
    /// A Maildir on this machine.
    Maildir(PathBuf),
    /// A mailbox on an IMAP server.
    Imap(Imap),
}

impl Journal {
    /// Which of these Message-IDs (without angle brackets) lie in it.
    ///
    /// # Errors
    /// It cannot be looked into: what is not found then may be there all the same.
    pub fn find(&self, wanted: BTreeSet<String>) -> io::Result<BTreeSet<String>> {
        match self {
            Journal::Maildir(path) => maildir::find(path, wanted),
            Journal::Imap(settings) => imap::find(settings, wanted),
        }
    }

    /// What a person knows it by, without secrets.
    pub fn name(&self) -> String {
        match self {
            Journal::Maildir(path) => path.display().to_string(),
            Journal::Imap(settings) => format!("{} on imap {}:{}", settings.mailbox, settings.host, settings.port),
        }
    }
}
