//! Passphrases as written: with whom one is agreed, and where it is. The passphrase itself never stands in the settings.

use super::groups::{GROUP, Groups};
use super::mail::variable;
use super::read::line;
use super::secret::{SecretFrom, secret};
use super::{ConfigError, MailSettings};
use crate::definition::is_address;
use crate::deliver::email::Secret;
use crate::written::{Fields, Node, Reader};
use std::collections::BTreeMap;
use std::path::Path;

/// Where the passphrase agreed with each is, by address in small letters.
pub type Passphrases = BTreeMap<String, SecretFrom>;

/// The shortest passphrase. The archive's own way from passphrase to key (PBKDF2, 1000 rounds) slows a guesser down by
/// little: length has to.
const SHORTEST: usize = 16;

/// The `passphrases` key of `mail`: by address, or by group for each of its members.
pub(super) fn passphrases(mail: Fields<'_, '_>, groups: &Groups) -> Passphrases {
    let reader = mail.reader();
    let mut own = Passphrases::new();
    let mut by_group: BTreeMap<String, (String, SecretFrom)> = BTreeMap::new();
    for entry in mail.map("passphrases") {
        let place = place(reader, &entry.value);
        if let Some(name) = entry.key.strip_prefix(GROUP) {
            let Some(members) = groups.get(name) else {
                reader.unknown(entry.at, "group", name, groups.keys().map(String::as_str));
                continue;
            };
            for member in members {
                let Some(place) = place.clone() else { continue };
                let other = by_group.insert(member.to_ascii_lowercase(), (name.to_owned(), place.clone()));
                if let Some((other, _)) = other.filter(|(_, known)| *known != place) {
                    let what =
                        format!("`{member}` is in the groups `{other}` and `{name}`, which have two passphrases");
                    reader.problem(entry.at, what, "Take the member out of one of them, or give both the same place");
                }
            }
        } else if is_address(&entry.key) {
            own.extend(place.map(|place| (entry.key.to_ascii_lowercase(), place)));
        } else {
            let what = format!("`{}` is neither an address nor a group", entry.key);
            reader.problem(entry.at, what, "Write it as in `anna@example.com` or `group:board`");
        }
    }
    let of_groups = by_group.into_iter().map(|(member, (_, place))| (member, place));
    // What is agreed with a person goes before what is agreed with a group.
    of_groups.chain(own).collect()
}

/// `{ file: PATH }` or `{ env: NAME }`.
fn place<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<SecretFrom> {
    if node.as_text().is_some() {
        // What is written here by mistake is the passphrase itself: it is not repeated.
        let what = "a passphrase does not belong into this file";
        let instead =
            "Put it into a file that only its owner reads and name that: `{ file: PATH }`; or `{ env: NAME }`";
        reader.problem(node.at, what, instead);
        return None;
    }
    let fields = reader.fields(node, &["file", "env"])?;
    match (fields.get("file"), fields.get("env")) {
        (Some(node), None) => line(reader, node).map(SecretFrom::File),
        (None, Some(node)) => variable(reader, node, "env").map(SecretFrom::Env),
        _ => {
            reader.problem(
                node.at,
                "it is not said where the passphrase is",
                "Write `{ file: PATH }` or `{ env: NAME }`",
            );
            None
        }
    }
}

impl MailSettings {
    /// The passphrase agreed with somebody; `None`: there is none.
    ///
    /// # Errors
    /// It cannot be had, or is not fit to be one: never with its text.
    pub fn passphrase(&self, to: &str, home: &Path) -> Result<Option<Secret>, ConfigError> {
        let Some(place) = self.passphrases.get(&to.to_ascii_lowercase()) else { return Ok(None) };
        let passphrase = secret(place, home)?;
        let unfit = |why: &str| Err(ConfigError::Secret(format!("the passphrase agreed with {to} {why}")));
        if passphrase.0.chars().count() < SHORTEST {
            return unfit(&format!(
                "has less than {SHORTEST} characters, which can be guessed. Agree on several words"
            ));
        }
        // Programs that open archives disagree on the bytes of other letters.
        if !passphrase.0.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return unfit("holds other characters than ASCII, which not every program takes. Agree on another one");
        }
        Ok(Some(passphrase))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn read(text: &str) -> Result<Passphrases, Vec<String>> {
        let read = Config::read(text, "q.yaml").map(|config| config.mail.passphrases);
        read.map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_person_goes_before_a_group() {
        let text = "groups: { board: [Anna@example.com, ben@example.com] }\nmail:\n  passphrases:\n    anna@example.com: { file: secrets/anna }\n    group:board: { env: BOARD }\n";
        let all = read(text).unwrap();
        assert_eq!(all["anna@example.com"], SecretFrom::File("secrets/anna".to_owned()));
        assert_eq!(all["ben@example.com"], SecretFrom::Env("BOARD".to_owned()));
        assert_eq!(all.len(), 2);
    }

    #[test]
    fn mistakes_and_never_the_passphrase() {
        let text = "groups: { board: [anna@example.com], all: [anna@example.com] }\nmail:\n  passphrases:\n    group:board: { env: BOARD }\n    group:all: { env: ALL }\n    group:bord: { env: X }\n    anna: { env: X }\n    a@example.com: correct horse battery\n    b@example.com: {}\n    c@example.com: { file: x, env: X }\n    d@example.com: { env: battery horse }\n";
        let problems = read(text).unwrap_err();
        for (at, words) in [
            ("q.yaml:5:5", "two passphrases"),
            ("q.yaml:6:5", "unknown group `bord`. Did you mean `board`?"),
            ("q.yaml:7:5", "neither an address nor a group"),
            ("q.yaml:8:20", "does not belong into this file"),
            ("q.yaml:9:20", "not said where"),
            ("q.yaml:10:20", "not said where"),
            ("q.yaml:11:27", "not the name of a variable"),
        ] {
            assert!(
                problems.iter().any(|one| one.starts_with(at) && one.contains(words)),
                "{at} {words}: {problems:#?}"
            );
        }
        assert_eq!(problems.len(), 7, "{problems:#?}");
        assert!(!problems.concat().contains("battery"), "{problems:#?}");
    }

    #[cfg(unix)]
    #[test]
    fn what_can_be_guessed_is_refused_and_not_told() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let settings = Config::read("mail: { passphrases: { a@example.com: { file: p } } }", "q.yaml").unwrap().mail;
        let path = home.path().join("p");
        let agreed = |text: &str| {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            settings.passphrase("A@example.com", home.path()).map_err(|error| error.to_string())
        };
        assert_eq!(agreed("four words by letter\n").unwrap().unwrap().0, "four words by letter");
        let short = agreed("hunter2hunter2").unwrap_err();
        assert!(short.contains("less than 16 characters") && !short.contains("hunter2"), "{short}");
        let foreign = agreed("fünf Wörter im Brief").unwrap_err();
        assert!(foreign.contains("ASCII") && !foreign.contains("Brief"), "{foreign}");
        assert_eq!(settings.passphrase("b@example.com", home.path()), Ok(None));
    }
}
