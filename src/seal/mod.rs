//! Seal: what makes a later change visible. Canonical bytes, RFC 6962 hash trees, signed checkpoints, Ed25519 signatures.
//!
//! Nothing here reads a file, a clock or randomness: bytes in, bytes out. The log seals its events and batches with it,
//! the ledger its records, and an edition's manifest is signed with it.

pub mod bytes;
pub mod canonical;
pub mod checkpoint;
pub mod hash;
pub mod key;
pub mod private_key;
pub mod pseudonym;
pub mod tree;

pub use canonical::canonical;
pub use checkpoint::Checkpoint;
pub use hash::{Hash, Hasher, hmac_sha256, sha256, sha256_hex};
pub use key::{PublicKey, SigningKey};
pub use private_key::PrivateKey;

/// What is wrong with sealed bytes that were read, or with what was to be sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The bytes or text have not the form that they should have.
    #[error("malformed: {0}")]
    Malformed(String),
    /// Well formed, but it does not hold: another key, another text, another tree.
    #[error("does not hold: {0}")]
    Broken(String),
}
