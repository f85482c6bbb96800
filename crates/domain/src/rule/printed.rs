//! A finding's value as people read it: with the unit of what was compared, which is not its item's where it is made of the item (the
//! eGFR of a creatinine).

use super::Judgement;
use crate::catalogue::{Catalogue, Condition, Measure};

/// `168/104 mmHg`, `eGFR 56.11 mL/min/1.73m²`, `2+`.
pub fn printed_value(cat: &Catalogue, judgement: &Judgement) -> String {
    format!("{} {}", judgement.value, unit_of(cat, judgement)).trim().to_owned()
}

/// The unit of a judgement's value; empty where it has none.
pub fn unit_of<'c>(cat: &'c Catalogue, judgement: &Judgement) -> &'c str {
    let own = measure_of(cat, judgement).and_then(Measure::own_unit);
    own.unwrap_or_else(|| {
        let item = judgement.item.and_then(|code| cat.item(code));
        item.map(|item| item.unit_zh.as_str()).unwrap_or_default()
    })
}

/// Whether the value says itself what it is of (`eGFR 56.11`), which is then not its item.
pub fn names_itself(cat: &Catalogue, judgement: &Judgement) -> bool {
    measure_of(cat, judgement).is_some_and(|measure| measure.label().is_some())
}

/// What the class compares.
fn measure_of<'c>(cat: &'c Catalogue, judgement: &Judgement) -> Option<&'c Measure> {
    let classes = cat.rule(&judgement.rule)?.classes.iter();
    let mut named = classes.filter(|class| class.code == judgement.code);
    named.find_map(|class| {
        super::grounds(class).iter().find_map(|condition| match condition {
            Condition::Number { measure, .. } => Some(measure),
            Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => {
                None
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Subject;
    use crate::facts::{PersonKind, Sex};
    use crate::rule::judge;
    use std::collections::BTreeMap;

    fn judged(subject: &Subject, cells: &[(&str, &str)]) -> Vec<Judgement> {
        let cat = Catalogue::builtin();
        let values = cells.iter().map(|(key, text)| {
            let item = cat.item_by_key(key).unwrap();
            (item.code, crate::catalogue::parse_value(item, text).unwrap())
        });
        judge(cat, subject, &values.collect::<BTreeMap<_, _>>())
    }

    fn day() -> chrono::NaiveDate {
        chrono::NaiveDate::from_ymd_opt(2026, 9, 14).unwrap()
    }

    /// GB/T 16133-2014 grades by the angle after the motion test: a finding names that angle, the worst of the three, and not
    /// the sign that opened the measurement.
    #[test]
    fn a_bent_spine_is_told_by_its_worst_angle_and_a_posture_by_its_sign() {
        let cat = Catalogue::builtin();
        let birth = chrono::NaiveDate::from_ymd_opt(2014, 3, 1);
        let pupil = Subject { kind: PersonKind::Pupil, sex: Some(Sex::F), birth, day: day() };
        let told = |after: [&str; 3]| {
            let cells = [
                ("spine_shoulders", "unequal"),
                ("atr_thoracic_deg", "6.5"),
                ("atr_thoracic_after_deg", after[0]),
                ("atr_thoracolumbar_after_deg", after[1]),
                ("atr_lumbar_after_deg", after[2]),
            ];
            let seen = judged(&pupil, &cells);
            let one = seen.iter().find(|one| one.rule == "pupil_spine").unwrap();
            let item = cat.item(one.item.unwrap()).unwrap().key.clone();
            let way = crate::range::direction(cat, one).unwrap().zh();
            (one.code.clone(), item, printed_value(cat, one), way)
        };
        let row = |code: &str, item: &str, value: &str, way| {
            (code.to_owned(), item.to_owned(), value.to_owned(), way)
        };
        let thoracolumbar = "atr_thoracolumbar_after_deg";
        assert_eq!(told(["5.5", "8", "1"]), row("scoliosis_2", thoracolumbar, "8 °", "高"));
        assert_eq!(
            told(["5.5", "6", "11"]),
            row("scoliosis_3", "atr_lumbar_after_deg", "11 °", "高")
        );
        // The control: nothing is left of the angle, so the shoulders are what was seen.
        assert_eq!(told(["1", "2", "1"]), row("posture", "spine_shoulders", "不对称", "阳"));
    }

    /// egfr_ckdepi.csv: a woman of 60 with 135 umol/L lies at G3b.
    #[test]
    fn a_value_that_is_made_of_its_item_has_its_own_unit_and_not_the_items() {
        let cat = Catalogue::builtin();
        let birth = chrono::NaiveDate::from_ymd_opt(1966, 1, 2);
        let subject = Subject { kind: PersonKind::Resident, sex: Some(Sex::F), birth, day: day() };
        let judged = |cells: &[(&str, &str)]| judged(&subject, cells);
        let seen =
            judged(&[("creatinine_umol_l", "135"), ("tc_mmol_l", "6.5"), ("hdl_mmol_l", "1.0")]);
        let of = |code: &str| {
            let one = seen.iter().find(|one| one.code == code).unwrap();
            (printed_value(cat, one), names_itself(cat, one))
        };
        let (egfr, is_named) = of("egfr_g3b");
        assert!(egfr.starts_with("eGFR ") && egfr.ends_with(" mL/min/1.73m²"), "{egfr}");
        assert!(is_named);
        // The control: of the creatinine itself it is the creatinine's.
        assert_eq!(of("creatinine_high"), ("135 μmol/L".to_owned(), false));
        assert_eq!(of("non_hdl_high").0, "非HDL-C 5.5 mmol/L");
        let pressed = judged(&[("sbp1_mmhg", "168"), ("dbp1_mmhg", "104")]);
        assert_eq!(printed_value(cat, &pressed[0]), "168/104 mmHg");
    }
}
