//! The whole chain for 175 people of the samples: measured offline, concluded by a doctor, an A told and followed to its end, a
//! B lost after three tries, everybody's report printed and signed for, one amended and given out again, and the same at the
//! server. Not the rules of any of these steps: each has its own story.
#![allow(clippy::unwrap_used)]

use chrono::DateTime;
use domain::ids::PersonId;
use field::{
    ConcludeOrder, ConsentOrder, Draft, HandOrder, Home, RecordOrder, ReportOrder, ResultChange,
    StepDraft, StepOrder, TaskList, TaskWant, Which,
};
use protocol::Code;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use stories::cast::{SCHOOL, SEATS, VILLAGE};
use stories::printed::{heights_mm, pages, words};
use stories::samples::Sheet;
use stories::team::{District, Tablet, said};

const VILLAGERS: usize = 100;
const PUPILS: usize = 75;
const DOCTOR: &str = "zhao6";
const NURSE: &str = "lu1";
const SIGNED: &str = "2026-09-20";

struct Chain {
    district: District,
    tablet: Tablet,
    units: [(String, usize); 2],
}

fn begin() -> Chain {
    let district = District::prepare();
    said(district.central.console().add_operator(DOCTOR, "赵六", "doctor"));
    let school = district.school.clone();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE, &school]);
    said(tablet.home.sync());
    district.go_offline();
    let all = Sheet::measurements();
    let with_id = |sheet: Sheet| {
        let id = sheet.column("id_number");
        sheet.filtered(|row| row[id].len() == 18)
    };
    let some = |place: &str, every: usize, count: usize| {
        let of = with_id(all.of_place(place));
        Sheet {
            rows: of.rows.into_iter().step_by(every).take(count).collect(),
            ..of_headings(&all)
        }
    };
    for sheet in [some(VILLAGE, 1, VILLAGERS), some(SCHOOL, 12, PUPILS)] {
        let file = sheet.write(&tablet.folder, "day.csv");
        let order = RecordOrder {
            round: district.round.clone(),
            station: None,
            unit: None,
            operator: Some(NURSE.to_owned()),
            examiner: None,
        };
        said(tablet.home.record(&order, &file, &mut |_, _| {}));
    }
    slips_are_in(&mut tablet, &district.round, &school, &all);
    let units = [(VILLAGE.to_owned(), VILLAGERS), (school, PUPILS)];
    Chain { district, tablet, units }
}

/// Every class has handed its slips in, and nobody refuses.
fn slips_are_in(tablet: &mut Tablet, round: &str, school: &str, all: &Sheet) {
    let unit = all.column("unit");
    let classes: BTreeSet<String> =
        all.of_place(SCHOOL).rows.iter().map(|row| row[unit].clone()).collect();
    let line = |class: &String| {
        let (grade, group) =
            class.trim_start_matches(SCHOOL).trim_matches('/').split_once('/').unwrap();
        format!("{grade},{group},全班,,同意,\n")
    };
    let rows: String = classes.iter().map(line).collect();
    let file = tablet.folder.join("slips.csv");
    std::fs::write(&file, format!("年级,班级,姓名,身份证号,是否同意,不同意项目\n{rows}")).unwrap();
    let operator = Some(NURSE.to_owned());
    let order = ConsentOrder { round: round.to_owned(), unit: school.to_owned(), operator, file };
    let back = said(tablet.home.import_consents(&order));
    assert_eq!((back.rows as usize, back.problems.len()), (classes.len(), 0));
}

fn of_headings(sheet: &Sheet) -> Sheet {
    Sheet { headings: sheet.headings.clone(), rows: Vec::new() }
}

fn tasks(home: &Home, round: &str, unit: &str) -> TaskList {
    said(home.tasks(round, unit, &TaskWant::default()))
}

