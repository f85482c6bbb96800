//! Tubes at a station, and laboratories' files dropped in. Thin: what a tube or a file becomes is `office`'s.

use super::{Opened, Today, person_id};
use crate::home::{Acting, failed};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::catalogue::Catalogue;
use domain::check::Subject;
use domain::ids::PersonId;
use domain::tube::TubeState;
use office::{
    HeldLineOfLab, HeldRowOfLab, LabDecision, LabDoubt, LabFile, LabImported, TubeCount,
    TubeOfPerson,
};
use protocol::rpc::day::FileIn;
use protocol::rpc::lab::{
    LabAlarmRow, LabColumn, LabDone, LabHeldLine, LabHeldRow, LabImportAsk, LabItemRow, LabLook,
    LabLookAsk, LabResolveAsk, LabStrayedRow, LabView, TubeBindAsk, TubeRow, TubeSaid,
    TubeSpoilAsk, TubeStateWord, TubeStates, Tubes,
};
use protocol::{Code, Failure, Header};

impl Opened {
    /// A person's tubes of today's round.
    pub(super) fn tubes(&self, person: &str) -> Result<Tubes, Failure> {
        let today = self.today()?;
        Ok(Tubes { tubes: self.tubes_of(&today, person_id(person)?)? })
    }

    fn tubes_of(&self, today: &Today, person: PersonId) -> Result<Vec<TubeRow>, Failure> {
        let store = self.home.store();
        let view = store.person(person).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let checkup = store.stop_checkup(today.round.id, view.person).map_err(failed)?;
        let details = &view.details;
        let day = checkup.as_ref().and_then(|checkup| checkup.day).unwrap_or(today.day);
        let kind = view.kind_in(today.round.id);
        let subject = Subject { kind, sex: details.sex, birth: details.birth, day };
        let results = checkup.map(|checkup| checkup.results).unwrap_or_default();
        let tubes = office::tubes_of(store, today.round.id, &subject, view.person, &results)?;
        Ok(tubes.into_iter().map(tube_row).collect())
    }

    pub(super) fn tube_bind(&mut self, ask: &TubeBindAsk) -> Result<TubeSaid, Failure> {
        let today = self.today()?;
        let person = person_id(&ask.person)?;
        let acting = self.acting(&today, None)?;
        let tube = (ask.code.as_str(), ask.kind.as_str());
        let bound = self.home.bind_at(&today.unit, &acting, person, tube, &ask.reason)?;
        Ok(TubeSaid { is_new: bound.new, tubes: self.tubes_of(&today, person)? })
    }

    pub(super) fn tube_spoil(&mut self, ask: &TubeSpoilAsk) -> Result<TubeSaid, Failure> {
        let today = self.today()?;
        let acting = self.acting(&today, None)?;
        self.sees_tube(&ask.code, Some(today.round.id))?;
        let header = self.home.header(&acting, None);
        let said = office::spoil_tube(&mut self.home.store, &header, &ask.code, &ask.reason)?;
        let tubes = self.tubes_of(&today, person_id(&ask.person)?)?;
        Ok(TubeSaid { is_new: said.new, tubes })
    }

    pub(super) fn lab(&self) -> Result<LabView, Failure> {
        self.lab_view(office::lab_held(self.home.store(), None)?)
    }

    /// A row of another round than today's with its round's name.
    fn lab_view(&self, held: Vec<HeldRowOfLab>) -> Result<LabView, Failure> {
        let today = self.today()?;
        let store = self.home.store();
        let known = store.laboratories().map_err(failed)?;
        let states = office::tube_counts(store, today.round.id, &today.unit, today.day)?;
        Ok(LabView {
            laboratories: known.into_iter().map(|one| one.name).collect(),
            held: held.into_iter().map(|row| held_row(&today.round.name, row)).collect(),
            strayed: self.strayed(&today)?,
            states: states.into_iter().map(states_row).collect(),
        })
    }

    /// Those of people who are seen here.
    fn strayed(&self, today: &Today) -> Result<Vec<LabStrayedRow>, Failure> {
        let (sight, store) = (self.sight()?, self.home.store());
        let mut seen = Vec::new();
        for one in office::lab_strayed(store, None)? {
            if sight.sees(store, person_id(&one.person)?)? {
                let is_today = one.round == today.round.name;
                seen.push(LabStrayedRow {
                    round_label: if is_today { String::new() } else { one.round },
                    person: one.person,
                    name: one.name,
                    code: one.code,
                    text: one.text,
                });
            }
        }
        Ok(seen)
    }

    /// A file by its columns. Nothing is taken.
    pub(super) fn lab_look(&self, ask: &LabLookAsk) -> Result<LabLook, Failure> {
        self.today()?;
        let bytes = bytes(&ask.file)?;
        let file = (ask.file.name.as_str(), bytes.as_slice());
        let found = office::look_lab(self.home.store(), &ask.laboratory, file)?;
        let column = |one: office::LabFileColumn| LabColumn {
            heading: one.heading,
            samples: one.samples,
            distinct: one.distinct,
        };
        let item = |one: office::LabItem| LabItemRow {
            item: one.key,
            name: one.name,
            tube: one.tube,
            units: one.units.into_iter().map(str::to_owned).collect(),
        };
        Ok(LabLook {
            is_hl7: found.looked.is_hl7,
            columns: found.looked.columns.into_iter().map(column).collect(),
            items: found.items.into_iter().map(item).collect(),
            mapping: found.mapping,
            is_told_twice: found.is_told_twice,
        })
    }

