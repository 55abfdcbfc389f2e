/** The recipe of an image that holds a Python with given packages. */
import { createHash } from "node:crypto";

export interface ImageRecipe {
  /** An image with Python and its venv. */
  base: string;
  /** Its content: another base of the same name makes another image. */
  digest: string;
  /** Of the base's distribution. */
  packages: readonly string[];
  /** Lines of a requirements file. */
  requirements: readonly string[];
  /** Settings of pip that are no secrets, by variable: PIP_INDEX_URL and the like. */
  pip: Readonly<Record<string, string>>;
}

export interface Recipe {
  /** By name, in the folder that is built from. */
  files: Record<string, string>;
  /** Equal recipes have equal tags. */
  tag: string;
}

/** Where the environment is in the image; its programs are found first. */
const VENV = "/opt/modeltrail";

/**
 * Packages go into an environment of their own, as the base's Python may refuse to be changed (PEP 668), and sees what the base
 * has: images of CUDA builds bring their libraries along.
 */
export function recipeOf({ base, digest, packages, requirements, pip }: ImageRecipe): Recipe {
  const install = `${VENV}/bin/python -m pip install --no-input --no-cache-dir --disable-pip-version-check -r /tmp/requirements.txt`;
  const containerfile = [
    `# ${digest}`,
    `FROM ${base}`,
    ...Object.keys(pip)
      .sort()
      .map((name) => `ARG ${name}`),
    ...(packages.length > 0 ? [`RUN ${installPackages(packages)}`] : []),
    `RUN python3 -m venv --system-site-packages ${VENV}`,
    ...(requirements.length > 0
      ? ["COPY requirements.txt /tmp/requirements.txt", `RUN ${install} && rm /tmp/requirements.txt`]
      : []),
    `ENV PATH=${VENV}/bin:$PATH VIRTUAL_ENV=${VENV}`,
    "",
  ].join("\n");
  const files = { Containerfile: containerfile, "requirements.txt": `${requirements.join("\n")}\n` };
  const key = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
  return { files, tag: `localhost/modeltrail-environment:${key}` };
}

/** By whichever package manager the base has. */
function installPackages(packages: readonly string[]): string {
  const names = packages.map((name) => `'${name.replaceAll("'", "")}'`).join(" ");
  return [
    "if command -v apt-get >/dev/null;",
    `then apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${names} && rm -rf /var/lib/apt/lists/*;`,
    `elif command -v apk >/dev/null; then apk add --no-cache ${names};`,
    `elif command -v microdnf >/dev/null; then microdnf install -y ${names};`,
    `else dnf install -y ${names}; fi`,
  ].join(" ");
}

const PIP_SETTINGS = ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_DEFAULT_TIMEOUT"];

/** Of an environment, where its pip takes packages from. Addresses with a login stay here: layers of images keep what they are given. */
export function pipSettings(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = PIP_SETTINGS.flatMap((name) => {
    const value = env[name];
    return value && !/:\/\/[^/\s]*@/.test(value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(entries);
}
