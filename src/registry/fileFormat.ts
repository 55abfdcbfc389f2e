/** What kind of model a file is, by its name and some of its bytes: nothing of it is run. */
import { open, readFile } from "node:fs/promises";
import { extname } from "node:path/posix";
import type { ModelFlavour, ModelFormat } from "../domain/bundle";

export interface FileFormat {
  flavour: ModelFlavour;
  modelFormat: ModelFormat;
  /** Reading it runs code of whoever wrote it. */
  executesCode: boolean;
}

/** A file's name, and its bytes: where they are, or themselves. */
export interface ModelFile {
  name: string;
  content: { path: string } | { bytes: Buffer };
}

/** Endings of files that may be models: the only ones that are looked into. */
export const MODEL_ENDINGS: ReadonlySet<string> = new Set(
  ".joblib .pkl .pickle .skops .onnx .ubj .xgb .json .txt .lgb .pt .pth .ts .torchscript .py".split(" "),
);

/** Enough to tell formats apart. */
const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 1024 * 1024;

/** Null: it is no model that can be served. */
export async function fileFormat(file: ModelFile): Promise<FileFormat | null> {
  switch (extname(file.name).toLowerCase()) {
    case ".joblib":
      return { flavour: "sklearn", modelFormat: "joblib", executesCode: true };
    case ".pkl":
    case ".pickle": {
      const modelFormat = isJoblib(await readHead(file)) ? "joblib" : "pickle";
      return { flavour: "sklearn", modelFormat, executesCode: true };
    }
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

/** All of its bytes. */
export async function readAll({ content }: ModelFile): Promise<Buffer> {
  return "bytes" in content ? content.bytes : await readFile(content.path);
}

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
