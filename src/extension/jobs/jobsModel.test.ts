import { expect, test } from "vitest";
import type { JobCounts, JobGroup, JobView } from "../worker/jobs/api";
import { JobsModel, type ReadJobs } from "./jobsModel";
import type { JobsNode, MoreJobsNode } from "./nodes";

const none: JobCounts = { queued: 0, active: 0, ended: 0, running: 0, paused: [] };
const asked: { root: string; group: JobGroup; limit: number }[] = [];

function newModel(counts: Record<string, Partial<JobCounts>>): JobsModel {
  asked.length = 0;
  const read = async (method: string, argument: { root: string; group: JobGroup; limit: number }) => {
    const { root, group, limit } = argument;
    const all = { ...none, ...counts[root] };
    if (method === "jobCounts") return all;
    asked.push(argument);
    return Array.from({ length: Math.min(limit, all[group]) }, (_, index) => ({ id: `${group}${index}` }) as JobView);
  };
  const projects = Object.keys(counts).map((root) => ({ root, folder: root, name: root.slice(1) }));
  return new JobsModel({ read: read as ReadJobs, projects: () => projects });
}

const draw = (nodes: JobsNode[]) =>
  nodes.map((node) => {
    if (node.kind === "job") return node.job.id;
    return node.kind === "jobsProject" ? node.name : node.kind === "jobGroup" ? node.group : `${node.left} more`;
  });

test("the groups of the only project with jobs stand at the top", async () => {
  const model = newModel({ "/a": {}, "/b": { queued: 2, ended: 1 } });
  const roots = await model.roots();
  expect(draw(roots)).toEqual(["queued", "ended"]);
  expect(draw(await model.children(roots[0]!))).toEqual(["queued0", "queued1"]);
});

test("of several projects each has its own", async () => {
  const model = newModel({ "/a": { active: 1 }, "/b": { ended: 1 }, "/c": {} });
  const roots = await model.roots();
  expect(draw(roots)).toEqual(["a", "b"]);
  const [group] = await model.children(roots[1]!);
  expect(group!.parent).toBe(roots[1]);
  expect(draw(await model.children(group!))).toEqual(["ended0"]);
});

test("of a thousand queued jobs a page is read, and the next when it is asked for", async () => {
  const model = newModel({ "/a": { queued: 1_000 } });
  const [group] = await model.roots();
  const first = await model.children(group!);
  expect(first).toHaveLength(51);
  expect(draw(first).at(-1)).toBe("950 more");
  model.loadMore(first.at(-1) as MoreJobsNode);
  expect(draw(await model.children(group!)).at(-1)).toBe("900 more");
  expect(asked.map(({ limit }) => limit)).toEqual([50, 100]);
});

test("no jobs, nothing to show", async () => expect(await newModel({ "/a": {} }).roots()).toEqual([]));
