/** The Pythons that have the packages of the app that serves and of its models, and the servers of platforms. */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const cache = path.resolve(import.meta.dirname, "../../.cache");
export const APP = path.resolve(import.meta.dirname, "../../python/serve");
const MODELS = ["fastapi", "uvicorn", "orjson", "mlflow", "skops", "skl2onnx", "pyarrow"];
const PLATFORMS = ["kserve", "azureml_inference_server_http"];

/** The one that `npm test` names, else of an environment that it made before; undefined when there is none. */
export const pythonThatServes = () => find("MODELTRAIL_TEST_SERVE_PYTHON", MODELS);

/** As `pythonThatServes`, the one with the servers of platforms. */
export const pythonOfPlatforms = () => find("MODELTRAIL_TEST_PLATFORMS_PYTHON", PLATFORMS);

function find(variable: string, packages: readonly string[]): string | undefined {
  const named = process.env[variable];
  if (named) return named;
  const venvs = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith("venv-")) : [];
  const program = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";
  return venvs.map((name) => path.join(cache, name, program)).find((python) => has(python, packages));
}

function has(python: string, packages: readonly string[]): boolean {
  try {
    const look = `import importlib.util as i, sys; sys.exit(not all(map(i.find_spec, ${JSON.stringify(packages)})))`;
    execFileSync(python, ["-c", look], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Runs a program of this folder with our package to be found; what it printed. */
export async function runPython(python: string, program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(python, [path.join(import.meta.dirname, program), ...args], {
    env: { ...process.env, PYTHONPATH: APP, PYTHONDONTWRITEBYTECODE: "1" },
    maxBuffer: 1 << 26,
  });
  return stdout;
}
