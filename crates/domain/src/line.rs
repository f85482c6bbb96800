//! A stop's line as its team arranges it: tables of one station or several, in order, and those not there today. Pure. Not what
//! anybody needs: who was not at a station that is away is still unexamined there.
//!
//! 总检 may have a place in it like a station's. It is none: nothing is recorded there, and nobody is sent to it by what is still open.

use crate::catalogue::{Catalogue, Station};
use serde::{Deserialize, Serialize};

/// Tables of a line: more than stations there are none.
pub const TABLES_MAX: usize = 40;

/// The key of 总检 where a line or a device's day names it; no station of a catalogue is called so.
pub const CONCLUDE: &str = "conclude";
/// Its name.
pub const CONCLUDE_ZH: &str = "总检";

/// What teams call a table of two stations: the first one's place has the name.
pub const CALLED: [([&str; 2], &str); 1] = [(["blood", "urine"], "采血尿")];

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LineTable {
    /// Station keys, in the order in which they are done there.
    pub stations: Vec<String>,
    /// Not there today.
    pub is_away: bool,
}

/// Some stations of the catalogue at their tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Arranged<'c> {
    pub stations: Vec<&'c Station>,
    /// 总检 is at this table; there may be no station beside it.
    pub concludes: bool,
    pub is_away: bool,
}

impl Arranged<'_> {
    /// 采血尿＋心电图.
    pub fn name_zh(&self) -> String {
        let has = |key: &str| self.stations.iter().any(|station| station.key == key);
        let called = CALLED.iter().filter(|(both, _)| both.iter().all(|key| has(key)));
        let called: Vec<_> = called.collect();
        let mut words: Vec<&str> = Vec::new();
        for station in &self.stations {
            let one = called.iter().find(|(both, _)| both.contains(&station.key.as_str()));
            let word = one.map_or(station.name_zh.as_str(), |(_, name)| *name);
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words.extend(self.concludes.then_some(CONCLUDE_ZH));
        words.join("＋")
    }
}

/// Whether a line or a day may name this place.
pub fn is_place(key: &str, catalogue: &Catalogue) -> bool {
    key == CONCLUDE || catalogue.station_by_key(key).is_some()
}

/// What a station is called at a stop whose line has it at one table with another: 采血 is 采血尿 there.
pub fn called_at<'l>(
    line: &'l [LineTable],
) -> impl Iterator<Item = (&'static str, &'static str)> + 'l {
    CALLED.into_iter().filter_map(|([first, second], name)| {
        let has = |table: &LineTable, key: &str| table.stations.iter().any(|one| one == key);
        let table = line.iter().find(|table| has(table, first));
        table.is_some_and(|table| has(table, second)).then_some((first, name))
    })
}

