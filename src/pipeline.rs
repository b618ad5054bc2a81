//! Pipeline: the stages in order; the only module that knows all.
