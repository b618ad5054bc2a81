//! Headers: values that are checked, or encoded, before lettre sees them.

use super::address::domain_name;
use super::{MailError, wrong};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::message::header::{Header, HeaderName, HeaderValue};

type Never = Box<dyn std::error::Error + Send + Sync>;

/// A subject. lettre passes ASCII words through, also such that a reader would decode (`=?utf-8?…?=`) and such that
/// are too long for a line; here either makes it encode all.
#[derive(Clone)]
pub(super) struct Subject(String);

impl Subject {
    pub(super) fn new(text: &str) -> Result<Subject, MailError> {
        if text.chars().any(char::is_control) {
            return Err(MailError::Control("subject"));
        }
        Ok(Subject(text.to_owned()))
    }
}

impl Header for Subject {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Subject")
    }

    fn parse(text: &str) -> Result<Self, Never> {
        Ok(Subject(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        let plain = self.0.is_ascii() && !self.0.contains("=?") && self.0.split(' ').all(|word| word.len() <= 60);
        if plain {
            HeaderValue::new(Self::name(), self.0.clone())
        } else {
            HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), encoded_words(&self.0))
        }
    }
}

/// RFC 2047: words of at most 75 characters, each of whole characters, on a line of their own.
fn encoded_words(text: &str) -> String {
    const BYTES: usize = 42;
    let mut words = vec![String::new()];
    for c in text.chars() {
        match words.last_mut() {
            Some(word) if word.len() + c.len_utf8() <= BYTES => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    let words: Vec<String> = words.iter().map(|word| format!("=?utf-8?b?{}?=", STANDARD.encode(word))).collect();
    words.join("\r\n ")
}

/// A Message-ID (RFC 5322, 3.6.4). Not folded or encoded: readers and journals look for it as it is.
#[derive(Clone)]
pub(super) struct Id(String);

impl Id {
    pub(super) fn message(id: &str) -> Result<Id, MailError> {
        Ok(Id(Id::angled(id, "Message-ID")?))
    }

    /// In angle brackets, checked.
    pub(super) fn angled(id: &str, part: &'static str) -> Result<String, MailError> {
        let atom = |text: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c))
        };
        match id.split_once('@') {
            Some((left, right)) if atom(left) && atom(right) && id.len() <= 250 => Ok(format!("<{id}>")),
            _ => Err(wrong(part, "it is not of the form left@right")),
        }
    }
}

impl Header for Id {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Message-ID")
    }

    fn parse(text: &str) -> Result<Self, Never> {
        Ok(Id(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

/// A Content-ID (RFC 2045, 7): what `cid:` in HTML leads to. Not folded or encoded, as a Message-ID is not.
#[derive(Clone)]
pub(super) struct ContentId(String);

impl ContentId {
    pub(super) fn new(id: &str) -> Result<ContentId, MailError> {
        Ok(ContentId(Id::angled(id, "Content-ID")?))
    }
}

impl Header for ContentId {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-ID")
    }

    fn parse(text: &str) -> Result<Self, Never> {
        Ok(ContentId(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

/// A List-Id (RFC 2919).
#[derive(Clone)]
pub(super) struct ListId(String);

impl ListId {
    pub(super) fn new(id: &str) -> Result<ListId, MailError> {
        domain_name(id).map_err(|why| wrong("List-Id", &why))?;
        Ok(ListId(format!("<{id}>")))
    }
}

impl Header for ListId {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Id")
    }

    fn parse(text: &str) -> Result<Self, Never> {
        Ok(ListId(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

/// A header by its name.
pub(super) struct Raw;

impl Raw {
    /// Only names of our own: a header that means something to servers is a part of its own.
    pub(super) fn value(name: &str, value: &str) -> Result<HeaderValue, MailError> {
        let ours = name.strip_prefix("X-Quarterday-").is_some_and(|rest| {
            !rest.is_empty() && rest.len() <= 40 && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        });
        if !ours {
            return Err(wrong("header", "its name must be X-Quarterday-… of letters, digits and hyphens"));
        }
        if value.chars().any(char::is_control) {
            return Err(MailError::Control("header"));
        }
        let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|error| wrong("header", &error.to_string()))?;
        let plain = value.is_ascii() && !value.contains("=?") && value.split(' ').all(|word| word.len() <= 200);
        Ok(if plain {
            HeaderValue::new(name, value.to_owned())
        } else {
            HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), encoded_words(value))
        })
    }
}
