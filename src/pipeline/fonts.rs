//! Fonts: those that the settings name, read at the edge and known by their digest; and what no font can show.

use super::{Failure, Installation};
use crate::definition::{Definition, SectionKind};
use crate::seal::sha256_hex;
use crate::typeface::{ExtraFont, FontError, Fonts};
use crate::written::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A font as a publication kit remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FontNamed {
    /// The file, as the settings write it.
    pub file: String,
    /// Which font of a collection, from 0.
    pub face: u32,
    /// SHA-256 of the file, hex.
    pub sha256: String,
}

/// A font with its file's bytes.
#[derive(Clone, Debug)]
pub struct FontFile {
    /// Which it is.
    pub named: FontNamed,
    /// The file.
    pub bytes: Arc<[u8]>,
}

/// The shipped fonts, then these.
///
/// # Errors
/// A file that is no font.
pub fn chain(files: &[FontFile]) -> Result<Fonts<'_>, FontError> {
    let extra: Vec<ExtraFont> = files
        .iter()
        .map(|file| ExtraFont { name: &file.named.file, bytes: &file.bytes, index: file.named.face })
        .collect();
    Fonts::with_extra(&extra)
}

impl Installation {
    /// The fonts that the settings name.
    ///
    /// # Errors
    /// A Problem for each file that is not there, or is no font.
    pub fn fonts(&self) -> Result<Vec<FontFile>, Failure> {
        let mut fonts = Vec::new();
        let mut problems = Vec::new();
        for written in &self.config.fonts {
            let found = self.font(&written.file, written.face).map_err(|error| error.to_string()).and_then(|font| {
                chain(std::slice::from_ref(&font)).map_err(|error| error.to_string())?;
                Ok(font)
            });
            match found {
                Ok(font) => fonts.push(font),
                Err(what) => problems.push(Problem {
                    file: self.shown(&self.folders.settings),
                    line: written.at.line,
                    column: written.at.column,
                    what: format!("the font `{}` cannot be used: {what}", written.file),
                    instead: "Paths begin at the installation's folder".to_owned(),
                }),
            }
        }
        if problems.is_empty() { Ok(fonts) } else { Err(Failure::Problems(problems)) }
    }

    fn font(&self, file: &str, face: u32) -> std::io::Result<FontFile> {
        let bytes: Arc<[u8]> = std::fs::read(self.folders.home.join(file))?.into();
        let named = FontNamed { file: file.to_owned(), face, sha256: sha256_hex(&bytes) };
        Ok(FontFile { named, bytes })
    }

    /// The fonts that a kit was made with: where they were, or among those that the settings name now.
    ///
    /// # Errors
    /// What is said of those that are gone.
    pub fn fonts_of_then(&self, named: &[FontNamed]) -> Result<Vec<FontFile>, String> {
        let mut fonts = Vec::new();
        for then in named {
            let files = std::iter::once(&then.file).chain(self.config.fonts.iter().map(|font| &font.file));
            let found = files
                .filter_map(|file| self.font(file, then.face).ok())
                .find(|font| font.named.sha256 == then.sha256)
                .map(|font| FontFile { named: then.clone(), ..font });
            let gone = || {
                let FontNamed { file, sha256, .. } = then;
                format!(
                    "the font file {file} that it was set with is gone: none that the settings name has the SHA-256 {sha256}"
                )
            };
            fonts.push(found.ok_or_else(gone)?);
        }
        Ok(fonts)
    }
}

/// What to say of characters in definitions and names that no font has: each once, with the first text that it stands in.
pub(super) fn uncovered<'t>(fonts: &Fonts, texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut known = BTreeSet::new();
    let mut warnings = Vec::new();
    for text in texts {
        let strange = text.chars().filter(|c| !c.is_control() && !fonts.covers(*c) && known.insert(*c));
        let strange: Vec<String> = strange.map(|c| format!("{c} (U+{:04X})", u32::from(c))).collect();
        if strange.is_empty() {
            continue;
        }
        let more = if strange.len() > 8 { " …" } else { "" };
        let some = strange.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
        let text: String = text.chars().take(60).collect();
        warnings.push(format!("no font has {some}{more}, in {text:?}: name one under `fonts:` in the settings"));
    }
    warnings
}

/// The texts of a definition that stand in its report.
pub(super) fn texts(definition: &Definition) -> Vec<&str> {
    let mut texts = vec![definition.title.as_str(), &definition.purpose];
    for section in &definition.sections {
        texts.extend([section.title.as_str(), &section.note]);
        if let SectionKind::Text { text } = &section.kind {
            texts.push(text);
        }
    }
    texts
}
