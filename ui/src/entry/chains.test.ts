// One person's follow-ups under a hand: news that come in, a step that is recorded, one put right or withdrawn.
import { expect, test } from "vitest";
import type { TaskChain, TaskChainsView, TaskStep } from "../platform/api";
import * as chains from "./chains";

const step = (entry: string) => ({ entry, stands: true, code: "1", told: "", at: "", read_back: false, place: "", way: "", day: "2026-06-01", next: null, note: "" }) as unknown as TaskStep;
const chain = (number: string, isOpen = true) => ({ number, bucket: isOpen ? "due" : "done", may: isOpen ? [{ code: "1", act: "told", name: "已告知" }] : [], steps: [step(`e${number}`)] }) as unknown as TaskChain;
const view = (...all: TaskChain[]): TaskChainsView => ({ person: "p", name: "", who: "", phone: "", today: "2026-06-02", may_record: true, chains: all });
const told = (...all: TaskChain[]): chains.Event => ({ kind: "told", view: view(...all) });
const news = (isSaving: boolean, ...all: TaskChain[]): chains.Event => ({ kind: "news", isSaving, view: view(...all) });
const begin = (entry: string, withdraws: boolean): chains.Event => ({ kind: "begin", entry, withdraws });
const WITHDRAW: chains.Event = { kind: "withdraw", chain: { number: "1" }, step: step("e1") };
function through(...events: chains.Event[]): [chains.Model, chains.Effect[]] {
  let [model, effects]: [chains.Model, chains.Effect[]] = [chains.unseen, []];
  for (const event of events) [model, effects] = chains.update(model, event);
  return [model, effects];
}
const TYPED: chains.Event = { kind: "typed" };

test("the first finding that waits is keyed, or the one chosen; what is typed at stays keyed, whatever comes in", () => {
  expect(chains.keying(through(told(chain("1", false), chain("2"), chain("3")))[0])).toBe("2");
  expect(chains.keying(through(told(chain("1"), chain("2")), { kind: "choose", number: "2" })[0])).toBe("2");
  const [model] = through(told(chain("2")), TYPED, news(false, chain("1"), chain("2")));
  expect([chains.keying(model), chains.about(model)?.number]).toEqual(["2", "2"]);
});

test("said by somebody else meanwhile, what is typed becomes no other finding's step, and that is told", () => {
  const [model] = through(told(chain("1"), chain("2")), TYPED, news(false, chain("1", false), chain("2")));
  expect([chains.keying(model), chains.isGone(model), chains.isKeyed(model)]).toEqual([null, true, false]);
  expect(chains.keying(chains.update(model, { kind: "choose", number: "2" })[0])).toBe("2");
});

test("one's own step is nobody else's: the news of it come before its answer, or after, and the next finding is keyed", () => {
  const after = [chain("1", false), chain("2")];
  for (const events of [[news(true, ...after), { kind: "recorded" }, told(...after)], [{ kind: "recorded" }, news(false, ...after), told(...after)]] as chains.Event[][]) {
    const [model] = through(told(chain("1"), chain("2")), TYPED, ...events);
    expect([chains.isGone(model), chains.keying(model)]).toEqual([false, "2"]);
  }
  // Control: without its answer it would be somebody else's.
  expect(chains.isGone(through(told(chain("1"), chain("2")), TYPED, news(false, ...after))[0])).toBe(true);
});

test("a step that failed keeps its fields, and what came in meanwhile is asked for", () => {
  const [model, effects] = through(told(chain("1")), TYPED, news(true, chain("1"), chain("2")), { kind: "failed" });
  expect([chains.keying(model), effects]).toEqual(["1", [{ kind: "load" }]]);
  expect(through(told(chain("1")), TYPED, { kind: "failed" })[1]).toEqual([]);
});

test("a step put right is closed once it is recorded: an empty row is no second correction", () => {
  const [open] = through(told(chain("1")), begin("e1", false));
  expect([chains.isKeyed(open), chains.keying(open), chains.changedOf(open, chain("1"))?.entry]).toEqual([true, null, "e1"]);
  const [model, effects] = chains.update(open, { kind: "recorded" });
  expect([model.changing, chains.keying(model), effects]).toEqual([null, "1", [{ kind: "load" }]]);
});

test("somebody putting a step right goes on with what they saw; closed, what came in is asked for", () => {
  const [model] = through(told(chain("1")), begin("e1", false), news(false, chain("1", false)));
  expect(model.view?.chains[0]?.bucket).toBe("due");
  expect(chains.update(model, { kind: "cancel" })[1]).toEqual([{ kind: "load" }]);
  expect(through(told(chain("1")), begin("e1", false), { kind: "cancel" })[1]).toEqual([]);
});

test("nothing is withdrawn without a reason, nor twice, nor another step than the one in question", () => {
  expect(through(told(chain("1")), begin("e1", true))[1]).toEqual([{ kind: "focus_reason" }]);
  expect(through(told(chain("1")), begin("e1", true), { kind: "why", text: " " }, WITHDRAW)[1]).toEqual([]);
  const why: chains.Event = { kind: "why", text: "记错人" };
  const [model, effects] = through(told(chain("1")), begin("e1", true), why, WITHDRAW);
  expect(effects).toMatchObject([{ kind: "record", ask: { act: "withdrawn", number: "1", reason: "记错人", replaces: ["e1"] } }]);
  expect(chains.update(model, WITHDRAW)[1]).toEqual([]);
  expect(chains.update(model, begin("e1", false))[0].changing?.withdraws).toBe(true);
  expect(chains.update(chains.update(model, { kind: "failed" })[0], WITHDRAW)[1]).toHaveLength(1);
  expect(through(told(chain("1")), begin("e2", true), why, WITHDRAW)[1]).toEqual([]);
  // The reason of one is not the next one's.
  expect(through(told(chain("1")), begin("e1", true), why, { kind: "cancel" }, begin("e1", true))[0].why).toBe("");
});

test("pressed twice it is one slip", () => {
  expect(through(told(), { kind: "make" }, { kind: "make" })[1]).toEqual([]);
  expect(through(told(), { kind: "make" }, { kind: "made" }, { kind: "make" })[1]).toEqual([{ kind: "make" }]);
});
