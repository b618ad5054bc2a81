//! Read: rules as people write them, every Problem at once.

use super::{Alternatives, Asked, Form, Formed, Named, PLACEHOLDERS, Rules, fold};
use crate::ingest::times::TimeFormat;
use crate::written::{Entry, Fields, Node, Position, Problem, Reader, Tree};
use std::collections::BTreeMap;

const KEYS: [&str; 14] = [
    "module",
    "key",
    "name",
    "owner",
    "team",
    "created",
    "times",
    "empty",
    "required",
    "one_of",
    "conditional",
    "format",
    "weight",
    "unique",
];

const FORMS: &str = "`email`, `phone`, `date` or `{ one_of: […] }`";

impl Rules {
    /// Reads a file of rules. `file` is its name, for messages.
    ///
    /// # Errors
    /// Every Problem, in the order of the file.
    pub fn read(file: &str, text: &str) -> Result<Rules, Vec<Problem>> {
        let tree = Tree::parse(file, text);
        let reader = Reader::new(&tree);
        let rules = reader.root_fields(&KEYS).and_then(|top| Reading::new(&reader).rules(top));
        reader.finish(rules)
    }
}

/// What has been read so far.
struct Reading<'r, 'a> {
    reader: &'r Reader<'a>,
    fields: Vec<Named>,
    asked: Vec<Asked>,
    /// Where each field is asked of every record.
    always: BTreeMap<usize, Position>,
}

impl<'r, 'a> Reading<'r, 'a> {
    fn new(reader: &'r Reader<'a>) -> Reading<'r, 'a> {
        Reading { reader, fields: Vec::new(), asked: Vec::new(), always: BTreeMap::new() }
    }

    fn rules(mut self, top: Fields<'r, 'a>) -> Option<Rules> {
        let module = top.need_text("module").map(str::to_owned);
        let key = top.need("key").and_then(|node| self.alternatives("key", node));
        let may = |name| top.get(name).and_then(|node| self.alternatives(name, node));
        let (name, owner, team, created) = (may("name"), may("owner"), may("team"), may("created"));
        let times = self.times(top);
        let empty = match top.get("empty") {
            Some(node) => self.reader.texts(node).into_iter().map(fold).collect(),
            None => PLACEHOLDERS.map(str::to_owned).to_vec(),
        };
        self.ask(top, &[], "");
        for node in top.list("conditional") {
            self.conditional(node);
        }
        let mut forms = self.forms(top);
        let unique = top.get("unique").map(|node| self.names(node)).unwrap_or_default();
        let weights = self.weights(top, &forms);
        for form in &mut forms {
            form.weight = weights.get(&form.field).copied().unwrap_or(1);
        }
        for asked in &mut self.asked {
            asked.weight = asked.fields.iter().filter_map(|field| weights.get(field).copied()).max().unwrap_or(1);
        }
        if self.asked.is_empty() && forms.is_empty() && unique.is_empty() && !self.reader.has_problems() {
            let what = "nothing is asked of the records";
            self.reader.problem(
                top.node().at,
                what,
                "Add `required: [Email]`, `one_of`, `conditional`, `format` or `unique`",
            );
        }
        Some(Rules {
            module: module?,
            file: self.reader.file().to_owned(),
            fields: self.fields,
            key: key?,
            name,
            owner,
            team,
            created,
            empty,
            times,
            asked: self.asked,
            forms,
            unique,
        })
    }

    fn alternatives(&self, what: &'static str, node: &'a Node) -> Option<Alternatives> {
        let names: Vec<String> = self.reader.texts(node).into_iter().map(str::to_owned).collect();
        if names.is_empty() {
            self.reader.wrong(node, "the name of a column, or a list of names of which the first that there is counts");
            return None;
        }
        Some(Alternatives { names, what, at: node.at })
    }

    fn times(&self, top: Fields<'r, 'a>) -> Vec<TimeFormat> {
        let Some(node) = top.get("times") else {
            // A day alone is a date, too.
            let day = TimeFormat::parse("%Y-%m-%d").ok();
            return std::iter::once(TimeFormat::Iso).chain(day).collect();
        };
        let mut formats = Vec::new();
        for one in self.reader.one_or_more(node) {
            match self.reader.text(one).map(TimeFormat::parse) {
                Some(Ok(format)) => formats.push(format),
                Some(Err(what)) => self.reader.problem(one.at, what, ""),
                None => {}
            }
        }
        formats
    }

    /// The index of a field; a new one where it is named first.
    fn field(&mut self, node: &'a Node) -> Option<usize> {
        let name = self.reader.text(node)?;
        Some(self.named(name, node.at))
    }

    fn named(&mut self, name: &str, at: Position) -> usize {
        let found = self.fields.iter().position(|field| fold(&field.name) == fold(name));
        found.unwrap_or_else(|| {
            self.fields.push(Named { name: name.trim().to_owned(), at });
            self.fields.len() - 1
        })
    }

