"""Reads a workbook with openpyxl, which shares no code with what wrote it, and checks what a reader
depends on: text cells for ID numbers, frozen pane, filter, print area, repeated heading, A4
landscape one page wide, page numbers, and no formula anywhere.

    check_workbook.py FILE --rows N --columns N --freeze CELL --code-column NAME [--code-column ...]

Prints every fault on a line of its own and exits 1, or prints `ok` and exits 0.
"""

import argparse
import sys

import openpyxl
from openpyxl.utils import get_column_letter

PAPER_A4 = 9


def faults(path, rows, columns, freeze, code_columns):
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    last = f"{get_column_letter(columns)}{rows}"

    def differs(what, found, wanted):
        if found != wanted:
            yield f"{what}: {found!r}, not {wanted!r}"

    yield from differs("rows", sheet.max_row, rows)
    yield from differs("columns", sheet.max_column, columns)
    yield from differs("frozen pane", sheet.freeze_panes, freeze)
    yield from differs("filter", sheet.auto_filter.ref, f"A1:{last}")
    # A list in some versions of openpyxl, one text with the sheet's name in others.
    areas = sheet.print_area or ""
    areas = areas.split(",") if isinstance(areas, str) else list(areas)
    areas = [area.split("!")[-1].replace("$", "") for area in areas]
    yield from differs("print area", areas, [f"A1:{last}"])
    yield from differs("repeated rows", str(sheet.print_title_rows or "").replace("$", ""), "1:1")
    yield from differs("paper", str(sheet.page_setup.paperSize), str(PAPER_A4))
    yield from differs("orientation", sheet.page_setup.orientation, "landscape")
    yield from differs("fit to page", sheet.sheet_properties.pageSetUpPr.fitToPage, True)
    yield from differs("pages wide", sheet.page_setup.fitToWidth or 1, 1)
    yield from differs("pages high", sheet.page_setup.fitToHeight, 0)
    if "&P" not in (sheet.oddFooter.center.text or ""):
        yield "no page number in the footer"
    headings = {cell.value: cell.column for cell in sheet[1]}
    for name in code_columns:
        if name not in headings:
            yield f"no column {name}"
            continue
        seen = 0
        for row in range(2, sheet.max_row + 1):
            cell = sheet.cell(row, headings[name])
            if cell.value is None:
                continue
            seen += 1
            if cell.data_type != "s" or cell.number_format != "@":
                yield f"{cell.coordinate} is {cell.data_type} {cell.number_format}, not text"
        if rows > 1 and seen == 0:
            yield f"column {name} is empty"
    for each in book.worksheets:
        for row in each.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield f"{each.title}!{cell.coordinate} is a formula"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--columns", type=int, required=True)
    parser.add_argument("--freeze", required=True)
    parser.add_argument("--code-column", action="append", default=[])
    given = parser.parse_args()
    found = list(faults(given.file, given.rows, given.columns, given.freeze, given.code_column))
    print("\n".join(found) or "ok")
    sys.exit(1 if found else 0)


main()
