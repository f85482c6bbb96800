//! A checkup's results, judgements and examiners as one blob each: integer item codes, scaled integers,
//! never a row per result. Every current value is in it, so that a conflict needs no second look.
//! Not what is current (`current`) or what it means (`judged`).

use super::bytes::{Packer, Unpacker};
use crate::error::StoreError;
use domain::catalogue::Catalogue;
use domain::facts::CurrentValue;
use domain::ids::{ExaminerId, ItemCode, StationCode};
use domain::rule::{Judgement, Level};
use domain::value::{AbsentReason, Decimal, Value};
use std::collections::BTreeMap;

/// Current values by item; more than one where two saves were unaware of each other.
pub type Results = BTreeMap<ItemCode, Vec<CurrentValue>>;

const NUMBER: u8 = 0;
const CHOICE: u8 = 1;
const TEXT: u8 = 2;
const ABSENT: u8 = 3;
const KIND_MASK: u8 = 0b11;
const UNUSUAL: u8 = 0b100;
const SCALE_SHIFT: u8 = 3;

pub(crate) fn pack_results(results: &Results) -> Vec<u8> {
    let mut packer = Packer::default();
    for (item, values) in results {
        packer.number(u64::from(item.0));
        packer.number(values.len() as u64);
        for current in values {
            pack_value(&mut packer, current);
        }
    }
    packer.done()
}

fn pack_value(packer: &mut Packer, current: &CurrentValue) {
    let unusual = if current.unusual { UNUSUAL } else { 0 };
    match &current.value {
        Value::Number(n) => {
            packer.byte(NUMBER | unusual | n.scale << SCALE_SHIFT);
            packer.signed(n.mantissa);
        }
        Value::Choice(code) => {
            packer.byte(CHOICE | unusual);
            packer.number(u64::from(*code));
        }
        Value::Text(text) => {
            packer.byte(TEXT | unusual);
            packer.text(text);
        }
        Value::Absent(reason) => {
            packer.byte(ABSENT | unusual);
            let at = AbsentReason::ALL.iter().position(|r| r == reason).unwrap_or_default();
            packer.number(at as u64);
        }
    }
}

pub(crate) fn unpack_results(bytes: &[u8]) -> Result<Results, StoreError> {
    let mut unpacker = Unpacker::new(bytes, "results");
    let mut results = Results::new();
    while !unpacker.is_done() {
        let item = ItemCode(unpacker.small()?);
        let count: usize = unpacker.small()?;
        let values = results.entry(item).or_default();
        for _ in 0..count {
            values.push(unpack_value(&mut unpacker)?);
        }
    }
    Ok(results)
}

fn unpack_value(unpacker: &mut Unpacker) -> Result<CurrentValue, StoreError> {
    let tag = unpacker.byte()?;
    let value = match tag & KIND_MASK {
        NUMBER => Value::Number(Decimal::new(unpacker.signed()?, tag >> SCALE_SHIFT)),
        CHOICE => Value::Choice(unpacker.small()?),
        TEXT => Value::Text(unpacker.text()?.to_owned()),
        _ => {
            let at: usize = unpacker.small()?;
            let reason = AbsentReason::ALL.get(at).ok_or_else(|| unpacker.wrong())?;
            Value::Absent(*reason)
        }
    };
    Ok(CurrentValue { value, unusual: tag & UNUSUAL != 0 })
}

/// A class the catalogue has a level for is packed as that row's number: its catalogue projected it.
pub(crate) fn pack_judgements(catalogue: &Catalogue, judgements: &[Judgement]) -> Vec<u8> {
    let mut packer = Packer::default();
    for judgement in judgements {
        match class_number(catalogue, &judgement.rule, &judgement.code) {
            Some(number) => packer.number(number as u64 + 1),
            None => {
                packer.number(0);
                packer.text(&judgement.rule);
                packer.text(&judgement.code);
            }
        }
        packer.byte(judgement.level.number() | u8::from(judgement.after_recheck) << 2);
        packer.number(judgement.item.map_or(0, |item| u64::from(item.0) + 1));
        packer.number(judgement.due_days.map_or(0, |days| u64::from(days) + 1));
        packer.text(&judgement.value);
    }
    packer.done()
}

