//! Commands that print the paper of a stop. Reports for people are `report`'s.

use crate::args::{PrintCommand, PrintOf};
use crate::device;
use crate::say::Said;
use field::{LabelSize, Paper, PaperOrder, PerPage};
use protocol::{Code, Failure};

/// Sides of a label, mm.
const LABEL_MM: std::ops::RangeInclusive<f32> = 20.0..=120.0;

pub fn print(command: &PrintCommand) -> Result<Said, Failure> {
    let (of, paper, people) = match command {
        PrintCommand::DaySheet(of) => (of, Paper::DaySheet, Vec::new()),
        PrintCommand::Handover(of) => (of, Paper::Handover, Vec::new()),
        PrintCommand::Guide { of, people, per_page } => {
            let per_page = if *per_page == 1 { PerPage::One } else { PerPage::Two };
            (of, Paper::Guide(per_page), people.clone())
        }
        PrintCommand::SeatCards { of, people } => (of, Paper::SeatCards, people.clone()),
        PrintCommand::TubeLabels { of, sets, tube, size } => {
            let kind = tube.as_deref().map(field::tube_kind).transpose()?;
            (of, Paper::TubeLabels(label_size(size)?, *sets, kind), Vec::new())
        }
        PrintCommand::Labels { of, people, size } => {
            (of, Paper::Labels(label_size(size)?), people.clone())
        }
    };
    let PrintOf { home, round, unit, day, out } = of;
    let order =
        PaperOrder { paper, round: round.clone(), unit: unit.clone(), day: day.clone(), people };
    let printed = device::open(&home.home, home.key_file.as_deref())?.print(&order, out)?;
    let line = format!("已生成：{}", printed.file.display());
    Said::of(&printed, vec![line])
}

/// `50x30`, in mm.
fn label_size(text: &str) -> Result<LabelSize, Failure> {
    let side = |text: &str| text.parse().ok().filter(|mm| LABEL_MM.contains(mm));
    let sides = text.split_once(['x', 'X', '×']);
    let sides = sides.and_then(|(width, height)| Some((side(width)?, side(height)?)));
    let (width_mm, height_mm) = sides.ok_or(Failure::at(Code::ValueInvalid, "--size"))?;
    Ok(LabelSize { width_mm, height_mm })
}
