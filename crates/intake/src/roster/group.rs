//! 村民小组 out of a column of its own or out of an address: `慕隆村12组`, `第十二村民小组`, `老屋组`.

use domain::class::{half_numeral, numeral};

/// A group's own name is short; anything longer is a sentence.
const GROUP_CHARS_MAX: usize = 6;

/// A group column's cell; blanks already out. Anything not understood is kept as written.
pub(super) fn of_cell(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let is_number = text.chars().all(|char| char.is_ascii_digit());
    if is_number || numeral(text).is_some() {
        return Some(format!("{}组", half_numeral(text)));
    }
    Some(in_address(text).unwrap_or_else(|| text.to_owned()))
}

/// The group an address names, if it does; blanks already out.
pub(super) fn in_address(text: &str) -> Option<String> {
    let plain = ["村民小组", "居民小组", "村民组", "居民组", "小组"]
        .iter()
        .fold(text.to_owned(), |plain, word| plain.replace(word, "组"));
    let (before, _) = plain.split_once('组')?;
    let places = ["村", "社区", "委会", "街道", "镇", "乡", "县", "市", "区"];
    let end =
        places.iter().filter_map(|place| before.rfind(place).map(|at| at + place.len())).max();
    let name = before[end.unwrap_or(0)..].trim_matches(['第', '(', ')', ',', '-', '#']);
    let number = name.trim_end_matches('号');
    let is_number = !number.is_empty() && number.chars().all(|char| char.is_ascii_digit());
    if is_number || numeral(number).is_some() {
        return Some(format!("{}组", half_numeral(number)));
    }
    let is_name = !name.is_empty() && name.chars().count() <= GROUP_CHARS_MAX;
    is_name.then(|| format!("{name}组"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_is_found_in_an_address() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(in_address(text).as_deref(), expect, "{text}");
        };
        check("慕隆村12组", Some("12组"));
        check("水洞底镇慕隆村第十二村民小组", Some("12组"));
        check("慕隆村03组18号", Some("3组"));
        check("万宝镇大塘村老屋组", Some("老屋组"));
        check("5组", Some("5组"));
        check("街心社区3栋2单元", None);
        check("", None);
    }

    #[test]
    fn a_group_columns_cell_is_a_group_however_short() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(of_cell(text).as_deref(), expect, "{text}");
        };
        check("12", Some("12组"));
        check("十二", Some("12组"));
        check("12组", Some("12组"));
        check("第3小组", Some("3组"));
        check("老屋", Some("老屋"));
        check("", None);
    }
}
