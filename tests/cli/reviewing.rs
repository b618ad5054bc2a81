//! `review`: who looked at an edition, when, and what they found; never changed, and never of what is not there any more.

use crate::home::Home;
use crate::samples::daily;

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
