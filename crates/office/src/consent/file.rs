//! A school's list of slips that came back, taken in row by row. A row that is not understood is named with its reason and holds up no
//! other. What a person ticked is never replaced by a file: where the two differ both stand, and the stricter holds.

use super::{entry_of, pupils};
use crate::roster::intake_code;
use crate::{MayWrite, failed};
use domain::catalogue::Catalogue;
use domain::class::{of_cells, same_grade};
use domain::consent::{Consent, Slip};
use domain::identity::normalize;
use domain::ids::{ItemCode, PersonId, RoundId, StationCode, UnitCode};
use intake::{ConsentReturned, read_consents, read_workbook};
use ledger::Reference;
use protocol::fact::ConsentSource;
use protocol::{Code, Entry, Failure, Header};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{StopPerson, Store};

/// In the place of a name: everybody of the class who has no row of their own.
const WHOLE_CLASS: &[&str] = &["全班", "全体", "其余", "其他"];
const GIVEN: &[&str] = &["同意", "全部同意", "是", "√", "✓", "Y", "YES", "1", "已签", "部分同意"];
const REFUSED: &[&str] = &["不同意", "全部不同意", "否", "×", "X", "N", "NO", "0", "拒绝"];
const BLANK: &[&str] = &["", "未交", "未交回", "没交", "缺", "无"];
/// What people write for a station beside its name.
const ALSO_CALLED: &[(&str, &str)] = &[
    ("抽血", "blood"),
    ("验血", "blood"),
    ("胸片", "dr"),
    ("彩超", "ultrasound"),
    ("牙科", "dental"),
];

/// Why a row was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentReason {
    /// Nobody of the school's roster.
    Unknown,
    /// Several of that name.
    Ambiguous,
    /// The answer is not understood.
    Answer,
    /// What is refused is not understood.
    Refused,
    /// The same person twice, saying otherwise.
    Twice,
    /// 全班 of a class that there is not.
    Class,
    /// 全班 of a class of which a row that does not agree could not be told whose it is.
    Unsure,
}

impl ConsentReason {
    pub fn zh(self) -> &'static str {
        match self {
            ConsentReason::Unknown => {
                "本校名单里没有这名学生。请核对姓名、年级和班级，没有的先导入花名册。"
            }
            ConsentReason::Ambiguous => "同名的不止一人。请在这一行写上身份证号或学籍号。",
            ConsentReason::Answer => "看不懂是否同意。请写“同意”或“不同意”，没有交回的空着。",
            ConsentReason::Refused => {
                "看不懂不同意的是哪些项目。请写工位或项目的名称，用顿号隔开。"
            }
            ConsentReason::Twice => "同一名学生写了两行，说法不一样。请问清楚后改成一行。",
            ConsentReason::Class => "“全班”这一行没有写明年级和班级，或没有这个班。请核对。",
            ConsentReason::Unsure => {
                "这个班有一行认不出是谁，写的又不是“同意”。请先把那一行写清楚，“全班”这一行才算。"
            }
        }
    }
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentProblem {
    pub sheet: String,
    /// As the spreadsheet shows it.
    pub row: u32,
    pub reason: ConsentReason,
    pub text: &'static str,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ConsentFileBack {
    pub rows: usize,
    /// Without an answer: nothing was written.
    pub blank: usize,
    /// People whose slip is known now and was not, or said otherwise.
    pub taken: usize,
    /// People of whom the same was said already.
    pub known: usize,
    /// People whose refusal a row of their whole class would have taken back: what stands of them stays.
    pub kept: usize,
    pub problems: Vec<ConsentProblem>,
}

