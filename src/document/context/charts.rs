//! Charts of a context: figures as Chart values, with an alternative text that says what they show.

use super::View;
use super::tables::{TableView, quiet_figure, text};
use crate::chart::{Chart, Kind, Role, Series as Line};
use crate::figures::{Amount, Figure, Heatmap, Normal, Panel, Ranking, Series, SeriesRow, Total};
use serde_json::Value;

/// So many groups of a ranking are drawn; the table has all that are shown.
const DRAWN: usize = 12;

/// A line of fewer points than these in a tile says nothing that the comparison does not.
const LEAST_SPARK: usize = 4;

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
            series.categories.iter().map(|label| self.words.short_period(label, series.categories.len())).collect();
        if let (Some(compared), Kind::Bars | Kind::Lines) = (&series.compared, kind) {
            let line = Line { name: self.compared_words(), values: values(compared), role: Role::Compared };
            // The period compared with may be longer: its last days have no label of their own.
            categories.resize(categories.len().max(line.values.len()), String::new());
            lines.push(line);
            if running && let Some(first) = lines.first_mut() {
                first.name = self.words.period(&self.figures.period.period);
            }
        }
        let limits = |normal: &Normal| Some((value(&normal.low)?, value(&normal.high)?));
        let outside = |normal: &Option<Normal>| normal.as_ref().is_some_and(Normal::is_outside);
        let marked: Vec<usize> =
            series.normal.iter().enumerate().filter(|(_, normal)| outside(normal)).map(|(place, _)| place).collect();
        Chart {
            kind,
            categories,
            ticks: self.words.axis_ways(&series.categories),
            series: lines,
            totals: series.total.as_ref().map(values).unwrap_or_default(),
            unit: self.words.unit(&series.unit),
            band: series.normal.iter().map(|normal| normal.as_ref().and_then(limits)).collect(),
            marked,
            target: None,
            nothing: self.words.no_data(&series.unit),
            absent: self.words.gap_words(series.series.iter().flat_map(|row| &row.figures)),
            normal: self.words.word("chart.normal"),
            outside: self.words.word("chart.outside"),
            alt: self.series_alt(series),
        }
    }

    /// What a row of a series is called.
    fn row_words(&self, series: &Series, row: &SeriesRow) -> String {
        if series.split.is_empty() { self.words.title(&series.title) } else { self.key_words(&series.split, &row.key) }
    }

    /// `Events by day, Monday 23 November 2026 to Sunday 29 November 2026. Highest: 412 events, Thursday 26 November 2026. …`
    fn series_alt(&self, series: &Series) -> String {
        let label =
            |at: usize| series.categories.get(at).map(|label| self.words.period_label(label)).unwrap_or_default();
        let said = |row: &SeriesRow| {
            let points: Vec<(String, &Figure)> =
                row.figures.iter().enumerate().map(|(at, figure)| (label(at), figure)).collect();
            self.words.points_words(&points, &series.unit)
        };
        let running = series.form == "cumulative";
        let key = match series.categories.len() {
            0 | 1 => "alt.series_one",
            _ if running => "alt.running",
            _ => "alt.series",
        };
        let (title, by) = (self.words.title(&series.title), self.words.by(&series.by));
        let (first, last) = (label(0), label(series.categories.len().saturating_sub(1)));
        let mut sentences =
            vec![self.words.say(key, &[("title", &title), ("by", &by), ("first", &first), ("last", &last)])];
        // A stack is told by its sums, and its largest parts by their own highest.
        sentences.extend(series.total.as_ref().map(&said));
        match series.series.as_slice() {
            [one] => sentences.push(said(one)),
            many => {
                for row in many.iter().take(if series.total.is_some() { 3 } else { 8 }) {
                    let with = [("name", self.row_words(series, row)), ("words", said(row))];
                    let with: Vec<(&str, &str)> = with.iter().map(|(key, text)| (*key, text.as_str())).collect();
                    sentences.push(self.words.say("alt.part", &with));
                }
            }
        }
        if let (true, Some(last)) = (running, series.compared.as_ref().and_then(|row| row.figures.last())) {
            let (name, value) = (self.compared_words(), self.words.figure(last));
            sentences.push(self.words.say("alt.compared_end", &[("name", &name), ("value", &value)]));
        }
        sentences.retain(|sentence| !sentence.is_empty());
        sentences.join(" ")
    }

    /// The numbers of a series' chart: a row a category, a column a series.
    pub(super) fn series_numbers(&self, series: &Series) -> Value {
        let mut table = TableView::default().text(self.words.dimension(&series.by));
        for row in &series.series {
            table = table.number(self.row_words(series, row));
        }
        if series.total.is_some() {
            table = table.number(self.words.word("table.all"));
        }
        if series.compared.is_some() {
            table = table.number(crate::wording::first_upper(&self.compared_words()));
        }
        let rows = || series.series.iter().chain(&series.total).chain(&series.compared);
        let places = rows().map(|row| row.figures.len()).max().unwrap_or(0);
        for place in 0..places {
            let label = series.categories.get(place).map(|label| self.words.period_label(label)).unwrap_or_default();
            let mut cells = vec![text(label)];
            cells.extend(
                rows().map(|row| {
                    row.figures.get(place).map_or_else(|| text(""), |shown| quiet_figure(self.words, shown))
                }),
            );
            table.row(cells);
        }
        table.finish()
    }

    pub(super) fn ranking_chart(&self, ranking: &Ranking) -> Chart {
        let head = ranking.columns.first();
        let unit = head.map(|head| head.unit.clone()).unwrap_or_default();
        let title = head.map(|head| self.words.title(&head.title)).unwrap_or_default();
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
            series.push(Line { name: self.words.word("chart.together"), values: shares, role: Role::Plain });
        }
        let outside = |row: &crate::figures::KeyedRow| row.normal.as_ref().is_some_and(Normal::is_outside);
        let marked = ranking.rows.iter().take(DRAWN).enumerate().filter(|(_, row)| outside(row));
        let mut alt = self.words.ranking_words(&title, &named, ranking.more, ranking.total.first());
        if pareto {
            alt = format!("{alt} {}", self.words.pareto_words(&ranking.together)).trim_end().to_owned();
        }
        Chart {
            kind: if pareto { Kind::Pareto } else { Kind::Ranking },
            categories: drawn.iter().map(|(name, _)| name.clone()).collect(),
            series,
            nothing: self.words.no_data(&unit),
            absent: self.words.gap_words(drawn.iter().map(|(_, figure)| *figure)),
            outside: self.words.word("chart.outside"),
            marked: marked.map(|(place, _)| place).collect(),
            unit: self.words.unit(&unit),
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
        let mut ticks = self.words.axis_ways(&heatmap.columns);
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
            unit: self.words.unit(&heatmap.measure.unit),
            nothing: self.words.no_data(&heatmap.measure.unit),
            absent: self.words.gap_words(std::iter::once(&panel.total)),
            alt: self.heatmap_alt(heatmap, panel),
            ..Chart::default()
        }
    }

    fn heatmap_alt(&self, heatmap: &Heatmap, panel: &Panel) -> String {
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
        let title = self.words.title(&heatmap.measure.title);
        let total = self.words.amount_of(&panel.total.amount, &heatmap.measure.unit);
        match most {
            Some((number, row, column)) => {
                let (row, column) = (self.key_words(&heatmap.by.0, row), self.key_words(&heatmap.by.1, column));
                let [most, zeros, cells] = [number, zeros, cells_in_all].map(|number| self.words.number(number));
                let with = [("title", &title), ("total", &total), ("row", &row), ("column", &column)];
                let counts = [("most", &most), ("zeros", &zeros), ("cells", &cells)];
                let with: Vec<(&str, &str)> =
                    with.iter().chain(&counts).map(|(key, text)| (*key, text.as_str())).collect();
                self.words.say("alt.heatmap", &with)
            }
            None => self.words.say("alt.heatmap_none", &[("title", &title), ("total", &total)]),
        }
    }

    /// The measure over the last periods, for a tile; `None` with too few of them to be a line.
    pub(super) fn spark(&self, total: &Total) -> Option<Chart> {
        let points: Vec<Option<f64>> = total.history.iter().map(|(_, amount)| value(amount)).collect();
        if points.iter().flatten().count() < LEAST_SPARK {
            return None;
        }
        let known = || total.history.iter().filter(|(_, amount)| amount.ratio().is_some());
        let (first, last) = (known().next()?, known().next_back()?);
        let title = self.words.title(&total.title);
        let (from, to) = (self.words.period_label(&first.0), self.words.period_label(&last.0));
        let (start, end) = (self.words.amount(&first.1), self.words.amount(&last.1));
        let count = points.len().to_string();
        let with = [("title", &title), ("n", &count), ("first", &start), ("from", &from), ("last", &end), ("to", &to)];
        Some(Chart {
            kind: Kind::Spark,
            categories: total.history.iter().map(|(label, _)| label.clone()).collect(),
            alt: self.words.say("alt.spark", &with.map(|(key, text)| (key, text.as_str()))),
            series: vec![Line { name: title.clone(), values: points, role: Role::Plain }],
            unit: self.words.unit(&total.unit),
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
