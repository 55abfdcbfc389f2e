/** What kind of model files are, by their names and first bytes: nothing of them is run. */
import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import * as z from "zod/mini";
import type { ModelFlavour, ModelFormat } from "../../domain/bundle";
import { UserError } from "../../domain/errors";
import type { ModelFile, ModelFiles } from "./modelFiles";

export interface FoundFormat {
  flavour: ModelFlavour;
  modelFormat: ModelFormat;
  /** Reading it runs code of whoever wrote it. */
  executesCode: boolean;
  /** Within the model; "" is its folder. */
  entry: string;
  /** Of an MLflow model. */
  mlflow: MlflowModel | null;
}

/** The part of a file `MLmodel` that is of use here: https://mlflow.org/docs/latest/ml/model. */
export const MlflowModel = z.object({
  flavors: z.record(z.string(), z.record(z.string(), z.unknown())),
  /** Each is JSON in a text. */
  signature: z.nullish(z.object({ inputs: z.nullish(z.string()), outputs: z.nullish(z.string()) })),
  saved_input_example_info: z.nullish(
    z.looseObject({ artifact_path: z.string(), serving_input_path: z.nullish(z.string()) }),
  ),
});
export type MlflowModel = z.infer<typeof MlflowModel>;

const MLMODEL = "MLmodel";
/** Enough to tell formats apart. */
const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 1024 * 1024;

/** Throws UserError when it is none that can be served, or not clear which of several files it is. */
export async function findFormat({ files, isFolder }: ModelFiles): Promise<FoundFormat> {
  const mlmodel = files.find(({ name }) => name === MLMODEL);
  if (isFolder && mlmodel) return ofMlflow(MlflowModel.parse(parse((await readAll(mlmodel)).toString("utf8"))), files);
  const found: FoundFormat[] = [];
  for (const file of files) {
    const format = await ofFile(file);
    if (format) found.push({ ...format, entry: file.name, mlflow: null });
  }
  // A function may have the model that it reads beside it.
  const functions = found.filter(({ modelFormat }) => modelFormat === "python");
  const chosen = functions.length === 1 && isFolder ? functions : found;
  if (chosen.length === 1) return chosen[0]!;
  const names = files.map(({ name }) => name);
  const listed = `${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}`;
  throw new UserError(
    chosen.length === 0
      ? `${listed}: no model that can be served. These can: MLflow models, joblib, pickle and skops files, XGBoost (.json, .ubj), LightGBM (.txt), ONNX, TorchScript (.pt), and a Python file with a function predict.`
      : `There are several models: ${chosen.map(({ entry }) => entry).join(", ")}. Register the one to be served by its own path.`,
  );
}

function ofMlflow(mlflow: MlflowModel, files: readonly ModelFile[]): FoundFormat {
  const { flavors } = mlflow;
  const found = (["sklearn", "xgboost", "lightgbm", "onnx"] as const).find((name) => flavors[name] !== undefined);
  const flavour = found ?? "mlflow";
  return { flavour, modelFormat: "mlflow", executesCode: runsCode(mlflow, found, files), entry: "", mlflow };
}

/** Formats of their own hold data only; all else is pickled, or brings code along. */
function runsCode({ flavors }: MlflowModel, flavour: string | undefined, files: readonly ModelFile[]): boolean {
  if (Object.values(flavors).some(({ code }) => typeof code === "string" && code !== "")) return true;
  if (flavour === undefined) return true;
  const { serialization_format: format, skops_trusted_types: trusted } = flavors.sklearn ?? {};
  // Whoever wrote the model wrote down, too, what of it is to be trusted.
  if (flavour === "sklearn" && (format !== "skops" || (Array.isArray(trusted) && trusted.length > 0))) return true;
  return files.some(({ name }) => /\.(?:pkl|pickle|joblib|py)$/i.test(name));
}

async function ofFile(file: ModelFile): Promise<Omit<FoundFormat, "entry" | "mlflow"> | null> {
  const extension = path.posix.extname(file.name).toLowerCase();
  switch (extension) {
    case ".joblib":
      return { flavour: "sklearn", modelFormat: "joblib", executesCode: true };
    case ".pkl":
    case ".pickle":
      return {
        flavour: "sklearn",
        modelFormat: isJoblib(await readHead(file)) ? "joblib" : "pickle",
        executesCode: true,
      };
    case ".skops":
      // Types that skops does not know are named when it is read, and refused unless they are trusted.
      return { flavour: "sklearn", modelFormat: "skops", executesCode: false };
    case ".onnx":
      return { flavour: "onnx", modelFormat: "onnx", executesCode: false };
    case ".ubj":
    case ".xgb":
      return { flavour: "xgboost", modelFormat: "xgboost", executesCode: false };
    case ".json":
      if (!/"learner"\s*:\s*\{/.test((await readHead(file)).toString("latin1"))) return null;
      return { flavour: "xgboost", modelFormat: "xgboost", executesCode: false };
    case ".txt":
    case ".lgb":
      if (!/^tree\r?\nversion=/.test((await readHead(file)).toString("latin1"))) return null;
      return { flavour: "lightgbm", modelFormat: "lightgbm", executesCode: false };
    case ".pt":
    case ".pth":
    case ".ts":
    case ".torchscript":
      if (!isTorchScript(await readHead(file), await readTail(file))) return null;
      return { flavour: "torchscript", modelFormat: "torchscript", executesCode: true };
    case ".py":
      if (!/^(?:async )?def predict\s*\(/m.test((await readAll(file)).toString("utf8"))) return null;
      return { flavour: "function", modelFormat: "python", executesCode: true };
    default:
      return null;
  }
}

/** Compressed, or with arrays beside the pickle: plain `pickle` cannot read either. */
function isJoblib(head: Buffer): boolean {
  const starts = ["78", "1f8b", "425a68", "fd377a585a", "5d0000", "04224d18"];
  return starts.some((start) => head.toString("hex", 0, 5).startsWith(start)) || head.includes("joblib.numpy_pickle");
}

/** A zip whose list names code; state dictionaries, and models that are pickled whole, have none. */
function isTorchScript(head: Buffer, tail: Buffer): boolean {
  return head.toString("latin1", 0, 2) === "PK" && /\/code\/__torch__|\/constants\.pkl/.test(tail.toString("latin1"));
}

const readAll = async ({ content }: ModelFile) => ("bytes" in content ? content.bytes : await readFile(content.path));
const readHead = (file: ModelFile) => readPart(file, () => 0, HEAD_BYTES);
/** Where a zip has the list of its files. */
const readTail = (file: ModelFile) => readPart(file, (size) => Math.max(0, size - TAIL_BYTES), TAIL_BYTES);

async function readPart({ content }: ModelFile, from: (size: number) => number, bytes: number): Promise<Buffer> {
  if ("bytes" in content) return content.bytes;
  const file = await open(content.path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(bytes, size)), 0, null, from(size));
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
