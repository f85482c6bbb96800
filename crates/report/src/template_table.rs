//! Checkups as the rows of a template: one row for each person examined, as CSV or as a workbook. Not what a template may say
//! (`template`).

use crate::brief::is_examined;
use crate::computed::{computed, plain};
use crate::csv_out::guard;
use crate::template::{Field, Of, Template, TemplateColumn};
use crate::template_cell::{worked_from, worked_out};
use crate::{Format, Input, Options, ReportError};
use domain::catalogue::{Catalogue, Item, print_value};
use domain::facts::{CheckupFacts, CurrentValue, ExportFacts, Sex, is_conflict};
use domain::grammar::codes_of;
use domain::identity::age_years;
use domain::ids::{ItemCode, PersonId};
use domain::value::{Decimal, Value};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use std::borrow::Cow;
use std::collections::BTreeMap;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What a template came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRows {
    pub bytes: Vec<u8>,
    pub people: u32,
    /// Cells left empty because a person has to decide between two values.
    pub conflicts: u32,
    /// Words of a field that the template has no code for: they stand as they are.
    pub uncoded: u32,
}

/// What a doctor signed over what stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConcludedFacts {
    /// In words, the gravest first; behind them what is not fine and no finding.
    pub findings: Vec<String>,
    pub advice: String,
    pub doctor: String,
    pub signed_on: String,
}

/// Conclusions by person: whoever is not here has none that stands.
pub type Concluded = BTreeMap<PersonId, ConcludedFacts>;

/// Writes everybody examined of the template's kind, in the order of units.
pub fn template_rows(
    template: &Template,
    format: Format,
    (facts, concluded): (&ExportFacts, &Concluded),
    catalogue: &Catalogue,
    options: &Options,
) -> Result<TemplateRows, ReportError> {
    let input = Input::new(facts, catalogue, options);
    let mut made = TemplateRows { bytes: Vec::new(), people: 0, conflicts: 0, uncoded: 0 };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for checkup in input.checkups_by_unit() {
        if checkup.kind == template.who && is_examined(catalogue, checkup) {
            made.people = made.people.saturating_add(1);
            let concluded = concluded.get(&checkup.person);
            let values = plain(checkup);
            let whose = Whose { input: &input, checkup, concluded, values };
            let cell = |column| cell(&whose, column, &mut made);
            rows.push(template.columns.iter().map(cell).collect());
        }
    }
    made.bytes = match format {
        Format::Csv => csv(template, &rows)?,
        Format::Xlsx => workbook(template, &rows, &facts.as_of)?,
        Format::Txt => return Err(ReportError::Unwritten),
    };
    Ok(made)
}

/// Somebody's row.
struct Whose<'a> {
    input: &'a Input<'a>,
    checkup: &'a CheckupFacts,
    concluded: Option<&'a ConcludedFacts>,
    /// What stands of each item, where it is one value.
    values: BTreeMap<ItemCode, Value>,
}

