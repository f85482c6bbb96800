//! The real program killed with SIGKILL at any moment of its life. While it records: what it said is 已保存 is there,
//! once; a station's save is there whole or not at all; and the same file recorded again goes on where it stopped. While
//! it syncs, at either end: nothing is lost or doubled, and nothing is said to be 已上传 that is not.
#![cfg(unix)]

use field::{Home, RecordOrder, SystemHost};
use ledger::{Head, Replica, StreamKey};
use std::path::Path;
use std::sync::Arc;
use store::Store;
use stories::cast::VILLAGE;
use stories::crowd::{Crowd, roster, wrong};
use stories::killing::{Ended, Moments, begin, begin_program};
use stories::measure::data::Lcg;
use stories::program::{Words, words};
use stories::replica::{difference, heads, projection};
use stories::samples::Sheet;
use stories::stage::Stage;
use stories::team::said;

const SEED: u64 = 20_260_914;
const KILLS: usize = 300;
/// People of one file.
const ROWS: usize = 20;
/// People on the village's roster; who comes after them is registered at the stop.
const LISTED: usize = 600;
/// Kills after which the database is checked page by page and entry by entry, and after which everything is.
const KILLS_PER_LEDGER_CHECK: usize = 30;
const KILLS_PER_WHOLE_CHECK: usize = 150;

/// How many rows from the top a recording said are saved.
fn said_saved(ended: &Ended) -> usize {
    let number = |line: &String| {
        let count = line.strip_prefix("已保存：前 ")?.split(' ').next()?;
        count.parse().ok()
    };
    ended.told.iter().filter_map(number).next_back().unwrap_or(0)
}

/// The device's store, when nobody else has it open.
fn store(stage: &Stage) -> Store {
    let key = field::read_key_file(&stage.path("device.key")).unwrap();
    Store::open(&stage.path("device"), &key).unwrap()
}

/// Streams whose positions are not dense up to their head.
fn streams_with_gaps(store: &Store) -> i64 {
    let sql = "SELECT count(*) FROM (
                 SELECT s.seq FROM stream s LEFT JOIN entry e USING (unit_no, writer_no)
                 GROUP BY s.unit_no, s.writer_no
                 HAVING count(e.seq) <> s.seq OR coalesce(max(e.seq), 0) <> s.seq)";
    store.read(|tx| Ok(tx.int(sql, &[])?.unwrap_or(0))).unwrap()
}

fn rows(sheet: &Sheet, range: std::ops::Range<usize>) -> Sheet {
    Sheet { rows: sheet.rows[range].to_vec(), ..sheet.clone() }
}

/// Where in a process's life kills fell.
#[derive(Debug, Default)]
struct Fell {
    before_the_first_save: usize,
    between_saves: usize,
    after_the_last: usize,
}

#[test]
fn what_was_said_to_be_saved_survives_300_kills_once_and_whole() {
    println!("seed {SEED}");
    let stage = Stage::new();
    let (mut random, mut crowd) = (Lcg(SEED), Crowd::of(SEED));
    let listed = crowd.next(LISTED);
    let file = stage.file("crowd.csv", roster(&listed));
    let import = stage.of_device("roster import").with("--round", &stage.round);
    let imported = import.with("--unit", VILLAGE).and(&file).ask().answer();
    assert_eq!(imported["accepted"], LISTED);
    // Listed people and unlisted ones by turns.
    let mut listed = listed.rows.into_iter();
    let mut comes = |count: usize| {
        let mut sheet = crowd.next(count);
        sheet.rows.iter_mut().step_by(2).for_each(|row| {
            if let Some(known) = listed.next() {
                *row = known;
            }
        });
        sheet
    };
    let record = |sheet: &Sheet| stage.record(&sheet.write(stage.folder.path(), "next.csv"));
    let (mut moments, mut fell) = (Moments::default(), Fell::default());
    let (mut saved, mut left) = (comes(0), comes(0));
    let mut kills = 0;
    while kills < KILLS {
        let sheet = left.clone().and(&comes(ROWS - left.rows.len()));
        let running = begin(&record(&sheet));
        let ended = match moments.draw(&mut random) {
            Some(moment) => running.kill_at(moment),
            None => moments.learn(running.end()),
        };
        let count = said_saved(&ended);
        if ended.was_killed() {
            kills += 1;
            match count {
                0 => fell.before_the_first_save += 1,
                ROWS => fell.after_the_last += 1,
                _ => fell.between_saves += 1,
            }
        } else {
            assert!(ended.status.success(), "{ended:?}");
            assert_eq!(count, ROWS);
        }
        let store = store(&stage);
        let what = format!("seed {SEED}, kill {kills}");
        assert_eq!(wrong(&store, &sheet, count), [""; 0], "{what}");
        assert_eq!(streams_with_gaps(&store), 0, "{what}");
        if ended.was_killed() && kills % KILLS_PER_LEDGER_CHECK == 0 {
            assert_eq!(store.verify_ledger(&mut |_| {}).unwrap(), [], "{what}");
        }
        drop(store);
        if ended.was_killed() && kills % KILLS_PER_WHOLE_CHECK == 0 {
            assert_eq!(stage.of_device("verify").ask().answer()["ok"], true, "{what}");
        }
        saved = saved.and(&rows(&sheet, 0..count));
        left = rows(&sheet, count..ROWS);
    }
    println!("{fell:?}, {} people", saved.rows.len());
    assert!(fell.before_the_first_save >= 20 && fell.between_saves >= 100, "{fell:?}");
    // The rest, undisturbed; then everything ever said to be saved, once and whole.
    let rest = begin(&record(&left)).end();
    assert_eq!(said_saved(&rest), left.rows.len());
    let saved = saved.and(&left);
    let store = store(&stage);
    assert_eq!(wrong(&store, &saved, saved.rows.len()), [""; 0]);
    drop(store);
    let last = rows(&saved, saved.rows.len() - 300..saved.rows.len());
    let again = begin(&record(&last)).end();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&again.out).unwrap()["results"], 0);
    let synced = stage.of_device("sync").ask().answer();
    assert_eq!((&synced["healed"], &synced["unsent"]), (&0.into(), &0.into()), "no restore");
    assert_eq!(stage.of_device("verify").ask().answer()["ok"], true);
}

