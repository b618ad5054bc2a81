//! Config: an installation's settings (`quarterday.yaml`) and folders; and the edge where its secrets are read.
//!
//! [`Config::read`] makes a text into settings, or says every Problem in it. [`Config::load`] reads the file of an
//! installation; without one everything has a default. [`Folders`] says where things lie. Passwords ([`secret`]) and the
//! signing key ([`signing_key`]) are read only when they are needed, and only from where nobody else can read them.
//!
//! ```
//! use quarterday::config::Config;
//!
//! let text = "timezone: Europe/Berlin\nmail: { folder: mail, smtp: { host: mail.example.com } }\nallowed_domain: [example.com]\n";
//! let shown: Vec<String> = Config::read(text, "quarterday.yaml").unwrap_err().iter().map(ToString::to_string).collect();
//! assert_eq!(shown, [
//!     "quarterday.yaml:2:7: `from` is missing in `mail`: a mail server wants a sender. Add `from: \"Quarterday <reports@example.com>\"` here",
//!     "quarterday.yaml:2:29: `folder` and `smtp` contradict each other: mail goes one way. Keep one of the two",
//!     "quarterday.yaml:3:1: unknown key `allowed_domain`. Did you mean `allowed_domains`?",
//! ]);
//! ```

mod account;
mod amount;
mod dkim;
mod folders;
mod fonts;
mod groups;
mod hours;
mod journal;
mod keep;
mod key;
mod load;
mod mail;
mod may_get;
mod passphrases;
mod permissions;
mod read;
mod secret;
mod serve;
mod smtp;
mod sources;
mod webhooks;

pub use account::account;
pub use dkim::DkimWritten;
pub use folders::Folders;
pub use fonts::FontWritten;
pub use groups::Groups;
pub use journal::{ImapWritten, JournalWritten};
pub use keep::KeepEditions;
pub use key::{existing_key, keep_key, signing_key};
pub use mail::{ChannelSettings, MailSettings, SmtpWritten, TlsWritten, TooLarge};
pub use passphrases::Passphrases;
pub use permissions::{Opened, OpenedTo, make_for_owner_only, opened, secrets_are_closed};
pub use secret::{SecretFrom, secret};
pub use serve::ServeSettings;
pub use smtp::channel_settings;
pub use webhooks::{WebhookWritten, Webhooks};

use crate::calendar::Millis;
use crate::calendar::hours::WorkingHours;
use crate::calendar::zone::{Zone, ZoneRules};
use crate::definition::MayGet;
use crate::source::Rhythm;
use crate::written::Problem;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Name of the settings file in an installation.
pub const FILE: &str = "quarterday.yaml";

/// A commented settings file that says what it may hold: what `init` writes.
pub const EXAMPLE: &str = include_str!("example.yaml");

/// Settings of an installation, as meant. [`Config::default`] are those of an empty file.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Whose reports they are; empty: not given.
    pub organisation: String,
    /// Zone of what is written without one: times in sources that carry no offset, dates in the directory. Default: UTC.
    pub timezone: Zone,
    /// Its IANA name.
    pub timezone_name: String,
    /// Where zone rules are taken from.
    pub zone_rules: RulesFrom,
    /// A clock that stands still, for demonstrations; `None`: the machine's.
    pub clock: Option<Millis>,
    /// File of the directory, as written: relative to the installation. From [`Config::load`]: `people.csv` or
    /// `people.yaml` where nothing is written and one of them is there.
    pub people: Option<String>,
    /// How editions are mailed.
    pub mail: MailSettings,
    /// Fonts for scripts that the shipped ones lack, in the order in which they are asked for a character.
    pub fonts: Vec<FontWritten>,
    /// Domains to which mail may go, in lower case; empty: all.
    pub allowed_domains: Vec<String>,
    /// Groups of addresses that definitions may name.
    pub groups: Groups,
    /// Addresses that editions are posted to, by the names that definitions give them.
    pub webhooks: Webhooks,
    /// Who may get which report.
    pub may_get: Vec<MayGet>,
    /// Working hours of teams, and holidays.
    pub hours: WorkingHours,
    /// The zones that profiles of working hours name, by that name.
    pub zones: BTreeMap<String, Zone>,
    /// What is known of sources before they are imported, by name.
    pub sources: BTreeMap<String, SourceWritten>,
    /// How the daemon works.
    pub serve: ServeSettings,
    /// How long editions stay before they may be retired.
    pub keep_editions: KeepEditions,
}

/// Where zone rules are taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RulesFrom {
    /// The machine's database; the bundled copy where it has none that tells its version.
    #[default]
    System,
    /// The copy that is compiled in: the same on every machine.
    Bundled,
}

impl Config {
    /// SHA-256 (hex) over the working hours as meant: a report says under which hours it was made.
    pub fn hours_digest(&self) -> String {
        hours::digest(&self.hours)
    }

    /// The files of secrets that the settings name, as written: whatever is added to them with a secret belongs here, too.
    pub fn secret_files(&self) -> Vec<&str> {
        let mut all: Vec<&SecretFrom> = self.mail.passphrases.values().collect();
        all.extend(self.webhooks.values().map(|webhook| &webhook.secret));
        if let ChannelSettings::Smtp(smtp) = &self.mail.channel {
            all.extend(smtp.login.as_ref().map(|(_, password)| password));
        }
        for source in self.sources.values() {
            if let Some(CollectorWritten::ZohoCrm(zoho)) = &source.collector {
                all.extend([&zoho.refresh_token, &zoho.client_secret]);
            }
        }
        let named = all.into_iter().filter_map(|secret| match secret {
            SecretFrom::File(path) => Some(path.as_str()),
            SecretFrom::Env(_) => None,
        });
        named.chain(self.mail.dkim.as_ref().map(|dkim| dkim.key_file.as_str())).collect()
    }
}

