//! Tests on the real logs beside the project; each skips with a line where they are not.

use super::*;
use crate::event::{ActionClass, Change};

fn real(path: &str) -> Option<std::fs::File> {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/");
    let file = std::fs::File::open(format!("{shared}{path}")).ok();
    if file.is_none() {
        eprintln!("skipped: {shared}{path} is not here");
    }
    file
}

#[test]
fn the_servicenow_history_is_read_whole() {
    let Some(mut file) = real("servicenow/incident_event_log.csv.gz") else { return };
    let mut kept = Kept::default();
    let mapping = preset("servicenow-history");
    let summary = read(&mut file, "log.csv.gz", &mapping, &ZoneRules::bundled(), &mut kept, &mut |_| {}).unwrap();
    assert_eq!((summary.rows, summary.events, summary.rejected), (141_712, 141_712, 0));
    let first = &kept.events[0];
    assert_eq!((first.time, first.time_written.as_str()), (1_456_708_980_000, "29/2/2016 01:23"));
    assert_eq!(
        (first.actor.as_str(), first.action.as_str(), first.class),
        ("Updated by 21", "New", ActionClass::Create)
    );
    assert_eq!((first.record.as_str(), first.module.as_str(), first.line), ("INC0000045", "incident", 2));
    assert_eq!(first.details.get("category").map(String::as_str), Some("Category 55"));
    assert_eq!(first.details.get("cmdb_ci"), None);
    let actors: std::collections::BTreeSet<&str> = kept.events.iter().map(|event| event.actor.as_str()).collect();
    let records: std::collections::BTreeSet<&str> = kept.events.iter().map(|event| event.record.as_str()).collect();
    assert_eq!((actors.len(), records.len()), (846, 24_918));
    let robot = kept.events.iter().filter(|event| event.actor == "Updated by 908").count();
    assert!((0.25..0.26).contains(&(robot as f64 / 141_712.0)));
}

#[test]
fn the_servicenow_changes_are_read_whole() {
    let Some(mut file) = real("servicenow/derived_audit.jsonl.gz") else { return };
    let mut kept = Kept::default();
    let mapping = preset("servicenow-changes");
    let summary = read(&mut file, "log.jsonl.gz", &mapping, &ZoneRules::bundled(), &mut kept, &mut |_| {}).unwrap();
    assert_eq!((summary.rows, summary.events, summary.rejected), (141_712, 141_712, 0));
    let change = |field: &str, old: Option<&str>, new: Option<&str>| Change {
        field: field.to_owned(),
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
    };
    assert_eq!(
        kept.events[3].changes,
        [change("incident_state", Some("Resolved"), Some("Closed")), change("active", Some("true"), Some("false"))]
    );
    assert!(kept.events.iter().all(|event| event.details.is_empty() && event.class != ActionClass::Other));
    assert!(kept.events.iter().flat_map(|event| &event.changes).all(|change| change.old.as_deref() != Some("?")));
}
