//! Damage: databases that are locked, read-only, broken or gone; definitions, fonts and templates that are gone. Each says what
//! it is and what to do, and when that is done the next `issue` makes it good.

use crate::faults::once;
use crate::home::{Home, Ran};
use crate::samples::{CRM, DAILY, daily};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// An installation whose edition of the 30th is issued and delivered; the next one is due.
fn issued() -> Home {
    let home = daily();
    home.ok(["issue"]);
    once(&home, 0);
    home.now("2026-12-02T08:30:00Z");
    home
}

/// Both editions are there, each recipient has each once, and everything verifies.
fn mended(home: &Home) {
    assert_eq!(home.now("2026-12-02T12:30:00Z").run(["issue"]).code, 0);
    assert_eq!(home.standing(), ["daily/2026-11-30 issued", "daily/2026-12-01 issued"]);
    let mut mailed: Vec<String> = home
        .mails()
        .iter()
        .filter(|mail| mail.header("To") != "owner@example.com")
        .map(|mail| format!("{} {}", mail.header("X-Quarterday-Edition"), mail.header("To")))
        .collect();
    mailed.sort();
    let expected = ["daily/2026-11-30 anna", "daily/2026-11-30 ben", "daily/2026-12-01 anna", "daily/2026-12-01 ben"];
    assert_eq!(mailed, expected.map(|one| format!("{one}@example.com")));
    let verified = home.run(["verify"]);
    assert_eq!(verified.code, 0, "{verified:#?}");
}

/// Writes garbage over a part of a file, and takes away what SQLite had beside it.
fn scribble(path: &Path, from: u64) {
    for beside in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{beside}", path.display()));
    }
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    file.write_all(&[0xA5; 3000]).unwrap();
}

#[test]
fn a_corrupt_ledger_is_said_with_what_to_do_and_nothing_goes_out_by_it() {
    let home = issued();
    std::fs::copy(home.path("var/ledger.sqlite"), home.path("kept.sqlite")).unwrap();
    // The head of the file, which everybody reads; a page of entries, which only who appends does.
    for (from, commands) in [(0, &["issue", "history", "health"][..]), (4096, &["issue"])] {
        scribble(&home.path("var/ledger.sqlite"), from);
        for command in commands {
            home.run([*command]).fails(1, &["the ledger (var/ledger.sqlite) is damaged", "`quarterday restore`"]);
        }
        assert_eq!(home.mails().len(), 2);
        std::fs::copy(home.path("kept.sqlite"), home.path("var/ledger.sqlite")).unwrap();
    }
    mended(&home);
}

#[test]
fn a_corrupt_log_is_said_with_what_to_do_and_the_edition_is_made_when_it_is_back() {
    let home = issued();
    std::fs::copy(home.path("var/log.sqlite"), home.path("kept.sqlite")).unwrap();
    scribble(&home.path("var/log.sqlite"), 0);
    home.file("crm.csv", CRM);
    for command in [&["issue"][..], &["log", "list"], &["import", "crm.csv", "--mapping", "zoho-crm"]] {
        home.run(command).fails(1, &["the log (var/log.sqlite) is damaged", "`quarterday restore`"]);
    }
    assert_eq!(home.mails().len(), 2, "nothing was made from it");
    std::fs::copy(home.path("kept.sqlite"), home.path("var/log.sqlite")).unwrap();
    mended(&home);
}

#[test]
fn a_log_that_is_gone_or_cut_off_is_not_taken_for_one_in_which_nothing_happened() {
    for cut in [false, true] {
        let home = issued();
        let log = home.path("var/log.sqlite");
        std::fs::rename(&log, home.path("kept.sqlite")).unwrap();
        if cut {
            std::fs::write(&log, "").unwrap();
        }
        home.run(["issue"]).fails(
            1,
            &[
                "daily/2026-12-01: could not be issued: the log (var/log.sqlite) is gone or empty",
                "daily/2026-11-30 was made from it",
            ],
        );
        assert_eq!(home.mails().len(), 3, "its owner is told, and nobody else");
        std::fs::rename(home.path("kept.sqlite"), &log).unwrap();
        mended(&home);
    }
}

