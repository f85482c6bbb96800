//! Rates of follow-up in the summaries: 高危异常通知率 to 失访率, 报告发放率 and what pupils' guardians hold within two weeks, each against a
//! second, slow count made from the entries alone (values judged anew, steps and receipts read one by one); the same at the server. Not the other rates (`summaries`).
#![allow(clippy::unwrap_used)]

use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::check::Subject;
use domain::ids::{ItemCode, PersonId};
use domain::rule::{Level, judge};
use domain::value::Value;
use field::{
    ConcludeOrder, ConsentOrder, Draft, HandOrder, LabOrder, RecordOrder, ReportOrder, StepDraft,
    StepOrder, SummaryKind, SummaryOrder, TaskWant, TubeOrder, Which,
};
use protocol::convert::day_date;
use protocol::fact::StepFact;
use protocol::{Entry, Fact};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use store::Store;
use stories::cast::{SCHOOL, SEATS, VILLAGE};
use stories::samples::Sheet;
use stories::team::{District, Tablet, said};

const DOCTOR: &str = "zhao6";
const NURSE: &str = "lu1";
const FOUND: &str = "2026-09-14";
const REPORTED: usize = 12;
const PUPILS: usize = 40;
/// A laboratory's report comes in three days after blood was drawn: ms of that day's afternoon.
const REPORTED_MS: i64 = stories::steady::AFTERNOON_MS + 3 * 86_400_000;
const REPORTED_ON: &str = "2026-09-17";

struct Story {
    district: District,
    tablet: Tablet,
}

impl Story {
    fn begin() -> Story {
        let district = District::prepare();
        said(district.central.console().add_operator(DOCTOR, "赵六", "doctor"));
        let school = district.school.clone();
        let mut tablet = district.enrol(&SEATS[0], &[VILLAGE, &school]);
        said(tablet.home.sync());
        let mut story = Story { district, tablet };
        story.record(Sheet::measurements().of_place(VILLAGE));
        story
    }

    fn record(&mut self, sheet: Sheet) {
        let file = sheet.write(&self.tablet.folder, "day.csv");
        let order = RecordOrder {
            round: self.district.round.clone(),
            station: None,
            unit: None,
            operator: Some(NURSE.to_owned()),
            examiner: None,
        };
        said(self.tablet.home.record(&order, &file, &mut |_, _| {}));
    }

    /// Three people's critical potassium comes days later: two are told on that day, one on the next. Then a sodium that nobody tells.
    fn late_reports(&mut self) {
        let round = self.district.round.clone();
        for (at, person) in drawn().into_iter().enumerate() {
            let (unit, tube) = (VILLAGE.to_owned(), "serum".to_owned());
            let (round, code) = (round.clone(), format!("B000{at}"));
            let order = TubeOrder { round, unit, person, code, tube, ..TubeOrder::default() };
            said(self.tablet.home.bind_tube(&order));
        }
        self.tablet.host.set_clock(REPORTED_MS);
        self.report(&["B0000,K,7.1", "B0001,K,7.1", "B0002,K,7.1"]);
        for (person, day) in drawn().into_iter().zip([REPORTED_ON, "2026-09-18", REPORTED_ON]) {
            let chains = said(self.tablet.home.task_chains(&round, &person));
            let mut chains = chains.chains.iter();
            let grave = chains.find(|chain| chain.rule == "electrolytes").unwrap();
            assert_eq!((grave.level, grave.day.as_deref()), ("A", Some(FOUND)));
            self.told(&grave.number, day);
        }
        self.report(&["B0002,NA,171"]);
    }

