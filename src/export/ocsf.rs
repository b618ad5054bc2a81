//! OCSF: an event in the words of the Open Cybersecurity Schema Framework, version 1.8.0 (schema.ocsf.io/1.8.0).
//!
//! The class is chosen from the action class, the module and what is known of the event, so that what the schema
//! requires of the class is there:
//!
//! | event | class |
//! |---|---|
//! | login, logout | 3002 Authentication |
//! | of a user's account (the module is one of users, and a record is named) | 3001 Account Change |
//! | the same, a permission, with the values given or taken | 3005 User Access Management |
//! | through an API, with an actor and an address | 6003 API Activity |
//! | export or import, with an actor and an address | 6005 Datastore Activity |
//! | everything else | 3004 Entity Management |
//!
//! 6003 and 6005 require an actor and a source endpoint: sources that record no address never get them. What the schema
//! has no place for stands under `unmapped`, by the names of this log. Severity is always Informational: a log does not
//! judge. The one value that is made up is the user `Unknown` of an authentication whose source names nobody, because the
//! class requires a user.

use super::changes;
use crate::audit_log::StoredEvent;
use crate::event::{ActionClass, Event, Outcome};
use serde_json::{Map, Value, json};
use std::net::IpAddr;

/// The version of the schema that is written.
pub const VERSION: &str = "1.8.0";

/// A class of the schema.
struct Class {
    uid: u64,
    name: &'static str,
    category: &'static str,
    /// Activities by number, besides 0 Unknown and 99 Other.
    activities: &'static [(u64, &'static str)],
}

const ACCOUNT_CHANGE: Class = Class {
    uid: 3001,
    name: "Account Change",
    category: "Identity & Access Management",
    activities: &[
        (1, "Create"),
        (2, "Enable"),
        (3, "Password Change"),
        (4, "Password Reset"),
        (5, "Disable"),
        (6, "Delete"),
        (9, "Lock"),
        (10, "MFA Factor Enable"),
        (11, "MFA Factor Disable"),
        (12, "Unlock"),
    ],
};
const AUTHENTICATION: Class = Class {
    uid: 3002,
    name: "Authentication",
    category: "Identity & Access Management",
    activities: &[(1, "Logon"), (2, "Logoff")],
};
const ENTITY_MANAGEMENT: Class = Class {
    uid: 3004,
    name: "Entity Management",
    category: "Identity & Access Management",
    activities: &[(1, "Create"), (2, "Read"), (3, "Update"), (4, "Delete")],
};
const USER_ACCESS: Class = Class {
    uid: 3005,
    name: "User Access Management",
    category: "Identity & Access Management",
    activities: &[(1, "Assign Privileges"), (2, "Revoke Privileges")],
};
const API_ACTIVITY: Class = Class {
    uid: 6003,
    name: "API Activity",
    category: "Application Activity",
    activities: &[(1, "Create"), (2, "Read"), (3, "Update"), (4, "Delete")],
};
const DATASTORE_ACTIVITY: Class = Class {
    uid: 6005,
    name: "Datastore Activity",
    category: "Application Activity",
    activities: &[(1, "Read"), (5, "Write")],
};

/// No activity of the schema: the action itself names it.
const OTHER: u64 = 99;

/// An event as an object of the schema. `title`: what its source is called.
pub fn event(stored: &StoredEvent, title: &str) -> Value {
    let event = &stored.event;
    let (class, activity, own) = choose(event, stored, title);
    let named = class.activities.iter().find(|(uid, _)| *uid == activity).map(|(_, name)| *name);
    let activity_name = named.unwrap_or(if event.action.is_empty() { "Other" } else { &event.action });
    let (status_id, status, status_detail) = status(event.outcome);
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            all.insert(name.to_owned(), value);
        }
    };
    put("activity_id", json!(activity));
    put("activity_name", json!(activity_name));
    put("category_uid", json!(class.uid / 1000));
    put("category_name", json!(class.category));
    put("class_uid", json!(class.uid));
    put("class_name", json!(class.name));
    put("type_uid", json!(class.uid * 100 + activity));
    put("type_name", json!(format!("{}: {}", class.name, named.unwrap_or("Other"))));
    put("time", json!(event.time));
    put("severity_id", json!(1));
    put("severity", json!("Informational"));
    put("status_id", json!(status_id));
    put("status", json!(status));
    put("status_detail", json!(status_detail));
    put("message", json!(message(event)));
    put("metadata", metadata(stored, title));
    put("actor", user(event).map_or(Value::Null, |user| json!({ "user": user })));
    put("src_endpoint", endpoint(event).unwrap_or(Value::Null));
    if !event.origin.agent.is_empty() {
        put("http_request", json!({ "user_agent": event.origin.agent }));
    }
    for (name, value) in own {
        put(name, value);
    }
    put("unmapped", unmapped(event));
    Value::Object(all)
}

