import path from "node:path";
import { defineConfig } from "@playwright/test";
import type { FixtureOptions } from "./fixtures";

const root = path.resolve(import.meta.dirname, "../..");

/** Tests in real VS Code with the packaged extension installed, as a user sees it. `npm test -- e2e` sets it all up; what follows after `e2e` goes to Playwright. */
export default defineConfig<FixtureOptions>({
  testDir: import.meta.dirname,
  testMatch: "*.test.ts",
  outputDir: path.join(root, "test-results"),
  // One editor with its browser keeps two cores busy: two at a time were a tenth quicker, and lost more clicks.
  workers: 1,
  // Machines differ: limits only end what hangs.
  timeout: 5 * 60_000,
  expect: { timeout: 60_000 },
  // The editor in the browser loses a click or key now and then, as the list then says ("flaky"); a fault of ours stays.
  retries: 1,
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"], ["json", { outputFile: path.join(root, ".cache/results/e2e.json") }]],
  use: {
    viewport: { width: 1280, height: 800 },
    actionTimeout: 60_000,
    screenshot: "only-on-failure", // and `--trace on` when that does not explain it
    permissions: ["clipboard-read", "clipboard-write"],
  },
});
