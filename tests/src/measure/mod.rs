//! What measuring needs and tests of figures share: made-up work, and the same rows written bare.

pub mod bare;
pub mod data;
pub mod save_rows;
