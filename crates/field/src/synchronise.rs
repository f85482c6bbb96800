//! Bringing a device's work to its server and fetching what is new. What runs is `sync`'s plan; here are the
//! settings it starts from and what is remembered after.

use crate::gone::Gone;
use crate::home::{Home, failed};
use crate::reserve::{self, Short};
use crate::status::clock_zh;
use ledger::UnitKey;
use office::Moment;
use prost::Message;
use protocol::{Code, Failure};
use serde::Serialize;
use store::{Setting, StoreError};
use sync::{CarrierError, Ended, Https, HttpsLimits, Outcome, Ran, Seen, Start, SyncError};

const DISK_ZH: &str = "磁盘已满：本机的记录照常上传，这次没有接收新内容。请清理磁盘后再同步一次。";
const HEALED_ZH: &str = "本机数据曾被恢复或复制，已自动改用新的编号，记录没有丢失。";

const PRESENTED_ZH: &str =
    "服务器曾被恢复、一度不认识本机，已凭设备证书重新确认，记录没有丢失，无需操作。";
const REVOKED_ZH: &str = "这台设备已被协调员停用：本机的记录服务器照收，但要核实后才生效，也取不到别人的记录。要继续使用，请向协调员索取新的登记码。";
const PUSH_ONLY_ZH: &str = "服务器曾被恢复、还不认识本机：本机的记录已收下，暂时取不到别人的记录。请其他设备也同步一次，或请协调员运行 jkkc device agree 同意。";

/// What a sync did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Synced {
    /// Entries the server has now and had not before.
    pub pushed: u64,
    /// Entries this device has now and had not before.
    pub pulled: u64,
    /// Entries held on the server and not decided yet, and ranges neither side took.
    pub held: u64,
    pub bytes_up: u64,
    pub bytes_down: u64,
    pub batches: u64,
    /// How often this device became a new writer, because it had been restored or copied. Nothing is lost by it.
    pub healed: u64,
    /// What the operator reads about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healed_zh: Option<&'static str>,
    /// Units of closed stops whose bodies, all backed up, left this device.
    pub dropped: u64,
    /// What the operator reads about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped_zh: Option<String>,
    /// Own entries the server is not known to have (待上传).
    pub unsent: u64,
    /// The server's clock minus this device's, ms.
    pub clock_offset_ms: Option<i64>,
    /// What the operator reads where they are more than five minutes apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_zh: Option<String>,
    /// What the operator reads where the disk was full: own work went up, nothing came down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_zh: Option<&'static str>,
    /// Streams not taken, with the reason's word. Empty when all went well.
    pub refused: Vec<String>,
    /// The server did not know this device any more, and took it by its certificate.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub presented: bool,
    /// What the operator reads about that, and what is waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presented_zh: Option<&'static str>,
}

impl Home {
    /// One sync with the server this device was enrolled with. A cut anywhere is mended by the next one.
    pub fn sync(&mut self) -> Result<Synced, Failure> {
        self.sync_once().0
    }

    /// One sync, and what it says about the next one.
    pub(crate) fn sync_once(&mut self) -> (Result<Synced, Failure>, Ran) {
        let mut ran = Ran { ended: Ended::Well, moved: 0, unsent: 0, is_asked: false };
        let synced = self.sync_in_room(&mut ran);
        if let (Err(failure), Ended::Well) = (&synced, ran.ended) {
            ran.ended = Ended::by_code(failure.code);
        }
        let unsent = self.store.counts().map_or(0, |counts| counts.unsent);
        ran.unsent = u64::try_from(unsent).unwrap_or(0);
        (synced, ran)
    }

    /// On a full disk own work is handed over all the same, in the room of the reserve; what would fill it waits.
    fn sync_in_room(&mut self, ran: &mut Ran) -> Result<Synced, Failure> {
        let mut is_full = reserve::is_disk_full(&self.folder);
        let mut synced = Err(Failure::new(Code::DiskFull));
        if !is_full {
            synced = self.sync_noting(ran, false);
            // What came in took the last of it.
            is_full = synced.as_ref().is_err_and(|failure| failure.code == Code::DiskFull);
        }
        if is_full {
            reserve::release(&self.folder);
            synced = self.sync_noting(ran, true);
            self.store.shorten_log();
        }
        reserve::make(&self.folder, if is_full { Short::Kept } else { Short::None });
        synced
    }

