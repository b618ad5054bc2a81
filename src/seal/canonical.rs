//! Canonical: the one sequence of bytes that an event is, for hashing. Versioned, in a fixed order, unambiguous.
//!
//! Version 1 is, in the encoding of [`bytes`](super::bytes): the byte 1; source (text); id (optional text); time
//! (signed, milliseconds); time as written (text); actor, action (texts); action class as written (text); module, record,
//! record name (texts); outcome as written (text); ip, agent, channel (texts); affected (optional number); changes (list
//! of field, optional old, optional new); details (list of name and value, in order of name by bytes); line (number).
//! The line is last, so that everything before it is the event's content: what the same event in another file has too.

use super::bytes::{Reader, Writer};
use super::hash::{Hash, sha256};
use super::{SealError, tree};
use crate::event::{ActionClass, Change, Event, Origin, Outcome};

/// Version of the encoding that is written.
pub const VERSION: u8 = 1;

/// The bytes of an event of a source, line included: what its leaf is the hash of.
pub fn canonical(event: &Event, source: &str) -> Vec<u8> {
    let mut out = Writer::new();
    content(&mut out, event, source);
    out.number(event.line);
    out.finish()
}

/// Hashes of an event: of its leaf, and of its content (line aside), by which the same event is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventHashes {
    /// RFC 6962 leaf hash of [`canonical`].
    pub leaf: Hash,
    /// SHA-256 of the canonical bytes without the line.
    pub content: Hash,
}

/// Hashes an event; `scratch` is memory to be used again and again.
pub fn hashes(event: &Event, source: &str, scratch: &mut Writer) -> EventHashes {
    scratch.clear();
    content(scratch, event, source);
    let content = sha256(scratch.as_slice());
    scratch.number(event.line);
    EventHashes { leaf: tree::leaf(scratch.as_slice()), content }
}

/// What an event with an id of its source is recognised by; `scratch` is memory to be used again and again.
pub fn id_hash(source: &str, id: &[u8], scratch: &mut Writer) -> Hash {
    scratch.clear();
    scratch.text("event id");
    scratch.text(source);
    scratch.block(id);
    sha256(scratch.as_slice())
}

/// Where the parts of an event lie in its canonical bytes, counted from the first of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The encoded list of changes; up to the details.
    pub changes: usize,
    /// The encoded list of details; up to the line.
    pub details: usize,
    /// The line; what lies before it is the content.
    pub line: usize,
}

/// Appends [`canonical`] bytes to others and says where their parts lie.
pub fn append(out: &mut Writer, event: &Event, source: &str) -> Marks {
    let start = out.as_slice().len();
    head(out, event, source);
    let changes = out.as_slice().len() - start;
    tail_changes(out, event);
    let details = out.as_slice().len() - start;
    tail_details(out, event);
    let line = out.as_slice().len() - start;
    out.number(event.line);
    Marks { changes, details, line }
}

/// An event as it lies in a store: its texts borrowed, its lists and options as they were encoded. From it the content's
/// bytes are put together without an [`Event`] being made.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// As [`Writer::text_option`] writes it.
    pub id: &'a [u8],
    /// When.
    pub time: i64,
    /// As written.
    pub time_written: &'a [u8],
    /// Who.
    pub actor: &'a [u8],
    /// What.
    pub action: &'a [u8],
    /// What, by class.
    pub class: ActionClass,
    /// Part of the audited system.
    pub module: &'a [u8],
    /// Id of the record.
    pub record: &'a [u8],
    /// Name of the record.
    pub record_name: &'a [u8],
    /// How it ended.
    pub outcome: Outcome,
    /// Address.
    pub ip: &'a [u8],
    /// Program.
    pub agent: &'a [u8],
    /// How it came.
    pub channel: &'a [u8],
    /// As [`Writer::number_option`] writes it.
    pub affected: &'a [u8],
    /// The list, encoded.
    pub changes: &'a [u8],
    /// The list, encoded.
    pub details: &'a [u8],
}

/// Appends the content of an event (its canonical bytes without the line).
pub fn content_of_parts(out: &mut Writer, parts: &Parts<'_>, source: &str) {
    out.byte(VERSION);
    out.text(source);
    out.raw(parts.id);
    out.signed(parts.time);
    out.block(parts.time_written);
    out.block(parts.actor);
    out.block(parts.action);
    out.text(parts.class.as_str());
    out.block(parts.module);
    out.block(parts.record);
    out.block(parts.record_name);
    out.text(parts.outcome.as_str());
    out.block(parts.ip);
    out.block(parts.agent);
    out.block(parts.channel);
    out.raw(parts.affected);
    out.raw(parts.changes);
    out.raw(parts.details);
}

/// Finds an event's parts in its canonical bytes, of which `marks` and what is no text are known from their writing.
pub fn parts<'a>(
    bytes: &'a [u8],
    source: &str,
    marks: Marks,
    time: i64,
    class: ActionClass,
    outcome: Outcome,
) -> Result<Parts<'a>, SealError> {
    let cut = || SealError::Malformed("marks beyond the bytes".to_owned());
    let mut from = Reader::new(bytes.get(..marks.changes).ok_or_else(cut)?);
    from.byte()?;
    if from.block()? != source.as_bytes() {
        return Err(SealError::Malformed("an event of another source".to_owned()));
    }
    let id = from.skipped(|from| from.flag().and_then(|some| if some { from.block().map(drop) } else { Ok(()) }))?;
    from.number()?;
    let (time_written, actor, action) = (from.block()?, from.block()?, from.block()?);
    from.block()?;
    let (module, record, record_name) = (from.block()?, from.block()?, from.block()?);
    from.block()?;
    let (ip, agent, channel) = (from.block()?, from.block()?, from.block()?);
    let affected = from.raw(from.left())?;
    let changes = bytes.get(marks.changes..marks.details).ok_or_else(cut)?;
    let details = bytes.get(marks.details..marks.line).ok_or_else(cut)?;
    Ok(Parts {
        id,
        time,
        time_written,
        actor,
        action,
        class,
        module,
        record,
        record_name,
        outcome,
        ip,
        agent,
        channel,
        affected,
        changes,
        details,
    })
}

