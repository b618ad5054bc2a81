//! Restated: two editions of the same report and period side by side, figure by figure: what a revision changed.
//!
//! A figure is known by its address, so that one whose label moved is the same figure. Only what stands on the pages is
//! compared: a total that no section shows has no place where a reader could miss it.

use super::{Amount, Body, Figure, Figures, Verdict, address};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a revision changed against the edition that it revises.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Restated {
    /// How many figures stand on the pages of one of them or of both.
    pub compared: u64,
    /// Those that differ, that came and that went: in reading order, those that went last.
    pub changed: Vec<Changed>,
    /// Headings of sections (ids where they have none) that came …
    pub sections_new: Vec<String>,
    /// … and that went.
    pub sections_gone: Vec<String>,
    /// Sources whose coverage is another.
    pub coverage: Vec<CoverageChanged>,
    /// Full names of actors that only the edition before shows.
    pub names: BTreeMap<String, String>,
}

/// A figure that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// Where it stands.
    pub place: Place,
    /// What it was; `None`: it was not there.
    pub before: Option<Amount>,
    /// What it is; `None`: it is there no more.
    pub now: Option<Amount>,
}

/// Where a figure stands, and what it is of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Its address.
    pub address: String,
    /// Its label in the newer edition that has it; 0 for a cell of a heatmap.
    pub label: u32,
    /// Heading of its section; may be empty.
    pub section: String,
    /// Name of the dimension and key of each group that it is of.
    pub keys: Vec<(String, String)>,
    /// Its groups are all that are not shown by themselves.
    pub rest: bool,
    /// Title of the measure; empty where the section has no other.
    pub measure: String,
    /// Unit of the measure.
    pub unit: String,
}

/// A source whose coverage changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoverageChanged {
    /// Title of the source.
    pub source: String,
    /// Verdict then; `None`: it was not in scope.
    pub before: Option<Verdict>,
    /// Verdict now.
    pub now: Option<Verdict>,
}

impl Restated {
    /// How many figures both have, with another number; how many came; how many went.
    pub fn counts(&self) -> (u64, u64, u64) {
        let count = |which: fn(&Changed) -> bool| self.changed.iter().filter(|one| which(one)).count() as u64;
        let both = count(|one| one.before.is_some() && one.now.is_some());
        (both, count(|one| one.before.is_none()), count(|one| one.now.is_none()))
    }

    /// The figure that changed most: the plain count with the greatest difference, the first of equal ones; without any,
    /// the first of all.
    pub fn largest(&self) -> Option<&Changed> {
        let size = |one: &Changed| {
            let count = |amount: Option<Amount>| match amount {
                None => Some(0),
                Some(Amount::Whole(value)) => Some(i128::from(value)),
                Some(_) => None,
            };
            Some((count(one.now)? - count(one.before)?).abs())
        };
        let mut largest: Option<(i128, &Changed)> = None;
        for one in &self.changed {
            let size = size(one).unwrap_or(-1);
            if largest.is_none_or(|(most, _)| size > most) {
                largest = Some((size, one));
            }
        }
        largest.map(|(_, one)| one)
    }
}

/// Sets two editions side by side.
pub fn restated(before: &Figures, now: &Figures) -> Restated {
    let (then, is) = (shown(before), shown(now));
    let mut old: BTreeMap<&str, &Shown> = then.iter().map(|one| (one.0.address.as_str(), one)).collect();
    let mut changed = Vec::new();
    for (place, amount) in &is {
        let was = old.remove(place.address.as_str()).map(|(_, amount)| *amount);
        if was != Some(*amount) {
            changed.push(Changed { place: place.clone(), before: was, now: Some(*amount) });
        }
    }
    let gone: BTreeSet<&str> = old.into_keys().collect();
    let went = then.iter().filter(|(place, _)| gone.contains(place.address.as_str()));
    changed.extend(went.map(|(place, amount)| Changed { place: place.clone(), before: Some(*amount), now: None }));
    let ids = |figures: &Figures| -> BTreeSet<String> { figures.sections.iter().map(|one| one.id.clone()).collect() };
    let lacking = |of: &Figures, known: &BTreeSet<String>| -> Vec<String> {
        of.sections.iter().filter(|section| !known.contains(&section.id)).map(heading).collect()
    };
    let mut names = before.names.clone();
    names.retain(|actor, _| !now.names.contains_key(actor));
    Restated {
        compared: (is.len() + gone.len()) as u64,
        changed,
        sections_new: lacking(now, &ids(before)),
        sections_gone: lacking(before, &ids(now)),
        coverage: coverage(before, now),
        names,
    }
}

fn coverage(before: &Figures, now: &Figures) -> Vec<CoverageChanged> {
    let verdicts = |figures: &Figures| -> BTreeMap<String, Verdict> {
        let sources = figures.coverage.sources.iter();
        sources.map(|source| (source.known.source.title.clone(), source.verdict)).collect()
    };
    let (then, is) = (verdicts(before), verdicts(now));
    let sources: BTreeSet<&String> = then.keys().chain(is.keys()).collect();
    let changed = sources.into_iter().filter(|source| then.get(*source) != is.get(*source));
    changed
        .map(|source| CoverageChanged {
            source: source.clone(),
            before: then.get(source).copied(),
            now: is.get(source).copied(),
        })
        .collect()
}

fn heading(section: &super::Section) -> String {
    if section.title.is_empty() { section.id.clone() } else { section.title.clone() }
}

