//! `serve`: the daemon issues and delivers by itself, keeps to the last good definition, and stops when it is told to.
#![cfg(unix)]

use crate::faults::once;
use crate::home::{Home, SETTINGS};
use crate::samples::{DAILY, daily};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A daemon, and what it says.
struct Daemon {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Daemon {
    fn start(home: &Home) -> Daemon {
        let mut command = home.command(["serve", "--log", "json"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (send, lines) = channel();
        let log = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || log.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Daemon { child, lines, said: Vec::new() }
    }

    /// Waits until it says this.
    fn says(&mut self, words: &str) {
        if self.said.iter().any(|line| line.contains(words)) {
            return;
        }
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    let found = line.contains(words);
                    self.said.push(line);
                    if found {
                        return;
                    }
                }
                Err(_) => panic!("`{words}` was not said: {:#?}", self.said),
            }
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// Tells it to stop; it must end well, and soon. Gives back all that it said.
    fn stop(mut self) -> Vec<String> {
        self.signal("-TERM");
        let begun = Instant::now();
        let status = self.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{:#?}", self.said);
        assert!(begun.elapsed() < Duration::from_secs(10));
        self.said.extend(self.lines.iter());
        self.said.clone()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The daily report, with a daemon that looks every second.
fn quick() -> Home {
    let home = daily();
    home.file("quarterday.yaml", format!("{SETTINGS}serve: {{ poll: 1s }}\n"));
    home
}

#[test]
fn it_issues_delivers_and_stops_and_its_log_tells_nothing_of_people() {
    let home = quick();
    let mut daemon = Daemon::start(&home);
    daemon.says("\"delivered\"");
    let health = home.run(["health"]);
    assert_eq!(health.code, 0, "{health:#?}");
    assert!(health.out.contains("1 issued"), "{health:#?}");
    let said = daemon.stop();
    once(&home, 0);
    for line in &said {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
        for secret in ["@", "anna", "ben", "carla", "Pumps", "Valves", "Meyer"] {
            assert!(!line.contains(secret), "`{secret}` is in the log: {line}");
        }
    }
    assert!(said.last().unwrap().contains("stopped"), "{said:#?}");
    home.run(["health"]).fails(1, &["no daemon gives a sign of life"]);
}

#[test]
fn a_broken_edit_keeps_the_last_good_definition_and_its_owner_is_told_once() {
    let home = quick();
    let mut daemon = Daemon::start(&home);
    daemon.says("\"delivered\"");
    home.definition("daily", &DAILY.replace("every: day", "every: dya"));
    daemon.says("the owner is told of the definition");
    // Not in the middle of a delivery: that would be an unknown outcome, which rests for half an hour (`kills_serve`).
    daemon.said.clear();
    daemon.says("\"delivered\"");
    drop(daemon);
    // Killed and started anew it still has it, and does not tell it again.
    home.now("2026-12-02T08:30:00Z");
    let mut daemon = Daemon::start(&home);
    daemon.says("daily/2026-12-01");
    home.definition("daily", DAILY);
    daemon.says("\"wrong\":false");
    daemon.stop();
    assert_eq!(home.standing(), ["daily/2026-11-30 issued", "daily/2026-12-01 issued"]);
    home.ok(["issue"]);
    let told: Vec<String> = home
        .mails()
        .iter()
        .filter(|mail| mail.header("To") == "owner@example.com")
        .map(|mail| mail.header("Subject").to_owned())
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("is written right again") && told[1].contains("is written wrong now"), "{told:?}");
    assert_eq!(home.run(["verify", "ledger"]).code, 0);
}

#[test]
fn of_two_one_leads_and_the_other_takes_over_when_it_is_killed() {
    let home = quick();
    let mut first = Daemon::start(&home);
    first.says("\"leads\"");
    let mut second = Daemon::start(&home);
    second.says("another daemon leads");
    first.says("\"delivered\"");
    first.signal("-KILL");
    second.says("\"leads\"");
    second.stop();
    once(&home, 0);
}

#[test]
fn past_periods_are_issued_on_purpose_and_say_so() {
    let home = daily();
    home.ok(["issue"]);
    let out = home.ok(["backfill", "daily", "--from", "2026-11-28", "--to", "2026-11-30", "--archive-only"]);
    assert!(out.contains("daily/2026-11-28: issued for its past period, 0 to send"), "{out}");
    assert_eq!(home.standing(), ["daily/2026-11-28 issued", "daily/2026-11-29 issued", "daily/2026-11-30 issued"]);
    assert_eq!(home.mails().len(), 2, "only those of the first issue");
    assert!(home.ok(["history", "--csv"]).contains("backfilled, only archived"));
    let html = home.edition_text("daily/2026-11-29", ".html");
    assert!(html.contains("for a past period, later, on purpose; archived, and sent to nobody"));
    let again = home.ok(["backfill", "daily", "--from", "2026-11-27", "--to", "2026-11-30"]);
    assert!(again.contains("2 mails delivered"), "{again}");
    let nothing = home.ok(["backfill", "daily", "--from", "2026-11-27", "--to", "2026-11-30"]);
    assert_eq!(nothing, "Every period of these days is issued already.\n");
    home.run(["backfill", "daily", "--from", "2027-11-27", "--to", "2027-11-30"]).fails(2, &["no period of daily"]);
}

#[test]
fn systemd_is_told_and_its_endpoint_answers() {
    let home = quick();
    let socket = std::os::unix::net::UnixDatagram::bind(home.path("notify")).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // A port that is free now.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    home.file("quarterday.yaml", format!("{SETTINGS}serve: {{ poll: 1s, listen: \"127.0.0.1:{port}\" }}\n"));
    let mut command = home.command(["serve"]);
    command.env("NOTIFY_SOCKET", home.path("notify")).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut bytes = [0; 256];
    let mut heard = || {
        let read = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..read]).into_owned()
    };
    while !heard().starts_with("READY=1") {}
    assert_eq!(heard(), "WATCHDOG=1");
    let ask = |question: &str| {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(question.as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    let health = ask("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(health.starts_with("HTTP/1.1 200 OK"), "{health}");
    let metrics = ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    for line in
        ["quarterday_issued 1\n", "quarterday_daemon_alive 1\n", "quarterday_log_age_seconds{source=\"zoho-crm\"}"]
    {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert!(ask("GET /etc/passwd HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404"));
    assert!(ask("POST /health HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405"));
    assert!(std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    while heard() != "STOPPING=1" {}
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
