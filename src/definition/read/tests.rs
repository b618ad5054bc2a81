//! Tests of reading definitions: what is meant is found, and every mistake is said once, where it stands.

use super::super::*;
use super::*;
use crate::calendar::cadence::{Covers, Firing};
use crate::query::{Compare, Count, Dimension, Field};

pub(super) const WEEKLY: &str = include_str!("../tests/weekly-activity.yaml");

const EVERYTHING: &str = include_str!("../tests/everything.yaml");

pub(super) fn read(text: &str) -> Result<Definition, Vec<Problem>> {
    Definition::read("weekly-activity", "weekly-activity.yaml", text, &ZoneRules::bundled())
}

pub(super) fn shown(problems: Vec<Problem>) -> Vec<String> {
    problems.iter().map(|problem| problem.to_string().replacen("weekly-activity.yaml:", "", 1)).collect()
}

/// The Problems of a text.
pub(super) fn problems(text: &str) -> Vec<String> {
    shown(read(text).expect_err("it was accepted"))
}

/// The Problems of a definition that is sound but for some lines that take the place of others.
pub(super) fn with(changes: &[(&str, &str)]) -> Vec<String> {
    let mut text = "title: T\nowner: o@example.com\nschedule: { every: week, timezone: UTC }\n\
        compare: previous period\nsections: [coverage]\nrecipients: none\n"
        .to_owned();
    assert!(read(&text).is_ok());
    for (key, line) in changes {
        let old = text.lines().find(|line| line.starts_with(&format!("{key}:"))).map(str::to_owned);
        text = match old {
            Some(old) => text.replace(&old, line),
            None => text + line + "\n",
        };
    }
    problems(&text)
}

#[test]
fn the_designs_example_is_read() {
    let definition = read(WEEKLY).unwrap_or_else(|problems| panic!("{:#?}", shown(problems)));
    assert_eq!(definition.title, "Weekly CRM activity review");
    assert_eq!(definition.digest.len(), 64);
    assert_eq!(definition.schedule.zone.name(), "Europe/Berlin");
    assert_eq!(definition.schedule.after, 2 * 60 * 60 * 1000);
    assert!(matches!(definition.schedule.cadence.firing, Firing::Weekly { on: chrono::Weekday::Mon, .. }));
    assert_eq!(definition.schedule.cadence.covers, Covers::Last(Unit::Week));
    assert_eq!(definition.compare, [Comparison::Previous]);
    assert_eq!(definition.filter, Filter::OneOf(Field::Source, vec!["zoho-crm".into(), "zoho-logins".into()]));
    let ids: Vec<&str> = definition.sections.iter().map(|section| section.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "summary",
            "activity-by-day",
            "deletions",
            "activity-outside-working-hours",
            "deletions-by-people-who-are-not-administrators",
            "every-deleted-deal",
            "coverage"
        ]
    );
    let names: Vec<&str> = definition.measures.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "actors",
            "deletions",
            "events",
            "exports",
            "failed_logins",
            "outside_hours",
            "permission_changes",
            "records_affected"
        ]
    );
    assert!(matches!(
        &definition.sections[3].kind,
        SectionKind::Heatmap {
            rows: Dimension::Field(Field::Weekday),
            columns: Dimension::Field(Field::Hour),
            split: Some(Field::ActorTeam),
            ..
        }
    ));
    // People whom the directory does not know do not pass for "not an administrator".
    assert_eq!(
        definition.sections[4].filter,
        Filter::And(vec![
            Filter::is(Field::ActionClass, "delete"),
            Filter::is(Field::ActorKnown, "known"),
            Filter::Not(Box::new(Filter::is(Field::ActorRole, "Administrator"))),
        ])
    );
    let when = definition.recipients[1].when.as_ref().unwrap();
    assert_eq!((when.measure.as_str(), when.compare, when.value), ("deletions", Compare::More, 20));
    assert_eq!(definition.recipients[0].formats, [Format::Pdf, Format::Csv]);
}

