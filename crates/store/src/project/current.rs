//! Which values of a checkup are current. Pure: saves and voids in, marks out. Not what they mean.
//!
//! A save names the values it saw. A value is current unless an applied fact leads to it along such
//! names, through any fact, applied or not. A void names and adds none. An amend is complete in
//! itself, so it stands before its original arrives. A name whose hash differs points at nothing here.

use super::packed::Results;
use domain::catalogue::Catalogue;
use domain::facts::CurrentValue;
use domain::ids::{ItemCode, UnitCode};
use domain::lab::PrintedRange;
use domain::rule::OwnRange;
use domain::value::Decimal;
use ledger::Reference;
use protocol::Header;
use protocol::fact::{LabFact, ResultFact, SaveFact, SawFact, VoidFact};
use std::collections::{BTreeMap, BTreeSet};

/// A save or a void about one checkup.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub reference: Reference,
    /// Where else equal bytes stand: equal bodies are one fact, and each place names it.
    pub also: Vec<Reference>,
    /// The unit of the stop.
    pub unit: UnitCode,
    /// False while held: its values count for nothing, what it names still connects.
    pub is_applied: bool,
    pub header: Header,
    pub saying: Saying,
}

#[derive(Debug, Clone)]
pub(crate) enum Saying {
    Save(SaveFact),
    Void(VoidFact),
}

impl Said {
    pub fn saw(&self) -> &[SawFact] {
        match &self.saying {
            Saying::Save(save) => &save.saw,
            Saying::Void(void) => &void.saw,
        }
    }

    pub fn results(&self) -> &[ResultFact] {
        match &self.saying {
            Saying::Save(save) => &save.results,
            Saying::Void(_) => &[],
        }
    }

    /// The laboratory's report that these results are.
    pub fn lab(&self) -> Option<&LabFact> {
        match &self.saying {
            Saying::Save(save) => save.lab.as_ref(),
            Saying::Void(_) => None,
        }
    }

    /// A range whose ends cannot be read, or are turned round, is none.
    fn own_range(&self, item: u32) -> Option<OwnRange> {
        let line = self.lab()?.lines.iter().find(|line| line.item == item)?;
        let end = |text: &Option<String>| text.as_deref().and_then(Decimal::parse);
        let (low, high) = (end(&line.low), end(&line.high));
        let is_turned = low.zip(high).is_some_and(|(low, high)| low > high);
        ((low.is_some() || high.is_some()) && !is_turned).then_some(OwnRange {
            low,
            high,
            is_low_open: line.is_low_open,
            is_high_open: line.is_high_open,
        })
    }

    /// What the laboratory printed beside a result; `None` where it printed no range, or the value is no laboratory's.
    pub fn printed_range(&self, item: ItemCode) -> Option<PrintedRange> {
        let code = u32::from(item.0);
        let words = self.lab()?.lines.iter().find(|line| line.item == code)?.range.clone();
        let printed = PrintedRange { ends: self.own_range(code), words };
        (printed != PrintedRange::default()).then_some(printed)
    }

    fn references(&self) -> impl Iterator<Item = &Reference> {
        std::iter::once(&self.reference).chain(&self.also)
    }
}

/// One value ever given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ValueGiven {
    /// Which of the sayings gave it.
    pub said: usize,
    pub item: ItemCode,
    pub value: CurrentValue,
    pub is_current: bool,
    /// The range that the laboratory printed beside it.
    pub own: Option<OwnRange>,
}

/// What stands of a checkup.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    /// Every value this catalogue can read, in the order of the references of their sayings.
    pub values: Vec<ValueGiven>,
    /// (saying, item) that an applied fact leads to.
    pub superseded: BTreeSet<(usize, u32)>,
}

impl Standing {
    pub fn of(catalogue: &Catalogue, said: &[Said]) -> Standing {
        let superseded = superseded(said);
        let mut order: Vec<usize> = (0..said.len()).collect();
        order.sort_by_key(|at| said[*at].reference);
        let mut values = Vec::new();
        for at in order {
            for result in said[at].results() {
                let Some((item, value)) = read(catalogue, result) else { continue };
                let is_current =
                    said[at].is_applied && !superseded.contains(&(at, u32::from(item.0)));
                let own = said[at].own_range(result.item);
                values.push(ValueGiven { said: at, item, value, is_current, own });
            }
        }
        Standing { values, superseded }
    }

    pub fn current(&self) -> impl Iterator<Item = &ValueGiven> {
        self.values.iter().filter(|v| v.is_current)
    }

    pub fn results(&self) -> Results {
        let mut results = Results::new();
        for given in self.current() {
            results.entry(given.item).or_default().push(given.value.clone());
        }
        results
    }
}

/// A result of an item this catalogue does not know (yet) waits: an upgrade projects it anew.
fn read(catalogue: &Catalogue, result: &ResultFact) -> Option<(ItemCode, CurrentValue)> {
    let code = ItemCode(u16::try_from(result.item).ok()?);
    let value = result.value(catalogue.item(code)?.decimals()).ok()?;
    Some((code, CurrentValue { value, unusual: result.unusual }))
}

/// Where each saying stands, by every place its bytes have.
pub(super) fn places(said: &[Said]) -> BTreeMap<Reference, usize> {
    let mut places: BTreeMap<Reference, usize> = BTreeMap::new();
    for (at, one) in said.iter().enumerate() {
        for reference in one.references() {
            places.insert(*reference, at);
        }
    }
    places
}

/// Everything that the names given by applied facts lead to.
fn superseded(said: &[Said]) -> BTreeSet<(usize, u32)> {
    let places = places(said);
    let mut reached = BTreeSet::new();
    let mut ahead: Vec<(usize, u32)> = Vec::new();
    for one in said.iter().filter(|one| one.is_applied) {
        for saw in one.saw() {
            if let Some(at) = place(&places, saw) {
                ahead.extend(saw.items.iter().map(|item| (at, *item)));
            }
        }
    }
    while let Some((at, item)) = ahead.pop() {
        if !reached.insert((at, item)) {
            continue;
        }
        for saw in said[at].saw().iter().filter(|saw| saw.items.contains(&item)) {
            if let Some(further) = place(&places, saw) {
                ahead.push((further, item));
            }
        }
    }
    reached
}

fn place(places: &BTreeMap<Reference, usize>, saw: &SawFact) -> Option<usize> {
    let reference = Reference::try_from(saw.entry.as_ref()?).ok()?;
    places.get(&reference).copied()
}
