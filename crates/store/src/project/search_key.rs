//! What a name is found by: its pinyin, its initials, any two of its characters. Pure. Derived at projection,
//! never on the wire. Not the search itself (`search`).

use pinyin::ToPinyin;
use std::collections::BTreeSet;

/// Characters read otherwise when they are a surname.
const SURNAME_READINGS: [(char, &str); 17] = [
    ('曾', "zeng"),
    ('单', "shan"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('区', "ou"),
    ('查', "zha"),
    ('任', "ren"),
    ('华', "hua"),
    ('盖', "ge"),
    ('翟', "zhai"),
    ('朴', "piao"),
    ('覃', "qin"),
    ('缪', "miao"),
    ('乐', "yue"),
    ('冼', "xian"),
    ('尉', "wei"),
    ('繁', "po"),
];

/// Names longer than this are indexed by neighbouring characters only.
const ANY_PAIR_CHARS_MAX: usize = 4;
/// Characters of a name beyond this are not indexed.
const NAME_CHARS_MAX: usize = 32;

/// Full pinyin and initials of a name key (`张小华` -> `zhangxiaohua`, `zxh`); `None` where no character has a
/// reading. Latin letters stand for themselves; ü is v, as keyboards have it.
pub(crate) fn spell(name_key: &str) -> Option<(String, String)> {
    let mut full = String::new();
    let mut initials = String::new();
    for (at, character) in name_key.chars().take(NAME_CHARS_MAX).enumerate() {
        let Some(reading) = reading(at, character) else { continue };
        initials.extend(reading.chars().next());
        full.push_str(&reading);
    }
    (!full.is_empty()).then_some((full, initials))
}

/// How a character is read where it stands in a name; `None` where it has no reading.
fn reading(at: usize, character: char) -> Option<String> {
    let surname = SURNAME_READINGS.iter().find(|(c, _)| at == 0 && *c == character);
    surname.map(|(_, reading)| (*reading).to_owned()).or_else(|| {
        if character.is_ascii_alphanumeric() {
            return Some(character.to_ascii_lowercase().to_string());
        }
        character.to_pinyin().map(|pinyin| pinyin.plain().replace('ü', "v"))
    })
}

/// The order in which a teacher calls names: by pinyin, character by character (李 before 梁, both before 刘), then as written.
/// What has no reading stands behind what has one.
pub fn name_order(name: &str) -> (Vec<(bool, String)>, String) {
    let letters =
        name.trim().chars().enumerate().map(|(at, character)| match reading(at, character) {
            Some(reading) => (false, reading),
            None => (true, character.to_string()),
        });
    (letters.collect(), name.to_owned())
}

/// Two characters as one number.
pub(crate) fn gram(first: char, second: char) -> i64 {
    i64::from(u32::from(first)) << 21 | i64::from(u32::from(second))
}

/// Every two characters of a name by which it is found, in their order.
pub(crate) fn grams(name_key: &str) -> BTreeSet<i64> {
    let characters: Vec<char> = name_key.chars().take(NAME_CHARS_MAX).collect();
    let mut grams = BTreeSet::new();
    for (at, first) in characters.iter().enumerate() {
        let reach = if characters.len() <= ANY_PAIR_CHARS_MAX { characters.len() } else { at + 2 };
        for second in characters.iter().take(reach).skip(at + 1) {
            grams.insert(gram(*first, *second));
        }
    }
    grams
}

/// A text from its end, for searches by tail.
pub(crate) fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_in_which_they_are_called() {
        // 曾 is read zeng as a surname.
        let called =
            ["李明", "梁安", "刘一", "陆军", "商红", "万里", "曾强", "张小华", "郑琳", "钟燕"];
        let mut names: Vec<&str> = called.iter().rev().copied().collect();
        names.sort_by_key(|name| name_order(name));
        assert_eq!(names, called);
        // Control: as the characters are numbered it is another order.
        names.sort_unstable();
        assert_ne!(names, called);
    }

    #[test]
    fn names_are_spelt_as_people_type_them() {
        let check = |name: &str, full: &str, initials: &str| {
            assert_eq!(spell(name), Some((full.to_owned(), initials.to_owned())), "{name}");
        };
        check("张小华", "zhangxiaohua", "zxh");
        check("曾国藩", "zengguofan", "zgf");
        check("未曾", "weiceng", "wc");
        check("吕布", "lvbu", "lb");
        check("欧阳娜娜", "ouyangnana", "oynn");
        check("john李", "johnli", "johnl");
        assert_eq!(spell("〇?"), spell("〇"), "signs without a reading are passed over");
    }

    #[test]
    fn any_two_characters_of_a_usual_name_find_it() {
        let found = grams("张小华");
        assert_eq!(found.len(), 3);
        assert!(found.contains(&gram('张', '华')) && !found.contains(&gram('华', '张')));
        assert_eq!(grams("阿卜杜热合曼").len(), 5, "long names by neighbours");
        assert!(grams("张").is_empty());
    }
}
