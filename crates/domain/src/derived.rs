//! Values nobody types: body mass index, spherical equivalent, DMFT and dmft, the result of the spine screening, the grade of
//! self-care, the nine constitutions. Exact, from the values there are. Not what they mean (`rule`).

use crate::catalogue::{Catalogue, Constitution, TCM_QUESTIONS};
use crate::check::Subject;
use crate::facts::PersonKind;
use crate::grammar::Teeth;
use crate::ids::ItemCode;
use crate::rule::{bmi, judge};
use crate::value::{Decimal, Value};
use chrono::NaiveDate;
use std::collections::BTreeMap;

type Values = BTreeMap<ItemCode, Value>;

/// The parts of self-care in the order of selfcare_65plus.csv, which is the form's.
const SELF_CARE: [&str; 5] = [
    "selfcare_eating",
    "selfcare_grooming",
    "selfcare_dressing",
    "selfcare_toileting",
    "selfcare_moving",
];
/// The constitutions of tcm_constitution_33.csv and their items.
const CONSTITUTIONS: [(&str, &str); 9] = [
    ("气虚质", "tcm_qi_deficiency"),
    ("阳虚质", "tcm_yang_deficiency"),
    ("阴虚质", "tcm_yin_deficiency"),
    ("痰湿质", "tcm_phlegm_damp"),
    ("湿热质", "tcm_damp_heat"),
    ("血瘀质", "tcm_blood_stasis"),
    ("气郁质", "tcm_qi_stagnation"),
    ("特禀质", "tcm_special"),
    ("平和质", "tcm_balanced"),
];
/// What has to be seen before a spine can be called straight: the general examination and the bend of
/// gbt16133_2014_scoliosis_rule.csv, and either the degrees or 无侧弯 of each segment.
const SPINE_SEEN: [&str; 9] = [
    "spine_shoulders",
    "spine_scapulae",
    "spine_waist",
    "spine_iliac",
    "spine_line",
    "spine_bend_back_height",
    "spine_bend_rib_hump",
    "spine_bend_muscle",
    "spine_sagittal",
];
const SEGMENTS: [&str; 3] = ["thoracic", "thoracolumbar", "lumbar"];
const SPINE_RULE: &str = "pupil_spine";

/// Every computed item whose parts are there, in the catalogue's order. What a measure of the rules computes
/// again is the same number.
pub fn derived(cat: &Catalogue, values: &Values) -> Vec<(ItemCode, Value)> {
    let value = |key: &str| values.get(&cat.item_by_key(key)?.code);
    let number = |key: &str| value(key)?.number();
    let equivalent = |eye: &str| {
        let sphere = number(&format!("refraction_{eye}_sphere_d"))?;
        spherical_equivalent(sphere, number(&format!("refraction_{eye}_cylinder_d"))?)
    };
    let teeth = || match value("tooth_chart")? {
        Value::Text(text) => Teeth::read(text),
        Value::Number(_) | Value::Choice(_) | Value::Absent(_) => None,
    };
    let count = |count: u8| Decimal::new(i64::from(count), 0);
    let computed = [
        ("bmi_kg_m2", number("height_cm").zip(number("weight_kg")).and_then(|(h, w)| bmi(h, w))),
        ("refraction_right_se_d", equivalent("right")),
        ("refraction_left_se_d", equivalent("left")),
        ("permanent_dmft", teeth().map(|teeth| count(teeth.permanent().sum()))),
        ("primary_dmft", teeth().map(|teeth| count(teeth.primary().sum()))),
    ];
    let known = |(key, number): (&str, Option<Decimal>)| {
        Some((cat.item_by_key(key)?.code, Value::Number(number?)))
    };
    let numbers = computed.into_iter().filter_map(known);
    let mut named: Vec<(&str, &str)> = verdicts(cat, values);
    named.extend(spine_result(cat, values).map(|result| ("spine_result", result)));
    named.extend(self_care(cat, values).map(|grade| ("elder_selfcare", grade)));
    let choice = |(item, choice): (&str, &str)| {
        let item = cat.item_by_key(item)?;
        Some((item.code, Value::Choice(item.choice(choice)?.code)))
    };
    let mut all: Vec<(ItemCode, Value)> =
        numbers.chain(named.into_iter().filter_map(choice)).collect();
    all.sort_by_key(|(item, _)| *item);
    all
}

/// The items a computed one is made of; empty for one that is recorded.
pub fn parts(cat: &Catalogue, item: ItemCode) -> Vec<ItemCode> {
    let Some(key) = cat.item(item).filter(|item| item.derived).map(|item| item.key.as_str()) else {
        return Vec::new();
    };
    let owned = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<String>>();
    let keys = match key {
        "bmi_kg_m2" => owned(&["height_cm", "weight_kg"]),
        "refraction_right_se_d" => {
            owned(&["refraction_right_sphere_d", "refraction_right_cylinder_d"])
        }
        "refraction_left_se_d" => {
            owned(&["refraction_left_sphere_d", "refraction_left_cylinder_d"])
        }
        "permanent_dmft" | "primary_dmft" => owned(&["tooth_chart"]),
        "spine_result" => spine_keys(),
        "elder_selfcare" => owned(&SELF_CARE),
        key if CONSTITUTIONS.iter().any(|(_, item)| *item == key) => {
            (1..=TCM_QUESTIONS).map(question).collect()
        }
        _ => Vec::new(),
    };
    keys.iter().filter_map(|key| Some(cat.item_by_key(key)?.code)).collect()
}

