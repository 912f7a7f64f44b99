//! What was measured, as tables, as one file of numbers, and as charts.

pub(crate) mod charts;
pub(crate) mod csv;
pub(crate) mod markdown;
mod plot;
