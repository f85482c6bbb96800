//! Single lines of a laboratory's file, through the real program: one that cannot be read waits by its name while the others are taken, a bare
//! number is no answer, a unit split by a message is put together, what is corrected in one file stands, and what is seldom true is named.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::path::PathBuf;
use stories::cast::VILLAGE;
use stories::laboratory::{
    HEADINGS, OTHER, PERSON, at_device, bind, current, held, id_number, import, results, states,
};
use stories::stage::Stage;

fn counts(answer: &Value) -> [u64; 3] {
    ["applied", "results", "redraw"].map(|key| answer[key].as_u64().unwrap())
}

/// Analyte and cell of every line that is named in the one row that waits.
fn named(answer: &Value) -> Vec<(String, String)> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let lines = answer["held"][0]["lines"].as_array().unwrap();
    lines.iter().map(|line| (text(line, "analyte"), text(line, "cell"))).collect()
}

fn discard(stage: &Stage, answer: &Value) {
    let id = answer["held"][0]["id"].as_str().unwrap();
    let done = stage.of_device("lab resolve").and(id).and("--discard").ask().answer();
    assert_eq!(held(&done), []);
}

fn doubts(answer: &Value, kind: &str) -> Vec<String> {
    let all = answer["doubts"].as_array().unwrap().iter().filter(|one| one["kind"] == kind);
    all.map(|one| one["text"].as_str().unwrap().to_owned()).collect()
}

fn hl7(stage: &Stage, name: &str, code: &str, lines: &[&str]) -> PathBuf {
    let lines: String = lines.iter().map(|line| format!("OBX|{line}\r")).collect();
    let head = "MSH|^~\\&|LIS|L|||1||ORU^R01|1|P|2.5\r";
    stage.file(name, format!("{head}OBR|1||{code}\r{lines}"))
}

#[test]
fn a_line_that_cannot_be_read_waits_by_its_name_and_holds_no_other() {
    let stage = Stage::new();
    // The line, the reason of the row, and the cell that is named.
    let rows = [
        ("XYZ,1,U/L,", "analyte_unknown", "1 U/L"),
        ("GLU,126,mg/dL,70-110", "unit_undeclared", "126 mg/dL"),
        ("GLU,5.6,,", "unit_undeclared", "5.6"),
        ("CR,65,IU/L,", "unit_undeclared", "65 IU/L"),
        ("GLU,<0.5,mmol/L,", "value_unreadable", "<0.5 mmol/L"),
        ("GLU,5.6123,mmol/L,", "value_unreadable", "5.6123 mmol/L"),
    ];
    for (at, (line, reason, cell)) in rows.into_iter().enumerate() {
        let (code, alt) = (format!("B000{at}"), 620 + at);
        bind(&stage, PERSON, &code, "serum").ask().answer();
        let lines = [format!("{code},ALT,{alt},U/L,<50"), format!("{code},{line}")];
        let lines = lines.each_ref().map(String::as_str);
        let taken = import(at_device(&stage), &results(&stage, &format!("{at}.csv"), &lines));
        assert_eq!(counts(&taken), [1, 1, 0], "{line}: {taken}");
        assert_eq!(held(&taken), [(code.clone(), reason.to_owned())]);
        let analyte = line.split(',').next().unwrap().to_owned();
        assert_eq!(named(&taken), [(analyte, cell.to_owned())]);
        assert!(current(&stage, PERSON, "alt_u_l").contains(&alt.to_string()));
        // It goes on waiting, and nothing is written again.
        let again = import(at_device(&stage), &results(&stage, &format!("{at} again.csv"), &lines));
        assert_eq!((counts(&again), held(&again)), ([0, 0, 0], held(&taken)), "{line}: {again}");
        assert_eq!(named(&again), named(&taken));
        discard(&stage, &again);
    }
    // An A among the lines that are read is told at once.
    bind(&stage, OTHER, "B0020", "serum").ask().answer();
    let lines = ["B0020,GLU,17.5,mmol/L,", "B0020,CR,<1,μmol/L,"];
    let taken = import(at_device(&stage), &results(&stage, "alarm.csv", &lines));
    assert_eq!(taken["alarms"].as_array().unwrap().len(), 1, "{taken}");
    discard(&stage, &taken);
    // Control: where nothing can be read nothing is taken, and what says the tube is the wrong one holds all of it.
    bind(&stage, OTHER, "B0021", "serum").ask().answer();
    let none = import(at_device(&stage), &results(&stage, "none.csv", &["B0021,CR,<1,μmol/L,"]));
    assert_eq!((counts(&none), named(&none).len()), ([0, 0, 0], 1), "{none}");
    discard(&stage, &none);
    let lines = ["B0021,ALT,35,U/L,", "B0021,CR,<1,μmol/L,", "B0021,HGB,135,g/L,"];
    let wrong = import(at_device(&stage), &results(&stage, "wrong.csv", &lines));
    assert_eq!(counts(&wrong), [0, 0, 0], "{wrong}");
    assert_eq!(held(&wrong), [("B0021".to_owned(), "not_of_tube".to_owned())]);
    // First the line that is why, then those that wait with it.
    let all = [("HGB", "135 g/L"), ("ALT", "35 U/L"), ("CR", "<1 μmol/L")];
    assert_eq!(named(&wrong), all.map(|(analyte, cell)| (analyte.to_owned(), cell.to_owned())));
}

