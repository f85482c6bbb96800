"""Measurements on both sides of every limit that is danger for everybody, for people of the sample rosters.

Made from the reference tables and the words of the forms alone, as findings_oracle.py reads them; it shares no code with the
program. One person a case.

    danger_samples.py TABLES_FOLDER MEASUREMENTS.csv

prints a measurements file: the heading of the samples and the columns that these cases need besides.
"""

import csv
import sys
from decimal import Decimal

PUPIL_ITEMS = "heart lung liver spleen head neck chest spine limbs skin lymph_nodes genitals".split()
EYE = ["疑似青光眼急性发作", "突发视力下降", "疑似流行性出血性结膜炎"]
ENT = ["喉头水肿", "活动性鼻出血", "眩晕发作"]
MORE = (
    ["glucose2_mmol_l", "eye_signs", "ent_signs", "gums", "hearing", "tb_contact", "tb_symptoms", "tb_infection_test"]
    + ["fobt", "lymph_nodes", "rectal_exam", "breast", "heart_rate_per_min", "urine_blood"]
    + ["wbc_10e9_l", "plt_10e9_l", "potassium_mmol_l", "sodium_mmol_l", "creatinine_umol_l", "alt_u_l", "ast_u_l"]
    + ["tbil_umol_l", "uric_acid_umol_l"]
    + [f"pupil_{item}" for item in PUPIL_ITEMS]
)
# What a laboratory or a hand measures: column, its row in critical_values_screening.csv, and the least step of the item.
CRITICAL = [
    ("pulse_per_min", "heart rate", "1"),
    ("heart_rate_per_min", "heart rate", "1"),
    ("hb_g_l", "Hb (首次)", "0.1"),
    ("plt_10e9_l", "PLT (首次)", "1"),
    ("wbc_10e9_l", "WBC", "0.01"),
    ("potassium_mmol_l", "K", "0.01"),
    ("sodium_mmol_l", "Na", "0.1"),
    ("creatinine_umol_l", "creatinine", "0.1"),
    ("alt_u_l", "ALT", "0.1"),
    ("ast_u_l", "AST", "0.1"),
    ("tbil_umol_l", "TBIL", "0.1"),
]
STRIP = ["-", "±", "1+", "2+", "3+", "4+"]


def rows(folder, name):
    with open(f"{folder}/{name}", encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def cases(folder):
    """Kind of person and cells."""
    critical = {row["item"]: row for row in rows(folder, "critical_values_screening.csv")}
    step = Decimal("0.01")
    for kind in ("student", "resident"):
        sbp, dbp = int(critical["SBP"]["high_ge"]), int(critical["DBP"]["high_ge"])
        for high, low in ((sbp - 1, dbp - 1), (sbp, 70), (120, dbp), (sbp + 10, dbp + 10)):
            yield kind, {"sbp1_mmhg": high, "dbp1_mmhg": low}
        # Half up: the mean of one below and one at the limit is the limit.
        yield kind, {"sbp1_mmhg": sbp - 1, "dbp1_mmhg": 70, "sbp2_mmhg": sbp, "dbp2_mmhg": 70}
        low, high = (Decimal(critical["FPG"][end]) for end in ("low_le", "high_ge"))
        diabetic = next(
            Decimal(row["max_excl"])
            for row in rows(folder, "glucose_diabetes.csv")
            if row["class"] == "低血糖(糖尿病患者)"
        )
        for known, limits in (("no", (low, high)), ("yes", (low, diabetic, high))):
            for limit in limits:
                for value in (limit - step, limit, limit + step):
                    for fasting in ("yes", "no"):
                        yield kind, {"glucose_mmol_l": value, "fasting": fasting, "known_diabetes": known}
        # What a repeat says of a first reading at each end, and of one that was fine.
        for first in (low, high, Decimal("5.2")):
            for then in (low, low + step, high - step, high):
                yield kind, {"glucose_mmol_l": first, "glucose2_mmol_l": then, "fasting": "yes", "known_diabetes": "no"}
        for column, item, least in CRITICAL:
            for end in ("low_le", "high_ge"):
                if critical[item][end]:
                    for away in (-1, 0, 1):
                        yield kind, {column: Decimal(critical[item][end]) + away * Decimal(least)}
        gout = next(row["gt"] for row in rows(folder, "uric_acid.csv") if row["rule"] == "高尿酸血症(现行)")
        for away in (-1, 0, 1):
            yield kind, {"uric_acid_umol_l": Decimal(gout) + away * Decimal("0.1")}
        for column in ("urine_protein", "urine_glucose", "urine_blood"):
            for answer in STRIP:
                yield kind, {column: answer}
        for column, signs in (("eye_signs", EYE), ("ent_signs", ENT)):
            for sign in [*signs, "无"]:
                yield kind, {column: sign}
        for column, answers in (
            ("fobt", ["阳性", "阴性"]),
            ("lymph_nodes", ["锁骨上", "腋窝", "未触及"]),
            ("rectal_exam", ["包块", "触痛"]),
            ("breast", ["乳腺包块", "异常泌乳"]),
            ("hearing", ["听不清或无法听见", "听见"]),
        ):
            for answer in answers:
                yield kind, {column: answer}
    for column in [*(f"pupil_{item}" for item in PUPIL_ITEMS), "gums"]:
        for answer in ("异常", "正常"):
            yield "student", {column: answer}
    for symptom in ("咳嗽咳痰2周以上", "咯血或血痰", "发热", "盗汗", "胸痛", "不明原因消瘦", "无"):
        yield "student", {"tb_symptoms": symptom}
    for answer in ("有", "无"):
        yield "student", {"tb_contact": answer}
    for answer in ("强阳性", "阳性", "阴性"):
        yield "student", {"tb_infection_test": answer}


def main():
    folder, measurements = sys.argv[1:]
    with open(measurements, encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        heading, people = reader.fieldnames, list(reader)
    fixed = heading[: heading.index("exam_date") + 1]
    left = {kind: [row for row in people if row["kind"] == kind] for kind in ("student", "resident")}
    # Adults among the residents: of the others the pupils' rows speak.
    out = csv.DictWriter(sys.stdout, [*heading, *MORE], restval="", lineterminator="\n")
    out.writeheader()
    for kind, cells in cases(folder):
        person = left[kind].pop(0)
        out.writerow({**{name: person[name] for name in fixed}, **cells})


if __name__ == "__main__":
    main()
