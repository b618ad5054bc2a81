//! The API's words: addresses, bodies, answers and what each of its errors means to the person who reads of it.
//!
//! Sources: Zoho CRM API v8, "Create Export Audit Log", "Get the Status of the Export Audit Log Job" and "Download
//! Export Audit Log Result"; OAuth 2.0 of Zoho Accounts, "Refresh access token".

use super::super::CollectError;
use super::super::http::Answer;
use super::span::{instant, utc};
use crate::calendar::{Millis, Span};
use serde_json::{Value, json};
use std::time::Duration;

/// The scopes that a refresh token needs.
pub const SCOPES: &str = "ZohoCRM.settings.audit_logs.CREATE,ZohoCRM.settings.audit_logs.READ,ZohoFiles.files.READ";

/// Where exports are asked for.
pub(super) const PATH: &str = "/crm/v8/settings/audit_log_export";

/// Why there is no answer to go on with.
#[derive(Clone, Debug)]
pub(super) enum Refusal {
    /// The access token is no longer taken.
    Token(CollectError),
    /// Another export is being made: one at a time.
    Busy,
    /// What was asked about is not there (any more).
    Gone,
    /// It may work in a moment: after so long a pause, if the server says so.
    Again(String, Option<Duration>),
    /// Nothing that asking again would change.
    Final(CollectError),
}

/// An export as the API tells of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Job {
    pub(super) id: String,
    /// In small letters: `scheduled`, `progress`, `finished`, `failed`.
    pub(super) status: String,
    /// The span of its criteria, if it has no others.
    pub(super) span: Option<Span>,
    pub(super) created_by: String,
    pub(super) links: Vec<String>,
    pub(super) expires: Option<Millis>,
}

impl Job {
    pub(super) fn is_running(&self) -> bool {
        !["finished", "failed"].contains(&self.status.as_str())
    }

    fn read(value: &Value) -> Job {
        let text = |at: &str| value.pointer(at).and_then(Value::as_str).unwrap_or_default();
        let links = value.get("download_links").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Job {
            id: id(value).unwrap_or_default(),
            status: text("/status").to_lowercase(),
            span: value.get("criteria").and_then(span_of),
            created_by: text("/created_by/name").to_owned(),
            links: links.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            expires: instant(text("/expiry_date")),
        }
    }
}

