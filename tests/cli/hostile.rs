//! Hostile: a log whose every field attacks somebody. It goes through import, every format, mail and the commands that show
//! what is in it, and nothing happens but text.

use crate::home::{Home, Ran};
use std::fs;
use std::path::{Path, PathBuf};

/// HTML and XML, template syntax, formulas, headers, paths, bidi overrides, SQL and what breaks terminals.
const ATTACKS: [&str; 16] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</td></table><style>*{display:none}</style>",
    "&lt;b&gt;&#x3c;script&#x3e;",
    "{{ 7 * 191 }}{% include \"/etc/passwd\" %}{# x #}",
    "=HYPERLINK(\"https://evil.example\";\"click\")",
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "anna\r\nBcc: victim@evil.example\r\n\r\nhello",
    "../../../../tmp/quarterday-was-here",
    "C:\\..\\..\\x:y*z?",
    "\u{202e}gpj.exe\u{2066}\u{200f}",
    "'; DROP TABLE events; --",
    "a\u{0}b\u{7}\u{1b}[2J\u{9b}31m",
    "]]><!ENTITY x SYSTEM \"file:///etc/passwd\">&x;",
];

const DEFINITION: &str = "title: What happened
owner: owner@example.com
schedule: { every: day, at: \"07:00\", timezone: UTC, since: 2026-11-30 }
sections:
  - summary: [events, actors, deletions]
  - ranking: { title: Who, measure: events, by: actor }
  - crosstab: { title: Where, measure: events, by: [module, actor] }
  - series: { title: When, measure: events, by: day, split: module, chart: stacked bars }
  - events: { title: All of it, columns: [time, actor, action, module, record, record_name, details] }
  - coverage
recipients:
  - { to: anna@example.com, formats: [pdf, html, csv, json, xlsx] }
  - { each: module, to: owner, formats: [html, csv] }
";

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn home() -> Home {
    let home = Home::new();
    let mut log = "Audited Time,Done By,Action,Module,Record Id,Record Name,Details\n".to_owned();
    for (minute, attack) in ATTACKS.iter().enumerate() {
        let cell = quoted(attack);
        let action = if minute % 2 == 0 { "Deleted" } else { "Updated" };
        log.push_str(&format!("2026-11-30T10:{minute:02}:00Z,{cell},{action},{cell},{cell},{cell},{cell}\n"));
    }
    // Longer than any field may be, and between good rows.
    log.push_str(&format!("2026-11-30T11:00:00Z,big@example.com,Updated,Deals,1,{},x\n", "A".repeat(1 << 20)));
    log.push_str("2026-11-30T11:01:00Z,last@example.com,Updated,Deals,2,Pumps,fine\n");
    home.definition("daily", DEFINITION).file("crm.csv", log);
    home
}

/// Every file below a folder.
fn all(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all(&path, found) } else { found.push(path) }
    }
}

/// What may not be in any page: elements and attributes that the attacks would make.
fn harmless_page(page: &str, which: &str) {
    let lower = page.to_lowercase();
    for bad in ["<script", "<img src=x", "</table><style>*", "<!entity", " onerror=alert(1)>", "1337"] {
        // `onerror` may stand in text, where its `<` and `>` are written as entities.
        assert!(!lower.contains(bad), "{which}: {bad}");
    }
}

/// What a terminal would obey.
fn harmless_words(ran: &Ran) {
    let bad = |c: char| c.is_control() && c != '\n' && c != '\t' || "\u{202e}\u{2066}".contains(c);
    let said = format!("{}{}", ran.out, ran.err);
    let found: Vec<char> = said.chars().filter(|c| bad(*c)).collect();
    assert!(found.is_empty(), "{found:?} in {said}");
    assert!(!said.lines().any(|line| line.starts_with("Bcc:")), "a row that nobody wrote: {said}");
}

#[test]
fn a_hostile_log_is_text_in_every_format_in_mail_and_on_the_terminal() {
    let home = home();
    let before = {
        let mut found = Vec::new();
        all(&home.path(""), &mut found);
        found.len()
    };
    let imported = home.run(["import", "crm.csv", "--mapping", "zoho-crm"]);
    assert_eq!(imported.code, 0, "{imported:#?}");
    harmless_words(&imported);
    let issued = home.run(["issue"]);
    assert_eq!(issued.code, 0, "{issued:#?}");
    harmless_words(&issued);

    // Whatever a part is called, its files lie in their folder, and nothing lies anywhere else.
    let mut found = Vec::new();
    all(&home.path(""), &mut found);
    assert!(found.len() > before);
    assert!(!Path::new("/tmp/quarterday-was-here").exists());
    for path in &found {
        let below = path.strip_prefix(home.path("")).unwrap();
        let first = below.components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
        assert!(["crm.csv", "mail", "quarterday.yaml", "schedules", "var"].contains(&first.as_str()), "{below:?}");
        assert!(!below.to_str().unwrap().chars().any(char::is_control), "{below:?}");
    }

    for path in &found {
        let which = path.display().to_string();
        let ending = path.extension().map(|ending| ending.to_str().unwrap()).unwrap_or_default();
        match ending {
            "html" => harmless_page(&fs::read_to_string(path).unwrap(), &which),
            "csv" if which.contains("editions") => {
                let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).unwrap();
                for row in rows.records() {
                    for cell in &row.unwrap() {
                        let number = cell.parse::<f64>().is_ok();
                        assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{which}: {cell}");
                    }
                }
            }
            _ => {}
        }
    }
    let mails = home.mails();
    assert!(mails.len() > ATTACKS.len(), "{}", mails.len());
    for mail in &mails {
        assert_eq!(mail.header("Bcc"), "");
        assert!(["anna@example.com", "owner@example.com"].contains(&mail.header("To")), "{}", mail.header("To"));
        harmless_page(&mail.html(), mail.header("Subject"));
        assert!(!mail.text().contains("1337"));
        for name in mail.file_names() {
            assert!(!name.contains(['/', '\\', '\r', '\n', '\0']), "{name}");
        }
    }
    for arguments in [
        vec!["history"],
        vec!["verify"],
        vec!["sources"],
        vec!["plan", "--days", "3"],
        vec!["explain", "daily/2026-11-30", "F1"],
        vec!["sql", "SELECT actor, module, record_name, details FROM events"],
        vec!["export", "--as", "csv", "-o", "out.csv"],
        vec!["history", "'; DROP TABLE editions; --"],
        vec!["explain", "daily/../../x", "F1"],
    ] {
        let ran = home.run(&arguments);
        assert!((0..=2).contains(&ran.code), "{arguments:?}: {ran:#?}");
        harmless_words(&ran);
    }
    assert_eq!(home.run(["verify"]).code, 0);
}

