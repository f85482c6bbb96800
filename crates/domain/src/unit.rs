//! Units in a tree: the district, its townships, their villages and schools. Codes are keys; names
//! repeat (two 南阳村, a 大塘社区 and a 大塘村), so looking up a name gives every candidate.
//! Groups within a unit (村民小组, 年级, 班) are not units: they stand on a roster's row.

mod names;

use crate::ids::UnitCode;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    District,
    Township,
    /// A village or an urban community (社区).
    Village,
    School,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    pub code: UnitCode,
    pub kind: UnitKind,
    pub name: String,
    pub parent: Option<UnitCode>,
    /// The village's code in health record numbers, which is not the statistical one; filled in by
    /// the district, no public source has it.
    pub health_record_code: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitTree {
    units: BTreeMap<UnitCode, Unit>,
}

const DIVISIONS: &str = include_str!("../../../schema/regions/louxing_divisions.csv");
/// Schools of one township: two digits behind the `S`.
const SCHOOLS_OF_A_TOWNSHIP_MAX: u32 = 99;

impl UnitTree {
    /// The district, its townships and villages as of louxing_divisions.csv (statistical codes of
    /// 2023, published 2023-09-11).
    ///
    /// # Panics
    /// When the embedded table is broken: a mistake of the build that a test finds.
    pub fn builtin() -> &'static UnitTree {
        static TREE: OnceLock<UnitTree> = OnceLock::new();
        TREE.get_or_init(|| match UnitTree::parse(DIVISIONS) {
            Some(tree) => tree,
            None => panic!("the embedded table of divisions does not load"),
        })
    }

    /// The builtin tree with more units (schools) in it; one of the same code replaces.
    pub fn with(extra: Vec<Unit>) -> UnitTree {
        let mut tree = UnitTree::builtin().clone();
        tree.units.extend(extra.into_iter().map(|unit| (unit.code.clone(), unit)));
        tree
    }

    /// The tree less some units, which nobody is to find by name any more.
    pub fn without(mut self, codes: &BTreeSet<UnitCode>) -> UnitTree {
        self.units.retain(|code, _| !codes.contains(code));
        self
    }

    /// The district itself.
    pub fn district(&self) -> Option<&Unit> {
        self.iter().find(|unit| unit.kind == UnitKind::District)
    }

    pub fn get(&self, code: &UnitCode) -> Option<&Unit> {
        self.units.get(code)
    }

    /// Every unit, in the order of codes.
    pub fn iter(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// The units directly under one.
    pub fn children(&self, code: &UnitCode) -> Vec<&Unit> {
        self.iter().filter(|unit| unit.parent.as_ref() == Some(code)).collect()
    }

    /// True for a unit itself and for everything above it: scope by ancestor. Codes alone decide, so
    /// that it holds for units this tree does not have yet.
    pub fn is_under(&self, unit: &UnitCode, ancestor: &UnitCode) -> bool {
        ancestor.covers(unit)
    }

    /// Every village and school of that name, in the named township or anywhere. Tolerant of 村,
    /// 社区, 村委会 ... at the end and of the district's and township's names in front; several
    /// when the name repeats, none when the township is named and has none.
    pub fn find_by_names(&self, town: Option<&str>, name: &str) -> Vec<&Unit> {
        names::find_by_names(self, town, name)
    }

    /// The unit a title or sheet name speaks of (水洞底镇慕隆村“健康快车”体检人员花名册): its village or
    /// school, else its township. Several when it is ambiguous; township and village together when
    /// the text names a township and a village that is not in it.
    pub fn find_in_text(&self, text: &str) -> Vec<&Unit> {
        names::find_in_text(self, text)
    }

    /// The name as people need it to tell units apart: 水洞底镇 慕隆村. The code where it is unknown.
    pub fn label(&self, code: &UnitCode) -> String {
        let Some(unit) = self.get(code) else {
            return code.0.clone();
        };
        match self.township_name(code) {
            Some(town) if unit.kind != UnitKind::Township => format!("{town} {}", unit.name),
            Some(_) | None => unit.name.clone(),
        }
    }

    /// The name of the township a unit is (in); `None` for the district and unknown codes.
    pub fn township_name(&self, code: &UnitCode) -> Option<&str> {
        let town = self.get(&code.township()?)?;
        (town.kind == UnitKind::Township).then_some(town.name.as_str())
    }

    /// The code of the next school under a township (`431302204S01`). `None` when `town` is no
    /// township or its codes are used up. A code is given once: pass every school there ever was.
    pub fn next_school_code(&self, town: &UnitCode) -> Option<UnitCode> {
        self.get(town).filter(|unit| unit.kind == UnitKind::Township)?;
        let prefix = format!("{town}S");
        let serials = self.units.keys().filter_map(|code| code.0.strip_prefix(&prefix));
        let last = serials.filter_map(|serial| serial.parse::<u32>().ok()).max().unwrap_or(0);
        (last < SCHOOLS_OF_A_TOWNSHIP_MAX).then(|| UnitCode(format!("{prefix}{:02}", last + 1)))
    }

    fn parse(text: &str) -> Option<UnitTree> {
        let mut units = BTreeMap::new();
        let mut add = |code: &str, kind: UnitKind, name: &str, parent: Option<&str>| {
            let unit = Unit {
                code: UnitCode(code.to_owned()),
                kind,
                name: name.to_owned(),
                parent: parent.map(|parent| UnitCode(parent.to_owned())),
                health_record_code: None,
            };
            units.insert(unit.code.clone(), unit);
        };
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.ok()?;
            let cell = |at: usize| record.get(at).filter(|cell| !cell.is_empty());
            let (district, town, village) = (cell(0)?, cell(2)?, cell(4)?);
            add(district, UnitKind::District, cell(1)?, None);
            add(town, UnitKind::Township, cell(3)?, Some(district));
            add(village, UnitKind::Village, cell(5)?, Some(town));
        }
        (!units.is_empty()).then_some(UnitTree { units })
    }
}
