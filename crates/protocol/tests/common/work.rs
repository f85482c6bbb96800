//! A synthetic day's work and a village's roster: values, names and numbers that vary about as much as
//! real ones do. Nobody's data: everything comes from a small generator with a fixed start.

use chrono::NaiveDate;
use protocol::convert::day_number;
use protocol::fact::*;
use protocol::{Clock, Entry, Header};

pub const CHECKUPS: usize = 500;
pub const STATIONS: usize = 6;
pub const RESULTS_EACH: usize = 40;

/// Knuth's MMIX generator, its high bits: enough for values that look random to a compressor.
pub struct Lcg(pub u64);

impl Lcg {
    pub fn next(&mut self) -> u64 {
        let step = |x: u64| x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.0 = step(self.0);
        let high = self.0 >> 32;
        self.0 = step(self.0);
        (high << 32) | (self.0 >> 32)
    }
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
    /// Bell-shaped about `mean`: the sum of three even throws within `spread` either side.
    fn bell(&mut self, mean: i64, spread: i64, step: i64) -> i64 {
        let throw = |g: &mut Lcg| g.below(2 * spread.unsigned_abs() + 1) as i64 - spread;
        let off = (throw(self) + throw(self) + throw(self)) / 3;
        (mean + off) / step * step
    }
}

/// What one item's values are like.
enum Like {
    /// Mean, spread and step of the number times 10^decimals.
    Number(i64, i64, i64),
    /// Of so many choices; the first is what most people have.
    Choice(u64),
}

use Like::{Choice, Number};

/// 40 items in 6 stations: 31 numbers as instruments give them, 9 choices.
const ITEMS: [&[Like]; STATIONS] = [
    // Asked at registration
    &[Choice(2), Choice(2), Choice(2), Choice(3)],
    // Height, weight, waist, temperature (two decimals, read to one)
    &[
        Number(16_000, 2_500, 10),
        Number(6_200, 2_500, 10),
        Number(8_200, 2_500, 10),
        Number(3_650, 60, 10),
    ],
    // Pulse, side, two readings of both pressures
    &[
        Number(76, 28, 1),
        Choice(2),
        Number(130, 45, 1),
        Number(80, 28, 1),
        Number(128, 45, 1),
        Number(79, 28, 1),
    ],
    // Both eyes, in steps of 0.1
    &[Number(46, 10, 1), Number(46, 10, 1), Choice(3)],
    // Fasting, glucose, lipids, blood count and chemistry
    &[
        Choice(3),
        Number(560, 160, 1),
        Number(480, 180, 1),
        Number(150, 120, 1),
        Number(130, 50, 1),
        Number(280, 130, 1),
        Number(1_350, 300, 10),
        Number(650, 300, 10),
        Number(220, 110, 1),
        Number(450, 90, 1),
        Number(410, 80, 10),
        Number(900, 120, 10),
        Number(300, 50, 10),
        Number(3_300, 250, 10),
        Number(240, 220, 10),
        Number(260, 250, 10),
        Number(680, 350, 1),
        Number(5_200, 2_400, 10),
        Number(3_200, 1_500, 10),
    ],
    // Urine and the rest
    &[Choice(5), Choice(5), Number(650, 200, 50), Number(1_018, 12, 1)],
];

pub struct Day {
    /// Station number and entry, in the order one device would append them.
    pub entries: Vec<(usize, Entry)>,
}

/// The same day for the same `start`.
pub fn synthetic_day(start: u64) -> Day {
    let mut random = Lcg(start);
    let mut unix_ms = 1_789_000_000_000;
    let mut entries = Vec::with_capacity(CHECKUPS * STATIONS);
    for _ in 0..CHECKUPS {
        let person = person(&mut random);
        for station in 0..STATIONS {
            unix_ms += 8_000 + random.below(60_000) as i64;
            entries.push((station, save(&mut random, &person, station, unix_ms)));
        }
    }
    Day { entries }
}

fn person(random: &mut Lcg) -> Vec<u8> {
    let bytes = [random.next().to_be_bytes(), random.next().to_be_bytes()].concat();
    uuid::Builder::from_random_bytes(bytes.try_into().unwrap()).into_uuid().as_bytes().to_vec()
}

