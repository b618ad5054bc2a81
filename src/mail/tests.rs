//! Tests of whole messages, and of every way to smuggle something into one.

use super::*;

fn parts() -> MailParts {
    let mailbox = |name: Option<&str>, text| Mailbox { name: name.map(str::to_owned), address: address(text).unwrap() };
    MailParts {
        from: mailbox(Some("Quarterday"), "reports@example.com"),
        to: mailbox(Some("Zoë Müller"), "zoe@example.org"),
        reply_to: Some(mailbox(None, "compliance@example.com")),
        subject: "Weekly activity review – 2026-W47".into(),
        text: "All is well.\n.\nA line that begins with a dot, and ünïcode.\n".into(),
        html: "<!doctype html><p>All is <b>well</b>: =3D stays, Привет.</p>".into(),
        attachments: vec![
            Attachment {
                name: "weekly_2026-W47.pdf".into(),
                media_type: "application/pdf".into(),
                bytes: b"%PDF-1.7 \x00\xff".to_vec(),
            },
            Attachment {
                name: "отчёт.csv".into(), media_type: "text/csv".into(), bytes: b"a,b\r\n1,2\r\n".to_vec()
            },
        ],
        message_id: "0123456789abcdef@example.com".into(),
        date: 1_795_420_800_123,
        list_id: Some("weekly-activity.reports.example.com".into()),
        in_reply_to: Some("before@example.com".into()),
        references: vec!["first@example.com".into(), "before@example.com".into()],
        headers: vec![("X-Quarterday-Edition".into(), "weekly-activity/2026-W47".into())],
    }
}

fn set(parts: &MailParts) -> String {
    String::from_utf8(message(parts).unwrap()).unwrap()
}

#[test]
fn a_whole_message() {
    insta::assert_snapshot!(set(&parts()).replace("\r\n", "\n"));
}

#[test]
fn a_message_without_attachments_is_alternative_only() {
    let parts = MailParts {
        attachments: Vec::new(),
        reply_to: None,
        list_id: None,
        in_reply_to: None,
        references: Vec::new(),
        headers: Vec::new(),
        ..parts()
    };
    insta::assert_snapshot!(set(&parts).replace("\r\n", "\n"));
}
