// Words put together by keys: what letters offer, what a digit takes, where the cursor stands then. Not the field.
import { expect, test } from "vitest";
import { readFileSync } from "node:fs";
import type { PhraseForm } from "../platform/api";
import { blankOf, choseBy, hintsOf, nextBlank, offered, put, queryAt } from "./phrases";

interface Written {
  key: string;
  items: string[];
  text: string;
  initials: string;
  level: string;
  hint_zh?: string;
}
const FILE = new URL("../../../schema/catalogue/phrases.json", import.meta.url);
const BOOK: PhraseForm[] = (JSON.parse(readFileSync(FILE, "utf8")) as { phrases: Written[] }).phrases.map((one) => ({
  phrase: one.key, items: one.items, text: one.text, initials: one.initials, level: "ABC".includes(one.level) ? one.level : "", is_normal: one.level === "normal", hint: one.hint_zh ?? "",
}));
const texts = (item: string, text: string) => offered(BOOK, item, queryAt(text, text.length)).map((one) => one.text);
/** One more sign at the end. */
const type = (item: string, before: string, sign: string) => choseBy(BOOK, item, before, before + sign, before.length + 1);

test("letters find a phrase of this item by its initials, also behind a phrase; characters find it by its words", () => {
  expect(texts("ecg_note", "xfcd")).toEqual(["心房颤动", "快速心房颤动（心室率〔次数〕次/分）"]);
  expect(texts("ecg_note", "心房颤动zsg")).toEqual(["左室高电压"]);
  expect(texts("ecg_note", "心房颤动；早搏")).toHaveLength(2);
  expect(texts("ultrasound_note", "xfcd")).toEqual([]);
  expect(texts("ecg_note", "d").length).toBeLessThanOrEqual(9);
});

test("what is written is not taken for a search: units, leads, a phrase that is whole, a blank that waits", () => {
  for (const text of ["", "大小8mm", "V4", "ST-T", "肝", "心房颤动", "肝囊肿，位于〔部位〕z"]) expect(texts("ecg_note", text), text).toEqual([]);
});

test("a digit or a space takes what is offered, and the first blank is marked", () => {
  const taken = type("ultrasound_note", "gnz", "1");
  expect(taken?.text).toBe("肝囊肿，位于〔部位〕，大小〔大小〕");
  expect(taken && blankOf(taken)).toBe("部位");
  expect(type("ecg_note", "xfcd", " ")?.text).toBe("心房颤动");
  expect(type("ecg_note", "xfcd", "9"), "nothing has that digit").toBeNull();
  expect(type("ecg_note", "大小", "8"), "a number is a number").toBeNull();
});

test("blanks come in their order, round to the first, and none when all are filled", () => {
  const text = "肝囊肿，位于右叶，大小〔大小〕；脾大，厚〔大小〕";
  const first = nextBlank(text, 0);
  expect(first && [first.from, blankOf(first)]).toEqual([text.indexOf("〔"), "大小"]);
  expect(nextBlank(text, (first?.to ?? 0))?.from).toBe(text.lastIndexOf("〔"));
  expect(nextBlank(text, text.length)?.from).toBe(text.indexOf("〔"));
  expect(nextBlank("肝囊肿", 0)).toBeNull();
});

test("several phrases are joined, and the rest is normal by one key", () => {
  const second = type("ecg_note", "心房颤动zsgdy", "1");
  expect(second?.text).toBe("心房颤动；左室高电压");
  expect(type("ecg_note", second?.text ?? "", "=")?.text).toBe("心房颤动；左室高电压；余未见异常");
  expect(type("ecg_note", "", "=")?.text).toBe("余未见异常");
  expect(type("ecg_note", "心房颤动；余未见异常", "="), "pressed again").toEqual({ text: "心房颤动；余未见异常", from: 10, to: 10 });
  expect(type("ecg_note", "余未见异常；心房颤动", "=")?.text).toBe("余未见异常；心房颤动");
  expect(type("dental_note", "", "="), "the dentist has no book").toBeNull();
  const book = BOOK.find((one) => one.phrase === "ecg_af") as PhraseForm;
  expect(put("窦性心律；；余未见异常", 5, 5, book).text).toBe("窦性心律；心房颤动；余未见异常");
});

test("what a source names urgent from memory says to call the doctor, also as it comes back from the store", () => {
  expect(hintsOf(BOOK, "ecg_note", "窦性心律；ST段抬高(V1-V3)")).toHaveLength(1);
  expect(hintsOf(BOOK, "ecg_note", "心房颤动")).toEqual([]);
});
