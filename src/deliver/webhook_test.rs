//! Tests of webhooks against a server that answers, refuses, or is gone at every step.

use super::*;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

/// What the server does with the one request that it gets.
enum Does {
    /// Reads all of it and answers so.
    Answers(&'static str),
    /// Is gone before it has read anything.
    Leaves,
    /// Is gone after it has read so many bytes of the body.
    LeavesAfter(usize),
    /// Reads all of it, and is gone.
    Swallows,
}

/// Its address, and what it read: the head in small letters, and the body.
fn server(does: Does) -> (String, JoinHandle<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks/secret-path", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        if matches!(does, Does::Leaves) {
            return Default::default();
        }
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            reader.read_line(&mut head).unwrap();
        }
        let head = head.to_lowercase();
        let length: usize =
            head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap();
        let mut body = vec![0; if let Does::LeavesAfter(count) = does { count } else { length }];
        reader.read_exact(&mut body).unwrap();
        if let Does::Answers(answer) = does {
            { &stream }.write_all(answer.replace('\n', "\r\n").as_bytes()).unwrap();
        }
        (head, body)
    });
    (url, thread)
}

fn message(size: usize) -> Outgoing {
    let message = format!("{{\"text\":\"{}\"}}", "x".repeat(size)).into_bytes();
    Outgoing { from: "r@example.com".into(), to: "webhook:chat".into(), message_id: "1234@example.com".into(), message }
}

fn webhook(url: &str) -> Webhook {
    let secret = Secret("a secret that is shared".into());
    let settings = WebhookSettings { name: "chat".into(), url: url.into(), secret, timeout: Duration::from_secs(20) };
    Webhook::new(settings, Box::new(|| 1_795_420_800_123))
}

/// The receipt, and whether the dot was reached.
fn send(url: &str, message: &Outgoing) -> (Receipt, bool) {
    let mut dot = false;
    let receipt = webhook(url).send(message, &mut |stage| {
        assert_eq!(stage, Stage::Dot);
        assert!(!std::mem::replace(&mut dot, true), "once");
        Ok(())
    });
    (receipt, dot)
}

#[test]
fn what_arrives_is_the_frozen_bytes_signed_with_the_time() {
    let (url, seen) = server(Does::Answers("HTTP/1.1 200 OK\nContent-Length: 4\n\nmine"));
    let message = message(100_000);
    assert_eq!(send(&url, &message), (Receipt::Sent("200 OK mine".into()), true));
    let (head, body) = seen.join().unwrap();
    assert!(body == message.message);
    assert!(head.starts_with("post /hooks/secret-path http/1.1\r\n"), "{head}");
    for line in ["content-type: application/json", "idempotency-key: 1234@example.com"] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{head}");
    }
    // Checked as a receiver would: `t` and `v1` out of the header, HMAC over both parts.
    let header = head.split("quarterday-signature: ").nth(1).unwrap().split("\r\n").next().unwrap();
    let (time, mac) = header.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    assert_eq!(time, "1795420800");
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"a secret that is shared");
    let signed = [time.as_bytes(), b".", &body].concat();
    ring::hmac::verify(&key, &signed, &hex::decode(mac).unwrap()).unwrap();
}

#[test]
fn answers_mean_what_they_say() {
    for (answer, receipt) in [
        ("HTTP/1.1 204 No Content\n\n", Receipt::Sent("204 No Content".into())),
        ("HTTP/1.1 404 Not Found\nContent-Length: 0\n\n", Receipt::Never("404 Not Found".into())),
        ("HTTP/1.1 429 Too Many Requests\nContent-Length: 0\n\n", Receipt::Later("429 Too Many Requests".into())),
        ("HTTP/1.1 408 Request Timeout\nContent-Length: 0\n\n", Receipt::Later("408 Request Timeout".into())),
        (
            "HTTP/1.1 503 Service Unavailable\nContent-Length: 5\n\na\u{7}b\tc",
            Receipt::Later("503 Service Unavailable a b c".into()),
        ),
    ] {
        let (url, seen) = server(Does::Answers(answer));
        assert_eq!(send(&url, &message(10)), (receipt, true));
        seen.join().unwrap();
    }
    let (url, seen) = server(Does::Answers("HTTP/1.1 302 Found\nLocation: http://127.0.0.1:1/\nContent-Length: 0\n\n"));
    let (receipt, _) = send(&url, &message(10));
    assert!(matches!(&receipt, Receipt::Never(words) if words.contains("leads elsewhere")), "{receipt:?}");
    seen.join().unwrap();
}

#[test]
fn before_the_last_byte_it_is_known_that_nothing_arrived_and_after_it_nothing_is_known() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (receipt, dot) = send(&format!("http://{nobody}/x"), &message(10));
    assert!(matches!(receipt, Receipt::Later(_)) && !dot, "{receipt:?}");
    let (url, seen) = server(Does::Swallows);
    let (receipt, dot) = send(&url, &message(100_000));
    assert!(matches!(receipt, Receipt::Unknown(_)) && dot, "{receipt:?}");
    assert_eq!(seen.join().unwrap().1.len(), message(100_000).message.len());
    // Large enough that it does not fit into the buffers between the two.
    for does in [Does::Leaves, Does::LeavesAfter(1_000)] {
        let (url, seen) = server(does);
        let (receipt, dot) = send(&url, &message(30_000_000));
        assert!(matches!(receipt, Receipt::Later(_)) && !dot, "{receipt:?}");
        seen.join().unwrap();
    }
}

#[test]
fn without_the_ledger_s_word_the_last_byte_does_not_leave() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/x", listener.local_addr().unwrap());
    let seen = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        bytes
    });
    let message = message(1_000);
    let receipt = webhook(&url).send(&message, &mut |_| Err("the ledger cannot be written".into()));
    assert_eq!(receipt, Receipt::Later("the ledger cannot be written".into()));
    let seen = seen.join().unwrap();
    let body = seen.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
    assert_eq!(seen.len() - body, message.message.len() - 1);
}

#[test]
fn no_error_tells_the_address_or_the_secret() {
    let settings = webhook("https://127.0.0.1:1/hooks/secret-path");
    let Receipt::Later(words) = settings.send(&message(1), &mut |_| Ok(())) else { panic!("not later") };
    assert!(!words.contains("secret-path") && !words.contains("a secret"), "{words}");
    assert!(!format!("{:?}", settings.settings.secret).contains("shared"));
}
