//! Context: figures and facts as templates see them: every number already worded, every chart named. Pure.

mod charts;
pub mod kept;
mod made;
mod mail;
mod sections;
mod tables;
mod text;
mod workbook;

use crate::calendar::zone::Zone;
use crate::chart::Chart;
use crate::edition::Facts;
use crate::figures::{Figures, Verdict};
use crate::wording::Words;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub use mail::{Carries, MailChart, with_mail};
pub use workbook::{Evidence, figures_table, workbook};

/// What a template may say, and the charts that it may name.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// `report`, `sections`, `made`.
    pub value: Value,
    /// By the names that `sections` give.
    pub charts: BTreeMap<String, Chart>,
}

/// The context of an edition. `zone` is the report's own zone, in which all its times are shown; `words` its language.
pub fn context(facts: &Facts, figures: &Figures, zone: &Zone, words: &Words) -> Context {
    let view = View { facts, figures, zone, words };
    let mut charts = BTreeMap::new();
    let sections: Vec<Value> = figures.sections.iter().map(|section| view.section(section, &mut charts)).collect();
    let value = json!({ "report": view.report(), "sections": sections, "made": view.made() });
    Context { value, charts }
}

/// What everything in a context is made from.
struct View<'a> {
    facts: &'a Facts,
    figures: &'a Figures,
    zone: &'a Zone,
    words: &'a Words,
}

impl View<'_> {
    fn report(&self) -> Value {
        let facts = self.facts;
        let period = &self.figures.period;
        let head = &self.figures.head;
        let words = self.words;
        let batches = words.count("count.batches", head.size as i64);
        let short = format!("{}…", head.root.get(..12).unwrap_or(&head.root));
        let header_left = if facts.organisation.is_empty() {
            facts.title.clone()
        } else {
            format!("{} · {}", facts.organisation, facts.title)
        };
        let revision = if facts.preview {
            words.word("cover.not_issued")
        } else if facts.revision == 0 {
            words.word("cover.first_issue")
        } else {
            words.say("cover.nth_revision", &[("n", &facts.revision.to_string())])
        };
        let banner = if facts.preview { words.word("page.banner") } else { String::new() };
        let issued = words.moment(facts.issued_at, self.zone);
        let footer = [
            ("edition", facts.edition.as_str()),
            ("revision", &revision),
            ("issued", &issued),
            ("batches", &batches),
            ("head", &short),
        ];
        // What leads back to the log is not told in a version for training.
        let training = facts.training.is_some();
        let (zone, head, head_full, footer) = if training {
            let footer = words.say("training.footer", &[("edition", &facts.edition), ("revision", &revision)]);
            (words.word("training.zone"), String::new(), String::new(), footer)
        } else {
            let full = words.say("cover.head_full", &[("batches", &batches), ("root", &head.root)]);
            (period.zone.clone(), short.clone(), full, words.say("cover.footer", &footer))
        };
        json!({
            "title": facts.title,
            "purpose": facts.purpose,
            "organisation": facts.organisation,
            "language": words.language(),
            "header_left": header_left,
            "header_right": words.period(&period.period),
            "period": words.period(&period.period),
            "period_utc": words.span_utc(&period.span),
            "zone": zone,
            "edition": facts.edition,
            "revision": revision,
            "revision_number": facts.revision,
            "revision_reason": facts.revision_reason,
            "restated": self.restated(),
            "late": self.late(),
            "issued": issued,
            "head": head,
            "head_full": head_full,
            "training": training,
            "banner": banner,
            "coverage": {
                "verdict": words.verdict(self.figures.coverage.verdict),
                "tone": tone_of(self.figures.coverage.verdict),
                "words": words.coverage_sentence(self.figures, self.zone),
            },
            "footer": footer,
        })
    }

    /// What a revision says on its face of what it changed; nothing for a first issue.
    fn restated(&self) -> Vec<String> {
        let (facts, words) = (self.facts, self.words);
        if facts.revision == 0 {
            return Vec::new();
        }
        let mut said = match (&self.figures.restated, &facts.before) {
            (Some(restated), _) => {
                let mut said = vec![words.restated_summary(restated, self.figures)];
                said.extend(words.restated_beside(restated));
                said
            }
            (None, before) => {
                let why = before.as_ref().and_then(|before| before.lost);
                vec![words.say("restated.unsaid", &[("why", &words.lost(why))])]
            }
        };
        if !facts.changed.is_empty() {
            let names: Vec<String> = facts.changed.iter().map(|what| self.shaped(what)).collect();
            said.push(words.say("restated.shaped", &[("list", &words.list(&names))]));
        }
        said
    }

    /// What a late edition says of itself on its face; empty if it is not.
    fn late(&self) -> String {
        match self.facts.due_at {
            Some(due) if self.facts.trigger == "late" => {
                let (due, issued) =
                    (self.words.moment(due, self.zone), self.words.moment(self.facts.issued_at, self.zone));
                self.words.say("cover.late", &[("due", &due), ("issued", &issued)])
            }
            _ => String::new(),
        }
    }
}

/// The tone that a verdict is shown in.
fn tone_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Complete => "good",
        Verdict::Unknown => "warn",
        Verdict::Partial => "bad",
    }
}
