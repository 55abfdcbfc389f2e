import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { DatasetFile } from "../domain/datasetComparison";
import { UserError } from "../domain/errors";
import type { Lineage, LineageDataset, LineageFile, LineageRun, LineageStart } from "../domain/lineage";
import type { DataFile } from "../domain/run";
import type { RunDatasetVersion, Store } from "../store/contract";
import { newRun, tempStore } from "../store/testStore";
import { type LineageOptions, lineageOf } from "./lineage";

const hashOf = (content: string) => createHash("sha256").update(content).digest("hex");

let store: Store;
let clock: number;
let manifests: Map<string, DatasetFile[]>;
beforeEach(() => {
  store = tempStore();
  clock = 1_000;
  manifests = new Map();
});

interface Ran {
  /** Content by path; null: not known. */
  reads?: Record<string, string | null>;
  writes?: Record<string, string | null>;
  datasets?: RunDatasetVersion[];
  /** Ms; default 10. */
  takes?: number;
  /** Ms before the time that has come. */
  began?: number;
}

function run(name: string, { reads = {}, writes = {}, datasets, takes = 10, began = 0 }: Ran): string {
  const rows = (contents: Record<string, string | null>, role: DataFile["role"]): DataFile[] =>
    Object.entries(contents).map(([path, content]) => {
      const sha256 = content === null ? null : hashOf(content);
      return { path, sha256, size: content?.length ?? 0, role };
    });
  const startTime = clock - began;
  const id = store.createRun(newRun({ name, startTime }));
  clock = Math.max(clock, startTime + takes) + 10;
  const data = [...rows(reads, "read"), ...rows(writes, "write")];
  const end = { status: "finished", exitCode: 0, signal: null, endTime: startTime + takes } as const;
  store.endRun(id, end, { data, datasets });
  return id;
}

function dataset(name: string, contents: Record<string, string>, role: DataFile["role"]): RunDatasetVersion {
  const files = Object.entries(contents).map(([path, content]) => {
    return { path, sha256: hashOf(content), size: content.length };
  });
  const version = hashOf(JSON.stringify(files));
  manifests.set(version, files);
  return { name, kind: "read", version, files: files.length, size: files.length, role };
}

async function* filesOf(version: string): AsyncGenerator<DatasetFile> {
  const files = manifests.get(version);
  if (!files) throw new UserError("The list is damaged.");
  yield* files;
}

const lineage = (start: LineageStart, options: Partial<LineageOptions> = {}) =>
  lineageOf(store, start, { filesOf, ...options });
const content = (path: string, text: string): LineageStart => ({ path, sha256: hashOf(text), size: text.length });

/** A tree in one text: "file < run < (file, file)". */
function inShort({ root }: Lineage): string {
  return ofSource(root);
}

function ofSource(source: LineageFile | LineageDataset): string {
  const name = source.kind === "file" ? source.path : `[${source.name} ${source.files}]`;
  return mark(name, source, source.runs.map(ofRun));
}

function ofRun(one: LineageRun): string {
  const link = one.link === "path" ? "?" : "";
  return mark(one.name + link, one, one.files.map(ofSource));
}

function mark(name: string, { stop, more }: { stop?: string; more: number }, below: string[]): string {
  const all = [...below, ...(more > 0 ? [`+${more}`] : [])];
  return `${name}${stop ? `!${stop}` : ""}${all.length > 0 ? `(${all.join(" ")})` : ""}`;
}

