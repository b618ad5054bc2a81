//! Render: a document as HTML, PDF, CSV, XLSX, JSON. Decides no wording.

pub mod csv;
pub mod html;
pub mod pdf;
pub mod xlsx;