/// An id that may stand in an address and in the name of a file: it comes from outside.
fn id(value: &Value) -> Option<String> {
    let id = match value.get("id")? {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    ((1..=40).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(id)
}

/// The body that asks for an export.
pub(super) fn request(span: Span) -> String {
    let value = [span.from, span.to].map(|at| utc(at).replace('Z', "+00:00"));
    let criteria = json!({ "comparator": "between", "field": { "api_name": "audited_time" }, "value": value });
    json!({ "audit_log_export": [{ "criteria": criteria }] }).to_string()
}

/// The span of criteria that ask for nothing but a span.
fn span_of(criteria: &Value) -> Option<Span> {
    let field = criteria.pointer("/field/api_name")?.as_str()?;
    let comparator = criteria.get("comparator")?.as_str()?;
    let [from, to] = criteria.get("value")?.as_array()?.as_slice() else { return None };
    let span = Span { from: instant(from.as_str()?)?, to: instant(to.as_str()?)? };
    (field == "audited_time" && comparator == "between").then_some(span)
}

/// The jobs of an answer; none where it has no body.
pub(super) fn jobs(answer: &Answer) -> Result<Vec<Job>, Refusal> {
    if answer.status == 204 {
        return Ok(Vec::new());
    }
    let body = meaning(answer)?;
    let list = body.get("audit_log_export").and_then(Value::as_array);
    list.map(|jobs| jobs.iter().map(Job::read).collect()).ok_or_else(|| strange(answer))
}

/// The id of the export that was asked for.
pub(super) fn asked(answer: &Answer) -> Result<String, Refusal> {
    let body = meaning(answer)?;
    let told = body.pointer("/audit_log_export/0").unwrap_or(&body);
    told.get("details").and_then(id).or_else(|| id(told)).ok_or_else(|| strange(answer))
}

/// The access token of an answer.
pub(super) fn token(answer: &Answer) -> Result<String, Refusal> {
    let never = |words: &str| Err(Refusal::Final(CollectError::Never(words.to_owned())));
    let body: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
    if let Some(token) = body.get("access_token").and_then(Value::as_str).filter(|_| answer.status == 200) {
        let plain = !token.is_empty() && token.len() <= 4096 && token.bytes().all(|b| b.is_ascii_graphic());
        return if plain { Ok(token.to_owned()) } else { Err(strange(answer)) };
    }
    // Zoho answers 200 to what it refuses, too.
    match body.get("error").and_then(Value::as_str).unwrap_or_default() {
        "invalid_code" => never(
            "Zoho does not take the refresh token: it was revoked, or belongs to another data centre or client. Make a \
             new one in Zoho's API console",
        ),
        "invalid_client" => never(
            "Zoho does not know the client: look at `client_id` and `dc` in quarterday.yaml, and at the data centre",
        ),
        "invalid_client_secret" => never("Zoho does not take the client's secret: it belongs to another client"),
        "Access Denied" | "access_denied" => Err(Refusal::Final(CollectError::later(
            "Zoho gives no access token for the moment: too many were asked for (ten in ten minutes)",
            15,
        ))),
        "" => match meaning(answer) {
            Err(refusal) => Err(refusal),
            Ok(_) => Err(strange(answer)),
        },
        other => never(&format!("Zoho gives no access token ({})", short(other))),
    }
}

/// The body of an answer that says yes, or why it says no.
pub(super) fn meaning(answer: &Answer) -> Result<Value, Refusal> {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
    let told = body.pointer("/audit_log_export/0").filter(|told| told.get("code").is_some()).unwrap_or(&body);
    let text = |key: &str| told.get(key).and_then(Value::as_str).unwrap_or_default();
    let (code, message) = (text("code"), text("message"));
    let refused = text("status") == "error" || !(200..300).contains(&answer.status);
    if !refused {
        return if body.is_object() { Ok(body) } else { Err(strange(answer)) };
    }
    let words = if message.is_empty() { String::new() } else { format!(": {}", short(message)) };
    let never = |why: String| Refusal::Final(CollectError::Never(why));
    Err(match (code, answer.status) {
        ("ALREADY_SCHEDULED", _) => Refusal::Busy,
        ("INVALID_TOKEN" | "AUTHENTICATION_FAILURE" | "INVALID_OAUTHTOKEN", _) => {
            Refusal::Token(CollectError::Never(format!(
                "Zoho does not take the access token that it has just given{words}: do `dc` and the token's data centre agree?"
            )))
        }
        ("OAUTH_SCOPE_MISMATCH", _) => never(format!(
            "the refresh token does not allow this. Make a new one in Zoho's API console, with the scopes {SCOPES}"
        )),
        ("NO_PERMISSION" | "NO_PERMISION", _) => never(
            "Zoho refuses the export: the user of the refresh token may not see the audit log. Make a token as an \
             administrator (others would get their own and their subordinates' entries only)"
                .to_owned(),
        ),
        ("NOT_SUPPORTED" | "FEATURE_NOT_SUPPORTED", _) => never(format!(
            "Zoho does not offer the export of the audit log in this edition of the CRM{words}. Export it by hand, and \
             let the files arrive in a folder (`arrives`)"
        )),
        ("LIMIT_EXCEEDED", _) => {
            Refusal::Final(CollectError::later(format!("the limit of exports at Zoho is reached{words}"), 6 * 60))
        }
        ("TOO_MANY_REQUESTS", _) | (_, 429) => Refusal::Again("Zoho is asked too often".to_owned(), answer.retry_after),
        (_, 401) => Refusal::Token(CollectError::Never(format!(
            "Zoho does not take the access token ({}{words})",
            if code.is_empty() { "401" } else { code }
        ))),
        (_, 403) => never(format!("Zoho refuses ({}{words})", if code.is_empty() { "403" } else { code })),
        (_, 404 | 410) => Refusal::Gone,
        (_, 500..) => Refusal::Again(format!("Zoho has trouble of its own ({})", answer.status), answer.retry_after),
        (_, 300..=399) => never(format!(
            "{} leads to another address ({}): write the right one in quarterday.yaml",
            "the server of `accounts_url` or `api_url`", answer.status
        )),
        (code, status) => never(format!("Zoho did not take the request ({status} {}{words})", short(code))),
    })
}

/// An answer that the documentation does not foresee.
fn strange(answer: &Answer) -> Refusal {
    let what = if answer.body.trim_start().starts_with('<') { "a web page" } else { "something unexpected" };
    Refusal::Final(CollectError::later(
        format!(
            "Zoho answered with {what} (status {}). Is the address in quarterday.yaml that of its API?",
            answer.status
        ),
        60,
    ))
}

/// A few words of what came from outside.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
