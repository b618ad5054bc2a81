//! A journal on an IMAP server (RFC 3501, RFC 9051), over TLS from the first byte (RFC 8314). The mailbox is opened with EXAMINE:
//! not even a flag of it changes.
//!
//! What a server says is not trusted: its lines are bounded, one deadline lies around the whole exchange, and an answer that is
//! not understood is an error, never an absence.

use super::super::email::Secret;
use super::super::tame;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// All that a server says to one command is shorter.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// A mailbox on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imap {
    /// Name of the server; its certificate must be for it.
    pub host: String,
    /// Port; 993 where nothing else is said.
    pub port: u16,
    /// Account.
    pub user: String,
    /// Its password.
    pub password: Secret,
    /// Name of the mailbox, as the server has it.
    pub mailbox: String,
    /// For the whole exchange.
    pub timeout: Duration,
    /// Certificates (PEM) to trust besides the public ones.
    pub ca_file: Option<PathBuf>,
}

/// Which of these Message-IDs (without angle brackets) the mailbox has.
///
/// # Errors
/// Settings that cannot be used; a server that is away, refuses, or says what is not understood.
pub(super) fn find(settings: &Imap, wanted: BTreeSet<String>) -> io::Result<BTreeSet<String>> {
    let mut session = Session::open(settings)?;
    session.log_in(settings)?;
    session.command(&format!("EXAMINE {}", quoted(&settings.mailbox)?))?;
    let mut found = BTreeSet::new();
    for id in wanted {
        // A server looks for a part of the header: the brackets make it the whole.
        let said = session.command(&format!("UID SEARCH HEADER Message-ID {}", quoted(&format!("<{id}>"))?))?;
        if is_there(&said)? {
            found.insert(id);
        }
    }
    // What is known is known, whatever the server makes of the farewell.
    let _ = session.command("LOGOUT");
    Ok(found)
}

/// Whether a search found something. The answer is required (RFC 3501, 7.2.5); one of IMAP4rev2 is ESEARCH (RFC 9051, 7.3.4).
fn is_there(said: &[String]) -> io::Result<bool> {
    for line in said {
        let mut words = line.split_ascii_whitespace();
        match words.next().map(str::to_ascii_uppercase).as_deref() {
            Some("SEARCH") => return Ok(words.any(|word| word.parse::<u32>().is_ok())),
            Some("ESEARCH") => return Ok(words.any(|word| word.eq_ignore_ascii_case("ALL"))),
            _ => {}
        }
    }
    Err(wrong("the server did not answer the search"))
}

/// A string as IMAP quotes it. What cannot be quoted is not sent.
fn quoted(text: &str) -> io::Result<String> {
    if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{text:?} holds more than plain letters")));
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

fn wrong(words: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, tame(words))
}

/// A connection that ends at a deadline, however slowly the other side speaks.
struct Timed {
    stream: TcpStream,
    deadline: Instant,
}

impl Timed {
    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")) } else { Ok(left) }
    }
}

/// A timeout of a socket is `WouldBlock` on Unix, which says nothing to a person.
fn in_time<T>(done: io::Result<T>) -> io::Result<T> {
    done.map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => io::Error::new(io::ErrorKind::TimedOut, "no answer in time"),
        _ => error,
    })
}

impl Read for Timed {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        in_time(self.stream.read(bytes))
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        in_time(self.stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        in_time(self.stream.flush())
    }
}

/// A conversation with a server.
struct Session {
    stream: StreamOwned<ClientConnection, Timed>,
    /// What was read and is no whole line yet.
    rest: Vec<u8>,
    /// How much was read since the last command.
    read: usize,
    commands: u32,
}

impl Session {
    fn open(settings: &Imap) -> io::Result<Session> {
        let tls = tls(&settings.host, settings.ca_file.as_deref())?;
        let deadline = Instant::now() + settings.timeout;
        let stream = connect(&settings.host, settings.port, deadline)?;
        let stream = StreamOwned::new(tls, Timed { stream, deadline });
        let mut session = Session { stream, rest: Vec::new(), read: 0, commands: 0 };
        let greeting = session.line()?;
        if !greeting.to_ascii_uppercase().starts_with("* OK") {
            return Err(wrong(&format!("the server does not greet: {greeting}")));
        }
        Ok(session)
    }

