//! Summaries of a village, a township, a school and a district's schools, on a device and the server: totals against a second,
//! slow count of the entries; parts that add up; small cells hidden so that no sum gives them away. Then exports by a template.
#![allow(clippy::unwrap_used)]

use domain::catalogue::Catalogue;
use domain::value::Value;
use field::{Format, Home, Identifiers, RecordOrder, SummaryKind, SummaryOrder, TemplateOrder};
use protocol::{Code, Entry, Fact};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use store::Store;
use stories::cast::{SCHOOL, SEATS, VILLAGE};
use stories::printed::words;
use stories::samples::Sheet;
use stories::team::{District, Tablet, said};

/// Of the samples, every so many.
const EVERY_VILLAGER: usize = 3;
const EVERY_PUPIL: usize = 7;

struct Summed {
    district: District,
    tablet: Tablet,
}

fn summed() -> Summed {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE, district.school.as_str()]);
    said(tablet.home.sync());
    let all = Sheet::measurements();
    let some = |sheet: Sheet, every: usize| Sheet {
        rows: sheet.rows.into_iter().step_by(every).collect(),
        headings: sheet.headings,
    };
    let villagers = some(all.of_place(VILLAGE), EVERY_VILLAGER);
    let unit = all.column("unit");
    // Classes of vision begin at six years (student_form.md): the first grade is left out.
    let older = all.of_place(SCHOOL).filtered(|row| !row[unit].contains("一年级"));
    for sheet in [villagers, some(older, EVERY_PUPIL)] {
        let file = sheet.write(&tablet.folder, "day.csv");
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
    Summed { district, tablet }
}

/// What each person of a unit was found, read from the entries one by one. Nobody's value was put right in this story.
fn told(store: &Store, unit: &str) -> Vec<BTreeMap<String, Value>> {
    let catalogue = Catalogue::builtin();
    let sql = format!(
        "SELECT e.body FROM entry e JOIN unit_key u ON u.unit_no = e.unit_no WHERE u.unit = '{unit}'"
    );
    let bodies = store.read(|tx| tx.rows(&sql, &[], |row| Ok(row.blob(0)?.to_vec()))).unwrap();
    let mut people: BTreeMap<Vec<u8>, BTreeMap<String, Value>> = BTreeMap::new();
    for body in bodies {
        let Ok(entry) = Entry::decode(&body) else { continue };
        let Fact::Save(save) = entry.fact else { continue };
        let person = people.entry(entry.header.person).or_default();
        for result in &save.results {
            let code = domain::ids::ItemCode(u16::try_from(result.item).unwrap());
            let item = catalogue.item(code).unwrap();
            let value = result.value(item.decimals()).unwrap();
            assert!(person.insert(item.key.clone(), value).is_none(), "said twice");
        }
    }
    people.into_values().filter(|found| !found.is_empty()).collect()
}

fn tenths(found: &BTreeMap<String, Value>, item: &str) -> Option<i64> {
    let number = found.get(item)?.number()?;
    Some(number.rescaled(1).unwrap().mantissa)
}

fn float(found: &BTreeMap<String, Value>, item: &str) -> Option<f64> {
    found.get(item)?.number()?.to_string().parse().ok()
}

fn key_of(found: &BTreeMap<String, Value>, item: &str) -> Option<String> {
    let Value::Choice(code) = found.get(item)? else { return None };
    let item = Catalogue::builtin().item_by_key(item).unwrap();
    item.choices().iter().find(|choice| choice.code == *code).map(|choice| choice.key.clone())
}

/// A sheet's lines: group, rate's name, then numerator, denominator, rate and who was left out.
type Lines = BTreeMap<(String, String), [String; 4]>;

fn lines(file: &Path, sheet: usize) -> Lines {
    let bytes = std::fs::read(file).unwrap();
    let workbook = intake::read_workbook("summary.xlsx", &bytes).unwrap();
    let text = |row: &intake::Row, at: usize| row.cell(at).text().into_owned();
    let line =
        |row: &intake::Row| ((text(row, 2), text(row, 1)), [3, 4, 5, 6].map(|at| text(row, at)));
    workbook.sheets[sheet].rows.iter().skip(1).map(line).collect()
}

