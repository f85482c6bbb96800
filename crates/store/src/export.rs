//! What a report is made of, read for one round and one unit with all below it. Not what is printed, nor
//! whether numbers are masked.

use crate::conclusion::conclusion_state;
use crate::confirmation::unconfirmed_stations;
use crate::directory::{examiners, in_force, round_of, units};
use crate::error::StoreError;
use crate::open::Store;
use crate::placement::{Placement, placements_of, registrations_of};
use crate::project::{
    CheckupRow, ROW_COLUMNS, Results, consent_of, group_of, known_of, read_person_id, read_row,
};
use crate::spelling::Spellings;
use crate::tally::{coverage, unit_range};
use crate::tube::{drawn, sent_back};
use crate::tx::{Sql, Tx, bits};
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Package};
use domain::consent::closed;
use domain::facts::{
    CheckupFacts, CoverageFacts, DeviceFacts, ExportFacts, PersonDetails, RoundFacts, UnitFacts,
};
use domain::ids::{ItemCode, PersonId, RoundId, UnitCode};
use domain::order::reading_order;
use domain::state::{Answered, answered, state};
use domain::tube::{TubeKind, tube_kinds};
use domain::unfinished::unfinished;
use domain::unit::{UnitKind, UnitTree};
use std::collections::{BTreeMap, BTreeSet};

/// Checkups of a round that count at a unit or below it, or were taken there.
const CHECKUPS: &str = include_str!("../../../schema/db/query/export_checkups.sql");

impl Store {
    /// Facts of a round for reports. `under`: a unit and all below it; `as_of`: the moment printed; `today`:
    /// the day the brief calls today.
    pub fn export_facts(
        &self,
        round: RoundId,
        under: Option<&UnitCode>,
        as_of: String,
        today: NaiveDate,
    ) -> Result<ExportFacts, StoreError> {
        let devices_known = self.is_server();
        let devices = self.devices()?.into_iter().map(|device| DeviceFacts {
            name: device.name,
            units: device.units,
            heard_at_ms: device.heard_at_ms,
        });
        let devices: Vec<DeviceFacts> = devices.collect();
        self.read(|tx| {
            let round = round_of(tx, round)?;
            let tree = units(tx)?;
            let checkups = checkups(tx, self.catalogue(), round.id, under)?;
            let coverage = coverage_facts(tx, &tree, round.id, under)?;
            let named =
                checkups.iter().map(|c| &c.unit).chain(coverage.iter().map(|c| &c.unit.code));
            let named: BTreeSet<&UnitCode> = named.collect();
            Ok(ExportFacts {
                round: RoundFacts {
                    id: round.id,
                    name: round.name,
                    from: round.from,
                    to: round.to,
                    levels_confirmed_by: round.levels_confirmed_by,
                },
                units: named.into_iter().map(|code| unit_facts(&tree, code)).collect(),
                checkups,
                coverage,
                devices,
                devices_known,
                as_of,
                today,
            })
        })
    }
}

fn coverage_facts(
    tx: &dyn Tx,
    tree: &UnitTree,
    round: RoundId,
    under: Option<&UnitCode>,
) -> Result<Vec<CoverageFacts>, StoreError> {
    let rows = coverage(tx, round, under)?.into_iter().map(|row| CoverageFacts {
        unit: unit_facts(tree, &row.unit),
        expected: row.expected,
        examined_listed: row.examined_listed,
        examined_other_village: row.examined_other_village,
        examined_outside: row.examined_outside,
    });
    Ok(rows.collect())
}

/// A unit nobody has described (yet) is named by its code.
fn unit_facts(tree: &UnitTree, code: &UnitCode) -> UnitFacts {
    let unit = tree.get(code);
    UnitFacts {
        code: code.clone(),
        kind: unit.map_or(UnitKind::Village, |unit| unit.kind),
        name: unit.map_or_else(|| code.0.clone(), |unit| unit.name.clone()),
        township: tree.township_name(code).unwrap_or_default().to_owned(),
    }
}

