//! The ids of the field's things, as newtypes. Not how they are made: randomness comes in as an
//! argument, a roster's people get theirs from its seed and row (`identity::person_id_of_row`).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Someone examined or expected. Random (UUID v4), or from a roster entry's seed and row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub Uuid);

/// The key of a unit: 12 characters for a village (its statistical code) or a school
/// (`431302204S01`: township, `S`, serial), 9 digits for a township, 6 for the district.
/// Given once and never re-used; name and successor are facts about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnitCode(pub String);

impl UnitCode {
    /// True for `self` and for every unit below it: codes of descendants start with their ancestor's.
    pub fn covers(&self, other: &UnitCode) -> bool {
        other.0.starts_with(&self.0)
    }
    /// The township's 9 digits, where the code is at or below a township.
    pub fn township(&self) -> Option<UnitCode> {
        (self.0.len() >= 9).then(|| UnitCode(self.0[..9].to_owned()))
    }
}

impl std::fmt::Display for UnitCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:016x}", self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                u64::from_str_radix(text, 16).map($name)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

random_id!(
    /// One campaign. 64 random bits, never a counter: a restored server must not give one out twice.
    RoundId
);
random_id!(
    /// A person with a login.
    OperatorId
);
random_id!(
    /// Who examined; often not who typed. Reports print the examiner.
    ExaminerId
);

/// An item's integer code in the catalogue: stable for ever, never re-used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemCode(pub u16);

/// A station's integer code in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StationCode(pub u16);