fn cell(whose: &Whose, column: &TemplateColumn, made: &mut TemplateRows) -> String {
    let (input, checkup) = (whose.input, whose.checkup);
    let text = match &column.of {
        Of::Text(text) => text.clone(),
        Of::Field(field) => {
            let said = field_text(whose, *field);
            match column.field_codes.get(&said) {
                Some(code) => code.clone(),
                None => {
                    let is_uncoded = !column.field_codes.is_empty() && !said.is_empty();
                    made.uncoded = made.uncoded.saturating_add(u32::from(is_uncoded));
                    cut(said, column.cut)
                }
            }
        }
        Of::Item(item) => match single(input, checkup, *item) {
            Single::Conflict => {
                made.conflicts = made.conflicts.saturating_add(1);
                return String::new();
            }
            Single::None => String::new(),
            Single::Value(value) => {
                let item = input.catalogue.item(*item);
                item.map(|item| item_text(input, column, item, &value)).unwrap_or_default()
            }
        },
        Of::Mean(items) => {
            let all: Vec<Single> = items.iter().map(|item| single(input, checkup, *item)).collect();
            if all.iter().any(|one| matches!(one, Single::Conflict)) {
                made.conflicts = made.conflicts.saturating_add(1);
                return String::new();
            }
            let numbers: Vec<Decimal> = all.iter().filter_map(Single::number).collect();
            mean(&numbers, column).map(|mean| mean.to_string()).unwrap_or_default()
        }
        Of::Has(_, _)
        | Of::Teeth(_)
        | Of::Class(_)
        | Of::SelfCare
        | Of::Constitution(_)
        | Of::ConstitutionPoints(_) => {
            let from = worked_from(&column.of, input.catalogue);
            let is_open = |item| matches!(single(input, checkup, item), Single::Conflict);
            if from.into_iter().any(is_open) {
                made.conflicts = made.conflicts.saturating_add(1);
                return String::new();
            }
            let said = worked_out(column, checkup, &whose.values, input.catalogue);
            let said = said.unwrap_or_default();
            column.field_codes.get(&said).cloned().unwrap_or(said)
        }
    };
    if text.is_empty() { column.missing.clone() } else { text }
}

fn cut(said: String, part: Option<(usize, usize)>) -> String {
    match part {
        Some((from, chars)) => said.chars().skip(from.saturating_sub(1)).take(chars).collect(),
        None => said,
    }
}

enum Single<'a> {
    None,
    Value(Cow<'a, Value>),
    Conflict,
}

impl Single<'_> {
    fn number(&self) -> Option<Decimal> {
        match self {
            Single::Value(value) => value.number(),
            Single::None | Single::Conflict => None,
        }
    }
}

/// A computed item is made of the person's other values.
fn single<'a>(input: &Input, checkup: &'a CheckupFacts, item: ItemCode) -> Single<'a> {
    let values: &[CurrentValue] = checkup.results.get(&item).map(Vec::as_slice).unwrap_or_default();
    match values.first() {
        Some(_) if is_conflict(values) => Single::Conflict,
        Some(first) if first.value.is_present() => Single::Value(Cow::Borrowed(&first.value)),
        None if input.catalogue.item(item).is_some_and(|item| item.derived) => {
            let made = computed(input.catalogue, checkup).remove(&item);
            made.map_or(Single::None, |value| Single::Value(Cow::Owned(value)))
        }
        Some(_) | None => Single::None,
    }
}

fn item_text(input: &Input, column: &TemplateColumn, item: &Item, value: &Value) -> String {
    let code = |code: &u16| {
        // A newer catalogue's choice: shown by its number, never dropped.
        column.choice_codes.get(code).cloned().unwrap_or_else(|| format!("#{code}"))
    };
    match value {
        Value::Number(number) if column.decimals.is_none() && column.divisor.is_none() => {
            print_value(item, &Value::Number(*number))
        }
        Value::Number(number) => {
            mean(&[*number], column).map(|number| number.to_string()).unwrap_or_default()
        }
        Value::Choice(choice) => code(choice),
        Value::Text(text) if !column.choice_codes.is_empty() => {
            codes_of(text).iter().map(code).collect::<Vec<_>>().join(",")
        }
        Value::Text(text) => input.free_text(text).into_owned(),
        Value::Absent(_) => String::new(),
    }
}

/// The mean in the column's unit and places, half up.
fn mean(numbers: &[Decimal], column: &TemplateColumn) -> Option<Decimal> {
    let scale = numbers.iter().map(|number| number.scale).max()?;
    let mut sum = 0_i128;
    for number in numbers {
        sum = sum.checked_add(i128::from(number.rescaled(scale)?.mantissa))?;
    }
    let divisor = column.divisor.unwrap_or(Decimal::new(1, 0));
    let ten = |places: u8| 10_i128.checked_pow(u32::from(places));
    let over = sum.checked_mul(ten(divisor.scale)?)?;
    let count = i128::try_from(numbers.len()).ok()?;
    let under = i128::from(divisor.mantissa).checked_mul(ten(scale)?)?.checked_mul(count)?;
    Decimal::ratio_half_up(over, under, column.decimals.unwrap_or(scale))
}

