//! Tests: editions and messages to put into a ledger.

use super::happening::Purpose;
use super::retry::OnUnknown;
use super::{ClaimRequest, EditionRecord, NewDispatch};
use crate::dispatch::{File, Outgoing};
use crate::edition::{EditionKey, Trigger};
use crate::seal::sha256_hex;

pub(super) fn key(revision: u32) -> EditionKey {
    EditionKey { definition: "weekly".into(), audience: String::new(), period: "2026-W47".into(), revision }
}

/// By the process `p`, for a second.
pub(super) fn request<'a>(key: &'a EditionKey, trigger: &'a Trigger) -> ClaimRequest<'a> {
    ClaimRequest { key, due_at: 0, trigger, by: "root", claimer: "p", lease: 1_000, gone: &|_| false }
}

pub(super) fn record(key: &EditionKey) -> EditionRecord {
    let dispatch = |to: &str, on_unknown| NewDispatch {
        outgoing: outgoing(&format!("{key}.{to}"), to),
        purpose: Purpose::Edition,
        formats: vec!["pdf".into()],
        on_unknown,
        not_before: None,
        via: String::new(),
        smaller: Vec::new(),
    };
    EditionRecord {
        manifest_json: format!("{{\"edition\":\"{key}\"}}"),
        figures_digest: sha256_hex(b"figures"),
        log_head: "12:abc".into(),
        owner: "owner@x.example".into(),
        files: vec![File {
            name: "weekly.pdf".into(),
            media_type: "application/pdf".into(),
            sha256: sha256_hex(b"pdf"),
            bytes: 3,
        }],
        dispatches: vec![dispatch("a@x.example", OnUnknown::Resend), dispatch("b@x.example", OnUnknown::Resend)],
        unsent: Vec::new(),
        asked: None,
    }
}

pub(super) fn notice(id: &str) -> NewDispatch {
    NewDispatch {
        outgoing: outgoing(id, "owner@x.example"),
        purpose: Purpose::Notice,
        formats: Vec::new(),
        on_unknown: OnUnknown::Resend,
        not_before: None,
        via: String::new(),
        smaller: Vec::new(),
    }
}

fn outgoing(id: &str, to: &str) -> Outgoing {
    let message = format!("Message-ID: <{id}>\r\nTo: {to}\r\n\r\nhello\r\n").into_bytes();
    Outgoing { from: "reports@x.example".into(), to: to.into(), message_id: id.into(), message }
}
