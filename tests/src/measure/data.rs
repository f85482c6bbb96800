//! Made-up people, rosters and results: the same for the same seed, shaped as the samples are. ID numbers are of
//! area 431399, which is nobody's. Not the synthetic day of `crates/protocol/tests`, which counts bytes only.

use domain::catalogue::{Catalogue, Station};
use domain::check::Subject;
use domain::facts::{PersonKind, Sex};
use domain::ids::{ItemCode, PersonId, UnitCode};
use domain::rule::{Level, judge};
use domain::unit::{UnitKind, UnitTree};
use protocol::convert::{day_date, day_number};
use protocol::fact::{
    DetailsFact, FindingFact, RegistrationFact, ResultFact, RosterFact, RosterRowFact, SaveFact,
    ValueFact,
};
use protocol::{Clock, Entry, Fact, Header};
use std::collections::BTreeMap;

/// The day of every stop, and the time its clock claims.
pub const DAY: [i32; 3] = [2026, 9, 14];
const UNIX_MS: i64 = 1_789_378_200_000;
/// Rows of one roster entry, as the office's import writes them.
const ROWS_PER_ENTRY: usize = 400;
/// register, general, bp, vision, blood, urine: 25 results of the catalogue in six entries.
pub const STATIONS: usize = 6;
/// The catalogue whose stations are recorded in full: figures stay comparable while forms grow.
const RECORDED_VERSION: u32 = 1;

/// Knuth's MMIX generator, its high bits.
pub struct Lcg(pub u64);

impl Lcg {
    pub fn draw(&mut self) -> u64 {
        let step = |x: u64| x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.0 = step(self.0);
        let high = self.0 >> 32;
        self.0 = step(self.0);
        (high << 32) | (self.0 >> 32)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.draw() % bound as u64).unwrap()
    }

    /// Bell-shaped about `mean`, within `spread` either side.
    fn bell(&mut self, mean: i64, spread: i64) -> i64 {
        let width = usize::try_from(2 * spread + 1).unwrap();
        let throws: i64 = (0..3).map(|_| self.below(width) as i64 - spread).sum();
        mean + throws / 3
    }
}

const SURNAMES: &str = "李王张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董袁潘蒋蔡余\
                        杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶贺顾毛郝龚邵万钱严覃武戴莫孔向";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国文辉志林海波小燕春生金凤\
                     云飞雪峰晓东凯鑫婷浩宇博雅思佳欣怡子涵梓轩雨泽晨曦睿诗琪俊豪嘉宝德福贵祥顺喜田根水火木山石松柏竹菊莲荷荣光亮元庆忠义仁礼智信";

/// Someone on a roster.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    pub id_number: String,
    pub phone: String,
    pub sex: Sex,
    pub birth_day: i32,
}

/// The villages that ship with the program, as many as are asked for.
pub fn villages(count: usize) -> Vec<UnitCode> {
    let all = UnitTree::builtin().iter().filter(|unit| unit.kind == UnitKind::Village);
    let mut codes: Vec<UnitCode> = all.map(|unit| unit.code.clone()).collect();
    codes.sort();
    codes.truncate(count);
    codes
}

/// A district's rosters: the entries of each village and who is on them.
pub struct Rosters {
    pub entries: Vec<(UnitCode, Vec<Entry>)>,
    pub people: Vec<Vec<Person>>,
}

impl Rosters {
    pub fn make(seed: u64, round: u64, units: &[UnitCode], people_each: usize) -> Rosters {
        let mut random = Lcg(seed);
        let mut rosters = Rosters { entries: Vec::new(), people: Vec::new() };
        for unit in units {
            let mut people = Vec::with_capacity(people_each);
            let mut entries = Vec::new();
            while people.len() < people_each {
                let rows = ROWS_PER_ENTRY.min(people_each - people.len());
                let (entry, listed) = roster(&mut random, round, rows);
                entries.push(entry);
                people.extend(listed);
            }
            rosters.entries.push((unit.clone(), entries));
            rosters.people.push(people);
        }
        rosters
    }
}

