//! 学校汇总, 区域学校汇总, 村汇总, 乡镇汇总: rates by sex, grade, age band, school or village, each with numerator, denominator and who was
//! left out. Small cells are hidden where the table leaves health staff. Not the pages (`summary_sheet`, `paper::summary`).

use crate::brief::is_examined;
use crate::coverage::AnsweredCounts;
use crate::follow::{FollowFacts, Of, counted_follow};
use crate::grave_list::GraveList;
use crate::indicator::{Counted, Indicator, IndicatorsWrong, builtin, counted};
use crate::small::hide;
use crate::table::{NO_SHARE, percent, share};
use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::facts::{CheckupFacts, ExpectedFacts, ExportFacts, PersonKind, Sex};
use domain::identity::age_years;
use domain::ids::{PersonId, UnitCode};
use domain::order::reading_order;
use std::collections::{BTreeMap, BTreeSet};

/// Fewer people than this in a numerator or a denominator are not shown (followup.md, section 5).
pub const SMALL_BELOW: u64 = 5;
/// What stands for a number that is not shown.
pub const HIDDEN: &str = "不显示";
/// Main problems of a whole, and of each of its parts.
const TOP_WHOLE: usize = 5;
const TOP_PART: usize = 3;
/// Rates of fewer people are not ranked: one of one is not the most frequent. A design of ours, no standard here: the
/// sample size below which the US NCHS reports no estimate (its presentation of NHHCS estimates, cdc.gov/nchs/nhhcs/nhhcs_estimation_publication.htm).
const RANKED_FROM: u64 = 30;
/// Over the main problems, wherever they are shown.
pub const PROBLEMS_HEADING: &str = "检出率（人数/检查人数），由高到低；检查不到 30 人的不排列";
/// The split by full years, of the rates whose standard asks for it.
pub(crate) const BY_YEAR: u8 = 3;
/// Ages from which a band begins (followup.md, section 5), and what it is called.
const BANDS: [(i32, &str); 7] = [
    (0, "18岁以下"),
    (18, "18–34岁"),
    (35, "35–44岁"),
    (45, "45–54岁"),
    (55, "55–64岁"),
    (65, "65–74岁"),
    (75, "75岁及以上"),
];

/// Which summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SummaryKind {
    School,
    /// All schools of a district or a township.
    Schools,
    Village,
    Township,
}

impl SummaryKind {
    pub fn of_word(word: &str) -> Option<SummaryKind> {
        match word {
            "school" => Some(SummaryKind::School),
            "district" => Some(SummaryKind::Schools),
            "village" => Some(SummaryKind::Village),
            "township" => Some(SummaryKind::Township),
            _ => None,
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            SummaryKind::School => "学生健康体检学校汇总报告单",
            SummaryKind::Schools => "学生健康体检区域学校汇总报告单",
            SummaryKind::Village => "居民健康体检村汇总",
            SummaryKind::Township => "居民健康体检乡镇汇总",
        }
    }

    pub fn who(self) -> PersonKind {
        match self {
            SummaryKind::School | SummaryKind::Schools => PersonKind::Pupil,
            SummaryKind::Village | SummaryKind::Township => PersonKind::Resident,
        }
    }

    /// What the parts are called.
    fn parts(self) -> &'static str {
        match self {
            SummaryKind::School => "年级",
            SummaryKind::Schools => "学校",
            SummaryKind::Village => "年龄段",
            SummaryKind::Township => "年龄段和村",
        }
    }
}

/// One rate of one group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    pub found: u64,
    pub measured: u64,
    pub not_measured: u64,
    pub conflict: u64,
    pub unknown: u64,
    pub other_age: u64,
    /// Measured, and the rule says neither yes nor no.
    pub cannot_say: u64,
    pub not_yet: u64,
    pub no_day: u64,
    pub gone: u64,
    /// People in the numerator and in the denominator: of findings, one person may have several.
    pub(crate) people: [u64; 2],
    pub is_hidden: bool,
    /// The denominator is not shown either.
    pub hides_measured: bool,
    /// Nor who was left out.
    pub hides_left_out: bool,
}

