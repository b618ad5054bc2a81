//! `history`: editions, dispatches and receipts, from the ledger.

use super::{Context, Done, say};
use crate::calendar::zone::Zone;
use crate::edition::EditionKey;
use crate::ledger::history::{Filter, Status};
use crate::ledger::{Ledger, Review};
use crate::pipeline::Failure;
use crate::pipeline::audiences::WHOLE;
use crate::wording::plain::{moment, plural};
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct History {
    /// One report; without it, all
    report: Option<String>,
    /// One period
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// One audience: `whole`, `training`, `rest` or a part, as it stands after `@`
    #[arg(long, value_name = "NAME")]
    audience: Option<String>,
    /// Write CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

impl History {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let ledger = installation.ledger_to_read()?;
        let zone = &installation.config.timezone;
        if let Some(report) = &self.report {
            installation.known_report(&ledger, report)?;
        }
        let asked = match (&self.report, &self.period) {
            (None, None) => "Nothing was issued yet.".to_owned(),
            (Some(report), None) => format!("Nothing of {report} was issued yet."),
            (None, Some(period)) => format!("Nothing was issued for {period}."),
            (Some(report), Some(period)) => format!("Nothing of {report} was issued for {period}."),
        };
        let audience = self.audience.map(|name| match name.strip_prefix('@').unwrap_or(&name) {
            WHOLE => String::new(),
            bare => bare.to_owned(),
        });
        let filter = Filter { definition: self.report, period: self.period, audience, ..Filter::default() };
        let head = [
            "Edition", "Status", "Due", "At", "Trigger", "By", "To", "Formats", "Stage", "Attempts", "Words",
            "Reviewed",
        ];
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut all = Vec::new();
        let mut late = Vec::new();
        let mut held_back = Vec::new();
        let reviews = ledger.reviews()?;
        let mut gone = Vec::new();
        let decisions = if context.json { ledger.decisions()? } else { Vec::new() };
        let log = installation.log_or_empty()?;
        // What is wrong with the directory is `check`'s to tell; without one, no part has rows that came late.
        let lens = installation.lens().map(|(lens, _)| lens).unwrap_or_default();
        for row in ledger.editions(&filter)? {
            let dispatches = ledger.dispatches(&row.key)?;
            let reviewed: Vec<&Review> = reviews.iter().filter(|review| review.edition == row.key).collect();
            // Files that are gone or changed are `verify`'s to tell.
            let late_rows = match row.status {
                Status::Issued => installation.late_rows(&ledger, log.as_ref(), &lens, &row.key).unwrap_or(0),
                _ => 0,
            };
            if late_rows > 0 {
                late.push((row.key.to_string(), late_rows));
            }
            let unsent = ledger.unsent(&row.key)?;
            let retired = ledger.retired(&row.key)?;
            if let Some(retired) = &retired {
                gone.push(format!("The files of {} were {}", row.key, installation.retired_words(retired)));
            }
            if context.json {
                let record = ledger.edition(&row.key)?;
                all.push(json!({
                    "edition": row.key.to_string(),
                    "status": row.status.to_string(),
                    "due_at": row.due_at,
                    "at": row.at,
                    "trigger": row.trigger,
                    "by": row.by,
                    "failures": row.failures,
                    "reason": row.reason,
                    "events_since": late_rows,
                    "reviews": reviewed,
                    "figures_sha256": record.as_ref().map(|record| record.figures_digest.clone()),
                    "log_head": record.as_ref().map(|record| record.log_head.clone()),
                    "files": record.as_ref().map(|record| record.files.clone()),
                    "retired": retired,
                    "dispatches": dispatches.iter().map(|one| json!({
                        "to": one.dispatch.to,
                        "message_id": one.dispatch.message_id,
                        "stage": one.dispatch.stage,
                        "attempts": one.dispatch.attempts,
                        "tries": one.attempts,
                        "decisions": decisions.iter().filter(|d| d.dispatch == one.dispatch.id).collect::<Vec<_>>(),
                        "words": one.dispatch.words,
                        "formats": one.formats,
                        "via": one.dispatch.via,
                    })).collect::<Vec<_>>(),
                    "not_sent": unsent,
                }));
                continue;
            }
            let trigger = match &row.trigger {
                crate::edition::Trigger::Schedule => "schedule".to_owned(),
                crate::edition::Trigger::Late => "late".to_owned(),
                crate::edition::Trigger::ByHand => "by hand".to_owned(),
                crate::edition::Trigger::Backfilled => "backfilled".to_owned(),
                crate::edition::Trigger::Archived => "backfilled, only archived".to_owned(),
                crate::edition::Trigger::Revision(reason) => format!("revision: {reason}"),
            };
            let said = reviewed.iter().map(|review| judged(review, zone)).collect::<Vec<_>>().join("; ");
            let mut first = vec![
                row.key.to_string(),
                row.status.to_string(),
                moment(row.due_at, zone),
                moment(row.at, zone),
                trigger,
                row.by.clone(),
            ];
            for one in &unsent {
                let mut cells = first.clone();
                cells.extend([one.to.as_str(), "", "not sent", "", one.why.as_str()].map(str::to_owned));
                cells.push(said.clone());
                rows.push(cells);
                held_back.push(format!("{} was not sent to {}: {}", row.key, one.to, one.why));
            }
            if dispatches.is_empty() && unsent.is_empty() {
                first.extend(["", "", "", "", row.reason.as_str()].map(str::to_owned));
                first.push(said);
                rows.push(first);
                continue;
            }
            for one in dispatches {
                let mut cells = first.clone();
                cells.push(one.dispatch.to);
                cells.push(one.formats.join("+"));
                cells.push(format!("{:?}", one.dispatch.stage).to_lowercase());
                cells.push(one.dispatch.attempts.to_string());
                cells.push(one.dispatch.words);
                cells.push(said.clone());
                rows.push(cells);
            }
        }
        for (edition, name) in nothing(&ledger, &filter)? {
            if context.json {
                all.push(json!({ "edition": edition.to_string(), "status": "nothing to say", "part": name }));
                continue;
            }
            let words = format!("nothing happened in {name}: no edition");
            let mut row = vec![edition.to_string(), "nothing to say".to_owned()];
            row.extend(std::iter::repeat_n(String::new(), 8));
            row.extend([words, String::new()]);
            rows.push(row);
        }
        if context.json {
            say::json(&json!(all));
        } else if self.csv {
            let text = crate::render::csv::csv(&head, rows.iter().map(Vec::as_slice));
            say::bytes(text.as_bytes());
        } else if rows.is_empty() {
            say::line(asked);
        } else {
            // On a screen: less; everything is in --csv and --json.
            let mut shown = vec![0, 1, 3, 4, 6, 7, 8];
            if rows.iter().any(|row| row.last().is_some_and(|reviewed| !reviewed.is_empty())) {
                shown.push(11);
            }
            let pick = |row: &[String]| shown.iter().filter_map(|at| row.get(*at).cloned()).collect::<Vec<_>>();
            let mut table = vec![pick(&head.map(str::to_owned))];
            table.extend(rows.iter().map(|row| pick(row)));
            say::table(&table);
        }
        if !context.json && !self.csv {
            gone.iter().for_each(say::line);
            held_back.into_iter().for_each(say::line);
            for (edition, events) in late {
                say::line(format!(
                    "{} arrived for {edition} after it was issued: `quarterday issue REPORT --period PERIOD --revise --reason …` says what changed",
                    plural(events as i64, "event", "events")
                ));
            }
        }
        Ok(Done::Yes)
    }
}

/// A review in a line: `no exceptions, 1 Dec 2026 10:00, Ana Ruiz (Compliance)`.
fn judged(review: &Review, zone: &Zone) -> String {
    let acted = if review.acted { ", who appears in it" } else { "" };
    let said = &review.judgement;
    format!("{}, {}, {} ({}){acted}", said.verdict, moment(review.at, zone), said.name, said.role)
}

/// Parts that have no edition because nothing happened in them.
fn nothing(ledger: &Ledger, filter: &Filter) -> Result<Vec<(EditionKey, String)>, Failure> {
    let wanted = |wanted: &Option<String>, one: &String| wanted.as_ref().is_none_or(|wanted| wanted == one);
    let mut found = Vec::new();
    for ((definition, period), divided) in ledger.divisions()? {
        if !wanted(&filter.definition, &definition) || !wanted(&filter.period, &period) {
            continue;
        }
        for (audience, name) in divided.nothing.into_iter().filter(|(audience, _)| wanted(&filter.audience, audience)) {
            let name = if name.is_empty() { "what belongs to no part".to_owned() } else { name };
            let key = EditionKey { definition: definition.clone(), audience, period: period.clone(), revision: 0 };
            found.push((key, name));
        }
    }
    Ok(found)
}
