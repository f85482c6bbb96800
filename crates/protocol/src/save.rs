//! One station's save and its wire form. In the program results are rows; on the wire they are columns,
//! because columns of one save repeat those of the last and compress away. Not what a value means:
//! limits and choices are the catalogue's.

use crate::entry::EntryError;
use crate::fact::EntryReference;
use prost::Message;
use std::collections::BTreeMap;

/// One station's save: the results of a person in a round. The header names person, round, day, station.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaveFact {
    /// The catalogue version that judged it.
    pub catalogue: u32,
    /// At most one an item. Written, and read back, in ascending order of items.
    pub results: Vec<ResultFact>,
    /// Every current value of these items that the operator saw: this save replaces them.
    pub saw: Vec<SawFact>,
    /// Findings shown at the station.
    pub findings: Vec<FindingFact>,
    /// Why an earlier value was amended, or which of two was chosen.
    pub reason: String,
    /// Where the results are a laboratory's report.
    pub lab: Option<LabFact>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResultFact {
    /// The item's code, 1 to 65,535.
    pub item: u32,
    /// `None`: there is a result, but of a form this version cannot read.
    pub value: Option<ValueFact>,
    /// Outside the usual band and confirmed.
    pub unusual: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ValueFact {
    /// The number times 10^decimals of the item.
    Number(i64),
    Choice(u32),
    Text(String),
    /// 1 拒检 2 未测 3 设备故障 4 不适用 5 待回报
    Absent(u32),
}

/// One entry seen, and for which items.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SawFact {
    #[prost(message, optional, tag = "1")]
    pub entry: Option<EntryReference>,
    #[prost(uint32, repeated, tag = "2")]
    pub items: Vec<u32>,
}

/// What a laboratory reported of one tube, beside the values.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct LabFact {
    /// The tube's code.
    #[prost(string, tag = "1")]
    pub tube: String,
    /// The laboratory's name.
    #[prost(string, tag = "2")]
    pub laboratory: String,
    /// A line for each result.
    #[prost(message, repeated, tag = "3")]
    pub lines: Vec<LabLineFact>,
}

/// One result as the laboratory printed it. The range wins over ours.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct LabLineFact {
    #[prost(uint32, tag = "1")]
    pub item: u32,
    /// Ends of the laboratory's own range, decimals in the item's unit; an end lies within unless it is said to be open.
    #[prost(string, optional, tag = "2")]
    pub low: Option<String>,
    #[prost(string, optional, tag = "3")]
    pub high: Option<String>,
    /// Value, unit and range as printed.
    #[prost(string, tag = "4")]
    pub said: String,
    /// The end itself lies outside, as in `>1.04` and `<5.2`.
    #[prost(bool, tag = "5")]
    pub is_low_open: bool,
    #[prost(bool, tag = "6")]
    pub is_high_open: bool,
    /// The range alone, as printed and in the laboratory's unit; empty in older entries.
    #[prost(string, tag = "7")]
    pub range: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct FindingFact {
    #[prost(string, tag = "1")]
    pub rule: String,
    #[prost(string, tag = "2")]
    pub code: String,
    /// 1 C, 2 B, 3 A.
    #[prost(uint32, tag = "3")]
    pub level: u32,
}

/// The payload of a save as its bytes are. Each kind of value has a column of items and one of values.
/// A column of items holds the first item's code, then the step to each next one: never 0, so that no
/// item comes twice. What is the same at every save of a station stands first.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SaveColumns {
    #[prost(uint32, tag = "1")]
    pub catalogue: u32,
    #[prost(uint32, repeated, tag = "2")]
    pub number_items: Vec<u32>,
    #[prost(uint32, repeated, tag = "3")]
    pub choice_items: Vec<u32>,
    #[prost(uint32, repeated, tag = "4")]
    pub choices: Vec<u32>,
    #[prost(sint64, repeated, tag = "5")]
    pub numbers: Vec<i64>,
    #[prost(uint32, repeated, tag = "6")]
    pub absent_items: Vec<u32>,
    #[prost(uint32, repeated, tag = "7")]
    pub absents: Vec<u32>,
    #[prost(uint32, repeated, tag = "8")]
    pub text_items: Vec<u32>,
    #[prost(string, repeated, tag = "9")]
    pub texts: Vec<String>,
    /// Items of the columns above whose value is unusual and confirmed; steps as there.
    #[prost(uint32, repeated, tag = "10")]
    pub unusual_items: Vec<u32>,
    #[prost(message, repeated, tag = "11")]
    pub findings: Vec<FindingFact>,
    #[prost(message, repeated, tag = "12")]
    pub saw: Vec<SawFact>,
    #[prost(string, tag = "13")]
    pub reason: String,
    #[prost(message, optional, tag = "14")]
    pub lab: Option<LabFact>,
}

