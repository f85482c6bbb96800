//! The 简报 as text: a page to print or send, and in it one paragraph to paste into a chat. No name
//! of a person and no ID number is in it. Lines end with CR LF, for the oldest Notepad.

use crate::Input;
use crate::brief::{Figures, Found, SilentDevice, TownshipFigures, figures};
use crate::coverage::Counts;
use crate::guide::settings_words;
use crate::summary::{SMALL_BELOW, is_small};
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
        format!(
            "本页含少于{SMALL_BELOW}人的数，仅供卫生机构内部使用；能转发的只有“可转发文字”一段，其中少于{SMALL_BELOW}人的写作不足{SMALL_BELOW}人。"
        ),
    ]
}

/// Everything that matters, as one paragraph. It is passed on: fewer than five people are not told, nor told by a sum.
pub fn paragraph(input: &Input, figures: &Figures) -> String {
    let total = &figures.total;
    let words = Words { hides_small: true };
    format!(
        "【{}】截至{}，今日实检{}{}，{}。累计应检{}，{}，另有本区他村{}、外区{}；累计{}。\
         结果待核对：{}。今日尚未回传的设备：{}。{}；异常发现是筛查提示，不是诊断。",
        title(input),
        input.facts.as_of,
        words.people(total.today.examined),
        places(&figures.townships),
        words.found(total.today),
        words.people(total.counts.expected),
        words.rate_of_examined(total),
        words.people(total.counts.other_village),
        words.people(total.counts.outside),
        words.found(total.so_far),
        words.people(figures.conflicting),
        devices(figures.silent_devices.as_deref()),
        settings_words(input.facts),
    )
}

/// Where people were examined today. A place of few people has no number; one alone would be told by the sum of the day.
fn places(townships: &[TownshipFigures]) -> String {
    let mut places: Vec<(u64, &str, bool)> = townships
        .iter()
        .filter(|line| line.today.examined > 0)
        .map(|line| (line.today.examined, line.name.as_str(), is_small(line.today.examined)))
        .collect();
    if places.iter().filter(|(_, _, is_hidden)| *is_hidden).count() == 1 {
        let shown = places.iter_mut().filter(|(_, _, is_hidden)| !is_hidden);
        if let Some(next) = shown.min_by_key(|(people, _, _)| *people) {
            next.2 = true;
        }
    }
    let place = |(people, name, is_hidden): &(u64, &str, bool)| {
        if *is_hidden { (*name).to_owned() } else { format!("{name}{people}人") }
    };
    let places: Vec<String> = places.iter().map(place).collect();
    if places.is_empty() { String::new() } else { format!("（{}）", places.join("、")) }
}

fn today_line(line: &TownshipFigures) -> String {
    format!("{}：实检{}；{}", line.name, people(line.today.examined), INSIDE.found(line.today))
}

fn so_far_line(line: &TownshipFigures) -> String {
    let counts = line.counts;
    format!(
        "{}：应检{}，{}，本区他村{}，外区{}；{}",
        line.name,
        people(counts.expected),
        INSIDE.rate_of_examined(line),
        people(counts.other_village),
        people(counts.outside),
        INSIDE.found(line.so_far),
    )
}

/// How counts are told: all of them among health staff, few people to nobody else.
struct Words {
    hides_small: bool,
}

const INSIDE: Words = Words { hides_small: false };

impl Words {
    fn hides(&self, count: u64) -> bool {
        self.hides_small && is_small(count)
    }

    fn people(&self, count: u64) -> String {
        if self.hides(count) { format!("不足{SMALL_BELOW}人") } else { people(count) }
    }

    fn rate_of_examined(&self, line: &TownshipFigures) -> String {
        let Counts { listed, expected, .. } = line.counts;
        match share(listed, expected) {
            Some(_) if self.hides(listed) || self.hides(expected) => {
                format!("名单内实检{}", self.people(listed))
            }
            Some(rate) => {
                let rate = percent(rate);
                format!("名单内实检{}，受检率{rate}（{listed}/{expected}）", people(listed))
            }
            None => format!("名单内实检{}，受检率无（无应检名单）", self.people(listed)),
        }
    }

    fn found(&self, found: Found) -> String {
        format!(
            "血压升高{}，血糖升高{}，A类{}，B类{}",
            self.people_of(found.bp_raised, found.bp_measured),
            self.people_of(found.glucose_raised, found.glucose_measured),
            self.people(found.level_a),
            self.people(found.level_b),
        )
    }

    /// `31人（25.8%，31/120）`, 无 where there is nobody to count among.
    fn people_of(&self, part: u64, whole: u64) -> String {
        match share(part, whole) {
            Some(_) if self.hides(part) || self.hides(whole) => self.people(part.min(whole)),
            Some(rate) => format!("{}（{}，{part}/{whole}）", people(part), percent(rate)),
            None => self.people(part),
        }
    }
}

pub fn people(count: u64) -> String {
    if count == 0 { "无".to_owned() } else { format!("{count}人") }
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
