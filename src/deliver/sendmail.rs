//! Sendmail: a program of this machine that takes mail, as Postfix, Exim, OpenSMTPD and msmtp bring one. No shell is asked.

use super::{Channel, tame};
use crate::dispatch::{Outgoing, Receipt, Stage};
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// Of what the program complains, so much is kept.
const WORDS: u64 = 4_096;

/// A program that is given the message on its standard input, and the envelope as arguments.
#[derive(Clone, Debug)]
pub struct Sendmail {
    program: PathBuf,
    timeout: Duration,
    environment: Vec<(&'static str, OsString)>,
}

impl Sendmail {
    /// A program; how long it may take to read the message, and again to end; and all that it sees of the environment:
    /// secrets there are not its business.
    pub fn new(program: &Path, timeout: Duration, environment: Vec<(&'static str, OsString)>) -> Sendmail {
        Sendmail { program: program.to_owned(), timeout, environment }
    }

    fn start(&self, message: &Outgoing) -> std::io::Result<Child> {
        let mut command = Command::new(&self.program);
        // -i: a line with one dot ends nothing. The recipient comes after `--`: it cannot become an option.
        command.args(["-i", "-f", &message.from, "--", &message.to]);
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").envs(self.environment.iter().cloned());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()
    }

    /// The error is a receipt too: `?` ends it with what is known at that point.
    fn exchange(
        &self,
        message: &Outgoing,
        stage: &mut dyn FnMut(Stage) -> Result<(), String>,
    ) -> Result<Receipt, Receipt> {
        // One that begins with a hyphen would be an option of the program.
        if message.from.starts_with('-') || message.to.starts_with('-') {
            return Err(Receipt::Never("an address that begins with `-` cannot be handed to a program".to_owned()));
        }
        let later = |words: String| Receipt::Later(tame(&format!("{}: {words}", self.program.display())));
        let mut child = self.start(message).map_err(|error| later(format!("cannot be started: {error}")))?;
        let complaint = complaint(&mut child);
        let mut ended = Ended { child, complaint };
        let (written, wait) = mpsc::channel();
        let Some(mut input) = ended.child.stdin.take() else { return Err(later("takes no input".to_owned())) };
        // Programs of Unix take lines that end with LF; what they send ends with CRLF again.
        let bytes: Vec<u8> = lines(&message.message);
        std::thread::spawn(move || {
            let done = input.write_all(&bytes).and_then(|()| input.flush());
            // The input goes along: closing it is what says that the message is whole.
            let _ = written.send(done.map(|()| input));
        });
        let input = match wait.recv_timeout(self.timeout) {
            Ok(Ok(input)) => input,
            // It ended before it had read all of it, and says why.
            Ok(Err(error)) => {
                let (status, words) = ended.status(self.timeout);
                return Err(match status {
                    Some(status) if !status.success() => meaning(status, &words, false),
                    _ => later(format!("did not take the whole message: {error} {words}")),
                });
            }
            Err(_) => {
                ended.kill();
                return Err(later("took too long to read the message".to_owned()));
            }
        };
        if let Err(why) = stage(Stage::Dot) {
            ended.kill();
            return Err(Receipt::Later(tame(&why)));
        }
        drop(input);
        match ended.status(self.timeout) {
            (Some(status), words) => Ok(meaning(status, &words, true)),
            (None, words) => Err(Receipt::Unknown(tame(&format!("took too long to end {words}")))),
        }
    }
}

impl Channel for Sendmail {
    fn send(&self, message: &Outgoing, stage: &mut dyn FnMut(Stage) -> Result<(), String>) -> Receipt {
        self.exchange(message, stage).unwrap_or_else(|receipt| receipt)
    }

    fn name(&self) -> String {
        format!("program {}", self.program.display())
    }
}

/// A program that runs or ran, and what it complains of.
struct Ended {
    child: Child,
    complaint: Receiver<String>,
}

impl Ended {
    /// How it ended; `None`: it did not, and was killed.
    fn status(&mut self, within: Duration) -> (Option<ExitStatus>, String) {
        let deadline = Instant::now() + within;
        let mut pause = Duration::from_millis(1);
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) if Instant::now() < deadline => std::thread::sleep(pause),
                _ => {
                    self.kill();
                    break None;
                }
            }
            pause = (pause * 2).min(Duration::from_millis(100));
        };
        // A child of its own may hold on to the other end: its words are not waited for.
        let words = self.complaint.recv_timeout(Duration::from_millis(200)).unwrap_or_default();
        (status, words)
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads what the program complains of, in a thread: it must not wait for a reader.
fn complaint(child: &mut Child) -> Receiver<String> {
    let (send, words) = mpsc::channel();
    if let Some(mut errors) = child.stderr.take() {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = errors.by_ref().take(WORDS).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut errors, &mut std::io::sink());
            let _ = send.send(String::from_utf8_lossy(&bytes).into_owned());
        });
    }
    words
}

/// What an exit code says (sysexits.h). `whole`: it had the message to its end.
fn meaning(status: ExitStatus, words: &str, whole: bool) -> Receipt {
    let said = tame(&format!("{status} {words}"));
    match status.code() {
        Some(0) if whole => Receipt::Sent(said),
        // Bad data, no such user, no such host.
        Some(65 | 67 | 68) => Receipt::Never(said),
        // The others of sysexits, and what a shell says of programs that cannot run.
        Some(64..=78 | 126 | 127) => Receipt::Later(said),
        _ if whole => Receipt::Unknown(said),
        _ => Receipt::Later(said),
    }
}

fn lines(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len());
    let mut rest = message;
    while let Some((byte, after)) = rest.split_first() {
        if !(*byte == b'\r' && after.first() == Some(&b'\n')) {
            out.push(*byte);
        }
        rest = after;
    }
    out
}

#[cfg(all(test, unix))]
#[path = "sendmail_test.rs"]
mod tests;
