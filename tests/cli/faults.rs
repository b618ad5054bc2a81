//! Faults: what cannot be done is said, with the right exit code; nothing is lost, and the next run makes it good.

use crate::home::{Home, Ran, names};
use crate::samples::{CRM, DAILY, daily};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// An installation whose second section has more rows than are written out.
fn too_many() -> Home {
    let home = Home::new();
    let mut log = String::from("Audited Time,Done By,Action,Module,Record Id,Record Name,Details\n");
    for row in 0..=100_000 {
        let (minute, second) = (row / 60 % 60, row % 60);
        writeln!(log, "2026-11-30T10:{minute:02}:{second:02}Z,anna@example.com,Deleted,Deals,{row},,").unwrap();
    }
    home.definition("daily", DAILY).file("crm.csv", log);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home
}

#[test]
fn a_section_that_cannot_be_computed_fails_the_edition_tells_the_owner_once_and_is_made_when_mended() {
    let home = too_many();
    let why = "section `what-was-deleted` cannot be computed: it has 100001 events, and at most 100000 are written out; narrow its filter";
    for _ in 0..2 {
        home.run(["issue"]).fails(
            1,
            &["daily/2026-11-30: could not be issued: ", why, "Nobody was sent anything of it; its owner is told."],
        );
    }
    assert_eq!(home.standing(), ["daily/2026-11-30 failed"]);
    assert!(home.edition_files("daily/2026-11-30").is_empty());
    let mails = home.mails();
    assert_eq!(mails.len(), 1, "one notice, however often it was tried");
    assert_eq!(mails[0].header("To"), "owner@example.com");
    assert_eq!(mails[0].header("Subject"), "Daily numbers could not be issued: daily/2026-11-30");
    assert!(mails[0].text().contains(why) && mails[0].file_names().is_empty(), "{}", mails[0].text());
    home.run(["preview", "daily", "-o", "x.pdf"]).fails(1, &[why]);
    assert!(!home.path("x.pdf").exists());

    home.definition("daily", &DAILY.replace("action_class: delete }", "action_class: delete, record: \"7\" }"));
    assert!(home.now("2026-12-01T10:00:00Z").ok(["issue"]).contains("daily/2026-11-30: issued"));
    assert_eq!(home.ok(["issue"]), "Nothing is due.\n");
    let subjects: Vec<String> = home.mails().iter().map(|mail| mail.header("Subject").to_owned()).collect();
    assert_eq!(subjects.len(), 4, "one notice more, that it is mended: {subjects:?}");
    assert!(subjects.contains(&"Daily numbers is issued after all: daily/2026-11-30".to_owned()), "{subjects:?}");
    assert_eq!(home.standing(), ["daily/2026-11-30 issued"]);
    assert_eq!(home.history()[0]["failures"], 2);
}