/// A device of the series, and the rows it said are saved.
struct Seat {
    folder: &'static str,
    saved: Sheet,
}

/// What is killed.
#[derive(Debug, Clone, Copy)]
enum Victim {
    Device,
    Server,
    /// A server that is just coming up.
    Starting,
}

struct Syncing {
    stage: Stage,
    random: Lcg,
    crowd: Crowd,
    seats: [Seat; 2],
    syncs: Moments,
    starts: Moments,
    fell: [usize; 3],
}

impl Syncing {
    fn begin() -> Syncing {
        let stage = Stage::new();
        let ticket = stage.ticket();
        stage.enrol("second", &stage.line.url(), &ticket, &stage.ca_pin).ask().answer();
        let mut crowd = Crowd::of(SEED + 1);
        let seats = ["device", "second"].map(|folder| Seat { folder, saved: crowd.next(0) });
        let (syncs, starts) = (Moments::default(), Moments::default());
        let random = Lcg(SEED + 1);
        let syncing = Syncing { stage, random, crowd, seats, syncs, starts, fell: [0; 3] };
        syncing.on(1, "sync").ask().answer();
        syncing
    }

    fn on(&self, seat: usize, command: &str) -> Words {
        let home = words(command).with("--home", self.stage.path(self.seats[seat].folder));
        home.with("--key-file", self.stage.path("device.key"))
    }

    fn store(&self, folder: &str) -> Store {
        let key = if folder == "server" { "server.key" } else { "device.key" };
        let key = field::read_key_file(&self.stage.path(key)).unwrap();
        Store::open(&self.stage.path(folder), &key).unwrap()
    }

    /// A few people come to a device; what it answers is said to be saved.
    fn work(&mut self, seat: usize) {
        let count = 1 + self.random.below(6);
        let sheet = self.crowd.next(count);
        let file = sheet.write(self.stage.folder.path(), "came.csv");
        let key = field::read_key_file(&self.stage.path("device.key")).unwrap();
        let folder = self.stage.path(self.seats[seat].folder);
        let mut home = said(Home::open(&folder, &key, Arc::new(SystemHost)));
        let order = RecordOrder { round: self.stage.round.clone(), ..RecordOrder::default() };
        said(home.record(&order, &file, &mut |_, _| {}));
        let seat = &mut self.seats[seat];
        seat.saved = seat.saved.clone().and(&sheet);
    }

    /// One sync or one start of the server, killed or not. True: something was.
    fn disturb(&mut self, seat: usize) -> bool {
        let victim = match self.random.below(10) {
            0..5 => Victim::Device,
            5..9 => Victim::Server,
            _ => Victim::Starting,
        };
        let was_killed = match victim {
            Victim::Device | Victim::Server => self.disturb_sync(seat, victim),
            Victim::Starting => self.disturb_start(),
        };
        self.fell[victim as usize] += usize::from(was_killed);
        was_killed
    }

    fn disturb_sync(&mut self, seat: usize, victim: Victim) -> bool {
        let mut sync = begin(&self.on(seat, "sync"));
        let Some(moment) = self.syncs.draw(&mut self.random) else {
            let whole = self.syncs.learn(sync.end());
            assert!(whole.status.success(), "{whole:?}");
            return false;
        };
        if matches!(victim, Victim::Device) {
            return sync.kill_at(moment).was_killed();
        }
        let runs = sync.runs_until(moment);
        if runs {
            self.stage.kill_server();
        }
        let ended = sync.end();
        assert!(ended.status.success() || runs, "{ended:?}");
        if runs {
            self.stage.serve();
        }
        runs
    }

