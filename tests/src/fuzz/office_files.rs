//! Files from offices: as they come, and the parts of a workbook changed and packed again. What is read goes on
//! to rows, to people and to the workbook that is sent back.

use super::chance::Chance;
use super::corpus;
use super::engine::{Decoder, Said, Target};
use super::mutate;
use super::streams::Plain;
use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::ids::UnitCode;
use domain::unit::UnitTree;
use intake::laboratory::{Mapping, look_laboratory, read_laboratory};
use intake::limits::XLS_AREA_CELLS_MAX;
use intake::{merge_within, problem_workbook, read_roster, read_workbook};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A small file may stand for many cells: a sheet in the old format has room made for it (40 bytes a cell), and is laid
/// out as a rectangle (24 to 32), of at most `XLS_AREA_CELLS_MAX` cells.
const XLS_PEAK_BYTES_MAX: usize = XLS_AREA_CELLS_MAX as usize * (40 + 32) + (32 << 20);
/// A sheet of an xlsx is streamed; what a small one says is bounded by what it unpacks to.
const XLSX_PEAK_BYTES_MAX: usize = 64 << 20;
const CSV_PEAK_BYTES_MAX: usize = 48 << 20;

/// Reads a roster all the way: workbook, rows, people, and the workbook of problems, which is read again.
fn roster(name: &str, bytes: &[u8], is_returned: bool) -> Said {
    let Ok(workbook) = read_workbook(name, bytes) else { return Said::Refused };
    let given = UnitCode("431302105205".to_owned());
    let today = NaiveDate::from_ymd_opt(2026, 9, 14).unwrap();
    let reading = read_roster(name, &workbook, UnitTree::builtin(), Some(&given), today);
    let problems: Vec<_> = reading.problems().cloned().collect();
    drop(merge_within(reading.sheets.into_iter().flat_map(|sheet| sheet.rows)));
    if is_returned && let Ok(back) = problem_workbook(&[(name, &workbook)], &problems) {
        let again = read_workbook("back.xlsx", &back);
        assert!(again.is_ok(), "the workbook sent back cannot be read: {:?}", again.err());
    }
    Said::Read
}

fn measurements(bytes: &[u8]) -> Said {
    let catalogue = Catalogue::builtin();
    let Ok(read) = field::measurement::read(catalogue, bytes) else { return Said::Refused };
    for row in &read.rows {
        for (code, text) in &row.texts {
            let item = catalogue.items.iter().find(|item| item.code == *code).unwrap();
            let _ = field::measurement::value_of(item, text);
        }
    }
    Said::Read
}

/// Columns as a laboratory's table and its HL7 have them.
const MAPPING: &str = r#"{"barcode":"条码号","rows":{"analyte":"项目","value":"结果","unit":"单位","range":"参考范围"},
    "items":{"ALT":{"item":"alt_u_l"}},"ignore":["RDW"],"rejected":["溶血"]}"#;
const LABORATORY_TABLE: &str = "检验结果,,,,\n条码号,项目,结果,单位,参考范围\nB0001,ALT,35,U/L,<50\nB0001,RDW,13,%,\nB0002,GLU,5.6↑,mmol/L,3.9～6.1\nB0003,ALT,溶血,,\n";
const LABORATORY_HL7: &str = "MSH|^~\\&|LIS|L|||20260914||ORU^R01|1|P|2.5\rPID|1\rOBR|1||B0001\rOBX|1|NM|ALT^x||35|U/L|9-50|H|||F\rSPM|1|B0009\r";

/// Reads a laboratory's file by its columns, shows its columns, and reads every range and number in it.
fn laboratory(name: &str, bytes: &[u8]) -> Said {
    let mapping: Mapping = serde_json::from_str(MAPPING).unwrap();
    let _ = look_laboratory(name, bytes, &mapping.barcode);
    let Ok(read) = read_laboratory(name, bytes, &mapping) else { return Said::Refused };
    let _ = mapping.unspoken(&read.headings);
    for line in read.reports.iter().flat_map(|report| &report.lines) {
        let _ = domain::lab::read_range(&line.range);
        let factor = domain::lab::factor("mmol/L", &line.unit);
        let number = domain::value::Decimal::parse(&line.value);
        let _ = number.zip(factor).map(|(number, factor)| domain::lab::times(number, factor));
    }
    Said::Read
}

/// A workbook's parts, changed one at a time and packed again: behind the package's sums and compression. The first
/// byte of an input names the part.
struct Parts {
    parts: Vec<(String, Vec<u8>)>,
    marks: Vec<String>,
}

/// What stands in workbooks and can be said otherwise.
const MARKS: [&str; 26] = [
    "A1:XFD1048576",
    "A1",
    "XFD1048576",
    "ZZZZZZZZ1",
    "A0",
    "A4294967296",
    "r=\"1048577\"",
    "r=\"\"",
    "t=\"s\"",
    "t=\"d\"",
    "t=\"e\"",
    "t=\"b\"",
    "s=\"4294967295\"",
    "<v>1e308</v>",
    "<v>-1</v>",
    "<v></v>",
    "<mergeCell ref=\"A1:XFD1048576\"/>",
    "uniqueCount=\"4294967295\"",
    "<si/>",
    "<!--",
    "<![CDATA[",
    "&#0;",
    "&lol;",
    "<!DOCTYPE x [<!ENTITY lol \"lol\">]>",
    "<row r=\"1\">",
    "</sheetData>",
];

