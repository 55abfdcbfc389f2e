import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SpoolRecord } from "../../ingest/spool";
import { createEventFiles, type EventFilesOptions } from "./eventFiles";

let time = 0;
vi.mock("../clock", () => ({ now: () => time }));

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "event-files-"));
  time = 0;
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const write = (...names: string[]) => {
  for (const name of names) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), "");
  }
};
const found: string[] = [];
function finder(options: Partial<EventFilesOptions> = {}) {
  found.length = 0;
  return createEventFiles({
    cwd,
    since: 0,
    mayMiss: () => true,
    hasCompany: () => false,
    isClosed: (folder) => folder.endsWith(".git"),
    onFound: (path) => found.push(path.slice(cwd.length + 1)),
    ...options,
  });
}
const opened = (path: string): SpoolRecord => ({
  e: "open",
  t: 1,
  path: join(cwd, path),
  mode: "w",
  size: 0,
  mtimeNs: "0",
  ctimeNs: "0",
  ino: "1",
  process: "1-1",
});

test("finds new event files in the usual folders, each once, with a pause between looks", () => {
  const files = finder();
  write("logs/train/events.out.tfevents.1.host", "logs/notes.txt", "elsewhere/events.out.tfevents.2.host");
  files.take();
  expect(found).toEqual(["logs/train/events.out.tfevents.1.host"]);
  write("lightning_logs/version_0/events.out.tfevents.3.host", "runs/.git/events.out.tfevents.4.host");
  time = 1_000;
  files.take();
  expect(found).toHaveLength(1);
  time = 2_500;
  files.take();
  expect(found.slice(1)).toEqual(["lightning_logs/version_0/events.out.tfevents.3.host"]);
});

test("looks beside event files that were seen, and tells of these no more", () => {
  const files = finder();
  write("out/tb/events.out.tfevents.1.host", "out/tb/val/events.out.tfevents.2.host");
  files.hear([opened("out/tb/events.out.tfevents.1.host")]);
  files.take();
  expect(found).toEqual(["out/tb/val/events.out.tfevents.2.host"]);
});

test("older files are another run's, also when their time was set back or forth", () => {
  write("logs/events.out.tfevents.1.host");
  utimesSync(join(cwd, "logs/events.out.tfevents.1.host"), 1e10, 1e10);
  finder({ since: Date.now() + 60_000 }).take();
  expect(found).toEqual([]);
});

test.each([{ mayMiss: () => false }, { hasCompany: () => true }])("does not look without need", (options) => {
  write("logs/events.out.tfevents.1.host");
  finder(options).take();
  expect(found).toEqual([]);
});
