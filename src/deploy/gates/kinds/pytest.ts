/** A pytest suite over the bundle: what failed is read from the report that pytest writes for JUnit's readers. */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { UserError } from "../../../domain/errors";
import { formatDuration } from "../../../domain/format";
import { maskText } from "../../../domain/secrets";
import { type Finding, failed, type Gate, passed } from "../gate";
import { readJunit, type TestReport } from "../junit/readJunit";
import { programEnvironment } from "../programEnvironment";
import { lastLines, type ProgramResult, runProgram } from "../runProgram";
import { LONGEST_PROGRAM } from "../timeouts";

/** Of pytest, https://docs.pytest.org/en/stable/reference/exit-codes.html. */
const NO_TESTS = 5;
const LARGEST_REPORT = 64 * 2 ** 20;
/** So many failures are named. */
const SHOWN = 3;

export const pytestGate: Gate<"pytest"> = async (settings, context) => {
  const { python, env } = await programEnvironment(context);
  const timeout = settings.time === undefined ? LONGEST_PROGRAM : settings.time * 1_000;
  const folder = await mkdtemp(path.join(tmpdir(), "modeltrail-pytest-"));
  try {
    const file = path.join(folder, "report.xml");
    const tests = [settings.tests ?? []].flat();
    const words = ["-m", "pytest", `--junitxml=${file}`, "-p", "no:cacheprovider", ...(settings.args ?? []), ...tests];
    const result = await runProgram([python, ...words], { cwd: context.root, env, timeout, signal: context.signal });
    const output = maskText(result.output);
    if (result.startError !== null) throw new UserError(`${python} could not be started (${result.startError}).`);
    if (result.timedOut) {
      const said = lastLines(output);
      return failed(`The tests took longer than ${formatDuration(timeout)} and were ended; pytest said: ${said}`, {
        output: output.slice(-8_000),
      });
    }
    return judge(await readReport(file, result, python), result, output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

function judge(report: TestReport, { exitCode }: ProgramResult, output: string): Finding {
  const { tests, skipped, failures } = report;
  const named = failures.slice(0, SHOWN).map(({ name, message }) => (message === "" ? name : `${name} (${message})`));
  const more = failures.length > SHOWN ? ` and ${failures.length - SHOWN} more` : "";
  const detail = { tests, skipped, failures: failures.slice(0, 100), exitCode };
  if (failures.length > 0) {
    return failed(`${failures.length} of ${tests} tests failed: ${named.join("; ")}${more}`, detail);
  }
  if (exitCode === NO_TESTS || tests === 0) return failed("pytest found no tests. Name them with `tests`", detail);
  if (tests === skipped) return failed(`All ${tests} tests were skipped`, detail);
  // A plugin, such as one for coverage, may have its own reasons.
  if (exitCode !== 0) return failed(`pytest ended with ${exitCode}: ${lastLines(output)}`, detail);
  return passed(`${tests - skipped} tests passed${skipped > 0 ? `, ${skipped} were skipped` : ""}`, detail);
}

/** Throws UserError when there is none: pytest is not installed, or could not begin. */
async function readReport(
  file: string,
  { exitCode, signal, output }: ProgramResult,
  python: string,
): Promise<TestReport> {
  const size = await stat(file).then(
    (found) => found.size,
    () => null,
  );
  if (size === null && /No module named '?pytest/.test(output)) {
    throw new UserError(`${python} has no pytest. Install it there: ${python} -m pip install pytest`);
  }
  if (size === null) {
    throw new UserError(`pytest ended with ${exitCode ?? signal} before it had tested anything: ${lastLines(output)}`);
  }
  if (size > LARGEST_REPORT) throw new UserError(`The report of the tests is too large to be read (${size} bytes).`);
  try {
    return readJunit(await readFile(file, "utf8"));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`The report of the tests cannot be read. ${error.message}`);
  }
}
