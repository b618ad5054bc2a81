//! Mails: whatever stands in subject, names, file names and bodies, the message has the headers that it is given and no other,
//! and goes over every wire (RFC 5322, 2.1.1: lines of at most 998 characters; ASCII; no lone CR or LF).

use super::super::rooms::mail::{Attachment, MailParts, Mailbox, address, message};
use std::collections::BTreeMap;

/// Every header that the message below may have, and how often.
const HEADERS: [(&str, usize); 11] = [
    ("date", 1),
    ("from", 1),
    ("to", 1),
    ("reply-to", 1),
    ("subject", 1),
    ("message-id", 1),
    ("in-reply-to", 1),
    ("list-id", 1),
    ("auto-submitted", 1),
    ("x-quarterday-edition", 1),
    ("mime-version", 1),
];

/// Any text, cut at each NUL, as the parts of a mail that can hold what others wrote.
pub fn headers(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.split('\0').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let (name, to, subject, file, kind) = (part(), part(), part(), part(), part());
    let (list, id, value, body) = (part(), part(), part(), part());
    let fixed = |text: &str| address(text).expect("it is one");
    let mailbox = |name: &str, text: &str| Mailbox {
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        address: address(text).unwrap_or_else(|_| fixed("anna@example.com")),
    };
    let plain = MailParts {
        from: mailbox("Quarterday", "reports@example.com"),
        to: mailbox(&name, &to),
        reply_to: Some(mailbox(&name, &to)),
        subject,
        text: "text".to_owned(),
        html: "<p>text</p>".to_owned(),
        shown: Vec::new(),
        attachments: Vec::new(),
        message_id: "1@example.com".to_owned(),
        date: 1_796_113_800_000,
        list_id: None,
        in_reply_to: None,
        references: Vec::new(),
        headers: vec![("X-Quarterday-Edition".to_owned(), value)],
    };
    let attachment = Attachment { name: file, media_type: kind, bytes: body.clone().into_bytes() };
    let pdf = Attachment { media_type: "application/pdf".to_owned(), ..attachment.clone() };
    let whole = MailParts {
        list_id: Some(list).filter(|list| !list.is_empty()),
        in_reply_to: Some(id).filter(|id| !id.is_empty()),
        text: body.clone(),
        html: body,
        ..plain.clone()
    };
    let with = |attachments: Vec<Attachment>, parts: &MailParts| MailParts { attachments, ..parts.clone() };
    for parts in [with(vec![attachment], &whole), with(vec![pdf.clone()], &plain), with(vec![pdf], &whole), plain] {
        // Refused is fine: then nothing is sent.
        if let Ok(bytes) = message(&parts) {
            is_sound(&bytes, &parts);
        }
    }
}

fn is_sound(bytes: &[u8], parts: &MailParts) {
    assert!(bytes.is_ascii(), "not ASCII");
    let text = std::str::from_utf8(bytes).expect("it is ASCII");
    assert!(!text.contains('\0'), "a NUL");
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a lone CR or LF");
    for line in text.split("\r\n") {
        assert!(line.len() <= 998, "a line of {} characters", line.len());
    }
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for line in head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])) {
        let (name, _) = line.split_once(':').unwrap_or_else(|| panic!("no header: {line}"));
        *found.entry(name.to_ascii_lowercase()).or_default() += 1;
    }
    for (name, count) in found {
        let known = HEADERS.iter().find(|(known, _)| *known == name).map(|(_, most)| *most);
        let most = known.or(name.starts_with("content-").then_some(1));
        assert!(most.is_some_and(|most| count <= most), "{count} of the header {name}");
    }
    // Where the bodies are ours, no other part can look like one.
    if parts.text == "text" {
        let starts = |words: &str| body.split("\r\n").filter(|line| line.starts_with(words)).count();
        assert_eq!(starts("Content-Disposition: attachment"), parts.attachments.len());
        assert_eq!(starts("Content-Type:"), 2 + parts.attachments.len() + usize::from(!parts.attachments.is_empty()));
    }
}
