//! Resolve: documents that call each other by name or id, brought together; what calls nobody, or itself, is a Problem.

use super::super::sources::{Map, Sources};
use super::super::{Kind, Read, Rule, Rules, apply};
use super::{Document, Meaning, detection};
use crate::written::{Position, Problem, did_you_mean};
use rsigma_parser::CorrelationType;
use std::collections::{BTreeMap, BTreeSet};

struct Resolving<'s> {
    documents: Vec<Document>,
    sources: &'s Sources,
    problems: Vec<Problem>,
    /// Documents that cannot be run.
    bad: BTreeSet<usize>,
}

/// Brings documents together. `lost`: names and ids of those that were not understood by themselves.
pub(super) fn resolve(documents: Vec<Document>, lost: &[String], sources: &Sources, problems: Vec<Problem>) -> Read {
    let mut resolving = Resolving { documents, sources, problems, bad: BTreeSet::new() };
    let names = resolving.names();
    let called = resolving.calls(&names, lost);
    resolving.circles(&called);
    resolving.bring(&called);
    resolving.spread(&called);
    resolving.fields();
    resolving.filters();
    let mut rules = Rules::default();
    loop {
        let kept = resolving.kept();
        match apply::compile(&resolving.documents, &kept, sources) {
            Ok(compiled) => {
                rules.compiled = compiled;
                break;
            }
            Err(wrong) => {
                for (at, error) in wrong {
                    let position = resolving.documents.get(at).map(|document| document.at).unwrap_or_default();
                    resolving.problem(at, position, format!("not understood: {error}"), String::new());
                }
                resolving.spread(&called);
            }
        }
    }
    rules.rules = resolving.rules();
    let mut problems = resolving.problems;
    problems.sort();
    problems.dedup();
    Read { rules, problems }
}

