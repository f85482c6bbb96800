//! What one tube's report becomes: its results as one entry, what of it waits, or a reason why none of it is taken. Reads the store,
//! writes nothing.

use super::LabDoubt;
use super::line::{Found, Left, LeftLine, doubt, said, turned, unusual, value_told};
use super::reason::LabReason;
use crate::failed;
use crate::tube::{awaited_no_more, closed_of, of_tube, spoil_entries, station_of};
use domain::catalogue::Catalogue;
use domain::check::{Band, Subject, check};
use domain::facts::CurrentValue;
use domain::ids::{ItemCode, RoundId, UnitCode};
use domain::rule::{Current, Judgement, Measured, OwnRange, judge_measured};
use domain::tube::{read_code, tube_kinds};
use domain::value::{AbsentReason, Decimal, Value};
use intake::laboratory::{Line, Mapping, Report};
use ledger::Reference;
use protocol::fact::{
    EntryReference, FindingFact, LabFact, LabLineFact, ResultFact, SaveFact, SawFact,
};
use protocol::{Code, Entry, Fact, Failure, Header};
use std::collections::{BTreeMap, BTreeSet};
use store::{GivenByLab, PersonView, Store, Tube, ValueView};

/// What takes 待回报 back.
type Sent = (UnitCode, Entry);

/// The entries that a report replaces, each with the items it replaces there.
type Saw = BTreeMap<Reference, Vec<u32>>;

/// Something, or the line that holds the whole report and why.
/// What is new, with what of it is seldom true; else the lines that something newer may stand against.
type Worked = Result<(Planned, Vec<LabDoubt>), Vec<(Line, LabReason)>>;
type OrLine<T> = Result<T, (Line, LabReason)>;

/// What a report becomes.
pub(super) enum Planned {
    /// Nothing new.
    Known,
    /// Entries, all or none; results in them, and how many of them amend.
    Work {
        entries: Vec<(UnitCode, Entry)>,
        results: usize,
        amended: usize,
        spoilt: bool,
        /// Why the rest of the report goes on waiting.
        rest: Option<LabReason>,
    },
    Held(LabReason),
}

/// What a report becomes, with its lines that were left and those to be looked at again.
pub(super) struct Plan {
    pub planned: Planned,
    pub left: Left,
    pub doubts: Vec<LabDoubt>,
}

impl Plan {
    fn of(planned: Planned) -> Plan {
        Plan { planned, left: Left::default(), doubts: Vec::new() }
    }

    pub fn held(reason: LabReason) -> Plan {
        Plan::of(Planned::Held(reason))
    }
}

pub(super) struct Planning<'a> {
    pub store: &'a Store,
    pub round: RoundId,
    pub laboratory: &'a str,
    pub mapping: &'a Mapping,
    /// Units that may be written to; empty = all.
    pub scope: Option<&'a [UnitCode]>,
    pub header: &'a Header,
    pub how: How,
}

/// How a report comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// With the file it stands in, the newest word of its laboratory.
    Fresh,
    /// It waited, and what the tube has got meanwhile may be newer. `is_part`: its other lines were taken before it waited.
    Waited { is_part: bool },
    /// Somebody has looked: a value that was corrected before stands again.
    Accepted,
}

/// Whose tube a report is of.
struct Whose<'a> {
    tube: &'a Tube,
    view: &'a PersonView,
    header: Header,
    subject: Subject,
}

/// The lines of a report that were not sent back: what can be taken, and what cannot.
#[derive(Default)]
struct Sorted<'a> {
    found: Vec<Found<'a>>,
    left: Vec<(LeftLine, LabReason)>,
    /// The family refused the item.
    refused: Vec<LabDoubt>,
    /// Two that differ were said of them: neither is taken.
    two: BTreeSet<ItemCode>,
}

impl<'a> Sorted<'a> {
    fn leave(&mut self, line: &Line, reason: LabReason) {
        self.left.push((LeftLine::of(line, reason), reason));
    }

    fn find(&mut self, one: Found<'a>) {
        let item = one.item.code;
        let at = self.found.iter().position(|known| known.item.code == item);
        let is_same = |own: Option<OwnRange>| own.is_none() || one.own.is_none() || own == one.own;
        match at {
            // The same value with a range and without is one: the range is kept.
            Some(at) if self.found[at].value == one.value && is_same(self.found[at].own) => {
                if self.found[at].own.is_none() {
                    self.found[at] = one;
                }
            }
            Some(at) => {
                let known = self.found.remove(at);
                self.two.insert(item);
                let both = format!("{} / {}", known.line.value, one.line.value);
                self.leave(&Line { value: both, ..one.line }, LabReason::SaysTwo);
            }
            None if self.two.contains(&item) => self.leave(&one.line, LabReason::SaysTwo),
            None => self.found.push(one),
        }
    }
}

