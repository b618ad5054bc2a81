//! Webhooks: an edition posted as signed JSON, once, to what a chat or ticket system gives as an address.

use crate::home::Home;
use crate::samples::{CRM, DAILY};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

const SECRET: &str = "a secret that is shared";

/// A post's head, in small letters, and its body.
type Post = (String, Vec<u8>);

/// A server that gets so many posts and answers each so, or not at all. Its port, and each post's head and body.
fn server(answers: &[&str]) -> (u16, JoinHandle<Vec<Post>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
    let thread = std::thread::spawn(move || {
        let one = |answer: &String| {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                reader.read_line(&mut head).unwrap();
            }
            let head = head.to_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
            let mut body = vec![0; length.parse().unwrap()];
            reader.read_exact(&mut body).unwrap();
            { &stream }.write_all(answer.as_bytes()).unwrap();
            (head, body)
        };
        answers.iter().map(one).collect()
    });
    (port, thread)
}

fn settings(home: &Home, port: u16, more: &str) {
    let settings = format!(
        "timezone: UTC\nmail: {{ from: r@example.com, folder: mail }}\nwebhooks:\n  chat: {{ url: \"http://127.0.0.1:{port}/hooks/sesame\", allow_unprotected_on_this_machine: yes, secret_file: secrets/chat{more} }}\n"
    );
    home.file("quarterday.yaml", settings);
}

/// The daily report, to a webhook and to Anna.
fn posted() -> Home {
    let home = Home::new();
    settings(&home, 1, "");
    secret(&home, SECRET);
    let (head, _) = DAILY.split_once("recipients:").unwrap();
    let recipients = "recipients:\n  - { to: anna@example.com }\n  - { to: webhook:chat, formats: [pdf, csv] }\n";
    home.definition("daily", &format!("{head}{recipients}"));
    home.file("crm.csv", CRM).ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home
}

fn secret(home: &Home, text: &str) {
    home.file("secrets/chat", text);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(home.path("secrets/chat"), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

fn stages(home: &Home) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = home.json(&["outbox", "list", "--all"]);
    all.as_array().unwrap().iter().map(|one| (text(&one["to"]), text(&one["stage"]))).collect()
}

#[test]
fn it_is_posted_beside_the_mails_with_names_or_content() {
    let home = posted();
    home.ok(["check"]);
    let (port, seen) = server(&["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine"]);
    settings(&home, port, ", files: content");
    home.ok(["issue"]);
    let (head, body) = seen.join().unwrap().remove(0);
    let post: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(post["edition"], "daily/2026-11-30");
    assert_eq!(post["title"], "Daily numbers");
    assert!(post["period"].as_str().unwrap().contains("30 November 2026"), "{post:#}");
    assert!(post["text"].as_str().unwrap().contains("Deletions"), "{post:#}");
    assert!(head.contains(&format!("idempotency-key: {}", post["id"].as_str().unwrap())), "{head}");
    assert!(head.contains("quarterday-signature: t=1796113800,v1="), "{head}");
    let folder = home.path("var/editions/daily/2026-11-30");
    for file in post["files"].as_array().unwrap() {
        use base64::Engine;
        let bytes = base64::engine::general_purpose::STANDARD.decode(file["base64"].as_str().unwrap()).unwrap();
        assert!(bytes == std::fs::read(folder.join(file["name"].as_str().unwrap())).unwrap(), "{file}");
    }
    assert_eq!(post["files"].as_array().unwrap().len(), 2);
    assert_eq!(home.mails().len(), 1);
    let history = home.history();
    assert_eq!(history[0]["dispatches"][1]["to"], "webhook:chat");
    assert_eq!(history[0]["dispatches"][1]["tries"][0]["words"], "200 OK mine");
    assert_eq!(home.run(["verify"]).code, 0);
}

#[test]
fn an_answer_that_is_lost_is_followed_by_the_same_post_and_a_refusal_by_none() {
    let home = posted();
    let (port, seen) = server(&[""]);
    settings(&home, port, "");
    home.run(["issue"]).fails(1, &["webhook:chat", "no answer after the last byte"]);
    let lost = seen.join().unwrap().remove(0);
    assert!(!String::from_utf8_lossy(&lost.1).contains("base64"));
    let (port, seen) = server(&["HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"]);
    settings(&home, port, "");
    home.now("2026-12-01T10:00:00Z").run(["issue"]).fails(1, &["503"]);
    let again = seen.join().unwrap().remove(0);
    assert!(again.1 == lost.1, "the same bytes");
    let mac = |head: &str| head.split("quarterday-signature: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    assert_ne!(mac(&again.0), mac(&lost.0), "signed at another time");
    let (port, seen) = server(&["HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"]);
    settings(&home, port, "");
    home.now("2026-12-01T13:00:00Z").run(["issue"]).fails(1, &["410"]);
    seen.join().unwrap();
    let stages = stages(&home);
    assert_eq!(stages[1], ("webhook:chat".to_owned(), "refused".to_owned()), "{stages:?}");
    // The owner is told by mail, and no word tells the address.
    let told = home.mails().pop().unwrap();
    assert!(told.text().contains("could not be delivered to webhook:chat"), "{}", told.text());
    let ran = home.run(["outbox", "list", "webhook:chat", "--json"]);
    assert!(ran.code == 0 && !ran.out.contains("sesame") && !ran.out.contains(SECRET), "{ran:#?}");
    assert_eq!(home.run(["verify", "ledger"]).code, 0);
}

#[test]
fn a_webhook_that_is_not_there_is_a_mistake_and_one_that_went_stops_its_own_posts_alone() {
    let home = posted();
    home.file("quarterday.yaml", "timezone: UTC\n");
    home.run(["check"]).fails(2, &["schedules/daily.yaml:11:11: there is no webhook `chat`. Add `webhooks: { chat:"]);
    settings(&home, 1, "");
    secret(&home, "short");
    home.run(["check"]).fails(2, &["the secret of the webhook chat has less than 16 characters"]);
    let ran = home.run(["issue"]);
    ran.fails(1, &["webhook:chat: not now (the secret of the webhook chat"]);
    assert_eq!(home.mails().len(), 1);
}
