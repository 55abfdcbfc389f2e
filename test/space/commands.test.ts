/** `gc`, `pin`, `unpin` and `doctor --repair` through the real program. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { openStore } from "../../src/store/open";
import { baseEnvironment, makeProject, modeltrail, python, recorded, useCli } from "../recorder/cli";

useCli();

let project: string;
beforeEach(() => {
  project = makeProject({ "modeltrail.yaml": "" });
});

function run(command: string[]): Promise<{ code: number; out: string; err: string }> {
  const [program, ...rest] = command;
  return new Promise((resolve) => {
    execFile(program!, rest, { cwd: project, env: baseEnvironment(project) }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err });
    });
  });
}

const cli = (...args: string[]) => run(modeltrail(...args));

/** Records a script that leaves a file of so many bytes; gives the run's id. */
async function runLeaving(name: string, bytes: number): Promise<string> {
  const script = `open("${name}.bin", "w").write("${name[0]}" * ${bytes})`;
  expect((await run(recorded([python, "-c", script], ["--name", name]))).code).toBe(0);
  const store = openStore(project);
  const id = store.resolveRun(name);
  store.close();
  return id;
}

test("gc shows what uses space, frees deleted runs when asked to, and never pinned ones", async () => {
  const [gone, kept] = [await runLeaving("gone", 300_000), await runLeaving("kept", 5_000)];
  expect((await cli("pin", "kept")).out).toBe(`Pinned kept (${kept.slice(0, 8)}).\n`);
  expect(await cli("rm", "kept")).toMatchObject({ code: 1, err: expect.stringContaining("is pinned") });
  expect((await cli("rm", "gone")).code).toBe(0);

  const dry = await cli("gc", "--dry-run", "--keep-days", "0");
  expect(dry).toMatchObject({ code: 0, err: "" });
  expect(dry.out).toMatch(/\.modeltrail takes /);
  expect(dry.out).toMatch(/EXPERIMENT\s+RUNS\s+DELETED\s+OWN\s+SHARED/);
  expect(dry.out).toMatch(/Would free 30\d kB\n {2}gone \(.*\): 30\d kB, deleted today/);
  expect((await cli("gc")).out).toMatch(/Nothing to free\.\n/);
  expect((await cli("ls", "--deleted")).out).toContain("gone");

  const { out } = await cli("gc", "--keep-days", "0", "--json");
  expect(JSON.parse(out)).toMatchObject({
    runs: [{ id: gone, kind: "deleted" }],
    report: { runs: ["gone"], waiting: 0, notes: [] },
  });
  expect(existsSync(join(project, ".modeltrail", "runs", gone))).toBe(false);
  expect((await cli("unpin", "kept")).out).toContain("Unpinned kept");
  expect((await cli("show", "kept")).code).toBe(0);
});

test("the budget comes from the project file or the command, and what is no size is named", async () => {
  await runLeaving("big", 50_000);
  writeFileSync(join(project, "modeltrail.yaml"), "space: {budget: 10kB}\n");
  const { out } = await cli("gc", "--dry-run");
  expect(out).toMatch(/Still \d+ kB over the budget of 10\.0 kB\. Delete runs/);
  expect((await cli("gc", "--dry-run", "--budget", "1GB")).out).not.toContain("over the budget");
  expect(await cli("gc", "--budget", "lots")).toMatchObject({
    code: 1,
    err: expect.stringContaining('"lots" is no size'),
  });
  expect(await cli("gc", "--keep-days", "soon")).toMatchObject({ code: 1, err: expect.stringContaining('"soon"') });
  writeFileSync(join(project, "modeltrail.yaml"), "space: {keepForever: yes}\n");
  expect(await cli("gc")).toMatchObject({ code: 1, err: expect.stringContaining("modeltrail.yaml could not be used") });
  expect(readFileSync(join(project, "big.bin")).length).toBe(50_000);
});

test("doctor --repair brings runs back from a destroyed database, with what they printed and left", async () => {
  const script = 'open("out.bin", "w").write("x" * 1000)\nfor i in range(3): print(f"epoch {i} loss {1 / (i + 1)}")';
  expect((await run(recorded([python, "-c", script], ["--name", "precious"]))).code).toBe(0);
  const before = JSON.parse((await cli("show", "precious", "--json")).out);
  const file = join(project, ".modeltrail", "db.sqlite");
  writeFileSync(file, "gone".repeat(10_000));
  expect(await cli("ls")).toMatchObject({ code: 1, err: expect.stringContaining("modeltrail doctor --repair") });

  const { code, out } = await cli("doctor", "--repair", "--json");
  expect(JSON.parse(out).repairs).toMatchObject([
    { part: "database", outcome: "repaired" },
    { part: "runs", outcome: "repaired" },
  ]);
  expect(code).toBe(0);
  const after = JSON.parse((await cli("show", before.id, "--json")).out);
  expect(after).toMatchObject({
    status: "finished",
    exitCode: 0,
    metrics: before.metrics,
    artifacts: before.artifacts,
  });
  expect((await cli("log", before.id)).out).toContain("epoch 2");
  const [aside] = readdirSync(join(project, ".modeltrail", "damaged"));
  expect(readFileSync(join(project, ".modeltrail", "damaged", aside!, "db.sqlite"), "utf8")).toContain("gonegone");
  expect((await cli("doctor", "--repair")).out).toMatch(/^Nothing had to be repaired\.\n/);
});

test("doctor warns when more is kept than the budget", async () => {
  await runLeaving("big", 50_000);
  writeFileSync(join(project, "modeltrail.yaml"), "space: {budget: 10kB}\n");
  const checks = JSON.parse((await cli("doctor", "--json")).out) as { name: string; status: string; advice?: string }[];
  expect(checks.find(({ name }) => name === "space")).toMatchObject({
    status: "warning",
    message: expect.stringContaining("more than the budget of 10.0 kB"),
  });
});
