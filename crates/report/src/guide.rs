//! What a workbook's second sheet (说明) says: of which round and moment the figures are, what was
//! masked, what the marks mean, and by which thresholds and settings anything is called abnormal.

use crate::table::{Cell, Mark, Marked};
use crate::words;
use crate::{Export, Identifiers, Input};
use domain::catalogue::{LevelRow, Rule};
use domain::facts::ExportFacts;
use domain::rule::Level;

pub enum Line {
    Heading(String),
    Fact(&'static str, String),
    Headings([&'static str; 5]),
    Row([Marked; 5]),
    /// A mark as it looks, and what it means.
    Mark(&'static str, Mark, &'static str),
}

/// Units named one by one; of more, only how many there are.
const UNITS_NAMED_MAX: usize = 12;

pub fn lines(input: &Input, what: Export) -> Vec<Line> {
    let mut lines = about(input, what);
    match what {
        Export::Results | Export::Findings => {
            lines.extend(marks(what));
            lines.extend(levels(input));
            lines.extend(thresholds(input));
        }
        Export::Coverage => lines.extend(coverage_words()),
        Export::Brief => {}
    }
    lines
}

/// 本区设置: the levels and follow-up days are the district's own, and who confirmed them.
pub fn settings_words(facts: &ExportFacts) -> String {
    match facts.round.levels_confirmed_by.as_deref().filter(|name| !name.trim().is_empty()) {
        Some(name) => format!("异常分级和随访天数为本区设置，由 {name} 确认"),
        None => "异常分级和随访天数为本区设置，尚未经负责人确认".to_owned(),
    }
}

fn about(input: &Input, what: Export) -> Vec<Line> {
    let facts = input.facts;
    let round = &facts.round;
    let units: Vec<String> = facts.units.iter().map(words::unit_label).collect();
    let units = if units.len() > UNITS_NAMED_MAX {
        format!("共 {} 个单位", units.len())
    } else {
        words::list_or_none(units.iter().map(String::as_str))
    };
    let identifiers = match &input.options.identifiers {
        Identifiers::Masked => "姓名、证件号、电话已脱敏".to_owned(),
        Identifiers::Full { purpose } => format!("完整显示。用途：{purpose}。请妥善保管，用后销毁"),
    };
    let made_by = input.options.made_by.clone().unwrap_or_else(|| "未注明".to_owned());
    let mut lines = vec![
        Line::Heading(input.title("说明")),
        Line::Fact("轮次", format!("{}（{} 至 {}）", round.name, round.from, round.to)),
        Line::Fact("截至", facts.as_of.clone()),
        Line::Fact("单位", units),
        Line::Fact("导出人", made_by),
        Line::Fact("目录版本", format!("项目与阈值目录第 {} 版", input.catalogue.version)),
    ];
    if what.shows_people() {
        let caution = "异常发现是筛查提示，不是诊断，须由医生复查确认。".to_owned();
        lines.extend([
            Line::Fact("人数", format!("{} 人有记录", facts.checkups.len())),
            Line::Fact("身份信息", identifiers),
            Line::Fact("本区设置", settings_words(facts)),
            Line::Fact("提醒", caution),
        ]);
    }
    lines
}

fn marks(what: Export) -> Vec<Line> {
    let mut lines = vec![
        Line::Heading("标记".to_owned()),
        Line::Mark(words::level(Level::A), Mark::Finding(Level::A), "立即处置"),
        Line::Mark(words::level(Level::B), Mark::Finding(Level::B), "转诊并随访"),
        Line::Mark(words::level(Level::C), Mark::Finding(Level::C), "写入报告，给予建议"),
    ];
    if what == Export::Results {
        let two = "两处记录不一致，须由人核定；核定前按较重的计";
        let none = "没有结果的原因：拒检、未测、设备故障、不适用、待回报";
        let long = "文字较长的单元格打印时可能只见前几行，全文在单元格内";
        lines.push(Line::Mark("152 / 158 待核对", Mark::Conflict, two));
        lines.push(Line::Mark("拒检", Mark::Absent, none));
        lines.push(Line::Mark("（空白）", Mark::Plain, "没有记录"));
        lines.push(Line::Mark("（长文字）", Mark::Plain, long));
    }
    lines
}

/// The levels of the rules and classes that are on, as they stand in this round.
fn levels(input: &Input) -> Vec<Line> {
    let mut lines = vec![
        Line::Heading(settings_words(input.facts)),
        Line::Headings(["规则", "分类", "级别", "随访天数", "处理"]),
    ];
    let is_on = |row: &&LevelRow| {
        let class_is_on = |rule: &Rule| rule.classes.iter().any(|c| c.on && c.code == row.code);
        input.catalogue.rule(&row.rule).is_none_or(|rule| rule.on && class_is_on(rule))
    };
    for row in input.catalogue.levels.iter().filter(is_on) {
        let rule =
            input.catalogue.rule(&row.rule).map_or(row.rule.as_str(), |r| r.name_zh.as_str());
        let level = match row.level {
            Level::N => Cell::text("只记录").into(),
            Level::A | Level::B | Level::C => {
                Marked { cell: Cell::text(words::level(row.level)), mark: Mark::Finding(row.level) }
            }
        };
        let due = row.due_days.map_or(Cell::Empty, |days| Cell::Count(u64::from(days)));
        let cells = [
            Cell::text(rule).into(),
            Cell::text(row.name_zh.as_str()).into(),
            level,
            due.into(),
            Cell::text(row.action_zh.as_str()).into(),
        ];
        lines.push(Line::Row(cells));
    }
    lines
}

/// Where the thresholds come from. Rules that are off judge nobody and are not printed.
fn thresholds(input: &Input) -> Vec<Line> {
    let mut lines = vec![
        Line::Heading("阈值来源".to_owned()),
        Line::Headings(["规则", "依据", "年份", "对象", "数据表"]),
    ];
    let row = |rule: &Rule| {
        let kinds: Vec<&str> = rule.kinds().iter().map(|kind| words::kind(*kind)).collect();
        let cells = [
            Cell::text(rule.name_zh.as_str()),
            Cell::text(rule.standard.as_str()),
            Cell::Count(u64::from(rule.year)),
            Cell::text(kinds.join("、")),
            Cell::text(rule.tables.join("，")),
        ];
        Line::Row(cells.map(Marked::from))
    };
    lines.extend(input.catalogue.rules.iter().filter(|rule| rule.on).map(row));
    lines
}

fn coverage_words() -> Vec<Line> {
    let fact = |label, text: &str| Line::Fact(label, text.to_owned());
    vec![
        Line::Heading("口径".to_owned()),
        fact("应检", "本轮花名册上的人数"),
        fact("实检(名单内)", "花名册上至少完成一个工位的人数"),
        fact("受检率", "实检(名单内) ÷ 应检；应检为 0 时记“—”"),
        fact("本区他村", "名单外，家在本区其他单位，或家在本单位但不在名单上"),
        fact("外区", "名单外，家在本区以外"),
        fact(
            "合计人次",
            "实检(名单内) + 本区他村 + 外区。名单内的人在别处受检时，在名单所在村算名单内，在受检村另算本区他村",
        ),
    ]
}
