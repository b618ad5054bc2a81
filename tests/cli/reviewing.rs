//! `review`: who looked at an edition, when, and what they found; never changed, and never of what is not there any more.

use crate::home::Home;
use crate::mail::Mail;
use crate::samples::{DAILY, daily};

fn issued() -> Home {
    let home = daily();
    home.file(
        "people.csv",
        "actor,name,kind,team,role,manager,email,from,until\nben@example.com,Ben Cole,person,Sales,,,,,\n",
    );
    home.ok(["issue"]);
    home
}

const BY: [&str; 6] = ["--by", "Ana Ruiz", "--role", "Compliance", "--verdict", "no-exceptions"];

fn review<'a>(edition: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    ["review", edition].into_iter().chain(BY).chain(more.iter().copied()).collect()
}

#[test]
fn who_looked_when_and_what_they_found_is_recorded_and_shown() {
    let home = issued();
    let waiting = home.ok(["review"]);
    assert!(waiting.contains("daily/2026-11-30"), "{waiting}");
    let said = home.ok(review("daily/2026-11-30", &["--note", "Asked Ben about the deletion: agreed."]));
    assert!(said.contains("is reviewed by Ana Ruiz (Compliance): no exceptions"), "{said}");
    assert_eq!(home.ok(["review"]), "Every edition that is issued is reviewed.\n");
    let history = home.ok(["history", "--csv"]);
    assert!(history.contains(",Reviewed\n") || history.contains(",Reviewed\r\n"), "{history}");
    assert!(history.contains("no exceptions, 1 Dec 2026") && history.contains("Ana Ruiz (Compliance)"), "{history}");
    // A second judgement stands beside the first one.
    let exceptions =
        ["review", "daily/2026-11-30", "--by", "Carla Novak", "--role", "Audit", "--verdict", "exceptions"];
    home.run(exceptions).fails(2, &["an exception is recorded with what it is"]);
    home.ok(exceptions.into_iter().chain(["--note", "Nobody approved it"]));
    let reviews = home.json(&["history"])[0]["reviews"].clone();
    assert_eq!(reviews.as_array().unwrap().len(), 2, "{reviews}");
    assert_eq!((&reviews[0]["verdict"], &reviews[1]["verdict"]), (&"no-exceptions".into(), &"exceptions".into()));
    let manifest = std::fs::read(home.path("var/editions/daily/2026-11-30/manifest.json")).unwrap();
    assert_eq!(reviews[0]["manifest_sha256"], sha256(&home, &manifest));
    home.ok(["verify", "ledger"]);
}

