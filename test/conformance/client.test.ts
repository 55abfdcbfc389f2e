/** MLflow's own clients against our server: what they are told is what MLflow's server of the same version tells them. */
import { expect, test } from "vitest";
import { tempFolder } from "../../src/store/testStore";
import { askOurs, askStock, useMlflow } from "./compare";
import type { Release } from "./packages";
import { runClient } from "./servers";

type Told = Record<string, unknown>;
interface Result {
  told: Told;
  version: string;
  outer: string;
}

/** What MLflow's servers say of these is a fault of their own: they fail, and their clients try again for minutes. */
const EXPLAINED: Record<Release, string[]> = {
  current: ["rename a deleted experiment"],
  // NaN twice breaks a rule of its database; of an id in another form than its own it says what later versions say, too, but otherwise.
  before3: ["rename a deleted experiment", "the same points again", "experiment of a wrong id"],
};

const python = useMlflow("current", "before3");
const client = (release: Release) => (uri: string) =>
  runClient<Result>(python(release), "client.py", uri, tempFolder());

async function compare(release: Release): Promise<[ours: Result, theirs: Result]> {
  const [theirs, ours] = await Promise.all([askStock(python(release), client(release)), askOurs(client(release))]);
  return [ours.result, theirs];
}

function expectSame(release: Release, ours: Told, theirs: Told): void {
  for (const name of EXPLAINED[release]) {
    expect(ours[name], name).not.toEqual(theirs[name]);
    delete ours[name];
    delete theirs[name];
  }
  expect(ours).toEqual(theirs);
  expect(Object.keys(ours).length).toBeGreaterThan(50);
}

test("the newest client is told what MLflow's server tells it, field by field", async () => {
  const [ours, theirs] = await compare("current");
  expectSame("current", ours.told, theirs.told);
}, 600_000);

test("a client before 3.0 is told what a server before 3.0 tells it", async () => {
  const [ours, theirs] = await compare("before3");
  expect(ours.version).toMatch(/^2\./);
  expectSame("before3", ours.told, theirs.told);
}, 600_000);

test("what a client logged is in the project's own runs, its artifacts also by way of the server", async () => {
  const { result, store } = await askOurs(client("current"), "http");
  const { outer } = result;
  expect(store.getRunHead(outer)).toMatchObject({
    name: "renamed",
    experiment: "wine",
    status: "finished",
    note: "a note",
    params: { lr: "0.1", depth: "3", none: "None" },
    metrics: { loss: { last: 7, count: 6, lastStep: 9 }, nan: { last: Number.NaN } },
    tags: { kind: "test", a: "1" },
  });
  const child = store.listRuns({ parent: outer }).runs;
  expect(child.map(({ name, metrics }) => [name, metrics.acc?.last])).toEqual([["inner", 0.5]]);
}, 600_000);
