//! Every row of `schema/summary/indicators.csv` and the overview, in each of the four kinds of summary: numerator, denominator and who
//! was left out against a second, slow count made from the entries alone, for everybody and for each sex. The file is read anew
//! here; nothing of the summary's own reading or counting is used. Follow-up that somebody did: `follow_rates`.
#![allow(clippy::unwrap_used)]

use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::check::Subject;
use domain::facts::{PersonKind, Sex};
use domain::identity::person_id_of_row;
use domain::ids::{ItemCode, PersonId};
use domain::rule::{Judgement, Level, judge};
use domain::value::{AbsentReason, Value};
use field::{RecordOrder, SummaryKind, SummaryOrder};
use protocol::convert::day_date;
use protocol::{Entry, Fact};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use store::Store;
use stories::cast::{SCHOOL, SEATS, VILLAGE};
use stories::samples::Sheet;
use stories::team::{District, Tablet, said};

const EVERY: usize = 3;

struct Person {
    kind: PersonKind,
    unit: String,
    sex: Option<Sex>,
    birth: Option<NaiveDate>,
    day: NaiveDate,
    values: BTreeMap<ItemCode, Value>,
    found: Vec<Judgement>,
}

/// On a list: unit, kind, sex.
type Listed = BTreeMap<(String, PersonId), (PersonKind, Option<Sex>)>;

struct Told {
    people: BTreeMap<PersonId, Person>,
    listed: Listed,
}

/// Reads every entry of a store, one by one.
fn told(store: &Store) -> Told {
    let catalogue = Catalogue::builtin();
    let sql = "SELECT u.unit, e.body FROM entry e JOIN unit_key u ON u.unit_no = e.unit_no";
    let rows = store
        .read(|tx| tx.rows(sql, &[], |row| Ok((row.text(0)?.to_owned(), row.blob(1)?.to_vec()))))
        .unwrap();
    let mut told = Told { people: BTreeMap::new(), listed: BTreeMap::new() };
    for (unit, body) in rows {
        let Ok(entry) = Entry::decode(&body) else { continue };
        match entry.fact {
            Fact::Roster(roster) => {
                let seed: [u8; 16] = roster.seed.as_slice().try_into().unwrap();
                for (at, row) in roster.rows.iter().enumerate() {
                    let person = match uuid::Uuid::from_slice(&row.person) {
                        Ok(id) => PersonId(id),
                        Err(_) => person_id_of_row(&seed, u32::try_from(at).unwrap()),
                    };
                    let kind = if row.kind == 2 { PersonKind::Pupil } else { PersonKind::Resident };
                    let sex = match row.details.as_ref().unwrap().sex {
                        1 => Some(Sex::M),
                        2 => Some(Sex::F),
                        _ => None,
                    };
                    told.listed.insert((unit.clone(), person), (kind, sex));
                }
            }
            Fact::Save(save) => {
                let person = PersonId(uuid::Uuid::from_slice(&entry.header.person).unwrap());
                let details = store.person(person).unwrap().unwrap().details;
                let kind =
                    if unit.contains('S') { PersonKind::Pupil } else { PersonKind::Resident };
                let day = entry.header.day.and_then(day_date).unwrap();
                let new = || Person {
                    kind,
                    unit: unit.clone(),
                    sex: details.sex,
                    birth: details.birth,
                    day,
                    values: BTreeMap::new(),
                    found: Vec::new(),
                };
                let one = told.people.entry(person).or_insert_with(new);
                for result in &save.results {
                    let code = ItemCode(u16::try_from(result.item).unwrap());
                    let decimals = catalogue.item(code).unwrap().decimals();
                    one.values.insert(code, result.value(decimals).unwrap());
                }
            }
            _ => {}
        }
    }
    // What is asked at the desk makes nobody examined, nor does a reason alone.
    let desk = ["known_hypertension", "known_diabetes", "on_medication", "pregnant"];
    let desk = desk.map(|key| catalogue.item_by_key(key).unwrap().code);
    told.people.retain(|_, one| {
        one.values.iter().any(|(item, value)| value.is_present() && !desk.contains(item))
    });
    for one in told.people.values_mut() {
        let subject = Subject { kind: one.kind, sex: one.sex, birth: one.birth, day: one.day };
        one.found = judge(catalogue, &subject, &one.values);
    }
    told
}

impl Person {
    fn value(&self, key: &str) -> Option<&Value> {
        let item = Catalogue::builtin().item_by_key(key).unwrap_or_else(|| panic!("no item {key}"));
        self.values.get(&item.code).filter(|value| value.is_present())
    }