fn checkups(
    tx: &dyn Tx,
    catalogue: &Catalogue,
    round: RoundId,
    under: Option<&UnitCode>,
) -> Result<Vec<CheckupFacts>, StoreError> {
    let names: BTreeMap<u64, String> =
        examiners(tx)?.into_iter().map(|examiner| (examiner.id.0, examiner.name)).collect();
    let (first, end) = unit_range(under);
    // A place is a line: it begins the text, or follows the end of another.
    let (at_start, behind) = (format!("{first}%"), format!("%\n{first}%"));
    let params = [
        bits(round.0).into(),
        Sql::Text(&first),
        Sql::Text(&end),
        Sql::Text(&at_start),
        Sql::Text(&behind),
    ];
    let unconfirmed = unconfirmed_stations(tx, round)?;
    let force = in_force(tx, round)?;
    let drawn = drawn(tx, round)?;
    let kinds = tube_kinds(&force);
    let mut facts = Vec::new();
    tx.each(&CHECKUPS.replace("{columns}", ROW_COLUMNS), &params, &mut |row| {
        let person = read_person_id(row, 15)?;
        let checkup = read_row(catalogue, row)?;
        let one = checkup_facts(tx, &force, round, person, checkup, &names)?;
        let one = match drawn.get(&person) {
            None => one,
            Some(of) => {
                let consent = consent_of(tx, round.0, person)?.of_kind(one.kind);
                let closed = closed(&force, consent.as_ref());
                let open = to_redraw(force.package(one.kind), &kinds, (of, &closed), &one.results);
                // Of a tube that is good what the laboratory sent back, and nothing else.
                let is_sure = |(_, is_good): &(ItemCode, bool)| !is_good;
                let sent = match open.iter().all(is_sure) {
                    true => BTreeSet::new(),
                    false => sent_back(tx, catalogue, round, person)?,
                };
                let redraw =
                    open.into_iter().filter(|(item, is_good)| !is_good || sent.contains(item));
                with_redraw(redraw.map(|(item, _)| item).collect(), one)
            }
        };
        let unconfirmed = unconfirmed.get(&person).cloned().unwrap_or_default();
        facts.push(CheckupFacts { unconfirmed, ..one });
        Ok(())
    })?;
    let spelled = Spellings::read(tx, round, (&first, &end))?;
    for one in &mut facts {
        one.grade = spelled.of(&one.unit, one.grade.take());
    }
    facts.sort_by(|a, b| {
        let grade = |c: &CheckupFacts| reading_order(c.grade.as_deref());
        let group = |c: &CheckupFacts| reading_order(c.group.as_deref());
        (&a.unit, grade(a), group(a), a.person).cmp(&(&b.unit, grade(b), group(b), b.person))
    });
    Ok(facts)
}

fn checkup_facts(
    tx: &dyn Tx,
    catalogue: &Catalogue,
    round: RoundId,
    person: PersonId,
    row: CheckupRow,
    names: &BTreeMap<u64, String>,
) -> Result<CheckupFacts, StoreError> {
    let group = group_of(tx, person)?;
    let known = known_of(tx, person)?.unwrap_or_default();
    let place = place(tx, &group, round, &row)?;
    let (group, grade, note) = match place {
        Some(place) => (place.group, place.grade, place.note),
        None => (None, None, None),
    };
    let mut examiners: Vec<String> = Vec::new();
    for (_, examiner) in &row.examiners {
        let name = names.get(&examiner.0).cloned().unwrap_or_else(|| examiner.to_string());
        if !examiners.contains(&name) {
            examiners.push(name);
        }
    }
    let conclusion = conclusion_state(tx, round, person)?;
    let consent = consent_of(tx, round.0, person)?.of_kind(row.kind);
    let closed = closed(catalogue, consent.as_ref());
    Ok(CheckupFacts {
        person,
        details: PersonDetails::from(&known.details),
        kind: row.kind,
        unit: row.unit,
        group,
        grade,
        note,
        standing: row.standing,
        day: row.day,
        state: state(catalogue.package(row.kind), &row.results, &closed, conclusion, false),
        answered: match answered(catalogue.package(row.kind), &row.results, &closed, &[]) {
            Answered::Awaited | Answered::Reported
                if !unfinished(catalogue, &row.results, &row.judgements, &closed).is_empty() =>
            {
                Answered::Missing
            }
            as_it_is => as_it_is,
        },
        redraw: Vec::new(),
        own_ranges: BTreeMap::new(),
        results: row.results,
        judgements: row.judgements,
        examiners,
        unconfirmed: Vec::new(),
    })
}

