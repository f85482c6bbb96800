"""What the samples hold, counted a second time: rosters as offices sent them, and the day's measurements.

Shares nothing with the program. A row of a roster is a repetition of an earlier one on the same sheet when
both have the same usable ID number and name, or else the same name and birth date and at most one of them
has a usable number. An ID cell is usable when it is text (a number has lost its last digits) and, made half
width, without spaces and in capitals, is 17 digits, a check character that fits (GB 11643-1999) and a date.

    sample_counts.py SAMPLES_FOLDER VILLAGE_CODE VILLAGE_SHEET SCHOOL_NAME

prints one JSON object.
"""

import collections
import csv
import datetime
import json
import re
import sys
import unicodedata

import openpyxl

STATIONS = {
    "register": ["known_hypertension", "known_diabetes"],
    "general": ["height_cm", "weight_kg", "waist_cm", "temperature_cel"],
    "bp": ["pulse_per_min", "sbp1_mmhg", "dbp1_mmhg", "sbp2_mmhg", "dbp2_mmhg"],
    "vision": ["vision_right", "vision_left"],
    "blood": ["fasting", "glucose_mmol_l", "tc_mmol_l", "tg_mmol_l", "hdl_mmol_l", "ldl_mmol_l", "hb_g_l"],
    "urine": ["urine_protein", "urine_glucose"],
}
PRESSURES_LOW = ["dbp1_mmhg", "dbp2_mmhg"]


def half_width(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def id_problem(cell):
    """None when the number can be used, else what is wrong with it."""
    if cell is None or not str(cell).strip():
        return "id_missing"
    if not isinstance(cell, str):
        return "id_stored_as_number"
    text = half_width(cell)
    if len(text) != 18:
        return "id_wrong_length"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(int(digit) * weight for digit, weight in zip(text, weights))
    datetime.date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    return None if "10X98765432"[total % 11] == text[17] else "id_check_digit"


def birth(cell):
    if cell is None:
        return None
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    parts = re.findall(r"\d+", str(cell))
    if len(parts) == 1:
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    return datetime.date(*(int(part) for part in parts)).isoformat()


def sex(cell):
    return {"男": "M", "M": "M", "1": "M", "女": "F", "F": "F", "2": "F"}[str(cell).strip()]


def people_rows(path, header_row, columns):
    """(sheet, name, sex, ID cell, birth) of every row that is about a person."""
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows(min_row=header_row + 1, values_only=True):
            name, sex_cell, id_cell, birth_cell = (row[at] for at in columns)
            is_total = str(row[0]).replace(" ", "").startswith("合计")
            if is_total or name is None or not str(name).strip():
                continue
            name = re.sub(r"\s", "", str(name))
            yield sheet.title, name, sex(sex_cell), id_cell, birth(birth_cell)


def roster(path, header_row, columns):
    """Counts, and for each sheet its people as [name, birth, usable ID number or None]."""
    problems = collections.Counter()
    sheets = collections.defaultdict(list)
    rows = merged = 0
    for sheet, name, sex_word, id_cell, born in people_rows(path, header_row, columns):
        rows += 1
        problem = id_problem(id_cell)
        id_number = None if problem else half_width(id_cell)
        if problem:
            problems[problem] += 1
        else:
            if sex_word != ("M" if int(id_number[16]) % 2 else "F"):
                problems["sex_contradicts_id"] += 1
            digits = id_number[6:14]
            id_birth = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
            if born not in (None, id_birth):
                problems["birth_contradicts_id"] += 1
            born = id_birth
        people = sheets[sheet]
        same = [p for p in people if id_number and p[2] == id_number and p[0] == name]
        same = same or [
            p for p in people if p[:2] == [name, born] and (p[2] is None or id_number is None)
        ]
        if same:
            merged += 1
            problems["duplicate"] += 1
            same[0][2] = same[0][2] or id_number
        else:
            people.append([name, born, id_number])
    counts = {"rows": rows, "accepted": rows - merged, "merged": merged, "problems": dict(problems)}
    return counts, sheets


def taken(row, column):
    """A diastolic pressure of 0 is refused; any other cell that holds something is a result."""
    return row[column] != "" and not (column in PRESSURES_LOW and row[column] == "0")


def stations(rows):
    """Per station: people with a result, results, cells refused."""
    counts = {}
    for station, columns in STATIONS.items():
        results = [sum(taken(row, column) for column in columns) for row in rows]
        filled = [sum(row[column] != "" for column in columns) for row in rows]
        people = sum(1 for number in results if number)
        counts[station] = [people, sum(results), sum(filled) - sum(results)]
    return counts


def proposals(rows, people):
    """People on the roster without a usable ID number, whom the stations' list gives one."""
    without = {(name, born) for name, born, id_number in people if id_number is None}
    known = {id_number for _, _, id_number in people}
    fitting = [row for row in rows if row["id_number"] not in known]
    assert all((row["name"], row["birth"]) in without for row in fitting)
    return len(fitting)


def main():
    folder, village, village_sheet, school = sys.argv[1:]
    residents, by_sheet = roster(f"{folder}/residents.xlsx", 3, [1, 2, 3, 4])
    students, classes = roster(f"{folder}/students.xlsx", 2, [1, 2, 3, 4])
    with open(f"{folder}/measurements.csv", encoding="utf-8-sig") as file:
        measured = list(csv.DictReader(file))
    at_village = [row for row in measured if row["unit"] == village]
    at_school = [row for row in measured if row["unit"].split("/")[0] == school]
    pupils = [pupil for sheet in classes.values() for pupil in sheet]
    json.dump(
        {
            "residents": residents,
            "students": students,
            "village": {
                "listed": len(by_sheet[village_sheet]),
                "measured": len(at_village),
                "proposals": proposals(at_village, by_sheet[village_sheet]),
                "stations": stations(at_village),
            },
            "school": {
                "listed": len(pupils),
                "measured": len(at_school),
                "proposals": proposals(at_school, pupils),
                "stations": stations(at_school),
            },
        },
        sys.stdout,
        indent=1,
    )


if __name__ == "__main__":
    main()
