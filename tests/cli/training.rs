//! The edition for training: no name and no date in any byte of it, the same pseudonyms each time, and the way back recorded.

use crate::home::Home;
use std::collections::BTreeSet;

/// Names that are ordinary words among them: `May`, `Will`, `Report`, `Total`, `Grace`.
const NAMES: [(&str, &str, &str); 7] = [
    ("may@example.com", "May Report", "Closing Team"),
    ("will@example.com", "Will Total", "Closing Team"),
    ("grace@example.com", "Grace Harbinger", "Closing Team"),
    ("zebulon@example.com", "Zebulon Quist", "Closing Team"),
    ("yolanda@example.com", "Yolanda Wexford", "Closing Team"),
    ("xaver@example.com", "Xaver Uhlenhorst", "Hidden Pair"),
    ("ursula@example.com", "Ursula Vandermeer", "Hidden Pair"),
];

const TRAINING: &str = "title: What Zebulon Quist deleted
purpose: Shows deletions as of Pumps for Kettering 3, for a session.
owner: zebulon@example.com
schedule: { every: week, on: monday, at: \"07:00\", timezone: UTC, since: SINCE }
compare: previous period
where: { actor: { not: nobody@example.com } }
thresholds:
  - { name: xaver-deletes, measure: deletions, by: actor, at_least: 2, severity: high, say: \"{who} deleted {value}\" }
sections:
  - verdict: [events]
  - attention
  - summary: [events, deletions, actors]
  - series: { title: By day, measure: events, by: day }
  - ranking: { id: ursula, title: Who, measure: events, by: actor }
  - ranking: { title: Teams, measures: [events, actors], by: actor.team }
  - crosstab: { title: Records, measure: events, by: [record_name, actor] }
  - heatmap: { title: Hours, measure: events, by: [weekday, hour] }
  - events: { title: All, columns: [number, time, actor, actor_name, actor.team, action, module, record, record_name, origin.ip, origin.agent, details, changes] }
  - sequence: { title: Twice, first: { action_class: delete }, then: { action_class: delete }, within: 24h, severity: low }
  - text: { title: Note, text: \"Ask will@example.com or Grace.\" }
  - findings: { title: What was found, show: all }
  - actions
  - coverage
recipients:
  - { to: session@elsewhere.example, formats: [pdf, html, csv, xlsx, json], audience: training }
";

fn log(days: [&str; 3]) -> String {
    let mut csv = "Audited Time,Done By,Action,Module,Record Id,Record Name,Details,IP Address\n".to_owned();
    for (at, (actor, _, _)) in NAMES.iter().enumerate() {
        for (turn, day) in days.iter().enumerate() {
            let action = if (at + turn) % 2 == 0 { "Deleted" } else { "Updated" };
            csv.push_str(&format!(
                "{day}T{:02}:{:02}:00Z,{actor},{action},Deals,99{at}{turn}417,Pumps for Kettering {at},Told {actor} of Quux,10.77.{at}.{turn}\n",
                8 + at,
                10 + turn
            ));
        }
    }
    csv
}

/// A home whose week is closed: the log's days, when it was imported, and when it is now.
fn home(days: [&str; 3], since: &str, now: &str) -> Home {
    let home = Home::new();
    let mut people = "actor,name,kind,team,role,manager,email,from,until\n".to_owned();
    for (actor, name, team) in NAMES {
        people.push_str(&format!("{actor},{name},person,{team},Clerk,,{actor},,\n"));
    }
    home.file("people.csv", people)
        .definition("lesson", &TRAINING.replace("SINCE", since))
        .file("export-of-may.csv", log(days));
    home.now(now);
    home.ok(["import", "export-of-may.csv", "--mapping", "zoho-crm"]);
    home.ok([
        "finding",
        "add",
        "Zebulon Quist sold Pumps for Kettering 3",
        "--when",
        days[1],
        "--by",
        "Xaver Uhlenhorst",
    ]);
    home.ok(["finding", "note", "1", "--action", "Ask Zebulon Quist", "--owner", "Ursula Vandermeer"]);
    // The key is the installation's; two installations with one key have the same pseudonyms.
    home.file("var/key", format!("{}\n", "5a".repeat(32)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(home.path("var/key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    home
}

const DAYS: [&str; 3] = ["2026-11-24", "2026-11-26", "2026-11-28"];

fn november() -> Home {
    home(DAYS, "2026-11-23", "2026-12-01T08:30:00Z")
}

/// Every byte of a file as somebody could read it: streams of a PDF decompressed, its text as it would be copied out.
fn readable(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut all = bytes.to_vec();
    if name.ends_with(".pdf") {
        let mut pdf = lopdf::Document::load_mem(bytes).unwrap();
        pdf.decompress();
        let pages: Vec<u32> = pdf.get_pages().keys().copied().collect();
        let text = pdf.extract_text(&pages).unwrap_or_default();
        pdf.save_to(&mut all).unwrap();
        all.extend(text.into_bytes());
        // Streams hold hexadecimal and octal strings too; text in UTF-16 as well.
        let plain: Vec<u8> = all.iter().copied().filter(|byte| *byte != 0).collect();
        all.extend(plain);
    }
    if name.ends_with(".xlsx") {
        let mut parts = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        for at in 0..parts.len() {
            std::io::Read::read_to_end(&mut parts.by_index(at).unwrap(), &mut all).unwrap();
        }
    }
    all
}

fn holds(bytes: &[u8], what: &str) -> bool {
    let (bytes, what) = (bytes.to_ascii_lowercase(), what.to_ascii_lowercase());
    bytes.windows(what.len()).any(|window| window == what.as_bytes())
}

#[test]
fn no_file_of_it_holds_a_name_or_a_date() {
    let home = november();
    home.ok(["check"]);
    let said = home.ok(["issue"]);
    assert!(said.contains("lesson/2026-W48/@training: issued"), "{said}");
    assert_eq!(home.standing(), ["lesson/2026-W48/@training issued"]);
    let files = home.edition_files("lesson/2026-W48@training");
    assert!(
        files.contains(&"lesson_training.pdf".to_owned()) && !files.contains(&"manifest.json".to_owned()),
        "{files:?}"
    );
    let folder = home.path("var/editions/lesson/2026-W48@training");
    let mut all: Vec<(String, Vec<u8>)> = files
        .iter()
        .filter(|name| *name != "kit.json")
        .map(|name| (name.clone(), readable(name, &std::fs::read(folder.join(name)).unwrap())))
        .collect();
    let mails = home.mails();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    for (name, bytes) in mail.files() {
        all.push((format!("mail {name}"), readable(&name, &bytes)));
    }
    let headers = ["Subject", "X-Quarterday-Edition", "List-Id", "Message-ID"].map(|name| mail.header(name).to_owned());
    all.push(("mail".to_owned(), format!("{}\n{}\n{}", headers.join("\n"), mail.text(), mail.html()).into_bytes()));
    all.push(("names of files".to_owned(), files.join("\n").into_bytes()));
    let mut names: BTreeSet<String> =
        ["Kettering", "Quux", "export-of-may", "Hidden Pair", "Zebulon", "Quist", "2026", "Week 48", "November"]
            .into_iter()
            .map(str::to_owned)
            .collect();
    for (at, (actor, name, _)) in NAMES.iter().enumerate() {
        names.insert((*actor).to_owned());
        names.insert((*name).to_owned());
        names.extend((0..3).flat_map(|turn| [format!("99{at}{turn}417"), format!("10.77.{at}.{turn}")]));
    }
    for (file, bytes) in &all {
        for name in &names {
            assert!(!holds(bytes, name), "{file} holds {name}");
        }
    }
    // What it does say: pseudonyms, distances, groups that are large enough, and the others together.
    let html = home.edition_text("lesson/2026-W48@training", ".html");
    for said in ["day 2", "Closing Team", "others", "Week 1", "for training, with pseudonyms"] {
        assert!(html.contains(said), "`{said}` is not said: {html}");
    }
    // What is kept apart proves it all the same.
    assert_eq!(home.run(["verify"]).code, 0, "{:#?}", home.run(["verify"]));
    let verified = home.ok(["verify", "lesson/2026-W48/@training"]);
    assert!(verified.contains("lesson_training.pdf"), "{verified}");
    home.run(["explain", "lesson/2026-W48/@training", "F1"]).fails(2, &["is for training"]);
}

#[test]
fn the_same_week_a_year_before_gives_the_same_bytes() {
    // 364 days: the same weekdays. Nothing of it but the time of the mail may tell which of the two it is.
    let (one, other) =
        (november(), home(["2025-11-25", "2025-11-27", "2025-11-29"], "2025-11-24", "2025-12-02T08:30:00Z"));
    one.ok(["issue"]);
    other.ok(["issue"]);
    let (first, second) = ("lesson/2026-W48@training", "lesson/2025-W48@training");
    assert_eq!(one.edition_files(first), other.edition_files(second));
    for name in one.edition_files(first) {
        let read =
            |home: &Home, edition: &str| std::fs::read(home.path("var/editions").join(edition).join(&name)).unwrap();
        let (left, right) = (read(&one, first), read(&other, second));
        if left != right && !name.ends_with(".pdf") {
            let (left, right) = (String::from_utf8(left).unwrap(), String::from_utf8(right).unwrap());
            let differ = left.lines().zip(right.lines()).find(|(left, right)| left != right);
            panic!("{name} tells the year: {differ:?}");
        }
        assert!(left == right, "{name} tells the year");
    }
}

#[test]
fn a_pseudonym_is_revealed_for_a_reason_that_is_recorded() {
    let home = november();
    home.ok(["issue"]);
    let text = home.edition_text("lesson/2026-W48@training", "figures.json");
    let hinge: serde_json::Value = serde_json::from_str(&text).unwrap();
    let ranking =
        hinge["figures"]["sections"].as_array().unwrap().iter().find(|section| section["title"] == "Who").unwrap();
    let pseudonym = ranking["body"]["rows"][0]["keys"][0].as_str().unwrap().to_owned();
    assert_eq!(ranking["body"]["rows"].as_array().unwrap().len(), 7, "{ranking}");
    home.run(["reveal", "lesson/2026-W48/@training", &pseudonym]).fails(2, &["--reason"]);
    home.run(["reveal", "lesson/2026-W48/@training", "Nobody Here 000", "--reason", "a slip"]).fails(1, &["nobody"]);
    let said = home.ok(["reveal", "lesson/2026-W48/@training", &pseudonym, "--reason", "asked by the works council"]);
    let who = NAMES.iter().find(|(actor, _, _)| said.contains(actor)).unwrap();
    assert!(said.contains(who.1), "{said}");
    let ledger = rusqlite::Connection::open(home.path("var/ledger.sqlite")).unwrap();
    let told: Vec<String> = ledger
        .prepare("SELECT body FROM entries WHERE kind = 'revealed' ORDER BY n")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(told.len(), 2);
    assert!(told[1].contains("works council") && told[1].contains(&pseudonym) && !told[1].contains(who.0), "{told:?}");
    assert_eq!(home.run(["verify", "ledger"]).code, 0);
}
