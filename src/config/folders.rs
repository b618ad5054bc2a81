//! Folders: where everything of an installation lies.

use super::{ChannelSettings, Config, ConfigError, FILE};
use std::path::{Path, PathBuf};

/// Paths of an installation. Nothing is read or made by naming them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// The installation.
    pub home: PathBuf,
    /// Its settings.
    pub settings: PathBuf,
    /// Definitions.
    pub schedules: PathBuf,
    /// Templates and theme that go before those that ship.
    pub templates: PathBuf,
    /// Mappings of its own.
    pub mappings: PathBuf,
    /// The directory's file, if there is one.
    pub people: Option<PathBuf>,
    /// What the program keeps.
    pub var: PathBuf,
    /// The audit log.
    pub log: PathBuf,
    /// The ledger.
    pub ledger: PathBuf,
    /// Files of issued editions.
    pub editions: PathBuf,
    /// Publication kits by digest.
    pub kits: PathBuf,
    /// The signing key.
    pub key: PathBuf,
    /// The Maildir; `None` if mail goes to a server.
    pub mail: Option<PathBuf>,
}

impl Folders {
    /// The folders of an installation with these settings.
    pub fn of(home: &Path, config: &Config) -> Folders {
        let var = home.join("var");
        Folders {
            settings: home.join(FILE),
            schedules: home.join("schedules"),
            templates: home.join("report-templates"),
            mappings: home.join("mappings"),
            people: config.people.as_ref().map(|file| home.join(file)),
            log: var.join("log.sqlite"),
            ledger: var.join("ledger.sqlite"),
            editions: var.join("editions"),
            kits: var.join("kits"),
            key: var.join("key"),
            mail: match &config.mail.channel {
                ChannelSettings::Folder(folder) => Some(home.join(folder)),
                ChannelSettings::Smtp(_) | ChannelSettings::Sendmail(_) => None,
            },
            var,
            home: home.to_owned(),
        }
    }

    /// Makes the folders that the program writes to, for their owner only (they hold personal data).
    ///
    /// # Errors
    /// One of them cannot be made.
    pub fn make(&self) -> Result<(), ConfigError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        for folder in [&self.var, &self.editions, &self.kits] {
            builder.create(folder).map_err(|error| ConfigError::file(folder, error))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_lies_in_the_installation_unless_a_path_says_otherwise() {
        let config = Config::read("people: people.yaml\nmail: { folder: /srv/mail }", FILE).unwrap();
        let folders = Folders::of(Path::new("/srv/q"), &config);
        assert_eq!(folders.people.as_deref(), Some(Path::new("/srv/q/people.yaml")));
        assert_eq!(folders.mail.as_deref(), Some(Path::new("/srv/mail")));
        assert_eq!(folders.key, Path::new("/srv/q/var/key"));
        let plain = Folders::of(Path::new("/srv/q"), &Config::default());
        assert_eq!(plain.mail.as_deref(), Some(Path::new("/srv/q/var/mail")));
        let text = "mail: { from: a@b.example, smtp: { host: localhost } }";
        assert_eq!(Folders::of(Path::new("q"), &Config::read(text, FILE).unwrap()).mail, None);
    }

    #[cfg(unix)]
    #[test]
    fn what_the_program_keeps_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let folders = Folders::of(home.path(), &Config::default());
        folders.make().unwrap();
        folders.make().unwrap();
        for folder in [&folders.var, &folders.editions, &folders.kits] {
            assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o077, 0, "{}", folder.display());
        }
        std::fs::remove_dir(&folders.kits).unwrap();
        std::fs::write(&folders.kits, "in the way").unwrap();
        assert!(folders.make().unwrap_err().to_string().starts_with(&folders.kits.display().to_string()));
    }
}
