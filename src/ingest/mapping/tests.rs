//! Tests of mapping files: the ones that ship, and every Problem at once.

use super::*;
use crate::source::RecordedField;

fn problems(text: &str) -> Vec<String> {
    Mapping::load(text, "m.yaml").unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn every_preset_is_a_mapping_under_its_own_name() {
    for preset in presets() {
        let mapping = Mapping::preset(preset.name).unwrap().unwrap();
        assert_eq!(mapping.name, preset.name);
        assert_eq!(format!("{}.yaml", preset.name), preset.file);
        assert!(!mapping.found.is_empty() && !mapping.title.is_empty());
        assert_eq!(mapping.sha256, crate::seal::sha256_hex(preset.text.as_bytes()));
    }
    assert!(Mapping::preset("no-such").is_none());
}

#[test]
fn zoho_crm_promises_no_logins_no_outcome_and_no_address() {
    let source = Mapping::preset("zoho-crm").unwrap().unwrap().source();
    let records = source.records;
    for field in [RecordedField::Outcome, RecordedField::Ip, RecordedField::Agent, RecordedField::Changes] {
        assert!(!records.fields.contains(&field));
    }
    for class in [ActionClass::Login, ActionClass::Logout, ActionClass::Read] {
        assert!(!records.classes.contains(&class));
    }
    assert_eq!((source.rhythm, source.retention_days), (Some(Rhythm::EveryWorkingDay), Some(1095)));
}

const WRONG: &str = "\
name: My Log
titel: x
timezone: Europe/Berln
times: [iso, \"%H:%M\"]
rhythm: sometimes
retention_days: 0
columns:
  time: [Time]
  actor: { colum: User }
  affected: { column: Details, pattern: records }
  origin: { ipp: IP }
actions:
  - { is: Added, class: creat }
  - { class: update }
  - { otherwise: other }
  - { is: Late, class: delete }
outcomes: { sucess: [OK], otherwise: unknown }
skip: [x]
records: { fields: [actor, outcome, ips], actions: [create, update] }
";

#[test]
fn every_mistake_of_a_mapping_is_shown_at_once() {
    assert_eq!(
        problems(WRONG),
        [
            "m.yaml:1:1: `title` is missing. Add `title: …` here",
            "m.yaml:1:7: `My Log` is no name for a source. Use small letters, digits and `-`",
            "m.yaml:2:1: unknown key `titel`. Did you mean `title`?",
            "m.yaml:3:11: unknown time zone `Europe/Berln`. Did you mean `Europe/Berlin`?",
            "m.yaml:4:14: `%H:%M` names no day",
            "m.yaml:5:9: `rhythm` must be `every day`, `every working day` or `every N hours`, not the text `sometimes`",
            "m.yaml:6:17: `retention_days` must be a whole number from 1 to 36500, not `0`",
            "m.yaml:8:3: `action` is missing in `columns`. Add `action: …` here",
            "m.yaml:9:10: `actor` needs `column`, `join` or `const`",
            "m.yaml:9:12: unknown key `colum` in `actor`. Did you mean `column`?",
            "m.yaml:10:41: `pattern` must be text with one `{n}` in it, as in `{n} records`, not the text `records`",
            "m.yaml:11:13: unknown key `ipp` in `origin`. Did you mean `ip`?",
            "m.yaml:13:25: unknown action class `creat`. Did you mean `create`?",
            "m.yaml:14:5: this rule fits everything. Give it `is`, `prefix`, `contains` or `when`",
            "m.yaml:15:5: what stands after `otherwise` is never reached. Put `otherwise` last",
            "m.yaml:17:13: unknown outcome `sucess`. Did you mean `success`?",
            "m.yaml:18:8: `skip` must be a map (`column: [values]`), not the text `x`",
            "m.yaml:19:10: `actions` makes `delete`, which `records` does not list. Add it under `records`, `actions`",
            "m.yaml:19:10: `actions` makes `other`, which `records` does not list. Add it under `records`, `actions`",
            "m.yaml:19:10: `records` lists `outcome`, but nothing in `columns` fills it. \
             Name its column, or take it out of `records`",
            "m.yaml:19:37: unknown field `ips`. Did you mean `ip`?",
        ]
    );
}

#[test]
fn spellings_of_a_header_are_one() {
    for name in ["Audited Time", "audited_time", "AUDITED-TIME", "audited time?"] {
        assert_eq!(header_key(name), "auditedtime");
    }
}

#[test]
fn the_zoho_table_puts_permissions_before_what_was_done() {
    let mapping = Mapping::preset("zoho-crm").unwrap().unwrap();
    let class = |action: &str, module: &str| {
        let row = |of: rules::Watched| match of {
            rules::Watched::Field(Field::Module) => Some(module.to_owned()),
            _ => None,
        };
        mapping.actions.find(action, &row).unwrap().class.unwrap().as_str()
    };
    for (action, module, wanted) in [
        ("Added", "Leads", "create"),
        ("Mass Update", "Deals", "update"),
        ("Mass Delete", "Contacts", "delete"),
        ("Deleted from Recycle Bin", "Leads", "delete"),
        ("Exported", "Contacts", "export"),
        ("Converted", "Leads", "convert"),
        ("Role Changed", "Roles", "permission"),
        ("Deleted", "Users", "permission"),
        ("updated", "profiles", "permission"),
        ("User Deactivated", "Users", "permission"),
        ("Sharing Rule Updated", "Sharing", "permission"),
        ("Workflow Rule Updated", "Workflows", "configure"),
        ("Field Updated", "Workflows", "configure"),
        ("Updated", "Setup", "configure"),
        ("Rollback", "Leads", "restore"),
        ("Find & Merge", "Contacts", "merge"),
        ("Sang", "Leads", "other"),
    ] {
        assert_eq!(class(action, module), wanted, "{action} of {module}");
    }
}

#[test]
fn the_mapping_of_the_documentation_is_one() {
    let text: String = include_str!("mod.rs")
        .lines()
        .skip_while(|line| *line != "//! ```yaml")
        .skip(1)
        .take_while(|line| *line != "//! ```")
        .map(|line| format!("{}\n", line.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default()))
        .collect();
    let mapping = Mapping::load(&text, "my-crm.yaml").unwrap();
    assert_eq!((mapping.name.as_str(), mapping.times().len()), ("my-crm", 3));
}
