//! Which time a certificate's dates are judged by. A tablet's clock falls back to 1970 when its battery is flat, and
//! its work must reach the server all the same; a clock that is ahead cannot be told from a certificate that
//! ended. Whose certificate it is, is decided elsewhere and never by a date (`tls`).

use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error};
use std::time::Duration;

/// 2026-11-01 UTC: no clock that is right has said less since this program was written.
const WRITTEN_UNIX_MS: i64 = 1_793_491_200_000;

/// What a device knows of the time, ms since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceClock {
    /// What its clock says.
    pub unix_ms: i64,
    /// What its server said last; `None` before the first answer.
    pub heard_unix_ms: Option<i64>,
}

impl DeviceClock {
    /// Judges a certificate by the device's clock. A clock that says less than is known to have passed is behind, and
    /// then "not valid yet" says nothing: judged again by the time known, or by the certificate's beginning
    /// where that is later. Only where the date is all that is wrong the error is one of dates.
    pub(crate) fn judge<T>(
        self,
        verify: impl Fn(UnixTime) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let shown = seconds(self.unix_ms);
        let known =
            seconds(self.heard_unix_ms.map_or(WRITTEN_UNIX_MS, |ms| ms.max(WRITTEN_UNIX_MS)));
        let error = match verify(shown) {
            Ok(verified) => return Ok(verified),
            Err(error) => error,
        };
        let Error::InvalidCertificate(why) = &error else { return Err(error) };
        match why {
            CertificateError::NotValidYetContext { not_before, .. } if shown < known => {
                verify(known.max(*not_before))
            }
            CertificateError::NotValidYetContext { not_before, .. } => {
                verify(*not_before).and(Err(error))
            }
            CertificateError::ExpiredContext { not_after, .. } => {
                verify(*not_after).and(Err(error))
            }
            _ => Err(error),
        }
    }
}

fn seconds(unix_ms: i64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_millis(u64::try_from(unix_ms).unwrap_or(0)))
}
