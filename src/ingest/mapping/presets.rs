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

/// Names of presets. Several shapes of one vendor's log may share the end of their text, what its actions mean:
/// `"name" + "shared"` is `presets/name.yaml` and `presets/shared/shared.yaml` as one text.
macro_rules! presets {
    ($($name:literal $(+ $shared:literal)?),* $(,)?) => {
        &[$(Preset {
            name: $name,
            file: concat!($name, ".yaml"),
            text: concat!(
                include_str!(concat!("../presets/", $name, ".yaml"))
                $(, include_str!(concat!("../presets/shared/", $shared, ".yaml")))?
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
    "entra-signins-csv",
    "entra-signins",
    "entra-audit-csv" + "entra-audit",
    "entra-audit" + "entra-audit",
    "google-workspace" + "google-workspace",
    "google-workspace-events" + "google-workspace",
    "slack",
    "atlassian",
    "servicenow-history",
    "servicenow-changes",
];

/// All mapping files that ship.
pub fn presets() -> &'static [Preset] {
    PRESETS
}
