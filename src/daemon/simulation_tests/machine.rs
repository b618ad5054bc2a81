//! Machine: the world of a simulated daemon. Its clock is told, its disk fails, its process ends, its editions are made by a
//! stub: all by chance from one seed.

use super::chance::Chance;
use super::post::{Post, WayToPost};
use super::reports::{DAY, HOUR, MINUTE, Report};
use crate::audit_log::Head;
use crate::calendar::Millis;
use crate::clock::Clock;
use crate::daemon::{Sign, World};
use crate::deliver::Channel;
use crate::dispatch::Outgoing;
use crate::edition::EditionKey;
use crate::ledger::claimer::Claimer;
use crate::ledger::happening::Purpose;
use crate::ledger::retry::OnUnknown;
use crate::ledger::{Ledger, LedgerError, NewDispatch, commit_faults};
use crate::pipeline::facts::Asked;
use crate::pipeline::making::{For, Maker, Ready, Run};
use crate::pipeline::publish::Made;
use crate::pipeline::{Failure, Installation, Written};
use crate::seal::sha256_hex;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How often things go wrong, in ten thousand times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    /// The process ends at a commit.
    pub(super) death: i64,
    /// A commit fails, and the process lives on.
    pub(super) disk: i64,
    /// An edition cannot be made, or not be put in its place.
    pub(super) making: i64,
    /// The clock jumps in a rest.
    pub(super) clock: i64,
}

/// What all machines of a life share.
pub(super) struct Shared {
    clock: Arc<AtomicI64>,
    pub(super) chance: RefCell<Chance>,
    pub(super) post: RefCell<Post>,
    gone: Arc<Mutex<BTreeSet<String>>>,
    pub(super) rates: Rates,
    calm: Cell<bool>,
    /// The process that is at work has ended: nothing that it does counts any more.
    dead: Cell<bool>,
    /// What stands in the way of editions on the disk, and until when.
    in_the_way: RefCell<Vec<(PathBuf, Millis)>>,
    pub(super) happened: RefCell<Happened>,
    pub(super) told: Told,
}

/// What a test tells a machine to do, beside what chance does.
#[derive(Default)]
pub(super) struct Told {
    /// How long an edition takes.
    pub(super) takes: Cell<Millis>,
    /// No edition can be made.
    pub(super) fails: Cell<bool>,
    /// The daemon is told to stop once so many mails were sent.
    pub(super) stop_after: Cell<Option<usize>>,
}

/// How often what went wrong: a simulation in which nothing does shows nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Happened {
    pub(super) deaths: u32,
    pub(super) disk: u32,
    pub(super) making: u32,
    pub(super) jumps: u32,
    pub(super) rounds: u64,
}

impl Shared {
    pub(super) fn new(seed: u64, start: Millis, rates: Rates) -> Rc<Shared> {
        let shared = Rc::new(Shared {
            clock: Arc::new(AtomicI64::new(start)),
            chance: RefCell::new(Chance::of(seed)),
            post: RefCell::default(),
            gone: Arc::default(),
            rates,
            calm: Cell::new(false),
            dead: Cell::new(false),
            in_the_way: RefCell::default(),
            happened: RefCell::default(),
            told: Told::default(),
        });
        let at_commits = Rc::clone(&shared);
        commit_faults::are(move || at_commits.commit());
        shared
    }

    fn commit(&self) -> Result<(), LedgerError> {
        let mut chance = self.chance.borrow_mut();
        if self.dead.get() {
            return Err(LedgerError::Later("the process has ended".into()));
        }
        if self.calm.get() {
            return Ok(());
        }
        if chance.once_in(self.rates.death) {
            drop(chance);
            self.die();
            return Err(LedgerError::Later("the process has ended".into()));
        }
        if chance.once_in(self.rates.disk) {
            self.happened.borrow_mut().disk += 1;
            return Err(LedgerError::Later("database or disk is full".into()));
        }
        Ok(())
    }

    pub(super) fn die(&self) {
        self.dead.set(true);
        self.happened.borrow_mut().deaths += 1;
    }

    /// Whether the process at work has ended; another one comes to life with the question.
    pub(super) fn bury(&self) -> bool {
        self.dead.replace(false)
    }

    pub(super) fn now(&self) -> Millis {
        self.clock.load(Ordering::SeqCst)
    }

    pub(super) fn clock(&self) -> Clock {
        Clock::Told(Arc::clone(&self.clock))
    }

    pub(super) fn advance(&self, by: Millis) {
        self.clock.fetch_add(by, Ordering::SeqCst);
    }

    /// From now on nothing goes wrong.
    pub(super) fn calm_down(&self) {
        self.calm.set(true);
        self.clear(Millis::MAX);
    }

    pub(super) fn is_calm(&self) -> bool {
        self.calm.get()
    }

    /// Time passes; now and then more of it than was meant, or the clock is set back.
    pub(super) fn rest(&self, most: Duration) {
        self.advance(Millis::try_from(most.as_millis()).unwrap());
        if !self.calm.get() {
            let mut chance = self.chance.borrow_mut();
            if chance.once_in(self.rates.clock) {
                self.happened.borrow_mut().jumps += 1;
                // A suspended laptop; a clock that is set, by a little or by much.
                let jump = match chance.between(0, 9) {
                    0..=4 => chance.between(HOUR, 12 * HOUR),
                    5 => chance.between(DAY, 10 * DAY),
                    6..=8 => -chance.between(MINUTE, HOUR),
                    _ => -chance.between(HOUR, 2 * DAY),
                };
                self.advance(jump);
            }
            self.post.borrow_mut().weather(self.now(), &mut chance);
        }
        self.clear(self.now());
    }

