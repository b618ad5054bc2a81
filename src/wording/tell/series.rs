//! Sentences of a series: when it was highest, or that it was always alike.

use super::{Told, whole};
use crate::calendar::period::Period;
use crate::figures::{Amount, Figure, Series};
use crate::wording::Words;

/// So many times that are level are named.
const NAMED: usize = 3;

impl Words {
    /// When a measure was highest. A series with a split says it of all its parts together, where they are whole numbers.
    pub(super) fn tell_series(&self, series: &Series) -> Vec<Told> {
        // Running totals are highest in the end by their nature.
        if series.form == "cumulative" {
            return Vec::new();
        }
        let title = self.title(&series.title);
        let count = series.categories.len();
        let Some(values) = values(series).filter(|values| values.len() == count && count > 1) else {
            return Vec::new();
        };
        let (Some(most), Some(least)) = (values.iter().max().copied(), values.iter().min().copied()) else {
            return Vec::new();
        };
        let periods = self.periods(&series.by, i64::try_from(count).unwrap_or(i64::MAX));
        let figure = |at: usize| match series.series.as_slice() {
            [only] => only.figures.get(at),
            _ => None,
        };
        let told = |text: String, at: Option<usize>| match at.and_then(figure) {
            Some(figure) => vec![Told::of(text, figure)],
            None => vec![Told::plain(text)],
        };
        let top: Vec<usize> = (0..count).filter(|at| values.get(*at) == Some(&most)).collect();
        let when: Vec<String> = top.iter().map(|at| self.when(series, *at)).collect();
        let mut places = vec![("title", title), ("value", self.number(most)), ("periods", periods)];
        places.push(("n", self.number(i64::try_from(top.len()).unwrap_or(i64::MAX))));
        places.push(("when", self.list(&when)));
        // What stands at the end of a span of several periods is the period of the report.
        let last = count - 1;
        let nested = series.categories.get(last).and_then(|label| Period::parse(label)).is_some();
        let now = values.get(last).copied();
        let key = match (most, top.as_slice()) {
            (0, _) => "series_none",
            _ if most == least => "series_same",
            (_, [at]) if values.iter().sum::<i64>() == most => {
                return told(self.tell("series_single", &places), Some(*at));
            }
            (_, [at]) if *at == last && nested => "series_last_high",
            (_, [_]) if now == Some(least) && values.iter().filter(|value| **value == least).count() == 1 => {
                places.push(("last", self.when(series, last)));
                places.push(("low", self.number(least)));
                "series_high_last_low"
            }
            (_, [_]) => "series_high",
            (_, many) if many.len() <= NAMED => "series_level",
            _ => "series_many_level",
        };
        told(self.tell(key, &places), top.first().copied().filter(|_| top.len() == 1))
    }

    /// A place on the axis of time.
    fn when(&self, series: &Series, at: usize) -> String {
        let label = series.categories.get(at).map(String::as_str).unwrap_or_default();
        match series.by.as_str() {
            "hour" | "weekday" => self.key(&series.by, label, &std::collections::BTreeMap::new()),
            _ => self.period_label(label),
        }
    }
}

/// The whole numbers of a series by place; `None` where one of them is none.
fn values(series: &Series) -> Option<Vec<i64>> {
    let number = |figure: &Figure| match figure.amount {
        // Before the first event of the log there is nothing to be highest.
        Amount::NotInLog => None,
        _ => whole(figure),
    };
    let mut rows = series.series.iter();
    let mut sum: Vec<i64> = rows.next()?.figures.iter().map(number).collect::<Option<_>>()?;
    // Parts of a split are told together only if they are parts: shares and means are not.
    for row in rows {
        for (total, figure) in sum.iter_mut().zip(&row.figures) {
            *total = total.checked_add(number(figure)?)?;
        }
    }
    Some(sum)
}
