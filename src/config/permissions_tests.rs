//! Tests of what is looked at when an installation is opened.

use super::super::FILE;
use super::*;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn installation() -> (tempfile::TempDir, Folders) {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders::of(home.path(), &Config::default());
    folders.make().unwrap();
    for file in [&folders.log, &folders.ledger, &folders.key, &folders.settings] {
        fs::write(file, "").unwrap();
        mode(file, 0o600);
    }
    (home, folders)
}

#[test]
fn what_is_closed_is_not_told() {
    let (_home, folders) = installation();
    assert_eq!(opened(&folders), []);
    secrets_are_closed(&folders, &Config::default()).unwrap();
    // Where nothing was made yet, nothing can be open.
    let empty = tempfile::tempdir().unwrap();
    let none = Folders::of(empty.path(), &Config::default());
    assert_eq!(opened(&none), []);
    secrets_are_closed(&none, &Config::default()).unwrap();
}

#[test]
fn what_others_can_reach_is_told_with_what_to_do() {
    let (_home, folders) = installation();
    for (path, opened_up, bits) in [
        (&folders.var, 0o750, "0750"),
        (&folders.var, 0o701, "0701"),
        (&folders.log, 0o640, "0640"),
        (&folders.ledger, 0o604, "0604"),
        (&folders.editions, 0o770, "0770"),
    ] {
        let before = fs::metadata(path).unwrap().permissions();
        mode(path, opened_up);
        let said: Vec<String> = opened(&folders).iter().map(ToString::to_string).collect();
        let path_said = path.display();
        let words = format!(
            "{path_said}: others than its owner have access to it (mode {bits}). Run: chmod go-rwx {path_said}"
        );
        assert_eq!(said, [words]);
        fs::set_permissions(path, before).unwrap();
    }
    let wal = folders.ledger.with_file_name("ledger.sqlite-wal");
    fs::write(&wal, "").unwrap();
    mode(&wal, 0o644);
    assert_eq!(opened(&folders).iter().map(|one| &one.path).collect::<Vec<_>>(), [&wal]);
}

#[test]
fn what_says_where_mail_goes_is_not_for_everybody_to_change() {
    let (_home, folders) = installation();
    // To be read, and to be changed by a group, is a person's choice.
    mode(&folders.settings, 0o664);
    assert_eq!(opened(&folders), []);
    mode(&folders.settings, 0o666);
    mode(&folders.home, 0o777);
    let said: Vec<String> = opened(&folders).iter().map(ToString::to_string).collect();
    let (home, settings) = (folders.home.display(), folders.settings.display());
    assert_eq!(
        said,
        [
            format!("{home}: everybody can change it (mode 0777). Run: chmod o-w {home}"),
            format!("{settings}: everybody can change it (mode 0666). Run: chmod o-w {settings}"),
        ]
    );
    mode(&folders.home, 0o1777);
    mode(&folders.settings, 0o644);
    assert_eq!(opened(&folders), []);
}

#[test]
fn a_key_or_a_password_that_others_can_read_is_an_error() {
    let (home, folders) = installation();
    mode(&folders.key, 0o640);
    let error = secrets_are_closed(&folders, &Config::default()).unwrap_err();
    assert_eq!(error, ConfigError::Exposed { path: folders.key.clone(), mode: 0o640 });
    mode(&folders.key, 0o400);
    let text = "mail: { from: a@b.example, smtp: { host: h.example, user: u, password_file: pass } }";
    let config = Config::read(text, FILE).unwrap();
    // One that is not there is told when it is needed.
    secrets_are_closed(&folders, &config).unwrap();
    let path = home.path().join("pass");
    fs::write(&path, "secret").unwrap();
    mode(&path, 0o604);
    let error = secrets_are_closed(&folders, &config).unwrap_err().to_string();
    assert!(error.contains("(mode 0604). Run: chmod 600 "), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn every_secret_that_the_settings_name_is_looked_at() {
    let text = "mail:
  from: r@reports.example.com
  dkim: { selector: q, key_file: dkim.pem }
  passphrases: { anna@example.com: { file: anna }, ben@example.com: { env: BEN } }
  smtp: { host: h.example, user: u, password_file: smtp }
webhooks: { chat: { url: \"https://chat.example.com/x\", secret_file: chat } }
";
    let config = Config::read(text, FILE).unwrap();
    let mut files = config.secret_files();
    files.sort_unstable();
    assert_eq!(files, ["anna", "chat", "dkim.pem", "smtp"]);
}