#[test]
fn a_report_that_waits_whole_names_every_line_and_says_which_would_be_an_a() {
    let stage = Stage::new();
    let step = "现在就与检验科核对是谁的";
    let texts = |row: &Value| -> Vec<(String, String)> {
        let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
        let lines = row["lines"].as_array().unwrap().iter();
        lines.map(|line| (text(line, "analyte"), text(line, "text"))).collect()
    };
    let row = |answer: &Value, code: &str| {
        let rows = answer["held"].as_array().unwrap();
        rows.iter().find(|row| row["code"] == code).unwrap().clone()
    };
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    let lines = [
        "B0001,ALT,35,U/L,",
        "B0001,GLU,17.5,mmol/L,",
        "B0001,HGB,120,g/L,",
        "B0001,RDW,13,%,",
        "B9999,GLU,17.5,mmol/L,",
        "B9998,GLU,5.6,mmol/L,",
        "B9997,GLU,>33.3,mmol/L,",
        "B9996,GLU,2.1~2.4,mmol/L,",
        "B9995,GLU,>5.66666,mmol/L,",
    ];
    let taken = import(at_device(&stage), &results(&stage, "a.csv", &lines));
    assert_eq!((counts(&taken), held(&taken).len()), ([0, 0, 0], 6), "{taken}");
    let listed = stage.of_device("lab list").ask().answer();
    for answer in [&taken, &listed] {
        let wrong = row(answer, "B0001");
        let told = texts(&wrong);
        let order: Vec<&str> = told.iter().map(|(analyte, _)| analyte.as_str()).collect();
        // What the mapping leaves out waits for nobody.
        assert_eq!(order, ["HGB", "ALT", "GLU"], "{wrong}");
        assert!(told[2].1.ends_with("A 级") && !told[1].1.ends_with("A 级"), "{wrong}");
        assert!(wrong["text"].as_str().unwrap().contains(step), "{wrong}");
        let unknown = row(answer, "B9999");
        assert_eq!(texts(&unknown), [("GLU".to_owned(), "数值够得上 A 级".to_owned())]);
        assert!(unknown["text"].as_str().unwrap().contains(step), "{unknown}");
        // What is beyond the instrument, or between two numbers, lies on a side.
        for code in ["B9997", "B9996"] {
            let beyond = row(answer, code);
            assert!(texts(&beyond)[0].1.ends_with("数值够得上 A 级"), "{beyond}");
        }
        assert_eq!(texts(&row(answer, "B9995")), [("GLU".to_owned(), String::new())]);
        // Control: an ordinary value is named and hurries nobody.
        let usual = row(answer, "B9998");
        assert_eq!(texts(&usual), [("GLU".to_owned(), String::new())]);
        assert!(!usual["text"].as_str().unwrap().contains(step), "{usual}");
    }
    // Control: taken, it is told by its person, and waits no more.
    bind(&stage, OTHER, "B9999", "serum").ask().answer();
    let known = import(at_device(&stage), &results(&stage, "b.csv", &["B0002,ALT,35,U/L,"]));
    assert_eq!(known["alarms"].as_array().unwrap().len(), 1, "{known}");
    assert!(held(&known).iter().all(|(code, _)| code != "B9999"), "{known}");
}

