//! 收工: who came on the day, what they left open, and each thing to be settled before leaving. The day's sheet counts by the same.

use super::Opened;
use super::day::{check, unsent_check};
use super::draft::DraftTally;
use super::stop::{has_conflict, is_complete};
use crate::home::failed;
use domain::catalogue::Catalogue;
use domain::consent::holds_report;
use domain::ids::PersonId;
use domain::rule::Level;
use protocol::Failure;
use protocol::rpc::day::{Check, CheckState};
use protocol::rpc::people::PersonRow;
use protocol::rpc::stop::{DayEndView, StationCount};
use std::collections::BTreeMap;
use store::{StopPerson, Visit};

impl Opened {
    /// 收工: what the day came to, and what is to be done before leaving.
    pub(super) fn day_end(&self) -> Result<DayEndView, Failure> {
        let today = self.today()?;
        let frame = self.frame(Some(&today))?;
        let people = self.everyone(&today)?;
        let visits =
            self.home.store().visits(today.round.id, &today.unit, today.day).map_err(failed)?;
        let here = come(&people, &visits);
        let row = |one: &&StopPerson| frame.stop_row(one, &today.unit);
        let left_early: Vec<PersonRow> =
            here.iter().filter(|(one, _)| !is_complete(one)).map(|(one, _)| row(one)).collect();
        // Whoever is here with an A that is not answered, whenever the checkup began: a second day's pressure is not forgotten.
        let stop_row = |one: &StopPerson| frame.stop_row(one, &today.unit);
        let unanswered =
            self.home.store().unanswered(today.round.id, &today.unit).map_err(failed)?;
        let is_open = |one: &&StopPerson| unanswered.contains(&one.person);
        let open_a: Vec<PersonRow> = people.iter().filter(is_open).map(stop_row).collect();
        let had_a = people.iter().any(has_a);
        let mut rechecks: Vec<PersonRow> = Vec::new();
        for one in &people {
            if !self.owed_by(&today, one, &|_| true)?.is_empty() {
                rechecks.push(stop_row(one));
            }
        }
        let conflicts: Vec<PersonRow> =
            people.iter().filter(|one| has_conflict(one)).map(stop_row).collect();
        let no_consent = people.iter().filter(|one| holds_report(one.consent.as_ref()));
        let no_consent = no_consent.count();
        let unconfirmed = self.unconfirmed(&today)?;
        let status = self.home.status()?;
        let drafts = self.draft_tally()?;
        let mut checks = vec![
            left_early_check(left_early.len()),
            open_a_check(open_a.len(), had_a),
            recheck_check(rechecks.len()),
            drafts_check(&drafts),
            conflict_check(conflicts.len()),
            confirm_check(unconfirmed.len()),
            unsent_check(&status),
        ];
        if people.iter().any(|one| one.consent.is_some()) {
            checks.insert(1, consent_check(no_consent));
        }
        checks.push(held_check(self.held_open()?));
        let reports = self.home.store().held_reports(None).map_err(failed)?.len();
        checks.extend((reports > 0).then(|| lab_held_check(reports)));
        let strayed = office::lab_strayed(self.home.store(), None)?.len();
        checks.extend((strayed > 0).then(|| lab_strayed_check(strayed)));
        Ok(DayEndView {
            unit_label: frame.units.label(&today.unit),
            day: today.day.to_string(),
            people: u32::try_from(here.len()).unwrap_or(u32::MAX),
            stations: station_counts(&here),
            left_early,
            open_a,
            rechecks,
            conflicts,
            unconfirmed: u32::try_from(unconfirmed.len()).unwrap_or(u32::MAX),
            drafts: u32::try_from(drafts.all()).unwrap_or(u32::MAX),
            unsent: status.unsent,
            checks,
        })
    }
}

fn has_a(one: &StopPerson) -> bool {
    let judgements = one.checkup.as_ref().map(|c| c.judgements.as_slice()).unwrap_or_default();
    judgements.iter().any(|judgement| judgement.level == Level::A)
}

/// Those of a stop's people who came on the day, each with what was recorded of them there.
pub(crate) fn come<'a>(
    people: &'a [StopPerson],
    visits: &'a BTreeMap<PersonId, Visit>,
) -> Vec<(&'a StopPerson, &'a Visit)> {
    people.iter().filter_map(|one| Some((one, visits.get(&one.person)?))).collect()
}

/// What was recorded at a stop on a day, station by station.
pub(crate) fn station_counts(here: &[(&StopPerson, &Visit)]) -> Vec<StationCount> {
    let mut counts: BTreeMap<usize, (u32, u32)> = BTreeMap::new();
    let stations = &Catalogue::builtin().stations;
    for (_, visit) in here {
        for (at, station) in stations.iter().enumerate() {
            let answered = station.items.iter().filter(|item| visit.items.contains(item));
            let answered = u32::try_from(answered.count()).unwrap_or(u32::MAX);
            if answered > 0 {
                let count = counts.entry(at).or_default();
                *count = (count.0 + 1, count.1 + answered);
            }
        }
    }
    let count = |(at, (people, results)): (usize, (u32, u32))| {
        let station = stations.get(at)?;
        let (key, name) = (station.key.clone(), station.name_zh.clone());
        Some(StationCount { station: key, name, people, results })
    };
    counts.into_iter().filter_map(count).collect()
}

fn left_early_check(people: usize) -> Check {
    if people == 0 {
        return check("left_early", CheckState::Good, "没有人提前离开".to_owned(), "");
    }
    let text = format!("{people} 人必检项目没有做完");
    check("left_early", CheckState::Note, text, "打开名单，补做，或按原因记为未测、拒检。")
}

