//! Mails that would be too large: they go out, and say what they do not carry.

use crate::home::Home;
use crate::samples::{CRM, DAILY};
use std::fmt::Write;

const CSV: &str = "daily_2026-11-30_what-was-deleted.csv";

/// The daily report over so many deletions that their CSV is too large for a mail.
fn large(rule: &str) -> Home {
    let home = Home::new();
    let (head, _) = DAILY.split_once("recipients:").unwrap();
    home.definition("daily", &format!("{head}recipients: [{{ to: anna@example.com, formats: [csv] }}]\n"));
    home.file("quarterday.yaml", format!("mail: {{ folder: mail, max_size: 100 kB{rule} }}\n"));
    let mut log = CRM.to_owned();
    for row in 0..3_000 {
        writeln!(
            log,
            "2026-11-30T10:00:00Z,anna@example.com,Deleted,Deals,{row},Pumps,A long text that is always there"
        )
        .unwrap();
    }
    home.file("crm.csv", log).ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home.ok(["issue"]);
    home
}

#[test]
fn it_goes_without_its_files_and_says_where_they_lie() {
    let home = large("");
    let mails = home.mails();
    assert_eq!((mails.len(), mails[0].file_names()), (1, vec![]));
    let said = format!("but kept in var/editions/daily/2026-11-30:\n  {CSV}: ");
    assert!(mails[0].text().contains(&said), "{}", mails[0].text());
    assert!(mails[0].html().contains(CSV), "{}", mails[0].html());
    assert_eq!(mails[0].header("X-Quarterday-Left-Out"), CSV);
    assert!(home.path("var/editions/daily/2026-11-30").join(CSV).is_file());
    assert_eq!(home.run(["verify"]).code, 0);
}

#[test]
fn or_with_one_archive() {
    let mails = large(", too_large: zip").mails();
    assert_eq!(mails[0].file_names(), ["daily_2026-11-30_what-was-deleted.zip"]);
    assert!(!mails[0].text().contains("Not attached") && mails[0].header("X-Quarterday-Left-Out").is_empty());
}
