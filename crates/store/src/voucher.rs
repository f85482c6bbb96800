//! What the server vouched for to somebody else (`ledger::Voucher`), kept to be passed on in a hall, and how much of the own work
//! it shows to be at the server already.
//!
//! It is shown and nothing else: nothing is dropped, cleared or left unsent by it, and 已上传 stays what this device heard itself.
//! A voucher counts while the server it speaks of is in the same life as when this device heard it last, while no later life was
//! heard of from anybody, and until this device hears the server itself; and only where its chain is this device's own.

use crate::certificate::{own_ids, server_public_key, writers_of};
use crate::error::StoreError;
use crate::open::Store;
use crate::progress::SERVER_SEQ;
use crate::setting::{
    Setting, clear_setting, set_setting, set_setting_number, setting, setting_array, setting_number,
};
use crate::stream::{Stream, heads_of};
use crate::tx::{Tx, unbits};
use ledger::{Heads, StreamKey, UnitKey, Voucher, WriterId, verify_voucher};
use prost::Message;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Vouchers kept, the latest first; about 150 bytes each.
pub const VOUCHERS_MAX: usize = 1_024;
/// Streams that wait to be vouched for, at most.
const VOUCH_FOR_MAX: usize = 1_024;

/// Of each stream the latest voucher.
type Kept = BTreeMap<StreamKey, Voucher>;

/// How vouchers are kept in a setting.
#[derive(Clone, PartialEq, Eq, Message)]
struct Bundle {
    #[prost(bytes = "vec", repeated, tag = "1")]
    vouchers: Vec<Vec<u8>>,
}

/// Streams in a setting: unit and writer.
#[derive(Clone, PartialEq, Eq, Message)]
struct Streams {
    #[prost(string, repeated, tag = "1")]
    units: Vec<String>,
    #[prost(bytes = "vec", repeated, tag = "2")]
    writers: Vec<Vec<u8>>,
}

impl Store {
    /// Keeps what the server signed of what is shown, of each stream the latest. True: something was new.
    pub fn keep_vouchers(&mut self, shown: &[Vec<u8>]) -> Result<bool, StoreError> {
        let Some(root) = self.read(server_public_key)? else { return Ok(false) };
        if self.is_server() {
            return Ok(false);
        }
        let kept = self.read(kept)?;
        let is_later = |voucher: &Voucher, kept: &Kept| {
            kept.get(&voucher.key).is_none_or(|known| known.unix_ms < voucher.unix_ms)
        };
        let read = shown.iter().take(VOUCHERS_MAX).filter_map(|bytes| Voucher::decode(bytes).ok());
        // What is known already is not verified again, and nothing is under the write lock.
        let new: Vec<Voucher> = read
            .filter(|voucher| is_later(voucher, &kept) && verify_voucher(voucher, &root).is_ok())
            .collect();
        if new.is_empty() {
            return Ok(false);
        }
        self.write(|tx| {
            let before = self::kept(tx)?;
            let mut kept = before.clone();
            for voucher in new {
                if is_later(&voucher, &kept) {
                    kept.insert(voucher.key.clone(), voucher);
                }
            }
            let kept = latest(kept);
            // What there is no room for is not new each time it is shown.
            let is_new = kept != before;
            if is_new {
                put(tx, &kept)?;
            }
            Ok(is_new)
        })
    }

    /// The vouchers kept, as bytes; for a device those of these units and of its own streams.
    pub fn vouchers(
        &self,
        to: Option<(&BTreeSet<UnitKey>, &[u8; 16])>,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        self.read(|tx| {
            let mut kept = kept(tx)?;
            if let Some((scope, device)) = to {
                let writers = writers_of(tx, device)?;
                kept.retain(|key, _| scope.contains(&key.unit) || writers.contains(&key.writer));
            }
            Ok(kept.values().map(Voucher::encode).collect())
        })
    }

    /// Own entries that the server is known to have by vouchers, beyond what this device heard of it itself.
    pub fn carried(&self) -> Result<u64, StoreError> {
        if self.is_server() {
            return Ok(0);
        }
        self.read(|tx| {
            let counting = counting(tx)?;
            if counting.is_empty() {
                return Ok(0);
            }
            let mut carried = 0;
            for key in heads_of(tx, Some(&own_ids(tx)?.1))?.keys() {
                let Some(voucher) = counting.get(key) else { continue };
                let Some(stream) = Stream::find(tx, key)? else { continue };
                let told = voucher.head;
                if stream.chain_at(tx, told.seq)? != Some(told.chain) {
                    continue;
                }
                let place = [stream.unit_no.into(), stream.writer_no.into()];
                let heard = tx.int(SERVER_SEQ, &place)?.map_or(0, unbits);
                carried += told.seq.saturating_sub(heard);
            }
            Ok(carried)
        })
    }

