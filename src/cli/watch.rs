//! `watch`: the rules that raise findings: what there is, what they would have found, and holding them against what is new.

use super::{Context, Done, say};
use crate::calendar::{Millis, Span};
use crate::definition::watch::{Per, Rule, Test};
use crate::pipeline::watch::Watching;
use crate::pipeline::{Failure, Installation};
use crate::query::{Count, Field};
use crate::watch::Found;
use crate::wording::plain::{list, moment, number, plural};
use chrono::NaiveDate;
use serde_json::json;
use std::collections::BTreeMap;

#[derive(clap::Subcommand)]
pub(super) enum Watch {
    /// The rules, what each waits for, and whether the log can show it
    List,
    /// Replay rules over past days: how many findings, on which days, with examples; nothing is raised
    Try {
        /// Names or files of rules; all, if none is given
        #[arg(value_name = "RULE")]
        rules: Vec<String>,
        /// The first day
        #[arg(long, value_name = "DAY")]
        from: NaiveDate,
        /// The last day; yesterday, if it is not given
        #[arg(long, value_name = "DAY")]
        to: Option<NaiveDate>,
        /// At most so many examples of each rule
        #[arg(long, default_value_t = 3, value_name = "NUMBER")]
        examples: usize,
    },
    /// Hold rules against what is new, raise what they find, and alert; `import`, `issue` and `serve` do it by themselves
    Run {
        /// Past days instead, on purpose: from this one. Nobody is alerted
        #[arg(long, value_name = "DAY")]
        from: Option<NaiveDate>,
        /// The last of them; yesterday, if it is not given
        #[arg(long, value_name = "DAY", requires = "from")]
        to: Option<NaiveDate>,
        /// With --from: names of rules; all, if none is given
        #[arg(value_name = "RULE", requires = "from")]
        rules: Vec<String>,
    },
}

impl Watch {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        match self {
            Watch::List => rules(context, &installation),
            Watch::Try { rules, from, to, examples } => {
                let span = days(&installation, from, to)?;
                attempt(context, &installation, &rules, span, examples)
            }
            Watch::Run { from: None, .. } => {
                let (definitions, wrong) = installation.definitions_and_problems()?;
                let mut watching = installation.watch_new(&mut installation.ledger()?, &definitions)?;
                watching.problems.extend(wrong);
                told(context, &installation, &watching)
            }
            Watch::Run { from: Some(from), to, rules } => {
                let span = days(&installation, from, to)?;
                let chosen = chosen(&installation, &rules)?;
                let all: Vec<&Rule> = chosen.iter().collect();
                let mut ledger = installation.ledger()?;
                let mut watching = installation.watch_past(&mut ledger, &all, span)?;
                if rules.is_empty() {
                    installation.sigma_past(&mut ledger, span, &mut watching)?;
                }
                told(context, &installation, &watching)
            }
        }
    }
}

/// Whole days in the installation's zone.
fn days(installation: &Installation, from: NaiveDate, to: Option<NaiveDate>) -> Result<Span, Failure> {
    let zone = &installation.config.timezone;
    let today = installation.today();
    let to = to.unwrap_or_else(|| today.pred_opt().unwrap_or(today));
    let Some(end) = to.succ_opt().filter(|end| from < *end) else {
        return Err(Failure::Asked(format!("--from {from} lies behind --to {to}")));
    };
    Ok(Span { from: zone.day_start(from), to: zone.day_start(end) })
}

