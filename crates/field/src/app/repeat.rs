//! Readings that are taken again on the spot before a finding at level A is settled (`after_recheck` of finding_levels.csv):
//! which, how, and who still owes one. What a repeat means for the finding is the rules' (`domain::rule`).

use domain::catalogue::{Catalogue, Station};
use domain::check::Subject;
use domain::facts::CurrentValue;
use domain::ids::{ItemCode, RoundId};
use domain::rule::{Judgement, judge_current};
use protocol::rpc::station::{RepeatOwed, StillGrave};
use std::collections::BTreeMap;
use store::PersonView;

/// One kind of repeat.
pub(super) struct Repeat {
    /// Readings whose finding asks for it.
    pub of: &'static [&'static str],
    /// What the repeat fills.
    pub fills: &'static [&'static str],
    pub text_zh: &'static str,
    /// What to do where the repeat says the same.
    still_zh: &'static str,
    /// What to ask at once.
    urgent_zh: &'static str,
    /// The shortest rest before it, minutes; none = at once.
    rest_min: u32,
    go_zh: &'static str,
    wait_zh: &'static str,
    since_zh: &'static str,
    left_zh: &'static str,
    ready_zh: &'static str,
    meanwhile_zh: &'static str,
}

const REPEATS: [Repeat; 2] = [
    // Five minutes are the shorter end of the rest that the sentence and finding_levels.csv name. The signs are those of
    // 紧急转诊 in the national specification for hypertension (third edition), as followup.md quotes it.
    Repeat {
        of: &[
            "sbp1_mmhg",
            "dbp1_mmhg",
            "sbp2_mmhg",
            "dbp2_mmhg",
            "sbp_other_mmhg",
            "dbp_other_mmhg",
        ],
        fills: &["sbp2_mmhg", "dbp2_mmhg"],
        text_zh: "血压明显升高：先别让本人走，静坐 5 至 10 分钟后复测，填入第二次读数。",
        still_zh: "复测后仍明显升高：先别让本人走，马上叫医生。",
        urgent_zh: "现在就问：有没有剧烈头痛或头晕、恶心呕吐、看不清或眼痛、心慌、胸闷、喘得躺不平、神志不清？有一样，马上叫医生。",
        rest_min: 5,
        go_zh: "静坐后去复测",
        wait_zh: "{name}先别走：坐到 {until}，再量一次",
        since_zh: "{at} 量的，{until} 以后再量",
        left_zh: "还要坐 {n} 分钟",
        ready_zh: "{at} 量的，可以再量了",
        meanwhile_zh: "本人静坐时，可以先给下一位做：扫码或输入。",
    },
    // finding_levels.csv: 立即复测处置. The signs are those of 紧急转诊 for diabetes, as followup.md quotes it, those of a high
    // glucose left out.
    Repeat {
        of: &["glucose_mmol_l", "glucose2_mmol_l"],
        fills: &["glucose2_mmol_l"],
        text_zh: "血糖过低：先别让本人走，马上叫医生，现在就复测，填入“血糖（复测）”。",
        still_zh: "复测后仍过低：先别让本人走，马上叫医生。",
        urgent_zh: "现在就问：有没有心慌、出汗，神志或行为不对？有一样，先处置，再复测。",
        rest_min: 0,
        go_zh: "马上去复测",
        wait_zh: "{name}先别走：现在就再测一次",
        since_zh: "{at} 量的，现在就再测",
        left_zh: "",
        ready_zh: "{at} 量的，现在就再测",
        meanwhile_zh: "",
    },
];

/// The repeats that a finding asks for and nobody has taken. A reason in place of the reading is an answer.
pub(super) fn owed(
    findings: &[Judgement],
    values: &BTreeMap<ItemCode, Vec<CurrentValue>>,
) -> Vec<&'static Repeat> {
    let is_owed = |repeat: &&Repeat| repeat.is_asked(findings) && repeat.taken(values).is_empty();
    REPEATS.iter().filter(is_owed).collect()
}

/// What is grave after its repeat, at the station that takes it.
pub(super) fn still(
    station: &Station,
    findings: &[Judgement],
    values: &BTreeMap<ItemCode, Vec<CurrentValue>>,
) -> Option<StillGrave> {
    let is_still = |repeat: &&Repeat| {
        let taken = repeat.taken(values);
        repeat.is_of(station)
            && repeat.is_asked(findings)
            && taken.iter().any(|value| value.value.is_present())
    };
    let repeat = REPEATS.iter().find(is_still)?;
    let (text, urgent) = (repeat.still_zh.to_owned(), repeat.urgent_zh.to_owned());
    Some(StillGrave { text, urgent })
}

