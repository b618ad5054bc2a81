//! A small log, an engine that counts its questions, definitions by hand.

use crate::audit_log::memory::MemoryLog;
use crate::audit_log::{
    Append, AuditLog, Batch, BatchAbout, Evidence, Head, Lens, LogError, QuarantinedRow, SourceCoverage,
};
use crate::calendar::cadence::{Cadence, Covers, Firing};
use crate::calendar::period::{Period, Unit};
use crate::calendar::zone::{Zone, ZoneRules};
use crate::calendar::{Millis, Span};
use crate::definition::*;
use crate::directory::{Directory, Person};
use crate::event::{ActionClass, Event, Origin, Outcome};
use crate::figures::{EvidenceFile, FigureError, Figures, figure_out};
use crate::query::{self, Count, EvidenceQuery, Field, Filter, Query, Table};
use crate::source::{RecordedField, Records, Rhythm, Source};
use chrono::{NaiveDateTime, NaiveTime};
use std::cell::Cell;
use std::collections::BTreeMap;

pub(super) fn berlin() -> Zone {
    ZoneRules::bundled().zone("Europe/Berlin").unwrap()
}

/// An instant by its civil time in Berlin.
pub(super) fn at(civil: &str) -> Millis {
    berlin().instant(NaiveDateTime::parse_from_str(civil, "%Y-%m-%d %H:%M").unwrap())
}

pub(super) fn crm() -> Source {
    use ActionClass::*;
    Source {
        name: "crm".into(),
        title: "CRM".into(),
        records: Records {
            classes: [Create, Update, Delete, Restore, Export, Permission].into(),
            fields: [RecordedField::Actor, RecordedField::Module, RecordedField::Record, RecordedField::Affected]
                .into(),
        },
        rhythm: Some(Rhythm::EveryDay),
        retention_days: None,
    }
}

pub(super) fn logins() -> Source {
    Source {
        name: "logins".into(),
        title: "Logins".into(),
        records: Records {
            classes: [ActionClass::Login].into(),
            fields: [RecordedField::Actor, RecordedField::Outcome, RecordedField::Ip].into(),
        },
        rhythm: Some(Rhythm::EveryWorkingDay),
        retention_days: None,
    }
}

pub(super) fn event(civil: &str, actor: &str, class: ActionClass, module: &str) -> Event {
    Event {
        id: None,
        time: at(civil),
        time_written: civil.into(),
        actor: actor.into(),
        action: class.as_str().to_uppercase(),
        class,
        module: module.into(),
        record: String::new(),
        record_name: String::new(),
        outcome: Outcome::Unknown,
        origin: Origin::default(),
        affected: None,
        changes: Vec::new(),
        details: BTreeMap::new(),
        line: 1,
    }
}

pub(super) fn bulk(civil: &str, actor: &str, class: ActionClass, module: &str, affected: u64) -> Event {
    Event { affected: Some(affected), ..event(civil, actor, class, module) }
}

pub(super) fn login(civil: &str, actor: &str, outcome: Outcome, ip: &str) -> Event {
    let origin = Origin { ip: ip.into(), ..Origin::default() };
    Event { outcome, origin, ..event(civil, actor, ActionClass::Login, "") }
}

/// A log that counts how often it is asked.
#[derive(Default)]
pub(super) struct Counting {
    pub(super) log: MemoryLog,
    pub(super) answers: Cell<usize>,
    /// How many queries were asked.
    pub(super) queries: Cell<usize>,
    /// Added to the first number of every table without dimensions: a log that lies.
    pub(super) lies: Cell<i64>,
}

impl Counting {
    pub(super) fn import(&mut self, source: &Source, imported: &str, events: Vec<Event>) {
        let about = BatchAbout { file: format!("{}-{imported}.csv", source.name), ..BatchAbout::default() };
        let mut feed = |sink: &mut dyn crate::audit_log::Sink| {
            events.iter().try_for_each(|event| sink.event(event.clone()).map(|_| ()))
        };
        self.log.add_batch(source, &about, at(imported), &[], &mut feed).unwrap();
    }
}

impl AuditLog for Counting {
    fn answer(&self, queries: &[Query], lens: &Lens) -> Result<Vec<Table>, LogError> {
        self.answers.set(self.answers.get() + 1);
        self.queries.set(self.queries.get() + queries.len());
        let mut tables = self.log.answer(queries, lens)?;
        if self.lies.get() != 0 {
            for (table, _) in tables.iter_mut().zip(queries).filter(|(_, query)| query.by.is_empty()) {
                table.rows.iter_mut().flat_map(|row| row.values.first_mut()).for_each(|v| *v += self.lies.get());
            }
        }
        Ok(tables)
    }
    fn evidence(&self, query: &EvidenceQuery, lens: &Lens) -> Result<Evidence, LogError> {
        self.log.evidence(query, lens)
    }
    fn coverage(&self, span: Span, min_gap: Millis) -> Result<Vec<SourceCoverage>, LogError> {
        self.log.coverage(span, min_gap)
    }
    fn batches(&self) -> Result<Vec<Batch>, LogError> {
        self.log.batches()
    }
    fn batch_counts(&self, span: Span) -> Result<BTreeMap<u64, u64>, LogError> {
        self.log.batch_counts(span)
    }
    fn head(&self) -> Result<Head, LogError> {
        self.log.head()
    }
    fn retirements(&self) -> Result<Vec<crate::audit_log::Retired>, LogError> {
        self.log.retirements()
    }
    fn quarantine(&self, open_only: bool) -> Result<Vec<QuarantinedRow>, LogError> {
        self.log.quarantine(open_only)
    }
}

pub(super) fn count(count: Count, filter: Filter) -> query::Measure {
    query::Measure { count, filter }
}