    fn names(&mut self, node: &'a Node) -> Vec<usize> {
        self.reader.one_or_more(node).iter().filter_map(|one| self.field(one)).collect()
    }

    /// `required` and `one_of`, of every record or under a condition.
    fn ask(&mut self, from: Fields<'r, 'a>, when: &[(usize, Vec<String>)], condition: &str) {
        for node in from.get("required").map(|node| self.reader.one_or_more(node)).unwrap_or_default() {
            let Some(field) = self.field(node) else { continue };
            if let Some(first) = self.always.get(&field) {
                let what = format!("`{}` is asked of every record already (line {})", self.called(field), first.line);
                self.reader.problem(node.at, what, "Write it once");
                continue;
            }
            if when.is_empty() {
                self.always.insert(field, node.at);
            }
            self.push(vec![field], when, condition);
        }
        for node in from.list("one_of") {
            let fields = match self.reader.list(node) {
                Some(list) if list.len() > 1 => self.names(node),
                Some(_) => {
                    self.reader.problem(
                        node.at,
                        "`one_of` needs two fields or more, of which one must be filled",
                        "Write `one_of: [[Email, Phone]]`",
                    );
                    continue;
                }
                None => continue,
            };
            self.push(fields, when, condition);
        }
    }

    fn push(&mut self, fields: Vec<usize>, when: &[(usize, Vec<String>)], condition: &str) {
        let label = fields.iter().map(|field| self.called(*field)).collect::<Vec<_>>().join(" or ");
        self.asked.push(Asked { label, fields, when: when.to_vec(), condition: condition.to_owned(), weight: 1 });
    }

    fn called(&self, field: usize) -> &str {
        self.fields.get(field).map_or("", |field| field.name.as_str())
    }

    fn conditional(&mut self, node: &'a Node) {
        let Some(one) = self.reader.fields(node, &["when", "required", "one_of"]) else { return };
        let Some(entries) = one.need("when").and_then(|when| self.reader.map(when)) else { return };
        let mut when = Vec::new();
        let mut condition = Vec::new();
        for Entry { key, at, value } in entries {
            let values = self.reader.texts(value);
            let field = self.named(key, *at);
            condition.push(format!("{key}: {}", values.join(" or ")));
            when.push((field, values.into_iter().map(fold).collect::<Vec<_>>()));
        }
        if entries.is_empty() {
            self.reader.problem(node.at, "`when` names no field", "Write `when: { Lead Status: Qualified }`");
        }
        if !one.has("required") && !one.has("one_of") {
            self.reader.problem(node.at, "the condition asks for nothing", "Add `required: [Amount]`");
        }
        self.ask(one, &when, &condition.join(", "));
    }

    fn forms(&mut self, top: Fields<'r, 'a>) -> Vec<Formed> {
        let mut forms = Vec::new();
        for Entry { key, at, value } in top.map("format") {
            if let Some(form) = self.form(value) {
                let field = self.named(key, *at);
                forms.push(Formed { field, form, weight: 1 });
            }
        }
        forms
    }

    fn form(&self, node: &'a Node) -> Option<Form> {
        if node.as_map().is_some() {
            let fields = self.reader.fields(node, &["one_of"])?;
            let values: Vec<String> =
                self.reader.texts(fields.need("one_of")?).into_iter().map(str::to_owned).collect();
            return Some(Form::OneOf(values.iter().map(|value| fold(value)).collect(), values));
        }
        match node.as_text() {
            Some("email") => Some(Form::Email),
            Some("phone") => Some(Form::Phone),
            Some("date") => Some(Form::Date),
            _ => {
                self.reader.wrong(node, FORMS);
                None
            }
        }
    }

    /// Weights, of fields that are asked or have a form. Of several fields of which one must be filled the heaviest counts.
    fn weights(&self, top: Fields<'r, 'a>, forms: &[Formed]) -> BTreeMap<usize, u32> {
        let mut weights: BTreeMap<usize, u32> = BTreeMap::new();
        for Entry { key, at, value } in top.map("weight") {
            let weight = self.reader.integer(value, 1..=100).and_then(|weight| u32::try_from(weight).ok());
            let field = self.fields.iter().position(|field| fold(&field.name) == fold(key));
            let weighed = |field: &usize| {
                self.asked.iter().any(|asked| asked.fields.contains(field))
                    || forms.iter().any(|one| one.field == *field)
            };
            match (field.filter(weighed), weight) {
                (Some(field), Some(weight)) => {
                    weights.insert(field, weight);
                }
                (None, _) => {
                    let names: Vec<&str> = self.fields.iter().map(|field| field.name.as_str()).collect();
                    let what = format!("`{key}` has a weight, but nothing is asked of it");
                    self.reader.problem(*at, what, crate::written::did_you_mean(key, names));
                }
                (Some(_), None) => {}
            }
        }
        weights
    }
}
