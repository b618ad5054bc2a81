//! Explain: from a figure's address or label back to the question, and to the events behind the number.

use super::measure::{Counted, without};
use super::normal::find;
use super::{Amount, Body, FigureError, Figures, KeyedRow, Normal, address, filter_words};
use crate::audit_log::SourceCoverage;
use crate::calendar::Span;
use crate::calendar::period::Period;
use crate::calendar::zone::Zone;
use crate::definition::{Definition, Measure, MeasureKind, Section, SectionKind, SeriesForm};
use crate::query::{Compare, Count, Dimension, EvidenceQuery, Field, Filter};

/// One number, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// Its address.
    pub address: String,
    /// Its label; 0 for a cell of a heatmap, which has none.
    pub label: u32,
    /// The number.
    pub amount: Amount,
    /// Heading of its section (its id where it has none); empty for figures of no section.
    pub section: String,
    /// Title of the measure.
    pub measure: String,
    /// What is counted, in words: `events`, `different actors`.
    pub counted: String,
    /// Which events, in words, of all filters together; empty for every event.
    pub filter: String,
    /// Civil periods or groups that it is narrowed to: name of the dimension, key.
    pub group: Vec<(String, String)>,
    /// Half-open, UTC.
    pub span: Span,
    /// Sources in scope that do not record what it needs.
    pub not_recorded_by: Vec<String>,
    /// Lists the events behind the number (of a share: behind its part).
    pub evidence: EvidenceQuery,
    /// Of a share: lists the events that it is a share of.
    pub whole: Option<EvidenceQuery>,
    /// What is normal for it. Of an address that ends with `%normal` (or a label so: `F3/%normal`), the span, the events and
    /// the amount are those that this was learnt from, and its median.
    pub normal: Option<Normal>,
}

/// Where a figure comes from.
struct Place<'a> {
    section: Option<&'a Section>,
    measure: Option<&'a Measure>,
    /// On top of the definition's filter and the section's.
    filter: Filter,
    /// Whether the definition's filter holds at all (the log's own figures are of everything).
    scoped: bool,
    group: Vec<(String, String)>,
    span: Span,
    amount: Amount,
    /// Of a share that is no measure itself: what it is a share of, as `filter` was before it was narrowed.
    whole: Option<Filter>,
}

/// Explains the figure of an address or a label (`F12`) of an edition made by this definition; at most `limit` events are to
/// be listed. Error: there is no such figure, or the definition is not the one that made it.
pub fn explain(
    figures: &Figures,
    definition: &Definition,
    address_or_label: &str,
    limit: usize,
) -> Result<Explained, FigureError> {
    let about = find::about(address_or_label);
    let named = about.unwrap_or(address_or_label);
    let figure = figures.find(named);
    let wanted = figure.map_or(named, |figure| figure.address.as_str());
    let none = || FigureError::NoFigure(address_or_label.to_owned());
    let zone = &definition.schedule.zone;
    let mut place = place(figures, definition, zone, wanted).ok_or_else(none)?;
    let normal = figures.normal(wanted);
    if about.is_some() {
        let (span, during) = find::learnt_span(normal.ok_or_else(none)?, zone);
        place.span = span;
        place.add(during);
    }
    // Only cells of heatmaps are numbers without a figure of their own.
    if figure.is_none() && about.is_none() && place.amount.ratio().is_none() {
        return Err(none());
    }
    let own = place.section.map_or(Filter::All, |section| section.filter.clone());
    let scope = if place.scoped { definition.filter.clone() } else { Filter::All };
    let base = scope.and(own);
    let whole = place.whole.map(|whole| base.clone().and(whole));
    let filter = base.and(place.filter);
    let sources: Vec<SourceCoverage> = figures.coverage.sources.iter().map(|source| source.known.clone()).collect();
    let sources: Vec<SourceCoverage> = sources.into_iter().filter(|known| known.imported_at.is_some()).collect();
    let evidence = |filter: Filter| EvidenceQuery { span: place.span, zone: zone.clone(), filter, limit };
    let mut filters = match place.measure {
        Some(measure) => Counted::over(&sources, measure, filter).filters().collect(),
        None => {
            let lacking = super::measure::reach(&sources, &[(filter.clone(), None)]);
            vec![without(filter, &lacking.kept_out)]
        }
    }
    .into_iter();
    let behind = filters.next().ok_or_else(none)?;
    let whole = match (whole, place.measure) {
        (Some(whole), Some(measure)) => Counted::over(&sources, measure, whole).filters().next(),
        _ => filters.next(),
    };
    Ok(Explained {
        address: about.map_or(wanted.to_owned(), |_| format!("{wanted}/%normal")),
        label: figure.map_or(0, |figure| figure.label),
        amount: match (normal.filter(|_| about.is_some()), figure) {
            (Some(normal), _) => normal.middle,
            (None, Some(figure)) => figure.amount,
            (None, None) => place.amount,
        },
        normal: normal.cloned(),
        section: place.section.map(heading).unwrap_or_default(),
        measure: place.measure.map(|measure| measure.title.clone()).unwrap_or_default(),
        counted: place.measure.map_or_else(|| "events".to_owned(), |measure| counted_words(&measure.kind)),
        filter: filter_words::filter(&behind),
        group: place.group,
        span: place.span,
        not_recorded_by: figure.map(|figure| figure.not_recorded_by.clone()).unwrap_or_default(),
        evidence: evidence(behind),
        whole: whole.map(evidence),
    })
}

