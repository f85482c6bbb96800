//! 知情同意 from the school's list to the report: a file at the server, slips ticked at a device, what a refusal closes, what a missing
//! slip holds and what it does not, two that differ, and what was examined although the family refused. Real server, real device.
#![allow(clippy::unwrap_used)]

use field::{
    Abilities, App, ConcludeOrder, ConsentOrder, Draft, Enrolment, Home, Key, LabDoubt, LabOrder,
    RecordOrder, TubeOrder,
};
use office::paper::PersonReport;
use office::{Moment, ReportOrder, RosterOrder, Which, person_reports_of};
use protocol::rpc::{Answer, Command};
use protocol::{Code, Failure};
use serde_json::{Value, json};
use server::console::NewRound;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use stories::cast;
use stories::central::Central;
use stories::line::Line;
use stories::steady::SteadyHost;
use stories::team::said;
use tempfile::TempDir;

const DAY: &str = "2026-09-15";
const NURSE: &str = "limei";
const DOCTOR: &str = "zhaoliu";
const HEAD: &str = "姓名,性别,身份证号,学籍号,出生日期,年级,班级";
/// Name, last digits of the ID number, birth date, class. Two are of one name.
const PUPILS: [(&str, &str, &str, &str); 6] = [
    ("向明", "431399201605120014", "2016-05-12", "1班"),
    ("田甜", "431399201606030029", "2016-06-03", "1班"),
    ("石磊", "", "2016-09-20", "1班"),
    ("彭程", "431399201511110042", "2015-11-11", "2班"),
    ("龙凤", "43139920170110003X", "2017-01-10", "2班"),
    ("龙凤", "", "2016-12-01", "2班"),
];

struct School {
    folder: TempDir,
    central: Central,
    device: Option<Home>,
    _line: Line,
    round: String,
    unit: String,
}

impl School {
    fn new() -> School {
        let folder = tempfile::tempdir().unwrap();
        let central = Central::init(folder.path(), "server");
        let round = said(central.console().create_round(&NewRound {
            name: "秋季".to_owned(),
            from: "2026-09-01".to_owned(),
            to: "2026-12-31".to_owned(),
            levels_confirmed_by: String::new(),
        }));
        let round = round.to_string();
        said(central.console().add_operator(NURSE, "李梅", "recorder"));
        said(central.console().add_operator(DOCTOR, "赵六", "doctor"));
        let unit = said(central.console().add_school(cast::SCHOOL, cast::SCHOOL_TOWNSHIP)).0;
        let row = |(name, id, birth, class): &(&str, &str, &str, &str)| {
            format!("{name},男,{id},,{birth},四年级,{class}")
        };
        let rows: Vec<String> = PUPILS.iter().map(row).collect();
        let file = folder.path().join("roster.csv");
        std::fs::write(&file, format!("{HEAD}\n{}\n", rows.join("\n"))).unwrap();
        let order =
            RosterOrder { round: round.clone(), unit: Some(unit.clone()), files: vec![file] };
        assert_eq!(said(central.console().import_roster(&order)).accepted, 6);
        let made = said(central.console().create_enrolment(std::slice::from_ref(&unit)));
        let line = Line::new();
        line.lead_to(central.start());
        let order = Enrolment {
            server: line.url(),
            code: made.code,
            ca_pin: made.ca_pin,
            name: "一号机".to_owned(),
        };
        said(Home::enrol(&folder.path().join("device"), &key(), host(), &order));
        let mut school = School { folder, central, device: None, _line: line, round, unit };
        said(school.device().sync());
        school
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("device")
    }

    fn device(&mut self) -> &mut Home {
        let home = self.home();
        self.device.get_or_insert_with(|| said(Home::open(&home, &key(), host())))
    }

    /// The screens' commands of one visit, as whoever works there.
    fn visit<T>(&mut self, work: impl FnOnce(&mut dyn FnMut(&str, Value) -> Value) -> T) -> T {
        self.device = None;
        let mut app = App::new(&self.home(), host(), Abilities::default());
        said(app.open_with_key(key(), Some(NURSE)));
        let mut ask = move |command: &str, asked: Value| -> Value {
            let call = json!({ "command": command, "ask": asked });
            let call: Command = serde_json::from_value(call).unwrap();
            let answer: Result<Answer, Failure> = app.call(call);
            serde_json::to_value(said(answer)).unwrap()
        };
        let stations = ["general", "dental"].map(|one| json!({ "station": one, "examiner": null }));
        let day =
            json!({ "round": self.round, "unit": self.unit, "day": DAY, "stations": stations });
        ask("day_set", day);
        work(&mut ask)
    }

