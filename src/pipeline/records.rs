//! Records: the rules of a module held against an export of it, or against what the log knows; and what the log tells of
//! fields that were emptied.

use super::export::{Broken, Walk};
use super::{Failure, Installation, files_in, read_text};
use crate::audit_log::{AuditLog, Batch, LATEST, Lens};
use crate::calendar::{Millis, Span};
use crate::event::{ActionClass, actor_key};
use crate::ingest::times::Times;
use crate::ingest::{self, ReadError, TableSink};
use crate::ledger::{Ledger, RecordCheck};
use crate::query::{Field, Filter};
use crate::records::emptied::{Taken, taken};
use crate::records::known::Known;
use crate::records::{Checker, Emptied, Faulty, Fit, Record, Rules, created_on, fold};
use crate::seal::sha256_hex;
use crate::source::RecordedField;
use crate::written::Problem;
use chrono::{Days, NaiveDate};
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// How many days back changes are looked at that emptied a field, unless told otherwise.
pub const DAYS_BACK: u64 = 90;

/// What is to be checked.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The module, as the rules or the audited system call it.
    pub module: String,
    /// Its export; without it, the records that the log knows.
    pub file: Option<PathBuf>,
    /// The rules; without it, those of the module in `schedules/records/`.
    pub rules: Option<PathBuf>,
    /// The day that ages are told at; without it, today.
    pub as_at: Option<NaiveDate>,
    /// The first day of changes that emptied a field.
    pub since: Option<NaiveDate>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The check, not recorded yet.
    pub check: RecordCheck,
    /// The rules.
    pub rules: Rules,
    /// Every record with a fault, the worst first.
    pub faulty: Vec<Faulty>,
    /// Rows that could not be read: line and reason, the first of them.
    pub unread: Vec<(u64, String)>,
    /// Records whose time of creation could not be read, and one such text.
    pub undated: Option<(u64, String)>,
    /// How far the log knows records; `None`: they come from a file.
    pub reach: Option<Reach>,
}

/// How far the log knows the records of a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Events of the module.
    pub events: u64,
    /// Those that tell what became of a field.
    pub with_changes: u64,
    /// The first of them all.
    pub since: Option<Millis>,
}

impl Installation {
    /// The folder of rules.
    pub fn record_rules(&self) -> PathBuf {
        self.folders.schedules.join("records")
    }

    /// The rules of a module, and the SHA-256 of their text.
    ///
    /// # Errors
    /// Their Problems; a module without rules.
    pub fn rules_of(&self, module: &str, named: Option<&Path>) -> Result<(Rules, String), Failure> {
        let read = |path: &Path| -> Result<(Rules, String), Failure> {
            let text = read_text(path)?;
            let rules = Rules::read(&self.shown(path), &text).map_err(Failure::Problems)?;
            Ok((rules, sha256_hex(text.as_bytes())))
        };
        if let Some(path) = named {
            let (rules, sha256) = read(path)?;
            if fold(&rules.module) != fold(module) {
                let what = format!("{} has the rules of {}, not of {module}", self.shown(path), rules.module);
                return Err(Failure::Asked(what));
            }
            return Ok((rules, sha256));
        }
        let (mut known, mut problems) = (Vec::new(), Vec::new());
        for path in files_in(&self.record_rules(), &["yaml", "yml"])? {
            match read(&path) {
                Ok((rules, sha256)) if fold(&rules.module) == fold(module) => return Ok((rules, sha256)),
                Ok((rules, _)) => known.push(rules.module),
                // What is wrong with the rules of another module is no matter of this one.
                Err(Failure::Problems(found)) => problems.extend(found),
                Err(error) => return Err(error),
            }
        }
        if !problems.is_empty() {
            return Err(Failure::Problems(problems));
        }
        let there = match known.as_slice() {
            [] => {
                "there are none yet: `quarterday init` writes an example, and leaves what is there as it is".to_owned()
            }
            known => format!("there are rules of: {}", known.join(", ")),
        };
        Err(Failure::Asked(format!(
            "no file in {} has the rules of a module `{module}`; {there}",
            self.shown(&self.record_rules())
        )))
    }

