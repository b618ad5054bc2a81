//! Audiences: which parts the period of a divided report has, what belongs to each, and who gets it.

use super::issue::Press;
use super::{Failure, Installation, Written, read_text};
use crate::audit_log::{AuditLog, Lens};
use crate::calendar::Millis;
use crate::calendar::period::Period;
use crate::definition::{Attach, Definition, Division, PARTS, PartTo, REST, Recipient, TRAINING, WEBHOOK};
use crate::directory::Manager;
use crate::edition::{FactsPart, audience};
use crate::event::actor_key;
use crate::figures::divide::{Divided, PartOf, values};
use crate::ledger;
use crate::query::Field;
use crate::seal::sha256_hex;
use crate::written::Problem;
use std::collections::BTreeMap;

/// Audiences that are no part's name. `whole` is what people call the undivided edition.
const TAKEN: [&str; 4] = [REST, TRAINING, WHOLE, "all"];

/// What people call the undivided edition.
pub const WHOLE: &str = "whole";

/// A part as a list in a file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Values of the field.
    pub values: Vec<String>,
    /// To whom; empty: not said.
    pub to: String,
    /// Where it is first named.
    pub line: u64,
}

/// The parts of a period.
pub struct Parts<'a> {
    /// The log, divided.
    pub divided: Divided<'a>,
    /// Audience and name of each; the name of what belongs to no part is empty.
    pub names: Vec<(String, String)>,
    /// What belongs to each.
    of: Vec<PartOf>,
    list: BTreeMap<String, Listed>,
    nothing: Vec<(String, String)>,
    /// How many of them have an edition.
    count: u64,
}

/// Who gets a part, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readers {
    /// With address and formats; one for each address.
    pub recipients: Vec<Recipient>,
    /// Why, in words, for those who were named by their place.
    pub resolved: Vec<String>,
}

