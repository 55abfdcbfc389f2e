/**
 * What results beside the code cost the editor: typing in a long file with hundreds of CodeLenses while ten runs log. Measured
 * inside VS Code by a test of test/host, here for longer than a test should take.
 */
import path from "node:path";
import { paths } from "../scripts/lib/paths.mjs";
import { runOrThrow } from "../scripts/lib/processes.mjs";

const suite = path.join(paths.root, "scripts/test-host.mjs");
await runOrThrow(process.execPath, [suite, "--grep", "results beside the code"], {
  env: { ...process.env, MODELTRAIL_MEASURE_SECONDS: process.env.MODELTRAIL_MEASURE_SECONDS ?? "20" },
});
