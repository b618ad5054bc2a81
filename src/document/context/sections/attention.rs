//! What needs somebody: sequences that were found and lines that were crossed.

use super::super::View;
use super::super::tables::label;
use crate::figures::{Crossed, SequenceFound, Sequences};
use crate::wording;
use serde_json::{Value, json};

impl View<'_> {
    pub(super) fn attention(&self, shown: &[usize], more: u64) -> Value {
        let crossed = shown.iter().filter_map(|at| self.figures.crossed.get(*at)).map(|crossed| self.crossed(crossed));
        let items: Vec<Value> = self.raised().into_iter().chain(crossed).collect();
        let mut words = self.words.nothing_crossed(self.figures);
        if self.figures.thresholds == 0 {
            words = self.words.word("crossed.no_lines");
        }
        if !items.is_empty() && more > 0 {
            let more = self.words.say("crossed.more", &[("n", &self.words.number(more as i64))]);
            words = format!("{more} {words}").trim_end().to_owned();
        }
        json!({ "kind": "attention", "items": items, "words": words })
    }

    /// What sequences raise, before all that only crossed a line.
    pub(in super::super) fn raised(&self) -> Vec<Value> {
        let one = |(list, found): (&Sequences, &SequenceFound)| {
            json!({
                "severity": self.words.severity(&list.severity),
                "tone": severity_tone(&list.severity),
                "say": self.words.raised_sentence(list, found, self.figures, self.zone),
                "do": list.do_this,
                "figure": label(&found.count),
            })
        };
        wording::raised(self.figures).into_iter().map(one).collect()
    }

    /// A crossed threshold: how bad, what is said, what to do.
    pub(in super::super) fn crossed(&self, crossed: &Crossed) -> Value {
        json!({
            "severity": self.words.severity(&crossed.severity),
            "tone": severity_tone(&crossed.severity),
            "say": self.words.crossed_sentence(crossed, self.figures),
            "do": crossed.do_this,
            "figure": label(&crossed.figure),
        })
    }
}

/// The tone that a severity is shown in.
pub(super) fn severity_tone(severity: &str) -> &'static str {
    match severity {
        "high" => "bad",
        "medium" => "warn",
        _ => "neutral",
    }
}
