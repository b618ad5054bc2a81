//! Render: a document as HTML, PDF, CSV, XLSX, JSON; a picture as PNG. Decides no wording.

pub mod csv;
pub mod html;
mod label;
pub mod pdf;
pub mod png;
pub mod xlsx;
