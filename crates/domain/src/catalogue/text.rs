//! Values from words and to words: what a cell of a file or a field of a form says, and what a
//! report prints. Whether a value is plausible is `check`.

use super::{Catalogue, Item, ItemKind};
use crate::grammar::Grammar;
use crate::identity::to_half_width;
use crate::value::{Decimal, Value};
use serde::{Deserialize, Serialize};

/// Why a text is no value of an item. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ValueProblem {
    #[error("nothing is written")]
    Empty,
    #[error("not a number")]
    NotANumber,
    #[error("more decimal places than the item keeps")]
    TooManyDecimals,
    #[error("none of the item's choices")]
    UnknownChoice,
    #[error("not as the item is written: several choices, a date, a chart of teeth")]
    NotSpelt,
    #[error("longer than the item keeps")]
    TooLong,
    #[error("computed, never entered")]
    Derived,
}

/// Reads a value: `yes`/`是`/`1`, `-`/`阴性`, `±`, `2+`/`++`, a decimal, or why there is none
/// (`拒检`, `待回报` ...). Full-width characters and spaces around are accepted.
pub fn parse_value(item: &Item, text: &str) -> Result<Value, ValueProblem> {
    if item.derived {
        return Err(ValueProblem::Derived);
    }
    let plain = to_half_width(text).trim().to_owned();
    if plain.is_empty() {
        return Err(ValueProblem::Empty);
    }
    let word = plain.to_lowercase();
    // The choices first: a choice may be called as an absence is.
    if let Some(text) = item.grammar.spell(&plain).filter(|_| is_several(item)) {
        return Ok(Value::Text(text));
    }
    if let Some(code) = find_choice(item, &word) {
        return Ok(Value::Choice(code));
    }
    let absent = Catalogue::builtin().absent_words.iter().find(|(_, absent)| *absent == word);
    if let Some((reason, _)) = absent {
        return Ok(Value::Absent(*reason));
    }
    match &item.kind {
        ItemKind::Number { decimals, .. } => parse_number(&plain, *decimals).map(Value::Number),
        ItemKind::Choice { .. } => Err(ValueProblem::UnknownChoice),
        ItemKind::Text { chars_max } => {
            let text = item.grammar.spell(&plain).ok_or(ValueProblem::NotSpelt)?;
            let is_short = text.chars().count() <= usize::from(*chars_max);
            if is_short { Ok(Value::Text(text)) } else { Err(ValueProblem::TooLong) }
        }
    }
}

/// The number at the fewest places that lose nothing: `7`, `7.0` and `7.00` are one value and are
/// kept alike.
fn parse_number(text: &str, decimals: u8) -> Result<Decimal, ValueProblem> {
    let number = Decimal::parse(text).ok_or(ValueProblem::NotANumber)?;
    let fits = |scale: u8| number.rescaled(scale);
    (0..=decimals).find_map(fits).ok_or(ValueProblem::TooManyDecimals)
}

fn is_several(item: &Item) -> bool {
    matches!(item.grammar, Grammar::Several(_))
}

/// `word` in half-width lower case, as loading keeps the words of a choice.
fn find_choice(item: &Item, word: &str) -> Option<u16> {
    let mut choices = item.choices().iter();
    let found = choices.find(|choice| choice.words.iter().any(|one| one == word));
    found.map(|choice| choice.code)
}

/// A value in words for people: `7.2`, `是`, `2+`, `拒检`. Numbers carry at least the places usual
/// for the item, so that a value prints alike however it was typed or stored.
pub fn print_value(item: &Item, value: &Value) -> String {
    match value {
        Value::Number(number) => print_number(item, *number),
        Value::Choice(code) => {
            let choice = item.choices().iter().find(|choice| choice.code == *code);
            // A newer catalogue's choice: shown by its code, never dropped.
            choice.map_or_else(|| format!("#{code}"), |choice| choice.zh.clone())
        }
        Value::Text(text) => item.grammar.print(text),
        Value::Absent(reason) => reason.zh().to_owned(),
    }
}

fn print_number(item: &Item, number: Decimal) -> String {
    let shown = match item.kind {
        ItemKind::Number { decimals_shown, .. } => decimals_shown,
        ItemKind::Choice { .. } | ItemKind::Text { .. } => 0,
    };
    let shortest = (shown..=number.scale.max(shown)).find_map(|scale| number.rescaled(scale));
    shortest.unwrap_or(number).to_string()
}
