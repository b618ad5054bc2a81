//! The outbox by hand: what waits is listed, held, released, tried again and cancelled; who and why is recorded.

use crate::home::Home;
use crate::samples::daily;

/// The daily report, issued while its mail folder cannot be written: two mails wait.
fn waiting() -> Home {
    let home = daily();
    home.file("mail", "in the way");
    home.run(["issue"]).fails(1, &["not now"]);
    std::fs::remove_file(home.path("mail")).unwrap();
    home
}

fn stages(home: &Home) -> Vec<String> {
    let all = home.json(&["outbox", "list", "--all"]);
    all.as_array().unwrap().iter().map(|one| one["stage"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn nothing_waits() {
    let home = daily();
    home.ok(["issue"]);
    assert_eq!(home.ok(["outbox", "list"]), "Nothing waits in the outbox.\n");
    assert_eq!(stages(&home), ["sent", "sent"]);
    assert!(home.ok(["outbox", "list", "--all"]).contains("sent"));
    home.run(["outbox", "retry", "1", "--why", "x"]).fails(1, &["mail 1 is sent", "only what waits or was given up"]);
    home.run(["outbox", "cancel", "9", "--why", "x"]).fails(2, &["there is no mail for mail 9"]);
    home.run(["outbox", "cancel", "nonsense", "--why", "x"]).fails(2, &["REPORT/PERIOD"]);
}

#[test]
fn a_held_mail_stays_until_it_is_released_and_a_cancelled_one_for_ever() {
    let home = waiting();
    home.run(["outbox", "hold", "1"]).fails(2, &["--why"]);
    home.run(["outbox", "hold", "1", "--why", " "]).fails(2, &["recorded with its reason"]);
    let said = home.ok(["outbox", "hold", "daily/2026-11-30", "--why", "a figure is in doubt"]);
    assert!(said.contains("Mail 1, daily/2026-11-30 to anna@example.com, is held"), "{said}");
    assert_eq!(stages(&home), ["held", "held"]);
    home.run(["outbox", "hold", "1", "--why", "again"]).fails(1, &["mail 1 is held: only what waits can be held"]);
    let listed = home.now("2026-12-01T20:00:00Z").ok(["outbox", "list"]);
    assert!(listed.contains("a figure is in doubt") && listed.contains("2 mails wait for a decision"), "{listed}");
    home.ok(["issue"]);
    assert!(home.mails().is_empty());

    home.ok(["outbox", "cancel", "BEN@example.com", "--why", "he left"]);
    home.ok(["outbox", "release", "1", "--why", "the figure is right"]);
    home.ok(["issue"]);
    assert_eq!(stages(&home), ["sent", "cancelled"]);
    assert_eq!(home.mails().iter().map(|mail| mail.header("To").to_owned()).collect::<Vec<_>>(), ["anna@example.com"]);
    home.run(["outbox", "release", "2", "--why", "x"]).fails(1, &["mail 2 is cancelled"]);

    let told = home.json(&["outbox", "list", "1"]);
    let decisions: Vec<_> = told[0]["decisions"].as_array().unwrap().iter().map(|one| one["why"].clone()).collect();
    assert_eq!(decisions, ["a figure is in doubt", "the figure is right"]);
    assert!(!told[0]["decisions"][0]["by"].as_str().unwrap().is_empty());
    let attempts = told[0]["attempts"].as_array().unwrap();
    assert_eq!(attempts.iter().map(|one| one["outcome"].clone()).collect::<Vec<_>>(), ["later", "sent"]);
    let history = home.history();
    let dispatches = &history[0]["dispatches"];
    assert_eq!(dispatches[1]["decisions"][1]["why"], "he left");
    assert_eq!(dispatches[0]["tries"][1]["words"], "stored");
    assert_eq!(home.run(["verify", "ledger"]).code, 0);
}

#[test]
fn retry_sends_before_its_time() {
    let home = waiting();
    home.ok(["issue"]);
    assert!(home.mails().is_empty(), "too early");
    let said = home.ok(["outbox", "retry", "daily/2026-11-30", "--why", "the disk is mended"]);
    assert!(said.contains("is sent by the next `issue`"), "{said}");
    home.ok(["issue"]);
    assert_eq!(home.mails().len(), 2);
}
