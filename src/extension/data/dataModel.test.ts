import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ManifestEntry, writeManifest } from "../../snapshot/manifest";
import type { Store } from "../../store/contract";
import { openStore } from "../../store/open";
import { datasetFiles, runsOfDataset, versionDifferences } from "../worker/datasets";
import { DataModel, type DataReads, type ReadData } from "./dataModel";
import type { MoreVersionsNode, Node } from "./nodes";

const never = new AbortController().signal;
let folder: string;
let store: Store;
let model: DataModel;
let clock: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "data-"));
  store = openStore(folder);
  model = new DataModel({ read, projects: () => [{ root: folder, folder: store.folder, name: "project" }] });
  clock = 1_000;
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

/** As the worker answers. */
const read = (async (method: keyof DataReads, argument: never) => {
  const { name, version, page, before, after, limit } = argument as Record<string, never>;
  switch (method) {
    case "listDatasets":
      return store.listDatasets();
    case "listDatasetVersions":
      return store.listDatasetVersions(name!, page);
    case "runsOfDataset":
      return runsOfDataset(store, name!, version!, page!);
    case "datasetFiles":
      return datasetFiles(store, version!, limit!);
    case "compareVersions":
      return versionDifferences(store, before!, after!, { limit: limit!, signal: never });
  }
}) as ReadData;

const file = (path: string, content: string): ManifestEntry => ({ path, sha256: content.repeat(64), size: 5 });

/** A run that read these files as the dataset; gives the version. */
async function use(name: string, files: ManifestEntry[], run = `run-${clock}`): Promise<string> {
  const recorder = { pid: 1, startToken: "", host: "h" };
  const defaults = { experiment: "e", command: ["c"], cwd: "/", script: null, recorder, source: "test" };
  const id = store.createRun({ ...defaults, name: run, startTime: clock++ });
  const manifest = await writeManifest(store.folder, files);
  store.ingest(id, { datasets: [{ name, kind: "declared", role: "read", ...manifest }] });
  return manifest.version;
}

async function draw(depth: number, nodes?: Node[], indent = ""): Promise<string[]> {
  const lines: string[] = [];
  for (const node of nodes ?? (await model.roots())) {
    lines.push(indent + labelOf(node));
    if (depth > 1) lines.push(...(await draw(depth - 1, await model.children(node), `${indent}  `)));
  }
  return lines;
}

function labelOf(node: Node): string {
  switch (node.kind) {
    case "project":
      return `[${node.project.name}]`;
    case "dataset":
      return `${node.dataset.name} (${node.dataset.versions})`;
    case "version":
      return `${node.version.files} files, ${node.version.runs} runs`;
    case "part":
      return node.part;
    case "change":
      return `${node.change.kind} ${node.change.path}`;
    case "note":
      return node.text;
    case "moreVersions":
      return `… ${node.left}`;
    case "run":
      return node.run.name;
    case "file":
      return node.entry.file.path;
  }
}

test("a project without data has no tree", async () => {
  expect(await draw(1)).toEqual([]);
});

test("datasets have versions, and each what changed, its files and its runs", async () => {
  await use("wine", [file("a.csv", "1"), file("b.csv", "2"), file("old.csv", "3")]);
  await use("wine", [file("a.csv", "4"), file("b.csv", "2"), file("new.csv", "3"), file("more.csv", "5")]);
  await use("wine", [file("a.csv", "4"), file("b.csv", "2"), file("new.csv", "3"), file("more.csv", "5")]);
  expect(await draw(4)).toEqual([
    "wine (2)",
    "  4 files, 2 runs",
    "    changes",
    "      changed a.csv",
    "      added more.csv",
    "      moved new.csv",
    "    files",
    "      a.csv",
    "      b.csv",
    "      more.csv",
    "      new.csv",
    "    runs",
    "      run-1002",
    "      run-1001",
    "  3 files, 1 runs",
    "    files",
    "      a.csv",
    "      b.csv",
    "      old.csv",
    "    runs",
    "      run-1000",
  ]);
});

test("a version that comes up again is told against the one that was first seen before it", async () => {
  const first = await use("wine", [file("a.csv", "1")]);
  const second = await use("wine", [file("a.csv", "2")]);
  await use("wine", [file("a.csv", "1")]);
  const [dataset] = await model.roots();
  const versions = (await model.children(dataset!)).map(
    (node) => node.kind === "version" && [node.version.version, node.previous],
  );
  expect(versions).toEqual([
    [second, first],
    [first, null],
  ]);
});

test("many versions are shown a part at a time", async () => {
  for (let index = 0; index < 60; index++) await use("wine", [file(`${index}.csv`, "1")]);
  const [dataset] = await model.roots();
  const first = await model.children(dataset!);
  expect(first).toHaveLength(51);
  expect(labelOf(first.at(-1)!)).toBe("… 10");
  expect(first.slice(0, 50).every((node) => node.kind === "version" && node.previous !== null)).toBe(true);
  model.loadMore(first.at(-1) as MoreVersionsNode);
  const [again] = await model.roots();
  expect(await model.children(again!)).toHaveLength(60);
});

test("ids are unique", async () => {
  await use("wine", [file("a.csv", "1")]);
  await use("wine", [file("a.csv", "2")]);
  const all = async (nodes: Node[]): Promise<string[]> =>
    (await Promise.all(nodes.map(async (node) => [node.id, ...(await all(await model.children(node)))]))).flat();
  const ids = await all(await model.roots());
  expect(new Set(ids).size).toBe(ids.length);
});
