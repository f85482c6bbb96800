//! One fault at a time, at every operation there is: the loop, and what a failure may be called.

use crate::disk::{Fault, Op, Trouble};
use protocol::Code;
use std::collections::{BTreeMap, BTreeSet};

/// Both troubles, once or lasting until the disk is mended.
pub const FAULTS: [(Trouble, bool); 4] = [
    (Trouble::Error, false),
    (Trouble::Error, true),
    (Trouble::Full, false),
    (Trouble::Full, true),
];
/// For long work: one error, and a disk that stays full. The other two meet the same code.
pub const FAULTS_BRIEF: [(Trouble, bool); 2] = [(Trouble::Error, false), (Trouble::Full, true)];
/// No work here needs so many operations: a fault that is never passed is a loop.
const OPERATIONS_MAX: u64 = 20_000;

/// What was met in all runs of a case.
#[derive(Debug, Default)]
pub struct Met {
    pub runs: u64,
    pub ops: BTreeSet<Op>,
    pub answers: BTreeMap<String, u64>,
}

impl Met {
    /// What one run met, and how it was answered: the failure's word, or nothing.
    pub fn note(&mut self, ops: &[Op], word: Option<&str>) {
        self.ops.extend(ops);
        *self.answers.entry(word.unwrap_or("done").to_owned()).or_default() += 1;
    }
}

/// Runs `with_fault` for each of all faults and every N, until it says that none was met.
pub fn every_operation(what: &str, with_fault: impl FnMut(Fault, &str, &mut Met) -> bool) -> Met {
    operations_of(what, &FAULTS, EVERY, with_fault)
}

/// The operations a fault meets: the first of them, and how many further the next one is.
pub type Operations = (u64, usize);
pub const EVERY: Operations = (1, 1);

pub fn operations_of(
    what: &str,
    faults: &[(Trouble, bool)],
    (first, step): Operations,
    mut with_fault: impl FnMut(Fault, &str, &mut Met) -> bool,
) -> Met {
    let mut met = Met::default();
    for (trouble, stays) in faults.iter().copied() {
        for at in (first..).step_by(step) {
            assert!(at < OPERATIONS_MAX, "{what}: never passed");
            let fault = Fault { trouble, at, stays };
            met.runs += 1;
            if !with_fault(fault, &format!("{what}, {fault:?}"), &mut met) {
                break;
            }
        }
    }
    println!("{what}: {met:?}");
    met
}

/// The words a failure may have. A disk that is full is never called broken, and the other way round.
pub fn assert_right_word(error: Code, fault: Fault, when: &str) {
    let right = match fault.trouble {
        Trouble::Error => Code::StorageFailed,
        Trouble::Full => Code::DiskFull,
    };
    assert_eq!(error, right, "{when}");
}
