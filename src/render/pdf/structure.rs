//! The structure tree of a file: every element with its content, and the way back from content to elements.

use super::PdfError;
use super::content::utf16;
use super::file::{File, Id};
use super::tree::{Detail, Role, Tag, Tree};
use super::write::Placed;
use std::collections::BTreeMap;
use std::io::Write;

/// A link's place on a page, which is an object of the structure too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Linked {
    pub tag: Tag,
    /// The note on the page.
    pub note: Id,
    pub page: u32,
}

/// What is drawn where.
pub(super) struct Drawn<'d> {
    pub placed: &'d [Placed],
    pub links: &'d [Linked],
    /// Left, bottom, right and top of figures.
    pub boxes: &'d BTreeMap<Tag, [f64; 4]>,
    pub pages: &'d [Id],
}

/// Where the chain of children ends.
const END: u32 = u32::MAX;

/// Writes the tree; its number. The key of a page in the way back is its place, the key of a link the number of pages and its place.
pub(super) fn structure(file: &mut File, tree: &Tree, drawn: &Drawn) -> Result<Id, PdfError> {
    let count = tree.elements.len();
    let mut placed: Vec<Placed> = drawn.placed.to_vec();
    placed.sort_by_key(|placed| placed.tag);
    let live = live(tree, drawn);
    // Children of an element, as chains.
    let (mut first, mut next) = (vec![END; count], vec![END; count]);
    for at in (0..count).rev().filter(|at| live.get(*at) == Some(&true)) {
        let parent = tree.elements.get(at).and_then(|element| element.parent.index());
        if let Some(head) = parent.and_then(|parent| first.get_mut(parent))
            && let Some(link) = next.get_mut(at)
        {
            *link = std::mem::replace(head, at as u32);
        }
    }
    let root = file.reserve();
    let base = file.reserve_many(count);
    let mut rest = placed.as_slice();
    for (at, element) in tree.elements.iter().enumerate() {
        let own = rest.iter().take_while(|placed| placed.tag.index() == Some(at)).count();
        let (content, after) = rest.split_at(own);
        rest = after;
        if live.get(at) != Some(&true) {
            continue;
        }
        let tag = Tag::at(at);
        let parent = element.parent.index().map_or(root, |parent| base + parent as Id);
        let children = std::iter::successors(first.get(at).copied().filter(|child| *child != END), |child| {
            next.get(*child as usize).copied().filter(|child| *child != END)
        });
        let links = if element.role == Role::Link {
            let start = drawn.links.partition_point(|link| link.tag < tag);
            let end = drawn.links.partition_point(|link| link.tag <= tag);
            drawn.links.get(start..end).unwrap_or_default()
        } else {
            &[]
        };
        file.put_with(base + at as Id, |out| {
            // A link that leads nowhere is text: no reader offers to follow it.
            let role = if element.role == Role::Link && links.is_empty() { Role::Span } else { element.role };
            let _ = write!(out, "<</S/{}/P {parent} 0 R", role.name());
            attributes(out, element.role, tree.details.get(&tag), drawn.boxes.get(&tag));
            let page = content.first().map(|placed| placed.page);
            if let Some(id) = page.and_then(|page| drawn.pages.get(page as usize)) {
                let _ = write!(out, "/Pg {id} 0 R");
            }
            kids(out, base, page, content, children, links, drawn.pages);
            out.extend_from_slice(b">>");
        })?;
    }
    let parents = parents(file, drawn, base)?;
    let keys = drawn.pages.len() + drawn.links.len();
    let words = format!("<</Type/StructTreeRoot/K {base} 0 R/ParentTree {parents} 0 R/ParentTreeNextKey {keys}>>");
    file.put(root, words.as_bytes())?;
    Ok(root)
}

