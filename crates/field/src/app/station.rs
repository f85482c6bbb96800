//! A station's form for one person, and what the values typed so far mean. Nothing is written here (`save`).

use super::cells::{absent_word, once, value_cell};
use super::{Opened, Today, person_id};
use crate::home::failed;
use crate::measurement::value_of;
use domain::asked::{Answers, answers, closed_by, is_asked_now};
use domain::catalogue::{Catalogue, Item, ItemKind, Station, parse_value, print_value};
use domain::check::{self, Band, Subject, check, check_together};
use domain::derived;
use domain::facts::CurrentValue;
use domain::grammar::Grammar;
use domain::ids::{ItemCode, PersonId, RoundId};
use domain::line::CALLED;
use domain::phrase::{Grade, has_blank};
use domain::rule::{Judgement, Measured, judge_measured, repeats};
use domain::slip;
use domain::tube::tube_kinds;
use domain::value::{AbsentReason, Value};
use protocol::rpc::station::{
    AbsentWord, BandWord, Choice, FormAsk, FormItem, FormView, Forms, InputKind, ItemForm,
    ItemVerdict, JudgeAsk, Judged, PackageForm, PhraseBook, PhraseForm, RepeatOwed, ShownIf,
    StationForm, TableName, Typed,
};
use protocol::{Code, Failure};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Current, PersonView};

/// Readings that are typed one right after the other.
const PAIRS: [(&str, &str); 5] = [
    ("sbp1_mmhg", "dbp1_mmhg"),
    ("sbp2_mmhg", "dbp2_mmhg"),
    ("sbp_other_mmhg", "dbp_other_mmhg"),
    ("vision_right", "vision_left"),
    ("vision_corrected_right", "vision_corrected_left"),
];

/// Everything the screens draw from, asked once.
pub(super) fn forms() -> Forms {
    let catalogue = Catalogue::builtin();
    let key = |code: &ItemCode| catalogue.item(*code).map(|i| i.key.clone()).unwrap_or_default();
    let kinds = tube_kinds(catalogue);
    let is_drawn = |item: &ItemCode| kinds.iter().any(|kind| kind.items.contains(item));
    let stations = catalogue.stations.iter().map(|station| StationForm {
        station: station.key.clone(),
        name: station.name_zh.clone(),
        items: station.items.iter().map(key).collect(),
        digit_goes_on: station.digit_goes_on,
        draws_tubes: station.items.iter().any(is_drawn),
        from_tubes: station.items.iter().filter(|item| is_drawn(item)).map(key).collect(),
    });
    let of_rounds = catalogue.packages.iter().filter(|package| package.adds.is_none());
    let packages = of_rounds.map(|package| PackageForm {
        is_pupil: super::is_pupil(package.kind),
        name: package.name_zh.clone(),
        mandatory: package.items.iter().map(key).collect(),
        optional: package.optional.iter().map(key).collect(),
    });
    let absent = AbsentReason::ALL.iter().map(|reason| AbsentWord {
        reason: absent_word(*reason).to_owned(),
        zh: reason.zh().to_owned(),
    });
    Forms {
        version: catalogue.version,
        items: catalogue.items.iter().map(item_form).collect(),
        stations: stations.collect(),
        packages: packages.collect(),
        absent: absent.collect(),
        tables: CALLED.iter().map(table_name).collect(),
    }
}

fn table_name((stations, name): &([&str; 2], &str)) -> TableName {
    let stations = stations.iter().map(|key| (*key).to_owned()).collect();
    TableName { stations, name: (*name).to_owned() }
}

fn item_form(item: &Item) -> ItemForm {
    let (kind, decimals, hard_min, hard_max, chars_max) = match &item.kind {
        ItemKind::Number { decimals, hard_min, hard_max, .. } => {
            let text = |limit: &Option<domain::value::Decimal>| limit.map(|l| l.to_string());
            (InputKind::Number, *decimals, text(hard_min), text(hard_max), 8)
        }
        ItemKind::Choice { .. } => (InputKind::Choice, 0, None, None, 0),
        ItemKind::Text { chars_max } => (words_kind(&item.grammar), 0, None, None, *chars_max),
    };
    let choices = item.choices().iter().map(|choice| Choice {
        code: choice.code,
        key: choice.key.clone(),
        zh: choice.zh.clone(),
        exclusive: choice.exclusive,
    });
    let pair =
        PAIRS.iter().find(|(first, _)| *first == item.key).map(|(_, then)| (*then).to_owned());
    ItemForm {
        item: item.key.clone(),
        name: item.name_zh.clone(),
        short: item.short_zh.clone(),
        unit: item.unit_zh.clone(),
        kind,
        is_derived: item.derived,
        decimals,
        hard_min,
        hard_max,
        chars_max,
        choices: choices.collect(),
        pair,
        shown_if: shown_if(item),
        hint: item.hint_zh.clone(),
        has_phrases: Catalogue::builtin().phrases.iter().any(|one| one.items.contains(&item.code)),
    }
}

