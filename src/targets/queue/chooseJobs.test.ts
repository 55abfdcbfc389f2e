import { expect, test } from "vitest";
import type { Job } from "../../domain/job";
import { chooseJobs, type Free } from "./chooseJobs";

const queued = (...gpus: number[]) => gpus.map((count, index) => ({ id: String(index), gpus: count }) as Job);
const choose = (jobs: Job[], free: Partial<Free> = {}) => {
  const { begin, refused } = chooseJobs(jobs, { slots: 10, gpus: ["0", "1"], allGpus: 2, ...free });
  return {
    begin: begin.map(({ job, gpus }) => `${job.id}:${gpus.join("+")}`),
    refused: refused.map(({ job }) => job.id),
  };
};

test("jobs begin in order as long as there are slots, each with GPUs of its own", () => {
  expect(choose(queued(1, 0, 1, 0), { slots: 3 }).begin).toEqual(["0:0", "1:", "2:1"]);
});

test("a large job is not passed by smaller ones, but by those without GPUs", () => {
  expect(choose(queued(2, 1, 0), { gpus: ["1"] }).begin).toEqual(["2:"]);
});

test("what could never begin is refused, and holds nobody up", () => {
  expect(choose(queued(3, 1))).toEqual({ begin: ["1:0"], refused: ["0"] });
});

test("a target that gives out GPUs itself gets every job", () => {
  expect(choose(queued(8, 1), { gpus: null, allGpus: 0 })).toEqual({ begin: ["0:", "1:"], refused: [] });
});
