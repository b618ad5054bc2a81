//! Words by which columns, actions and outcomes are guessed.

use crate::event::{ActionClass, Outcome};
use crate::ingest::mapping::Field;

/// The order in which fields are looked for: the one that is surest takes its column first.
pub(super) const ORDER: [Field; 15] = [
    Field::Time,
    Field::ChangeOld,
    Field::ChangeNew,
    Field::ChangeField,
    Field::Ip,
    Field::Agent,
    Field::Id,
    Field::Actor,
    Field::Action,
    Field::Outcome,
    Field::Record,
    Field::RecordName,
    Field::Module,
    Field::Channel,
    Field::Affected,
];

/// Fields that `records` can list, with their names there.
pub(super) const RECORDED: [(Field, &str); 9] = [
    (Field::Actor, "actor"),
    (Field::Module, "module"),
    (Field::Record, "record"),
    (Field::RecordName, "record_name"),
    (Field::Outcome, "outcome"),
    (Field::Ip, "ip"),
    (Field::Agent, "agent"),
    (Field::Channel, "channel"),
    (Field::Affected, "affected"),
];

/// Names of columns for a field, as [`crate::ingest::mapping::header_key`] writes them, the surest first.
pub(super) fn of(field: Field) -> &'static [&'static str] {
    match field {
        Field::Time => &[
            "time",
            "timestamp",
            "@timestamp",
            "datetime",
            "eventtime",
            "createdat",
            "occurredat",
            "loggedat",
            "date",
            "created",
            "when",
            "at",
            "published",
            "zeit",
            "datum",
            "zeitpunkt",
            "time",
            "date",
        ],
        Field::Actor => &[
            "actor",
            "user",
            "username",
            "useremail",
            "email",
            "performedby",
            "doneby",
            "actoremail",
            "principal",
            "who",
            "account",
            "login",
            "userid",
            "actorid",
            "createdby",
            "changedby",
            "benutzer",
            "benutzername",
            "user",
            "actor",
        ],
        Field::Action => &[
            "action",
            "event",
            "eventname",
            "operation",
            "activity",
            "eventtype",
            "verb",
            "method",
            "what",
            "type",
            "aktion",
            "ereignis",
            "action",
            "event",
            "what",
            "activity",
        ],
        Field::Module => &[
            "module",
            "objecttype",
            "entitytype",
            "resourcetype",
            "targettype",
            "category",
            "table",
            "service",
            "entity",
            "resource",
            "section",
            "modul",
            "bereich",
            "module",
        ],
        Field::Record => &[
            "recordid",
            "objectid",
            "entityid",
            "resourceid",
            "targetid",
            "itemid",
            "record",
            "object",
            "target",
            "number",
        ],
        Field::RecordName => {
            &["recordname", "objectname", "entityname", "resourcename", "targetname", "itemname", "title", "name"]
        }
        Field::Id => &["eventid", "uuid", "guid", "logid", "auditid", "requestid", "messageid", "id"],
        Field::Outcome => &["outcome", "status", "result", "success", "ergebnis", "resultstatus", "outcome"],
        Field::Ip => &["ip", "ipaddress", "clientip", "sourceip", "srcip", "remoteip", "remoteaddress", "address"],
        Field::Agent => &["useragent", "agent", "browser", "client", "device", "useragent"],
        Field::Channel => &["channel", "source", "via", "interface", "origin"],
        Field::Affected => &["affected", "recordcount", "count", "records", "rows", "anzahl"],
        Field::ChangeField => &["fieldname", "field", "attribute", "property", "feld"],
        Field::ChangeOld => &["oldvalue", "old", "before", "previousvalue", "from", "alterwert"],
        Field::ChangeNew => &["newvalue", "new", "after", "to", "neuerwert"],
        Field::Changes => &[],
    }
}

/// Parts of words that say what an action is; who may do what goes before what was done.
const CLASSES: [(ActionClass, &[&str]); 13] = [
    (ActionClass::Logout, &["logout", "log out", "logoff", "signout", "sign out", "signed out", "abgemeldet"]),
    (
        ActionClass::Login,
        &[
            "login",
            "log in",
            "logged in",
            "logon",
            "signin",
            "sign in",
            "signed in",
            "authenticat",
            "session",
            "anmeld",
        ],
    ),
    (
        ActionClass::Permission,
        &[
            "role",
            "permission",
            "grant",
            "revoke",
            "privilege",
            "share",
            "sharing",
            "member",
            "group",
            "password",
            "mfa",
            "2fa",
            "rolle",
            "recht",
        ],
    ),
    (ActionClass::Export, &["export", "download"]),
    (ActionClass::Import, &["import", "upload"]),
    (ActionClass::Restore, &["restore", "undelete", "rollback", "recover", "wiederhergestellt"]),
    (ActionClass::Merge, &["merge", "dedup"]),
    (ActionClass::Convert, &["convert"]),
    (ActionClass::Delete, &["delete", "remove", "purge", "destroy", "erase", "trash", "drop", "gelöscht", "lösch"]),
    (
        ActionClass::Configure,
        &["config", "setting", "policy", "policies", "enable", "disable", "workflow", "einstellung"],
    ),
    (ActionClass::Create, &["create", "add", "insert", "new", "register", "invite", "angelegt", "erstellt"]),
    (
        ActionClass::Update,
        &["update", "edit", "modif", "change", "set", "rename", "move", "assign", "transfer", "patch", "geändert"],
    ),
    (ActionClass::Read, &["read", "view", "get", "list", "search", "query", "open", "access", "select", "gelesen"]),
];

/// What kind of doing an action seems to be; `Other` where no word says it.
pub(super) fn class(action: &str) -> ActionClass {
    let text = action.to_lowercase().replace(['_', '-', '.'], " ");
    let found = CLASSES.iter().find(|(_, words)| words.iter().any(|word| text.contains(word)));
    found.map_or(ActionClass::Other, |(class, _)| *class)
}

/// How an outcome's word reads; `Unknown` where it says nothing.
pub(super) fn outcome(value: &str) -> Outcome {
    let text = value.trim().to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["denied", "forbidden", "unauthor", "blocked", "reject"]) {
        Outcome::Denied
    } else if has(&["partial"]) {
        Outcome::Partial
    } else if has(&["fail", "error", "invalid", "unsuccess", "fehl"])
        || matches!(text.as_str(), "false" | "no" | "ko" | "f")
    {
        Outcome::Failure
    } else if has(&["success", "succeed", "allow", "complete", "erfolg"])
        || matches!(text.as_str(), "ok" | "true" | "yes" | "s" | "done" | "0" | "200")
    {
        Outcome::Success
    } else {
        Outcome::Unknown
    }
}
