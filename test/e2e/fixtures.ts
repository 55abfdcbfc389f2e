import { randomUUID } from "node:crypto";
import { cp, readdir, symlink } from "node:fs/promises";
import path from "node:path";
import { test as base, chromium } from "@playwright/test";
import { chromiumArguments } from "../../scripts/lib/chromium.mjs";
import { type CodeServer, installExtension, startCodeServer } from "../../scripts/lib/codeServer.mjs";
import { endCarrying } from "../../scripts/lib/processes.mjs";
import { testSettings } from "../../scripts/lib/settings.mjs";
import { commitAll, copyExamples, removeFolder, temporaryFolder } from "../../scripts/lib/workspace.mjs";
import { Records } from "./records";
import { Workbench } from "./workbench/workbench";

export { expect } from "@playwright/test";

/** What `test.use({ … })` may set for a file or a group of tests. */
export interface FixtureOptions {
  /** The example that is opened, or "" for the folder with all of them. */
  example: string;
  /** Whether the opened folder is a git repository with one commit. */
  git: boolean;
  /** Whether folders have to be trusted first, as by default: then the window opens in Restricted Mode. */
  trust: boolean;
  /** Whether the folder has a `.venv` with the packages of the examples. */
  venv: boolean;
  /** User settings besides those that keep VS Code quiet. */
  settings: Record<string, unknown>;
}

interface WorkerFixtures {
  /** The folder into which the packaged extension is installed, once for all tests. */
  extensionsDir: string;
}

interface Fixtures {
  /** A folder of this test's own that is removed after it. */
  home: string;
  /** The opened folder: a fresh copy of the example in `home`. */
  folder: string;
  server: CodeServer;
  /** The page with VS Code open on `folder`. */
  workbench: Workbench;
  /** What is recorded in `folder`. */
  records: Records;
}

export const test = base.extend<FixtureOptions & Fixtures, WorkerFixtures>({
  example: ["", { option: true }],
  git: [true, { option: true }],
  trust: [false, { option: true }],
  venv: [true, { option: true }],
  settings: [{}, { option: true }],

  browser: [
    async ({}, use) => {
      const browser = await chromium.launch({
        executablePath: fromSetUp("MODELTRAIL_CHROMIUM"),
        args: chromiumArguments,
      });
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],

  extensionsDir: [
    async ({}, use) => {
      const folder = await temporaryFolder();
      const extensionsDir = path.join(folder, "extensions");
      await installExtension(fromSetUp("MODELTRAIL_VSIX"), { extensionsDir, userDataDir: path.join(folder, "user") });
      await use(extensionsDir);
      await removeFolder(folder);
    },
    { scope: "worker" },
  ],

  home: async ({}, use, info) => {
    const home = await temporaryFolder();
    await use(home);
    if (info.status !== info.expectedStatus) await keepEvidence(home, info.outputPath("home"));
    await removeFolder(home);
  },

  folder: async ({ home, example, git, venv }, use) => {
    const folder = path.join(home, example || "examples");
    await copyExamples(folder, { example, git: false });
    const python = process.env.MODELTRAIL_EXAMPLES_PYTHON;
    if (git) commitAll(folder, "Start");
    if (venv && python) await symlink(path.resolve(python, "../.."), path.join(folder, ".venv"), "junction");
    await use(folder);
  },

  server: async ({ home, extensionsDir, trust, settings }, use) => {
    const token = randomUUID();
    const server = await startCodeServer({
      userDataDir: path.join(home, "user"),
      extensionsDir,
      settings: { ...testSettings, ...settings },
      trust,
      env: { XDG_DATA_HOME: path.join(home, "data"), MODELTRAIL_TEST: token },
    });
    await use(server);
    await server.stop();
    // A recorder outlives its editor on purpose; a test's must not outlive the test.
    await endCarrying("MODELTRAIL_TEST", token);
  },

  workbench: async ({ page, server, folder }, use) => {
    const workbench = new Workbench(page, `${server.url}/?${new URLSearchParams({ folder })}`);
    await workbench.open();
    await use(workbench);
  },

  records: async ({ home, folder, extensionsDir }, use) => {
    const installed = (await readdir(extensionsDir)).find((name) => name.startsWith("modeltrail."));
    const cli = path.join(extensionsDir, installed ?? "", "dist", "cli.js");
    await use(new Records(cli, folder, { ...process.env, XDG_DATA_HOME: path.join(home, "data") }));
  },
});

function fromSetUp(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests by \`npm test -- e2e\`, which does the set-up.`);
  return value;
}

/** The logs of VS Code and of its extension host, and what was recorded, stay beside the other results of a failed test. */
async function keepEvidence(home: string, target: string): Promise<void> {
  const records = (await readdir(home, { recursive: true })).filter((file) => path.basename(file) === ".modeltrail");
  for (const part of [path.join("user", "logs"), path.join("user", "code-server.log"), ...records]) {
    await cp(path.join(home, part), path.join(target, part), { recursive: true }).catch(() => undefined);
  }
}
