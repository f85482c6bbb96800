"""The findings that a measurements file must give, read off the reference tables a second time.

Not the program's rules: it shares no code, no catalogue of rules and no idea with them, only the tables
(their rows, titles and notes) and the words of the issue they were written for. What it takes for granted
of the project is the names of rules and codes in finding_levels.csv.

    findings_oracle.py TABLES_FOLDER MEASUREMENTS.csv

prints CSV: id_number, rule, code, level, value, text; one line a finding (levels A, B, C), sorted.
"""

import csv
import sys
from decimal import ROUND_HALF_UP, Decimal

HEIGHT_MARKS = ["p5", "p10", "p25", "p50", "p75", "p90", "p95"]


class Tables:
    def __init__(self, folder):
        self.folder = folder
        self.levels = {(r["rule"], r["code"]): r for r in self.rows("finding_levels.csv")}
        bmi = self.rows("wst586_2018_bmi_overweight_obesity.csv")
        self.pupil_bmi = {(r["sex"], Decimal(r["age_half_year"])): r for r in bmi}
        pressures = self.rows("wst610_2018_bp_p90_p95.csv")
        self.pupil_bp = {(r["sex"], r["age_year"], r["height_group"]): r for r in pressures}
        heights = self.rows("wst610_2018_height_percentiles.csv")
        self.heights = {(r["sex"], r["age_year"]): r for r in heights}
        self.anaemia = self.rows("wst441_2013_anemia_hb.csv")
        self.vision = self.rows("vision_levels.csv")
        stunting = self.rows("wst456_2014_stunting_height.csv")
        self.stunting = {(r["sex"], Decimal(r["age_half_year"])): r for r in stunting}
        wasting = self.rows("wst456_2014_wasting_bmi.csv")
        self.wasting = {(r["sex"], Decimal(r["age_half_year"])): r for r in wasting}
        self.critical = {r["item"]: r for r in self.rows("critical_values_screening.csv")}
        self.intervals = self.rows("lab_reference_intervals_adult.csv")

    def rows(self, name):
        with open(f"{self.folder}/{name}", encoding="utf-8") as file:
            return list(csv.DictReader(line for line in file if not line.startswith("#")))

    def limit(self, name, column, **wanted):
        """The one number in a column of the one row that has these words."""
        found = [r for r in self.rows(name) if all(r[k] == v for k, v in wanted.items())]
        assert len(found) == 1, (name, column, wanted, len(found))
        return Decimal(found[0][column])


def number(row, column):
    """A cell as a number; None when it was not measured."""
    return Decimal(row[column]) if row.get(column) else None


def half_up(value, step):
    return value.quantize(Decimal(step), ROUND_HALF_UP)


def completed_months(birth, day):
    (by, bm, bd), (y, m, d) = ([int(part) for part in text.split("-")] for text in (birth, day))
    return (y - by) * 12 + (m - bm) - (1 if d < bd else 0)


