//! Cases: a definition and a log in, the text that people read out, compared with what lies in `tests/cases/NAME/expected/`.
//!
//! A case is a folder with `definition.yaml`, `log.csv`, and where wanted `logins.csv`, `people.csv`, `quarterday.yaml`
//! and `late.csv` (imported after the first edition, which is then revised). `UPDATE_CASES=1 cargo test --test cli cases`
//! writes the expected files anew: read the difference before it is committed.

use crate::home::{Home, names};
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[test]
fn empty_period() {
    let home = case("empty-period");
    let report = said(&home, "report.txt");
    assert!(report.contains("coverage complete"), "a holiday is no silence: {report}");
    assert!(report.contains("- Events 0 F1") && report.contains("Nothing in this period."), "{report}");
    // Who wants mail only when something happened gets none.
    assert_eq!(home.mails().len(), 1);
}

#[test]
fn not_recorded() {
    let home = case("not-recorded");
    let report = said(&home, "report.txt");
    assert!(report.contains("not recorded by zoho-crm"), "{report}");
    // No group without a name where no address is recorded; and no good news where nothing could be judged.
    assert!(!report.contains("(none)"), "{report}");
    assert!(report.contains("No line could be judged: Failed logins (not recorded by zoho-crm)."), "{report}");
    // In every format: the page (above and as PDF), the mail, the figures, the evidence.
    let mail = home.mails();
    assert!(mail[0].text().contains("Failed logins: not recorded"), "{}", mail[0].text());
    assert!(mail[0].text().contains("No line could be judged"), "{}", mail[0].text());
    assert!(mail[0].html().contains("not recorded"), "{}", mail[0].html());
    let figures = said(&home, "figures.txt");
    assert!(
        figures.lines().any(|line| line.starts_with("summary/failed_logins") && line.contains("not recorded")),
        "{figures}"
    );
    assert!(!figures.lines().any(|line| line.contains("failed_logins") && line.ends_with(" 0")), "{figures}");
    if let Some(pdf) = pdf_text(&home, "report/2026-11-30") {
        assert!(pdf.contains("not recorded"), "{pdf}");
    }
    let explained = home.ok(["explain", "report/2026-11-30", "summary/failed_logins"]);
    assert!(explained.contains("not recorded"), "{explained}");
}

#[test]
fn all_scripts() {
    let home = case("all-scripts");
    let report = said(&home, "report.txt");
    for name in ["Jürgen Groß", "Ελένη Παπαδοπούλου", "Юлия Ёлкина", "שרה כהן", "ليلى حداد", "<b>bold</b>&amp;"]
    {
        assert!(report.contains(name), "{name} is missing in {report}");
    }
    assert!(!report.contains('\u{7}') && !report.contains('\u{1b}'), "control characters");
    let csv = home.edition_text("report/2026-11-30", ".csv");
    for formula in ["=1+1", "@SUM(A1)", "-2+3"] {
        assert!(csv.contains(&format!("'{formula}")), "{formula} is not neutralised in {csv}");
    }
    if let Some(pdf) = pdf_text(&home, "report/2026-11-30") {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
        for name in ["Jürgen Groß", "Ελένη Παπαδοπούλου", "Юлия Ёлкина"] {
            assert!(pdf.contains(name), "{name} is missing in {pdf}");
        }
        assert!(letters(&pdf).contains(&"x".repeat(900)), "the long word is cut: {pdf}");
    }
}

#[test]
fn late_rows_and_revision() {
    let home = case("late-rows-and-revision");
    let ledger = said(&home, "ledger.txt");
    assert!(ledger.contains("report/2026-11-30/r1 issued revision: rows came late"), "{ledger}");
    // No file of the revision passes for one of the first issue.
    assert!(ledger.contains("  file report_2026-11-30_every-deletion_r1.csv\n"), "{ledger}");
}

/// The editions of a case are those of one day, the last of November.
const NOW: &str = "2026-12-01T08:30:00Z";

