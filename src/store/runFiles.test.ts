import { expect, it } from "vitest";
import type { DataFile } from "../domain/run";
import { newRun, tempStore } from "./testStore";

const read = (path: string, sha256: string | null = "a".repeat(64)): DataFile => ({
  path,
  sha256,
  size: 7,
  role: "read",
});

it("lists a run's files in pages, in an order that all runs share", () => {
  const store = tempStore();
  const [first, second] = [store.createRun(newRun()), store.createRun(newRun())];
  store.ingest(first, { data: ["z", "a", 'é/"q"'].map((path) => read(path)) });
  store.ingest(second, {
    data: [read("a", null), read("new"), read("z")],
    config: [{ path: "c.yaml", sha256: "b".repeat(64) }],
  });
  const names = (id: string, limit: number) => {
    const pages: string[][] = [];
    for (let after: number | null | undefined; after !== null; ) {
      const page = store.listFiles(id, "read", after === undefined ? { limit } : { after, limit });
      pages.push(page.files.map(({ path }) => path));
      after = page.next;
    }
    return pages;
  };
  expect(names(first, 2)).toEqual([["z", "a"], ['é/"q"']]);
  expect(names(second, 3)).toEqual([["z", "a", "new"], []]);
  const numbers = (id: string) => store.listFiles(id, "read").files.map(({ number, path }) => [path, number]);
  expect(Object.fromEntries(numbers(second))).toMatchObject({ z: Object.fromEntries(numbers(first)).z });
  expect(store.listFiles(second, "read").files[1]).toMatchObject({ path: "a", sha256: null, size: 7 });
  expect(store.listFiles(second, "config").files).toMatchObject([{ path: "c.yaml", sha256: "b".repeat(64), size: 0 }]);
  expect(store.listFiles(second, "write")).toEqual({ files: [], next: null });
  expect(store.listFiles("0".repeat(32), "read")).toEqual({ files: [], next: null });
});

it("gives a run without its files", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  store.ingest(id, { data: [read("a")], params: { lr: "1" } });
  const { snapshot, artifacts, ...summary } = store.getRun(id)!;
  const { data, config, ...rest } = snapshot;
  expect([data.length, config, artifacts]).toEqual([1, [], []]);
  expect(store.getRunHead(id)).toEqual({ ...summary, snapshot: rest });
  expect(store.getRunHead("0".repeat(32))).toBeNull();
});