pub(crate) fn unpack_judgements(
    catalogue: &Catalogue,
    bytes: &[u8],
) -> Result<Vec<Judgement>, StoreError> {
    let mut unpacker = Unpacker::new(bytes, "judgements");
    let mut judgements = Vec::new();
    while !unpacker.is_done() {
        let (rule, code) = match unpacker.small::<usize>()? {
            0 => (unpacker.text()?.to_owned(), unpacker.text()?.to_owned()),
            number => {
                let row = catalogue.levels.get(number - 1).ok_or_else(|| unpacker.wrong())?;
                (row.rule.clone(), row.code.clone())
            }
        };
        let bits = unpacker.byte()?;
        let item = match unpacker.small::<u16>()? {
            0 => None,
            code => Some(ItemCode(code - 1)),
        };
        let due_days = match unpacker.small::<u32>()? {
            0 => None,
            days => Some(u16::try_from(days - 1).map_err(|_| unpacker.wrong())?),
        };
        judgements.push(Judgement {
            rule,
            code,
            level: level_of(bits & 0b11),
            item,
            value: unpacker.text()?.to_owned(),
            after_recheck: bits & 0b100 != 0,
            due_days,
        });
    }
    Ok(judgements)
}

/// Who examined at which station, in the order of the catalogue's stations.
pub(crate) fn pack_examiners(examiners: &[(StationCode, ExaminerId)]) -> Vec<u8> {
    let mut packer = Packer::default();
    for (station, examiner) in examiners {
        packer.number(u64::from(station.0));
        packer.id(examiner.0);
    }
    packer.done()
}

pub(crate) fn unpack_examiners(bytes: &[u8]) -> Result<Vec<(StationCode, ExaminerId)>, StoreError> {
    let mut unpacker = Unpacker::new(bytes, "examiners");
    let mut examiners = Vec::new();
    while !unpacker.is_done() {
        examiners.push((StationCode(unpacker.small()?), ExaminerId(unpacker.id()?)));
    }
    Ok(examiners)
}

/// The number of a class's row in the catalogue's levels.
pub(crate) fn class_number(catalogue: &Catalogue, rule: &str, code: &str) -> Option<usize> {
    catalogue.levels.iter().position(|row| row.rule == rule && row.code == code)
}

/// A number no level has is read as the gravest: what cannot be read is never shown as harmless.
pub(crate) fn level_of(number: u8) -> Level {
    match number {
        0 => Level::N,
        1 => Level::C,
        2 => Level::B,
        _ => Level::A,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_back_as_they_were() {
        let value = |value, unusual| CurrentValue { value, unusual };
        let mut results = Results::new();
        results.insert(
            ItemCode(8),
            vec![
                value(Value::Number(Decimal::new(118, 0)), false),
                value(Value::Number(Decimal::new(152, 0)), true),
            ],
        );
        results.insert(ItemCode(1), vec![value(Value::Number(Decimal::new(-15820, 2)), true)]);
        results.insert(ItemCode(21), vec![value(Value::Choice(3), false)]);
        results.insert(ItemCode(23), vec![value(Value::Text("窦性心律".to_owned()), false)]);
        for (at, reason) in AbsentReason::ALL.into_iter().enumerate() {
            let item = ItemCode(40 + u16::try_from(at).unwrap());
            results.insert(item, vec![value(Value::Absent(reason), false)]);
        }
        let packed = pack_results(&results);
        assert_eq!(unpack_results(&packed).unwrap(), results);
        assert!(unpack_results(&packed[..packed.len() - 1]).is_err(), "a cut blob is damage");
    }

    #[test]
    fn a_checkup_of_every_item_of_the_catalogue_is_read_back() {
        let catalogue = Catalogue::builtin();
        let value = |item: &domain::catalogue::Item| match item.choices().last() {
            Some(choice) if matches!(item.kind, domain::catalogue::ItemKind::Choice { .. }) => {
                Value::Choice(choice.code)
            }
            Some(choice) => Value::Text(choice.code.to_string()),
            None => Value::Number(Decimal::new(-175, 2)),
        };
        let one = |item: &domain::catalogue::Item| {
            (item.code, vec![CurrentValue { value: value(item), unusual: false }])
        };
        let results: Results = catalogue.items.iter().map(one).collect();
        assert!(results.keys().any(|item| item.0 > 300), "codes of two bytes are among them");
        assert_eq!(unpack_results(&pack_results(&results)).unwrap(), results);
    }

    #[test]
    fn judgements_are_read_back_whether_the_catalogue_knows_the_class_or_not() {
        let catalogue = Catalogue::builtin();
        let judgement = |rule: &str, code: &str| Judgement {
            rule: rule.to_owned(),
            code: code.to_owned(),
            level: Level::A,
            item: Some(ItemCode(0)),
            value: "182/112".to_owned(),
            after_recheck: true,
            due_days: Some(14),
        };
        let known = Judgement { item: None, due_days: None, ..judgement("adult_bp", "grade3") };
        let judgements = vec![known, judgement("rule_of_2031", "grade9")];
        let packed = pack_judgements(catalogue, &judgements);
        assert_eq!(unpack_judgements(catalogue, &packed).unwrap(), judgements);
    }
}
