//! Dates of figures, moved to where they tell no more than their distance from the period's first day.

use super::Mask;
use crate::audit_log::Retired;
use crate::calendar::Span;
use crate::calendar::relative::Mover;
use crate::definition::{Definition, words};
use crate::figures::address::own_figures_mut;
use crate::figures::{Body, Covered, Figure, Figures, Normal, filter_words};
use crate::query::{Dimension, Filter};

/// Dimensions whose keys are labels of periods.
fn is_time(name: &str) -> bool {
    [Dimension::Day, Dimension::Week, Dimension::Month, Dimension::Quarter, Dimension::Year]
        .into_iter()
        .any(|dimension| filter_words::dimension(dimension) == name)
}

impl Mask {
    /// Figures as the edition may have them: dates moved, conditions told as by `told`, nothing that leads back to the log.
    pub fn finish(&self, figures: &mut Figures, told: &Definition) {
        let mover = self.mover();
        let zone = &told.schedule.zone;
        for (section, told) in figures.sections.iter_mut().zip(&told.sections) {
            section.filter = (told.filter != Filter::All).then(|| words::filter(&told.filter, zone));
            body(mover, &mut section.body);
        }
        covered(mover, &mut figures.period);
        for compared in &mut figures.compared {
            compared.periods.iter_mut().for_each(|period| covered(mover, period));
            for partial in &mut compared.partial {
                partial.silent.iter_mut().for_each(|silent| *silent = span(mover, silent));
                partial.begins = partial.begins.map(|at| mover.instant(at));
            }
        }
        for total in figures.totals.values_mut() {
            address(mover, &mut total.now);
            total.history.iter_mut().for_each(|(label, _)| *label = mover.label(label));
            normal(mover, &mut total.normal);
        }
        for crossed in &mut figures.crossed {
            address(mover, &mut crossed.figure);
            crossed.key = mover.label(&crossed.key);
        }
        let instant = |at: &mut Option<i64>| *at = at.map(|at| mover.instant(at));
        for source in &mut figures.coverage.sources {
            let known = &mut source.known;
            let times = [&mut known.first, &mut known.last, &mut known.last_in_span, &mut known.imported_at];
            times.into_iter().for_each(instant);
            known.gaps.clear();
            known.retired = known.retired.take().map(|retired| Retired {
                before: mover.instant(retired.before),
                at: mover.instant(retired.at),
                ..retired
            });
            source.silent.iter_mut().for_each(|silent| *silent = span(mover, silent));
        }
        figures.batches.clear();
        figures.names.clear();
    }
}

fn span(mover: &Mover, span: &Span) -> Span {
    Span { from: mover.instant(span.from), to: mover.instant(span.to) }
}

fn covered(mover: &Mover, covered: &mut Covered) {
    covered.span = span(mover, &covered.span);
    covered.period = mover.period(&covered.period);
    covered.label = covered.period.label();
    // Moved instants are read as they stand; the zone would tell where, and holidays when.
    covered.zone = "UTC".to_owned();
    covered.holidays.clear();
}

/// The parts of an address that are periods.
fn address(mover: &Mover, figure: &mut Figure) {
    figure.address = figure.address.split('/').map(|part| mover.label(part)).collect::<Vec<_>>().join("/");
}

/// The earlier periods that it was learnt from.
fn normal(mover: &Mover, normal: &mut Option<Normal>) {
    for earlier in normal.iter_mut().flat_map(|normal| &mut normal.earlier) {
        earlier.label = mover.label(&earlier.label);
    }
}

fn body(mover: &Mover, body: &mut Body) {
    own_figures_mut(body).into_iter().for_each(|figure| address(mover, figure));
    let labels = |keys: &mut Vec<String>| keys.iter_mut().for_each(|key| *key = mover.label(key));
    match body {
        Body::Summary { tiles } | Body::Targets { rows: tiles } => {
            for tile in tiles {
                tile.total.history.iter_mut().for_each(|(label, _)| *label = mover.label(label));
                normal(mover, &mut tile.total.normal);
            }
        }
        Body::Series(series) => {
            labels(&mut series.categories);
            series.normal.iter_mut().for_each(|one| normal(mover, one));
        }
        Body::Ranking(ranking) => {
            ranking.rows.iter_mut().for_each(|row| normal(mover, &mut row.normal));
            for (place, _) in ranking.by.iter().enumerate().filter(|(_, by)| is_time(by)) {
                for key in ranking.rows.iter_mut().filter_map(|row| row.keys.get_mut(place)) {
                    *key = mover.label(key);
                }
            }
        }
        Body::Crosstab(table) => {
            if is_time(&table.by.0) {
                table.rows.iter_mut().for_each(|row| labels(&mut row.keys));
            }
            if is_time(&table.by.1) {
                labels(&mut table.columns);
            }
        }
        Body::Heatmap(map) => {
            if is_time(&map.by.0) {
                labels(&mut map.rows);
            }
            if is_time(&map.by.1) {
                labels(&mut map.columns);
            }
        }
        Body::Sequence(list) => {
            for found in &mut list.found {
                for at in [&mut found.first_at, &mut found.last_at, &mut found.then_at] {
                    *at = mover.instant(*at);
                }
            }
        }
        Body::Verdict { .. } | Body::Attention { .. } | Body::Events(_) | Body::Text { .. } => {}
        // Under a mask they hold numbers alone.
        Body::Findings(_) | Body::Actions(_) | Body::Coverage { .. } | Body::Sign { .. } => {}
    }
}
