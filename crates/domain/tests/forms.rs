//! The two forms against the catalogue: every item of each section is there, and what depends on what.
//! The tables are written from resident_form.md and student_form.md, so that an item left out is seen.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use common::{day, pupil, resident, values};
use domain::asked::{is_closed, is_shown};
use domain::catalogue::{Catalogue, Item, ValueProblem, parse_value, print_value};
use domain::check::{self, Band, Subject, check, check_together};
use domain::derived::derived;
use domain::facts::{PersonKind, Sex};
use domain::grammar::Teeth;
use domain::value::Value;
use std::collections::BTreeSet;

/// Sections 0 (who it is: the person and the registration), 11 and 12 (evaluation and guidance: the doctor's
/// conclusion) are no items.
const RESIDENT: &[(&str, &str)] = &[
    ("1 症状", "symptoms symptoms_note"),
    (
        "2 一般状况",
        "temperature_cel pulse_per_min respiration_per_min bp_side sbp1_mmhg dbp1_mmhg \
         sbp_other_mmhg dbp_other_mmhg height_cm weight_kg waist_cm bmi_kg_m2",
    ),
    (
        "2 一般状况 65+",
        "elder_self_rated_health selfcare_eating selfcare_grooming selfcare_dressing \
         selfcare_toileting selfcare_moving elder_cognition_screen mmse_score \
         elder_mood_screen gds_score",
    ),
    (
        "3 生活方式 锻炼 饮食",
        "exercise_frequency exercise_minutes exercise_years exercise_way diet",
    ),
    (
        "3 生活方式 吸烟",
        "smoking cigarettes_per_day smoking_start_age_years smoking_quit_age_years",
    ),
    (
        "3 生活方式 饮酒",
        "drinking_frequency drinking_liang_per_day drinking_quit drinking_quit_age_years \
         drinking_start_age_years drunk_past_year drink_kinds drink_kinds_note",
    ),
    (
        "3 生活方式 职业",
        "occupational_exposure occupation_work occupation_years hazard_dust hazard_dust_guard \
         hazard_dust_guard_note hazard_radiation hazard_radiation_guard \
         hazard_radiation_guard_note hazard_physical hazard_physical_guard \
         hazard_physical_guard_note hazard_chemical hazard_chemical_guard \
         hazard_chemical_guard_note hazard_other hazard_other_guard hazard_other_guard_note",
    ),
    (
        "4 脏器功能",
        "lips tooth_row tooth_row_missing_cross tooth_row_caries_cross tooth_row_denture_cross \
         throat vision_right vision_left vision_corrected_right vision_corrected_left hearing \
         movement",
    ),
    (
        "5 查体",
        "fundus fundus_note skin skin_note sclera sclera_note lymph_nodes lymph_nodes_note \
         barrel_chest breath_sounds breath_sounds_note rales rales_note heart_rate_per_min \
         heart_rhythm heart_murmur heart_murmur_note abdomen_tenderness \
         abdomen_tenderness_note abdomen_mass abdomen_mass_note abdomen_liver \
         abdomen_liver_note abdomen_spleen abdomen_spleen_note abdomen_dullness \
         abdomen_dullness_note leg_oedema foot_pulse rectal_exam rectal_exam_note breast \
         breast_note gynaecology_vulva gynaecology_vulva_note gynaecology_vagina \
         gynaecology_vagina_note gynaecology_cervix gynaecology_cervix_note gynaecology_uterus \
         gynaecology_uterus_note gynaecology_adnexa gynaecology_adnexa_note physical_other",
    ),
    (
        "6 血 尿",
        "hb_g_l wbc_10e9_l plt_10e9_l blood_count_other urine_protein urine_glucose \
         urine_ketone urine_blood urine_other glucose_mmol_l urine_albumin_mg_dl fobt \
         hba1c_percent hbsag",
    ),
    ("6 本地扩充", "cea_ng_ml afp_ng_ml urine_albumin_creatinine_mg_g"),
    (
        "6 肝 肾 血脂",
        "alt_u_l ast_u_l albumin_g_l tbil_umol_l dbil_umol_l creatinine_umol_l urea_mmol_l \
         potassium_mmol_l sodium_mmol_l tc_mmol_l tg_mmol_l ldl_mmol_l hdl_mmol_l",
    ),
    (
        "6 图像 其他",
        "ecg ecg_note chest_xray chest_xray_note ultrasound ultrasound_note ultrasound_other \
         ultrasound_other_note cervical_smear cervical_smear_note auxiliary_other",
    ),
    (
        "7 现存主要健康问题",
        "cerebrovascular_disease cerebrovascular_disease_note kidney_disease \
         kidney_disease_note heart_disease heart_disease_note vascular_disease \
         vascular_disease_note eye_disease eye_disease_note nervous_disease \
         nervous_disease_note other_disease other_disease_note",
    ),
    (
        "8 住院治疗情况",
        "hospital1_reason hospital1_from hospital1_to hospital1_place hospital1_record_number \
         hospital2_reason hospital2_from hospital2_to hospital2_place hospital2_record_number \
         homebed1_reason homebed1_from homebed1_to homebed1_place homebed1_record_number \
         homebed2_reason homebed2_from homebed2_to homebed2_place homebed2_record_number",
    ),
    (
        "9 主要用药情况",
        "medicine1_name medicine1_use medicine1_dose medicine1_since medicine1_adherence \
         medicine2_name medicine2_use medicine2_dose medicine2_since medicine2_adherence \
         medicine3_name medicine3_use medicine3_dose medicine3_since medicine3_adherence \
         medicine4_name medicine4_use medicine4_dose medicine4_since medicine4_adherence \
         medicine5_name medicine5_use medicine5_dose medicine5_since medicine5_adherence \
         medicine6_name medicine6_use medicine6_dose medicine6_since medicine6_adherence",
    ),
    (
        "10 非免疫规划预防接种史",
        "vaccine1_name vaccine1_day vaccine1_place vaccine2_name vaccine2_day vaccine2_place \
         vaccine3_name vaccine3_day vaccine3_place",
    ),
    ("0 表头", "responsible_doctor"),
    (
        "12 健康指导 危险因素控制",
        "health_guidance risk_control risk_weight_goal_kg risk_vaccine risk_other",
    ),
    (
        "65+ 中医体质",
        "tcm_q01 tcm_q02 tcm_q03 tcm_q04 tcm_q05 tcm_q06 tcm_q07 tcm_q08 tcm_q09 tcm_q10 \
         tcm_q11 tcm_q12 tcm_q13 tcm_q14 tcm_q15 tcm_q16 tcm_q17 tcm_q18 tcm_q19 tcm_q20 \
         tcm_q21 tcm_q22 tcm_q23 tcm_q24 tcm_q25 tcm_q26 tcm_q27 tcm_q28 tcm_q29 tcm_q30 \
         tcm_q31 tcm_q32 tcm_q33 tcm_guidance tcm_guidance_note",
    ),
];