fn rules(context: &Context, installation: &Installation) -> Result<Done, Failure> {
    let (rules, problems) = installation.rules_and_problems()?;
    let all: Vec<&Rule> = rules.iter().collect();
    let now = installation.clock.now();
    // One day is enough to know what sources record.
    let found = installation.try_rules(&all, Span { from: now - 1, to: now })?;
    let sees = |found: &Found| match (found.blind, found.not_recorded_by.as_slice()) {
        (true, lacking) => format!("blind: not recorded by {}", list(lacking)),
        (false, []) => String::new(),
        (false, lacking) => format!("not in {}", list(lacking)),
    };
    if context.json {
        let list = rules.iter().zip(&found).map(|(rule, found)| {
            json!({
                "name": rule.name, "title": rule.title, "severity": rule.severity, "waits_for": waits_for(rule),
                "digest": rule.digest, "alert": rule.alert, "blind": found.blind, "not_recorded_by": found.not_recorded_by,
            })
        });
        say::json(&json!(list.collect::<Vec<_>>()));
    } else if rules.is_empty() && problems.is_empty() {
        say::line(
            "No rules yet: `quarterday init` writes some into schedules/watch/examples; move those that you want into schedules/watch.",
        );
    } else {
        let mut table = vec![["Rule", "Severity", "Waits for", "Alert", "Cannot see"].map(str::to_owned).to_vec()];
        for (rule, found) in rules.iter().zip(&found) {
            table.push(vec![
                rule.name.clone(),
                rule.severity.to_string(),
                waits_for(rule),
                list(&rule.alert),
                sees(found),
            ]);
        }
        say::table(&table);
    }
    if problems.is_empty() { Ok(Done::Yes) } else { Err(Failure::Problems(problems)) }
}

/// What a rule waits for, in a few words.
fn waits_for(rule: &Rule) -> String {
    let what = |count: &Count, value: i64| match count {
        Count::Affected => plural(value, "record", "records"),
        Count::Distinct(field) => format!("{} different values of {}", number(value), field.name()),
        _ => plural(value, "event", "events"),
    };
    let test = match &rule.test {
        Test::Count { count, per, at_least } => {
            let span = match per {
                Per::Hour => "an hour".to_owned(),
                Per::Unit(unit) => format!("a {}", unit_name(*unit)),
                Per::Sliding(length) => format!("any {}", crate::definition::words::length(*length)),
            };
            format!("{} in {span}", what(count, *at_least))
        }
        Test::Normal { unit, spreads, floor, count } => format!(
            "more than is normal in a {} ({spreads} spreads), {} at least",
            unit_name(*unit),
            what(count, *floor)
        ),
        Test::Sequence { at_least, within, .. } => format!(
            "{}, then the other within {}",
            plural(i64::try_from(*at_least).unwrap_or(i64::MAX), "event", "events"),
            crate::definition::words::length(*within)
        ),
        Test::Absent { unit, working, .. } => {
            format!("nothing in a {}{}", if *working { "working " } else { "" }, unit_name(*unit))
        }
        Test::Unreadable { unit, at_least } => {
            format!("{} that cannot be read in a {}", plural(*at_least, "row", "rows"), unit_name(*unit))
        }
        Test::FirstSeen { field, at_least: 1, .. } => format!("a new {}", field.name()),
        Test::FirstSeen { field, at_least, .. } => {
            format!("a new {} with {} on its first day", field.name(), plural(*at_least, "event", "events"))
        }
    };
    let by: Vec<String> = rule.by.iter().map(|field: &Field| field.name().to_owned()).collect();
    if by.is_empty() { test } else { format!("{test}, by {}", list(&by)) }
}

fn unit_name(unit: crate::calendar::period::Unit) -> &'static str {
    use crate::calendar::period::Unit;
    match unit {
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Quarter | Unit::FiscalQuarter(_) => "quarter",
        Unit::Year | Unit::FiscalYear(_) => "year",
    }
}

/// What came of it.
fn told(context: &Context, installation: &Installation, watching: &Watching) -> Result<Done, Failure> {
    if context.json {
        say::json(&as_json(watching));
    } else {
        raised(installation, watching);
        if watching.new.is_empty() && watching.grown.is_empty() {
            say::line("Nothing new was found.");
        }
    }
    if watching.problems.is_empty() { Ok(Done::Yes) } else { Err(Failure::Problems(watching.problems.clone())) }
}

