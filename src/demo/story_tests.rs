//! Tests of the planted stories: every number is counted again in the text of the files.

use super::Story;
use super::tests::{Read, World, day, holds, world};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

fn story(word: &str) -> &'static Story {
    let found: Vec<&Story> = world().files.stories.iter().filter(|story| story.title.contains(word)).collect();
    assert_eq!(found.len(), 1, "{word}");
    found[0]
}

fn during<'a>(story: &'a Story, rows: &'a [Read]) -> impl Iterator<Item = &'a Read> {
    rows.iter().filter(|row| story.when.contains(row.at.timestamp_millis()))
}

#[test]
fn story_of_the_night() {
    let World { crm, logins, people, .. } = world();
    let story = story("failed logins");
    let who = story.actors[0].as_str();
    let attempts: Vec<&Read> = during(story, logins).filter(|row| row.fields[1] == who).collect();
    let failures: Vec<&&Read> = attempts.iter().filter(|row| row.fields[4] == "Failed").collect();
    assert_eq!((Some(failures.len() as u64), failures.len()), (story.number("failures"), 140));
    assert!(failures.iter().all(|row| row.fields[0].as_str() < "2026-11-30T02:50"));
    // Newest first: the success is after all of them, from an address that failed before and was never seen otherwise.
    assert_eq!((attempts[0].fields[4].as_str(), &attempts[0].fields[0][..16]), ("Success", "2026-11-30T02:51"));
    let addresses: BTreeSet<&str> = attempts.iter().map(|row| row.fields[2].as_str()).collect();
    assert_eq!(Some(addresses.len() as u64), story.number("addresses"));
    assert!(failures.iter().any(|row| row.fields[2] == attempts[0].fields[2]));
    assert_eq!(logins.iter().filter(|row| addresses.contains(row.fields[2].as_str())).count(), 141);
    let exports: Vec<&Read> = during(story, crm).filter(|row| row.is(who, "Exported", "Contacts")).collect();
    assert_eq!(Some(exports.len() as u64), story.number("exports"));
    assert_eq!(Some(exports.iter().map(|row| row.records()).sum()), story.number("records exported"));
    assert!(exports.iter().all(|row| row.at > attempts[0].at));
    assert!(holds(people, who, day(11, 30))[0][4] != "Administrator");
    let other = logins.iter().filter(|row| row.day() == day(11, 30) && row.fields[4] == "Failed").count() - 140;
    assert!((1..20).contains(&other), "{other} ordinary failures on that day");
}

#[test]
fn story_of_the_leaver() {
    let World { crm, logins, people, .. } = world();
    let story = story("leaver");
    let who = story.actors[0].as_str();
    let row = holds(people, who, day(11, 26))[0];
    assert_eq!((row[4].as_str(), row[8].as_str()), ("Sales Representative", "2026-11-28"));
    let sum = |action: &str, module: &str| {
        let rows = during(story, crm).filter(|row| row.is(who, action, module));
        rows.fold((0, 0), |(count, sum), row| (count + 1, sum + row.records()))
    };
    let number = |name: &str| story.number(name).expect("a number");
    assert_eq!(sum("Exported", "Contacts"), (number("contact exports"), number("contacts exported")));
    assert_eq!(sum("Exported", "Accounts"), (1, number("accounts exported")));
    assert_eq!(sum("Mass Delete", "Deals"), (number("mass deletes"), number("deals deleted")));
    assert!(number("contacts exported") > 10_000 && number("deals deleted") > 163);
    // Never before in the year, and nothing after the last day.
    let taken = crm.iter().filter(|row| row.is(who, "Exported", "Contacts") || row.is(who, "Mass Delete", "Deals"));
    assert_eq!(taken.count() as u64, number("contact exports") + number("mass deletes"));
    assert!(crm.iter().chain(logins).all(|row| row.fields[1] != who || row.day() < day(11, 28)));
    assert!(
        crm.iter()
            .any(|row| row.fields[2] == "User Deactivated" && row.fields[6].contains(who) && row.day() == day(11, 30))
    );
}

#[test]
fn story_of_the_permissions() {
    let World { crm, people, .. } = world();
    let story = story("permissions");
    let changes: Vec<&Read> = during(story, crm).filter(|row| row.is_power()).collect();
    let own: Vec<&&Read> = changes.iter().filter(|row| row.fields[1] == story.actors[0]).collect();
    let person = holds(people, &story.actors[0], day(11, 25))[0];
    let oneself = own.iter().filter(|row| row.fields[5] == person[1]).count();
    assert_eq!((changes.len(), own.len(), oneself), (45, 38, 4));
    assert_eq!(story.number("changes"), Some(45));
    assert_eq!(story.number("by one administrator"), Some(38));
    assert_eq!(story.number("to the own account"), Some(4));
    assert_eq!(person[4], "Administrator");
    let mut weeks: BTreeMap<_, u64> = BTreeMap::new();
    for row in crm.iter().filter(|row| row.is_power() && row.day() < day(11, 23)) {
        *weeks.entry((row.day().iso_week().year(), row.day().iso_week().week())).or_default() += 1;
    }
    assert_eq!(Some(weeks.values().sum()), story.number("changes in all weeks before"));
    assert!(weeks.values().all(|count| *count <= 8), "{weeks:?}");
    assert!((2..=4).contains(&(weeks.values().sum::<u64>() / 56)), "{weeks:?}");
}

