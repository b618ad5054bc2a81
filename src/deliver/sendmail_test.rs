//! Tests: a program's exit codes, losses and silence give the right receipt.

use super::*;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn message(size: usize) -> Outgoing {
    let mut message = b"Subject: hello\r\n\r\n.\r\n".to_vec();
    message.extend(b"0123456789\r\n".repeat(size / 12));
    Outgoing { from: "a@x.example".into(), to: "b@y.example".into(), message_id: "1@x.example".into(), message }
}

const SMALL: usize = 0;
/// More than a pipe holds.
const LARGE: usize = 1_000_000;

fn program(dir: &Path, script: &str) -> PathBuf {
    let (script_file, path) = (dir.join("script"), dir.join("sendmail"));
    std::fs::write(&script_file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&script_file, std::fs::Permissions::from_mode(0o700)).unwrap();
    // Written by another process: a test that starts a program meanwhile would hold it open, "text file busy".
    assert!(Command::new("cp").arg(&script_file).arg(&path).status().unwrap().success());
    path
}

fn send(script: &str, size: usize, timeout: Duration) -> (Receipt, u32, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let script = format!("cd {}\n{script}", dir.path().display());
    let mut dots = 0;
    let sendmail = Sendmail::new(&program(dir.path(), &script), timeout, Vec::new());
    let receipt = sendmail.send(&message(size), &mut |_| {
        dots += 1;
        Ok(())
    });
    (receipt, dots, dir)
}

const PATIENT: Duration = Duration::from_secs(20);

#[test]
fn it_gets_the_envelope_and_the_message_in_lines_of_its_system() {
    let (receipt, dots, dir) = send("echo \"$@\" > arguments; cat > message; env > variables", LARGE, PATIENT);
    assert!(matches!(&receipt, Receipt::Sent(words) if words.contains('0')), "{receipt:?}");
    assert_eq!(dots, 1);
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(read("arguments"), "-i -f a@x.example -- b@y.example\n");
    let sent = String::from_utf8(message(LARGE).message).unwrap().replace("\r\n", "\n");
    assert!(read("message") == sent);
    assert!(!read("variables").contains("CARGO"), "{}", read("variables"));
}

#[test]
fn every_end_gives_the_right_receipt() {
    for (script, size, expected, dots) in [
        ("cat > /dev/null; echo no room >&2; exit 75", SMALL, "Later(\"exit status: 75 no room\")", 1),
        ("cat > /dev/null; exit 69", SMALL, "Later", 1),
        ("cat > /dev/null; echo 'no\u{1b} user' >&2; exit 67", SMALL, "Never(\"exit status: 67 no user\")", 1),
        ("cat > /dev/null; exit 65", SMALL, "Never", 1),
        ("cat > /dev/null; exit 3", SMALL, "Unknown(\"exit status: 3\")", 1),
        ("cat > /dev/null; kill -9 $$", SMALL, "Unknown", 1),
        ("exit 67", LARGE, "Never", 0),
        ("exit 75", LARGE, "Later", 0),
        ("exit 3", LARGE, "Later", 0),
        ("exit 0", LARGE, "Later", 0),
    ] {
        let (receipt, seen, _dir) = send(script, size, PATIENT);
        assert!(format!("{receipt:?}").starts_with(expected), "{script}: {receipt:?}");
        assert_eq!(seen, dots, "{script}");
    }
}

#[test]
fn one_that_never_reads_or_never_ends_is_not_waited_for() {
    let short = Duration::from_millis(300);
    let (receipt, dots, _dir) = send("exec sleep 60", LARGE, short);
    assert!(matches!(receipt, Receipt::Later(_)) && dots == 0, "{receipt:?}");
    let (receipt, dots, _dir) = send("cat > /dev/null; exec sleep 60", SMALL, short);
    assert!(matches!(receipt, Receipt::Unknown(_)) && dots == 1, "{receipt:?}");
}

#[test]
fn without_the_ledgers_consent_the_message_is_never_whole() {
    let dir = tempfile::tempdir().unwrap();
    let script = format!("cat > /dev/null; touch {}/whole", dir.path().display());
    let sendmail = Sendmail::new(&program(dir.path(), &script), PATIENT, Vec::new());
    let receipt = sendmail.send(&message(SMALL), &mut |_| Err("disk full".to_owned()));
    assert_eq!(receipt, Receipt::Later("disk full".to_owned()));
    let missing = Sendmail::new(Path::new("/nowhere/sendmail"), PATIENT, Vec::new());
    let missing = missing.send(&message(SMALL), &mut |_| Ok(()));
    assert!(matches!(&missing, Receipt::Later(words) if words.contains("cannot be started")), "{missing:?}");
    let bad = Outgoing { to: "-v@y.example".to_owned(), ..message(SMALL) };
    assert!(matches!(sendmail.send(&bad, &mut |_| Ok(())), Receipt::Never(_)));
}
