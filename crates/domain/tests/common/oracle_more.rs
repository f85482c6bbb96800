//! The second reading goes on: growth, eyes, teeth and spine of pupils, the laboratory, scales. As in `oracle`, written from
//! the tables and their notes, in whole thousandths and plain functions; powers in floats, which the crate does not use.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use crate::common::Row;
use crate::oracle::{Oracle, number, pressures, text};

type Codes = Vec<(&'static str, &'static str)>;

/// Thousandths, of a number that may be negative.
pub fn signed_milli(text: &str) -> i64 {
    match text.strip_prefix('-') {
        Some(rest) => -crate::common::milli(rest),
        None => crate::common::milli(text),
    }
}

impl Oracle {
    pub fn more(&self, row: &Row, months: i64, bmi_tenths: Option<i64>) -> Codes {
        let mut codes = Codes::new();
        let resident = row["kind"] == "resident";
        if !resident || months < 18 * 12 {
            codes.extend(self.nutrition(row, months, bmi_tenths).map(|c| ("pupil_nutrition", c)));
            codes.extend(self.height(row, months).map(|c| ("pupil_height", c)));
        } else {
            let (sbp, dbp) = pressures(row);
            if dbp.is_some_and(|dbp| dbp >= 90) && sbp.is_some_and(|sbp| sbp <= 139) {
                codes.push(("adult_bp", "isolated_diastolic"));
            }
        }
        codes.extend(self.non_hdl(row).map(|c| ("lipids", c)));
        codes.extend(self.laboratory(row, months));
        codes.extend(self.kidney(row, months));
        let rates: Vec<i64> =
            ["pulse_per_min", "heart_rate_per_min"].iter().filter_map(|k| number(row, k)).collect();
        if rates.iter().any(|rate| *rate >= 150_000) {
            codes.push(("heart_rate", "fast_critical"));
        } else if rates.iter().any(|rate| *rate <= 45_000) {
            codes.push(("heart_rate", "slow_critical"));
        }
        if matches!(text(row, "urine_blood"), "2+" | "3+" | "4+") {
            codes.push(("urine", "blood_marked"));
        }
        if resident {
            if number(row, "uric_acid_umol_l").is_some_and(|value| value > 420_000) {
                codes.push(("uric_acid", "uric_acid_high"));
            }
            codes.extend(self.self_care(row, months).map(|c| ("selfcare", c)));
        } else {
            codes.extend(myopia(row, months).map(|c| ("pupil_myopia", c)));
            let chart = text(row, "tooth_chart");
            if !chart.is_empty() && chart != "0" {
                codes.push(("pupil_caries", "caries"));
            }
            codes.extend(spine(row));
        }
        codes
    }

