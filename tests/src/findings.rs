//! Findings as a set that can be compared: of an export's CSV, and of the second reading of the tables.

use crate::python;
use crate::samples::Sheet;
use std::collections::BTreeSet;
use std::path::Path;

/// Id number, rule, code, level, value, words.
pub type Finding = [String; 6];

/// The findings of a CSV, its other columns left out.
pub fn findings(csv: &str) -> BTreeSet<Finding> {
    let headings = ["id_number", "rule", "code", "level", "value", "text"];
    let sheet = Sheet::parse(csv);
    let columns = headings.map(|heading| sheet.column(heading));
    let mut rows: Vec<Finding> =
        sheet.rows.iter().map(|row| columns.map(|column| row[column].clone())).collect();
    for row in &mut rows {
        row[4] = plain(&row[4]);
    }
    let findings: BTreeSet<Finding> = rows.iter().cloned().collect();
    assert_eq!(findings.len(), rows.len(), "a finding stands there twice");
    findings
}

/// What `tests/python/findings_oracle.py` comes to for a measurements file, by the tables of a folder.
pub fn oracle(tables: &Path, measurements: &Path) -> BTreeSet<Finding> {
    findings(&python::run("findings_oracle.py", &[tables, measurements]))
}

/// Findings that only one side has, the first few: people are made up.
pub fn difference<'a>(
    one: &'a BTreeSet<Finding>,
    other: &'a BTreeSet<Finding>,
) -> Vec<&'a Finding> {
    one.symmetric_difference(other).take(10).collect()
}

/// A number as it is compared: 85.0 is 85.
fn plain(value: &str) -> String {
    match value.split_once('.') {
        Some((whole, places)) if whole.bytes().all(|b| b.is_ascii_digit()) => {
            let places = places.trim_end_matches('0');
            if places.is_empty() { whole.to_owned() } else { format!("{whole}.{places}") }
        }
        Some(_) | None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_compared_without_zeros_behind() {
        for (value, expected) in
            [("85.0", "85"), ("6.10", "6.1"), ("120/80", "120/80"), ("2+", "2+"), ("30", "30")]
        {
            assert_eq!(plain(value), expected);
        }
    }
}