/// The digest of bytes, by another program.
fn sha256(home: &Home, bytes: &[u8]) -> String {
    home.file("digested", bytes);
    let ran = std::process::Command::new("sha256sum").arg(home.path("digested")).output().unwrap();
    String::from_utf8(ran.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

#[test]
fn who_did_something_in_it_is_flagged_by_every_name_of_theirs() {
    for name in ["ben@example.com", "BEN COLE", "Anna@Example.com"] {
        let home = issued();
        let ran =
            home.run(["review", "daily/2026-11-30", "--by", name, "--role", "Sales", "--verdict", "no-exceptions"]);
        assert_eq!(ran.code, 0, "{ran:#?}");
        assert!(ran.err.contains("did something in this edition") && ran.err.contains("somebody else"), "{ran:#?}");
        assert!(home.ok(["history", "--csv"]).contains("who appears in it"));
    }
    let ran = issued().run(review("daily/2026-11-30", &[]));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn what_is_gone_altered_or_never_issued_is_not_signed() {
    let home = issued();
    home.run(review("daily/2026-11-29", &[])).fails(1, &["daily/2026-11-29 is not issued", "daily/2026-11-30"]);
    home.run(["review", "daily/2026-11-30"]).fails(2, &["who reviewed daily/2026-11-30", "--by NAME"]);
    home.run(["review", "dayly"]).fails(2, &["nothing of a report `dayly` is issued"]);
    home.run(["review", "daily/2026-11-30", "--by", "Ana"]).fails(2, &["--role"]);
    home.run(["review", "daily/2026-11-30", "--by", " ", "--role", "R", "--verdict", "no-exceptions"])
        .fails(2, &["--by is one line"]);
    let figures = home.path("var/editions/daily/2026-11-30/figures.json");
    let text = std::fs::read_to_string(&figures).unwrap();
    std::fs::write(&figures, text.replacen('7', "8", 1)).unwrap();
    home.run(review("daily/2026-11-30", &[])).fails(1, &["not the file that was issued"]);
    std::fs::remove_file(&figures).unwrap();
    home.run(review("daily/2026-11-30", &[])).fails(1, &["cannot be read"]);
    assert!(home.ok(["review"]).contains("daily/2026-11-30"));
}

#[test]
fn a_revision_waits_for_a_review_of_its_own() {
    let home = issued();
    home.ok(review("daily/2026-11-30", &[]));
    home.ok(["issue", "daily", "--period", "2026-11-30", "--revise", "--reason", "A figure was asked for"]);
    let waiting = home.ok(["review", "daily"]);
    assert!(waiting.contains("daily/2026-11-30/r1") && waiting.lines().count() == 2, "{waiting}");
}

/// A daily report whose review Ana is asked for, within one working day; her manager is Max.
fn asked() -> Home {
    let home = daily();
    let review = "review: { by: ana@example.com, within: 1 working day, remind: daily, escalate: manager }\n";
    home.definition("daily", &format!("{DAILY}{review}"));
    home.file(
        "people.csv",
        "actor,name,kind,team,role,manager,email,from,until\n\
         ana,Ana Ruiz,person,Compliance,,max,ana@example.com,,\nmax,Max Berg,person,Board,,,max@example.com,,\n",
    );
    home
}

/// What was mailed to somebody: subject and text.
fn mailed(home: &Home, to: &str) -> Vec<Mail> {
    home.mails().into_iter().filter(|mail| mail.header("To").contains(to)).collect()
}

#[test]
fn a_review_that_is_asked_is_requested_reminded_and_escalated_each_once() {
    let home = asked();
    assert!(home.ok(["plan", "--days", "2"]).contains("ana@example.com until 3 Dec 2026 24:00"));
    home.ok(["issue"]);
    // She gets no mail of the edition itself: so she is asked by one of her own.
    let mails = mailed(&home, "ana@example.com");
    assert_eq!(mails.len(), 1, "{mails:#?}");
    assert_eq!(mails[0].header("Subject"), "Review is asked of you until 2 Dec 2026 24:00: daily/2026-11-30");
    assert!(mails[0].text().contains("quarterday review daily/2026-11-30 --by NAME"), "{}", mails[0].text());
    assert!(
        home.edition_text("daily/2026-11-30", ".html").contains("is asked of ana@example.com until 2 Dec 2026 24:00")
    );
    let listed = home.ok(["review"]);
    assert!(listed.contains("ana@example.com") && listed.contains("2 Dec 2026 24:00"), "{listed}");
    // The next morning, at the hour of issuing: the new edition, and a reminder of the one before.
    home.now("2026-12-02T08:00:00Z").ok(["issue"]);
    home.ok(["issue"]);
    let mails = mailed(&home, "ana@example.com");
    let subjects: Vec<&str> = mails.iter().map(|mail| mail.header("Subject")).collect();
    assert!(subjects.contains(&"An edition waits for your review: daily/2026-11-30"), "{subjects:#?}");
    assert_eq!(mails.len(), 3, "{subjects:#?}");
    assert_eq!(mailed(&home, "max@example.com").len(), 0);
    // The time is over: her manager is told, and she is reminded of both in one letter. A clock that jumps doubles nothing.
    for now in ["2026-12-03T08:00:00Z", "2026-12-03T08:01:00Z", "2026-12-02T08:00:00Z", "2026-12-03T09:00:00Z"] {
        home.now(now).ok(["issue"]);
    }
    let escalated = mailed(&home, "max@example.com");
    assert_eq!(escalated.len(), 1, "{escalated:#?}");
    assert_eq!(escalated[0].header("Subject"), "1 edition not reviewed in time: daily/2026-11-30");
    assert!(
        escalated[0].text().contains(
            "overdue since 2 Dec 2026 24:00 (UTC); asked of ana@example.com; ana@example.com is to be escalated to you."
        ),
        "{}",
        escalated[0].text()
    );
    let both: Vec<Mail> = mailed(&home, "ana@example.com")
        .into_iter()
        .filter(|mail| mail.header("Subject") == "2 editions wait for your review")
        .collect();
    assert_eq!(both.len(), 1, "{both:#?}");
    assert!(home.ok(["review"]).contains("2 Dec 2026 24:00, overdue"));
    let health = home.run(["health"]);
    assert!(
        health.err.contains("1 not reviewed in time") && health.out.contains("3 asked, 1 of them overdue"),
        "{health:#?}"
    );
    // A review settles it: nobody is told again.
    home.ok(review("daily/2026-11-30", &[]));
    let before = home.mails().len();
    home.now("2026-12-03T23:00:00Z").ok(["issue"]);
    assert_eq!(home.mails().len(), before);
    assert!(!home.run(["health"]).err.contains("not reviewed in time"));
    home.ok(["verify", "ledger"]);
}

#[test]
fn a_reminder_that_still_waits_is_needless_after_the_review() {
    let home = asked();
    home.ok(["issue"]);
    // Mail cannot go out: the reminder stays in the outbox.
    std::fs::remove_dir_all(home.path("mail")).unwrap();
    home.file("mail", "not a folder");
    home.definition(
        "daily",
        &std::fs::read_to_string(home.path("schedules/daily.yaml"))
            .unwrap()
            .replace("since: 2026-11-30", "since: 2026-11-30, catch_up: none"),
    );
    home.now("2026-12-01T10:00:00Z").run(["issue"]);
    home.now("2026-12-02T06:00:00Z").run(["issue"]);
    home.now("2026-12-02T08:00:00Z").run(["outbox", "list"]);
    home.run(["issue"]);
    home.ok(review("daily/2026-11-30", &[]));
    let history = home.json(&["history", "daily", "--period", "2026-11-30"]);
    let reminder =
        history[0]["dispatches"].as_array().unwrap().iter().filter(|one| one["stage"] == "cancelled").count();
    assert_eq!(reminder, 1, "{history:#}");
    home.ok(["verify", "ledger"]);
}

#[test]
fn a_review_has_a_signed_page_that_can_be_made_again() {
    let home = issued();
    let said = home.ok(review("daily/2026-11-30", &["--note", "Looked at every deletion."]));
    let pdf = said.lines().find_map(|line| line.strip_prefix("The signed record is ")).unwrap().to_owned();
    let page = std::fs::read(home.path(&pdf)).unwrap();
    assert!(page.starts_with(b"%PDF-") && pdf.starts_with("var/editions/daily/2026-11-30/review-"), "{pdf}");
    let json = home.path(&pdf.replace(".pdf", ".json"));
    let record: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(record["review"]["name"], "Ana Ruiz");
    assert_eq!(record["pdf_sha256"], sha256(&home, &page));
    let holds = home.ok(["verify", "daily/2026-11-30"]);
    assert!(holds.contains("signed, as in the ledger; set again, the same bytes"), "{holds}");
    // What is changed is found, and what is gone is made again, byte for byte, from the ledger.
    let text = std::fs::read_to_string(&json).unwrap();
    std::fs::write(&json, text.replace("no-exceptions", "exceptions")).unwrap();
    let ran = home.run(["verify", "daily/2026-11-30"]);
    assert!(ran.code == 1 && ran.out.contains("does not fit the record"), "{ran:#?}");
    std::fs::remove_file(&json).unwrap();
    let ran = home.run(["verify", "daily/2026-11-30"]);
    assert!(ran.out.contains("`quarterday review daily/2026-11-30 --record` makes it"), "{ran:#?}");
    home.now("2026-12-05T12:00:00Z");
    assert_eq!(home.ok(["review", "daily/2026-11-30", "--record"]).trim(), pdf);
    assert_eq!(
        (std::fs::read(home.path(&pdf)).unwrap(), std::fs::read_to_string(&json).unwrap()),
        (page.clone(), text)
    );
    let mut other = page;
    let last = other.len() - 1;
    other[last] ^= 1;
    std::fs::write(home.path(&pdf), other).unwrap();
    assert!(home.run(["verify", "daily/2026-11-30"]).out.contains("its page was changed"));
    home.run(["review", "daily/2026-11-29", "--record"]).fails(1, &["daily/2026-11-29 is not issued"]);
}
