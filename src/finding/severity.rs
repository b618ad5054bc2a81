//! Severity: how bad something is.

use serde::{Deserialize, Serialize};

/// How bad something is; the worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Severity {
    High,
    Medium,
    Low,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Severity; 3] = [Severity::High, Severity::Medium, Severity::Low];

    /// The word that a person writes and an edition keeps: `high`, `medium`, `low`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
        }
    }

    /// The severity of a word; `None` if it is none.
    pub fn parse(text: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|severity| severity.name() == text)
    }

    /// Every word with its severity, as readers of written words want them.
    pub fn choices() -> [(&'static str, Severity); 3] {
        Severity::ALL.map(|severity| (severity.name(), severity))
    }

    /// Whether it is as bad as another, or worse.
    pub fn at_least(self, other: Severity) -> bool {
        self <= other
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.name())
    }
}
