//! Sections as templates see them: one arm for each kind.

mod attention;
mod coverage;
mod events;
mod findings;
mod ranking;
mod series;
mod summary;

use super::View;
use crate::chart::Chart;
use crate::figures::{Body, OTHERS, Section};
use crate::wording::Words;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

type Charts = BTreeMap<String, Chart>;

impl View<'_> {
    pub(super) fn section(&self, section: &Section, charts: &mut Charts) -> Value {
        let mut value = match &section.body {
            Body::Verdict { measures } => json!({
                "kind": "verdict",
                "sentences": self.words.verdict_sentences(self.figures, measures, self.zone),
            }),
            Body::Summary { tiles } => self.summary(section, tiles, charts),
            Body::Attention { shown, more } => self.attention(shown, *more),
            Body::Series(series) => self.series(section, series, charts),
            Body::Ranking(ranking) => self.ranking(section, ranking, charts),
            Body::Crosstab(crosstab) => self.crosstab(crosstab),
            Body::Heatmap(heatmap) => self.heatmap(section, heatmap, charts),
            Body::Events(events) => self.events(events),
            Body::Sequence(sequences) => self.sequence(sequences),
            Body::Targets { rows } => self.targets(rows),
            Body::Findings(list) => self.findings(list),
            Body::Actions(list) => self.actions(list),
            Body::Text { text } => json!({ "kind": "text", "blocks": super::text::blocks(text) }),
            Body::Coverage { short } => self.coverage(*short),
            Body::Sign { lines } => json!({ "kind": "sign", "lines": lines }),
        };
        if let Value::Object(fields) = &mut value {
            common(self.words, section, fields);
            let opening = self.words.opening(section, self.figures).into_iter().map(|told| {
                json!({ "text": told.text, "figure": told.figure.map(|label| format!("F{label}")).unwrap_or_default() })
            });
            fields.insert("opening".into(), opening.collect());
        }
        value
    }

    /// A key of a dimension as a reader says it.
    pub(super) fn key_words(&self, dimension: &str, key: &str) -> String {
        if key == OTHERS {
            return self.words.others();
        }
        self.words.key(dimension, key, &self.figures.names)
    }

    /// The same, as short as it has to be on an axis.
    pub(super) fn axis_words(&self, dimension: &str, key: &str) -> String {
        match dimension {
            "hour" => key.to_owned(),
            _ => self.key_words(dimension, key),
        }
    }

    /// What the first comparison is called.
    pub(super) fn compared_words(&self) -> String {
        self.figures.compared.first().map(|with| self.words.compared(with)).unwrap_or_default()
    }
}

fn common(words: &Words, section: &Section, fields: &mut Map<String, Value>) {
    fields.insert("id".into(), json!(section.id));
    fields.insert("title".into(), json!(section.title));
    fields.insert("note".into(), json!(section.note));
    fields.insert("new_page".into(), json!(section.new_page));
    let filter = section.filter.as_ref().map(|filter| words.phrase(filter));
    fields.insert("filter".into(), json!(filter.unwrap_or_default()));
    fields.insert("orientation".into(), json!(if section.landscape { "landscape" } else { "" }));
}
