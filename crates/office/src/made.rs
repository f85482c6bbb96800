//! The rows of one station of a report: what was recorded there, and what is made of it (体质指数, 中医体质). Not what it means.

use domain::catalogue::{Catalogue, Item, Station};
use domain::derived::{derived, parts};
use domain::ids::ItemCode;
use domain::value::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::ValueView;

/// The items of a station that have a value, and what is made of its items.
pub(crate) fn items_of_station<'c>(
    catalogue: &'c Catalogue,
    station: &Station,
    plain: &BTreeMap<ItemCode, Value>,
    closed: &BTreeSet<ItemCode>,
) -> Vec<&'c Item> {
    let is_here = |code: &&ItemCode| {
        let of = parts(catalogue, **code);
        !of.is_empty() && of.iter().all(|part| station.items.contains(part))
    };
    let made = plain.keys().filter(is_here);
    let all = station.items.iter().chain(made).filter(|code| plain.contains_key(code));
    all.filter(|code| !closed.contains(code)).filter_map(|code| catalogue.item(*code)).collect()
}

/// What stands of each item in one round.
pub(crate) type Told<'v> = BTreeMap<ItemCode, Vec<&'v ValueView>>;

/// What the values make (体质指数, 中医体质), of those that are one and that the family did not refuse.
pub(crate) fn made_of(
    catalogue: &Catalogue,
    values: &Told,
    closed: &BTreeSet<ItemCode>,
) -> BTreeMap<ItemCode, Value> {
    let one = |(item, values): (&ItemCode, &Vec<&ValueView>)| {
        let first = values.first().filter(|first| first.value.is_present())?;
        let is_one = values.iter().all(|other| other.value == first.value);
        (is_one && !closed.contains(item)).then(|| (*item, first.value.clone()))
    };
    derived(catalogue, &values.iter().filter_map(one).collect()).into_iter().collect()
}
