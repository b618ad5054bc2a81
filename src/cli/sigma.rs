//! `sigma`: rules in Sigma's format: what is understood of them, and what they would have found.

use super::{Context, Done, progress, say};
use crate::calendar::zone::Zone;
use crate::pipeline::Failure;
use crate::pipeline::sigma::{group, rule_name};
use crate::sigma::{Hit, Read, Rule};
use crate::wording::plain::{moment, plural};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub(super) enum Sigma {
    /// What is understood of rules, and what is not; exit code 2 on any problem
    Check(Check),
    /// What rules would have found: how often, on which days, with examples. Nothing is recorded
    Try(Try),
}

#[derive(clap::Args)]
#[command(after_help = "\
The format is that of https://sigmahq.io/sigma-specification/: rules, correlations and filters, several documents a file. The
log sources of public rules are known for the formats that ship; `product: NAME` is any source of that name here, and
`product: quarterday` every one, with the fields that definitions use: actor, action, action_class, module, record, outcome,
origin.ip, details.NAME. Files in mappings/sigma/ say where the fields of other sources stand.")]
pub(super) struct Check {
    /// Files of rules, or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

#[derive(clap::Args)]
pub(super) struct Try {
    /// Files of rules, or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// First day, as in 2026-03-01; without it, from the first event
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Last day, included; without it, to the last event
    #[arg(long, value_name = "DATE")]
    to: Option<NaiveDate>,
    /// How many hits of each rule are shown
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    examples: usize,
}

impl Sigma {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        match self {
            Sigma::Check(command) => command.run(context),
            Sigma::Try(command) => command.run(context),
        }
    }
}

impl Check {
    fn run(self, context: &Context) -> Result<Done, Failure> {
        let Read { rules, problems } = context.installation()?.sigma_rules(&self.paths)?;
        if context.json {
            let rules: Vec<Value> = rules.rules.iter().map(rule_as_json).collect();
            say::json(&json!({ "rules": rules, "problems": problems }));
        } else {
            for rule in &rules.rules {
                say::line(format!(
                    "{}:{}: {}: {} ({}; {})",
                    rule.file,
                    rule.line,
                    rule.kind.as_str(),
                    rule.title,
                    rule.level.as_str(),
                    rule.sources.join(", ")
                ));
            }
            for problem in &problems {
                say::aside(problem.to_string());
            }
            let found = plural(problems.len() as i64, "problem", "problems");
            say::line(format!("{} understood, {found}.", plural(rules.rules.len() as i64, "rule", "rules")));
        }
        Ok(if problems.is_empty() { Done::Yes } else { Done::Wrong })
    }
}

impl Try {
    fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let Read { rules, problems } = installation.sigma_rules(&self.paths)?;
        if !problems.is_empty() {
            return Err(Failure::Problems(problems));
        }
        let span = installation.days(self.from, self.to);
        if span.from >= span.to {
            return Err(Failure::Asked("the last day is before the first one".to_owned()));
        }
        let log = installation.log()?;
        let bar = progress::bar(0, "look through");
        let mut told = |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        };
        let hits = installation.sigma_hits(&log, &rules, span, &mut told);
        bar.finish_and_clear();
        let hits = hits?;
        let zone = &installation.config.timezone;
        let of = |number: usize| hits.iter().filter(move |hit| hit.rule == number);
        if context.json {
            let rules = rules.rules.iter().enumerate().filter(|(_, rule)| rule.raises).map(|(number, rule)| {
                let mut told = rule_as_json(rule);
                told["hits"] = of(number).map(hit_as_json).collect();
                told
            });
            say::json(&json!({ "rules": rules.collect::<Vec<_>>() }));
            return Ok(Done::Yes);
        }
        for (number, rule) in rules.rules.iter().enumerate().filter(|(_, rule)| rule.raises) {
            let hits: Vec<&Hit> = of(number).collect();
            let days: BTreeSet<NaiveDate> = hits.iter().map(|hit| hit.day).collect();
            let on = match (days.first(), days.last()) {
                (Some(first), Some(last)) if first == last => format!(" on {first}"),
                (Some(first), Some(last)) => {
                    format!(" on {} from {first} to {last}", plural(days.len() as i64, "day", "days"))
                }
                _ => String::new(),
            };
            let count = if hits.is_empty() { "no hit".to_owned() } else { plural(hits.len() as i64, "hit", "hits") };
            say::line(format!("{} ({}): {count}{on}", rule.title, rule.level.as_str()));
            for hit in hits.iter().take(self.examples) {
                say::line(format!("  {}", shown(hit, zone)));
            }
            if hits.len() > self.examples {
                say::line(format!("  and {} more", hits.len() - self.examples));
            }
        }
        let calling = rules.rules.iter().filter(|rule| !rule.raises).count();
        if calling > 0 {
            say::line(format!(
                "{} only called by others.",
                if calling == 1 { "1 rule is".to_owned() } else { format!("{calling} rules are") }
            ));
        }
        Ok(Done::Yes)
    }
}

fn shown(hit: &Hit, zone: &Zone) -> String {
    let group = group(hit);
    let group = if group.is_empty() { String::new() } else { format!("  {group}") };
    let events = plural(i64::try_from(hit.events).unwrap_or(i64::MAX), "event", "events");
    let first = hit.numbers.first().map(|number| format!(", first {number}")).unwrap_or_default();
    format!("{}{group}  {events}{first}", moment(hit.first, zone))
}

fn rule_as_json(rule: &Rule) -> Value {
    json!({
        "rule": rule_name(rule),
        "kind": rule.kind.as_str(),
        "title": rule.title,
        "id": rule.id,
        "name": rule.name,
        "level": rule.level.as_str(),
        "file": rule.file,
        "line": rule.line,
        "sources": rule.sources,
        "raises": rule.raises,
    })
}

fn hit_as_json(hit: &Hit) -> Value {
    let group: serde_json::Map<String, Value> =
        hit.group.iter().map(|(field, value)| (field.clone(), json!(value))).collect();
    json!({
        "day": hit.day,
        "group": group,
        "first": hit.first,
        "last": hit.last,
        "events": hit.events,
        "value": hit.value,
        "numbers": hit.numbers,
    })
}
