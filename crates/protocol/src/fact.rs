//! The payload of each kind of entry: one fact. Plain messages with numbered fields; checks that need
//! the catalogue are the domain's, checks of shape and bounds are here.

pub use crate::arrival::{ArrivalFact, ArrivalKindFact};
pub use crate::conclusion::{AnswerKind, ConcludedFact, ConclusionFact};
pub use crate::confirmation::ConfirmationFact;
pub use crate::consent::{ConsentAnswer, ConsentFact, ConsentSource};
pub use crate::contact::ContactFact;
pub use crate::delivery::DeliveryFact;
use crate::entry::EntryError;
pub use crate::laboratory::LaboratoryFact;
pub use crate::roster::{RosterFact, RosterRowFact};
pub use crate::save::{
    FindingFact, LabFact, LabLineFact, ResultFact, SaveFact, SawFact, ValueFact,
};
pub use crate::step::{IssueFact, SaidOfFact, StepFact};
pub use crate::tube::{TubeAct, TubeFact};
use prost::Message;

/// Kinds of entries this version can read. Numbers are for ever; those below 16 belong to the ledger
/// (1 = an entry appended again by a new writer).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u32)]
pub enum Kind {
    Unit = 16,
    Round = 17,
    Operator = 18,
    Examiner = 19,
    Enrolment = 20,
    Stop = 23,
    Held = 24,
    Lifted = 25,
    Retirement = 26,
    Roster = 32,
    Withdrawal = 33,
    Registration = 34,
    Correction = 35,
    Save = 48,
    Void = 49,
    Tube = 50,
    Conclusion = 51,
    Consent = 52,
    Step = 53,
    Issue = 54,
    Arrival = 56,
    Confirmation = 57,
    Delivery = 58,
    Laboratory = 59,
    Contact = 60,
}

impl Kind {
    pub const ALL: [Kind; 25] = [
        Kind::Unit,
        Kind::Round,
        Kind::Operator,
        Kind::Examiner,
        Kind::Enrolment,
        Kind::Stop,
        Kind::Held,
        Kind::Lifted,
        Kind::Retirement,
        Kind::Roster,
        Kind::Withdrawal,
        Kind::Registration,
        Kind::Correction,
        Kind::Save,
        Kind::Void,
        Kind::Tube,
        Kind::Conclusion,
        Kind::Consent,
        Kind::Step,
        Kind::Issue,
        Kind::Arrival,
        Kind::Confirmation,
        Kind::Delivery,
        Kind::Laboratory,
        Kind::Contact,
    ];

    /// Kinds that only a server may write (rounds, settings, operators, holds, enrolments).
    pub fn is_server_only(self) -> bool {
        match self {
            Kind::Unit
            | Kind::Round
            | Kind::Operator
            | Kind::Examiner
            | Kind::Enrolment
            | Kind::Stop
            | Kind::Held
            | Kind::Lifted
            | Kind::Retirement => true,
            Kind::Roster
            | Kind::Withdrawal
            | Kind::Registration
            | Kind::Correction
            | Kind::Save
            | Kind::Void
            | Kind::Tube
            | Kind::Conclusion
            | Kind::Consent
            | Kind::Step
            | Kind::Issue
            | Kind::Arrival
            | Kind::Confirmation
            | Kind::Delivery
            | Kind::Laboratory
            | Kind::Contact => false,
        }
    }
}

impl TryFrom<u32> for Kind {
    type Error = EntryError;
    fn try_from(number: u32) -> Result<Self, Self::Error> {
        Kind::ALL.into_iter().find(|k| *k as u32 == number).ok_or(EntryError::UnknownKind)
    }
}

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    Unit(UnitFact),
    Round(RoundFact),
    Operator(OperatorFact),
    Examiner(ExaminerFact),
    Enrolment(EnrolmentFact),
    Stop(StopFact),
    Held(HeldFact),
    Lifted(LiftedFact),
    Retirement(RetirementFact),
    Roster(RosterFact),
    Withdrawal(WithdrawalFact),
    Registration(RegistrationFact),
    Correction(CorrectionFact),
    Save(SaveFact),
    Void(VoidFact),
    Tube(TubeFact),
    Conclusion(ConclusionFact),
    Consent(ConsentFact),
    Step(StepFact),
    Issue(IssueFact),
    Arrival(ArrivalFact),
    Confirmation(ConfirmationFact),
    Delivery(DeliveryFact),
    Laboratory(LaboratoryFact),
    Contact(ContactFact),
}

