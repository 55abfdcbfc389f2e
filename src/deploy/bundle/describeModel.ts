/** Looks into a model in the Python that can read it: what it takes, what it answers, which packages it needs. */
import { spawn } from "node:child_process";
import path from "node:path";
import * as z from "zod/mini";
import { type BundleManifest, InputSchema } from "../../domain/bundle";
import { UserError } from "../../domain/errors";
import { maskText } from "../../domain/secrets";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import { cleanEnvironment } from "../../reproduce/venv";

export interface DescribeRequest {
  /** The folder of the bundle, with all but what is to be found out. */
  bundle: string;
  /** What its bundle.json says so far. */
  manifest: Omit<BundleManifest, "files" | "created">;
  /** MLflow's, as JSON. */
  signature: string | null;
  /** A file with a request that the project names. */
  given: string | null;
  /** A file with a request that was kept with the model. */
  example: string | null;
  /** Tables that the run read, and that models are evaluated with. */
  data: { name: string; path: string }[];
  /** Columns of these that a model is given, in their order, and the one that it should predict. */
  features: string[] | null;
  label: string | null;
}

const ModelDescription = z.object({
  input: z.nullable(InputSchema),
  /** A body for /invocations, its answer, and why there is none. */
  request: z.nullable(z.record(z.string(), z.unknown())),
  /**
   * Of the request: named by the project, kept with the model, rows of a table, such rows with missing values, such rows for a model
   * that knows columns by their places, or made up.
   */
  source: z.nullable(z.enum(["given", "example", "rows", "gaps", "places", "made"])),
  /** The table that rows are of, and those of its columns that they have not. */
  file: z.nullable(z.string()),
  without: z.array(z.string()),
  answer: z.unknown(),
  failure: z.nullable(z.string()),
  /** Version by name. */
  packages: z.record(z.string(), z.string()),
  /** "3.11.7". */
  python: z.string(),
});
export type ModelDescription = z.infer<typeof ModelDescription>;

const Said = z.union([z.object({ error: z.string() }), ModelDescription]);

/** A model is loaded and asked once within this time. */
const TIMEOUT_MS = 10 * 60_000;
const KEPT_OUTPUT = 8_000;

/** The model could not be loaded. */
export class NotLoaded extends UserError {
  /** The module that is missing; null when it is something else. */
  readonly missing: string | null;
  /** It was taken for one that holds data only, and runs code after all, or may. */
  readonly unsafe: boolean;

  constructor(why: string, python: string, printed: string) {
    const missing = /^ModuleNotFoundError: No module named '([^']+)'/.exec(why)?.[1] ?? null;
    super(`${whyNotLoaded(why, missing, python)}${lastLines(printed)}`);
    this.missing = missing;
    this.unsafe = /types that are not known to be safe|said to hold data only \(executesCode\)/.test(why);
  }
}

/** Throws NotLoaded when the model cannot be loaded there, UserError when Python cannot be started. Runs the model's code: to be asked for before. */
export async function describeModel(
  python: string,
  request: DescribeRequest,
  { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<ModelDescription> {
  const program = path.join(pythonFolder("bundle_model"), "describe.py");
  const late = AbortSignal.timeout(TIMEOUT_MS);
  const child = spawn(python, ["-B", program], {
    cwd: request.bundle,
    env: { ...cleanEnvironment(env), PYTHONUTF8: "1" },
    signal: AbortSignal.any([signal, late]),
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  const answer: Buffer[] = [];
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => answer.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => (printed = (printed + chunk).slice(-KEPT_OUTPUT)));
  // It ended before it had read all: told by its end.
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(request));
  const ended = await new Promise<{ code: number | null; by: string | null }>((resolve, reject) => {
    child.once("error", (error) => {
      if (late.aborted) reject(new UserError(`The model did not answer in ${TIMEOUT_MS / 60_000} minutes.`));
      else reject(signal.aborted ? error : cannotStart(python, error));
    });
    child.once("close", (code, by) => resolve({ code, by }));
  });
  const said = Said.safeParse(parse(Buffer.concat(answer).toString("utf8"))).data;
  if (said && !("error" in said)) return said;
  const end = ended.by ? `Python was ended by ${ended.by}` : `Python ended with ${ended.code}`;
  throw new NotLoaded(said?.error ?? end, python, printed);
}

function whyNotLoaded(why: string, missing: string | null, python: string): string {
  if (missing !== null) {
    return `The model needs the module ${missing}, which neither ${python} nor the code of its run has. Install it there, or choose the Python that the model was made with.`;
  }
  const main = /Can't get attribute '([^']+)' on <module '__main__'/.exec(why)?.[1];
  if (main !== undefined) {
    return `The model needs ${main}, which was defined in the script that made it and cannot be found again from a file of the model. Define it in a module that the script imports, and train again.`;
  }
  return `The model could not be loaded with ${python}: ${maskText(why)}.`;
}

function cannotStart(python: string, error: Error): UserError {
  return new UserError(`${python} cannot be started (${error.message}). Choose another Python.`, { cause: error });
}

function lastLines(text: string): string {
  const lines = text.trimEnd().split(/\r?\n/).slice(-8);
  return lines.join("") === "" ? "" : `\nIts last words:\n${maskText(lines.map((line) => `  ${line}`).join("\n"))}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
