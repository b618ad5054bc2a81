//! Pseudonym: names that stand for others under a key: the same name for the same text as long as the key is the same, and
//! no way back without it (HMAC-SHA-256, RFC 2104).

use super::{SigningKey, hmac_sha256};

/// The key that pseudonyms are made under. It never leaves the installation.
#[derive(Clone)]
pub struct PseudonymKey {
    secret: [u8; 32],
    /// Texts that a test takes for others, so that two logs with other names have the same pseudonyms.
    #[cfg(test)]
    pub(crate) taken_for: std::collections::BTreeMap<String, String>,
}

impl PseudonymKey {
    /// The one that follows from an installation's signing key; another one than the key itself, so that neither tells of
    /// the other.
    pub fn of(key: &SigningKey) -> PseudonymKey {
        PseudonymKey {
            secret: hmac_sha256(&key.to_bytes(), b"quarterday pseudonyms 1"),
            #[cfg(test)]
            taken_for: Default::default(),
        }
    }

    /// 32 bytes that stand for a text of one kind (`actor`, `record`…).
    pub fn tag(&self, kind: &str, text: &str) -> [u8; 32] {
        #[cfg(test)]
        let text = self.taken_for.get(text).map_or(text, String::as_str);
        // The kind by its length: no two pairs have the same bytes.
        hmac_sha256(&self.secret, format!("{}:{kind}{text}", kind.len()).as_bytes())
    }
}

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("PseudonymKey(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_text_and_key_make_the_tag() {
        let of = |secret: u8| PseudonymKey::of(&SigningKey::from_bytes(&[secret; 32]));
        assert_eq!(of(1).tag("actor", "ann"), of(1).tag("actor", "ann"));
        assert_ne!(of(1).tag("actor", "ann"), of(2).tag("actor", "ann"));
        assert_ne!(of(1).tag("actor", "ann"), of(1).tag("record", "ann"));
        assert_ne!(of(1).tag("a", "bc"), of(1).tag("ab", "c"));
        assert_eq!(format!("{:?}", of(1)), "PseudonymKey(secret)");
    }
}
