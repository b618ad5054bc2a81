//! Tests of working hours as written.

use super::*;
use crate::config::Config;

fn read(hours: &str) -> Config {
    Config::read(&format!("zone_rules: bundled\nworking_hours:\n{hours}"), "q.yaml").unwrap()
}

fn problems(hours: &str) -> Vec<String> {
    let text = format!("working_hours: {hours}");
    Config::read(&text, "q.yaml").err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn days_with_hours_and_weekdays_by_name() {
    let config = read(
        r#"
  default: { days: [sunday, monday], hours: "8:00–16:30" }
  teams:
    Customer Success: { days: [monday, tuesday, wednesday, thursday, friday], hours: "06:00-22:00", timezone: europe/berlin }
    Sales: { hours: "08:00-17:00", friday: "08:00-14:00", saturday: "00:00-24:00", monday: none }
    Night: { monday: "08:00-17:00", tuesday: "08:00-17:00", wednesday: none, thursday: none, friday: none }
    Abroad: { timezone: Asia/Tokyo }
"#,
    );
    let day = Some((480, 990));
    assert_eq!(config.hours.default.week, [day, None, None, None, None, None, day]);
    let success = Some((360, 1320));
    let team = |name: &str| config.hours.teams[name].clone();
    assert_eq!(team("Customer Success").week, [success, success, success, success, success, None, None]);
    assert_eq!(team("Customer Success").timezone.as_deref(), Some("Europe/Berlin"));
    let sales = Some((480, 1020));
    assert_eq!(team("Sales").week, [None, sales, sales, sales, Some((480, 840)), Some((0, 1440)), None]);
    assert_eq!(team("Night").week, [sales, sales, None, None, None, None, None]);
    assert_eq!(team("Abroad").week, config.hours.default.week);
    assert_eq!(config.zones.keys().map(String::as_str).collect::<Vec<_>>(), ["Asia/Tokyo", "Europe/Berlin"]);
    assert_eq!(config.zones["Europe/Berlin"].name(), "Europe/Berlin");
}

#[test]
fn teams_live_in_the_zone_of_the_default() {
    let text =
        "  default: { timezone: Europe/Berlin }\n  teams: { A: { hours: \"06:00-22:00\" }, B: { timezone: UTC } }\n";
    let hours = read(text).hours;
    assert_eq!(hours.default.week, Profile::default().week);
    assert_eq!(hours.teams["A"].timezone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(hours.teams["B"].timezone.as_deref(), Some("UTC"));
}

#[test]
fn holidays_with_and_without_names() {
    let day = |day: &str| day.parse::<NaiveDate>().unwrap();
    let named = read("  holidays: { 2026-12-25: Christmas Day, \"2026-12-26\": Boxing Day }\n").hours.holidays;
    assert_eq!(named[&day("2026-12-25")], "Christmas Day");
    assert_eq!(named[&day("2026-12-26")], "Boxing Day");
    let listed = read("  holidays:\n    - 2026-12-25\n    - 2027-01-01\n").hours;
    assert_eq!(listed.holidays[&day("2027-01-01")], "Holiday");
    assert!(!listed.is_working_day(day("2026-12-25")) && listed.is_working_day(day("2026-12-28")));
}

#[test]
fn exempt_kinds_replace_the_usual_ones() {
    assert!(read("  exempt_kinds: [person]\n").hours.exempt_kinds.iter().eq(["person"]));
    assert!(read("  exempt_kinds: []\n").hours.exempt_kinds.is_empty());
    assert!(read("  holidays: []\n").hours.exempt_kinds.iter().eq(["service", "system"]));
}

#[test]
fn what_is_wrong_is_said() {
    for (written, said) in [
        ("{ default: { days: [monday] } }", "1:27: `hours` is missing in `default`. Add `hours: …` here"),
        ("{ default: { days: [monday, monday], hours: \"08:00-09:00\" } }", "1:44: `monday` is named twice"),
        ("{ default: { hours: none } }", "1:27: `default` has no working day. Name at least one in `days`"),
        (
            "{ default: { friday: \"08:00-09:00\" } }",
            "1:27: the hours of monday, tuesday, wednesday, thursday are not said. Add them (`none` for a day off), or \
             `hours` for all days not named",
        ),
        (
            "{ default: { hours: \"08:00\" } }",
            "1:36: `hours` must be hours as in \"08:00-18:00\", or `none`, not the text `08:00`",
        ),
        (
            "{ default: { hours: \"08:00-24:01\" } }",
            "1:36: `hours` must be hours as in \"08:00-18:00\", or `none`, not the text `08:00-24:01`",
        ),
        (
            "{ teams: { A: { hours: \"08:00-08:00\" } } }",
            "1:39: `08:00-08:00` ends before it begins. Hours lie within one day, from 00:00 to 24:00",
        ),
        ("{ teams: { \"\": {} } }", "1:27: a team without a name. Write its name as in the directory"),
        ("{ teams: { A: 8-18 } }", "1:30: `A` must be a map (`key: value`), not the text `8-18`"),
        (
            "{ holidays: { 25.12.2026: Christmas } }",
            "1:30: `25.12.2026` is no day of the calendar. Write it as in `2026-12-25: Christmas Day`",
        ),
        ("{ holidays: [2026-12-25, 2026-12-25] }", "1:41: 2026-12-25 is named twice. Keep one of the two"),
        (
            "{ holidays: [2026-02-29] }",
            "1:29: `holidays` must be a day of the calendar as in 2026-11-22, not the text `2026-02-29`",
        ),
        ("{ exempt_kinds: [services] }", "1:33: unknown kind of actor `services`. Did you mean `service`?"),
    ] {
        assert_eq!(problems(written), [format!("q.yaml:{said}")], "{written}");
    }
}

#[test]
fn the_digest_is_that_of_the_meaning() {
    let usual = read("  default: { days: [friday, monday, tuesday, wednesday, thursday], hours: \"8:00 - 18:00\" }\n");
    assert_eq!(usual.hours_digest(), Config::default().hours_digest());
    // Fixed for ever: it stands in reports.
    let expected = "quarterday working hours 1\n0: 480-1080 480-1080 480-1080 480-1080 480-1080 none none -\n\
                    exempt service system\n";
    assert_eq!(usual.hours_digest(), sha256_hex(expected.as_bytes()));
    let others = [
        "  default: { hours: \"08:00-18:01\" }\n",
        "  default: { timezone: UTC }\n",
        "  teams: { A: {} }\n",
        "  teams: { B: {} }\n",
        "  holidays: { 2026-12-25: A }\n",
        "  holidays: { 2026-12-25: B }\n",
        "  exempt_kinds: [service]\n",
    ];
    let mut digests: Vec<String> = others.iter().map(|text| read(text).hours_digest()).collect();
    digests.push(usual.hours_digest());
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), others.len() + 1);
}
