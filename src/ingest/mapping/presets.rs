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

/// A preset by its name; several shapes of one vendor's log share the end of their text, what its actions mean.
macro_rules! preset {
    ($name:literal) => {
        Preset {
            name: $name,
            file: concat!($name, ".yaml"),
            text: include_str!(concat!("../presets/", $name, ".yaml")),
        }
    };
    ($name:literal + $shared:literal) => {
        Preset {
            name: $name,
            file: concat!($name, ".yaml"),
            text: concat!(
                include_str!(concat!("../presets/", $name, ".yaml")),
                include_str!(concat!("../presets/shared/", $shared, ".yaml"))
            ),
        }
    };
}

const PRESETS: &[Preset] = &[
    preset!("zoho-crm"),
    preset!("zoho-logins"),
    preset!("zoho-analytics"),
    preset!("zoho-directory"),
    preset!("salesforce-setup-csv" + "salesforce-setup"),
    preset!("salesforce-setup" + "salesforce-setup"),
    preset!("salesforce-logins"),
    preset!("salesforce-events"),
    preset!("hubspot-audit"),
    preset!("hubspot-logins"),
    preset!("hubspot-security"),
    preset!("dynamics-365"),
    preset!("workday"),
    preset!("zendesk"),
    preset!("microsoft-365-purview" + "microsoft-365"),
    preset!("microsoft-365-portal" + "microsoft-365"),
    preset!("microsoft-365-powershell" + "microsoft-365"),
    preset!("microsoft-365" + "microsoft-365"),
    preset!("microsoft-365-graph" + "microsoft-365"),
    preset!("entra-signins-csv"),
    preset!("entra-signins"),
    preset!("entra-audit-csv" + "entra-audit"),
    preset!("entra-audit" + "entra-audit"),
    preset!("google-workspace" + "google-workspace"),
    preset!("google-workspace-events" + "google-workspace"),
    preset!("slack"),
    preset!("atlassian"),
    preset!("servicenow-history"),
    preset!("servicenow-changes"),
];

/// All mapping files that ship.
pub fn presets() -> &'static [Preset] {
    PRESETS
}
