//! 转诊单, an A4 page for each person and place: 存根 above, which stays with whoever sends, 转诊单 below with a 回执 at its foot. What
//! was seen, where to, by when; no diagnosis, no ID number. No clock is on it: the day is written beside the signature.

use super::by_when::{ByWhen, by_when};
use super::face::{Fonts, Weight};
use super::part::Part;
use super::table::{Column, Row, Table, Width};
use super::{PaperError, mm, pdf};

/// One finding that somebody is sent for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReferralFinding {
    /// Its number: what comes back is recorded under it.
    pub number: String,
    pub level: String,
    pub seen: String,
    pub value: String,
    /// By when; empty = nobody said.
    pub due: String,
    /// Whose result it is has to be cleared up first.
    pub is_unsure: bool,
}

/// One person sent to one place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Referral {
    pub round: String,
    /// The number of the person's report: what the national form calls 档案编号.
    pub report_number: String,
    pub name: String,
    pub sex: String,
    pub age: String,
    /// Whose list the person is on, with the group or class.
    pub unit: String,
    pub address: String,
    /// With whose it is.
    pub phone: String,
    pub day: String,
    /// The day on which the slip goes out. Not printed: no day is asked for that is past then.
    pub printed_on: String,
    /// Empty = written by hand.
    pub place: String,
    /// Where to call, of the unit; empty = written by hand.
    pub unit_phone: String,
    /// What the person was known to have before.
    pub known: Vec<String>,
    /// The gravest first.
    pub findings: Vec<ReferralFinding>,
    /// Why some of them are unsure.
    pub unsure: Vec<String>,
}

impl Referral {
    /// The soonest of them all.
    fn due(&self) -> ByWhen<'_> {
        self.findings.iter().map(|one| self.due_of(one)).min().unwrap_or(ByWhen::Open)
    }

    fn due_of<'a>(&self, one: &'a ReferralFinding) -> ByWhen<'a> {
        match by_when(&one.level, &one.due, &self.printed_on) {
            // Nobody is sent at once for what may be somebody else's.
            ByWhen::Now if one.is_unsure => ByWhen::Soon,
            due => due,
        }
    }

    fn who(&self) -> String {
        known(&[&self.name, &self.sex, &self.age])
    }

    fn place(&self) -> &str {
        if self.place.is_empty() { "______________________" } else { &self.place }
    }

    fn has_grave(&self, is_unsure: bool) -> bool {
        self.findings.iter().any(|one| one.level == "A" && one.is_unsure == is_unsure)
    }
}

const TITLE: f32 = 15.0;
const WORDS: f32 = 10.0;
const TABLE: f32 = 9.0;
const CAUTION: &str = "写的是体检筛查所见，不是诊断。";

/// Slips one after another, each with its own page numbers.
pub fn referral_slips(fonts: &Fonts, slips: &[Referral]) -> Result<Vec<u8>, PaperError> {
    let all: Vec<_> = slips.iter().flat_map(|slip| pages(fonts, slip)).collect();
    pdf::write(fonts, "转诊单", &all)
}

fn pages(fonts: &Fonts, slip: &Referral) -> Vec<super::sheet::Page> {
    let about = "用途：转诊　含姓名和电话，用后收回";
    let mut part = Part::a4(fonts, (&slip.round, about), CAUTION);
    stub(&mut part, slip);
    cut(&mut part);
    body(&mut part, slip);
    back(&mut part, slip);
    part.done()
}

/// 存根: who was sent where, for which numbers.
fn stub(part: &mut Part, slip: &Referral) {
    part.title("转诊单（存根）", TITLE);
    part.space(WORDS * 0.3);
    part.paragraph(&slip.who(), WORDS + 1.5, Weight::Bold);
    person(part, slip);
    let numbers = numbers(slip, |_| true);
    let sent = format!("因体检所见，{}转到：{}", slip.due().asked(), slip.place());
    part.paragraph(&sent, WORDS, Weight::Bold);
    part.paragraph(&format!("编号：{}", numbers.join("，")), WORDS, Weight::Regular);
    unsure(part, slip);
    signatures(part, &["转诊医生（签字）：", "日期："]);
}

/// Whose some of the results are is not certain: said on both halves, before anybody acts on them.
fn unsure(part: &mut Part, slip: &Referral) {
    if slip.unsure.is_empty() {
        return;
    }
    let numbers = numbers(slip, |one| one.is_unsure).join("，");
    let text =
        format!("待核对的编号 {numbers}，还不能当作本人的结果。{}。", slip.unsure.join("；"));
    part.paragraph(&text, WORDS, Weight::Bold);
}

