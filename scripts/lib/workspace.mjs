import { execFileSync } from "node:child_process";
import { appendFileSync, realpathSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { paths } from "./paths.mjs";

/** A fresh folder with a path short enough for the sockets that VS Code puts below it (macOS's own temporary folder is not). */
export async function temporaryFolder() {
  const base = process.platform === "darwin" ? "/tmp" : os.tmpdir();
  return await mkdtemp(path.join(realpathSync(base), "mt-"));
}

/** Removes a temporary folder; what a process that is just ending still writes there is waited for. */
export async function removeFolder(folder) {
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}

/**
 * Copies the examples, or one of them, into `folder` as a user would have them: without recorded runs, and committed to git.
 * @param {string} folder
 * @param {{ example?: string, git?: boolean }} [options]
 */
export async function copyExamples(folder, { example = "", git = true } = {}) {
  const leaveOut = new Set([".modeltrail", ".venv", "__pycache__"]);
  await cp(path.join(paths.examples, example), folder, {
    recursive: true,
    filter: (source) => !leaveOut.has(path.basename(source)),
  });
  if (git) commitAll(folder, "Start");
}

/** Makes `folder` a git repository, when it is none, and commits everything in it. A `.venv` stays out, as it does for most users. */
export function commitAll(folder, message) {
  const git = (...args) => execFileSync("git", args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  git("init", "--quiet", "--initial-branch=main");
  appendFileSync(path.join(folder, ".git/info/exclude"), ".venv\n");
  git("add", "--all");
  const settings = ["user.name=Tester", "user.email=tester@example.com", "commit.gpgSign=false"];
  git(...settings.flatMap((setting) => ["-c", setting]), "commit", "--quiet", "-m", message);
}
