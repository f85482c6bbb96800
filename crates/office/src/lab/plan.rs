//! What one tube's report becomes: all of its results, or a reason why none. Reads the store, writes nothing.

use crate::failed;
use crate::tube::{of_tube, spoil_entries, station_of};
use domain::catalogue::{Catalogue, Item, ItemKind, parse_value};
use domain::check::{Band, Subject, check};
use domain::facts::CurrentValue;
use domain::identity::to_half_width;
use domain::ids::{ItemCode, RoundId, UnitCode};
use domain::lab::{factor, read_range, times};
use domain::rule::{Measured, OwnRange, judge_measured};
use domain::tube::{read_code, tube_kinds};
use domain::value::{AbsentReason, Decimal, Value};
use intake::laboratory::{Line, Mapping, Report};
use ledger::Reference;
use protocol::fact::{
    EntryReference, FindingFact, LabFact, LabLineFact, ResultFact, SaveFact, SawFact,
};
use protocol::{Code, Entry, Fact, Failure, Header};
use std::collections::BTreeMap;
use store::{GivenByLab, Store, Tube};

macro_rules! reasons {
    ($($name:ident = $word:literal, $zh:literal;)*) => {
        /// Why a report, or a whole file, is held.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum LabReason { $($name,)* }

        impl LabReason {
            pub const ALL: &'static [LabReason] = &[$(LabReason::$name,)*];
            pub fn word(self) -> &'static str {
                match self { $(LabReason::$name => $word,)* }
            }
            /// What a person reads.
            pub fn zh(self) -> &'static str {
                match self { $(LabReason::$name => $zh,)* }
            }
        }
    };
}

reasons! {
    FileUnreadable = "file_unreadable", "文件打不开、不完整或不是检验报告，请让检验科重新导出";
    FileCut = "file_cut", "HL7 文件在中间断了，请让检验科重新导出";
    FileEmpty = "file_empty", "文件里没有检验结果";
    ColumnsNew = "columns_new", "有以前没有的列，这几列没有采用，其余已采用：请重新对应列（不要的列选不采用），再导入这份文件";
    HeadingsMissing = "headings_missing", "找不到以前对应的列名，请重新对应列";
    ColumnsShifted = "columns_shifted", "数据和列名错位，请核对文件：列变了就重新对应列，否则请检验科重新导出";
    TubeUnknown = "tube_unknown", "没有绑定过这个条码，请核对条码，或等采血的设备同步后重试";
    TubeOfTwo = "tube_of_two", "同一个条码绑定了两个人，请先核对并改绑";
    TubeSpoilt = "tube_spoilt", "这支管已登记需重采，却有结果，请与检验科核对";
    OutOfScope = "out_of_scope", "这支管属于本机不负责的单位，请在服务器上导入";
    Preliminary = "preliminary", "检验科还没有出最终报告，出报告后再导入";
    AnalyteUnknown = "analyte_unknown", "有项目没有写明对应，请重新对应列";
    NotOfTube = "not_of_tube", "项目与管型不符，可能扫错了管";
    UnitUndeclared = "unit_undeclared", "单位没有声明的换算系数，不能换算";
    ValueUnreadable = "value_unreadable", "数值读不懂，或小数位多于本项目保留的位数";
    ValueImpossible = "value_impossible", "数值超出可能的范围";
    SaysTwo = "says_two", "同一支管同一项目有两个不同的结果";
    OlderValue = "older_value", "与已被更正的旧结果相同，请核对是否误用了旧文件";
    AlreadyReported = "already_reported", "检验科退回标本，但已有结果，请核对";
    TakenBack = "taken_back", "检验科撤回了已收下的结果：请与检验科核对，在这个人的全部结果里撤回那几项，再不用这一行";
    PartRejected = "part_rejected", "检验科只退回了其中几项，其余结果已收下：请重采退回的几项，再不用这一行";
}

impl LabReason {
    pub fn is_columns(self) -> bool {
        use LabReason::{AnalyteUnknown, ColumnsNew, ColumnsShifted, HeadingsMissing};
        matches!(self, ColumnsNew | HeadingsMissing | ColumnsShifted | AnalyteUnknown)
    }
}

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

pub(super) struct Planning<'a> {
    pub store: &'a Store,
    pub round: RoundId,
    pub laboratory: &'a str,
    pub mapping: &'a Mapping,
    /// Units that may be written to; empty = all.
    pub scope: Option<&'a [UnitCode]>,
    pub header: &'a Header,
}

