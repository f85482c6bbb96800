"""What a doctor chose at 健康指导, as the station's words and as the official form's codes: a second reading, no code shared.

The words and numbers are those of 国家基本公共卫生服务规范（第三版，2017） 健康体检表, 健康指导 and 危险因素控制:
1纳入慢性病患者健康管理 2建议复查 3建议转诊; 1戒烟 2健康饮酒 3饮食 4锻炼 5减体重(目标 kg) 6建议接种疫苗 7其他.

    form_codes.py cells PEOPLE.csv       prints a measurements file, one case a person of that file
    form_codes.py expected PEOPLE.csv    prints what the export template has to say of each
"""

import csv
import sys

GUIDANCE = ["纳入慢性病患者健康管理", "建议复查", "建议转诊"]
RISK = ["戒烟", "健康饮酒", "饮食", "锻炼", "减体重", "建议接种疫苗", "其他"]
FIXED = "kind unit id_number name sex birth exam_date".split()
ITEMS = "health_guidance risk_control risk_weight_goal_kg risk_vaccine risk_other responsible_doctor".split()
HEADINGS = "健康指导 危险因素控制 减体重目标 建议接种疫苗 危险因素控制其他 责任医生".split()
# As a recorder writes them: words in any order, between any marks, or the form's own number.
CASES = [
    ["建议转诊、纳入慢性病患者健康管理,建议复查", "戒烟", "", "", "", "周医生"],
    ["2", "减体重；建议接种疫苗、其他", "62.5", "流感疫苗", "少熬夜", "周医生"],
    ["", "锻炼/健康饮酒,饮食", "", "", "", ""],
    ["建议复查", "", "", "", "", "吴医生"],
    ["1,3", "7,6,5,4,3,2,1", "60", "肺炎疫苗", "戒槟榔", "周医生"],
    ["", "", "", "", "", "周医生"],
]


def codes(text, words):
    """The numbers of the words, each once, rising."""
    for mark in "、；/":
        text = text.replace(mark, ",")
    parts = [part for part in text.split(",") if part]
    found = {int(part) if part.isdigit() else words.index(part) + 1 for part in parts}
    return ",".join(str(number) for number in sorted(found))


def main():
    what, people = sys.argv[1:]
    with open(people, encoding="utf-8-sig") as file:
        people = list(csv.DictReader(file))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow([*FIXED, *ITEMS] if what == "cells" else ["id_number", *HEADINGS])
    for person, case in zip(people, CASES):
        if what == "cells":
            out.writerow([*(person[name] for name in FIXED), *case])
            continue
        guidance, risk, goal, vaccine, other, doctor = case
        kilograms = f"{float(goal):.1f}" if goal else ""
        said = [codes(guidance, GUIDANCE), codes(risk, RISK), kilograms, vaccine, other, doctor]
        out.writerow([person["id_number"], *said])


if __name__ == "__main__":
    main()
