//! Carried home, and everybody hears of it: after a sync that brought others' work to the server, the server is asked to vouch for
//! it; in a hall that is passed on, and each device judges by itself what of it counts (`store`).
//!
//! Nothing here fails what it stands beside: a sync that went well went well, and what was not passed on is by the next one.

use crate::home::{Home, failed};
use ledger::Heads;
use protocol::Failure;
use store::voucher_mark;
use sync::{Carrier, Start};

/// What was last swapped with a hub.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Swap {
    /// The hub's mark.
    theirs: Vec<u8>,
    /// The mark of the vouchers here.
    ours: Vec<u8>,
}

/// Own entries that are not known to be at the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// 待上传: nobody showed that the server has them.
    pub unsent: u64,
    /// The server vouched for these to another device; it has not told this one.
    pub carried: u64,
}

impl Home {
    /// What still waits, and what of it another device has brought to the server.
    pub(crate) fn waiting(&self) -> Result<Waiting, Failure> {
        let unsent = u64::try_from(self.store.counts().map_err(failed)?.unsent).unwrap_or(0);
        let carried = self.store.carried().map_err(failed)?.min(unsent);
        Ok(Waiting { unsent: unsent - carried, carried })
    }

    /// Asks the server to vouch for what was carried to it. What fails is asked again after the next sync.
    pub(crate) fn fetch_vouchers(&mut self, start: &Start) -> Result<(), Failure> {
        let streams: Heads = self.store.vouch_for().map_err(failed)?;
        if streams.is_empty() {
            return Ok(());
        }
        let mut https = self.https()?;
        let start = Start { nonce: self.host.random_16()?, ..start.clone() };
        let asked = sync::ask_vouchers(&self.store, &mut https, &start, &streams);
        if let Ok(vouchers) = asked {
            self.store.keep_vouchers(&vouchers).map_err(failed)?;
            self.store.clear_vouch_for().map_err(failed)?;
        }
        Ok(())
    }

    /// Swaps vouchers with a hub that has others than last time, or when there are others here. A hub that says no mark knows of
    /// none.
    pub(crate) fn swap_vouchers(
        &mut self,
        carrier: &mut impl Carrier,
        start: &Start,
        mark: &[u8],
        swap: &mut Swap,
    ) -> Result<(), Failure> {
        if mark.is_empty() {
            return Ok(());
        }
        let ours = self.store.vouchers(None).map_err(failed)?;
        if swap.theirs == mark && swap.ours == voucher_mark(&ours) {
            return Ok(());
        }
        let start = Start { nonce: self.host.random_16()?, ..start.clone() };
        let Ok(swapped) = sync::swap_vouchers(&self.store, carrier, &start, ours) else {
            return Ok(());
        };
        self.store.keep_vouchers(&swapped.vouchers).map_err(failed)?;
        let now = self.store.vouchers(None).map_err(failed)?;
        *swap = Swap { theirs: swapped.mark, ours: voucher_mark(&now).to_vec() };
        Ok(())
    }
}