/// What only events of the chosen class have.
type Own = Vec<(&'static str, Value)>;

fn choose(event: &Event, stored: &StoredEvent, title: &str) -> (&'static Class, u64, Own) {
    let class = event.class;
    if matches!(class, ActionClass::Login | ActionClass::Logout) {
        let activity = if class == ActionClass::Login { 1 } else { 2 };
        let nobody = || json!({ "name": "Unknown", "type_id": 0, "type": "Unknown" });
        let service = json!({ "name": title, "uid": stored.source });
        return (&AUTHENTICATION, activity, vec![("user", user(event).unwrap_or_else(nobody)), ("service", service)]);
    }
    if is_about_users(&event.module)
        && let Some(target) = target(event)
        && !matches!(class, ActionClass::Read | ActionClass::Import | ActionClass::Export)
    {
        let privileges = privileges(event);
        let activity = account_activity(event);
        if class == ActionClass::Permission && activity == OTHER && !privileges.is_empty() {
            let own = vec![("user", target), ("privileges", json!(privileges))];
            return (&USER_ACCESS, access_activity(event), own);
        }
        return (&ACCOUNT_CHANGE, activity, vec![("user", target)]);
    }
    if !event.actor.trim().is_empty() && endpoint(event).is_some() {
        if event.origin.channel.eq_ignore_ascii_case("api") && !event.action.is_empty() {
            let api = json!({ "operation": event.action, "service": { "name": title, "uid": stored.source } });
            let mut own = vec![("api", api)];
            if !event.record.is_empty() || !event.record_name.is_empty() {
                own.push(("resources", json!([named(&event.record_name, &event.record, &event.module)])));
            }
            return (&API_ACTIVITY, entity_activity(event), own);
        }
        if matches!(class, ActionClass::Export | ActionClass::Import) {
            let activity = if class == ActionClass::Export { 1 } else { 5 };
            let own = match event.module.as_str() {
                "" => ("database", json!({ "name": title, "uid": stored.source, "type_id": 0, "type": "Unknown" })),
                module => ("table", json!({ "name": module })),
            };
            return (&DATASTORE_ACTIVITY, activity, vec![own]);
        }
    }
    (&ENTITY_MANAGEMENT, entity_activity(event), vec![("entity", entity(event, title))])
}

/// Modules in which systems keep the accounts of their users. Not `accounts`: in a CRM those are customers.
fn is_about_users(module: &str) -> bool {
    let plain: String = module.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    ["user", "users", "usermanagement", "manageusers", "useraccount", "useraccounts"].contains(&plain.as_str())
}

fn says(event: &Event, words: &[&str]) -> bool {
    let action = event.action.to_lowercase();
    words.iter().any(|word| action.contains(word))
}

fn account_activity(event: &Event) -> u64 {
    let says = |words: &[&str]| says(event, words);
    let off = says(&["disable", "remov", "delet", "deactivat"]);
    if says(&["mfa", "two-factor", "2fa", "two factor", "authenticator"]) {
        return if off { 11 } else { 10 };
    }
    if says(&["password"]) {
        return if says(&["reset"]) { 4 } else { 3 };
    }
    if says(&["unlock"]) {
        return 12;
    }
    if says(&["deactivat", "disabl", "suspend"]) {
        return 5;
    }
    if says(&["activat", "enabl", "reinstat"]) || event.class == ActionClass::Restore {
        return 2;
    }
    if says(&["lock"]) && !says(&["block"]) {
        return 9;
    }
    match event.class {
        ActionClass::Create => 1,
        ActionClass::Delete => 6,
        _ if says(&["user added", "user created"]) => 1,
        _ if says(&["user deleted", "user removed"]) => 6,
        _ => OTHER,
    }
}

fn access_activity(event: &Event) -> u64 {
    if says(event, &["revok", "remov", "withdr", "unassign"]) {
        2
    } else if says(event, &["assign", "grant", "add"]) {
        1
    } else {
        OTHER
    }
}

fn entity_activity(event: &Event) -> u64 {
    match event.class {
        ActionClass::Create | ActionClass::Import => 1,
        ActionClass::Read | ActionClass::Export => 2,
        ActionClass::Update | ActionClass::Merge | ActionClass::Convert => 3,
        ActionClass::Delete => 4,
        ActionClass::Permission | ActionClass::Configure => {
            if says(event, &["delet", "remov"]) {
                4
            } else if says(event, &["add", "creat"]) {
                1
            } else {
                3
            }
        }
        ActionClass::Restore | ActionClass::Login | ActionClass::Logout | ActionClass::Other => OTHER,
    }
}

/// The values given, or taken where none is given.
fn privileges(event: &Event) -> Vec<&str> {
    let some = |value: &'_ &str| !value.is_empty();
    let given: Vec<&str> = event.changes.iter().filter_map(|change| change.new.as_deref()).filter(some).collect();
    if given.is_empty() {
        return event.changes.iter().filter_map(|change| change.old.as_deref()).filter(some).collect();
    }
    given
}

fn named(name: &str, uid: &str, kind: &str) -> Value {
    let mut all = Map::new();
    for (key, value) in [("name", name), ("uid", uid), ("type", kind)] {
        if !value.is_empty() {
            all.insert(key.to_owned(), json!(value));
        }
    }
    Value::Object(all)
}

/// The user who was acted upon.
fn target(event: &Event) -> Option<Value> {
    let is_named = !event.record.is_empty() || !event.record_name.is_empty();
    is_named.then(|| named(&event.record_name, &event.record, ""))
}

/// The record; where none is named, the part of the system.
fn entity(event: &Event, title: &str) -> Value {
    if event.record.is_empty() && event.record_name.is_empty() {
        let name = if event.module.is_empty() { title } else { &event.module };
        return named(name, "", "");
    }
    named(&event.record_name, &event.record, &event.module)
}

fn user(event: &Event) -> Option<Value> {
    let name = event.actor.trim();
    if name.is_empty() {
        return None;
    }
    let is_address = name.split_once('@').is_some_and(|(before, after)| !before.is_empty() && after.contains('.'));
    Some(if is_address { json!({ "name": name, "email_addr": name }) } else { json!({ "name": name }) })
}

/// An address is one of numbers; what a source writes in its place is a name.
fn endpoint(event: &Event) -> Option<Value> {
    let origin = event.origin.ip.as_str();
    if origin.is_empty() {
        return None;
    }
    Some(if origin.parse::<IpAddr>().is_ok() { json!({ "ip": origin }) } else { json!({ "name": origin }) })
}

/// Number, caption and detail. A denial is a failure to the schema; a partial success has no number of its own.
fn status(outcome: Outcome) -> (u64, &'static str, Option<&'static str>) {
    match outcome {
        Outcome::Success => (1, "Success", None),
        Outcome::Failure => (2, "Failure", None),
        Outcome::Denied => (2, "Failure", Some("denied")),
        Outcome::Partial => (99, "partial", None),
        Outcome::Unknown => (0, "Unknown", None),
    }
}

fn message(event: &Event) -> String {
    let record = if event.record_name.is_empty() { &event.record } else { &event.record_name };
    let of = [event.module.as_str(), record.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
    if of.is_empty() { event.action.clone() } else { format!("{}: {}", event.action, of.join(" ")) }
}

fn metadata(stored: &StoredEvent, title: &str) -> Value {
    let mut all = Map::new();
    all.insert("version".to_owned(), json!(VERSION));
    all.insert("product".to_owned(), json!({ "name": title, "uid": stored.source }));
    // The event's address in this log; the source's own id is another.
    all.insert("uid".to_owned(), json!(stored.number));
    for (key, value) in [
        ("original_event_uid", stored.event.id.as_deref().unwrap_or_default()),
        ("event_code", &stored.event.action),
        ("log_name", &stored.source),
        ("original_time", &stored.event.time_written),
    ] {
        if !value.is_empty() {
            all.insert(key.to_owned(), json!(value));
        }
    }
    Value::Object(all)
}

fn unmapped(event: &Event) -> Value {
    let mut all = Map::new();
    all.insert("class".to_owned(), json!(event.class.as_str()));
    let texts = [
        ("module", &event.module),
        ("record", &event.record),
        ("record_name", &event.record_name),
        ("channel", &event.origin.channel),
    ];
    for (key, value) in texts.into_iter().filter(|(_, value)| !value.is_empty()) {
        all.insert(key.to_owned(), json!(value));
    }
    if let Some(affected) = event.affected {
        all.insert("affected".to_owned(), json!(affected));
    }
    if !event.changes.is_empty() {
        all.insert("changes".to_owned(), changes(&event.changes));
    }
    if !event.details.is_empty() {
        all.insert("details".to_owned(), json!(event.details));
    }
    all.insert("line".to_owned(), json!(event.line));
    Value::Object(all)
}
