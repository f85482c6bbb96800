//! 总检 through the real program: who may sign, what is signed, what becomes of a signature when a result comes later,
//! two doctors apart, people with nothing abnormal signed as a list, and the report that follows.
#![allow(clippy::unwrap_used)]

use protocol::Code;
use serde_json::{Value, json};
use std::path::Path;
use stories::cast::{OPERATORS, VILLAGE};
use stories::printed::words;
use stories::program::Words;
use stories::stage::{MEASURED, Stage, people, refused};

const DOCTOR: &str = "zhao6";
const DOCTOR_NAME: &str = "赵六";
const OTHER_DOCTOR: &str = "qian7";
const DAY: &str = "2026-09-20";
/// A checkup in which everything the package asks for is there and fine.
const FINE: [(&str, &str); 16] = [
    ("height_cm", "160"),
    ("weight_kg", "55"),
    ("waist_cm", "74"),
    ("sbp1_mmhg", "112"),
    ("dbp1_mmhg", "70"),
    ("fasting", "yes"),
    ("known_hypertension", "no"),
    ("known_diabetes", "no"),
    ("glucose_mmol_l", "5.0"),
    ("tc_mmol_l", "4.5"),
    ("tg_mmol_l", "1.2"),
    ("hdl_mmol_l", "1.5"),
    ("ldl_mmol_l", "2.5"),
    ("hb_g_l", "135"),
    ("urine_protein", "-"),
    ("urine_glucose", "-"),
];
const FINE_PEOPLE: usize = 2;

/// A stage with two doctors whom the device knows.
fn stage() -> Stage {
    let stage = Stage::new();
    for (account, name) in [(DOCTOR, DOCTOR_NAME), (OTHER_DOCTOR, "钱七")] {
        let add = stage.of_server("operator add").with("--account", account).with("--name", name);
        add.with("--role", "doctor").ask().answer();
    }
    stage.of_device("sync").ask().answer();
    stage
}

fn id_number(row: usize) -> String {
    people().cell(row, "id_number").to_owned()
}

fn about(stage: &Stage, words: Words, row: usize) -> Words {
    words.with("--round", &stage.round).with("--person", id_number(row))
}

fn show(stage: &Stage, words: Words, row: usize) -> Value {
    about(stage, words, row).ask().answer()
}

fn by(words: Words, doctor: &str) -> Words {
    words.with("--operator", doctor).with("--day", DAY)
}

fn sign(stage: &Stage, row: usize) -> Words {
    by(about(stage, stage.of_device("conclude sign"), row), DOCTOR)
}

fn state(stage: &Stage, row: usize) -> [String; 2] {
    ["device", "server"].map(|place| {
        let words = match place {
            "device" => stage.of_device("conclude show"),
            _ => stage.of_server("conclude show"),
        };
        show(stage, words, row)["state_zh"].as_str().unwrap().to_owned()
    })
}

/// The first measured person of whom the rules propose something, and the first of whom they propose nothing.
fn abnormal(stage: &Stage) -> usize {
    let is_abnormal = |row: &usize| {
        let shown = show(stage, stage.of_device("conclude show"), *row);
        !shown["proposed"].as_array().unwrap().is_empty()
    };
    (0..MEASURED).find(is_abnormal).unwrap()
}

fn amend(stage: &Stage, row: usize, item: &str, value: &str) {
    let amend = about(stage, stage.of_device("result amend"), row).with("--item", item);
    amend.with("--value", value).with("--reason", "复核").ask().answer();
}

fn report(stage: &Stage, words: Words, out: &Path) -> (Value, String) {
    let words = words.with("--round", &stage.round).with("--unit", VILLAGE);
    let made = words.with("--out", out).ask().answer();
    (made, close(&self::words(out)))
}

/// Without its spaces: where a line has them in a file says nothing.
fn close(text: &str) -> String {
    text.replace(' ', "")
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap().to_owned()
}

