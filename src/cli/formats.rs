//! `formats`: what can be imported as it is: where each export is found, and what its source does not record.

use super::{Context, Done, say};
use crate::event::ActionClass;
use crate::ingest::{Mapping, presets};
use crate::pipeline::Failure;
use crate::source::RecordedField;
use crate::wording::plain::plural;
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Formats {
    /// One format, with everything that is known of it
    name: Option<String>,
}

impl Formats {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let mut mappings = Vec::new();
        for preset in presets() {
            mappings.push(Mapping::load(preset.text, preset.file).map_err(Failure::Problems)?);
        }
        if let Some(name) = &self.name {
            mappings.retain(|mapping| mapping.name == *name);
            if mappings.is_empty() {
                let names = presets().iter().map(|preset| preset.name);
                let near = crate::written::nearest(name, names).map(|near| format!(": did you mean `{near}`?"));
                return Err(Failure::Asked(format!("no format `{name}` ships{}", near.unwrap_or_default())));
            }
        }
        if context.json {
            let all = mappings.iter().map(|mapping| {
                json!({
                    "name": mapping.name, "title": mapping.title, "source": mapping.source_name, "found": mapping.found,
                    "retention_days": mapping.retention_days, "rhythm": mapping.rhythm,
                    "not_recorded": { "fields": fields(mapping), "actions": classes(mapping) },
                })
            });
            say::json(&json!(all.collect::<Vec<_>>()));
            return Ok(Done::Yes);
        }
        for (place, mapping) in mappings.iter().enumerate() {
            if place > 0 {
                say::line("");
            }
            tell(mapping);
        }
        if self.name.is_none() {
            say::line("");
            say::line(format!(
                "{}. `import` tells them from the content; --format NAME forces one. Anything else in CSV, JSON or lines of \
                 text is read through a mapping file of your own: `import --suggest FILE` writes a first one.",
                plural(mappings.len() as i64, "format", "formats")
            ));
        }
        Ok(Done::Yes)
    }
}

fn tell(mapping: &Mapping) {
    say::line(format!("{}: {}", mapping.name, mapping.title));
    if !mapping.found.is_empty() {
        say::line(format!("  found at:      {}", mapping.found));
    }
    if let Some(days) = mapping.retention_days {
        say::line(format!("  vendor keeps:  {}", plural(i64::from(days), "day", "days")));
    }
    let fields = fields(mapping);
    if !fields.is_empty() {
        say::line(format!("  not recorded:  {}", fields.join(", ")));
    }
    let classes = classes(mapping);
    if !classes.is_empty() {
        say::line(format!("  no actions of: {}", classes.join(", ")));
    }
}

/// Fields that the source does not record.
fn fields(mapping: &Mapping) -> Vec<&'static str> {
    let missing = RecordedField::ALL.into_iter().filter(|field| !mapping.records.fields.contains(field));
    missing.map(RecordedField::as_str).collect()
}

/// Classes of actions that the source does not record.
fn classes(mapping: &Mapping) -> Vec<&'static str> {
    let missing = ActionClass::ALL.into_iter().filter(|class| !mapping.records.classes.contains(class));
    missing.filter(|class| *class != ActionClass::Other).map(ActionClass::as_str).collect()
}
