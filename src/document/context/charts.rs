//! Charts of a context: figures as Chart values, with an alternative text that says what they show.

use super::View;
use crate::chart::{Chart, Kind, Role, Series as Line};
use crate::figures::{Amount, Heatmap, Normal, Panel, Ranking, Series, SeriesRow, Total};

/// An amount as a number on an axis; nothing where there is none.
fn value(amount: &Amount) -> Option<f64> {
    match *amount {
        Amount::Whole(number) => Some(number as f64),
        Amount::Share { part, whole } if whole != 0 => Some(part as f64 * 100.0 / whole as f64),
        Amount::Mean { sum, over } if over != 0 => Some(sum as f64 / over as f64),
        _ => None,
    }
}

fn values(row: &SeriesRow) -> Vec<Option<f64>> {
    row.figures.iter().map(|figure| value(&figure.amount)).collect()
}

impl View<'_> {
    pub(super) fn series_chart(&self, series: &Series, split: &str) -> Chart {
        let kind = match series.form.as_str() {
            "lines" => Kind::Lines,
            "stacked_bars" => Kind::StackedBars,
            "small_multiples" => Kind::SmallMultiples,
            _ => Kind::Bars,
        };
        let mut lines: Vec<Line> = series
            .series
            .iter()
            .map(|row| Line {
                name: if split.is_empty() { self.words.title(&series.title) } else { self.key_words(split, &row.key) },
                values: values(row),
                role: if split == "actor.kind" && row.key == "service" { Role::Service } else { Role::Plain },
            })
            .collect();
        if let (Some(compared), Kind::Bars | Kind::Lines) = (&series.compared, kind) {
            lines.push(Line { name: self.compared_words(), values: values(compared), role: Role::Compared });
        }
        let limits = |normal: &Normal| Some((value(&normal.low)?, value(&normal.high)?));
        let band: Vec<_> = series.normal.iter().map(|normal| normal.as_ref().and_then(limits)).collect();
        Chart {
            kind,
            categories: series
                .categories
                .iter()
                .map(|label| self.words.short_period(label, series.categories.len()))
                .collect(),
            series: lines,
            unit: self.words.unit(&series.unit),
            band,
            target: None,
            alt: self.series_alt(series),
        }
    }

    /// `Events by day: 12 on Mon 23 Nov … highest 412 on Thu 26 Nov.`
    fn series_alt(&self, series: &Series) -> String {
        let sums: Vec<(usize, f64)> = (0..series.categories.len())
            .map(|at| {
                let sum =
                    series.series.iter().filter_map(|row| row.figures.get(at)).filter_map(|f| value(&f.amount)).sum();
                (at, sum)
            })
            .collect();
        let highest = sums.iter().fold(None::<(usize, f64)>, |best, (at, sum)| match best {
            Some((_, most)) if most >= *sum => best,
            _ => Some((*at, *sum)),
        });
        let (title, by) = (self.words.title(&series.title), self.words.by(&series.by));
        let named = [("title", title.as_str()), ("by", by.as_str())];
        match highest {
            Some((at, most)) if most > 0.0 => {
                let label = |at: usize| series.categories.get(at).map(|label| self.words.period_label(label));
                let label = |at: usize| label(at).unwrap_or_default();
                let (first, last, top) = (label(0), label(series.categories.len().saturating_sub(1)), label(at));
                let most = self.counted_value(most, &series.unit);
                let more = [("first", first.as_str()), ("last", &last), ("label", &top), ("most", &most)];
                self.words.say("alt.series", &[&named[..], &more[..]].concat())
            }
            _ => self.words.say("alt.series_nothing", &named),
        }
    }

    /// A value of an axis with its unit.
    fn counted_value(&self, value: f64, unit: &str) -> String {
        self.words.counted(value.round() as i64, unit)
    }

    pub(super) fn ranking_chart(&self, ranking: &Ranking) -> Chart {
        let head = ranking.columns.first();
        let rows: Vec<_> = ranking.rows.iter().take(12).collect();
        let names: Vec<String> = rows
            .iter()
            .map(|row| {
                let words: Vec<_> = ranking.by.iter().zip(&row.keys).map(|(by, key)| self.key_words(by, key)).collect();
                words.join(", ")
            })
            .collect();
        let line = Line {
            name: head.map(|head| self.words.title(&head.title)).unwrap_or_default(),
            values: rows.iter().map(|row| row.figures.first().and_then(|figure| value(&figure.amount))).collect(),
            role: Role::Plain,
        };
        let unit = head.map(|head| head.unit.as_str()).unwrap_or_default();
        let alt = match (names.first(), line.values.first()) {
            (Some(name), Some(Some(most))) => {
                let most = self.counted_value(*most, unit);
                self.words.say("alt.ranking", &[("title", &line.name), ("name", name), ("most", &most)])
            }
            _ => self.words.say("alt.nothing", &[("title", &line.name)]),
        };
        let unit = self.words.unit(unit);
        Chart { kind: Kind::Ranking, categories: names, series: vec![line], unit, band: Vec::new(), target: None, alt }
    }

    pub(super) fn heatmap_chart(&self, heatmap: &Heatmap, panel: &Panel) -> Chart {
        let series = heatmap
            .rows
            .iter()
            .zip(&panel.cells)
            .map(|(key, cells)| Line {
                name: self.key_words(&heatmap.by.0, key),
                values: cells.iter().map(|cell| Some(*cell as f64)).collect(),
                role: Role::Plain,
            })
            .collect();
        let categories = heatmap.columns.iter().map(|key| self.axis_words(&heatmap.by.1, key)).collect();
        let mut most: Option<(i64, &String, &String)> = None;
        for (row, cells) in heatmap.rows.iter().zip(&panel.cells) {
            for (column, cell) in heatmap.columns.iter().zip(cells) {
                if *cell > most.map_or(0, |(number, _, _)| number) {
                    most = Some((*cell, row, column));
                }
            }
        }
        let title = self.words.title(&heatmap.measure.title);
        let alt = match most {
            Some((number, row, column)) => {
                let (row, column) = (self.key_words(&heatmap.by.0, row), self.key_words(&heatmap.by.1, column));
                let most = self.words.counted(number, &heatmap.measure.unit);
                let with = [("title", title.as_str()), ("row", &row), ("column", &column), ("most", &most)];
                self.words.say("alt.heatmap", &with)
            }
            None => self.words.say("alt.nothing", &[("title", &title)]),
        };
        Chart {
            kind: Kind::Heatmap,
            categories,
            series,
            unit: self.words.unit(&heatmap.measure.unit),
            band: Vec::new(),
            target: None,
            alt,
        }
    }

    /// The measure over the last periods, for a tile; `None` with too few of them to be a line.
    pub(super) fn spark(&self, total: &Total) -> Option<Chart> {
        let points: Vec<Option<f64>> = total.history.iter().map(|(_, amount)| value(amount)).collect();
        if points.iter().flatten().count() < 3 {
            return None;
        }
        let title = self.words.title(&total.title);
        Some(Chart {
            kind: Kind::Spark,
            categories: total.history.iter().map(|(label, _)| label.clone()).collect(),
            alt: self.words.say("alt.spark", &[("title", &title), ("n", &points.len().to_string())]),
            series: vec![Line { name: title, values: points, role: Role::Plain }],
            unit: self.words.unit(&total.unit),
            band: Vec::new(),
            target: None,
        })
    }
}