const PUPIL: &[(&str, &str)] = &[
    (
        "病史",
        "past_year_diseases past_history recent_symptoms recent_symptoms_note tb_contact \
         tb_contact_note tb_symptoms family_history menarche menarche_age_years spermarche \
         spermarche_age_years",
    ),
    ("形态指标", "height_cm weight_kg waist_cm hip_cm"),
    (
        "内科",
        "pupil_heart pupil_heart_note pupil_lung pupil_lung_note pupil_liver pupil_liver_note \
         pupil_spleen pupil_spleen_note sbp1_mmhg dbp1_mmhg sbp2_mmhg dbp2_mmhg \
         vital_capacity_ml",
    ),
    (
        "外科",
        "pupil_head pupil_head_note pupil_neck pupil_neck_note pupil_chest pupil_chest_note \
         pupil_spine pupil_spine_note pupil_limbs pupil_limbs_note pupil_skin pupil_skin_note \
         pupil_lymph_nodes pupil_lymph_nodes_note pupil_genitals pupil_genitals_note",
    ),
    (
        "耳鼻喉",
        "pupil_hearing pupil_hearing_note pupil_ear_canal_drum pupil_ear_canal_drum_note \
         pupil_nose pupil_nose_note pupil_smell pupil_smell_note pupil_tonsils",
    ),
    (
        "眼科",
        "eye_appearance eye_appearance_note vision_right vision_left vision_corrected_right \
         vision_corrected_left glasses orthok_right_d orthok_left_d refraction_right_sphere_d \
         refraction_right_cylinder_d refraction_right_axis_deg refraction_right_se_d \
         refraction_left_sphere_d refraction_left_cylinder_d refraction_left_axis_deg \
         refraction_left_se_d eye_position eye_position_note colour_vision colour_vision_note",
    ),
    ("口腔", "tooth_chart permanent_dmft primary_dmft gums gums_note"),
    ("实验室", "hb_g_l wbc_10e9_l plt_10e9_l alt_u_l tb_infection_test tbil_umol_l dbil_umol_l"),
    (
        "脊柱",
        "spine_shoulders spine_scapulae spine_waist spine_iliac spine_line \
         spine_bend_back_height spine_bend_rib_hump spine_bend_muscle atr_thoracic_side \
         atr_thoracic_deg atr_thoracolumbar_side atr_thoracolumbar_deg atr_lumbar_side \
         atr_lumbar_deg spine_motion_test atr_thoracic_after_deg atr_thoracolumbar_after_deg \
         atr_lumbar_after_deg spine_sagittal spine_prone_test spine_history",
    ),
    ("复测", "retest_vision retest_refraction retest_body"),
];

