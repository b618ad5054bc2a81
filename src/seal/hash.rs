//! Hash: SHA-256 (FIPS 180-4), at once and in pieces, and its written form.

use sha2::{Digest, Sha256};

/// A SHA-256 hash.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Sixty-four lower-case hexadecimal digits.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// Reads what [`hex`](Self::hex) writes (upper case too); `None` if it is not that.
    pub fn parse(text: &str) -> Option<Hash> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Hash(bytes))
    }

    /// A hash of exactly 32 bytes; `None` for any other number.
    pub fn from_slice(bytes: &[u8]) -> Option<Hash> {
        bytes.try_into().ok().map(Hash)
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.hex())
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.hex())
    }
}

/// SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// SHA-256 of some bytes, in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    sha256(bytes).hex()
}

/// HMAC-SHA-256 (RFC 2104). Written out here because nothing here needs the comparison in constant time that the crate of that
/// name is about.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    // A key that is longer than a block of the hash stands for its own hash.
    let short = if key.len() > 64 { sha256(key).0.to_vec() } else { key.to_vec() };
    let padded = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(&short).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

/// SHA-256 of bytes that come in pieces, for files that are read as a stream.
#[derive(Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Nothing read yet.
    pub fn new() -> Hasher {
        Hasher::default()
    }

    /// The next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all bytes so far.
    pub fn finish(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_standard_s_own_example() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(b"abc"), abc);
        let mut pieces = Hasher::new();
        pieces.update(b"a");
        pieces.update(b"bc");
        assert_eq!(pieces.finish(), Hash::parse(abc).unwrap());
    }

    #[test]
    fn it_is_the_hmac_of_the_rfc() {
        // RFC 4231, test cases 1 and 6: a key that is shorter than a block, and one that is longer.
        let first = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        assert_eq!(hex::encode(hmac_sha256(&[0x0b; 20], b"Hi There")), first);
        let sixth = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
        let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(hex::encode(hmac_sha256(&[0xaa; 131], message)), sixth);
    }

    #[test]
    fn reads_only_what_it_writes() {
        let hash = sha256(b"x");
        assert_eq!(Hash::parse(&hash.hex()), Some(hash));
        assert_eq!(Hash::parse(&hash.hex()[1..]), None);
        assert_eq!(Hash::parse(&"g".repeat(64)), None);
        assert_eq!(Hash::from_slice(&[0; 31]), None);
    }
}
