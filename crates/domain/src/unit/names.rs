//! Finding units by the names that people and offices write. A name is cleaned of width, spaces and
//! punctuation, and compared by its own spelling before looser ones. Nothing is guessed: several
//! candidates come back as several.

use super::{Unit, UnitKind, UnitTree};
use crate::identity::to_half_width;

/// What stands behind the proper name of a village or community, longest first.
const VILLAGE_SUFFIXES: [&str; 9] = [
    "社区居民委员会",
    "村民委员会",
    "居民委员会",
    "社区居委会",
    "村委会",
    "居委会",
    "社区",
    "居",
    "村",
];
const TOWNSHIP_SUFFIXES: [&str; 8] =
    ["街道办事处", "人民政府", "镇政府", "乡政府", "街道办", "街道", "镇", "乡"];
/// What may stand in front of a township's name; the district's own name comes from the tree.
const ABOVE_DISTRICT: [&str; 2] = ["湖南省", "娄底市"];
/// A proper name of one character would be found in every other word.
const STEM_CHARS_MIN: usize = 2;

pub(super) fn find_by_names<'a>(
    tree: &'a UnitTree,
    town: Option<&str>,
    name: &str,
) -> Vec<&'a Unit> {
    let whole = without_prefixes(tree, &clean(name));
    let named = town.map(clean).filter(|town| !town.is_empty());
    let mut towns = named.map(|town| townships_called(tree, &without_prefixes(tree, &town)));
    // `水洞底镇慕隆村` in one cell: the township in front counts as named.
    let in_front =
        townships(tree).find(|one| whole.len() > one.name.len() && whole.starts_with(&one.name));
    let rest = match in_front {
        Some(one) => {
            towns.get_or_insert_with(|| vec![one]);
            whole[one.name.len()..].to_owned()
        }
        None => whole.clone(),
    };
    let in_towns = |unit: &&Unit| match &towns {
        Some(towns) => towns.iter().any(|town| unit.parent.as_ref() == Some(&town.code)),
        None => true,
    };
    let units: Vec<&Unit> = places(tree).filter(in_towns).collect();
    let alike = |how: &dyn Fn(&str, UnitKind) -> bool| -> Vec<&'a Unit> {
        let own = |unit: &&Unit| how(&clean(&unit.name), unit.kind);
        units.iter().copied().filter(own).collect()
    };
    // A school may carry its township in its own name.
    let spelt = |own: &str, kind| {
        let spellings = spellings(own, kind);
        spellings.contains(&whole) || spellings.contains(&rest)
    };
    let same = alike(&spelt);
    if !same.is_empty() {
        return same;
    }
    let wanted = stem(&rest, &VILLAGE_SUFFIXES);
    alike(&|own, kind| kind == UnitKind::Village && stem(own, &VILLAGE_SUFFIXES) == wanted)
}

pub(super) fn find_in_text<'a>(tree: &'a UnitTree, text: &str) -> Vec<&'a Unit> {
    let text = clean(text);
    let mut found: Vec<Mention<'a>> = Vec::new();
    for unit in tree.iter() {
        for spelling in spellings(&clean(&unit.name), unit.kind) {
            let at = text.match_indices(&spelling);
            found.extend(at.map(|(from, _)| Mention { unit, from, to: from + spelling.len() }));
        }
    }
    let found = longest(found);
    let towns: Vec<&Unit> = kept(&found, |kind| kind == UnitKind::Township);
    let named: Vec<&Unit> =
        kept(&found, |kind| matches!(kind, UnitKind::Village | UnitKind::School));
    let places = if named.is_empty() { by_stem(tree, &towns, &text) } else { named };
    if places.is_empty() {
        return towns;
    }
    if towns.is_empty() {
        return places;
    }
    let under = |unit: &&Unit| towns.iter().any(|town| unit.parent.as_ref() == Some(&town.code));
    let agreeing: Vec<&Unit> = places.iter().copied().filter(under).collect();
    if agreeing.is_empty() { towns.into_iter().chain(places).collect() } else { agreeing }
}

