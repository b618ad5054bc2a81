//! The structure of a report, as a screen reader walks through it: elements in a compact arena, made in the order of reading while
//! blocks are laid out. Marks say which element they belong to; what belongs to none is decoration (an artifact).

use std::collections::BTreeMap;
use std::rc::Rc;

/// An element of the structure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tag(u32);

impl Tag {
    /// Decoration: headers, footers, rules, grounds, and what is set a second time.
    pub const NONE: Tag = Tag(0);

    /// The element at a place of the arena.
    pub fn at(index: usize) -> Tag {
        Tag(index as u32 + 1)
    }

    /// Its place in the arena.
    pub fn index(self) -> Option<usize> {
        (self.0 as usize).checked_sub(1)
    }
}

/// What an element is: the standard structure types of PDF 1.7 that reports use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub(super) enum Role {
    Document,
    /// A part that stands apart: a note.
    Sect,
    /// A picture with its caption.
    Div,
    Heading(u8),
    Paragraph,
    List,
    Item,
    Label,
    Body,
    Table,
    TableHead,
    TableBody,
    TableFoot,
    Row,
    HeadCell,
    /// The head of a row.
    RowHead,
    Cell,
    Figure,
    Caption,
    Span,
    Link,
    /// A table of contents, its entries, and what an entry points to.
    Contents,
    Entry,
    Reference,
}

impl Role {
    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Role::Document => "Document",
            Role::Sect => "Sect",
            Role::Div => "Div",
            Role::Heading(0 | 1) => "H1",
            Role::Heading(2) => "H2",
            Role::Heading(_) => "H3",
            Role::Paragraph => "P",
            Role::List => "L",
            Role::Item => "LI",
            Role::Label => "Lbl",
            Role::Body => "LBody",
            Role::Table => "Table",
            Role::TableHead => "THead",
            Role::TableBody => "TBody",
            Role::TableFoot => "TFoot",
            Role::Row => "TR",
            Role::HeadCell | Role::RowHead => "TH",
            Role::Cell => "TD",
            Role::Figure => "Figure",
            Role::Caption => "Caption",
            Role::Span => "Span",
            Role::Link => "Link",
            Role::Contents => "TOC",
            Role::Entry => "TOCI",
            Role::Reference => "Reference",
        }
    }

    /// Whether it is kept with nothing in it: a table has a cell in every place.
    pub fn stands_empty(self) -> bool {
        matches!(self, Role::HeadCell | Role::RowHead | Role::Cell)
    }
}

/// What is said of an element beside its role.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Detail {
    /// What a figure shows.
    Alternative(Rc<str>),
    /// The text in the order of reading, where it is drawn in another.
    Text(String),
    /// Columns that a cell spans.
    Columns(usize),
    /// A list whose labels are numbers.
    Numbered,
}

/// One element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    pub role: Role,
    pub parent: Tag,
}

/// All elements; children of an element stand in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub elements: Vec<Element>,
    pub details: BTreeMap<Tag, Detail>,
    open: Tag,
    /// Levels of the headings that stand above this place.
    headings: Vec<u8>,
    /// Without a structure, every tag is [`Tag::NONE`].
    off: bool,
}

/// A place to which a tree can be taken back, when what was laid out is not drawn.
#[derive(Clone, Debug)]
pub(super) struct Place {
    elements: usize,
    headings: Vec<u8>,
}

impl Tree {
    /// With the element that holds all others.
    pub fn new() -> Tree {
        let mut tree = Tree::default();
        tree.open = tree.child(Tag::NONE, Role::Document);
        tree
    }

    /// For a file without structure.
    pub fn off() -> Tree {
        Tree { off: true, ..Tree::default() }
    }

    /// A new element, the last child of another.
    pub fn child(&mut self, parent: Tag, role: Role) -> Tag {
        if self.off {
            return Tag::NONE;
        }
        self.elements.push(Element { role, parent });
        Tag(self.elements.len() as u32)
    }

    /// A new element, the last child of the open one.
    pub fn add(&mut self, role: Role) -> Tag {
        self.child(self.open, role)
    }

    /// A heading. Readers jump from level to level: none is left out, whatever a template does.
    pub fn heading(&mut self, level: u8) -> Tag {
        while self.headings.last().is_some_and(|above| *above >= level) {
            self.headings.pop();
        }
        self.headings.push(level);
        let depth = self.headings.len() as u8;
        self.add(Role::Heading(depth))
    }

    /// A heading that those after it do not stand under.
    pub fn heading_aside(&mut self, level: u8) -> Tag {
        let depth = self.headings.iter().filter(|above| **above < level).count() as u8 + 1;
        self.add(Role::Heading(depth))
    }

    /// Opens an element for those that follow; gives the one that was open.
    pub fn open(&mut self, tag: Tag) -> Tag {
        std::mem::replace(&mut self.open, tag)
    }

    pub fn detail(&mut self, tag: Tag, detail: Detail) {
        if tag != Tag::NONE {
            self.details.insert(tag, detail);
        }
    }

    /// Adds to the text of an element.
    pub fn say(&mut self, tag: Tag, text: &str) {
        if tag == Tag::NONE {
            return;
        }
        match self.details.get_mut(&tag) {
            Some(Detail::Text(said)) => said.push_str(text),
            _ => self.detail(tag, Detail::Text(text.to_string())),
        }
    }

    pub fn role(&self, tag: Tag) -> Option<Role> {
        self.elements.get(tag.index()?).map(|element| element.role)
    }

    /// An element, or the one that holds it: whichever has the role.
    pub fn holder_of(&self, tag: Tag, role: Role) -> Tag {
        let element = tag.index().and_then(|at| self.elements.get(at));
        match element {
            Some(element) if element.role == role => tag,
            Some(element) if self.role(element.parent) == Some(role) => element.parent,
            _ => Tag::NONE,
        }
    }

    /// This place, to come back to.
    pub fn place(&self) -> Place {
        Place { elements: self.elements.len(), headings: self.headings.clone() }
    }

    /// Forgets every element made since.
    pub fn back(&mut self, place: Place) {
        self.elements.truncate(place.elements);
        self.details.split_off(&Tag(place.elements as u32 + 1));
        self.headings = place.headings;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_level_of_headings_is_left_out() {
        let mut tree = Tree::new();
        let names: Vec<&str> = [2, 3, 3, 1, 3, 2]
            .map(|level| tree.heading(level))
            .into_iter()
            .filter_map(|tag| tree.role(tag).map(Role::name))
            .collect();
        assert_eq!(names, ["H1", "H2", "H2", "H1", "H2", "H2"]);
    }

    #[test]
    fn what_is_not_drawn_is_forgotten() {
        let mut tree = Tree::new();
        let place = tree.place();
        let tag = tree.add(Role::Span);
        tree.say(tag, "x");
        tree.back(place);
        assert_eq!((tree.elements.len(), tree.details.len()), (1, 0));
        assert_eq!(Tree::off().add(Role::Paragraph), Tag::NONE);
    }
}
