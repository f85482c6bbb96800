//! One-time codes by which a browser becomes one of this hall's. Pure: chance and the running time come in. Not the page
//! that takes a code, and not what a paired browser may do (`seats`).

use sha2::{Digest, Sha256};

/// How long a code is good, ms of running time.
pub(super) const CODE_LIFE_MS: i64 = 5 * 60_000;
/// Codes good at once; the oldest goes: the screen asks for a new one after each that was used.
const CODES_MAX: usize = 8;
/// Bytes of chance in a code: 80 bits, of which nobody guesses one in five minutes.
pub(super) const CODE_BYTES: usize = 10;
/// 32 signs that nobody takes for another: no I, L, O, U (Crockford's Base32).
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs between two hyphens, for whoever types it.
const GROUP: usize = 4;

/// The codes that are good now: their digests alone.
#[derive(Debug, Default)]
pub(super) struct Codes(Vec<([u8; 32], i64)>);

impl Codes {
    /// A new code, as it stands in the QR and for typing: `7K3M-…`, four times four signs.
    pub fn make(&mut self, chance: [u8; CODE_BYTES], now_ms: i64) -> String {
        let code = print(chance);
        self.0.retain(|(_, made_ms)| is_alive(*made_ms, now_ms));
        if self.0.len() >= CODES_MAX {
            self.0.remove(0);
        }
        self.0.push((digest(&plain(&code)), now_ms));
        code
    }

    /// True once for each code made lately, however it is typed.
    pub fn take(&mut self, typed: &str, now_ms: i64) -> bool {
        self.0.retain(|(_, made_ms)| is_alive(*made_ms, now_ms));
        let asked = digest(&plain(typed));
        let at = self.0.iter().position(|(kept, _)| *kept == asked);
        at.map(|at| self.0.remove(at)).is_some()
    }

    /// True while this one could be taken.
    pub fn has(&self, code: &str, now_ms: i64) -> bool {
        let asked = digest(&plain(code));
        self.0.iter().any(|(kept, made_ms)| *kept == asked && is_alive(*made_ms, now_ms))
    }

    /// True while one could be taken.
    pub fn has_any(&self, now_ms: i64) -> bool {
        self.0.iter().any(|(_, made_ms)| is_alive(*made_ms, now_ms))
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

fn is_alive(made_ms: i64, now_ms: i64) -> bool {
    (0..CODE_LIFE_MS).contains(&now_ms.saturating_sub(made_ms))
}

/// What is compared and kept of a secret: never the secret.
pub(super) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Five bits a sign.
fn print(chance: [u8; CODE_BYTES]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in chance {
        held = (held << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            let sign = usize::try_from((held >> bits) & 31).unwrap_or(0);
            if !text.is_empty() && text.chars().filter(|c| *c != '-').count() % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(SIGNS[sign]));
        }
        held &= (1 << bits) - 1;
    }
    text
}

/// As typed by people: any case, any hyphens and spaces, O for 0, I and L for 1.
fn plain(typed: &str) -> String {
    let signs = domain::identity::to_half_width(typed).to_uppercase();
    let known = |c: char| match c {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        c if c.is_ascii_alphanumeric() => Some(c),
        _ => None,
    };
    signs.chars().filter_map(known).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_and_for_minutes() {
        let mut codes = Codes::default();
        let code = codes.make([0xa5; CODE_BYTES], 1_000);
        assert_eq!(code.len(), 19, "{code}");
        assert!(!codes.take("0000-0000-0000-0000", 1_000), "another code opens nothing");
        assert!(!codes.take("", 1_000));
        assert!(codes.has(&code, 1_000) && !codes.has(&code, 1_000 + CODE_LIFE_MS));
        assert!(codes.take(&code.to_lowercase().replace('-', " "), 1_000), "as somebody types it");
        assert!(!codes.has(&code, 1_000), "the screen shows another one now");
        assert!(!codes.take(&code, 1_000), "a second time it is worth nothing");
        let late = codes.make([7; CODE_BYTES], 0);
        assert!(!codes.take(&late, CODE_LIFE_MS));
        let in_time = codes.make([7; CODE_BYTES], 0);
        assert!(codes.take(&in_time, CODE_LIFE_MS - 1));
    }

    #[test]
    fn only_so_many_codes_are_good_at_once_and_every_bit_of_chance_is_in_one() {
        let mut codes = Codes::default();
        let made: Vec<String> = (0..9).map(|at| codes.make([at; CODE_BYTES], 0)).collect();
        assert!(!codes.take(&made[0], 0) && codes.take(&made[1], 0) && codes.take(&made[8], 0));
        let zero = print([0; CODE_BYTES]);
        for bit in 0..CODE_BYTES * 8 {
            let mut chance = [0; CODE_BYTES];
            chance[bit / 8] = 1 << (bit % 8);
            assert_ne!(print(chance), zero, "{bit}");
        }
    }
}
