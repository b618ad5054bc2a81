//! Killed: the program dies at any moment of `issue`; the next run loses nothing and doubles nothing.

use crate::audiences::divided;
use crate::faults::once;
use crate::home::{Home, Ran, names};
use crate::samples::{CRM, daily};
use std::process::Stdio;
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
fn killing_between_two_parts_of_a_divided_report_loses_none_and_doubles_none() {
    let whole = "teams/2026-11-30";
    let parts = ["", "/@field-service", "/@legal", "/@rest", "/@sales"].map(|part| format!("{whole}{part}"));
    let mut died = 0;
    for made in [2, 4] {
        let home = divided();
        let there =
            || names(&home.path("var/editions/teams")).iter().filter(|name| !name.contains("being-made")).count();
        let mut child = home.command(["issue"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while there() < made && child.try_wait().unwrap().is_none() {
            std::thread::park_timeout(Duration::from_micros(200));
        }
        let _ = child.kill();
        died += u32::from(child.wait().unwrap().code().is_none());
        home.now("2026-12-01T11:00:00Z").ok(["issue"]);
        assert_eq!(home.ok(["issue"]), "Nothing is due.\n");
        let issued: Vec<String> = home.standing().into_iter().filter(|one| !one.contains("@quiet")).collect();
        assert_eq!(issued, parts.each_ref().map(|part| format!("{part} issued")), "{made}");
        let mut mailed: Vec<String> =
            home.mails().iter().map(|mail| mail.header("X-Quarterday-Edition").to_owned()).collect();
        mailed.sort();
        assert_eq!(mailed, parts, "{made}: one mail for each, once");
        assert_eq!(there(), parts.len());
        assert_eq!(home.run(["verify"]).code, 0);
    }
    assert!(died > 0, "none was killed while it worked");
}

/// Runs the same command several times at once; all must come to a good end.
fn at_once(home: &Home, count: usize, arguments: &[&str]) -> Vec<Ran> {
    let begin = |_| {
        let mut command = home.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..count).map(begin).collect();
    let ran: Vec<Ran> = children.into_iter().map(|child| Ran::of(child.wait_with_output().unwrap())).collect();
    assert!(ran.iter().all(|ran| ran.code == 0), "{ran:#?}");
    ran
}

#[test]
fn several_at_once_issue_and_mail_once() {
    for _ in 0..4 {
        let home = daily();
        let ran = at_once(&home, 3, &["issue"]);
        let issued = ran.iter().filter(|ran| ran.out.contains("daily/2026-11-30: issued")).count();
        assert_eq!(issued, 1, "{ran:#?}");
        // Who came first may have gone while another one was about to deliver.
        home.ok(["issue"]);
        once(&home, 0);
    }
}

#[test]
fn several_first_imports_at_once_make_one_log() {
    for _ in 0..4 {
        let home = Home::new();
        home.file("crm.csv", CRM);
        at_once(&home, 3, &["import", "crm.csv", "--mapping", "zoho-crm"]);
        let log = home.json(&["log", "list"]);
        let added: Vec<u64> =
            log["batches"].as_array().unwrap().iter().map(|batch| batch["rows"]["added"].as_u64().unwrap()).collect();
        assert_eq!((added.len(), added.iter().sum::<u64>()), (3, 7), "{log}");
        assert_eq!(home.run(["verify", "log"]).code, 0);
    }
}
