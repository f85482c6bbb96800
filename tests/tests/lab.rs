//! Tubes and the laboratory through the real program: a code bound on a device, results in a file at the server, both by
//! sync on the other side. Bad files, each a row of one table: held with their reason, and nothing of them applied.
#![allow(clippy::unwrap_used)]

use protocol::Code;
use serde_json::{Value, json};
use std::path::PathBuf;
use stories::cast::VILLAGE;
use stories::laboratory::{
    DAY, HEADINGS, LABORATORY, OTHER, PERSON, at_server, bind, current, held, id_number, import,
    mapping, partly, results, states,
};
use stories::stage::{Stage, people, refused};

#[test]
fn a_tube_bound_on_a_device_gets_its_results_at_the_server_and_they_come_back_by_sync() {
    let stage = Stage::new();
    let mapping = mapping(&stage);
    let before = states(stage.of_device("lab states"), &stage, "生化管");
    assert_eq!(before[1..], [0, before[2], 0], "nothing is with the laboratory");
    let partly_before = partly(stage.of_device("lab states"), &stage, "生化管");

    // Results that come before the device has synced wait, and are taken when it has.
    let first = ["B0001,GLU,7.2,mmol/L,3.9-6.1", "B0001,ALT,３５,U/L,<50", "B0001,RDW,13,%,"];
    let file = results(&stage, "first.csv", &first);
    let early = import(at_server(&stage).with("--mapping", &mapping), &file);
    assert_eq!(held(&early), [("B0001".to_owned(), "tube_unknown".to_owned())]);

    let bound = bind(&stage, PERSON, "b0001", "serum").ask().answer();
    assert_eq!((bound["new"].as_bool(), bound["code"].as_str()), (Some(true), Some("B0001")));
    let again = bind(&stage, PERSON, "B0001", "生化管").ask().answer();
    assert_eq!(again["new"], false);
    assert_eq!(current(&stage, PERSON, "glucose_mmol_l"), ["待回报"]);
    let awaited = states(stage.of_device("lab states"), &stage, "生化管");
    assert_eq!((awaited[0], awaited[1]), (before[0] - 1, 1));

    stage.of_device("sync").ask().answer();
    let taken = import(at_server(&stage), &file);
    let counts = ["applied", "results", "amended"].map(|key| taken[key].as_u64().unwrap());
    assert_eq!(counts, [1, 2, 0], "{taken}");
    assert_eq!(held(&taken), []);
    // The same file twice changes nothing.
    let entries = |stage: &Stage| stage.of_server("verify").ask().answer()["entries"].clone();
    let was = entries(&stage);
    let twice = import(at_server(&stage), &file);
    assert_eq!((twice["known_file"].as_bool(), twice["applied"].as_u64()), (Some(true), Some(0)));
    assert_eq!(entries(&stage), was);

    stage.of_device("sync").ask().answer();
    assert_eq!(current(&stage, PERSON, "glucose_mmol_l"), ["7.2"]);
    assert_eq!(current(&stage, PERSON, "alt_u_l"), ["35"]);
    for words in [stage.of_device("lab states"), stage.of_server("lab states")] {
        let reported = states(words, &stage, "生化管");
        assert_eq!((reported[1], reported[2]), (0, before[2] + 1));
    }
    // Two of the tube's results are there and the others are not: it is not done with.
    let partly = partly(stage.of_device("lab states"), &stage, "生化管");
    assert_eq!(partly, partly_before + 1);

    // Corrected: it amends, and the first value stays to be seen. The older file afterwards is asked about.
    let corrected = results(&stage, "corrected.csv", &["B0001,GLU,5.7,mmol/L,3.9-6.1"]);
    let amended = import(at_server(&stage), &corrected);
    assert_eq!(amended["amended"], 1, "{amended}");
    stage.of_device("sync").ask().answer();
    assert_eq!(current(&stage, PERSON, "glucose_mmol_l"), ["5.7"]);
    let shown = stage.of_device("person show").and(id_number(PERSON)).ask().answer();
    let all = shown["values"].as_array().unwrap();
    assert!(all.iter().any(|v| v["item"] == "glucose_mmol_l" && v["value"] == "7.2"));
    let older = import(at_server(&stage), &file);
    assert_eq!(held(&older), [("B0001".to_owned(), "older_value".to_owned())]);
    let id = older["held"][0]["id"].as_str().unwrap().to_owned();
    let resolved = stage.of_server("lab resolve").and(id).and("--discard").ask().answer();
    assert_eq!(held(&resolved), []);
    assert_eq!(stage.of_server("verify").ask().answer()["ok"], true);
    assert_eq!(stage.of_device("verify").ask().answer()["ok"], true);
}

