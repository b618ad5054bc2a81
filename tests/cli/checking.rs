//! Checking, planning and previewing: what happens before anything is issued.

use crate::home::{Home, names};
use crate::samples::{DAILY, daily};

/// Ten mistakes, one in each of ten lines.
const TEN: &str = "titel: Ten mistakes
title: Ten mistakes
owner: nobody
schedule: { every: wek, at: \"25:00\", timezone: Europe/Berln }
compare: the moon
where: { rol: Administrator }
sections:
  - summary: [evnts]
  - series: { measure: events, by: hour }
recipients:
  - { to: anna@example.com, formats: [doc] }
";

#[test]
fn ten_mistakes_are_ten_lines_with_file_line_and_column() {
    let home = Home::new();
    home.definition("ten", TEN);
    let ran = home.run(["check"]);
    ran.fails(2, &["10 problems. Nothing was done."]);
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines.len(), 11, "{ran:#?}");
    let at = |line: &str| line.split(": ").next().unwrap().to_owned();
    let places: Vec<String> = lines[..10].iter().map(|line| at(line)).collect();
    assert_eq!(
        places,
        ["1:1", "3:8", "4:20", "4:29", "4:48", "5:10", "6:10", "8:15", "9:36", "11:39"]
            .map(|at| format!("schedules/ten.yaml:{at}"))[..]
    );
    assert_eq!(home.json(&["check"])["problems"].as_array().unwrap().len(), 10);
    // Nothing was written: no log, no ledger, no mail.
    assert_eq!(names(&home.path("")), ["quarterday.yaml", "schedules"]);
}

#[test]
fn check_reads_settings_mappings_directory_and_templates_too() {
    let home = daily();
    assert!(home.ok(["check"]).contains("schedules/daily.yaml, templates and theme, directory: no problem."));
    home.file("people.csv", "actor,name\nanna@example.com,Anna,too many\n");
    home.run(["check"]).fails(2, &["people.csv:2:"]);
    home.file("people.csv", "actor,name\n").file("mappings/m.yaml", "name: m\nformat: cvs\n");
    home.run(["check"]).fails(2, &["mappings/m.yaml:2:9: "]);
    home.run(["check", "schedules/nosuch.yaml"]).fails(1, &["schedules/nosuch.yaml cannot be read"]);
    home.ok(["check", "schedules/daily.yaml"]);
    std::fs::remove_file(home.path("mappings/m.yaml")).unwrap();
    home.file("report-templates/report.tera", "<p>{% if %}</p>");
    home.run(["check"]).fails(2, &["report.tera:1:"]);
    home.file("quarterday.yaml", "mial: {}\n");
    home.run(["check"]).fails(2, &["quarterday.yaml:1:1: unknown key `mial`. Did you mean `mail`?"]);
    home.run(["--home", "nosuch", "check"]).fails(1, &["nosuch", "`quarterday init` makes one"]);
}

#[test]
fn plan_says_what_is_issued_when_and_to_whom() {
    let home = daily();
    let plan = home.ok(["plan", "--days", "2"]);
    let lines: Vec<&str> = plan.lines().collect();
    assert_eq!(lines.len(), 3, "{plan}");
    assert!(lines[1].starts_with("2 Dec 2026 07:00 UTC  daily   Tuesday 1 December 2026"), "{plan}");
    assert!(lines[1].ends_with("anna@example.com, ben@example.com"), "{plan}");
    assert_eq!(home.json(&["plan", "--days", "3"]).as_array().unwrap().len(), 3);
    assert!(home.ok(["plan", "--days", "0"]).contains("Nothing is issued in the next 0 days."));
}

/// The schedule of a definition, replaced.
fn scheduled(schedule: &str) -> String {
    let line = DAILY.lines().find(|line| line.starts_with("schedule:")).unwrap();
    DAILY.replace(line, &format!("schedule: {{ {schedule} }}"))
}

#[test]
fn holidays_move_sendings_and_are_checked_with_everything_else() {
    let home = daily();
    home.file("schedules/holidays/de.yaml", "2027-01-04: Company holiday\n01-01: New Year\neaster - 2: Good Friday\n");
    home.definition(
        "daily",
        &scheduled("every: month, day: first business day, holidays: de, timezone: Europe/Berlin"),
    );
    assert!(home.ok(["check"]).contains("schedules/holidays/de.yaml"));
    let plan = home.ok(["plan", "--days", "60"]);
    let lines: Vec<&str> = plan.lines().skip(1).collect();
    assert!(lines[0].starts_with("5 Jan 2027 07:00 Europe/Berlin  daily   December 2026"), "{plan}");
    assert_eq!(home.json(&["plan", "--days", "800"]).as_array().unwrap().len(), 26);
    // Named alone, a definition shows its next five firings with their periods.
    let checked = home.ok(["check", "schedules/daily.yaml", "schedules/holidays/de.yaml"]);
    let lines: Vec<&str> = checked.lines().collect();
    assert_eq!(lines.len(), 1 + 1 + 5, "{checked}");
    assert!(lines[2].starts_with("5 Jan 2027 07:00 Europe/Berlin") && lines[2].ends_with("December 2026"), "{checked}");
    assert!(lines[6].starts_with("3 May 2027") && lines[6].ends_with("April 2027"), "{checked}");
    // In the last year that is written there, somebody must write the next one.
    home.now("2027-02-01T08:30:00Z");
    let warning = "warning: the holidays `de` of daily are written until 2027: add those of 2028";
    assert!(home.ok(["check"]).contains(warning));
    home.file("schedules/holidays/de.yaml", "2027-02-30: No day\n");
    home.run(["check"]).fails(2, &["holidays/de.yaml:1:1: `2027-02-30`", "`de` have problems of their own"]);
    home.run(["check", "schedules/holidays/de.yaml"]).fails(2, &["holidays/de.yaml:1:1: "]);
    home.file("schedules/holidays/de.yaml", "12-25: Christmas\n")
        .file("schedules/holidays/de.ics", "BEGIN:VCALENDAR\n");
    home.run(["check"]).fails(2, &["has the same name", "de.ics:"]);
    home.definition("daily", &scheduled("every: week, shift: after, holidays: ed, timezone: UTC"));
    home.run(["check"]).fails(2, &["there are no holidays `ed`"]);
}