#[test]
fn a_bare_number_is_no_answer_and_printed_words_are() {
    let stage = Stage::new();
    let rows = [
        ("serum", "HBSAG", "hbsag", "1", ""),
        ("serum", "HBSAG", "hbsag", "２", ""),
        ("serum", "HBSAG", "hbsag", "0", ""),
        ("serum", "HBSAG", "hbsag", "阴性(-)", "阴性"),
        ("serum", "HBSAG", "hbsag", "阳性（+）", "阳性"),
        ("serum", "HBSAG", "hbsag", "Neg", "阴性"),
        ("stool", "FOB", "fobt", "1", ""),
        ("stool", "FOB", "fobt", "(-)", "阴性"),
        ("stool", "FOB", "fobt", "(+)", "阳性"),
        ("urine", "URO", "urine_protein", "3", ""),
        ("urine", "URO", "urine_protein", "2+", "2+"),
    ];
    for (at, (tube, analyte, item, cell, value)) in rows.into_iter().enumerate() {
        let code = format!("B00{at:02}");
        bind(&stage, OTHER, &code, tube).ask().answer();
        let line = format!("{code},{analyte},{cell},,");
        let taken = import(at_device(&stage), &results(&stage, &format!("{at}.csv"), &[&line]));
        let is_taken = !value.is_empty();
        assert_eq!(counts(&taken)[0] == 1, is_taken, "{line}: {taken}");
        match is_taken {
            true => assert!(current(&stage, OTHER, item).contains(&value.to_owned()), "{line}"),
            false => discard(&stage, &taken),
        }
    }
    // A message says the words beside the laboratory's own code, which counts in no other way.
    bind(&stage, PERSON, "B0100", "serum").ask().answer();
    let coded = hl7(&stage, "coded.hl7", "B0100", &["1|CE|HBSAG||1^阳性^L||||||F|F"]);
    assert_eq!(counts(&import(at_device(&stage), &coded)), [1, 1, 0]);
    assert_eq!(current(&stage, PERSON, "hbsag"), ["阳性"]);
    // Control: at a desk, where the form has its codes, they are read as before.
    stories::laboratory::answered(&stage, PERSON, &[("fobt", "1")]);
    assert_eq!(current(&stage, PERSON, "fobt"), ["阴性"]);
}

#[test]
fn a_blood_count_comes_in_by_hl7_and_a_sample_sent_back_in_words_is_drawn_again() {
    let stage = Stage::new();
    for (person, code) in [(PERSON, "B0001"), (OTHER, "B0002")] {
        bind(&stage, person, code, "blood_count").ask().answer();
    }
    let plain = ["1|NM|WBC||5.6|10^9/L|4-10||||F", "2|NM|PLT||210|x10^9/L^^L|||||F|F"];
    let taken = import(at_device(&stage), &hl7(&stage, "plain.hl7", "B0001", &plain));
    assert_eq!(counts(&taken), [1, 2, 0], "{taken}");
    let escaped = ["1|NM|WBC||6.1|10\\S\\9/L|4-10||||F", "2|NM|PLT||190|10*9/L^^UCUM|||||F|F"];
    let taken = import(at_device(&stage), &hl7(&stage, "escaped.hl7", "B0002", &escaped));
    assert_eq!(counts(&taken), [1, 2, 0], "{taken}");
    for (person, wbc, plt) in [(PERSON, "5.6", "210"), (OTHER, "6.1", "190")] {
        let number = |item: &str| current(&stage, person, item).remove(0);
        let same = |item: &str, expect: &str| {
            assert_eq!(number(item).parse::<f64>().unwrap(), expect.parse::<f64>().unwrap());
        };
        same("wbc_10e9_l", wbc);
        same("plt_10e9_l", plt);
    }
    bind(&stage, OTHER, "B0003", "serum").ask().answer();
    let spoilt = hl7(&stage, "spoilt.hl7", "B0003", &["1|ST|ALT||标本溶血|U/L|||||F"]);
    let taken = import(at_device(&stage), &spoilt);
    assert_eq!((counts(&taken), held(&taken)), ([1, 0, 1], Vec::new()), "{taken}");
    assert_eq!(states(stage.of_device("lab states"), &stage, "生化管")[3], 1);
    // Control: a unit that nobody declared is put together for nobody.
    bind(&stage, PERSON, "B0004", "blood_count").ask().answer();
    let odd = hl7(&stage, "odd.hl7", "B0004", &["1|NM|WBC||5.6|10^7/L|4-10||||F"]);
    let waits = import(at_device(&stage), &odd);
    assert_eq!(named(&waits), [("WBC".to_owned(), "5.6 10^7/L".to_owned())]);
}

