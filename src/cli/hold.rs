//! `hold`: legal holds: begun, listed, released. What one covers is not removed while it stands.

use super::{Context, Done, say};
use crate::calendar::zone::Zone;
use crate::ledger::hold::{Covered, Hold as Held};
use crate::pipeline::{Failure, Installation};
use crate::wording::plain::moment;
use serde_json::json;

#[derive(clap::Subcommand)]
pub(super) enum Hold {
    /// Begin a hold: by report, by days, by both, or over everything
    Add(Add),
    /// The holds that stand
    List {
        /// Those that were released, too
        #[arg(long)]
        all: bool,
    },
    /// End a hold
    Release {
        /// Its number, as `hold list` shows it
        number: i64,
        /// Why; kept in the ledger for ever
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["report", "from", "to", "all"])))]
pub(super) struct Add {
    /// Editions of this report; without it, of every report, and the events of the log
    #[arg(long, value_name = "NAME")]
    report: Option<String>,
    /// From this day on (2026-01-31): every edition whose period has a day in the span
    #[arg(long, value_name = "DATE")]
    from: Option<chrono::NaiveDate>,
    /// To this day, which is held too
    #[arg(long, value_name = "DATE")]
    to: Option<chrono::NaiveDate>,
    /// Everything that there is and will be
    #[arg(long, conflicts_with_all = ["report", "from", "to"])]
    all: bool,
    /// Why; kept in the ledger for ever
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Hold {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let (hold, done) = match self {
            Hold::List { all } => return list(context, &installation, all),
            Hold::Add(add) => {
                let covers = Covered { report: add.report, from: add.from, to: add.to };
                (installation.add_hold(&mut installation.ledger()?, &covers, &add.reason)?, "stands from now on")
            }
            Hold::Release { number, reason } => {
                (installation.release_hold(&mut installation.ledger()?, number, &reason)?, "is released")
            }
        };
        if context.json {
            say::json(&json!(hold));
        } else {
            say::line(format!("Legal hold {} ({}) {done}.", hold.number, hold.covers));
            say::aside("Recorded in the ledger: who decided it, when and why.");
        }
        Ok(Done::Yes)
    }
}

fn list(context: &Context, installation: &Installation, all: bool) -> Result<Done, Failure> {
    let mut holds = installation.ledger_to_read()?.holds()?;
    holds.retain(|hold| all || hold.released.is_none());
    if context.json {
        say::json(&json!(holds));
    } else if holds.is_empty() {
        say::line(if all { "There never was a legal hold." } else { "No legal hold stands." });
    } else {
        let mut table = vec![["No.", "Holds", "Since", "By", "Reason", "Released"].map(str::to_owned).to_vec()];
        table.extend(holds.iter().map(|hold| row(hold, &installation.config.timezone)));
        say::table(&table);
    }
    Ok(Done::Yes)
}

fn row(hold: &Held, zone: &Zone) -> Vec<String> {
    let released = hold.released.as_ref();
    vec![
        hold.number.to_string(),
        hold.covers.to_string(),
        moment(hold.at, zone),
        hold.by.clone(),
        hold.reason.clone(),
        released.map(|one| format!("{} by {}: {}", moment(one.at, zone), one.by, one.reason)).unwrap_or_default(),
    ]
}
