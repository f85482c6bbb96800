//! Consent (知情同意): what a pupil's family says of the examination on the slip that the school hands back. A refusal closes its items;
//! a slip that is missing holds the report, never the line. Only pupils need one. Not who says so, nor when: that is recorded.
//!
//! Source: individual reports of pupils go out with the consent of student and guardian, 中小学生健康体检管理办法（2021年版）,
//! 国卫医发〔2021〕29号 (domain/student_form.md, 1).

use crate::catalogue::{Catalogue, Slot};
use crate::facts::PersonKind;
use crate::ids::{ItemCode, StationCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether a slip is here, and what it says on the whole. In order of strictness.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Slip {
    /// 同意, but for what is named.
    Given,
    /// 没有交回
    #[default]
    Missing,
    /// 全部不同意
    Refused,
}

impl Slip {
    /// As a table keeps it.
    pub fn number(self) -> u8 {
        match self {
            Slip::Given => 1,
            Slip::Refused => 2,
            Slip::Missing => 3,
        }
    }

    pub fn of_number(number: i64) -> Option<Slip> {
        let all = [Slip::Given, Slip::Refused, Slip::Missing];
        all.into_iter().find(|slip| i64::from(slip.number()) == number)
    }
}

/// What holds for one person in one round.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Consent {
    pub slip: Slip,
    /// Stations refused whole.
    pub stations: BTreeSet<StationCode>,
    /// Single items refused.
    pub items: BTreeSet<ItemCode>,
    /// Two people said otherwise unaware of each other: the stricter holds until a person decides.
    pub differs: bool,
}

impl Consent {
    /// Of everything that stands about one person, the strictest of each: what one refuses is refused, and a report waits while one
    /// says that there is no slip. Nothing said = no slip.
    pub fn strictest(standing: &[Consent]) -> Consent {
        let Some(first) = standing.first() else { return Consent::default() };
        let mut all = first.clone();
        for one in &standing[1..] {
            all.slip = all.slip.max(one.slip);
            all.stations.extend(&one.stations);
            all.items.extend(&one.items);
            all.differs |= one != first;
        }
        all
    }

    /// What holds of somebody of this kind: residents need no slip.
    pub fn of_kind(self, kind: PersonKind) -> Option<Consent> {
        match kind {
            PersonKind::Pupil => Some(self),
            PersonKind::Resident => None,
        }
    }

    /// The items that may not be examined: of a few that stand at two stations, one refusal is enough.
    pub fn closed(&self, cat: &Catalogue) -> BTreeSet<ItemCode> {
        let refused =
            |code: &StationCode| self.slip == Slip::Refused || self.stations.contains(code);
        let stations = cat.stations.iter().filter(|station| refused(&station.code));
        let whole = stations.flat_map(|station| station.items.iter().copied());
        whole.chain(self.items.iter().copied()).collect()
    }

    /// Nothing but agreement.
    pub fn is_whole(&self) -> bool {
        self.slip == Slip::Given && self.stations.is_empty() && self.items.is_empty()
    }

    /// `同意`, `同意，除采血、牙周`, `全部不同意`, `未交回`.
    pub fn zh(&self, cat: &Catalogue) -> String {
        let but = self.refused_zh(cat).join("、");
        match (self.slip, but.is_empty()) {
            (Slip::Refused, _) => "全部不同意".to_owned(),
            (Slip::Given, true) => "同意".to_owned(),
            (Slip::Given, false) => format!("同意，除{but}"),
            (Slip::Missing, true) => "未交回".to_owned(),
            (Slip::Missing, false) => format!("未交回，另有一份不同意{but}"),
        }
    }

    /// Stations, then items, by name.
    pub fn refused_zh(&self, cat: &Catalogue) -> Vec<String> {
        let stations = self.stations.iter().filter_map(|code| cat.station(*code));
        let items = self.items.iter().filter_map(|code| cat.item(*code));
        let names = stations.map(|station| station.name_zh.clone());
        names.chain(items.map(|item| item.name_zh.clone())).collect()
    }
}

