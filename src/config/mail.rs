//! Mail as written: sender, folder or mail server; and the settings that a mail server's channel takes.

use super::amount::{BYTES, SECONDS, amount};
use super::dkim::{DkimWritten, dkim};
use super::groups::Groups;
use super::journal::{JournalWritten, journal};
use super::passphrases::{Passphrases, passphrases};
use super::read::{line, yes_or_no};
use super::secret::SecretFrom;
use crate::mail::{Mailbox, address};
use crate::written::{Fields, Node, Reader};
use std::time::Duration;

/// The sender where none is written. RFC 2606 keeps `.invalid` for what can never be reached: good for a folder only.
const NOBODY: &str = "Quarterday <quarterday@quarterday.invalid>";

/// How editions are mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// The sender as written: `Quarterday <reports@example.com>` or the address alone.
    pub from: String,
    /// Where mail goes.
    pub channel: ChannelSettings,
    /// The largest message, in bytes.
    pub max_size: u64,
    /// What becomes of one that would be larger.
    pub too_large: TooLarge,
    /// A mailbox that gets a copy of what the mail server accepts.
    pub journal: Option<JournalWritten>,
    /// With whom a passphrase is agreed, and where it is.
    pub passphrases: Passphrases,
    /// How the sender's domain signs mails, if it does.
    pub dkim: Option<DkimWritten>,
}

/// What becomes of a mail that would be too large. What is left out is named in it; the edition keeps everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TooLarge {
    /// It goes without its CSV files; if that is not enough, without any.
    LeaveOutCsv,
    /// Its files go in one ZIP; if that is not enough, it goes without any.
    Zip,
    /// It goes without files.
    #[default]
    Note,
}

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelSettings {
    /// Into a Maildir, as written: relative to the installation.
    Folder(String),
    /// To a mail server.
    Smtp(SmtpWritten),
    /// To a program of this machine: its whole path.
    Sendmail(String),
}

/// A mail server, as written. It holds no secret, only where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpWritten {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: TlsWritten,
    /// That a password may go over an unprotected connection.
    pub allow_clear_password: bool,
    /// Account, where the server wants one, with the place of its password.
    pub login: Option<(String, SecretFrom)>,
    /// The name to say hello with; `None`: the machine's.
    pub hello_name: Option<String>,
    /// For the whole exchange up to the last byte; `None`: the channel's own.
    pub timeout: Option<Duration>,
    /// Certificates (PEM) to trust besides the public ones; relative to the installation.
    pub ca_file: Option<String>,
}

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsWritten {
    /// TLS from the first byte (RFC 8314).
    #[default]
    Implicit,
    /// Begins in the clear and goes over to TLS. Weaker: whoever sits in between sees the beginning.
    StartTls,
    /// In the clear. Only if it is written.
    None,
}

impl Default for MailSettings {
    fn default() -> Self {
        let channel = ChannelSettings::Folder("var/mail".to_owned());
        MailSettings {
            from: NOBODY.to_owned(),
            channel,
            max_size: 10_000_000,
            too_large: TooLarge::default(),
            journal: None,
            passphrases: Passphrases::new(),
            dkim: None,
        }
    }
}

impl MailSettings {
    /// The sender, taken apart.
    ///
    /// # Errors
    /// What is wrong with it, in words; never with settings that were read from a file.
    pub fn sender(&self) -> Result<Mailbox, String> {
        mailbox(&self.from)
    }
}

/// `Name <address>`, or an address.
fn mailbox(text: &str) -> Result<Mailbox, String> {
    let (name, plain) = match text.strip_suffix('>').and_then(|text| text.split_once('<')) {
        Some((name, plain)) => (name.trim().trim_matches('"').trim(), plain.trim()),
        None => ("", text),
    };
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    Ok(Mailbox { name, address: address(plain)? })
}