    fn nutrition(&self, row: &Row, months: i64, bmi_tenths: Option<i64>) -> Option<&'static str> {
        // Half years; 18.0 belongs to the row printed 17.5~18.0.
        let halves = if months / 6 == 36 { 35 } else { months / 6 };
        let age = format!("{}.{}", halves / 2, if halves % 2 == 1 { 5 } else { 0 });
        let wanted = [("sex", row["sex"].as_str()), ("age_half_year", age.as_str())];
        let limit = |table, column| {
            self.cell(table, &wanted, column).map(|cell| crate::common::milli(&cell))
        };
        let stunted = limit("wst456_2014_stunting_height.csv", "height_le_cm")?;
        if number(row, "height_cm").is_some_and(|height| height <= stunted) {
            return Some("stunted");
        }
        let bmi = bmi_tenths?;
        let wasting = |column| limit("wst456_2014_wasting_bmi.csv", column).map(|l| l / 100);
        if bmi <= wasting("moderate_severe_le")? {
            Some("wasting_moderate_severe")
        } else if bmi >= wasting("mild_min")? && bmi <= wasting("mild_max")? {
            Some("wasting_mild")
        } else {
            None
        }
    }

    fn height(&self, row: &Row, months: i64) -> Option<&'static str> {
        let age = (months / 12).to_string();
        let wanted = [("sex", row["sex"].as_str()), ("age_year", age.as_str())];
        let height = number(row, "height_cm")?;
        let from = |column| {
            let cell = self.cell("wst612_2018_height_level.csv", &wanted, column);
            cell.map(|cell| crate::common::milli(&cell))
        };
        let steps = [
            ("upper", from("plus_2sd")?),
            ("upper_middle", from("plus_1sd")?),
            ("middle", from("minus_1sd")?),
            ("lower_middle", from("minus_2sd")?),
        ];
        let reached = steps.iter().find(|(_, from)| height >= *from);
        Some(reached.map_or("lower", |(name, _)| name))
    }

    fn non_hdl(&self, row: &Row) -> Option<&'static str> {
        let value = number(row, "tc_mmol_l")? - number(row, "hdl_mmol_l")?;
        if value >= 4900 {
            Some("non_hdl_high")
        } else if value >= 4100 {
            Some("non_hdl_borderline")
        } else {
            None
        }
    }

    /// Low, high and critical of everything with a verified reference interval.
    fn laboratory(&self, row: &Row, months: i64) -> Codes {
        // rule, item, analyte, code of low, of high, critical item, code of critical low and high
        type Line = (
            &'static str,
            &'static str,
            &'static str,
            &'static str,
            &'static str,
            &'static str,
            &'static str,
            &'static str,
        );
        let lines: [Line; 18] = [
            (
                "blood_count",
                "wbc_10e9_l",
                "WBC",
                "wbc_low",
                "wbc_high",
                "WBC",
                "wbc_low_critical",
                "wbc_high_critical",
            ),
            ("blood_count", "rbc_10e12_l", "RBC", "rbc_low", "rbc_high", "", "", ""),
            ("blood_count", "hb_g_l", "Hb", "", "hb_high", "", "", ""),
            ("blood_count", "hct_l_l", "HCT", "hct_low", "hct_high", "", "", ""),
            (
                "blood_count",
                "plt_10e9_l",
                "PLT",
                "plt_low",
                "plt_high",
                "PLT (首次)",
                "plt_low_critical",
                "",
            ),
            ("blood_count", "mch_pg", "MCH", "mch_low", "mch_high", "", "", ""),
            ("blood_count", "mchc_g_l", "MCHC", "mchc_low", "mchc_high", "", "", ""),
            (
                "blood_count",
                "neutrophils_10e9_l",
                "NEUT#",
                "neutrophils_low",
                "neutrophils_high",
                "",
                "",
                "",
            ),
            (
                "blood_count",
                "lymphocytes_10e9_l",
                "LYMPH#",
                "lymphocytes_low",
                "lymphocytes_high",
                "",
                "",
                "",
            ),
            ("liver", "alt_u_l", "ALT", "", "alt_high", "ALT", "", "alt_critical"),
            ("liver", "ast_u_l", "AST", "", "ast_high", "AST", "", "ast_critical"),
            ("liver", "dbil_umol_l", "DBIL", "", "dbil_high", "", "", ""),
            ("liver", "albumin_g_l", "ALB", "albumin_low", "albumin_high", "", "", ""),
            (
                "liver",
                "total_protein_g_l",
                "TP",
                "total_protein_low",
                "total_protein_high",
                "",
                "",
                "",
            ),
            (
                "electrolytes",
                "potassium_mmol_l",
                "K",
                "potassium_low",
                "potassium_high",
                "K",
                "potassium_low_critical",
                "potassium_high_critical",
            ),
            (
                "electrolytes",
                "sodium_mmol_l",
                "Na",
                "sodium_low",
                "sodium_high",
                "Na",
                "sodium_low_critical",
                "sodium_high_critical",
            ),
            ("electrolytes", "chloride_mmol_l", "Cl", "chloride_low", "chloride_high", "", "", ""),
            // TBIL has no verified interval, only the critical limit.
            ("liver", "tbil_umol_l", "-", "", "", "TBIL", "", "tbil_critical"),
        ];
        let mut codes = Codes::new();
        for (rule, item, analyte, low, high, critical, critical_low, critical_high) in lines {
            let Some(value) = number(row, item) else { continue };
            let limit = |column: &str| self.critical(critical, column);
            if !critical_high.is_empty() && limit("high_ge").is_some_and(|l| value >= l) {
                codes.push((rule, critical_high));
            } else if !critical_low.is_empty() && limit("low_le").is_some_and(|l| value <= l) {
                codes.push((rule, critical_low));
            } else if let Some((from, to)) = self.interval(analyte, &row["sex"], months) {
                if !high.is_empty() && value > to {
                    codes.push((rule, high));
                } else if !low.is_empty() && value < from {
                    codes.push((rule, low));
                }
            }
        }
        codes
    }

    fn critical(&self, item: &str, column: &str) -> Option<i64> {
        let cell = self.cell("critical_values_screening.csv", &[("item", item)], column)?;
        Some(crate::common::milli(&cell))
    }

    /// From and to, both within, of the row whose years hold the completed age.
    pub fn interval(&self, analyte: &str, sex: &str, months: i64) -> Option<(i64, i64)> {
        let years = months / 12;
        let fits = |row: &&Row| {
            let bound = |column: &str, open: i64| row[column].parse().unwrap_or(open);
            row["analyte"] == analyte
                && (row["sex"].is_empty() || row["sex"] == sex)
                && years >= bound("age_min", 0)
                && years <= bound("age_max", 999)
                && !row["status"].contains("memory")
        };
        let row = self.tables["lab_reference_intervals_adult.csv"].iter().find(fits)?;
        let bound = |column: &str, open: i64| match row[column].as_str() {
            "" => open,
            cell => crate::common::milli(cell),
        };
        Some((bound("low", i64::MIN), bound("high", i64::MAX)))
    }

    fn kidney(&self, row: &Row, months: i64) -> Codes {
        let mut codes = Codes::new();
        if let Some(value) = number(row, "creatinine_umol_l") {
            let interval = self.interval("creatinine", &row["sex"], months);
            if value >= self.critical("creatinine", "high_ge").unwrap() {
                codes.push(("kidney", "creatinine_critical"));
            } else if interval.is_some_and(|(_, to)| value > to) {
                codes.push(("kidney", "creatinine_high"));
            }
            if months >= 18 * 12 {
                let egfr = self.egfr(&row["sex"], months / 12, value);
                codes.push((
                    "kidney",
                    match egfr {
                        9000.. => "egfr_g1",
                        6000.. => "egfr_g2",
                        4500.. => "egfr_g3a",
                        3000.. => "egfr_g3b",
                        1500.. => "egfr_g4",
                        _ => "egfr_g5",
                    },
                ));
            }
        }
        let urea = number(row, "urea_mmol_l");
        if let Some((value, (from, to))) = urea.zip(self.interval("urea", &row["sex"], months)) {
            if value > to {
                codes.push(("kidney", "urea_high"));
            } else if value < from {
                codes.push(("kidney", "urea_low"));
            }
        }
        codes
    }

    /// In hundredths.
    pub fn egfr(&self, sex: &str, years: i64, creatinine_milli: i64) -> i64 {
        let wanted = [("equation", "CKD-EPI 2021"), ("sex", sex), ("kind", "")];
        let cell = |column| -> f64 {
            let cell = self.cell("egfr_ckdepi.csv", &wanted, column).unwrap();
            cell.parse().unwrap()
        };
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
        {
            let ratio = creatinine_milli as f64 / 1000.0 / 88.4 / cell("k");
            let egfr = cell("A")
                * ratio.min(1.0).powf(cell("alpha"))
                * ratio.max(1.0).powf(cell("exp"))
                * cell("base").powi(years as i32)
                * cell("sexmult");
            (egfr * 100.0).round() as i64
        }
    }

    fn self_care(&self, row: &Row, months: i64) -> Option<&'static str> {
        if months < 65 * 12 {
            return None;
        }
        let parts = [
            ("selfcare_eating", "进餐"),
            ("selfcare_grooming", "梳洗"),
            ("selfcare_dressing", "穿衣"),
            ("selfcare_toileting", "如厕"),
            ("selfcare_moving", "活动"),
        ];
        let mut points = 0;
        for (column, part) in parts {
            let option = match text(row, column) {
                "independent" => "可自理",
                "mild" => "轻度依赖",
                "moderate" => "中度依赖",
                "dependent" => "不能自理",
                _ => return None,
            };
            let wanted = [("item", part), ("option", option)];
            points += self.cell("selfcare_65plus.csv", &wanted, "score")?.parse::<i64>().ok()?;
        }
        Some(match points {
            ..=3 => "independent",
            4..=8 => "mild",
            9..=18 => "moderate",
            _ => "dependent",
        })
    }
}

