//! Notices: the mails that tell an owner what needs a person.

use super::messages::{address, sender};
use super::setting::frozen;
use super::{Failure, Installation};
use crate::calendar::Millis;
use crate::definition::Definition;
use crate::dispatch::{Dispatch, Outgoing, Stage};
use crate::edition::EditionKey;
use crate::finding::{FindingId, Raised};
use crate::ledger::happening::Purpose;
use crate::ledger::{NewDispatch, retry};
use crate::mail::{self, MailParts, Mailbox};
use crate::wording::plain::plural;

/// What an owner is told.
pub struct Trouble<'a> {
    /// What became of the edition, as in "could not be issued".
    pub what: &'a str,
    /// Why.
    pub reason: &'a str,
    /// What to do about it.
    pub remedy: &'a str,
}

/// A notice to the owner of a definition: something about an edition needs a person.
///
/// # Errors
/// An address that is none.
pub fn notice(
    installation: &Installation,
    definition: &Definition,
    key: &EditionKey,
    Trouble { what, reason, remedy }: Trouble<'_>,
    now: Millis,
) -> Result<NewDispatch, Failure> {
    let text = format!(
        "{} ({key}) {what}.\n\nReason: {reason}\n\nNobody was sent anything of it. What to do: {remedy}\n",
        definition.title
    );
    told(installation, definition, key, what, text, now)
}

/// A notice to the owner that an edition which failed is issued after all.
///
/// # Errors
/// An address that is none.
pub fn mended(
    installation: &Installation,
    definition: &Definition,
    key: &EditionKey,
    now: Millis,
) -> Result<NewDispatch, Failure> {
    let what = "is issued after all";
    let text = format!(
        "{} ({key}) {what}.\n\nYou were told that it could not be issued; what was wrong is mended. There is nothing to do.\n",
        definition.title
    );
    told(installation, definition, key, what, text, now)
}

/// A notice to the owner about the file of a definition: `wrong` says what is wrong with it, and whether its reports go out by
/// the last good one; `None` that it is mended.
///
/// # Errors
/// An address that is none.
pub fn of_the_file(
    installation: &Installation,
    definition: &Definition,
    key: &EditionKey,
    wrong: Option<(&str, bool)>,
    now: Millis,
) -> Result<NewDispatch, Failure> {
    let (what, text) = match wrong {
        Some((wrong, true)) => (
            "is written wrong now",
            format!(
                "The definition of {} is written wrong since it was changed.\n\n{wrong}\n\nIts reports go out by the last \
                 definition that was right, until the file is mended: `quarterday check` says what is wrong in it.\n",
                definition.title
            ),
        ),
        Some((wrong, false)) => (
            "is written wrong now",
            format!(
                "The definition of {} does not keep to what the settings allow now.\n\n{wrong}\n\nNothing of it goes out until \
                 that is mended: `quarterday check` says what is wrong.\n",
                definition.title
            ),
        ),
        None => (
            "is written right again",
            format!(
                "The definition of {} is right again, and is in force as it is written now. There is nothing to do.\n",
                definition.title
            ),
        ),
    };
    told(installation, definition, key, what, text, now)
}

fn told(
    installation: &Installation,
    definition: &Definition,
    key: &EditionKey,
    what: &str,
    text: String,
    now: Millis,
) -> Result<NewDispatch, Failure> {
    letter(installation, key, &definition.owner, (&definition.title, what), &format!("{what} {now}"), text, now)
}

/// A notice to the owner of an edition: one of its mails stopped. The same stop gives the same Message-ID.
///
/// # Errors
/// An address that is none.
pub fn stopped(
    installation: &Installation,
    owner: &str,
    stopped: &Dispatch,
    now: Millis,
) -> Result<NewDispatch, Failure> {
    let Dispatch { id, edition: key, to, attempts, words, .. } = stopped;
    let report = &key.definition;
    let (what, remedy) = if stopped.stage == Stage::Held {
        (
            format!("may not have reached {to}"),
            format!(
                "Nobody knows whether it arrived. Ask {to}, then send it again with `quarterday outbox release {id} --why …`, or \
                 settle it with `quarterday outbox cancel {id} --why …`."
            ),
        )
    } else {
        (
            format!("could not be delivered to {to}"),
            format!(
                "mend what the reason says, then `quarterday outbox retry {id} --why …`; or `quarterday outbox cancel {id} --why …`. A \
                 wrong address is mended in the definition, for the editions to come."
            ),
        )
    };
    let text = format!(
        "{report} ({key}) {what}.\n\nReason: {words}\n\nThe other recipients are not concerned. What to do: {remedy}\n"
    );
    letter(installation, key, owner, (report, &what), &format!("stopped {id} {attempts}"), text, now)
}

