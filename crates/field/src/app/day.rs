//! The start of a day: where, which stations, who examines; the late roster; ready to leave?

use super::{DayKept, Opened, round_text};
use crate::home::{Acting, failed};
use crate::status::Status;
use crate::stop_line;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::catalogue::Catalogue;
use domain::ids::{RoundId, UnitCode};
use domain::line::{CONCLUDE, CONCLUDE_ZH, LineTable, TABLES_MAX, called_at, is_place};
use domain::unit::UnitKind;
use office::{Correction, Moment, RosterFile};
use protocol::rpc::day::{
    Check, CheckState, Checks, DayChoice, DayView, ExaminerRow, GivenLine, PlaceName, RosterAnswer,
    RosterAsk, RosterProblem, RoundRow, StationChoice, UnitRow,
};
use protocol::rpc::work::FileOut;
use protocol::{Code, Failure};
use std::collections::BTreeMap;
use store::{Round, Setting};

/// A workbook's media type.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Hours after which the last sync is worth a word before leaving.
const SYNC_OLD_MS: i64 = 24 * 3_600_000;

impl Opened {
    pub(super) fn day_choice(&self) -> Result<Option<DayChoice>, Failure> {
        let choice = match &self.day {
            DayKept::WithDevice => self.device_day()?,
            DayKept::AtSeat(choice) => choice.clone(),
        };
        // A colleague's stop, where whoever works here does not: they begin a day of their own.
        match choice {
            Some(choice) if self.home.is_elsewhere(&UnitCode(choice.unit.clone()))? => Ok(None),
            choice => Ok(choice),
        }
    }

    fn device_day(&self) -> Result<Option<DayChoice>, Failure> {
        stop_line::device_day(self.home.store()).map_err(failed)
    }

    /// The line that another device arranged: at a seat the device's, else what the hall gave.
    pub(super) fn given_line(&self) -> Result<Option<GivenLine>, Failure> {
        let store = self.home.store();
        match self.day {
            DayKept::AtSeat(_) => stop_line::told(store).map_err(failed),
            DayKept::WithDevice => stop_line::hall_line(store).map_err(failed),
        }
    }

    /// The line that is followed on a day.
    pub(super) fn line_of(&self, choice: &DayChoice) -> Result<Vec<LineTable>, Failure> {
        let given = self.given_line()?;
        Ok(stop_line::tables(stop_line::followed(choice, given.as_ref())))
    }

    /// This device's places in the line's order, and what they are called there.
    fn as_arranged(&self, choice: &mut DayChoice) -> Result<Vec<PlaceName>, Failure> {
        let line = self.line_of(choice)?;
        let places: Vec<&String> = line.iter().flat_map(|table| &table.stations).collect();
        let place = |key: &String| places.iter().position(|one| *one == key);
        choice.stations.sort_by_key(|one| place(&one.station).unwrap_or(places.len()));
        let named = called_at(&line).chain([(CONCLUDE, CONCLUDE_ZH)]);
        let name = |(key, name): (&str, &str)| PlaceName {
            station: key.to_owned(),
            name: name.to_owned(),
        };
        Ok(named.map(name).collect())
    }

