//! The catalogue in force in a round: what this program can ask, judged by the version the round stands at, without what
//! the round does not pay for, at the levels it sets itself. Not here: who sets it, nor where it is kept.
//!
//! Items, stations and what is plausible are the program's: an item's code means the same for ever, and a value that a newer
//! form asks for must not be lost because the round's tables are older. Rules, tables, levels and days are the version's.

use super::{Catalogue, Condition, Measure, Package, Rule};
use crate::ids::ItemCode;
use crate::rule::Level;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Where a round stands that names no version: the one in use when rounds began to be judged by theirs.
pub const VERSION_UNSAID: u32 = 3;
/// Catalogues of rounds kept ready, about 1 MB each; a device works in one or two.
const KEPT_MAX: usize = 8;

/// What a round sets about its catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoundSetting {
    /// The version that judges it; 0: it names none.
    pub version: u32,
    /// Packages it does not pay for, by key: of those added by age or answer.
    pub unpaid_packages: BTreeSet<String>,
    /// Items it does not pay for, in whatever package.
    pub unpaid_items: BTreeSet<ItemCode>,
    /// Classes, by rule and code, of which it sets level and days itself (本区设置).
    pub levels: OwnLevels,
}

/// Levels of a round's own, by rule and code.
pub type OwnLevels = BTreeMap<(String, String), OwnLevel>;

/// What a round makes of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnLevel {
    pub level: Level,
    /// Days until the first follow-up is due.
    pub due_days: Option<u16>,
}

/// Longest days until a first follow-up. No table has more than a year.
pub const DUE_DAYS_MAX: u16 = 365;
/// Days of a level B that names none (followup.md, section 2: "B: follow up 14 d", a design).
pub const DUE_DAYS_OF_B: u16 = 14;

/// Why a round cannot set a class so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelProblem {
    /// No rule gives this class.
    Unknown,
    /// The class is a critical one: it stays A.
    IsCritical,
    /// A critical one may be followed up sooner, never later.
    CriticalLater,
    /// What is critical is said by the table of critical values alone.
    NotCritical,
    /// None, or beyond `DUE_DAYS_MAX`; or days for a class that is no finding.
    DaysWrong,
}

/// Why a round cannot leave something unpaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnpaidProblem {
    /// No package, station or item is called so.
    Unknown,
    /// The round's own package: its items are named one by one.
    IsWholePackage,
    /// Asked at registration, or its answer decides about a package: a question that costs nothing.
    IsAlwaysAsked,
}

impl RoundSetting {
    /// The version that judges the round.
    pub fn version(&self) -> u32 {
        if self.version == 0 { VERSION_UNSAID } else { self.version }
    }

    /// Whether this program has the version's tables. Where not, its own judge until it is updated.
    pub fn is_known(&self) -> bool {
        Catalogue::judging(self.version()).is_some()
    }

    /// Takes out of what is paid for a package, a station with all it records, or an item; by key or name.
    pub fn leave_unpaid(&mut self, program: &Catalogue, named: &str) -> Result<(), UnpaidProblem> {
        let is = |key: &str, name: &str| key == named || name == named;
        if let Some(package) = program.packages.iter().find(|p| is(&p.key, &p.name_zh)) {
            if package.adds.is_none() {
                return Err(UnpaidProblem::IsWholePackage);
            }
            self.unpaid_packages.insert(package.key.clone());
            return Ok(());
        }
        let always = always_asked(program);
        if let Some(station) = program.stations.iter().find(|s| is(&s.key, &s.name_zh)) {
            let paid = station.items.iter().filter(|item| !always.contains(item));
            let before = self.unpaid_items.len();
            self.unpaid_items.extend(paid.copied());
            let is_none = station.items.iter().all(|item| always.contains(item));
            let is_same = self.unpaid_items.len() == before;
            return if is_none && is_same { Err(UnpaidProblem::IsAlwaysAsked) } else { Ok(()) };
        }
        let item = program.items.iter().filter(|item| !item.derived);
        let item = item.clone().find(|i| is(&i.key, &i.name_zh)).or_else(|| {
            let mut short = item.filter(|item| item.short_zh == named);
            short.next().filter(|_| short.next().is_none())
        });
        let item = item.ok_or(UnpaidProblem::Unknown)?;
        if always.contains(&item.code) || settles_another(program, item.code) {
            return Err(UnpaidProblem::IsAlwaysAsked);
        }
        self.unpaid_items.insert(item.code);
        Ok(())
    }

