//! Compose: templates and figures become a document, and the words of a mail. The only home of the template engine.
//!
//! A template is trusted to say what is shown, and nothing else: it reads no file, no clock and no environment, includes only templates of
//! its set, and cannot let text become markup. Every value is escaped whatever its template is called; control characters in a value are
//! written visibly (`\x1b`), because XML cannot hold them and a reader should see them.
//!
//! **The budget.** The engine does not interrupt itself, so work is charged where it can be: every loop turn, block, component and
//! included template (for the literal text in it), every value written and every value that `set` makes. What one expression does between
//! two charges is bounded by refusing the filters that multiply, lists made by expressions, and long joins. So neither memory nor output can
//! run away; a template that compares large texts millions of times without writing anything can still waste time, up to the number
//! of loop turns that the budget allows.

mod filters;
mod values;

use super::Document;
use super::marks::{self, Marked};
use super::markup;
use crate::chart::Chart;
use crate::figures::Figures;
use crate::wording::Words;
use crate::written::Problem;
use filters::Speech;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tera::{Context, ErrorKind, Kwargs, State, Tera, Value};
pub(super) use values::hidden;
use values::{Capped, begin, limit, pay, write_markup, write_text};

/// The largest value that `set` may make, in bytes, beside twice the size of the figures: a name for a part of them is always fine.
const VALUE: u64 = 1 << 20;

/// The templates of an installation, parsed and checked.
#[derive(Clone)]
pub struct TemplateSet {
    page: Kit,
    mail: Kit,
    text: Kit,
    words: Arc<Words>,
    /// Whether any template asks for figures by their address.
    asks_figures: bool,
}

/// What a template writes, which decides how its values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writes {
    /// The vocabulary of [`markup`].
    Page,
    /// The HTML body of a mail.
    Mail,
    /// Plain text.
    Text,
}

impl Writes {
    fn of(name: &str) -> Writes {
        let stem = name.strip_suffix(".tera").unwrap_or(name);
        match stem.rsplit_once('.').map(|(_, ending)| ending) {
            Some("txt") => Writes::Text,
            Some("html") => Writes::Mail,
            _ => Writes::Page,
        }
    }
}

/// Templates of one kind with their engine: they can include and extend each other.
#[derive(Clone, Default)]
struct Kit {
    engine: Tera,
    names: Vec<String>,
    marked: BTreeMap<String, Marked>,
}

impl TemplateSet {
    /// Reads templates, `(name, text)`. One of `own` goes before the one of `shipped` with the same name. A name that ends in `.txt`
    /// or `.txt.tera` is plain text; in `.html` or `.html.tera`, the HTML body of a mail; any other is written in the vocabulary of
    /// [`markup`]. They speak English until [`TemplateSet::speaking`] says otherwise.
    ///
    /// # Errors
    /// Everything that is wrong in any of them, as far as it can be seen without figures.
    pub fn load(shipped: &[(&str, &str)], own: &[(String, String)]) -> Result<TemplateSet, Vec<Problem>> {
        let words = Arc::new(Words::english().clone());
        let mut all: BTreeMap<&str, &str> = shipped.iter().copied().collect();
        all.extend(own.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let mut problems = Vec::new();
        let asks_figures = all.values().any(|text| marks::pipes_into(text, "figure"));
        let speaks = Speech { words: Arc::clone(&words), figures: None };
        let mut kit = |writes: Writes| {
            let chosen =
                all.iter().filter(|(name, _)| Writes::of(name) == writes).map(|(n, t)| (*n, *t)).collect::<Vec<_>>();
            Kit::load(&chosen, writes, &speaks).unwrap_or_else(|found| {
                problems.extend(found);
                Kit::default()
            })
        };
        let set = TemplateSet {
            page: kit(Writes::Page),
            mail: kit(Writes::Mail),
            text: kit(Writes::Text),
            words,
            asks_figures,
        };
        problems.sort();
        if problems.is_empty() { Ok(set) } else { Err(problems) }
    }

    /// The same templates in a language, over these figures.
    pub fn speaking(&self, words: &Words, figures: &Figures) -> TemplateSet {
        self.told(words, self.asks_figures.then(|| Arc::new(figures.clone())))
    }

    fn told(&self, words: &Words, figures: Option<Arc<Figures>>) -> TemplateSet {
        let words = Arc::new(words.clone());
        let mut set = TemplateSet { words: Arc::clone(&words), ..self.clone() };
        let speech = Speech { words, figures };
        for kit in [&mut set.page, &mut set.mail, &mut set.text] {
            speak(&mut kit.engine, &speech);
        }
        set
    }

    /// The same templates in a language, for pages that have no figures.
    pub fn worded(&self, words: &Words) -> TemplateSet {
        self.told(words, None)
    }

    /// The names of the templates, in order.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            [&self.page, &self.mail, &self.text].iter().flat_map(|kit| &kit.names).map(String::as_str).collect();
        names.sort_unstable();
        names
    }
}

