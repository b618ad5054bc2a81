//! Marks: what is put into a template's text when it is loaded: positions into start tags, and tolls that a budget is paid at.
//!
//! Two things cannot be had from the template engine afterwards, so they are written into the text before it sees it:
//! * where in the *template* an element stands. The markup parser only knows positions of the rendered text, so each start tag gets an
//!   attribute `data-at="template:line:column"`;
//! * how much work is done. Loops inside loops and strings that double have no limit of their own, so each loop, block, component
//!   and included template begins with a call that is charged for the literal text it is about to write, and each `set` with one
//!   that is charged for the value it made.
//!
//! Nothing else is changed, and no line is added: [`Marked::original`] leads from a position in the marked text back to the written one.

use crate::wording::Words;
use crate::written::{Problem, did_you_mean};

/// The attribute that carries a start tag's position.
pub const AT: &str = "data-at";

/// The function that the inserted tolls call.
pub const TOLL: &str = "toll__";

/// Filters of the engine that a template may use. The others either let markup through, or have no bound on what they make.
pub const FILTERS: [&str; 17] = [
    "default",
    "upper",
    "lower",
    "capitalize",
    "title",
    "trim",
    "trim_start",
    "trim_end",
    "truncate",
    "length",
    "first",
    "last",
    "nth",
    "int",
    "float",
    "abs",
    "round",
];

/// What templates may name.
pub struct Allowed<'a> {
    /// Whether a filter may be used.
    pub filters: &'a dyn Fn(&str) -> bool,
    /// The keys that `"…" | word` may name.
    pub words: &'a Words,
}

/// Whether a template pipes anything into a filter; a mention in a comment counts too, which costs time alone.
pub fn pipes_into(source: &str, filter: &str) -> bool {
    source.split('|').skip(1).any(|after| {
        let word: String = after.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        word == filter
    })
}

/// A template with marks.
#[derive(Clone, Debug, Default)]
pub struct Marked {
    /// What the engine is given.
    pub text: String,
    /// Inserted pieces: line, column in the written text (both from 1), length in characters; in order.
    inserted: Vec<(usize, usize, usize)>,
}

impl Marked {
    /// Where a position of the marked text (from 1) is in the text as written.
    pub fn original(&self, line: usize, column: usize) -> (usize, usize) {
        let mut added = 0;
        for (_, at, length) in self.inserted.iter().filter(|(l, _, _)| *l == line) {
            if column < at + added {
                break;
            }
            if column < at + added + length {
                return (line, *at);
            }
            added += length;
        }
        (line, column - added)
    }
}

/// Marks a template. `index` names it in the marks; `markup` says whether it is written in the vocabulary (start tags get
/// positions, and what could hide markup is refused) or plain text.
///
/// # Errors
/// Every use of something that a template may not use.
pub fn mark(
    file: &str,
    index: usize,
    source: &str,
    markup: bool,
    allowed: &Allowed<'_>,
) -> Result<Marked, Vec<Problem>> {
    let mut scan = Scan {
        file,
        index,
        markup,
        allowed,
        chars: source.chars().collect(),
        at: 0,
        line: 1,
        column: 1,
        pieces: vec![Piece::Toll { line: 1, column: 1, charge: 0, trim: false }],
        frames: vec![0],
        extends: false,
        problems: Vec::new(),
    };
    scan.template();
    if scan.problems.is_empty() { Ok(scan.finish()) } else { Err(scan.problems) }
}

/// What the marked text is made of.
enum Piece {
    /// As written.
    Written(String),
    /// A position, after the name of a start tag.
    At { line: usize, column: usize, tag_column: usize },
    /// The beginning of something whose literal text is charged.
    Toll { line: usize, column: usize, charge: usize, trim: bool },
    /// After a `set`: charged for the value.
    Value { line: usize, column: usize, name: String, trim: bool },
}

