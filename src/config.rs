//! Config: an installation's settings (`quarterday.yaml`) and folders. Every setting has a default; no file is a file of defaults.

mod hours;
mod mail;
mod password;

pub use mail::{Mail, MailBy, Password, Smtp, Tls};
pub use password::{PasswordError, password};

use crate::calendar::hours::WorkingHours;
use crate::calendar::zone::{Zone, ZoneRules};
use crate::definition::{is_name, line_of_text, zone};
use crate::source::Rhythm;
use crate::written::{Fields, Problem, Reader, Tree};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name of the settings file in an installation.
pub const FILE: &str = "quarterday.yaml";

const KEYS: [&str; 11] = [
    "organisation",
    "timezone",
    "zone_rules",
    "mail",
    "allowed_domains",
    "people",
    "working_hours",
    "sources",
    "log",
    "ledger",
    "theme",
];

/// An installation's settings, as meant. Paths are as written: relative ones are meant from the installation's folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Whose reports these are: on covers and in mails. May be empty.
    pub organisation: String,
    /// Where times without an offset are meant, for sources whose mapping does not say; `None`: such times are refused.
    pub timezone: Option<Zone>,
    /// Where the rules of time zones come from.
    pub zone_rules: RulesFrom,
    /// How mail leaves the house.
    pub mail: Mail,
    /// Domains that may be mailed to; empty: all.
    pub allowed_domains: Vec<String>,
    /// The directory's file.
    pub people: Option<PathBuf>,
    /// Working hours and holidays.
    pub working_hours: WorkingHours,
    /// A file with more holidays, a day and a name on each line: [`load`] has added them already.
    pub holidays_file: Option<PathBuf>,
    /// What is known of sources besides their mappings, by name.
    pub sources: BTreeMap<String, SourceSettings>,
    /// The audit log.
    pub log: PathBuf,
    /// The ledger.
    pub ledger: PathBuf,
    /// The theme's file; `None`: the one in `report-templates/`, else the built-in one.
    pub theme: Option<PathBuf>,
}

/// Where the rules of time zones come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RulesFrom {
    /// The machine's database where it has one that tells its version, else the bundled copy.
    #[default]
    System,
    /// The bundled copy: the same on every machine.
    Bundled,
}

impl RulesFrom {
    /// The rules themselves. Reads the machine's database.
    pub fn rules(self) -> ZoneRules {
        match self {
            RulesFrom::System => ZoneRules::of_this_machine(),
            RulesFrom::Bundled => ZoneRules::bundled(),
        }
    }
}

/// What the settings say of a source; it goes before what its mapping says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceSettings {
    /// What it is called in reports.
    pub title: Option<String>,
    /// How often it is expected to speak.
    pub rhythm: Option<Rhythm>,
    /// Days after which the vendor forgets.
    pub retention_days: Option<u32>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            organisation: String::new(),
            timezone: None,
            zone_rules: RulesFrom::default(),
            mail: Mail::default(),
            allowed_domains: Vec::new(),
            people: None,
            working_hours: hours::default(),
            holidays_file: None,
            sources: BTreeMap::new(),
            log: PathBuf::from("var/log.db"),
            ledger: PathBuf::from("var/ledger.db"),
            theme: None,
        }
    }
}

/// An installation's folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// The installation in a folder.
    pub fn new(root: &Path) -> Home {
        Home { root: root.to_owned() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path of the settings: relative ones are meant from here.
    pub fn path(&self, written: &Path) -> PathBuf {
        self.root.join(written)
    }

    /// The settings file.
    pub fn settings(&self) -> PathBuf {
        self.root.join(FILE)
    }

    /// Definitions.
    pub fn schedules(&self) -> PathBuf {
        self.root.join("schedules")
    }

    /// Templates, theme and fonts that go before the built-in ones.
    pub fn templates(&self) -> PathBuf {
        self.root.join("report-templates")
    }

    /// Mappings of the installation's own sources.
    pub fn mappings(&self) -> PathBuf {
        self.root.join("mappings")
    }

    /// What the program keeps.
    pub fn var(&self) -> PathBuf {
        self.root.join("var")
    }

    /// Files of editions.
    pub fn editions(&self) -> PathBuf {
        self.var().join("editions")
    }

    /// The signing key.
    pub fn key(&self) -> PathBuf {
        self.var().join("key")
    }
}

/// Why settings could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Something a person wrote is wrong.
    #[error("{} in the settings", if .0.len() == 1 { "a problem".to_owned() } else { format!("{} problems", .0.len()) })]
    Problems(Vec<Problem>),
    /// There is no such installation.
    #[error("{} is not a folder; `quarterday init {}` makes an installation", .0.display(), .0.display())]
    NoHome(PathBuf),
    /// A file is there and cannot be read.
    #[error("{} cannot be read: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        why: std::io::Error,
    },
}

/// Loads the settings of an installation, with the holidays of the file that they name. No settings file: the defaults.
///
/// # Errors
/// See [`ConfigError`].
pub fn load(home: &Home) -> Result<Config, ConfigError> {
    if !home.root().is_dir() {
        return Err(ConfigError::NoHome(home.root().to_owned()));
    }
    let bytes = match std::fs::read(home.settings()) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Config::default()),
        Err(why) => return Err(ConfigError::Unreadable { path: home.settings(), why }),
    };
    if std::str::from_utf8(&bytes).is_ok_and(says_nothing) {
        return Ok(Config::default());
    }
    let tree = Tree::parse_bytes(FILE, &bytes);
    let mut config = read(&tree, &RulesFrom::rules).map_err(ConfigError::Problems)?;
    if let Some(file) = &config.holidays_file {
        let path = home.path(file);
        let text = std::fs::read_to_string(&path).map_err(|why| ConfigError::Unreadable { path: path.clone(), why })?;
        let more = hours::holidays_of_file(&file.display().to_string(), &text).map_err(ConfigError::Problems)?;
        config.working_hours.holidays.extend(more);
    }
    Ok(config)
}