#[test]
fn of_one_file_the_corrected_value_stands_and_one_changed_back_is_taken_by_who_says_so() {
    let stage = Stage::new();
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    let alt = |value: u32, status: &str| format!("1|NM|ALT||{value}|U/L|<50||||{status}");
    let file = |name: &str, said: &[(u32, &str)]| {
        let lines: Vec<String> = said.iter().map(|(value, status)| alt(*value, status)).collect();
        hl7(&stage, name, "B0001", &lines.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let first = import(at_device(&stage), &file("a.hl7", &[(30, "P"), (35, "F")]));
    assert_eq!(counts(&first), [1, 1, 0], "{first}");
    assert_eq!(current(&stage, PERSON, "alt_u_l"), ["35"]);
    let second = import(at_device(&stage), &file("b.hl7", &[(35, "F"), (53, "C")]));
    assert_eq!((counts(&second), second["amended"].as_u64()), ([1, 1, 0], Some(1)), "{second}");
    assert_eq!(current(&stage, PERSON, "alt_u_l"), ["53"]);
    // Control: two that are both final are two.
    let two = import(at_device(&stage), &file("c.hl7", &[(53, "F"), (60, "F")]));
    assert_eq!(held(&two), [("B0001".to_owned(), "says_two".to_owned())]);
    assert_eq!(named(&two), [("ALT".to_owned(), "53 / 60 U/L".to_owned())]);
    discard(&stage, &two);
    // Changed back to the first value: it may be the old file, so somebody says that it is not.
    let back = import(at_device(&stage), &file("d.hl7", &[(35, "C")]));
    assert_eq!(held(&back), [("B0001".to_owned(), "older_value".to_owned())]);
    assert_eq!((back["held"][0]["can_accept"].as_bool(), counts(&back)), (Some(true), [0, 0, 0]));
    assert_eq!(named(&back), [("ALT".to_owned(), "35 U/L".to_owned())]);
    assert_eq!(current(&stage, PERSON, "alt_u_l"), ["53"]);
    // Other files say nothing of it: it waits until somebody answers.
    bind(&stage, OTHER, "B0002", "serum").ask().answer();
    for (name, line) in [("e.csv", "B0002,ALT,31,U/L,"), ("f.csv", "B0002,CR,65,μmol/L,")] {
        let other = import(at_device(&stage), &results(&stage, name, &[line]));
        assert_eq!((counts(&other), held(&other)), ([1, 1, 0], held(&back)), "{other}");
        assert_eq!(
            (named(&other), current(&stage, PERSON, "alt_u_l")),
            (named(&back), vec!["53".to_owned()])
        );
    }
    let id = back["held"][0]["id"].as_str().unwrap();
    let taken = stage.of_device("lab resolve").and(id).and("--accept").ask().answer();
    assert_eq!((counts(&taken), held(&taken)), ([1, 1, 0], Vec::new()), "{taken}");
    assert_eq!(current(&stage, PERSON, "alt_u_l"), ["35"]);
    assert_eq!(stage.of_device("verify").ask().answer()["ok"], true);
}

#[test]
fn a_value_that_is_seldom_true_is_taken_and_named_with_what_was_perhaps_meant() {
    let stage = Stage::new();
    bind(&stage, PERSON, "B0001", "blood_count").ask().answer();
    let taken = import(at_device(&stage), &results(&stage, "a.csv", &["B0001,HGB,13.5,g/L,"]));
    assert_eq!(counts(&taken), [1, 1, 0], "{taken}");
    let said = doubts(&taken, "unusual");
    assert!(
        said.len() == 1 && said[0].contains("13.5 g/dL") && said[0].contains("135 g/L"),
        "{taken}"
    );
    assert_eq!(current(&stage, PERSON, "hb_g_l").len(), 1, "taken as it is: it may be true");
    // Control: in the unit it has it is nothing to ask about.
    let taken = import(at_device(&stage), &results(&stage, "b.csv", &["B0001,HGB,13.5,g/dL,"]));
    assert_eq!((counts(&taken), doubts(&taken, "unusual")), ([1, 1, 0], Vec::new()), "{taken}");
}

#[test]
fn a_row_of_a_text_file_that_lost_a_cell_is_no_row_of_the_table() {
    let stage = Stage::new();
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    let rows = [
        // The analyte's cell is gone, and everything behind it has moved up.
        ("B0001,35,U/L,<50", false),
        ("B0001,ALT,35", false),
        ("B0001,ALT,35,U/L", false),
        // Control: cells that are there and empty.
        ("B0001,ALT,35,U/L,", true),
    ];
    for (at, (row, is_taken)) in rows.into_iter().enumerate() {
        let file = stage.file(&format!("{at}.csv"), format!("{HEADINGS}\n{row}\n"));
        let said = at_device(&stage).and(&file).ask();
        let answer = said.json();
        assert_eq!((said.succeeded(), counts(&answer)[0] == 1), (is_taken, is_taken), "{answer}");
        if !is_taken {
            assert_eq!(answer["held"][0]["reason"], "columns_shifted", "{row}");
            discard(&stage, &answer);
        }
    }
}

#[test]
fn what_waited_asks_before_it_stands_against_something_newer_and_every_older_line_is_named() {
    let stage = Stage::new();
    let take =
        |name: &str, lines: &[&str]| import(at_device(&stage), &results(&stage, name, lines));
    // Two files of a tube that nobody has bound yet: of which of them is the newer the list knows nothing.
    take("LIS.csv", &["B0001,ALT,35,U/L,"]);
    take("LIS (1).csv", &["B0001,ALT,640,U/L,"]);
    for (person, code) in [(PERSON, "B0001"), (OTHER, "B0002"), (OTHER, "B0003")] {
        bind(&stage, person, code, "serum").ask().answer();
    }
    take("one.csv", &["B0002,CR,65,μmol/L,"]);
    let first = current(&stage, PERSON, "alt_u_l");
    assert_eq!(first.len(), 1, "one of them is taken");
    let then = take("two.csv", &["B0003,CR,66,μmol/L,"]);
    assert_eq!(held(&then), [("B0001".to_owned(), "another_stands".to_owned())]);
    assert_eq!(then["held"][0]["can_accept"].as_bool(), Some(true));
    assert_eq!((current(&stage, PERSON, "alt_u_l"), named(&then).len()), (first.clone(), 1));
    let id = then["held"][0]["id"].as_str().unwrap();
    stage.of_device("lab resolve").and(id).and("--accept").ask().answer();
    assert_ne!(current(&stage, PERSON, "alt_u_l"), first, "control: whoever looked decides");

    // Corrected, and the first file once more: each of its lines would undo a correction.
    bind(&stage, PERSON, "B0004", "serum").ask().answer();
    take("a.csv", &["B0004,GLU,5.1,mmol/L,", "B0004,CR,60,μmol/L,"]);
    take("b.csv", &["B0004,GLU,6.1,mmol/L,", "B0004,CR,80,μmol/L,"]);
    let again = take("c.csv", &["B0004,CR,60,μmol/L,", "B0004,GLU,5.1,mmol/L,"]);
    assert_eq!(held(&again), [("B0004".to_owned(), "older_value".to_owned())]);
    assert_eq!(named(&again).len(), 2, "{again}");
    discard(&stage, &again);

    // Of a row whose other lines were taken only the rest waits, whatever has become of those.
    bind(&stage, PERSON, "B0005", "serum").ask().answer();
    take("d.csv", &["B0005,GLU,5.1,mmol/L,", "B0005,CR,<1,μmol/L,"]);
    take("e.csv", &["B0005,GLU,6.4,mmol/L,", "B0005,CR,80,μmol/L,"]);
    bind(&stage, PERSON, "B0006", "serum").ask().answer();
    let rest = take("f.csv", &["B0006,ALT,31,U/L,"]);
    assert_eq!(held(&rest), [("B0005".to_owned(), "value_unreadable".to_owned())]);
    assert_eq!(rest["held"][0]["can_accept"], false);
}

#[test]
fn a_preliminary_line_waits_alone_and_the_final_one_takes_it_away() {
    let stage = Stage::new();
    bind(&stage, OTHER, "B0001", "serum").ask().answer();
    let glucose = "1|NM|GLU||17.5|mmol/L|3.9-6.1||||F";
    let early = ["2|NM|TC||4.5|mmol/L|||||P", "3|NM|ALT||35|U/L|<50||||P"];
    let first = hl7(&stage, "first.hl7", "B0001", &[glucose, early[0], early[1]]);
    let taken = import(at_device(&stage), &first);
    assert_eq!((counts(&taken), taken["alarms"].as_array().unwrap().len()), ([1, 1, 0], 1));
    assert_eq!(held(&taken), [("B0001".to_owned(), "preliminary".to_owned())], "{taken}");
    let cells = ["4.5 mmol/L", "35 U/L"].map(str::to_owned);
    assert_eq!(named(&taken).into_iter().map(|(_, cell)| cell).collect::<Vec<_>>(), cells);
    assert_eq!(current(&stage, OTHER, "tc_mmol_l"), ["待回报"]);
    // The final value of one of them: the other goes on waiting.
    let one = hl7(&stage, "one.hl7", "B0001", &["1|NM|TC||4.8|mmol/L|||||F"]);
    let then = import(at_device(&stage), &one);
    assert_eq!((counts(&then), named(&then).len()), ([1, 1, 0], 1), "{then}");
    assert_eq!(named(&then)[0].0, "ALT");
    let last = hl7(&stage, "last.hl7", "B0001", &["1|NM|ALT||620|U/L|<50||||F"]);
    let done = import(at_device(&stage), &last);
    assert_eq!((counts(&done), held(&done)), ([1, 1, 0], Vec::new()), "{done}");
    assert_eq!(current(&stage, OTHER, "tc_mmol_l"), ["4.8"]);
    assert_eq!(current(&stage, OTHER, "alt_u_l"), ["620"]);
    // The first file once more: what is final stands, whatever was preliminary.
    let again = import(at_device(&stage), &first);
    assert_eq!((counts(&again), held(&again)), ([0, 0, 0], Vec::new()), "{again}");
    assert_eq!(current(&stage, OTHER, "alt_u_l"), ["620"]);
    // Control: of another tube nothing is settled, and what is preliminary alone writes nothing.
    bind(&stage, PERSON, "B0002", "serum").ask().answer();
    let alone = import(at_device(&stage), &hl7(&stage, "alone.hl7", "B0002", &[early[0]]));
    assert_eq!((counts(&alone), held(&alone).len()), ([0, 0, 0], 1), "{alone}");
    assert_eq!(current(&stage, PERSON, "tc_mmol_l"), ["待回报"]);
    assert_eq!(stage.of_device("verify").ask().answer()["ok"], true);
}

#[test]
fn an_impossible_value_and_two_of_one_item_hold_that_item_alone() {
    let stage = Stage::new();
    for (at, (lines, reason, cells)) in [
        (["B000,TC,9999,mmol/L,", "B000,ALT,35,U/L,"], "value_impossible", "9999 mmol/L"),
        (["B000,TC,4.5,mmol/L,", "B000,TC,4.6,mmol/L,"], "says_two", "4.5 / 4.6 mmol/L"),
    ]
    .into_iter()
    .enumerate()
    {
        let code = format!("B000{at}");
        bind(&stage, OTHER, &code, "serum").ask().answer();
        let mut lines: Vec<String> = lines.map(|line| line.replace("B000", &code)).to_vec();
        lines.push(format!("{code},GLU,17.{at},mmol/L,"));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let taken = import(at_device(&stage), &results(&stage, &format!("{at}.csv"), &lines));
        assert_eq!(held(&taken), [(code, reason.to_owned())], "{taken}");
        assert_eq!(named(&taken), [("TC".to_owned(), cells.to_owned())]);
        assert!(current(&stage, OTHER, "glucose_mmol_l").contains(&format!("17.{at}")), "{reason}");
        // Control: neither of the two, nor the impossible one, is anywhere.
        assert_eq!(current(&stage, OTHER, "tc_mmol_l"), ["待回报"], "{reason}");
        discard(&stage, &taken);
    }
}

#[test]
fn the_same_value_with_a_range_and_without_is_one_and_the_range_is_kept() {
    let stage = Stage::new();
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    let lines = [
        "B0001,ALT,35,U/L,",
        "B0001,ALT,35,U/L,<50",
        "B0001,CR,65,μmol/L,20-60",
        "B0001,CR,65,μmol/L,",
    ];
    let taken = import(at_device(&stage), &results(&stage, "a.csv", &lines));
    assert_eq!((counts(&taken), held(&taken)), ([1, 2, 0], Vec::new()), "{taken}");
    let shown = stage.of_device("person show").and(id_number(PERSON)).ask().answer();
    let values = shown["values"].as_array().unwrap();
    for (item, range) in [("alt_u_l", "<50"), ("creatinine_umol_l", "20-60")] {
        let of = |v: &&Value| v["item"] == item && v["current"] == true;
        let ranges: Vec<&Value> = values.iter().filter(of).map(|v| &v["own_range"]).collect();
        assert_eq!(ranges, [range], "{item}");
    }
    // Control: two ranges that differ say two things.
    bind(&stage, OTHER, "B0002", "serum").ask().answer();
    let lines = ["B0002,ALT,35,U/L,<50", "B0002,ALT,35,U/L,<40"];
    let two = import(at_device(&stage), &results(&stage, "b.csv", &lines));
    assert_eq!(held(&two), [("B0002".to_owned(), "says_two".to_owned())]);
}

#[test]
fn an_item_that_was_sent_back_is_to_be_drawn_again_and_nobody_waits_for_it() {
    let stage = Stage::new();
    bind(&stage, OTHER, "B0001", "serum").ask().answer();
    let before = states(stage.of_device("lab states"), &stage, "生化管");
    assert_eq!(before[3], 0);
    let lines = ["B0001,GLU,5.1,mmol/L,", "B0001,TC,标本溶血,,"];
    let taken = import(at_device(&stage), &results(&stage, "part.csv", &lines));
    assert_eq!(held(&taken), [("B0001".to_owned(), "part_rejected".to_owned())], "{taken}");
    assert_eq!(current(&stage, OTHER, "tc_mmol_l"), Vec::<String>::new());
    // Control: what was not sent back is still waited for.
    assert_eq!(current(&stage, OTHER, "ldl_mmol_l"), ["待回报"]);
    assert_eq!(states(stage.of_device("lab states"), &stage, "生化管")[3], 1);
    // Again, and looked at again: nothing more is said.
    let entries = || stage.of_device("verify").ask().answer()["entries"].clone();
    let was = entries();
    import(at_device(&stage), &results(&stage, "again.csv", &lines));
    assert_eq!(entries(), was);
    // Drawn again: waited for, and what still waits of the first tube takes nothing back.
    bind(&stage, OTHER, "B0002", "serum").ask().answer();
    assert_eq!(current(&stage, OTHER, "tc_mmol_l"), ["待回报"]);
    let more = import(at_device(&stage), &results(&stage, "more.csv", &["B0002,ALT,31,U/L,"]));
    assert_eq!(held(&more).len(), 1);
    assert_eq!(current(&stage, OTHER, "tc_mmol_l"), ["待回报"]);
    assert_eq!(states(stage.of_device("lab states"), &stage, "生化管")[3], 0);
    // The laboratory says again of the first tube what it said: the second, which has a part of its results, is still waited for.
    let repeated = import(at_device(&stage), &results(&stage, "repeated.csv", &lines));
    assert_eq!((counts(&repeated), held(&repeated).len()), ([0, 0, 0], 1), "{repeated}");
    assert_eq!(current(&stage, OTHER, "tc_mmol_l"), ["待回报"]);
    // Sent back of the second tube alone, in a file of its own.
    let back = import(at_device(&stage), &results(&stage, "back.csv", &["B0002,TC,溶血,,"]));
    assert_eq!(held(&back).len(), 2, "{back}");
    assert_eq!(states(stage.of_device("lab states"), &stage, "生化管")[3], 1);
    // The table says so of the person as of a tube that was refused.
    let out = stage.path("coverage.csv");
    stage.export("coverage", "csv", &out).and("--unit").and(VILLAGE).ask().answer();
    let text = std::fs::read_to_string(out).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let at = rows[0].iter().position(|heading| *heading == "需重采").unwrap();
    let village = rows.iter().find(|row| row[2] == VILLAGE).unwrap();
    assert_eq!(village[at], "1", "{text}");
    assert_eq!(stage.of_device("verify").ask().answer()["ok"], true);
}
