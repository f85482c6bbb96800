// The echo of an ID number: rows of made-up numbers. Not the verdict on saving.
import { expect, test } from "vitest";
import { checkCharacter, readId } from "./id_number";

const first17 = "43139919540307402";
const good = first17 + checkCharacter(first17);
const other = good.slice(0, 17) + (good.endsWith("1") ? "2" : "1");

test.each([
  ["", { kind: "empty" }],
  ["431399", { kind: "short", missing: 12 }],
  [good, { kind: "good", birth: "1954-03-07", sex: "女" }],
  [` ${good.slice(0, 6)} ${good.slice(6)} `, { kind: "good", birth: "1954-03-07", sex: "女" }],
  [other, { kind: "wrong", why: "check" }],
  [`${good}1`, { kind: "wrong", why: "length" }],
  ["4313A", { kind: "wrong", why: "characters" }],
  ["43139919541307402X", { kind: "wrong", why: "date" }],
])("%j reads as %j", (typed, echo) => expect(readId(typed)).toEqual(echo));

test("an X may be small or full-width", () => {
  for (let order = 100; order < 200; order += 1) {
    const made = `43139919600101${order}`;
    if (checkCharacter(made) !== "X") continue;
    expect(readId(`${made}x`).kind).toBe("good");
    expect(readId(`${made}Ｘ`).kind).toBe("good");
    return;
  }
  throw new Error("no number with an X among a hundred");
});