    /// Checks the records of a module. Nothing is recorded.
    ///
    /// # Errors
    /// Problems in the rules, also where the file lacks a column that they name; a file or a log that cannot be read.
    pub fn check_records(&self, asked: &Asked) -> Result<Outcome, Failure> {
        let (rules, rules_sha256) = self.rules_of(&asked.module, asked.rules.as_deref())?;
        let zone = &self.config.timezone;
        let now = self.clock.now();
        let today = zone.civil(now).date();
        let as_at = asked.as_at.unwrap_or(today);
        let times = Times::new(&rules.times, Some(zone.name()), &self.rules).map_err(Failure::Error)?;
        let log = self.log_or_empty()?;
        let (lens, _) = self.lens()?;
        let since = asked.since.unwrap_or_else(|| today.checked_sub_days(Days::new(DAYS_BACK)).unwrap_or(today));
        let since = zone.day_start(since);
        let of_module = Filter::is(Field::Module, &rules.module);
        let (taken, emptied) = self.emptied(log.as_ref(), &lens, &rules, &of_module, since)?;
        let mut outcome = Outcome {
            check: RecordCheck {
                entry: 0,
                at: now,
                file: String::new(),
                sha256: String::new(),
                rules_sha256,
                by: self.account.clone(),
                checked: crate::records::Checked::default(),
            },
            faulty: Vec::new(),
            unread: Vec::new(),
            undated: None,
            reach: None,
            rules,
        };
        let teams = Teams::at(&lens, now);
        let rules = outcome.rules.clone();
        let mut checker = Checker::new(&rules, &times, as_at, taken);
        match &asked.file {
            Some(path) => {
                let shown = path.display().to_string();
                let mut sink = Rows {
                    rules: &rules,
                    times: &times,
                    zone,
                    teams: &teams,
                    fit: Fit::default(),
                    checker: &mut checker,
                    unread: Vec::new(),
                    undated: None,
                };
                outcome.check.sha256 = read_file(path, &shown, &mut sink)?;
                (outcome.unread, outcome.undated) = (sink.unread, sink.undated);
                outcome.check.file =
                    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            }
            None => {
                let known = self.known(log.as_ref(), &lens, &rules, &of_module, &emptied)?;
                known.each(zone, &|owner| teams.of(owner), &mut |record| checker.record(record));
                outcome.check.sha256 = log.head()?.root;
                outcome.reach =
                    Some(Reach { events: known.events, with_changes: known.with_changes, since: known.since });
            }
        }
        let (mut checked, faulty) = checker.finish(Some(emptied));
        checked.from_log = asked.file.is_none();
        (outcome.check.checked, outcome.faulty) = (checked, faulty);
        Ok(outcome)
    }

    /// Records a check in the ledger, unless the last one was of the same bytes by the same rules. Gives the checks before
    /// it of the same kind, oldest first.
    ///
    /// # Errors
    /// A ledger that cannot be written.
    pub fn keep_check(&self, ledger: &mut Ledger, check: &mut RecordCheck) -> Result<Vec<RecordCheck>, Failure> {
        let before = self.checks_before(ledger, check)?;
        if check.entry == 0 {
            check.entry = ledger.record_check(check, check.at)?;
        }
        Ok(before)
    }

    /// Checks of the same module and kind that were recorded, oldest first. Where the last one is this one, by its bytes and
    /// rules, it is told from when that is, and left out of them.
    ///
    /// # Errors
    /// A ledger that cannot be read.
    pub fn checks_before(&self, ledger: &Ledger, check: &mut RecordCheck) -> Result<Vec<RecordCheck>, Failure> {
        let mut before = ledger.record_checks(&check.checked.module, i64::MAX)?;
        before.retain(|one| one.checked.from_log == check.checked.from_log);
        let same = |last: &mut RecordCheck| last.sha256 == check.sha256 && last.rules_sha256 == check.rules_sha256;
        if let Some(last) = before.pop_if(same) {
            (check.entry, check.at) = (last.entry, last.at);
        }
        Ok(before)
    }

    /// What changes emptied since an instant, newest first, and which sources tell of such changes at all.
    fn emptied(
        &self,
        log: &dyn AuditLog,
        lens: &Lens,
        rules: &Rules,
        of_module: &Filter,
        since: Millis,
    ) -> Result<(Vec<Taken>, Emptied), Failure> {
        let batches = log.batches()?;
        let (recorded_by, not_recorded_by) = tellers(log, lens, self, of_module, &batches)?;
        let mut all = Vec::new();
        if !recorded_by.is_empty() {
            let filter = of_module.clone().and(Filter::class(ActionClass::Update));
            let span = Span { from: since, to: LATEST };
            let walk = Walk { span, filter: &filter, newest: batches.len() as u64 };
            self.go_through(log, lens, &walk, &mut |number, event| all.extend(taken(rules, number, event)))?;
        }
        all.reverse();
        Ok((all, Emptied { since, recorded_by, not_recorded_by, ..Emptied::default() }))
    }

    /// The records of a module as the log knows them.
    fn known(
        &self,
        log: &dyn AuditLog,
        lens: &Lens,
        rules: &Rules,
        of_module: &Filter,
        emptied: &Emptied,
    ) -> Result<Known, Failure> {
        let module = &rules.module;
        if emptied.recorded_by.is_empty() {
            let why = match emptied.not_recorded_by.as_slice() {
                [] => format!("the log has no event of a module `{module}`"),
                sources => format!("what became of a record's fields is not recorded by {}", sources.join(", ")),
            };
            return Err(Failure::Asked(format!(
                "{why}: export the module from the audited system, and give the file: quarterday records FILE --module {module}"
            )));
        }
        let mut known = Known::default();
        let span = Span { from: crate::audit_log::EARLIEST, to: LATEST };
        let walk = Walk { span, filter: of_module, newest: u64::MAX };
        self.go_through(log, lens, &walk, &mut |_, event| known.event(rules, event))?;
        Ok(known)
    }

