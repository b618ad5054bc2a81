//! Home: an installation in a folder of its own, and the real binary run in it.

use crate::mail::Mail;
use serde_json::Value;
use std::cell::RefCell;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The settings that a home has unless a test writes its own: nothing in them depends on the machine.
pub const SETTINGS: &str = "timezone: UTC\nzone_rules: bundled\nmail: { from: \"Quarterday <reports@example.com>\", folder: mail }\nsources: { zoho-crm: { rhythm: every day }, zoho-logins: { rhythm: every day } }\n";

/// An installation that is removed at the end of the test.
pub struct Home {
    dir: TempDir,
    now: RefCell<String>,
}

/// What a run of the binary came to.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; -1 if it was killed.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Home {
    /// An installation with settings and nothing else; its clock stands at the first of December.
    pub fn new() -> Home {
        let home = Home::empty();
        home.file("quarterday.yaml", SETTINGS);
        home
    }

    /// An empty folder.
    pub fn empty() -> Home {
        let dir = tempfile::Builder::new().prefix("quarterday-cli-").tempdir().unwrap();
        Home { dir, now: RefCell::new("2026-12-01T08:30:00Z".to_owned()) }
    }

    /// Where something of it lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a definition.
    pub fn definition(&self, stem: &str, yaml: &str) -> &Home {
        self.file(&format!("schedules/{stem}.yaml"), yaml)
    }

    /// Writes a file.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Home {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    /// What time it is from now on.
    pub fn now(&self, instant: &str) -> &Home {
        instant.clone_into(&mut self.now.borrow_mut());
        self
    }

    /// The binary, about to be run in this installation.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = binary();
        command.current_dir(self.dir.path()).env("QUARTERDAY_NOW", &*self.now.borrow());
        command.args(arguments);
        command
    }

    /// Runs a command to its end.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    /// Runs a command that must come to a good end, and gives back what it said.
    pub fn ok<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{ran:#?}");
        ran.out
    }

    /// What a command prints with `--json`, whatever its exit code.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.run(arguments.iter().copied().chain(["--json"]));
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:#?}"))
    }

    /// The ledger's editions.
    pub fn history(&self) -> Vec<Value> {
        self.json(&["history"]).as_array().unwrap().clone()
    }

    /// `REPORT/PERIOD status`, for every edition of the ledger.
    pub fn standing(&self) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut all: Vec<String> =
            self.history().iter().map(|row| format!("{} {}", text(&row["edition"]), text(&row["status"]))).collect();
        all.sort();
        all
    }

    /// The mails that were delivered, by recipient and subject.
    pub fn mails(&self) -> Vec<Mail> {
        mails_in(&self.path("mail"))
    }

    /// The files of an edition, by name; none if there is no such folder.
    pub fn edition_files(&self, edition: &str) -> Vec<String> {
        names(&self.path("var/editions").join(edition))
    }

    /// A file of an edition, as text.
    pub fn edition_text(&self, edition: &str, ending: &str) -> String {
        let name = self.edition_files(edition).into_iter().find(|name| name.ends_with(ending));
        let name = name.unwrap_or_else(|| panic!("{edition} has no {ending}"));
        std::fs::read_to_string(self.path("var/editions").join(edition).join(name)).unwrap()
    }
}

impl Ran {
    /// What a process came to.
    pub fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Asserts exit code and that standard error says each of these.
    #[track_caller]
    pub fn fails(&self, code: i32, words: &[&str]) -> &Ran {
        assert_eq!(self.code, code, "{self:#?}");
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not said: {self:#?}");
        }
        self
    }
}

/// The binary with nothing of the environment that could change what it does.
pub fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quarterday"));
    command.env_remove("QUARTERDAY_HOME").env_remove("QUARTERDAY_NOW");
    command
}

/// The mails of a Maildir. Nothing may be left half-written in it.
pub fn mails_in(maildir: &Path) -> Vec<Mail> {
    assert_eq!(names(&maildir.join("tmp")), Vec::<String>::new());
    let new = maildir.join("new");
    let mut mails: Vec<Mail> =
        names(&new).iter().map(|name| Mail::read(&std::fs::read(new.join(name)).unwrap())).collect();
    mails.sort_by(|a, b| (a.header("To"), a.header("Subject")).cmp(&(b.header("To"), b.header("Subject"))));
    mails
}

/// The names in a folder, in order; none where there is no folder.
pub fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
