//! The 简报: figures counted by hand, rates with what they are of, 无 where there is nothing.

mod common;

use common::*;
use report::{Export, Format, Options};

fn text(facts: &domain::facts::ExportFacts) -> String {
    make_text(Export::Brief, Format::Txt, facts, &Options::default())
}

#[test]
fn today_and_so_far_by_township_with_rates_and_what_they_are_of() {
    let text = text(&facts());
    let lines: Vec<&str> = text.lines().collect();
    for said in [
        "健康快车第四轮简报",
        "截至 2026-09-14 17:30",
        "今日（2026-09-14）",
        // Nine examined in the village: pressures of seven (one 188/112, one 152-158/96); sugar of six.
        "水洞底镇：实检9人；血压升高2人（28.6%，2/7），血糖升高1人（16.7%，1/6），A类1人，B类2人",
        // Today two residents and two pupils; the neighbour came three days before.
        "双江乡：实检4人；血压升高2人（50.0%，2/4），血糖升高1人（50.0%，1/2），A类无，B类3人",
        "合计：实检13人；血压升高4人（36.4%，4/11），血糖升高2人（25.0%，2/8），A类1人，B类5人",
        "水洞底镇：应检24人，名单内实检9人，受检率37.5%（9/24），本区他村无，外区无；血压升高2人（28.6%，2/7），血糖升高1人（16.7%，1/6），A类1人，B类2人",
        "双江乡：应检8人，名单内实检3人，受检率37.5%（3/8），本区他村1人，外区1人；血压升高2人（40.0%，2/5），血糖升高1人（50.0%，1/2），A类无，B类3人",
        "结果待核对：1人",
        "异常分级和随访天数为本区设置，由 刘主任 确认。",
    ] {
        assert!(lines.contains(&said), "{said}\nin\n{text}");
    }
}

#[test]
fn devices_not_heard_from_today_are_named() {
    let text = text(&facts());
    let said = "今日尚未回传的设备：平板2（上次09-13 17:30）、笔记本3（从未）";
    assert!(text.lines().any(|line| line == said), "{text}");
    assert!(!text.contains("平板1"));
}

#[test]
fn one_paragraph_says_it_all_and_fits_a_chat() {
    let text = text(&facts());
    let paragraph = text.lines().find(|line| line.starts_with('【')).unwrap();
    for said in ["截至2026-09-14 17:30", "今日实检13人（水洞底镇、双江乡）", "受检率37.5%（12/32）"]
    {
        assert!(paragraph.contains(said), "{said}\nin\n{paragraph}");
    }
    assert!(paragraph.chars().count() < 600);
}

/// Numbers of people in a text: those before 人, and both sides of a fraction.
fn counts(text: &str) -> Vec<u64> {
    let is_digit = |c: &char| c.is_ascii_digit();
    let mut counts = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let before: String = chars[..at].iter().rev().take_while(|c| is_digit(c)).collect();
        let after: String = chars[at + 1..].iter().take_while(|c| is_digit(c)).collect();
        let before: String = before.chars().rev().collect();
        match c {
            '人' => counts.extend(before.parse::<u64>()),
            '/' => counts.extend([before, after].iter().flat_map(|n| n.parse::<u64>())),
            _ => {}
        }
    }
    counts
}

#[test]
fn what_is_passed_on_tells_no_number_of_fewer_than_five_people() {
    let text = text(&facts());
    let (inside, paragraph) = text.split_once('【').unwrap();
    let small = |text: &str| {
        let text = text.replace("不足5人", "");
        counts(&text).into_iter().filter(|n| (1..5).contains(n)).count()
    };
    assert_eq!(small(paragraph), 0, "{paragraph}");
    assert!(paragraph.contains("A类不足5人，B类5人"), "{paragraph}");
    assert!(inside.contains("仅供卫生机构内部使用"));
    assert!(small(inside) > 5, "control: the page for health staff has some");
}

#[test]
fn nobody_named_in_the_figures_is_named_in_the_brief() {
    let text = make_text(Export::Brief, Format::Txt, &facts(), &full());
    for person in people() {
        assert!(!text.contains(&person.details.name));
        assert!(person.details.id_number.is_none_or(|id| !text.contains(&id)));
    }
}

#[test]
fn with_nothing_there_is_no_rate_and_no_division() {
    let text = text(&nobody());
    for said in [
        "合计：实检无；血压升高无，血糖升高无，A类无，B类无",
        "今日尚未回传的设备：无",
        "结果待核对：无",
    ] {
        assert!(text.lines().any(|line| line == said), "{said}\nin\n{text}");
    }
    assert!(text.contains("受检率无"));
    assert!(!text.contains("NaN") && !text.contains('%'));
}

#[test]
fn a_brief_made_on_a_device_does_not_speak_for_the_others() {
    let on_a_device = domain::facts::ExportFacts { devices_known: false, ..facts() };
    let said = text(&on_a_device);
    assert!(said.contains("今日尚未回传的设备：本机不知，以服务器的简报为准"), "{said}");
    // Control: the server's names them.
    assert!(!text(&facts()).contains("本机不知"));
}
