//! Words from numbers: the sentences that a section opens with. Each is made from figures of the section and from nothing else, so
//! it is true as they are; where a sentence needs two figures to add up, it is only said if they do.

mod findings;
mod groups;
mod lists;
mod series;
mod totals;

use super::Words;
use crate::figures::{Amount, Body, Figure, Figures, Section};

/// A sentence, with the figure that bears it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The sentence.
    pub text: String,
    /// The label of the figure that it is about, if it is about one.
    pub figure: Option<u32>,
}

impl Told {
    fn of(text: String, figure: &Figure) -> Told {
        Told { text, figure: Some(figure.label).filter(|label| *label > 0) }
    }

    fn plain(text: String) -> Told {
        Told { text, figure: None }
    }
}

impl Words {
    /// The sentences that a section opens with; none where there is nothing to say that its table does not say at a glance.
    pub fn opening(&self, section: &Section, figures: &Figures) -> Vec<Told> {
        if !section.words {
            return Vec::new();
        }
        match &section.body {
            Body::Summary { tiles } => self.tell_summary(tiles, figures),
            Body::Series(series) => self.tell_series(series),
            Body::Ranking(ranking) => self.tell_ranking(ranking, figures),
            Body::Crosstab(crosstab) => self.tell_crosstab(crosstab, figures),
            Body::Heatmap(heatmap) => self.tell_heatmap(heatmap, figures),
            Body::Events(events) => self.tell_events(events),
            Body::Sequence(sequences) => self.tell_sequences(sequences, figures),
            Body::Targets { rows } => self.tell_targets(rows),
            Body::Findings(list) => self.tell_findings(list, figures),
            Body::Actions(list) => self.tell_actions(list),
            // These are sentences already, or an author's.
            Body::Verdict { .. } | Body::Attention { .. } | Body::Coverage { .. } => Vec::new(),
            Body::Text { .. } | Body::Sign { .. } => Vec::new(),
        }
    }

    /// A part of a whole, as places of a sentence: `{value}`, `{all}`, `{share}`.
    fn part(&self, part: i64, whole: i64) -> [(&'static str, String); 3] {
        [("value", self.number(part)), ("all", self.number(whole)), ("share", self.percent(part, whole))]
    }

    /// A sentence with its places filled from owned texts.
    fn tell(&self, key: &str, with: &[(&str, String)]) -> String {
        let with: Vec<(&str, &str)> = with.iter().map(|(name, text)| (*name, text.as_str())).collect();
        self.say(&format!("tell.{key}"), &with)
    }
}

/// A whole number; `None` for shares, means and what is not there.
fn whole(figure: &Figure) -> Option<i64> {
    match figure.amount {
        Amount::Whole(value) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