/// The phrase book as forms offer it.
pub(super) fn phrases() -> PhraseBook {
    let catalogue = Catalogue::builtin();
    let key = |code: &ItemCode| catalogue.item(*code).map(|item| item.key.clone());
    let phrases = catalogue.phrases.iter().map(|phrase| PhraseForm {
        phrase: phrase.key.clone(),
        items: phrase.items.iter().filter_map(key).collect(),
        text: phrase.text.clone(),
        initials: phrase.spellings(),
        level: match &phrase.grade {
            Grade::Finding { level, .. } => level.key().to_owned(),
            Grade::Normal | Grade::Ungraded => String::new(),
        },
        is_normal: phrase.grade == Grade::Normal,
        hint: phrase.hint_zh.clone(),
    });
    PhraseBook { phrases: phrases.collect() }
}

/// More columns than these are not read while walking down a class.
pub(super) const WALK_COLUMNS_MAX: usize = 6;

/// What stands beside a name while a class is walked: the station's first questions of the packages of the round whose
/// catalogue this is.
pub(super) fn walk(catalogue: &Catalogue, station: &Station) -> Vec<ItemCode> {
    let of_rounds = catalogue.packages.iter().filter(|package| package.adds.is_none());
    let named: Vec<&ItemCode> =
        of_rounds.flat_map(|package| package.items.iter().chain(&package.optional)).collect();
    let is_open =
        |item: &&ItemCode| catalogue.item(**item).is_some_and(|item| item.shown_if.is_none());
    let first = station.items.iter().filter(is_open).filter(|item| named.contains(item));
    first.take(WALK_COLUMNS_MAX).copied().collect()
}

fn words_kind(grammar: &Grammar) -> InputKind {
    match grammar {
        Grammar::Free => InputKind::Text,
        Grammar::Several(_) => InputKind::Several,
        Grammar::Date => InputKind::Date,
        Grammar::Teeth => InputKind::Teeth,
    }
}

fn shown_if(item: &Item) -> Option<ShownIf> {
    let on = item.shown_if.as_ref()?;
    let gate = Catalogue::builtin().item(on.item)?;
    let opens = gate.choices().iter().filter(|choice| on.choices.contains(&choice.code));
    Some(ShownIf { item: gate.key.clone(), keys: opens.map(|choice| choice.key.clone()).collect() })
}

/// One person at one station today, with everything a form or a save needs.
pub(super) struct Sitting {
    pub person: PersonId,
    pub view: PersonView,
    pub station: &'static Station,
    pub current: Current,
    pub subject: Subject,
    /// In force in the round: what is asked, and by what it is judged.
    pub catalogue: Arc<Catalogue>,
    /// What the family refused: not asked, and not saved.
    pub closed: BTreeSet<ItemCode>,
    round: RoundId,
}

impl Sitting {
    /// What stands, without what stands behind it.
    pub fn standing(&self) -> BTreeMap<ItemCode, Vec<CurrentValue>> {
        let plain = |values: &Vec<(CurrentValue, ledger::Reference)>| {
            values.iter().map(|(value, _)| value.clone()).collect()
        };
        self.current.iter().map(|(item, values)| (*item, plain(values))).collect()
    }

    /// As everywhere else: what a laboratory gave is judged by the range that it printed.
    pub fn judge(&self, all: &BTreeMap<ItemCode, Vec<CurrentValue>>) -> Vec<Judgement> {
        let given = |item: ItemCode, value: &Value| {
            let mut current =
                self.view.values.iter().filter(|v| v.round == self.round && v.current);
            current.find(|v| v.item == item && v.value == *value)
        };
        let repeats = repeats(&self.catalogue);
        // What is typed as a repeat is one of whatever stands on the form.
        let is_typed = |item: &ItemCode| {
            let values = all.get(item).map(Vec::as_slice).unwrap_or_default();
            values.iter().any(|v| given(*item, &v.value).is_none())
        };
        let measured = all.iter().map(|(item, values)| {
            let is_repeated = repeats.get(item).is_some_and(|later| later.iter().any(is_typed));
            let each = values.iter().map(|v| {
                let given = given(*item, &v.value);
                Measured {
                    value: &v.value,
                    own: given.and_then(|given| given.own.as_ref()?.ends),
                    is_unrepeated: !is_repeated && given.is_some_and(|given| given.is_unrepeated),
                }
            });
            (*item, each.collect())
        });
        judge_measured(&self.catalogue, &self.subject, &measured.collect())
    }

