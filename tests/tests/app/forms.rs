//! What a form asks, hides and keeps, over the same desk as `main`. Not the day around it.

use super::*;

#[test]
fn a_form_asks_what_the_person_and_the_answers_call_for_and_keeps_the_new_kinds_of_value() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let elder = desk.register("周长寿", "431399195003010012");
    let adult = desk.register("周青年", "431399198503010012");
    let items = |desk: &mut Desk, person: &str, station: &str| {
        let form = desk.ask("form", json!({ "person": person, "station": station }));
        let all: Vec<Value> = list(&form["items"]);
        all.iter().map(|one| text(&one["item"])).collect::<Vec<_>>()
    };
    let tcm = items(&mut desk, &elder, "tcm");
    assert_eq!(tcm.iter().filter(|item| item.starts_with("tcm_q")).count(), 33);
    assert_eq!(items(&mut desk, &adult, "tcm"), [""; 0], "the constitution is asked from 65 on");
    assert!(items(&mut desk, &elder, "inquiry").contains(&"selfcare_moving".to_owned()));
    assert!(
        !items(&mut desk, &elder, "surgery").iter().any(|item| item.starts_with("gynaecology")),
        "of women alone"
    );

    let both = json!([typed("symptoms", "none,headache")]);
    let refused = desk.save(&elder, "inquiry", "i1", both);
    assert_eq!(refused["refused"][0]["item"], "symptoms", "无症状 stands alone");
    let closed = json!([typed("smoking", "never"), typed("cigarettes_per_day", "20")]);
    let judge = json!({ "person": elder, "station": "inquiry", "values": closed });
    let judged = desk.ask("judge", judge);
    assert_eq!(judged["items"][1]["band"], "unusual", "a contradiction is asked about");
    let saved = desk.save(&elder, "inquiry", "i2", closed);
    assert_eq!((&saved["results"], &saved["refused"]), (&json!(1), &json!([])));
    assert!(text(&saved["open"][0]).contains("没有保存"), "{saved}");
    let values = json!([
        typed("symptoms", "dizziness,headache"),
        typed("smoking", "smokes"),
        typed("cigarettes_per_day", "20"),
        typed("hospital1_reason", "肺炎"),
        typed("hospital1_from", "2025年3月"),
    ]);
    assert_eq!(desk.save(&elder, "inquiry", "i3", values.clone())["results"], 5);
    assert_eq!(
        desk.save(&elder, "inquiry", "i4", values)["results"],
        0,
        "the same is not written twice"
    );
    let form = desk.ask("form", json!({ "person": elder, "station": "inquiry" }));
    let shown = |key: &str| {
        let all: Vec<Value> = list(&form["items"]);
        text(&all.iter().find(|one| one["item"] == key).unwrap()["current"][0]["text"])
    };
    assert_eq!(shown("symptoms"), "头痛、头晕");
    assert_eq!(shown("hospital1_from"), "2025-03");
    let judged = desk.ask(
        "judge",
        json!({ "person": elder, "station": "dental", "values": [typed("tooth_chart", "16=D,55=d")] }),
    );
    assert_eq!(judged["derived"][0]["item"], "permanent_dmft");
    assert_eq!(judged["derived"][0]["text"], "1");
}

/// resident_form.md, Helper tables: the vectors of all 1 and all 3.
#[test]
fn the_constitutions_are_shown_once_every_question_is_answered() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let elder = desk.register("周长寿", "431399195003010012");
    let verdicts = |desk: &mut Desk, answers: u16, answer: &str| -> Vec<(String, String)> {
        let values: Vec<Value> =
            (1..=answers).map(|number| typed(&format!("tcm_q{number:02}"), answer)).collect();
        let judge = json!({ "person": elder, "station": "tcm", "values": values });
        let all: Vec<Value> = list(&desk.ask("judge", judge)["derived"]);
        all.iter().map(|one| (text(&one["item"]), text(&one["text"]))).collect()
    };
    assert_eq!(verdicts(&mut desk, 32, "3"), [], "one question is open");
    for (answer, others, balanced) in [("1", "否", "是"), ("3", "是", "否")] {
        let all = verdicts(&mut desk, 33, answer);
        assert_eq!(all.len(), 9, "{all:?}");
        for (item, verdict) in all {
            let expected = if item == "tcm_balanced" { balanced } else { others };
            assert_eq!(verdict, expected, "{item} {answer}");
        }
    }
    let values: Vec<Value> =
        (1..=33).map(|number| typed(&format!("tcm_q{number:02}"), "3")).collect();
    assert_eq!(
        desk.save(&elder, "tcm", "t1", json!(values))["results"],
        33,
        "answers alone are kept"
    );
    // At another station they are nobody's question.
    let judge = json!({ "person": elder, "station": "bp", "values": [typed("sbp1_mmhg", "120")] });
    assert_eq!(desk.ask("judge", judge)["derived"], json!([]));
}