    /// Sets a class's level, and its days where they are named. What critical_values_screening.csv makes an A stays one, no later than
    /// there, and nothing else becomes one (`docs/decisions/046-a-round-stands-at-a-version-and-says-what-it-pays-for.md`).
    pub fn set_level(
        &mut self,
        judging: &Catalogue,
        (rule, code): (&str, &str),
        level: Level,
        due_days: Option<u16>,
    ) -> Result<(), LevelProblem> {
        let row = judging.level(rule, code).ok_or(LevelProblem::Unknown)?;
        let due_days = match (level, due_days) {
            (Level::N, Some(_)) => return Err(LevelProblem::DaysWrong),
            (_, Some(days)) if days == 0 || days > DUE_DAYS_MAX => {
                return Err(LevelProblem::DaysWrong);
            }
            (_, Some(days)) => Some(days),
            (_, None) if level == row.level => row.due_days,
            (Level::B, None) => Some(DUE_DAYS_OF_B),
            (_, None) => None,
        };
        match (row.level, level) {
            (Level::A, Level::A) if row.due_days.zip(due_days).is_some_and(|(t, d)| d > t) => {
                return Err(LevelProblem::CriticalLater);
            }
            (Level::A, Level::A) => {}
            (Level::A, _) => return Err(LevelProblem::IsCritical),
            (_, Level::A) => return Err(LevelProblem::NotCritical),
            _ => {}
        }
        let key = (rule.to_owned(), code.to_owned());
        if (level, due_days) == (row.level, row.due_days) {
            self.levels.remove(&key);
        } else {
            self.levels.insert(key, OwnLevel { level, due_days });
        }
        Ok(())
    }

    /// Packages, then items, by name.
    pub fn unpaid_zh(&self, program: &Catalogue) -> Vec<String> {
        let packages = program.packages.iter().filter(|p| self.unpaid_packages.contains(&p.key));
        let items = program.items.iter().filter(|item| self.unpaid_items.contains(&item.code));
        let names = packages.map(|package| package.name_zh.clone());
        names.chain(items.map(|item| item.name_zh.clone())).collect()
    }
}

/// What is asked at registration, and what the packages hang on.
fn always_asked(program: &Catalogue) -> BTreeSet<ItemCode> {
    let packages = &program.packages;
    let answers = packages.iter().filter_map(|package| package.adds.as_ref()?.answer.as_ref());
    let registration = packages.iter().flat_map(|package| &package.registration).copied();
    answers.map(|(item, _)| *item).chain(registration).collect()
}

/// A repeat, or the answer by which another value is judged (空腹): without it nobody can end what was begun, or say what it means.
/// With its whole station it may be left out.
fn settles_another(program: &Catalogue, item: ItemCode) -> bool {
    let is_answer =
        |rule: &Rule| rule.when.as_ref().is_some_and(|when| when.item == item && !when.negated);
    let is_later = |items: &[ItemCode]| items.iter().skip(1).any(|one| *one == item);
    let is_repeat = |condition: &Condition| match condition {
        Condition::Number { measure: Measure::MeanWhole(items) | Measure::Last(items), .. } => {
            is_later(items)
        }
        Condition::Number { .. }
        | Condition::Choice { .. }
        | Condition::Phrase { .. }
        | Condition::Ungraded { .. } => false,
    };
    let classes = || program.rules.iter().flat_map(|rule| &rule.classes);
    program.rules.iter().any(is_answer)
        || classes().any(|class| class.all.iter().chain(&class.any).any(is_repeat))
}

