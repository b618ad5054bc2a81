//! Groups as written: a name for several addresses, so that definitions name the group and the settings its members.

use crate::definition::address;
use crate::written::Fields;
use std::collections::BTreeMap;

/// What a group's name stands behind, where addresses may stand too.
pub(super) const GROUP: &str = "group:";

/// Members by name of the group.
pub type Groups = BTreeMap<String, Vec<String>>;

/// The `groups` key. `domains`: where mail may go; none given: everywhere.
pub(super) fn groups(top: Fields<'_, '_>, domains: &[String]) -> Groups {
    let reader = top.reader();
    let mut groups = Groups::new();
    for entry in top.map("groups") {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if entry.key.is_empty() || !entry.key.chars().all(plain) {
            let what = format!("`{}` is no name of a group", entry.key);
            reader.problem(entry.at, what, "Use small letters, digits and hyphens, as in `sales-leads`");
        }
        let nodes = reader.one_or_more(&entry.value);
        if nodes.is_empty() {
            let what = format!("the group `{}` has no members", entry.key);
            reader.problem(entry.value.at, what, "Name them: `[anna@example.com, ben@example.com]`");
        }
        let mut members: Vec<String> = Vec::new();
        for node in nodes {
            let Some(address) = address(reader, node, domains) else { continue };
            if members.iter().any(|known| known.eq_ignore_ascii_case(&address)) {
                reader.problem(node.at, format!("`{address}` is in the group twice"), "Keep one of the two");
            }
            members.push(address);
        }
        groups.insert(entry.key.clone(), members);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    #[test]
    fn members_by_name() {
        let text =
            "allowed_domains: [example.com]\ngroups:\n  leads: [a@example.com, b@EXAMPLE.com]\n  one: c@example.com\n";
        let groups = Config::read(text, "q.yaml").unwrap().groups;
        assert_eq!(groups["leads"], ["a@example.com", "b@EXAMPLE.com"]);
        assert_eq!(groups["one"], ["c@example.com"]);
    }

    #[test]
    fn mistakes() {
        let text = "allowed_domains: [example.com]\ngroups:\n  Leads: [a@example.com, A@example.com]\n  two: []\n  three: [x, a@other.example]\n";
        let problems = Config::read(text, "q.yaml").unwrap_err();
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        for (at, words) in [
            ("q.yaml:3:3", "no name of a group"),
            ("q.yaml:3:26", "in the group twice"),
            ("q.yaml:4:8", "has no members"),
            ("q.yaml:5:11", "e-mail address"),
            ("q.yaml:5:14", "outside the domains"),
        ] {
            assert!(
                problems.iter().any(|one| one.starts_with(at) && one.contains(words)),
                "{at} {words}: {problems:?}"
            );
        }
        assert_eq!(problems.len(), 5, "{problems:?}");
    }
}
