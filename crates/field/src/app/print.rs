//! Files out: workbooks and printed paper of the stop. Bytes go to the screen's host, never to a disk of this device by themselves.

use super::day::XLSX;
use super::{Opened, person_id};
use crate::paper::{Paper, Stop};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::ids::PersonId;
use office::paper::{LabelSize, PerPage};
use office::{Export, ExportOrder, Format, Identifiers, Moment};
use protocol::rpc::work::{FileOut, PrintAsk, PrintKind};
use protocol::{Code, Failure};

/// A PDF's media type.
pub(super) const PDF: &str = "application/pdf";

impl Opened {
    pub(super) fn print(&self, ask: &PrintAsk) -> Result<FileOut, Failure> {
        match ask.kind {
            PrintKind::Results => self.workbook(ask, Export::Results, "results"),
            PrintKind::Findings => self.workbook(ask, Export::Findings, "findings"),
            PrintKind::CoverageSheet => self.workbook(ask, Export::Coverage, "coverage"),
            PrintKind::Brief => self.workbook(ask, Export::Brief, "brief"),
            PrintKind::GuideSheet => self.paper(ask, Paper::Guide(PerPage::Two)),
            PrintKind::DaySheet => self.paper(ask, Paper::DaySheet),
            PrintKind::Handover => self.paper(ask, Paper::Handover),
            PrintKind::Labels => self.paper(ask, Paper::Labels(LabelSize::USUAL)),
            PrintKind::SeatCards => self.paper(ask, Paper::SeatCards),
            PrintKind::Summary => {
                self.summary_file(ask.summary.as_ref().ok_or(Failure::new(Code::UsageInvalid))?)
            }
            PrintKind::TubeLabels => {
                self.paper(ask, Paper::TubeLabels(LabelSize::USUAL, ask.sets, None))
            }
        }
    }

    /// A purpose changes nothing here: paper never has a whole ID number on it.
    fn paper(&self, ask: &PrintAsk, paper: Paper) -> Result<FileOut, Failure> {
        let today = self.today()?;
        let people: Result<Vec<PersonId>, Failure> =
            ask.people.iter().map(|person| person_id(person)).collect();
        let stop = Stop { round: &today.round, unit: &today.unit, day: today.day };
        let bytes = self.home.paper(paper, &stop, &people?)?;
        Ok(FileOut {
            name: format!("{}-{}-{}.pdf", paper.word(), today.unit.0, today.choice.day),
            media_type: PDF.to_owned(),
            content: BASE64.encode(&bytes),
        })
    }

    fn workbook(&self, ask: &PrintAsk, what: Export, name: &str) -> Result<FileOut, Failure> {
        let today = self.today()?;
        let identifiers = match &ask.purpose {
            None => Identifiers::Masked,
            Some(purpose) if purpose.trim().is_empty() => {
                return Err(Failure::new(Code::PurposeMissing));
            }
            Some(purpose) => Identifiers::Full { purpose: purpose.trim().to_owned() },
        };
        let order = ExportOrder {
            what,
            format: Format::Xlsx,
            round: today.choice.round.clone(),
            unit: Some(today.unit.0.clone()),
            identifiers,
        };
        let moment = Moment { today: today.day, ..Moment::at(self.home.host.unix_ms()) };
        let (bytes, _) = office::export_bytes(self.home.store(), &order, &moment)?;
        Ok(FileOut {
            name: format!("{name}-{}-{}.xlsx", today.unit.0, today.choice.day),
            media_type: XLSX.to_owned(),
            content: BASE64.encode(&bytes),
        })
    }
}
