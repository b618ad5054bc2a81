//! Messages: the frozen mails of an edition, one for each recipient, and the notices to an owner.

use super::before::before_key;
use super::facts::{format_name, holds};
use super::fitting::{Load, loads};
use super::kit::Kit;
use super::painted::Painted;
use super::publish::{Hinge, Made};
use super::{Failure, Installation, Written};
use crate::calendar::Millis;
use crate::calendar::zone::Zone;
use crate::definition::{Attach, Definition, OnUnknown, Recipient};
use crate::deliver::email::Secret;
use crate::dispatch::{Dispatch, Outgoing, Stage};
use crate::document::compose;
use crate::document::context::{Carries, Context, MailChart, with_mail};
use crate::edition::EditionKey;
use crate::ledger::happening::Purpose;
use crate::ledger::{Ledger, NewDispatch, retry};
use crate::mail::{self, Attachment, Lock, MailParts, Mailbox, Shown};
use crate::seal::pseudonym::PseudonymKey;
use crate::seal::sha256_hex;

/// What an edition's mails are made from.
pub struct Carried<'a> {
    /// Facts and figures.
    pub hinge: &'a Hinge,
    /// What templates saw.
    pub context: &'a Context,
    /// Its first charts.
    pub charts: &'a [Painted],
    /// The files.
    pub files: &'a [Made],
    /// SHA-256 of `figures.json`.
    pub digest: &'a str,
    /// Who gets it, if their condition holds.
    pub recipients: &'a [Recipient],
    /// When it is issued, in truth.
    pub issued_at: Millis,
}

/// One message for each recipient whose condition holds.
///
/// # Errors
/// Problems in mail templates; an address that is none; a message over the size limit.
pub fn messages(
    installation: &Installation,
    ledger: &Ledger,
    written: &Written,
    key: &EditionKey,
    kit: &Kit,
    carried: &Carried,
) -> Result<Vec<NewDispatch>, Failure> {
    let definition = &written.definition;
    let mut all = Vec::new();
    for recipient in carried.recipients {
        if recipient.when.as_ref().is_some_and(|when| !holds(&carried.hinge.figures, when)) {
            continue;
        }
        all.push(message(installation, ledger, definition, key, kit, carried, recipient)?);
    }
    Ok(all)
}

