//! What device and server do alike over a store: rosters in, reports out, held entries shown, data
//! checked. Written once here, called by `field` (a device) and `server` (the console).
//!
//! Reads and writes the files a person names. No clock and no randomness: `Moment` and seeds come in.

mod account;
mod arrival;
mod conclude;
mod confirm;
mod consent;
mod contact;
pub mod day_lines;
mod delivery;
mod export;
mod follow_facts;
mod fonts;
mod held;
mod known;
mod lab;
mod left_out;
mod made;
mod may_print;
mod named;
mod person_report;
mod person_results;
mod receipt;
mod roster;
mod round_levels;
mod round_move;
mod said_day;
mod scope;
mod summary;
mod tasks;
mod template;
mod tube;
mod ungraded;
mod verify;

pub use account::{common_units, own_units, refuse_elsewhere};
pub use arrival::{
    ArrivalKind, ArrivalOrder, ArrivalSaid, HandoverDay, MissingTube, SentOfDay, handover_days,
    record_arrival, sent_on,
};
pub use conclude::{
    AddedRow, ConcludeOrder, Draft, DraftAdded, DraftAnswer, DraftWord, MayWrite, NormalList,
    NormalPerson, NormalsSigned, ProposedRow, ResultRow, Review, Signed, SignedRow, normals,
    review, sign, sign_normals, signing_doctor, withdraw,
};
pub use confirm::{
    ConfirmLine, ConfirmList, ConfirmOrder, ConfirmSave, Confirmed, confirm, confirm_list,
    confirming,
};
pub use consent::{
    ConsentFileBack, ConsentLine, ConsentList, ConsentOrder, ConsentProblem, ConsentsSaid,
    TickedSlip, consent_list, in_spite, take_consents, tick_consents,
};
pub use contact::{ContactOrder, ContactSaid, contact_said, set_contact, setting_contacts};
pub use delivery::{
    HandLine, HandList, HandOrder, Handed, delivering, hand_list, record_received,
    withdraw_received,
};
pub use export::{ExportOrder, Exported, export, export_bytes, write_file};
pub use fonts::{fonts_in, system_fonts};
pub use held::{HeldRow, held, parse_reference, print_reference};
pub use lab::{
    HeldLineOfLab, HeldRowOfLab, LabAlarm, LabDecision, LabDoubt, LabFile, LabFileColumn,
    LabImported, LabItem, LabLooked, LabOrder, StrayedTube, import_lab, lab_held, lab_strayed,
    look_lab, resolve_lab, take_lab,
};
pub use left_out::LeftOut;
pub use may_print::{PaperStand, paper_stand};
pub use named::{person_named, unit_named};
pub use person_report::{
    ReportOrder, Reported, Which, person_reports_of, print_bytes, print_people, report_bytes,
    report_people,
};
pub use receipt::{ReceiptsMade, receipt_bytes, receipts};
pub use report::paper;
pub use report::{Export, Format, Identifiers};
pub use report::{Summary, SummaryKind};
pub use roster::{
    Correction, Difference, DifferenceKind, ProblemWorkbook, RosterFile, RosterImported,
    RosterOrder, RosterTaken, import_roster, import_roster_files, refuse_retired,
};
pub use round_levels::{LevelsOrder, OwnLevelRow, RoundLevels, TellRow, round_levels};
pub use round_move::{
    RoundMove, RoundVersion, round_move, round_version, unpaid, write_round_move,
};
pub use said_day::last_day;
pub use scope::units_below;
pub use summary::{SummaryMade, SummaryOrder, summarise, summary_bytes, summary_of};
pub use tasks::{
    Chain, ChainLine, ChainStep, IssueRow, OpenElsewhere, OwnerCount, PersonChains, ReferralOrder,
    ReferralsIssued, SheetBack, SheetCells, SheetFormat, SheetHeld, SheetIssued, SheetOrder,
    StateCount, StepDraft, StepOrder, StepRecorded, TaskCount, TaskLine, TaskList, TaskWant,
    TodayOf, chains, drop_held_row, following, held_rows, issue_referral_bytes, issue_referrals,
    issue_sheet, issue_sheet_bytes, readable_row, record_step, take_sheet, task_list, task_list_of,
    task_numbered, unanswered,
};
pub use template::{TemplateExported, TemplateOrder, export_template};
pub use tube::{TubeBound, TubeCount, TubeOfPerson, bind_tube, spoil_tube, tube_counts, tubes_of};
pub use verify::{Verified, verify};

use protocol::Failure;

/// The moment a command runs at, as its caller's clock told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970 UTC.
    pub unix_ms: i64,
    /// The civil date in China.
    pub today: chrono::NaiveDate,
    /// Civil time in China, `2026-09-14 17:30`.
    pub as_of: String,
}

impl Moment {
    /// The moment of a clock's reading; China keeps one time, UTC+8, all year.
    pub fn at(unix_ms: i64) -> Moment {
        const CHINA_OFFSET_MS: i64 = 8 * 3_600_000;
        let local =
            chrono::DateTime::from_timestamp_millis(unix_ms.saturating_add(CHINA_OFFSET_MS))
                .unwrap_or_default();
        Moment {
            unix_ms,
            today: local.date_naive(),
            as_of: local.format("%Y-%m-%d %H:%M").to_string(),
        }
    }
}

/// A store's error as people and programs see it.
fn failed(error: store::StoreError) -> Failure {
    Failure::from(error)
}
