//! Hit: what a rule found, before it is said: its group and span, its numbers, the events behind it.

use super::{At, NAMED};
use crate::audit_log::LogError;
use crate::calendar::period::{Period, Unit};
use crate::calendar::{Millis, Span};
use crate::finding::Raised;
use crate::query::{EvidenceQuery, Field, Filter};
use crate::wording::plain;

/// What a rule found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hit {
    /// The group, a text for each field of the rule; empty: everything together.
    pub(super) keys: Vec<String>,
    /// The time that it is about, as it is told.
    pub(super) span: Span,
    /// The calendar span that makes it itself; what is told may be a part of it.
    pub(super) identity: Span,
    /// In words.
    pub(super) when: String,
    pub(super) value: i64,
    pub(super) limit: Option<i64>,
    /// The middle of what is normal.
    pub(super) normal: Option<i64>,
    /// New values.
    pub(super) what: Vec<String>,
    /// The events behind it, within `span`.
    pub(super) filter: Filter,
    /// Said in place of the rule's own sentence.
    pub(super) instead: Option<String>,
}

impl Hit {
    /// One of a group in a span, with nothing else to say.
    pub(super) fn new(at: &At<'_>, keys: &[String], span: Span, when: String, value: i64) -> Hit {
        Hit {
            keys: keys.to_vec(),
            span,
            identity: span,
            when,
            value,
            limit: None,
            normal: None,
            what: Vec::new(),
            filter: at.of_group(keys),
            instead: None,
        }
    }

    /// One of a group in a calendar period.
    pub(super) fn of_period(at: &At<'_>, keys: &[String], period: &Period, value: i64) -> Hit {
        Hit::new(at, keys, period.span(at.zone()), plain::period(period), value)
    }

    /// The civil day on which it counts.
    pub(super) fn day(&self, at: &At<'_>) -> chrono::NaiveDate {
        at.zone().civil(self.identity.from).date()
    }

    /// Its group as it is shown.
    pub(super) fn group(&self) -> String {
        self.keys.join(" · ")
    }

    /// As it is raised.
    pub(super) fn raise(self, at: &At<'_>) -> Result<Raised, LogError> {
        let rule = at.rule;
        let query =
            EvidenceQuery { span: self.span, zone: at.zone().clone(), filter: self.filter.clone(), limit: NAMED };
        let evidence = at.against.log.evidence(&query, at.against.lens)?;
        let group = self.group();
        let one = |field: Field| {
            let place = rule.by.iter().position(|by| *by == field)?;
            self.keys.get(place).cloned()
        };
        Ok(Raised {
            key: Raised::key_of(&rule.name, &group, self.identity),
            rule: rule.name.clone(),
            rule_digest: rule.digest.clone(),
            severity: rule.severity,
            title: rule.title.clone(),
            say: self.instead.clone().unwrap_or_else(|| self.say(&rule.say)),
            do_this: rule.do_this.clone(),
            module: one(Field::Module).unwrap_or_default(),
            record: one(Field::Record).unwrap_or_default(),
            group,
            span: self.span,
            zone: at.zone().name().to_owned(),
            count: self.value,
            line: self.limit,
            total: evidence.total,
            events: evidence.events.into_iter().map(|event| event.number).collect(),
            edition: None,
            figure: None,
        })
    }

    /// The rule's sentence, filled in. What comes from the log is put in once and never looked at for places again.
    fn say(&self, sentence: &str) -> String {
        let number = |value: Option<i64>| value.map_or_else(|| "?".to_owned(), plain::number);
        let mut said = String::new();
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                said.push('{');
                rest = after;
                continue;
            };
            match name {
                "value" => said.push_str(&plain::number(self.value)),
                "limit" => said.push_str(&number(self.limit)),
                "normal" => said.push_str(&number(self.normal)),
                "who" => said.push_str(&self.group()),
                // Of a sequence the moment of what followed.
                "when" | "then" => said.push_str(&self.when),
                "what" => said.push_str(&shortened(&self.what)),
                other => said.push_str(&format!("{{{other}}}")),
            }
            rest = behind;
        }
        said.push_str(rest);
        said
    }
}

/// At most five, and how many more.
pub(super) fn shortened(list: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut shown: Vec<String> = list.iter().take(SHOWN).cloned().collect();
    if list.len() > SHOWN {
        shown.push(format!("{} more", list.len() - SHOWN));
    }
    plain::list(&shown)
}

/// A civil day as a period.
pub(super) fn day_of(at: &At<'_>, instant: Millis) -> Period {
    Period::containing(Unit::Day, at.zone().civil(instant).date())
}