    /// A laboratory's file of these lines.
    fn report(&mut self, lines: &[&str]) {
        let rows: Vec<String> = lines.iter().map(|line| format!("{line},mmol/L,\n")).collect();
        let folder = &self.tablet.folder;
        let (file, mapping) = (folder.join("lab.csv"), folder.join("mapping.json"));
        let head = "条码号,项目代码,结果,单位,参考范围";
        std::fs::write(&file, format!("{head}\n{}", rows.concat())).unwrap();
        let columns = r#"{"barcode":"条码号","rows":{"analyte":"项目代码","value":"结果","unit":"单位","range":"参考范围"},"items":{"K":{"item":"potassium_mmol_l"},"NA":{"item":"sodium_mmol_l"}}}"#;
        std::fs::write(&mapping, columns).unwrap();
        let order = LabOrder {
            round: Some(self.district.round.clone()),
            laboratory: Some("示例检验科".to_owned()),
            mapping: Some(mapping),
            file,
        };
        let taken = said(self.tablet.home.import_lab(&order));
        assert_eq!((taken.results, taken.held.len()), (lines.len(), 0), "{taken:?}");
    }

    /// A school: slips for everybody, pupils concluded and printed; some reports in hand in two weeks, some later, some not at all.
    fn school(&mut self) {
        let (round, school) = (self.district.round.clone(), self.district.school.clone());
        let all = Sheet::measurements().of_place(SCHOOL);
        let id = all.column("id_number");
        let mut some = all.filtered(|row| row[id].len() == 18);
        some.rows = some.rows.into_iter().step_by(12).take(PUPILS).collect();
        self.record(some);
        let unit = all.column("unit");
        let classes: BTreeSet<&str> = all.rows.iter().map(|row| row[unit].as_str()).collect();
        let row = |class: &&str| {
            let class = class.trim_start_matches(SCHOOL).trim_matches('/');
            format!("{},全班,,同意,", class.replace('/', ","))
        };
        let rows: Vec<String> = classes.iter().map(row).collect();
        let file = self.tablet.folder.join("slips.csv");
        let headings = "年级,班级,姓名,身份证号,是否同意,不同意项目";
        std::fs::write(&file, format!("{headings}\n{}\n", rows.join("\n"))).unwrap();
        let (unit, operator) = (school.clone(), Some(NURSE.to_owned()));
        let order = ConsentOrder { round: round.clone(), unit, operator, file };
        assert_eq!(said(self.tablet.home.import_consents(&order)).problems, []);
        let people = self.concluded(&school, 9);
        for (some, day) in [(&people[..4], "2026-09-28"), (&people[4..7], "2026-09-29")] {
            let order = HandOrder {
                round: round.clone(),
                unit: school.clone(),
                people: some.to_vec(),
                taken_by: "家长".to_owned(),
                operator: Some(NURSE.to_owned()),
                day: Some(day.to_owned()),
                ..HandOrder::default()
            };
            let handed = said(self.tablet.on_day(day, |home| home.record_received(&order)));
            assert_eq!(handed.recorded, some.len());
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

    fn told(&mut self, task: &str, day: &str) {
        self.say(task, "told", day, &|step| {
            step.told = "本人".to_owned();
            step.at = "09:40".to_owned();
            step.read_back = true;
        });
    }

    /// Every second finding is followed, each seventh of those in another way; one step is withdrawn.
    fn follow(&mut self) {
        let round = self.district.round.clone();
        let list = said(self.tablet.home.tasks(&round, VILLAGE, &TaskWant::default()));
        let numbers: Vec<String> = list.rows.into_iter().map(|row| row.number).collect();
        for (at, task) in numbers.iter().step_by(2).enumerate() {
            let task = task.as_str();
            match at % 7 {
                0 => self.told(task, FOUND),
                1 => self.told(task, "2026-09-24"),
                2 => {
                    for day in ["2026-09-15", "2026-09-20", "2026-09-25"] {
                        self.say(task, "not_reached", day, &|step| step.note = "外出".to_owned());
                    }
                    self.say(task, "lost", "2026-10-01", &|step| step.note = "外出".to_owned());
                }
                3 => {
                    self.told(task, FOUND);
                    self.say(task, "referred", "2026-09-15", &|step| {
                        step.place = "区医院".to_owned();
                        step.next = Some("2026-10-30".to_owned());
                    });
                    self.say(task, "arrived", "2026-09-16", &|_| {});
                    self.say(task, "diagnosed", "2026-09-17", &|_| {});
                    self.say(task, "treated", "2026-10-20", &|_| {});
                }
                4 => {
                    self.told(task, FOUND);
                    self.say(task, "diagnosed", "2026-09-17", &|_| {});
                    self.say(task, "in_care", "2026-09-18", &|step| {
                        step.next = Some("2026-12-18".to_owned());
                    });
                    self.say(task, "controlled", "2026-12-18", &|_| {});
                }
                5 => {
                    self.told(task, FOUND);
                    self.say(task, "cleared", "2027-01-20", &|_| {});
                }
                _ => {
                    self.told(task, FOUND);
                    self.say(task, "referred", "2026-09-15", &|s| s.place = "区医院".to_owned());
                }
            }
        }
        self.withdraw_one(&numbers);
    }

    /// A referral that never was.
    fn withdraw_one(&mut self, numbers: &[String]) {
        let task = numbers.iter().step_by(2).nth(6).unwrap().clone();
        let chains = said(self.tablet.home.task_chains_of(&task));
        let of_task = chains.chains.iter().find(|chain| chain.number == task).unwrap();
        let step = of_task.steps.iter().find(|step| step.act == "referred").unwrap();
        assert!(step.may.contains(&"referred") && !step.awaits_answer);
        let entry = step.entry.clone();
        self.say(&task, "withdrawn", "2026-10-02", &|step| {
            step.replaces = vec![entry.clone()];
            step.reason = "记错人".to_owned();
        });
    }

    /// The first of a unit's list, concluded and printed.
    fn concluded(&mut self, unit: &str, count: usize) -> Vec<String> {
        let round = self.district.round.clone();
        let list = said(self.tablet.home.hand_list(&round, unit));
        let people: Vec<String> =
            list.lines.into_iter().take(count).map(|line| line.person).collect();
        for person in &people {
            let order = ConcludeOrder {
                round: round.clone(),
                person: person.clone(),
                operator: Some(DOCTOR.to_owned()),
                day: Some("2026-09-20".to_owned()),
            };
            let draft = Draft { accept_rest: true, ..Draft::default() };
            said(self.tablet.on_day("2026-09-20", |home| home.conclude(&order, &draft)));
        }
        let order = ReportOrder {
            round,
            unit: unit.to_owned(),
            which: Which::Final,
            people: people.clone(),
        };
        let out = self.tablet.folder.join("reports.pdf");
        said(self.tablet.home.print_people(NURSE, &order, &out));
        people
    }

    /// The first of the village have their report in hand.
    fn give_out(&mut self) {
        let people = self.concluded(VILLAGE, REPORTED);
        let order = HandOrder {
            round: self.district.round.clone(),
            unit: VILLAGE.to_owned(),
            people,
            taken_by: "本人".to_owned(),
            operator: Some(NURSE.to_owned()),
            ..HandOrder::default()
        };
        assert_eq!(said(self.tablet.home.record_received(&order)).recorded, REPORTED);
    }
}

/// Three whose blood the laboratory has, by their ID numbers.
fn drawn() -> [String; 3] {
    let people = Sheet::measurements().of_place(VILLAGE);
    let known = (0..people.rows.len()).filter(|row| people.cell(*row, "id_number").len() == 18);
    let mut known = known.map(|row| people.cell(row, "id_number").to_owned());
    [(); 3].map(|()| known.next().unwrap())
}

/// One finding, from the entries alone.
#[derive(Default)]
struct Found {
    is_a: bool,
    day: Option<NaiveDate>,
    /// When what it rests on was there.
    there: Option<NaiveDate>,
    due_days: Option<u16>,
    is_new_chronic: bool,
    /// Of each class at level A, when it was there.
    grave: BTreeMap<String, NaiveDate>,
    /// What stands: act, day, next, whether it says who was told, when, and read back, and the lines it was said of.
    said: Vec<Step>,
}

type Step = (u32, NaiveDate, Option<NaiveDate>, bool, Option<Vec<String>>);
struct Slow {
    found: Vec<Found>,
    examined: usize,
    received: usize,
    /// Within fourteen days after the checkup.
    received_in_time: usize,
}

type At = (Vec<u8>, u64, u64);
/// An item's value, and the day on which it was there.
type Values = BTreeMap<ItemCode, (Value, NaiveDate)>;

/// The day in China of a clock's reading.
fn day_of_ms(unix_ms: i64) -> NaiveDate {
    let local = unix_ms + 8 * 3_600_000;
    NaiveDate::from_ymd_opt(1970, 1, 1).unwrap()
        + chrono::Duration::days(local.div_euclid(86_400_000))
}

/// Reads every entry of a unit.
fn slow(store: &Store, unit: &str) -> Slow {
    let catalogue = Catalogue::builtin();
    let sql = format!(
        "SELECT w.writer, e.seq, e.hash8, e.body FROM entry e
         JOIN unit_key u ON u.unit_no = e.unit_no JOIN writer w ON w.writer_no = e.writer_no
         WHERE u.unit = '{unit}' ORDER BY w.writer, e.seq"
    );
    let rows = store.read(|tx| {
        tx.rows(&sql, &[], |row| {
            let at: At = (row.blob(0)?.to_vec(), row.int(1)? as u64, row.int(2)? as u64);
            Ok((at, row.blob(3)?.to_vec()))
        })
    });
    let mut values: BTreeMap<Vec<u8>, (NaiveDate, Values)> = BTreeMap::new();
    let mut steps: Vec<(At, Vec<u8>, NaiveDate, StepFact)> = Vec::new();
    let mut received: BTreeMap<Vec<u8>, NaiveDate> = BTreeMap::new();
    for (at, body) in rows.unwrap() {
        let Ok(entry) = Entry::decode(&body) else { continue };
        let (person, day) = (entry.header.person.clone(), entry.header.day.and_then(day_date));
        match entry.fact {
            Fact::Save(save) => {
                let (_, of) = values.entry(person).or_insert((day.unwrap(), BTreeMap::new()));
                let taken = save.lab.as_ref().and(entry.header.clock.as_ref());
                let there = taken.map_or(day.unwrap(), |clock| day_of_ms(clock.unix_ms));
                for result in &save.results {
                    let code = ItemCode(u16::try_from(result.item).unwrap());
                    let decimals = catalogue.item(code).unwrap().decimals();
                    of.insert(code, (result.value(decimals).unwrap(), there));
                }
            }
            Fact::Step(step) => steps.push((at, person, day.unwrap(), step)),
            // Received: the second of a delivery's acts.
            Fact::Delivery(fact) if fact.act == 2 => {
                let first = received.entry(person).or_insert(day.unwrap());
                *first = day.unwrap().min(*first);
            }
            _ => {}
        }
    }
    let gone: BTreeSet<At> = steps
        .iter()
        .flat_map(|(_, _, _, step)| &step.replaces)
        .map(|of| (of.writer.clone(), of.seq, of.hash8))
        .collect();
    let mut all = Vec::new();
    let examined =
        values.values().filter(|(_, of)| of.values().any(|(v, _)| v.is_present())).count();
    let is_in_time =
        |(person, on): &(&Vec<u8>, &NaiveDate)| (**on - values[*person].0).num_days() <= 14;
    let received_in_time = received.iter().filter(is_in_time).count();
    for (person, (day, of)) in &values {
        for (rule, mut found) in findings(store, person, *day, of) {
            let is_of = |step: &StepFact| follow_up(&step.rule) == follow_up(&rule);
            for (at, _, day, step) in
                steps.iter().filter(|(_, of, _, step)| of == person && is_of(step))
            {
                let is_answer =
                    step.act == 1 && step.read_back && !step.told.is_empty() && !step.at.is_empty();
                if step.act != 11 && !gone.contains(at) {
                    let next = step.next_day.and_then(day_date);
                    let of = step.of.as_ref().map(|of| of.lines.clone());
                    found.said.push((step.act, *day, next, is_answer, of));
                }
            }
            all.push(found);
        }
    }
    Slow { found: all, examined, received: received.len(), received_in_time }
}

/// One glucose is one follow-up, whichever of its two rules reads it (decision 057).
fn follow_up(rule: &str) -> &str {
    if rule == "glucose_random" { "glucose_fasting" } else { rule }
}

/// Levels A and B of one person, by rule.
fn findings(
    store: &Store,
    person: &[u8],
    day: NaiveDate,
    values: &Values,
) -> BTreeMap<String, Found> {
    let catalogue = Catalogue::builtin();
    let id = PersonId(uuid::Uuid::from_slice(person).unwrap());
    let view = store.person(id).unwrap().unwrap();
    let (kind, sex, birth) = (view.kind, view.details.sex, view.details.birth);
    let subject = Subject { kind, sex, birth, day };
    let said_yes = |key: &str| {
        let item = catalogue.item_by_key(key).unwrap();
        let said = values.get(&item.code).map(|(value, _)| value);
        said == Some(&Value::Choice(item.choice("yes").unwrap().code))
    };
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let plain = values.iter().map(|(item, (value, _))| (*item, value.clone())).collect();
    let grave = judge(catalogue, &subject, &plain);
    for one in grave.into_iter().filter(|one| one.level >= Level::B) {
        let known = match one.rule.as_str() {
            "adult_bp" => Some("known_hypertension"),
            "glucose_fasting" | "glucose_random" => Some("known_diabetes"),
            _ => None,
        };
        let of = found.entry(one.rule).or_default();
        // Of a rule with an A, when the first A was there; they come the gravest first.
        if one.level == Level::A || !of.is_a {
            let there = one.item.and_then(|item| values.get(&item)).map(|(_, there)| *there);
            of.there = of.there.into_iter().chain(there).min();
        }
        of.is_a |= one.level == Level::A;
        if one.level == Level::A {
            of.grave.insert(one.code.clone(), values[&one.item.unwrap()].1);
        }
        of.day = Some(day);
        of.due_days = of.due_days.into_iter().chain(one.due_days).min();
        of.is_new_chronic = known.is_some_and(|key| !said_yes(key));
    }
    found
}

impl Found {
    fn has(&self, acts: &[u32]) -> bool {
        self.said.iter().any(|(act, ..)| acts.contains(act))
    }

    fn is_told_in_time(&self) -> bool {
        if !self.is_a {
            let limit = self.there.or(self.day).unwrap() + chrono::Duration::days(7);
            return self.said.iter().any(|(act, day, ..)| *act <= 8 && *day <= limit);
        }
        // Here each class is one item's: its line is the class.
        let is_of =
            |of: &Option<Vec<String>>, class| of.as_ref().is_none_or(|of| of.contains(class));
        self.grave.iter().all(|(class, there)| {
            let mut answers = self.said.iter().filter(|step| step.3 && step.1 <= *there);
            answers.any(|step| is_of(&step.4, class))
        })
    }

    /// The day by which it was to end, when it did, and whether it was lost.
    fn end(&self) -> (Option<NaiveDate>, Option<NaiveDate>, bool) {
        let days = self.due_days.or(self.is_a.then_some(0));
        let first = days.map(|days| self.day.unwrap() + chrono::Duration::days(days.into()));
        let closing = |act: u32| (5..=8).contains(&act);
        let agreed = self.said.iter().filter(|(act, ..)| !closing(*act));
        let last = agreed.filter_map(|(_, _, next, ..)| *next).chain(first).max();
        let closed = self.said.iter().filter(|(act, ..)| closing(*act)).map(|(_, day, ..)| *day);
        (last, closed.min(), self.has(&[10]))
    }
}

/// Numerator and denominator of each rate, counted from the findings.
fn counted(slow: &Slow, today: NaiveDate) -> Vec<(&'static str, usize, usize)> {
    const TREATED: [u32; 3] = [5, 6, 7];
    const SEEN: [u32; 6] = [3, 4, 5, 6, 7, 8];
    type Is<'a> = &'a dyn Fn(&Found) -> bool;
    let rate = |name: &'static str, of: Is, is: Is| {
        let all: Vec<&Found> = slow.found.iter().filter(|one| of(one)).collect();
        (name, all.iter().filter(|one| is(one)).count(), all.len())
    };
    let due = |one: &Found| {
        let (last, closed, lost) = one.end();
        closed.is_some() || lost || last.is_some_and(|last| last < today)
    };
    let in_time = |one: &Found| {
        let (last, closed, _) = one.end();
        closed.is_some_and(|day| day <= last.unwrap())
    };
    vec![
        rate("高危异常通知率（A 级，限期内告知到人并复述）", &|o| o.is_a, &Found::is_told_in_time),
        rate("重要异常告知率（B 级，限期内）", &|o| !o.is_a, &Found::is_told_in_time),
        rate("重要异常随访率（A、B 级，联系上的）", &|_| true, &|o| {
            o.has(&[1, 2, 3, 4, 5, 6, 7, 8])
        }),
        rate("干预率（转诊、就诊、治疗或纳管）", &|_| true, &|o| {
            o.has(&[2, 3, 5, 6, 7])
        }),
        rate("转诊率（A、B 级）", &|_| true, &|o| o.has(&[2])),
        rate("转诊到诊率", &|o| o.has(&[2]), &|o| o.has(&SEEN)),
        rate("确诊率（转诊且到诊的）", &|o| o.has(&[2]) && o.has(&SEEN), &|o| {
            o.has(&[4])
        }),
        rate(
            "纳管率（新确诊的血压、血糖）",
            &|o| o.has(&[4]) && o.is_new_chronic,
            &|o| o.has(&[6, 7]),
        ),
        rate("治疗率（确诊的）", &|o| o.has(&[4]), &|o| o.has(&TREATED)),
        rate("控制率（已治疗的）", &|o| o.has(&TREATED), &|o| o.has(&[7])),
        rate("随访完成率（到期的，按期完成）", &due, &in_time),
        rate("失访率（到期的，三次以上未联系上）", &due, &|o| o.has(&[10])),
        ("告知率（报告已签收）", slow.received, slow.examined),
    ]
}

/// The rates of everybody, by name: numerator, denominator, rate, left out.
fn whole(file: &Path) -> BTreeMap<String, [String; 4]> {
    let bytes = std::fs::read(file).unwrap();
    let workbook = intake::read_workbook("summary.xlsx", &bytes).unwrap();
    let text = |row: &intake::Row, at: usize| row.cell(at).text().into_owned();
    let rows = workbook.sheets[1].rows.iter().skip(1).filter(|row| text(row, 2) == "合计");
    rows.map(|row| (text(row, 1), [3, 4, 5, 6].map(|at| text(row, at)))).collect()
}

/// A summary against the slow count; how many rates lie between none and all.
fn agree(shown: &BTreeMap<String, [String; 4]>, slow: &Slow, today: NaiveDate) -> usize {
    let mut partly = 0;
    for (name, found, of) in counted(slow, today) {
        let line = shown.get(name).unwrap_or_else(|| panic!("no rate {name}"));
        let wanted = [found.to_string(), of.to_string()];
        assert_eq!(line[..2], wanted, "{name}");
        partly += usize::from(found > 0 && found < of);
    }
    // Whoever is not due yet is left out by name of the reason.
    let due = &shown["随访完成率（到期的，按期完成）"];
    let not_due = slow.found.len() - due[1].parse::<usize>().unwrap();
    let left_out = if not_due == 0 { "0".to_owned() } else { format!("未到期 {not_due}") };
    assert_eq!(due[3], left_out);
    partly
}

#[test]
fn every_rate_of_follow_up_equals_a_slow_count_of_the_entries_on_device_and_server() {
    let mut story = Story::begin();
    story.follow();
    story.late_reports();
    story.give_out();
    said(story.tablet.home.sync());
    let order = |shows_small: bool| SummaryOrder {
        kind: SummaryKind::Village,
        round: story.district.round.clone(),
        unit: VILLAGE.to_owned(),
        shows_small,
        list_purpose: None,
    };
    let out = story.tablet.folder.join("v.xlsx");
    said(story.tablet.home.summarise(&order(true), &out));
    let here = whole(&out);
    let list = said(story.tablet.home.tasks(&story.district.round, VILLAGE, &TaskWant::default()));
    let today: NaiveDate = list.today.parse().unwrap();
    let slow = slow(story.tablet.store(), VILLAGE);
    // Control: of the three reported late one would be late by the day of blood, and is not; the others are, one of them by half.
    let late = slow.found.iter().filter(|one| one.is_a && one.there > one.day);
    let told: Vec<bool> = late.map(Found::is_told_in_time).collect();
    assert_eq!((told.len(), told.iter().filter(|is| **is).count()), (3, 1));
    assert_eq!(slow.found.len(), list.rows.len() + list.left_out, "the same findings");
    assert!(agree(&here, &slow, today) > 8, "control: the story tells the rates apart");
    let there = story.tablet.folder.join("there.xlsx");
    let console = story.district.central.console();
    said(console.summarise(&order(true), &there));
    let list = said(console.tasks(&story.district.round, VILLAGE, &TaskWant::default()));
    // What is due by now depends on whose today it is.
    agree(&whole(&there), &slow, list.today.parse().unwrap());
    // Where it leaves health staff, a rate of fewer than five people is hidden, however many findings they have.
    said(story.tablet.home.summarise(&order(false), &out));
    let bytes = std::fs::read(&out).unwrap();
    let sheets = intake::read_workbook("v.xlsx", &bytes).unwrap().sheets;
    let rows = sheets[1..].iter().flat_map(|sheet| sheet.rows.iter().skip(1));
    let rows = rows.filter(|row| row.cell(0).text().starts_with("随访"));
    let found: Vec<String> = rows.map(|row| row.cell(3).text().into_owned()).collect();
    assert!(found.iter().any(|cell| cell == "不显示"), "something is hidden");
    assert!(!found.iter().any(|cell| ["1", "2", "3", "4"].contains(&cell.as_str())));
    let paper = story.tablet.folder.join("v.pdf");
    said(story.tablet.home.summarise(&order(false), &paper));
    let read = stories::printed::words(&paper).replace(' ', "");
    for part in ["随访期限", "A级发现当天告知到人并复述", "高危异常通知率", "失访率"]
    {
        assert!(read.contains(part), "{part}");
    }
}

#[test]
fn what_pupils_guardians_hold_within_two_weeks_equals_a_slow_count() {
    let mut story = Story::begin();
    story.school();
    let school = story.district.school.clone();
    let order = SummaryOrder {
        kind: SummaryKind::School,
        round: story.district.round.clone(),
        unit: school.clone(),
        shows_small: true,
        list_purpose: None,
    };
    let out = story.tablet.folder.join("s.xlsx");
    said(story.tablet.home.summarise(&order, &out));
    let shown = whole(&out);
    let slow = slow(story.tablet.store(), &school);
    let check = |name: &str, found: usize, of: usize| {
        let line = shown.get(name).unwrap_or_else(|| panic!("no rate {name}"));
        assert_eq!(line[..2], [found.to_string(), of.to_string()], "{name}");
    };
    check("告知率（报告已签收）", slow.received, slow.examined);
    check("其中体检后两周内签收", slow.received_in_time, slow.examined);
    // Control: some came later, and some have none.
    assert_eq!((slow.received_in_time, slow.received), (4, 7));
    assert!(slow.examined > slow.received);
}