fn order(summed: &Summed, kind: SummaryKind, unit: &str, shows_small: bool) -> SummaryOrder {
    SummaryOrder {
        kind,
        round: summed.district.round.clone(),
        unit: unit.to_owned(),
        shows_small,
        list_purpose: None,
    }
}

fn made(summed: &Summed, order: &SummaryOrder, name: &str) -> PathBuf {
    let out = summed.tablet.folder.join(name);
    said(summed.tablet.home.summarise(order, &out));
    out
}

fn number(text: &str) -> Option<u64> {
    text.parse().ok()
}

fn check(lines: &Lines, rate: &str, [found, measured, missing]: [usize; 3]) {
    let line = &lines[&("合计".to_owned(), rate.to_owned())];
    let out = if missing == 0 { "0".to_owned() } else { format!("未查 {missing}") };
    assert_eq!(line[0], found.to_string(), "{rate}");
    assert_eq!(line[1], measured.to_string(), "{rate}");
    assert_eq!(line[3], out, "{rate}");
}

#[test]
fn totals_equal_a_slow_count_of_the_entries_parts_add_up_and_small_cells_are_not_to_be_worked_out()
{
    let summed = summed();
    let school = summed.district.school.clone();

    // A village.
    let people = told(summed.tablet.store(), VILLAGE);
    let whole = made(&summed, &order(&summed, SummaryKind::Village, VILLAGE, true), "v.xlsx");
    let found = lines(&whole, 1);
    let protein: Vec<Option<String>> =
        people.iter().map(|one| key_of(one, "urine_protein")).collect();
    let positive =
        protein.iter().flatten().filter(|key| matches!(key.as_str(), "1+" | "2+" | "3+" | "4+"));
    let measured = protein.iter().flatten().count();
    check(&found, "尿蛋白阳性", [positive.count(), measured, people.len() - measured]);
    let sizes = people.iter().filter(|one| float(one, "height_cm").is_some());
    let sizes = sizes.filter(|one| float(one, "weight_kg").is_some()).count();
    let overweight = &found[&("合计".to_owned(), "超重".to_owned())];
    assert_eq!(overweight[1], sizes.to_string());
    let raised = |one: &&BTreeMap<String, Value>| {
        let limit = if key_of(one, "fasting").as_deref() == Some("yes") { 7.0 } else { 11.1 };
        float(one, "glucose_mmol_l").is_some_and(|glucose| glucose >= limit)
    };
    let measured = people.iter().filter(|one| float(one, "glucose_mmol_l").is_some()).count();
    let count = people.iter().filter(raised).count();
    assert!(count > 4, "the samples have too few for this test");
    check(&found, "血糖升高（待复查）", [count, measured, people.len() - measured]);

    // A school.
    let pupils = told(summed.tablet.store(), &school);
    let of_school = made(&summed, &order(&summed, SummaryKind::School, &school, true), "s.xlsx");
    let found = lines(&of_school, 1);
    let eyes = |one: &BTreeMap<String, Value>| {
        Some([tenths(one, "vision_right")?, tenths(one, "vision_left")?])
    };
    let measured: Vec<[i64; 2]> = pupils.iter().filter_map(eyes).collect();
    let low = measured.iter().filter(|[right, left]| right.min(left) < &50).count();
    check(&found, "视力不良", [low, measured.len(), pupils.len() - measured.len()]);

    // Parts add up: sexes, grades, and the three degrees of one rate.
    let grades = lines(&of_school, 2);
    for ((group, rate), line) in &found {
        if group != "合计" {
            continue;
        }
        let sexes = found.iter().filter(|((of, name), _)| of != "合计" && name == rate);
        let sum: u64 = sexes.map(|(_, line)| number(&line[0]).unwrap()).sum();
        assert_eq!(Some(sum), number(&line[0]), "{rate} by sex");
        let parts = grades.iter().filter(|((of, name), _)| !of.contains('　') && name == rate);
        let sum: u64 = parts.map(|(_, line)| number(&line[1]).unwrap()).sum();
        assert_eq!(Some(sum), number(&line[1]), "{rate} by grade");
    }
    let degrees = ["轻度", "中度", "重度"].map(|degree| {
        let name = format!("视力不良（{degree}）");
        number(&found[&("合计".to_owned(), name)][0]).unwrap()
    });
    assert_eq!(degrees.iter().sum::<u64>(), low as u64);

    small_cells(&summed, &school);
    elsewhere(&summed, &school, &of_school);
}

