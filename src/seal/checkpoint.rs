//! Checkpoint: the head of a log as text that anybody can keep and check: C2SP `tlog-checkpoint`, a signed note.
//!
//! <https://c2sp.org/tlog-checkpoint> and <https://c2sp.org/signed-note>. A copy of one, in a mailbox or on paper, anchors
//! the log from outside: without one, nobody can show that the newest part of a log was cut off.

use super::SealError;
use super::hash::{Hash, sha256};
use super::key::{PublicKey, SigningKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Which log, how many leaves, and their root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log, one line, as unique as can be: `example.com/quarterday`.
    pub origin: String,
    /// Leaves of the tree.
    pub size: u64,
    /// RFC 6962 root over them.
    pub root: Hash,
    /// Further lines, none of them empty.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// The text that is signed, with its last line's end. Error: a line that the format does not allow.
    pub fn text(&self) -> Result<String, SealError> {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0));
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        match Checkpoint::parse(&text) {
            Ok(back) if back == *self => Ok(text),
            _ => Err(malformed("an origin or extension that is empty or holds a line's end or a control character")),
        }
    }

    /// Reads a text without its signatures.
    pub fn parse(text: &str) -> Result<Checkpoint, SealError> {
        let body = text.strip_suffix('\n').ok_or_else(|| malformed("a checkpoint ends with a line's end"))?;
        if body.chars().any(|c| c.is_control() && c != '\n') {
            return Err(malformed("a control character in a checkpoint"));
        }
        let mut lines = body.split('\n');
        let mut line = |what: &str| match lines.next() {
            Some(line) if !line.is_empty() => Ok(line),
            _ => Err(malformed(&format!("a checkpoint without its {what}"))),
        };
        let origin = line("origin")?.to_owned();
        let written = line("size")?;
        let size: u64 = written.parse().map_err(|_| malformed("a size that is no number"))?;
        if size.to_string() != written {
            return Err(malformed("a size that is not written plainly"));
        }
        let root = STANDARD.decode(line("root")?).ok().and_then(|bytes| Hash::from_slice(&bytes));
        let root = root.ok_or_else(|| malformed("a root that is not 32 bytes in base64"))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(malformed("an empty line in a checkpoint"));
        }
        Ok(Checkpoint { origin, size, root, extensions })
    }

    /// The whole signed note. `name` is the key's, usually the origin.
    pub fn sign(&self, name: &str, key: &SigningKey) -> Result<String, SealError> {
        sign_note(&self.text()?, name, key)
    }

    /// Reads a signed note that must carry a good signature of this key under this name.
    pub fn open(note: &str, name: &str, key: &PublicKey) -> Result<Checkpoint, SealError> {
        Checkpoint::parse(open_note(note, name, key)?)
    }
}

/// A signed note of a text that ends with a line's end: the text, an empty line, `— NAME BASE64`.
pub fn sign_note(text: &str, name: &str, key: &SigningKey) -> Result<String, SealError> {
    if !text.ends_with('\n') || text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(malformed("a note is lines of text without control characters"));
    }
    check_name(name)?;
    let mut blob = key_id(name, &key.public()).to_vec();
    blob.extend_from_slice(&key.sign(text.as_bytes()));
    Ok(format!("{text}\n\u{2014} {name} {}\n", STANDARD.encode(blob)))
}

/// The text of a signed note, if it carries a good signature of this key under this name. Signatures of other keys
/// (witnesses) may stand beside it; a bad one of this key makes the note bad.
pub fn open_note<'a>(note: &'a str, name: &str, key: &PublicKey) -> Result<&'a str, SealError> {
    check_name(name)?;
    if note.chars().any(|c| c.is_control() && c != '\n') {
        return Err(malformed("a control character in a note"));
    }
    let gap = note.rfind("\n\n").ok_or_else(|| malformed("a note without signatures"))?;
    let (text, signatures) = (&note[..gap + 1], &note[gap + 2..]);
    let lines = signatures.strip_suffix('\n').ok_or_else(|| malformed("a note ends with a line's end"))?;
    let id = key_id(name, key);
    let mut good = false;
    for line in lines.split('\n') {
        let parts = line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' '));
        let (signer, blob) = parts.ok_or_else(|| malformed("a signature line is — NAME BASE64"))?;
        let blob = STANDARD.decode(blob).map_err(|_| malformed("a signature that is not base64"))?;
        let (signer_id, signature) =
            blob.split_first_chunk::<4>().ok_or_else(|| malformed("a signature that is too short"))?;
        if signer == name && *signer_id == id {
            key.verify(text.as_bytes(), signature)?;
            good = true;
        }
    }
    if good { Ok(text) } else { Err(SealError::Broken(format!("no signature of {name} with this key"))) }
}

/// A key as notes' verifiers are told it: `NAME+ID+BASE64`.
pub fn verifier_key(name: &str, key: &PublicKey) -> Result<String, SealError> {
    check_name(name)?;
    let mut typed = vec![ED25519];
    typed.extend_from_slice(&key.to_bytes());
    Ok(format!("{name}+{}+{}", hex::encode(key_id(name, key)), STANDARD.encode(typed)))
}

