//! Reviews: the cadence of the installation's reports, each as a calendar of its days or as rows.

use super::super::View;
use super::super::kept::Speaker;
use crate::figures::reviews::Kept;
use serde_json::{Value, json};

impl View<'_> {
    pub(super) fn reviews(&self, kept: &Kept) -> Value {
        let groups: Vec<Value> = kept
            .reports
            .iter()
            .map(|report| {
                // All of a section's times are in the zone of the report that it stands in.
                Speaker { words: self.words, now: kept.at, zone: self.zone.clone() }.section(report)
            })
            .collect();
        let line = match (&self.facts.training, &self.facts.part) {
            (Some(_), _) => self.words.word("reviews.masked"),
            (None, Some(_)) => self.words.word("reviews.part"),
            (None, None) if groups.is_empty() => self.words.word("reviews.none"),
            (None, None) => {
                let at = self.words.moment(kept.at, self.zone);
                self.words.say("reviews.as_at", &[("at", &at), ("entry", &kept.entry.to_string())])
            }
        };
        json!({ "kind": "reviews", "line": line, "groups": groups })
    }
}
