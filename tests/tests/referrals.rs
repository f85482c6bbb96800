//! 转诊单 through the real program: who is sent where for which findings, the same paper from device and server, that it went out
//! is recorded, and what comes back under a slip's number. Read back by pdftotext.
#![allow(clippy::unwrap_used)]

use protocol::Code;
use serde_json::{Value, json};
use stories::cast::{THIRD_VILLAGE, VILLAGE};
use stories::printed::{pages, words};
use stories::program::Words;
use stories::stage::{MEASURED, Stage, is_refusal, people, refused};

const TOWNSHIP: &str = "sun8";
/// Far out, of levels A and B and several places to go.
const FAR_OUT: [(&str, &str); 16] = [
    ("sbp1_mmhg", "166"),
    ("dbp1_mmhg", "102"),
    ("fasting", "yes"),
    ("known_hypertension", "no"),
    ("known_diabetes", "yes"),
    ("glucose_mmol_l", "17.5"),
    ("tc_mmol_l", "7.0"),
    ("tg_mmol_l", "6.0"),
    ("ldl_mmol_l", "5.0"),
    ("hb_g_l", "75"),
    ("urine_protein", "3+"),
    ("urine_blood", "3+"),
    ("wbc_10e9_l", "1.6"),
    ("plt_10e9_l", "30"),
    ("alt_u_l", "900"),
    ("tbil_umol_l", "60"),
];
/// Nothing to be followed up.
const WELL: [(&str, &str); 16] = [
    ("sbp1_mmhg", "118"),
    ("dbp1_mmhg", "76"),
    ("fasting", "yes"),
    ("known_hypertension", "no"),
    ("known_diabetes", "no"),
    ("glucose_mmol_l", "5.1"),
    ("tc_mmol_l", "4.5"),
    ("tg_mmol_l", "1.2"),
    ("ldl_mmol_l", "2.5"),
    ("hb_g_l", "140"),
    ("urine_protein", "-"),
    ("urine_blood", "-"),
    ("wbc_10e9_l", "6.1"),
    ("plt_10e9_l", "210"),
    ("alt_u_l", "20"),
    ("tbil_umol_l", "12"),
];

/// The row of whoever has everything, and of whoever has nothing.
const MANY: usize = MEASURED;
const NONE: usize = MEASURED + 1;

fn stage() -> Stage {
    let stage = Stage::new();
    let add = stage.of_server("operator add").with("--account", TOWNSHIP).with("--name", "孙八");
    add.with("--role", "township").ask().answer();
    let headings = FAR_OUT.map(|cell| cell.0).join(",");
    let mut lines = vec![format!("kind,unit,id_number,name,sex,birth,exam_date,{headings}")];
    let people = people();
    for (row, values) in [(MANY, FAR_OUT), (NONE, WELL)] {
        let own = ["id_number", "name", "sex", "birth"].map(|heading| people.cell(row, heading));
        let values = values.map(|cell| cell.1).join(",");
        lines.push(format!("resident,{VILLAGE},{},2026-09-14,{values}", own.join(",")));
    }
    let file = stage.file("more.csv", lines.join("\n"));
    stage.record(&file).ask().answer();
    stage.of_device("sync").ask().answer();
    stage
}

fn slips(stage: &Stage, words: Words, out: &str) -> Words {
    let words = words.with("--round", &stage.round).with("--operator", TOWNSHIP);
    words.with("--out", stage.path(out))
}

fn of_unit(stage: &Stage, words: Words, out: &str) -> Words {
    slips(stage, words, out).with("--unit", VILLAGE)
}

fn list(stage: &Stage, words: Words) -> Value {
    words.with("--round", &stage.round).with("--unit", VILLAGE).ask().answer()
}

fn plain(text: &str) -> String {
    text.chars().filter(|one| !one.is_whitespace()).collect()
}