impl Planning<'_> {
    pub fn plan(&self, report: &Report) -> Result<Plan, Failure> {
        let code = read_code(&report.code).unwrap_or_default();
        let tubes = self.store.tubes_of_code(self.round, &code).map_err(failed)?;
        let Some(tube) = tubes.first() else { return Ok(Plan::held(LabReason::TubeUnknown)) };
        if tubes.iter().any(|t| t.person != tube.person || t.kind != tube.kind) {
            return Ok(Plan::held(LabReason::TubeOfTwo));
        }
        let covers = |units: &[UnitCode]| units.iter().any(|unit| unit.covers(&tube.unit));
        if !self.scope.is_none_or(covers) {
            return Ok(Plan::held(LabReason::OutOfScope));
        }
        let asked = || report.lines.iter().filter(|line| self.is_asked(line));
        let is_rejected = asked().any(|line| line.is_rejected);
        if is_rejected && asked().all(|line| line.is_rejected) {
            let is_reported = tubes.iter().any(|tube| tube.is_reported);
            // Of a tube whose other items were reported before these alone were sent back.
            if !is_reported || self.rest(report, tube)? == LabReason::TakenBack {
                return self.rejected(&tubes).map(Plan::of);
            }
        }
        if tubes.iter().any(|tube| tube.is_spoilt) {
            return Ok(Plan::held(LabReason::TubeSpoilt));
        }
        let view = self.store.person(tube.person).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let header = of_tube(self.header, tube);
        let day = header.day.and_then(protocol::convert::day_date).unwrap_or_default();
        let kind = view.kind_in(RoundId(header.round));
        let subject = Subject { kind, sex: view.details.sex, birth: view.details.birth, day };
        self.taken(report, &Whose { tube, view: &view, header, subject })
    }

    fn is_asked(&self, line: &Line) -> bool {
        !self.mapping.ignore.contains(&line.analyte)
    }

    /// What can be taken of a report, and what of it goes on waiting.
    fn taken(&self, report: &Report, whose: &Whose) -> Result<Plan, Failure> {
        let mut sorted = match self.sorted(report, whose)? {
            Ok(sorted) => sorted,
            Err((line, reason)) => {
                let left = Left { left: vec![LeftLine::of(&line, reason)], ..Left::default() };
                return Ok(Plan { left, ..Plan::held(reason) });
            }
        };
        let rejected = || report.lines.iter().filter(|l| l.is_rejected && self.is_asked(l));
        // Of several reasons the one that asks most of somebody.
        let rest = match rejected().next() {
            Some(_) => Some(self.rest(report, whose.tube)?),
            None => {
                let is_why = |reason: &LabReason| sorted.left.iter().any(|(_, of)| of == reason);
                LabReason::OF_LINES.into_iter().find(is_why)
            }
        };
        let sent_back = rejected().zip(rest.iter().cycle()).map(|(line, r)| LeftLine::of(line, *r));
        let sent_back: Vec<LeftLine> = sent_back.collect();
        let is_part = !sorted.found.is_empty() || whose.tube.is_reported;
        let unread = std::mem::take(&mut sorted.left).into_iter().map(|(line, _)| line);
        let left = sent_back.into_iter().chain(unread).collect();
        let mut left = Left { left, is_part, ..Left::default() };
        let mut doubts = std::mem::take(&mut sorted.refused);
        let (planned, asked) = match self.work(report, whose, sorted.found)? {
            Ok(work) => work,
            Err(older) => {
                let is_old = |(_, reason): &(Line, LabReason)| *reason == LabReason::OlderValue;
                let is_all_other = !older.iter().any(is_old);
                let reason =
                    if is_all_other { LabReason::AnotherStands } else { LabReason::OlderValue };
                let older = older.iter().map(|(line, reason)| LeftLine::of(line, *reason));
                left.left = older.chain(left.left).collect();
                // None of it was taken now: as part of what was taken it would be gone with the next import.
                left.is_part = self.how == (How::Waited { is_part: true });
                return Ok(Plan { planned: Planned::Held(reason), left, doubts });
            }
        };
        if matches!(planned, Planned::Work { .. }) {
            doubts.extend(turned(report).filter(|one| !self.mapping.ignore.contains(&one.analyte)));
            doubts.extend(asked);
        }
        let planned = match rest {
            Some(rest) => {
                let sent_back = self.sent_back(report, whose.tube)?;
                // Said once: a tube drawn since is waited for.
                left.is_part |= sent_back.is_some();
                with_rest(planned, rest, sent_back)
            }
            None => planned,
        };
        Ok(Plan { planned, left, doubts })
    }

    /// Why the lines that were sent back go on waiting.
    fn rest(&self, report: &Report, tube: &Tube) -> Result<LabReason, Failure> {
        let given = self.store.given_by_labs(self.round, tube.person).map_err(failed)?;
        let stands = |line: &Line| {
            let item = self.mapping.analyte(&line.analyte);
            let item = item.and_then(|told| Catalogue::builtin().item_by_key(&told.item));
            let is_of = |g: &GivenByLab| g.is_current && g.tube == tube.code;
            item.is_some_and(|item| given.iter().any(|g| is_of(g) && g.item == item.code))
        };
        let is_taken_back = report.lines.iter().filter(|line| line.is_rejected).any(stands);
        Ok(if is_taken_back { LabReason::TakenBack } else { LabReason::PartRejected })
    }

    /// 待回报 is taken back of what a laboratory sent back: it is to be drawn again, and nobody waits for it. A row that was taken but for
    /// this did so when it came.
    fn sent_back(&self, report: &Report, tube: &Tube) -> Result<Option<Sent>, Failure> {
        if self.how == (How::Waited { is_part: true }) {
            return Ok(None);
        }
        let item = |line: &Line| {
            let told = self.mapping.analyte(&line.analyte)?;
            Some(Catalogue::builtin().item_by_key(&told.item)?.code)
        };
        let lines = report.lines.iter().filter(|line| line.is_rejected && self.is_asked(line));
        let items: BTreeSet<ItemCode> = lines.filter_map(item).collect();
        let reason = "检验科退回这几项";
        awaited_no_more(self.store, self.round, self.header, tube, &items, reason)
    }

    fn rejected(&self, tubes: &[Tube]) -> Result<Planned, Failure> {
        if tubes.iter().any(|tube| tube.is_reported) {
            return Ok(Planned::Held(LabReason::AlreadyReported));
        }
        let entries = spoil_entries(self.store, self.header, tubes, "检验科退回标本")?;
        if entries.is_empty() {
            return Ok(Planned::Known);
        }
        Ok(Planned::Work { entries, results: 0, amended: 0, spoilt: true, rest: None })
    }

    /// Every line that was not rejected: a result, or left. One that says the tube or the file is wrong holds them all.
    fn sorted<'c>(&self, report: &Report, whose: &Whose) -> Result<OrLine<Sorted<'c>>, Failure> {
        let catalogue = Catalogue::builtin();
        let kinds = tube_kinds(catalogue);
        let kind = kinds.iter().find(|kind| kind.code == whose.tube.kind);
        let person = (whose.view.person, whose.subject.kind);
        let closed = closed_of(self.store, self.round, person.0, person.1)?;
        let finals = self.finals(report, whose)?;
        let mut sorted = Sorted::default();
        for line in report.lines.iter().filter(|l| !l.is_rejected && self.is_asked(l)) {
            let told = self.mapping.analyte(&line.analyte);
            let named = told.and_then(|told| Some((told, catalogue.item_by_key(&told.item)?)));
            let Some((told, item)) = named else {
                sorted.leave(line, LabReason::AnalyteUnknown);
                continue;
            };
            if !kind.is_some_and(|kind| kind.items.contains(&item.code)) {
                return Ok(Err((line.clone(), LabReason::NotOfTube)));
            }
            if closed.contains(&item.code) {
                let name = item.name_zh.clone();
                sorted.refused.push(doubt(report, line, LabDoubt::REFUSED, name));
                continue;
            }
            if report.is_open(line) {
                if !finals.contains(&item.code) {
                    sorted.leave(line, LabReason::Preliminary);
                }
                continue;
            }
            let read = value_told(item, told, line).and_then(|(value, own)| {
                match check(catalogue, &whose.subject, item, &value) {
                    Band::Impossible => Err(LabReason::ValueImpossible),
                    band => Ok((CurrentValue { value, unusual: band == Band::Unusual }, own)),
                }
            });
            match read {
                Ok((value, own)) => sorted.find(Found { item, value, own, line: line.clone() }),
                Err(reason) => sorted.leave(line, reason),
            }
        }
        Ok(Ok(sorted))
    }

    /// Items of which a final value stands of this tube, or comes with this very report: what is preliminary says nothing beside it.
    fn finals(&self, report: &Report, whose: &Whose) -> Result<BTreeSet<ItemCode>, Failure> {
        if !report.lines.iter().any(|line| report.is_open(line)) {
            return Ok(BTreeSet::new());
        }
        let given = self.store.given_by_labs(self.round, whose.tube.person).map_err(failed)?;
        let stands = given.iter().filter(|g| g.is_current && g.tube == whose.tube.code);
        let item = |line: &Line| {
            let told = self.mapping.analyte(&line.analyte)?;
            Some(Catalogue::builtin().item_by_key(&told.item)?.code)
        };
        let here = report.lines.iter().filter(|line| !report.is_open(line) && !line.is_rejected);
        Ok(stands.map(|g| g.item).chain(here.filter_map(item)).collect())
    }

    /// What is new becomes an entry; with it what of that is seldom true. Else every line that something newer may stand against.
    fn work(&self, report: &Report, whose: &Whose, found: Vec<Found>) -> Result<Worked, Failure> {
        let tube = whose.tube;
        let given = self.store.given_by_labs(self.round, tube.person).map_err(failed)?;
        let of_tube = |item: ItemCode| {
            given.iter().filter(move |g: &&GivenByLab| g.tube == tube.code && g.item == item)
        };
        let (mut fresh, mut older) = (Vec::new(), Vec::new());
        for one in found {
            let same = |g: &&GivenByLab| g.value.value == one.value.value && g.own == one.own;
            let is_given = of_tube(one.item.code).any(|g| same(&g));
            let stands = of_tube(one.item.code).any(|g| g.is_current && same(&g));
            let has_another = || of_tube(one.item.code).any(|g| g.is_current);
            match self.how {
                _ if stands => {}
                How::Accepted => fresh.push(one),
                // Taken before the rest of it waited; corrected since.
                How::Waited { is_part: true } if is_given => {}
                How::Fresh | How::Waited { .. } if is_given => {
                    older.push((one.line, LabReason::OlderValue));
                }
                How::Waited { .. } if has_another() => {
                    older.push((one.line, LabReason::AnotherStands));
                }
                How::Fresh | How::Waited { .. } => fresh.push(one),
            }
        }
        if !older.is_empty() {
            return Ok(Err(older));
        }
        if fresh.is_empty() {
            return Ok(Ok((Planned::Known, Vec::new())));
        }
        let current = self.store.current(self.round, tube.person).map_err(failed)?;
        let mut saw: Saw = BTreeMap::new();
        let mut amended = 0;
        for one in &fresh {
            let item = one.item.code;
            for (value, reference) in current.get(&item).into_iter().flatten() {
                let is_of_tube = of_tube(item).any(|g| g.reference == *reference);
                let is_awaited = value.value == Value::Absent(AbsentReason::Awaited);
                amended += usize::from(is_of_tube);
                if is_of_tube || is_awaited {
                    saw.entry(*reference).or_default().push(u32::from(item.0));
                }
            }
        }
        let cat = Catalogue::builtin();
        let odd = fresh.iter().filter(|one| one.value.unusual);
        let text = |one: &Found| unusual(cat, &whose.subject, one);
        let doubts = odd.map(|one| doubt(report, &one.line, LabDoubt::UNUSUAL, text(one)));
        let doubts = doubts.collect();
        let entry = self.entry(whose, &fresh, saw, amended > 0)?;
        let results = fresh.len();
        let entries = vec![(tube.unit.clone(), entry)];
        Ok(Ok((Planned::Work { entries, results, amended, spoilt: false, rest: None }, doubts)))
    }

    fn entry(
        &self,
        whose: &Whose,
        fresh: &[Found],
        saw: Saw,
        is_amend: bool,
    ) -> Result<Entry, Failure> {
        let tube = whose.tube;
        let catalogue = &*self.store.in_force(self.round).map_err(failed)?;
        let together = together(self.round, whose.view, fresh, &saw);
        let judged = judge_measured(catalogue, &whose.subject, &together);
        let rests_here = |judgement: &&Judgement| {
            judgement.item.is_some_and(|item| fresh.iter().any(|one| one.item.code == item))
        };
        let findings: Vec<FindingFact> = judged
            .iter()
            .filter(|judgement| judgement.level.is_finding())
            .filter(rests_here)
            .map(|judgement| FindingFact {
                rule: judgement.rule.clone(),
                code: judgement.code.clone(),
                level: u32::from(judgement.level.number()),
            })
            .collect();
        let result = |one: &Found| {
            ResultFact::of(
                one.item.code.0,
                &one.value.value,
                one.item.decimals(),
                one.value.unusual,
            )
        };
        let results: Result<Vec<ResultFact>, _> = fresh.iter().map(result).collect();
        let text = |end: Option<Decimal>| end.map(|end| end.to_string());
        let line = |one: &Found| LabLineFact {
            item: u32::from(one.item.code.0),
            low: text(one.own.and_then(|own| own.low)),
            high: text(one.own.and_then(|own| own.high)),
            said: said(&one.line),
            range: one.line.range.trim().to_owned(),
            is_low_open: one.own.is_some_and(|own| own.is_low_open),
            is_high_open: one.own.is_some_and(|own| own.is_high_open),
        };
        let saw = saw.iter().map(|(reference, items)| SawFact {
            entry: Some(EntryReference::from(reference)),
            items: items.clone(),
        });
        let kinds = tube_kinds(catalogue);
        let station = kinds.iter().find(|kind| kind.code == tube.kind).map_or(0, station_of);
        let worst_level = findings.iter().map(|finding| finding.level).max().unwrap_or(0);
        let header = Header { station, worst_level, ..whose.header.clone() };
        let fact = SaveFact {
            catalogue: catalogue.version_of_save(fresh.iter().map(|one| one.item.code)),
            results: results.map_err(|_| Failure::new(Code::ValueInvalid))?,
            saw: saw.collect(),
            findings,
            reason: if is_amend { "检验科更正".to_owned() } else { String::new() },
            lab: Some(LabFact {
                tube: tube.code.clone(),
                laboratory: self.laboratory.to_owned(),
                lines: fresh.iter().map(line).collect(),
            }),
        };
        Ok(Entry { header, fact: Fact::Save(fact) })
    }
}

