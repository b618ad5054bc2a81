//! Typeface: the shipped fonts, measured and shaped.
