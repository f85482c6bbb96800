//! Laboratories' results in: a file is read (`intake`), each tube's report is taken, or held with its reason, or taken but for lines
//! that are named (`plan`), and everything of one file goes in with one transaction. The same file again changes nothing; a corrected one
//! amends. What is held waits in a list of this replica and is looked at again by each import.

mod line;
mod look;
mod plan;
mod reason;
mod route;
mod strayed;
mod told;
mod waits;

pub use intake::laboratory::Column as LabFileColumn;
pub use look::{LabItem, LabLooked, look_lab};
pub use reason::LabReason;
pub use strayed::{StrayedTube, lab_strayed};

use crate::failed;
use domain::ids::{PersonId, RoundId, UnitCode};
use domain::tube::read_code;
use intake::laboratory::{FileFault, Report, read_laboratory};
use line::Left;
use plan::{How, Plan, Planned, Planning};
use protocol::convert::person_id;
use protocol::{Code, Entry, Failure, Header};
use route::{Route, Routes};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use store::{HeldReport, Store, drop_held_report, note_lab_file, put_held_report};
use told::{known, laboratory, mapping_of, read_mapping, said_of_laboratory};
use waits::{rows, short};

/// Bytes of a file that are read at all.
const FILE_BYTES_MAX: u64 = 32 << 20;
/// Characters told of new headings.
const HEADINGS_CHARS_MAX: usize = 120;

#[derive(Debug, Clone, Default)]
pub struct LabOrder {
    /// A round's id or unique name; none = of each tube the one in which its code is bound.
    pub round: Option<String>,
    /// None = the only one known here.
    pub laboratory: Option<String>,
    /// How its files are read, remembered from now on.
    pub mapping: Option<PathBuf>,
    pub file: PathBuf,
}

/// A laboratory's file in memory.
#[derive(Debug, Clone, Default)]
pub struct LabFile {
    /// As `LabOrder::round`.
    pub round: Option<String>,
    pub laboratory: Option<String>,
    /// JSON.
    pub mapping: Option<String>,
    /// The file's name.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct LabImported {
    pub laboratory: String,
    /// Reports read in the file.
    pub reports: usize,
    /// Reports applied, those that had been held before among them.
    pub applied: usize,
    /// Results written.
    pub results: usize,
    /// Of these, those that amend an earlier one.
    pub amended: usize,
    /// Reports that said nothing new.
    pub unchanged: usize,
    /// Samples that the laboratory sent back.
    pub redraw: usize,
    /// The very same file was taken in before.
    pub known_file: bool,
    /// Lines to be looked at again: the range is nonsense, the value seldom true, the item refused.
    pub doubts: Vec<LabDoubt>,
    /// Whom these results bring a finding of level A that nobody has answered.
    pub alarms: Vec<LabAlarm>,
    /// Everything that waits now, not of this file alone.
    pub held: Vec<HeldRowOfLab>,
}

/// Somebody to be told at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabAlarm {
    pub person: String,
    pub name: String,
    pub phone: String,
    /// What was found with what to do, as `tasks::unanswered` says it.
    pub found: Vec<String>,
}

/// A line that somebody should look at again. Nothing of it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabDoubt {
    /// From 1, of the tube's first line.
    pub row: u32,
    pub code: String,
    /// As the laboratory calls it.
    pub analyte: String,
    /// One of the words below.
    pub kind: &'static str,
    /// The range, the value with what was perhaps meant, or the item's name.
    pub text: String,
}

impl LabDoubt {
    /// Taken without the range printed beside it: its ends are turned round.
    pub const RANGE_TURNED: &str = "range_turned";
    /// Taken as it is, and seldom true.
    pub const UNUSUAL: &str = "unusual";
    /// Not written: the family refused the item.
    pub const REFUSED: &str = "refused";
}

/// What somebody decides about a report that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabDecision<'a> {
    /// It is left out.
    Discard,
    /// It is of the tube of this code.
    Code(&'a str),
    /// A value that was corrected before stands again.
    Accept,
}

