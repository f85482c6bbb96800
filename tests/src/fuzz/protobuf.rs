//! Mutations that know protobuf: a field is dropped, repeated, renumbered or changed at any depth, and every length
//! around it is right again, so that what stands behind the first decoder is reached.

use super::chance::Chance;
use super::mutate::{change, edge, varint};

/// Fields repeated at once at most: each is small, so messages stay small.
const REPEATED_MAX: usize = 3_000;
const DEPTH_MAX: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Varint(u64),
    Eight([u8; 8]),
    Four([u8; 4]),
    Bytes(Vec<u8>),
}

type Field = (u64, Value);

/// The fields of a message, if the bytes can be one.
fn fields(mut bytes: &[u8]) -> Option<Vec<Field>> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let tag = read_varint(&mut bytes)?;
        let (number, wire) = (tag >> 3, tag & 7);
        if number == 0 || number > 1 << 29 {
            return None;
        }
        let value = match wire {
            0 => Value::Varint(read_varint(&mut bytes)?),
            1 => Value::Eight(take(&mut bytes, 8)?.try_into().ok()?),
            2 => {
                let length = usize::try_from(read_varint(&mut bytes)?).ok()?;
                Value::Bytes(take(&mut bytes, length)?.to_vec())
            }
            5 => Value::Four(take(&mut bytes, 4)?.try_into().ok()?),
            _ => return None,
        };
        all.push((number, value));
    }
    Some(all)
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = bytes.split_at_checked(count)?;
    *bytes = left;
    Some(taken)
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..70).step_by(7) {
        let byte = take(bytes, 1)?[0];
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn written(fields: &[Field]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, value) in fields {
        let (wire, bytes) = match value {
            Value::Varint(value) => (0, varint(*value)),
            Value::Eight(bytes) => (1, bytes.to_vec()),
            Value::Bytes(bytes) => (2, [varint(bytes.len() as u64), bytes.clone()].concat()),
            Value::Four(bytes) => (5, bytes.to_vec()),
        };
        out.extend(varint(number << 3 | wire));
        out.extend(bytes);
    }
    out
}

/// One of the samples, changed in up to four fields; or its bytes; or not at all.
pub fn message(samples: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    match chance.below(8) {
        0 => chance.one_of(samples).clone(),
        1 => super::mutate::bytes(samples, chance),
        _ => {
            let mut message = chance.one_of(samples).clone();
            for _ in 0..=chance.below(3) {
                message = changed(&message, samples, chance, DEPTH_MAX);
            }
            message
        }
    }
}

fn changed(message: &[u8], samples: &[Vec<u8>], chance: &mut Chance, depth: usize) -> Vec<u8> {
    let Some(mut all) = fields(message).filter(|all| !all.is_empty()) else {
        let mut bytes = message.to_vec();
        change(&mut bytes, samples, chance);
        return bytes;
    };
    let at = chance.below(all.len());
    match chance.below(10) {
        0 => drop(all.remove(at)),
        1 => {
            let times = if chance.once_in(16) { chance.below(REPEATED_MAX) } else { 1 };
            let room = (32 << 10) / written(&all[at..=at]).len().max(1);
            let field = all[at].clone();
            all.extend(std::iter::repeat_n(field, times.min(room)));
        }
        2 => all[at].0 = (all[at].0 + 1 + chance.below(4) as u64) % 40 + 1,
        3 => {
            let other = chance.below(all.len());
            all.swap(at, other);
        }
        4 => {
            // A field of another sample.
            let other = fields(chance.one_of::<Vec<u8>>(samples)).unwrap_or_default();
            if !other.is_empty() {
                all.push(chance.one_of(&other).clone());
            }
        }
        _ => {
            let value = &mut all[at].1;
            match value {
                Value::Varint(number) => *number = edge(chance),
                Value::Eight(bytes) => *bytes = edge(chance).to_le_bytes(),
                Value::Four(bytes) => *bytes = (edge(chance) as u32).to_le_bytes(),
                Value::Bytes(bytes) if depth > 0 && chance.below(4) > 0 => {
                    *bytes = changed(bytes, samples, chance, depth - 1);
                }
                Value::Bytes(bytes) => change(bytes, samples, chance),
            }
        }
    }
    written(&all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_taken_apart_is_put_together_the_same() {
        let message = [0x08, 0x96, 1, 0x12, 2, b'h', b'i', 0x1d, 1, 2, 3, 4];
        let apart = fields(&message).unwrap();
        assert_eq!(apart.len(), 3);
        assert_eq!(written(&apart), message);
        assert_eq!(fields(&[0x12, 5, 1]), None);
    }
}
