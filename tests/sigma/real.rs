//! Rules of ours (`sigma/cloudtrail`) on real events of others: one attack technique a file, and events that carry the verdict of
//! a detection rule of theirs. What is found, what is missed and what is found wrongly is a table that is kept beside the rules.

use super::{files, folder};
use flate2::read::GzDecoder;
use quarterday::audit_log::{Sink, StoredEvent};
use quarterday::calendar::zone::{Zone, ZoneRules};
use quarterday::event::{Event, Rejected};
use quarterday::ingest::{self, Mapping};
use quarterday::sigma::{Evaluation, Kind, Rules, Sources, read};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// Where the data of others lie, if they are here.
fn data(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !path.is_file() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}

/// The files of an archive, by name.
fn unpacked(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(GzDecoder::new(std::fs::File::open(path).unwrap()));
    let mut files = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().file_name().map(|name| name.to_string_lossy().into_owned());
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if let Some(name) = name.filter(|_| !bytes.is_empty()) {
            files.insert(name, bytes);
        }
    }
    files
}

#[derive(Default)]
struct Events(Vec<Event>, usize);

impl Sink for Events {
    fn event(&mut self, event: Event) -> Result<(), String> {
        self.0.push(event);
        Ok(())
    }

    fn rejected(&mut self, _: Rejected) -> Result<(), String> {
        self.1 += 1;
        Ok(())
    }

    fn no_event(&mut self) -> Result<(), String> {
        Ok(())
    }
}

/// Events as an import makes them, in order of time; and how many rows it could not read.
fn imported(name: &str, bytes: Vec<u8>) -> (Vec<StoredEvent>, usize) {
    let mapping = Mapping::preset("aws-cloudtrail").unwrap().unwrap();
    let mut events = Events::default();
    let mut input = Cursor::new(bytes);
    ingest::read(&mut input, name, &mapping, &ZoneRules::bundled(), &|_| true, &mut events, &mut |_| {}).unwrap();
    let Events(mut list, rejected) = events;
    list.sort_by_key(|event| event.time);
    let stored = list.into_iter().map(|event| StoredEvent {
        number: event.id.clone().unwrap_or_default(),
        source: "aws-cloudtrail".to_owned(),
        event,
    });
    (stored.collect(), rejected)
}

/// A labelled event of Panther's tests.
#[derive(Deserialize)]
struct Labelled {
    rule: String,
    expected: bool,
    log: serde_json::Value,
}

/// Our rules, and which techniques and rules of others each says it answers.
fn ours() -> (Rules, BTreeMap<String, BTreeSet<String>>) {
    let texts: Vec<(String, String)> = files(&folder("cloudtrail"))
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "yml"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    let read = read(&texts, &Sources::load(&[], &[]).unwrap());
    assert_eq!(read.problems, []);
    let mut answers = BTreeMap::new();
    for (_, text) in &texts {
        for document in serde_yaml::Deserializer::from_str(text) {
            let document = serde_yaml::Value::deserialize(document).unwrap();
            let list = document["answers"].as_sequence().cloned().unwrap_or_default();
            let list = list.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
            answers.insert(document["title"].as_str().unwrap().to_owned(), list);
        }
    }
    (read.rules, answers)
}

/// Numbers of events that rules name in their hits, by title.
fn found(rules: &Rules, events: &[StoredEvent]) -> BTreeMap<String, BTreeSet<String>> {
    let mut evaluation = Evaluation::new(rules, &Zone::utc());
    events.iter().for_each(|event| evaluation.see(event).unwrap());
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for hit in evaluation.finish() {
        found.entry(rules.rules[hit.rule].title.clone()).or_default().extend(hit.numbers);
    }
    found
}

#[test]
fn rules_on_real_events_find_what_the_table_says() {
    let (Some(stratus), Some(panther)) = (data("stratus-cloudtrail.tar.gz"), data("panther-rule-tests.tar.gz")) else {
        return;
    };
    let (rules, answers) = ours();
    let mut table = String::new();
    techniques(&rules, &answers, &stratus, &mut table);
    labelled(&rules, &answers, &panther, &mut table);
    println!("{table}");
    let expected = folder("cloudtrail").join("table.txt");
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&expected, &table).unwrap();
    }
    let expected = std::fs::read_to_string(&expected).unwrap();
    for (line, wanted) in table.lines().zip(expected.lines()) {
        assert_eq!(line, wanted);
    }
    assert_eq!(table, expected);
}

