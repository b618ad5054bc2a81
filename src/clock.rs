//! Clock: the only reader of time. Everything else is told what time it is.

use crate::calendar::Millis;

/// Tells the time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's.
    System,
    /// Always the same: for the demo, tests and setting an edition again.
    Fixed(Millis),
    /// As somebody else tells it, now and then: for simulations.
    Told(std::sync::Arc<std::sync::atomic::AtomicI64>),
}

impl Clock {
    /// Now.
    pub fn now(&self) -> Millis {
        match self {
            Clock::System => chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis(),
            Clock::Fixed(at) => *at,
            Clock::Told(at) => at.load(std::sync::atomic::Ordering::SeqCst),
        }
    }
}
