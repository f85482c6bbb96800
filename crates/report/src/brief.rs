//! The figures of the 简报: today and so far, by township and for the whole. Not their words
//! (`brief_text`) nor their page (`brief_sheet`).

use crate::Input;
use crate::coverage::{Counts, township_code, townships};
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime};
use domain::catalogue::Catalogue;
use domain::facts::{CheckupFacts, is_conflict};
use domain::ids::{ItemCode, UnitCode};
use domain::rule::{Judgement, Level, worst_level};
use std::collections::{BTreeMap, BTreeSet};

/// The classes the 简报 calls 血压升高, by rule: what `finding_levels.csv` words so, of each person by the rules of their own
/// kind and age. A high normal pressure is not among them.
const BP_RAISED: [(&str, &str); 8] = [
    ("adult_bp", "grade1"),
    ("adult_bp", "grade2"),
    ("adult_bp", "known_raised"),
    ("adult_bp", "known_satisfied"),
    ("adult_bp", "pregnant_raised"),
    ("adult_bp", "grade3"),
    ("pupil_bp", "bp_p95"),
    ("critical_bp", "critical"),
];
/// The classes the 简报 calls 血糖升高. An impaired fasting glucose (6.1-<7.0) is not among them.
const GLUCOSE_RAISED: [(&str, &str); 6] = [
    ("glucose_fasting", "raised"),
    ("glucose_fasting", "known_raised"),
    ("glucose_fasting", "critical"),
    ("glucose_random", "raised"),
    ("glucose_random", "known_raised"),
    ("glucose_random", "critical"),
];
const BP_ITEMS: [&str; 6] =
    ["sbp1_mmhg", "dbp1_mmhg", "sbp2_mmhg", "dbp2_mmhg", "sbp_other_mmhg", "dbp_other_mmhg"];
const GLUCOSE_ITEMS: [&str; 1] = ["glucose_mmol_l"];

/// Local civil time: China has one zone and no summer time.
const LOCAL_UTC_OFFSET_HOURS: i64 = 8;

