//! Watch: the rules of an installation, tried over the past or run over what is new; what they find is raised in the register.

use super::notices;
use super::{Failure, Installation, Written, files_in, read_text};
use crate::calendar::period::{Period, Unit};
use crate::calendar::{Millis, Span};
use crate::definition::Alerting;
use crate::definition::watch::Rule;
use crate::finding::{FindingId, Raised, Who};
use crate::ledger::happening::WatchedRule;
use crate::ledger::watching::Watched;
use crate::ledger::{Ledger, LedgerError, Raising};
use crate::seal::sha256_hex;
use crate::watch::{Against, Found, watch};
use crate::written::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Where nothing new came in, rules look again after so long: what is silent shows by time alone.
const AGAIN: Millis = 3_600_000;

/// So long after a mail at once its recipient gets no other; what is found meanwhile is in the next one.
const CALM: Millis = 15 * 60_000;

/// Findings that are older than this are no news any more.
const NEWS: Millis = 7 * 86_400_000;

/// What came of holding rules against what is new.
#[derive(Clone, Debug, Default)]
pub struct Watching {
    /// Findings that are new, in the order of raising.
    pub new: Vec<(FindingId, Raised)>,
    /// Findings with more behind them than was known.
    pub grown: Vec<FindingId>,
    /// How many mails at once were put into the outbox.
    pub alerts: usize,
    /// What is wrong in files of rules: those were left out.
    pub problems: Vec<Problem>,
}

/// The folder of rules that stand in files of their own, below the definitions.
pub const FOLDER: &str = "watch";

/// The folder below it in which rules in Sigma's format stand, and the name under which the ledger holds since when they look.
pub const SIGMA: &str = "sigma";

/// The rules that ship, by file stem.
pub const SHIPPED: [(&str, &str); 16] = [
    ("bursts", include_str!("../../schedules/watch/bursts.yaml")),
    ("busy-month", include_str!("../../schedules/watch/busy-month.yaml")),
    ("data-leaving", include_str!("../../schedules/watch/data-leaving.yaml")),
    ("deletions-by-others", include_str!("../../schedules/watch/deletions-by-others.yaml")),
    ("failed-logins", include_str!("../../schedules/watch/failed-logins.yaml")),
    ("failures-from-one-address", include_str!("../../schedules/watch/failures-from-one-address.yaml")),
    ("guessed-password", include_str!("../../schedules/watch/guessed-password.yaml")),
    ("log-silent", include_str!("../../schedules/watch/log-silent.yaml")),
    ("logging-settings", include_str!("../../schedules/watch/logging-settings.yaml")),
    ("mass-deletion", include_str!("../../schedules/watch/mass-deletion.yaml")),
    ("new-address", include_str!("../../schedules/watch/new-address.yaml")),
    ("odd-hours", include_str!("../../schedules/watch/odd-hours.yaml")),
    ("power-changes", include_str!("../../schedules/watch/power-changes.yaml")),
    ("restored-after-deletion", include_str!("../../schedules/watch/restored-after-deletion.yaml")),
    ("unknown-accounts", include_str!("../../schedules/watch/unknown-accounts.yaml")),
    ("unreadable-rows", include_str!("../../schedules/watch/unreadable-rows.yaml")),
];