impl Press<'_> {
    /// Which parts a period has by the log, the directory and the list of today.
    ///
    /// # Errors
    /// A log or a list that cannot be read; two parts whose audiences would be the same.
    pub fn divide(
        &self,
        definition: &Definition,
        division: &Division,
        period: &Period,
    ) -> Result<ledger::Divided, Failure> {
        let span = period.span(&definition.schedule.zone);
        let zone = &definition.schedule.zone;
        let found = values(self.log(), self.lens(), zone, span, &definition.filter, division.by)?;
        let list = self.installation.list(division)?;
        let mut parts: BTreeMap<String, i64> = BTreeMap::new();
        let mut rest = 0_i64;
        if division.list.is_some() {
            let place: BTreeMap<String, &String> = list
                .iter()
                .flat_map(|(name, listed)| listed.values.iter().map(move |value| (same(division.by, value), name)))
                .collect();
            parts.extend(list.keys().map(|name| (name.clone(), 0)));
            for (value, count) in found {
                match place.get(&same(division.by, &value)).and_then(|name| parts.get_mut(*name)) {
                    Some(part) => *part += count,
                    None => rest += count,
                }
            }
        } else {
            let mut known: BTreeMap<String, String> = BTreeMap::new();
            for value in in_directory(self.lens(), division.by, span.to.saturating_sub(1)) {
                known.entry(same(division.by, &value)).or_insert(value);
            }
            for (value, count) in found {
                if value.is_empty() {
                    rest += count;
                    continue;
                }
                known.remove(&same(division.by, &value));
                parts.insert(value, count);
            }
            parts.extend(known.into_values().map(|value| (value, 0)));
        }
        let mut divided = ledger::Divided { by: division.by.name().to_owned(), parts: Vec::new(), nothing: Vec::new() };
        let mut audiences: BTreeMap<String, String> = BTreeMap::new();
        for (name, count) in parts {
            let audience = audience(&name, &TAKEN, sha256_hex);
            if let Some(other) = audiences.insert(audience.clone(), name.clone()) {
                let words = format!("the parts `{other}` and `{name}` would have one name, `{audience}`; rename one");
                return Err(Failure::Error(words));
            }
            let into = if count > 0 || division.send_empty { &mut divided.parts } else { &mut divided.nothing };
            into.push((audience, name));
        }
        let into = if rest > 0 || division.send_empty { &mut divided.parts } else { &mut divided.nothing };
        into.push((REST.to_owned(), String::new()));
        Ok(divided)
    }

    /// The parts as they were recorded, ready to be made. `wanted`: a part that had nothing to say then, but is asked for.
    ///
    /// # Errors
    /// As [`Press::divide`].
    pub fn parts(
        &self,
        definition: &Definition,
        division: &Division,
        recorded: &ledger::Divided,
        wanted: Option<&str>,
    ) -> Result<Parts<'_>, Failure> {
        let list = self.installation.list(division)?;
        let mut names = recorded.parts.clone();
        let also = recorded.nothing.iter().filter(|(audience, _)| Some(audience.as_str()) == wanted);
        names.extend(also.cloned());
        // What belongs to no part has to know all others: it comes last, whether it is made or not.
        names.retain(|(audience, _)| audience != REST);
        names.push((REST.to_owned(), String::new()));
        let mut of = Vec::with_capacity(names.len());
        for (audience, name) in &names {
            of.push(if audience == REST {
                PartOf::Rest
            } else if division.list.is_some() {
                PartOf::Values(list.get(name).map(|listed| listed.values.clone()).unwrap_or_default())
            } else {
                PartOf::Values(vec![name.clone()])
            });
        }
        let zone = &definition.schedule.zone;
        let divided = Divided::new(self.log(), self.lens(), zone, division.by, of.clone())?;
        let count = recorded.parts.len() as u64;
        Ok(Parts { divided, names, of, list, nothing: recorded.nothing.clone(), count })
    }

    /// Who gets a part.
    ///
    /// # Errors
    /// An address outside the domains that the installation mails to.
    pub fn readers(
        &self,
        written: &Written,
        division: &Division,
        parts: &Parts<'_>,
        name: &str,
        period: &Period,
    ) -> Result<Readers, Failure> {
        let definition = &written.definition;
        let at = period.span(&definition.schedule.zone).to.saturating_sub(1);
        let mut readers = Readers::default();
        let house = self.installation.house_of(&self.lens().directory);
        for recipient in &division.recipients {
            let (to, why) = match &recipient.to {
                PartTo::Address(address) => (address.clone(), None),
                place => {
                    let found = resolve(self.lens(), division.by, place, name, parts.list.get(name), at);
                    let (to, why) = found.unwrap_or_else(|why| {
                        (definition.owner.clone(), format!("{}, who answers for the report: {why}", definition.owner))
                    });
                    (to, Some(why))
                }
            };
            self.installation.may_mail(&to).map_err(Failure::Error)?;
            house.may_get(&definition.stem, &to).map_err(Failure::Error)?;
            readers.resolved.extend(why);
            match readers.recipients.iter_mut().find(|known| known.to.eq_ignore_ascii_case(&to)) {
                // One message for each person: all that any line gives.
                Some(known) => {
                    let new = recipient.formats.iter().filter(|format| !known.formats.contains(format));
                    let new: Vec<_> = new.copied().collect();
                    known.formats.extend(new);
                    if known.when != recipient.when {
                        known.when = None;
                    }
                    if recipient.attach == Attach::Encrypted {
                        known.attach = Attach::Encrypted;
                    }
                }
                None => readers.recipients.push(Recipient {
                    to,
                    formats: recipient.formats.clone(),
                    when: recipient.when.clone(),
                    attach: recipient.attach,
                    via: String::new(),
                }),
            }
        }
        Ok(readers)
    }
}

