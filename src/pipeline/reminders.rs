//! Reminders: who is asked to review an edition is told so, reminded, and overtaken by somebody above them when the time is over.
//! All of it goes by the outbox, and each thing is told once, whatever the clock does.
//!
//! A reminder is known by its edition and the days since that was issued, in the zone of its report, from the full hour of issuing
//! on: so reminders of one morning come as one letter, and a clock that jumps tells none a second time. Days on which no program
//! ran are not made up for: one letter tells what waits now.

use super::notices::{letter_about, plain_subject};
use super::roles::holders;
use super::{Failure, Installation};
use crate::calendar::Millis;
use crate::calendar::zone::Zone;
use crate::definition::review::{Escalate, Remind, ReviewAsked};
use crate::definition::{Definition, House, ROLE};
use crate::directory::{Directory, Manager};
use crate::edition::EditionKey;
use crate::ledger::asked::{Asking, MANAGER, NewLetter, Open};
use crate::ledger::happening::{Telling, Told};
use crate::ledger::{Ledger, NewDispatch};
use crate::wording::Words;
use crate::wording::plain::{list, moment, plural};
use chrono::{NaiveTime, Timelike};
use std::collections::BTreeMap;

/// What a definition asks, for an edition that has this deadline.
pub(super) fn asking(definition: &Definition, until: Millis) -> Option<Asking> {
    let ReviewAsked { by, remind, escalate, .. } = definition.review.as_ref()?;
    Some(Asking {
        by: by.clone(),
        until,
        zone: definition.schedule.zone.name().to_owned(),
        remind_days: match remind {
            Remind::Daily => 1,
            Remind::Weekly => 7,
            Remind::Never => 0,
        },
        escalate: match escalate {
            Escalate::Nobody => Vec::new(),
            Escalate::Manager => vec![MANAGER.to_owned()],
            Escalate::To(people) => people.clone(),
        },
    })
}

/// What is to be told of an open review at an instant. Pure: the same clock tells the same, and nothing that was told.
fn due(open: &Open, zone: &Zone, now: Millis) -> Vec<Which> {
    let mut found = Vec::new();
    if let Some(number) = reminder(open, zone, now) {
        found.push((Told::Reminder, number));
    }
    if open.asking.until <= now && !open.asking.escalate.is_empty() {
        found.push((Told::Escalation, 0));
    }
    found.retain(|one| !open.told.contains(one));
    found
}

/// What is told, and which of its kind.
type Which = (Told, u32);

/// Which reminder belongs to an instant: the days since issuing, in whole steps.
fn reminder(open: &Open, zone: &Zone, now: Millis) -> Option<u32> {
    let step = i64::from(open.asking.remind_days);
    if step == 0 {
        return None;
    }
    let (then, today) = (zone.civil(open.issued_at), zone.civil(now));
    let hour = NaiveTime::from_hms_opt(then.hour(), 0, 0).unwrap_or(NaiveTime::MIN);
    let days = (today.date() - then.date()).num_days() - i64::from(today.time() < hour);
    let steps = days.div_euclid(step);
    u32::try_from(steps * step).ok().filter(|number| *number > 0)
}

/// Those whom one letter goes to, and why it goes to them.
struct Reader {
    to: String,
    why: String,
}

/// What finding readers needs to know.
struct People<'p> {
    installation: &'p Installation,
    directory: Directory,
    house: House,
    now: Millis,
}

