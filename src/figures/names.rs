//! Full names of the actors that appear in figures, as at the end of the period.

use super::{Body, EvidenceFile, Figures};
use crate::audit_log::Lens;
use crate::event::actor_key;
use crate::query::Field;
use std::collections::{BTreeMap, BTreeSet};

/// Names by actor as it appears. Who the directory does not know, or knows without a name, is absent.
pub(super) fn names(figures: &Figures, files: &[EvidenceFile], lens: &Lens) -> BTreeMap<String, String> {
    let actor = Field::Actor.name();
    let mut actors: BTreeSet<&str> = BTreeSet::new();
    for section in &figures.sections {
        match &section.body {
            Body::Ranking(ranking) => {
                for (place, _) in ranking.by.iter().enumerate().filter(|(_, by)| *by == actor) {
                    actors.extend(ranking.rows.iter().filter_map(|row| row.keys.get(place)).map(String::as_str));
                }
            }
            Body::Crosstab(table) => {
                if table.by.0 == actor {
                    actors.extend(table.rows.iter().flat_map(|row| &row.keys).map(String::as_str));
                }
                if table.by.1 == actor {
                    actors.extend(table.columns.iter().map(String::as_str));
                }
            }
            Body::Heatmap(map) => {
                let sides = [(&map.by.0, &map.rows), (&map.by.1, &map.columns)];
                let of_actors = sides.into_iter().filter(|(by, _)| *by == actor);
                actors.extend(of_actors.flat_map(|(_, keys)| keys).map(String::as_str));
                actors.extend(map.panels.iter().map(|panel| panel.key.as_str()));
            }
            Body::Series(series) if series.split == actor => {
                actors.extend(series.series.iter().map(|row| row.key.as_str()))
            }
            Body::Sequence(list) if list.by == actor => {
                actors.extend(list.found.iter().map(|found| found.key.as_str()));
            }
            _ => {}
        }
    }
    actors.extend(figures.crossed.iter().filter(|crossed| crossed.by == actor).map(|crossed| crossed.key.as_str()));
    for file in files {
        if let Some(place) = file.header.iter().position(|name| name == actor) {
            actors.extend(file.rows.iter().filter_map(|row| row.get(place)).map(String::as_str));
        }
    }
    let at = figures.period.span.to.saturating_sub(1);
    let name = |actor: &str| {
        let key = actor_key(actor);
        let rows = lens.directory.indices(&key).iter().rev().filter_map(|index| lens.directory.rows().get(*index));
        let person = lens.directory.at(&key, at).or_else(|| rows.clone().next())?;
        (!person.name.is_empty()).then(|| (actor.to_owned(), person.name.clone()))
    };
    actors.into_iter().filter_map(name).collect()
}
