//! A month in the life: thirty dailies issued each at its time, reviewed but for two, of which one is escalated; then the monthly, and
//! what an auditor is given, read word for word.

use crate::cases::{page_text, pairs};
use crate::home::Home;
use crate::mail::Mail;

const DAILY: &str = "title: Daily numbers
owner: owner@example.com
schedule: { every: day, at: \"07:00\", timezone: UTC, since: 2026-11-01 }
sections:
  - summary: [events, deletions]
recipients: none
review: { by: \"role:Compliance\", within: 1 working day, remind: daily, escalate: manager }
";

const MONTHLY: &str = "title: Monthly management review
owner: owner@example.com
schedule: { every: month, at: \"08:00\", timezone: UTC, since: 2026-11-01 }
sections:
  - summary: [events, deletions]
  - reviews: { title: Reviews of the month }
recipients: none
review: { by: max@example.com, within: 5 working days, remind: never }
";

const PEOPLE: &str = "actor,name,kind,team,role,manager,email,from,until
ana,Ana Ruiz,person,Board,Compliance,max,ana@example.com,,
max,Max Berg,person,Board,Head,,max@example.com,,
";

/// Five events in the month: two of them Ben's, one of them Ana's.
const LOG: &str = "Audited Time,Done By,Action,Module,Record Id,Record Name,Details
2026-11-25T17:00:00Z,ben@example.com,Updated,Deals,12,Pumps,Stage changed
2026-11-16T16:00:00Z,ben@example.com,Deleted,Deals,11,Valves,
2026-11-12T11:30:00Z,ana,Exported,Contacts,,,240 records
2026-11-03T09:00:00Z,carla@example.com,Added,Deals,12,Pumps,
2026-11-02T12:00:00Z,carla@example.com,Updated,Leads,7,Meyer,
";

/// Nobody reviews these: the first is escalated, the second still has time.
const LEFT: [u32; 2] = [17, 30];

/// Reviewed with exceptions.
const EXCEPTIONS: u32 = 20;

/// The month up to the second of December, at noon.
fn lived() -> Home {
    let home = Home::new();
    home.definition("daily", DAILY).definition("monthly", MONTHLY).file("people.csv", PEOPLE).file("log.csv", LOG);
    home.now("2026-11-02T06:00:00Z").ok(["import", "log.csv", "--mapping", "zoho-crm"]);
    for day in 1..=30u32 {
        let next = if day == 30 { "2026-12-01".to_owned() } else { format!("2026-11-{:02}", day + 1) };
        // On the last morning the monthly is due too.
        let issued = if day == 30 { "08:05" } else { "07:05" };
        home.now(&format!("{next}T{issued}:00Z")).ok(["issue"]);
        match day {
            _ if LEFT.contains(&day) => {}
            EXCEPTIONS => {
                review(&home, day, &["--verdict", "exceptions", "--note", "A deletion that nobody asked for"])
            }
            _ => review(&home, day, &["--verdict", "no-exceptions"]),
        }
    }
    home.now("2026-12-01T12:00:00Z");
    // Two findings about two days: one is closed, one stays open.
    home.ok(["finding", "add", "Valves deleted", "--when", "2026-11-16"]);
    home.ok(["finding", "add", "Pumps moved back", "--when", "2026-11-25"]);
    home.ok(["finding", "close", "F-2026-0001", "--reason", "Restored the same day"]);
    home.ok(["review", "monthly/2026-11", "--by", "Max Berg", "--role", "Head", "--verdict", "no-exceptions"]);
    home
}

fn review(home: &Home, day: u32, verdict: &[&str]) {
    let edition = format!("daily/2026-11-{day:02}");
    let by = ["review", &edition, "--by", "Ana Ruiz", "--role", "Compliance"];
    home.now(&at(day)).ok(by.iter().chain(verdict));
}

/// When a daily is reviewed: at nine on the morning it is issued.
fn at(day: u32) -> String {
    format!("2026-11-{:02}T09:00:00Z", day + 1)
}

#[test]
fn a_month_is_issued_reviewed_escalated_and_proved() {
    let home = lived();
    assert_eq!(home.standing().len(), 31);
    let waits = home.ok(["review"]);
    for day in LEFT {
        assert!(waits.contains(&format!("daily/2026-11-{day}")), "{waits}");
    }
    assert_eq!(waits.lines().count(), 3, "{waits}");
    // The one that nobody looked at was escalated to Ana's manager, once.
    let escalated = |mail: &&Mail| mail.header("Subject").contains("not reviewed in time");
    let escalated: Vec<String> = home
        .mails()
        .iter()
        .filter(escalated)
        .map(|mail| format!("{}: {}", mail.header("To"), mail.header("Subject")))
        .collect();
    assert_eq!(escalated, ["max@example.com: 1 edition not reviewed in time: daily/2026-11-17"]);
    // The monthly showed it as it stood that morning: a calendar with who looked, and who did not; and is set again as it was.
    let monthly = page_text(&home.edition_text("monthly/2026-11", ".html"));
    for said in ["Daily numbers · daily", "16: Ana Ruiz", "17: NOT REVIEWED", "20: Ana Ruiz, exceptions", "30: open"] {
        assert!(monthly.contains(said), "{said} is missing in {monthly}");
    }
    assert!(home.ok(["verify", "monthly/2026-11"]).contains("set again: monthly_2026-11.pdf: the same bytes"));
    // The bundle says the same to whoever makes it again at the same time.
    let make = |to: &str| {
        home.ok([
            "history",
            "--bundle",
            to,
            "--from",
            "2026-11-01",
            "--to",
            "2026-11-30",
            "--sample",
            "3",
            "--seed",
            "7",
        ])
    };
    let said = make("given");
    assert!(said.contains(", 31 editions, 29 reviews."), "{said}");
    assert!(said.contains("3 of 5 events drawn at random"), "{said}");
    assert!(said.contains("Cadence: 0 missing, 1 not reviewed in time"), "{said}");
    make("one.zip");
    make("other.zip");
    let read = |name: &str| std::fs::read(home.path(name)).unwrap();
    assert!(read("one.zip") == read("other.zip"), "other bytes");
    let page = page_text(&String::from_utf8(read("given/cadence.html")).unwrap());
    let page = page.replace(&head_entry(&page), "N");
    let place = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/month.txt");
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&place, &page).unwrap();
    }
    let expected = std::fs::read_to_string(&place).unwrap();
    for (line, (now, then)) in (1..).zip(pairs(&page, &expected)) {
        assert_eq!(now, then, "tests/cli/month.txt:{line} (UPDATE_CASES=1 writes it anew)");
    }
    rows_agree(&String::from_utf8(read("given/cadence.csv")).unwrap());
    everything_is_listed(&home);
    let findings: serde_json::Value = serde_json::from_slice(&read("given/findings.json")).unwrap();
    assert_eq!(findings.as_array().unwrap().len(), 2, "{findings:#}");
    home.run(["history", "--bundle", "given", "--from", "2026-11-01", "--to", "2026-11-30"])
        .fails(2, &["given is there already"]);
}

/// The number of the ledger's newest entry, as the page has it.
fn head_entry(page: &str) -> String {
    let after = page.split("entry ").nth(1).unwrap();
    after.chars().take_while(char::is_ascii_digit).collect()
}

/// The rows say of each day what this test did, by its own arithmetic.
fn rows_agree(csv: &str) {
    let rows: Vec<Vec<&str>> = csv.lines().skip(1).map(|line| line.trim_end().split(',').collect()).collect();
    assert_eq!(rows.len(), 31);
    for day in 1..=30u32 {
        let period = format!("2026-11-{day:02}");
        let row = rows.iter().find(|row| row[0] == "daily" && row[1] == period).unwrap();
        let issued =
            if day == 30 { "2026-12-01T08:05:00Z".to_owned() } else { format!("2026-11-{:02}T07:05:00Z", day + 1) };
        assert_eq!((row[4], row[6]), ("issued", issued.as_str()));
        // Over an hour after its time: only the last one.
        assert_eq!(row[7], if day == 30 { "3900" } else { "" }, "{row:?}");
        let review = match day {
            17 => ("", "overdue", ""),
            30 => ("", "open", ""),
            EXCEPTIONS => (&*at(day), "in time", "exceptions"),
            _ => (&*at(day), "in time", "no exceptions"),
        };
        assert_eq!((row[9], row[11], row[14]), review, "{row:?}");
        assert_eq!(row[16], if day == 25 { "1" } else { "0" }, "{row:?}");
        // Ana exported something on the twelfth.
        assert_eq!(
            row[15],
            if LEFT.contains(&day) {
                ""
            } else if day == 12 {
                "yes"
            } else {
                "no"
            },
            "{row:?}"
        );
    }
}

/// Every file of the bundle stands in its list with its SHA-256, told by another program, and the ledger's chain can be followed.
fn everything_is_listed(home: &Home) {
    let ran = std::process::Command::new("sha256sum")
        .args(["--check", "--quiet", "index.sha256"])
        .current_dir(home.path("given"))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:#?}");
    let listed = std::fs::read_to_string(home.path("given/index.sha256")).unwrap();
    for name in ["README.txt", "cadence.pdf", "findings.json", "ledger.jsonl", "log/checkpoint.txt", "public-key.pem"] {
        assert!(listed.contains(&format!("  {name}\n")), "{name}");
    }
    assert_eq!(listed.lines().filter(|line| line.ends_with("/manifest.sig")).count(), 31);
    assert_eq!(listed.lines().filter(|line| line.contains("/review-") && line.ends_with(".pdf")).count(), 29);
    let ledger = std::fs::read_to_string(home.path("given/ledger.jsonl")).unwrap();
    let mut before = "0".repeat(64);
    for line in ledger.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(entry["prev"], before.as_str());
        before = entry["hash"].as_str().unwrap().to_owned();
    }
    assert!(std::fs::read_to_string(home.path("given/README.txt")).unwrap().contains(&before));
}