/// Somebody, and fewer than may be shown.
pub(crate) fn is_small(people: u64) -> bool {
    people > 0 && people < SMALL_BELOW
}

impl Rate {
    /// Everything of one person.
    fn add_all(&mut self, all: &[Counted]) {
        let is_found = |one: &Counted| matches!(one, Counted::Found);
        let is_measured = |one: &Counted| matches!(one, Counted::Found | Counted::NotFound);
        self.people[0] += u64::from(all.iter().any(is_found));
        self.people[1] += u64::from(all.iter().any(is_measured));
        all.iter().for_each(|one| self.add(*one));
    }

    fn add(&mut self, counted: Counted) {
        match counted {
            Counted::Found => (self.found, self.measured) = (self.found + 1, self.measured + 1),
            Counted::NotFound => self.measured += 1,
            Counted::NotMeasured => self.not_measured += 1,
            Counted::Conflict => self.conflict += 1,
            Counted::Unknown => self.unknown += 1,
            Counted::OtherAge => self.other_age += 1,
            Counted::CannotSay => self.cannot_say += 1,
            Counted::NotYet => self.not_yet += 1,
            Counted::NoDay => self.no_day += 1,
            Counted::Gone => self.gone += 1,
            Counted::Elsewhere => {}
        }
    }

    /// Who is in no denominator, by why.
    pub(crate) fn reasons(&self) -> [(u64, &'static str); 8] {
        [
            (self.not_measured, "未查"),
            (self.conflict, "两值待定"),
            (self.unknown, "性别或出生日期不明"),
            (self.other_age, "年龄不在标准内"),
            (self.cannot_say, "不能判定"),
            (self.not_yet, "未到期"),
            (self.no_day, "日期不明"),
            (self.gone, "依据已撤"),
        ]
    }

    pub(crate) fn left_out(&self) -> u64 {
        self.reasons().into_iter().map(|(n, _)| n).sum()
    }

    /// Numerator, denominator, rate, and who was left out.
    pub fn cells(&self) -> [String; 4] {
        let shown = |n: u64, hides: bool| if hides { HIDDEN.to_owned() } else { n.to_string() };
        let rate = match (self.is_hidden, share(self.found, self.measured)) {
            (true, _) => HIDDEN.to_owned(),
            (false, Some(share)) => percent(share),
            (false, None) => NO_SHARE.to_owned(),
        };
        let out =
            self.reasons().into_iter().filter(|(n, _)| *n > 0).map(|(n, why)| format!("{why} {n}"));
        let out: Vec<String> = out.collect();
        let out = match (self.hides_left_out, out.is_empty()) {
            (true, _) => HIDDEN.to_owned(),
            (false, true) => "0".to_owned(),
            (false, false) => out.join("，"),
        };
        [shown(self.found, self.is_hidden), shown(self.measured, self.hides_measured), rate, out]
    }
}

/// Everybody, one sex, one grade, one band, one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryGroup {
    pub name: String,
    /// Examined.
    pub people: u64,
    /// Whose part it is, and under which split: parts of one split of one parent add up to it.
    pub(crate) parent: Option<(usize, u8)>,
    /// 0 = all.
    pub(crate) sex: u8,
    /// 0 = the whole and its sexes.
    pub(crate) split: u8,
}

/// Everything a summary says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub kind: SummaryKind,
    pub round: String,
    pub unit: String,
    pub unit_code: String,
    pub as_of: String,
    /// The table may leave health staff.
    pub hides_small: bool,
    /// What is said of the whole, and its value.
    pub overview: Vec<(String, String)>,
    pub groups: Vec<SummaryGroup>,
    pub indicators: Vec<Indicator>,
    /// By indicator, then by group.
    pub rates: Vec<Vec<Rate>>,
    /// Of the whole and of each part, the main problems with what is to be done.
    pub problems: Vec<(String, Vec<String>)>,
    pub advice: Vec<(String, String)>,
    /// By name; none unless health staff ask for it.
    pub grave: Option<GraveList>,
}

