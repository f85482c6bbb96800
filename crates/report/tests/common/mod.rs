//! Facts built by hand: three units, fifteen people, one day. The classes are the real rules' own.
//! ID numbers carry the unassigned area code 431399, so none can belong to anyone.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Item, ItemKind, parse_value};
use domain::check::Subject;
use domain::conclusion::ConclusionState;
use domain::facts::{
    CheckupFacts, CheckupState, CoverageFacts, CurrentValue, DeviceFacts, ExportFacts,
    PersonDetails, PersonKind, RoundFacts, Sex, Standing, UnitFacts,
};
use domain::ids::{ItemCode, PersonId, RoundId, UnitCode};
use domain::rule::judge_current;
use domain::state::{Answered, answered, state};
use domain::unit::UnitKind;
use domain::value::{AbsentReason, Value};
use report::{Export, Format, Identifiers, Options};
use std::collections::BTreeMap;

pub const VILLAGE: &str = "431302105205";
pub const OTHER_VILLAGE: &str = "431302205201";
pub const SCHOOL: &str = "431302205S01";
/// The text item of `catalogue_with_text`.
pub const TEXT_KEY: &str = "ultrasound_text";

pub fn date(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
}

pub fn today() -> NaiveDate {
    date("2026-09-14")
}

/// The built-in catalogue and one item of words, as a doctor's description would be.
pub fn catalogue_with_text() -> Catalogue {
    let mut catalogue = Catalogue::builtin().clone();
    let mut item: Item = catalogue.item_by_key("ultrasound").unwrap().clone();
    item.code = ItemCode(900);
    item.key = TEXT_KEY.to_owned();
    item.name_zh = "B超描述".to_owned();
    item.short_zh = "B超描述".to_owned();
    item.kind = ItemKind::Text { chars_max: 4_000 };
    catalogue.items.push(item);
    catalogue
}

pub fn unit(code: &str, kind: UnitKind, name: &str, township: &str) -> UnitFacts {
    UnitFacts {
        code: UnitCode(code.to_owned()),
        kind,
        name: name.to_owned(),
        township: township.to_owned(),
    }
}

pub fn units() -> Vec<UnitFacts> {
    vec![
        unit(VILLAGE, UnitKind::Village, "慕隆村", "水洞底镇"),
        unit(OTHER_VILLAGE, UnitKind::Village, "新庄村", "双江乡"),
        unit(SCHOOL, UnitKind::School, "双江乡中心学校", "双江乡"),
    ]
}

/// A person at a station's day, made step by step.
pub struct Maker(pub CheckupFacts);

pub fn resident(n: u64, name: &str, sex: Sex, birth: &str, id: &str) -> Maker {
    Maker(CheckupFacts {
        person: PersonId(uuid::Uuid::from_u128(u128::from(n))),
        details: PersonDetails {
            name: name.to_owned(),
            sex: Some(sex),
            birth: Some(date(birth)),
            id_number: Some(id.to_owned()).filter(|id| !id.is_empty()),
            ..PersonDetails::default()
        },
        kind: PersonKind::Resident,
        unit: UnitCode(VILLAGE.to_owned()),
        group: Some(format!("{}组", n % 9 + 1)),
        grade: None,
        note: None,
        standing: Standing::Listed,
        day: Some(today()),
        results: BTreeMap::new(),
        judgements: Vec::new(),
        state: CheckupState::Registered,
        examiners: vec!["周医生".to_owned()],
        unconfirmed: Vec::new(),
        answered: Answered::NotExamined,
        redraw: Vec::new(),
        own_ranges: BTreeMap::new(),
    })
}

pub fn pupil(n: u64, name: &str, sex: Sex, birth: &str, id: &str) -> Maker {
    let mut maker = resident(n, name, sex, birth, id).at(SCHOOL);
    maker.0.kind = PersonKind::Pupil;
    maker.0.grade = Some("五年级".to_owned());
    maker.0.group = Some("1班".to_owned());
    maker
}