impl Fact {
    pub fn kind(&self) -> Kind {
        match self {
            Fact::Unit(_) => Kind::Unit,
            Fact::Round(_) => Kind::Round,
            Fact::Operator(_) => Kind::Operator,
            Fact::Examiner(_) => Kind::Examiner,
            Fact::Enrolment(_) => Kind::Enrolment,
            Fact::Stop(_) => Kind::Stop,
            Fact::Held(_) => Kind::Held,
            Fact::Lifted(_) => Kind::Lifted,
            Fact::Retirement(_) => Kind::Retirement,
            Fact::Roster(_) => Kind::Roster,
            Fact::Withdrawal(_) => Kind::Withdrawal,
            Fact::Registration(_) => Kind::Registration,
            Fact::Correction(_) => Kind::Correction,
            Fact::Save(_) => Kind::Save,
            Fact::Void(_) => Kind::Void,
            Fact::Tube(_) => Kind::Tube,
            Fact::Conclusion(_) => Kind::Conclusion,
            Fact::Consent(_) => Kind::Consent,
            Fact::Step(_) => Kind::Step,
            Fact::Issue(_) => Kind::Issue,
            Fact::Arrival(_) => Kind::Arrival,
            Fact::Confirmation(_) => Kind::Confirmation,
            Fact::Delivery(_) => Kind::Delivery,
            Fact::Laboratory(_) => Kind::Laboratory,
            Fact::Contact(_) => Kind::Contact,
        }
    }

    pub fn encode_payload(&self) -> Vec<u8> {
        match self {
            Fact::Unit(f) => f.encode_to_vec(),
            Fact::Round(f) => f.encode_to_vec(),
            Fact::Operator(f) => f.encode_to_vec(),
            Fact::Examiner(f) => f.encode_to_vec(),
            Fact::Enrolment(f) => f.encode_to_vec(),
            Fact::Stop(f) => f.encode_to_vec(),
            Fact::Held(f) => f.encode_to_vec(),
            Fact::Lifted(f) => f.encode_to_vec(),
            Fact::Retirement(f) => f.encode_to_vec(),
            Fact::Roster(f) => f.encode_to_vec(),
            Fact::Withdrawal(f) => f.encode_to_vec(),
            Fact::Registration(f) => f.encode_to_vec(),
            Fact::Correction(f) => f.encode_to_vec(),
            Fact::Save(f) => f.encode_to_vec(),
            Fact::Void(f) => f.encode_to_vec(),
            Fact::Tube(f) => f.encode_to_vec(),
            Fact::Conclusion(f) => f.encode_to_vec(),
            Fact::Consent(f) => f.encode_to_vec(),
            Fact::Step(f) => f.encode_to_vec(),
            Fact::Issue(f) => f.encode_to_vec(),
            Fact::Arrival(f) => f.encode_to_vec(),
            Fact::Confirmation(f) => f.encode_to_vec(),
            Fact::Delivery(f) => f.encode_to_vec(),
            Fact::Laboratory(f) => f.encode_to_vec(),
            Fact::Contact(f) => f.encode_to_vec(),
        }
    }

    pub fn decode_payload(kind: Kind, bytes: &[u8]) -> Result<Fact, EntryError> {
        fn read<M: Message + Default>(bytes: &[u8]) -> Result<M, EntryError> {
            M::decode(bytes).map_err(|_| EntryError::Malformed)
        }
        let fact = match kind {
            Kind::Unit => Fact::Unit(read(bytes)?),
            Kind::Round => Fact::Round(read(bytes)?),
            Kind::Operator => Fact::Operator(read(bytes)?),
            Kind::Examiner => Fact::Examiner(read(bytes)?),
            Kind::Enrolment => Fact::Enrolment(read(bytes)?),
            Kind::Stop => Fact::Stop(read(bytes)?),
            Kind::Held => Fact::Held(read(bytes)?),
            Kind::Lifted => Fact::Lifted(read(bytes)?),
            Kind::Retirement => Fact::Retirement(read(bytes)?),
            Kind::Roster => Fact::Roster(RosterFact::decode(bytes)?),
            Kind::Withdrawal => Fact::Withdrawal(read(bytes)?),
            Kind::Registration => Fact::Registration(read(bytes)?),
            Kind::Correction => Fact::Correction(read(bytes)?),
            Kind::Save => Fact::Save(SaveFact::decode(bytes)?),
            Kind::Void => Fact::Void(read(bytes)?),
            Kind::Tube => Fact::Tube(read(bytes)?),
            Kind::Conclusion => Fact::Conclusion(read(bytes)?),
            Kind::Consent => Fact::Consent(read(bytes)?),
            Kind::Step => Fact::Step(read(bytes)?),
            Kind::Issue => Fact::Issue(read(bytes)?),
            Kind::Arrival => Fact::Arrival(read(bytes)?),
            Kind::Confirmation => Fact::Confirmation(read(bytes)?),
            Kind::Delivery => Fact::Delivery(read(bytes)?),
            Kind::Laboratory => Fact::Laboratory(read(bytes)?),
            Kind::Contact => Fact::Contact(read(bytes)?),
        };
        Ok(fact)
    }
}

