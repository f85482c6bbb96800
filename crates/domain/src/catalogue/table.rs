//! A reference table as its file gives it: metadata lines that start with `#`, a header, rows of text.
//! What the cells mean is not known here.

use super::load::CatalogueError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The file's name in `schema/catalogue/tables`.
    pub name: String,
    /// `STATUS`: how far the numbers were verified.
    pub status: String,
    /// `TITLE`: the standard and what the table is.
    pub title: String,
    /// `PROVENANCE`: where the numbers are from.
    pub provenance: String,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub fn parse(name: &str, text: &str) -> Result<Table, CatalogueError> {
        let broken = |problem: String| CatalogueError::new(name, problem);
        let meta = |key: &str| {
            let prefix = format!("# {key}: ");
            let line = text.lines().find_map(|line| line.strip_prefix(&prefix));
            line.unwrap_or_default().trim().to_owned()
        };
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|e| broken(e.to_string()))?;
        let header: Vec<String> = header.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| broken(e.to_string()))?;
            rows.push(record.iter().map(|cell| cell.trim().to_owned()).collect());
        }
        let table = Table {
            name: name.to_owned(),
            status: meta("STATUS"),
            title: meta("TITLE"),
            provenance: meta("PROVENANCE"),
            header,
            rows,
        };
        if table.status.is_empty() || table.title.is_empty() || table.rows.is_empty() {
            return Err(broken("needs # STATUS, # TITLE and at least one row".to_owned()));
        }
        Ok(table)
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Result<usize, CatalogueError> {
        let at = self.header.iter().position(|column| column == name);
        at.ok_or_else(|| CatalogueError::new(&self.name, format!("has no column {name}")))
    }

    /// Whether a row says of itself that it was recalled, not found (`status`, `row_status`).
    pub fn row_is_unverified(&self, row: &[String]) -> bool {
        let own = self.header.iter().zip(row).filter(|(column, _)| column.ends_with("status"));
        own.into_iter().any(|(_, cell)| is_unverified(cell))
    }
}

/// A status of numbers that must not classify anyone.
pub(super) fn is_unverified(status: &str) -> bool {
    status.contains("memory") || status.contains("UNVERIFIED")
}