impl Summary {
    pub fn parts(&self) -> &'static str {
        self.kind.parts()
    }

    /// The blocks of the summary: a title and its groups.
    pub fn blocks(&self) -> Vec<(String, Vec<usize>)> {
        let of = |is_of: &dyn Fn(u8) -> bool| -> Vec<usize> {
            (0..self.groups.len()).filter(|at| is_of(self.groups[*at].split)).collect()
        };
        let blocks = [
            ("合计与性别".to_owned(), of(&|split| split == 0)),
            (format!("按{}和性别", self.parts()), of(&|split| split > 0 && split != BY_YEAR)),
            ("按周岁和性别".to_owned(), of(&|split| split == BY_YEAR)),
        ];
        blocks.into_iter().filter(|(_, groups)| !groups.is_empty()).collect()
    }

    /// Rates of which somebody here was part, and the names of the others.
    pub fn told(&self) -> (Vec<usize>, Vec<&str>) {
        let is_told = |row: &usize| {
            // What nobody had to be followed up for is told too: 0 of 0.
            self.indicators[*row].follow.is_some()
                || self.rates[*row].first().is_some_and(|rate| rate.measured + rate.conflict > 0)
        };
        let (told, not): (Vec<usize>, Vec<usize>) = (0..self.rates.len()).partition(is_told);
        (told, not.into_iter().map(|row| self.indicators[row].name_zh.as_str()).collect())
    }

    /// Whether a rate is told of a group: by years only where its standard asks for it.
    pub(crate) fn is_told_of(&self, row: usize, group: usize) -> bool {
        self.groups[group].split != BY_YEAR || self.indicators[row].is_by_age()
    }

    /// Each rate of each of these groups, in the order of `SUMMARY_HEADINGS`.
    pub fn lines(&self, groups: &[usize]) -> Vec<[String; 7]> {
        crate::summary_sheet::lines(self, groups)
    }

    /// Cells that are not shown.
    pub fn hidden(&self) -> usize {
        self.rates.iter().flatten().filter(|rate| rate.is_hidden).count()
    }

    /// One line for whoever reads it.
    pub fn note(&self) -> &'static str {
        if self.hides_small {
            "分子、分母或除外的人少于 5 人的不显示；分子、分母能由别的数算出来的也不显示。同一批人按别的范围另出的表（村与乡镇，学校与区域）请勿一起给出。率＝分子÷分母；除外的人不在分母里。"
        } else {
            "仅供卫生机构内部使用：含少于 5 人的数，不得外传。率＝分子÷分母；除外的人不在分母里。"
        }
    }
}

/// Counts everything. `unit` is the name and code of the whole, `expected` who is on the lists.
pub fn summary(
    kind: SummaryKind,
    facts: &ExportFacts,
    expected: &[ExpectedFacts],
    follow: &FollowFacts,
    unit: (String, String),
    hides_small: bool,
    catalogue: &Catalogue,
) -> Result<Summary, IndicatorsWrong> {
    let who = kind.who();
    let here = facts.checkups.iter().filter(|c| c.kind == who && is_examined(catalogue, c));
    let here: Vec<&CheckupFacts> = here.collect();
    let all = builtin()?;
    let expected: Vec<&ExpectedFacts> = expected.iter().filter(|one| one.kind == who).collect();
    let days: BTreeMap<PersonId, NaiveDate> =
        here.iter().filter_map(|checkup| Some((checkup.person, checkup.day?))).collect();
    let on = |one: &ExpectedFacts| days.get(&one.person).copied().unwrap_or(facts.round.from);
    let members: Vec<Member> = here
        .iter()
        .map(|checkup| Member::examined(checkup))
        .chain(expected.iter().map(|one| Member::expected(one, on(one))))
        .collect();
    let (groups, members) = grouped(kind, facts, &members);
    let chosen: Vec<usize> = (0..all.len()).filter(|at| all[*at].is_of(who)).collect();
    let mut rates = vec![vec![Rate::default(); groups.len()]; chosen.len()];
    for (checkup, of) in here.iter().zip(&members) {
        for (row, at) in rates.iter_mut().zip(&chosen) {
            let counted = counted_of(&all, *at, follow, checkup);
            of.iter().for_each(|group| row[*group].add_all(&counted));
        }
    }
    // Of a person listed in two villages, each counts them, wherever they were examined.
    let seen: BTreeSet<PersonId> = here.iter().map(|c| c.person).collect();
    for (one, of) in expected.iter().zip(&members[here.len()..]) {
        let is_seen = seen.contains(&one.person);
        let counted = [if is_seen { Counted::Found } else { Counted::NotFound }];
        for (row, at) in rates.iter_mut().zip(&chosen) {
            if all[*at].follow.is_some_and(|follow| follow.of == Of::Expected) {
                of.iter().for_each(|group| row[*group].add_all(&counted));
            }
        }
    }
    if hides_small {
        hide(&all, &chosen, &groups, &mut rates);
    }
    let indicators: Vec<Indicator> = chosen.iter().map(|at| all[*at].clone()).collect();
    let problems = problems(&indicators, &groups, &rates);
    let advice = advice(&indicators, &rates, catalogue);
    let is_of_list = |at: &usize| all[*at].follow.is_some_and(|follow| follow.of == Of::Expected);
    let list = chosen.iter().position(is_of_list).and_then(|row| rates[row].first());
    let hides_listed = list.is_some_and(|rate| rate.is_hidden);
    let mut overview = overview(kind, facts, &here, (hides_small, hides_listed));
    overview.push(("随访期限（本轮设定，不是标准）".to_owned(), follow.limits_zh()));
    Ok(Summary {
        kind,
        round: facts.round.name.clone(),
        unit: unit.0,
        unit_code: unit.1,
        as_of: facts.as_of.clone(),
        hides_small,
        overview,
        groups,
        indicators,
        rates,
        problems,
        advice,
        grave: None,
    })
}

