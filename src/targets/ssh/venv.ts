/** Virtual environments on a machine, one for each set of packages, kept there for the next job. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import { explainInstall } from "../../reproduce/installFailure";
import type { Problem } from "../contract";
import type { Host } from "../host/contract";
import { inHome } from "../host/inHome";
import type { Activation } from "../jobFolder/contract";
import type { Packages } from "../packages";

const FOLDER = "~/.modeltrail/environments";

/** What python/host/environment.py says. */
type Said =
  | { progress: string }
  | { ready: string; python: string }
  | { error: string; stderr?: string }
  | { found: string; exists: boolean; usable: boolean };

/** The folder of these packages there. */
function folderOf({ python, requirements }: Packages): string {
  const key = createHash("sha256")
    .update(JSON.stringify([python, requirements]))
    .digest("hex");
  return `${FOLDER}/${key.slice(0, 16)}`;
}

/** What would keep the environment from being made, or make it another one than here; quick, and without effect. */
export async function checkVenv(
  host: Host,
  python: string,
  packages: Packages,
  signal: AbortSignal,
): Promise<Problem[]> {
  const said = await ask(host, python, "check", packages, { onProgress() {}, signal });
  if (!("found" in said)) throw failure(host, packages, said);
  if (said.exists) return [];
  const problems: Problem[] = [];
  if (!said.usable) {
    const message = `Python on ${host.name} can make no virtual environments. Install its venv module (on Debian the package python3-venv) or uv there.`;
    problems.push({ severity: "error", message });
  }
  if (packages.python && said.found !== "" && minor(said.found) !== minor(packages.python)) {
    const message = `There is no Python ${minor(packages.python)} on ${host.name}: the environment is made with ${said.found}, and here the run would have ${packages.python}.`;
    problems.push({ severity: "warning", message });
  }
  return problems;
}

/** Makes it unless it is there. Throws UserError, saying which package is not to be had. */
export async function makeVenv(
  host: Host,
  python: string,
  packages: Packages,
  options: { onProgress(line: string): void; signal: AbortSignal },
): Promise<Activation> {
  const said = await ask(host, python, "make", packages, options);
  if (!("ready" in said)) throw failure(host, packages, said);
  return { kind: "venv", path: said.ready };
}

const minor = (version: string) => version.split(".").slice(0, 2).join(".");

async function ask(
  host: Host,
  python: string,
  action: "check" | "make",
  packages: Packages,
  { onProgress, signal }: { onProgress(line: string): void; signal: AbortSignal },
): Promise<Said> {
  const program = readFileSync(path.join(pythonFolder("host"), "environment.py"), "utf8");
  const request = { action, folder: folderOf(packages), version: packages.python, requirements: packages.requirements };
  let rest = "";
  let last: Said | undefined;
  const { exitCode, stderr } = await host.exec(inHome([python, "-I", "-c", program]), {
    input: JSON.stringify(request),
    onOutput(chunk) {
      const lines = (rest + chunk.toString("utf8")).split("\n");
      rest = lines.pop()!;
      for (const said of lines.map(readLine)) {
        if (said && "progress" in said) onProgress(`${said.progress} on ${host.name}`);
        else last = said ?? last;
      }
    },
    signal,
  });
  return last ?? { error: stderr.trim().split("\n").at(-1) || `exit code ${exitCode}` };
}

/** Null for what is none of ours. */
function readLine(line: string): Said | null {
  const mark = "modeltrail-answer ";
  return line.startsWith(mark) ? (JSON.parse(line.slice(mark.length)) as Said) : null;
}

function failure(host: Host, packages: Packages, said: Said): unknown {
  const { error = "it said nothing", stderr } = said as { error?: string; stderr?: string };
  if (stderr === undefined) return new UserError(`No environment could be made on ${host.name}: ${error}`);
  const explained = explainInstall(
    { stderr },
    { requirements: packages.requirements, python: packages.python ?? "there" },
  );
  return new UserError(`${host.name}: ${(explained as Error).message}`);
}
