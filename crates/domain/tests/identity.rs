//! ID numbers, 学籍号, phones, ages, masks and the words of rosters, as tables of rows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::type_complexity)]

mod common;

use common::day;
use domain::facts::Sex;
use domain::identity::{
    IdNumber, IdProblem, age_months, age_years, mask_id, mask_name, mask_phone, person_id_of_row,
    phone, student_no,
};
use domain::roster::{numeric_cell_is_never_an_id, parse_date, parse_sex};

/// A day on which the oldest of the synthetic numbers is within the age that is believed.
const TODAY: &str = "2000-01-01";

#[test]
fn the_vectors_of_gb_11643_hold() {
    use Sex::{F, M};
    let rows: [(&str, Result<(&str, Sex, &str), IdProblem>); 10] = [
        ("11010519491231002X", Ok(("11010519491231002X", F, "1949-12-31"))),
        ("440524188001010014", Ok(("440524188001010014", M, "1880-01-01"))),
        ("110105194912310021", Err(IdProblem::CheckDigit)),
        ("110105194902310026", Err(IdProblem::Date)),
        ("110105491231002", Ok(("11010519491231002X", F, "1949-12-31"))),
        ("431302188001010014", Ok(("431302188001010014", M, "1880-01-01"))),
        ("431302188001010022", Ok(("431302188001010022", F, "1880-01-01"))),
        ("43130218800229002X", Ok(("43130218800229002X", F, "1880-02-29"))),
        ("43130218990615456X", Ok(("43130218990615456X", F, "1899-06-15"))),
        ("431302188001010015", Err(IdProblem::CheckDigit)),
    ];
    for (text, expected) in rows {
        let parsed = IdNumber::parse(text, day(TODAY));
        let seen = parsed.as_ref().map(|id| (id.as_str(), id.sex(), id.birth()));
        let expected = expected.as_ref().map(|(id, sex, birth)| (*id, *sex, day(birth)));
        assert_eq!(seen, expected, "{text}");
    }
}

#[test]
fn id_numbers_are_read_as_people_type_them() {
    let same = [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        "110105\u{3000}19491231\u{a0}002x",
        "'11010519491231002X",
        "\u{feff}11010519491231002X\u{200b}",
        "１１０１０５４９１２３１００２",
    ];
    for text in same {
        let id = IdNumber::parse(text, day(TODAY)).unwrap();
        assert_eq!(id.as_str(), "11010519491231002X", "{text}");
    }
}

#[test]
fn what_is_no_id_number_is_refused_with_its_reason() {
    let rows = [
        ("", IdProblem::Length),
        ("1101051949123100", IdProblem::Length),
        ("11010519491231002XX", IdProblem::Length),
        ("11010519491231O02X", IdProblem::Digits),
        ("1101051949123100X2", IdProblem::Digits),
        ("11010519491231002Y", IdProblem::Digits),
        ("一1010519491231002X", IdProblem::Digits),
        ("11010549123100X", IdProblem::Digits),
        ("110105491331002", IdProblem::Date),
        ("110105194900310026", IdProblem::Date),
    ];
    for (text, problem) in rows {
        assert_eq!(IdNumber::parse(text, day(TODAY)), Err(problem), "{text}");
    }
    let id = "43130218990615456X";
    assert!(IdNumber::parse(id, day("1899-06-15")).is_ok());
    assert_eq!(IdNumber::parse(id, day("1899-06-14")), Err(IdProblem::Future));
    assert!(IdNumber::parse(id, day("2030-06-14")).is_ok());
    assert_eq!(IdNumber::parse(id, day("2030-06-15")), Err(IdProblem::Age));
}

/// Nobody's number is refused for where it was issued.
#[test]
fn the_address_code_is_never_checked() {
    for address in ["000000", "432501", "999999"] {
        let body = format!("{address}19491231002");
        let good = "0123456789X"
            .chars()
            .filter(|check| IdNumber::parse(&format!("{body}{check}"), day(TODAY)).is_ok());
        assert_eq!(good.count(), 1, "{address}");
    }
}

/// Every single wrong digit is found, and every two neighbours swapped.
#[test]
fn a_slip_of_the_finger_is_noticed() {
    let good = "43130218990615456X";
    for at in 0..17 {
        for digit in '0'..='9' {
            let mut slip: Vec<char> = good.chars().collect();
            slip[at] = digit;
            let slip: String = slip.into_iter().collect();
            assert_eq!(IdNumber::parse(&slip, day(TODAY)).is_ok(), slip == good, "{slip}");
        }
    }
    for at in 0..16 {
        let mut swapped: Vec<char> = good.chars().collect();
        swapped.swap(at, at + 1);
        let swapped: String = swapped.into_iter().collect();
        assert_eq!(IdNumber::parse(&swapped, day(TODAY)).is_ok(), swapped == good, "{swapped}");
    }
}

#[test]
fn an_id_number_shows_nothing_in_a_log() {
    let id = IdNumber::parse("43130218990615456X", day(TODAY)).unwrap();
    let shown = format!("{id:?} {:?} {}", Some(&id), IdProblem::CheckDigit);
    assert!(!shown.contains("18990615"), "{shown}");
    assert_eq!(id.masked(), "431302********456X");
}

