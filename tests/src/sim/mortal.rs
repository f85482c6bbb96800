//! A replica whose process may die between any two of its writes: before the Nth transaction, or after it and before
//! anyone hears of it. Once dead it answers nothing; its holder is then started anew from what is on its disk.

use ledger::{
    AcceptedRange, BackedUp, CertificatePair, Chain, Head, Heads, Range, Refusal, Replica, Seq,
    StreamKey, UnitKey, WriterId,
};
use std::collections::BTreeSet;

/// When the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Death {
    /// Writes that are still carried out.
    pub after_writes: u32,
    /// The next one is carried out too, and nobody hears of it.
    pub is_last_committed: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum Fate<E: std::error::Error + 'static> {
    #[error("the process died")]
    Died,
    #[error(transparent)]
    Real(E),
}

pub struct Mortal<'r, R> {
    pub inner: &'r mut R,
    pub death: Option<Death>,
    pub is_dead: bool,
}

impl<'r, R: Replica> Mortal<'r, R> {
    pub fn new(inner: &'r mut R, death: Option<Death>) -> Mortal<'r, R> {
        Mortal { inner, death, is_dead: false }
    }

    fn read<T>(&self, look: impl FnOnce(&R) -> Result<T, R::Error>) -> Result<T, Fate<R::Error>> {
        if self.is_dead { Err(Fate::Died) } else { look(self.inner).map_err(Fate::Real) }
    }

    fn write<T>(
        &mut self,
        act: impl FnOnce(&mut R) -> Result<T, R::Error>,
    ) -> Result<T, Fate<R::Error>> {
        if self.is_dead {
            return Err(Fate::Died);
        }
        match &mut self.death {
            Some(Death { after_writes: 0, is_last_committed }) => {
                self.is_dead = true;
                if *is_last_committed {
                    act(self.inner).map_err(Fate::Real)?;
                }
                Err(Fate::Died)
            }
            Some(death) => {
                death.after_writes -= 1;
                act(self.inner).map_err(Fate::Real)
            }
            None => act(self.inner).map_err(Fate::Real),
        }
    }
}

type Fated<T, R> = Result<T, Fate<<R as Replica>::Error>>;

impl<R: Replica> Replica for Mortal<'_, R> {
    type Error = Fate<R::Error>;

    fn own_writer(&self) -> Fated<WriterId, R> {
        self.read(|inner| inner.own_writer())
    }
    fn earlier_writers(&self) -> Fated<Vec<WriterId>, R> {
        self.read(|inner| inner.earlier_writers())
    }
    fn chain_at(&self, key: &StreamKey, seq: Seq) -> Fated<Option<Chain>, R> {
        self.read(|inner| inner.chain_at(key, seq))
    }
    fn points(&self, key: &StreamKey) -> Fated<Vec<Head>, R> {
        self.read(|inner| inner.points(key))
    }
    fn follow(&mut self, key: &StreamKey, common: Seq) -> Fated<bool, R> {
        self.write(|inner| inner.follow(key, common))
    }
    fn heads(&self, units: Option<&BTreeSet<UnitKey>>) -> Fated<Heads, R> {
        self.read(|inner| inner.heads(units))
    }
    fn own_heads(&self) -> Fated<Heads, R> {
        self.read(|inner| inner.own_heads())
    }
    fn writer_heads(&self, writer: &WriterId) -> Fated<Heads, R> {
        self.read(|inner| inner.writer_heads(writer))
    }
    fn sealed_range(&self, key: &StreamKey, after: Seq, max: usize) -> Fated<Option<Range>, R> {
        self.read(|inner| inner.sealed_range(key, after, max))
    }
    fn certificates(&self, writer: &WriterId) -> Fated<Option<CertificatePair>, R> {
        self.read(|inner| inner.certificates(writer))
    }
    fn accept(
        &mut self,
        unit_batch: &[Range],
        certificates: &[CertificatePair],
    ) -> Fated<Vec<Result<AcceptedRange, Refusal>>, R> {
        self.write(|inner| inner.accept(unit_batch, certificates))
    }
    fn backed_up(&self, units: &BTreeSet<UnitKey>) -> Fated<BackedUp, R> {
        self.read(|inner| inner.backed_up(units))
    }
    fn dropped(&self) -> Fated<BTreeSet<UnitKey>, R> {
        self.read(|inner| inner.dropped())
    }
    fn returning(&self) -> Fated<Vec<(StreamKey, Seq, Seq)>, R> {
        self.read(|inner| inner.returning())
    }
    fn seal_own(&mut self) -> Fated<u32, R> {
        self.write(|inner| inner.seal_own())
    }
}
