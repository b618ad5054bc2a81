//! Life: an installation served for a long time by one daemon or two that die and come again, then left in peace until
//! nothing waits any more.

use super::machine::{Happened, Machine, Rates, Shared};
use super::reports::{DAY, HOUR, MINUTE, Report, reports};
use crate::calendar::Millis;
use crate::daemon::Daemon;
use crate::dispatch::Stage;
use crate::ledger::Ledger;
use crate::ledger::outbox::Decision;
use chrono::{Days, NaiveDate};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

pub(super) const SETTINGS: &str = "timezone: UTC\nzone_rules: bundled\nmail: { from: \"Quarterday <reports@example.com>\", folder: mail }\nserve: { poll: 1h }\n";

/// How long, with how much, and what goes wrong how often.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) reports: usize,
    pub(super) days: u64,
    pub(super) rates: Rates,
}

/// A life that was lived.
pub(super) struct Life {
    pub(super) home: tempfile::TempDir,
    pub(super) reports: Rc<Vec<Report>>,
    pub(super) shared: Rc<Shared>,
    pub(super) happened: Happened,
    pub(super) daemons: usize,
}

impl Life {
    pub(super) fn ledger(&self) -> PathBuf {
        ledger(self.home.path())
    }
}

pub(super) fn ledger(home: &Path) -> PathBuf {
    home.join("var/ledger.sqlite")
}

/// Lives a life.
pub(super) fn live(plan: Plan) -> Life {
    let first = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
    let day = first + Days::new(plan.seed % 365);
    let start = day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_millis();
    let end = start + Millis::try_from(plan.days).unwrap() * DAY;
    let shared = Shared::new(plan.seed, start, plan.rates);
    let reports = Rc::new(reports(plan.reports, day, &mut shared.chance.borrow_mut()));
    let texts = reports.iter().map(|report| (report.stem.as_str(), report.text()));
    let home = installation(&texts.collect::<Vec<_>>());
    // Every other life has two daemons on one ledger.
    let daemons = 1 + usize::from(plan.seed % 2 == 1);
    let machines: Vec<Machine> = (0..daemons).map(|number| Machine::new(number, &shared, &reports)).collect();
    let mut house = House { home: home.path(), machines: &machines, daemons: machines.iter().map(|_| None).collect() };
    while shared.now() < end {
        let rest = house.round(&shared);
        shared.rest(rest);
        if shared.chance.borrow_mut().once_in(20) {
            decide_all(&ledger(home.path()), shared.now());
        }
    }
    shared.calm_down();
    // Everything comes to rest within the patience of the outbox and the leases of the dead.
    let until = shared.now() + 12 * DAY;
    loop {
        let rest = house.round(&shared);
        decide_all(&ledger(home.path()), shared.now());
        if is_quiet(&ledger(home.path())) && house.nothing_due() {
            break;
        }
        assert!(shared.now() < until, "seed {}: it does not come to rest", plan.seed);
        shared.rest(rest);
    }
    drop(house);
    let happened = shared.happened.borrow().clone();
    Life { home, reports, shared, happened, daemons }
}

/// An installation with these definitions.
pub(super) fn installation(definitions: &[(&str, String)]) -> tempfile::TempDir {
    // In memory, where the machine has such a disk: there are millions of commits.
    let memory = Path::new("/dev/shm");
    let mut builder = tempfile::Builder::new();
    builder.prefix("quarterday-simulation-");
    let home = if memory.is_dir() { builder.tempdir_in(memory) } else { builder.tempdir() }.unwrap();
    std::fs::write(home.path().join("quarterday.yaml"), SETTINGS).unwrap();
    std::fs::create_dir(home.path().join("schedules")).unwrap();
    for (stem, text) in definitions {
        std::fs::write(home.path().join(format!("schedules/{stem}.yaml")), text).unwrap();
    }
    home
}

/// The machines, and what runs on them.
struct House<'h> {
    home: &'h Path,
    machines: &'h [Machine],
    daemons: Vec<Option<Daemon<'h>>>,
}

impl House<'_> {
    /// A round of each; tells how long all may rest.
    fn round(&mut self, shared: &Shared) -> Duration {
        let mut rest = Duration::MAX;
        for (machine, place) in self.machines.iter().zip(&mut self.daemons) {
            shared.happened.borrow_mut().rounds += 1;
            let daemon = match place {
                Some(daemon) => daemon,
                None => place.insert(Daemon::open(self.home, Some(shared.clock()), machine).unwrap()),
            };
            let pause = daemon.step();
            if shared.bury() {
                *place = None;
                machine.ended();
                // It is started again soon, or when somebody sees that it is gone.
                let mut chance = shared.chance.borrow_mut();
                let down =
                    if chance.once_in(500) { chance.between(HOUR, 2 * DAY) } else { chance.between(1_000, MINUTE) };
                rest = rest.min(Duration::from_millis(down.unsigned_abs()));
            } else {
                rest = rest.min(pause);
            }
        }
        rest
    }

    /// Whether whoever leads has nothing to do.
    fn nothing_due(&self) -> bool {
        self.daemons.iter().flatten().filter(|daemon| daemon.lead.is_some()).any(|daemon| {
            let agenda = daemon.installation.agenda(&daemon.ledger, &daemon.definitions.good()).unwrap();
            agenda.due.is_empty() && agenda.missed.is_empty()
        })
    }
}

fn is_quiet(ledger: &Path) -> bool {
    Ledger::open(ledger).unwrap().open_dispatches().unwrap().is_empty()
}

/// A person looks after what stopped, and has all of it sent.
fn decide_all(ledger: &Path, now: Millis) {
    let mut ledger = Ledger::open(ledger).unwrap();
    for stopped in ledger.stopped().unwrap() {
        let decision = if stopped.stage == Stage::Held { Decision::Release } else { Decision::Retry };
        // The disk may be full for a person, too, who then comes again.
        let _ = ledger.decide(stopped.id, decision, "operator", "the reason is mended", now);
    }
}
