/** `modeltrail bundle` */
import { createWriteStream } from "node:fs";
import { chmod, cp, mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { makeBundle } from "../../deploy/bundle/makeBundle";
import { checkCompatibility } from "../../deploy/compatibility/checkCompatibility";
import type { ReadyBundle, ServingContract } from "../../deploy/contract";
import { servingPython } from "../../deploy/environment/servingPython";
import { exportModel } from "../../deploy/mlflow/modelFolder";
import { archive } from "../../deploy/workflow/archive";
import { UserError } from "../../domain/errors";
import { formatSize } from "../../domain/format";
import { toJson } from "../../domain/json";
import { resolveVersion } from "../../registry/resolveVersion";
import { askTrust } from "../askTrust";
import { interruptible } from "../interrupt";
import { withStore } from "../open";
import { oneLine, pairs, print } from "../print";

export interface BundleCommandOptions {
  output?: string;
  archive?: string;
  mlflow?: string;
  check?: ServingContract;
  environment: string;
  python?: string;
  trust?: boolean;
  json?: boolean;
}

export async function bundleCommand(reference: string, options: BundleCommandOptions): Promise<void> {
  const { output, archive: zip, mlflow, check, environment, json } = options;
  if (environment !== "project" && environment !== "own") {
    throw new UserError(`"${environment}" is no environment for --environment: it is project or own.`);
  }
  if (output !== undefined) await refuseFull(output, "--output");
  if (mlflow !== undefined) await refuseFull(mlflow, "--mlflow");
  const onStep = (detail: string) => console.error(`modeltrail: ${oneLine(detail)}`);
  await withStore((store) =>
    interruptible(async (signal) => {
      const { env } = process;
      const version = resolveVersion(store, reference);
      const python = options.python === undefined ? undefined : path.resolve(options.python);
      const bundle = await makeBundle(store, version, { python, env, trust: askTrust(options.trust), onStep, signal });
      let said: string | null = null;
      if (check) {
        onStep("Starting it as its target would");
        const serving = await servingPython(store, bundle, { environment, env, onStep, signal });
        said = await checkCompatibility(bundle, check, serving, signal);
      }
      if (output !== undefined) await copyBundle(bundle, output);
      if (zip !== undefined) await pipeline(archive(bundle), createWriteStream(zip), { signal });
      if (mlflow !== undefined) await exportModel(bundle, path.resolve(mlflow));
      const folder = output === undefined ? bundle.folder : path.resolve(output);
      const { hash, manifest } = bundle;
      print(json ? toJson({ hash, folder, check: said, manifest }, 2) : describe(bundle, folder, said));
    }),
  );
}

/** Before the work, and not after it. */
async function refuseFull(folder: string, option: string): Promise<void> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new UserError(`${folder} cannot be used: ${error.message}`, { cause: error });
  });
  if (there.length > 0) throw new UserError(`${folder} is not empty. Give ${option} a new or empty folder.`);
}

/** What is copied is the user's own, to be changed as they like. */
async function copyBundle({ folder, manifest }: ReadyBundle, output: string): Promise<void> {
  await mkdir(output, { recursive: true });
  await cp(folder, output, { recursive: true, filter: (source) => path.basename(source) !== "__pycache__" });
  for (const name of [...manifest.files.map((file) => file.path), "bundle.json"]) {
    await chmod(path.join(output, ...name.split("/")), 0o644);
  }
}

function describe({ hash, manifest }: ReadyBundle, folder: string, check: string | null): string {
  const { model, version, flavour, modelFormat, python, requirements, input, sample, sampleSource, files } = manifest;
  const takes =
    input === null ? "not known" : "columns" in input ? columnsText(input.columns) : tensorsText(input.tensors);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const rows: [string, string][] = [
    ["model", oneLine(flavour === modelFormat ? flavour : `${flavour} (${modelFormat})`)],
    ["takes", oneLine(takes)],
    ["sample", sample === null ? "none" : oneLine(sampleSource ?? "with its answer")],
    ["python", `${python}, ${requirements.length} packages`],
    ["files", `${files.length}, ${formatSize(size)}`],
    ["folder", folder],
  ];
  const checked = check === null ? "" : `\n${oneLine(check)}`;
  return `Bundle ${hash.slice(0, 12)} of ${oneLine(model)}/${version}\n${pairs(rows)}${checked}`;
}

const SHOWN = 6;

function columnsText(columns: readonly { name: string }[]): string {
  const names = columns.slice(0, SHOWN).map(({ name }) => name);
  return `${columns.length} columns: ${names.join(", ")}${columns.length > SHOWN ? ", …" : ""}`;
}

function tensorsText(tensors: readonly { name: string | null; dtype: string; shape: readonly number[] }[]): string {
  const texts = tensors.map(({ name, dtype, shape }) => {
    const lengths = shape.map((length) => (length < 0 ? "?" : length)).join("×");
    return `${name ?? "tensor"} ${dtype} ${lengths}`;
  });
  return texts.join(", ");
}
