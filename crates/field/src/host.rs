//! What the field application needs from whatever runs it: a clock and randomness. Nothing else of the
//! outside world is reached from here but the store's folder and the server.

use chrono::NaiveDate;

/// Clock and randomness come in through this; tests give their own.
pub trait Host: Send + Sync {
    /// Milliseconds since 1970 UTC as the device tells it: a claim, never used for order.
    fn unix_ms(&self) -> i64;
    /// Fills `bytes` from the operating system's generator.
    fn random(&self, bytes: &mut [u8]) -> Result<(), protocol::Failure>;

    /// 8 random bytes as a number.
    fn random_u64(&self) -> Result<u64, protocol::Failure> {
        let mut bytes = [0_u8; 8];
        self.random(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }
    /// 16 random bytes: a person's or device's id, a roster's seed.
    fn random_16(&self) -> Result<[u8; 16], protocol::Failure> {
        let mut bytes = [0_u8; 16];
        self.random(&mut bytes)?;
        Ok(bytes)
    }
    /// Today's civil date in China (UTC+8), by the device's clock.
    fn today(&self) -> NaiveDate {
        office::Moment::at(self.unix_ms()).today
    }
}

/// The machine's own clock and generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemHost;

impl Host for SystemHost {
    fn unix_ms(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.ok().and_then(|d| i64::try_from(d.as_millis()).ok()).unwrap_or(0)
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), protocol::Failure> {
        getrandom::fill(bytes).map_err(|_| protocol::Failure::new(protocol::Code::Internal))
    }
}
