//! The tour: `demo` made once, read by several tests; and `init`.

use crate::home::{Home, Ran, binary, mails_in, names};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The tour's installation and what it said. It is copied nowhere: tests only read it.
pub struct Tour {
    pub dir: PathBuf,
    pub said: Ran,
}

/// Makes the tour, once for all tests, in the folder of this build (the next run makes it anew).
pub fn tour() -> &'static Tour {
    static TOUR: OnceLock<Tour> = OnceLock::new();
    TOUR.get_or_init(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tour");
        let _ = std::fs::remove_dir_all(&dir);
        let said = Ran::of(binary().arg("demo").arg(&dir).output().unwrap());
        Tour { dir, said }
    })
}

fn in_tour(arguments: &[&str]) -> Ran {
    Ran::of(binary().arg("--home").arg(&tour().dir).args(arguments).output().unwrap())
}

#[test]
fn the_tour_issues_fifteen_editions_and_says_where_to_look() {
    let Tour { dir, said } = tour();
    assert_eq!(said.code, 0, "{said:#?}");
    let summary = said.out.lines().find(|line| line.contains("editions issued")).unwrap();
    assert!(summary.starts_with("15 editions issued with "), "{summary}");
    let mails = mails_in(&dir.join("mail"));
    assert!(summary.contains(&format!("{} mails delivered into ", mails.len())), "{summary}");
    let shown: Vec<&str> = said.out.lines().map(str::trim).filter(|line| line.ends_with(".pdf")).collect();
    assert_eq!(shown.len(), 3, "{}", said.out);
    for file in shown {
        assert!(std::fs::read(file).unwrap().starts_with(b"%PDF-1."), "{file}");
    }
    let count = |report: &str| names(&dir.join("var/editions").join(report)).len();
    let counts = ["daily-security-watch", "weekly-activity-review", "monthly-management-review"].map(count);
    assert_eq!(counts, [7, 5, 3]);
}

/// What managers read once a month is two pages, and what is read every day is one: the closing pages are counted apart.
#[test]
fn reviews_keep_to_their_pages() {
    for (report, period, last) in [
        ("monthly-management-review", "2026-11", "Page 2 of 2"),
        ("weekly-activity-review", "2026-W48", "Page 3 of 3"),
        ("daily-security-watch", "2026-11-30", "Page 1 of 1"),
    ] {
        let folder = tour().dir.join("var/editions").join(report).join(period);
        let file = names(&folder).into_iter().find(|name| name.ends_with(".pdf")).unwrap();
        let read = std::process::Command::new("pdftotext").arg("-layout").arg(folder.join(file)).arg("-").output();
        let Ok(read) = read else { return eprintln!("skipped: pdftotext is not installed") };
        let text = String::from_utf8_lossy(&read.stdout);
        assert!(text.contains(last) && text.contains("Page A1 of "), "{report}: {text}");
    }
}

#[test]
fn the_commands_that_the_tour_suggests_work() {
    let commands: Vec<Vec<String>> = tour()
        .said
        .out
        .lines()
        .filter_map(|line| line.trim().strip_prefix("quarterday "))
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .collect();
    assert_eq!(commands.len(), 4, "{}", tour().said.out);
    for command in commands {
        let ran = Ran::of(binary().args(&command).output().unwrap());
        assert_eq!(ran.code, 0, "{command:?}: {ran:#?}");
        assert!(ran.out.lines().count() > 3 || ran.out.ends_with("Everything that was checked holds.\n"), "{ran:#?}");
    }
}

#[test]
fn every_mail_of_the_tour_carries_its_edition_and_the_head_of_the_log() {
    for mail in mails_in(&tour().dir.join("mail")) {
        assert!(!mail.header("X-Quarterday-Edition").is_empty() && !mail.file_names().is_empty(), "{mail:#?}");
        assert!(mail.header("X-Quarterday-Log-Head").starts_with("2 "), "{mail:#?}");
        assert!(mail.text().contains("Key figures:") && mail.html().contains("</p>"), "{}", mail.text());
    }
}

#[test]
fn the_tour_plans_previews_and_lists_its_quarantine() {
    let plan = in_tour(&["plan", "--days", "7"]);
    assert_eq!((plan.code, plan.out.lines().count()), (0, 1 + 7 + 1), "{plan:#?}");
    let rows = in_tour(&["quarantine", "list", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&rows.out).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 12);
    let preview = in_tour(&["preview", "monthly-management-review", "--format", "json", "-o", "-"]);
    let figures: serde_json::Value = serde_json::from_str(&preview.out).unwrap();
    assert_eq!(figures["facts"]["preview"], true);
    assert_eq!(figures["facts"]["edition"], "monthly-management-review/2026-11");
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let home = Home::empty();
    home.file("mine.txt", "mine");
    home.run(["demo", "."]).fails(1, &["is not empty"]);
    assert_eq!(names(&home.path("")), ["mine.txt"]);
}

#[test]
fn init_makes_an_installation_without_problems_and_changes_nothing_a_second_time() {
    let home = Home::empty();
    let said = home.ok(["init", "new"]);
    assert!(said.contains("made quarterday.yaml\n") && said.contains("made schedules/example.yaml\n"), "{said}");
    home.ok(["--home", "new", "check"]);
    // What lies in the folder of examples is right as it is, too.
    for name in names(&home.path("new/schedules/examples")) {
        home.ok(["--home", "new", "check", &format!("new/schedules/examples/{name}")]);
    }
    home.file("new/quarterday.yaml", "organisation: Mine\n");
    assert!(home.ok(["init", "new"]).contains("Everything was there already; nothing was changed."));
    assert_eq!(std::fs::read_to_string(home.path("new/quarterday.yaml")).unwrap(), "organisation: Mine\n");
}