#[test]
fn a_code_is_one_persons_unless_somebody_says_why_and_a_spoilt_sample_is_drawn_again() {
    let stage = Stage::new();
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    refused("two people", &bind(&stage, OTHER, "B0001", "serum"), Code::TubeTaken);
    refused("no code", &bind(&stage, OTHER, "12", "serum"), Code::TubeCodeInvalid);
    refused("no kind", &bind(&stage, OTHER, "B0002", "bucket"), Code::TubeKindUnknown);
    let moved = bind(&stage, OTHER, "B0001", "serum").with("--reason", "扫错人").ask().answer();
    assert_eq!(moved["replaced"], 1);
    assert_eq!(current(&stage, PERSON, "glucose_mmol_l"), Vec::<String>::new());
    assert_eq!(current(&stage, OTHER, "glucose_mmol_l"), ["待回报"]);

    let spoil = stage.of_device("lab spoil").with("--round", &stage.round).with("--code", "B0001");
    spoil.with("--reason", "标本溶血").ask().answer();
    assert_eq!(states(stage.of_device("lab states"), &stage, "生化管")[3], 1);
    assert_eq!(current(&stage, OTHER, "glucose_mmol_l"), Vec::<String>::new());
    bind(&stage, OTHER, "B0009", "serum").ask().answer();
    let counts = states(stage.of_device("lab states"), &stage, "生化管");
    assert_eq!((counts[1], counts[3]), (1, 0));
    assert_eq!(stage.of_device("verify").ask().answer()["ok"], true);
}

#[test]
fn what_is_a_persons_own_is_no_tubes_code() {
    let stage = Stage::new();
    let shown = stage.of_device("person show").and(id_number(OTHER)).ask().answer();
    let person = shown["person"].as_str().unwrap().parse().unwrap();
    let label = domain::label_code::label_code(domain::ids::PersonId(person));
    let id = id_number(PERSON);
    let student = format!("G{id}");
    for code in [&id, &label, &student, &id_number(OTHER), &"JK0000000000007949".to_owned()] {
        refused("a person's", &bind(&stage, PERSON, code, "serum"), Code::TubeCodeOfPerson);
    }
    assert_eq!(current(&stage, PERSON, "glucose_mmol_l"), Vec::<String>::new());
    // Control: codes as laboratories have them, digits alone too, and one digit off an ID number.
    let off = |last: char| format!("{}{last}", &id[..17]);
    let wrong = if id.ends_with('1') { off('2') } else { off('1') };
    for code in ["B2609140001", "202609140001", "123456789012345", "JK-0001", wrong.as_str()] {
        assert_eq!(bind(&stage, PERSON, code, "serum").ask().answer()["new"], true, "{code}");
    }
}

#[test]
fn hl7_is_taken_as_a_table_is_and_the_laboratorys_own_range_wins() {
    let stage = Stage::new();
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    bind(&stage, OTHER, "B0002", "serum").ask().answer();
    bind(&stage, OTHER, "B0003", "blood_count").ask().answer();
    // The same value twice: within every range of ours, above the one that this laboratory printed for the first.
    let message = |number: u8, code: &str, obx: &str| {
        let head = format!("MSH|^~\\&|LIS|L|||20260914||ORU^R01|{number}|P|2.5\rPID|1\r");
        format!("{head}OBR|1||{code}\rOBX|1|NM|{obx}|H|||F\r")
    };
    let text = message(1, "B0001", "CR^x||65|umol/L|20-60")
        + &message(2, "B0002", "CR^x||65|umol/L|")
        + &message(3, "B0003", "HGB^x||13.5|g/dL|12.0-17.0");
    let file = stage.file("report.hl7", text);
    let import_words = stage.of_device("lab import").with("--laboratory", LABORATORY);
    let taken = import(import_words.with("--mapping", mapping(&stage)), &file);
    assert_eq!(
        (taken["applied"].as_u64(), taken["results"].as_u64()),
        (Some(3), Some(3)),
        "{taken}"
    );
    let high = |person: usize| {
        let shown = stage.of_device("person show").and(id_number(person)).ask().answer();
        let findings = shown["findings"].as_array().unwrap().clone();
        findings.iter().filter(|f| f["code"] == "creatinine_high").count()
    };
    assert_eq!(
        current(&stage, PERSON, "creatinine_umol_l"),
        current(&stage, OTHER, "creatinine_umol_l")
    );
    assert_eq!((high(PERSON), high(OTHER)), (1, 0));
    // 13.5 g/dL is 135 g/L.
    assert_eq!(current(&stage, OTHER, "hb_g_l"), ["135"]);
}