fn message(
    installation: &Installation,
    ledger: &Ledger,
    definition: &Definition,
    key: &EditionKey,
    kit: &Kit,
    carried: &Carried,
    recipient: &Recipient,
) -> Result<NewDispatch, Failure> {
    let formats: Vec<&str> = recipient.formats.iter().map(|format| format_name(*format)).collect();
    let wanted: Vec<&Made> =
        carried.files.iter().filter(|made| formats.iter().any(|f| is_format(&made.file.name, f))).collect();
    let zone = &definition.schedule.zone;
    let (from, to) = (sender(installation)?, address(&recipient.to)?);
    let domain = from.address.domain();
    // An edition for training tells no period: not even to who guesses one and computes the id from it.
    let facts = &carried.hinge.facts;
    let secret = match &facts.training {
        Some(_) => training_secret(installation, key)?,
        None => String::new(),
    };
    let message_id = mail::message_id(key, &recipient.to, &secret, &domain);
    let keys = keys(installation, recipient, &message_id)?;
    let lock = keys.as_ref().map(|(passphrase, salt)| Lock { passphrase: &passphrase.0, salt });
    // What is encrypted must not be told beside it.
    let charts = if lock.is_some() { &[] } else { carried.charts };
    // The Message-ID is unique in the world: so are the ids of what stands in the message.
    let shown: Vec<MailChart> = (1..)
        .zip(charts)
        .map(|(number, chart)| MailChart {
            cid: format!("chart{number}.{message_id}"),
            title: chart.title.clone(),
            alt: chart.alt.clone(),
            width: chart.width,
            height: chart.height,
        })
        .collect();
    let references = if facts.training.is_some() { Vec::new() } else { earlier(ledger, key, &recipient.to, &domain)? };
    let mut headers = vec![
        ("X-Quarterday-Edition".to_owned(), facts.edition.clone()),
        ("X-Quarterday-Figures".to_owned(), carried.digest.to_owned()),
    ];
    let head = &carried.hinge.figures.head;
    if head.size > 0 || facts.training.is_none() {
        headers.push(("X-Quarterday-Log-Head".to_owned(), format!("{} {}", head.size, head.root)));
    }
    let reply_to = match &facts.training {
        Some(_) => None,
        None => Some(Mailbox { name: None, address: address(&definition.owner)? }),
    };
    // Where the files lie tells the period.
    let kept_in = match &facts.training {
        Some(_) => facts.edition.clone(),
        None => installation.shown(&installation.edition_folder(key)),
    };
    let mut parts = MailParts {
        from: from.clone(),
        to: Mailbox { name: None, address: to },
        reply_to,
        subject: String::new(),
        text: String::new(),
        html: String::new(),
        shown: (1..)
            .zip(charts.iter().zip(&shown))
            .map(|(number, (chart, shown))| Shown {
                id: shown.cid.clone(),
                file: Attachment {
                    name: format!("chart-{number}.png"),
                    media_type: "image/png".to_owned(),
                    bytes: chart.bytes.clone(),
                },
            })
            .collect(),
        attachments: Vec::new(),
        message_id: message_id.clone(),
        date: carried.issued_at,
        list_id: Some(format!("{}.quarterday.{domain}", definition.stem)),
        in_reply_to: references.last().cloned(),
        references,
        headers: headers.clone(),
    };
    let settings = &installation.config.mail;
    let (mut fits, mut smallest) = (None, 0);
    for Load { files, left_out } in loads(&wanted, settings.too_large, lock.as_ref())? {
        let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
        let carries =
            Carries { files: &names, left_out: &left_out, kept_in: &kept_in, charts: &shown, digest: carried.digest };
        Composed { subject: parts.subject, text: parts.text, html: parts.html } =
            composed(zone, kit, carried, carries, body(recipient.attach))?;
        parts.attachments = files;
        parts.headers = headers.clone();
        if !left_out.is_empty() {
            // Also where a template of one's own says nothing of it.
            parts.headers.push(("X-Quarterday-Left-Out".to_owned(), left_out.join(" ")));
        }
        let bytes = mail::message(&parts).map_err(|error| Failure::Error(error.to_string()))?;
        smallest = bytes.len();
        if smallest as u64 <= settings.max_size {
            fits = Some((bytes, left_out));
            break;
        }
    }
    let Some((bytes, left_out)) = fits else {
        return Err(Failure::Error(format!(
            "the mail to {} has {smallest} bytes even without its files, more than mail.max_size allows ({}); raise it in quarterday.yaml",
            recipient.to, settings.max_size
        )));
    };
    let carried = |format: &&str| !left_out.iter().any(|name| is_format(name, format));
    let formats = formats.into_iter().filter(carried).map(str::to_owned).collect();
    Ok(NewDispatch {
        outgoing: Outgoing {
            from: from.address.as_str().to_owned(),
            to: recipient.to.clone(),
            message_id,
            message: bytes,
        },
        purpose: Purpose::Edition,
        formats,
        on_unknown: match definition.on_unknown {
            OnUnknown::Resend => retry::OnUnknown::Resend,
            OnUnknown::Hold => retry::OnUnknown::Hold,
        },
        not_before: None,
    })
}

/// What the files of a recipient are encrypted with, where they are: the passphrase, and what makes the salt of each.
fn keys(
    installation: &Installation,
    recipient: &Recipient,
    message_id: &str,
) -> Result<Option<(Secret, impl Fn(&Attachment) -> [u8; 16] + use<>)>, Failure> {
    if recipient.attach == Attach::Plain {
        return Ok(None);
    }
    let to = &recipient.to;
    let agreed = installation.config.mail.passphrase(to, &installation.folders.home)?;
    let passphrase = agreed.ok_or_else(|| {
        let what = format!("no passphrase is agreed with {to}, whose files are to be encrypted");
        Failure::Error(format!("{what}; add it to mail.passphrases in quarterday.yaml"))
    })?;
    // Made under the installation's key: the same for the same file of the same message, another for any other, and
    // nobody can guess contents or passphrases by it.
    let key = PseudonymKey::of(&installation.key()?);
    let message_id = message_id.to_owned();
    let salt = move |file: &Attachment| {
        let tag = key.tag("salt", &format!("{message_id} {} {}", sha256_hex(&file.bytes), file.name));
        let mut salt = [0; 16];
        salt.iter_mut().zip(tag).for_each(|(byte, from)| *byte = from);
        salt
    };
    Ok(Some((passphrase, salt)))
}