/// `stations` (in the catalogue's order) by table: as the line has them, then those it does not name, each at a table of its own;
/// what is away comes last. 总检 stands where the line has it, and nowhere else.
pub fn arranged<'c>(line: &[LineTable], stations: &[&'c Station]) -> Vec<Arranged<'c>> {
    let at = |station: &Station| line.iter().position(|one| one.stations.contains(&station.key));
    let mut tables: Vec<Arranged> = Vec::new();
    for table in line {
        let of = table.stations.iter().filter_map(|key| stations.iter().find(|s| s.key == *key));
        let mut here: Vec<&Station> = Vec::new();
        // Named at two tables, or twice at one: the first counts.
        let is_told = |station: &Station| {
            tables.iter().any(|t| t.stations.iter().any(|s| s.key == station.key))
        };
        for station in of.filter(|station| !is_told(station)) {
            if here.iter().all(|other| other.key != station.key) {
                here.push(station);
            }
        }
        let is_named = table.stations.iter().any(|key| key == CONCLUDE);
        let concludes = is_named && !table.is_away && !tables.iter().any(|t| t.concludes);
        if !here.is_empty() || concludes {
            tables.push(Arranged { stations: here, concludes, is_away: table.is_away });
        }
    }
    let others = stations.iter().filter(|station| at(station).is_none());
    tables.extend(others.map(|station| Arranged {
        stations: vec![*station],
        concludes: false,
        is_away: false,
    }));
    tables.sort_by_key(|table| table.is_away);
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &[(&[&str], bool)], keys: &[&str]) -> Vec<String> {
        let cat = Catalogue::builtin();
        let stations: Vec<&Station> =
            cat.stations.iter().filter(|station| keys.contains(&station.key.as_str())).collect();
        let line: Vec<LineTable> = line
            .iter()
            .map(|(keys, is_away)| LineTable {
                stations: keys.iter().map(|key| (*key).to_owned()).collect(),
                is_away: *is_away,
            })
            .collect();
        let words = |one: Arranged| {
            let mut keys: Vec<&str> = one.stations.iter().map(|s| s.key.as_str()).collect();
            keys.extend(one.concludes.then_some(CONCLUDE));
            format!("{}{}", keys.join("+"), if one.is_away { " away" } else { "" })
        };
        arranged(&line, &stations).into_iter().map(words).collect()
    }

    #[test]
    fn tables_come_as_the_team_arranged_them_and_no_station_is_lost_or_doubled() {
        let all = ["general", "bp", "vision", "blood"];
        let check = |line: &[(&[&str], bool)], wanted: &[&str]| {
            assert_eq!(shown(line, &all), wanted, "{line:?}")
        };
        // The control: nothing arranged, the catalogue's order.
        let plain = shown(&[], &all);
        assert_eq!(plain.len(), 4);
        check(
            &[(&["blood"], false), (&["bp", "general"], false)],
            &["blood", "bp+general", "vision"],
        );
        check(&[(&["blood"], true), (&["bp"], false)], &["bp", &plain[0], "vision", "blood away"]);
        // Named twice, unknown, or not of this person.
        check(
            &[(&["bp", "bp"], false), (&["bp", "nowhere"], false)],
            &["bp", &plain[0], "vision", "blood"],
        );
        assert_eq!(shown(&[(&["bp", "general"], false)], &["general"]), ["general"]);
    }

    #[test]
    fn the_doctors_table_stands_where_the_line_has_it_and_a_table_has_the_name_teams_give_it() {
        let both = ["blood", "urine"];
        // The control: nobody named it.
        assert_eq!(shown(&[(&["urine"], false)], &both), ["urine", "blood"]);
        let line: &[(&[&str], bool)] = &[(&["conclude"], false), (&["blood", "conclude"], false)];
        assert_eq!(shown(line, &both), ["conclude", "blood", "urine"], "named twice");
        assert_eq!(shown(&[(&["conclude", "blood"], false)], &both), ["blood+conclude", "urine"]);
        // Not there today it is nobody's way.
        assert_eq!(shown(&[(&["conclude"], true)], &both), both);
        let cat = Catalogue::builtin();
        let named = |keys: &[&str], concludes: bool| {
            let stations = keys.iter().filter_map(|key| cat.station_by_key(key)).collect();
            Arranged { stations, concludes, is_away: false }.name_zh()
        };
        assert_eq!(named(&["blood"], false), "采血");
        assert_eq!(named(&["urine", "blood"], false), "采血尿");
        assert_eq!(named(&["urine", "ecg", "blood"], true), "采血尿＋心电图＋总检");
        assert_eq!(named(&[], true), "总检");
        let line = |tables: &[&[&str]]| -> Vec<LineTable> {
            let keys = |keys: &&[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
            tables.iter().map(|t| LineTable { stations: keys(t), is_away: false }).collect()
        };
        assert!(called_at(&line(&[&["blood"], &["urine"]])).next().is_none());
        assert!(called_at(&line(&[&["ecg", "urine", "blood"]])).eq([("blood", "采血尿")]));
        assert!(is_place(CONCLUDE, cat) && is_place("blood", cat) && !is_place("nowhere", cat));
        assert!(cat.station_by_key(CONCLUDE).is_none());
    }
}