impl Parts<'_> {
    /// What an edition says of the part that it is.
    pub fn facts(&self, division: &Division, index: usize, resolved: Vec<String>) -> FactsPart {
        let (audience, name) = self.names.get(index).cloned().unwrap_or_default();
        let is_rest = audience == REST;
        let own = |of: &PartOf| match of {
            PartOf::Values(values) => values.clone(),
            PartOf::Rest => Vec::new(),
        };
        let values = if is_rest {
            self.of.iter().flat_map(own).collect()
        } else {
            self.of.get(index).map(own).unwrap_or_default()
        };
        FactsPart {
            by: division.by.name().to_owned(),
            key: name,
            // The rest must not name the others' lists in a file of its own; it is the owner's, who may see all.
            values,
            resolved,
            parts: self.count,
            nothing_to_say: if is_rest {
                self.nothing.iter().map(|(_, name)| name.clone()).filter(|name| !name.is_empty()).collect()
            } else {
                Vec::new()
            },
        }
    }
}

/// The address of a place, with the reason in words; the error is why there is none.
fn resolve(
    lens: &Lens,
    by: Field,
    place: &PartTo,
    name: &str,
    listed: Option<&Listed>,
    at: Millis,
) -> Result<(String, String), String> {
    if name.is_empty() {
        return Err("what belongs to no part has no reader of its own".to_owned());
    }
    let manager = match place {
        PartTo::Address(address) => return Ok((address.clone(), String::new())),
        PartTo::List => {
            let to = listed.map(|listed| listed.to.as_str()).unwrap_or_default();
            if to.is_empty() {
                return Err(format!("the list gives no address for {name}"));
            }
            return Ok((to.to_owned(), format!("{to}, whom the list names for {name}")));
        }
        PartTo::Manager if by == Field::ActorTeam => lens.directory.manager_of_team(name, at),
        PartTo::Manager => lens.directory.manager_of(name, at),
    };
    match manager {
        Manager::Person(person) if person.email.is_empty() => {
            Err(format!("{}, the manager of {name}, has no address in the directory", person.actor))
        }
        Manager::Person(person) => {
            let who = if person.name.is_empty() { &person.actor } else { &person.name };
            Ok((person.email.clone(), format!("{who} <{}>, manager of {name} at the end of the period", person.email)))
        }
        Manager::Nobody => Err(format!("{name} has no manager in the directory")),
        Manager::Unknown(actor) => Err(format!("{actor}, the manager of {name}, is not in the directory")),
        Manager::Several(actors) => Err(format!("{name} has several managers in the directory: {}", actors.join(", "))),
    }
}

/// Values of a field that the directory knows at an instant.
fn in_directory(lens: &Lens, by: Field, at: Millis) -> Vec<String> {
    let of = |person: &crate::directory::Person| match by {
        Field::ActorTeam => person.team.clone(),
        Field::ActorRole => person.role.clone(),
        Field::ActorKind => person.kind.clone(),
        Field::Actor => person.actor.clone(),
        _ => String::new(),
    };
    lens.directory.holding(at).map(of).filter(|value| !value.is_empty()).collect()
}

fn same(by: Field, value: &str) -> String {
    if by == Field::Actor { actor_key(value) } else { value.to_owned() }
}

impl Installation {
    /// Whether an address lies in a domain that the installation mails to; the error says that it does not.
    ///
    /// # Errors
    /// It does not, or is no address.
    pub fn may_mail(&self, to: &str) -> Result<(), String> {
        // A webhook of that name was there when the definition was read.
        if to.starts_with(WEBHOOK) {
            return Ok(());
        }
        if !crate::definition::is_address(to) {
            return Err(format!("`{to}` is no address that a mail can go to"));
        }
        let domains = &self.config.allowed_domains;
        let domain = to.rsplit_once('@').map_or("", |(_, domain)| domain);
        if domains.is_empty() || domains.iter().any(|allowed| allowed.eq_ignore_ascii_case(domain)) {
            return Ok(());
        }
        Err(format!(
            "`{to}` is outside the domains that this installation mails to ({}: `allowed_domains` in quarterday.yaml)",
            domains.join(", ")
        ))
    }

