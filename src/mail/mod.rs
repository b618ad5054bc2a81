//! Mail: an edition's message for one recipient, as frozen bytes. Pure: the same parts give the same bytes.
//!
//! The layout is `mixed { alternative { text, related { html, pictures… } }, attachments… }` (RFC 2046, RFC 2387), each
//! multipart only where it has something to hold. Text comes first: a reader shows the last alternative that it can (RFC
//! 2046, 5.1.4); pictures stand with the HTML that names them, so that text readers are offered none of them and no mail
//! program lists them as attachments. All of it is ASCII on the wire, so no server needs 8BITMIME or has reason to change a byte. Boundaries follow from the Message-ID; `=_` in
//! them can occur in no encoded part (RFC 2045, 6.7).

mod address;
mod archive;
mod dkim;
mod headers;
mod hook;

pub use address::{Address, address};
pub use archive::{Lock, archive, locked};
pub use dkim::{Dkim, signed};
pub use hook::{HookParts, hook};

use crate::calendar::Millis;
use crate::edition::EditionKey;
use crate::seal::sha256_hex;
use headers::{ContentId, Id, ListId, Raw, Subject};
use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, Date, HeaderName, HeaderValue,
};
use lettre::message::{Message, MultiPart, SinglePart};
use std::time::{Duration, SystemTime};

/// A name, where one is known, and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub address: Address,
}

/// A file that goes with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// File name, without folders.
    pub name: String,
    /// Media type: `application/pdf`.
    pub media_type: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// A picture that the HTML shows, as `<img src="cid:ID">`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its id, without angle brackets: unique in the world, of the form `left@right` (RFC 2392).
    pub id: String,
    /// The file, as one would save it.
    pub file: Attachment,
}

/// What a message is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailParts {
    /// Sender.
    pub from: Mailbox,
    /// The one recipient.
    pub to: Mailbox,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Mailbox>,
    /// Subject: one line, no control characters.
    pub subject: String,
    /// The text for who reads no HTML.
    pub text: String,
    /// The HTML body: one self-contained document.
    pub html: String,
    /// Pictures that the HTML shows.
    pub shown: Vec<Shown>,
    /// Attached files, in order.
    pub attachments: Vec<Attachment>,
    /// Message-ID without angle brackets ([`message_id`]).
    pub message_id: String,
    /// The date that the message bears. Seconds count.
    pub date: Millis,
    /// The series that it belongs to (RFC 2919), `monthly-review.reports.example.com`; readers filter by it.
    pub list_id: Option<String>,
    /// Message-ID of the message before in the series, without angle brackets.
    pub in_reply_to: Option<String>,
    /// Message-IDs of the messages before, oldest first, without angle brackets.
    pub references: Vec<String>,
    /// Further headers: `X-Quarterday-…` with their values.
    pub headers: Vec<(String, String)>,
}