/// As JSON: what is new, and what grew.
pub(super) fn as_json(watching: &Watching) -> serde_json::Value {
    let new = watching.new.iter().map(|(id, raised)| json!({ "finding": id, "raised": raised }));
    json!({ "new": new.collect::<Vec<_>>(), "grown": watching.grown, "alerts": watching.alerts })
}

/// What was found, a line each.
pub(super) fn raised(installation: &Installation, watching: &Watching) {
    const SHOWN: usize = 20;
    for (id, raised) in watching.new.iter().take(SHOWN) {
        let when = moment(raised.span.from, &installation.config.timezone);
        say::line(format!("{id} ({}) {when}  {}", raised.severity, raised.say));
    }
    if watching.new.len() > SHOWN {
        say::line(format!("and {} more: `quarterday finding list`", number((watching.new.len() - SHOWN) as i64)));
    }
    for id in &watching.grown {
        say::line(format!("{id}: there is more behind it than was known"));
    }
}

/// The rules that were named: files, or names of rules in the installation.
fn chosen(installation: &Installation, named: &[String]) -> Result<Vec<Rule>, Failure> {
    let (known, mut problems) = installation.rules_and_problems()?;
    if named.is_empty() {
        return if problems.is_empty() { Ok(known) } else { Err(Failure::Problems(problems)) };
    }
    let mut rules = Vec::new();
    problems.clear();
    for name in named {
        if let Some(rule) = known.iter().find(|rule| rule.name == *name) {
            rules.push(rule.clone());
            continue;
        }
        let path = std::path::Path::new(name);
        if !path.is_file() {
            let names: Vec<&str> = known.iter().map(|rule| rule.name.as_str()).collect();
            let meant = crate::written::did_you_mean(name, names.iter().copied());
            return Err(Failure::Asked(format!("there is no rule `{name}`, and no such file. {meant}")));
        }
        match installation.rule(path) {
            Ok(rule) => rules.push(rule),
            Err(Failure::Problems(found)) => problems.extend(found),
            Err(error) => return Err(error),
        }
    }
    if problems.is_empty() { Ok(rules) } else { Err(Failure::Problems(problems)) }
}

fn attempt(
    context: &Context,
    installation: &Installation,
    named: &[String],
    span: Span,
    examples: usize,
) -> Result<Done, Failure> {
    let rules = chosen(installation, named)?;
    let all: Vec<&Rule> = rules.iter().collect();
    let found = installation.try_rules(&all, span)?;
    if context.json {
        let list = rules.iter().zip(&found).map(|(rule, found)| {
            json!({ "rule": rule.name, "blind": found.blind, "not_recorded_by": found.not_recorded_by, "raised": found.raised })
        });
        say::json(&json!(list.collect::<Vec<_>>()));
        return Ok(Done::Yes);
    }
    let day = |at: Millis, rule: &Rule| rule.zone.civil(at).date();
    let mut total = 0;
    for (rule, found) in rules.iter().zip(&found) {
        total += found.raised.len();
        if found.blind {
            let lacking = list(&found.not_recorded_by);
            say::line(format!("{}: blind, for what it needs is not recorded by {lacking}", rule.name));
            continue;
        }
        let mut days: BTreeMap<NaiveDate, usize> = BTreeMap::new();
        for raised in &found.raised {
            *days.entry(day(raised.span.from, rule)).or_default() += 1;
        }
        let said = plural(found.raised.len() as i64, "finding", "findings");
        let on =
            if days.is_empty() { String::new() } else { format!(" on {}", plural(days.len() as i64, "day", "days")) };
        say::line(format!("{} ({}): {said}{on}", rule.name, rule.severity));
        for raised in found.raised.iter().take(examples) {
            say::line(format!("    {}  {}", moment(raised.span.from, &rule.zone), raised.say));
        }
        if found.raised.len() > examples {
            say::line(format!("    and {} more", number((found.raised.len() - examples) as i64)));
        }
    }
    say::line(format!("{} in all. Nothing was raised.", plural(total as i64, "finding", "findings")));
    Ok(Done::Yes)
}