    pub(super) fn lab_import(&mut self, ask: LabImportAsk) -> Result<LabDone, Failure> {
        let mapping = match &ask.mapping {
            None => None,
            Some(file) => {
                let text = String::from_utf8(bytes(file)?);
                Some(text.map_err(|_| Failure::new(Code::MappingInvalid))?)
            }
        };
        let (scope, header) = self.place()?;
        let bytes = bytes(&ask.file)?;
        let (name, laboratory) = (ask.file.name, ask.laboratory);
        let file = LabFile { round: None, laboratory, mapping, name, bytes };
        let done = office::take_lab(&mut self.home.store, &file, Some(&scope), &header)?;
        self.lab_done(done)
    }

    pub(super) fn lab_resolve(&mut self, ask: &LabResolveAsk) -> Result<LabDone, Failure> {
        let (scope, header) = self.place()?;
        let held = office::lab_held(self.home.store(), None)?;
        if let Some(held) = held.iter().find(|held| held.id == ask.id) {
            // Which of two rounds it is of is what is being decided; else the code's people of other rounds are nobody's business here.
            let of_two = held.reason == "round_of_two";
            let rounds = self.home.store().rounds().map_err(failed)?;
            let own = rounds.iter().find(|round| !of_two && round.name == held.round);
            self.sees_tube(&held.code, own.map(|round| round.id))?;
        }
        let decision = match ask.code.as_deref() {
            Some(code) => LabDecision::Code(code),
            None if ask.is_accepted => LabDecision::Accept,
            None => LabDecision::Discard,
        };
        let store = &mut self.home.store;
        let done = office::resolve_lab(store, None, &ask.id, decision, Some(&scope), &header)?;
        self.lab_done(done)
    }

    /// Units that may be written to, and who acts.
    fn place(&self) -> Result<(Vec<domain::ids::UnitCode>, Header), Failure> {
        let operator = self.worker.as_ref().and_then(|worker| worker.operator);
        let header = self.home.header(&Acting { operator, ..Acting::default() }, None);
        Ok((self.home.scope()?, header))
    }

    fn lab_done(&self, done: LabImported) -> Result<LabDone, Failure> {
        Ok(LabDone {
            reports: count(done.reports),
            applied: count(done.applied),
            results: count(done.results),
            amended: count(done.amended),
            unchanged: count(done.unchanged),
            redraw: count(done.redraw),
            is_known_file: done.known_file,
            doubts: doubts_of(&done.doubts, LabDoubt::RANGE_TURNED),
            unusual: doubts_of(&done.doubts, LabDoubt::UNUSUAL),
            refused: doubts_of(&done.doubts, LabDoubt::REFUSED),
            alarms: done.alarms.into_iter().map(alarm).collect(),
            view: self.lab_view(done.held)?,
        })
    }
}

fn bytes(file: &FileIn) -> Result<Vec<u8>, Failure> {
    let decoded = BASE64.decode(file.content.as_bytes());
    decoded.map_err(|_| Failure::at(Code::FileUnreadable, &file.name))
}

fn tube_row(tube: TubeOfPerson) -> TubeRow {
    let station = Catalogue::builtin().stations.iter();
    let mut station = station.filter(|one| u32::from(one.code.0) == tube.station);
    TubeRow {
        kind: tube.kind,
        name: tube.tube,
        station: station.next().map(|one| one.key.clone()).unwrap_or_default(),
        state: match tube.state {
            TubeState::NotDrawn => TubeStateWord::NotDrawn,
            TubeState::Awaited => TubeStateWord::Awaited,
            TubeState::Reported => TubeStateWord::Reported,
            TubeState::Redraw => TubeStateWord::Redraw,
        },
        state_zh: tube.state_zh,
        way_zh: tube.way_zh.to_owned(),
        codes: tube.codes,
    }
}

fn held_row(today: &str, held: HeldRowOfLab) -> LabHeldRow {
    LabHeldRow {
        id: held.id,
        round_label: if held.round == today { String::new() } else { held.round },
        laboratory: held.laboratory,
        file: held.file,
        row: held.row,
        code: held.code,
        text: held.text,
        is_columns: held.is_columns,
        can_accept: held.can_accept,
        lines: held.lines.into_iter().map(held_line).collect(),
    }
}

fn held_line(line: HeldLineOfLab) -> LabHeldLine {
    LabHeldLine { analyte: line.analyte, cell: line.cell, text: line.text }
}

fn states_row(states: TubeCount) -> TubeStates {
    TubeStates {
        name: states.tube,
        not_drawn: states.not_drawn,
        awaited: states.awaited,
        on_the_way: states.on_the_way,
        arrived: states.arrived,
        undecided: states.undecided,
        reported: states.reported,
        partly: states.partly,
        redraw: states.redraw,
    }
}

fn alarm(one: office::LabAlarm) -> LabAlarmRow {
    let (person, name, phone) = (one.person, one.name, one.phone);
    LabAlarmRow { person, name, phone, found: one.found }
}

/// 第 3 行 B0001 GLU, with what there is to say of it.
fn doubts_of(doubts: &[LabDoubt], kind: &str) -> Vec<String> {
    let words = |doubt: &LabDoubt| {
        let place = format!("第 {} 行 {} {}", doubt.row, doubt.code, doubt.analyte);
        if kind == LabDoubt::RANGE_TURNED { place } else { format!("{place}（{}）", doubt.text) }
    };
    doubts.iter().filter(|doubt| doubt.kind == kind).map(words).collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