impl Maker {
    pub fn at(mut self, unit: &str) -> Maker {
        self.0.unit = UnitCode(unit.to_owned());
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut CheckupFacts)) -> Maker {
        change(&mut self.0);
        self
    }

    /// Values by item key, in the words of the measurements file.
    pub fn has(mut self, values: &[(&str, &str)]) -> Maker {
        for (key, text) in values {
            self = self.value(key, value(key, text));
        }
        self
    }

    pub fn value(mut self, key: &str, value: Value) -> Maker {
        let catalogue = catalogue_with_text();
        let code = catalogue.item_by_key(key).unwrap().code;
        let current = CurrentValue { value, unusual: false };
        self.0.results.entry(code).or_default().push(current);
        self
    }

    /// Judged by the real rules; the state by the real package.
    pub fn done(mut self) -> CheckupFacts {
        let catalogue = Catalogue::builtin();
        let facts = &mut self.0;
        let subject = Subject {
            kind: facts.kind,
            sex: facts.details.sex,
            birth: facts.details.birth,
            day: facts.day.unwrap_or_else(today),
        };
        facts.judgements = judge_current(catalogue, &subject, &facts.results);
        facts.state = state(
            catalogue.package(facts.kind),
            &facts.results,
            &Default::default(),
            ConclusionState::None,
            false,
        );
        let package = catalogue.package(facts.kind);
        facts.answered = answered(package, &facts.results, &Default::default(), &facts.redraw);
        self.0
    }
}

pub fn value(key: &str, text: &str) -> Value {
    parse_value(Catalogue::builtin().item_by_key(key).unwrap(), text).unwrap()
}

/// Everything usual.
pub const FINE: &[(&str, &str)] = &[
    ("height_cm", "170"),
    ("weight_kg", "62.5"),
    ("waist_cm", "78"),
    ("sbp1_mmhg", "112"),
    ("dbp1_mmhg", "72"),
    ("sbp2_mmhg", "110"),
    ("dbp2_mmhg", "70"),
    ("fasting", "yes"),
    ("glucose_mmol_l", "5.2"),
    ("tc_mmol_l", "4.31"),
    ("tg_mmol_l", "1.1"),
    ("hdl_mmol_l", "1.4"),
    ("ldl_mmol_l", "2.5"),
    ("hb_g_l", "142"),
    ("urine_protein", "-"),
    ("urine_glucose", "-"),
    ("known_hypertension", "no"),
    ("known_diabetes", "no"),
];

/// Twelve findings in one person.
pub const TWELVE: &[(&str, &str)] = &[
    ("height_cm", "160"),
    ("weight_kg", "95"),
    ("waist_cm", "110"),
    ("sbp1_mmhg", "188"),
    ("dbp1_mmhg", "112"),
    ("fasting", "yes"),
    ("glucose_mmol_l", "17.2"),
    ("tc_mmol_l", "6.5"),
    ("tg_mmol_l", "5.8"),
    ("hdl_mmol_l", "0.8"),
    ("ldl_mmol_l", "4.4"),
    ("hb_g_l", "85"),
    ("urine_protein", "3+"),
    ("urine_glucose", "2+"),
    ("ecg", "abnormal"),
];

pub const FORMULA_NAME: &str = "=HYPERLINK(\"http://x\",\"点\")";
pub const FORMULA_NOTE: &str = "+cmd|' /C calc'!A0";
pub const FULL_ID: &str = "431399196003070415";

pub fn long_text() -> String {
    let text: String = "肝内强回声团，后方伴声影；".chars().cycle().take(3_999).collect();
    format!("{text}。")
}

