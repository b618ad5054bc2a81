//! Tests of exported events: bytes, and what the schema requires.

use super::*;
use crate::event::{ActionClass, Event, Origin, Outcome};
use proptest::prelude::*;
use serde_json::Value as Json;

fn event() -> Event {
    Event {
        id: Some("a-1".into()),
        time: 1_772_409_600_007,
        time_written: "2/3/2026 01:00".into(),
        actor: "=cmd@example.com".into(),
        action: "Updated".into(),
        class: ActionClass::Update,
        module: "Deals".into(),
        record: "77".into(),
        record_name: "Renewal \"2026\", late".into(),
        outcome: Outcome::Success,
        origin: Origin { ip: "10.0.0.1".into(), agent: "Firefox".into(), channel: "ui".into() },
        affected: Some(3),
        changes: vec![Change { field: "Stage".into(), old: None, new: Some("Won".into()) }],
        details: BTreeMap::from([("Remark".to_owned(), "ä\n".to_owned())]),
        line: 12,
    }
}

fn bare() -> Event {
    let mut event = event();
    event.id = None;
    event.affected = None;
    event.changes.clear();
    event.details.clear();
    event.origin = Origin::default();
    for text in [&mut event.actor, &mut event.module, &mut event.record, &mut event.record_name, &mut event.action] {
        text.clear();
    }
    event
}

fn written(form: Form, event: Event) -> String {
    let stored = StoredEvent { number: "2-9".into(), source: "crm".into(), event };
    let export = Export::new(form, BTreeMap::from([("crm".to_owned(), "The CRM".to_owned())]));
    let mut out = export.head();
    export.event(&stored, &mut out);
    out
}

fn ocsf(event: Event) -> Json {
    serde_json::from_str(&written(Form::Ocsf, event)).unwrap()
}