fn save(random: &mut Lcg, person: &[u8], station: usize, unix_ms: i64) -> Entry {
    let first: usize = ITEMS[..station].iter().map(|items| items.len()).sum();
    let results: Vec<ResultFact> = ITEMS[station]
        .iter()
        .zip(first + 1..)
        .map(|(like, item)| result(random, item as u32, like))
        .collect();
    let mut findings = Vec::new();
    if random.below(8) == 0 {
        let code = ["grade1", "grade2", "overweight", "obese"][random.below(4) as usize];
        findings.push(FindingFact { rule: "adult_bp".into(), code: code.into(), level: 1 });
    }
    let header = Header {
        kind: 0,
        person: person.to_vec(),
        round: 0x8f3a_11c0_5577_e9d2,
        day: Some(9_753),
        operator: 0x1b2c_3d4e_5f60_7182 + station as u64,
        examiner: 0xa1b2_c3d4_e5f6_0718 + station as u64,
        station: station as u32 + 1,
        policy: 3,
        worst_level: findings.first().map_or(0, |f| f.level),
        clock: Some(Clock { unix_ms, boot: 0, tick_ms: 0 }),
    };
    let fact = SaveFact {
        catalogue: 1,
        results,
        saw: Vec::new(),
        findings,
        reason: String::new(),
        lab: None,
    };
    Entry { header, fact: Fact::Save(fact) }
}

fn result(random: &mut Lcg, item: u32, like: &Like) -> ResultFact {
    let value = match like {
        _ if random.below(25) == 0 => ValueFact::Absent(1 + random.below(5) as u32),
        Number(mean, spread, step) => ValueFact::Number(random.bell(*mean, *spread, *step)),
        Choice(choices) if random.below(6) == 0 => {
            ValueFact::Choice(1 + random.below(*choices) as u32)
        }
        Choice(_) => ValueFact::Choice(1),
    };
    ResultFact { item, value: Some(value), unusual: random.below(50) == 0 }
}

const SURNAMES: &str = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋\
    田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施";
const GIVEN: &str = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂花玉红建国华志文春梅小东海燕庆德忠友才金凤莲美\
    玲雪丹婷欣怡子轩梓涵浩宇俊雨晨佳思琪嘉豪博天佑一诺诗雅若曦可馨宏生福贵祥林松柏青云龙飞鹏程万里长江河山水泉清秋冬夏菊香莉萍翠珍";
/// The first three digits of phones.
const PHONES: [u64; 20] = [
    130, 131, 135, 136, 137, 138, 139, 150, 151, 152, 157, 158, 159, 177, 180, 182, 187, 188, 189,
    199,
];

/// A village's roster as one entry: names, ID numbers, most phones, groups, a few remarks.
pub fn synthetic_roster(start: u64, people: usize) -> Entry {
    let mut random = Lcg(start);
    let seed = [random.next().to_be_bytes(), random.next().to_be_bytes()].concat();
    let rows = (0..people).map(|_| villager(&mut random)).collect();
    let header = Header { round: 0x8f3a_11c0_5577_e9d2, policy: 3, ..Header::default() };
    Entry { header, fact: Fact::Roster(RosterFact { seed, rows }) }
}

fn villager(random: &mut Lcg) -> RosterRowFact {
    let days = random.below(30_000) as i64;
    let birth = NaiveDate::from_ymd_opt(1940, 1, 1).unwrap() + chrono::TimeDelta::days(days);
    let region = if random.below(12) == 0 { 431_300 + random.below(90) } else { 431_302 };
    let order = random.below(400);
    let body = format!("{region}{}{order:03}", birth.format("%Y%m%d"));
    // GB 11643: what, added to twice the sum so far at each digit, leaves 1 of 11.
    let sum = body.bytes().fold(0, |sum, digit| (sum + usize::from(digit - b'0')) * 2 % 11);
    let id = format!("{body}{}", char::from(b"0123456789X"[(12 - sum) % 11]));
    let phone = PHONES[random.below(20) as usize] * 100_000_000 + random.below(100_000_000);
    let details = DetailsFact {
        name: person_name(random),
        sex: if order % 2 == 1 { 1 } else { 2 },
        birth_day: Some(day_number(birth)),
        id_number: (random.below(40) > 0).then_some(id),
        phone: (random.below(10) < 8).then(|| phone.to_string()),
        ..DetailsFact::default()
    };
    RosterRowFact {
        details: Some(details),
        group: Some(format!("{}组", 1 + random.below(14))),
        note: (random.below(15) == 0).then(|| "慢病".to_owned()),
        kind: 1,
        ..RosterRowFact::default()
    }
}

/// The earlier in the list, the more often, as names are.
fn person_name(random: &mut Lcg) -> String {
    let mut pick = |from: &str| {
        let chars: Vec<char> = from.chars().collect();
        let bound = 1 + random.below(chars.len() as u64);
        chars[random.below(bound) as usize]
    };
    let name = [pick(SURNAMES), pick(GIVEN), pick(GIVEN)];
    name.into_iter().take(2 + usize::from(random.below(10) < 7)).collect()
}
