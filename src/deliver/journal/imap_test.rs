//! Tests: an IMAP server in a thread, over TLS, that answers what a test tells it to.

use super::super::email::Secret;
use super::super::smtp_server::certificate;
use super::Journal;
use super::imap::Imap;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// What the server says to a command that begins so; `TAG` is the command's. Nothing at all: it says nothing for ever.
type Script = Vec<(&'static str, &'static str)>;

const MAILBOX: [(&str, &str); 9] = [
    ("", "* OK [CAPABILITY IMAP4rev1] ready\r\n"),
    ("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK done\r\n"),
    ("AUTHENTICATE PLAIN", "+ \r\n"),
    ("LOGIN", "TAG OK welcome\r\n"),
    ("EXAMINE", "* FLAGS (\\Seen)\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\nTAG OK [READ-ONLY] done\r\n"),
    ("UID SEARCH HEADER Message-ID \"<there@x.example>\"", "* SEARCH 4 12\r\nTAG OK done\r\n"),
    ("UID SEARCH HEADER Message-ID \"<there-too@x.example>\"", "* ESEARCH (TAG \"TAG\") UID ALL 5\r\nTAG OK done\r\n"),
    ("UID SEARCH", "* 3 EXISTS\r\n* SEARCH\r\nTAG OK done\r\n"),
    ("LOGOUT", "* BYE\r\nTAG OK bye\r\n"),
];

struct Server {
    port: u16,
    thread: JoinHandle<Vec<String>>,
}

impl Server {
    /// Serves one client with this certificate. What is said first goes before what is usual.
    fn start(name: &'static str, faults: Script) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let script: Script = faults.into_iter().chain(MAILBOX).collect();
        let thread = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let mut commands = Vec::new();
            // The client goes when it has seen enough.
            let _ = serve(stream, name, &script, &mut commands);
            commands
        });
        Server { port, thread }
    }

    fn seen(self) -> Vec<String> {
        self.thread.join().unwrap()
    }
}

fn serve(stream: TcpStream, name: &str, script: &Script, commands: &mut Vec<String>) -> io::Result<()> {
    let pem = std::fs::read(certificate(name))?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&pem).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(&pem).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
    let greeting = script.iter().find(|(begins, _)| begins.is_empty()).unwrap().1;
    stream.write_all(greeting.as_bytes())?;
    let mut tag = String::new();
    loop {
        let line = line(&mut stream)?;
        let command = match line.split_once(' ') {
            Some((new, command)) if new.starts_with('q') => {
                tag = new.to_owned();
                command.to_owned()
            }
            // What follows on a `+`.
            _ => format!("LOGIN by {line}"),
        };
        let said = script.iter().find(|(begins, _)| !begins.is_empty() && command.starts_with(begins));
        commands.push(command.clone());
        let said = said.map_or("TAG BAD what?\r\n", |(_, said)| said);
        if said.is_empty() {
            // Until the client has no patience any more.
            return self::line(&mut stream).map(drop);
        }
        stream.write_all(said.replace("TAG", &tag).as_bytes())?;
        stream.flush()?;
    }
}

fn line(stream: &mut impl Read) -> io::Result<String> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        line.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn journal(port: u16) -> Imap {
    Imap {
        host: "localhost".into(),
        port,
        user: "journal".into(),
        password: Secret("pass \"wörd\"".into()),
        mailbox: "Archive/All \"mail\"".into(),
        timeout: Duration::from_secs(20),
        ca_file: Some(certificate("authority")),
    }
}

fn ids(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| format!("{id}@x.example")).collect()
}

/// What comes of looking for one mail that is there, on a server that does wrong so.
fn looked(faults: Script, change: impl FnOnce(&mut Imap)) -> Result<BTreeSet<String>, String> {
    let server = Server::start("localhost", faults);
    let mut settings = journal(server.port);
    change(&mut settings);
    let found = Journal::Imap(settings).find(ids(&["there"]));
    server.seen();
    found.map_err(|error| error.to_string())
}

#[test]
fn what_the_server_has_is_found_and_nothing_is_changed() {
    let server = Server::start("localhost", Vec::new());
    let found = Journal::Imap(journal(server.port)).find(ids(&["there", "there-too", "not-there"])).unwrap();
    assert_eq!(found, ids(&["there", "there-too"]));
    let seen = server.seen();
    assert_eq!(
        seen,
        [
            "CAPABILITY",
            "AUTHENTICATE PLAIN",
            "LOGIN by AGpvdXJuYWwAcGFzcyAid8O2cmQi",
            "EXAMINE \"Archive/All \\\"mail\\\"\"",
            "UID SEARCH HEADER Message-ID \"<not-there@x.example>\"",
            "UID SEARCH HEADER Message-ID \"<there-too@x.example>\"",
            "UID SEARCH HEADER Message-ID \"<there@x.example>\"",
            "LOGOUT",
        ]
    );
}

