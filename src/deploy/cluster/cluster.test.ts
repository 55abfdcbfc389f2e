import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Store } from "../../store/contract";
import { Pod } from "../../targets/kubernetes/podState";
import { placeIn } from "./handle";
import { clusterName, labelsOf, selectorOf } from "./names";
import { troubleOf, worstOf } from "./pods";

const pod = (status: object) => Pod.parse({ metadata: { name: "wine-x" }, status });
const container = (state: object, more: object = {}) =>
  pod({ containerStatuses: [{ name: "serve", restartCount: 0, state, ...more }] });
const asked = { image: "host/wine:1", memory: "512Mi" };

test.each([
  [container({ running: {} }), null, false],
  [container({ waiting: { reason: "ContainerCreating" } }), null, false],
  [
    container({ waiting: { reason: "ErrImagePull", message: "401" } }),
    /^The cluster cannot get the image host\/wine:1\./,
    false,
  ],
  [container({ waiting: { reason: "ImagePullBackOff", message: "no such" } }), /ImagePullBackOff: no such$/, true],
  [container({ waiting: { reason: "InvalidImageName" } }), /cannot get the image/, true],
  [
    container({ waiting: { reason: "CreateContainerConfigError", message: "secret not found" } }),
    "The container cannot be made. CreateContainerConfigError: secret not found",
    false,
  ],
  [
    container(
      { waiting: { reason: "CrashLoopBackOff" } },
      { restartCount: 1, lastState: { terminated: { exitCode: 3 } } },
    ),
    "It ended with exit code 3.",
    true,
  ],
  [
    container({
      waiting: {
        reason: "CreateContainerConfigError",
        message: "container has runAsNonRoot and image will run as root",
      },
    }),
    /runAsNonRoot/,
    true,
  ],
  // Once may be bad luck.
  [container({ running: {} }, { restartCount: 1, lastState: { terminated: { exitCode: 3 } } }), /exit code 3/, false],
  [
    container({ running: {} }, { ready: true, restartCount: 1, lastState: { terminated: { exitCode: 3 } } }),
    null,
    false,
  ],
  [
    container({ terminated: { exitCode: 137, reason: "OOMKilled" } }),
    "It ran out of memory: it needs more than its `memory` of 512Mi.",
    false,
  ],
  [container({ terminated: { exitCode: 137, reason: "Error" } }), "It was killed.", false],
  [
    pod({ phase: "Failed", reason: "Evicted", message: "The node was low on memory." }),
    "The pod failed. Evicted: The node was low on memory.",
    false,
  ],
  [
    pod({ conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes" }] }),
    "No node has room for it. Unschedulable: 0/3 nodes",
    false,
  ],
])("a pod's trouble in words: %#", (one, text, isHopeless) => {
  const trouble = troubleOf(one, "serve", asked);
  if (text === null) expect(trouble).toBeNull();
  else expect(trouble).toEqual({ text: typeof text === "string" ? text : expect.stringMatching(text), isHopeless });
});

test("of several pods, the one that is past hope is told of", () => {
  const waiting = container({ terminated: { exitCode: 1 } });
  const hopeless = container({ waiting: { reason: "ImagePullBackOff" } });
  expect(worstOf([waiting, hopeless], "serve", asked)?.isHopeless).toBe(true);
  expect(worstOf([waiting], "serve", asked)?.text).toBe("It ended with exit code 1.");
  expect(worstOf([], "serve", asked)).toBeNull();
});

test("names are those of DNS, and different names stay different", () => {
  expect(clusterName("wine-prod")).toBe("wine-prod");
  const names = ["Wine", "wine_prod", "wine.prod", "1wine", "x".repeat(100), `${"x".repeat(99)}y`].map(clusterName);
  for (const name of names) expect(name).toMatch(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/);
  expect(new Set([...names, "wine", "wine-prod"]).size).toBe(names.length + 2);
});

test("objects are the project's own, wherever it lies: others may have theirs in a folder of the same name", () => {
  const parent = mkdtempSync(path.join(tmpdir(), "stores-"));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const [folder, moved] = [path.join(parent, "project"), path.join(parent, "moved")];
  const owner = (store: string) =>
    placeIn({ namespace: "team" }, "wine", { folder: store, deployments: { get: () => undefined } } as unknown as Store)
      .owner;
  const ours = owner(folder);
  renameSync(folder, moved);
  expect(owner(moved)).toBe(ours);
  expect(owner(folder)).not.toBe(ours);
});

test("what others apply is not found as ours", () => {
  const labelled = { name: "wine", model: "Größe", owner: null };
  const selected = selectorOf({ name: "wine", owner: "0123" }).split(",");
  const labels = (owner: string | null) =>
    Object.entries(labelsOf({ ...labelled, owner })).map((pair) => pair.join("="));
  expect(selected.every((one) => labels("0123").includes(one))).toBe(true);
  expect(selected.every((one) => labels(null).includes(one))).toBe(false);
});
