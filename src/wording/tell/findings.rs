//! Sentences of findings (how many, and how bad) and of actions (how many are done, and how many late).

use super::Told;
use crate::figures::{ActionList, Figures, FindingList};
use crate::wording::Words;

impl Words {
    /// How many are new, open, overdue and closed: of all findings, whichever the section shows.
    pub(super) fn tell_findings(&self, list: &FindingList, figures: &Figures) -> Vec<Told> {
        let Some(read) = &figures.register else { return Vec::new() };
        let [high, medium, low] = read.open_by_severity.map(|count| count as i64);
        let mut told = vec![self.count("findings.new", read.new as i64)];
        told.push(self.count("findings.open", read.open as i64));
        if read.open > 0 {
            let each = [("high", self.number(high)), ("medium", self.number(medium)), ("low", self.number(low))];
            let each = each.each_ref().map(|(name, text)| (*name, text.as_str()));
            told.push(self.say("findings.severities", &each));
        }
        if read.overdue > 0 {
            told.push(self.count("findings.overdue", read.overdue as i64));
        }
        // That none was closed is worth a sentence only where they are asked for.
        if read.closed > 0 || list.show == "closed" {
            told.push(self.count("findings.closed", read.closed as i64));
        }
        told.into_iter().map(Told::plain).collect()
    }

    /// How many are done, open and late.
    pub(super) fn tell_actions(&self, list: &ActionList) -> Vec<Told> {
        if list.done + list.open == 0 {
            return Vec::new();
        }
        let mut told = vec![self.count("actions.done", list.done as i64), self.count("actions.open", list.open as i64)];
        if list.overdue > 0 {
            told.push(self.count("actions.overdue", list.overdue as i64));
        }
        told.into_iter().map(Told::plain).collect()
    }
}