impl SaveFact {
    pub fn encode_to_vec(&self) -> Vec<u8> {
        SaveColumns::from(self).encode_to_vec()
    }

    /// `Malformed` when the bytes are no such message, `Invalid` when its columns do not fit together.
    pub fn decode(bytes: &[u8]) -> Result<SaveFact, EntryError> {
        let columns = SaveColumns::decode(bytes).map_err(|_| EntryError::Malformed)?;
        SaveFact::try_from(columns)
    }
}

impl From<&SaveFact> for SaveColumns {
    fn from(save: &SaveFact) -> Self {
        let mut rows: Vec<&ResultFact> = save.results.iter().collect();
        rows.sort_by_key(|row| row.item);
        let mut columns = SaveColumns {
            catalogue: save.catalogue,
            findings: save.findings.clone(),
            saw: save.saw.clone(),
            reason: save.reason.clone(),
            lab: save.lab.clone(),
            ..SaveColumns::default()
        };
        for row in rows {
            let items = match &row.value {
                Some(ValueFact::Number(number)) => {
                    columns.numbers.push(*number);
                    &mut columns.number_items
                }
                Some(ValueFact::Choice(choice)) => {
                    columns.choices.push(*choice);
                    &mut columns.choice_items
                }
                Some(ValueFact::Text(text)) => {
                    columns.texts.push(text.clone());
                    &mut columns.text_items
                }
                Some(ValueFact::Absent(reason)) => {
                    columns.absents.push(*reason);
                    &mut columns.absent_items
                }
                None => {
                    columns.absents.push(0);
                    &mut columns.absent_items
                }
            };
            items.push(row.item);
            if row.unusual {
                columns.unusual_items.push(row.item);
            }
        }
        into_steps(&mut columns.number_items);
        into_steps(&mut columns.choice_items);
        into_steps(&mut columns.absent_items);
        into_steps(&mut columns.text_items);
        into_steps(&mut columns.unusual_items);
        columns
    }
}

impl TryFrom<SaveColumns> for SaveFact {
    type Error = EntryError;
    fn try_from(columns: SaveColumns) -> Result<Self, Self::Error> {
        let mut rows = BTreeMap::new();
        read_column(&mut rows, &columns.number_items, columns.numbers, |n| {
            Some(ValueFact::Number(n))
        })?;
        read_column(&mut rows, &columns.choice_items, columns.choices, |c| {
            Some(ValueFact::Choice(c))
        })?;
        read_column(&mut rows, &columns.absent_items, columns.absents, |reason| {
            (reason != 0).then_some(ValueFact::Absent(reason))
        })?;
        read_column(&mut rows, &columns.text_items, columns.texts, |t| Some(ValueFact::Text(t)))?;
        for item in items(&columns.unusual_items) {
            rows.get_mut(&item?).ok_or(EntryError::Invalid)?.unusual = true;
        }
        Ok(SaveFact {
            catalogue: columns.catalogue,
            results: rows.into_values().collect(),
            saw: columns.saw,
            findings: columns.findings,
            reason: columns.reason,
            lab: columns.lab,
        })
    }
}

/// Adds one column's results; an item that another column has too is `Invalid`.
fn read_column<T>(
    rows: &mut BTreeMap<u32, ResultFact>,
    steps: &[u32],
    values: Vec<T>,
    read: impl Fn(T) -> Option<ValueFact>,
) -> Result<(), EntryError> {
    if steps.len() != values.len() {
        return Err(EntryError::Invalid);
    }
    for (item, value) in items(steps).zip(values) {
        let row = ResultFact { item: item?, value: read(value), unusual: false };
        if rows.insert(row.item, row).is_some() {
            return Err(EntryError::Invalid);
        }
    }
    Ok(())
}

/// Ascending item codes into the first and the steps from there.
fn into_steps(items: &mut [u32]) {
    let mut last = 0;
    for item in items {
        (last, *item) = (*item, *item - last);
    }
}

/// The item codes of a column: ascending, none twice, none beyond what an item's code can be.
fn items(steps: &[u32]) -> impl Iterator<Item = Result<u32, EntryError>> {
    steps.iter().scan(0_u32, |last, step| {
        let item = last.checked_add(*step).filter(|item| *step > 0 && *item <= u32::from(u16::MAX));
        *last = item.unwrap_or(u32::MAX);
        Some(item.ok_or(EntryError::Invalid))
    })
}
