//! A full hall: 25 clients at one hub, what a save costs there and when everybody else has it.

use crate::figure::{Budget, Figure, ms};
use std::time::Duration;
use stories::full_hall::{
    CLIENTS, FullHall, Measured, browsers_save_and_see, devices_save_and_see, saves_max,
};

/// A station's next person, sooner than anybody really sits down.
const REST: Duration = Duration::from_secs(2);

/// `saves`: how many each client does, as far as there are people.
pub fn measure(saves: usize) -> Vec<Figure> {
    let saves = saves.min(saves_max(CLIENTS));
    let mut hall = FullHall::open(CLIENTS);
    let devices = devices_save_and_see(&mut hall, saves, REST);
    let browsers = browsers_save_and_see(&hall, CLIENTS, saves, REST);
    let mut figures = Vec::new();
    for (who, measured, save, seen) in [
        (
            "devices",
            devices,
            "a station's file of one person read and recorded",
            "its own store has it",
        ),
        (
            "browsers",
            browsers,
            "`save` asked over TLS and answered",
            "it waited for news and asked again for what it shows",
        ),
    ] {
        let Measured { saves: took, seen: after } = measured;
        figures.push(Figure::new(
            format!("save, {CLIENTS} {who} at one hub"),
            "ms",
            took.into_iter().map(ms).collect(),
            Budget::None,
            format!("{save}; each client every {} s, all in one process", REST.as_secs()),
        ));
        figures.push(Figure::new(
            format!("seen by each other one, {CLIENTS} {who} at one hub"),
            "ms",
            after.into_iter().map(ms).collect(),
            Budget::AtMost(2_000.0),
            format!("from the save's end until {seen}"),
        ));
    }
    figures
}
