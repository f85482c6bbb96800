//! What the stories and the tidy tests share. The tests themselves are in `tests/`; nothing here is shipped.

pub mod repository;
pub mod source;