/// Takes a file in about the pupils of one school. `header` says round, day and who acts.
pub fn take_consents(
    store: &mut Store,
    unit: &UnitCode,
    header: &Header,
    (name, bytes): (&str, &[u8]),
    may_write: MayWrite,
) -> Result<ConsentFileBack, Failure> {
    may_write(unit)?;
    let workbook = read_workbook(name, bytes).map_err(|e| Failure::new(intake_code(e)))?;
    let rows = read_consents(&workbook).ok_or(Failure::new(Code::ConsentFileInvalid))?;
    let round = RoundId(header.round);
    let people = pupils(store, round, unit)?;
    let (said, mut back) = said_of(&people, &rows);
    let mut entries: Vec<Entry> = Vec::new();
    for (person, Said { says, is_of_class }) in said {
        let standing = store.slips(round, person).map_err(failed)?;
        if standing.iter().any(|slip| slip.says == says) {
            back.known += 1;
            continue;
        }
        let before: Vec<Consent> = standing.iter().map(|slip| slip.says.clone()).collect();
        if is_of_class && opens(&before, &says) {
            back.kept += 1;
            continue;
        }
        let earlier = standing.iter().filter(|slip| slip.is_of_file);
        let saw: Vec<Reference> = earlier.map(|slip| slip.reference).collect();
        entries.push(entry_of(header, person, &says, ConsentSource::File, &saw));
    }
    back.taken = entries.len();
    if !entries.is_empty() {
        store.append(unit, &entries).map_err(failed)?;
    }
    Ok(back)
}

/// What a file says of one person.
struct Said {
    says: Consent,
    /// By the row of their class, none of their own.
    is_of_class: bool,
}

impl Said {
    fn of_class(says: &Consent) -> Said {
        Said { says: says.clone(), is_of_class: true }
    }
}

/// Whether something that is refused would not be any more.
fn opens(standing: &[Consent], says: &Consent) -> bool {
    let cat = Catalogue::builtin();
    !Consent::strictest(standing).closed(cat).is_subset(&says.closed(cat))
}

/// What the rows say of whom. A row of a whole class speaks of those who have none of their own, answered or not.
fn said_of(
    people: &[StopPerson],
    rows: &[ConsentReturned],
) -> (BTreeMap<PersonId, Said>, ConsentFileBack) {
    let mut back = ConsentFileBack { rows: rows.len(), ..ConsentFileBack::default() };
    let mut problem = |row: &ConsentReturned, reason: ConsentReason| {
        let (sheet, row) = (row.sheet.clone(), row.row);
        back.problems.push(ConsentProblem { sheet, row, reason, text: reason.zh() });
    };
    let mut named: BTreeMap<PersonId, Vec<(&ConsentReturned, Consent)>> = BTreeMap::new();
    let mut spoken_of: BTreeSet<PersonId> = BTreeSet::new();
    let mut classes: Vec<(&ConsentReturned, Consent)> = Vec::new();
    // Classes ("" = of which nobody knows) with somebody who did not agree and whom nobody can name.
    let mut unsure: BTreeSet<String> = BTreeSet::new();
    let mut blank = 0;
    for row in rows {
        let (answer, is_class) = (read_answer(row), WHOLE_CLASS.contains(&row.name.as_str()));
        if !is_class && !matches!(&answer, Ok(Some(says)) if *says == agreed()) {
            // Not understood is not agreed: the class's row does not speak of whoever may be meant.
            let meant = meant(people, row);
            if meant.is_empty() {
                unsure.insert(class_there(people, row));
            }
            spoken_of.extend(meant);
        }
        let says = match answer {
            Ok(says) => says,
            Err(reason) => {
                problem(row, reason);
                continue;
            }
        };
        if is_class {
            classes.extend(says.map(|says| (row, says)));
            continue;
        }
        match (whom(people, row), says) {
            (Err(reason), _) => problem(row, reason),
            (Ok(person), None) => {
                blank += 1;
                spoken_of.insert(person);
            }
            (Ok(person), Some(says)) => {
                spoken_of.insert(person);
                named.entry(person).or_default().push((row, says));
            }
        }
    }
    let mut said: BTreeMap<PersonId, Said> = BTreeMap::new();
    for (person, all) in named {
        match all.iter().find(|(_, says)| *says != all[0].1) {
            Some((row, _)) => problem(row, ConsentReason::Twice),
            None => {
                said.insert(person, Said { says: all[0].1.clone(), is_of_class: false });
            }
        }
    }
    for (row, says) in classes {
        match of_class(people, row, &unsure) {
            Err(reason) => problem(row, reason),
            Ok(of) => {
                let silent = of.filter(|one| !spoken_of.contains(&one.person));
                said.extend(silent.map(|one| (one.person, Said::of_class(&says))));
            }
        }
    }
    back.blank = blank;
    back.problems.sort_by(|a, b| (&a.sheet, a.row).cmp(&(&b.sheet, b.row)));
    (said, back)
}

