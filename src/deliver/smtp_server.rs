//! Tests: an SMTP server in a thread that does wrong what a test tells it to.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What the server does at a step: when a client came, at a verb, or at one of
/// `body` (the bytes after DATA) and `dot` (the message is whole).
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Says this.
    Say(&'static str),
    /// Says this and closes.
    SayAndClose(&'static str),
    /// Closes without a word.
    Close,
    /// A byte now and then, for ever.
    Drip,
    /// Nothing, for ever; it does not read either.
    Silence,
}

/// Protection of the server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cover {
    Plain,
    Tls(&'static str),
    StartTls(&'static str),
}

/// What the server saw.
#[derive(Default, Debug)]
pub(super) struct Seen {
    pub(super) commands: Vec<String>,
    /// Messages that it is responsible for: their dot came, and it did not refuse them.
    pub(super) has: Vec<Vec<u8>>,
    /// Whether a whole message with its dot arrived, taken or not.
    pub(super) dots: usize,
}

pub(super) struct Server {
    pub(super) port: u16,
    seen: Arc<Mutex<Seen>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

const USUAL: [(&str, Act); 12] = [
    ("banner", Act::Say("220 test ESMTP\r\n")),
    ("EHLO", Act::Say("250-test\r\n250-SIZE 50000000\r\n250 AUTH PLAIN LOGIN\r\n")),
    ("EHLO clear", Act::Say("250-test\r\n250 STARTTLS\r\n")),
    ("STARTTLS", Act::Say("220 go\r\n")),
    ("AUTH", Act::Say("235 2.7.0 welcome\r\n")),
    ("MAIL", Act::Say("250 2.1.0 ok\r\n")),
    ("RCPT", Act::Say("250 2.1.5 ok\r\n")),
    ("DATA", Act::Say("354 go on\r\n")),
    ("body", Act::Say("")),
    ("dot", Act::Say("250 2.0.0 queued as 42\r\n")),
    ("QUIT", Act::SayAndClose("221 bye\r\n")),
    ("NOOP", Act::Say("250 ok\r\n")),
];

impl Server {
    /// Serves one client, and does at some steps otherwise than usual.
    pub(super) fn start(cover: Cover, faults: &[(&'static str, Act)]) -> Server {
        let mut script: BTreeMap<&str, Act> = USUAL.into_iter().collect();
        script.extend(faults.iter().cloned());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let inner = Arc::clone(&seen);
        let over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&over);
        let thread = std::thread::spawn(move || {
            let Ok((stream, _)) = listener.accept() else { return };
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let mut session = Session { script, seen: inner, stream: Wire::Plain(stream), clear: false, over: ends };
            let _ = session.serve(cover);
        });
        Server { port, seen, over, thread: Some(thread) }
    }

    /// Ends what goes on for ever, waits until the client was served, and tells what was seen.
    pub(super) fn seen(mut self) -> Seen {
        self.over.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap();
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
    Gone,
}

impl Wire {
    fn io(&mut self) -> io::Result<&mut dyn ReadWrite> {
        match self {
            Wire::Plain(stream) => Ok(stream),
            Wire::Tls(stream) => Ok(stream.as_mut()),
            Wire::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn wrap(&mut self, name: &str) {
        let Wire::Plain(stream) = std::mem::replace(self, Wire::Gone) else { return };
        let pem = std::fs::read(certificate(name)).unwrap();
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&pem).map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_slice(&pem).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let tls = ServerConnection::new(Arc::new(config)).unwrap();
        *self = Wire::Tls(Box::new(StreamOwned::new(tls, stream)));
    }
}

trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}

/// A test certificate's file.
pub(super) fn certificate(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/deliver/certificates").join(format!("{name}.pem"))
}

struct Session {
    script: BTreeMap<&'static str, Act>,
    seen: Arc<Mutex<Seen>>,
    stream: Wire,
    clear: bool,
    over: Arc<AtomicBool>,
}

impl Session {
    fn serve(&mut self, cover: Cover) -> io::Result<()> {
        if let Cover::Tls(name) = cover {
            self.stream.wrap(name);
        }
        self.clear = matches!(cover, Cover::StartTls(_));
        self.act("banner")?;
        loop {
            let line = self.line()?;
            self.seen.lock().unwrap().commands.push(line.clone());
            let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" if self.clear => self.act("EHLO clear")?,
                "STARTTLS" => {
                    self.act("STARTTLS")?;
                    if let Cover::StartTls(name) = cover {
                        self.stream.wrap(name);
                        self.clear = false;
                    }
                }
                "DATA" => {
                    self.act("DATA")?;
                    if matches!(self.script.get("DATA"), Some(Act::Say(said)) if said.starts_with("354")) {
                        self.message()?;
                    }
                }
                verb => self.act(verb)?,
            }
        }
    }

    fn message(&mut self) -> io::Result<()> {
        self.act("body")?;
        let mut message = Vec::new();
        while !message.ends_with(b"\r\n.\r\n") {
            let mut bytes = [0; 64 * 1024];
            let count = self.stream.io()?.read(&mut bytes)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            message.extend_from_slice(&bytes[..count]);
        }
        message.truncate(message.len() - 3);
        let refused = matches!(self.script.get("dot"),
            Some(Act::Say(said) | Act::SayAndClose(said)) if said.starts_with(['4', '5']));
        let mut seen = self.seen.lock().unwrap();
        seen.dots += 1;
        if !refused {
            seen.has.push(message);
        }
        drop(seen);
        self.act("dot")
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            let mut byte = [0];
            if self.stream.io()?.read(&mut byte)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            line.push(byte[0]);
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    fn act(&mut self, step: &str) -> io::Result<()> {
        let act = self.script.get(step).cloned().unwrap_or(Act::Say("500 what?\r\n"));
        let stream = self.stream.io()?;
        let close = || Err(io::ErrorKind::ConnectionAborted.into());
        match act {
            Act::Say(words) => stream.write_all(words.as_bytes()).and_then(|()| stream.flush()),
            Act::SayAndClose(words) => {
                stream.write_all(words.as_bytes())?;
                stream.flush()?;
                close()
            }
            Act::Close => close(),
            Act::Drip => loop {
                stream.write_all(b"2")?;
                stream.flush()?;
                if self.over.load(Ordering::SeqCst) {
                    return close();
                }
                std::thread::sleep(Duration::from_millis(20));
            },
            Act::Silence => {
                while !self.over.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(5));
                }
                close()
            }
        }
    }
}
