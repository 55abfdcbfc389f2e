import { cpSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "../../store/testStore";
import { detectPlaces } from "./detect";
import { fixture, makeFile } from "./testImport";

const logs = path.resolve(import.meta.dirname, "../../../test/fixtures/tensorboard");
const kinds = async (source: string) => (await detectPlaces(source, tempFolder())).map(({ kind }) => kind);

test("each tracker is known by what it leaves", async () => {
  const files = fixture("mlflow-files");
  expect(await kinds(files)).toEqual(["mlflow-folder"]);
  expect(await kinds(path.join(files, "mlruns"))).toEqual(["mlflow-folder"]);
  const database = fixture("mlflow-database");
  expect(await kinds(path.join(database, "mlflow.db"))).toEqual(["mlflow-database"]);
  expect(await kinds(database)).toEqual(["mlflow-database"]);
  expect(await kinds(fixture("trackio"))).toEqual(["trackio"]);
  const wandb = fixture("wandb");
  expect(await kinds(wandb)).toEqual(["wandb"]);
  expect(await kinds(path.join(wandb, "wandb"))).toEqual(["wandb"]);
  expect(await kinds("https://me:pass@mlflow.example/x")).toEqual(["mlflow-server"]);
});

test("TensorBoard's files are found in their own folder, and in a project's usual ones", async () => {
  expect(await kinds(logs)).toEqual(["tensorboard"]);
  const project = tempFolder();
  cpSync(logs, path.join(project, "runs"), { recursive: true });
  makeFile(path.join(project, ".git", "HEAD"), "");
  expect(await detectPlaces(project, tempFolder())).toEqual([
    { kind: "tensorboard", location: path.join(project, "runs") },
  ]);
});

test("a folder with runs of our own and other things is nothing, and so is a database of others", async () => {
  const folder = tempFolder();
  makeFile(path.join(folder, "runs", "notes.txt"), "");
  makeFile(path.join(folder, "data.db"), "SQLite format 3\u0000 but no more");
  await expect(kinds(folder)).rejects.toThrow("is nothing that runs can be imported from");
  await expect(kinds(path.join(folder, "missing"))).rejects.toThrow("There is no");
});
