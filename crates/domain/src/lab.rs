//! What a laboratory printed, brought to an item's unit: only by factors that stand in schema/laboratory/units.csv with
//! their source. Not which item is meant, nor what a value means.

use crate::catalogue::{Item, ItemKind, parse_value};
use crate::range::Direction;
use crate::rule::OwnRange;
use crate::value::{Decimal, Value};

/// The factor from a unit as printed to an item's. `None` where none is declared: then nothing is converted.
pub fn factor(item_unit: &str, said: &str) -> Option<Decimal> {
    let plain = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let wanted = plain(said).to_lowercase();
    let text = include_str!("../../../schema/laboratory/units.csv");
    let mut rows = text.lines().skip(1).map(|line| line.splitn(4, ','));
    rows.find_map(|mut cells| {
        let (of, unit, factor) = (cells.next()?, cells.next()?, cells.next()?);
        let fits = of == item_unit && plain(unit).to_lowercase() == wanted;
        if fits { Decimal::parse(factor) } else { None }
    })
}

/// Whether a unit as printed is declared for any item.
pub fn is_declared(said: &str) -> bool {
    let plain = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let wanted = plain(said).to_lowercase();
    let text = include_str!("../../../schema/laboratory/units.csv");
    let mut rows = text.lines().skip(1).filter_map(|line| line.split(',').nth(1));
    rows.any(|unit| plain(unit).to_lowercase() == wanted)
}

/// Units that are declared for results of an item of this unit, its own first.
pub fn units(item_unit: &str) -> Vec<&'static str> {
    let text = include_str!("../../../schema/laboratory/units.csv");
    let rows = text.lines().skip(1).map(|line| line.splitn(4, ','));
    let fits = rows.filter_map(|mut cells| {
        let (of, unit) = (cells.next()?, cells.next()?);
        (of == item_unit).then_some(unit)
    });
    let mut all: Vec<&str> = fits.collect();
    all.sort_by_key(|unit| *unit != item_unit);
    all
}

/// The product, exact; `None` where it does not fit.
pub fn times(number: Decimal, factor: Decimal) -> Option<Decimal> {
    let mantissa = number.mantissa.checked_mul(factor.mantissa)?;
    Some(Decimal::new(mantissa, number.scale.checked_add(factor.scale)?).trimmed())
}

/// What a laboratory printed beside one result as its range (docs/decisions/047-a-laboratorys-range-marks-and-ours-stand-beside-it.md).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrintedRange {
    /// Its ends in the item's unit; none where it names none, or where they are turned round.
    pub ends: Option<OwnRange>,
    /// As printed, in the laboratory's own unit: `阴性`, `3.9-6.1`. Empty where an older entry kept none.
    pub words: String,
}

/// What the laboratory's range says of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnWord {
    Within,
    Out(Direction),
}

impl PrintedRange {
    /// As shown beside a value: the ends in the item's unit, else what was printed.
    pub fn text(&self) -> String {
        self.ends.map_or_else(|| self.words.clone(), |ends| ends.to_string())
    }

    /// `None` where the range says nothing of this value: no ends for a number, words that are no answer of the item.
    pub fn says(&self, item: &Item, value: &Value) -> Option<OwnWord> {
        match value {
            Value::Number(number) => Some(match self.ends?.side(*number) {
                Some(direction) => OwnWord::Out(direction),
                None => OwnWord::Within,
            }),
            Value::Choice(_) if matches!(item.kind, ItemKind::Choice { .. }) => {
                let usual = parse_value(item, &self.words).ok()?;
                let is_usual = usual == *value;
                let word =
                    if is_usual { OwnWord::Within } else { OwnWord::Out(Direction::Positive) };
                matches!(usual, Value::Choice(_)).then_some(word)
            }
            Value::Choice(_) | Value::Text(_) | Value::Absent(_) => None,
        }
    }
}

/// The lower end of a range lies above the upper one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeTurned;