    fn clear(&self, now: Millis) {
        self.in_the_way.borrow_mut().retain(|(path, until)| {
            if now < *until {
                return true;
            }
            std::fs::remove_file(path).unwrap();
            false
        });
    }
}

/// A machine on which one daemon runs after the other.
pub(super) struct Machine {
    pub(super) shared: Rc<Shared>,
    reports: Rc<Vec<Report>>,
    name: RefCell<String>,
    lives: Cell<u32>,
    number: usize,
}

impl Machine {
    pub(super) fn new(number: usize, shared: &Rc<Shared>, reports: &Rc<Vec<Report>>) -> Machine {
        let name = RefCell::new(format!("machine {number} life 0"));
        Machine { shared: Rc::clone(shared), reports: Rc::clone(reports), name, lives: Cell::new(0), number }
    }

    /// The process has ended, and will be another one. Mostly the others can see it; not if the machine is gone with it.
    pub(super) fn ended(&self) {
        if !self.shared.chance.borrow_mut().once_in(3_000) {
            self.shared.gone.lock().unwrap().insert(self.name.borrow().clone());
        }
        self.lives.set(self.lives.get() + 1);
        *self.name.borrow_mut() = format!("machine {} life {}", self.number, self.lives.get());
    }
}

impl World for Machine {
    fn rest(&self, most: Duration) {
        self.shared.rest(most);
    }

    fn stop(&self) -> bool {
        let sent = || self.shared.post.borrow().letters.len();
        self.shared.dead.get() || self.shared.told.stop_after.get().is_some_and(|most| sent() >= most)
    }

    fn show(&self, _: Sign) {}

    fn watched(&self) -> Option<Duration> {
        None
    }

    fn claimer(&self) -> Claimer {
        Claimer::Told(self.name.borrow().clone(), Arc::clone(&self.shared.gone))
    }

    fn maker<'i>(&self, installation: &'i Installation) -> Result<Box<dyn Maker + 'i>, Failure> {
        let (shared, reports) = (Rc::clone(&self.shared), Rc::clone(&self.reports));
        Ok(Box::new(Stub { installation, shared, reports }))
    }

    fn channel(&self, _: &Installation) -> Result<Box<dyn Channel>, Failure> {
        Ok(Box::new(WayToPost(Rc::clone(&self.shared))))
    }
}

/// Makes editions of one line of text, or fails to.
struct Stub<'i> {
    installation: &'i Installation,
    shared: Rc<Shared>,
    reports: Rc<Vec<Report>>,
}

impl Stub<'_> {
    fn message(&self, key: &EditionKey, to: &str, on_unknown: OnUnknown) -> NewDispatch {
        let outgoing = Outgoing {
            from: "reports@example.com".into(),
            to: to.to_owned(),
            message_id: format!("{}@example.com", sha256_hex(format!("{key} {to}").as_bytes())),
            message: format!("{key}\n{to}\n").into_bytes(),
        };
        let formats = vec!["pdf".into()];
        NewDispatch {
            outgoing,
            purpose: Purpose::Edition,
            formats,
            on_unknown,
            not_before: None,
            via: String::new(),
            smaller: Vec::new(),
        }
    }
}

impl Maker for Stub<'_> {
    fn installation(&self) -> &Installation {
        self.installation
    }

    fn ready(&self, _: &Ledger, written: &Written, asked: &Asked, _: &For<'_>) -> Result<Ready, Failure> {
        let key = &asked.key;
        self.shared.advance(self.shared.told.takes.get());
        if self.shared.told.fails.get() {
            return Err(Failure::Error("it cannot be computed".into()));
        }
        if !self.shared.calm.get() {
            let mut chance = self.shared.chance.borrow_mut();
            // Mostly it is quick; now and then slower than a claim is left alone, or than what is due after it can wait.
            let takes = if chance.once_in(20) { 25 * MINUTE } else { chance.between(100, 20_000) };
            self.shared.advance(takes);
            if chance.once_in(self.shared.rates.making) {
                self.shared.happened.borrow_mut().making += 1;
                if chance.once_in(5_000) {
                    return Err(Failure::Error("it cannot be computed".into()));
                }
                let mut path = self.installation.edition_folder(key).into_os_string();
                path.push(".being-made");
                let path = PathBuf::from(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                if !path.exists() {
                    std::fs::write(&path, "in the way").unwrap();
                    let until = self.shared.now() + chance.between(MINUTE, 10 * HOUR);
                    self.shared.in_the_way.borrow_mut().push((path, until));
                }
            }
        }
        let report = self.reports.iter().find(|report| report.stem == key.definition).unwrap();
        let on_unknown = match written.definition.on_unknown {
            crate::definition::OnUnknown::Resend => OnUnknown::Resend,
            crate::definition::OnUnknown::Hold => OnUnknown::Hold,
        };
        let text = format!("{key}\n").into_bytes();
        Ok(Ready {
            manifest: "{}".into(),
            digest: sha256_hex(&text),
            head: Head { size: 0, root: String::new() },
            files: vec![Made::new("report.txt", "text/plain", text)],
            kept: Vec::new(),
            dispatches: report.to.iter().map(|to| self.message(key, to, on_unknown)).collect(),
            unsent: Vec::new(),
            review_until: None,
            pages: 1,
            warnings: Vec::new(),
        })
    }

    fn each(
        &self,
        _: &mut Ledger,
        written: &Written,
        _: &Asked,
        _: Option<&str>,
        _: &mut Run,
        _: &mut dyn FnMut(&EditionKey, usize),
    ) -> Result<(), Failure> {
        Err(Failure::Error(format!("{} is divided, which is not simulated", written.definition.stem)))
    }
}