struct Scan<'a> {
    file: &'a str,
    index: usize,
    markup: bool,
    allowed: &'a Allowed<'a>,
    chars: Vec<char>,
    at: usize,
    line: usize,
    column: usize,
    pieces: Vec<Piece>,
    /// Indexes into `pieces` of the tolls that are open.
    frames: Vec<usize>,
    extends: bool,
    problems: Vec<Problem>,
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn ended(&self) -> bool {
        self.at >= self.chars.len()
    }

    /// Copies one character.
    fn step(&mut self) -> char {
        let c = self.peek(0);
        self.at += 1;
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        match self.pieces.last_mut() {
            Some(Piece::Written(text)) => text.push(c),
            _ => self.pieces.push(Piece::Written(c.to_string())),
        }
        c
    }

    fn refuse(&mut self, line: usize, column: usize, what: impl Into<String>, instead: impl Into<String>) {
        let (what, instead) = (what.into(), instead.into());
        self.problems.push(Problem { file: self.file.to_string(), line, column, what, instead });
    }

    fn template(&mut self) {
        while !self.ended() {
            match (self.peek(0), self.peek(1)) {
                ('{', '{') => self.expression('}'),
                ('{', '%') => self.expression('%'),
                ('{', '#') => {
                    while !self.ended() && (self.peek(0), self.peek(1)) != ('#', '}') {
                        self.step();
                    }
                    self.step();
                    self.step();
                }
                ('<', next) if self.markup => self.angle(next),
                _ => {
                    self.step();
                    self.charge(1);
                }
            }
        }
    }

    fn charge(&mut self, cost: usize) {
        if let Some(Piece::Toll { charge, .. }) = self.frames.last().and_then(|open| self.pieces.get_mut(*open)) {
            *charge += cost;
        }
    }

    fn angle(&mut self, next: char) {
        let (line, column) = (self.line, self.column);
        self.step();
        self.charge(1);
        if next.is_ascii_alphabetic() {
            while self.peek(0).is_ascii_alphanumeric() || matches!(self.peek(0), '-' | '_' | ':' | '.') {
                self.step();
                self.charge(1);
            }
            self.charge(24);
            self.pieces.push(Piece::At { line, column: self.column, tag_column: column });
            if (self.peek(0), self.peek(1)) == ('{', '{') {
                self.refuse(line, column, "the name of an element is made by an expression", "Write the name out");
            }
        } else if next == '!' || next == '?' {
            self.refuse(
                line,
                column,
                "comments, CDATA and instructions of XML are not read",
                "Write a comment as {# … #}",
            );
        } else if next != '/' || self.peek(1) == '{' {
            let instead = if next == '{' || next == '/' { "Write the name out" } else { "Write &lt; for the sign" };
            self.refuse(line, column, "`<` begins no element here", instead);
        }
    }

    /// `{{ … }}` (close `}`) or `{% … %}` (close `%`).
    fn expression(&mut self, close: char) {
        let (line, column) = (self.line, self.column);
        self.step();
        self.step();
        let mut tokens: Vec<(String, usize, usize)> = Vec::new();
        let mut trim = false;
        while !self.ended() {
            let (l, c) = (self.line, self.column);
            let now = self.peek(0);
            if now == close && self.peek(1) == '}' {
                break;
            }
            trim = now == '-';
            if matches!(now, '"' | '\'' | '`') {
                self.step();
                let mut text = "\"".to_string();
                while !self.ended() && self.peek(0) != now {
                    if self.peek(0) == '\\' {
                        self.step();
                    }
                    text.push(self.step());
                }
                self.step();
                tokens.push((text, l, c));
            } else if now.is_alphanumeric() || now == '_' {
                let mut word = String::new();
                while self.peek(0).is_alphanumeric() || self.peek(0) == '_' {
                    word.push(self.step());
                }
                tokens.push((word, l, c));
            } else {
                self.step();
                if !now.is_whitespace() && now != '-' {
                    tokens.push((now.to_string(), l, c));
                }
            }
        }
        self.step();
        self.step();
        self.tokens(&tokens, close, line, column);
        if close == '%' {
            self.tag(&tokens, trim);
        }
    }

    /// Refuses what an expression may not contain.
    fn tokens(&mut self, tokens: &[(String, usize, usize)], close: char, line: usize, column: usize) {
        let mut joined = 0;
        for (place, (word, l, c)) in tokens.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|p| tokens.get(p)).map_or("", |t| t.0.as_str());
            let after = tokens.get(place + 1).map_or("", |t| t.0.as_str());
            joined += usize::from(word == "~");
            if before == "|" && word != "|" && !(self.allowed.filters)(word) {
                let what = format!("the filter `{word}` is not one that templates may use");
                let instead = match word.as_str() {
                    "safe" => "Text can never become markup: leave it out".to_string(),
                    "escape" | "escape_html" | "escape_xml" => {
                        "Everything is escaped already: leave it out".to_string()
                    }
                    _ => String::new(),
                };
                self.refuse(*l, *c, what, instead);
            }
            if word == "word" && before == "|" {
                let key = place.checked_sub(2).and_then(|p| tokens.get(p));
                if let Some((key, l, c)) = key.and_then(|(t, l, c)| Some((t.strip_prefix('"')?, *l, *c)))
                    && !self.allowed.words.has(key)
                {
                    let instead = did_you_mean(key, self.allowed.words.keys());
                    self.refuse(l, c, format!("there is no word `{key}`"), instead);
                }
            }
            if word == "for" && (close == '}' || place > 0) {
                self.refuse(*l, *c, "a list made by an expression is not read", "Write {% for … %}");
            }
            if word.starts_with(TOLL) || (word == "throw" && after == "(") {
                self.refuse(*l, *c, format!("`{word}` cannot be called from a template"), "");
            }
        }
        if joined > 32 {
            self.refuse(
                line,
                column,
                "more than 32 texts are joined by `~` in one expression",
                "Write them one after another",
            );
        }
    }

    fn tag(&mut self, tokens: &[(String, usize, usize)], trim: bool) {
        let Some((keyword, line, column)) = tokens.first().cloned() else { return };
        let (here, there) = (self.line, self.column);
        match keyword.as_str() {
            "for" | "block" | "component" => {
                self.frames.push(self.pieces.len());
                self.pieces.push(Piece::Toll { line: here, column: there, charge: 16, trim });
            }
            "endfor" | "endblock" | "endcomponent" if self.frames.len() > 1 => {
                self.frames.pop();
            }
            "set" | "set_global" => match tokens.get(1) {
                Some((name, _, _)) if tokens.get(2).is_some_and(|t| t.0 == "=") => {
                    self.pieces.push(Piece::Value { line: here, column: there, name: name.clone(), trim });
                }
                _ => self.refuse(line, column, "`set` around content is not read", "Write {% set name = value %}"),
            },
            "filter" => self.refuse(line, column, "`filter` around content is not read", "Write {{ value | filter }}"),
            "raw" => self.refuse(line, column, "`raw` is not read", ""),
            // What extends another template consists of blocks, each with a toll, and must begin with that tag.
            "extends" => self.extends = true,
            _ => {}
        }
    }

    fn finish(self) -> Marked {
        let mut out = Marked::default();
        for (place, piece) in self.pieces.into_iter().enumerate() {
            let (line, column, text) = match piece {
                Piece::Written(text) => {
                    out.text.push_str(&text);
                    continue;
                }
                Piece::At { line, column, tag_column } => {
                    (line, column, format!(" {AT}=\"{}:{line}:{tag_column}\"", self.index))
                }
                Piece::Toll { .. } if place == 0 && self.extends => continue,
                Piece::Toll { line, column, charge, trim, .. } => {
                    (line, column, format!("{{{{ {TOLL}(n={charge}) {}}}}}", if trim { "-" } else { "" }))
                }
                Piece::Value { line, column, name, trim } => {
                    (line, column, format!("{{{{ {TOLL}(v={name}) {}}}}}", if trim { "-" } else { "" }))
                }
            };
            out.inserted.push((line, column, text.chars().count()));
            out.text.push_str(&text);
        }
        out
    }
}
