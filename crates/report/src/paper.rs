//! Printed paper: day sheet, guide sheets, labels and what follows them, as PDF bytes. Pure: facts and the bytes of
//! fonts in, PDF bytes out, the same for the same input. Not where fonts are found (a caller reads them off its machine)
//! nor where anything is judged. Why no typesetting language: `docs/decisions/026`.

mod by_when;
mod card;
mod codes;
mod day_sheet;
mod face;
mod follow_up;
mod guide_sheet;
mod handover;
mod label;
mod lines;
mod part;
mod pdf;
mod person_report;
mod receipt;
mod referral;
mod sheet;
mod summary;
mod table;

pub use card::{CardSheet, SeatCard, seat_cards};
pub use day_sheet::{DaySheet, LeftEarly, OpenFinding, StationLine, StreamLine, day_sheet};
pub use face::{FaceInfo, FontFile, Fonts, Weight, faces_in};
pub use follow_up::follow_up_sheet;
pub use guide_sheet::{GuidePerson, GuideSheet, GuideStation, PerPage, guide_sheets};
pub use handover::{Handover, HandoverKind, handover};
pub use label::{LabelPerson, LabelSize, TubeLabel, labels, tube_labels};
pub use person_report::{
    EarlierColumn, PersonReport, ReportFinding, ReportRow, ReportSection, person_reports,
};
pub use receipt::receipt_sheets;
pub use referral::{Referral, ReferralFinding, referral_slips};
pub use summary::summary_pages;

/// Why there is no paper. Never carries a name, a number or a value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PaperError {
    #[error("none of the fonts has Chinese")]
    FontAbsent,
    #[error("a code cannot be drawn")]
    Code,
    #[error("the label is too small for its code")]
    LabelTooSmall,
    #[error("the document was not written")]
    Unwritten,
}

/// Points in a millimetre: 72 to the inch of 25.4 mm.
const PT_PER_MM: f32 = 72.0 / 25.4;

fn mm(millimetres: f32) -> f32 {
    millimetres * PT_PER_MM
}

/// Debian's fonts-noto-cjk, for tests of layouts.
#[cfg(test)]
fn test_fonts() -> Fonts {
    let file = |name: &str| FontFile {
        bytes: std::sync::Arc::new(
            std::fs::read(format!("/usr/share/fonts/opentype/noto/{name}")).unwrap(),
        ),
        index: 2,
    };
    Fonts::new(&[file("NotoSansCJK-Regular.ttc")], &[file("NotoSansCJK-Bold.ttc")]).unwrap()
}
