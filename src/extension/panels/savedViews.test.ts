import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEFAULT_TABLE_VIEW } from "../../protocol/tableView";
import { deleteView, readViews, VIEWS_FOLDER, writeView } from "./savedViews";

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "views-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const view = { ...DEFAULT_TABLE_VIEW, filter: "status = 'failed'" };
const names = async () => (await readViews(root, () => {})).map(({ name }) => name);

test("a view comes back as it was saved", async () => {
  expect(await readViews(root, () => {})).toEqual([]);
  await writeView(root, { name: "Failed: last week", view });
  expect(await readViews(root, () => {})).toEqual([{ name: "Failed: last week", view }]);
  expect(readdirSync(path.join(root, VIEWS_FOLDER))).toEqual(["failed-last-week.json"]);
});

test("the same name takes its place, others stay, whatever they are called", async () => {
  for (const name of ["a", "a", "A!", "../../evil", "…", "CON"]) await writeView(root, { name, view });
  expect(await names()).toHaveLength(5);
  expect(readdirSync(path.join(root, VIEWS_FOLDER))).toHaveLength(5);
  await deleteView(root, "A!");
  expect(await names()).not.toContain("A!");
});

test("files that are no views are told of, and passed over", async () => {
  await writeView(root, { name: "good", view });
  writeFileSync(path.join(root, VIEWS_FOLDER, "bad.json"), '{"name": 3}');
  writeFileSync(path.join(root, VIEWS_FOLDER, "worse.json"), "<script>");
  const faults: unknown[] = [];
  expect((await readViews(root, (fault) => faults.push(fault))).map(({ name }) => name)).toEqual(["good"]);
  expect(faults).toHaveLength(2);
});