/// A mail at once to somebody whom rules name: what they found, all of it in one.
///
/// # Errors
/// An address that is none.
pub fn alert(
    installation: &Installation,
    key: &EditionKey,
    to: &str,
    found: &[(FindingId, Raised)],
    now: Millis,
) -> Result<NewDispatch, Failure> {
    let mut text = format!(
        "{} raised by the rules that watch the log.\n\n",
        plural(found.len() as i64, "finding was", "findings were")
    );
    for (id, raised) in found {
        text.push_str(&format!("{} ({} severity): {}\n\n", id, raised.severity, raised.title));
        text.push_str(&format!("{}\n\nWhat to do: {}\n\n", raised.say, raised.do_this));
    }
    text.push_str(
        "Events and history of each: `quarterday finding show` with its number. Close it there when it is settled.\n",
    );
    let first = found.first().map(|(_, raised)| raised.title.as_str()).unwrap_or_default();
    let subject = match found.len() {
        0 | 1 => format!("Alert: {first}"),
        more => format!("Alert: {first}, and {} more", more - 1),
    };
    letter_about(installation, key, to, (&subject, &plain_subject(&subject)), &format!("alert {to} {now}"), text, now)
}

/// A notice as a mail. `about`: what it is about, and what became of it; `purpose`: what makes its Message-ID its own.
fn letter(
    installation: &Installation,
    key: &EditionKey,
    owner: &str,
    about: (&str, &str),
    purpose: &str,
    text: String,
    now: Millis,
) -> Result<NewDispatch, Failure> {
    let (title, what) = about;
    let subject = plain_subject(&format!("{title} {what}: {key}"));
    letter_about(installation, key, owner, (title, &subject), purpose, text, now)
}

/// A subject without what would break its line.
pub(super) fn plain_subject(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// A notice to somebody. `about`: its title and its subject; `purpose`: what makes its Message-ID its own.
pub(super) fn letter_about(
    installation: &Installation,
    key: &EditionKey,
    to: &str,
    about: (&str, &str),
    purpose: &str,
    text: String,
    now: Millis,
) -> Result<NewDispatch, Failure> {
    let (title, subject) = about;
    let from = sender(installation)?;
    let domain = from.address.domain();
    let message_id = mail::message_id(key, to, purpose, &domain);
    let paragraphs: String = text.trim_end().split("\n\n").map(|one| format!("<p>{}</p>\n", escaped(one))).collect();
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\"><title>{}</title></head>\n\
         <body style=\"font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:22px;max-width:640px\">\n{paragraphs}</body>\n</html>\n",
        escaped(title)
    );
    let parts = MailParts {
        from: from.clone(),
        to: Mailbox { name: None, address: address(to)? },
        reply_to: None,
        subject: subject.to_owned(),
        text,
        html,
        shown: Vec::new(),
        attachments: Vec::new(),
        message_id: message_id.clone(),
        date: now,
        list_id: Some(format!("notices.quarterday.{domain}")),
        in_reply_to: None,
        references: Vec::new(),
        headers: vec![("X-Quarterday-Edition".to_owned(), key.to_string())],
    };
    let message = frozen(installation, &parts)?;
    Ok(NewDispatch {
        outgoing: Outgoing { from: from.address.as_str().to_owned(), to: to.to_owned(), message_id, message },
        purpose: Purpose::Notice,
        formats: Vec::new(),
        on_unknown: retry::OnUnknown::Resend,
        not_before: None,
        via: String::new(),
        smaller: Vec::new(),
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
