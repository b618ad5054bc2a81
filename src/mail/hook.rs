//! Hook: an edition's message for a program, as frozen JSON: what a chat or a ticket system is posted. Pure.

use super::{Attachment, MailError, wrong};
use crate::calendar::Millis;
use crate::seal::sha256_hex;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// What such a message is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookParts {
    /// The same whenever the message is posted again: whoever has seen it has it already ([`super::message_id`]).
    pub id: String,
    /// Title of the report.
    pub title: String,
    /// Its period, in words.
    pub period: String,
    /// The edition's name, `monthly-review/2026-11`.
    pub edition: String,
    /// Name of the report.
    pub report: String,
    /// One line.
    pub subject: String,
    /// What a mail would say as text. Chat systems show the field of this name.
    pub text: String,
    /// When it was issued.
    pub issued_at: Millis,
    /// SHA-256 of `figures.json`.
    pub figures: String,
    /// Where the files are kept.
    pub kept_in: String,
    /// The files.
    pub files: Vec<Attachment>,
    /// Whether their bytes go along, or only their names.
    pub with_content: bool,
    /// Whether it is a note that there was nothing to tell, instead of the edition.
    pub note: bool,
    /// Names of files that it should carry and does not, because it would be too large.
    pub left_out: Vec<String>,
}

/// Sets a message.
///
/// # Errors
/// A time that no calendar has.
pub fn hook(parts: &HookParts) -> Result<Vec<u8>, MailError> {
    let issued = chrono::DateTime::from_timestamp_millis(parts.issued_at)
        .ok_or_else(|| wrong("date", "it lies outside the calendar"))?
        .to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let message = json!({
        "id": parts.id,
        "type": if parts.note { "note" } else { "edition" },
        "title": parts.title,
        "period": parts.period,
        "report": parts.report,
        "edition": parts.edition,
        "issued_at": issued,
        "subject": parts.subject,
        "text": parts.text,
        "figures_sha256": parts.figures,
        "kept_in": parts.kept_in,
        "files": parts.files.iter().map(|one| file(one, parts.with_content)).collect::<Vec<_>>(),
        "left_out": parts.left_out,
    });
    serde_json::to_vec(&message).map_err(|error| wrong("JSON", &error.to_string()))
}

fn file(file: &Attachment, with_content: bool) -> Value {
    let Attachment { name, media_type, bytes } = file;
    let mut value =
        json!({ "name": name, "media_type": media_type, "bytes": bytes.len(), "sha256": sha256_hex(bytes) });
    if let (true, Value::Object(fields)) = (with_content, &mut value) {
        fields.insert("base64".to_owned(), STANDARD.encode(bytes).into());
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_by_name_or_whole_and_always_the_same_bytes() {
        let parts = HookParts {
            id: "1@example.com".into(),
            title: "Weekly \"review\"\u{202e}\u{0}".into(),
            period: "Week 48, 2026".into(),
            edition: "weekly/2026-W48".into(),
            report: "weekly".into(),
            subject: "Weekly: Week 48".into(),
            text: "Line one\nline two".into(),
            issued_at: 1_795_420_800_123,
            figures: "ab".into(),
            kept_in: "var/editions/weekly/2026-W48".into(),
            files: vec![Attachment { name: "a.csv".into(), media_type: "text/csv".into(), bytes: b"a,b\n".to_vec() }],
            with_content: true,
            note: false,
            left_out: vec!["b.csv".into()],
        };
        let bytes = hook(&parts).unwrap();
        assert_eq!(bytes, hook(&parts).unwrap());
        assert!(!bytes.iter().any(|byte| byte.is_ascii_control()), "JSON of one line");
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["title"], parts.title.as_str());
        assert_eq!(value["issued_at"], "2026-11-23T08:00:00Z");
        let sha256 = sha256_hex(b"a,b\n");
        let named = json!({ "name": "a.csv", "media_type": "text/csv", "bytes": 4, "sha256": sha256 });
        let mut whole = named.clone();
        whole["base64"] = "YSxiCg==".into();
        assert_eq!(value["files"], json!([whole]));
        let value: Value = serde_json::from_slice(&hook(&HookParts { with_content: false, ..parts }).unwrap()).unwrap();
        assert_eq!(value["files"], json!([named]));
        assert_eq!(value["left_out"], json!(["b.csv"]));
    }
}
