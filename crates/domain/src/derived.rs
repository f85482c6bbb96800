//! Values nobody types: body mass index, spherical equivalent, DMFT and dmft. Exact, from the values there are.
//! Not what they mean (`rule`).

use crate::catalogue::Catalogue;
use crate::grammar::Teeth;
use crate::ids::ItemCode;
use crate::rule::bmi;
use crate::value::{Decimal, Value};
use std::collections::BTreeMap;

/// Every computed item whose parts are there, in the catalogue's order. What a measure of the rules computes
/// again is the same number.
pub fn derived(cat: &Catalogue, values: &BTreeMap<ItemCode, Value>) -> Vec<(ItemCode, Value)> {
    let value = |key: &str| values.get(&cat.item_by_key(key)?.code);
    let number = |key: &str| value(key)?.number();
    let equivalent = |eye: &str| {
        let sphere = number(&format!("refraction_{eye}_sphere_d"))?;
        spherical_equivalent(sphere, number(&format!("refraction_{eye}_cylinder_d"))?)
    };
    let teeth = || match value("tooth_chart")? {
        Value::Text(text) => Teeth::read(text),
        Value::Number(_) | Value::Choice(_) | Value::Absent(_) => None,
    };
    let count = |count: u8| Decimal::new(i64::from(count), 0);
    let computed = [
        ("bmi_kg_m2", number("height_cm").zip(number("weight_kg")).and_then(|(h, w)| bmi(h, w))),
        ("refraction_right_se_d", equivalent("right")),
        ("refraction_left_se_d", equivalent("left")),
        ("permanent_dmft", teeth().map(|teeth| count(teeth.permanent().sum()))),
        ("primary_dmft", teeth().map(|teeth| count(teeth.primary().sum()))),
    ];
    let known = |(key, number): (&str, Option<Decimal>)| {
        Some((cat.item_by_key(key)?.code, Value::Number(number?)))
    };
    computed.into_iter().filter_map(known).collect()
}

/// S + C/2 in dioptres (student_form.md section 3); a quarter step halved needs three places.
pub fn spherical_equivalent(sphere: Decimal, cylinder: Decimal) -> Option<Decimal> {
    let half = Decimal::new(cylinder.mantissa.checked_mul(5)?, cylinder.scale.checked_add(1)?);
    sphere.minus(Decimal::new(half.mantissa.checked_neg()?, half.scale)).map(Decimal::trimmed)
}
