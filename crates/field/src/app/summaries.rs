//! 汇总 on a screen, of the units this device holds. Thin: what a rate counts is `office`'s.

use super::Opened;
use super::print::PDF;
use crate::home::failed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::ids::UnitCode;
use domain::unit::{UnitKind, UnitTree};
use office::{SheetFormat, Summary, SummaryKind, SummaryOrder};
use protocol::rpc::summary::{
    SummaryAsk, SummaryChoice, SummaryFileAsk, SummaryGroupRow, SummaryPair, SummaryRate,
    SummaryView,
};
use protocol::rpc::work::FileOut;
use protocol::{Code, Failure};
use std::collections::BTreeSet;

impl Opened {
    pub(super) fn summary(&self, ask: &SummaryAsk) -> Result<SummaryView, Failure> {
        let choices = self.summary_choices()?;
        let chosen = self.summary_chosen(&choices, &ask.unit, &ask.kind)?;
        let summary = self.home.summary_of(&self.summary_order(&chosen, ask.shows_small)?)?;
        let group = usize::try_from(ask.group).unwrap_or(usize::MAX);
        let group = if group < summary.groups.len() { group } else { 0 };
        let rate = |[heading, name, _, found, measured, rate, left_out]: [String; 7]| SummaryRate {
            heading,
            name,
            found,
            measured,
            rate,
            left_out,
        };
        let pair = |(left, right): (String, String)| SummaryPair { left, right };
        let problems = |(left, all): (String, Vec<String>)| (left, all.join("；"));
        // Somebody's whole unit has no groups while nobody was examined.
        let rates = match summary.groups.is_empty() {
            true => Vec::new(),
            false => summary.lines(&[group]).into_iter().map(rate).collect(),
        };
        let unmeasured = summary.told().1.into_iter().map(str::to_owned).collect();
        let note = summary.note().to_owned();
        let Summary { kind, unit: name, as_of, overview, groups, problems: listed, .. } = summary;
        let shown = |people: u64| u32::try_from(people).unwrap_or(u32::MAX);
        Ok(SummaryView {
            title: kind.title().to_owned(),
            unit: chosen.unit,
            kind: chosen.kind,
            name,
            as_of,
            note,
            choices,
            overview: overview.into_iter().map(pair).collect(),
            problems: listed.into_iter().map(problems).map(pair).collect(),
            groups: groups
                .into_iter()
                .map(|one| SummaryGroupRow { name: one.name, people: shown(one.people) })
                .collect(),
            rates,
            unmeasured,
        })
    }

    pub(super) fn summary_file(&self, ask: &SummaryFileAsk) -> Result<FileOut, Failure> {
        let today = self.today()?;
        let chosen = self.summary_chosen(&self.summary_choices()?, &ask.unit, &ask.kind)?;
        let format = if ask.is_workbook { SheetFormat::Xlsx } else { SheetFormat::Pdf };
        let order = self.summary_order(&chosen, ask.shows_small)?;
        let bytes = self.home.summary_bytes(&order, format)?;
        let media_type = if ask.is_workbook { super::day::XLSX } else { PDF };
        let (unit, day) = (chosen.unit, today.choice.day);
        Ok(FileOut {
            name: format!("summary-{}-{unit}-{day}.{}", chosen.kind, format.word()),
            media_type: media_type.to_owned(),
            content: BASE64.encode(&bytes),
        })
    }

    fn summary_order(
        &self,
        chosen: &SummaryChoice,
        shows_small: bool,
    ) -> Result<SummaryOrder, Failure> {
        let kind = SummaryKind::of_word(&chosen.kind).ok_or(Failure::new(Code::UsageInvalid))?;
        let (round, unit) = (self.today()?.choice.round, chosen.unit.clone());
        Ok(SummaryOrder { kind, round, unit, shows_small, list_purpose: None })
    }

    /// What can be summed up here: today's stop first, then the units held, then what lies above them. On a hub that holds others'
    /// units, nothing that would count those.
    fn summary_choices(&self) -> Result<Vec<SummaryChoice>, Failure> {
        let today = self.today()?;
        let store = self.home.store();
        let units = store.units().map_err(failed)?;
        let scope = match self.home.scope() {
            Err(failure) if failure.code == Code::NotEnrolled => None,
            scope => Some(scope?),
        };
        let is_own = |unit: &UnitCode| {
            scope.as_ref().is_none_or(|scope| scope.iter().any(|own| own.covers(unit)))
        };
        let holds_others = self.sight()?.is_narrowed();
        let held = store.units_held().map_err(failed)?;
        let mut stops: Vec<UnitCode> = vec![today.unit.clone()];
        stops.extend(held.into_iter().filter(|unit| is_own(unit) && *unit != today.unit));
        let above = |kind: UnitKind| {
            let mut above: BTreeSet<UnitCode> = BTreeSet::new();
            for unit in units.iter().filter(|unit| unit.kind == kind) {
                let is_above = stops.iter().any(|stop| unit.code.covers(stop));
                if is_above && (!holds_others || is_own(&unit.code)) {
                    above.insert(unit.code.clone());
                }
            }
            above
        };
        let (towns, districts) = (above(UnitKind::Township), above(UnitKind::District));
        let all = stops.iter().chain(&towns).chain(&districts);
        let mut choices = Vec::new();
        for unit in all {
            for kind in kinds_of(&units, unit) {
                choices.push(choice(&units, unit, kind));
            }
        }
        Ok(choices)
    }

    fn summary_chosen(
        &self,
        choices: &[SummaryChoice],
        unit: &str,
        kind: &str,
    ) -> Result<SummaryChoice, Failure> {
        let is_asked =
            |one: &&SummaryChoice| unit.is_empty() || (one.unit == unit && one.kind == kind);
        choices.iter().find(is_asked).cloned().ok_or(Failure::new(Code::OutOfScope))
    }
}

fn kinds_of(units: &UnitTree, unit: &UnitCode) -> &'static [&'static str] {
    match units.get(unit).map(|unit| unit.kind) {
        Some(UnitKind::Village) => &["village"],
        Some(UnitKind::School) => &["school"],
        Some(UnitKind::Township | UnitKind::District) => &["township", "district"],
        None => &[],
    }
}

fn choice(units: &UnitTree, unit: &UnitCode, kind: &str) -> SummaryChoice {
    let kind_zh = match kind {
        "village" => "村汇总",
        "school" => "学校汇总",
        "township" => "居民汇总",
        _ => "各学校汇总",
    };
    SummaryChoice {
        unit: unit.0.clone(),
        kind: kind.to_owned(),
        name: units.get(unit).map_or_else(|| unit.0.clone(), |unit| unit.name.clone()),
        kind_zh: kind_zh.to_owned(),
    }
}