fn body(part: &mut Part, slip: &Referral) {
    part.title("转诊单", TITLE);
    part.space(WORDS * 0.3);
    part.paragraph(&format!("转到：{}", slip.place()), WORDS + 1.5, Weight::Bold);
    let text = format!(
        "现有 {}，体检时有下列所见，需要到贵单位进一步检查，{}接诊。",
        slip.who(),
        slip.due().asked()
    );
    part.paragraph(&text, WORDS, Weight::Regular);
    person(part, slip);
    if slip.has_grave(false) {
        let now = "有 A 级所见：先当面或电话告知本人或家属，马上去。";
        part.paragraph(now, WORDS, Weight::Bold);
    }
    if slip.has_grave(true) {
        let now = "有待核对的 A 级所见：马上核对是谁的结果，核对清楚的当天告知。";
        part.paragraph(now, WORDS, Weight::Bold);
    }
    unsure(part, slip);
    part.space(WORDS * 0.4);
    let mut table = Table::new(
        TABLE,
        vec![
            Column::new("编号", Width::Points(84.0)),
            Column::new("级别", Width::Points(28.0)),
            Column::new("检查所见（转出原因）", Width::Share(1.6)),
            Column::new("结果", Width::Share(1.0)),
            Column::new("最迟日期", Width::Points(64.0)),
        ],
    );
    for one in &slip.findings {
        let seen =
            if one.is_unsure { format!("待核对：{}", one.seen) } else { one.seen.clone() };
        let due = slip.due_of(one).cell();
        let cells = [&one.number, &one.level, &seen, &one.value, &due];
        table.rows.push(Row::new(cells.map(Clone::clone).to_vec()));
    }
    part.table(&table);
    part.space(WORDS * 0.4);
    let known =
        if slip.known.is_empty() { "________________".to_owned() } else { slip.known.join("、") };
    part.paragraph(&format!("主要既往史（本人说的）：{known}"), WORDS, Weight::Regular);
    part.paragraph("治疗经过：________________________________", WORDS, Weight::Regular);
    let phone = if slip.unit_phone.is_empty() { "联系电话：" } else { "日期：" };
    signatures(part, &["转诊医生（签字）：", phone]);
    if slip.unit_phone.is_empty() {
        signatures(part, &["转出单位（盖章）：", "日期："]);
    } else {
        let text = format!("联系电话：{}", slip.unit_phone);
        part.paragraph(&text, WORDS, Weight::Bold);
        signatures(part, &["转出单位（盖章）："]);
    }
}

/// 回执: what the other side says, under each number.
fn back(part: &mut Part, slip: &Referral) {
    // A heading with one row, or nothing on this page.
    part.keep(mm(44.0));
    cut(part);
    part.title("回执", TITLE - 2.0);
    let how = "由接诊医生填写，交本人带回或寄回转出单位。转出单位按编号录入：3 已到诊，4 已明确诊断，8 复查正常或排除。";
    part.paragraph(how, TABLE, Weight::Regular);
    part.space(WORDS * 0.3);
    let mut table = Table::new(
        TABLE,
        vec![
            Column::new("编号", Width::Points(84.0)),
            Column::new("到诊日期", Width::Points(64.0)),
            Column::new("检查结果、诊断", Width::Share(1.4)),
            Column::new("处理、下次日期", Width::Share(1.0)),
            Column::new("科室、医生", Width::Points(80.0)),
        ],
    );
    // Room for handwriting.
    table.pad = TABLE * 0.8;
    for number in numbers(slip, |_| true) {
        let mut cells = vec![number.to_owned()];
        cells.resize(5, String::new());
        table.rows.push(Row::new(cells));
    }
    part.table(&table);
}

/// Each number once, the gravest first: what comes back is said under a number, whatever stands under it.
fn numbers(slip: &Referral, is_wanted: fn(&ReferralFinding) -> bool) -> Vec<&str> {
    let mut numbers: Vec<&str> = Vec::new();
    for one in slip.findings.iter().filter(|one| is_wanted(one)) {
        if !numbers.contains(&one.number.as_str()) {
            numbers.push(&one.number);
        }
    }
    numbers
}

fn person(part: &mut Part, slip: &Referral) {
    let of = |label: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!("{label}{text}") }
    };
    let day = of("体检日期 ", &slip.day);
    let address = of("现住址 ", &slip.address);
    let phone = of("联系电话 ", &slip.phone);
    let number = of("体检编号 ", &slip.report_number);
    let line = known(&[&slip.unit, &address, &phone, &number, &day]);
    part.paragraph(&line, WORDS, Weight::Regular);
}

fn known(parts: &[&str]) -> String {
    parts.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join("　")
}

/// Lines to sign on, side by side.
fn signatures(part: &mut Part, names: &[&str]) {
    let height = mm(9.0);
    part.keep(height);
    part.space(mm(3.0));
    let (left, width, y) = (part.left(), part.width() / 2.0, part.y());
    for (name, x) in names.iter().zip([left, left + width]) {
        let from = x + WORDS * (name.chars().count() as f32 + 0.3);
        let page = part.page();
        page.text(x, y, WORDS, Weight::Regular, name);
        page.line((from, y + 13.0), (x + width - mm(6.0), y + 13.0), 0.5);
    }
    part.space(height - mm(3.0));
}

