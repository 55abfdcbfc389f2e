/** What a bundle says of itself: `bundle.json` at its root. A bundle is a model ready to be served, in a folder of its own. */
import * as z from "zod/mini";

export const BUNDLE_FILE = "bundle.json";

/** What the model was made with. `function`: a Python file of the user's with `predict`. */
export const ModelFlavour = z.enum(["mlflow", "sklearn", "xgboost", "lightgbm", "onnx", "torchscript", "function"]);
export type ModelFlavour = z.infer<typeof ModelFlavour>;

/** How the model's file is read. `joblib`, `pickle`, `torchscript` and most of `mlflow` run code of whoever wrote the file. */
export const ModelFormat = z.enum([
  "mlflow",
  "joblib",
  "pickle",
  "skops",
  "xgboost",
  "lightgbm",
  "onnx",
  "torchscript",
  "python",
]);
export type ModelFormat = z.infer<typeof ModelFormat>;

/** Types as MLflow's signatures name them, https://mlflow.org/docs/latest/ml/model/signatures. */
export const ColumnType = z.enum([
  "boolean",
  "integer",
  "long",
  "float",
  "double",
  "string",
  "binary",
  "datetime",
  "any",
]);
export type ColumnType = z.infer<typeof ColumnType>;

export const InputColumn = z.object({
  name: z.string(),
  type: ColumnType,
  required: z.boolean(),
  /** Seen in the sample or the training data; for messages, examples and checks, never to refuse by. */
  minimum: z.optional(z.number()),
  maximum: z.optional(z.number()),
});
export type InputColumn = z.infer<typeof InputColumn>;

export const TensorInput = z.object({
  name: z.nullable(z.string()),
  /** NumPy's name: "float32". */
  dtype: z.string(),
  /** -1: any length. */
  shape: z.array(z.int()),
});

/** What the model takes: a table of named columns, or tensors. Null in a manifest: it is not known, and nothing is refused. */
export const InputSchema = z.union([
  z.object({ columns: z.array(InputColumn) }),
  z.object({ tensors: z.array(TensorInput) }),
]);
export type InputSchema = z.infer<typeof InputSchema>;

export const BundleManifest = z.object({
  format: z.literal(1),
  /** In the registry. */
  model: z.string(),
  version: z.int(),
  /** Id of the run that made it. */
  run: z.nullable(z.string()),
  flavour: ModelFlavour,
  modelFormat: ModelFormat,
  /** Reading the model runs code of whoever wrote it. */
  executesCode: z.boolean(),
  /** The model's file or folder, relative to the bundle with `/`: "model/model.joblib". */
  entry: z.string(),
  /** "3.11". */
  python: z.string(),
  /** Pinned, as in requirements.txt: the model's packages, then those of the serving app. */
  requirements: z.array(z.string()),
  input: z.nullable(InputSchema),
  /**
   * `sample.json`: `{"request": {…a body for /invocations…}, "response": {"predictions": […]} | null}`; the response is what the
   * model answered when the bundle was built. Null: none is known.
   */
  sample: z.nullable(z.string()),
  /** Where its request is from, in words: "rows of data/wine.csv"; absent without a sample, and in bundles of before. */
  sampleSource: z.optional(z.string()),
  /** All but bundle.json, sorted by path. */
  files: z.array(z.object({ path: z.string(), size: z.number(), sha256: z.string() })),
  /** ISO 8601. */
  created: z.string(),
});
export type BundleManifest = z.infer<typeof BundleManifest>;
