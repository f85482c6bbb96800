//! From the files of `schema/catalogue` to a `Catalogue`: names become codes, cells become decimals,
//! and whatever contradicts itself is an error here and not a silent rule in a village.

use super::files::{
    AddsFile, CellFile, ChoiceFile, ItemFile, ItemKindFile, ItemsFile, PackageFile, PackagesFile,
    PhrasesFile, RulesFile, ShownIfFile, StationFile, StationsFile, UsualFile, UsualForFile,
};
use super::groups::Groups;
use super::kidney::Kidney;
use super::limit::Limit;
use super::load_phrases::read_phrases;
use super::load_rules::{RuleReader, read_age_settings};
use super::scales::Scales;
use super::table::Table;
use super::{
    Adds, ByGrade, Catalogue, Choice, Item, ItemKind, LevelRow, Package, Rule, ShownIf, Station,
    Usual,
};
use crate::facts::PersonKind;
use crate::grammar::Grammar;
use crate::identity::to_half_width;
use crate::ids::{ItemCode, StationCode};
use crate::rule::Level;
use crate::value::Decimal;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What is wrong in which file of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct CatalogueError {
    pub file: String,
    pub problem: String,
}

impl CatalogueError {
    pub(super) fn new(file: &str, problem: String) -> CatalogueError {
        CatalogueError { file: file.to_owned(), problem }
    }
}

/// The texts a catalogue is loaded from.
#[derive(Debug, Clone)]
pub struct Sources {
    pub items: Cow<'static, str>,
    pub stations: Cow<'static, str>,
    pub packages: Cow<'static, str>,
    pub rules: Cow<'static, str>,
    /// `None` in the catalogues before the phrase book.
    pub phrases: Option<Cow<'static, str>>,
    /// File name and text.
    pub tables: Vec<(&'static str, Cow<'static, str>)>,
}

pub(super) const LEVELS_TABLE: &str = "finding_levels.csv";

impl Catalogue {
    /// Loads and checks a catalogue.
    pub fn load(sources: &Sources) -> Result<Catalogue, CatalogueError> {
        let tables: Result<Vec<Table>, CatalogueError> =
            sources.tables.iter().map(|(name, text)| Table::parse(name, text)).collect();
        let tables = tables?;
        let items_file: ItemsFile = read_json("items.json", &sources.items)?;
        let stations_file: StationsFile = read_json("stations.json", &sources.stations)?;
        let packages_file: PackagesFile = read_json("packages.json", &sources.packages)?;
        let rules_file: RulesFile = read_json("rules.json", &sources.rules)?;
        let phrases_file = sources.phrases.as_ref();
        let phrases_file: Option<PhrasesFile> =
            phrases_file.map(|text| read_json("phrases.json", text)).transpose()?;
        let mut versions = vec![
            items_file.version,
            stations_file.version,
            packages_file.version,
            rules_file.version,
        ];
        versions.extend(phrases_file.as_ref().map(|file| file.version));
        if versions.iter().any(|version| *version != versions[0]) {
            return Err(CatalogueError::new("items.json", "versions differ".to_owned()));
        }
        if items_file.adult_from_years.source.is_empty() || items_file.hard_limits_status.is_empty()
        {
            return Err(CatalogueError::new("items.json", "a source is missing".to_owned()));
        }
        let names = Names::of(&items_file.items);
        let items = read_items(&names, &tables, items_file.items)?;
        let age_settings = read_age_settings(&rules_file.ages)?;
        let mut stations = read_stations(&names, stations_file)?;
        let phrases =
            phrases_file.map(|file| read_phrases(&names, file)).transpose()?.unwrap_or_default();
        for station in &mut stations {
            let mut items = phrases.iter().flat_map(|phrase| &phrase.items);
            station.is_dictated = items.any(|item| station.items.contains(item));
        }
        let packages = read_packages(&names, &items, &stations, packages_file.packages)?;
        let reader = RuleReader {
            tables: &tables,
            names: &names,
            items: &items,
            ages: &age_settings,
            measures: &rules_file.measures,
        };
        let references = reader.references(rules_file.references.as_ref())?;
        let rules: Result<Vec<Rule>, CatalogueError> =
            rules_file.rules.iter().map(|rule| reader.rule(rule)).collect();
        let absent = items_file.absent_words.into_iter();
        let catalogue = Catalogue {
            version: versions[0],
            rules: rules?,
            levels: read_levels(&tables)?,
            absent_words: absent
                .flat_map(|one| one.words.into_iter().map(move |word| (one.reason, word)))
                .collect(),
            pulse_pressure: read_usual(&tables, &items_file.pulse_pressure)?,
            groups: Groups::read(&tables)?,
            adult_from_years: items_file.adult_from_years.years,
            references,
            kidney: Kidney::read(&tables)?,
            scales: Scales::read(&tables)?,
            phrases,
            age_settings,
            items,
            stations,
            packages,
            tables,
        };
        catalogue.validate()?;
        Ok(catalogue)
    }
}

