//! Reading `chart:`: the forms of charts, and which of them suit what is counted.

use super::super::{Measure, RankingForm, SeriesForm};
use super::Context;
use crate::written::{Fields, Node};

/// Forms of a series, as written.
const SERIES: [(&str, SeriesForm); 7] = [
    ("bars", SeriesForm::Bars),
    ("grouped bars", SeriesForm::Bars),
    ("stacked bars", SeriesForm::StackedBars),
    ("lines", SeriesForm::Lines),
    ("area", SeriesForm::Area),
    ("cumulative", SeriesForm::Cumulative),
    ("small multiples", SeriesForm::SmallMultiples),
];

/// Forms of a ranking. `yes` and `no` are the short way to say bars, and none.
const RANKING: [(&str, RankingForm); 4] = [
    ("bars", RankingForm::Bars),
    ("pareto", RankingForm::Pareto),
    ("yes", RankingForm::Bars),
    ("no", RankingForm::None),
];

/// The form of a series.
pub(super) fn series<'a>(
    context: &Context<'_, 'a>,
    fields: &Fields<'_, 'a>,
    node: &'a Node,
    measure: Option<&Measure>,
) -> Option<SeriesForm> {
    let reader = context.reader;
    let form = reader.choice(node, "chart", &SERIES)?;
    let written = node.as_text().unwrap_or_default();
    let split = fields.has("split");
    if matches!(written, "grouped bars" | "stacked bars" | "small multiples") && !split {
        let what = format!("`{written}` show one series for each value of a field, and there is no field");
        reader.problem(node.at, what, "Add `split: action_class`, or write `chart: bars`");
    }
    let adds_up = measure.is_none_or(|measure| measure.kind.adds_up());
    if form.is_stacked() && split && !adds_up {
        reader.problem(node.at, parts(measure), "Write `chart: grouped bars`, `lines` or `small multiples`");
    }
    let plain = measure.is_none_or(|measure| measure.kind.is_volume());
    if form == SeriesForm::Cumulative && !plain {
        let what = match measure {
            Some(measure) if adds_up => {
                format!("`{}` is a mean, and means do not add up from day to day", measure.name)
            }
            _ => parts(measure).replace("parts", "days"),
        };
        reader.problem(node.at, what, "Write `chart: lines`, or count events or records");
    }
    Some(form)
}

/// The form of a ranking by this measure.
pub(super) fn ranking<'a>(context: &Context<'_, 'a>, node: &'a Node, measure: Option<&Measure>) -> Option<RankingForm> {
    let reader = context.reader;
    // As everywhere, `true` is `yes`.
    let form = match node.as_text() {
        Some("true") => RankingForm::Bars,
        Some("false") => RankingForm::None,
        _ => reader.choice(node, "chart", &RANKING)?,
    };
    if form == RankingForm::Pareto && measure.is_some_and(|measure| !measure.kind.is_volume()) {
        let what = parts(measure).replace("parts", "groups");
        reader.problem(node.at, what, "Write `chart: bars`, or rank by events or records");
    }
    Some(form)
}

/// `the parts of `actors` do not add up to the whole`.
fn parts(measure: Option<&Measure>) -> String {
    let name = measure.map(|measure| measure.name.as_str()).unwrap_or_default();
    format!("the parts of `{name}` do not add up to the whole")
}