/// A report, or a whole file, that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldRowOfLab {
    /// Names it to `lab resolve`.
    pub id: String,
    /// The name of the round it waits in: where its tube is bound, or the newest.
    pub round: String,
    pub laboratory: String,
    pub file: String,
    /// 0 = the file as a whole.
    pub row: u32,
    pub code: String,
    pub reason: String,
    pub text: String,
    /// Somebody has to say again which column, or which item, is what.
    pub is_columns: bool,
    /// It may be taken as it is.
    pub can_accept: bool,
    /// Its lines that are why, then whatever waits with them. What a laboratory wrote: for who decides, in no log.
    pub lines: Vec<HeldLineOfLab>,
}

/// A line that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldLineOfLab {
    /// As the laboratory calls it.
    pub analyte: String,
    /// Value and unit as printed.
    pub cell: String,
    /// Why, where its report does not say so already; that it waits with another; that it would be an A.
    pub text: String,
}

/// Imports one file off a disk, as `take_lab`.
pub fn import_lab(
    store: &mut Store,
    order: &LabOrder,
    scope: Option<&[UnitCode]>,
    header: &Header,
) -> Result<LabImported, Failure> {
    let name = order.file.file_name().map(|n| n.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let mapping = match &order.mapping {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(path);
            Some(text.map_err(|_| Failure::new(Code::MappingInvalid))?)
        }
    };
    let bytes = read(&order.file, &name)?;
    let (round, laboratory) = (order.round.clone(), order.laboratory.clone());
    take_lab(store, &LabFile { round, laboratory, mapping, name, bytes }, scope, header)
}

/// Imports one file. `scope`: the units this replica may write to; none = all, and no units is none of them.
pub fn take_lab(
    store: &mut Store,
    file: &LabFile,
    scope: Option<&[UnitCode]>,
    header: &Header,
) -> Result<LabImported, Failure> {
    let routes = Routes::of(store, file.round.as_deref())?;
    let laboratory = laboratory(store, file)?;
    let mut mapping = read_mapping(&laboratory.mapping)?;
    let (name, bytes) = (file.name.clone(), &file.bytes);
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    let routes = routes.with_file(store, &hash)?;
    let mut batch = Batch::default();
    batch.done.laboratory.clone_from(&laboratory.name);
    batch.done.known_file = routes.is_known_file();
    let whole = HeldReport {
        id: hash,
        laboratory: laboratory.name.clone(),
        file: name,
        row: 0,
        code: String::new(),
        reason: String::new(),
        report: String::new(),
    };
    let place = (&routes, scope, header);
    match read_laboratory(&whole.file, bytes, &mapping) {
        Err(fault) => {
            let held = HeldReport { reason: reason_of(fault).word().to_owned(), ..whole };
            batch.held.push((routes.fallback(), held));
        }
        Ok(read) => {
            let mapping_text = laboratory.remembered(&mut mapping, &read.headings)?;
            // Columns that lay as told: from now on remembered. Those that did not are asked again.
            let told = said_of_laboratory(store, &laboratory, &mapping_text, scope, header)?;
            batch.work.extend(told);
            batch.done.reports = read.reports.len();
            batch.file = Some(hash);
            // Held as a whole once, and readable since the mapping was put right.
            batch.resolved.push(hash);
            let unspoken = mapping.unspoken(&read.headings).join("、");
            if !unspoken.is_empty() {
                let reason = LabReason::ColumnsNew.word().to_owned();
                let held = HeldReport { code: cut(&unspoken), reason, ..whole.clone() };
                batch.held.push((routes.fallback(), held));
            }
            for report in read.reports {
                let held = HeldReport {
                    row: report.row,
                    code: report.code.clone(),
                    report: serde_json::to_string(&report).unwrap_or_default(),
                    ..whole.clone()
                };
                batch.take(store, place, held, (&mapping_text, How::Fresh))?;
            }
        }
    }
    waiting(store, place, &mut batch, |batch, held| !batch.codes.contains(&held.code))?;
    let codes = std::mem::take(&mut batch.codes);
    let done = batch.commit(store, &routes)?;
    Ok(settle(store, place, &codes, done))
}