    /// A school's list, as the server or the device takes it in.
    fn list(&self, name: &str, rows: &[&str]) -> ConsentOrder {
        let file = self.folder.path().join(name);
        let text = format!("年级,班级,姓名,身份证号,是否同意,不同意项目\n{}\n", rows.join("\n"));
        std::fs::write(&file, text).unwrap();
        let operator = Some(NURSE.to_owned());
        ConsentOrder { round: self.round.clone(), unit: self.unit.clone(), operator, file }
    }

    /// Everything the package asks of a pupil, measured at the device.
    fn measured(&mut self, row: usize) {
        let (name, id, birth, _) = PUPILS[row];
        let head = "kind,unit,id_number,name,sex,birth,exam_date,height_cm,weight_kg,sbp1_mmhg,\
                    dbp1_mmhg,vision_right,vision_left";
        let line = format!("student,,{id},{name},M,{birth},{DAY},131.5,29.0,98,60,5.0,5.0");
        let file = self.folder.path().join("measured.csv");
        std::fs::write(&file, format!("{head}\n{line}\n")).unwrap();
        let record = RecordOrder {
            round: self.round.clone(),
            station: None,
            unit: Some(self.unit.clone()),
            operator: None,
            examiner: None,
        };
        let recorded = said(self.device().record(&record, &file, &mut |_, _| {}));
        assert_eq!((recorded.people, recorded.results), (1, 6), "{:?}", recorded.problems);
    }

    fn signed(&mut self, row: usize) {
        let order = ConcludeOrder {
            round: self.round.clone(),
            person: self.person(row),
            operator: Some(DOCTOR.to_owned()),
            day: Some(DAY.to_owned()),
        };
        let draft = Draft { accept_rest: true, ..Draft::default() };
        assert!(said(self.device().conclude(&order, &draft)).new);
    }

    fn person(&mut self, row: usize) -> String {
        let (name, _, birth, _) = PUPILS[row];
        let found = self.device().store().find(name, 9).unwrap();
        let is = |details: &domain::facts::PersonDetails| {
            details.birth.is_some_and(|day| day.to_string() == birth)
        };
        found.iter().find(|one| is(&one.details)).unwrap().person.0.to_string()
    }

    fn consents(&mut self) -> Value {
        let (round, unit) = (self.round.clone(), self.unit.clone());
        serde_json::to_value(said(self.device().consents(&round, &unit))).unwrap()
    }

    fn order(&self) -> ReportOrder {
        ReportOrder {
            round: self.round.clone(),
            unit: self.unit.clone(),
            which: Which::All,
            people: Vec::new(),
        }
    }

    fn reports(&mut self) -> Vec<PersonReport> {
        let order = self.order();
        said(person_reports_of(self.device().store(), &order, &Moment::at(0)))
    }

    fn refused_report(&mut self) -> Code {
        let (order, out) = (self.order(), self.folder.path().join("report.pdf"));
        let refused = self.device().report_people(&order, &out).unwrap_err().code;
        assert!(!Path::new(&out).exists(), "nothing is written");
        refused
    }
}

fn key() -> Key {
    Key::new([7; 32])
}

fn host() -> Arc<SteadyHost> {
    Arc::new(SteadyHost::new("consent"))
}

fn line<'v>(list: &'v Value, name: &str) -> Option<&'v Value> {
    list["lines"].as_array().unwrap().iter().find(|line| line["name"] == name)
}

