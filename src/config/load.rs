//! Loading of an installation's settings: the file, if it is there, and what lies beside it.

use super::read::says_nothing;
use super::{Config, ConfigError, FILE};
use crate::written::{MAX_BYTES, Position, Problem, Tree};
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Names of the directory's file that are found without being written.
const PEOPLE: [&str; 2] = ["people.csv", "people.yaml"];

impl Config {
    /// The settings of an installation. Without a settings file everything has its default.
    ///
    /// # Errors
    /// There is no such installation, its file cannot be read, or every Problem in it.
    pub fn load(home: &Path) -> Result<Config, ConfigError> {
        let there = fs::metadata(home).map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                ConfigError::file(home, "there is no such installation. `quarterday init` makes one")
            }
            _ => ConfigError::file(home, error),
        })?;
        if !there.is_dir() {
            return Err(ConfigError::file(home, "an installation is a folder"));
        }
        let path = home.join(FILE);
        let file = path.strip_prefix(".").unwrap_or(&path).display().to_string();
        let (mut config, people_at) = match bytes(&path)? {
            Some(bytes) if !std::str::from_utf8(&bytes).is_ok_and(says_nothing) => {
                let tree = Tree::parse_bytes(&file, &bytes);
                let people_at = tree.root().and_then(|root| root.get("people")).map(|node| node.at);
                (Config::from_tree(&tree).map_err(ConfigError::Problems)?, people_at)
            }
            found => {
                if found.is_none() && home.join("quarterday.yml").exists() {
                    let what = "the settings are read from quarterday.yaml, and this is quarterday.yml".to_owned();
                    let file = file.replace(".yaml", ".yml");
                    return Err(problem(&file, Position::default(), what, "Rename it"));
                }
                (Config::default(), None)
            }
        };
        match (&config.people, people_at) {
            (Some(people), at) if !home.join(people).is_file() => {
                let what = format!("there is no file `{people}`");
                return Err(problem(&file, at.unwrap_or_default(), what, "Paths begin at the installation's folder"));
            }
            (Some(_), _) => {}
            (None, _) => {
                let found: Vec<&str> = PEOPLE.into_iter().filter(|name| home.join(name).exists()).collect();
                if found.len() > 1 {
                    let what = "people.csv and people.yaml are both there".to_owned();
                    return Err(problem(&file, Position::default(), what, "Say which: `people: people.csv`"));
                }
                config.people = found.first().map(|name| (*name).to_owned());
            }
        }
        Ok(config)
    }
}

fn problem(file: &str, at: Position, what: String, instead: &str) -> ConfigError {
    let Position { line, column } = at;
    ConfigError::Problems(vec![Problem { file: file.to_owned(), line, column, what, instead: instead.to_owned() }])
}

/// The file's bytes, one more than can be read at most; `None` if there is no file.
fn bytes(path: &Path) -> Result<Option<Vec<u8>>, ConfigError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ConfigError::file(path, error)),
    };
    let mut bytes = Vec::new();
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| ConfigError::file(path, error))?;
    Ok(Some(bytes))
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
