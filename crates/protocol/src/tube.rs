//! What is said of one tube: that it is somebody's, that its sample is no good, that it is nobody's. The header names
//! person, round and day. Not which of several facts stands: those that no other names (`store`).

use crate::fact::EntryReference;
use prost::Message;

/// What is said. Numbers are for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum TubeAct {
    /// The tube with this code holds this person's sample.
    Bound = 1,
    /// The sample is no good: a new one has to be taken (需重采).
    Spoilt = 2,
    /// Bound by mistake: the code is nobody's.
    TakenOff = 3,
}

impl TubeAct {
    pub fn of(number: u32) -> Option<TubeAct> {
        [TubeAct::Bound, TubeAct::Spoilt, TubeAct::TakenOff]
            .into_iter()
            .find(|act| *act as u32 == number)
    }
}

/// One tube, by the code on its label.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct TubeFact {
    /// As `domain::tube::read_code` spells it: 4 to 32 digits, capital letters and hyphens.
    #[prost(string, tag = "1")]
    pub code: String,
    /// The kind of tube: `domain::tube::TubeKind::code`.
    #[prost(uint32, tag = "2")]
    pub kind: u32,
    /// A `TubeAct`; an unknown one says nothing.
    #[prost(uint32, tag = "3")]
    pub act: u32,
    /// Every current fact about this code that the operator saw: this one replaces them.
    #[prost(message, repeated, tag = "4")]
    pub saw: Vec<EntryReference>,
    #[prost(string, tag = "5")]
    pub reason: String,
}