#[test]
fn json_lines_have_the_same_keys_in_the_same_order() {
    assert_eq!(
        written(Form::JsonLines, event()),
        "{\"number\":\"2-9\",\"time\":\"2026-03-02T00:00:00.007Z\",\"source\":\"crm\",\"id\":\"a-1\",\"actor\":\"=cmd@example.com\",\"action\":\"Updated\",\"class\":\"update\",\"module\":\"Deals\",\"record\":\"77\",\"record_name\":\"Renewal \\\"2026\\\", late\",\"outcome\":\"success\",\"ip\":\"10.0.0.1\",\"agent\":\"Firefox\",\"channel\":\"ui\",\"affected\":3,\"changes\":[{\"field\":\"Stage\",\"old\":null,\"new\":\"Won\"}],\"details\":{\"Remark\":\"ä\\n\"},\"time_written\":\"2/3/2026 01:00\",\"line\":12}\n"
    );
    let keys = |text: String| {
        let object: Json = serde_json::from_str(&text).unwrap();
        object.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(keys(written(Form::JsonLines, event())), keys(written(Form::JsonLines, bare())));
}

#[test]
fn csv_has_a_head_and_runs_nowhere() {
    let text = written(Form::Csv, event());
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = reader.records().next().unwrap().unwrap();
    let of = |name: &str| row.get(head.iter().position(|known| known == name).unwrap()).unwrap().to_owned();
    assert_eq!(of("actor"), "'=cmd@example.com");
    assert_eq!(of("record_name"), "Renewal \"2026\", late");
    assert_eq!(of("changes"), "[{\"field\":\"Stage\",\"old\":null,\"new\":\"Won\"}]");
    assert_eq!(of("affected"), "3");
    assert_eq!(written(Form::Csv, bare()).lines().last().unwrap().matches(',').count(), head.len() - 1);
}

/// A class: its uid, its activities, the attributes that it requires, and those of which at least one must be there.
type Class = (u64, &'static [u64], &'static [&'static str], &'static [&'static str]);

/// What schema 1.8.0 says of the classes that are written, taken from schema.ocsf.io (the files of events/ and objects/
/// of the tag 1.8.0 of ocsf/ocsf-schema): uid, activities, required attributes, and of which one at least must be there.
const SCHEMA: [Class; 6] = [
    (3001, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 99], &["user"], &[]),
    (3002, &[0, 1, 2, 3, 4, 5, 6, 7, 99], &["user"], &["service", "dst_endpoint"]),
    (3004, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 99], &["entity"], &[]),
    (3005, &[0, 1, 2, 99], &["user", "privileges"], &[]),
    (6003, &[0, 1, 2, 3, 4, 99], &["actor", "api", "src_endpoint"], &[]),
    (6005, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99], &["actor", "src_endpoint"], &["database", "databucket", "table"]),
];

/// What the base event requires of every class.
const BASE: [&str; 7] = ["activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"];

/// Attributes that the base event and the classes have, and may be written.
const KNOWN: [&str; 28] = [
    "activity_id",
    "activity_name",
    "category_uid",
    "category_name",
    "class_uid",
    "class_name",
    "type_uid",
    "type_name",
    "time",
    "severity_id",
    "severity",
    "status_id",
    "status",
    "status_detail",
    "message",
    "metadata",
    "actor",
    "src_endpoint",
    "http_request",
    "unmapped",
    "user",
    "service",
    "privileges",
    "api",
    "resources",
    "database",
    "table",
    "entity",
];

/// Of objects: what they require, and of which attributes they need one at least.
const OBJECTS: [(&str, &[&str], &[&str]); 9] = [
    ("metadata", &["product", "version"], &[]),
    ("user", &[], &["account", "name", "uid"]),
    ("service", &[], &["name", "uid"]),
    ("api", &["operation"], &[]),
    ("src_endpoint", &[], &["ip", "uid", "name", "hostname", "svc_name"]),
    ("entity", &[], &["name", "uid", "device", "group", "org", "policy", "user"]),
    ("database", &["type_id"], &["name", "uid"]),
    ("table", &[], &["name", "uid"]),
    ("actor", &[], &["process", "user", "invoked_by", "session", "app_name", "app_uid"]),
];

/// Everything in which an event is not as the schema wants it.
fn wrong(all: &Json) -> Vec<String> {
    let mut wrong = Vec::new();
    let number = |name: &str| all[name].as_u64();
    for name in BASE.iter().filter(|name| all[**name].is_null()) {
        wrong.push(format!("{name} is missing"));
    }
    for name in all.as_object().unwrap().keys().filter(|name| !KNOWN.contains(&name.as_str())) {
        wrong.push(format!("{name} is no attribute"));
    }
    let class = number("class_uid").unwrap_or_default();
    let activity = number("activity_id").unwrap_or_default();
    let Some((_, activities, required, one_of)) = SCHEMA.iter().find(|(uid, ..)| *uid == class) else {
        return vec![format!("{class} is no class")];
    };
    if !activities.contains(&activity) {
        wrong.push(format!("{activity} is no activity of {class}"));
    }
    if number("type_uid") != Some(class * 100 + activity) || number("category_uid") != Some(class / 1000) {
        wrong.push("type or category does not fit the class".to_owned());
    }
    if ![Some(0), Some(1), Some(2), Some(99)].contains(&number("status_id")) || number("severity_id") != Some(1) {
        wrong.push("status or severity is none".to_owned());
    }
    for name in required.iter().filter(|name| all[**name].is_null()) {
        wrong.push(format!("{class} requires {name}"));
    }
    if !one_of.is_empty() && one_of.iter().all(|name| all[*name].is_null()) {
        wrong.push(format!("{class} requires one of {one_of:?}"));
    }
    for (name, required, one_of) in OBJECTS {
        let Some(object) = all[name].as_object() else {
            if !all[name].is_null() {
                wrong.push(format!("{name} is no object"));
            }
            continue;
        };
        let filled = |key: &&&str| object.get(**key).is_some_and(|value| !value.is_null() && value != "");
        if required.iter().any(|key| !filled(&key)) || (!one_of.is_empty() && !one_of.iter().any(|key| filled(&key))) {
            wrong.push(format!("{name} is not whole: {object:?}"));
        }
    }
    if let Some(ip) = all["src_endpoint"]["ip"].as_str()
        && ip.parse::<std::net::IpAddr>().is_err()
    {
        wrong.push(format!("{ip} is no address"));
    }
    wrong
}

proptest! {
    #[test]
    fn every_event_is_as_the_schema_requires(
        class in 0usize..14,
        outcome in 0usize..5,
        texts in prop::collection::vec(prop::sample::select(vec!["", "Users", "Deals", "ann@example.com", "10.0.0.1", "api", "Password reset", "Role assigned", "x"]), 8),
        changed in prop::collection::vec(prop::option::of("[a-z]{0,3}"), 0..3),
    ) {
        let mut one = event();
        one.class = ActionClass::ALL[class];
        one.outcome = Outcome::ALL[outcome];
        one.changes = changed.into_iter().map(|new| Change { field: "Role".into(), old: None, new }).collect();
        let fields = [
            &mut one.actor, &mut one.action, &mut one.module, &mut one.record, &mut one.record_name,
            &mut one.origin.ip, &mut one.origin.agent, &mut one.origin.channel,
        ];
        for (field, text) in fields.into_iter().zip(texts) {
            *field = text.to_owned();
        }
        let all = ocsf(one);
        prop_assert_eq!(wrong(&all), Vec::<String>::new(), "{}", all);
    }
}

#[test]
fn the_check_of_the_schema_sees_what_is_wrong() {
    let mut all = ocsf(event());
    assert_eq!(wrong(&all), Vec::<String>::new());
    all["class_uid"] = 3005.into();
    all["colour"] = "red".into();
    all["src_endpoint"] = serde_json::json!({ "ip": "gate" });
    all.as_object_mut().unwrap().remove("time");
    assert_eq!(wrong(&all).len(), 7, "{:?}", wrong(&all));
}

#[test]
fn classes_are_chosen_by_what_happened() {
    let made = |class: ActionClass, module: &str, action: &str, channel: &str| {
        let mut one = event();
        (one.class, one.module, one.action) = (class, module.into(), action.into());
        one.origin.channel = channel.into();
        one
    };
    let kind = |event: Event| {
        let all = ocsf(event);
        (all["class_uid"].as_u64().unwrap(), all["activity_id"].as_u64().unwrap())
    };
    use ActionClass::*;
    for (class, module, action, channel, expected) in [
        (Login, "", "Login", "ui", (3002, 1)),
        (Logout, "Users", "Logout", "ui", (3002, 2)),
        (Create, "Users", "User Added", "ui", (3001, 1)),
        (Delete, "users", "User Deleted", "api", (3001, 6)),
        (Update, "User", "Deactivated", "ui", (3001, 5)),
        (Update, "User", "Activated", "ui", (3001, 2)),
        (Update, "Users", "Password reset sent", "ui", (3001, 4)),
        (Permission, "Users", "Locked", "ui", (3001, 9)),
        (Permission, "Users", "Unlocked", "ui", (3001, 12)),
        (Configure, "Users", "MFA disabled", "ui", (3001, 11)),
        (Permission, "Users", "Role assigned", "ui", (3005, 1)),
        (Permission, "Users", "Role removed", "ui", (3005, 2)),
        (Permission, "Users", "Role changed", "ui", (3005, 99)),
        (Permission, "Profiles", "Profile Updated", "ui", (3004, 3)),
        (Delete, "Accounts", "Deleted", "ui", (3004, 4)),
        (Read, "Deals", "Viewed", "ui", (3004, 2)),
        (Restore, "Deals", "Restored", "ui", (3004, 99)),
        (Update, "Deals", "Updated", "API", (6003, 3)),
        (Export, "Contacts", "Exported", "ui", (6005, 1)),
        (Import, "Contacts", "Imported", "ui", (6005, 5)),
        (Other, "Deals", "Waved", "ui", (3004, 99)),
    ] {
        assert_eq!(kind(made(class, module, action, channel)), expected, "{class:?} {module} {action}");
    }
    // What a class requires and the event lacks leads to another class.
    let mut silent = made(Export, "Contacts", "Exported", "ui");
    silent.origin.ip.clear();
    assert_eq!(kind(silent), (3004, 2));
    let mut nothing_given = made(Permission, "Users", "Role assigned", "ui");
    nothing_given.changes.clear();
    assert_eq!(kind(nothing_given), (3001, 99));
}

#[test]
fn an_event_in_the_words_of_the_schema() {
    let mut one = event();
    (one.class, one.action, one.outcome) = (ActionClass::Login, "Sign-in".into(), Outcome::Denied);
    one.origin.ip = "gateway".into();
    let all = ocsf(one);
    assert_eq!(all["type_uid"], 300_201);
    assert_eq!(all["activity_name"], "Logon");
    assert_eq!(
        (&all["status_id"], &all["status"], &all["status_detail"]),
        (&2.into(), &"Failure".into(), &"denied".into())
    );
    assert_eq!(all["src_endpoint"], serde_json::json!({ "name": "gateway" }));
    assert_eq!(all["http_request"]["user_agent"], "Firefox");
    assert_eq!(all["metadata"]["uid"], "2-9");
    assert_eq!(all["metadata"]["original_event_uid"], "a-1");
    assert_eq!(all["metadata"]["product"], serde_json::json!({ "name": "The CRM", "uid": "crm" }));
    assert_eq!(all["metadata"]["version"], "1.8.0");
    assert_eq!(all["unmapped"]["details"]["Remark"], "ä\n");
    let mut nobody = bare();
    nobody.class = ActionClass::Login;
    let all = ocsf(nobody);
    assert_eq!((&all["user"]["name"], &all["user"]["type_id"]), (&"Unknown".into(), &0.into()));
    assert!(all["actor"].is_null(), "nobody is made up where nobody is required");
}