    fn disturb_start(&mut self) -> bool {
        let serve = self.stage.of_server("serve").with("--listen", "127.0.0.1:0");
        let Some(moment) = self.starts.draw(&mut self.random) else {
            self.starts.learn(begin(&self.stage.of_server("server status")).end());
            return false;
        };
        self.stage.kill_server();
        let was_killed = begin(&serve).kill_at(moment).was_killed();
        self.stage.serve();
        was_killed
    }

    /// Entries a device says are 已上传, and those the server has of what it holds.
    fn uploaded(&self, seat: usize) -> [u64; 2] {
        let (server, device) = (self.store("server"), self.store(self.seats[seat].folder));
        let there = server.heads(None).unwrap();
        let both = |(key, head): (&StreamKey, &Head)| there.get(key).map(|t| t.seq.min(head.seq));
        let on_server = device.heads(None).unwrap().iter().filter_map(both).sum();
        [device.levels().unwrap().uploaded.all, on_server]
    }

    /// Syncs until nothing moves any more.
    fn come_to_rest(&self) {
        for _ in 0..6 {
            let moved = [0, 1].map(|seat| {
                let synced = self.on(seat, "sync").ask().answer();
                assert_eq!(synced["refused"], serde_json::json!([]));
                ["pushed", "pulled", "held", "unsent"].iter().any(|what| synced[what] != 0)
            });
            if moved == [false, false] {
                return;
            }
        }
        panic!("it does not come to rest");
    }

    /// Everything is everywhere, once, and waits for nobody.
    fn all_is_well(&self) {
        let stores = ["server", "device", "second"].map(|folder| self.store(folder));
        for store in &stores {
            for seat in &self.seats {
                assert_eq!(wrong(store, &seat.saved, seat.saved.rows.len()), [""; 0]);
            }
            assert_eq!((streams_with_gaps(store), store.held_count().unwrap()), (0, 0));
        }
        for device in &stores[1..] {
            assert_eq!(heads(device, &[VILLAGE]), heads(&stores[0], &[VILLAGE]));
            let [one, other] = [device, &stores[0]].map(|store| projection(store, &[VILLAGE]));
            assert_eq!(difference(&one, &other), [""; 0]);
        }
        drop(stores);
        let verified = [self.on(0, "verify"), self.on(1, "verify"), self.stage.of_server("verify")];
        verified.iter().for_each(|verify| assert_eq!(verify.ask().answer()["ok"], true));
    }
}

#[test]
fn a_device_and_its_server_lose_and_double_nothing_over_300_kills_while_they_sync() {
    println!("seed {}", SEED + 1);
    let mut syncing = Syncing::begin();
    let mut kills = 0;
    while kills < KILLS {
        let seat = syncing.random.below(2);
        syncing.work(seat);
        if syncing.disturb(seat) {
            kills += 1;
            let [said, true_count] = syncing.uploaded(seat);
            assert!(said <= true_count, "kill {kills}: {said} said 已上传, {true_count} are");
        }
    }
    println!("device, server, starting: {:?}", syncing.fell);
    assert!(syncing.fell.iter().all(|kills| *kills >= 10), "{:?}", syncing.fell);
    syncing.come_to_rest();
    syncing.all_is_well();
}

#[test]
fn control_a_recorder_that_speaks_before_it_saves_is_caught() {
    let stage = Stage::new();
    let sheet = Crowd::of(SEED).next(200);
    let file = sheet.write(stage.folder.path(), "hasty.csv");
    let order = words("").and(stage.path("device")).and(stage.path("device.key"));
    let order = order.and(&stage.round).and(file);
    let mut hasty = begin_program(Path::new(env!("CARGO_BIN_EXE_hasty")), &order);
    hasty.next_line();
    let ended = hasty.kill();
    assert!(ended.was_killed());
    let count = said_saved(&ended);
    assert_eq!(count, 200);
    let store = store(&stage);
    assert!(!wrong(&store, &sheet, count).is_empty(), "it was not noticed");
    // Where it says nothing, nothing is missing.
    assert_eq!(wrong(&store, &sheet, 0), [""; 0]);
}

#[test]
fn control_a_device_that_counts_what_no_server_proved_is_caught() {
    let mut syncing = Syncing::begin();
    syncing.work(0);
    let [said, true_count] = syncing.uploaded(0);
    assert!(said <= true_count);
    let mut device = syncing.store("device");
    let own = device.own_heads().unwrap();
    device.note_server_heads(&own).unwrap();
    drop(device);
    let [said, true_count] = syncing.uploaded(0);
    assert!(said > true_count, "it was not noticed");
}
