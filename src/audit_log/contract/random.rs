//! Random: random logs and random questions look the same in both engines, and the sealed one verifies.

use super::*;
use crate::calendar::fiscal::FiscalStart;
use crate::calendar::hours::{Profile, WorkingHours};
use crate::directory::{Directory, Person};
use crate::query::{Compare, EvidenceQuery, Field};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Something done to a log.
#[derive(Clone, Debug)]
enum Step {
    Import { source: &'static str, rows: Vec<RowStep>, settle: Option<Index>, fails: bool },
    Void(Index),
    Retire { source: &'static str, day: i64 },
}

/// A row of a file.
#[derive(Clone, Debug)]
enum RowStep {
    Event(Box<Event>),
    /// One of the rows before it in any file, on another line.
    Again(Index),
    Rejected(Rejected),
    NoEvent,
}

/// Instants that lie around what is difficult: midnights, changes of daylight saving, 1970, a leap day.
fn time() -> impl Strategy<Value = Millis> {
    let near = [
        0,
        1_709_164_800_000, // 2024-02-29
        1_761_436_800_000, // 2025-10-26, end of daylight saving in Europe
        MONDAY,
        1_774_742_400_000, // 2026-03-29, its beginning
        1_774_742_400_000 + HOUR,
        1_772_946_000_000, // 2026-03-08, its beginning in America
    ];
    (select(near.to_vec()), prop_oneof![-3i64..3, -DAY..DAY, (-40i64..40).prop_map(|n| n * HOUR)])
        .prop_map(|(near, off)| near + off)
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(words).prop_map(str::to_owned)
}

const ACTORS: &[&str] = &["Ann", "ann ", "ANN", "Bob", "bob", "Íris", "íris", "bot", "", " ", "nobody"];

fn any_event() -> impl Strategy<Value = Event> {
    let who = (word(ACTORS), word(&["Deleted", "Login", "", "Exported"]), select(&ActionClass::ALL));
    let what =
        (word(&["Deals", "Leads", "", "deals"]), word(&["1", "2", "", "=3"]), word(&["", "Big deal", "\u{0}<b>"]));
    let origin = (word(&["10.0.0.1", "10.0.0.2", "::1", ""]), word(&["", "curl"]), word(&["", "ui", "api"]));
    let affected = prop_oneof![Just(None), (0u64..4).prop_map(Some), Just(Some(1000)), Just(Some(u64::MAX))];
    let rest = (
        select(&Outcome::ALL),
        affected,
        word(&["a", "b"]),
        prop::option::weighted(0.2, word(&["", "i1", "i2", "i3"])),
    );
    (time(), who, what, origin, rest, 1u64..9).prop_map(|(time, who, what, origin, rest, line)| Event {
        id: rest.3,
        time,
        time_written: time.to_string(),
        actor: who.0,
        action: who.1,
        class: who.2,
        module: what.0,
        record: what.1,
        record_name: what.2,
        outcome: rest.0,
        origin: Origin { ip: origin.0, agent: origin.1, channel: origin.2 },
        affected: rest.1,
        changes: Vec::new(),
        details: [("note".to_owned(), rest.2)].into(),
        line,
    })
}

fn row_step() -> impl Strategy<Value = RowStep> {
    let rejected = (word(&["x", "y", "z"]), prop::option::of(time()));
    prop_oneof![
        6 => any_event().prop_map(|event| RowStep::Event(Box::new(event))),
        3 => any::<Index>().prop_map(RowStep::Again),
        1 => rejected.prop_map(|(raw, around)| RowStep::Rejected(rejected_row(raw, around))),
        1 => Just(RowStep::NoEvent),
    ]
}

fn rejected_row(raw: String, around: Option<Millis>) -> Rejected {
    rejected(&raw, around)
}

fn step() -> impl Strategy<Value = Step> {
    let import = (
        select(&["crm", "erp", "idp"][..]),
        prop::collection::vec(row_step(), 0..14),
        prop::option::weighted(0.2, any::<Index>()),
        prop::bool::weighted(0.1),
    );
    prop_oneof![
        5 => import.prop_map(|(source, rows, settle, fails)| Step::Import { source, rows, settle, fails }),
        1 => any::<Index>().prop_map(Step::Void),
        1 => (select(&["crm", "erp"][..]), time())
            .prop_map(|(source, time)| Step::Retire { source, day: time.div_euclid(DAY) }),
    ]
}

fn zone() -> impl Strategy<Value = Zone> {
    let names = ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia"];
    select(names.to_vec()).prop_map(|name| ZoneRules::bundled().zone(name).unwrap())
}

fn field() -> impl Strategy<Value = Field> {
    select(Field::ALL.to_vec()).prop_map(|(field, _)| field)
}

fn value() -> impl Strategy<Value = String> {
    const VALUES: &[&str] = &[
        "", "ann", "ANN ", "Bob", "crm", "Deals", "1", "2", "0", "3", "10.0.0.1", "delete", "login", "failure",
        "North", "South", "Lead", "person", "known", "unknown", "yes", "no", "01", "curl", "i", "D",
    ];
    word(VALUES)
}

fn filter() -> impl Strategy<Value = Filter> {
    let compare = select(&[Compare::Less, Compare::AtMost, Compare::More, Compare::AtLeast][..]);
    let bound = prop_oneof![0i64..24, time(), Just(i64::MAX)];
    let leaf = prop_oneof![
        2 => Just(Filter::All),
        4 => (field(), prop::collection::vec(value(), 0..3)).prop_map(|(field, values)| Filter::OneOf(field, values)),
        2 => (field(), value()).prop_map(|(field, value)| Filter::Prefix(field, value)),
        2 => (field(), compare, bound).prop_map(|(field, compare, bound)| Filter::Number(field, compare, bound)),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        1 => Just(ALWAYS),
        4 => (time(), time()).prop_map(|(from, to)| Span { from, to }),
        3 => (time(), prop_oneof![Just(1), Just(DAY), Just(31 * DAY)]).prop_map(|(from, long)| Span { from, to: from + long }),
    ]
}

fn any_query() -> impl Strategy<Value = Query> {
    let fiscal = FiscalStart::new(10);
    let calendar = [
        Dimension::Day,
        Dimension::Week,
        Dimension::Month,
        Dimension::Quarter,
        Dimension::Year,
        Dimension::Quarter.beginning(fiscal),
        Dimension::Year.beginning(fiscal),
    ];
    let dimension = prop_oneof![3 => field().prop_map(Dimension::Field), 1 => select(calendar.to_vec())];
    let count = prop_oneof![
        2 => Just(Count::Events),
        1 => Just(Count::Affected),
        2 => field().prop_map(Count::Distinct),
        2 => field().prop_map(Count::FirstSeen),
        1 => select(&[0, 1, 1000, HOUR, DAY, i64::MAX][..]).prop_map(Count::Burst),
        1 => (field(), 0u8..=101).prop_map(|(field, percent)| Count::Percentile(field, percent)),
    ];
    let measure =
        (count, prop_oneof![Just(Filter::All), filter()]).prop_map(|(count, filter)| Measure { count, filter });
    (span(), zone(), filter(), prop::collection::vec(dimension, 0..4), prop::collection::vec(measure, 0..4))
        .prop_map(|(span, zone, filter, by, measures)| Query { span, zone, filter, by, measures })
}

fn lens() -> impl Strategy<Value = Lens> {
    let text = |words| word(words);
    let person = (
        word(ACTORS),
        text(&["person", "service", ""]),
        text(&["North", "South", ""]),
        text(&["Lead", "Admin", ""]),
        prop::option::of(time()),
        prop::option::of(time()),
    );
    let person = person.prop_map(|(actor, kind, team, role, from, until)| Person {
        actor,
        kind,
        team,
        role,
        from,
        until,
        ..Person::default()
    });
    let day = prop::option::of((0u16..1440, 0u16..1440));
    let profile = (prop::array::uniform7(day), prop::option::of(Just("Asia/Kolkata".to_owned())))
        .prop_map(|(week, timezone)| Profile { week, timezone });
    let holidays = prop::collection::btree_map(
        select(&[(2026, 3, 2), (2026, 3, 29), (2025, 10, 26), (1970, 1, 1)][..])
            .prop_map(|(y, m, d)| chrono::NaiveDate::from_ymd_opt(y, m, d).unwrap()),
        Just("Holiday".to_owned()),
        0..3,
    );
    let exempt = prop::collection::btree_set(word(&["service", ""]), 0..2);
    let teams = prop::collection::btree_map(word(&["North", ""]), profile.clone(), 0..2);
    (prop::collection::vec(person, 0..8), profile, teams, holidays, exempt).prop_map(
        |(people, default, teams, holidays, exempt_kinds)| Lens {
            directory: Directory::new(people),
            hours: WorkingHours { default, teams, holidays, exempt_kinds },
            zones: [("Asia/Kolkata".to_owned(), ZoneRules::bundled().zone("Asia/Kolkata").unwrap())].into(),
        },
    )
}

/// Does a step; what came of it, as text.
fn take(log: &mut impl Engine, step: &Step, before: &mut Vec<Event>, now: Millis) -> String {
    match step {
        Step::Import { source: name, rows, settle, fails } => {
            let open = log.quarantine(true).unwrap();
            let settles: Vec<u64> =
                settle.iter().filter(|_| !open.is_empty()).map(|index| open[index.index(open.len())].id).collect();
            let mut feed = |sink: &mut dyn Sink| {
                for row in rows {
                    match row {
                        RowStep::Event(event) => {
                            before.push((**event).clone());
                            sink.event((**event).clone())?;
                        }
                        RowStep::Again(index) if !before.is_empty() => {
                            let event = before[index.index(before.len())].clone();
                            sink.event(Event { line: event.line + 1, ..event })?;
                        }
                        RowStep::Rejected(row) => sink.rejected(row.clone())?,
                        _ => sink.no_event()?,
                    }
                }
                if *fails { Err("cut".to_owned()) } else { Ok(()) }
            };
            // The batch's root tells which of the events are new, its counts what became of the rest.
            let batch = log.add_batch(&source(name), &about("r.csv"), now, &settles, &mut feed);
            format!("{batch:?}")
        }
        Step::Void(index) => {
            let batches = log.batches().unwrap().len();
            format!("{:?}", log.void(index.index(batches + 1) as u64 + 1, now, "ann", "test"))
        }
        Step::Retire { source: name, day } => format!("{:?}", retire(log, name, day * DAY)),
    }
}

/// So many cases, or as many as `PROPTEST_CASES` says.
fn cases(count: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { count };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn both_engines_say_the_same(
        steps in prop::collection::vec(step(), 1..8),
        queries in prop::collection::vec(any_query(), 1..9),
        evidence in (span(), zone(), filter(), 0usize..12),
        gaps in (span(), prop_oneof![Just(0), Just(1), Just(HOUR), Just(DAY), Just(i64::MAX)]),
        lens in lens(),
    ) {
        let mut both = Both { memory: MemoryLog::new(), sealed: sealed() };
        let (mut one, mut other) = (Vec::new(), Vec::new());
        for (now, step) in (MONDAY..).zip(&steps) {
            let in_memory = take(&mut both.memory, step, &mut one, now);
            prop_assert_eq!(take(&mut both.sealed.log, step, &mut other, now), in_memory);
        }
        let (memory, sealed) = (&both.memory, &both.sealed.log);
        prop_assert_eq!(sealed.batches().unwrap(), memory.batches().unwrap());
        prop_assert_eq!(sealed.head().unwrap().size, memory.head().unwrap().size);
        prop_assert_eq!(sealed.retirements().unwrap(), memory.retirements().unwrap());
        for open in [true, false] {
            prop_assert_eq!(sealed.quarantine(open).unwrap(), memory.quarantine(open).unwrap());
        }
        let (answer, expected) = (sealed.answer(&queries, &lens).unwrap(), memory.answer(&queries, &lens).unwrap());
        for ((query, table), expected) in queries.iter().zip(answer).zip(expected) {
            prop_assert_eq!(table, expected, "{:?}", query);
        }
        let (span, zone, filter, limit) = evidence;
        let query = EvidenceQuery { span, zone, filter, limit };
        prop_assert_eq!(sealed.evidence(&query, &lens).unwrap(), memory.evidence(&query, &lens).unwrap());
        prop_assert_eq!(sealed.numbered(&query, &lens).unwrap(), memory.numbered(&query, &lens).unwrap());
        prop_assert_eq!(sealed.batch_counts(span).unwrap(), memory.batch_counts(span).unwrap());
        let (span, min_gap) = gaps;
        prop_assert_eq!(sealed.coverage(span, min_gap).unwrap(), memory.coverage(span, min_gap).unwrap());
        prop_assert_eq!(sealed.verify().unwrap().fault, None);
        // What another process reads of the file is the same.
        let again = SealedLog::open_read_only(&both.sealed.folder.path().join("log")).unwrap();
        prop_assert_eq!(again.answer(&queries, &lens).unwrap(), sealed.answer(&queries, &lens).unwrap());
        prop_assert_eq!(again.head().unwrap(), sealed.head().unwrap());
    }
}
