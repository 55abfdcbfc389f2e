import { execFileSync } from "node:child_process";
import path from "node:path";
import { canInstall, installFromDebian } from "./debian.mjs";
import { paths } from "./paths.mjs";
import { ensureVenv } from "./python.mjs";

/** Debian's: PyPI's torch brings the libraries of GPUs along, which are too large for this. */
const BASE = "/usr/bin/python3";

/** A Python with torch and what serves models. Throws a sentence when there can be none: tests that need it leave themselves out. */
export async function ensureTorchPython() {
  if (torchVersion() === undefined && canInstall()) {
    console.log("Installing python3-torch from Debian's packages …");
    await installFromDebian(["python3-torch", "python3-venv"]);
  }
  const version = torchVersion();
  if (version === undefined) throw new Error("TorchScript is not tried: torch cannot be had on this machine.");
  const base = { command: BASE, identity: version, options: ["--system-site-packages"] };
  return ensureVenv([path.join(paths.root, "test/serve/torch.txt")], base);
}

/** With that of Python. */
function torchVersion() {
  try {
    const look = "import sys, torch; print(sys.version, torch.__version__)";
    return execFileSync(BASE, ["-c", look], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