fn read_json<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, CatalogueError> {
    serde_json::from_str(text).map_err(|e| CatalogueError::new(file, e.to_string()))
}

/// Item codes by key.
pub(super) struct Names(Vec<(String, ItemCode)>);

impl Names {
    fn of(items: &[ItemFile]) -> Names {
        Names(items.iter().map(|item| (item.key.clone(), ItemCode(item.code))).collect())
    }

    pub(super) fn code(&self, file: &str, key: &str) -> Result<ItemCode, CatalogueError> {
        let found = self.0.iter().find(|(name, _)| name == key).map(|(_, code)| *code);
        found.ok_or_else(|| CatalogueError::new(file, format!("no item {key}")))
    }

    pub(super) fn codes(
        &self,
        file: &str,
        keys: &[String],
    ) -> Result<Vec<ItemCode>, CatalogueError> {
        keys.iter().map(|key| self.code(file, key)).collect()
    }
}

fn read_items(
    names: &Names,
    tables: &[Table],
    files: Vec<ItemFile>,
) -> Result<Vec<Item>, CatalogueError> {
    let mut items = Vec::new();
    let mut opened = Vec::new();
    let mut graded = Vec::new();
    for mut file in files {
        graded.extend(file.by_grade.take().map(|by| (ItemCode(file.code), by)));
        let on = file.shown_if.take();
        opened.extend(on.map(|on| (ItemCode(file.code), on)));
        items.push(read_item(tables, file)?);
    }
    items.sort_by_key(|item| item.code);
    for (code, on) in opened {
        let shown_if = gate(names, &items, on)?;
        if let Some(item) = items.iter_mut().find(|item| item.code == code) {
            item.shown_if = Some(shown_if);
        }
    }
    for (code, by) in graded {
        if by.source.is_empty() || by.grades.iter().any(|grade| !crate::grade::is_known(grade)) {
            return Err(CatalogueError::new("items.json", format!("by_grade of {}", code.0)));
        }
        let or: Result<Vec<ShownIf>, _> =
            by.or.into_iter().map(|on| gate(names, &items, on)).collect();
        let by_grade = ByGrade { grades: by.grades, or: or? };
        if let Some(item) = items.iter_mut().find(|item| item.code == code) {
            item.by_grade = Some(by_grade);
        }
    }
    Ok(items)
}

fn gate(names: &Names, items: &[Item], on: ShownIfFile) -> Result<ShownIf, CatalogueError> {
    let item = names.code("items.json", &on.item)?;
    Ok(ShownIf { item, choices: choice_codes(items, item, on.is)? })
}

/// The codes of an item's choices by their keys; none named, none given.
fn choice_codes(
    items: &[Item],
    item: ItemCode,
    keys: Option<Vec<String>>,
) -> Result<Vec<u16>, CatalogueError> {
    let of = items.iter().find(|one| one.code == item);
    let code = |key: &String| {
        let choice = of.and_then(|item| item.choice(key)).map(|choice| choice.code);
        choice.ok_or_else(|| CatalogueError::new("items.json", format!("no choice {key}")))
    };
    keys.unwrap_or_default().iter().map(code).collect()
}

/// Room for what a grammar can spell: 25 choices, a date, 52 teeth.
const SEVERAL_CHARS_MAX: u16 = 100;
const DATE_CHARS_MAX: u16 = 10;
const TEETH_CHARS_MAX: u16 = 300;