/// The templates of a mail's body, as text and as HTML: what is encrypted has its own, which tells no figures.
pub(super) fn body(attach: Attach) -> (&'static str, &'static str) {
    match attach {
        Attach::Plain => ("mail/body.txt.tera", "mail/body.html.tera"),
        Attach::Encrypted => ("mail/encrypted.txt.tera", "mail/encrypted.html.tera"),
    }
}

/// What makes the Message-ID of an edition for training one that nobody can compute who has not the installation's key.
fn training_secret(installation: &Installation, key: &EditionKey) -> Result<String, Failure> {
    let secret = crate::config::existing_key(&installation.folders.key)?;
    let secret = secret.ok_or_else(|| Failure::Error("the installation's key is gone".to_owned()))?;
    Ok(hex::encode(PseudonymKey::of(&secret).tag("message", &key.to_string())))
}

/// The words of a mail.
pub(super) struct Composed {
    subject: String,
    text: String,
    html: String,
}

/// Composes the mail of an edition that carries these files and charts.
///
/// # Errors
/// Problems in mail templates.
pub(super) fn composed(
    zone: &Zone,
    kit: &Kit,
    carried: &Carried,
    carries: Carries,
    (text, html): (&str, &str),
) -> Result<Composed, Failure> {
    let Hinge { facts, figures } = carried.hinge;
    let words = kit.words(&facts.language)?;
    let context = with_mail(carried.context, facts, figures, zone, words, carries);
    let templates = kit.templates.speaking(words, figures);
    let say = |name: &str| compose::text(&templates, name, &context).map_err(Failure::Problems);
    let subject = say("mail/subject.txt.tera")?.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = say(text)?;
    let html = compose::html_fragment(&templates, html, &context).map_err(Failure::Problems)?;
    Ok(Composed { subject, text, html })
}

/// Whether a file is what a format names: `json` is the figures alone, not manifest or kit.
fn is_format(name: &str, format: &str) -> bool {
    match format {
        "json" => name == "figures.json",
        ending => name.ends_with(&format!(".{ending}")),
    }
}

/// The Message-ID of the edition before, to the same recipient: a series forms a thread.
fn earlier(ledger: &Ledger, key: &EditionKey, to: &str, domain: &str) -> Result<Vec<String>, Failure> {
    let Some(before) = before_key(ledger, key)? else { return Ok(Vec::new()) };
    let sent = ledger.dispatches(&before)?.iter().any(|row| row.dispatch.to == to && row.purpose == Purpose::Edition);
    Ok(if sent { vec![mail::message_id(&before, to, "", domain)] } else { Vec::new() })
}

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
    let from = sender(installation)?;
    let domain = from.address.domain();
    let message_id = mail::message_id(key, owner, purpose, &domain);
    let paragraphs: String = text.trim_end().split("\n\n").map(|one| format!("<p>{}</p>\n", escaped(one))).collect();
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\"><title>{}</title></head>\n\
         <body style=\"font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:22px;max-width:640px\">\n{paragraphs}</body>\n</html>\n",
        escaped(title)
    );
    let subject: String = format!("{title} {what}: {key}").chars().filter(|c| !c.is_control()).collect();
    let parts = MailParts {
        from: from.clone(),
        to: Mailbox { name: None, address: address(owner)? },
        reply_to: None,
        subject,
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
    let message = mail::message(&parts).map_err(|error| Failure::Error(error.to_string()))?;
    Ok(NewDispatch {
        outgoing: Outgoing { from: from.address.as_str().to_owned(), to: owner.to_owned(), message_id, message },
        purpose: Purpose::Notice,
        formats: Vec::new(),
        on_unknown: retry::OnUnknown::Resend,
        not_before: None,
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The sender, as the settings say.
fn sender(installation: &Installation) -> Result<Mailbox, Failure> {
    installation.config.mail.sender().map_err(|reason| Failure::Error(format!("mail.from: {reason}")))
}

fn address(text: &str) -> Result<mail::Address, Failure> {
    mail::address(text).map_err(|reason| Failure::Error(format!("`{text}` is no address: {reason}")))
}
