//! Plans of schedules that are more than one line: fiscal years, and several firings in one definition.

use crate::home::Home;
use crate::samples::{DAILY, daily};

/// The daily report under another schedule.
fn scheduled(home: &Home, stem: &str, schedule: &str) {
    let line = DAILY.lines().find(|line| line.starts_with("schedule:")).unwrap();
    home.definition(stem, &DAILY.replace(line, schedule));
}

/// Firings of a plan: when, and for which period.
fn planned(home: &Home, days: &str) -> Vec<String> {
    let plan = home.json(&["plan", "--days", days]);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let one = |due: &serde_json::Value| format!("{} {}", text(&due["civil"]), text(&due["key"]["period"]));
    plan.as_array().unwrap().iter().map(one).collect()
}

#[test]
fn fiscal_quarters_are_planned_issued_looked_at_and_backfilled() {
    let home = daily();
    std::fs::remove_file(home.path("schedules/daily.yaml")).unwrap();
    let schedule = "schedule: { every: quarter, day: 2, timezone: Europe/Berlin, since: 2026-08-01 }";
    scheduled(&home, "fiscal", &format!("fiscal_year_begins: february\n{schedule}"));
    assert_eq!(
        planned(&home, "300"),
        ["2027-02-02T07:00:00 FY2026-02-Q4", "2027-05-02T07:00:00 FY2027-02-Q1", "2027-08-02T07:00:00 FY2027-02-Q2"]
    );
    let checked = home.ok(["check", "schedules/fiscal.yaml"]);
    let lines: Vec<&str> = checked.lines().collect();
    assert!(lines[2].starts_with("2 Feb 2027 07:00 Europe/Berlin"), "{checked}");
    assert!(lines[2].ends_with("Fourth quarter of fiscal year 2026/27"), "{checked}");
    assert!(home.ok(["plan", "--days", "100", "--ics"]).contains("UID:fiscal/FY2026-02-Q4@"));
    // The quarter that closed on the first of November was due on the second.
    home.now("2026-11-02T08:30:00Z");
    home.ok(["issue"]);
    assert_eq!(home.standing(), ["fiscal/FY2026-02-Q3 issued"]);
    let html = home.edition_text("fiscal/FY2026-02-Q3", ".html");
    assert!(html.contains("Third quarter of fiscal year 2026/27"), "{html}");
    assert!(html.contains("for the fiscal quarter before (fiscal years begin in February)"), "{html}");
    assert!(html.contains("on day 2 of February, May, August and November at 07:00"), "{html}");
    home.now("2027-02-01T08:30:00Z");
    home.ok(["backfill", "fiscal", "--from", "2026-02-01", "--to", "2027-01-31"]);
    assert_eq!(
        home.standing(),
        [
            "fiscal/FY2026-02-Q1 issued",
            "fiscal/FY2026-02-Q2 issued",
            "fiscal/FY2026-02-Q3 issued",
            "fiscal/FY2026-02-Q4 issued"
        ]
    );
    // What was backfilled is not due once more.
    home.now("2027-02-03T08:30:00Z");
    home.ok(["issue"]);
    assert_eq!(home.standing().len(), 4);
    home.ok(["preview", "fiscal", "--period", "FY2025-02-Q2", "-o", "p.pdf"]);
    home.run(["preview", "fiscal", "--period", "2026-Q4", "-o", "p.pdf"])
        .fails(2, &["covers another kind of period than `2026-Q4`; write one such as FY2026-02-Q3"]);
    home.run(["preview", "fiscal", "--period", "FY2026-01", "-o", "p.pdf"]).fails(2, &["FY2026-04-Q3"]);
    home.ok(["verify", "fiscal/FY2026-02-Q3"]);
    assert!(home.ok(["history", "fiscal", "--period", "FY2026-02-Q4"]).contains("FY2026-02-Q4"));
}

#[test]
fn a_fiscal_year_is_compared_with_the_one_before_and_charted_by_its_quarters() {
    let home = daily();
    let text = DAILY
        .replace("title: Daily numbers", "title: Year\nfiscal_year_begins: october")
        .replace(
            "schedule: { every: day, at: \"07:00\", timezone: UTC, since: 2026-11-30 }",
            "schedule: { every: year, timezone: UTC }",
        )
        .replace(
            "  - coverage",
            "  - series: { title: By quarter, measure: events, by: quarter, table: yes }\n  - coverage",
        );
    home.definition("daily", &text);
    home.now("2027-10-02T08:30:00Z");
    home.ok(["preview", "daily", "--period", "FY2026-10", "-o", "p.json", "--format", "json"]);
    let figures: serde_json::Value = serde_json::from_slice(&std::fs::read(home.path("p.json")).unwrap()).unwrap();
    let figures = &figures["figures"];
    assert_eq!(figures["period"]["label"], "FY2026-10");
    assert_eq!(figures["compared"][0]["periods"][0]["label"], "FY2025-10");
    let series = figures["sections"].as_array().unwrap().iter().find(|one| one["title"] == "By quarter").unwrap();
    let labels = series["body"].to_string();
    for quarter in ["FY2026-10-Q1", "FY2026-10-Q2", "FY2026-10-Q3", "FY2026-10-Q4"] {
        assert!(labels.contains(quarter), "{quarter}: {labels}");
    }
    home.definition("daily", &DAILY.replace("schedule:", "fiscal_year_begins: aprill\nschedule:"));
    home.run(["check"]).fails(2, &["daily.yaml:3:21: unknown month `aprill`. Did you mean `april`?"]);
}