#[test]
fn story_of_the_busy_month() {
    let World { crm, logins, people, .. } = world();
    let story = story("twice as busy");
    let events = during(story, crm).chain(during(story, logins)).count() as u64;
    let before = crm.iter().chain(logins).filter(|row| row.at.timestamp_millis() < story.when.from).count() as u64 / 12;
    assert_eq!(
        (Some(events), Some(before)),
        (story.number("events"), story.number("mean of the twelve months before"))
    );
    assert!((190..=215).contains(&(events * 100 / before)), "{events} against {before}");
    let count = |module: &str, month: &str| {
        crm.iter().filter(|row| row.fields[3] == module && row.fields[0].starts_with(month)).count()
    };
    for module in ["Leads", "Campaigns"] {
        assert!(count(module, "2026-11") > 3 * count(module, "2026-10"), "{module}");
    }
    for module in ["Contacts", "Accounts", "Deals", "Invoices"] {
        assert!(count(module, "2026-11") < 3 * count(module, "2026-10") / 2, "{module}");
    }
    let named: Vec<&Read> = during(story, crm)
        .filter(|row| row.fields[3] == "Campaigns" && row.fields[5].starts_with("Hannover trade fair 2026"))
        .collect();
    assert_eq!(Some(named.len() as u64), story.number("rows on the fair's campaigns"));
    assert!(named.len() > 800);
    for row in named.iter().step_by(50) {
        let team = &holds(people, &row.fields[1], row.day())[0][3];
        assert!(["Marketing", "Sales North", "Sales South"].contains(&team.as_str()), "{team}");
    }
    let imports: Vec<&Read> =
        during(story, crm).filter(|row| row.fields[2] == "Imported" && row.fields[3] == "Leads").collect();
    assert_eq!(Some(imports.len() as u64), story.number("imports of leads"));
    assert_eq!(Some(imports.iter().map(|row| row.records()).sum()), story.number("leads imported"));
}

#[test]
fn story_of_the_silence() {
    let World { crm, logins, .. } = world();
    let story = story("silent");
    assert_eq!(during(story, logins).count() as u64, story.number("logins").expect("a number"));
    let days = |rows: &[Read]| rows.iter().map(Read::day).collect::<BTreeSet<_>>();
    let silent: Vec<NaiveDate> = days(crm).difference(&days(logins)).copied().collect();
    assert_eq!(silent, [day(11, 18), day(11, 19)], "no other day is without logins");
    assert!(during(story, crm).count() > 1000);
}

#[test]
fn story_of_the_unreadable_rows() {
    let story = story("cannot be read");
    let bad = &world().bad;
    let since = |from: NaiveDate, to: NaiveDate| bad.iter().filter(|(on, _)| from <= *on && *on < to).count() as u64;
    assert_eq!((Some(bad.len() as u64), bad.len()), (story.number("in the month"), 12));
    assert_eq!(Some(since(day(11, 1), day(12, 1))), story.number("in the month"));
    assert_eq!((Some(since(day(11, 23), day(11, 30))), 3), (story.number("in the last week"), 3));
    assert_eq!((Some(since(day(11, 30), day(12, 1))), 1), (story.number("on the last day"), 1));
    assert!(bad.iter().all(|(_, row)| !row.join(",").contains('"')), "a cut leaves no quote open");
    let kinds = bad.iter().fold([0, 0, 0], |[times, cut, short], (_, row)| match row.len() {
        8 => [times + 1, cut, short],
        1 | 2 if !row.last().expect("a field").ends_with(".example") => [times, cut + 1, short],
        _ => [times, cut, short + 1],
    });
    assert_eq!(kinds, [5, 4, 3], "{bad:?}");
}

#[test]
fn story_of_the_mistake() {
    let story = story("mistake");
    let who = story.actors[0].as_str();
    let own = |action: &'static str| during(story, &world().crm).filter(move |row| row.is(who, action, "Deals"));
    let ids = |action| own(action).map(|row| row.fields[4].clone()).collect::<BTreeSet<_>>();
    assert_eq!(own("Deleted").count(), 31);
    assert_eq!(ids("Deleted"), ids("Restored"));
    assert_eq!((ids("Restored").len(), own("Restored").count()), (31, 31));
    assert_eq!((story.number("deleted"), story.number("restored")), (Some(31), Some(31)));
    assert!(own("Deleted").all(|row| ("2026-11-25T10:02".."2026-11-25T10:09").contains(&&row.fields[0][..16])));
    assert!(own("Restored").all(|row| ("2026-11-25T10:34".."2026-11-25T10:39").contains(&&row.fields[0][..16])));
}
