//! What can be wrong with a file as a whole. What is wrong with a row is a `RosterProblem`, never an
//! error. No variant carries a cell, a name or the file's name; the sentence a person reads is made
//! at the edge.

/// Which of the limits in [`crate::limits`] a file went beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    FileBytes,
    Sheets,
    Rows,
    Columns,
    Cells,
    TextBytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    #[error("the file is empty")]
    Empty,
    /// Neither xlsx, xls nor text in columns: a picture, a PDF, a Word document, an ods or xlsb.
    #[error("the file is not a workbook")]
    NotAWorkbook,
    /// Systems hand out web pages named `.xls`; a spreadsheet program can save them as xlsx.
    #[error("the file is a web page, not a workbook")]
    WebPage,
    /// Excel 2 to 4: a bare record stream from before 1993, without the container of `.xls`.
    #[error("the workbook is of Excel 4 or older")]
    OldExcel,
    #[error("the workbook is protected by a password")]
    PasswordProtected,
    /// Right kind of file, but cut short or damaged.
    #[error("the workbook is broken or incomplete")]
    Broken,
    /// Unpacks to more than any office's workbook does: a zip bomb, or a container that says so.
    #[error("the workbook unpacks to too much")]
    Inflates,
    #[error("the workbook is too large: {0:?}")]
    TooLarge(Limit),
    /// The returned workbook could not be built.
    #[error("the workbook could not be written")]
    Unwritable,
}