/// Why no message can be made of the parts. It names the part, never its content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// A part that stands in a header holds control characters or line breaks.
    #[error("the mail's {0} holds control characters")]
    Control(&'static str),
    /// A part is not what it must be.
    #[error("the mail's {part}: {why}")]
    Wrong {
        /// Which part.
        part: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

/// The Message-ID of an edition's message to a recipient, without angle brackets: the same whenever it is computed,
/// another for another edition, revision, recipient or purpose (`""` for the edition itself, `"failed"`…).
pub fn message_id(edition: &EditionKey, recipient: &str, purpose: &str, domain: &str) -> String {
    let EditionKey { definition, audience, period, revision } = edition;
    // Each part by its length: no two identities have the same text.
    let identity: String = [definition, audience, period, &revision.to_string(), recipient, purpose]
        .iter()
        .map(|part| format!("{}:{part}\n", part.len()))
        .collect();
    let hash = sha256_hex(format!("quarterday message 1\n{identity}").as_bytes());
    format!("{}@{domain}", hash.get(..40).unwrap_or(&hash))
}

/// Sets a message.
///
/// # Errors
/// [`MailError`] if a part could become something else than what it stands for.
pub fn message(parts: &MailParts) -> Result<Vec<u8>, MailError> {
    let mut builder = Message::builder()
        .header(Date::new(system_time(parts.date)?))
        .from(mailbox(&parts.from, "sender's name")?)
        .to(mailbox(&parts.to, "recipient's name")?);
    if let Some(reply_to) = &parts.reply_to {
        builder = builder.reply_to(mailbox(reply_to, "reply address")?);
    }
    builder = builder.header(Subject::new(&parts.subject)?).header(Id::message(&parts.message_id)?);
    if let Some(before) = &parts.in_reply_to {
        builder = builder.in_reply_to(Id::angled(before, "in-reply-to")?);
    }
    if !parts.references.is_empty() {
        let ids: Result<Vec<_>, _> = parts.references.iter().map(|id| Id::angled(id, "references")).collect();
        builder = builder.references(ids?.join(" "));
    }
    if let Some(list) = &parts.list_id {
        builder = builder.header(ListId::new(list)?);
    }
    // RFC 3834: out-of-office replies and other robots leave it alone.
    builder = builder
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    for (name, value) in &parts.headers {
        builder = builder.raw_header(Raw::value(name, value)?);
    }
    let boundary = |part: &str| {
        let hash = sha256_hex(format!("{part}\n{}", parts.message_id).as_bytes());
        format!("=_{}", hash.get(..32).unwrap_or(&hash))
    };
    let alternative = MultiPart::alternative()
        .boundary(boundary("alternative"))
        .singlepart(text(ContentType::TEXT_PLAIN, &parts.text));
    let html = text(ContentType::TEXT_HTML, &parts.html);
    let body = if parts.shown.is_empty() {
        alternative.singlepart(html)
    } else {
        let related = MultiPart::builder().header(related(&boundary("related"))?).singlepart(html);
        let related = parts.shown.iter().try_fold(related, |related, one| Ok(related.singlepart(shown(one)?)))?;
        alternative.multipart(related)
    };
    let body = if parts.attachments.is_empty() {
        body
    } else {
        let mixed = MultiPart::mixed().boundary(boundary("mixed")).multipart(body);
        parts.attachments.iter().try_fold(mixed, |mixed, file| Ok(mixed.singlepart(attached(file)?)))?
    };
    let message = builder.multipart(body).map_err(|error| wrong("envelope", &error.to_string()))?;
    Ok(message.formatted())
}

/// Always quoted-printable: in 7 bit, lettre lets a lone CR and long lines through.
fn text(kind: ContentType, text: &str) -> SinglePart {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(lines)
}

/// The type of a `multipart/related`; RFC 2387, 3.1 wants the type of what it begins with.
fn related(boundary: &str) -> Result<ContentType, MailError> {
    let written = format!("multipart/related; type=\"text/html\"; boundary=\"{boundary}\"");
    ContentType::parse(&written).map_err(|error| wrong("pictures", &error.to_string()))
}

fn shown(shown: &Shown) -> Result<SinglePart, MailError> {
    let kind = media_type(&shown.file)?;
    Ok(SinglePart::builder()
        .header(kind)
        .header(ContentId::new(&shown.id)?)
        .header(ContentDisposition::inline_with_name(&shown.file.name))
        .header(ContentTransferEncoding::Base64)
        .body(shown.file.bytes.clone()))
}

fn attached(file: &Attachment) -> Result<SinglePart, MailError> {
    let kind = media_type(file)?;
    Ok(SinglePart::builder()
        .header(kind)
        .header(ContentDisposition::attachment(&file.name))
        .header(ContentTransferEncoding::Base64)
        .body(file.bytes.clone()))
}

/// The type of a file whose name and type can stand in headers.
fn media_type(file: &Attachment) -> Result<ContentType, MailError> {
    let name = &file.name;
    if name.chars().any(char::is_control) {
        return Err(MailError::Control("file name"));
    }
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '"']) || name.len() > 200 {
        return Err(wrong("file name", "it must be a plain name without folders, at most 200 bytes"));
    }
    ContentType::parse(&file.media_type)
        .ok()
        .filter(|_| !file.media_type.contains(char::is_control))
        .ok_or_else(|| wrong("file", "its media type is none"))
}

fn mailbox(mailbox: &Mailbox, part: &'static str) -> Result<lettre::message::Mailbox, MailError> {
    let name = mailbox.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    // lettre panics on line breaks in a name; other control characters have no business there either.
    if name.is_some_and(|name| name.chars().any(char::is_control)) {
        return Err(MailError::Control(part));
    }
    let email = mailbox.address.as_str().parse().map_err(|error| wrong(part, &format!("{error}")))?;
    Ok(lettre::message::Mailbox::new(name.map(str::to_owned), email))
}

fn system_time(at: Millis) -> Result<SystemTime, MailError> {
    // Years 1970 to 9999: what the header's format can say; beyond it lettre panics.
    let seconds = u64::try_from(at.div_euclid(1000)).ok().filter(|seconds| *seconds < 253_402_300_800);
    seconds
        .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)))
        .ok_or_else(|| wrong("date", "it lies outside 1970 to 9999"))
}

fn wrong(part: &'static str, why: &str) -> MailError {
    MailError::Wrong { part, why: why.to_owned() }
}

#[cfg(test)]
mod tests;
