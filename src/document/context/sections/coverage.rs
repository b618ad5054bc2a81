//! Coverage: each source with its verdict, and why.

use super::super::View;
use super::super::tables::{TableView, figure, text, toned};
use crate::figures::{SourceVerdict, Verdict};
use serde_json::{Value, json};

impl View<'_> {
    pub(super) fn coverage(&self, short: bool) -> Value {
        let table = self.coverage_table(short);
        let mut lines = Vec::new();
        if self.figures.coverage.sources.is_empty() {
            lines.push(self.words.coverage_sentence(self.figures, self.zone));
        } else if !short {
            for source in &self.figures.coverage.sources {
                lines.extend(self.silence(source));
            }
        }
        json!({ "kind": "coverage", "table": table, "lines": lines })
    }

    /// Every source with its verdict and the reasons for it.
    pub(in super::super) fn coverage_table(&self, short: bool) -> Value {
        let head = |key: &str| self.words.word(&format!("coverage_head.{key}"));
        let mut table = TableView::default()
            .text(head("source"))
            .text(head("coverage"))
            .number(head("events"))
            .text(head("latest"));
        if !short {
            table = table.text(head("expected")).number(head("quarantined")).text(head("imported"));
        }
        table = table.text(head(if short { "why" } else { "reaches_end" }));
        let moment =
            |at: Option<_>, none: &str| at.map_or_else(|| self.words.word(none), |at| self.words.moment(at, self.zone));
        for source in &self.figures.coverage.sources {
            let tone = super::super::tone_of(source.verdict);
            let known = &source.known;
            let mut cells = vec![
                text(known.source.title.as_str()),
                toned(self.words.verdict(source.verdict), tone),
                figure(self.words, &source.events),
                text(moment(known.last_in_span, "coverage.none")),
            ];
            if short {
                cells.push(text(self.words.source_reasons(source, self.zone)));
            } else {
                cells.extend([
                    text(self.words.rhythm(&known.source.rhythm)),
                    text(self.words.number(source.rejected as i64)),
                    text(moment(known.imported_at, "coverage.never")),
                    text(self.words.word(if source.reaches_end { "coverage.reaches" } else { "coverage.reaches_not" })),
                ]);
            }
            table.row(cells);
        }
        table.finish()
    }

    /// What there is to say of a source that cannot vouch for the whole period.
    fn silence(&self, source: &SourceVerdict) -> Vec<String> {
        if source.verdict == Verdict::Complete {
            return Vec::new();
        }
        vec![self.words.source_sentence(source, self.zone)]
    }
}
