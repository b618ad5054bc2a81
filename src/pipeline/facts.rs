//! Facts: how an edition was made, gathered from clock, account, definition, kit and ledger.

use super::before::Before;
use super::issue::{Press, View};
use super::sending::withheld;
use super::{Failure, Written};
use crate::calendar::Millis;
use crate::calendar::hours::{Profile, WorkingHours};
use crate::calendar::period::Period;
use crate::definition::{Attach, Condition, Definition, Format, Recipient, Section, TRAINING, When, words};
use crate::edition::{EditionKey, Facts, FactsPart, FactsRecipient, FactsReview, Trigger};
use crate::figures::Figures;
use crate::phrase::Phrase;
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
pub(super) fn facts(
    press: &Press,
    before: Option<&Before>,
    written: &Written,
    asked: &Asked,
    figures: &Figures,
    view: &View<'_>,
    preview: bool,
) -> Result<Facts, Failure> {
    let installation = press.installation;
    let definition = &written.definition;
    let now = installation.clock.now();
    let language = definition.language.as_deref().unwrap_or(&press.kit().theme.language);
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
        Trigger::Backfilled => ("backfilled", String::new()),
        Trigger::Archived => ("archived", String::new()),
        Trigger::Revision(reason) => ("revision", reason.clone()),
    };
    let known = before.and_then(|before| before.hinge.as_ref().ok());
    let changed = known.map_or_else(Vec::new, |hinge| changed(&hinge.facts.digests, &digests));
    let late_rows = match before {
        Some(before) => match late(press, before, view)? {
            0 => Vec::new(),
            late => vec![(before.key.to_string(), late)],
        },
        None => Vec::new(),
    };
    // A team's hours name the team; under a mask those that all have are told.
    let mut hours = installation.config.hours.clone();
    if view.mask.is_some() {
        hours.teams.clear();
    }
    let mut parameters = parameters(definition, &hours);
    parameters.extend(view.part.iter().flat_map(part_words));
    if let Some(source) = &asked.without {
        parameters.push((Phrase::word("made.asked_vain"), Phrase::text(source)));
    }
    Ok(Facts {
        edition: asked.key.to_string(),
        definition: definition.stem.clone(),
        revision: asked.key.revision,
        revision_reason,
        language: language.to_owned(),
        title: title(definition, view.part.as_ref()),
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
        recipients: recipients(&view.recipients, definition, figures),
        part: view.part.clone(),
        training: None,
        review: review(definition, asked, now),
        before: before.map(Before::facts),
        late_rows,
        engine: env!("CARGO_PKG_VERSION").to_owned(),
        zone_rules: installation.rules.version.clone(),
        key: press.public_key(),
    })
}

/// The review that an edition asks for. Nobody signs off what is for training, and nobody is sent what is only archived.
fn review(definition: &Definition, asked: &Asked, now: Millis) -> Option<FactsReview> {
    let review = definition.review.as_ref()?;
    if asked.key.audience == TRAINING || asked.trigger == Trigger::Archived {
        return None;
    }
    let until = review.within.until(now, &definition.schedule.zone, &review.workdays);
    Some(FactsReview { by: review.by.clone(), until })
}

/// The report's title; of a part, with the part's name: in every heading, header and subject.
fn title(definition: &Definition, part: Option<&FactsPart>) -> String {
    let clean = |text: &str| text.chars().filter(|c| !c.is_control()).take(120).collect::<String>();
    match part {
        None => definition.title.clone(),
        Some(part) if part.key.is_empty() => format!("{} · all others", definition.title),
        Some(part) => format!("{} · {}", definition.title, clean(&part.key)),
    }
}

/// What a part says of itself among the parameters.
fn part_words(part: &FactsPart) -> Vec<(Phrase, Phrase)> {
    let field = crate::query::Field::parse(&part.by);
    let by = || field.map_or_else(|| Phrase::text(&part.by), words::field);
    let count = || Phrase::Number(i64::try_from(part.parts).unwrap_or(i64::MAX));
    let texts = |texts: &[String]| Phrase::All(texts.iter().map(Phrase::text).collect());
    let which = if part.key.is_empty() {
        Phrase::say("part.rest", [("field", by()), ("count", count())])
    } else {
        Phrase::say("part.own", [("field", by()), ("values", texts(&part.values)), ("count", count())])
    };
    let mut list =
        vec![(Phrase::word("part.head"), which), (Phrase::word("part.head_sums"), Phrase::word("part.sums"))];
    list.extend(part.resolved.iter().map(|why| (Phrase::word("part.head_to"), Phrase::text(why))));
    if !part.nothing_to_say.is_empty() {
        let names = Phrase::say("part.nothing", [("names", texts(&part.nothing_to_say))]);
        list.push((Phrase::word("part.head_nothing"), names));
    }
    list
}

/// How many events arrived for the period of the edition before since it was issued, as far as this audience sees; 0 where
/// its figures are lost, which is said.
fn late(press: &Press, before: &Before, view: &View<'_>) -> Result<u64, Failure> {
    let Ok(hinge) = &before.hinge else { return Ok(0) };
    match (&view.parts, &view.part) {
        // The same part as then: counted for all parts at once.
        (Some((parts, at)), Some(part)) if hinge.facts.part.as_ref().is_some_and(|then| then.values == part.values) => {
            let now = parts.divided.counts(hinge.figures.period.span)?.get(*at).copied().unwrap_or(0);
            Ok(now.saturating_sub(u64::try_from(hinge.figures.reconciliation.log).unwrap_or(0)))
        }
        _ => press.installation.late_of(hinge, press.log(), press.lens()),
    }
}

