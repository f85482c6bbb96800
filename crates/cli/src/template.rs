//! Exports by a template that a coordinator can change.

use crate::args::{Export, FileFormat};
use crate::place::{Opened, identifiers, open};
use crate::say::Said;
use field::{TemplateExported, TemplateOrder};
use protocol::{Code, Failure};

pub fn export(export: &Export) -> Result<Said, Failure> {
    let order = TemplateOrder {
        template: export.name.clone().ok_or(Failure::new(Code::UsageInvalid))?,
        round: export.round.clone(),
        unit: export.unit.clone(),
        format: match export.format {
            FileFormat::Xlsx => field::Format::Xlsx,
            FileFormat::Csv => field::Format::Csv,
            FileFormat::Txt => return Err(Failure::new(Code::ExportUnsupported)),
        },
        identifiers: identifiers(export)?,
    };
    let exported = match open(&export.place)? {
        Opened::Device(home) => home.export_template(&order, &export.out)?,
        Opened::Server(console) => console.export_template(&order, &export.out)?,
    };
    Said::of(&exported, lines(&exported))
}

fn lines(exported: &TemplateExported) -> Vec<String> {
    let mut lines = vec![format!(
        "已按模板 {} 导出 {} 人：{}",
        exported.template,
        exported.people,
        exported.file.display()
    )];
    if exported.conflicts > 0 {
        lines.push(format!("有 {} 格因两个值待定而留空", exported.conflicts));
    }
    if exported.uncoded > 0 {
        lines.push(format!("有 {} 格没有对应的代码，按原文写出", exported.uncoded));
    }
    lines
}