/// Points at an entry: the position finds it, the hash proves it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Message)]
pub struct EntryReference {
    /// 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub writer: Vec<u8>,
    #[prost(uint64, tag = "2")]
    pub seq: u64,
    /// First 8 bytes of the body's SHA-256, big-endian.
    #[prost(fixed64, tag = "3")]
    pub hash8: u64,
}

/// A unit made or described anew; the latest fact in the server's stream stands.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct UnitFact {
    #[prost(string, tag = "1")]
    pub code: String,
    /// 1 district, 2 township, 3 village, 4 school.
    #[prost(uint32, tag = "2")]
    pub kind: u32,
    #[prost(string, tag = "3")]
    pub name: String,
    #[prost(string, tag = "4")]
    pub parent: String,
    /// Where to call about somebody of it; empty = nobody said.
    #[prost(string, tag = "5")]
    pub phone: String,
    /// The village's or school's doctor by name, where they have no account.
    #[prost(string, tag = "6")]
    pub doctor: String,
    /// Their account; 0 = none.
    #[prost(fixed64, tag = "7")]
    pub doctor_operator: u64,
    /// What was said of phone and doctor in the unit's own stream, and is replaced by this.
    #[prost(message, repeated, tag = "8")]
    pub contacts: Vec<EntryReference>,
}

/// A campaign and its settings.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct RoundFact {
    #[prost(fixed64, tag = "1")]
    pub id: u64,
    #[prost(string, tag = "2")]
    pub name: String,
    /// Days since 2000-01-01, both included.
    #[prost(sint32, tag = "3")]
    pub from_day: i32,
    #[prost(sint32, tag = "4")]
    pub to_day: i32,
    /// The catalogue version whose rules judge this round; the fact that stands says where it stands.
    #[prost(uint32, tag = "5")]
    pub catalogue: u32,
    /// Who confirmed levels and follow-up days (本区设置); empty while nobody has.
    #[prost(string, tag = "6")]
    pub levels_confirmed_by: String,
    /// Levels of this round where they differ from the catalogue's.
    #[prost(message, repeated, tag = "7")]
    pub levels: Vec<LevelSetting>,
    /// Items the round does not pay for, by code.
    #[prost(uint32, repeated, tag = "8")]
    pub unpaid_items: Vec<u32>,
    /// Packages added by age or answer that it does not pay for, by key.
    #[prost(string, repeated, tag = "9")]
    pub unpaid_packages: Vec<String>,
}

/// One class's level and due days in a round.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct LevelSetting {
    #[prost(string, tag = "1")]
    pub rule: String,
    #[prost(string, tag = "2")]
    pub code: String,
    /// 0 N, 1 C, 2 B, 3 A.
    #[prost(uint32, tag = "3")]
    pub level: u32,
    #[prost(uint32, optional, tag = "4")]
    pub due_days: Option<u32>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct OperatorFact {
    #[prost(fixed64, tag = "1")]
    pub id: u64,
    /// Unique in the district.
    #[prost(string, tag = "2")]
    pub account: String,
    #[prost(string, tag = "3")]
    pub name: String,
    /// recorder, doctor, coordinator, township, administrator, auditor; unknown words are kept.
    #[prost(string, tag = "4")]
    pub role: String,
    /// Codes of the units it works in, each with all below it; none = wherever its device does.
    #[prost(string, repeated, tag = "5")]
    pub units: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct ExaminerFact {
    #[prost(fixed64, tag = "1")]
    pub id: u64,
    #[prost(string, tag = "2")]
    pub name: String,
    #[prost(string, tag = "3")]
    pub title: String,
    /// The account they work under; 0 = not said: the one of the same name, where only one has it.
    #[prost(fixed64, tag = "4")]
    pub operator: u64,
}

/// A device enrolled: the certificate without the token, so that it returns from peers after a restore.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct EnrolmentFact {
    /// 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub device: Vec<u8>,
    #[prost(string, tag = "2")]
    pub name: String,
    #[prost(string, repeated, tag = "3")]
    pub units: Vec<String>,
    /// `ledger::DeviceCertificate` as bytes.
    #[prost(bytes = "vec", tag = "4")]
    pub certificate: Vec<u8>,
    /// The device is revoked: it may push and is given nothing. Its units are none then.
    #[prost(bool, tag = "20")]
    pub revoked: bool,
    /// How far each of its streams was known when it was revoked: what lies beyond is held.
    #[prost(message, repeated, tag = "21")]
    pub known: Vec<StreamPlace>,
}

