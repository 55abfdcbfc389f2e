/** Azure ML's contract: `score.py` with init() and run(), in its own inference server where that is installed. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../domain/errors";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import { SCORE_FILE } from "../bundle/containerFiles";
import type { Sample } from "../sample";
import { CONTRACT_NAMES, type ContractProfile, invocations } from "./contracts";

/** What its command `azmlinfsrv` does: that need not be on the path. */
const START = "from azureml_inference_server_http.amlserver import run; run()";

/** Whether that Python has Azure's own server. */
export async function findServer(python: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<boolean> {
  const look = "import importlib.util as u, sys; sys.exit(u.find_spec('azureml_inference_server_http') is None)";
  return await promisify(execFile)(python, ["-c", look], { env, signal }).then(
    () => true,
    () => {
      signal.throwIfAborted();
      return false;
    },
  );
}

export function azureProfile(folder: string, sample: Sample | null, port: number): ContractProfile {
  return {
    name: CONTRACT_NAMES.azureml,
    argv: ["-c", START, "--entry_script", path.join(folder, SCORE_FILE), "--port", String(port)],
    env: { AZUREML_MODEL_DIR: folder },
    health: ["/"],
    questions: invocations({ sample }, "/score"),
  };
}

/** The answer of run() to the sample, after init(), in a process of its own. Throws UserError when either fails. */
export async function driveScore(
  python: string,
  folder: string,
  sample: Sample | null,
  { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<unknown> {
  const program = path.join(pythonFolder("bundle_model"), "drive_score.py");
  const running = promisify(execFile)(python, ["-B", program, path.join(folder, SCORE_FILE)], {
    env: { ...env, AZUREML_MODEL_DIR: folder },
    cwd: folder,
    signal,
    maxBuffer: 2 ** 26,
    windowsHide: true,
  });
  running.child.stdin?.on("error", () => {});
  running.child.stdin?.end(sample ? JSON.stringify(sample.request) : "");
  try {
    return JSON.parse((await running).stdout);
  } catch (error) {
    signal.throwIfAborted();
    const { stderr = "" } = error as { stderr?: string };
    throw new UserError(
      `${SCORE_FILE} failed: ${stderr.trim().split(/\r?\n/).slice(-8).join("\n") || (error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}
