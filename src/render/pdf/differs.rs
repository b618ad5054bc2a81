//! Where two PDFs differ: the first page whose content is not the same.

use lopdf::Document;

/// The first page (from 1) that the two do not have alike; `None` where all pages are alike, so that they differ outside of
/// them (fonts, metadata, attachments), or where one is no PDF.
pub fn first_page_that_differs(one: &[u8], other: &[u8]) -> Option<u32> {
    let (one, other) = (Document::load_mem(one).ok()?, Document::load_mem(other).ok()?);
    let (pages, others) = (one.get_pages(), other.get_pages());
    let alike = |number: &u32| match (pages.get(number), others.get(number)) {
        (Some(page), Some(other_page)) => one.get_page_content(*page) == other.get_page_content(*other_page),
        _ => false,
    };
    pages.keys().chain(others.keys()).copied().filter(|number| !alike(number)).min()
}
