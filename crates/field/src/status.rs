//! How safe a device's work is, in three levels, and what a person should know before going on. Reads only what is
//! kept here: no network.

use crate::home::{Home, failed};
use office::Moment;
use protocol::Failure;
use serde::Serialize;
use store::{Level, Setting};

/// A clock further off than this is named as wrong, ms: dates of birth and certificates begin to suffer.
const CLOCK_OFFSET_MS_MAX: u64 = 5 * 60_000;

/// Where a device stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// 已保存: on this disk.
    pub saved: Level,
    /// 已上传: on the server, by its signed answers.
    pub uploaded: Level,
    /// 已备份: within the heads read from the server's last verified backup.
    pub backed_up: Level,
    /// No longer on this device: closed stops, all of them backed up.
    pub dropped: Level,
    /// A sentence where the server said that it lacks some of these now: it was restored to an earlier day.
    pub dropped_warning: Option<String>,
    /// Own entries that nobody showed the server to have (待上传).
    pub unsent: u64,
    /// Own entries the server vouched for to another device; it has not told this one, so they are not 已上传 yet.
    pub carried: u64,
    /// Held entries nobody has decided about.
    pub held: u64,
    /// When the last sync ended: civil time in China by this device's clock.
    pub synced_at: Option<String>,
    /// When the backup was made that `backed_up` speaks of, by the server's clock.
    pub backup_at: Option<String>,
    /// The server's clock minus this device's, ms, when last told.
    pub clock_offset_ms: Option<i64>,
    /// A sentence where this device's clock is off by more than five minutes: it was at the last contact, or stands now before
    /// what the server's clock said then.
    pub clock_warning: Option<String>,
}

impl Home {
    pub fn status(&self) -> Result<Status, Failure> {
        let levels = self.store.levels().map_err(failed)?;
        let number = |key| self.store.setting_number(key).map_err(failed);
        let offset = number(Setting::ServerOffsetMs)?;
        let backup_at = number(Setting::BackupAtMs)?.filter(|ms| *ms != 0);
        let waiting = self.waiting()?;
        Ok(Status {
            saved: levels.saved,
            uploaded: levels.uploaded,
            backed_up: levels.backed_up,
            dropped: levels.dropped,
            dropped_warning: dropped_warning(self.store.dropped_missing().map_err(failed)?),
            unsent: waiting.unsent,
            carried: waiting.carried,
            held: u64::from(self.store.held_count().map_err(failed)?),
            synced_at: number(Setting::SyncedAtMs)?.map(|ms| Moment::at(ms).as_of),
            backup_at: backup_at.map(|ms| Moment::at(ms).as_of),
            clock_offset_ms: offset,
            clock_warning: number(Setting::ServerHeardMs)?
                .and_then(|heard| behind_warning(heard, self.host.unix_ms()))
                .or(offset.and_then(clock_warning)),
        })
    }
}

fn dropped_warning(entries: u64) -> Option<String> {
    (entries > 0).then(|| {
        format!("服务器现在缺少本机已移除的 {entries} 条记录（移除前均已备份，本机无法补回）。请协调员用较新的备份恢复服务器。")
    })
}

/// What the operator reads after a sync with a clock that is off: both times, and what to do.
pub(crate) fn clock_zh(device_unix_ms: i64, server_unix_ms: i64) -> Option<String> {
    let off_ms = server_unix_ms.abs_diff(device_unix_ms);
    (off_ms > CLOCK_OFFSET_MS_MAX).then(|| {
        let [device, server] = [device_unix_ms, server_unix_ms].map(|ms| Moment::at(ms).as_of);
        format!("本机时间 {device}，服务器时间 {server}。请把本机的日期和时间改为服务器时间，已保存的记录没有受影响。")
    })
}

/// Which way the clock is wrong and by how much, in the largest unit that fits.
fn clock_warning(offset_ms: i64) -> Option<String> {
    let off_ms = offset_ms.unsigned_abs();
    if off_ms <= CLOCK_OFFSET_MS_MAX {
        return None;
    }
    let way = if offset_ms > 0 { "慢" } else { "快" };
    let amount = amount(off_ms);
    Some(format!("本机时钟比服务器{way} {amount}，请校准本机的日期和时间。记录没有受影响。"))
}

/// What no network is needed for: time does not go back, so a clock before what the server's said last has fallen behind since.
fn behind_warning(heard_unix_ms: i64, now_unix_ms: i64) -> Option<String> {
    let behind_ms = heard_unix_ms.saturating_sub(now_unix_ms);
    let behind_ms = u64::try_from(behind_ms).ok().filter(|ms| *ms > CLOCK_OFFSET_MS_MAX)?;
    let amount = amount(behind_ms);
    Some(format!(
        "本机时钟慢了：比上次联系服务器时还早 {amount}，请校准本机的日期和时间。记录没有受影响。"
    ))
}

/// In the largest unit that fits.
fn amount(off_ms: u64) -> String {
    let minutes = off_ms / 60_000;
    match minutes {
        0..120 => format!("{minutes} 分钟"),
        120..2_880 => format!("{} 小时", minutes / 60),
        2_880.. => format!("{} 天", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_named_as_wrong_from_five_minutes_on() {
        let check = |offset_ms: i64, words: Option<&str>| {
            let said = clock_warning(offset_ms);
            assert_eq!(said.is_some(), words.is_some(), "{offset_ms}");
            assert!(words.is_none_or(|words| said.unwrap().contains(words)), "{offset_ms}");
        };
        check(0, None);
        check(300_000, None);
        check(-300_000, None);
        check(300_001, Some("慢 5 分钟"));
        check(-300_001, Some("快 5 分钟"));
        check(3 * 3_600_000, Some("慢 3 小时"));
        check(i64::MAX, Some("慢"));
        check(i64::MIN, Some("快"));
        check(1_789_344_000_000, Some("天"));
        let both = clock_zh(0, 1_789_378_200_000).unwrap();
        assert!(both.contains("1970-01-01 08:00") && both.contains("2026-09-14 17:30"), "{both}");
        let behind = |now: i64| behind_warning(1_789_378_200_000, now);
        assert!(behind(0).unwrap().contains("20710 天"), "{:?}", behind(0));
        assert!(behind(1_789_378_200_000 - 300_001).unwrap().contains("5 分钟"));
        assert_eq!(behind(1_789_378_200_000 - 300_000), None);
        assert_eq!(behind(i64::MAX), None, "later than the last contact is how time goes");
        assert!(behind(i64::MIN).is_some());
        assert_eq!(clock_zh(1_000, 301_000), None);
        assert!(clock_zh(301_001, 1_000).is_some());
    }
}