/// Where the paper is cut.
fn cut(part: &mut Part) {
    const DASH: f32 = 6.0;
    part.space(mm(3.0));
    let (left, y, right) = (part.left(), part.y(), part.left() + part.width());
    let mut x = left;
    while x < right {
        part.page().line((x, y), ((x + DASH * 0.6).min(right), y), 0.5);
        x += DASH;
    }
    part.space(mm(3.0));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::sheet::{Mark, collisions};
    use crate::paper::test_fonts;

    fn slip(findings: usize) -> Referral {
        let one = ReferralFinding {
            number: "1234 5678 9018".to_owned(),
            level: "A".to_owned(),
            seen: "腹部包块，边界不清，可疑；".repeat(8),
            value: "血压 186/112 mmHg".to_owned(),
            due: "2026-09-28".to_owned(),
            is_unsure: false,
        };
        Referral {
            round: "2026年第四轮".to_owned(),
            report_number: "012345678901-0a1b".to_owned(),
            name: "阿依古丽·买买提".to_owned(),
            sex: "女".to_owned(),
            age: "71岁".to_owned(),
            unit: "万宝镇 石塘铺社区居民委员会第十二村民小组".to_owned(),
            address: "湖南省娄底市娄星区万宝镇石塘铺社区十二组三十四号".to_owned(),
            phone: "13800000000（监护人）".to_owned(),
            day: "2026-09-14".to_owned(),
            printed_on: "2026-09-14".to_owned(),
            place: "最近的医院，不舒服或自己去不了时打120".to_owned(),
            unit_phone: String::new(),
            known: vec!["高血压".to_owned(), "糖尿病".to_owned()],
            findings: vec![one; findings],
            unsure: Vec::new(),
        }
    }

    /// Of each line, what is unsure and why.
    fn unsure_slip(findings: usize) -> Referral {
        let mut slip = slip(findings);
        slip.findings.iter_mut().for_each(|one| one.is_unsure = true);
        slip.unsure =
            vec!["条码 T00000000000001 的检验结果在这里，条码现在却绑在别人名下".repeat(2)];
        slip
    }

    #[test]
    fn a_slip_with_everything_or_nothing_lies_over_nothing() {
        let fonts = test_fonts();
        let phone = Referral { unit_phone: "0738-8888888".to_owned(), ..slip(2) };
        for slip in [slip(1), slip(12), slip(40), phone, unsure_slip(1), Referral::default()] {
            let pages = pages(&fonts, &slip);
            for page in &pages {
                assert_eq!(collisions(&fonts, page), Vec::<String>::new());
            }
            assert!(slip.findings.len() > 1 || pages.len() == 1, "one finding is one page");
        }
    }

    #[test]
    fn a_number_that_stands_for_several_findings_is_answered_once() {
        let mut slip = slip(3);
        slip.findings[1].number = "2222 3333 4445".to_owned();
        assert_eq!(numbers(&slip, |_| true), ["1234 5678 9018", "2222 3333 4445"]);
        assert_eq!(numbers(&slip, |one| one.is_unsure), [""; 0]);
    }

    #[test]
    fn a_slip_is_due_when_its_first_finding_is_and_asks_for_no_day_that_is_past() {
        let mut two = slip(2);
        two.findings.iter_mut().for_each(|one| one.level = "B".to_owned());
        two.findings[1].due = "2026-09-20".to_owned();
        assert_eq!(two.due().asked(), "请于 2026-09-20 前");
        two.printed_on = "2026-09-20".to_owned();
        assert_eq!(two.due().asked(), "请于 2026-09-20 前");
        two.printed_on = "2026-09-21".to_owned();
        assert_eq!(two.due().asked(), "请尽快");
        assert_eq!(two.due_of(&two.findings[0]).cell(), "2026-09-28");
        two.findings[0].level = "A".to_owned();
        assert_eq!(two.due().asked(), "请马上");
        assert_eq!(two.due_of(&two.findings[0]).cell(), "现在就去");
        two.findings[0].is_unsure = true;
        assert_eq!(two.due().asked(), "请尽快");
        two.findings
            .iter_mut()
            .for_each(|one| (one.level, one.due) = ("B".to_owned(), String::new()));
        assert!(two.due().asked().contains('年'), "a day is written by hand");
    }

    #[test]
    fn a_slip_that_goes_out_late_prints_no_day_that_is_past() {
        let fonts = test_fonts();
        let mut late = slip(2);
        late.findings[1].level = "B".to_owned();
        let said = |printed_on: &str| {
            let slip = Referral { printed_on: printed_on.to_owned(), ..late.clone() };
            let marks = pages(&fonts, &slip).into_iter().flat_map(|page| page.marks);
            let text = marks.filter_map(|mark| match mark {
                Mark::Text { text, .. } => Some(text),
                Mark::Box { .. } | Mark::Line { .. } | Mark::Modules { .. } => None,
            });
            text.collect::<Vec<_>>().join("\n")
        };
        assert!(!said("2026-09-29").contains("2026-09-28"));
        // The control: of the B, on the day itself.
        assert_eq!(said("2026-09-28").matches("2026-09-28").count(), 1);
    }
}