/// The same, without what is asked by nothing but a laboratory's report: whoever that is of has left, and is told like of every other A
/// (`office::unanswered`). `about`: the person, and the round.
pub(super) fn owed_here(
    (catalogue, subject): (&Catalogue, &Subject),
    (view, round): (&PersonView, RoundId),
    findings: &[Judgement],
    values: &BTreeMap<ItemCode, Vec<CurrentValue>>,
) -> Vec<&'static Repeat> {
    let owed = owed(findings, values);
    if owed.is_empty() {
        return owed;
    }
    let is_reported = |item: &ItemCode, value: &CurrentValue| {
        let current = view.values.iter().filter(|v| v.round == round && v.current);
        let same = current.filter(|v| v.item == *item && v.value == value.value);
        let mut given = same.peekable();
        given.peek().is_some() && given.all(|v| !v.laboratory.is_empty())
    };
    let mut examined = values.clone();
    for (item, values) in &mut examined {
        values.retain(|value| !is_reported(item, value));
    }
    if examined == *values {
        return owed;
    }
    self::owed(&judge_current(catalogue, subject, &examined), &examined)
}

/// What to do about what is owed, first what is taken at this station.
pub(super) fn next(owed: &[&Repeat], station: Option<&str>) -> Option<RepeatOwed> {
    let mut all: Vec<RepeatOwed> = owed.iter().map(|repeat| repeat.told()).collect();
    let here = all.iter().position(|one| station == Some(one.station.as_str()));
    (!all.is_empty()).then(|| all.swap_remove(here.unwrap_or_default()))
}

impl Repeat {
    fn is_of(&self, station: &Station) -> bool {
        let mut items = self.fills.iter().filter_map(|key| Catalogue::builtin().item_by_key(key));
        items.any(|item| station.items.contains(&item.code))
    }

    fn is_asked(&self, findings: &[Judgement]) -> bool {
        let catalogue = Catalogue::builtin();
        findings.iter().filter(|finding| finding.after_recheck).any(|finding| {
            let item = finding.item.and_then(|item| catalogue.item(item));
            item.is_some_and(|item| self.of.contains(&item.key.as_str()))
        })
    }