impl Catalogue {
    /// The program's items judged by a version's rules, tables and levels; `None` where this program does not hold it.
    pub fn judging(version: u32) -> Option<&'static Catalogue> {
        type Made = OnceLock<Option<Catalogue>>;
        static MADE: [Made; Catalogue::RELEASED.len()] =
            [const { OnceLock::new() }; Catalogue::RELEASED.len()];
        let program = Catalogue::builtin();
        if version == program.version {
            return Some(program);
        }
        let at = Catalogue::RELEASED.iter().position(|released| *released == version)?;
        let made = MADE.get(at)?.get_or_init(|| {
            let released = Catalogue::version(version)?.ok()?;
            Some(program.judged_by(released))
        });
        made.as_ref()
    }

    /// As `judging`; where the version is not known here, by the newest that is: a danger that today's tables see is shown
    /// today, and the entry says which version saw it.
    pub fn judging_here(version: u32) -> &'static Catalogue {
        Catalogue::judging(version).unwrap_or_else(Catalogue::builtin)
    }

    /// The version a save of these items names: the one that judged it, or the program's where that one's own catalogue lacks an
    /// item. Whoever does not know the item either learns from it that it is newer, and holds nothing over it.
    pub fn version_of_save(&self, items: impl IntoIterator<Item = ItemCode>) -> u32 {
        let program = Catalogue::builtin();
        let Some(Ok(own)) = Catalogue::version(self.version) else { return program.version };
        let knows_all = items.into_iter().all(|item| own.item(item).is_some());
        if knows_all { self.version } else { program.version }
    }

    /// These items, stations and packages, with another's rules, tables and levels.
    pub fn judged_by(&self, other: &Catalogue) -> Catalogue {
        let other = other.clone();
        let own = self.clone();
        Catalogue {
            items: own.items,
            stations: own.stations,
            packages: own.packages,
            absent_words: own.absent_words,
            pulse_pressure: own.pulse_pressure,
            adult_from_years: own.adult_from_years,
            ..other
        }
    }

    /// The catalogue in force in a round.
    pub fn in_force(setting: &RoundSetting) -> Arc<Catalogue> {
        static KEPT: Mutex<Vec<(RoundSetting, Arc<Catalogue>)>> = Mutex::new(Vec::new());
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = kept.iter().position(|(of, _)| of == setting) {
            // The last one used stands last.
            let found = kept.remove(at);
            let catalogue = found.1.clone();
            kept.push(found);
            return catalogue;
        }
        let catalogue =
            Arc::new(Catalogue::judging_here(setting.version()).paid(setting).leveled(setting));
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push((setting.clone(), catalogue.clone()));
        catalogue
    }

    /// Without what the round does not pay for, and what hangs on it.
    fn paid(&self, setting: &RoundSetting) -> Catalogue {
        let always = always_asked(self);
        let is_unpaid = |code: &ItemCode| {
            !always.contains(code) && self.gates(*code).any(|at| setting.unpaid_items.contains(&at))
        };
        let unpaid: BTreeSet<ItemCode> =
            self.items.iter().map(|item| item.code).filter(is_unpaid).collect();
        let mut paid = self.clone();
        for package in &mut paid.packages {
            let is_whole = setting.unpaid_packages.contains(&package.key) && package.adds.is_some();
            let stays = |code: &ItemCode| !is_whole && !unpaid.contains(code);
            package.items.retain(stays);
            package.optional.retain(stays);
            let stations = package.stations.iter().copied();
            package.stations = stations.filter(|code| self.has_item_of(package, *code)).collect();
        }
        paid
    }

    /// At the levels that the round sets itself. Whatever it says, a critical class stays one, and no later.
    fn leveled(mut self, setting: &RoundSetting) -> Catalogue {
        for row in self.levels.iter_mut().filter(|_| !setting.levels.is_empty()) {
            match setting.levels.get(&(row.rule.clone(), row.code.clone())) {
                Some(own) if row.level == Level::A => {
                    row.due_days = row.due_days.into_iter().chain(own.due_days).min();
                }
                Some(own) => (row.level, row.due_days) = (own.level, own.due_days),
                None => {}
            }
        }
        self
    }

    fn has_item_of(&self, package: &Package, station: crate::ids::StationCode) -> bool {
        let items = self.station(station).map(|station| station.items.as_slice());
        let of_package =
            |code: &ItemCode| package.items.contains(code) || package.optional.contains(code);
        items.unwrap_or_default().iter().any(of_package)
    }

    /// An item and every question it hangs on.
    fn gates(&self, code: ItemCode) -> impl Iterator<Item = ItemCode> {
        let above = |at: &ItemCode| Some(self.item(*at)?.shown_if.as_ref()?.item);
        std::iter::successors(Some(code), above)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked::Answers;
    use crate::check::Subject;
    use crate::facts::{PersonKind, Sex};
    use crate::value::Value;

    fn program() -> &'static Catalogue {
        Catalogue::builtin()
    }

    fn item(key: &str) -> ItemCode {
        program().item_by_key(key).unwrap().code
    }

    fn unpaid(named: &[&str]) -> RoundSetting {
        let mut setting = RoundSetting { version: program().version, ..RoundSetting::default() };
        for one in named {
            setting.leave_unpaid(program(), one).unwrap();
        }
        setting
    }

    fn somebody(years: i32) -> Subject {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 10, 13).unwrap();
        let birth = chrono::NaiveDate::from_ymd_opt(2026 - years, 1, 1);
        Subject { kind: PersonKind::Resident, sex: Some(Sex::F), birth, day }
    }

    #[test]
    fn what_a_round_does_not_pay_for_is_not_asked_and_what_hangs_on_it_neither() {
        let check = |named: &[&str], years: i32, gone: &[&str], kept: &[&str]| {
            let asked = |cat: &Catalogue| cat.asked(&somebody(years), &Answers::new());
            let before = asked(program());
            let after = asked(&Catalogue::in_force(&unpaid(named)));
            for key in gone {
                // The control: without the setting it is asked.
                assert!(before.contains(&item(key)) && !after.contains(&item(key)), "{key}");
            }
            assert!(kept.iter().all(|key| after.contains(&item(key))), "{named:?}");
        };
        check(&[], 70, &[], &["height_cm", "ecg", "tc_mmol_l"]);
        check(&["心电图"], 70, &["ecg", "ecg_note"], &["height_cm", "tc_mmol_l"]);
        check(&["tc_mmol_l"], 40, &["tc_mmol_l"], &["tg_mmol_l", "ecg"]);
        check(&["elderly_65"], 70, &["selfcare_eating"], &["height_cm", "tc_mmol_l", "ecg"]);
        check(&["65 岁及以上"], 70, &["selfcare_eating"], &["height_cm"]);
    }

    #[test]
    fn an_unpaid_package_takes_nothing_from_whoever_has_the_item_by_another() {
        let all = |named: &[&str]| {
            let cat = Catalogue::in_force(&unpaid(named));
            let yes = program().item_by_key("known_hypertension").unwrap();
            let yes = Value::Choice(yes.choice("yes").unwrap().code);
            let answers = Answers::from([(item("known_hypertension"), yes)]);
            cat.asked(&somebody(40), &answers)
        };
        let (whole, without) = (all(&[]), all(&["hypertension"]));
        assert!(without.is_subset(&whole) && without.contains(&item("sbp1_mmhg")));
    }

    #[test]
    fn a_round_sets_levels_and_days_but_a_critical_class_stays_one_and_none_is_made() {
        let check = |class: (&str, &str), level, days, expected: Result<Option<u16>, _>| {
            let mut setting = RoundSetting { version: program().version, ..Default::default() };
            let said = setting.set_level(program(), class, level, days);
            let days = |_| Catalogue::in_force(&setting).level(class.0, class.1).unwrap().due_days;
            assert_eq!(said.map(days), expected, "{class:?}");
        };
        check(("adult_bp", "grade1"), Level::B, Some(14), Ok(Some(14)));
        check(("adult_bp", "grade1"), Level::C, None, Ok(None));
        check(("adult_bmi", "obese"), Level::B, None, Ok(Some(DUE_DAYS_OF_B)));
        check(("adult_bp", "grade3"), Level::A, Some(7), Ok(Some(7)));
        check(("adult_bp", "grade3"), Level::A, Some(15), Err(LevelProblem::CriticalLater));
        check(("adult_bp", "grade3"), Level::B, Some(7), Err(LevelProblem::IsCritical));
        check(("adult_bp", "grade2"), Level::A, Some(1), Err(LevelProblem::NotCritical));
        check(("adult_bp", "grade9"), Level::B, None, Err(LevelProblem::Unknown));
        check(("adult_bp", "grade1"), Level::B, Some(0), Err(LevelProblem::DaysWrong));
        check(("adult_bp", "grade1"), Level::B, Some(366), Err(LevelProblem::DaysWrong));
        check(("adult_bp", "normal"), Level::N, Some(3), Err(LevelProblem::DaysWrong));
        // Bytes that say otherwise change nothing about a critical class.
        let looser = OwnLevel { level: Level::C, due_days: Some(300) };
        let key = ("adult_bp".to_owned(), "grade3".to_owned());
        let version = program().version;
        let forced = RoundSetting { version, levels: [(key, looser)].into(), ..Default::default() };
        let in_force = Catalogue::in_force(&forced);
        let row = in_force.level("adult_bp", "grade3").unwrap();
        assert_eq!((row.level, row.due_days), (Level::A, Some(14)));
        // Set back to what the table says, it is none of the round's own.
        let mut setting = RoundSetting { version: program().version, ..Default::default() };
        setting.set_level(program(), ("adult_bp", "grade1"), Level::C, None).unwrap();
        assert_eq!(setting.levels.len(), 1);
        setting.set_level(program(), ("adult_bp", "grade1"), Level::B, Some(28)).unwrap();
        assert!(setting.levels.is_empty());
    }

    #[test]
    fn what_cannot_be_left_unpaid_is_said() {
        let check = |named: &str, expected: UnpaidProblem| {
            let mut setting = RoundSetting::default();
            assert_eq!(setting.leave_unpaid(program(), named), Err(expected), "{named}");
            assert_eq!(setting, RoundSetting::default());
        };
        check("no such thing", UnpaidProblem::Unknown);
        check("", UnpaidProblem::Unknown);
        check("bmi_kg_m2", UnpaidProblem::Unknown);
        check("village", UnpaidProblem::IsWholePackage);
        check("学生体检", UnpaidProblem::IsWholePackage);
        check("known_hypertension", UnpaidProblem::IsAlwaysAsked);
        // A repeat, and the answer that says what a glucose means.
        for named in ["sbp2_mmhg", "收缩压（第二次）", "dbp2_mmhg", "glucose2_mmol_l", "fasting"]
        {
            check(named, UnpaidProblem::IsAlwaysAsked);
        }
        // The control: with all that they settle they may.
        for station in ["bp", "blood"] {
            let mut setting = RoundSetting::default();
            assert_eq!(setting.leave_unpaid(program(), station), Ok(()), "{station}");
        }
        check("register", UnpaidProblem::IsAlwaysAsked);
    }

    #[test]
    fn a_round_without_a_version_stands_at_a_stated_one_and_an_unknown_one_is_judged_by_the_newest()
    {
        let check = |version: u32, judged_by: u32, known: bool| {
            let setting = RoundSetting { version, ..RoundSetting::default() };
            assert_eq!(Catalogue::in_force(&setting).version, judged_by, "{version}");
            assert_eq!(setting.is_known(), known, "{version}");
        };
        check(0, VERSION_UNSAID, true);
        check(1, 1, true);
        check(2, 2, true);
        check(program().version, program().version, true);
        check(99, program().version, false);
        assert!(Catalogue::judging(99).is_none());
    }

    #[test]
    fn a_save_names_the_version_that_judged_it_unless_an_item_is_newer() {
        let check = |version: u32, key: &str, expected: u32| {
            let of = Catalogue::judging_here(version);
            assert_eq!(of.version_of_save([item("height_cm"), item(key)]), expected, "{key}");
        };
        check(1, "weight_kg", 1);
        check(1, "creatinine_umol_l", program().version);
        check(2, "creatinine_umol_l", 2);
        check(99, "weight_kg", program().version);
    }

    #[test]
    fn a_round_that_pays_for_everything_asks_what_the_program_asks() {
        let all = RoundSetting { version: program().version, ..RoundSetting::default() };
        assert_eq!(*Catalogue::in_force(&all), *program());
    }
}
