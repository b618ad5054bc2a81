//! Figures against the memory engine: a small log by hand, each number known beforehand.

mod charts;
mod coverage;
mod fixture;
mod normal;
mod random;
mod sections;
mod shipped;
mod totals;