/// What leaves health staff has no small number, and none that sums and differences give away: of each kind.
fn small_cells(summed: &Summed, school: &str) {
    let kinds = [
        (SummaryKind::School, school),
        (SummaryKind::Schools, "431302"),
        (SummaryKind::Village, VILLAGE),
        (SummaryKind::Township, &VILLAGE[..9]),
    ];
    for (kind, unit) in kinds {
        let [shown, hidden] = [true, false]
            .map(|small| read(&made(summed, &order(summed, kind, unit, small), "h.xlsx")));
        let is_small = |text: &str| number(text).is_some_and(|n| n > 0 && n < 5);
        let smalls = |table: &Table| -> usize {
            let small = |line: &[String; 4]| {
                let out = line[3].split(|c: char| !c.is_ascii_digit());
                is_small(&line[0]) || is_small(&line[1]) || out.into_iter().any(is_small)
            };
            let overview = table.overview.iter().filter(|(_, said)| is_small(said)).count();
            table.lines.values().filter(|line| small(line)).count() + overview
        };
        assert_eq!(smalls(&hidden), 0, "{kind:?}");
        assert!(smalls(&shown) > 0, "control: the whole one of {kind:?} has some");
        let (mut alone, mut seen) = (0, 0);
        for (column, name) in [(0, "numerator"), (1, "denominator")] {
            let rates: std::collections::BTreeSet<&String> =
                shown.lines.keys().map(|(_, rate)| rate).collect();
            for rate in rates {
                let of = |table: &Table, is_hidden: &dyn Fn(&str) -> bool| {
                    let cells = table.lines.iter().filter(|((_, of), _)| of == rate);
                    let cells =
                        cells.map(|((group, _), line)| (group.clone(), is_hidden(&line[column])));
                    cells.collect::<BTreeMap<String, bool>>()
                };
                let cells = of(&hidden, &|text| text == "不显示");
                seen += cells.values().filter(|is_hidden| **is_hidden).count();
                let told = worked_out(&cells);
                assert!(
                    told.is_empty(),
                    "{kind:?} {rate}: the {name} of {told:?} can be worked out"
                );
                // Control: with the small ones alone hidden, some can.
                alone += worked_out(&of(&shown, &is_small)).len();
            }
        }
        assert!(seen > 0 && alone > 0, "control: {kind:?} hides {seen}, and {alone} would be told");
    }
}

/// One file's sheets together.
struct Table {
    overview: BTreeMap<String, String>,
    lines: Lines,
}

fn read(file: &Path) -> Table {
    let bytes = std::fs::read(file).unwrap();
    let workbook = intake::read_workbook("summary.xlsx", &bytes).unwrap();
    let text = |row: &intake::Row, at: usize| row.cell(at).text().into_owned();
    let overview = workbook.sheets[0].rows.iter().map(|row| (text(row, 0), text(row, 1)));
    let sheets = (1..workbook.sheets.len()).flat_map(|at| lines(file, at));
    Table { overview: overview.collect(), lines: sheets.collect() }
}

