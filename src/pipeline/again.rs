//! Again: a stored edition set again from its own files, without the log: `figures.json`, `kit.json`, the definition and the
//! evidence. Under the same version of this program the bytes are the same; `verify` compares them.

use super::kit::Kit;
use super::publish::{CSV, FIGURES, Hinge, Made, publish};
use super::spreadsheet::{evidence_names, figures_csv, spreadsheet};
use super::training::plain;
use super::verify::Check;
use super::{Failure, Installation};
use crate::definition::Definition;
use crate::edition::EditionKey;
use crate::ledger::Ledger;
use crate::render;
use std::collections::BTreeMap;

/// What a stored edition can be set again as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Form {
    Pdf,
    Html,
    Xlsx,
    Csv,
}

/// An edition's files by name, as they lie there.
pub type Stored = BTreeMap<String, Vec<u8>>;

/// A stored edition, read: all that its pages are made from.
pub struct Origin {
    hinge: Hinge,
    kit: Kit,
    definition: Definition,
    stem: String,
}

impl Installation {
    /// Reads what a stored edition is made from.
    ///
    /// # Errors
    /// A file that is gone, of another layout than this program's, or cannot be read.
    pub fn made_from(&self, stored: &Stored) -> Result<Origin, Failure> {
        let hinge = hinge(stored)?;
        let texts = serde_json::from_slice(file(stored, "kit.json")?)
            .map_err(|_| Failure::Error("kit.json cannot be read".to_owned()))?;
        let fonts = self.fonts_of_then(&Kit::fonts_named(&texts)?).map_err(Failure::Error)?;
        let kit = Kit::read(texts, fonts)?;
        let text = String::from_utf8_lossy(file(stored, "definition.yaml")?);
        let definition = Definition::read(&hinge.facts.definition, "definition.yaml", &text, &self.rules)
            .map_err(Failure::Problems)?;
        // Its pages are called after the edition; the page says which file that is.
        let stem = stored.keys().find_map(|name| name.strip_suffix(".pdf")).unwrap_or("report").to_owned();
        Ok(Origin { hinge, kit, definition, stem })
    }

    /// Sets a stored edition again in one form. The second value says where the file that was issued differs; `None`: it does
    /// not, or there is none of that form. A warning where another version of this program made the edition.
    ///
    /// # Errors
    /// As [`Installation::made_from`]; files that are not those that were issued.
    pub fn render(&self, ledger: &Ledger, key: &EditionKey, form: Form) -> Result<(Made, Vec<String>), Failure> {
        let record = ledger.edition(key)?.ok_or_else(|| Failure::Error(format!("{key} is not issued")))?;
        self.still_kept(ledger, key)?;
        let mut stored = Stored::new();
        for file in &record.files {
            let path = self.file_of(key, &file.name);
            let bytes = std::fs::read(&path)
                .map_err(|error| Failure::Error(format!("{} cannot be read: {error}", path.display())))?;
            stored.insert(plain(&file.name).to_owned(), bytes);
        }
        for file in &record.files {
            // What the page is made from must be what was issued; the page itself may be gone or damaged.
            let made_from = [".json", ".yaml", ".csv"].iter().any(|ending| file.name.ends_with(ending));
            let bytes = stored.get(plain(&file.name)).map(Vec::as_slice).unwrap_or_default();
            if made_from && crate::seal::sha256_hex(bytes) != file.sha256 {
                let words = format!("{} is not the file that was issued: its SHA-256 differs", file.name);
                return Err(Failure::Error(words));
            }
        }
        let source = self.made_from(&stored)?;
        let made = self.set(&source, &stored, form)?;
        let mut said = Vec::new();
        if let Some(version) = other_version(&source.hinge) {
            said.push(format!(
                "made by version {version}, this is {}: the bytes may differ",
                env!("CARGO_PKG_VERSION")
            ));
        }
        if let Some(issued) = stored.get(&made.file.name).filter(|issued| **issued != made.bytes) {
            said.push(format!("not the bytes that were issued: {}", difference(&made.file.name, issued, &made.bytes)));
        }
        Ok((made, said))
    }

    fn set(&self, source: &Origin, stored: &Stored, form: Form) -> Result<Made, Failure> {
        let Origin { hinge, kit, definition, stem } = source;
        let pages = || {
            // What the PDF carries: the evidence in the order of the sections, then the figures.
            let mut attached = evidence(hinge, stored)?;
            attached.push(Made::new(FIGURES, "application/json", file(stored, FIGURES)?.to_vec()));
            publish(hinge, &definition.template, kit, &self.rules, &attached)
        };
        Ok(match form {
            Form::Pdf => Made::new(&format!("{stem}.pdf"), "application/pdf", pages()?.pdf),
            Form::Html => Made::new(&format!("{stem}.html"), "text/html; charset=utf-8", pages()?.html),
            Form::Xlsx => spreadsheet(stem, hinge, kit, &self.rules, &evidence(hinge, stored)?)?,
            Form::Csv => figures_csv(stem, hinge, kit, &self.rules)?,
        })
    }

