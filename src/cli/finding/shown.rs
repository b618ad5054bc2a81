//! `finding show`: all of one finding: what was seen, its events, what became of it, and how to look further.

use super::{Context, Done, Failure, say};
use crate::audit_log::StoredEvent;
use crate::calendar::Millis;
use crate::calendar::zone::Zone;
use crate::finding::{Act, Change, Finding, Said, What};
use crate::wording::{Words, first_upper, plain};
use chrono::NaiveDate;
use serde_json::{Value, json};

pub(super) fn show(context: &Context, id: &str, limit: usize) -> Result<Done, Failure> {
    let installation = context.installation()?;
    let register = installation.ledger_to_read()?.register(None)?;
    let id = installation.finding_named(&register, id)?;
    let Some(finding) = register.get(id) else {
        return Err(Failure::Asked(format!("there is no finding {id}")));
    };
    let today = installation.today();
    let events = installation.events_behind(finding)?;
    if context.json {
        let mut value = json_of(finding, today);
        if let Value::Object(fields) = &mut value {
            fields.insert("history".to_owned(), json!(finding.history));
            fields.insert("events".to_owned(), json!(events));
        }
        say::json(&value);
        return Ok(Done::Yes);
    }
    let zone = installation.rules.zone(&finding.raised.zone).unwrap_or_else(Zone::utc);
    say::line(format!("{}  {}", finding.id, finding.raised.title));
    say::table(&about(finding, today, installation.clock.now(), &zone));
    actions(finding, today);
    history(finding, &installation.config.timezone);
    behind(finding, &events, limit, &zone);
    further(finding, &zone);
    Ok(Done::Yes)
}

/// A finding for a program: everything that a list needs.
pub(super) fn json_of(finding: &Finding, today: NaiveDate) -> Value {
    let raised = &finding.raised;
    json!({
        "finding": finding.id,
        "title": raised.title,
        "severity": finding.severity(),
        "state": finding.state.name(),
        "accepted_until": match finding.state {
            crate::finding::State::Accepted { until } => Some(until),
            _ => None,
        },
        "open": finding.is_open(today),
        "overdue": finding.is_overdue(today),
        "owner": finding.owner,
        "due": finding.due,
        "ticket": finding.ticket,
        "impact": finding.impact,
        "reason": finding.reason,
        "say": raised.say,
        "do": raised.do_this,
        "rule": raised.rule,
        "rule_sha256": raised.rule_digest,
        "key": raised.key,
        "group": raised.group,
        "module": raised.module,
        "record": raised.record,
        "from": raised.span.from,
        "to": raised.span.to,
        "timezone": raised.zone,
        "value": raised.count,
        "limit": raised.line,
        "events_in_all": raised.total,
        "event_numbers": raised.events,
        "edition": raised.edition.as_ref().map(ToString::to_string),
        "figure": raised.figure,
        "raised_at": finding.raised_at,
        "closed_at": finding.closed_at,
        "actions": finding.actions,
        "case": finding.case.as_ref().map(|(good, title)| json!({ "good": good, "title": title })),
    })
}

/// `3 days`: since it was raised; of what is closed how long it was open.
pub(super) fn age(finding: &Finding, now: Millis) -> String {
    let end = finding.closed_at.unwrap_or(now);
    plain::plural(end.saturating_sub(finding.raised_at).max(0) / 86_400_000, "day", "days").replace("no days", "0 days")
}

fn about(finding: &Finding, today: NaiveDate, now: Millis, zone: &Zone) -> Vec<Vec<String>> {
    let raised = &finding.raised;
    let first = finding.history.first();
    let overdue = if finding.is_overdue(today) { ", overdue" } else { "" };
    let source = if raised.by_person() { "reported by" } else { "raised by" };
    let by = first.map(|said| said.by.to_string()).unwrap_or_default();
    let rule = if raised.by_person() { by } else { format!("rule {} ({by})", raised.rule) };
    let measured = match raised.line {
        Some(line) => format!("{}, the line is {}", plain::number(raised.count), plain::number(line)),
        None if raised.by_person() => String::new(),
        None => plain::number(raised.count),
    };
    let case = finding.case.as_ref().map(|(good, title)| {
        let practice = if *good { "good practice" } else { "bad practice" };
        if title.is_empty() { practice.to_owned() } else { format!("{practice}: {title}") }
    });
    let due = finding.due.map(|day| day.to_string()).unwrap_or_default();
    let rows = [
        ("Severity", finding.severity().to_string()),
        ("State", format!("{}{overdue}", finding.state)),
        ("Reason", finding.reason.clone()),
        ("Owner", finding.owner.clone()),
        ("Due", due),
        ("Ticket", finding.ticket.clone()),
        ("Seen", raised.say.clone()),
        ("Measured", measured),
        ("Do", raised.do_this.clone()),
        ("Impact", finding.impact.clone()),
        ("About", raised.group.clone()),
        ("Module", raised.module.clone()),
        ("Record", raised.record.clone()),
        ("Time", Words::english().span_local(&raised.span, zone)),
        ("Case", case.unwrap_or_default()),
        ("Age", format!("{}, {source} {rule}", age(finding, now))),
    ];
    // What nobody said is not worth a line.
    rows.into_iter().filter(|(_, text)| !text.is_empty()).map(|(head, text)| vec![head.to_owned(), text]).collect()
}