/// One result of a report, in the item's unit.
struct Found<'a> {
    item: &'a Item,
    value: CurrentValue,
    own: Option<OwnRange>,
    /// The line as printed: value, unit and range.
    line: Line,
}

impl Planning<'_> {
    pub fn plan(&self, report: &Report) -> Result<Planned, Failure> {
        let code = read_code(&report.code).unwrap_or_default();
        let tubes = self.store.tubes_of_code(self.round, &code).map_err(failed)?;
        let Some(tube) = tubes.first() else { return Ok(Planned::Held(LabReason::TubeUnknown)) };
        if tubes.iter().any(|t| t.person != tube.person || t.kind != tube.kind) {
            return Ok(Planned::Held(LabReason::TubeOfTwo));
        }
        let covers = |units: &[UnitCode]| units.iter().any(|unit| unit.covers(&tube.unit));
        if !self.scope.is_none_or(covers) {
            return Ok(Planned::Held(LabReason::OutOfScope));
        }
        if report.is_preliminary {
            return Ok(Planned::Held(LabReason::Preliminary));
        }
        let is_asked = |line: &&Line| !self.mapping.ignore.contains(&line.analyte);
        let is_rejected = report.lines.iter().filter(is_asked).any(|line| line.is_rejected);
        if is_rejected && report.lines.iter().filter(is_asked).all(|line| line.is_rejected) {
            return self.rejected(&tubes);
        }
        if tubes.iter().any(|tube| tube.is_spoilt) {
            return Ok(Planned::Held(LabReason::TubeSpoilt));
        }
        let view = self.store.person(tube.person).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let header = of_tube(self.header, tube);
        let day = header.day.and_then(protocol::convert::day_date).unwrap_or_default();
        let kind = view.kind_in(RoundId(header.round));
        let subject = Subject { kind, sex: view.details.sex, birth: view.details.birth, day };
        match self.found(report, tube, &subject) {
            Err(reason) => Ok(Planned::Held(reason)),
            Ok(found) => {
                let planned = self.work(tube, &header, &subject, found)?;
                Ok(match is_rejected {
                    true => with_rest(planned, self.rest(report, tube)?),
                    false => planned,
                })
            }
        }
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

    /// Every line that was not rejected as a result. One that cannot be taken holds them all.
    fn found<'c>(
        &self,
        report: &Report,
        tube: &Tube,
        subject: &Subject,
    ) -> Result<Vec<Found<'c>>, LabReason> {
        let catalogue = Catalogue::builtin();
        let kinds = tube_kinds(catalogue);
        let kind = kinds.iter().find(|kind| kind.code == tube.kind);
        let mut found: Vec<Found> = Vec::new();
        let is_asked = |l: &&Line| !l.is_rejected && !self.mapping.ignore.contains(&l.analyte);
        for line in report.lines.iter().filter(is_asked) {
            let told = self.mapping.analyte(&line.analyte).ok_or(LabReason::AnalyteUnknown)?;
            let item = catalogue.item_by_key(&told.item).ok_or(LabReason::AnalyteUnknown)?;
            if !kind.is_some_and(|kind| kind.items.contains(&item.code)) {
                return Err(LabReason::NotOfTube);
            }
            let unit = if line.unit.is_empty() { told.unit.as_deref() } else { Some(&*line.unit) };
            let (value, own) = value(item, line, unit.unwrap_or_default())?;
            let unusual = match check(catalogue, subject, item, &value) {
                Band::Impossible => return Err(LabReason::ValueImpossible),
                Band::Unusual => true,
                Band::Fine => false,
            };
            let value = CurrentValue { value, unusual };
            let one = Found { item, value, own, line: line.clone() };
            match found.iter().find(|known| known.item.code == item.code) {
                None => found.push(one),
                Some(known) if known.value == one.value && known.own == one.own => {}
                Some(_) => return Err(LabReason::SaysTwo),
            }
        }
        Ok(found)
    }

    fn work(
        &self,
        tube: &Tube,
        header: &Header,
        subject: &Subject,
        found: Vec<Found>,
    ) -> Result<Planned, Failure> {
        let given = self.store.given_by_labs(self.round, tube.person).map_err(failed)?;
        let of_tube = |item: ItemCode| {
            given.iter().filter(move |g: &&GivenByLab| g.tube == tube.code && g.item == item)
        };
        let mut fresh = Vec::new();
        for one in found {
            let same = |g: &&GivenByLab| g.value.value == one.value.value && g.own == one.own;
            let is_given = of_tube(one.item.code).any(|g| same(&g));
            let stands = of_tube(one.item.code).any(|g| g.is_current && same(&g));
            match (stands, is_given) {
                (true, _) => {}
                (false, true) => return Ok(Planned::Held(LabReason::OlderValue)),
                (false, false) => fresh.push(one),
            }
        }
        if fresh.is_empty() {
            return Ok(Planned::Known);
        }
        let current = self.store.current(self.round, tube.person).map_err(failed)?;
        let mut saw: BTreeMap<Reference, Vec<u32>> = BTreeMap::new();
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
        let entry = self.entry(tube, header, subject, &fresh, saw, amended > 0)?;
        let results = fresh.len();
        let entries = vec![(tube.unit.clone(), entry)];
        Ok(Planned::Work { entries, results, amended, spoilt: false, rest: None })
    }

    fn entry(
        &self,
        tube: &Tube,
        header: &Header,
        subject: &Subject,
        fresh: &[Found],
        saw: BTreeMap<Reference, Vec<u32>>,
        is_amend: bool,
    ) -> Result<Entry, Failure> {
        let catalogue = &*self.store.in_force(self.round).map_err(failed)?;
        let measured = fresh.iter().map(|one| {
            let plain = Measured::plain(&one.value.value);
            (one.item.code, vec![Measured { own: one.own, ..plain }])
        });
        let judged = judge_measured(catalogue, subject, &measured.collect());
        let findings: Vec<FindingFact> = judged
            .iter()
            .filter(|judgement| judgement.level.is_finding())
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
        let header = Header { station, worst_level, ..header.clone() };
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
fn with_rest(planned: Planned, rest: LabReason) -> Planned {
    match planned {
        Planned::Work { entries, results, amended, spoilt, .. } => {
            Planned::Work { entries, results, amended, spoilt, rest: Some(rest) }
        }
        Planned::Known => Planned::Held(rest),
        Planned::Held(reason) => Planned::Held(reason),
    }
}

fn said(line: &Line) -> String {
    format!("{} {} {}", line.value, line.unit, line.range).trim().to_owned()
}

/// A printed value in the item's unit, with the range in the same. Arrows and H or L behind a number are marks, no part
/// of it.
fn value(item: &Item, line: &Line, unit: &str) -> Result<(Value, Option<OwnRange>), LabReason> {
    let unreadable = LabReason::ValueUnreadable;
    if !matches!(item.kind, ItemKind::Number { .. }) {
        let value = parse_value(item, &line.value).map_err(|_| unreadable)?;
        return if value.is_present() { Ok((value, None)) } else { Err(unreadable) };
    }
    let plain = to_half_width(&line.value);
    let plain = plain.trim_end_matches(['↑', '↓', 'H', 'L', ' ']).trim();
    let number = Decimal::parse(plain).ok_or(unreadable)?;
    let factor = factor(&item.unit_zh, unit).ok_or(LabReason::UnitUndeclared)?;
    let kept = times(number, factor).and_then(|n| n.trimmed().rescaled(item.decimals()));
    let kept = kept.ok_or(unreadable)?.trimmed();
    // Ends turned round are no range: the value is taken, ours stands, and the import names the line (`doubts`).
    let own = read_range(without_unit(&line.range, unit)).unwrap_or_default();
    let end = |end: Option<Decimal>| match end {
        None => Ok(None),
        Some(end) => times(end, factor).map(Some).ok_or(unreadable),
    };
    let own = match own {
        Some(own) => Some(OwnRange { low: end(own.low)?, high: end(own.high)?, ..own }),
        None => None,
    };
    Ok((Value::Number(kept), own))
}

/// `3.9-6.1 mmol/L` of a result in mmol/L.
fn without_unit<'a>(range: &'a str, unit: &str) -> &'a str {
    let range = range.trim();
    let bare = range.strip_suffix(unit.trim()).filter(|_| !unit.trim().is_empty());
    bare.unwrap_or(range).trim_end()
}

/// Lines whose range is nonsense: its ends are turned round.
pub(super) fn doubts(report: &Report) -> impl Iterator<Item = &Line> {
    report.lines.iter().filter(|line| read_range(without_unit(&line.range, &line.unit)).is_err())
}
