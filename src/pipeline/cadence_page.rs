//! The cadence page: every edition that was due in some days, when it was issued, who reviewed it and how late; what is missing
//! stands out. As a page (HTML, PDF) and as rows (CSV). Pure.

use super::Failure;
use super::page::Page;
use crate::calendar::Millis;
use crate::calendar::zone::{Zone, ZoneRules};
use crate::document::context::kept::Speaker;
use crate::figures::reviews::{Kept, KeptReport, Reviewed, Signed, Slot, Standing};
use crate::render::csv::csv;
use crate::wording::Words;
use chrono::NaiveDate;
use serde_json::json;
use std::ops::RangeInclusive;

/// The page. `days` are those in which the periods end; the times of a report are in its own zone, `zone` is the installation's.
///
/// # Errors
/// A zone that the rules do not know.
pub fn page(
    kept: &Kept,
    days: &RangeInclusive<NaiveDate>,
    organisation: &str,
    words: &Words,
    rules: &ZoneRules,
    zone: &Zone,
) -> Result<Page, Failure> {
    let word = |key: &str| words.word(&format!("cadence.{key}"));
    let say = |key: &str, with: &[(&str, &str)]| words.say(&format!("cadence.{key}"), with);
    let (from, to) = (words.date(*days.start()), words.date(*days.end()));
    let span = say("span", &[("from", &from), ("to", &to)]);
    let as_at = say("as_at", &[("at", &words.moment_both(kept.at, zone)), ("entry", &kept.entry.to_string())]);
    let mut groups = Vec::new();
    let (mut missing, mut overdue) = (Vec::new(), Vec::new());
    for report in &kept.reports {
        let zone = rules.zone(&report.zone);
        let zone = zone.ok_or_else(|| Failure::Error(format!("the zone rules do not know {}", report.zone)))?;
        let speaker = Speaker { words, now: kept.at, zone };
        groups.push(speaker.group(report));
        for slot in &report.slots {
            if slot.is_missing() {
                missing.push(name(report, slot));
            }
            if matches!(slot.signed(kept.at), Signed::Overdue(_)) {
                overdue.push(name(report, slot));
            }
        }
    }
    let mut notes = Vec::new();
    for (key, list) in [("cadence.note_missing", &missing), ("cadence.note_overdue", &overdue)] {
        if !list.is_empty() {
            let count = i64::try_from(list.len()).unwrap_or(i64::MAX);
            notes.push(("bad", words.count_with(key, count, &[("list", &words.list(list))])));
        }
    }
    if groups.is_empty() {
        notes.push(("warn", word("nothing")));
    } else if notes.is_empty() {
        notes.push(("good", word("complete")));
    }
    groups.push(json!({ "title": word("how"), "words": word("how_words"), "facts": [], "table": null, "items": [] }));
    Ok(Page {
        title: word("title"),
        subtitle: format!("{span} · {as_at}"),
        furniture: [organisation.to_owned(), span.clone(), say("footer", &[("entry", &kept.entry.to_string())])],
        notes,
        groups,
    })
}

/// What people call a slot: the edition's name, or what it would be.
fn name(report: &KeptReport, slot: &Slot) -> String {
    slot.edition.clone().unwrap_or_else(|| {
        let audience = if slot.audience.is_empty() { String::new() } else { format!("/@{}", slot.audience) };
        format!("{}/{}{audience}", report.definition, slot.period.label())
    })
}

/// The same as rows, in UTC and plain words: for a spreadsheet or a script.
pub fn rows(kept: &Kept) -> String {
    let head = [
        "report",
        "period",
        "audience",
        "due_at",
        "status",
        "edition",
        "issued_at",
        "issued_late_seconds",
        "review_until",
        "reviewed_at",
        "review_late_seconds",
        "review",
        "reviewed_by",
        "role",
        "verdict",
        "acted",
        "open_findings",
    ];
    let mut all: Vec<Vec<String>> = Vec::new();
    for (report, slot) in kept.reports.iter().flat_map(|report| report.slots.iter().map(move |slot| (report, slot))) {
        let opt = |at: Option<Millis>| at.map(instant).unwrap_or_default();
        let seconds = |millis: Option<Millis>| millis.map(|millis| (millis / 1000).to_string()).unwrap_or_default();
        let (signed, late) = match slot.signed(kept.at) {
            Signed::InTime => ("in time", None),
            Signed::Late(late) => ("late", Some(late)),
            Signed::Open => ("open", None),
            Signed::Overdue(late) => ("overdue", Some(late)),
            Signed::NotAsked => ("not asked", None),
            Signed::Nothing => ("", None),
        };
        let standing = match slot.standing {
            Standing::Issued => "issued",
            Standing::Waits => "waits",
            Standing::Failed => "failed",
            Standing::Missed => "missed",
            Standing::Absent => "absent",
        };
        let first = vec![
            report.definition.clone(),
            slot.period.label(),
            slot.audience.clone(),
            instant(slot.due_at),
            standing.to_owned(),
            slot.edition.clone().unwrap_or_default(),
            opt(slot.issued_at),
            seconds(slot.issued_late()),
            opt(slot.until),
        ];
        let row = |review: Option<&Reviewed>| {
            let mut row = first.clone();
            row.extend([opt(review.map(|one| one.at)), seconds(late), signed.to_owned()]);
            row.extend(match review {
                Some(one) => [
                    one.name.clone(),
                    one.role.clone(),
                    if one.exceptions { "exceptions" } else { "no exceptions" }.to_owned(),
                    if one.acted { "yes" } else { "no" }.to_owned(),
                ],
                None => Default::default(),
            });
            row.push(slot.open_findings.to_string());
            row
        };
        match slot.reviews.as_slice() {
            [] => all.push(row(None)),
            reviews => all.extend(reviews.iter().map(|review| row(Some(review)))),
        }
    }
    csv(&head, all.iter().map(Vec::as_slice))
}

/// An instant as `2026-12-01T07:00:00Z`.
pub(super) fn instant(at: Millis) -> String {
    let at = chrono::DateTime::from_timestamp_millis(at).unwrap_or_default();
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
