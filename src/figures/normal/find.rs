//! Finding what is normal for a figure: its address with `%normal` behind it; and the events that it was learnt from.

use super::Normal;
use crate::calendar::Span;
use crate::calendar::period::Period;
use crate::calendar::zone::Zone;
use crate::figures::{Body, Figures, address};
use crate::query::{Compare, Field, Filter};

/// The last part of the address of what is normal.
const NORMAL: &str = "/%normal";

/// The address (or label) of the figure that an address of what is normal speaks of.
pub(in crate::figures) fn about(wanted: &str) -> Option<&str> {
    wanted.strip_suffix(NORMAL)
}

impl Figures {
    /// What is normal for the figure of an address; `None` where it is not known.
    pub fn normal(&self, of: &str) -> Option<&Normal> {
        let totals = self.totals.values().map(|total| (total.now.address.as_str(), total.normal.as_ref()));
        if let Some((_, normal)) = totals.into_iter().find(|(address, _)| *address == of) {
            return normal;
        }
        self.sections.iter().find_map(|section| match &section.body {
            Body::Summary { tiles } | Body::Targets { rows: tiles } => {
                tiles.iter().find(|tile| tile.total.now.address == of)?.total.normal.as_ref()
            }
            Body::Ranking(ranking) => {
                let mut rows = ranking.rows.iter();
                rows.find(|row| row.figures.first().is_some_and(|figure| figure.address == of))?.normal.as_ref()
            }
            Body::Series(series) => {
                let base = address::keyed(&section.id, &[]);
                let label = of.strip_prefix(&base)?.strip_prefix('/')?;
                let place = series.categories.iter().position(|category| address::part(category) == label)?;
                series.normal.get(place)?.as_ref()
            }
            _ => None,
        })
    }
}

/// From the first to the last period that was learnt from, and a filter where those are not all that lie between; an empty
/// span where there is none.
pub(in crate::figures) fn learnt_span(normal: &Normal, zone: &Zone) -> (Span, Filter) {
    let learnt = normal.earlier.iter().filter(|earlier| earlier.left_out.is_none());
    let spans: Vec<Span> =
        learnt.filter_map(|earlier| Period::parse(&earlier.label)).map(|period| period.span(zone)).collect();
    let Some(whole) = spans.iter().copied().reduce(|one, other| one.cover(&other)) else {
        return (Span { from: 0, to: 0 }, Filter::All);
    };
    if spans.windows(2).all(|pair| matches!(pair, [one, next] if one.to == next.from)) {
        return (whole, Filter::All);
    }
    let during = |span: &Span| {
        Filter::And(vec![
            Filter::Number(Field::Time, Compare::AtLeast, span.from),
            Filter::Number(Field::Time, Compare::Less, span.to),
        ])
    };
    (whole, Filter::Or(spans.iter().map(during).collect()))
}
