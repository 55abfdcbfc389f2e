import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { canInstall, installFromDebian } from "./debian.mjs";
import { paths } from "./paths.mjs";
import { findProgram, runOrThrow } from "./processes.mjs";
import { once } from "./stamp.mjs";

const RELEASE = "bookworm";
const PACKAGES = "python3,python3-venv,ca-certificates";
const NEEDED = ["podman", "runc", "debootstrap"];

/** The name of the image that containers of tests are made of. */
export const baseImage = "localhost/modeltrail-test-base:latest";

/**
 * Podman with images and containers of its own, so that those of this machine are not touched, and an image with Python from
 * Debian's packages. Throws a sentence that says what is missing.
 * @returns {Promise<Record<string, string>>} variables under which `podman` is to be started
 */
export async function ensurePodman() {
  if (!NEEDED.every(findProgram)) {
    if (!canInstall()) throw new Error("Podman is missing: install podman, runc and debootstrap as root on Debian.");
    console.log("Installing Podman from Debian's packages …");
    await installFromDebian(NEEDED);
  }
  if (process.getuid?.() !== 0) throw new Error("Tests with containers are run as root only: debootstrap needs it.");
  const folder = path.join(paths.cache, "podman");
  const env = await configure(folder);
  const base = path.join(paths.cache, "container-base");
  const rootfs = path.join(base, "rootfs.tar");
  await once(path.join(base, ".stamp"), `${RELEASE} ${PACKAGES}`, () => makeBase(base, rootfs));
  const present = { env: { ...process.env, ...env }, stdio: "ignore" };
  // Podman itself says whether it has it: its storage can be cleared.
  await runOrThrow("podman", ["image", "exists", baseImage], present).catch(() =>
    runOrThrow("podman", ["import", "--quiet", rootfs, baseImage], present),
  );
  return env;
}

async function configure(folder) {
  await mkdir(folder, { recursive: true });
  const containers = path.join(folder, "containers.conf");
  const storage = path.join(folder, "storage.conf");
  await writeFile(
    containers,
    [
      "[containers]",
      // The default asks for more than a virtual machine without all rights may give.
      'default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]',
      "[engine]",
      // crun of this release does not take both versions of control groups at once, nor is there always a systemd.
      'runtime = "runc"',
      'cgroup_manager = "cgroupfs"',
      'events_logger = "file"',
      "",
    ].join("\n"),
  );
  await writeFile(
    storage,
    [
      "[storage]",
      'driver = "overlay"',
      `graphroot = "${folder}/storage"`,
      `runroot = "${process.env.XDG_RUNTIME_DIR ?? "/run"}/modeltrail-test-podman"`,
      "",
    ].join("\n"),
  );
  return { CONTAINERS_CONF: containers, CONTAINERS_STORAGE_CONF: storage };
}

async function makeBase(base, rootfs) {
  console.log("Making a base image for containers from Debian's packages …");
  await mkdir(base, { recursive: true });
  const root = await mkdtemp(path.join(base, "root-"));
  try {
    const quiet = { stdio: ["ignore", "ignore", "inherit"], limit: 10 * 60_000 };
    await runOrThrow(findProgram("debootstrap"), ["--variant=minbase", `--include=${PACKAGES}`, RELEASE, root], quiet);
    await runOrThrow("tar", ["-C", root, "-cf", `${rootfs}.part`, "."], quiet);
    await rename(`${rootfs}.part`, rootfs);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
