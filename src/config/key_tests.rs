//! Tests of the signing key: made once, for its owner only, never overwritten, the same for two that come at once.

use super::*;
use std::sync::{Arc, Barrier};

#[test]
fn is_made_once_and_read_after() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("var/key");
    assert!(existing_key(&path).unwrap().is_none());
    assert!(!path.exists(), "asking makes none");
    let made = signing_key(&path).unwrap();
    assert_eq!(signing_key(&path).unwrap().to_bytes(), made.to_bytes());
    assert_eq!(existing_key(&path).unwrap().unwrap().to_bytes(), made.to_bytes());
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", Hash(made.to_bytes()).hex()));
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft is left");
    let other = signing_key(&home.path().join("other")).unwrap();
    assert_ne!(other.to_bytes(), made.to_bytes());
}

#[test]
fn a_given_key_is_kept_but_overwrites_nothing() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("key");
    assert_eq!(keep_key(&path, &SigningKey::from_bytes(&[7; 32])), Ok(true));
    assert_eq!(keep_key(&path, &SigningKey::from_bytes(&[8; 32])), Ok(false));
    assert_eq!(signing_key(&path).unwrap().to_bytes(), [7; 32]);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("key");
    signing_key(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    for error in [signing_key(&path).unwrap_err(), existing_key(&path).unwrap_err()] {
        assert_eq!(error, ConfigError::Exposed { path: path.clone(), mode: 0o640 });
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_key_is_neither_used_nor_replaced() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("key");
    for text in ["", "\n", "12", &"g".repeat(64), &"0".repeat(63), &"0".repeat(65), &format!(" {}", "0".repeat(64))] {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let error = signing_key(&path).unwrap_err().to_string();
        assert!(error.contains("this is no key (64 hexadecimal digits)"), "{error}");
        assert!(!error.contains("000000"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    // A link to nowhere is something that somebody made: not a reason for a new key.
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(home.path().join("gone"), &path).unwrap();
    assert!(signing_key(&path).is_err());
}

#[test]
fn two_at_once_have_the_same() {
    let home = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let path = home.path().join(format!("key{round}"));
        let start = Arc::new(Barrier::new(4));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (path, start) = (path.clone(), Arc::clone(&start));
                std::thread::spawn(move || {
                    start.wait();
                    signing_key(&path).map(|key| key.to_bytes())
                })
            })
            .collect();
        let keys: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect();
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