fn question(number: usize) -> String {
    format!("tcm_q{number:02}")
}

/// The nine constitutions, once all 33 questions are answered.
pub fn constitutions(cat: &Catalogue, values: &Values) -> Option<Vec<Constitution>> {
    let mut answers = [0_u16; TCM_QUESTIONS];
    for (at, answer) in answers.iter_mut().enumerate() {
        let item = cat.item_by_key(&question(at + 1))?;
        let Value::Choice(code) = values.get(&item.code)? else { return None };
        *answer = *code;
    }
    cat.scales.as_ref()?.constitutions(&answers)
}

/// Their verdicts as choices of their items.
fn verdicts(cat: &Catalogue, values: &Values) -> Vec<(&'static str, &'static str)> {
    let word = |one: Constitution| {
        let item = CONSTITUTIONS.iter().find(|(name, _)| *name == one.name_zh)?.1;
        Some((item, one.verdict.key()))
    };
    constitutions(cat, values).into_iter().flatten().filter_map(word).collect()
}

/// The points of the five parts of self-care, once each is answered (selfcare_65plus.csv).
pub fn self_care_points(cat: &Catalogue, values: &Values) -> Option<u16> {
    let answer = |key: &&str| {
        let item = cat.item_by_key(key)?;
        let Value::Choice(code) = values.get(&item.code)? else { return None };
        item.choices().iter().find(|choice| choice.code == *code).map(|choice| choice.key.as_str())
    };
    let answers: Option<Vec<&str>> = SELF_CARE.iter().map(answer).collect();
    cat.scales.as_ref()?.self_care_points(&answers?)
}

/// Their grade (老年人生活自理能力自我评估 1 to 4).
fn self_care(cat: &Catalogue, values: &Values) -> Option<&'static str> {
    cat.scales.as_ref()?.self_care_grade(self_care_points(cat, values)?)
}

fn spine_keys() -> Vec<String> {
    let mut keys: Vec<String> = SPINE_SEEN.iter().map(|key| (*key).to_owned()).collect();
    for segment in SEGMENTS {
        for what in ["side", "deg", "after_deg"] {
            keys.push(format!("atr_{segment}_{what}"));
        }
    }
    keys.push("spine_prone_test".to_owned());
    keys
}

/// Rows 10 to 12 of gbt16133_2014_scoliosis_rule.csv: the worse of 侧弯 and 前后弯曲. Nothing while one of them is not
/// known and the other does not decide it; A without the second measurement is unfinished, not negative.
fn spine_result(cat: &Catalogue, values: &Values) -> Option<&'static str> {
    let code = |key: &str| cat.item_by_key(key).map(|item| item.code);
    let keys = spine_keys();
    let parts = keys.iter().filter_map(|key| code(key));
    let spine: Values = parts.filter_map(|item| Some((item, values.get(&item)?.clone()))).collect();
    if spine.is_empty() {
        return None;
    }
    // The steps are the rule's, which asks neither sex nor age; the day says nothing.
    let day = NaiveDate::default();
    let pupil = Subject { kind: PersonKind::Pupil, sex: None, birth: None, day };
    let classes = judge(cat, &pupil, &spine);
    let given = |codes: &[&str]| {
        classes.iter().any(|j| j.rule == SPINE_RULE && codes.contains(&j.code.as_str()))
    };
    if given(&["scoliosis_1", "scoliosis_2", "scoliosis_3", "lordosis", "kyphosis"]) {
        return Some("abnormal");
    }
    let is_present =
        |key: &str| code(key).and_then(|item| spine.get(&item)).is_some_and(Value::is_present);
    let is_straight = |segment: &&str| {
        let side = cat.item_by_key(&format!("atr_{segment}_side"));
        let none = side.and_then(|item| Some((item.code, item.choice("none")?.code)));
        is_present(&format!("atr_{segment}_deg"))
            || none.is_some_and(|(item, none)| spine.get(&item) == Some(&Value::Choice(none)))
    };
    let is_seen = SPINE_SEEN.iter().all(|key| is_present(key)) && SEGMENTS.iter().all(is_straight);
    let normal = cat.item_by_key("spine_sagittal").and_then(|item| {
        Some(spine.get(&item.code)? == &Value::Choice(item.choice("normal")?.code))
    });
    let is_upright = given(&["sagittal_posture"]) || normal == Some(true);
    match (given(&["unfinished"]), given(&["posture"]), is_upright) {
        (true, _, _) | (false, _, false) => None,
        (false, true, true) => Some("posture"),
        (false, false, true) if !is_seen => None,
        (false, false, true) if given(&["sagittal_posture"]) => Some("posture"),
        (false, false, true) => Some("normal"),
    }
}

/// S + C/2 in dioptres (student_form.md section 3); a quarter step halved needs three places.
pub fn spherical_equivalent(sphere: Decimal, cylinder: Decimal) -> Option<Decimal> {
    let half = Decimal::new(cylinder.mantissa.checked_mul(5)?, cylinder.scale.checked_add(1)?);
    sphere.minus(Decimal::new(half.mantissa.checked_neg()?, half.scale)).map(Decimal::trimmed)
}
