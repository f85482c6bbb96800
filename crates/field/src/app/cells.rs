//! Values and findings as cells and rows of a screen.

use crate::home::failed;
use domain::asked::Answers;
use domain::catalogue::{Catalogue, Item, print_value};
use domain::check::Subject;
use domain::confirm::Word;
use domain::lab::PrintedRange;
use domain::range;
use domain::rule::Judgement;
use domain::unit::UnitTree;
use domain::value::{AbsentReason, Value};
use office::Moment;
use protocol::Failure;
use protocol::rpc::confirm::WordState;
use protocol::rpc::station::{FindingRow, ValueCell};
use store::{PersonView, Round, Store, ValueView};

/// One value ever given, with who, where, when.
pub(super) fn value_cell(
    item: &Item,
    value: &ValueView,
    view: &PersonView,
    round: Option<&Round>,
    units: &UnitTree,
) -> ValueCell {
    let catalogue = Catalogue::builtin();
    let force = round.map(Round::in_force);
    let force = force.as_deref().unwrap_or(catalogue);
    let of_round = view.findings.iter().filter(|(of, _)| *of == value.round).map(|(_, f)| f);
    let station = value.station.and_then(|code| catalogue.station(code));
    let (kind, sex, birth) = (view.kind_in(value.round), view.details.sex, view.details.birth);
    let subject = value.day.map(|day| Subject { kind, sex, birth, day });
    let shown = subject
        .map(|of| {
            let (values, own) = (beside(value, view), value.own.as_ref());
            range::shown(force, &of, item.code, &values, own, of_round.clone())
        })
        .unwrap_or_default();
    ValueCell {
        text: print_value(item, &value.value),
        absent: absent_key(&value.value),
        unusual: value.unusual,
        current: value.current,
        conflict: value.conflict,
        held: value.held,
        arrow: match subject {
            Some(subject) if value.current => {
                let (answers, own) = (beside(value, view), value.own.as_ref());
                arrow(force, item, &subject, &value.value, &answers, own, of_round)
            }
            Some(_) | None => String::new(),
        },
        range: shown.range,
        range_own: shown.own,
        range_ours: shown.ours,
        round: round.map(|round| round.name.clone()).unwrap_or_default(),
        day: value.day.map(|day| day.to_string()),
        unit_label: units.label(&value.unit),
        station: station.map(|station| station.name_zh.clone()).unwrap_or_default(),
        operator: value.operator.clone().unwrap_or_default(),
        examiner: value.examiner.clone().unwrap_or_default(),
        word: word_state(&value.word),
        confirmed_by: match &value.word {
            Word::Confirmed(by) => by.clone(),
            Word::NotAsked | Word::Own | Word::Awaited => String::new(),
        },
        at: value.clock_ms.map(time_of_day).unwrap_or_default(),
        device: String::new(),
        entry: office::print_reference(&value.reference),
    }
}

fn word_state(word: &Word) -> WordState {
    match word {
        Word::NotAsked => WordState::NotAsked,
        Word::Own => WordState::Own,
        Word::Awaited => WordState::Awaited,
        Word::Confirmed(_) => WordState::Confirmed,
    }
}

/// `09:12` of `2026-11-26 09:12`.
fn time_of_day(unix_ms: i64) -> String {
    Moment::at(unix_ms).as_of.rsplit(' ').next().unwrap_or_default().to_owned()
}

/// Which device wrote each of two values or more that stand against each other.
pub(super) fn name_devices(store: &Store, cells: &mut [ValueCell]) -> Result<(), Failure> {
    let devices = store.devices().map_err(failed)?;
    let writers = store.devices_of_writers().map_err(failed)?;
    for cell in cells {
        let Ok(entry) = office::parse_reference(&cell.entry) else { continue };
        let writer = writers.iter().find(|(writer, _)| *writer == entry.writer);
        let device = writer.and_then(|(_, id)| devices.iter().find(|one| one.device == *id));
        cell.device = device.map(|one| one.name.clone()).unwrap_or_default();
    }
    Ok(())
}

/// A value with what stands beside it in its round.
fn beside(value: &ValueView, view: &PersonView) -> Answers {
    let same_round = view.values.iter().filter(|v| v.round == value.round && v.current);
    let mut values: Answers = same_round.map(|v| (v.item, v.value.clone())).collect();
    values.insert(value.item, value.value.clone());
    values
}

/// Current values as a screen shows them: two devices that wrote the same leave nothing to decide, so it stands once.
pub(super) fn once(cells: impl Iterator<Item = ValueCell>) -> Vec<ValueCell> {
    let mut shown: Vec<ValueCell> = Vec::new();
    for cell in cells {
        if cell.conflict || shown.iter().all(|other| other.text != cell.text) {
            shown.push(cell);
        }
    }
    shown
}

/// 高, 低, 阳 or nothing.
pub(super) fn arrow<'j>(
    catalogue: &Catalogue,
    item: &Item,
    subject: &Subject,
    value: &Value,
    answers: &Answers,
    own: Option<&PrintedRange>,
    findings: impl Iterator<Item = &'j Judgement> + Clone,
) -> String {
    let of = item.code;
    let direction =
        range::direction_of_value(catalogue, subject, of, value, answers, own, findings);
    direction.map(|direction| direction.zh()).unwrap_or_default().to_owned()
}

pub(super) fn absent_key(value: &Value) -> Option<String> {
    match value {
        Value::Absent(reason) => Some(absent_word(*reason).to_owned()),
        Value::Number(_) | Value::Choice(_) | Value::Text(_) => None,
    }
}

/// The reason's key on the wire to the screens.
pub(super) fn absent_word(reason: AbsentReason) -> &'static str {
    match reason {
        AbsentReason::Refused => "refused",
        AbsentReason::NotMeasured => "not_measured",
        AbsentReason::DeviceFailure => "device_failure",
        AbsentReason::NotApplicable => "not_applicable",
        AbsentReason::Awaited => "awaited",
    }
}

pub(super) fn finding_row(judgement: &Judgement, round: &str) -> FindingRow {
    let catalogue = Catalogue::builtin();
    let level = catalogue.level(&judgement.rule, &judgement.code);
    let item = judgement.item.and_then(|item| catalogue.item(item));
    FindingRow {
        rule: judgement.rule.clone(),
        code: judgement.code.clone(),
        level: judgement.level.key().to_owned(),
        text: level.map(|level| level.name_zh.clone()).unwrap_or_default(),
        item: item.map(|item| item.key.clone()),
        value: judgement.value.clone(),
        round: round.to_owned(),
        due_days: judgement.due_days.map(u32::from),
    }
}
