//! Questions: the twelve of the benchmark, as our library is asked them. `duck.py` asks the same in SQL.

use quarterday::calendar::Span;
use quarterday::calendar::zone::Zone;
use quarterday::event::{ActionClass, Outcome};
use quarterday::query::{Count, Dimension, Field, Filter, Measure, Query};

/// 2024-11-01, 2025-11-01 and 2025-12-01, each at 00:00 UTC.
const FIRST: i64 = 1_730_419_200_000;
const MONTH: i64 = 1_761_955_200_000;
const END: i64 = 1_764_547_200_000;
const FIVE_MINUTES: i64 = 300_000;

/// A span by name.
pub fn span(name: &str) -> Option<Span> {
    match name {
        "month" => Some(Span { from: MONTH, to: END }),
        "all" => Some(Span { from: FIRST, to: END }),
        _ => None,
    }
}

/// The twelve over a span, by name.
pub fn twelve(span: Span) -> Vec<(&'static str, Query)> {
    let field = Dimension::Field;
    let actor = [field(Field::Actor)];
    let ask = |filter: Filter, by: &[Dimension], counts: &[Count]| Query {
        span,
        zone: Zone::utc(),
        filter,
        by: by.to_vec(),
        measures: counts.iter().map(|count| Measure { count: count.clone(), filter: Filter::All }).collect(),
    };
    let events = [Count::Events];
    let failed = Filter::is(Field::Outcome, Outcome::Failure.as_str());
    let not_administrators = Filter::Not(Box::new(Filter::is(Field::ActorRole, "Administrator")));
    vec![
        ("events by day", ask(Filter::All, &[Dimension::Day], &events)),
        ("events by actor", ask(Filter::All, &actor, &events)),
        ("action by outcome", ask(Filter::All, &[field(Field::Action), field(Field::Outcome)], &events)),
        ("events and records by module", ask(Filter::All, &[field(Field::Module)], &[Count::Events, Count::Affected])),
        ("distinct actors by week", ask(Filter::All, &[Dimension::Week], &[Count::Distinct(Field::Actor)])),
        ("failed logins by actor", ask(Filter::class(ActionClass::Login).and(failed), &actor, &events)),
        ("weekday by hour", ask(Filter::All, &[field(Field::Weekday), field(Field::Hour)], &events)),
        ("most in five minutes by actor", ask(Filter::All, &actor, &[Count::Burst(FIVE_MINUTES)])),
        ("actors first seen", ask(Filter::All, &actor, &[Count::FirstSeen(Field::Actor)])),
        ("outside working hours by actor", ask(Filter::is(Field::OutsideHours, "yes"), &actor, &events)),
        (
            "deletions by others than administrators",
            ask(Filter::class(ActionClass::Delete).and(not_administrators), &actor, &events),
        ),
        (
            "percentiles of events per actor",
            ask(Filter::All, &[], &[50, 90, 99].map(|percent| Count::Percentile(Field::Actor, percent))),
        ),
    ]
}
