//! Chains, heads and references: how a position is proven. Not who may write there: seals say that.

use crate::body::{body_hash, hash8};
use crate::codec::Writer;
use crate::key::{Seq, StreamKey, WriterId, write_hex};
use sha2::{Digest, Sha256};
use std::fmt;

/// The running hash of a stream: `chain(n) = SHA-256(chain(n-1) || SHA-256(body n))`, from the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chain(pub [u8; 32]);

impl Chain {
    /// The chain of a stream before its first entry: SHA-256 over (tag, unit, writer).
    pub fn genesis(key: &StreamKey) -> Chain {
        let mut bytes = Writer::tagged("hx-chain-1");
        bytes.stream_key(key);
        Chain(Sha256::digest(bytes.done()).into())
    }

    /// The chain after one more body.
    pub fn next(&self, body_hash: &[u8; 32]) -> Chain {
        Chain(Sha256::new().chain_update(self.0).chain_update(body_hash).finalize().into())
    }

    /// The chain after some bodies.
    pub fn after<'a>(self, bodies: impl IntoIterator<Item = &'a [u8]>) -> Chain {
        bodies.into_iter().fold(self, |chain, body| chain.next(&body_hash(body)))
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain({self})")
    }
}

/// Where a stream stands: its last position and the chain there. Seq 0 is the genesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Head {
    pub seq: Seq,
    pub chain: Chain,
}

impl Head {
    /// The head of a stream nobody has written to.
    pub fn genesis(key: &StreamKey) -> Head {
        Head { seq: 0, chain: Chain::genesis(key) }
    }

    /// The head after some bodies are appended.
    pub fn after<'a>(self, bodies: impl IntoIterator<Item = &'a [u8]>) -> Head {
        bodies.into_iter().fold(self, |head, body| head.next(&body_hash(body)))
    }

    /// The head after bodies of which these are the SHA-256.
    pub fn after_hashed<'a>(self, hashes: impl IntoIterator<Item = &'a [u8; 32]>) -> Head {
        hashes.into_iter().fold(self, Head::next)
    }

    fn next(self, body_hash: &[u8; 32]) -> Head {
        Head { seq: self.seq + 1, chain: self.chain.next(body_hash) }
    }
}

/// How an entry names another of its unit: the position finds it, the bytes prove it. Where they
/// differ (a seq used twice after a rollback) it is looked for among re-filed entries of that
/// writer and seq.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    pub writer: WriterId,
    pub seq: Seq,
    /// The first 8 bytes of the body's SHA-256.
    pub hash8: [u8; 8],
}

impl Reference {
    /// The reference to a body at a position.
    pub fn of(writer: WriterId, seq: Seq, body: &[u8]) -> Reference {
        Reference { writer, seq, hash8: hash8(body) }
    }

    /// True when `body` is the one meant.
    pub fn proves(&self, body: &[u8]) -> bool {
        self.hash8 == hash8(body)
    }
}
