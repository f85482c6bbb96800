//! The phrase book: a phrase is known again in the text it was put into, leads to the finding of its level and to no
//! other, and what no source grades waits for a doctor.
#![allow(clippy::unwrap_used)]

mod common;

use common::{pupil, resident, values};
use domain::catalogue::Catalogue;
use domain::check::{Band, check};
use domain::facts::Sex;
use domain::phrase::{DEPARTMENT_RULE, Grade, Phrase, clauses, has_blank};
use domain::rule::{Level, judge};
use domain::value::Value;
use pinyin::ToPinyin;

/// `code/level` of the department's findings of one examination called abnormal, with its words.
fn found(gate: &str, note: &str, words: &str) -> Vec<String> {
    let cat = Catalogue::builtin();
    let mut cells = vec![(gate, "异常")];
    if !words.is_empty() {
        cells.push((note, words));
    }
    let judged = judge(cat, &resident(Sex::F), &values(cat, &cells));
    let mut found: Vec<String> = judged
        .iter()
        .filter(|one| one.rule == DEPARTMENT_RULE)
        .map(|one| format!("{}/{}", one.code, one.level.key()))
        .collect();
    found.sort();
    found
}

#[test]
fn a_phrase_leads_to_its_finding_and_what_has_no_level_waits_for_a_doctor() {
    let waits = "abnormal_unspecified/B";
    let rows: [(&str, &str, &str, &[&str]); 19] = [
        ("ecg", "ecg_note", "心房颤动", &["ecg_af/B"]),
        ("ecg", "ecg_note", "窦性心律；ST-T明显改变（V4-V6）；余未见异常", &["ecg_st_t_marked/B"]),
        ("ecg", "ecg_note", "心房颤动；完全性左束支传导阻滞", &["ecg_af/B", "ecg_lbbb/B"]),
        // Of two parts one has no level: the doctor is asked about it all the same.
        ("ecg", "ecg_note", "心房颤动；左室高电压", &[waits, "ecg_af/B"]),
        ("ecg", "ecg_note", "左室高电压", &[waits]),
        // Named A by a source from memory: nobody is called by it, nobody is forgotten.
        ("ecg", "ecg_note", "急性心肌梗死图形", &[waits]),
        ("ecg", "ecg_note", "", &[waits]),
        ("ecg", "ecg_note", "余未见异常", &[waits]),
        // Other words are other words.
        ("ecg", "ecg_note", "未见心房颤动", &[waits]),
        ("ecg", "ecg_note", "心房颤动？", &[waits]),
        ("ecg", "ecg_note", "心房颤动史", &[waits]),
        (
            "ultrasound",
            "ultrasound_note",
            "肝右叶实性占位，大小23mm×15mm。",
            &["ultrasound_mass/B"],
        ),
        ("ultrasound", "ultrasound_note", "未见实性占位，大小正常", &[waits]),
        ("ultrasound", "ultrasound_note", "肝右叶实性占位？，大小23mm", &[waits]),
        (
            "ultrasound_other",
            "ultrasound_other_note",
            "左乳实性占位，大小8mm",
            &["ultrasound_mass/B"],
        ),
        ("chest_xray", "chest_xray_note", "右上肺疑似活动性肺结核", &["xray_tb/B"]),
        ("internal", "internal_note", "急腹症体征（右下腹压痛、反跳痛）", &["acute_abdomen/A"]),
        ("surgery", "surgery_note", "左乳外上象限包块，大小2cm；余未见异常", &["breast_lump/B"]),
        // The dentist has no phrases.
        ("dental", "dental_note", "心房颤动", &[waits]),
    ];
    for (gate, note, words, expected) in rows {
        assert_eq!(found(gate, note, words), expected, "{gate} {words}");
    }
}

/// The finding says the words it rests on, and stands on the item they are in.
#[test]
fn a_phrases_finding_shows_its_own_clause() {
    let cat = Catalogue::builtin();
    let cells = [("ecg", "异常"), ("ecg_note", "窦性心律；心房颤动")];
    let judged = judge(cat, &pupil(Sex::M, 120, 0), &values(cat, &cells));
    let [one] = judged.as_slice() else { panic!("{judged:?}") };
    assert_eq!((one.value.as_str(), one.due_days), ("心房颤动", Some(14)));
    assert_eq!(cat.item(one.item.unwrap()).unwrap().key, "ecg_note");
    // The examination called normal after all: no finding of words that are not asked.
    let cells = [("ecg", "正常"), ("ecg_note", "心房颤动")];
    assert_eq!(judge(cat, &resident(Sex::F), &values(cat, &cells)), []);
}

