//! Cases: single faults at a moment that a test chooses, each with what must come of it.

use super::life::{SETTINGS, installation, ledger};
use super::machine::{Machine, Rates, Shared};
use super::reports::{DAY, HOUR, MINUTE, Report, reports};
use crate::calendar::Millis;
use crate::daemon::Daemon;
use crate::dispatch::Stage;
use crate::edition::Trigger;
use crate::ledger::happening::Happening;
use crate::ledger::history::{EditionRow, Filter};
use crate::ledger::{Ledger, LedgerError, commit_faults};
use chrono::NaiveDate;
use std::path::PathBuf;
use std::rc::Rc;

/// A machine on which nothing goes wrong but what the test says, with some reports that are due every day at seven.
struct Bench {
    home: tempfile::TempDir,
    shared: Rc<Shared>,
    machine: Machine,
    start: Millis,
}

const DAILY: &str = "title: Daily\nowner: owner@example.com\nschedule: { every: day, at: \"07:00\", timezone: UTC }\nsections: [coverage]\nrecipients: [{ to: reader1@example.com, formats: [pdf] }]\n";

impl Bench {
    fn new(stems: &[&str]) -> Bench {
        let day = NaiveDate::from_ymd_opt(2027, 3, 1).unwrap();
        let start = day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_millis();
        let shared = Shared::new(1, start, Rates { death: 0, disk: 0, making: 0, clock: 0 });
        shared.calm_down();
        let to = ["reader1@example.com", "reader2@example.com", "reader3@example.com"];
        let mut drawn = reports(1, day, &mut shared.chance.borrow_mut());
        let first = drawn.remove(0);
        let of = |stem: &&str| {
            let mut report = first.clone();
            (report.stem, report.to) = ((*stem).to_owned(), to.map(str::to_owned).to_vec());
            report
        };
        let all: Vec<Report> = stems.iter().map(of).collect();
        let home = installation(&stems.iter().map(|stem| (*stem, DAILY.to_owned())).collect::<Vec<_>>());
        let machine = Machine::new(0, &shared, &Rc::new(all));
        Bench { home, shared, machine, start }
    }

    fn daemon(&self) -> Daemon<'_> {
        Daemon::open(self.home.path(), Some(self.shared.clock()), &self.machine).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Lives until an instant, counted from the start.
    fn until(&self, daemon: &mut Daemon<'_>, offset: Millis) {
        while self.shared.now() < self.start + offset {
            let rest = daemon.step();
            let left = self.start + offset - self.shared.now();
            self.shared.advance(Millis::try_from(rest.as_millis()).unwrap().min(left.max(1)));
        }
        daemon.step();
    }

    fn editions(&self) -> Vec<EditionRow> {
        Ledger::open(&ledger(self.home.path())).unwrap().editions(&Filter::default()).unwrap()
    }

    fn notices(&self) -> Vec<String> {
        let post = self.shared.post.borrow();
        let letters = post.letters.values().filter(|letter| letter.to == "owner@example.com");
        letters.map(|letter| String::from_utf8_lossy(&letter.message).into_owned()).collect()
    }
}

/// Of the commits that follow, those numbered so fail.
fn fail(commits: std::ops::RangeFrom<u32>) {
    let mut number = 0;
    commit_faults::are(move || {
        number += 1;
        let refused = || LedgerError::Later("database or disk is full".into());
        if commits.contains(&number) { Err(refused()) } else { Ok(()) }
    });
}

fn mend() {
    commit_faults::are(|| Ok(()));
}

#[test]
fn a_definition_of_which_no_note_could_be_taken_is_due_as_soon_as_it_can() {
    let bench = Bench::new(&["daily"]);
    let mut daemon = bench.daemon();
    // The first commit takes the lead, the second would activate.
    fail(2..);
    daemon.step();
    mend();
    bench.until(&mut daemon, 8 * HOUR);
    let editions = bench.editions();
    assert_eq!(editions.len(), 1, "{editions:#?}");
    assert_eq!(editions[0].key.to_string(), "daily/2027-02-28");
}

#[test]
fn a_definition_that_cannot_be_kept_is_in_force_and_kept_when_it_can() {
    let bench = Bench::new(&["daily", "other"]);
    std::fs::create_dir_all(bench.path("var")).unwrap();
    std::fs::write(bench.path("var/accepted"), "in the way").unwrap();
    let mut daemon = bench.daemon();
    bench.until(&mut daemon, 8 * HOUR);
    assert_eq!(bench.editions().len(), 2);
    std::fs::remove_file(bench.path("var/accepted")).unwrap();
    daemon.step();
    for stem in ["daily", "other"] {
        assert_eq!(std::fs::read_to_string(bench.path(&format!("var/accepted/{stem}.yaml"))).unwrap(), DAILY);
    }
}

