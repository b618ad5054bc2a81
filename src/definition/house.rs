//! House: what an installation knows of those who get mail: against it recipients are held when a definition is read, and again
//! when an edition is addressed.

use super::{ROLE, WEBHOOK};
use std::collections::{BTreeMap, BTreeSet};

/// What an installation knows of those who get mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct House {
    /// Addresses (in small letters) with which a passphrase is agreed.
    pub passphrases: BTreeSet<String>,
    /// Names of webhooks.
    pub webhooks: BTreeSet<String>,
    /// Roles of the directory, with the addresses (in small letters) of the people who have them now; a role that nobody has
    /// now has none.
    pub roles: BTreeMap<String, Vec<String>>,
    /// Who may get which report.
    pub limits: Vec<MayGet>,
}

/// Who may get some reports. What is not named is not limited by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MayGet {
    /// Names of reports; a `*` at the end stands for any rest.
    pub reports: Vec<String>,
    /// Only people with one of these roles.
    pub roles: Vec<String>,
    /// Only addresses in one of these domains, in small letters.
    pub domains: Vec<String>,
    /// Webhooks that may get it.
    pub webhooks: Vec<String>,
}

impl MayGet {
    /// Whether it is about this report.
    pub fn is_of(&self, report: &str) -> bool {
        self.reports.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(beginning) => report.starts_with(beginning),
            None => report == pattern,
        })
    }
}

impl House {
    /// Whether somebody may get a report: an address, `role:NAME` or `webhook:NAME`.
    ///
    /// # Errors
    /// They may not; the words say why.
    pub fn may_get(&self, report: &str, to: &str) -> Result<(), String> {
        self.limits.iter().filter(|limit| limit.is_of(report)).try_for_each(|limit| self.within(limit, report, to))
    }

    fn within(&self, limit: &MayGet, report: &str, to: &str) -> Result<(), String> {
        let refused = |why: String| Err(format!("`{to}` may not get {report} (`may_get` in quarterday.yaml): {why}"));
        if let Some(name) = to.strip_prefix(WEBHOOK) {
            return match limit.webhooks.iter().any(|one| one == name) {
                true => Ok(()),
                false => refused("it is not among its webhooks".to_owned()),
            };
        }
        if let Some(role) = to.strip_prefix(ROLE) {
            if !limit.roles.is_empty() && !limit.roles.iter().any(|one| one == role) {
                return refused(format!("its roles are {}", limit.roles.join(", ")));
            }
            let holders = self.roles.get(role).map(Vec::as_slice).unwrap_or_default();
            return holders.iter().try_for_each(|holder| self.within(limit, report, holder));
        }
        let to = to.to_ascii_lowercase();
        let domain = to.rsplit_once('@').map_or("", |(_, domain)| domain);
        if !limit.domains.is_empty() && !limit.domains.iter().any(|one| one == domain) {
            return refused(format!("its domains are {}", limit.domains.join(", ")));
        }
        let has = |role: &String| self.roles.get(role).is_some_and(|holders| holders.contains(&to));
        if !limit.roles.is_empty() && !limit.roles.iter().any(has) {
            return refused(format!("nobody with that address has one of the roles {}", limit.roles.join(", ")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_get_what() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let house = House {
            roles: [
                ("Compliance".to_owned(), texts(&["anna@example.com"])),
                ("Sales".to_owned(), texts(&["ben@other.example"])),
            ]
            .into(),
            limits: vec![
                MayGet { reports: texts(&["hr-*"]), roles: texts(&["Compliance"]), ..MayGet::default() },
                MayGet {
                    reports: texts(&["hr-pay"]),
                    domains: texts(&["example.com"]),
                    webhooks: texts(&["chat"]),
                    ..MayGet::default()
                },
            ],
            ..House::default()
        };
        let may = |report: &str, to: &str| house.may_get(report, to);
        for (report, to) in [
            ("weekly", "ben@other.example"),
            ("weekly", "webhook:chat"),
            ("hr-pay", "Anna@Example.com"),
            ("hr-leave", "role:Compliance"),
        ] {
            assert_eq!(may(report, to), Ok(()), "{report} {to}");
        }
        for (report, to, why) in [
            ("hr-leave", "ben@other.example", "nobody with that address has one of the roles Compliance"),
            ("hr-leave", "role:Sales", "its roles are Compliance"),
            ("hr-leave", "webhook:chat", "not among its webhooks"),
            ("hr-pay", "ben@other.example", "roles"),
        ] {
            let said = may(report, to).unwrap_err();
            assert!(said.contains(why) && said.contains(report), "{said}");
        }
    }
}
