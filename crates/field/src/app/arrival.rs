//! What arrived of today's stop's tubes, at the screen. Thin: what a count means is `office`'s and the domain's.

use super::Opened;
use crate::home::Acting;
use office::{ArrivalKind, ArrivalOrder, HandoverDay};
use protocol::Failure;
use protocol::rpc::lab::{
    ArrivalKindRow, ArrivalsView, ArriveAsk, Arrived, HandoverDayRow, MissingTubeRow,
};

impl Opened {
    pub(super) fn arrivals(&self) -> Result<ArrivalsView, Failure> {
        let today = self.today()?;
        let store = self.home.store();
        let days = office::handover_days(store, today.round.id, &today.unit)?;
        let sight = self.sight()?;
        let mut rows = Vec::with_capacity(days.len());
        for day in days {
            rows.push(row(day, &|person| sight.sees(store, person))?);
        }
        Ok(ArrivalsView { days: rows })
    }

    pub(super) fn arrive(&mut self, ask: &ArriveAsk) -> Result<Arrived, Failure> {
        let today = self.today()?;
        let operator = self.worker.as_ref().and_then(|worker| worker.operator);
        let acting = Acting { round: Some(today.round.id), operator, ..Acting::default() };
        let order = ArrivalOrder {
            day: ask.day.clone(),
            on: Some(ask.on.clone()),
            at: ask.at.clone(),
            received_by: ask.received_by.clone(),
            all: false,
            counts: ask.counts.iter().map(|one| (one.kind.clone(), one.arrived)).collect(),
            missing: ask.missing.clone(),
            reason: ask.reason.clone(),
            withdraw: ask.is_withdrawal,
        };
        let said = self.home.arrive_at(&today.unit, &acting, &order)?;
        Ok(Arrived { is_new: said.new, days: self.arrivals()?.days })
    }
}

type Sees<'a> = &'a dyn Fn(domain::ids::PersonId) -> Result<bool, Failure>;

fn row(day: HandoverDay, sees: Sees) -> Result<HandoverDayRow, Failure> {
    let mut missing = Vec::with_capacity(day.missing.len());
    for one in day.missing {
        let id = one.person.as_deref().map(super::person_id).transpose()?;
        let is_seen = id.map(sees).transpose()?.unwrap_or(false);
        missing.push(MissingTubeRow {
            code: one.code,
            name: one.tube,
            person: one.person.filter(|_| is_seen),
            state_zh: one.state_zh.to_owned(),
            is_open: one.open,
        });
    }
    Ok(HandoverDayRow {
        day: day.day,
        kinds: day.kinds.into_iter().map(kind_row).collect(),
        arrived_on: day.arrived_on,
        at: day.at,
        received_by: day.received_by,
        is_several: day.several,
        missing,
    })
}

fn kind_row(kind: ArrivalKind) -> ArrivalKindRow {
    ArrivalKindRow {
        kind: kind.kind,
        name: kind.tube,
        sent: kind.sent,
        listed: kind.listed,
        arrived: kind.arrived,
        unnamed: kind.unnamed,
        unlisted: kind.unlisted,
        since: kind.since,
    }
}
