//! The publication kit: templates, theme and words that an edition is set with, under one digest; kept with the editions it made.

use super::Failure;
use super::fonts::{FontFile, FontNamed};
use crate::document::compose::TemplateSet;
use crate::document::theme::Theme;
use crate::render::png::{read_uri, uri};
use crate::seal::sha256_hex;
use crate::wording::{SHIPPED, Words};
use crate::written::{Problem, Tree};
use std::collections::BTreeMap;
use std::path::Path;

/// The templates that ship, by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("report.tera", include_str!("../../report-templates/report.tera")),
    ("page.tera", include_str!("../../report-templates/page.tera")),
    ("part/cover.tera", include_str!("../../report-templates/part/cover.tera")),
    ("part/heading.tera", include_str!("../../report-templates/part/heading.tera")),
    ("part/made.tera", include_str!("../../report-templates/part/made.tera")),
    ("part/runs.tera", include_str!("../../report-templates/part/runs.tera")),
    ("part/table.tera", include_str!("../../report-templates/part/table.tera")),
    ("section/attention.tera", include_str!("../../report-templates/section/attention.tera")),
    ("section/coverage.tera", include_str!("../../report-templates/section/coverage.tera")),
    ("section/events.tera", include_str!("../../report-templates/section/events.tera")),
    ("section/heatmap.tera", include_str!("../../report-templates/section/heatmap.tera")),
    ("section/series.tera", include_str!("../../report-templates/section/series.tera")),
    ("section/sign.tera", include_str!("../../report-templates/section/sign.tera")),
    ("section/summary.tera", include_str!("../../report-templates/section/summary.tera")),
    ("section/table.tera", include_str!("../../report-templates/section/table.tera")),
    ("section/text.tera", include_str!("../../report-templates/section/text.tera")),
    ("section/verdict.tera", include_str!("../../report-templates/section/verdict.tera")),
    ("mail/subject.txt.tera", include_str!("../../report-templates/mail/subject.txt.tera")),
    ("mail/body.txt.tera", include_str!("../../report-templates/mail/body.txt.tera")),
    ("mail/body.html.tera", include_str!("../../report-templates/mail/body.html.tera")),
    ("mail/foot.txt.tera", include_str!("../../report-templates/mail/foot.txt.tera")),
    ("mail/foot.html.tera", include_str!("../../report-templates/mail/foot.html.tera")),
    ("mail/note.txt.tera", include_str!("../../report-templates/mail/note.txt.tera")),
    ("mail/note.html.tera", include_str!("../../report-templates/mail/note.html.tera")),
    ("mail/encrypted.txt.tera", include_str!("../../report-templates/mail/encrypted.txt.tera")),
    ("mail/encrypted.html.tera", include_str!("../../report-templates/mail/encrypted.html.tera")),
];

/// The theme that ships.
pub const THEME: &str = include_str!("../../report-templates/theme.yaml");

/// The documentation of templates that ships beside them.
pub const TEMPLATES_README: &str = include_str!("../../report-templates/README.md");

/// Name of the theme among the files of a kit.
pub const THEME_NAME: &str = "theme.yaml";

/// The largest file of a logo, in bytes: it stands in every edition three times.
const MOST_LOGO: u64 = 500_000;

/// The folder of the files of words among the files of a kit.
const WORDS: &str = "words/";

/// Name of the list of fonts among the files of a kit, where the settings name some.
pub const FONTS_NAME: &str = "fonts.json";

/// Templates, theme, words and fonts, read and checked.
#[derive(Clone)]
pub struct Kit {
    /// Every file's text by name, as used: shipped, or the installation's own before it.
    pub texts: BTreeMap<String, String>,
    /// The templates.
    pub templates: TemplateSet,
    /// The theme.
    pub theme: Theme,
    /// The fixed words of each language, by tag, with the theme's way to write numbers and dates.
    words: BTreeMap<String, Words>,
    /// Fonts beside the shipped ones.
    pub fonts: Vec<FontFile>,
    /// SHA-256 over names and texts, hex; of fonts, over their digests.
    pub digest: String,
}

