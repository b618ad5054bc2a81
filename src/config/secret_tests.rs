//! Tests of the edge that reads secrets: permissions, what a file may hold, and that nothing is ever shown.

use super::*;

fn none(_: &str) -> Option<OsString> {
    None
}

#[cfg(unix)]
fn file(text: impl AsRef<[u8]>, mode: u32) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("pass word");
    fs::write(&path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    home
}

#[cfg(unix)]
fn from_file(home: &Path) -> Result<Secret, ConfigError> {
    read(&SecretFrom::File("pass word".to_owned()), home, &none)
}

#[test]
fn from_the_environment() {
    let from = SecretFrom::Env("Q_PASSWORD".to_owned());
    let with = |text: &'static str| read(&from, Path::new("/"), &move |_| Some(OsString::from(text)));
    assert_eq!(with("hunter2\n").unwrap(), Secret("hunter2".to_owned()));
    assert_eq!(with(" blank at both ends ").unwrap(), Secret(" blank at both ends ".to_owned()));
    assert_eq!(with("").unwrap_err().to_string(), "the environment variable Q_PASSWORD is empty");
    assert_eq!(with("\n").unwrap_err().to_string(), "the environment variable Q_PASSWORD is empty");
    let error = with("hunter2\nhunter3").unwrap_err().to_string();
    assert_eq!(error, "the environment variable Q_PASSWORD holds more than one line, or control characters");
    let error = read(&from, Path::new("/"), &none).unwrap_err();
    assert_eq!(error.to_string(), "the environment variable Q_PASSWORD is not set");
    // The real one is asked by the public function.
    assert_eq!(secret(&SecretFrom::Env("PATH".to_owned()), Path::new("/")).unwrap().0, std::env::var("PATH").unwrap());
}

#[cfg(unix)]
#[test]
fn from_a_file_of_its_owner_with_one_line_break_cut() {
    for (text, expected) in
        [("hunter2", "hunter2"), ("hunter2\n", "hunter2"), ("hunter2\r\n", "hunter2"), ("ä b ", "ä b ")]
    {
        for mode in [0o600, 0o400] {
            assert_eq!(from_file(file(text, mode).path()).unwrap().0, expected, "{text:?} {mode:o}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_reach_is_refused_with_what_to_run() {
    for mode in [0o604, 0o640, 0o660, 0o644, 0o602, 0o601, 0o700, 0o4600] {
        let home = file("hunter2", mode);
        let path = home.path().join("pass word");
        let error = from_file(home.path()).unwrap_err();
        assert_eq!(error, ConfigError::Exposed { path: path.clone(), mode }, "{mode:o}");
        let path = path.display();
        assert_eq!(
            error.to_string(),
            format!("{path}: others than its owner have access to it (mode {mode:04o}). Run: chmod 600 '{path}'")
        );
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_secret_is_refused_without_repeating_it() {
    let broken: [(&[u8], &str); 5] = [
        (b"", "is empty"),
        (b"hunter2\nhunter3\n", "more than one line"),
        (b"hunter2\0", "control characters"),
        (b"hunter2\xff", "not UTF-8"),
        (&[b'h'; 5000], "too long"),
    ];
    for (text, said) in broken {
        let error = from_file(file(text, 0o600).path()).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2") && !error.to_string().contains("hhhh"), "{error}");
    }
    let home = tempfile::tempdir().unwrap();
    let missing = from_file(home.path()).unwrap_err().to_string();
    assert!(missing.contains("pass word: No such file"), "{missing}");
    fs::create_dir(home.path().join("pass word")).unwrap();
    assert!(from_file(home.path()).unwrap_err().to_string().ends_with("this is no file"));
}

#[test]
fn a_secret_cannot_be_shown() {
    let shown = format!("{:?}", Some(Secret("hunter2".to_owned())));
    assert!(!shown.contains("hunter2"), "{shown}");
}
