//! `finding list`: the findings that fit, the worst first.

use super::shown::{age, json_of};
use super::{Context, Done, Failure, say, severity};
use crate::finding::{Finding, Severity, State};
use crate::wording::plain::plural;
use chrono::NaiveDate;
use serde_json::json;

#[derive(clap::Args)]
pub(in crate::cli) struct List {
    /// Closed and accepted ones, too
    #[arg(long, conflicts_with_all = ["state", "overdue"])]
    all: bool,
    /// Only those that stand so; may be given more than once
    #[arg(long, value_enum, value_name = "STATE")]
    state: Vec<Standing>,
    /// Only those that are as bad as this, or worse: low, medium or high
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    severity: Option<Severity>,
    /// Only those of this owner, as it was assigned; `none`: of nobody
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Only those that are open after their day
    #[arg(long)]
    overdue: bool,
    /// Only those of this rule (a name or its beginning); `none`: those that people reported
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
}

/// A state as it is written.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Standing {
    /// Nobody has looked at it
    New,
    /// Somebody has
    InReview,
    /// Closed
    Resolved,
    /// Left as it is until a day
    Accepted,
}

impl List {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let register = installation.ledger_to_read()?.register(None)?;
        let today = installation.today();
        let mut found: Vec<&Finding> = register.findings().filter(|finding| self.fits(finding, today)).collect();
        found.sort_by_key(|finding| (finding.severity(), std::cmp::Reverse(finding.id)));
        if context.json {
            let all: Vec<_> = found.iter().map(|finding| json_of(finding, today)).collect();
            say::json(&json!(all));
            return Ok(Done::Yes);
        }
        if found.is_empty() {
            say::line(match register.findings().count() {
                0 => "Nothing was found yet.".to_owned(),
                there => format!("None fits, of {}.", plural(there as i64, "finding", "findings")),
            });
            return Ok(Done::Yes);
        }
        let head = ["Finding", "Severity", "State", "Age", "Due", "Owner", "What"];
        let mut table = vec![head.map(str::to_owned).to_vec()];
        table.extend(found.iter().map(|finding| row(finding, today, installation.clock.now())));
        say::table(&table);
        Ok(Done::Yes)
    }

    fn fits(&self, finding: &Finding, today: NaiveDate) -> bool {
        let state = match finding.state {
            State::New => Standing::New,
            State::InReview => Standing::InReview,
            State::Resolved => Standing::Resolved,
            State::Accepted { .. } => Standing::Accepted,
        };
        let stands =
            if self.state.is_empty() { self.all || finding.is_open(today) } else { self.state.contains(&state) };
        let owner = self.owner.as_ref().is_none_or(|owner| match owner.as_str() {
            "none" => finding.owner.is_empty(),
            owner => finding.owner.to_lowercase() == owner.to_lowercase(),
        });
        let rule = self.rule.as_ref().is_none_or(|rule| match rule.as_str() {
            "none" => finding.raised.by_person(),
            rule => finding.raised.rule.starts_with(rule),
        });
        stands
            && owner
            && rule
            && (!self.overdue || finding.is_overdue(today))
            && self.severity.is_none_or(|least| finding.severity().at_least(least))
    }
}

fn row(finding: &Finding, today: NaiveDate, now: crate::calendar::Millis) -> Vec<String> {
    let due = finding.due.map(|day| day.to_string()).unwrap_or_default();
    let due = if finding.is_overdue(today) { format!("{due} overdue").trim().to_owned() } else { due };
    // The title is the rule's: whom or what it is about stands in its sentence.
    let what = match finding.raised.group.as_str() {
        "" => finding.raised.title.clone(),
        group => format!("{}: {group}", finding.raised.title),
    };
    vec![
        finding.id.to_string(),
        finding.severity().to_string(),
        finding.state.to_string(),
        age(finding, now),
        due,
        finding.owner.clone(),
        what.chars().take(90).collect(),
    ]
}
