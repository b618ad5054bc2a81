//! Rendering: a stored edition set again from its own files, byte for byte; the spreadsheet; and what verify says when not.

use crate::home::{Home, Ran};
use crate::samples::CRM;
use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;

/// A daily report with evidence, mailed as a page and as a spreadsheet.
const DAILY: &str = "title: Daily numbers
owner: owner@example.com
schedule: { every: day, at: \"07:00\", timezone: Europe/Berlin, since: 2026-11-30 }
compare: previous period
measures:
  exported_share: { title: Share exported, rate: [exports, events] }
sections:
  - summary: [events, actors, deletions, exported_share]
  - ranking: { title: 'Who: \"did\" [what]?', by: actor, measures: [events, records_affected, failed_logins] }
  - events: { title: Everything, columns: [time, actor_name, action, record_name, affected, details] }
  - coverage
recipients:
  - { to: anna@example.com, formats: [pdf, xlsx] }
";

/// A log with a hostile row.
fn issued() -> Home {
    let home = Home::new();
    let hostile =
        "2026-11-30T18:00:00Z,ben@example.com,Updated,Deals,13,\"=HYPERLINK(\"\"https://evil.example\"\")\",+1\n";
    home.definition("daily", DAILY).file("crm.csv", format!("{CRM}{hostile}"));
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home.ok(["issue"]);
    home
}

fn stored(home: &Home, ending: &str) -> Vec<u8> {
    std::fs::read(home.path(&format!("var/editions/daily/2026-11-30/daily_2026-11-30{ending}"))).unwrap()
}

#[test]
fn an_edition_is_set_again_with_the_same_bytes_in_another_zone_and_locale() {
    let home = issued();
    for (format, ending) in [("pdf", ".pdf"), ("html", ".html"), ("xlsx", ".xlsx")] {
        let ran = home
            .command(["render", "daily/2026-11-30", "--format", format, "-o", "-"])
            .env("TZ", "Pacific/Auckland")
            .env("LC_ALL", "tr_TR.UTF-8")
            .env("LANG", "tr_TR.UTF-8")
            .output()
            .unwrap();
        assert!(ran.status.success() && ran.stderr.is_empty(), "{ran:?}");
        assert!(ran.stdout == stored(&home, ending), "{format}: other bytes");
    }
    // Without a name it is called as in the edition, and replaces nothing.
    home.ok(["render", "daily/2026-11-30", "--format", "csv"]);
    let csv = std::fs::read_to_string(home.path("daily_2026-11-30_figures.csv")).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("Figure,Address,Section,Value,"), "{csv}");
    assert!(lines.iter().any(|line| line.contains(",summary/events,,5,not in the log,")), "{csv}");
    assert!(lines.iter().any(|line| line.contains(",summary/exported_share,,0.200000,not in the log,")), "{csv}");
    home.run(["render", "daily/2026-11-30", "--format", "csv"]).fails(1, &["is there already"]);
}

#[test]
fn verify_sets_everything_again_and_says_what_differs_and_where() {
    let home = issued();
    let said = home.ok(["verify", "daily/2026-11-30"]);
    for ending in ["pdf", "html", "xlsx"] {
        assert!(said.contains(&format!("holds: set again: daily_2026-11-30.{ending}: the same bytes\n")), "{said}");
    }
    let folder = home.path("var/editions/daily/2026-11-30");
    let html = folder.join("daily_2026-11-30.html");
    let text = std::fs::read_to_string(&html).unwrap();
    std::fs::write(&html, text.replacen("Daily numbers", "Daily wonders", 1)).unwrap();
    let said = home.run(["verify", "daily/2026-11-30"]);
    assert_eq!(said.code, 1, "{said:#?}");
    assert!(
        said.out.contains("set again: daily_2026-11-30.html: other bytes than those stored: first in line "),
        "{said:#?}"
    );
    // A page that is gone or damaged can be made again.
    let ran = home.run(["render", "daily/2026-11-30", "--format", "html", "-o", "again.html"]);
    assert!(ran.code == 0 && ran.err.contains("warning: not the bytes that were issued: first in line "), "{ran:#?}");
    assert_eq!(std::fs::read_to_string(home.path("again.html")).unwrap(), text);

    // Another version of the program does not claim anything.
    let figures = folder.join("figures.json");
    let text = std::fs::read_to_string(&figures).unwrap();
    let version = format!("\"engine\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&version));
    std::fs::write(&figures, text.replace(&version, "\"engine\": \"0.0.1\"")).unwrap();
    let said = home.run(["verify", "daily/2026-11-30"]);
    assert!(said.out.contains("not checked: set again: made by version 0.0.1, this is "), "{said:#?}");
    home.run(["render", "daily/2026-11-30", "-o", "x.pdf"]).fails(1, &["figures.json is not the file that was issued"]);
    std::fs::remove_file(&figures).unwrap();
    home.run(["render", "daily/2026-11-30", "-o", "x.pdf"]).fails(1, &["figures.json cannot be read"]);
}

#[test]
fn the_spreadsheet_holds_figures_and_evidence_typed_and_nothing_runs() {
    let home = issued();
    assert_eq!(home.mails()[0].file_names(), ["daily_2026-11-30.pdf", "daily_2026-11-30.xlsx"]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(stored(&home, ".xlsx"))).unwrap();
    assert_eq!(book.sheet_names(), ["About", "Figures", "Summary", "Who \"did\" what", "Everything", "Coverage"]);
    let mut sheet = |name: &str| -> Vec<Vec<Data>> {
        assert!(book.worksheet_formula(name).unwrap().rows().flatten().all(String::is_empty), "{name} has a formula");
        book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect()
    };
    let text = |text: &str| Data::String(text.to_owned());
    let figures = sheet("Figures");
    let events = figures.iter().find(|row| row[1] == text("summary/events")).unwrap();
    assert_eq!((&events[0], &events[3], &events[4]), (&text("F1"), &Data::Float(5.0), &text("not in the log")));
    let everything = sheet("Everything");
    let head: Vec<String> = everything[0].iter().map(ToString::to_string).collect();
    assert_eq!(head[..4], ["Event", "Time", "Time (UTC)", "Who"]);
    let Data::DateTime(civil) = &everything[1][1] else { panic!("{everything:?}") };
    let Data::DateTime(utc) = &everything[1][2] else { panic!("{everything:?}") };
    assert!(((civil.as_f64() - utc.as_f64()) * 24.0 - 1.0).abs() < 1e-6, "Berlin is an hour ahead");
    let affected = head.iter().position(|head| head == "Records").unwrap();
    assert!(everything.iter().any(|row| row[affected] == Data::Float(240.0)), "{everything:?}");
    // As in the CSV: neutralised, and a text.
    assert!(
        everything.iter().flatten().any(|cell| *cell == text("'=HYPERLINK(\"https://evil.example\")")),
        "{everything:?}"
    );
    let who = sheet("Who \"did\" what");
    assert_eq!(who[1][3], text("not recorded"), "{who:?}");
    let about = sheet("About");
    assert!(about.iter().any(|row| row[0] == text("Edition") && row[1] == text("daily/2026-11-30")), "{about:?}");
    // Nobody asked for it: it can be had all the same.
    let preview = home.command(["preview", "daily", "--period", "2026-11-29", "--format", "xlsx", "-o", "-"]);
    let ran = { preview }.output().unwrap();
    assert!(ran.stdout.starts_with(b"PK"), "{:#?}", Ran::of(ran));
}