impl Parts {
    fn new() -> Parts {
        let small = small_workbook();
        let mut archive = ZipArchive::new(Cursor::new(small)).unwrap();
        let mut parts = Vec::new();
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            parts.push((part.name().unwrap().into_owned(), bytes));
        }
        Parts { parts, marks: MARKS.iter().map(|mark| (*mark).to_owned()).collect() }
    }
}

impl Decoder for Parts {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        let which = chance.below(self.parts.len());
        let part = String::from_utf8_lossy(&self.parts[which].1).into_owned();
        let mut input = vec![which as u8];
        if chance.once_in(3) {
            input.extend(mutate::text(&[part], chance).into_bytes());
            return input;
        }
        // Whole tags and their values, so that it stays a workbook more often.
        let mut pieces: Vec<String> = part.split_inclusive('>').map(str::to_owned).collect();
        for _ in 0..=chance.below(3) {
            let at = chance.below(pieces.len());
            match chance.below(5) {
                0 => drop(pieces.remove(at)),
                1 => {
                    let times = if chance.once_in(8) { chance.below(2_000) } else { 1 };
                    let block = vec![pieces[at].clone(); times];
                    pieces.splice(at..at, block);
                }
                2 => pieces.insert(at, chance.one_of(&self.marks).clone()),
                3 => {
                    // The first value in quotes becomes another.
                    let mut quoted: Vec<&str> = pieces[at].split('"').collect();
                    let mark = chance.one_of(&self.marks).clone();
                    if quoted.len() > 1 {
                        quoted[1] = mark.split('"').nth(1).unwrap_or(&mark);
                        pieces[at] = quoted.join("\"");
                    }
                }
                _ => pieces[at] = mutate::text(&pieces[at..=at], chance),
            }
            if pieces.is_empty() {
                break;
            }
        }
        input.extend(pieces.concat().into_bytes());
        input
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        let [which, changed @ ..] = input else { return Said::Refused };
        let which = usize::from(*which) % self.parts.len();
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        for (at, (name, bytes)) in self.parts.iter().enumerate() {
            out.start_file(name.as_str(), options).unwrap();
            out.write_all(if at == which { changed } else { bytes }).unwrap();
        }
        let packed = out.finish().unwrap().into_inner();
        roster("a.xlsx", &packed, false)
    }
}

/// A roster of a few made-up people as a workbook.
fn small_workbook() -> Vec<u8> {
    let workbook = read_workbook("small.csv", SMALL_ROSTER.as_bytes()).unwrap();
    problem_workbook(&[("small.csv", &workbook)], &[]).unwrap()
}

const SMALL_ROSTER: &str = "慕隆村“健康快车”体检人员花名册,,,,,\n\
    序号,姓名,性别,身份证号码,出生日期,家庭住址\n\
    1,张三,男,431399199901070349,1999/1/7,水洞底镇慕隆村3组\n\
    2,李四,女,431399195003147000,1950/3/14,慕隆村12组\n\
    3,王五,男,,1970-01-01,慕隆村\n\
    合计,3,,,,\n";

fn rosters_as_text() -> Vec<Vec<u8>> {
    let (gbk, _, _) = encoding_rs::GBK.encode(SMALL_ROSTER);
    let utf16: Vec<u8> =
        SMALL_ROSTER.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        SMALL_ROSTER.as_bytes().to_vec(),
        gbk.into_owned(),
        [b"\xff\xfe".as_slice(), &utf16].concat(),
        [b"\xef\xbb\xbf".as_slice(), SMALL_ROSTER.replace(',', ";").as_bytes()].concat(),
    ]
}

/// The first rows of the sample, and a file of one row.
fn measurement_files() -> Vec<Vec<u8>> {
    let sample = corpus::file("tests/samples/measurements.csv");
    let head: Vec<u8> =
        sample.split_inclusive(|b| *b == b'\n').take(4).flatten().copied().collect();
    let one = "kind,unit,id_number,name,sex,birth,exam_date,height_cm\n\
               resident,431302105205,431399199901070349,张三,女,1999-01-07,2026-09-14,170.5\n";
    vec![head, one.as_bytes().to_vec()]
}

pub fn targets() -> Vec<Target> {
    fn plain(samples: Vec<Vec<u8>>, read: fn(&[u8]) -> Said) -> Box<dyn Decoder> {
        Box::new(Plain { samples, read })
    }
    let target = |name, share, peak_bytes_max, open| Target { name, share, peak_bytes_max, open };
    vec![
        target("xlsx", 4, XLSX_PEAK_BYTES_MAX, || {
            plain(vec![small_workbook()], |bytes| roster("a.xlsx", bytes, true))
        }),
        target("xlsx_parts", 8, XLSX_PEAK_BYTES_MAX, || Box::new(Parts::new())),
        target("xls", 8, XLS_PEAK_BYTES_MAX, || {
            let sample = corpus::file("crates/intake/tests/files/three_people.xls");
            plain(vec![sample], |bytes| roster("a.xls", bytes, false))
        }),
        target("roster_csv", 20, CSV_PEAK_BYTES_MAX, || {
            plain(rosters_as_text(), |bytes| roster("a.csv", bytes, bytes.len() % 16 == 0))
        }),
        target("laboratory_csv", 20, CSV_PEAK_BYTES_MAX, || {
            plain(vec![LABORATORY_TABLE.into()], |bytes| laboratory("a.csv", bytes))
        }),
        target("laboratory_hl7", 20, CSV_PEAK_BYTES_MAX, || {
            plain(vec![LABORATORY_HL7.into()], |bytes| laboratory("a.hl7", bytes))
        }),
        target("measurements_csv", 30, CSV_PEAK_BYTES_MAX, || {
            plain(measurement_files(), measurements)
        }),
    ]
}
