//! Tests of the demonstration year, on the text of its files and not on what the generator thinks it wrote.

use super::*;
use crate::calendar::zone::ZoneRules;
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// A row as a reader of the file has it.
pub(super) struct Read {
    pub(super) at: DateTime<FixedOffset>,
    pub(super) fields: Vec<String>,
}

impl Read {
    pub(super) fn day(&self) -> NaiveDate {
        self.at.date_naive()
    }

    pub(super) fn is(&self, who: &str, action: &str, module: &str) -> bool {
        self.fields[1] == who && self.fields[2] == action && self.fields[3] == module
    }

    pub(super) fn is_power(&self) -> bool {
        ["Role Changed", "Profile Updated", "Sharing Rule Updated"].contains(&self.fields[2].as_str())
    }

    pub(super) fn records(&self) -> u64 {
        self.fields[6].strip_suffix(" records").expect("a number of records").parse().expect("a number")
    }
}

pub(super) struct World {
    pub(super) files: DemoFiles,
    pub(super) crm: Vec<Read>,
    /// Rows of the audit log without eight fields and a time, with the day of the row before them in the file.
    pub(super) bad: Vec<(NaiveDate, Vec<String>)>,
    pub(super) logins: Vec<Read>,
    pub(super) people: Vec<Vec<String>>,
}

fn raw(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    reader.records().map(|row| row.expect("CSV").iter().map(str::to_owned).collect()).collect()
}

fn readable(bytes: &[u8], width: usize) -> (Vec<Read>, Vec<(NaiveDate, Vec<String>)>) {
    let (mut good, mut bad): (Vec<Read>, Vec<_>) = (Vec::new(), Vec::new());
    for fields in raw(bytes) {
        match DateTime::parse_from_rfc3339(&fields[0]) {
            Ok(at) if fields.len() == width => good.push(Read { at, fields }),
            _ => bad.push((good.last().expect("a row before").day(), fields)),
        }
    }
    (good, bad)
}

pub(super) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let files = generate(&mut |_, _| ());
        let (crm, bad) = readable(&files.crm_csv, 8);
        let (logins, none) = readable(&files.logins_csv, 6);
        assert!(none.is_empty());
        let people = raw(&files.people_csv);
        World { files, crm, bad, logins, people }
    })
}

pub(super) fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a date")
}

/// The row of the directory that held for an account on a day.
pub(super) fn holds<'a>(people: &'a [Vec<String>], account: &str, day: NaiveDate) -> Vec<&'a [String]> {
    let day = day.to_string();
    let held = |row: &&Vec<String>| row[0] == account && row[7] <= day && (row[8].is_empty() || day < row[8]);
    people.iter().filter(held).map(Vec::as_slice).collect()
}

/// FNV-1a.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn the_same_bytes_every_time_and_everywhere() {
    let (first, second) = (&world().files, generate(&mut |_, _| ()));
    assert!(first.crm_csv == second.crm_csv && first.logins_csv == second.logins_csv);
    assert!(first.people_csv == second.people_csv && first.stories == second.stories);
    // Who changes the year on purpose writes the new numbers here; anybody else has found a dependence on the machine.
    let digests = [digest(&first.crm_csv), digest(&first.logins_csv), digest(&first.people_csv)];
    assert_eq!(
        digests.map(|digest| format!("{digest:016x}")),
        ["6cb1fd8bf413bc06", "42ee8aa6f536f245", "6262f49cbcc1c65d"]
    );
}

#[test]
fn progress_grows_to_its_end() {
    let mut told = Vec::new();
    generate(&mut |done, total| told.push((done, total)));
    assert!(told.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 == pair[1].1));
    assert!(told.last().is_some_and(|(done, total)| done == total) && told.len() > 300);
}