#[test]
fn settings_changed_while_the_ledger_could_not_be_written_are_in_force_when_it_can() {
    let bench = Bench::new(&["daily"]);
    let mut daemon = bench.daemon();
    bench.until(&mut daemon, 8 * HOUR);
    assert_eq!(bench.notices(), [""; 0]);
    std::fs::write(bench.path("quarterday.yaml"), format!("{SETTINGS}allowed_domains: [example.org]\n")).unwrap();
    bench.shared.advance(10 * MINUTE);
    fail(1..);
    daemon.step();
    mend();
    daemon.step();
    let notices = bench.notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].contains("Nothing of it goes out"), "{notices:?}");
    // What the settings forbid does not go out by the last good definition either.
    bench.until(&mut daemon, DAY + 8 * HOUR);
    assert_eq!(bench.editions().len(), 1);
    std::fs::write(bench.path("quarterday.yaml"), SETTINGS).unwrap();
    bench.until(&mut daemon, DAY + 9 * HOUR);
    assert_eq!((bench.editions().len(), bench.notices().len()), (2, 2));
}

#[test]
fn what_waited_in_a_long_run_until_it_was_late_says_so() {
    let bench = Bench::new(&["a", "b", "c"]);
    let mut daemon = bench.daemon();
    bench.until(&mut daemon, HOUR);
    bench.shared.told.takes.set(40 * MINUTE);
    bench.until(&mut daemon, 10 * HOUR);
    let marked: Vec<(String, Trigger)> =
        bench.editions().into_iter().map(|row| (row.key.definition, row.trigger)).collect();
    let expected = [("a", Trigger::Schedule), ("b", Trigger::Schedule), ("c", Trigger::Late)];
    assert_eq!(marked, expected.map(|(stem, trigger)| (stem.to_owned(), trigger)));
}

#[test]
fn an_edition_that_fails_is_tried_again_after_growing_pauses_and_its_owner_told_once() {
    let bench = Bench::new(&["daily"]);
    let mut daemon = bench.daemon();
    bench.shared.told.fails.set(true);
    bench.until(&mut daemon, 20 * HOUR);
    let ledger = Ledger::open(&ledger(bench.home.path())).unwrap();
    let claims: Vec<Millis> = ledger
        .entries(0, 1000)
        .unwrap()
        .into_iter()
        .filter(|entry| matches!(entry.happening().unwrap(), Happening::Claimed { .. }))
        .map(|entry| (entry.at - bench.start - 7 * HOUR) / MINUTE)
        .collect();
    assert_eq!(claims, [0, 5, 20, 80, 320, 560]);
    assert_eq!(bench.notices().len(), 1);
    bench.shared.told.fails.set(false);
    bench.until(&mut daemon, 24 * HOUR);
    let editions = bench.editions();
    assert_eq!((editions.len(), &editions[0].trigger, editions[0].failures), (1, &Trigger::Late, 6));
    assert_eq!(bench.notices().len(), 2, "that it failed, and that it is mended");
}

#[test]
fn a_daemon_that_is_told_to_stop_does_so_between_two_mails() {
    let bench = Bench::new(&["daily"]);
    let mut daemon = bench.daemon();
    bench.until(&mut daemon, HOUR);
    bench.shared.advance(7 * HOUR);
    bench.shared.told.stop_after.set(Some(1));
    daemon.run().unwrap();
    let ledger = Ledger::open(&ledger(bench.home.path())).unwrap();
    let key = bench.editions()[0].key.clone();
    let stages = |ledger: &Ledger| -> Vec<Stage> {
        ledger.dispatches(&key).unwrap().into_iter().map(|row| row.dispatch.stage).collect()
    };
    assert_eq!(stages(&ledger), [Stage::Sent, Stage::Queued, Stage::Queued]);
    bench.shared.told.stop_after.set(None);
    drop(daemon);
    bench.daemon().step();
    assert_eq!(stages(&ledger), [Stage::Sent; 3]);
}

#[test]
fn misfires_are_caught_up_with_or_missed_as_the_definition_says() {
    let bench = Bench::new(&["all", "latest", "none"]);
    for stem in ["all", "latest", "none"] {
        let text = DAILY.replace("timezone: UTC", &format!("timezone: UTC, catch_up: {stem}"));
        std::fs::write(bench.path(&format!("schedules/{stem}.yaml")), text).unwrap();
    }
    let mut daemon = bench.daemon();
    bench.until(&mut daemon, HOUR);
    // A laptop that sleeps over three mornings.
    bench.shared.advance(3 * DAY);
    bench.until(&mut daemon, 3 * DAY + 2 * HOUR);
    let standing: Vec<String> = bench
        .editions()
        .iter()
        .map(|row| format!("{} {}{}", row.key, row.status, if row.trigger == Trigger::Late { " late" } else { "" }))
        .collect();
    assert_eq!(
        standing,
        [
            "all/2027-02-28 issued late",
            "latest/2027-02-28 missed",
            "none/2027-02-28 missed",
            "all/2027-03-01 issued late",
            "latest/2027-03-01 missed",
            "none/2027-03-01 missed",
            "all/2027-03-02 issued late",
            "latest/2027-03-02 issued late",
            "none/2027-03-02 missed",
        ]
    );
    assert_eq!(bench.notices().len(), 5, "one for each that was missed");
}