/// With what is to be drawn again, where anything is.
fn with_redraw(redraw: Vec<ItemCode>, one: CheckupFacts) -> CheckupFacts {
    if redraw.is_empty() {
        return one;
    }
    CheckupFacts { answered: Answered::Redraw, redraw, ..one }
}

/// What tubes of these kinds were drawn for and is open, each with whether a good tube of its kind is there. What the family refused
/// since is not to be drawn.
fn to_redraw(
    package: &Package,
    kinds: &[TubeKind],
    (drawn, refused): (&BTreeMap<u32, bool>, &BTreeSet<ItemCode>),
    results: &Results,
) -> Vec<(ItemCode, bool)> {
    let is_open = |item: &&ItemCode| {
        package.items.contains(item)
            && !refused.contains(item)
            && results.get(item).is_none_or(Vec::is_empty)
    };
    let of = kinds.iter().filter_map(|kind| Some((kind, *drawn.get(&kind.code)?)));
    let items = of.flat_map(|(kind, is_good)| {
        kind.items.iter().filter(is_open).map(move |item| (*item, is_good))
    });
    items.collect()
}

/// The roster row of the unit that counts the person, else what the registration says.
fn place(
    tx: &dyn Tx,
    group: &[PersonId],
    round: RoundId,
    row: &CheckupRow,
) -> Result<Option<Placement>, StoreError> {
    let listed = placements_of(tx, group, Some(round))?;
    if let Some(place) = listed.into_iter().find(|place| place.unit == row.unit) {
        return Ok(Some(place));
    }
    let registered = registrations_of(tx, group)?;
    Ok(registered.into_iter().find(|place| place.round == round))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use domain::facts::{CurrentValue, PersonKind};
    use domain::value::{AbsentReason, Value};

    #[test]
    fn what_was_refused_since_or_has_a_reason_is_not_to_be_drawn_again() {
        let catalogue = Catalogue::builtin();
        let package = catalogue.package(PersonKind::Resident);
        let kinds = tube_kinds(catalogue);
        let none = BTreeSet::new();
        let of = |spoilt: u32, refused: &BTreeSet<ItemCode>, results: &Results| {
            let drawn = BTreeMap::from([(spoilt, false)]);
            let open = to_redraw(package, &kinds, (&drawn, refused), results);
            open.into_iter().map(|(item, _)| item).collect::<Vec<ItemCode>>()
        };
        let serum = kinds[0].code;
        // The control: nothing said, all of what is asked is to be drawn again.
        let all = of(serum, &none, &Results::new());
        assert!(!all.is_empty());
        let (first, rest) = all.split_first().unwrap();
        assert_eq!(of(serum, &BTreeSet::from([*first]), &Results::new()), rest);
        assert_eq!(of(serum, &all.iter().copied().collect(), &Results::new()), []);
        let value = Value::Absent(AbsentReason::Refused);
        let said = Results::from([(*first, vec![CurrentValue { value, unusual: false }])]);
        assert_eq!(of(serum, &none, &said), rest);
        assert_eq!(to_redraw(package, &kinds, (&BTreeMap::new(), &none), &Results::new()), []);
    }
}
