//! `explain`: the question, the period and the events behind one number of an edition.

use super::{Context, Done, say};
use crate::audit_log::StoredEvent;
use crate::calendar::zone::Zone;
use crate::figures::{LeftOut, Normal};
use crate::pipeline::Failure;
use crate::wording::{Words, first_upper, plain};
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Explain {
    /// The edition, REPORT/PERIOD
    edition: String,
    /// The figure: its label (F12) or its address
    figure: String,
    /// At most so many events are shown
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
}

impl Explain {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let ledger = installation.ledger_to_read()?;
        let key = installation.edition_named(&ledger, &self.edition)?;
        let found = installation.explain(&ledger, &key, &self.figure, self.limit)?;
        let explained = &found.explained;
        let period = &found.hinge.figures.period;
        let zone = installation
            .rules
            .zone(&period.zone)
            .ok_or_else(|| Failure::Error(format!("the zone rules do not know {}", period.zone)))?;
        if context.json {
            say::json(&json!({
                "edition": key.to_string(),
                "address": explained.address,
                "label": format!("F{}", explained.label),
                "amount": explained.amount,
                "measure": explained.measure,
                "counted": explained.counted,
                "filter": explained.filter,
                "group": explained.group,
                "span": explained.span,
                "not_recorded_by": explained.not_recorded_by,
                "normal": explained.normal,
                "events_in_all": found.evidence.total,
                "retired": found.retired,
                "events": found.evidence.events,
            }));
            return Ok(Done::Yes);
        }
        let words = Words::english();
        let mut rows = vec![
            vec!["Figure".to_owned(), format!("F{} ({})", explained.label, explained.address)],
            vec!["Value".to_owned(), words.amount(&explained.amount)],
            vec!["Measure".to_owned(), explained.measure.clone()],
            vec!["Counted".to_owned(), explained.counted.clone()],
        ];
        if !explained.section.is_empty() {
            rows.push(vec!["Section".to_owned(), explained.section.clone()]);
        }
        let which = if explained.filter.is_empty() { "every event" } else { &explained.filter };
        rows.push(vec!["Which events".to_owned(), which.to_owned()]);
        for (dimension, value) in &explained.group {
            let key = words.key(dimension, value, &found.hinge.figures.names);
            rows.push(vec![words.dimension(dimension), key]);
        }
        rows.push(vec!["Period".to_owned(), words.span_local(&explained.span, &zone)]);
        rows.push(vec!["In UTC".to_owned(), words.span_utc(&explained.span)]);
        if let Some(normal) = &explained.normal {
            rows.extend(normal_rows(words, normal));
        }
        if !explained.not_recorded_by.is_empty() {
            rows.push(vec!["Note".to_owned(), words.not_recorded_by(&explained.not_recorded_by)]);
        }
        for retired in &found.retired {
            let told = words.retired(retired.before, retired.at, &retired.by, &retired.reason, &zone);
            rows.push(vec!["Note".to_owned(), format!("{}: {told}; they can no more be shown", retired.source)]);
        }
        say::table(&rows);
        let evidence = &found.evidence;
        say::line(format!(
            "\n{} behind it{}",
            first_upper(&plain::plural(evidence.total as i64, "event", "events")),
            match evidence.events.len() as u64 {
                shown if shown < evidence.total => format!("; the first {shown}:"),
                0 => ".".to_owned(),
                _ => ":".to_owned(),
            }
        ));
        if !evidence.events.is_empty() {
            say::table(&events_table(evidence.events.iter(), &zone));
        }
        if let Some(whole) = &found.whole {
            say::line(format!("A share of {}.", plain::plural(whole.total as i64, "event", "events")));
        }
        Ok(Done::Yes)
    }
}

/// Events as rows, with a head.
pub(super) fn events_table<'e>(events: impl Iterator<Item = &'e StoredEvent>, zone: &Zone) -> Vec<Vec<String>> {
    let head = ["Event", "Time", "Actor", "Action", "Module", "Record", "Records", "Outcome", "Address"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for stored in events {
        let event = &stored.event;
        let record = if event.record_name.is_empty() { &event.record } else { &event.record_name };
        rows.push(vec![
            stored.number.clone(),
            plain::moment(event.time, zone),
            event.actor.clone(),
            event.action.clone(),
            event.module.clone(),
            record.chars().take(40).collect(),
            plain::number(event.records_affected() as i64),
            event.outcome.as_str().to_owned(),
            event.origin.ip.clone(),
        ]);
    }
    rows
}

/// What is normal: the limits, from what they were learnt, and every earlier period that was looked at.
fn normal_rows(words: &Words, normal: &Normal) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let said = words.beside_normal(normal);
    if !said.is_empty() {
        rows.push(vec!["Normal".to_owned(), format!("{said}; median {}", words.amount(&normal.middle))]);
    }
    rows.push(vec!["Learnt".to_owned(), words.learnt(normal)]);
    for earlier in &normal.earlier {
        let (label, value) = (words.period_label(&earlier.label), words.amount(&earlier.amount));
        let left_out = match earlier.left_out {
            None => "",
            Some(LeftOut::BeforeLog) => ", left out: before the log begins",
            Some(LeftOut::NotBegun) => ", left out: not every source had begun",
            Some(LeftOut::Silent) => ", left out: a source was silent",
            Some(LeftOut::Holidays) => ", left out: holidays",
            Some(LeftOut::Nothing) => ", left out: nothing to take a share of",
            Some(LeftOut::Unseen) => ", left out: not yet seen",
        };
        rows.push(vec![String::new(), format!("{label}: {value}{left_out}")]);
    }
    rows
}
