//! Tests of the settings' top level: defaults, the whole of a file, the example, and every Problem at once.

use super::super::{ChannelSettings, EXAMPLE, Keep};
use super::*;
use crate::calendar::hours::Profile;
use proptest::prelude::*;

fn problems(text: &str) -> Vec<String> {
    Config::read(text, "q.yaml").err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn an_empty_file_is_the_default() {
    for text in ["", "\n\n", "# all of it\n  # commented out\r\n", "\u{feff}---\n# nothing\n"] {
        assert_eq!(Config::read(text, "q.yaml").as_ref(), Ok(&Config::default()), "{text:?}");
    }
    let config = Config::default();
    assert_eq!(config.timezone_name, "UTC");
    assert_eq!(config.mail.channel, ChannelSettings::Folder("var/mail".to_owned()));
    assert_eq!(config.mail.sender().unwrap().address.as_str(), "quarterday@quarterday.invalid");
    assert_eq!(config.hours.default, Profile::default());
    assert!(config.hours.exempt_kinds.iter().eq(["service", "system"]));
}

#[test]
fn every_key_is_read() {
    let text = r#"
organisation: " Halden & Voss GmbH "
timezone: europe/berlin
zone_rules: bundled
clock: 2026-12-01T09:30:00+01:00
people: staff/people.CSV
mail: { folder: mail, max_size: 5 MiB, from: '"Voss, Q" <reports@example.com>' }
allowed_domains: [Example.com, sub.example.org]
working_hours: { default: { hours: "09:00-17:00" } }
sources:
  zoho-crm: { title: Zoho CRM, rhythm: every working day, retention_days: 365, keep_days: 730 }
  hourly: { rhythm: every 6 hours, keep_days: forever }
  each: { rhythm: every hour }
  quiet: { rhythm: none }
  daily: { rhythm: every day }
  known.only_2: {}
"#;
    let config = Config::read(text, "q.yaml").unwrap();
    assert_eq!(config.organisation, "Halden & Voss GmbH");
    assert_eq!((config.timezone_name.as_str(), config.timezone.name()), ("Europe/Berlin", "Europe/Berlin"));
    assert_eq!(config.zone_rules, RulesFrom::Bundled);
    assert!(config.zone_rules.load().version.ends_with("(bundled)"));
    assert_eq!(config.clock, Some(1_796_113_800_000));
    assert_eq!(config.people.as_deref(), Some("staff/people.CSV"));
    assert_eq!(config.mail.channel, ChannelSettings::Folder("mail".to_owned()));
    assert_eq!(config.mail.max_size, 5 << 20);
    let sender = config.mail.sender().unwrap();
    assert_eq!((sender.name.as_deref(), sender.address.as_str()), (Some("Voss, Q"), "reports@example.com"));
    assert_eq!(config.allowed_domains, ["example.com", "sub.example.org"]);
    assert_eq!(config.hours.default.week[0], Some((540, 1020)));
    assert_ne!(config.hours_digest(), Config::default().hours_digest());
    let zoho = SourceWritten {
        title: Some("Zoho CRM".to_owned()),
        rhythm: Some(Some(Rhythm::EveryWorkingDay)),
        retention_days: Some(365),
        keep_days: Some(Keep::Days(730)),
    };
    assert_eq!(config.sources["zoho-crm"], zoho);
    assert_eq!(config.sources["hourly"].rhythm, Some(Some(Rhythm::EveryHours(6))));
    assert_eq!(config.sources["hourly"].keep_days, Some(Keep::Forever));
    assert_eq!(config.sources["each"].rhythm, Some(Some(Rhythm::EveryHours(1))));
    assert_eq!(config.sources["quiet"].rhythm, Some(None));
    assert_eq!(config.sources["daily"].rhythm, Some(Some(Rhythm::EveryDay)));
    assert_eq!(config.sources["known.only_2"], SourceWritten::default());
}

#[test]
fn the_example_is_the_default_and_what_it_comments_out_can_be_read() {
    assert_eq!(Config::read(EXAMPLE, "q.yaml"), Ok(Config::default()));
    // A `#` straight before a key or a list is a setting; before a blank and a sentence it is a comment.
    let is_setting = |rest: &str| {
        let key = rest.split(':').next().unwrap_or_default().trim();
        rest.contains(':') && !key.is_empty() && (!key.contains(' ') || key == "Customer Success")
    };
    let mut text = String::new();
    let mut opened = 0;
    for line in EXAMPLE.lines() {
        let indent = line.len() - line.trim_start().len();
        match line.trim_start().strip_prefix("# ").filter(|rest| is_setting(rest)) {
            Some(rest) if !line.trim_start().starts_with("# people:") => {
                opened += 1;
                text.push_str(&format!("{}{rest}\n", " ".repeat(indent)));
            }
            _ if line.trim_start().starts_with("folder:") => {}
            _ => text.push_str(&format!("{line}\n")),
        }
    }
    assert!(opened > 20, "{opened}");
    let config = Config::read(&text, "q.yaml").map_err(|all| format!("{all:#?}\n{text}")).unwrap();
    assert!(matches!(config.mail.channel, ChannelSettings::Smtp(_)));
    assert_eq!((config.hours.teams.len(), config.hours.holidays.len(), config.sources.len()), (2, 2, 1));
    assert!(config.clock.is_some() && !config.organisation.is_empty() && !config.allowed_domains.is_empty());
}

#[test]
fn every_mistake_is_said_at_once_with_its_place() {
    let text = r#"organization: Halden
timezone: Europe/Berln
zone_rules: bundeld
clock: 2026-12-01 08:30
people: people.xlsx
mail:
  from: reports
  max_size: 10
allowed_domains: ["@example.com", "no domain"]
working_hours:
  default: { days: [monday, tuseday], hours: "18:00-08:00" }
sources:
  Zoho CRM: { rhythm: hourly, retention_days: 0, titel: x }
"#;
    let version = ZoneRules::of_this_machine().version;
    assert_eq!(
        problems(text),
        [
            "q.yaml:1:1: unknown key `organization`. Did you mean `organisation`?".to_owned(),
            format!(
                "q.yaml:2:11: unknown time zone `Europe/Berln` (zone rules {version}). Did you mean `Europe/Berlin`?"
            ),
            "q.yaml:3:13: unknown place of zone rules `bundeld`. Did you mean `bundled`?".to_owned(),
            "q.yaml:4:8: `clock` must be a moment with its distance from UTC, as in 2026-12-01T08:30:00Z, not the text \
             `2026-12-01 08:30`"
                .to_owned(),
            "q.yaml:5:9: `people` must be a file that ends in .csv or .yaml, not the text `people.xlsx`".to_owned(),
            "q.yaml:7:9: `reports` is no sender: an address has an @ between name and domain. Write it as in \
             `Quarterday <reports@example.com>`"
                .to_owned(),
            "q.yaml:8:13: `max_size` must be a size from 100 kB to 1 GB, as in `10 MB`, not `10`".to_owned(),
            "q.yaml:9:19: `@example.com` is no name of a domain. Write it as in `example.com`; domains below it are \
             named one by one"
                .to_owned(),
            "q.yaml:9:35: `no domain` is no name of a domain. Write it as in `example.com`; domains below it are named \
             one by one"
                .to_owned(),
            "q.yaml:11:29: unknown day of the week `tuseday`. Did you mean `tuesday`?".to_owned(),
            "q.yaml:11:46: `18:00-08:00` ends before it begins. Hours lie within one day, from 00:00 to 24:00".to_owned(),
            "q.yaml:13:3: `Zoho CRM` is no name for a source. Use at most 64 small letters, digits, `-`, `_` and `.`"
                .to_owned(),
            "q.yaml:13:23: `rhythm` must be `every day`, `every working day`, `every 6 hours` (1 to 8784) or `none`, \
             not the text `hourly`"
                .to_owned(),
            "q.yaml:13:47: `retention_days` must be a whole number from 1 to 36500, not `0`".to_owned(),
            "q.yaml:13:50: unknown key `titel` in `Zoho CRM`. Did you mean `title`?".to_owned(),
        ]
    );
}

#[test]
fn what_is_written_but_says_nothing_is_not_taken() {
    assert_eq!(
        problems("allowed_domains: []\norganisation: \"a\\nb\"\ntimezone:\nsources: { a: { rhythm: every 0 hours } }"),
        [
            "q.yaml:1:18: `allowed_domains` names none: no report could go to anybody. Leave the key out if mail may go \
             everywhere",
            "q.yaml:2:15: `organisation` must be one line of text with at most 200 characters, not the text `a\\nb`",
            "q.yaml:3:1: `timezone` has no value. Write a value, or leave the key out",
            "q.yaml:4:25: `rhythm` must be `every day`, `every working day`, `every 6 hours` (1 to 8784) or `none`, not \
             the text `every 0 hours`",
        ]
    );
    assert_eq!(problems("- a"), ["q.yaml:1:1: this must be a map (`key: value`), not a list"]);
    assert_eq!(problems("mail: [").len(), 1);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(?s).{0,200}") {
        let _ = Config::read(&text, "q.yaml");
    }

    #[test]
    fn no_value_makes_it_panic(key in 0..KEYS.len(), value in r#"[-{}\[\],:0-9a-z" ]{0,60}"#) {
        let text = format!("zone_rules: bundled\n{}: {value}\n", KEYS[key]);
        if let Err(problems) = Config::read(&text, "q.yaml") {
            prop_assert!(!problems.is_empty());
        }
    }
}
