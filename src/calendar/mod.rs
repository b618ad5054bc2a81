//! Civil time: zones, half-open calendar periods, cadences, working hours. Knows nothing of events or reports.

pub mod cadence;
pub mod crontab;
pub mod fiscal;
pub mod hours;
pub mod period;
pub mod relative;
pub mod workdays;
pub mod zone;

/// An instant: milliseconds since 1970-01-01T00:00:00Z, without leap seconds (POSIX time).
pub type Millis = i64;

/// A half-open span of instants: `from` is inside, `to` is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// First instant inside.
    pub from: Millis,
    /// First instant after.
    pub to: Millis,
}

impl Span {
    /// Whether `at` lies inside.
    pub fn contains(&self, at: Millis) -> bool {
        self.from <= at && at < self.to
    }

    /// Whether the two share an instant.
    pub fn meets(&self, other: &Span) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// The smallest span that holds both.
    pub fn cover(&self, other: &Span) -> Span {
        Span { from: self.from.min(other.from), to: self.to.max(other.to) }
    }
}

#[cfg(test)]
mod sweep_tests;
