import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newJobId } from "../jobFolder/testJob";
import { leftOutOf, piecesOf, unpackProgram, writeBundle } from "./writeBundle";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "bundle-"));
  mkdirSync(path.join(folder, "stage"));
  mkdirSync(path.join(folder, "tmp"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const signal = new AbortController().signal;
const id = newJobId();
const bundle = (name: string, command: string[]) =>
  writeBundle(path.join(folder, name), {
    job: { id, run: "b".repeat(32), command, cwd: "", grace: 0.2, stream: { file: 1e6, total: 1e6 } },
    stage: path.join(folder, "stage"),
    signal,
  });

/** The pieces of the bundle, as files. */
async function split(name: string, size: number): Promise<string[]> {
  const parts: string[] = [];
  for await (const piece of piecesOf(path.join(folder, name), size)) {
    const part = path.join(folder, `part-${parts.length}`);
    writeFileSync(part, piece);
    parts.push(part);
  }
  return parts;
}

test("a bundle in pieces runs, with permissions and links, and leaves nothing", async () => {
  writeFileSync(
    path.join(folder, "stage", "run.sh"),
    "#!/bin/sh\necho out; cat link; echo written > new.txt; exit 3\n",
  );
  chmodSync(path.join(folder, "stage", "run.sh"), 0o755);
  writeFileSync(path.join(folder, "stage", "größe.txt"), "through the link\n");
  symlinkSync("größe.txt", path.join(folder, "stage", "link"));
  mkdirSync(path.join(folder, "stage", "empty"));
  expect((await bundle("b.zip", ["./run.sh"])).size).toBeLessThan(1e6);
  expect(await leftOutOf(path.join(folder, "stage"))).toEqual([]);
  const parts = await split("b.zip", 50_000);
  expect(parts.length).toBeGreaterThan(1);
  const env = { ...process.env, TMPDIR: path.join(folder, "tmp") };
  const { status, stdout, stderr } = spawnSync("python3", [unpackProgram(), ...parts], { env, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
  // Frames only; what they say is read elsewhere.
  const lines = stdout.trim().split("\n");
  expect(lines.filter((line) => !line.startsWith("%mt "))).toEqual([]);
  const sent = lines.map((line) => line.split(" ")).filter(([, , , kind]) => kind === "d" || kind === "z");
  const names = new Set(sent.map((fields) => Buffer.from(fields[4]!, "base64url").toString()));
  expect([...names].filter((name) => !name.startsWith("spool/"))).toEqual(["output.log", "work/new.txt"]);
  const log = sent.filter((fields) => Buffer.from(fields[4]!, "base64url").toString() === "output.log");
  expect(log.map((fields) => Buffer.from(fields[6]!, "base64").toString()).join("")).toBe("out\nthrough the link\n");
  expect(readdirSync(path.join(folder, "tmp"))).toEqual([]);
});

test("ended from outside, it ends its command and leaves nothing", async () => {
  const mark = path.join(folder, "begun");
  await bundle("b.zip", ["sh", "-c", `echo $$ > '${mark}.part'; mv '${mark}.part' '${mark}'; sleep 600`]);
  const script = `
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, *sys.argv[2:]], stdout=subprocess.DEVNULL)
while not os.path.exists(sys.argv[1]): time.sleep(0.02)
child.send_signal(signal.SIGTERM)
print(child.wait())
try: os.kill(int(open(sys.argv[1]).read()), 0); print("lives")
except ProcessLookupError: print("gone")
`;
  const env = { ...process.env, TMPDIR: path.join(folder, "tmp") };
  const args = ["-c", script, mark, unpackProgram(), path.join(folder, "b.zip")];
  const [status, command] = execFileSync("python3", args, { env, encoding: "utf8" }).split("\n");
  expect(Number(status)).not.toBe(0);
  expect(command).toBe("gone");
  expect(readdirSync(path.join(folder, "tmp"))).toEqual([]);
});

test("equal stages make equal bundles; names that a zip cannot hold are told", async () => {
  writeFileSync(path.join(folder, "stage", "train.py"), "print(1)\n");
  writeFileSync(Buffer.concat([Buffer.from(path.join(folder, "stage") + path.sep), Buffer.of(0x66, 0xff)]), "x");
  const one = await bundle("one.zip", ["true"]);
  const other = await bundle("other.zip", ["true"]);
  expect(one).toEqual(other);
  expect(await leftOutOf(path.join(folder, "stage"))).toEqual(["f\udcff"]);
  expect(existsSync(path.join(folder, "one.zip"))).toBe(true);
  const same = spawnSync("cmp", [path.join(folder, "one.zip"), path.join(folder, "other.zip")]);
  expect(same.status).toBe(0);
});
