//! Which round a laboratory's result belongs to, through the real program: the one in which its tube is bound, whichever is the newest.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::path::PathBuf;
use stories::cast::VILLAGE;
use stories::laboratory::{
    OTHER, PERSON, at_device, bind, current, held, id_number, import, results,
};
use stories::stage::Stage;

/// A round after the stage's own, known on the device too.
fn later(stage: &Stage) -> String {
    let create = stage.of_server("round create").with("--name", "后一轮");
    let made = create.with("--from", "2026-11-01").with("--to", "2026-12-31").ask().answer();
    stage.of_device("sync").ask().answer();
    made["round"].as_str().unwrap().to_owned()
}

fn bind_later(stage: &Stage, round: &str, person: usize, code: &str) {
    let bind = stage.of_device("lab bind").with("--round", round).with("--unit", VILLAGE);
    let bind = bind.with("--person", id_number(person)).with("--code", code);
    bind.with("--tube", "serum").with("--day", "2026-11-02").ask().answer();
}

fn rounds(answer: &Value) -> Vec<String> {
    let rows = answer["held"].as_array().unwrap();
    rows.iter().map(|row| row["round"].as_str().unwrap().to_owned()).collect()
}

fn listed(stage: &Stage, round: Option<&str>) -> Value {
    let list = stage.of_device("lab list");
    round.map_or(list.clone(), |round| list.with("--round", round)).ask().answer()
}

#[test]
fn a_result_goes_to_the_round_in_which_its_tube_is_bound_and_the_list_names_every_round() {
    let stage = Stage::new();
    let later = later(&stage);
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    let lines = ["B0001,GLU,17.5,mmol/L,", "B0001,CR,<1,μmol/L,", "B0777,ALT,35,U/L,"];
    let taken = import(at_device(&stage), &results(&stage, "a.csv", &lines));
    assert_eq!(taken["applied"], 1, "{taken}");
    assert_eq!(taken["alarms"].as_array().unwrap().len(), 1, "an A is told at once: {taken}");
    assert_eq!(current(&stage, PERSON, "glucose_mmol_l"), ["17.5"]);
    // The newest round first: what is bound nowhere waits there.
    let own = stories::cast::ROUND[0].to_owned();
    let two = ["B0777", "B0001"].map(|code| code.to_owned());
    let codes = |answer: &Value| held(answer).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
    let all = listed(&stage, None);
    assert_eq!((codes(&all), rounds(&all)), (two.to_vec(), vec!["后一轮".to_owned(), own]));
    assert_eq!(codes(&listed(&stage, Some(&stage.round))), ["B0001"]);
    // Bound since in the earlier one: taken there, and waiting nowhere.
    bind(&stage, OTHER, "B0777", "serum").ask().answer();
    let then = import(at_device(&stage), &results(&stage, "b.csv", &["B0001,ALT,31,U/L,"]));
    assert_eq!((then["applied"].as_u64(), codes(&then)), (Some(2), vec!["B0001".to_owned()]));
    assert_eq!(current(&stage, OTHER, "alt_u_l"), ["35"]);
    // Control: a round that is named is taken at its word.
    let named = at_device(&stage).with("--round", &later);
    let wrong = import(named, &results(&stage, "c.csv", &["B0001,ALT,32,U/L,"]));
    assert_eq!((wrong["applied"].as_u64(), codes(&wrong)), (Some(0), vec!["B0001".to_owned()]));
    assert_eq!(wrong["held"][0]["reason"], "tube_unknown");
    assert_eq!(stage.of_device("verify").ask().answer()["ok"], true);
}

#[test]
fn of_a_code_bound_in_two_rounds_the_day_of_the_result_decides_and_without_one_somebody() {
    let stage = Stage::new();
    let later = later(&stage);
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    bind_later(&stage, &later, OTHER, "B0001");
    let message = |name: &str, day: &str, alt: u32| -> PathBuf {
        let head = "MSH|^~\\&|LIS|L|||1||ORU^R01|1|P|2.5\r";
        let text = format!("{head}OBR|1||B0001||||{day}\rOBX|1|NM|ALT||{alt}|U/L|<50||||F\r");
        stage.file(name, text)
    };
    let first = import(at_device(&stage), &message("a.hl7", "20260915083000", 31));
    assert_eq!((first["applied"].as_u64(), held(&first)), (Some(1), Vec::new()), "{first}");
    let second = import(at_device(&stage), &message("b.hl7", "202611020830", 32));
    assert_eq!((second["applied"].as_u64(), held(&second)), (Some(1), Vec::new()), "{second}");
    assert_eq!(current(&stage, PERSON, "alt_u_l"), ["31"]);
    assert_eq!(current(&stage, OTHER, "alt_u_l"), ["32"]);
    // No day: nobody can tell. By its own code it is of the later one; named, of the earlier.
    let undated = results(&stage, "c.csv", &["B0001,CR,65,μmol/L,"]);
    let none = import(at_device(&stage), &undated);
    assert_eq!(held(&none), [("B0001".to_owned(), "round_of_two".to_owned())]);
    assert_eq!(none["applied"], 0);
    let again = import(at_device(&stage), &undated);
    assert_eq!((held(&again), again["applied"].as_u64()), (held(&none), Some(0)), "{again}");
    let id = none["held"][0]["id"].as_str().unwrap();
    let resolve = stage.of_device("lab resolve").and(id).with("--code", "B0001");
    assert_eq!(held(&resolve.ask().answer()), []);
    assert_eq!(current(&stage, OTHER, "creatinine_umol_l"), ["65"]);
    let file = results(&stage, "d.csv", &["B0001,CR,70,μmol/L,"]);
    assert_eq!(held(&import(at_device(&stage), &file)).len(), 1);
    let named = import(at_device(&stage).with("--round", &stage.round), &file);
    assert_eq!((named["applied"].as_u64(), held(&named)), (Some(1), Vec::new()), "{named}");
    assert_eq!(held(&listed(&stage, None)), [], "named once, it waits nowhere else");
    assert_eq!(current(&stage, PERSON, "creatinine_umol_l"), ["70"]);
    // The control: a code bound once is of no two rounds, whatever its file says.
    bind(&stage, PERSON, "B0002", "serum").ask().answer();
    let once = import(at_device(&stage), &results(&stage, "e.csv", &["B0002,CR,80,μmol/L,"]));
    assert_eq!(once["applied"], 1, "{once}");
}