impl Resolving<'_> {
    /// Adds a Problem of a document, which then is not run.
    fn problem(&mut self, at: usize, position: Position, what: String, instead: String) {
        if let Some(document) = self.documents.get(at) {
            self.problems.push(Problem {
                file: document.file.clone(),
                line: position.line + document.before,
                column: position.column,
                what,
                instead,
            });
        }
        self.bad.insert(at);
    }

    /// Documents by name and id. A second one of a name is a Problem.
    fn names(&mut self) -> BTreeMap<String, usize> {
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for at in 0..self.documents.len() {
            let Some(document) = self.documents.get(at) else { continue };
            let own = [("id", document.id.clone()), ("name", document.name.clone())];
            for (key, named) in own.into_iter().filter_map(|(key, named)| Some((key, named?))) {
                let (name, position) = named;
                match names.get(&name).and_then(|first| self.documents.get(*first)) {
                    Some(first) => {
                        let line = first.before + first.at.line;
                        let what = format!("the {key} `{name}` is that of another rule ({}, line {line})", first.file);
                        self.problem(
                            at,
                            position,
                            what,
                            format!("Give it {} of its own", if key == "id" { "an id" } else { "a name" }),
                        );
                    }
                    None => {
                        names.insert(name, at);
                    }
                }
            }
        }
        names
    }

    /// Whom each document calls, by the names it calls them.
    fn calls(&mut self, names: &BTreeMap<String, usize>, lost: &[String]) -> BTreeMap<usize, Vec<(String, usize)>> {
        let mut called: BTreeMap<usize, Vec<(String, usize)>> = BTreeMap::new();
        for at in 0..self.documents.len() {
            let Some(document) = self.documents.get(at) else { continue };
            for (name, position) in document.calls.clone() {
                let target = names.get(&name).copied();
                let is_filter =
                    target.and_then(|at| self.documents.get(at)).is_some_and(|target| target.kind == Kind::Filter);
                match target {
                    Some(_) if is_filter => {
                        self.problem(at, position, format!("`{name}` is a filter"), "Name a rule".to_owned());
                    }
                    Some(target) => called.entry(at).or_default().push((name, target)),
                    None if lost.contains(&name) => {
                        let what = format!("the rule `{name}` is not understood itself");
                        self.problem(at, position, what, String::new());
                    }
                    None => {
                        let near = crate::written::nearest(&name, names.keys().map(String::as_str));
                        let instead = match near {
                            Some(_) => did_you_mean(&name, names.keys().map(String::as_str)),
                            None => "It is called by its `name` or its `id`".to_owned(),
                        };
                        self.problem(at, position, format!("there is no rule `{name}`"), instead);
                    }
                }
            }
        }
        called
    }

    /// A correlation that comes round to itself can never be counted.
    fn circles(&mut self, called: &BTreeMap<usize, Vec<(String, usize)>>) {
        for at in 0..self.documents.len() {
            let mut open = vec![at];
            let mut seen = BTreeSet::new();
            let mut circle = false;
            while let Some(next) = open.pop() {
                for (_, target) in called.get(&next).into_iter().flatten() {
                    circle |= *target == at;
                    if seen.insert(*target) {
                        open.push(*target);
                    }
                }
            }
            if circle {
                let position = self.documents.get(at).map(|document| document.at).unwrap_or_default();
                self.problem(
                    at,
                    position,
                    "the correlation calls itself, over those that it calls".to_owned(),
                    String::new(),
                );
            }
        }
    }

    /// Notes in each document whom it calls.
    fn bring(&mut self, called: &BTreeMap<usize, Vec<(String, usize)>>) {
        for (at, targets) in called {
            let kinds: Vec<Option<Kind>> =
                targets.iter().map(|(_, target)| Some(self.documents.get(*target)?.kind)).collect();
            let correlated = kinds.contains(&Some(Kind::Correlation));
            let Some(document) = self.documents.get_mut(*at) else { continue };
            let mut counts_values = false;
            match &mut document.meaning {
                Meaning::Correlation { rule, rules } => {
                    *rules = targets.clone();
                    counts_values = !matches!(
                        rule.correlation_type,
                        CorrelationType::EventCount | CorrelationType::Temporal | CorrelationType::TemporalOrdered
                    );
                }
                Meaning::Filter { rules, .. } => *rules = targets.iter().map(|(_, target)| *target).collect(),
                Meaning::Detection { .. } | Meaning::Nothing => {}
            }
            let (position, kind) = (document.at, document.kind);
            if correlated && counts_values {
                let what = "what correlations find has no values to count".to_owned();
                self.problem(*at, position, what, "Call rules, or write `type: event_count`".to_owned());
            } else if correlated && kind == Kind::Filter {
                let what = "a filter takes events from rules, and not from correlations".to_owned();
                self.problem(*at, position, what, "Name the rules that the correlation calls".to_owned());
            }
        }
    }

    /// Who calls what is not run is not run either, and is told so.
    fn spread(&mut self, called: &BTreeMap<usize, Vec<(String, usize)>>) {
        loop {
            let hit = called.iter().find_map(|(at, targets)| {
                let lost = targets.iter().find(|(_, target)| self.bad.contains(target) && !self.bad.contains(at))?;
                Some((*at, lost.0.clone()))
            });
            let Some((at, name)) = hit else { return };
            let position = self.documents.get(at).and_then(|document| {
                document.calls.iter().find(|(call, _)| *call == name).map(|(_, position)| *position)
            });
            let what = format!("the rule `{name}` is not understood itself");
            self.problem(at, position.unwrap_or_default(), what, String::new());
        }
    }

    /// The rules that a document looks at in the end: itself, or those that it calls, over others.
    fn leaves(&self, at: usize) -> BTreeSet<usize> {
        let mut leaves = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![at];
        while let Some(next) = open.pop() {
            match self.documents.get(next).map(|document| &document.meaning) {
                Some(Meaning::Correlation { rules, .. }) => {
                    open.extend(rules.iter().map(|(_, target)| *target).filter(|target| seen.insert(*target)));
                }
                Some(_) => {
                    leaves.insert(next);
                }
                None => {}
            }
        }
        leaves
    }

    fn maps(&self, at: usize) -> Vec<&Map> {
        let mut maps: Vec<&Map> = Vec::new();
        for leaf in self.leaves(at) {
            let parts = match self.documents.get(leaf).map(|document| &document.meaning) {
                Some(Meaning::Detection { parts, .. } | Meaning::Filter { parts, .. }) => parts.as_slice(),
                _ => &[],
            };
            for (map, _) in parts {
                if let Some(map) = self.sources.maps.get(*map).filter(|map| !maps.contains(map)) {
                    maps.push(map);
                }
            }
        }
        maps
    }

    /// Fields that correlations group by or count must be fields of the rules that they call.
    fn fields(&mut self) {
        let mut found = Vec::new();
        for (at, document) in self.documents.iter().enumerate() {
            let Meaning::Correlation { rules, .. } = &document.meaning else { continue };
            if self.bad.contains(&at) {
                continue;
            }
            let mut look = |field: &str, position: Position, of: usize| {
                let maps = self.maps(of);
                if !maps.is_empty() && !maps.iter().any(|map| map.knows(field)) {
                    let (what, instead) = detection::unknown(field, &maps);
                    found.push((at, position, what, instead));
                }
            };
            for (field, position) in &document.fields {
                rules.iter().for_each(|(_, target)| look(field, *position, *target));
            }
            for (rule, field, position) in &document.aliases {
                let target = rules.iter().find(|(name, _)| name == rule);
                target.into_iter().for_each(|(_, target)| look(field, *position, *target));
            }
        }
        for (at, position, what, instead) in found {
            self.problem(at, position, what, instead);
        }
    }

    /// A filter is for rules of its own log source; one that says `any` is for all of them.
    fn filters(&mut self) {
        let rules: Vec<(usize, Vec<(usize, usize)>)> = self
            .documents
            .iter()
            .enumerate()
            .filter_map(|(at, document)| match &document.meaning {
                Meaning::Detection { parts, .. } => Some((at, parts.clone())),
                _ => None,
            })
            .collect();
        let mut lonely = Vec::new();
        for (at, document) in self.documents.iter_mut().enumerate() {
            let any = document.calls.is_empty();
            let Meaning::Filter { parts, rules: filtered, .. } = &mut document.meaning else { continue };
            let within = |own: &[(usize, usize)]| own.iter().all(|part| parts.contains(part));
            if any {
                *filtered = rules.iter().filter(|(_, own)| within(own)).map(|(rule, _)| *rule).collect();
                continue;
            }
            let other = filtered.iter().any(|rule| rules.iter().any(|(at, own)| at == rule && !within(own)));
            if other {
                lonely.push((at, document.at));
            }
        }
        for (at, position) in lonely {
            let what = "the filter's `logsource` is not that of a rule that it names".to_owned();
            self.problem(at, position, what, "Write the rule's `logsource`".to_owned());
        }
    }

    /// A document as it is written, with those that it calls and those that filter it: all that decides what it finds.
    fn texts(&self, at: usize) -> String {
        let mut open = vec![at];
        let mut seen = BTreeSet::new();
        while let Some(next) = open.pop() {
            if !seen.insert(next) {
                continue;
            }
            for (other, document) in self.documents.iter().enumerate() {
                if document.meaning.filters(next).is_some() {
                    open.push(other);
                }
            }
            if let Some(Meaning::Correlation { rules, .. }) = self.documents.get(next).map(|document| &document.meaning)
            {
                open.extend(rules.iter().map(|(_, target)| *target));
            }
        }
        seen.remove(&at);
        let order = std::iter::once(at).chain(seen);
        order.filter_map(|at| Some(self.documents.get(at)?.text.trim())).collect::<Vec<_>>().join("\n---\n")
    }

    /// The place of each document that is run among the rules.
    fn kept(&self) -> BTreeMap<usize, usize> {
        let good = (0..self.documents.len()).filter(|at| !self.bad.contains(at));
        good.enumerate().map(|(number, at)| (at, number)).collect()
    }

    /// What was understood. A rule that a correlation calls has hits of its own only where one of them says `generate`.
    fn rules(&self) -> Vec<Rule> {
        let mut calls: BTreeMap<usize, bool> = BTreeMap::new();
        for (at, document) in self.documents.iter().enumerate() {
            if let Meaning::Correlation { rule, rules } = &document.meaning
                && !self.bad.contains(&at)
            {
                for (_, target) in rules {
                    *calls.entry(*target).or_default() |= rule.generate;
                }
            }
        }
        let kept = self.kept();
        let rule = |at: &usize| {
            let document = self.documents.get(*at)?;
            let mut sources: Vec<String> =
                self.maps(*at).iter().map(|map| map.source.clone().unwrap_or_else(|| "*".to_owned())).collect();
            sources.sort();
            Some(Rule {
                kind: document.kind,
                title: document.title.clone(),
                id: document.id.as_ref().map(|(id, _)| id.clone()),
                name: document.name.as_ref().map(|(name, _)| name.clone()),
                level: document.level,
                description: document.description.clone(),
                file: document.file.clone(),
                line: document.before + document.at.line,
                sources,
                text: self.texts(*at),
                raises: document.kind != Kind::Filter && calls.get(at).copied().unwrap_or(true),
            })
        };
        kept.keys().filter_map(rule).collect()
    }
}
