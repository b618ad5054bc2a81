//! Issuing: what is due, once; by hand; revisions; and what `history` tells of it.

use crate::home::Home;
use crate::samples::{CRM, DAILY, daily};

#[test]
fn what_is_due_is_issued_and_mailed_once() {
    let home = daily();
    let said = home.ok(["issue"]);
    assert!(said.contains("daily/2026-11-30: issued, ") && said.contains("2 mails to send"), "{said}");
    let mails = home.mails();
    let to: Vec<&str> = mails.iter().map(|mail| mail.header("To")).collect();
    assert_eq!(to, ["anna@example.com", "ben@example.com"]);
    assert_eq!(mails[0].file_names(), ["daily_2026-11-30.pdf", "daily_2026-11-30_what-was-deleted.csv"]);
    assert_eq!(mails[1].file_names(), ["daily_2026-11-30.html", "figures.json"]);
    assert!(mails[0].text().contains("Events: 4"), "{}", mails[0].text());
    for (name, bytes) in mails.iter().flat_map(|mail| mail.files()) {
        let stored = std::fs::read(home.path("var/editions/daily/2026-11-30").join(&name)).unwrap();
        assert!(stored == bytes, "{name} in the mail is not the one that is kept");
    }
    let (before, ledger) = (home.mails().len(), home.history());
    assert_eq!(home.ok(["issue"]), "Nothing is due.\n");
    assert_eq!((home.mails().len(), home.history()), (before, ledger));
    // The day after: only the next one.
    let said = home.now("2026-12-02T07:10:00Z").ok(["issue"]);
    assert!(said.starts_with("daily/2026-12-01: issued, "), "{said}");
    assert_eq!(home.standing(), ["daily/2026-11-30 issued", "daily/2026-12-01 issued"]);
    assert_eq!(home.mails().len(), 4);
}

#[test]
fn a_definition_is_due_from_its_activation_on() {
    let home = Home::new();
    home.definition("daily", &DAILY.replace(", since: 2026-11-30", "")).file("crm.csv", CRM);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    assert_eq!(home.now("2026-11-29T12:00:00Z").ok(["issue"]), "Nothing is due.\n");
    let said = home.now("2026-12-01T07:01:00Z").ok(["issue"]);
    assert!(said.contains("daily/2026-11-29: issued") && said.contains("daily/2026-11-30: issued"), "{said}");
    let trigger = |at: usize| home.history()[at]["trigger"].clone();
    assert_eq!([trigger(0), trigger(1)].map(|t| t.to_string().replace('"', "")), ["late", "schedule"]);
}

#[test]
fn by_hand_for_one_period_and_never_the_same_twice() {
    let home = daily();
    home.ok(["issue", "daily", "--period", "2026-11-29"]);
    assert_eq!(home.standing(), ["daily/2026-11-29 issued"]);
    home.run(["issue", "daily", "--period", "2026-11-29"])
        .fails(1, &["daily/2026-11-29 is already issued", "--revise"]);
    home.run(["issue", "dayly"]).fails(2, &["there is no report `dayly`", ": daily"]);
    home.run(["issue", "daily", "--period", "2026-11"]).fails(2, &["another kind of period", "2026-11-01"]);
    home.run(["issue", "daily", "--period", "yesterday"]).fails(2, &["`yesterday` is no period; write 2026-11-30"]);
    home.run(["issue", "daily", "--revise"]).fails(2, &["--reason"]);
    home.run(["issue", "daily", "--revise", "--reason", "x"])
        .fails(1, &["was never issued, so there is nothing to revise"]);
    assert_eq!(home.mails().len(), 2);
    let by_hand = &home.history()[0];
    assert_eq!(by_hand["trigger"], "by_hand");
}

#[test]
fn a_revision_says_what_changed_and_leaves_the_first_as_it_was() {
    let home = daily();
    home.ok(["issue"]);
    let first = std::fs::read(home.path("var/editions/daily/2026-11-30/daily_2026-11-30.pdf")).unwrap();
    home.file("late.csv", "Audited Time,Done By,Action,Module,Record Id,Record Name,Details\n2026-11-30T20:00:00Z,carla@example.com,Deleted,Deals,12,Pumps,\n");
    home.now("2026-12-01T12:00:00Z").ok(["import", "late.csv", "--mapping", "zoho-crm"]);
    home.ok(["issue", "daily", "--revise", "--reason", "the export came late"]);
    assert_eq!(home.standing(), ["daily/2026-11-30 issued", "daily/2026-11-30/r1 issued"]);
    let html = home.edition_text("daily/2026-11-30-r1", ".html");
    assert!(html.contains("the export came late") && html.contains("revision 1"), "{html}");
    assert_eq!(first, std::fs::read(home.path("var/editions/daily/2026-11-30/daily_2026-11-30.pdf")).unwrap());
    let revised: Vec<_> =
        home.mails().into_iter().filter(|mail| mail.header("X-Quarterday-Edition").ends_with("/r1")).collect();
    assert_eq!(revised.len(), 2);
    assert!(revised[0].text().contains("the export came late"), "{}", revised[0].text());
    assert_eq!(home.run(["verify"]).code, 0);
}