/// The `mail` key.
pub(super) fn read<'a>(reader: &Reader<'a>, node: &'a Node, groups: &Groups) -> Option<MailSettings> {
    let known = ["from", "folder", "smtp", "sendmail", "max_size", "too_large", "journal", "passphrases", "dkim"];
    let fields = reader.fields(node, &known)?;
    let mut settings = MailSettings { passphrases: passphrases(fields, groups), ..MailSettings::default() };
    if let Some(from) = fields.get("from").and_then(|node| from(reader, node)) {
        settings.from = from;
    }
    if let Some(folder) = fields.get("folder").and_then(|node| line(reader, node)) {
        settings.channel = ChannelSettings::Folder(folder);
    }
    if let Some(node) = fields.get("smtp") {
        if fields.has("folder") {
            let what = "`folder` and `smtp` contradict each other: mail goes one way";
            reader.problem(node.at, what, "Keep one of the two");
        }
        if let Some(smtp) = smtp(reader, node) {
            settings.channel = ChannelSettings::Smtp(smtp);
        }
    }
    if let Some(node) = fields.get("sendmail") {
        if fields.has("folder") || fields.has("smtp") {
            let what = "`sendmail` contradicts `folder` and `smtp`: mail goes one way";
            reader.problem(node.at, what, "Keep one of them");
        }
        if let Some(program) = line(reader, node) {
            if !program.starts_with('/') {
                let what = format!("`{program}` is no whole path of a program");
                reader.problem(node.at, what, "Write it as in `/usr/sbin/sendmail`, without arguments");
            }
            settings.channel = ChannelSettings::Sendmail(program);
        }
    }
    let leaves = fields.has("smtp") || fields.has("sendmail");
    if leaves && !fields.has("from") {
        let what = "`from` is missing in `mail`: a mail server wants a sender";
        let instead = "Add `from: \"Quarterday <reports@example.com>\"` here";
        reader.problem(fields.node().at, what, instead);
    }
    if let Some(node) = fields.get("journal") {
        settings.journal = journal(reader, node);
        if !leaves {
            let what = "`journal` is for a mail server: what goes into a folder is never in doubt";
            reader.problem(node.at, what, "Remove it, or add `smtp`");
        }
    }
    if let Some(node) = fields.get("dkim") {
        settings.dkim = dkim(reader, node, settings.sender().ok().map(|sender| sender.address.domain()));
    }
    let rules = [("leave out csv", TooLarge::LeaveOutCsv), ("zip", TooLarge::Zip), ("note", TooLarge::Note)];
    if fields.has("too_large") {
        settings.too_large = fields.choice("too_large", "`too_large`", &rules)?;
    }
    if let Some(node) = fields.get("max_size") {
        let wanted = "a size from 100 kB to 1 GB, as in `10 MB`";
        settings.max_size = amount(reader, node, BYTES, 100_000..=1_000_000_000, wanted)?;
    }
    Some(settings)
}

fn from<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<String> {
    let text = line(reader, node)?;
    if let Err(why) = mailbox(&text) {
        let instead = "Write it as in `Quarterday <reports@example.com>`";
        reader.problem(node.at, format!("`{text}` is no sender: {why}"), instead);
        return None;
    }
    Some(text)
}

fn smtp<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<SmtpWritten> {
    let mut known = vec![
        "host",
        "port",
        "tls",
        "user",
        "password_env",
        "password_file",
        "allow_clear_password",
        "hello_name",
        "timeout",
        "ca_file",
    ];
    known.extend(no_password(reader, node));
    let fields = reader.fields(node, &known)?;
    let host = fields.need("host").and_then(|node| host(reader, node));
    let port = fields.integer("port", 1..=65_535).and_then(|port| u16::try_from(port).ok());
    let tls = tls(fields, port);
    let usual = match tls {
        TlsWritten::Implicit => 465,
        TlsWritten::StartTls => 587,
        TlsWritten::None => 25,
    };
    let allow_clear_password = fields.get("allow_clear_password").and_then(|node| yes_or_no(reader, node));
    let login = login(fields);
    if let Some(node) = fields.get("user").filter(|_| tls == TlsWritten::None && allow_clear_password != Some(true)) {
        let what = "with `tls: none` the password of `user` would be sent for everybody to read";
        reader.problem(node.at, what, "Use `tls: implicit` or `starttls`; or say `allow_clear_password: yes`");
    }
    if let Some(node) = fields.get("allow_clear_password").filter(|_| allow_clear_password == Some(true))
        && !(tls == TlsWritten::None && fields.has("user"))
    {
        let what = "`allow_clear_password` is only for `tls: none` with a `user`";
        reader.problem(node.at, what, "Remove it");
    }
    let ca_file = fields.get("ca_file").and_then(|node| line(reader, node));
    if let Some(node) = fields.get("ca_file").filter(|_| tls == TlsWritten::None) {
        reader.problem(node.at, "`ca_file` and `tls: none` contradict each other", "Keep one of the two");
    }
    let wanted = "a time from 1 second to 1 hour, as in `60s`";
    let timeout = fields.get("timeout").and_then(|node| amount(reader, node, SECONDS, 1..=3600, wanted));
    Some(SmtpWritten {
        host: host?,
        port: port.unwrap_or(usual),
        tls,
        allow_clear_password: allow_clear_password.unwrap_or(false),
        login,
        hello_name: fields.get("hello_name").and_then(|node| plain_name(reader, node, "hello_name")),
        timeout: timeout.map(Duration::from_secs),
        ca_file,
    })
}

