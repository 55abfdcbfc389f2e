import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDisk, tempFolder } from "../../store/testStore";
import { openRoom, roomPath } from "./room";

test("gives what it has taken, a piece at a time, and takes it back", () => {
  const folder = tempFolder();
  const room = openRoom(folder);
  const size = () => statSync(roomPath(folder)).blocks * 512;
  const whole = size();
  expect(whole).toBeGreaterThanOrEqual(4 << 20);
  expect([room.give(), room.give()]).toEqual([true, true]);
  expect(whole - size()).toBe(256 * 1024);
  room.refill();
  expect(size()).toBe(whole);
  for (let piece = 0; piece < 32; piece++) expect(room.give()).toBe(true);
  expect(room.give()).toBe(false);
  room.close();
  expect(existsSync(roomPath(folder))).toBe(false);
});

test("takes nothing from a disk that has little", (context) => {
  const disk = tempDisk("12m");
  if (!disk) return context.skip("a disk of its own cannot be mounted here: that takes root on Linux");
  expect(() => openRoom(disk)).toThrow();
  expect(existsSync(join(disk, "mlflow-room"))).toBe(false);
});
