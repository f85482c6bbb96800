//! The stop's results as a table: one row a person, one column an item, and beside an item what laboratories printed as their
//! own range of it, where any did. Not what is abnormal: the judgements come with the facts; here they become words and marks.

use crate::Input;
use crate::computed::computed;
use crate::table::{Align, Cell, Column, Mark, Marked, Table};
use crate::words;
use domain::asked::answers;
use domain::catalogue::{Item, ItemKind};
use domain::check::Subject;
use domain::facts::{CheckupFacts, CurrentValue, PersonKind, Sex, is_conflict};
use domain::ids::ItemCode;
use domain::range::lies_within;
use domain::rule::{Level, abnormal_items, worst_level};
use domain::tube::TubeState;
use domain::value::{Decimal, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Stands in a cell that holds more than one current value.
const CONFLICT_WORD: &str = "待核对";
/// Behind an item's name, over the column of laboratories' own ranges.
const OWN_RANGE_WORD: &str = "检验科范围";

pub fn table<'a>(input: &'a Input<'a>) -> Table<'a> {
    let items = columns_of_items(input);
    let ranged: BTreeSet<ItemCode> =
        input.facts.checkups.iter().flat_map(|one| one.own_ranges.keys().copied()).collect();
    let mut columns = vec![
        Column::wrapping("单位", 14.0),
        Column::wrapping("组/班级", 10.5),
        Column::wrapping("姓名", 9.0),
        Column::new("性别", 4.0, Align::Center),
        Column::new("年龄", 4.0, Align::Center),
        Column::new("身份证号", 19.0, Align::Center),
        Column::new("名单", 8.5, Align::Center),
        Column::new("体检日期", 10.5, Align::Center),
        Column::new("状态", 8.5, Align::Center),
        Column::new("最高级别", 7.0, Align::Center),
        Column::wrapping("异常", 32.0),
        Column::wrapping("提示", 11.0),
    ];
    for item in &items {
        columns.push(item_column(item));
        if ranged.contains(&item.code) {
            let heading = format!("{} {OWN_RANGE_WORD}", item.short_zh);
            columns.push(Column { align: Align::Center, ..Column::wrapping(heading, 9.0) });
        }
    }
    columns.push(Column::wrapping("检查者", 8.5));
    columns.push(Column::wrapping("备注", 11.0));
    Table {
        name: "体检结果",
        title: input.title("体检结果"),
        columns,
        frozen_columns: 3,
        rows: Box::new(
            input
                .checkups_by_unit()
                .into_iter()
                .map(move |checkup| row(input, (&items, &ranged), checkup)),
        ),
    }
}

/// Which items have a column, in the order of the stations: those every person of the kinds present
/// gets, and beside these only what somebody has a value of.
fn columns_of_items<'a>(input: &Input<'a>) -> Vec<&'a Item> {
    let catalogue = input.catalogue;
    let mut kinds: BTreeSet<PersonKind> =
        input.facts.checkups.iter().map(|checkup| checkup.kind).collect();
    if kinds.is_empty() {
        kinds.insert(PersonKind::Resident);
    }
    let mut wanted: BTreeSet<ItemCode> =
        input.facts.checkups.iter().flat_map(|checkup| checkup.results.keys().copied()).collect();
    for kind in kinds {
        wanted.extend(&catalogue.package(kind).items);
    }
    wanted.extend(catalogue.item_by_key(BMI_KEY).map(|item| item.code));
    for checkup in &input.facts.checkups {
        wanted.extend(computed(catalogue, checkup).into_keys());
    }
    order_of_items(input).into_iter().filter(|item| wanted.contains(&item.code)).collect()
}

/// Every item once: station by station; one without a station (a derived one) follows the item it
/// follows in the catalogue.
fn order_of_items<'a>(input: &Input<'a>) -> Vec<&'a Item> {
    let catalogue = input.catalogue;
    let mut order: Vec<ItemCode> = Vec::with_capacity(catalogue.items.len());
    for code in catalogue.stations.iter().flat_map(|station| &station.items) {
        if !order.contains(code) {
            order.push(*code);
        }
    }
    let mut before: Option<ItemCode> = None;
    for item in &catalogue.items {
        if !order.contains(&item.code) {
            let place = order.iter().position(|code| Some(*code) == before);
            order.insert(place.map_or(order.len(), |place| place + 1), item.code);
        }
        before = Some(item.code);
    }
    order.into_iter().filter_map(|code| catalogue.item(code)).collect()
}

