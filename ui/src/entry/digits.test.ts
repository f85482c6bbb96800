// Numbers and dates as typed: rows. Not the fields that show them.
import { expect, test } from "vitest";
import { ageOn, dateEcho, dateOf, isNumber, isWithin, numberText } from "./digits";

test.each([
  ["165.2", "165.2"],
  ["１６５。２", "165.2"],
  ["165．2", "165.2"],
  [" 165,2 ", "165.2"],
  ["36 .5", "36.5"],
  ["−5", "-5"],
  ["", ""],
])("a number typed as %j reads %j", (typed, plain) => expect(numberText(typed)).toBe(plain));

test.each([["165", true], ["165.", true], [".5", true], ["1.6.5", false], ["J", false], ["", false], ["-5", false]])("%j is a number: %j", (text, is) => expect(isNumber(text)).toBe(is));

test.each([["20", "20", "300", true], ["19.9", "20", "300", false], ["301", "20", "300", false], ["5", null, null, true]] as const)("%s within %s to %s: %s", (text, min, max, is) =>
  expect(isWithin(text, min, max)).toBe(is));

test.each([
  ["19540307", "1954-03-07"],
  ["１９５４０３０７", "1954-03-07"],
  ["1954-3-7", "1954-03-07"],
  ["1954年3月7日", "1954-03-07"],
  ["20240229", "2024-02-29"],
  ["20230229", null],
  ["19541307", null],
  ["1954030", null],
])("a day typed as %j is %j", (typed, date) => expect(dateOf(typed)).toBe(date));

test("a birth date is echoed in words with the age on the stop's day", () => {
  expect(dateEcho("19540307", "2026-04-18")).toBe("1954年3月7日（72岁）");
  expect(dateEcho("20150919", "2026-04-18")).toBe("2015年9月19日（10岁）");
  expect(dateEcho("1954", "2026-04-18")).toBe("");
  expect(ageOn("2030-01-01", "2026-04-18")).toBeNull();
});
