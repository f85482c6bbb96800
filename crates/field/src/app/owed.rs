//! Who of today's stop still owes a repeat, told from the store: the home page finds them again after a lock and after a restart.
//! Not what a repeat is (`repeat`), nor those of other days: 离场核对 and 收工 list everybody.

use super::repeat::{self, Repeat};
use super::{DayKept, Opened, Today};
use crate::home::failed;
use domain::catalogue::Catalogue;
use domain::check::Subject;
use domain::value::Value;
use office::Moment;
use protocol::Failure;
use protocol::rpc::station::OwedRow;
use store::{PersonView, ValueView};

impl Opened {
    /// Who was measured today on this device and owes the repeat: first who was measured first.
    pub(super) fn owed_rows(&self, today: &Today) -> Result<Vec<OwedRow>, Failure> {
        let store = self.home.store();
        let catalogue = today.round.in_force();
        let mut waiting = Vec::new();
        for one in store.grave_checkups(today.round.id, &today.unit).map_err(failed)? {
            // Almost everybody with a level A owes nothing: their papers are not opened.
            if repeat::owed(&one.judgements, &one.results).is_empty() {
                continue;
            }
            let Some(view) = store.person(one.person).map_err(failed)? else { continue };
            let (sex, birth) = (view.details.sex, view.details.birth);
            let day = one.day.unwrap_or(today.day);
            let subject = Subject { kind: one.kind, sex, birth, day };
            let judging = (&*catalogue, &subject);
            let about = (&view, today.round.id);
            for repeat in repeat::owed_here(judging, about, &one.judgements, &one.results) {
                let Some(at_ms) = self.measured_at(today, &view, repeat) else { continue };
                let row = self.row(view.person, Some(today))?;
                waiting
                    .push((at_ms, OwedRow { row, at: clock_text(at_ms), repeat: repeat.told() }));
            }
        }
        waiting.sort_by(|a, b| (a.0, &a.1.row.person).cmp(&(b.0, &b.1.row.person)));
        Ok(waiting.into_iter().map(|(_, row)| row).collect())
    }

    /// When the readings that stand were taken, where that was at today's stop, on its day and on this device: whom another one
    /// measured sits there. None
    /// inside = the writing clock told nothing.
    fn measured_at(
        &self,
        today: &Today,
        view: &PersonView,
        repeat: &Repeat,
    ) -> Option<Option<i64>> {
        let catalogue = Catalogue::builtin();
        let is_reading = |v: &&ValueView| {
            let item = catalogue.item(v.item);
            let is_value = !matches!(v.value, Value::Absent(_));
            let is_today = v.day == Some(today.day) && v.unit == today.unit;
            let is_asked = item.is_some_and(|item| repeat.of.contains(&item.key.as_str()));
            v.round == today.round.id
                && v.current
                && is_value
                && is_today
                && is_asked
                && v.laboratory.is_empty()
        };
        let last = view.values.iter().filter(is_reading).max_by_key(|v| v.clock_ms)?;
        let taken = repeat.told().station;
        let is_here = match &self.day {
            DayKept::WithDevice => true,
            // A hall's browsers are one device: each lists those of its own stations.
            DayKept::AtSeat(_) => today.choice.stations.iter().any(|one| one.station == taken),
        };
        let is_own = last.reference.writer == self.home.store().writer();
        (is_own && is_here).then_some(last.clock_ms)
    }
}

fn clock_text(at_ms: Option<i64>) -> String {
    at_ms.map(|at_ms| Moment::at(at_ms).as_of).unwrap_or_default()
}
