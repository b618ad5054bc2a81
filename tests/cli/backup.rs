//! Backup and restore: a copy that verifies, an installation that comes back, and nothing old mailed a second time.

use crate::home::Home;
use crate::samples::daily;
use std::fs;
use std::path::Path;

/// Runs a command in the installation of another folder.
fn at(home: &Home, folder: &str, arguments: &[&str]) -> crate::home::Ran {
    home.run(["--home", folder].iter().chain(arguments))
}

fn messages(folder: &Path) -> usize {
    fs::read_dir(folder.join("new")).map_or(0, Iterator::count)
}

#[test]
fn what_comes_back_verifies_and_mails_nothing_old_again() {
    let home = daily();
    home.ok(["issue"]);
    let said = home.ok(["backup", "saved"]);
    assert!(said.contains("copied and verified."), "{said}");
    assert!(said.contains("signing key"), "{said}");
    // A day later another one is issued, which the backup knows nothing of.
    home.now("2026-12-02T08:30:00Z").ok(["issue"]);

    let back = at(&home, "back", &["restore", "saved"]);
    assert_eq!(back.code, 0, "{back:#?}");
    assert!(back.out.contains("back: restored as it was at 1 Dec 2026 08:30"), "{back:#?}");
    assert!(
        back.out.contains("daily/2026-12-01: recorded as missed, because it may have been issued since."),
        "{back:#?}"
    );
    let verified = at(&home, "back", &["verify"]);
    assert_eq!(verified.code, 0, "{verified:#?}");
    let issued = at(&home, "back", &["issue"]);
    assert_eq!((issued.code, issued.out.as_str()), (0, "Nothing is due.\n"), "{issued:#?}");
    assert_eq!(messages(&home.path("back/mail")), 0, "nothing old is mailed again");
    // What comes after goes its way, and what was missed can be had by hand.
    home.now("2026-12-03T08:30:00Z");
    let issued = at(&home, "back", &["issue"]);
    assert!(issued.out.contains("daily/2026-12-02: issued"), "{issued:#?}");
    let by_hand = at(&home, "back", &["issue", "daily", "--period", "2026-12-01"]);
    assert!(by_hand.out.contains("daily/2026-12-01: issued"), "{by_hand:#?}");
    assert_eq!(at(&home, "back", &["verify"]).code, 0);
}

#[test]
fn mail_that_was_waiting_is_held_after_a_restore() {
    let home = daily();
    let settings = fs::read_to_string(home.path("quarterday.yaml")).unwrap();
    // A port that was free a moment ago: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let smtp = format!("smtp: {{ host: 127.0.0.1, port: {port}, tls: none, timeout: 2s }}");
    home.file("quarterday.yaml", settings.replace("folder: mail", &smtp));
    assert_eq!(home.run(["issue"]).code, 1);
    home.ok(["backup", "saved"]);
    home.file("saved/installation/quarterday.yaml", &settings);
    at(&home, "back", &["restore", "saved"]).fails(1, &["quarterday.yaml was changed since the backup was made"]);
    assert!(!home.path("back").exists(), "half an installation is none");
    home.file("saved/installation/quarterday.yaml", fs::read(home.path("quarterday.yaml")).unwrap());
    let back = at(&home, "back", &["restore", "saved"]);
    assert!(back.out.contains("2 dispatches are held"), "{back:#?}");
    home.now("2026-12-01T18:00:00Z").file("back/quarterday.yaml", &settings);
    let issued = at(&home, "back", &["issue"]);
    assert!(issued.out.starts_with("Nothing is due.\n"), "{issued:#?}");
    assert_eq!(messages(&home.path("back/mail")), 0, "what may have been sent waits for a person");
}

#[test]
fn a_backup_takes_nothing_s_place_and_a_restore_wants_an_empty_folder() {
    let home = daily();
    home.ok(["issue"]);
    home.file("saved/x", "");
    home.run(["backup", "saved"]).fails(2, &["saved is there already: a backup is a new folder"]);
    home.ok(["backup", "other"]);
    home.run(["restore", "other"]).fails(2, &["is not empty: a backup is restored into a new folder"]);
    at(&home, "back", &["restore", "saved"]).fails(1, &["backup.json cannot be read"]);
    assert!(!home.path("back").exists());
}

#[test]
fn a_log_that_was_changed_makes_no_backup() {
    let home = daily();
    home.ok(["issue"]);
    let stored = fs::read_dir(home.path("var/editions/daily")).unwrap().next().unwrap().unwrap().path();
    let csv = fs::read_dir(&stored)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "pdf"))
        .unwrap();
    fs::write(&csv, "changed").unwrap();
    home.run(["backup", "saved"])
        .fails(1, &["the copy does not verify: file", "changed since it was issued", "saved.being-made"]);
    assert!(!home.path("saved").exists());
}

#[cfg(unix)]
#[test]
fn a_backup_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let home = daily();
    home.ok(["issue"]);
    home.ok(["backup", "saved"]);
    let mode = |path: &str| fs::metadata(home.path(path)).unwrap().permissions().mode() & 0o077;
    for path in ["saved", "saved/installation/var", "saved/installation/var/key", "saved/installation/var/log.sqlite"] {
        assert_eq!(mode(path), 0, "{path}");
    }
}