impl Config {
    /// Reads settings from text; `rules` gives the zone rules that they choose. Reads no other file.
    ///
    /// # Errors
    /// Every Problem, in the order of the file.
    pub fn parse(file: &str, text: &str, rules: &dyn Fn(RulesFrom) -> ZoneRules) -> Result<Config, Vec<Problem>> {
        if says_nothing(text) {
            return Ok(Config::default());
        }
        read(&Tree::parse(file, text), rules)
    }
}

/// A file of remarks only is a file of defaults.
fn says_nothing(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

fn read(tree: &Tree, rules: &dyn Fn(RulesFrom) -> ZoneRules) -> Result<Config, Vec<Problem>> {
    let reader = Reader::new(tree);
    let config = reader.root_fields(&KEYS).and_then(|top| settings(&top, rules));
    reader.finish(config)
}

fn settings(top: &Fields<'_, '_>, rules: &dyn Fn(RulesFrom) -> ZoneRules) -> Option<Config> {
    let reader = top.reader();
    let default = Config::default();
    let rules_from =
        top.choice("zone_rules", "`zone_rules`", &[("system", RulesFrom::System), ("bundled", RulesFrom::Bundled)]);
    let zone_rules = rules_from.unwrap_or_default();
    let known_zones = rules(zone_rules);
    let timezone = top.get("timezone").and_then(|node| zone(reader, node, &known_zones));
    let organisation = top.get("organisation").and_then(|node| line_of_text(reader, node, 100)).unwrap_or_default();
    let mail = top.get("mail").map_or_else(|| Some(Mail::default()), |node| mail::read(reader, node));
    let (working_hours, holidays_file) = match top.get("working_hours") {
        // What could not be read has left a Problem.
        Some(node) => hours::read(reader, node, &known_zones).unwrap_or_default(),
        None => (default.working_hours, None),
    };
    let (allowed_domains, sources) = (domains(top), sources(top));
    let (people, theme) = (path(top, "people"), path(top, "theme"));
    let (log, ledger) = (path(top, "log"), path(top, "ledger"));
    Some(Config {
        organisation,
        timezone,
        zone_rules,
        mail: mail?,
        allowed_domains,
        people,
        working_hours,
        holidays_file,
        sources,
        log: log.unwrap_or(default.log),
        ledger: ledger.unwrap_or(default.ledger),
        theme,
    })
}

/// A path; an empty one, or one with control characters, is a Problem.
fn path(fields: &Fields<'_, '_>, key: &str) -> Option<PathBuf> {
    fields.get(key).and_then(|node| line_of_text(fields.reader(), node, 4000)).map(PathBuf::from)
}

fn domains(top: &Fields<'_, '_>) -> Vec<String> {
    let Some(node) = top.get("allowed_domains") else { return Vec::new() };
    let reader = top.reader();
    let items = reader.one_or_more(node);
    if items.is_empty() {
        reader.problem(
            node.at,
            "no domain is allowed, so that nobody can be mailed to",
            "Write one at least, or leave it out",
        );
    }
    let mut found = Vec::new();
    for item in items {
        let text = item.as_text().unwrap_or_default().trim_start_matches('@');
        if crate::definition::is_address(&format!("a@{text}")) {
            found.push(text.to_ascii_lowercase());
        } else {
            reader.wrong(item, "a domain as in `example.com`");
        }
    }
    found
}

fn sources(top: &Fields<'_, '_>) -> BTreeMap<String, SourceSettings> {
    let reader = top.reader();
    let mut found = BTreeMap::new();
    for entry in top.map("sources") {
        if !is_name(&entry.key) {
            let instead = "Use small letters, digits, `-` and `_`, as in `zoho-crm`";
            reader.problem(entry.at, format!("`{}` cannot be a source's name", entry.key), instead);
        }
        let Some(fields) = reader.fields(&entry.value, &["title", "rhythm", "retention_days"]) else { continue };
        let settings = SourceSettings {
            title: fields.get("title").and_then(|node| line_of_text(reader, node, 100)),
            rhythm: rhythm(&fields),
            retention_days: fields.integer("retention_days", 1..=36_500).and_then(|days| u32::try_from(days).ok()),
        };
        found.insert(entry.key.clone(), settings);
    }
    found
}

fn rhythm(fields: &Fields<'_, '_>) -> Option<Rhythm> {
    let node = fields.get("rhythm")?;
    let text = node.as_text().unwrap_or_default();
    let hours = text.strip_prefix("every ").and_then(|rest| rest.strip_suffix(" hours").or(rest.strip_suffix('h')));
    let rhythm = match (text, hours.and_then(|hours| hours.trim().parse::<u32>().ok())) {
        ("every day", _) => Some(Rhythm::EveryDay),
        ("every working day", _) => Some(Rhythm::EveryWorkingDay),
        ("every hour", _) => Some(Rhythm::EveryHours(1)),
        (_, Some(hours)) if (1..=8760).contains(&hours) => Some(Rhythm::EveryHours(hours)),
        _ => None,
    };
    if rhythm.is_none() {
        fields.reader().wrong(node, "`every day`, `every working day` or `every 6 hours`");
    }
    rhythm
}

#[cfg(test)]
mod tests;