    fn sync_noting(&mut self, ran: &mut Ran, push_only: bool) -> Result<Synced, Failure> {
        let (mut outcome, start, was_unknown) = self.run_known(ran, push_only)?;
        if !push_only && self.want_reopened()? {
            let before = outcome.report;
            outcome = self.run_noting(ran, push_only)?.0;
            outcome.report.add(&before);
        }
        if !push_only && !outcome.push_only {
            // What was carried for others is theirs to know; this sync went well whether or not.
            let _ = self.fetch_vouchers(&start);
        }
        let dropped = match outcome.refused.as_slice() {
            [] if !push_only => self.drop_closed()?,
            // Something is still to be done.
            [..] => Gone::default(),
        };
        let counts = self.store.counts().map_err(failed)?;
        let held = u64::from(self.store.held_count().map_err(failed)?);
        let report = outcome.report;
        let healed = self.healed_since_said()?;
        Ok(Synced {
            pushed: report.pushed,
            pulled: report.pulled,
            held: report.held + held,
            bytes_up: report.bytes_up,
            bytes_down: report.bytes_down,
            batches: report.batches,
            healed,
            healed_zh: (healed > 0).then_some(HEALED_ZH),
            dropped: dropped.units.len() as u64,
            dropped_zh: dropped.zh(),
            unsent: u64::try_from(counts.unsent).unwrap_or(0),
            clock_offset_ms: outcome.server_unix_ms.map(|ms| ms.saturating_sub(start.unix_ms)),
            clock_zh: outcome.server_unix_ms.and_then(|ms| clock_zh(start.unix_ms, ms)),
            disk_zh: push_only.then_some(DISK_ZH),
            refused: outcome
                .refused
                .iter()
                .map(|r| format!("{} {}", r.key.unit, r.reason))
                .collect(),
            presented: was_unknown,
            presented_zh: match (outcome.push_only, was_unknown) {
                (true, _) if outcome.revoked => Some(REVOKED_ZH),
                (true, _) => Some(PUSH_ONLY_ZH),
                (false, true) => Some(PRESENTED_ZH),
                (false, false) => None,
            },
        })
    }

    /// One run; where the server has forgotten this device, or the last naming of its units, another after it proved
    /// itself. True: it had.
    fn run_known(
        &mut self,
        ran: &mut Ran,
        push_only: bool,
    ) -> Result<(Outcome, Start, bool), Failure> {
        match self.run_noting(ran, push_only) {
            Err(failure) if failure.code == Code::TokenInvalid => {
                self.present(ran)?;
                ran.ended = Ended::Well;
                let (outcome, start) = self.run_noting(ran, push_only)?;
                Ok((outcome, start, true))
            }
            Ok((outcome, _)) if outcome.is_certificate_news && !outcome.push_only => {
                self.present(ran)?;
                let before = outcome.report;
                let (mut outcome, start) = self.run_noting(ran, push_only)?;
                outcome.report.add(&before);
                Ok((outcome, start, true))
            }
            run => run.map(|(outcome, start)| (outcome, start, false)),
        }
    }

    /// One run. What it proved is kept, also where it was cut: the next one starts from it.
    fn run_noting(&mut self, ran: &mut Ran, push_only: bool) -> Result<(Outcome, Start), Failure> {
        let (mut https, start) = self.sync_start(push_only)?;
        self.raise_mark()?;
        let ended = sync::run(&mut self.store, &mut https, &start);
        let outcome = match &ended {
            Ok(outcome) => outcome,
            Err(stopped) => &*stopped.outcome,
        };
        ran.moved += outcome.report.pushed + outcome.report.pulled;
        // A slow network is known as one to the next run of this program.
        self.pace = outcome.pace;
        self.remember(outcome)?;
        match ended {
            Ok(outcome) => Ok((outcome, start)),
            Err(stopped) => {
                if let SyncError::Carrier(error) = &stopped.error {
                    ran.ended = Ended::from(error);
                }
                Err(match stopped.error {
                    SyncError::Replica(error) => failed(error),
                    SyncError::Carrier(error) => called(error, start.unix_ms),
                    SyncError::Compression => Failure::new(Code::Internal),
                })
            }
        }
    }

    /// How often this device became a new writer since a sync last said so: in this run, or at an opening.
    fn healed_since_said(&mut self) -> Result<u64, Failure> {
        let count = |key| -> Result<i64, Failure> {
            Ok(self.store.setting_number(key).map_err(failed)?.unwrap_or(0))
        };
        let (healed, said) = (count(Setting::Healed)?, count(Setting::HealedSaid)?);
        if healed != said {
            self.store.set_setting_number(Setting::HealedSaid, healed).map_err(failed)?;
        }
        Ok(u64::try_from(healed.saturating_sub(said)).unwrap_or(0))
    }

    /// Proves this device to a server that does not know its token, which then is another.
    fn present(&mut self, ran: &mut Ran) -> Result<(), Failure> {
        let mut https = self.https()?;
        let proof = self.own_proof()?;
        sync::present(&mut https, &proof.presenting()).map_err(|error| {
            ran.ended = Ended::from(&error);
            match error {
                // An older server has no such call.
                CarrierError::Refused(Code::ServerRefused) => Failure::new(Code::TokenInvalid),
                error => Failure::new(error.code()),
            }
        })?;
        self.store.set_setting(Setting::Token, proof.token.as_bytes()).map_err(failed)
    }

