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

/**
 * Seeds, thread counts, devices and switches of libraries, and the image of a container. Never more than these: other variables
 * may hold secrets.
 */
export const VARIABLES: ReadonlySet<string> = new Set(
  `PYTHONHASHSEED PYTHONOPTIMIZE PYTHONUTF8 SOURCE_DATE_EPOCH LANG LC_ALL LC_NUMERIC TZ
  OMP_NUM_THREADS OMP_DYNAMIC OMP_SCHEDULE OMP_PROC_BIND OMP_PLACES KMP_AFFINITY KMP_DETERMINISTIC_REDUCTION
  MKL_NUM_THREADS MKL_DYNAMIC MKL_CBWR MKL_ENABLE_INSTRUCTIONS
  OPENBLAS_NUM_THREADS OPENBLAS_CORETYPE GOTO_NUM_THREADS BLIS_NUM_THREADS VECLIB_MAXIMUM_THREADS
  NUMEXPR_NUM_THREADS NUMEXPR_MAX_THREADS NUMBA_NUM_THREADS NUMBA_DISABLE_JIT RAYON_NUM_THREADS POLARS_MAX_THREADS
  NPY_DISABLE_CPU_FEATURES NPY_ENABLE_CPU_FEATURES ATEN_CPU_CAPABILITY
  CUDA_VISIBLE_DEVICES CUDA_DEVICE_ORDER CUDA_LAUNCH_BLOCKING CUBLAS_WORKSPACE_CONFIG NVIDIA_TF32_OVERRIDE
  HIP_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES NCCL_ALGO NCCL_PROTO
  PYTORCH_CUDA_ALLOC_CONF PYTORCH_ENABLE_MPS_FALLBACK TORCH_ALLOW_TF32_CUBLAS_OVERRIDE PL_GLOBAL_SEED PL_SEED_WORKERS
  TF_DETERMINISTIC_OPS TF_CUDNN_DETERMINISTIC TF_CUDNN_USE_AUTOTUNE TF_ENABLE_ONEDNN_OPTS TF_NUM_INTRAOP_THREADS
  TF_NUM_INTEROP_THREADS XLA_FLAGS KERAS_BACKEND
  JAX_PLATFORMS JAX_ENABLE_X64 JAX_DEFAULT_MATMUL_PRECISION JAX_DEFAULT_PRNG_IMPL JAX_THREEFRY_PARTITIONABLE
  ACCELERATE_MIXED_PRECISION TOKENIZERS_PARALLELISM HF_HUB_OFFLINE HF_DATASETS_OFFLINE TRANSFORMERS_OFFLINE
  RANK LOCAL_RANK NODE_RANK WORLD_SIZE LOCAL_WORLD_SIZE MPLBACKEND MODELTRAIL_IMAGE`.split(/\s+/),
);
/** Seeds under names of the users' own, as long as they are numbers: what is called a seed can be a secret otherwise. */
const SEED_NAME = /(?:^|_)SEED$/i;
const SEED_VALUE = /^-?\d{1,20}$/;

/** Of an environment, the variables that runs remember, by name. */
export function recordedVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const recorded: Record<string, string> = {};
  for (const name of Object.keys(env).sort()) {
    const value = env[name] ?? "";
    const isSeed = SEED_NAME.test(name) && SEED_VALUE.test(value);
    if (VARIABLES.has(name) || isSeed) recorded[name] = maskValue(name, value);
  }
  return recorded;
}

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
    variables: recordedVariables(env),
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
