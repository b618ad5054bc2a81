//! Check: everything that people wrote in an installation, every Problem at once, and nothing done.

use super::import::AUTO;
use super::{Failure, Installation, files_in, fonts, read_text};
use crate::config::{CollectorWritten, ConfigError, SecretFrom};
use crate::directory::Directory;
use crate::ingest::Mapping;
use crate::records::Rules;
use crate::written::Problem;
use std::path::PathBuf;

/// What was checked.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Files read, in order.
    pub files: Vec<String>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What is not wrong, but will not be as meant: characters that no font has, holidays that come to an end.
    pub warnings: Vec<String>,
}

impl Installation {
    /// Checks the named files, or, if there are none, all definitions, mappings, templates, theme and the directory.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn check(&self, named: &[PathBuf]) -> Result<Checked, Failure> {
        let mut checked = Checked::default();
        let keep = |checked: &mut Checked, name: String, result: Result<(), Failure>| -> Result<(), Failure> {
            checked.files.push(name);
            match result {
                Ok(()) => Ok(()),
                Err(Failure::Problems(problems)) => {
                    checked.problems.extend(problems);
                    Ok(())
                }
                Err(error) => Err(error),
            }
        };
        for path in named {
            let in_mappings = path.starts_with(&self.folders.mappings);
            let result = if self.lies_in_records(path) {
                self.record_rules_in(path)
            } else if path.parent().is_some_and(|folder| folder.ends_with("holidays")) {
                self.holidays(path).map(|_| ())
            } else if path.parent().is_some_and(|folder| folder.ends_with(super::watch::FOLDER)) {
                self.rule(path).map(drop)
            } else if in_mappings || is_mapping(path)? {
                Mapping::load(&read_text(path)?, &self.shown(path)).map(|_| ()).map_err(Failure::Problems)
            } else {
                self.definition(path).and_then(|written| self.audiences_of(&written.definition, path))
            };
            keep(&mut checked, self.shown(path), result)?;
        }
        if named.is_empty() {
            let definitions = self.definition_files()?;
            checked.problems.extend(self.twice(&definitions));
            for path in definitions {
                let read = self.definition(&path).and_then(|written| self.audiences_of(&written.definition, &path));
                keep(&mut checked, self.shown(&path), read)?;
            }
            for path in files_in(&self.folders.mappings, &["yaml", "yml"])? {
                let read = Mapping::load(&read_text(&path)?, &self.shown(&path)).map(|_| ()).map_err(Failure::Problems);
                keep(&mut checked, self.shown(&path), read)?;
            }
            let rules = self.rule_files()?;
            checked.problems.extend(self.twice(&rules));
            for path in rules {
                keep(&mut checked, self.shown(&path), self.rule(&path).map(drop))?;
            }
            for path in files_in(&self.record_rules(), &["yaml", "yml"])? {
                keep(&mut checked, self.shown(&path), self.record_rules_in(&path))?;
            }
            let holidays = self.holiday_files()?;
            checked.files.extend(holidays.iter().map(|path| self.shown(path)));
            checked.problems.extend(self.holiday_problems()?);
            checked.problems.extend(self.mappings_of_sources()?);
            keep(&mut checked, "templates and theme".to_owned(), self.kit().map(|_| ()))?;
            keep(&mut checked, "directory".to_owned(), self.lens().map(|_| ()))?;
        }
        checked.problems.extend(self.unfit_secrets());
        checked.problems.sort();
        checked.problems.dedup();
        // Templates are composed only where all that they stand on is right.
        if checked.problems.is_empty() {
            let paths = if named.is_empty() { self.definition_files()? } else { named.to_vec() };
            let written: Vec<_> = paths.iter().filter_map(|path| self.definition(path).ok()).collect();
            checked.problems = self.rehearse(&written)?;
        }
        if checked.problems.is_empty() {
            checked.warnings = self.uncovered(named)?;
            let paths = if named.is_empty() { self.definition_files()? } else { named.to_vec() };
            let written = paths.iter().filter_map(|path| self.definition(path).ok());
            for written in written {
                checked.warnings.extend(self.holidays_end(&written.definition));
                checked.warnings.extend(self.nobody_above(&written.definition)?);
            }
        }
        Ok(checked)
    }
}

impl Installation {
    /// Whether a file has rules for records, by its folder.
    fn lies_in_records(&self, path: &std::path::Path) -> bool {
        path.parent().is_some_and(|folder| folder.ends_with("schedules/records"))
    }

