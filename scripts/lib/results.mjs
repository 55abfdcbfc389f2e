import path from "node:path";
import { paths } from "./paths.mjs";

/**
 * What a step's results file tells, whichever runner wrote it.
 * @typedef {{ test: string, why: string }} Failure
 * @typedef {{ passed: number, failed: number, skipped: number, failures: Failure[], retried: Failure[] }} Results
 *   `retried`: passed, but not at the first try
 */

/** Of Vitest's JSON reporter. @returns {Results} */
export function vitestResults(report) {
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map(({ fullName, status, failureMessages }) => ({
      ...{ test: `${shortened(file.name)} > ${fullName}`, status },
      why: failureMessages.at(-1) ?? "",
      again: failureMessages.length > 0,
    })),
  );
  // A file that cannot be loaded, or whose hooks fail, has no failed test.
  const files = report.testResults
    .filter(({ status, assertionResults }) => status === "failed" && !assertionResults.some(isFailed))
    .map(({ name, message }) => ({ test: shortened(name), why: message ?? "" }));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + files.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: [...tests.filter(isFailed), ...files].map(failure),
    retried: tests.filter(({ status, again }) => status === "passed" && again).map(failure),
  };
}

/** Of Playwright's JSON reporter. @returns {Results} */
export function playwrightResults({ stats, suites, errors = [] }) {
  const tests = suites.flatMap(specsOf).flatMap(({ file, title, tests }) =>
    tests.map(({ status, results }) => ({
      ...{ test: `${file} > ${title}`, status },
      why: results.flatMap((result) => result.errors).at(-1)?.message ?? "",
    })),
  );
  const outside = errors.map(({ message }) => ({ test: "outside of the tests", why: message ?? "" }));
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + outside.length,
    skipped: stats.skipped,
    failures: [...tests.filter(({ status }) => status === "unexpected"), ...outside].map(failure),
    retried: tests.filter(({ status }) => status === "flaky").map(failure),
  };
}

/** The lines that say which tests failed and which needed a second try; none when all went well. */
export function toldResults({ failures, retried }) {
  return [
    ...failures.flatMap(({ test, why }) => [`FAILED ${test}`, ...indented(why, 8)]),
    ...retried.flatMap(({ test, why }) => [`SECOND TRY ${test}`, ...indented(why, 3)]),
  ];
}

const isFailed = ({ status }) => status === "failed";
const failure = ({ test, why }) => ({ test, why });
const specsOf = ({ specs = [], suites = [] }) => [...specs, ...suites.flatMap(specsOf)];
const shortened = (file) => path.relative(paths.root, file).replaceAll(path.sep, "/");

function indented(text, most) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal begin with one
  const plain = text.replaceAll(/\u001b\[[\d;]*m/g, "");
  const lines = plain.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(0, most).map((line) => `    ${line}`);
}
