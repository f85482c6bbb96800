//! Tubes handed to a laboratory and counted there: what a count says of a kind, and how far one tube is on its way. Not who
//! counted, nor what is to become of a tube that is missing: a person says so.

use serde::Serialize;

/// How far a tube that is awaited has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TubeWay {
    /// Counted at the laboratory.
    Arrived,
    /// On no list that was counted.
    OnTheWay,
    /// Missing by its code, or of a kind of which fewer arrived than the list accounts for.
    Undecided,
}

impl TubeWay {
    pub fn zh(self) -> &'static str {
        match self {
            TubeWay::Arrived => "已送达",
            TubeWay::OnTheWay => "在途",
            TubeWay::Undecided => "清点不符",
        }
    }
}

/// One kind as it was counted on arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// On the list.
    pub sent: u32,
    pub arrived: u32,
    /// Of those on the list the ones named as missing.
    pub missing: u32,
}

impl Counted {
    /// Tubes too many, above zero, or too few.
    pub fn difference(self) -> i64 {
        i64::from(self.arrived) - i64::from(self.sent)
    }

    /// Too few without a code that says which.
    pub fn unnamed(self) -> u32 {
        self.sent.saturating_sub(self.arrived.saturating_add(self.missing))
    }

    /// Arrived and on no list.
    pub fn unlisted(self) -> u32 {
        self.arrived.saturating_add(self.missing).saturating_sub(self.sent)
    }

    /// What the count says of a tube on its list.
    pub fn way(self, is_missing: bool) -> TubeWay {
        if is_missing || self.unnamed() > 0 { TubeWay::Undecided } else { TubeWay::Arrived }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_says_which_tubes_came_and_where_it_cannot_says_that() {
        let check = |(sent, arrived, missing), (difference, unnamed, unlisted), way| {
            let counted = Counted { sent, arrived, missing };
            assert_eq!(counted.difference(), difference, "{counted:?}");
            assert_eq!(counted.unnamed(), unnamed, "{counted:?}");
            assert_eq!(counted.unlisted(), unlisted, "{counted:?}");
            assert_eq!(counted.way(false), way, "{counted:?}");
            assert_eq!(counted.way(true), TubeWay::Undecided, "{counted:?}");
        };
        check((10, 10, 0), (0, 0, 0), TubeWay::Arrived);
        check((10, 9, 1), (-1, 0, 0), TubeWay::Arrived);
        check((10, 9, 0), (-1, 1, 0), TubeWay::Undecided);
        check((10, 8, 1), (-2, 1, 0), TubeWay::Undecided);
        check((10, 11, 0), (1, 0, 1), TubeWay::Arrived);
        // One is missing, and another came that nobody had listed.
        check((10, 10, 1), (0, 0, 1), TubeWay::Arrived);
        check((0, 2, 0), (2, 0, 2), TubeWay::Arrived);
    }
}