    pub(super) fn day_view(&self) -> Result<DayView, Failure> {
        let store = self.home.store();
        let rounds = store.rounds().map_err(failed)?;
        let mut choice = self.day_choice()?;
        let names = match &mut choice {
            Some(choice) => self.as_arranged(choice)?,
            None => Vec::new(),
        };
        // A seat that has no day yet is offered the device's.
        let offered = choice.clone().or(self.device_day()?);
        let now = self.home.host.today();
        let fits = |r: &&Round| (r.from..=r.to).contains(&now);
        let kept =
            offered.as_ref().and_then(|c| rounds.iter().find(|r| round_text(r.id) == c.round));
        let round = kept.or(rounds.iter().find(fits)).or(rounds.last());
        let units = self.unit_rows(round.map(|round| round.id))?;
        let is_narrowed = self.home.own_units()?.is_some();
        let proposal = round.map(|round| {
            let unit = offered.as_ref().map(|choice| choice.unit.clone());
            let unit =
                unit.filter(|unit| !is_narrowed || units.iter().any(|row| row.unit == *unit));
            let first = units.iter().max_by_key(|unit| unit.listed);
            DayChoice {
                round: round_text(round.id),
                unit: unit.or(first.map(|unit| unit.unit.clone())).unwrap_or_default(),
                day: self.home.today_in(round).to_string(),
                stations: match &offered {
                    Some(choice) => choice.stations.clone(),
                    None => every_station(),
                },
                line: match self.day {
                    // What the device arranged is given to its seats.
                    DayKept::AtSeat(_) => Vec::new(),
                    DayKept::WithDevice => {
                        offered.as_ref().map(|choice| choice.line.clone()).unwrap_or_default()
                    }
                },
            }
        });
        let examiners = store.examiners().map_err(failed)?.into_iter().map(|e| ExaminerRow {
            examiner: e.id.to_string(),
            name: e.name,
            title: e.title,
        });
        let rounds = rounds.iter().map(|round| RoundRow {
            round: round_text(round.id),
            name: round.name.clone(),
            from: round.from.to_string(),
            to: round.to.to_string(),
        });
        let rounds = rounds.collect();
        let given = self.given_line()?;
        let examiners = examiners.collect();
        let may_record = self.rights.may_record();
        Ok(DayView { choice, proposal, rounds, units, examiners, given, names, may_record })
    }

    /// The villages and schools this device works for.
    fn unit_rows(&self, round: Option<RoundId>) -> Result<Vec<UnitRow>, Failure> {
        let store = self.home.store();
        let tree = store.units().map_err(failed)?;
        let scope = self.home.scope()?;
        let counts = match round {
            Some(round) => store.coverage(round, None).map_err(failed)?,
            None => Vec::new(),
        };
        let listed: BTreeMap<_, _> = counts.into_iter().map(|c| (c.unit, c.expected)).collect();
        let stops = tree.iter().filter(|unit| match unit.kind {
            UnitKind::Village | UnitKind::School => scope.iter().any(|s| s.covers(&unit.code)),
            UnitKind::District | UnitKind::Township => false,
        });
        let mut rows: Vec<UnitRow> = stops
            .map(|unit| UnitRow {
                label: tree.label(&unit.code),
                is_school: match unit.kind {
                    UnitKind::School => true,
                    UnitKind::District | UnitKind::Township | UnitKind::Village => false,
                },
                listed: listed.get(&unit.code).copied().unwrap_or(0),
                unit: unit.code.0.clone(),
            })
            .collect();
        // Whom somebody is expected from stands first.
        rows.sort_by(|a, b| (a.listed == 0, &a.unit).cmp(&(b.listed == 0, &b.unit)));
        Ok(rows)
    }

    /// Keeps today as confirmed. A unit outside the scope and a station nobody knows are refused. A day outside the round's
    /// dates is taken: the screen says so, a team may come a day late, and every result belongs to its round by name.
    pub(super) fn day_set(&mut self, choice: DayChoice) -> Result<DayView, Failure> {
        self.home.whole_round(&choice.round)?;
        if choice.day.parse::<chrono::NaiveDate>().is_err() {
            return Err(Failure::at(Code::ValueInvalid, "day"));
        }
        let unit = UnitCode(choice.unit.clone());
        if !self.home.scope()?.iter().any(|scope| scope.covers(&unit)) {
            return Err(Failure::new(Code::OutOfScope));
        }
        for station in &choice.stations {
            check_place(&station.station)?;
            self.home.examiner(station.examiner.as_deref())?;
        }
        let named = choice.line.iter().flat_map(|table| &table.stations);
        if choice.line.len() > TABLES_MAX || named.clone().count() > TABLES_MAX {
            return Err(Failure::at(Code::RequestMalformed, "line"));
        }
        for station in named {
            check_place(station)?;
        }
        match &mut self.day {
            DayKept::AtSeat(kept) => *kept = Some(choice),
            DayKept::WithDevice => {
                let text =
                    serde_json::to_string(&choice).map_err(|_| Failure::new(Code::Internal))?;
                self.home.store.set_setting(Setting::Day, text.as_bytes()).map_err(failed)?;
            }
        }
        self.day_view()
    }

