//! Guard: a gate between lettre and the mail server, because lettre gives no hold on its socket.
//!
//! lettre connects to the gate, the gate to the server, and bytes pass through unchanged (TLS is end to end). It gives
//! what an honest outbox needs and lettre 0.11 lacks:
//!
//! * **one deadline around the whole exchange**: lettre's timeouts are per read, a server that drips a byte now and
//!   then holds it for ever;
//! * **a way to not send the last dot**: lettre's iterator cannot fail, so when the ledger could not commit, the gate
//!   is shut before the dot is written, and it never leaves the machine;
//! * **STARTTLS without early bytes**: answers that arrive before the handshake would be read by lettre as if they had
//!   come after it (the class of CVE-2011-0411 and CVE-2021-38371). In the clear the gate passes one command and one
//!   answer at a time, and shuts if there is a byte more.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often a waiting gate looks at its deadline.
const SLICE: Duration = Duration::from_millis(100);
/// An answer in the clear is not longer than this; the same bound as lettre's.
const LONGEST_ANSWER: usize = 100_000;

/// The gate, for one exchange. It is shut when dropped.
pub(super) struct Guard {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    server: TcpStream,
    client: Mutex<Option<TcpStream>>,
    deadline: Mutex<Instant>,
    why: Mutex<Option<String>>,
    shut: AtomicBool,
    server_gone: AtomicBool,
}

