//! A district's whole roster on its way to a device, and finding people among it there.

use crate::central::District;
use crate::figure::{Budget, Figure};
use crate::find;
use std::path::Path;
use std::time::Instant;
use stories::measure::data::villages;
use stories::team::said;

/// 8 MB for 400,000 people.
const BYTES_A_PERSON_MAX: f64 = 20.0;
const PEOPLE_EACH: usize = 800;
const SEARCHES: usize = 300;

pub fn measure(folder: &Path, people: usize) -> Vec<Figure> {
    let units = villages(people / PEOPLE_EACH);
    let each = people / units.len();
    let start = Instant::now();
    let district = District::make(folder, units, each);
    let import = start.elapsed().as_secs_f64();
    let people = district.rosters.people.iter().map(Vec::len).sum::<usize>();
    let device = district.enrol(folder, "device", &district.url());
    let mut home = device.home();
    let start = Instant::now();
    let synced = said(home.sync());
    let pull = start.elapsed().as_secs_f64();
    let name = |what: &str| format!("roster of {people}: {what}");
    let each = synced.bytes_down as f64 / people as f64;
    let mut figures = vec![
        Figure::one(
            name("bytes pulled"),
            "B/person",
            each,
            Budget::AtMost(BYTES_A_PERSON_MAX),
            format!("bodies of answers, {} bytes in all; over TLS on loopback", synced.bytes_down),
        ),
        Figure::one(
            name("pulled and projected"),
            "people/s",
            people as f64 / pull,
            Budget::None,
            "from asking for heads to everyone searchable on the device; the server on the same machine",
        ),
        Figure::one(
            name("put in on the server"),
            "people/s",
            people as f64 / import,
            Budget::None,
            "rosters made, appended, projected; a commit a village",
        ),
    ];
    let all: Vec<_> = district.rosters.people.iter().flatten().collect();
    figures.extend(find::measure(home.store(), &all, SEARCHES));
    figures
}