    /// What stands in its fields, a reason too.
    fn taken<'v>(
        &self,
        values: &'v BTreeMap<ItemCode, Vec<CurrentValue>>,
    ) -> Vec<&'v CurrentValue> {
        let items = self.fills.iter().filter_map(|key| Catalogue::builtin().item_by_key(key));
        items.filter_map(|item| values.get(&item.code)).flatten().collect()
    }

    pub fn told(&self) -> RepeatOwed {
        let catalogue = Catalogue::builtin();
        let first = self.fills.first().and_then(|key| catalogue.item_by_key(key));
        let takes = |station: &&domain::catalogue::Station| {
            first.is_some_and(|item| station.items.contains(&item.code))
        };
        let station = catalogue.stations.iter().find(takes);
        RepeatOwed {
            items: self.fills.iter().map(|key| (*key).to_owned()).collect(),
            station: station.map(|station| station.key.clone()).unwrap_or_default(),
            text: self.text_zh.to_owned(),
            urgent: self.urgent_zh.to_owned(),
            rest_min: self.rest_min,
            go: self.go_zh.to_owned(),
            wait: self.wait_zh.to_owned(),
            since: self.since_zh.to_owned(),
            left: self.left_zh.to_owned(),
            ready: self.ready_zh.to_owned(),
            meanwhile: self.meanwhile_zh.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;
    use chrono::NaiveDate;
    use domain::catalogue::parse_value;
    use domain::facts::{PersonKind, Sex};

    /// The items that are to be filled, for a man of 60 with these values.
    fn asked(cells: &[(&str, &str)]) -> Vec<&'static str> {
        let (findings, values) = judged(cells);
        owed(&findings, &values).iter().flat_map(|repeat| repeat.fills).copied().collect()
    }

    type Seen = (Vec<Judgement>, BTreeMap<ItemCode, Vec<CurrentValue>>);

    fn judged(cells: &[(&str, &str)]) -> Seen {
        let catalogue = Catalogue::builtin();
        let subject = Subject {
            kind: PersonKind::Resident,
            sex: Some(Sex::M),
            birth: NaiveDate::from_ymd_opt(1966, 1, 1),
            day: NaiveDate::from_ymd_opt(2026, 9, 1).unwrap(),
        };
        let values = cells.iter().map(|(key, text)| {
            let item = catalogue.item_by_key(key).unwrap();
            let value = parse_value(item, text).unwrap();
            (item.code, vec![CurrentValue { value, unusual: false }])
        });
        let values = values.collect();
        (judge_current(catalogue, &subject, &values), values)
    }

    #[test]
    fn too_low_a_glucose_is_repeated_at_once_and_what_the_table_does_not_name_is_not() {
        let check = |cells: &[(&str, &str)], fills: &[&str]| assert_eq!(asked(cells), fills);
        let glucose = &["glucose2_mmol_l"][..];
        check(&[("glucose_mmol_l", "2.8")], glucose);
        check(&[("glucose_mmol_l", "2.81")], &[]);
        check(&[("glucose_mmol_l", "2.8"), ("fasting", "yes")], glucose);
        check(&[("glucose_mmol_l", "3.9"), ("known_diabetes", "yes")], glucose);
        check(&[("glucose_mmol_l", "3.91"), ("known_diabetes", "yes")], &[]);
        check(&[("glucose_mmol_l", "3.9"), ("known_diabetes", "no")], &[]);
        // finding_levels.csv: no repeat settles it; it is acted on.
        check(&[("glucose_mmol_l", "16.7")], &[]);
    }

    #[test]
    fn a_repeat_taken_or_answered_with_a_reason_is_owed_no_more() {
        let low = ("glucose_mmol_l", "2.5");
        assert_eq!(asked(&[low]), ["glucose2_mmol_l"]);
        for taken in ["5.1", "2.6", "拒检"] {
            assert_eq!(asked(&[low, ("glucose2_mmol_l", taken)]), [""; 0], "{taken}");
        }
    }

    #[test]
    fn what_is_grave_after_its_repeat_calls_for_somebody() {
        let check = |cells: &[(&str, &str)], wanted: &str| {
            let (findings, values) = judged(cells);
            let stations = Catalogue::builtin().stations.iter();
            let said = stations
                .filter_map(|one| still(one, &findings, &values))
                .next()
                .map(|one| one.text)
                .unwrap_or_default();
            assert!(said.contains(wanted), "{cells:?}: {said}");
            assert_eq!(said.is_empty(), wanted.is_empty(), "{cells:?}: {said}");
        };
        check(&[("sbp1_mmhg", "152"), ("sbp2_mmhg", "184")], "仍明显升高");
        check(&[("sbp1_mmhg", "190"), ("sbp2_mmhg", "186")], "仍明显升高");
        check(&[("glucose_mmol_l", "2.5"), ("glucose2_mmol_l", "2.6")], "仍过低");
        // The controls: nobody has repeated it, or it is so no more.
        check(&[("sbp1_mmhg", "190")], "");
        check(&[("sbp1_mmhg", "190"), ("sbp2_mmhg", "拒检")], "");
        check(&[("sbp1_mmhg", "181"), ("sbp2_mmhg", "150")], "");
        check(&[("glucose_mmol_l", "2.5"), ("glucose2_mmol_l", "5.1")], "");
    }

    #[test]
    fn each_repeat_is_of_its_own_reading() {
        let high = [("sbp1_mmhg", "180"), ("dbp1_mmhg", "80")];
        let low = ("glucose_mmol_l", "2.5");
        assert_eq!(asked(&high), ["sbp2_mmhg", "dbp2_mmhg"]);
        // Either arm asks, and a second reading of whichever was taken again answers.
        let other = [("sbp_other_mmhg", "192"), ("dbp_other_mmhg", "116")];
        let usual = [("sbp1_mmhg", "118"), ("dbp1_mmhg", "76")];
        let both_arms = [usual[0], usual[1], other[0], other[1]];
        assert_eq!(asked(&other), ["sbp2_mmhg", "dbp2_mmhg"]);
        assert_eq!(asked(&both_arms), ["sbp2_mmhg", "dbp2_mmhg"]);
        assert_eq!(asked(&[&both_arms[..], &[("sbp2_mmhg", "170")]].concat()), [""; 0]);
        assert_eq!(asked(&[("sbp_other_mmhg", "179"), ("dbp_other_mmhg", "109")]), [""; 0]);
        assert_eq!(asked(&[high[0], high[1], low]).len(), 3);
        assert_eq!(asked(&[high[0], high[1], low, ("sbp2_mmhg", "170")]), ["glucose2_mmol_l"]);
        assert_eq!(asked(&[("sbp1_mmhg", "179"), ("dbp1_mmhg", "109")]), [""; 0]);
        let both: Vec<&Repeat> = REPEATS.iter().collect();
        assert_eq!(next(&both, Some("blood")).unwrap().station, "blood");
        assert_eq!(next(&both, Some("dental")).unwrap().station, "bp");
        assert_eq!(next(&[], Some("blood")), None);
    }
}
