//! Facts: how an edition was made, gathered from clock, account, definition, kit and ledger.

use super::before::Before;
use super::issue::Press;
use super::{Failure, Written};
use crate::calendar::Millis;
use crate::calendar::hours::{Profile, WorkingHours};
use crate::calendar::period::Period;
use crate::definition::{Condition, Definition, Format, SectionKind, words};
use crate::edition::{EditionKey, Facts, FactsRecipient, Trigger};
use crate::figures::Figures;
use crate::wording;
use std::collections::BTreeMap;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which edition.
    pub key: EditionKey,
    /// Its period.
    pub period: Period,
    /// When it is due by its schedule, if it is.
    pub due_at: Option<Millis>,
    /// Why it is made.
    pub trigger: Trigger,
    /// The source that was waited for in vain.
    pub without: Option<String>,
}

/// Gathers the facts of an edition.
///
/// # Errors
/// A log that cannot be read.
pub fn facts(
    press: &Press,
    before: Option<&Before>,
    written: &Written,
    asked: &Asked,
    figures: &Figures,
    preview: bool,
) -> Result<Facts, Failure> {
    let installation = press.installation;
    let definition = &written.definition;
    let now = installation.clock.now();
    let mut digests = vec![
        (format!("definition {}", definition.stem), definition.digest.clone()),
        ("templates and theme".to_owned(), press.kit().digest.clone()),
    ];
    let fonts = press.kit().fonts.iter().map(|font| &font.named);
    digests.extend(fonts.map(|font| (format!("font {}", font.file), font.sha256.clone())));
    digests.extend(press.lens_digests().iter().cloned());
    let mappings: BTreeMap<String, String> = figures
        .batches
        .iter()
        .map(|used| (format!("mapping {}", used.batch.about.mapping), used.batch.about.mapping_sha256.clone()))
        .collect();
    digests.extend(mappings);
    let (trigger, revision_reason) = match &asked.trigger {
        Trigger::Schedule => ("schedule", String::new()),
        Trigger::Late => ("late", String::new()),
        Trigger::ByHand => ("by hand", String::new()),
        Trigger::Revision(reason) => ("revision", reason.clone()),
    };
    let known = before.and_then(|before| before.hinge.as_ref().ok());
    let changed = known.map_or_else(Vec::new, |hinge| changed(&hinge.facts.digests, &digests));
    let late_rows = match before {
        Some(before) => match before.late_rows(press.log())? {
            0 => Vec::new(),
            late => vec![(before.key.to_string(), late)],
        },
        None => Vec::new(),
    };
    let mut parameters = parameters(definition, &installation.config.hours);
    if let Some(source) = &asked.without {
        parameters.push(("Waited in vain for".to_owned(), source.clone()));
    }
    Ok(Facts {
        edition: asked.key.to_string(),
        definition: definition.stem.clone(),
        revision: asked.key.revision,
        revision_reason,
        title: definition.title.clone(),
        purpose: definition.purpose.clone(),
        owner: definition.owner.clone(),
        organisation: installation.config.organisation.clone(),
        preview,
        trigger: trigger.to_owned(),
        account: installation.account.clone(),
        due_at: asked.due_at,
        cut_off_at: now,
        issued_at: now,
        digests,
        changed,
        parameters,
        recipients: recipients(definition, figures),
        before: before.map(Before::facts),
        late_rows,
        engine: env!("CARGO_PKG_VERSION").to_owned(),
        zone_rules: installation.rules.version.clone(),
        key: press.public_key(),
    })
}