    /// What stands, one value an item: enough to know what is to be asked.
    pub fn answers(&self) -> Answers {
        answers(&self.standing())
    }
}

impl Opened {
    pub(super) fn sitting(
        &self,
        today: &Today,
        person: &str,
        station: &str,
    ) -> Result<Sitting, Failure> {
        let station = Catalogue::builtin().station_by_key(station);
        let station = station.ok_or(Failure::new(Code::StationUnknown))?;
        let store = self.home.store();
        let view = store.person(person_id(person)?).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let current = store.current(today.round.id, view.person).map_err(failed)?;
        let subject = Subject {
            kind: view.kind_at(today.round.id, &today.unit),
            sex: view.details.sex,
            birth: view.details.birth,
            day: today.day,
        };
        let consent = self.consent_of(Some(today), &view)?;
        let closed = domain::consent::closed(Catalogue::builtin(), consent.as_ref());
        let round = today.round.id;
        let catalogue = today.round.in_force();
        Ok(Sitting {
            person: view.person,
            view,
            station,
            current,
            subject,
            catalogue,
            closed,
            round,
        })
    }

    pub(super) fn form(&self, ask: &FormAsk) -> Result<FormView, Failure> {
        let today = self.today()?;
        let sitting = self.sitting(&today, &ask.person, &ask.station)?;
        let catalogue = &*sitting.catalogue;
        let store = self.home.store();
        let rounds = store.rounds().map_err(failed)?;
        let units = store.units().map_err(failed)?;
        let package = catalogue.package(sitting.subject.kind);
        let grade = super::rows::grade_of(&sitting.view, Some(&today));
        let mut asked = catalogue.asked_in_grade(&sitting.subject, grade, &sitting.answers());
        // What has an answer is shown, asked of that school year or not.
        asked.extend(sitting.current.keys());
        let (mut items, mut refused) = (Vec::new(), Vec::new());
        for code in &sitting.station.items {
            let Some(item) = catalogue.item(*code).filter(|_| asked.contains(code)) else {
                continue;
            };
            if sitting.closed.contains(code) {
                refused.push(item.name_zh.clone());
                continue;
            }
            let of_item = || sitting.view.values.iter().filter(|v| v.item == *code && v.current);
            let cell = |value: &store::ValueView| {
                let round = rounds.iter().find(|round| round.id == value.round);
                value_cell(item, value, &sitting.view, round, &units)
            };
            let earlier = of_item().filter(|v| v.round != today.round.id && v.value.is_present());
            items.push(FormItem {
                item: item.key.clone(),
                is_mandatory: package.items.contains(code),
                current: once(of_item().filter(|v| v.round == today.round.id).map(cell)),
                last: earlier.max_by_key(|v| v.day).map(cell),
            });
        }
        let references = sitting.station.items.iter().filter_map(|item| sitting.current.get(item));
        let mut saw: Vec<String> =
            references.flatten().map(|(_, entry)| office::print_reference(entry)).collect();
        saw.sort();
        saw.dedup();
        let findings = sitting.judge(&sitting.standing());
        let mut proposed = super::proposal::proposed(&sitting.answers(), &findings);
        proposed.retain(|one| items.iter().any(|item| item.item == one.item));
        Ok(FormView {
            proposed,
            row: self.row(sitting.person, Some(&today))?,
            station: sitting.station.key.clone(),
            items,
            refused,
            saw,
            draft: self.draft_of(&sitting.view.person.0.to_string(), &ask.station)?,
            recheck: recheck(&sitting, &findings, &sitting.standing()),
            still: super::repeat::still(sitting.station, &findings, &sitting.standing())
                .map(Box::new),
        })
    }

    pub(super) fn judge(&self, ask: &JudgeAsk) -> Result<Judged, Failure> {
        let today = self.today()?;
        let sitting = self.sitting(&today, &ask.person, &ask.station)?;
        Ok(judged(&sitting, &ask.values))
    }
}

