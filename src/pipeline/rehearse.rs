//! Rehearse: every definition's template composed before the night, so that what a template asks for and does not get is a
//! Problem of `check` and no failed edition. Once over the log as it is, for the last period that is closed, and once over a log
//! that is made up, so that the parts of a template are seen that speak of rows; nothing is written.

use super::facts::{Asked, facts};
use super::issue::{Press, View};
use super::messages::Carried;
use super::publish::{Hinge, draft};
use super::setting::{body, composed};
use super::{Failure, Installation, Written};
use crate::audit_log::memory::MemoryLog;
use crate::audit_log::{AuditLog, BatchAbout};
use crate::calendar::period::{Period, Unit};
use crate::definition::{Attach, Definition, Schedule};
use crate::document::context::{Carries, MailChart};
use crate::edition::{EditionKey, Trigger};
use crate::event::{ActionClass, Event, Origin, Outcome};
use crate::figures;
use crate::ledger::Ledger;
use crate::query::{Field, Filter};
use crate::source::{RecordedField, Records, Rhythm, Source};
use crate::written::Problem;
use std::collections::BTreeMap;

impl Installation {
    /// What is wrong in the templates of these definitions, as far as composing them shows it.
    ///
    /// # Errors
    /// A log or a ledger that cannot be read.
    pub(super) fn rehearse(&self, definitions: &[Written]) -> Result<Vec<Problem>, Failure> {
        let press = Press::to_look(self)?;
        let ledger = self.ledger_to_read()?;
        let mut problems = Vec::new();
        for written in definitions {
            // One period of each kind: a template may ask for what only one of them has.
            for period in self.last_closed(&written.definition) {
                problems.extend(self.rehearsed(&press, &ledger, written, &period)?);
            }
        }
        problems.sort();
        problems.dedup();
        Ok(problems)
    }

    /// The Problems of one definition over one period.
    fn rehearsed(
        &self,
        press: &Press,
        ledger: &Ledger,
        written: &Written,
        period: &Period,
    ) -> Result<Vec<Problem>, Failure> {
        let mut problems = Vec::new();
        let made_up = made_up(&written.definition, period)?;
        for (log, real) in [(press.log(), true), (&made_up as &dyn AuditLog, false)] {
            // Without any import there is nothing to learn from an empty log that the made-up one does not tell.
            if real && log.head().map_err(|error| Failure::Error(error.to_string()))?.size == 0 {
                continue;
            }
            let found = rehearsal(press, ledger, written, period, log)?;
            problems.extend(found.into_iter().filter(|problem| real || !of_a_group(problem, &written.definition)));
        }
        Ok(problems)
    }

    /// The last period of each kind of a definition that is closed now.
    fn last_closed(&self, definition: &Definition) -> Vec<Period> {
        let today = definition.schedule.zone.civil(self.clock.now()).date();
        let unit = |schedule: &Schedule| schedule.cadence.covers.unit().unwrap_or(Unit::Day);
        definition.schedules().map(|schedule| Period::containing(unit(schedule), today).before()).collect()
    }
}

/// The Problems of one composing. Figures that cannot be had are no concern of a template: issuing tells them.
fn rehearsal(
    press: &Press,
    ledger: &Ledger,
    written: &Written,
    period: &Period,
    log: &dyn AuditLog,
) -> Result<Vec<Problem>, Failure> {
    let definition = &written.definition;
    let Ok((figures, _)) = figures::figure_out(definition, period, log, press.lens(), press.declared()) else {
        return Ok(Vec::new());
    };
    let key = EditionKey {
        definition: definition.stem.clone(),
        audience: String::new(),
        period: period.label(),
        revision: 0,
    };
    let asked = Asked { key, period: period.clone(), due_at: None, trigger: Trigger::ByHand, without: None };
    let before = press.installation.before(ledger, &asked.key)?;
    let recipients = definition.recipients.clone();
    let view = View { log, recipients, part: None, parts: None, mask: None };
    let facts = facts(press, before.as_ref(), written, &asked, &figures, &view, true)?;
    let hinge = Hinge { facts, figures };
    let rules = &press.installation.rules;
    let mut problems = Vec::new();
    let context = match draft(&hinge, &definition.template, press.kit(), rules) {
        Ok((context, _)) => context,
        Err(Failure::Problems(found)) => return Ok(found),
        Err(other) => return Err(other),
    };
    let carried = Carried {
        hinge: &hinge,
        context: &context,
        charts: &[],
        files: &[],
        digest: "",
        recipients: &[],
        withheld: None,
        issued_at: 0,
    };
    // One chart, and no picture: what a template says of charts is rehearsed too.
    let charts = [MailChart::default()];
    let carries = Carries {
        files: &[],
        left_out: &[],
        kept_in: "",
        charts: &charts,
        digest: carried.digest,
        note: None,
        empty: false,
    };
    for (attach, note) in [(Attach::Plain, false), (Attach::Encrypted, false), (Attach::Plain, true)] {
        match composed(&definition.schedule.zone, press.kit(), &carried, carries, body(attach, note)) {
            Ok(_) => {}
            Err(Failure::Problems(found)) => problems.extend(found),
            Err(other) => return Err(other),
        }
    }
    Ok(problems)
}