impl Kit {
    /// The kit of an installation: what lies in `folder` goes before what ships.
    ///
    /// # Errors
    /// Problems in templates or theme; files that cannot be read.
    pub fn load(folder: &Path, fonts: Vec<FontFile>) -> Result<Kit, Failure> {
        let mut texts: BTreeMap<String, String> =
            TEMPLATES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        texts.insert(THEME_NAME.to_owned(), THEME.to_owned());
        texts.extend(SHIPPED.iter().map(|(tag, text)| (format!("{WORDS}{tag}.yaml"), (*text).to_owned())));
        if folder.is_dir() {
            own(folder, "", &mut texts)?;
        }
        logo(folder, &mut texts)?;
        if !fonts.is_empty() {
            let named: Vec<&FontNamed> = fonts.iter().map(|font| &font.named).collect();
            let list = serde_json::to_string(&named).map_err(|error| Failure::Error(error.to_string()))?;
            texts.insert(FONTS_NAME.to_owned(), list);
        }
        Kit::read(texts, fonts)
    }

    /// A kit from its texts, as [`Kit::to_json`] kept them, and the fonts that [`Kit::fonts_named`] finds in them.
    ///
    /// # Errors
    /// Problems in templates or theme.
    pub fn read(texts: BTreeMap<String, String>, fonts: Vec<FontFile>) -> Result<Kit, Failure> {
        let theme_text = texts.get(THEME_NAME).map_or(THEME, String::as_str);
        let templates: Vec<(String, String)> = texts
            .iter()
            .filter(|(name, _)| name.ends_with(".tera"))
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect();
        let theme = Theme::read(THEME_NAME, theme_text).and_then(|theme| with_logo(theme, theme_text, &texts));
        let set = TemplateSet::load(&[], &templates);
        let words = words(&texts);
        match (theme, set, words) {
            (Ok(theme), Ok(templates), Ok(words)) => {
                let digest = sha256_hex(&to_json(&texts));
                let styled = |words: Words| words.styled(theme.numbers, theme.dates);
                let words: BTreeMap<String, Words> =
                    words.into_iter().map(|(tag, words)| (tag, styled(words))).collect();
                let kit = Kit { texts, templates, theme, words, fonts, digest };
                match kit.unknown_language(
                    &kit.theme.language,
                    THEME_NAME,
                    kit.texts.get(THEME_NAME).map_or(THEME, String::as_str),
                ) {
                    Some(problem) => Err(Failure::Problems(vec![problem])),
                    None => Ok(kit),
                }
            }
            (theme, set, words) => {
                let mut problems = theme.err().unwrap_or_default();
                problems.extend(set.err().unwrap_or_default());
                problems.extend(words.err().unwrap_or_default());
                Err(Failure::Problems(problems))
            }
        }
    }

    /// The words of a language; of the theme's for an empty tag.
    ///
    /// # Errors
    /// A language that the kit has no file of words for: a report never falls back to another one.
    pub fn words(&self, language: &str) -> Result<&Words, Failure> {
        let tag = if language.is_empty() { &self.theme.language } else { language };
        self.words.get(tag).ok_or_else(|| {
            Failure::Error(format!("there is no file of words for the language `{tag}`; {}", self.languages()))
        })
    }

    /// The Problem of a language that the kit has no file of words for, at `language:` of the file that asks for it.
    pub fn unknown_language(&self, language: &str, file: &str, text: &str) -> Option<Problem> {
        if self.words.contains_key(language) {
            return None;
        }
        let tree = Tree::parse(file, text);
        let at = tree.root().and_then(|root| root.get("language")).map(|node| node.at);
        let (line, column) = at.map_or((0, 0), |at| (at.line, at.column));
        let what = format!("there is no file of words for the language `{language}`");
        Some(Problem { file: file.to_owned(), line, column, what, instead: self.languages() })
    }

    fn languages(&self) -> String {
        let tags: Vec<&str> = self.words.keys().map(String::as_str).collect();
        format!("There are: {}; another is one file, report-templates/words/TAG.yaml", tags.join(", "))
    }

