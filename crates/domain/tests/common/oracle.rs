//! A second reading of the reference tables, written from the tables, their notes and the notes of
//! finding_levels.csv alone. It shares no code with the crate: whole thousandths instead of
//! decimals, one plain function per rule instead of conditions as data.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use crate::common::{Row, milli, table};
use std::collections::{BTreeMap, BTreeSet};

pub struct Oracle {
    pub tables: BTreeMap<&'static str, Vec<Row>>,
}

/// rule, code, level.
pub type Class = (String, String, String);

const TABLES: [&str; 17] = [
    "adult_bmi_waist_wst428_2013.csv",
    "egfr_ckdepi.csv",
    "gbt16133_2014_scoliosis_rule.csv",
    "lab_reference_intervals_adult.csv",
    "selfcare_65plus.csv",
    "wst456_2014_stunting_height.csv",
    "wst456_2014_wasting_bmi.csv",
    "wst612_2018_height_level.csv",
    "critical_values_screening.csv",
    "finding_levels.csv",
    "glucose_diabetes.csv",
    "hypertension_grades_adult.csv",
    "lipids_2023.csv",
    "vision_levels.csv",
    "wst441_2013_anemia_hb.csv",
    "wst586_2018_bmi_overweight_obesity.csv",
    "wst610_2018_bp_p90_p95.csv",
];

impl Oracle {
    pub fn new() -> Oracle {
        let mut tables: BTreeMap<&str, Vec<Row>> =
            TABLES.iter().map(|name| (*name, table(name))).collect();
        let heights = "wst610_2018_height_percentiles.csv";
        tables.insert(heights, table(heights));
        Oracle { tables }
    }

    /// `row`: the columns of measurements.csv; a missing or empty one was not measured.
    pub fn classify(&self, row: &Row) -> BTreeSet<Class> {
        let mut codes: Vec<(&str, &str)> = Vec::new();
        let resident = row["kind"] == "resident";
        let months = months_between(&row["birth"], &row["exam_date"]);
        if let Some(bmi) = bmi_tenths(row) {
            match (resident, months) {
                (true, months) if months >= 18 * 12 => {
                    codes.push(("adult_bmi", self.adult_bmi(bmi)))
                }
                (false, months) if months >= 18 * 12 + 6 => {
                    codes.push(("adult_bmi", self.adult_bmi(bmi)));
                }
                (false, months) => {
                    codes.extend(self.pupil_weight(row, months, bmi).map(|c| ("pupil_weight", c)));
                }
                (true, _) => {}
            }
        }
        if resident && months >= 18 * 12 {
            codes.extend(self.waist(row).map(|code| ("adult_waist", code)));
            codes.extend(self.adult_bp(row, months).into_iter().map(|code| ("adult_bp", code)));
        }
        if resident {
            codes.extend(self.glucose(row));
        }
        codes.extend(self.danger(row, resident, months));
        codes.extend(self.lipids(row).into_iter().map(|code| ("lipids", code)));
        codes.extend(self.anaemia(row, months).map(|code| ("anaemia", code)));
        codes.extend(urine(row).into_iter().map(|code| ("urine", code)));
        if !resident {
            codes.extend(self.pupil_bp(row, months).map(|code| ("pupil_bp", code)));
            codes.extend(self.vision(row, months).map(|code| ("pupil_vision", code)));
        }
        codes.extend(self.more(row, months, bmi_tenths(row)));
        let levels = &self.tables["finding_levels.csv"];
        let class = |(rule, code): (&str, &str)| {
            let level = levels.iter().find(|one| one["rule"] == rule && one["code"] == code);
            level.map(|one| (rule.to_owned(), code.to_owned(), one["level"].clone()))
        };
        codes.into_iter().filter_map(class).collect()
    }

    pub fn cell(&self, table: &str, wanted: &[(&str, &str)], column: &str) -> Option<String> {
        let fits = |row: &&Row| wanted.iter().all(|(name, word)| row[*name] == *word);
        let cell = self.tables[table].iter().find(fits).map(|row| row[column].clone());
        cell.filter(|cell| !cell.is_empty())
    }

