//! The journal as written: a Maildir, or a mailbox on an IMAP server; and what looks into it.

use super::ConfigError;
use super::amount::{SECONDS, amount};
use super::mail::{host, login, no_password};
use super::read::line;
use super::secret::{SecretFrom, secret};
use crate::deliver::journal::Journal;
use crate::deliver::journal::imap::Imap;
use crate::written::{Node, Reader};
use std::path::Path;
use std::time::Duration;

/// A mailbox that gets a copy of what the mail server accepts, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalWritten {
    /// A Maildir: relative to the installation.
    Maildir(String),
    /// A mailbox on an IMAP server.
    Imap(ImapWritten),
}

/// A mailbox on an IMAP server, as written. It holds no secret, only where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImapWritten {
    /// Name of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Account, with the place of its password.
    pub login: (String, SecretFrom),
    /// The mailbox.
    pub mailbox: String,
    /// For the whole exchange.
    pub timeout: Duration,
    /// Certificates (PEM) to trust besides the public ones; relative to the installation.
    pub ca_file: Option<String>,
}

impl JournalWritten {
    /// Whether its password lies in a file.
    pub fn has_secret_file(&self) -> bool {
        matches!(self, JournalWritten::Imap(ImapWritten { login: (_, SecretFrom::File(_)), .. }))
    }

    /// What looks into it. Reads the password; connects nowhere. `home`: the installation, where relative paths begin.
    ///
    /// # Errors
    /// The password cannot be had.
    pub fn settings(&self, home: &Path) -> Result<Journal, ConfigError> {
        Ok(match self {
            JournalWritten::Maildir(path) => Journal::Maildir(home.join(path)),
            JournalWritten::Imap(written) => Journal::Imap(Imap {
                host: written.host.clone(),
                port: written.port,
                user: written.login.0.clone(),
                password: secret(&written.login.1, home)?,
                mailbox: written.mailbox.clone(),
                timeout: written.timeout,
                ca_file: written.ca_file.as_ref().map(|file| home.join(file)),
            }),
        })
    }
}

/// The `journal` key.
pub(super) fn journal<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<JournalWritten> {
    let fields = reader.fields(node, &["maildir", "imap"])?;
    match (fields.get("maildir"), fields.get("imap")) {
        (Some(node), None) => line(reader, node).map(JournalWritten::Maildir),
        (None, Some(node)) => imap(reader, node).map(JournalWritten::Imap),
        (maildir, _) => {
            let what = match maildir {
                Some(_) => "`maildir` and `imap` contradict each other: there is one journal",
                None => "it is not said where the journal is",
            };
            reader.problem(node.at, what, "Write `maildir: PATH`, or `imap: { host: …, user: …, password_file: … }`");
            None
        }
    }
}

fn imap<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<ImapWritten> {
    let mut known = vec!["host", "port", "user", "password_env", "password_file", "mailbox", "timeout", "ca_file"];
    known.extend(no_password(reader, node));
    let fields = reader.fields(node, &known)?;
    let host = fields.need("host").and_then(|node| host(reader, node));
    fields.need("user");
    let login = login(fields);
    let port = fields.integer("port", 1..=65_535).and_then(|port| u16::try_from(port).ok());
    if let (Some(143), Some(node)) = (port, fields.get("port")) {
        let what = "port 143 begins unprotected, and a password is never sent so";
        reader.problem(node.at, what, "Use the port of IMAP over TLS: 993, which need not be written");
    }
    let mailbox = fields.get("mailbox").map(|node| mailbox(reader, node));
    let wanted = "a time from 1 second to 1 hour, as in `60s`";
    let timeout = fields.get("timeout").and_then(|node| amount(reader, node, SECONDS, 1..=3600, wanted));
    Some(ImapWritten {
        host: host?,
        port: port.unwrap_or(993),
        login: login?,
        mailbox: mailbox.unwrap_or_else(|| Some("INBOX".to_owned()))?,
        timeout: Duration::from_secs(timeout.unwrap_or(60)),
        ca_file: fields.get("ca_file").and_then(|node| line(reader, node)),
    })
}

/// The name of a mailbox. Other letters than plain ones have a form of their own in IMAP (RFC 3501, 5.1.3).
fn mailbox<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<String> {
    let name = line(reader, node)?;
    if !name.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        let what = format!("`{name}` holds letters that a mail server writes otherwise");
        reader.problem(node.at, what, "Write it as the server lists it, as in `Pr&APw-fung`, or choose a plain name");
        return None;
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::super::{Config, MailSettings};
    use super::*;

    fn read(journal: &str) -> Result<MailSettings, Vec<String>> {
        let text = format!("mail: {{ from: a@b.example, smtp: {{ host: m }}, journal: {{ {journal} }} }}");
        let told = |problems: Vec<crate::written::Problem>| problems.iter().map(ToString::to_string).collect();
        Config::read(&text, "q.yaml").map(|read| read.mail).map_err(told)
    }

    #[test]
    fn a_mailbox_on_a_server_with_what_is_usual_and_with_all_that_can_be_said() {
        let imap = |journal: &str| match read(journal).unwrap().journal.unwrap() {
            JournalWritten::Imap(written) => written,
            other => panic!("{other:?}"),
        };
        let usual = imap("imap: { host: imap.example.com, user: q, password_env: PATH }");
        assert_eq!((usual.port, usual.mailbox.as_str(), usual.timeout.as_secs()), (993, "INBOX", 60));
        let all = "imap: { host: 10.0.0.1, port: 1993, user: q, password_env: PATH, mailbox: Journal/2026, timeout: 5s, ca_file: ca }";
        let Journal::Imap(settings) = JournalWritten::Imap(imap(all)).settings(Path::new("/srv/q")).unwrap() else {
            panic!()
        };
        assert_eq!((settings.port, settings.mailbox.as_str()), (1993, "Journal/2026"));
        assert_eq!(settings.password.0, std::env::var("PATH").unwrap());
        assert_eq!(settings.ca_file.as_deref(), Some(Path::new("/srv/q/ca")));
        assert_eq!(Journal::Imap(settings).name(), "Journal/2026 on imap 10.0.0.1:1993");
    }

    #[test]
    fn what_is_wrong_is_said_with_what_to_write() {
        for (journal, expected) in [
            ("", "it is not said where the journal is"),
            ("maildir: a, imap: { host: h, user: q, password_env: P }", "contradict each other"),
            ("imap: { user: q, password_env: P }", "host"),
            ("imap: { host: h, password_env: P }", "user"),
            ("imap: { host: h, user: q }", "the password of `user` is not said"),
            ("imap: { host: h, user: q, password: hunter2 }", "a password does not belong into this file"),
            ("imap: { host: h, port: 143, user: q, password_env: P }", "993"),
            ("imap: { host: h, user: q, password_env: P, mailbox: Prüfung }", "Pr&APw-fung"),
        ] {
            let problems = read(journal).unwrap_err();
            assert!(problems[0].contains(expected) && !problems[0].contains("hunter2"), "{journal}: {problems:#?}");
        }
    }
}
