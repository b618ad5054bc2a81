//! Rules in Sigma's format, as a person tries them.

use crate::home::Home;
use crate::samples::CRM;

const DELETED: &str = "\
title: Deleted
name: deleted
logsource: { product: zoho-crm }
detection:
  selection: { action_class: delete }
  condition: selection
level: low
---
title: Deleted twice
id: 4f2c0c7e-7d5c-4c89-a6a4-6a53b1f0a001
correlation:
  type: event_count
  rules: [deleted]
  group-by: [actor]
  timespan: 1d
  condition: { gte: 1 }
level: high
";

fn filled() -> Home {
    let home = Home::new();
    home.file("crm.csv", CRM);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home
}

#[test]
fn a_folder_of_rules_says_what_was_understood_and_what_was_not() {
    let home = Home::new();
    home.file("rules/deleted.yml", DELETED);
    let all = home.run(["sigma", "check", "rules"]);
    assert_eq!(all.code, 0, "{all:#?}");
    assert_eq!(
        all.out,
        "rules/deleted.yml:1: rule: Deleted (low; zoho-crm)\n\
         rules/deleted.yml:9: correlation: Deleted twice (high; zoho-crm)\n\
         2 rules understood, no problems.\n"
    );
    home.file("rules/deep/er/typed.yaml", DELETED.replace("action_class", "action_clas").replace("deleted", "typed"));
    home.file("rules/notes.txt", "no rule");
    let some = home.run(["sigma", "check", "rules"]);
    assert_eq!(some.code, 2, "{some:#?}");
    assert!(
        some.out.contains("rule: Deleted (low") && some.out.ends_with("2 rules understood, 3 problems.\n"),
        "{some:#?}"
    );
    assert!(
        some.err.starts_with(
            "rules/deep/er/typed.yaml:5:16: unknown field `action_clas` of zoho-crm. Did you mean `action_class`?\n"
        ),
        "{some:#?}"
    );
    let told: serde_json::Value = serde_json::from_str(&home.run(["sigma", "check", "rules", "--json"]).out).unwrap();
    assert_eq!((told["rules"].as_array().unwrap().len(), told["problems"].as_array().unwrap().len()), (2, 3));
    // Nothing is tried in part.
    home.file("crm.csv", CRM);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    let tried = home.run(["sigma", "try", "rules"]);
    assert_eq!(tried.code, 2, "{tried:#?}");
    assert!(tried.err.ends_with("3 problems. Nothing was done.\n"), "{tried:#?}");
}

#[test]
fn what_is_no_rule_at_all_is_said() {
    let home = Home::new();
    home.file("empty/readme.txt", "");
    let empty = home.run(["sigma", "check", "empty"]);
    assert_eq!((empty.code, empty.err.as_str()), (2, "quarterday: empty holds no file of rules (*.yml, *.yaml)\n"));
    home.file("blank.yml", "# nothing yet\n");
    let blank = home.run(["sigma", "check", "blank.yml"]);
    assert_eq!((blank.code, blank.err.as_str()), (2, "blank.yml:1:1: there is no rule in it\n"));
    let nowhere = home.run(["sigma", "check", "nowhere.yml"]);
    assert_eq!(nowhere.code, 1, "{nowhere:#?}");
    assert_eq!(home.run(["sigma", "check"]).code, 2);
}

#[test]
fn rules_are_tried_over_the_days_that_are_asked_for() {
    let home = filled();
    home.file("rules/deleted.yml", DELETED);
    let tried = home.ok(["sigma", "try", "rules", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&tried).unwrap();
    let rules = told["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 1, "a rule that is only called has no hits of its own: {told:#}");
    assert_eq!(rules[0]["rule"], "sigma/4f2c0c7e-7d5c-4c89-a6a4-6a53b1f0a001");
    // Counted a second time, by the statement that says the same.
    let statement =
        "select day, actor, count(*) as events from events where class = 'delete' group by 1, 2 order by 1, 2";
    let counted: Vec<(String, u64)> = home
        .ok(["sql", "--json", statement])
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|row| (row["day"].as_str().unwrap().to_owned(), row["events"].as_u64().unwrap()))
        .collect();
    assert!(!counted.is_empty());
    let hits = rules[0]["hits"].as_array().unwrap();
    let days: Vec<&str> = hits.iter().map(|hit| hit["day"].as_str().unwrap()).collect();
    assert_eq!(days, counted.iter().map(|(day, _)| day.as_str()).collect::<Vec<_>>());
    let words = home.ok(["sigma", "try", "rules"]);
    assert!(words.starts_with("Deleted twice (high): "), "{words}");
    assert!(words.ends_with("1 rule is only called by others.\n"), "{words}");
    let none = home.ok(["sigma", "try", "rules", "--from", "2031-01-01"]);
    assert!(none.starts_with("Deleted twice (high): no hit\n"), "{none}");
    let back = home.run(["sigma", "try", "rules", "--from", "2026-02-02", "--to", "2026-02-01"]);
    assert_eq!((back.code, back.err.as_str()), (2, "quarterday: the last day is before the first one\n"));
}

#[test]
fn an_installation_says_where_the_fields_of_other_sources_stand() {
    let home = filled();
    let rule = DELETED
        .replace("product: zoho-crm", "product: zoho, service: crm")
        .replace("action_class: delete", "verb: Delete*");
    home.file("rules/deleted.yml", rule);
    let unknown = home.run(["sigma", "check", "rules"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("no source here is `product: zoho, service: crm`"), "{unknown:#?}");
    home.file(
        "mappings/sigma/zoho.yaml",
        "- source: zoho-crm\n  logsource: [{ product: zoho, service: crm }]\n  fields: { verb: action }\n",
    );
    let known = home.ok(["sigma", "check", "rules"]);
    assert!(known.ends_with("2 rules understood, no problems.\n"), "{known}");
    home.file("mappings/sigma/zoho.yaml", "- source: zoho-crm\n  fields: { verb: actoin }\n");
    let typed = home.run(["sigma", "check", "rules"]);
    assert_eq!(typed.code, 2);
    assert!(
        typed.err.starts_with("mappings/sigma/zoho.yaml:2:19: unknown field `actoin`. Did you mean `action`?"),
        "{typed:#?}"
    );
}
