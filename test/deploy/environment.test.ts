/** The Python that serves, from packages that come from a folder of wheels: no network is needed. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { lineOf, servePins } from "../../src/deploy/bundle/servePackages";
import { serveEnvironment, servingPython } from "../../src/deploy/environment/servingPython";
import { BundleManifest } from "../../src/domain/bundle";
import { askPython } from "../../src/snapshot/pythonNow";
import { tempStore } from "../../src/store/testStore";
import { python } from "../recorder/cli";
import { temporaryFolder } from "./versions";

const BUILD = `
import sys, zipfile
folder, *pins = sys.argv[1:]
for pin in pins:
    name, version = pin.split("==")
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = {
        f"{module}.py": f"version = {version!r}\\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{file},,\\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(f"{folder}/{module}-{version}-py3-none-any.whl", "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
`;

const MODEL = "modelmaker==1.0";
// Folders outlive each test: they are shared.
const wheels = temporaryFolder();
const venv = path.join(temporaryFolder(), "venv");
const inside = path.join(venv, "bin/python");
const { signal } = new AbortController();
let minor: string;
let pins: string[];

/** pip looks nowhere else; uv, where it is installed, is not found. */
const env = (links = wheels) => ({
  PATH: ["/usr/bin", "/bin"].join(path.delimiter),
  HOME: wheels,
  PIP_NO_INDEX: "1",
  PIP_FIND_LINKS: links,
  PIP_NO_CACHE_DIR: "1",
});

beforeAll(async () => {
  const base = await askPython(python, process.env);
  minor = base.version.split(".").slice(0, 2).join(".");
  pins = servePins(minor, new Map(), new Map()).map(lineOf);
  execFileSync(python, [
    "-c",
    BUILD,
    wheels,
    MODEL,
    "modelmaker==2.0",
    ...pins.map((line) => line.split(";")[0]!.trim()),
  ]);
  execFileSync(python, ["-m", "venv", venv]);
  execFileSync(inside, ["-m", "pip", "install", "--quiet", "--no-index", "--find-links", wheels, MODEL]);
}, 180_000);

function bundleOf(requirements: string[]) {
  const manifest = BundleManifest.parse({
    ...{
      format: 1,
      model: "wine",
      version: 1,
      run: null,
      flavour: "sklearn",
      modelFormat: "joblib",
      executesCode: true,
    },
    ...{ entry: "model/model.joblib", python: minor, requirements, input: null, sample: null, files: [], created: "" },
  });
  return { hash: "0".repeat(64), folder: wheels, manifest };
}

/** A store whose project has an environment of its own, with the model's package in it. */
function project() {
  const store = tempStore();
  execFileSync("ln", ["-s", venv, path.join(store.root, ".venv")]);
  return store;
}

const importing = (program: string, run: { python: string; environment: NodeJS.ProcessEnv }) =>
  execFileSync(run.python, ["-c", program], { encoding: "utf8", env: run.environment }).trim();

test("the project's Python serves when it has the model's packages; what the app needs is put beside it, once", async () => {
  const store = project();
  const bundle = bundleOf([MODEL, ...pins]);
  const steps: string[] = [];
  const options = { env: env(), signal, onStep: (step: string) => steps.push(step) };
  const [first, second] = await Promise.all([
    servingPython(store, bundle, options),
    servingPython(store, bundle, options),
  ]);
  expect(second).toEqual(first);
  expect(steps).toHaveLength(1);
  const environment = serveEnvironment(first, bundle.folder, env());
  const program = "import sys, fastapi, uvicorn, modelmaker; print(sys.prefix, modelmaker.version)";
  expect(importing(program, { python: first.python, environment })).toBe(`${path.join(store.root, ".venv")} 1.0`);
  expect(existsSync(path.join(venv, "lib", `python${minor}`, "site-packages/fastapi.py"))).toBe(false);
  const made = readdirSync(path.join(store.folder, "environments"));
  expect(made).toHaveLength(1);
  expect(made[0]).toMatch(/^serve-[0-9a-f]{16}$/);
}, 180_000);

test("where the packages are others, an environment of the bundle's own is made", async () => {
  const store = project();
  const steps: string[] = [];
  const bundle = bundleOf(["modelmaker==2.0", ...pins]);
  const found = await servingPython(store, bundle, { env: env(), signal, onStep: (step) => steps.push(step) });
  expect(steps[0]).toMatch(/modelmaker is 1\.0, not 2\.0\. An environment of the bundle's own packages is made\.$/);
  const environment = serveEnvironment(found, bundle.folder, env());
  expect(
    importing("import fastapi, modelmaker; print(modelmaker.version)", { python: found.python, environment }),
  ).toBe("2.0");
  expect(found.python.startsWith(path.join(store.folder, "environments"))).toBe(true);
}, 180_000);

test("what cannot be fetched is named, with what to do", async () => {
  const store = project();
  const offline = { env: env(temporaryFolder()), signal };
  await expect(servingPython(store, bundleOf([MODEL, ...pins]), offline)).rejects.toThrow(
    /^The packages that serve models could not be installed beside the project's\. .+ could not be installed for Python .+ install fastapi and uvicorn/,
  );
  expect(readdirSync(path.join(store.folder, "environments"))).toEqual([]);
}, 180_000);
