//! A stop's line between devices of a hall: the one that opened it tells the line it follows, those that work with it take that where
//! they have arranged none themselves. Nothing here is an entry, and none of it goes to a server. Not what a line means
//! (`domain::line`), nor how a device's own is kept (`app::day`).

use crate::home::{Home, failed};
use domain::line::{LineTable, TABLES_MAX};
use prost::Message;
use protocol::Failure;
use protocol::call::{LineMessage, LineTableMessage};
use protocol::rpc::day::{DayChoice, GivenLine, LineTableRow};
use sha2::{Digest, Sha256};
use store::{Setting, Store, StoreError};
use sync::{Carrier, Start};

/// Longest key of a station, of a unit or of a round, bytes.
const KEY_BYTES_MAX: usize = 64;
const MARK_BYTES: usize = 16;

/// The day as somebody confirmed it on this device. One that this program cannot read is asked anew.
pub(crate) fn device_day(store: &Store) -> Result<Option<DayChoice>, StoreError> {
    let kept = store.setting_text(Setting::Day)?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
}

/// The line that the hall's device gave, of whichever stop it works at.
pub(crate) fn hall_line(store: &Store) -> Result<Option<GivenLine>, StoreError> {
    let kept = store.setting_text(Setting::HallLine)?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
}

/// What this device follows at the stop of its day, for those who join it; a day without a line has no table in it.
pub(crate) fn told(store: &Store) -> Result<Option<GivenLine>, StoreError> {
    let Some(day) = device_day(store)? else { return Ok(None) };
    let given = hall_line(store)?;
    let line = followed(&day, given.as_ref()).to_vec();
    Ok(Some(GivenLine { round: day.round, unit: day.unit, line }))
}

/// The line of a day: its own, else the one given for its stop.
pub(crate) fn followed<'l>(day: &'l DayChoice, given: Option<&'l GivenLine>) -> &'l [LineTableRow] {
    let is_of_stop = |given: &&GivenLine| given.unit == day.unit && given.round == day.round;
    match given.filter(is_of_stop) {
        Some(given) if day.line.is_empty() => &given.line,
        Some(_) | None => &day.line,
    }
}

/// As `domain` reads it.
pub(crate) fn tables(line: &[LineTableRow]) -> Vec<LineTable> {
    let table =
        |row: &LineTableRow| LineTable { stations: row.stations.clone(), is_away: row.is_away };
    line.iter().map(table).collect()
}

/// What changes whenever a line does; 0 = there is none.
pub(crate) fn short_mark(given: Option<&GivenLine>) -> u32 {
    let mark = given.map(|given| mark(&message(given))).unwrap_or_default();
    mark.iter().take(4).fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

/// Changes whenever the line does.
pub(crate) fn mark(line: &LineMessage) -> Vec<u8> {
    Sha256::digest(line.encode_to_vec())[..MARK_BYTES].to_vec()
}

pub(crate) fn message(given: &GivenLine) -> LineMessage {
    let table = |row: &LineTableRow| LineTableMessage {
        stations: row.stations.clone(),
        is_away: row.is_away,
    };
    LineMessage {
        round: given.round.clone(),
        unit: given.unit.clone(),
        tables: given.line.iter().map(table).collect(),
    }
}

/// A line as a hub says it; `None` where it is larger than any line. A station that is not known here stays in it, and stands nowhere.
fn read(line: LineMessage) -> Option<GivenLine> {
    let is_key = |text: &String| text.len() <= KEY_BYTES_MAX && !text.contains(char::is_control);
    let named: Vec<&String> = line.tables.iter().flat_map(|table| &table.stations).collect();
    let is_line = line.tables.len() <= TABLES_MAX
        && named.len() <= TABLES_MAX
        && named.into_iter().chain([&line.round, &line.unit]).all(is_key);
    let row =
        |table: LineTableMessage| LineTableRow { stations: table.stations, is_away: table.is_away };
    is_line.then(|| GivenLine {
        round: line.round,
        unit: line.unit,
        line: line.tables.into_iter().map(row).collect(),
    })
}

impl Home {
    /// Takes the line of a hub that says another mark than last time. What fails is asked again by the next look.
    pub(crate) fn take_line(
        &mut self,
        carrier: &mut impl Carrier,
        start: &Start,
        mark: &[u8],
        seen: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        if mark.is_empty() || seen == mark {
            return Ok(());
        }
        let start = Start { nonce: self.host.random_16()?, ..start.clone() };
        let Ok((line, mark)) = sync::ask_line(&self.store, carrier, &start) else {
            return Ok(());
        };
        *seen = mark;
        let Some(given) = line.and_then(read) else { return Ok(()) };
        if hall_line(&self.store).map_err(failed)?.as_ref() == Some(&given) {
            return Ok(());
        }
        let Ok(text) = serde_json::to_string(&given) else { return Ok(()) };
        self.store.set_setting(Setting::HallLine, text.as_bytes()).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(keys: &[&str]) -> GivenLine {
        let row = |key: &&str| LineTableRow { stations: vec![(*key).to_owned()], is_away: false };
        GivenLine {
            round: "7".to_owned(),
            unit: "431302105205".to_owned(),
            line: keys.iter().map(row).collect(),
        }
    }

    #[test]
    fn a_given_line_is_followed_at_its_own_stop_and_where_nobody_arranged_another() {
        let mut day = DayChoice {
            round: "7".to_owned(),
            unit: "431302105205".to_owned(),
            day: "2026-09-14".to_owned(),
            stations: Vec::new(),
            line: Vec::new(),
        };
        let hub = given(&["blood", "bp"]);
        assert_eq!(followed(&day, Some(&hub)), hub.line);
        // The control: none was given.
        assert!(followed(&day, None).is_empty());
        let other = GivenLine { unit: "431302105206".to_owned(), ..hub.clone() };
        assert!(followed(&day, Some(&other)).is_empty());
        let other = GivenLine { round: "8".to_owned(), ..hub.clone() };
        assert!(followed(&day, Some(&other)).is_empty());
        day.line = given(&["vision"]).line;
        assert_eq!(followed(&day, Some(&hub)), day.line);
    }

    #[test]
    fn what_is_larger_than_any_line_is_none_and_each_change_has_its_mark() {
        let line = message(&given(&["blood", "nowhere-yet"]));
        assert_eq!(read(line.clone()), Some(given(&["blood", "nowhere-yet"])));
        let check = |change: &dyn Fn(&mut LineMessage)| {
            let mut other = line.clone();
            change(&mut other);
            assert_ne!(mark(&other), mark(&line), "{other:?}");
            other
        };
        check(&|line| line.tables[0].is_away = true);
        check(&|line| line.tables.reverse());
        check(&|line| line.unit.push('1'));
        let many = check(&|line| line.tables = vec![line.tables[0].clone(); TABLES_MAX + 1]);
        assert_eq!(read(many), None);
        let crowded = vec!["bp".to_owned(); TABLES_MAX + 1];
        assert_eq!(read(check(&|line| line.tables[0].stations = crowded.clone())), None);
        let long = "b".repeat(KEY_BYTES_MAX + 1);
        assert_eq!(read(check(&|line| line.tables[0].stations = vec![long.clone()])), None);
        assert_eq!(read(check(&|line| line.round = "7\n".to_owned())), None);
        assert_eq!(short_mark(None), 0);
        assert_ne!(short_mark(Some(&given(&[]))), short_mark(Some(&given(&["bp"]))));
    }
}
