// Pictures of every screen, from the real host over the seeded district; the elements' story page from the fake one.
import base from "./../playwright.config";

export default { ...base, testDir: ".", testMatch: "pictures.ts", workers: 1, timeout: 600_000, projects: [{ name: "pictures", use: { host: "real" as const } }] };