/// Runs a command that may use a gigabyte of memory (of addresses, as the shell counts it) and no more. Only Linux counts so.
fn limited(home: &Home, arguments: &[&str]) -> Ran {
    if !cfg!(target_os = "linux") {
        return home.run(arguments);
    }
    let inner = home.command(arguments);
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "ulimit -v 1048576; exec \"$0\" \"$@\""]).arg(inner.get_program()).args(inner.get_args());
    shell.current_dir(home.path("")).envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Ran::of(shell.output().unwrap())
}

#[test]
fn bombs_are_refused_with_a_problem_within_bounds() {
    let home = Home::new();
    let aliases: String = (1..40)
        .map(|level| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(",")))
        .collect();
    let cases = [
        ("aliases", format!("a0: &a0 [x]\n{aliases}"), "alias"),
        ("deep", "[".repeat(100_000), "deep"),
        ("large", format!("title: {}\n", "x".repeat(3 << 20)), ""),
        ("nulls", "title: a\0b\n".to_owned(), ""),
    ];
    for (stem, text, word) in &cases {
        home.definition(stem, text);
        let begun = std::time::Instant::now();
        let ran = limited(&home, &["check"]);
        assert_eq!(ran.code, 2, "{stem}: {ran:#?}");
        assert!(ran.err.contains(&format!("schedules/{stem}.yaml:")) && ran.err.contains(word), "{stem}: {ran:#?}");
        // Not a measurement: a bomb takes hours or all memory.
        assert!(begun.elapsed().as_secs() < 60, "{stem}");
        fs::remove_file(home.path(&format!("schedules/{stem}.yaml"))).unwrap();
    }
    // A file without end: ten gigabytes that take no room on the disk. Not one of them is kept in memory at once.
    for (name, words) in [
        ("schedules/huge.yaml", "schedules/huge.yaml"),
        ("report-templates/huge.tera", "report-templates/huge.tera"),
        ("people.csv", "people.csv"),
        ("schedules/holidays/huge.ics", "schedules/holidays/huge.ics"),
    ] {
        home.file(name, "");
        fs::OpenOptions::new().write(true).open(home.path(name)).unwrap().set_len(10 << 30).unwrap();
        let ran = limited(&home, &["check"]);
        ran.fails(2, &[words, "the file has more than the 64 MiB that are read"]);
        fs::remove_file(home.path(name)).unwrap();
    }
    // 300 MB of nothing in 300 kB are more than any log packs.
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("log.csv", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..300 {
        std::io::Write::write_all(&mut zip, &zeros).unwrap();
    }
    home.file("bomb.zip", zip.finish().unwrap().into_inner());
    let ran = limited(&home, &["import", "bomb.zip", "--mapping", "zoho-crm"]);
    assert!(ran.code != 0 && ran.err.contains("unpacks to more than it may"), "{ran:#?}");
}

#[test]
fn a_template_that_never_ends_or_reads_what_was_not_loaded_is_refused() {
    for (template, words) in [
        (
            "{% for a in range(end=9000) %}{% for b in range(end=9000) %}{% for c in range(end=9000) %}x{% endfor %}{% endfor %}{% endfor %}",
            "",
        ),
        ("{% set s = \"xxxxxxxx\" %}{% for a in range(end=60) %}{% set_global s = s ~ s %}{% endfor %}{{ s }}", ""),
        ("{% include \"/etc/passwd\" %}", "passwd"),
        ("{{ get_env(name=\"HOME\") }}", "get_env"),
    ] {
        let home = crate::samples::daily();
        home.file("report-templates/report.tera", template);
        let ran = limited(&home, &["check"]);
        assert_eq!(ran.code, 2, "{template}: {ran:#?}");
        assert!(ran.err.contains("report.tera:") && ran.err.contains(words), "{template}: {ran:#?}");
    }
}
