//! Killed: the program dies at any moment of `issue`; the next run loses nothing and doubles nothing.

use crate::faults::once;
use crate::samples::daily;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn killing_an_issue_at_any_moment_loses_nothing_and_doubles_nothing() {
    // How long one takes here, now, undisturbed: the moments are spread over that.
    let whole = {
        let home = daily();
        let begun = Instant::now();
        home.ok(["issue"]);
        begun.elapsed()
    };
    let mut died = 0;
    for (at, share) in [2, 15, 28, 41, 54, 67, 80, 90, 96, 100].into_iter().enumerate() {
        let home = daily();
        // Some die twice before one comes through.
        for _ in 0..=at % 2 {
            let mut child = home.command(["issue"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let moment = Instant::now() + whole * share / 100;
            while Instant::now() < moment && child.try_wait().unwrap().is_none() {
                std::thread::park_timeout(Duration::from_micros(200));
            }
            let _ = child.kill();
            died += u32::from(child.wait().unwrap().code().is_none());
        }
        let ran = home.now("2026-12-01T11:00:00Z").run(["issue"]);
        assert_eq!(ran.code, 0, "{share} %: {ran:#?}");
        // An attempt that died at the dot may have come through: it waits half an hour before it is made again.
        home.now("2026-12-01T12:00:00Z").ok(["issue"]);
        let again = home.run(["issue"]);
        assert_eq!((again.code, again.out.as_str()), (0, "Nothing is due.\n"), "{share} %: {again:#?}");
        once(&home, share);
    }
    assert!(died > 0, "none was killed while it worked");
}

#[test]
fn two_at_once_issue_and_mail_once() {
    let home = daily();
    let mut both: Vec<_> = (0..2)
        .map(|_| {
            let mut command: Command = home.command(["issue"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let outputs: Vec<_> = both.drain(..).map(|child| crate::home::Ran::of(child.wait_with_output().unwrap())).collect();
    assert!(outputs.iter().all(|ran| ran.code == 0), "{outputs:#?}");
    let issued = outputs.iter().filter(|ran| ran.out.contains("daily/2026-11-30: issued")).count();
    assert_eq!(issued, 1, "{outputs:#?}");
    once(&home, 0);
}
