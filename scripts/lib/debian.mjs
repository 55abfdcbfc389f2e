import { existsSync, readFileSync } from "node:fs";
import { runOrThrow } from "./processes.mjs";

/** Whether packages can be installed here: Debian, as root. */
export function canInstall() {
  return isDebian() && process.getuid?.() === 0;
}

/**
 * Installs Debian packages, without those that they only recommend. Throws a sentence when one cannot be had.
 * @param {string[]} packages
 */
export async function installFromDebian(packages) {
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "inherit"],
    limit: 10 * 60_000,
  };
  const wait = ["-o", "DPkg::Lock::Timeout=300", "-q"];
  await runOrThrow("apt-get", ["update", ...wait], options);
  await runOrThrow("apt-get", ["install", "-y", "--no-install-recommends", ...wait, ...packages], options);
}

function isDebian() {
  return existsSync("/etc/os-release") && /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
}
