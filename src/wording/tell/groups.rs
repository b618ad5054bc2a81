//! Sentences of rankings, crosstabs and heatmaps: who or what stands out, and by how much of the whole.

use super::{Told, whole};
use crate::figures::{Amount, Crosstab, Figure, Figures, Heatmap, KeyedRow, Ranking};
use crate::wording::Words;

/// So many groups that are level are named.
const NAMED: usize = 3;
/// The share of the first three is told from so many groups up.
const MANY: u64 = 6;

impl Words {
    /// Who leads a ranking, with how much of all.
    pub(super) fn tell_ranking(&self, ranking: &Ranking, figures: &Figures) -> Vec<Told> {
        let (Some(head), Some(total)) = (ranking.columns.first(), ranking.total.first()) else { return Vec::new() };
        let lead = ranking.rows.first().and_then(|row| row.figures.first());
        let Some((first, lead)) = ranking.rows.first().zip(lead) else { return Vec::new() };
        if lead.amount.ratio().is_none() || lead.amount.is_zero() {
            return Vec::new();
        }
        let level: Vec<&KeyedRow> = (ranking.rows.iter())
            .take_while(|row| row.figures.first().is_some_and(|figure| figure.amount == lead.amount))
            .collect();
        let name = |row: &KeyedRow| self.group_name(&ranking.by, &row.keys, figures);
        let title = ("title", self.title(&head.title));
        let all = parts(ranking, total);
        let value = ("value", self.amount(&lead.amount));
        let text = match (level.as_slice(), all, whole(lead)) {
            // More may be level among those that are not shown: then nobody leads.
            (level, _, _) if level.len() == ranking.rows.len() && ranking.more > 0 => return Vec::new(),
            ([_], Some(1), Some(1)) => self.tell("only_one", &[title, ("who", name(first))]),
            ([_], Some(all), Some(part)) if part == all => {
                self.tell("all_one", &[title, ("all", self.number(all)), ("who", name(first))])
            }
            ([_], Some(all), Some(part)) => {
                let [value, all, share] = self.part(part, all);
                self.tell("lead", &[title, ("who", name(first)), value, all, share])
            }
            ([_], _, _) => self.tell("lead_alone", &[title, ("who", name(first)), value]),
            (level, _, _) if level.len() <= NAMED => {
                let names: Vec<String> = level.iter().map(|row| name(row)).collect();
                self.tell("level", &[title, ("who", self.list(&names)), value])
            }
            (level, _, _) => {
                let count = self.number(i64::try_from(level.len()).unwrap_or(i64::MAX));
                self.tell("many_level", &[title, ("n", count), value])
            }
        };
        let mut told = vec![Told::of(text, lead)];
        told.extend(self.first_three(ranking, all));
        told
    }

    /// The share of the first three of many.
    fn first_three(&self, ranking: &Ranking, all: Option<i64>) -> Option<Told> {
        let groups = ranking.rows.len() as u64 + ranking.more;
        let first: Option<i64> =
            ranking.rows.iter().take(3).map(|row| row.figures.first().and_then(whole)).sum::<Option<i64>>();
        let (all, first) = (all.filter(|_| groups >= MANY)?, first?);
        // With all parts level the share says nothing.
        let level = first.checked_mul(i64::try_from(groups).ok()?)? <= all.checked_mul(3)?;
        let number = |value: u64| self.number(i64::try_from(value).unwrap_or(i64::MAX));
        let places = [("n", number(3)), ("groups", number(groups)), ("share", self.percent(first, all))];
        (!level).then(|| Told::plain(self.tell("first_three", &places)))
    }

    /// The keys of a group as one name.
    fn group_name(&self, by: &[String], keys: &[String], figures: &Figures) -> String {
        let words: Vec<String> = by.iter().zip(keys).map(|(by, key)| self.key(by, key, &figures.names)).collect();
        words.join(", ")
    }

