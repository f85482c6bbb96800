// The fake host's 单位电话和村医: kept in this tab. Not the project's rules.
import type { Commands, ContactRow, ContactSpoken } from "../api";
import { Failure, type Word } from "../platform";
import { UNITS } from "./people";
import type { Records } from "./records";

type Own = "contacts" | "contact_set";
type Answers = { [W in Own & Word]: (ask: Commands[W]["ask"]) => Commands[W]["answer"] };

const NOBODY: ContactSpoken = { phone: "", doctor: "", account: "" };
const TOWN = "0738-8310000";
const said = new Map<string, ContactSpoken>();

export function contactAnswers(records: Records): Answers {
  const row = (unit: string, label: string): ContactRow => {
    const own = said.get(unit) ?? NOBODY;
    return { unit, label, said: own, printed: own.phone || TOWN, others: [] };
  };
  return {
    contacts: () => ({ may_set: true, rows: UNITS.map((one) => row(one.unit, one.label)), doctors: [{ account: "zhouqin", name: "周琴" }] }),
    contact_set: ({ unit, phone, doctor }) => {
      const of = UNITS.find((one) => one.unit === unit);
      if (!of) throw new Failure("unit_unknown");
      if (phone !== "" && !/^[\d\-+ 、/（）转]{3,40}$/.test(phone)) throw new Failure("contact_phone");
      said.set(unit, { phone, doctor: doctor === "zhouqin" ? "周琴" : doctor, account: doctor === "zhouqin" ? doctor : "" });
      records.saved += 1;
      records.unsent += 1;
      return row(of.unit, of.label);
    },
  };
}
