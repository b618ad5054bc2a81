//! Tests of reading whole files: helpers, and what must hold for any bytes at all.

mod csv;
mod meaning;
mod packed;
mod real;
mod shapes;

use super::*;
use crate::audit_log::Added;
use crate::event::{Event, Rejected};
use proptest::prelude::*;
use std::io::Cursor;

/// Keeps what it is given.
#[derive(Default)]
struct Kept {
    events: Vec<Event>,
    rejected: Vec<Rejected>,
    no_event: u64,
}

impl Sink for Kept {
    fn event(&mut self, event: Event) -> Result<Added, String> {
        self.events.push(event);
        Ok(Added::New)
    }
    fn rejected(&mut self, row: Rejected) -> Result<Added, String> {
        self.rejected.push(row);
        Ok(Added::New)
    }
    fn no_event(&mut self) -> Result<(), String> {
        self.no_event += 1;
        Ok(())
    }
}

fn read_with(bytes: &[u8], mapping: &Mapping) -> Result<(Kept, Summary), ReadError> {
    let mut kept = Kept::default();
    let mut progress = 0;
    let rules = ZoneRules::bundled();
    let summary = read(&mut Cursor::new(bytes), "test.csv", mapping, &rules, &|_| true, &mut kept, &mut |done| {
        progress = done.bytes
    })?;
    assert_eq!(progress, bytes.len() as u64);
    assert_eq!(summary.rows, summary.events + summary.rejected + summary.no_event);
    assert_eq!(summary.events, kept.events.len() as u64);
    assert_eq!(summary.rejected, kept.rejected.len() as u64);
    assert_eq!(summary.no_event, kept.no_event);
    Ok((kept, summary))
}

fn preset(name: &str) -> Mapping {
    Mapping::preset(name).unwrap().unwrap()
}

fn mapping(text: &str) -> Mapping {
    let records = "records: { fields: [actor], actions: all }\n";
    Mapping::load(&format!("name: test\ntitle: Test\n{records}{text}"), "test.yaml").unwrap()
}

/// Time, actor and action by their own names.
fn simple() -> Mapping {
    mapping("columns: { time: time, actor: actor, action: action }\n")
}

fn simple_rows(text: &str) -> (Kept, Summary) {
    read_with(text.as_bytes(), &simple()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// `read_with` checks that every row is accounted for.
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), kind in 0..5u8) {
        let start: &[u8] = match kind {
            0 => b"",
            1 => b"\x1f\x8b\x08\x00",
            2 => b"PK\x03\x04",
            3 => b"{\"time\":",
            _ => b"time,actor,action\n",
        };
        let _ = read_with(&[start, &bytes].concat(), &simple());
    }

    #[test]
    fn no_rows_vanish(rows in proptest::collection::vec("[\",;\\na2026\\-T:Z]{0,30}", 0..20)) {
        let text = format!("time,actor,action\n{}", rows.join("\n"));
        let _ = read_with(text.as_bytes(), &simple());
    }

    #[test]
    fn what_is_written_properly_is_read_as_it_was(actors in proptest::collection::vec("[a-z\",;\\r\\n äß|]{0,12}", 1..12)) {
        let mut out = ::csv::Writer::from_writer(Vec::new());
        out.write_record(["time", "actor", "action", "note"]).unwrap();
        for actor in &actors {
            out.write_record(["2026-01-01T00:00Z", "x", "x", &format!("<{actor}>")]).unwrap();
        }
        let (kept, _) = read_with(&out.into_inner().unwrap(), &simple()).unwrap();
        let read: Vec<String> = kept.events.iter().map(|event| event.details["note"].clone()).collect();
        let written: Vec<String> = actors.iter().map(|actor| format!("<{actor}>")).collect();
        prop_assert_eq!(read, written);
    }
}
