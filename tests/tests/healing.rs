//! Folders put back from a copy and folders copied to a second machine, through the real parts: whoever finds it goes
//! on under a new name, says so once, and every fact is on every replica and counts once.

use ledger::{Reference, WriterId, fact_reference};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Setting, Store};
use stories::cast::{SEATS, Seat, VILLAGE};
use stories::replica::{difference, heads, projection, values, view};
use stories::samples::Sheet;
use stories::steady::SteadyHost;
use stories::team::{District, Tablet, copy_folder, said};

const SENTENCE: &str = "本机数据曾被恢复或复制，已自动改用新的编号，记录没有丢失。";
/// Station of the first seat at which everything here is recorded.
const GENERAL: usize = 1;

/// A tablet that is switched off: nobody has its database open.
struct Off {
    seat: &'static Seat,
    folder: PathBuf,
    host: Arc<SteadyHost>,
}

impl Off {
    fn on(self) -> Tablet {
        Tablet::open(self.seat, self.folder, self.host)
    }

    /// A second machine with a copy of this one's folder. Only what it draws by chance is its own.
    fn cloned_to(&self, folder: &Path) -> Tablet {
        copy_folder(&self.folder, folder);
        Tablet::open(self.seat, folder.to_owned(), Arc::new(SteadyHost::new("another machine")))
    }
}

fn off(tablet: Tablet) -> Off {
    let Tablet { seat, folder, host, home } = tablet;
    drop(home);
    Off { seat, folder, host }
}

/// What a story has written, and who took part in it.
struct Story {
    district: District,
    written: BTreeSet<Reference>,
    /// ID numbers of those examined.
    examined: BTreeSet<String>,
    people: Sheet,
}

impl Story {
    fn begin() -> (Story, Tablet) {
        let district = District::prepare();
        let tablet = district.enrol(&SEATS[0], &[VILLAGE]);
        let people = Sheet::measurements().of_place(VILLAGE);
        let people = people.filtered(|row| !row[people.column("weight_kg")].is_empty());
        let (written, examined) = (BTreeSet::new(), BTreeSet::new());
        let story = Story { district, written, examined, people };
        let mut tablet = tablet;
        story.sync(&mut tablet, 0);
        (story, tablet)
    }

    /// Examines the next person; what is written has to be found everywhere at the end.
    fn work(&mut self, tablet: &mut Tablet) {
        let before = facts(tablet.store());
        self.work_lost(tablet);
        let new: Vec<Reference> = facts(tablet.store()).difference(&before).copied().collect();
        assert!(!new.is_empty());
        self.written.extend(new);
        let id_number = self.people.cell(self.examined.len(), "id_number").to_owned();
        assert!(self.examined.insert(id_number));
    }

    /// The same, for work that nobody but a lost disk has.
    fn work_lost(&self, tablet: &mut Tablet) {
        let mut one = self.people.clone();
        one.rows = vec![self.people.rows[self.examined.len()].clone()];
        let place = tablet.seat.stations[GENERAL];
        assert!(tablet.record(&self.district.round, place, None, &one).results > 0);
    }

    /// One sync, in which the tablet finds this often that it must go on under another name.
    fn sync(&self, tablet: &mut Tablet, healed: u64) {
        let synced = said(tablet.home.sync());
        assert_eq!(synced.healed, healed, "{synced:?}");
        assert_eq!(synced.healed_zh, (healed > 0).then_some(SENTENCE));
        assert_eq!(synced.unsent, 0, "{synced:?}");
    }

    /// Everybody syncs until nothing moves; then each has everything, once, and all of it verifies.
    fn nothing_is_lost(&self, tablets: &mut [&mut Tablet]) {
        for round in 0.. {
            assert!(round < 6, "it never comes to rest");
            let moved = |tablet: &mut &mut Tablet| {
                let synced = said(tablet.home.sync());
                assert_eq!(synced.healed, 0, "{synced:?}");
                assert_eq!(synced.refused, [] as [String; 0]);
                synced.pushed + synced.pulled
            };
            if tablets.iter_mut().map(moved).sum::<u64>() == 0 {
                break;
            }
        }
        let server = self.district.central.store();
        let whole = projection(&server, &[VILLAGE]);
        let replicas = std::iter::once(&server).chain(tablets.iter().map(|tablet| tablet.store()));
        for store in replicas {
            let held = facts(store);
            assert!(self.written.is_subset(&held), "something is lost");
            assert_eq!(heads(store, &[VILLAGE]), heads(&server, &[VILLAGE]));
            assert_eq!(difference(&projection(store, &[VILLAGE]), &whole), [] as [String; 0]);
            for id_number in &self.examined {
                let view = view(store, id_number);
                assert_eq!(values(&view, "weight_kg").len(), 1, "one fact counts once");
            }
            assert_eq!(store.verify(&mut |_| {}).unwrap(), []);
        }
    }
}

