//! `finding`: the register: listed, shown, added to by people, and what became of a finding.

mod list;
mod shown;
mod told;

use super::{Context, Done, say};
use crate::finding::{Change, Finding as Found, Severity};
use crate::pipeline::Failure;
use chrono::NaiveDate;
use serde_json::json;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
#[command(after_help = "\
A finding is called F-2026-0042; 2026-42, or 42 where only one year has that number, says the same. What is said of a
finding is added to the ledger with the account and the time; nothing is ever changed or removed.")]
pub(super) enum Finding {
    /// The findings that are open; all of them, or those that fit
    List(list::List),
    /// All of one finding: what was seen, its events, what became of it, and how to look further
    Show {
        /// The finding
        #[arg(value_name = "FINDING")]
        id: String,
        /// At most so many of its events are shown
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: usize,
    },
    /// Report something odd
    Add(Add),
    /// Print the form in which staff report something odd: `finding add --from-mail` reads it
    Template,
    /// Say who sees to it, and by when
    Assign(Assign),
    /// Say what was found out: in words, a ticket, its impact, an action and what it effected
    Note(Note),
    /// Close it, and say why
    Close(Close),
    /// Open again what was closed or accepted too early
    Reopen {
        #[command(flatten)]
        which: Which,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Leave it as it is until a day: then it is open again, and overdue
    Accept {
        #[command(flatten)]
        which: Which,
        /// The last day
        #[arg(long, value_name = "DATE")]
        until: NaiveDate,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Make it a case card of the training edition
    MarkCase(MarkCase),
}

/// Which findings, and who says something of them.
#[derive(clap::Args)]
pub(super) struct Which {
    /// The finding; several, and the same is said of all of them
    #[arg(value_name = "FINDING", required = true)]
    ids: Vec<String>,
    /// Who says so: name, address or role; the account is recorded in any case
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    by: String,
}

#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["title", "from_mail"])))]
pub(super) struct Add {
    /// What is odd, in a line
    title: Option<String>,
    /// How bad: low, medium or high
    #[arg(long, value_name = "SEVERITY", value_parser = severity, default_value = "medium")]
    severity: Severity,
    /// In your own words
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
    /// In which module
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    module: String,
    /// Which record
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    record: String,
    /// When it was: 2026-11-30, or '2026-11-30 14:20'; without it, today
    #[arg(long, value_name = "TIME")]
    when: Option<String>,
    /// Read a form that came back (`finding template`): a text file, or a mail of plain text; `-`: standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["severity", "note", "module", "record", "when"])]
    from_mail: Option<PathBuf>,
    /// Who reports it; the account is recorded in any case
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    by: String,
}

#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["owner", "due"])))]
pub(super) struct Assign {
    #[command(flatten)]
    which: Which,
    /// Who sees to it: a name or an address
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// The last day on which it is in time
    #[arg(long, value_name = "DATE")]
    due: Option<NaiveDate>,
    /// Where else it is followed up: a number or an address
    #[arg(long, value_name = "TEXT")]
    ticket: Option<String>,
}

#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true)
    .args(["text", "ticket", "impact", "action", "done"])))]
pub(super) struct Note {
    #[command(flatten)]
    which: Which,
    /// What was found out
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// Where else it is followed up: a number or an address
    #[arg(long, value_name = "TEXT")]
    ticket: Option<String>,
    /// What it does, or could do
    #[arg(long, value_name = "TEXT")]
    impact: Option<String>,
    /// What is to be done about it; the month's report asks for it until it is done
    #[arg(long, value_name = "TEXT")]
    action: Option<String>,
    /// With --action: what is to be so afterwards, such as 'no export without a ticket'
    #[arg(long, value_name = "TEXT", requires = "action", default_value = "", hide_default_value = true)]
    target: String,
    /// With --action: who does it; without it, the finding's owner
    #[arg(long, value_name = "NAME", requires = "action", default_value = "", hide_default_value = true)]
    owner: String,
    /// With --action: by when
    #[arg(long, value_name = "DATE", requires = "action")]
    due: Option<NaiveDate>,
    #[command(flatten)]
    doing: Doing,
}

