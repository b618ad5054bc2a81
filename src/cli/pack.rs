//! `pack`: the packs that ship: which control each is for, what that asks, how often it reports, what it needs and shows.

use super::{Context, Done, say};
use crate::calendar::zone::ZoneRules;
use crate::definition::{Definition, words};
use crate::pipeline::Failure;
use crate::pipeline::packs;
use crate::wording::Words;
use serde_json::{Value, json};

#[derive(clap::Subcommand)]
pub(super) enum Pack {
    /// All of them: name, control, how often, what it asks
    List,
    /// One, with what it needs, what its reports hold, and what they do not show
    Show {
        /// Its name
        name: String,
    },
}

impl Pack {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        // What ships is read by the rules that ship: packs are the same whatever an installation says.
        let rules = ZoneRules::bundled();
        match self {
            Pack::List => {
                let all = packs::packs(&rules)?;
                if context.json {
                    say::json(&json!(all.iter().map(value).collect::<Vec<_>>()));
                    return Ok(Done::Yes);
                }
                let mut rows = vec![["name", "control", "how often"].map(str::to_owned).to_vec()];
                rows.extend(all.iter().map(|pack| vec![pack.name.clone(), pack.control.clone(), cadence(pack)]));
                say::table(&rows);
                say::line("");
                for pack in &all {
                    say::line(format!("{}: {}", pack.name, pack.asks));
                }
                say::line("");
                say::line(
                    "`pack show NAME` says more; `init --pack NAME --owner ADDRESS` brings its reports into an \
                     installation. They are evidence for a control, never a verdict on it.",
                );
            }
            Pack::Show { name } => {
                let pack = packs::named(&name, &rules)?;
                if context.json {
                    say::json(&value(&pack));
                    return Ok(Done::Yes);
                }
                show(&pack);
            }
        }
        Ok(Done::Yes)
    }
}

/// When a definition is issued.
fn how_often(definition: &Definition) -> String {
    let firings = definition.schedules().map(|schedule| Words::english().phrase(&words::firing(&schedule.cadence)));
    firings.collect::<Vec<_>>().join("; ")
}

/// How often its reports are issued.
fn cadence(pack: &packs::Pack) -> String {
    let each = pack.definitions.iter().map(|one| how_often(&one.definition));
    each.collect::<Vec<_>>().join("; ")
}

fn show(pack: &packs::Pack) {
    say::line(format!("{}: {}", pack.name, pack.title));
    say::line(format!("  control:    {}", pack.control));
    say::line(format!("  asks:       {}", pack.asks));
    say::line(format!("  how often:  {}", cadence(pack)));
    for need in &pack.needs {
        say::line(format!("  needs:      {need}"));
    }
    for one in &pack.definitions {
        say::line("");
        say::line(format!("schedules/{}.yaml: {}", one.definition.stem, one.definition.title));
        say::line(format!("  {}", one.definition.purpose));
        for section in one.definition.sections.iter().filter(|section| !section.title.is_empty()) {
            say::line(format!("  - {}", section.title));
        }
        say::line("");
        say::line(one.scope());
    }
}

fn value(pack: &packs::Pack) -> Value {
    let definitions = pack.definitions.iter().map(|one| {
        let definition = &one.definition;
        let sections: Vec<&str> = definition.sections.iter().map(|section| section.title.as_str()).collect();
        json!({
            "file": format!("schedules/{}.yaml", definition.stem), "title": definition.title, "purpose": definition.purpose,
            "how_often": how_often(definition), "sections": sections, "scope": one.scope(),
        })
    });
    json!({
        "name": pack.name, "title": pack.title, "control": pack.control, "asks": pack.asks, "needs": pack.needs,
        "definitions": definitions.collect::<Vec<_>>(),
    })
}
