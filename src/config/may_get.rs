//! Limits as written: which roles, domains and webhooks may get which reports.

use super::read::domains;
use super::webhooks::Webhooks;
use crate::definition::MayGet;
use crate::written::{Fields, Node, Reader};

/// The `may_get` key.
pub(super) fn may_get(top: Fields<'_, '_>, webhooks: &Webhooks) -> Vec<MayGet> {
    top.list("may_get").iter().filter_map(|node| limit(top.reader(), node, webhooks)).collect()
}

fn limit<'a>(reader: &Reader<'a>, node: &'a Node, webhooks: &Webhooks) -> Option<MayGet> {
    let fields = reader.fields(node, &["reports", "roles", "domains", "webhooks"])?;
    let texts = |key: &str| fields.texts(key).into_iter().map(str::to_owned).collect::<Vec<_>>();
    fields.need("reports")?;
    for node in fields.get("reports").map(|node| reader.one_or_more(node)).unwrap_or_default() {
        let name = node.as_text().unwrap_or_default();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let beginning = name.strip_suffix('*').unwrap_or(name);
        if name.is_empty() || !beginning.chars().all(plain) {
            let instead = "Write the file's name without .yaml, as in `payroll`, or its beginning, as in `hr-*`";
            reader.problem(node.at, format!("`{name}` is no report's name"), instead);
        }
    }
    for node in fields.get("webhooks").map(|node| reader.one_or_more(node)).unwrap_or_default() {
        let name = node.as_text().unwrap_or_default();
        if !webhooks.contains_key(name) {
            reader.unknown(node.at, "webhook", name, webhooks.keys().map(String::as_str));
        }
    }
    if !fields.has("roles") && !fields.has("domains") {
        let instead = "Add `roles: [Compliance]` or `domains: [example.com]`";
        reader.problem(node.at, "it is not said who may get these reports", instead);
    }
    Some(MayGet {
        reports: texts("reports"),
        roles: texts("roles"),
        domains: fields.get("domains").map(|node| domains(reader, node)).unwrap_or_default(),
        webhooks: texts("webhooks"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    #[test]
    fn limits_as_written() {
        let text = "webhooks: { chat: { url: \"https://a.example/x\", secret_env: X } }\nmay_get:\n  - { reports: [hr-*, payroll], roles: Compliance, domains: [Example.com], webhooks: [chat] }\n";
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let limit = MayGet {
            reports: texts(&["hr-*", "payroll"]),
            roles: texts(&["Compliance"]),
            domains: texts(&["example.com"]),
            webhooks: texts(&["chat"]),
        };
        assert_eq!(Config::read(text, "q.yaml").unwrap().may_get, [limit]);
        for (written, said) in [
            ("{ roles: [Lead] }", "`reports` is missing"),
            ("{ reports: hr }", "not said who may get"),
            ("{ reports: \"*-hr\", roles: Lead }", "no report's name"),
            ("{ reports: hr, roles: Lead, webhooks: chta }", "unknown webhook `chta`"),
            ("{ reports: hr, domains: [\"*.example.com\"] }", "no name of a domain"),
        ] {
            let problems = Config::read(&format!("may_get: [{written}]"), "q.yaml").unwrap_err();
            assert!(problems.len() == 1 && problems[0].what.contains(said), "{written}: {problems:?}");
        }
    }
}
