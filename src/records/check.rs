//! Check: record after record against the rules, and what they come to.

use super::{
    AgeFrom, Asked, Checked, Doubled, Emptied, EmptiedField, Emptying, Field, Form, Group, Malformed, Rules, Still,
    Worst,
};
use super::{emptied::Taken, fold};
use crate::calendar::zone::Zone;
use crate::ingest::times::Times;
use chrono::{Months, NaiveDate};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Owners that are kept, at most: a wrong column must not fill the ledger.
const OWNERS: usize = 200;

/// How many of the worst records, and of the newest changes that emptied a field, are kept.
const KEPT: usize = 20;

/// One record, as a file or the log has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'a> {
    /// Its id.
    pub key: &'a str,
    /// Its name, where there is one.
    pub name: &'a str,
    /// Who owns it; empty: nobody, or not known.
    pub owner: &'a str,
    /// The owner's team; empty: none, or not known.
    pub team: &'a str,
    /// When it was made, where that is known.
    pub created: Option<NaiveDate>,
    /// For each field of the rules what stands there; `None`: not known.
    pub fields: &'a [Option<&'a str>],
    /// The line in the file, from 1; 0: of no file.
    pub line: u64,
}

/// A record that lacks something, or holds something malformed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faulty {
    /// Its line in the file; 0: of no file.
    pub line: u64,
    /// Its id.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub owner: String,
    /// The sum of the weights.
    pub weight: u64,
    /// What it lacks: indices into [`Rules::asked`].
    pub lacks: Vec<usize>,
    /// What does not look as it must: indices into [`Rules::forms`].
    pub malformed: Vec<usize>,
}

/// Takes records, and tells what they come to.
pub struct Checker<'r> {
    rules: &'r Rules,
    times: &'r Times,
    as_at: NaiveDate,
    checked: Checked,
    owners: BTreeMap<String, Group>,
    teams: BTreeMap<String, Group>,
    ages: BTreeMap<Option<u32>, Group>,
    faulty: Vec<Faulty>,
    seen: HashSet<String>,
    /// For each field that must be unique how many records have which value.
    values: Vec<HashMap<String, u64>>,
    /// What was taken out of which record: indices into `taken`.
    waiting: HashMap<String, Vec<usize>>,
    taken: Vec<(Taken, Still)>,
}

/// What one record came to.
#[derive(Clone, Copy, Default)]
struct Came {
    asked: u64,
    met: u64,
    malformed: u64,
    /// Something was not asked because nobody knows.
    unknown: bool,
}

