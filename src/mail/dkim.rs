//! DKIM: the sender's domain signs a frozen message (RFC 6376, RFC 8463), so that servers can tell it from a forged one. Pure.
//!
//! Canonicalisation is relaxed for header and body: servers on the way may fold lines and change blanks, and the signature
//! still holds. The header fields that say what a message is are signed once more than they occur, so that nobody can add a
//! second one (RFC 6376, 5.4.2 and 8.15).

use super::{MailError, wrong};
use crate::calendar::Millis;
use crate::seal::{PrivateKey, sha256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The header fields that are signed where they occur, and once more.
const SIGNED: [&str; 14] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "List-Id",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
];

/// Lines of the signature's header are about so long (RFC 5322, 2.1.1).
const LINE: usize = 72;

/// Who signs.
#[derive(Debug)]
pub struct Dkim {
    /// The domain that vouches: that of the sender, or one above it.
    pub domain: String,
    /// Under which name of the domain its public key stands: `SELECTOR._domainkey.DOMAIN`.
    pub selector: String,
    /// The private key.
    pub key: PrivateKey,
}

/// The message with its signature in front. The same message at the same time gives the same bytes.
///
/// # Errors
/// It is no message; the key cannot sign.
pub fn signed(message: &[u8], dkim: &Dkim, at: Millis) -> Result<Vec<u8>, MailError> {
    let text = |bytes| std::str::from_utf8(bytes).map_err(|_| wrong("header", "it is not text"));
    let end = message.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let end = end.ok_or_else(|| wrong("header", "it has no end"))? + 2;
    let (head, rest) = message.split_at(end);
    let fields = fields(text(head)?);
    let body_hash = STANDARD.encode(sha256(&relaxed_body(rest.get(2..).unwrap_or_default())).0);
    let names = names(&fields);
    let mut unsigned = format!(
        "DKIM-Signature: v=1; a={}-sha256; c=relaxed/relaxed; d={};\r\n s={}; t={};\r\n h=",
        kind(&dkim.key),
        dkim.domain,
        dkim.selector,
        at.div_euclid(1000)
    );
    let listed = names.join(":");
    fold(&mut unsigned, &listed, |rest| rest.get(..LINE).and_then(|part| part.rfind(':')).map(|at| at + 1));
    unsigned.push_str(&format!(";\r\n bh={body_hash};\r\n b="));
    let mut hashed = chosen(&fields, &names);
    hashed.push_str(relaxed_field(&unsigned).trim_end());
    let signature = dkim.key.sign_digest_of(hashed.as_bytes()).map_err(|error| wrong("DKIM", &error.to_string()))?;
    let mut out = unsigned;
    fold(&mut out, &STANDARD.encode(signature), |rest| (rest.len() > LINE).then_some(LINE));
    out.push_str("\r\n");
    let mut bytes = out.into_bytes();
    bytes.extend_from_slice(message);
    Ok(bytes)
}

fn kind(key: &PrivateKey) -> &'static str {
    match key {
        PrivateKey::Rsa(_) => "rsa",
        PrivateKey::Ed25519(_) => "ed25519",
    }
}

/// Adds a long value in several lines; `cut` says how much of the rest stands in the first one, `None`: all of it.
fn fold(out: &mut String, value: &str, cut: impl Fn(&str) -> Option<usize>) {
    let mut rest = value;
    while let Some((line, after)) = cut(rest).filter(|at| *at < rest.len()).and_then(|at| rest.split_at_checked(at)) {
        out.push_str(line);
        out.push_str("\r\n ");
        rest = after;
    }
    out.push_str(rest);
}

/// The header's fields, each with its folded lines and without its last line break.
fn fields(head: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for line in head.split_terminator("\r\n") {
        match fields.last_mut() {
            Some(field) if line.starts_with([' ', '\t']) => {
                field.push_str("\r\n");
                field.push_str(line);
            }
            _ => fields.push(line.to_owned()),
        }
    }
    fields
}

fn name(field: &str) -> &str {
    field.split_once(':').map_or(field, |(name, _)| name).trim_end()
}

/// The names as they are signed: as often as each occurs, and once more; then our own, which nobody acts upon, as they occur.
fn names(fields: &[String]) -> Vec<String> {
    let occurs = |wanted: &str| fields.iter().filter(|field| name(field).eq_ignore_ascii_case(wanted)).count();
    let known = SIGNED.into_iter().flat_map(|name| std::iter::repeat_n(name.to_ascii_lowercase(), occurs(name) + 1));
    let own =
        fields.iter().map(|field| name(field).to_ascii_lowercase()).filter(|name| name.starts_with("x-quarterday-"));
    known.chain(own).collect()
}

/// The fields that are signed, in the order of their names: of several with one name the last one first (RFC 6376, 5.4.2).
/// A name without a field stands for nothing.
fn chosen(fields: &[String], names: &[String]) -> String {
    let mut left: Vec<&String> = fields.iter().collect();
    let mut out = String::new();
    for wanted in names {
        if let Some(at) = left.iter().rposition(|field| name(field).eq_ignore_ascii_case(wanted)) {
            out.push_str(&relaxed_field(left.remove(at)));
        }
    }
    out
}

/// A field in the relaxed form (RFC 6376, 3.4.2), with its line break.
fn relaxed_field(field: &str) -> String {
    let (name, value) = field.split_once(':').unwrap_or((field, ""));
    let value = value.replace("\r\n", "");
    let words: Vec<&str> = value.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
    format!("{}:{}\r\n", name.trim_end().to_ascii_lowercase(), words.join(" "))
}

/// A body in the relaxed form (RFC 6376, 3.4.4).
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut blanks = false;
    let mut rest = body;
    while let Some((byte, after)) = rest.split_first() {
        if matches!(byte, b' ' | b'\t') {
            blanks = true;
        } else {
            let ends = rest.starts_with(b"\r\n");
            if blanks && !ends {
                out.push(b' ');
            }
            blanks = false;
            out.push(*byte);
        }
        rest = after;
    }
    // Blanks at the very end, without a line break after them, are no text either.
    while out.ends_with(b"\r\n\r\n") || out == b"\r\n" {
        out.truncate(out.len() - 2);
    }
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
#[path = "dkim_test.rs"]
mod tests;
