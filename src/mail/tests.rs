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
        html: "<!doctype html><p>All is <b>well</b>: =3D stays, Привет.</p><img src=\"cid:chart1.0123@example.com\" alt=\"\">"
            .into(),
        shown: vec![picture("chart1.0123@example.com", "chart-1.png")],
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

/// The same as a whole message.
pub(super) fn set_parts() -> Vec<u8> {
    message(&parts()).unwrap()
}

fn picture(id: &str, name: &str) -> Shown {
    let bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    Shown { id: id.into(), file: Attachment { name: name.into(), media_type: "image/png".into(), bytes } }
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
        shown: Vec::new(),
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

/// Decodes what the notes call hostile, as a mail program would, with nothing of the code under test.
fn headers(message: &str) -> Vec<(String, String)> {
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    head.replace("\r\n ", " ")
        .split("\r\n")
        .map(|line| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap())
        .collect()
}

#[test]
fn nothing_can_add_a_header() {
    let names = |message: &str| headers(message).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let usual = names(&set(&parts()));
    for bad in ["x\r\nBcc: evil@example.com", "x\nBcc: e@x.example", "x\rBcc: e@x.example", "x\0", "x\u{85}y", "\u{7f}"]
    {
        let mut all: Vec<MailParts> = Vec::new();
        all.push(MailParts { subject: bad.into(), ..parts() });
        all.push(MailParts { message_id: format!("{bad}@example.com"), ..parts() });
        all.push(MailParts { in_reply_to: Some(bad.into()), ..parts() });
        all.push(MailParts { references: vec![bad.into()], ..parts() });
        all.push(MailParts { list_id: Some(bad.into()), ..parts() });
        all.push(MailParts { headers: vec![("X-Quarterday-A".into(), bad.into())], ..parts() });
        all.push(MailParts { headers: vec![(format!("X-Quarterday-{bad}"), "a".into())], ..parts() });
        for which in 0..3 {
            let mut named = parts();
            let mailbox = match which {
                0 => &mut named.from,
                1 => &mut named.to,
                _ => named.reply_to.as_mut().unwrap(),
            };
            mailbox.name = Some(bad.into());
            // A name is trimmed first, so a control character at its edge may go.
            all.push(named);
        }
        all.push(MailParts { shown: vec![picture(&format!("{bad}@example.com"), "a.png")], ..parts() });
        all.push(MailParts { shown: vec![picture("a@example.com", &format!("{bad}.png"))], ..parts() });
        for (name, media_type) in [(bad, "text/csv"), ("a.csv", bad)] {
            let file = Attachment { name: name.into(), media_type: media_type.into(), bytes: Vec::new() };
            all.push(MailParts { attachments: vec![file], ..parts() });
        }
        for parts in all {
            match message(&parts) {
                Err(error) => assert!(!error.to_string().contains("evil"), "{error}"),
                Ok(message) => assert_eq!(names(&String::from_utf8(message).unwrap()), usual, "{bad:?}"),
            }
        }
    }
    let foreign = MailParts { headers: vec![("Bcc".into(), "x@y.example".into())], ..parts() };
    assert!(message(&foreign).is_err());
}

/// The tree of a message: the type of each part, indented by its depth, with what tells how it is shown.
fn tree(message: &str) -> String {
    fn part(text: &str, depth: usize, out: &mut String) {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let lines = head.replace("\r\n ", " ");
        let header = |name: &str| {
            let found = lines.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            found.unwrap_or_default().to_owned()
        };
        let kind = header("Content-Type");
        let first = |text: &str| text.split(';').next().unwrap().to_owned();
        out.push_str(&format!("{}{}", "  ".repeat(depth), first(&kind)));
        for name in ["Content-Disposition", "Content-ID"] {
            match first(&header(name)).as_str() {
                "" => {}
                value => out.push_str(&format!(" {value}")),
            }
        }
        out.push('\n');
        if let Some((_, boundary)) = kind.split_once("boundary=\"") {
            let boundary = boundary.split('"').next().unwrap();
            let (inner, _) = body.split_once(&format!("--{boundary}--\r\n")).unwrap();
            inner.split(&format!("--{boundary}\r\n")).skip(1).for_each(|inner| part(inner, depth + 1, out));
        }
    }
    let mut out = String::new();
    part(message, 0, &mut out);
    out
}

#[test]
fn pictures_stand_with_the_html_and_files_beside_the_body() {
    let whole = set(&parts());
    assert_eq!(
        tree(&whole),
        "multipart/mixed\n  multipart/alternative\n    text/plain\n    multipart/related\n      text/html\n      \
         image/png inline <chart1.0123@example.com>\n  application/pdf attachment\n  text/csv attachment\n"
    );
    // RFC 2387, 3.1: the type of the part that it begins with is said.
    let said = "Content-Type: multipart/related; type=\"text/html\"; boundary=\"=_";
    assert!(whole.replace("\r\n ", " ").contains(said), "{whole}");
    assert_eq!(
        tree(&set(&MailParts { attachments: Vec::new(), ..parts() })),
        "multipart/alternative\n  text/plain\n  multipart/related\n    text/html\n    image/png inline <chart1.0123@example.com>\n"
    );
    let boundaries: Vec<&str> =
        whole.split("boundary=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(boundaries.len() == 3 && boundaries[0] != boundaries[1] && boundaries[1] != boundaries[2]);
    for id in ["", "no-at", "two@at@signs", "blank in@example.com"] {
        assert!(message(&MailParts { shown: vec![picture(id, "a.png")], ..parts() }).is_err(), "{id}");
    }
}

#[test]
fn file_names_are_names_only() {
    for name in ["", "../x.pdf", "a/b.pdf", "a\\b.pdf", ".hidden", "a\"b.pdf", &"x".repeat(300)] {
        let file = Attachment { name: name.into(), media_type: "text/csv".into(), bytes: Vec::new() };
        assert!(message(&MailParts { attachments: vec![file], ..parts() }).is_err(), "{name}");
    }
}

#[test]
fn a_subject_that_looks_encoded_or_is_too_long_is_encoded() {
    for subject in ["=?utf-8?q?You_are_fired?=".to_owned(), "x".repeat(3000), "界".repeat(500)] {
        let message = set(&MailParts { subject: subject.clone(), ..parts() });
        let value = headers(&message).into_iter().find(|(name, _)| name == "Subject").unwrap().1;
        let decoded: String = value
            .split(' ')
            .map(|word| {
                assert!(word.len() <= 75, "{word}");
                let base64 = word.strip_prefix("=?utf-8?b?").unwrap().strip_suffix("?=").unwrap();
                use base64::Engine;
                String::from_utf8(base64::engine::general_purpose::STANDARD.decode(base64).unwrap()).unwrap()
            })
            .collect();
        assert_eq!(decoded, subject);
    }
}

#[test]
fn every_line_is_short_ascii_and_ends_with_crlf_whatever_the_bodies_hold() {
    let nasty = "a\rb\nc\r\nd\u{0}\u{2028}\n.\n--=_67445983a1d94f9bcb65129722765e20--\nFrom me\n".to_owned();
    for body in [nasty, "y".repeat(100_000), "ß".repeat(5_000)] {
        let message = set(&MailParts { text: body.clone(), html: body, ..parts() });
        assert!(message.is_ascii());
        let ends = message.matches("\r\n").count();
        assert_eq!((message.matches('\n').count(), message.matches('\r').count()), (ends, ends));
        assert!(message.split("\r\n").all(|line| line.len() <= 998), "RFC 5322, 2.1.1");
        let end = "--=_67445983a1d94f9bcb65129722765e20--";
        assert_eq!(message.split("\r\n").filter(|line| *line == end).count(), 1, "the boundary is not forged");
    }
}

#[test]
fn message_ids_differ_with_every_part_of_the_identity() {
    let key = |definition: &str, audience: &str, period: &str, revision| EditionKey {
        definition: definition.into(),
        audience: audience.into(),
        period: period.into(),
        revision,
    };
    let id = |key: &EditionKey, to: &str, purpose: &str| message_id(key, to, purpose, "x.example");
    let first = id(&key("a", "b", "c", 0), "to", "");
    assert_eq!(first, id(&key("a", "b", "c", 0), "to", ""));
    assert!(first.ends_with("@x.example") && Id::angled(&first, "").is_ok(), "{first}");
    let others = [
        id(&key("ab", "", "c", 0), "to", ""),
        id(&key("a", "bc", "", 0), "to", ""),
        id(&key("a", "b", "c", 1), "to", ""),
        id(&key("a", "b", "c", 0), "t", "o"),
        id(&key("a", "b", "c", 0), "to", "failed"),
    ];
    let mut all: Vec<_> = others.iter().chain([&first]).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6);
}

#[test]
fn dates_that_no_header_can_say_are_refused() {
    for date in [-1, i64::MIN, i64::MAX, 253_402_300_800_000] {
        assert!(message(&MailParts { date, ..parts() }).is_err(), "{date}");
    }
    assert!(message(&MailParts { date: 253_402_300_799_999, ..parts() }).is_ok());
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text: String, name in "\\PC{0,40}", subject in "\\PC{0,200}") {
        let mut parts = MailParts { text: text.clone(), html: text.clone(), subject: subject.clone(), ..parts() };
        parts.to.name = Some(name.clone());
        let set = message(&parts).unwrap();
        proptest::prop_assert!(set.is_ascii());
        // And with anything at all it is refused or set, but nothing else.
        let mut wild = MailParts { subject: text.clone(), message_id: text.clone(), ..parts };
        wild.to.name = Some(text);
        let _ = message(&wild);
    }
}
