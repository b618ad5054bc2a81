//! The CRM's records while the year runs: what exists, what lies in the recycle bin, and who worked on what last.

use super::habits::{Module, What};
use super::names;
use super::random::Random;
use chrono::NaiveDate;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Alive,
    Bin,
    Gone,
}

struct Record {
    id: u64,
    name: String,
    state: State,
}

/// One module's records.
#[derive(Default)]
struct Shelf {
    records: Vec<Record>,
    /// Deleted ones: by whom, which, when.
    bin: Vec<(usize, usize, i64)>,
    /// By actor: the records touched last.
    recent: Vec<Vec<usize>>,
}

/// All records of all modules.
pub(super) struct Records {
    shelves: Vec<Shelf>,
    next_id: u64,
    random: Random,
    campaigns: Vec<(usize, NaiveDate, NaiveDate)>,
    fair: Vec<usize>,
}

/// A record as a row of the log names it.
pub(super) struct Named {
    pub(super) id: u64,
    pub(super) name: String,
}

/// For how long a deleted record can be restored, in seconds: sixty days.
const KEPT_IN_BIN: i64 = 60 * 86_400;

/// How many records somebody works on at a time, in each module.
const AT_HAND: usize = 10;

impl Records {
    /// What the CRM holds when the year begins.
    pub(super) fn new(actors: usize, first: NaiveDate) -> Records {
        let mut records = Records {
            shelves: Module::ALL
                .iter()
                .map(|_| Shelf { recent: vec![Vec::new(); actors], ..Shelf::default() })
                .collect(),
            next_id: 512_934_000_000_204_011,
            random: Random::of("records", &[]),
            campaigns: Vec::new(),
            fair: Vec::new(),
        };
        let before = first - chrono::Duration::days(1);
        for (module, count) in [
            (Module::Leads, 2200),
            (Module::Contacts, 5400),
            (Module::Accounts, 1300),
            (Module::Deals, 900),
            (Module::Invoices, 2600),
        ] {
            for _ in 0..count {
                records.create(module, before);
            }
        }
        for (name, from, to) in names::campaigns() {
            let index = records.put(Module::Campaigns, name.to_owned());
            records.campaigns.push((index, from, to));
        }
        records.fair = names::FAIR.iter().map(|name| records.put(Module::Campaigns, (*name).to_owned())).collect();
        records
    }

    /// An id as Zoho numbers them: 18 digits, growing.
    pub(super) fn next_id(&mut self) -> u64 {
        self.next_id += 1 + self.random.below(23);
        self.next_id
    }

    fn put(&mut self, module: Module, name: String) -> usize {
        let id = self.next_id();
        let shelf = &mut self.shelves[module as usize];
        shelf.records.push(Record { id, name, state: State::Alive });
        shelf.records.len() - 1
    }

    fn create(&mut self, module: Module, day: NaiveDate) -> usize {
        let number = self.shelves[module as usize].records.len();
        let random = &mut self.random;
        let name = match module {
            Module::Leads | Module::Contacts => names::person(random),
            Module::Accounts => names::firm(random),
            Module::Deals => names::deal(random),
            Module::Invoices => names::invoice(day, 18_200 + number),
            Module::Campaigns => "Mailing".to_owned(),
        };
        self.put(module, name)
    }

    /// One that exists: mostly what the actor has at hand, else any.
    fn existing(&mut self, module: Module, actor: usize) -> usize {
        let shelf = &self.shelves[module as usize];
        let hand = &shelf.recent[actor];
        if !hand.is_empty() && self.random.chance(620) {
            let index = hand[self.random.below(hand.len() as u64) as usize];
            if shelf.records[index].state == State::Alive {
                return index;
            }
        }
        for _ in 0..64 {
            let index = self.random.below(shelf.records.len() as u64) as usize;
            if shelf.records[index].state == State::Alive {
                return index;
            }
        }
        self.create(module, super::dates::first_day())
    }

    fn campaign(&mut self, actor: usize, day: NaiveDate, fair: bool) -> usize {
        let open: Vec<usize> = match fair {
            // The fair itself is named twice as often as what hangs on it.
            true => self.fair.iter().chain(self.fair.first()).copied().collect(),
            false => {
                self.campaigns.iter().filter(|(_, from, to)| (*from..=*to).contains(&day)).map(|(n, ..)| *n).collect()
            }
        };
        match open.get(self.random.below(open.len() as u64) as usize) {
            Some(index) => *index,
            None => self.existing(Module::Campaigns, actor),
        }
    }

    /// The record that an action is done to; what cannot be done (nothing to restore) is `None`.
    pub(super) fn act(
        &mut self,
        what: What,
        module: Module,
        actor: usize,
        at: i64,
        day: NaiveDate,
        fair: bool,
    ) -> Option<Named> {
        let index = match what {
            What::Added if module == Module::Campaigns => return None,
            What::Added => self.create(module, day),
            What::Restored => self.unbin(module, |(who, _, when)| *who == actor && at - *when < KEPT_IN_BIN, true)?,
            What::Purged => self.unbin(module, |(_, _, when)| at - *when > KEPT_IN_BIN / 2, false)?,
            What::Updated if module == Module::Campaigns => self.campaign(actor, day, fair),
            _ => self.existing(module, actor),
        };
        let shelf = &mut self.shelves[module as usize];
        let record = shelf.records.get_mut(index)?;
        record.state = match what {
            What::Deleted => State::Bin,
            What::Converted | What::Purged => State::Gone,
            _ => State::Alive,
        };
        if what == What::Deleted {
            shelf.bin.push((actor, index, at));
        }
        if record.state == State::Alive && module != Module::Campaigns {
            let hand = shelf.recent.get_mut(actor)?;
            hand.push(index);
            if hand.len() > AT_HAND {
                hand.remove(0);
            }
        }
        Some(Named { id: record.id, name: record.name.clone() })
    }

    /// The id of a campaign.
    pub(super) fn campaign_id(&self, name: &str) -> Option<u64> {
        let shelf = self.shelves.get(Module::Campaigns as usize)?;
        shelf.records.iter().find(|record| record.name == name).map(|record| record.id)
    }

    fn unbin(&mut self, module: Module, wanted: impl Fn(&(usize, usize, i64)) -> bool, newest: bool) -> Option<usize> {
        let bin = &mut self.shelves[module as usize].bin;
        let place = if newest { bin.iter().rposition(wanted) } else { bin.iter().position(wanted) }?;
        Some(bin.remove(place).1)
    }
}
