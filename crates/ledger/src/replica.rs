//! What plans run against: any copy of streams that can say where it stands, give ranges and take
//! them. `store` implements it over the database, `memory` for tests; `sync` drives both ends
//! through it.

use crate::batch::CertificatePair;
use crate::certificate::CertificateProblem;
use crate::chain::{Chain, Head};
use crate::heads::Heads;
use crate::key::{Seq, StreamKey, UnitKey, WriterId};
use crate::range::{Range, RangeProblem};
use std::collections::BTreeSet;

/// A range taken: where the stream stands now, and how many entries were new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedRange {
    pub key: StreamKey,
    pub head: Head,
    pub new_entries: u32,
}

/// Why a range was not taken. One refused range blocks no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The receiver's copy does not have the point the range starts after, or holds other entries
    /// there. `head` is where it stands; the sender starts again from the last of `points` (the
    /// receiver's seal points, ascending) that it has too. No point in common: from the genesis.
    NotAfterYourHead { head: Head, points: Vec<Head> },
    /// The range holds sealed entries of the receiver's own stream that the receiver lacks: it was
    /// rolled back, or there are two of it. It must become a new writer before it takes them.
    OwnAhead { head: Head },
    /// The stream's writer is proven by no certificate, here or in the batch.
    UnknownWriter,
    /// The certificates sent for the writer prove nothing.
    BadCertificate,
    /// The bodies do not lead to the sealed chain, or the range does not end at its seal.
    BadChain,
    /// The seal is not the writer's.
    BadSeal,
    /// The range is empty, or larger than a limit.
    TooLarge,
}

impl Refusal {
    /// The word the wire and the logs use.
    pub fn word(&self) -> &'static str {
        match self {
            Refusal::NotAfterYourHead { .. } => "not_after_your_head",
            Refusal::OwnAhead { .. } => "own_ahead",
            Refusal::UnknownWriter => "unknown_writer",
            Refusal::BadCertificate => "bad_certificate",
            Refusal::BadChain => "bad_chain",
            Refusal::BadSeal => "bad_seal",
            Refusal::TooLarge => "too_large",
        }
    }
}

impl Refusal {
    /// A refusal from its word and, where the word needs them, the receiver's head and seal points.
    pub fn from_word(word: &str, head: Option<Head>, points: Vec<Head>) -> Option<Refusal> {
        match (word, head) {
            ("not_after_your_head", Some(head)) => Some(Refusal::NotAfterYourHead { head, points }),
            ("own_ahead", Some(head)) => Some(Refusal::OwnAhead { head }),
            ("unknown_writer", _) => Some(Refusal::UnknownWriter),
            ("bad_certificate", _) => Some(Refusal::BadCertificate),
            ("bad_chain", _) => Some(Refusal::BadChain),
            ("bad_seal", _) => Some(Refusal::BadSeal),
            ("too_large", _) => Some(Refusal::TooLarge),
            (_, _) => None,
        }
    }
}

impl From<RangeProblem> for Refusal {
    fn from(problem: RangeProblem) -> Refusal {
        match problem {
            RangeProblem::Empty | RangeProblem::TooLarge => Refusal::TooLarge,
            RangeProblem::NotAtSeal | RangeProblem::BadChain => Refusal::BadChain,
            RangeProblem::BadSeal => Refusal::BadSeal,
        }
    }
}

impl From<CertificateProblem> for Refusal {
    fn from(problem: CertificateProblem) -> Refusal {
        match problem {
            CertificateProblem::Device
            | CertificateProblem::Writer
            | CertificateProblem::Mismatch => Refusal::BadCertificate,
        }
    }
}

/// What the last verified backup is known to hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackedUp {
    /// When it was made, ms since 1970 UTC by the server's clock; 0 = there is none. It tells one backup from
    /// another, and orders nothing.
    pub at_ms: i64,
    /// Heads read from the backup itself.
    pub heads: Heads,
}

/// A copy of streams. Only the outside world (a disk) makes these calls fail; what a range deserves
/// is data.
pub trait Replica {
    type Error: std::error::Error + Send + Sync + 'static;

    /// The writer this replica appends as.
    fn own_writer(&self) -> Result<WriterId, Self::Error>;

