//! Findings and their actions as a page shows them.

use super::super::View;
use super::attention::severity_tone;
use crate::figures::{ActionList, ActionRow, FindingList, FindingRow};
use chrono::NaiveDate;
use serde_json::{Value, json};

impl View<'_> {
    pub(super) fn findings(&self, list: &FindingList) -> Value {
        let items: Vec<Value> = list.rows.iter().map(|row| self.finding(row)).collect();
        let words = match (&self.facts.training, list.more) {
            (Some(_), _) => self.words.word("findings.training"),
            (None, 0) if items.is_empty() => self.words.word(match list.show.as_str() {
                "new" => "findings.none_new",
                "closed" => "findings.none_closed",
                "overdue" => "findings.none_overdue",
                "all" => "findings.none",
                _ => "findings.none_open",
            }),
            (None, 0) => String::new(),
            (None, more) => self.words.count("findings.more", more as i64),
        };
        json!({ "kind": "findings", "items": items, "words": words })
    }

    fn finding(&self, row: &FindingRow) -> Value {
        let words = self.words;
        json!({
            "id": row.id,
            "severity": words.severity(&row.severity),
            "tone": severity_tone(&row.severity),
            "state": self.finding_state(row),
            "new": row.new,
            "title": row.title,
            "say": row.say,
            "lines": self.finding_lines(row),
            "do": row.do_this,
            "owner": if row.owner.is_empty() { words.word("findings.nobody") } else { row.owner.clone() },
            "due": row.due.map(|day| words.date(day)).unwrap_or_default(),
            "overdue": if row.overdue { words.word("findings.is_overdue") } else { String::new() },
            "age": words.count("findings.age", row.age_days),
        })
    }

    /// Where it stands, and why it stands so.
    fn finding_state(&self, row: &FindingRow) -> String {
        match row.until {
            Some(until) => self.words.say("findings.until", &[("day", &self.words.date(until))]),
            None => self.words.finding_state(&row.state),
        }
    }

    /// What else is known of it: impact, reason, ticket.
    fn finding_lines(&self, row: &FindingRow) -> Vec<String> {
        let parts =
            [("findings.impact", &row.impact), ("findings.reason", &row.reason), ("findings.ticket", &row.ticket)];
        let known = parts.into_iter().filter(|(_, text)| !text.is_empty());
        known.map(|(key, text)| self.words.say(key, &[("text", text)])).collect()
    }

    pub(super) fn actions(&self, list: &ActionList) -> Value {
        let items: Vec<Value> = list.rows.iter().map(|row| self.action(row)).collect();
        let words = match (&self.facts.training, list.more) {
            (Some(_), _) => self.words.word("findings.training"),
            (None, 0) if items.is_empty() => self.words.word("actions.none"),
            (None, 0) => String::new(),
            (None, more) => self.words.count("actions.more", more as i64),
        };
        json!({ "kind": "actions", "items": items, "words": words })
    }

    fn action(&self, row: &ActionRow) -> Value {
        let (words, day) = (self.words, |day: Option<NaiveDate>| day.map(|day| self.words.date(day)));
        let (state, tone) = match (row.done_on, row.overdue) {
            (Some(on), _) => (words.say("actions.done_on", &[("day", &words.date(on))]), "good"),
            (None, true) => (words.word("findings.is_overdue"), "bad"),
            (None, false) => (words.word("actions.not_done"), "neutral"),
        };
        json!({
            "finding": row.finding,
            "title": row.title,
            "text": row.text,
            "target": match row.target.as_str() {
                "" => String::new(),
                text => words.say("actions.target", &[("text", text)]),
            },
            "owner": if row.owner.is_empty() { words.word("findings.nobody") } else { row.owner.clone() },
            "due": day(row.due).unwrap_or_default(),
            "state": state,
            "tone": tone,
            "effect": row.effect,
        })
    }
}