/// How everything of one person counts in one rate.
fn counted_of(
    all: &[Indicator],
    at: usize,
    follow: &FollowFacts,
    checkup: &CheckupFacts,
) -> Vec<Counted> {
    match (all[at].follow, all[at].level) {
        (Some(rate), _) => counted_follow(rate, follow, checkup),
        (None, Some(level)) if follow.worst(checkup.person) == Some(level) => vec![Counted::Found],
        (None, Some(_)) => vec![Counted::NotFound],
        (None, None) => vec![counted(all, at, checkup)],
    }
}

fn overview(
    kind: SummaryKind,
    facts: &ExportFacts,
    here: &[&CheckupFacts],
    (hides_small, hides_listed): (bool, bool),
) -> Vec<(String, String)> {
    let is_school = |unit: &domain::facts::UnitFacts| unit.kind == domain::unit::UnitKind::School;
    let wants_schools = kind.who() == PersonKind::Pupil;
    let units = facts.coverage.iter().filter(|of| is_school(&of.unit) == wants_schools);
    let (mut expected, mut listed) = (0_u64, 0_u64);
    for of in units {
        expected += u64::from(of.expected);
        listed += u64::from(of.examined_listed);
    }
    let examined = here.len() as u64;
    let mut answered = AnsweredCounts::default();
    here.iter().for_each(|checkup| answered.add(checkup.answered));
    let AnsweredCounts { redraw, awaited, reported, .. } = answered;
    let missing = examined.saturating_sub(redraw + awaited + reported);
    let others = examined.saturating_sub(listed);
    let few = |n: u64| hides_small && is_small(n);
    // With everybody told, one of the two tells the other; and so does the rate of the list.
    let hides_parts = hides_listed || few(listed) || few(others);
    // The four add up to everybody examined.
    let hides_answered = [missing, redraw, awaited, reported].into_iter().any(few);
    let count = |n: u64, hides: bool| if hides { HIDDEN.to_owned() } else { n.to_string() };
    let rate = |part: u64, whole: u64, hides: bool| {
        if hides || few(part) || few(whole) {
            return HIDDEN.to_owned();
        }
        let share = share(part, whole).map_or_else(|| NO_SHARE.to_owned(), percent);
        format!("{share}（{part}/{whole}）")
    };
    vec![
        ("应检人数".to_owned(), count(expected, few(expected))),
        ("实检人数".to_owned(), count(examined, few(examined))),
        ("其中名单内".to_owned(), count(listed, hides_parts)),
        ("其中名单外".to_owned(), count(others, hides_parts)),
        ("受检率（名单内实检／应检）".to_owned(), rate(listed, expected, hides_parts)),
        (
            "完整率（必查项目都有结果或原因，待回报不算／实检）".to_owned(),
            rate(reported, examined, hides_answered),
        ),
        ("其余：待回报".to_owned(), count(awaited, hides_answered)),
        ("其余：需重采".to_owned(), count(redraw, hides_answered)),
        ("其余：有未检项目".to_owned(), count(missing, hides_answered)),
    ]
}

