//! Told: a check of records for people: sentences and tables, the most important first.

use super::{faults, say};
use crate::calendar::zone::Zone;
use crate::ledger::RecordCheck;
use crate::pipeline::records::Outcome;
use crate::records::{AgeFrom, Checked, Emptied, Group, Still};
use crate::wording::Words;
use crate::wording::plain::{list, moment, number, plural};

/// Owners and teams that are shown; the file of `--json` has them all.
const SHOWN: usize = 12;

/// Checks before this one that are shown.
const TREND: usize = 6;

/// Says what a check came to.
pub(super) fn tell(outcome: &Outcome, before: &[RecordCheck], worst: usize, zone: &Zone) {
    let checked = &outcome.check.checked;
    head(outcome, zone);
    if checked.records == 0 {
        return kept(outcome, zone);
    }
    fields(checked);
    forms(checked);
    groups("Owner", &checked.owners, "(nobody)");
    if checked.teams.iter().any(|team| !team.key.is_empty()) {
        groups("Team", &checked.teams, "(no team known)");
    }
    ages(&checked.ages);
    doubled(checked);
    worst_records(outcome, worst);
    if let Some(emptied) = &checked.emptied {
        taken(emptied, zone);
    }
    trend(&outcome.check, before, zone);
    kept(outcome, zone);
}

fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "none asked".to_owned() } else { Words::english().percent(part as i64, whole as i64) }
}

fn count(value: u64) -> String {
    number(value as i64)
}

fn title(text: &str) {
    say::line("");
    say::line(text);
}

fn head(outcome: &Outcome, zone: &Zone) {
    let (check, checked) = (&outcome.check, &outcome.check.checked);
    let records = plural(checked.records as i64, "record", "records");
    let from = if checked.from_log { "as the log knows them".to_owned() } else { format!("of {}", check.file) };
    say::line(format!("{}: {records} {from}, as at {}.", checked.module, checked.as_at));
    if let Some(reach) = outcome.reach {
        let since = reach.since.map(|since| format!(" since {}", moment(since, zone))).unwrap_or_default();
        say::line(format!(
            "The log has {} of them{since}; {} told what became of a field. A field that none told of is not asked for, and its record not called complete.",
            plural(reach.events as i64, "event", "events"),
            count(reach.with_changes)
        ));
    }
    if checked.records > 0 {
        say::line(format!(
            "{} complete ({}). Of what they must hold, {} is there: {} of {}.",
            match checked.complete {
                0 => "None is".to_owned(),
                1 => "1 is".to_owned(),
                many => format!("{} are", count(many)),
            },
            share(checked.complete, checked.records),
            share(checked.met, checked.asked),
            count(checked.met),
            count(checked.asked),
        ));
    }
    for (many, what) in
        [(checked.unread, "that cannot be read"), (checked.repeated, "of a record that came before: not counted")]
    {
        if many > 0 {
            say::line(format!("{} {what}.", plural(many as i64, "row", "rows")));
        }
    }
    for (line, reason) in &outcome.unread {
        say::aside(format!("line {line}: {reason}"));
    }
    if let Some((many, text)) = &outcome.undated {
        let times = plural(*many as i64, "time of creation", "times of creation");
        say::aside(format!(
            "{times} cannot be read, such as `{text}`: name its format under `times` in {}",
            outcome.rules.file
        ));
    }
}

fn fields(checked: &Checked) {
    title("What they must hold");
    let mut table = vec![["Field", "Asked of", "There", "Share", "Placeholders"].map(str::to_owned).to_vec()];
    for field in &checked.fields {
        let condition =
            if field.condition.is_empty() { String::new() } else { format!(" (where {})", field.condition) };
        table.push(vec![
            format!("{}{condition}", field.label),
            count(field.asked),
            count(field.met),
            share(field.met, field.asked),
            count(field.placeholders),
        ]);
    }
    say::table(&table);
}

fn forms(checked: &Checked) {
    if checked.forms.is_empty() {
        return;
    }
    title("How it must look");
    let mut table = vec![["Field", "Form", "Filled", "Malformed"].map(str::to_owned).to_vec()];
    for form in &checked.forms {
        table.push(vec![form.field.clone(), form.form.clone(), count(form.filled), count(form.malformed)]);
    }
    say::table(&table);
}

fn group(name: String, group: &Group) -> Vec<String> {
    vec![
        name,
        count(group.records),
        share(group.complete, group.records),
        share(group.met, group.asked),
        count(group.malformed),
    ]
}

fn group_head(what: &str) -> Vec<Vec<String>> {
    vec![[what, "Records", "Complete", "Completeness", "Malformed"].map(str::to_owned).to_vec()]
}

fn groups(what: &str, all: &[Group], nobody: &str) {
    if all.is_empty() {
        return;
    }
    say::line("");
    let mut table = group_head(what);
    for one in all.iter().take(SHOWN) {
        let name = if one.key.is_empty() { nobody.to_owned() } else { one.key.clone() };
        table.push(group(name, one));
    }
    say::table(&table);
    if all.len() > SHOWN {
        say::line(format!("… and {} more: --json has them", count((all.len() - SHOWN) as u64)));
    }
}

