//! Kept: which editions were to come in some days, and what the ledger says became of them: issued, reviewed, missing.

use super::activate::activations;
use super::{Failure, Installation};
use crate::calendar::Millis;
use crate::calendar::period::Period;
use crate::calendar::zone::Zone;
use crate::definition::{Definition, PARTS, TRAINING};
use crate::edition::{Due, EditionKey};
use crate::figures::reviews::{Kept, KeptReport, Reviewed, Slot, Standing};
use crate::finding::Register;
use crate::ledger::happening::ReviewVerdict;
use crate::ledger::history::{EditionRow, Filter, Status};
use crate::ledger::{Divided, Ledger, Review};
use crate::schedule::{ON_TIME, owed};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Definition, period (by its end and beginning), audience: what one slot is known by.
type Place = (String, NaiveDate, NaiveDate, String);

/// What is known of a slot while it is gathered.
#[derive(Default)]
struct Gathered {
    due: Option<Due>,
    rows: Vec<EditionRow>,
}

impl Installation {
    /// The editions whose periods end in these days, as the ledger has them now. What is for training is left out: it proves
    /// nothing.
    ///
    /// # Errors
    /// A ledger that cannot be read; a zone that the rules do not know.
    pub fn kept_in(
        &self,
        ledger: &Ledger,
        definitions: &[&Definition],
        days: &RangeInclusive<NaiveDate>,
        now: Millis,
    ) -> Result<Kept, Failure> {
        let entry = ledger.head()?.n;
        let mut places = due_places(definitions, ledger, days, now)?;
        for row in ledger.editions(&Filter::default())? {
            let Some(place) = place_of(&row.key) else { continue };
            // An alert is no edition.
            let is_edition = row.key.audience != TRAINING && row.status != Status::Alert;
            if is_edition && days.contains(&last_day(place.1)) {
                places.entry(place).or_default().rows.push(row);
            }
        }
        let mut reviews: BTreeMap<EditionKey, Vec<Review>> = BTreeMap::new();
        for review in ledger.reviews()? {
            reviews.entry(review.edition.clone()).or_default().push(review);
        }
        let register = ledger.register(None)?;
        let mut reports: BTreeMap<String, KeptReport> = BTreeMap::new();
        for ((stem, ..), gathered) in places {
            let definition = definitions.iter().find(|one| one.stem == stem);
            let zone = definition.map_or(&self.config.timezone, |one| &one.schedule.zone);
            let report = reports.entry(stem.clone()).or_insert_with(|| KeptReport {
                definition: stem,
                title: definition.map(|one| one.title.clone()).unwrap_or_default(),
                zone: zone.name().to_owned(),
                slots: Vec::new(),
            });
            report.slots.extend(slot(ledger, gathered, &reviews, &register, zone, now)?);
        }
        Ok(Kept { entry, at: now, reports: reports.into_values().collect() })
    }
}

fn last_day(end: NaiveDate) -> NaiveDate {
    end.pred_opt().unwrap_or(end)
}

/// Where an edition belongs; `None`: its period cannot be read.
fn place_of(key: &EditionKey) -> Option<Place> {
    let period = Period::parse(&key.period)?;
    Some((key.definition.clone(), period.end, period.first, key.audience.clone()))
}

/// What schedules asked for, the parts of divided reports one by one where it is known which there are.
fn due_places(
    definitions: &[&Definition],
    ledger: &Ledger,
    days: &RangeInclusive<NaiveDate>,
    now: Millis,
) -> Result<BTreeMap<Place, Gathered>, Failure> {
    let activations = activations(ledger)?;
    let divisions: BTreeMap<(String, String), Divided> = ledger.divisions()?;
    let mut places: BTreeMap<Place, Gathered> = BTreeMap::new();
    for due in definitions.iter().flat_map(|definition| owed(definition, &activations, days, now)) {
        let audiences: Vec<String> = match due.key.audience.as_str() {
            TRAINING => continue,
            PARTS => match divisions.get(&(due.key.definition.clone(), due.key.period.clone())) {
                Some(divided) => divided.parts.iter().map(|(audience, _)| audience.clone()).collect(),
                None => vec![PARTS.to_owned()],
            },
            audience => vec![audience.to_owned()],
        };
        for audience in audiences {
            let key = EditionKey { audience, ..due.key.clone() };
            if let Some(place) = place_of(&key) {
                places.entry(place).or_default().due = Some(due.clone());
            }
        }
    }
    Ok(places)
}

/// One slot; `None`: nothing was due, and nothing is known.
fn slot(
    ledger: &Ledger,
    Gathered { due, mut rows }: Gathered,
    reviews: &BTreeMap<EditionKey, Vec<Review>>,
    register: &Register,
    zone: &Zone,
    now: Millis,
) -> Result<Option<Slot>, Failure> {
    rows.sort_by_key(|row| row.key.revision);
    let key = rows.first().map(|row| &row.key).or(due.as_ref().map(|due| &due.key));
    let Some(period) = key.and_then(|key| Period::parse(&key.period)) else { return Ok(None) };
    let audience = key.map(|key| key.audience.clone()).unwrap_or_default();
    let due_at = due.as_ref().map(|due| due.at).or(rows.first().map(|row| row.due_at)).unwrap_or(now);
    let on_time_until = due.as_ref().map_or(due_at.saturating_add(ON_TIME), |due| due.on_time_until);
    let newest = rows.iter().rev().find(|row| row.status == Status::Issued);
    let standing = match (newest, rows.last().map(|row| row.status)) {
        (Some(_), _) => Standing::Issued,
        (None, Some(Status::Missed)) => Standing::Missed,
        (None, Some(Status::Failed)) => Standing::Failed,
        (None, _) if now <= on_time_until => Standing::Waits,
        (None, _) => Standing::Absent,
    };
    let mut first = None;
    if let Some(row) = rows.iter().find(|row| row.status == Status::Issued) {
        first = ledger.edition(&row.key)?.map(|record| record.issued_at);
    }
    let until = match newest {
        Some(row) => ledger.asking(&row.key)?.map(|asking| asking.until),
        None => None,
    };
    let judged = newest.and_then(|row| reviews.get(&row.key)).map(Vec::as_slice).unwrap_or_default();
    let span = period.span(zone);
    let today = zone.civil(now).date();
    let open = register.findings().filter(|one| one.is_open(today));
    let open = open.filter(|one| (span.from..span.to).contains(&one.raised.span.from)).count();
    Ok(Some(Slot {
        period,
        audience,
        due_at,
        standing,
        edition: newest.map(|row| row.key.to_string()),
        issued_at: first,
        on_time_until,
        until,
        reviews: judged.iter().map(reviewed).collect(),
        open_findings: u64::try_from(open).unwrap_or(u64::MAX),
    }))
}

fn reviewed(review: &Review) -> Reviewed {
    Reviewed {
        name: review.judgement.name.clone(),
        role: review.judgement.role.clone(),
        exceptions: review.judgement.verdict == ReviewVerdict::Exceptions,
        acted: review.acted,
        at: review.at,
    }
}
