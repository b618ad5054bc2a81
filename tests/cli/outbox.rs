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

#[cfg(unix)]
#[test]
fn the_owner_is_told_once_of_each_mail_that_was_given_up() {
    use std::os::unix::fs::PermissionsExt;
    let home = daily();
    // A program that takes mail, and knows no Ben while there is a file that says so.
    let said = home.path("said");
    std::fs::create_dir(&said).unwrap();
    let script = format!(
        "#!/bin/sh\ncd {}\ncat > \"$5\".tmp\nif [ \"$5\" = ben@example.com ] && [ ! -e known ]; then echo 'no such user' >&2; exit 67; fi\nmv \"$5\".tmp \"$5\".$$\n",
        said.display()
    );
    home.file("script", script);
    std::fs::set_permissions(home.path("script"), std::fs::Permissions::from_mode(0o700)).unwrap();
    // Copied by another process: what a test holds open to write cannot be run ("text file busy").
    let copied = std::process::Command::new("cp").arg(home.path("script")).arg(home.path("sendmail")).status().unwrap();
    assert!(copied.success());
    let program = home.path("sendmail");
    home.file("quarterday.yaml", format!("mail: {{ from: r@example.com, sendmail: {} }}\n", program.display()));
    let got = |who: &str| -> Vec<String> {
        let mut names: Vec<String> = crate::home::names(&said);
        names.retain(|name| name.starts_with(who) && !name.ends_with(".tmp"));
        names.iter().map(|name| std::fs::read_to_string(said.join(name)).unwrap().replace("=\n", "")).collect()
    };
    home.run(["issue"]).fails(1, &["ben@example.com: given up: exit status: 67 no such user; it is mail 2"]);
    home.ok(["issue"]);
    assert_eq!((got("anna").len(), got("ben").len(), got("owner").len()), (1, 0, 1));
    let told = &got("owner")[0];
    assert!(told.contains("could not be delivered to ben@example.com"), "{told}");
    assert!(told.contains("no such user") && told.contains("quarterday outbox retry 2"), "{told}");

    // Refused again: told again. Then he is known.
    home.ok(["outbox", "retry", "2", "--why", "he was added"]);
    home.run(["issue"]).fails(1, &["no such user"]);
    assert_eq!(got("owner").len(), 2);
    std::fs::write(said.join("known"), "").unwrap();
    home.ok(["outbox", "retry", "2", "--why", "now really"]);
    home.ok(["issue"]);
    assert_eq!((got("ben").len(), got("owner").len()), (1, 2));
    assert_eq!(home.run(["verify", "ledger"]).code, 0);
}