fn ages(all: &[Group]) {
    if all.iter().all(|age| age.key.is_empty()) {
        return;
    }
    say::line("");
    let mut table = group_head("Age in months");
    for one in all {
        let name = match one.key.parse::<u32>().map(|from| (from, AgeFrom::end(from))) {
            Err(_) => "not known".to_owned(),
            Ok((_, Some(1))) => "under 1".to_owned(),
            Ok((from, Some(end))) => format!("{from} to {}", end - 1),
            Ok((from, None)) => format!("{from} and more"),
        };
        table.push(group(name, one));
    }
    say::table(&table);
}

fn doubled(checked: &Checked) {
    for one in checked.doubled.iter().filter(|one| one.values > 0) {
        say::line("");
        say::line(format!(
            "{}: {} shared by {}.",
            one.field,
            plural(one.values as i64, "value is", "values are"),
            plural(one.records as i64, "record", "records")
        ));
    }
}

fn worst_records(outcome: &Outcome, most: usize) {
    if outcome.faulty.is_empty() || most == 0 {
        return;
    }
    title(&format!("The worst first, of {} with faults", plural(outcome.faulty.len() as i64, "record", "records")));
    let mut table = vec![["Weight", "Record", "Name", "Owner", "Faults"].map(str::to_owned).to_vec()];
    for one in outcome.faulty.iter().take(most) {
        let (lacks, malformed) = faults(one, outcome);
        let mut words = Vec::new();
        if !lacks.is_empty() {
            words.push(format!("lacks {}", list(&lacks)));
        }
        if !malformed.is_empty() {
            words.push(format!("malformed: {}", list(&malformed)));
        }
        let record = if one.key.is_empty() { format!("line {}", one.line) } else { one.key.clone() };
        table.push(vec![count(one.weight), record, one.name.clone(), one.owner.clone(), words.join("; ")]);
    }
    say::table(&table);
}

fn taken(emptied: &Emptied, zone: &Zone) {
    title(&format!("What emptied fields since {}", moment(emptied.since, zone)));
    if emptied.recorded_by.is_empty() && emptied.not_recorded_by.is_empty() {
        say::line("The log has no event of this module: import the audit log of the system that keeps these records.");
        return;
    }
    if !emptied.not_recorded_by.is_empty() {
        let sources = list(&emptied.not_recorded_by);
        say::line(format!(
            "Values before and after are not recorded by {sources}: what was emptied there nobody can tell."
        ));
    }
    if emptied.recorded_by.is_empty() {
        return;
    }
    if emptied.changes == 0 {
        say::line(format!("Nothing, as far as {} tells.", list(&emptied.recorded_by)));
        return;
    }
    let actors: Vec<String> =
        emptied.actors.iter().take(5).map(|(actor, many)| format!("{actor} ({})", count(*many))).collect();
    let more = emptied.actors.len().saturating_sub(5);
    let more = if more > 0 { format!(" and {} more", count(more as u64)) } else { String::new() };
    say::line(format!(
        "{} of {}; {} empty still. By {}{more}.",
        plural(emptied.changes as i64, "change", "changes"),
        list(&emptied.recorded_by),
        if emptied.still == 1 { "1 field is".to_owned() } else { format!("{} fields are", count(emptied.still)) },
        actors.join(", "),
    ));
    let mut table = vec![["When", "Who", "Record", "Field", "Now", "Event"].map(str::to_owned).to_vec()];
    for one in emptied.newest.iter().take(10) {
        let now = match one.still {
            Still::Empty => "empty",
            Still::Filled => "filled again",
            Still::Gone => "record not there",
        };
        table.push(vec![
            moment(one.time, zone),
            one.actor.clone(),
            one.record.clone(),
            one.field.clone(),
            now.to_owned(),
            one.event.clone(),
        ]);
    }
    say::table(&table);
}

fn trend(check: &RecordCheck, before: &[RecordCheck], zone: &Zone) {
    title("From check to check");
    if before.is_empty() {
        say::line("This is the first check: the next one shows the trend.");
        return;
    }
    let mut table =
        vec![["Checked", "Records", "Complete", "Completeness", "Malformed", ""].map(str::to_owned).to_vec()];
    let from = before.len().saturating_sub(TREND);
    let shown = before.get(from..).unwrap_or_default().iter().chain([check]);
    for one in shown {
        let checked = &one.checked;
        // Other rules ask for other things.
        let note = if one.rules_sha256 == check.rules_sha256 { "" } else { "by other rules" };
        table.push(vec![
            moment(one.at, zone),
            count(checked.records),
            share(checked.complete, checked.records),
            share(checked.met, checked.asked),
            count(checked.malformed),
            note.to_owned(),
        ]);
    }
    say::table(&table);
}

fn kept(outcome: &Outcome, zone: &Zone) {
    let check = &outcome.check;
    say::line("");
    say::line(match check.entry {
        0 => "Nothing is recorded.".to_owned(),
        entry => format!("Recorded at {} as entry {entry} of the ledger.", moment(check.at, zone)),
    });
}
