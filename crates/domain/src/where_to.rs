//! Where somebody is to go, out of a doctor's free words of what to do and where. Pure. Not what a table says: that has a column of its own.

/// Words that tell a place of care from what to do there.
const PLACES: [&str; 16] = [
    "医院",
    "卫生院",
    "保健院",
    "卫生室",
    "卫生所",
    "卫生站",
    "服务中心",
    "疾控",
    "防治所",
    "防治院",
    "医务室",
    "校医",
    "诊所",
    "门诊",
    "急诊",
    "妇幼",
];
/// Of what a department's name is never alone: 外科, 眼科, and 中医科.
const DEPARTMENTS: [&str; 19] = [
    "内科",
    "外科",
    "儿科",
    "眼科",
    "妇科",
    "产科",
    "骨科",
    "牙科",
    "口腔科",
    "鼻喉科",
    "喉科",
    "皮肤科",
    "感染科",
    "传染科",
    "肿瘤科",
    "精神科",
    "中医科",
    "泌尿科",
    "肝病科",
];

/// The ambulance, where it is called: 120 alone may be a pressure.
const CALLS: [&str; 4] = ["拨120", "拨打120", "打120", "叫120"];
/// Words of a place to which nobody is sent.
const NOT_THERE: [&str; 6] = ["不用", "不需", "不必", "无需", "暂不", "不去"];

/// The clause that names a place, as it was written: of `低盐饮食，两周内到县医院外科` the second. Empty where none does.
pub fn place_written(words: &str) -> &str {
    let clauses = words.split(['，', '。', '；', ',', ';', '\n']).map(str::trim);
    let mut named = clauses.filter(|clause| {
        let mut all = PLACES.iter().chain(&DEPARTMENTS).chain(&CALLS);
        let names = clause.ends_with('科') || all.any(|place| clause.contains(place));
        names && !NOT_THERE.iter().any(|not| clause.contains(not))
    });
    named.next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written_and_nothing_else_is_a_place() {
        let check = |words: &str, place: &str| assert_eq!(place_written(words), place, "{words}");
        check("县医院外科", "县医院外科");
        check(" 县医院外科 ", "县医院外科");
        check("低盐饮食，两周内到县医院外科复查。带上报告", "两周内到县医院外科复查");
        check("立即拨打120", "立即拨打120");
        check("心血管内科", "心血管内科");
        check("呼吸科", "呼吸科");
        check("低盐饮食；三天后再量", "");
        check("科学饮食", "");
        check("血压控制在120/80以下，两周内到县医院心内科", "两周内到县医院心内科");
        check("血压控制在120/80以下", "");
        check("暂不用去医院，三天后到村卫生室复测", "三天后到村卫生室复测");
        check("", "");
        check("，；。", "");
    }
}
