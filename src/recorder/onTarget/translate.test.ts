import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { SpoolRecord } from "../../ingest/spool";
import { createTranslator } from "./translate";

const stage = mkdtempSync(join(tmpdir(), "translate-"));
mkdirSync(join(stage, "data"));
writeFileSync(join(stage, "data", "wine.csv"), "1,2\n");
afterAll(() => rmSync(stage, { recursive: true }));

const ROOT = "/home/far/.modeltrail/jobs/j/work";
const place = { stage, origin: "/home/near/wine", project: "", collectedSince: () => null };
const environment = {
  ...{ python: "3.11.2", executable: "/usr/bin/python3", implementation: "cpython", platform: "Linux", cpu: "x" },
  ...{ cores: 2, memory: 1, gpus: [], packages: {}, imported: [], variables: {} },
};
const host: SpoolRecord = { e: "host", t: 1, process: "agent", root: ROOT, alias: "/link/work", environment };
const open = (path: string, mode: "r" | "w" | "rw"): SpoolRecord => ({
  ...{ e: "open", t: 2, process: "1-1", path, mode, size: 9, mtimeNs: "1", ctimeNs: "1", ino: "1" },
});
const paths = (events: readonly SpoolRecord[]) => events.flatMap((event) => ("path" in event ? event.path : []));

describe("what the spool of a job says, as if it had run in the stage", () => {
  test("waits for the host, whichever file is read first", () => {
    const { translate } = createTranslator(place);
    expect(translate([open(`${ROOT}/out.txt`, "w")], false)).toEqual({ events: [], outside: [] });
    expect(paths(translate([host], false).events)).toEqual([join(stage, "out.txt")]);
  });

  test("a file that was sent has the stage's own stamp", () => {
    const { events } = createTranslator(place).translate([host, open(`${ROOT}/data/wine.csv`, "r")], false);
    const path = join(stage, "data", "wine.csv");
    const { mtimeNs } = statSync(path, { bigint: true });
    expect(events[1]).toMatchObject({ path, size: 4, mtimeNs: String(mtimeNs) });
  });

  test("by another name of the same folder too", () => {
    const { events } = createTranslator(place).translate([host, open("/link/work/a", "w")], false);
    expect(paths(events)).toEqual([join(stage, "a")]);
  });

  test("a file that the command has made is read at the end, when it was brought", () => {
    const { translate } = createTranslator(place);
    expect(paths(translate([host, open(`${ROOT}/made.bin`, "r")], false).events)).toEqual([]);
    writeFileSync(join(stage, "made.bin"), "");
    expect(paths(translate([], true).events)).toEqual([join(stage, "made.bin")]);
  });

  test("what lies elsewhere is never taken for a file of this machine", () => {
    const elsewhere = [open("/etc/hostname", "r"), open(`${ROOT}-2/x`, "w")];
    const { events, outside } = createTranslator(place).translate([host, ...elsewhere], false);
    expect(paths(events)).toEqual([]);
    expect(paths(outside)).toEqual(["/etc/hostname", `${ROOT}-2/x`]);
  });

  test("values that name files of the project are those of a run on this machine", () => {
    const values = { data: `${ROOT}/data`, other: `${ROOT}s/data`, lr: "0.1" };
    const args: SpoolRecord = { e: "args", t: 3, process: "1-1", library: "argparse", prog: "x", values, defaults: {} };
    const { events } = createTranslator(place).translate([host, args], false);
    expect(events[1]).toMatchObject({ values: { data: "/home/near/wine/data", other: `${ROOT}s/data`, lr: "0.1" } });
  });
});
