import { beforeEach, expect, test, vi } from "vitest";
import { app, attach } from "./app";
import type { AppState } from "./platform/api";
import { Failure, type Platform } from "./platform/platform";

const shell = vi.hoisted(() => ({ invoke: vi.fn() }));
const browser = vi.hoisted(() => ({ download: vi.fn() }));
vi.mock("@tauri-apps/api/core", () => shell);
vi.mock("./platform/files", () => browser);
const { tauri } = await import("./platform/tauri");
const { saveFile } = await import("./saving");

const FILE = { name: "日结单.pdf", media_type: "application/pdf", content: "eA==" };
function at(save_files: boolean, host: Platform = tauri) {
  app.state = { phase: "open", capabilities: { save_files } } as AppState;
  attach(host);
}

beforeEach(() => {
  vi.stubGlobal("window", { scrollTo: vi.fn() });
  shell.invoke.mockReset();
  browser.download.mockReset();
  app.failure = null;
});

test("a file the shell could not write is told and never said to be written", async () => {
  at(true);
  shell.invoke.mockRejectedValueOnce({ code: "file_unwritable", trace: "t1" });
  expect(await saveFile(FILE)).toBe(false);
  expect(app.failure).toEqual({ code: "file_unwritable", trace: "t1" });
  expect(browser.download).not.toHaveBeenCalled();
  // Whatever it is that a shell throws.
  shell.invoke.mockRejectedValueOnce("no such command");
  expect(await saveFile(FILE)).toBe(false);
  expect(app.failure?.code).toBe("internal");
  // Control: one that says it is written by whatever was thrown.
  const swallowed: Platform = { ...tauri, saveFile: (file) => tauri.saveFile(file).catch(() => true) };
  at(true, swallowed);
  app.failure = null;
  shell.invoke.mockRejectedValueOnce({ code: "file_unwritable" });
  expect([await saveFile(FILE), app.failure]).toEqual([true, null]);
});

test("the shell's own platform throws what it was refused with", async () => {
  shell.invoke.mockRejectedValueOnce({ code: "file_unwritable", trace: "" });
  await expect(tauri.saveFile(FILE)).rejects.toEqual(new Failure("file_unwritable"));
});

test("written after a first try failed, the failure goes; given up, nothing is said", async () => {
  at(true);
  app.failure = { code: "file_unwritable", trace: "" };
  shell.invoke.mockResolvedValueOnce(false);
  expect([await saveFile(FILE), app.failure?.code]).toEqual([false, "file_unwritable"]);
  shell.invoke.mockResolvedValueOnce(true);
  expect([await saveFile(FILE), app.failure]).toEqual([true, null]);
});

test("a host without a place to choose lets the browser download and is not asked", async () => {
  at(false);
  expect(await saveFile(FILE)).toBe(true);
  expect(browser.download).toHaveBeenCalledWith(FILE);
  expect(shell.invoke).not.toHaveBeenCalled();
});