/// Whether a Problem is that a figure of a group (a person, a day) is not there, which a made-up log cannot know.
fn of_a_group(problem: &Problem, definition: &Definition) -> bool {
    use crate::definition::SectionKind::{Summary, Targets};
    let address = problem.what.strip_prefix("there is no figure `").and_then(|rest| rest.split('`').next());
    let section = address.and_then(|address| address.split('/').next());
    let found = definition.sections.iter().find(|one| Some(one.id.as_str()) == section);
    found.is_some_and(|section| !matches!(section.kind, Summary { .. } | Targets { .. }))
}

/// A log with events of every class and outcome in a period and in the ones before it, from the sources that the definition is about.
fn made_up(definition: &Definition, period: &Period) -> Result<MemoryLog, Failure> {
    let mut names = Vec::new();
    sources(&definition.filter, &mut names);
    if names.is_empty() {
        names.push("made-up".to_owned());
    }
    let mut log = MemoryLog::new();
    let zone = &definition.schedule.zone;
    let (now, before) = (period.span(zone), period.before().span(zone));
    for name in names {
        let source = Source {
            name: name.clone(),
            title: name,
            records: Records { classes: ActionClass::ALL.into(), fields: RecordedField::ALL.into() },
            rhythm: Some(Rhythm::EveryDay),
            retention_days: None,
        };
        let spans = [(before, 1), (now, 3)];
        let events = spans.iter().flat_map(|(span, times)| {
            ActionClass::ALL.into_iter().enumerate().flat_map(move |(at, class)| {
                (0..*times).map(move |turn| event(class, at, turn, span.from + (at as i64 * 7 + turn) * 3_600_000))
            })
        });
        let mut feed =
            |sink: &mut dyn crate::audit_log::Sink| events.clone().try_for_each(|event| sink.event(event).map(|_| ()));
        let about = BatchAbout { file: "made-up.csv".to_owned(), ..BatchAbout::default() };
        crate::audit_log::Append::add_batch(&mut log, &source, &about, now.to, &[], &mut feed)
            .map_err(|error| Failure::Error(error.to_string()))?;
    }
    Ok(log)
}

fn event(class: ActionClass, at: usize, turn: i64, time: i64) -> Event {
    let outcome = Outcome::ALL.get(at % Outcome::ALL.len()).copied().unwrap_or(Outcome::Success);
    Event {
        id: None,
        time,
        time_written: String::new(),
        actor: format!("somebody-{turn}@example.com"),
        action: class.as_str().to_owned(),
        class,
        module: "Module".to_owned(),
        record: format!("{at}"),
        record_name: "Record".to_owned(),
        outcome,
        origin: Origin { ip: "192.0.2.1".to_owned(), agent: "Agent".to_owned(), channel: "ui".to_owned() },
        affected: Some(3),
        changes: Vec::new(),
        details: BTreeMap::from([("reason".to_owned(), "made up".to_owned())]),
        line: at as u64 + 1,
    }
}

/// The sources that a filter names.
fn sources(filter: &Filter, names: &mut Vec<String>) {
    match filter {
        Filter::OneOf(Field::Source, values) => names.extend(values.iter().cloned()),
        Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| sources(part, names)),
        _ => {}
    }
}