/// Which elements hold anything. What is empty is left out, but for the cells of tables.
fn live(tree: &Tree, drawn: &Drawn) -> Vec<bool> {
    let mut live: Vec<bool> = tree.elements.iter().map(|element| element.role.stands_empty()).collect();
    let tags = drawn.placed.iter().map(|placed| placed.tag).chain(drawn.links.iter().map(|link| link.tag));
    for at in tags.filter_map(Tag::index).chain([0]) {
        if let Some(live) = live.get_mut(at) {
            *live = true;
        }
    }
    for (at, element) in tree.elements.iter().enumerate().rev() {
        if live.get(at) == Some(&true)
            && let Some(parent) = element.parent.index().and_then(|parent| live.get_mut(parent))
        {
            *parent = true;
        }
    }
    live
}

fn attributes(out: &mut Vec<u8>, role: Role, detail: Option<&Detail>, bounds: Option<&[f64; 4]>) {
    match detail {
        Some(Detail::Alternative(words)) => {
            out.extend_from_slice(b"/Alt");
            utf16(out, words);
        }
        Some(Detail::Text(text)) => {
            out.extend_from_slice(b"/ActualText");
            utf16(out, text);
        }
        _ => {}
    }
    let columns =
        if let Some(Detail::Columns(columns)) = detail { format!("/ColSpan {columns}") } else { String::new() };
    let _ = match role {
        Role::HeadCell => write!(out, "/A<</O/Table/Scope/Column{columns}>>"),
        Role::RowHead => write!(out, "/A<</O/Table/Scope/Row{columns}>>"),
        Role::Cell if !columns.is_empty() => write!(out, "/A<</O/Table{columns}>>"),
        Role::List if detail == Some(&Detail::Numbered) => write!(out, "/A<</O/List/ListNumbering/Decimal>>"),
        Role::Figure => match bounds {
            Some([left, bottom, right, top]) => {
                write!(out, "/A<</O/Layout/Placement/Block/BBox[{left:.1} {bottom:.1} {right:.1} {top:.1}]>>")
            }
            None => Ok(()),
        },
        _ => Ok(()),
    };
}

/// What an element holds: its own content, then its children, then the places of a link.
fn kids(
    out: &mut Vec<u8>,
    base: Id,
    page: Option<u32>,
    content: &[Placed],
    children: impl Iterator<Item = u32>,
    links: &[Linked],
    pages: &[Id],
) {
    let start = out.len();
    out.extend_from_slice(b"/K[");
    let begin = out.len();
    for placed in content {
        let _ = match pages.get(placed.page as usize) {
            Some(id) if Some(placed.page) != page => {
                write!(out, "<</Type/MCR/Pg {id} 0 R/MCID {}>> ", placed.number)
            }
            _ => write!(out, "{} ", placed.number),
        };
    }
    for child in children {
        let _ = write!(out, "{} 0 R ", base + child);
    }
    for link in links {
        if let Some(page) = pages.get(link.page as usize) {
            let _ = write!(out, "<</Type/OBJR/Pg {page} 0 R/Obj {} 0 R>> ", link.note);
        }
    }
    if out.len() == begin {
        out.truncate(start);
    } else {
        out.pop();
        out.push(b']');
    }
}

/// From a page and a number on it to its element, and from a link to its element.
fn parents(file: &mut File, drawn: &Drawn, base: Id) -> Result<Id, PdfError> {
    let tree = file.reserve();
    let lists = file.reserve_many(drawn.pages.len());
    let mut rest = drawn.placed;
    let mut entries = Vec::new();
    for (at, _) in drawn.pages.iter().enumerate() {
        let (own, after) = rest.split_at(rest.iter().take_while(|placed| placed.page as usize == at).count());
        rest = after;
        let list = lists + at as Id;
        let _ = write!(entries, "{at} {list} 0 R ");
        file.put_with(list, |out| {
            out.push(b'[');
            for element in own.iter().filter_map(|placed| placed.tag.index()) {
                let _ = write!(out, "{} 0 R ", base + element as Id);
            }
            out.push(b']');
        })?;
    }
    for (key, link) in (drawn.pages.len()..).zip(drawn.links) {
        if let Some(element) = link.tag.index() {
            let _ = write!(entries, "{key} {} 0 R ", base + element as Id);
        }
    }
    file.put_with(tree, |out| {
        out.extend_from_slice(b"<</Nums[");
        out.append(&mut entries);
        out.extend_from_slice(b"]>>");
    })?;
    Ok(tree)
}
