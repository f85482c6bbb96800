//! Exact decimals, and values from and to words.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::catalogue::{Catalogue, ValueProblem, parse_value, print_value};
use domain::grammar::Grammar;
use domain::value::{AbsentReason, DECIMAL_SCALE_MAX, Decimal, Value};
use proptest::prelude::*;

fn decimal() -> impl Strategy<Value = Decimal> {
    (-999_999_999_999_i64..=999_999_999_999, 0..=DECIMAL_SCALE_MAX)
        .prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

/// A decimal in millionths.
fn millionths(number: Decimal) -> i128 {
    i128::from(number.mantissa) * 10_i128.pow(u32::from(DECIMAL_SCALE_MAX - number.scale))
}

proptest! {
    #[test]
    fn decimals_compare_as_their_values(left in decimal(), right in decimal()) {
        prop_assert_eq!(left.cmp(&right), millionths(left).cmp(&millionths(right)));
        prop_assert_eq!(left == right, millionths(left) == millionths(right));
    }

    #[test]
    fn what_a_decimal_prints_is_read_back(number in decimal()) {
        let read = Decimal::parse(&number.to_string()).unwrap();
        prop_assert_eq!((read.mantissa, read.scale), (number.mantissa, number.scale));
    }

    #[test]
    fn more_places_change_nothing(number in decimal()) {
        let wider = number.rescaled(DECIMAL_SCALE_MAX).unwrap();
        prop_assert_eq!(wider, number);
        prop_assert_eq!(wider.rescaled(number.scale).map(|d| d.mantissa), Some(number.mantissa));
    }

    #[test]
    fn rounding_goes_to_the_nearest_and_half_away_from_zero(number in decimal(), scale in 0..=DECIMAL_SCALE_MAX) {
        let rounded = number.round_half_up(scale);
        let unit = 10_i128.pow(u32::from(DECIMAL_SCALE_MAX - scale));
        let off = millionths(rounded) - millionths(number);
        prop_assert_eq!(millionths(rounded) % unit, 0);
        prop_assert!(2 * off.abs() <= unit);
        if 2 * off.abs() == unit {
            prop_assert!(millionths(rounded).abs() > millionths(number).abs());
        }
    }

    #[test]
    fn a_difference_is_exact(left in decimal(), right in decimal()) {
        if let Some(difference) = left.minus(right) {
            prop_assert_eq!(millionths(difference), millionths(left) - millionths(right));
        }
    }

    #[test]
    fn no_text_breaks_the_reading_of_values(text in "\\PC{0,24}") {
        for item in &Catalogue::builtin().items {
            let _ = parse_value(item, &text);
        }
    }

    #[test]
    fn a_damaged_decimal_panics_nowhere(mantissa: i64, scale: u8, other in decimal()) {
        let damaged = Decimal::new(mantissa, scale);
        let _ = (damaged.cmp(&other), damaged == other, damaged.round_half_up(1));
        let _ = (damaged.to_string(), damaged.minus(other), domain::rule::bmi(damaged, other));
        let _ = (domain::rule::bmi(other, damaged), other.round_half_up(scale));
    }
}

#[test]
fn only_plain_decimals_are_read() {
    for text in ["7", "7.0", "007.50", "-3.5", "0.000001", "999999999999"] {
        assert!(Decimal::parse(text).is_some(), "{text}");
    }
    for text in
        ["", "-", ".5", "5.", "1e3", "+5", "1,5", "７", "1.0000001", "1234567890123", "--5", "NaN"]
    {
        assert!(Decimal::parse(text).is_none(), "{text}");
    }
}

#[test]
fn values_are_read_from_the_words_people_write() {
    use ValueProblem::*;
    let absent = |reason| Ok(Value::Absent(reason));
    let number = |mantissa, scale| Ok(Value::Number(Decimal::new(mantissa, scale)));
    let choice = |code| Ok(Value::Choice(code));
    let rows: [(&str, &str, Result<Value, ValueProblem>); 37] = [
        ("height_cm", "158.2", number(1582, 1)),
        ("height_cm", " １５８．２ ", number(1582, 1)),
        ("height_cm", "1.65", number(165, 2)),
        ("height_cm", "158.200", number(1582, 1)),
        ("height_cm", "158.255", Err(TooManyDecimals)),
        ("height_cm", "一米六", Err(NotANumber)),
        ("height_cm", "160cm", Err(NotANumber)),
        ("height_cm", "", Err(Empty)),
        ("height_cm", "\u{3000} ", Err(Empty)),
        ("height_cm", "拒检", absent(AbsentReason::Refused)),
        ("sbp1_mmhg", "120", number(120, 0)),
        ("sbp1_mmhg", "120.5", Err(TooManyDecimals)),
        ("sbp1_mmhg", "设备故障", absent(AbsentReason::DeviceFailure)),
        ("bmi_kg_m2", "22.5", Err(Derived)),
        ("glucose_mmol_l", "待回报", absent(AbsentReason::Awaited)),
        ("glucose_mmol_l", "awaited", absent(AbsentReason::Awaited)),
        ("glucose_mmol_l", "7", number(7, 0)),
        ("glucose_mmol_l", "7.00", number(7, 0)),
        ("fasting", "yes", choice(1)),
        ("fasting", "是", choice(1)),
        ("fasting", "1", choice(1)),
        ("fasting", "YES", choice(1)),
        ("fasting", "no", choice(2)),
        ("fasting", "不详", choice(3)),
        ("fasting", "也许", Err(UnknownChoice)),
        ("pregnant", "不适用", absent(AbsentReason::NotApplicable)),
        ("urine_protein", "-", choice(1)),
        ("urine_protein", "－", choice(1)),
        ("urine_protein", "阴性", choice(1)),
        ("urine_protein", "±", choice(2)),
        ("urine_protein", "+", choice(3)),
        ("urine_protein", "1+", choice(3)),
        ("urine_protein", "＋＋", choice(4)),
        ("urine_protein", "5+", Err(UnknownChoice)),
        ("urine_protein", "未测", absent(AbsentReason::NotMeasured)),
        ("ecg", "异常", choice(2)),
        ("bp_side", "左", choice(1)),
    ];
    let cat = Catalogue::builtin();
    for (key, text, expected) in rows {
        assert_eq!(parse_value(cat.item_by_key(key).unwrap(), text), expected, "{key} {text}");
    }
}

#[test]
fn a_value_prints_alike_however_it_was_typed() {
    let rows = [
        ("glucose_mmol_l", "7", "7.0"),
        ("glucose_mmol_l", "7.20", "7.2"),
        ("glucose_mmol_l", "7.25", "7.25"),
        ("height_cm", "158", "158.0"),
        ("sbp1_mmhg", "152", "152"),
        ("hb_g_l", "60", "60"),
        ("hb_g_l", "60.5", "60.5"),
        ("vision_right", "5", "5.0"),
        ("fasting", "yes", "是"),
        ("urine_protein", "-", "阴性"),
        ("urine_protein", "++", "2+"),
        ("ecg", "abnormal", "异常"),
        ("ecg", "refused", "拒检"),
    ];
    let cat = Catalogue::builtin();
    for (key, text, printed) in rows {
        let item = cat.item_by_key(key).unwrap();
        assert_eq!(print_value(item, &parse_value(item, text).unwrap()), printed, "{key} {text}");
    }
    // However it was packed, and whatever a newer catalogue knows.
    let glucose = cat.item_by_key("glucose_mmol_l").unwrap();
    assert_eq!(print_value(glucose, &Value::Number(Decimal::new(720, 2))), "7.2");
    let fasting = cat.item_by_key("fasting").unwrap();
    assert_eq!(print_value(fasting, &Value::Choice(9)), "#9");
}

/// What is printed is read as the same value again: lists go out on paper and come back.
#[test]
fn printed_values_are_read_back() {
    for item in Catalogue::builtin().items.iter().filter(|item| !item.derived) {
        let several = matches!(item.grammar, Grammar::Several(_));
        let choices = item.choices().iter().map(|choice| match several {
            true => Value::Text(choice.code.to_string()),
            false => Value::Choice(choice.code),
        });
        let absences = AbsentReason::ALL.into_iter().map(Value::Absent);
        for value in choices.chain(absences) {
            assert_eq!(parse_value(item, &print_value(item, &value)), Ok(value), "{}", item.key);
        }
    }
}