/// A position in a stream.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct StreamPlace {
    #[prost(string, tag = "1")]
    pub unit: String,
    /// 16 bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub writer: Vec<u8>,
    #[prost(uint64, tag = "3")]
    pub seq: u64,
}

/// A unit's stop in a round is over, or open again. Lies in the district's stream: who has let the unit's bodies go
/// does not read the unit's.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct StopFact {
    #[prost(fixed64, tag = "1")]
    pub round: u64,
    #[prost(string, tag = "2")]
    pub unit: String,
    /// True: its bodies may leave devices once they are backed up. False: open (again).
    #[prost(bool, tag = "3")]
    pub closed: bool,
}

/// A unit takes no new work. Its code stays its own for ever, and what was recorded there stays. Lies in the
/// district's stream.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct RetirementFact {
    #[prost(string, tag = "1")]
    pub unit: String,
    /// Where the work goes on; empty where nowhere.
    #[prost(string, tag = "2")]
    pub successor: String,
    /// Said by mistake: the unit works as before.
    #[prost(bool, tag = "3")]
    pub withdrawn: bool,
}

/// The server keeps an entry unapplied until a person decides. Lies in the entry's unit, or in the district's with
/// the entry's unit named.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct HeldFact {
    #[prost(message, optional, tag = "1")]
    pub entry: Option<EntryReference>,
    /// A `HoldReason` word.
    #[prost(string, tag = "2")]
    pub reason: String,
    /// The unit of the entry spoken of; empty = the unit this fact lies in.
    #[prost(string, tag = "3")]
    pub unit: String,
}

/// A person's decision about a held entry: applied from now on, or left out for good.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct LiftedFact {
    #[prost(message, optional, tag = "1")]
    pub entry: Option<EntryReference>,
    #[prost(bool, tag = "2")]
    pub applied: bool,
    #[prost(string, tag = "3")]
    pub note: String,
    /// The unit of the entry spoken of; empty = the unit this fact lies in.
    #[prost(string, tag = "4")]
    pub unit: String,
}

/// What is told of a person; a field that is missing was not told.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct DetailsFact {
    #[prost(string, tag = "1")]
    pub name: String,
    /// 0 unknown, 1 male, 2 female.
    #[prost(uint32, tag = "2")]
    pub sex: u32,
    /// Days since 2000-01-01.
    #[prost(sint32, optional, tag = "3")]
    pub birth_day: Option<i32>,
    #[prost(string, optional, tag = "4")]
    pub id_number: Option<String>,
    #[prost(string, optional, tag = "5")]
    pub student_no: Option<String>,
    #[prost(string, optional, tag = "6")]
    pub phone: Option<String>,
    #[prost(string, optional, tag = "7")]
    pub phone_owner: Option<String>,
    #[prost(string, optional, tag = "8")]
    pub address: Option<String>,
}

/// Takes one named row off a roster.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct WithdrawalFact {
    #[prost(message, optional, tag = "1")]
    pub listing: Option<EntryReference>,
    #[prost(uint32, tag = "2")]
    pub row: u32,
    #[prost(string, tag = "3")]
    pub reason: String,
}

/// Someone registered at a stop: 名单外, or someone on no roster at all. The header names person and round.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct RegistrationFact {
    #[prost(message, optional, tag = "1")]
    pub details: Option<DetailsFact>,
    /// 1 resident, 2 pupil.
    #[prost(uint32, tag = "2")]
    pub kind: u32,
    /// The home unit's code as told, where it is one of the district's; empty otherwise.
    #[prost(string, tag = "3")]
    pub home_unit: String,
    /// Home as told in words, where it is outside the district.
    #[prost(string, tag = "4")]
    pub home_text: String,
    #[prost(string, optional, tag = "5")]
    pub group: Option<String>,
    #[prost(string, optional, tag = "6")]
    pub grade: Option<String>,
}

/// Details put right. Applied when confirmed; a proposed one is shown to a person first.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CorrectionFact {
    /// Only the fields that change.
    #[prost(message, optional, tag = "1")]
    pub details: Option<DetailsFact>,
    /// True while nobody has confirmed it (an ID number taken over from a station's list).
    #[prost(bool, tag = "2")]
    pub proposed: bool,
    #[prost(string, tag = "3")]
    pub reason: String,
}

/// Withdraws results with a reason; names and adds none. Undoing it is recording anew.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct VoidFact {
    #[prost(message, repeated, tag = "1")]
    pub saw: Vec<SawFact>,
    #[prost(string, tag = "2")]
    pub reason: String,
}