#[test]
fn every_setting_is_read() {
    let definition = read(EVERYTHING).unwrap_or_else(|problems| panic!("{:#?}", shown(problems)));
    insta::assert_debug_snapshot!("everything", definition);
}

#[test]
fn ten_different_mistakes_are_ten_problems() {
    let found = problems(include_str!("../tests/ten-mistakes.yaml"));
    assert_eq!(
        found,
        [
            "2:8: `owner` must be an e-mail address as in `compliance@example.com`, not the text `compliance at example.com`",
            "3:61: unknown time zone `Europe/Berln`. Did you mean `Europe/Berlin`?",
            "3:85: unknown `catch_up` `al`. Did you mean `all`?",
            "5:24: unknown value of `action_class` `deleet`. Did you mean `delete`?",
            "7:5: unknown section `sumary`. Did you mean `summary`?",
            "8:23: unknown measure `exprots`. Did you mean `exports`?",
            "9:37: `by` names 3 here, and it takes two: rows and columns. Write as in `by: [weekday, hour]`",
            "10:27: unknown key `wher` in `ranking`. Did you mean `where`?",
            "11:34: unknown field `modul`. Did you mean `module`?",
            "12:19: two sections have the id `rows`. Give each its own: figures are addressed by it",
        ]
    );
}

#[test]
fn cron_with_and_without_a_period() {
    let cadence = |schedule: &str| {
        let text = WEEKLY.replace("every: week, on: monday, at: \"07:00\"", schedule);
        read(&text).unwrap_or_else(|problems| panic!("{:#?}", shown(problems))).schedule.cadence.covers
    };
    assert_eq!(cadence("cron: 0 7 * * MON, period: week"), Covers::Last(Unit::Week));
    assert_eq!(cadence("cron: 0 7 * * MON"), Covers::SinceLastFiring);
    assert_eq!(cadence("cron: 0 7 * * MON, period: since last firing"), Covers::SinceLastFiring);
}

#[test]
fn times_of_filters_are_those_of_the_schedules_zone() {
    let definition = read(EVERYTHING).unwrap();
    let Filter::Or(parts) = &definition.filter else { panic!("{:?}", definition.filter) };
    let shown = words::filter(&parts[1], &definition.schedule.zone);
    let shown = format!("{shown:?}");
    let at = |key: &str, moment: &str| format!("Say(\"asked.{key}\", [(\"at\", Text(\"{moment}\"))])");
    assert!(shown.contains(&at("since", "2026-01-01 00:00")), "{shown}");
    assert!(shown.contains(&at("before", "2026-12-31 18:00")), "{shown}");
}

#[test]
fn names_of_files_and_domains_are_checked() {
    let rules = ZoneRules::bundled();
    let stem = Definition::read("Weekly Activity", "Weekly Activity.yaml", WEEKLY, &rules).unwrap_err();
    assert_eq!(stem.len(), 1);
    assert!(stem[0].to_string().contains("cannot be a report's name"), "{}", stem[0]);
    let allowed = ["example.org".to_owned()];
    let mailing = Mailing { domains: &allowed, groups: None, house: None };
    let found = Definition::read_within("weekly", "weekly.yaml", WEEKLY, &rules, mailing, None).unwrap_err();
    let lines: Vec<usize> = found.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [3, 16, 17]);
    assert_eq!(
        found[1].to_string(),
        "weekly.yaml:16:11: `compliance@example.com` is outside the domains that this installation mails to. Allowed are: example.org (`allowed_domains` in quarterday.yaml)"
    );
    let mailing = Mailing { domains: &["EXAMPLE.com".to_owned()], groups: None, house: None };
    assert!(Definition::read_within("weekly", "weekly.yaml", WEEKLY, &rules, mailing, None).is_ok());
}

