//! One day through, with the real parts in one process: an office's rosters in, a village's and a school's day
//! recorded offline at the stations of three devices, brought home over TLS through cuts in the middle, and
//! the same on all four replicas afterwards, whoever looks at it and whatever is put right later.

use field::{Export, Format, Recorded, Synced};
use protocol::Code;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use store::{PersonView, Store};
use stories::cast::{OTHER_VILLAGE, SCHOOL, SEATS, VILLAGE, VILLAGE_SHEET};
use stories::counted::counted;
use stories::findings::{Finding, difference, findings, oracle};
use stories::line::Cut;
use stories::samples::{self, Sheet};
use stories::team::{District, Tablet, said};
use stories::{python, replica, reports};

/// The district's own stream: rounds, operators, devices.
const DISTRICT: &str = "431302";

// Villagers with a usable ID number on the roster; people are made up.
/// 95.9 kg at 158.2 cm: obese, until the weight is put right.
const WEIGHED_WRONGLY: &str = "431399199901070349";
/// 99 g/l: anaemia, until the sample proves to be spoiled.
const SAMPLE_SPOILED: &str = "431399199908144427";
/// 6 mmol/l fasting at one device, 17 at another.
const MEASURED_TWICE: &str = "431399199205050678";
/// On the roster of 新庄村, examined in 慕隆村.
const FROM_OTHER_VILLAGE: &str = "431399199206015970";
/// On no roster; at home outside the district.
const FROM_OUTSIDE: &str = "431399198102030012";

#[test]
fn the_numbers_of_the_day_are_what_the_samples_say() {
    let folder = samples::path("");
    let folder = folder.to_str().unwrap().trim_end_matches('/');
    let script = "sample_counts.py";
    let said = python::run(script, &[folder, VILLAGE, VILLAGE_SHEET, SCHOOL]);
    assert_eq!(serde_json::from_str::<Value>(&said).unwrap(), counted());
}

#[test]
fn a_day_recorded_offline_on_three_devices_arrives_everywhere() {
    let mut day = Day::begin();
    day.rosters_are_on_every_device();
    day.stations_record_offline();
    day.someone_from_outside_comes_by();
    day.one_villager_is_measured_twice();
    day.first_device_comes_home_through_two_cuts();
    day.everyone_syncs_until_all_have_all();
    day.all_replicas_are_equal();
    day.a_further_sync_changes_nothing();
    day.proposed_numbers_wait_for_a_person();
    day.both_values_are_seen_and_the_worse_counts();
    day.findings_are_as_expected();
    day.reports_of_server_and_device_agree();
    day.results_are_put_right();
    day.someone_of_another_village_comes_by();
    day.replicas_verify();
}

struct Day {
    district: District,
    tablets: Vec<Tablet>,
    /// What stands after everything so far, as a measurements file: what the second reading is given.
    standing: Sheet,
}

fn told(recorded: &Recorded, code: &str) -> usize {
    recorded.problems.iter().filter(|problem| problem.code == code).count()
}

impl Day {
    fn begin() -> Day {
        let district = District::prepare();
        let units = [VILLAGE, district.school.as_str()];
        let tablets: Vec<Tablet> = SEATS.iter().map(|seat| district.enrol(seat, &units)).collect();
        let all = Sheet::measurements();
        let standing = all.of_place(VILLAGE).and(&all.of_place(SCHOOL));
        Day { district, tablets, standing }
    }

    fn units(&self) -> [&str; 3] {
        [VILLAGE, &self.district.school, DISTRICT]
    }

    fn rosters_are_on_every_device(&mut self) {
        let counted = counted();
        for (name, imported) in
            [("residents", &self.district.residents), ("students", &self.district.students)]
        {
            let mut problems: BTreeMap<&str, u32> = BTreeMap::new();
            for problem in &imported.problems {
                *problems.entry(problem.code.word()).or_default() += 1;
            }
            let found = json!({
                "rows": imported.rows, "accepted": imported.accepted, "merged": imported.merged,
                "problems": problems,
            });
            assert_eq!(found, counted[name], "{name}");
            assert!(imported.problem_workbook.as_ref().unwrap().exists());
        }
        for tablet in &mut self.tablets {
            let synced = said(tablet.home.sync());
            assert!(synced.pulled > 0 && synced.refused.is_empty());
            assert_eq!(synced.pushed, 0);
            // 学籍号 of a pupil, the tail of a villager's number, initials.
            for words in ["G431399202002098596", "070349", "fdd"] {
                assert!(!said(tablet.home.find(words)).is_empty(), "{words}");
            }
        }
        // A field clock that says 1970, to the end of the story.
        self.tablets[2].host.set_clock(0);
    }

