import { expect, test } from "vitest";
import { pinRequirements } from "./requirements";

const needed = { "scikit-learn": "1.7.2", numpy: "2.4.6" };
const names = (lines: readonly string[]) => lines.map((line) => line.split("==")[0]!);

test("the model's packages have the versions that the run recorded, and are told when the sample had others", () => {
  const recorded = { scikit_learn: "1.6.0", numpy: "2.4.6", matplotlib: "3.9.0", "conda:mkl": "2024" };
  const { lines, notices } = pinRequirements({ python: "3.11", needed, recorded, listed: [] });
  expect(lines.slice(0, 2)).toEqual(["numpy==2.4.6", "scikit-learn==1.6.0"]);
  expect(names(lines)).toEqual(expect.arrayContaining(["fastapi", "uvicorn", "starlette", "pydantic-core"]));
  expect(names(lines)).not.toContain("matplotlib");
  expect(notices).toEqual([
    "The sample was answered with scikit-learn 1.7.2; the run had 1.6.0, which is what is pinned.",
  ]);
});

test("without a record, what is here is pinned; a release stands in for what came from a repository", () => {
  expect(pinRequirements({ python: "3.11", needed, recorded: null, listed: [] }).notices).toEqual([]);
  const { lines, notices } = pinRequirements({
    python: "3.11",
    needed: { mine: "1.2" },
    recorded: { mine: "1.2 @ 1f3c" },
    listed: [],
  });
  expect(lines[0]).toBe("mine==1.2");
  expect(notices[0]).toContain("was installed from a repository");
});

test("what a model lists is added unless it is known; packages that it shares with the app are pinned once", () => {
  const { lines } = pinRequirements({
    python: "3.11",
    needed: { mlflow: "3.0", fastapi: "0.115.0", pydantic: "2.9.0" },
    recorded: { starlette: "0.38.0", fastapi: "0.115.0" },
    listed: ["mlflow==2.0", "lightgbm==4.0.0", "# a remark", "torch>=2", "-r other.txt"],
  });
  expect(lines.slice(0, 4)).toEqual(["fastapi==0.115.0", "lightgbm==4.0.0", "mlflow==3.0", "pydantic==2.9.0"]);
  expect(lines.filter((line) => line.startsWith("fastapi=="))).toHaveLength(1);
  // It goes with the others that the run had.
  expect(lines).toContain("starlette==0.38.0");
});

test.each(["3.9", "3.10", "3.11", "3.14"])("each Python has its own versions of the app's packages: %s", (python) => {
  const { lines } = pinRequirements({ python, needed: {}, recorded: null, listed: [] });
  expect(names(lines)).toEqual([...names(lines)].sort());
  expect(names(lines).includes("exceptiongroup")).toBe(python === "3.9" || python === "3.10");
});
