import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RunStatus } from "../../domain/run";
import type { Node, RunNode } from "./nodes";
import { RefreshPacer } from "./refreshPacer";

const runNode = (id: string, status: RunStatus) => ({ kind: "run", id, run: { status } }) as RunNode;

let shown: (string[] | undefined)[];
let pacer: RefreshPacer;
beforeEach(() => {
  vi.useFakeTimers();
  shown = [];
  pacer = new RefreshPacer((nodes: Node[] | undefined) => shown.push(nodes?.map(({ id }) => id)));
});
afterEach(() => {
  pacer.dispose();
  vi.useRealTimers();
});

test("a running run is shown at once, and then at a pace, with its latest change not lost", () => {
  const run = runNode("a", "running");
  for (let change = 0; change < 15; change++) {
    pacer.refresh([run]);
    vi.advanceTimersByTime(100);
  }
  expect(shown).toEqual([["a"], ["a"]]);
  vi.advanceTimersByTime(60_000);
  expect(shown).toEqual([["a"], ["a"], ["a"]]);
});

test("an ended run is shown at once, also when it was just shown or is read", () => {
  const run = runNode("a", "running");
  pacer.refresh([run]);
  pacer.noteReading(run);
  pacer.refresh([run]);
  expect(shown).toEqual([["a"]]);
  run.run.status = "finished";
  pacer.refresh([run]);
  expect(shown).toEqual([["a"], ["a"]]);
  vi.advanceTimersByTime(60_000);
  expect(shown).toHaveLength(2);
});

test("a run stays as it is while its tooltip is read, and others do not wait for it", () => {
  const [read, other, ended] = [runNode("read", "running"), runNode("other", "running"), runNode("ended", "failed")];
  pacer.noteReading(read);
  pacer.refresh([read, other, ended]);
  expect(shown).toEqual([["other", "ended"]]);
  vi.advanceTimersByTime(3_900);
  expect(shown).toHaveLength(1);
  vi.advanceTimersByTime(200);
  expect(shown.at(-1)).toEqual(["read"]);
});

test("everything is shown at once, and nothing of before comes after it", () => {
  const run = runNode("a", "running");
  pacer.refresh([run]);
  pacer.refresh([run]);
  pacer.refresh(undefined);
  expect(shown).toEqual([["a"], undefined]);
  vi.advanceTimersByTime(60_000);
  expect(shown).toHaveLength(2);
});