#[test]
fn everybody_with_an_a_or_b_is_sent_somewhere_the_same_from_device_and_server_and_it_is_recorded() {
    let stage = stage();
    let made = of_unit(&stage, stage.of_device("tasks slips"), "device.pdf").ask().answer();
    let there = of_unit(&stage, stage.of_server("tasks slips"), "server.pdf").ask().answer();
    let bytes = |name: &str| std::fs::read(stage.path(name)).unwrap();
    assert!(bytes("device.pdf") == bytes("server.pdf"), "the paper is not the same");
    assert_eq!((&made["slips"], &made["purpose"]), (&there["slips"], &Value::from("转诊")));
    let said = plain(&words(&stage.path("device.pdf")));
    let open = list(&stage, stage.of_device("tasks list"));
    let rows = open["rows"].as_array().unwrap();
    assert!(rows.len() > 8);
    let today = open["today"].as_str().unwrap();
    for row in rows {
        for part in ["number", "name"] {
            let part = plain(row[part].as_str().unwrap());
            assert!(said.contains(&part), "{part}\n{said}");
        }
        // No day that is past, and none of what is at once.
        let due = row["due"].as_str().unwrap();
        let asked = match (row["level"] == "A", due < today) {
            (true, _) => "现在就去",
            (false, true) => "尽快",
            (false, false) => due,
        };
        assert!(said.contains(asked), "{asked}\n{said}");
        assert!(row["level"] == "A" || due >= today || !said.contains(due), "{due}\n{said}");
    }
    for part in ["存根", "转诊单", "回执", "转到：", "检查所见", "不是诊断", "用途：转诊", "糖尿病"]
    {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let people = people();
    for row in 0..people.rows.len() {
        assert!(!said.contains(people.cell(row, "id_number")));
    }
    // Control: whoever has nothing is not sent anywhere.
    assert!(said.contains(people.cell(MANY, "name")) && !said.contains(people.cell(NONE, "name")));
    assert!(made["slips"].as_u64().unwrap() >= made["people"].as_u64().unwrap());
    assert!(pages(&stage.path("device.pdf")) as u64 >= made["slips"].as_u64().unwrap());
    stage.of_device("sync").ask().answer();
    for words in [stage.of_device("tasks list"), stage.of_server("tasks list")] {
        let listed = list(&stage, words);
        let issued = listed["issued"].as_array().unwrap();
        assert_eq!(issued.len(), 2);
        assert!(issued.iter().all(|one| one["by"] == "孙八" && one["purpose"] == "转诊"));
    }
}

#[test]
fn one_person_has_a_slip_for_each_place_and_what_comes_back_goes_on_under_its_number() {
    let stage = stage();
    let people = people();
    let many = people.cell(MANY, "id_number");
    let one = slips(&stage, stage.of_device("tasks slips"), "one.pdf").with("--person", many);
    let made = one.ask().answer();
    assert_eq!(made["people"], 1);
    let slips_of = made["slips"].as_u64().unwrap();
    assert!(slips_of > 2 && made["findings"].as_u64().unwrap() >= 8, "{made}");
    let said = plain(&words(&stage.path("one.pdf")));
    let chains = stage.of_device("tasks show").with("--round", &stage.round).with("--person", many);
    let chains = chains.ask().answer();
    let b = chains["chains"].as_array().unwrap().iter().find(|one| one["level"] == "B").unwrap();
    let number = b["number"].as_str().unwrap().to_owned();
    assert!(said.contains(&plain(&number)));
    // Where somebody said that the person goes, the slip says so.
    let step = |words: Words, act: &str| {
        words.with("--task", &number).with("--operator", TOWNSHIP).with("--act", act)
    };
    let refer = step(stage.of_device("tasks record"), "told").with("--way", "2");
    refer.with("--told", "本人").ask().answer();
    let refer = step(stage.of_device("tasks record"), "referred");
    refer.with("--where", "区第一人民医院").ask().answer();
    let again = slips(&stage, stage.of_device("tasks slips"), "again.pdf").with("--person", many);
    again.ask().answer();
    assert!(plain(&words(&stage.path("again.pdf"))).contains("区第一人民医院"));
    assert!(!said.contains("区第一人民医院"), "control: nobody had said so before");
    // 回执: arrived, then what was found, on either side.
    step(stage.of_device("tasks record"), "arrived").ask().answer();
    stage.of_device("sync").ask().answer();
    let done = step(stage.of_server("tasks record"), "diagnosed").ask().answer();
    assert_eq!(done["state"], "diagnosed");
    let wrong = if number.starts_with('9') { "8" } else { "9" };
    let wrong = format!("{wrong}{}", &number[1..]);
    let words = stage.of_device("tasks record").with("--task", wrong);
    let words = words.with("--operator", TOWNSHIP).with("--act", "arrived");
    refused("a misread number", &words, Code::TaskUnknown);
}

#[test]
fn nobody_to_send_a_list_by_the_wrong_name_and_a_unit_not_ones_own_are_refused() {
    let stage = stage();
    let people = people();
    let well = slips(&stage, stage.of_device("tasks slips"), "well.pdf");
    let well = well.with("--person", people.cell(NONE, "id_number"));
    refused("well", &well, Code::ReferralNone);
    let other = slips(&stage, stage.of_server("tasks slips"), "other.pdf");
    refused("nobody there", &other.with("--unit", THIRD_VILLAGE), Code::ReferralNone);
    let sheet = of_unit(&stage, stage.of_device("tasks slips"), "slips.xlsx");
    refused("a workbook", &sheet, Code::ExportUnsupported);
    let units = stage.of_server("operator units").with("--operator", TOWNSHIP);
    units.with("--units", &THIRD_VILLAGE[..9]).ask().answer();
    let theirs = of_unit(&stage, stage.of_server("tasks slips"), "theirs.pdf");
    refused("another's unit", &theirs, Code::OutOfScope);
    let by_name = slips(&stage, stage.of_server("tasks slips"), "theirs.pdf");
    let by_name = by_name.with("--person", people.cell(MANY, "id_number"));
    refused("another's person", &by_name, Code::OutOfScope);
    assert!(!stage.path("theirs.pdf").exists() && !stage.path("well.pdf").exists());
    let issued = list(&stage, stage.of_server("tasks list"));
    assert_eq!(issued["issued"].as_array().unwrap().len(), 0, "nothing went out");
}

/// 水洞底镇 with a second village beside the stage's.
const TOWN: &str = "431302105";

#[test]
fn a_townships_reports_and_slips_come_in_one_run_village_by_village_and_a_villages_alone_are_its_own()
 {
    let stage = stage();
    let second = another_village(&stage);
    let ticket = stage.of_server("enrol create").with("--units", TOWN).ask().answer();
    let code = ticket["code"].as_str().unwrap();
    stage.enrol("second", &stage.line.url(), code, &stage.ca_pin).ask().answer();
    let at_second = |command: &str| {
        let words = stories::program::words(command).with("--home", stage.path("second"));
        words.with("--key-file", stage.path("device.key"))
    };
    at_second("sync").ask().answer();
    let file = stage.file(
        "second.csv",
        format!(
            "kind,unit,id_number,name,sex,birth,exam_date,sbp1_mmhg,dbp1_mmhg\n\
             resident,{second},431399197003070049,钱外村,女,1970-03-07,2026-09-14,166,102\n"
        ),
    );
    at_second("record").with("--round", &stage.round).with("--from", &file).ask().answer();
    at_second("sync").ask().answer();
    let of = |words: Words, unit: &str, out: &str| {
        slips(&stage, words, out).with("--unit", unit).ask().answer()
    };
    let own = of(stage.of_server("tasks slips"), VILLAGE, "own.pdf");
    let whole = of(stage.of_server("tasks slips"), TOWN, "whole.pdf");
    let count = |made: &Value, key: &str| made[key].as_u64().unwrap();
    assert_eq!(count(&whole, "slips"), count(&own, "slips") + 1);
    of(at_second("tasks slips"), TOWN, "there.pdf");
    let bytes = |name: &str| std::fs::read(stage.path(name)).unwrap();
    assert!(bytes("whole.pdf") == bytes("there.pdf"), "the same from a device");
    let text = |name: &str| plain(&words(&stage.path(name)));
    assert!(text("whole.pdf").contains("钱外村") && !text("own.pdf").contains("钱外村"));

    let report = |unit: &str, out: &str| {
        let words = stage.of_server("report person").with("--round", &stage.round);
        words.with("--unit", unit).with("--out", stage.path(out)).ask().answer()
    };
    let (own, whole) = (report(VILLAGE, "reports.pdf"), report(TOWN, "all.pdf"));
    assert_eq!(count(&whole, "people"), count(&own, "people") + 1);
    let said = text("all.pdf");
    let places = ["水洞底镇慕隆村", "钱外村"].map(|part| said.find(part).unwrap());
    let last = said.rfind("水洞底镇慕隆村").unwrap();
    let is_apart = places[1] > last || places[1] < places[0];
    assert!(is_apart, "a village's reports lie together");

    // A township's worker prints their own township's, and no other's.
    let units = stage.of_server("operator units").with("--operator", TOWNSHIP);
    units.with("--units", TOWN).ask().answer();
    of(stage.of_server("tasks slips"), TOWN, "theirs.pdf");
    // 签收单 as the reports are printed: a township's villages each on pages of their own, a village's alone.
    let receipts = |unit: &str, out: &str| {
        let words = stage.of_server("report receipts").with("--round", &stage.round);
        words.with("--unit", unit).with("--out", stage.path(out)).ask().answer()
    };
    let lists = [receipts(VILLAGE, "list.pdf"), receipts(TOWN, "lists.pdf")];
    assert_eq!(lists.each_ref().map(|made| count(made, "units")), [1, 2]);
    assert_eq!(count(&lists[1], "people"), count(&whole, "people"));
    let pages_of = |name: &str| {
        let text = words(&stage.path(name));
        let pages = text.split('\u{c}').map(plain).filter(|page| !page.is_empty());
        pages.collect::<Vec<String>>()
    };
    assert!(pages_of("list.pdf").iter().all(|page| !page.contains("钱外村")), "the chosen alone");
    let both = pages_of("lists.pdf");
    let theirs: Vec<&String> = both.iter().filter(|page| page.contains("钱外村")).collect();
    assert_eq!(theirs.len(), 1);
    assert!(theirs[0].contains(&second) && !theirs[0].contains(VILLAGE), "{}", theirs[0]);
    receipts(TOWN, "lists.xlsx");
    let workbook = std::fs::read(stage.path("lists.xlsx")).unwrap();
    let workbook = intake::read_workbook("lists.xlsx", &workbook).unwrap();
    let tabs: Vec<&str> = workbook.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(tabs.len(), 2);
    assert!(tabs.contains(&VILLAGE) && tabs.contains(&second.as_str()), "{tabs:?}");

    let district = slips(&stage, stage.of_server("tasks slips"), "district.pdf");
    refused("the district", &district.with("--unit", "431302"), Code::OutOfScope);
}

/// The code of a village of the same township that is not the stage's.
fn another_village(stage: &Stage) -> String {
    let units = stage.of_server("unit list").ask().answer();
    let units = units["units"].as_array().unwrap().iter();
    let mut codes = units.map(|unit| unit["unit"].as_str().unwrap().to_owned());
    codes.find(|code| code.starts_with(TOWN) && code.len() == 12 && code != VILLAGE).unwrap()
}

#[test]
fn a_units_phone_is_printed_and_its_doctor_owns_what_is_found_of_its_people_on_every_device() {
    let stage = stage();
    let owners = |words: Words| -> Vec<String> {
        let listed = list(&stage, words);
        let owners = listed["owners"].as_array().unwrap().iter();
        owners.map(|one| one["key"].as_str().unwrap().to_owned()).collect()
    };
    assert!(!owners(stage.of_device("tasks list")).contains(&TOWNSHIP.to_owned()), "control");
    let paper = |words: Words, name: &str| {
        let made = words.with("--round", &stage.round).with("--unit", VILLAGE);
        made.with("--out", stage.path(name)).ask().answer();
        plain(&self::words(&stage.path(name)))
    };
    let before = paper(stage.of_device("report person"), "before.pdf");
    assert!(!before.contains("打电话"), "control: nobody has said a phone");
    let set = |unit: &str| stage.of_server("unit set").with("--unit", unit);
    set(TOWN).with("--phone", "0738-8310000").ask().answer();
    stage.of_device("sync").ask().answer();
    let town = paper(stage.of_device("report person"), "town.pdf");
    assert!(town.contains("0738-8310000"), "the township's, where the village has none");
    let set_both = set(VILLAGE).with("--phone", "0738-8312345、13900000000");
    set_both.with("--doctor", TOWNSHIP).ask().answer();
    stage.of_device("sync").ask().answer();
    let own = paper(stage.of_device("report person"), "own.pdf");
    assert!(own.contains("0738-8312345") && !own.contains("0738-8310000"));
    of_unit(&stage, stage.of_device("tasks slips"), "slips.pdf").ask().answer();
    assert!(plain(&words(&stage.path("slips.pdf"))).contains("0738-8312345"));
    for words in [stage.of_device("tasks list"), stage.of_server("tasks list")] {
        assert_eq!(owners(words), [TOWNSHIP]);
    }
    // Somebody without an account, by name; what is not named stays.
    set(VILLAGE).with("--doctor", "钱村医").ask().answer();
    let units = stage.of_server("unit list").ask().answer();
    let units = units["units"].as_array().unwrap();
    let village = units.iter().find(|unit| unit["unit"] == VILLAGE).unwrap();
    assert_eq!((&village["doctor"], &village["name"]), (&"钱村医".into(), &"慕隆村".into()));
    assert_eq!(village["phone"], "0738-8312345、13900000000");
    assert_eq!(owners(stage.of_server("tasks list")), ["钱村医"]);

    refused("no unit", &set("431302999999").with("--phone", "120"), Code::UnitUnknown);
    refused("no phone", &set(VILLAGE).with("--phone", "请问村里"), Code::ContactPhone);
    refused("no account", &set(VILLAGE).with("--doctor", "sun9"), Code::ContactDoctor);
    refused("the same", &set(VILLAGE).with("--doctor", "钱村医"), Code::NothingToChange);
    set(VILLAGE).with("--phone", "").with("--doctor", "").ask().answer();
    stage.of_device("sync").ask().answer();
    let again = paper(stage.of_device("report person"), "again.pdf");
    assert!(again.contains("0738-8310000"), "the township's again");
}

#[test]
fn a_slip_says_the_pair_that_was_judged_and_no_reading_as_a_finding_of_its_own() {
    let stage = stage();
    of_unit(&stage, stage.of_device("tasks slips"), "slips.pdf").ask().answer();
    let said = plain(&words(&stage.path("slips.pdf")));
    assert!(said.contains("血压166/102mmHg"), "{said}");
    assert!(!said.contains("收缩压") && !said.contains("舒张压"), "{said}");
    let listed = list(&stage, stage.of_device("tasks list"));
    let seen = listed["rows"].as_array().unwrap().iter().map(|row| row["seen"].as_str().unwrap());
    assert!(seen.clone().any(|seen| seen.contains("（血压 166/102 mmHg）")), "{listed}");
    // Control: what is one value is named by its item.
    assert!(said.contains("甘油三酯6.0mmol/L"), "{said}");
}

#[test]
fn without_a_chinese_font_there_is_no_slip_the_package_is_named_and_nothing_is_recorded_as_gone_out()
 {
    let stage = stage();
    let empty = stage.path("no fonts");
    std::fs::create_dir(&empty).unwrap();
    let paper = |words: Words, out: &str| {
        words.with("--round", &stage.round).with("--unit", VILLAGE).with("--out", stage.path(out))
    };
    let sheet = paper(stage.of_device("tasks export"), "sheet.pdf").with("--operator", TOWNSHIP);
    let receipts = paper(stage.of_device("report receipts"), "receipts.pdf");
    let report = paper(stage.of_device("report person"), "report.pdf");
    let slips = of_unit(&stage, stage.of_device("tasks slips"), "slips.pdf");
    for (what, words) in
        [("slips", &slips), ("随访单", &sheet), ("签收单", &receipts), ("reports", &report)]
    {
        let said = words.ask_without_fonts(&empty);
        is_refusal(what, &said, &[Code::FontAbsent]);
        assert!(said.err.contains("fonts-noto-cjk"), "{what}: {}", said.err);
    }
    for out in ["slips.pdf", "sheet.pdf", "receipts.pdf", "report.pdf"] {
        assert!(!stage.path(out).exists(), "{out}");
    }
    let issued = list(&stage, stage.of_device("tasks list"));
    assert_eq!(issued["issued"].as_array().unwrap().len(), 0);
    // Control: with the system's fonts it goes out and is recorded.
    slips.ask().answer();
    let issued = list(&stage, stage.of_device("tasks list"));
    assert_eq!(issued["issued"].as_array().unwrap().len(), 1);
}

/// A finding of the doctor's own at its longest.
const OWN_CHARS: usize = 100;

#[test]
fn every_one_of_a_dozen_findings_of_one_place_is_on_its_slip_with_a_line_to_answer_it() {
    let stage = stage();
    let people = people();
    let many = people.cell(MANY, "id_number");
    let add = stage.of_server("operator add").with("--account", "zhao6").with("--name", "赵六");
    add.with("--role", "doctor").ask().answer();
    stage.of_device("sync").ask().answer();
    // Twelve of the doctor's own, and advice at its longest, which belongs to the report alone.
    let own: Vec<String> =
        (0..12).map(|at| format!("所见{at:02}{}", "边界不清".repeat(OWN_CHARS / 4 - 1))).collect();
    let advice = "少盐多动。".repeat(domain::conclusion::ADVICE_CHARS_MAX / 5);
    let sign = stage.of_device("conclude sign").with("--round", &stage.round);
    let sign = sign.with("--person", many).with("--operator", "zhao6").with("--advice", &advice);
    let added: Vec<Value> = own.iter().map(|text| json!({ "level": "B", "text": text })).collect();
    let draft = stage.file("own.json", json!({ "added": added }).to_string());
    sign.with("--from", draft).and("--accept-rest").ask().answer();
    let one = slips(&stage, stage.of_device("tasks slips"), "many.pdf").with("--person", many);
    let made = one.ask().answer();
    assert!(made["findings"].as_u64().unwrap() >= 20, "{made}");
    let text = words(&stage.path("many.pdf"));
    let said = plain(&text);
    for at in 0..12 {
        assert_eq!(said.matches(&format!("所见{at:02}")).count(), 1, "{at}: {text}");
    }
    // Each number stands once on the stub, with each of its findings, and once to be answered.
    let chains = stage.of_device("tasks show").with("--round", &stage.round).with("--person", many);
    let chains = chains.ask().answer();
    for chain in chains["chains"].as_array().unwrap() {
        let number = plain(chain["number"].as_str().unwrap());
        let lines = chain["lines"].as_array().unwrap().len();
        assert_eq!(said.matches(&number).count(), lines + 2, "{number}: {text}");
    }
    assert!(!said.contains("少盐多动"), "advice is the report's");
    assert!(pages(&stage.path("many.pdf")) > made["slips"].as_u64().unwrap() as usize);
    // Control: somebody with one finding has one page.
    let few = slips(&stage, stage.of_device("tasks slips"), "few.pdf");
    let open = list(&stage, stage.of_device("tasks list"));
    let rows = open["rows"].as_array().unwrap();
    let count = |id: &str| rows.iter().filter(|row| row["person"] == id).count();
    let single = rows.iter().map(|row| row["person"].as_str().unwrap()).find(|id| count(id) == 1);
    few.with("--person", single.unwrap()).ask().answer();
    assert_eq!(pages(&stage.path("few.pdf")), 1);
}

#[test]
fn a_doctors_own_finding_goes_where_the_doctor_wrote_on_slip_report_list_and_chain() {
    let stage = stage();
    let people = people();
    let well = people.cell(NONE, "id_number");
    let add = stage.of_server("operator add").with("--account", "zhao6").with("--name", "赵六");
    add.with("--role", "doctor").ask().answer();
    stage.of_device("sync").ask().answer();
    let sign = stage.of_device("conclude sign").with("--round", &stage.round);
    let own = |text: &str, action: &str| json!({ "level": "B", "text": text, "action": action });
    let added = [
        own("腹部包块", "县医院外科"),
        own("视物模糊", "先休息，三天内到县医院眼科"),
        own("乏力", "多睡"),
    ];
    let draft = stage.file("where.json", json!({ "added": added }).to_string());
    let sign = sign.with("--person", well).with("--operator", "zhao6").with("--from", draft);
    sign.and("--accept-rest").ask().answer();

    let one = slips(&stage, stage.of_device("tasks slips"), "own.pdf").with("--person", well);
    assert_eq!(one.ask().answer()["slips"], 3, "one for each place, and one for none");
    let said = plain(&words(&stage.path("own.pdf")));
    for part in ["转到：县医院外科", "转到：三天内到县医院眼科", "乏力（多睡）"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    // The control: where no place was written none is printed.
    assert!(!said.contains("转到：多睡") && said.contains("转到：____"), "{said}");

    let report = stage.of_device("report person").with("--round", &stage.round);
    let report = report.with("--unit", VILLAGE).with("--person", well);
    report.with("--out", stage.path("report.pdf")).ask().answer();
    let said = plain(&words(&stage.path("report.pdf")));
    assert!(said.contains("腹部包块。去哪里：县医院外科。"), "said once: {said}");
    assert!(said.contains("先休息，三天内到县医院眼科。去哪里：三天内到县医院眼科"), "{said}");
    assert!(!said.contains("去哪里：多睡"), "{said}");

    let rows = list(&stage, stage.of_device("tasks list"))["rows"].clone();
    let rows = rows.as_array().unwrap().clone();
    let is_own = |row: &&Value| row["seen"].as_str().unwrap().contains("腹部包块");
    let action = rows.iter().find(is_own).unwrap()["action"].clone();
    assert!(action.as_str().unwrap().contains("县医院外科"), "{action}");
    let chains = stage.of_device("tasks show").with("--round", &stage.round).with("--person", well);
    let chains = chains.ask().answer();
    let lines = chains["chains"][0]["lines"].as_array().unwrap().iter();
    let places: Vec<&str> = lines.map(|line| line["place"].as_str().unwrap()).collect();
    assert_eq!(places, ["县医院外科", "三天内到县医院眼科", ""]);
}
