//! Names of measures, units, dimensions, columns, keys, verdicts and rhythms as readers know them.

use super::Words;
use crate::event::ActionClass;
use crate::figures::Verdict;
use crate::source::{RecordedField, Rhythm};
use std::collections::BTreeMap;

/// Action classes whose absence from a source a reader has to know.
pub const NOTABLE_CLASSES: [ActionClass; 5] =
    [ActionClass::Login, ActionClass::Export, ActionClass::Delete, ActionClass::Permission, ActionClass::Read];

impl Words {
    /// The heading of a measure: that of a built-in one in this language, an author's own as it was written. Figures carry the
    /// English heading of a built-in measure.
    pub fn title(&self, title: &str) -> String {
        self.translated("measure.", title)
    }

    /// What is counted, for an axis: that of a built-in measure in this language, an author's own as it was written.
    pub fn unit(&self, unit: &str) -> String {
        match unit_key(unit) {
            Some(key) => self.say(&key, &[("n", "")]).trim().to_owned(),
            None => unit.to_owned(),
        }
    }

    /// So many of a unit: `1 event`, `214 events`, `12 %`; a unit that an author made up stays behind its number.
    pub fn counted(&self, number: i64, unit: &str) -> String {
        match (unit, unit_key(unit)) {
            ("%", _) => self.say("number.percent", &[("n", &self.number(number))]),
            (_, Some(key)) => self.count(&key, number),
            ("", None) => self.number(number),
            (unit, None) => format!("{} {unit}", self.number(number)),
        }
    }

    /// A text that is English's own under a prefix, in this language; any other as it is.
    fn translated(&self, prefix: &str, text: &str) -> String {
        let english = Words::english();
        let key = english.keys().find(|key| key.starts_with(prefix) && english.word(key) == text);
        key.map_or_else(|| text.to_owned(), |key| self.word(key))
    }

    /// A dimension as the head of a column; empty for none.
    pub fn dimension(&self, name: &str) -> String {
        let key = format!("dimension.{}", name.replace('.', "_"));
        if self.has(&key) { self.word(&key) } else { String::new() }
    }

    /// A dimension of time as in `by day`.
    pub fn by(&self, name: &str) -> String {
        let key = format!("by.{name}");
        if self.has(&key) { self.word(&key) } else { self.dimension(name) }
    }

    /// A column of an events section as its head.
    pub fn event_column(&self, name: &str) -> String {
        let key = format!("column.{name}");
        if self.has(&key) { self.word(&key) } else { self.dimension(name) }
    }