fn item(key: &str) -> &'static Item {
    Catalogue::builtin().item_by_key(key).unwrap_or_else(|| panic!("no item {key}"))
}

fn elder(sex: Sex) -> Subject {
    Subject { birth: Some(day("1950-03-01")), ..resident(sex) }
}

#[test]
fn every_item_of_the_residents_form_is_asked_of_somebody() {
    let cat = Catalogue::builtin();
    let answers = values(cat, &[("known_hypertension", "yes"), ("known_diabetes", "yes")]);
    let asked = cat.asked(&elder(Sex::F), &answers);
    for (section, keys) in RESIDENT {
        for key in keys.split_whitespace() {
            let one = item(key);
            assert!(one.derived || asked.contains(&one.code), "{section}: {key}");
            assert!(one.derived || cat.station_of(one.code).is_some(), "{section}: {key}");
        }
    }
}

#[test]
fn every_item_of_the_pupils_form_is_asked_of_a_pupil() {
    let cat = Catalogue::builtin();
    let both: BTreeSet<_> = [Sex::M, Sex::F]
        .into_iter()
        .flat_map(|sex| cat.asked(&pupil(sex, 130, 0), &Default::default()))
        .collect();
    for (section, keys) in PUPIL {
        for key in keys.split_whitespace() {
            let one = item(key);
            assert!(one.derived || both.contains(&one.code), "{section}: {key}");
        }
    }
}

