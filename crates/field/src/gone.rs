//! Data of closed stops leaves this device once it is backed up, and comes back when a stop is opened again. When it may go
//! is the store's to say; here is when it is asked, and what a person reads.

use crate::home::{Home, failed};
use prost::Message;
use protocol::Failure;
use serde::Serialize;
use store::Setting;
use sync::Seen;

/// What left this device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Gone {
    pub units: Vec<String>,
    pub entries: u64,
}

impl Gone {
    /// What the operator reads; nothing where nothing left.
    pub fn zh(&self) -> Option<String> {
        let (units, entries) = (self.units.len(), self.entries);
        (units > 0).then(|| {
            format!("{units} 个已结束的站点均已备份，{entries} 条记录已从本机移除，服务器上齐全。")
        })
    }
}

impl Home {
    /// Lets go of closed stops' data, as far as the server's verified backup holds all of it.
    pub fn drop_closed(&mut self) -> Result<Gone, Failure> {
        let dropped = self.store.drop_closed().map_err(failed)?;
        let units = dropped.units.iter().map(ToString::to_string).collect();
        Ok(Gone { units, entries: dropped.entries })
    }

    /// True where a stop whose data left was opened again: the next run fetches it.
    pub(crate) fn want_reopened(&mut self) -> Result<bool, Failure> {
        if self.store.want_reopened().map_err(failed)?.is_empty() {
            return Ok(false);
        }
        // Of these units no backup's heads were told meanwhile: ask for all of them again.
        let seen = self.store.setting(Setting::Seen).map_err(failed)?;
        if let Some(mut seen) = seen.and_then(|bytes| Seen::decode(bytes.as_slice()).ok()) {
            seen.backup_at_ms = 0;
            self.store.set_setting(Setting::Seen, &seen.encode_to_vec()).map_err(failed)?;
        }
        Ok(true)
    }
}