    fn limit(&self, table: &str, wanted: &[(&str, &str)], column: &str) -> i64 {
        milli(&self.cell(table, wanted, column).expect("the cell is there"))
    }

    fn adult_bmi(&self, bmi_tenths: i64) -> &'static str {
        let limit = |class, column| {
            let row = [("measure", "BMI"), ("class", class)];
            self.limit("adult_bmi_waist_wst428_2013.csv", &row, column) / 100
        };
        if bmi_tenths < limit("体重过低", "max_excl") {
            "underweight"
        } else if bmi_tenths < limit("正常", "max_excl") {
            "normal"
        } else if bmi_tenths < limit("超重", "max_excl") {
            "overweight"
        } else {
            "obese"
        }
    }

    fn waist(&self, row: &Row) -> Option<&'static str> {
        let wanted = [("measure", "waist"), ("class", "中心型肥胖"), ("sex", row["sex"].as_str())];
        let limit = self.limit("adult_bmi_waist_wst428_2013.csv", &wanted, "min_incl");
        number(row, "waist_cm").filter(|waist| *waist >= limit).map(|_| "central_obesity")
    }

    fn adult_bp(&self, row: &Row, months: i64) -> Vec<&'static str> {
        let (sbp, dbp) = pressures(row);
        let (second_sbp, second_dbp) = second(row);
        let limit = |class, column| {
            self.limit("hypertension_grades_adult.csv", &[("class", class)], column) / 1000
        };
        let reaches = |class| {
            sbp.is_some_and(|sbp| sbp >= limit(class, "sbp_min"))
                || dbp.is_some_and(|dbp| dbp >= limit(class, "dbp_min"))
        };
        let grave = "3级高血压(重度)";
        let is_grave_after_rest = second_sbp.is_some_and(|sbp| sbp >= limit(grave, "sbp_min"))
            || second_dbp.is_some_and(|dbp| dbp >= limit(grave, "dbp_min"));
        let is_known = text(row, "known_hypertension") == "yes";
        // followup.md section 1: satisfied below 140/90, from 65 years below 150/90.
        let is_satisfied = !reaches("1级高血压(轻度)")
            || months >= 65 * 12
                && sbp.is_none_or(|sbp| sbp < 150)
                && dbp.is_none_or(|dbp| dbp < limit("1级高血压(轻度)", "dbp_min"));
        let mut codes = Vec::new();
        if reaches(grave) || is_grave_after_rest {
            codes.push("grade3");
        } else if text(row, "pregnant") == "yes" && reaches("1级高血压(轻度)") {
            codes.push("pregnant_raised");
        } else if is_known && !is_satisfied {
            codes.push("known_raised");
        } else if is_known && reaches("1级高血压(轻度)") {
            codes.push("known_satisfied");
        } else if is_known && reaches("正常高值") {
            codes.push("known_high_normal");
        } else if reaches("2级高血压(中度)") {
            codes.push("grade2");
        } else if reaches("1级高血压(轻度)") {
            codes.push("grade1");
        } else if reaches("正常高值") {
            codes.push("high_normal");
        } else if sbp.is_some() && dbp.is_some() {
            codes.push("normal");
        }
        let isolated = "单纯收缩期高血压";
        if sbp.is_some_and(|sbp| sbp >= limit(isolated, "sbp_min"))
            && dbp.is_some_and(|dbp| dbp <= limit(isolated, "dbp_max"))
        {
            codes.push("isolated_systolic");
        }
        codes
    }

    fn glucose(&self, row: &Row) -> Option<(&'static str, &'static str)> {
        let (low_of, high_of) = sugars(row)?;
        let table = "glucose_diabetes.csv";
        let limit =
            |test, class, column| self.limit(table, &[("test", test), ("class", class)], column);
        let low = self.limit("critical_values_screening.csv", &[("item", "FPG")], "low_le");
        let diabetic = text(row, "known_diabetes") == "yes";
        let fasting = text(row, "fasting") == "yes";
        let rule = if fasting { "glucose_fasting" } else { "glucose_random" };
        let code = if low_of <= low {
            "hypoglycaemia"
        } else if diabetic && low_of <= limit("FPG", "低血糖(糖尿病患者)", "max_excl") {
            "hypoglycaemia_diabetic"
        } else if high_of >= limit("FPG", "紧急转诊(规范)", "min_incl") {
            "critical"
        } else if fasting && high_of >= limit("FPG", "糖尿病切点", "min_incl")
            || !fasting && high_of >= limit("random", "糖尿病切点(有典型症状)", "min_incl")
        {
            if diabetic { "known_raised" } else { "raised" }
        } else if fasting && high_of >= limit("FPG", "空腹血糖受损(IFG)", "min_incl") {
            if diabetic { "known_satisfied" } else { "ifg" }
        } else {
            return None;
        };
        Some((rule, code))
    }

    /// Danger of those whom the tables of adults do not judge, and signs of eye and ear, nose and throat of anybody.
    fn danger(&self, row: &Row, resident: bool, months: i64) -> Vec<(&'static str, &'static str)> {
        let mut codes = Vec::new();
        let end =
            |item, column| self.limit("critical_values_screening.csv", &[("item", item)], column);
        let (sbp, dbp) = pressures(row);
        let (second_sbp, second_dbp) = second(row);
        let is_high = sbp.max(second_sbp).is_some_and(|sbp| sbp * 1000 >= end("SBP", "high_ge"))
            || dbp.max(second_dbp).is_some_and(|dbp| dbp * 1000 >= end("DBP", "high_ge"));
        if is_high && (!resident || months < 18 * 12) {
            codes.push(("critical_bp", "critical"));
        }
        if let Some((low, high)) = sugars(row).filter(|_| !resident) {
            let diabetic = text(row, "known_diabetes") == "yes";
            if low <= end("FPG", "low_le") {
                codes.push(("critical_glucose", "hypoglycaemia"));
            } else if diabetic && low <= 3900 {
                codes.push(("critical_glucose", "hypoglycaemia_diabetic"));
            } else if high >= end("FPG", "high_ge") {
                codes.push(("critical_glucose", "critical"));
            }
        }
        let signs = [
            ("eye_signs", "青光眼", "eye_glaucoma"),
            ("eye_signs", "视力下降", "eye_sight_lost"),
            ("eye_signs", "结膜炎", "eye_conjunctivitis"),
            ("ent_signs", "喉头水肿", "ent_larynx"),
            ("ent_signs", "鼻出血", "ent_nosebleed"),
            ("ent_signs", "眩晕", "ent_vertigo"),
        ];
        for (column, word, code) in signs {
            if text(row, column).contains(word) {
                codes.push(("critical_signs", code));
            }
        }
        codes
    }

    fn lipids(&self, row: &Row) -> Vec<&'static str> {
        let limit = |analyte, class, column| {
            self.limit("lipids_2023.csv", &[("analyte", analyte), ("class", class)], column)
        };
        let from = |column: &str, analyte, class| {
            number(row, column).is_some_and(|value| value >= limit(analyte, class, "min_incl"))
        };
        let mut codes = Vec::new();
        if from("tc_mmol_l", "TC", "升高") {
            codes.push("tc_high");
        } else if from("tc_mmol_l", "TC", "边缘升高") {
            codes.push("tc_borderline");
        }
        if from("ldl_mmol_l", "LDL-C", "升高") {
            codes.push("ldl_high");
        } else if from("ldl_mmol_l", "LDL-C", "边缘升高") {
            codes.push("ldl_borderline");
        }
        if from("tg_mmol_l", "TG", "胰腺炎风险(临床处理)") {
            codes.push("tg_pancreatitis");
        } else if from("tg_mmol_l", "TG", "升高") {
            codes.push("tg_high");
        } else if from("tg_mmol_l", "TG", "边缘升高") {
            codes.push("tg_borderline");
        }
        let low = limit("HDL-C", "降低", "max_excl");
        if number(row, "hdl_mmol_l").is_some_and(|value| value < low) {
            codes.push("hdl_low");
        }
        codes
    }

    fn anaemia(&self, row: &Row, months: i64) -> Option<&'static str> {
        let hb = number(row, "hb_g_l")?;
        if hb <= self.limit("critical_values_screening.csv", &[("item", "Hb (首次)")], "low_le") {
            return Some("critical");
        }
        let group = if text(row, "pregnant") == "yes" && row["sex"] == "F" {
            "孕妇"
        } else if months < 6 {
            return None;
        } else if months < 5 * 12 {
            "6-59月"
        } else if months < 12 * 12 {
            "5-11岁"
        } else if months < 15 * 12 {
            "12-14岁"
        } else if row["sex"] == "F" {
            "15岁及以上女(未孕)"
        } else {
            "15岁及以上男"
        };
        let cell = |column| self.cell("wst441_2013_anemia_hb.csv", &[("group", group)], column);
        let mild = cell("mild").unwrap();
        let mild_from = milli(mild.split('-').next().unwrap());
        if hb < milli(&cell("severe_lt").unwrap()) {
            Some("severe")
        } else if hb < mild_from {
            Some("moderate")
        } else if hb < milli(&cell("hb_lt").unwrap()) {
            Some("mild")
        } else {
            None
        }
    }

    fn pupil_weight(&self, row: &Row, months: i64, bmi_tenths: i64) -> Option<&'static str> {
        let halves = months / 6;
        let age = format!("{}.{}", halves / 2, if halves % 2 == 1 { 5 } else { 0 });
        let wanted = [("sex", row["sex"].as_str()), ("age_half_year", age.as_str())];
        let table = "wst586_2018_bmi_overweight_obesity.csv";
        let limit = |column| self.cell(table, &wanted, column).map(|cell| milli(&cell) / 100);
        if bmi_tenths >= limit("obesity_ge")? {
            Some("obese")
        } else if bmi_tenths >= limit("overweight_ge")? {
            Some("overweight")
        } else {
            None
        }
    }

    fn pupil_bp(&self, row: &Row, months: i64) -> Option<&'static str> {
        let (sbp, dbp) = pressures(row);
        let reaches = |sbp_limit: i64, dbp_limit: i64| {
            sbp.is_some_and(|sbp| sbp >= sbp_limit) || dbp.is_some_and(|dbp| dbp >= dbp_limit)
        };
        let adult = |class| {
            let limit = |column| {
                self.limit("hypertension_grades_adult.csv", &[("class", class)], column) / 1000
            };
            reaches(limit("sbp_min"), limit("dbp_min"))
        };
        let years = (months + 6) / 12;
        if years < 7 {
            return None;
        }
        if years >= 18 {
            let grade1 = adult("1级高血压(轻度)");
            return grade1.then_some("bp_p95").or(adult("正常高值").then_some("bp_high_normal"));
        }
        let age = years.to_string();
        let group = self.height_group(&row["sex"], &age, number(row, "height_cm")?);
        let wanted = [("sex", row["sex"].as_str()), ("age_year", &age), ("height_group", &group)];
        let limit = |column| self.limit("wst610_2018_bp_p90_p95.csv", &wanted, column) / 1000;
        if reaches(limit("sbp_p95"), limit("dbp_p95")) {
            Some("bp_p95")
        } else if reaches(limit("sbp_p90"), limit("dbp_p90")) || adult("正常高值") {
            Some("bp_high_normal")
        } else {
            None
        }
    }

    pub fn height_group(&self, sex: &str, age: &str, height: i64) -> String {
        let table = "wst610_2018_height_percentiles.csv";
        let wanted = [("sex", sex), ("age_year", age)];
        let mut group = "lt_p5";
        for percentile in ["p5", "p10", "p25", "p50", "p75", "p90", "p95"] {
            if height >= self.limit(table, &wanted, percentile) {
                group = percentile;
            }
        }
        group.to_owned()
    }

    fn vision(&self, row: &Row, months: i64) -> Option<&'static str> {
        let eyes = ["vision_right", "vision_left"];
        let worse = eyes.iter().filter_map(|eye| number(row, eye)).min()?;
        if months < 6 * 12 || text(row, "glasses") == "orthok" {
            return None;
        }
        let rows = self.tables["vision_levels.csv"].iter();
        // The band of the best line that the eye still reaches; below every line the worst band.
        let reached = rows.filter(|line| milli(&line["l_5mark"]) <= worse);
        let best = reached.max_by_key(|line| milli(&line["l_5mark"]));
        match best.map_or("重度", |line| line["band"].as_str()) {
            "轻度" => Some("low_mild"),
            "中度" => Some("low_moderate"),
            "重度" => Some("low_severe"),
            _ => None,
        }
    }
}

