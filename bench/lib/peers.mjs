/** The peers from PyPI, installed once into `.cache/`, pinned by requirements.txt. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const requirements = fileURLToPath(new URL("../requirements.txt", import.meta.url));
const cache = fileURLToPath(new URL("../../.cache/", import.meta.url));

/**
 * The folder with the peers' programs (`mlflow`, `dvc`, `python`), or null, said in one line, when PyPI cannot be reached.
 * @returns {string | null}
 */
export function installPeers() {
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const venv = join(cache, `bench-peers-${hash}`);
  const bin = join(venv, process.platform === "win32" ? "Scripts" : "bin");
  const stamp = join(venv, "installed");
  if (existsSync(stamp)) return bin;
  rmSync(venv, { recursive: true, force: true });
  console.log("Installing the peers (mlflow, dvc) from PyPI, once …");
  try {
    execFileSync("python3", ["-m", "venv", venv], { stdio: "inherit" });
    execFileSync(join(bin, "python"), ["-m", "pip", "install", "-q", "--no-deps", "-r", requirements], {
      stdio: "inherit",
    });
  } catch (error) {
    console.log(`Peers left out: they could not be installed from PyPI (${error.message.split("\n")[0]}).`);
    return null;
  }
  writeFileSync(stamp, "");
  return bin;
}
