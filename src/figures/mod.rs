//! Figures: the exact numbers of every section, with their evidence.