#[test]
fn a_schools_list_is_taken_row_by_row_and_says_the_same_on_device_and_server() {
    let mut school = School::new();
    // Control: with nothing said, every slip is missing.
    assert_eq!(school.consents()["missing"], 6);
    let rows = [
        "四年级,一班,全班,,同意,",
        "四年级,1班,田甜,,同意,口腔、抽血",
        "四年级,1班,石磊,,,",
        "四年级,2班,龙凤,,同意,",
        "四年级,2班,彭程,,不同意,",
        "四年级,2班,查无此人,,同意,",
        "四年级,2班,龙凤,43139920170110003X,再说,",
        "五年级,1班,全班,,同意,",
    ];
    let order = school.list("slips.csv", &rows);
    let back = said(school.central.console().import_consents(&order));
    let reasons: Vec<(u32, Value)> = back
        .problems
        .iter()
        .map(|one| (one.row, serde_json::to_value(one.reason).unwrap()))
        .collect();
    let expected = [(5, "ambiguous"), (7, "unknown"), (8, "answer"), (9, "class")];
    assert_eq!(reasons, expected.map(|(row, reason)| (row, json!(reason))));
    assert_eq!((back.rows, back.taken, back.known, back.blank), (8, 3, 0, 1));
    let again = said(school.central.console().import_consents(&order));
    assert_eq!((again.taken, again.known), (0, 3), "the same file changes nothing");

    said(school.device().sync());
    let here = school.consents();
    let (round, unit) = (school.round.clone(), school.unit.clone());
    let there = said(school.central.console().consents(&round, &unit));
    assert_eq!(here, serde_json::to_value(there).unwrap());
    let counts = ["given", "given_but", "refused", "missing"].map(|key| here[key].clone());
    assert_eq!(counts, [1, 1, 1, 3].map(Value::from));
    assert_eq!(line(&here, "田甜").unwrap()["text"], "同意，除采血、口腔");
    assert_eq!(line(&here, "石磊").unwrap()["text"], "未交回", "a blank row is no agreement");
    assert!(line(&here, "向明").is_none(), "who agrees is not listed");

    // A file without the two columns is refused whole.
    let file = school.folder.path().join("other.csv");
    std::fs::write(&file, "姓名,电话\n向明,1\n").unwrap();
    let refused = school.device().import_consents(&ConsentOrder { file, ..order.clone() });
    assert_eq!(refused.unwrap_err().code, Code::ConsentFileInvalid);
    // Whose role records nothing says nothing of a slip, at the device or at the server.
    for role in ["township", "administrator", "auditor"] {
        said(school.central.console().add_operator(role, "孙九", role));
        said(school.device().sync());
        let order = ConsentOrder { operator: Some(role.to_owned()), ..order.clone() };
        let barred = school.central.console().import_consents(&order).unwrap_err();
        assert_eq!(barred.code, Code::RoleBarred, "{role}");
        assert_eq!(school.device().import_consents(&order).unwrap_err().code, Code::RoleBarred);
    }
    // The control: whose role may.
    said(school.central.console().import_consents(&order));
    assert!(said(office::verify(school.device().store(), &mut |_| {})).ok);
}

#[test]
fn a_refusal_that_nobody_can_be_named_for_never_becomes_consent_by_the_classs_row() {
    let mut school = School::new();
    let taken = |school: &mut School, name: &str, rows: &[&str]| {
        let order = school.list(name, rows);
        let back = said(school.central.console().import_consents(&order));
        let reasons: Vec<Value> =
            back.problems.iter().map(|one| serde_json::to_value(one.reason).unwrap()).collect();
        (reasons, back.taken)
    };
    // Two are called so: neither is spoken of by 其余.
    let rows = ["四年级,2班,龙凤,,不同意,", "四年级,2班,其余,,同意,"];
    assert_eq!(taken(&mut school, "two.csv", &rows), (vec![json!("ambiguous")], 1));
    // Nobody is: the class's row waits. And 12班 is no class of the first year.
    let rows = ["四年级,1班,查无此人,,不同意,", "四年级,1班,全班,,同意,", ",12班,全班,,同意,"];
    let (reasons, count) = taken(&mut school, "nobody.csv", &rows);
    assert_eq!((reasons, count), (vec![json!("unknown"), json!("unsure"), json!("class")], 0));
    // In the wrong class, or in none that there is: whoever is called so is not spoken of.
    let rows = ["四年级,3班,石磊,,不同意,", ",四1班,全班,,同意,"];
    assert_eq!(taken(&mut school, "wrong.csv", &rows), (vec![json!("unknown")], 2));
    // Control: somebody unknown who agrees keeps no class waiting.
    let rows = ["四年级,1班,查无此人,,同意,", "四年级,1班,全班,,同意,"];
    assert_eq!(taken(&mut school, "agrees.csv", &rows), (vec![json!("unknown")], 1));
}

