//! Printed paper of a stop: 日结单, 导检单, labels. From the store to `report::paper`'s facts; what may be shown is decided
//! here: a day sheet masks names, what is handed to a person names that person and masks the ID number.

use crate::app::day_end::{come, station_counts};
use crate::app::stop::{has_conflict, is_complete, list_order, missing_items};
use crate::hex::hex;
use crate::home::{Home, failed};
use crate::stop_line;
use chrono::NaiveDate;
use domain::asked::answers;
use domain::catalogue::{Catalogue, Item, Station};
use domain::check::Subject;
use domain::facts::{PersonKind, Sex};
use domain::identity::{age_years, mask_id, mask_name};
use domain::ids::{ItemCode, PersonId, UnitCode};
use domain::label_code::label_code;
use domain::line::{Arranged, LineTable, arranged};
use domain::rule::Level;
use domain::tube::tube_kinds;
use ledger::Replica;
use office::day_lines::{DEVICE_CHARS, SheetLine, SheetLines};
use office::paper::{
    CardSheet, DaySheet, Fonts, GuidePerson, GuideSheet, GuideStation, Handover, HandoverKind,
    LabelPerson, LabelSize, LeftEarly, OpenFinding, PaperError, PerPage, SeatCard, StationLine,
    StreamLine, TubeLabel, day_sheet, guide_sheets, handover, labels, seat_cards, tube_labels,
};
use protocol::{Code, Failure};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use store::{Round, Setting, StopPerson, UnitProof};

/// People in one file: a large school, some to spare.
const PEOPLE_MAX: usize = 5_000;
/// What stands beside 总检 on a guide sheet.
const TO_THE_DOCTOR: &str = "其他各项做完后来这里";
/// Characters of a chain or a digest on paper: 64 bits.
const DIGEST_CHARS: usize = 16;

/// Sets of tubes in one file: a large stop's.
pub const TUBE_SETS_MAX: u32 = 1_000;
/// Codes of tubes there are: 14 digits, so that a district's 100,000 tubes meet by chance once in ten thousand rounds.
const TUBE_CODES: u64 = 100_000_000_000_000;

/// Items of a station named on a guide sheet.
const ITEMS_NAMED_MAX: usize = 8;

/// Which paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Paper {
    DaySheet,
    /// 送检交接单.
    Handover,
    Guide(PerPage),
    Labels(LabelSize),
    /// 学生卡: a school's pupils by class.
    SeatCards,
    /// Labels for tubes that carry no laboratory's code: so many of the kind named, or of each kind that somebody has to give.
    TubeLabels(LabelSize, u32, Option<u32>),
}

/// The number of a kind of tube, by its key or name.
pub fn tube_kind(named: &str) -> Result<u32, Failure> {
    let kinds = tube_kinds(Catalogue::builtin()).into_iter();
    let mut named = kinds.filter(|kind| kind.key == named || kind.name_zh == named);
    named.next().map(|kind| kind.code).ok_or(Failure::new(Code::TubeKindUnknown))
}

impl Paper {
    /// The beginning of a file's name.
    pub fn word(self) -> &'static str {
        match self {
            Paper::DaySheet => "day-sheet",
            Paper::Handover => "handover",
            Paper::Guide(_) => "guide",
            Paper::Labels(_) => "labels",
            Paper::SeatCards => "seat-cards",
            Paper::TubeLabels(..) => "tube-labels",
        }
    }
}

/// A paper to be printed from the command line.
#[derive(Debug, Clone)]
pub struct PaperOrder {
    pub paper: Paper,
    /// A round's id or unique name.
    pub round: String,
    pub unit: String,
    /// `2026-09-14`; none = today by this device's clock, within the round.
    pub day: Option<String>,
    /// Ids or search texts; none = the stop's roster.
    pub people: Vec<String>,
}

/// What was printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Printed {
    pub file: PathBuf,
    pub bytes: u64,
}

/// The stop a paper is about.
pub(crate) struct Stop<'a> {
    pub round: &'a Round,
    pub unit: &'a UnitCode,
    pub day: NaiveDate,
}

