//! How two questionnaires of the 65+ are scored: 老年人生活自理能力评估 and the 33 questions of 中医体质辨识. Points,
//! questions and limits are rows of tables; what is asked where is the items' and stations'. Pure: answers in, points out.

use super::load::CatalogueError;
use super::table::Table;
use std::collections::BTreeMap;

const SELF_CARE: &str = "selfcare_65plus.csv";
const TCM: &str = "tcm_constitution_33.csv";
/// The numbers that these tables print in words.
const IN_WORDS: &str = "limits_in_words.csv";
/// The options of selfcare_65plus.csv and the keys of the items' choices.
const OPTIONS: [(&str, &str); 4] = [
    ("independent", "可自理"),
    ("mild", "轻度依赖"),
    ("moderate", "中度依赖"),
    ("dependent", "不能自理"),
];
/// The constitution that is not 偏颇; others count against it.
const BALANCED: &str = "平和质";
/// Marks a question that is scored backwards.
const BACKWARDS: &str = "(反)";
/// The grades of self-care in limits_in_words.csv, gravest last.
const GRADES: [(&str, &str); 4] = [
    ("independent", "可自理 from"),
    ("mild", "轻度依赖 from"),
    ("moderate", "中度依赖 from"),
    ("dependent", "不能自理 from"),
];
/// The number of questions, and their highest answer.
pub const TCM_QUESTIONS: usize = 33;
const ANSWER_MAX: u16 = 5;

/// A part of self-care with the points of its options, by the keys of choices.
type Part = (String, BTreeMap<&'static str, u16>);
/// A constitution with its questions, counted from 0, and whether each counts backwards.
type Questions = (String, Vec<(usize, bool)>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scales {
    /// The five parts of self-care in the table's order, the points of each option.
    self_care: Vec<Part>,
    /// From so many points the grade is this.
    grades: Vec<(u16, &'static str)>,
    /// The questions of each constitution, counted from 0, with whether they count backwards.
    constitutions: Vec<Questions>,
    limits: TcmLimits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TcmLimits {
    yes_from: u16,
    tends_from: u16,
    balanced_from: u16,
    balanced_others_max: u16,
    nearly_others_max: u16,
}

/// What the questions say of one constitution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constitution {
    pub name_zh: String,
    pub points: u16,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// 是
    Yes,
    /// 倾向是; of 平和质 基本是
    Tends,
    /// 否
    No,
}

impl Verdict {
    /// Of its choice in the catalogue and its word in a template.
    pub fn key(self) -> &'static str {
        match self {
            Verdict::Yes => "yes",
            Verdict::Tends => "tends",
            Verdict::No => "no",
        }
    }

    /// As the form prints it.
    pub fn zh(self, name_zh: &str) -> &'static str {
        match self {
            Verdict::Yes => "是",
            Verdict::Tends if name_zh == BALANCED => "基本是",
            Verdict::Tends => "倾向是",
            Verdict::No => "否",
        }
    }
}

impl Scales {
    /// The parts of self-care (进餐, 梳洗 ...) in the order answers are given in.
    pub fn self_care_parts(&self) -> impl Iterator<Item = &str> {
        self.self_care.iter().map(|(part, _)| part.as_str())
    }

    /// The points of the answers, one a part, each the key of a choice (`independent`, `mild` ...). `None` where one is
    /// missing or the part has no such option.
    pub fn self_care_points(&self, answers: &[&str]) -> Option<u16> {
        if answers.len() != self.self_care.len() {
            return None;
        }
        let parts = self.self_care.iter().zip(answers);
        parts.map(|((_, points), answer)| points.get(answer).copied()).sum()
    }

    /// The grade of so many points by its key (`independent`, `mild` ...).
    pub fn self_care_grade(&self, points: u16) -> Option<&'static str> {
        self.grades.iter().rev().find(|(from, _)| points >= *from).map(|(_, grade)| *grade)
    }

    /// Whether there is a constitution of this name.
    pub fn has_constitution(&self, name_zh: &str) -> bool {
        self.constitutions.iter().any(|(name, _)| name == name_zh)
    }

    /// The nine constitutions from the 33 answers of 1 to 5, 平和质 last. `None` for an answer that is none.
    pub fn constitutions(&self, answers: &[u16; TCM_QUESTIONS]) -> Option<Vec<Constitution>> {
        if answers.iter().any(|answer| *answer < 1 || *answer > ANSWER_MAX) {
            return None;
        }
        let points = |questions: &[(usize, bool)]| -> u16 {
            let of = |(at, backwards): &(usize, bool)| {
                if *backwards { ANSWER_MAX + 1 - answers[*at] } else { answers[*at] }
            };
            questions.iter().map(of).sum()
        };
        let mut all: Vec<Constitution> = Vec::new();
        let mut highest_other = 0;
        for (name, questions) in self.constitutions.iter().filter(|(name, _)| name != BALANCED) {
            let points = points(questions);
            highest_other = highest_other.max(points);
            let verdict = if points >= self.limits.yes_from {
                Verdict::Yes
            } else if points >= self.limits.tends_from {
                Verdict::Tends
            } else {
                Verdict::No
            };
            all.push(Constitution { name_zh: name.clone(), points, verdict });
        }
        let (name, questions) = self.constitutions.iter().find(|(name, _)| name == BALANCED)?;
        let points = points(questions);
        let enough = points >= self.limits.balanced_from;
        let verdict = if enough && highest_other <= self.limits.balanced_others_max {
            Verdict::Yes
        } else if enough && highest_other <= self.limits.nearly_others_max {
            Verdict::Tends
        } else {
            Verdict::No
        };
        all.push(Constitution { name_zh: name.clone(), points, verdict });
        Some(all)
    }

    pub(super) fn read(tables: &[Table]) -> Result<Option<Scales>, CatalogueError> {
        let find = |name: &str| tables.iter().find(|table| table.name == name);
        let (Some(self_care), Some(tcm), Some(words)) =
            (find(SELF_CARE), find(TCM), find(IN_WORDS))
        else {
            return Ok(None);
        };
        let number_of = |limit: &str| number(words, TCM, limit);
        let grades = GRADES.iter().map(|(key, limit)| Ok((number(words, SELF_CARE, limit)?, *key)));
        Ok(Some(Scales {
            self_care: read_self_care(self_care)?,
            grades: grades.collect::<Result<_, CatalogueError>>()?,
            constitutions: read_constitutions(tcm)?,
            limits: TcmLimits {
                yes_from: number_of("偏颇体质 是 from")?,
                tends_from: number_of("偏颇体质 倾向是 from")?,
                balanced_from: number_of("平和质 from")?,
                balanced_others_max: number_of("平和质 是 others to")?,
                nearly_others_max: number_of("平和质 基本是 others to")?,
            },
        }))
    }
}