fn urine(row: &Row) -> Vec<&'static str> {
    let mut codes = Vec::new();
    match text(row, "urine_protein") {
        "1+" => codes.push("protein_positive"),
        "2+" | "3+" | "4+" => codes.push("protein_marked"),
        _ => {}
    }
    if matches!(text(row, "urine_glucose"), "1+" | "2+" | "3+" | "4+") {
        codes.push("glucose_positive");
    }
    codes
}

pub fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).map_or("", String::as_str)
}

pub fn number(row: &Row, column: &str) -> Option<i64> {
    let cell = text(row, column);
    (!cell.is_empty()).then(|| milli(cell))
}

/// The reading of glucose that says too low, and the one that says too high: a repeat takes the first one's place as the
/// former, the higher of the two is the latter.
fn sugars(row: &Row) -> Option<(i64, i64)> {
    let (first, repeat) = (number(row, "glucose_mmol_l"), number(row, "glucose2_mmol_l"));
    Some((repeat.or(first)?, first.max(repeat)?))
}

/// The means of the plausible readings in whole mmHg; a pressure of 0 is none.
pub fn pressures(row: &Row) -> (Option<i64>, Option<i64>) {
    let mean = |columns: [&str; 2]| {
        let readings = columns.iter().filter_map(|column| number(row, column));
        let readings: Vec<i64> = readings.map(|r| r / 1000).filter(|r| *r > 0).collect();
        match readings.as_slice() {
            [] => None,
            [one] => Some(*one),
            [one, other, ..] => Some((one + other + 1) / 2),
        }
    };
    (mean(["sbp1_mmhg", "sbp2_mmhg"]), mean(["dbp1_mmhg", "dbp2_mmhg"]))
}

/// Of the reading after rest alone.
fn second(row: &Row) -> (Option<i64>, Option<i64>) {
    (number(row, "sbp2_mmhg").map(|r| r / 1000), number(row, "dbp2_mmhg").map(|r| r / 1000))
}

/// In tenths, rounded half up.
fn bmi_tenths(row: &Row) -> Option<i64> {
    let (height, weight) = (number(row, "height_cm")?, number(row, "weight_kg")?);
    // weight/1000 kg over (height/100,000 m)^2, in twentieths, so that the half to add is one of them.
    let (height, weight) = (i128::from(height), i128::from(weight));
    let twentieths = weight * 20 * 10_000_000 / (height * height);
    i64::try_from((twentieths + 1) / 2).ok()
}

fn months_between(birth: &str, on: &str) -> i64 {
    let parts =
        |date: &str| -> Vec<i64> { date.split('-').map(|part| part.parse().unwrap()).collect() };
    let (birth, on) = (parts(birth), parts(on));
    (on[0] - birth[0]) * 12 + on[1] - birth[1] - i64::from(on[2] < birth[2])
}