/// A tube of which some lines were sent back: what was measured is taken, and the rest waits for somebody who has it drawn again.
fn with_rest(planned: Planned, rest: LabReason, sent_back: Option<Sent>) -> Planned {
    match planned {
        Planned::Work { mut entries, results, amended, spoilt, .. } => {
            entries.extend(sent_back);
            Planned::Work { entries, results, amended, spoilt, rest: Some(rest) }
        }
        Planned::Known => match sent_back {
            None => Planned::Held(rest),
            Some(entry) => Planned::Work {
                entries: vec![entry],
                results: 0,
                amended: 0,
                spoilt: false,
                rest: Some(rest),
            },
        },
        Planned::Held(reason) => Planned::Held(reason),
    }
}

/// What stands of a round with what a report brings, to be judged as every recorder judges. Of an item that the report brings, its
/// value alone: what somebody else measured beside it is no finding of this entry, and would stay one when that is put right.
fn together<'v>(
    round: RoundId,
    view: &'v PersonView,
    fresh: &'v [Found],
    saw: &Saw,
) -> Current<'v> {
    let mut all = Current::new();
    let stands = || view.values.iter().filter(|v| v.round == round && v.current);
    for given in stands().filter(|v| fresh.iter().all(|one| one.item.code != v.item)) {
        let own = given.own.as_ref().and_then(|printed| printed.ends);
        let is_unrepeated = given.is_unrepeated;
        let measured = Measured { value: &given.value, own, is_unrepeated };
        all.entry(given.item).or_default().push(measured);
    }
    for one in fresh {
        // A repeat that stands is not of what comes now, but where this puts right what was repeated.
        let is_repeated = |v: &ValueView| {
            let is_seen = saw.get(&v.reference).is_some_and(|of| of.contains(&u32::from(v.item.0)));
            v.item == one.item.code && is_seen && v.value.number().is_some() && !v.is_unrepeated
        };
        let is_unrepeated = !stands().any(is_repeated);
        let measured = Measured { value: &one.value.value, own: one.own, is_unrepeated };
        all.entry(one.item.code).or_default().push(measured);
    }
    all
}
