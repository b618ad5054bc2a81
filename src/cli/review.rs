//! `review`: a person signs an edition off, or says what has to be followed up; without an edition, what waits for that.

use super::{Context, Done, say};
use crate::ledger::Judgement;
use crate::ledger::happening::ReviewVerdict;
use crate::ledger::history::{EditionRow, Filter};
use crate::pipeline::Failure;
use crate::wording::Words;
use crate::wording::plain::{moment, plural};
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Review {
    /// The edition, REPORT/PERIOD; without it, a report or nothing: the editions that nobody reviewed yet are listed
    #[arg(value_name = "EDITION")]
    edition: Option<String>,
    /// Who reviewed it: name, address or account
    #[arg(long, value_name = "NAME", requires_all = ["role", "verdict"])]
    by: Option<String>,
    /// Make the signed page of the edition's reviews again where it is not there
    #[arg(long, requires = "edition", conflicts_with = "by")]
    record: bool,
    /// In which role
    #[arg(long, value_name = "ROLE", requires = "by")]
    role: Option<String>,
    /// What they found
    #[arg(long, requires = "by")]
    verdict: Option<Found>,
    /// The exceptions and what follows from them; or what was looked at
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
    /// What could make the reviewer partial
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    conflict: String,
}

/// A verdict as it is written.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Found {
    /// Nothing has to be followed up
    NoExceptions,
    /// Something has to be followed up
    Exceptions,
}

impl Review {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let zone = installation.config.timezone.clone();
        if let (Some(edition), true) = (&self.edition, self.record) {
            return records(context, edition);
        }
        let (Some(edition), Some(by)) = (&self.edition, &self.by) else {
            return self.list(context);
        };
        let mut ledger = installation.ledger()?;
        let key = installation.edition_named(&ledger, edition)?;
        let judgement = Judgement {
            name: by.clone(),
            role: self.role.clone().unwrap_or_default(),
            verdict: match self.verdict {
                Some(Found::Exceptions) => ReviewVerdict::Exceptions,
                _ => ReviewVerdict::NoExceptions,
            },
            note: self.note,
            conflict: self.conflict,
        };
        let review = installation.review(&mut ledger, &key, &judgement)?;
        let record = installation.review_record(&ledger, &review).map_err(|failure| {
            Failure::Error(format!(
                "the review is recorded as entry {} of the ledger, but its page could not be made: {failure}\nWhen that is mended, \
                 `quarterday review {key} --record` makes it",
                review.entry
            ))
        })?;
        if context.json {
            let mut value = json!(review);
            value["record"] = json!(installation.shown(&record));
            say::json(&value);
            return Ok(Done::Yes);
        }
        say::line(format!(
            "{key} is reviewed by {} ({}): {}. Recorded at {} by account {}, as entry {} of the ledger.",
            review.judgement.name,
            review.judgement.role,
            review.judgement.verdict,
            moment(review.at, &zone),
            review.by,
            review.entry
        ));
        say::line(format!("What was reviewed: manifest {}", review.manifest_sha256));
        say::line(format!("The signed record is {}", installation.shown(&record)));
        if review.acted {
            let also = if review.judgement.conflict.is_empty() { " Let somebody else review it as well." } else { "" };
            say::aside(format!(
                "{} did something in this edition: that is recorded with the review.{also}",
                review.judgement.name
            ));
        }
        Ok(Done::Yes)
    }

    /// What waits for a review.
    fn list(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let ledger = installation.ledger_to_read()?;
        let zone = &installation.config.timezone;
        // A report, or an edition without who reviewed it.
        let (report, period) = match self.edition.as_deref().map(|text| text.split_once('/')) {
            None => (None, None),
            Some(None) => (self.edition.clone(), None),
            Some(Some((report, _))) => (Some(report.to_owned()), self.edition.clone()),
        };
        if let Some(report) = &report
            && ledger.editions(&Filter { definition: Some(report.clone()), ..Filter::default() })?.is_empty()
        {
            return Err(Failure::Asked(format!("nothing of a report `{report}` is issued; see `quarterday history`")));
        }
        if let Some(edition) = period {
            let example = "--by NAME --role ROLE --verdict no-exceptions (or exceptions, with --note TEXT)";
            return Err(Failure::Asked(format!(
                "who reviewed {edition}, and what did they find? Write {example}; `quarterday history` shows reviews"
            )));
        }
        let waiting = installation.unreviewed(&ledger, report)?;
        let asked = ledger.open_reviews()?;
        let asking = |row: &EditionRow| asked.iter().find(|one| one.edition == row.key);
        let now = installation.clock.now();
        if context.json {
            let list = waiting.iter().map(|row| {
                let asked = asking(row).map(|one| &one.asking);
                json!({
                    "edition": row.key.to_string(),
                    "issued_at": row.at,
                    "asked_of": asked.map(|asked| &asked.by),
                    "until": asked.map(|asked| asked.until),
                    "overdue": asked.is_some_and(|asked| asked.until <= now),
                })
            });
            say::json(&json!(list.collect::<Vec<_>>()));
            return Ok(Done::Yes);
        }
        if waiting.is_empty() {
            say::line("Every edition that is issued is reviewed.");
            return Ok(Done::Yes);
        }
        let mut table =
            vec![["Waits for a review", "Issued", "Since", "Asked of", "Until"].map(str::to_owned).to_vec()];
        for row in waiting {
            let days = now.saturating_sub(row.at).max(0) / 86_400_000;
            let (by, until) = match asking(&row) {
                None => (String::new(), String::new()),
                Some(one) => {
                    let own = installation.rules.zone(&one.asking.zone);
                    let until = Words::english().until(one.asking.until, own.as_ref().unwrap_or(zone));
                    let overdue = if one.asking.until <= now { ", overdue" } else { "" };
                    (one.asking.by.join(", "), format!("{until}{overdue}"))
                }
            };
            table.push(vec![row.key.to_string(), moment(row.at, zone), plural(days, "day", "days"), by, until]);
        }
        if asked.is_empty() {
            // Nobody is asked: no columns of it.
            table.iter_mut().for_each(|row| row.truncate(3));
        }
        say::table(&table);
        Ok(Done::Yes)
    }
}

/// Makes the pages of an edition's reviews that are not there, and tells where they lie.
fn records(context: &Context, edition: &str) -> Result<Done, Failure> {
    let installation = context.installation()?;
    let ledger = installation.ledger_to_read()?;
    let key = installation.edition_named(&ledger, edition)?;
    let reviews: Vec<_> = ledger.reviews()?.into_iter().filter(|review| review.edition == key).collect();
    if reviews.is_empty() {
        return Err(Failure::Asked(format!("nobody reviewed {key} yet")));
    }
    let mut pages = Vec::new();
    for review in &reviews {
        pages.push(installation.shown(&installation.review_record(&ledger, review)?));
    }
    if context.json {
        say::json(&json!(pages));
    } else {
        pages.iter().for_each(say::line);
    }
    Ok(Done::Yes)
}
