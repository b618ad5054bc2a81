//! Render: a document as HTML, PDF, CSV, JSON. Decides no wording.

pub mod csv;
pub mod html;
pub mod pdf;
