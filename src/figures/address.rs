//! Addresses: `section/row/column`, stable from edition to edition; and labels F1, F2 … in reading order.

use super::{Body, Figure, Figures, Total};
use crate::definition::Definition;

/// What stands for a total in an address. Keys never look so: their `%` is escaped.
pub(super) const TOTAL: &str = "%total";
/// What stands for the groups that are summed up.
pub(super) const REST: &str = "%rest";
/// What stands for the series compared with.
pub(super) const COMPARED: &str = "%compared";
/// What stands for the share of a group and all before it.
pub(super) const TOGETHER: &str = "%together";
/// First parts of figures that belong to no section.
pub(super) const TOTALS: &str = "%totals";
/// See [`TOTALS`].
pub(super) const THRESHOLDS: &str = "%thresholds";
/// See [`TOTALS`].
pub(super) const SOURCES: &str = "%sources";

/// A key as part of an address: verbatim, but `/` and `%`.
pub(super) fn part(key: &str) -> String {
    key.replace('%', "%25").replace('/', "%2F")
}

/// Reads what [`part`] writes.
pub(super) fn key(part: &str) -> String {
    part.replace("%2F", "/").replace("%25", "%")
}

/// Parts that are keys, after a section's id.
pub(super) fn keyed(id: &str, keys: &[String]) -> String {
    let mut address = part(id);
    for key in keys {
        address.push('/');
        address.push_str(&part(key));
    }
    address
}

/// One more part, as it is.
pub(super) fn under(address: &str, part: &str) -> String {
    format!("{address}/{part}")
}

/// Gives labels from 1 in reading order: sections first, with what they show; what is shown nowhere comes after.
pub(super) fn label(figures: &mut Figures) {
    let mut next = 1;
    let Figures { sections, totals, crossed, coverage, .. } = figures;
    let mut give = |figure: &mut Figure| {
        if figure.label == 0 {
            figure.label = next;
            next += 1;
        }
    };
    for section in sections {
        match &mut section.body {
            Body::Verdict { measures } => {
                for measure in measures {
                    if let Some(total) = totals.get_mut(measure) {
                        give(&mut total.now);
                    }
                }
            }
            Body::Attention { shown, .. } => {
                for index in shown {
                    if let Some(crossed) = crossed.get_mut(*index) {
                        give(&mut crossed.figure);
                    }
                }
            }
            Body::Coverage { .. } => coverage.sources.iter_mut().for_each(|source| give(&mut source.events)),
            body => own_figures_mut(body).into_iter().for_each(&mut give),
        }
    }
    crossed.iter_mut().for_each(|crossed| give(&mut crossed.figure));
    totals.values_mut().for_each(|total| give(&mut total.now));
    coverage.sources.iter_mut().for_each(|source| give(&mut source.events));
}

/// The figures that a section holds itself, in reading order.
pub(super) fn own_figures_mut(body: &mut Body) -> Vec<&mut Figure> {
    match body {
        Body::Summary { tiles } | Body::Targets { rows: tiles } => {
            tiles.iter_mut().map(|tile| &mut tile.total.now).collect()
        }
        Body::Series(series) => {
            let rows = series.series.iter_mut().chain(series.total.as_mut()).chain(series.compared.as_mut());
            rows.flat_map(|row| &mut row.figures).collect()
        }
        Body::Ranking(ranking) => {
            let rows = ranking.rows.iter_mut().flat_map(|row| &mut row.figures);
            let rows = rows.chain(ranking.rest.iter_mut().flatten()).chain(&mut ranking.total);
            rows.chain(&mut ranking.together).collect()
        }
        Body::Crosstab(table) => {
            table.rows.iter_mut().flat_map(|row| &mut row.figures).chain(&mut table.total).collect()
        }
        Body::Heatmap(map) => map.panels.iter_mut().map(|panel| &mut panel.total).collect(),
        Body::Events(events) => vec![&mut events.total],
        Body::Sequence(list) => list.found.iter_mut().map(|found| &mut found.count).chain([&mut list.total]).collect(),
        Body::Verdict { .. } | Body::Attention { .. } | Body::Coverage { .. } => Vec::new(),
        // Numbers of the register are none of the log: no events stand behind them.
        Body::Findings(_) | Body::Actions(_) | Body::Text { .. } | Body::Sign { .. } => Vec::new(),
    }
}

impl Figures {
    /// Every figure with an address, in order of label.
    pub fn all(&self) -> Vec<&Figure> {
        let mut list: Vec<&Figure> = self.sections.iter().flat_map(|section| own_figures(&section.body)).collect();
        list.extend(self.totals.values().map(|total: &Total| &total.now));
        list.extend(self.crossed.iter().map(|crossed| &crossed.figure));
        list.extend(self.coverage.sources.iter().map(|source| &source.events));
        list.sort_by_key(|figure| figure.label);
        list
    }

    /// The total that an address is the present value of: in a summary, among targets, or of the whole definition.
    pub fn total_at(&self, address: &str) -> Option<&Total> {
        let tiles = self.sections.iter().filter_map(|section| match &section.body {
            Body::Summary { tiles } | Body::Targets { rows: tiles } => Some(tiles),
            _ => None,
        });
        let totals = tiles.flatten().map(|tile| &tile.total).chain(self.totals.values());
        totals.into_iter().find(|total| total.now.address == address)
    }

    /// The figure of an address, or of a label (`F12`, `12`).
    pub fn find(&self, address_or_label: &str) -> Option<&Figure> {
        let number = address_or_label.strip_prefix(['F', 'f']).unwrap_or(address_or_label).parse::<u32>().ok();
        let all = self.all();
        let by_address = all.iter().find(|figure| figure.address == address_or_label);
        by_address.or_else(|| all.iter().find(|figure| Some(figure.label) == number)).copied()
    }
}

fn own_figures(body: &Body) -> Vec<&Figure> {
    match body {
        Body::Summary { tiles } | Body::Targets { rows: tiles } => tiles.iter().map(|tile| &tile.total.now).collect(),
        Body::Series(series) => {
            let rows = series.series.iter().chain(series.total.as_ref()).chain(series.compared.as_ref());
            rows.flat_map(|row| &row.figures).collect()
        }
        Body::Ranking(ranking) => {
            let rows = ranking.rows.iter().flat_map(|row| &row.figures);
            rows.chain(ranking.rest.iter().flatten()).chain(&ranking.total).chain(&ranking.together).collect()
        }
        Body::Crosstab(table) => table.rows.iter().flat_map(|row| &row.figures).chain(&table.total).collect(),
        Body::Heatmap(map) => map.panels.iter().map(|panel| &panel.total).collect(),
        Body::Events(events) => vec![&events.total],
        Body::Sequence(list) => list.found.iter().map(|found| &found.count).chain([&list.total]).collect(),
        Body::Verdict { .. } | Body::Attention { .. } | Body::Coverage { .. } => Vec::new(),
        // Numbers of the register are none of the log: no events stand behind them.
        Body::Findings(_) | Body::Actions(_) | Body::Text { .. } | Body::Sign { .. } => Vec::new(),
    }
}

/// Checks that no two figures share an address: `explain` would show the wrong events.
pub(super) fn check(figures: &Figures, definition: &Definition) -> Result<(), super::FigureError> {
    let mut seen = std::collections::BTreeSet::new();
    for figure in figures.all() {
        if !seen.insert(figure.address.as_str()) {
            let reason = format!("two figures of `{}` have the address `{}`", definition.stem, figure.address);
            return Err(super::FigureError::Definition(reason));
        }
    }
    Ok(())
}
