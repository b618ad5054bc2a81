//! Tests: every fault of a mail server gives the right receipt, and the dot is announced before it can be unknown.

use super::Channel;
use super::email::{Email, Secret, SmtpSettings, Tls};
use super::smtp_server::{Act, Cover, Seen, Server, certificate};
use crate::dispatch::{Outgoing, Receipt, Stage};
use std::time::{Duration, Instant};

use Act::{Close, Drip, Say, SayAndClose, Silence};

fn settings(port: u16, tls: Tls) -> SmtpSettings {
    SmtpSettings {
        port,
        tls,
        // Long: on a busy machine too, only what goes on for ever may run into it.
        timeout: Duration::from_secs(20),
        answer_timeout: Duration::from_secs(20),
        ca_file: (tls != Tls::Plain).then(|| certificate("authority")),
        ..SmtpSettings::new("localhost", "client.example")
    }
}

fn message(size: usize) -> Outgoing {
    let mut message = b"Subject: hello\r\n\r\n.dot\r\n".to_vec();
    while message.len() < size {
        message.extend_from_slice(&[b'x'; 76]);
        message.extend_from_slice(b"\r\n");
    }
    Outgoing { from: "a@x.example".into(), to: "b@y.example".into(), message_id: "1@x.example".into(), message }
}

const SMALL: usize = 0;
/// More than all socket buffers on the way hold.
const LARGE: usize = 30_000_000;

struct Outcome {
    receipt: Receipt,
    dots: u32,
    seen: Seen,
}

fn send(server: Server, settings: SmtpSettings, size: usize) -> Outcome {
    let mut dots = 0;
    let receipt = Email::new(settings).unwrap().send(&message(size), &mut |stage| {
        assert_eq!(stage, Stage::Dot);
        dots += 1;
        Ok(())
    });
    Outcome { receipt, dots, seen: server.seen() }
}