impl Chain {
    fn conclude(&mut self, person: &str, reason: &str) {
        let order = ConcludeOrder {
            round: self.district.round.clone(),
            person: person.to_owned(),
            operator: Some(DOCTOR.to_owned()),
            day: Some(SIGNED.to_owned()),
        };
        let draft = Draft { accept_rest: true, reason: reason.to_owned(), ..Draft::default() };
        said(self.tablet.on_day(SIGNED, |home| home.conclude(&order, &draft)));
    }

    /// Everybody by themselves: the list of normals has its own story.
    fn everybody_is_concluded(&mut self) {
        let round = self.district.round.clone();
        for (unit, people) in self.units.clone() {
            let list = said(self.tablet.home.hand_list(&round, &unit));
            assert_eq!((list.examined, list.not_final), (people, people));
            for line in &list.lines {
                self.conclude(&line.person, "");
            }
            let list = said(self.tablet.home.hand_list(&round, &unit));
            assert_eq!((list.not_given, list.not_final), (people, 0));
        }
    }

    fn say(&mut self, task: &str, act: &str, day: &str, change: &dyn Fn(&mut StepDraft)) {
        let order = StepOrder {
            task: task.to_owned(),
            operator: Some(NURSE.to_owned()),
            day: Some(day.to_owned()),
        };
        let mut draft = StepDraft { act: act.to_owned(), ..StepDraft::default() };
        change(&mut draft);
        said(self.tablet.on_day(day, |home| home.record_step(&order, &draft)));
    }

    fn an_a_is_followed_to_its_end_and_a_b_is_lost(&mut self) {
        let round = self.district.round.clone();
        let list = tasks(&self.tablet.home, &round, VILLAGE);
        let of = |level: &str| list.rows.iter().find(|row| row.level == level).unwrap();
        let (a, b) = (of("A").number.clone(), of("B").number.clone());
        self.say(&a, "told", "2026-09-14", &|step| {
            step.told = "本人".to_owned();
            step.at = "09:40".to_owned();
            step.read_back = true;
        });
        self.say(&a, "referred", "2026-09-14", &|step| step.place = "区人民医院".to_owned());
        for (act, day) in
            [("arrived", "2026-09-15"), ("treated", "2026-09-16"), ("controlled", "2026-10-20")]
        {
            self.say(&a, act, day, &|_| {});
        }
        for day in ["2026-09-20", "2026-09-25", "2026-09-30"] {
            self.say(&b, "not_reached", day, &|step| step.note = "外出务工".to_owned());
        }
        self.say(&b, "lost", "2026-10-08", &|step| step.note = "三次联系不上".to_owned());
        let after = tasks(&self.tablet.home, &round, VILLAGE);
        let open = |list: &TaskList| list.all.due + list.all.overdue;
        assert_eq!((after.all.done, after.all.lost), (1, 1));
        assert_eq!(open(&after) + 2, open(&list), "the others are still open");
    }

    fn reports_are_given_out_and_one_again(&mut self) {
        let round = self.district.round.clone();
        let mut corrected = String::new();
        for (unit, people) in self.units.clone() {
            let order = ReportOrder {
                round: round.clone(),
                unit: unit.clone(),
                which: Which::Final,
                people: Vec::new(),
            };
            let out = self.tablet.folder.join("reports.pdf");
            let made = said(self.tablet.home.print_people(NURSE, &order, &out));
            assert_eq!((made.people as usize, made.signed as usize), (people, people));
            assert_eq!(made.recorded as usize, people);
            assert!(pages(&out) >= people);
            self.each_is_spoken_to_as_they_are(&unit, &out);
            self.received(&unit, Vec::new(), people);
            if unit == VILLAGE {
                let list = said(self.tablet.home.hand_list(&round, &unit));
                corrected.clone_from(&list.lines[0].person);
            }
        }
        let change = ResultChange {
            round: round.clone(),
            person: corrected.clone(),
            item: "height_cm".to_owned(),
            reason: "复核".to_owned(),
            operator: Some(NURSE.to_owned()),
            examiner: None,
            saw: Vec::new(),
            confirmed: true,
        };
        said(self.tablet.home.amend_result(&change, "151.5"));
        let list = said(self.tablet.home.hand_list(&round, VILLAGE));
        assert_eq!((list.holds_old, list.given), (1, VILLAGERS - 1));
        let due = ReportOrder {
            round: round.clone(),
            unit: VILLAGE.to_owned(),
            which: Which::Due,
            people: Vec::new(),
        };
        let out = self.tablet.folder.join("corrected.pdf");
        // Nothing of it is final until the doctor has looked again.
        let early = self.tablet.home.print_people(NURSE, &due, &out).unwrap_err();
        assert_eq!(early.code, Code::ReportChanged);
        self.conclude(&corrected, "身高复核");
        let made = said(self.tablet.home.print_people(NURSE, &due, &out));
        assert_eq!((made.people, made.corrected), (1, 1));
        let read = words(&out).replace(' ', "");
        assert!(read.contains("更正版") && read.contains("151.5"));
        self.received(VILLAGE, vec![corrected], 1);
    }

