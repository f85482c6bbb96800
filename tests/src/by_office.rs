//! LibreOffice as somebody at a desk uses it: opens a workbook of ours, types into cells, saves it as a workbook. By a macro in
//! a profile of its own, so that nothing is needed beside Debian's libreoffice-calc-nogui.

use std::path::Path;
use std::process::Command;

const LIBRARY: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Fill"/>
</library:library>
"#;

/// Rows looked through for a number.
const ROWS_MAX: u32 = 2_000;

/// Runs it in the folder's own profile.
pub fn office(folder: &Path, words: &[&str]) -> bool {
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let run = Command::new("timeout")
        .args(["--kill-after=5", "240", "soffice", &profile, "--headless"])
        .args(words)
        .output();
    run.is_ok_and(|run| run.status.success())
}

/// Opens `from`, finds for each line the first row whose first cell is its first word and whose cell at `column` is empty (else the
/// first row behind the last), types the other words from `column` on, and saves as `to`. Both below `folder`. False where there
/// is no office or it wrote nothing.
pub fn type_into(
    folder: &Path,
    (from, to): (&Path, &Path),
    column: usize,
    lines: &[Vec<String>],
) -> bool {
    // A profile's own library is written over on its first start: it is started once before.
    let basic = folder.join("profile/user/basic/Standard");
    let first = folder.join("first.csv");
    let names = [folder, &first].map(|path| path.display().to_string());
    let begin = || {
        std::fs::write(&first, "a\n").is_ok()
            && office(folder, &["--convert-to", "ods", "--outdir", &names[0], &names[1]])
    };
    let is_begun = basic.exists() || begin();
    let is_put = std::fs::create_dir_all(&basic).is_ok()
        && std::fs::write(basic.join("script.xlb"), LIBRARY).is_ok()
        && std::fs::write(basic.join("Fill.xba"), module((from, to), column, lines)).is_ok();
    is_begun && is_put && office(folder, &["macro:///Standard.Fill.Main"]) && to.exists()
}

/// `2026-09-20`.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && parts[0].len() == 4 && parts.iter().all(is_number)
}

fn module((from, to): (&Path, &Path), column: usize, lines: &[Vec<String>]) -> String {
    let quoted = |text: &str| text.replace('"', "\"\"");
    let mut typed = String::new();
    for line in lines {
        let (number, words) = line.split_first().map_or(("", &[][..]), |(n, w)| (n.as_str(), w));
        typed += &format!("  row = RowOf(page, \"{}\", {column})\n", quoted(number));
        for (at, text) in (column..).zip(words).filter(|(_, text)| !text.is_empty()) {
            let text = quoted(text);
            typed += &format!("  page.getCellByPosition({at}, row).setFormula(\"{text}\")\n");
            // Somebody's typing makes such a cell a date; a macro's does not.
            if is_day(&text) {
                typed += &format!("  page.getCellByPosition({at}, row).NumberFormat = typed\n");
            }
        }
    }
    let code = format!(
        r#"Sub Main
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  doc = StarDesktop.loadComponentFromURL("file://{}", "_blank", 0, hidden())
  page = doc.Sheets.getByIndex(0)
  Dim place As New com.sun.star.lang.Locale
  typed = doc.NumberFormats.queryKey("YYYY-MM-DD", place, False)
  If typed = -1 Then typed = doc.NumberFormats.addNew("YYYY-MM-DD", place)
{typed}  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName"
  how(0).Value = "Calc MS Excel 2007 XML"
  doc.storeToURL("file://{}", how())
  doc.close(True)
End Sub
Function RowOf(page, number, column)
  Dim last
  last = 0
  For row = 0 To {ROWS_MAX}
    If page.getCellByPosition(0, row).String <> "" Then
      last = row
      If page.getCellByPosition(0, row).String = number And page.getCellByPosition(column, row).String = "" Then
        RowOf = row
        Exit Function
      End If
    End If
  Next row
  page.getCellByPosition(0, last + 1).String = number
  RowOf = last + 1
End Function
"#,
        from.display(),
        to.display()
    );
    let code = code.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE script:module PUBLIC \"-//OpenOffice.org//DTD OfficeDocument 1.0//EN\" \"module.dtd\">\n<script:module xmlns:script=\"http://openoffice.org/2000/script\" script:name=\"Fill\" script:language=\"StarBasic\">\n{code}</script:module>\n"
    )
}