    /// This device has heard the server itself, in this life of it, at this time of its clock: no voucher from before counts
    /// here any more. Those of other lives go; the server shall vouch for their streams anew, so that everybody hears of it.
    pub fn note_server_heard(
        &mut self,
        instance: &[u8],
        server_unix_ms: i64,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            let mut kept = kept(tx)?;
            let latest = kept.values().map(|voucher| voucher.unix_ms).max().unwrap_or(0);
            let latest = i64::try_from(latest).unwrap_or(i64::MAX);
            // A clock that was put back since does not bring back what it said before.
            set_setting_number(tx, Setting::VoucherFloorMs, server_unix_ms.max(latest))?;
            let ended: Vec<StreamKey> = kept
                .values()
                .filter(|voucher| voucher.instance != *instance)
                .map(|voucher| voucher.key.clone())
                .collect();
            if ended.is_empty() {
                return Ok(());
            }
            kept.retain(|_, voucher| voucher.instance == *instance);
            put(tx, &kept)?;
            add_vouch_for(tx, ended)
        })
    }

    /// Remembers streams that were carried to the server, until it was asked to vouch for them.
    pub fn note_carried(&mut self, streams: &BTreeSet<StreamKey>) -> Result<(), StoreError> {
        if streams.is_empty() {
            return Ok(());
        }
        self.write(|tx| add_vouch_for(tx, streams.iter().cloned().collect()))
    }

    /// The streams the server is to be asked to vouch for, as far as they are here.
    pub fn vouch_for(&self) -> Result<Heads, StoreError> {
        self.read(|tx| {
            let mut heads = Heads::new();
            for key in vouch_for(tx)? {
                let stream = Stream::find(tx, &key)?.filter(|stream| stream.head.seq > 0);
                heads.extend(stream.map(|stream| (key, stream.head)));
            }
            Ok(heads)
        })
    }

    /// The server has been asked.
    pub fn clear_vouch_for(&mut self) -> Result<(), StoreError> {
        self.write(|tx| clear_setting(tx, Setting::VouchFor))
    }
}

/// 16 bytes that change whenever these vouchers do.
pub fn voucher_mark(vouchers: &[Vec<u8>]) -> [u8; 16] {
    let mut hash = Sha256::new().chain_update(b"hx-vouchers-1\0");
    for voucher in vouchers {
        hash.update((voucher.len() as u64).to_be_bytes());
        hash.update(voucher);
    }
    let hash = hash.finalize();
    let mut mark = [0; 16];
    mark.copy_from_slice(&hash[..16]);
    mark
}

fn kept(tx: &dyn Tx) -> Result<Kept, StoreError> {
    let bytes = setting(tx, Setting::Vouchers)?.unwrap_or_default();
    let bundle = Bundle::decode(bytes.as_slice()).map_err(|_| StoreError::Stored("setting"))?;
    let read = bundle.vouchers.iter().filter_map(|bytes| Voucher::decode(bytes).ok());
    Ok(read.map(|voucher| (voucher.key.clone(), voucher)).collect())
}

/// The latest, as many as are kept.
fn latest(all: Kept) -> Kept {
    if all.len() <= VOUCHERS_MAX {
        return all;
    }
    let mut latest: Vec<Voucher> = all.into_values().collect();
    latest.sort_by_key(|voucher| std::cmp::Reverse(voucher.unix_ms));
    latest.truncate(VOUCHERS_MAX);
    latest.into_iter().map(|voucher| (voucher.key.clone(), voucher)).collect()
}

fn put(tx: &dyn Tx, kept: &Kept) -> Result<(), StoreError> {
    let bundle = Bundle { vouchers: kept.values().map(Voucher::encode).collect() };
    set_setting(tx, Setting::Vouchers, &bundle.encode_to_vec())
}

/// Those that count here: of the life this device heard last, later than that, and later than every word of another life.
fn counting(tx: &dyn Tx) -> Result<Kept, StoreError> {
    let mut kept = kept(tx)?;
    let Some(instance) = setting_array::<16>(tx, Setting::Instance)? else {
        return Ok(Kept::new());
    };
    let floor = setting_number(tx, Setting::VoucherFloorMs)?.unwrap_or(0);
    let floor = u64::try_from(floor).unwrap_or(0);
    let others = kept.values().filter(|voucher| voucher.instance != instance);
    let floor = others.map(|voucher| voucher.unix_ms).fold(floor, u64::max);
    kept.retain(|_, voucher| voucher.instance == instance && voucher.unix_ms > floor);
    Ok(kept)
}

