//! Single events: those of a section, and sequences that were found.

use super::super::View;
use super::super::tables::{TableView, code, figure, label, text, toned};
use crate::figures::{Amount, CUT, Events, PAGE_TIME, Sequences};
use chrono::NaiveDateTime;
use serde_json::{Value, json};

impl View<'_> {
    pub(super) fn events(&self, events: &Events) -> Value {
        let mut table = TableView::default();
        for column in &events.columns {
            table = table.text(self.words.event_column(column));
        }
        for row in &events.shown {
            let cells = events.columns.iter().zip(row).map(|(column, cell)| text(self.event_cell(column, cell)));
            table.row(cells.collect());
        }
        let shown = events.shown.len() as i64;
        let total = events.total.amount;
        let words = match total {
            Amount::Whole(0) => self.words.word("absent.nothing"),
            Amount::Whole(all) => {
                let key = if all > shown { "events.shown" } else { "events.all" };
                let (shown, all) = (self.words.number(shown), self.words.number(all));
                let label = label(&events.total);
                let with = [("shown", shown.as_str()), ("all", &all), ("figure", &label), ("file", &events.file)];
                self.words.say(key, &with)
            }
            _ => self.words.figure_note(&events.total),
        };
        json!({
            "kind": "events",
            "table": if events.shown.is_empty() { Value::Null } else { table.finish() },
            "words": words,
            "sha256": match total {
                Amount::Whole(all) if all > shown && shown > 0 => events.file_sha256.as_str(),
                _ => "",
            },
        })
    }

    pub(super) fn sequence(&self, sequences: &Sequences) -> Value {
        let mut table = TableView::default()
            .text(self.words.dimension(&sequences.by))
            .number(self.words.word("table.before_it"))
            .text(self.words.word("table.from"))
            .text(self.words.word("table.then_at"))
            .text(self.words.word("table.origins"))
            .text(self.words.word("table.event"));
        for found in &sequences.found {
            table.row(vec![
                toned(self.key_words(&sequences.by, &found.key), "bad"),
                figure(self.words, &found.count),
                text(self.words.moment(found.first_at, self.zone)),
                text(self.words.moment(found.then_at, self.zone)),
                text(found.origins.join(", ")),
                code(found.event.as_str()),
            ]);
        }
        let words = match sequences.total.amount {
            Amount::NotRecorded => self.words.figure_note(&sequences.total),
            _ if sequences.found.is_empty() => {
                let least = self.words.number(i64::try_from(sequences.at_least).unwrap_or(i64::MAX));
                let within = self.words.duration(sequences.within);
                self.words.say("sequence.nobody", &[("n", &least), ("within", &within)])
            }
            _ => String::new(),
        };
        json!({
            "kind": "sequence",
            "table": if sequences.found.is_empty() { Value::Null } else { table.finish() },
            "words": words,
        })
    }

    /// A cell of an events section as a reader says it: what the program itself gave as a value is in the report's language.
    fn event_cell(&self, column: &str, cell: &str) -> String {
        if let Some((shown, all)) = cell.rsplit_once(CUT) {
            let (long, all) = (shown.chars().count().saturating_sub(1) as i64, all.parse().unwrap_or_default());
            let places = [("shown", self.words.number(long)), ("all", self.words.number(all))];
            let places = places.each_ref().map(|(name, text)| (*name, text.as_str()));
            return format!("{shown} ({})", self.words.say("events.cut", &places));
        }
        match column {
            "time" => match NaiveDateTime::parse_from_str(cell, PAGE_TIME) {
                Ok(at) => self.words.event_time(at, self.figures.period.days),
                Err(_) => cell.to_owned(),
            },
            "action_class" | "outcome" | "outside_hours" | "actor.known" | "weekday" if !cell.is_empty() => {
                self.key_words(column, cell)
            }
            _ => cell.to_owned(),
        }
    }
}
