//! What was due, issued and reviewed, in words: as rows with every detail, and as a calendar of days.

use crate::calendar::Millis;
use crate::calendar::period::Unit;
use crate::calendar::zone::Zone;
use crate::figures::reviews::{KeptReport, Reviewed, Signed, Slot, Standing};
use crate::wording::Words;
use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A report of days has at least so many of them where they are shown as a calendar.
const DAYS: usize = 8;

/// What the words are made in.
pub struct Speaker<'s> {
    /// The language.
    pub words: &'s Words,
    /// As at when.
    pub now: Millis,
    /// The zone of the report's times.
    pub zone: Zone,
}

impl Speaker<'_> {
    fn word(&self, key: &str) -> String {
        self.words.word(&format!("cadence.{key}"))
    }

    /// A report as part of a page: how many of what, and each edition.
    pub fn group(&self, report: &KeptReport) -> Value {
        let number = |count: i64| self.words.number(count);
        let signed = |wanted: fn(&Signed) -> bool| report.count(|slot| wanted(&slot.signed(self.now)));
        let facts = vec![
            fact(self.word("due"), number(report.count(|_| true))),
            fact(
                self.word("issued"),
                self.words.say(
                    "cadence.issued_is",
                    &[
                        ("issued", &number(report.count(|slot| slot.standing == Standing::Issued))),
                        ("late", &number(report.count(|slot| slot.issued_late().is_some()))),
                        ("missing", &number(report.count(Slot::is_missing))),
                    ],
                ),
            ),
            fact(
                self.word("reviewed"),
                self.words.say(
                    "cadence.reviewed_is",
                    &[
                        ("reviewed", &number(signed(|one| matches!(one, Signed::InTime | Signed::Late(_))))),
                        ("late", &number(signed(|one| matches!(one, Signed::Late(_))))),
                        ("overdue", &number(signed(|one| matches!(one, Signed::Overdue(_))))),
                        ("open", &number(signed(|one| matches!(one, Signed::Open | Signed::NotAsked)))),
                    ],
                ),
            ),
        ];
        let parts = report.slots.iter().any(|slot| !slot.audience.is_empty());
        let title = if report.title.is_empty() {
            report.definition.clone()
        } else {
            format!("{} · {}", report.title, report.definition)
        };
        let mut head = vec![
            self.word("period"),
            self.word("issued_at"),
            self.word("by"),
            self.word("verdict"),
            self.word("reviewed_at"),
            self.word("findings"),
        ];
        let mut columns =
            vec![json!({ "width": "24%" }), json!({}), json!({}), json!({}), json!({}), json!({ "number": true })];
        if parts {
            head.insert(1, self.word("part"));
            columns.insert(1, json!({}));
        }
        let rows: Vec<Vec<Value>> = report.slots.iter().map(|slot| self.row(slot, parts)).collect();
        let foot: [Value; 0] = [];
        json!({
            "title": title,
            "words": self.words.say("cadence.zone", &[("zone", &report.zone)]),
            "facts": facts,
            "table": { "columns": columns, "head": head, "rows": rows, "foot": foot },
            "items": [],
        })
    }

    /// A report as part of a section: days as a calendar where there are many of one audience, else rows.
    pub fn section(&self, report: &KeptReport) -> Value {
        let daily = |slot: &Slot| slot.period.unit == Some(Unit::Day) && slot.audience.is_empty();
        let mut days: BTreeMap<NaiveDate, &Slot> = BTreeMap::new();
        days.extend(report.slots.iter().filter(|slot| daily(slot)).map(|slot| (slot.period.first, slot)));
        if days.len() < DAYS || days.len() < report.slots.len() {
            return self.group(report);
        }
        let mut group = self.group(report);
        if let Value::Object(fields) = &mut group {
            fields.insert("table".to_owned(), self.calendar(&days));
        }
        group
    }

    /// Weeks below each other, Monday first; each day with who reviewed it, or what is the matter.
    fn calendar(&self, days: &BTreeMap<NaiveDate, &Slot>) -> Value {
        let head: Vec<String> = (1..=7).map(|number| self.words.word(&format!("weekdays_short.{number}"))).collect();
        let columns: Vec<Value> = (0..7).map(|_| json!({ "width": "14%" })).collect();
        let mut rows: Vec<Vec<Value>> = Vec::new();
        let (first, last) = (days.keys().next().copied(), days.keys().next_back().copied());
        let ahead = |day: NaiveDate| u64::from(day.weekday().num_days_from_monday());
        let begin = first.and_then(|day| day.checked_sub_days(Days::new(ahead(day))));
        let all = begin.into_iter().flat_map(|day| day.iter_days()).take_while(|day| Some(*day) <= last);
        for day in all {
            if day.weekday() == chrono::Weekday::Mon {
                rows.push(Vec::new());
            }
            if let Some(row) = rows.last_mut() {
                row.push(days.get(&day).map_or_else(|| json!({ "text": "" }), |slot| self.day(day, slot)));
            }
        }
        if let Some(row) = rows.last_mut() {
            row.resize(7, json!({ "text": "" }));
        }
        let foot: [Value; 0] = [];
        json!({ "columns": columns, "head": head, "rows": rows, "foot": foot })
    }

    fn day(&self, day: NaiveDate, slot: &Slot) -> Value {
        let named: Vec<&str> = slot.reviews.iter().map(|one| one.name.as_str()).collect();
        let (said, tone) = match slot.signed(self.now) {
            Signed::Nothing if slot.is_missing() => (self.issued(slot).0, "bad"),
            Signed::Nothing => (self.word("day_waits"), "quiet"),
            Signed::Overdue(_) => (self.word("day_overdue"), "bad"),
            Signed::Open => (self.word("day_open"), "quiet"),
            Signed::NotAsked => (self.word("day_not_asked"), "quiet"),
            Signed::Late(_) => (self.words.say("cadence.day_late", &[("who", &named.join(", "))]), "warn"),
            Signed::InTime => (named.join(", "), "good"),
        };
        let exceptions = slot.reviews.iter().any(|one| one.exceptions);
        let said = if exceptions { self.words.say("cadence.day_exceptions", &[("said", &said)]) } else { said };
        toned(format!("{}: {said}", day.day()), if exceptions && tone == "good" { "warn" } else { tone })
    }

    fn row(&self, slot: &Slot, parts: bool) -> Vec<Value> {
        let (issued, tone) = self.issued(slot);
        let by: Vec<String> = slot.reviews.iter().map(|one| self.by(one)).collect();
        let verdict = |one: &Reviewed| self.word(if one.exceptions { "exceptions" } else { "no_exceptions" });
        let verdicts: Vec<String> = slot.reviews.iter().map(verdict).collect();
        let warns = slot.reviews.iter().any(|one| one.exceptions);
        let (when, when_tone) = self.when(slot);
        let findings = if slot.open_findings == 0 {
            String::new()
        } else {
            self.words.number(i64::try_from(slot.open_findings).unwrap_or(i64::MAX))
        };
        let mut row = vec![
            json!({ "text": self.words.period(&slot.period) }),
            toned(issued, tone),
            json!({ "text": by.join("; ") }),
            toned(verdicts.join("; "), if warns { "warn" } else { "" }),
            toned(when, when_tone),
            json!({ "text": findings }),
        ];
        if parts {
            row.insert(1, json!({ "text": slot.audience }));
        }
        row
    }

    /// Who reviewed: `Ana Ruiz (Compliance)`.
    fn by(&self, review: &Reviewed) -> String {
        let said = format!("{} ({})", review.name, review.role);
        if review.acted { self.words.say("cadence.acted", &[("who", &said)]) } else { said }
    }

    fn issued(&self, slot: &Slot) -> (String, &'static str) {
        match (slot.standing, slot.issued_at) {
            (Standing::Issued, Some(at)) => {
                let at = self.words.moment(at, &self.zone);
                match slot.issued_late() {
                    Some(late) => (self.late("late", &at, late), "warn"),
                    None => (at, ""),
                }
            }
            (Standing::Issued, None) => (self.word("issued"), ""),
            (Standing::Waits, _) => {
                (self.words.say("cadence.waits", &[("at", &self.words.moment(slot.due_at, &self.zone))]), "quiet")
            }
            (Standing::Failed, _) => (self.word("failed"), "bad"),
            (Standing::Missed, _) => (self.word("missed"), "bad"),
            (Standing::Absent, _) => (self.word("absent"), "bad"),
        }
    }

    fn late(&self, key: &str, at: &str, late: Millis) -> String {
        self.words.say(&format!("cadence.{key}"), &[("at", at), ("late", &self.words.duration(late))])
    }

    /// When it was reviewed, or that it was not.
    fn when(&self, slot: &Slot) -> (String, &'static str) {
        let at = slot.reviews.first().map(|one| self.words.moment(one.at, &self.zone)).unwrap_or_default();
        let until = slot.until.map(|until| self.words.until(until, &self.zone)).unwrap_or_default();
        match slot.signed(self.now) {
            Signed::InTime => (at, ""),
            Signed::Late(late) => (self.late("late", &at, late), "warn"),
            Signed::Open => (self.words.say("cadence.open", &[("until", &until)]), "quiet"),
            Signed::Overdue(_) => (self.words.say("cadence.not_reviewed", &[("until", &until)]), "bad"),
            Signed::NotAsked => (self.word("not_asked"), "quiet"),
            Signed::Nothing => (String::new(), ""),
        }
    }
}

fn fact(key: String, value: String) -> Value {
    json!({ "key": key, "value": value })
}

fn toned(text: String, tone: &str) -> Value {
    if tone.is_empty() { json!({ "text": text }) } else { json!({ "text": text, "tone": tone }) }
}
