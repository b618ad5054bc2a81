//! Webhooks as written: a name for an address that editions are posted to, so that definitions name it and the settings know it.

use super::ConfigError;
use super::amount::{SECONDS, amount};
use super::mail::variable;
use super::read::{line, yes_or_no};
use super::secret::{SecretFrom, secret};
use crate::deliver::webhook::WebhookSettings;
use crate::written::{Fields, Node, Reader};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// The shortest secret: what is shorter can be guessed from one message.
const SHORTEST: usize = 16;

/// A webhook, as written. It holds no secret of its own, only where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookWritten {
    /// Its address.
    pub url: String,
    /// Where the secret is that sender and receiver share.
    pub secret: SecretFrom,
    /// Whether the files' bytes go along, or only their names.
    pub with_content: bool,
    /// For the whole exchange.
    pub timeout: Duration,
}

/// Webhooks by name.
pub type Webhooks = BTreeMap<String, WebhookWritten>;

/// The `webhooks` key.
pub(super) fn webhooks(top: Fields<'_, '_>) -> Webhooks {
    let reader = top.reader();
    let mut all = Webhooks::new();
    for entry in top.map("webhooks") {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if entry.key.is_empty() || !entry.key.chars().all(plain) {
            let what = format!("`{}` is no name of a webhook", entry.key);
            reader.problem(entry.at, what, "Use small letters, digits and hyphens, as in `audit-chat`");
        }
        all.extend(webhook(reader, &entry.value).map(|webhook| (entry.key.clone(), webhook)));
    }
    all
}

fn webhook<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<WebhookWritten> {
    let known = ["url", "allow_unprotected_on_this_machine", "secret_file", "secret_env", "files", "timeout"];
    let fields = reader.fields(node, &known)?;
    let unprotected = fields.get("allow_unprotected_on_this_machine").and_then(|node| yes_or_no(reader, node));
    let url = fields.need("url").and_then(|node| url(reader, node, unprotected == Some(true)));
    let secret = match (fields.get("secret_file"), fields.get("secret_env")) {
        (Some(node), None) => line(reader, node).map(SecretFrom::File),
        (None, Some(node)) => variable(reader, node, "secret_env").map(SecretFrom::Env),
        _ => {
            let what = "it is not said where the secret is that signs what is posted";
            reader.problem(node.at, what, "Add `secret_file: PATH` or `secret_env: NAME`");
            None
        }
    };
    let with_content = match fields.has("files") {
        true => fields.choice("files", "`files`", &[("names", false), ("content", true)]),
        false => Some(false),
    };
    let wanted = "a time from 1 second to 10 minutes, as in `60s`";
    let timeout = match fields.get("timeout") {
        Some(node) => amount(reader, node, SECONDS, 1..=600, wanted),
        None => Some(60),
    };
    let timeout = Duration::from_secs(timeout?);
    Some(WebhookWritten { url: url?, secret: secret?, with_content: with_content?, timeout })
}

/// An address with TLS; without it only on this machine, and only if that is written. A wrong one is not repeated: with many
/// systems the address is a secret.
fn url<'a>(reader: &Reader<'a>, node: &'a Node, unprotected: bool) -> Option<String> {
    let text = reader.text(node)?;
    let plain = text.len() <= 2_000 && text.bytes().all(|byte| byte.is_ascii_graphic());
    let host = |rest: &str| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        // A name and password before the host would be told to whoever reads the settings, and are no way to sign.
        (!authority.contains('@')).then(|| authority.split(':').next().unwrap_or_default().to_owned())
    };
    match text.split_once("://").filter(|_| plain) {
        Some(("https", rest)) if host(rest).is_some_and(|host| !host.is_empty()) => Some(text.to_owned()),
        Some(("http", rest)) if host(rest).is_some_and(|host| ["localhost", "127.0.0.1"].contains(&host.as_str())) => {
            if !unprotected {
                let what = "this address is not protected (http)";
                let instead = "Write https, or say `allow_unprotected_on_this_machine: yes`";
                reader.problem(node.at, what, instead);
            }
            unprotected.then(|| text.to_owned())
        }
        _ => {
            let what = "`url` is no address that begins with https://";
            reader.problem(node.at, what, "Write it as in `https://chat.example.com/hooks/audit`");
            None
        }
    }
}

impl WebhookWritten {
    /// The settings that the channel takes. Reads the secret. `home`: the installation.
    ///
    /// # Errors
    /// The secret cannot be had, or can be guessed: never with its text.
    pub fn settings(&self, name: &str, home: &Path) -> Result<WebhookSettings, ConfigError> {
        let secret = secret(&self.secret, home)?;
        if secret.0.chars().count() < SHORTEST {
            let what =
                format!("the secret of the webhook {name} has less than {SHORTEST} characters, which can be guessed");
            return Err(ConfigError::Secret(what));
        }
        Ok(WebhookSettings { name: name.to_owned(), url: self.url.clone(), secret, timeout: self.timeout })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    #[test]
    fn webhooks_by_name() {
        let text = "webhooks:\n  chat: { url: \"https://chat.example.com/hooks/1?x=y\", secret_env: CHAT_SECRET }\n  tickets:\n    url: http://localhost:8080/new\n    allow_unprotected_on_this_machine: yes\n    secret_file: secrets/tickets\n    files: content\n    timeout: 5s\n";
        let all = Config::read(text, "q.yaml").unwrap().webhooks;
        let chat = &all["chat"];
        assert_eq!(chat.url, "https://chat.example.com/hooks/1?x=y");
        assert_eq!((chat.with_content, chat.timeout), (false, Duration::from_secs(60)));
        assert_eq!(chat.secret, SecretFrom::Env("CHAT_SECRET".to_owned()));
        let tickets = &all["tickets"];
        assert_eq!((tickets.with_content, tickets.timeout), (true, Duration::from_secs(5)));
    }

    #[test]
    fn mistakes_and_never_the_address() {
        for (written, said) in [
            ("url: http://chat.example.com/sesame, secret_env: X", "no address that begins with https://"),
            ("url: http://localhost/sesame, secret_env: X", "is not protected (http)"),
            (
                "url: http://localhost@example.com/sesame, allow_unprotected_on_this_machine: yes, secret_env: X",
                "no address",
            ),
            ("url: https://sesame@example.com/, secret_env: X", "no address"),
            ("url: https:///sesame, secret_env: X", "no address"),
            ("url: \"https://example.com/ses ame\", secret_env: X", "no address"),
            ("url: ftp://example.com/sesame, secret_env: X", "no address"),
            ("url: https://example.com/sesame", "not said where the secret is"),
            ("url: https://example.com/sesame, secret_env: X, secret_file: y", "not said where the secret is"),
            ("secret_env: X", "`url` is missing"),
            ("url: https://example.com/sesame, secret_env: X, files: all", "unknown `files` `all`"),
            ("url: https://example.com/sesame, secret_env: X, timeout: 1 h", "10 minutes"),
        ] {
            let problems = Config::read(&format!("webhooks: {{ chat: {{ {written} }} }}"), "q.yaml").unwrap_err();
            let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
            assert_eq!(shown.len(), 1, "{written}: {shown:#?}");
            assert!(shown[0].contains(said) && !shown[0].contains("sesame"), "{written}: {shown:#?}");
        }
        assert!(Config::read("webhooks: { Chat: { url: https://a.example, secret_env: X } }", "q.yaml").is_err());
    }
}