fn place<'a>(figures: &Figures, definition: &'a Definition, zone: &Zone, wanted: &str) -> Option<Place<'a>> {
    let mut parts = wanted.split('/');
    let first = parts.next()?;
    let rest: Vec<String> = parts.map(str::to_owned).collect();
    let plain = |measure, filter, group| Place {
        section: None,
        measure,
        filter,
        scoped: true,
        group,
        span: figures.period.span,
        amount: Amount::NotInLog,
        whole: None,
    };
    match (first, rest.as_slice()) {
        (address::TOTALS, [name]) => {
            Some(plain(Some(definition.measures.get(&address::key(name))?), Filter::All, Vec::new()))
        }
        (address::SOURCES, [name]) => {
            let of = Filter::is(Field::Source, &address::key(name));
            Some(Place { scoped: false, ..plain(None, of, Vec::new()) })
        }
        (address::THRESHOLDS, [name, keys @ ..]) => {
            let name = address::key(name);
            let threshold = definition.thresholds.iter().find(|threshold| threshold.name == name)?;
            let measure = definition.measures.get(&threshold.measure)?;
            let mut place = plain(Some(measure), threshold.filter.clone(), Vec::new());
            if let (Some(by), [key]) = (threshold.by, keys) {
                place.narrow(Dimension::Field(by), key, zone);
            }
            Some(place)
        }
        (id, parts) => {
            let index = definition.sections.iter().position(|section| address::part(&section.id) == id)?;
            let (section, shown) = (definition.sections.get(index)?, figures.sections.get(index)?);
            let mut place = Place { section: Some(section), ..plain(None, Filter::All, Vec::new()) };
            place.within(figures, definition, section, &shown.body, parts, zone)?;
            Some(place)
        }
    }
}

impl<'a> Place<'a> {
    /// One group: a field's value narrows the filter, a civil period the span.
    fn narrow(&mut self, dimension: Dimension, part: &str, zone: &Zone) {
        let key = address::key(part);
        match dimension {
            Dimension::Field(field) => self.add(Filter::OneOf(field, vec![key.clone()])),
            _ => {
                if let Some(span) = Period::parse(&key).map(|period| period.span(zone)) {
                    self.span = Span { from: self.span.from.max(span.from), to: self.span.to.min(span.to) };
                }
            }
        }
        self.group.push((filter_words::dimension(dimension).to_owned(), key));
    }

    /// All groups but those that are shown.
    fn others(&mut self, dimension: Dimension, shown: &[String], zone: &Zone) {
        let each: Vec<Filter> = shown.iter().map(|key| key_filter(dimension, key, zone)).collect();
        self.add(Filter::Not(Box::new(Filter::Or(each))));
        self.group.push((filter_words::dimension(dimension).to_owned(), "all others".to_owned()));
    }