impl Installation {
    /// The files of rules, in order of name.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn rule_files(&self) -> Result<Vec<PathBuf>, Failure> {
        files_in(&self.folders.schedules.join(FOLDER), &["yaml", "yml"])
    }

    /// Whether any rules are there, in files of their own or in these definitions.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn is_watched(&self, definitions: &[Written]) -> Result<bool, Failure> {
        Ok(definitions.iter().any(|written| !written.definition.watch.is_empty())
            || !self.rule_files()?.is_empty()
            || self.folders.schedules.join(FOLDER).join(SIGMA).is_dir())
    }

    /// Reads a file of a rule.
    ///
    /// # Errors
    /// Its Problems; a file that cannot be read.
    pub fn rule(&self, path: &Path) -> Result<Rule, Failure> {
        let text = read_text(path)?;
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let alerting = Alerting { domains: &self.config.allowed_domains, groups: Some(&self.config.groups) };
        let zone = &self.config.timezone;
        Rule::read(&stem, &self.shown(path), &text, zone, &self.rules, alerting).map_err(Failure::Problems)
    }

    /// All rules that can be read, those in files before those in definitions, and every Problem of the others.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn rules_and_problems(&self) -> Result<(Vec<Rule>, Vec<Problem>), Failure> {
        let (definitions, wrong) = self.definitions_and_problems()?;
        let (rules, mut problems) = self.rules_beside(&definitions)?;
        problems.extend(wrong);
        Ok((rules, problems))
    }

    /// The rules in files of their own and those of these definitions, and every Problem of the files.
    fn rules_beside(&self, definitions: &[Written]) -> Result<(Vec<Rule>, Vec<Problem>), Failure> {
        let files = self.rule_files()?;
        let (mut rules, mut problems) = (Vec::new(), self.twice(&files));
        for path in files {
            match self.rule(&path) {
                Ok(rule) => rules.push(rule),
                Err(Failure::Problems(found)) => problems.extend(found),
                Err(error) => return Err(error),
            }
        }
        rules.extend(definitions.iter().flat_map(|written| written.definition.watch.iter().cloned()));
        Ok((rules, problems))
    }

    /// Holds rules against the events of a time, and raises nothing. One answer a rule, in order.
    ///
    /// # Errors
    /// A log or directory that cannot be read.
    pub fn try_rules(&self, rules: &[&Rule], span: Span) -> Result<Vec<Found>, Failure> {
        let (lens, _) = self.lens()?;
        let log = self.log_or_empty()?;
        Ok(watch(rules, span, Against { log: log.as_ref(), lens: &lens, now: self.clock.now() })?)
    }

    /// Holds every rule, in files and in these definitions, against what is new in the log and what is over since it was done last,
    /// raises what they find, and alerts.
    /// A rule that is new looks from its first day on: what lies before was never asked for ([`Self::watch_past`]).
    ///
    /// # Errors
    /// A log, ledger or directory that cannot be read or written.
    pub fn watch_new(&self, ledger: &mut Ledger, definitions: &[Written]) -> Result<Watching, Failure> {
        let (rules, problems) = self.rules_beside(definitions)?;
        let sigma = self.sigma_that_watch()?;
        let mut watching = Watching { problems, ..Watching::default() };
        watching.problems.extend(sigma.iter().flat_map(|read| read.problems.iter().cloned()));
        if rules.is_empty() && sigma.is_none() {
            return Ok(watching);
        }
        let now = self.clock.now();
        let known = ledger.watched()?;
        let log = self.log_or_empty()?;
        let batches = log.batches()?;
        let newest = batches.last().map_or(0, |batch| batch.number);
        let before = known.clone().unwrap_or_else(|| Watched { batches: newest, until: now, ..Watched::default() });
        let since = |name: &str, zone: &crate::calendar::zone::Zone| {
            // The day before, too: that is what is imported in the morning.
            let yesterday = Period::containing(Unit::Day, zone.civil(now).date()).before();
            before.rules.get(name).map_or_else(|| yesterday.span(zone).from, |one| one.since)
        };
        let mut looks: BTreeMap<String, WatchedRule> = rules
            .iter()
            .map(|rule| {
                let since = since(&rule.name, &rule.zone);
                (rule.name.clone(), WatchedRule { digest: rule.digest.clone(), since })
            })
            .collect();
        if let Some(read) = &sigma {
            let digest =
                sha256_hex(read.rules.rules.iter().map(|rule| rule.text.as_str()).collect::<String>().as_bytes());
            looks.insert(SIGMA.to_owned(), WatchedRule { digest, since: since(SIGMA, &self.config.timezone) });
        }
        // A new or changed rule looks at once; and all do where rows came in, or an hour is over.
        let changed = known.as_ref().is_none_or(|known| known.rules != looks);
        let elapsed = now.saturating_sub(before.until).abs() >= AGAIN;
        if changed || elapsed || newest > before.batches {
            let came = batches.iter().filter(|batch| batch.number > before.batches && batch.voided.is_none());
            let mut spans: Vec<Span> = came.filter_map(|batch| batch.span).collect();
            spans.push(Span { from: before.until.min(now - 1), to: now });
            let whole =
                spans.into_iter().reduce(|one, other| one.cover(&other)).unwrap_or(Span { from: now - 1, to: now });
            // Rules that look from the same day on are held against the log together.
            let mut together: BTreeMap<Millis, Vec<&Rule>> = BTreeMap::new();
            let from = |name: &str| {
                let look = looks.get(name);
                let since = look.map_or(now, |look| look.since);
                if before.rules.get(name) == look { whole.from.max(since) } else { since }
            };
            for rule in &rules {
                together.entry(from(&rule.name)).or_default().push(rule);
            }
            if let Some(read) = &sigma {
                let span = Span { from: from(SIGMA).min(whole.to - 1), to: whole.to };
                self.raise_sigma(ledger, log.as_ref(), read, span, &mut watching)?;
            }
            for (from, rules) in together {
                let span = Span { from: from.min(whole.to - 1), to: whole.to };
                self.raise_all(ledger, &self.try_rules(&rules, span)?, &mut watching)?;
            }
            ledger.have_watched(&Watched { batches: newest, until: now, rules: looks }, now)?;
        }
        watching.alerts = self.alert_all(ledger, &rules)?;
        Ok(watching)
    }

    /// Holds rules against past days, on purpose, and raises what they find. Nobody is alerted of the past.
    ///
    /// # Errors
    /// A log, ledger or directory that cannot be read or written.
    pub fn watch_past(&self, ledger: &mut Ledger, rules: &[&Rule], span: Span) -> Result<Watching, Failure> {
        let mut watching = Watching::default();
        self.raise_all(ledger, &self.try_rules(rules, span)?, &mut watching)?;
        Ok(watching)
    }

    /// The same for the rules in Sigma's format that watch, if there are some.
    ///
    /// # Errors
    /// As for the others.
    pub fn sigma_past(&self, ledger: &mut Ledger, span: Span, watching: &mut Watching) -> Result<(), Failure> {
        let Some(read) = self.sigma_that_watch()? else { return Ok(()) };
        watching.problems.extend(read.problems.iter().cloned());
        let log = self.log_or_empty()?;
        self.raise_sigma(ledger, log.as_ref(), &read, span, watching)
    }

    /// The rules in Sigma's format that watch; `None`: there are none.
    fn sigma_that_watch(&self) -> Result<Option<crate::sigma::Read>, Failure> {
        let folder = self.folders.schedules.join(FOLDER).join(SIGMA);
        let is_empty = !folder.is_dir() || std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_none());
        if is_empty { Ok(None) } else { self.sigma_rules(&[folder]).map(Some) }
    }

    /// Whole civil days that a span touches: rules in Sigma's format are told by the day.
    fn raise_sigma(
        &self,
        ledger: &mut Ledger,
        log: &dyn crate::audit_log::AuditLog,
        read: &crate::sigma::Read,
        span: Span,
        watching: &mut Watching,
    ) -> Result<(), Failure> {
        let zone = &self.config.timezone;
        let day = |at: Millis| Period::containing(Unit::Day, zone.civil(at).date()).span(zone);
        let days = day(span.from).cover(&day(span.to - 1));
        let raised = self.sigma_raised(log, &read.rules, days)?;
        self.raise_these(ledger, raised, watching)
    }

    fn raise_all(&self, ledger: &mut Ledger, found: &[Found], watching: &mut Watching) -> Result<(), Failure> {
        self.raise_these(ledger, found.iter().flat_map(|one| one.raised.iter().cloned()).collect(), watching)
    }

    fn raise_these(
        &self,
        ledger: &mut Ledger,
        mut raised: Vec<Raised>,
        watching: &mut Watching,
    ) -> Result<(), Failure> {
        raised.sort_by(|a, b| (a.span.from, &a.rule, &a.group).cmp(&(b.span.from, &b.rule, &b.group)));
        let by = Who { account: self.account.clone(), name: String::new() };
        let became = ledger.raise(&raised, &by, self.clock.now())?;
        for (raising, raised) in became.into_iter().zip(raised) {
            match raising {
                Raising::New(id) => watching.new.push((id, raised)),
                Raising::Grown(id) => watching.grown.push(id),
                Raising::Known(_) => {}
            }
        }
        Ok(())
    }

    /// Mails at once: everybody whom a rule names gets one mail about all that is new to them, and then none for a while.
    fn alert_all(&self, ledger: &mut Ledger, rules: &[Rule]) -> Result<usize, Failure> {
        let alerting: BTreeMap<&str, &Rule> =
            rules.iter().filter(|rule| !rule.alert.is_empty()).map(|rule| (rule.name.as_str(), rule)).collect();
        if alerting.is_empty() {
            return Ok(0);
        }
        let now = self.clock.now();
        let told = ledger.alerted_since(now - NEWS)?;
        let known: BTreeSet<(&str, FindingId)> =
            told.iter().flat_map(|one| one.findings.iter().map(|id| (one.to.as_str(), *id))).collect();
        let since = ledger.watched()?.map(|watched| watched.rules).unwrap_or_default();
        let mut news: BTreeMap<&str, Vec<(FindingId, Raised)>> = BTreeMap::new();
        for (id, raised, _) in ledger.raised_since(now - NEWS)? {
            let Some(rule) = alerting.get(raised.rule.as_str()) else { continue };
            // What was raised of the past on purpose is no news.
            if since.get(&rule.name).is_none_or(|look| raised.span.to <= look.since) {
                continue;
            }
            for to in rule.alert.iter().filter(|to| !known.contains(&(to.as_str(), id))) {
                news.entry(to).or_default().push((id, raised.clone()));
            }
        }
        let mut sent = 0;
        for (to, found) in news {
            if told.iter().any(|one| one.to == to && (now - CALM..=now).contains(&one.at)) {
                continue;
            }
            let key = ledger.next_alert(self.today())?;
            let mail = notices::alert(self, &key, to, &found, now)?;
            let findings: Vec<FindingId> = found.iter().map(|(id, _)| *id).collect();
            match ledger.alert(&key, &findings, &mail, now) {
                Ok(()) => sent += 1,
                // Somebody else alerts at this moment; what is left is in the next round.
                Err(LedgerError::Refused(_)) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(sent)
    }
}
