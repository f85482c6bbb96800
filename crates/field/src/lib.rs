//! The device application: what a team's laptop or tablet can do, over a `Host` (clock and randomness).
//!
//! Command bodies only: no screen, no Tauri, no rules (`domain`), no SQL (`store`), no wire (`sync`).
//! Every command returns a plain struct that the command line and the screens print.

mod account;
mod app;
mod barred;
mod carry;
mod conclude;
mod confirm;
mod consent;
mod contact;
mod delivery;
mod desk;
mod enrol;
mod find;
mod gone;
mod hall;
mod hex;
mod home;
pub mod host;
mod hub;
mod hub_certificate;
mod hub_link;
mod keep_syncing;
mod mark;
pub mod measurement;
mod own_proof;
mod paper;
mod person;
mod record;
mod record_plan;
mod recovery_copy;
mod reserve;
mod result;
mod slots;
mod status;
mod stop_line;
mod synchronise;
mod tasks;
mod tries;
mod tube;
mod unlocking;
mod vouchers;

pub use app::{Abilities, App, Card, CardFailure, CardReader, HallAbility, SimulatedReader, watch};
pub use carry::CarryMade;
pub use domain::task::Bucket;
pub use enrol::{Enrolled, Enrolment};
pub use find::FoundRow;
pub use gone::Gone;
pub use hall::{
    Hall, HallPage, PairingCode, SEATS_MAX, SeatShown, pairing_address, print_fingerprint,
    reached_at, router as hall_router,
};
pub use home::{Acting, Home, read_key_file};
pub use host::{Host, StretchCost, SystemHost};
pub use hub::{DEVICES_MAX, Guest, HubServing, HubState, HubWatch, serve_hub_until_stopped};
pub use hub_link::{HubLink, HubSynced, LOOK, read_hub};
pub use keep_syncing::{Goal, Watch, Woken};
pub use office::ContactOrder;
pub use office::paper::{LabelSize, PerPage};
pub use office::{ArrivalKind, ArrivalOrder, ArrivalSaid, HandoverDay};
pub use office::{
    Chain, ChainLine, OpenElsewhere, OwnerCount, PersonChains, ReferralOrder, ReferralsIssued,
    SheetBack, SheetFormat, SheetHeld, SheetIssued, SheetOrder, StepDraft, StepOrder, StepRecorded,
    TaskLine, TaskList, TaskWant,
};
pub use office::{
    ConcludeOrder, Draft, NormalList, NormalPerson, NormalsSigned, ResultRow, Review, Signed,
};
pub use office::{ConfirmLine, ConfirmList, ConfirmOrder, ConfirmSave, Confirmed};
pub use office::{ConsentFileBack, ConsentLine, ConsentList, ConsentOrder, ConsentProblem};
pub use office::{
    Export, ExportOrder, Exported, Format, HeldRow, Identifiers, RosterImported, RosterOrder,
    Verified,
};
pub use office::{HandLine, HandList, HandOrder, Handed, LeftOut, ReceiptsMade};
pub use office::{
    HeldRowOfLab, LabAlarm, LabDecision, LabDoubt, LabImported, LabOrder, StrayedTube, TubeBound,
    TubeCount,
};
pub use office::{ReportOrder, Reported, Which};
pub use office::{SummaryKind, SummaryMade, SummaryOrder};
pub use office::{TemplateExported, TemplateOrder};
pub use paper::{Paper, PaperOrder, Printed, tube_kind};
pub use person::{NewPerson, PersonShown, Registered};
pub use record::{RecordOrder, Recorded};
pub use result::{Amended, ResultChange};
pub use slots::{Slots, Worker};
pub use status::Status;
pub use store::{Key, Level};
pub use synchronise::Synced;
pub use tube::TubeOrder;
pub use unlocking::{SlotRow, SlotsShown, recover, slots, unlock};
