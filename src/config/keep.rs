//! Keep as written: how long editions stay before they may be retired, of all reports or of one.

use super::Kept;
use crate::written::{Node, Reader};
use std::collections::BTreeMap;

/// The longest policy in numbers; longer is `forever`.
const MOST_MONTHS: u32 = 1200;

/// The key that stands for all reports that are not named.
const DEFAULT: &str = "default";

/// How long editions stay, counted from the day of their issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeepEditions {
    /// Of reports that are not named; `None`: nothing is said, and nothing of them may be retired.
    pub default: Option<Kept>,
    /// Of these reports, by file stem.
    pub reports: BTreeMap<String, Kept>,
}

impl KeepEditions {
    /// The policy of a report.
    pub fn of(&self, report: &str) -> Option<Kept> {
        self.reports.get(report).copied().or(self.default)
    }
}

/// Reads `keep: { editions: 7 years }`, or a map of reports.
pub(super) fn keep<'a>(reader: &Reader<'a>, node: &'a Node) -> KeepEditions {
    let mut keep = KeepEditions::default();
    let Some(fields) = reader.fields(node, &["editions"]) else { return keep };
    let Some(editions) = fields.need("editions") else { return keep };
    let Some(entries) = editions.as_map() else {
        keep.default = kept(reader, editions);
        return keep;
    };
    for entry in entries {
        let Some(kept) = kept(reader, &entry.value) else { continue };
        if entry.key == DEFAULT {
            keep.default = Some(kept);
        } else {
            keep.reports.insert(entry.key.clone(), kept);
        }
    }
    keep
}

fn kept(reader: &Reader<'_>, node: &Node) -> Option<Kept> {
    let kept = node.as_text().and_then(parse);
    if kept.is_none() {
        reader.wrong(
            node,
            "a time with its unit, as in `7 years`, `18 months` or `400 days` (100 years at most), or `forever`",
        );
    }
    kept
}

fn parse(text: &str) -> Option<Kept> {
    if text == "forever" {
        return Some(Kept::Forever);
    }
    let (number, unit) = text.split_once(' ')?;
    let number: u32 = number.parse().ok().filter(|number| *number > 0)?;
    match unit.trim() {
        "year" | "years" => number.checked_mul(12).filter(|months| *months <= MOST_MONTHS).map(Kept::Months),
        "month" | "months" => Some(Kept::Months(number)).filter(|_| number <= MOST_MONTHS),
        "day" | "days" => Some(Kept::Days(number)).filter(|_| number <= 36_525),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn editions(text: &str) -> KeepEditions {
        Config::read(&format!("keep: {{ editions: {text} }}"), "q.yaml").unwrap().keep_editions
    }

    #[test]
    fn one_policy_or_one_for_each_report() {
        assert_eq!(Config::default().keep_editions.of("any"), None);
        assert_eq!(editions("7 years").of("any"), Some(Kept::Months(84)));
        assert_eq!(editions("1 month").of("any"), Some(Kept::Months(1)));
        let own = editions("{ default: 400 days, sox: forever }");
        assert_eq!((own.of("any"), own.of("sox")), (Some(Kept::Days(400)), Some(Kept::Forever)));
        assert_eq!(editions("{ sox: 10 years }").of("any"), None);
        assert_eq!(
            ["84", "18", "1", "400"].map(|months| parse(&format!("{months} months")).unwrap().to_string()),
            ["7 years", "18 months", "1 month", "400 months"]
        );
        assert_eq!(
            (parse("1 day").unwrap().to_string(), Kept::Forever.to_string()),
            ("1 day".into(), "for ever".into())
        );
    }

    #[test]
    fn what_is_no_time_is_a_problem() {
        for wrong in ["7", "seven years", "0 days", "101 years", "7 weeks", "-1 years", "[7 years]", "{ sox: ever }"] {
            let said = Config::read(&format!("keep: {{ editions: {wrong} }}"), "q.yaml").unwrap_err()[0].to_string();
            assert!(said.contains("must be a time with its unit, as in `7 years`"), "{wrong}: {said}");
        }
        assert!(Config::read("keep: { log: 7 years }", "q.yaml").is_err());
    }
}
