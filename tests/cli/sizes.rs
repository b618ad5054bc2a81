//! Mails that would be too large, by the settings or by what a server takes: they go out, and say what they do not carry.

use crate::home::Home;
use crate::mail::Mail;
use crate::samples::{CRM, DAILY};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

const CSV: &str = "daily_2026-11-30_what-was-deleted.csv";

/// The daily report over so many deletions that their CSV is too large for a mail.
fn large(rule: &str) -> Home {
    let home = Home::new();
    let (head, _) = DAILY.split_once("recipients:").unwrap();
    home.definition("daily", &format!("{head}recipients: [{{ to: anna@example.com, formats: [csv] }}]\n"));
    home.file("quarterday.yaml", format!("mail: {{ folder: mail, max_size: 100 kB{rule} }}\n"));
    let mut log = CRM.to_owned();
    for row in 0..3_000 {
        writeln!(
            log,
            "2026-11-30T10:00:00Z,anna@example.com,Deleted,Deals,{row},Pumps,A long text that is always there"
        )
        .unwrap();
    }
    home.file("crm.csv", log).ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home.ok(["issue"]);
    home
}

#[test]
fn it_goes_without_its_files_and_says_where_they_lie() {
    let home = large("");
    let mails = home.mails();
    assert_eq!((mails.len(), mails[0].file_names()), (1, vec![]));
    let said = format!("but kept in var/editions/daily/2026-11-30:\n  {CSV}: ");
    assert!(mails[0].text().contains(&said), "{}", mails[0].text());
    assert!(mails[0].html().contains(CSV), "{}", mails[0].html());
    assert_eq!(mails[0].header("X-Quarterday-Left-Out"), CSV);
    assert!(home.path("var/editions/daily/2026-11-30").join(CSV).is_file());
    assert_eq!(home.run(["verify"]).code, 0);
}

#[test]
fn or_with_one_archive() {
    let mails = large(", too_large: zip").mails();
    assert_eq!(mails[0].file_names(), ["daily_2026-11-30_what-was-deleted.zip"]);
    assert!(!mails[0].text().contains("Not attached") && mails[0].header("X-Quarterday-Left-Out").is_empty());
}

/// What a mail server says of sizes.
#[derive(Clone, Copy)]
enum Takes {
    /// It announces how much it takes.
    AtMost(usize),
    /// It announces nothing, and refuses what is larger when it has all of it.
    Silently(usize),
}

/// A mail server that takes so many connections, and gives back the messages that it accepted.
fn server(connections: usize, takes: Takes) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || (0..connections).filter_map(|_| one(&listener, takes)).collect());
    (port, thread)
}

fn one(listener: &TcpListener, takes: Takes) -> Option<String> {
    let (mut stream, _) = listener.accept().unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    stream.write_all(b"220 test\r\n").unwrap();
    let mut accepted = None;
    while let Some(Ok(line)) = lines.next() {
        let answer = match (line.split(' ').next().unwrap(), takes) {
            ("EHLO", Takes::AtMost(most)) => format!("250-test\r\n250 SIZE {most}\r\n"),
            ("DATA", _) => {
                stream.write_all(b"354 go on\r\n").unwrap();
                let mut message = String::new();
                for line in lines.by_ref().map_while(Result::ok).take_while(|line| line != ".") {
                    message.push_str(&line);
                    message.push_str("\r\n");
                }
                if matches!(takes, Takes::Silently(most) if message.len() > most) {
                    "552 5.3.4 too large for us\r\n".to_owned()
                } else {
                    accepted = Some(message);
                    "250 mine\r\n".to_owned()
                }
            }
            ("QUIT", _) => break,
            _ => "250 ok\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).unwrap();
    }
    accepted
}

/// The daily report with its PDF and a CSV of some hundred kilobytes, through this server.
fn through(port: u16, rule: &str) -> Home {
    let home = large("");
    let (head, _) = DAILY.split_once("recipients:").unwrap();
    home.definition("daily", &format!("{head}recipients: [{{ to: anna@example.com, formats: [pdf, csv] }}]\n"));
    let settings = format!(
        "timezone: UTC\nmail:\n  from: reports@example.com\n  smtp: {{ host: 127.0.0.1, port: {port}, tls: none }}\n{rule}"
    );
    home.file("quarterday.yaml", settings);
    home
}

#[test]
fn a_server_that_takes_less_gets_less_by_the_rule_and_at_once() {
    // Announced: what does not fit is not even tried. Of the CSV and the PDF, the PDF is left; then nothing.
    for (takes, connections, rule, files) in [
        (Takes::AtMost(300_000), 2, "  too_large: leave out csv\n", 1),
        (Takes::Silently(300_000), 2, "  too_large: leave out csv\n", 1),
        (Takes::Silently(300_000), 2, "", 0),
    ] {
        let (port, seen) = server(connections, takes);
        let home = through(port, rule);
        home.ok(["issue", "daily", "--period", "2026-11-30", "--revise", "--reason", "through a server"]);
        let accepted = seen.join().unwrap();
        assert_eq!(accepted.len(), 1);
        let mail = Mail::read(accepted[0].as_bytes());
        assert_eq!(mail.file_names().len(), files, "{:?}", mail.file_names());
        assert!(mail.header("X-Quarterday-Left-Out").contains("what-was-deleted_r1.csv"));
        assert!(
            mail.text().contains("because this mail would be too large, but kept in var/editions"),
            "{}",
            mail.text()
        );
        let told = home.json(&["outbox", "list", "anna@example.com", "--all"]);
        let last = told.as_array().unwrap().last().unwrap();
        assert_eq!(last["stage"], "sent", "{last:#}");
        let outcomes: Vec<_> = last["attempts"].as_array().unwrap().iter().map(|one| one["outcome"].clone()).collect();
        assert_eq!(outcomes, ["too_large", "sent"], "{last:#}");
        assert_eq!(home.run(["verify", "ledger"]).code, 0);
    }
}

#[test]
fn what_even_then_is_too_large_is_given_up_and_its_owner_told() {
    let (port, seen) = server(2, Takes::AtMost(5_000));
    let home = through(port, "");
    home.run(["issue", "daily", "--period", "2026-11-30", "--revise", "--reason", "x"])
        .fails(1, &["anna@example.com: given up", "the server takes 5000 at most"]);
    let told = seen.join().unwrap();
    assert!(told.len() == 1 && told[0].contains("could not be delivered to anna@example.com"), "{told:?}");
}
