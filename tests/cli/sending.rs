//! Sending: conditions on which an edition is mailed at all. One that is not is issued, archived, and history says why.

use crate::home::Home;
use crate::samples::CRM;

/// A daily report with a threshold, and what is written under `send`.
fn report(send: &str) -> String {
    format!(
        "title: Daily numbers
owner: owner@example.com
schedule: {{ every: day, at: \"07:00\", timezone: UTC, since: 2026-11-30 }}
thresholds:
  - {{ name: many-deletions, measure: deletions, at_least: 2, severity: high }}
sections:
  - summary: [events, deletions]
  - attention
  - coverage
send: {send}
recipients:
  - {{ to: anna@example.com }}
  - {{ to: ben@example.com, when: \"events > 2\" }}
"
    )
}

fn home(send: &str) -> Home {
    let home = Home::new();
    home.definition("daily", &report(send)).file("crm.csv", CRM);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home
}

fn not_sent(home: &Home) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let history = home.history();
    history[0]["not_sent"].as_array().unwrap().iter().map(|one| (text(&one["to"]), text(&one["why"]))).collect()
}

#[test]
fn what_is_waited_for_did_not_come() {
    let home = home("{ when: [many-deletions, \"events > 100\"] }");
    home.ok(["check"]);
    let said = home.ok(["issue"]);
    let why = "nothing of this came: many-deletions; events > 100";
    assert!(said.contains("daily/2026-11-30: issued") && said.contains("no mails to send"), "{said}");
    assert!(said.contains(&format!("not sent to anna@example.com: {why}")), "{said}");
    assert!(home.mails().is_empty());
    assert_eq!(not_sent(&home), ["anna@example.com", "ben@example.com"].map(|to| (to.to_owned(), why.to_owned())));
    assert!(home.edition_files("daily/2026-11-30").contains(&"daily_2026-11-30.pdf".to_owned()));
    let listed = home.ok(["history"]);
    assert!(listed.contains("not sent") && listed.contains(why), "{listed}");
    assert!(home.ok(["history", "--csv"]).contains(why));
    // The page says to whom it was not sent, and for want of what.
    let page = home.edition_text("daily/2026-11-30", ".html");
    assert!(page.contains("many-deletions; events &gt; 100"), "{page}");
    assert_eq!(home.run(["verify"]).code, 0);
    home.ok(["issue"]);
    assert!(home.mails().is_empty(), "nothing follows later");
}

#[test]
fn one_of_them_is_enough_and_a_recipient_s_own_condition_holds_beside_it() {
    for send in ["{ when: [many-deletions, \"deletions > 0\"] }", "always", "never when empty"] {
        let home = home(send);
        let definition = report(send).replace("\"events > 2\"", "\"events > 20\"");
        home.definition("daily", &definition);
        home.ok(["issue"]);
        let to: Vec<String> = home.mails().iter().map(|mail| mail.header("To").to_owned()).collect();
        assert_eq!(to, ["anna@example.com"], "{send}");
        let why = "its condition does not hold: events > 20".to_owned();
        assert_eq!(not_sent(&home), [("ben@example.com".to_owned(), why)]);
    }
    let crossed = home("{ when: any threshold }");
    crossed.definition("daily", &report("{ when: any threshold }").replace("at_least: 2", "at_least: 1"));
    crossed.ok(["issue"]);
    assert_eq!(crossed.mails().len(), 2);
}

#[test]
fn a_note_says_that_there_is_nothing_to_report() {
    let home = home("{ when: [many-deletions], otherwise: note }");
    home.ok(["issue"]);
    let mails = home.mails();
    assert_eq!(mails.len(), 2);
    for mail in &mails {
        assert_eq!(mail.header("Subject"), "Daily numbers: Monday 30 November 2026");
        assert!(mail.file_names().is_empty());
        for body in [mail.text(), mail.html()] {
            assert!(body.contains("Nothing to report: nothing came of what this report is sent for."), "{body}");
            assert!(body.contains("many-deletions") && body.contains("Coverage of the log"), "{body}");
            assert!(!body.contains("Key figures"), "{body}");
        }
        assert!(mail.everything().iter().all(|(headers, _)| headers.iter().all(|(name, _)| name != "Content-ID")));
    }
    let why = "nothing of this came: many-deletions; it gets a note that says so".to_owned();
    assert_eq!(not_sent(&home)[0], ("anna@example.com".to_owned(), why));
    assert_eq!(home.run(["verify"]).code, 0);
}

#[test]
fn an_empty_period_is_not_mailed_but_a_silent_source_is() {
    let empty = home("{ empty: never, otherwise: note }");
    let definition =
        report("{ empty: never, otherwise: note }").replace("sections:", "where: { module: Nothing }\nsections:");
    empty.definition("daily", &definition.replace(", when: \"events > 2\"", ""));
    empty.ok(["issue"]);
    assert!(empty.mails()[0].text().contains("Nothing to report: nothing happened in this period."));
    assert!(not_sent(&empty)[0].1.starts_with("nothing happened in its period"));
    // The day after: no event, and the source that speaks every day was silent. Nobody knows that nothing happened.
    let silent = home("never when empty");
    silent.now("2026-12-02T08:30:00Z");
    silent.ok(["issue", "daily", "--period", "2026-12-01"]);
    assert_eq!(silent.mails().len(), 1, "to anna; ben's condition does not hold");
}

#[test]
fn what_cannot_be_waited_for_is_a_mistake_with_its_place() {
    let home = home("always");
    for (send, said) in [
        ("sometimes", "daily.yaml:10:7: unknown `send` `sometimes`. Known here: `always`, `never when empty`"),
        (
            "{ when: [many-deletion] }",
            "daily.yaml:10:16: unknown threshold `many-deletion`. Did you mean `many-deletions`?",
        ),
        ("{ when: \"deletion > 3\" }", "daily.yaml:10:15: unknown measure `deletion`"),
        ("{ when: \"exports > 3\" }", "daily.yaml:10:15: `exports` is in no section of this report"),
        ("{ when: a findin }", "daily.yaml:10:15: unknown threshold `a findin`. Did you mean `a finding`?"),
        ("{ when: [] }", "daily.yaml:10:15: no condition is named"),
        ("{ otherwise: note }", "daily.yaml:10:20: it is sent in any case"),
        ("{ empty: maybe }", "daily.yaml:10:16: unknown `empty` `maybe`"),
        ("{ wen: many-deletions }", "daily.yaml:10:9: unknown key `wen` in `send`. Did you mean `when`?"),
    ] {
        home.definition("daily", &report(send));
        home.run(["check"]).fails(2, &[said]);
    }
    home.definition(
        "daily",
        &report("{ when: any threshold }").replace(
            "thresholds:\n  - { name: many-deletions, measure: deletions, at_least: 2, severity: high }\n",
            "",
        ),
    );
    home.run(["check"]).fails(2, &["there is no threshold that could be crossed"]);
}