/// People, each counted once in each figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// With at least one station's result, on the list or not.
    pub examined: u64,
    pub bp_measured: u64,
    pub bp_raised: u64,
    pub glucose_measured: u64,
    pub glucose_raised: u64,
    /// With at least one finding of level A.
    pub level_a: u64,
    /// With at least one finding of level B and none of level A.
    pub level_b: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownshipFigures {
    pub name: String,
    pub today: Found,
    pub so_far: Found,
    pub counts: Counts,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentDevice {
    pub name: String,
    /// Local time; `None` = never since its enrolment.
    pub heard_at: Option<NaiveDateTime>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    pub townships: Vec<TownshipFigures>,
    pub total: TownshipFigures,
    /// People with a result that a person has to decide.
    pub conflicting: u64,
    /// Devices not heard from today: their day may be missing in the figures.
    /// `None` where devices are not heard: on a device.
    pub silent_devices: Option<Vec<SilentDevice>>,
}

pub fn figures(input: &Input) -> Figures {
    let facts = input.facts;
    let measured = Measured::of(input);
    let mut by_township: BTreeMap<UnitCode, TownshipFigures> = BTreeMap::new();
    for township in townships(input) {
        let counts = Counts::sum(township.units.iter().map(|unit| Counts::of(unit)));
        let code = township_code(&township.units[0].unit.code);
        by_township.insert(code, TownshipFigures { counts, ..empty(township.name) });
    }
    let mut total = empty("合计".to_owned());
    total.counts = Counts::sum(facts.coverage.iter().map(Counts::of));
    let examined = facts.checkups.iter().filter(|one| is_examined(input.catalogue, one));
    for checkup in examined.clone() {
        let line = by_township
            .entry(township_code(&checkup.unit))
            .or_insert_with(|| empty(township_name(input, &checkup.unit)));
        let found = measured.found(checkup);
        for figures in [line, &mut total] {
            figures.so_far.add(found);
            if checkup.day == Some(facts.today) {
                figures.today.add(found);
            }
        }
    }
    let conflicting = examined.filter(|checkup| checkup.results.values().any(|v| is_conflict(v)));
    Figures {
        townships: by_township.into_values().collect(),
        total,
        conflicting: u64::try_from(conflicting.count()).unwrap_or(u64::MAX),
        silent_devices: silent_devices(input),
    }
}

fn empty(name: String) -> TownshipFigures {
    TownshipFigures {
        name,
        today: Found::default(),
        so_far: Found::default(),
        counts: Counts::default(),
    }
}

/// A township without a coverage row: people examined where nobody was expected.
fn township_name(input: &Input, unit: &UnitCode) -> String {
    let of = |unit: &domain::facts::UnitFacts| {
        if unit.township.is_empty() { unit.name.clone() } else { unit.township.clone() }
    };
    input.unit(unit).map_or_else(|| township_code(unit).to_string(), of)
}

/// 实检, as everywhere: `domain::state`.
pub(crate) fn is_examined(catalogue: &Catalogue, checkup: &CheckupFacts) -> bool {
    domain::state::is_examined(catalogue.package(checkup.kind), &checkup.results)
}

/// The items whose presence makes someone part of a denominator.
struct Measured {
    bp: BTreeSet<ItemCode>,
    glucose: BTreeSet<ItemCode>,
}

impl Measured {
    fn of(input: &Input) -> Measured {
        let codes = |keys: &[&str]| -> BTreeSet<ItemCode> {
            keys.iter().filter_map(|key| input.catalogue.item_by_key(key)).map(|i| i.code).collect()
        };
        Measured { bp: codes(&BP_ITEMS), glucose: codes(&GLUCOSE_ITEMS) }
    }

    fn found(&self, checkup: &CheckupFacts) -> Found {
        let has = |items: &BTreeSet<ItemCode>| {
            items
                .iter()
                .filter_map(|item| checkup.results.get(item))
                .flatten()
                .any(|current| current.value.is_present())
        };
        let is_any = |classes: &[(&str, &str)]| {
            let is_in = |j: &Judgement| classes.contains(&(j.rule.as_str(), j.code.as_str()));
            checkup.judgements.iter().any(is_in)
        };
        let worst = worst_level(&checkup.judgements);
        let (bp_raised, glucose_raised) = (is_any(&BP_RAISED), is_any(&GLUCOSE_RAISED));
        Found {
            examined: 1,
            // Who was found raised was measured: no rate above one, whatever the catalogue lacks.
            bp_measured: u64::from(has(&self.bp) || bp_raised),
            bp_raised: u64::from(bp_raised),
            glucose_measured: u64::from(has(&self.glucose) || glucose_raised),
            glucose_raised: u64::from(glucose_raised),
            level_a: u64::from(worst == Some(Level::A)),
            level_b: u64::from(worst == Some(Level::B)),
        }
    }
}

impl Found {
    fn add(&mut self, other: Found) {
        self.examined += other.examined;
        self.bp_measured += other.bp_measured;
        self.bp_raised += other.bp_raised;
        self.glucose_measured += other.glucose_measured;
        self.glucose_raised += other.glucose_raised;
        self.level_a += other.level_a;
        self.level_b += other.level_b;
    }
}

fn silent_devices(input: &Input) -> Option<Vec<SilentDevice>> {
    if !input.facts.devices_known {
        return None;
    }
    let devices = input.facts.devices.iter().map(|device| SilentDevice {
        name: device.name.clone(),
        heard_at: device.heard_at_ms.and_then(local_time),
    });
    Some(devices.filter(|device| !is_heard_on(device, input.facts.today)).collect())
}

fn is_heard_on(device: &SilentDevice, today: NaiveDate) -> bool {
    device.heard_at.is_some_and(|at| at.date() >= today)
}

fn local_time(ms_utc: i64) -> Option<NaiveDateTime> {
    let utc = DateTime::from_timestamp_millis(ms_utc)?.naive_utc();
    utc.checked_add_signed(Duration::hours(LOCAL_UTC_OFFSET_HOURS))
}
