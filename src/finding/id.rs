//! FindingId: what people call a finding.

use serde::{Deserialize, Serialize};

/// `F-2026-0042`: the year in which it was raised (UTC), and its number in that year, in the order of raising.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FindingId {
    /// The year.
    pub year: i32,
    /// From 1.
    pub number: u32,
}

impl FindingId {
    /// Reads what `Display` writes, in small letters too and without the zeros; `None` if it is not that.
    pub fn parse(text: &str) -> Option<FindingId> {
        let rest = text.strip_prefix("F-").or_else(|| text.strip_prefix("f-"))?;
        let (year, number) = rest.split_once('-')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year) || !digits(number) {
            return None;
        }
        Some(FindingId { year: year.parse().ok()?, number: number.parse().ok().filter(|number| *number > 0)? })
    }
}

impl std::fmt::Display for FindingId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("F-{:04}-{:04}", self.year, self.number);
        out.pad(&text)
    }
}

impl From<FindingId> for String {
    fn from(id: FindingId) -> String {
        id.to_string()
    }
}

impl TryFrom<String> for FindingId {
    type Error = String;
    fn try_from(text: String) -> Result<FindingId, String> {
        FindingId::parse(&text).ok_or_else(|| format!("`{text}` is no finding's number, as F-2026-0042 is"))
    }
}
