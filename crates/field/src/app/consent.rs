//! 知情同意 on a screen: a class with what each slip says, what is ticked, and the school's list.

use super::{Opened, Today, person_id};
use crate::home::failed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::catalogue::Catalogue;
use domain::consent::{Consent, Slip};
use domain::facts::PersonKind;
use domain::ids::ItemCode;
use office::TickedSlip;
use protocol::rpc::consent::{
    ConsentAsk, ConsentClass, ConsentFileBack, ConsentGroup, ConsentProblem, ConsentRow,
    ConsentSaveAsk, ConsentSaved, ConsentSlip, ConsentView, ConsentWord,
};
use protocol::rpc::day::FileIn;
use protocol::{Code, Failure};
use std::collections::BTreeMap;
use store::{PersonView, SlipView, StopPerson};

impl Opened {
    /// What somebody's family agreed to in today's round; none where nobody is asked, or no day is confirmed.
    pub(super) fn consent_of(
        &self,
        today: Option<&Today>,
        view: &PersonView,
    ) -> Result<Option<Consent>, Failure> {
        let Some(today) = today else { return Ok(None) };
        let consent = self.home.store().consent(today.round.id, view.person).map_err(failed)?;
        Ok(consent.of_kind(view.kind_at(today.round.id, &today.unit)))
    }

    /// The stop's classes of pupils; of one class everybody, with what their slips say.
    pub(super) fn consent(&self, ask: &ConsentAsk) -> Result<ConsentView, Failure> {
        let today = self.today()?;
        let frame = self.frame(Some(&today))?;
        let operators = self.home.store().operators().map_err(failed)?;
        let names: BTreeMap<u64, String> =
            operators.into_iter().map(|one| (one.id.0, one.name)).collect();
        let people = self.everyone(&today)?;
        let mut classes: Vec<ConsentClass> = Vec::new();
        let mut rows = Vec::new();
        for one in people.iter().filter(|one| one.kind == PersonKind::Pupil) {
            let is_missing = domain::consent::holds_report(one.consent.as_ref());
            let same = |c: &&mut ConsentClass| c.grade == one.grade && c.group == one.group;
            match classes.iter_mut().find(same) {
                Some(class) => {
                    class.people += 1;
                    class.missing += u32::from(is_missing);
                }
                None => classes.push(ConsentClass {
                    grade: one.grade.clone(),
                    group: one.group.clone(),
                    people: 1,
                    missing: u32::from(is_missing),
                }),
            }
            if ask.list && one.grade == ask.grade && one.group == ask.group {
                let slips = self.home.store().slips(today.round.id, one.person).map_err(failed)?;
                rows.push(row(frame.stop_row(one, &today.unit), one, &slips, &names));
            }
        }
        Ok(ConsentView { classes, rows, groups: groups() })
    }

    pub(super) fn consent_save(&mut self, ask: &ConsentSaveAsk) -> Result<ConsentSaved, Failure> {
        let today = self.today()?;
        let acting = self.acting(&today, None)?;
        let slips: Result<Vec<TickedSlip>, Failure> = ask.slips.iter().map(ticked).collect();
        let said = self.home.tick_consents(&today.unit, &acting, &slips?)?;
        Ok(ConsentSaved { saved: count(said.saved), known: count(said.known) })
    }

    pub(super) fn consent_import(&mut self, file: &FileIn) -> Result<ConsentFileBack, Failure> {
        let unreadable = |_| Failure::new(Code::RequestMalformed);
        let bytes = BASE64.decode(&file.content).map_err(unreadable)?;
        let today = self.today()?;
        let acting = self.acting(&today, None)?;
        let back = self.home.take_consents(&today.unit, &acting, (&file.name, &bytes))?;
        let problem = |one: office::ConsentProblem| ConsentProblem {
            sheet: one.sheet,
            row: one.row,
            text: one.text.to_owned(),
        };
        Ok(ConsentFileBack {
            rows: count(back.rows),
            blank: count(back.blank),
            taken: count(back.taken),
            known: count(back.known),
            kept: count(back.kept),
            problems: back.problems.into_iter().map(problem).collect(),
        })
    }
}

