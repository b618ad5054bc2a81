//! The publication kit: templates and theme that an edition is set with, under one digest; kept with the editions it made.

use super::Failure;
use super::fonts::{FontFile, FontNamed};
use crate::document::compose::TemplateSet;
use crate::document::theme::Theme;
use crate::seal::sha256_hex;
use std::collections::BTreeMap;
use std::path::Path;

/// The templates that ship, by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("report.tera", include_str!("../../report-templates/report.tera")),
    ("part/cover.tera", include_str!("../../report-templates/part/cover.tera")),
    ("part/heading.tera", include_str!("../../report-templates/part/heading.tera")),
    ("part/made.tera", include_str!("../../report-templates/part/made.tera")),
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
];

/// The theme that ships.
pub const THEME: &str = include_str!("../../report-templates/theme.yaml");

/// The documentation of templates that ships beside them.
pub const TEMPLATES_README: &str = include_str!("../../report-templates/README.md");

/// Name of the theme among the files of a kit.
pub const THEME_NAME: &str = "theme.yaml";

/// Name of the list of fonts among the files of a kit, where the settings name some.
pub const FONTS_NAME: &str = "fonts.json";

/// Templates, theme and fonts, read and checked.
#[derive(Clone)]
pub struct Kit {
    /// Every file's text by name, as used: shipped, or the installation's own before it.
    pub texts: BTreeMap<String, String>,
    /// The templates.
    pub templates: TemplateSet,
    /// The theme.
    pub theme: Theme,
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
        if folder.is_dir() {
            own(folder, "", &mut texts)?;
        }
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
        let theme = Theme::read(THEME_NAME, theme_text);
        let set = TemplateSet::load(&[], &templates, &BTreeMap::new());
        match (theme, set) {
            (Ok(theme), Ok(templates)) => {
                let digest = sha256_hex(&to_json(&texts));
                Ok(Kit { texts, templates, theme, fonts, digest })
            }
            (theme, set) => {
                let mut problems = theme.err().unwrap_or_default();
                problems.extend(set.err().unwrap_or_default());
                Err(Failure::Problems(problems))
            }
        }
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

fn to_json(texts: &BTreeMap<String, String>) -> Vec<u8> {
    // A map of texts can always be written.
    serde_json::to_vec(texts).unwrap_or_default()
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
        } else if kind.is_file() && (name.ends_with(".tera") || name == THEME_NAME) {
            let text = std::fs::read_to_string(entry.path()).map_err(unreadable)?;
            texts.insert(name, text);
        }
    }
    Ok(())
}