#[test]
fn a_value_of_a_question_that_is_not_asked_is_not_saved_and_one_that_stands_is_named_until_withdrawn()
 {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let shown = |desk: &mut Desk, item: &str| -> usize {
        let form = desk.ask("form", json!({ "person": person, "station": "inquiry" }));
        let all: Vec<Value> = list(&form["items"]);
        let found = all.iter().find(|one| one["item"] == item).unwrap();
        found["current"].as_array().map(Vec::len).unwrap()
    };
    let open = |desk: &mut Desk| -> Vec<String> {
        list(&desk.ask("check_out", json!({ "person": person }))["open"])
    };
    // Nobody has said yet whether this person smokes, and the caller insists.
    let insisted = json!([
        { "item": "cigarettes_per_day", "text": "20", "absent": null, "confirmed": true },
    ]);
    let saved = desk.save(&person, "inquiry", "h1", insisted.clone());
    assert_eq!(saved["results"], 0);
    assert_eq!(list::<String>(&saved["open"]).len(), 1, "{saved}");
    assert_eq!((shown(&mut desk, "cigarettes_per_day"), open(&mut desk)), (0, vec![]));
    // Control: with the answer that asks for it, it is saved.
    let mut both = list::<Value>(&insisted);
    both.insert(0, typed("smoking", "smokes"));
    let saved = desk.save(&person, "inquiry", "h2", json!(both));
    assert_eq!((&saved["results"], &saved["open"]), (&json!(2), &json!([])));
    // Its question is closed: what stands stays, and is said here and at check-out.
    let saved = desk.save(&person, "inquiry", "h3", json!([typed("smoking", "never")]));
    assert_eq!(saved["results"], 1);
    let said: Vec<String> = list(&saved["open"]);
    assert!(
        said.len() == 1 && said[0].contains("从不吸烟") && said[0].contains("作废"),
        "{said:?}"
    );
    assert_eq!((shown(&mut desk, "cigarettes_per_day"), open(&mut desk)), (1, said));
    let void = json!({
        "person": person, "item": "cigarettes_per_day", "text": "", "reason": "从不吸烟",
    });
    desk.ask("void", void);
    assert_eq!((shown(&mut desk, "cigarettes_per_day"), open(&mut desk)), (0, vec![]));
}

/// 危险因素控制 of the form: what recorded values make certain is proposed, and nothing of it stands until it is saved.
#[test]
fn advice_is_coded_and_what_is_certain_is_proposed_until_somebody_has_chosen() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let form =
        |desk: &mut Desk| desk.ask("form", json!({ "person": person, "station": "guidance" }));
    assert_eq!(form(&mut desk)["proposed"], json!([]), "the control: nothing is known");
    desk.save(&person, "inquiry", "p1", json!([typed("smoking", "smokes")]));
    let weights = json!([typed("height_cm", "170"), typed("weight_kg", "80")]);
    desk.save(&person, "general", "p2", weights);
    let proposed = &form(&mut desk)["proposed"][0];
    assert_eq!(proposed["choices"], json!(["smoking", "weight"]));
    assert_eq!(list::<String>(&proposed["because"]).len(), 2, "{proposed}");
    let items: Vec<Value> = list(&form(&mut desk)["items"]);
    assert!(items.iter().all(|one| one["current"] == json!([])), "nothing is written by itself");
    let elsewhere = desk.ask("form", json!({ "person": person, "station": "bp" }));
    assert_eq!(elsewhere["proposed"], json!([]));
    let chosen = json!([
        typed("health_guidance", "recheck"),
        typed("risk_control", "smoking,weight"),
        typed("risk_weight_goal_kg", "72"),
        typed("responsible_doctor", "周医生"),
    ]);
    let saved = desk.save(&person, "guidance", "p3", chosen);
    assert_eq!((&saved["results"], &saved["refused"]), (&json!(4), &json!([])));
    assert_eq!(form(&mut desk)["proposed"], json!([]));
}