/// Composes a document: renders the template and reads what it wrote. `charts` are those that it may name.
///
/// # Errors
/// What the template asked for and did not get (an unknown variable), or wrote and may not, at its own line and column.
pub fn compose(
    templates: &TemplateSet,
    name: &str,
    context: &Json,
    charts: BTreeMap<String, Chart>,
) -> Result<Document, Vec<Problem>> {
    let written = templates.page.render(name, context)?;
    let mut document = markup::parse(&written, &templates.page.names, charts)?;
    document.words = (*templates.words).clone();
    Ok(document)
}

/// Renders a plain-text template, e.g. the subject or the text of a mail. Nothing is escaped. A value is one line: its line breaks become
/// spaces, so that text from the log cannot look like lines of the mail; control characters are visible.
///
/// # Errors
/// As [`compose`].
pub fn text(templates: &TemplateSet, name: &str, context: &Json) -> Result<String, Vec<Problem>> {
    templates.text.render(name, context)
}

/// Renders the HTML body of a mail. Values are escaped; the template's own markup is free, as mail programs need it.
///
/// # Errors
/// As [`compose`].
pub fn html_fragment(templates: &TemplateSet, name: &str, context: &Json) -> Result<String, Vec<Problem>> {
    templates.mail.render(name, context)
}

impl Kit {
    fn load(templates: &[(&str, &str)], writes: Writes, speech: &Speech) -> Result<Kit, Vec<Problem>> {
        let mut engine = engine(writes, speech);
        let known = |filter: &str| {
            marks::FILTERS.contains(&filter)
                || ["join", "replace"].contains(&filter)
                || filters::FILTERS.iter().any(|(name, _)| *name == filter)
        };
        let allowed = marks::Allowed { filters: &known, words: &speech.words };
        let mut kit = Kit { names: templates.iter().map(|(name, _)| name.to_string()).collect(), ..Kit::default() };
        let mut problems = Vec::new();
        for (index, (name, source)) in templates.iter().enumerate() {
            match marks::mark(name, index, source, writes == Writes::Page, &allowed) {
                Ok(marked) => kit.marked.insert(name.to_string(), marked).map_or((), drop),
                Err(found) => problems.extend(found),
            }
        }
        // One template at a time first: the engine stops at the first syntax error.
        for (name, marked) in &kit.marked {
            if let Err(error) = Tera::new().add_raw_template(name, &marked.text)
                && let ErrorKind::SyntaxError(_) = error.kind()
            {
                problems.extend(kit.problems(name, &error));
            }
        }
        if problems.is_empty()
            && let Err(error) = engine.add_raw_templates(kit.marked.iter().map(|(name, marked)| (name, &marked.text)))
        {
            problems = kit.problems("", &error);
        }
        kit.engine = engine;
        if problems.is_empty() { Ok(kit) } else { Err(problems) }
    }

    fn render(&self, name: &str, figures: &Json) -> Result<String, Vec<Problem>> {
        if !self.marked.contains_key(name) {
            let what = "there is no such template".to_string();
            let instead = format!("There are: {}", self.names.join(", "));
            return Err(vec![Problem { file: name.to_string(), line: 0, column: 0, what, instead }]);
        }
        let context = Context::from_serialize(figures).map_err(|error| self.problems(name, &error))?;
        let mut out = Capped(Vec::new());
        begin(VALUE + 2 * json_size(figures));
        self.engine.render_to(name, &context, &mut out).map_err(|error| self.problems(name, &error))?;
        String::from_utf8(out.0).map_err(|error| self.problems(name, &error.into()))
    }

    /// The engine's error, at the template's own lines.
    fn problems(&self, name: &str, error: &tera::Error) -> Vec<Problem> {
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let file = if report.filename().is_empty() { name } else { report.filename() };
                vec![self.problem(file, report.span().start_line, report.span().start_col + 1, report.message())]
            }
            ErrorKind::Io(_) => {
                let what = error.to_string();
                let why = std::error::Error::source(error).map_or(what, ToString::to_string);
                vec![self.problem(name, 0, 0, &why)]
            }
            ErrorKind::Msg(reports) => reports.split("\n\n").map(|report| self.reported(name, report)).collect(),
            other => vec![self.problem(name, 0, 0, &other.to_string())],
        }
    }

    /// A report of the engine as text: `error: what`, then `--> file:line:column`.
    fn reported(&self, name: &str, report: &str) -> Problem {
        let what = report.lines().next().unwrap_or(report).trim_start_matches("error: ");
        let place = report.lines().find_map(|line| line.trim().strip_prefix("--> "));
        let mut parts = place.unwrap_or_default().rsplitn(3, ':');
        let column = parts.next().and_then(|c| c.parse().ok());
        let line = parts.next().and_then(|l| l.parse().ok());
        match (parts.next(), line, column) {
            (Some(file), Some(line), Some(column)) => self.problem(file, line, column, what),
            _ => self.problem(name, 0, 0, what),
        }
    }

    fn problem(&self, file: &str, line: usize, column: usize, message: &str) -> Problem {
        let (line, column) = self.marked.get(file).map_or((line, column), |marked| marked.original(line, column));
        // "Variable `x` is not defined. Available variables: …": the second sentence says what to write.
        let (what, instead) = message.split_once(". ").unwrap_or((message, ""));
        Problem { file: file.to_string(), line, column, what: what.to_string(), instead: instead.to_string() }
    }
}

