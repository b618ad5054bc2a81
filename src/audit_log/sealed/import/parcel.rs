//! Parcel: rows on their way from the thread that reads a file to the one that seals what it brings.
//!
//! An event travels as the bytes that its leaf is the hash of: they are needed anyway, one piece of memory holds many
//! events, and it goes back to be filled again. So no thread frees what another one took.

use crate::audit_log::{LogError, Sink, check_event};
use crate::calendar::Millis;
use crate::event::{ActionClass, Event, Outcome, Rejected};
use crate::seal::SealError;
use crate::seal::bytes::Writer;
use crate::seal::canonical::{self, Marks, Parts};
use std::sync::mpsc::{Receiver, Sender, SyncSender};

/// Events after which a parcel is sent.
const ROWS: usize = if cfg!(test) { 5 } else { 512 };
/// Bytes after which it is sent though it has fewer.
const BYTES: usize = 256 << 10;
/// Parcels that may wait to be sealed.
pub(super) const WAITING: usize = 4;

/// An event as it travels.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Where its bytes begin; the first is that which RFC 6962 puts before a leaf.
    start: usize,
    end: usize,
    marks: Marks,
    pub(super) time: Millis,
    class: ActionClass,
    outcome: Outcome,
    pub(super) affected: u64,
    pub(super) line: u64,
}

/// Some rows of a file, events and others each in their order.
#[derive(Default)]
pub(super) struct Parcel {
    bytes: Writer,
    pub(super) rows: Vec<Row>,
    pub(super) rejected: Vec<Rejected>,
    pub(super) no_event: u64,
}

impl Parcel {
    fn push(&mut self, event: &Event, source: &str) {
        let start = self.bytes.as_slice().len();
        self.bytes.byte(0);
        let marks = canonical::append(&mut self.bytes, event, source);
        let end = self.bytes.as_slice().len();
        let (time, class, outcome, line) = (event.time, event.class, event.outcome, event.line);
        self.rows.push(Row { start, end, marks, time, class, outcome, affected: event.records_affected(), line });
    }

    /// What RFC 6962 hashes of an event.
    pub(super) fn leaf(&self, row: &Row) -> &[u8] {
        self.bytes.as_slice().get(row.start..row.end).unwrap_or_default()
    }

    /// The bytes of an event without its line.
    pub(super) fn content(&self, row: &Row) -> &[u8] {
        self.leaf(row).get(1..1 + row.marks.line).unwrap_or_default()
    }

    /// An event's parts.
    pub(super) fn parts<'p>(&'p self, row: &Row, source: &str) -> Result<Parts<'p>, SealError> {
        let bytes = self.leaf(row).get(1..).unwrap_or_default();
        canonical::parts(bytes, source, row.marks, row.time, row.class, row.outcome)
    }

    fn is_full(&self) -> bool {
        self.rows.len() + self.rejected.len() >= ROWS || self.bytes.as_slice().len() >= BYTES
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.rejected.is_empty() && self.no_event == 0
    }

    /// Empties it, to be filled again.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.rows.clear();
        self.rejected.clear();
        self.no_event = 0;
    }
}

/// What is told to the thread that seals.
pub(super) enum Message {
    Rows(Parcel),
    /// That was all, and the file was read whole.
    Done,
}

/// Takes the rows of a file and sends them on.
pub(super) struct Sending<'a> {
    pub(super) source: &'a str,
    pub(super) parcel: Parcel,
    pub(super) to: SyncSender<Message>,
    pub(super) back: Receiver<Parcel>,
    /// Set where a row was refused, whatever the one who feeds makes of it.
    pub(super) refused: Option<LogError>,
}

impl Sending<'_> {
    /// Sends what is open. The one who seals gives up only with an error, which is told to those who wait for it.
    pub(super) fn send(&mut self) -> Result<(), String> {
        if self.parcel.is_empty() {
            return Ok(());
        }
        let next = self.back.try_recv().unwrap_or_default();
        let full = std::mem::replace(&mut self.parcel, next);
        self.to.send(Message::Rows(full)).map_err(|_| "the log cannot take it".to_owned())
    }

    fn send_if_full(&mut self) -> Result<(), String> {
        if self.parcel.is_full() { self.send() } else { Ok(()) }
    }
}

impl Sink for Sending<'_> {
    fn event(&mut self, event: Event) -> Result<(), String> {
        if let Err(words) = check_event(&event) {
            self.refused.get_or_insert(LogError::Refused(words.clone()));
            return Err(words);
        }
        self.parcel.push(&event, self.source);
        self.send_if_full()
    }

    fn rejected(&mut self, row: Rejected) -> Result<(), String> {
        self.parcel.rejected.push(row);
        self.send_if_full()
    }

    fn no_event(&mut self) -> Result<(), String> {
        self.parcel.no_event += 1;
        Ok(())
    }
}

/// Gives parcels one by one to `take` and sends them back; says whether the file was read whole.
pub(super) fn receive(
    from: &Receiver<Message>,
    back: &Sender<Parcel>,
    mut take: impl FnMut(&Parcel) -> Result<(), LogError>,
) -> Result<bool, LogError> {
    for message in from {
        match message {
            Message::Rows(mut parcel) => {
                take(&parcel)?;
                parcel.clear();
                // Nobody fills it any more if the reading has ended.
                let _ = back.send(parcel);
            }
            Message::Done => return Ok(true),
        }
    }
    Ok(false)
}
