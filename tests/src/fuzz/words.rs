//! What people type and files say in words: values, identities, dates, units, keys, references. The first byte of an
//! input chooses where there is a choice (of an item, of a reader); the rest is the text.

use super::chance::Chance;
use super::engine::{Decoder, Said, Target};
use super::mutate;
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, parse_value, print_value};
use domain::identity::{self, IdNumber};
use domain::unit::UnitTree;
use domain::value::{Decimal, Value};

/// A text is at most a few times its own length on the way.
const PEAK_BYTES_MAX: usize = 2 << 20;

/// Texts, and who reads them.
pub struct Texts {
    pub samples: Vec<String>,
    pub read: fn(u8, &str) -> Said,
}

impl Decoder for Texts {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        let which = chance.byte();
        let mut input = vec![which];
        input.extend(mutate::text(&self.samples, chance).into_bytes());
        input
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        match input {
            [which, bytes @ ..] => (self.read)(*which, &String::from_utf8_lossy(bytes)),
            [] => Said::Refused,
        }
    }
}

pub fn texts(samples: &[&str], read: fn(u8, &str) -> Said) -> Box<dyn Decoder> {
    Box::new(Texts { samples: samples.iter().map(|text| (*text).to_owned()).collect(), read })
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 14).unwrap()
}

fn value(which: u8, text: &str) -> Said {
    let items = &Catalogue::builtin().items;
    let item = &items[usize::from(which) % items.len()];
    let read = field::measurement::value_of(item, text);
    let _ = Decimal::parse(text);
    match parse_value(item, text) {
        Ok(value) => {
            let printed = print_value(item, &value);
            // What is printed has the item's places, which a number near the longest has no room for.
            if matches!(&value, Value::Number(n) if n.mantissa.abs() < 1_000_000) {
                assert_eq!(
                    parse_value(item, &printed),
                    Ok(value),
                    "printed and read, it is another"
                );
            }
            assert!(read.is_ok());
            Said::Read
        }
        Err(_) => Said::Refused,
    }
}

fn person_number(_: u8, text: &str) -> Said {
    let id = IdNumber::parse(text, today());
    if let Ok(id) = &id {
        assert_eq!(id.as_str().len(), 18);
        assert!(id.birth() <= today());
        assert_eq!(IdNumber::parse(id.as_str(), today()).as_ref(), Ok(id));
        assert_eq!(id.masked().chars().count(), 18);
    }
    let (student, phone) = (identity::student_no(text), identity::phone(text));
    if let Some(phone) = &phone {
        assert_eq!(identity::phone(phone).as_ref(), Some(phone));
    }
    // Counted and not compared: a text of stars is its own mask.
    let (masked, length) = (identity::mask_id(text), text.trim().chars().count());
    let stars = masked.chars().filter(|shown| *shown == '*').count();
    assert_eq!(masked.chars().count(), length);
    assert!(stars >= length.min(3) && stars + 10 >= length, "a mask that hides too little");
    let _ = (identity::mask_name(text), identity::mask_phone(text), identity::normalize(text));
    Said::read_if(id.is_ok() || student.is_some() || phone.is_some())
}

fn date_or_place(which: u8, text: &str) -> Said {
    let is_read = match which % 6 {
        0 => domain::roster::parse_date(text).is_some(),
        1 => domain::roster::parse_sex(text).is_some(),
        2 => !UnitTree::builtin().find_by_names(None, text).is_empty(),
        3 => !UnitTree::builtin().find_in_text(text).is_empty(),
        4 => ledger::UnitKey::try_new(text).is_ok(),
        _ => domain::order::reading_order(Some(text)).len() > 1,
    };
    Said::read_if(is_read)
}

fn key(_: u8, text: &str) -> Said {
    match store::Key::from_hex(text) {
        Some(key) => {
            assert_eq!(key.to_hex().as_str(), text.trim().to_ascii_lowercase());
            Said::Read
        }
        None => Said::Refused,
    }
}

/// A reference to an entry, and the words of other programs.
fn word(which: u8, text: &str) -> Said {
    let is_read = match which % 4 {
        0 => store::HoldReason::of_word(text).is_some(),
        1 => ledger::Refusal::from_word(text, None, Vec::new()).is_some(),
        2 => domain::rule::Level::parse(text).is_some(),
        _ => match office::parse_reference(text) {
            Ok(found) => {
                let printed = office::print_reference(&found);
                assert_eq!(office::parse_reference(&printed), Ok(found));
                true
            }
            Err(_) => false,
        },
    };
    Said::read_if(is_read)
}

const VALUES: [&str; 18] = [
    "170.5",
    "120",
    "-3.2",
    "１２０",
    "阴性",
    "-",
    "±",
    "2+",
    "++",
    "是",
    "否",
    "拒检",
    "未测",
    "5.0",
    "4.9",
    "左眼未见异常",
    "120/80",
    "0",
];

const NUMBERS: [&str; 9] = [
    "431399199901070349",
    "431399195003147000",
    "43139919500314700X",
    "G431399199901070349",
    "L431399199901070349",
    "13812345678",
    "+86 138-1234-5678",
    "0738-8312345",
    "４３１３９９１９９９０１０７０３４９",
];

const PLACES: [&str; 14] = [
    "2026-09-14",
    "1999/1/7",
    "1999年1月7日",
    "19990107",
    "36167",
    "男",
    "女",
    "慕隆村",
    "水洞底镇慕隆村",
    "水洞底镇慕隆村“健康快车”体检人员花名册",
    "示例乡中心学校",
    "431302105205",
    "三年级2班",
    "12组",
];

const WORDS: [&str; 6] = [
    "malformed",
    "not_after_your_head",
    "unknown_writer",
    "A",
    "bad_seal",
    "01010101010101010101010101010101:7:0202020202020202",
];

const KEYS: [&str; 2] = [
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    " 5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E\n",
];

pub fn targets() -> Vec<Target> {
    let target = |name, share, open| Target { name, share, peak_bytes_max: PEAK_BYTES_MAX, open };
    vec![
        target("value", 40, || texts(&VALUES, value)),
        target("person_number", 40, || texts(&NUMBERS, person_number)),
        target("date_or_place", 30, || texts(&PLACES, date_or_place)),
        target("key", 20, || texts(&KEYS, key)),
        target("word", 20, || texts(&WORDS, word)),
    ]
}