fn filled(phrase: &Phrase) -> String {
    let parts = phrase.text.split('〔').enumerate();
    parts
        .map(|(at, part)| {
            if at == 0 {
                part.to_owned()
            } else {
                format!("甲{}", part.split_once('〕').unwrap().1)
            }
        })
        .collect()
}

#[test]
fn every_phrase_is_known_again_and_no_other_is_taken_for_it() {
    let cat = Catalogue::builtin();
    assert!(cat.phrases.len() > 80);
    for phrase in &cat.phrases {
        let words = filled(phrase);
        assert_eq!(clauses(&words).count(), 1, "{words}");
        for item in &phrase.items {
            assert_eq!(cat.phrase(*item, &words), Some(phrase), "{words}");
        }
        assert!(
            !phrase.is_said(&format!("未{words}")) && !phrase.is_said(&format!("{words}未")),
            "{words}"
        );
        assert_eq!(has_blank(&phrase.text), phrase.text != words);
    }
}

#[test]
fn every_level_has_a_source_that_gives_it_and_is_its_classes() {
    let cat = Catalogue::builtin();
    for phrase in &cat.phrases {
        match &phrase.grade {
            Grade::Finding { class, level } => {
                let row = cat.level(DEPARTMENT_RULE, class).unwrap();
                assert_eq!(row.level, *level, "{}", phrase.key);
                assert!(
                    phrase.source.contains(".md") || phrase.source.contains(".csv"),
                    "{}",
                    phrase.key
                );
                assert!(
                    *level != Level::A || phrase.status.starts_with("VERIFIED"),
                    "{}",
                    phrase.key
                );
            }
            Grade::Ungraded => assert!(phrase.status.contains("a doctor"), "{}", phrase.key),
            Grade::Normal => {}
        }
        // What a source names A from memory says aloud what to do.
        assert_eq!(
            phrase.status.contains("names it A"),
            !phrase.hint_zh.is_empty(),
            "{}",
            phrase.key
        );
    }
}

/// Read otherwise here than the dictionary has them first: 延长, 胸椎.
const READ_OTHERWISE: [(char, char); 2] = [('长', 'c'), ('椎', 'z')];

#[test]
fn initials_are_those_of_the_characters_outside_the_blanks() {
    let mut wrong = Vec::new();
    for phrase in &Catalogue::builtin().phrases {
        let (mut initials, mut in_blank) = (String::new(), false);
        for sign in phrase.text.chars() {
            in_blank = (in_blank || sign == '〔') && sign != '〕';
            let read = || sign.to_pinyin().and_then(|pinyin| pinyin.plain().chars().next());
            let other = READ_OTHERWISE.iter().find(|(one, _)| *one == sign).map(|(_, read)| *read);
            let latin = sign.is_ascii_alphabetic().then(|| sign.to_ascii_lowercase());
            initials.extend(other.or(latin).or_else(read).filter(|_| !in_blank));
        }
        if phrase.initials != initials {
            wrong.push((&phrase.text, &phrase.initials, initials));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn a_side_that_comes_first_is_typed_or_left_out_and_the_phrase_is_found_either_way() {
    let cat = Catalogue::builtin();
    let of = |key: &str| cat.phrases.iter().find(|one| one.key == key).unwrap().spellings();
    let finds = |key: &str, typed: &str| of(key).split(' ').any(|one| one.starts_with(typed));
    for (key, typed) in
        [("us_kidney_cyst", "snz"), ("us_kidney_stone", "sjs"), ("su_breast", "rbk")]
    {
        for side in ["", "z", "y"] {
            assert!(finds(key, &format!("{side}{typed}")), "{key} {side}{typed}");
        }
    }
    // Control: no other letter is a side, and a blank that is any place has none.
    assert!(!finds("us_kidney_cyst", "xsnz"));
    assert_eq!(of("us_mass"), "sxzwdx");
}

#[test]
fn a_blank_that_waits_is_refused_and_filled_it_is_fine() {
    let cat = Catalogue::builtin();
    let item = cat.item_by_key("ultrasound_note").unwrap();
    let band = |text: &str| check(cat, &resident(Sex::F), item, &Value::Text(text.to_owned()));
    assert_eq!(band("肝囊肿，位于〔部位〕，大小8mm"), Band::Impossible);
    assert_eq!(band("肝囊肿，位于右叶，大小8mm"), Band::Fine);
    assert_eq!(
        found("ultrasound", "ultrasound_note", "〔部位〕实性占位，大小8mm"),
        ["abnormal_unspecified/B"]
    );
}
