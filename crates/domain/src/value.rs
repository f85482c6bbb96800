//! What a result holds: an exact decimal, a choice, a text, or why there is none. Not what it means:
//! bands are `check`, classes are `rule`.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// An exact decimal number: `mantissa / 10^scale`. Compared by value (`7` equals `7.0`), never a float.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Decimal {
    pub mantissa: i64,
    /// Decimal places, 0 to 6.
    pub scale: u8,
}

/// More places than any instrument at a station gives.
pub const DECIMAL_SCALE_MAX: u8 = 6;

impl Decimal {
    pub const fn new(mantissa: i64, scale: u8) -> Self {
        Decimal { mantissa, scale }
    }

    /// Reads `-?digits(.digits)?` in half-width digits; `None` for anything else, for more than
    /// `DECIMAL_SCALE_MAX` places or more than 12 digits.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(places) || digits.ends_with('.') {
            return None;
        }
        if places.len() > usize::from(DECIMAL_SCALE_MAX) || whole.len() + places.len() > 12 {
            return None;
        }
        let mantissa: i64 = format!("{whole}{places}").parse().ok()?;
        let scale = u8::try_from(places.len()).ok()?;
        Some(Decimal::new(if negative { -mantissa } else { mantissa }, scale))
    }

    /// The same value at exactly `scale` places, if that loses nothing and fits.
    pub fn rescaled(self, scale: u8) -> Option<Decimal> {
        if scale >= self.scale {
            let factor = 10_i64.checked_pow(u32::from(scale - self.scale))?;
            return Some(Decimal::new(self.mantissa.checked_mul(factor)?, scale));
        }
        let factor = 10_i64.checked_pow(u32::from(self.scale - scale))?;
        (self.mantissa % factor == 0).then(|| Decimal::new(self.mantissa / factor, scale))
    }

    /// The same value with the fewest places: `167.60` becomes `167.6`.
    pub fn trimmed(self) -> Decimal {
        let mut trimmed = self;
        while trimmed.scale > 0 && trimmed.mantissa % 10 == 0 {
            trimmed = Decimal::new(trimmed.mantissa / 10, trimmed.scale - 1);
        }
        trimmed
    }

    /// `numerator / denominator` rounded half up (away from zero) to `scale` places.
    /// `None` when the denominator is not positive or a number is beyond any measurement.
    pub fn ratio_half_up(numerator: i128, denominator: i128, scale: u8) -> Option<Decimal> {
        if denominator <= 0 {
            return None;
        }
        let scaled = numerator.checked_mul(10_i128.checked_pow(u32::from(scale))?)?;
        let doubled = scaled.checked_abs()?.checked_mul(2)?.checked_add(denominator)?;
        let rounded = doubled / denominator.checked_mul(2)?;
        let signed = if scaled < 0 { -rounded } else { rounded };
        i64::try_from(signed).ok().map(|m| Decimal::new(m, scale))
    }

    /// Rounded half up (away from zero) to `scale` places.
    pub fn round_half_up(self, scale: u8) -> Decimal {
        if scale >= self.scale {
            return self.rescaled(scale).unwrap_or(self);
        }
        let denominator = 10_i128.checked_pow(u32::from(self.scale));
        let ratio = |d| Decimal::ratio_half_up(i128::from(self.mantissa), d, scale);
        denominator.and_then(ratio).unwrap_or(self)
    }

    /// `self - other`, exact; `None` where it does not fit.
    pub fn minus(self, other: Decimal) -> Option<Decimal> {
        let scale = self.scale.max(other.scale);
        let (left, right) = (self.rescaled(scale)?, other.rescaled(scale)?);
        left.mantissa.checked_sub(right.mantissa).map(|m| Decimal::new(m, scale))
    }

    /// The mantissa at a larger scale. A scale that no parser gives (a damaged body's) saturates
    /// instead of panicking.
    fn at(self, scale: u8) -> i128 {
        let mantissa = i128::from(self.mantissa);
        let factor = 10_i128.checked_pow(u32::from(scale - self.scale));
        match factor.and_then(|factor| mantissa.checked_mul(factor)) {
            Some(at) => at,
            None => mantissa.signum().saturating_mul(i128::MAX),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        self.at(scale).cmp(&other.at(scale))
    }
}
impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Decimal {}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.mantissa);
        }
        let magnitude = self.mantissa.unsigned_abs();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let Some(factor) = 10_u64.checked_pow(u32::from(self.scale)) else {
            return write!(f, "{sign}{magnitude}e-{}", self.scale);
        };
        let places = usize::from(self.scale);
        write!(f, "{sign}{}.{:0places$}", magnitude / factor, magnitude % factor)
    }
}

/// Why a result has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsentReason {
    /// 拒检
    Refused,
    /// 未测
    NotMeasured,
    /// 设备故障
    DeviceFailure,
    /// 不适用
    NotApplicable,
    /// 待回报
    Awaited,
}

impl AbsentReason {
    pub const ALL: [AbsentReason; 5] = [
        AbsentReason::Refused,
        AbsentReason::NotMeasured,
        AbsentReason::DeviceFailure,
        AbsentReason::NotApplicable,
        AbsentReason::Awaited,
    ];
    /// The word people see.
    pub fn zh(self) -> &'static str {
        match self {
            AbsentReason::Refused => "拒检",
            AbsentReason::NotMeasured => "未测",
            AbsentReason::DeviceFailure => "设备故障",
            AbsentReason::NotApplicable => "不适用",
            AbsentReason::Awaited => "待回报",
        }
    }
}

/// One item's value in a checkup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Number(Decimal),
    /// The code of one of the item's choices.
    Choice(u16),
    Text(String),
    Absent(AbsentReason),
}

impl Value {
    /// The number, where it is one.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Value::Number(n) => Some(*n),
            _ => None,
        }
    }
    /// True when something was found out (not absent).
    pub fn is_present(&self) -> bool {
        !matches!(self, Value::Absent(_))
    }
}
