//! Setting: one message of an edition, set for its recipient with what it carries: as a mail, or as JSON for a webhook.

use super::fitting::Load;
use super::kit::Kit;
use super::messages::{Carried, address};
use super::publish::Hinge;
use super::sending::Withheld;
use super::{Failure, Installation};
use crate::calendar::zone::Zone;
use crate::definition::{Attach, Definition, Recipient, WEBHOOK};
use crate::document::compose;
use crate::document::context::{Carries, MailChart, with_mail};
use crate::mail::{self, Attachment, HookParts, MailError, MailParts, Mailbox, Shown};

/// What a message is set from, whatever it carries.
pub(super) struct Setting<'a> {
    pub(super) installation: &'a Installation,
    pub(super) definition: &'a Definition,
    pub(super) kit: &'a Kit,
    pub(super) carried: &'a Carried<'a>,
    pub(super) recipient: &'a Recipient,
    pub(super) from: &'a Mailbox,
    pub(super) message_id: &'a str,
    /// Message-IDs of the editions before.
    pub(super) references: Vec<String>,
    /// Where the files are kept, as it is told.
    pub(super) kept_in: String,
}

impl Setting<'_> {
    /// The message that carries this.
    ///
    /// # Errors
    /// Problems in mail templates; an address that is none; what cannot be set.
    pub(super) fn set(&self, load: Load) -> Result<Vec<u8>, Failure> {
        match self.recipient.to.strip_prefix(WEBHOOK) {
            Some(name) => self.hook(name, load),
            None => self.mail(load),
        }
    }

    fn composed(&self, load: &Load, charts: &[MailChart]) -> Result<Composed, Failure> {
        let names: Vec<String> = load.files.iter().map(|file| file.name.clone()).collect();
        let carries = Carries {
            files: &names,
            left_out: &load.left_out,
            kept_in: &self.kept_in,
            charts,
            digest: self.carried.digest,
            note: self.carried.withheld.map(|withheld| match withheld {
                // What is encrypted for somebody is not told in a note either.
                Withheld::NothingCame(waited_for) if self.recipient.attach == Attach::Plain => waited_for.as_slice(),
                Withheld::NothingCame(_) | Withheld::Empty => &[],
            }),
            empty: self.carried.withheld == Some(&Withheld::Empty),
        };
        let zone = &self.definition.schedule.zone;
        composed(zone, self.kit, self.carried, carries, body(self.recipient.attach, self.carried.withheld.is_some()))
    }

    fn mail(&self, load: Load) -> Result<Vec<u8>, Failure> {
        let Carried { hinge, digest, .. } = self.carried;
        let facts = &hinge.facts;
        let mut headers = vec![
            ("X-Quarterday-Edition".to_owned(), facts.edition.clone()),
            ("X-Quarterday-Figures".to_owned(), (*digest).to_owned()),
        ];
        let head = &hinge.figures.head;
        if head.size > 0 || facts.training.is_none() {
            headers.push(("X-Quarterday-Log-Head".to_owned(), format!("{} {}", head.size, head.root)));
        }
        if !load.left_out.is_empty() {
            // Also where a template of one's own says nothing of it.
            headers.push(("X-Quarterday-Left-Out".to_owned(), load.left_out.join(" ")));
        }
        let charts = self.charts();
        let Composed { subject, text, html } = self.composed(&load, &charts)?;
        let domain = self.from.address.domain();
        let parts = MailParts {
            from: self.from.clone(),
            to: Mailbox { name: None, address: address(&self.recipient.to)? },
            reply_to: match &facts.training {
                Some(_) => None,
                None => Some(Mailbox { name: None, address: address(&self.definition.owner)? }),
            },
            subject,
            text,
            html,
            shown: self.shown(&charts),
            attachments: load.files,
            message_id: self.message_id.to_owned(),
            date: self.carried.issued_at,
            list_id: Some(format!("{}.quarterday.{domain}", self.definition.stem)),
            in_reply_to: self.references.last().cloned(),
            references: self.references.clone(),
            headers,
        };
        frozen(self.installation, &parts)
    }

    fn hook(&self, name: &str, load: Load) -> Result<Vec<u8>, Failure> {
        let facts = &self.carried.hinge.facts;
        let Composed { subject, text, .. } = self.composed(&load, &[])?;
        let period = self.carried.context.value.pointer("/report/period").and_then(serde_json::Value::as_str);
        let webhook = self.installation.config.webhooks.get(name);
        let webhook = webhook.ok_or_else(|| Failure::Error(format!("quarterday.yaml names no webhook `{name}`")))?;
        let parts = HookParts {
            id: self.message_id.to_owned(),
            title: facts.title.clone(),
            period: period.unwrap_or_default().to_owned(),
            edition: facts.edition.clone(),
            report: facts.definition.clone(),
            subject,
            text,
            issued_at: self.carried.issued_at,
            figures: self.carried.digest.to_owned(),
            kept_in: self.kept_in.clone(),
            files: load.files,
            with_content: webhook.with_content,
            note: self.carried.withheld.is_some(),
            left_out: load.left_out,
        };
        mail::hook(&parts).map_err(failed)
    }

    /// The charts that the mail shows. The Message-ID is unique in the world: so are the ids of what stands in the message.
    fn charts(&self) -> Vec<MailChart> {
        // What is encrypted must not be told beside it.
        let summary = self.recipient.attach == Attach::Plain && self.carried.withheld.is_none();
        let charts = if summary { self.carried.charts } else { &[] };
        let one = |(number, chart): (usize, &super::painted::Painted)| MailChart {
            cid: format!("chart{number}.{}", self.message_id),
            title: chart.title.clone(),
            alt: chart.alt.clone(),
            width: chart.width,
            height: chart.height,
        };
        (1..).zip(charts).map(one).collect()
    }

    /// The pictures of these charts.
    fn shown(&self, charts: &[MailChart]) -> Vec<Shown> {
        let pictures = self.carried.charts.iter().zip(charts);
        let one = |(number, (chart, shown)): (usize, (&super::painted::Painted, &MailChart))| Shown {
            id: shown.cid.clone(),
            file: Attachment {
                name: format!("chart-{number}.png"),
                media_type: "image/png".to_owned(),
                bytes: chart.bytes.clone(),
            },
        };
        (1..).zip(pictures).map(one).collect()
    }
}

/// The templates of a mail's body, as text and as HTML: what is encrypted has its own, which tells no figures, and so has a note
/// that there is nothing to tell.
pub(super) fn body(attach: Attach, note: bool) -> (&'static str, &'static str) {
    match (attach, note) {
        (_, true) => ("mail/note.txt.tera", "mail/note.html.tera"),
        (Attach::Plain, false) => ("mail/body.txt.tera", "mail/body.html.tera"),
        (Attach::Encrypted, false) => ("mail/encrypted.txt.tera", "mail/encrypted.html.tera"),
    }
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

/// A message as it is frozen: set, and signed where the settings say so.
///
/// # Errors
/// What cannot be set; a key that cannot be had.
pub(super) fn frozen(installation: &Installation, parts: &MailParts) -> Result<Vec<u8>, Failure> {
    let message = mail::message(parts).map_err(failed)?;
    match installation.config.mail.signer(&installation.folders.home)? {
        Some(dkim) => mail::signed(&message, &dkim, parts.date).map_err(failed),
        None => Ok(message),
    }
}

fn failed(error: MailError) -> Failure {
    Failure::Error(error.to_string())
}
