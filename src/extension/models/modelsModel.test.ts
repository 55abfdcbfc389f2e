import { expect, test } from "vitest";
import type { ModelView, VersionDetails, VersionView } from "../worker/models/api";
import { gatesInWords, modelDescription, versionContext, versionDescription, versionLook } from "./describeModel";
import { ModelsModel, type ReadModels } from "./modelsModel";
import { isMoreModelsNode, type Node } from "./nodes";

const model = (name: string): ModelView => ({
  name,
  description: "",
  tags: {},
  aliases: {},
  newest: 1,
  updated: 0,
});
const version = (part: Partial<VersionView> = {}): VersionView => ({
  model: "wine",
  version: 3,
  description: "",
  tags: {},
  aliases: [],
  stage: "None",
  created: 0,
  user: "",
  run: null,
  gates: { passed: 0, failed: 0, error: 0, skipped: 0 },
  served: [],
  ungated: false,
  ...part,
});
const NONE: VersionDetails = { run: null, code: null, datasets: [], gates: [], served: [] };

function newModel(counts: Record<string, number>, details: Partial<VersionDetails> = {}): ModelsModel {
  const read = async (method: string, { root, limit }: { root: string; limit: number }) => {
    const names = Array.from({ length: counts[root]! }, (_, index) => `m${index}`);
    if (method === "listModels") return { models: names.slice(0, limit).map(model), more: names.length > limit };
    return method === "listModelVersions" ? { versions: [version()], more: false } : { ...NONE, ...details };
  };
  const projects = Object.keys(counts).map((root) => ({ root, folder: root, name: root.slice(1) }));
  return new ModelsModel({ read: read as unknown as ReadModels, projects: () => projects });
}

const kinds = (nodes: Node[]) => nodes.map(({ kind }) => kind);

test("models of the only project that has some stand at the top; of several each has its own", async () => {
  expect(kinds(await newModel({ "/a": 0, "/b": 1 }).roots())).toEqual(["model"]);
  const several = newModel({ "/a": 1, "/b": 2 });
  const roots = await several.roots();
  expect(kinds(roots)).toEqual(["modelsProject", "modelsProject"]);
  expect(kinds(await several.children(roots[1]!))).toEqual(["model", "model"]);
});

test("of very many models a page is read, and the next when it is asked for", async () => {
  const many = newModel({ "/a": 70 });
  const first = await many.roots();
  expect(first).toHaveLength(51);
  const more = first.at(-1);
  if (!isMoreModelsNode(more)) throw new Error("no way to more");
  many.loadMore(more);
  expect(await many.roots()).toHaveLength(70);
});

test("below a version stand its run, code, data, gates and deployments", async () => {
  const code = {
    commit: "c".repeat(40),
    tree: null,
    head: null,
    branch: "main",
    dirty: true,
    gitDir: null,
    root: null,
  };
  const view = newModel(
    { "/a": 1 },
    {
      code,
      datasets: [{ name: "wine", version: "d".repeat(64), files: 1, size: 1, role: "read" }],
      served: [{ deployment: "cellar", role: "champion", percent: 100 }],
    },
  );
  const [wine] = await view.roots();
  const [first] = await view.children(wine!);
  const below = await view.children(first!);
  expect(below).toMatchObject([
    { kind: "modelFact", label: "Code", description: "cccccccc · main · uncommitted changes" },
    { kind: "modelFact", label: "wine", description: "dddddddd · 1 file" },
    { kind: "served", place: { deployment: "cellar" } },
  ]);
  expect(new Set(below.map(({ id }) => id)).size).toBe(3);
});

test("a model says who is champion", () => {
  expect(modelDescription({ ...model("a"), newest: 4, aliases: { champion: 2 } }, 0)).toBe(
    "newest: version 4 · champion: version 2 · just now",
  );
  expect(modelDescription({ ...model("a"), newest: null }, 0)).toContain("no versions");
});

test("a version says what decides", () => {
  const served = [
    { deployment: "cellar", role: "champion" as const, percent: 90 },
    { deployment: "cellar", role: "shadow" as const, percent: 5 },
  ];
  const gates = { passed: 2, failed: 1, error: 1, skipped: 0 };
  const part = { aliases: ["champion", "eu"], stage: "Production" as const, served, gates, ungated: true };
  const text = versionDescription(version(part), 0);
  expect(text).toBe("@champion @eu · without gates · production · 2 of 4 gates failed · serves cellar · just now");
  expect(gatesInWords({ passed: 1, failed: 0, error: 0, skipped: 3 })).toBe("1 gate passed");
  expect(gatesInWords({ passed: 0, failed: 0, error: 0, skipped: 3 })).toBe("gates skipped");
});

test.each([
  [{}, "plain"],
  [{ gates: { passed: 1, failed: 0, error: 0, skipped: 0 } }, "passing"],
  [{ gates: { passed: 1, failed: 0, error: 1, skipped: 0 } }, "failing"],
  [{ aliases: ["champion"], gates: { passed: 0, failed: 1, error: 0, skipped: 0 } }, "champion"],
  [{ served: [{ deployment: "a", role: "champion", percent: 100 }], aliases: ["champion"] }, "served"],
  [{ stage: "Archived", aliases: ["champion"] }, "archived"],
] as [Partial<VersionView>, string][])("%j looks %s", (part, look) => expect(versionLook(version(part))).toBe(look));

test("menus are told what can be done", () => {
  expect(versionContext(version())).toBe("modelVersion.active");
  const all = {
    aliases: ["champion"],
    stage: "Archived" as const,
    gates: { passed: 0, failed: 1, error: 0, skipped: 0 },
  };
  expect(versionContext(version(all))).toBe("modelVersion.archived.champion.aliased.failing");
});
