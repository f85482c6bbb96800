//! The rules this project keeps by machine. Each check is a function from files to a list of what is wrong, and each
//! has a control: a made-up file on which it must find the fault it is there for.

mod content;
mod documents;
mod graph;
mod guarantees;
mod places;
mod shape;
mod sql;
mod words;

/// Fails with every complaint, one a line.
#[track_caller]
fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// The control: at least one complaint, and each names the place.
#[track_caller]
fn assert_found(complaints: &[String], place: &str) {
    assert!(!complaints.is_empty(), "the fault in {place} was not found");
    assert!(complaints.iter().all(|line| line.contains(place)), "{complaints:?}");
}