#[test]
fn headers_are_the_vendors() {
    let head =
        |bytes: &[u8]| String::from_utf8(bytes.split(|b| *b == b'\n').next().expect("a line").to_vec()).expect("UTF-8");
    let files = &world().files;
    assert_eq!(head(&files.crm_csv), "Audited Time,Done By,Action,Module,Record Id,Record Name,Details,Source");
    assert_eq!(head(&files.logins_csv), "Login Time,User,IP Address,Browser,Status,Login Type");
    assert_eq!(head(&files.people_csv), "actor,name,kind,team,role,manager,email,from,until");
}

#[test]
fn every_row_but_the_planted_ones_is_whole() {
    let World { files, crm, bad, logins, .. } = world();
    // One row, one line: a damaged one swallows no neighbour.
    let lines = files.crm_csv.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines - 1, crm.len() + bad.len());
    assert!(lines <= 100_000, "Zoho puts at most 100 000 rows into one CSV: {lines}");
    let mut strict = csv::Reader::from_reader(files.crm_csv.as_slice());
    assert_eq!(strict.records().filter(Result::is_err).count(), bad.iter().filter(|(_, row)| row.len() != 8).count());
    for rows in [crm, logins] {
        assert!(rows.windows(2).all(|pair| pair[0].at >= pair[1].at), "newest first");
        assert_eq!(rows[0].day(), day(12, 1));
        assert_eq!(rows.last().expect("rows").day().to_string(), "2025-11-01");
        assert!(rows[0].at.timestamp_millis() < files.now);
    }
    for row in crm {
        assert!(row.fields[4].is_empty() || row.fields[4].len() == 18, "{:?}", row.fields);
        assert!(!row.fields[5].is_empty() && ["Web", "API", "Mobile"].contains(&row.fields[7].as_str()));
        let bulk = ["Mass Update", "Mass Delete", "Exported", "Imported"].contains(&row.fields[2].as_str());
        assert_eq!(bulk, row.fields[6].ends_with(" records"));
        assert!(!bulk || row.records() > 0);
    }
}

#[test]
fn times_carry_the_offset_that_held() {
    let zone = ZoneRules::bundled().zone(ZONE).expect("the zone");
    for row in world().crm.iter().chain(&world().logins).step_by(7) {
        let at = row.at.timestamp_millis();
        assert_eq!(row.at.offset().local_minus_utc(), zone.offset_at(at), "{}", row.fields[0]);
    }
    // The hour that summer time skips and the one that it repeats are as they were.
    let hour = |start: &str| world().logins.iter().filter(|row| row.fields[0].starts_with(start)).count();
    assert_eq!((hour("2026-03-29T02"), hour("2026-10-25T02")), (0, 2));
}

#[test]
fn thirteen_months_of_the_right_size() {
    let World { crm, logins, .. } = world();
    let mut months: BTreeMap<String, usize> = BTreeMap::new();
    for row in crm.iter().chain(logins) {
        *months.entry(row.fields[0][..7].to_owned()).or_default() += 1;
    }
    let all = crm.len() + logins.len();
    assert!((145_000..155_000).contains(&all), "{all}");
    assert_eq!(months.len(), 14, "{months:?}");
    for (month, count) in &months {
        let expected = match month.as_str() {
            "2026-11" => 19_500..23_500,
            "2026-12" => 60..300,
            _ => 8_300..13_000,
        };
        assert!(expected.contains(count), "{month}: {count}");
    }
    assert!(months["2026-08"] < months["2026-06"] * 4 / 5 && months["2025-12"] < months["2026-01"], "{months:?}");
    let integration = crm.iter().chain(logins).filter(|row| row.fields[1].starts_with("integration@")).count();
    assert!((180..=220).contains(&(integration * 1000 / all)), "{integration} of {all}");
}