/// The village's facts that a replica holds, wherever they lie.
fn facts(store: &Store) -> BTreeSet<Reference> {
    let sql = "SELECT w.writer, e.seq, e.body FROM entry e
               JOIN writer w ON w.writer_no = e.writer_no
               JOIN unit_key u ON u.unit_no = e.unit_no WHERE u.unit = $1";
    let all = store.read(|tx| {
        tx.rows(sql, &[VILLAGE.into()], |row| {
            let writer = WriterId(row.blob(0)?.try_into().unwrap());
            let seq = u64::try_from(row.int(1)?).unwrap();
            Ok(fact_reference(writer, seq, row.blob(2)?))
        })
    });
    all.unwrap().into_iter().collect()
}

#[test]
fn a_device_put_back_from_a_copy_goes_on_under_a_new_name_and_loses_nothing() {
    // Whether what was recorded before the copy had been sent, and whether there is work after it comes back.
    for (is_sent, goes_on) in [(true, true), (true, false), (false, true), (false, false)] {
        let (mut story, mut tablet) = Story::begin();
        story.work(&mut tablet);
        if is_sent {
            story.sync(&mut tablet, 0);
        }
        let safe = story.district.folder.path().join("safe");
        let copied = off(tablet);
        copy_folder(&copied.folder, &safe);
        let mut tablet = copied.on();
        story.work(&mut tablet);
        story.sync(&mut tablet, 0);
        let (writer, there) = (tablet.store().writer(), heads(tablet.store(), &[VILLAGE]));
        story.work_lost(&mut tablet);
        let lost = off(tablet);
        copy_folder(&safe, &lost.folder);
        let mut tablet = lost.on();
        if goes_on {
            story.work(&mut tablet);
            // Control: this is another branch under the old name, which no server could append.
            assert_eq!(tablet.store().writer(), writer);
            assert_ne!(heads(tablet.store(), &[VILLAGE]), there);
        }
        story.sync(&mut tablet, 1);
        assert_ne!(tablet.store().writer(), writer);
        tablet.reopen();
        story.work(&mut tablet);
        story.nothing_is_lost(&mut [&mut tablet]);
    }
}

#[test]
fn a_database_put_back_without_its_folder_is_noticed_before_anything_is_written() {
    let (mut story, mut tablet) = Story::begin();
    story.work(&mut tablet);
    let safe = story.district.folder.path().join("safe");
    let copied = off(tablet);
    copy_folder(&copied.folder, &safe);
    // Control: switched off and on again, the same folder is the same writer, whether it has synced or not.
    let mut tablet = copied.on();
    let writer = tablet.store().writer();
    tablet.reopen();
    story.work(&mut tablet);
    story.sync(&mut tablet, 0);
    tablet.reopen();
    assert_eq!(tablet.store().writer(), writer);
    let lost = off(tablet);
    for file in ["health.db-wal", "health.db-shm"] {
        let _ = fs::remove_file(lost.folder.join(file));
    }
    fs::copy(safe.join("health.db"), lost.folder.join("health.db")).unwrap();
    let mut tablet = lost.on();
    assert_ne!(tablet.store().writer(), writer);
    assert_eq!(tablet.store().setting_number(Setting::Healed).unwrap(), Some(1));
    story.work(&mut tablet);
    story.sync(&mut tablet, 1);
    story.nothing_is_lost(&mut [&mut tablet]);
    // A mark that is gone says as little as one that differs.
    let writer = tablet.store().writer();
    let bare = off(tablet);
    fs::remove_file(bare.folder.join("install.mark")).unwrap();
    let mut tablet = bare.on();
    assert_ne!(tablet.store().writer(), writer);
    story.work(&mut tablet);
    story.sync(&mut tablet, 1);
    story.nothing_is_lost(&mut [&mut tablet]);
}

