//! Starter: the files of a new installation: an empty one with examples, or the demonstration's.

use super::kit::{TEMPLATES, TEMPLATES_README, THEME, THEME_NAME};
use super::{Failure, make_private};
use crate::demo::DemoFiles;
use std::path::Path;

const EXAMPLE: &str = include_str!("../../schedules/example.yaml");

/// The definitions that ship, by file stem: the demonstration issues them.
pub const DEFINITIONS: [(&str, &str); 3] = [
    ("daily-security-watch", include_str!("../../schedules/daily-security-watch.yaml")),
    ("weekly-activity-review", include_str!("../../schedules/weekly-activity-review.yaml")),
    ("monthly-management-review", include_str!("../../schedules/monthly-management-review.yaml")),
];

/// The rules for records that ship, by file stem: examples to change. They do nothing until a check asks for them.
const RECORD_RULES: [(&str, &str); 1] = [("leads", include_str!("../../schedules/records/leads.yaml"))];

const DEMO_SETTINGS: &str = include_str!("demo.yaml");

/// A secret key that everybody knows: it proves nothing, but makes the demonstration the same everywhere.
const DEMO_KEY: &str = "64656d6f6e7374726174696f6e206b65792c206b6e6f776e20746f20616c6c2e";

/// Whether an installation is there already, or the beginning of one.
pub fn is_there(home: &Path) -> bool {
    [crate::config::FILE, "schedules", "var"].iter().any(|name| home.join(name).exists())
}

/// Writes what is missing of an empty installation; what is there is left as it is. Gives back what was made. `example`:
/// with a definition that is issued at once.
///
/// # Errors
/// A folder that cannot be written.
pub fn init(home: &Path, example: bool) -> Result<Vec<String>, Failure> {
    let mut files: Vec<(String, &str)> = vec![("quarterday.yaml".to_owned(), crate::config::EXAMPLE)];
    if example {
        files.push(("schedules/example.yaml".to_owned(), EXAMPLE));
    }
    files.extend(RECORD_RULES.iter().map(|(stem, text)| (format!("schedules/records/{stem}.yaml"), *text)));
    files.push(("report-templates/README.md".to_owned(), TEMPLATES_README));
    files.push((format!("report-templates/{THEME_NAME}"), THEME));
    // Shipped definitions and mappings are examples: inert in folders of their own until they are moved.
    files.extend(DEFINITIONS.iter().map(|(stem, text)| (format!("schedules/examples/{stem}.yaml"), *text)));
    let rules = super::watch::SHIPPED.iter();
    files.extend(rules.map(|(stem, text)| (format!("schedules/watch/examples/{stem}.yaml"), *text)));
    files.extend(crate::ingest::presets().iter().map(|one| (format!("mappings/examples/{}.yaml", one.name), one.text)));
    files.push(("mappings/README.md".to_owned(), crate::ingest::PRESETS_README));
    let words = crate::wording::SHIPPED.iter();
    files.extend(words.map(|(tag, text)| (format!("report-templates/words/{tag}.yaml"), *text)));
    files.extend(TEMPLATES.iter().map(|(name, text)| (format!("report-templates/{name}"), *text)));
    write_missing(home, files)
}

/// Writes those files that are not there yet, and gives back which.
///
/// # Errors
/// A folder that cannot be written.
pub fn write_missing<T: AsRef<str>>(home: &Path, files: Vec<(String, T)>) -> Result<Vec<String>, Failure> {
    let mut made = Vec::new();
    for (name, text) in files {
        if write_new(&home.join(&name), text.as_ref().as_bytes())? {
            made.push(name);
        }
    }
    Ok(made)
}

/// Writes the demonstration's installation into a folder that is empty or not there.
///
/// # Errors
/// A folder that is not empty, or cannot be written.
pub fn demo(home: &Path, year: &DemoFiles) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| Failure::Error(format!("{} cannot be read: {error}", home.display()));
    if home.exists() && std::fs::read_dir(home).map_err(unreadable)?.next().is_some() {
        return Err(Failure::Error(format!(
            "{} is not empty: name another folder, or remove it first; the demonstration writes into a folder of its own",
            home.display()
        )));
    }
    let mut files: Vec<(String, &[u8])> = vec![
        ("quarterday.yaml".to_owned(), DEMO_SETTINGS.as_bytes()),
        ("people.csv".to_owned(), &year.people_csv),
        ("exports/zoho-crm-audit-log.csv".to_owned(), &year.crm_csv),
        ("exports/zoho-login-history.csv".to_owned(), &year.logins_csv),
    ];
    files.extend(DEFINITIONS.iter().map(|(stem, text)| (format!("schedules/{stem}.yaml"), text.as_bytes())));
    for (name, bytes) in files {
        write_new(&home.join(name), bytes)?;
    }
    let key = home.join("var/key");
    write_new(&key, format!("{DEMO_KEY}\n").as_bytes())?;
    Ok(())
}

/// Writes a file that is not there yet, for its owner alone; gives back whether it was not.
fn write_new(path: &Path, bytes: &[u8]) -> Result<bool, Failure> {
    let failed = |error: std::io::Error| Failure::Error(format!("{} cannot be written: {error}", path.display()));
    if let Some(folder) = path.parent() {
        make_private(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            std::io::Write::write_all(&mut file, bytes).map_err(failed)?;
            Ok(true)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(error)),
    }
}