/// As narrow as its values: paper is what a wide table has least of. Words that take the place of a
/// value go on in the next line.
fn item_column(item: &Item) -> Column {
    let heading = if item.unit_zh.is_empty() {
        item.short_zh.clone()
    } else {
        format!("{} {}", item.short_zh, item.unit_zh)
    };
    let (width_chars, align) = match item.kind {
        ItemKind::Number { decimals: 0, .. } => (5.5, Align::Right),
        ItemKind::Number { .. } => (6.2, Align::Right),
        ItemKind::Choice { .. } => (5.5, Align::Center),
        ItemKind::Text { .. } => (24.0, Align::Left),
    };
    Column { align, ..Column::wrapping(heading, width_chars) }
}

fn row(
    input: &Input,
    (items, ranged): (&[&Item], &BTreeSet<ItemCode>),
    checkup: &CheckupFacts,
) -> Vec<Marked> {
    let levels = levels_of_items(input, checkup);
    let worst = worst_level(&checkup.judgements).filter(|level| level.is_finding());
    let worst_mark = worst.map_or(Mark::Plain, Mark::Finding);
    let mut cells: Vec<Marked> = vec![
        Cell::text(input.unit_name(&checkup.unit)).into(),
        words::group(checkup).into(),
        Cell::text(input.name(checkup)).into(),
        Cell::text_or_empty(checkup.details.sex.map(Sex::zh)).into(),
        words::age(checkup).into(),
        Cell::code(input.id_number(checkup)).into(),
        Cell::text(words::standing(checkup.standing)).into(),
        words::day(checkup.day).into(),
        Cell::text(words::state(checkup.state)).into(),
        Marked { cell: Cell::text_or_empty(worst.map(words::level)), mark: worst_mark },
        Marked { cell: Cell::text(abnormal_words(input, checkup)), mark: worst_mark },
        Cell::text(hints(input, checkup)).into(),
    ];
    let computed = computed(input.catalogue, checkup);
    for item in items {
        let made = computed.get(&item.code);
        cells.push(item_cell(input, item, (checkup, made), levels.get(&item.code)));
        if ranged.contains(&item.code) {
            cells.push(
                Cell::text_or_empty(checkup.own_ranges.get(&item.code).map(String::as_str)).into(),
            );
        }
    }
    cells.push(Cell::text(examiner_words(input, checkup)).into());
    cells.push(Cell::text(input.free_text(checkup.note.as_deref().unwrap_or_default())).into());
    cells
}

/// Who examined, and where they have not confirmed what was typed for them: `周医生（未确认：B超）`.
fn examiner_words(input: &Input, checkup: &CheckupFacts) -> String {
    let mut words = checkup.examiners.join("、");
    let stations = checkup.unconfirmed.iter().filter_map(|code| input.catalogue.station(*code));
    let names: Vec<&str> = stations.map(|station| station.name_zh.as_str()).collect();
    if !names.is_empty() {
        words += &format!("（未确认：{}）", names.join("、"));
    }
    words
}

/// The worst level of the findings that rest on an item. Of a pair or a mean it is a number's own that does not lie within its range
/// (`range::lies_within`): a diastolic of 56 is not what a raised pressure is marked for.
fn levels_of_items(input: &Input, checkup: &CheckupFacts) -> BTreeMap<ItemCode, Level> {
    let judgements = &checkup.judgements;
    let mut levels = BTreeMap::new();
    for judgement in judgements.iter().filter(|judgement| judgement.level.is_finding()) {
        for item in abnormal_items(input.catalogue, std::slice::from_ref(judgement)) {
            let level = levels.entry(item).or_insert(judgement.level);
            *level = judgement.level.max(*level);
        }
    }
    if levels.is_empty() {
        return levels;
    }
    let Some(day) = checkup.day else { return levels };
    let (sex, birth) = (checkup.details.sex, checkup.details.birth);
    let subject = Subject { kind: checkup.kind, sex, birth, day };
    let values = answers(&checkup.results);
    let found = || judgements.iter();
    levels.retain(|item, _| {
        // One that its laboratory gave a range to is marked by that, and two that differ by either.
        let current = checkup.results.get(item).map(Vec::as_slice).unwrap_or_default();
        let [one] = current else { return true };
        checkup.own_ranges.contains_key(item)
            || !lies_within(input.catalogue, &subject, *item, &one.value, &values, found())
    });
    levels
}

