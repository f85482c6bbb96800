//! The three bands: fine, unusual, impossible.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::type_complexity)]

mod common;

use common::{day, from_milli, milli, pupil, resident, table, values};
use domain::catalogue::{Catalogue, ItemKind, parse_value};
use domain::check::{Band, Subject, check, check_together};
use domain::facts::{PersonKind, Sex};
use domain::value::{AbsentReason, Value};

fn band(subject: &Subject, key: &str, text: &str) -> Band {
    let cat = Catalogue::builtin();
    let item = cat.item_by_key(key).unwrap();
    check(cat, subject, item, &parse_value(item, text).unwrap())
}

/// student_form.md section 4: 0.25 steps. The sign counts, and a band of the usual asks besides.
#[test]
fn a_refraction_that_is_no_quarter_step_is_asked() {
    let child = pupil(Sex::F, 126, 0);
    for (key, text, expected) in [
        ("refraction_right_sphere_d", "-1.25", Band::Fine),
        ("refraction_right_sphere_d", "-1.3", Band::Unusual),
        ("refraction_right_sphere_d", "0", Band::Fine),
        ("refraction_left_sphere_d", "0.24", Band::Unusual),
        ("refraction_left_sphere_d", "-30", Band::Fine),
        ("refraction_left_sphere_d", "-30.25", Band::Unusual),
        ("refraction_left_cylinder_d", "-0.37", Band::Unusual),
        ("refraction_right_cylinder_d", "-0.5", Band::Fine),
        ("refraction_right_axis_deg", "91", Band::Fine),
    ] {
        assert_eq!(band(&child, key, text), expected, "{key} {text}");
    }
}

#[test]
fn adults_are_asked_outside_the_bands_and_refused_only_what_no_body_gives() {
    use Band::{Fine, Impossible, Unusual};
    let rows = [
        ("height_cm", "100", Fine),
        ("height_cm", "99.9", Unusual),
        ("height_cm", "220", Fine),
        ("height_cm", "220.1", Unusual),
        ("height_cm", "1.65", Impossible),
        ("height_cm", "1650", Impossible),
        ("weight_kg", "230.7", Unusual),
        ("weight_kg", "200", Fine),
        ("weight_kg", "0", Impossible),
        ("waist_cm", "39.9", Unusual),
        ("temperature_cel", "42.1", Unusual),
        ("temperature_cel", "97.5", Impossible),
        ("pulse_per_min", "29", Unusual),
        ("pulse_per_min", "0", Impossible),
        ("sbp1_mmhg", "270", Fine),
        ("sbp1_mmhg", "271", Unusual),
        ("sbp1_mmhg", "59", Unusual),
        ("sbp1_mmhg", "0", Impossible),
        ("sbp1_mmhg", "999", Impossible),
        ("dbp1_mmhg", "0", Impossible),
        ("dbp2_mmhg", "14", Fine),
        ("dbp2_mmhg", "150", Fine),
        ("dbp2_mmhg", "151", Unusual),
        ("vision_right", "3.2", Unusual),
        ("vision_right", "0", Fine),
        ("vision_right", "5.3", Fine),
        ("vision_right", "9.0", Impossible),
        ("glucose_mmol_l", "40", Fine),
        ("glucose_mmol_l", "40.1", Unusual),
        ("glucose_mmol_l", "126", Unusual),
        ("glucose_mmol_l", "0", Impossible),
        ("hb_g_l", "13.5", Unusual),
        ("hb_g_l", "250", Fine),
        ("tc_mmol_l", "9.9", Fine),
        ("urine_protein", "3+", Fine),
        ("ecg", "拒检", Fine),
    ];
    for (key, text, expected) in rows {
        assert_eq!(band(&resident(Sex::M), key, text), expected, "{key} {text}");
    }
}

#[test]
fn each_pupils_band_has_two_sides() {
    let rows = table("plausibility_student_height_weight.csv");
    assert_eq!(rows.len(), 38);
    for row in rows {
        let sex = if row["sex"] == "M" { Sex::M } else { Sex::F };
        let years: u32 = row["age_year"].parse().unwrap();
        for subject in [pupil(sex, years * 12, 0), pupil(sex, years * 12 + 11, 3)] {
            for (item, of) in [("height_cm", "height"), ("weight_kg", "weight")] {
                let limit = |end: &str| milli(&row[&format!("{of}_{end}")]);
                let check = |milli: i64, expected| {
                    assert_eq!(band(&subject, item, &from_milli(milli)), expected, "{row:?}");
                };
                check(limit("min"), Band::Fine);
                check(limit("min") - 100, Band::Unusual);
                check(limit("max"), Band::Fine);
                check(limit("max") + 100, Band::Unusual);
            }
        }
    }
}