    /// The writers this replica's device has been before: their streams are compared whatever the scope,
    /// like the own ones.
    fn earlier_writers(&self) -> Result<Vec<WriterId>, Self::Error>;

    /// The chain of the copy here at a position; `None` beyond its head.
    fn chain_at(&self, key: &StreamKey, seq: Seq) -> Result<Option<Chain>, Self::Error>;

    /// The seal points of the copy here, ascending, at most [`crate::SEAL_POINTS_MAX`]: where another copy may
    /// still be equal to it.
    fn points(&self, key: &StreamKey) -> Result<Vec<Head>, Self::Error>;

    /// Takes off what the copy here of another's stream holds beyond `common`, if each fact in it stands
    /// re-filed. True when it was taken off: the other branch may follow.
    fn follow(&mut self, key: &StreamKey, common: Seq) -> Result<bool, Self::Error>;

    /// Where the streams of these units stand; `None` = all units. Own entries not sealed yet
    /// count: call [`Replica::seal_own`] before telling anyone.
    fn heads(&self, units: Option<&BTreeSet<UnitKey>>) -> Result<Heads, Self::Error>;

    /// Where all streams of the own writer stand, whatever the scope.
    fn own_heads(&self) -> Result<Heads, Self::Error>;

    /// Where all streams of one writer stand, whatever their units. A store answers this by an
    /// index.
    fn writer_heads(&self, writer: &WriterId) -> Result<Heads, Self::Error> {
        let all = self.heads(None)?;
        Ok(all.into_iter().filter(|(key, _)| key.writer == *writer).collect())
    }

    /// Entries after `after` up to a kept seal: the furthest that stays within both `bytes_max` and
    /// [`crate::SEAL_EVERY_BYTES`] of bodies, or the next one where even that is further (a stream
    /// must be able to move). So the receiver's kept seals lie no further apart than the sender's.
    /// `None`: nothing sealed after `after`.
    fn sealed_range(
        &self,
        key: &StreamKey,
        after: Seq,
        bytes_max: usize,
    ) -> Result<Option<Range>, Self::Error>;

    /// What proves a writer, where it is known here.
    fn certificates(&self, writer: &WriterId) -> Result<Option<CertificatePair>, Self::Error>;

    /// Takes ranges of one unit, or of a few, in one transaction, and answers each in turn: verified by the
    /// certificates (sent or known), placed, appended. A range given again changes nothing and
    /// answers the head.
    ///
    /// A range of the own writer's stream, starting at a point in common, that holds sealed entries not here
    /// proves that the replica was restored or copied: it becomes a new writer, re-files what it alone holds, and
    /// takes the range. A server re-files what contradicts its copy of anyone's stream, and refuses the range.
    fn accept(
        &mut self,
        ranges: &[Range],
        certificates: &[CertificatePair],
    ) -> Result<Vec<Result<AcceptedRange, Refusal>>, Self::Error>;

    /// The last verified backup of this replica, with its heads in these units.
    fn backed_up(&self, _units: &BTreeSet<UnitKey>) -> Result<BackedUp, Self::Error> {
        Ok(BackedUp::default())
    }

    /// Streams of this replica's own lives whose stored bodies do not lead to their heads any more, each with the last
    /// position that is proven: what others have after it may mend them.
    fn damaged(&self) -> Result<Vec<(StreamKey, Seq)>, Self::Error> {
        Ok(Vec::new())
    }

    /// Puts what others have of such streams in the place of what is damaged.
    fn repair(&mut self, _ranges: &[Range]) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Goes on without what nobody has: as a new writer that files everything readable again.
    fn abandon(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Units of which this replica has let all bodies go. Their heads stand as ever; nothing of them is pulled.
    fn dropped(&self) -> Result<BTreeSet<UnitKey>, Self::Error> {
        Ok(BTreeSet::new())
    }

    /// Streams whose bodies were let go and are wanted back: how far they are here, and how far they stood, which is
    /// also what `heads` says of them.
    fn returning(&self) -> Result<Vec<(StreamKey, Seq, Seq)>, Self::Error> {
        Ok(Vec::new())
    }

    /// Seals the own heads that are not sealed yet; answers how many. What is damaged is never sealed.
    fn seal_own(&mut self) -> Result<u32, Self::Error>;
}