/// Whoever stands in a group: examined, or on a list.
struct Member<'a> {
    is_examined: bool,
    sex: Option<Sex>,
    unit: &'a UnitCode,
    grade: Option<&'a str>,
    /// Full years; none where the birth date or the day is unknown.
    age: Option<i32>,
}

impl Member<'_> {
    fn examined(checkup: &CheckupFacts) -> Member<'_> {
        let details = &checkup.details;
        Member {
            is_examined: true,
            sex: details.sex,
            unit: &checkup.unit,
            grade: checkup.grade.as_deref(),
            age: details.birth.zip(checkup.day).map(|(birth, day)| age_years(birth, day)),
        }
    }

    /// By the age on the day of the examination, so that one person is of one age in every rate; whoever was not examined, on the
    /// round's first.
    fn expected(one: &ExpectedFacts, on: NaiveDate) -> Member<'_> {
        Member {
            is_examined: false,
            sex: one.sex,
            unit: &one.unit,
            grade: one.grade.as_deref(),
            age: one.birth.map(|birth| age_years(birth, on)),
        }
    }
}

/// The groups, and for each person those they are in.
fn grouped(
    kind: SummaryKind,
    facts: &ExportFacts,
    people: &[Member],
) -> (Vec<SummaryGroup>, Vec<Vec<usize>>) {
    let mut names: BTreeMap<GroupKey, (String, Vec<usize>)> = BTreeMap::new();
    for (at, member) in people.iter().enumerate() {
        let sex = sex_of(member.sex);
        for (split, order, part) in parts_of(kind, facts, member) {
            let key = |sex: u8| (split, order.clone(), part.clone(), sex);
            names.entry(key(0)).or_insert_with(|| (part.clone(), Vec::new())).1.push(at);
            let label = if split == 0 { sex.1.to_owned() } else { format!("{part}　{}", sex.1) };
            names.entry(key(sex.0)).or_insert_with(|| (label, Vec::new())).1.push(at);
        }
    }
    let mut groups: Vec<SummaryGroup> = Vec::new();
    let mut members = vec![Vec::new(); people.len()];
    let mut owner = 0;
    for ((split, _, _, sex), (name, of)) in names {
        let at = groups.len();
        let parent = match (split, sex) {
            (0, 0) => None,
            (0, _) => Some((0, 0)),
            (split, 0) => Some((0, split)),
            (_, _) => Some((owner, 0)),
        };
        if sex == 0 {
            owner = at;
        }
        of.iter().for_each(|person| members[*person].push(at));
        let examined = of.iter().filter(|person| people[**person].is_examined).count();
        groups.push(SummaryGroup { name, people: examined as u64, parent, sex, split });
    }
    (groups, members)
}

/// As people read it, from `reading_order`.
type Order = Vec<(u8, u64, String)>;
/// Split, order, name of the part, sex (0 = all).
type GroupKey = (u8, Order, String, u8);