fn roster(random: &mut Lcg, round: u64, rows: usize) -> (Entry, Vec<Person>) {
    let seed = [random.draw().to_be_bytes(), random.draw().to_be_bytes()].concat();
    let seed: [u8; 16] = seed.try_into().unwrap();
    let people: Vec<Person> = (0..rows)
        .map(|row| {
            let id = domain::identity::person_id_of_row(&seed, u32::try_from(row).unwrap());
            person(random, id)
        })
        .collect();
    let rows = people.iter().map(|person| RosterRowFact {
        person: Vec::new(),
        details: Some(details(person)),
        group: Some(format!("{}组", 1 + random.below(12))),
        grade: None,
        note: None,
        kind: 1,
    });
    let fact = RosterFact { seed: seed.to_vec(), rows: rows.collect() };
    let header = Header { round, ..Header::default() };
    (Entry { header, fact: Fact::Roster(fact) }, people)
}

pub fn person(random: &mut Lcg, id: PersonId) -> Person {
    let surnames: Vec<char> = SURNAMES.chars().filter(|c| !c.is_whitespace()).collect();
    let given: Vec<char> = GIVEN.chars().filter(|c| !c.is_whitespace()).collect();
    let mut name = String::new();
    // The square leans to the first of the list, as surnames do.
    let lean = random.below(surnames.len()) * random.below(surnames.len()) / surnames.len();
    name.push(surnames[lean]);
    for _ in 0..if random.below(10) < 8 { 2 } else { 1 } {
        name.push(given[random.below(given.len())]);
    }
    let birth_day = -9_000 - random.below(17_000) as i32;
    let birth = day_date(birth_day).unwrap().format("%Y%m%d");
    let order = random.below(1_000);
    let body = format!("431399{birth}{order:03}");
    let phone = format!("1{}{:09}", 3 + random.below(7), random.below(1_000_000_000));
    Person {
        id,
        name,
        id_number: format!("{body}{}", check_character(&body)),
        phone,
        sex: if order % 2 == 1 { Sex::M } else { Sex::F },
        birth_day,
    }
}

/// GB 11643-1999: weights 2^(18-i) mod 11.
fn check_character(body: &str) -> char {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = body.bytes().zip(weights).map(|(b, w)| usize::from(b - b'0') * w).sum();
    char::from(b"10X98765432"[sum % 11])
}

fn details(person: &Person) -> DetailsFact {
    DetailsFact {
        name: person.name.clone(),
        sex: match person.sex {
            Sex::M => 1,
            Sex::F => 2,
        },
        birth_day: Some(person.birth_day),
        id_number: Some(person.id_number.clone()),
        phone: Some(person.phone.clone()),
        ..DetailsFact::default()
    }
}

pub fn registration(person: &Person, round: u64, unit: &UnitCode) -> Entry {
    let fact = RegistrationFact {
        details: Some(details(person)),
        kind: 1,
        home_unit: unit.0.clone(),
        ..RegistrationFact::default()
    };
    Entry { header: header(person, round, 1, 0, UNIX_MS), fact: Fact::Registration(fact) }
}

fn header(person: &Person, round: u64, station: u32, worst_level: u32, unix_ms: i64) -> Header {
    let day = chrono::NaiveDate::from_ymd_opt(DAY[0], DAY[1] as u32, DAY[2] as u32).unwrap();
    Header {
        kind: 0,
        person: person.id.0.as_bytes().to_vec(),
        round,
        day: Some(day_number(day)),
        operator: 0x1b2c_3d4e_5f60_7182 + u64::from(station),
        examiner: 0xa1b2_c3d4_e5f6_0718 + u64::from(station),
        station,
        policy: 0,
        worst_level,
        clock: Some(Clock { unix_ms, boot: 0, tick_ms: 0 }),
    }
}

/// A checkup as six stations save it, each with the findings its own results show.
pub fn checkup(random: &mut Lcg, person: &Person, round: u64) -> Vec<Entry> {
    (1..=STATIONS).map(|station| save(random, person, round, station)).collect()
}

/// The station of that number, from 1, as its form was released first.
fn recorded(station: usize) -> &'static Station {
    let first = Catalogue::version(RECORDED_VERSION).unwrap().unwrap();
    &first.stations[station - 1]
}