    /// The fonts that the texts of a kit name.
    ///
    /// # Errors
    /// A list that cannot be read.
    pub fn fonts_named(texts: &BTreeMap<String, String>) -> Result<Vec<FontNamed>, Failure> {
        let unreadable = |error: serde_json::Error| Failure::Error(format!("{FONTS_NAME} cannot be read: {error}"));
        texts.get(FONTS_NAME).map_or(Ok(Vec::new()), |list| serde_json::from_str(list).map_err(unreadable))
    }

    /// All texts, as one JSON object.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(&self.texts)
    }
}

/// Adds the logo that the theme names, if it is there, as text: what an edition was set with is kept as texts.
fn logo(folder: &Path, texts: &mut BTreeMap<String, String>) -> Result<(), Failure> {
    let theme = Theme::read(THEME_NAME, texts.get(THEME_NAME).map_or(THEME, String::as_str)).ok();
    let Some(logo) = theme.and_then(|theme| theme.logo) else { return Ok(()) };
    let path = folder.join(&logo.file);
    let unreadable = |error: std::io::Error| Failure::Error(format!("{} cannot be read: {error}", path.display()));
    match std::fs::metadata(&path) {
        // What is missing or too large is a Problem of the theme.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(error)),
        Ok(about) if about.len() > MOST_LOGO => {
            texts.insert(logo.file, String::new());
            return Ok(());
        }
        Ok(_) => {}
    }
    texts.insert(logo.file, uri(&std::fs::read(&path).map_err(unreadable)?));
    Ok(())
}

/// The theme with its logo's picture; or what is wrong with it, at `logo:`.
fn with_logo(mut theme: Theme, text: &str, texts: &BTreeMap<String, String>) -> Result<Theme, Vec<Problem>> {
    let Some(logo) = &mut theme.logo else { return Ok(theme) };
    let raster = match texts.get(&logo.file) {
        None => Err("is not beside theme.yaml".to_owned()),
        Some(kept) if kept.is_empty() => Err(format!("is larger than {} kB", MOST_LOGO / 1000)),
        Some(kept) => read_uri(kept),
    };
    match raster {
        Ok(raster) => logo.raster = Some(raster),
        Err(why) => {
            let tree = Tree::parse(THEME_NAME, text);
            let at = tree.root().and_then(|root| root.get("logo")).map(|node| node.at);
            let (line, column) = at.map_or((0, 0), |at| (at.line, at.column));
            let what = format!("the logo `{}` {why}", logo.file);
            let instead =
                "Write the name of a PNG beside theme.yaml, about 600 pixels wide, or \"\" for none".to_owned();
            return Err(vec![Problem { file: THEME_NAME.to_owned(), line, column, what, instead }]);
        }
    }
    Ok(theme)
}

/// Every file of words, read.
fn words(texts: &BTreeMap<String, String>) -> Result<BTreeMap<String, Words>, Vec<Problem>> {
    let (mut all, mut problems) = (BTreeMap::new(), Vec::new());
    for (name, text) in texts {
        let Some(tag) = name.strip_prefix(WORDS).and_then(|name| name.strip_suffix(".yaml")) else { continue };
        match Words::read(tag, name, text) {
            Ok(words) => all.extend([(tag.to_owned(), words)]),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(all) } else { Err(problems) }
}

fn to_json(texts: &BTreeMap<String, String>) -> Vec<u8> {
    // A map of texts can always be written.
    serde_json::to_vec(texts).unwrap_or_default()
}

/// Whether a file holds words of a language.
fn is_words(name: &str) -> bool {
    name.strip_prefix(WORDS).is_some_and(|name| name.ends_with(".yaml") && !name.contains('/'))
}

/// Adds the files of a folder, and of the folders in it, by their path with `/`.
fn own(folder: &Path, prefix: &str, texts: &mut BTreeMap<String, String>) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| Failure::Error(format!("{} cannot be read: {error}", folder.display()));
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() && prefix.matches('/').count() < 4 {
            own(&entry.path(), &format!("{name}/"), texts)?;
        } else if kind.is_file() && (name.ends_with(".tera") || name == THEME_NAME || is_words(&name)) {
            texts.insert(name, super::read_text(&entry.path())?);
        }
    }
    Ok(())
}
