//! A private key of somebody else's making, for signatures that others check by a public key of theirs (DKIM): RSA or Ed25519.

use super::{SealError, SigningKey, sha256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

/// What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, 7).
const ED25519: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A private key. It cannot be printed.
pub enum PrivateKey {
    /// RSA of 2048 bits or more.
    Rsa(Box<RsaKeyPair>),
    /// Ed25519.
    Ed25519(Box<SigningKey>),
}

impl PrivateKey {
    /// Reads a key as OpenSSL writes it: PEM of PKCS #8 (`BEGIN PRIVATE KEY`) or, for RSA, PKCS #1 (`BEGIN RSA PRIVATE KEY`).
    ///
    /// # Errors
    /// It is none of these, or too weak; never with anything of its text.
    pub fn from_pem(text: &str) -> Result<PrivateKey, SealError> {
        let wrong = |what: &str| SealError::Malformed(what.to_owned());
        let (label, bytes) = pem(text).ok_or_else(|| wrong("this is no private key in PEM"))?;
        let rsa = |read: Result<RsaKeyPair, ring::error::KeyRejected>| {
            let key = read.map_err(|why| SealError::Malformed(format!("this RSA key cannot be used: {why}")))?;
            Ok(PrivateKey::Rsa(Box::new(key)))
        };
        match label {
            "RSA PRIVATE KEY" => rsa(RsaKeyPair::from_der(&bytes)),
            "PRIVATE KEY" => match bytes.strip_prefix(&ED25519).map(<[u8; 32]>::try_from) {
                Some(Ok(secret)) => Ok(PrivateKey::Ed25519(Box::new(SigningKey::from_bytes(&secret)))),
                _ => rsa(RsaKeyPair::from_pkcs8(&bytes)),
            },
            "ENCRYPTED PRIVATE KEY" => Err(wrong("this key is encrypted; the program cannot ask for its password")),
            _ => Err(wrong("this is no private key, or of a kind that is not known (RSA and Ed25519 are)")),
        }
    }

    /// Signs the SHA-256 of these bytes: RSASSA-PKCS1-v1_5 (RFC 8017, 8.2), or Ed25519 over the digest as RFC 8463 wants it.
    /// The same bytes give the same signature.
    ///
    /// # Errors
    /// The system gives no randomness, which blinds the computation.
    pub fn sign_digest_of(&self, bytes: &[u8]) -> Result<Vec<u8>, SealError> {
        match self {
            PrivateKey::Ed25519(key) => Ok(key.sign(&sha256(bytes).0).to_vec()),
            PrivateKey::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut signature)
                    .map_err(|_| SealError::Malformed("the RSA key cannot sign".to_owned()))?;
                Ok(signature)
            }
        }
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("PrivateKey(secret)")
    }
}

/// The first block of a PEM text (RFC 7468): its label and bytes.
fn pem(text: &str) -> Option<(&str, Vec<u8>)> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let packed: String = body.split_ascii_whitespace().collect();
    Some((label, STANDARD.decode(packed).ok()?))
}