fn vouch_for(tx: &dyn Tx) -> Result<BTreeSet<StreamKey>, StoreError> {
    let bytes = setting(tx, Setting::VouchFor)?.unwrap_or_default();
    let streams = Streams::decode(bytes.as_slice()).map_err(|_| StoreError::Stored("setting"))?;
    let named = streams.units.iter().zip(&streams.writers);
    let read = named.filter_map(|(unit, writer)| {
        let writer = WriterId(writer.as_slice().try_into().ok()?);
        Some(StreamKey::new(UnitKey::try_new(unit).ok()?, writer))
    });
    Ok(read.collect())
}

fn add_vouch_for(tx: &dyn Tx, more: Vec<StreamKey>) -> Result<(), StoreError> {
    let mut all = vouch_for(tx)?;
    for key in more {
        if all.len() < VOUCH_FOR_MAX {
            all.insert(key);
        }
    }
    let streams = Streams {
        units: all.iter().map(|key| key.unit.to_string()).collect(),
        writers: all.iter().map(|key| key.writer.0.to_vec()).collect(),
    };
    set_setting(tx, Setting::VouchFor, &streams.encode_to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;
    use crate::open::Role;
    use domain::ids::UnitCode;
    use ledger::{Head, SigningKey, public_key, sign_voucher};
    use protocol::fact::WithdrawalFact;
    use protocol::{Entry, Fact, Header};

    const UNIT: &str = "431302204200";
    const LIFE: [u8; 16] = [1; 16];
    const OTHER_LIFE: [u8; 16] = [2; 16];
    /// When this device heard the server last.
    const HEARD_MS: i64 = 1_000;

    fn server() -> SigningKey {
        SigningKey::from_bytes(&[9; 32])
    }

    /// A device with three entries of its own that heard the server before it wrote them.
    struct Story {
        _folder: tempfile::TempDir,
        store: Store,
    }

    impl Story {
        fn begin() -> Story {
            let folder = tempfile::tempdir().unwrap();
            let mut store = Store::create(folder.path(), &Key::new([7; 32]), Role::Device).unwrap();
            let root = public_key(&server());
            let settings = [(Setting::ServerPublicKey, &root[..]), (Setting::Instance, &LIFE[..])];
            store.set_settings(&settings).unwrap();
            store.note_server_heard(&LIFE, HEARD_MS).unwrap();
            for _ in 0..3 {
                let header = Header { day: Some(9_000), person: vec![1; 16], ..Header::default() };
                let fact = Fact::Withdrawal(WithdrawalFact::default());
                store.append(&UnitCode(UNIT.to_owned()), &[Entry { header, fact }]).unwrap();
            }
            Story { _folder: folder, store }
        }

        fn key(&self) -> StreamKey {
            StreamKey::new(UnitKey::try_new(UNIT).unwrap(), self.store.writer())
        }

        /// The own stream's head as it was at a position.
        fn head(&self, seq: u64) -> Head {
            let chain = ledger::Replica::chain_at(&self.store, &self.key(), seq).unwrap().unwrap();
            Head { seq, chain }
        }

        fn told(&mut self, instance: [u8; 16], unix_ms: i64, key: &StreamKey, head: &Head) -> u64 {
            let voucher = sign_voucher(instance, unix_ms, (key, head), &server());
            self.store.keep_vouchers(&[voucher.encode()]).unwrap();
            self.store.carried().unwrap()
        }
    }

    #[test]
    fn a_voucher_counts_for_this_stream_on_this_branch_of_this_life_and_later_than_was_heard() {
        let check = |what: &str, carried: u64, tell: &dyn Fn(&mut Story) -> u64| {
            let mut story = Story::begin();
            assert_eq!(story.store.counts().unwrap().unsent, 3);
            assert_eq!(tell(&mut story), carried, "{what}");
            assert_eq!(
                story.store.counts().unwrap().unsent,
                3,
                "{what}: heard of the server itself"
            );
            assert_eq!(story.store.levels().unwrap().uploaded.own, 0, "{what}");
        };
        check("control: all of it", 3, &|s| s.told(LIFE, 1_001, &s.key(), &s.head(3)));
        check("some of it", 2, &|s| s.told(LIFE, 1_001, &s.key(), &s.head(2)));
        check("another branch", 0, &|s| {
            let head = Head { seq: 3, ..s.head(2) };
            s.told(LIFE, 1_001, &s.key(), &head)
        });
        check("beyond what is here", 0, &|s| {
            let head = Head { seq: 4, ..s.head(3) };
            s.told(LIFE, 1_001, &s.key(), &head)
        });
        check("another device's stream", 0, &|s| {
            let other = StreamKey { writer: WriterId([5; 16]), ..s.key() };
            s.told(LIFE, 1_001, &other, &s.head(3))
        });
        check("another life of the server", 0, &|s| {
            s.told(OTHER_LIFE, 1_001, &s.key(), &s.head(3))
        });
        check("no later than heard", 0, &|s| s.told(LIFE, HEARD_MS, &s.key(), &s.head(3)));
        check("another server", 0, &|s| {
            let other = SigningKey::from_bytes(&[8; 32]);
            let voucher = sign_voucher(LIFE, 1_001, (&s.key(), &s.head(3)), &other);
            assert!(!s.store.keep_vouchers(&[voucher.encode()]).unwrap());
            s.store.carried().unwrap()
        });
        check("changed on the way", 0, &|s| {
            let mut voucher = sign_voucher(LIFE, 1_001, (&s.key(), &s.head(2)), &server());
            voucher.head = s.head(3);
            assert!(!s.store.keep_vouchers(&[voucher.encode()]).unwrap());
            s.store.carried().unwrap()
        });
    }

    #[test]
    fn hearing_the_server_itself_ends_every_voucher_from_before_also_one_shown_again() {
        let mut story = Story::begin();
        let (key, head) = (story.key(), story.head(3));
        assert_eq!(story.told(LIFE, 5_000, &key, &head), 3, "control");
        // The server was put back since, and its clock too: it says that it has nothing.
        story.store.note_server_heard(&LIFE, 2_000).unwrap();
        assert_eq!(story.store.carried().unwrap(), 0);
        assert_eq!(story.told(LIFE, 5_000, &key, &head), 0, "shown again");
        assert_eq!(story.told(LIFE, 5_001, &key, &head), 3, "and a later one counts as ever");
    }

    #[test]
    fn a_word_of_a_later_life_ends_what_an_earlier_one_vouched_for() {
        let mut story = Story::begin();
        let (key, head) = (story.key(), story.head(3));
        let other = StreamKey { writer: WriterId([5; 16]), ..key.clone() };
        assert_eq!(story.told(LIFE, 5_000, &key, &head), 3, "control");
        assert_eq!(story.told(OTHER_LIFE, 4_999, &other, &head), 3, "an earlier life says nothing");
        assert_eq!(story.told(OTHER_LIFE, 5_001, &other, &head), 0, "it was restored since");
    }

    #[test]
    fn of_a_life_that_ended_the_streams_are_to_be_vouched_for_anew() {
        let mut story = Story::begin();
        let (key, head) = (story.key(), story.head(2));
        story.told(LIFE, 5_000, &key, &head);
        assert!(story.store.vouch_for().unwrap().is_empty(), "control");
        story.store.note_server_heard(&OTHER_LIFE, 6_000).unwrap();
        assert!(story.store.vouchers(None).unwrap().is_empty());
        assert_eq!(story.store.vouch_for().unwrap(), Heads::from([(key, story.head(3))]));
        story.store.clear_vouch_for().unwrap();
        assert!(story.store.vouch_for().unwrap().is_empty());
    }

    #[test]
    fn the_latest_of_each_stream_is_kept_and_no_more_than_so_many() {
        let mut story = Story::begin();
        let (key, head) = (story.key(), story.head(3));
        assert_eq!(story.told(LIFE, 5_000, &key, &head), 3);
        let earlier = story.head(1);
        assert_eq!(story.told(LIFE, 4_000, &key, &earlier), 3, "an earlier word changes nothing");
        let many: Vec<Vec<u8>> = (0..VOUCHERS_MAX as u128 + 5)
            .map(|n| {
                let other = StreamKey { writer: WriterId(n.to_be_bytes()), ..key.clone() };
                sign_voucher(LIFE, 6_000, (&other, &head), &server()).encode()
            })
            .collect();
        let before = voucher_mark(&story.store.vouchers(None).unwrap());
        for some in many.chunks(500) {
            story.store.keep_vouchers(some).unwrap();
            assert!(!story.store.keep_vouchers(some).unwrap(), "shown again");
        }
        let kept = story.store.vouchers(None).unwrap();
        assert_eq!(kept.len(), VOUCHERS_MAX);
        assert_ne!(voucher_mark(&kept), before);
        assert_eq!(voucher_mark(&kept), voucher_mark(&story.store.vouchers(None).unwrap()));
        let nothing = (&BTreeSet::new(), &[77; 16]);
        assert!(story.store.vouchers(Some(nothing)).unwrap().is_empty(), "outside its units");
        let units = BTreeSet::from([key.unit.clone()]);
        assert_eq!(story.store.vouchers(Some((&units, &[77; 16]))).unwrap().len(), VOUCHERS_MAX);
    }
}