    fn go_through(
        &self,
        log: &dyn AuditLog,
        lens: &Lens,
        walk: &Walk<'_>,
        each: &mut dyn FnMut(&str, &crate::event::Event),
    ) -> Result<(), Failure> {
        let walked = self.each_event(log, lens, walk, &mut |_, _| {}, &mut |stored| {
            each(&stored.number, &stored.event);
            Ok(())
        });
        walked.map_err(|broken| match broken {
            Broken::Log(failure) => failure,
            Broken::Output(error) => Failure::Error(error.to_string()),
        })
    }
}

/// The sources of a module's events: those that record values before and after, and those that do not.
fn tellers(
    log: &dyn AuditLog,
    lens: &Lens,
    installation: &Installation,
    of_module: &Filter,
    batches: &[Batch],
) -> Result<(Vec<String>, Vec<String>), Failure> {
    let span = Span { from: crate::audit_log::EARLIEST, to: LATEST };
    let zone = &installation.config.timezone;
    let there = crate::figures::divide::values(log, lens, zone, span, of_module, Field::Source)?;
    let newest: HashMap<&str, &Batch> = batches.iter().map(|batch| (batch.source.name.as_str(), batch)).collect();
    let records = |name: &String| {
        newest.get(name.as_str()).is_some_and(|batch| batch.source.records.fields.contains(&RecordedField::Changes))
    };
    let (told, silent): (BTreeSet<String>, BTreeSet<String>) = there.into_keys().partition(records);
    Ok((told.into_iter().collect(), silent.into_iter().collect()))
}

/// Which team an owner belongs to, by whatever name the export gives them.
struct Teams {
    by_name: HashMap<String, String>,
}

impl Teams {
    fn at(lens: &Lens, now: Millis) -> Teams {
        let mut by_name = HashMap::new();
        for row in lens.directory.rows() {
            // Who has several rows belongs where the one that holds now says.
            let person = lens.directory.at(&actor_key(&row.actor), now).unwrap_or(row);
            for name in [&row.actor, &row.name, &row.email] {
                if !name.trim().is_empty() {
                    by_name.entry(fold(name)).or_insert_with(|| person.team.clone());
                }
            }
        }
        Teams { by_name }
    }

    fn of(&self, owner: &str) -> String {
        self.by_name.get(&fold(owner)).cloned().unwrap_or_default()
    }
}

/// Rows of an export, on their way to the checker.
struct Rows<'a, 'r> {
    rules: &'r Rules,
    times: &'r Times,
    zone: &'a crate::calendar::zone::Zone,
    teams: &'a Teams,
    fit: Fit,
    checker: &'a mut Checker<'r>,
    unread: Vec<(u64, String)>,
    undated: Option<(u64, String)>,
}

impl TableSink for Rows<'_, '_> {
    fn header(&mut self, names: &[String]) -> Result<(), Vec<Problem>> {
        self.fit = self.rules.fit(names)?;
        Ok(())
    }

    fn row(&mut self, cells: &[&str], line: u64) {
        let cell = |column: usize| cells.get(column).copied();
        let may = |column: Option<usize>| column.and_then(cell).unwrap_or_default();
        let owner = may(self.fit.owner);
        let team = match self.fit.team {
            Some(_) => may(self.fit.team).to_owned(),
            None => self.teams.of(owner),
        };
        let written = may(self.fit.created);
        let created = created_on(written, self.times, self.zone);
        if created.is_none() && !self.rules.says_nothing(written) {
            let (count, _) = self.undated.get_or_insert_with(|| (0, written.to_owned()));
            *count += 1;
        }
        let fields: Vec<Option<&str>> = self.fit.fields.iter().map(|column| cell(*column)).collect();
        self.checker.record(&Record {
            key: cell(self.fit.key).unwrap_or_default(),
            name: may(self.fit.name),
            owner,
            team: &team,
            created,
            fields: &fields,
            line,
        });
    }

    fn unread(&mut self, reason: &str, line: u64) {
        self.checker.unread();
        if self.unread.len() < 5 {
            self.unread.push((line, reason.to_owned()));
        }
    }
}

/// Reads a file, and gives its digest.
fn read_file(path: &Path, shown: &str, sink: &mut dyn TableSink) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::Error(format!("{shown} cannot be read: {error}"));
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let sha256 = ingest::digest(&mut file).map_err(unreadable)?.0;
    ingest::read_table(&mut file, shown, sink).map_err(|error| match error {
        ReadError::Problems(problems) => Failure::Problems(problems),
        other => Failure::Error(other.to_string()),
    })?;
    Ok(sha256)
}
