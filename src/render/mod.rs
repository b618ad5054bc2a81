//! Render: a document as HTML, PDF, CSV, JSON. Decides no wording.

pub mod pdf;
pub mod csv;
pub mod html;
