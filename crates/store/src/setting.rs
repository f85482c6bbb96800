//! What a replica keeps about itself and its server, by key. Not facts about people or rounds:
//! those are entries, and travel. Secrets are in here too; they never leave through an error or a
//! log.

use crate::error::StoreError;
use crate::open::Store;
use crate::tx::{Sql, Tx};

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// A key of the table `setting`. Words are for ever.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Setting { $($(#[$doc])* $name,)* }

        impl Setting {
            fn word(self) -> &'static str {
                match self { $(Setting::$name => $word,)* }
            }
        }
    };
}

/// A setting's bytes to what they become; `None` = as they are.
pub type Change<'c> = dyn FnMut(Option<&[u8]>) -> Option<Vec<u8>> + 'c;

settings! {
    /// `device` or `server`.
    Role = "role";
    /// 16 bytes: the device's id, or the server's instance.
    Device = "device";
    /// 32 bytes: the Ed25519 key that seals; on a server also the root of all certificates.
    SigningKey = "signing_key";
    /// 16 bytes: the writer this replica appends as.
    Writer = "writer";
    /// 32 bytes: the root every certificate is checked against.
    ServerPublicKey = "server_public_key";
    /// Number: how often this replica became a new writer because it had been restored or copied.
    Healed = "healed";
    /// Number: how many of those the operator has been told of.
    HealedSaid = "healed_said";
    /// 24 bytes: this installation's id and how often it has handed over (`field`'s install mark).
    Mark = "mark";
    /// The server and catalogue version that projected last.
    Projected = "projected";
    /// Text: the name people give this device, or the server.
    Name = "name";
    /// Text: where the server answers.
    ServerUrl = "server_url";
    /// Text: what this device says to be let in.
    Token = "token";
    /// Text: the private CA's certificate.
    CaPem = "ca_pem";
    /// Text: the private CA's key; servers only.
    CaKeyPem = "ca_key_pem";
    /// Text: the TLS certificate this replica answers under: a server's, or a device's as a hub.
    TlsCertificatePem = "tls_certificate_pem";
    /// Text: its key.
    TlsKeyPem = "tls_key_pem";
    /// Text, a line each: names and addresses the server answers to.
    Hosts = "hosts";
    /// 16 bytes: the server's instance last seen.
    Instance = "instance";
    /// Number: the policy version known; every own entry names it.
    Policy = "policy";
    /// Number: the highest policy version a device has shown that it was given; servers only.
    PolicyHanded = "policy_handed";
    /// Bytes: what the last sync remembers of the server, so that the next one need not ask. Never
    /// a proof.
    Seen = "seen";
    /// Text: the unit key of the district.
    District = "district";
    /// Text, a line each: the unit keys this device may hold.
    Scope = "scope";
    /// Text: the organisation's recovery key (`age1...`), to which devices wrap their database keys.
    RecoveryRecipient = "recovery_recipient";
    /// JSON: today's stop, stations and examiners as a person confirmed them; devices only.
    Day = "day";
    /// Text, `ADDRESS:PORT/DEVICE`: the hub this device was told to work with; empty = none. Devices only.
    Hub = "hub";
    /// JSON: the line of a stop as the device arranged it that opened the hall; devices only.
    HallLine = "hall_line";
    /// JSON: forms typed and not saved; devices only.
    Drafts = "drafts";
    /// Number: when the last complete sync ended, ms since 1970 UTC by this device's clock.
    SyncedAtMs = "synced_at_ms";
    /// Number: the server's clock minus this device's, ms, when last told.
    ServerOffsetMs = "server_offset_ms";
    /// Number: what the server's clock said last, ms since 1970 UTC.
    ServerHeardMs = "server_heard_ms";
    /// Bytes: what the server vouched for to others (`voucher`), to be passed on; devices only.
    Vouchers = "vouchers";
    /// Number: vouchers no later than this do not count here, ms since 1970 UTC by the server's clock; devices only.
    VoucherFloorMs = "voucher_floor_ms";
    /// Bytes: streams the server is to be asked to vouch for; devices only.
    VouchFor = "vouch_for";
    /// Number: when the last verified backup was made, ms since 1970 UTC by the server's clock.
    BackupAtMs = "backup_at_ms";
    /// Number: when the backup was made that this server was restored from; servers only.
    RestoredFrom = "restored_from";
}