    /// A key of a dimension as a reader says it.
    pub fn key(&self, dimension: &str, key: &str, names: &BTreeMap<String, String>) -> String {
        let known = |key: String| self.has(&key).then(|| self.word(&key));
        match (dimension, key) {
            ("actor", "") => self.word("key.no_actor"),
            ("actor", key) => names.get(key).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| key.to_owned()),
            // Somebody whom the directory knows may have no team or role: only the kind says that it does not know them.
            ("actor.kind", "") => self.word("key.no_kind"),
            ("actor.role", "") => self.word("key.no_role"),
            ("actor.team", "") => self.word("key.no_team"),
            ("actor.kind", "person") => self.word("key.person"),
            ("actor.kind", "service") => self.word("key.service"),
            ("actor.kind", "system") => self.word("key.system"),
            ("actor.known", "known") => self.word("key.known"),
            ("actor.known", "unknown") => self.word("key.unknown"),
            ("outside_hours", "yes") => self.word("key.outside"),
            ("outside_hours", "no") => self.word("key.inside"),
            ("action_class", class) if self.has(&format!("class.{class}")) => self.word(&format!("class.{class}")),
            ("outcome", outcome) => known(format!("outcome.{outcome}")).unwrap_or_else(|| outcome.to_owned()),
            ("weekday", number) => known(format!("weekdays.{number}")).unwrap_or_else(|| number.to_owned()),
            ("hour", hour) => self.say("date.hour", &[("hour", hour)]),
            ("day" | "week" | "month" | "quarter" | "year", label) => self.period_label(label),
            (_, "") => self.word("key.empty"),
            (_, key) => key.to_owned(),
        }
    }

    /// What stands for the groups that have no series, row or column of their own.
    pub fn others(&self) -> String {
        self.word("key.others")
    }

    /// A verdict as one word.
    pub fn verdict(&self, verdict: Verdict) -> String {
        self.word(match verdict {
            Verdict::Complete => "verdict.complete",
            Verdict::Unknown => "verdict.unknown",
            Verdict::Partial => "verdict.partial",
        })
    }

    /// How often a source is expected to speak.
    pub fn rhythm(&self, rhythm: &Option<Rhythm>) -> String {
        match rhythm {
            Some(Rhythm::EveryDay) => self.word("rhythm.day"),
            Some(Rhythm::EveryWorkingDay) => self.word("rhythm.working_day"),
            Some(Rhythm::EveryHours(1)) => self.word("rhythm.hour"),
            Some(Rhythm::EveryHours(hours)) => self.say("rhythm.hours", &[("n", &hours.to_string())]),
            None => self.word("rhythm.none"),
        }
    }

    /// A field that a source may lack.
    pub fn recorded_field(&self, field: RecordedField) -> String {
        self.word(match field {
            RecordedField::Actor => "lacks.actor",
            RecordedField::Module => "lacks.module",
            RecordedField::Record => "lacks.record",
            RecordedField::RecordName => "lacks.record_name",
            RecordedField::Outcome => "lacks.outcome",
            RecordedField::Ip => "lacks.ip",
            RecordedField::Agent => "lacks.agent",
            RecordedField::Channel => "lacks.channel",
            RecordedField::Affected => "lacks.affected",
            RecordedField::Changes => "lacks.changes",
        })
    }

    /// An action class of [`NOTABLE_CLASSES`] that a source may lack.
    pub fn lacking_class(&self, class: ActionClass) -> String {
        self.word(&format!("lacks.{}", class.as_str()))
    }

    /// Where a finding stands, as a word, by the state's written name.
    pub fn finding_state(&self, state: &str) -> String {
        self.word(match state {
            "new" => "finding_state.new",
            "in-review" => "finding_state.in_review",
            "resolved" => "finding_state.resolved",
            _ => "finding_state.accepted",
        })
    }

    /// A severity as a word.
    pub fn severity(&self, severity: &str) -> String {
        self.word(match severity {
            "high" => "severity.high",
            "medium" => "severity.medium",
            _ => "severity.low",
        })
    }
}

/// The key of a unit that built-in measures have. Keys are the units themselves, with `_` for blanks.
fn unit_key(unit: &str) -> Option<String> {
    let key = format!("unit.{}", unit.replace(' ', "_"));
    Words::english().has(&key).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::SHIPPED;

    #[test]
    fn built_in_measures_are_translated_and_an_authors_own_are_not() {
        let german = Words::read("de", "de.yaml", SHIPPED[1].1).unwrap();
        assert_eq!(german.title("Failed logins"), "Misslungene Anmeldungen");
        assert_eq!(german.title("Risky actions"), "Risky actions");
        assert_eq!(german.unit("events a day"), "Ereignisse am Tag");
        assert_eq!(german.counted(1, "records"), "1 Datensatz");
        assert_eq!(german.counted(1_200, "tickets"), "1.200 tickets");
        assert_eq!(Words::english().unit("events"), "events");
    }

    #[test]
    fn every_class_outcome_and_notable_class_has_a_word() {
        for class in ActionClass::ALL {
            assert!(Words::english().has(&format!("class.{}", class.as_str())), "{class:?}");
        }
        for class in NOTABLE_CLASSES {
            assert!(Words::english().has(&format!("lacks.{}", class.as_str())), "{class:?}");
        }
        for outcome in crate::event::Outcome::ALL {
            assert!(Words::english().has(&format!("outcome.{}", outcome.as_str())), "{outcome:?}");
        }
    }
}
