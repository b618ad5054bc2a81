//! Adding: a dictionary that an import adds to: from text to code in about as much memory as the texts have bytes.

use super::scan;
use crate::audit_log::LogError;
use crate::audit_log::sealed::segment::Kind;
use hashbrown::{DefaultHashBuilder, HashTable};
use rusqlite::Connection;
use std::hash::BuildHasher;

/// Texts lie one after the other in one run of memory, each behind its length and at a multiple of four bytes, so that
/// 32 bits say where. The table beside it has no copies of them.
#[derive(Default)]
pub(in crate::audit_log::sealed) struct Adding {
    arena: Vec<u8>,
    /// By code.
    starts: Vec<u32>,
    /// Code and start, by the hash of the text.
    table: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
    /// The first code that is new.
    first: u32,
    /// Memory to be used again.
    hashes: Vec<u64>,
}

const UNIT: usize = 4;

fn full() -> LogError {
    LogError::Refused("the log has more different texts in one column than it can number".to_owned())
}

fn text_at(arena: &[u8], start: u32) -> &[u8] {
    let rest = arena.get(start as usize * UNIT..).unwrap_or_default();
    let Some((length, rest)) = rest.split_first_chunk::<4>() else { return &[] };
    rest.get(..u32::from_le_bytes(*length) as usize).unwrap_or_default()
}

impl Adding {
    /// Starts with what the log has.
    pub(in crate::audit_log::sealed) fn load(db: &Connection, kind: Kind) -> Result<Adding, LogError> {
        let mut all = Adding::default();
        all.push(b"", true)?;
        scan(db, kind, 1, |_, text| {
            // A text that is empty though its code is not 0 was taken out of the log: nobody gets its code again.
            all.push(text.as_bytes(), !text.is_empty()).map(drop)
        })?;
        all.first = all.starts.len() as u32;
        Ok(all)
    }

    /// The code of a text, new or known, that probably has the code `guess`. Error: there are too many.
    pub(in crate::audit_log::sealed) fn guessed(&mut self, text: &[u8], guess: u32) -> Result<u32, LogError> {
        // The empty text has code 0. Texts that were taken out of the log are empty too, but nobody gets their codes.
        let same = (guess as usize) < self.starts.len() && self.text(guess) == text;
        if same && (guess == 0 || !text.is_empty()) {
            return Ok(guess);
        }
        self.find_or_push(text, self.hasher.hash_one(text))
    }

    /// The codes of some texts, new or known, to `take`. Error: there are too many.
    ///
    /// All hashes are worked out first: then one look need not wait for the memory that another one waits for.
    pub(in crate::audit_log::sealed) fn codes<'t>(
        &mut self,
        texts: impl Iterator<Item = &'t [u8]> + Clone,
        mut take: impl FnMut(u32),
    ) -> Result<(), LogError> {
        let mut hashes = std::mem::take(&mut self.hashes);
        hashes.clear();
        hashes.extend(texts.clone().map(|text| self.hasher.hash_one(text)));
        for (text, hash) in texts.zip(&hashes) {
            take(self.find_or_push(text, *hash)?);
        }
        self.hashes = hashes;
        Ok(())
    }

    fn find_or_push(&mut self, text: &[u8], hash: u64) -> Result<u32, LogError> {
        match self.table.find(hash, |(_, start)| text_at(&self.arena, *start) == text) {
            Some((code, _)) => Ok(*code),
            None => self.push(text, true),
        }
    }

    fn push(&mut self, text: &[u8], findable: bool) -> Result<u32, LogError> {
        let code = u32::try_from(self.starts.len()).map_err(|_| full())?;
        let start = u32::try_from(self.arena.len() / UNIT).map_err(|_| full())?;
        let length = u32::try_from(text.len()).map_err(|_| full())?;
        self.arena.extend_from_slice(&length.to_le_bytes());
        self.arena.extend_from_slice(text);
        self.arena.resize(self.arena.len().next_multiple_of(UNIT), 0);
        self.starts.push(start);
        if findable {
            let Adding { arena, hasher, table, .. } = self;
            let hash = |text: &[u8]| hasher.hash_one(text);
            table.insert_unique(hash(text), (code, start), |(_, start)| hash(text_at(arena, *start)));
        }
        Ok(code)
    }

    /// The text of a code; the empty one for a code that there is not.
    pub(in crate::audit_log::sealed) fn text(&self, code: u32) -> &[u8] {
        self.starts.get(code as usize).map_or(&[], |start| text_at(&self.arena, *start))
    }

    /// How many codes there are.
    pub(in crate::audit_log::sealed) fn len(&self) -> usize {
        self.starts.len()
    }

    /// What is new was stored.
    pub(in crate::audit_log::sealed) fn stored(&mut self) {
        self.first = self.starts.len() as u32;
    }

    /// The first new code, and the new texts in the order of their codes.
    pub(in crate::audit_log::sealed) fn added(&self) -> (u32, impl Iterator<Item = &[u8]>) {
        let new = self.starts.get(self.first as usize..).unwrap_or_default();
        (self.first, new.iter().map(|start| text_at(&self.arena, *start)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn a_text_keeps_the_code_that_it_got_first(
            texts in prop::collection::vec("[a-c]{0,9}", 0..200),
            guess in 0u32..20,
        ) {
            let mut adding = Adding::default();
            adding.push(b"", true).unwrap();
            adding.first = 1;
            let mut known: HashMap<String, u32> = HashMap::from([(String::new(), 0)]);
            let mut expected = Vec::new();
            for text in &texts {
                let next = known.len() as u32;
                expected.push(*known.entry(text.clone()).or_insert(next));
            }
            let mut codes = Vec::new();
            adding.codes(texts.iter().map(String::as_bytes), |code| codes.push(code)).unwrap();
            prop_assert_eq!(&codes, &expected);
            for (text, code) in texts.iter().zip(codes) {
                prop_assert_eq!(adding.guessed(text.as_bytes(), guess).unwrap(), code);
                prop_assert_eq!(adding.text(code), text.as_bytes());
            }
            let (first, new) = adding.added();
            prop_assert_eq!((first, new.count(), adding.len()), (1, known.len() - 1, known.len()));
        }
    }
}