/// Reads what [`verifier_key`] writes: the name and the key.
pub fn parse_verifier_key(text: &str) -> Result<(String, PublicKey), SealError> {
    let wrong = || malformed("a verifier key is NAME+ID+BASE64 of an Ed25519 key");
    let mut parts = text.trim().splitn(3, '+');
    let (Some(name), Some(id), Some(typed)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(wrong());
    };
    check_name(name)?;
    let typed = STANDARD.decode(typed).map_err(|_| wrong())?;
    let Some((&ED25519, bytes)) = typed.split_first() else {
        return Err(wrong());
    };
    let key = PublicKey::from_bytes(bytes.try_into().map_err(|_| wrong())?)?;
    if hex::encode(key_id(name, &key)) != id {
        return Err(SealError::Broken("the verifier key's id is not that of its name and key".to_owned()));
    }
    Ok((name.to_owned(), key))
}

/// Signature type of Ed25519 in signed notes.
const ED25519: u8 = 1;

fn key_id(name: &str, key: &PublicKey) -> [u8; 4] {
    let mut bytes = name.as_bytes().to_vec();
    bytes.extend_from_slice(&[b'\n', ED25519]);
    bytes.extend_from_slice(&key.to_bytes());
    let [a, b, c, d, ..] = sha256(&bytes).0;
    [a, b, c, d]
}

fn check_name(name: &str) -> Result<(), SealError> {
    if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+') {
        return Err(malformed("a key's name has no space, control character or plus, and is not empty"));
    }
    Ok(())
}

fn malformed(what: &str) -> SealError {
    SealError::Malformed(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Checkpoint {
        Checkpoint { origin: "example.com/log".into(), size: 7, root: sha256(b"root"), extensions: vec![] }
    }

    #[test]
    fn is_signed_and_opened() {
        let key = SigningKey::from_bytes(&[9; 32]);
        let note = sample().sign("example.com/log", &key).unwrap();
        let expected = format!("example.com/log\n7\n{}\n\n\u{2014} example.com/log ", STANDARD.encode(sample().root.0));
        assert!(note.starts_with(&expected), "{note}");
        assert_eq!(Checkpoint::open(&note, "example.com/log", &key.public()), Ok(sample()));
        assert!(Checkpoint::open(&note, "example.com/other", &key.public()).is_err());
        assert!(Checkpoint::open(&note.replacen('7', "8", 1), "example.com/log", &key.public()).is_err());
        let other = SigningKey::from_bytes(&[1; 32]);
        assert!(Checkpoint::open(&note, "example.com/log", &other.public()).is_err());
    }

    /// The example of the signed note's specification (golang.org/x/mod/sumdb/note).
    #[test]
    fn opens_a_note_that_others_signed() {
        let (name, key) =
            parse_verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
        let text = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n";
        let note = format!(
            "{text}\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
        );
        assert_eq!(name, "PeterNeumann");
        assert_eq!(open_note(&note, &name, &key), Ok(text));
        assert_eq!(
            verifier_key(&name, &key).unwrap(),
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        );
    }

    #[test]
    fn a_witness_may_stand_beside() {
        let (key, witness) = (SigningKey::from_bytes(&[9; 32]), SigningKey::from_bytes(&[3; 32]));
        let text = sample().text().unwrap();
        let mut note = sign_note(&text, "log", &key).unwrap();
        let second = sign_note(&text, "witness", &witness).unwrap();
        note.push_str(second.split("\n\n").nth(1).unwrap());
        assert_eq!(open_note(&note, "log", &key.public()), Ok(text.as_str()));
        assert_eq!(open_note(&note, "witness", &witness.public()), Ok(text.as_str()));
    }

    #[test]
    fn nothing_else_is_a_checkpoint() {
        let root = STANDARD.encode(sha256(b"root").0);
        for text in [
            String::new(),
            "a\n1".into(),
            format!("a\n01\n{root}\n"),
            format!("a\n1\n{root}"),
            format!("a\n-1\n{root}\n"),
            format!("\n1\n{root}\n"),
            format!("a\n1\n{root}\n\n"),
            format!("a\t\n1\n{root}\n"),
            "a\n1\nAAAA\n".into(),
        ] {
            assert!(Checkpoint::parse(&text).is_err(), "{text:?}");
        }
        for origin in ["", "two\nlines", "tab\t"] {
            assert!(Checkpoint { origin: origin.into(), ..sample() }.text().is_err(), "{origin:?}");
        }
        assert!(sign_note("no end", "n", &SigningKey::from_bytes(&[1; 32])).is_err());
        assert!(sign_note("ok\n", "n n", &SigningKey::from_bytes(&[1; 32])).is_err());
        assert!(open_note("\n\n", "n", &SigningKey::from_bytes(&[1; 32]).public()).is_err());
    }
}