    /// The largest cell of a crosstab.
    pub(super) fn tell_crosstab(&self, crosstab: &Crosstab, figures: &Figures) -> Vec<Told> {
        let Some(all) = crosstab.total.last().and_then(whole) else { return Vec::new() };
        let mut cells: Vec<(i64, &KeyedRow, &String, &Figure)> = Vec::new();
        let mut sum: i64 = 0;
        for row in &crosstab.rows {
            for (column, figure) in crosstab.columns.iter().zip(&row.figures) {
                let Some(value) = whole(figure) else { return Vec::new() };
                sum = sum.saturating_add(value);
                cells.push((value, row, column, figure));
            }
        }
        let Some(most) = cells.iter().map(|(value, ..)| *value).max().filter(|most| *most > 0) else {
            return Vec::new();
        };
        let top: Vec<_> = cells.iter().filter(|(value, ..)| *value == most).collect();
        // A part of a whole only where the cells are its parts; and where several are level none stands out.
        let (&[(value, row, column, figure)], true) = (top.as_slice(), sum == all && cells.len() > 1) else {
            return Vec::new();
        };
        let (rows, columns) = (&crosstab.by.0, &crosstab.by.1);
        let key = row.keys.first().map(String::as_str).unwrap_or_default();
        let names = (self.key(rows, key, &figures.names), self.column_name(columns, column, figures));
        vec![Told::of(self.cell(&crosstab.measure.title, names, *value, all), figure)]
    }

    /// The largest cell of a heatmap, and the share of the weekends in one by weekday.
    pub(super) fn tell_heatmap(&self, heatmap: &Heatmap, figures: &Figures) -> Vec<Told> {
        let [panel] = heatmap.panels.as_slice() else { return Vec::new() };
        let Some(all) = whole(&panel.total).filter(|all| *all > 0) else { return Vec::new() };
        let sum: i64 = panel.cells.iter().flatten().sum();
        if sum != all {
            return Vec::new();
        }
        let cells = heatmap.rows.iter().zip(&panel.cells).flat_map(|(row, cells)| {
            heatmap.columns.iter().zip(cells).map(move |(column, value)| (*value, row, column))
        });
        let cells: Vec<(i64, &String, &String)> = cells.collect();
        let most = cells.iter().map(|(value, ..)| *value).max().unwrap_or_default();
        let top: Vec<_> = cells.iter().filter(|(value, ..)| *value == most).collect();
        let mut told = Vec::new();
        if let &[&(value, row, column)] = top.as_slice() {
            let names = (self.key(&heatmap.by.0, row, &figures.names), self.key(&heatmap.by.1, column, &figures.names));
            told.push(Told::of(self.cell(&heatmap.measure.title, names, value, all), &panel.total));
        }
        let weekend = |key: &String| key == "6" || key == "7";
        let on_weekends: Option<i64> = match (heatmap.by.0.as_str(), heatmap.by.1.as_str()) {
            ("weekday", _) => Some(cells.iter().filter(|(_, row, _)| weekend(row)).map(|(value, ..)| value).sum()),
            (_, "weekday") => Some(cells.iter().filter(|(.., column)| weekend(column)).map(|(value, ..)| value).sum()),
            _ => None,
        };
        if let Some(part) = on_weekends {
            let key = if part == 0 { "weekend_none" } else { "weekend" };
            told.push(Told::plain(self.tell(key, &self.part(part, all))));
        }
        told
    }

    fn cell(&self, title: &str, (row, column): (String, String), value: i64, all: i64) -> String {
        let [value, all, share] = self.part(value, all);
        self.tell("cell", &[("title", self.title(title)), ("row", row), ("column", column), value, all, share])
    }

    fn column_name(&self, by: &str, key: &str, figures: &Figures) -> String {
        self.key(by, key, &figures.names)
    }
}

/// The whole of a ranking's first column, if its rows and the rest are the parts of it.
fn parts(ranking: &Ranking, total: &Figure) -> Option<i64> {
    let all = whole(total)?;
    let rows: i64 = ranking.rows.iter().map(|row| row.figures.first().and_then(whole)).sum::<Option<i64>>()?;
    let rest = match ranking.rest.first() {
        Some(Some(Figure { amount: Amount::Whole(rest), .. })) => *rest,
        _ if ranking.more == 0 => 0,
        _ => return None,
    };
    (rows.checked_add(rest)? == all).then_some(all)
}
