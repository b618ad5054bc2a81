//! Rows: bytes as the rows of a log. No row vanishes, what enters the log may enter it, and what was rejected can be looked at
//! again.

use super::super::rooms::audit_log::{EARLIEST, LATEST, Sink};
use super::super::rooms::calendar::zone::ZoneRules;
use super::super::rooms::event::{Event, Rejected};
use super::super::rooms::ingest::mapping::Shape;
use super::super::rooms::ingest::{MAX_RAW, Mapping, ReadError, Retry, presets, read, recognise, suggest};
use std::io::Cursor;
use std::sync::OnceLock;

/// What is made once for all runs.
pub(super) struct World {
    /// Zone rules.
    pub(super) rules: ZoneRules,
    /// Every preset.
    pub(super) mappings: Vec<Mapping>,
}

/// The one of this process.
pub(super) fn world() -> &'static World {
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
        assert!(row.raw.len() <= MAX_RAW, "{}", row.raw.len());
        self.rejected.push(row);
        Ok(())
    }

    fn no_event(&mut self) -> Result<(), String> {
        self.no_event += 1;
        Ok(())
    }
}

/// Reads bytes through a mapping.
fn through(bytes: &[u8], mapping: &Mapping) {
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
fn unknown(bytes: &[u8]) {
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
fn chosen<'b>(bytes: &'b [u8], mappings: &[Mapping]) -> Option<(Mapping, &'b [u8])> {
    let (first, rest) = bytes.split_first()?;
    Some((mappings.get(usize::from(*first) % mappings.len().max(1))?.clone(), rest))
}

/// Any bytes as whatever they are: packed, in each other, in any encoding.
pub fn archives(bytes: &[u8]) {
    unknown(bytes);
    if let Some((mapping, rest)) = chosen(bytes, &world().mappings) {
        through(rest, &mapping);
    }
}

/// Any bytes as the rows of any CSV preset, or as a CSV that nobody knows.
pub fn delimited(bytes: &[u8]) {
    let is_csv = |mapping: &&Mapping| !matches!(mapping.shape, Some(Shape::Json | Shape::Text));
    let mappings: Vec<Mapping> = world().mappings.iter().filter(is_csv).cloned().collect();
    if let Some((mapping, rest)) = chosen(bytes, &mappings) {
        through(rest, &mapping);
    }
    unknown(bytes);
}

/// Any bytes as lines, an array or documents of any JSON preset.
pub fn json(bytes: &[u8]) {
    let is_json = |mapping: &&Mapping| mapping.shape == Some(Shape::Json);
    let mappings: Vec<Mapping> = world().mappings.iter().filter(is_json).cloned().collect();
    if let Some((mapping, rest)) = chosen(bytes, &mappings) {
        through(rest, &mapping);
    }
    unknown(bytes);
}

/// Any bytes as syslog (RFC 5424), CEF, auditd, and lines that are split or matched.
pub fn lines(bytes: &[u8]) {
    static MAPPINGS: OnceLock<Vec<Mapping>> = OnceLock::new();
    let mappings = MAPPINGS.get_or_init(|| {
        let rest = "name: t\ntitle: T\nformat: text\ntimes: [iso, epoch s]\nrecords: { fields: [actor], actions: all }\n";
        let kinds = [
            "line: { split: \"|\", names: [a, b, c] }\ncolumns: { time: a, actor: b, action: c }\n",
            "line: { pattern: '^(?<a>\\S+) (?<b>\\S*) ?(?<c>.*)$' }\nunfold: [{ csv: { column: c, as: d } }, { json: b, optional: true }]\ncolumns: { time: a, actor: b, action: { column: [\"d.column 1\", c], const: x } }\n",
            "line: rfc5424\ncolumns: { time: timestamp, actor: { column: app, const: x }, action: { column: message_id, const: x } }\n",
            "line: cef\ncolumns: { time: ext.rt, actor: { column: ext.suser, const: x }, action: name }\n",
            "line: auditd\ncolumns: { time: time, actor: { column: data.auid, const: x }, action: types }\n",
        ];
        let own = kinds.iter().map(|kind| Mapping::load(&format!("{rest}{kind}"), "t.yaml").expect("it is right"));
        let text = world().mappings.iter().filter(|mapping| mapping.shape == Some(Shape::Text)).cloned();
        own.chain(text).collect()
    });
    if let Some((mapping, rest)) = chosen(bytes, mappings) {
        through(rest, &mapping);
    }
}
