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

macro_rules! presets {
    ($($name:literal),* $(,)?) => {
        &[$(Preset {
            name: $name,
            file: concat!($name, ".yaml"),
            text: include_str!(concat!("../presets/", $name, ".yaml")),
        }),*]
    };
}

/// In order of vendor, for people who look through them.
const PRESETS: &[Preset] = presets![
    "zoho-crm",
    "zoho-logins",
    "servicenow-history",
    "servicenow-changes",
    "okta",
    "github",
    "github-csv",
    "aws-cloudtrail",
    "aws-cloudtrail-lookup",
    "gcp-audit",
    "azure-activity",
    "azure-activity-stream",
    "kubernetes",
    "postgres-csv",
    "postgres-json",
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