/// Whom the row of a whole class is about. `unsure`: classes with a row that does not agree and that nobody can name.
fn of_class<'a>(
    people: &'a [StopPerson],
    row: &ConsentReturned,
    unsure: &BTreeSet<String>,
) -> Result<impl Iterator<Item = &'a StopPerson>, ConsentReason> {
    let written = class_key(&row.grade, &row.group);
    let is_written = |one: &&StopPerson| class_of(one) == written || is_joined(one, row, &written);
    let mut classes: Vec<String> = people.iter().filter(is_written).map(class_of).collect();
    classes.sort();
    classes.dedup();
    // 12班 is 一年级 2班 to one and class 12 to another: of two nobody can tell which.
    let [wanted] = classes.as_slice() else { return Err(ConsentReason::Class) };
    if written.is_empty() || wanted.is_empty() {
        return Err(ConsentReason::Class);
    }
    if unsure.iter().any(|of| of.is_empty() || of == wanted) {
        return Err(ConsentReason::Unsure);
    }
    let wanted = wanted.clone();
    Ok(people.iter().filter(move |one| class_of(one) == wanted))
}

/// The class that a row names; "" for one that there is not: it is written wrong, and may be any.
fn class_there(people: &[StopPerson], row: &ConsentReturned) -> String {
    let of = class_key(&row.grade, &row.group);
    if people.iter().any(|one| class_of(one) == of) { of } else { String::new() }
}

/// The plain 同意 of everything.
fn agreed() -> Consent {
    Consent { slip: Slip::Given, stations: BTreeSet::new(), items: BTreeSet::new(), differs: false }
}

/// Everybody a row may be about: the one it names, all of that name where it names several, and where nobody of its class is called
/// so whoever of the school is.
fn meant(people: &[StopPerson], row: &ConsentReturned) -> Vec<PersonId> {
    if let Ok(person) = whom(people, row) {
        return vec![person];
    }
    let (name, class) = (normalize(&row.name), class_key(&row.grade, &row.group));
    let named = || people.iter().filter(|one| normalize(&one.details.name) == name);
    let there: Vec<PersonId> =
        named().filter(|one| is_in(one, row, &class)).map(|one| one.person).collect();
    if there.is_empty() { named().map(|one| one.person).collect() } else { there }
}

/// By ID number or 学籍号, else by name within the class, else by name in the school.
fn whom(people: &[StopPerson], row: &ConsentReturned) -> Result<PersonId, ConsentReason> {
    let only = |is: &dyn Fn(&StopPerson) -> bool| {
        let mut found = people.iter().filter(|one| is(one));
        match (found.next(), found.next()) {
            (Some(one), None) => Some(Ok(one.person)),
            (Some(_), Some(_)) => Some(Err(ConsentReason::Ambiguous)),
            (None, _) => None,
        }
    };
    let (id, no) = (normalize(&row.id_number), normalize(&row.student_no));
    let by_id = |one: &StopPerson| !id.is_empty() && one.details.id_number.as_ref() == Some(&id);
    let by_no = |one: &StopPerson| !no.is_empty() && one.details.student_no.as_ref() == Some(&no);
    if let Some(found) = only(&by_id).or_else(|| only(&by_no)) {
        return found;
    }
    if !id.is_empty() || !no.is_empty() {
        // A number that nobody has: a name beside it would be a guess.
        return Err(ConsentReason::Unknown);
    }
    let name = normalize(&row.name);
    let class = class_key(&row.grade, &row.group);
    let is_named = |one: &StopPerson| normalize(&one.details.name) == name;
    let found = match class.is_empty() {
        true => only(&is_named),
        false => only(&|one| is_named(one) && is_in(one, row, &class)),
    };
    found.unwrap_or(Err(ConsentReason::Unknown))
}

