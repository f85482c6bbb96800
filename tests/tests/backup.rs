//! Backups, through the real parts: made while others write, restored to the same, refused in one sentence when
//! anything about them is wrong, and counted on a device in three levels.

use ledger::{Heads, Replica};
use protocol::{Code, Failure};
use server::{BackupMade, BackupOrder, RestoreOrder};
use std::fs;
use std::path::{Path, PathBuf};
use store::{Setting, Store};
use stories::cast::{SEATS, VILLAGE};
use stories::central::Central;
use stories::program::words;
use stories::samples::Sheet;
use stories::team::{District, Tablet, said};
use tempfile::TempDir;

/// A key pair for backups, and where the files of a story lie.
struct Safe {
    folder: TempDir,
    recipient: String,
}

impl Safe {
    fn new() -> Safe {
        let folder = tempfile::tempdir().unwrap();
        let made = said(server::backup_keygen(&folder.path().join("identity")));
        Safe { folder, recipient: made.recipient }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn order(&self, central: &Central, name: &str) -> BackupOrder {
        BackupOrder {
            data: central.data.clone(),
            key_file: Some(central.key_file.clone()),
            out: self.path(name),
            recipients: vec![self.recipient.clone()],
            recipients_file: None,
        }
    }

    fn backup(&self, central: &Central, name: &str) -> BackupMade {
        said(server::backup(&self.order(central, name), &mut |_| {}))
    }

    fn restore_order(&self, name: &str, to: &str) -> RestoreOrder {
        RestoreOrder {
            data: self.path(to),
            from: self.path(name),
            identity: self.path("identity"),
            key_file: None,
            accept_loss: false,
        }
    }

    /// Names of all files and folders, hidden ones too.
    fn names(&self) -> Vec<String> {
        let inside = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            inside.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// A server with a few entries, not running.
fn small(folder: &Path) -> Central {
    let central = Central::init(folder, "server");
    let mut console = central.console();
    for number in 0..20 {
        said(console.add_examiner(&format!("检查者{number}"), ""));
    }
    central
}

fn heads(store: &Store) -> Heads {
    Replica::heads(store, None).unwrap()
}

fn restored_store(folder: &Path) -> Store {
    let key = said(field::read_key_file(&folder.join("server.key")));
    Store::open(folder, &key).unwrap()
}

#[test]
fn a_restored_server_is_what_the_backup_says_though_others_wrote_meanwhile() {
    let safe = Safe::new();
    let central = small(safe.folder.path());
    // Another program appends before, between and after the steps of the backup.
    let mut other = central.console();
    let mut steps = 0;
    let mut write = |_: &str| {
        steps += 1;
        said(other.add_examiner(&format!("后来者{steps}"), ""));
    };
    let made = said(server::backup(&safe.order(&central, "a.age"), &mut write));
    assert!(steps >= 3, "{steps}");
    let live = central.store();
    let noted = live.last_backup(None).unwrap();
    let restored = said(server::restore(&safe.restore_order("a.age", "new"), &mut |_| {}));
    let store = restored_store(&restored.data);
    assert_eq!(heads(&store), noted.heads);
    assert_eq!(store.verify(&mut |_| {}).unwrap(), []);
    assert_eq!((restored.entries, &restored.made_at), (made.entries, &made.made_at));
    // Control: had the heads been taken from the live database, this comparison would have failed.
    assert_ne!(heads(&store), heads(&live));
    let status = said(central.console().status());
    assert_eq!(status.backup.map(|b| b.entries), Some(made.entries));
    assert!(made.entries < u64::try_from(status.entries).unwrap());
    // It is another life of the same server.
    assert_ne!(store.device().unwrap(), live.device().unwrap());
    assert_eq!(store.setting_number(Setting::RestoredFrom).unwrap(), Some(noted.at_ms));
    assert_eq!(store.public_key().unwrap(), live.public_key().unwrap());
}

#[test]
fn a_backup_beside_a_busy_program_is_whole_and_stops_nobody() {
    let safe = Safe::new();
    let central = small(safe.folder.path());
    let (data, key_file) = (central.data.clone(), central.key_file.clone());
    let writing = std::thread::spawn(move || {
        for number in 0..6 {
            let add = words("examiner add").with("--data", &data).with("--key-file", &key_file);
            assert!(add.with("--name", format!("忙人{number}")).ask().succeeded());
        }
    });
    let mut covered = Vec::new();
    while !writing.is_finished() || covered.is_empty() {
        covered.push(safe.backup(&central, "busy.age").entries);
    }
    writing.join().unwrap();
    assert!(covered.is_sorted(), "{covered:?}");
    let restored = said(server::restore(&safe.restore_order("busy.age", "new"), &mut |_| {}));
    assert_eq!(Some(&restored.entries), covered.last());
    assert_eq!(restored_store(&restored.data).verify(&mut |_| {}).unwrap(), []);
    assert_eq!(central.store().verify(&mut |_| {}).unwrap(), []);
}

#[test]
fn whatever_is_wrong_with_a_restore_ends_in_one_sentence_and_leaves_nothing() {
    let safe = Safe::new();
    let central = small(safe.folder.path());
    safe.backup(&central, "good.age");
    let good = fs::read(safe.path("good.age")).unwrap();
    said(server::backup_keygen(&safe.path("other")));
    fs::write(safe.path("words"), "no key at all").unwrap();
    fs::create_dir(safe.path("full")).unwrap();
    fs::write(safe.path("full").join("notes.txt"), "mine").unwrap();
    fs::write(safe.path("bad.age"), b"").unwrap();
    let names = safe.names();
    let check = |order: RestoreOrder, codes: &[Code]| {
        let failed: Result<_, Failure> = server::restore(&order, &mut |_| {});
        let code = failed.unwrap_err().code;
        assert!(codes.contains(&code), "{code:?}");
        assert_eq!(safe.names(), names, "{code:?}");
    };
    let order = || safe.restore_order("good.age", "new");
    let with = |change: &dyn Fn(&mut RestoreOrder)| {
        let mut order = order();
        change(&mut order);
        order
    };
    check(with(&|o| o.identity = safe.path("other")), &[Code::BackupIdentityWrong]);
    check(with(&|o| o.identity = safe.path("words")), &[Code::BackupIdentityInvalid]);
    check(with(&|o| o.identity = safe.path("nowhere")), &[Code::BackupIdentityInvalid]);
    check(with(&|o| o.from = safe.path("nowhere")), &[Code::FileUnreadable]);
    check(with(&|o| o.from = safe.path("words")), &[Code::BackupBroken]);
    check(with(&|o| o.data = safe.path("full")), &[Code::RestoreFolderNotEmpty]);
    check(with(&|o| o.data = safe.path("words")), &[Code::RestoreFolderNotEmpty]);
    assert_eq!(fs::read(safe.path("full").join("notes.txt")).unwrap(), b"mine");
    let bad = || safe.restore_order("bad.age", "new");
    let length = good.len();
    for cut in [0, 10, 100, length / 3, length / 2, length - 70_000, length - 1] {
        fs::write(safe.path("bad.age"), &good[..cut]).unwrap();
        check(bad(), &[Code::BackupBroken]);
    }
    // In the words of the head, the wrapped key, its proof, the database's first, middle and last bytes.
    for at in [3, 30, 60, 110, 180, 250, 400, length / 2, length - 1] {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        fs::write(safe.path("bad.age"), bytes).unwrap();
        check(bad(), &[Code::BackupBroken, Code::BackupIdentityWrong]);
    }
    let longer = [good.as_slice(), b"more"].concat();
    fs::write(safe.path("bad.age"), longer).unwrap();
    check(bad(), &[Code::BackupBroken]);
    // Control: the file as it was made, into a folder that is there and empty.
    fs::create_dir(safe.path("new")).unwrap();
    said(server::restore(&order(), &mut |_| {}));
}

#[test]
fn whatever_is_wrong_with_a_backup_leaves_the_one_before_and_counts_nothing() {
    let safe = Safe::new();
    let central = small(safe.folder.path());
    let check = |change: &dyn Fn(&mut BackupOrder), code: Code| {
        let mut order = safe.order(&central, "a.age");
        change(&mut order);
        let names = safe.names();
        assert_eq!(server::backup(&order, &mut |_| {}).unwrap_err().code, code);
        assert_eq!(safe.names(), names);
    };
    check(&|o| o.recipients.clear(), Code::BackupRecipientInvalid);
    check(&|o| o.recipients = vec!["age1nobody".to_owned()], Code::BackupRecipientInvalid);
    check(&|o| o.recipients_file = Some(safe.path("nowhere")), Code::BackupRecipientInvalid);
    check(&|o| o.out = safe.folder.path().to_owned(), Code::FileUnwritable);
    check(&|o| o.out = safe.path("identity"), Code::FileExists);
    check(&|o| o.out = central.data.join("health.db"), Code::UsageInvalid);
    assert_eq!(said(central.console().status()).backup, None);
    let made = safe.backup(&central, "a.age");
    let before = fs::read(safe.path("a.age")).unwrap();
    said(central.console().add_examiner("后来者", ""));
    #[cfg(unix)]
    {
        // The log of the live database still fits; the copy does not.
        let full = words("server backup")
            .with("--data", &central.data)
            .with("--key-file", &central.key_file)
            .with("--out", safe.path("a.age"))
            .with("--recipient", &safe.recipient)
            .ask_on_a_full_disk(100);
        assert!(!full.succeeded());
        let code = full.json()["error"]["code"].as_str().unwrap().to_owned();
        assert!(["disk_full", "storage_failed"].contains(&code.as_str()), "{code}");
        assert_eq!(full.err.lines().filter(|line| line.starts_with("错误")).count(), 1);
        assert!(!safe.names().iter().any(|name| name.starts_with('.')));
    }
    assert_eq!(fs::read(safe.path("a.age")).unwrap(), before);
    let status = said(central.console().status());
    assert_eq!(status.backup.map(|backup| backup.entries), Some(made.entries));
}

#[test]
fn a_key_pair_for_backups_is_never_written_over() {
    let safe = Safe::new();
    let again = server::backup_keygen(&safe.path("identity"));
    assert_eq!(again.unwrap_err().code, Code::FileExists);
    let asked = words("server backup-keygen").with("--out", safe.path("more")).ask().answer();
    assert!(asked["recipient"].as_str().unwrap().starts_with("age1"));
}

fn record(tablet: &mut Tablet, district: &District, place: usize) {
    let sheet = Sheet::measurements().of_place(VILLAGE);
    let place = tablet.seat.stations[place];
    assert!(tablet.record(&district.round, place, None, &sheet).results > 0);
}

#[test]
fn a_device_tells_saved_uploaded_and_backed_up_apart() {
    let safe = Safe::new();
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    record(&mut tablet, &district, 1);
    let check = |tablet: &Tablet, uploaded_all: bool, backed_up: u64| {
        let status = said(tablet.home.status());
        let uploaded = if uploaded_all { status.saved.own } else { 0 };
        assert_eq!(status.uploaded.own, uploaded);
        assert_eq!(status.unsent, status.saved.own - uploaded);
        assert_eq!(status.backed_up.own, backed_up);
        assert!(status.backed_up.all <= status.uploaded.all);
        status
    };
    let first = check(&tablet, false, 0);
    assert!(first.saved.own > 0 && first.saved.all > first.saved.own);
    said(tablet.home.sync());
    check(&tablet, true, 0);
    // A backup counts once the device hears of it; the next sync changes nothing else.
    safe.backup(&district.central, "a.age");
    check(&tablet, true, 0);
    assert_eq!(said(tablet.home.sync()).pushed, 0);
    let covered = check(&tablet, true, first.saved.own);
    assert_eq!(covered.backed_up, covered.saved);
    assert!(covered.backup_at.is_some());
    // What comes after the backup is not in it.
    record(&mut tablet, &district, 2);
    said(tablet.home.sync());
    let after = check(&tablet, true, first.saved.own);
    assert!(after.saved.own > first.saved.own);
    tablet.reopen();
    assert_eq!(said(tablet.home.status()), after);
    // Told once: the same backup again costs no heads.
    let quiet = said(tablet.home.sync());
    assert_eq!((quiet.pushed, quiet.pulled), (0, 0));
    assert!(quiet.bytes_up + quiet.bytes_down < 2_048, "{quiet:?}");
    // A clock in agreement is not spoken of; one of 1970 is, and what it recorded counts all the same.
    tablet.host.set_clock(0);
    said(tablet.home.sync());
    let wrong = said(tablet.home.status());
    assert!(wrong.clock_warning.unwrap().contains("天"));
    assert_eq!(wrong.saved, after.saved);
}

#[test]
fn a_restored_server_gets_back_what_it_lost_and_writes_under_a_new_name() {
    let safe = Safe::new();
    let district = District::prepare();
    let central = &district.central;
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    safe.backup(central, "a.age");
    // After the backup the server writes, the device records, and the device has both.
    said(central.console().add_examiner("备份之后", ""));
    record(&mut tablet, &district, 1);
    said(tablet.home.sync());
    let (before, old_writer) = (heads(&central.store()), central.store().writer());

    district.go_offline();
    fs::rename(&central.data, safe.path("lost")).unwrap();
    let mut order = safe.restore_order("a.age", "unused");
    order.data = central.data.clone();
    order.key_file = Some(central.key_file.clone());
    said(server::restore(&order, &mut |_| {}));
    assert!(before.iter().any(|(key, head)| heads(&central.store()).get(key) != Some(head)));
    // The coordinator goes on before any device has called.
    said(central.console().add_examiner("恢复之后", ""));
    assert_ne!(central.store().writer(), old_writer);

    district.restart();
    assert!(said(tablet.home.sync()).pushed > 0);
    let after = heads(&central.store());
    assert!(before.iter().all(|(key, head)| after.get(key) == Some(head)), "something is lost");
    said(tablet.home.sync());
    for store in [&central.store(), tablet.store()] {
        let names: Vec<String> =
            store.examiners().unwrap().into_iter().map(|examiner| examiner.name).collect();
        assert!(["备份之后", "恢复之后"].iter().all(|name| names.iter().any(|n| n == name)));
        assert_eq!(store.verify(&mut |_| {}).unwrap(), []);
    }
}

#[test]
fn a_restore_below_what_was_said_to_be_backed_up_asks_first_and_names_the_ranges() {
    let safe = Safe::new();
    let central = small(safe.folder.path());
    safe.backup(&central, "old.age");
    let before = central.store().last_backup(None).unwrap().heads;
    said(central.console().add_examiner("备份之间", ""));
    safe.backup(&central, "last.age");
    let announced = central.store().last_backup(None).unwrap().heads;
    let (key, head) = announced.iter().find(|(key, head)| before[*key] != **head).unwrap();
    let names = safe.names();
    let asked = |order: &RestoreOrder| {
        let failure = server::restore(order, &mut |_| {}).unwrap_err();
        assert_eq!(failure.code, Code::RestoreBelowBackup);
        assert_eq!(safe.names(), names);
        failure.place.unwrap()
    };
    let mut order = safe.restore_order("old.age", "back");
    let (unit, from, to) = (&key.unit, before[key].seq + 1, head.seq);
    let named = asked(&order);
    assert!(
        named.contains(&unit.to_string()) && named.contains(&format!("{from}-{to}")),
        "{named}"
    );
    // The announcement itself spoiled: what it named is not known, so it asks.
    let note = safe.path("backed-up.heads");
    let kept = fs::read(&note).unwrap();
    fs::write(&note, &kept[..kept.len() / 2]).unwrap();
    asked(&order);
    fs::write(&note, &kept).unwrap();
    // The last one holds all that was announced: nothing is asked.
    let last = said(server::restore(&safe.restore_order("last.age", "last"), &mut |_| {}));
    assert_eq!(last.at_risk, []);
    order.accept_loss = true;
    let restored = said(server::restore(&order, &mut |_| {}));
    let at_risk: Vec<_> = restored.at_risk.iter().map(|r| (&r.unit, r.from, r.to)).collect();
    assert_eq!(at_risk, [(&unit.to_string(), from, to)]);
    // Control: where nobody kept what was announced, the older one is restored without a word.
    fs::remove_file(&note).unwrap();
    let unasked = safe.restore_order("old.age", "unasked");
    assert_eq!(said(server::restore(&unasked, &mut |_| {})).at_risk, []);
}
