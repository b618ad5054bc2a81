//! `serve`: the daemon in the foreground; signals, systemd's socket and the log are handed to it here.

use super::{Context, Done};
use crate::clock::Clock;
use crate::daemon::{Daemon, Sign, World, endpoint};
use crate::pipeline::{Failure, Installation};
use signal_hook::consts::{SIGINT, SIGTERM};
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

#[derive(clap::Args)]
pub(super) struct Serve {
    /// How the log is written, to standard error
    #[arg(long, value_enum, default_value_t = Log::Text, value_name = "FORM")]
    log: Log,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Log {
    /// A line of text for each thing that happened
    Text,
    /// A line of JSON for each thing that happened
    Json,
}

impl Serve {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let world = Machine::new()?;
        let mut daemon = Daemon::open(&context.home, context.now.map(Clock::Fixed), &world)?;
        self.log();
        if let Some(address) = daemon.listen() {
            let listener = TcpListener::bind(address)
                .map_err(|error| Failure::Error(format!("serve.listen: {address} cannot be listened on: {error}")))?;
            let (home, now) = (context.home.clone(), context.now);
            std::thread::spawn(move || endpoint::answer(&listener, &|| Installation::open(&home, now)));
        }
        daemon.run()?;
        Ok(Done::Yes)
    }

    fn log(&self) {
        let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).with_target(false);
        // A second log in one process is none: the first one goes on.
        let _ = match self.log {
            Log::Text => log.try_init(),
            Log::Json => log.json().flatten_event(true).try_init(),
        };
    }
}

/// This machine: its signals, its sleep, and systemd's socket.
struct Machine {
    stopped: Arc<AtomicBool>,
    woken: Receiver<()>,
    notify: Option<Notify>,
}

struct Notify {
    socket: UnixDatagram,
    to: PathBuf,
    watchdog: Option<Duration>,
}

impl Machine {
    fn new() -> Result<Machine, Failure> {
        let failed = |error: std::io::Error| Failure::Error(format!("signals cannot be received: {error}"));
        let stopped = Arc::new(AtomicBool::new(false));
        let (wake, woken) = channel();
        let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGINT]).map_err(failed)?;
        let told = Arc::clone(&stopped);
        std::thread::spawn(move || {
            for _ in signals.forever() {
                // Who asks twice wants it at once; that is as safe as a power cut.
                if told.swap(true, Ordering::SeqCst) {
                    std::process::exit(1);
                }
                let _ = wake.send(());
            }
        });
        Ok(Machine { stopped, woken, notify: Notify::of_this_process() })
    }
}

impl World for Machine {
    fn rest(&self, most: Duration) {
        let _ = self.woken.recv_timeout(most);
    }

    fn stop(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    fn show(&self, sign: Sign) {
        let Some(notify) = &self.notify else { return };
        let words = match sign {
            Sign::Ready => "READY=1\nWATCHDOG=1",
            Sign::Alive => "WATCHDOG=1",
            Sign::Stopping => "STOPPING=1",
        };
        notify.send(words);
    }

    fn watched(&self) -> Option<Duration> {
        self.notify.as_ref()?.watchdog
    }
}

impl Notify {
    fn of_this_process() -> Option<Notify> {
        let to = std::env::var_os("NOTIFY_SOCKET").filter(|to| !to.is_empty())?;
        let watchdog = std::env::var("WATCHDOG_USEC").ok().and_then(|text| text.parse().ok());
        Some(Notify {
            socket: UnixDatagram::unbound().ok()?,
            to: PathBuf::from(to),
            watchdog: watchdog.map(Duration::from_micros),
        })
    }

    /// systemd that cannot be told is no reason to stop: its watchdog tells that something is wrong.
    fn send(&self, words: &str) {
        let path = self.to.to_string_lossy();
        #[cfg(target_os = "linux")]
        if let Some(name) = path.strip_prefix('@') {
            use std::os::linux::net::SocketAddrExt;
            if let Ok(address) = std::os::unix::net::SocketAddr::from_abstract_name(name) {
                let _ = self.socket.send_to_addr(words.as_bytes(), &address);
            }
            return;
        }
        let _ = self.socket.send_to(words.as_bytes(), path.as_ref());
    }
}
