//! Feed: gives what became of each row to the log, counts it, and remembers the time around which a rejected row lies.

use super::mapping::Made;
use super::{MAX_RAW, ReadError, Summary};
use crate::audit_log::Sink;
use crate::calendar::Millis;
use crate::event::Rejected;

/// Stands at the end of a rejected row of which not all was kept.
pub(super) const CUT: &str = "… [cut]";

/// A row on its way into the log.
pub(super) struct Feed<'a> {
    sink: &'a mut dyn Sink,
    pub(super) summary: Summary,
    /// Which file of an archive is read; empty if there is none.
    pub(super) inside: String,
    /// Time of the last row that had one.
    last: Option<Millis>,
    /// Called now and then with the rows read.
    tick: &'a mut dyn FnMut(u64),
}

impl<'a> Feed<'a> {
    pub(super) fn new(sink: &'a mut dyn Sink, tick: &'a mut dyn FnMut(u64)) -> Feed<'a> {
        Feed { sink, summary: Summary::default(), inside: String::new(), last: None, tick }
    }

    /// Takes one row. `raw` gives it verbatim if it is rejected.
    pub(super) fn take(&mut self, made: Made, line: u64, raw: impl FnOnce() -> String) -> Result<(), ReadError> {
        self.summary.rows += 1;
        if self.summary.rows.is_multiple_of(2048) {
            (self.tick)(self.summary.rows);
        }
        match made {
            Made::Event(event) => {
                self.last = Some(event.time);
                self.summary.events += 1;
                self.sink.event(*event).map_err(ReadError::Log)?;
            }
            Made::Rejected(reason, time) => {
                self.last = time.or(self.last);
                self.summary.rejected += 1;
                let reason = match self.inside.as_str() {
                    "" => reason,
                    inside => format!("in {inside}: {reason}"),
                };
                let rejected = Rejected { line, reason, raw: cut(raw()), around: self.last };
                self.sink.rejected(rejected).map_err(ReadError::Log)?;
            }
            Made::NoEvent => {
                self.summary.no_event += 1;
                self.sink.no_event().map_err(ReadError::Log)?;
            }
        }
        Ok(())
    }
}

/// Keeps at most [`MAX_RAW`] bytes, and says so at the end.
fn cut(mut raw: String) -> String {
    if raw.len() > MAX_RAW {
        let mut end = MAX_RAW - CUT.len();
        while !raw.is_char_boundary(end) {
            end -= 1;
        }
        raw.truncate(end);
        raw.push_str(CUT);
    }
    raw
}
