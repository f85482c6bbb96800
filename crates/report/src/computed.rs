//! What nobody recorded and the values make: body mass index, DMFT, the nine constitutions. As `domain::derived` makes it;
//! here from one person's facts, and nothing from a conflict. Not what it means.

use domain::catalogue::Catalogue;
use domain::derived::derived;
use domain::facts::{CheckupFacts, CurrentValue, is_conflict};
use domain::ids::ItemCode;
use domain::value::Value;
use std::collections::BTreeMap;

/// What stands of each item, where it is one value.
pub fn plain(checkup: &CheckupFacts) -> BTreeMap<ItemCode, Value> {
    let one = |(item, values): (&ItemCode, &Vec<CurrentValue>)| {
        let first = values.first().filter(|current| current.value.is_present())?;
        (!is_conflict(values)).then(|| (*item, first.value.clone()))
    };
    checkup.results.iter().filter_map(one).collect()
}

/// The computed items of which every part has one value.
pub fn computed(catalogue: &Catalogue, checkup: &CheckupFacts) -> BTreeMap<ItemCode, Value> {
    derived(catalogue, &plain(checkup)).into_iter().collect()
}