#[test]
fn where_sex_or_age_is_unknown_the_widest_band_asks() {
    let mut subject = pupil(Sex::M, 120, 0);
    assert_eq!(band(&subject, "height_cm", "117"), Band::Unusual);
    subject.sex = None;
    assert_eq!(band(&subject, "height_cm", "117"), Band::Fine, "a girl of ten may be so");
    assert_eq!(band(&subject, "height_cm", "116.9"), Band::Unusual);
    subject.birth = None;
    assert_eq!(band(&subject, "height_cm", "101"), Band::Fine);
    assert_eq!(band(&subject, "height_cm", "100.9"), Band::Unusual);
    // Too young or too old for the table: nothing is asked, and nothing refused.
    assert_eq!(band(&pupil(Sex::M, 60, 0), "height_cm", "90"), Band::Fine);
}

#[test]
fn residents_under_age_are_asked_by_the_pupils_bands() {
    let child = Subject { birth: Some(day("2016-09-14")), ..resident(Sex::M) };
    assert_eq!(band(&child, "weight_kg", "18"), Band::Unusual);
    assert_eq!(band(&child, "weight_kg", "24"), Band::Fine);
    assert_eq!(band(&resident(Sex::M), "weight_kg", "24"), Band::Unusual);
    let unknown = Subject { birth: None, ..resident(Sex::M) };
    assert_eq!(band(&unknown, "weight_kg", "24"), Band::Unusual);
}

#[test]
fn a_value_of_the_wrong_kind_is_impossible_and_an_absence_is_fine() {
    let cat = Catalogue::builtin();
    let height = cat.item_by_key("height_cm").unwrap();
    let ecg = cat.item_by_key("ecg").unwrap();
    let subject = resident(Sex::F);
    assert_eq!(check(cat, &subject, height, &Value::Choice(1)), Band::Impossible);
    assert_eq!(check(cat, &subject, height, &Value::Text("高".to_owned())), Band::Impossible);
    assert_eq!(check(cat, &subject, ecg, &Value::Choice(3)), Band::Impossible);
    let awaited = Value::Absent(AbsentReason::Awaited);
    assert_eq!(check(cat, &subject, ecg, &awaited), Band::Fine);
}

#[test]
fn values_are_asked_about_together() {
    let rows: [(&[(&str, &str)], &[(&str, &str)]); 13] = [
        (&[("sbp1_mmhg", "120"), ("dbp1_mmhg", "80")], &[]),
        (&[("sbp1_mmhg", "80"), ("dbp1_mmhg", "80")], &[("dbp1_mmhg", "sbp_not_above_dbp")]),
        (&[("sbp2_mmhg", "80"), ("dbp2_mmhg", "120")], &[("dbp2_mmhg", "sbp_not_above_dbp")]),
        (&[("sbp1_mmhg", "90"), ("dbp1_mmhg", "80")], &[("dbp1_mmhg", "pulse_pressure")]),
        (&[("sbp1_mmhg", "91"), ("dbp1_mmhg", "80")], &[]),
        // Impossible parts are refused by themselves and say nothing about others.
        (&[("sbp1_mmhg", "120"), ("dbp1_mmhg", "0")], &[]),
        (&[("sbp1_mmhg", "120"), ("dbp2_mmhg", "130")], &[]),
        (&[("height_cm", "170"), ("weight_kg", "28.7")], &[("weight_kg", "bmi_unusual")]),
        (&[("height_cm", "170"), ("weight_kg", "28.9")], &[]),
        // Nobody is measured again without a sign or a first angle: one of them was forgotten.
        (
            &[("atr_thoracic_after_deg", "9"), ("atr_lumbar_after_deg", "4")],
            &[("atr_thoracic_after_deg", "nothing_opened_it")],
        ),
        (&[("atr_thoracic_after_deg", "4.9")], &[]),
        (&[("atr_thoracic_after_deg", "9"), ("spine_shoulders", "unequal")], &[]),
        (&[("atr_thoracic_after_deg", "9"), ("atr_lumbar_deg", "5")], &[]),
    ];
    let cat = Catalogue::builtin();
    for (cells, expected) in rows {
        let problems = check_together(cat, &pupil(Sex::M, 180, 0), &values(cat, cells));
        assert!(problems.iter().all(|problem| problem.band == Band::Unusual));
        let seen: Vec<(&str, &str)> = problems
            .iter()
            .map(|problem| (cat.item(problem.item).unwrap().key.as_str(), problem.code))
            .collect();
        assert_eq!(seen, expected, "{cells:?}");
    }
    let pregnant = values(cat, &[("pregnant", "yes")]);
    assert_eq!(check_together(cat, &resident(Sex::M), &pregnant).len(), 1);
    assert_eq!(check_together(cat, &resident(Sex::F), &pregnant).len(), 0);
}

/// So that a real value, however rare, is asked about and not refused.
#[test]
fn every_usual_band_lies_within_the_hard_limits() {
    let cat = Catalogue::builtin();
    for item in &cat.items {
        let ItemKind::Number { hard_min: Some(hard_min), hard_max: Some(hard_max), .. } = item.kind
        else {
            continue;
        };
        for usual in &item.usual {
            let rows = usual.min.iter().chain(&usual.max).flat_map(|limit| limit.rows());
            for (_, limit) in rows {
                assert!(hard_min <= limit && limit <= hard_max, "{}", item.key);
            }
        }
    }
    assert_eq!(resident(Sex::M).kind, PersonKind::Resident);
}
