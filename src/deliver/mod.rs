//! Deliver: frozen bytes in, receipt out. A channel knows neither the ledger nor what it carries.

pub mod email;
#[cfg(test)]
mod email_test;
pub mod folder;
mod guard;
pub mod journal;
pub mod sendmail;
#[cfg(test)]
mod smtp_server;
pub mod webhook;

use crate::dispatch::{Outgoing, Receipt, Stage};

/// A way out of the house.
pub trait Channel {
    /// Delivers one message to its one recipient.
    ///
    /// `stage` is called with [`Stage::Dot`] just before the step after which the outcome can be unknown; that step is
    /// taken only if it returns `Ok`. A channel without such a step (delivering twice does no harm) does not call it.
    /// Never panics, always returns: within the channel's own time limits.
    fn send(&self, message: &Outgoing, stage: &mut dyn FnMut(Stage) -> Result<(), String>) -> Receipt;

    /// What a person knows it by, without secrets: `folder /srv/mail`, `smtp mail.example.com:465`.
    fn name(&self) -> String;
}

/// A stranger's words as one line of printable text of bounded length: they go to the ledger and to terminals.
fn tame(words: &str) -> String {
    const MOST: usize = 500;
    let one_line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut words: String = one_line.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = words.char_indices().nth(MOST) {
        words.truncate(cut);
        words.push('…');
    }
    words
}