type Shown = (Place, Amount);

/// Every number on the pages with its place, in reading order, each address once.
fn shown(figures: &Figures) -> Vec<Shown> {
    let mut list = Vec::new();
    for section in &figures.sections {
        of_section(figures, section, &mut list);
    }
    let mut seen = BTreeSet::new();
    list.retain(|(place, _)| seen.insert(place.address.clone()));
    list
}

fn of_section(figures: &Figures, section: &super::Section, list: &mut Vec<Shown>) {
    let mut add = |figure: &Figure, keys: &[(&str, &str)], rest: bool, measure: &str, unit: &str| {
        let place = Place {
            address: figure.address.clone(),
            label: figure.label,
            section: section.title.clone(),
            keys: keys.iter().map(|(by, key)| ((*by).to_owned(), (*key).to_owned())).collect(),
            rest,
            measure: measure.to_owned(),
            unit: unit.to_owned(),
        };
        list.push((place, figure.amount));
    };
    match &section.body {
        Body::Verdict { measures } => {
            for total in measures.iter().filter_map(|name| figures.totals.get(name)) {
                add(&total.now, &[], false, &total.title, &total.unit);
            }
        }
        Body::Summary { tiles } | Body::Targets { rows: tiles } => {
            tiles.iter().for_each(|tile| add(&tile.total.now, &[], false, &tile.total.title, &tile.total.unit));
        }
        Body::Attention { shown, .. } => {
            for crossed in shown.iter().filter_map(|index| figures.crossed.get(*index)) {
                let keys = [(crossed.by.as_str(), crossed.key.as_str())];
                let keys = if crossed.by.is_empty() { &keys[..0] } else { &keys[..] };
                add(&crossed.figure, keys, false, &crossed.measure.title, &crossed.measure.unit);
            }
        }
        Body::Series(series) => {
            for row in series.series.iter().chain(&series.compared) {
                for (label, figure) in series.categories.iter().zip(&row.figures) {
                    let keys = [(series.by.as_str(), label.as_str()), (series.split.as_str(), row.key.as_str())];
                    let keys = if series.split.is_empty() { &keys[..1] } else { &keys[..] };
                    add(figure, keys, false, &series.title, &series.unit);
                }
            }
        }
        Body::Ranking(ranking) => {
            let heads = || ranking.columns.iter();
            for row in &ranking.rows {
                let keys: Vec<(&str, &str)> =
                    ranking.by.iter().map(String::as_str).zip(row.keys.iter().map(String::as_str)).collect();
                for (head, figure) in heads().zip(&row.figures) {
                    add(figure, &keys, false, &head.title, &head.unit);
                }
            }
            let rest = heads().zip(&ranking.rest).filter_map(|(head, rest)| Some((head, rest.as_ref()?)));
            rest.for_each(|(head, figure)| add(figure, &[], true, &head.title, &head.unit));
            heads().zip(&ranking.total).for_each(|(head, figure)| add(figure, &[], false, &head.title, &head.unit));
        }
        Body::Crosstab(table) => {
            let head = &table.measure;
            for row in &table.rows {
                let key = row.keys.first().map_or("", String::as_str);
                for (place, figure) in row.figures.iter().enumerate() {
                    let column = table.columns.get(place).map(|column| (table.by.1.as_str(), column.as_str()));
                    let keys: Vec<(&str, &str)> = std::iter::once((table.by.0.as_str(), key)).chain(column).collect();
                    add(figure, &keys, false, &head.title, &head.unit);
                }
            }
            for (place, figure) in table.total.iter().enumerate() {
                let column = table.columns.get(place).map(|column| (table.by.1.as_str(), column.as_str()));
                add(figure, &Vec::from_iter(column), false, &head.title, &head.unit);
            }
        }
        Body::Heatmap(map) => {
            for panel in &map.panels {
                let key = ("", panel.key.as_str());
                let keys = if panel.key.is_empty() { Vec::new() } else { vec![key] };
                add(&panel.total, &keys, false, &map.measure.title, &map.measure.unit);
                let base = panel.total.address.strip_suffix(address::TOTAL).unwrap_or_default();
                for (row, cells) in map.rows.iter().zip(&panel.cells) {
                    for (column, cell) in map.columns.iter().zip(cells).filter(|(_, cell)| **cell != 0) {
                        let address = format!("{base}{}/{}", address::part(row), address::part(column));
                        let amount = Amount::Whole(*cell);
                        let cell = Figure { address, label: 0, amount, not_recorded_by: Vec::new() };
                        let mut keys = keys.clone();
                        keys.extend([(map.by.0.as_str(), row.as_str()), (map.by.1.as_str(), column.as_str())]);
                        add(&cell, &keys, false, &map.measure.title, &map.measure.unit);
                    }
                }
            }
        }
        Body::Events(events) => add(&events.total, &[], false, "", ""),
        Body::Sequence(sequences) => {
            for found in &sequences.found {
                add(&found.count, &[(sequences.by.as_str(), found.key.as_str())], false, "", "");
            }
            add(&sequences.total, &[], false, "", "");
        }
        Body::Coverage { .. } => {
            for source in &figures.coverage.sources {
                add(&source.events, &[("source", source.known.source.name.as_str())], false, "Events", "events");
            }
        }
        // What became of findings since is no correction.
        Body::Findings(_) | Body::Actions(_) | Body::Text { .. } | Body::Sign { .. } => {}
    }
}