/// What may not be examined, where there is a consent to look at.
pub fn closed(cat: &Catalogue, consent: Option<&Consent>) -> BTreeSet<ItemCode> {
    consent.map(|consent| consent.closed(cat)).unwrap_or_default()
}

/// A report may not go out: whose slip has not come back.
pub fn holds_report(consent: Option<&Consent>) -> bool {
    consent.is_some_and(|consent| consent.slip == Slip::Missing)
}

/// Whether a finding rests on what was refused: the items its class reads, or those of its rule where the class is not known.
pub fn rests_on_closed(
    cat: &Catalogue,
    rule: &str,
    class: &str,
    item: Option<ItemCode>,
    closed: &BTreeSet<ItemCode>,
) -> bool {
    let Some(rule) = cat.rule(rule).filter(|_| !closed.is_empty()) else { return false };
    // Several departments give one class: the one that the finding's own item is of.
    let is_named = |at: &usize| rule.classes.get(*at).is_some_and(|one| one.code == class);
    let mut slots = rule.slots.iter().filter(|slot| slot.classes.iter().any(is_named));
    let is_own = |slot: &&Slot| item.is_some_and(|item| slot.reads.contains(&item));
    let slot = slots.clone().find(is_own).or_else(|| slots.next());
    let reads = slot.map_or(&rule.rests_on, |slot| &slot.reads);
    reads.iter().any(|item| closed.contains(item))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cat() -> &'static Catalogue {
        Catalogue::builtin()
    }

    fn item(key: &str) -> ItemCode {
        cat().item_by_key(key).unwrap().code
    }

    fn station(key: &str) -> StationCode {
        cat().station_by_key(key).unwrap().code
    }

    fn slip(slip: Slip, stations: &[&str], items: &[&str]) -> Consent {
        Consent {
            slip,
            stations: stations.iter().map(|key| station(key)).collect(),
            items: items.iter().map(|key| item(key)).collect(),
            differs: false,
        }
    }

    #[test]
    fn a_refusal_closes_its_items_and_no_others() {
        let check = |consent: &Consent, closed: &[&str], open: &[&str]| {
            let of = consent.closed(cat());
            assert!(closed.iter().all(|key| of.contains(&item(key))), "{consent:?}");
            assert!(!open.iter().any(|key| of.contains(&item(key))), "{consent:?}");
        };
        check(&slip(Slip::Given, &[], &[]), &[], &["height_cm", "tooth_chart", "hb_g_l"]);
        check(&slip(Slip::Missing, &[], &[]), &[], &["height_cm", "tooth_chart", "hb_g_l"]);
        check(&slip(Slip::Given, &["dental"], &[]), &["tooth_chart", "gums"], &["height_cm"]);
        check(&slip(Slip::Given, &[], &["gums"]), &["gums"], &["tooth_chart"]);
        check(&slip(Slip::Given, &["blood"], &["gums"]), &["gums", "hb_g_l"], &["sbp1_mmhg"]);
        check(&slip(Slip::Refused, &[], &[]), &["height_cm", "hb_g_l", "sbp1_mmhg"], &[]);
        let all: usize =
            cat().items.iter().filter(|one| cat().station_of(one.code).is_some()).count();
        assert_eq!(slip(Slip::Refused, &[], &[]).closed(cat()).len(), all);
    }

    #[test]
    fn of_two_that_differ_the_stricter_holds_in_any_order_and_it_is_said() {
        let check = |standing: &[Consent], expected: (Slip, &[&str], &[&str], bool)| {
            let (answer, stations, items, differs) = expected;
            let expected = Consent { differs, ..slip(answer, stations, items) };
            let turned: Vec<Consent> = standing.iter().rev().cloned().collect();
            assert_eq!(Consent::strictest(standing), expected);
            assert_eq!(Consent::strictest(&turned), expected);
        };
        let given = slip(Slip::Given, &[], &[]);
        let but = slip(Slip::Given, &["dental"], &[]);
        let blood = slip(Slip::Given, &["blood"], &["gums"]);
        let refused = slip(Slip::Refused, &[], &[]);
        let missing = slip(Slip::Missing, &[], &[]);
        check(&[], (Slip::Missing, &[], &[], false));
        check(std::slice::from_ref(&given), (Slip::Given, &[], &[], false));
        check(&[but.clone(), but.clone()], (Slip::Given, &["dental"], &[], false));
        check(&[given.clone(), but.clone()], (Slip::Given, &["dental"], &[], true));
        check(&[but.clone(), blood], (Slip::Given, &["dental", "blood"], &["gums"], true));
        check(&[refused, but.clone()], (Slip::Refused, &["dental"], &[], true));
        check(&[missing, but], (Slip::Missing, &["dental"], &[], true));
    }

    #[test]
    fn only_a_pupil_without_a_slip_holds_a_report() {
        let check = |consent: Consent, kind: PersonKind, holds: bool| {
            assert_eq!(holds_report(consent.clone().of_kind(kind).as_ref()), holds, "{consent:?}");
        };
        check(Consent::default(), PersonKind::Pupil, true);
        check(slip(Slip::Missing, &["dental"], &[]), PersonKind::Pupil, true);
        check(slip(Slip::Given, &[], &[]), PersonKind::Pupil, false);
        check(slip(Slip::Refused, &[], &[]), PersonKind::Pupil, false);
        check(Consent::default(), PersonKind::Resident, false);
    }

    #[test]
    fn a_finding_goes_with_the_items_its_class_reads() {
        let check = |rule: &str, class: &str, closed: &[&str], expected: bool| {
            let closed = closed.iter().map(|key| item(key)).collect();
            assert_eq!(
                rests_on_closed(cat(), rule, class, None, &closed),
                expected,
                "{rule} {class}"
            );
        };
        check("adult_bp", "grade2", &["sbp1_mmhg"], true);
        check("adult_bp", "grade2", &["height_cm"], false);
        check("adult_bp", "grade2", &[], false);
        check("adult_bmi", "obese", &["weight_kg"], true);
        check("no_such_rule", "x", &["weight_kg"], false);
        // Of a class that several departments give, the one that the finding rests on.
        let of = |on: &str, key: &str| {
            let closed = BTreeSet::from([item(key)]);
            let (rule, class) = ("department", "abnormal_unspecified");
            rests_on_closed(cat(), rule, class, Some(item(on)), &closed)
        };
        assert!(of("pupil_heart", "pupil_heart") && !of("pupil_heart", "ecg"));
        // A class of another analyte's slot is not hidden with this one's item.
        let lipids = cat().rule("lipids").unwrap();
        let of = |key: &str| {
            let read = |slot: &&crate::catalogue::Slot| slot.reads == [item(key)];
            let slot = lipids.slots.iter().find(read).unwrap();
            lipids.classes[slot.classes[0]].code.clone()
        };
        check("lipids", &of("tc_mmol_l"), &["tc_mmol_l"], true);
        check("lipids", &of("tc_mmol_l"), &["tg_mmol_l"], false);
    }

    #[test]
    fn it_is_said_in_words() {
        let check = |consent: &Consent, zh: &str| assert_eq!(consent.zh(cat()), zh);
        check(&slip(Slip::Given, &[], &[]), "同意");
        check(&slip(Slip::Given, &["dental", "blood"], &[]), "同意，除采血、口腔");
        check(&slip(Slip::Refused, &["dental"], &[]), "全部不同意");
        check(&Consent::default(), "未交回");
        check(&slip(Slip::Missing, &["blood"], &[]), "未交回，另有一份不同意采血");
    }
}
