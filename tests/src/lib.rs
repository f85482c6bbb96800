//! What the stories and the tidy tests share. The tests themselves are in `tests/`; nothing here is shipped.

pub mod browser;
pub mod by_office;
pub mod cast;
pub mod central;
pub mod counted;
pub mod crowd;
pub mod findings;
pub mod full_hall;
pub mod fuzz;
pub mod hall;
#[cfg(unix)]
pub mod killing;
pub mod laboratory;
pub mod line;
pub mod measure;
#[cfg(target_os = "linux")]
pub mod netns;
pub mod printed;
pub mod program;
pub mod python;
pub mod replica;
pub mod reports;
pub mod repository;
pub mod samples;
pub mod sim;
pub mod source;
pub mod stage;
pub mod steady;
pub mod team;
pub mod window;
pub mod wires;
