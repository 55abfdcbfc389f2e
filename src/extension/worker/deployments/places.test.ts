import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tempStore } from "../../../store/testStore";
import { deployPlaces } from "./places";

const FILE = `targets:
  box: { kind: podman, image: wine }
  own: { kind: mlflow, python: venv/bin/python }
  batch: { kind: slurm, host: login }
deployments:
  cellar: { model: wine, target: box }
  other: { model: beer }
`;

test("a model's own deployments come first, then this machine and whatever serves, with what tells each from others", async () => {
  const store = tempStore();
  writeFileSync(path.join(store.root, "modeltrail.yaml"), FILE);
  const places = await deployPlaces(store, "wine");
  expect(places[0]).toEqual({
    ...{ to: "cellar", name: "cellar", target: "box", kind: "podman", place: "wine", isOwn: true, serves: null },
  });
  expect(places.slice(1)).toMatchObject([
    { to: "local", target: "local", kind: "", place: "", isOwn: false },
    { to: "box", kind: "podman", isOwn: false },
    { to: "own", kind: "mlflow", place: "venv/bin/python", isOwn: false },
  ]);
});
