//! How much of a file is read before it is refused, each limit with its name. Roomy for the largest
//! real file (a township of 60,000 people, one workbook), small enough for a tablet of 2 GB.

pub const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// All XML parts of one xlsx, unpacked.
pub const INFLATED_BYTES_MAX: u64 = 192 * 1024 * 1024;
/// Parts in one xlsx package.
pub const ZIP_PARTS_MAX: usize = 4_096;
pub const SHEETS_MAX: usize = 256;
/// Rows with something in them, all sheets together.
pub const ROWS_MAX: usize = 200_000;
/// The last column with something in it. A roster has ten to thirty.
pub const COLUMNS_MAX: usize = 512;
/// Cells kept, all sheets together, empty ones before the last filled one of a row counted.
pub const CELLS_MAX: usize = 4_000_000;
/// Text kept, all sheets together: one shared text may be named by every cell.
pub const TEXT_BYTES_MAX: usize = 128 * 1024 * 1024;
/// An old-style sheet is read as a full rectangle, so its corners count.
pub const XLS_AREA_CELLS_MAX: u64 = 6_000_000;
pub const MERGES_MAX: usize = 100_000;
/// Cells of text above a header that are searched for a unit, those nearest to it.
pub const TITLE_CELLS_MAX: usize = 60;
/// Headers on one sheet: as many printed pages.
pub const TABLES_MAX: usize = 1_000;
/// Different addresses looked at for a township they agree on.
pub const ADDRESS_SAMPLES_MAX: usize = 200;