    /// The way to this device's server.
    pub(crate) fn https(&self) -> Result<Https, Failure> {
        let text = |key| {
            let value = self.store.setting_text(key).map_err(failed)?;
            value.ok_or(Failure::new(Code::NotEnrolled))
        };
        let (url, ca, token) =
            (text(Setting::ServerUrl)?, text(Setting::CaPem)?, text(Setting::Token)?);
        let clock = self.device_clock()?;
        Https::new(&url, &ca, &token, clock, HttpsLimits::default())
            .map_err(|error| Failure::new(error.code()))
    }

    fn sync_start(&self, push_only: bool) -> Result<(Https, Start), Failure> {
        let text = |key| {
            let value = self.store.setting_text(key).map_err(failed)?;
            value.ok_or(Failure::new(Code::NotEnrolled))
        };
        let https = self.https()?;
        let root = self.store.server_public_key().map_err(failed)?;
        let seen = self.store.setting(Setting::Seen).map_err(failed)?;
        let seen = seen.and_then(|bytes| Seen::decode(bytes.as_slice()).ok());
        let district = text(Setting::District)?;
        // The district's settings, then the stop of the day, then older ones.
        let mut first_units: Vec<UnitKey> = UnitKey::try_new(&district).into_iter().collect();
        first_units.extend(self.store.units_by_day().map_err(failed)?);
        let start = Start {
            server_public_key: root.ok_or(Failure::new(Code::NotEnrolled))?,
            seen: match seen {
                Some(seen) => seen,
                None => self.seen_at_enrolment()?,
            },
            unix_ms: self.host.unix_ms(),
            unsent: u64::try_from(self.store.counts().map_err(failed)?.unsent).unwrap_or(0),
            pace: self.pace,
            first_units,
            push_only,
            nonce: self.host.random_16()?,
        };
        Ok((https, start))
    }

    /// What the enrolment told, before the first sync.
    fn seen_at_enrolment(&self) -> Result<Seen, Failure> {
        let scope = self.device_scope()?.into_iter().map(|unit| unit.0).collect();
        let policy = self.store.policy().map_err(failed)?;
        Ok(Seen { scope, policy, ..Seen::default() })
    }

    /// Keeps what the run proved: how far the server is, its policy and scope, the clock's offset.
    fn remember(&mut self, outcome: &Outcome) -> Result<(), Failure> {
        self.store.note_server_heads(&outcome.server_heads).map_err(failed)?;
        if let Some(backup) = &outcome.backup {
            self.store.note_backup(backup).map_err(failed)?;
        }
        self.store.note_carried(&outcome.carried).map_err(failed)?;
        let seen = &outcome.seen;
        if let Some(server_unix_ms) = outcome.server_unix_ms {
            self.store.note_server_heard(&seen.instance, server_unix_ms).map_err(failed)?;
        }
        let now = self.host.unix_ms();
        let bytes = seen.encode_to_vec();
        let scope = seen.scope.join("\n");
        let policy = i64::from(seen.policy).to_be_bytes();
        let mut settings: Vec<(Setting, &[u8])> = vec![(Setting::Seen, &bytes)];
        if !scope.is_empty() {
            settings.push((Setting::Scope, scope.as_bytes()));
        }
        let offset = outcome.server_unix_ms.map(|ms| ms.saturating_sub(now).to_be_bytes());
        let synced_at = now.to_be_bytes();
        let heard = outcome.server_unix_ms.map(i64::to_be_bytes);
        if let Some(offset) = &offset {
            settings.push((Setting::Policy, &policy));
            settings.push((Setting::Instance, &seen.instance));
            settings.push((Setting::SyncedAtMs, &synced_at));
            settings.push((Setting::ServerOffsetMs, offset));
        }
        if let Some(heard) = &heard {
            settings.push((Setting::ServerHeardMs, heard));
        }
        let root = self.store.server_public_key().map_err(failed)?;
        if let (Some(certificate), Some(root)) = (&outcome.certificate, root) {
            // One that does not prove this device is as good as none: it is told again.
            match self.store.become_enrolled(certificate, &root, &settings) {
                Err(StoreError::Refused(_)) => {}
                kept => return kept.map_err(failed),
            }
        }
        self.store.set_settings(&settings).map_err(failed)
    }
}

/// A failed call as people see it. Where a date was wrong, this device's is named: whoever reads it sees at once
/// whether it is today.
pub(crate) fn called(error: CarrierError, unix_ms: i64) -> Failure {
    match error.code() {
        code @ Code::ServerCertificateDate => {
            Failure::at(code, format!("本机 {}", Moment::at(unix_ms).as_of))
        }
        code => Failure::new(code),
    }
}