fn field_text(whose: &Whose, field: Field) -> String {
    let Whose { input, checkup, concluded, .. } = whose;
    let concluded_text =
        |text: &dyn Fn(&ConcludedFacts) -> String| concluded.map(text).unwrap_or_default();
    let details = &checkup.details;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let hidden = |said: String| if input.is_masked() { String::new() } else { said };
    match field {
        Field::Name => input.name(checkup),
        Field::Sex => match details.sex {
            Some(Sex::M) => "M".to_owned(),
            Some(Sex::F) => "F".to_owned(),
            None => String::new(),
        },
        Field::Birth => details.birth.map(|day| day.to_string()).unwrap_or_default(),
        Field::IdNumber => input.id_number(checkup),
        Field::StudentNo => hidden(text(&details.student_no)),
        Field::Phone => input.phone(checkup),
        Field::PhoneOwner => hidden(text(&details.phone_owner)),
        Field::Address => hidden(text(&details.address)),
        Field::Unit => input.unit(&checkup.unit).map(|of| of.name.clone()).unwrap_or_default(),
        Field::UnitCode => checkup.unit.0.clone(),
        Field::Township => {
            input.unit(&checkup.unit).map(|of| of.township.clone()).unwrap_or_default()
        }
        Field::Grade => text(&checkup.grade),
        Field::Group => text(&checkup.group),
        Field::ExamDate => checkup.day.map(|day| day.to_string()).unwrap_or_default(),
        Field::Age => {
            let age = details.birth.zip(checkup.day).map(|(birth, day)| age_years(birth, day));
            age.map(|years| years.to_string()).unwrap_or_default()
        }
        Field::Examiners => checkup.examiners.join("、"),
        Field::Round => input.facts.round.name.clone(),
        Field::IdKind => {
            details.id_number.as_ref().map(|_| "id_card".to_owned()).unwrap_or_default()
        }
        Field::Evaluation => {
            concluded_text(&|one| if one.findings.is_empty() { "none" } else { "some" }.to_owned())
        }
        Field::Findings => {
            concluded_text(&|one| input.free_text(&one.findings.join("；")).into_owned())
        }
        Field::Finding(at) => concluded_text(&|one| {
            let at = usize::from(at).saturating_sub(1);
            one.findings.get(at).cloned().unwrap_or_default()
        }),
        Field::Advice => concluded_text(&|one| input.free_text(&one.advice).into_owned()),
        Field::Doctor => concluded_text(&|one| one.doctor.clone()),
        Field::SignedOn => concluded_text(&|one| one.signed_on.clone()),
    }
}

fn csv(template: &Template, rows: &[Vec<String>]) -> Result<Vec<u8>, ReportError> {
    let mut writer = csv::Writer::from_writer(BOM.to_vec());
    writer.write_record(template.columns.iter().map(|column| guard(&column.heading)))?;
    for row in rows {
        writer.write_record(row.iter().map(|text| guard(text)))?;
    }
    writer.into_inner().map_err(|_| ReportError::Unwritten)
}

/// Every cell is text: a code keeps its zeros, an ID number its digits.
fn workbook(template: &Template, rows: &[Vec<String>], as_of: &str) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made =
        ExcelDateTime::parse_from_str(as_of).or_else(|_| ExcelDateTime::from_ymd(2000, 1, 1))?;
    let about = DocProperties::new().set_title(&template.title_zh).set_author("健康快车");
    workbook.set_properties(&about.set_creation_datetime(&made));
    let page = workbook.add_worksheet();
    page.set_name("导出")?;
    for (col, column) in (0..).zip(&template.columns) {
        page.write_string(0, col, &column.heading)?;
    }
    for (line, row) in (1..).zip(rows) {
        for (col, text) in (0..).zip(row) {
            page.write_string(line, col, text)?;
        }
    }
    page.set_freeze_panes(1, 0)?;
    workbook.save_to_buffer()
}