/// Hidden cells that the sums leave one value: everybody is the sum of the sexes and of the parts of each way of taking apart, a part
/// the sum of its sexes, a sex the sum of that sex of the parts. Solved anew here, in fractions.
fn worked_out(cells: &BTreeMap<String, bool>) -> Vec<String> {
    let way = |group: &str| -> u8 {
        let part = group.split('　').next().unwrap();
        match part {
            "合计" | "男" | "女" | "性别不明" => 0,
            part if part.ends_with("岁") && part.trim_end_matches("岁").parse::<u8>().is_ok() => {
                3
            }
            part if part.contains("岁") || part == "年龄不明" => 1,
            _ => 2,
        }
    };
    let unknown: Vec<&String> =
        cells.iter().filter(|(_, hidden)| **hidden).map(|(g, _)| g).collect();
    let mut sums: Vec<Vec<&String>> = Vec::new();
    let mut sum = |whole: &str, parts: Vec<&'_ String>| {
        if let Some((whole, _)) = cells.get_key_value(whole).filter(|_| !parts.is_empty()) {
            sums.push(
                std::iter::once(whole)
                    .chain(parts.iter().map(|part| cells.get_key_value(*part).unwrap().0))
                    .collect(),
            );
        }
    };
    let parts = |of: u8| cells.keys().filter(move |group| way(group) == of);
    sum("合计", parts(0).filter(|group| *group != "合计").collect());
    for of in 1..=3 {
        sum("合计", parts(of).filter(|group| !group.contains('　')).collect());
        for sex in ["男", "女", "性别不明"] {
            let end = format!("　{sex}");
            sum(sex, parts(of).filter(|group| group.ends_with(&end)).collect());
        }
        for part in parts(of).filter(|group| !group.contains('　')) {
            let begin = format!("{part}　");
            sum(part, parts(of).filter(|group| group.starts_with(&begin)).collect());
        }
    }
    let coefficient =
        |sum: &Vec<&String>, group: &String| match sum.iter().position(|one| *one == group) {
            None => 0.0,
            Some(0) => 1.0,
            Some(_) => -1.0,
        };
    let mut rows: Vec<Vec<f64>> = sums
        .iter()
        .map(|sum| unknown.iter().map(|group| coefficient(sum, group)).collect())
        .collect();
    let mut top = 0;
    for column in 0..unknown.len() {
        let Some(pivot) = (top..rows.len()).find(|row| rows[*row][column].abs() > 1e-9) else {
            continue;
        };
        rows.swap(top, pivot);
        let by = rows[top][column];
        rows[top].iter_mut().for_each(|cell| *cell /= by);
        let with = rows[top].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(at, _)| *at != top) {
            let by = row[column];
            row.iter_mut().zip(&with).for_each(|(cell, other)| *cell -= by * other);
        }
        top += 1;
    }
    let alone = rows.iter().filter_map(|row| {
        let mut told = row.iter().enumerate().filter(|(_, cell)| cell.abs() > 1e-9);
        let (at, _) = told.next()?;
        told.next().is_none().then(|| unknown[at].clone())
    });
    alone.collect()
}

/// The server says the same, also for the township and the district; on paper; and a kind that does not fit is refused.
fn elsewhere(summed: &Summed, school: &str, of_school: &Path) {
    let folder = &summed.tablet.folder;
    let console = summed.district.central.console();
    let there = folder.join("there.xlsx");
    said(console.summarise(&order(summed, SummaryKind::School, school, true), &there));
    // Which follow-ups are due by today hangs on each one's today, and the tablet's clock is this story's: follow_rates.rs counts those.
    let timeless = |file: &Path, sheet: usize| {
        let mut all = lines(file, sheet);
        all.retain(|(_, rate), _| !rate.contains("到期的"));
        all
    };
    for sheet in [1, 2] {
        assert!(lines(&there, sheet).len() > timeless(&there, sheet).len());
        assert_eq!(timeless(of_school, sheet), timeless(&there, sheet));
    }
    for (kind, unit) in [(SummaryKind::Schools, "431302"), (SummaryKind::Township, "431302105")] {
        let out = folder.join("wide.xlsx");
        let made = said(console.summarise(&order(summed, kind, unit, true), &out));
        assert!(made.people > 50);
        let of_whole: u64 = lines(&out, 1)
            .iter()
            .filter(|((group, _), _)| group == "合计")
            .map(|(_, line)| number(&line[1]).unwrap())
            .sum();
        assert!(of_whole > 0);
    }
    let paper = folder.join("school.pdf");
    said(summed.tablet.home.summarise(&order(summed, SummaryKind::School, school, false), &paper));
    let read = words(&paper).replace(' ', "");
    for part in ["学校汇总报告单", "受检率", "主要健康问题", "分母", "不显示", "视力不良", "高一"]
    {
        assert!(read.contains(part), "{part}");
    }
    let refused = summed
        .tablet
        .home
        .summarise(&order(summed, SummaryKind::Village, school, true), &folder.join("no.xlsx"));
    assert_eq!(refused.unwrap_err().code, Code::SummaryUnit);
}