fn number(table: &Table, of_table: &str, limit: &str) -> Result<u16, CatalogueError> {
    let (of, name, value) = (table.column("of")?, table.column("limit")?, table.column("number")?);
    let row = table.rows.iter().find(|row| row[of] == of_table && row[name] == limit);
    let number = row.and_then(|row| row[value].parse().ok());
    number.ok_or_else(|| CatalogueError::new(IN_WORDS, format!("no {limit}")))
}

fn read_self_care(table: &Table) -> Result<Vec<Part>, CatalogueError> {
    let (item, option) = (table.column("item")?, table.column("option")?);
    let score = table.column("score")?;
    let mut parts: Vec<Part> = Vec::new();
    for row in &table.rows {
        let broken = || CatalogueError::new(SELF_CARE, format!("row {}", row[item]));
        let key = OPTIONS.iter().find(|(_, zh)| *zh == row[option]).map(|(key, _)| *key);
        let key = key.ok_or_else(broken)?;
        let points: u16 = row[score].parse().map_err(|_| broken())?;
        match parts.iter_mut().find(|(part, _)| *part == row[item]) {
            Some((_, options)) => {
                options.insert(key, points);
            }
            None => parts.push((row[item].clone(), BTreeMap::from([(key, points)]))),
        }
    }
    Ok(parts)
}

fn read_constitutions(table: &Table) -> Result<Vec<Questions>, CatalogueError> {
    let (no, used_in) = (table.column("no")?, table.column("used_in")?);
    let mut constitutions: Vec<Questions> = Vec::new();
    for (at, row) in table.rows.iter().enumerate() {
        if row[no].parse() != Ok(at + 1) {
            return Err(CatalogueError::new(TCM, format!("question {}", row[no])));
        }
        for named in row[used_in].split('/') {
            let (name, backwards) = match named.strip_suffix(BACKWARDS) {
                Some(name) => (name, true),
                None => (named, false),
            };
            match constitutions.iter_mut().find(|(one, _)| one == name) {
                Some((_, questions)) => questions.push((at, backwards)),
                None => constitutions.push((name.to_owned(), vec![(at, backwards)])),
            }
        }
    }
    if table.rows.len() != TCM_QUESTIONS || constitutions.len() != 9 {
        return Err(CatalogueError::new(TCM, "is not whole".to_owned()));
    }
    Ok(constitutions)
}
