// A district of a hundred thousand made-up people for the figures: their villages' rosters at a server, and one device that has
// pulled them all. Made by the same commands as the specs' own district (hall.ts), which it is not.
import { readFileSync, writeFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkCharacter } from "../src/entry/id_number";
import { PASSWORD } from "../src/platform/fake/people";
import { ask, EXAMINERS, jkkc, OPERATORS, round, serve, serveField, synced, VILLAGE_CODE, type Hall } from "./hall";

/** People on the lists; fewer by the environment, to see whether it works. */
export const CROWD = Number(process.env.CROWD ?? 100_000);
const PER_VILLAGE = 1_000;
const DIVISIONS = new URL("../../schema/regions/louxing_divisions.csv", import.meta.url);
const FAMILY = "王wang 李li 张zhang 龙long 石shi 吴wu 杨yang 麻ma 田tian 向xiang 彭peng 滕teng 刘liu 陈chen 黄huang 周zhou 赵zhao 罗luo 谢xie 邓deng".split(" ").map(split);
const GIVEN = "秀xiu 英ying 建jian 国guo 桂gui 花hua 志zhi 强qiang 春chun 兰lan 明ming 红hong 金jin 凤feng 德de 胜sheng 玉yu 梅mei 家jia 兴xing 美mei 玲ling 子zi 轩xuan 雨yu 桐tong 浩hao 然ran 思si 琪qi".split(" ").map(split);

function split(word: string): [string, string] {
  return [word.slice(0, 1), word.slice(1)];
}

export interface Listed {
  name: string;
  pinyin: string;
  initials: string;
  id: string;
  phone: string;
}

/** The `n`th of them: always the same one. */
export function listed(n: number): Listed & { sex: string; birth: string; group: string } {
  const at = <T>(list: T[], step: number): T => list[Math.floor(n * step) % list.length] as T;
  const signs = [at(FAMILY, 7 / 3), at(GIVEN, 11 / 7), at(GIVEN, 17 / 211)];
  const day = new Date(Date.UTC(1935, 0, 1 + (n % 29_000)));
  const birth = day.toISOString().slice(0, 10);
  const first17 = `431399${birth.replace(/-/g, "")}${String((Math.floor(n / 29_000) * 7 + (n % 5) * 101 + 11) % 1000).padStart(3, "0")}`;
  return {
    name: signs.map(([sign]) => sign).join(""),
    pinyin: signs.map(([, sound]) => sound).join(""),
    initials: signs.map(([, sound]) => sound[0]).join(""),
    id: first17 + checkCharacter(first17),
    phone: `1390${String((n * 7_919) % 10_000_000).padStart(7, "0")}`,
    sex: Number(first17[16]) % 2 === 1 ? "男" : "女",
    birth,
    group: `${(n % 9) + 1}组`,
  };
}

function villages(count: number): string[] {
  const codes = readFileSync(DIVISIONS, "utf8").split("\n").map((line) => line.split(",")).filter((cells) => cells[6] === "村委会").map((cells) => cells[4] ?? "");
  return [VILLAGE_CODE, ...codes.filter((code) => code !== VILLAGE_CODE)].slice(0, count);
}

/** Makes them, and says what took how long. The server is gone when this returns; the device is in `hall.device`. */
export async function openCrowd(): Promise<{ hall: Hall; close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "jkkc-crowd-"));
  const close = async () => {
    if (process.env.E2E_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
  };
  const key = join(folder, "server.key");
  writeFileSync(key, "5e".repeat(32));
  const data = ["--data", join(folder, "server"), "--key-file", key];
  const caPin = jkkc("server", "init", ...data, "--host", "127.0.0.1").ca_pin as string;
  const today = round(data, "第四轮", 0);
  for (const [account, name] of OPERATORS) jkkc("operator", "add", ...data, "--account", account, "--name", name);
  for (const [name, title] of EXAMINERS) jkkc("examiner", "add", ...data, "--name", name, "--title", title);
  const units = villages(Math.ceil(CROWD / PER_VILLAGE));
  let begun = Date.now();
  for (const [at, unit] of units.entries()) {
    const people = Array.from({ length: Math.min(PER_VILLAGE, CROWD - at * PER_VILLAGE) }, (_, n) => listed(at * PER_VILLAGE + n));
    const file = join(folder, "roster.csv");
    writeFileSync(file, ["姓名,性别,身份证号,出生日期,组别,联系电话", ...people.map((one) => [one.name, one.sex, one.id, one.birth, one.group, one.phone].join(",")), ""].join("\n"));
    jkkc("roster", "import", ...data, "--round", today, "--unit", unit, file);
  }
  console.log(`${CROWD} people on the lists of ${units.length} villages: ${((Date.now() - begun) / 1000).toFixed(0)} s`);
  const server = await serve(["serve", ...data, "--listen", "127.0.0.1:0"]);
  const hall: Hall = { folder, device: join(folder, "device"), serverUrl: server.url, caPin, school: "", recoveryKey: "" };
  mkdirSync(hall.device);
  const app = await serveField(hall.device);
  const accountCode = (account: string) => jkkc("operator", "code", ...data, "--operator", account).code as string;
  const code = jkkc("enrol", "create", ...data, "--units", units.join(",")).code as string;
  await ask(app, "enrol", { server_url: server.url, code, ca_pin: caPin, account_code: accountCode("zhouqin"), account: "zhouqin", password: PASSWORD });
  for (const [account] of OPERATORS.slice(1)) await ask(app, "account_add", { account_code: accountCode(account), password: PASSWORD });
  begun = Date.now();
  await synced(app);
  console.log(`pulled by the device: ${((Date.now() - begun) / 1000).toFixed(0)} s`);
  await app.kill();
  await server.kill();
  return { hall, close };
}
