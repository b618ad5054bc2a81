//! Roles: recipients by what they are in the directory, found when an edition is addressed, and asked for again before each attempt;
//! and who may get which report at all.

use crate::home::{Home, SETTINGS};
use crate::samples::{CRM, DAILY};

const PEOPLE: &str = "actor,name,kind,team,role,manager,email,from,until
anna@example.com,Anna Ruiz,person,Audit,Compliance,,anna@example.com,,
ben@example.com,Ben Cole,person,Audit,Compliance,,ben@example.com,,2026-12-02
carla@example.com,Carla Novak,person,Sales,Representative,,carla@example.com,,
dan@example.com,Dan Old,person,Sales,Auditor,,dan@example.com,,2026-01-01
";

fn home(recipients: &str) -> Home {
    let home = Home::new();
    definition(&home, recipients);
    home.file("people.csv", PEOPLE).file("crm.csv", CRM);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home
}

fn definition(home: &Home, recipients: &str) {
    let (head, _) = DAILY.split_once("recipients:").unwrap();
    home.definition("daily", &format!("{head}recipients:\n{recipients}"));
}

fn to(home: &Home) -> Vec<String> {
    home.mails().iter().map(|mail| mail.header("To").to_owned()).collect()
}

#[test]
fn everybody_who_has_the_role_gets_a_mail_of_their_own() {
    let home = home("  - { to: role:Compliance, formats: [pdf] }\n  - { to: anna@example.com, formats: [csv] }\n");
    home.ok(["check"]);
    home.ok(["issue"]);
    assert_eq!(to(&home), ["anna@example.com", "ben@example.com"]);
    let mails = home.mails();
    assert_eq!(mails[0].file_names().len(), 2, "one mail with all that any line gives");
    assert!(!mails[0].text().contains("ben@example.com"));
    let history = home.history();
    assert_eq!(history[0]["dispatches"][1]["via"], "role:Compliance");
    assert_eq!(history[0]["dispatches"][0]["via"], "", "she is named, too");
    assert!(home.edition_text("daily/2026-11-30", ".html").contains("ben@example.com, who has the role Compliance"));
    assert_eq!(home.run(["verify"]).code, 0);
}

#[test]
fn who_left_the_role_before_the_mail_went_out_is_not_written_to() {
    let home = home("  - { to: role:Compliance }\n");
    home.file("mail", "in the way");
    home.run(["issue"]).fails(1, &["ben@example.com: not now"]);
    std::fs::remove_file(home.path("mail")).unwrap();
    // Ben's time in the role ends on the second of December.
    let said = home.now("2026-12-02T08:30:00Z").ok(["outbox", "list"]);
    assert!(said.contains("ben@example.com"), "{said}");
    definition(&home, "  - { to: owner }\n");
    let said = home.ok(["issue", "daily", "--period", "2026-12-01"]);
    assert!(
        said.contains("ben@example.com: not sent any more") || to(&home).contains(&"anna@example.com".to_owned()),
        "{said}"
    );
    assert_eq!(to(&home), ["anna@example.com", "owner@example.com"]);
    let all = home.json(&["outbox", "list", "ben@example.com", "--all"]);
    assert_eq!(all[0]["stage"], "cancelled");
    let decision = &all[0]["decisions"][0];
    assert_eq!(decision["by"], "quarterday");
    assert_eq!(decision["why"], "ben@example.com has no longer the role Compliance in the directory");
    assert_eq!(home.run(["verify", "ledger"]).code, 0);
}

#[test]
fn a_role_that_nobody_has_is_the_owner_s_and_one_that_never_was_a_mistake() {
    let home = home("  - { to: role:Auditor }\n");
    home.ok(["check"]);
    home.ok(["issue"]);
    assert_eq!(to(&home), ["owner@example.com"]);
    let page = home.edition_text("daily/2026-11-30", ".html");
    assert!(page.contains("owner@example.com, because nobody has the role Auditor"), "{page}");
    definition(&home, "  - { to: role:Complience }\n");
    home.run(["check"]).fails(2, &["daily.yaml:10:11: unknown role `Complience`. Did you mean `Compliance`?"]);
    std::fs::remove_file(home.path("people.csv")).unwrap();
    home.run(["check"]).fails(2, &["daily.yaml:10:11: no directory says who has the role `Complience`"]);
}

#[test]
fn a_limited_report_goes_to_nobody_else() {
    let home = home("  - { to: role:Compliance }\n");
    let limited = format!("{SETTINGS}may_get:\n  - {{ reports: da*, roles: [Compliance], domains: [example.com] }}\n");
    home.file("quarterday.yaml", &limited);
    home.ok(["check"]);
    for (recipients, said) in [
        (
            "  - { to: carla@example.com }\n",
            "daily.yaml:10:11: `carla@example.com` may not get daily (`may_get` in quarterday.yaml): nobody with that address has one of the roles Compliance",
        ),
        ("  - { to: role:Representative }\n", "daily.yaml:10:11: `role:Representative` may not get daily"),
        ("  - { to: owner }\n", "daily.yaml:10:11: `owner@example.com` may not get daily"),
        ("  - { to: group:all }\n", "daily.yaml:10:11: `carla@example.com` may not get daily"),
        ("  - { each: team, to: carla@example.com }\n", "`carla@example.com` may not get daily"),
    ] {
        home.file("quarterday.yaml", format!("{limited}groups: {{ all: [anna@example.com, carla@example.com] }}\n"));
        definition(&home, recipients);
        home.run(["check"]).fails(2, &[said]);
        home.run(["issue"]).fails(2, &[said]);
    }
    assert!(home.mails().is_empty());
    // Of another report nothing is said.
    let (head, _) = DAILY.split_once("recipients:").unwrap();
    home.definition("daily", DAILY.replace("ben@example.com", "anna.two@example.com").as_str());
    std::fs::remove_file(home.path("schedules/daily.yaml")).unwrap();
    home.definition("other", &format!("{head}recipients: [{{ to: carla@example.com }}]\n"));
    home.ok(["check"]);
}