#[test]
fn a_plan_can_be_subscribed_to() {
    let home = daily();
    let calendar = home.ok(["plan", "--days", "2", "--ics"]);
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && calendar.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 2, "{calendar}");
    assert!(calendar.contains("\r\nUID:daily/2026-12-01@") && calendar.contains("\r\nDTSTART:20261202T070000Z\r\n"));
    assert!(!calendar.contains("anna@example.com"), "{calendar}");
    assert_eq!(home.ok(["plan", "--days", "2", "--ics"]), calendar);
    let both = home.run(["--json", "plan", "--ics"]);
    assert!(both.code == 2 && both.out.contains("two formats"), "{both:#?}");
}

#[test]
fn a_preview_says_so_and_leaves_no_trace_in_ledger_or_mail() {
    let home = daily();
    home.run(["preview", "daily", "-o", "p.html", "--format", "html"])
        .fails(0, &["p.html: a preview of daily/2026-11-30; not issued, not sent."]);
    let html = std::fs::read_to_string(home.path("p.html")).unwrap();
    assert!(html.contains("PREVIEW, NOT ISSUED") && html.contains("Valves"), "{html}");
    home.run(["preview", "daily", "-o", "p.pdf"]);
    assert!(std::fs::read(home.path("p.pdf")).unwrap().starts_with(b"%PDF-"));
    // A period that is not over can be looked at before it can be issued.
    home.ok(["preview", "daily", "--period", "2026-12-01", "-o", "today.pdf"]);
    home.run(["issue", "daily", "--period", "2026-12-01"])
        .fails(1, &["2026-12-01 is not over yet", "`preview` shows it now"]);
    assert_eq!(home.history(), Vec::<serde_json::Value>::new());
    assert!(home.mails().is_empty() && names(&home.path("var/editions")).is_empty());
    home.run(["preview", "dayly", "-o", "x.pdf"]).fails(2, &["there is no report `dayly`", "daily"]);
    home.run(["preview", "daily", "-o", "no/such/x.pdf"]).fails(1, &["no/such/x.pdf cannot be written"]);
}

#[test]
fn an_empty_list_of_recipients_is_a_problem_and_none_is_an_archive() {
    let home = daily();
    let (head, _) = DAILY.split_once("recipients:").unwrap();
    home.definition("daily", &format!("{head}recipients: []\n"));
    let words = "schedules/daily.yaml:9:13: the report has no recipients. Write `- { to: name@example.com }`, or `recipients: none` to keep the report without mailing it";
    home.run(["check"]).fails(2, &[words]);
    home.run(["issue"]).fails(2, &[words]);
    home.definition("daily", head);
    home.run(["check"]).fails(2, &["`recipients` is missing"]);
    assert!(home.history().is_empty() && home.mails().is_empty());

    home.definition("daily", &format!("{head}recipients: none\n"));
    assert!(home.ok(["plan", "--days", "1"]).contains("archived only"));
    assert!(home.ok(["issue"]).contains("daily/2026-11-30: issued, "));
    assert_eq!(home.standing(), ["daily/2026-11-30 issued"]);
    assert!(home.mails().is_empty());
    assert!(home.edition_files("daily/2026-11-30").contains(&"daily_2026-11-30.pdf".to_owned()));
}

#[test]
fn two_reports_of_one_name_and_a_link_to_nowhere_are_said_and_the_others_go_out() {
    let home = crate::samples::daily();
    home.definition("weekly", crate::samples::DAILY);
    home.file("schedules/weekly.yml", crate::samples::DAILY);
    #[cfg(unix)]
    std::os::unix::fs::symlink("/nowhere/at/all.yaml", home.path("schedules/gone.yaml")).unwrap();
    let twice = ["schedules/weekly.yaml:1:1: schedules/weekly.yml has the same name", "schedules/weekly.yml:1:1: "];
    let ran = home.run(["issue"]);
    ran.fails(2, &twice);
    #[cfg(unix)]
    ran.fails(2, &["schedules/gone.yaml:1:1: ", "gone.yaml cannot be read: "]);
    assert_eq!(home.standing(), ["daily/2026-11-30 issued"]);
    home.run(["preview", "weekly", "-o", "x.pdf"]).fails(2, &twice[..1]);
    #[cfg(unix)]
    std::fs::remove_file(home.path("schedules/gone.yaml")).unwrap();
    home.run(["check"]).fails(2, &twice);
    // One of the two endings is as good as the other.
    std::fs::remove_file(home.path("schedules/weekly.yaml")).unwrap();
    home.ok(["preview", "weekly", "-o", "x.pdf"]);
}
