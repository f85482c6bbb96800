// A real district for the specs: a server with rounds, a village, a school, accounts and an earlier year's work, and one
// device that has synced, all made by `jkkc` commands. Each spec then opens its own copy of that device. No spec's steps.
import { execFile, execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { everybody, PASSWORD, type Somebody } from "../src/platform/fake/people";
import { GENERAL, largeClass } from "./fixture";
import { Line } from "./line";

const UI = fileURLToPath(new URL("../dist", import.meta.url));
const JKKC = process.env.JKKC ?? fileURLToPath(new URL("../../target/debug/jkkc", import.meta.url));
/** 水洞底镇 慕隆村, and its township for the school. */
export const VILLAGE_CODE = "431302105205";
const TOWNSHIP = "431302105";
const SCHOOL = "明德小学";
export const OPERATORS = [["zhouqin", "周琴", "recorder"], ["longhai", "龙海", "doctor"], ["shiyue", "石悦", "coordinator"]] as const;
/** Has an account at the server and none on the seeded device. */
export const NEWCOMER = { account: "tengyumei", name: "滕玉梅" };
export const EXAMINERS = [["周琴", "护士"], ["龙海", "主治医师"], ["石悦", "检验士"]] as const;
/** How long a host may take to say where it answers, milliseconds: a busy machine is slow, a broken one is silent. */
const START_MS = 60_000;

export interface Hall {
  folder: string;
  /** The seeded device; copied, never opened. */
  device: string;
  serverUrl: string;
  caPin: string;
  school: string;
  recoveryKey: string;
}

type Json = Record<string, unknown>;

/** A command that has to go well; its one JSON object. */
export function jkkc(...words: string[]): Json {
  return JSON.parse(execFileSync(JKKC, [...words, "--json"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })) as Json;
}

export const jkkcBeside = async (...words: string[]): Promise<Json> => JSON.parse((await promisify(execFile)(JKKC, [...words, "--json"])).stdout) as Json;

export interface Serving {
  url: string;
  child: ChildProcess;
  /** Ends it at once, as a power cut does. */
  kill: () => Promise<void>;
}

/** Starts a serving command and waits for its one line. `XFSZ` is ignored, so that a limit on files fails a write. */
export async function serve(words: string[], env: NodeJS.ProcessEnv = {}): Promise<Serving> {
  const child = spawn("sh", ["-c", 'trap "" XFSZ; exec "$@"', "sh", JKKC, ...words, "--json"], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const line = await new Promise<string>((done, fail) => {
    let text = "";
    const late = setTimeout(() => fail(new Error(`${words[0]}: no address after ${START_MS} ms`)), START_MS);
    child.stdout.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      if (!text.includes("\n")) return;
      clearTimeout(late);
      done(text);
    });
    void ended.then(() => fail(new Error(`${words.slice(0, 2).join(" ")} ended: ${text}`)));
  });
  const kill = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  };
  return { url: (JSON.parse(line) as { url: string }).url, child, kill };
}

/** The screens' files, and a hall that is nobody's but this machine's. */
export const UI_ARGS = ["--ui", UI, "--hall", "127.0.0.1:0"];

/** The field app over one device's folder. */
export function serveField(home: string, env: NodeJS.ProcessEnv = {}, more: string[] = []): Promise<Serving> {
  return serve(["field", "serve", "--home", home, ...UI_ARGS, ...more], env);
}

/** Asks a field app as its page would. */
export async function ask(served: Serving, command: string, asked: Json = {}): Promise<Json> {
  const { origin, pathname } = new URL(served.url);
  const token = pathname.split("/").pop() ?? "";
  const body = JSON.stringify({ command, ask: asked });
  return await new Promise<Json>((done, fail) => {
    const sent = request(`${origin}/rpc`, { method: "POST", rejectUnauthorized: false, headers: { cookie: `__Host-session=${token}`, "content-type": "application/json", "content-length": Buffer.byteLength(body) } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (more: string) => (text += more));
      answer.on("end", () => (answer.statusCode === 200 ? done(JSON.parse(text) as Json) : fail(new Error(`${command}: ${answer.statusCode} ${text}`))));
    });
    sent.on("error", fail);
    sent.end(body);
  });
}