#[test]
fn a_doctor_signs_what_they_answered_and_only_then_the_report_is_final() {
    let stage = stage();
    let row = abnormal(&stage);
    let shown = show(&stage, stage.of_device("conclude show"), row);
    assert_eq!(
        (text(&shown, "state_zh"), shown["signed"].as_array().unwrap().len()),
        ("未总检".to_owned(), 0)
    );
    let proposed = shown["proposed"].as_array().unwrap();
    for one in proposed {
        assert!(!text(one, "standard").is_empty(), "{one}");
        assert!(!one["tables"].as_array().unwrap().is_empty(), "{one}");
    }

    // Who is no doctor signs nothing, at the server neither.
    let nurse = |words: Words| by(about(&stage, words, row), OPERATORS[0][0]);
    for words in [stage.of_device("conclude sign"), stage.of_server("conclude sign")] {
        refused("a recorder", &nurse(words).and("--accept-rest"), Code::ConclusionRole);
    }
    refused("no answer", &sign(&stage, row), Code::ConclusionUnanswered);
    let first = &proposed[0];
    let answer = |word: &str, text: &str| json!({ "rule": first["rule"], "code": first["code"], "answer": word, "text": text });
    let from = |draft: Value| {
        let file = stage.file("draft.json", draft.to_string());
        sign(&stage, row).with("--from", file)
    };
    let rejected = json!({ "answers": [answer("reject", "")], "accept_rest": true });
    refused("no reason", &from(rejected), Code::ReasonMissing);
    let empty = json!({ "answers": [answer("reword", " ")], "accept_rest": true });
    refused("no words", &from(empty), Code::ConclusionInvalid);
    let twice =
        json!({ "answers": [answer("accept", ""), answer("accept", "")], "accept_rest": true });
    refused("twice", &from(twice), Code::ConclusionFinding);
    let unknown = json!({ "answers": [{ "rule": "no_such", "code": "x", "answer": "accept" }] });
    refused("no such rule", &from(unknown), Code::ConclusionFinding);
    let odd = stage.file("odd.json", "{ \"answers\": 3 ");
    refused("an odd file", &sign(&stage, row).with("--from", odd), Code::ConclusionFile);
    refused(
        "moved",
        &sign(&stage, row).and("--accept-rest").with("--mark", "0000000000000000"),
        Code::ConclusionMoved,
    );
    refused("unmeasured", &sign(&stage, MEASURED).and("--accept-rest"), Code::ConclusionEmpty);
    assert_eq!(state(&stage, row), ["未总检", "未总检"], "nothing was written");

    let draft = json!({
        "answers": [answer("reword", "甲状腺旁待查的说法")],
        "accept_rest": true,
        "added": [{ "level": "B", "text": "腹部压痛，待复查" }],
        "advice": "低盐饮食，按时复查。",
        "mark": shown["mark"],
    });
    let signed = from(draft.clone()).ask().answer();
    assert_eq!((signed["version"].as_u64(), signed["new"].as_bool()), (Some(1), Some(true)));
    assert_eq!(signed["findings"].as_u64(), Some(proposed.len() as u64 + 1));
    // The same again is nothing new; it is over the same results, so its mark is another.
    let again = json!({ "answers": draft["answers"], "accept_rest": true, "added": draft["added"], "advice": draft["advice"] });
    assert_eq!(from(again).ask().answer()["new"], false);
    assert_eq!(state(&stage, row), ["已总检", "未总检"]);

    let here = stage.path("device.pdf");
    let (made, said) = report(&stage, stage.of_device("report person"), &here);
    let counts = ["people", "signed", "corrected"].map(|key| made[key].as_u64().unwrap());
    assert_eq!(counts, [MEASURED as u64, 1, 0], "{made}");
    assert_eq!(made["preview"], true, "the others are not signed");
    for part in [
        "总检医生：赵六",
        DAY,
        "甲状腺旁待查的说法",
        "腹部压痛，待复查",
        "低盐饮食",
        "第 1 版",
        "现场预览",
    ] {
        assert!(said.contains(&close(part)), "{part}");
    }
    assert!(!said.contains("更正版"));

    stage.of_device("sync").ask().answer();
    assert_eq!(state(&stage, row), ["已总检", "已总检"]);
    let there = stage.path("server.pdf");
    report(&stage, stage.of_server("report person"), &there);
    assert_eq!(std::fs::read(&here).unwrap(), std::fs::read(&there).unwrap());
    for words in [stage.of_device("verify"), stage.of_server("verify")] {
        assert_eq!(words.ask().answer()["ok"], true);
    }
}

