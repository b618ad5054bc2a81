//! Killed: an import that is killed at any moment leaves the whole batch or nothing, and can be done again.

use super::*;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

const EVENTS: i64 = 6_000;
const LOG: &str = "QUARTERDAY_TEST_LOG";

/// Not a test of its own: the process that is killed. It tells how far it is, so that nobody needs to wait.
#[test]
#[ignore = "started and killed by another test"]
fn child_that_imports() {
    let Some(path) = std::env::var_os(LOG) else { return };
    let mut log = SealedLog::open(Path::new(&path)).unwrap();
    let say = |what: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nat {what}").unwrap();
        out.flush().unwrap();
    };
    let mut feed = |sink: &mut dyn Sink| {
        for (n, event) in varied(EVENTS).into_iter().enumerate() {
            if n % 500 == 0 {
                say(format!("event {n}"));
            }
            sink.event(event)?;
        }
        say("the end".to_owned());
        Ok(())
    };
    log.add_batch(&source("crm"), &about("b.csv"), 0, &[], &mut feed).unwrap();
    say("done".to_owned());
}

#[test]
fn killed_imports_leave_all_or_nothing() {
    let mut all = sealed();
    let path = all.folder.path().join("log");
    add(&mut all.log, "crm", &[event(0, "Ann")]);
    let head = all.log.head().unwrap();
    drop(all.log);
    // Killed after so many lines of the child: at the start, in the middle, and about when it commits.
    for lines in [1, 4, 9, 12, 13, 13] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "audit_log::sealed::tests::killed::child_that_imports", "--ignored", "--nocapture"])
            .env(LOG, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let seen = out.lines().map_while(Result::ok).filter(|line| line.starts_with("at ")).take(lines).count();
        assert_eq!(seen, lines);
        child.kill().unwrap();
        child.wait().unwrap();
        let log = SealedLog::open(&path).unwrap();
        let verdict = log.verify().unwrap();
        assert_eq!(verdict.fault, None);
        if log.head().unwrap() == head {
            assert_eq!(verdict.events, 1);
        } else {
            assert_eq!(verdict.events, 1 + EVENTS as u64, "all of it");
            drop(log);
            return again(&path, 0);
        }
    }
    again(&path, EVENTS as u64);
}

fn again(path: &Path, added: u64) {
    let mut log = SealedLog::open(path).unwrap();
    assert_eq!(add(&mut log, "crm", &varied(EVENTS)).rows.added, added);
    assert!(log.verify().unwrap().holds());
}