/// What waits in a round, or in every round, the newest first.
pub fn lab_held(store: &Store, round: Option<&str>) -> Result<Vec<HeldRowOfLab>, Failure> {
    rows(store, Routes::of(store, round)?.named())
}

/// Decides about what waits.
pub fn resolve_lab(
    store: &mut Store,
    round: Option<&str>,
    id: &str,
    decision: LabDecision,
    scope: Option<&[UnitCode]>,
    header: &Header,
) -> Result<LabImported, Failure> {
    let routes = Routes::of(store, round)?;
    let named = routes.named();
    let is_of_two = |held: &HeldReport| held.reason == LabReason::RoundOfTwo.word();
    // A round selects among what waits in it; what is of two rounds waits in one of them, and may be of the other.
    let is_meant = |(round, held): &(RoundId, HeldReport)| {
        let is_in = named.is_none_or(|named| named == *round);
        short(&held.id) == id && (is_in || is_of_two(held))
    };
    let all = store.held_reports(None).map_err(failed)?;
    let held = all.into_iter().find(is_meant);
    let (round, held) = held.ok_or(Failure::new(Code::HeldUnknown))?;
    let mut batch = Batch { resolved: vec![held.id], ..Batch::default() };
    batch.done.laboratory.clone_from(&held.laboratory);
    let (code, how) = match decision {
        LabDecision::Discard => return batch.commit(store, &routes),
        LabDecision::Code(code) => (
            read_code(code).ok_or(Failure::new(Code::TubeCodeInvalid))?,
            How::Waited { is_part: false },
        ),
        LabDecision::Accept => (held.code.clone(), How::Accepted),
    };
    let report = serde_json::from_str::<Report>(&held.report);
    let report = report.map_err(|_| Failure::new(Code::HeldUnknown))?;
    // Taken as it is, or of two rounds by its own code: of the round it waits in, whoever looked says so. Of two rounds the one that is
    // named. Any other code is of where it is bound.
    let is_same = read_code(&held.code).as_ref() == Some(&code);
    let to = match named.filter(|_| is_of_two(&held)) {
        Some(named) => routes.only(named),
        None if how == How::Accepted || (is_same && is_of_two(&held)) => routes.only(round),
        None => routes.kept_in(round),
    };
    let report = Report { code: code.clone(), ..report };
    let text = serde_json::to_string(&report).unwrap_or_default();
    let held = HeldReport { code, report: text, ..held };
    let mapping = mapping_of(&known(store, &held.laboratory)?)?;
    batch.take(store, (&to, scope, header), held, (&mapping, how))?;
    batch.commit(store, &routes)
}

/// Which rounds there are to take into, the units that may be written to, and who acts.
type Place<'a> = (&'a Routes, Option<&'a [UnitCode]>, &'a Header);

/// By round and person.
type Unanswered = BTreeMap<(RoundId, PersonId), Vec<String>>;

/// What goes in with one transaction.
#[derive(Default)]
struct Batch {
    work: Vec<(UnitCode, Entry)>,
    held: Vec<(RoundId, HeldReport)>,
    /// Rows of the list that are done with.
    resolved: Vec<[u8; 32]>,
    /// Codes spoken of in this batch: a second report of one waits until the first stands.
    codes: BTreeSet<String>,
    file: Option<[u8; 32]>,
    /// Rounds that the file speaks of.
    rounds: BTreeSet<RoundId>,
    /// Of some tube of the file nobody knows which round it is of.
    is_of_two: bool,
    done: LabImported,
}

impl Batch {
    /// What is open at level A of those whom the batch is about.
    fn unanswered(&self, store: &Store) -> Result<Unanswered, Failure> {
        let ids = self.work.iter().filter_map(|(_, entry)| {
            Some((RoundId(entry.header.round), person_id(&entry.header.person)?))
        });
        let people: BTreeSet<(RoundId, PersonId)> = ids.collect();
        let mut open = BTreeMap::new();
        for (round, person) in people {
            open.insert((round, person), crate::tasks::unanswered(store, round, person)?);
        }
        Ok(open)
    }

