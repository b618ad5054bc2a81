//! Watch: the rules of an installation, tried over the past or run over what is new; what they find is raised in the register.

use super::{Failure, Installation, files_in, read_text};
use crate::calendar::Span;
use crate::definition::Alerting;
use crate::definition::watch::Rule;
use crate::watch::{Against, Found, watch};
use crate::written::Problem;
use std::path::{Path, PathBuf};

/// The folder of rules that stand in files of their own, below the definitions.
pub const FOLDER: &str = "watch";

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
        let (mut rules, mut problems) = (Vec::new(), Vec::new());
        let files = self.rule_files()?;
        problems.extend(self.twice(&files));
        for path in files {
            match self.rule(&path) {
                Ok(rule) => rules.push(rule),
                Err(Failure::Problems(found)) => problems.extend(found),
                Err(error) => return Err(error),
            }
        }
        let (definitions, wrong) = self.definitions_and_problems()?;
        problems.extend(wrong);
        rules.extend(definitions.into_iter().flat_map(|written| written.definition.watch));
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
}
