//! Tree: the hash tree of RFC 6962 (section 2.1), its roots, and proofs of inclusion and of consistency.

use super::SealError;
use super::hash::{Hash, Hasher, sha256};

/// Hash of a leaf: SHA-256 of 0x00 and its bytes.
pub fn leaf(bytes: &[u8]) -> Hash {
    let mut hasher = Hasher::new();
    hasher.update(&[0]);
    hasher.update(bytes);
    hasher.finish()
}

/// Hash of an inner node: SHA-256 of 0x01 and its two children.
pub fn node(left: Hash, right: Hash) -> Hash {
    let mut bytes = [1; 65];
    for (to, from) in bytes.iter_mut().skip(1).zip(left.0.iter().chain(&right.0)) {
        *to = *from;
    }
    sha256(&bytes)
}

/// Root over leaf hashes, in order. Of none: SHA-256 of nothing.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut growing = Growing::default();
    for leaf in leaves {
        growing.push(*leaf);
    }
    growing.root()
}

/// A tree to which leaves are added: keeps only the roots of its full subtrees, so its size grows with the logarithm.
#[derive(Clone, Debug, Default)]
pub struct Growing {
    size: u64,
    full: Vec<Hash>,
}

impl Growing {
    /// Adds a leaf's hash.
    pub fn push(&mut self, leaf: Hash) {
        self.full.push(leaf);
        let mut carry = self.size;
        self.size += 1;
        while carry & 1 == 1 {
            if let (Some(right), Some(left)) = (self.full.pop(), self.full.pop()) {
                self.full.push(node(left, right));
            }
            carry >>= 1;
        }
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over the leaves so far.
    pub fn root(&self) -> Hash {
        let mut subtrees = self.full.iter().rev();
        match subtrees.next() {
            None => sha256(&[]),
            Some(last) => subtrees.fold(*last, |right, left| node(*left, right)),
        }
    }
}

/// The hashes that lead from the leaf at `index` (from 0) to the root, from the bottom up (RFC 6962, section 2.1.1).
/// `None` if there is no such leaf.
pub fn inclusion(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    let (mut part, mut at) = (leaves, index);
    while part.len() > 1 {
        let (left, right) = part.split_at(left_size(part.len()));
        if at < left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            at -= left.len();
            part = right;
        }
    }
    path.reverse();
    Some(path)
}

/// Checks that a leaf's hash is at `index` of the tree of `size` leaves with that root.
pub fn check_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> Result<(), SealError> {
    if index >= size {
        return Err(SealError::Malformed("the leaf lies beyond the tree".to_owned()));
    }
    // RFC 9162, section 2.1.3.2.
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return Err(SealError::Malformed("the path is too long".to_owned()));
        }
        if at & 1 == 1 || at == last {
            hash = node(*sibling, hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(hash, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(SealError::Malformed("the path is too short".to_owned()));
    }
    if hash == root { Ok(()) } else { Err(SealError::Broken("the path leads to another root".to_owned())) }
}

/// The hashes that show that the tree of the first `old` leaves is the beginning of this one (section 2.1.2).
/// `None` if `old` is 0 or more than there are; empty if it is all of them.
pub fn consistency(leaves: &[Hash], old: usize) -> Option<Vec<Hash>> {
    if old == 0 || old > leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    let (mut part, mut size, mut whole) = (leaves, old, true);
    while size < part.len() {
        let (left, right) = part.split_at(left_size(part.len()));
        if size <= left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            size -= left.len();
            part = right;
            whole = false;
        }
    }
    if !whole {
        path.push(root(part));
    }
    path.reverse();
    Some(path)
}

/// Checks that the tree (`old_size`, `old_root`) is the beginning of (`new_size`, `new_root`). The empty tree is the
/// beginning of every tree and needs no path.
pub fn check_consistency(
    old_size: u64,
    old_root: Hash,
    new_size: u64,
    new_root: Hash,
    path: &[Hash],
) -> Result<(), SealError> {
    let broken = || SealError::Broken("the newer tree does not begin with the older one".to_owned());
    if old_size > new_size {
        return Err(SealError::Broken("the newer tree is smaller than the older one".to_owned()));
    }
    if old_size == new_size || old_size == 0 {
        let same = if old_size == 0 { old_root == sha256(&[]) } else { old_root == new_root };
        let same = same && (new_size != 0 || new_root == old_root);
        return if same && path.is_empty() { Ok(()) } else { Err(broken()) };
    }
    // RFC 9162, section 2.1.4.2.
    let mut path = path.iter();
    let first = if old_size.is_power_of_two() { Some(&old_root) } else { path.next() };
    let mut old = *first.ok_or_else(|| SealError::Malformed("the path is too short".to_owned()))?;
    let mut new = old;
    let (mut at, mut last) = (old_size - 1, new_size - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    for sibling in path {
        if last == 0 {
            return Err(SealError::Malformed("the path is too long".to_owned()));
        }
        if at & 1 == 1 || at == last {
            old = node(*sibling, old);
            new = node(*sibling, new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new = node(new, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    if last == 0 && old == old_root && new == new_root { Ok(()) } else { Err(broken()) }
}

/// The largest power of two below a size of at least two: how many leaves are left of a tree's root.
fn left_size(size: usize) -> usize {
    let half = size.next_power_of_two() / 2;
    half.max(1)
}

#[cfg(test)]
mod tests;