/// One technique a file: which of its events are named by rules that answer it, and which by others.
fn techniques(rules: &Rules, answers: &BTreeMap<String, BTreeSet<String>>, archive: &Path, table: &mut String) {
    writeln!(table, "{:<55} {:>6} {:>5}  others' hits", "technique", "events", "found").unwrap();
    let (mut all, mut good, mut events_in_all, mut wrong) = (0, 0, 0, 0);
    for (name, bytes) in unpacked(archive) {
        let technique = name.trim_end_matches(".json").to_owned();
        let (events, rejected) = imported(&name, bytes);
        assert_eq!(rejected, 0);
        let mut right = BTreeSet::new();
        let mut others = Vec::new();
        for (title, numbers) in found(rules, &events) {
            if answers[&title].contains(&technique) {
                right.extend(numbers);
            } else {
                wrong += numbers.len();
                others.push(format!("{title} ({})", numbers.len()));
            }
        }
        all += 1;
        good += usize::from(!right.is_empty());
        events_in_all += events.len();
        writeln!(table, "{technique:<55} {:>6} {:>5}  {}", events.len(), right.len(), others.join("; ")).unwrap();
    }
    writeln!(table, "{good} of {all} techniques found; {wrong} of {events_in_all} events named by rules for others\n")
        .unwrap();
}

/// Labelled events: those that a rule of theirs must match, and those that it must not, against the rules that answer it.
fn labelled(rules: &Rules, answers: &BTreeMap<String, BTreeSet<String>>, archive: &Path, table: &mut String) {
    let bytes = unpacked(archive).remove("AWS.CloudTrail.jsonl").unwrap();
    let rows: Vec<Labelled> =
        String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut lines = String::new();
    for (at, row) in rows.iter().enumerate() {
        // Many are copies of one event with its id: an import would take them for one.
        let mut log = row.log.clone();
        log["eventID"] = format!("{at:04}").into();
        writeln!(lines, "{log}").unwrap();
    }
    let (events, rejected) = imported("AWS.CloudTrail.jsonl", lines.into_bytes());
    let read: BTreeSet<String> = events.iter().map(|event| event.number.clone()).collect();
    // Each event is judged by itself: what they label is one event.
    let mut found_by: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (title, numbers) in found(rules, &events) {
        if rules.rules.iter().any(|rule| rule.title == title && rule.kind == Kind::Detection) {
            for number in numbers {
                found_by.entry(number).or_default().insert(title.clone());
            }
        }
    }
    writeln!(
        table,
        "{:<55} {:>8} {:>5} {:>8} {:>7}",
        "rule of theirs that is answered", "to match", "found", "innocent", "wrongly"
    )
    .unwrap();
    let answered: BTreeSet<&String> = answers.values().flatten().collect();
    let mut total = [0; 4];
    let mut by_rule: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let (mut any, mut matching, mut innocent, mut touched) = (0, 0, 0, 0);
    for (at, row) in rows.iter().enumerate() {
        let number = format!("{at:04}");
        let titles = found_by.get(&number);
        let hit = titles.into_iter().flatten().any(|title| answers[title].contains(&row.rule));
        if row.expected {
            matching += 1;
            any += usize::from(titles.is_some());
        } else {
            innocent += 1;
            touched += usize::from(titles.is_some());
        }
        if answered.contains(&row.rule) {
            let counts = by_rule.entry(&row.rule).or_default();
            let at = if row.expected { 0 } else { 2 };
            counts[at] += 1;
            counts[at + 1] += usize::from(hit);
        }
    }
    for (rule, counts) in &by_rule {
        let [matching, found, innocent, wrongly] = counts;
        writeln!(table, "{rule:<55} {matching:>8} {found:>5} {innocent:>8} {wrongly:>7}").unwrap();
        total.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
    }
    let [to_match, found, innocent_of_them, wrongly] = total;
    writeln!(table, "{:<55} {to_match:>8} {found:>5} {innocent_of_them:>8} {wrongly:>7}", "together").unwrap();
    let theirs: BTreeSet<&str> = rows.iter().map(|row| row.rule.as_str()).collect();
    writeln!(
        table,
        "{} of {} rules of theirs are answered. Of all their {} events, {rejected} could not be read (no time);",
        by_rule.len(),
        theirs.len(),
        rows.len()
    )
    .unwrap();
    writeln!(table, "any rule of ours names {any} of the {matching} that must match one of theirs, and {touched} of the {innocent} that must not match the one they test.").unwrap();
    assert_eq!(read.len() + rejected, rows.len());
}