    fn has_class(&self, class: &str) -> bool {
        match class.split_once(':').unwrap() {
            ("level", level) => {
                let worst = self.found.iter().map(|one| one.level).max();
                worst == Level::parse(level)
            }
            (rule, code) => self.found.iter().any(|one| one.rule == rule && one.code == code),
        }
    }

    fn answers(&self, answer: &str) -> bool {
        let (key, choice) = answer.split_once('=').unwrap();
        let item = Catalogue::builtin().item_by_key(key).unwrap();
        let code = item.choices().iter().find(|one| one.key == choice).unwrap().code;
        self.value(key) == Some(&Value::Choice(code))
    }

    /// Rounded to whole years as WS/T 610 clause 4.1.1 asks, by months.
    fn months(&self) -> i32 {
        domain::identity::age_months(self.birth.unwrap(), self.day)
    }
}

/// A row of the file.
struct Line {
    cells: Vec<String>,
}

impl Line {
    fn at(&self, column: usize) -> &str {
        &self.cells[column]
    }

    fn is_of(&self, kind: PersonKind) -> bool {
        match self.at(1) {
            "pupil" => kind == PersonKind::Pupil,
            "resident" => kind == PersonKind::Resident,
            _ => true,
        }
    }
}

fn file() -> Vec<Line> {
    let path = stories::repository::root().join("schema/summary/indicators.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|row| !row.starts_with('#')).skip(1);
    rows.map(|row| Line { cells: row.split(',').map(str::to_owned).collect() }).collect()
}

/// Found, measured, left out.
type Three = (usize, usize, usize);

/// One row counted over these people, as the file's own notes say it. `None` where a later test counts it.
fn slow(
    all: &[Line],
    line: &Line,
    told: &Told,
    kind: PersonKind,
    sex: Option<Sex>,
) -> Option<Three> {
    let is_here = |one: &&Person| one.kind == kind && (sex.is_none() || one.sex == sex);
    let people: Vec<&Person> = told.people.values().filter(is_here).collect();
    match line.at(5).split_once(':') {
        Some(("list", _)) => {
            let of = told
                .listed
                .iter()
                .filter(|(_, (of, s))| *of == kind && (sex.is_none() || *s == sex));
            let of: Vec<_> = of.collect();
            // Wherever they were examined: a list counts whoever it names.
            let is_seen = |(_, person): &(String, PersonId)| told.people.contains_key(person);
            let seen = of.iter().filter(|(at, _)| is_seen(at)).count();
            return Some((seen, of.len(), 0));
        }
        Some(("report", _)) => return Some((0, people.len(), 0)),
        Some(("task", _)) => {
            // Nobody followed anything up in this story.
            let count = |level: Level| {
                let rules = |one: &&Person| {
                    let mut worst: BTreeMap<&str, Level> = BTreeMap::new();
                    for found in one.found.iter().filter(|found| found.level >= Level::B) {
                        let of = worst.entry(found.rule.as_str()).or_insert(found.level);
                        *of = (*of).max(found.level);
                    }
                    worst.values().filter(|of| **of == level).count()
                };
                people.iter().map(rules).sum::<usize>()
            };
            return match line.at(7) {
                "task:level_a" => Some((0, count(Level::A), 0)),
                "task:level_b" => Some((0, count(Level::B), 0)),
                "task:grave" => Some((0, count(Level::A) + count(Level::B), 0)),
                "task:due" => None,
                _ => Some((0, 0, 0)),
            };
        }
        Some(_) | None => {}
    }
    let (mut found, mut measured, mut out) = (0, 0, 0);
    for one in people {
        match counts(all, line, one) {
            Some(true) => (found, measured) = (found + 1, measured + 1),
            Some(false) => measured += 1,
            None if is_of_those(all, line, one) => out += 1,
            None => {}
        }
    }
    Some((found, measured, out))
}

/// Among those a rate is of: found in the rate that it names.
fn is_of_those(all: &[Line], line: &Line, one: &Person) -> bool {
    let of = all.iter().find(|other| other.at(0) == line.at(8));
    of.is_none_or(|of| counts(all, of, one) == Some(true))
}

/// Some(found) of who is counted; none of who is left out or not among those.
fn counts(all: &[Line], line: &Line, one: &Person) -> Option<bool> {
    if !is_of_those(all, line, one) {
        return None;
    }
    let (absent, present): (Vec<&str>, Vec<&str>) =
        line.at(5).split_whitespace().partition(|class| class.starts_with('!'));
    let is_found = present.iter().any(|class| one.has_class(class))
        || line.at(6).split_whitespace().any(|answer| one.answers(answer));
    if is_found {
        return Some(true);
    }
    let is_part = |part: &str| match (part.contains(':'), part.contains('=')) {
        (true, _) => one.has_class(part),
        (false, true) => one.answers(part),
        (false, false) => one.value(part).is_some(),
    };
    let is_there = |set: &str| set.split('+').all(|term| term.split('/').any(is_part));
    if !line.at(4).is_empty() && !line.at(4).split('|').any(is_there) {
        return None;
    }
    if line.at(7) == "audience" {
        is_of_audience(line.at(0), one)?;
    } else if !line.at(7).is_empty() {
        one.sex?;
        one.birth?;
        let months = one.months();
        let is_in_table = match line.at(7) {
            // Half years completed, from 6.0; the last row is printed 17.5 to 18.0.
            "wst456" => (72..=216).contains(&months),
            // 7 to 18 years completed.
            "wst612" => (84..228).contains(&months),
            // Rounded to whole years: from six and a half on.
            "wst610" => months >= 78,
            _ => true,
        };
        if !is_in_table {
            return None;
        }
    }
    let is_left_out = |word: &str| match word.strip_prefix('!') {
        Some(answer) => !one.answers(answer),
        None if word.contains(':') => one.has_class(word),
        None => one.answers(word),
    };
    if line.at(11).split_whitespace().any(is_left_out) {
        return None;
    }
    let is_without = !absent.is_empty() && !absent.iter().any(|class| one.has_class(&class[1..]));
    Some(is_without)
}

/// By months alone, as the standards' own words say from when they speak: adults' from 18 years, WS/T 586 from 6.0 to below 18.5, pupils'
/// eyes from 6. None = not of this person.
fn is_of_audience(rate: &str, one: &Person) -> Option<()> {
    // WS/T 404: rows from 20 to 79 years; no person here has a range that a laboratory printed.
    let is_of_404 = matches!(rate, "adult_alt" | "adult_ast" | "adult_creatinine");
    let needs_age = is_of_404 || matches!(rate, "pupil_overweight" | "pupil_obese" | "adult_egfr");
    if needs_age || rate == "adult_central_obesity" {
        one.sex?;
    }
    if one.birth.is_none() {
        return (!needs_age).then_some(());
    }
    let months = match rate {
        "pupil_overweight" | "pupil_obese" => 72..222,
        _ if is_of_404 => 240..960,
        _ if rate.starts_with("pupil_low_vision") || rate == "pupil_myopia" => 72..i32::MAX,
        "adult_bp_raised"
        | "adult_bp_marked"
        | "adult_bp_high_normal"
        | "adult_overweight"
        | "adult_obese"
        | "adult_central_obesity"
        | "adult_egfr" => 216..i32::MAX,
        _ => panic!("no ages of {rate} are written here"),
    };
    months.contains(&one.months()).then_some(())
}

type Shown = BTreeMap<(String, String), [String; 4]>;

fn shown(path: &Path) -> (BTreeMap<String, String>, Shown) {
    let bytes = std::fs::read(path).unwrap();
    let workbook = intake::read_workbook("summary.xlsx", &bytes).unwrap();
    let text = |row: &intake::Row, at: usize| row.cell(at).text().into_owned();
    let overview = workbook.sheets[0].rows.iter().map(|row| (text(row, 0), text(row, 1)));
    let rate =
        |row: &intake::Row| ((text(row, 2), text(row, 1)), [3, 4, 5, 6].map(|at| text(row, at)));
    let rates = workbook.sheets[1].rows.iter().skip(1).map(rate);
    (overview.collect(), rates.collect())
}

fn numbers(text: &str) -> usize {
    let parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    parts.map(|part| part.parse::<usize>().unwrap()).sum()
}

struct Story {
    district: District,
    tablet: Tablet,
}

impl Story {
    fn begin() -> Story {
        let district = District::prepare();
        let mut tablet = district.enrol(&SEATS[0], &[VILLAGE, district.school.as_str()]);
        said(tablet.home.sync());
        let all = Sheet::measurements();
        for place in [VILLAGE, SCHOOL] {
            let sheet = all.of_place(place);
            let rows = sheet.rows.into_iter().step_by(EVERY).collect();
            let some = Sheet { rows, headings: sheet.headings };
            let file = some.write(&tablet.folder, "day.csv");
            let order = RecordOrder {
                round: district.round.clone(),
                station: None,
                unit: None,
                operator: None,
                examiner: None,
            };
            said(tablet.home.record(&order, &file, &mut |_, _| {}));
        }
        said(tablet.home.sync());
        Story { district, tablet }
    }

    /// One kind of summary against the slow count of the server's entries of a unit and below; how many rows say more than nought.
    fn agrees(&self, told: &Told, kind: SummaryKind, unit: &str) -> usize {
        let out = self.tablet.folder.join("one.xlsx");
        let order = SummaryOrder {
            kind,
            round: self.district.round.clone(),
            unit: unit.to_owned(),
            shows_small: true,
            list_purpose: None,
        };
        said(self.district.central.console().summarise(&order, &out));
        let (overview, rates) = shown(&out);
        let told = Told {
            people: told
                .people
                .iter()
                .filter(|(_, one)| one.unit.starts_with(unit))
                .map(|(id, one)| (*id, one.again()))
                .collect(),
            listed: told
                .listed
                .iter()
                .filter(|((of, _), _)| of.starts_with(unit))
                .map(|(at, of)| (at.clone(), *of))
                .collect(),
        };
        let who = kind.who();
        let all = file();
        let mut told_rows = BTreeSet::new();
        for line in all.iter().filter(|line| line.is_of(who)) {
            let sexes = [("合计", None), ("男", Some(Sex::M)), ("女", Some(Sex::F))];
            for (group, sex) in sexes {
                let Some((found, measured, out)) = slow(&all, line, &told, who, sex) else {
                    continue;
                };
                let at = (group.to_owned(), line.at(3).to_owned());
                let Some(cells) = rates.get(&at) else {
                    assert_eq!((found, measured), (0, 0), "{kind:?} {at:?} is not told");
                    continue;
                };
                let counted = (found.to_string(), measured.to_string(), out);
                let said = (cells[0].clone(), cells[1].clone(), numbers(&cells[3]));
                assert_eq!(said, counted, "{kind:?} {at:?} {cells:?}");
                if found > 0 {
                    told_rows.insert(line.at(0).to_owned());
                }
            }
        }
        self.overview(&overview, &told, who);
        told_rows.len()
    }

    fn overview(&self, overview: &BTreeMap<String, String>, told: &Told, who: PersonKind) {
        let expected = told.listed.values().filter(|(kind, _)| *kind == who).count();
        let people: Vec<(&PersonId, &Person)> =
            told.people.iter().filter(|(_, one)| one.kind == who).collect();
        let is_listed =
            |(id, one): &&(&PersonId, &Person)| told.listed.contains_key(&(one.unit.clone(), **id));
        let listed = people.iter().filter(is_listed).count();
        let package = Catalogue::builtin().package(who);
        let (mut whole, mut awaited, mut open) = (0, 0, 0);
        for (_, one) in &people {
            let of: Vec<Option<&Value>> =
                package.items.iter().map(|item| one.values.get(item)).collect();
            let is_awaited = of.contains(&Some(&Value::Absent(AbsentReason::Awaited)));
            match (of.contains(&None), is_awaited) {
                (true, _) => open += 1,
                (false, true) => awaited += 1,
                (false, false) => whole += 1,
            }
        }
        let rate = |part: usize, of: usize| format!("（{part}/{of}）");
        let says = |key: &str, part: String| {
            let (_, said) = overview.iter().find(|(name, _)| name.starts_with(key)).unwrap();
            assert!(said.ends_with(&part), "{key}: {said}, counted {part}");
        };
        says("应检人数", expected.to_string());
        says("实检人数", people.len().to_string());
        says("其中名单内", listed.to_string());
        says("其中名单外", (people.len() - listed).to_string());
        says("受检率", rate(listed, expected));
        says("完整率", rate(whole, people.len()));
        says("其余：待回报", awaited.to_string());
        says("其余：需重采", "0".to_owned());
        says("其余：有未检项目", open.to_string());
    }
}

impl Person {
    fn again(&self) -> Person {
        Person {
            unit: self.unit.clone(),
            values: self.values.clone(),
            found: self.found.clone(),
            ..*self
        }
    }
}

#[test]
fn every_rate_and_the_overview_of_each_kind_of_summary_equal_a_slow_count_of_the_entries() {
    let story = Story::begin();
    let console = story.district.central.console();
    let told = told(console.store());
    let school = story.district.school.clone();
    let kinds = [
        (SummaryKind::Village, VILLAGE, 12),
        (SummaryKind::Township, &VILLAGE[..9], 12),
        (SummaryKind::School, school.as_str(), 12),
        (SummaryKind::Schools, "431302", 12),
    ];
    for (kind, unit, rows) in kinds {
        let said = story.agrees(&told, kind, unit);
        assert!(said >= rows, "control: only {said} rates of {kind:?} have anybody in them");
    }
}