/// Without a year the class alone is compared.
fn is_in(one: &StopPerson, row: &ConsentReturned, class: &str) -> bool {
    class == class_of(one) || is_joined(one, row, class)
}

/// Year and class in one cell with nothing between them (高一3班), or the class without its year.
fn is_joined(one: &StopPerson, row: &ConsentReturned, class: &str) -> bool {
    let group = one.group.as_deref().unwrap_or_default();
    let is_alone = row.grade.trim().is_empty() && !class.is_empty() && !class.contains('.');
    is_alone && (class == class_key("", group) || class == class_of(one).replace('.', ""))
}

fn class_of(one: &StopPerson) -> String {
    class_key(one.grade.as_deref().unwrap_or_default(), one.group.as_deref().unwrap_or_default())
}

/// 四年级 2班, 四年级二班, 四（2）: the same class, `4.2`; 初中一(2)班, 初1 2 and 七(2)班: `7.2`. 12班 without a year is no class of the first.
fn class_key(grade: &str, group: &str) -> String {
    let read = of_cells(grade, group);
    let grade = read.grade.as_deref().map(same_grade).unwrap_or_default();
    let group = read.class.unwrap_or_default();
    let between = if grade.is_empty() { "" } else { "级" };
    let text: Vec<char> = normalize(&format!("{grade}{between}{group}")).chars().collect();
    let mut key = String::new();
    for (at, char) in text.iter().enumerate() {
        let is_after = at > 0 && digit(text[at - 1]).is_some();
        let is_before = text.get(at + 1).is_some_and(|next| digit(*next).is_some());
        match char {
            '级' | '(' | '（' if key.is_empty() || key.ends_with('.') => {}
            '级' | '(' | '（' => key.push('.'),
            '年' | '班' | ')' | '）' => {}
            // 十二, 二十, 二十三.
            '十' if !is_after => key.push_str(if is_before { "1" } else { "10" }),
            '十' => key.push_str(if is_before { "" } else { "0" }),
            other => key.push(digit(*other).unwrap_or(*other)),
        }
    }
    key.trim_end_matches('.').to_owned()
}

fn digit(char: char) -> Option<char> {
    let at = "一二三四五六七八九".chars().position(|one| one == char)?;
    char::from_digit(at as u32 + 1, 10)
}

/// What a row says; `None` where no slip came back.
fn read_answer(row: &ConsentReturned) -> Result<Option<Consent>, ConsentReason> {
    let (answer, refused) = (normalize(&row.answer), refused_of(&row.refused)?);
    let is = |words: &[&str]| words.contains(&answer.as_str());
    let slip = if is(GIVEN) {
        Slip::Given
    } else if is(REFUSED) {
        // 不同意 beside what is refused is said of that alone.
        if refused.0.is_empty() && refused.1.is_empty() { Slip::Refused } else { Slip::Given }
    } else if is(BLANK) {
        if refused.0.is_empty() && refused.1.is_empty() {
            return Ok(None);
        }
        // Something is refused and nobody says that the rest is agreed to.
        return Err(ConsentReason::Answer);
    } else {
        return Err(ConsentReason::Answer);
    };
    if answer == "部分同意" && refused.0.is_empty() && refused.1.is_empty() {
        return Err(ConsentReason::Refused);
    }
    Ok(Some(Consent { slip, stations: refused.0, items: refused.1, differs: false }))
}