/// The bytes of a setting; `None` while it was never set.
pub fn setting(tx: &dyn Tx, key: Setting) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT value FROM setting WHERE key = $1";
    tx.first(sql, &[key.word().into()], |row| Ok(row.blob(0)?.to_vec()))
}

pub fn set_setting(tx: &dyn Tx, key: Setting, value: &[u8]) -> Result<(), StoreError> {
    let sql = "INSERT INTO setting (key, value) VALUES ($1, $2)
               ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    tx.exec(sql, &[key.word().into(), Sql::Blob(value)])?;
    Ok(())
}

pub(crate) fn clear_setting(tx: &dyn Tx, key: Setting) -> Result<(), StoreError> {
    tx.exec("DELETE FROM setting WHERE key = $1", &[key.word().into()])?;
    Ok(())
}

pub fn setting_text(tx: &dyn Tx, key: Setting) -> Result<Option<String>, StoreError> {
    let Some(bytes) = setting(tx, key)? else { return Ok(None) };
    String::from_utf8(bytes).map(Some).map_err(|_| StoreError::Stored("setting"))
}

/// A setting that is a fixed number of bytes: an id, a key.
pub fn setting_array<const N: usize>(
    tx: &dyn Tx,
    key: Setting,
) -> Result<Option<[u8; N]>, StoreError> {
    let Some(bytes) = setting(tx, key)? else { return Ok(None) };
    bytes.try_into().map(Some).map_err(|_| StoreError::Stored("setting"))
}

/// A number, kept as 8 bytes big-endian.
pub fn setting_number(tx: &dyn Tx, key: Setting) -> Result<Option<i64>, StoreError> {
    Ok(setting_array(tx, key)?.map(i64::from_be_bytes))
}

pub fn set_setting_number(tx: &dyn Tx, key: Setting, value: i64) -> Result<(), StoreError> {
    set_setting(tx, key, &value.to_be_bytes())
}

impl Store {
    pub fn setting(&self, key: Setting) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|tx| setting(tx, key))
    }
    pub fn setting_text(&self, key: Setting) -> Result<Option<String>, StoreError> {
        self.read(|tx| setting_text(tx, key))
    }
    pub fn setting_array<const N: usize>(
        &self,
        key: Setting,
    ) -> Result<Option<[u8; N]>, StoreError> {
        self.read(|tx| setting_array(tx, key))
    }
    pub fn setting_number(&self, key: Setting) -> Result<Option<i64>, StoreError> {
        self.read(|tx| setting_number(tx, key))
    }
    /// Several settings in one transaction.
    pub fn set_settings(&mut self, values: &[(Setting, &[u8])]) -> Result<(), StoreError> {
        self.write(|tx| values.iter().try_for_each(|(key, value)| set_setting(tx, *key, value)))
    }
    /// Reads and writes a setting in one transaction, for what several openings change; `None` leaves it as it is.
    pub fn change_setting(&mut self, key: Setting, change: &mut Change) -> Result<(), StoreError> {
        self.write(|tx| match change(setting(tx, key)?.as_deref()) {
            Some(value) => set_setting(tx, key, &value),
            None => Ok(()),
        })
    }
    pub fn set_setting(&mut self, key: Setting, value: &[u8]) -> Result<(), StoreError> {
        self.set_settings(&[(key, value)])
    }
    pub fn set_setting_number(&mut self, key: Setting, value: i64) -> Result<(), StoreError> {
        self.set_setting(key, &value.to_be_bytes())
    }
}