fn actions(finding: &Finding, today: NaiveDate) {
    if finding.actions.is_empty() {
        return;
    }
    say::line("\nActions");
    let mut table = vec![["No.", "What", "Target", "Owner", "Due", "Done", "Effect"].map(str::to_owned).to_vec()];
    table.extend(finding.actions.iter().map(|act| {
        vec![
            act.number.to_string(),
            act.text.clone(),
            act.target.clone(),
            if act.owner.is_empty() { finding.owner.clone() } else { act.owner.clone() },
            act.due.map(|day| day.to_string()).unwrap_or_default(),
            done(act, today).to_owned(),
            act.effect.clone(),
        ]
    }));
    say::table(&table);
}

fn done(act: &Act, today: NaiveDate) -> &'static str {
    match (act.done_at, act.due) {
        (Some(_), _) => "done",
        (None, Some(due)) if due < today => "overdue",
        (None, _) => "open",
    }
}

fn history(finding: &Finding, zone: &Zone) {
    say::line("\nWhat became of it");
    let mut table = vec![["When", "Who", "What", "Entry"].map(str::to_owned).to_vec()];
    for said in &finding.history {
        let mut whats = whats(said).into_iter();
        let first = whats.next().unwrap_or_default();
        let head = [plain::moment(said.at, zone), said.by.to_string(), first, said.entry.to_string()];
        table.push(head.to_vec());
        table.extend(whats.map(|what| vec![String::new(), String::new(), what, String::new()]));
    }
    say::table(&table);
}

/// What was said at once, in words.
fn whats(said: &Said) -> Vec<String> {
    match &said.what {
        What::Raised(raised) if raised.by_person() => vec!["reported".to_owned()],
        What::Raised(raised) => vec![format!("raised with {}", events(raised.total))],
        What::Changed(changes) => changes.iter().map(told).collect(),
    }
}

fn events(total: u64) -> String {
    plain::plural(i64::try_from(total).unwrap_or(i64::MAX), "event", "events")
}

fn told(change: &Change) -> String {
    match change {
        Change::Assigned { owner } => format!("assigned to {owner}"),
        Change::Noted { text } => format!("noted: {text}"),
        Change::Due { on } => format!("due {on}"),
        Change::Ticket { link } => format!("ticket {link}"),
        Change::Impact { text } => format!("impact: {text}"),
        Change::Action { text, target, owner, due } => {
            let mut words = format!("action: {text}");
            for (label, part) in [("target", target.clone()), ("owner", owner.clone())] {
                if !part.is_empty() {
                    words.push_str(&format!("; {label} {part}"));
                }
            }
            due.iter().for_each(|day| words.push_str(&format!("; due {day}")));
            words
        }
        Change::Done { action, effect } if effect.is_empty() => format!("action {action} done"),
        Change::Done { action, effect } => format!("action {action} done: {effect}"),
        Change::Closed { reason } => format!("closed: {reason}"),
        Change::Reopened { reason } => format!("reopened: {reason}"),
        Change::Accepted { until, reason } => format!("accepted until {until}: {reason}"),
        Change::Case { good, .. } => format!("marked as a case of {} practice", if *good { "good" } else { "bad" }),
        Change::NoCase { reason } => format!("no case after all: {reason}"),
        Change::Grown { count, total, severity, .. } => {
            format!("grown to {} with {}, severity {severity}", plain::number(*count), events(*total))
        }
    }
}

/// The events that the log still has.
fn behind(finding: &Finding, events: &[StoredEvent], limit: usize, zone: &Zone) {
    let raised = &finding.raised;
    if raised.total == 0 {
        return;
    }
    let gone = raised.events.len().saturating_sub(events.len());
    let shown = events.len().min(limit);
    say::line(format!(
        "\n{} behind it{}",
        first_upper(&self::events(raised.total)),
        match shown as u64 {
            all if all == raised.total => ":".to_owned(),
            0 => ".".to_owned(),
            shown => format!("; the first {shown}:"),
        }
    ));
    if shown > 0 {
        say::table(&crate::cli::explain::events_table(events.iter().take(shown), zone));
    }
    if gone > 0 {
        say::line(format!(
            "{} of them can no more be shown: retired from the log.",
            first_upper(&self::events(gone as u64))
        ));
    }
}

/// What to type to see more.
fn further(finding: &Finding, zone: &Zone) {
    let raised = &finding.raised;
    let mut commands = Vec::new();
    if let (Some(edition), Some(figure)) = (&raised.edition, &raised.figure) {
        commands.push(format!("quarterday explain {edition} '{figure}'"));
    }
    if raised.total as usize > raised.events.len() || raised.by_person() {
        let (first, last) = (zone.civil(raised.span.from).date(), zone.civil(raised.span.to.saturating_sub(1)).date());
        commands.push(format!("quarterday export --from {first} --to {last} --as csv -o events.csv"));
    }
    if let Some(number) = raised.events.first() {
        commands.push(format!("quarterday verify log --event {number} --out proof.json"));
    }
    if !commands.is_empty() {
        say::line("\nTo look further:");
        commands.iter().for_each(|command| say::line(format!("  {command}")));
    }
}
