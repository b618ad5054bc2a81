//! Sigma: rules in Sigma's format over the stored log, as hits and as what is raised.

use super::export::{Broken, Walk};
use super::{Failure, Installation, files_in, read_text};
use crate::audit_log::AuditLog;
use crate::calendar::Span;
use crate::finding::{Raised, Severity};
use crate::query::{Field, Filter};
use crate::seal::sha256_hex;
use crate::sigma::{Evaluation, Hit, Level, Read, Rule, Rules, Sources};
use crate::wording::plain::plural;
use std::path::{Path, PathBuf};

/// Where an installation says more of sources than ships: a folder in that of mappings.
const OWN_SOURCES: &str = "sigma";

/// So deep folders of rules are looked into.
const DEEPEST: usize = 16;

/// What files of rules end in.
const ENDINGS: [&str; 2] = ["yml", "yaml"];

impl Installation {
    /// Reads files of rules, and folders of them with all that lies in these.
    ///
    /// # Errors
    /// A path that is not there, or no rule in any; Problems in `mappings/sigma/`. Problems of rules are in what was read.
    pub fn sigma_rules(&self, paths: &[PathBuf]) -> Result<Read, Failure> {
        let mut files = Vec::new();
        for path in paths {
            if path.is_dir() {
                let before = files.len();
                rule_files(path, DEEPEST, &mut files)?;
                if files.len() == before {
                    let what = format!("{} holds no file of rules (*.yml, *.yaml)", path.display());
                    return Err(Failure::Asked(what));
                }
            } else {
                files.push(path.clone());
            }
        }
        files.dedup();
        let texts = files.iter().map(|path| Ok((self.shown(path), read_text(path)?)));
        let texts = texts.collect::<Result<Vec<_>, Failure>>()?;
        Ok(crate::sigma::read(&texts, &self.sigma_sources()?))
    }

    /// What rules are told of sources: the installation's own words, those that ship, and a source's name for each mapping
    /// and each source in the log.
    fn sigma_sources(&self) -> Result<Sources, Failure> {
        let own = files_in(&self.folders.mappings.join(OWN_SOURCES), &ENDINGS)?;
        let own = own.iter().map(|path| Ok((self.shown(path), read_text(path)?)));
        let own = own.collect::<Result<Vec<_>, Failure>>()?;
        let (_, mappings) = self.recognisable()?;
        let mut names: Vec<String> = mappings.iter().map(|mapping| mapping.source().name).collect();
        names.extend(self.log_or_empty()?.batches()?.into_iter().map(|batch| batch.source.name));
        names.sort();
        names.dedup();
        Sources::load(&own, &names).map_err(Failure::Problems)
    }

    /// What rules hit on the days of a span (whole civil days of the installation's zone), in one pass over the events of
    /// their sources. `progress` is told how many events of how many have been looked at.
    ///
    /// # Errors
    /// A log that cannot be read; rules that hit or count more than is held in memory.
    pub fn sigma_hits(
        &self,
        log: &dyn AuditLog,
        rules: &Rules,
        span: Span,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Vec<Hit>, Failure> {
        let filter = match rules.sources() {
            Some(names) => Filter::OneOf(Field::Source, names),
            None => Filter::All,
        };
        let mut evaluation = Evaluation::new(rules, &self.config.timezone);
        let (lens, _) = self.lens()?;
        // What lies before the first day may be counted on it.
        let read = Span { from: span.from.saturating_sub(rules.reach()), to: span.to };
        let walk = Walk { span: read, filter: &filter, newest: log.batches()?.len() as u64 };
        let walked = self.each_event(log, &lens, &walk, progress, &mut |stored| {
            evaluation.see(stored).map_err(|error| Broken::Log(Failure::Error(error.to_string())))
        });
        match walked {
            Ok(()) => {}
            Err(Broken::Log(failure)) => return Err(failure),
            Err(Broken::Output(error)) => return Err(Failure::Error(error.to_string())),
        }
        let mut hits = evaluation.finish();
        hits.retain(|hit| span.contains(self.config.timezone.day_start(hit.day)));
        Ok(hits)
    }

    /// What rules raise on the days of a span: for each hit what the register takes.
    ///
    /// # Errors
    /// See [`sigma_hits`](Self::sigma_hits).
    pub fn sigma_raised(&self, log: &dyn AuditLog, rules: &Rules, span: Span) -> Result<Vec<Raised>, Failure> {
        let hits = self.sigma_hits(log, rules, span, &mut |_, _| {})?;
        Ok(hits.iter().filter_map(|hit| Some(self.raised(hit, rules.rules.get(hit.rule)?))).collect())
    }

    fn raised(&self, hit: &Hit, rule: &Rule) -> Raised {
        let zone = &self.config.timezone;
        let next = hit.day.succ_opt().unwrap_or(hit.day);
        // The whole day, and not the events' own time: what comes in later for that day is the same finding.
        let span = Span { from: zone.day_start(hit.day), to: zone.day_start(next) };
        let name = rule_name(rule);
        let group = group(hit);
        let events = plural(i64::try_from(hit.events).unwrap_or(i64::MAX), "event", "events");
        let mut say = if group.is_empty() { format!("{events}.") } else { format!("{events}: {group}.") };
        if !rule.description.is_empty() {
            say = format!("{say} {}", rule.description);
        }
        Raised {
            key: Raised::key_of(&name, &group, span),
            rule: name,
            rule_digest: sha256_hex(rule.text.as_bytes()),
            severity: severity(rule.level),
            title: rule.title.clone(),
            say,
            do_this: String::new(),
            group,
            span,
            zone: zone.name().to_owned(),
            count: i64::try_from(hit.events).unwrap_or(i64::MAX),
            line: None,
            total: hit.events,
            events: hit.numbers.clone(),
            edition: None,
            figure: None,
            module: String::new(),
            record: String::new(),
        }
    }
}

/// What a rule is called in the register: it keeps its name when its file is moved, if it has an id or a name.
pub fn rule_name(rule: &Rule) -> String {
    let own = rule.id.as_ref().or(rule.name.as_ref()).unwrap_or(&rule.title);
    format!("sigma/{own}")
}

/// What the events of a hit have in common, in words.
pub fn group(hit: &Hit) -> String {
    let parts: Vec<String> = hit.group.iter().map(|(field, value)| format!("{field} {value}")).collect();
    parts.join(", ")
}

/// Sigma knows five levels, the register three.
pub fn severity(level: Level) -> Severity {
    match level {
        Level::Critical | Level::High => Severity::High,
        Level::Medium => Severity::Medium,
        Level::Low | Level::Informational => Severity::Low,
    }
}

/// The files of rules in a folder and those below it, in order. A link to a folder is not followed: it may lead back.
fn rule_files(folder: &Path, deepest: usize, into: &mut Vec<PathBuf>) -> Result<(), Failure> {
    into.extend(files_in(folder, &ENDINGS)?);
    let unreadable = |error: std::io::Error| Failure::Error(format!("{} cannot be read: {error}", folder.display()));
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_type().map_err(unreadable)?.is_dir() {
            folders.push(entry.path());
        }
    }
    folders.sort();
    for inner in folders {
        let Some(deepest) = deepest.checked_sub(1) else {
            return Err(Failure::Asked(format!("{} lies too deep", inner.display())));
        };
        rule_files(&inner, deepest, into)?;
    }
    Ok(())
}