    /// A guardian, a resident, and larger letters for whoever is 65 or older.
    fn each_is_spoken_to_as_they_are(&self, unit: &str, out: &Path) {
        let read = words(out).replace(' ', "");
        let pupils = unit != VILLAGE;
        assert_eq!(read.matches("家长您好：").count(), if pupils { PUPILS } else { 0 });
        assert_eq!(read.contains("孩子的身份证或户口簿"), pupils);
        assert_eq!(read.contains("医保凭证和正在吃的药"), !pupils);
        for word in ["静坐后复测", "处置", "定级", "确诊", "患有"] {
            assert!(!read.contains(word), "{word} on a paper for a person");
        }
        let list = said(self.tablet.home.hand_list(&self.district.round, unit));
        let is_65 = |line: &&field::HandLine| {
            let person = PersonId(line.person.parse().unwrap());
            let details = self.tablet.store().person(person).unwrap().unwrap().details;
            let day = chrono::NaiveDate::from_ymd_opt(2026, 9, 14).unwrap();
            details.birth.is_some_and(|birth| domain::identity::age_years(birth, day) >= 65)
        };
        let older = list.lines.iter().filter(is_65).count();
        let heights = heights_mm(out, "全部结果");
        let least = heights.iter().copied().fold(f64::INFINITY, f64::min);
        let larger = heights.iter().filter(|height| **height > least * 1.2).count();
        assert_eq!((heights.len(), larger), (list.lines.len(), older));
        assert!(pupils || (older > 0 && older < list.lines.len()), "control: some of each");
    }

    /// 确诊, 纳管 and 控制 of one; and of another a value put right takes the finding away, and what was done about it stays to be seen.
    fn one_is_confirmed_and_in_care_and_one_finding_goes_away(&mut self) {
        let round = self.district.round.clone();
        let list = tasks(&self.tablet.home, &round, VILLAGE);
        let open: Vec<(String, String, String)> = list
            .rows
            .iter()
            .filter(|row| row.level == "B" && row.state_zh == "待告知")
            .map(|row| (row.number.clone(), row.person.clone(), row.seen.clone()))
            .collect();
        let of = |seen: &str| open.iter().find(|(_, _, of)| of.contains(seen)).unwrap().clone();
        let (number, _, _) = of("血压升高");
        for (act, day) in [
            ("told", "2026-09-16"),
            ("referred", "2026-09-16"),
            ("arrived", "2026-09-18"),
            ("diagnosed", "2026-09-19"),
            ("in_care", "2026-09-25"),
            ("controlled", "2026-12-20"),
        ] {
            self.say(&number, act, day, &|step| {
                if act == "referred" {
                    step.place = "区人民医院".to_owned();
                }
            });
        }
        let (gone, person, _) = of("空腹血糖升高");
        self.say(&gone, "told", "2026-09-16", &|_| {});
        let change = ResultChange {
            round: round.clone(),
            person: person.clone(),
            item: "glucose_mmol_l".to_owned(),
            reason: "录错".to_owned(),
            operator: Some(NURSE.to_owned()),
            examiner: None,
            saw: Vec::new(),
            confirmed: true,
        };
        said(self.tablet.home.amend_result(&change, "5.2"));
        // What was signed before is looked at again.
        self.conclude(&person, "血糖录错");
        let after = tasks(&self.tablet.home, &round, VILLAGE);
        let state = |number: &str| {
            let row = after.rows.iter().find(|row| row.number == *number);
            row.map(|row| [row.state_zh, row.bucket_zh]).unwrap()
        };
        assert_eq!(state(&number), ["已控制", "已完成"]);
        assert_eq!(state(&gone)[1], "依据已撤");
        assert_eq!(after.all.gone, 1);
    }

