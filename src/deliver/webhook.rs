//! Webhook: an edition's frozen JSON to a chat or ticket system, by HTTPS POST with an HMAC signature over time and body.

use super::email::Secret;
use super::{Channel, tame};
use crate::calendar::Millis;
use crate::dispatch::{Outgoing, Receipt, Stage};
use crate::seal::hmac_sha256;
use std::io::{self, Read};
use std::time::Duration;
use ureq::http::Response;
use ureq::{Agent, Body, SendBody};

/// Of an answer, so much is kept.
const WORDS: u64 = 2_000;

/// Where a webhook is, and what it is signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookSettings {
    /// What it is called.
    pub name: String,
    /// Its address. It may hold a secret itself, and is never told.
    pub url: String,
    /// What sender and receiver share.
    pub secret: Secret,
    /// For the whole exchange.
    pub timeout: Duration,
}

/// A webhook.
pub struct Webhook {
    settings: WebhookSettings,
    agent: Agent,
    now: Box<dyn Fn() -> Millis>,
}

impl Webhook {
    /// A webhook; connects nowhere. `now`: the time that signatures bear.
    pub fn new(settings: WebhookSettings, now: Box<dyn Fn() -> Millis>) -> Webhook {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(settings.timeout))
            // What was signed is for the address that was written: a redirection would take it elsewhere.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .https_only(!settings.url.starts_with("http://"))
            // A connection that was kept and died meanwhile would look like an outcome that nobody knows.
            .max_idle_connections(0)
            .user_agent(concat!("quarterday/", env!("CARGO_PKG_VERSION")))
            .build();
        Webhook { agent: config.new_agent(), settings, now }
    }

    /// One exchange. The error is a receipt too: `?` ends it with what is known at that point.
    fn exchange(
        &self,
        message: &Outgoing,
        stage: &mut dyn FnMut(Stage) -> Result<(), String>,
    ) -> Result<Receipt, Receipt> {
        let body = &message.message;
        let mut held = Held { rest: body, stage, dot: None };
        let answer = self
            .agent
            .post(&self.settings.url)
            .header("Content-Type", "application/json")
            .header("Content-Length", body.len().to_string())
            .header("Idempotency-Key", &message.message_id)
            .header("Quarterday-Signature", signature(&self.settings.secret, (self.now)(), body))
            .send(SendBody::from_reader(&mut held));
        match (held.dot, answer) {
            (Some(Err(why)), _) => Err(Receipt::Later(tame(&why))),
            // Refused before all of it was sent: for its size, or for want of a right.
            (_, Ok(answer)) => Ok(meaning(answer)),
            (None, Err(error)) => Err(Receipt::Later(tame(&format!("webhook: {error}")))),
            (Some(Ok(())), Err(error)) => {
                Err(Receipt::Unknown(tame(&format!("no answer after the last byte: {error}"))))
            }
        }
    }
}

impl Channel for Webhook {
    fn send(&self, message: &Outgoing, stage: &mut dyn FnMut(Stage) -> Result<(), String>) -> Receipt {
        self.exchange(message, stage).unwrap_or_else(|receipt| receipt)
    }

    fn name(&self) -> String {
        format!("webhook {}", self.settings.name)
    }
}

/// `t=…,v1=…`: the time in seconds, and HMAC-SHA-256 under the shared secret over that time, a dot and the body, in hex. Who
/// checks it refuses what is too old, so that nobody can send it again.
pub fn signature(secret: &Secret, now: Millis, body: &[u8]) -> String {
    let time = now.div_euclid(1000).to_string();
    let mut signed = Vec::with_capacity(time.len() + 1 + body.len());
    signed.extend_from_slice(time.as_bytes());
    signed.push(b'.');
    signed.extend_from_slice(body);
    format!("t={time},v1={}", hex::encode(hmac_sha256(secret.0.as_bytes(), &signed)))
}

/// A body whose last byte is held back until the ledger has said that it may leave: without it the server has no whole request.
struct Held<'a> {
    rest: &'a [u8],
    stage: &'a mut dyn FnMut(Stage) -> Result<(), String>,
    dot: Option<Result<(), String>>,
}

impl Read for Held<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.len() <= 1 && self.dot.is_none() {
            self.dot = Some((self.stage)(Stage::Dot));
        }
        if let Some(Err(why)) = &self.dot {
            return Err(io::Error::other(why.clone()));
        }
        let left = if self.dot.is_some() { self.rest.len() } else { self.rest.len() - 1 };
        let count = left.min(buffer.len());
        let (now, after) = self.rest.split_at(count);
        buffer.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
        self.rest = after;
        Ok(count)
    }
}

/// What an answer says of the message.
fn meaning(mut answer: Response<Body>) -> Receipt {
    let status = answer.status();
    let mut said = Vec::new();
    // Of what it says beside its status as much as comes; that is for a person to read.
    let _ = answer.body_mut().as_reader().take(WORDS).read_to_end(&mut said);
    let words = tame(&format!("{status} {}", String::from_utf8_lossy(&said)));
    match status.as_u16() {
        200..=299 => Receipt::Sent(words),
        300..=399 => Receipt::Never(format!("{words} (it leads elsewhere: write that address in the settings)")),
        413 => Receipt::TooLarge { words, limit: None },
        408 | 425 | 429 => Receipt::Later(words),
        400..=499 => Receipt::Never(words),
        _ => Receipt::Later(words),
    }
}

#[cfg(test)]
#[path = "webhook_test.rs"]
mod tests;
