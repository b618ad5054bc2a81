//! Seal: canonical bytes, Merkle tree, checkpoint, signature.