fn open_a_check(people: usize, had_a: bool) -> Check {
    if people == 0 {
        let text = if had_a { "A 级异常都记下了告知" } else { "没有 A 级异常" };
        return check("open_a", CheckState::Good, text.to_owned(), "");
    }
    let text = format!("{people} 人有 A 级异常，还没有记下告知了谁");
    let step = "逐一复测、告知本人或家属、安排处置，再记下告知了谁、几点、已复述。";
    check("open_a", CheckState::Bad, text, step)
}

/// Whoever owes one, whenever they were measured: check-out and the class list say the same of each.
fn recheck_check(people: usize) -> Check {
    if people == 0 {
        return check("recheck", CheckState::Good, "没有人等着复测".to_owned(), "");
    }
    let text = format!("{people} 人该复测，还没有复测");
    let step = "打开名单，请本人回来复测，填入复测的读数。确实测不了的，在那一格写明原因。";
    check("recheck", CheckState::Bad, text, step)
}

/// Their reports wait; the line goes on.
fn consent_check(people: usize) -> Check {
    if people == 0 {
        return check("consent", CheckState::Good, "知情同意书都已交回".to_owned(), "");
    }
    let text = format!("{people} 名学生的知情同意书没有交回");
    check("consent", CheckState::Note, text, "体检照做，报告先不出。请班主任收齐后登记。")
}

/// What was dictated stands and counts; whoever examined has not said so yet.
fn confirm_check(saves: usize) -> Check {
    if saves == 0 {
        return check("unconfirmed", CheckState::Good, "代录的结果检查者都已确认".to_owned(), "");
    }
    let text = format!("{saves} 份代录的结果检查者还没有确认");
    check(
        "unconfirmed",
        CheckState::Note,
        text,
        "请检查者换上自己的账号，打开“待确认”，看过后确认。",
    )
}

fn drafts_check(drafts: &DraftTally) -> Check {
    if drafts.all() == 0 && drafts.elsewhere > 0 {
        let text = format!("{} 份草稿是这台设备不再负责的单位的", drafts.elsewhere);
        let step = "内容还在这台设备上。要录进去，请协调员把那个单位加回来。";
        return check("drafts", CheckState::Note, text, step);
    }
    if drafts.all() == 0 {
        return check("drafts", CheckState::Good, "没有未保存的草稿".to_owned(), "");
    }
    let mut text = format!("{} 份草稿没有保存", drafts.all());
    if drafts.elsewhere > 0 {
        text = format!("{text}，另有 {} 份是这台设备不再负责的单位的", drafts.elsewhere);
    }
    if drafts.others.is_empty() {
        return check("drafts", CheckState::Bad, text, "打开草稿，保存或放弃。");
    }
    let of = |(account, n): (&String, &usize)| match account.as_str() {
        "" => format!("本站电脑上 {n} 份"),
        account => format!("账号 {account} {n} 份"),
    };
    let others: Vec<String> = drafts.others.iter().map(of).collect();
    let text = format!("{text}，其中别人的：{}", others.join("、"));
    let step = "请本人用自己的账号打开，保存或放弃。人已离开的，请他在本站电脑上登录后处理。";
    check("drafts", CheckState::Bad, text, step)
}

/// What the server did not take as it came waits for a coordinator; nothing of it is lost.
fn held_check(entries: u64) -> Check {
    if entries == 0 {
        return check("held", CheckState::Good, "没有等协调员处理的记录".to_owned(), "");
    }
    let text = format!("{entries} 条记录等协调员处理");
    let step = "内容都在，还没有计入。请打开“保存与同步”看是哪几条，告诉协调员。";
    check("held", CheckState::Note, text, step)
}

/// They lie on this device alone: nobody else can settle them.
fn lab_held_check(reports: usize) -> Check {
    let text = format!("{reports} 份检验报告没有对上人，只在本机");
    check("lab_held", CheckState::Note, text, "请在“应检”页打开“检验结果”，逐份核对条码后处理。")
}

/// Somebody's report may have somebody else's blood in it.
fn lab_strayed_check(tubes: usize) -> Check {
    let text = format!("{tubes} 支管的结果在一个人名下，条码绑在别人名下");
    check("lab_strayed", CheckState::Note, text, "请在“应检”页打开“检验结果”，核对是谁的。")
}

fn conflict_check(people: usize) -> Check {
    if people == 0 {
        return check("conflicts", CheckState::Good, "没有互相矛盾的数值".to_owned(), "");
    }
    let text = format!("{people} 人有互相矛盾的数值");
    check("conflicts", CheckState::Note, text, "打开这个人的全部结果，核对后选定其中一个。")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_of_units_let_go_are_named_beside_any_others() {
        let says = |own: usize, elsewhere: usize, other: &[(&str, usize)]| {
            let others = other.iter().map(|(account, n)| ((*account).to_owned(), *n)).collect();
            let told = drafts_check(&DraftTally { own, others, elsewhere });
            (told.state, told.text)
        };
        let lost = "不再负责的单位";
        for (own, other) in [(1, &[][..]), (1, &[("wangfang", 1)][..]), (0, &[("", 2)][..])] {
            let (state, text) = says(own, 2, other);
            assert_eq!(state, CheckState::Bad);
            assert!(text.contains(lost) && text.contains("2 份"), "{text}");
            // Control: where there are none of those, nothing is said of them.
            assert!(!says(own, 0, other).1.contains(lost));
        }
        assert_eq!(says(0, 2, &[]).0, CheckState::Note);
        assert_eq!(says(0, 0, &[]).0, CheckState::Good);
    }
}
