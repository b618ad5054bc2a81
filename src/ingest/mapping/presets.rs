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

const PRESETS: [Preset; 4] = [
    Preset { name: "zoho-crm", file: "zoho-crm.yaml", text: include_str!("../presets/zoho-crm.yaml") },
    Preset { name: "zoho-logins", file: "zoho-logins.yaml", text: include_str!("../presets/zoho-logins.yaml") },
    Preset {
        name: "servicenow-history",
        file: "servicenow-history.yaml",
        text: include_str!("../presets/servicenow-history.yaml"),
    },
    Preset {
        name: "servicenow-changes",
        file: "servicenow-changes.yaml",
        text: include_str!("../presets/servicenow-changes.yaml"),
    },
];

/// All mapping files that ship.
pub fn presets() -> &'static [Preset] {
    &PRESETS
}