impl RulesFrom {
    /// The rules. Reads the machine's files for [`RulesFrom::System`].
    pub fn load(self) -> ZoneRules {
        match self {
            RulesFrom::System => ZoneRules::of_this_machine(),
            RulesFrom::Bundled => ZoneRules::bundled(),
        }
    }
}

/// What the settings say of a source; it goes before what the source's mapping says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceWritten {
    /// What it is called in a report.
    pub title: Option<String>,
    /// How often it is expected to speak. `None`: nothing is said; `Some(None)`: it is said that there is no rhythm.
    pub rhythm: Option<Option<Rhythm>>,
    /// Days after which the vendor forgets.
    pub retention_days: Option<u32>,
    /// How long events are kept here; `None`: nothing is said, and nothing may be retired.
    pub keep_days: Option<Keep>,
    /// Where its exports arrive as files.
    pub arrives: Option<Arrives>,
    /// What fetches its exports from the vendor.
    pub collector: Option<CollectorWritten>,
}

/// How long the events of a source stay in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// They are never to be retired.
    Forever,
    /// So many days at least.
    Days(u32),
}

/// How long an edition stays, counted from the day of its issue in the installation's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is never to be retired.
    Forever,
    /// So many calendar months at least.
    Months(u32),
    /// So many days at least.
    Days(u32),
}

impl Kept {
    /// The day before which an edition must have been issued to be retired today; `None`: no day.
    pub fn until(self, today: chrono::NaiveDate) -> Option<chrono::NaiveDate> {
        match self {
            Kept::Forever => None,
            Kept::Months(months) => today.checked_sub_months(chrono::Months::new(months)),
            Kept::Days(days) => today.checked_sub_days(chrono::Days::new(u64::from(days))),
        }
    }
}

impl std::fmt::Display for Kept {
    /// `7 years`, `18 months`, `400 days`, `for ever`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plural = |count: u32| if count == 1 { "" } else { "s" };
        match *self {
            Kept::Forever => out.write_str("for ever"),
            Kept::Months(months) if months % 12 == 0 => write!(out, "{} year{}", months / 12, plural(months / 12)),
            Kept::Months(months) => write!(out, "{months} month{}", plural(months)),
            Kept::Days(days) => write!(out, "{days} day{}", plural(days)),
        }
    }
}

/// A folder in which a source's exports arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrives {
    /// The folder, as written: relative to the installation.
    pub folder: String,
    /// Which names of files are meant, as a shell matches them: `*.csv.gz`.
    pub pattern: String,
    /// Name of the mapping; the source's own where nothing is written.
    pub mapping: String,
    /// What becomes of a file whose rows are in the log.
    pub after: After,
}

/// What becomes of a file whose rows are in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// It stays where it is.
    Leave,
    /// It is moved into this folder, as written: relative to the installation.
    MoveTo(String),
}

/// What fetches a source's exports from the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CollectorWritten {
    /// Zoho CRM's export of its audit log.
    ZohoCrm(ZohoWritten),
}

/// How Zoho CRM is reached, as written. Secrets are named here, and never held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZohoWritten {
    /// Where tokens come from, as in `https://accounts.zoho.eu`; no slash at its end.
    pub accounts_url: String,
    /// Where the API is, as in `https://www.zohoapis.eu`; no slash at its end.
    pub api_url: String,
    /// The client's id, as Zoho's API console shows it.
    pub client_id: String,
    /// Where the refresh token is.
    pub refresh_token: SecretFrom,
    /// Where the client's secret is.
    pub client_secret: SecretFrom,
    /// Seconds from one collection to the next that `issue` makes by itself.
    pub every: u64,
    /// Name of the mapping.
    pub mapping: String,
}

impl Arrives {
    /// Whether a file of this name is meant. Hidden files are not, unless the pattern begins with a dot.
    pub fn means(&self, name: &str) -> bool {
        let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::default() };
        // The pattern was checked when it was read.
        glob::Pattern::new(&self.pattern).is_ok_and(|pattern| pattern.matches_with(name, options))
    }
}

/// Why settings, a secret or the key cannot be had. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Somebody wrote something that is wrong: all of it.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Problems(Vec<Problem>),
    /// A file or folder cannot be read or made.
    #[error("{}: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A secret file that others could read.
    #[error("{}: others than its owner have access to it (mode {mode:04o}). Run: chmod 600 {}", path.display(), quoted(path))]
    Exposed {
        /// Which.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A secret is not where the settings say.
    #[error("{0}")]
    Secret(String),
}

/// A path as a shell takes it.
fn quoted(path: &std::path::Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@%".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

impl ConfigError {
    fn file(path: &std::path::Path, why: impl ToString) -> ConfigError {
        ConfigError::File { path: path.to_owned(), why: why.to_string() }
    }
}

impl Default for Config {
    fn default() -> Self {
        Config {
            organisation: String::new(),
            timezone: Zone::utc(),
            timezone_name: Zone::utc().name().to_owned(),
            zone_rules: RulesFrom::default(),
            clock: None,
            people: None,
            mail: MailSettings::default(),
            fonts: Vec::new(),
            allowed_domains: Vec::new(),
            groups: Groups::new(),
            webhooks: Webhooks::new(),
            may_get: Vec::new(),
            hours: hours::usual(),
            zones: BTreeMap::new(),
            sources: BTreeMap::new(),
            serve: ServeSettings::default(),
            keep_editions: KeepEditions::default(),
        }
    }
}