/// A range as printed: `3.9-6.1`, `3.9~6.1`, `<5.2`, `≥1.04`. Words are no range (`Ok(None)`); ends that are turned round
/// are an error.
pub fn read_range(text: &str) -> Result<Option<OwnRange>, RangeTurned> {
    let plain: String = crate::identity::normalize(text)
        .chars()
        .map(|c| if matches!(c, '~' | '—' | '–' | '～' | '至') { '-' } else { c })
        .collect();
    let plain = plain.trim_matches(['(', ')', '[', ']']);
    let end = |text: &str| Decimal::parse(text.trim_start_matches('='));
    let is_open = |mark: char| plain.starts_with(mark) && !plain[1..].starts_with('=');
    if let Some(high) = plain.strip_prefix(['<', '≤']).and_then(end) {
        let closed = OwnRange::closed(None, Some(high));
        return Ok(Some(OwnRange { is_high_open: is_open('<'), ..closed }));
    }
    if let Some(low) = plain.strip_prefix(['>', '≥']).and_then(end) {
        let closed = OwnRange::closed(Some(low), None);
        return Ok(Some(OwnRange { is_low_open: is_open('>'), ..closed }));
    }
    let Some((low, high)) = plain.split_once('-') else { return Ok(None) };
    let (Some(low), Some(high)) = (end(low), end(high.trim_start_matches('-'))) else {
        return Ok(None);
    };
    if low > high { Err(RangeTurned) } else { Ok(Some(OwnRange::closed(Some(low), Some(high)))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn units_are_converted_by_declared_factors_and_by_no_other() {
        let check = |item: &str, said: &str, value: &str, expect: Option<&str>| {
            let got = factor(item, said).and_then(|f| times(decimal(value), f));
            assert_eq!(got, expect.map(decimal), "{value} {said} as {item}");
        };
        check("g/L", "g/dL", "13.5", Some("135"));
        check("g/L", " G/l ", "135", Some("135"));
        check("μmol/L", "umol/L", "65.3", Some("65.3"));
        check("μmol/L", "mmol/L", "0.0653", Some("65.3"));
        check("L/L", "%", "41.5", Some("0.415"));
        // Molar masses are declared nowhere.
        check("mmol/L", "mg/dL", "126", None);
        check("mmol/L", "", "5.6", None);
    }

    #[test]
    fn a_range_is_read_as_printed_or_not_at_all() {
        let range = |low: Option<&str>, high: Option<&str>| {
            Ok(Some(OwnRange::closed(low.map(decimal), high.map(decimal))))
        };
        let open = |range: Result<Option<OwnRange>, RangeTurned>| {
            range.map(|one| {
                one.map(|r| OwnRange {
                    is_low_open: r.low.is_some(),
                    is_high_open: r.high.is_some(),
                    ..r
                })
            })
        };
        let check = |text: &str, expect| assert_eq!(read_range(text), expect, "{text}");
        check("3.9-6.1", range(Some("3.9"), Some("6.1")));
        check("3.9 ～ 6.1", range(Some("3.9"), Some("6.1")));
        check("3.9--6.1", range(Some("3.9"), Some("6.1")));
        check("＜5.20", open(range(None, Some("5.20"))));
        check(">1.04", open(range(Some("1.04"), None)));
        check("<=5.20", range(None, Some("5.20")));
        check("≤5.20", range(None, Some("5.20")));
        check("≥1.04", range(Some("1.04"), None));
        check("阴性", Ok(None));
        check("", Ok(None));
        check("6.1-3.9", Err(RangeTurned));
    }

    #[test]
    fn a_printed_range_says_which_way_a_value_lies_or_nothing() {
        let cat = crate::catalogue::Catalogue::builtin();
        let check = |key: &str, printed: &str, value: &str, expect: Option<OwnWord>| {
            let item = cat.item_by_key(key).unwrap();
            let ends = read_range(printed).unwrap_or_default();
            let range = PrintedRange { ends, words: printed.to_owned() };
            let value = parse_value(item, value).unwrap();
            assert_eq!(range.says(item, &value), expect, "{key} {printed} {value:?}");
        };
        let (low, high) = (OwnWord::Out(Direction::Low), OwnWord::Out(Direction::High));
        check("tc_mmol_l", "＜5.2", "5.2", Some(high));
        check("tc_mmol_l", "≤5.2", "5.2", Some(OwnWord::Within));
        check("glucose_mmol_l", "3.9～6.1", "3.8", Some(low));
        check("glucose_mmol_l", "3.9～6.1", "6.1", Some(OwnWord::Within));
        check("glucose_mmol_l", "≥3.9", "30", Some(OwnWord::Within));
        check("urine_protein", "阴性", "1+", Some(OwnWord::Out(Direction::Positive)));
        check("urine_protein", "阴性", "-", Some(OwnWord::Within));
        // Nothing is said: ours stands.
        check("glucose_mmol_l", "6.1-3.9", "7", None);
        check("glucose_mmol_l", "见说明", "7", None);
        check("urine_protein", "0-8", "1+", None);
        check("urine_protein", "拒检", "1+", None);
        check("glucose_mmol_l", "", "7", None);
        check("glucose_mmol_l", "3.9-6.1", "拒检", None);
    }

    #[test]
    fn every_factor_has_a_source() {
        for line in include_str!("../../../schema/laboratory/units.csv").lines().skip(1) {
            let cells: Vec<&str> = line.splitn(4, ',').collect();
            assert!(cells.len() == 4 && !cells[3].trim().is_empty(), "{line}");
            assert!(Decimal::parse(cells[2]).is_some(), "{line}");
        }
    }
}