#[test]
fn a_station_of_the_issue_is_there_and_no_item_is_only_in_a_test() {
    let cat = Catalogue::builtin();
    let names: Vec<&str> = cat.stations.iter().map(|one| one.name_zh.as_str()).collect();
    for name in [
        "登记",
        "血压",
        "视力",
        "内科",
        "外科",
        "口腔",
        "耳鼻喉",
        "采血",
        "尿检",
        "心电图",
        "B超",
        "DR",
        "问诊与生活方式",
        "中医体质",
        "健康指导",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    let listed: BTreeSet<&str> =
        RESIDENT.iter().chain(PUPIL).flat_map(|(_, keys)| keys.split_whitespace()).collect();
    // Beyond the forms: what a laboratory slip carries besides, machine numbers, what registration asks.
    let beyond = [
        "fasting",
        "known_",
        "on_medication",
        "pregnant",
        "_print_number",
        "internal",
        "surgery",
        "dental",
        "rbc_",
        "hct_",
        "mcv_",
        "mch_",
        "mchc_",
        "neutrophils",
        "lymphocytes",
        "urine_wbc",
        "ggt_",
        "total_protein",
        "chloride",
        "uric_acid",
        // What is repeated on the spot.
        "glucose2_",
        // What has to be acted on at once (critical_values_screening.csv), and what the answers come to.
        "eye_signs",
        "ent_signs",
        "tcm_",
        "spine_result",
        "elder_selfcare",
    ];
    for one in cat.items.iter().filter(|one| !listed.contains(one.key.as_str())) {
        assert!(beyond.iter().any(|part| one.key.contains(part)), "{} is in no section", one.key);
    }
}

#[test]
fn a_package_is_added_by_age_and_by_answer() {
    let cat = Catalogue::builtin();
    let packages = |subject: &Subject, answers: &[(&str, &str)]| {
        let all = cat.packages_of(subject, &values(cat, answers));
        all.iter().map(|one| one.key.clone()).collect::<Vec<_>>().join(" ")
    };
    let born = |birth: &str| Subject { birth: Some(day(birth)), ..resident(Sex::F) };
    assert_eq!(packages(&born("1961-09-15"), &[]), "village general_resident", "64 years");
    assert_eq!(packages(&born("1961-09-14"), &[]), "village elderly_65", "65 on the day");
    assert_eq!(
        packages(&Subject { birth: None, ..resident(Sex::F) }, &[]),
        "village general_resident"
    );
    assert_eq!(
        packages(&born("1990-01-01"), &[("known_hypertension", "yes"), ("known_diabetes", "no")]),
        "village general_resident hypertension"
    );
    assert_eq!(
        packages(&elder(Sex::M), &[("known_diabetes", "yes")]),
        "village elderly_65 diabetes"
    );
    assert_eq!(packages(&pupil(Sex::M, 130, 0), &[("known_diabetes", "yes")]), "school");
    let foot = item("foot_pulse").code;
    let diabetes = cat.packages.iter().find(|one| one.key == "diabetes").unwrap();
    assert!(diabetes.items.contains(&foot), "足背动脉搏动 is the form's minimum for diabetes");
    assert_eq!(diabetes.kind, PersonKind::Resident);
}

#[test]
fn items_of_one_sex_are_asked_of_it_alone_and_asked_about_otherwise() {
    let cat = Catalogue::builtin();
    let is_asked = |subject: &Subject, key: &str| {
        cat.asked(subject, &Default::default()).contains(&item(key).code)
    };
    let unknown = Subject { sex: None, ..resident(Sex::M) };
    for (key, of) in [("gynaecology_cervix", Sex::F), ("cervical_smear", Sex::F)] {
        assert_eq!(
            [is_asked(&resident(Sex::F), key), is_asked(&resident(Sex::M), key)],
            [of == Sex::F, of == Sex::M],
            "{key}"
        );
        assert!(is_asked(&unknown, key), "{key}: who is not known is asked");
    }
    let problems = |sex: Sex, cells: &[(&str, &str)]| {
        let all = check_together(cat, &resident(sex), &values(cat, cells));
        all.iter().map(|one| one.code).collect::<Vec<_>>()
    };
    assert_eq!(problems(Sex::M, &[("gynaecology_cervix", "normal")]), [check::OTHER_SEX]);
    assert_eq!(problems(Sex::M, &[("gynaecology_cervix", "拒检")]), [""; 0]);
    assert_eq!(problems(Sex::F, &[("rectal_exam", "prostate")]), [check::OTHER_SEX]);
    assert_eq!(problems(Sex::M, &[("rectal_exam", "prostate")]), [""; 0]);
}

#[test]
fn an_answer_opens_and_closes_what_hangs_on_it() {
    let cat = Catalogue::builtin();
    let check_one = |cells: &[(&str, &str)], key: &str, shown: bool, closed: bool| {
        let answers = values(cat, cells);
        assert_eq!(
            (is_shown(item(key), &answers), is_closed(item(key), &answers)),
            (shown, closed),
            "{key} {cells:?}"
        );
    };
    check_one(&[], "cigarettes_per_day", false, false);
    check_one(&[("smoking", "从不吸烟")], "cigarettes_per_day", false, true);
    check_one(&[("smoking", "smokes")], "cigarettes_per_day", true, false);
    check_one(&[("smoking", "smokes")], "smoking_quit_age_years", false, true);
    check_one(&[("smoking", "拒检")], "cigarettes_per_day", false, false);
    check_one(&[("symptoms", "头痛、其他")], "symptoms_note", true, false);
    check_one(&[("symptoms", "头痛")], "symptoms_note", false, true);
    check_one(&[("medicine1_name", "氨氯地平")], "medicine2_name", true, false);
    check_one(&[("spine_sagittal", "后凸体征")], "spine_prone_test", true, false);
    let both = values(cat, &[("smoking", "never"), ("cigarettes_per_day", "20")]);
    let problems = check_together(cat, &resident(Sex::M), &both);
    assert_eq!(problems.len(), 1);
    assert_eq!(
        (problems[0].item, problems[0].code, problems[0].band),
        (item("cigarettes_per_day").code, check::CLOSED_BY_ANSWER, Band::Unusual)
    );
}

#[test]
fn several_choices_are_one_text_and_one_of_them_may_stand_alone() {
    let cat = Catalogue::builtin();
    let symptoms = item("symptoms");
    for written in ["头痛、头晕", "头晕,头痛", "3；2", "headache, dizziness", "2,3"] {
        assert_eq!(parse_value(symptoms, written), Ok(Value::Text("2,3".to_owned())), "{written}");
    }
    let value = Value::Text("2,3".to_owned());
    assert_eq!(print_value(symptoms, &value), "头痛、头晕");
    assert_eq!(print_value(symptoms, &Value::Text("2,77".to_owned())), "头痛、#77");
    let band = |text: &str| check(cat, &resident(Sex::M), symptoms, &Value::Text(text.to_owned()));
    for (text, of) in [
        ("1", Band::Fine),
        ("2,3", Band::Fine),
        ("1,2", Band::Impossible),
        ("3,2", Band::Impossible),
        ("2,2", Band::Impossible),
        ("2,77", Band::Impossible),
        ("", Band::Impossible),
    ] {
        assert_eq!(band(text), of, "{text}");
    }
    // 无/未发现 excludes wherever the form says so.
    let exclusive =
        cat.items.iter().filter(|one| one.choices().iter().any(|choice| choice.exclusive));
    assert_eq!(exclusive.count(), 13);
}

#[test]
fn a_date_may_lack_its_day() {
    let from = item("hospital1_from");
    for (written, kept) in [
        ("2024", "2024"),
        ("2024年5月", "2024-05"),
        ("2024/5/3", "2024-05-03"),
        ("2024-05-03", "2024-05-03"),
    ] {
        assert_eq!(parse_value(from, written), Ok(Value::Text(kept.to_owned())), "{written}");
    }
    for wrong in ["24", "2024-13", "2024-02-30", "去年", "2024-5-3-1", "1024"] {
        assert_eq!(parse_value(from, wrong), Err(ValueProblem::NotSpelt), "{wrong}");
    }
}

#[test]
fn a_chart_of_teeth_counts_dmft_and_primary_dmft() {
    let chart = item("tooth_chart");
    let check_one = |written: &str, kept: &str, sums: (u8, u8)| {
        assert_eq!(parse_value(chart, written), Ok(Value::Text(kept.to_owned())), "{written}");
        let teeth = Teeth::read(kept).unwrap();
        assert_eq!((teeth.permanent().sum(), teeth.primary().sum()), sums, "{written}");
    };
    check_one("16=D,26=F,55=d", "16=D,26=F,55=d", (2, 1));
    check_one("75=M 36=d", "36=D,75=m", (1, 1));
    check_one("0", "0", (0, 0));
    check_one("无", "0", (0, 0));
    for wrong in ["19=D", "56=d", "16=X", "16=D,16=F", "16", "91=D"] {
        assert_eq!(parse_value(chart, wrong), Err(ValueProblem::NotSpelt), "{wrong}");
    }
    let all: Vec<String> = [11u8, 21, 31, 41]
        .iter()
        .flat_map(|first| *first..first + 8)
        .chain([51u8, 61, 71, 81].iter().flat_map(|first| *first..first + 5))
        .map(|tooth| format!("{tooth}=F"))
        .collect();
    let full = Teeth::read(&all.join(",")).unwrap();
    assert_eq!((full.permanent().sum(), full.primary().sum()), (32, 20));
    assert!(parse_value(chart, &all.join(",")).is_ok(), "a full mouth fits");
}

#[test]
fn what_nobody_types_is_computed_exactly() {
    let cat = Catalogue::builtin();
    let computed = |cells: &[(&str, &str)]| {
        let all = derived(cat, &values(cat, cells));
        let one = |(code, value): &(_, Value)| {
            let item = cat.item(*code).unwrap();
            format!("{} {}", item.key, print_value(item, value))
        };
        all.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(computed(&[("height_cm", "165"), ("weight_kg", "65")]), "bmi_kg_m2 23.9");
    assert_eq!(
        computed(&[
            ("refraction_right_sphere_d", "-1.25"),
            ("refraction_right_cylinder_d", "-0.75")
        ]),
        "refraction_right_se_d -1.625"
    );
    assert_eq!(
        computed(&[("refraction_left_sphere_d", "0.5"), ("refraction_left_cylinder_d", "-1")]),
        "refraction_left_se_d 0.00"
    );
    assert_eq!(computed(&[("refraction_left_sphere_d", "0.5")]), "");
    assert_eq!(computed(&[("tooth_chart", "16=D,55=d,54=f")]), "permanent_dmft 1, primary_dmft 2");
    assert_eq!(computed(&[("tooth_chart", "拒检")]), "");
}

#[test]
fn the_self_care_and_constitution_answers_carry_the_points_of_their_tables() {
    for number in 1..=33 {
        let choices = item(&format!("tcm_q{number:02}")).choices();
        let points: Vec<String> =
            choices.iter().map(|one| format!("{}={}", one.code, one.key)).collect();
        assert_eq!(points.join(" "), "1=1 2=2 3=3 4=4 5=5", "question {number}");
    }
    let levels = |key: &str| {
        item(key).choices().iter().map(|one| one.key.clone()).collect::<Vec<_>>().join(" ")
    };
    for key in ["selfcare_eating", "selfcare_dressing"] {
        assert_eq!(levels(key), "independent moderate dependent");
    }
    for key in ["selfcare_grooming", "selfcare_toileting", "selfcare_moving"] {
        assert_eq!(levels(key), "independent mild moderate dependent");
    }
}

/// student_form.md section 2, By grade: at entry of 高中 the skin test is made; of the younger ones only where something is
/// suspicious. Whether a junior school boards is on no list: 初一 is asked. Contact and symptoms are asked of every year.
#[test]
fn the_test_for_tuberculosis_is_asked_at_entry_and_of_whoever_is_suspicious() {
    let cat = Catalogue::builtin();
    let is_asked = |grade: Option<&str>, key: &str, cells: &[(&str, &str)]| {
        let asked = cat.asked_in_grade(&pupil(Sex::M, 150, 0), grade, &values(cat, cells));
        for every in ["tb_contact", "tb_symptoms"] {
            assert!(asked.contains(&item(every).code), "{grade:?} {every}");
        }
        asked.contains(&item(key).code)
    };
    let test = "tb_infection_test";
    for (grade, expected) in [
        (Some("高一"), true),
        (Some("初一"), true),
        (Some(" 七年级 "), true),
        (Some("高二"), false),
        (Some("初二"), false),
        (Some("八年级"), false),
        (Some("一年级"), false),
        (Some("六年级"), false),
        (Some("幼儿园大班"), false),
        // Nobody knows which year this is.
        (Some("2023级"), true),
        (Some(""), true),
        (None, true),
    ] {
        assert_eq!(is_asked(grade, test, &[]), expected, "{grade:?}");
        assert!(is_asked(grade, test, &[("tb_contact", "present")]), "{grade:?}");
        let none = [("tb_contact", "none"), ("tb_symptoms", "none")];
        assert_eq!(is_asked(grade, test, &none), expected, "{grade:?}");
        // When colours are tested is only recalled: nobody is left out.
        assert!(is_asked(grade, "colour_vision", &[]), "{grade:?}");
    }
    assert!(is_asked(Some("三年级"), test, &[("tb_symptoms", "咳嗽咳痰2周以上")]));
}

/// resident_form.md, Which items for whom: of an adult below 65 the form's sections 1 to 5 and 7 without what it marks `*`.
#[test]
fn the_general_package_asks_the_forms_sections_without_what_it_marks() {
    let cat = Catalogue::builtin();
    let package = |key: &str| cat.packages.iter().find(|one| one.key == key).unwrap();
    let general = package("general_resident");
    let has = |key: &str| general.items.contains(&item(key).code);
    for key in "symptoms temperature_cel pulse_per_min respiration_per_min sbp1_mmhg dbp1_mmhg \
                height_cm weight_kg waist_cm exercise_frequency diet smoking drinking_frequency \
                occupational_exposure lips tooth_row throat vision_right vision_left hearing \
                movement skin sclera lymph_nodes barrel_chest breath_sounds rales \
                heart_rate_per_min heart_rhythm heart_murmur abdomen_tenderness abdomen_mass \
                abdomen_liver abdomen_spleen abdomen_dullness leg_oedema cerebrovascular_disease \
                kidney_disease heart_disease vascular_disease eye_disease nervous_disease \
                other_disease"
        .split_whitespace()
    {
        assert!(has(key), "{key}");
        assert!(package("elderly_65").items.contains(&item(key).code), "{key} of whoever is 65");
        for managed in ["hypertension", "diabetes"] {
            assert!(package(managed).items.contains(&item(key).code), "{key} {managed}");
        }
    }
    // What the form marks `*` is the round's choice.
    for key in ["fundus", "foot_pulse", "rectal_exam", "breast", "hb_g_l", "ecg", "ultrasound"] {
        assert!(!has(key) && general.optional.contains(&item(key).code), "{key}");
    }
}
