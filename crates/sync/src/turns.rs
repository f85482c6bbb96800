//! In what turns a pushed batch is taken, a transaction each. Not the taking: that is the replica's.

use crate::pull::by_unit;
use ledger::{CertificatePair, Range, Replica, WriterId};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Body bytes of several units taken in one transaction, at most: commits are dear, and everyone else who writes waits
/// until one is done. A unit by itself may be larger.
pub const TURN_BYTES_MAX: usize = 2 << 20;

/// Ranges as they are taken, one transaction each: unit after unit, as many together as fit. What a server wrote is
/// taken by itself: what comes after it is judged by what it says.
pub(crate) fn in_turns<R: Replica>(
    replica: &R,
    server_public_key: &[u8; 32],
    sent: &[CertificatePair],
    ranges: Vec<Range>,
) -> Result<Vec<Vec<Range>>, R::Error> {
    let mut servers: BTreeMap<WriterId, bool> = BTreeMap::new();
    for writer in ranges.iter().map(|range| range.key.writer) {
        if let Entry::Vacant(place) = servers.entry(writer) {
            let known = replica.certificates(&writer)?;
            let mut pairs = known.iter().chain(sent.iter().filter(|pair| pair.1.writer == writer));
            place.insert(pairs.any(|pair| pair.0.public_key == *server_public_key));
        }
    }
    let is_server = |range: &Range| servers.get(&range.key.writer) == Some(&true);
    let mut turns: Vec<Vec<Range>> = Vec::new();
    // Bytes in the last turn; `None`: nothing joins it.
    let mut open: Option<usize> = None;
    for (_, unit) in by_unit(ranges) {
        let bytes: usize = unit.iter().map(Range::body_bytes).sum();
        let is_alone = unit.iter().any(is_server);
        let joined = open.map(|taken| taken + bytes).filter(|taken| *taken <= TURN_BYTES_MAX);
        match turns.last_mut().zip(joined.filter(|_| !is_alone)) {
            Some((turn, _)) => turn.extend(unit),
            None => turns.push(unit),
        }
        open = (!is_alone).then_some(joined.unwrap_or(bytes));
    }
    Ok(turns)
}

/// Takes a turn; where that fails, unit by unit, so that what one unit fails by keeps no unit before it out.
pub(crate) fn take_turn<T, E>(
    turn: &[Range],
    mut accept: impl FnMut(&[Range]) -> Result<Vec<T>, E>,
) -> Result<Vec<T>, E> {
    let units = || turn.chunk_by(|a, b| a.key.unit == b.key.unit);
    match accept(turn) {
        Err(_) if units().count() > 1 => {
            let mut taken = Vec::with_capacity(turn.len());
            for unit in units() {
                taken.extend(accept(unit)?);
            }
            Ok(taken)
        }
        taken => taken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::memory::MemoryReplica;
    use ledger::{
        Chain, Head, Seal, SigningKey, StreamKey, UnitKey, public_key, sign_device_certificate,
        sign_writer_certificate,
    };

    const DEVICE: WriterId = WriterId([1; 16]);
    const SERVER: WriterId = WriterId([2; 16]);

    fn range(unit: &str, writer: WriterId, bytes: usize) -> Range {
        let key = StreamKey::new(UnitKey::try_new(unit).unwrap(), writer);
        let seal = Seal { key: key.clone(), seq: 1, chain: Chain([0; 32]), signature: [0; 64] };
        Range { after: Head::genesis(&key), key, bodies: vec![vec![9; bytes]], seal }
    }

    fn pair(writer: WriterId, device_key: &SigningKey, server_key: &SigningKey) -> CertificatePair {
        let key = public_key(device_key);
        let device = sign_device_certificate([7; 16], key, Vec::new(), 1, server_key);
        (device, sign_writer_certificate([7; 16], writer, device_key))
    }

    /// The units of each turn.
    fn turns(ranges: Vec<Range>, knows_server: bool) -> Vec<String> {
        let (server, device) = (SigningKey::from_bytes(&[3; 32]), SigningKey::from_bytes(&[4; 32]));
        let here = MemoryReplica::new([9; 16], server.clone(), WriterId([9; 16]), vec![], &server);
        let mut sent = vec![pair(DEVICE, &device, &server)];
        sent.extend(knows_server.then(|| pair(SERVER, &server, &server)));
        let turns = in_turns(&here, &public_key(&server), &sent, ranges).unwrap();
        let units = |turn: &Vec<Range>| {
            turn.iter().map(|range| range.key.unit.to_string()).collect::<Vec<_>>().join(" ")
        };
        turns.iter().map(units).collect()
    }

    #[test]
    fn units_are_taken_together_as_far_as_they_fit_and_none_is_split() {
        let check = |sizes: &[usize], expected: &[&str]| {
            let units = ["a", "b", "c", "d"];
            let ranges = units.iter().zip(sizes).map(|(unit, size)| range(unit, DEVICE, *size));
            assert_eq!(turns(ranges.collect(), false), expected, "{sizes:?}");
        };
        let half = TURN_BYTES_MAX / 2;
        check(&[], &[]);
        check(&[10, 10, 10], &["a b c"]);
        check(&[half, half, 1], &["a b", "c"]);
        check(&[2 * half + 1, 1, 1], &["a", "b c"]);
        check(&[1, 2 * half, 1], &["a", "b", "c"]);
        let two = vec![range("a", DEVICE, half), range("b", DEVICE, 1), range("a", DEVICE, half)];
        assert_eq!(turns(two, false), ["a a", "b"]);
    }

    #[test]
    fn what_a_server_wrote_is_taken_by_itself_before_what_it_judges() {
        let ranges = || {
            vec![
                range("431302", SERVER, 10),
                range("431302204200", DEVICE, 10),
                range("431302204201", DEVICE, 10),
                range("431302204202", SERVER, 10),
                range("431302204203", DEVICE, 10),
            ]
        };
        let alone = ["431302", "431302204200 431302204201", "431302204202", "431302204203"];
        assert_eq!(turns(ranges(), true), alone);
        // Control: not known to be a server's, nothing stands by itself.
        assert_eq!(turns(ranges(), false).len(), 1);
    }

    #[test]
    fn what_one_unit_fails_by_keeps_no_unit_before_it_out() {
        let turn: Vec<Range> = ["a", "a", "b", "c"].map(|unit| range(unit, DEVICE, 1)).into();
        let check = |fails: &str, calls: &[&str], answers: Option<usize>| {
            let mut called: Vec<String> = Vec::new();
            let taken = take_turn(&turn, |ranges| {
                let units: Vec<String> =
                    ranges.iter().map(|range| range.key.unit.to_string()).collect();
                called.push(units.concat());
                if called[called.len() - 1].contains(fails) { Err(()) } else { Ok(units) }
            });
            assert_eq!((taken.ok().map(|taken| taken.len()), called), {
                let calls: Vec<String> = calls.iter().map(|call| (*call).to_owned()).collect();
                (answers, calls)
            });
        };
        check("none", &["aabc"], Some(4));
        check("b", &["aabc", "aa", "b"], None);
        // A failure that has passed by then keeps nothing out.
        check("aab", &["aabc", "aa", "b", "c"], Some(4));
    }
}