#[test]
fn a_later_row_of_the_whole_class_takes_no_refusal_back() {
    let mut school = School::new();
    let taken = |school: &mut School, name: &str, rows: &[&str]| {
        let order = school.list(name, rows);
        let back = said(school.central.console().import_consents(&order));
        (back.taken, back.known, back.kept)
    };
    let rows = ["四年级,1班,全班,,同意,", "四年级,1班,田甜,,同意,抽血", "四年级,1班,石磊,,不同意,"];
    assert_eq!(taken(&mut school, "first.csv", &rows), (3, 0, 0));
    // The teacher's next file: nobody's refusal is in it.
    let rows = ["四年级,1班,全班,,同意,"];
    assert_eq!(taken(&mut school, "next.csv", &rows), (0, 1, 2));
    // Stricter is taken of everybody: and who refused all has said so already.
    let rows = ["四年级,1班,全班,,同意,抽血"];
    assert_eq!(taken(&mut school, "stricter.csv", &rows), (1, 1, 1));
    let (round, unit) = (school.round.clone(), school.unit.clone());
    let list = |school: &mut School| {
        serde_json::to_value(said(school.central.console().consents(&round, &unit))).unwrap()
    };
    let all = list(&mut school);
    assert_eq!(line(&all, "田甜").unwrap()["text"], "同意，除采血");
    assert_eq!(line(&all, "石磊").unwrap()["text"], "全部不同意");
    // The control: a row of their own is what the family says now.
    let rows = ["四年级,1班,石磊,,同意,"];
    assert_eq!(taken(&mut school, "own.csv", &rows), (1, 0, 0));
    assert!(line(&list(&mut school), "石磊").is_none());
}

#[test]
fn a_refusal_closes_its_items_and_a_missing_slip_never_stops_the_line() {
    let mut school = School::new();
    let (but, none) = (school.person(0), school.person(1));
    school.visit(|ask| {
        let slip = json!({ "person": but, "answer": "given", "stations": ["dental"], "items": ["weight_kg"], "saw": [] });
        assert_eq!(ask("consent_save", json!({ "slips": [slip] })), json!({ "saved": 1, "known": 0 }));
        assert_eq!(ask("consent_save", json!({ "slips": [slip] })), json!({ "saved": 0, "known": 1 }));
        let form = |ask: &mut dyn FnMut(&str, Value) -> Value, person: &str, station: &str| {
            let form = ask("form", json!({ "person": person, "station": station }));
            let items = form["items"].as_array().unwrap().len();
            (items, form["refused"].as_array().unwrap().len())
        };
        let (of_general, _) = form(ask, &none, "general");
        assert_eq!(form(ask, &but, "general"), (of_general - 1, 1));
        let (items, refused) = form(ask, &but, "dental");
        assert!(items == 0 && refused > 0);
        // Control: who has no slip is asked everything.
        let (items, refused) = form(ask, &none, "dental");
        assert!(items > 0 && refused == 0);
        let typed = |item: &str, text: &str| json!({ "item": item, "text": text, "absent": null, "confirmed": true });
        let mut save = |person: &str| {
            let values = [typed("height_cm", "131.5"), typed("weight_kg", "29.0")];
            let save = json!({ "person": person, "station": "general", "values": values, "saw": [], "examiner": null, "save_id": person });
            ask("save", save)
        };
        let saved = save(&but);
        assert_eq!((&saved["results"], &saved["open"][0]), (&json!(1), &json!("体重：家长不同意，没有保存")));
        assert_eq!(save(&none)["results"], 2);
        let list = ask("class_list", json!({ "grade": "四年级", "group": "1班", "station": "general" }));
        let row = |person: &str| list["rows"].as_array().unwrap().iter().find(|row| row["row"]["person"] == person).unwrap().clone();
        assert_eq!((&row(&but)["is_done"], &row(&but)["consent"]), (&json!(true), &json!("同意，除口腔、体重")));
        assert_eq!((&row(&none)["is_done"], &row(&none)["consent"]), (&json!(true), &json!("未交回")));
        let left = ask("check_out", json!({ "person": but }));
        assert!(!left["missing"].to_string().contains("体重"), "neither missing nor left out: {left}");
        let covered = ask("coverage", json!({ "grade": null, "group": null, "list": false }));
        let no_consent: u64 = covered["rows"].as_array().unwrap().iter().map(|row| row["no_consent"].as_u64().unwrap()).sum();
        assert_eq!(no_consent, 5);
        let end = ask("day_end", json!({}));
        assert!(end["checks"].to_string().contains("5 名学生的知情同意书没有交回"), "{end}");
    });
    // A file of measurements is told, and writes nothing of what is refused.
    let head = "kind,unit,id_number,name,sex,birth,exam_date,weight_kg,tooth_chart";
    let (name, id, birth, _) = PUPILS[0];
    let file = school.folder.path().join("late.csv");
    std::fs::write(&file, format!("{head}\nstudent,,{id},{name},M,{birth},{DAY},29.0,0\n"))
        .unwrap();
    let record = RecordOrder {
        round: school.round.clone(),
        station: None,
        unit: Some(school.unit.clone()),
        operator: None,
        examiner: None,
    };
    let recorded = said(school.device().record(&record, &file, &mut |_, _| {}));
    assert_eq!(recorded.results, 0);
    assert_eq!(recorded.problems.iter().filter(|p| p.code == "consent_refused").count(), 2);
}