#[test]
fn what_is_of_two_rounds_waits_whatever_else_its_file_has_and_a_round_named_to_resolve_decides() {
    let stage = Stage::new();
    let later = later(&stage);
    bind(&stage, PERSON, "B0001", "serum").ask().answer();
    bind_later(&stage, &later, OTHER, "B0001");
    bind(&stage, PERSON, "B0002", "serum").ask().answer();
    let of_two = [("B0001".to_owned(), "round_of_two".to_owned())];
    // The other tube of the file is of one round: that says nothing of this one, nor does the file brought again.
    let mixed = results(&stage, "a.csv", &["B0002,ALT,31,U/L,", "B0001,CR,65,μmol/L,"]);
    for applied in [1, 0] {
        let taken = import(at_device(&stage), &mixed);
        assert_eq!((held(&taken), taken["applied"].as_u64()), (of_two.to_vec(), Some(applied)));
    }
    let id = listed(&stage, None)["held"][0]["id"].as_str().unwrap().to_owned();
    let resolve = stage.of_device("lab resolve").and(id).with("--code", "B0001");
    resolve.with("--round", &stage.round).ask().answer();
    assert_eq!(held(&listed(&stage, None)), []);
    assert_eq!(current(&stage, PERSON, "creatinine_umol_l"), ["65"]);
    // One message of each round in one file: together they are of neither.
    let message = |day: &str, analyte: &str| {
        let head = "MSH|^~\\&|LIS|L|||1||ORU^R01|1|P|2.5\r";
        format!("{head}OBR|1||B0001||||{day}\rOBX|1|NM|{analyte}||5.1|mmol/L|||||F\r")
    };
    let both = message("20260915", "GLU") + &message("20261102", "TC");
    let both = import(at_device(&stage), &stage.file("both.hl7", both));
    assert_eq!((held(&both), both["applied"].as_u64()), (of_two.to_vec(), Some(0)), "{both}");
    // Control: two days of one round are of that round.
    let id = both["held"][0]["id"].as_str().unwrap();
    stage.of_device("lab resolve").and(id).and("--discard").ask().answer();
    let one = message("20260915", "GLU") + &message("20260916", "TC");
    let one = import(at_device(&stage), &stage.file("one.hl7", one));
    assert_eq!((held(&one), one["results"].as_u64()), (Vec::new(), Some(2)), "{one}");
    assert_eq!(current(&stage, PERSON, "glucose_mmol_l"), ["5.1"]);
}

#[test]
fn a_round_named_for_one_file_is_not_said_of_what_waits_from_another() {
    let stage = Stage::new();
    let later = later(&stage);
    let early = import(at_device(&stage), &results(&stage, "a.csv", &["B0777,ALT,35,U/L,"]));
    assert_eq!((held(&early).len(), rounds(&early)), (1, vec!["后一轮".to_owned()]));
    // Another file, of the round it waits in: it waits on as it did, and is taken where it is bound then.
    bind_later(&stage, &later, OTHER, "B0003");
    let named = |name: &str, line: &str| {
        import(at_device(&stage).with("--round", &later), &results(&stage, name, &[line]))
    };
    let other = named("b.csv", "B0003,ALT,31,U/L,");
    assert_eq!((other["applied"].as_u64(), held(&other)), (Some(1), held(&early)), "{other}");
    bind(&stage, PERSON, "B0777", "serum").ask().answer();
    let then = named("c.csv", "B0003,CR,65,μmol/L,");
    assert_eq!((then["applied"].as_u64(), held(&then)), (Some(2), Vec::new()), "{then}");
    assert_eq!(current(&stage, PERSON, "alt_u_l"), ["35"]);
    // Control: of which the round was named with its own file stays there.
    assert_eq!(held(&named("d.csv", "B0777,CR,70,μmol/L,")).len(), 1);
    import(at_device(&stage), &results(&stage, "e.csv", &["B0003,GLU,5.1,mmol/L,"]));
    assert_eq!(held(&listed(&stage, Some(&later))).len(), 1);
    // A round that is named to resolve says which row, not of which round its tube is.
    let id = listed(&stage, None)["held"][0]["id"].as_str().unwrap().to_owned();
    let resolve = stage.of_device("lab resolve").and(id).with("--round", &later);
    let done = resolve.with("--code", "B0777").ask().answer();
    assert_eq!((done["applied"].as_u64(), held(&done)), (Some(1), Vec::new()), "{done}");
    assert_eq!(current(&stage, PERSON, "creatinine_umol_l"), ["70"]);
}
