//! What a pupil's family says of the examination on the slip that came back. The header names person, round and day. Not which of
//! several stands: those that no other names (`store`), and of these the strictest (`domain::consent`).

use crate::fact::EntryReference;
use prost::Message;

/// What a slip says. Numbers are for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum ConsentAnswer {
    /// The family agrees, but for the stations and items named.
    Given = 1,
    /// The family refuses everything.
    Refused = 2,
    /// There is no slip: what was said before was a mistake.
    Missing = 3,
}

impl ConsentAnswer {
    pub fn of(number: u32) -> Option<ConsentAnswer> {
        [ConsentAnswer::Given, ConsentAnswer::Refused, ConsentAnswer::Missing]
            .into_iter()
            .find(|answer| *answer as u32 == number)
    }
}

/// How it came to be known. Numbers are for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum ConsentSource {
    /// Ticked by a person who had the class's slips in hand.
    Ticked = 1,
    /// A file of the school.
    File = 2,
}

/// One person's slip in one round.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ConsentFact {
    /// A `ConsentAnswer`; an unknown one says nothing.
    #[prost(uint32, tag = "1")]
    pub answer: u32,
    /// Codes of stations refused whole, beside an answer given.
    #[prost(uint32, repeated, tag = "2")]
    pub stations: Vec<u32>,
    /// Codes of single items refused, beside an answer given.
    #[prost(uint32, repeated, tag = "3")]
    pub items: Vec<u32>,
    /// A `ConsentSource`.
    #[prost(uint32, tag = "4")]
    pub source: u32,
    /// The facts about this person's slip that whoever says this saw: this one replaces them.
    #[prost(message, repeated, tag = "5")]
    pub saw: Vec<EntryReference>,
}
