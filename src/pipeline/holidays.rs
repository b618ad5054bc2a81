//! Holidays of an installation: the files of `schedules/holidays/`, by the name that schedules call them.

use super::{Failure, Installation, files_in, read_text};
use crate::calendar::workdays::{Calendars, Holidays};
use crate::definition::Definition;
use crate::written::Problem;
use chrono::Datelike;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Installation {
    /// The files of holidays, in order of name.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn holiday_files(&self) -> Result<Vec<PathBuf>, Failure> {
        files_in(&self.folders.schedules.join("holidays"), &["yaml", "yml", "ics"])
    }

    /// Reads one file of holidays.
    ///
    /// # Errors
    /// Its Problems; a file that cannot be read.
    pub fn holidays(&self, path: &Path) -> Result<Holidays, Failure> {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        crate::definition::holidays(&name, &self.shown(path), &read_text(path)?).map_err(Failure::Problems)
    }

    /// All holidays. What is wrong with a file is said by `check`, and to the definitions that name it; others go on.
    ///
    /// # Errors
    /// A folder or file that cannot be read.
    pub fn calendars(&self) -> Result<Calendars, Failure> {
        let mut calendars = Calendars::new();
        let files = self.holiday_files()?;
        let doubled = self.twice(&files);
        for path in files {
            let wrong = doubled.iter().any(|problem| problem.file == self.shown(&path));
            let read = match self.holidays(&path) {
                Ok(read) if !wrong => Some(Arc::new(read)),
                Ok(_) | Err(Failure::Problems(_)) => None,
                Err(error) => return Err(error),
            };
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            calendars.insert(name, read);
        }
        Ok(calendars)
    }

    /// Problems of all files of holidays.
    pub(super) fn holiday_problems(&self) -> Result<Vec<Problem>, Failure> {
        let files = self.holiday_files()?;
        let mut problems = self.twice(&files);
        for path in &files {
            match self.holidays(path) {
                Ok(_) => {}
                Err(Failure::Problems(found)) => problems.extend(found),
                Err(error) => return Err(error),
            }
        }
        Ok(problems)
    }

    /// A warning where the holidays that a schedule goes by are written for the years until now alone: the next year's
    /// sendings would fall on them.
    pub(super) fn holidays_end(&self, definition: &Definition) -> Option<String> {
        let all = definition.schedules().filter_map(|schedule| schedule.cadence.workdays.holidays.as_ref());
        let (until, holidays) =
            all.filter_map(|holidays| Some((holidays.spelled_until?, holidays))).min_by_key(|one| one.0)?;
        let year = definition.schedule.zone.civil(self.clock.now()).year();
        (until <= year).then(|| {
            format!(
                "the holidays `{}` of {} are written until {until}: add those of {}",
                holidays.name,
                definition.stem,
                year + 1
            )
        })
    }
}