/// What was typed, read: the value, or why it is none.
pub(super) fn typed_value(item: &Item, typed: &Typed) -> Option<Result<Value, &'static str>> {
    if let Some(reason) = &typed.absent {
        let known = AbsentReason::ALL.iter().find(|known| absent_word(**known) == reason);
        return Some(known.map(|reason| Value::Absent(*reason)).ok_or("value_unreadable"));
    }
    if typed.text.trim().is_empty() {
        return None;
    }
    // 。is what a Chinese keyboard gives for a decimal point.
    let text = typed.text.replace(['。', '．', '｡'], ".");
    Some(value_of(item, &text))
}

/// Values typed over what stands: what the person's results would be.
pub(super) fn with_typed(
    sitting: &Sitting,
    values: &[Typed],
) -> BTreeMap<ItemCode, Vec<CurrentValue>> {
    let catalogue = Catalogue::builtin();
    let mut all = sitting.standing();
    for typed in values {
        let Some(item) = catalogue.item_by_key(&typed.item) else { continue };
        if let Some(Ok(value)) = typed_value(item, typed)
            && check(catalogue, &sitting.subject, item, &value) != Band::Impossible
        {
            all.insert(item.code, vec![CurrentValue { value, unusual: typed.confirmed }]);
        }
    }
    all
}

/// The values typed without those of questions that are not asked, and a sentence for each of these. Why there is no
/// value may be said of any question that the family did not refuse.
pub(super) fn asked_only(sitting: &Sitting, values: &[Typed]) -> (Vec<Typed>, Vec<String>) {
    let catalogue = Catalogue::builtin();
    let answered = answers(&with_typed(sitting, values));
    let (mut kept, mut words) = (Vec::new(), Vec::new());
    for typed in values {
        let item = catalogue.item_by_key(&typed.item);
        if let Some(item) = item.filter(|item| sitting.closed.contains(&item.code)) {
            words.push(format!("{}：家长不同意，没有保存", item.name_zh));
            continue;
        }
        let hidden = item.filter(|item| {
            let is_value =
                matches!(typed_value(item, typed), Some(Ok(value)) if value.is_present());
            is_value && !is_asked_now(catalogue, item, &answered)
        });
        match hidden {
            None => kept.push(typed.clone()),
            Some(item) => words.push(format!("{}：前面的回答不问这一项，没有保存", item.name_zh)),
        }
    }
    (kept, words)
}

/// Values that stand although another answer closes their question: never taken away by themselves.
pub(super) fn against_answers(answers: &Answers) -> Vec<String> {
    let catalogue = Catalogue::builtin();
    let present = answers.iter().filter(|(_, value)| value.is_present());
    let sentence = |(code, _): (&ItemCode, &Value)| {
        let item = catalogue.item(*code)?;
        let gate = closed_by(catalogue, item, answers)?;
        let answer = answers.get(&gate.code).map(|value| print_value(gate, value));
        let answer = answer.unwrap_or_default();
        Some(format!("{}：与“{}：{answer}”矛盾，请作废或更正", item.name_zh, gate.name_zh))
    };
    present.filter_map(sentence).collect()
}

/// Bands, likely slips and classes of the values typed.
pub(super) fn judged(sitting: &Sitting, values: &[Typed]) -> Judged {
    let catalogue = &*sitting.catalogue;
    let all = with_typed(sitting, values);
    let findings = sitting.judge(&all);
    let plain: BTreeMap<ItemCode, Value> = all
        .iter()
        .filter_map(|(item, values)| Some((*item, values.first()?.value.clone())))
        .collect();
    let together = check_together(catalogue, &sitting.subject, &plain);
    let verdict = |typed: &Typed| {
        let item = catalogue.item_by_key(&typed.item)?;
        Some(item_verdict(sitting, item, typed, &together, &findings))
    };
    Judged {
        items: values.iter().filter_map(verdict).collect(),
        derived: computed(sitting, &plain),
        recheck: recheck(sitting, &findings, &all),
        still: super::repeat::still(sitting.station, &findings, &all),
    }
}

