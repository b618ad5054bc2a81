//! Sentences of events (by whom most) and of sequences (how many, and the worst).

use super::{Told, whole};
use crate::figures::{Events, Figures, Sequences};
use crate::wording::Words;
use std::collections::BTreeMap;

impl Words {
    /// By whom most of the events are: only where all of them are on the page, for only then can it be counted.
    pub(super) fn tell_events(&self, events: &Events) -> Vec<Told> {
        let column = ["actor_name", "actor"].iter().find_map(|name| events.columns.iter().position(|one| one == name));
        let (Some(all), Some(column)) = (whole(&events.total), column) else { return Vec::new() };
        if all < 2 || usize::try_from(all) != Ok(events.shown.len()) {
            return Vec::new();
        }
        let mut by: BTreeMap<&str, i64> = BTreeMap::new();
        for row in &events.shown {
            *by.entry(row.get(column).map(String::as_str).unwrap_or_default()).or_default() += 1;
        }
        let most = by.values().max().copied().unwrap_or_default();
        let top: Vec<&str> = by.iter().filter(|(_, count)| **count == most).map(|(who, _)| *who).collect();
        let [who] = top.as_slice() else { return Vec::new() };
        let who = ("who", if who.is_empty() { self.word("key.no_actor") } else { (*who).to_owned() });
        let [value, every, share] = self.part(most, all);
        let text = match most == all {
            true => self.tell("events_all", &[who, every]),
            false => self.tell("events_most", &[who, value, every, share]),
        };
        vec![Told::of(text, &events.total)]
    }

    /// How many sequences were found, and the one with most before it.
    pub(super) fn tell_sequences(&self, sequences: &Sequences, figures: &Figures) -> Vec<Told> {
        let Some(count) = whole(&sequences.total).filter(|count| *count > 0) else { return Vec::new() };
        let mut told = vec![Told::of(self.count("tell.cases", count), &sequences.total)];
        let worst = sequences.found.first().filter(|_| count > 1);
        if let Some((found, value)) = worst.and_then(|found| Some((found, whole(&found.count)?))) {
            let level = sequences.found.iter().filter(|one| whole(&one.count) == Some(value)).count();
            if level == 1 {
                let who = self.key(&sequences.by, &found.key, &figures.names);
                let text = self.tell("worst", &[("who", who), ("value", self.number(value))]);
                told.push(Told::of(text, &found.count));
            }
        }
        told
    }
}