fn myopia(row: &Row, months: i64) -> Option<&'static str> {
    if months < 6 * 12 {
        return None;
    }
    let eye = |side: &str| {
        let cell = |what: &str| {
            let cell = text(row, &format!("refraction_{side}_{what}_d"));
            (!cell.is_empty()).then(|| signed_milli(cell))
        };
        let acuity = number(row, &format!("vision_{side}"))?;
        let equivalent_twice = 2 * cell("sphere")? + cell("cylinder")?;
        Some(acuity < 5000 && equivalent_twice < -1000)
    };
    let both = eye("right").zip(eye("left"));
    let seen = both.is_some_and(|(right, left)| right || left);
    (seen || text(row, "glasses") == "orthok").then_some("myopia")
}

fn spine(row: &Row) -> Codes {
    let is = |column: &str, word: &str| text(row, column) == word;
    let degrees = |suffix: &str| -> Vec<i64> {
        let segments = ["thoracic", "thoracolumbar", "lumbar"];
        segments.iter().filter_map(|s| number(row, &format!("atr_{s}{suffix}_deg"))).collect()
    };
    let general = ["shoulders", "scapulae", "waist", "iliac"];
    let bend = ["back_height", "rib_hump", "muscle"];
    let a = general.iter().any(|part| is(&format!("spine_{part}"), "unequal"))
        || is("spine_line", "bent")
        || bend.iter().any(|part| is(&format!("spine_bend_{part}"), "present"))
        || degrees("").iter().any(|atr| *atr >= 5000);
    let mut codes = Codes::new();
    if a {
        let after = degrees("_after");
        let worst = after.iter().max().copied().unwrap_or(0);
        codes.push((
            "pupil_spine",
            match worst {
                10_000.. => "scoliosis_3",
                7000.. => "scoliosis_2",
                5000.. => "scoliosis_1",
                _ if after.len() == 3 => "posture",
                _ => "unfinished",
            },
        ));
    }
    if is("spine_sagittal", "lordosis") || is("spine_sagittal", "kyphosis") {
        let seen = match text(row, "spine_prone_test") {
            "gone" => Some("sagittal_posture"),
            "lordosis" => Some("lordosis"),
            "kyphosis" => Some("kyphosis"),
            _ => None,
        };
        codes.extend(seen.map(|code| ("pupil_spine", code)));
    }
    codes
}
