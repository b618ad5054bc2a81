//! Collect: fetches what is new of a vendor's log by its export API, into files that can be imported. Knows no log.
//!
//! A collector asks the vendor for an export of a span of time, waits until it is made, and downloads it. What it has
//! asked for is kept in a file ([`State`]), so that a process that dies goes on where it was instead of asking again.
//! That a span was taken in is not kept here: it stands, sealed, with the batches of the log ([`zoho::Export`]).
//!
//! Time and waiting come from a [`World`], so that tests never wait. Secrets go to the vendor alone: they stand in no
//! file, message or address.

mod http;
mod state;
pub mod zoho;

pub use http::Timeouts;
pub use state::{Pending, State, write_whole};

use crate::calendar::Millis;
use crate::clock::Clock;
use std::time::Duration;

/// What a collector needs of the world beside the network: the time, and waiting.
pub trait World {
    /// Now.
    fn now(&self) -> Millis;
    /// Waits.
    fn sleep(&self, pause: Duration);
}

/// This machine.
#[derive(Clone, Debug)]
pub struct Machine(pub Clock);

impl World for Machine {
    fn now(&self) -> Millis {
        self.0.now()
    }

    fn sleep(&self, pause: Duration) {
        std::thread::sleep(pause);
    }
}

/// Why an export could not be fetched. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CollectError {
    /// Nothing is wrong: the vendor is still making the export. It is picked up the next time.
    #[error("{0}")]
    Running(String),
    /// Not now: it may work without anybody doing anything, but not before so long a pause.
    #[error("{why}")]
    Later {
        /// Why not.
        why: String,
        /// How long to leave the vendor alone at least.
        pause: Duration,
    },
    /// Not until a person does something: the words say what.
    #[error("{0}")]
    Never(String),
}

impl CollectError {
    fn later(why: impl Into<String>, minutes: u64) -> CollectError {
        CollectError::Later { why: why.into(), pause: Duration::from_secs(60 * minutes) }
    }
}
