//! Digest: SHA-256 of a file as it was given, as it is named in batch records.

use crate::seal::Hasher;
use std::io::Read;

/// SHA-256 (hex) and length in bytes of all that can be read.
pub fn digest(input: &mut dyn Read) -> std::io::Result<(String, u64)> {
    let mut hash = Hasher::new();
    let mut buffer = vec![0; 128 * 1024];
    let mut bytes = 0;
    loop {
        let count = match input.read(&mut buffer) {
            Ok(0) => return Ok((hash.finish().hex(), bytes)),
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(buffer.get(..count).unwrap_or_default());
        bytes += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_s_digest_is_that_of_all_its_bytes() {
        let bytes = vec![7; 300_000];
        assert_eq!(digest(&mut bytes.as_slice()).unwrap(), (crate::seal::sha256_hex(&bytes), 300_000));
    }
}
