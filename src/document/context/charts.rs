//! Charts of a context: figures as Chart values, with an alternative text that says what they show.

use super::View;
use super::tables::{TableView, quiet_figure, text};
use crate::chart::{Chart, Kind, Role, Series as Line};
use crate::figures::{Amount, Figure, Heatmap, Normal, Panel, Ranking, Series, SeriesRow, Total};
use crate::wording::{self, gap_words};
use serde_json::Value;

/// So many groups of a ranking are drawn; the table has all that are shown.
const DRAWN: usize = 12;

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
    pub(super) fn series_chart(&self, series: &Series) -> Chart {
        let kind = match series.form.as_str() {
            "lines" | "cumulative" => Kind::Lines,
            "stacked_bars" => Kind::StackedBars,
            "area" => Kind::Area,
            "small_multiples" => Kind::SmallMultiples,
            _ => Kind::Bars,
        };
        let running = series.form == "cumulative";
        let mut lines: Vec<Line> = series
            .series
            .iter()
            .map(|row| Line { name: self.row_words(series, row), values: values(row), role: role(series, row) })
            .collect();
        let mut categories: Vec<String> =
            series.categories.iter().map(|label| wording::short_period(label, series.categories.len())).collect();
        if let (Some(compared), Kind::Bars | Kind::Lines) = (&series.compared, kind) {
            let line = Line { name: self.compared_words(), values: values(compared), role: Role::Compared };
            // The period compared with may be longer: its last days have no label of their own.
            categories.resize(categories.len().max(line.values.len()), String::new());
            lines.push(line);
            if running && let Some(first) = lines.first_mut() {
                first.name = wording::period(&self.figures.period.period);
            }
        }
        let limits = |normal: &Normal| Some((value(&normal.low)?, value(&normal.high)?));
        let outside = |normal: &Option<Normal>| normal.as_ref().is_some_and(Normal::is_outside);
        let marked: Vec<usize> =
            series.normal.iter().enumerate().filter(|(_, normal)| outside(normal)).map(|(place, _)| place).collect();
        Chart {
            kind,
            categories,
            ticks: wording::axis_ways(&series.categories),
            series: lines,
            totals: series.total.as_ref().map(values).unwrap_or_default(),
            unit: series.unit.clone(),
            band: series.normal.iter().map(|normal| normal.as_ref().and_then(limits)).collect(),
            marked,
            target: None,
            nothing: wording::no_data(&series.unit),
            absent: gap_words(series.series.iter().flat_map(|row| &row.figures)),
            normal: "normal".to_owned(),
            outside: "outside what is normal".to_owned(),
            alt: self.series_alt(series),
        }
    }

    /// What a row of a series is called.
    fn row_words(&self, series: &Series, row: &SeriesRow) -> String {
        if series.split.is_empty() { series.title.clone() } else { self.key_words(&series.split, &row.key) }
    }

    /// `Events by day, Monday 23 November 2026 to Sunday 29 November 2026. Highest: 412 events, Thursday 26 November 2026. …`
    fn series_alt(&self, series: &Series) -> String {
        let label = |at: usize| series.categories.get(at).map(|label| wording::period_label(label)).unwrap_or_default();
        let points = |row: &'_ SeriesRow| -> Vec<(String, Figure)> {
            row.figures.iter().enumerate().map(|(at, figure)| (label(at), figure.clone())).collect()
        };
        let said = |row: &SeriesRow| {
            let points = points(row);
            let points: Vec<(String, &Figure)> = points.iter().map(|(label, figure)| (label.clone(), figure)).collect();
            wording::points_words(&points, &series.unit).join(" ")
        };
        let form = if series.form == "cumulative" { ", running total" } else { "" };
        let span = match series.categories.len() {
            0 => String::new(),
            1 => format!(", {}", label(0)),
            count => format!(", {} to {}", label(0), label(count - 1)),
        };
        let mut sentences = vec![format!("{} by {}{form}{span}.", series.title, series.by)];
        // A stack is told by its sums, and each part by its own highest.
        sentences.extend(series.total.as_ref().map(&said));
        match series.series.as_slice() {
            [one] => sentences.push(said(one)),
            many => {
                for row in many.iter().take(if series.total.is_some() { 3 } else { 8 }) {
                    sentences.push(format!("{}: {}", self.row_words(series, row), said(row)));
                }
            }
        }
        if let Some(last) = series.compared.as_ref().and_then(|row| row.figures.last())
            && series.form == "cumulative"
        {
            sentences.push(format!(
                "{} in the end: {}.",
                wording::first_upper(&self.compared_words()),
                wording::figure(last)
            ));
        }
        sentences.retain(|sentence| !sentence.is_empty());
        sentences.join(" ")
    }

    /// The numbers of a series' chart: a row a category, a column a series.
    pub(super) fn series_table(&self, series: &Series) -> Value {
        let mut table = TableView::default().text(wording::dimension(&series.by));
        for row in &series.series {
            table = table.number(&self.row_words(series, row));
        }
        if series.total.is_some() {
            table = table.number("All");
        }
        if series.compared.is_some() {
            table = table.number(&wording::first_upper(&self.compared_words()));
        }
        let rows = || series.series.iter().chain(&series.total).chain(&series.compared);
        let places = rows().map(|row| row.figures.len()).max().unwrap_or(0);
        for place in 0..places {
            let label = series.categories.get(place).map(|label| wording::period_label(label)).unwrap_or_default();
            let mut cells = vec![text(label)];
            cells.extend(rows().map(|row| row.figures.get(place).map_or_else(|| text(""), quiet_figure)));
            table.row(cells);
        }
        table.finish()
    }

    pub(super) fn ranking_chart(&self, ranking: &Ranking) -> Chart {
        let head = ranking.columns.first();
        let unit = head.map(|head| head.unit.clone()).unwrap_or_default();
        let title = head.map(|head| head.title.clone()).unwrap_or_default();
        let named: Vec<(String, &Figure)> = (ranking.rows.iter())
            .filter_map(|row| Some((self.keys_words(ranking, &row.keys), row.figures.first()?)))
            .collect();
        let drawn: Vec<&(String, &Figure)> = named.iter().take(DRAWN).collect();
        let line = Line {
            name: title.clone(),
            values: drawn.iter().map(|(_, figure)| value(&figure.amount)).collect(),
            role: Role::Plain,
        };
        let mut series = vec![line];
        let pareto = ranking.chart == "pareto";
        if pareto {
            let shares = ranking.together.iter().take(drawn.len()).map(|figure| value(&figure.amount)).collect();
            series.push(Line { name: "together, of all".to_owned(), values: shares, role: Role::Plain });
        }
        let outside = |row: &crate::figures::KeyedRow| row.normal.as_ref().is_some_and(Normal::is_outside);
        let marked = ranking.rows.iter().take(DRAWN).enumerate().filter(|(_, row)| outside(row));
        let mut alt =
            format!("{title}. {}", wording::ranking_words(&named, ranking.more, ranking.total.first(), &unit));
        if pareto {
            alt = format!("{alt} {}", wording::pareto_words(&ranking.together)).trim_end().to_owned();
        }
        Chart {
            kind: if pareto { Kind::Pareto } else { Kind::Ranking },
            categories: drawn.iter().map(|(name, _)| name.clone()).collect(),
            series,
            nothing: wording::no_data(&unit),
            absent: gap_words(drawn.iter().map(|(_, figure)| *figure)),
            outside: "outside what is normal".to_owned(),
            marked: marked.map(|(place, _)| place).collect(),
            unit,
            alt,
            ..Chart::default()
        }
    }

    /// The keys of a row as a reader says them.
    fn keys_words(&self, ranking: &Ranking, keys: &[String]) -> String {
        let words: Vec<String> = ranking.by.iter().zip(keys).map(|(by, key)| self.key_words(by, key)).collect();
        words.join(", ")
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
        let mut ticks = wording::axis_ways(&heatmap.columns);
        if heatmap.by.1 == "hour" {
            // A clock is read in parts of the day.
            let every = |hours: usize| (0..heatmap.columns.len()).step_by(hours);
            let label = |at: usize| heatmap.columns.get(at).map(|key| (at, self.axis_words("hour", key)));
            ticks = [1, 2, 3, 6, 12].map(|hours| every(hours).filter_map(label).collect()).to_vec();
        }
        Chart {
            kind: Kind::Heatmap,
            categories: heatmap.columns.iter().map(|key| self.axis_words(&heatmap.by.1, key)).collect(),
            ticks,
            series,
            unit: heatmap.measure.unit.clone(),
            nothing: wording::no_data(&heatmap.measure.unit),
            absent: gap_words(std::iter::once(&panel.total)),
            alt: self.heatmap_alt(heatmap, panel),
            ..Chart::default()
        }
    }

    fn heatmap_alt(&self, heatmap: &Heatmap, panel: &Panel) -> String {
        let title = &heatmap.measure.title;
        let mut most: Option<(i64, &String, &String)> = None;
        let (mut cells_in_all, mut zeros) = (0, 0);
        for (row, cells) in heatmap.rows.iter().zip(&panel.cells) {
            for (column, cell) in heatmap.columns.iter().zip(cells) {
                cells_in_all += 1;
                zeros += i64::from(*cell == 0);
                if *cell > most.map_or(0, |(number, _, _)| number) {
                    most = Some((*cell, row, column));
                }
            }
        }
        let total = wording::counted(&panel.total.amount, &heatmap.measure.unit);
        match most {
            Some((number, row, column)) => format!(
                "{title}: {total} in all. Most in {}, {}, with {}. {} of {} cells are zero.",
                self.key_words(&heatmap.by.0, row),
                self.key_words(&heatmap.by.1, column),
                wording::number(number),
                wording::number(zeros),
                wording::number(cells_in_all)
            ),
            None => format!("{title}: {total} in all."),
        }
    }

    /// The measure over the last periods, for a tile; `None` with too few of them to be a line.
    pub(super) fn spark(&self, total: &Total) -> Option<Chart> {
        let points: Vec<Option<f64>> = total.history.iter().map(|(_, amount)| value(amount)).collect();
        if points.iter().flatten().count() < 3 {
            return None;
        }
        let known = || total.history.iter().filter(|(_, amount)| amount.ratio().is_some());
        let (first, last) = (known().next()?, known().next_back()?);
        Some(Chart {
            kind: Kind::Spark,
            categories: total.history.iter().map(|(label, _)| label.clone()).collect(),
            alt: format!(
                "{} over the last {} periods: from {} ({}) to {} ({}).",
                total.title,
                points.len(),
                wording::amount(&first.1),
                wording::period_label(&first.0),
                wording::amount(&last.1),
                wording::period_label(&last.0)
            ),
            series: vec![Line { name: total.title.clone(), values: points, role: Role::Plain }],
            unit: total.unit.clone(),
            ..Chart::default()
        })
    }
}

/// Integrations and the others stay in the background.
fn role(series: &Series, row: &SeriesRow) -> Role {
    let others =
        !series.split.is_empty() && row.figures.first().is_some_and(|figure| figure.address.contains("/%rest/"));
    if others || (series.split == "actor.kind" && row.key == "service") { Role::Service } else { Role::Plain }
}
