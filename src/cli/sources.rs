//! `sources`: how each source stands, and first of all what somebody should do.

use super::{Context, Done, say};
use crate::pipeline::Failure;
use crate::pipeline::sources::{Standing, Urgency};
use crate::wording::plain::{moment, number, plural};
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Sources {}

impl Sources {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let all = installation.sources()?;
        if context.json {
            say::json(&json!(all));
            return Ok(Done::Yes);
        }
        if all.is_empty() {
            say::line("No source is known: `quarterday import` brings the first one in.");
            return Ok(Done::Yes);
        }
        let zone = &installation.config.timezone;
        let day = |at: Option<i64>| at.map_or("–".to_owned(), |at| zone.civil(at).format("%-d %b %Y").to_string());
        let head = [
            "Source",
            "Title",
            "First event",
            "Last event",
            "Imported",
            "Events a day",
            "Silent",
            "Unread",
            "Left at the vendor",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for one in &all {
            rows.push(vec![
                one.name.clone(),
                one.title.clone(),
                day(one.first),
                one.last.map_or("–".to_owned(), |at| moment(at, zone)),
                one.imported_at.map_or("never".to_owned(), |at| moment(at, zone)),
                one.per_day_30.map_or("–".to_owned(), per_day),
                silent(one),
                number(one.rejected as i64),
                left(one),
            ]);
        }
        say::table(&rows);
        say::line("");
        say::line(format!(
            "Events a day: median over the last 30 days. Silent: stretches of the last 90 days that the rhythm does not allow. Times: {}.",
            zone.name()
        ));
        let urgent: usize =
            all.iter().flat_map(|one| &one.to_do).filter(|one| one.urgency != Urgency::Undeclared).count();
        for (urgency, title) in [
            (Urgency::Losing, "Rows are being lost, or will be soon:"),
            (Urgency::Wrong, "To be looked at:"),
            (Urgency::Undeclared, "Not declared, so not watched:"),
        ] {
            let mut lines = Vec::new();
            for one in &all {
                let words = one.to_do.iter().filter(|to_do| to_do.urgency == urgency);
                lines.extend(words.map(|to_do| format!("  {}: {}.", one.name, to_do.words)));
            }
            if !lines.is_empty() {
                say::line("");
                say::line(title);
                lines.iter().for_each(say::line);
            }
        }
        if urgent == 0 {
            say::line("");
            say::line(format!(
                "Nothing is lost, silent or unread in {}.",
                plural(all.len() as i64, "source", "sources")
            ));
        }
        Ok(Done::Yes)
    }
}

fn per_day(median: f64) -> String {
    if median.fract() == 0.0 { number(median as i64) } else { format!("{}.5", number(median as i64)) }
}

fn silent(standing: &Standing) -> String {
    match (standing.rhythm, standing.silent.len()) {
        _ if standing.imported_at.is_none() => "–".to_owned(),
        (None, _) => "?".to_owned(),
        (Some(_), 0) => "no".to_owned(),
        (Some(_), count) => format!("{count} ×"),
    }
}

fn left(standing: &Standing) -> String {
    match standing.days_left {
        None => "?".to_owned(),
        Some(left) if left <= 0 => "NONE".to_owned(),
        Some(left) => plural(left, "day", "days"),
    }
}