    fn stations_record_offline(&mut self) {
        self.district.go_offline();
        let failed = self.tablets[0].home.sync().unwrap_err();
        assert_eq!(failed.code, Code::ServerUnreachable);
        let counted = counted();
        let (village, school) = (self.standing.of_place(VILLAGE), self.standing.of_place(SCHOOL));
        for tablet in &mut self.tablets {
            for (stop, sheet) in [("village", &village), ("school", &school)] {
                let mut proposals = 0;
                let mut stations = 0;
                for place in tablet.seat.stations {
                    let expected = &counted[stop]["stations"][place.0];
                    if expected[0] == 0 {
                        continue; // the station is not at this stop
                    }
                    let recorded = tablet.record(&self.district.round, *place, None, sheet);
                    proposals += told(&recorded, "id_number_proposed");
                    stations += 1;
                    let found =
                        json!([recorded.people, recorded.results, told(&recorded, "impossible")]);
                    assert_eq!(&found, expected, "{stop} {}", place.0);
                    assert_eq!((recorded.registered, told(&recorded, "conflicts")), (0, 0));
                    assert_eq!(told(&recorded, "id_invalid"), 0, "whatever the clock says");
                }
                let all = counted[stop]["proposals"].as_u64().unwrap() as usize;
                assert!(stations == 0 || (1..=all).contains(&proposals), "{proposals} of {all}");
            }
            // The battery is empty; what was said to be saved is there after.
            tablet.reopen();
            assert!(tablet.store().counts().unwrap().unsent > 0);
        }
    }

    /// Two devices register the same visitor, unaware of each other.
    fn someone_from_outside_comes_by(&mut self) {
        let round = self.district.round.clone();
        // Nobody repeats the 186 here, so its finding stays open.
        let items = [
            ("unit", "邵阳市双清区"),
            ("id_number", FROM_OUTSIDE),
            ("name", "甘田"),
            ("sex", "M"),
            ("birth", "1981-02-03"),
            ("sbp1_mmhg", "186"),
            ("dbp1_mmhg", "112"),
            ("hb_g_l", "125"),
        ];
        let visitor = self.standing.only(WEIGHED_WRONGLY, &items);
        for (tablet, place) in [(0, ("bp", "护士乙")), (1, ("blood", "检验师"))] {
            let tablet = &mut self.tablets[tablet];
            let recorded = tablet.record(&round, place, Some(VILLAGE), &visitor);
            assert_eq!((recorded.registered, recorded.people), (1, 1));
        }
        self.standing = self.standing.clone().and(&visitor);
    }

    /// The same blood test at another device, that knows nothing of the first: one value differs.
    fn one_villager_is_measured_twice(&mut self) {
        let items = [("fasting", "yes"), ("glucose_mmol_l", "17")];
        let again = self.standing.only(MEASURED_TWICE, &items);
        let round = &self.district.round;
        let recorded = self.tablets[2].record(round, ("blood", "检验师"), None, &again);
        assert_eq!((recorded.people, recorded.results), (1, 2));
        assert_eq!(told(&recorded, "conflicts"), 0, "it cannot know yet");
        self.standing = self.standing.with(MEASURED_TWICE, &items);
    }

    /// The server dies in the middle of a push, and again between having done its part and saying so.
    fn first_device_comes_home_through_two_cuts(&mut self) {
        let entries = |store: &Store| store.counts().unwrap().entries;
        let before = entries(&self.district.central.store());
        for (cut, is_received) in [(Cut::Up(8_000), false), (Cut::AnswerAfter(8_000), true)] {
            self.district.restart();
            let (line, kill) = (&self.district.line, self.district.central.dead_switch());
            line.cut(cut, kill);
            let failed = self.tablets[0].home.sync().unwrap_err();
            assert!(!self.district.line.is_to_be_cut(), "the server was cut dead");
            let expected = [Code::ServerUnreachable, Code::ServerAnswerUnknown];
            assert!(expected.contains(&failed.code), "{failed}");
            assert!(self.tablets[0].store().counts().unwrap().unsent > 0, "nothing was proven");
            let store = self.district.central.store();
            assert_eq!(entries(&store) > before, is_received);
            assert_eq!(store.verify(&mut |_| {}).unwrap(), []);
        }
        self.district.restart();
        let synced = said(self.tablets[0].home.sync());
        assert_eq!((synced.unsent, synced.held, synced.refused.len()), (0, 0, 0));
    }

