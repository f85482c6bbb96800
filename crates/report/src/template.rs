//! An export template as data: columns, codes and units that a coordinator can change without a program. Read and checked whole
//! before anything is written: what is wrong is said with its column. Not the rows (`template_table`).

use crate::template_cell::{TEETH, words_of};
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
    /// `id_card` where there is an ID number.
    IdKind,
    /// Of a conclusion that a doctor signed over what stands: `none` or `some` abnormal.
    Evaluation,
    /// Its findings in words, one after another.
    Findings,
    /// One of them, counted from 1.
    Finding(u8),
    Advice,
    Doctor,
    SignedOn,
}

impl Field {
    const WORDS: [(&'static str, Field); 27] = [
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
        ("id_kind", Field::IdKind),
        ("evaluation", Field::Evaluation),
        ("findings", Field::Findings),
        ("finding_1", Field::Finding(1)),
        ("finding_2", Field::Finding(2)),
        ("finding_3", Field::Finding(3)),
        ("finding_4", Field::Finding(4)),
        ("advice", Field::Advice),
        ("doctor", Field::Doctor),
        ("signed_on", Field::SignedOn),
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
    /// Whether a choice is among the answers: `yes` or `no`.
    Has(ItemCode, u16),
    /// Teeth of one kind: D M F of the permanent, d m f of the primary.
    Teeth(char),
    /// The classes of a rule.
    Class(String),
    /// The points of 老年人生活自理能力评估.
    SelfCare,
    /// 中医体质辨识 of one constitution: `yes`, `tends` or `no`.
    Constitution(String),
    ConstitutionPoints(String),
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
    /// The part of a field that stands there: from which character, counted from 1, and how many.
    pub cut: Option<(usize, usize)>,
    /// Of fields and what is worked out, by their words.
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

impl Template {
    /// Whether a column is of what a doctor signed.
    pub fn wants_conclusions(&self) -> bool {
        let is_concluded = |column: &TemplateColumn| {
            matches!(
                column.of,
                Of::Field(
                    Field::Evaluation
                        | Field::Findings
                        | Field::Finding(_)
                        | Field::Advice
                        | Field::Doctor
                        | Field::SignedOn
                )
            )
        };
        self.columns.iter().any(is_concluded)
    }
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
    /// With `item`: a choice.
    has: Option<String>,
    teeth: Option<String>,
    rule: Option<String>,
    constitution: Option<String>,
    constitution_points: Option<String>,
    self_care_points: Option<bool>,
    /// With `field`: from which character, and how many.
    cut: Option<[usize; 2]>,
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

/// What a file that is no template's is about: the reader's own words are English, the names in them are the file's.
fn unread_zh(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let named = said.split('`').nth(1).unwrap_or_default();
    let what = match said.split(' ').next() {
        Some("missing") => format!("少了 {named}"),
        Some("unknown") => format!("没有 {named} 这一项"),
        Some("duplicate") => format!("{named} 写了两次"),
        _ => format!("第 {} 个字符附近的写法不对", error.column()),
    };
    format!("第 {} 行看不懂：{what}", error.line())
}

/// Reads a template, or says what is wrong with it.
pub fn read_template(text: &str, catalogue: &Catalogue) -> Result<Template, TemplateWrong> {
    let whole = |what: String| TemplateWrong { column: 0, what };
    let file: TemplateFile = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| whole(unread_zh(&error)))?;
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
        cut: column.cut.map(|[from, chars]| (from, chars)),
        divisor: None,
        choice_codes: BTreeMap::new(),
        field_codes: BTreeMap::new(),
        missing: column.missing.clone(),
    };
    one_source(column)?;
    if let Some(of) = worked_out_of(column, catalogue)? {
        read.field_codes = worked_out_codes(&of, &column.codes, catalogue)?;
        read.of = of;
        if column.unit.is_some() || column.decimals.is_some() {
            return Err("这一列没有单位和小数".to_owned());
        }
        return Ok(read);
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

/// A column says once what it is of.
fn one_source(column: &ColumnFile) -> Result<(), String> {
    let sources = [
        column.field.is_some(),
        column.item.is_some(),
        column.mean.is_some(),
        column.text.is_some(),
        column.teeth.is_some(),
        column.rule.is_some(),
        column.constitution.is_some(),
        column.constitution_points.is_some(),
        column.self_care_points.is_some(),
    ];
    if sources.iter().filter(|is| **is).count() != 1 {
        return Err("field、item、mean、text、teeth、rule、constitution、constitution_points、self_care_points 要写其中一个，只写一个".to_owned());
    }
    if column.has.is_some() && column.item.is_none() {
        return Err("has 要和 item 一起写".to_owned());
    }
    if column.cut.is_some_and(|[from, chars]| from == 0 || chars == 0 || column.field.is_none()) {
        return Err("cut 只能用在 field 上，写从第几个字起、几个字".to_owned());
    }
    Ok(())
}

/// A column of what is worked out, if it is one.
fn worked_out_of(column: &ColumnFile, catalogue: &Catalogue) -> Result<Option<Of>, String> {
    let constitution = |name: &String| {
        let scales = catalogue.scales.as_ref();
        let is_known = scales.is_some_and(|scales| scales.has_constitution(name));
        if is_known { Ok(name.clone()) } else { Err(format!("没有这种体质：{name}")) }
    };
    if let (Some(key), Some(choice)) = (&column.item, &column.has) {
        let item = catalogue.item_by_key(key).ok_or(format!("没有这个项目：{key}"))?;
        let choice = item.choice(choice).ok_or(format!("{key} 没有这个选项：{choice}"))?;
        return Ok(Some(Of::Has(item.code, choice.code)));
    }
    if let Some(letter) = &column.teeth {
        let letter = TEETH.contains(&letter.as_str()).then(|| letter.chars().next()).flatten();
        return letter.map(|l| Some(Of::Teeth(l))).ok_or("teeth 写 D M F d m f 之一".to_owned());
    }
    if let Some(rule) = &column.rule {
        catalogue.rule(rule).ok_or(format!("没有这条规则：{rule}"))?;
        return Ok(Some(Of::Class(rule.clone())));
    }
    if let Some(name) = &column.constitution {
        return Ok(Some(Of::Constitution(constitution(name)?)));
    }
    if let Some(name) = &column.constitution_points {
        return Ok(Some(Of::ConstitutionPoints(constitution(name)?)));
    }
    Ok(column.self_care_points.map(|_| Of::SelfCare))
}

/// Its codes: of words that it can say. Yes and no have both or none.
fn worked_out_codes(
    of: &Of,
    codes: &BTreeMap<String, String>,
    catalogue: &Catalogue,
) -> Result<BTreeMap<String, String>, String> {
    let words = words_of(of, catalogue).unwrap_or_default();
    if let Some(word) = codes.keys().find(|word| !words.contains(word)) {
        return Err(format!("这一列没有这个代码可写：{word}"));
    }
    if let (Of::Has(_, _), Some(word)) = (of, words.iter().find(|word| !codes.contains_key(*word)))
    {
        return Err(format!("{word} 没有代码"));
    }
    Ok(codes.clone())
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
        let has = r#"{"heading":"肝炎","item":"past_year_diseases","has":"hepatitis","codes":{"yes":"1","no":"2"}}"#;
        assert!(read_template(&template(has), Catalogue::builtin()).is_ok());
        check(&has.replace("hepatitis", "gout"), 1, "gout");
        check(&has.replace(",\"no\":\"2\"", ""), 1, "no 没有代码");
        check(&has.replace("\"item\":\"past_year_diseases\",", ""), 1, "其中一个");
        check(r#"{"heading":"牙","teeth":"X"}"#, 1, "D M F d m f");
        check(r#"{"heading":"脊柱","rule":"spine"}"#, 1, "spine");
        check(r#"{"heading":"脊柱","rule":"pupil_spine","codes":{"bent":"1"}}"#, 1, "bent");
        check(r#"{"heading":"体质","constitution":"刚强质"}"#, 1, "刚强质");
        check(r#"{"heading":"省","field":"unit_code","cut":[0,2]}"#, 1, "cut");
        check(r#"{"heading":"省","text":"43","cut":[1,2]}"#, 1, "cut");
        let whole = |text: &str| read_template(text, Catalogue::builtin()).unwrap_err().zh();
        assert!(whole(r#"{"name":"x"}"#).contains("第 1 行看不懂：少了 title_zh"));
        assert!(
            whole(&template(fine).replace("\"name\"", "\"nama\"")).contains("没有 nama 这一项")
        );
        assert!(whole("姓名,性别").contains("写法不对"));
        let unsaid = template(fine).replace("\"某表\"", "\" \"");
        assert!(read_template(&unsaid, Catalogue::builtin()).unwrap_err().zh().contains("source"));
    }
}
