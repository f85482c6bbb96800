//! The 简报 as text: a page to print or send, and in it one paragraph to paste into a chat. No name
//! of a person and no ID number is in it. Lines end with CR LF, for the oldest Notepad.

use crate::Input;
use crate::brief::{Figures, Found, SilentDevice, TownshipFigures, figures};
use crate::coverage::Counts;
use crate::guide::settings_words;
use crate::table::{percent, share};

/// Devices named one by one; of more, only how many there are.
const DEVICES_NAMED_MAX: usize = 20;

pub fn write(input: &Input) -> String {
    let figures = figures(input);
    let facts = input.facts;
    let mut lines = vec![
        title(input),
        format!("截至 {}", facts.as_of),
        String::new(),
        format!("今日（{}）", facts.today),
    ];
    lines.extend(figures.townships.iter().filter(|line| line.today.examined > 0).map(today_line));
    lines.push(today_line(&figures.total));
    lines.push(String::new());
    lines.push("累计".to_owned());
    lines.extend(figures.townships.iter().map(so_far_line));
    lines.push(so_far_line(&figures.total));
    lines.push(String::new());
    lines.extend(remarks(input, &figures));
    lines.push(String::new());
    lines.push("可转发文字：".to_owned());
    lines.push(paragraph(input, &figures));
    lines.push(String::new());
    lines.join("\r\n")
}

pub fn title(input: &Input) -> String {
    format!("健康快车{}简报", input.facts.round.name)
}

/// What a reader has to know beside the figures.
pub fn remarks(input: &Input, figures: &Figures) -> Vec<String> {
    vec![
        format!("今日尚未回传的设备：{}", devices(figures.silent_devices.as_deref())),
        format!("结果待核对：{}", people(figures.conflicting)),
        format!("{}。", settings_words(input.facts)),
        "受检率=名单内实检÷应检。血压、血糖的比例以测过的人为分母。B类不含同时有A类的人。"
            .to_owned(),
        "异常发现是筛查提示，不是诊断。".to_owned(),
    ]
}

/// Everything that matters, as one paragraph.
pub fn paragraph(input: &Input, figures: &Figures) -> String {
    let total = &figures.total;
    let places: Vec<String> = figures
        .townships
        .iter()
        .filter(|line| line.today.examined > 0)
        .map(|line| format!("{}{}人", line.name, line.today.examined))
        .collect();
    let places =
        if places.is_empty() { String::new() } else { format!("（{}）", places.join("、")) };
    format!(
        "【{}】截至{}，今日实检{}{places}，{}。累计应检{}，{}，另有本区他村{}、外区{}；累计{}。\
         结果待核对：{}。今日尚未回传的设备：{}。{}；异常发现是筛查提示，不是诊断。",
        title(input),
        input.facts.as_of,
        people(total.today.examined),
        found(total.today),
        people(total.counts.expected),
        rate_of_examined(total),
        people(total.counts.other_village),
        people(total.counts.outside),
        found(total.so_far),
        people(figures.conflicting),
        devices(figures.silent_devices.as_deref()),
        settings_words(input.facts),
    )
}

fn today_line(line: &TownshipFigures) -> String {
    format!("{}：实检{}；{}", line.name, people(line.today.examined), found(line.today))
}

fn so_far_line(line: &TownshipFigures) -> String {
    let counts = line.counts;
    format!(
        "{}：应检{}，{}，本区他村{}，外区{}；{}",
        line.name,
        people(counts.expected),
        rate_of_examined(line),
        people(counts.other_village),
        people(counts.outside),
        found(line.so_far),
    )
}

fn rate_of_examined(line: &TownshipFigures) -> String {
    let Counts { listed, expected, .. } = line.counts;
    match share(listed, expected) {
        Some(rate) => {
            format!("名单内实检{}，受检率{}（{listed}/{expected}）", people(listed), percent(rate))
        }
        None => format!("名单内实检{}，受检率无（无应检名单）", people(listed)),
    }
}

fn found(found: Found) -> String {
    format!(
        "血压升高{}，血糖升高{}，A类{}，B类{}",
        people_of(found.bp_raised, found.bp_measured),
        people_of(found.glucose_raised, found.glucose_measured),
        people(found.level_a),
        people(found.level_b),
    )
}

pub fn people(count: u64) -> String {
    if count == 0 { "无".to_owned() } else { format!("{count}人") }
}

/// `31人（25.8%，31/120）`, 无 where there is nobody to count among.
fn people_of(part: u64, whole: u64) -> String {
    match share(part, whole) {
        Some(rate) => format!("{}（{}，{part}/{whole}）", people(part), percent(rate)),
        None => people(part),
    }
}

pub fn devices(silent: Option<&[SilentDevice]>) -> String {
    let Some(silent) = silent else {
        return "本机不知，以服务器的简报为准".to_owned();
    };
    if silent.is_empty() {
        return "无".to_owned();
    }
    let name = |device: &SilentDevice| match device.heard_at {
        Some(at) => format!("{}（上次{}）", device.name, at.format("%m-%d %H:%M")),
        None => format!("{}（从未）", device.name),
    };
    let named: Vec<String> = silent.iter().take(DEVICES_NAMED_MAX).map(name).collect();
    let more = if silent.len() > DEVICES_NAMED_MAX {
        format!("等{}台", silent.len())
    } else {
        String::new()
    };
    format!("{}{more}", named.join("、"))
}
