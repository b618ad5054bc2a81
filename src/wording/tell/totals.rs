//! Sentences of a summary (what changed most) and of targets (which were met).

use super::Told;
use crate::figures::{Amount, Body, Compared, Figures, NamedTotal, Total};
use crate::wording::{Named, Words};
use std::cmp::Ordering;

/// So many changes are told.
const CHANGES: usize = 3;
/// A change of less than so many hundredths of the smaller value is not worth a sentence of its own.
const WORTH: i128 = 120;

impl Words {
    /// What changed most against the first comparison, the largest change first.
    pub(super) fn tell_summary(&self, tiles: &[NamedTotal], figures: &Figures) -> Vec<Told> {
        let Some(with) = figures.compared.first() else { return Vec::new() };
        // What a verdict has told already is not told again below it.
        let verdicts = figures.sections.iter().filter_map(|section| match &section.body {
            Body::Verdict { measures } => Some(measures),
            _ => None,
        });
        let said: Vec<&String> = verdicts.flatten().collect();
        let told = tiles.iter().filter_map(|tile| Some((tile, tile.total.before.first()?)));
        let known: Vec<(&NamedTotal, &Amount)> =
            told.filter(|(tile, before)| tile.total.now.amount.compare(before).is_some()).collect();
        let same =
            |(tile, before): &(&NamedTotal, &Amount)| tile.total.now.amount.compare(before) == Some(Ordering::Equal);
        if known.len() > 1 && known.len() == tiles.len() && known.iter().all(same) {
            let none = known.iter().all(|(tile, _)| tile.total.now.amount.is_zero());
            let key = if none { "none_all" } else { "same_all" };
            return vec![Told::plain(self.tell(key, &[("as", self.compared_as(with, Named::As))]))];
        }
        let news = |(tile, before): &(&NamedTotal, &Amount)| {
            worth(&tile.total.now.amount, before) && !said.contains(&&tile.name)
        };
        let mut changes: Vec<(&Total, &Amount)> =
            known.into_iter().filter(news).map(|(tile, before)| (&tile.total, before)).collect();
        // Stable: of equal changes the one that comes first in the section.
        changes.sort_by(|a, b| larger(&b.0.now.amount, b.1, &a.0.now.amount, a.1));
        changes.truncate(CHANGES);
        changes.into_iter().map(|(total, before)| Told::of(self.tell_change(total, before, with), &total.now)).collect()
    }

    fn tell_change(&self, total: &Total, before: &Amount, with: &Compared) -> String {
        let now = &total.now.amount;
        let times = self.times(now, before);
        let places = [
            ("title", self.title(&total.title)),
            ("now", self.amount(now)),
            ("before", self.amount(before)),
            ("in", self.compared_as(with, Named::In)),
            ("times", times.as_ref().map(|(times, _)| times.clone()).unwrap_or_default()),
        ];
        let key = match (now.is_zero(), before.is_zero(), now.compare(before)) {
            (false, true, _) => "from_none",
            (true, false, _) => "to_none",
            (_, _, Some(Ordering::Greater)) => match times {
                Some((_, true)) => "rose_times",
                Some((_, false)) => "rose_about",
                None => "rose",
            },
            _ => "fell",
        };
        self.tell(key, &places)
    }

    /// How many times as much, from twice up, and whether exactly: `2`, about `6.9`. `None` for shares, whose multiples mislead.
    fn times(&self, now: &Amount, before: &Amount) -> Option<(String, bool)> {
        if matches!(now, Amount::Share { .. }) {
            return None;
        }
        let ((a, b), (c, d)) = (now.ratio()?, before.ratio()?);
        let (top, bottom) = (a.checked_mul(d)?, b.checked_mul(c)?);
        if bottom <= 0 || top < bottom.checked_mul(2)? {
            return None;
        }
        let shown = |places| Some(self.ratio(i64::try_from(top).ok()?, i64::try_from(bottom).ok()?, places));
        match (top % bottom, top.checked_mul(10)? % bottom) {
            (0, _) => Some((shown(0)?, true)),
            (_, 0) => Some((shown(1)?, true)),
            // From a hundred times up a fraction says nothing.
            _ => Some((shown(if top / bottom >= 100 { 0 } else { 1 })?, false)),
        }
    }

    /// How many targets were met, and which were not.
    pub(super) fn tell_targets(&self, rows: &[NamedTotal]) -> Vec<Told> {
        let judged: Vec<(&Total, bool)> =
            rows.iter().filter_map(|row| Some((&row.total, row.total.target.as_ref()?.met))).collect();
        let titles = |met: bool| -> Vec<String> {
            judged.iter().filter(|(_, is)| *is == met).map(|(total, _)| self.title(&total.title)).collect()
        };
        let (met, open) = (titles(true), titles(false));
        let number = |count: usize| self.number(i64::try_from(count).unwrap_or(i64::MAX));
        let places = [("n", number(judged.len())), ("titles", self.list(&open))];
        let key = match (met.len(), open.len()) {
            (0, 0) => "",
            (1, 0) => "target_one",
            (_, 0) => "target_all",
            (0, 1) => "target_not",
            (0, _) => "target_none",
            _ => "target_some",
        };
        let mut told = Vec::new();
        if key == "target_some" {
            let count = i64::try_from(met.len()).unwrap_or(i64::MAX);
            let with = [("all", number(judged.len())), ("titles", self.list(&open))];
            let with = with.each_ref().map(|(name, text)| (*name, text.as_str()));
            told.push(Told::plain(self.count_with("tell.target_some", count, &with)));
        } else if !key.is_empty() {
            told.push(Told::plain(self.tell(key, &places)));
        }
        let unsaid = rows.iter().filter(|row| row.total.target.is_none());
        let unsaid: Vec<String> = unsaid.map(|row| self.title(&row.total.title)).collect();
        if !unsaid.is_empty() {
            told.push(Told::plain(self.tell("target_unsaid", &[("titles", self.list(&unsaid))])));
        }
        told
    }
}

/// Whether a change is worth a sentence.
fn worth(now: &Amount, before: &Amount) -> bool {
    let Some((high, low)) = high_low(now, before) else { return false };
    low == 0 && high > 0 || low > 0 && high.saturating_mul(100) >= low.saturating_mul(WORTH)
}

/// The larger and the smaller value over one denominator.
fn high_low(now: &Amount, before: &Amount) -> Option<(i128, i128)> {
    let ((a, b), (c, d)) = (now.ratio()?, before.ratio()?);
    let (one, other) = (a.checked_mul(d)?, c.checked_mul(b)?);
    Some((one.max(other), one.min(other)))
}

/// Which of two changes is larger, by the ratio of its values; from or to nothing is larger than any, and by the value then.
fn larger(now: &Amount, before: &Amount, other_now: &Amount, other_before: &Amount) -> Ordering {
    let (Some((a, b)), Some((c, d))) = (high_low(now, before), high_low(other_now, other_before)) else {
        return Ordering::Equal;
    };
    match (b == 0, d == 0) {
        (true, true) => a.cmp(&c),
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => a.saturating_mul(d).cmp(&c.saturating_mul(b)),
    }
}
