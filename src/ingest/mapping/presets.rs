//! Presets: the mapping files that ship, embedded as they are.

/// A mapping file that ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// What `--format` calls it.
    pub name: &'static str,
    /// Its file name.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Names of presets. Several shapes of one vendor's log may share the end of their text, such as what its actions mean:
/// `"name" + "end"` is `presets/name.yaml` and `presets/shared/end.yaml` as one text.
macro_rules! presets {
    ($($name:literal $(+ $shared:literal)*),* $(,)?) => {
        &[$(Preset {
            name: $name,
            file: concat!($name, ".yaml"),
            text: concat!(
                include_str!(concat!("../presets/", $name, ".yaml"))
                $(, include_str!(concat!("../presets/shared/", $shared, ".yaml")))*
            ),
        }),*]
    };
}

/// In order of vendor, for people who look through them.
#[rustfmt::skip]
const PRESETS: &[Preset] = presets![
    "zoho-crm",
    "zoho-logins",
    "zoho-analytics",
    "zoho-analytics-access",
    "zoho-directory",
    "salesforce-setup-csv" + "salesforce-setup",
    "salesforce-setup" + "salesforce-setup",
    "salesforce-logins",
    "salesforce-events",
    "hubspot-audit",
    "hubspot-logins",
    "hubspot-security",
    "dynamics-365",
    "workday",
    "zendesk",
    "microsoft-365-purview" + "microsoft-365",
    "microsoft-365-portal" + "microsoft-365",
    "microsoft-365-powershell" + "microsoft-365",
    "microsoft-365" + "microsoft-365",
    "microsoft-365-graph" + "microsoft-365",
    "entra-signins-csv" + "entra-csv" + "entra",
    "entra-signins" + "entra-json" + "entra",
    "entra-audit-csv" + "entra-csv" + "entra",
    "entra-audit" + "entra-json" + "entra",
    "google-workspace" + "google-workspace",
    "google-workspace-events" + "google-workspace",
    "slack",
    "atlassian",
    "servicenow-history",
    "servicenow-changes",
    "okta",
    "github" + "github",
    "github-csv" + "github",
    "aws-cloudtrail" + "aws-cloudtrail",
    "aws-cloudtrail-lookup" + "aws-cloudtrail",
    "gcp-audit",
    "azure-activity" + "azure-activity",
    "azure-activity-stream" + "azure-activity",
    "gitlab",
    "onepassword",
    "duo-admin",
    "duo-authentication",
    "box",
    "teleport",
    "snowflake-logins",
    "kubernetes",
    "postgres-csv" + "postgres",
    "postgres-json" + "postgres",
    "bitbucket",
    "auditd",
    "syslog",
    "cef",
    "ocsf",
    "ecs",
];

/// All mapping files that ship.
pub fn presets() -> &'static [Preset] {
    PRESETS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::ActionClass;
    use crate::ingest::Mapping;
    use std::collections::{BTreeMap, BTreeSet};

    fn mappings() -> Vec<Mapping> {
        presets().iter().map(|preset| Mapping::load(preset.text, preset.file).unwrap()).collect()
    }

    /// What the newest import says of a source holds for all its events.
    #[test]
    fn formats_of_one_source_say_the_same_of_what_it_records() {
        let mut sources = BTreeMap::new();
        for source in mappings().iter().map(Mapping::source) {
            let first = sources.entry(source.name.clone()).or_insert_with(|| source.records.clone());
            assert_eq!(*first, source.records, "{}", source.name);
        }
    }

    /// A class that is declared but never made would read 0 where it is not recorded. A format for any system (`all`)
    /// cannot know.
    #[test]
    fn what_is_declared_is_made_by_some_action() {
        let known = |mapping: &Mapping| mapping.records.classes.len() < ActionClass::ALL.len();
        for mapping in mappings().into_iter().filter(known) {
            let verdicts = mapping.actions.list.iter().map(|rule| rule.then).chain(mapping.actions.otherwise);
            let made: BTreeSet<ActionClass> = verdicts.filter_map(|verdict| verdict.class).collect();
            assert_eq!(mapping.records.classes, made, "{}", mapping.name);
        }
    }
}
