//! `watch`: rules are tried before they live, look by themselves at what comes in, raise once, and alert whom they name.

use crate::home::Home;
use crate::samples::{CRM, daily};

const DELETIONS: &str = "title: Deletions\nwhere: { action_class: delete }\nby: actor\nper: day\nat_least: 1\nseverity: high\nsay: \"{who} deleted {value} on {when}\"\ndo: Ask why.\n";

fn ruled(text: &str) -> Home {
    let home = daily();
    home.file("schedules/watch/deletions.yaml", text);
    home
}

#[test]
fn a_rule_is_tried_over_the_past_and_raises_nothing() {
    let home = ruled(DELETIONS);
    let tried = home.ok(["watch", "try", "--from", "2026-11-01", "--to", "2026-11-30"]);
    assert!(tried.contains("deletions (high): 1 finding on 1 day"), "{tried}");
    assert!(tried.contains("ben@example.com deleted 1 on Monday 30 November 2026"), "{tried}");
    assert!(tried.ends_with("1 finding in all. Nothing was raised.\n"), "{tried}");
    let listed = home.ok(["watch", "list"]);
    assert!(listed.contains("1 event in a day, by actor"), "{listed}");
    // Not a rule; a rule that can see nothing here; days that run backwards.
    home.run(["watch", "try", "deletion", "--from", "2026-11-01"])
        .fails(2, &["there is no rule `deletion`", "Did you mean `deletions`?"]);
    home.file("blind.yaml", DELETIONS.replace("action_class: delete", "action_class: login, outcome: failure"));
    let blind = home.ok(["watch", "try", "blind.yaml", "--from", "2026-11-01"]);
    assert!(blind.contains("blind: blind, for what it needs is not recorded by zoho-crm"), "{blind}");
    home.run(["watch", "try", "--from", "2026-11-05", "--to", "2026-11-01"]).fails(2, &["lies behind"]);
}

#[test]
fn what_comes_in_is_watched_at_once_and_raised_once() {
    let home = Home::new();
    home.file("schedules/watch/deletions.yaml", DELETIONS).file("crm.csv", CRM);
    let said = home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    assert!(said.contains("F-2026-0001 (high) 30 Nov 2026") && said.contains("ben@example.com deleted 1"), "{said}");
    assert_eq!(home.ok(["watch", "run"]), "Nothing new was found.\n");
    assert_eq!(home.ok(["watch", "run", "--from", "2026-11-01"]), "Nothing new was found.\n");
    // More rows of the same day: the same finding, with more behind it.
    home.file(
        "more.csv",
        "Audited Time,Done By,Action,Module,Record Id,Record Name,Details\n2026-11-30T16:30:00Z,ben@example.com,Deleted,Deals,13,Seals,\n",
    );
    let said = home.ok(["import", "more.csv", "--mapping", "zoho-crm"]);
    assert!(said.contains("F-2026-0001: there is more behind it than was known"), "{said}");
    home.ok(["verify", "ledger"]);
}

#[test]
fn months_that_are_imported_raise_nothing_until_somebody_asks() {
    let home = Home::new();
    home.file("schedules/watch/deletions.yaml", DELETIONS);
    home.file(
        "old.csv",
        "Audited Time,Done By,Action,Module,Record Id,Record Name,Details\n2026-08-30T16:30:00Z,ben@example.com,Deleted,Deals,13,Seals,\n",
    );
    let said = home.ok(["import", "old.csv", "--mapping", "zoho-crm"]);
    assert!(!said.contains("F-2026"), "{said}");
    let said = home.ok(["watch", "run", "--from", "2026-08-01", "--to", "2026-08-31"]);
    assert!(said.contains("F-2026-0001 (high) 30 Aug 2026"), "{said}");
}

#[test]
fn whom_a_rule_names_gets_one_mail_about_all_of_it_and_then_none_for_a_while() {
    let home = Home::new();
    let alerting = format!("{DELETIONS}alert: [security@example.com]\n");
    home.file("schedules/watch/deletions.yaml", &alerting).file(
        "schedules/watch/exports.yaml",
        alerting.replace("delete", "export").replace("title: Deletions", "title: Exports"),
    );
    home.file("crm.csv", CRM);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home.ok(["issue"]);
    let mails = home.mails();
    assert_eq!(mails.len(), 1, "{mails:#?}");
    assert_eq!(mails[0].header("Subject"), "Alert: Deletions, and 1 more");
    assert_eq!(mails[0].header("To"), "security@example.com");
    let text = mails[0].text();
    assert!(text.contains("F-2026-0001 (high severity)") && text.contains("F-2026-0002 (high severity)"), "{text}");
    assert!(text.contains("What to do: Ask why."), "{text}");
    let more = |actor: &str| {
        format!(
            "Audited Time,Done By,Action,Module,Record Id,Record Name,Details\n2026-11-30T16:30:00Z,{actor},Deleted,Deals,13,Seals,\n"
        )
    };
    // Within a quarter of an hour: later, all in one.
    home.file("one.csv", more("anna@example.com")).file("two.csv", more("carla@example.com"));
    home.ok(["import", "one.csv", "two.csv", "--mapping", "zoho-crm"]);
    home.ok(["issue"]);
    assert_eq!(home.mails().len(), 1);
    home.now("2026-12-01T12:00:00Z");
    home.ok(["issue"]);
    home.ok(["issue"]);
    assert_eq!(home.mails().len(), 2);
    home.ok(["verify", "ledger"]);
    let history = home.ok(["history"]);
    assert!(history.contains("alerts/2026-12-01"), "{history}");
}

#[test]
fn what_is_wrong_in_a_rule_is_said_with_its_place() {
    let home = ruled(
        "title: X\nby: [actor, time]\nper: fortnight\nseverity: bad\nsay: \"{what} {who}\"\nat_most: many\nalert: [nobody]\n",
    );
    home.run(["check"]).fails(
        2,
        &[
            "schedules/watch/deletions.yaml:1:1: `do` is missing",
            "schedules/watch/deletions.yaml:2:13: `time` has no values to tell groups apart",
            "schedules/watch/deletions.yaml:3:6:",
            "unknown severity `bad`",
            "a number of findings as in `5 per day`",
            "alert",
        ],
    );
    home.file("schedules/watch/deletions.yaml", DELETIONS.replace("{value}", "{what}"));
    home.run(["check"]).fails(2, &["nothing is filled in for `{what}`", "`{value}`, `{limit}`, `{who}`, `{when}`"]);
    // A broken rule keeps no report from going out.
    home.run(["issue"]).fails(2, &["nothing is filled in for `{what}`"]);
    assert_eq!(home.standing().len(), 1);
    // A report cannot take the name under which mails at once stand.
    home.file("schedules/watch/deletions.yaml", DELETIONS);
    home.definition("alerts", crate::samples::DAILY);
    home.run(["check"]).fails(2, &["`alerts` is the name"]);
}

#[test]
fn the_rules_that_ship_are_read_and_wait_for_what_they_say() {
    let home = Home::empty();
    home.ok(["init", "."]);
    let examples = home.path("schedules/watch/examples");
    let mut count = 0;
    for rule in std::fs::read_dir(&examples).unwrap() {
        let rule = rule.unwrap();
        std::fs::copy(rule.path(), home.path("schedules/watch").join(rule.file_name())).unwrap();
        count += 1;
    }
    let listed = home.json(&["watch", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), count);
    home.ok(["check"]);
}