fn tls(fields: Fields<'_, '_>, port: Option<u16>) -> TlsWritten {
    let known = [("implicit", TlsWritten::Implicit), ("starttls", TlsWritten::StartTls), ("none", TlsWritten::None)];
    match port {
        // The port of mail over TLS (RFC 8314, 7.3) says it; any other one leaves it open.
        Some(port) if port != 465 && !fields.has("tls") => {
            let what = format!("`tls` is missing in `smtp`: port {port} does not say how the connection is protected");
            let instead = "Add `tls: starttls`, `implicit` or `none`";
            fields.reader().problem(fields.node().at, what, instead);
        }
        _ => {}
    }
    fields.choice("tls", "protection", &known).unwrap_or_default()
}

/// Refuses a password that stands in the file; gives back its key, which is then known.
pub(super) fn no_password<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<&'static str> {
    let password = node.get("password")?;
    let instead =
        "Put it into a file that only its owner reads and name that: `password_file: PATH`; or `password_env: NAME`";
    reader.problem(password.at, "a password does not belong into this file", instead);
    Some("password")
}

/// Account and place of its password: both or neither.
pub(super) fn login(fields: Fields<'_, '_>) -> Option<(String, SecretFrom)> {
    let reader = fields.reader();
    let user = fields.get("user").and_then(|node| line(reader, node));
    let env = fields.get("password_env").and_then(|node| variable(reader, node, "password_env")).map(SecretFrom::Env);
    let file = fields.get("password_file").and_then(|node| line(reader, node)).map(SecretFrom::File);
    let at = |key: &str| fields.node().get(key).map_or(fields.node().at, |node| node.at);
    match (fields.has("user"), fields.has("password_env"), fields.has("password_file")) {
        (_, true, true) => {
            let what = "`password_env` and `password_file` contradict each other";
            reader.problem(at("password_file"), what, "Keep one of the two");
        }
        (true, false, false) if !fields.has("password") => {
            let what = "the password of `user` is not said";
            reader.problem(at("user"), what, "Add `password_file: PATH` or `password_env: NAME`");
        }
        (false, true, _) | (false, _, true) => {
            let key = if fields.has("password_env") { "password_env" } else { "password_file" };
            reader.problem(at(key), format!("`{key}` without `user`"), "Add `user: NAME`");
        }
        _ => {}
    }
    Some((user?, env.or(file)?))
}

/// The name of a variable of the environment, at this key.
pub(super) fn variable<'a>(reader: &Reader<'a>, node: &'a Node, key: &str) -> Option<String> {
    let name = reader.text(node)?;
    let letters = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if name.is_empty() || !letters || name.starts_with(|c: char| c.is_ascii_digit()) {
        // What is written here by mistake is often the password itself: it is not repeated.
        let what = format!("`{key}` is not the name of a variable");
        reader.problem(node.at, what, "Write the variable's name, as in `QUARTERDAY_SMTP_PASSWORD`");
        return None;
    }
    Some(name.to_owned())
}

pub(super) fn host<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<String> {
    let text = reader.text(node)?;
    if let Some((name, port)) = text.rsplit_once(':')
        && !name.contains([':', '/'])
        && port.parse::<u16>().is_ok()
    {
        reader.problem(node.at, format!("`{text}` holds a port"), format!("Write `host: {name}` and `port: {port}`"));
        return None;
    }
    plain_name(reader, node, "host")
}

/// The name of a machine, or its address.
fn plain_name<'a>(reader: &Reader<'a>, node: &'a Node, key: &str) -> Option<String> {
    let text = reader.text(node)?;
    let letters = |label: &str| label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let name = text.len() <= 253 && text.split('.').all(|label| (1..=63).contains(&label.len()) && letters(label));
    if !name && text.parse::<std::net::IpAddr>().is_err() {
        let what = format!("`{text}` is no name of a machine");
        reader.problem(node.at, what, format!("Write `{key}` as in `mail.example.com`"));
        return None;
    }
    Some(text.to_owned())
}

#[cfg(test)]
#[path = "mail_tests.rs"]
mod tests;