/// Villages written without 村: anywhere behind a township's name, else only as the whole text.
fn by_stem<'a>(tree: &'a UnitTree, towns: &[&Unit], text: &str) -> Vec<&'a Unit> {
    let villages = places(tree).filter(|unit| unit.kind == UnitKind::Village);
    if towns.is_empty() {
        let whole = |unit: &&Unit| stem(&clean(&unit.name), &VILLAGE_SUFFIXES) == text;
        return villages.filter(whole).collect();
    }
    let town_names =
        || towns.iter().flat_map(|town| spellings(&clean(&town.name), UnitKind::Township));
    let rest = town_names().fold(text.to_owned(), |rest, name| rest.replace(&name, "|"));
    let mut mentions = Vec::new();
    for unit in villages {
        let stem = stem(&clean(&unit.name), &VILLAGE_SUFFIXES);
        let in_town = towns.iter().any(|town| unit.parent.as_ref() == Some(&town.code));
        if in_town && stem.chars().count() >= STEM_CHARS_MIN {
            let at = rest.match_indices(&stem);
            mentions.extend(at.map(|(from, _)| Mention { unit, from, to: from + stem.len() }));
        }
    }
    kept(&longest(mentions), |kind| kind == UnitKind::Village)
}

/// A unit's name at a place of a text, bytes from..to.
struct Mention<'a> {
    unit: &'a Unit,
    from: usize,
    to: usize,
}

/// Without the mentions that lie inside a longer one: 双江 inside 双江村 speaks of the village.
fn longest<'a>(mentions: Vec<Mention<'a>>) -> Vec<Mention<'a>> {
    let inside = |small: &Mention, large: &Mention| {
        large.from <= small.from
            && small.to <= large.to
            && large.to - large.from > small.to - small.from
    };
    let keep: Vec<bool> =
        mentions.iter().map(|one| !mentions.iter().any(|other| inside(one, other))).collect();
    mentions.into_iter().zip(keep).filter_map(|(one, keep)| keep.then_some(one)).collect()
}

/// Each unit once, in the order of the text.
fn kept<'a>(mentions: &[Mention<'a>], wanted: impl Fn(UnitKind) -> bool) -> Vec<&'a Unit> {
    let mut units: Vec<(usize, &Unit)> = Vec::new();
    for mention in mentions.iter().filter(|mention| wanted(mention.unit.kind)) {
        if !units.iter().any(|(_, unit)| unit.code == mention.unit.code) {
            units.push((mention.from, mention.unit));
        }
    }
    units.sort_by_key(|(from, _)| *from);
    units.into_iter().map(|(_, unit)| unit).collect()
}

fn places(tree: &UnitTree) -> impl Iterator<Item = &Unit> {
    tree.iter().filter(|unit| matches!(unit.kind, UnitKind::Village | UnitKind::School))
}

fn townships(tree: &UnitTree) -> impl Iterator<Item = &Unit> {
    tree.iter().filter(|unit| unit.kind == UnitKind::Township)
}

fn townships_called<'a>(tree: &'a UnitTree, name: &str) -> Vec<&'a Unit> {
    let stem = stem(name, &TOWNSHIP_SUFFIXES);
    townships(tree).filter(|town| self::stem(&town.name, &TOWNSHIP_SUFFIXES) == stem).collect()
}

/// The ways a unit's own name is written: a community also as 居委会, a village also as 村委会.
fn spellings(name: &str, kind: UnitKind) -> Vec<String> {
    let mut all = vec![name.to_owned()];
    match kind {
        UnitKind::District | UnitKind::School => {}
        UnitKind::Township => {
            let stem = stem(name, &TOWNSHIP_SUFFIXES);
            if stem.chars().count() >= STEM_CHARS_MIN {
                all.push(stem);
            }
        }
        UnitKind::Village => {
            let stem = stem(name, &VILLAGE_SUFFIXES);
            let own: &[&str] = if name.ends_with('村') {
                &["村委会", "村民委员会"]
            } else {
                &["居委会", "居民委员会", "社区居委会", "社区居民委员会"]
            };
            all.extend(own.iter().map(|suffix| format!("{stem}{suffix}")));
        }
    }
    all
}

fn stem(name: &str, suffixes: &[&str]) -> String {
    let cut = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
    cut.filter(|stem| !stem.is_empty()).unwrap_or(name).to_owned()
}

/// Without 湖南省娄底市娄星区 in front, or parts of it.
fn without_prefixes(tree: &UnitTree, name: &str) -> String {
    let district = tree.district().map_or("", |unit| unit.name.as_str());
    let mut rest = name;
    for prefix in ABOVE_DISTRICT.into_iter().chain([district]) {
        rest = rest.strip_prefix(prefix).filter(|rest| !rest.is_empty()).unwrap_or(rest);
    }
    rest.to_owned()
}

/// Letters and digits only, half width.
fn clean(text: &str) -> String {
    to_half_width(text).chars().filter(|c| c.is_alphanumeric()).collect()
}