#[test]
fn own_measures_count_what_they_say() {
    let definition = read(EVERYTHING).unwrap();
    let MeasureKind::Rate { part, whole } = &definition.measures["night_share"].kind else { panic!() };
    assert_eq!((&part.count, &whole.count), (&Count::Events, &Count::Events));
    assert_eq!(whole.filter, Filter::is(Field::ActorKind, "person"));
    assert_eq!(part.filter, Filter::Number(Field::Hour, Compare::Less, 6).and(Filter::is(Field::ActorKind, "person")));
}

proptest::proptest! {
    /// Any lines of a sound definition left out, doubled or cut: read or refused, never a panic, never refused without a Problem.
    #[test]
    fn damaged_definitions_are_read_or_refused(cut in 0usize..2000, drop in 0usize..60, twice in 0usize..60, noise in ".{0,12}") {
        let mut lines: Vec<&str> = EVERYTHING.lines().collect();
        if twice < lines.len() {
            lines.insert(twice, lines[twice]);
        }
        if drop < lines.len() {
            lines.remove(drop);
        }
        let mut text = lines.join("\n");
        if let Some((at, _)) = text.char_indices().nth(cut) {
            text.insert_str(at, &noise);
        }
        if let Err(problems) = read(&text) {
            proptest::prop_assert!(!problems.is_empty());
            for problem in problems {
                proptest::prop_assert!(!problem.what.is_empty());
            }
        }
    }
}

/// What ships must be what this room reads.
#[test]
fn the_shipped_definitions_are_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schedules");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "yaml") {
            continue;
        }
        let (stem, text) = (path.file_stem().unwrap().to_str().unwrap(), std::fs::read_to_string(&path).unwrap());
        let file = path.file_name().unwrap().to_str().unwrap();
        if let Err(problems) = Definition::read(stem, file, &text, &ZoneRules::bundled()) {
            panic!("{}", problems.iter().map(|problem| format!("\n{problem}")).collect::<String>());
        }
        count += 1;
    }
    assert!(count >= 3, "{count}");
}

#[test]
fn a_group_is_each_of_its_members() {
    let text = WEEKLY.replace("to: compliance@example.com", "to: group:leads");
    let read = |text: &str, groups: &[(&str, &[&str])]| {
        let owned = |members: &[&str]| members.iter().map(|one| (*one).to_owned()).collect();
        let groups = groups.iter().map(|(name, members)| ((*name).to_owned(), owned(members))).collect();
        let mailing = Mailing { domains: &[], groups: Some(&groups), house: None };
        Definition::read_within("weekly", "weekly.yaml", text, &ZoneRules::bundled(), mailing, None)
    };
    let plain = read(WEEKLY, &[]).unwrap();
    let found = read(&text, &[("leads", &["a@example.com", "b@example.com"])]).unwrap();
    assert_eq!(found.recipients.len(), plain.recipients.len() + 1);
    let to: Vec<&str> = found.recipients.iter().map(|one| one.to.as_str()).take(2).collect();
    assert_eq!(to, ["a@example.com", "b@example.com"]);
    assert!(found.recipients[..2].iter().all(|one| one.formats == plain.recipients[0].formats));
    assert!(shown(read(&text, &[]).unwrap_err())[0].contains("there is no group `leads`. Add `groups: { leads: "));
    let near = read(&text, &[("lead", &["a@example.com"])]).unwrap_err();
    assert!(shown(near)[0].contains("Did you mean `lead`?"));
    // Where nothing is mailed, who is in it does not matter.
    assert_eq!(super::tests::read(&text).unwrap().recipients.len(), plain.recipients.len() - 1);
    let twice = text.replace("recipients:\n", "recipients:\n  - { to: b@example.com }\n");
    let twice = shown(read(&twice, &[("leads", &["b@example.com"])]).unwrap_err());
    assert!(twice[0].contains("`b@example.com` is a recipient twice"), "{twice:?}");
}
