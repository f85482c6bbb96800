//! What a heading says its column holds. Offices write the same ten headings in a hundred ways; the
//! rules go from the particular (`监护人电话`) to the general (`电话`), and whatever is not known is
//! left alone and listed. The words were gathered from rosters' usual forms, not from a standard.

use crate::words::squeezed;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Serial,
    Name,
    Sex,
    IdNumber,
    Birth,
    Phone,
    Guardian,
    GuardianPhone,
    Address,
    Group,
    Town,
    Village,
    School,
    Grade,
    Class,
    StudentNo,
    Note,
    /// 慢病, 病史: goes into the note, with 是 meaning the heading itself.
    Condition,
    /// The column this program added when it sent the file back.
    Reason,
}

/// A heading is short; a sentence that mentions 姓名 is none.
const HEADING_CHARS_MAX: usize = 14;

/// The heading of the column that [`crate::problem_workbook`] adds.
pub const REASON_HEADING: &str = "问题说明";

pub(super) fn kind_of(heading: &str) -> Option<Kind> {
    let whole = squeezed(heading);
    let whole = whole.trim_matches(['*', ':', '.', '、', '"']);
    let base = without_brackets(whole);
    let base = if base.is_empty() { whole } else { base.as_str() };
    let is_sentence = base.contains([',', '。', ';', '!']);
    if base.is_empty() || is_sentence || base.chars().count() > HEADING_CHARS_MAX {
        return None;
    }
    let has = |words: &[&str]| words.iter().any(|word| base.contains(word));
    if base == REASON_HEADING {
        return Some(Kind::Reason);
    }
    if has(&["医", "班主任", "老师", "教师", "负责", "填表", "经办", "签约", "干部", "组长"])
    {
        return None;
    }
    if has(&["监护", "家长", "父", "母", "户主", "联系人", "家属", "亲属", "紧急", "配偶"])
    {
        return of_another_person(base);
    }
    of_the_person(whole, base)
}

fn of_another_person(base: &str) -> Option<Kind> {
    let has = |words: &[&str]| words.iter().any(|word| base.contains(word));
    if has(&["身份", "证件", "关系", "职业", "单位", "出生", "性别", "地址", "住址", "年龄"])
    {
        return None;
    }
    if has(&["电话", "手机", "联系方式", "号码", "联系号"]) {
        return Some(Kind::GuardianPhone);
    }
    has(&["监护", "家长", "父", "母", "联系人"]).then_some(Kind::Guardian)
}

fn of_the_person(whole: &str, base: &str) -> Option<Kind> {
    let has = |words: &[&str]| words.iter().any(|word| base.contains(word));
    let is = |words: &[&str]| words.contains(&base);
    if has(&["姓名", "名字"]) && !has(&["曾用", "拼音", "英文", "单位"]) || is(&["受检人"])
    {
        return Some(Kind::Name);
    }
    if has(&["学籍号"]) {
        return Some(Kind::StudentNo);
    }
    if has(&["身份证", "公民身份", "身份号", "证件号"]) || is(&["证号", "证件", "ID", "ID号"])
    {
        let is_about = ["类型", "类别", "种类", "有效", "签发", "是否", "复印", "住址", "地址"];
        return (!has(&is_about)).then_some(Kind::IdNumber);
    }
    if has(&["出生", "生日"]) {
        return (!has(&["出生地", "出生证", "出生医"])).then_some(Kind::Birth);
    }
    if has(&["性别"]) {
        return Some(Kind::Sex);
    }
    if has(&["电话", "手机", "联系方式", "联系号码"]) {
        return Some(Kind::Phone);
    }
    if has(&["年级"]) || has(&["班级"]) || is(&["班", "班别", "年班", "所在班", "班号", "班次"])
    {
        return Some(if base.contains('班') { Kind::Class } else { Kind::Grade });
    }
    if has(&["学校"]) {
        let is_about = ["编码", "代码", "标识", "类型", "类别", "办学"];
        return (!has(&is_about)).then_some(Kind::School);
    }
    if has(&["备注", "备考", "附注", "特殊情况"]) || is(&["说明", "注"]) {
        return Some(Kind::Note);
    }
    if has(&["慢病", "慢性病", "病史", "患病", "疾病"]) {
        return Some(Kind::Condition);
    }
    of_a_place(whole, base)
}

