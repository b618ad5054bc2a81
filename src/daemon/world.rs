//! World: what is outside of the daemon. The machine in `serve`; in simulations a machine of which everything is told.

use crate::deliver::Channel;
use crate::ledger::claimer::Claimer;
use crate::pipeline::issue::Press;
use crate::pipeline::making::Maker;
use crate::pipeline::{Failure, Installation};
use std::time::Duration;

/// What a daemon shows to whoever watches over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The first round is done.
    Ready,
    /// It lives.
    Alive,
    /// It was told to stop, and does.
    Stopping,
}

/// What is outside of the daemon.
pub trait World {
    /// Rests for so long at most; less if it is told to stop.
    fn rest(&self, most: Duration);
    /// Whether it was told to stop.
    fn stop(&self) -> bool;
    /// Shows a sign.
    fn show(&self, sign: Sign);
    /// How long it may rest between two signs of life; `None`: nobody watches.
    fn watched(&self) -> Option<Duration>;

    /// Who this daemon is to others on the same ledger.
    fn claimer(&self) -> Claimer {
        Claimer::ThisProcess
    }

    /// What makes the editions; asked only when there is one to make.
    ///
    /// # Errors
    /// Problems in directory, templates or theme; a log that cannot be read.
    fn maker<'i>(&self, installation: &'i Installation) -> Result<Box<dyn Maker + 'i>, Failure> {
        Ok(Box::new(Press::open(installation)?))
    }

    /// The way out of the house; asked only when there is something to send.
    ///
    /// # Errors
    /// A secret that cannot be read.
    fn channel(&self, installation: &Installation) -> Result<Box<dyn Channel>, Failure> {
        installation.channel()
    }
}