#[test]
fn a_server_without_plain_authentication_is_told_a_quoted_password() {
    let old = ("CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n");
    let plain = |settings: &mut Imap| settings.password = Secret("p\\w \"x\"".into());
    assert_eq!(looked(vec![old], plain).unwrap(), ids(&["there"]));
    let server = Server::start("localhost", vec![old]);
    let mut settings = journal(server.port);
    plain(&mut settings);
    Journal::Imap(settings).find(ids(&[])).unwrap();
    assert_eq!(server.seen()[1], "LOGIN \"journal\" \"p\\\\w \\\"x\\\"\"");
    // A password that cannot be said so is not said, and not shown.
    let error = looked(vec![old], |_| {}).unwrap_err();
    assert!(error.contains("plain letters") && !error.contains("wörd"), "{error}");
    let disabled = ("CAPABILITY", "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nTAG OK done\r\n");
    assert!(looked(vec![disabled], plain).unwrap_err().contains("takes no password"));
}

#[test]
fn what_is_not_understood_is_an_error_and_not_an_absence() {
    for (at, says, expected) in [
        ("", "* BYE too many connections\r\n", "does not greet"),
        ("LOGIN by", "TAG NO [AUTHENTICATIONFAILED] wrong\r\n", "refuses AUTHENTICATE: NO [AUTHENTICATIONFAILED]"),
        ("AUTHENTICATE", "TAG NO no\r\n", "does not take AUTH=PLAIN"),
        ("EXAMINE", "TAG NO no such mailbox\r\n", "refuses EXAMINE \"Archive/All \\\"mail\\\"\": NO no such mailbox"),
        ("UID SEARCH", "TAG OK done\r\n", "did not answer the search"),
        ("UID SEARCH", "TAG BAD unknown\r\n", "refuses UID SEARCH"),
        ("UID SEARCH", "q99 OK done\r\n", "answers to nothing that was said"),
        ("UID SEARCH", "* SEARCH {999999999}\r\n", "more than can be an answer"),
    ] {
        // Where a literal is announced, it comes.
        let faults = vec![(at, says)];
        let found = if says.contains('{') { endless(says) } else { looked(faults, |_| {}) };
        let error = found.unwrap_err();
        assert!(error.contains(expected) && !error.contains("wörd"), "{at} {says:?}: {error}");
    }
}

/// A literal without an end.
fn endless(says: &'static str) -> Result<BTreeSet<String>, String> {
    let long: &'static str = Box::leak(format!("{says}{}", "x".repeat(1_100_000)).into_boxed_str());
    looked(vec![("UID SEARCH", long)], |_| {})
}

#[test]
fn a_literal_belongs_to_its_line() {
    let literal = ("UID SEARCH", "* OK {12}\r\n* SEARCH 1\r\n x\r\n* SEARCH\r\nTAG OK done\r\n");
    assert_eq!(looked(vec![literal], |_| {}).unwrap(), ids(&[]));
}

#[test]
fn a_server_that_says_nothing_is_waited_for_only_so_long() {
    let error = looked(vec![("EXAMINE", "")], |settings| settings.timeout = Duration::from_millis(500)).unwrap_err();
    assert!(error.contains("no answer in time"), "{error}");
}

#[test]
fn certificates_are_verified_and_what_is_not_sendable_is_not_sent() {
    for name in ["expired", "other.example"] {
        let server = Server::start(name, Vec::new());
        let error = Journal::Imap(journal(server.port)).find(ids(&["there"])).unwrap_err();
        assert!(error.to_string().contains("certificate"), "{name}: {error}");
        assert_eq!(server.seen(), Vec::<String>::new(), "not even a password");
    }
    let error = looked(Vec::new(), |settings| settings.mailbox = "a\r\nq9 DELETE b".into()).unwrap_err();
    assert!(error.contains("more than plain letters"), "{error}");
    let nobody = Imap { ca_file: Some(std::env::temp_dir().join("no such file")), ..journal(1) };
    assert!(Journal::Imap(nobody).find(ids(&["there"])).unwrap_err().to_string().contains("no such file"));
    assert!(Journal::Imap(journal(1)).find(ids(&["there"])).is_err());
}
