//! What the demo says at its end: where the reports lie, and three lines a person understands. The numbers
//! are read from the reports themselves, not from the program's memory.

use super::day::{Day, Exchanged};
use super::folder::REPORTS;
use std::fs;
use std::path::Path;

/// Prints the end, or says what does not fit.
pub fn end(day: &Day, out: &Path) -> Result<(), String> {
    println!();
    for name in REPORTS {
        let path = out.join(name);
        let bytes = fs::metadata(&path).map_or(0, |file| file.len());
        if bytes == 0 {
            return Err(format!("{} 没有写成。请看上面的输出。", path.display()));
        }
        println!("{}（{} KB）", path.display(), bytes.div_ceil(1024));
    }
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap_or_default();
    let [_, _, _, coverage, brief] = REPORTS;
    let came = came(&read(coverage)).ok_or("受检情况里没有合计。")?;
    let found = found(&read(brief)).ok_or("简报里没有 A 类、B 类人数。")?;
    println!();
    println!("{came}");
    println!("{found}");
    println!("{}", arrived(day.last_sync)?);
    Ok(())
}

/// 应检 and 实检 of the district, from the coverage table's last line.
fn came(coverage: &str) -> Option<String> {
    let mut rows = csv::Reader::from_reader(coverage.trim_start_matches('\u{feff}').as_bytes());
    let headings = rows.headers().ok()?.clone();
    let total = rows.records().flatten().find(|row| row.iter().any(|cell| cell == "合计"))?;
    let cell = |name: &str| total.get(headings.iter().position(|heading| heading == name)?);
    let not_listed: u64 =
        cell("本区他村")?.parse::<u64>().ok()? + cell("外区")?.parse::<u64>().ok()?;
    Some(format!(
        "应检 {} 人，实检 {} 人；另有名单外 {not_listed} 人。",
        cell("应检")?,
        cell("实检(名单内)")?
    ))
}

/// Level A and B people, from the brief's line of the district.
fn found(brief: &str) -> Option<String> {
    let line = brief.lines().rfind(|line| line.contains("应检") && line.contains("A类"))?;
    let after = |word: &str| {
        let rest = line.rsplit(word).next()?;
        Some(rest.split(['，', '；', '。', '\r']).next()?.trim_end_matches('人').to_owned())
    };
    let people = |word: &str| after(word).map(|n| if n == "无" { "0".to_owned() } else { n });
    Some(format!("A 类（马上处理）{} 人，B 类（需要转诊）{} 人。", people("A类")?, people("B类")?))
}

/// Said only when a last sync of every device found nothing left to give or take, and nothing held.
fn arrived(last: Exchanged) -> Result<&'static str, String> {
    if last == Exchanged::default() {
        Ok("三台设备的记录都已上传并核对一致。")
    } else {
        Err(format!(
            "最后一次同步仍有变动：上传 {}，取回 {}，待处理 {}。请看 jkkc held list。",
            last.pushed, last.pulled, last.held
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_totals_are_the_districts() {
        let table = "\u{feff}乡镇,单位,单位代码,应检,实检(名单内),受检率,本区他村,外区,合计人次\n\
                     甲镇,小计,,90,80,0.89,1,0,81\n全区,合计,,100,80,0.8,2,1,83\n";
        assert_eq!(came(table).as_deref(), Some("应检 100 人，实检 80 人；另有名单外 3 人。"));
        assert_eq!(came("乡镇,单位\n"), None);
    }

    #[test]
    fn levels_are_read_from_the_paragraph() {
        let brief = "甲镇：应检9人；A类1人，B类1人\r\n全区：累计应检100人，今日A类9人，累计A类3人，B类无。结果待核对：无\r\n";
        assert_eq!(found(brief).as_deref(), Some("A 类（马上处理）3 人，B 类（需要转诊）0 人。"));
        assert_eq!(found("没有数字"), None);
    }

    #[test]
    fn arrived_is_not_said_while_anything_moves() {
        assert!(arrived(Exchanged::default()).is_ok());
        assert!(arrived(Exchanged { pulled: 1, ..Exchanged::default() }).is_err());
        assert!(arrived(Exchanged { held: 1, ..Exchanged::default() }).is_err());
    }
}
