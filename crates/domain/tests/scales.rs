//! The questionnaires of the 65+ against their tables' notes and the test vectors of resident_form.md, and the numbers that
//! stand beside a table's words against those words.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{classes, day, repository_file, resident, set, table};
use domain::catalogue::{Catalogue, Constitution, TCM_QUESTIONS, Verdict};
use domain::check::Subject;
use domain::facts::Sex;

fn constitutions(answers: [u16; TCM_QUESTIONS]) -> Vec<Constitution> {
    Catalogue::builtin().scales.as_ref().unwrap().constitutions(&answers).unwrap()
}

fn verdict<'a>(all: &'a [Constitution], name: &str) -> (u16, &'a str) {
    let one = all.iter().find(|one| one.name_zh == name).unwrap();
    (one.points, one.verdict.zh(name))
}

/// resident_form.md, Helper tables: TCM test vectors.
#[test]
fn the_test_vectors_of_the_constitutions_come_out() {
    let ones = constitutions([1; 33]);
    assert_eq!(ones.len(), 9);
    for one in ones.iter().filter(|one| one.name_zh != "平和质") {
        assert_eq!((one.points, one.verdict), (4, Verdict::No), "{}", one.name_zh);
    }
    assert_eq!(verdict(&ones, "平和质"), (21, "是"));
    let threes = constitutions([3; 33]);
    for one in threes.iter().filter(|one| one.name_zh != "平和质") {
        assert_eq!((one.points, one.verdict), (12, Verdict::Yes), "{}", one.name_zh);
    }
    assert_eq!(verdict(&threes, "平和质"), (15, "否"));
    let mut twos = [2; 33];
    twos[0] = 5;
    let twos = constitutions(twos);
    for one in twos.iter().filter(|one| one.name_zh != "平和质") {
        assert_eq!((one.points, one.verdict), (8, Verdict::No), "{}", one.name_zh);
    }
    assert_eq!(verdict(&twos, "平和质"), (21, "是"));
}

/// Both sides of 9 and 11 of each constitution, and what they leave of 平和质.
#[test]
fn each_constitution_has_its_steps() {
    for name in ["气虚质", "阳虚质", "阴虚质", "痰湿质", "湿热质", "血瘀质", "气郁质", "特禀质"]
    {
        let questions: Vec<usize> = table("tcm_constitution_33.csv")
            .iter()
            .enumerate()
            .filter(|(_, row)| row["used_in"].split('/').any(|used| used == name))
            .map(|(at, _)| at)
            .collect();
        assert_eq!(questions.len(), 4, "{name}");
        for (points, expected) in [(8, "否"), (9, "倾向是"), (10, "倾向是"), (11, "是")] {
            let mut answers = [1; 33];
            answers[0] = 5;
            let mut left = points - 4;
            for at in &questions {
                let more = left.min(4);
                answers[*at] += more;
                left -= more;
            }
            assert_eq!(verdict(&constitutions(answers), name), (points, expected), "{name}");
        }
    }
    // 特禀质 shares no question with 平和质: 21 + 4 = 25 points, and only the other eight decide.
    for (points, expected) in [(8, "是"), (9, "基本是"), (10, "基本是"), (11, "否")] {
        let mut answers = [1; 33];
        answers[0] = 5;
        for (at, more) in [(14, 4_u16), (16, 4)] {
            let so_far: u16 = [14, 16, 17, 19].iter().map(|q: &usize| answers[*q]).sum();
            answers[at] += more.min(points - so_far);
        }
        let all = constitutions(answers);
        assert_eq!(verdict(&all, "特禀质").0, points);
        assert_eq!(verdict(&all, "平和质"), (25, expected));
    }
    // 平和质 itself: 17 is enough, 16 is not.
    for (energy, expected) in [(1, "是"), (5, "是")] {
        let mut answers = [1; 33];
        answers[0] = energy;
        assert_eq!(verdict(&constitutions(answers), "平和质").1, expected);
    }
    let mut tired = [1; 33];
    (tired[1], tired[3], tired[4], tired[12]) = (2, 2, 2, 2);
    assert_eq!(verdict(&constitutions(tired), "平和质"), (17, "是"));
    tired[4] = 3;
    assert_eq!(verdict(&constitutions(tired), "平和质"), (16, "否"));
    let scales = Catalogue::builtin().scales.as_ref().unwrap();
    assert_eq!(scales.constitutions(&[6; 33]), None);
    assert_eq!(scales.constitutions(&[0; 33]), None);
}

#[test]
fn self_care_is_summed_and_graded() {
    let scales = Catalogue::builtin().scales.as_ref().unwrap();
    assert_eq!(
        scales.self_care_parts().collect::<Vec<_>>(),
        ["进餐", "梳洗", "穿衣", "如厕", "活动"]
    );
    let old = Subject { birth: Some(day("1950-01-01")), ..resident(Sex::F) };
    let items = [
        "selfcare_eating",
        "selfcare_grooming",
        "selfcare_dressing",
        "selfcare_toileting",
        "selfcare_moving",
    ];
    let (i, m, o, d) = ("independent", "mild", "moderate", "dependent");
    // Answers, points, grade: 0-3, 4-8, 9-18, 19 and more.
    for (answers, points, grade) in [
        ([i, i, i, i, i], 0, i),
        ([o, i, i, i, i], 3, i),
        ([o, m, i, i, i], 4, m),
        ([d, o, i, i, i], 8, m),
        ([d, o, i, i, m], 9, o),
        ([i, m, d, d, m], 17, o),
        ([i, o, d, d, i], 18, o),
        ([i, o, d, d, m], 19, d),
        ([d, d, d, d, d], 37, d),
    ] {
        assert_eq!(scales.self_care_points(&answers), Some(points), "{answers:?}");
        let cells: Vec<(&str, &str)> = items.iter().copied().zip(answers).collect();
        assert_eq!(classes(&old, &cells), set(&[&format!("selfcare/{grade}")]), "{answers:?}");
        assert_eq!(classes(&old, &cells[..4]), set(&[]), "one part is missing");
        assert_eq!(classes(&resident(Sex::F), &cells), set(&[]), "for 65 and older");
    }
    assert_eq!(scales.self_care_points(&["mild", i, i, i, i]), None, "进餐 has no 轻度依赖");
    assert_eq!(scales.self_care_points(&[i, i]), None);
}

/// A number beside words is in the words, and the words are in the table they are of.
#[test]
fn numbers_beside_words_are_those_of_the_words() {
    let rows = table("limits_in_words.csv");
    assert_eq!(rows.len(), 22);
    for row in &rows {
        let digits: Vec<String> = row["words"]
            .split(|c: char| !c.is_ascii_digit() && c != '.' && c != '-')
            .flat_map(|part| {
                let parts = part.trim_matches('-').split('-').map(str::to_owned);
                [part.to_owned()].into_iter().chain(parts).collect::<Vec<_>>()
            })
            .collect();
        // G5<15 and <=8 say the same number from the other side.
        assert!(digits.iter().any(|one| *one == row["number"]), "{row:?}");
        // Not of a table: a sentence of the domain notes.
        if ["dental", "followup.md"].contains(&row["of"].as_str()) {
            continue;
        }
        let text = repository_file(&format!("schema/catalogue/tables/{}", row["of"]));
        assert!(text.contains(&row["words"]), "{row:?}");
    }
}
