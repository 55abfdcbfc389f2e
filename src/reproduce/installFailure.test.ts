import { expect, it } from "vitest";
import { UserError } from "../domain/errors";
import { explainInstall } from "./installFailure";

const LOCK = { python: "3.11.7", requirements: ["numpy==2.0.0", "scikit-learn==9.9.9"] };

/** What the tools wrote, as they word it. */
it.each([
  {
    tool: "pip, no such version",
    stderr: `ERROR: Could not find a version that satisfies the requirement scikit-learn==9.9.9 (from versions: 1.0, 1.1)
ERROR: No matching distribution found for scikit-learn==9.9.9
[notice] A new release of pip is available`,
  },
  {
    tool: "uv, no such version",
    stderr: `  × No solution found when resolving dependencies:
  ╰─▶ Because there is no version of scikit-learn==9.9.9 and you require scikit-learn==9.9.9, we can conclude that your requirements are unsatisfiable.`,
  },
  {
    tool: "uv, no such package",
    stderr: `  × No solution found when resolving dependencies:
  ╰─▶ Because scikit-learn was not found in the package registry and you require scikit-learn==9.9.9, we can conclude that your
      requirements are unsatisfiable.`,
  },
  {
    tool: "uv, in its newer words",
    stderr: `error: No solution found when resolving dependencies
  cause: Because there is no version of scikit-learn==9.9.9 and you require scikit-learn==9.9.9, we can conclude that your requirements are unsatisfiable.`,
  },
  {
    tool: "uv, no connection",
    stderr: `error: Request failed after 3 retries in 6.1s
  cause: Failed to fetch: https://me:hunter2@example.org/simple/scikit-learn/
  cause: error sending request for url (https://me:hunter2@example.org/simple/scikit-learn/)`,
  },
  { tool: "pip, build", stderr: "  ERROR: Failed building wheel for scikit_learn\nERROR: Could not build wheels" },
  { tool: "uv, build", stderr: "  × Failed to build `scikit-learn==9.9.9`\n  ╰─▶ The build backend returned an error" },
])("names the package: $tool", ({ stderr }) => {
  const error = explainInstall(Object.assign(new Error("Command failed"), { stderr }), LOCK) as UserError;
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).toMatch(/^scikit-learn==9\.9\.9 could not be installed for Python 3\.11\.7: \S/);
  expect(error.message).toContain("PIP_INDEX_URL");
  expect(error.message).not.toMatch(/\[notice\]|cause:|hunter2/);
});

it("says what it can when no package is named", () => {
  const error = Object.assign(new Error("Command failed"), { stderr: "ERROR: Could not connect to the index\n" });
  const said = "The 2 packages of the run could not be installed for Python 3.11.7: Could not connect to the index. ";
  expect((explainInstall(error, LOCK) as Error).message).toContain(said);
});

it("leaves other errors alone", () => {
  const error = new Error("out of memory");
  expect(explainInstall(error, LOCK)).toBe(error);
});