#[test]
fn of_two_machines_with_one_folder_one_goes_on_under_a_new_name_whichever_syncs_first() {
    for is_copy_first in [false, true] {
        let (mut story, mut tablet) = Story::begin();
        let mut neighbour = story.district.enrol(&SEATS[1], &[VILLAGE]);
        story.work(&mut tablet);
        story.sync(&mut tablet, 0);
        story.work(&mut tablet);
        let copied = off(tablet);
        let mut second = copied.cloned_to(&story.district.folder.path().join("second"));
        let mut first = copied.on();
        assert_eq!(first.store().writer(), second.store().writer());
        story.work(&mut first);
        story.work(&mut second);
        story.work(&mut second);
        if is_copy_first {
            std::mem::swap(&mut first, &mut second);
        }
        story.sync(&mut first, 0);
        // The neighbour carries whatever came first.
        story.sync(&mut neighbour, 0);
        // What the other wrote in the meantime has parted too.
        story.work(&mut first);
        story.work(&mut second);
        story.sync(&mut second, 1);
        assert_ne!(first.store().writer(), second.store().writer());
        story.sync(&mut first, 0);
        for tablet in [&mut first, &mut second] {
            tablet.reopen();
            story.work(tablet);
        }
        story.nothing_is_lost(&mut [&mut first, &mut second, &mut neighbour]);
    }
}

#[test]
fn a_server_put_back_by_copying_its_folder_finds_it_and_gets_everything_back() {
    let (mut story, mut tablet) = Story::begin();
    story.work(&mut tablet);
    story.sync(&mut tablet, 0);
    let central = &story.district.central;
    let safe = story.district.folder.path().join("safe");
    story.district.go_offline();
    copy_folder(&central.data, &safe);
    story.district.restart();
    said(story.district.central.console().add_examiner("备份之后", ""));
    story.work(&mut tablet);
    story.sync(&mut tablet, 0);

    let central = &story.district.central;
    story.district.go_offline();
    copy_folder(&safe, &central.data);
    let (writer, instance) = (central.store().writer(), central.store().device().unwrap());
    // The coordinator goes on under the old name, before any device has called: two branches.
    said(central.console().add_examiner("恢复之后", ""));
    story.district.restart();
    story.work(&mut tablet);
    story.sync(&mut tablet, 0);
    let central = &story.district.central;
    assert_ne!(central.store().writer(), writer);
    assert_ne!(central.store().device().unwrap(), instance);
    let status = said(central.console().status());
    assert_eq!((status.healed, status.healed_zh.is_some()), (1, true));
    story.nothing_is_lost(&mut [&mut tablet]);
    for store in [&story.district.central.store(), tablet.store()] {
        let names: Vec<String> =
            store.examiners().unwrap().into_iter().map(|examiner| examiner.name).collect();
        assert!(["备份之后", "恢复之后"].iter().all(|name| names.iter().any(|n| n == name)));
    }
}

#[test]
fn what_only_a_neighbour_carries_of_a_device_and_a_server_put_back_is_kept() {
    let (mut story, mut tablet) = Story::begin();
    let mut neighbour = story.district.enrol(&SEATS[1], &[VILLAGE]);
    story.work(&mut tablet);
    story.sync(&mut tablet, 0);
    let under = story.district.folder.path().to_owned();
    let (safe, server_safe) = (under.join("safe"), under.join("server-safe"));
    let copied = off(tablet);
    copy_folder(&copied.folder, &safe);
    story.district.go_offline();
    copy_folder(&story.district.central.data, &server_safe);
    story.district.restart();
    let mut tablet = copied.on();
    story.work(&mut tablet);
    story.work(&mut tablet);
    story.sync(&mut tablet, 0);
    story.sync(&mut neighbour, 0);

    let lost = off(tablet);
    copy_folder(&safe, &lost.folder);
    story.district.go_offline();
    copy_folder(&server_safe, &story.district.central.data);
    story.district.restart();
    let mut tablet = lost.on();
    // Device and server agree with each other: neither can notice, and the other branch grows.
    story.work(&mut tablet);
    story.sync(&mut tablet, 0);
    // Control: the neighbour alone has it.
    assert!(!story.written.is_subset(&facts(&story.district.central.store())));
    assert!(!story.written.is_subset(&facts(tablet.store())));
    story.sync(&mut neighbour, 0);
    assert!(story.written.is_subset(&facts(&story.district.central.store())));
    story.work(&mut tablet);
    story.nothing_is_lost(&mut [&mut tablet, &mut neighbour]);
}