    /// Is this device ready to leave?
    pub(super) fn ready(&self) -> Result<Checks, Failure> {
        let status = self.home.status()?;
        let today = self.today().ok();
        let listed = match &today {
            Some(today) => {
                let store = self.home.store();
                store.listed_count(today.round.id, &today.unit).map_err(failed)?
            }
            None => 0,
        };
        Ok(Checks {
            checks: vec![
                stop_check(today.is_some()),
                roster_check(listed),
                catalogue_check(today.as_ref().map(|today| &today.round)),
                clock_check(&status),
                disk_check(self.home.host.free_bytes(&self.home.folder)),
                sync_check(&status, self.home.host.unix_ms(), self.synced_at_ms()?),
                unsent_check(&status),
            ],
        })
    }

    fn synced_at_ms(&self) -> Result<Option<i64>, Failure> {
        self.home.store().setting_number(Setting::SyncedAtMs).map_err(failed)
    }

    pub(super) fn roster_import(&mut self, ask: RosterAsk) -> Result<RosterAnswer, Failure> {
        let mut files = Vec::with_capacity(ask.files.len());
        for file in ask.files {
            let bytes = BASE64
                .decode(file.content.as_bytes())
                .map_err(|_| Failure::at(Code::FileUnreadable, &file.name))?;
            let own = ask.corrections.iter().filter(|one| one.file == file.name);
            let corrections = own.map(|one| Correction {
                sheet: one.sheet.clone(),
                cell: one.cell.clone(),
                text: one.text.clone(),
            });
            files.push(RosterFile { corrections: corrections.collect(), name: file.name, bytes });
        }
        let moment = Moment::at(self.home.host.unix_ms());
        let scope = self.home.scope()?;
        let operator = self.worker.as_ref().and_then(|worker| worker.operator);
        let header = self.home.header(&Acting { operator, ..Acting::default() }, None);
        let host = self.home.host.clone();
        let mut seed = || host.random_16();
        let wanted = (ask.round.as_str(), ask.unit.as_deref());
        let store = &mut self.home.store;
        let office::RosterTaken { imported, workbook, in_cells, whose } =
            office::import_roster_files(
                store, wanted, &files, &moment, &scope, &header, &mut seed,
            )?;
        let problems =
            imported.problems.iter().zip(in_cells).zip(whose).map(|((problem, there), who)| {
                RosterProblem {
                    who,
                    file: problem.file.to_string(),
                    sheet: problem.sheet.to_string(),
                    row: problem.row,
                    column: problem.column.to_string(),
                    code: problem.code.word().to_owned(),
                    text: problem.code.zh().to_owned(),
                    cell: there.is_some().then(|| problem.cell.clone()),
                    there,
                }
            });
        Ok(RosterAnswer {
            files: imported.files,
            rows: imported.rows,
            accepted: imported.accepted,
            merged: imported.merged,
            no_longer_listed: imported.no_longer_listed,
            problems: problems.collect(),
            problem_workbook: workbook.map(|workbook| FileOut {
                name: workbook.name,
                media_type: XLSX.to_owned(),
                content: BASE64.encode(&workbook.bytes),
            }),
        })
    }
}

fn check_place(key: &str) -> Result<(), Failure> {
    if is_place(key, Catalogue::builtin()) {
        return Ok(());
    }
    Err(Failure::at(Code::StationUnknown, key))
}

fn every_station() -> Vec<StationChoice> {
    let stations = &Catalogue::builtin().stations;
    stations.iter().map(|s| StationChoice { station: s.key.clone(), examiner: None }).collect()
}

/// A line of a list to go through.
pub(super) fn check(key: &str, state: CheckState, text: String, step: &str) -> Check {
    Check { key: key.to_owned(), state, text, step: step.to_owned() }
}

fn stop_check(is_set: bool) -> Check {
    if is_set {
        return check("stop", CheckState::Good, "今日站点已确认".to_owned(), "");
    }
    let text = "还没有确认今日站点".to_owned();
    check("stop", CheckState::Bad, text, "选好轮次、站点、日期和工位后点“确认今天的安排”。")
}

fn roster_check(listed: u32) -> Check {
    if listed > 0 {
        return check("roster", CheckState::Good, format!("名单 {listed} 人"), "");
    }
    let step = "有网络时同步，或导入单位发来的名单。没有名单也能登记体检。";
    check("roster", CheckState::Note, "本站点还没有名单".to_owned(), step)
}