fn read_item(tables: &[Table], file: ItemFile) -> Result<Item, CatalogueError> {
    let broken = |what: &str| CatalogueError::new("items.json", format!("{}: {what}", file.key));
    let is_choice = |key: &&String| file.choices.iter().any(|choice| choice.key == **key);
    if !file.abnormal.iter().all(|key| is_choice(&key)) {
        return Err(broken("calls abnormal what is no choice of it"));
    }
    let kind = match file.kind {
        ItemKindFile::Number => {
            let limit = |text: &str| Decimal::parse(text).ok_or_else(|| broken("unreadable limit"));
            let limits = file.hard_limits.as_ref();
            ItemKind::Number {
                decimals: file.decimals.ok_or_else(|| broken("needs decimals"))?,
                decimals_shown: file
                    .decimals_shown
                    .ok_or_else(|| broken("needs decimals_shown"))?,
                hard_min: limits.map(|limits| limit(&limits.min)).transpose()?,
                hard_max: limits.map(|limits| limit(&limits.max)).transpose()?,
            }
        }
        ItemKindFile::Choice => ItemKind::Choice { choices: read_choices(&file) },
        ItemKindFile::Text => {
            ItemKind::Text { chars_max: file.chars_max.ok_or_else(|| broken("needs chars_max"))? }
        }
        ItemKindFile::Several => ItemKind::Text { chars_max: SEVERAL_CHARS_MAX },
        ItemKindFile::Date => ItemKind::Text { chars_max: DATE_CHARS_MAX },
        ItemKindFile::Teeth => ItemKind::Text { chars_max: TEETH_CHARS_MAX },
    };
    let grammar = match file.kind {
        ItemKindFile::Several => Grammar::Several(read_choices(&file)),
        ItemKindFile::Date => Grammar::Date,
        ItemKindFile::Teeth => Grammar::Teeth,
        ItemKindFile::Number | ItemKindFile::Choice | ItemKindFile::Text => Grammar::Free,
    };
    let step = file.step.as_ref().map(|text| {
        let step = Decimal::parse(text).filter(|step| step.mantissa > 0);
        step.ok_or_else(|| broken("unreadable step"))
    });
    let usual: Result<Vec<Usual>, CatalogueError> =
        file.usual.iter().map(|usual| read_usual(tables, usual)).collect();
    Ok(Item {
        code: ItemCode(file.code),
        kind,
        derived: file.derived,
        usual: usual?,
        step: step.transpose()?,
        grammar,
        sex: file.sex,
        shown_if: None,
        by_grade: None,
        hint_zh: file.hint_zh,
        asks: match file.asks {
            Some(asks) if asks.source.is_empty() => {
                return Err(broken("asks: a source is missing"));
            }
            asks => asks.map(|asks| asks.of),
        },
        key: file.key,
        name_zh: file.name_zh,
        short_zh: file.short_zh,
        unit_zh: file.unit_zh,
        source: file.source,
    })
}

fn read_choices(file: &ItemFile) -> Vec<Choice> {
    file.choices.iter().map(|choice| read_choice(choice, &file.abnormal)).collect()
}

/// Key, Chinese word and other spellings are all words of a choice, compared in half-width lower case.
fn read_choice(file: &ChoiceFile, abnormal: &[String]) -> Choice {
    let spellings = file.words.iter().chain([&file.key, &file.zh]);
    let words: BTreeSet<String> =
        spellings.map(|word| to_half_width(word).to_lowercase()).collect();
    Choice {
        code: file.code,
        key: file.key.clone(),
        zh: file.zh.clone(),
        words: words.into_iter().collect(),
        exclusive: file.exclusive,
        abnormal: abnormal.contains(&file.key),
    }
}

fn read_usual(tables: &[Table], file: &UsualFile) -> Result<Usual, CatalogueError> {
    let limit = |column: &Option<String>| {
        let cell = |column: &String| CellFile {
            table: file.table.clone(),
            row: file.row.clone(),
            column: column.clone(),
            ..CellFile::default()
        };
        column.as_ref().map(|column| Limit::resolve(tables, &[], &cell(column))).transpose()
    };
    let also_fine: Option<Vec<Decimal>> =
        file.also_fine.iter().map(|text| Decimal::parse(text)).collect();
    Ok(Usual {
        kind: match file.audience {
            UsualForFile::Anyone => None,
            UsualForFile::Resident => Some(PersonKind::Resident),
            UsualForFile::Pupil => Some(PersonKind::Pupil),
        },
        min: limit(&file.min)?,
        max: limit(&file.max)?,
        also_fine: also_fine
            .ok_or_else(|| CatalogueError::new("items.json", "also_fine".to_owned()))?,
    })
}

