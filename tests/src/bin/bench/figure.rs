//! A measured figure: its samples, what they were measured by, and the budget it is held against. Not the
//! measuring.

use serde_json::{Value, json};
use std::time::Duration;

/// Which side of the budget is good.
#[derive(Debug, Clone, Copy)]
pub enum Budget {
    AtMost(f64),
    AtLeast(f64),
    /// No budget: said beside another figure.
    None,
}

#[derive(Debug, Clone)]
pub struct Figure {
    pub name: String,
    pub unit: &'static str,
    pub method: String,
    pub budget: Budget,
    /// Sorted.
    samples: Vec<f64>,
}

impl Figure {
    /// The samples are what was measured, in any order; at least one.
    pub fn new(
        name: impl Into<String>,
        unit: &'static str,
        mut samples: Vec<f64>,
        budget: Budget,
        method: impl Into<String>,
    ) -> Figure {
        assert!(!samples.is_empty(), "a figure without a sample");
        samples.sort_by(f64::total_cmp);
        Figure { name: name.into(), unit, method: method.into(), budget, samples }
    }

    /// A figure of one measurement.
    pub fn one(
        name: impl Into<String>,
        unit: &'static str,
        value: f64,
        budget: Budget,
        method: impl Into<String>,
    ) -> Figure {
        Figure::new(name, unit, vec![value], budget, method)
    }

    /// The sample below which this share of them lies.
    pub fn quantile(&self, share: f64) -> f64 {
        let last = self.samples.len() - 1;
        let at = (share * last as f64).ceil();
        self.samples[(at as usize).min(last)]
    }

    /// Held against the budget by its 99th percentile where there are a hundred samples, else by its median.
    fn held(&self) -> f64 {
        self.quantile(if self.samples.len() >= 100 { 0.99 } else { 0.5 })
    }

    pub fn is_met(&self) -> Option<bool> {
        match self.budget {
            Budget::AtMost(most) => Some(self.held() <= most),
            Budget::AtLeast(least) => Some(self.held() >= least),
            Budget::None => None,
        }
    }

    pub fn line(&self) -> String {
        let budget = match self.budget {
            Budget::AtMost(most) => format!("<= {}", short(most)),
            Budget::AtLeast(least) => format!(">= {}", short(least)),
            Budget::None => String::new(),
        };
        let met = match self.is_met() {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        format!(
            "| {} | {} | {} | {} | {} | {} | {budget} | {met} |",
            self.name,
            self.unit,
            short(self.quantile(0.0)),
            short(self.quantile(0.5)),
            short(self.quantile(0.99)),
            short(self.quantile(1.0)),
        )
    }

    pub fn json(&self) -> Value {
        let budget = match self.budget {
            Budget::AtMost(most) => json!({ "at_most": most }),
            Budget::AtLeast(least) => json!({ "at_least": least }),
            Budget::None => Value::Null,
        };
        json!({
            "name": self.name,
            "unit": self.unit,
            "method": self.method,
            "samples": self.samples.len(),
            "min": self.quantile(0.0),
            "median": self.quantile(0.5),
            "p99": self.quantile(0.99),
            "max": self.quantile(1.0),
            "budget": budget,
            "met": self.is_met(),
        })
    }
}

pub const HEADING: &str =
    "| figure | unit | min | median | p99 | max | budget | |\n|---|---|---|---|---|---|---|---|";

/// Three digits that count.
fn short(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        v if v >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
