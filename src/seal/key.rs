//! Key: Ed25519 (RFC 8032) signatures over any bytes. Randomness is read at the edge; here a key is made of given bytes.

use super::SealError;
use super::hash::{Hash, sha256};
use ed25519_dalek::Signer;

/// Signs. Its bytes are wiped from memory when it is dropped.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key of 32 secret bytes (from the system's randomness; the demo has fixed ones).
    pub fn from_bytes(secret: &[u8; 32]) -> SigningKey {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(secret))
    }

    /// The 32 secret bytes, to be kept in a file with strict permissions.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// What others check its signatures with.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// The 64 bytes of the signature over a message. The same message always gives the same bytes.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "SigningKey(secret of {})", self.public().hex())
    }
}

/// Checks signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

impl PublicKey {
    /// Reads 32 bytes. Error: they are no point on the curve, or one of the few weak ones.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<PublicKey, SealError> {
        match ed25519_dalek::VerifyingKey::from_bytes(bytes) {
            Ok(key) if !key.is_weak() => Ok(PublicKey(key)),
            _ => Err(SealError::Malformed("not an Ed25519 public key".to_owned())),
        }
    }

    /// Reads what [`hex`](Self::hex) writes.
    pub fn parse(text: &str) -> Result<PublicKey, SealError> {
        let bytes = Hash::parse(text.trim())
            .ok_or_else(|| SealError::Malformed("a public key is written as 64 hexadecimal digits".to_owned()))?;
        PublicKey::from_bytes(&bytes.0)
    }

    /// The 32 bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Sixty-four hexadecimal digits.
    pub fn hex(&self) -> String {
        hex::encode(self.to_bytes())
    }

    /// SHA-256 of the key: its fingerprint, for print.
    pub fn fingerprint(&self) -> Hash {
        sha256(&self.to_bytes())
    }

    /// Checks a signature, strictly (one message, one key, one signature). Error: it is not this key's over this message.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SealError> {
        let bytes: &[u8; 64] =
            signature.try_into().map_err(|_| SealError::Malformed("a signature has 64 bytes".to_owned()))?;
        self.0
            .verify_strict(message, &ed25519_dalek::Signature::from_bytes(bytes))
            .map_err(|_| SealError::Broken("the signature is not of this key over these bytes".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 2.
    #[test]
    fn matches_the_standard_s_own_example() {
        let secret = Hash::parse("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").unwrap();
        let key = SigningKey::from_bytes(&secret.0);
        assert_eq!(key.public().hex(), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        assert_eq!(
            hex::encode(key.sign(&[0x72])),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );
    }

    #[test]
    fn refuses_every_other_message_key_and_signature() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let signature = key.sign(b"edition");
        assert_eq!(key.public().verify(b"edition", &signature), Ok(()));
        assert!(key.public().verify(b"edition.", &signature).is_err());
        assert!(SigningKey::from_bytes(&[8; 32]).public().verify(b"edition", &signature).is_err());
        assert!(key.public().verify(b"edition", &signature[..63]).is_err());
        for at in 0..64 {
            let mut forged = signature;
            forged[at] ^= 1;
            assert!(key.public().verify(b"edition", &forged).is_err(), "byte {at}");
        }
    }

    #[test]
    fn public_keys_are_read_back_and_weak_ones_refused() {
        let public = SigningKey::from_bytes(&[7; 32]).public();
        assert_eq!(PublicKey::parse(&public.hex()), Ok(public));
        assert!(PublicKey::parse("12").is_err());
        let mut identity = [0; 32];
        identity[0] = 1;
        assert!(PublicKey::from_bytes(&identity).is_err());
    }

    #[test]
    fn does_not_print_its_secret() {
        let shown = format!("{:?}", SigningKey::from_bytes(&[7; 32]));
        assert!(!shown.contains(&"07".repeat(32)), "{shown}");
    }
}