impl<'r> Checker<'r> {
    /// Begins. Ages are told as at a day; `taken` is what changes took out of records.
    pub fn new(rules: &'r Rules, times: &'r Times, as_at: NaiveDate, taken: Vec<Taken>) -> Checker<'r> {
        let field = |asked: &Asked| Field {
            label: asked.label.clone(),
            condition: asked.condition.clone(),
            ..Field::default()
        };
        let form = |field: usize, form: &Form| Malformed {
            field: name(rules, field),
            form: form.written(),
            ..Malformed::default()
        };
        let mut waiting: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, one) in taken.iter().enumerate() {
            waiting.entry(one.record.clone()).or_default().push(at);
        }
        Checker {
            rules,
            times,
            as_at,
            checked: Checked {
                module: rules.module.clone(),
                as_at: as_at.to_string(),
                fields: rules.asked.iter().map(field).collect(),
                forms: rules.forms.iter().map(|one| form(one.field, &one.form)).collect(),
                ..Checked::default()
            },
            owners: BTreeMap::new(),
            teams: BTreeMap::new(),
            ages: BTreeMap::new(),
            faulty: Vec::new(),
            seen: HashSet::new(),
            values: vec![HashMap::new(); rules.unique.len()],
            waiting,
            taken: taken.into_iter().map(|one| (one, Still::Gone)).collect(),
        }
    }

    /// Takes a row that is none.
    pub fn unread(&mut self) {
        self.checked.unread += 1;
    }

    /// Takes a record. One whose id came before is counted as repeated, and not looked at again.
    pub fn record(&mut self, record: &Record<'_>) {
        let key = record.key.trim();
        if !key.is_empty() && !self.seen.insert(key.to_owned()) {
            self.checked.repeated += 1;
            return;
        }
        let mut faulty = Faulty { line: record.line, ..Faulty::default() };
        let mut came = Came::default();
        self.ask(record, &mut came, &mut faulty);
        self.form(record, &mut came, &mut faulty);
        self.count_values(record);
        self.look_after(key, record);
        let checked = &mut self.checked;
        checked.records += 1;
        checked.asked += came.asked;
        checked.met += came.met;
        checked.malformed += came.malformed;
        let (owner, team) = (record.owner.trim(), record.team.trim());
        let age = record.created.map(|day| AgeFrom::of(months(day, self.as_at)));
        let sound = faulty.lacks.is_empty() && faulty.malformed.is_empty();
        let whole = sound && !came.unknown;
        add(self.owners.entry(owner.to_owned()).or_default(), came, whole);
        add(self.teams.entry(team.to_owned()).or_default(), came, whole);
        add(self.ages.entry(age).or_default(), came, whole);
        checked.complete += u64::from(whole);
        if sound {
            return;
        }
        faulty.key = key.to_owned();
        faulty.name = record.name.trim().to_owned();
        faulty.owner = owner.to_owned();
        self.faulty.push(faulty);
    }

    fn ask(&mut self, record: &Record<'_>, came: &mut Came, faulty: &mut Faulty) {
        let rules = self.rules;
        let says = |field: &usize| record.says(rules, *field);
        for (at, (asked, field)) in rules.asked.iter().zip(&mut self.checked.fields).enumerate() {
            let holds = |(field, values): &(usize, Vec<String>)| {
                record.fields.get(*field).copied().flatten().is_some_and(|value| values.contains(&fold(value)))
            };
            if !asked.when.iter().all(holds) {
                continue;
            }
            let met = asked.fields.iter().any(|field| says(field) == Some(true));
            // What may stand in a field that is not known is not asked for.
            if !met && asked.fields.iter().any(|field| says(field).is_none()) {
                came.unknown = true;
                continue;
            }
            came.asked += 1;
            field.asked += 1;
            if met {
                came.met += 1;
                field.met += 1;
                continue;
            }
            faulty.lacks.push(at);
            faulty.weight += u64::from(asked.weight);
            let there = |field: &usize| {
                record.fields.get(*field).copied().flatten().is_some_and(|value| !value.trim().is_empty())
            };
            field.placeholders += u64::from(asked.fields.iter().any(there));
        }
    }

    fn form(&mut self, record: &Record<'_>, came: &mut Came, faulty: &mut Faulty) {
        for (at, (formed, counted)) in self.rules.forms.iter().zip(&mut self.checked.forms).enumerate() {
            let Some(value) = record.filled(self.rules, formed.field) else { continue };
            counted.filled += 1;
            if !formed.form.fits(value, self.times) {
                counted.malformed += 1;
                came.malformed += 1;
                faulty.malformed.push(at);
                faulty.weight += u64::from(formed.weight);
            }
        }
    }

    /// What is malformed is nobody's value: two who wrote `none yet` share nothing.
    fn count_values(&mut self, record: &Record<'_>) {
        for (field, values) in self.rules.unique.iter().zip(&mut self.values) {
            let form = self.rules.forms.iter().find(|one| one.field == *field).map(|one| &one.form);
            let fits = |value: &&str| form.is_none_or(|form| form.fits(value, self.times));
            if let Some(value) = record.filled(self.rules, *field).filter(fits) {
                *values.entry(Form::same(form, value)).or_default() += 1;
            }
        }
    }

    /// How that stands now which changes took out of this record.
    fn look_after(&mut self, key: &str, record: &Record<'_>) {
        for at in self.waiting.get(key).into_iter().flatten() {
            if let Some((taken, still)) = self.taken.get_mut(*at) {
                let says = record.says(self.rules, taken.field).unwrap_or(false);
                *still = if says { Still::Filled } else { Still::Empty };
            }
        }
    }

    /// What they came to, and every record with a fault: the worst first, of equally bad ones the first one.
    pub fn finish(mut self, emptied: Option<Emptied>) -> (Checked, Vec<Faulty>) {
        // A stable sort: those of one weight stay in their order.
        self.faulty.sort_by_key(|one| std::cmp::Reverse(one.weight));
        let mut checked = self.checked;
        checked.owners = by_size(self.owners);
        checked.owners_left_out = checked.owners.len().saturating_sub(OWNERS) as u64;
        checked.owners.truncate(OWNERS);
        checked.teams = by_size(self.teams);
        let age = |(from, group): (Option<u32>, Group)| Group {
            key: from.map(|from| from.to_string()).unwrap_or_default(),
            ..group
        };
        // Those of which it is not known come last.
        let (unknown, mut known): (Vec<_>, Vec<_>) = self.ages.into_iter().partition(|(from, _)| from.is_none());
        known.extend(unknown);
        checked.ages = known.into_iter().map(age).collect();
        for (field, values) in self.rules.unique.iter().zip(&self.values) {
            let shared: Vec<u64> = values.values().copied().filter(|count| *count > 1).collect();
            let (values, records) = (shared.len() as u64, shared.iter().sum());
            checked.doubled.push(Doubled { field: name(self.rules, *field), values, records });
        }
        checked.worst = self.faulty.iter().take(KEPT).map(|one| worst(self.rules, one)).collect();
        checked.emptied = emptied.map(|emptied| tell(self.rules, &self.taken, emptied));
        (checked, self.faulty)
    }
}