export async function synced(served: Serving): Promise<void> {
  let state = await ask(served, "sync");
  while (state.phase === "running") {
    await new Promise((rest) => setTimeout(rest, 100));
    state = await ask(served, "sync_state");
  }
  if (state.phase !== "idle") throw new Error(`sync: ${JSON.stringify(state)}`);
}

export function enrolment(hall: Hall, account = "zhouqin"): { code: string; accountCode: string } {
  const server = ["--data", join(hall.folder, "server"), "--key-file", join(hall.folder, "server.key")];
  const code = jkkc("enrol", "create", ...server, "--units", `${VILLAGE_CODE},${hall.school}`).code as string;
  return { code, accountCode: jkkc("operator", "code", ...server, "--operator", account).code as string };
}

/** A copy of the seeded device, as somebody would find it in the morning. */
export function copyOfDevice(hall: Hall): string {
  const home = join(mkdtempSync(join(hall.folder, "home-")), "device");
  cpSync(hall.device, home, { recursive: true });
  return home;
}

function rosterCsv(people: Somebody[]): string {
  const isSchool = people.some((one) => one.isPupil);
  const head = isSchool ? "姓名,性别,身份证号,出生日期,年级,班级,学籍号" : "姓名,性别,身份证号,出生日期,组别,联系电话";
  const rows = people.map((one) => [one.name, one.sex, one.id, one.birth, ...(isSchool ? [one.grade, one.group, one.studentNo] : [one.group, one.phone])].join(","));
  return `${[head, ...rows].join("\n")}\n`;
}

const HEADINGS = ["kind", "unit", "id_number", "name", "sex", "birth", "exam_date", "height_cm", "weight_kg", "waist_cm", "pulse_per_min", "sbp1_mmhg", "dbp1_mmhg", "glucose_mmol_l", "tc_mmol_l", "hb_g_l"] as const;
type Measured = Partial<Record<(typeof HEADINGS)[number], string>>;

function measuredCsv(unitOf: (one: Somebody) => string, day: string, rows: [Somebody, Measured][]): string {
  const lines = rows.map(([one, measured]) => {
    const all: Measured = { kind: one.isPupil ? "student" : "resident", unit: unitOf(one), id_number: one.id, name: one.name, sex: one.sex === "男" ? "M" : "F", birth: one.birth, exam_date: day, ...measured };
    return HEADINGS.map((heading) => all[heading] ?? "").join(",");
  });
  return `${[HEADINGS.join(","), ...lines].join("\n")}\n`;
}

/** China's civil date, as devices there tell it. */
const CHINA_MS = 8 * 3_600_000;
function day(at: Date, years: number, days = 0): string {
  const from = new Date(at.getTime() + CHINA_MS);
  return new Date(Date.UTC(from.getUTCFullYear() + years, from.getUTCMonth(), from.getUTCDate() + days)).toISOString().slice(0, 10);
}

/** A round about this day, so many years from now; its id. */
export function round(data: string[], name: string, years: number): string {
  const now = new Date();
  return jkkc("round", "create", ...data, "--name", name, "--from", day(now, years, -90), "--to", day(now, years, 90)).round as string;
}

/** Villagers of a round before: a little lighter and calmer every year back. */
function earlier(people: Somebody[], yearsBack: number): [Somebody, Measured][] {
  return people.filter((one) => !one.isPupil).slice(0, 6).map((one) => [one, {
    height_cm: (157.6 + yearsBack * 0.2).toFixed(1), weight_kg: (65 - yearsBack * 1.9).toFixed(1), waist_cm: String(90 - yearsBack * 2), sbp1_mmhg: String(154 - yearsBack * 9), dbp1_mmhg: String(95 - yearsBack * 5), glucose_mmol_l: (6.4 - yearsBack * 0.5).toFixed(1),
  }]);
}

/** A morning's work at the other device: villagers from the fifth on, one of them on a third device too. */
function morning(people: Somebody[]): [Somebody, Measured][] {
  return people.filter((one) => !one.isPupil).slice(4, 50).map((one, at) => [one, {
    height_cm: String(150 + (at % 25)), weight_kg: at === 0 ? "62.5" : String(48 + (at % 31)), waist_cm: String(70 + (at % 22)), sbp1_mmhg: String(112 + ((at * 17) % 75)), dbp1_mmhg: String(Math.round((112 + ((at * 17) % 75)) * 0.62)),
    ...(at % 3 === 0 ? {} : { glucose_mmol_l: (4.4 + (at % 9) * 0.4).toFixed(1), tc_mmol_l: "4.6", hb_g_l: "131" }),
  }]);
}