pub(super) fn measure(name: &str, kind: MeasureKind) -> (String, Measure) {
    let (title, unit) = (name.replace('_', " "), "events".to_owned());
    (name.into(), Measure { name: name.into(), title, unit, kind, good: Good::Down, target: None })
}

pub(super) fn failed_login() -> Filter {
    Filter::class(ActionClass::Login).and(Filter::failed())
}

pub(super) fn measures() -> BTreeMap<String, Measure> {
    let plain = |what: Count, filter: Filter| MeasureKind::Count(count(what, filter));
    let logins = || count(Count::Events, Filter::class(ActionClass::Login));
    BTreeMap::from([
        measure("events", plain(Count::Events, Filter::All)),
        measure("actors", plain(Count::Distinct(Field::Actor), Filter::All)),
        measure("new_actors", plain(Count::FirstSeen(Field::Actor), Filter::All)),
        measure("deleted", plain(Count::Affected, Filter::class(ActionClass::Delete))),
        measure("failed_logins", plain(Count::Events, failed_login())),
        measure("agents", plain(Count::Distinct(Field::Agent), Filter::All)),
        measure("not_success", plain(Count::Events, Filter::Not(Box::new(Filter::is(Field::Outcome, "success"))))),
        measure("failure_rate", MeasureKind::Rate { part: count(Count::Events, failed_login()), whole: logins() }),
        measure("per_day", MeasureKind::PerDay { of: count(Count::Events, Filter::All), working: false }),
    ])
}

pub(super) fn definition(sections: Vec<Section>) -> Definition {
    Definition {
        stem: "test".into(),
        digest: String::new(),
        title: "Test".into(),
        purpose: String::new(),
        language: None,
        owner: "owner@example.com".into(),
        schedule: Schedule {
            cadence: Cadence::new(Firing::Daily { at: NaiveTime::MIN }, Covers::Last(Unit::Week)),
            zone: berlin(),
            after: 0,
            wait_for: None,
            catch_up: CatchUp::All,
            catch_up_days: 35,
            since: None,
        },
        also: Vec::new(),
        compare: vec![Comparison::Previous, Comparison::YearBefore],
        filter: Filter::All,
        normal: true,
        measures: measures(),
        thresholds: Vec::new(),
        watch: Vec::new(),
        sections,
        send: Default::default(),
        recipients: Vec::new(),
        division: None,
        training: Vec::new(),
        smallest_group: SMALLEST_GROUP,
        review: None,
        on_unknown: OnUnknown::Resend,
        template: "report.tera".into(),
    }
}

pub(super) fn section(id: &str, filter: Filter, kind: SectionKind) -> Section {
    Section {
        id: id.into(),
        title: String::new(),
        note: String::new(),
        new_page: false,
        landscape: false,
        words: true,
        filter,
        normal: true,
        kind,
    }
}

pub(super) fn lens() -> Lens {
    let person = |actor: &str, name: &str, team: &str, role: &str, kind: &str| Person {
        actor: actor.into(),
        name: name.into(),
        team: team.into(),
        role: role.into(),
        kind: kind.into(),
        ..Person::default()
    };
    let rows = vec![
        person("ada", "Ada Ek", "North", "Administrator", "person"),
        person("bo", "Bo Dahl", "South", "Sales", "person"),
        person("sync", "Sync", "", "", "service"),
    ];
    Lens { directory: Directory::new(rows), ..Lens::default() }
}

/// Week 47 of 2026 (16 to 22 November) with the week before; imported on the 23rd.
///
/// | | week 46 | week 47 |
/// |---|---|---|
/// | creates by sync, one a day | 7 | 7 |
/// | deletes | bo 4 records on the 10th | bo 30 on Tue, ada 2 on Wed, carl 1 on Wed 23:59 |
/// | logins | bo ok on the 9th | bo: 3 failed Thu 23:50–23:58, ok Fri 00:03; ada ok Mon |
pub(super) fn two_weeks() -> Counting {
    use ActionClass::*;
    let mut log = Counting::default();
    let mut events = Vec::new();
    for day in 9..=22 {
        events.push(event(&format!("2026-11-{day:02} 03:00"), "sync", Create, "Leads"));
    }
    events.push(bulk("2026-11-10 10:00", "bo", Delete, "Deals", 4));
    events.push(bulk("2026-11-17 22:00", "Bo ", Delete, "Deals", 30));
    events.push(bulk("2026-11-18 09:00", "ada", Delete, "Leads", 2));
    events.push(event("2026-11-18 23:59", "carl", Delete, "Deals"));
    log.import(&crm(), "2026-11-23 06:00", events);
    let events = vec![
        login("2026-11-09 08:00", "bo", Outcome::Success, "10.0.0.1"),
        login("2026-11-16 08:00", "ada", Outcome::Success, "10.0.0.2"),
        login("2026-11-19 23:50", "bo", Outcome::Failure, "1.2.3.4"),
        login("2026-11-19 23:55", "bo", Outcome::Denied, "1.2.3.4"),
        login("2026-11-19 23:58", "bo", Outcome::Failure, "1.2.3.5"),
        login("2026-11-20 00:03", "bo", Outcome::Success, "1.2.3.4"),
    ];
    log.import(&logins(), "2026-11-23 06:05", events);
    log
}

pub(super) fn week() -> Period {
    Period::parse("2026-W47").unwrap()
}

pub(super) fn run(definition: &Definition, period: &Period, log: &Counting) -> (Figures, Vec<EvidenceFile>) {
    try_run(definition, period, log).unwrap()
}

pub(super) fn try_run(
    definition: &Definition,
    period: &Period,
    log: &Counting,
) -> Result<(Figures, Vec<EvidenceFile>), FigureError> {
    figure_out(definition, period, log, &lens(), &BTreeMap::new())
}