fn engine(writes: Writes, speech: &Speech) -> Tera {
    let mut engine = Tera::new();
    // Every name ends with nothing: all templates are escaped, each kind in its way.
    engine.autoescape_on([""]);
    engine.set_escape_fn(if writes == Writes::Text { write_text } else { write_markup });
    engine.register_function(marks::TOLL, toll);
    engine.register_function("range", range);
    engine.register_filter("join", join);
    engine.register_filter("replace", replace);
    speak(&mut engine, speech);
    engine
}

/// Gives an engine the filters of a language.
fn speak(engine: &mut Tera, speech: &Speech) {
    for (name, filter) in filters::filters(speech) {
        engine.register_filter(name, move |value: &Value, arguments: Kwargs, _: &State| -> tera::TeraResult<String> {
            let json = |value: &Value| serde_json::to_value(value).map_err(tera::Error::message);
            let mut named = BTreeMap::new();
            for (key, value) in arguments.iter() {
                named.insert(key.to_string(), json(value)?);
            }
            if value.is_undefined() {
                return Err(tera::Error::message("the value is not defined"));
            }
            filter(&json(value)?, &named).map_err(tera::Error::message)
        });
    }
}

fn toll(arguments: Kwargs, _: &State) -> tera::TeraResult<String> {
    let mut cost = 32 + arguments.get::<u64>("n")?.unwrap_or_default();
    if let Some(value) = arguments.get::<&Value>("v")? {
        let size = size(value, limit());
        if size > limit() {
            let what = format!("`set` makes a value of more than {} KiB", limit() >> 10);
            return Err(tera::Error::message(what));
        }
        cost += size;
    }
    pay(cost).map_err(tera::Error::message)?;
    Ok(String::new())
}

/// The size of figures, as [`size`] counts it.
fn json_size(value: &Json) -> u64 {
    16 + match value {
        Json::String(text) => text.len() as u64,
        Json::Array(items) => items.iter().map(json_size).sum(),
        Json::Object(map) => map.values().map(|item| 32 + json_size(item)).sum(),
        _ => 0,
    }
}

/// The size of a value in bytes, counted up to a limit.
fn size(value: &Value, limit: u64) -> u64 {
    let mut total = 16;
    let mut add = |more: u64| {
        total += more;
        total <= limit
    };
    if let Some(text) = value.as_str() {
        add(text.len() as u64);
    } else if let Some(items) = value.as_array() {
        let _ = items.iter().all(|item| add(size(item, limit)));
    } else if let Some(map) = value.as_map() {
        let _ = map.values().all(|item| add(32 + size(item, limit)));
    }
    total
}

fn range(arguments: Kwargs, _: &State) -> tera::TeraResult<Vec<i64>> {
    let start = arguments.get::<i64>("start")?.unwrap_or_default();
    let end = arguments.must_get::<i64>("end")?;
    let length = u64::try_from(end.saturating_sub(start)).unwrap_or_default();
    pay(length.saturating_mul(16)).map_err(tera::Error::message)?;
    Ok((start..end).collect())
}

fn join(items: &[Value], arguments: Kwargs, _: &State) -> tera::TeraResult<String> {
    let separator = arguments.get::<&str>("sep")?.unwrap_or("");
    let mut out = String::new();
    for (place, item) in items.iter().enumerate() {
        if item.as_array().is_some() || item.as_map().is_some() {
            return Err(tera::Error::message("`join` is for texts and numbers"));
        }
        if place > 0 {
            out.push_str(separator);
        }
        out.push_str(&item.to_string());
        pay(separator.len() as u64 + 16).map_err(tera::Error::message)?;
    }
    Ok(out)
}

fn replace(text: &str, arguments: Kwargs, _: &State) -> tera::TeraResult<String> {
    let (from, to) = (arguments.must_get::<&str>("from")?, arguments.must_get::<&str>("to")?);
    if from.is_empty() {
        return Err(tera::Error::message("`replace` needs something to replace"));
    }
    pay((text.matches(from).count() as u64).saturating_mul(to.len() as u64)).map_err(tera::Error::message)?;
    Ok(text.replace(from, to))
}

/// Problems once each, in the order of their places.
pub(super) fn once(problems: Vec<Problem>) -> Vec<Problem> {
    problems.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests;