    fn add(&mut self, filter: Filter) {
        self.filter = std::mem::replace(&mut self.filter, Filter::All).and(filter);
    }

    /// A key, the others, or all of a dimension, as an address says.
    fn side(&mut self, dimension: Dimension, part: &str, shown: &[String], zone: &Zone) {
        match part {
            address::TOTAL => {}
            address::REST => self.others(dimension, shown.split_last().map_or(&[], |(_, keys)| keys), zone),
            key => self.narrow(dimension, key, zone),
        }
    }

    fn within(
        &mut self,
        figures: &Figures,
        definition: &'a Definition,
        section: &'a Section,
        body: &Body,
        parts: &[String],
        zone: &Zone,
    ) -> Option<()> {
        let measure = |name: &str| definition.measures.get(name);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match (&section.kind, body, parts.as_slice()) {
            (SectionKind::Summary { .. } | SectionKind::Targets { .. }, _, [name]) => {
                self.measure = Some(measure(&address::key(name))?);
            }
            (
                SectionKind::Series { measure: name, by, split, periods, form, .. },
                Body::Series(series),
                [before @ .., at],
            ) => {
                self.measure = Some(measure(name)?);
                let oldest = (1..*periods).fold(figures.period.period.clone(), |period, _| period.before());
                self.span = Period::days(oldest.first, figures.period.period.end).span(zone);
                match (before, split) {
                    ([address::COMPARED], _) => self.span = figures.compared.first()?.periods.first()?.span,
                    ([part], Some(field)) => {
                        let keys: Vec<String> = series.series.iter().map(|row| row.key.clone()).collect();
                        self.side(Dimension::Field(*field), part, &keys, zone);
                    }
                    ([], _) => {}
                    _ => return None,
                }
                let from = self.span.from;
                self.narrow(*by, at, zone);
                if *form == SeriesForm::Cumulative {
                    // A running total: from the first day on.
                    self.span.from = from;
                }
            }
            (SectionKind::Ranking { by, measures, .. }, Body::Ranking(ranking), [keys @ .., address::TOGETHER]) => {
                self.measure = Some(measure(measures.first()?)?);
                self.whole = Some(self.filter.clone());
                let of = |row: &KeyedRow| Filter::And(row_filters(by, row, zone).collect());
                if keys != [address::REST] {
                    let last = ranking
                        .rows
                        .iter()
                        .position(|row| row.keys.iter().map(|key| address::part(key)).eq(keys.iter().copied()))?;
                    self.add(Filter::Or(ranking.rows.iter().take(last + 1).map(of).collect()));
                    self.group.push((ranking.by.join(", "), format!("the first {}", last + 1)));
                }
            }
            (SectionKind::Ranking { by, .. }, Body::Ranking(ranking), [keys @ .., name]) => {
                self.measure = Some(measure(&address::key(name))?);
                match keys {
                    [address::TOTAL] => {}
                    [address::REST] => {
                        let each = ranking.rows.iter().map(|row| Filter::And(row_filters(by, row, zone).collect()));
                        self.add(Filter::Not(Box::new(Filter::Or(each.collect()))));
                        self.group.push((ranking.by.join(", "), "all others".to_owned()));
                    }
                    keys => by.iter().zip(keys).for_each(|(by, key)| self.narrow(*by, key, zone)),
                }
            }
            (SectionKind::Crosstab { measure: name, rows, columns, .. }, Body::Crosstab(table), [row, column]) => {
                self.measure = Some(measure(name)?);
                let keys: Vec<String> = table.rows.iter().flat_map(|row| row.keys.clone()).collect();
                self.side(*rows, row, &keys, zone);
                self.side(*columns, column, &table.columns, zone);
            }
            (SectionKind::Heatmap { measure: name, rows, columns, split }, Body::Heatmap(map), parts) => {
                self.measure = Some(measure(name)?);
                let keys: Vec<String> = map.panels.iter().map(|panel| panel.key.clone()).collect();
                let cell = match (split, parts) {
                    (_, [address::TOTAL]) => None,
                    (Some(field), [panel, cell @ ..]) => {
                        self.side(Dimension::Field(*field), panel, &keys, zone);
                        Some((
                            keys.iter().position(|key| *key == address::key(panel)).or(keys.len().checked_sub(1))?,
                            cell,
                        ))
                    }
                    (None, cell) => Some((0, cell)),
                    (Some(_), []) => return None,
                };
                if let Some((panel, [row, column])) = cell {
                    let at = |keys: &[String], part: &str| keys.iter().position(|key| *key == address::key(part));
                    let line = map.panels.get(panel)?.cells.get(at(&map.rows, row)?)?;
                    self.amount = Amount::Whole(*line.get(at(&map.columns, column)?)?);
                    self.narrow(*rows, row, zone);
                    self.narrow(*columns, column, zone);
                } else if !matches!(cell, None | Some((_, [address::TOTAL]))) {
                    return None;
                }
            }
            (SectionKind::Events { .. }, _, [address::TOTAL]) => {}
            (SectionKind::Sequence { then, by, .. }, Body::Sequence(list), [address::TOTAL]) => {
                // What is counted are the findings: each one's own `then`.
                let each = list.found.iter().map(|found| {
                    let (from, to) = (found.then_at, found.then_at.saturating_add(1));
                    let at = Filter::Number(Field::Time, Compare::AtLeast, from);
                    let of = Filter::is(*by, &found.key);
                    Filter::And(vec![of, at, Filter::Number(Field::Time, Compare::Less, to)])
                });
                self.add(then.clone().and(Filter::Or(each.collect())));
            }
            (SectionKind::Sequence { first, by, .. }, Body::Sequence(list), [key, number]) => {
                let found =
                    list.found.iter().find(|found| address::part(&found.key) == *key && found.event == *number)?;
                self.add(first.clone());
                self.narrow(Dimension::Field(*by), key, zone);
                self.span = Span { from: found.first_at, to: found.last_at.saturating_add(1) };
            }
            _ => return None,
        }
        Some(())
    }
}