#[test]
fn whose_role_records_nothing_records_nothing_at_the_command_line_either() {
    let stage = stage();
    let add = stage.of_server("operator add").with("--account", "sun9").with("--name", "孙九");
    add.with("--role", "township").ask().answer();
    stage.of_device("sync").ask().answer();
    let change = |account: &str| {
        let words = about(&stage, stage.of_device("result amend"), 0).with("--item", "height_cm");
        let words = words.with("--value", "151.5").with("--reason", "复核");
        words.with("--operator", account)
    };
    let own = ["id_number", "name", "sex", "birth"].map(|name| people().cell(0, name).to_owned());
    let heading = "kind,unit,id_number,name,sex,birth,exam_date,pulse_per_min";
    let line = format!("resident,{VILLAGE},{},{DAY},72", own.join(","));
    let file = stage.file("more.csv", format!("{heading}\n{line}\n"));
    let record = |account: &str| stage.record(&file).with("--operator", account);
    refused("amended", &change("sun9"), Code::RoleBarred);
    refused("recorded", &record("sun9"), Code::RoleBarred);
    // The control: whose role may.
    assert_eq!(change(DOCTOR).ask().answer()["replaced"], 1);
    assert_eq!(record(DOCTOR).ask().answer()["people"], 1);
}

#[test]
fn what_a_doctor_said_goes_on_when_they_sign_again_and_name_nothing() {
    let stage = stage();
    let row = abnormal(&stage);
    let shown = show(&stage, stage.of_device("conclude show"), row);
    let is_of_height = |one: &&Value| text(one, "item") == "bmi";
    let first =
        shown["proposed"].as_array().unwrap().iter().find(|one| !is_of_height(one)).unwrap();
    let draft = json!({
        "answers": [{
            "rule": first["rule"], "code": first["code"], "item": first["item"],
            "answer": "reject", "text": "复核后不采用"
        }],
        "accept_rest": true,
        "added": [{ "level": "B", "text": "右上腹压痛，待复查", "action": "县医院外科" }],
        "advice": "少吃糖。",
    });
    let file = stage.file("draft.json", draft.to_string());
    sign(&stage, row).with("--from", &file).ask().answer();
    amend(&stage, row, "height_cm", "151.5");
    let preview = stage.path("preview.pdf");
    let (_, said) = report(&stage, stage.of_device("report person"), &preview);
    assert!(said.contains(&close("右上腹压痛")) && said.contains("少吃糖"), "{said}");
    let reason = |words: Words| words.with("--reason", "身高复核");
    let signed = reason(sign(&stage, row).and("--accept-rest")).ask().answer();
    assert_eq!((signed["version"].as_u64(), signed["rejected"].as_u64()), (Some(2), Some(1)));
    let stands = show(&stage, stage.of_device("conclude show"), row);
    assert_eq!(stands["added"][0]["text"], "右上腹压痛，待复查");
    assert_eq!(stands["advice"], "少吃糖。");
    // The control: said to be none, they are none.
    let none = json!({ "accept_rest": true, "added": [], "advice": "", "reason": "另写" });
    let file = stage.file("none.json", none.to_string());
    sign(&stage, row).with("--from", &file).ask().answer();
    let stands = show(&stage, stage.of_device("conclude show"), row);
    assert_eq!((stands["added"].clone(), stands["advice"].clone()), (json!([]), json!("")));
}

