//! Tubes: the code on one, the kinds there are, and how far a person's tube of a kind has come. Not who holds which
//! code: that is recorded.

use crate::catalogue::Catalogue;
use crate::identity::normalize;
use crate::ids::ItemCode;
use serde::{Deserialize, Serialize};

/// Shortest and longest code on a tube, characters.
const CODE_CHARS: std::ops::RangeInclusive<usize> = 4..=32;

/// A tube's code as it is kept: digits, capital letters and hyphens. `None` for what no tube carries: shorter, longer, or
/// with anything else in it.
pub fn read_code(text: &str) -> Option<String> {
    let code = normalize(text);
    let is_plain = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase() || b == b'-';
    (CODE_CHARS.contains(&code.len()) && code.bytes().all(is_plain)).then_some(code)
}

/// A kind of tube with the items that are examined in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TubeKind {
    /// The number in entries.
    pub code: u32,
    pub key: String,
    pub name_zh: String,
    pub items: Vec<ItemCode>,
}

#[derive(Deserialize)]
struct Told {
    code: u32,
    key: String,
    name_zh: String,
    items: Vec<String>,
}

/// Every kind, as schema/laboratory/tubes.json has them. An item the catalogue does not have is in none.
pub fn tube_kinds(cat: &Catalogue) -> Vec<TubeKind> {
    let text = include_str!("../../../schema/laboratory/tubes.json");
    let told: Vec<Told> = serde_json::from_str(text).unwrap_or_default();
    let kind = |told: Told| TubeKind {
        code: told.code,
        key: told.key,
        name_zh: told.name_zh,
        items: told.items.iter().filter_map(|key| Some(cat.item_by_key(key)?.code)).collect(),
    };
    told.into_iter().map(kind).collect()
}

/// How far somebody's tube of a kind has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TubeState {
    /// 未检
    NotDrawn,
    /// 待回报
    Awaited,
    /// 已回报
    Reported,
    /// 需重采
    Redraw,
}

impl TubeState {
    pub const ALL: [TubeState; 4] =
        [TubeState::NotDrawn, TubeState::Awaited, TubeState::Reported, TubeState::Redraw];

    pub fn zh(self) -> &'static str {
        match self {
            TubeState::NotDrawn => "未检",
            TubeState::Awaited => "待回报",
            TubeState::Reported => "已回报",
            TubeState::Redraw => "需重采",
        }
    }
}

/// The state as a list of tubes says it: of a tube with a result while others are awaited how many of them are there. What counts (受检率,
/// 待回报) goes by the items, never by these words.
pub fn state_words(state: TubeState, answered: usize, due: usize) -> String {
    match state {
        TubeState::Reported if answered < due => format!("部分已回报（{answered}/{due}）"),
        TubeState::NotDrawn | TubeState::Awaited | TubeState::Reported | TubeState::Redraw => {
            state.zh().to_owned()
        }
    }
}

/// A tube that stands, as far as its state goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    pub is_spoilt: bool,
    pub is_reported: bool,
}

/// The state of one kind from a person's tubes of it; `is_known` where results stand without any tube.
pub fn tube_state(tubes: &[Drawn], is_known: bool) -> TubeState {
    let mut good = tubes.iter().filter(|tube| !tube.is_spoilt).peekable();
    if good.peek().is_some() {
        let is_reported = good.any(|tube| tube.is_reported);
        return if is_reported { TubeState::Reported } else { TubeState::Awaited };
    }
    match (tubes.is_empty(), is_known) {
        (false, _) => TubeState::Redraw,
        (true, true) => TubeState::Reported,
        (true, false) => TubeState::NotDrawn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_code_is_what_a_label_carries_and_nothing_else() {
        let check = |text: &str, code: Option<&str>| {
            assert_eq!(read_code(text).as_deref(), code, "{text}");
        };
        check("B2609140001", Some("B2609140001"));
        check(" b26０９-1 ", Some("B2609-1"));
        check("123", None);
        check("张三0001", None);
        check("12.5", None);
        check(&"1".repeat(33), None);
    }

    #[test]
    fn every_kind_has_its_own_number_and_items_that_the_catalogue_has() {
        let cat = Catalogue::builtin();
        let kinds = tube_kinds(cat);
        assert_eq!(kinds.len(), 4);
        let told: Vec<Told> =
            serde_json::from_str(include_str!("../../../schema/laboratory/tubes.json")).unwrap();
        let mut seen = BTreeSet::new();
        for (kind, told) in kinds.iter().zip(&told) {
            assert_eq!(kind.items.len(), told.items.len(), "{}", kind.key);
            assert!(kind.items.iter().all(|item| seen.insert(*item)), "{}: twice", kind.key);
            let stations =
                cat.stations.iter().filter(|s| kind.items.iter().all(|i| s.items.contains(i)));
            assert_eq!(stations.count(), 1, "{}", kind.key);
        }
        assert_eq!(kinds.iter().map(|k| k.code).collect::<BTreeSet<_>>().len(), kinds.len());
    }

    #[test]
    fn each_state_is_told_apart() {
        let tube = |is_spoilt, is_reported| Drawn { is_spoilt, is_reported };
        let check = |tubes: &[Drawn], known, state| assert_eq!(tube_state(tubes, known), state);
        check(&[], false, TubeState::NotDrawn);
        check(&[], true, TubeState::Reported);
        check(&[tube(false, false)], false, TubeState::Awaited);
        check(&[tube(false, true)], true, TubeState::Reported);
        check(&[tube(true, false)], false, TubeState::Redraw);
        check(&[tube(true, false), tube(false, false)], false, TubeState::Awaited);
        check(&[tube(true, false), tube(false, true)], true, TubeState::Reported);
    }
}