fn by_template(
    home: &Home,
    round: &str,
    template: &str,
    out: &Path,
) -> Result<Vec<Vec<String>>, protocol::Failure> {
    let order = TemplateOrder {
        template: template.to_owned(),
        round: round.to_owned(),
        unit: None,
        format: Format::Csv,
        identifiers: Identifiers::Masked,
    };
    home.export_template(&order, out)?;
    let sheet = Sheet::read(out);
    Ok(std::iter::once(sheet.headings).chain(sheet.rows).collect())
}

#[test]
fn a_template_is_followed_as_it_is_changed_and_a_bad_one_writes_nothing_and_says_what_is_wrong() {
    let summed = summed();
    let (home, folder) = (&summed.tablet.home, &summed.tablet.folder);
    let round = summed.district.round.as_str();
    let out = folder.join("out.csv");
    let rows = by_template(home, round, "pupil_2_1", &out).unwrap();
    let pupils = told(summed.tablet.store(), &summed.district.school);
    assert_eq!(rows.len(), 1 + pupils.len());
    let column = |heading: &str| rows[0].iter().position(|name| name == heading).unwrap();
    let all = |heading: &str| -> Vec<String> {
        let mut cells: Vec<String> =
            rows[1..].iter().map(|row| row[column(heading)].clone()).collect();
        cells.sort();
        cells
    };
    // Against the entries: each column, sorted, is what was recorded.
    let mut heights: Vec<String> = pupils
        .iter()
        .map(|one| match tenths(one, "height_cm") {
            Some(tenths) => format!("{}.{}", tenths / 10, tenths % 10),
            None => String::new(),
        })
        .collect();
    heights.sort();
    assert_eq!(all("身高"), heights);
    let mean = |one: &BTreeMap<String, Value>| {
        let whole = |item: &str| Some(one.get(item)?.number()?.rescaled(0)?.mantissa);
        let [first, second] = ["sbp1_mmhg", "sbp2_mmhg"].map(whole);
        let both = [first, second].into_iter().flatten().collect::<Vec<_>>();
        let count = both.len() as i64;
        if count == 0 {
            String::new()
        } else {
            ((2 * both.iter().sum::<i64>() + count) / (2 * count)).to_string()
        }
    };
    let mut means: Vec<String> = pupils.iter().map(mean).collect();
    means.sort();
    assert_eq!(all("收缩压（两次平均）"), means);
    assert!(all("性别").iter().all(|code| code == "1" || code == "2"));
    assert!(all("年级").iter().all(|code| code.len() == 2), "every grade has its code");
    assert!(all("裸眼视力（右）").contains(&"9".to_owned()), "not measured is 9");
    assert!(all("身份证号").iter().all(|id| id.is_empty() || id.contains('*')), "masked");
    assert!(by_template(home, round, "resident_phis", &out).unwrap().len() > 50);

    // Changed by a coordinator: another heading, another code.
    let text = std::fs::read_to_string(
        stories::repository::root().join("schema/templates/pupil_2_1.json"),
    )
    .unwrap();
    let own = folder.join("own.json");
    let changed = text
        .replace("\"heading\": \"性别\"", "\"heading\": \"XB\"")
        .replace("\"M\": \"1\"", "\"M\": \"男\"");
    std::fs::write(&own, &changed).unwrap();
    let rows = by_template(home, round, own.to_str().unwrap(), &out).unwrap();
    let at = rows[0].iter().position(|name| name == "XB").unwrap();
    assert!(
        rows[1..].iter().any(|row| row[at] == "男") && rows[1..].iter().all(|row| row[at] != "1")
    );

    // A bad one.
    std::fs::write(&own, changed.replace("\"height_cm\"", "\"height_m\"")).unwrap();
    std::fs::remove_file(&out).unwrap();
    let wrong = by_template(home, round, own.to_str().unwrap(), &out).unwrap_err();
    assert_eq!(wrong.code, Code::TemplateInvalid);
    assert!(wrong.zh().contains("height_m") && wrong.zh().contains("列"), "{}", wrong.zh());
    assert!(!out.exists());
    let unknown = by_template(home, round, "nothing", &out).unwrap_err();
    assert_eq!(unknown.code, Code::TemplateUnknown);
    assert!(unknown.zh().contains("pupil_2_1"));
}
