/** What a DVC experiment's commit holds: where `dvc.yaml` says that params, metrics and plots are. */
import path from "node:path";
import { parse as parseToml } from "smol-toml";
import { parsePythonJson } from "./pythonJson";
import { parseYaml } from "./yamlFile";

/** A commit's files, by their path with `/`. */
export interface CommitFiles {
  names: ReadonlySet<string>;
  read(name: string): Promise<Buffer>;
}

export interface DvcPlaces {
  params: Set<string>;
  metrics: Set<string>;
  /** Files and folders. */
  plots: Set<string>;
}

/** An output of a stage, as `dvc.lock` has it. */
export interface DvcOutput {
  path: string;
  /** ".dir" at the end for a folder. */
  md5: string;
}

export interface DvcProject {
  places: DvcPlaces;
  outputs: DvcOutput[];
  commands: string[];
}

type Tree = Record<string, unknown>;
const asTree = (value: unknown): Tree =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Tree) : {};
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Everything that the `dvc.yaml` and `dvc.lock` files of the commit name; those that are no YAML name nothing. */
export async function readDvcProject(files: CommitFiles): Promise<DvcProject> {
  const project: DvcProject = {
    places: { params: new Set(), metrics: new Set(), plots: new Set() },
    outputs: [],
    commands: [],
  };
  for (const name of files.names) {
    const base = path.posix.basename(name);
    if (base === "params.yaml") project.places.params.add(name);
    if (base === "dvc.yaml")
      readPipeline(asTree(await readStructure(files, name)), path.posix.dirname(name), project.places);
    if (base === "dvc.lock") readLock(asTree(await readStructure(files, name)), path.posix.dirname(name), project);
  }
  for (const kind of ["params", "metrics"] as const) {
    for (const name of project.places[kind]) if (!files.names.has(name)) project.places[kind].delete(name);
  }
  return project;
}

function readPipeline(pipeline: Tree, folder: string, places: DvcPlaces): void {
  addNames(places, pipeline, folder);
  for (const stage of Object.values(asTree(pipeline.stages))) {
    const body = asTree("do" in asTree(stage) ? asTree(stage).do : stage);
    const wdir = typeof body.wdir === "string" ? body.wdir : ".";
    if (wdir.includes("${")) continue;
    // What stands in a list of params is a key of params.yaml, or a file with its keys below.
    const params = asList(body.params).filter((entry) => typeof entry === "object");
    addNames(places, { ...body, params }, path.posix.join(folder, wdir));
  }
}

/** Entries are names, or names with options below. */
function addNames(places: DvcPlaces, owner: Tree, folder: string): void {
  for (const kind of ["params", "metrics", "plots"] as const) {
    for (const entry of asList(owner[kind])) {
      const names = typeof entry === "string" ? [entry] : Object.keys(asTree(entry));
      for (const name of names) if (!name.includes("${")) places[kind].add(path.posix.join(folder, name));
    }
  }
}

function readLock(lock: Tree, folder: string, project: DvcProject): void {
  for (const stage of Object.values(asTree(lock.stages))) {
    const { cmd, outs } = asTree(stage);
    for (const command of asList(cmd).concat(cmd)) if (typeof command === "string") project.commands.push(command);
    for (const output of asList(outs)) {
      const { path: name, md5 } = asTree(output);
      if (typeof name === "string" && typeof md5 === "string")
        project.outputs.push({ path: path.posix.join(folder, name), md5 });
    }
  }
}

/** The value in a JSON, TOML or YAML file; undefined when it is none. */
export async function readStructure(files: CommitFiles, name: string): Promise<unknown> {
  try {
    const text = (await files.read(name)).toString("utf8");
    if (name.endsWith(".json")) return parsePythonJson(text);
    return name.endsWith(".toml") ? parseToml(text) : parseYaml(text);
  } catch {
    return undefined;
  }
}
