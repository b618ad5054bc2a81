//! Sigma as users write it: every file of `sigma/behaves` with its events and the hits that they must make, written anew after the
//! examples of the public specification; files that are not understood, with what is said of them. `UPDATE_CASES=1 cargo test --test
//! sigma` writes what is said, and the table on real events, anew: read what changed.

#[path = "sigma/real.rs"]
mod real;

use quarterday::audit_log::StoredEvent;
use quarterday::calendar::zone::{Zone, ZoneRules};
use quarterday::event::{ActionClass, Change, Event, Origin, Outcome};
use quarterday::sigma::{Evaluation, Hit, Rules, Sources, read};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file of `behaves`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    #[serde(default)]
    zone: Option<String>,
    /// What the installation says of sources.
    #[serde(default)]
    sources: Option<String>,
    rules: String,
    events: Vec<EventWritten>,
    hits: Vec<HitWritten>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct EventWritten {
    at: String,
    source: String,
    actor: String,
    action: String,
    class: String,
    module: String,
    record: String,
    outcome: String,
    ip: String,
    channel: String,
    affected: Option<u64>,
    changes: Vec<(String, String, String)>,
    details: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HitWritten {
    rule: String,
    #[serde(default)]
    day: Option<String>,
    group: BTreeMap<String, String>,
    /// Places in the list of events, from 1.
    events: Vec<usize>,
    #[serde(default)]
    value: Option<f64>,
}

impl EventWritten {
    fn stored(self, place: usize) -> StoredEvent {
        let time = chrono::DateTime::parse_from_rfc3339(&self.at).unwrap().timestamp_millis();
        let event = Event {
            id: None,
            time,
            time_written: self.at,
            actor: self.actor,
            action: self.action,
            class: ActionClass::parse(&self.class).unwrap_or(ActionClass::Other),
            module: self.module,
            record: self.record,
            record_name: String::new(),
            outcome: Outcome::parse(&self.outcome).unwrap_or(Outcome::Unknown),
            origin: Origin { ip: self.ip, agent: String::new(), channel: self.channel },
            affected: self.affected,
            changes: self
                .changes
                .into_iter()
                .map(|(field, old, new)| Change { field, old: Some(old), new: Some(new) })
                .collect(),
            details: self.details,
            line: place as u64,
        };
        StoredEvent { number: format!("1-{place}"), source: self.source, event }
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sigma").join(name)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn sources() -> Sources {
    sources_with(None)
}

fn sources_with(own: Option<String>) -> Sources {
    let names = ["crm", "drive", "firewall", "proxy"].map(str::to_owned);
    let own: Vec<(String, String)> = own.into_iter().map(|text| ("own.yaml".to_owned(), text)).collect();
    Sources::load(&own, &names).unwrap()
}

fn hits(rules: &Rules, zone: &Zone, events: &[StoredEvent]) -> Vec<Hit> {
    let mut evaluation = Evaluation::new(rules, zone);
    events.iter().for_each(|event| evaluation.see(event).unwrap());
    evaluation.finish()
}

/// A hit in one line, to be compared and read.
fn line(rules: &Rules, hit: &Hit) -> String {
    let group: BTreeMap<_, _> = hit.group.iter().cloned().collect();
    let places = hit.numbers.iter().map(|number| number.trim_start_matches("1-").to_owned());
    let value = hit.value.map_or(String::new(), |value| format!(" = {value}"));
    let places = places.collect::<Vec<_>>().join(",");
    assert_eq!(hit.events, hit.numbers.len() as u64);
    format!("{} {} {group:?} {places}{value}", hit.day, rules.rules[hit.rule].title)
}

#[test]
fn rules_behave_as_the_specification_says() {
    let cases = files(&folder("behaves"));
    assert!(cases.len() >= 14, "{cases:?}");
    for path in cases {
        let case: Case = serde_yaml::from_str(&std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let read = read(&[("rules.yml".to_owned(), case.rules)], &sources_with(case.sources));
        assert_eq!(read.problems, [], "{}", path.display());
        let zone = case.zone.map_or_else(Zone::utc, |name| ZoneRules::bundled().zone(&name).unwrap());
        let events: Vec<StoredEvent> =
            case.events.into_iter().enumerate().map(|(at, event)| event.stored(at + 1)).collect();
        let found: Vec<String> = hits(&read.rules, &zone, &events).iter().map(|hit| line(&read.rules, hit)).collect();
        let day = zone.civil(events[0].event.time).date().to_string();
        let wanted: Vec<String> = case
            .hits
            .iter()
            .map(|hit| {
                let places = hit.events.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
                let value = hit.value.map_or(String::new(), |value| format!(" = {value}"));
                format!("{} {} {:?} {places}{value}", hit.day.as_ref().unwrap_or(&day), hit.rule, hit.group)
            })
            .collect();
        assert_eq!(found, wanted, "{}: {}", path.display(), case.about);
    }
}

/// A day's hits do not depend on where a pass begins, if it begins early enough.
#[test]
fn a_pass_that_begins_later_hits_the_same() {
    for name in ["one-hit-a-day.yaml", "temporal-ordered.yaml", "value-sum.yaml"] {
        let case: Case = serde_yaml::from_str(&std::fs::read_to_string(folder("behaves").join(name)).unwrap()).unwrap();
        let read = read(&[("rules.yml".to_owned(), case.rules)], &sources());
        let zone = case.zone.map_or_else(Zone::utc, |name| ZoneRules::bundled().zone(&name).unwrap());
        let events: Vec<StoredEvent> =
            case.events.into_iter().enumerate().map(|(at, event)| event.stored(at + 1)).collect();
        let last = zone.civil(events.last().unwrap().event.time).date();
        let from = zone.day_start(last) - read.rules.reach();
        let later: Vec<StoredEvent> = events.iter().filter(|event| event.event.time >= from).cloned().collect();
        let of_last = |hits: Vec<Hit>| hits.into_iter().filter(|hit| hit.day == last).collect::<Vec<_>>();
        assert!(read.rules.reach() > 0);
        assert_eq!(of_last(hits(&read.rules, &zone, &events)), of_last(hits(&read.rules, &zone, &later)), "{name}");
        assert!(!of_last(hits(&read.rules, &zone, &later)).is_empty());
    }
}

#[test]
fn what_is_not_understood_is_said_where_it_stands() {
    let folder = folder("not-understood");
    let texts: Vec<(String, String)> = files(&folder)
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "yml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    let read = read(&texts, &sources());
    let mut said: String = read.problems.iter().map(|problem| format!("{problem}\n")).collect();
    said.push_str("understood:\n");
    for rule in &read.rules.rules {
        said.push_str(&format!("{}:{}: {}\n", rule.file, rule.line, rule.title));
    }
    let expected = folder.join("said.txt");
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&expected, &said).unwrap();
    }
    let expected = std::fs::read_to_string(&expected).unwrap();
    for (said, expected) in said.lines().zip(expected.lines()) {
        assert_eq!(said, expected);
    }
    assert_eq!(said, expected);
}

/// What the register takes: one for each hit, the same one again when more of that day comes in.
#[test]
fn hits_are_raised_as_findings_that_stay_themselves() {
    use quarterday::audit_log::memory::MemoryLog;
    use quarterday::audit_log::{Append, BatchAbout};
    use quarterday::finding::Severity;
    use quarterday::pipeline::Installation;
    use quarterday::source::{Records, Source};
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("quarterday.yaml"), "timezone: Europe/Berlin\nzone_rules: bundled\n").unwrap();
    let rules = home.path().join("deletions.yml");
    let text = "title: Deletion\nid: 4f2c0c7e-7d5c-4c89-a6a4-6a53b1f0a002\ndescription: Somebody deleted.\nlevel: critical\nlogsource: { product: quarterday }\ndetection: { s: { action_class: delete }, condition: s }\n";
    std::fs::write(&rules, text).unwrap();
    let installation = Installation::open(home.path(), None).unwrap();
    let event = |at: &str| EventWritten {
        at: at.to_owned(),
        actor: "ann".to_owned(),
        class: "delete".to_owned(),
        ..EventWritten::default()
    };
    let mut log = MemoryLog::new();
    let add = |log: &mut MemoryLog, times: &[&str]| {
        let records = Records { classes: ActionClass::ALL.into(), fields: [].into() };
        let (name, title) = ("crm".to_owned(), "CRM".to_owned());
        let source = Source { name, title, records, rhythm: None, retention_days: None };
        let events: Vec<Event> = times.iter().enumerate().map(|(at, time)| event(time).stored(at + 1).event).collect();
        let feed = &mut |sink: &mut dyn quarterday::audit_log::Sink| {
            events.iter().cloned().try_for_each(|event| sink.event(event))
        };
        log.add_batch(&source, &BatchAbout::default(), 1_800_000_000_000, &[], feed).unwrap();
    };
    // The last one is on the next day in Berlin.
    add(&mut log, &["2026-03-02T09:00:00Z", "2026-03-02T22:59:59Z", "2026-03-02T23:00:00Z"]);
    let read = installation.sigma_rules(&[rules]).unwrap();
    assert_eq!(read.problems, []);
    let day = |day: &str| Some(day.parse().unwrap());
    let span = installation.days(day("2026-03-02"), day("2026-03-02"));
    let raised = installation.sigma_raised(&log, &read.rules, span).unwrap();
    assert_eq!(raised.len(), 1, "{raised:#?}");
    let first = &raised[0];
    assert_eq!((first.severity, first.title.as_str(), first.group.as_str()), (Severity::High, "Deletion", "actor ann"));
    assert_eq!((first.rule.as_str(), first.total), ("sigma/4f2c0c7e-7d5c-4c89-a6a4-6a53b1f0a002", 2));
    assert_eq!(first.say, "2 events: actor ann. Somebody deleted.");
    assert_eq!((first.events.join(" "), first.span), ("1-1 1-2".to_owned(), span));
    add(&mut log, &["2026-03-02T12:00:00Z"]);
    let again = installation.sigma_raised(&log, &read.rules, span).unwrap();
    assert_eq!((again.len(), again[0].key.as_str(), again[0].total), (1, first.key.as_str(), 3));
    assert_eq!(again[0].events, ["1-1", "2-1", "1-2"]);
}