/// (range as kept, the value's own findings) of one item, as a device shows them.
fn own_range(stage: &Stage, person: usize, item: &str) -> Vec<String> {
    let shown = stage.of_device("person show").and(id_number(person)).ask().answer();
    let values = shown["values"].as_array().unwrap().iter();
    let values = values.filter(|v| v["item"] == item && v["current"] == true);
    values.map(|v| v["own_range"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_range_is_kept_with_its_value_and_one_that_is_turned_round_is_named_and_ours_stands() {
    let stage = Stage::new();
    let mapping = mapping(&stage);
    let words = || {
        stage.of_device("lab import").with("--laboratory", LABORATORY).with("--mapping", &mapping)
    };
    // The cell of the range; what is kept beside the value.
    let rows = [
        ("mmol/L", "3.9-6.1", "3.9-6.1", 0),
        ("mmol/L", "３．９～６．１", "3.9-6.1", 0),
        ("mmol/L", "3.9-6.1 mmol/L", "3.9-6.1", 0),
        ("mmol/L", "<5.2", "<5.2", 0),
        ("mmol/L", "≥3.9", "≥3.9", 0),
        ("mmol/L", "见说明", "见说明", 0),
        ("mmol/L", "", "", 0),
        ("mmol/L", "6.1-3.9", "6.1-3.9", 1),
    ];
    for (at, (unit, printed, kept, doubts)) in rows.into_iter().enumerate() {
        let code = format!("C{at:04}");
        bind(&stage, PERSON, &code, "serum").ask().answer();
        let line = format!("{code},GLU,5.{at},{unit},{printed}");
        let taken = import(words(), &results(&stage, &format!("{at}.csv"), &[&line]));
        assert_eq!(taken["applied"], 1, "{printed}: {taken}");
        assert_eq!(taken["doubts"].as_array().unwrap().len(), doubts, "{printed}");
        assert!(
            own_range(&stage, PERSON, "glucose_mmol_l").contains(&kept.to_owned()),
            "{printed}"
        );
    }
    // In another unit: the ends are brought to the item's as the value is.
    bind(&stage, OTHER, "D0001", "blood_count").ask().answer();
    let file = results(&stage, "hb.csv", &["D0001,HGB,13.5,g/dL,12.0-17.0"]);
    import(words(), &file);
    assert_eq!(own_range(&stage, OTHER, "hb_g_l"), ["120-170"]);
    // The control: what was examined at the stop has none.
    assert_eq!(own_range(&stage, 0, "height_cm"), [""]);
}

/// A sheet as laboratories' systems export it: a merged title, a line for each tube, values as numbers.
fn workbook(stage: &Stage, name: &str, headings: &[&str], tubes: &[(&str, &[f64])]) -> PathBuf {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let format = rust_xlsxwriter::Format::new();
    let last = u16::try_from(headings.len() - 1).unwrap();
    sheet.merge_range(0, 0, 0, last, "检验结果汇总", &format).unwrap();
    for (at, heading) in (0..).zip(headings) {
        sheet.write(1, at, *heading).unwrap();
    }
    for (row, (code, values)) in (2..).zip(tubes) {
        sheet.write(row, 0, *code).unwrap();
        for (at, value) in (1..).zip(*values) {
            sheet.write(row, at, *value).unwrap();
        }
    }
    let path = stage.path(name);
    book.save(&path).unwrap();
    path
}

#[test]
fn results_of_a_tube_that_is_somebody_elses_by_now_go_out_in_no_final_report() {
    let stage = Stage::new();
    let mapping = mapping(&stage);
    let add = stage.of_server("operator add").with("--account", "zhao6").with("--name", "赵六");
    add.with("--role", "doctor").ask().answer();
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    stage.of_device("sync").ask().answer();
    let file = results(&stage, "first.csv", &["B0001,ALT,35,U/L,<50"]);
    import(at_server(&stage).with("--mapping", &mapping), &file);
    // The device does not know yet that the results are there.
    bind(&stage, OTHER, "B0001", "serum").with("--reason", "扫错了人").ask().answer();
    stage.of_device("sync").ask().answer();
    let state = || {
        let sign = stage.of_device("conclude sign").with("--round", &stage.round);
        let sign = sign.with("--person", id_number(PERSON)).with("--operator", "zhao6");
        sign.with("--day", "2026-09-20")
            .and("--accept-rest")
            .with("--reason", "再看")
            .ask()
            .answer();
        let holders = stage.of_device("report holders").with("--round", &stage.round);
        let list = holders.with("--unit", VILLAGE).ask().answer();
        let name = people().cell(PERSON, "name").to_owned();
        let lines = list["lines"].as_array().unwrap().clone();
        let line = lines.into_iter().find(|line| line["name"] == name.as_str()).unwrap();
        line["state"].as_str().unwrap().to_owned()
    };
    // Whoever looks at what waits, or at the person, is told too.
    let told = || {
        let list = stage.of_device("lab list").ask().answer();
        let strayed = list["strayed"].as_array().unwrap();
        let name = people().cell(PERSON, "name").to_owned();
        assert!(strayed.iter().all(|one| one["code"] == "B0001" && one["name"] == name.as_str()));
        let show = stage.of_device("conclude show").with("--round", &stage.round);
        let show = show.with("--person", id_number(PERSON)).ask().answer();
        (strayed.len(), show["unsure"].as_array().unwrap().len())
    };
    assert_eq!((state(), told()), ("not_final".to_owned(), (1, 1)));
    stage.of_device("sync").ask().answer();
    let at_server = stage.of_server("lab list").ask().answer();
    assert_eq!(at_server["strayed"].as_array().unwrap().len(), 1);
    // Control: once the code is theirs again their report is final.
    let back = bind(&stage, PERSON, "B0001", "serum").with("--reason", "原来没有错");
    back.ask().answer();
    assert_eq!((state(), told()), ("not_given".to_owned(), (0, 0)));
}

#[test]
fn a_slip_marks_what_a_tube_says_that_is_somebody_elses_by_now_and_nothing_else() {
    let stage = Stage::new();
    let mapping = mapping(&stage);
    let add = stage.of_server("operator add").with("--account", "sun8").with("--name", "孙八");
    add.with("--role", "township").ask().answer();
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    let people = people();
    let own = ["id_number", "name", "sex", "birth"].map(|heading| people.cell(PERSON, heading));
    let row = format!("resident,{VILLAGE},{},{DAY},166,102", own.join(","));
    let head = "kind,unit,id_number,name,sex,birth,exam_date,sbp1_mmhg,dbp1_mmhg";
    stage.record(&stage.file("pressure.csv", format!("{head}\n{row}\n"))).ask().answer();
    stage.of_device("sync").ask().answer();
    let file = results(&stage, "first.csv", &["B0001,GLU,17.5,mmol/L,3.9-6.1"]);
    import(at_server(&stage).with("--mapping", &mapping), &file);
    // The device does not know yet that the results are there.
    let anew = bind(&stage, OTHER, "B0001", "serum").with("--reason", "扫错了人");
    anew.ask().answer();
    stage.of_device("sync").ask().answer();
    let slip = |out: &str| {
        let words = stage.of_device("tasks slips").with("--round", &stage.round);
        let words = words.with("--operator", "sun8").with("--person", id_number(PERSON));
        let made = words.with("--out", stage.path(out)).ask().answer();
        let said = stories::printed::words(&stage.path(out));
        let plain: String = said.chars().filter(|one| !one.is_whitespace()).collect();
        (["findings", "unsure"].map(|key| made[key].as_u64().unwrap()), plain)
    };
    let list = |out: &str| {
        let words = stage.of_device("tasks export").with("--operator", "sun8");
        words.with("--unit", VILLAGE).with("--out", stage.path(out)).ask().answer();
        stories::printed::words(&stage.path(out)).matches("待核对").count()
    };
    assert_eq!(list("strayed-list.pdf"), 1);
    let (counts, said) = slip("strayed.pdf");
    assert_eq!(counts, [2, 1], "{said}");
    for part in ["待核对的编号", "条码B0001", "绑在别人名下", "待核对：", "有待核对的A级所见"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(said.matches("待核对：").count(), 1, "what was measured by hand is certain: {said}");
    assert!(!said.contains("有A级所见"), "{said}");
    // Control: once the code is theirs again, it is theirs on the slip too.
    let back = bind(&stage, PERSON, "B0001", "serum").with("--reason", "原来没有错");
    back.ask().answer();
    assert_eq!(list("own-list.pdf"), 0);
    let (counts, said) = slip("own.pdf");
    assert_eq!(counts, [2, 0], "{said}");
    assert!(said.contains("有A级所见") && !said.contains("待核对"), "{said}");
}

#[test]
fn a_line_sent_back_takes_no_other_value_with_it() {
    let stage = Stage::new();
    let mapping = mapping(&stage);
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    let words = || {
        stage.of_device("lab import").with("--laboratory", LABORATORY).with("--mapping", &mapping)
    };
    let part = ["B0001,ALT,620,U/L,<50", "B0001,GLU,标本溶血,mmol/L,"];
    let file = results(&stage, "part.csv", &part);
    let taken = import(words(), &file);
    let counts =
        |answer: &Value| ["applied", "results", "redraw"].map(|key| answer[key].as_u64().unwrap());
    assert_eq!(counts(&taken), [1, 1, 0], "{taken}");
    assert_eq!(current(&stage, PERSON, "alt_u_l"), ["620"]);
    // What was sent back waits for somebody, and goes on waiting when the file comes again.
    let waits = [("B0001".to_owned(), "part_rejected".to_owned())];
    assert_eq!(held(&taken), waits);
    let again = import(words(), &results(&stage, "part again.csv", &part));
    assert_eq!((counts(&again), held(&again)), ([0, 0, 0], waits.to_vec()), "{again}");
    let id = again["held"][0]["id"].as_str().unwrap();
    let done = stage.of_device("lab resolve").and(id).and("--discard").ask().answer();
    assert_eq!(held(&done), []);
    // What had been taken and is sent back now is said as such: it still stands.
    let back = ["B0001,ALT,标本溶血,U/L,<50", "B0001,CR,70,μmol/L,"];
    let back = import(words(), &results(&stage, "back.csv", &back));
    assert_eq!(held(&back), [("B0001".to_owned(), "taken_back".to_owned())], "{back}");
    let id = back["held"][0]["id"].as_str().unwrap();
    stage.of_device("lab resolve").and(id).and("--discard").ask().answer();
    // HL7: deleted (D) and wrong (W) are no values.
    for (code, status, person) in [("B0006", "D", OTHER), ("B0007", "W", OTHER)] {
        bind(&stage, person, code, "serum").ask().answer();
        let text = format!(
            "MSH|^~\\&|LIS|L|||1||ORU^R01|1|P|2.5\rOBR|1||{code}\rOBX|1|NM|2345^Glu||5.6|mmol/L|3.9-6.1|N|||{status}\r"
        );
        let taken = import(words(), &stage.file(&format!("{status}.hl7"), text));
        assert_eq!(counts(&taken), [1, 0, 1], "{status}: {taken}");
        assert_eq!(current(&stage, person, "glucose_mmol_l"), Vec::<String>::new());
    }
    // Control: a word of that kind in a line that is not kept sends nothing back.
    bind(&stage, OTHER, "B0008", "serum").ask().answer();
    let kept = ["B0008,ALT,41,U/L,<50", "B0008,RDW,轻度溶血,,"];
    let taken = import(words(), &results(&stage, "kept.csv", &kept));
    assert_eq!((counts(&taken), held(&taken)), ([1, 1, 0], Vec::new()), "{taken}");
}

#[test]
fn a_workbook_with_a_line_for_each_tube_is_taken_and_a_shifted_one_held() {
    let stage = Stage::new();
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    bind(&stage, OTHER, "B0002", "serum").ask().answer();
    let column = |item: &str, unit: &str| json!({ "item": item, "unit": unit });
    let mapping = json!({
        "barcode": "条码",
        "columns": { "葡萄糖": column("glucose_mmol_l", "mmol/L"), "谷丙转氨酶": column("alt_u_l", "U/L") },
    });
    let mapping = stage.file("columns.json", mapping.to_string());
    let words = || {
        stage.of_device("lab import").with("--laboratory", LABORATORY).with("--mapping", &mapping)
    };
    let headings = ["条码", "葡萄糖", "谷丙转氨酶"];
    // Shifted by a column: a code where a value belongs.
    let shifted =
        workbook(&stage, "shifted.xlsx", &["条码", "姓名", "葡萄糖"], &[("B0001", &[5.6, 35.0])]);
    let refused = words().and(&shifted).ask();
    assert!(!refused.succeeded(), "a refused file does not exit 0");
    assert_eq!(held(&refused.json())[0].1, "headings_missing");
    // A second sheet under headings of its own: nothing of the file is taken without it.
    let headed_otherwise = {
        let mut book = rust_xlsxwriter::Workbook::new();
        for (barcode, code, value) in [("条码", "B0001", 5.6), ("条码号", "B0002", 7.1)] {
            let sheet = book.add_worksheet();
            for (at, heading) in (0..).zip([barcode, "葡萄糖", "谷丙转氨酶"]) {
                sheet.write(0, at, heading).unwrap();
            }
            sheet.write(1, 0, code).unwrap();
            sheet.write(1, 1, value).unwrap();
        }
        let path = stage.path("two.xlsx");
        book.save(&path).unwrap();
        path
    };
    let refused = words().and(&headed_otherwise).ask();
    assert!(!refused.succeeded());
    assert_eq!(refused.json()["results"], 0);
    let good = workbook(
        &stage,
        "good.xlsx",
        &headings,
        &[("B0001", &[5.6, 35.0]), ("B0002", &[7.1, 41.0])],
    );
    let taken = words().and(&good).ask();
    let taken = taken.json();
    assert_eq!(
        (taken["applied"].as_u64(), taken["results"].as_u64()),
        (Some(2), Some(4)),
        "{taken}"
    );
    assert_eq!(current(&stage, PERSON, "glucose_mmol_l"), ["5.6"]);
    assert_eq!(current(&stage, OTHER, "alt_u_l"), ["41"]);
}

#[test]
fn the_handover_sheet_counts_the_days_good_tubes_by_type_and_names_nobody() {
    let stage = Stage::new();
    for (person, code, tube) in
        [(PERSON, "B0001", "serum"), (PERSON, "B0002", "blood_count"), (OTHER, "B0003", "serum")]
    {
        bind(&stage, person, code, tube).ask().answer();
    }
    bind(&stage, OTHER, "B0004", "urine").ask().answer();
    let spoil = stage.of_device("lab spoil").with("--round", &stage.round).with("--code", "B0004");
    spoil.with("--reason", "管破损").ask().answer();
    let sheet = |day: &str| {
        let out = stage.path("handover.pdf");
        let print = stage.of_device("print handover").with("--round", &stage.round);
        print.with("--unit", VILLAGE).with("--day", day).with("--out", &out).ask().answer();
        stories::printed::words(&out).split_whitespace().collect::<String>()
    };
    let text = sheet(DAY);
    for word in
        ["送检交接单", "共3支", "生化管", "B0001", "B0003", "血常规管", "B0002", "接收人签名"]
    {
        assert!(text.contains(word), "{word}");
    }
    assert!(!text.contains("B0004") && text.contains("另有1支"), "a spoilt tube is not sent");
    for person in [PERSON, OTHER] {
        assert!(!text.contains(people().cell(person, "name")), "a name is on the sheet");
    }
    // Another day's tubes are another sheet's.
    assert!(sheet("2026-09-15").contains("没有绑定采血管"));
}

#[test]
fn two_devices_that_bind_one_code_unaware_hold_its_report_until_somebody_decides() {
    let stage = Stage::new();
    let mapping = mapping(&stage);
    let ticket = stage.ticket();
    stage.enrol("second", &stage.line.url(), &ticket, &stage.ca_pin).ask().answer();
    let of_second = |command: &str| {
        let words = stories::program::words(command).with("--home", stage.path("second"));
        words.with("--key-file", stage.path("device.key"))
    };
    of_second("sync").ask().answer();
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    let other = of_second("lab bind").with("--round", &stage.round).with("--unit", VILLAGE);
    let other = other.with("--person", id_number(OTHER)).with("--code", "B0001");
    let other = other.with("--tube", "serum").with("--day", DAY);
    assert_eq!(other.ask().answer()["new"], true, "neither knows of the other");
    stage.of_device("sync").ask().answer();
    of_second("sync").ask().answer();

    let file = results(&stage, "first.csv", &["B0001,ALT,35,U/L,<50"]);
    let waits = import(at_server(&stage).with("--mapping", &mapping), &file);
    assert_eq!(held(&waits), [("B0001".to_owned(), "tube_of_two".to_owned())]);
    // The second person's tube was the wrong one: bound anew to the first, the report is taken.
    stage.of_device("sync").ask().answer();
    bind(&stage, PERSON, "B0001", "serum").with("--reason", "扫错人").ask().answer();
    stage.of_device("sync").ask().answer();
    let taken = import(at_server(&stage), &file);
    assert_eq!((taken["applied"].as_u64(), held(&taken)), (Some(1), vec![]), "{taken}");
    for sync in [stage.of_device("sync"), of_second("sync")] {
        sync.ask().answer();
    }
    assert_eq!(current(&stage, PERSON, "alt_u_l"), ["35"]);
    assert_eq!(current(&stage, OTHER, "alt_u_l"), Vec::<String>::new());
}

#[test]
fn a_code_that_a_spreadsheet_made_a_number_of_waits_alone() {
    let stage = Stage::new();
    let mapping = mapping(&stage);
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    let import_words = || {
        stage.of_device("lab import").with("--laboratory", LABORATORY).with("--mapping", &mapping)
    };
    for (at, code) in ["2.02609E+11", "202609140001.0"].into_iter().enumerate() {
        let lines = format!("{HEADINGS}\nB0001,ALT,35,U/L,<50\n{code},ALT,36,U/L,<50\n");
        let answer = import(import_words(), &stage.file(&format!("{at}.csv"), lines));
        let waiting = answer["held"].as_array().unwrap();
        assert_eq!(waiting.len(), 1, "{answer}");
        assert_eq!(
            (&waiting[0]["reason"], &waiting[0]["code"]),
            (&json!("tube_unknown"), &json!(code))
        );
        let id = waiting[0]["id"].as_str().unwrap();
        stage.of_device("lab resolve").and(id).and("--discard").ask().answer();
    }
    assert_eq!(current(&stage, PERSON, "alt_u_l"), ["35"]);
    // The control: a result where a code has to stand is another column.
    let shifted = format!("{HEADINGS}\nB0001,ALT,35,U/L,<50\n5.6,ALT,36,U/L,<50\n");
    let file = stage.file("shifted.csv", shifted);
    let answer = import_words().and(&file).ask().json();
    assert_eq!(answer["held"][0]["reason"], "columns_shifted", "{answer}");
}

#[test]
fn bad_files_are_held_with_their_reason_and_nothing_of_them_is_applied() {
    let stage = Stage::new();
    let mapping = mapping(&stage);
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    let good = "B0001,ALT,35,U/L,<50";
    let table = |lines: &str| format!("{HEADINGS}\n{lines}\n").into_bytes();
    let hl7 = |rest: &str| format!("MSH|^~\\&|LIS|L|||1||ORU^R01|1|P|2.5\r{rest}").into_bytes();
    let obx = "OBX|1|NM|2345^Glu||5.6|mmol/L|3.9-6.1|N|||F";
    let rows: Vec<(&str, Vec<u8>)> = vec![
        ("tube_unknown", table("Z9999,ALT,35,U/L,<50")),
        ("not_of_tube", table(&format!("{good}\nB0001,HGB,135,g/L,"))),
        ("value_impossible", table("B0001,GLU,5600,mmol/L,")),
        ("says_two", table("B0001,ALT,35,U/L,<50\nB0001,ALT,53,U/L,<50")),
        // Shifted by a column, to the right and to the left, and cells beyond the headings.
        ("columns_shifted", table(&format!("{good}\n,B0001,ALT,35,U/L"))),
        ("columns_shifted", table(&format!("{good}\nALT,35,U/L,<50,"))),
        ("columns_shifted", table("B0001,ALT,谷丙转氨酶,35,U/L,<50")),
        ("headings_missing", "条码号,项目,结果\nB0001,ALT,35\n".into()),
        ("headings_missing", "一,二\n三,四\n".into()),
        (
            "columns_shifted",
            "条码号,项目代码,结果,结果,单位,参考范围\nB0001,ALT,35,620,U/L,<50\n".into(),
        ),
        ("file_empty", table("")),
        ("file_unreadable", b"PK\x03\x04 no workbook".to_vec()),
        ("file_cut", hl7(&format!("OBR|1||B0001\r{obx}"))),
        ("file_cut", hl7("OBR|1||B0001\rOBX|1|NM|2345^Glu||5.6|mm\r")),
        ("file_cut", hl7("OBR|1||B0001\r")),
        ("preliminary", hl7(&format!("OBR|1||B0001\r{}\r", obx.replace("|F", "|P")))),
    ];
    let import_words = || {
        stage.of_device("lab import").with("--laboratory", LABORATORY).with("--mapping", &mapping)
    };
    // The mapping itself is an entry, said once.
    let first = import(import_words(), &stage.file("first.csv", table("Z9998,ALT,35,U/L,<50")));
    let id = first["held"][0]["id"].as_str().unwrap();
    stage.of_device("lab resolve").and(id).and("--discard").ask().answer();
    let was = stage.of_device("verify").ask().answer()["entries"].clone();
    for (at, (reason, bytes)) in rows.iter().enumerate() {
        let name = if bytes.starts_with(b"MSH") { "bad.hl7" } else { "bad.csv" };
        let file = stage.file(&format!("{at}-{name}"), bytes);
        let said = import_words().and(&file).ask();
        let answer = said.json();
        let waiting = answer["held"].as_array().unwrap().clone();
        assert_eq!(waiting.len(), 1, "{at} {reason}: {answer}");
        assert_eq!(waiting[0]["reason"], *reason, "{at}: {answer}");
        assert_eq!(answer["applied"], 0, "{at} {reason}");
        assert_eq!(
            said.succeeded(),
            waiting[0]["row"] != 0,
            "{at}: a refused file does not exit 0"
        );
        let id = waiting[0]["id"].as_str().unwrap();
        let resolve = stage.of_device("lab resolve").and(id).and("--discard");
        assert_eq!(held(&resolve.ask().answer()), []);
    }
    assert_eq!(stage.of_device("verify").ask().answer()["entries"], was);
    assert_eq!(current(&stage, PERSON, "alt_u_l"), Vec::<String>::new());
    // Control: the good line alone is taken, in GBK too.
    let (gbk, _, _) =
        encoding_rs::GB18030.encode("条码号,项目代码,结果,单位,参考范围\nB0001,ALT,35,U/L,<50\n");
    let taken = import(import_words(), &stage.file("good.csv", &gbk));
    assert_eq!(taken["applied"], 1, "{taken}");
    assert_eq!(current(&stage, PERSON, "alt_u_l"), ["35"]);

    // A report of a code misread is given the right one.
    bind(&stage, OTHER, "B0002", "serum").ask().answer();
    let misread = stage.file("misread.csv", table("B0003,ALT,41,U/L,<50"));
    let waits = import(import_words(), &misread);
    let id = waits["held"][0]["id"].as_str().unwrap().to_owned();
    let resolve = stage.of_device("lab resolve").and(id).with("--code", "B0002");
    assert_eq!(resolve.ask().answer()["applied"], 1);
    assert_eq!(current(&stage, OTHER, "alt_u_l"), ["41"]);
    // The laboratory sends a sample back.
    bind(&stage, OTHER, "B0005", "blood_count").ask().answer();
    let back = import(import_words(), &stage.file("back.csv", table("B0005,HGB,标本溶血,,")));
    assert_eq!(back["redraw"], 1, "{back}");
    assert_eq!(states(stage.of_device("lab states"), &stage, "血常规管")[3], 1);
}
