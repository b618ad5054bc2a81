//! Settings of mail: into a folder, or by SMTP; who it is from; how large it may be.

use crate::definition::{is_address, is_name, length, line_of_text};
use crate::written::{Fields, Node, Reader};
use std::path::PathBuf;
use std::time::Duration;

/// How mail leaves the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Where it goes to.
    pub by: MailBy,
    /// Address that it is from.
    pub from: String,
    /// Name that it is from; may be empty.
    pub from_name: String,
    /// The largest message, in bytes: of a larger one attachments are left out, and the mail says so.
    pub max_size: u64,
}

/// Where mail goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailBy {
    /// A Maildir.
    Folder(PathBuf),
    /// A mail server.
    Smtp(Smtp),
}

/// A mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smtp {
    /// Name of the server; its certificate must be for it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Account and password, where the server wants them.
    pub login: Option<(String, Password)>,
    /// The name to say hello with; `None`: the machine's.
    pub hello: Option<String>,
    /// For the whole exchange up to the last dot.
    pub timeout: Duration,
    /// Certificates (PEM) to trust besides the public ones.
    pub ca_file: Option<PathBuf>,
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte.
    #[default]
    Implicit,
    /// Begins in the clear and goes over to TLS, or not on at all: weaker.
    StartTls,
    /// In the clear, for a relay on the same machine; no password.
    None,
    /// In the clear, and the password too.
    NoneWithPasswordInClear,
}

/// Where a password is; never the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Password {
    /// In this variable of the environment.
    Environment(String),
    /// In this file, which only its owner can read.
    File(PathBuf),
}

/// Postfix's limit as it comes: a larger message is refused by many servers.
const MAX_SIZE: u64 = 10_240_000;

impl Default for Mail {
    fn default() -> Self {
        Mail {
            by: MailBy::Folder(PathBuf::from("var/mail")),
            from: "quarterday@localhost.localdomain".to_owned(),
            from_name: "Quarterday".to_owned(),
            max_size: MAX_SIZE,
        }
    }
}

pub(super) fn read<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<Mail> {
    let fields = reader.fields(node, &["folder", "smtp", "from", "max_size"])?;
    let default = Mail::default();
    let by = match (fields.has("folder"), fields.has("smtp")) {
        (true, true) => {
            reader.problem(node.at, "`folder` and `smtp` both say where mail goes to", "Keep one of the two");
            None
        }
        (_, true) => {
            if !fields.has("from") {
                reader.problem(
                    node.at,
                    "`from` is missing in `mail`",
                    "Add `from: reports@example.com`: servers refuse mail from nowhere",
                );
            }
            fields.get("smtp").and_then(|node| smtp(reader, node)).map(MailBy::Smtp)
        }
        (true, false) => super::path(&fields, "folder").map(MailBy::Folder),
        (false, false) => Some(default.by),
    };
    let (from_name, from) = match fields.get("from") {
        Some(node) => mailbox(reader, node)?,
        None => (default.from_name, default.from),
    };
    let max_size = match fields.get("max_size") {
        Some(node) => size(reader, node),
        None => Some(default.max_size),
    };
    Some(Mail { by: by?, from, from_name, max_size: max_size? })
}

/// `reports@example.com` or `Quarterday <reports@example.com>`.
fn mailbox(reader: &Reader<'_>, node: &Node) -> Option<(String, String)> {
    let text = line_of_text(reader, node, 300)?;
    let (name, address) = match text.strip_suffix('>').and_then(|rest| rest.split_once('<')) {
        Some((name, address)) => (name.trim().to_owned(), address.to_owned()),
        None => (String::new(), text),
    };
    if !is_address(&address) || name.contains(['<', '>', '"', '@', '\\']) {
        reader.wrong(node, "an address as in `reports@example.com` or `Audit reports <reports@example.com>`");
        return None;
    }
    Some((name, address))
}

/// `10 MB`, `25 MiB`, `500 kB`, or bytes.
fn size(reader: &Reader<'_>, node: &Node) -> Option<u64> {
    let text = node.as_text().unwrap_or_default();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: Option<u64> = match unit.trim() {
        "" | "B" | "bytes" => Some(1),
        "kB" | "KB" => Some(1000),
        "KiB" => Some(1024),
        "MB" => Some(1_000_000),
        "MiB" => Some(1024 * 1024),
        _ => None,
    };
    let size = number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    // Less does not hold a mail without attachments.
    let size = size.filter(|size| (100_000..=1_000_000_000).contains(size));
    if size.is_none() {
        reader.wrong(node, "a size as in `10 MB`, from 100 kB to 1000 MB");
    }
    size
}