#[derive(clap::Args)]
pub(super) struct Close {
    #[command(flatten)]
    which: Which,
    /// Why it is closed: what it was, or what was done
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// What it did
    #[arg(long, value_name = "TEXT")]
    impact: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

/// What was done.
#[derive(clap::Args)]
pub(super) struct Doing {
    /// This action is done: its number in the finding, from 1
    #[arg(long, value_name = "NUMBER")]
    done: Option<u32>,
    /// With --done: what it effected
    #[arg(long, value_name = "TEXT", requires = "done", default_value = "", hide_default_value = true)]
    effect: String,
}

#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["good", "bad", "withdraw"])))]
pub(super) struct MarkCase {
    #[command(flatten)]
    which: Which,
    /// Good practice: a mistake that was undone at once, a fraud that was noticed
    #[arg(long)]
    good: bool,
    /// Bad practice
    #[arg(long)]
    bad: bool,
    /// Title of the card, without names; without it, the finding's
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    title: String,
    /// Make no card of it after all
    #[arg(long, requires = "reason", conflicts_with = "title")]
    withdraw: bool,
    /// With --withdraw: why
    #[arg(long, value_name = "TEXT", requires = "withdraw", default_value = "", hide_default_value = true)]
    reason: String,
}

impl Finding {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let (which, changes) = match self {
            Finding::List(list) => return list.run(context),
            Finding::Show { id, limit } => return shown::show(context, &id, limit),
            Finding::Add(add) => return told::add(context, add),
            Finding::Template => {
                say::bytes(crate::pipeline::told::TEMPLATE.as_bytes());
                return Ok(Done::Yes);
            }
            Finding::Assign(Assign { which, owner, due, ticket }) => {
                let owner = owner.map(|owner| Change::Assigned { owner });
                let due = due.map(|on| Change::Due { on });
                (which, [owner, due, ticket.map(|link| Change::Ticket { link })].into_iter().flatten().collect())
            }
            Finding::Note(Note { which, text, ticket, impact, action, target, owner, due, doing }) => {
                let action = action.map(|text| Change::Action { text, target, owner, due });
                let said = [
                    text.map(|text| Change::Noted { text }),
                    ticket.map(|link| Change::Ticket { link }),
                    impact.map(|text| Change::Impact { text }),
                    action,
                    doing.change(),
                ];
                (which, said.into_iter().flatten().collect())
            }
            Finding::Close(Close { which, reason, impact, doing }) => {
                let said =
                    [impact.map(|text| Change::Impact { text }), doing.change(), Some(Change::Closed { reason })];
                (which, said.into_iter().flatten().collect())
            }
            Finding::Reopen { which, reason } => (which, vec![Change::Reopened { reason }]),
            Finding::Accept { which, until, reason } => (which, vec![Change::Accepted { until, reason }]),
            Finding::MarkCase(MarkCase { which, withdraw: true, reason, .. }) => {
                (which, vec![Change::NoCase { reason }])
            }
            Finding::MarkCase(MarkCase { which, good, title, .. }) => (which, vec![Change::Case { good, title }]),
        };
        change(context, &which, changes)
    }
}

impl Doing {
    fn change(self) -> Option<Change> {
        self.done.map(|action| Change::Done { action, effect: self.effect })
    }
}

/// Says the same of each of these findings, and shows where they stand then.
fn change(context: &Context, which: &Which, changes: Vec<Change>) -> Result<Done, Failure> {
    let installation = context.installation()?;
    let mut ledger = installation.ledger()?;
    let register = ledger.register(None)?;
    let mut ids = Vec::new();
    for id in &which.ids {
        let id = installation.finding_named(&register, id)?;
        // Named twice, it is still said once.
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let by = installation.who(&which.by)?;
    let after = installation.change_findings(&mut ledger, &ids, changes, &by)?;
    let today = installation.today();
    if context.json {
        let all: Vec<_> = after.iter().map(|finding| shown::json_of(finding, today)).collect();
        say::json(&json!(all));
        return Ok(Done::Yes);
    }
    for finding in &after {
        say::line(standing(finding, today));
    }
    Ok(Done::Yes)
}

/// `F-2026-0042 is in review, owner Ana Ruiz, due 2026-12-15: Many exports`.
fn standing(finding: &Found, today: NaiveDate) -> String {
    let mut parts = vec![format!("{} is {}", finding.id, finding.state)];
    if !finding.owner.is_empty() {
        parts.push(format!("owner {}", finding.owner));
    }
    if finding.is_open(today)
        && let Some(due) = finding.due
    {
        parts.push(format!("due {due}"));
    }
    if finding.is_overdue(today) {
        parts.push("overdue".to_owned());
    }
    format!("{}: {}", parts.join(", "), finding.raised.title)
}

/// Reads a severity as it is written.
fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).ok_or_else(|| "write low, medium or high".to_owned())
}
