//! The fuzzer: real encoded samples, changed by seeded mutations that know the form of what they change, fed to
//! every decoder of outside bytes. It measures what each decoding costs. Not the decoders' exact behaviour: their own
//! crates test that. Written here and not taken from a fuzzing crate: those want a compiler of their own or
//! a process for each decoder, and none gets behind our signatures, compression and packages.

pub mod bombs;
mod carry;
pub mod chance;
mod corpus;
mod engine;
mod messages;
pub mod meter;
mod mutate;
mod office_files;
mod protobuf;
mod replicas;
mod sealed;
mod serving;
mod signed;
mod streams;
mod words;

pub use engine::{Case, Decoder, Fault, Outcome, Report, Said, Target, corpus_case, run};

/// Every decoder of bytes from outside, each with its share of all inputs, in thousandths.
pub fn targets() -> Vec<Target> {
    let mut all = Vec::new();
    all.extend(streams::targets());
    all.extend(messages::targets());
    all.extend(words::targets());
    all.extend(office_files::targets());
    all.extend(replicas::targets());
    all.extend(sealed::targets());
    all.extend(carry::targets());
    all.extend(serving::targets());
    all
}