#[test]
fn masks_hide_more_than_they_show() {
    assert_eq!(mask_name("张三丰"), "张*");
    assert_eq!(mask_name(" 李 "), "李*");
    assert_eq!(mask_name(""), "");
    assert_eq!(mask_id("431399199901070349"), "431399********0349");
    assert_eq!(mask_id("43139919"), "********");
    assert_eq!(mask_phone("13800001234"), "138****1234");
    assert_eq!(mask_phone("12345"), "*****");
}

#[test]
fn school_numbers_are_of_three_kinds() {
    let rows = [
        ("G431399202002098596", Some("G431399202002098596")),
        ("g43130218990615456x", Some("G43130218990615456X")),
        ("Ｊ431302188001010014", Some("J431302188001010014")),
        ("L431302188001010014", Some("L431302188001010014")),
        ("L43130218990615456X", None),
        ("A431302188001010014", None),
        ("G43130218800101001", None),
        ("G4313021880010100144", None),
        ("431302188001010014", None),
        ("学431302188001010014", None),
        ("", None),
    ];
    for (text, expected) in rows {
        assert_eq!(student_no(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn phones_are_taken_to_one_form() {
    let rows = [
        ("13800001234", Some("13800001234")),
        ("+86 138-0000-1234", Some("13800001234")),
        ("008613800001234", Some("13800001234")),
        ("8613800001234", Some("13800001234")),
        ("１３８００００１２３４", Some("13800001234")),
        ("0738-8312345", Some("0738-8312345")),
        ("(0738)8312345", Some("0738-8312345")),
        ("07388312345", Some("0738-8312345")),
        ("+86 738 8312345", None),
        ("010-12345678", None),
        ("010-62345678", Some("010-62345678")),
        ("12800001234", None),
        ("1380000123", None),
        ("138000012345", None),
        ("无", None),
        ("", None),
    ];
    for (text, expected) in rows {
        assert_eq!(phone(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn ages_are_completed() {
    // birth, on, years, months
    let rows = [
        ("2000-09-25", "2010-09-24", 9, 119),
        ("2000-09-25", "2010-09-25", 10, 120),
        ("2000-09-25", "2011-03-25", 10, 126),
        ("2004-02-29", "2005-02-28", 0, 11),
        ("2004-02-29", "2005-03-01", 1, 12),
        ("2004-02-29", "2008-02-29", 4, 48),
        ("2000-08-31", "2001-02-28", 0, 5),
        ("2000-08-31", "2001-03-01", 0, 6),
        ("2000-01-01", "2000-01-01", 0, 0),
        ("2000-01-02", "2000-01-01", -1, -1),
    ];
    for (birth, on, years, months) in rows {
        assert_eq!(age_years(day(birth), day(on)), years, "{birth} {on}");
        assert_eq!(age_months(day(birth), day(on)), months, "{birth} {on}");
    }
}

#[test]
fn a_rosters_people_have_ids_of_their_seed_and_row() {
    let seed = [7_u8; 16];
    let first = person_id_of_row(&seed, 1);
    assert_eq!(first, person_id_of_row(&seed, 1));
    assert_ne!(first, person_id_of_row(&seed, 2));
    assert_ne!(first, person_id_of_row(&[8; 16], 1));
    assert_eq!(first.0.get_version_num(), 4);
    assert_eq!(first.0.get_variant(), uuid::Variant::RFC4122);
    // A known answer: SHA-256 of sixteen 7 and the row 1 in four bytes. Ids must never change.
    assert_eq!(first.0.to_string(), "03f9b03b-9cf8-4645-932f-0b385e65dda2");
}

#[test]
fn dates_are_read_in_five_styles() {
    let rows = [
        ("1999-01-07", Some("1999-01-07")),
        ("1999-1-7", Some("1999-01-07")),
        ("19990814", Some("1999-08-14")),
        ("2008.4.6", Some("2008-04-06")),
        ("1986/05/09", Some("1986-05-09")),
        ("1988年5月14日", Some("1988-05-14")),
        ("1988年5月14", Some("1988-05-14")),
        ("１９８８年５月１４日", Some("1988-05-14")),
        (" 1988 年 5 月 14 日 ", Some("1988-05-14")),
        ("1992-06-01 00:00:00", Some("1992-06-01")),
        ("1992-06-01T08:30:00", Some("1992-06-01")),
        ("1999-02-29", None),
        ("19990229", None),
        ("99-01-07", None),
        ("1999-13-01", None),
        ("1999年5月", None),
        ("5月14日", None),
        ("199908141", None),
        ("1999-01-07-01", None),
        ("+1999-01-07", None),
        ("不详", None),
        ("", None),
    ];
    for (text, expected) in rows {
        assert_eq!(parse_date(text), expected.map(day), "{text}");
    }
}

#[test]
fn sexes_are_read_as_offices_write_them() {
    let rows = [
        ("男", Some(Sex::M)),
        ("男性", Some(Sex::M)),
        ("M", Some(Sex::M)),
        ("1", Some(Sex::M)),
        (" 女 ", Some(Sex::F)),
        ("f", Some(Sex::F)),
        ("２", Some(Sex::F)),
        ("3", None),
        ("", None),
    ];
    for (text, expected) in rows {
        assert_eq!(parse_sex(text), expected, "{text}");
    }
}

#[test]
fn a_numeric_cell_with_more_than_fifteen_digits_is_never_an_id_number() {
    assert!(numeric_cell_is_never_an_id(true, 18));
    assert!(numeric_cell_is_never_an_id(true, 16));
    assert!(!numeric_cell_is_never_an_id(true, 15));
    assert!(!numeric_cell_is_never_an_id(false, 18));
}