#[test]
fn a_revision_is_set_beside_the_edition_that_it_revises_and_not_the_newest() {
    let home = daily();
    home.ok(["issue"]);
    home.now("2026-12-02T07:10:00Z").ok(["issue"]);
    home.file("late.csv", "Audited Time,Done By,Action,Module,Record Id,Record Name,Details\n2026-11-30T20:00:00Z,carla@example.com,Deleted,Deals,12,Pumps,\n");
    home.ok(["import", "late.csv", "--mapping", "zoho-crm"]);
    home.ok(["issue", "daily", "--period", "2026-11-30", "--revise", "--reason", "late"]);
    let html = home.edition_text("daily/2026-11-30-r1", ".html");
    let said = "5 of 5 figures changed; the largest: Events from 4 to 5 (+1).";
    assert!(html.contains(said), "{html}");
    assert!(html.contains("daily/2026-11-30, issued 1 Dec 2026"), "{html}");
    let mails = home.mails();
    let revised = mails.iter().find(|mail| mail.header("X-Quarterday-Edition").ends_with("/r1")).unwrap();
    assert!(revised.text().contains(said), "{}", revised.text());
    assert!(revised.html().contains(said), "{}", revised.html());
    let first = mails.iter().find(|mail| mail.header("X-Quarterday-Edition") == "daily/2026-11-30").unwrap();
    assert_eq!(revised.header("In-Reply-To"), first.header("Message-ID"));
}

#[test]
fn figures_before_that_are_gone_or_altered_are_said_and_nothing_fails() {
    let home = daily();
    home.ok(["issue"]);
    let figures = home.path("var/editions/daily/2026-11-30/figures.json");
    let written = std::fs::read_to_string(&figures).unwrap();
    std::fs::write(&figures, written.replace("Daily numbers", "Nightly numbers")).unwrap();
    home.now("2026-12-02T07:10:00Z").ok(["issue"]);
    assert_eq!(home.standing(), ["daily/2026-11-30 issued", "daily/2026-12-01 issued"]);
    let html = home.edition_text("daily/2026-12-01", ".html");
    assert!(html.contains("the figures of the edition before are not the file that was issued"), "{html}");
    std::fs::remove_file(&figures).unwrap();
    home.ok(["issue", "daily", "--period", "2026-11-30", "--revise", "--reason", "again"]);
    let html = home.edition_text("daily/2026-11-30-r1", ".html");
    let said = "What changed cannot be said: the figures of the edition before are no more in their place.";
    assert!(html.contains(said), "{html}");
}

#[test]
fn history_shows_one_report_one_period_as_table_csv_and_json() {
    let home = daily();
    assert_eq!(home.ok(["history"]), "Nothing was issued yet.\n");
    home.definition("other", &DAILY.replace("Daily numbers", "Other numbers"));
    home.ok(["issue"]);
    home.now("2026-12-02T08:00:00Z").ok(["issue"]);
    assert_eq!(home.history().len(), 4);
    assert_eq!(home.json(&["history", "daily"]).as_array().unwrap().len(), 2);
    let one = home.json(&["history", "daily", "--period", "2026-11-30"]);
    assert_eq!(one.as_array().unwrap().len(), 1);
    assert_eq!(one[0]["dispatches"].as_array().unwrap().len(), 2);
    assert_eq!(one[0]["dispatches"][0]["stage"], "sent");
    let csv = home.ok(["history", "--csv"]);
    assert!(csv.starts_with("Edition,Status,Due,At,Trigger,By,To,Formats,Stage,Attempts,Words"), "{csv}");
    assert_eq!(csv.lines().count(), 1 + 8);
    let table = home.ok(["history", "daily"]);
    assert!(table.lines().nth(1).unwrap().contains("daily/2026-11-30  issued"), "{table}");
    home.run(["history", "dayly"]).fails(2, &["there is no report `dayly`", "daily, other"]);
    assert_eq!(
        home.ok(["history", "daily", "--period", "2026-11-01"]),
        "Nothing of daily was issued for 2026-11-01.\n"
    );
}

#[test]
fn a_broken_definition_does_not_keep_the_others_from_going_out() {
    let home = daily();
    home.definition("broken", "titel: x\n");
    let ran = home.run(["issue"]);
    ran.fails(2, &["schedules/broken.yaml:1:1: unknown key `titel`"]);
    assert!(ran.out.contains("daily/2026-11-30: issued"), "{ran:#?}");
    assert!(!ran.err.contains("Nothing was done"), "{ran:#?}");
    assert_eq!(home.mails().len(), 2);
    let told = home.json(&["issue"]);
    assert!(!told["problems"].as_array().unwrap().is_empty(), "{told}");
}

#[test]
fn a_recipient_with_a_condition_gets_mail_only_when_it_holds() {
    let home = daily();
    let conditions = "recipients:\n  - { to: many@example.com, when: \"deletions > 1\" }\n  - { to: some@example.com, when: \"deletions > 0\" }\n";
    let (head, _) = DAILY.split_once("recipients:").unwrap();
    home.definition("daily", &format!("{head}{conditions}"));
    home.ok(["issue"]);
    let to: Vec<String> = home.mails().iter().map(|mail| mail.header("To").to_owned()).collect();
    assert_eq!(to, ["some@example.com"]);
}