impl Guard {
    /// Connects to the server and opens the gate. `in_the_clear`: the exchange begins without TLS and goes over to it,
    /// one command and one answer at a time until then.
    pub(super) fn open(host: &str, port: u16, deadline: Instant, in_the_clear: bool) -> io::Result<Guard> {
        let server = connect(host, port, deadline)?;
        server.set_nodelay(true)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            server,
            client: Mutex::new(None),
            deadline: Mutex::new(deadline),
            why: Mutex::new(None),
            shut: AtomicBool::new(false),
            server_gone: AtomicBool::new(false),
        });
        let inner = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("mail gate".into()).spawn(move || {
            // Errors of a socket end the exchange; lettre sees its connection closed and says so.
            let _ = inner.run(&listener, in_the_clear);
            inner.shut(None);
        })?;
        Ok(Guard { address, shared, thread: Some(thread) })
    }

    /// Where lettre connects to.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A new deadline for what is left of the exchange.
    pub(super) fn until(&self, deadline: Instant) {
        *lock(&self.shared.deadline) = deadline;
    }

    /// Whether the server has not closed the connection, as far as is known here.
    pub(super) fn server_is_there(&self) -> bool {
        !self.shared.server_gone.load(Ordering::SeqCst) && !self.shared.shut.load(Ordering::SeqCst)
    }

    /// Shuts the gate: when this returns, nothing more that is written can reach the server.
    pub(super) fn shut(&self) {
        self.shared.shut(None);
    }

    /// Why the gate shut by itself, if it did.
    pub(super) fn why(&self) -> Option<String> {
        lock(&self.shared.why).clone()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.shut();
        // Wakes the thread if nobody ever connected.
        drop(TcpStream::connect_timeout(&self.address, SLICE));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn run(&self, listener: &TcpListener, in_the_clear: bool) -> io::Result<()> {
        let (client, _) = listener.accept()?;
        client.set_nodelay(true)?;
        *lock(&self.client) = Some(client.try_clone()?);
        if self.shut.load(Ordering::SeqCst) {
            return Ok(());
        }
        if in_the_clear && !self.one_at_a_time(&client)? {
            return Ok(());
        }
        std::thread::scope(|scope| {
            // Blocks without a timeout: the other direction watches the deadline and shuts both sockets.
            scope.spawn(|| {
                let _ = pass(&client, &self.server);
                self.shut(None);
            });
            let mut bytes = vec![0; 16 * 1024];
            loop {
                match self.read(&self.server, &mut bytes) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => {
                        if (&client).write_all(bytes.get(..count).unwrap_or_default()).is_err() {
                            break;
                        }
                    }
                }
            }
            self.server_gone.store(true, Ordering::SeqCst);
            // What the server said last is still read; then lettre sees the end.
            let _ = client.shutdown(Shutdown::Write);
            let _ = self.server.shutdown(Shutdown::Both);
        });
        Ok(())
    }

    /// The part of an exchange before STARTTLS. `true`: the handshake begins.
    fn one_at_a_time(&self, client: &TcpStream) -> io::Result<bool> {
        let mut handshake = false;
        loop {
            let (answer, whole) = self.answer()?;
            let agreed = answer.starts_with(b"220");
            { client }.write_all(&answer)?;
            if !whole {
                return Ok(false);
            }
            // A command, or the first bytes of the handshake.
            let mut bytes = vec![0; 16 * 1024];
            let count = self.read(client, &mut bytes)?;
            bytes.truncate(count);
            if count == 0 {
                return Ok(false);
            }
            if self.server_spoke()? {
                return Err(self.refuse("the server sent bytes that nobody asked for before the TLS handshake"));
            }
            { &self.server }.write_all(&bytes)?;
            if handshake && agreed {
                return Ok(true);
            }
            handshake = bytes.eq_ignore_ascii_case(b"STARTTLS\r\n");
        }
    }

    /// One answer of the server: lines up to the first without a hyphen after the code (RFC 5321, 4.2.1); and whether
    /// it is whole, or the server closed the connection before.
    fn answer(&self) -> io::Result<(Vec<u8>, bool)> {
        let mut answer = Vec::new();
        let mut bytes = [0; 4096];
        loop {
            let count = self.read(&self.server, &mut bytes)?;
            if count == 0 {
                return Ok((answer, false));
            }
            answer.extend_from_slice(bytes.get(..count).unwrap_or_default());
            let mut end = 0;
            for line in answer.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")) {
                end += line.len();
                if line.get(3) != Some(&b'-') {
                    if end < answer.len() {
                        return Err(self.refuse("the server sent more than one answer before the TLS handshake"));
                    }
                    return Ok((answer, true));
                }
            }
            if answer.len() > LONGEST_ANSWER {
                return Err(self.refuse("the server's answer has no end"));
            }
        }
    }

    /// Whether the server has sent something that was not read yet.
    fn server_spoke(&self) -> io::Result<bool> {
        self.server.set_nonblocking(true)?;
        let waiting = self.server.peek(&mut [0]);
        self.server.set_nonblocking(false)?;
        Ok(matches!(waiting, Ok(1..)))
    }

    /// Reads, and looks at the deadline while there is nothing to read.
    fn read(&self, mut from: &TcpStream, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = lock(&self.deadline).saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(self.refuse("the time for the exchange was over"));
            }
            from.set_read_timeout(Some(left.min(SLICE).max(Duration::from_millis(1))))?;
            match from.read(bytes) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn refuse(&self, why: &str) -> io::Error {
        self.shut(Some(why));
        io::Error::other(why.to_owned())
    }

    fn shut(&self, why: Option<&str>) {
        if let Some(why) = why {
            lock(&self.why).get_or_insert_with(|| why.to_owned());
        }
        self.shut.store(true, Ordering::SeqCst);
        let _ = self.server.shutdown(Shutdown::Both);
        // Taken, so that the socket is closed once the gate's thread has let go of it too: a writer that waits for room
        // is woken by a closed socket only, not by one that is shut down.
        if let Some(client) = lock(&self.client).take() {
            let _ = client.shutdown(Shutdown::Both);
        }
    }
}

/// Passes everything on until one side ends.
fn pass(mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
    from.set_read_timeout(None)?;
    io::copy(&mut from, &mut to).map(drop)
}

/// The first of the host's addresses that answers.
fn connect(host: &str, port: u16, deadline: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::new(ErrorKind::NotFound, "the name has no address");
    for address in (host, port).to_socket_addrs()? {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::new(ErrorKind::TimedOut, "the time for the exchange was over"));
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Nothing that holds these locks can leave its value half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