/// Stations and items by name.
fn refused_of(text: &str) -> Result<(BTreeSet<StationCode>, BTreeSet<ItemCode>), ConsentReason> {
    let catalogue = Catalogue::builtin();
    let (mut stations, mut items) = (BTreeSet::new(), BTreeSet::new());
    let is_between = |char: char| "、，,；;/ \n\t".contains(char);
    for word in text.split(is_between).map(normalize).filter(|word| !word.is_empty()) {
        let called = ALSO_CALLED.iter().find(|(also, _)| normalize(also) == word);
        let station = match called {
            Some((_, key)) => catalogue.station_by_key(key),
            None => catalogue.stations.iter().find(|s| normalize(&s.name_zh) == word),
        };
        if let Some(station) = station {
            stations.insert(station.code);
            continue;
        }
        let is_item = |item: &&domain::catalogue::Item| {
            normalize(&item.name_zh) == word || normalize(&item.short_zh) == word
        };
        let before = items.len();
        items.extend(catalogue.items.iter().filter(is_item).map(|item| item.code));
        if items.len() == before {
            return Err(ConsentReason::Refused);
        }
    }
    Ok((stations, items))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(answer: &str, refused: &str) -> ConsentReturned {
        let (answer, refused) = (answer.to_owned(), refused.to_owned());
        ConsentReturned { answer, refused, ..ConsentReturned::default() }
    }

    #[test]
    fn an_answer_is_what_people_write_and_nothing_is_guessed() {
        let check = |answer: &str, refused: &str, expected: Result<Option<&str>, ConsentReason>| {
            let read = read_answer(&row(answer, refused));
            let words = read.map(|says| says.map(|says| says.zh(Catalogue::builtin())));
            let expected = expected.map(|zh| zh.map(str::to_owned));
            assert_eq!(words, expected, "{answer} {refused}");
        };
        check("同意", "", Ok(Some("同意")));
        check(" √ ", "", Ok(Some("同意")));
        check("同意", "采血、口腔", Ok(Some("同意，除采血、口腔")));
        check("部分同意", "抽血", Ok(Some("同意，除采血")));
        check("不同意", "口腔", Ok(Some("同意，除口腔")));
        check("同意", "体重", Ok(Some("同意，除体重")));
        check("不同意", "", Ok(Some("全部不同意")));
        check("", "", Ok(None));
        check("未交", "", Ok(None));
        check("部分同意", "", Err(ConsentReason::Refused));
        check("", "采血", Err(ConsentReason::Answer));
        check("再说", "", Err(ConsentReason::Answer));
        check("同意", "打针", Err(ConsentReason::Refused));
        check("同意", "采血、打针", Err(ConsentReason::Refused));
    }

    #[test]
    fn a_class_is_the_same_however_it_is_written() {
        let check = |a: (&str, &str), b: (&str, &str), same: bool| {
            assert_eq!(class_key(a.0, a.1) == class_key(b.0, b.1), same, "{a:?} {b:?}");
        };
        check(("四年级", "2班"), ("四年级", "二班"), true);
        check(("四年级", "2班"), ("", "四（2）班"), true);
        check(("四年级", "2班"), ("4", "2"), true);
        check(("四年级", "2班"), ("四年级", "1班"), false);
        check(("四年级", "2班"), ("五年级", "2班"), false);
        check(("四年级", "2班"), ("", "四年级（2）班"), true);
        check(("一年级", "2班"), ("", "12班"), false);
        check(("", "12班"), ("", "十二班"), true);
        check(("高一", "23班"), ("高一", "二十三班"), true);
        check(("初一", "2班"), ("初中一年级", "2"), true);
        check(("初一", "2班"), ("", "初1（2）班"), true);
        check(("初一", "2班"), ("初中1", "２"), true);
        check(("初一", "2班"), ("初2", "2班"), false);
        check(("初一", "2班"), ("一年级", "2班"), false);
        check(("初一", "2班"), ("", "七2班"), true);
        check(("高一", "2班"), ("十年级", "2班"), true);
        check(("2023级", "1班"), ("2024级", "1班"), false);
        check(("高一", "10班"), ("高一", "十班"), true);
    }
}