/// The whole first (split 0), then the parts of each split.
fn parts_of(kind: SummaryKind, facts: &ExportFacts, member: &Member) -> Vec<(u8, Order, String)> {
    let mut parts = vec![(0, Vec::new(), "合计".to_owned())];
    let unit = || {
        let of = facts.units.iter().find(|unit| unit.code == *member.unit);
        let name = of.map_or_else(|| member.unit.0.clone(), |unit| unit.name.clone());
        (2, vec![(2, 0, member.unit.0.clone())], name)
    };
    // Of those on a list there is no rate by years.
    let year = || {
        let age = member.age.filter(|_| member.is_examined)?;
        let order = u64::try_from(age).unwrap_or_default();
        Some((BY_YEAR, vec![(1, order, String::new())], format!("{age}岁")))
    };
    match kind {
        SummaryKind::School => {
            let grade = member.grade.unwrap_or("年级不明").to_owned();
            parts.push((1, reading_order(member.grade), grade));
            parts.extend(year());
        }
        SummaryKind::Schools => {
            parts.push(unit());
            parts.extend(year());
        }
        SummaryKind::Village | SummaryKind::Township => {
            let band = member.age.map_or((u64::MAX, "年龄不明"), |age| {
                let at = BANDS.iter().rposition(|(from, _)| age >= *from).unwrap_or(0);
                (at as u64, BANDS[at].1)
            });
            parts.push((1, vec![(1, band.0, String::new())], band.1.to_owned()));
            if kind == SummaryKind::Township {
                parts.push(unit());
            }
        }
    }
    parts
}

fn sex_of(sex: Option<Sex>) -> (u8, &'static str) {
    match sex {
        Some(sex @ Sex::M) => (1, sex.zh()),
        Some(sex @ Sex::F) => (2, sex.zh()),
        None => (3, "性别不明"),
    }
}

/// The main problems of the whole and of each part of it, the most frequent first. How many are hidden or of too few people is said, as
/// the rates below say of each: what is left out of the order may be more frequent than all of it.
fn problems(
    indicators: &[Indicator],
    groups: &[SummaryGroup],
    rates: &[Vec<Rate>],
) -> Vec<(String, Vec<String>)> {
    let of = |at: usize, most: usize| -> Vec<String> {
        let all = indicators.iter().zip(rates).map(|(one, row)| (one, row[at]));
        let all: Vec<(&Indicator, Rate)> = all.filter(|(one, _)| one.is_problem).collect();
        let hidden = all.iter().filter(|(_, rate)| rate.is_hidden).count();
        let shown = all.into_iter().filter(|(_, rate)| !rate.is_hidden && rate.found > 0);
        let (mut found, few): (Vec<_>, Vec<_>) =
            shown.partition(|(_, rate)| rate.measured >= RANKED_FROM);
        found.sort_by_key(|(_, rate)| {
            let per_million = rate.found * 1_000_000 / rate.measured.max(1);
            std::cmp::Reverse(per_million)
        });
        let line = |(one, rate): (&Indicator, Rate)| {
            let [found, measured, share, _] = rate.cells();
            format!("{} {share}（{found}/{measured}）", one.name_zh)
        };
        let also = if found.is_empty() { "" } else { "另" };
        let unranked = unranked(hidden, few.len(), also);
        found.into_iter().take(most).map(line).chain(unranked).collect()
    };
    let wanted =
        groups.iter().enumerate().filter(|(_, group)| group.sex == 0 && group.split != BY_YEAR);
    wanted
        .map(|(at, group)| {
            let most = if group.parent.is_none() { TOP_WHOLE } else { TOP_PART };
            (group.name.clone(), of(at, most))
        })
        .collect()
}

/// What is said of those that are in no order.
fn unranked(hidden: usize, few: usize, also: &str) -> impl Iterator<Item = String> + use<> {
    let hidden = (hidden > 0)
        .then(|| format!("{also}有 {hidden} 项为保护个人不显示人数，没有排列，不等于少见"));
    let few = (few > 0).then(|| format!("{also}有 {few} 项检查不到 {RANKED_FROM} 人，没有排列"));
    hidden.into_iter().chain(few)
}

/// What the catalogue says is to be done about the main problems of the whole.
fn advice(
    indicators: &[Indicator],
    rates: &[Vec<Rate>],
    catalogue: &Catalogue,
) -> Vec<(String, String)> {
    let found = indicators.iter().zip(rates).filter(|(one, row)| {
        one.is_problem && row.first().is_some_and(|rate| !rate.is_hidden && rate.found > 0)
    });
    let line = |(one, _): (&Indicator, &Vec<Rate>)| {
        let action = one.classes.iter().find_map(|(rule, code)| {
            let action = &catalogue.level(rule, code)?.action_zh;
            (!action.is_empty()).then(|| action.clone())
        })?;
        Some((one.name_zh.clone(), action))
    };
    found.filter_map(line).collect()
}