fn of_a_place(whole: &str, base: &str) -> Option<Kind> {
    let has = |words: &[&str]| words.iter().any(|word| base.contains(word));
    let is = |words: &[&str]| words.contains(&base);
    if base.ends_with("小组") || is(&["组", "组别", "组号", "组名", "村民组", "所在组", "所属组"])
    {
        return Some(Kind::Group);
    }
    if has(&["地址", "住址", "住所", "居住地", "户籍地", "户口所在地"]) {
        return (!has(&["工作", "单位"])).then_some(Kind::Address);
    }
    if whole.contains('村') && whole.contains('组') {
        return Some(Kind::Address);
    }
    let is_short = base.chars().count() <= 8;
    if is_short && has(&["村", "社区", "居委会"]) {
        return Some(Kind::Village);
    }
    if is_short && (has(&["乡镇", "镇街", "街道"]) || is(&["镇", "乡", "所属镇", "所在镇"]))
    {
        return Some(Kind::Town);
    }
    is(&["序号", "编号", "序", "号", "NO", "顺序号", "序列", "序次"]).then_some(Kind::Serial)
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let mut base = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => base.push(char),
            _ => {}
        }
    }
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_however_offices_write_them() {
        let check = |heading: &str, expect: Option<Kind>| {
            assert_eq!(kind_of(heading), expect, "{heading}");
        };
        check("姓 名", Some(Kind::Name));
        check("*姓名（与身份证一致）", Some(Kind::Name));
        check("学生姓名", Some(Kind::Name));
        check("序\n号", Some(Kind::Serial));
        check("ＮＯ．", Some(Kind::Serial));
        check("身份证号码", Some(Kind::IdNumber));
        check("身份证件号", Some(Kind::IdNumber));
        check("证件号码", Some(Kind::IdNumber));
        check("公民身份号码", Some(Kind::IdNumber));
        check("居民身份证号（18位）", Some(Kind::IdNumber));
        check("身份证件类型", None);
        check("身份证地址", None);
        check("出生\n年月日", Some(Kind::Birth));
        check("出生日期", Some(Kind::Birth));
        check("生 日", Some(Kind::Birth));
        check("出生地", None);
        check("性别", Some(Kind::Sex));
        check("联系电话", Some(Kind::Phone));
        check("手机", Some(Kind::Phone));
        check("家庭住址（村组）", Some(Kind::Address));
        check("村组", Some(Kind::Address));
        check("村（组）", Some(Kind::Address));
        check("组别", Some(Kind::Group));
        check("村民小组", Some(Kind::Group));
        check("所在村", Some(Kind::Village));
        check("村（社区）", Some(Kind::Village));
        check("社区", Some(Kind::Village));
        check("乡镇（街道）", Some(Kind::Town));
        check("备  注", Some(Kind::Note));
        check("慢性病情况", Some(Kind::Condition));
        check("学籍号", Some(Kind::StudentNo));
        check("全国学籍号", Some(Kind::StudentNo));
        check("学籍辅号", None);
        check("监护人", Some(Kind::Guardian));
        check("监护人姓名", Some(Kind::Guardian));
        check("监护人电话", Some(Kind::GuardianPhone));
        check("家长联系方式", Some(Kind::GuardianPhone));
        check("监护人身份证号", None);
        check("与监护人关系", None);
        check("户主姓名", None);
        check("村医电话", None);
        check("班主任", None);
        check("学校名称", Some(Kind::School));
        check("年级", Some(Kind::Grade));
        check("班级", Some(Kind::Class));
        check("年级班级", Some(Kind::Class));
        check("民族", None);
        check("是否65岁以上", None);
        check("问题说明", Some(Kind::Reason));
        check("注：姓名必须与身份证上的完全一致，否则不予受理", None);
        check("水洞底镇慕隆村“健康快车”免费健康体检人员花名册", None);
        check("", None);
    }
}