#[test]
fn a_result_after_the_signature_makes_it_one_to_look_at_again_and_the_next_print_a_correction() {
    let stage = stage();
    let row = abnormal(&stage);
    sign(&stage, row).and("--accept-rest").ask().answer();
    stage.of_device("sync").ask().answer();
    amend(&stage, row, "height_cm", "151.5");
    assert_eq!(state(&stage, row), ["需再看", "已总检"]);
    stage.of_device("sync").ask().answer();
    assert_eq!(state(&stage, row), ["需再看", "需再看"]);
    let shown = show(&stage, stage.of_server("conclude show"), row);
    let changed = shown["changed"].as_array().unwrap();
    assert!(
        changed
            .iter()
            .any(|c| c.as_str().unwrap().contains("身高") && c.as_str().unwrap().contains("151.5")),
        "{shown}"
    );

    // Not final any more, and it says why.
    let out = stage.path("pending.pdf");
    let (made, said) = report(&stage, stage.of_device("report person"), &out);
    assert_eq!(made["signed"], 0);
    assert!(said.contains("等待总检医生再看") && said.contains("151.5"));
    assert!(!said.contains("总检医生：赵六"));

    refused("no reason", &sign(&stage, row).and("--accept-rest"), Code::ReasonMissing);
    let signed = sign(&stage, row).and("--accept-rest").with("--reason", "身高复核").ask().answer();
    assert_eq!(signed["version"], 2);
    let out = stage.path("corrected.pdf");
    let (made, said) = report(&stage, stage.of_device("report person"), &out);
    assert_eq!((made["signed"].as_u64(), made["corrected"].as_u64()), (Some(1), Some(1)));
    for part in ["更正版", "第 2 版", "代替以前的版本", "身高", "151.5", "更正原因：身高复核"]
    {
        assert!(said.contains(&close(part)), "{part}");
    }
    let shown = show(&stage, stage.of_device("conclude show"), row);
    let stands: Vec<bool> = shown["signed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["stands"].as_bool().unwrap())
        .collect();
    assert_eq!(stands, [false, true], "the first version is kept and seen");

    // Withdrawn, nobody has concluded anything; the report is a preview again.
    let withdraw = by(about(&stage, stage.of_device("conclude withdraw"), row), DOCTOR);
    withdraw.with("--reason", "签错人").ask().answer();
    assert_eq!(state(&stage, row)[0], "未总检");
    let (made, _) = report(&stage, stage.of_device("report person"), &stage.path("none.pdf"));
    assert_eq!(made["signed"], 0);
}

#[test]
fn two_doctors_who_sign_apart_are_both_shown_until_one_of_them_decides() {
    let stage = stage();
    let row = abnormal(&stage);
    sign(&stage, row).and("--accept-rest").with("--advice", "低盐").ask().answer();
    let other = by(about(&stage, stage.of_server("conclude sign"), row), OTHER_DOCTOR);
    other.and("--accept-rest").with("--advice", "低脂").ask().answer();
    assert_eq!(state(&stage, row), ["已总检", "已总检"]);
    stage.of_device("sync").ask().answer();
    assert_eq!(state(&stage, row), ["总检不一致", "总检不一致"]);
    let shown = show(&stage, stage.of_device("conclude show"), row);
    let advice: Vec<String> = shown["signed"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|v| v["stands"] == true)
        .map(|v| text(v, "advice"))
        .collect();
    assert!(advice.contains(&"低盐".to_owned()) && advice.contains(&"低脂".to_owned()), "{shown}");
    let (made, said) = report(&stage, stage.of_device("report person"), &stage.path("two.pdf"));
    assert_eq!(made["signed"], 0);
    assert!(said.contains("两位医生的总检结论不一致"));
    let decide = sign(&stage, row).and("--accept-rest").with("--advice", "低盐低脂");
    decide.with("--reason", "两份合为一份").ask().answer();
    stage.of_device("sync").ask().answer();
    assert_eq!(state(&stage, row), ["已总检", "已总检"]);
    for words in [stage.of_device("verify"), stage.of_server("verify")] {
        assert_eq!(words.ask().answer()["ok"], true);
    }
}

#[test]
fn people_with_nothing_abnormal_are_signed_as_the_list_that_was_shown_and_nobody_else() {
    let stage = stage();
    let list = |words: Words| words.with("--round", &stage.round).with("--unit", VILLAGE);
    // Everything examined, all of it fine: two people more.
    let fine = format!(
        "kind,unit,id_number,name,sex,birth,exam_date,{}",
        FINE.map(|cell| cell.0).join(",")
    );
    let mut lines = vec![fine];
    for row in MEASURED..MEASURED + FINE_PEOPLE {
        let own = ["id_number", "name", "sex", "birth"]
            .map(|heading| people().cell(row, heading).to_owned());
        let values = FINE.map(|cell| cell.1).join(",");
        lines.push(format!("resident,{VILLAGE},{},2026-09-14,{values}", own.join(",")));
    }
    let file = stage.file("fine.csv", lines.join("\n"));
    assert_eq!(stage.record(&file).ask().answer()["people"], FINE_PEOPLE);
    let before = list(stage.of_device("conclude list")).ask().answer();
    for one in before["normal"].as_array().unwrap() {
        // All of their values are there to be looked at.
        assert_eq!(one["values"].as_array().unwrap().len() as u64, one["of"].as_u64().unwrap());
        assert_eq!(one["of"].as_u64(), Some(FINE.len() as u64), "{one}");
    }
    let normal = before["normal"].as_array().unwrap().len();
    let one_by_one = before["one_by_one"].as_u64().unwrap() as usize;
    assert_eq!((normal, one_by_one), (FINE_PEOPLE, MEASURED), "{before}");
    let all = |words: Words, mark: &str| by(list(words), DOCTOR).with("--mark", mark);
    refused(
        "another list",
        &all(stage.of_device("conclude all"), "0011223344556677"),
        Code::ConclusionMoved,
    );
    let nurse = list(stage.of_device("conclude all")).with("--operator", OPERATORS[0][0]);
    refused("a recorder", &nurse.with("--mark", text(&before, "mark")), Code::ConclusionRole);
    let signed = all(stage.of_device("conclude all"), &text(&before, "mark")).ask().answer();
    assert_eq!(signed["signed"], normal);
    let after = list(stage.of_device("conclude list")).ask().answer();
    assert_eq!(after["normal"].as_array().unwrap().len(), 0);
    assert_eq!(after["signed"].as_u64(), Some(normal as u64));
    assert_eq!(after["one_by_one"].as_u64(), Some(one_by_one as u64), "the others are not signed");
    let (made, said) = report(&stage, stage.of_device("report person"), &stage.path("all.pdf"));
    assert_eq!(made["signed"].as_u64(), Some(normal as u64));
    assert!(said.contains("没有发现异常"));
}

#[test]
fn two_departments_with_one_class_are_two_findings_each_answered_and_followed_by_itself() {
    let stage = stage();
    let own = |row: usize| {
        let who = ["id_number", "name", "sex", "birth"].map(|of| people().cell(row, of).to_owned());
        let values = FINE.map(|cell| cell.1).join(",");
        format!("resident,{VILLAGE},{},2026-09-14,{values},异常,异常", who.join(","))
    };
    let heading = FINE.map(|cell| cell.0).join(",");
    let heading = format!("kind,unit,id_number,name,sex,birth,exam_date,{heading},ecg,ultrasound");
    let (row, other) = (MEASURED, MEASURED + 1);
    let file = stage.file("departments.csv", [heading, own(row), own(other)].join("\n"));
    assert_eq!(stage.record(&file).ask().answer()["people"], 2);
    let shown = show(&stage, stage.of_device("conclude show"), row);
    let proposed = shown["proposed"].as_array().unwrap();
    let of = |key: &str| -> Vec<String> { proposed.iter().map(|one| text(one, key)).collect() };
    assert_eq!(of("code"), ["abnormal_unspecified"; 2]);
    assert_eq!(of("item"), ["ecg", "ultrasound"]);
    assert_ne!(of("text")[0], of("text")[1], "a doctor has to know which is which");

    let from = |name: &str, answers: Value| {
        let file = stage.file(name, json!({ "answers": answers, "accept_rest": true }).to_string());
        sign(&stage, row).with("--from", file)
    };
    let reject = |item: Option<&str>| {
        let mut said = json!({
            "rule": "department", "code": "abnormal_unspecified",
            "answer": "reject", "text": "导联脱落，重做正常",
        });
        if let Some(item) = item {
            said["item"] = json!(item);
        }
        said
    };
    refused("which", &from("a.json", json!([reject(None)])), Code::ConclusionFinding);
    refused("no such", &from("b.json", json!([reject(Some("dental"))])), Code::ConclusionFinding);
    let twice = json!([reject(Some("ecg")), reject(Some("ecg"))]);
    refused("twice", &from("c.json", twice), Code::ConclusionFinding);
    let signed = from("d.json", json!([reject(Some("ecg"))])).ask().answer();
    let counts = |signed: &Value| ["findings", "rejected"].map(|key| signed[key].as_u64().unwrap());
    assert_eq!(counts(&signed), [1, 1]);
    let lines = |row: usize| -> Vec<String> {
        let shown = about(&stage, stage.of_device("tasks show"), row).ask().answer();
        let chains = shown["chains"].as_array().unwrap();
        let all = chains.iter().flat_map(|chain| chain["lines"].as_array().unwrap());
        all.map(ToString::to_string).collect()
    };
    assert!(lines(row).len() == 1 && lines(row)[0].contains("B超"), "{:?}", lines(row));
    let (_, said) = report(&stage, stage.of_device("report person"), &stage.path("one.pdf"));
    let (ecg, ultrasound) = ("心电图：检查看到异常", "B超：检查看到异常");
    let count = |said: &str| [ecg, ultrasound].map(|words| said.matches(words).count() > 0);
    let other_is_not_signed = count(&said);
    assert_eq!(other_is_not_signed, [true, true], "{said}");

    // The control: nothing rejected, both are followed.
    let signed = sign(&stage, other).and("--accept-rest").ask().answer();
    assert_eq!(counts(&signed), [2, 0]);
    assert_eq!(lines(other).len(), 2, "{:?}", lines(other));
    stage.of_device("sync").ask().answer();
    assert_eq!(
        [state(&stage, row), state(&stage, other)],
        [["已总检", "已总检"], ["已总检", "已总检"]]
    );
    let shown = show(&stage, stage.of_server("conclude show"), row);
    let said: Vec<&Value> =
        shown["proposed"].as_array().unwrap().iter().map(|one| &one["answer"]).collect();
    assert_eq!(said, [&json!("reject"), &json!("accept")]);
}

#[test]
fn a_doctors_own_finding_is_due_after_its_days_with_where_to_go_on_report_and_list() {
    let stage = stage();
    let tasks = |row: usize| -> Vec<Value> {
        let words = about(&stage, stage.of_device("tasks show"), row);
        words.ask().answer()["chains"].as_array().unwrap().clone()
    };
    let signed = |row: usize, name: &str, added: Value| {
        let draft = json!({ "accept_rest": true, "added": [added] });
        let file = stage.file(name, draft.to_string());
        sign(&stage, row).with("--from", file)
    };
    let own = |row: usize| tasks(row).into_iter().find(|chain| chain["rule"] == "doctor").unwrap();
    let after = |chain: &Value, days: u64| {
        let day: chrono::NaiveDate = text(chain, "day").parse().unwrap();
        (day + chrono::Days::new(days)).to_string()
    };
    let mass = json!({ "level": "B", "text": "腹部包块", "action": "县医院外科" });
    signed(0, "usual.json", mass.clone()).ask().answer();
    let chain = own(0);
    assert_eq!(text(&chain, "due"), after(&chain, 14), "a B without days is due as a B is");
    assert_eq!(chain["lines"][0]["action"], "县医院外科");
    let mut soon = mass.clone();
    soon["due_days"] = json!(3);
    signed(1, "soon.json", soon).ask().answer();
    let chain = own(1);
    assert_eq!(text(&chain, "due"), after(&chain, 3));
    let (_, said) = report(&stage, stage.of_device("report person"), &stage.path("own.pdf"));
    assert!(said.contains("腹部包块") && said.contains("县医院外科"));
    // Bad days, and a level that is a table's: nothing is signed.
    let mut far = mass;
    far["due_days"] = json!(400);
    refused("400 days", &signed(2, "far.json", far), Code::ConclusionInvalid);
    let row = abnormal(&stage);
    let shown = show(&stage, stage.of_device("conclude show"), row);
    let first = &shown["proposed"][0];
    assert_eq!(first["is_left_to_the_doctor"], false);
    let graded = json!({
        "answers": [{
            "rule": first["rule"], "code": first["code"], "answer": "reword", "text": "换个说法",
            "level": "C",
        }],
        "accept_rest": true, "reason": "定级",
    });
    let file = stage.file("graded.json", graded.to_string());
    refused("a table's", &sign(&stage, row).with("--from", file), Code::ConclusionLevel);

    // An A that names no place is of the nearest hospital; the control: one that names one is of that alone.
    let said_of = |name: &str, action: &str| {
        let draft = json!({
            "accept_rest": true, "reason": "补充",
            "added": [{ "level": "A", "text": "胸痛", "action": action }],
        });
        sign(&stage, 2).with("--from", stage.file(name, draft.to_string())).ask().answer();
        let one = stage.of_device("report person").with("--person", id_number(2));
        let (_, said) = report(&stage, one, &stage.path(&format!("{name}.pdf")));
        said.split_whitespace().collect::<String>().matches("最近的医院").count()
    };
    let (nowhere, named) = (said_of("a1.json", ""), said_of("a2.json", "县医院急诊"));
    assert!(nowhere > 0);
    assert_eq!(named, 0);

    // Before anything is signed on the server, its results are there with their ranges.
    stage.of_device("sync").ask().answer();
    let shown = show(&stage, stage.of_server("conclude show"), 0);
    let results = shown["results"].as_array().unwrap();
    assert!(results.iter().any(|r| r["item"] == "身高" && r["value"] != ""), "{shown}");
    assert!(results.iter().any(|r| r["range"] != ""), "{shown}");
    assert_eq!(shown["results"], show(&stage, stage.of_device("conclude show"), 0)["results"]);
}

#[test]
fn whoever_has_a_doctors_own_b_is_printed_before_those_with_nothing() {
    let stage = stage();
    let own = |row: usize| {
        let who = ["id_number", "name", "sex", "birth"].map(|of| people().cell(row, of).to_owned());
        let values = FINE.map(|cell| cell.1).join(",");
        format!("resident,{VILLAGE},{},2026-09-14,{values}", who.join(","))
    };
    let heading = FINE.map(|cell| cell.0).join(",");
    let heading = format!("kind,unit,id_number,name,sex,birth,exam_date,{heading}");
    let rows = [MEASURED, MEASURED + 1];
    let file = stage.file("fine.csv", [heading, own(rows[0]), own(rows[1])].join("\n"));
    assert_eq!(stage.record(&file).ask().answer()["people"], 2);
    let places = |out: &str| {
        let (_, said) = report(&stage, stage.of_device("report person"), &stage.path(out));
        rows.map(|row| said.find(&close(people().cell(row, "name"))).unwrap())
    };
    // The control: with nothing found they are in the order of their names.
    let [one, other] = places("before.pdf");
    let last = if one < other { 1 } else { 0 };
    let mass = json!({ "level": "B", "text": "腹部包块" });
    let file = stage.file("own.json", json!({ "accept_rest": true, "added": [mass] }).to_string());
    sign(&stage, rows[last]).with("--from", file).ask().answer();
    let after = places("after.pdf");
    assert!(after[last] < after[1 - last], "{after:?}");
}