impl Home {
    /// Prints to a file.
    pub fn print(&self, order: &PaperOrder, out: &Path) -> Result<Printed, Failure> {
        let round = self.whole_round(&order.round)?;
        let unit = office::unit_named(&self.store, &order.unit)?;
        let day = match &order.day {
            Some(day) => day.parse().map_err(|_| Failure::at(Code::ValueInvalid, "--day"))?,
            None => self.today_in(&round),
        };
        let people: Result<Vec<PersonId>, Failure> =
            order.people.iter().map(|text| self.person_named(text)).collect();
        let stop = Stop { round: &round, unit: &unit, day };
        let bytes = self.paper(order.paper, &stop, &people?)?;
        office::write_file(out, &bytes)?;
        Ok(Printed { file: out.to_owned(), bytes: bytes.len() as u64 })
    }

    /// A paper in memory, as PDF. `people` is for guide sheets and labels; empty = the stop's roster.
    pub(crate) fn paper(
        &self,
        paper: Paper,
        stop: &Stop,
        people: &[PersonId],
    ) -> Result<Vec<u8>, Failure> {
        let fonts = office::system_fonts()?;
        let bytes = match paper {
            Paper::DaySheet => day_sheet(&fonts, &self.day_sheet(stop)?),
            Paper::Handover => handover(&fonts, &self.handover(stop)?),
            Paper::Guide(per_page) => self.guides(&fonts, stop, people, per_page)?,
            Paper::Labels(size) => {
                let people = self.chosen(stop, people)?;
                let people: Vec<LabelPerson> =
                    people.iter().map(|one| label_person(one, stop.day)).collect();
                labels(&fonts, size, &people)
            }
            Paper::SeatCards => self.seat_cards(&fonts, stop, people)?,
            Paper::TubeLabels(size, sets, kind) => {
                tube_labels(&fonts, size, &self.fresh_tubes(&stop.round.in_force(), sets, kind)?)
            }
        };
        bytes.map_err(|error| match error {
            PaperError::FontAbsent => Failure::new(Code::FontAbsent),
            PaperError::LabelTooSmall => Failure::new(Code::LabelTooSmall),
            PaperError::Code | PaperError::Unwritten => Failure::new(Code::Internal),
        })
    }

    fn guides(
        &self,
        fonts: &Fonts,
        stop: &Stop,
        people: &[PersonId],
        per_page: PerPage,
    ) -> Result<Result<Vec<u8>, PaperError>, Failure> {
        let sheet = GuideSheet {
            round: stop.round.name.clone(),
            unit: self.store.units().map_err(failed)?.label(stop.unit),
            day: stop.day.to_string(),
        };
        let people = self.chosen(stop, people)?;
        let line = self.line_at(stop)?;
        let people: Vec<GuidePerson> =
            people.iter().map(|one| guide_person(one, stop.day, &line)).collect();
        Ok(guide_sheets(fonts, &sheet, &people, per_page))
    }

    /// The line as this device's day has it, where that is of this stop; else none: the catalogue's order.
    fn line_at(&self, stop: &Stop) -> Result<Vec<LineTable>, Failure> {
        let told = stop_line::told(&self.store).map_err(failed)?;
        let told = told.filter(|told| told.unit == stop.unit.0);
        Ok(told.map(|told| stop_line::tables(&told.line)).unwrap_or_default())
    }

    /// The pupils of the stop by class, numbered as the class's list stands.
    fn seat_cards(
        &self,
        fonts: &Fonts,
        stop: &Stop,
        people: &[PersonId],
    ) -> Result<Result<Vec<u8>, PaperError>, Failure> {
        let sheet = CardSheet {
            round: stop.round.name.clone(),
            unit: self.store.units().map_err(failed)?.label(stop.unit),
        };
        // Numbers are those of the whole class, also where a few cards are printed again.
        let listed = self.chosen(stop, &[])?;
        let wanted: BTreeSet<PersonId> =
            self.chosen(stop, people)?.into_iter().map(|one| one.person).collect();
        let pupils = listed.iter().filter(|one| one.kind == PersonKind::Pupil);
        let mut cards: Vec<SeatCard> = Vec::new();
        let (mut class, mut number) = (String::new(), 0);
        for one in pupils {
            let own = class_words(one);
            number = if own == class { number + 1 } else { 1 };
            class = own;
            if wanted.contains(&one.person) {
                cards.push(SeatCard {
                    name: one.details.name.clone(),
                    sex: one.details.sex.map(Sex::zh).unwrap_or_default().to_owned(),
                    class: class.clone(),
                    number,
                    code: label_code(one.person),
                });
            }
        }
        if cards.is_empty() {
            return Err(Failure::new(Code::SeatCardsPupils));
        }
        Ok(seat_cards(fonts, &sheet, &cards))
    }