/// Every finding in words, the gravest first: `B 血压升高（160-179/100-109），待复查；C 超重`.
fn abnormal_words(input: &Input, checkup: &CheckupFacts) -> String {
    words::findings(checkup)
        .iter()
        .map(|judgement| format!("{} {}", judgement.level.key(), input.finding_words(judgement)))
        .collect::<Vec<_>>()
        .join("；")
}

/// What a reader has to know before using the row.
fn hints(input: &Input, checkup: &CheckupFacts) -> String {
    let names = |wanted: fn(&[CurrentValue]) -> bool| -> String {
        checkup
            .results
            .iter()
            .filter(|(_, values)| wanted(values))
            .filter_map(|(code, _)| input.catalogue.item(*code))
            .map(|item| item.short_zh.as_str())
            .collect::<Vec<_>>()
            .join("、")
    };
    let mut hints = Vec::new();
    let conflicting = names(is_conflict);
    if !conflicting.is_empty() {
        hints.push(format!("{CONFLICT_WORD}：{conflicting}"));
    }
    let unusual = names(|values| values.iter().any(|current| current.unusual));
    if !unusual.is_empty() {
        hints.push(format!("少见值，已确认：{unusual}"));
    }
    hints.join("；")
}

fn item_cell(
    input: &Input,
    item: &Item,
    (checkup, made): (&CheckupFacts, Option<&Value>),
    level: Option<&Level>,
) -> Marked {
    let computed: Vec<CurrentValue> = made
        .map(|value| CurrentValue { value: value.clone(), unusual: false })
        .into_iter()
        .collect();
    let values = checkup.results.get(&item.code).unwrap_or(&computed).as_slice();
    let finding = level.map(|level| Mark::Finding(*level));
    if is_conflict(values) {
        let both: Vec<String> = values.iter().map(|v| input.value_words(item, &v.value)).collect();
        let text = format!("{} {CONFLICT_WORD}", both.join(" / "));
        return Marked { cell: Cell::Text(text), mark: finding.unwrap_or(Mark::Conflict) };
    }
    let Some(current) = values.first() else {
        // Only what has to be drawn again: not yet examined is an empty cell.
        let is_redraw = checkup.redraw.contains(&item.code);
        return match is_redraw {
            true => Marked { cell: Cell::text(TubeState::Redraw.zh()), mark: Mark::Absent },
            false => Cell::Empty.into(),
        };
    };
    let mark = finding.unwrap_or(Mark::Plain);
    match &current.value {
        Value::Number(number) => Marked { cell: Cell::Number(shown(item, *number)), mark },
        Value::Choice(_) | Value::Text(_) => {
            Marked { cell: Cell::text(input.value_words(item, &current.value)), mark }
        }
        Value::Absent(reason) => {
            Marked { cell: Cell::text(reason.zh()), mark: finding.unwrap_or(Mark::Absent) }
        }
    }
}

/// At least as many decimals as the item is shown with: 7 mmol/L is 7.0.
fn shown(item: &Item, number: Decimal) -> Decimal {
    match item.kind {
        ItemKind::Number { decimals_shown, .. } if number.scale < decimals_shown => {
            number.rescaled(decimals_shown).unwrap_or(number)
        }
        ItemKind::Number { .. } | ItemKind::Choice { .. } | ItemKind::Text { .. } => number,
    }
}

const BMI_KEY: &str = "bmi_kg_m2";
