/** Several processes that add to one log, and one that is killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { useTestProgram } from "../testProgram";
import { tempFolder, tempStore } from "../testStore";

const program = useTestProgram();
const PROCESSES = 4;
const VERSIONS = 50;

function start(root: string, versions: number) {
  const child = spawn(process.execPath, [program(), "audit", root, String(versions), "wal"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said: string[] = [];
  child.stdout.on("data", (data: Buffer) => said.push(...data.toString().trim().split("\n")));
  return { child, said, ended: once(child, "close") as Promise<[number | null]> };
}

test("processes at once make one chain, in which every change has its entry", { timeout: 120_000 }, async () => {
  const root = tempFolder();
  const all = Array.from({ length: PROCESSES }, () => start(root, VERSIONS));
  for (const { ended } of all) expect((await ended)[0]).toBe(0);
  const store = tempStore(root);
  const entries = PROCESSES * (1 + 2 * VERSIONS);
  expect(store.audit.verify()).toMatchObject({ intact: true, entries });
  for (const { child, said } of all) {
    const of = store.audit.list({ subject: `models/model-${child.pid}`, limit: 1_000 });
    expect(of).toHaveLength(1 + 2 * VERSIONS);
    // Heads that were noted on the way are all in the chain.
    expect(store.audit.verify(said.at(-1))).toMatchObject({ intact: true });
  }
});

test("a process that is killed leaves changes and entries that fit", { timeout: 120_000 }, async () => {
  const root = tempFolder();
  const { child, said, ended } = start(root, 100_000);
  await expect.poll(() => said.length, { timeout: 60_000 }).toBeGreaterThan(20);
  child.kill("SIGKILL");
  await ended;
  const store = tempStore(root);
  expect(store.audit.verify(said.at(-2))).toMatchObject({ intact: true });
  const name = `model-${child.pid}`;
  const registered = store.audit.list({ actions: ["version.register"], limit: 1 })[0]!;
  const [newest] = store.registry.model(name)!.latest;
  expect(registered.subject).toBe(`models/${name}/${newest!.version}`);
  const moved = store.audit.list({ actions: ["alias.set"], limit: 1 })[0]!;
  expect(moved.subject).toBe(`models/${name}/${store.registry.versionOfAlias(name, "champion")!.version}`);
});
