//! The words of a search. Only parsing.

use super::HomeOnly;
use clap::Args;

#[derive(Debug, Args)]
pub struct Find {
    #[command(flatten)]
    pub home: HomeOnly,
    pub text: String,
}
