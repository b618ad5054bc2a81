//! Mails in doubt: a server that dies between the last byte and its answer, and the journal mailbox that tells.

use crate::home::{Home, names};
use crate::samples::{DAILY, daily};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread::JoinHandle;

/// A mail server that takes so many messages, one a connection, and gives what the messages were. It answers the last
/// byte, or is gone before.
fn server(messages: usize, answers: bool) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || (0..messages).map(|_| one(&listener, answers)).collect());
    (port, thread)
}

fn one(listener: &TcpListener, answers: bool) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    stream.write_all(b"220 test\r\n").unwrap();
    let mut message = String::new();
    while let Some(Ok(line)) = lines.next() {
        match line.as_str() {
            "DATA" => {
                stream.write_all(b"354 go on\r\n").unwrap();
                for line in lines.by_ref().map_while(Result::ok).take_while(|line| line != ".") {
                    message.push_str(&line);
                    message.push_str("\r\n");
                }
                if !answers {
                    break;
                }
                stream.write_all(b"250 mine\r\n").unwrap();
            }
            "QUIT" => break,
            _ => stream.write_all(b"250 ok\r\n").unwrap(),
        }
    }
    message
}

fn settings(home: &Home, port: u16) {
    let settings = format!(
        "timezone: UTC\nmail:\n  from: reports@example.com\n  smtp: {{ host: 127.0.0.1, port: {port}, tls: none }}\n  journal: {{ maildir: journal }}\n"
    );
    home.file("quarterday.yaml", settings);
}

fn maildir(at: &Path) {
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(at.join(part)).unwrap();
    }
}

fn stages(home: &Home) -> Vec<String> {
    let all = home.json(&["outbox", "list", "--all"]);
    let all = all.as_array().unwrap().iter().filter(|one| one["to"] != "owner@example.com");
    all.map(|one| one["stage"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_lies_in_the_journal_was_sent_and_the_rest_goes_out_again_as_the_same_mail() {
    let home = daily();
    let (port, seen) = server(2, false);
    settings(&home, port);
    home.run(["issue"]).fails(1, &["no answer after the last byte"]);
    let lost = seen.join().unwrap();
    assert_eq!((lost.len(), stages(&home)), (2, vec!["queued".to_owned(), "queued".to_owned()]));

    // No journal: what is in doubt waits, and it is said.
    home.now("2026-12-01T10:00:00Z").run(["issue"]).fails(1, &["the journal mailbox cannot be read", "journal"]);
    assert_eq!(stages(&home), ["queued", "queued"]);

    // The first one arrived.
    maildir(&home.path("journal"));
    home.file("journal/cur/1.example:2,S", &lost[0]);
    let (port, seen) = server(1, true);
    settings(&home, port);
    let said = home.ok(["issue"]);
    assert!(said.contains("1 mail whose outcome was unknown was found in the journal mailbox"), "{said}");
    assert_eq!(stages(&home), ["sent", "sent"]);
    assert_eq!(seen.join().unwrap(), lost[1..], "the same bytes");
    assert_eq!(names(&home.path("journal/new")), Vec::<String>::new());
    assert_eq!(home.run(["verify", "ledger"]).code, 0);
}

#[test]
fn what_is_held_in_doubt_is_settled_by_the_journal_and_never_sent_by_itself() {
    let home = daily();
    home.definition("daily", &format!("{DAILY}on_unknown: hold\n"));
    let (port, seen) = server(2, false);
    settings(&home, port);
    maildir(&home.path("journal"));
    home.run(["issue"]).fails(1, &["anna@example.com: held: no answer after the last byte"]);
    let lost = seen.join().unwrap();
    assert_eq!(stages(&home), ["held", "held"]);
    // The owner is told of each, once.
    home.run(["issue"]);
    let told = home.json(&["outbox", "list", "owner@example.com"]);
    assert_eq!(told.as_array().unwrap().len(), 2, "{told:#}");
    home.file("journal/new/7.example", &lost[1]);
    // Nobody listens any more: nothing is sent.
    home.now("2026-12-03T10:00:00Z").ok(["outbox", "list"]);
    home.definition("daily", &format!("{DAILY}on_unknown: hold\n").replace("since: 2026-11-30", "since: 2027-11-30"));
    home.run(["issue"]);
    assert_eq!(stages(&home), ["held", "sent"]);
}