/// Runs a case and compares everything with what is expected.
fn case(name: &str) -> Home {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    let read = |file: &str| std::fs::read(folder.join(file)).ok();
    let home = Home::new();
    home.file("schedules/report.yaml", read("definition.yaml").unwrap());
    for file in ["people.csv", "quarterday.yaml", "log.csv", "logins.csv", "late.csv"] {
        if let Some(bytes) = read(file) {
            home.file(file, bytes);
        }
    }
    home.now(NOW);
    for (file, mapping) in [("log.csv", "zoho-crm"), ("logins.csv", "zoho-logins")] {
        if home.path(file).is_file() {
            home.ok(["import", file, "--mapping", mapping]);
        }
    }
    home.ok(["issue"]);
    let mut edition = "report/2026-11-30";
    if home.path("late.csv").is_file() {
        home.now("2026-12-01T12:00:00Z").ok(["import", "late.csv", "--mapping", "zoho-crm"]);
        home.ok(["issue", "report", "--revise", "--reason", "rows came late"]);
        edition = "report/2026-11-30-r1";
    }
    let account = home.history()[0]["by"].as_str().unwrap().to_owned();
    let mails: Vec<String> = home.mails().iter().map(shown).collect();
    let texts = [
        ("report.txt", page_text(&home.edition_text(edition, ".html"))),
        ("mail.txt", mails.join("\n========\n\n")),
        ("ledger.txt", ledger(&home)),
        ("figures.txt", figures(&home.edition_text(edition, "figures.json"))),
    ];
    let update = std::env::var_os("UPDATE_CASES").is_some();
    for (file, text) in texts {
        let text = settled(&text, &account);
        let path = folder.join("expected").join(file);
        home.file(&format!("said/{file}"), &text);
        if update {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if let Some((at, (now, then))) = (1..).zip(pairs(&text, &expected)).find(|(_, (now, then))| now != then) {
            panic!("{}:{at}\n  expected: {then}\n       got: {now}\n(UPDATE_CASES=1 writes it anew)", path.display());
        }
    }
    home
}

/// Lines side by side, to the end of the longer text.
pub fn pairs(a: &str, b: &str) -> Vec<(String, String)> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (a, b) = (lines(a), lines(b));
    let get = |lines: &[String], at: usize| lines.get(at).cloned().unwrap_or_else(|| "(nothing more)".to_owned());
    (0..a.len().max(b.len())).map(|at| (get(&a, at), get(&b, at))).collect()
}

fn said(home: &Home, file: &str) -> String {
    std::fs::read_to_string(home.path("said").join(file)).unwrap()
}

/// What differs from machine to machine, or with every word of a template, gives way to its kind.
pub fn settled(text: &str, account: &str) -> String {
    let text = text.replace(&format!(" by {account}"), " by ACCOUNT").replace(&format!("{account}\n"), "ACCOUNT\n");
    let text = text.replace(concat!("quarterday ", env!("CARGO_PKG_VERSION")), "quarterday VERSION");
    let mut out = String::new();
    let mut run = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_hexdigit() && !c.is_ascii_uppercase() {
            run.push(c);
            continue;
        }
        match run.len() {
            64.. => out.push_str("SHA-256"),
            32..64 => out.push_str("HEX"),
            12 if c == '…' => out.push_str("HEX"),
            _ => out.push_str(&run),
        }
        run.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    let lines = out.lines().map(|line| match line.trim_start().strip_prefix("Zone rules | ") {
        Some(_) => "Zone rules | RULES".to_owned(),
        None => line.to_owned(),
    });
    lines.map(|line| line + "\n").collect()
}