fn plain(faults: &[(&'static str, Act)], size: usize) -> Outcome {
    let server = Server::start(Cover::Plain, faults);
    let settings = hurried(settings(server.port, Tls::Plain), faults);
    send(server, settings, size)
}

/// Less patience where the server goes on for ever.
fn hurried(mut settings: SmtpSettings, faults: &[(&'static str, Act)]) -> SmtpSettings {
    for (step, act) in faults {
        match (act, *step) {
            (Drip | Silence, "dot") => settings.answer_timeout = Duration::from_millis(150),
            (Drip | Silence, _) => settings.timeout = Duration::from_millis(300),
            _ => {}
        }
    }
    settings
}

fn kind(receipt: &Receipt) -> &'static str {
    match receipt {
        Receipt::Sent(_) => "sent",
        Receipt::Later(_) => "later",
        Receipt::Never(_) => "never",
        Receipt::TooLarge { .. } => "too large",
        Receipt::Unknown(_) => "unknown",
    }
}

fn said(receipt: &Receipt) -> &str {
    match receipt {
        Receipt::Sent(words)
        | Receipt::Later(words)
        | Receipt::Never(words)
        | Receipt::TooLarge { words, .. }
        | Receipt::Unknown(words) => words,
    }
}

#[test]
fn a_message_arrives_byte_for_byte() {
    let outcome = plain(&[], 3_000_000);
    assert_eq!(outcome.receipt, Receipt::Sent("250 2.0.0 queued as 42".into()));
    assert_eq!(outcome.dots, 1);
    let on_the_wire = String::from_utf8(outcome.seen.has.concat()).unwrap();
    assert_eq!(on_the_wire.replace("\r\n..", "\r\n.").into_bytes(), message(3_000_000).message);
    let commands: Vec<&str> = outcome.seen.commands.iter().map(String::as_str).collect();
    let size = message(3_000_000).message.len();
    let mail = format!("MAIL FROM:<a@x.example> SIZE={size}");
    assert_eq!(
        commands,
        ["EHLO client.example", "EHLO client.example", &mail, "RCPT TO:<b@y.example>", "DATA", "QUIT"]
    );
}

/// The table of `time-and-mail.md`: what the server does, what it is for us, whether it is in the server's hands.
#[test]
fn every_fault_gives_the_right_receipt() {
    let table: &[(&str, Act, usize, &str, &str)] = &[
        ("banner", SayAndClose("421 busy\r\n"), SMALL, "later", "421 busy"),
        ("MAIL", Say("451 try again\r\n"), SMALL, "later", "MAIL: 451 try again"),
        ("RCPT", Say("450 mailbox busy\r\n"), SMALL, "later", "RCPT: 450 mailbox busy"),
        ("DATA", Say("452 no room\r\n"), SMALL, "later", "452 no room"),
        ("dot", Say("451 later\r\n"), SMALL, "later", "451 later"),
        ("banner", SayAndClose("554 go away\r\n"), SMALL, "later", "check the mail settings: greeting: 554 go away"),
        ("EHLO", Say("550 no\r\n"), SMALL, "later", "check the mail settings"),
        ("MAIL", Say("550 no such sender\r\n"), SMALL, "never", "550 no such sender"),
        ("MAIL", Say("530 5.7.0 login first\r\n"), SMALL, "later", "check the mail settings: MAIL: 530"),
        ("RCPT", Say("550-5.1.1 no\r\n550 5.1.1 such user\r\n"), SMALL, "never", "RCPT: 550 5.1.1 no such user"),
        ("DATA", Say("554 no\r\n"), SMALL, "never", "554 no"),
        ("DATA", Say("250 what?\r\n"), SMALL, "later", "unexpected"),
        ("dot", Say("552 too large\r\n"), SMALL, "too large", "552 too large"),
        ("dot", Say("554 5.3.4 too large\r\n"), SMALL, "too large", "5.3.4"),
        ("dot", Say("554 5.7.1 refused\r\n"), SMALL, "never", "5.7.1"),
        ("EHLO", Say("250-test\r\n250 SIZE 10\r\n"), SMALL, "too large", "the server takes 10 at most"),
        ("banner", Close, SMALL, "later", "greeting"),
        ("EHLO", Close, SMALL, "later", "greeting"),
        ("MAIL", Close, SMALL, "later", "MAIL"),
        ("RCPT", Close, SMALL, "later", "RCPT"),
        ("DATA", Close, SMALL, "later", "DATA"),
        ("body", Close, LARGE, "later", "message"),
        ("body", Silence, LARGE, "later", "the time for the exchange was over"),
        ("banner", Silence, SMALL, "later", "the time for the exchange was over"),
        ("RCPT", Silence, SMALL, "later", "the time for the exchange was over"),
        ("banner", Drip, SMALL, "later", "the time for the exchange was over"),
        ("MAIL", Drip, SMALL, "later", "the time for the exchange was over"),
        ("MAIL", Say("garbage\r\n"), SMALL, "later", "MAIL"),
        ("dot", Close, SMALL, "unknown", "no answer after the last byte"),
        ("dot", SayAndClose("25"), SMALL, "unknown", "no answer after the last byte"),
        ("dot", SayAndClose("250-half\r\n"), SMALL, "unknown", "no answer after the last byte"),
        ("dot", Say("garbage\r\n"), SMALL, "unknown", "no answer after the last byte"),
        ("dot", Say("354 what?\r\n"), SMALL, "unknown", "unexpected"),
        ("dot", Silence, SMALL, "unknown", "the time for the exchange was over"),
        ("dot", Drip, SMALL, "unknown", "the time for the exchange was over"),
        ("dot", SayAndClose("250 mine\r\n"), SMALL, "sent", "250 mine"),
        // Gone after the answer to each command: seen at the next one.
        ("banner", SayAndClose("220 test\r\n"), SMALL, "later", "greeting"),
        ("EHLO", SayAndClose("250 test\r\n"), SMALL, "later", "greeting"),
        ("MAIL", SayAndClose("250 ok\r\n"), SMALL, "later", "RCPT"),
        ("RCPT", SayAndClose("250 ok\r\n"), SMALL, "later", "DATA"),
        ("DATA", SayAndClose("354 go on\r\n"), LARGE, "later", ""),
        ("EHLO", Drip, SMALL, "later", "the time for the exchange was over"),
        ("EHLO", Silence, SMALL, "later", "the time for the exchange was over"),
        ("DATA", Silence, SMALL, "later", "the time for the exchange was over"),
        ("RCPT", Say("552 5.2.2 mailbox full\r\n"), SMALL, "never", "mailbox full"),
        ("MAIL", Say("552 5.3.4 too large\r\n"), SMALL, "too large", "too large"),
        ("QUIT", SayAndClose("421 bye\r\n"), SMALL, "sent", "250"),
        ("QUIT", Close, SMALL, "sent", "250"),
    ];
    for (step, act, size, receipt, words) in table {
        let begin = Instant::now();
        let outcome = plain(&[(*step, act.clone())], *size);
        let case = format!("{step} {act:?}: {:?}", outcome.receipt);
        assert_eq!(kind(&outcome.receipt), *receipt, "{case}");
        assert!(said(&outcome.receipt).contains(words), "{case}");
        assert!(begin.elapsed() < Duration::from_secs(15), "{case} took {:?}", begin.elapsed());
        // Announced exactly when the server can have it; and what it has, we never call "later" or "never".
        assert_eq!(outcome.dots, u32::from(outcome.seen.dots > 0), "{case}");
        let has = outcome.seen.has.len();
        assert_eq!(has, usize::from(matches!(*receipt, "sent" | "unknown")), "{case}");
    }
}

/// A small message fits into the buffers on the way: whether the loss is seen before the dot depends on the network.
/// Never sent, and unknown only if the dot was announced.
#[test]
fn closed_inside_a_small_message() {
    for _ in 0..20 {
        let outcome = plain(&[("body", Close)], SMALL);
        match outcome.receipt {
            Receipt::Later(_) => {}
            Receipt::Unknown(_) => assert_eq!(outcome.dots, 1),
            other => panic!("{other:?}"),
        }
        assert_eq!(outcome.seen.has.len(), 0);
    }
}

#[test]
fn without_the_ledgers_consent_the_dot_never_leaves() {
    for size in [SMALL, 200_000] {
        let server = Server::start(Cover::Plain, &[]);
        let email = Email::new(settings(server.port, Tls::Plain)).unwrap();
        let receipt = email.send(&message(size), &mut |_| Err("disk full".into()));
        assert_eq!(receipt, Receipt::Later("disk full".into()));
        let seen = server.seen();
        assert!(seen.commands.contains(&"DATA".to_owned()));
        assert_eq!((seen.dots, seen.has.len()), (0, 0));
    }
}

#[test]
fn an_unreachable_server_is_for_later() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let receipt = Email::new(settings(port, Tls::Implicit)).unwrap().send(&message(SMALL), &mut |_| panic!("no dot"));
    assert_eq!(kind(&receipt), "later");
    assert!(said(&receipt).starts_with("cannot reach the mail server"), "{receipt:?}");
}

#[test]
fn over_tls_a_message_arrives_and_faults_mean_the_same() {
    let table: &[(&str, Act, &str)] = &[
        ("NOOP", Close, "sent"),
        ("RCPT", Say("550 no\r\n"), "never"),
        ("MAIL", Close, "later"),
        ("MAIL", Drip, "later"),
        ("dot", Close, "unknown"),
    ];
    for (cover, tls) in [(Cover::Tls("localhost"), Tls::Implicit), (Cover::StartTls("localhost"), Tls::StartTls)] {
        for (step, act, expected) in table {
            let faults = [(*step, act.clone())];
            let server = Server::start(cover, &faults);
            let settings = hurried(settings(server.port, tls), &faults);
            let outcome = send(server, settings, SMALL);
            assert_eq!(kind(&outcome.receipt), *expected, "{tls:?} {step} {act:?}: {:?}", outcome.receipt);
            assert_eq!(outcome.seen.has.len(), usize::from(matches!(*expected, "sent" | "unknown")));
        }
    }
}

#[test]
fn a_wrong_or_old_certificate_is_never_talked_to() {
    for (cover, tls) in [
        (Cover::Tls("other.example"), Tls::Implicit),
        (Cover::Tls("expired"), Tls::Implicit),
        (Cover::StartTls("other.example"), Tls::StartTls),
        (Cover::StartTls("expired"), Tls::StartTls),
        (Cover::Plain, Tls::Implicit),
    ] {
        let server = Server::start(cover, &[]);
        let settings = with_login(settings(server.port, tls));
        let outcome = send(server, settings, SMALL);
        assert_eq!(kind(&outcome.receipt), "later", "{cover:?}: {:?}", outcome.receipt);
        let commands = outcome.seen.commands;
        assert!(!commands.iter().any(|c| c.starts_with("AUTH") || c.starts_with("MAIL")), "{cover:?}: {commands:?}");
    }
    // Signed by an authority that is not in the settings.
    let server = Server::start(Cover::Tls("localhost"), &[]);
    let settings = SmtpSettings { ca_file: None, ..settings(server.port, Tls::Implicit) };
    let outcome = send(server, settings, SMALL);
    assert!(said(&outcome.receipt).contains("certificate"), "{:?}", outcome.receipt);
}

#[test]
fn starttls_that_is_stripped_refused_or_answered_too_early_ends_the_exchange() {
    let table: &[(&str, Act, &str)] = &[
        ("EHLO clear", Say("250 test\r\n"), "offers no STARTTLS"),
        ("STARTTLS", Say("454 not now\r\n"), "STARTTLS"),
        // The class of CVE-2021-38371: an answer in the clear that would be taken for one under TLS.
        ("STARTTLS", Say("220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n"), "more than one answer before the TLS handshake"),
        ("EHLO clear", Say("250-test\r\n250 STARTTLS\r\n220 go\r\n"), "more than one answer before the TLS"),
        ("banner", Say("220 hi\r\n250-test\r\n250 STARTTLS\r\n"), "more than one answer before the TLS"),
    ];
    for (step, act, words) in table {
        let server = Server::start(Cover::StartTls("localhost"), &[(*step, act.clone())]);
        let settings = with_login(settings(server.port, Tls::StartTls));
        let outcome = send(server, settings, SMALL);
        assert_eq!(kind(&outcome.receipt), "later", "{step} {act:?}: {:?}", outcome.receipt);
        assert!(said(&outcome.receipt).contains(words), "{step} {act:?}: {:?}", outcome.receipt);
        let commands = outcome.seen.commands;
        assert!(!commands.iter().any(|c| c.starts_with("AUTH") || c.starts_with("MAIL")), "{step}: {commands:?}");
    }
}

/// Gone, silent or out of order at the handshake and at the login: nothing of the message was said yet.
#[test]
fn losses_around_handshake_and_login_are_for_later() {
    let table: &[(Cover, &str, Act)] = &[
        (Cover::StartTls("localhost"), "STARTTLS", Close),
        (Cover::StartTls("localhost"), "STARTTLS", SayAndClose("220 go\r\n")),
        (Cover::StartTls("localhost"), "STARTTLS", Silence),
        (Cover::StartTls("localhost"), "STARTTLS", Say("502 no\r\n")),
        (Cover::StartTls("localhost"), "AUTH", Close),
        (Cover::Tls("localhost"), "banner", Close),
        (Cover::Tls("localhost"), "banner", Silence),
        (Cover::Tls("localhost"), "AUTH", Close),
        (Cover::Tls("localhost"), "AUTH", SayAndClose("235 welcome\r\n")),
        (Cover::Tls("localhost"), "AUTH", Silence),
        (Cover::Tls("localhost"), "AUTH", Say("454 4.7.0 not now\r\n")),
    ];
    for (cover, step, act) in table {
        let faults = [(*step, act.clone())];
        let server = Server::start(*cover, &faults);
        let tls = if matches!(cover, Cover::StartTls(_)) { Tls::StartTls } else { Tls::Implicit };
        let settings = with_login(hurried(settings(server.port, tls), &faults));
        let outcome = send(server, settings, SMALL);
        let case = format!("{cover:?} {step} {act:?}: {:?}", outcome.receipt);
        assert_eq!((kind(&outcome.receipt), outcome.dots), ("later", 0), "{case}");
        assert!(!outcome.seen.commands.iter().any(|c| c.starts_with("RCPT")), "{case}");
    }
}

fn with_login(settings: SmtpSettings) -> SmtpSettings {
    SmtpSettings { user: Some("me".into()), password: Some(Secret("hunter2".into())), ..settings }
}

#[test]
fn the_password_goes_out_under_tls_or_by_explicit_wish_only() {
    let cases = [
        (Cover::Tls("localhost"), Tls::Implicit),
        (Cover::StartTls("localhost"), Tls::StartTls),
        (Cover::Plain, Tls::PlainWithPasswordInClear),
    ];
    for (cover, tls) in cases {
        let server = Server::start(cover, &[]);
        let settings = with_login(settings(server.port, tls));
        let outcome = send(server, settings, SMALL);
        assert_eq!(kind(&outcome.receipt), "sent", "{tls:?}: {:?}", outcome.receipt);
        assert!(outcome.seen.commands.iter().any(|c| c == "AUTH PLAIN AG1lAGh1bnRlcjI="), "{tls:?}");
    }
    let Err(error) = Email::new(with_login(settings(25, Tls::Plain))) else { panic!("taken") };
    assert!(error.to_string().contains("in the clear"), "{error}");
    assert!(!format!("{:?}", with_login(settings(25, Tls::Plain))).contains("hunter2"));
}

#[test]
fn a_wrong_password_is_a_matter_of_settings_not_of_the_message() {
    let server = Server::start(Cover::Tls("localhost"), &[("AUTH", Say("535 5.7.8 wrong\r\n"))]);
    let settings = with_login(settings(server.port, Tls::Implicit));
    let outcome = send(server, settings, SMALL);
    assert_eq!(outcome.receipt, Receipt::Later("check the mail settings: login: 535 5.7.8 wrong".into()));
}

#[test]
fn messages_that_a_server_could_split_and_bad_addresses_are_refused_here() {
    let email = Email::new(settings(1, Tls::Plain)).unwrap();
    for text in ["a\nb\r\n", "a\rb\r\n", "a\r\n.\nMAIL FROM:<x>\r\n", "a\r", "\n"] {
        let bad = Outgoing { message: text.into(), ..message(SMALL) };
        assert_eq!(kind(&email.send(&bad, &mut |_| panic!("no dot"))), "never", "{text:?}");
    }
    let bad = Outgoing { to: "b@y.example>\r\nRCPT TO:<c@z.example".into(), ..message(SMALL) };
    assert_eq!(kind(&email.send(&bad, &mut |_| panic!("no dot"))), "never");
}

#[test]
fn a_servers_words_become_one_tame_line() {
    let outcome = plain(&[("RCPT", Say("550 \u{1b}[31mred\u{7} \t two\r\n"))], SMALL);
    assert_eq!(outcome.receipt, Receipt::Never("RCPT: 550 [31mred two".into()));
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let bad = [
        SmtpSettings { host: String::new(), ..settings(25, Tls::Plain) },
        SmtpSettings { hello_name: "a\r\nMAIL".into(), ..settings(25, Tls::Plain) },
        SmtpSettings { user: Some("me".into()), ..settings(465, Tls::Implicit) },
        SmtpSettings { ca_file: Some("/nowhere".into()), ..settings(465, Tls::Implicit) },
        SmtpSettings { ca_file: Some(file!().into()), ..settings(465, Tls::Implicit) },
    ];
    for settings in bad {
        assert!(Email::new(settings.clone()).is_err(), "{settings:?}");
    }
}
