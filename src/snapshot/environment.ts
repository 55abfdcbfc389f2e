/** The environment of a run: interpreter, packages, machine, and the variables that are known to change results. */
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Environment, Gap } from "../domain/run";
import { maskValue } from "../domain/secrets";
import { findProgram } from "./findProgram";
import { type Distribution, readDistributions } from "./packages";

/** What the tracer says of the interpreter at its start. */
export interface Interpreter {
  executable: string;
  /** E.g. "3.11.7". */
  version: string;
  /** E.g. "cpython". */
  implementation: string;
  /** `sys.prefix`. */
  prefix: string;
  /** `sys.path`. */
  path: string[];
}

export interface EnvironmentOptions {
  /** Null when the command is not Python, or its interpreter did not say. */
  interpreter: Interpreter | null;
  /** Top-level modules from outside the project that the run imported. */
  modules: readonly string[];
  /** The variables that the command was started with. */
  env: NodeJS.ProcessEnv;
  /** The project: packages that take their code from inside it are part of its code. */
  root: string;
  storeFolder: string;
}

/** Never more than these: other variables may hold secrets. */
const VARIABLES = [
  "PYTHONHASHSEED",
  "CUDA_VISIBLE_DEVICES",
  "OMP_NUM_THREADS",
  "MKL_NUM_THREADS",
  "OPENBLAS_NUM_THREADS",
  "NUMEXPR_NUM_THREADS",
  "VECLIB_MAXIMUM_THREADS",
  "TF_DETERMINISTIC_OPS",
  "TF_CUDNN_DETERMINISTIC",
  "CUBLAS_WORKSPACE_CONFIG",
  "NVIDIA_TF32_OVERRIDE",
  "PYTORCH_CUDA_ALLOC_CONF",
  "XLA_FLAGS",
  "TOKENIZERS_PARALLELISM",
  "HF_HUB_OFFLINE",
  "RANK",
  "LOCAL_RANK",
  "WORLD_SIZE",
  "LANG",
  "LC_ALL",
  "TZ",
];

const GPU_TIMEOUT_MS = 2000;

/** Reads the environment. Never throws: what cannot be read is left out or is a gap. */
export async function readEnvironment(options: EnvironmentOptions): Promise<{ environment: Environment; gaps: Gap[] }> {
  const { interpreter, env } = options;
  const [distributions, conda, gpus] = await Promise.all([
    interpreter ? readDistributions(interpreter.path, path.join(options.storeFolder, "cache")) : [],
    interpreter ? condaPackages(interpreter.prefix) : {},
    listGpus(env),
  ]);
  const packages = Object.fromEntries(distributions.map(({ name, version }) => [name, version]));
  const cpus = os.cpus();
  const environment: Environment = {
    python: interpreter?.version ?? null,
    executable: interpreter?.executable ?? null,
    implementation: interpreter?.implementation ?? null,
    platform: `${os.type()}-${os.release()}-${os.machine()}`,
    cpu: cpus[0]?.model.trim() || os.machine(),
    cores: cpus.length || os.availableParallelism(),
    memory: os.totalmem(),
    gpus,
    packages: { ...conda, ...packages },
    imported: importedOf(distributions, options.modules),
    variables: Object.fromEntries(
      VARIABLES.filter((name) => env[name] !== undefined).map((name) => [name, maskValue(name, env[name]!)]),
    ),
  };
  return { environment, gaps: outsideCode(distributions, options.root) };
}

function importedOf(distributions: Distribution[], modules: readonly string[]): string[] {
  const wanted = new Set(modules);
  return distributions
    .filter((distribution) => distribution.modules.some((name) => wanted.has(name)))
    .map(({ name }) => name);
}

/** Packages whose version does not tell their code, because it is taken from a folder that anyone can change. */
function outsideCode(distributions: Distribution[], root: string): Gap[] {
  return distributions
    .filter(({ sourceFolder }) => sourceFolder !== null && path.relative(root, sourceFolder).startsWith(".."))
    .map(({ name, version, sourceFolder }) => ({
      kind: "environment",
      path: sourceFolder!,
      message: `${name} ${version} was installed from the folder ${sourceFolder}, whose code is not part of this snapshot.`,
    }));
}

/** What conda installed besides Python's own distributions, as "conda:NAME". */
async function condaPackages(prefix: string): Promise<Record<string, string>> {
  const names = await readdir(path.join(prefix, "conda-meta")).catch(() => []);
  // "cudatoolkit-11.8.0-h6a678d5_0.json"
  const parsed = names.map((name) => /^(.+)-([^-]+)-[^-]+\.json$/.exec(name)).filter((match) => match !== null);
  return Object.fromEntries(parsed.map(([, name, version]) => [`conda:${name}`, version!]));
}

/** E.g. ["NVIDIA A100-SXM4-40GB"]; empty where there is no nvidia-smi. */
async function listGpus(env: NodeJS.ProcessEnv): Promise<string[]> {
  const program = findProgram("nvidia-smi", env);
  if (!program) return [];
  try {
    const { stdout } = await promisify(execFile)(program, ["-L"], { timeout: GPU_TIMEOUT_MS, windowsHide: true });
    // "GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-…)"
    return [...stdout.matchAll(/^GPU \d+: (.+?)(?: \(UUID.*)?$/gm)].map(([, name]) => name!);
  } catch {
    return [];
  }
}