    /// The parts that a division's list names, if it has one.
    ///
    /// # Errors
    /// Problems in the list; a file that cannot be read.
    pub fn list(&self, division: &Division) -> Result<BTreeMap<String, Listed>, Failure> {
        let Some(name) = &division.list else { return Ok(BTreeMap::new()) };
        let text = read_text(&self.folders.home.join(name))?;
        read_list(&text, name, division.by).map_err(Failure::Problems)
    }

    /// What is wrong with whom a definition's parts go to, as far as the directory and the list of today tell.
    ///
    /// # Errors
    /// Problems of the list or the directory; a file that cannot be read.
    pub(super) fn check_audiences(&self, definition: &Definition, file: &str) -> Result<Vec<Problem>, Failure> {
        let Some(division) = &definition.division else { return Ok(Vec::new()) };
        let list = self.list(division)?;
        let (lens, _) = self.lens()?;
        let house = self.house_of(&lens.directory);
        let now = self.clock.now();
        let mut problems = Vec::new();
        let names: Vec<String> = if division.list.is_some() {
            list.keys().cloned().collect()
        } else {
            in_directory(&lens, division.by, now)
        };
        for recipient in division.recipients.iter().filter(|one| !matches!(one.to, PartTo::Address(_))) {
            for name in &names {
                let listed = list.get(name);
                // Who has no address now may have one when it is issued; then the owner gets it.
                let Ok((to, _)) = resolve(&lens, division.by, &recipient.to, name, listed, now) else { continue };
                let agreed = self.config.mail.passphrases.contains_key(&to.to_ascii_lowercase());
                if recipient.attach == Attach::Encrypted && !agreed {
                    let what = format!(
                        "no passphrase is agreed with `{to}`, to whom the edition of {name} would go encrypted"
                    );
                    let instead = "Add it to `passphrases` of `mail` in quarterday.yaml".to_owned();
                    problems.push(Problem { file: file.to_owned(), line: 0, column: 0, what, instead });
                }
                if let Err(what) = self.may_mail(&to).and_then(|()| house.may_get(&definition.stem, &to)) {
                    let (file, line) = match (&division.list, listed) {
                        (Some(list), Some(listed)) => (list.clone(), listed.line as usize),
                        _ => (file.to_owned(), 0),
                    };
                    let what = format!("the edition of {name} would go to somebody whom it must not: {what}");
                    let instead = "Correct the address there, or allow its domain".to_owned();
                    problems.push(Problem { file, line, column: if line > 0 { 1 } else { 0 }, what, instead });
                }
            }
        }
        problems.sort();
        problems.dedup();
        Ok(problems)
    }
}