    /// So many new codes for each kind of tube, a set after the other: by chance, so that no two devices print the same.
    fn fresh_tubes(
        &self,
        catalogue: &Catalogue,
        sets: u32,
        kind: Option<u32>,
    ) -> Result<Vec<TubeLabel>, Failure> {
        if sets == 0 || sets > TUBE_SETS_MAX {
            return Err(Failure::at(Code::ValueInvalid, "--sets"));
        }
        let is_mandatory =
            |item: &ItemCode| catalogue.packages.iter().any(|package| package.items.contains(item));
        let mut kinds = tube_kinds(catalogue);
        kinds.retain(|one| match kind {
            Some(kind) => one.code == kind,
            None => one.items.iter().any(is_mandatory),
        });
        let (mut tubes, mut given) = (Vec::new(), BTreeSet::new());
        for _ in 0..sets {
            for kind in &kinds {
                let code = loop {
                    let digits = self.host.random_u64()? % TUBE_CODES;
                    let code = format!("T{digits:014}");
                    if given.insert(code.clone()) {
                        break code;
                    }
                };
                tubes.push(TubeLabel { kind: kind.name_zh.clone(), code });
            }
        }
        Ok(tubes)
    }

    /// Those chosen, or everyone listed, in the list's order: a village by 村民小组, a school by class.
    fn chosen(&self, stop: &Stop, people: &[PersonId]) -> Result<Vec<StopPerson>, Failure> {
        let mut all =
            self.store.stop_people(stop.round.id, stop.unit, &|_, _| true).map_err(failed)?;
        if people.is_empty() {
            all.retain(|one| one.is_listed);
        } else {
            let mut wanted = BTreeSet::new();
            for person in people {
                let view = self.store.person(*person).map_err(failed)?;
                let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
                if wanted.insert(view.person) && all.iter().all(|one| one.person != view.person) {
                    let place = view.listings.first().or(view.registrations.first());
                    all.push(StopPerson {
                        person: view.person,
                        kind: view.kind_in(stop.round.id),
                        is_listed: false,
                        group: place.and_then(|place| place.group.clone()),
                        grade: place.and_then(|place| place.grade.clone()),
                        note: None,
                        consent: None,
                        checkup: None,
                        counts_as: None,
                        details: view.details,
                        catalogue: stop.round.in_force(),
                    });
                }
            }
            all.retain(|one| wanted.contains(&one.person));
        }
        if all.len() > PEOPLE_MAX {
            return Err(Failure::new(Code::RequestTooLarge));
        }
        all.sort_by_cached_key(list_order);
        Ok(all)
    }

    /// The tubes bound at the stop on its day.
    fn handover(&self, stop: &Stop) -> Result<Handover, Failure> {
        let mut sent = office::sent_on(&self.store, stop.round.id, stop.unit, stop.day)?;
        let kinds = tube_kinds(Catalogue::builtin()).into_iter().map(|kind| {
            let codes = sent.codes.remove(&kind.code).unwrap_or_default();
            HandoverKind { name: kind.name_zh, codes: codes.into_iter().collect() }
        });
        Ok(Handover {
            round: stop.round.name.clone(),
            unit: self.store.units().map_err(failed)?.label(stop.unit),
            unit_code: stop.unit.0.clone(),
            day: stop.day.to_string(),
            made_at: self.moment().as_of,
            device: self.store.device_name().map_err(failed)?.unwrap_or_default(),
            kinds: kinds.filter(|kind| !kind.codes.is_empty()).collect(),
            spoilt: count(sent.spoilt.len()),
        })
    }

