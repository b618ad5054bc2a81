//! Tests of signatures: a verifier written apart, which the example of RFC 8463 shows to be right, checks ours.

use super::*;
use crate::mail::tests::set_parts;
use ring::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm};
use std::collections::BTreeMap;

/// RFC 8463, A.1: the secret key.
const SECRET: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
/// RFC 8463, A.2: the public key.
const PUBLIC: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// RFC 8463, A.3, the signature of Ed25519.
const EXAMPLE: &str = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
";

fn decoded(text: &str) -> Vec<u8> {
    STANDARD.decode(text.split_whitespace().collect::<String>()).unwrap()
}

/// Blanks as RFC 6376 relaxes them, by way of words.
fn relaxed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the first signature of a message holds; the error says what does not.
fn verified(message: &[u8], algorithm: &'static dyn VerificationAlgorithm, public: &[u8]) -> Result<(), String> {
    let text = String::from_utf8(message.to_vec()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    // Unfolded: a line break before a blank is none.
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let mut fields: Vec<(String, String)> = head
        .lines()
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.trim().to_lowercase(), relaxed(value)))
        .collect();
    let (name, signature) = fields.remove(0);
    assert_eq!(name, "dkim-signature");
    let tags: BTreeMap<&str, &str> = signature
        .split(';')
        .map(|tag| tag.split_once('=').unwrap())
        .map(|(tag, value)| (tag.trim(), value.trim()))
        .collect();

    let lines: Vec<String> = body
        .split("\r\n")
        .map(|line| {
            let inner = relaxed(line);
            // Blanks at the beginning of a line count as one.
            if line.starts_with([' ', '\t']) && !inner.is_empty() { format!(" {inner}") } else { inner }
        })
        .collect();
    let canonical = format!("{}\r\n", lines.join("\r\n").trim_end_matches("\r\n"));
    if decoded(tags["bh"]) != sha256(canonical.as_bytes()).0 {
        return Err("the body".to_owned());
    }
    let mut hashed = String::new();
    for wanted in tags["h"].split(':') {
        if let Some(at) = fields.iter().rposition(|(name, _)| name == wanted.trim()) {
            let (name, value) = fields.remove(at);
            hashed.push_str(&format!("{name}:{value}\r\n"));
        }
    }
    let (before, _) = signature.split_once(" b=").unwrap();
    hashed.push_str(&format!("dkim-signature:{before} b="));
    let signature = decoded(tags["b"]);
    let key = UnparsedPublicKey::new(algorithm, public);
    let holds = match tags["a"] {
        "ed25519-sha256" => key.verify(&sha256(hashed.as_bytes()).0, &signature),
        "rsa-sha256" => key.verify(hashed.as_bytes(), &signature),
        other => panic!("{other}"),
    };
    holds.map_err(|_| "the signature".to_owned())
}

fn pem_of_ed25519() -> String {
    let mut der = hex::decode("302e020100300506032b657004220420").unwrap();
    der.extend(decoded(SECRET));
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der))
}

fn dkim(pem: &str) -> Dkim {
    let key = PrivateKey::from_pem(pem).unwrap();
    Dkim { domain: "example.com".to_owned(), selector: "q2026".to_owned(), key }
}

#[test]
fn the_verifier_agrees_with_the_rfc() {
    let example = EXAMPLE.replace('\n', "\r\n");
    assert_eq!(verified(example.as_bytes(), &ED25519, &decoded(PUBLIC)), Ok(()));
    let forged = example.replace("dinner", "supper");
    assert_eq!(verified(forged.as_bytes(), &ED25519, &decoded(PUBLIC)), Err("the signature".to_owned()));
    let body = example.split_once("\r\n\r\n").unwrap().1;
    assert_eq!(
        STANDARD.encode(sha256(&relaxed_body(body.as_bytes())).0),
        "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="
    );
}

#[test]
fn a_message_bears_a_signature_that_holds_and_is_the_same_again() {
    let message = set_parts();
    let at = 1_795_420_800_123;
    let rsa = dkim(include_str!("dkim_test_rsa.pem"));
    let public = match &rsa.key {
        PrivateKey::Rsa(key) => key.public().as_ref().to_vec(),
        other => panic!("{other:?}"),
    };
    for (dkim, algorithm, public) in [
        (dkim(&pem_of_ed25519()), &ED25519 as &dyn VerificationAlgorithm, decoded(PUBLIC)),
        (rsa, &RSA_PKCS1_2048_8192_SHA256, public),
    ] {
        let signed_message = signed(&message, &dkim, at).unwrap();
        assert_eq!(signed_message, signed(&message, &dkim, at).unwrap());
        assert!(signed_message.ends_with(&message));
        assert_eq!(verified(&signed_message, algorithm, &public), Ok(()));
        let text = String::from_utf8(signed_message).unwrap();
        assert!(text.lines().take_while(|line| !line.is_empty()).all(|line| line.len() <= 78), "{text}");

        // What a server on the way may do: fold and unfold, change blanks, add fields of its own.
        let relayed =
            text.replace("Subject: ", "Subject:\t ").replacen("From: ", "Received: by a server\r\nFrom:  ", 1);
        let received = relayed.replacen("DKIM-Signature", "X-First: y\r\nDKIM-Signature", 1);
        let (_, received) = received.split_once("\r\n").unwrap();
        assert_eq!(verified(received.as_bytes(), algorithm, &public), Ok(()));
        // What nobody may: another value, another body, a second field beside the one that was signed.
        for forged in [
            text.replacen("List-Id: <weekly", "List-Id: <monthly", 1),
            text.replacen("auto-generated", "auto-replied", 1),
            text.replacen("References: <first", "References: <other", 1),
            text.replacen("X-Quarterday-Edition: weekly", "X-Quarterday-Edition: monthly", 1),
            text.replacen("From: ", "From: Somebody <a@b.example>\r\nFrom: ", 1),
            text.replacen("Subject: ", "Cc: somebody@b.example\r\nSubject: ", 1),
        ] {
            assert_ne!(forged, text);
            assert_eq!(verified(forged.as_bytes(), algorithm, &public), Err("the signature".to_owned()), "{forged}");
        }
        let forged = text.replacen("All is well.", "All is bad.", 1);
        assert_eq!(verified(forged.as_bytes(), algorithm, &public), Err("the body".to_owned()));
    }
}

#[test]
fn bodies_are_relaxed_as_the_rfc_says() {
    for (body, canonical) in [
        ("", ""),
        ("\r\n", ""),
        ("\r\n\r\n \r\n", ""),
        (" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"),
        ("no end", "no end\r\n"),
        ("blanks at the end \t ", "blanks at the end\r\n"),
    ] {
        assert_eq!(String::from_utf8(relaxed_body(body.as_bytes())).unwrap(), canonical, "{body:?}");
    }
}

#[test]
fn what_is_no_key_is_refused_without_its_text() {
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
    let public = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";
    let broken = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----";
    for (text, said) in [
        ("hunter2", "no private key in PEM"),
        (encrypted, "is encrypted"),
        (public, "RSA and Ed25519 are"),
        (broken, "RSA key"),
    ] {
        let error = PrivateKey::from_pem(text).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
        assert!(!error.contains("hunter2") && !error.contains("c2Vj") && !error.contains("secret"), "{error}");
    }
}