describe("lineageOf", () => {
  beforeEach(() => {
    run("prepare", { reads: { "raw.csv": "raw" }, writes: { "clean.csv": "clean" } });
    run("train", { reads: { "clean.csv": "clean", "labels.csv": "labels" }, writes: { "model.pkl": "model" } });
    run("evaluate", { reads: { "model.pkl": "model", "test.csv": "test" }, writes: { "report.txt": "report" } });
  });

  it("goes up to where a file came from, and down to what depends on it", async () => {
    const up = await lineage(content("report.txt", "report"));
    expect(inShort(up)).toBe("report.txt(evaluate(model.pkl(train(clean.csv(prepare(raw.csv)) labels.csv)) test.csv))");
    expect(up).toMatchObject({ direction: "up", complete: true });
    const down = await lineage(content("raw.csv", "raw"), { direction: "down" });
    expect(inShort(down)).toBe("raw.csv(prepare(clean.csv(train(model.pkl(evaluate(report.txt))))))");
  });

  it("finds a file that was moved or copied by its content, and says what a run called it", async () => {
    const moved = await lineage(content("elsewhere/best.pkl", "model"), { depth: 1 });
    expect(inShort(moved)).toBe("elsewhere/best.pkl(train(clean.csv!depth labels.csv))");
    expect(moved.root.runs[0]).toMatchObject({ path: "model.pkl", link: "content" });
    expect(moved.complete).toBe(false);
    run("serve", { reads: { "best.pkl": "model" }, writes: { "answers.csv": "answers" } });
    const answers = await lineage(content("answers.csv", "answers"));
    expect(inShort(answers)).toContain("answers.csv(serve(best.pkl(train(");
  });

  it("says when runs wrote the path, but not this content", async () => {
    const { root } = await lineage(content("model.pkl", "edited by hand"));
    expect(root).toMatchObject({ runs: [], note: "run train wrote this path with another content" });
    expect((await lineage(content("new.pkl", "new"))).root).not.toHaveProperty("note");
  });

  it("goes by the path where the content is not known or empty: to the last that wrote it before", async () => {
    run("a", { writes: { "big.bin": null, "done.flag": "" } });
    run("b", { writes: { "big.bin": null, "other.flag": "" } });
    run("user", { reads: { "big.bin": null, "done.flag": "" }, writes: { "out.csv": "out" } });
    run("c", { writes: { "big.bin": null } });
    expect(inShort(await lineage(content("out.csv", "out")))).toBe("out.csv(user(big.bin(b?) done.flag(a?)))");
    const down = await lineage({ path: "big.bin" }, { direction: "down" });
    expect(inShort(down)).toBe("big.bin(user?(out.csv))");
  });

  it("does not take for the origin what was written later, nor for a use what was over before", async () => {
    run("again", { writes: { "model.pkl": "model" } });
    const up = await lineage(content("report.txt", "report"));
    expect(inShort(up)).not.toContain("again");
    const down = await lineage(content("none", "x"), { direction: "down" });
    expect(down.root.runs).toEqual([]);
    // Both wrote what is on disk now; the newest first.
    expect((await lineage(content("model.pkl", "model"))).root.runs.map(({ name }) => name)).toEqual([
      "again",
      "train",
    ]);
  });

  it("shows what two ways lead to once", async () => {
    run("split", { reads: { "all.csv": "all" }, writes: { "a.csv": "aa", "b.csv": "bb" } });
    run("left", { reads: { "a.csv": "aa" }, writes: { "l.pkl": "ll" } });
    run("right", { reads: { "b.csv": "bb" }, writes: { "r.pkl": "rr" } });
    run("join", { reads: { "l.pkl": "ll", "r.pkl": "rr" }, writes: { "out.csv": "out" } });
    expect(inShort(await lineage(content("out.csv", "out")))).toBe(
      "out.csv(join(l.pkl(left(a.csv(split(all.csv)))) r.pkl(right(b.csv(split!shown)))))",
    );
    expect(inShort(await lineage(content("all.csv", "all"), { direction: "down" }))).toBe(
      "all.csv(split(a.csv(left(l.pkl(join(out.csv)))) b.csv(right(r.pkl(join!shown)))))",
    );
  });

  it("does not run in circles", async () => {
    // Two that go on at once and read each other's output, and one that writes back what it read.
    run("ping", { reads: { y: "yy" }, writes: { x: "xx" }, takes: 1_000 });
    run("pong", { reads: { x: "xx" }, writes: { y: "yy" }, began: 500, takes: 1_000 });
    run("touch", { reads: { z: "zz" }, writes: { z: "zz" } });
    expect(inShort(await lineage(content("x", "xx")))).toBe("x(ping(y(pong(x!shown))))");
    expect(inShort(await lineage(content("z", "zz")))).toBe("z(touch(z!shown))");
  });

  it("leaves out what is too deep, too wide or too much, and says so", async () => {
    const reads = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`in/${String(i).padStart(2, "0")}`, `${i}`]),
    );
    run("wide", { reads, writes: { "wide.csv": "wide" } });
    const wide = await lineage(content("wide.csv", "wide"), { limit: 2 });
    expect(inShort(wide)).toBe("wide.csv(wide(in/00 in/01 +28))");
    expect(wide.complete).toBe(false);
    const small = await lineage(content("wide.csv", "wide"), { size: 5 });
    expect(inShort(small)).toBe("wide.csv(wide!size(in/00 in/01 in/02))");
    for (let i = 0; i < 5; i++) run(`reader-${i}`, { reads: { "wide.csv": "wide" } });
    const down = await lineage(content("wide.csv", "wide"), { direction: "down", limit: 2 });
    expect(inShort(down)).toBe("wide.csv(reader-4 reader-3 +3)");
  });

  it("takes large datasets as one, and follows them by version and by some of their files", async () => {
    const images = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`images/${i}.png`, `image ${i}`]));
    const [first] = Object.entries(images);
    run("render", { writes: images });
    run("scale", { datasets: [dataset("images", images, "write")] });
    const reads = { ...images, "labels.csv": "labels" };
    run("learn", { reads, datasets: [dataset("images", images, "read")], writes: { "m.pkl": "mm" } });
    expect(inShort(await lineage(content("m.pkl", "mm")))).toBe("m.pkl(learn([images 100](scale render) labels.csv))");
    const version = [...manifests.keys()][0]!;
    const down = await lineage({ dataset: "images", version }, { direction: "down" });
    expect(inShort(down)).toBe("[images 100](learn(m.pkl))");
    expect(inShort(await lineage(content(first![0], first![1])))).toBe("images/0.png(render)");
    manifests.clear();
    const damaged = await lineage({ dataset: "images", version });
    expect(damaged.root).toMatchObject({ note: "The list is damaged.", runs: [{ name: "scale" }] });
  });
});

it("answers over ten thousand runs, each of which reads what the one before wrote", async () => {
  for (let i = 0; i < 10_000; i++) {
    run(`run-${i}`, {
      reads: { "state.bin": `state ${i}`, "common.csv": "common" },
      writes: { "state.bin": `state ${i + 1}` },
    });
  }
  const up = await lineage(content("state.bin", "state 10000"), { depth: 50 });
  const down = await lineage(content("common.csv", "common"), { direction: "down", depth: 2 });
  let depth = 0;
  for (
    let node = up.root;
    node.runs.length > 0;
    node = node.runs[0]!.files.find((file) => file.runs.length > 0) ?? node.runs[0]!.files[0]!
  ) {
    depth++;
    expect(node.runs[0]!.name).toBe(`run-${10_000 - depth}`);
  }
  expect(depth).toBe(50);
  expect(down.root.runs).toHaveLength(50);
  expect(down.root.more).toBe(9_950);
});
