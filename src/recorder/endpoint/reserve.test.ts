import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type KeptRequest, openReserve } from "./reserve";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "modeltrail-reserve-"));
  folders.push(folder);
  return folder;
}

const request = (step: number, note = ""): KeptRequest => ({
  method: "POST",
  path: "/api/2.0/mlflow/runs/log-metric",
  body: JSON.stringify({ key: "löss", step, note }),
});

test("gives what it kept, in order, also to another process", async () => {
  const folder = makeFolder();
  const first = openReserve(folder);
  for (const step of [1, 2, 3]) expect(first.keep(request(step))).toBe(true);
  first.close();
  const second = openReserve(folder);
  const given: KeptRequest[] = [];
  await second.replay(async (one) => void given.push(one));
  expect(given).toEqual([1, 2, 3].map((step) => request(step)));
  expect(second.isEmpty).toBe(true);
  second.close();
  expect(existsSync(join(folder, "mlflow-reserve"))).toBe(false);
});

test("keeps what could not be carried out, and goes on behind it", async () => {
  const folder = makeFolder();
  const reserve = openReserve(folder);
  for (const step of [1, 2, 3]) reserve.keep(request(step));
  const failing = reserve.replay(async ({ body }) => {
    if (body === request(2).body) throw new Error("still full");
  });
  await expect(failing).rejects.toThrow("still full");
  reserve.keep(request(4));
  reserve.close();
  const given: KeptRequest[] = [];
  await openReserve(folder).replay(async (one) => void given.push(one));
  expect(given).toEqual([2, 3, 4].map((step) => request(step)));
});

test("counts what there is no room for", () => {
  const reserve = openReserve(makeFolder());
  const large = request(1, "x".repeat(300_000));
  expect([1, 2, 3, 4].map(() => reserve.keep(large))).toEqual([true, true, true, false]);
  expect(reserve.dropped).toBe(1);
  expect(reserve.keep(request(2))).toBe(true);
});
