// The specs' `test`: against the real host each spec has its own copy of the seeded device, opened by its own program;
// against the fake one nothing is needed. Not what people do (steps.ts).
import { test as base } from "@playwright/test";
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { copyOfDevice, serveField, type Hall, type Serving } from "./hall";

export const hall = (): Hall => JSON.parse(process.env.E2E_HALL ?? "{}") as Hall;

/** One device of a spec and the program that serves it. */
export class Device {
  private serving: Serving | null = null;

  constructor(readonly home: string, private readonly hasReader = false) {}

  async start(env: NodeJS.ProcessEnv = {}): Promise<string> {
    this.serving = await serveField(this.home, env, this.hasReader ? ["--simulated-reader", this.cardFile] : []);
    return this.serving.url;
  }

  /** What stands for its ID card reader. */
  get cardFile(): string {
    return join(dirname(this.home), "cards.txt");
  }

  /** Where a page enters; only the first visit needs it. */
  get url(): string {
    return this.serving?.url ?? "";
  }

  get served(): Serving {
    if (this.serving === null) throw new Error("it does not run");
    return this.serving;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.serving?.kill();
    this.serving = null;
  }
}

export interface Options {
  host: "real" | "fake";
}
interface Parts {
  /** The cards that lie on the device's ID card reader, a line each; none: it has no reader. */
  cards: string | null;
  device: Device;
}

export const test = base.extend<Parts, Options>({
  host: ["fake", { option: true, scope: "worker" }],
  cards: [null, { option: true }],
  device: async ({ host, cards }, use) => {
    if (host === "fake") return use(new Device(""));
    const device = new Device(copyOfDevice(hall()), cards !== null);
    if (cards !== null) writeFileSync(device.cardFile, cards);
    await device.start();
    await use(device);
    await device.kill();
    if (process.env.E2E_KEEP === undefined) rmSync(dirname(device.home), { recursive: true, force: true });
  },
  baseURL: async ({ host, device, baseURL }, use) => use(host === "fake" ? baseURL : `${new URL(device.url).origin}/`),
  context: async ({ context, host, device }, use) => {
    if (host === "real") await enterBy(context, device.url);
    await use(context);
  },
});

/** The session of the address that the program printed, as its first page would keep it. */
export async function enterBy(context: import("@playwright/test").BrowserContext, url: string): Promise<void> {
  const { origin, pathname } = new URL(url);
  await context.addCookies([{ name: "__Host-session", value: pathname.split("/").pop() ?? "", url: `${origin}/`, secure: true, httpOnly: true, sameSite: "Strict" }]);
}

export { expect, type Page } from "@playwright/test";
