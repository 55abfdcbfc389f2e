/** The Python that has Optuna, as it comes from PyPI. */
import { execFileSync } from "node:child_process";
import { pythonWithPackages } from "../examplePython";

/** The one that `npm test` names or made before; undefined, said aloud, when it has no Optuna. */
export function pythonWithOptuna(): string | undefined {
  const python = pythonWithPackages();
  try {
    if (python === undefined) throw new Error("there is none");
    execFileSync(python, ["-c", "import optuna"], { stdio: "ignore" });
    return python;
  } catch {
    console.warn(
      "Optuna is not tested: set MODELTRAIL_TEST_PYTHON to a Python that has the packages of test/requirements.txt.",
    );
    return undefined;
  }
}