/// Everything that the definition asks, in words.
fn parameters(definition: &Definition, hours: &WorkingHours) -> Vec<(String, String)> {
    let zone = &definition.schedule.zone;
    let mut list = vec![
        ("Schedule".to_owned(), words::schedule(&definition.schedule)),
        ("Missed ones".to_owned(), words::catch_up(&definition.schedule)),
        ("Which events".to_owned(), words::filter(&definition.filter, zone)),
    ];
    for section in &definition.sections {
        let filter = words::filter(&section.filter, zone);
        if section.filter != crate::query::Filter::All {
            let name = if section.title.is_empty() { &section.id } else { &section.title };
            list.push((format!("Only in “{name}”"), filter));
        }
    }
    for section in &definition.sections {
        if let SectionKind::Sequence { first, at_least, then, by, within, .. } = &section.kind {
            let name = if section.title.is_empty() { &section.id } else { &section.title };
            let rule = format!(
                "at least {at_least} events where {}, then one where {}, by the same {} within {}",
                words::filter(first, zone),
                words::filter(then, zone),
                words::field_name(*by),
                wording::duration(*within)
            );
            list.push((format!("Rule of “{name}”"), rule));
        }
    }
    list.push(("Working hours".to_owned(), hours_words(hours)));
    for measure in definition.measures.values() {
        list.push((measure.title.clone(), words::measure(measure, zone)));
        if let Some(target) = measure.target {
            list.push((format!("Target of {}", measure.title), words::target(measure, target)));
        }
    }
    for threshold in &definition.thresholds {
        if let Some(measure) = definition.measures.get(&threshold.measure) {
            list.push((format!("Line {}", threshold.name), words::threshold(threshold, measure, zone)));
        }
    }
    list
}

/// Working hours, exemptions and the number of holidays, in words.
fn hours_words(hours: &WorkingHours) -> String {
    let profile = |profile: &Profile| {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let each = days
            .iter()
            .zip(profile.week)
            .filter_map(|(day, span)| span.map(|(from, to)| format!("{day} {} to {}", time(from), time(to))));
        let mut words = each.collect::<Vec<_>>().join(", ");
        if let Some(zone) = &profile.timezone {
            words.push_str(&format!(" ({zone})"));
        }
        words
    };
    let mut words = profile(&hours.default);
    for (team, own) in &hours.teams {
        words.push_str(&format!("; {team}: {}", profile(own)));
    }
    if !hours.holidays.is_empty() {
        let holidays = wording::plural(hours.holidays.len() as i64, "holiday", "holidays");
        words.push_str(&format!("; never on {holidays}"));
    }
    if !hours.exempt_kinds.is_empty() {
        let kinds: Vec<String> = hours.exempt_kinds.iter().cloned().collect();
        words.push_str(&format!("; they do not apply to accounts of the kind {}", wording::list(&kinds)));
    }
    words
}

/// Recipients with their formats, and whether their condition holds.
fn recipients(definition: &Definition, figures: &Figures) -> Vec<FactsRecipient> {
    definition
        .recipients
        .iter()
        .map(|recipient| FactsRecipient {
            to: recipient.to.clone(),
            formats: recipient.formats.iter().map(|format| format_name(*format)).collect::<Vec<_>>().join(", "),
            when: recipient.when.as_ref().map(|when| when.written.clone()).unwrap_or_default(),
            sent: recipient.when.as_ref().is_none_or(|when| holds(figures, when)),
        })
        .collect()
}

/// Whether a recipient's condition holds; one on a figure that is not recorded does not.
pub(super) fn holds(figures: &Figures, when: &Condition) -> bool {
    figures.total(&when.measure).is_some_and(|total| {
        let limit = total.now.amount.like(when.value);
        total.now.amount.stands(when.compare, &limit) == Some(true)
    })
}

/// `pdf`, `html`, `csv`, `json`.
pub(super) fn format_name(format: Format) -> &'static str {
    match format {
        Format::Pdf => "pdf",
        Format::Html => "html",
        Format::Csv => "csv",
        Format::Json => "json",
    }
}

/// What changed among the things that shape an edition.
fn changed(before: &[(String, String)], now: &[(String, String)]) -> Vec<String> {
    let then: BTreeMap<&String, &String> = before.iter().map(|(what, digest)| (what, digest)).collect();
    let is: BTreeMap<&String, &String> = now.iter().map(|(what, digest)| (what, digest)).collect();
    let mut changed: Vec<String> = now
        .iter()
        .filter(|(what, digest)| then.get(what).is_none_or(|old| *old != digest))
        .map(|(what, _)| what.clone())
        .collect();
    changed.extend(before.iter().filter(|(what, _)| !is.contains_key(what)).map(|(what, _)| format!("{what} (gone)")));
    changed
}