    fn log_in(&mut self, settings: &Imap) -> io::Result<()> {
        let (user, password) = (&settings.user, &settings.password.0);
        let can: Vec<String> = self.command("CAPABILITY")?.iter().map(|line| line.to_ascii_uppercase()).collect();
        let can = |what: &str| can.iter().any(|line| line.split_ascii_whitespace().any(|word| word == what));
        if can("AUTH=PLAIN") {
            // RFC 4616: letters of all languages are allowed here.
            let secret = STANDARD.encode(format!("\0{user}\0{password}"));
            self.say("AUTHENTICATE PLAIN")?;
            if !self.line()?.starts_with('+') {
                return Err(wrong("the server does not take AUTH=PLAIN, which it offers"));
            }
            self.stream.write_all(format!("{secret}\r\n").as_bytes())?;
            return self.answer("AUTHENTICATE").map(drop);
        }
        if can("LOGINDISABLED") {
            return Err(wrong("the server takes no password (it offers no AUTH=PLAIN)"));
        }
        // Not in an error: what is refused here may be the password.
        let quoted = |text: &str| quoted(text).map_err(|_| wrong("the server takes only plain letters in a password"));
        let words = format!("LOGIN {} {}", quoted(user)?, quoted(password)?);
        self.say(&words)?;
        self.answer("LOGIN").map(drop)
    }

    /// Says a command, and gives back what the server says to it: its untagged lines, without the star.
    fn command(&mut self, words: &str) -> io::Result<Vec<String>> {
        self.say(words)?;
        self.answer(words)
    }

    fn say(&mut self, words: &str) -> io::Result<()> {
        self.commands += 1;
        self.read = 0;
        let tag = self.tag();
        self.stream.write_all(format!("{tag} {words}\r\n").as_bytes())
    }

    fn tag(&self) -> String {
        format!("q{}", self.commands)
    }

    /// Reads up to the end of the answer to the command that was said. `command` is how an error names it.
    fn answer(&mut self, command: &str) -> io::Result<Vec<String>> {
        let tag = self.tag();
        let mut said = Vec::new();
        loop {
            let line = self.line()?;
            if let Some(rest) = line.strip_prefix("* ") {
                said.push(rest.to_owned());
                continue;
            }
            let end = line.strip_prefix(&tag).and_then(|rest| rest.strip_prefix(' '));
            let Some(end) = end else {
                return Err(wrong(&format!("the server answers to nothing that was said: {line}")));
            };
            if end.get(..2).is_some_and(|word| word.eq_ignore_ascii_case("OK")) {
                return Ok(said);
            }
            return Err(wrong(&format!("the server refuses {command}: {end}")));
        }
    }

    /// A line, without its end; what it announces as a literal (RFC 3501, 4.3) belongs to it.
    fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        loop {
            let end = self.up_to(|rest| rest.windows(2).position(|two| two == b"\r\n").map(|at| at + 2))?;
            line.extend(self.rest.drain(..end));
            line.truncate(line.len().saturating_sub(2));
            let Some(length) = literal(&line) else { return Ok(String::from_utf8_lossy(&line).into_owned()) };
            let length = self.up_to(|rest| (rest.len() >= length).then_some(length))?;
            line.extend(self.rest.drain(..length));
        }
    }

    /// Reads until enough is there, and tells how much that is.
    fn up_to(&mut self, enough: impl Fn(&[u8]) -> Option<usize>) -> io::Result<usize> {
        loop {
            if let Some(end) = enough(&self.rest) {
                return Ok(end);
            }
            let mut bytes = [0; 4096];
            let count = self.stream.read(&mut bytes)?;
            if count == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server ended the connection"));
            }
            self.read += count;
            if self.read > LONGEST_ANSWER {
                return Err(wrong("the server says more than can be an answer"));
            }
            self.rest.extend(bytes.iter().take(count));
        }
    }
}

/// How long the literal is that a line ends with: `{12}`.
fn literal(line: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(line.strip_suffix(b"}")?.rsplit(|byte| *byte == b'{').next()?).ok()?;
    (line.contains(&b'{')).then(|| text.trim_end_matches('+').parse().ok()).flatten()
}

fn connect(host: &str, port: u16, deadline: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, format!("{host} has no address"));
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(
            &address,
            deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1)),
        ) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// TLS as [`super::super::email`] has it: the public authorities, and those of a file.
fn tls(host: &str, ca_file: Option<&Path>) -> io::Result<ClientConnection> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = ca_file {
        let unusable =
            |what: String| io::Error::new(io::ErrorKind::InvalidInput, format!("{}: {what}", path.display()));
        let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        let known = roots.roots.len();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
            roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
        }
        if roots.roots.len() == known {
            return Err(unusable("it holds no certificate (PEM)".into()));
        }
    }
    let name =
        ServerName::try_from(host.to_owned()).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)
}