    fn received(&mut self, unit: &str, people: Vec<String>, expected: usize) {
        let order = HandOrder {
            round: self.district.round.clone(),
            unit: unit.to_owned(),
            all: people.is_empty(),
            people,
            taken_by: "本人".to_owned(),
            operator: Some(NURSE.to_owned()),
            ..HandOrder::default()
        };
        assert_eq!(said(self.tablet.home.record_received(&order)).recorded, expected);
    }

    fn the_server_says_the_same(&mut self) {
        self.district.restart();
        said(self.tablet.home.sync());
        let round = self.district.round.clone();
        let console = self.district.central.console();
        for (unit, people) in &self.units {
            let here = said(self.tablet.home.hand_list(&round, unit));
            assert_eq!(here, said(console.hand_list(&round, unit)));
            assert_eq!((here.given, here.holds_old), (*people, 0));
            let there = said(console.tasks(&round, unit, &TaskWant::default()));
            let here = tasks(&self.tablet.home, &round, unit);
            let numbers = |list: &TaskList| -> BTreeSet<String> {
                list.rows.iter().map(|row| format!("{} {}", row.number, row.state_zh)).collect()
            };
            assert_eq!(numbers(&here), numbers(&there));
        }
        self.papers_are_the_same(&round);
        assert!(said(console.verify(&mut |_| {})).ok);
        assert!(said(self.tablet.home.verify(&mut |_| {})).ok);
    }
}

fn today_in_china() -> String {
    let since =
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(8 * 3_600);
    let now = DateTime::from_timestamp(i64::try_from(since.as_secs()).unwrap(), 0).unwrap();
    now.date_naive().to_string()
}

impl Chain {
    /// To the byte, of one day: a school's, a village's, and the one in place of an earlier version.
    fn papers_are_the_same(&mut self, round: &str) {
        let console = self.district.central.console();
        for (unit, _) in &self.units {
            let order = ReportOrder {
                round: round.to_owned(),
                unit: unit.clone(),
                which: Which::Final,
                people: Vec::new(),
            };
            let [here, there] = ["here.pdf", "there.pdf"].map(|name| self.tablet.folder.join(name));
            // A day that is past by then is not asked for: the tablet's clock goes with the server's.
            let print = |home: &mut Home| home.report_people(&order, &here);
            let made = said(self.tablet.on_day(&today_in_china(), print));
            said(console.report_people(&order, &there));
            assert_eq!(made.corrected > 0, unit == VILLAGE);
            let bytes = [&here, &there].map(|file| std::fs::read(file).unwrap());
            assert!(bytes[0] == bytes[1], "device and server print otherwise");
        }
    }
}

#[test]
fn everybody_of_175_is_concluded_followed_up_and_given_the_report_that_stands() {
    let mut chain = begin();
    chain.everybody_is_concluded();
    chain.an_a_is_followed_to_its_end_and_a_b_is_lost();
    chain.one_is_confirmed_and_in_care_and_one_finding_goes_away();
    chain.reports_are_given_out_and_one_again();
    chain.the_server_says_the_same();
}
