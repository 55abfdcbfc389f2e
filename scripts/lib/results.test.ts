import path from "node:path";
import { expect, test } from "vitest";
import { paths } from "./paths.mjs";
import { playwrightResults, toldResults, vitestResults } from "./results.mjs";

test("of Vitest: what failed, what needed a second try, and a file that could not be loaded", () => {
  const tried = (fullName: string, status: string, ...failureMessages: string[]) => ({
    ...{ fullName, status, failureMessages },
  });
  const results = vitestResults({
    ...{ numPassedTests: 2, numFailedTests: 1, numPendingTests: 1, numTodoTests: 0 },
    testResults: [
      {
        name: path.join(paths.root, "test/deploy/local.test.ts"),
        status: "failed",
        message: "",
        assertionResults: [
          tried("a model swaps", "passed"),
          tried("a model answers", "passed", "Error: not yet\n    at one"),
          tried("a model ends", "failed", "Error: first", "Error: last\n\n    at two"),
        ],
      },
      {
        name: path.join(paths.root, "src/store/open.test.ts"),
        status: "failed",
        message: "SyntaxError: }",
        assertionResults: [],
      },
    ],
  });
  expect(results).toMatchObject({ passed: 2, failed: 2, skipped: 1 });
  expect(toldResults(results)).toEqual([
    "FAILED test/deploy/local.test.ts > a model ends",
    ...["    Error: last", "        at two"],
    "FAILED src/store/open.test.ts",
    "    SyntaxError: }",
    "SECOND TRY test/deploy/local.test.ts > a model answers",
    ...["    Error: not yet", "        at one"],
  ]);
});

test("of Playwright: the same, in groups of tests, too", () => {
  const one = (title: string, status: string, ...messages: string[]) => ({
    ...{ title, file: "tree.test.ts" },
    tests: [{ status, results: messages.map((message) => ({ errors: message ? [{ message }] : [] })) }],
  });
  const results = playwrightResults({
    stats: { expected: 1, flaky: 1, unexpected: 1, skipped: 0 },
    suites: [
      {
        specs: [one("opens", "expected", "")],
        suites: [
          { specs: [one("folds", "flaky", "\u001b[31mtoo soon\u001b[39m", ""), one("sorts", "unexpected", "no")] },
        ],
      },
    ],
  });
  expect(results).toMatchObject({ passed: 2, failed: 1, skipped: 0 });
  expect(toldResults(results)).toEqual([
    "FAILED tree.test.ts > sorts",
    "    no",
    "SECOND TRY tree.test.ts > folds",
    "    too soon",
  ]);
});
