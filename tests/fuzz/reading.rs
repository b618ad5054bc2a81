//! What must hold for any bytes at all: nothing panics, no row vanishes, what enters the log may enter it, and what was
//! rejected can be looked at again.
//!
//! The rooms are taken in as they lie in `src`, without those for pages, mail and the rest: instrumented for fuzzing,
//! these would take longer to compile than they are fuzzed.

#![allow(dead_code)]

#[path = "../../src/audit_log/mod.rs"]
pub mod audit_log;
#[path = "../../src/calendar/mod.rs"]
pub mod calendar;
#[path = "../../src/directory/mod.rs"]
pub mod directory;
#[path = "../../src/event.rs"]
pub mod event;
#[path = "../../src/ingest/mod.rs"]
pub mod ingest;
#[path = "../../src/query.rs"]
pub mod query;
#[path = "../../src/seal/mod.rs"]
pub mod seal;
#[path = "../../src/source.rs"]
pub mod source;
#[path = "../../src/written/mod.rs"]
pub mod written;

use crate::audit_log::{EARLIEST, LATEST, Sink};
use crate::calendar::zone::ZoneRules;
use crate::event::{Event, Rejected};
use crate::ingest::{Mapping, ReadError, Retry, presets, read, recognise, suggest};
use std::io::Cursor;
use std::sync::OnceLock;

/// What is made once for all runs.
pub struct World {
    /// The installation's zone rules.
    pub rules: ZoneRules,
    /// Every preset.
    pub mappings: Vec<Mapping>,
}

/// The one of this process.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World {
        rules: ZoneRules::bundled(),
        mappings: presets().iter().filter_map(|preset| Mapping::load(preset.text, preset.file).ok()).collect(),
    })
}

#[derive(Default)]
struct Counted {
    events: u64,
    rejected: Vec<Rejected>,
    no_event: u64,
}

impl Sink for Counted {
    fn event(&mut self, event: Event) -> Result<(), String> {
        assert!((EARLIEST..LATEST).contains(&event.time), "{}", event.time);
        assert!(!event.action.is_empty());
        self.events += 1;
        Ok(())
    }

    fn rejected(&mut self, row: Rejected) -> Result<(), String> {
        assert!(!row.reason.is_empty());
        assert!(row.raw.len() <= ingest::MAX_RAW, "{}", row.raw.len());
        self.rejected.push(row);
        Ok(())
    }

    fn no_event(&mut self) -> Result<(), String> {
        self.no_event += 1;
        Ok(())
    }
}

/// Reads bytes through a mapping.
pub fn through(bytes: &[u8], mapping: &Mapping) {
    let mut mapping = mapping.clone();
    mapping.timezone.get_or_insert_with(|| "Europe/Berlin".to_owned());
    let world = world();
    let mut counted = Counted::default();
    let summary =
        match read(&mut Cursor::new(bytes), "fuzz", &mapping, &world.rules, &|_| true, &mut counted, &mut |_| {}) {
            Ok(summary) => summary,
            Err(ReadError::Log(reason)) => panic!("the log takes every row: {reason}"),
            Err(_) => return,
        };
    assert_eq!(summary.rows, summary.events + summary.rejected + summary.no_event);
    assert_eq!(
        (summary.events, summary.rejected, summary.no_event),
        (counted.events, counted.rejected.len() as u64, counted.no_event)
    );
    let retry = Retry::new(&mapping, &world.rules).expect("the zone is known");
    for row in counted.rejected.iter().take(20) {
        let _ = retry.row(row);
    }
}

/// Reads bytes as a person would who does not know what they are.
pub fn unknown(bytes: &[u8]) {
    let world = world();
    if let Ok(members) = recognise(&mut Cursor::new(bytes), "fuzz", &world.mappings, &[], &world.rules) {
        for known in members.into_iter().filter_map(|member| member.known).take(2) {
            through(bytes, &world.mappings[known.mapping]);
        }
    }
    if let Ok(yaml) = suggest(&mut Cursor::new(bytes), "fuzz", &world.rules) {
        Mapping::load(&yaml, "suggested.yaml").expect("what is suggested loads");
    }
}

/// A mapping by the first byte, and the other bytes.
pub fn chosen<'b>(bytes: &'b [u8], mappings: &[Mapping]) -> Option<(Mapping, &'b [u8])> {
    let (first, rest) = bytes.split_first()?;
    Some((mappings.get(usize::from(*first) % mappings.len().max(1))?.clone(), rest))
}
