import { expect, test } from "vitest";
import { describeCheck, describeFindings, describeTarget, resultOf } from "./describeTarget";

const size = { codeFiles: 12, codeBytes: 48_000, dataFiles: 3, dataBytes: 2_100_000 };

test("a target by what tells it from others", () => {
  const target = { name: "gpu", kind: "ssh", place: "gpu-box", slots: 2, costPerHour: 1.5, secrets: [] };
  expect(describeTarget(target)).toBe("ssh · gpu-box · 2 slots · 1.5 per hour");
  expect(describeTarget({ ...target, name: "local", kind: "local", place: "", slots: 1, costPerHour: null })).toBe(
    "this machine · 1 slot",
  );
});

test("a check without problems says what would be sent", () => {
  const check = { problems: [], size };
  expect(resultOf(check)).toBe("ok");
  expect(describeCheck(check)).toBe("Ready · sends 12 files of code (48.0 kB) and 3 of data (2.1 MB)");
  expect(describeCheck({ problems: [], size: null })).toBe("Ready");
  expect(describeFindings({ problems: [], size: { ...size, codeFiles: 1, dataFiles: 0 } })).toBe(
    "sends 1 file of code (48.0 kB)",
  );
});

test("of several problems, the worst is said, and how many there are", () => {
  const check = {
    problems: [
      { severity: "warning", message: "Little room." },
      { severity: "error", message: "No Python.\nInstall one." },
    ] as const,
    size,
  };
  const made = { ...check, problems: [...check.problems] };
  expect(resultOf(made)).toBe("error");
  expect(describeCheck(made)).toBe("No Python. (and 1 more)");
  expect(describeFindings(made)).toBe(
    "! Little room.\n✗ No Python.\nInstall one.\n\nsends 12 files of code (48.0 kB) and 3 of data (2.1 MB)",
  );
  expect(resultOf({ problems: [{ severity: "warning", message: "x" }], size: null })).toBe("warning");
});
