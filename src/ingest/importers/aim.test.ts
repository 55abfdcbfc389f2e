import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "../../store/testStore";
import { fixture, imprint, makeFile, outcomes, pointsOf, testImport } from "./testImport";

const programs = path.resolve(import.meta.dirname, "../../../python/importers");
/** A Python with the package `aim`, which is large: where there is none, what it once said is taken for its word. */
const AIM_PYTHON = process.env.MODELTRAIL_TEST_AIM;

/** A program that does what the shell is told. */
function program(script: string): string {
  const file = path.join(tempFolder(), "python");
  makeFile(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

function source(): { location: string; said: string } {
  const folder = fixture("aim");
  const location = path.join(folder, "project");
  mkdirSync(location);
  execFileSync("tar", ["-xzf", path.join(folder, "repository.tar.gz"), "-C", location]);
  return { location, said: path.join(folder, "runs.jsonl") };
}

test.skipIf(process.platform === "win32")("Aim's runs are here, and its files stay as they are", async () => {
  const { location, said } = source();
  const before = imprint(location);
  const python = { program: AIM_PYTHON ?? program(`cat '${said}'`), folder: programs };
  const { store, run } = testImport({ kind: "aim", location });
  const { runs } = await run({}, { python });
  expect(runs).toMatchObject([{ name: "first", experiment: "wine", outcome: "imported" }]);
  const found = store.getRun(runs[0]!.id)!;
  expect(found).toMatchObject({
    ...{ status: "finished", note: "Smaller trees" },
    params: { "hparams.lr": "0.1", "hparams.model.depth": "3" },
    tags: { a: "", "imported.id": runs[0]!.originalId },
  });
  expect(Object.keys(found.metrics).sort()).toEqual(["acc", "train/loss"]);
  expect(pointsOf(store, found.id, "train/loss").map(([step, , value]) => [step, value])).toEqual([
    [0, "1.5"],
    [1, "NaN"],
    [2, "Infinity"],
    [3, "-Infinity"],
    [4, "0.30000000000000004"],
    [5, "1e-300"],
  ]);
  expect(imprint(location)).toBe(before);
  expect(outcomes(await run({}, { python }))).toEqual({ present: 1 });
});

test.skipIf(process.platform === "win32")("without Aim's package it is said what to do", async () => {
  const { location } = source();
  const { run } = testImport({ kind: "aim", location });
  const without = program("echo \"ModuleNotFoundError: No module named 'aim'\" >&2; exit 1");
  await expect(run({}, { python: { program: without, folder: programs } })).rejects.toThrow(
    /has not\. Name a Python.*--python/,
  );
  const none = { program: path.join(location, "no-python"), folder: programs };
  await expect(run({}, { python: none })).rejects.toThrow(/could not be started.*--python/);
});
