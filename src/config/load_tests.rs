//! Tests of loading: no file, a wrong file, and the directory beside it.

use super::super::{EXAMPLE, MailSettings};
use super::*;

fn home(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(home.path().join(name), text).unwrap();
    }
    home
}

fn said(home: &Path) -> String {
    Config::load(home).unwrap_err().to_string().replace(&home.display().to_string(), "HOME")
}

#[test]
fn without_a_file_and_with_the_example_everything_is_the_default() {
    assert_eq!(Config::load(home(&[]).path()), Ok(Config::default()));
    assert_eq!(Config::load(home(&[(FILE, "# nothing yet\n")]).path()), Ok(Config::default()));
    assert_eq!(Config::load(home(&[(FILE, EXAMPLE)]).path()), Ok(Config::default()));
}

#[test]
fn a_file_is_read_and_its_problems_name_it() {
    let installation = home(&[(FILE, "organisation: Halden\n")]);
    let config = Config::load(installation.path()).unwrap();
    assert_eq!((config.organisation.as_str(), config.mail), ("Halden", MailSettings::default()));
    let wrong = home(&[(FILE, "organisation: [a]\ntimezon: UTC\n")]);
    assert_eq!(
        said(wrong.path()),
        "HOME/quarterday.yaml:1:15: `organisation` must be text, not a list\n\
         HOME/quarterday.yaml:2:1: unknown key `timezon`. Did you mean `timezone`?"
    );
    let latin = home(&[]);
    fs::write(latin.path().join(FILE), b"organisation: B\xfccher\n").unwrap();
    assert_eq!(said(latin.path()), "HOME/quarterday.yaml:1:16: not UTF-8 text. Save the file as UTF-8");
    let large = home(&[(FILE, &format!("organisation: a\n{}", "#\n".repeat(MAX_BYTES)))]);
    assert!(said(large.path()).contains("more than the 1048576 that are read"));
}

#[test]
fn the_directory_is_found_or_said_to_be_missing() {
    let people = |files: &[(&str, &str)]| Config::load(home(files).path()).map(|config| config.people);
    assert_eq!(people(&[("people.csv", "")]), Ok(Some("people.csv".to_owned())));
    assert_eq!(people(&[("people.yaml", ""), (FILE, "organisation: a")]), Ok(Some("people.yaml".to_owned())));
    let both = [("people.yaml", ""), ("people.csv", ""), (FILE, "people: people.csv")];
    assert_eq!(people(&both), Ok(Some("people.csv".to_owned())));
    assert_eq!(
        said(home(&both[..2]).path()),
        "HOME/quarterday.yaml:1:1: people.csv and people.yaml are both there. Say which: `people: people.csv`"
    );
    assert_eq!(
        said(home(&[(FILE, "timezone: UTC\npeople: staff.csv"), ("people.csv", "")]).path()),
        "HOME/quarterday.yaml:2:9: there is no file `staff.csv`. Paths begin at the installation's folder"
    );
}

#[test]
fn what_would_be_passed_over_is_said() {
    let missing = home(&[]).path().join("missing");
    assert_eq!(said(&missing), "HOME: there is no such installation. `quarterday init` makes one");
    let installation = home(&[("quarterday.yml", "organisation: a")]);
    assert_eq!(
        said(installation.path()),
        "HOME/quarterday.yml:1:1: the settings are read from quarterday.yaml, and this is quarterday.yml. Rename it"
    );
    assert_eq!(said(&installation.path().join("quarterday.yml")), "HOME: an installation is a folder");
    fs::create_dir(installation.path().join(FILE)).unwrap();
    assert!(said(installation.path()).starts_with("HOME/quarterday.yaml: "));
}
