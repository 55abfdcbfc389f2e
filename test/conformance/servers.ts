/** MLflow's own server, and scripts that speak to a server. */
import { execFile, spawn } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const QUIET = { MLFLOW_DISABLE_TELEMETRY: "true", MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true" };

export interface Running {
  uri: string;
  end(): Promise<void>;
}

/** `mlflow server` over SQLite in an empty folder. */
export async function startStockServer(python: string, folder: string): Promise<Running> {
  const port = await freePort();
  const store = [
    "--backend-store-uri",
    `sqlite:///${join(folder, "mlflow.db")}`,
    "--default-artifact-root",
    join(folder, "artifacts"),
  ];
  const argv = ["-m", "mlflow", "server", ...store, "--host", "127.0.0.1", "--port", String(port), "--workers", "1"];
  // In a group of its own: its workers end with it.
  const child = spawn(python, argv, {
    cwd: folder,
    env: { ...process.env, ...QUIET },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const exit = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const uri = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const up = await fetch(`${uri}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) break;
    if (child.exitCode !== null || tries > 600)
      throw new Error(`MLflow's server does not start: ${said.slice(-2_000)}`);
    await wait(200);
  }
  return {
    uri,
    async end() {
      if (child.exitCode === null) process.kill(-child.pid!, "SIGKILL");
      await exit;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Runs a script of this folder against a server, and gives what it wrote as JSON. Throws with what it said when it fails. */
export async function runClient<T>(python: string, script: string, uri: string, folder: string): Promise<T> {
  const result = join(folder, "result.json");
  await runScript(python, script, uri, folder, [result]);
  return JSON.parse(readFileSync(result, "utf8")) as T;
}

/** Runs a script of this folder in `folder` against a server. Throws with what it said when it fails. */
export function runScript(python: string, script: string, uri: string, folder: string, args: string[] = []) {
  // Away from the repository, which a client would describe in tags.
  const program = join(folder, basename(script));
  copyFileSync(fileURLToPath(new URL(script, import.meta.url)), program);
  const env = { ...process.env, ...QUIET, MLFLOW_TRACKING_URI: uri, MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1" };
  return new Promise<void>((resolve, reject) => {
    execFile(python, [program, ...args], { cwd: folder, env }, (error, _out, err) => {
      if (error) reject(new Error(err.slice(-4_000) || error.message));
      else resolve();
    });
  });
}