fn item_verdict(
    sitting: &Sitting,
    item: &Item,
    typed: &Typed,
    together: &[check::CheckProblem],
    findings: &[Judgement],
) -> ItemVerdict {
    let catalogue = Catalogue::builtin();
    let mut verdict = ItemVerdict {
        item: item.key.clone(),
        band: BandWord::Fine,
        text: String::new(),
        suggestion: None,
        class_text: String::new(),
        level: String::new(),
    };
    let value = match typed_value(item, typed) {
        None => return ItemVerdict { band: BandWord::Empty, ..verdict },
        Some(Err(_)) => {
            verdict.band = BandWord::Impossible;
            verdict.text = "读不出这个数值，请重新输入".to_owned();
            return verdict;
        }
        Some(Ok(value)) => value,
    };
    verdict.suggestion = suggestion(sitting, item, &value);
    match check(catalogue, &sitting.subject, item, &value) {
        Band::Fine => {}
        Band::Unusual => {
            verdict.band = BandWord::Unusual;
            verdict.text = "少见的数值，核对无误请再按一次回车".to_owned();
        }
        Band::Impossible => {
            verdict.band = BandWord::Impossible;
            verdict.text = impossible_zh(&value).to_owned();
            return verdict;
        }
    }
    if let Some(problem) = together.iter().find(|problem| problem.item == item.code) {
        verdict.band = BandWord::Unusual;
        verdict.text = together_zh(problem.code).to_owned();
    }
    // The class as one leaves the field; of several the gravest stands first.
    let is_made_of_it = |of: ItemCode| derived::parts(catalogue, of) == [item.code];
    let of_item = findings.iter().find(|finding| {
        domain::rule::is_abnormal_item(catalogue, std::slice::from_ref(finding), item.code)
            || finding.item.is_some_and(|of| of == item.code || is_made_of_it(of))
    });
    if let Some(finding) = of_item {
        let level = Catalogue::builtin().level(&finding.rule, &finding.code);
        verdict.class_text = level.map(|level| level.name_zh.clone()).unwrap_or_default();
        verdict.level = finding.level.key().to_owned();
    }
    verdict
}

fn suggestion(sitting: &Sitting, item: &Item, value: &Value) -> Option<String> {
    let number = value.number()?;
    let meant = slip::likely(Catalogue::builtin(), &sitting.subject, item, number)?;
    Some(meant.to_string()).filter(|text| parse_value(item, text).is_ok())
}

fn impossible_zh(value: &Value) -> &'static str {
    match value {
        Value::Text(text) if has_blank(text) => "还有空没有填，请填上〔 〕里的内容，或把它删去",
        Value::Text(_) | Value::Number(_) | Value::Choice(_) | Value::Absent(_) => {
            "不可能的数值，不能保存，请重新测量或输入"
        }
    }
}

fn together_zh(code: &str) -> &'static str {
    match code {
        check::SBP_NOT_ABOVE_DBP => "收缩压不高于舒张压，请核对",
        check::PULSE_PRESSURE => "脉压差少见，请核对两个读数",
        check::BMI_UNUSUAL => "身高和体重合起来少见，请核对",
        check::PREGNANT_MAN => "登记为男性，请核对",
        check::CLOSED_BY_ANSWER => "与前面的回答矛盾，请核对",
        check::NOTHING_OPENED_IT => {
            "前面没有体征、初测也没有度数，这里却有：请核对前面的检查和初测"
        }
        check::OTHER_SEX => "与登记的性别不符，请核对",
        _ => "与其他数值不符，请核对",
    }
}

/// What the values would make, of items that have a part at this station: BMI, DMFT, the constitutions.
fn computed(sitting: &Sitting, values: &BTreeMap<ItemCode, Value>) -> Vec<Typed> {
    let catalogue = Catalogue::builtin();
    let typed = |(code, value): (ItemCode, Value)| {
        let of = derived::parts(catalogue, code);
        let item = catalogue.item(code)?;
        if !of.iter().any(|part| sitting.station.items.contains(part)) {
            return None;
        }
        let text = print_value(item, &value);
        Some(Typed { item: item.key.clone(), text, absent: None, confirmed: false })
    };
    derived::derived(catalogue, values).into_iter().filter_map(typed).collect()
}

/// A level A that a repeat on the spot would confirm, while nobody has repeated it; what this station takes comes first.
pub(super) fn recheck(
    sitting: &Sitting,
    findings: &[Judgement],
    values: &BTreeMap<ItemCode, Vec<CurrentValue>>,
) -> Option<RepeatOwed> {
    let judging = (&*sitting.catalogue, &sitting.subject);
    let about = (&sitting.view, sitting.round);
    let owed = super::repeat::owed_here(judging, about, findings, values);
    super::repeat::next(&owed, Some(&sitting.station.key))
}