fn save(random: &mut Lcg, person: &Person, round: u64, station: usize) -> Entry {
    let catalogue = Catalogue::builtin();
    let mut results: Vec<ResultFact> = Vec::new();
    for item in &recorded(station).items {
        let value = value(random, item.0);
        results.push(ResultFact { item: u32::from(item.0), value: Some(value), unusual: false });
    }
    let findings = findings(catalogue, person, &results);
    let worst = findings.iter().map(|f| f.level).max().unwrap_or(0);
    let fact = SaveFact {
        catalogue: catalogue.version,
        results,
        saw: Vec::new(),
        findings,
        reason: String::new(),
        lab: None,
    };
    let station = u32::from(recorded(station).code.0);
    // Somewhere in six hours: a clock's milliseconds do not compress away.
    let unix_ms = UNIX_MS + random.below(6 * 3_600_000) as i64;
    Entry { header: header(person, round, station, worst, unix_ms), fact: Fact::Save(fact) }
}

/// Numbers times 10^decimals of the item, spread about as measured ones are.
fn value(random: &mut Lcg, item: u16) -> ValueFact {
    let (mean, spread) = match item {
        1 => (16_000, 2_500),
        2 => (6_200, 2_500),
        4 => (8_200, 2_500),
        5 => (3_650, 60),
        6 => (76, 28),
        8 | 10 => (130, 45),
        9 | 11 => (80, 28),
        12 | 13 => (46, 10),
        15 => (560, 160),
        16 => (480, 180),
        17 => (150, 120),
        18 => (130, 50),
        19 => (280, 130),
        20 => (1_350, 300),
        _ => {
            let choice = if random.below(6) == 0 { 2 } else { 1 };
            return ValueFact::Choice(choice);
        }
    };
    if random.below(25) == 0 {
        return ValueFact::Absent(1 + random.below(2) as u32);
    }
    let step = if mean > 1_000 { 10 } else { 1 };
    ValueFact::Number(random.bell(mean, spread) / step * step)
}

fn findings(catalogue: &Catalogue, person: &Person, results: &[ResultFact]) -> Vec<FindingFact> {
    let subject = Subject {
        kind: PersonKind::Resident,
        sex: Some(person.sex),
        birth: day_date(person.birth_day),
        day: chrono::NaiveDate::from_ymd_opt(DAY[0], DAY[1] as u32, DAY[2] as u32).unwrap(),
    };
    let mut values = BTreeMap::new();
    for result in results {
        let code = ItemCode(u16::try_from(result.item).unwrap());
        let decimals = match catalogue.item(code).unwrap().kind {
            domain::catalogue::ItemKind::Number { decimals, .. } => decimals,
            domain::catalogue::ItemKind::Choice { .. }
            | domain::catalogue::ItemKind::Text { .. } => 0,
        };
        values.insert(code, result.value(decimals).unwrap());
    }
    let judged = judge(catalogue, &subject, &values);
    let shown = judged.into_iter().filter(|j| j.level.is_finding());
    let fact = |j: domain::rule::Judgement| FindingFact {
        rule: j.rule,
        code: j.code,
        level: match j.level {
            Level::N => 0,
            Level::C => 1,
            Level::B => 2,
            Level::A => 3,
        },
    };
    shown.map(fact).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::check::is_possible;

    /// Results of a checkup, and those of them that no server would take.
    fn results_and_refused(spoil: impl Fn(&mut ResultFact)) -> (usize, usize) {
        let catalogue = Catalogue::builtin();
        let mut random = Lcg(3);
        let person = person(&mut random, PersonId(uuid::Uuid::from_u128(1)));
        let entries = checkup(&mut random, &person, 9);
        let mut results: Vec<ResultFact> = Vec::new();
        for entry in entries {
            let Fact::Save(save) = entry.fact else { continue };
            results.extend(save.results);
        }
        results.iter_mut().for_each(spoil);
        let is_refused = |result: &&ResultFact| {
            let Some(item) = catalogue.item(ItemCode(u16::try_from(result.item).unwrap())) else {
                return true;
            };
            let decimals = match item.kind {
                domain::catalogue::ItemKind::Number { decimals, .. } => decimals,
                domain::catalogue::ItemKind::Choice { .. }
                | domain::catalogue::ItemKind::Text { .. } => 0,
            };
            item.derived || !result.value(decimals).is_ok_and(|value| is_possible(item, &value))
        };
        (results.len(), results.iter().filter(is_refused).count())
    }

    #[test]
    fn what_is_measured_is_taken_and_not_held() {
        assert_eq!(results_and_refused(|_| ()), (25, 0));
        // Control: an item that is none is noticed.
        assert_eq!(results_and_refused(|result| result.item = 511), (25, 25));
    }
}
