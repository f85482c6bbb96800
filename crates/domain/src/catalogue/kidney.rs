//! eGFR by the CKD-EPI equation of 2021, its parameters read from egfr_ckdepi.csv. Powers with broken exponents are
//! computed in whole numbers of 10^-15, never in floats, so that every machine comes to the same hundredth.

use super::groups::sex_of;
use super::load::CatalogueError;
use super::table::Table;
use crate::facts::Sex;
use crate::value::Decimal;
use std::collections::BTreeMap;

const TABLE: &str = "egfr_ckdepi.csv";
/// The edition used; that of 2009 in the same table is from memory.
const EQUATION: &str = "CKD-EPI 2021";
/// umol/L of creatinine in one mg/dL: the title of egfr_ckdepi.csv, `Scr[mg/dL]=umol/L/88.4`.
pub(crate) const UMOL_L_PER_MG_DL: Decimal = Decimal::new(884, 1);
/// The equation is for adults (title of egfr_ckdepi.csv).
const ADULT_FROM_MONTHS: i32 = 18 * 12;

/// `eGFR = A * min(Scr/k,1)^alpha * max(Scr/k,1)^exp * base^age * sexmult`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kidney {
    equations: BTreeMap<Sex, Equation>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Equation {
    factor: Fixed,
    k: Decimal,
    alpha: Fixed,
    beyond: Fixed,
    base: Fixed,
    sex_factor: Fixed,
}

impl Kidney {
    /// mL/min/1.73 m2, rounded half up to 0.01, from creatinine in umol/L and the completed age. `None` below 18 years and
    /// for a creatinine that no blood has.
    pub fn egfr(&self, sex: Sex, months: i32, creatinine_umol_l: Decimal) -> Option<Decimal> {
        let equation = self.equations.get(&sex).filter(|_| months >= ADULT_FROM_MONTHS)?;
        let creatinine = Fixed::of(creatinine_umol_l)?;
        let per_k = creatinine.by(Fixed::of(UMOL_L_PER_MG_DL)?)?.by(Fixed::of(equation.k)?)?;
        let power = if per_k.0 < ONE { equation.alpha } else { equation.beyond };
        let ln = equation.factor.ln()?.0
            + power.times(per_k.ln()?)?.0
            + equation.base.ln()?.0.checked_mul(i128::from(months / 12))?
            + equation.sex_factor.ln()?.0;
        Decimal::ratio_half_up(Fixed(ln).exp()?.0, ONE, 2)
    }

    pub(super) fn read(tables: &[Table]) -> Result<Option<Kidney>, CatalogueError> {
        let Some(table) = tables.iter().find(|table| table.name == TABLE) else {
            return Ok(None);
        };
        let names = ["equation", "sex", "A", "k", "alpha", "exp", "base", "sexmult", "kind"];
        let columns: Result<Vec<usize>, CatalogueError> =
            names.iter().map(|name| table.column(name)).collect();
        let columns = columns?;
        let broken = || CatalogueError::new(TABLE, "unreadable equation".to_owned());
        let mut equations = BTreeMap::new();
        for row in &table.rows {
            let cell = |at: usize| row[columns[at]].as_str();
            if cell(0) != EQUATION || !cell(8).is_empty() {
                continue;
            }
            let number = |at: usize| Decimal::parse(cell(at)).and_then(Fixed::of);
            let equation = || {
                Some(Equation {
                    factor: number(2)?,
                    k: Decimal::parse(cell(3))?,
                    alpha: number(4)?,
                    beyond: number(5)?,
                    base: number(6)?,
                    sex_factor: number(7)?,
                })
            };
            let sex = sex_of(cell(1)).ok_or_else(broken)?;
            equations.insert(sex, equation().ok_or_else(broken)?);
        }
        if equations.len() != 2 {
            return Err(broken());
        }
        Ok(Some(Kidney { equations }))
    }
}

/// A number in 10^-15.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fixed(i128);

const ONE: i128 = 1_000_000_000_000_000;
/// ln 2 in 10^-15.
const LN_2: i128 = 693_147_180_559_945;

impl Fixed {
    fn of(number: Decimal) -> Option<Fixed> {
        let unit = 10_i128.checked_pow(u32::from(number.scale))?;
        i128::from(number.mantissa).checked_mul(ONE)?.checked_div(unit).map(Fixed)
    }

    fn times(self, other: Fixed) -> Option<Fixed> {
        self.0.checked_mul(other.0).map(|product| Fixed(product / ONE))
    }

    fn by(self, other: Fixed) -> Option<Fixed> {
        self.0.checked_mul(ONE)?.checked_div(other.0).map(Fixed)
    }

    /// 2^n * m with m in 1..2, and ln m = 2 artanh((m - 1) / (m + 1)) as a series.
    fn ln(self) -> Option<Fixed> {
        if self.0 <= 0 {
            return None;
        }
        let (mut m, mut n) = (self.0, 0_i128);
        while m >= 2 * ONE {
            m /= 2;
            n += 1;
        }
        while m < ONE {
            m *= 2;
            n -= 1;
        }
        let ratio = Fixed(m - ONE).by(Fixed(m + ONE))?;
        let square = ratio.times(ratio)?;
        let (mut term, mut sum, mut odd) = (ratio, 0_i128, 1_i128);
        while term.0 != 0 {
            sum += term.0 / odd;
            term = term.times(square)?;
            odd += 2;
        }
        Some(Fixed(2 * sum + n * LN_2))
    }

    /// 2^n * e^r with r in 0..ln 2, and e^r as a series.
    fn exp(self) -> Option<Fixed> {
        let n = self.0.div_euclid(LN_2);
        let rest = Fixed(self.0.rem_euclid(LN_2));
        let (mut term, mut sum, mut at) = (Fixed(ONE), 0_i128, 0_i128);
        while term.0 != 0 {
            sum += term.0;
            at += 1;
            term = Fixed(term.times(rest)?.0 / at);
        }
        let power = u32::try_from(n.abs()).ok().filter(|power| *power < 60)?;
        Some(Fixed(if n >= 0 { sum << power } else { sum >> power }))
    }
}
