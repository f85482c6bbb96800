//! Mutations of bytes and of text: a few at once, from chance. Not those that know protobuf: `protobuf`.

use super::chance::Chance;

/// Longest input made, bytes.
pub const INPUT_BYTES_MAX: usize = 96 << 10;
/// One input in so many is left as it is, so that the way to the end is walked too.
const UNTOUCHED_ONE_IN: usize = 8;

/// Numbers at which counts, lengths and positions go wrong.
const EDGES: [u64; 16] = [
    0,
    1,
    127,
    128,
    255,
    16_383,
    16_384,
    65_535,
    65_536,
    i32::MAX as u64,
    u32::MAX as u64,
    u32::MAX as u64 + 1,
    (1 << 53) - 1,
    1 << 53,
    i64::MAX as u64,
    u64::MAX,
];

pub fn edge(chance: &mut Chance) -> u64 {
    let edge = *chance.one_of(&EDGES);
    match chance.below(4) {
        0 => edge.wrapping_add(1),
        1 => edge.wrapping_sub(1),
        _ => edge,
    }
}

pub fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// One of the samples, changed in up to six places, or not at all.
pub fn bytes(samples: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut input = chance.one_of(samples).clone();
    if chance.once_in(UNTOUCHED_ONE_IN) {
        return input;
    }
    for _ in 0..=chance.below(5) {
        change(&mut input, samples, chance);
    }
    input.truncate(INPUT_BYTES_MAX);
    input
}

/// One change of some bytes.
pub fn change(input: &mut Vec<u8>, samples: &[Vec<u8>], chance: &mut Chance) {
    let at = chance.below(input.len() + 1);
    let until = at + chance.below((input.len() - at).min(64) + 1);
    match chance.below(12) {
        0 | 1 if at < input.len() => input[at] ^= 1 << chance.below(8),
        2 if at < input.len() => input[at] = *chance.one_of(&[0, 1, 0x7f, 0x80, 0xfe, 0xff]),
        3 if at < input.len() => {
            input[at] = input[at].wrapping_add(chance.below(5) as u8).wrapping_sub(2)
        }
        4 => input.truncate(at),
        5 => drop(input.drain(at..until)),
        6 => {
            // A block again and again.
            let block = input[at..until].to_vec();
            let most = if chance.once_in(8) { 400 } else { 3 };
            let times = 1 + chance.below(most);
            let more = block.repeat(times);
            input.splice(at..at, more);
        }
        7 => {
            let more: Vec<u8> = (0..=chance.below(20)).map(|_| chance.byte()).collect();
            input.splice(at..at, more);
        }
        8 => {
            // The front of one, the back of another.
            let other = chance.one_of(samples);
            let from = chance.below(other.len() + 1);
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
        9 => {
            let number = varint(edge(chance));
            let until = (at + chance.below(number.len() + 1)).min(input.len());
            input.splice(at..until, number);
        }
        10 => {
            let number = if chance.once_in(2) {
                (edge(chance) as u32).to_le_bytes()
            } else {
                (edge(chance) as u32).to_be_bytes()
            };
            let until = (at + 4).min(input.len());
            input.splice(at..until, number);
        }
        _ if until > at => input.swap(at, until - 1),
        _ => {}
    }
}

/// What people, spreadsheets and those who mean no good put into a cell.
const PIECES: [&str; 42] = [
    "",
    " ",
    "\u{3000}",
    "0",
    "-1",
    "99999999999999999999999999999999999999999",
    "1e308",
    "1e-400",
    "-0",
    "NaN",
    "１２０",
    "120/80",
    "%",
    "_",
    "'",
    "\"",
    ";",
    "--",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "𠮷",
    "é",
    "e\u{301}",
    "👨\u{200d}👩\u{200d}👧",
    "·",
    "张三",
    "*",
    "(",
    "431399",
    "X",
    "2026-09-14",
    "1899-12-31",
    "0000-00-00",
    "99999-99-99",
    "/",
    "村",
    "12组",
    "\n",
    "\t",
    ".",
    "9223372036854775808",
];

/// One of the texts, changed in up to six places, or not at all.
pub fn text(samples: &[String], chance: &mut Chance) -> String {
    let mut input: Vec<char> = chance.one_of(samples).chars().collect();
    if chance.once_in(UNTOUCHED_ONE_IN) {
        return input.into_iter().collect();
    }
    for _ in 0..=chance.below(5) {
        let at = chance.below(input.len() + 1);
        let until = at + chance.below((input.len() - at).min(24) + 1);
        match chance.below(8) {
            0 => drop(input.drain(at..until)),
            1 => input.truncate(at),
            2 => {
                let most = if chance.once_in(16) { 2_000 } else { 3 };
                let times = 1 + chance.below(most);
                let block = input[at..until].repeat(times);
                input.splice(at..at, block);
            }
            3 => {
                let other: Vec<char> = chance.one_of(samples).chars().collect();
                let from = chance.below(other.len() + 1);
                input.truncate(at);
                input.extend(&other[from..]);
            }
            4 => {
                let any = char::from_u32(chance.number() as u32 % 0x11_0000).unwrap_or('\u{fffd}');
                input.insert(at, any);
            }
            5 => drop(input.splice(at..until, edge(chance).to_string().chars())),
            _ => drop(input.splice(at..until, chance.one_of(&PIECES).chars())),
        }
    }
    input.truncate(INPUT_BYTES_MAX / 4);
    input.into_iter().collect()
}
