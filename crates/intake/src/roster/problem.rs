//! What is wrong with a roster, as data: where and which. A problem never carries the value: it may
//! go into logs and answers, the value only back to the office in its own file.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $zh:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ProblemCode { $($(#[$doc])* $name,)* }

        impl ProblemCode {
            pub const ALL: &'static [ProblemCode] = &[$(ProblemCode::$name,)*];

            /// The word in JSON.
            pub fn word(self) -> &'static str {
                match self { $(ProblemCode::$name => $word,)* }
            }

            /// What the office reads: what is wrong, what was done, what to do.
            pub fn zh(self) -> &'static str {
                match self { $(ProblemCode::$name => $zh,)* }
            }
        }
    };
}

problem_codes! {
    // Of a whole sheet: nothing of it is taken over
    EmptyFile = "empty_file", "文件里没有内容，请检查是否发错文件。";
    HeaderNotFound = "header_not_found", "没有找到表头（至少要有“姓名”一列），本表未导入。如不是花名册可不理会。";
    UnitNotFound = "unit_not_found", "看不出属于哪个村或学校，未导入。请在标题、工作表名或“村”列写明乡镇和村（学校）全名。";
    UnitAmbiguous = "unit_ambiguous", "所写的村或学校对应不止一个单位，本表未导入。请写明乡镇名，标题与工作表名要一致。";
    // Of a row
    NameMissing = "name_missing", "有资料但没有姓名，本行未导入，请补填姓名。";
    UnitContradictsTitle = "unit_contradicts_title", "本行所写的村或学校与标题不一致，请核对。";
    ClassMissing = "class_missing", "没有写年级或班级，请补填。";
    AgeOfGrade = "age_of_grade", "这个年级很少有这个年龄，已照写的列入名单，请核对年级和出生日期。";
    IdMissing = "id_missing", "没有身份证号码，已按姓名和出生日期列入名单，请补填。";
    IdStoredAsNumber = "id_stored_as_number", "身份证号码被存成了数字，末几位已丢失。请把单元格设为文本后重新填写全部号码。";
    IdWrongLength = "id_wrong_length", "身份证号码位数不对，应为18位，请核对。";
    IdDigits = "id_digits", "身份证号码里有不该有的字符，请核对。";
    IdDate = "id_date", "身份证号码中的出生日期不存在，请核对。";
    IdFuture = "id_future", "身份证号码中的出生日期在今天之后，请核对。";
    IdAge = "id_age", "身份证号码中的出生日期距今超过130年，请核对。";
    IdCheckDigit = "id_check_digit", "身份证号码校验不通过，至少有一位写错，请核对。";
    IdOtherDocument = "id_other_document", "不是居民身份证号码（像是护照或通行证），已按姓名和出生日期列入名单，请核对。";
    SameIdOtherName = "same_id_other_name", "身份证号码与名单上另一人相同而姓名不同，请核对两人。";
    BirthMissing = "birth_missing", "没有可用的身份证号码，也没有出生日期，只按姓名列入名单，请补填。";
    BirthUnreadable = "birth_unreadable", "出生日期看不懂，请写成“年-月-日”，如1965-07-01。";
    BirthImplausible = "birth_implausible", "出生日期在今天之后或距今超过130年，请核对。";
    BirthContradictsId = "birth_contradicts_id", "出生日期与身份证号码不一致，已按身份证号码登记，请核对。";
    SexMissing = "sex_missing", "没有性别，也没有可用的身份证号码，请补填。";
    SexUnreadable = "sex_unreadable", "性别看不懂，请写“男”或“女”。";
    SexContradictsId = "sex_contradicts_id", "性别与身份证号码不一致，已按身份证号码登记，请核对。";
    PhoneUnreadable = "phone_unreadable", "电话号码不对，没有登记，请核对。";
    StudentNoUnreadable = "student_no_unreadable", "学籍号不对，没有登记，请核对。";
    CellError = "cell_error", "单元格是公式错误，没有内容可用，请直接填写。";
    // Between rows
    Duplicate = "duplicate", "与名单上前面的一人是同一人，已合并为一人。";
    DuplicateInOtherUnit = "duplicate_in_other_unit", "此人已在另一个村或学校的名单上，只保留前一处，请两边核对归属。";
    ListedElsewhere = "listed_elsewhere", "此人已在另一个村或学校的本轮名单上，两处都保留，请两边核对归属。";
    IdOfOtherName = "id_of_other_name", "身份证号码与已登记的另一人相同而姓名不同，已分别列入，请核对两人。";
    PerhapsSamePerson = "perhaps_same_person", "姓名和出生日期与本单位另一人相同，可能是同一人，已分别列入，请核对。";
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RosterProblem {
    /// As the office named it.
    pub file: Arc<str>,
    pub sheet: Arc<str>,
    /// As the spreadsheet shows it, from 1; 0 = the whole sheet.
    pub row: u32,
    /// The column's heading without its blanks, or the usual one where the sheet has no such column.
    pub column: Arc<str>,
    /// The cell to mark, such as `D12`; empty for a whole sheet.
    pub cell: String,
    pub code: ProblemCode,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_word_and_a_whole_sentence() {
        for code in ProblemCode::ALL {
            let same = ProblemCode::ALL.iter().filter(|other| other.word() == code.word()).count();
            assert_eq!(same, 1, "{code:?}");
            assert!(code.zh().ends_with('。') && code.zh().chars().count() >= 8, "{code:?}");
            let by_serde = format!("{code:?}").chars().fold(String::new(), |mut word, char| {
                if char.is_uppercase() && !word.is_empty() {
                    word.push('_');
                }
                word.extend(char.to_lowercase());
                word
            });
            assert_eq!(code.word(), by_serde);
        }
    }
}