    /// Sets every page of an edition again that was issued, and compares. Under another version of this program they are not
    /// set again, which is said.
    ///
    /// # Errors
    /// Problems in the edition's own templates or definition.
    pub(super) fn set_again(&self, stored: &Stored) -> Result<Vec<Check>, Failure> {
        let not = |words: String| Ok(vec![Check { what: "set again".to_owned(), holds: None, words }]);
        // Another version may read the kit and the definition otherwise, too.
        let source = match hinge(stored).map(|hinge| other_version(&hinge)) {
            Ok(Some(version)) => {
                return not(format!("made by version {version}, this is {}", env!("CARGO_PKG_VERSION")));
            }
            Ok(None) => self.made_from(stored),
            Err(error) => Err(error),
        };
        let source = match source {
            Ok(source) => source,
            Err(Failure::Error(words)) => return not(words),
            Err(other) => return Err(other),
        };
        let mut checks = Vec::new();
        for (form, ending) in [(Form::Pdf, ".pdf"), (Form::Html, ".html"), (Form::Xlsx, ".xlsx")] {
            let Some((name, issued)) = stored.iter().find(|(name, _)| name.ends_with(ending)) else { continue };
            let made = self.set(&source, stored, form)?;
            let words = match *issued == made.bytes {
                true => "the same bytes".to_owned(),
                false => format!("other bytes than those stored: {}", difference(name, issued, &made.bytes)),
            };
            checks.push(Check::of(format!("set again: {name}"), *issued == made.bytes, words));
        }
        Ok(checks)
    }
}

fn file<'s>(stored: &'s Stored, name: &str) -> Result<&'s [u8], Failure> {
    let gone = || Failure::Error(format!("the edition's {name} is not there, or cannot be read"));
    stored.get(name).map(Vec::as_slice).ok_or_else(gone)
}

fn hinge(stored: &Stored) -> Result<Hinge, Failure> {
    serde_json::from_slice(file(stored, "figures.json")?)
        .map_err(|_| Failure::Error("figures.json is of another layout than this program's".to_owned()))
}

/// The version that made the edition, if it is not this one.
fn other_version(hinge: &Hinge) -> Option<String> {
    Some(hinge.facts.engine.clone()).filter(|version| version != env!("CARGO_PKG_VERSION"))
}

/// The evidence files that an edition's figures name, as they lie there.
fn evidence(hinge: &Hinge, stored: &Stored) -> Result<Vec<Made>, Failure> {
    let names = evidence_names(&hinge.figures);
    let one = |name: &&str| match stored.get(*name) {
        Some(bytes) => Ok(Made::new(name, CSV, bytes.clone())),
        None => Err(Failure::Error(format!("the edition's {name} is not there, or cannot be read"))),
    };
    names.iter().map(one).collect()
}

/// Where two files of one name differ, in words: the page, or the line and byte.
pub(super) fn difference(name: &str, issued: &[u8], made: &[u8]) -> String {
    let at = issued.iter().zip(made).take_while(|(one, other)| one == other).count();
    let lengths = match issued.len() == made.len() {
        true => String::new(),
        false => format!("; {} bytes stored, {} set", issued.len(), made.len()),
    };
    if name.ends_with(".pdf") {
        let place = match render::pdf::first_page_that_differs(issued, made) {
            Some(page) => format!("first on page {page}"),
            None => format!("on no page; first at byte {}", at + 1),
        };
        return place + &lengths;
    }
    if name.ends_with(".html") {
        let line = issued.get(..at).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count() + 1;
        return format!("first in line {line}, at byte {}{lengths}", at + 1);
    }
    format!("first at byte {}{lengths}", at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_by_its_place() {
        assert_eq!(difference("a.html", b"one\ntwo\n", b"one\ntwa\n"), "first in line 2, at byte 7");
        assert_eq!(difference("a.xlsx", b"abc", b"ab"), "first at byte 3; 3 bytes stored, 2 set");
        // What is no PDF has no pages.
        assert_eq!(difference("a.pdf", b"%PDF-1.7 a", b"%PDF-1.7 b"), "on no page; first at byte 10");
    }
}