/// The words of a page in reading order: a line for a block, cells side by side.
pub fn page_text(html: &str) -> String {
    let body = html.split_once("<main").map_or(html, |(_, body)| body);
    let body = body.split_once('>').map_or(body, |(_, body)| body);
    let mut out = String::new();
    let mut rest = body;
    let mut hidden = 0;
    while let Some((text, tail)) = rest.split_once('<') {
        if hidden == 0 {
            out.push_str(&text.replace('\n', " "));
        }
        let Some((tag, tail)) = tail.split_once('>') else { break };
        rest = tail;
        let name = tag.trim_start_matches('/').split([' ', '/', '\n']).next().unwrap_or_default();
        match (name, tag.starts_with('/')) {
            // A chart says in words what it shows; its drawing is looked at elsewhere.
            ("svg", false) => hidden += 1,
            ("svg", true) => hidden -= 1,
            ("td" | "th" | "dt", true) => out.push_str(" | "),
            ("h1", false) => out.push_str("\n\n# "),
            ("h2", false) => out.push_str("\n\n## "),
            ("h3", false) => out.push_str("\n\n### "),
            ("li", false) => out.push_str("\n- "),
            ("p" | "tr" | "div" | "dl" | "table" | "section" | "figure" | "figcaption" | "br" | "caption", false) => {
                out.push('\n')
            }
            ("main", true) => break,
            _ => {}
        }
    }
    let text = out
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = line.trim_end_matches(" |").trim().to_owned();
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned() + "\n"
}

fn shown(mail: &crate::mail::Mail) -> String {
    let mut text = String::new();
    for name in ["From", "To", "Reply-To", "Date", "Subject", "X-Quarterday-Edition"] {
        writeln!(text, "{name}: {}", mail.header(name)).unwrap();
    }
    for file in mail.file_names() {
        writeln!(text, "Attached: {file}").unwrap();
    }
    format!("{text}\n{}\n", mail.text().trim())
}

/// The ledger: each edition, its trigger, its files and what became of its mails.
fn ledger(home: &Home) -> String {
    let mut text = String::new();
    let mut rows = home.history();
    rows.sort_by_key(|row| row["edition"].as_str().unwrap().to_owned());
    for row in rows {
        let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let trigger = match &row["trigger"] {
            serde_json::Value::String(word) => word.clone(),
            other => format!("revision: {}", other["revision"].as_str().unwrap_or_default()),
        };
        writeln!(text, "{} {} {trigger} by {}", word("edition"), word("status"), word("by")).unwrap();
        for file in row["files"].as_array().unwrap() {
            writeln!(text, "  file {}", file["name"].as_str().unwrap()).unwrap();
        }
        for one in row["dispatches"].as_array().unwrap() {
            let formats: Vec<&str> =
                one["formats"].as_array().unwrap().iter().filter_map(|format| format.as_str()).collect();
            writeln!(
                text,
                "  {} to {} ({}): {}",
                one["stage"].as_str().unwrap(),
                one["to"].as_str().unwrap(),
                formats.join(", "),
                one["words"].as_str().unwrap()
            )
            .unwrap();
        }
    }
    text
}

/// Every figure: its address, its label and its value.
fn figures(json: &str) -> String {
    let hinge: serde_json::Value = serde_json::from_str(json).unwrap();
    let mut lines = Vec::new();
    walk(&hinge["figures"], &mut lines);
    lines.sort();
    lines.dedup();
    lines.join("\n") + "\n"
}

/// A number as it is kept, without the braces of JSON.
fn plain(amount: &serde_json::Value) -> String {
    match amount {
        serde_json::Value::String(word) => word.replace('_', " "),
        serde_json::Value::Object(kinds) => kinds
            .iter()
            .map(|(kind, value)| if kind == "whole" { value.to_string() } else { format!("{kind} {value}") })
            .collect(),
        other => other.to_string(),
    }
}

fn walk(value: &serde_json::Value, lines: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            if let (Some(address), Some(amount)) = (map.get("address").and_then(|a| a.as_str()), map.get("amount")) {
                lines.push(format!("{address} {}", plain(amount)));
            }
            map.values().for_each(|value| walk(value, lines));
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| walk(value, lines)),
        _ => {}
    }
}

/// What `pdftotext` reads; nothing where it is not installed.
fn pdf_text(home: &Home, edition: &str) -> Option<String> {
    let folder: PathBuf = home.path("var/editions").join(edition);
    let name = names(&folder).into_iter().find(|name| name.ends_with(".pdf"))?;
    let ran = std::process::Command::new("pdftotext").arg("-layout").arg(folder.join(name)).arg("-").output().ok()?;
    ran.status.success().then(|| String::from_utf8_lossy(&ran.stdout).into_owned())
}