    fn everyone_syncs_until_all_have_all(&mut self) {
        let heads = |store: &Store| replica::heads(store, &[VILLAGE]);
        let server = heads(&self.district.central.store());
        let is_behind = |tablet: &Tablet| heads(tablet.store()) != server;
        assert!(self.tablets.iter().any(is_behind), "there is something to bring");
        for _ in 0..2 {
            for tablet in &mut self.tablets {
                let synced = said(tablet.home.sync());
                assert_eq!((synced.unsent, synced.held, synced.refused.len()), (0, 0, 0));
            }
        }
    }

    fn all_replicas_are_equal(&self) {
        let server = self.district.central.store();
        let heads = replica::heads(&server, &self.units());
        let projection = replica::projection(&server, &self.units());
        assert!(projection.values().filter(|rows| !rows.is_empty()).count() >= 6);
        for tablet in &self.tablets {
            assert_eq!(replica::heads(tablet.store(), &self.units()), heads);
            let own = replica::projection(tablet.store(), &self.units());
            let rows = replica::difference(&projection, &own);
            assert!(
                rows.is_empty(),
                "{}: {} rows: {:#?}",
                tablet.seat.name,
                rows.len(),
                &rows[..1]
            );
        }
    }

    fn a_further_sync_changes_nothing(&mut self) {
        for tablet in &mut self.tablets {
            let Synced { pushed, pulled, batches, bytes_up, bytes_down, .. } =
                said(tablet.home.sync());
            assert_eq!((pushed, pulled, batches), (0, 0, 0));
            // One round trip of at most 2 KB says that there is nothing to say.
            assert!(bytes_up + bytes_down <= 2048, "{bytes_up} + {bytes_down} bytes");
        }
        self.all_replicas_are_equal();
    }

    /// What every replica knows of someone.
    fn views(&self, id_number: &str) -> Vec<PersonView> {
        let mut views = vec![replica::view(&self.district.central.store(), id_number)];
        views.extend(self.tablets.iter().map(|tablet| replica::view(tablet.store(), id_number)));
        views
    }

    /// A number that only a station's list had is taken over everywhere, as proposed.
    fn proposed_numbers_wait_for_a_person(&self) {
        let proposals = |stop: &str| counted()[stop]["proposals"].as_u64().unwrap();
        let server = self.district.central.store();
        let column = self.standing.column("id_number");
        let is_proposed =
            |row: &&Vec<String>| replica::view(&server, &row[column]).id_number_is_proposed;
        let proposed: Vec<&Vec<String>> = self.standing.rows.iter().filter(is_proposed).collect();
        assert_eq!(proposed.len() as u64, proposals("village") + proposals("school"));
        for view in self.views(&proposed[0][column]) {
            assert!(view.id_number_is_proposed);
        }
    }

    fn both_values_are_seen_and_the_worse_counts(&self) {
        for view in self.views(MEASURED_TWICE) {
            let of_item = |key: &str| {
                let current = replica::values(&view, key).into_iter().filter(|v| v.current);
                current.map(|v| (format!("{:?}", v.value), v.conflict)).collect::<Vec<_>>()
            };
            let values = of_item("glucose_mmol_l");
            assert_eq!(values.len(), 2, "both stay visible");
            assert!(values[0].0 != values[1].0 && values.iter().all(|(_, conflict)| *conflict));
            assert!(of_item("fasting").iter().all(|(_, conflict)| !conflict), "both say yes");
            assert!(view.findings.iter().any(|(_, f)| f.code == "critical"), "the worse counts");
        }
        for view in self.views(FROM_OUTSIDE) {
            assert_eq!(view.also.len(), 1, "registered twice, one person");
        }
    }

    /// An export of the server, then of each device, all at the moment of the story.
    fn exports(&self, what: Export, format: Format, unit: Option<&str>) -> Vec<String> {
        let (round, folder) = (&self.district.round, self.district.folder.path());
        let export = |store: &Store| reports::of(store, round, what, format, unit, folder);
        let mut exports = vec![export(&self.district.central.store())];
        exports.extend(self.tablets.iter().map(|tablet| export(tablet.store())));
        exports
    }

    fn expected_findings(&self) -> BTreeSet<Finding> {
        let file = self.standing.write(self.district.folder.path(), "standing.csv");
        oracle(&samples::tables(), &file)
    }

    fn findings_are_as_expected(&self) {
        let expected = self.expected_findings();
        let exports = self.exports(Export::Findings, Format::Csv, None);
        for export in exports {
            assert_eq!(difference(&findings(&export), &expected), [] as [&Finding; 0]);
        }
        assert!(expected.iter().any(|f| f[0] == FROM_OUTSIDE && f[2] == "grade3" && f[3] == "A"));
    }

