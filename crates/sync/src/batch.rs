//! Batches as they travel: `ledger::Batch` under zstd, inflated within limits. Not what is in a batch
//! (`ledger`), and not whether the sender may send one: authenticate before calling anything here.

use ledger::{Batch, DecodeProblem, Limits};
use protocol::call::ZSTD_WINDOW_LOG_MAX;
use std::io::Read;

/// Level 3: higher levels cost a tablet more than they save on the wire.
const ZSTD_LEVEL: i32 = 3;

/// Why received bytes are no batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BatchProblem {
    #[error("the bytes are not zstd, or end too early")]
    Compression,
    #[error("the batch is larger than allowed once inflated")]
    TooLarge,
    #[error("the bytes are not a batch")]
    Malformed,
}

/// The bytes to send.
pub fn encode_batch(batch: &Batch) -> Result<Vec<u8>, std::io::Error> {
    zstd::bulk::compress(&batch.encode(), ZSTD_LEVEL)
}

/// Inflates at most `bytes_max` bytes; never more than that is kept, however small the input is.
pub fn inflate(bytes: &[u8], bytes_max: usize) -> Result<Vec<u8>, BatchProblem> {
    let broken = |_| BatchProblem::Compression;
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes).map_err(broken)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(broken)?;
    // One byte more than allowed shows that there is more.
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut inflated = Vec::new();
    decoder.take(limit).read_to_end(&mut inflated).map_err(broken)?;
    if inflated.len() > bytes_max { Err(BatchProblem::TooLarge) } else { Ok(inflated) }
}

/// Reads a received batch within limits. Does not verify: `ledger::Replica::accept` does.
pub fn decode_batch(bytes: &[u8], limits: &Limits) -> Result<Batch, BatchProblem> {
    let inflated = inflate(bytes, limits.bytes_max)?;
    Batch::decode(&inflated, limits).map_err(|problem| {
        if problem == DecodeProblem::Limit {
            BatchProblem::TooLarge
        } else {
            BatchProblem::Malformed
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_read_back() {
        let batch = Batch::default();
        let bytes = encode_batch(&batch).unwrap();
        assert_eq!(decode_batch(&bytes, &Limits::default()), Ok(batch));
    }

    #[test]
    fn a_bomb_is_not_inflated_beyond_the_limit() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
        encoder.window_log(20).unwrap();
        std::io::copy(&mut std::io::repeat(0).take(64 << 20), &mut encoder).unwrap();
        let bomb = encoder.finish().unwrap();
        assert!(bomb.len() < 16 << 10, "{}", bomb.len());
        assert_eq!(inflate(&bomb, 1 << 20), Err(BatchProblem::TooLarge));
        assert_eq!(inflate(&bomb, 64 << 20).map(|all| all.len()), Ok(64 << 20));
    }

    #[test]
    fn a_window_beyond_the_cap_is_refused() {
        let with_window = |log: u32| {
            let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
            encoder.window_log(log).unwrap();
            std::io::copy(&mut std::io::repeat(7).take(1000), &mut encoder).unwrap();
            inflate(&encoder.finish().unwrap(), 1 << 20).map(|all| all.len())
        };
        assert_eq!(with_window(ZSTD_WINDOW_LOG_MAX), Ok(1000));
        assert_eq!(with_window(ZSTD_WINDOW_LOG_MAX + 1), Err(BatchProblem::Compression));
    }

    #[test]
    fn cut_or_foreign_bytes_are_no_batch() {
        let bytes = encode_batch(&Batch::default()).unwrap();
        for cut in 0..bytes.len() {
            assert!(decode_batch(&bytes[..cut], &Limits::default()).is_err(), "cut at {cut}");
        }
        let check = |bytes: &[u8]| assert!(decode_batch(bytes, &Limits::default()).is_err());
        check(b"<html>");
        check(&zstd::bulk::compress(b"<html>", 3).unwrap());
        check(b"");
    }
}