    /// Problems of rules for records.
    fn record_rules_in(&self, path: &std::path::Path) -> Result<(), Failure> {
        Rules::read(&self.shown(path), &read_text(path)?).map(|_| ()).map_err(Failure::Problems)
    }

    /// Problems with whom a definition's parts go to.
    fn audiences_of(&self, definition: &crate::definition::Definition, path: &std::path::Path) -> Result<(), Failure> {
        let problems = match self.check_audiences(definition, &self.shown(path)) {
            Ok(problems) => problems,
            // What is wrong with the directory is said where it is checked itself.
            Err(Failure::Problems(found)) => {
                let lists = definition.division.as_ref().and_then(|division| division.list.clone());
                found.into_iter().filter(|problem| Some(&problem.file) == lists.as_ref()).collect()
            }
            // A list that is not there is a mistake of the definition that names it.
            Err(Failure::Error(what) | Failure::Asked(what)) => {
                let instead = "Write the list, or name the one that is there".to_owned();
                vec![Problem { file: self.shown(path), line: 0, column: 0, what, instead }]
            }
        };
        if problems.is_empty() { Ok(()) } else { Err(Failure::Problems(problems)) }
    }

    /// Secrets of mail in files that cannot be had, or are not fit to be one. Those in the environment are asked for only when
    /// they are needed: whoever checks may have another one than the daemon.
    fn unfit_secrets(&self) -> Vec<Problem> {
        let (config, home) = (&self.config, &self.folders.home);
        let in_file = |place: &SecretFrom| matches!(place, SecretFrom::File(_));
        let agreed = config.mail.passphrases.iter().filter(|(_, place)| in_file(place));
        let agreed = agreed.filter_map(|(to, _)| config.mail.passphrase(to, home).err());
        let hooks = config.webhooks.iter().filter(|(_, webhook)| in_file(&webhook.secret));
        let hooks = hooks.filter_map(|(name, webhook)| webhook.settings(name, home).err());
        let problem = |error: ConfigError| Problem {
            file: self.shown(&self.folders.settings),
            line: 0,
            column: 0,
            what: error.to_string(),
            instead: String::new(),
        };
        let journal = config.mail.journal.iter().filter(|journal| journal.has_secret_file());
        let journal = journal.filter_map(|journal| journal.settings(home).err());
        agreed.chain(hooks).chain(config.mail.signer(home).err()).chain(journal).map(problem).collect()
    }

    /// Characters of definitions, and of names in the directory, that no font has.
    fn uncovered(&self, named: &[PathBuf]) -> Result<Vec<String>, Failure> {
        let files = self.fonts()?;
        let fonts = fonts::chain(&files).map_err(|error| Failure::Error(error.to_string()))?;
        let paths = if named.is_empty() { self.definition_files()? } else { named.to_vec() };
        // Of what was named, mappings have no text that stands in a report.
        let written: Vec<_> = paths.iter().filter_map(|path| self.definition(path).ok()).collect();
        let directory = if named.is_empty() { self.lens()?.0.directory } else { Directory::default() };
        let names = directory.rows().iter().flat_map(|row| [row.name.as_str(), &row.team, &row.role]);
        let own = std::iter::once(self.config.organisation.as_str());
        let texts = written.iter().flat_map(|written| fonts::texts(&written.definition));
        Ok(fonts::uncovered(&fonts, own.chain(texts).chain(names)))
    }

    /// A Problem for each source whose exports come in by themselves, but through a mapping that is nowhere.
    fn mappings_of_sources(&self) -> Result<Vec<Problem>, Failure> {
        let mut problems = Vec::new();
        for (name, written) in &self.config.sources {
            let arrives = written.arrives.as_ref().map(|arrives| &arrives.mapping);
            let collected = written.collector.as_ref().map(|CollectorWritten::ZohoCrm(zoho)| &zoho.mapping);
            for mapping in arrives.into_iter().chain(collected).filter(|mapping| *mapping != AUTO) {
                match self.mapping(mapping) {
                    // Mappings of the installation are checked as files.
                    Ok(_) | Err(Failure::Problems(_)) => {}
                    Err(Failure::Asked(words)) => problems.push(Problem {
                        file: self.shown(&self.folders.settings),
                        line: 0,
                        column: 0,
                        what: format!("source `{name}`: {words}"),
                        instead: String::new(),
                    }),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(problems)
    }
}

/// Whether a file is a mapping rather than a definition: it says which columns it maps.
fn is_mapping(path: &std::path::Path) -> Result<bool, Failure> {
    let text = read_text(path)?;
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    Ok(has("records:") && !has("sections:"))
}