/** Makes the district and the device. The server runs until `close`. */
export async function openHall(): Promise<{ hall: Hall; close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "jkkc-hall-"));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const data = ["--data", join(folder, "server"), "--key-file", file("server.key", "5e".repeat(32))];
  const caPin = jkkc("server", "init", ...data, "--host", "127.0.0.1").ca_pin as string;
  const recovery = jkkc("server", "backup-keygen", "--out", join(folder, "recovery.key")).recipient as string;
  jkkc("server", "recovery", ...data, "--recipient", recovery);
  const now = new Date();
  const roundIds = [round(data, "第二轮", -2), round(data, "第三轮", -1), round(data, "第四轮", 0)];
  const school = jkkc("unit", "add", ...data, "--kind", "school", "--name", SCHOOL, "--under", TOWNSHIP).unit as string;
  for (const [account, name, role] of [...OPERATORS, [NEWCOMER.account, NEWCOMER.name, "recorder"] as const]) jkkc("operator", "add", ...data, "--account", account, "--name", name, "--role", role);
  for (const [name, title] of EXAMINERS) jkkc("examiner", "add", ...data, "--name", name, "--title", title);
  const people = everybody();
  const villagers = file("慕隆村.csv", rosterCsv(people.filter((one) => !one.isPupil)));
  const pupils = file("明德小学.csv", rosterCsv([...people.filter((one) => one.isPupil), ...largeClass()]));
  for (const round of roundIds) jkkc("roster", "import", ...data, "--round", round, "--unit", VILLAGE_CODE, villagers);
  jkkc("roster", "import", ...data, "--round", roundIds[2] ?? "", "--unit", school, pupils);
  const server = await serve(["serve", ...data, "--listen", "127.0.0.1:0"]);
  // The seeded device's server stands behind a line that is taken down when all is there: its copies are offline.
  const line = await Line.to(server.url);
  const hall: Hall = { folder, device: join(folder, "device"), serverUrl: server.url, caPin, school, recoveryKey: join(folder, "recovery.key") };

  const unitOf = (one: Somebody) => (one.isPupil ? `${SCHOOL}/${one.grade}/${one.group}` : VILLAGE_CODE);
  const others = ["second", "third"].map((name, at) => {
    const home = ["--home", join(folder, name), "--key-file", file(`${name}.key`, `6${at}`.repeat(32))];
    jkkc("device", "enrol", ...home, "--server", server.url, "--code", enrolment(hall).code, "--ca-pin", caPin, "--name", `${at + 2}号机`);
    jkkc("sync", ...home);
    return home;
  });
  const [second = [], third = []] = others;
  const record = (home: string[], round: number, csv: string, ...more: string[]) => jkkc("record", ...home, "--round", roundIds[round] ?? "", "--from", csv, "--operator", "longhai", "--examiner", "龙海", ...more);
  record(second, 0, file("earlier-2.csv", measuredCsv(unitOf, day(now, -2), earlier(people, 2))));
  record(second, 1, file("earlier-1.csv", measuredCsv(unitOf, day(now, -1), earlier(people, 1))));
  const worked = morning(people);
  record(second, 2, file("morning.csv", measuredCsv(unitOf, day(now, 0), worked)));
  const [twice, once] = worked[0] ?? [];
  // The same station on both, and nothing but the weight differs.
  if (twice && once) record(third, 2, file("twice.csv", measuredCsv(unitOf, day(now, 0), [[twice, { ...once, weight_kg: "65.2" }]])), "--station", GENERAL.key);
  for (const home of [second, third]) jkkc("sync", ...home);

  mkdirSync(hall.device);
  const app = await serveField(hall.device);
  const { code, accountCode } = enrolment(hall);
  await ask(app, "enrol", { server_url: line.url, code, ca_pin: caPin, account_code: accountCode, account: "zhouqin", password: PASSWORD });
  for (const [account] of OPERATORS.slice(1)) await ask(app, "account_add", { account_code: enrolment(hall, account).accountCode, password: PASSWORD });
  await synced(app);
  await app.kill();
  await line.close();
  const close = async () => {
    await server.kill();
    if (process.env.E2E_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
  };
  return { hall, close };
}