/// The filters that a row of a ranking stands for.
fn row_filters<'r>(by: &'r [Dimension], row: &'r KeyedRow, zone: &'r Zone) -> impl Iterator<Item = Filter> + 'r {
    by.iter().zip(&row.keys).map(|(by, key)| key_filter(*by, key, zone))
}

fn key_filter(dimension: Dimension, key: &str, zone: &Zone) -> Filter {
    match (dimension, Period::parse(key)) {
        (Dimension::Field(field), _) => Filter::is(field, key),
        (_, Some(period)) => {
            let span = period.span(zone);
            Filter::And(vec![
                Filter::Number(Field::Time, Compare::AtLeast, span.from),
                Filter::Number(Field::Time, Compare::Less, span.to),
            ])
        }
        (_, None) => Filter::Or(Vec::new()),
    }
}

fn heading(section: &Section) -> String {
    if section.title.is_empty() { section.id.clone() } else { section.title.clone() }
}

fn counted_words(kind: &MeasureKind) -> String {
    match kind {
        MeasureKind::Count(of) => count_words(&of.count),
        MeasureKind::Rate { part, whole } => {
            format!("{} as a share of {}", count_words(&part.count), count_words(&whole.count))
        }
        MeasureKind::PerDay { of, working: false } => format!("{} for each day", count_words(&of.count)),
        MeasureKind::PerDay { of, working: true } => format!("{} for each working day", count_words(&of.count)),
    }
}

fn count_words(count: &Count) -> String {
    match count {
        Count::Events => "events".to_owned(),
        Count::Affected => "records affected (one for an event without a number)".to_owned(),
        Count::Distinct(field) => format!("different values of {}", filter_words::field(*field)),
        Count::FirstSeen(field) => format!("values of {} seen for the first time", filter_words::field(*field)),
        Count::Burst(millis) => format!("most events within {} seconds", millis / 1000),
        Count::Percentile(field, p) => format!("{p}th percentile of events for each {}", filter_words::field(*field)),
    }
}
