//! One person's report as paper, from their own screen: what it would be, and the file. Thin: whether a report is final is `office`'s.

use super::print::PDF;
use super::{Opened, person_id};
use crate::home::failed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::ids::{PersonId, UnitCode};
use office::{PaperStand, ReportOrder, Which};
use protocol::rpc::people::PersonAsk;
use protocol::rpc::summary::PersonPaper;
use protocol::rpc::work::FileOut;
use protocol::{Code, Failure};

impl Opened {
    pub(super) fn person_paper(&self, ask: &PersonAsk) -> Result<PersonPaper, Failure> {
        let Some((_, stand)) = self.paper_of(person_id(&ask.person)?)? else {
            let reasons = vec!["这一轮还没有结果".to_owned()];
            return Ok(PersonPaper { version: None, may_print: false, reasons });
        };
        Ok(match stand {
            PaperStand::Final(version) => {
                PersonPaper { version: Some(version), may_print: true, reasons: Vec::new() }
            }
            PaperStand::Preview(reasons) => PersonPaper { version: None, may_print: true, reasons },
            PaperStand::Held => PersonPaper {
                version: None,
                may_print: false,
                reasons: vec!["已总检，但家长的知情同意书还没有交回".to_owned()],
            },
        })
    }

    /// A final report is recorded as printed; a preview is nobody's to hold.
    pub(super) fn person_paper_print(&mut self, person: &str) -> Result<FileOut, Failure> {
        let today = self.today()?;
        let person = person_id(person)?;
        let found = self.paper_of(person)?.ok_or(Failure::new(Code::ReportNotFinal))?;
        let (unit, stand) = found;
        let order = ReportOrder {
            round: today.choice.round.clone(),
            unit: unit.0,
            which: Which::All,
            people: vec![person.0.to_string()],
        };
        let (bytes, name) = match stand {
            PaperStand::Final(version) => {
                let operator = self.delivering_operator();
                let made = self.home.print_people_bytes(operator.as_deref(), &order)?;
                (made.0, format!("report-v{version}"))
            }
            PaperStand::Preview(_) => (self.home.report_bytes(&order)?, "preview".to_owned()),
            PaperStand::Held => return Err(Failure::new(Code::ConsentMissing)),
        };
        Ok(FileOut {
            name: format!("{name}-{}.pdf", today.choice.day),
            media_type: PDF.to_owned(),
            content: BASE64.encode(&bytes),
        })
    }

    /// At which unit somebody's report is made in today's round, and what it would be; none = nothing was examined.
    fn paper_of(&self, person: PersonId) -> Result<Option<(UnitCode, PaperStand)>, Failure> {
        let today = self.today()?;
        let store = self.home.store();
        let view = store.person(person).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let listed = view.listings.iter().filter(|one| one.round == today.round.id);
        let stop = store.checkup_stop(today.round.id, view.person).map_err(failed)?;
        let mut units: Vec<UnitCode> = listed.map(|one| one.unit.clone()).collect();
        units.extend(stop.map(|(unit, _)| unit));
        for unit in units {
            let stand = office::paper_stand(store, &today.round, &unit, view.person)?;
            if let Some(stand) = stand {
                return Ok(Some((unit, stand)));
            }
        }
        Ok(None)
    }
}
