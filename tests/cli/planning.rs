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