    fn take(
        &mut self,
        store: &Store,
        (routes, scope, header): Place,
        held: HeldReport,
        (mapping, how): (&str, How),
    ) -> Result<(), Failure> {
        let Ok(report) = serde_json::from_str::<Report>(&held.report) else { return Ok(()) };
        let mapping = read_mapping(mapping)?;
        let text = serde_json::to_string(&report).unwrap_or_default();
        let route = routes.route(store, &report)?;
        let round = route.round();
        let laboratory = held.laboratory.as_str();
        // The same report in whichever round it waited: what comes of it now stands in the stead of that.
        let places = routes.all().iter().map(|round| id_of(*round, laboratory, &text));
        self.resolved.extend(places.chain([held.id]));
        // What waited is of another file, and of what is of two rounds nobody knows whether it was this one.
        match route {
            Route::To(_) if how == How::Fresh => self.rounds.extend([round]),
            Route::Two(_) if how == How::Fresh => self.is_of_two = true,
            Route::To(_) | Route::Two(_) => {}
        }
        self.codes.insert(held.code.clone());
        let id = id_of(round, laboratory, &text);
        let Plan { planned, mut left, doubts } = match route {
            Route::Two(_) => Plan::held(LabReason::RoundOfTwo),
            Route::To(_) => {
                let header = &Header { round: round.0, ..header.clone() };
                let mapping = &mapping;
                let planning = Planning { store, round, laboratory, mapping, scope, header, how };
                planning.plan(&report)?
            }
        };
        left.is_round_named = routes.named().is_some();
        self.done.doubts.extend(doubts);
        let held = |reason: LabReason| {
            let report = with_left(&report, left);
            (round, HeldReport { id, reason: reason.word().to_owned(), report, ..held.clone() })
        };
        match planned {
            Planned::Held(reason) => self.held.push(held(reason)),
            Planned::Known => self.done.unchanged += 1,
            Planned::Work { entries, results, amended, spoilt, rest } => {
                self.work.extend(entries);
                self.held.extend(rest.map(held));
                self.done.applied += 1;
                self.done.results += results;
                self.done.amended += amended;
                self.done.redraw += usize::from(spoilt);
            }
        }
        Ok(())
    }

    fn commit(mut self, store: &mut Store, routes: &Routes) -> Result<LabImported, Failure> {
        let before = self.unanswered(store)?;
        let own = store.own();
        let written = store.write(|tx| {
            for id in &self.resolved {
                drop_held_report(tx, id)?;
            }
            own.append_each(tx, &self.work)?;
            for (round, held) in &self.held {
                put_held_report(tx, *round, held)?;
            }
            // The rest of such a file says nothing of that tube: brought again it would settle it by itself.
            for round in self.rounds.iter().filter(|_| !self.is_of_two) {
                self.file.map_or(Ok(()), |hash| note_lab_file(tx, *round, &hash))?;
            }
            Ok(())
        });
        written.map_err(failed)?;
        for ((round, person), found) in self.unanswered(store)? {
            let known = before.get(&(round, person)).map(Vec::as_slice).unwrap_or_default();
            let found: Vec<String> = found.into_iter().filter(|one| !known.contains(one)).collect();
            if !found.is_empty() {
                self.done.alarms.push(alarm(store, person, found)?);
            }
        }
        self.done.held = rows(store, routes.named())?;
        Ok(self.done)
    }
}

fn alarm(store: &Store, person: PersonId, found: Vec<String>) -> Result<LabAlarm, Failure> {
    let details = store.person(person).map_err(failed)?.map(|view| view.details);
    let (name, phone) = details.map(|d| (d.name, d.phone.unwrap_or_default())).unwrap_or_default();
    Ok(LabAlarm { person: person.0.to_string(), name, phone, found })
}