    fn day_sheet(&self, stop: &Stop) -> Result<DaySheet, Failure> {
        let store = &self.store;
        let mut people =
            store.stop_people(stop.round.id, stop.unit, &|_, _| true).map_err(failed)?;
        people.sort_by_cached_key(list_order);
        let visits = store.visits(stop.round.id, stop.unit, stop.day).map_err(failed)?;
        let here = come(&people, &visits);
        let stations = station_counts(&here).into_iter().map(|count| StationLine {
            name: count.name,
            people: count.people,
            results: count.results,
        });
        let early = here.iter().filter(|(one, _)| !is_complete(one)).map(|(one, _)| LeftEarly {
            name: mask_name(&one.details.name),
            group: group(one),
            missing: missing(one),
        });
        let proof = store.unit_proof(stop.unit).map_err(failed)?;
        let streams = proof.streams.iter().map(|stream| StreamLine {
            device: stream.device.clone().unwrap_or_else(|| "服务器或未登记设备".to_owned()),
            writer: beginning(&stream.writer.to_string()),
            entries: stream.head.seq,
            digest: beginning(&hex(&stream.head.chain.0)),
        });
        let drafts = store.setting_text(Setting::Drafts).map_err(failed)?;
        let drafts =
            drafts.and_then(|text| serde_json::from_str::<Vec<serde_json::Value>>(&text).ok());
        let device = store.device_name().map_err(failed)?;
        let waiting = self.waiting()?;
        Ok(DaySheet {
            round: stop.round.name.clone(),
            unit: store.units().map_err(failed)?.label(stop.unit),
            unit_code: stop.unit.0.clone(),
            day: stop.day.to_string(),
            made_at: self.moment().as_of,
            device: device.unwrap_or_default(),
            people: count(here.len()),
            stations: stations.collect(),
            left_early: early.collect(),
            // Of everybody at the stop, whenever the checkup began: a second day's pressure is not forgotten.
            open_a: people.iter().flat_map(open_a).collect(),
            drafts: count(
                drafts.map_or(0, |drafts| drafts.iter().filter(|one| has_values(one)).count()),
            ),
            conflicts: count(people.iter().filter(|one| has_conflict(one)).count()),
            unsent: waiting.unsent,
            carried: waiting.carried,
            streams: streams.collect(),
            unit_digest: hex(&proof.digest),
            code: self.day_code(stop, &proof)?,
        })
    }
}

/// A form that was only looked at holds nothing that anybody could miss.
fn has_values(draft: &serde_json::Value) -> bool {
    draft
        .get("values")
        .and_then(serde_json::Value::as_array)
        .is_some_and(|values| !values.is_empty())
}

impl Home {
    /// The sheet's lines for a scanner, each with its device where that is known.
    fn day_code(&self, stop: &Stop, proof: &UnitProof) -> Result<String, Failure> {
        let short = |device: &[u8; 16]| hex(device).chars().take(DEVICE_CHARS).collect::<String>();
        let mut lines = Vec::new();
        for stream in &proof.streams {
            let pair = self.store.certificates(&stream.writer).map_err(failed)?;
            lines.push(SheetLine {
                writer: beginning(&stream.writer.to_string()),
                entries: stream.head.seq,
                digest: beginning(&hex(&stream.head.chain.0)),
                device: pair.map(|(device, _)| short(&device.device)).unwrap_or_default(),
                name: String::new(),
            });
        }
        let sheet = SheetLines {
            unit: stop.unit.0.clone(),
            day: stop.day.to_string(),
            unit_digest: hex(&proof.digest),
            printed_by: short(&self.store.device().map_err(failed)?),
            left_out: 0,
            lines,
        };
        Ok(sheet.print())
    }
}

fn open_a(one: &StopPerson) -> Vec<OpenFinding> {
    let judgements = one.checkup.as_ref().map(|c| c.judgements.as_slice()).unwrap_or_default();
    let grave = judgements.iter().filter(|judgement| judgement.level == Level::A);
    let told = grave.filter_map(|judgement| {
        let row = Catalogue::builtin().level(&judgement.rule, &judgement.code)?;
        Some(OpenFinding {
            name: mask_name(&one.details.name),
            group: group(one),
            finding: row.name_zh.clone(),
            action: row.action_zh.clone(),
        })
    });
    told.collect()
}

fn missing(one: &StopPerson) -> String {
    let checkup = one.checkup.as_ref();
    let missing = missing_items(&one.catalogue, one.kind, checkup, one.consent.as_ref());
    let stations = missing.iter().filter_map(|m| Catalogue::builtin().station_by_key(&m.station));
    stations.map(|station| station.name_zh.as_str()).collect::<Vec<_>>().join("、")
}

