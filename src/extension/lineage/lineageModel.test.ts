import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store } from "../../store/contract";
import { openStore } from "../../store/open";
import { lineageFrom, runLineage } from "../worker/lineage";
import { LineageModel, type LineageReads, type LineageSubject, type Node, type ReadLineage } from "./lineageModel";

let root: string;
let store: Store;
let clock: number;
let asked: string[];
const model = new LineageModel(((method: keyof LineageReads, argument: never) =>
  read(method, argument)) as ReadLineage);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lineage-"));
  store = openStore(root);
  clock = 1_000;
  asked = [];
});
afterEach(() => {
  store.close();
  rmSync(root, { recursive: true });
});

/** As the worker answers. */
async function read(method: keyof LineageReads, argument: never): Promise<unknown> {
  asked.push(method);
  const { of, id, ids, direction, depth } = argument as Record<string, never>;
  if (method === "lineage") return lineageFrom(store, of!, { direction: direction!, depth: depth! });
  return method === "runLineage" ? runLineage(store, id!, direction!) : store.getSummaries(ids!);
}

const hash = (digit: string) => digit.repeat(64);

/** A run that read and wrote these files, by name and content. */
function run(name: string, reads: Record<string, string>, writes: Record<string, string>): string {
  const recorder = { pid: 1, startToken: "", host: "h" };
  const defaults = { experiment: "e", command: ["c"], cwd: root, script: null, recorder, source: "test" };
  const id = store.createRun({ ...defaults, name, startTime: clock++ });
  const files = (contents: Record<string, string>, role: "read" | "write") =>
    Object.entries(contents).map(([path, digit]) => ({ path, sha256: hash(digit), size: 1, role }));
  store.endRun(
    id,
    { status: "finished", exitCode: 0, signal: null, endTime: clock++ },
    { data: [...files(reads, "read"), ...files(writes, "write")] },
  );
  return id;
}

async function draw(subject: LineageSubject, depth: number): Promise<string[]> {
  const lines = async (nodes: Node[], left: number, indent: string): Promise<string[]> => {
    const found = nodes.map(async (node) => [
      indent + labelOf(node),
      ...(left > 1 ? await lines(await model.children(node), left - 1, `${indent}  `) : []),
    ]);
    return (await Promise.all(found)).flat();
  };
  return lines(model.roots(subject), depth, "");
}

function labelOf(node: Node): string {
  switch (node.kind) {
    case "subject":
      return node.subject.title;
    case "direction":
      return node.direction;
    case "run":
      return node.run.name;
    case "file":
      return node.lineage.path;
    case "lineageDataset":
      return node.lineage.name;
    case "note":
      return `(${node.text})`;
  }
}

const chain = () => ({
  prepare: run("prepare", { "raw.csv": "a" }, { "clean.csv": "b" }),
  train: run("train", { "clean.csv": "b" }, { "model.bin": "c" }),
  evaluate: run("evaluate", { "model.bin": "c" }, { "scores.json": "d" }),
});

test("a file leads to the run that wrote it, to what that read, and so on; and to what depends on it", async () => {
  chain();
  expect(await draw({ root, title: "model.bin", of: { path: "model.bin" } }, 6)).toEqual([
    "model.bin",
    "  up",
    "    train",
    "      clean.csv",
    "        prepare",
    "          raw.csv",
    "  down",
    "    evaluate",
    "      scores.json",
    "        (No recorded run read it)",
  ]);
});

test("a run leads to what it read and wrote", async () => {
  const { train } = chain();
  expect(await draw({ root, title: "train", of: { run: train } }, 5)).toEqual([
    "train",
    "  up",
    "    clean.csv",
    "      prepare",
    "        raw.csv",
    "  down",
    "    model.bin",
    "      evaluate",
    "        scores.json",
  ]);
});

test("what is not unfolded is not asked for", async () => {
  chain();
  await draw({ root, title: "model.bin", of: { path: "model.bin" } }, 2);
  expect(asked).toEqual([]);
  await draw({ root, title: "model.bin", of: { path: "model.bin" } }, 3);
  expect(asked.filter((method) => method === "lineage")).toHaveLength(2);
});

test("a file that no run knows has no lineage, which is said", async () => {
  expect(await draw({ root, title: "x", of: { path: "x" } }, 3)).toEqual([
    "x",
    "  up",
    "    (No recorded run wrote it)",
    "  down",
    "    (No recorded run read it)",
  ]);
});

test("ids are unique", async () => {
  chain();
  const all = async (nodes: Node[], depth: number): Promise<string[]> => {
    const below = nodes.map(async (node) => [
      node.id,
      ...(depth > 1 ? await all(await model.children(node), depth - 1) : []),
    ]);
    return (await Promise.all(below)).flat();
  };
  const ids = await all(model.roots({ root, title: "model.bin", of: { path: "model.bin" } }), 6);
  expect(new Set(ids).size).toBe(ids.length);
});