const SMTP_KEYS: [&str; 9] =
    ["host", "port", "tls", "user", "password_env", "password_file", "hello", "timeout", "ca_file"];

fn smtp<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<Smtp> {
    if let Some(entry) = node.as_map().and_then(|entries| entries.iter().find(|entry| entry.key == "password")) {
        let instead = "Put it into a variable or a file, and write `password_env: NAME` or `password_file: PATH`";
        reader.problem(entry.at, "a password does not belong into the settings", instead);
        return None;
    }
    let fields = reader.fields(node, &SMTP_KEYS)?;
    let host = fields.need("host").and_then(|node| host(reader, node));
    let tls = match fields.get("tls") {
        Some(_) => fields.choice(
            "tls",
            "protection",
            &[
                ("implicit", Tls::Implicit),
                ("starttls", Tls::StartTls),
                ("none", Tls::None),
                ("none, password in clear", Tls::NoneWithPasswordInClear),
            ],
        ),
        None => Some(Tls::Implicit),
    };
    let port = match fields.get("port") {
        Some(_) => fields.integer("port", 1..=65_535).and_then(|port| u16::try_from(port).ok()),
        None => Some(match tls.unwrap_or_default() {
            Tls::Implicit => 465,
            Tls::StartTls => 587,
            Tls::None | Tls::NoneWithPasswordInClear => 25,
        }),
    };
    let login = login(&fields, tls.unwrap_or_default());
    let timeout = match fields.get("timeout") {
        Some(_) => length(&fields, "timeout", 1000, 60 * 60 * 1000).and_then(|millis| u64::try_from(millis).ok()),
        None => Some(300_000),
    };
    let hello = match fields.get("hello") {
        Some(node) => self::host(reader, node).map(Some),
        None => Some(None),
    };
    Some(Smtp {
        host: host?,
        port: port?,
        tls: tls?,
        login: login?,
        hello: hello?,
        timeout: Duration::from_millis(timeout?),
        ca_file: super::path(&fields, "ca_file"),
    })
}

fn host(reader: &Reader<'_>, node: &Node) -> Option<String> {
    let text = node.as_text().unwrap_or_default();
    let plain = text.len() <= 253 && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c));
    if !plain || !text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == ':') {
        reader.wrong(node, "a server's name as in `smtp.example.com`");
        return None;
    }
    Some(text.to_owned())
}

/// The account with its password, both or neither.
fn login(fields: &Fields<'_, '_>, tls: Tls) -> Option<Option<(String, Password)>> {
    let reader = fields.reader();
    let user = fields.get("user").and_then(|node| line_of_text(reader, node, 300));
    let here = fields.node().at;
    let password = match (fields.has("password_env"), fields.has("password_file")) {
        (true, true) => {
            reader.problem(
                here,
                "`password_env` and `password_file` both say where the password is",
                "Keep one of the two",
            );
            return None;
        }
        (true, false) => {
            let node = fields.get("password_env")?;
            let name = node.as_text().filter(|name| is_name(&name.to_ascii_lowercase()) && !name.contains('-'));
            if name.is_none() {
                reader.wrong(node, "the name of a variable as in `SMTP_PASSWORD`");
            }
            Some(Password::Environment(name?.to_owned()))
        }
        (false, true) => Some(Password::File(super::path(fields, "password_file")?)),
        (false, false) => None,
    };
    match (user, password) {
        (None, None) => Some(None),
        (Some(_), Some(_)) if tls == Tls::None => {
            let instead =
                "Write `tls: implicit`, or, if everybody on the way may read it, `tls: none, password in clear`";
            reader.problem(here, "without TLS the password would be sent in the clear", instead);
            None
        }
        (Some(user), Some(password)) => Some(Some((user, password))),
        (Some(_), None) => {
            reader.problem(here, "`user` has no password", "Add `password_env: NAME` or `password_file: PATH`");
            None
        }
        (None, Some(_)) => {
            if !fields.has("user") {
                reader.problem(here, "there is a password, but no `user`", "Add `user: …`");
            }
            None
        }
    }
}
