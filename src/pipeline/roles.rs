//! Roles: recipients by a role of the directory, resolved when an edition is addressed to the people who have it at that moment.
//!
//! What is in the outbox by then stands; but before each attempt it is asked again whether the person still has the role, and who
//! has it no longer is not written to. Who gets the role later gets the editions from then on.

use super::issue::Press;
use super::{Failure, Installation};
use crate::calendar::Millis;
use crate::definition::{Attach, Definition, House, ROLE, Recipient};
use crate::directory::Directory;
use std::collections::BTreeMap;

/// What stands before a role that nobody has, in a recipient's `via`.
const VACANT: &str = "vacant:";

impl Press<'_> {
    /// Who gets an edition: each by an address, once; a role that nobody has is the owner's.
    ///
    /// # Errors
    /// Somebody whom the settings do not let have it.
    pub(super) fn resolved(&self, definition: &Definition, written: &[Recipient]) -> Result<Vec<Recipient>, Failure> {
        let now = self.installation.clock.now();
        let house = self.installation.house_of(&self.lens().directory);
        let mut all: Vec<Recipient> = Vec::new();
        for recipient in written {
            let found = match recipient.to.strip_prefix(ROLE) {
                None => vec![recipient.clone()],
                Some(role) => by_role(&self.lens().directory, definition, recipient, role, now),
            };
            for one in found {
                self.installation.may_mail(&one.to).map_err(Failure::Error)?;
                house.may_get(&definition.stem, &one.to).map_err(Failure::Error)?;
                add(&mut all, one);
            }
        }
        Ok(all)
    }
}

fn by_role(
    directory: &Directory,
    definition: &Definition,
    recipient: &Recipient,
    role: &str,
    now: Millis,
) -> Vec<Recipient> {
    let people = holders(directory, role, now);
    if people.is_empty() {
        return vec![Recipient { to: definition.owner.clone(), via: format!("{VACANT}{role}"), ..recipient.clone() }];
    }
    people.into_iter().map(|to| Recipient { to, via: format!("{ROLE}{role}"), ..recipient.clone() }).collect()
}

/// One message for each person: all that any line gives. Who is named is not asked for a role.
fn add(all: &mut Vec<Recipient>, recipient: Recipient) {
    let Some(known) = all.iter_mut().find(|known| known.to.eq_ignore_ascii_case(&recipient.to)) else {
        all.push(recipient);
        return;
    };
    for format in recipient.formats {
        if !known.formats.contains(&format) {
            known.formats.push(format);
        }
    }
    if known.when != recipient.when {
        known.when = None;
    }
    if recipient.attach == Attach::Encrypted {
        known.attach = Attach::Encrypted;
    }
    if recipient.via.is_empty() {
        known.via.clear();
    }
}

/// The addresses of the people who have a role at an instant.
pub(super) fn holders(directory: &Directory, role: &str, now: Millis) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for person in directory.holding(now).filter(|person| person.role == role && !person.email.is_empty()) {
        if !found.iter().any(|known| known.eq_ignore_ascii_case(&person.email)) {
            found.push(person.email.clone());
        }
    }
    found
}

/// Why a message that was addressed by a role is not sent any more; `None`: it is.
pub(super) fn gone(directory: &Directory, to: &str, via: &str, now: Millis) -> Option<String> {
    let role = via.strip_prefix(ROLE)?;
    let holds = holders(directory, role, now).iter().any(|holder| holder.eq_ignore_ascii_case(to));
    (!holds).then(|| format!("{to} has no longer the role {role} in the directory"))
}

impl Installation {
    /// What is known of those who get mail, with the directory as it is now.
    pub(super) fn house_of(&self, directory: &Directory) -> House {
        let now = self.clock.now();
        let mut roles: BTreeMap<String, Vec<String>> = BTreeMap::new();
        // Also those that nobody has now: they are no slip of the hand.
        for person in directory.rows().iter().filter(|person| !person.role.is_empty()) {
            roles.entry(person.role.clone()).or_default();
        }
        for person in directory.holding(now).filter(|person| !person.email.is_empty()) {
            if let Some(holders) = roles.get_mut(&person.role) {
                holders.push(person.email.to_ascii_lowercase());
            }
        }
        House {
            passphrases: self.config.mail.passphrases.keys().cloned().collect(),
            webhooks: self.config.webhooks.keys().cloned().collect(),
            roles,
            limits: self.config.may_get.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Person;

    fn directory() -> Directory {
        let row = |actor: &str, role: &str, until: Option<Millis>| Person {
            actor: actor.to_owned(),
            role: role.to_owned(),
            email: format!("{actor}@example.com"),
            until,
            ..Person::default()
        };
        Directory::new(vec![row("anna", "Lead", Some(100)), row("ben", "Lead", None), row("carla", "Sales", None)])
    }

    #[test]
    fn who_has_a_role_changes_with_time() {
        let directory = directory();
        assert_eq!(holders(&directory, "Lead", 99), ["anna@example.com", "ben@example.com"]);
        assert_eq!(holders(&directory, "Lead", 100), ["ben@example.com"]);
        assert!(holders(&directory, "lead", 0).is_empty());
        assert_eq!(gone(&directory, "Anna@example.com", "role:Lead", 99), None);
        assert!(gone(&directory, "anna@example.com", "role:Lead", 100).unwrap().contains("role Lead"));
        for via in ["", "vacant:Lead"] {
            assert_eq!(gone(&directory, "anna@example.com", via, 100), None);
        }
    }

    #[test]
    fn a_person_gets_one_message_with_all_that_any_line_gives() {
        use crate::definition::Format;
        let of = |to: &str, formats: &[Format], via: &str| Recipient {
            to: to.to_owned(),
            formats: formats.to_vec(),
            when: None,
            attach: Attach::Plain,
            via: via.to_owned(),
        };
        let mut all = Vec::new();
        add(&mut all, of("a@x.example", &[Format::Pdf], "role:Lead"));
        add(&mut all, of("A@x.example", &[Format::Csv, Format::Pdf], ""));
        add(&mut all, of("b@x.example", &[Format::Pdf], "role:Lead"));
        assert_eq!(
            all,
            [of("a@x.example", &[Format::Pdf, Format::Csv], ""), of("b@x.example", &[Format::Pdf], "role:Lead")]
        );
    }
}
