/** For tests: testProcess.ts as a program that Node can run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";

/** Makes the program before the tests of a file and removes it after them. Gives the function that tells its path. */
export function useTestProgram(): () => string {
  let folder = "";
  const program = () => join(folder, "testProcess.mjs");
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "modeltrail-program-"));
    const source = join(import.meta.dirname, "testProcess.ts");
    await build({ entryPoints: [source], outfile: program(), bundle: true, platform: "node", format: "esm" });
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return program;
}