/// Everything that the definition asks: what each is called, and what it is.
fn parameters(definition: &Definition, hours: &WorkingHours) -> Vec<(Phrase, Phrase)> {
    let zone = &definition.schedule.zone;
    let mut list: Vec<(Phrase, Phrase)> = Vec::new();
    for schedule in definition.schedules() {
        list.push((Phrase::word("asked.head_schedule"), words::schedule(schedule)));
        list.push((Phrase::word("asked.head_missed"), words::catch_up(schedule)));
    }
    list.push((Phrase::word("asked.head_events"), words::filter(&definition.filter, zone)));
    let named = |key: &str, section: &Section| {
        let name = if section.title.is_empty() { &section.id } else { &section.title };
        Phrase::say(key, [("section", Phrase::Quoted(name.clone()))])
    };
    let filtered = definition.sections.iter().filter(|section| section.filter != crate::query::Filter::All);
    list.extend(filtered.map(|section| (named("asked.head_only", section), words::filter(&section.filter, zone))));
    let ruled = definition.sections.iter().filter_map(|section| Some((section, words::rule(section, zone)?)));
    list.extend(ruled.map(|(section, rule)| (named("asked.head_rule", section), rule)));
    list.push((Phrase::word("asked.head_hours"), hours_words(hours)));
    for measure in definition.measures.values() {
        let title = || Phrase::Title(measure.title.clone());
        list.push((title(), words::measure(measure, zone)));
        if let Some(target) = measure.target {
            list.push((Phrase::say("asked.head_target", [("measure", title())]), words::target(measure, target)));
        }
    }
    for threshold in &definition.thresholds {
        if let Some(measure) = definition.measures.get(&threshold.measure) {
            let name = Phrase::say("asked.head_line", [("name", Phrase::text(&threshold.name))]);
            list.push((name, words::threshold(threshold, measure, zone)));
        }
    }
    list
}

/// Working hours, exemptions and the number of holidays, in words.
fn hours_words(hours: &WorkingHours) -> Phrase {
    let profile = |profile: &Profile| {
        let time = |minutes: u16| Phrase::text(format!("{:02}:{:02}", minutes / 60, minutes % 60));
        let day = |(number, (from, to)): (usize, (u16, u16))| {
            let weekday = Phrase::word(&format!("weekdays_short.{number}"));
            Phrase::say("asked.hours_day", [("weekday", weekday), ("from", time(from)), ("to", time(to))])
        };
        let days = (1..).zip(profile.week).filter_map(|(number, span)| span.map(|span| (number, span)));
        let join = |before, next| Phrase::say("list.comma", [("before", before), ("next", next)]);
        let hours = days.map(day).reduce(join).unwrap_or_else(|| Phrase::word("asked.hours_none"));
        match &profile.timezone {
            Some(zone) => Phrase::say("asked.hours_zone", [("hours", hours), ("zone", Phrase::text(zone))]),
            None => hours,
        }
    };
    let mut words = profile(&hours.default);
    for (team, own) in &hours.teams {
        let (team, own) = (Phrase::text(team), profile(own));
        words = Phrase::say("asked.hours_team", [("hours", words), ("team", team), ("own", own)]);
    }
    if !hours.holidays.is_empty() {
        let days = Phrase::Count("count.holidays".to_owned(), hours.holidays.len() as i64);
        words = Phrase::say("asked.hours_holidays", [("hours", words), ("holidays", days)]);
    }
    if !hours.exempt_kinds.is_empty() {
        let kinds = Phrase::All(hours.exempt_kinds.iter().map(Phrase::text).collect());
        words = Phrase::say("asked.hours_exempt", [("hours", words), ("kinds", kinds)]);
    }
    words
}

/// Recipients with their formats, and whether what they get it for is there.
fn recipients(recipients: &[Recipient], definition: &Definition, figures: &Figures) -> Vec<FactsRecipient> {
    let withheld = withheld(&definition.send, figures).is_some();
    let waited_for: Vec<&str> = definition.send.when.iter().map(When::written).collect();
    let one = |recipient: &Recipient| FactsRecipient {
        to: recipient.to.clone(),
        formats: recipient.formats.iter().map(|format| format_name(*format)).collect::<Vec<_>>().join(", "),
        when: match &recipient.when {
            Some(when) => when.written.clone(),
            None => waited_for.join("; "),
        },
        sent: !withheld && recipient.when.as_ref().is_none_or(|when| holds(figures, when)),
        encrypted: recipient.attach == Attach::Encrypted,
        via: recipient.via.clone(),
    };
    recipients.iter().map(one).collect()
}

/// Whether a recipient's condition holds; one on a figure that is not recorded does not.
pub(super) fn holds(figures: &Figures, when: &Condition) -> bool {
    figures.total(&when.measure).is_some_and(|total| {
        let limit = total.now.amount.like(when.value);
        total.now.amount.stands(when.compare, &limit) == Some(true)
    })
}

/// `pdf`, `html`, `csv`, `xlsx`, `json`.
pub(super) fn format_name(format: Format) -> &'static str {
    match format {
        Format::Pdf => "pdf",
        Format::Html => "html",
        Format::Csv => "csv",
        Format::Xlsx => "xlsx",
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
