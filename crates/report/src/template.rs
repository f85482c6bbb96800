//! An export template as data: columns, codes and units that a coordinator can change without a program. Read and checked whole
//! before anything is written: what is wrong is said with its column. Not the rows (`template_table`).

use domain::catalogue::{Catalogue, Item, ItemKind};
use domain::facts::PersonKind;
use domain::ids::ItemCode;
use domain::lab;
use domain::value::Decimal;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Those the program is built with, by name.
const BUILTIN: [(&str, &str); 2] = [
    ("pupil_2_1", include_str!("../../../schema/templates/pupil_2_1.json")),
    ("resident_phis", include_str!("../../../schema/templates/resident_phis.json")),
];
const COLUMNS_MAX: usize = 600;
const HEADING_CHARS_MAX: usize = 100;
const DECIMALS_MAX: u8 = 6;

/// What a column may be of, beside an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Name,
    Sex,
    Birth,
    IdNumber,
    StudentNo,
    Phone,
    PhoneOwner,
    Address,
    Unit,
    UnitCode,
    Township,
    Grade,
    Group,
    ExamDate,
    Age,
    Examiners,
    Round,
}

impl Field {
    const WORDS: [(&'static str, Field); 17] = [
        ("name", Field::Name),
        ("sex", Field::Sex),
        ("birth", Field::Birth),
        ("id_number", Field::IdNumber),
        ("student_no", Field::StudentNo),
        ("phone", Field::Phone),
        ("phone_owner", Field::PhoneOwner),
        ("address", Field::Address),
        ("unit", Field::Unit),
        ("unit_code", Field::UnitCode),
        ("township", Field::Township),
        ("grade", Field::Grade),
        ("group", Field::Group),
        ("exam_date", Field::ExamDate),
        ("age_years", Field::Age),
        ("examiners", Field::Examiners),
        ("round", Field::Round),
    ];

    fn of_word(word: &str) -> Option<Field> {
        Field::WORDS.iter().find(|(named, _)| *named == word).map(|(_, field)| *field)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    Field(Field),
    Item(ItemCode),
    /// The mean of those that are there.
    Mean(Vec<ItemCode>),
    /// The same in every row.
    Text(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateColumn {
    pub heading: String,
    pub of: Of,
    /// Places, half up; none = as recorded.
    pub decimals: Option<u8>,
    /// What a value in the item's unit is divided by.
    pub divisor: Option<Decimal>,
    /// Of choices by their code in the catalogue.
    pub choice_codes: BTreeMap<u16, String>,
    /// Of fields by their words.
    pub field_codes: BTreeMap<String, String>,
    /// What stands where there is no value.
    pub missing: String,
}

/// A template that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub name: String,
    pub title_zh: String,
    pub who: PersonKind,
    pub columns: Vec<TemplateColumn>,
}

/// Why a template is refused. `column` counts from 1; 0 = the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateWrong {
    pub column: usize,
    pub what: String,
}

impl TemplateWrong {
    pub fn zh(&self) -> String {
        if self.column == 0 {
            self.what.clone()
        } else {
            format!("第 {} 列：{}", self.column, self.what)
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateFile {
    name: String,
    title_zh: String,
    status: String,
    source: String,
    who: PersonKind,
    columns: Vec<ColumnFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnFile {
    heading: String,
    field: Option<String>,
    item: Option<String>,
    mean: Option<Vec<String>>,
    text: Option<String>,
    unit: Option<String>,
    decimals: Option<u8>,
    #[serde(default)]
    codes: BTreeMap<String, String>,
    #[serde(default)]
    missing: String,
}

/// Names of those the program is built with.
pub fn template_names() -> Vec<&'static str> {
    BUILTIN.iter().map(|(name, _)| *name).collect()
}

/// The text of one the program is built with.
pub fn builtin_template(name: &str) -> Option<&'static str> {
    BUILTIN.iter().find(|(named, _)| *named == name).map(|(_, text)| *text)
}

/// Reads a template, or says what is wrong with it.
pub fn read_template(text: &str, catalogue: &Catalogue) -> Result<Template, TemplateWrong> {
    let whole = |what: String| TemplateWrong { column: 0, what };
    let file: TemplateFile = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| whole(format!("第 {} 行看不懂：{error}", error.line())))?;
    for (text, what) in [
        (&file.name, "name 没有填"),
        (&file.title_zh, "title_zh 没有填"),
        (&file.status, "status 没有填：写明谁核对过"),
        (&file.source, "source 没有填：写明出自哪张表"),
    ] {
        if text.trim().is_empty() {
            return Err(whole(what.to_owned()));
        }
    }
    if file.columns.is_empty() || file.columns.len() > COLUMNS_MAX {
        return Err(whole(format!("应有 1 至 {COLUMNS_MAX} 列")));
    }
    let mut headings = BTreeSet::new();
    let mut columns = Vec::with_capacity(file.columns.len());
    for (at, column) in file.columns.iter().enumerate() {
        let wrong = |what: String| TemplateWrong { column: at + 1, what };
        let heading = column.heading.trim();
        if heading.is_empty() || heading.chars().count() > HEADING_CHARS_MAX {
            return Err(wrong(format!("列名应有 1 至 {HEADING_CHARS_MAX} 字")));
        }
        if !headings.insert(heading.to_owned()) {
            return Err(wrong(format!("列名“{heading}”重复")));
        }
        columns.push(read_column(column, heading, catalogue).map_err(wrong)?);
    }
    Ok(Template { name: file.name, title_zh: file.title_zh, who: file.who, columns })
}

fn read_column(
    column: &ColumnFile,
    heading: &str,
    catalogue: &Catalogue,
) -> Result<TemplateColumn, String> {
    let mut read = TemplateColumn {
        heading: heading.to_owned(),
        of: Of::Text(String::new()),
        decimals: column.decimals,
        divisor: None,
        choice_codes: BTreeMap::new(),
        field_codes: BTreeMap::new(),
        missing: column.missing.clone(),
    };
    let sources = [
        column.field.is_some(),
        column.item.is_some(),
        column.mean.is_some(),
        column.text.is_some(),
    ];
    if sources.iter().filter(|is| **is).count() != 1 {
        return Err("field、item、mean、text 要写其中一个，只写一个".to_owned());
    }
    if column.decimals.is_some_and(|decimals| decimals > DECIMALS_MAX) {
        return Err(format!("小数最多 {DECIMALS_MAX} 位"));
    }
    let item = |key: &String| catalogue.item_by_key(key).ok_or(format!("没有这个项目：{key}"));
    let is_number = |item: &Item| matches!(item.kind, ItemKind::Number { .. });
    if let Some(word) = &column.field {
        let field = Field::of_word(word).ok_or(format!("没有这个 field：{word}"))?;
        read.of = Of::Field(field);
        read.field_codes = column.codes.clone();
        if column.unit.is_some() || column.decimals.is_some() {
            return Err("field 没有单位和小数".to_owned());
        }
    } else if let Some(key) = &column.item {
        let item = item(key)?;
        read.of = Of::Item(item.code);
        read.choice_codes = choice_codes(item, &column.codes)?;
        if !is_number(item) && column.decimals.is_some() {
            return Err(format!("{key} 不是数值，没有小数"));
        }
        read.divisor = divisor(item, column.unit.as_deref())?;
    } else if let Some(keys) = &column.mean {
        let items: Vec<&Item> = keys.iter().map(item).collect::<Result<_, _>>()?;
        let first = items.first().ok_or("mean 要有项目".to_owned())?;
        if !items.iter().all(|item| is_number(item) && item.unit_zh == first.unit_zh) {
            return Err("mean 里要是同一单位的数值项目".to_owned());
        }
        if column.decimals.is_none() {
            return Err("mean 要写 decimals".to_owned());
        }
        read.divisor = divisor(first, column.unit.as_deref())?;
        read.of = Of::Mean(items.iter().map(|item| item.code).collect());
    } else if let Some(text) = &column.text {
        read.of = Of::Text(text.clone());
    }
    let has_codes = !matches!(read.of, Of::Mean(_) | Of::Text(_));
    if !has_codes && !column.codes.is_empty() {
        return Err("这一列没有代码可写".to_owned());
    }
    Ok(read)
}

/// Every choice has a code, and no code is of a choice that is not there.
fn choice_codes(
    item: &Item,
    codes: &BTreeMap<String, String>,
) -> Result<BTreeMap<u16, String>, String> {
    let choices = item.choices();
    if let Some(key) = codes.keys().find(|key| item.choice(key).is_none()) {
        return Err(format!("{} 没有这个选项：{key}", item.key));
    }
    let code = |choice: &domain::catalogue::Choice| {
        let code = codes.get(&choice.key);
        code.map(|code| (choice.code, code.clone()))
            .ok_or(format!("{} 的选项 {}（{}）没有代码", item.key, choice.key, choice.zh))
    };
    choices.iter().map(code).collect()
}

/// None where the unit is the item's own.
fn divisor(item: &Item, unit: Option<&str>) -> Result<Option<Decimal>, String> {
    let own = item.unit_zh.as_str();
    match unit {
        None if own.is_empty() => Ok(None),
        None => Err(format!("{} 没有写单位（本系统是 {own}）", item.key)),
        Some(unit) if unit == own => Ok(None),
        Some(unit) => match lab::factor(own, unit) {
            Some(factor) if factor.mantissa != 0 => Ok(Some(factor)),
            Some(_) | None => Err(format!("{} 的单位是 {own}，没有换算成 {unit} 的规定", item.key)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(columns: &str) -> String {
        format!(
            "{{\"name\":\"t\",\"title_zh\":\"表\",\"status\":\"已核对\",\"source\":\"某表\",\
             \"who\":\"pupil\",\"columns\":[{columns}]}}"
        )
    }

    #[test]
    fn those_the_program_is_built_with_are_read_and_use_their_names() {
        for name in template_names() {
            let text = builtin_template(name).unwrap();
            let read = read_template(text, Catalogue::builtin());
            let read = read.map_err(|wrong| wrong.zh()).unwrap();
            assert_eq!(read.name, name);
            assert!(read.columns.len() > 40, "{name}");
        }
    }

    #[test]
    fn a_bad_template_is_refused_with_its_column_and_what_is_wrong() {
        let fine = r#"{"heading":"身高","item":"height_cm","unit":"cm"}"#;
        assert!(read_template(&template(fine), Catalogue::builtin()).is_ok());
        let check = |columns: &str, column: usize, part: &str| {
            let wrong = read_template(&template(columns), Catalogue::builtin()).unwrap_err();
            assert_eq!(wrong.column, column, "{wrong:?}");
            assert!(wrong.zh().contains(part), "{}", wrong.zh());
        };
        check("", 0, "列");
        check(r#"{"heading":"身高","items":"height_cm"}"#, 0, "items");
        check(&format!("{fine},{fine}"), 2, "重复");
        check(r#"{"heading":"身高","item":"height_m","unit":"m"}"#, 1, "height_m");
        check(r#"{"heading":"身高","item":"height_cm","unit":"m"}"#, 1, "换算");
        check(r#"{"heading":"身高","item":"height_cm"}"#, 1, "没有写单位");
        check(r#"{"heading":"身高"}"#, 1, "其中一个");
        check(r#"{"heading":"性别","field":"gender"}"#, 1, "gender");
        check(r#"{"heading":"心电","item":"ecg","codes":{"normal":"1"}}"#, 1, "abnormal");
        let odd =
            r#"{"heading":"心电","item":"ecg","codes":{"normal":"1","abnormal":"2","odd":"3"}}"#;
        check(odd, 1, "odd");
        check(r#"{"heading":"血压","mean":["sbp1_mmhg","height_cm"],"decimals":0}"#, 1, "同一单位");
        let unsaid = template(fine).replace("\"某表\"", "\" \"");
        assert!(read_template(&unsaid, Catalogue::builtin()).unwrap_err().zh().contains("source"));
    }
}
