//! Fitting: what a mail carries when all of it would be too large: fewer files, or one archive. What is left out is named.

use super::Failure;
use super::publish::Made;
use crate::config::TooLarge;
use crate::mail::{Attachment, Lock, MailError, archive, locked};

/// What a mail carries, and the names of what it was meant to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Load {
    /// What is attached.
    pub(super) files: Vec<Attachment>,
    /// What is not.
    pub(super) left_out: Vec<String>,
}

/// What a mail may carry, from the most to the least: all; then what the rule leaves; then nothing. `lock`: whatever it is, it
/// stands in a locked archive.
pub(super) fn loads(files: &[&Made], rule: TooLarge, lock: Option<&Lock>) -> Result<Vec<Load>, Failure> {
    let mut all = vec![carrying(files, |_| true)];
    match rule {
        TooLarge::LeaveOutCsv => all.push(carrying(files, |name| !name.ends_with(".csv"))),
        // What is locked is packed in any case.
        TooLarge::Zip if lock.is_none() => all.push(packed(carrying(files, |_| true), archive)?),
        TooLarge::Zip | TooLarge::Note => {}
    }
    all.push(carrying(files, |_| false));
    all.dedup();
    match lock {
        None => Ok(all),
        Some(lock) => all.into_iter().map(|load| packed(load, |name, files| locked(name, files, lock))).collect(),
    }
}

/// The same in one archive, called after the first file.
fn packed(load: Load, pack: impl Fn(&str, &[Attachment]) -> Result<Attachment, MailError>) -> Result<Load, Failure> {
    let Some(first) = load.files.first() else { return Ok(load) };
    let stem = first.name.rsplit_once('.').map_or(first.name.as_str(), |(stem, _)| stem);
    let archive = pack(&format!("{stem}.zip"), &load.files).map_err(|error| Failure::Error(error.to_string()))?;
    Ok(Load { files: vec![archive], ..load })
}

fn carrying(files: &[&Made], which: impl Fn(&str) -> bool) -> Load {
    let (kept, out): (Vec<&Made>, Vec<&Made>) = files.iter().copied().partition(|made| which(&made.file.name));
    Load {
        files: kept.into_iter().map(attachment).collect(),
        left_out: out.into_iter().map(|made| made.file.name.clone()).collect(),
    }
}

fn attachment(made: &Made) -> Attachment {
    Attachment { name: made.file.name.clone(), media_type: made.file.media_type.clone(), bytes: made.bytes.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(rule: TooLarge, files: &[&str]) -> Vec<(Vec<String>, Vec<String>)> {
        names_of(rule, files, None)
    }

    fn names_of(rule: TooLarge, files: &[&str], lock: Option<&Lock>) -> Vec<(Vec<String>, Vec<String>)> {
        let made: Vec<Made> = files.iter().map(|name| Made::new(name, "text/csv", vec![b'x'; 9])).collect();
        let made: Vec<&Made> = made.iter().collect();
        let loads = loads(&made, rule, lock).unwrap().into_iter();
        loads.map(|load| (load.files.into_iter().map(|file| file.name).collect(), load.left_out)).collect()
    }

    fn load(files: &[&str], left_out: &[&str]) -> (Vec<String>, Vec<String>) {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        (owned(files), owned(left_out))
    }

    #[test]
    fn from_all_to_nothing_and_every_file_is_carried_or_named() {
        let files = ["a.pdf", "a_1.csv", "a_2.csv"];
        let (all, none) = (load(&files, &[]), load(&[], &files));
        assert_eq!(names(TooLarge::Note, &files), [all.clone(), none.clone()]);
        let fewer = load(&["a.pdf"], &["a_1.csv", "a_2.csv"]);
        assert_eq!(names(TooLarge::LeaveOutCsv, &files), [all.clone(), fewer, none.clone()]);
        assert_eq!(names(TooLarge::Zip, &files), [all, load(&["a.zip"], &[]), none]);
        assert_eq!(names(TooLarge::LeaveOutCsv, &["a.pdf"]), [load(&["a.pdf"], &[]), load(&[], &["a.pdf"])]);
        assert_eq!(names(TooLarge::Zip, &[]), [load(&[], &[])]);
    }

    #[test]
    fn what_is_locked_never_goes_open() {
        let lock = Lock { passphrase: "four words by letter", salt: &|_| [7; 16] };
        let files = ["a.pdf", "a_1.csv"];
        let (all, none) = (load(&["a.zip"], &[]), load(&[], &files));
        let fewer = load(&["a.zip"], &["a_1.csv"]);
        assert_eq!(names_of(TooLarge::Note, &files, Some(&lock)), [all.clone(), none.clone()]);
        assert_eq!(names_of(TooLarge::LeaveOutCsv, &files, Some(&lock)), [all.clone(), fewer, none.clone()]);
        assert_eq!(names_of(TooLarge::Zip, &files, Some(&lock)), [all, none]);
    }
}
