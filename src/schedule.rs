//! Schedule: which editions are due, as a pure function.
