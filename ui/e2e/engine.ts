// Which browser engine the specs drive: the system's Chromium, or the one CHROMIUM names. Not a download.
import { existsSync } from "node:fs";

const KNOWN = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const chromium = {
  executablePath: process.env.CHROMIUM ?? KNOWN.find(existsSync) ?? "chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
};
