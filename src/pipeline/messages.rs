//! Messages: the frozen mails of an edition, one for each recipient.

use super::before::before_key;
use super::facts::{format_name, holds};
use super::fitting::loads;
use super::kit::Kit;
use super::painted::Painted;
use super::publish::{Hinge, Made};
use super::sending::Withheld;
use super::setting::Setting;
use super::{Failure, Installation, Written};
use crate::calendar::Millis;
use crate::definition::{Attach, Definition, OnUnknown, Otherwise, Recipient};
use crate::deliver::email::Secret;
use crate::dispatch::Outgoing;
use crate::document::context::Context;
use crate::edition::EditionKey;
use crate::ledger::happening::{Purpose, Unsent};
use crate::ledger::{Ledger, NewDispatch, NewSmaller, retry};
use crate::mail::{self, Attachment, Lock, Mailbox};
use crate::seal::pseudonym::PseudonymKey;
use crate::seal::sha256_hex;

/// Servers take so much in any case, in bytes: less than any is set up for (RFC 5321, 4.5.3.1.7, asks for 64 KiB).
const ALWAYS_TAKEN: usize = 256 * 1024;

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
    /// Why it is not mailed; `None`: it is.
    pub withheld: Option<&'a Withheld>,
    /// When it is issued, in truth.
    pub issued_at: Millis,
}

/// To whom an edition is addressed, and to whom not.
#[derive(Debug, Default)]
pub struct Addressed {
    /// One message for each recipient who gets one.
    pub dispatches: Vec<NewDispatch>,
    /// Who is not sent the edition, and why.
    pub unsent: Vec<Unsent>,
}

/// One message for each recipient whose condition holds, where the edition is mailed at all.
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
) -> Result<Addressed, Failure> {
    let definition = &written.definition;
    let mut addressed = Addressed::default();
    for recipient in carried.recipients {
        let to = recipient.to.clone();
        if let Some(when) = recipient.when.as_ref().filter(|when| !holds(&carried.hinge.figures, when)) {
            let why = format!("its condition does not hold: {}", when.written);
            addressed.unsent.push(Unsent { to, why });
            continue;
        }
        let note = definition.send.otherwise == Otherwise::Note;
        if let Some(withheld) = carried.withheld {
            let instead = if note { "; it gets a note that says so" } else { "" };
            addressed.unsent.push(Unsent { to, why: format!("{}{instead}", withheld.words()) });
        }
        if carried.withheld.is_none() || note {
            addressed.dispatches.push(message(installation, ledger, definition, key, kit, carried, recipient)?);
        }
    }
    Ok(addressed)
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
    // A note carries nothing.
    let formats = recipient.formats.iter().filter(|_| carried.withheld.is_none());
    let formats: Vec<&str> = formats.map(|format| format_name(*format)).collect();
    let wanted: Vec<&Made> =
        carried.files.iter().filter(|made| formats.iter().any(|f| is_format(&made.file.name, f))).collect();
    let from = sender(installation)?;
    let domain = from.address.domain();
    // An edition for training tells no period: not even to who guesses one and computes the id from it.
    let facts = &carried.hinge.facts;
    let secret = match &facts.training {
        Some(_) => training_secret(installation, key)?,
        None => String::new(),
    };
    let message_id = mail::message_id(key, &recipient.to, &secret, &domain);
    let keys = keys(installation, recipient, &message_id)?;
    let lock = keys.as_ref().map(|(passphrase, salt)| Lock { passphrase: &passphrase.0, salt: salt.as_ref() });
    let setting = Setting {
        installation,
        definition,
        kit,
        carried,
        recipient,
        from: &from,
        message_id: &message_id,
        references: match &facts.training {
            Some(_) => Vec::new(),
            None => earlier(ledger, key, &recipient.to, &domain)?,
        },
        // Where the files lie tells the period.
        kept_in: match &facts.training {
            Some(_) => facts.edition.clone(),
            None => installation.shown(&installation.edition_folder(key)),
        },
    };
    let settings = &installation.config.mail;
    let left = |left_out: &[String]| -> Vec<String> {
        let carried = |format: &&&str| !left_out.iter().any(|name| is_format(name, format));
        formats.iter().filter(carried).map(|format| (*format).to_owned()).collect()
    };
    // From the largest to the smallest; each is what is sent if a server finds the one before it too large.
    let mut fitting: Vec<NewSmaller> = Vec::new();
    let mut smallest = 0;
    for load in loads(&wanted, settings.too_large, lock.as_ref())? {
        // Only large messages are ever too large for a server.
        if fitting.first().is_some_and(|first| first.message.len() <= ALWAYS_TAKEN) {
            break;
        }
        let left_out = load.left_out.clone();
        let message = setting.set(load)?;
        smallest = message.len();
        let shrinks = fitting.last().is_none_or(|last| smallest < last.message.len());
        if smallest as u64 <= settings.max_size && shrinks {
            fitting.push(NewSmaller { message, formats: left(&left_out), left_out });
        }
    }
    let mut fitting = fitting.into_iter();
    let Some(NewSmaller { message, formats, .. }) = fitting.next() else {
        return Err(Failure::Error(format!(
            "the mail to {} has {smallest} bytes even without its files, more than mail.max_size allows ({}); raise it in quarterday.yaml",
            recipient.to, settings.max_size
        )));
    };
    Ok(NewDispatch {
        outgoing: Outgoing { from: from.address.as_str().to_owned(), to: recipient.to.clone(), message_id, message },
        purpose: Purpose::Edition,
        formats,
        on_unknown: match definition.on_unknown {
            OnUnknown::Resend => retry::OnUnknown::Resend,
            OnUnknown::Hold => retry::OnUnknown::Hold,
        },
        not_before: None,
        via: recipient.via.clone(),
        smaller: fitting.collect(),
    })
}

/// The salt of a file.
type Salt = Box<dyn Fn(&Attachment) -> [u8; 16]>;

/// What the files of a recipient are encrypted with, where they are: the passphrase, and what makes the salt of each.
fn keys(
    installation: &Installation,
    recipient: &Recipient,
    message_id: &str,
) -> Result<Option<(Secret, Salt)>, Failure> {
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
    Ok(Some((passphrase, Box::new(salt))))
}

/// What makes the Message-ID of an edition for training one that nobody can compute who has not the installation's key.
fn training_secret(installation: &Installation, key: &EditionKey) -> Result<String, Failure> {
    let secret = crate::config::existing_key(&installation.folders.key)?;
    let secret = secret.ok_or_else(|| Failure::Error("the installation's key is gone".to_owned()))?;
    Ok(hex::encode(PseudonymKey::of(&secret).tag("message", &key.to_string())))
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
    let before = before_key(ledger, key)?.filter(|before| before.is_of_series(key));
    let Some(before) = before else { return Ok(Vec::new()) };
    let sent = ledger.dispatches(&before)?.iter().any(|row| row.dispatch.to == to && row.purpose == Purpose::Edition);
    Ok(if sent { vec![mail::message_id(&before, to, "", domain)] } else { Vec::new() })
}

/// The sender, as the settings say.
pub(super) fn sender(installation: &Installation) -> Result<Mailbox, Failure> {
    installation.config.mail.sender().map_err(|reason| Failure::Error(format!("mail.from: {reason}")))
}

pub(super) fn address(text: &str) -> Result<mail::Address, Failure> {
    mail::address(text).map_err(|reason| Failure::Error(format!("`{text}` is no address: {reason}")))
}
