//! What a report says to a person: what was seen, what to do and where, of every class that is a finding; a disease is
//! named only as what an examination suggests and what has to be looked at again.
#![allow(clippy::unwrap_used)]

use domain::catalogue::{Catalogue, LevelRow};
use domain::rule::Level;

/// Words that name a disease.
const DISEASES: [&str; 38] = [
    "贫血",
    "颤动",
    "梗死",
    "梗塞",
    "阻滞",
    "侧弯",
    "近视",
    "远视症",
    "高血压",
    "低血压",
    "糖尿病",
    "低血糖症",
    "血脂异常",
    "高脂血症",
    "肥胖",
    "龋",
    "营养不良",
    "结核",
    "炎",
    "癌",
    "肿瘤",
    "恶性",
    "良性",
    "占位",
    "急腹症",
    "痴呆",
    "抑郁",
    "冠心病",
    "卒中",
    "中风",
    "肾病",
    "衰竭",
    "肝硬化",
    "痛风",
    "畸形",
    "心律失常",
    "白血病",
    "综合征",
];
/// What makes it no claim: who suggests it, or that it is a limit of a screening.
const SUGGESTED: [&str; 7] = ["提示", "看到", "界值", "可疑", "疑似", "接触史", "检测"];
/// What has to follow.
const TO_LOOK_AGAIN: [&str; 4] = ["待复查", "待检查", "待拍片检查", "待散瞳验光"];
/// Said by nobody who screens.
const NEVER: [&str; 5] = ["确诊", "诊断", "患有", "患者", "得了"];

/// What is wrong with words for a person, if anything.
fn wrong_words(text: &str, level: Level) -> Option<String> {
    if let Some(word) = NEVER.iter().find(|word| text.contains(**word)) {
        return Some(format!("says {word}"));
    }
    let word = DISEASES.iter().find(|word| text.contains(**word))?;
    if !SUGGESTED.iter().any(|mark| text.contains(mark)) {
        return Some(format!("claims {word}"));
    }
    // A C is advice for every day; what is graver has to be looked at again.
    let is_again = TO_LOOK_AGAIN.iter().any(|mark| text.ends_with(mark));
    (level != Level::C && !is_again).then(|| format!("{word} without a further look"))
}

fn findings() -> impl Iterator<Item = &'static LevelRow> {
    Catalogue::builtin().levels.iter().filter(|row| row.level.is_finding())
}

#[test]
fn no_finding_is_called_a_diagnosis_to_a_person() {
    let wrong: Vec<String> = findings()
        .filter_map(|row| {
            let said = row.said_to_person();
            Some(format!("{}/{} {said}: {}", row.rule, row.code, wrong_words(said, row.level)?))
        })
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
    assert!(findings().count() > 80);
}

/// The words of staff as the shared table gives them, and words a doctor of a screening does not say.
#[test]
fn control_words_that_call_something_a_diagnosis_are_found() {
    for text in [
        "中度贫血",
        "心房颤动",
        "陈旧性心肌梗死图形",
        "脊柱侧弯2度（ATR 7-9）",
        "筛查性近视",
        "患有高血压",
        "心电图提示心房颤动",
    ] {
        assert!(wrong_words(text, Level::B).is_some(), "{text}");
    }
    let staff = findings().filter(|row| wrong_words(&row.name_zh, row.level).is_some());
    assert!(staff.count() > 3, "some names of the shared table are staff's alone");
}

#[test]
fn every_finding_tells_a_person_what_to_do_and_a_grave_one_where_to_go() {
    for row in findings() {
        let name = format!("{}/{}", row.rule, row.code);
        assert!(!row.to_person_zh.is_empty(), "{name}: nothing to do");
        let is_grave = matches!(row.level, Level::A | Level::B);
        assert!(!is_grave || !row.where_zh.is_empty(), "{name}: nowhere to go");
        if row.level == Level::A {
            assert!(row.where_zh.contains("120"), "{name}: nobody to call");
        }
        // Words between staff: not for a person's paper.
        for word in ["静坐后复测", "定级", "处置", "转诊", "随访", "评估", "专人追踪"]
        {
            assert!(!row.to_person_zh.contains(word), "{name}: {word}");
        }
    }
    let staff = findings().filter(|row| row.action_zh.contains("处置"));
    assert!(staff.count() > 10, "control: staff are told so");
}