fn catalogue_check(round: Option<&Round>) -> Check {
    let here = Catalogue::builtin().version;
    let wanted = round.map_or(here, |round| round.setting.version());
    if round.is_none_or(|round| round.setting.is_known()) {
        let text = format!("判定标准：第 {wanted} 版");
        return check("catalogue", CheckState::Good, text, "");
    }
    let text =
        format!("本轮次按第 {wanted} 版标准判定，本机只有到第 {here} 版，先按第 {here} 版提示");
    let step = "照常录入，数据不受影响；有网络时请升级程序，升级后本机按新标准重新判定。";
    check("catalogue", CheckState::Bad, text, step)
}

fn clock_check(status: &Status) -> Check {
    match (&status.clock_warning, status.clock_offset_ms) {
        (Some(warning), _) => {
            check("clock", CheckState::Bad, warning.clone(), "在系统设置里校准日期和时间。")
        }
        (None, Some(_)) => check("clock", CheckState::Good, "时钟与服务器一致".to_owned(), ""),
        (None, None) => {
            let text = "还没有与服务器对过时钟".to_owned();
            check("clock", CheckState::Note, text, "有网络时同步一次。")
        }
    }
}

/// Less room than this is worth a word: photos and system updates fill a disk faster than a day's checkups do.
const ROOM_SMALL_BYTES: u64 = 512 << 20;
/// With less a day is not begun: this program's own reserve and log have to fit.
const ROOM_TOO_SMALL_BYTES: u64 = 64 << 20;

fn disk_check(free_bytes: Option<u64>) -> Check {
    let step = "请清理磁盘：删去不用的照片、视频和下载文件。不要删程序的数据目录。";
    let Some(free) = free_bytes else {
        let text = "磁盘剩余空间不详".to_owned();
        return check("disk", CheckState::Note, text, "请在系统设置里看一眼剩余空间。");
    };
    let text = match free >> 30 {
        0 => format!("磁盘剩余 {} MB", free >> 20),
        gib => format!("磁盘剩余 {gib} GB"),
    };
    match free {
        ROOM_SMALL_BYTES.. => check("disk", CheckState::Good, text, ""),
        ROOM_TOO_SMALL_BYTES.. => check("disk", CheckState::Note, text, step),
        _ => check("disk", CheckState::Bad, text, step),
    }
}

fn sync_check(status: &Status, now_ms: i64, synced_at_ms: Option<i64>) -> Check {
    let Some(at) = &status.synced_at else {
        let text = "从未同步".to_owned();
        return check("sync", CheckState::Bad, text, "连上网络，打开“保存与同步”，点“现在同步”。");
    };
    let is_old = synced_at_ms.is_none_or(|ms| now_ms.saturating_sub(ms).abs() > SYNC_OLD_MS);
    let text = format!("上次同步 {at}");
    if is_old {
        return check("sync", CheckState::Note, text, "出发前最好再同步一次。");
    }
    check("sync", CheckState::Good, text, "")
}

pub(super) fn unsent_check(status: &Status) -> Check {
    let brought = match status.carried {
        0 => String::new(),
        carried => format!("，{carried} 条已由别的设备带到服务器"),
    };
    if status.unsent == 0 {
        return check("unsent", CheckState::Good, format!("没有待上传的记录{brought}"), "");
    }
    let text = format!("待上传 {} 条{brought}", status.unsent);
    check("unsent", CheckState::Note, text, "有网络时会自动上传，内容都在本机。")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_said_before_leaving() {
        let check = |free: Option<u64>, state: CheckState, text: &str| {
            let told = disk_check(free);
            assert_eq!((told.state, told.text.as_str()), (state, text));
            assert_eq!(told.step.is_empty(), state == CheckState::Good);
        };
        check(Some(21 << 30), CheckState::Good, "磁盘剩余 21 GB");
        check(Some(512 << 20), CheckState::Good, "磁盘剩余 512 MB");
        check(Some((512 << 20) - 1), CheckState::Note, "磁盘剩余 511 MB");
        check(Some((64 << 20) - 1), CheckState::Bad, "磁盘剩余 63 MB");
        check(None, CheckState::Note, "磁盘剩余空间不详");
    }
}