fn read_stations(names: &Names, file: StationsFile) -> Result<Vec<Station>, CatalogueError> {
    let station = |file: StationFile| {
        Ok(Station {
            code: StationCode(file.code),
            items: names.codes("stations.json", &file.items)?,
            key: file.key,
            name_zh: file.name_zh,
            digit_goes_on: file.digit_goes_on,
            is_dictated: false,
        })
    };
    file.stations.into_iter().map(station).collect()
}

/// The station whose questions do not make a checkup 检查中.
const REGISTER_STATION: &str = "register";

fn read_packages(
    names: &Names,
    items_known: &[Item],
    stations: &[Station],
    files: Vec<PackageFile>,
) -> Result<Vec<Package>, CatalogueError> {
    let register = stations.iter().find(|station| station.key == REGISTER_STATION);
    let registration = register.map(|station| station.items.clone()).unwrap_or_default();
    let mut packages = Vec::new();
    for file in files {
        let items = names.codes("packages.json", &file.mandatory)?;
        let optional = names.codes("packages.json", &file.optional)?;
        let has = |item: &ItemCode| items.contains(item) || optional.contains(item);
        let used = stations.iter().filter(|station| station.items.iter().any(has));
        packages.push(Package {
            stations: used.map(|station| station.code).collect(),
            adds: file.adds.map(|adds| read_adds(names, items_known, adds)).transpose()?,
            key: file.key,
            kind: file.kind,
            name_zh: file.name_zh,
            status: file.status,
            items,
            optional,
            registration: registration.clone(),
        });
    }
    packages.sort_by_key(|package| (package.adds.is_some(), package.kind));
    let rounds = packages.iter().filter(|package| package.adds.is_none());
    let kinds: Vec<PersonKind> = rounds.map(|package| package.kind).collect();
    if kinds != [PersonKind::Resident, PersonKind::Pupil] {
        let problem = "needs one package for each kind of person".to_owned();
        return Err(CatalogueError::new("packages.json", problem));
    }
    Ok(packages)
}

fn read_adds(names: &Names, items: &[Item], file: AddsFile) -> Result<Adds, CatalogueError> {
    let answer = file.answer.map(|answer| {
        let item = names.code("packages.json", &answer.item)?;
        Ok((item, choice_codes(items, item, Some(answer.is))?))
    });
    Ok(Adds {
        from_months: file.age_from_years.map(|years| years * 12),
        below_months: file.age_below_years.map(|years| years * 12),
        age_unknown: file.age_unknown,
        answer: answer.transpose()?,
    })
}

fn read_levels(tables: &[Table]) -> Result<Vec<LevelRow>, CatalogueError> {
    let missing = || CatalogueError::new(LEVELS_TABLE, "missing".to_owned());
    let table = tables.iter().find(|table| table.name == LEVELS_TABLE).ok_or_else(missing)?;
    let names = ["rule", "code", "name_zh", "level", "after_recheck", "due_days", "action_zh"];
    let columns: Result<Vec<usize>, CatalogueError> =
        names.iter().map(|name| table.column(name)).collect();
    let columns = columns?;
    // Released catalogues have no words for the person: a report prints by the catalogue in use.
    let to_person = ["person_zh", "where_zh", "to_person_zh"].map(|name| table.column(name).ok());
    let mut levels = Vec::new();
    for row in &table.rows {
        let cell = |at: usize| row[columns[at]].as_str();
        let [person_zh, where_zh, to_person_zh] =
            to_person.map(|at| at.map(|at| row[at].clone()).unwrap_or_default());
        let broken = || CatalogueError::new(LEVELS_TABLE, format!("row {} {}", cell(0), cell(1)));
        let due_days = match cell(5) {
            "" => None,
            days => Some(days.parse().map_err(|_| broken())?),
        };
        levels.push(LevelRow {
            rule: cell(0).to_owned(),
            code: cell(1).to_owned(),
            name_zh: cell(2).to_owned(),
            level: Level::parse(cell(3)).ok_or_else(broken)?,
            after_recheck: match cell(4) {
                "yes" => true,
                "no" => false,
                _ => return Err(broken()),
            },
            due_days,
            action_zh: cell(6).to_owned(),
            person_zh,
            where_zh,
            to_person_zh,
        });
    }
    Ok(levels)
}