/// Weekly on Mondays, and monthly on the first, to the same people.
const BOTH: &str = "schedule:
  - { every: week, on: monday, at: \"06:00\", timezone: Europe/Berlin }
  - { every: month, day: 1, at: \"07:30\", after: 1h }";

#[test]
fn several_firings_of_one_report_are_planned_and_issued_each_by_itself() {
    let home = daily();
    std::fs::remove_file(home.path("schedules/daily.yaml")).unwrap();
    home.now("2026-11-20T08:30:00Z");
    scheduled(&home, "both", BOTH);
    assert_eq!(
        planned(&home, "17"),
        [
            "2026-11-23T06:00:00 2026-W47",
            "2026-11-30T06:00:00 2026-W48",
            "2026-12-01T07:30:00 2026-11",
            "2026-12-07T06:00:00 2026-W49"
        ]
    );
    let checked = home.ok(["check", "schedules/both.yaml"]);
    let lines: Vec<&str> = checked.lines().collect();
    assert_eq!(lines.len(), 1 + 1 + 5, "{checked}");
    assert!(lines[3].starts_with("30 Nov 2026 06:00 Europe/Berlin") && lines[3].contains("Week 48"), "{checked}");
    assert!(lines[4].starts_with("1 Dec 2026 08:30 Europe/Berlin") && lines[4].ends_with("November 2026"), "{checked}");
    let calendar = home.ok(["plan", "--days", "17", "--ics"]);
    assert!(calendar.contains("UID:both/2026-W48@") && calendar.contains("UID:both/2026-11@"), "{calendar}");
    home.ok(["issue"]);
    assert!(home.standing().is_empty(), "due from the first look on");
    home.now("2026-11-23T05:30:00Z");
    home.ok(["issue"]);
    home.now("2026-12-01T07:00:00Z");
    let out = home.ok(["issue"]);
    assert!(out.contains("both/2026-11"), "the month waits for its closing: {out}");
    assert_eq!(home.standing(), ["both/2026-W47 issued", "both/2026-W48 issued"]);
    home.now("2026-12-01T07:45:00Z");
    home.ok(["issue"]);
    home.ok(["issue"]);
    assert_eq!(home.standing(), ["both/2026-11 issued", "both/2026-W47 issued", "both/2026-W48 issued"]);
    // Each series is a thread of its own, and says by which of the schedules it comes.
    let mails = home.mails();
    let monthly = mails.iter().find(|mail| mail.header("X-Quarterday-Edition") == "both/2026-11").unwrap();
    let weekly = mails.iter().find(|mail| mail.header("X-Quarterday-Edition") == "both/2026-W48").unwrap();
    assert_eq!(monthly.header("In-Reply-To"), "");
    assert!(!weekly.header("In-Reply-To").is_empty());
    let html = home.edition_text("both/2026-11", ".html");
    assert!(html.contains("on day 1 of every month at 07:30") && html.contains("every Monday at 06:00"), "{html}");
    home.ok(["backfill", "both", "--from", "2026-09-28", "--to", "2026-10-31", "--archive-only"]);
    assert_eq!(home.standing().len(), 3 + 1 + 4, "{:?}", home.standing());
    home.run(["preview", "both", "--period", "2026-Q3", "-o", "p.pdf"])
        .fails(2, &["covers another kind of period than `2026-Q3`; write one such as 2026-W27 or 2026-07"]);
    home.ok(["preview", "both", "--period", "2026-08", "-o", "p.pdf"]);
    home.ok(["verify", "both/2026-11"]);
    home.ok(["verify", "log"]);
}

#[test]
fn a_firing_that_is_added_later_does_not_bring_the_months_before() {
    let home = daily();
    std::fs::remove_file(home.path("schedules/daily.yaml")).unwrap();
    home.now("2026-03-02T08:30:00Z");
    let weekly = "schedule: { every: week, on: monday, at: \"06:00\", timezone: Europe/Berlin, catch_up: none }";
    scheduled(&home, "both", weekly);
    home.ok(["issue"]);
    home.now("2026-11-20T08:30:00Z");
    home.ok(["issue"]);
    let before = home.standing();
    assert!(before.iter().all(|line| line.ends_with("missed")), "{before:?}");
    scheduled(&home, "both", BOTH);
    home.now("2026-11-20T08:31:00Z");
    home.ok(["issue"]);
    assert_eq!(home.standing(), before, "no month is late, and none is missed");
    home.now("2026-12-01T08:00:00Z");
    home.ok(["issue"]);
    let new: Vec<String> = home.standing().into_iter().filter(|line| !before.contains(line)).collect();
    assert_eq!(new, ["both/2026-11 issued", "both/2026-W47 issued", "both/2026-W48 issued"]);
    // Left out and brought back: what lies between was not asked for.
    scheduled(&home, "both", weekly);
    home.now("2026-12-02T08:00:00Z");
    home.ok(["issue"]);
    scheduled(&home, "both", BOTH);
    home.now("2027-01-02T08:00:00Z");
    home.ok(["issue"]);
    assert!(!home.standing().iter().any(|line| line.starts_with("both/2026-12 ")), "{:?}", home.standing());
    home.now("2027-02-01T08:00:00Z");
    home.ok(["issue"]);
    assert!(home.standing().contains(&"both/2027-01 issued".to_owned()), "{:?}", home.standing());
}