/// The slip came after the tube had gone, or the laboratory measured more than was asked.
#[test]
fn what_a_chart_of_teeth_comes_to_is_told_where_it_is_marked() {
    let mut school = School::new();
    let pupil = school.person(0);
    school.visit(|ask| {
        let chart = |text: &str| {
            json!([{ "item": "tooth_chart", "text": text, "absent": null, "confirmed": false }])
        };
        let judge = |ask: &mut dyn FnMut(&str, Value) -> Value, text: &str| {
            let asked = json!({ "person": pupil, "station": "dental", "values": chart(text) });
            ask("judge", asked)["items"][0]["level"].clone()
        };
        // The control: sound teeth are no finding.
        assert_eq!(judge(ask, "0"), "");
        assert_eq!(judge(ask, "16=D,55=d"), "B");
        let save = json!({
            "person": pupil, "station": "dental", "values": chart("16=D,55=d"),
            "saw": [], "examiner": null, "save_id": "teeth"
        });
        let saved = ask("save", save);
        let findings = saved["findings"].as_array().unwrap();
        assert!(findings.iter().any(|one| one["level"] == "B"), "{saved}");
    });
}

#[test]
fn what_the_family_refused_comes_in_by_no_laboratorys_file() {
    let mut school = School::new();
    let (round, unit) = (school.round.clone(), school.unit.clone());
    let bind = |school: &mut School, row: usize, code: &str| {
        let order = TubeOrder {
            round: round.clone(),
            unit: unit.clone(),
            person: school.person(row),
            code: code.to_owned(),
            tube: "serum".to_owned(),
            day: Some(DAY.to_owned()),
            ..TubeOrder::default()
        };
        assert!(said(school.device().bind_tube(&order)).new);
    };
    bind(&mut school, 0, "B0001");
    bind(&mut school, 1, "B0002");
    let but = school.person(0);
    school.visit(|ask| {
        let slip = json!({ "person": but, "answer": "given", "stations": [], "items": ["alt_u_l"], "saw": [] });
        ask("consent_save", json!({ "slips": [slip] }));
    });
    let analyte = |item: &str, unit: &str| json!({ "item": item, "unit": unit });
    let mapping = json!({ "barcode": "条码", "columns": { "ALT": analyte("alt_u_l", "U/L"), "CR": analyte("creatinine_umol_l", "μmol/L") } });
    let file = |name: &str, text: String| {
        let path = school.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let order = LabOrder {
        round: Some(round.clone()),
        laboratory: Some("示例检验科".to_owned()),
        mapping: Some(file("mapping.json", mapping.to_string())),
        file: file("results.csv", "条码,ALT,CR\nB0001,35,40\nB0002,36,41\n".to_owned()),
    };
    let taken = said(school.device().import_lab(&order));
    // Control: what was not refused, and whoever refused nothing, is taken.
    assert_eq!((taken.applied, taken.results, taken.held.len()), (2, 3, 0), "{taken:?}");
    let refused = taken.doubts.iter().filter(|one| one.kind == LabDoubt::REFUSED);
    let named: Vec<(&str, &str)> = refused.map(|one| (&*one.code, &*one.analyte)).collect();
    assert_eq!(named, [("B0001", "ALT")]);
    let alt = domain::catalogue::Catalogue::builtin().item_by_key("alt_u_l").unwrap().code;
    for (row, stands) in [(0, false), (1, true)] {
        let person = domain::ids::PersonId(school.person(row).parse().unwrap());
        let view = school.device().store().person(person).unwrap().unwrap();
        let has = view.values.iter().any(|v| v.item == alt && v.value.is_present());
        assert_eq!(has, stands);
    }
}

#[test]
fn a_missing_slip_holds_the_final_report_until_it_comes() {
    let mut school = School::new();
    school.measured(0);
    let preview = school.reports();
    assert_eq!((preview.len(), &preview[0].doctor), (1, &None));
    assert_eq!((preview[0].is_slip_missing, preview[0].pending.len()), (true, 0));
    // Signed all the same; what goes out waits.
    school.signed(0);
    assert_eq!(school.refused_report(), Code::ConsentMissing);
    let order = school.list("late.csv", &["四年级,1班,向明,,同意,"]);
    assert_eq!(said(school.device().import_consents(&order)).taken, 1);
    let reports = school.reports();
    assert_eq!(reports.len(), 1);
    assert!(reports[0].doctor.is_some() && reports[0].pending.is_empty());
    assert!(!reports[0].is_slip_missing, "control: it has come");
}

#[test]
fn two_that_differ_stand_side_by_side_the_stricter_holds_and_a_person_decides() {
    let mut school = School::new();
    let who = school.person(3);
    let order = school.list("slips.csv", &["四年级,2班,彭程,,同意,"]);
    assert_eq!(said(school.central.console().import_consents(&order)).taken, 1);
    // The device has not heard of it.
    let one = |ask: &mut dyn FnMut(&str, Value) -> Value| {
        let class = ask("consent", json!({ "grade": "四年级", "group": "2班", "list": true }));
        let rows = class["rows"].as_array().unwrap();
        rows.iter().find(|row| row["row"]["person"] == who).unwrap().clone()
    };
    school.visit(|ask| {
        assert_eq!(one(ask)["answer"], "missing");
        let slip = json!({ "person": who, "answer": "given", "stations": ["dental"], "items": [], "saw": [] });
        ask("consent_save", json!({ "slips": [slip] }));
    });
    said(school.device().sync());
    let list = school.consents();
    assert_eq!(line(&list, "彭程").unwrap()["differs"], true);
    assert_eq!(line(&list, "彭程").unwrap()["text"], "同意，除口腔");
    // A file does not replace what a person ticked.
    assert_eq!(said(school.device().import_consents(&order)).known, 1);
    school.visit(|ask| {
        let row = one(ask);
        assert_eq!((&row["differs"], row["said"].as_array().unwrap().len()), (&json!(true), 2));
        let slip = json!({ "person": who, "answer": "given", "stations": [], "items": [], "saw": row["saw"] });
        assert_eq!(ask("consent_save", json!({ "slips": [slip] }))["saved"], 1);
        let row = one(ask);
        assert_eq!((&row["differs"], &row["text"]), (&json!(false), &json!("同意")));
    });
    said(school.device().sync());
    assert!(line(&school.consents(), "彭程").is_none());
    assert!(said(office::verify(school.device().store(), &mut |_| {})).ok);
}

#[test]
fn what_was_examined_before_a_refusal_is_kept_not_printed_and_listed() {
    let mut school = School::new();
    school.measured(0);
    let who = school.person(0);
    let order = school.list("slips.csv", &["四年级,1班,向明,,同意,"]);
    said(school.device().import_consents(&order));
    school.signed(0);
    let printed = |reports: &[PersonReport]| -> Vec<String> {
        let rows = reports[0].sections.iter().flat_map(|section| &section.rows);
        rows.map(|row| row.item.clone()).collect()
    };
    let before = printed(&school.reports());
    assert!(before.iter().any(|item| item == "体重") && before.iter().any(|item| item == "身高"));
    let order = school.list("later.csv", &["四年级,1班,向明,,同意,体重"]);
    assert_eq!(said(school.device().import_consents(&order)).taken, 1);
    let after = school.reports();
    // The body mass index is made of the weight.
    let wanted: Vec<String> =
        before.into_iter().filter(|item| item != "体重" && item != "体质指数").collect();
    assert_eq!(printed(&after), wanted, "not printed");
    assert!(after[0].doctor.is_some() && after[0].open.is_empty(), "{:?}", after[0].open);
    let list = school.consents();
    assert_eq!(line(&list, "向明").unwrap()["in_spite"], json!(["体重"]));
    let id = domain::ids::PersonId(who.parse().unwrap());
    let view = school.device().store().person(id).unwrap().unwrap();
    let weight = domain::catalogue::Catalogue::builtin().item_by_key("weight_kg").unwrap().code;
    assert!(view.values.iter().any(|v| v.item == weight && v.current), "kept");
}