impl<'p> People<'p> {
    fn of(installation: &'p Installation) -> Result<People<'p>, Failure> {
        let directory = installation.lens()?.0.directory;
        let house = installation.house_of(&directory);
        Ok(People { installation, directory, house, now: installation.clock.now() })
    }

    /// The people who are meant by addresses and roles now; who cannot be found or may not be written to is stood for by the
    /// owner, and the letter says so.
    fn readers(&self, report: &str, owner: &str, named: &[String], why: &str) -> Vec<Reader> {
        let mut all: Vec<Reader> = Vec::new();
        for one in named {
            let found = match one.strip_prefix(ROLE) {
                Some(role) => holders(&self.directory, role, self.now),
                None => vec![one.clone()],
            };
            if found.is_empty() {
                let role = one.strip_prefix(ROLE).unwrap_or(one);
                let why = format!("you answer for the report, and nobody has the role {role} now");
                add(&mut all, Reader { to: owner.to_owned(), why });
            }
            for to in found {
                add(&mut all, self.allowed(report, owner, Reader { to, why: why.to_owned() }));
            }
        }
        all
    }

    /// The managers of those who are asked.
    fn managers(&self, report: &str, owner: &str, asked: &[Reader]) -> Vec<Reader> {
        let mut all: Vec<Reader> = Vec::new();
        for reader in asked {
            let person = self.directory.holding(self.now).find(|one| one.email.eq_ignore_ascii_case(&reader.to));
            let manager = person.map(|person| self.directory.manager_of(&person.actor, self.now));
            let found = match manager {
                Some(Manager::Person(manager)) if !manager.email.is_empty() => {
                    let why = format!("{} is to be escalated to you", reader.to);
                    self.allowed(report, owner, Reader { to: manager.email.clone(), why })
                }
                _ => Reader {
                    to: owner.to_owned(),
                    why: format!(
                        "you answer for the report, and the directory names no manager of {} with an address",
                        reader.to
                    ),
                },
            };
            add(&mut all, found);
        }
        all
    }

    fn allowed(&self, report: &str, owner: &str, reader: Reader) -> Reader {
        let refused = self.installation.may_mail(&reader.to).and_then(|()| self.house.may_get(report, &reader.to));
        match refused {
            Ok(()) => reader,
            Err(why) => Reader { to: owner.to_owned(), why: format!("you answer for the report: {why}") },
        }
    }
}

fn add(all: &mut Vec<Reader>, reader: Reader) {
    if !all.iter().any(|known| known.to.eq_ignore_ascii_case(&reader.to)) {
        all.push(reader);
    }
}

/// The requests for those who are asked and get no message of the edition itself, by which they would learn of it.
///
/// # Errors
/// Problems in the directory; an address that is none.
pub(super) fn requests(
    installation: &Installation,
    definition: &Definition,
    key: &EditionKey,
    asking: &Asking,
    messages: &[NewDispatch],
    now: Millis,
) -> Result<Vec<NewDispatch>, Failure> {
    let people = People::of(installation)?;
    let zone = &definition.schedule.zone;
    let until = Words::english().until(asking.until, zone);
    let mut all = Vec::new();
    for Reader { to, .. } in
        people.readers(&key.definition, &definition.owner, &asking.by, "you are asked to review it")
    {
        if messages.iter().any(|message| message.outgoing.to.eq_ignore_ascii_case(&to)) {
            continue;
        }
        let text = format!(
            "{} ({key}) is issued, and you are asked to review it until {until} ({}).\n\n{}\n",
            definition.title,
            zone.name(),
            how(key)
        );
        let subject = format!("Review is asked of you until {until}: {key}");
        all.push(letter_about(installation, key, &to, (&definition.title, &subject), "review asked", text, now)?);
    }
    Ok(all)
}

/// How a review is recorded.
fn how(key: &EditionKey) -> String {
    format!(
        "Whoever has looked at it records that with `quarterday review {key} --by NAME --role ROLE --verdict no-exceptions`, or with \
         `--verdict exceptions --note TEXT` where something has to be followed up."
    )
}

/// Tells what is to be told now of reviews that are asked. Gives back whether anything was.
///
/// # Errors
/// A ledger that cannot be written; Problems in the directory; an address that is none.
pub fn remind(installation: &Installation, ledger: &mut Ledger) -> Result<bool, Failure> {
    let now = installation.clock.now();
    let open = ledger.open_reviews()?;
    let mut told: Vec<(&Open, Zone, Told, u32)> = Vec::new();
    for one in &open {
        let zone = installation.rules.zone(&one.asking.zone);
        let zone = zone.ok_or_else(|| Failure::Error(format!("the zone rules do not know {}", one.asking.zone)))?;
        told.extend(due(one, &zone, now).into_iter().map(|(what, number)| (one, zone.clone(), what, number)));
    }
    if told.is_empty() {
        return Ok(false);
    }
    let people = People::of(installation)?;
    // One letter for each person and kind, about all that is to be told now.
    let mut letters: BTreeMap<(String, Told), Vec<(&Open, &Zone, u32, String)>> = BTreeMap::new();
    for (one, zone, what, number) in &told {
        let (report, owner) = (one.edition.definition.as_str(), one.owner.as_str());
        let asked = people.readers(report, owner, &one.asking.by, "you are asked to review it");
        let readers = match what {
            Told::Reminder => asked,
            Told::Escalation => {
                let named: Vec<String> = one.asking.escalate.iter().filter(|to| *to != MANAGER).cloned().collect();
                let mut readers = people.readers(report, owner, &named, "it is to be escalated to you");
                if one.asking.escalate.iter().any(|to| to == MANAGER) {
                    people.managers(report, owner, &asked).into_iter().for_each(|reader| add(&mut readers, reader));
                }
                readers
            }
        };
        for reader in readers {
            letters.entry((reader.to, *what)).or_default().push((one, zone, *number, reader.why));
        }
    }
    let mut ready = Vec::new();
    for ((to, what), about) in &letters {
        ready.push(letter(installation, to, *what, about, now)?);
    }
    let tellings: Vec<Telling> = told
        .iter()
        .map(|(one, _, what, number)| Telling { edition: one.edition.clone(), what: *what, number: *number })
        .collect();
    Ok(ledger.tell_of_reviews(&tellings, &ready, now)?)
}

fn letter(
    installation: &Installation,
    to: &str,
    what: Told,
    about: &[(&Open, &Zone, u32, String)],
    now: Millis,
) -> Result<NewLetter, Failure> {
    let Some((first, _, number, _)) = about.first() else {
        return Err(Failure::Error("a letter about no review".to_owned()));
    };
    let lines: Vec<String> = about.iter().map(|(open, zone, _, why)| line(open, zone, what, why, now)).collect();
    let count = i64::try_from(about.len()).unwrap_or(i64::MAX);
    let (title, opening, purpose) = match what {
        Told::Reminder => (
            format!(
                "{} for your review",
                if count == 1 {
                    "An edition waits".to_owned()
                } else {
                    format!("{} wait", plural(count, "edition", "editions"))
                }
            ),
            "You are asked to review what was issued, and nobody has done so yet:",
            format!("review reminder {number}"),
        ),
        Told::Escalation => (
            format!("{} not reviewed in time", plural(count, "edition", "editions")),
            "Nobody has reviewed this in the time that was set for it:",
            "review escalation".to_owned(),
        ),
    };
    let text = format!("{opening}\n\n{}\n\n{}\n", lines.join("\n\n"), how(&first.edition));
    let subject = plain_subject(&match about.len() {
        1 => format!("{title}: {}", first.edition),
        _ => title.clone(),
    });
    let message = letter_about(installation, &first.edition, to, (&title, &subject), &purpose, text, now)?;
    Ok(NewLetter { about: about.iter().map(|(open, ..)| open.edition.clone()).collect(), message })
}

/// An edition in a letter: which, since when it waits, until when, whom else it is asked of, and why the reader is told.
fn line(open: &Open, zone: &Zone, what: Told, why: &str, now: Millis) -> String {
    let until = Words::english().until(open.asking.until, zone);
    let issued = moment(open.issued_at, zone);
    let time = if open.asking.until <= now { format!("overdue since {until}") } else { format!("until {until}") };
    let mut said = format!("{}: issued {issued}, {time} ({})", open.edition, zone.name());
    if what == Told::Escalation {
        said.push_str(&format!("; asked of {}; {why}", list(&open.asking.by)));
    } else if !why.starts_with("you are asked") {
        said.push_str(&format!("; {why}"));
    }
    said.push('.');
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::zone::ZoneRules;

    fn berlin() -> Zone {
        ZoneRules::bundled().zone("Europe/Berlin").unwrap()
    }

    fn at(civil: &str) -> Millis {
        berlin().instant(civil.parse().unwrap())
    }

    fn open(remind_days: u32) -> Open {
        Open {
            edition: EditionKey::parse("daily/2026-11-29").unwrap(),
            issued_at: at("2026-11-30T07:00:12"),
            owner: "owner@example.com".into(),
            asking: Asking {
                by: vec!["ana@example.com".into()],
                until: at("2026-12-03T00:00:00"),
                zone: "Europe/Berlin".into(),
                remind_days,
                escalate: vec![MANAGER.into()],
            },
            told: Default::default(),
        }
    }

    /// What is told as a clock goes from one place to the next, each thing remembered as the ledger does.
    fn told(mut open: Open, clock: &[&str]) -> Vec<(String, Told, u32)> {
        let mut all = Vec::new();
        for now in clock {
            for (what, number) in due(&open, &berlin(), at(now)) {
                assert!(open.told.insert((what, number)), "told twice");
                all.push(((*now).to_owned(), what, number));
            }
        }
        all
    }

    #[test]
    fn reminders_come_at_the_hour_of_issuing_and_escalation_when_the_time_is_over() {
        let said = told(
            open(1),
            &[
                "2026-11-30T07:00:12",
                "2026-12-01T06:59:59",
                "2026-12-01T07:00:00",
                "2026-12-01T23:00:00",
                "2026-12-02T07:00:01",
                "2026-12-02T23:59:59",
                "2026-12-03T00:00:00",
                "2026-12-03T07:00:00",
            ],
        );
        let said: Vec<_> = said.iter().map(|(now, what, number)| (now.as_str(), *what, *number)).collect();
        assert_eq!(
            said,
            [
                ("2026-12-01T07:00:00", Told::Reminder, 1),
                ("2026-12-02T07:00:01", Told::Reminder, 2),
                ("2026-12-03T00:00:00", Told::Escalation, 0),
                ("2026-12-03T07:00:00", Told::Reminder, 3),
            ]
        );
        let weekly = told(open(7), &["2026-12-06T08:00:00", "2026-12-07T08:00:00", "2026-12-08T08:00:00"]);
        let weekly: Vec<u32> = weekly.iter().filter(|one| one.1 == Told::Reminder).map(|one| one.2).collect();
        assert_eq!(weekly, [7]);
        assert!(told(open(0), &["2026-12-02T23:00:00"]).is_empty());
    }

    #[test]
    fn a_clock_that_jumps_neither_doubles_nor_loses() {
        // A day on, a year on by mistake, back before issuing, and on again, day by day and a night later.
        let said = told(
            open(1),
            &[
                "2026-12-01T08:00:00",
                "2027-12-01T08:00:00",
                "2027-12-01T09:00:00",
                "2026-11-01T08:00:00",
                "2026-12-01T09:00:00",
                "2026-12-02T08:00:00",
                "2026-12-01T08:00:00",
                "2026-12-02T09:00:00",
                "2026-12-04T09:00:00",
            ],
        );
        let reminders: Vec<u32> = said.iter().filter(|one| one.1 == Told::Reminder).map(|one| one.2).collect();
        assert_eq!(reminders, [1, 366, 2, 4]);
        assert_eq!(said.iter().filter(|one| one.1 == Told::Escalation).count(), 1);
    }
}