def plain(value):
    """As a person writes it: no zeros behind."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def mean_of_plausible(row, columns):
    """A pressure of 0 is no pressure; the mean of the others, whole mmHg, half up."""
    readings = [number(row, column) for column in columns]
    readings = [reading for reading in readings if reading]
    return half_up(sum(readings) / len(readings), "1") if readings else None


def reaches(value, limit):
    return value is not None and value >= limit


def weight(tables, row, months):
    height, mass = number(row, "height_cm"), number(row, "weight_kg")
    if not height or not mass:
        return
    bmi = half_up(mass * 10000 / (height * height), "0.1")
    half_years = Decimal(months // 6) / 2
    is_resident = row["kind"] == "resident"
    if is_resident or half_years >= Decimal("18.5"):
        def adult(name, column):
            table = "adult_bmi_waist_wst428_2013.csv"
            return tables.limit(table, column, **{"measure": "BMI", "class": name})
        if bmi >= adult("肥胖", "min_incl"):
            code = "obese"
        elif bmi >= adult("超重", "min_incl"):
            code = "overweight"
        elif bmi >= adult("正常", "min_incl"):
            code = "normal"
        else:
            code = "underweight"
        yield "adult_bmi", code, plain(bmi)
    else:
        limits = tables.pupil_bmi.get((row["sex"], half_years))
        if limits and bmi >= Decimal(limits["obesity_ge"]):
            yield "pupil_weight", "obese", plain(bmi)
        elif limits and bmi >= Decimal(limits["overweight_ge"]):
            yield "pupil_weight", "overweight", plain(bmi)


def nutrition(tables, row, months):
    """WS/T 456: stunting first; wasting in those who are not stunted. The last row is 17.5 to 18.0, both included."""
    if row["kind"] == "resident" and months >= 18 * 12:
        return
    height, mass = number(row, "height_cm"), number(row, "weight_kg")
    half_years = Decimal(months // 6) / 2
    key = row["sex"], Decimal("17.5") if half_years == 18 else half_years
    if not height or key not in tables.stunting:
        return
    if height <= Decimal(tables.stunting[key]["height_le_cm"]):
        yield "pupil_nutrition", "stunted", plain(height)
        return
    limits = tables.wasting[key]
    bmi = half_up(mass * 10000 / (height * height), "0.1") if mass else None
    if bmi is None:
        return
    if bmi <= Decimal(limits["moderate_severe_le"]):
        yield "pupil_nutrition", "wasting_moderate_severe", plain(bmi)
    elif Decimal(limits["mild_min"]) <= bmi <= Decimal(limits["mild_max"]):
        yield "pupil_nutrition", "wasting_mild", plain(bmi)


def critical_values(tables, row, months):
    """What critical_values_screening.csv calls A beside pressure, glucose and haemoglobin."""
    items = [
        ("heart_rate", "pulse_per_min", "heart rate", "slow_critical", "fast_critical"),
        ("heart_rate", "heart_rate_per_min", "heart rate", "slow_critical", "fast_critical"),
        ("blood_count", "wbc_10e9_l", "WBC", "wbc_low_critical", "wbc_high_critical"),
        ("blood_count", "plt_10e9_l", "PLT (首次)", "plt_low_critical", None),
        ("electrolytes", "potassium_mmol_l", "K", "potassium_low_critical", "potassium_high_critical"),
        ("electrolytes", "sodium_mmol_l", "Na", "sodium_low_critical", "sodium_high_critical"),
        ("kidney", "creatinine_umol_l", "creatinine", None, "creatinine_critical"),
        ("liver", "alt_u_l", "ALT", None, "alt_critical"),
        ("liver", "ast_u_l", "AST", None, "ast_critical"),
        ("liver", "tbil_umol_l", "TBIL", None, "tbil_critical"),
    ]
    for rule, column, item, low, high in items:
        value = number(row, column)
        if value is None:
            continue
        limits = tables.critical[item]
        if low and value <= Decimal(limits["low_le"]):
            yield rule, low, plain(value)
        elif high and value >= Decimal(limits["high_ge"]):
            yield rule, high, plain(value)


def kidney(tables, row, months):
    """Creatinine above the interval of sex and age, and eGFR below 60 (CKD-EPI 2021)."""
    value = number(row, "creatinine_umol_l")
    if value is None:
        return
    years = months // 12
    for interval in tables.intervals:
        fits = interval["analyte"] == "creatinine" and interval["sex"] == row["sex"]
        if fits and int(interval["age_min"]) <= years <= int(interval["age_max"]):
            limit = Decimal(tables.critical["creatinine"]["high_ge"])
            if Decimal(interval["high"]) < value < limit:
                yield "kidney", "creatinine_high", plain(value)
    if years < 18:
        return
    words = {"equation": "CKD-EPI 2021", "sex": row["sex"], "kind": ""}

    def parameter(name):
        return float(tables.limit("egfr_ckdepi.csv", name, **words))

    ratio = float(value) / 88.4 / parameter("k")
    egfr = parameter("A") * min(ratio, 1) ** parameter("alpha") * max(ratio, 1) ** parameter("exp")
    egfr = round(egfr * parameter("base") ** years * parameter("sexmult"), 2)
    for code, below in (("egfr_g5", 15), ("egfr_g4", 30), ("egfr_g3b", 45), ("egfr_g3a", 60)):
        if egfr < below:
            yield "kidney", code, f"eGFR {egfr:.2f}"
            break


def waist(tables, row, months):
    value = number(row, "waist_cm")
    if value is None or row["kind"] != "resident":
        return
    words = {"measure": "waist", "class": "中心型肥胖", "sex": row["sex"]}
    if value >= tables.limit("adult_bmi_waist_wst428_2013.csv", "min_incl", **words):
        yield "adult_waist", "central_obesity", plain(value)


def adult_limit(tables, name, column):
    return tables.limit("hypertension_grades_adult.csv", column, **{"class": name})


def pressure(tables, row, months):
    high = mean_of_plausible(row, ["sbp1_mmhg", "sbp2_mmhg"])
    low = mean_of_plausible(row, ["dbp1_mmhg", "dbp2_mmhg"])
    if high is None and low is None:
        return
    value = f"{high if high is not None else '-'}/{low if low is not None else '-'}"

    def grade(name):
        return reaches(high, adult_limit(tables, name, "sbp_min")) or reaches(
            low, adult_limit(tables, name, "dbp_min")
        )

    if row["kind"] == "resident":
        after_rest = mean_of_plausible(row, ["sbp2_mmhg"]), mean_of_plausible(row, ["dbp2_mmhg"])
        worst = "3级高血压(重度)"
        is_grave_after_rest = reaches(after_rest[0], adult_limit(tables, worst, "sbp_min")) or reaches(
            after_rest[1], adult_limit(tables, worst, "dbp_min")
        )
        # In care (followup.md, section 1): satisfied below 140/90, from 65 years below 150/90.
        is_known = row.get("known_hypertension") == "yes"
        is_raised = grade("1级高血压(轻度)")
        is_old_and_near = (
            months >= 65 * 12
            and (high is None or high < 150)
            and not reaches(low, adult_limit(tables, "1级高血压(轻度)", "dbp_min"))
        )
        if grade(worst):
            yield "adult_bp", "grade3", value
        elif is_grave_after_rest:
            parts = ["-" if part is None else str(part) for part in after_rest]
            yield "adult_bp", "grade3", "/".join(parts)
        elif is_known and is_raised:
            yield "adult_bp", "known_satisfied" if is_old_and_near else "known_raised", value
        elif is_known and grade("正常高值"):
            yield "adult_bp", "known_high_normal", value
        else:
            yield from grades_of_others(grade, (high, low), value)
        isolated = "单纯收缩期高血压"
        if reaches(high, adult_limit(tables, isolated, "sbp_min")) and (
            low is not None and low <= adult_limit(tables, isolated, "dbp_max")
        ):
            yield "adult_bp", "isolated_systolic", value
        return
    # Completed months / 12, rounded half up to whole years.
    age = half_up(Decimal(months) / 12, "1")
    if age >= 18:
        if grade("1级高血压(轻度)"):
            yield "pupil_bp", "bp_p95", value
        elif grade("正常高值"):
            yield "pupil_bp", "bp_high_normal", value
        return
    yield from pupils_pressure(tables, row, age, (high, low), grade, value)


def grades_of_others(grade, parts, value):
    """Of whoever is not known to be ill, below the third grade."""
    high, low = parts
    for code, name in [
        ("grade2", "2级高血压(中度)"),
        ("grade1", "1级高血压(轻度)"),
        ("high_normal", "正常高值"),
    ]:
        if grade(name):
            yield "adult_bp", code, value
            break
    else:
        # Without both parts nobody can say that the pressure is normal.
        if high is not None and low is not None:
            yield "adult_bp", "normal", value


def pupils_pressure(tables, row, age, parts, grade, value):
    """Of pupils below 18 by the rounded age."""
    high, low = parts
    height = number(row, "height_cm")
    if age < 7 or not height:
        return
    marks = tables.heights[row["sex"], str(age)]
    reached = [mark for mark in HEIGHT_MARKS if height >= Decimal(marks[mark])]
    limits = tables.pupil_bp[row["sex"], str(age), reached[-1] if reached else "lt_p5"]
    limits = {name: Decimal(limits[name]) for name in limits if name[:3] in ("sbp", "dbp")}
    if reaches(high, limits["sbp_p95"]) or reaches(low, limits["dbp_p95"]):
        yield "pupil_bp", "bp_p95", value
    elif (
        reaches(high, limits["sbp_p90"])
        or reaches(low, limits["dbp_p90"])
        or grade("正常高值")  # 120/80, clause 3.2
    ):
        yield "pupil_bp", "bp_high_normal", value


def sugars(row):
    """The reading that says too low (a repeat in place of the first), and the one that says too high (the higher of the two)."""
    taken = [number(row, column) for column in ("glucose_mmol_l", "glucose2_mmol_l") if row.get(column, "") != ""]
    taken = [value for value in taken if value is not None]
    return (taken[-1], max(taken)) if taken else (None, None)


def glucose(tables, row, months):
    low, high = sugars(row)
    if low is None or row["kind"] != "resident":
        return
    is_fasting = row["fasting"] == "yes"  # anything else counts as random
    is_known = row.get("known_diabetes") == "yes"
    rule = "glucose_fasting" if is_fasting else "glucose_random"

    def limit(test, name, column):
        return tables.limit("glucose_diabetes.csv", column, **{"test": test, "class": name})

    # Where one reading was too high and its repeat is too low, the lower is what is treated.
    value = low
    if low <= tables.limit("critical_values_screening.csv", "low_le", item="FPG"):
        code = "hypoglycaemia"
    elif row["known_diabetes"] == "yes" and low <= limit("FPG", "低血糖(糖尿病患者)", "max_excl"):
        code = "hypoglycaemia_diabetic"
    else:
        value = high
        if high >= limit("FPG", "紧急转诊(规范)", "min_incl"):
            code = "critical"
        elif is_fasting and high >= limit("FPG", "糖尿病切点", "min_incl"):
            code = "known_raised" if is_known else "raised"
        elif is_fasting and high >= limit("FPG", "空腹血糖受损(IFG)", "min_incl"):
            code = "known_satisfied" if is_known else "ifg"
        elif not is_fasting and high >= limit("random", "糖尿病切点(有典型症状)", "min_incl"):
            code = "known_raised" if is_known else "raised"
        else:
            return
    yield rule, code, plain(value)


def lipids(tables, row, months):
    def limit(analyte, name, column="min_incl"):
        return tables.limit("lipids_2023.csv", column, **{"analyte": analyte, "class": name})

    # The most severe of an analyte comes first.
    steps = {
        "tc_mmol_l": [("tc_high", "TC", "升高"), ("tc_borderline", "TC", "边缘升高")],
        "ldl_mmol_l": [("ldl_high", "LDL-C", "升高"), ("ldl_borderline", "LDL-C", "边缘升高")],
        "tg_mmol_l": [
            ("tg_pancreatitis", "TG", "胰腺炎风险(临床处理)"),
            ("tg_high", "TG", "升高"),
            ("tg_borderline", "TG", "边缘升高"),
        ],
    }
    for column, classes in steps.items():
        value = number(row, column)
        if value is None:
            continue
        for code, analyte, name in classes:
            if value >= limit(analyte, name):
                yield "lipids", code, plain(value)
                break
    value = number(row, "hdl_mmol_l")
    if value is not None and value < limit("HDL-C", "降低", "max_excl"):
        yield "lipids", "hdl_low", plain(value)


def anaemia(tables, row, months):
    value = number(row, "hb_g_l")
    if value is None:
        return

    def fits(group):
        first, last = Decimal(group["age_min_y"] or 999), Decimal(group["age_max_y"] or 999)
        return (
            group["pregnant"] == "n"
            and group["sex"] in ("", row["sex"])
            and first * 12 <= months
            and months // 12 <= last
        )

    (group,) = [group for group in tables.anaemia if fits(group)]
    if value <= tables.limit("critical_values_screening.csv", "low_le", item="Hb (首次)"):
        code = "critical"
    elif value < Decimal(group["severe_lt"]):
        code = "severe"
    elif value < Decimal(group["mild"].split("-")[0]):
        code = "moderate"
    elif value < Decimal(group["hb_lt"]):
        code = "mild"
    else:
        return
    yield "anaemia", code, plain(value)


def urine(tables, row, months):
    # Levels of the strip, as the notes of finding_levels.csv name them.
    if row["urine_protein"] == "1+":
        yield "urine", "protein_positive", "1+"
    elif row["urine_protein"] in ("2+", "3+", "4+"):
        yield "urine", "protein_marked", row["urine_protein"]
    if row["urine_glucose"] in ("1+", "2+", "3+", "4+"):
        yield "urine", "glucose_positive", row["urine_glucose"]
    if row.get("urine_blood") in ("2+", "3+", "4+"):
        yield "urine", "blood_marked", row["urine_blood"]


def uric_acid(tables, row, months):
    # The guideline's limit, one for both sexes; the older ones are a setting.
    value = number(row, "uric_acid_umol_l")
    if value is not None and row["kind"] == "resident":
        if value > tables.limit("uric_acid.csv", "gt", rule="高尿酸血症(现行)"):
            yield "uric_acid", "uric_acid_high", plain(value)


def vision(tables, row, months):
    eyes = [number(row, column) for column in ("vision_right", "vision_left")]
    eyes = [eye for eye in eyes if eye is not None]
    if not eyes or row["kind"] == "resident":
        return
    worse = min(eyes)
    bands = {Decimal(band["l_5mark"]): band["band"] for band in tables.vision}
    codes = {"轻度": "low_mild", "中度": "low_moderate", "重度": "low_severe"}
    code = codes.get(bands[worse])
    if code:
        yield "pupil_vision", code, plain(worse)


def danger(tables, row, months):
    """critical_values_screening.csv names no age: pressure and glucose of those whom the adults' tables do not judge."""
    is_pupil = row["kind"] != "resident"
    high = mean_of_plausible(row, ["sbp1_mmhg", "sbp2_mmhg"])
    low = mean_of_plausible(row, ["dbp1_mmhg", "dbp2_mmhg"])
    limits = [Decimal(tables.critical[part]["high_ge"]) for part in ("SBP", "DBP")]
    after_rest = mean_of_plausible(row, ["sbp2_mmhg"]), mean_of_plausible(row, ["dbp2_mmhg"])
    if is_pupil or months < 216:
        for parts in ((high, low), after_rest):
            if reaches(parts[0], limits[0]) or reaches(parts[1], limits[1]):
                value = "/".join("-" if part is None else str(part) for part in parts)
                yield "critical_bp", "critical", value
                break
    low, high = sugars(row)
    if is_pupil and low is not None:
        diabetic = tables.limit("glucose_diabetes.csv", "max_excl", **{"class": "低血糖(糖尿病患者)"})
        if low <= Decimal(tables.critical["FPG"]["low_le"]):
            yield "critical_glucose", "hypoglycaemia", plain(low)
        elif row["known_diabetes"] == "yes" and low <= diabetic:
            yield "critical_glucose", "hypoglycaemia_diabetic", plain(low)
        elif high >= Decimal(tables.critical["FPG"]["high_ge"]):
            yield "critical_glucose", "critical", plain(high)


