//! What the tests share. Not the claims themselves.
#![allow(dead_code, clippy::unwrap_used)]

pub mod files;
pub mod sample;
pub mod schema;
pub mod work;
