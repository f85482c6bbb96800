//! How offices write dates and sexes.

use crate::facts::Sex;
use chrono::NaiveDate;

/// Five styles: 1999-01-07, 19990814, 2008.4.6, 1986/05/09, 1988年5月14日; full-width digits too.
pub fn parse_date(_text: &str) -> Option<NaiveDate> { None }
/// 男 M 1, 女 F 2.
pub fn parse_sex(_text: &str) -> Option<Sex> { None }
/// A numeric cell holds 15 digits exactly: with more digits it is never an ID number.
pub fn numeric_cell_is_never_an_id(is_numeric: bool, digits: usize) -> bool { is_numeric && digits > 15 }
