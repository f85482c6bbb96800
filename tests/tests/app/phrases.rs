//! The phrase book over the same desk as `main`: words put together at a station lead to findings of their levels, and what
//! a doctor puts right does not keep the finding of the first words. Not how the words are typed (`ui/e2e/phrases.spec.ts`).

use super::*;

fn findings(saved: &Value) -> Vec<(String, String)> {
    let all: Vec<Value> = list(&saved["findings"]);
    all.iter().map(|one| (text(&one["code"]), text(&one["level"]))).collect()
}

#[test]
fn words_from_the_book_lead_to_findings_of_their_levels_until_they_are_put_right() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let book: Vec<Value> = list(&desk.ask("phrases", json!({}))["phrases"]);
    let of = |key: &str| book.iter().find(|one| one["phrase"] == key).unwrap().clone();
    assert_eq!((&of("us_mass")["level"], &of("us_fatty")["level"]), (&json!("B"), &json!("")));
    assert_eq!(of("us_mass")["initials"], "sxzwdx");
    assert_eq!(of("us_kidney_cyst")["initials"], "snzdx zsnzdx ysnzdx");
    assert!(text(&of("ecg_st_elevation")["hint"]).contains("告诉在场医生"));
    let person = desk.register("周读卡", "431399197003070014");

    // A blank that waits: nothing is saved, and it says why.
    let open = json!([
        typed("ultrasound", "abnormal"),
        typed("ultrasound_note", "〔部位〕实性占位，大小〔大小〕"),
    ]);
    let refused = desk.save(&person, "ultrasound", "p1", open);
    assert_eq!(
        (&refused["results"], &refused["refused"][0]["item"]),
        (&json!(0), &json!("ultrasound_note"))
    );
    assert!(text(&refused["refused"][0]["text"]).contains("还有空没有填"));

    let filled = json!([
        typed("ultrasound", "abnormal"),
        typed("ultrasound_note", "肝右叶实性占位，大小23mm；余未见异常"),
        typed("ultrasound_print_number", "US-0117"),
    ]);
    let judge = json!({ "person": person, "station": "ultrasound", "values": filled });
    let judged = desk.ask("judge", judge);
    assert_eq!(
        (&judged["items"][1]["level"], &judged["items"][1]["class_text"]),
        (&json!("B"), &json!("B超看到实性占位，待检查"))
    );
    let saved = desk.save(&person, "ultrasound", "p2", filled);
    assert_eq!(findings(&saved), [("ultrasound_mass".to_owned(), "B".to_owned())]);

    // A phrase that no source gives a level, first said, then put right by the doctor.
    let first = json!([typed("ecg", "abnormal"), typed("ecg_note", "左室高电压")]);
    let saved = desk.save(&person, "ecg", "p3", first);
    assert_eq!(findings(&saved), [("abnormal_unspecified".to_owned(), "B".to_owned())]);
    desk.ask("amend", json!({
        "person": person, "item": "ecg_note", "text": "心房颤动；余未见异常", "reason": "医生核对",
    }));
    let whole = desk.ask("person", json!({ "person": person }));
    let standing: Vec<Value> = list(&whole["findings"]);
    let mut codes: Vec<String> = standing.iter().map(|one| text(&one["code"])).collect();
    codes.sort();
    assert_eq!(codes, ["ecg_af", "ultrasound_mass"], "{whole}");
    // So does the department whose class another one shares.
    let lump = json!([typed("surgery", "abnormal"), typed("surgery_note", "平足")]);
    assert_eq!(findings(&desk.save(&person, "surgery", "p4", lump)).len(), 1);
    desk.ask(
        "amend",
        json!({
            "person": person, "item": "surgery", "text": "正常", "reason": "医生核对",
        }),
    );
    let whole = desk.ask("person", json!({ "person": person }));
    assert_eq!(list::<Value>(&whole["findings"]).len(), 2, "{whole}");
}
