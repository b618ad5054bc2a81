//! Document: the composed report before any format.