/// Who holds the write lock of a database.
struct Holder(std::process::Child);

impl Holder {
    fn lets_go(mut self) {
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}

/// Holds the write lock of a database in another process, as a shell left open would; `None` where there is no Python.
fn hold(path: &Path) -> Option<Holder> {
    let script = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\nc.execute('BEGIN IMMEDIATE')\nprint('held', flush=True)\nsys.stdin.read()\n";
    let mut child = Command::new("python3")
        .args(["-c", script])
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|_| println!("skipped: there is no python3 to hold a lock with"))
        .ok()?;
    let mut first = [0; 4];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
    Some(Holder(child))
}

#[test]
fn a_locked_log_is_said_after_a_while_and_a_locked_ledger_is_waited_for() {
    let home = issued();
    let Some(holder) = hold(&home.path("var/log.sqlite")) else { return };
    home.file("crm.csv", CRM);
    home.run(["import", "crm.csv", "--mapping", "zoho-crm"])
        .fails(1, &["the log is in use by another process", "try again when that one is done"]);
    // Reading is not held up.
    assert!(home.ok(["log", "list"]).contains("crm.csv"));
    holder.lets_go();
    // How long it waits before it says so, and in which words: `ledger::tests`. Here it is let go meanwhile.
    let holder = hold(&home.path("var/ledger.sqlite")).unwrap();
    let mut waiting = home.command(["issue"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Reading the ledger is not held up either.
    assert_eq!(home.run(["history"]).code, 0);
    assert!(waiting.try_wait().unwrap().is_none(), "it did not wait");
    holder.lets_go();
    let ran = Ran::of(waiting.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{ran:#?}");
    mended(&home);
}

/// Runs a command as nobody, whom rights on files do stop; the installation is nobody's.
fn as_nobody(home: &Home, arguments: &[&str]) -> Ran {
    let run = home.command(arguments);
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
        .arg(run.get_program())
        .args(run.get_args());
    for (name, value) in run.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.current_dir(home.path(""));
    Ran::of(command.output().unwrap())
}

/// Whether a command can be run as nobody here: it takes root, `setpriv`, and a binary that nobody may run.
fn is_nobody_there(home: &Home) -> bool {
    let owned = Command::new("chown").args(["-R", "65534:65534"]).arg(home.path("")).status();
    let can = owned.is_ok_and(|status| status.success())
        && Command::new("setpriv").arg("--version").output().is_ok()
        && as_nobody(home, &["--version"]).code == 0;
    if !can {
        println!("skipped: rights on files do not stop the account that runs the tests, and it cannot become nobody");
    }
    can
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_or_written_is_named_and_made_good_when_it_can() {
    use std::os::unix::fs::PermissionsExt;
    let home = issued();
    if !is_nobody_there(&home) {
        return;
    }
    let mode = |name: &str, mode: u32| {
        std::fs::set_permissions(home.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let ours = "must belong to the account that runs this, and be writable for it";
    let cases: [(&str, u32, i32, &[&str]); 8] = [
        ("var/ledger.sqlite", 0o400, 1, &["var/ledger.sqlite: Permission denied", ours]),
        ("quarterday.yaml", 0o000, 1, &["quarterday.yaml: Permission denied"]),
        ("schedules", 0o000, 1, &["schedules cannot be read: Permission denied"]),
        // The others would go out as usual.
        ("schedules/daily.yaml", 0o000, 2, &["schedules/daily.yaml cannot be read: Permission denied", "left out"]),
        ("var/log.sqlite", 0o000, 1, &["var/log.sqlite"]),
        ("var/key", 0o000, 1, &["var/key: Permission denied"]),
        ("var/key", 0o644, 1, &["others than its owner have access to it (mode 0644). Run: chmod 600 "]),
        ("var/editions/daily", 0o500, 1, &["daily/2026-12-01: could not be issued", "var/editions/daily"]),
    ];
    for (name, wrong, code, words) in cases {
        let right = std::fs::metadata(home.path(name)).unwrap().permissions().mode() & 0o7777;
        mode(name, wrong);
        as_nobody(&home, &["issue"]).fails(code, words);
        // A reader who comes by meanwhile makes nothing worse.
        as_nobody(&home, &["history"]);
        mode(name, right);
    }
    assert_eq!(as_nobody(&home, &["issue"]).code, 0);
    mended(&home);
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_named_and_nothing_is_lost() {
    use std::os::unix::fs::PermissionsExt;
    let home = daily();
    if !is_nobody_there(&home) {
        return;
    }
    let mode = |mode: u32| {
        std::fs::set_permissions(home.path("var"), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o500);
    let ours = "`var/` and the files in it must belong to the account that runs this, and be writable for it";
    as_nobody(&home, &["issue"]).fails(1, &["the ledger (var/ledger.sqlite) cannot be used now", ours]);
    mode(0o700);
    assert_eq!(as_nobody(&home, &["issue"]).code, 0);
    once(&home, 0);
}

#[test]
fn a_definition_that_is_deleted_between_two_runs_asks_for_nothing_more_and_its_mail_still_goes_out() {
    let home = daily();
    // A port that was free a moment ago: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = std::fs::read_to_string(home.path("quarterday.yaml")).unwrap();
    let smtp = format!("smtp: {{ host: 127.0.0.1, port: {port}, tls: none, timeout: 2s }}");
    home.file("quarterday.yaml", settings.replace("folder: mail", &smtp));
    home.run(["issue"]).fails(1, &["not now"]);
    let definition = home.path("schedules/daily.yaml");
    std::fs::remove_file(&definition).unwrap();
    home.file("quarterday.yaml", settings);
    // Nothing is due any more, but what was issued goes to whom it was for.
    let said = home.now("2026-12-02T08:30:00Z").ok(["issue"]);
    assert!(said.contains("2 mails delivered"), "{said}");
    once(&home, 0);
    home.run(["issue", "daily", "--period", "2026-12-01"]).fails(2, &["daily"]);
    // Put back, it goes on where it was.
    home.definition("daily", DAILY);
    mended(&home);
}

#[test]
fn a_definition_that_is_deleted_after_its_edition_failed_is_made_when_it_is_put_back() {
    let home = daily();
    home.file("report-templates/report.tera", "<blink/>");
    home.run(["issue"]).fails(1, &["could not be issued"]);
    std::fs::remove_file(home.path("schedules/daily.yaml")).unwrap();
    std::fs::remove_file(home.path("report-templates/report.tera")).unwrap();
    assert_eq!(home.run(["issue"]).code, 0);
    assert_eq!(home.standing(), ["daily/2026-11-30 failed"], "it is not forgotten");
    home.definition("daily", DAILY).ok(["issue"]);
    once(&home, 0);
}

#[test]
fn a_font_or_a_template_that_is_gone_is_named_and_the_edition_made_when_it_is_back() {
    let home = issued();
    let settings = std::fs::read_to_string(home.path("quarterday.yaml")).unwrap();
    home.file("quarterday.yaml", format!("{settings}fonts: [fonts/Gone.ttf]\n"));
    home.run(["issue"]).fails(2, &["fonts/Gone.ttf"]);
    home.file("quarterday.yaml", settings);
    let other = DAILY.replace("compare:", "template: own\ncompare:");
    home.definition("daily", &other);
    let ran = home.run(["issue"]);
    assert!(ran.code != 0 && ran.err.contains("own"), "{ran:#?}");
    home.definition("daily", DAILY);
    mended(&home);
}
