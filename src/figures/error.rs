//! FigureError: why an edition's figures cannot be had. One section that fails makes the whole fail.

use crate::audit_log::LogError;

/// Why figures could not be computed. Nothing of the edition is used then: nobody gets half a report.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum FigureError {
    /// The log could not answer.
    #[error(transparent)]
    Log(#[from] LogError),
    /// One section cannot be computed.
    #[error("section `{section}` cannot be computed: {reason}")]
    Section { section: String, reason: String },
    /// One threshold cannot be judged.
    #[error("threshold `{threshold}` cannot be judged: {reason}")]
    Threshold { threshold: String, reason: String },
    /// Sums that must be equal are not.
    #[error("the figures do not add up: {0}")]
    Unreconciled(String),
    /// The definition asks for what cannot be (reading it should have refused it).
    #[error("the definition asks for what cannot be computed: {0}")]
    Definition(String),
    /// Nothing has this address or label.
    #[error("there is no figure `{0}` in this edition")]
    NoFigure(String),
}

impl FigureError {
    pub(super) fn section(id: &str, reason: impl Into<String>) -> FigureError {
        FigureError::Section { section: id.to_owned(), reason: reason.into() }
    }
}