/// Reads a list: CSV with a head; `key` and `value`, and `to` for an address. A key may have several rows.
fn read_list(text: &str, file: &str, by: Field) -> Result<BTreeMap<String, Listed>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut problem = |line: u64, what: String, instead: &str| {
        let (file, line, instead) = (file.to_owned(), line as usize, instead.to_owned());
        problems.push(Problem { file, line, column: 1, what, instead });
    };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let head = reader.headers().cloned().unwrap_or_default();
    let column = |name: &str| head.iter().position(|one| one.trim_start_matches('\u{feff}') == name);
    let (key, value, to) = (column("key"), column("value"), column("to"));
    let mut list: BTreeMap<String, Listed> = BTreeMap::new();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let (Some(key), Some(value)) = (key, value) else {
        problem(1, "the list has no columns `key` and `value`".to_owned(), "Begin it with the line `key,value,to`");
        return Err(problems);
    };
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, |position| position.line());
                problem(line, format!("this row cannot be read: {error}"), "Give each row as many cells as the head");
                continue;
            }
        };
        let line = record.position().map_or(1, |position| position.line());
        let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
        let (name, value, to) = (cell(key), cell(value), to.map(cell).unwrap_or_default());
        if name.is_empty() || value.is_empty() || name.chars().any(char::is_control) {
            problem(line, "a row needs a key and a value, each one line".to_owned(), "Fill both, or delete the row");
            continue;
        }
        if let Some(other) = seen.insert(same(by, &value), name.clone()) {
            problem(
                line,
                format!("`{value}` belongs to `{other}` already"),
                "Keep one of the two: parts share nothing",
            );
            continue;
        }
        if !to.is_empty() && !crate::definition::is_address(&to) {
            problem(
                line,
                format!("`{to}` is no e-mail address"),
                "Write one as in `north@example.com`, or leave it empty",
            );
        }
        let listed = list.entry(name.clone()).or_insert_with(|| Listed { line, ..Listed::default() });
        if !listed.to.is_empty() && !to.is_empty() && listed.to != to {
            let what = format!("`{name}` has two addresses, `{}` and `{to}`", listed.to);
            problem(line, what, "Give all rows of a key the same address");
        }
        if listed.to.is_empty() {
            listed.to = to;
        }
        listed.values.push(value);
    }
    if problems.is_empty() { Ok(list) } else { Err(problems) }
}

/// The audience that a person means by a name: `rest`, `@rest`, an audience, or the part's own name.
pub fn meant(recorded: &ledger::Divided, name: &str) -> Option<(String, String)> {
    let bare = name.strip_prefix('@').unwrap_or(name);
    let all = || recorded.parts.iter().chain(&recorded.nothing);
    let by_audience = all().find(|(audience, _)| audience == bare);
    by_audience.or_else(|| all().find(|(_, own)| own == name && !own.is_empty())).cloned()
}

/// Whether a log can be asked at all is the log's to say; this names the audience of all parts.
pub fn is_parts(audience: &str) -> bool {
    audience == PARTS
}

/// How many events of a span belong to the part that an edition was, counted in the log of today.
///
/// # Errors
/// A log that cannot be read.
pub(super) fn count(
    log: &dyn AuditLog,
    lens: &Lens,
    part: &FactsPart,
    span: crate::calendar::Span,
    zone: &crate::calendar::zone::Zone,
) -> Result<u64, Failure> {
    let Some(filter) = filter(part) else { return Ok(0) };
    let by = Field::parse(&part.by).unwrap_or(Field::ActorTeam);
    Ok(values(log, lens, zone, span, &filter, by)?.values().fold(0, |sum, count| sum.saturating_add_signed(*count)))
}

/// Which events an edition of a part was about.
pub(super) fn filter(part: &FactsPart) -> Option<crate::query::Filter> {
    use crate::query::Filter;
    let by = Field::parse(&part.by)?;
    let of = Filter::OneOf(by, part.values.clone());
    Some(if part.key.is_empty() { Filter::Not(Box::new(of)) } else { of })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_parts_and_every_mistake_in_it_is_said() {
        let text = "key,value,to\nNorth,Leads,n@example.com\nNorth,Deals,\nSouth,Contacts,\n";
        let list = read_list(text, "lists/regions.csv", Field::Module).unwrap();
        assert_eq!(list["North"].values, ["Leads", "Deals"]);
        assert_eq!((list["North"].to.as_str(), list["South"].to.as_str()), ("n@example.com", ""));
        let wrong = "key,value,to\nNorth,Leads,nobody\n,x,\nSouth,Leads,\nNorth,Deals,a@b.de\nshort\n";
        let found: Vec<String> =
            read_list(wrong, "l.csv", Field::Module).unwrap_err().iter().map(Problem::to_string).collect();
        assert_eq!(found.len(), 5, "{found:#?}");
        assert!(found[0].starts_with("l.csv:2:1: `nobody` is no e-mail address"), "{found:#?}");
        assert!(read_list("name\nx\n", "l.csv", Field::Module).is_err());
    }
}
