//! Tests on the real logs beside the project; each skips with a line where they are not.

use super::*;
use crate::event::{ActionClass, Change};
use std::collections::BTreeSet;

/// Looks at every event and keeps none, so that the test stays small.
struct Seen<F: FnMut(Event)>(F);

impl<F: FnMut(Event)> Sink for Seen<F> {
    fn event(&mut self, event: Event) -> Result<Added, String> {
        (self.0)(event);
        Ok(Added::New)
    }
    fn rejected(&mut self, row: Rejected) -> Result<Added, String> {
        Err(format!("line {}: {}", row.line, row.reason))
    }
    fn no_event(&mut self) -> Result<(), String> {
        Err("a row made no event".to_owned())
    }
}

fn real(path: &str) -> Option<std::fs::File> {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/");
    let file = std::fs::File::open(format!("{shared}{path}")).ok();
    if file.is_none() {
        eprintln!("skipped: {shared}{path} is not here");
    }
    file
}

fn read_all(file: &mut std::fs::File, preset_name: &str, each: impl FnMut(Event)) -> Summary {
    read(file, "log.gz", &preset(preset_name), &ZoneRules::bundled(), &|_| true, &mut Seen(each), &mut |_| {}).unwrap()
}

#[test]
fn the_servicenow_history_is_read_whole() {
    let Some(mut file) = real("servicenow/incident_event_log.csv.gz") else { return };
    let (mut first, mut robot) = (None, 0);
    let (mut actors, mut records) = (BTreeSet::new(), BTreeSet::new());
    let summary = read_all(&mut file, "servicenow-history", |event| {
        robot += u32::from(event.actor == "Updated by 908");
        actors.insert(event.actor.clone());
        records.insert(event.record.clone());
        assert!(event.details.values().all(|value| value != "?"));
        first.get_or_insert(event);
    });
    assert_eq!((summary.rows, summary.events, summary.rejected), (141_712, 141_712, 0));
    // Facts of the notes: 846 people, 24 918 records, one account with 25.5 %.
    assert_eq!((actors.len(), records.len()), (846, 24_918));
    assert!((0.254..0.256).contains(&(f64::from(robot) / 141_712.0)));
    let first = first.unwrap();
    assert_eq!((first.time, first.time_written.as_str()), (1_456_708_980_000, "29/2/2016 01:23"));
    assert_eq!(
        (first.actor.as_str(), first.action.as_str(), first.class),
        ("Updated by 21", "New", ActionClass::Create)
    );
    assert_eq!((first.record.as_str(), first.module.as_str(), first.line), ("INC0000045", "incident", 2));
    assert_eq!(first.details.get("category").map(String::as_str), Some("Category 55"));
}

#[test]
fn the_servicenow_changes_are_read_whole() {
    let Some(mut file) = real("servicenow/derived_audit.jsonl.gz") else { return };
    let (mut closed, mut creations) = (Vec::new(), 0);
    let summary = read_all(&mut file, "servicenow-changes", |event| {
        creations += u32::from(event.class == ActionClass::Create);
        assert!(event.details.is_empty() && event.class != ActionClass::Other);
        assert!(event.changes.iter().all(|change| change.old.as_deref() != Some("?")));
        if event.line == 4 {
            closed = event.changes;
        }
    });
    assert_eq!((summary.rows, summary.events, summary.rejected), (141_712, 141_712, 0));
    assert_eq!(creations, 24_918);
    let change = |field: &str, old: &str, new: &str| Change {
        field: field.to_owned(),
        old: Some(old.to_owned()),
        new: Some(new.to_owned()),
    };
    assert_eq!(closed, [change("incident_state", "Resolved", "Closed"), change("active", "true", "false")]);
}
