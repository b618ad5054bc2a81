//! Masked figures tell no name, by proof: of two logs that differ in nothing but names, with the same pseudonyms, every
//! figure and every row of evidence is the same, whatever words the names are.

use super::fixture::*;
use crate::audit_log::Lens;
use crate::definition::*;
use crate::directory::{Directory, Person};
use crate::event::{ActionClass, Change, Event, Outcome};
use crate::figures::mask::Mask;
use crate::figures::{EvidenceFile, Figures, figure_out_masked};
use crate::query::{Dimension, Field, Filter};
use crate::seal::SigningKey;
use crate::seal::pseudonym::PseudonymKey;
use std::collections::BTreeMap;

/// Names of one log: people (id, full name), records, addresses, programs.
struct Names {
    people: [(&'static str, &'static str); 6],
    records: [&'static str; 3],
    ips: [&'static str; 2],
}

/// Ordinary words, such as reports are full of.
const ORDINARY: Names = Names {
    people: [
        ("may", "May Report"),
        ("will", "Will Total"),
        ("grace", "Grace Events"),
        ("mark", "Mark Day"),
        ("rose", "Rose Week"),
        ("total", "Total Person"),
    ],
    records: ["Report", "Total", "Deals"],
    ips: ["10.0.0.1", "10.0.0.2"],
};

/// Others, in another order of the alphabet.
const OTHER: Names = Names {
    people: [
        ("zyx", "Zyx Qq"),
        ("yvw", "Yvw Pp"),
        ("xut", "Xut Oo"),
        ("wsr", "Wsr Nn"),
        ("vqp", "Vqp Mm"),
        ("aon", "Aon Ll"),
    ],
    records: ["zzz 9", "Älter", "0"],
    ips: ["fe80::1", "1.1.1.1"],
};

fn named(names: &Names) -> (Counting, Lens) {
    let mut log = Counting::default();
    let (mut events, mut signed_in) = (Vec::new(), Vec::new());
    for (at, (actor, full)) in names.people.iter().enumerate() {
        for day in 9..=22_usize {
            let class = if (day + at) % 3 == 0 { ActionClass::Delete } else { ActionClass::Create };
            let module = if at == 5 { "Rare" } else { "Deals" };
            let mut event: Event =
                bulk(&format!("2026-11-{day:02} {:02}:30", 7 + at), actor, class, module, at as u64 + 1);
            event.record_name = names.records[(at + day) % 3].to_owned();
            event.record = format!("{}-{at}", names.records[day % 3]);
            event.details = [("told".to_owned(), format!("{full} of {}", names.ips[day % 2]))].into();
            let (old, new) = (Some((*full).to_owned()), Some(names.records[0].to_owned()));
            event.changes = vec![Change { field: format!("owner of {full}"), old, new }];
            events.push(event);
        }
        let outcome = if at % 2 == 0 { Outcome::Failure } else { Outcome::Success };
        for minute in [10, 20, 30] {
            let mut one = login(&format!("2026-11-19 22:{minute}"), actor, outcome, names.ips[at % 2]);
            one.origin.agent = format!("Browser of {full}");
            signed_in.push(one);
        }
        signed_in.push(login("2026-11-19 23:00", actor, Outcome::Success, names.ips[(at + 1) % 2]));
    }
    log.import(&crm(), "2026-11-23 06:00", events);
    log.import(&logins(), "2026-11-23 06:05", signed_in);
    let person = |(at, (actor, full)): (usize, &(&str, &str))| Person {
        actor: (*actor).to_owned(),
        name: (*full).to_owned(),
        kind: "person".into(),
        team: if at == 5 { "Alone" } else { "North" }.to_owned(),
        role: "Clerk".into(),
        manager: names.people[0].0.to_owned(),
        email: format!("{actor}@example.com"),
        from: None,
        until: None,
    };
    let lens =
        Lens { directory: Directory::new(names.people.iter().enumerate().map(person).collect()), ..Lens::default() };
    (log, lens)
}

fn everything() -> Definition {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let rank = |by: Field| SectionKind::Ranking {
        by: vec![Dimension::Field(by)],
        measures: list(&["events", "actors", "deleted"]),
        limit: 4,
        chart: RankingForm::None,
    };
    let fields =
        [Field::Actor, Field::Record, Field::RecordName, Field::Ip, Field::Agent, Field::ActorTeam, Field::Module];
    let mut columns: Vec<EventColumn> = fields.into_iter().map(EventColumn::Field).collect();
    columns.extend([
        EventColumn::Number,
        EventColumn::Time,
        EventColumn::ActorName,
        EventColumn::Details,
        EventColumn::Changes,
        EventColumn::Field(Field::Time),
    ]);
    let mut sections: Vec<Section> = fields
        .into_iter()
        .enumerate()
        .map(|(at, field)| section(&format!("by-{at}"), Filter::All, rank(field)))
        .collect();
    sections.push(section("rows", Filter::All, SectionKind::Events { columns, limit: 500 }));
    sections.push(section(
        "days",
        Filter::All,
        SectionKind::Series {
            measure: "events".into(),
            by: Dimension::Day,
            split: Some(Field::Actor),
            form: SeriesForm::StackedBars,
            periods: 2,
            table: false,
        },
    ));
    sections.push(section(
        "map",
        Filter::All,
        SectionKind::Heatmap {
            measure: "events".into(),
            rows: Dimension::Field(Field::RecordName),
            columns: Dimension::Day,
            split: Some(Field::ActorTeam),
        },
    ));
    let failed = Filter::class(ActionClass::Login).and(Filter::failed());
    let then = Filter::class(ActionClass::Login).and(Filter::is(Field::Outcome, "success"));
    let within = 3 * 60 * 60 * 1000;
    let kind = SectionKind::Sequence { first: failed, at_least: 2, then, by: Field::Actor, within, raise: None };
    sections.push(section("tried", Filter::All, kind));
    definition(sections)
}

fn masked(names: &Names) -> (Figures, Vec<EvidenceFile>) {
    let (log, lens) = named(names);
    let mut key = PseudonymKey::of(&SigningKey::from_bytes(&[7; 32]));
    for ((ours, full), (theirs, other)) in names.people.iter().zip(&ORDINARY.people) {
        key.taken_for.insert((*ours).to_owned(), (*theirs).to_owned());
        key.taken_for.insert(format!("Browser of {full}"), format!("Browser of {other}"));
    }
    for (ours, theirs) in names.records.iter().zip(&ORDINARY.records).chain(names.ips.iter().zip(&ORDINARY.ips)) {
        key.taken_for.insert((*ours).to_owned(), (*theirs).to_owned());
        for at in 0..6 {
            key.taken_for.insert(format!("{ours}-{at}"), format!("{theirs}-{at}"));
        }
    }
    let definition = everything();
    let mask = Mask::learn(&key, 5, &log, &lens, &definition, &week()).unwrap();
    figure_out_masked(&definition, &week(), &log, &lens, &BTreeMap::new(), &mask).unwrap()
}

#[test]
fn nothing_of_it_depends_on_a_name() {
    let (ordinary, other) = (masked(&ORDINARY), masked(&OTHER));
    assert_eq!(ordinary.1, other.1, "evidence");
    assert_eq!(ordinary.0.sections, other.0.sections);
    assert_eq!(ordinary.0, other.0);
    // It is no empty proof: there is something in it, and of names there is nothing.
    let json = format!("{} {:?}", serde_json::to_string(&other.0).unwrap(), other.1);
    for name in OTHER
        .people
        .iter()
        .flat_map(|(id, full)| [*id, *full])
        .chain(OTHER.ips)
        .chain(["zzz 9", "Älter", "2026", "Rare", "Alone"])
    {
        assert!(!json.contains(name), "{name}");
    }
    assert!(ordinary.1[0].rows.len() > 60);
    assert!(json.contains("others") && json.contains("North"), "{json}");
}

#[test]
fn small_groups_are_counted_as_one_and_people_keep_their_pseudonyms() {
    let (figures, files) = masked(&ORDINARY);
    let crate::figures::Body::Ranking(teams) = &figures.sections[5].body else { panic!() };
    let keys: Vec<&str> = teams.rows.iter().map(|row| row.keys[0].as_str()).collect();
    assert_eq!(keys, ["North", "others"]);
    let crate::figures::Body::Ranking(people) = &figures.sections[0].body else { panic!() };
    assert_eq!((people.rows.len(), people.more), (4, 2));
    let first = &people.rows[0].keys[0];
    assert_eq!(first.split(' ').count(), 3, "{first}");
    assert!(files[0].rows.iter().any(|row| row.contains(first)), "the same one in figures and evidence");
    assert_eq!(figures.head.size, 0);
    assert!(figures.batches.is_empty() && figures.names.is_empty());
}
