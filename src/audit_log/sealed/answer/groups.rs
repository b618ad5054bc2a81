//! Groups: what rows of a table and different values are counted with: small numbers in the place of texts.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Groups as numbers: each level refines the groups of the level before by one column.
pub(super) struct Groups {
    levels: Vec<Level>,
}

#[derive(Default)]
struct Level {
    numbers: HashMap<u64, u32, Quick>,
    /// By group: the group before, and the code.
    members: Vec<(u32, u32)>,
}

impl Groups {
    pub(super) fn new(levels: usize) -> Groups {
        Groups { levels: (0..levels).map(|_| Level::default()).collect() }
    }

    pub(super) fn count(&self) -> usize {
        self.levels.last().map_or(1, |level| level.members.len())
    }

    /// Refines the groups of some events by a column.
    pub(super) fn refine(&mut self, level: usize, codes: &[u32], events: &[u32], groups: &mut [u32]) {
        let Some(Level { numbers, members }) = self.levels.get_mut(level) else { return };
        let mut last = (u64::MAX, 0);
        for (event, group) in events.iter().zip(groups) {
            let code = codes.get(*event as usize).copied().unwrap_or(0);
            let key = pair(*group, code);
            if key != last.0 {
                let number = *numbers.entry(key).or_insert_with(|| {
                    members.push((*group, code));
                    members.len() as u32 - 1
                });
                last = (key, number);
            }
            *group = last.1;
        }
    }

    /// The codes of a group, one for each level.
    pub(super) fn codes(&self, group: usize) -> Vec<u32> {
        let mut codes = Vec::new();
        let mut at = group;
        for level in self.levels.iter().rev() {
            let Some((before, code)) = level.members.get(at).copied() else { break };
            codes.push(code);
            at = before as usize;
        }
        codes.reverse();
        codes
    }
}

/// Group and code as one number, in order of both.
pub(super) fn pair(group: u32, code: u32) -> u64 {
    u64::from(group) << 32 | u64::from(code)
}

/// A hash for pairs of small numbers that we made ourselves.
#[derive(Default)]
pub(super) struct PairHasher(u64);
/// For maps of pairs.
pub(super) type Quick = BuildHasherDefault<PairHasher>;

impl Hasher for PairHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }
}
