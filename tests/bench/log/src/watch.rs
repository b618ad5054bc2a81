//! Watch: all rules that ship, held against the whole log and against its last month, beside the questions of the monthly report.
//!
//! The rules' lines are drawn for a company with eight thousand events a month; this log has ninety times as many, so each line is
//! drawn a hundred times higher. What they find is told, so that nobody takes a rule that looks at nothing for a fast one.

use crate::ask::{lens, timed};
use crate::questions::span;
use quarterday::audit_log::AuditLog;
use quarterday::audit_log::sealed::SealedLog;
use quarterday::calendar::period::Period;
use quarterday::calendar::zone::{Zone, ZoneRules};
use quarterday::definition::watch::{Rule, Test};
use quarterday::definition::{Alerting, Definition};
use quarterday::figures::figure_out;
use quarterday::pipeline::{starter, watch as rules};
use quarterday::watch::{Against, watch as hold};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

fn shipped() -> Result<Vec<Rule>, Box<dyn Error>> {
    let zones = ZoneRules::bundled();
    let read = |(stem, text): &(&str, &str)| {
        let rule = Rule::read(stem, stem, text, &Zone::utc(), &zones, Alerting::default());
        let mut rule = rule.map_err(|problems| format!("{stem}: {} problems", problems.len()))?;
        match &mut rule.test {
            Test::Count { at_least, .. } | Test::FirstSeen { at_least, .. } => *at_least *= 100,
            Test::Normal { floor, .. } => *floor *= 100,
            Test::Sequence { at_least, .. } => *at_least *= 100,
            Test::Absent { .. } | Test::Unreadable { .. } => {}
        }
        Ok(rule)
    };
    rules::SHIPPED.iter().map(read).collect()
}

pub fn watch(log: &Path, people: &Path, rounds: usize) -> Result<(), Box<dyn Error>> {
    let lens = lens(people)?;
    let log = SealedLog::open_read_only(log)?;
    let rules = shipped()?;
    let all: Vec<&Rule> = rules.iter().collect();
    let monthly = starter::DEFINITIONS.iter().find(|(stem, _)| stem.starts_with("monthly")).ok_or("no monthly report")?;
    let monthly = Definition::read(monthly.0, monthly.0, monthly.1, &ZoneRules::bundled())
        .map_err(|problems| format!("{} problems", problems.len()))?;
    let period = Period::parse("2025-11").ok_or("no period")?;
    let mut told = Map::new();
    let month = span("month").ok_or("no such span")?;
    let figures = timed(rounds, || figure_out(&monthly, &period, &log, &lens, &BTreeMap::new()))?;
    told.insert("the monthly report's questions, with what they are compared with".to_owned(), figures);
    for (name, span) in [("month", month), ("all", span("all").ok_or("no such span")?)] {
        let against = Against { log: &log, lens: &lens, now: month.to + 7 * 86_400_000 };
        let found = hold(&all, span, against)?;
        let each: Map<String, Value> =
            rules.iter().zip(&found).map(|(rule, found)| (rule.name.clone(), json!(found.raised.len()))).collect();
        told.insert(format!("{name}: found"), Value::Object(each));
        told.insert(format!("{name}: events"), json!(events(&log, span, &lens)?));
        told.insert(format!("{name}: all rules"), timed(rounds, || hold(&all, span, against))?);
        for rule in &all {
            told.insert(format!("{name}: {} alone", rule.name), timed(1, || hold(&[rule], span, against))?);
        }
    }
    println!("{}", Value::Object(told));
    Ok(())
}

fn events(
    log: &SealedLog,
    span: quarterday::calendar::Span,
    lens: &quarterday::audit_log::Lens,
) -> Result<i64, Box<dyn Error>> {
    use quarterday::query::{Count, Filter, Measure, Query};
    let measures = vec![Measure { count: Count::Events, filter: Filter::All }];
    let query = Query { span, zone: Zone::utc(), filter: Filter::All, by: Vec::new(), measures };
    let tables = log.answer(&[query], lens)?;
    Ok(tables.first().and_then(|table| table.rows.first()).and_then(|row| row.values.first()).copied().unwrap_or(0))
}