#[test]
fn an_unreachable_mail_server_keeps_the_mail_and_it_goes_out_once_when_there_is_a_way() {
    let home = daily();
    let settings = std::fs::read_to_string(home.path("quarterday.yaml")).unwrap();
    // A port that was free a moment ago: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let smtp = format!("smtp: {{ host: 127.0.0.1, port: {port}, tls: none, timeout: 2s }}");
    home.file("quarterday.yaml", settings.replace("folder: mail", &smtp));
    let ran = home.run(["issue"]);
    ran.fails(1, &["daily/2026-11-30 to anna@example.com: not now (", "tried again from 1 Dec 2026 08:3"]);
    assert!(ran.out.contains("daily/2026-11-30: issued"), "{ran:#?}");
    assert_eq!(home.standing(), ["daily/2026-11-30 issued"]);
    let stages = |home: &Home| -> Vec<String> {
        let dispatches = home.history()[0]["dispatches"].as_array().unwrap().clone();
        dispatches.iter().map(|one| one["stage"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(stages(&home), ["queued", "queued"]);
    // Too early: it waits, and that is said; nothing is tried.
    let ran = home.run(["issue"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(
        ran.out.starts_with("Nothing is due.\n2 mails wait in the outbox; the next one is tried from 1 Dec 2026 08:3"),
        "{ran:#?}"
    );
    // Later, with a way out.
    home.file("quarterday.yaml", settings);
    let said = home.now("2026-12-01T08:45:00Z").ok(["issue"]);
    assert!(said.contains("2 mails delivered"), "{said}");
    assert_eq!(stages(&home), ["sent", "sent"]);
    assert_eq!(home.now("2026-12-01T12:00:00Z").ok(["issue"]), "Nothing is due.\n");
    let mails = home.mails();
    assert_eq!(mails.len(), 2);
    // The frozen message: its date is that of the edition, not of the attempt that came through.
    assert_eq!(mails[0].header("Date"), "Tue, 01 Dec 2026 08:30:00 +0000");
}

#[test]
fn a_template_that_cannot_be_set_fails_the_edition_and_names_the_place() {
    let home = daily();
    home.file("report-templates/report.tera", "<report title=\"x\">\n  <blink>now</blink>\n</report>\n");
    home.run(["issue"]).fails(1, &["daily/2026-11-30: could not be issued: report.tera:2:3: "]);
    assert_eq!(home.mails().len(), 1);
    std::fs::remove_file(home.path("report-templates/report.tera")).unwrap();
    home.ok(["issue"]);
    once(&home, 0);
}

#[test]
fn one_made_by_hand_that_fails_says_how_it_is_made_again() {
    let home = daily();
    home.file("report-templates/report.tera", "<blink/>");
    home.run(["issue", "daily", "--period", "2026-11-29"])
        .fails(1, &["Give the command again when the reason is mended."]);
    let words = home.mails()[0].text();
    assert!(words.contains("run `quarterday issue daily --period 2026-11-29`"), "{words}");
}

#[test]
fn what_is_too_old_is_recorded_as_missed_and_its_owner_is_told_once_how_to_have_it() {
    let home = daily();
    let late = DAILY.replace("since: 2026-11-30", "since: 2026-11-29, catch_up: latest");
    home.definition("daily", &late);
    for _ in 0..2 {
        home.run(["issue"]);
    }
    assert_eq!(home.standing(), ["daily/2026-11-29 missed", "daily/2026-11-30 issued"]);
    let mails = home.mails();
    let notices: Vec<_> = mails.iter().filter(|mail| mail.header("To") == "owner@example.com").collect();
    assert_eq!(notices.len(), 1, "{mails:#?}");
    let words = notices[0].text();
    assert!(
        words.contains("was missed") && words.contains("`quarterday issue daily --period 2026-11-29` makes it by hand"),
        "{words}"
    );
    assert!(!words.contains("mend the reason"), "{words}");
    home.ok(["issue", "daily", "--period", "2026-11-29"]);
    assert_eq!(home.standing(), ["daily/2026-11-29 issued", "daily/2026-11-30 issued"]);
}

#[test]
fn thirteen_months_in_an_installation_with_a_daily_definition_mail_nothing_old() {
    let home = Home::new();
    home.definition("daily", &DAILY.replace(", since: 2026-11-30", ""));
    let mut log = String::from("Audited Time,Done By,Action,Module,Record Id,Record Name,Details\n");
    for month in 1..=13 {
        let (year, month) = if month == 13 { (2026, 11) } else { (2025, month) };
        for day in 1..=28 {
            writeln!(log, "{year}-{month:02}-{day:02}T10:00:00Z,anna@example.com,Deleted,Deals,{day},,").unwrap();
        }
    }
    home.file("crm.csv", log).ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    assert_eq!(home.ok(["issue"]), "Nothing is due.\n");
    assert!(home.history().is_empty() && home.mails().is_empty());
    // The first that is issued is the first that falls due after the definition was first seen.
    home.now("2026-12-02T07:05:00Z").ok(["issue"]);
    assert_eq!(home.standing(), ["daily/2026-12-01 issued"]);
    assert_eq!(home.mails().len(), 2);
}

/// Runs a command in a shell that refuses files over so many blocks of 512 bytes: a disk that is full, for this process.
fn with_small_disk(home: &Home, blocks: u32, arguments: &str) -> Ran {
    let run = home.command([arguments]);
    let mut shell = Command::new("sh");
    shell.current_dir(home.path("")).env("QUARTERDAY_NOW", "2026-12-01T08:30:00Z");
    // The signal that comes with it is ignored, as a real full disk sends none.
    shell.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {arguments}")).arg(run.get_program());
    Ran::of(shell.output().unwrap())
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_nothing_half_written_and_the_next_run_completes() {
    // From so little that not even the ledger can be made, to nearly enough.
    let mut failed = 0;
    for blocks in [8, 60, 120, 200, 300, 400] {
        let home = daily();
        let ran = with_small_disk(&home, blocks, "issue");
        if ran.code != 0 {
            failed += 1;
            assert_eq!(ran.code, 1, "{blocks}: {ran:#?}");
            assert!(!ran.err.trim().is_empty() && !ran.err.contains("panicked"), "{blocks}: {ran:#?}");
            whole(&home);
        }
        let ran = home.now("2026-12-01T09:45:00Z").run(["issue"]);
        assert_eq!(ran.code, 0, "{blocks}: {ran:#?}");
        once(&home, blocks);
    }
    assert!(failed >= 3, "only {failed} of the disks were full");
}

#[cfg(unix)]
#[test]
fn an_import_onto_a_full_disk_adds_nothing_and_the_next_one_everything() {
    let home = Home::new();
    let mut log = CRM.to_owned();
    for row in 0..20_000 {
        writeln!(log, "2026-11-30T10:00:00Z,anna@example.com,Updated,Deals,{row},Pumps {row},Text {row}").unwrap();
    }
    home.file("crm.csv", log);
    home.file("small.csv", CRM).ok(["import", "small.csv", "--mapping", "zoho-crm"]);
    let ran = with_small_disk(&home, 400, "import crm.csv --mapping zoho-crm");
    ran.fails(1, &["quarterday: "]);
    assert_eq!(home.json(&["log", "list"])["batches"].as_array().unwrap().len(), 1);
    assert_eq!(home.run(["verify", "log"]).code, 0);
    let said = home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    assert!(said.contains("20,007 rows read = 20,000 added + 7 repeated"), "{said}");
}

#[cfg(unix)]
#[test]
fn editions_that_cannot_be_written_are_issued_when_they_can() {
    use std::os::unix::fs::PermissionsExt;
    let home = daily();
    // The key is made before anything is due.
    home.now("2026-11-30T01:00:00Z").ok(["issue"]);
    home.now("2026-12-01T08:30:00Z");
    // In the way: a file where the folder of the editions should be. (Rights alone do not stop root.)
    home.file("var/editions", "in the way");
    home.run(["issue"]).fails(1, &["daily/2026-11-30: could not be issued: ", "var/editions/daily", "cannot be made"]);
    assert_eq!(home.standing(), ["daily/2026-11-30 failed"]);
    std::fs::remove_file(home.path("var/editions")).unwrap();
    home.ok(["issue"]);
    once(&home, 0);
    let mode = |name: &str| std::fs::metadata(home.path(name)).unwrap().permissions().mode() & 0o077;
    assert_eq!([mode("var"), mode("var/editions"), mode("var/key")], [0, 0, 0], "personal data is for its owner alone");
}

#[test]
fn a_mail_folder_that_cannot_be_written_keeps_the_mail() {
    let home = daily();
    home.file("mail", "in the way");
    home.run(["issue"]).fails(1, &["not now"]);
    std::fs::remove_file(home.path("mail")).unwrap();
    home.now("2026-12-01T09:30:00Z").ok(["issue"]);
    once(&home, 0);
}

/// Whatever is there of an edition is whole: nothing half-written under a name that somebody reads.
fn whole(home: &Home) {
    for edition in names(&home.path("var/editions/daily")) {
        if edition.ends_with(".being-made") {
            continue;
        }
        let folder = home.path("var/editions/daily").join(&edition);
        let manifest: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
        for file in manifest["files"].as_array().unwrap() {
            let length = std::fs::metadata(folder.join(file["name"].as_str().unwrap())).unwrap().len();
            assert_eq!(Some(length), file["bytes"].as_u64(), "{edition}: {file}");
        }
    }
    if home.path("mail").is_dir() {
        home.mails();
    }
}

/// The edition is issued once, and each recipient has it once; a notice of a failure may be there too, and one that it is mended.
pub fn once(home: &Home, which: u32) {
    assert_eq!(home.standing(), ["daily/2026-11-30 issued"], "{which}");
    let to: Vec<String> = home.mails().iter().map(|mail| mail.header("To").to_owned()).collect();
    let count = |who: &str| to.iter().filter(|to| **to == who).count();
    assert_eq!((count("anna@example.com"), count("ben@example.com")), (1, 1), "{which}: {to:?}");
    assert!(count("owner@example.com") <= 2, "{which}: {to:?}");
    assert_eq!(names(&home.path("var/editions/daily")), ["2026-11-30"], "{which}");
    let verified = home.run(["verify"]);
    assert_eq!(verified.code, 0, "{which}: {verified:#?}");
    assert!(Path::new(&home.path("mail/new")).is_dir());
}