impl<'a> Record<'a> {
    /// Whether a field says something; `None`: not known.
    fn says(&self, rules: &Rules, field: usize) -> Option<bool> {
        self.fields.get(field).copied().flatten().map(|value| !rules.says_nothing(value))
    }

    /// What a field says, if it does.
    fn filled(&self, rules: &Rules, field: usize) -> Option<&'a str> {
        self.fields.get(field).copied().flatten().filter(|value| !rules.says_nothing(value))
    }
}

fn name(rules: &Rules, field: usize) -> String {
    rules.fields.get(field).map(|field| field.name.clone()).unwrap_or_default()
}

fn add(group: &mut Group, came: Came, whole: bool) {
    group.records += 1;
    group.complete += u64::from(whole);
    group.asked += came.asked;
    group.met += came.met;
    group.malformed += came.malformed;
}

fn by_size(groups: BTreeMap<String, Group>) -> Vec<Group> {
    let mut all: Vec<Group> = groups.into_iter().map(|(key, group)| Group { key, ..group }).collect();
    all.sort_by_key(|group| std::cmp::Reverse(group.records));
    all
}

/// Whole calendar months from a day to another one; 0 where it lies later. A month from the 31st ends on the last day of a
/// shorter one.
fn months(from: NaiveDate, to: NaiveDate) -> u32 {
    use chrono::Datelike;
    let between = (to.year() - from.year()) * 12 + to.month() as i32 - from.month() as i32;
    let Ok(between) = u32::try_from(between) else { return 0 };
    let whole = from.checked_add_months(Months::new(between)).is_some_and(|day| day <= to);
    if whole { between } else { between.saturating_sub(1) }
}

fn worst(rules: &Rules, faulty: &Faulty) -> Worst {
    let lacks = faulty.lacks.iter().filter_map(|at| rules.asked.get(*at)).map(|asked| asked.label.clone());
    let malformed = faulty.malformed.iter().filter_map(|at| rules.forms.get(*at)).map(|form| name(rules, form.field));
    Worst {
        key: if faulty.key.is_empty() { format!("line {}", faulty.line) } else { faulty.key.clone() },
        owner: faulty.owner.clone(),
        weight: faulty.weight,
        lacks: lacks.collect(),
        malformed: malformed.collect(),
    }
}

/// What changes took out, in numbers. They come newest first.
fn tell(rules: &Rules, taken: &[(Taken, Still)], emptied: Emptied) -> Emptied {
    let mut actors: BTreeMap<String, (String, u64)> = BTreeMap::new();
    let mut fields: BTreeMap<usize, EmptiedField> = BTreeMap::new();
    for (one, still) in taken {
        let actor = actors.entry(fold(&one.actor)).or_insert_with(|| (one.actor.clone(), 0));
        actor.1 += 1;
        let field = fields
            .entry(one.field)
            .or_insert_with(|| EmptiedField { field: name(rules, one.field), ..EmptiedField::default() });
        field.changes += 1;
        field.still += u64::from(*still == Still::Empty);
    }
    let mut actors: Vec<(String, u64)> = actors.into_values().collect();
    actors.sort_by_key(|(_, changes)| std::cmp::Reverse(*changes));
    let newest = taken.iter().take(KEPT).map(|(one, still)| Emptying {
        event: one.event.clone(),
        time: one.time,
        actor: one.actor.clone(),
        record: one.record.clone(),
        field: name(rules, one.field),
        still: *still,
    });
    Emptied {
        changes: taken.len() as u64,
        still: taken.iter().filter(|(_, still)| *still == Still::Empty).count() as u64,
        actors,
        fields: fields.into_values().collect(),
        newest: newest.collect(),
        ..emptied
    }
}

/// The civil day of when a record was made, as its file writes it; `None`: it cannot be read.
pub fn created_on(text: &str, times: &Times, zone: &Zone) -> Option<NaiveDate> {
    times.read(text).ok().map(|at| zone.civil(at).date())
}
