//! Permissions: what the program makes is for its owner only, and what a person opened up is said at every command.
#![cfg(unix)]

use crate::home::{Home, Ran, SETTINGS};
use crate::samples::daily;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Runs a command as from a shell that hides nothing from anybody.
fn from_open_shell(home: &Home, arguments: &[&str]) -> Ran {
    let inner = home.command(arguments);
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 000 && exec \"$0\" \"$@\""]).arg(inner.get_program()).args(inner.get_args());
    shell.current_dir(home.path("")).envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Ran::of(shell.output().unwrap())
}

/// Everything below a folder to which others have access.
fn open_below(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mode = fs::symlink_metadata(&path).unwrap().permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            found.push(format!("{} {mode:04o}", path.display()));
        }
        if path.is_dir() {
            open_below(&path, found);
        }
    }
}

fn set(home: &Home, name: &str, mode: u32) {
    fs::set_permissions(home.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn whatever_the_shell_says_all_that_is_made_is_for_its_owner_only() {
    let home = daily();
    fs::remove_dir_all(home.path("var")).unwrap();
    for arguments in [
        &["import", "crm.csv", "--mapping", "zoho-crm"][..],
        &["issue"],
        &["log", "checkpoint", "--out", "mail/checkpoint.txt"],
        &["preview", "daily", "--period", "2026-11-30", "--format", "html", "-o", "mail/page.html"],
        &["backup", "mail/saved"],
        &["--home", "mail/new", "init"],
    ] {
        let ran = from_open_shell(&home, arguments);
        assert_eq!((ran.code, ran.err.contains("access to it")), (0, false), "{ran:#?}");
    }
    let mut found = Vec::new();
    for folder in ["var", "mail"] {
        open_below(&home.path(folder), &mut found);
    }
    assert_eq!(found, Vec::<String>::new());
    assert!(home.path("var/editions/daily/2026-11-30/figures.json").is_file());
}

#[test]
fn what_a_person_opened_up_is_said_and_the_rest_goes_on() {
    let home = daily();
    home.ok(["issue"]);
    set(&home, "var", 0o755);
    set(&home, "var/ledger.sqlite", 0o644);
    set(&home, "quarterday.yaml", 0o666);
    let ran = home.run(["history", "--json"]);
    serde_json::from_str::<serde_json::Value>(&ran.out).unwrap();
    ran.fails(
        0,
        &[
            "warning: ./var: others than its owner have access to it (mode 0755). Run: chmod go-rwx ./var\n",
            "warning: ./var/ledger.sqlite: others than its owner have access to it (mode 0644). Run: chmod go-rwx ./var/ledger.sqlite\n",
            "warning: ./quarterday.yaml: everybody can change it (mode 0666). Run: chmod o-w ./quarterday.yaml\n",
        ],
    );
    set(&home, "var", 0o700);
    for name in crate::home::names(&home.path("var")).iter().filter(|name| name.starts_with("ledger.sqlite")) {
        // What SQLite has put beside it meanwhile has its mode.
        set(&home, &format!("var/{name}"), 0o600);
    }
    set(&home, "quarterday.yaml", 0o644);
    assert_eq!(home.run(["history"]).err, "");
}

#[test]
fn with_a_key_or_password_that_others_can_read_nothing_is_done() {
    let home = daily();
    home.ok(["issue"]);
    set(&home, "var/key", 0o640);
    for command in ["issue", "history", "check", "serve"] {
        home.run([command]).fails(
            1,
            &["quarterday: ./var/key: others than its owner have access to it (mode 0640). Run: chmod 600 ./var/key"],
        );
    }
    set(&home, "var/key", 0o600);
    let smtp = "smtp: { host: localhost, user: u, password_file: password }";
    home.file("quarterday.yaml", SETTINGS.replace("folder: mail", smtp)).file("password", "hunter2");
    set(&home, "password", 0o644);
    let ran = home.run(["check"]);
    ran.fails(1, &["./password: others than its owner have access to it (mode 0644). Run: chmod 600 ./password"]);
    assert!(!ran.err.contains("hunter2"), "{ran:#?}");
    set(&home, "password", 0o400);
    home.ok(["check"]);
}