/// What waited before may fit now: a device has brought the binding, somebody has bound the code anew.
fn waiting(
    store: &Store,
    (routes, scope, header): Place,
    batch: &mut Batch,
    mut is_looked_at: impl FnMut(&Batch, &HeldReport) -> bool,
) -> Result<(), Failure> {
    for (round, held) in store.held_reports(routes.named()).map_err(failed)? {
        if held.report.is_empty() || !is_looked_at(batch, &held) {
            continue;
        }
        // Two devices say otherwise of its laboratory: it waits until somebody says again.
        let Some(mapping) = known(store, &held.laboratory)?.mapping else { continue };
        let kept = serde_json::from_str::<Left>(&held.report).unwrap_or_default();
        let routes = match kept.is_round_named {
            true => routes.only(round),
            false => routes.kept_in(round),
        };
        let how = How::Waited { is_part: kept.is_part };
        batch.take(store, (&routes, scope, header), held, (&mapping, how))?;
    }
    Ok(())
}

/// A preliminary line that waits is done with as soon as the final one stands. What was written before this stands whatever becomes of it,
/// and its alarms have to be told: what an error leaves is settled by the next import.
fn settle(
    store: &mut Store,
    place: Place,
    codes: &BTreeSet<String>,
    mut done: LabImported,
) -> LabImported {
    let mut seen = BTreeSet::new();
    while let Ok(Some(then)) = settle_once(store, place, codes, &mut seen) {
        done.alarms.extend(then.alarms);
        done.applied += then.applied;
        done.results += then.results;
        done.amended += then.amended;
        done.redraw += then.redraw;
        // The file itself may have said the same of its line.
        let is_new = |doubt: &LabDoubt| !done.doubts.contains(doubt);
        let doubts: Vec<LabDoubt> = then.doubts.into_iter().filter(is_new).collect();
        done.doubts.extend(doubts);
        done.held = then.held;
    }
    done
}

/// One of each code at a time, as ever; none where nothing is left to look at.
fn settle_once(
    store: &mut Store,
    place: Place,
    codes: &BTreeSet<String>,
    seen: &mut BTreeSet<[u8; 32]>,
) -> Result<Option<LabImported>, Failure> {
    let is_open = |held: &HeldReport| {
        let report = serde_json::from_str::<Report>(&held.report);
        report.is_ok_and(|report| report.lines.iter().any(|line| report.is_open(line)))
    };
    let mut batch = Batch::default();
    waiting(store, place, &mut batch, |batch, held| {
        let is_next = codes.contains(&held.code) && !batch.codes.contains(&held.code);
        is_next && is_open(held) && seen.insert(held.id)
    })?;
    if batch.codes.is_empty() {
        return Ok(None);
    }
    batch.commit(store, place.0).map(Some)
}

/// A report as it is kept while it waits.
fn with_left(report: &Report, left: Left) -> String {
    #[derive(Serialize)]
    struct Kept<'a> {
        #[serde(flatten)]
        report: &'a Report,
        #[serde(flatten)]
        left: Left,
    }
    serde_json::to_string(&Kept { report, left }).unwrap_or_default()
}

fn id_of(round: RoundId, laboratory: &str, report: &str) -> [u8; 32] {
    Sha256::digest(format!("{round} {laboratory} {report}")).into()
}

fn reason_of(fault: FileFault) -> LabReason {
    match fault {
        FileFault::Unreadable(_) => LabReason::FileUnreadable,
        FileFault::HeadingsMissing => LabReason::HeadingsMissing,
        FileFault::ColumnsShifted => LabReason::ColumnsShifted,
        FileFault::Cut => LabReason::FileCut,
        FileFault::Empty => LabReason::FileEmpty,
    }
}

fn read(path: &Path, name: &str) -> Result<Vec<u8>, Failure> {
    let unreadable = |_| Failure::at(Code::FileUnreadable, name);
    if std::fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES_MAX {
        return Err(Failure::at(Code::WorkbookTooLarge, name));
    }
    std::fs::read(path).map_err(unreadable)
}

/// Headings as they stand in the list of what waits: as many as a line holds.
fn cut(headings: &str) -> String {
    headings.chars().take(HEADINGS_CHARS_MAX).collect()
}