# What was ticked, where the samples of these were made: column, the form's word, rule and code.
TICKED = [
    ("eye_signs", "疑似青光眼急性发作", "critical_signs", "eye_glaucoma"),
    ("eye_signs", "突发视力下降", "critical_signs", "eye_sight_lost"),
    ("eye_signs", "疑似流行性出血性结膜炎", "critical_signs", "eye_conjunctivitis"),
    ("ent_signs", "喉头水肿", "critical_signs", "ent_larynx"),
    ("ent_signs", "活动性鼻出血", "critical_signs", "ent_nosebleed"),
    ("ent_signs", "眩晕发作", "critical_signs", "ent_vertigo"),
    ("fobt", "阳性", "tumour_sign", "fobt_positive"),
    ("lymph_nodes", "锁骨上", "tumour_sign", "supraclavicular_node"),
    ("rectal_exam", "包块", "tumour_sign", "rectal_mass"),
    ("breast", "乳腺包块", "tumour_sign", "breast_lump"),
]
TUBERCULOSIS = {"tb_contact": "tb_contact", "tb_symptoms": "tb_symptoms", "tb_infection_test": "tb_test_strong"}
# student_form.md section 2: the items of 内科 外科 口腔, which the note of finding_levels.csv names.
DEPARTMENTS = [
    f"pupil_{item}"
    for item in "heart lung liver spleen head neck chest spine limbs skin lymph_nodes genitals".split()
] + ["gums"]


def ticked(tables, row, months):
    for column, word, rule, code in TICKED:
        if row.get(column) == word:
            yield rule, code, word
    if row["kind"] == "resident":
        return
    for column, code in TUBERCULOSIS.items():
        said = row.get(column) or "无"
        if said == "强阳性" or (column != "tb_infection_test" and said != "无"):
            yield "tb_suspected", code, said
    for column in DEPARTMENTS:
        if row.get(column) == "异常":
            yield "department", "abnormal_unspecified", "异常"


RULES = [
    weight, waist, pressure, glucose, lipids, anaemia, urine, vision, nutrition, critical_values, kidney,
    danger, ticked, uric_acid,
]


def findings(tables, rows):
    for row in rows:
        months = completed_months(row["birth"], row["exam_date"])
        for rule in RULES:
            for name, code, value in rule(tables, row, months):
                level = tables.levels[name, code]
                if level["level"] != "N":
                    yield row["id_number"], name, code, level["level"], value, level["name_zh"]


def main():
    folder, measurements = sys.argv[1:]
    with open(measurements, encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["id_number", "rule", "code", "level", "value", "text"])
    out.writerows(sorted(findings(Tables(folder), rows)))


if __name__ == "__main__":
    main()
