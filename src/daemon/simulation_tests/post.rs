//! Post: a mail server that fails in every way that one can, by chance, and knows in truth what it accepted.

use super::chance::Chance;
use super::machine::Shared;
use super::reports::{DAY, HOUR, MINUTE};
use crate::calendar::Millis;
use crate::deliver::Channel;
use crate::dispatch::{Outgoing, Receipt, Stage};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What the server knows of a message.
#[derive(Clone, Debug, Default)]
pub(super) struct Letter {
    pub(super) to: String,
    /// Its bytes; the same each time, or this is a fault.
    pub(super) message: Vec<u8>,
    /// For each time it was sent: whether it was accepted.
    pub(super) accepted: Vec<bool>,
}

/// The server.
#[derive(Default)]
pub(super) struct Post {
    /// By Message-ID.
    pub(super) letters: BTreeMap<String, Letter>,
    /// It is down until then.
    pub(super) down_until: Millis,
}

/// What becomes of one sending.
enum Fate {
    Accepted,
    LaterBeforeTheDot,
    LaterAfterTheDot,
    Never,
    /// The connection is lost before the last byte: it cannot have been accepted.
    LostBeforeTheDot,
    /// It is lost after the last byte; the server has it, or not.
    LostAfterTheDot {
        accepted: bool,
    },
    /// The process ends after the last byte left, or just before.
    Killed {
        accepted: bool,
    },
}

fn fate(chance: &mut Chance) -> Fate {
    match chance.between(0, 9_999) {
        0..=199 => Fate::LaterBeforeTheDot,
        200..=299 => Fate::LaterAfterTheDot,
        300..=319 => Fate::Never,
        320..=499 => Fate::LostBeforeTheDot,
        500..=599 => Fate::LostAfterTheDot { accepted: true },
        600..=699 => Fate::LostAfterTheDot { accepted: false },
        700..=704 => Fate::Killed { accepted: true },
        705..=709 => Fate::Killed { accepted: false },
        _ => Fate::Accepted,
    }
}

/// The way to it.
pub(super) struct WayToPost(pub(super) Rc<Shared>);

impl Channel for WayToPost {
    fn send(&self, message: &Outgoing, stage: &mut dyn FnMut(Stage) -> Result<(), String>) -> Receipt {
        let shared = &self.0;
        let (now, calm) = (shared.now(), shared.is_calm());
        let fate = if calm { Fate::Accepted } else { fate(&mut shared.chance.borrow_mut()) };
        let slow = if calm { 0 } else { shared.chance.borrow_mut().between(0, 3_000) };
        shared.advance(slow);
        let sent = |accepted: bool| {
            let mut post = shared.post.borrow_mut();
            let letter = post.letters.entry(message.message_id.clone()).or_default();
            if letter.accepted.is_empty() {
                (letter.to, letter.message) = (message.to.clone(), message.message.clone());
            }
            assert!(letter.to == message.to && letter.message == message.message, "other bytes: {message:?}");
            letter.accepted.push(accepted);
        };
        if !calm && now < shared.post.borrow().down_until {
            sent(false);
            return Receipt::Later("connection refused".into());
        }
        match fate {
            Fate::LaterBeforeTheDot => {
                sent(false);
                return Receipt::Later("451 try again".into());
            }
            Fate::Never => {
                sent(false);
                return Receipt::Never("550 no such user".into());
            }
            Fate::LostBeforeTheDot => {
                sent(false);
                return Receipt::Later("connection reset".into());
            }
            _ => {}
        }
        if let Err(refused) = stage(Stage::Dot) {
            sent(false);
            return Receipt::Later(refused);
        }
        match fate {
            Fate::LaterAfterTheDot => {
                sent(false);
                Receipt::Later("452 no space".into())
            }
            Fate::LostAfterTheDot { accepted } => {
                sent(accepted);
                Receipt::Unknown("connection lost".into())
            }
            Fate::Killed { accepted } => {
                sent(accepted);
                shared.die();
                // Nobody is left to hear it.
                Receipt::Unknown("dead".into())
            }
            _ => {
                sent(true);
                Receipt::Sent("250 ok".into())
            }
        }
    }

    fn name(&self) -> String {
        "post".into()
    }
}

impl Post {
    /// Now and then it is down: mostly for an hour or so, seldom for so long that the outbox gives up.
    pub(super) fn weather(&mut self, now: Millis, chance: &mut Chance) {
        if now < self.down_until || !chance.once_in(10) {
            return;
        }
        let length = if chance.once_in(500) { 6 * DAY } else { chance.between(MINUTE, 3 * HOUR) };
        self.down_until = now + length;
    }
}
