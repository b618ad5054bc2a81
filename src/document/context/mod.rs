//! Context: figures and facts as templates see them: every number already worded, every chart named. Pure.

mod charts;
mod made;
mod mail;
mod sections;
mod tables;

use crate::calendar::zone::Zone;
use crate::chart::Chart;
use crate::edition::Facts;
use crate::figures::{Figures, Verdict};
use crate::wording;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub use mail::with_mail;

/// What a template may say, and the charts that it may name.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// `report`, `sections`, `made`.
    pub value: Value,
    /// By the names that `sections` give.
    pub charts: BTreeMap<String, Chart>,
}

/// The context of an edition. `zone` is the report's own zone, in which all its times are shown.
pub fn context(facts: &Facts, figures: &Figures, zone: &Zone) -> Context {
    let view = View { facts, figures, zone };
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
}

impl View<'_> {
    fn report(&self) -> Value {
        let facts = self.facts;
        let period = &self.figures.period;
        let head = &self.figures.head;
        let batches = wording::plural(head.size as i64, "batch", "batches");
        let short = head.root.get(..12).unwrap_or(&head.root);
        let header_left = if facts.organisation.is_empty() {
            facts.title.clone()
        } else {
            format!("{} · {}", facts.organisation, facts.title)
        };
        let revision = if facts.preview {
            "not issued".to_owned()
        } else if facts.revision == 0 {
            "first issue".to_owned()
        } else {
            format!("revision {}", facts.revision)
        };
        let banner = if facts.preview { "PREVIEW, NOT ISSUED" } else { "" };
        let issued = wording::moment(facts.issued_at, self.zone);
        json!({
            "title": facts.title,
            "purpose": facts.purpose,
            "organisation": facts.organisation,
            "language": "en",
            "header_left": header_left,
            "header_right": wording::period(&period.period),
            "period": wording::period(&period.period),
            "period_utc": wording::span_utc(&period.span),
            "zone": period.zone,
            "edition": facts.edition,
            "revision": revision,
            "revision_number": facts.revision,
            "revision_reason": facts.revision_reason,
            "restated": self.restated(),
            "late": self.late(),
            "issued": issued,
            "head": format!("{short}…"),
            "head_full": format!("{batches}, root {}", head.root),
            "banner": banner,
            "coverage": {
                "verdict": wording::verdict(self.figures.coverage.verdict),
                "tone": tone_of(self.figures.coverage.verdict),
                "words": wording::coverage_sentence(self.figures, self.zone),
            },
            "footer": format!("{} · {revision} · issued {issued} · log {batches} {short}…", facts.edition),
        })
    }

    /// What a revision says on its face of what it changed; nothing for a first issue.
    fn restated(&self) -> Vec<String> {
        let facts = self.facts;
        if facts.revision == 0 {
            return Vec::new();
        }
        let mut said = match (&self.figures.restated, &facts.before) {
            (Some(restated), _) => {
                let mut said = vec![wording::restated_summary(restated, self.figures)];
                said.extend(wording::restated_beside(restated));
                said
            }
            (None, before) => {
                let why = before.as_ref().and_then(|before| before.lost);
                vec![format!("What changed cannot be said: {}.", wording::lost(why))]
            }
        };
        if !facts.changed.is_empty() {
            said.push(format!("What shapes it changed too: {}.", wording::list(&facts.changed)));
        }
        said
    }

    /// What a late edition says of itself on its face; empty if it is not.
    fn late(&self) -> String {
        match self.facts.due_at {
            Some(due) if self.facts.trigger == "late" => format!(
                "Late: due {}, issued {}.",
                wording::moment(due, self.zone),
                wording::moment(self.facts.issued_at, self.zone)
            ),
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