/// 四年级 2班.
fn class_words(one: &StopPerson) -> String {
    let parts = [one.grade.as_deref(), one.group.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn group(one: &StopPerson) -> String {
    [one.grade.as_deref(), one.group.as_deref()].into_iter().flatten().collect()
}

fn guide_person(one: &StopPerson, day: NaiveDate, line: &[LineTable]) -> GuidePerson {
    let details = &one.details;
    let package = one.catalogue.package(one.kind);
    let fasting = Catalogue::builtin().item_by_key("fasting");
    GuidePerson {
        name: details.name.clone(),
        sex: details.sex.map(Sex::zh).unwrap_or_default().to_owned(),
        age: age(details.birth, day),
        id_number: details.id_number.as_deref().map(mask_id).unwrap_or_default(),
        group: group(one),
        code: label_code(one.person),
        stations: guide_stations(one, day, line),
        is_fasting: fasting.is_some_and(|item| package.items.contains(&item.code)),
    }
}

/// The person's stations in the line's order, those of one table in one row; of each what everybody like them gets, else what
/// it may record.
fn guide_stations(one: &StopPerson, day: NaiveDate, line: &[LineTable]) -> Vec<GuideStation> {
    let catalogue = &*one.catalogue;
    let details = &one.details;
    let subject = Subject { kind: one.kind, sex: details.sex, birth: details.birth, day };
    let answered = one.checkup.as_ref().map(|c| answers(&c.results)).unwrap_or_default();
    let mut asked = catalogue.asked_in_grade(&subject, one.grade.as_deref(), &answered);
    let closed = domain::consent::closed(catalogue, one.consent.as_ref());
    asked.retain(|item| !closed.contains(item));
    let packages = catalogue.packages_of(&subject, &answered);
    let wanted: BTreeSet<ItemCode> =
        packages.iter().flat_map(|package| package.items.iter().copied()).collect();
    let of = |station: &Station, among: &BTreeSet<ItemCode>| -> Vec<&str> {
        let codes = station.items.iter();
        let codes = codes.filter(|item| asked.contains(*item) && among.contains(*item));
        codes.filter_map(|code| catalogue.item(*code)).map(known_as).collect()
    };
    let row = |table: Arranged| {
        let all = |among: &BTreeSet<ItemCode>| -> Vec<&str> {
            table.stations.iter().flat_map(|station| of(station, among)).collect()
        };
        let mandatory = all(&wanted);
        let is_mandatory = !mandatory.is_empty() || table.stations.is_empty();
        let items = if is_mandatory { mandatory } else { all(&asked) };
        let away = if table.is_away { "（今天不设）" } else { "" };
        let name = format!("{}{away}", table.name_zh());
        let items = match table.stations.is_empty() {
            true => TO_THE_DOCTOR.to_owned(),
            false => in_short(&items),
        };
        GuideStation { name, items, is_mandatory }
    };
    arranged(line, &catalogue.stations_of(&asked)).into_iter().map(row).collect()
}

/// The first few by name: a questionnaire has dozens.
fn in_short(items: &[&str]) -> String {
    if items.len() <= ITEMS_NAMED_MAX {
        return items.join("、");
    }
    format!("{}等 {} 项", items[..ITEMS_NAMED_MAX - 1].join("、"), items.len())
}

/// A villager reads 总胆固醇, not TC.
fn known_as(item: &Item) -> &str {
    if item.short_zh.is_ascii() || item.short_zh.contains('-') {
        &item.name_zh
    } else {
        &item.short_zh
    }
}

fn label_person(one: &StopPerson, day: NaiveDate) -> LabelPerson {
    let details = &one.details;
    let tail = details.id_number.as_deref().map(|number| {
        let chars: Vec<char> = number.chars().collect();
        chars[chars.len().saturating_sub(4)..].iter().collect::<String>()
    });
    let about = [details.sex.map(Sex::zh).unwrap_or_default().to_owned(), age(details.birth, day)];
    let about: Vec<String> = about.into_iter().filter(|text| !text.is_empty()).collect();
    LabelPerson {
        name: details.name.clone(),
        about: about.join(" "),
        id_tail: tail.unwrap_or_default(),
        group: group(one),
        code: label_code(one.person),
    }
}

fn age(birth: Option<NaiveDate>, day: NaiveDate) -> String {
    birth.map(|birth| format!("{}岁", age_years(birth, day))).unwrap_or_default()
}

fn beginning(hex: &str) -> String {
    hex.chars().take(DIGEST_CHARS).collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_was_only_looked_at_is_no_draft_on_the_days_sheet() {
        let of = |values: serde_json::Value| serde_json::json!({ "person": "p", "values": values });
        assert!(!has_values(&of(serde_json::json!([]))));
        // Control: one with a value is.
        assert!(has_values(&of(serde_json::json!([{ "item": "height_cm", "text": "17" }]))));
    }
}