fn content(out: &mut Writer, event: &Event, source: &str) {
    head(out, event, source);
    tail_changes(out, event);
    tail_details(out, event);
}

fn head(out: &mut Writer, event: &Event, source: &str) {
    out.byte(VERSION);
    out.text(source);
    out.text_option(event.id.as_deref());
    out.signed(event.time);
    out.text(&event.time_written);
    out.text(&event.actor);
    out.text(&event.action);
    out.text(event.class.as_str());
    out.text(&event.module);
    out.text(&event.record);
    out.text(&event.record_name);
    out.text(event.outcome.as_str());
    out.text(&event.origin.ip);
    out.text(&event.origin.agent);
    out.text(&event.origin.channel);
    out.number_option(event.affected);
}

fn tail_changes(out: &mut Writer, event: &Event) {
    out.number(event.changes.len() as u64);
    for change in &event.changes {
        out.text(&change.field);
        out.text_option(change.old.as_deref());
        out.text_option(change.new.as_deref());
    }
}

fn tail_details(out: &mut Writer, event: &Event) {
    out.number(event.details.len() as u64);
    for (name, value) in &event.details {
        out.text(name);
        out.text(value);
    }
}

/// Reads canonical bytes back: the source's name and the event. For checks that have nothing but the bytes.
pub fn read(bytes: &[u8]) -> Result<(String, Event), SealError> {
    let mut from = Reader::new(bytes);
    let version = from.byte()?;
    if version != VERSION {
        return Err(SealError::Malformed(format!("canonical version {version}; this program knows {VERSION}")));
    }
    let source = from.text()?.to_owned();
    let id = from.text_option()?.map(str::to_owned);
    let time = from.signed()?;
    let mut text = || from.text().map(str::to_owned);
    let (time_written, actor, action, class, module, record, record_name, outcome) =
        (text()?, text()?, text()?, text()?, text()?, text()?, text()?, text()?);
    let origin = Origin { ip: text()?, agent: text()?, channel: text()? };
    let affected = from.number_option()?;
    let mut changes = Vec::new();
    for _ in 0..from.count(3)? {
        let field = from.text()?.to_owned();
        let old = from.text_option()?.map(str::to_owned);
        let new = from.text_option()?.map(str::to_owned);
        changes.push(Change { field, old, new });
    }
    let mut details = std::collections::BTreeMap::new();
    for _ in 0..from.count(2)? {
        let name = from.text()?.to_owned();
        let value = from.text()?.to_owned();
        if details.last_key_value().is_some_and(|(last, _)| *last >= name) {
            return Err(SealError::Malformed("details out of order".to_owned()));
        }
        details.insert(name, value);
    }
    let line = from.number()?;
    from.end()?;
    let class = ActionClass::parse(&class).ok_or_else(|| SealError::Malformed(format!("action class {class}")))?;
    let outcome = Outcome::parse(&outcome).ok_or_else(|| SealError::Malformed(format!("outcome {outcome}")))?;
    let event = Event {
        id,
        time,
        time_written,
        actor,
        action,
        class,
        module,
        record,
        record_name,
        outcome,
        origin,
        affected,
        changes,
        details,
        line,
    };
    Ok((source, event))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Event {
        Event {
            id: None,
            time: -1,
            time_written: "1970".into(),
            actor: "Ann".into(),
            action: "Deleted".into(),
            class: ActionClass::Delete,
            module: "Deals".into(),
            record: "7".into(),
            record_name: "Big \u{5d0}".into(),
            outcome: Outcome::Success,
            origin: Origin { ip: "10.0.0.1".into(), ..Origin::default() },
            affected: Some(u64::MAX),
            changes: vec![Change { field: "Stage".into(), old: None, new: Some(String::new()) }],
            details: [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())].into(),
            line: 3,
        }
    }

    #[test]
    fn version_1_is_fixed_for_ever() {
        let expected = "010363726d0001043139373003416e6e0744656c65746564\
            0664656c657465054465616c73013706426967\
            20d790077375636365737308\
            31302e302e302e31000001ffffffffffffffffff01\
            01055374616765000100\
            02016101310162013203";
        assert_eq!(hex::encode(canonical(&sample(), "crm")), expected);
    }

    #[test]
    fn is_read_back_whole() {
        let bytes = canonical(&sample(), "crm");
        assert_eq!(read(&bytes), Ok(("crm".to_owned(), sample())));
        for cut in 0..bytes.len() {
            assert!(read(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn text_does_not_flow_from_one_field_into_the_next() {
        let (mut one, mut two) = (sample(), sample());
        (one.actor, one.action) = ("ab".into(), "c".into());
        (two.actor, two.action) = ("a".into(), "bc".into());
        assert_ne!(canonical(&one, "crm"), canonical(&two, "crm"));
    }

    #[test]
    fn content_leaves_the_line_aside_and_the_leaf_does_not() {
        let mut moved = sample();
        moved.line = 400;
        let mut scratch = Writer::new();
        let (here, there) = (hashes(&sample(), "crm", &mut scratch), hashes(&moved, "crm", &mut scratch));
        assert_eq!(here.content, there.content);
        assert_ne!(here.leaf, there.leaf);
        assert_eq!(here.leaf, tree::leaf(&canonical(&sample(), "crm")));
        assert_ne!(hashes(&sample(), "erp", &mut scratch).content, here.content);
    }
}