pub fn people() -> Vec<CheckupFacts> {
    let m = Sex::M;
    let f = Sex::F;
    vec![
        resident(1, "张伟", m, "1960-03-07", FULL_ID)
            .has(FINE)
            .with(|c| c.details.phone = Some("13812345678".to_owned()))
            .done(),
        resident(2, "李秀英", f, "1955-05-06", "431399195505060327").has(TWELVE).done(),
        resident(3, "王强", m, "1972-11-02", "431399197211020417")
            .has(&[("height_cm", "172.5"), ("sbp1_mmhg", "152"), ("dbp1_mmhg", "96")])
            .has(&[("sbp1_mmhg", "158")])
            .with(|c| c.note = Some("慢病；家属电话13987654321".to_owned()))
            .done(),
        resident(4, "刘洋", f, "1980-01-20", "431399198001200529")
            .value("glucose_mmol_l", Value::Absent(AbsentReason::Refused))
            .value("hb_g_l", Value::Absent(AbsentReason::Awaited))
            .value("ecg", Value::Absent(AbsentReason::DeviceFailure))
            .has(&[("height_cm", "158"), ("weight_kg", "51")])
            .done(),
        resident(5, "㐂", m, "1990-12-31", "431399199012310613").has(FINE).done(),
        resident(6, "𠮷小明", m, "1988-08-08", "431399198808080716").has(FINE).done(),
        resident(7, "阿依古丽·买买提", f, "1993-02-14", "431399199302140827").has(FINE).done(),
        resident(8, FORMULA_NAME, m, "1970-01-01", "431399197001010915")
            .has(FINE)
            .with(|c| {
                c.note = Some(FORMULA_NOTE.to_owned());
                c.group = Some("@SUM(1+1)".to_owned());
            })
            .done(),
        resident(9, "陈静", f, "1965-07-19", "431399196507191026")
            .value(TEXT_KEY, Value::Text(long_text()))
            .has(&[("ultrasound", "abnormal"), ("height_cm", "155")])
            .done(),
        resident(10, "赵无号", m, "1950-10-01", "")
            .at(OTHER_VILLAGE)
            .has(&[("sbp1_mmhg", "145"), ("dbp1_mmhg", "88"), ("glucose_mmol_l", "12.5")])
            .has(&[("fasting", "unknown")])
            .with(|c| c.details.birth = None)
            .done(),
        resident(11, "孙外", f, "1985-04-04", "431399198504041128")
            .at(OTHER_VILLAGE)
            .has(FINE)
            .with(|c| c.standing = Standing::Outside)
            .done(),
        resident(12, "周邻", m, "1979-09-09", "431399197909091217")
            .at(OTHER_VILLAGE)
            .has(&[("sbp1_mmhg", "134"), ("dbp1_mmhg", "86")])
            .with(|c| {
                c.standing = Standing::OtherVillage;
                c.day = Some(date("2026-09-11"));
            })
            .done(),
        resident(13, "吴未来", m, "1968-06-06", "43139919680606131X")
            .at(OTHER_VILLAGE)
            .with(|c| {
                c.day = None;
                c.examiners.clear();
            })
            .done(),
        pupil(14, "郑小雨", f, "2015-05-05", "431399201505051429")
            .has(&[("height_cm", "142"), ("weight_kg", "35.2"), ("vision_right", "4.4")])
            .has(&[("vision_left", "4.9"), ("sbp1_mmhg", "104"), ("dbp1_mmhg", "62")])
            .done(),
        pupil(15, "冯乐", m, "2015-03-03", "431399201503031512")
            .has(&[("height_cm", "140"), ("weight_kg", "58"), ("vision_right", "5.0")])
            .has(&[("vision_left", "5.1"), ("sbp1_mmhg", "138"), ("dbp1_mmhg", "90")])
            .done(),
    ]
}

pub fn coverage() -> Vec<CoverageFacts> {
    let row = |at: usize, expected, examined_listed, other, outside| CoverageFacts {
        unit: units().remove(at),
        expected,
        examined_listed,
        examined_other_village: other,
        examined_outside: outside,
    };
    vec![row(0, 24, 9, 0, 0), row(1, 8, 1, 1, 1), row(2, 0, 2, 0, 0)]
}

/// 2026-09-14 17:30 in the district.
const AS_OF_MS: i64 = 1_789_378_200_000;

pub fn devices() -> Vec<DeviceFacts> {
    let device = |name: &str, heard_at_ms| DeviceFacts {
        name: name.to_owned(),
        units: vec![UnitCode(VILLAGE.to_owned())],
        heard_at_ms,
    };
    let day_ms = 86_400_000;
    vec![
        device("平板1", Some(AS_OF_MS)),
        device("平板2", Some(AS_OF_MS - day_ms)),
        device("笔记本3", None),
    ]
}

pub fn facts() -> ExportFacts {
    ExportFacts {
        round: RoundFacts {
            id: RoundId(4),
            name: "第四轮".to_owned(),
            from: date("2026-09-01"),
            to: date("2026-12-31"),
            levels_confirmed_by: Some("刘主任".to_owned()),
        },
        units: units(),
        checkups: people(),
        coverage: coverage(),
        devices: devices(),
        devices_known: true,
        as_of: "2026-09-14 17:30".to_owned(),
        today: today(),
    }
}

/// A round in which nothing has happened yet.
pub fn nobody() -> ExportFacts {
    ExportFacts { checkups: Vec::new(), coverage: Vec::new(), devices: Vec::new(), ..facts() }
}

/// Characters no keyboard gives and a day no spreadsheet knows.
pub fn odd() -> ExportFacts {
    let mut facts = facts();
    facts.checkups.truncate(2);
    facts.checkups[0].note = Some("甲\u{1}乙\u{b}丙\u{ffff}丁\n戊 <&> _x0041_".to_owned());
    facts.checkups[0].day = Some(date("1600-01-01"));
    facts
}

pub fn full() -> Options {
    Options {
        identifiers: Identifiers::Full { purpose: "随访名单 & 核对".to_owned() },
        made_by: Some("区协调员".to_owned()),
    }
}

pub fn make(what: Export, format: Format, facts: &ExportFacts, options: &Options) -> Vec<u8> {
    report::export(what, format, facts, &catalogue_with_text(), options).unwrap()
}

pub fn make_text(what: Export, format: Format, facts: &ExportFacts, options: &Options) -> String {
    String::from_utf8(make(what, format, facts, options)).unwrap()
}
