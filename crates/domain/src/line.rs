//! A stop's line as its team arranges it: tables of one station or several, in order, and those not there today. Pure. Not what
//! anybody needs: who was not at a station that is away is still unexamined there.

use crate::catalogue::Station;
use serde::{Deserialize, Serialize};

/// Tables of a line: more than stations there are none.
pub const TABLES_MAX: usize = 40;

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
    pub is_away: bool,
}

/// `stations` (in the catalogue's order) by table: as the line has them, then those it does not name, each at a table of its own;
/// what is away comes last.
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
        if !here.is_empty() {
            tables.push(Arranged { stations: here, is_away: table.is_away });
        }
    }
    let others = stations.iter().filter(|station| at(station).is_none());
    tables.extend(others.map(|station| Arranged { stations: vec![*station], is_away: false }));
    tables.sort_by_key(|table| table.is_away);
    tables
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

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
            let keys: Vec<&str> = one.stations.iter().map(|s| s.key.as_str()).collect();
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
}
