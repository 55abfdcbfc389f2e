/** What kind of model files are, by their names and first bytes: nothing of them is run. */
import { parse } from "yaml";
import * as z from "zod/mini";
import type { ModelFlavour, ModelFormat } from "../../domain/bundle";
import { UserError } from "../../domain/errors";
import { fileFormat, type ModelFile, readAll } from "../../registry/fileFormat";
import type { ModelFiles } from "./modelFiles";

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

/** Throws UserError when it is none that can be served, or not clear which of several files it is. */
export async function findFormat({ files, isFolder }: ModelFiles): Promise<FoundFormat> {
  const mlmodel = files.find(({ name }) => name === MLMODEL);
  if (isFolder && mlmodel) return ofMlflow(readMlmodel((await readAll(mlmodel)).toString("utf8")), files);
  const found: FoundFormat[] = [];
  for (const file of files) {
    const format = await fileFormat(file);
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

function readMlmodel(text: string): MlflowModel {
  try {
    return MlflowModel.parse(parse(text));
  } catch (error) {
    throw new UserError(`The model's file ${MLMODEL} cannot be understood: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function ofMlflow(mlflow: MlflowModel, files: readonly ModelFile[]): FoundFormat {
  const { flavors } = mlflow;
  // By what reads it: further flavours say nothing of that.
  const reader = flavors.python_function?.loader_module;
  const found = (["sklearn", "xgboost", "lightgbm", "onnx"] as const).find(
    (name) => flavors[name] !== undefined && reader === `mlflow.${name}`,
  );
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