#[test]
fn weekends_and_holidays_are_nearly_empty() {
    let World { crm, logins, .. } = world();
    let mut days: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for row in crm.iter().chain(logins).filter(|row| !row.fields[1].starts_with("integration@")) {
        *days.entry(row.day()).or_default() += 1;
    }
    for (on, count) in days {
        let date = (on.month(), on.day());
        let holidays = [(1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (10, 3), (12, 25), (12, 26)];
        let free = matches!(on.weekday(), Weekday::Sat | Weekday::Sun) || holidays.contains(&date);
        match free {
            true => assert!(count < 40, "{on}: {count}"),
            // Between Christmas and Epiphany few work, and on the last day the export was made in the morning.
            false if on.month() != 12 && date > (1, 6) => assert!(count > 150, "{on}: {count}"),
            false => {}
        }
    }
}

#[test]
fn every_month_has_a_little_of_everything() {
    let World { crm, logins, .. } = world();
    let ordinary = ["Deleted", "Restored", "Exported", "Imported", "Mass Update", "Mass Delete", "Merged", "Converted"];
    for number in 0..13 {
        let month = format!("{}-{:02}", 2025 + (10 + number) / 12, (10 + number) % 12 + 1);
        let within = |row: &&Read| row.fields[0].starts_with(&month);
        for action in ordinary {
            let count = crm.iter().filter(within).filter(|row| row.fields[2] == action).count();
            assert!(count > 0, "{month}: no {action}");
        }
        let failed = logins.iter().filter(within).filter(|row| row.fields[4] == "Failed").count();
        assert!((40..400).contains(&failed), "{month}: {failed} failed logins");
        let power = crm.iter().filter(within).filter(|row| row.is_power()).count();
        assert!(month == "2026-11" || (5..25).contains(&power), "{month}: {power} changes of power");
    }
}

#[test]
fn the_directory_knows_everybody_once_except_the_contractor() {
    let World { crm, logins, people, .. } = world();
    let mut unknown: BTreeSet<&str> = BTreeSet::new();
    let mut seen: BTreeSet<(&str, NaiveDate)> = BTreeSet::new();
    for row in crm.iter().chain(logins) {
        if seen.insert((&row.fields[1], row.day())) && holds(people, &row.fields[1], row.day()).len() != 1 {
            unknown.insert(&row.fields[1]);
        }
    }
    assert_eq!(unknown.into_iter().collect::<Vec<_>>(), ["k.lindqvist@contractor.example"]);
    let few = crm.iter().filter(|row| row.fields[1].starts_with("k.lindqvist")).count();
    assert!((10..60).contains(&few), "{few}");
    let now: Vec<_> = people.iter().filter(|row| row[8].is_empty() && row[2] == "person").collect();
    assert!((56..=64).contains(&now.len()), "{}", now.len());
    let teams: BTreeSet<&str> = now.iter().map(|row| row[3].as_str()).filter(|team| !team.is_empty()).collect();
    assert_eq!(teams.len(), 5);
    for row in &now {
        assert!(row[5].is_empty() == (row[4] == "Managing Director"), "{row:?}");
        assert!(row[5].is_empty() || holds(people, &row[5], day(12, 1)).len() == 1, "{row:?}");
    }
}

#[test]
fn nothing_in_it_is_anybodys() {
    let World { crm, logins, .. } = world();
    assert!(crm.iter().chain(logins).all(|row| row.fields[1].ends_with(".example")));
    let reserved = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"];
    for row in logins {
        assert!(reserved.iter().any(|range| row.fields[2].starts_with(range)), "{}", row.fields[2]);
        assert!(row.fields[2].parse::<std::net::IpAddr>().is_ok(), "{}", row.fields[2]);
    }
}

#[test]
fn names_are_written_in_five_scripts() {
    let World { crm, people, .. } = world();
    let scripts = [('A', 'z'), ('Α', 'ω'), ('А', 'я'), ('א', 'ת'), ('ا', 'ي')];
    let has = |text: &str, (low, high): (char, char)| text.chars().any(|c| (low..=high).contains(&c));
    for script in scripts {
        assert!(people.iter().any(|row| has(&row[1], script)), "{script:?}");
        for module in ["Leads", "Contacts", "Accounts"] {
            let count = crm.iter().filter(|row| row.fields[3] == module && has(&row.fields[5], script)).count();
            assert!(count > 60, "{script:?} in {module}: {count}");
        }
    }
}
