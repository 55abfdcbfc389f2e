/** What the tracer cannot see, said once: programs in other languages, and libraries that open files in compiled code. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { Gap } from "../../domain/run";
import type { SpoolRecord } from "../../ingest/spool";
import type { IngestBatch } from "../../store/contract";
import type { Listener } from "../listener";

/** Top-level modules that open data files past Python. */
const BLIND_MODULES = new Set(
  `h5py tables netCDF4 pyarrow polars duckdb datasets deltalake cv2 torch torchvision torchaudio tensorflow tensorstore
  xgboost lightgbm catboost safetensors lmdb faiss fasttext sentencepiece tokenizers soundfile librosa decord av SimpleITK
  rasterio fiona pyogrio osgeo openslide onnxruntime tflite_runtime llama_cpp vaex datatable pyreadstat vtk itk
  nvidia.dali cudf cupy`.split(/\s+/),
);
/** Programs that look at the machine or at git, and at no data. */
const HARMLESS = new Set(
  `uname which where whoami hostname id getconf lscpu nproc sysctl sw_vers system_profiler ldconfig nvidia-smi rocm-smi
  git tput stty infocmp locale arch date sleep true false echo env`.split(/\s+/),
);

export interface Blindness extends Listener {
  /** Whether files could have been read or written unseen. */
  readonly isPossible: boolean;
}

/**
 * `isPython`: the command is an interpreter, so that silence means that the tracer could not start. Null: who records the run
 * knows why there is silence, and says so. `isInstalled`: whether a module is in one of the folders that modules come from.
 */
export function createBlindness(isPython: boolean | null, isInstalled = isPresent): Blindness {
  const programs = new Set<string>();
  const modules = new Set<string>();
  const searched = new Set<string>();
  let traced = false;
  let ready: Gap[] = [];

  function hearOne(event: SpoolRecord): void {
    if (event.e === "start") {
      traced = true;
      for (const folder of event.path) searched.add(folder);
    }
    if (event.e === "spawn" && !HARMLESS.has(basename(event.argv0))) programs.add(basename(event.argv0));
    else if (event.e === "import" && BLIND_MODULES.has(event.name)) modules.add(event.name);
  }

  /** Those that are there: many libraries try to import others and do without, as in `try: import pyarrow`. */
  const presentModules = () => [...modules].filter((name) => isInstalled(name, searched));

  return {
    get isPossible() {
      return !traced || programs.size > 0 || presentModules().length > 0;
    },
    hear(events) {
      events.forEach(hearOne);
    },
    take(): IngestBatch {
      const gaps = ready;
      ready = [];
      return gaps.length > 0 ? { gaps } : {};
    },
    async finish() {
      if (!traced && isPython !== null) ready.push({ kind: "tracer", message: isPython ? SILENT : OTHER_LANGUAGE });
      if (programs.size > 0) ready.push({ kind: "tracer", message: programsMessage([...programs]) });
      const present = presentModules();
      if (present.length > 0) ready.push({ kind: "tracer", message: modulesMessage(present) });
    },
  };
}

function isPresent(name: string, searched: ReadonlySet<string>): boolean {
  for (const folder of searched) {
    if (existsSync(join(folder, name)) || existsSync(join(folder, `${name}.py`))) return true;
  }
  return false;
}

const SILENT =
  "The tracer could not start in this Python (it was started with -I, -E or -S, or ended too soon), so the files that it read are not known.";
const OTHER_LANGUAGE = "The command is not Python, so the files that it read are not known.";

function programsMessage(names: string[]): string {
  return `The run started ${listOf(names)}, whose files are not seen: files that were read may be missing here.`;
}

function modulesMessage(names: string[]): string {
  return `${listOf(names)} can open files in compiled code, which is not seen: files that were read may be missing here.`;
}

/** "a", "a and b", "a, b and 7 more" */
function listOf(names: string[]): string {
  const sorted = names.sort();
  if (sorted.length > 5) return `${sorted.slice(0, 4).join(", ")} and ${sorted.length - 4} more`;
  const last = sorted.pop()!;
  return sorted.length > 0 ? `${sorted.join(", ")} and ${last}` : last;
}
