//! What a revision changed, in words: one sentence for its face, a line for each figure, what else is another.

use super::change::difference_words;
use super::{amount, key, list, number, plural, verdict};
use crate::edition::Lost;
use crate::figures::{Amount, Changed, Figures, Place, Restated};

/// `12 of 214 figures changed, 3 came and 1 went; the largest: Who, Anna Ek, Deletions from 31 to 34 (+3).`
pub fn restated_summary(restated: &Restated, figures: &Figures) -> String {
    let all = plural(restated.compared as i64, "figure", "figures");
    let (changed, came, went) = restated.counts();
    let Some(largest) = restated.largest() else {
        return format!("No figure changed: {all} are as they were.");
    };
    let mut parts = Vec::new();
    if changed > 0 {
        parts.push(format!("{} of {all} changed", number(changed as i64)));
    }
    let others = [(came, "came"), (went, "went")];
    for (count, word) in others.into_iter().filter(|(count, _)| *count > 0) {
        let count = number(count as i64);
        parts.push(if parts.is_empty() { format!("{count} of {all} {word}") } else { format!("{count} {word}") });
    }
    format!("{}; the largest: {}.", list(&parts), changed_words(largest, restated, figures))
}

/// `Who, Anna Ek, Deletions from 31 to 34 (+3)`.
fn changed_words(changed: &Changed, restated: &Restated, figures: &Figures) -> String {
    let what = place_words(&changed.place, restated, figures);
    match (&changed.before, &changed.now) {
        (Some(before), Some(now)) => {
            let difference = difference_words(now, before).map(|words| format!(" ({words})")).unwrap_or_default();
            format!("{what} from {} to {}{difference}", amount(before), amount(now))
        }
        (None, Some(now)) => format!("{what}, now {}, not there before", amount(now)),
        (Some(before), None) => format!("{what}, {} before, there no more", amount(before)),
        (None, None) => what,
    }
}

/// What a figure is of: heading, groups, measure.
pub fn place_words(place: &Place, restated: &Restated, figures: &Figures) -> String {
    let mut names = figures.names.clone();
    names.extend(restated.names.clone());
    let mut parts = vec![place.section.clone()];
    for (by, of) in &place.keys {
        parts.push(key(by, of, &names));
    }
    if place.rest {
        parts.push("all others".to_owned());
    }
    if !place.measure.is_empty() && place.measure != place.section {
        parts.push(place.measure.clone());
    }
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() { place.address.clone() } else { parts.join(", ") }
}

/// Before, now and the difference, as cells of a table.
pub fn changed_cells(changed: &Changed) -> [String; 3] {
    let cell = |amount: &Option<Amount>| amount.as_ref().map_or_else(|| "not there".to_owned(), super::amount);
    let difference = match (&changed.before, &changed.now) {
        (Some(before), Some(now)) => difference_words(now, before).unwrap_or_default(),
        (None, _) => "came".to_owned(),
        (_, None) => "went".to_owned(),
    };
    [cell(&changed.before), cell(&changed.now), difference]
}

/// What is another beside the figures: sections that came or went, sources whose coverage changed.
pub fn restated_beside(restated: &Restated) -> Vec<String> {
    let quoted = |titles: &[String]| list(&titles.iter().map(|title| format!("“{title}”")).collect::<Vec<_>>());
    let mut said = Vec::new();
    if !restated.sections_new.is_empty() {
        said.push(format!("New in this revision: {}.", quoted(&restated.sections_new)));
    }
    if !restated.sections_gone.is_empty() {
        said.push(format!("No more in this revision: {}.", quoted(&restated.sections_gone)));
    }
    for changed in &restated.coverage {
        let word = |found: Option<crate::figures::Verdict>| found.map_or("not in scope", verdict);
        said.push(format!(
            "Coverage of {}: {} before, {} now.",
            changed.source,
            word(changed.before),
            word(changed.now)
        ));
    }
    said
}

/// Why the figures of the edition before are not known.
pub fn lost(why: Option<Lost>) -> &'static str {
    match why {
        Some(Lost::Gone) => "the figures of the edition before are no more in their place",
        Some(Lost::OtherLayout) => "the figures of the edition before were written by a version with another layout",
        Some(Lost::Altered) => "the figures of the edition before are not the file that was issued",
        None => "the edition before is not known",
    }
}