    fn reports_of_server_and_device_agree(&self) {
        let lines = reports::lines_but_devices_heard;
        let school = self.district.school.clone();
        for what in [Export::Results, Export::Findings, Export::Coverage, Export::Brief] {
            let format = if what == Export::Brief { Format::Txt } else { Format::Csv };
            for unit in [VILLAGE, &school] {
                let exports = self.exports(what, format, Some(unit));
                for export in &exports[1..] {
                    assert_eq!(lines(export), lines(&exports[0]), "{what:?} of {unit}");
                }
            }
        }
        self.coverage_is(VILLAGE, [313, 313, 0, 1]);
        self.coverage_is(&school, [1080, 1080, 0, 0]);
    }

    /// 应检, 实检(名单内), 本区他村, 外区 of a unit, on the server and on a device.
    fn coverage_is(&self, unit: &str, expected: [u32; 4]) {
        for export in self.exports(Export::Coverage, Format::Csv, Some(unit)) {
            let found = reports::coverage(&export, unit);
            assert_eq!(found, expected, "{unit}");
        }
    }

    /// Amended on one device, withdrawn on another, chosen on the third: the same everywhere after.
    fn results_are_put_right(&mut self) {
        let round = self.district.round.clone();
        let [first, second, third] = &mut self.tablets[..] else { panic!("three devices") };
        let change = first.change(&round, WEIGHED_WRONGLY, "weight_kg", "看错一位");
        assert_eq!(said(first.home.amend_result(&change, "59.9")).replaced, 1);
        let change = second.change(&round, SAMPLE_SPOILED, "hb_g_l", "标本溶血");
        assert_eq!(said(second.home.void_result(&change)).replaced, 1);
        let change = third.change(&round, MEASURED_TWICE, "glucose_mmol_l", "复测核对");
        assert_eq!(third.home.choose_result(&change, "9").unwrap_err().code, Code::ResultUnknown);
        assert_eq!(said(third.home.choose_result(&change, "6")).replaced, 2);

        let changed = self.standing.with(WEIGHED_WRONGLY, &[("weight_kg", "59.9")]);
        let changed = changed.with(SAMPLE_SPOILED, &[("hb_g_l", "")]);
        self.standing = changed.with(MEASURED_TWICE, &[("glucose_mmol_l", "6")]);
        self.everyone_syncs_until_all_have_all();
        self.all_replicas_are_equal();
        self.findings_are_as_expected();
        for view in self.views(WEIGHED_WRONGLY) {
            let given = replica::values(&view, "weight_kg");
            let mut given: Vec<bool> = given.iter().map(|value| value.current).collect();
            given.sort_unstable();
            assert_eq!(given, [false, true], "what was written first stays to be seen");
        }
    }

    /// The devices know nothing of this roster; the server knows both.
    fn someone_of_another_village_comes_by(&mut self) {
        let round = self.district.round.clone();
        let all = Sheet::measurements();
        let column = all.column("id_number");
        let visitor = all.filtered(|row| row[column] == FROM_OTHER_VILLAGE);
        assert_eq!(visitor.cell(0, "unit"), OTHER_VILLAGE);
        for (at, registered) in [(0, 1), (1, 1)] {
            let tablet = &mut self.tablets[at];
            let (first, rest) = tablet.seat.stations.split_first().unwrap();
            let recorded = tablet.record(&round, *first, Some(VILLAGE), &visitor);
            assert_eq!(recorded.registered, registered);
            for place in rest {
                let recorded = tablet.record(&round, *place, Some(VILLAGE), &visitor);
                assert_eq!((recorded.registered, recorded.people), (0, 1));
            }
        }
        self.standing = self.standing.clone().and(&visitor);
        self.everyone_syncs_until_all_have_all();
        self.findings_are_as_expected();
        self.coverage_is(VILLAGE, [313, 313, 1, 1]);
        let server = &self.views(FROM_OTHER_VILLAGE)[0];
        assert_eq!((server.listings.len(), server.also.len()), (1, 2), "one person of three ids");
        let [first, others @ ..] = &self.tablets[..] else { panic!("three devices") };
        let own = replica::projection(first.store(), &self.units());
        for tablet in others {
            let other = replica::projection(tablet.store(), &self.units());
            assert_eq!(replica::difference(&own, &other), [] as [String; 0]);
        }
    }

    fn replicas_verify(&mut self) {
        let server = said(self.district.central.console().verify(&mut |_| {}));
        assert!(server.ok, "{:?}", server.problems);
        for tablet in &mut self.tablets {
            let verified = said(tablet.home.verify(&mut |_| {}));
            assert!(verified.ok, "{}: {:?}", tablet.seat.name, verified.problems);
            assert!(verified.entries < server.entries, "the other villages are not here");
            assert_eq!(said(tablet.home.held()), []);
        }
    }
}
