//! Sample: events of a span, drawn at random by a seed, so that whoever has seed and span draws the same again, also by hand.

use super::export::{Asked, Broken};
use super::{Failure, Installation};
use crate::audit_log::AuditLog;
use crate::calendar::Span;
use crate::export::Form;
use crate::query::Filter;
use crate::seal::sha256;
use std::collections::BTreeSet;
use std::io::Write;

/// The most events that are drawn.
pub const MOST: u64 = 10_000;

/// What was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The seed.
    pub seed: u64,
    /// Events of the span.
    pub of: u64,
    /// The numbers of those that were drawn, from 1, counted as an export of the span has them.
    pub numbers: BTreeSet<u64>,
    /// The events, a JSON object a line, in that order.
    pub lines: String,
}

/// Draws so many numbers from 1 to `of`: draw number k (from 0) is the first eight bytes of SHA-256 of
/// `quarterday sample 1:SEED:k`, taken as a number (most significant byte first), modulo `of`, plus 1; one that was drawn
/// already is passed over.
pub fn draw(wanted: u64, of: u64, seed: u64) -> BTreeSet<u64> {
    let mut drawn = BTreeSet::new();
    if of == 0 {
        return drawn;
    }
    let mut k: u64 = 0;
    while (drawn.len() as u64) < wanted.min(of) {
        let digest = sha256(format!("quarterday sample 1:{seed}:{k}").as_bytes()).0;
        let number = digest.iter().take(8).fold(0u64, |number, byte| (number << 8) | u64::from(*byte));
        drawn.insert(number % of + 1);
        k += 1;
    }
    drawn
}

impl Installation {
    /// Draws events of a span.
    ///
    /// # Errors
    /// A log that cannot be read, or that changed while it was.
    pub fn sample(&self, log: &dyn AuditLog, span: Span, wanted: u64, seed: u64) -> Result<Sample, Failure> {
        let of: u64 = log.batch_counts(span)?.values().sum();
        let numbers = draw(wanted, of, seed);
        let mut kept = KeptLines { numbers: &numbers, line: 1, text: Vec::new() };
        let asked = Asked { span, filter: Filter::All, form: Form::JsonLines };
        if of > 0 {
            self.export(log, &asked, &mut kept, &mut |_, _| {}).map_err(|broken| match broken {
                Broken::Log(failure) => failure,
                Broken::Output(error) => Failure::Error(error.to_string()),
            })?;
        }
        let lines = String::from_utf8_lossy(&kept.text).into_owned();
        if kept.line - 1 != of {
            return Err(Failure::Error("rows came into the span while it was sampled: ask again".to_owned()));
        }
        Ok(Sample { seed, of, numbers, lines })
    }
}

/// Keeps some of the lines that are written to it, by their numbers from 1.
struct KeptLines<'n> {
    numbers: &'n BTreeSet<u64>,
    line: u64,
    text: Vec<u8>,
}

impl Write for KeptLines<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.numbers.contains(&self.line) {
                self.text.extend_from_slice(piece);
            }
            self.line += u64::from(piece.ends_with(b"\n"));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_every_number_once() {
        let drawn = draw(25, 1000, 7);
        assert_eq!((drawn.len(), &drawn), (25, &draw(25, 1000, 7)));
        assert!(drawn.iter().all(|number| (1..=1000).contains(number)));
        assert_ne!(drawn, draw(25, 1000, 8));
        assert_eq!(draw(25, 3, 7), [1, 2, 3].into());
        assert!(draw(25, 0, 7).is_empty());
        // printf 'quarterday sample 1:7:0' | sha256sum begins with these eight bytes.
        let first = u64::from_str_radix(&crate::seal::sha256_hex(b"quarterday sample 1:7:0")[..16], 16).unwrap();
        assert_eq!(draw(1, 1000, 7), [first % 1000 + 1].into());
    }

    #[test]
    fn no_number_is_drawn_more_often_than_chance_has_it() {
        let mut counts = [0u32; 10];
        for seed in 0..2_000 {
            for number in draw(3, 10, seed) {
                counts[usize::try_from(number - 1).unwrap()] += 1;
            }
        }
        // 600 each; four standard deviations are 82.
        assert!(counts.iter().all(|count| (518..=682).contains(count)), "{counts:?}");
    }

    #[test]
    fn lines_are_kept_by_number_however_they_come() {
        let numbers = [2, 4].into();
        let mut kept = KeptLines { numbers: &numbers, line: 1, text: Vec::new() };
        for piece in ["one\nt", "wo\nth", "ree\nfour\n", "five\n"] {
            kept.write_all(piece.as_bytes()).unwrap();
        }
        assert_eq!((kept.text.as_slice(), kept.line), (b"two\nfour\n".as_slice(), 6));
    }
}