/// What a class list says beside a name: nothing where everything is agreed to, or where nobody is asked.
pub(super) fn beside(one: &StopPerson) -> String {
    let shown = one.consent.as_ref().filter(|consent| !consent.is_whole());
    shown.map(|consent| consent.zh(Catalogue::builtin())).unwrap_or_default()
}

fn row(
    row: protocol::rpc::people::PersonRow,
    one: &StopPerson,
    slips: &[SlipView],
    names: &BTreeMap<u64, String>,
) -> ConsentRow {
    let catalogue = Catalogue::builtin();
    let consent = one.consent.clone().unwrap_or_default();
    let stations = consent.stations.iter().filter_map(|code| catalogue.station(*code));
    let items = consent.items.iter().filter_map(|code| catalogue.item(*code));
    ConsentRow {
        row,
        answer: match consent.slip {
            Slip::Given => ConsentWord::Given,
            Slip::Refused => ConsentWord::Refused,
            Slip::Missing => ConsentWord::Missing,
        },
        text: consent.zh(catalogue),
        stations: stations.map(|station| station.key.clone()).collect(),
        items: items.map(|item| item.key.clone()).collect(),
        differs: consent.differs,
        said: slips.iter().map(|slip| said(slip, names)).collect(),
        saw: slips.iter().map(|slip| office::print_reference(&slip.reference)).collect(),
        in_spite: office::in_spite(one.checkup.as_ref(), Some(&consent)),
    }
}

/// `2026-09-14 甲某 登记：同意，除口腔`.
fn said(slip: &SlipView, names: &BTreeMap<u64, String>) -> String {
    let day = slip.day.map(|day| day.to_string()).unwrap_or_default();
    let who = names.get(&slip.operator.0).map(String::as_str).unwrap_or_default();
    let way = if slip.is_of_file { "导入" } else { "登记" };
    let text = slip.says.zh(Catalogue::builtin());
    format!("{day} {who} {way}：{text}").trim().replace("  ", " ")
}

/// The stations that pupils come to, but for 登记.
fn groups() -> Vec<ConsentGroup> {
    let catalogue = Catalogue::builtin();
    let package = catalogue.package(PersonKind::Pupil);
    let is_asked = |item: &ItemCode| {
        let is_named = package.items.contains(item) || package.optional.contains(item);
        is_named && !package.registration.contains(item)
    };
    let stations = catalogue.stations.iter().filter(|one| one.items.iter().any(is_asked));
    stations
        .map(|one| ConsentGroup { station: one.key.clone(), name: one.name_zh.clone() })
        .collect()
}

fn ticked(slip: &ConsentSlip) -> Result<TickedSlip, Failure> {
    let catalogue = Catalogue::builtin();
    let unknown = || Failure::new(Code::StationUnknown);
    let station = |key: &String| Ok(catalogue.station_by_key(key).ok_or_else(unknown)?.code);
    let item = |key: &String| {
        let item = catalogue.item_by_key(key).ok_or(Failure::new(Code::RequestMalformed))?;
        Ok(item.code)
    };
    let saw = |text: &String| {
        office::parse_reference(text).map_err(|_| Failure::at(Code::RequestMalformed, "saw"))
    };
    let slip_word = match slip.answer {
        ConsentWord::Given => Slip::Given,
        ConsentWord::Refused => Slip::Refused,
        ConsentWord::Missing => Slip::Missing,
    };
    let stations: Result<_, Failure> = slip.stations.iter().map(station).collect();
    let items: Result<_, Failure> = slip.items.iter().map(item).collect();
    let saw: Result<Vec<ledger::Reference>, Failure> = slip.saw.iter().map(saw).collect();
    Ok(TickedSlip {
        person: person_id(&slip.person)?,
        says: Consent { slip: slip_word, stations: stations?, items: items?, differs: false },
        saw: saw?,
    })
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
