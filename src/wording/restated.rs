//! What a revision changed, in words: one sentence for its face, a line for each figure, what else is another.

use super::Words;
use crate::edition::Lost;
use crate::figures::{Amount, Changed, Figures, Place, Restated};

impl Words {
    /// `12 of 214 figures changed, 3 came and 1 went; the largest: Who, Anna Ek, Deletions from 31 to 34 (+3).`
    pub fn restated_summary(&self, restated: &Restated, figures: &Figures) -> String {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let all = self.count("restated.figures", number(restated.compared));
        let (changed, came, went) = restated.counts();
        let Some(largest) = restated.largest() else { return self.say("restated.nothing", &[("all", &all)]) };
        let kinds = [
            (changed, "restated.changed", "restated.changed"),
            (came, "restated.came_of", "restated.came"),
            (went, "restated.went_of", "restated.went"),
        ];
        let mut parts: Vec<String> = Vec::new();
        for (count, first, later) in kinds.into_iter().filter(|(count, ..)| *count > 0) {
            let key = if parts.is_empty() { first } else { later };
            parts.push(self.say(key, &[("n", &self.number(number(count))), ("all", &all)]));
        }
        let largest = self.changed_words(largest, restated, figures);
        self.say("restated.summary", &[("list", &self.list(&parts)), ("largest", &largest)])
    }

    /// `Who, Anna Ek, Deletions from 31 to 34 (+3)`.
    fn changed_words(&self, changed: &Changed, restated: &Restated, figures: &Figures) -> String {
        let what = self.place_words(&changed.place, restated, figures);
        let text = |amount: &Option<Amount>| amount.as_ref().map(|amount| self.amount(amount)).unwrap_or_default();
        let (before, now) = (text(&changed.before), text(&changed.now));
        let difference = self.changed_by(changed).unwrap_or_default();
        let key = match (&changed.before, &changed.now) {
            (None, _) => "restated.new",
            (_, None) => "restated.gone",
            _ if difference.is_empty() => "restated.from_to",
            _ => "restated.from_to_by",
        };
        let with = [("what", what.as_str()), ("before", &before), ("now", &now), ("difference", &difference)];
        self.say(key, &with)
    }

    fn changed_by(&self, changed: &Changed) -> Option<String> {
        self.difference_words(changed.now.as_ref()?, changed.before.as_ref()?)
    }

    /// What a figure is of: heading, groups, measure.
    pub fn place_words(&self, place: &Place, restated: &Restated, figures: &Figures) -> String {
        let mut names = figures.names.clone();
        names.extend(restated.names.clone());
        let mut parts = vec![place.section.clone()];
        parts.extend(place.keys.iter().map(|(by, key)| self.key(by, key, &names)));
        if place.rest {
            parts.push(self.word("restated.others"));
        }
        let measure = self.title(&place.measure);
        if measure != place.section {
            parts.push(measure);
        }
        parts.retain(|part| !part.is_empty());
        if parts.is_empty() { place.address.clone() } else { parts.join(", ") }
    }

    /// Before, now and the difference, as cells of a table.
    pub fn changed_cells(&self, changed: &Changed) -> [String; 3] {
        let cell = |amount: &Option<Amount>| {
            amount.as_ref().map_or_else(|| self.word("restated.not_there"), |amount| self.amount(amount))
        };
        let difference = match (&changed.before, &changed.now) {
            (None, _) => self.word("restated.cell_came"),
            (_, None) => self.word("restated.cell_went"),
            _ => self.changed_by(changed).unwrap_or_default(),
        };
        [cell(&changed.before), cell(&changed.now), difference]
    }

    /// What is another beside the figures: sections that came or went, sources whose coverage changed.
    pub fn restated_beside(&self, restated: &Restated) -> Vec<String> {
        let quoted = |titles: &[String]| {
            let quoted: Vec<String> = titles.iter().map(|title| self.say("quoted", &[("text", title)])).collect();
            self.list(&quoted)
        };
        let mut said = Vec::new();
        if !restated.sections_new.is_empty() {
            said.push(self.say("restated.sections_new", &[("list", &quoted(&restated.sections_new))]));
        }
        if !restated.sections_gone.is_empty() {
            said.push(self.say("restated.sections_gone", &[("list", &quoted(&restated.sections_gone))]));
        }
        for changed in &restated.coverage {
            let word = |found: Option<crate::figures::Verdict>| {
                found.map_or_else(|| self.word("restated.no_scope"), |found| self.verdict(found))
            };
            let (before, now) = (word(changed.before), word(changed.now));
            let with = [("source", changed.source.as_str()), ("before", &before), ("now", &now)];
            said.push(self.say("restated.coverage", &with));
        }
        said
    }

    /// Why the figures of the edition before are not known: part of a sentence.
    pub fn lost(&self, why: Option<Lost>) -> String {
        self.word(match why {
            Some(Lost::Gone) => "restated.lost_gone",
            Some(Lost::OtherLayout) => "restated.lost_layout",
            Some(Lost::Altered) => "restated.lost_altered",
            None => "restated.lost_unknown",
        })
    }
}
